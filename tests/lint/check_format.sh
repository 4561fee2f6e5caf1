#!/usr/bin/env bash
# SPDX-License-Identifier: EUPL-1.2
# All our C has the form of .clang-format. Usage: check_format.sh [TREE]; to mend: clang-format-14 -i FILE...
. "$(dirname "$0")/tree.sh"
if ! command -v clang-format-14 >/dev/null; then
	echo "clang-format-14 is missing (deploy/packages.sh, group test)"
	exit 69
fi
mapfile -t files < <(tree_files '*.c' '*.h')
faults=0
for file in "${files[@]}"; do
	if ! clang-format-14 --dry-run -Werror --style=file "$file" >/dev/null 2>&1; then
		echo "$file: clang-format-14 -i would change it"
		faults=$((faults + 1))
	fi
done
tree_finish "$faults" "${#files[@]} files have the agreed form"
