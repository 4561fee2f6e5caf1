/* SPDX-License-Identifier: EUPL-1.2 */
/* Persons and access at a gemeente that runs: two desks, the fg, the noodknop, deputies, mandates, the end of an account. */
#include "tests/daemon/exchange.h"
#include "tests/support/town_year.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const char *const codes[] = { "0114", NULL };

#define SENTENCE "Dit mag u niet zien, of het bestaat niet."
#define REASON "sperwer: het kind is in gevaar"

/* One dossier; zaak is its number at the gemeente. */
struct place {
	struct town *town;
	struct town_party *school;
	struct town_party *gemeente;
	char zaak[24];
	char own[24];
};

static void
add_user(struct town_party *party, const char *name, const char *loket, const char *rol)
{
	struct town_said said = town_must(party, "user", "add", name, "--functie", "consulent",
					  "--loket", loket, "--rol", rol);

	town_said_clear(&said);
}

static bool
place_open(struct place *place)
{
	struct town_year year = { .prefix = "A",
				  .pupil_count = 2,
				  .gemeentecodes = codes,
				  .gemeente_count = 1,
				  .first_monday = town_year_monday(4),
				  .melding_count = 1,
				  .skip_pupil = 2 };
	struct town_said said;
	const char *set = NULL;
	char pgn[10];

	*place = (struct place){ .town = NULL };
	if (year.first_monday == INT32_MIN) {
		return false;
	}
	place->town = exchange_laid_out(codes);
	place->school = town_find(place->town, "school");
	place->gemeente = exchange_gemeente(place->town, "0114");
	place->school->reglement = "school 2026-1";
	town_start(town_find(place->town, "broker"));
	town_start(place->school);
	town_start(place->gemeente);
	exchange_wait_session(place->school);
	exchange_wait_session(place->gemeente);
	set = town_path(town_folder(place->town), "set");
	town_year_write(place->town, set, &year);
	import_set(place->school, set);
	town_year_pgn(&year, 0, pgn);
	dossier_of(place->gemeente, pgn, place->zaak);
	cr_assert_str_neq(place->zaak, "");
	said = town_must(place->school, "verzuim", "list");
	(void)snprintf(place->own, sizeof(place->own), "%s",
		       town_cell(&said, "meldingen", 0, "zaak"));
	town_said_clear(&said);
	add_user(place->gemeente, "Jeugd", "jeugd", "medewerker");
	add_user(place->gemeente, "Functionaris", "leerplicht", "fg");
	return true;
}

/* Asks as that user; the exit code must be this one. The caller clears it. */
static struct town_said
ask_as(struct town_party *party, const char *user, int exit_code, const char *const *words)
{
	struct town_said said = town_ask_words(party, user, words);

	cr_assert_eq(said.exit_code, exit_code, "%s %s: exit %d, not %d: %s%s", user, words[0],
		     said.exit_code, exit_code, said.out, said.err);
	return said;
}

#define AS(party, user, exit_code, ...)                                                            \
	ask_as(party, user, exit_code, (const char *const[]){ __VA_ARGS__, NULL })

static void
expect(struct town_party *party, const char *user, int exit_code, const char *const *words)
{
	struct town_said said = ask_as(party, user, exit_code, words);

	town_said_clear(&said);
}

#define EXPECT(party, user, exit_code, ...)                                                        \
	expect(party, user, exit_code, (const char *const[]){ __VA_ARGS__, NULL })

/* An answer with the number of the case taken out of it. */
static void
told(const struct town_said *said, char out[1024])
{
	(void)snprintf(out, 1024, "%d %.500s%.500s", said->exit_code, said->out, said->err);
}

Test(access, another_desk_sees_nothing_and_learns_nothing)
{
	struct place place;
	char known[1024];
	char unknown[1024];

	if (!place_open(&place)) {
		cr_skip_test("the school year has just begun");
	}
	static const char *const commands[] = { "show", "who", "trace" };

	for (size_t i = 0; i < 3; i++) {
		const char *first = i == 0 ? "case" : "access";
		struct town_said said =
			AS(place.gemeente, "Jeugd", 77, first, commands[i], place.zaak);

		told(&said, known);
		cr_assert_not_null(strstr(known, SENTENCE), "%s", known);
		town_said_clear(&said);
		said = AS(place.gemeente, "Jeugd", 77, first, commands[i], "4711");
		told(&said, unknown);
		town_said_clear(&said);
		cr_assert_str_eq(known, unknown);
	}
	struct town_said said =
		AS(place.gemeente, "Jeugd", 77, "case", "act", place.zaak, "gezien");

	told(&said, known);
	town_said_clear(&said);
	said = AS(place.gemeente, "Jeugd", 77, "case", "act", "4711", "gezien");
	told(&said, unknown);
	town_said_clear(&said);
	cr_assert_str_eq(known, unknown);
	said = AS(place.gemeente, "Jeugd", 0, "inbox");
	cr_assert_eq(town_rows(&said, "dossiers"), 0, "%s", said.out);
	town_said_clear(&said);
	EXPECT(place.gemeente, "Functionaris", 77, "inbox");
	EXPECT(place.gemeente, "Functionaris", 77, "case", "show", place.zaak);
	said = AS(place.gemeente, "Functionaris", 0, "access", "who", place.zaak);
	cr_assert_geq(town_row_of(&said, "inzage", "wat", "toegang-geweigerd"), 0, "%s", said.out);
	cr_assert_geq(town_row_of(&said, "inzage", "wie", "Jeugd"), 0, "%s", said.out);
	town_said_clear(&said);
	town_free(place.town);
}

/* The number of the open review. */
static void
open_review(struct place *place, char out[24])
{
	struct town_said said = AS(place->gemeente, "Functionaris", 0, "access", "reviews");

	cr_assert_eq(town_rows(&said, "beoordelingen"), 1, "%s", said.out);
	cr_assert_str_eq(town_cell(&said, "beoordelingen", 0, "reden"), REASON, "%s", said.out);
	(void)snprintf(out, 24, "%s", town_cell(&said, "beoordelingen", 0, "regel"));
	town_said_clear(&said);
}

Test(access, the_noodknop_shows_a_case_and_asks_a_review_that_survives_a_kill)
{
	static const char *const canary[] = { "sperwer" };
	struct place place;
	struct town_said said;
	char line[24];

	if (!place_open(&place)) {
		cr_skip_test("the school year has just begun");
	}
	EXPECT(place.gemeente, "Jeugd", 65, "case", "show", place.zaak, "--noodgeval");
	said = AS(place.gemeente, "Jeugd", 0, "case", "show", place.zaak, "--noodgeval", "--reden",
		  REASON);
	cr_assert_eq(town_rows(&said, "leerling"), 12, "%s", said.out);
	town_said_clear(&said);
	town_kill(place.gemeente);
	town_start(place.gemeente);
	open_review(&place, line);
	said = town_must(place.gemeente, "status");
	cr_assert_geq(town_row_of(&said, "toestand", "code", "reviews-open"), 0, "%s", said.out);
	cr_assert_not_null(strstr(said.out, line));
	cr_assert_null(strstr(said.out, "sperwer"));
	town_said_clear(&said);
	said = town_must(place.gemeente, "access", "who", place.zaak);
	int row = town_row_of(&said, "inzage", "noodgeval", "ja");

	cr_assert_geq(row, 0, "%s", said.out);
	cr_assert_str_eq(town_cell(&said, "inzage", (size_t)row, "wie"), "Jeugd");
	cr_assert_str_eq(town_cell(&said, "inzage", (size_t)row, "grondslag"), "vitaal belang");
	cr_assert_str_eq(town_cell(&said, "inzage", (size_t)row, "reden"), REASON);
	town_said_clear(&said);
	EXPECT(place.gemeente, "tester", 77, "access", "review", line, "terecht", "--toelichting",
	       "gevaar");
	EXPECT(place.gemeente, "Functionaris", 0, "access", "review", line, "terecht",
	       "--toelichting", "sperwer gezien");
	EXPECT(place.gemeente, "Functionaris", 65, "access", "review", line, "onterecht",
	       "--toelichting", "toch niet");
	said = town_must(place.gemeente, "status");
	cr_assert_lt(town_row_of(&said, "toestand", "code", "reviews-open"), 0, "%s", said.out);
	town_said_clear(&said);
	/* In the journal stands that it happened, and no word of why or who. */
	static const char *const event[] = { "emergency-view" };
	static const char *const names[] = { "Jeugd", "Functionaris" };

	town_stop(place.gemeente);
	cr_assert_eq(town_search_folder(place.town, place.gemeente->log, event, 1), 1);
	cr_assert_eq(town_search_folder(place.town, place.gemeente->log, canary, 1), 0);
	cr_assert_eq(town_search_folder(place.town, place.gemeente->log, names, 2), 0);
	cr_assert_eq(town_search_folder(place.town, place.gemeente->data, canary, 1), 0);
	town_free(place.town);
}

static void
today_and(int32_t days, char out[16])
{
	time_t at = time(NULL) + (time_t)days * 24 * 3600;
	struct tm day;

	(void)localtime_r(&at, &day);
	(void)strftime(out, 16, "%Y-%m-%d", &day);
}

Test(access, a_deputy_works_for_the_absent_one_until_it_is_ended)
{
	struct place place;
	struct town_said said;
	char from[16];
	char until[16];

	if (!place_open(&place)) {
		cr_skip_test("the school year has just begun");
	}
	today_and(-1, from);
	today_and(2, until);
	EXPECT(place.gemeente, "tester", 0, "access", "deputy", "add", "Jeugd", "--voor", "tester",
	       "--vanaf", from, "--tot", until, "--door", "teamleider");
	said = AS(place.gemeente, "Jeugd", 0, "inbox");
	cr_assert_eq(town_rows(&said, "dossiers"), 1, "%s", said.out);
	town_said_clear(&said);
	EXPECT(place.gemeente, "Jeugd", 0, "case", "act", place.zaak, "in-behandeling");
	town_wait_quiet(place.gemeente, 20000);
	said = town_must(place.school, "case", "show", place.own);
	cr_assert_geq(town_row_of(&said, "tijdlijn", "wie", "Jeugd"), 0, "who acted: %s", said.out);
	town_said_clear(&said);
	said = AS(place.gemeente, "Functionaris", 0, "access", "who", place.zaak);
	int row = town_row_of(&said, "inzage", "scherm", "case act");

	cr_assert_geq(row, 0, "%s", said.out);
	cr_assert_str_eq(town_cell(&said, "inzage", (size_t)row, "wie"), "Jeugd");
	cr_assert_str_eq(town_cell(&said, "inzage", (size_t)row, "namens"), "tester");
	town_said_clear(&said);
	EXPECT(place.gemeente, "tester", 0, "access", "deputy", "end", "1");
	EXPECT(place.gemeente, "Jeugd", 77, "case", "show", place.zaak);
	town_free(place.town);
}

Test(access, a_mandate_of_deskundige_opens_one_case_and_an_ended_user_nothing)
{
	struct place place;
	struct town_said said;
	char until[16];

	if (!place_open(&place)) {
		cr_skip_test("the school year has just begun");
	}
	today_and(2, until);
	EXPECT(place.gemeente, "Jeugd", 77, "case", "show", place.zaak);
	EXPECT(place.gemeente, "tester", 0, "access", "mandate", "add", "Jeugd", "deskundige",
	       "--zaak", place.zaak, "--tot", until, "--door", "coordinator");
	EXPECT(place.gemeente, "Jeugd", 0, "case", "show", place.zaak);
	said = town_must(place.gemeente, "access", "mandate", "list");
	cr_assert_eq(town_rows(&said, "mandaten"), 1, "%s", said.out);
	cr_assert_str_eq(town_cell(&said, "mandaten", 0, "door"), "coordinator");
	town_said_clear(&said);
	EXPECT(place.gemeente, "tester", 0, "user", "end", "Jeugd");
	EXPECT(place.gemeente, "Jeugd", 77, "case", "show", place.zaak);
	EXPECT(place.gemeente, "Jeugd", 77, "case", "show", place.zaak, "--noodgeval", "--reden",
	       REASON);
	said = AS(place.gemeente, "Functionaris", 0, "access", "who", place.zaak);
	cr_assert_not_null(strstr(said.out, "case show (regel actief)"), "%s", said.out);
	town_said_clear(&said);
	town_free(place.town);
}

Test(access, R35_status_and_the_messages_of_persons_name_the_reglement)
{
	struct place place;
	struct town_said said;

	if (!place_open(&place)) {
		cr_skip_test("the school year has just begun");
	}
	said = town_must(place.school, "status");
	int row = town_row_of(&said, "status", "wat", "reglement");

	cr_assert_geq(row, 0);
	cr_assert_str_eq(town_cell(&said, "status", (size_t)row, "waarde"), "school 2026-1");
	town_said_clear(&said);
	said = town_must(place.school, "case", "act", place.own, "stap", "--tekst", "gebeld");
	town_said_clear(&said);
	town_wait_quiet(place.school, 20000);
	said = town_must(place.gemeente, "case", "show", place.zaak);
	row = town_row_of(&said, "tijdlijn", "reglement", "school 2026-1");
	cr_assert_geq(row, 0, "%s", said.out);
	cr_assert_str_eq(town_cell(&said, "tijdlijn", (size_t)row, "wie"), "tester");
	town_said_clear(&said);
	town_free(place.town);
}
