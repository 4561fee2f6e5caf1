/* SPDX-License-Identifier: EUPL-1.2 */
/* Region profiles: values, bounds, sources, faults, hash. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/text.h"
#include "common/daemon/profile.h"
#include "tests/support/small_profile.h"

static const char good[] = "[region]\n"
			   "id = test01\n"
			   "naam = Proefregio\n"
			   "swv = PO0000\n"
			   "[verzuim]\n"
			   "drempel_lessen = 16 lessen\n"
			   "drempel_lessen.soort = wettelijk\n"
			   "drempel_lessen.bron = proef, regel 1\n"
			   "lesduur = 60 minuten\n"
			   "lesduur.soort = regel\n"
			   "lesduur.bron = proef, regel 2\n"
			   "venster = 4 schoolweken\n"
			   "venster.soort = wettelijk\n"
			   "venster.bron = proef, regel 3\n"
			   "tussentijd = 7 kalenderdagen\n"
			   "tussentijd.soort = regel\n"
			   "tussentijd.bron = proef, regel 4\n"
			   "langdurig = 28 kalenderdagen\n"
			   "langdurig.soort = norm\n"
			   "langdurig.bron = proef, regel 5\n"
			   "meldtermijn = 5 werkdagen\n"
			   "meldtermijn.soort = wettelijk\n"
			   "meldtermijn.bron = proef, regel 6\n"
			   "leerplicht_van = 5 jaren\n"
			   "leerplicht_van.soort = wettelijk\n"
			   "leerplicht_van.bron = proef, regel 7\n"
			   "leerplicht_tot = 18 jaren\n"
			   "leerplicht_tot.soort = wettelijk\n"
			   "leerplicht_tot.bron = proef, regel 8\n"
			   "gemeente_termijn = niet vastgelegd\n"
			   "gemeente_termijn.bron = proef, regel 9\n"
			   "[afspraken]\n"
			   "tlv_instemming = ja\n"
			   "tlv_instemming.bron = proef, regel 10\n"
			   "tlv_zonder_toestemming = nee\n"
			   "tlv_zonder_toestemming.bron = proef, regel 11\n"
			   "jeugdhulp_regeling = niet vastgelegd\n"
			   "jeugdhulp_regeling.bron = proef, regel 12\n"
			   "account_einddatum = ja\n"
			   "account_einddatum.bron = proef, regel 13\n";

static enum kb_err
parse(const char *text, struct kb_faults *faults, struct kb_profile *out)
{
	static char whole[KB_SMALL_PROFILE_BYTES];

	/* Behind the text, so that its lines keep their numbers. */
	kb_small_profile(text, whole);
	const struct kb_profile_file file = { "profile.ini", kb_span_text(whole) };

	return kb_profile_parse(&file, 1, "p", faults, out);
}

/* good with the first occurrence of from replaced by to. */
static void
replaced(char *out, size_t size, const char *from, const char *to)
{
	const char *at = strstr(good, from);

	cr_assert_not_null(at);
	(void)snprintf(out, size, "%.*s%s%s", (int)(at - good), good, to, at + strlen(from));
}

static void
expect_fault(const char *from, const char *to, const char *fault)
{
	char text[4096];
	struct kb_faults faults = { 0 };
	struct kb_profile profile = { .id = "untouched" };

	replaced(text, sizeof(text), from, to);
	cr_assert_eq(parse(text, &faults, &profile), KB_ERR_CONFIG, "accepted: %s", to);
	cr_assert_str_eq(kb_faults_text(&faults), fault);
	cr_assert_str_eq(profile.id, "untouched");
	kb_faults_release(&faults);
}

Test(profile, gives_every_value_with_kind_and_source)
{
	struct kb_faults faults = { 0 };
	struct kb_profile profile = { 0 };
	static const uint32_t expected[KB_PROFILE_VERZUIM_COUNT] = {
		16, 60, 4, 7, 28, 5, 5, 18, 0
	};

	cr_assert_eq(parse(good, &faults, &profile), KB_OK, "%s", kb_faults_text(&faults));
	cr_assert_str_eq(profile.id, "test01");
	cr_assert_str_eq(profile.name, "Proefregio");
	cr_assert_str_eq(profile.swv, "PO0000");
	for (size_t i = 0; i < KB_PROFILE_VERZUIM_COUNT; i++) {
		char source[32];

		(void)snprintf(source, sizeof(source), "proef, regel %zu", i + 1);
		cr_assert_eq(profile.verzuim[i].value, expected[i], "value %zu", i);
		cr_assert_str_eq(profile.verzuim[i].source, source);
	}
	cr_assert_eq(profile.verzuim[KB_PROFILE_VERZUIM_LANGDURIG].kind, KB_PROFILE_KIND_NORM);
	cr_assert_str_eq(kb_profile_kind_name(KB_PROFILE_KIND_NORM), "norm");
	kb_profile_release(&profile);
}

Test(profile, knows_what_the_region_has_not_agreed)
{
	struct kb_faults faults = { 0 };
	struct kb_profile profile = { 0 };
	char text[4096];
	const struct kb_profile_value *term = &profile.verzuim[KB_PROFILE_VERZUIM_GEMEENTE_TERMIJN];

	cr_assert_eq(parse(good, &faults, &profile), KB_OK);
	cr_assert_not(term->vastgelegd);
	cr_assert_eq(term->kind, KB_PROFILE_KIND_NONE);
	kb_profile_release(&profile);
	replaced(text, sizeof(text), "gemeente_termijn = niet vastgelegd\n",
		 "gemeente_termijn = 10 werkdagen\ngemeente_termijn.soort = streven\n");
	cr_assert_eq(parse(text, &faults, &profile), KB_OK, "%s", kb_faults_text(&faults));
	cr_assert(term->vastgelegd);
	cr_assert_eq(term->value, 10);
	cr_assert_eq(term->kind, KB_PROFILE_KIND_STREVEN);
	kb_profile_release(&profile);
}

Test(profile, refuses_values_beyond_the_bounds_of_the_law)
{
	expect_fault("16 lessen", "17 lessen",
		     "p/profile.ini:6: drempel_lessen = 17 lessen: must be 1 to 16 lessen, such as "
		     "\"16 lessen\"\n");
	expect_fault("16 lessen", "0 lessen",
		     "p/profile.ini:6: drempel_lessen = 0 lessen: must be 1 to 16 lessen, such as "
		     "\"16 lessen\"\n");
	expect_fault("60 minuten", "61 minuten",
		     "p/profile.ini:9: lesduur = 61 minuten: must be 1 to 60 minuten, such as \"60 "
		     "minuten\"\n");
	expect_fault(
		"5 werkdagen", "6 werkdagen",
		"p/profile.ini:21: meldtermijn = 6 werkdagen: must be 0 to 5 werkdagen, such as "
		"\"5 werkdagen\"\n");
}

Test(profile, refuses_a_value_without_or_with_another_unit)
{
	expect_fault("16 lessen", "16",
		     "p/profile.ini:6: drempel_lessen = 16: must be 1 to 16 lessen, such as \"16 "
		     "lessen\"\n");
	expect_fault("5 werkdagen", "5 kalenderdagen",
		     "p/profile.ini:21: meldtermijn = 5 kalenderdagen: must be 0 to 5 werkdagen, "
		     "such as \"5 werkdagen\"\n");
	expect_fault("16 lessen", "niet vastgelegd",
		     "p/profile.ini:6: drempel_lessen = niet vastgelegd: must be 1 to 16 lessen, "
		     "such as \"16 lessen\"\n");
}

Test(profile, needs_kind_and_source_of_every_value)
{
	expect_fault("lesduur.bron = proef, regel 2\n", "",
		     "p/profile.ini:9: [verzuim] lesduur.bron is missing\n");
	expect_fault("lesduur.bron = proef, regel 2\n", "lesduur.bron =\n",
		     "p/profile.ini:11: lesduur.bron: must name document and line in 1 to 192 "
		     "bytes\n");
	expect_fault("lesduur.bron = proef, regel 2\n", "lesduur.bron = x\n",
		     "p/profile.ini:11: lesduur.bron = x: must be a document and the place in it, "
		     "such as \"plan PO 22-02, regel 483\"\n");
	expect_fault("lesduur.soort = regel\n", "",
		     "p/profile.ini:9: [verzuim] lesduur.soort is missing\n");
	expect_fault("lesduur.soort = regel\n", "lesduur.soort = wens\n",
		     "p/profile.ini:10: lesduur.soort = wens: must be wettelijk, regel, norm or "
		     "streven\n");
	expect_fault("lesduur = 60 minuten\n", "",
		     "p/profile.ini:5: [verzuim] lesduur is missing\n");
	expect_fault("gemeente_termijn.bron = proef, regel 9\n", "",
		     "p/profile.ini:30: [verzuim] gemeente_termijn.bron is missing\n");
	expect_fault("gemeente_termijn.bron",
		     "gemeente_termijn.soort = norm\ngemeente_termijn.bron",
		     "p/profile.ini:31: gemeente_termijn.soort: a term that is niet vastgelegd has "
		     "no soort\n");
}

Test(profile, agreements_are_yes_no_or_not_made_and_each_has_a_source)
{
	struct kb_faults faults = { 0 };
	struct kb_profile profile = { 0 };

	cr_assert_eq(parse(good, &faults, &profile), KB_OK, "%s", kb_faults_text(&faults));
	cr_assert_eq(profile.region,
		     (uint32_t)(KB_REGION_TLV_INSTEMMING | KB_REGION_ACCOUNT_EINDDATUM));
	cr_assert(profile.afspraken[1].vastgelegd);
	cr_assert_not(profile.afspraken[1].yes);
	cr_assert_not(profile.afspraken[2].vastgelegd);
	cr_assert_str_eq(profile.afspraken[3].source, "proef, regel 13");
	kb_profile_release(&profile);
	expect_fault("tlv_instemming = ja", "tlv_instemming = misschien",
		     "p/profile.ini:33: tlv_instemming = misschien: must be ja, nee or \"niet "
		     "vastgelegd\"\n");
	expect_fault("account_einddatum.bron = proef, regel 13\n", "",
		     "p/profile.ini:39: [afspraken] account_einddatum.bron is missing\n");
	expect_fault("tlv_zonder_toestemming = nee\n", "",
		     "p/profile.ini:32: [afspraken] tlv_zonder_toestemming is missing\n");
	kb_faults_release(&faults);
}

Test(profile, refuses_what_it_does_not_know)
{
	expect_fault("lesduur = 60", "lesduurtje = 1 minuut\nlesduur = 60",
		     "p/profile.ini:9: unknown key lesduurtje in [verzuim]\n");
	expect_fault("lesduur.bron", "lesduur.bronnen = x\nlesduur.bron",
		     "p/profile.ini:11: unknown key lesduur.bronnen in [verzuim]\n");
	expect_fault("[verzuim]", "[doa]\nx = 1\n[verzuim]",
		     "p/profile.ini:5: unknown section [doa]\n");
	expect_fault("id = test01\n", "", "p/profile.ini:1: [region] id is missing\n");
	expect_fault("id = test01", "id = a-name-that-is-too-long",
		     "p/profile.ini:2: id: must have 1 to 16 bytes\n");
}

Test(profile, shows_all_faults_of_a_file_in_one_run)
{
	struct kb_faults faults = { 0 };
	struct kb_profile profile = { 0 };

	cr_assert_eq(parse("", &faults, &profile), KB_ERR_CONFIG);
	/* 3 texts, 9 values with source, 8 with kind, and the open one counts as missing a kind too. */
	cr_assert_eq(faults.count, 3 + 9 * 3 + KB_REGION_COUNT);
	kb_faults_release(&faults);
}

/* A section that is wholly missing is named in the last line of the file. */
Test(profile, every_fault_of_a_file_has_its_line)
{
	struct kb_faults faults = { 0 };
	struct kb_profile profile = { 0 };
	const struct kb_profile_file file = { "profile.ini",
					      kb_span_text("[region]\nid = a\n\nnaam = b") };
	size_t lines = 0;

	cr_assert_eq(kb_profile_parse(&file, 1, "p", &faults, &profile), KB_ERR_CONFIG);
	for (const char *at = kb_faults_text(&faults); *at != '\0'; at = strchr(at, '\n') + 1) {
		const char *line = "p/profile.ini:4: ";

		if (strncmp(at, "p/profile.ini:1: [region] swv", 29) != 0 &&
		    strncmp(at, "and ", 4) != 0) {
			cr_assert_eq(strncmp(at, line, strlen(line)), 0, "%s", at);
		}
		lines++;
	}
	cr_assert_eq(lines, KB_FAULTS_SHOWN_MAX + 1);
	kb_faults_release(&faults);
}

/* Computed once with: printf 'ketenbode/v1/profile\0profile.ini\0\0\0\0\0\0\0\0\3abc' | sha256sum */
Test(profile, hash_is_the_documented_one)
{
	const struct kb_profile_file file = { "profile.ini", kb_span_text("abc") };
	struct kb_hash hash;
	char hex[2 * KB_HASH_BYTES + 1];

	cr_assert_eq(kb_profile_hash(&file, 1, &hash), KB_OK);
	kb_hex_encode(KB_SPAN_OF(hash.bytes), hex);
	cr_assert_str_eq(hex, "09c8961d7608caf88bed7a9fed1e8057822363384c4af7192786d51318ee7193");
}

Test(profile, hash_depends_on_names_and_bytes_and_not_on_the_order_of_files)
{
	const struct kb_profile_file ab[] = { { "a", kb_span_text("1") },
					      { "b", kb_span_text("2") } };
	const struct kb_profile_file ba[] = { { "b", kb_span_text("2") },
					      { "a", kb_span_text("1") } };
	const struct kb_profile_file other[] = { { "a", kb_span_text("2") },
						 { "b", kb_span_text("1") } };
	struct kb_hash first;
	struct kb_hash second;

	cr_assert_eq(kb_profile_hash(ab, 2, &first), KB_OK);
	cr_assert_eq(kb_profile_hash(ba, 2, &second), KB_OK);
	cr_assert(kb_hash_equal(&first, &second));
	cr_assert_eq(kb_profile_hash(other, 2, &second), KB_OK);
	cr_assert_not(kb_hash_equal(&first, &second));
}

static void
write_file(const char *folder, const char *name, const char *text)
{
	char path[256];
	FILE *file = NULL;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	cr_assert_not_null(file);
	cr_assert_geq(fputs(text, file), 0);
	cr_assert_eq(fclose(file), 0);
	cr_assert_eq(chmod(path, 0600), 0);
}

static void
remove_folder(const char *folder)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry = NULL;

	cr_assert_not_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		char path[512];

		(void)snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		(void)unlink(path);
	}
	cr_assert_eq(closedir(dir), 0);
	cr_assert_eq(rmdir(folder), 0);
}

#define ROUTE_BYTES 1024

/* The least that is a route: of those rows, with a step that writes down the fact. */
static void
small_route(const char *rows, const char *fact, char out[ROUTE_BYTES])
{
	int len = snprintf(
		out, ROUTE_BYTES,
		"[route]\nid = los\nnaam = x\nrijen = %s\ndoel = zorgplicht\n"
		"grond = wettelijke-taak\nopener = swv\nbegin = open\nbron = proef, regel 1\n"
		"[toestand: open]\nnaam = x\n[toestand: dicht]\nnaam = x\neinde = ja\n"
		"[los: open -> dicht]\non = sluiten\nnaam = x\nby = regievoerder\n"
		"bron = proef, regel 2\n"
		"[los: open -> open]\non = slot\nnaam = x\nby = swv\nlegt_vast = %s\n"
		"bron = proef, regel 3\n",
		rows, fact);

	cr_assert_lt(len, ROUTE_BYTES);
}

Test(profile, folder_gives_the_same_as_the_bytes)
{
	char folder[] = "/tmp/kb-profile-XXXXXX";
	char route[ROUTE_BYTES];
	char whole[KB_SMALL_PROFILE_BYTES];
	struct kb_faults faults = { 0 };
	struct kb_profile from_memory = { 0 };
	struct kb_profile from_folder = { 0 };

	cr_assert_not_null(mkdtemp(folder));
	kb_small_profile(good, whole);
	write_file(folder, "profile.ini", whole);
	small_route("H01", "plek-gevonden", route);
	write_file(folder, "los.route", route);
	write_file(folder, ".hidden", "not looked at");
	const struct kb_profile_file files[] = { { "profile.ini", kb_span_text(whole) },
						 { "los.route", kb_span_text(route) } };

	cr_assert_eq(kb_profile_parse(files, 2, "p", &faults, &from_memory), KB_OK);
	cr_assert_eq(kb_profile_open(folder, &faults, &from_folder), KB_OK, "%s",
		     kb_faults_text(&faults));
	cr_assert(kb_hash_equal(&from_memory.hash, &from_folder.hash));
	kb_profile_release(&from_memory);
	kb_profile_release(&from_folder);
	remove_folder(folder);
}

Test(profile, folder_with_an_unknown_file_or_without_profile_is_refused)
{
	char folder[] = "/tmp/kb-profile-XXXXXX";
	char whole[KB_SMALL_PROFILE_BYTES];
	char expected[256];
	struct kb_faults faults = { 0 };
	struct kb_profile profile = { 0 };

	cr_assert_not_null(mkdtemp(folder));
	cr_assert_eq(kb_profile_open(folder, &faults, &profile), KB_ERR_CONFIG);
	kb_small_profile(good, whole);
	write_file(folder, "profile.ini", whole);
	write_file(folder, "doa.routes", "[doa: a -> b]\n");
	cr_assert_eq(kb_profile_open(folder, &faults, &profile), KB_ERR_CONFIG);
	(void)snprintf(expected, sizeof(expected),
		       "%s: has no file profile.ini\n"
		       "%s/doa.routes: this version does not know this kind of file\n",
		       folder, folder);
	cr_assert_str_eq(kb_faults_text(&faults), expected);
	remove_folder(folder);
	cr_assert_eq(kb_profile_open(folder, &faults, &profile), KB_ERR_CONFIG);
	kb_faults_release(&faults);
}

Test(profile, folder_has_a_route)
{
	char folder[] = "/tmp/kb-profile-XXXXXX";
	char whole[KB_SMALL_PROFILE_BYTES];
	char expected[256];
	struct kb_faults faults = { 0 };
	struct kb_profile profile = { .id = "untouched" };

	cr_assert_not_null(mkdtemp(folder));
	kb_small_profile(good, whole);
	write_file(folder, "profile.ini", whole);
	cr_assert_eq(kb_profile_open(folder, &faults, &profile), KB_ERR_CONFIG);
	(void)snprintf(expected, sizeof(expected),
		       "%s/profile.ini:1: the folder has no route: no case could be opened under "
		       "it; add at least one file ID.route\n",
		       folder);
	cr_assert_str_eq(kb_faults_text(&faults), expected);
	cr_assert_str_eq(profile.id, "untouched");
	kb_faults_release(&faults);
	remove_folder(folder);
}

/* Opens a folder with one route of those rows and that fact, whose profile.ini says that end in line *line. */
static void
open_with_end(const char *einde, const char *rows, const char *fact, unsigned *line,
	      struct kb_faults *faults)
{
	static const char key[] = "\neinde = niet vastgelegd";
	char folder[] = "/tmp/kb-profile-XXXXXX";
	char whole[KB_SMALL_PROFILE_BYTES];
	char edited[KB_SMALL_PROFILE_BYTES + 64];
	char route[ROUTE_BYTES];
	struct kb_profile profile = { 0 };
	const char *at = NULL;
	enum kb_err err = KB_OK;

	kb_small_profile(good, whole);
	at = strstr(whole, key);
	*line = 2;
	for (const char *c = whole; c < at; c++) {
		*line += *c == '\n';
	}
	(void)snprintf(edited, sizeof(edited), "%.*s\neinde = %s%s", (int)(at - whole), whole,
		       einde, at + strlen(key));
	small_route(rows, fact, route);
	cr_assert_not_null(mkdtemp(folder));
	write_file(folder, "profile.ini", edited);
	write_file(folder, "los.route", route);
	err = kb_profile_open(folder, faults, &profile);
	cr_assert_eq(err, faults->count == 0 ? KB_OK : KB_ERR_CONFIG);
	kb_profile_release(&profile);
	remove_folder(folder);
}

/* Section 6 row 14: what profile.ini says and what the routes do are one. */
Test(profile, the_end_of_the_escalation_is_that_of_the_routes)
{
	static const struct {
		const char *einde;
		const char *rows;
		const char *fact;
		const char *of_step; /* what the step is said to be, NULL: nothing */
		const char *without; /* the fact that no step is said to write down, NULL: none */
	} cases[] = {
		{ "geen", "H01", "plek-gevonden", NULL, NULL },
		{ "niet vastgelegd", "H01", "plek-gevonden", NULL, NULL },
		{ "doorzettingsmacht", "H01", "coordinator-besluit", NULL, NULL },
		{ "bindend-oordeel", "H03", "oordeel-gegeven", NULL, NULL },
		/* An advice of the same committee is no end (D04). */
		{ "geen", "D04", "oordeel-gegeven", NULL, NULL },
		{ "bindend-oordeel", "D04", "oordeel-gegeven", NULL, "oordeel-gegeven" },
		{ "geen", "H01", "coordinator-besluit", "doorzettingsmacht", NULL },
		{ "niet vastgelegd", "E01", "coordinator-besluit", "doorzettingsmacht", NULL },
		{ "geen", "E01, H03", "oordeel-gegeven", "bindend-oordeel", NULL },
		{ "doorzettingsmacht", "H03", "oordeel-gegeven", "bindend-oordeel",
		  "coordinator-besluit" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct kb_faults faults = { 0 };
		char fault[512];
		unsigned line = 0;

		open_with_end(cases[i].einde, cases[i].rows, cases[i].fact, &line, &faults);
		cr_assert_eq(faults.count,
			     (size_t)(cases[i].of_step != NULL) + (cases[i].without != NULL),
			     "%zu: %s", i, kb_faults_text(&faults));
		if (cases[i].of_step != NULL) {
			(void)snprintf(fault, sizeof(fault),
				       "/los.route:20: step slot is the escalation end %s, but "
				       "profile.ini line %u says einde = %s",
				       cases[i].of_step, line, cases[i].einde);
			cr_assert_not_null(strstr(kb_faults_text(&faults), fault), "%zu: %s", i,
					   kb_faults_text(&faults));
		}
		if (cases[i].without != NULL) {
			(void)snprintf(fault, sizeof(fault),
				       "/profile.ini:%u: einde = %s: no route has a step that "
				       "writes down %s",
				       line, cases[i].einde, cases[i].without);
			cr_assert_not_null(strstr(kb_faults_text(&faults), fault), "%zu: %s", i,
					   kb_faults_text(&faults));
		}
		kb_faults_release(&faults);
	}
}

Test(profile, of_every_region_in_the_tree_is_valid)
{
	const char *folder = KB_SOURCE_DIR "/deploy/profiles";
	DIR *dir = opendir(folder);
	const struct dirent *entry = NULL;
	size_t count = 0;

	cr_assert_not_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		char path[512];
		struct kb_faults faults = { 0 };
		struct kb_profile profile = { 0 };

		if (entry->d_name[0] == '.' || strcmp(entry->d_name, "README.md") == 0) {
			continue;
		}
		(void)snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		cr_assert_eq(kb_profile_open(path, &faults, &profile), KB_OK, "%s",
			     kb_faults_text(&faults));
		cr_assert_str_eq(profile.id, entry->d_name);
		kb_profile_release(&profile);
		count++;
	}
	cr_assert_eq(count, 5);
	cr_assert_eq(closedir(dir), 0);
}
