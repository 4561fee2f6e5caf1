#!/usr/bin/env bash
# SPDX-License-Identifier: EUPL-1.2
# Every daemon accepts its example in deploy/config, and the example shows every key that the daemon has.
# Usage: check_config_examples.sh [TREE]; KB_BUILD names the build folder with the programs.
. "$(dirname "$0")/tree.sh"
build=${KB_BUILD:-build/dev}
faults=0
fault() {
	echo "$1"
	faults=$((faults + 1))
}
for name in broker school swv gemeente jeugdhulp vo; do
	example=deploy/config/$name.conf
	program=$(find "$build" -type f -perm -u+x -name "ketenbode-$name" -print -quit)
	if [ -z "$program" ]; then
		fault "ketenbode-$name: is not in $build"
		continue
	fi
	if ! out=$("$program" --config="$example" --print-config 2>&1); then
		fault "$example: $out"
	fi
	# Section and key, one a line, of the reference and of the example; commented keys count.
	list='/^\[/ { section = $0 } /^#? ?[a-z0-9_]+ =/ { sub(/^# /, ""); sub(/ =.*/, ""); print section, $0 }'
	while read -r key; do
		fault "$example: does not show $key"
	done < <(comm -23 <("$program" --config-reference | awk "$list" | LC_ALL=C sort -u) <(awk "$list" "$example" | LC_ALL=C sort -u))
	# A default that is shown must be the real one.
	while read -r line; do
		fault "$example: \"$line\" is not the default of $program"
	done < <(comm -13 <("$program" --config-reference | LC_ALL=C sort -u) \
		<(grep -E '^# [a-z0-9_]+ = [^/t]' "$example" | LC_ALL=C sort -u))
done
tree_finish "$faults" "6 example configurations are those of the programs"
