#!/usr/bin/env bash
# SPDX-License-Identifier: EUPL-1.2
# clang-tidy over our C, one process per file (clang-tidy 14 mixes up va_list between files).
#   check_tidy.sh                all product code, without the path analysis: seconds
#   check_tidy.sh --deep         with it (clang-analyzer-*): minutes
#   check_tidy.sh --deep FILE... only these files
# KB_BUILD names the build folder with compile_commands.json, KB_JOBS the number of processes.
here=$(cd "$(dirname "$0")/../.." && pwd)
cd "$here" || exit 70
build=${KB_BUILD:-build/dev}
deep=0
files=()
for word in "$@"; do
	case "$word" in
	--deep) deep=1 ;;
	-*) echo "usage: check_tidy.sh [--deep] [FILE...]" >&2; exit 64 ;;
	*) files+=("$word") ;;
	esac
done
if ! command -v clang-tidy-14 >/dev/null; then
	echo "clang-tidy-14 is missing (deploy/packages.sh, group test)"
	exit 69
fi
if [ ! -e "$build/compile_commands.json" ]; then
	echo "$build/compile_commands.json is missing; first: cmake --preset dev"
	exit 69
fi
if [ "${#files[@]}" -eq 0 ]; then
	# Only what this build compiles: a file without its command would be read with the wrong includes.
	mapfile -t files < <(python3 - "$build/compile_commands.json" "$here" <<'PY'
import json, os, sys
with open(sys.argv[1], encoding="utf-8") as file:
    paths = {os.path.relpath(os.path.join(e["directory"], e["file"]), sys.argv[2]) for e in json.load(file)}
print("\n".join(sorted(p for p in paths if p.split("/")[0] in ("common", "broker", "agents"))))
PY
	)
fi
if [ "${#files[@]}" -eq 0 ]; then
	echo "no file to check"
	exit 1
fi
checks='-clang-analyzer-*'
[ "$deep" -eq 1 ] && checks=
found=$(printf '%s\0' "${files[@]}" |
	xargs -0 -n 1 -P "${KB_JOBS:-$(nproc)}" clang-tidy-14 -p "$build" --quiet --checks="$checks" 2>/dev/null |
	grep -E '(error|warning):' | sed "s|^$here/||" | LC_ALL=C sort -u)
if [ -n "$found" ]; then
	printf '%s\n' "$found"
	echo "$(printf '%s\n' "$found" | wc -l) faults in ${#files[@]} files"
	exit 1
fi
echo "OK: ${#files[@]} files"
