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
	printf '%-28s %5d passed, %d failed\n' "$1" "$2" "$3"
}

# One thing that passes or fails as a whole; its output is shown when it fails.
check() { # name command...
	local name=$1
	shift
	if "$@" >"$log/$name.log" 2>&1; then
		count "$name" 1 0
	else
		count "$name" 0 1
		tail -n 60 "$log/$name.log"
	fi
}

# The criterion tests of one build: counted from their own closing lines, with everything that ctest calls failed.
suite() { # name build-folder label-regex [excluded label]
	local name=$1 build=$2 label=$3 out=$log/$1.log
	(cd "$build" && ctest -L "$label" ${4:+-LE "$4"} -V --timeout 900) >"$out" 2>&1
	local status=$?
	local ok bad programs
	ok=$(sed -n 's/.*Synthesis: Tested: [0-9]* | Passing: \([0-9]*\) .*/\1/p' "$out" | awk '{ s += $1 } END { print s + 0 }')
	bad=$(sed -n 's/.*Synthesis: .* | Failing: \([0-9]*\) | Crashing: \([0-9]*\).*/\1 \2/p' "$out" | awk '{ s += $1 + $2 } END { print s + 0 }')
	programs=$(sed -n 's/^\([0-9]*\)% tests passed, \([0-9]*\) tests failed out of.*/\2/p' "$out")
	if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=${programs:-1}; [ "$bad" -gt 0 ] || bad=1; fi
	if [ "$ok" -eq 0 ] && [ "$bad" -eq 0 ]; then bad=1; echo "no test ran in $name"; fi
	count "$name" "$ok" "$bad"
	if [ "$bad" -gt 0 ]; then
		grep -E '\[FAIL\]|\[----\]|Failed|FAILED|AddressSanitizer|runtime error|LeakSanitizer' "$out" | head -n 60
	fi
}

build() { # preset
	cmake --preset "$1" && cmake --build --preset "$1" -j "$(nproc)"
}

check build-dev build dev
for script in tests/lint/check_*.sh tests/lint/check_*.py; do
	[ -e "$script" ] || continue
	check "lint-$(basename "$script" | sed 's/^check_//; s/\..*$//')" "$script"
done
[ -x tests/lint/selftest.sh ] && check lint-selftest tests/lint/selftest.sh

suite unit build/dev '^unit$' long
suite rules build/dev '^rules$' long
suite golden build/dev '^golden$' long
suite daemon build/dev '^daemon$' long
if [ "$long" -eq 1 ]; then
	suite long build/dev '^long$'
fi

if [ -x tests/kill/run.sh ]; then
	if [ "$long" -eq 1 ]; then check kill tests/kill/run.sh --rounds 20 --messages 5000; else check kill tests/kill/run.sh --rounds 2 --messages 1000; fi
fi

if [ "$quick" -eq 0 ]; then
	check build-asan build asan
	suite asan-unit build/asan '^unit$' long
	suite asan-daemon build/asan '^daemon$' long
	check build-fuzz build fuzz
	for target in build/fuzz/tests/fuzz/fuzz_*; do
		[ -x "$target" ] && [ -f "$target" ] || continue
		seconds=30
		[ "$long" -eq 1 ] && seconds=600
		check "$(basename "$target")" tests/fuzz/run_one.sh "$target" "$seconds"
	done
	check build-release build release
fi

[ -n "$failures" ] && echo "failed:$failures"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
