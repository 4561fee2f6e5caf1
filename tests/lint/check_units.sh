#!/usr/bin/env bash
# SPDX-License-Identifier: EUPL-1.2
# The systemd units are sound, hardened (exposure at most 2.0) and complete. Usage: check_units.sh [TREE]
. "$(dirname "$0")/tree.sh"
if ! command -v systemd-analyze >/dev/null; then
	echo "systemd-analyze is missing (deploy/packages.sh, group test)"
	exit 69
fi
faults=0
fault() {
	echo "$1"
	faults=$((faults + 1))
}
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
count=0
for unit in deploy/systemd/*.service deploy/systemd/*.timer; do
	[ -e "$unit" ] || continue
	count=$((count + 1))
	# A template is looked at as the unit of the school's agent.
	name=$(basename "$unit" | sed 's/@\./@school./')
	# Our programs need not be installed here; what they are called with is checked by running them.
	sed 's|^ExecStart=/usr/s\{0,1\}bin/ketenbode[^ ]*|ExecStart=/bin/true|' "$unit" >"$copy/$name"
done
[ "$count" -gt 0 ] || fault "deploy/systemd: has no unit"
for unit in "$copy"/*; do
	name=$(basename "$unit")
	# Instances that another unit of the same folder asks for must be found there.
	if ! out=$(SYSTEMD_UNIT_PATH="$copy:" systemd-analyze verify --man=no "$unit" 2>&1) || [ -n "$out" ]; then
		fault "$name: $out"
	fi
	case "$name" in
	*.service)
		if ! out=$(systemd-analyze security --offline=true --threshold=20 --no-pager "$unit" 2>&1); then
			fault "$name: $(printf '%s\n' "$out" | tail -n 1)"
		fi
		;;
	esac
done
# What every daemon's unit must say (style 56, 57, 59; reliability 1.9 row 29).
for unit in deploy/systemd/ketenbode-[!v]*.service deploy/systemd/ketenbode-vo.service; do
	[ -e "$unit" ] || continue
	for line in Type=notify UMask=0077 NoNewPrivileges=yes LimitCORE=0 'RestartPreventExitStatus=64 65 77 78' \
		StateDirectoryMode=0700 PrivateTmp=yes ProtectSystem=strict CapabilityBoundingSet=; do
		grep -qxF "$line" "$unit" || fault "$unit: lacks the line $line"
	done
	grep -q '^WatchdogSec=' "$unit" || fault "$unit: has no WatchdogSec"
	name=$(basename "$unit" .service)
	grep -qx "User=$name" "$unit" || fault "$unit: does not run as its own account $name"
	grep -q "^u $name " deploy/systemd/sysusers.d/ketenbode.conf || fault "sysusers.d: makes no account $name"
done
tree_finish "$faults" "$count units"
