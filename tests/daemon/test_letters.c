/* SPDX-License-Identifier: EUPL-1.2 */
/* Letters to parents at a real agent: made, logged, open until handed over; and what a fault or a crash leaves. */
#include "tests/daemon/exchange.h"
#include "tests/support/town_year.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const codes[] = { "0114", NULL };

/* A school with one case; zaak is its number. */
struct desk {
	struct town *town;
	struct town_party *school;
	struct town_year year;
	char zaak[24];
	const char *page;
	const char *folder; /* of the pages; nothing else is in it */
};

static bool
desk_open(struct desk *desk)
{
	const char *set = NULL;
	struct town_said said;

	*desk = (struct desk){ .year = { .prefix = "B",
					 .pupil_count = 2,
					 .gemeentecodes = codes,
					 .gemeente_count = 1,
					 .first_monday = town_year_monday(4),
					 .melding_count = 1,
					 .skip_pupil = 2 } };
	if (desk->year.first_monday == INT32_MIN) {
		return false;
	}
	desk->town = exchange_new(codes);
	desk->school = town_find(desk->town, "school");
	set = town_path(town_folder(desk->town), "set");
	town_year_write(desk->town, set, &desk->year);
	import_set(desk->school, set);
	said = town_must(desk->school, "verzuim", "list");
	(void)snprintf(desk->zaak, sizeof(desk->zaak), "%s",
		       town_cell(&said, "meldingen", 0, "zaak"));
	town_said_clear(&said);
	cr_assert_str_neq(desk->zaak, "");
	desk->folder = town_path(desk->school->folder, "brieven");
	cr_assert_eq(mkdir(desk->folder, 0700), 0);
	desk->page = town_path(desk->folder, "afschrift.html");
	return true;
}

/* brief make afschrift with those words for the name of the child. */
static struct town_said
make(struct desk *desk, const char *leerling)
{
	char veld[128];

	(void)snprintf(veld, sizeof(veld), "leerling=%s", leerling);
	return town_ask(desk->school, "brief", "make", desk->zaak, "afschrift", "--aan",
			"Mw. \"Test\" & Zn", "--adres", "Dorpsstraat 1", "--adres",
			"1234 AB Voorbeeld", "--veld", veld, "--veld", "bereikbaar=bel 000",
			"--veld", "advies_van=CvA", "--veld", "advies_datum=2026-03-02", "--veld",
			"advies=Meer steun in de klas", "--uit", desk->page);
}

static void
assert_page_has(struct desk *desk, const char *part)
{
	size_t bytes = 0;
	char *text = town_read(desk->town, desk->page, &bytes);

	cr_assert_not_null(strstr(text, part), "%s is not in the page", part);
	free(text);
}

static size_t
pages(struct desk *desk)
{
	const char *argv[] = { "/usr/bin/find", desk->folder, "-type", "f", NULL };
	struct town_said said = town_run(desk->town, argv);
	size_t count = 0;

	cr_assert_eq(said.exit_code, 0);
	for (const char *at = said.out; (at = strchr(at, '\n')) != NULL; at++) {
		count++;
	}
	town_said_clear(&said);
	return count;
}

/* Records of that type about the case in the log. */
static size_t
records(struct desk *desk, const char *type)
{
	struct town_said said =
		town_must(desk->school, "log", "show", "--van", "1", "--aantal", "4000");
	size_t count = 0;

	for (size_t i = 0; i < town_rows(&said, "logboek"); i++) {
		count += strcmp(town_cell(&said, "logboek", i, "wat"), type) == 0;
	}
	cr_assert_gt(town_rows(&said, "logboek"), 0, "%s", said.out);
	town_said_clear(&said);
	return count;
}

static size_t
letters(struct desk *desk, const char *section, const char *verb, const char *word)
{
	struct town_said said = town_must(desk->school, verb, word, desk->zaak);
	size_t count = town_rows(&said, section);

	town_said_clear(&said);
	return count;
}

#define OPEN_LETTERS(desk) letters(desk, "brieven te geven", "case", "show")
#define ALL_LETTERS(desk) letters(desk, "brieven", "brief", "list")

Test(letters, an_afschrift_is_a_page_a_record_and_an_open_task_until_it_is_handed_over)
{
	struct desk desk;
	struct town_said said;
	char today[16];
	struct stat info;

	if (!desk_open(&desk)) {
		cr_skip_test("the school year has just begun");
	}
	said = make(&desk, "Noor <script>alert(1)</script>");
	cr_assert_eq(said.exit_code, 0, "%s%s", said.out, said.err);
	cr_assert_str_eq(town_cell(&said, "brief", 0, "brief"), "1");
	town_said_clear(&said);
	cr_assert_eq(stat(desk.page, &info), 0);
	cr_assert_eq(info.st_mode & 07777, 0600);
	assert_page_has(&desk, "<strong>");
	assert_page_has(&desk, desk.school->spec->label);
	assert_page_has(&desk, "Demonstratieregio");
	assert_page_has(&desk, "Mw. &quot;Test&quot; &amp; Zn<br>\nDorpsstraat 1<br>\n1234 AB");
	assert_page_has(&desk, "Noor &lt;script&gt;alert(1)&lt;/script&gt;");
	assert_page_has(&desk, "tester<br>");
	cr_assert_eq(records(&desk, "afgedrukt"), 1);
	cr_assert_eq(OPEN_LETTERS(&desk), 1);
	/* The day as the agent knows it, whatever the time zone of this machine. */
	said = town_must(desk.school, "brief", "list", desk.zaak);
	(void)snprintf(today, sizeof(today), "%.10s", town_cell(&said, "brieven", 0, "gemaakt"));
	town_said_clear(&said);
	said = town_ask(desk.school, "brief", "gegeven", desk.zaak, "1", "--datum", today,
			"--wijze", "per duif", "--ontvanger", "moeder");
	cr_assert_eq(said.exit_code, 65);
	town_said_clear(&said);
	cr_assert_eq(OPEN_LETTERS(&desk), 1);
	said = town_must(desk.school, "brief", "gegeven", desk.zaak, "1", "--datum", today,
			 "--wijze", "aan tafel", "--ontvanger", "moeder");
	town_said_clear(&said);
	cr_assert_eq(OPEN_LETTERS(&desk), 0);
	said = town_must(desk.school, "brief", "list", desk.zaak);
	cr_assert_str_eq(town_cell(&said, "brieven", 0, "wijze"), "aan tafel");
	cr_assert_str_eq(town_cell(&said, "brieven", 0, "gegeven op"), today);
	cr_assert_str_eq(town_cell(&said, "brieven", 0, "ontvanger of reden"), "moeder");
	town_said_clear(&said);
	said = make(&desk, "Noor");
	cr_assert_eq(said.exit_code, 65, "the page is there and stays: exit %d", said.exit_code);
	town_said_clear(&said);
	cr_assert_eq(ALL_LETTERS(&desk), 1);
	town_free(desk.town);
}

Test(letters, a_fault_in_the_template_is_told_with_its_line_and_stores_nothing)
{
	struct desk desk;
	struct town_said said;
	const char *text = "<p>\n{{naam_van_het_kind}}\n";
	const char *copy = NULL;
	const char *bad = NULL;

	if (!desk_open(&desk)) {
		cr_skip_test("the school year has just begun");
	}
	/* The folder of a region, with a letter that nobody looked over. */
	copy = town_path(desk.school->folder, "eigen-brieven");
	town_copy(desk.town, KB_SOURCE_DIR "/deploy/brieven", copy);
	bad = town_path(copy, "afschrift.html");
	town_write(desk.town, bad, text, strlen(text));
	town_stop(desk.school);
	desk.school->letters = copy;
	town_start(desk.school);
	said = make(&desk, "Noor");
	cr_assert_eq(said.exit_code, 65, "exit %d", said.exit_code);
	cr_assert_not_null(strstr(said.out, "afschrift.html:2: "), "%s", said.out);
	town_said_clear(&said);
	cr_assert_eq(pages(&desk), 0);
	cr_assert_eq(ALL_LETTERS(&desk), 0);
	cr_assert_eq(records(&desk, "afgedrukt"), 0);
	said = town_run(desk.town, (const char *const[]){ KB_BINARY_DIR "/agents/cli/ketenbode",
							  "brief", "check", copy, NULL });
	cr_assert_eq(said.exit_code, 65);
	cr_assert_not_null(strstr(said.err, "afschrift.html:2: "), "%s", said.err);
	cr_assert_not_null(strstr(said.err, "'advies' moet in deze brief staan"), "%s", said.err);
	town_said_clear(&said);
	town_free(desk.town);
}

/* How often part stands in text. */
static size_t
times(const char *text, const char *part)
{
	size_t count = 0;

	for (const char *at = strstr(text, part); at != NULL; at = strstr(at + 1, part)) {
		count++;
	}
	return count;
}

/* brief check of the folder after a change of its frame; text NULL: as it is. */
static void
assert_frame_fault(struct desk *desk, const char *folder, const char *text, const char *fault)
{
	struct town_said said;

	if (text != NULL) {
		town_write(desk->town, town_path(folder, "blad.html"), text, strlen(text));
	}
	said = town_run(desk->town, (const char *const[]){ KB_BINARY_DIR "/agents/cli/ketenbode",
							   "brief", "check", folder, NULL });
	cr_assert_eq(said.exit_code, 65, "%s", said.out);
	cr_assert_eq(times(said.err, fault), 1, "%s: %s", fault, said.err);
	town_said_clear(&said);
	said = make(desk, "Noor");
	cr_assert_eq(said.exit_code, 65, "exit %d", said.exit_code);
	cr_assert_not_null(strstr(said.out, fault), "%s: %s", fault, said.out);
	town_said_clear(&said);
}

/* All letters have it, so a fault in it is one fault and stops them all. */
Test(letters, a_fault_in_the_frame_is_told_once_with_the_line_of_the_frame)
{
	struct desk desk;
	const char *copy = NULL;

	if (!desk_open(&desk)) {
		cr_skip_test("the school year has just begun");
	}
	copy = town_path(desk.school->folder, "eigen-brieven");
	town_copy(desk.town, KB_SOURCE_DIR "/deploy/brieven", copy);
	town_stop(desk.school);
	desk.school->letters = copy;
	town_start(desk.school);
	cr_assert_eq(unlink(town_path(copy, "blad.html")), 0);
	assert_frame_fault(&desk, copy, NULL, "blad.html: dit bestand ontbreekt");
	assert_frame_fault(&desk, copy, "<p>\n", "blad.html: er is geen regel {{brief}}");
	assert_frame_fault(&desk, copy, "{{brief}}\n\n{{brief}}\n", "blad.html:3: {{brief}} ");
	/* Behind the letter, where lines of the page and of the frame are not the same. */
	assert_frame_fault(&desk, copy, "\n{{brief}}\n\n{{kleur}}\n", "blad.html:4: ");
	cr_assert_eq(pages(&desk), 0);
	cr_assert_eq(ALL_LETTERS(&desk), 0);
	town_free(desk.town);
}

/* Killed at that place; what is left of page and letter. */
static void
killed_at(const char *place, size_t letters_left)
{
	struct desk desk;
	struct town_said said;
	char spec[64];

	if (!desk_open(&desk)) {
		cr_skip_test("the school year has just begun");
	}
	(void)snprintf(spec, sizeof(spec), "KB_FAILPOINT=%s:kill", place);
	town_stop(desk.school);
	desk.school->environment[0] = spec;
	town_start(desk.school);
	said = make(&desk, "Noor");
	cr_assert_neq(said.exit_code, 0);
	town_said_clear(&said);
	cr_assert_eq(town_wait_exit(desk.school, 10000), -9);
	cr_assert_eq(pages(&desk), 0, "no page that the log might not know");
	desk.school->environment[0] = NULL;
	town_start(desk.school);
	exchange_wait_session(desk.school);
	cr_assert_eq(ALL_LETTERS(&desk), letters_left);
	cr_assert_eq(records(&desk, "afgedrukt"), letters_left);
	if (letters_left > 0) {
		said = town_must(desk.school, "brief", "vervallen", desk.zaak, "1", "--reden",
				 "de pagina is er niet");
		town_said_clear(&said);
		cr_assert_eq(OPEN_LETTERS(&desk), 0);
	}
	said = make(&desk, "Noor");
	cr_assert_eq(said.exit_code, 0, "%s", said.out);
	town_said_clear(&said);
	cr_assert_eq(pages(&desk), 1);
	said = town_must(desk.school, "log", "verify");
	town_said_clear(&said);
	town_free(desk.town);
}

Test(letters, a_kill_before_the_commit_leaves_neither_page_nor_letter)
{
	killed_at("letter-written", 0);
}

Test(letters, a_kill_after_the_commit_leaves_a_letter_that_the_desk_sees)
{
	killed_at("letter-stored", 1);
}
