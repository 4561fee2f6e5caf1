#!/usr/bin/env bash
# SPDX-License-Identifier: EUPL-1.2
# Installs, builds and runs every test that CI must pass; the last line is "N passed, N failed".
#   tests/run.sh          all of it, the long ones at a tenth
#   tests/run.sh --lang   the long ones whole (kill rounds, bit flips, fuzzing), about an hour
#   tests/run.sh --snel   without sanitizers and fuzzing: for during work
set -u
cd "$(dirname "$0")/.." || exit 1
top=$PWD
long=0
quick=0
for word in "$@"; do
	case "$word" in
	--lang) long=1 ;;
	--snel) quick=1 ;;
	*) echo "usage: tests/run.sh [--lang | --snel]" >&2; exit 64 ;;
	esac
done

. deploy/packages.sh
packages_install build test || { echo "0 passed, 1 failed"; exit 1; }

passed=0
failed=0
failures=""
log=$top/build/test-log
mkdir -p "$log"

count() { # name passed failed
	passed=$((passed + $2))
	failed=$((failed + $3))
	if [ "$3" -gt 0 ]; then failures="$failures $1($3)"; fi
	printf '%-28s %5d passed, %d failed  (at %d s)\n' "$1" "$2" "$3" "$SECONDS"
}

# One thing that passes or fails as a whole. When it fails its reason is shown (a town says it before the logs of its daemons,
# which fill the end), then the end of its output.
check() { # name command...
	local name=$1
	shift
	if "$@" >"$log/$name.log" 2>&1; then
		count "$name" 1 0
	else
		count "$name" 0 1
		grep -m 5 -E '^town: |FAILED' "$log/$name.log"
		tail -n 60 "$log/$name.log"
	fi
}

# The tests of one build that ctest knows: criterion programs counted from their own closing lines, plain programs as one
# each, and everything that ctest itself calls failed (leaks, sanitizer reports, time-outs, no test executed).
suite() { # name build-folder ctest-selection...
	local name=$1 build=$2 out=$log/$1.log
	shift 2
	(cd "$build" && ctest "$@" -V --timeout 900) >"$out" 2>&1
	local status=$?
	local ok bad criterion entries broken
	ok=$(sed -n 's/.*Synthesis: Tested: [0-9]* | Passing: \([0-9]*\) .*/\1/p' "$out" | awk '{ s += $1 } END { print s + 0 }')
	bad=$(sed -n 's/.*Synthesis: .* | Failing: \([0-9]*\) | Crashing: \([0-9]*\).*/\1 \2/p' "$out" | awk '{ s += $1 + $2 } END { print s + 0 }')
	criterion=$(grep -c 'Synthesis: Tested:' "$out")
	entries=$(sed -n 's/^[0-9]*% tests passed, [0-9]* tests failed out of \([0-9]*\)$/\1/p' "$out")
	broken=$(sed -n 's/^[0-9]*% tests passed, \([0-9]*\) tests failed out of .*/\1/p' "$out")
	if [ "${broken:-0}" -gt 0 ] && [ "$bad" -eq 0 ]; then bad=$broken; fi
	if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
	if [ "$status" -eq 0 ]; then ok=$((ok + ${entries:-0} - criterion)); fi
	if [ "$ok" -eq 0 ] && [ "$bad" -eq 0 ]; then bad=1; echo "no test ran in $name"; fi
	count "$name" "$ok" "$bad"
	if [ "$bad" -gt 0 ]; then
		grep -E '\[FAIL\]|\[----\]|Failed|FAILED|AddressSanitizer|runtime error|LeakSanitizer' "$out" | head -n 60
	fi
}

build() { # preset
	cmake --preset "$1" && cmake --build --preset "$1" -j "$(nproc)"
}

# Runs a command and keeps what it said and its result, for kept(): so it can run in the background.
keep() { # name command...
	local name=$1
	shift
	rm -f "$log/kept-$name.rc"
	"$@" >"$log/kept-$name.out" 2>&1
	echo $? >"$log/kept-$name.rc.new"
	mv "$log/kept-$name.rc.new" "$log/kept-$name.rc"
}

# What became of it; waits for it.
kept() { # name
	while [ ! -e "$log/kept-$1.rc" ] && [ -n "$(jobs -r)" ]; do sleep 0.2; done
	cat "$log/kept-$1.out"
	[ "$(cat "$log/kept-$1.rc" 2>/dev/null)" = 0 ]
}

# The other builds, one after another, with what the tests that mostly wait leave of the machine.
other_builds() {
	local preset
	renice -n 10 -p "$BASHPID" >/dev/null
	for preset in asan fuzz release; do keep "build-$preset" build "$preset"; done
}

check build-dev build dev
for script in tests/lint/check_*.sh tests/lint/check_*.py; do
	[ -e "$script" ] || continue
	check "lint-$(basename "$script" | sed 's/^check_//; s/\..*$//')" "$script"
done
[ -x tests/lint/selftest.sh ] && check lint-selftest tests/lint/selftest.sh

suite quick build/dev -LE '^(daemon|long)$' -j 3
# Towns wait for each other more than they work, and each has a loopback address of its own: so they run beside each other, beside
# the rounds of kill -9 and beside the other builds.
rm -f "$log"/kept-*
[ "$quick" -eq 0 ] && other_builds &
rounds=(--rounds 2 --messages 1000)
[ "$long" -eq 1 ] && rounds=(--rounds 20 --messages 5000)
keep kill tests/kill/run.sh "${rounds[@]}" &
suite daemon build/dev -L '^daemon$' -j 3
if [ "$long" -eq 1 ]; then
	suite long build/dev -L '^long$'
fi
check kill kept kill

if [ "$quick" -eq 0 ]; then
	check build-asan kept build-asan
	suite asan-quick build/asan -LE '^(daemon|long)$' -j 3
	suite asan-daemon build/asan -L '^daemon$' -j 3
	check build-fuzz kept build-fuzz
	seconds=20
	[ "$long" -eq 1 ] && seconds=600
	mapfile -t targets < <(find build/fuzz/tests/fuzz -maxdepth 1 -name 'fuzz_*' -type f -perm -u+x | sort)
	[ "${#targets[@]}" -gt 0 ] || count fuzz 0 1
	rm -rf "$log/fuzz" && mkdir "$log/fuzz"
	# One per core at a time; each leaves what it said and its result.
	# shellcheck disable=SC2016 # the inner shell expands
	printf '%s\n' "${targets[@]}" | xargs -P "$(nproc)" -I{} sh -c \
		'tests/fuzz/run_one.sh "$1" "$2" >"$3/$(basename "$1").out" 2>&1; echo $? >"$3/$(basename "$1").rc"' - {} "$seconds" "$log/fuzz"
	for target in "${targets[@]}"; do
		name=$(basename "$target")
		# shellcheck disable=SC2016
		check "$name" sh -c 'cat "$1.out"; exit "$(cat "$1.rc")"' - "$log/fuzz/$name"
	done
	check build-release kept build-release
fi

[ -n "$failures" ] && echo "failed:$failures"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
