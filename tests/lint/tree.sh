# shellcheck shell=bash
# SPDX-License-Identifier: EUPL-1.2
# What the lint scripts in shell share; read with ".". Sets top: the tree to look at, the first argument or this one.
top=$(cd "${1:-$(dirname "${BASH_SOURCE[0]}")/../..}" && pwd) || exit 70
cd "$top" || exit 70

# tree_files PATTERN...: our files whose name fits one of the patterns, sorted, relative to the tree.
tree_files() {
	local tests=()
	local pattern
	for pattern in "$@"; do
		tests+=(-o -name "$pattern")
	done
	find . \( -name .git -o -path ./build -o -path './build-*' -o -name __pycache__ -o -name .cache \) -prune \
		-o -type f \( "${tests[@]:1}" \) -printf '%P\n' | LC_ALL=C sort
}

# tree_finish COUNT TEXT: ends the script.
tree_finish() {
	if [ "$1" -gt 0 ]; then
		echo "$1 faults: $2"
		exit 1
	fi
	echo "OK: $2"
	exit 0
}
