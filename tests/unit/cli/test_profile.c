/* SPDX-License-Identifier: EUPL-1.2 */
/* ketenbode profile: the built program on profiles in a folder of its own; check, show, sign. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <jansson.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/file.h"

#define PROGRAM KB_BINARY_DIR "/agents/cli/ketenbode"
#define DEMO KB_SOURCE_DIR "/deploy/profiles/demo"
#define HEEL KB_SOURCE_DIR "/tests/data/profiles/heel"
#define SWV "00000099000000004000"

static char folder[64];

struct said {
	int exit_code;
	struct kb_buf out;
	struct kb_buf err;
};

static void
forget(struct said *said)
{
	kb_buf_release(&said->out);
	kb_buf_release(&said->err);
}

static const char *
path_of(const char *name)
{
	static char paths[16][256];
	static unsigned next;
	char *path = paths[next++ % 16];

	(void)snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

/* Runs the program; its output goes to files, so that no pipe can fill. */
static struct said
run(const char *const *words)
{
	struct said said = { 0 };
	const char *argv[40] = { PROGRAM };
	int status = 0;
	pid_t child = -1;

	for (size_t i = 0; words[i] != NULL; i++) {
		argv[i + 1] = words[i];
	}
	child = fork();
	if (child == 0) {
		if (freopen(path_of("out"), "w", stdout) != NULL &&
		    freopen(path_of("err"), "w", stderr) != NULL) {
			(void)execv(PROGRAM, (char *const *)argv);
		}
		_exit(127);
	}
	cr_assert_eq(waitpid(child, &status, 0), child);
	cr_assert(WIFEXITED(status));
	said.exit_code = WEXITSTATUS(status);
	cr_assert_eq(kb_file_read(path_of("out"), 1 << 20, &said.out, NULL), KB_OK);
	cr_assert_eq(kb_file_read(path_of("err"), 1 << 20, &said.err, NULL), KB_OK);
	cr_assert(kb_buf_text(&said.out) != NULL && kb_buf_text(&said.err) != NULL);
	return said;
}

#define RUN(...) run((const char *const[]){ __VA_ARGS__, NULL })

static void
expect(struct said said, int exit_code, const char *out, const char *err)
{
	cr_assert_eq(said.exit_code, exit_code, "%d: %s", said.exit_code, kb_buf_text(&said.err));
	cr_assert_not_null(strstr(kb_buf_text(&said.out), out), "%s", kb_buf_text(&said.out));
	cr_assert_not_null(strstr(kb_buf_text(&said.err), err), "%s", kb_buf_text(&said.err));
	forget(&said);
}

/* Copies the plain files of a folder. */
static void
copy(const char *from, const char *to)
{
	DIR *dir = opendir(from);
	const struct dirent *entry = NULL;

	cr_assert_not_null(dir);
	(void)mkdir(to, 0700);
	while ((entry = readdir(dir)) != NULL) {
		char source[512];
		char target[512];
		struct kb_buf bytes = { 0 };

		(void)snprintf(source, sizeof(source), "%s/%s", from, entry->d_name);
		(void)snprintf(target, sizeof(target), "%s/%s", to, entry->d_name);
		if (entry->d_name[0] != '.') {
			cr_assert_eq(kb_file_read(source, 1 << 20, &bytes, NULL), KB_OK);
			cr_assert_eq(kb_file_replace(target, 0600, kb_buf_span(&bytes), NULL),
				     KB_OK);
		}
		kb_buf_release(&bytes);
	}
	(void)closedir(dir);
}

static void
append(const char *path, const char *text)
{
	FILE *file = fopen(path, "a");

	cr_assert_not_null(file);
	cr_assert_geq(fputs(text, file), 0);
	cr_assert_eq(fclose(file), 0);
}

static void
open_folder(void)
{
	(void)snprintf(folder, sizeof(folder), "/tmp/kb-cli-profile-XXXXXX");
	cr_assert_not_null(mkdtemp(folder));
}

static void
close_folder(void)
{
	pid_t child = fork();

	if (child == 0) {
		(void)execlp("rm", "rm", "-rf", "--", folder, (char *)NULL);
		_exit(127);
	}
	(void)waitpid(child, NULL, 0);
}

TestSuite(profile, .init = open_folder, .fini = close_folder);

Test(profile, check_says_that_it_is_in_order)
{
	struct said said = RUN("--json", "profile", "check", HEEL);
	json_t *json = json_loads(kb_buf_text(&said.out), 0, NULL);

	cr_assert_eq(said.exit_code, 0);
	cr_assert_str_eq(json_string_value(json_object_get(json, "tekst")), "in orde");
	json_decref(json);
	forget(&said);
	expect(RUN("profile", "check", HEEL), 0, "in orde\n", "");
	expect(RUN("profile", "check", HEEL), 0, "routes: 1\n", "");
	expect(RUN("profile", "check", HEEL), 0, "zegel:  geen\n", "");
}

Test(profile, check_tells_all_faults_with_file_and_line)
{
	char wanted[256];

	copy(HEEL, path_of("p"));
	append(path_of("p/tafel.route"), "[toestand: zoek]\nnaam = Zoek\n");
	append(path_of("p/profile.ini"), "[onzin]\n");
	expect(RUN("profile", "check", path_of("p")), 65, "", "unknown section [onzin]");
	(void)snprintf(wanted, sizeof(wanted), "%s/p/tafel.route:68: state zoek cannot be reached",
		       folder);
	expect(RUN("profile", "check", path_of("p")), 65, "", wanted);
	expect(RUN("profile", "check", path_of("p")), 65, "", "2 fouten in het regioprofiel");
	expect(RUN("--json", "profile", "check", path_of("p")), 65, "\"exit\":65", "");
	expect(RUN("profile", "show", path_of("p")), 65, "", "2 fouten");
}

Test(profile, check_and_show_say_how_they_are_used)
{
	expect(RUN("profile", "check"), 64, "", "geef een map");
	expect(RUN("profile", "check", HEEL, "--wat"), 64, "", "profile check --help");
	expect(RUN("profile", "show"), 64, "", "geef een map");
	expect(RUN("--json", "profile", "show", HEEL, "--dot"), 64, "--json of --dot", "");
	expect(RUN("profile", "sign", HEEL), 64, "", "--sleutels");
	expect(RUN("profile", "check", path_of("nergens")), 65, "",
	       "nergens bestaat niet; geef de map van een regioprofiel, waarin profile.ini en de "
	       "routes staan\n");
	expect(RUN("profile", "show", HEEL "/profile.ini"), 65, "",
	       "profile.ini is geen map; geef de map van een regioprofiel");
	expect(RUN("--json", "profile", "check", path_of("nergens")), 65, "bestaat niet; geef", "");
}

Test(profile, show_gives_values_and_routes_with_their_sources)
{
	expect(RUN("profile", "show", HEEL), 0,
	       "  tlv, termijn\n      waarde: 6 weken\n      soort: regel\n      bron: proef, "
	       "regel",
	       "");
	expect(RUN("profile", "show", HEEL), 0, "  tafel\n      naam: De proeftafel\n", "");
	expect(RUN("profile", "show", HEEL, "--route", "tafel"), 0,
	       "  klok:terug\n      naam: De termijn is voorbij\n      van: Uitgenodigd\n", "");
	expect(RUN("profile", "show", HEEL, "--route", "stoel"), 65, "", "geen route stoel");
	expect(RUN("profile", "show", DEMO), 0, "verzuim\n", "");
}

Test(profile, show_draws_every_state_step_and_clock)
{
	struct said said = RUN("profile", "show", HEEL, "--dot");
	static const char *const wanted[] = {
		"digraph \"tafel\" {",
		"\"ingebracht\" [label=\"Hulpvraag ingebracht\" style=bold]",
		"\"gesloten\" [label=\"Afgesloten\" peripheries=2]",
		"\"ingebracht\" -> \"uitgenodigd\" [label=\"De partners uitnodigen\\nuitnodigen: "
		"swv\"]",
		"\"klok:terug\" [label=\"Eerste terugkoppeling: 4 weken\"",
		"\"uitgenodigd\" -> \"klok:terug\" [style=dotted label=\"start\"]",
		"\"klok:terug\" -> \"uitgenodigd\" [style=dotted label=\"voorbij\"]",
		"\"*\" -> \"gesloten\"",
	};

	cr_assert_eq(said.exit_code, 0);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		cr_assert_not_null(strstr(kb_buf_text(&said.out), wanted[i]), "%s", wanted[i]);
	}
	forget(&said);
}

/* ---- a new state with its clock is text in a file ---- */

static const char *
cell(const json_t *json, const char *section, size_t row, const char *column)
{
	const char *text = json_string_value(
		json_object_get(json_array_get(json_object_get(json, section), row), column));

	return text != NULL ? text : "";
}

/* Name of the last end of the route; its begin in *begin. */
static void
ends_of(const json_t *route, char begin[64], char end[64])
{
	const json_t *states = json_object_get(route, "toestanden");

	for (size_t i = 0; i < json_array_size(states); i++) {
		if (strcmp(cell(route, "toestanden", i, "naam"),
			   cell(route, "route", 0, "begin")) == 0) {
			(void)snprintf(begin, 64, "%s", cell(route, "toestanden", i, "toestand"));
		}
		if (strcmp(cell(route, "toestanden", i, "soort"), "einde") == 0) {
			(void)snprintf(end, 64, "%s", cell(route, "toestanden", i, "toestand"));
		}
	}
}

static json_t *
show_json(const char *profile, const char *id)
{
	struct said said = id != NULL ? RUN("--json", "profile", "show", profile, "--route", id)
				      : RUN("--json", "profile", "show", profile);
	json_t *json = json_loads(kb_buf_text(&said.out), 0, NULL);

	cr_assert_eq(said.exit_code, 0, "%s", kb_buf_text(&said.err));
	cr_assert_not_null(json);
	forget(&said);
	return json;
}

static void
grow(const char *profile, const char *id)
{
	static const char form[] =
		"\n[toestand: proef-nazorg]\nnaam = Nazorg\n"
		"\n[klok: proef-nazorg]\nnaam = Nazorg bespreken\ntermijn = 6 weken\n"
		"termijn.soort = norm\ntermijn.bron = proef, regel 1\ntaak = school\n"
		"\n[%s: %s -> proef-nazorg]\non = proef-nazorg\nnaam = Nazorg beginnen\n"
		"by = regievoerder\nstarts = proef-nazorg\nbron = proef, regel 2\n"
		"\n[%s: proef-nazorg -> proef-nazorg]\non = klok:proef-nazorg\n"
		"naam = De nazorg is niet besproken\nby = regievoerder\nbron = proef, regel 3\n"
		"\n[%s: proef-nazorg -> %s]\non = proef-klaar\nnaam = Nazorg afsluiten\n"
		"by = regievoerder\nstops = proef-nazorg\nbron = proef, regel 4\n";
	json_t *before = show_json(profile, id);
	json_t *after = NULL;
	char begin[64] = "";
	char end[64] = "";
	char text[2048];
	char path[512];
	size_t states = json_array_size(json_object_get(before, "toestanden"));
	size_t clocks = json_array_size(json_object_get(before, "klokken"));

	ends_of(before, begin, end);
	(void)snprintf(text, sizeof(text), form, id, begin, id, id, end);
	(void)snprintf(path, sizeof(path), "%s/%s.route", profile, id);
	append(path, text);
	after = show_json(profile, id);
	cr_assert_eq(json_array_size(json_object_get(after, "toestanden")), states + 1);
	cr_assert_eq(json_array_size(json_object_get(after, "klokken")), clocks + 1);
	cr_assert_str_eq(cell(after, "klokken", clocks, "termijn"), "6 weken");
	json_decref(after);
	json_decref(before);
}

/* The demonstration region as it is shipped, with the route of the tests beside its own. */
Test(profile, a_new_state_and_clock_in_every_route_of_a_region_need_no_program)
{
	char profile[256];
	json_t *json = NULL;
	size_t count = 0;

	(void)snprintf(profile, sizeof(profile), "%s", path_of("demo"));
	copy(DEMO, profile);
	copy(HEEL, path_of("heel"));
	cr_assert_eq(rename(path_of("heel/tafel.route"), path_of("demo/tafel.route")), 0);
	json = show_json(profile, NULL);
	count = json_array_size(json_object_get(json, "routes"));
	cr_assert_geq(count, 1);
	for (size_t i = 0; i < count; i++) {
		grow(profile, cell(json, "routes", i, "route"));
	}
	json_decref(json);
	expect(RUN("profile", "check", profile), 0, "in orde", "");
}

/* ---- the seal ---- */

/* An exchange of two: the registrar, and a samenwerkingsverband that joined. */
static void
join_swv(const char *codes)
{
	char join[256];

	expect(RUN("pki", "init", "--dir", path_of("reg"), "--oin", "00000099000000000001",
		   "--name", "Reg"),
	       0, "", "");
	expect(RUN("pki", "request", "--keys", path_of("broker"), "--party", "00000099000000000002",
		   "--kind", "broker", "--name", "Broker", "--out", path_of("broker.req")),
	       0, "", "");
	expect(RUN("pki", "request", "--keys", path_of("swv"), "--party", SWV, "--kind", "swv",
		   "--name", "Swv", "--swv", codes, "--out", path_of("swv.req")),
	       0, "", "");
	expect(RUN("pki", "admit", "--dir", path_of("reg"), "--broker-address", "tcp://broker:5000",
		   "--out", path_of("joins"), "--yes", path_of("broker.req")),
	       0, "", "");
	expect(RUN("pki", "admit", "--dir", path_of("reg"), "--broker-address", "tcp://broker:5000",
		   "--out", path_of("joins"), "--yes", path_of("swv.req")),
	       0, "", "");
	(void)snprintf(join, sizeof(join), "%s/joins/%s.join", folder, SWV);
	expect(RUN("pki", "join", "--keys", path_of("swv"), "--yes", join), 0, "", "");
}

/* What sign told as the public key, into a file. */
static void
keep_key(struct said *said, const char *name)
{
	json_t *json = json_loads(kb_buf_text(&said->out), 0, NULL);

	cr_assert_not_null(json);
	for (size_t i = 0; i < json_array_size(json_object_get(json, "zegel")); i++) {
		if (strcmp(cell(json, "zegel", i, "veld"), "sleutel") == 0) {
			append(path_of(name), cell(json, "zegel", i, "waarde"));
		}
	}
	append(path_of(name), "\n");
	json_decref(json);
}

Test(profile, the_swv_signs_and_everybody_can_see_it)
{
	char profile[256];
	struct said said = { 0 };

	(void)snprintf(profile, sizeof(profile), "%s", path_of("p"));
	copy(HEEL, profile);
	join_swv("PO0000");
	said = RUN("--json", "profile", "sign", profile, "--sleutels", path_of("swv"));
	cr_assert_eq(said.exit_code, 0, "%s", kb_buf_text(&said.out));
	keep_key(&said, "key");
	forget(&said);
	expect(RUN("profile", "check", profile), 0,
	       "zegel:  van " SWV ", sleutelversie 1, ongeschonden", "");
	expect(RUN("profile", "check", profile, "--sleutel", path_of("key")), 0,
	       "met deze sleutel getekend", "");
	append(path_of("other"),
	       "0000000000000000000000000000000000000000000000000000000000000001\n");
	expect(RUN("profile", "check", profile, "--sleutel", path_of("other")), 65, "",
	       "het zegel klopt niet");
	append(path_of("no-key"), "geen sleutel\n");
	expect(RUN("profile", "check", profile, "--sleutel", path_of("no-key")), 65, "",
	       "64 hexadecimale cijfers");
	append(path_of("p/tafel.route"), "# later\n");
	expect(RUN("profile", "check", profile), 65, "", "een andere versie van dit profiel");
	expect(RUN("profile", "sign", profile, "--sleutels", path_of("swv")), 0, "getekend", "");
	expect(RUN("profile", "check", profile, "--sleutel", path_of("key")), 0, "in orde", "");
}

Test(profile, nobody_else_signs)
{
	char profile[256];

	(void)snprintf(profile, sizeof(profile), "%s", path_of("p"));
	copy(HEEL, profile);
	expect(RUN("profile", "check", profile, "--sleutel", path_of("none")), 65, "",
	       "cannot be opened");
	expect(RUN("profile", "sign", profile, "--sleutels", path_of("none")), 65, "",
	       "kan niet worden gelezen");
	join_swv("PO2202");
	expect(RUN("profile", "sign", profile, "--sleutels", path_of("swv")), 77, "",
	       "dit profiel is van samenwerkingsverband PO0000");
	cr_assert_neq(access(path_of("p/profiel.zegel"), F_OK), 0);
	append(path_of("p/profile.ini"), "[onzin]\n");
	expect(RUN("profile", "sign", profile, "--sleutels", path_of("swv")), 65, "",
	       "unknown section");
}

Test(profile, a_check_with_a_key_wants_a_seal)
{
	append(path_of("key"),
	       "0000000000000000000000000000000000000000000000000000000000000001\n");
	expect(RUN("profile", "check", HEEL, "--sleutel", path_of("key")), 65, "",
	       "er is geen zegel");
}
