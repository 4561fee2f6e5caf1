#!/usr/bin/env bash
# SPDX-License-Identifier: EUPL-1.2
# Every file of ours names its licence in its first lines; C files then say in one sentence what they own.
# Usage: check_spdx.sh [TREE]
. "$(dirname "$0")/tree.sh"
faults=0
fault() {
	echo "$1"
	faults=$((faults + 1))
}
while read -r file; do
	first=$(sed -n 1p "$file")
	second=$(sed -n 2p "$file")
	if [ "$first" != '/* SPDX-License-Identifier: EUPL-1.2 */' ]; then
		fault "$file:1: must be the SPDX line"
	elif [[ ! $second =~ ^/\*( [^\ ]|$) ]]; then
		fault "$file:2: must be a comment that says what the file owns"
	fi
done < <(tree_files '*.c' '*.h')
while read -r file; do
	if ! sed -n 1,3p "$file" | grep -q 'SPDX-License-Identifier: EUPL-1.2'; then
		fault "$file: has no SPDX line in its first three lines"
	fi
done < <(tree_files '*.sh' '*.py' '*.proto' '*.cmake' CMakeLists.txt '*.ini' '*.conf' '*.service' '*.timer' '*.[1578]')
if ! grep -q 'EUROPEAN UNION PUBLIC LICENCE v. 1.2' LICENSE 2>/dev/null; then
	fault "LICENSE: is not the EUPL 1.2"
fi
tree_finish "$faults" "every file names its licence"
