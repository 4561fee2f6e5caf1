#!/usr/bin/env bash
# SPDX-License-Identifier: EUPL-1.2
# Runs shellcheck over every shell script. Usage: check_shell.sh [TREE]
. "$(dirname "$0")/tree.sh"
if ! command -v shellcheck >/dev/null; then
	echo "shellcheck is missing (deploy/packages.sh, group test)"
	exit 69
fi
mapfile -t files < <({
	tree_files '*.sh'
	tree_files '*' | grep -v '\.' | xargs -r -d '\n' grep -lE '^#!.*\b(ba)?sh$' 2>/dev/null
	[ -e .ci/run ] && echo .ci/run
} | LC_ALL=C sort -u)
if ! shellcheck -x -S warning -P SCRIPTDIR "${files[@]}"; then
	exit 1
fi
echo "OK: ${#files[@]} scripts"
