#!/usr/bin/env bash
# SPDX-License-Identifier: EUPL-1.2
# Proves of each lint script that it passes a sound tree and finds what it is for: one planted fault at a time.
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
proofs=0
tree=$work/tree

say() {
	echo "FAIL: $1"
	failures=$((failures + 1))
}

# A small sound tree.
fresh() {
	rm -rf "$tree"
	mkdir -p "$tree"/{common/base,common/net,common/daemon,broker,agents/cli,agents/runtime,agents/school,agents/vo,tests/unit,deploy}
	cp "$here/../../.clang-format" "$here/../../LICENSE" "$tree/"
	cp -r "$here/../../deploy/man" "$here/../../deploy/systemd" "$tree/deploy/"
	local path
	for path in common/base/a.c common/net/n.c common/daemon/d.c broker/b.c agents/cli/c.c agents/runtime/r.c agents/school/s.c agents/vo/v.c; do
		printf '/* SPDX-License-Identifier: EUPL-1.2 */\n/* A file of the self-test. */\n#include "common/base/a.h"\n\nint\nf(void)\n{\n\treturn 0;\n}\n' >"$tree/$path"
	done
	printf '/* SPDX-License-Identifier: EUPL-1.2 */\n/* A header of the self-test. */\nint f(void);\n' >"$tree/common/base/a.h"
	printf '/* SPDX-License-Identifier: EUPL-1.2 */\n/* A test of the self-test. */\n#include <criterion/criterion.h>\n\nTest(a, works)\n{\n\tcr_assert_eq(1, 1);\n}\n' >"$tree/tests/unit/test_a.c"
	local name
	mkdir -p "$tree/build/dev" "$tree/deploy/config"
	for name in broker school swv gemeente jeugdhulp vo; do
		printf '# SPDX-License-Identifier: EUPL-1.2\n[log]\n# level = info\nfile = /x\n' >"$tree/deploy/config/$name.conf"
		sed "s/NAME/$name/" >"$tree/build/dev/ketenbode-$name" <<'PROGRAM'
#!/bin/sh
case "$*" in
*--config-reference*) printf '[log]\n\n# Least line.\n# choice; default below\n# level = info\n\n# A path.\nfile = \n' ;;
*) ! grep -n bad deploy/config/NAME.conf ;;
esac
PROGRAM
		chmod +x "$tree/build/dev/ketenbode-$name"
	done
	printf '#!/usr/bin/env bash\n# SPDX-License-Identifier: EUPL-1.2\necho ok\n' >"$tree/tests/run.sh"
}

sound() { # script
	fresh
	proofs=$((proofs + 1))
	if ! out=$("$here/$1" "$tree" 2>&1); then say "$1 refuses a sound tree: $out"; fi
}

# finds SCRIPT WORDS FILE COMMAND...: after COMMAND, which gets the file on standard output's place, the script fails and says WORDS.
finds() { # script words file shell-text
	fresh
	proofs=$((proofs + 1))
	mkdir -p "$(dirname "$tree/$3")"
	(cd "$tree" && eval "$4") || say "$1: the fault could not be planted: $4"
	if out=$("$here/$1" "$tree" 2>&1); then
		say "$1 does not find: $4"
	elif ! printf '%s' "$out" | grep -qF -- "$2"; then
		say "$1 fails after \"$4\", but without \"$2\": $out"
	fi
}

add() { printf '%s\n' "$2" >>"$1"; }

sound check_layering.py
for header in zmq.h lmdb.h openssl/evp.h protobuf-c/protobuf-c.h systemd/sd-daemon.h jansson.h ini.h; do
	finds check_layering.py "belongs in" broker/b.c "add broker/b.c '#include <$header>'"
done
finds check_layering.py "must not include agents/runtime" broker/b.c "add broker/b.c '#include \"agents/runtime/r.h\"'"
finds check_layering.py "must not include broker" agents/runtime/r.c "add agents/runtime/r.c '#include \"broker/b.h\"'"
finds check_layering.py "must not include agents/school" agents/runtime/r.c "add agents/runtime/r.c '#include \"agents/school/s.h\"'"
finds check_layering.py "must not include agents/school" agents/vo/v.c "add agents/vo/v.c '#include \"agents/school/s.h\"'"
finds check_layering.py "must not include common/net" common/base/a.c "add common/base/a.c '#include \"common/net/n.h\"'"
finds check_layering.py "must not include common/crypto" common/exchange/e.c "add common/exchange/e.c '#include \"common/crypto/hash.h\"'"
finds check_layering.py "not written from the root" broker/b.c "add broker/b.c '#include \"b.h\"'"
finds check_layering.py "is not in the table" common/misc/m.c "cp common/base/a.c common/misc/m.c"
finds check_layering.py "links PkgConfig::LMDB" broker/CMakeLists.txt "add broker/CMakeLists.txt 'target_link_libraries(b PkgConfig::LMDB)'"

sound check_banned_calls.py
for call in 'strcpy(a, b)' 'sprintf(a, b)' 'atoi(a)' 'rand()' 'system(a)' 'popen(a, b)' 'strtok(a, b)' 'alloca(1)' 'assert(a)' 'time(0)' 'getenv(a)'; do
	finds check_banned_calls.py "is not used here" broker/b.c "add broker/b.c 'int x = $call;'"
done
finds check_banned_calls.py "sleep()" tests/unit/test_a.c "add tests/unit/test_a.c 'int x = sleep(1);'"
finds check_banned_calls.py "must not hide a return" broker/b.c "add broker/b.c '#define TRY(x) do { if (x) return 1; } while (0)'"
fresh
printf '/* strcpy() in a comment, and in a text: */\nstatic const char *t = "system(1)";\n' >>"$tree/broker/b.c"
"$here/check_banned_calls.py" "$tree" >/dev/null || say "check_banned_calls.py takes comments and texts for calls"

sound check_tests_assert.py
finds check_tests_assert.py "asserts nothing" tests/unit/test_a.c "add tests/unit/test_a.c 'Test(a, is_empty)
{
	f();
}'"
finds check_tests_assert.py "has no Test()" tests/unit/test_b.c "cp common/base/a.c tests/unit/test_b.c"
finds check_tests_assert.py "never runs" tests/unit/test_a.c "echo '[]' >build/dev/compile_commands.json"

sound check_format.sh
finds check_format.sh "would change it" broker/b.c "add broker/b.c 'int   g( void );'"

sound check_spdx.sh
finds check_spdx.sh "must be the SPDX line" broker/b.c "sed -i 1d broker/b.c"
finds check_spdx.sh "must be a comment" broker/b.c "sed -i 2d broker/b.c"
finds check_spdx.sh "no SPDX line" tests/run.sh "sed -i 2d tests/run.sh"
finds check_spdx.sh "is not the EUPL" LICENSE "echo none >LICENSE"

sound check_words.sh
mark=TO
finds check_words.sh "faults" broker/b.c "add broker/b.c '/* ${mark}DO */'"
finds check_words.sh "faults" broker/b.c "add broker/b.c '/* good enough for ''now */'"
finds check_words.sh "faults" broker/b.c "add broker/b.c '/* see /wo''rk/main */'"

sound check_shell.sh
finds check_shell.sh "SC2" tests/run.sh "add tests/run.sh 'cd \$1; rm -rf \$2/*'"

sound check_man.py
finds check_man.py "option --nieuw" broker/b.c "add broker/b.c 'static const struct kb_option t[] = {
	{ \"x\" },
	[0] = { \"nieuw\", NULL, \"x\" },
};'"
finds check_man.py "key geheim of [store]" broker/b.c "add broker/b.c 'static const struct kb_config_key k = { .section = \"store\", .key = \"geheim\" };'"
finds check_man.py "event nieuw-event" broker/b.c "add broker/b.c 'void g(void) { kb_log(KB_LOG_INFO, \"nieuw-event\", \"x\"); }'"
finds check_man.py 'command "nieuw doen"' agents/cli/command_table.c "add agents/cli/command_table.c 'x = { ASK(\"nieuw doen\", \"--vlag\", \"x\", NULL) };'"
finds check_man.py "profile key nieuw of [tlv]" common/daemon/p.h "add common/daemon/p.h 'X(TLV_NIEUW, 3, \"tlv\", \"nieuw\", TEXT)'"
finds check_man.py "word nieuw of a route" common/exchange/route.h "add common/exchange/route.h 'X(NIEUW, 3, \"nieuw\", \"nieuw\")'"
finds check_man.py "is missing" deploy/man/ketenbode.1 "rm deploy/man/ketenbode.1"
# A program that knows one command, so that everything else in the pages is too much.
small_program() {
	mkdir -p build/dev
	cat >build/dev/ketenbode <<'PROGRAM'
#!/bin/sh
case "$*" in
--help) echo '  user list  x' ;;
*) echo '--vlag' ;;
esac
PROGRAM
	chmod +x build/dev/ketenbode
}
finds check_man.py 'the program has no command "status"' build/dev/ketenbode small_program
finds check_man.py '--vlag of "user list" has no line' build/dev/ketenbode small_program
finds check_man.py "no program has the key listen of [net]" build/dev/ketenbode small_program
finds check_man.py "has no key file of [log]" build/dev/ketenbode small_program
finds check_man.py "no program writes the event daemon-ready" build/dev/ketenbode small_program
finds check_man.py "daemon-ready is written as debug" build/dev/ketenbode "small_program; add broker/b.c 'void g(void) { kb_log(KB_LOG_DEBUG, \"daemon-ready\", \"x\"); }'"
finds check_man.py "is not what ketenbode completion prints" build/dev/ketenbode small_program
finds check_man.py "skipping unknown macro" deploy/man/ketenbode.1 "add deploy/man/ketenbode.1 '.Nonsense macro'"

sound check_units.sh
finds check_units.sh "lacks the line NoNewPrivileges=yes" deploy/systemd/ketenbode-vo.service "sed -i /^NoNewPrivileges/d deploy/systemd/ketenbode-vo.service"
finds check_units.sh "Overall exposure" deploy/systemd/ketenbode-vo.service "sed -i -E '/^(Protect|Private|Restrict|System|Capability|Memory|Lock)/d' deploy/systemd/ketenbode-vo.service"
finds check_units.sh "Nonsense" deploy/systemd/ketenbode-vo.service "sed -i 's/^Type=notify/Type=notify\nNonsense=1/' deploy/systemd/ketenbode-vo.service"
finds check_units.sh "makes no account" deploy/systemd/sysusers.d/ketenbode.conf "sed -i /ketenbode-swv/d deploy/systemd/sysusers.d/ketenbode.conf"

sound check_config_examples.sh
finds check_config_examples.sh "bad = 1" deploy/config/swv.conf "add deploy/config/swv.conf 'bad = 1'"
finds check_config_examples.sh "does not show [log] level" deploy/config/swv.conf "sed -i 3d deploy/config/swv.conf"
finds check_config_examples.sh "is not the default" deploy/config/swv.conf "sed -i 's/info/debug/' deploy/config/swv.conf"
finds check_config_examples.sh "ketenbode-vo: is not in" deploy/config/swv.conf "rm build/dev/ketenbode-vo"

if [ "$failures" -gt 0 ]; then
	echo "$failures of $proofs proofs failed"
	exit 1
fi
echo "OK: $proofs proofs"
