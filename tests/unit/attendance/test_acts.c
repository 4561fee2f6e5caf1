/* SPDX-License-Identifier: EUPL-1.2 */
/* What people do in a dossier, at both sides, and what the other side sees of it. */
#include <criterion/criterion.h>

#include "common/wire/absence.h"
#include "tests/unit/attendance/attendance_fixture.h"

static struct fixture f;

/* One melding of A is at both sides, in case 1. */
static void
open_all(void)
{
	fixture_open(&f);
	fixture_pupil(&f, "A", "0114", false);
	fixture_week(&f, "A", "2026-02-23");
	cr_assert_eq(fixture_import(&f, NULL), 0);
}

static void
close_all(void)
{
	fixture_close(&f);
}

TestSuite(acts, .init = open_all, .fini = close_all);

static int
act(struct lb_party *party, const char *handeling, const char *name, const char *value)
{
	return fixture_ask(&f, party, "case act",
			   name != NULL ? ARGS("zaak", "1", "handeling", handeling, name, value)
					: ARGS("zaak", "1", "handeling", handeling));
}

static bool
sees(struct lb_party *party, const char *text)
{
	cr_assert_eq(fixture_ask(&f, party, "case show", ARGS("zaak", "1")), 0, "%s",
		     (const char *)f.answer.at);
	return fixture_said(&f, text);
}

static struct kb_melding_row
only(struct lb_party *party)
{
	struct kb_melding_row *rows = NULL;

	cr_assert_eq(fixture_meldingen(&f, party, &rows), 1);
	return rows[0];
}

Test(acts, the_school_sees_each_stand_of_leerplicht_with_its_explanation)
{
	static const struct {
		const char *handeling;
		enum kb_melding_stand stand;
		enum kb_case_status status;
	} rows[] = {
		{ "in-behandeling", KB_MELDING_STAND_IN_BEHANDELING, KB_CASE_IN_BEHANDELING },
		{ "ter-kennisgeving", KB_MELDING_STAND_TER_KENNISGEVING, KB_CASE_TER_KENNISGEVING },
		{ "afgesloten", KB_MELDING_STAND_AFGESLOTEN, KB_CASE_AFGESLOTEN },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cr_assert_eq(act(f.gemeente, rows[i].handeling, "tekst", rows[i].handeling), 0);
		cr_assert_eq(only(f.gemeente).stand, rows[i].stand);
		cr_assert_eq(only(f.school).stand, rows[i].stand);
		cr_assert_eq(fixture_case(f.school, 1).status, rows[i].status);
		cr_assert(sees(f.school, rows[i].handeling));
	}
	cr_assert_neq(fixture_case(f.school, 1).inbox_flags & KB_INBOX_NEW, 0u);
}

Test(acts, one_melding_can_be_afgesloten_while_the_dossier_stays_open)
{
	fixture_week(&f, "A", "2026-02-09");
	cr_assert_eq(fixture_import(&f, NULL), 0);
	cr_assert_eq(fixture_ask(&f, f.gemeente, "case act",
				 ARGS("zaak", "1", "handeling", "afgesloten", "melding", "1")),
		     0);
	cr_assert_eq(fixture_case(f.gemeente, 1).status, KB_CASE_OPEN);
	cr_assert_eq(fixture_case(f.school, 1).status, KB_CASE_OPEN);
	{
		struct kb_melding_row *rows = NULL;

		cr_assert_eq(fixture_meldingen(&f, f.school, &rows), 2);
		cr_assert_eq(rows[0].stand, KB_MELDING_STAND_AFGESLOTEN);
		cr_assert_eq(rows[1].stand, KB_MELDING_STAND_GEREGISTREERD);
	}
}

Test(acts, a_new_melding_opens_an_afgesloten_dossier_again)
{
	cr_assert_eq(act(f.gemeente, "afgesloten", NULL, NULL), 0);
	fixture_week(&f, "A", "2026-02-09");
	cr_assert_eq(fixture_import(&f, NULL), 0);
	cr_assert_eq(fixture_case(f.gemeente, 1).status, KB_CASE_OPEN);
	cr_assert_eq(fixture_case(f.school, 1).status, KB_CASE_OPEN);
	cr_assert_eq(fixture_cases(&f, f.gemeente), 1);
}

Test(acts, a_question_comes_to_the_school_and_its_answer_back)
{
	cr_assert_eq(act(f.gemeente, "vraag", "tekst", "Wat zei de moeder?"), 0);
	cr_assert_neq(fixture_case(f.gemeente, 1).inbox_flags & KB_INBOX_WAITING, 0u);
	cr_assert_neq(fixture_case(f.school, 1).inbox_flags & KB_INBOX_ANSWER_DUE, 0u);
	cr_assert(sees(f.school, "Wat zei de moeder?"));
	cr_assert_eq(act(f.school, "antwoord", "tekst", "Dat hij ziek was."), 0);
	cr_assert_eq(fixture_case(f.school, 1).inbox_flags & KB_INBOX_ANSWER_DUE, 0u);
	cr_assert_eq(fixture_case(f.gemeente, 1).inbox_flags & KB_INBOX_WAITING, 0u);
	cr_assert(sees(f.gemeente, "Dat hij ziek was."), "%s", (const char *)f.answer.at);
	cr_assert_eq(act(f.school, "antwoord", "tekst", "nog eens"), 65,
		     "nothing is asked any more");
}

Test(acts, steps_the_day_the_parents_heard_and_the_end_reach_leerplicht)
{
	cr_assert_eq(act(f.school, "stap", "tekst", "gesprek met mentor"), 0);
	cr_assert_eq(act(f.school, "ouders-ingelicht", "datum", "2026-02-27"), 0);
	cr_assert_eq(act(f.school, "weer-op-school", "datum", "2026-03-02"), 0);
	cr_assert(sees(f.gemeente, "|2026-03-02|gesprek met mentor"));
	cr_assert(fixture_said(&f, "|2026-03-02|weer op school"));
	cr_assert_eq(only(f.gemeente).ouders_ingelicht_day, 20511);
	cr_assert(fixture_said(&f, "|termijn|niet vastgelegd"));
	/* A correction repeats the steps; each still stands once. */
	fixture_no_days(&f);
	fixture_day(&f, "A", "2026-02-23", 300, 0);
	fixture_day(&f, "A", "2026-02-24", 300, 0);
	fixture_day(&f, "A", "2026-02-25", 300, 0);
	fixture_day(&f, "A", "2026-02-26", 299, 0);
	cr_assert_eq(fixture_import(&f, NULL), 0);
	cr_assert(sees(f.gemeente, "gesprek met mentor"));
	cr_assert_null(strstr(strstr((const char *)f.answer.at, "gesprek met mentor") + 1,
			      "gesprek met mentor"));
	cr_assert_eq(only(f.gemeente).ouders_ingelicht_day, 20511);
}

Test(acts, both_sides_can_record_the_duo_kenmerk)
{
	cr_assert_eq(fixture_ask(&f, f.school, "case act",
				 ARGS("zaak", "1", "handeling", "kenmerk", "melding", "1", "tekst",
				      "DUO-1")),
		     0);
	cr_assert(kb_span_equal(only(f.gemeente).duo_kenmerk, kb_span_text("DUO-1")));
	cr_assert_eq(fixture_ask(&f, f.gemeente, "case act",
				 ARGS("zaak", "1", "handeling", "kenmerk", "melding", "1", "tekst",
				      "DUO-2")),
		     0);
	cr_assert(kb_span_equal(only(f.school).duo_kenmerk, kb_span_text("DUO-2")));
	cr_assert_eq(act(f.school, "kenmerk", "tekst", "DUO-3"), 65, "of which melding?");
}

Test(acts, after_uitschrijving_no_new_melding_is_made_facts_D1)
{
	cr_assert_eq(act(f.school, "uitgeschreven", "datum", "2026-03-02"), 0);
	fixture_week(&f, "A", "2026-02-09");
	cr_assert_eq(fixture_import(&f, NULL), 0);
	cr_assert(fixture_said(&f, "|niet gemeld: leerling is uitgeschreven|1"));
	cr_assert_eq(fixture_standing(&f, f.gemeente), 1);
	cr_assert_eq(fixture_ask(&f, f.school, "verzuim meld",
				 ARGS("leerling", "A", "soort", "overig", "begin", "2026-03-02")),
		     65);
	/* It was a mistake. */
	cr_assert_eq(act(f.school, "weer-op-school", "datum", "2026-03-02"), 0);
	cr_assert_eq(fixture_import(&f, NULL), 0);
	cr_assert_eq(fixture_standing(&f, f.gemeente), 2);
}

Test(acts, by_hand_luxeverzuim_goes_at_once_and_the_rule_keeps_its_own_kinds)
{
	struct kb_melding_row *rows = NULL;

	cr_assert_eq(fixture_ask(&f, f.school, "verzuim meld",
				 ARGS("leerling", "A", "soort", "luxeverzuim", "begin",
				      "2026-02-27", "minuten", "300")),
		     0, "%s", (const char *)f.answer.at);
	cr_assert(fixture_said(&f, "verzuimregister van DUO niet"));
	cr_assert_eq(fixture_meldingen(&f, f.gemeente, &rows), 2);
	cr_assert_eq(rows[1].soort, KB_MELDING_LUXE);
	cr_assert_eq(rows[1].uiterste_melddag, 20514, "the same day");
	cr_assert_eq(rows[1].case_no, rows[0].case_no);
	cr_assert_eq(rows[1].flags, 0u);
	cr_assert_eq(fixture_ask(&f, f.school, "verzuim meld",
				 ARGS("leerling", "A", "soort", "overig", "begin", "2026-02-23",
				      "eind", "2026-02-24")),
		     0);
	cr_assert_eq(fixture_meldingen(&f, f.gemeente, &rows), 3);
	cr_assert_eq(rows[2].minuten, 600, "what was taken in for those days");
	cr_assert_eq(rows[2].uiterste_melddag, KB_DAY_NONE, "not mandatory");
	/* An import leaves alone what people made. */
	cr_assert_eq(fixture_import(&f, NULL), 0);
	cr_assert_eq(fixture_standing(&f, f.gemeente), 3);
	cr_assert_eq(fixture_ask(&f, f.school, "verzuim meld",
				 ARGS("leerling", "A", "soort", "16-uur", "begin", "2026-02-23")),
		     65);
	cr_assert_eq(fixture_ask(&f, f.school, "verzuim meld",
				 ARGS("leerling", "X", "soort", "overig", "begin", "2026-02-23")),
		     65);
}

Test(acts, who_acts_is_named_and_gezien_empties_the_inbox)
{
	cr_assert_eq(
		lb_ask(f.gemeente, "", "case act", ARGS("zaak", "1", "handeling", "gezien"), NULL),
		77, "nobody");
	cr_assert_eq(act(f.gemeente, "gezien", NULL, NULL), 0);
	cr_assert_eq(fixture_case(f.gemeente, 1).inbox_flags, 0u);
	cr_assert(sees(f.gemeente, "|handeling||Ans|"), "%s", (const char *)f.answer.at);
	cr_assert_eq(act(f.gemeente, "bestaat-niet", NULL, NULL), 64);
	cr_assert(fixture_said(&f, "|ter-kennisgeving|"));
	cr_assert_eq(act(f.gemeente, "vraag", NULL, NULL), 65, "without a text");
	cr_assert_eq(
		fixture_ask(&f, f.gemeente, "case act", ARGS("zaak", "9", "handeling", "gezien")),
		77);
	cr_assert_eq(fixture_ask(&f, f.gemeente, "case act",
				 ARGS("zaak", "1", "handeling", "afgesloten", "melding", "9")),
		     65);
}

Test(acts, somebody_of_another_desk_does_not_act)
{
	cr_assert_eq(lb_ask(f.gemeente, "", "user add",
			    ARGS("naam", "Jo", "functie", "jeugd", "loket", "jeugd"), NULL),
		     0);
	cr_assert_eq(lb_ask(f.gemeente, "Jo", "case act", ARGS("zaak", "1", "handeling", "gezien"),
			    NULL),
		     77);
}

Test(acts, an_export_gives_what_changed_since_the_counter)
{
	struct kb_melding_row row;
	char counter[24];

	cr_assert_eq(fixture_ask(&f, f.school, "verzuim export", NULL), 0);
	row = only(f.school);
	(void)snprintf(counter, sizeof(counter), "%llu", (unsigned long long)row.export_counter);
	cr_assert(fixture_said(&f, "|nieuw|99AA00|A|"), "%s", (const char *)f.answer.at);
	cr_assert(fixture_said(&f, "|16-uur|2026-02-23|2026-02-26|1200|0114|"
				   "00000099000000001002|Geregistreerd|2026-03-05|"));
	cr_assert(fixture_said(&f, "|nee|nee|"));
	cr_assert(fixture_said(&f, "|aantal|1"));
	cr_assert_eq(fixture_ask(&f, f.school, "verzuim export", ARGS("vanaf", counter)), 0);
	cr_assert(fixture_said(&f, "|aantal|0"));
	cr_assert_eq(act(f.gemeente, "in-behandeling", NULL, NULL), 0);
	cr_assert_eq(fixture_ask(&f, f.school, "verzuim export", ARGS("vanaf", counter)), 0);
	cr_assert(fixture_said(&f, "|aantal|1"));
	cr_assert(fixture_said(&f, "|In behandeling|"));
	/* The gemeente has no number of the leerling; the same melding otherwise. */
	cr_assert_eq(fixture_ask(&f, f.gemeente, "verzuim export", NULL), 0);
	cr_assert(fixture_said(&f, "|nieuw|99AA00||"));
	cr_assert(fixture_said(&f, "|00000099000000001002|In behandeling|"));
}

/* The list of the school is what it read in; the address of who lives at a secret one is not copied. */
Test(acts, a_pupil_of_the_last_import_gets_a_case_about_the_same_child)
{
	fixture_pupil(&f, "B", "0114", true);
	cr_assert_eq(fixture_import(&f, NULL), 0);
	cr_assert_eq(fixture_ask(&f, f.school, "case new", ARGS("leerling", "A")), 0, "%s",
		     (const char *)f.answer.at);
	cr_assert_eq(fixture_ask(&f, f.school, "case show", ARGS("zaak", "2")), 0);
	cr_assert(fixture_said(&f, "|VoornaamA van Achternaam|"), "%s", (const char *)f.answer.at);
	cr_assert(fixture_said(&f, "|Geheimestraat 1\n9999 ZZ Dorp|"));
	cr_assert(fixture_said(&f, "-09-15|"));
	cr_assert_neq(fixture_case(f.school, 1).subject_no, 0);
	cr_assert_eq(fixture_case(f.school, 2).subject_no, fixture_case(f.school, 1).subject_no);
	cr_assert_eq(fixture_ask(&f, f.school, "case new", ARGS("leerling", "B")), 0);
	cr_assert_eq(fixture_ask(&f, f.school, "case show", ARGS("zaak", "3")), 0);
	cr_assert(fixture_said(&f, "|VoornaamB van Achternaam|"));
	cr_assert(!fixture_said(&f, "Geheimestraat"), "%s", (const char *)f.answer.at);
	cr_assert_eq(fixture_ask(&f, f.school, "case new", ARGS("leerling", "C")), 65);
}

Test(acts, a_dossier_has_notes_and_tasks_of_its_desk_and_its_clock_says_where_it_comes_from)
{
	cr_assert_eq(fixture_ask(&f, f.gemeente, "note add",
				 ARGS("zaak", "1", "tekst", "bij de ouders geweest")),
		     0);
	cr_assert_eq(fixture_ask(&f, f.gemeente, "task add",
				 ARGS("zaak", "1", "wat", "school bellen", "tot", "2026-03-03")),
		     0);
	cr_assert(sees(f.gemeente, "|loket|bij de ouders geweest"));
	cr_assert(fixture_said(&f, "|school bellen|"));
	/* What is due is in the inbox, also when the dossier asks for nothing else. */
	cr_assert_eq(act(f.gemeente, "gezien", NULL, NULL), 0);
	cr_assert_eq(fixture_ask(&f, f.gemeente, "inbox", NULL), 0);
	cr_assert(fixture_said(&f, "|binnenkort|verzuim|"), "%s", (const char *)f.answer.at);
	cr_assert_eq(fixture_ask(&f, f.gemeente, "inbox", ARGS("stand", "binnenkort")), 0);
	cr_assert(fixture_said(&f, "|binnenkort|verzuim|"), "%s", (const char *)f.answer.at);
	cr_assert(
		sees(f.school, "|melden bij leerplicht|DUO, verzuim melden: binnen 5 werkdagen|"));
	cr_assert(!fixture_said(&f, "bij de ouders geweest"), "what a desk keeps stays there");
}
