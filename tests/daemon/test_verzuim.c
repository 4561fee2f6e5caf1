/* SPDX-License-Identifier: EUPL-1.2 */
/* Attendance in at the school, meldingen out at the gemeente where the pupil lives: with the real programs. */
#include "tests/daemon/exchange.h"
#include "tests/support/town_year.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *const own_codes[] = { "0114", "0957", "1641", NULL };
static const char *const held[] = { "V030", NULL };

static void
assert_delivered(struct town_party *school, const char *dataset, const char *const *without)
{
	struct lines want = { 0 };
	struct lines got = { 0 };

	expected_lines(school->town, dataset, without, &want);
	delivered_lines(school, dataset, &got);
	cr_assert(lines_equal(&want, &got), "%zu lines were expected, %zu are there", want.count,
		  got.count);
	lines_release(&want);
	lines_release(&got);
}

/* Leerlingen of the lines, each once. */
static size_t
pupils_in(const struct lines *lines, const char *code)
{
	char last[64] = "";
	size_t count = 0;

	for (size_t i = 0; i < lines->count; i++) {
		char name[64];
		char *end = NULL;

		(void)snprintf(name, sizeof(name), "%.60s", lines->at[i]);
		end = strchr(name, ';');
		if (end != NULL) {
			*end = 0;
		}
		if (strstr(lines->at[i], code) != NULL && strcmp(name, last) != 0) {
			count++;
			(void)snprintf(last, sizeof(last), "%s", name);
		}
	}
	return count;
}

Test(verzuim,
     a_data_set_arrives_once_with_one_dossier_per_pupil_and_the_same_set_again_sends_nothing)
{
	struct town *town = exchange_new(own_codes);
	struct town_party *school = town_find(town, "school");
	struct lines want = { 0 };
	struct town_said said;

	import_set(school, town_own_dataset());
	assert_delivered(school, town_own_dataset(), held);
	expected_lines(town, town_own_dataset(), held, &want);
	for (size_t i = 0; own_codes[i] != NULL; i++) {
		char field[8];

		(void)snprintf(field, sizeof(field), ";%s;", own_codes[i]);
		cr_assert_eq(dossiers_at(exchange_gemeente(town, own_codes[i])),
			     pupils_in(&want, field), "one dossier per pupil at %s", own_codes[i]);
	}
	lines_release(&want);
	/* The year of the set lies in the past: no alarms (issue, 7). */
	said = town_must(exchange_gemeente(town, "0114"), "inbox");
	for (size_t i = 0; i < town_rows(&said, "dossiers"); i++) {
		cr_assert_str_eq(town_cell(&said, "dossiers", i, "let op"), "historisch");
	}
	town_said_clear(&said);
	said = town_must(school, "verzuim", "import", town_own_dataset());
	cr_assert_eq(import_count(&said, "nieuwe meldingen"), 0);
	cr_assert_eq(import_count(&said, "gewijzigde meldingen"), 0);
	cr_assert_eq(import_count(&said, "ingetrokken meldingen"), 0);
	cr_assert_eq(import_count(&said, "leerlingen in het buitenland"), 1);
	town_said_clear(&said);
	wait_delivered(school);
	said = town_must(school, "verzuim", "list");
	cr_assert_geq(town_row_of(&said, "meldingen", "let op",
				  "geen persoonsgegevens van deze leerling"),
		      0, "V030 has no row in personen.csv, and that is shown");
	town_said_clear(&said);
	assert_delivered(school, town_own_dataset(), held);
	town_free(town);
}

Test(verzuim, both_shared_sets_arrive_whole_from_a_school_and_a_vo_school)
{
	static const char *const codes[] = { "0114", "0889", "0957", "1640", "1641",
					     "1669", "1681", "1711", NULL };
	const char *po = town_shared_dataset("po-2025");
	const char *vo = town_shared_dataset("vo-2024");
	struct town *town = NULL;
	struct town_party *school = NULL;
	struct town_party *vo_school = NULL;
	size_t all = 0;

	if (po == NULL || vo == NULL) {
		cr_skip_test("the shared data sets are not beside this checkout");
	}
	town = exchange_new(codes);
	school = town_find(town, "school");
	vo_school = town_find(town, "vo");
	import_set(school, po);
	import_set(vo_school, vo);
	assert_delivered(school, po, NULL);
	assert_delivered(vo_school, vo, NULL);
	for (size_t i = 0; codes[i] != NULL; i++) {
		all += meldingen_at(exchange_gemeente(town, codes[i]));
	}
	cr_assert_eq(all, 201, "54 of the school and 147 of the vo school, and nothing else: %zu",
		     all);
	town_free(town);
}

static void
put_melding(struct town *town, const char *dataset, const char *find, const char *replace)
{
	size_t bytes = 0;
	const char *path = town_path(dataset, "verzuim.csv");
	char *text = town_read(town, path, &bytes);
	char *at = strstr(text, find);
	size_t head = 0;
	char *out = malloc(bytes + strlen(replace) + 1);

	cr_assert_not_null(at, "the data set has a line %s", find);
	cr_assert_not_null(out);
	head = (size_t)(at - text);
	memcpy(out, text, head);
	memcpy(out + head, replace, strlen(replace));
	memcpy(out + head + strlen(replace), at + strlen(find), bytes - head - strlen(find));
	town_write(town, path, out, bytes - strlen(find) + strlen(replace));
	free(out);
	free(text);
}

Test(verzuim, a_corrected_file_sends_a_correction_and_a_large_change_needs_confirmation)
{
	static const char *const codes[] = { "0114", "0957", NULL };
	struct town *town = exchange_new(codes);
	struct town_party *school = town_find(town, "school");
	const char *set = town_path(town_folder(town), "set");
	const char *next = town_path(town_folder(town), "next");
	struct town_year year = { .prefix = "K",
				  .pupil_count = 60,
				  .gemeentecodes = codes,
				  .gemeente_count = 2,
				  .first_monday = town_year_monday(6),
				  .melding_count = 1 };
	char day[16];
	char end[16];
	char line[64];
	char other[64];
	struct town_said said;

	if (year.first_monday == INT32_MIN) {
		town_free(town);
		cr_skip_test("the school year has just begun");
	}
	town_year_write(town, set, &year);
	import_set(school, set);
	cr_assert_eq(meldingen_at(exchange_gemeente(town, "0114")), 30);
	cr_assert_eq(meldingen_at(exchange_gemeente(town, "0957")), 30);
	town_year_melding(&year, 0, day, end);
	(void)snprintf(line, sizeof(line), "K0000;%s;300;0;240", day);
	(void)snprintf(other, sizeof(other), "K0000;%s;300;0;300", day);
	put_melding(town, set, line, other);
	said = town_must(school, "verzuim", "import", set);
	cr_assert_eq(import_count(&said, "gewijzigde meldingen"), 1);
	cr_assert_eq(import_count(&said, "nieuwe meldingen"), 0);
	cr_assert_eq(import_count(&said, "ongewijzigde meldingen"), 59);
	town_said_clear(&said);
	wait_delivered(school);
	cr_assert_eq(meldingen_at(exchange_gemeente(town, "0114")), 30,
		     "a correction is no second melding");
	said = town_desk(exchange_gemeente(town, "0114"), "verzuim export");
	cr_assert_geq(town_row_of(&said, "meldingen", "minuten", "1020"), 0);
	cr_assert_geq(town_row_of(&said, "meldingen", "wijziging", "gewijzigd"), 0);
	town_said_clear(&said);
	/* Nobody was absent after all: 60 withdrawals are more than 5 and more than 10 %. */
	year.melding_count = 0;
	town_year_write(town, next, &year);
	town_year_melding(&year, 0, day, end);
	said = town_ask(school, "verzuim", "import", next, "--tot", end);
	cr_assert_eq(said.exit_code, 75, "exit %d: %s", said.exit_code, said.out);
	cr_assert_eq(town_rows(&said, "wijzigingen"), 60, "the list is shown");
	town_said_clear(&said);
	cr_assert_eq(meldingen_at(exchange_gemeente(town, "0957")), 30, "nothing changed");
	said = town_must(school, "verzuim", "import", next, "--tot", end, "--bevestig");
	cr_assert_eq(import_count(&said, "ingetrokken meldingen"), 60);
	town_said_clear(&said);
	wait_delivered(school);
	cr_assert_eq(meldingen_at(exchange_gemeente(town, "0957")), 0);
	cr_assert_eq(meldingen_at(exchange_gemeente(town, "0114")), 0);
	town_free(town);
}

Test(verzuim, bad_input_is_refused_whole_with_file_and_line)
{
	static const char *const codes[] = { "0114", NULL };
	struct town *town = exchange_new(codes);
	struct town_party *school = town_find(town, "school");
	const char *set = town_dataset(town, town_own_dataset(), "set");
	struct town_said said;
	int row = 0;

	put_melding(town, set, "V001;2025-09-01;", "V001;2025-13-01;");
	said = town_ask(school, "verzuim", "import", set);
	cr_assert_eq(said.exit_code, 65, "exit %d: %s", said.exit_code, said.out);
	row = town_row_of(&said, "fouten", "bestand", "verzuim.csv");
	cr_assert_geq(row, 0);
	cr_assert_gt(strtol(town_cell(&said, "fouten", (size_t)row, "regel"), NULL, 10), 1);
	town_said_clear(&said);
	said = town_must(school, "verzuim", "list");
	cr_assert_eq(town_rows(&said, "meldingen"), 0, "nothing of it is stored");
	town_said_clear(&said);
	cr_assert(town_quiet(school), "nothing of it is sent");
	town_free(town);
}

struct spool_wait {
	const char *path;
};

static bool
is_there(void *state)
{
	return town_exists(((struct spool_wait *)state)->path);
}

Test(verzuim, the_spool_folder_takes_sets_in_by_itself_and_reports)
{
	struct town *town = exchange_new(own_codes);
	struct town_party *school = town_find(town, "school");
	struct spool_wait good = { town_path(school->spool, "klaar/goed/rapport.txt") };
	struct spool_wait bad = { town_path(school->spool, "geweigerd/fout/rapport.txt") };
	char *report = NULL;
	size_t bytes = 0;
	struct town_said said;

	/* Filled under a name with a dot, then renamed: it is whole when it appears. */
	town_copy(town, town_own_dataset(), town_path(school->spool, ".fout"));
	put_melding(town, town_path(school->spool, ".fout"), "V001;2025-09-01;",
		    "V001;2025-02-30;");
	cr_assert_eq(rename(town_path(school->spool, ".fout"), town_path(school->spool, "fout")),
		     0);
	town_until(town, "the bad set is refused", 30000, is_there, &bad);
	report = town_read(town, bad.path, &bytes);
	cr_assert_not_null(strstr(report, "verzuim.csv:"), "%s", report);
	free(report);
	said = town_must(school, "inbox");
	cr_assert_not_null(strstr(said.out, "geweigerd"), "a refused set stays in the inbox: %s",
			   said.out);
	town_said_clear(&said);
	cr_assert(town_quiet(school));
	town_copy(town, town_own_dataset(), town_path(school->spool, ".goed"));
	cr_assert_eq(rename(town_path(school->spool, ".goed"), town_path(school->spool, "goed")),
		     0);
	town_until(town, "the good set is taken in", 60000, is_there, &good);
	report = town_read(town, good.path, &bytes);
	cr_assert_not_null(strstr(report, "Nieuwe meldingen"), "%s", report);
	free(report);
	wait_delivered(school);
	assert_delivered(school, town_own_dataset(), held);
	said = town_must(school, "inbox");
	cr_assert_null(strstr(said.out, "geweigerd"), "a set that succeeded ends it: %s", said.out);
	town_said_clear(&said);
	town_free(town);
}

static bool
has_all(void *state)
{
	return meldingen_at(state) == 10;
}

Test(verzuim, a_melding_without_a_gemeente_party_is_held_shown_and_sent_by_itself_after_admission)
{
	static const char *const codes[] = { "0114", NULL };
	static const char *const both[] = { "0114", "1711" };
	struct town *town = exchange_new(codes);
	struct town_party *school = town_find(town, "school");
	struct town_party *late = NULL;
	const char *set = town_path(town_folder(town), "set");
	struct town_year year = { .prefix = "H",
				  .pupil_count = 20,
				  .gemeentecodes = both,
				  .gemeente_count = 2,
				  .first_monday = town_year_monday(3),
				  .melding_count = 1 };
	struct town_said said;

	if (year.first_monday == INT32_MIN) {
		town_free(town);
		cr_skip_test("the school year has just begun");
	}
	town_year_write(town, set, &year);
	import_set(school, set);
	cr_assert_eq(meldingen_at(exchange_gemeente(town, "0114")), 10);
	said = town_must(school, "inbox");
	cr_assert_not_null(strstr(said.out, "geen aangesloten gemeente"), "the hold is shown: %s",
			   said.out);
	town_said_clear(&said);
	late = town_add(town, town_gemeente_of("1711"));
	town_admit(town);
	town_start(late);
	exchange_wait_session(late);
	town_until(town, "the held meldingen went by themselves", 60000, has_all, late);
	cr_assert_eq(dossiers_at(late), 10);
	town_free(town);
}

Test(verzuim, without_personen_nothing_is_sent_and_the_file_releases_it)
{
	static const char *const codes[] = { "0114", NULL };
	struct town *town = exchange_new(codes);
	struct town_party *school = town_find(town, "school");
	const char *set = town_path(town_folder(town), "set");
	const char *whole = town_path(town_folder(town), "whole");
	struct town_year year = { .prefix = "P",
				  .pupil_count = 10,
				  .gemeentecodes = codes,
				  .gemeente_count = 1,
				  .first_monday = town_year_monday(3),
				  .melding_count = 1,
				  .without_personen = true };
	struct town_said said;

	if (year.first_monday == INT32_MIN) {
		town_free(town);
		cr_skip_test("the school year has just begun");
	}
	town_year_write(town, set, &year);
	said = town_must(school, "verzuim", "import", set);
	cr_assert_eq(import_count(&said, "vastgehouden meldingen"), 10);
	town_said_clear(&said);
	town_wait_quiet(school, 20000);
	cr_assert_eq(meldingen_at(exchange_gemeente(town, "0114")), 0);
	year.without_personen = false;
	town_year_write(town, whole, &year);
	import_set(school, whole);
	cr_assert_eq(meldingen_at(exchange_gemeente(town, "0114")), 10);
	town_free(town);
}

Test(verzuim, reports_of_this_year_are_on_time_or_marked_late_at_both_sides)
{
	static const char *const codes[] = { "0114", NULL };
	struct town *town = exchange_new(codes);
	struct town_party *school = town_find(town, "school");
	const char *set = town_path(town_folder(town), "set");
	/* Meldingen of ten, eight, ... weeks ago: all late. */
	struct town_year year = { .prefix = "T",
				  .pupil_count = 1,
				  .gemeentecodes = codes,
				  .gemeente_count = 1,
				  .first_monday = town_year_monday(6),
				  .melding_count = 2 };
	struct town_said said;

	if (year.first_monday == INT32_MIN) {
		town_free(town);
		cr_skip_test("the school year has just begun");
	}
	town_year_write(town, set, &year);
	import_set(school, set);
	said = town_desk(exchange_gemeente(town, "0114"), "verzuim export");
	cr_assert_eq(town_rows(&said, "meldingen"), 2);
	for (size_t i = 0; i < 2; i++) {
		cr_assert_str_eq(town_cell(&said, "meldingen", i, "te_laat_gemeld"), "ja");
		cr_assert_str_eq(town_cell(&said, "meldingen", i, "historisch"), "nee");
	}
	town_said_clear(&said);
	said = town_must(school, "verzuim", "list");
	cr_assert_eq(town_rows(&said, "meldingen"), 2);
	cr_assert_str_eq(town_cell(&said, "meldingen", 0, "stand"), "te laat gemeld");
	town_said_clear(&said);
	town_free(town);
}

/* The last day of a school week by week: what a school that exports every day has reported at the end of the year. */
Test(verzuim, a_daily_import_over_the_whole_year_ends_with_the_meldingen_of_the_rule)
{
	struct town *town = exchange_new(own_codes);
	struct town_party *school = town_find(town, "school");
	size_t bytes = 0;
	char *text = town_read(town, town_path(town_own_dataset(), "verzuim.csv"), &bytes);
	struct lines days = { 0 };
	char *rest = text;
	char *line = NULL;
	char last[16] = "";

	while ((line = strsep(&rest, "\r\n")) != NULL) {
		(void)strsep(&line, ";");
		line = strsep(&line, ";");
		if (line != NULL && line[0] == '2') {
			lines_add(&days, line);
		}
	}
	free(text);
	lines_sort(&days);
	for (size_t i = 0; i < days.count; i++) {
		if (strcmp(days.at[i], last) != 0) {
			struct town_said said =
				town_must(school, "verzuim", "import", town_own_dataset(), "--tot",
					  days.at[i], "--bevestig");

			town_said_clear(&said);
			(void)snprintf(last, sizeof(last), "%.15s", days.at[i]);
		}
	}
	lines_release(&days);
	wait_delivered(school);
	assert_delivered(school, town_own_dataset(), held);
	town_free(town);
}

Test(verzuim, the_school_works_on_while_the_broker_is_away)
{
	static const char *const codes[] = { "0114", NULL };
	struct town *town = exchange_new(codes);
	struct town_party *school = town_find(town, "school");
	struct town_party *broker = town_find(town, "broker");
	struct town_party *gemeente = exchange_gemeente(town, "0114");
	struct town_year year = { .prefix = "O",
				  .pupil_count = 20,
				  .gemeentecodes = codes,
				  .gemeente_count = 1,
				  .first_monday = town_year_monday(6),
				  .melding_count = 1 };
	const char *set = town_path(town_folder(town), "set");
	const char *next = town_path(town_folder(town), "next");
	struct town_said said;

	if (year.first_monday == INT32_MIN) {
		town_free(town);
		cr_skip_test("the school year has just begun");
	}
	town_year_write(town, set, &year);
	import_set(school, set);
	cr_assert_eq(meldingen_at(gemeente), 20);
	town_kill(broker);
	year.melding_count = 2;
	town_year_write(town, next, &year);
	said = town_must(school, "verzuim", "import", next);
	town_said_clear(&said);
	cr_assert(!town_quiet(school), "the meldingen wait in the outbox");
	cr_assert_eq(meldingen_at(gemeente), 20);
	/* They wait on disk: the school may go down meanwhile. */
	town_kill(school);
	town_start(school);
	cr_assert(!town_quiet(school));
	town_start(broker);
	wait_delivered(school);
	cr_assert_eq(meldingen_at(gemeente), 40);
	cr_assert_eq(dossiers_at(gemeente), 20);
	town_free(town);
}
