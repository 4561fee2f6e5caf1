#!/usr/bin/env bash
# SPDX-License-Identifier: EUPL-1.2
# Runs one fuzz target for a number of seconds on a copy of its corpus: run_one.sh PROGRAM SECONDS
# A crash, leak, time-out or too much memory makes it fail and leaves the input beside the log.
set -u
program=$(realpath "$1")
seconds=${2:-30}
here=$(cd "$(dirname "$0")" && pwd)
name=$(basename "$program")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/corpus" "$work/found"
seeds=$here/corpus/${name#fuzz_}
if [ -d "$seeds" ]; then cp "$seeds"/* "$work/corpus/"; else echo "no corpus for $name in $seeds"; exit 1; fi
cd "$work" || exit 1
"$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -max_len=70000 -print_final_stats=1 \
	-artifact_prefix="$work/found/" "$work/corpus" 2>"$work/out"
status=$?
tail -n 15 "$work/out"
runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/out")
if [ "$status" -ne 0 ]; then
	keep=$(mktemp -d "${TMPDIR:-/tmp}/fuzz-$name.XXXXXX")
	cp "$work"/found/* "$work/out" "$keep/" 2>/dev/null
	echo "$name failed; the input lies in $keep"
	exit 1
fi
# A target that hardly runs finds nothing: libFuzzer exits 0 then too.
if [ "${runs:-0}" -lt 1000 ]; then echo "$name: only ${runs:-0} runs"; exit 1; fi
exit 0
