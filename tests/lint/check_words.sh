#!/usr/bin/env bash
# SPDX-License-Identifier: EUPL-1.2
# Words that have no place in the tree: marks of unfinished work and paths of somebody's own machine.
# Usage: check_words.sh [TREE]. The brackets keep this file from finding itself.
. "$(dirname "$0")/tree.sh"
unfinished='\b([t]odo|[f]ixme|[x]xx|[h]ack|[n]ot implemented|[f]or now|[p]laceholder|[l]orem ipsum)\b'
machine='(^|[^a-z0-9_.])/([w]ork|[f]arm)/|/home/[a-z]|[.]library\b|[L]EAD_NOTE'
strangers='[s]ubagent|[l]anguage model|\b[a]s an ai\b|[b]efore-stop|/tmp/[k]b/'
faults=0
mapfile -t files < <(tree_files '*' | grep -vE '^(LICENSE|tests/fuzz/corpus/|.*\.(png|bin|der))')
for pattern in "$unfinished" "$machine" "$strangers"; do
	found=$(grep -InEi "$pattern" -- "${files[@]}" /dev/null)
	if [ -n "$found" ]; then
		printf '%s\n' "$found" | cut -c1-180
		faults=$((faults + $(printf '%s\n' "$found" | wc -l)))
	fi
done
tree_finish "$faults" "no left-over words"
