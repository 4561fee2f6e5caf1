#!/usr/bin/env bash
# SPDX-License-Identifier: EUPL-1.2
# All our C has the form of .clang-format. Usage: check_format.sh [TREE]; to mend: clang-format-14 -i FILE...
. "$(dirname "$0")/tree.sh"
if ! command -v clang-format-14 >/dev/null; then
	echo "clang-format-14 is missing (deploy/packages.sh, group test)"
	exit 69
fi
mapfile -t files < <(tree_files '*.c' '*.h')
# Some at a time in each process: starting one takes longer than looking at a file.
mapfile -t wrong < <(printf '%s\0' "${files[@]}" |
	xargs -0 -r -n 16 -P "$(nproc)" clang-format-14 --dry-run -Werror --style=file 2>&1 |
	grep -E '^[^:]+:[0-9]+:[0-9]+: error:' | cut -d : -f 1 | LC_ALL=C sort -u)
for file in "${wrong[@]}"; do
	echo "$file: clang-format-14 -i would change it"
done
tree_finish "${#wrong[@]}" "${#files[@]} files have the agreed form"
