#!/usr/bin/env bash
# SPDX-License-Identifier: EUPL-1.2
# Builds the preset bench and measures ourselves beside plain LMDB, plain CURVE, our primitives and NATS JetStream, in one run.
#   tests/bench/run.sh [--json] [--messages N] [--cases N]
# A table with ratios, or with --json one object. Takes about two minutes at the 100,000 messages that count.
set -u
cd "$(dirname "$0")/../.." || exit 1
json=0
messages=100000
cases=1000
while [ $# -gt 0 ]; do
	case "$1" in
	--json) json=1 ;;
	--messages) messages=$2; shift ;;
	--cases) cases=$2; shift ;;
	*) echo "usage: tests/bench/run.sh [--json] [--messages N] [--cases N]" >&2; exit 64 ;;
	esac
	shift
done
. deploy/packages.sh
packages_install build bench >&2 || exit 69
work=$(mktemp -d "${TMPDIR:-/var/tmp}/kb-bench.XXXXXX")
nats=
stop() {
	if [ -n "$nats" ]; then kill "$nats" 2>/dev/null; wait "$nats" 2>/dev/null; fi
	rm -rf "$work"
}
trap stop EXIT
{ cmake --preset bench && cmake --build --preset bench -j "$(nproc)" --target bench; } >"$work/build" 2>&1 ||
	{ tail -n 40 "$work/build" >&2; exit 1; }
programs=build/bench/tests/bench
figures=$work/figures

measure() { # what command...
	local what=$1
	shift
	echo "measuring: $what" >&2
	"$@" >>"$figures" || { echo "bench: $what failed" >&2; exit 1; }
}

# A free loopback port, and a server that keeps its stream in a folder of ours.
start_nats() {
	local port
	port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	nats-server -js -a 127.0.0.1 -p "$port" -sd "$work/nats" >"$work/nats.log" 2>&1 &
	nats=$!
	url=nats://127.0.0.1:$port
	for _ in $(seq 100); do
		if grep -q 'Server is ready' "$work/nats.log"; then return 0; fi
		kill -0 "$nats" 2>/dev/null || break
		read -r -t 0.1 <> <(:)
	done
	tail -n 5 "$work/nats.log" >&2
	return 1
}

mkdir "$work/town"
export TMPDIR=$work/town
measure "LMDB" "$programs/bench_lmdb" "$work"
measure "primitives" "$programs/bench_primitives"
measure "permission decisions" "$programs/bench_permit"
measure "CURVE" "$programs/bench_curve"
start_nats || exit 1
measure "NATS JetStream" "$programs/bench_nats" "$url" "$messages"
kill "$nats"
wait "$nats" 2>/dev/null
nats=
measure "Ketenbode, $messages messages over $cases cases" "$programs/bench_exchange" "$messages" "$cases"
echo "measuring: fdatasync calls" >&2
"$programs/bench_exchange" strace >>"$figures" 2>"$work/strace" || { cat "$work/strace" >&2; exit 1; }

python3 tests/bench/report.py "$figures" "$json" "$work/strace"
