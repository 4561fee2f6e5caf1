# shellcheck shell=bash disable=SC2034 # the lists are read through their names by packages_of
# SPDX-License-Identifier: EUPL-1.2
# The one list of Debian 12 packages, each with its reason, and the function that installs what is missing.
# Meant to be read with "." by tests/run.sh, deploy/demo.sh and tests/bench/run.sh:
#
#	. deploy/packages.sh
#	packages_install build test
#
# Groups: build, run, test, bench. As root it installs; otherwise it names what an administrator must install.

packages_build=(
	gcc                  # the compiler of the dev and release builds
	libc6-dev            # headers of the C library; gcc only recommends it
	cmake                # build description, 3.25
	ninja-build          # the builder that the presets name
	pkg-config           # how CMake finds libzmq, lmdb, protobuf-c, inih, jansson and libsystemd
	protobuf-c-compiler  # protoc-c: C from proto/*.proto
	libprotobuf-c-dev    # encoding and decoding of the wire messages
	libzmq3-dev          # transport between agents and broker (CURVE)
	libssl-dev           # signatures, HPKE, hashes, certificates
	liblmdb-dev          # the store of broker and agents
	libinih-dev          # configuration files and region profiles
	libjansson-dev       # --json of the command line program
	libxml2-dev          # OSO dossiers, inside ketenbode-oso only
	libseccomp-dev       # the filter of system calls of ketenbode-oso
	libsystemd-dev       # readiness, watchdog and journal
)

packages_test=(
	git                  # the words and format checks look at what is in the tree
	libcriterion-dev     # unit tests
	clang-14             # fuzz targets (libFuzzer)
	libclang-rt-14-dev   # run-time of libFuzzer and the sanitizers for clang
	llvm-14              # llvm-symbolizer: names in sanitizer reports
	clang-format-14      # the form of the C code
	clang-tidy-14        # static analysis
	shellcheck           # static analysis of the shell scripts
	mandoc               # checks the manual pages
	strace               # counts the fdatasync calls of a run
	python3              # layering check; drivers of the tests that start daemons
	systemd              # systemd-analyze: checks the units without running them
	procps               # memory of a daemon during tests
)

packages_bench=(
	nats-server          # the peer that figures are compared with (JetStream)
	libnats-dev          # its C client
	strace               # shows the fdatasync calls
)

# On a machine that only runs installed programs: the libraries of packages_build without their headers.
packages_run=(
	libprotobuf-c1 libzmq5 libssl3 liblmdb0 libinih1 libjansson4 libsystemd0 libxml2 libseccomp2
)

# Prints the packages of the named groups, one a line.
packages_of() {
	local group
	for group in "$@"; do
		case "$group" in
		build | test | bench | run) ;;
		*)
			echo "packages: there is no group \"$group\" (build, run, test, bench)" >&2
			return 64
			;;
		esac
	done
	for group in "$@"; do
		local -n packages_list="packages_$group"
		printf '%s\n' "${packages_list[@]}"
	done | sort -u
}

# Prints those of its arguments that are not installed.
packages_missing() {
	local name
	for name in "$@"; do
		# shellcheck disable=SC2016 # a format of dpkg-query, not of the shell
		if [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" != installed ]; then
			printf '%s\n' "$name"
		fi
	done
}

# packages_install GROUP...: installs what is missing, and nothing when nothing is.
packages_install() {
	local names missing
	names=$(packages_of "$@") || return
	# shellcheck disable=SC2086 # one word per package
	missing=$(packages_missing $names)
	if [ -z "$missing" ]; then
		return 0
	fi
	missing=${missing//$'\n'/ }
	if [ "$(id -u)" -ne 0 ]; then
		echo "missing packages; as root do: apt-get install --no-install-recommends $missing" >&2
		return 77
	fi
	echo "installing: $missing" >&2
	apt-get update -qq || return 69
	# shellcheck disable=SC2086 # one word per package
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing \
		>&2 || return 69
}
