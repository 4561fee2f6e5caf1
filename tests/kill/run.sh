#!/usr/bin/env bash
# SPDX-License-Identifier: EUPL-1.2
# Random kill -9 of every daemon, a lost broker disk, restores and bit flips, with the build of the preset dev.
#   tests/kill/run.sh [--rounds N] [--messages M] [--seed S] [--flips F]
set -u
cd "$(dirname "$0")/../.." || exit 1
rounds=2
messages=500
flips=
seed=$(date +%s)
while [ $# -gt 0 ]; do
	case "$1" in
	--rounds) rounds=$2; shift ;;
	--messages) messages=$2; shift ;;
	--seed) seed=$2; shift ;;
	--flips) flips=$2; shift ;;
	*) echo "usage: tests/kill/run.sh [--rounds N] [--messages M] [--seed S] [--flips F]" >&2; exit 64 ;;
	esac
	shift
done
# 2,000 flips with the 20 rounds of the long run, a tenth with 2.
flips=${flips:-$((rounds * 100))}
programs=${KB_KILL_PROGRAMS:-build/dev/tests/kill}
if [ ! -x "$programs/kill_rounds" ]; then
	{ cmake --preset dev && cmake --build --preset dev -j "$(nproc)" --target kill_rounds flip_store; } >&2 || exit 1
fi
# A check that cannot fail proves nothing: with one text taken away it must.
if "$programs/kill_rounds" --rounds 1 --messages 20 --seed "$seed" --sabotage >/dev/null 2>&1; then
	echo "the check did not see that a message was missing"
	exit 1
fi
"$programs/kill_rounds" --rounds "$rounds" --messages "$messages" --seed "$seed" || exit 1
"$programs/flip_store" "$flips" "$seed"
