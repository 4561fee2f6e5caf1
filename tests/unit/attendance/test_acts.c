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

/* The stand of the case at both sides, and of its only melding: the steps of the route, made by one and replayed by the other. */
static void
expect_stand(enum kb_melding_stand stand, bool closed)
{
	cr_assert_eq(fixture_only(&f, f.gemeente).stand, stand);
	cr_assert_eq(fixture_only(&f, f.school).stand, stand);
	cr_assert_str_eq(fixture_state(&f, f.gemeente, 1), kb_melding_stand_name(stand));
	cr_assert_str_eq(fixture_state(&f, f.school, 1), kb_melding_stand_name(stand));
	cr_assert_eq(fixture_case(f.gemeente, 1).closed_utc_ms != 0, closed);
	cr_assert_eq(fixture_case(f.school, 1).closed_utc_ms != 0, closed);
	cr_assert_eq(memcmp(fixture_case(f.school, 1).last_record_hash.bytes,
			    fixture_case(f.gemeente, 1).last_record_hash.bytes, KB_HASH_BYTES),
		     0);
}

static void
expect_steps(const char *last, enum kb_melding_stand stand)
{
	expect_stand(KB_MELDING_STAND_GEREGISTREERD, false);
	cr_assert_eq(act(f.gemeente, "in-behandeling", "tekst", "wij bellen"), 0, "%s",
		     (const char *)f.answer.at);
	expect_stand(KB_MELDING_STAND_IN_BEHANDELING, false);
	cr_assert_neq(fixture_case(f.school, 1).inbox_flags & KB_INBOX_NEW, 0u);
	cr_assert(sees(f.school, "wij bellen"));
	cr_assert_eq(act(f.gemeente, last, "tekst", "klaar ermee"), 0);
	expect_stand(stand, true);
	cr_assert(sees(f.school, "klaar ermee"));
	/* An end is an end. */
	cr_assert_eq(act(f.gemeente, "in-behandeling", NULL, NULL), 65);
	expect_stand(stand, true);
}

Test(acts, the_school_sees_each_stand_of_leerplicht_with_its_explanation)
{
	expect_steps("afgesloten", KB_MELDING_STAND_AFGESLOTEN);
}

Test(acts, what_is_only_read_ends_ter_kennisgeving)
{
	expect_steps("ter-kennisgeving", KB_MELDING_STAND_TER_KENNISGEVING);
}

Test(acts, leerplicht_has_the_regie_from_the_first_melding_and_nobody_else_ends_the_case_E03)
{
	cr_assert_eq(fixture_case(f.gemeente, 1).regievoerder_no, KB_PARTY_NO_SELF);
	cr_assert_neq(fixture_case(f.school, 1).regievoerder_no, KB_PARTY_NO_SELF);
	cr_assert_eq(fixture_ask(&f, f.school, "act", ARGS("zaak", "1", "stap", "afgesloten")), 77,
		     "%s", (const char *)f.answer.at);
	cr_assert(sees(f.school, "|verzuim|Verzuimmelding bij leerplicht|geregistreerd|"));
	cr_assert(sees(f.gemeente, "|in-behandeling|De melding in behandeling nemen|"), "%s",
		  (const char *)f.answer.at);
	expect_stand(KB_MELDING_STAND_GEREGISTREERD, false);
}

/* Until leerplicht has accepted the regie the school has it. That it closes the case with it says nothing about a melding. */
static void
expect_melding_stands_after(const char *step, const char *facts)
{
	struct kb_melding_row *rows = NULL;

	f.gemeente->connected = false;
	lb_settle(&f.world);
	fixture_pupil(&f, "B", "0114", false);
	fixture_week(&f, "B", "2026-02-23");
	cr_assert_eq(fixture_import(&f, NULL), 0);
	cr_assert_eq(fixture_case(f.school, 2).regievoerder_no, KB_PARTY_NO_SELF);
	cr_assert_eq(fixture_ask(&f, f.school, "act",
				 facts != NULL ? ARGS("zaak", "2", "stap", step, "feiten", facts)
					       : ARGS("zaak", "2", "stap", step)),
		     0, "%s", (const char *)f.answer.at);
	f.gemeente->connected = true;
	lb_wait(&f.world, 60000);
	lb_wait(&f.world, 60000);
	cr_assert_eq(fixture_meldingen(&f, f.gemeente, &rows), 2);
	cr_assert_eq(rows[1].stand, KB_MELDING_STAND_GEREGISTREERD);
	cr_assert_neq(fixture_case(f.gemeente, 2).inbox_flags & KB_INBOX_NEW, 0u);
	cr_assert_eq(fixture_meldingen(&f, f.school, &rows), 2);
	cr_assert_eq(rows[1].stand, KB_MELDING_STAND_GEREGISTREERD);
}

Test(acts, a_melding_that_stands_is_not_withdrawn_by_the_end_of_its_case)
{
	expect_melding_stands_after("intrekken", NULL);
}

Test(acts, a_school_does_not_finish_its_own_melding_E03)
{
	expect_melding_stands_after("afgesloten", "leerplicht-betrokken=2026-03-02\n");
}

Test(acts, a_school_does_not_say_that_nothing_follows_on_its_own_melding_E03)
{
	expect_melding_stands_after("ter-kennisgeving", "leerplicht-betrokken=2026-03-02\n");
}

/* Both in one import: the new one comes first, so that its case is not empty for a moment. */
Test(acts, a_melding_in_place_of_one_that_is_withdrawn_stands_in_an_open_case)
{
	struct kb_melding_row *rows = NULL;

	fixture_no_days(&f);
	fixture_week(&f, "A", "2026-01-12");
	fixture_day(&f, "A", "2026-02-27", 0, 300); /* the set is about all days up to here */
	cr_assert_eq(fixture_import(&f, NULL), 0, "%s", (const char *)f.answer.at);
	lb_wait(&f.world, 60000);
	cr_assert_eq(fixture_meldingen(&f, f.gemeente, &rows), 2);
	cr_assert_eq(fixture_standing(&f, f.gemeente), 1);
	for (size_t i = 0; i < 2; i++) {
		if ((rows[i].flags & KB_MELDING_INGETROKKEN) == 0) {
			cr_assert_eq(fixture_case(f.gemeente, rows[i].case_no).closed_utc_ms, 0);
			cr_assert_str_eq(fixture_state(&f, f.gemeente, rows[i].case_no),
					 "geregistreerd");
		}
	}
}

/* The general verb does the same as the one of the desk: both are the step of the route. */
Test(acts, a_step_of_the_route_moves_the_meldingen_too)
{
	cr_assert_eq(fixture_ask(&f, f.gemeente, "act",
				 ARGS("zaak", "1", "stap", "in-behandeling", "feiten",
				      "leerplicht-betrokken")),
		     0, "%s", (const char *)f.answer.at);
	expect_stand(KB_MELDING_STAND_IN_BEHANDELING, false);
}

Test(acts, a_school_without_a_profile_reports_and_follows_the_route_once_it_has_one)
{
	lb_stop(f.school);
	f.school->profile = NULL;
	lb_start(f.school);
	lb_wait(&f.world, 60000);
	fixture_pupil(&f, "B", "0114", false);
	fixture_week(&f, "B", "2026-02-09");
	cr_assert_eq(fixture_import(&f, NULL), 0);
	cr_assert_eq(fixture_standing(&f, f.gemeente), 2, "it is reported all the same");
	cr_assert_str_eq(fixture_state(&f, f.gemeente, 2), "");
	cr_assert_eq(fixture_ask(&f, f.gemeente, "case act",
				 ARGS("zaak", "2", "handeling", "in-behandeling")),
		     65);
	cr_assert(fixture_said(&f, "volgt nog geen route"), "%s", (const char *)f.answer.at);
	lb_stop(f.school);
	f.school->profile = &f.profile;
	lb_start(f.school);
	lb_wait(&f.world, 60000);
	fixture_week(&f, "B", "2026-01-12");
	cr_assert_eq(fixture_import(&f, NULL), 0);
	cr_assert_str_eq(fixture_state(&f, f.gemeente, 2), "geregistreerd");
	cr_assert_eq(fixture_ask(&f, f.gemeente, "case act",
				 ARGS("zaak", "2", "handeling", "in-behandeling")),
		     0, "%s", (const char *)f.answer.at);
}

Test(acts, one_melding_can_be_afgesloten_while_the_dossier_stays_open)
{
	fixture_week(&f, "A", "2026-02-09");
	cr_assert_eq(fixture_import(&f, NULL), 0);
	cr_assert_eq(fixture_ask(&f, f.gemeente, "case act",
				 ARGS("zaak", "1", "handeling", "afgesloten", "melding", "1")),
		     0);
	cr_assert_str_eq(fixture_state(&f, f.gemeente, 1), "geregistreerd");
	cr_assert_str_eq(fixture_state(&f, f.school, 1), "geregistreerd");
	{
		struct kb_melding_row *rows = NULL;

		cr_assert_eq(fixture_meldingen(&f, f.school, &rows), 2);
		cr_assert_eq(rows[0].stand, KB_MELDING_STAND_AFGESLOTEN);
		cr_assert_eq(rows[1].stand, KB_MELDING_STAND_GEREGISTREERD);
	}
}

/* One that was finished by itself does not come back with the dossier. */
Test(acts, a_finished_melding_stays_so_when_the_dossier_is_taken_up)
{
	struct kb_melding_row *rows = NULL;

	fixture_week(&f, "A", "2026-02-09");
	cr_assert_eq(fixture_import(&f, NULL), 0);
	cr_assert_eq(fixture_ask(&f, f.gemeente, "case act",
				 ARGS("zaak", "1", "handeling", "afgesloten", "melding", "1")),
		     0);
	cr_assert_eq(act(f.gemeente, "in-behandeling", NULL, NULL), 0);
	cr_assert_eq(fixture_meldingen(&f, f.school, &rows), 2);
	cr_assert_eq(rows[0].stand, KB_MELDING_STAND_AFGESLOTEN);
	cr_assert_eq(rows[1].stand, KB_MELDING_STAND_IN_BEHANDELING);
	cr_assert_eq(fixture_meldingen(&f, f.gemeente, &rows), 2);
	cr_assert_eq(rows[0].stand, KB_MELDING_STAND_AFGESLOTEN);
	cr_assert_eq(rows[1].stand, KB_MELDING_STAND_IN_BEHANDELING);
}

Test(acts, after_an_end_a_new_melding_opens_a_new_case)
{
	cr_assert_eq(act(f.gemeente, "afgesloten", NULL, NULL), 0, "%s", (const char *)f.answer.at);
	fixture_week(&f, "A", "2026-02-09");
	cr_assert_eq(fixture_import(&f, NULL), 0);
	cr_assert_str_eq(fixture_state(&f, f.gemeente, 1), "afgesloten");
	cr_assert_str_eq(fixture_state(&f, f.school, 1), "afgesloten");
	cr_assert_eq(fixture_cases(&f, f.gemeente), 2);
	cr_assert_str_eq(fixture_state(&f, f.gemeente, 2), "geregistreerd");
	cr_assert_str_eq(fixture_state(&f, f.school, 2), "geregistreerd");
	cr_assert_eq(fixture_case(f.gemeente, 2).subject_no, fixture_case(f.gemeente, 1).subject_no,
		     "about the same child");
	cr_assert_eq(fixture_case(f.gemeente, 2).regievoerder_no, KB_PARTY_NO_SELF);
}

/* The school had not heard of the end yet. */
Test(acts, a_melding_that_crosses_the_end_stands_in_the_case_as_something_new)
{
	struct kb_melding_row *rows = NULL;

	f.school->connected = false;
	lb_settle(&f.world);
	cr_assert_eq(act(f.gemeente, "afgesloten", NULL, NULL), 0);
	cr_assert_eq(act(f.gemeente, "gezien", NULL, NULL), 0);
	fixture_week(&f, "A", "2026-02-09");
	cr_assert_eq(fixture_import(&f, NULL), 0);
	f.school->connected = true;
	lb_wait(&f.world, 60000);
	lb_wait(&f.world, 60000);
	cr_assert_eq(fixture_meldingen(&f, f.gemeente, &rows), 2);
	cr_assert_eq(rows[0].case_no, rows[1].case_no);
	cr_assert_neq(rows[0].stand, rows[1].stand);
	cr_assert_neq(fixture_case(f.gemeente, 1).inbox_flags & KB_INBOX_NEW, 0u);
	cr_assert_str_eq(fixture_state(&f, f.school, 1), "afgesloten");
	/* It can be finished by itself. */
	cr_assert_eq(fixture_ask(&f, f.gemeente, "case act",
				 ARGS("zaak", "1", "handeling", "afgesloten", "melding", "2")),
		     0, "%s", (const char *)f.answer.at);
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
	cr_assert_eq(fixture_only(&f, f.gemeente).ouders_ingelicht_day, 20511);
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
	cr_assert_eq(fixture_only(&f, f.gemeente).ouders_ingelicht_day, 20511);
}

Test(acts, both_sides_can_record_the_duo_kenmerk)
{
	cr_assert_eq(fixture_ask(&f, f.school, "case act",
				 ARGS("zaak", "1", "handeling", "kenmerk", "melding", "1", "tekst",
				      "DUO-1")),
		     0);
	cr_assert(kb_span_equal(fixture_only(&f, f.gemeente).duo_kenmerk, kb_span_text("DUO-1")));
	cr_assert_eq(fixture_ask(&f, f.gemeente, "case act",
				 ARGS("zaak", "1", "handeling", "kenmerk", "melding", "1", "tekst",
				      "DUO-2")),
		     0);
	cr_assert(kb_span_equal(fixture_only(&f, f.school).duo_kenmerk, kb_span_text("DUO-2")));
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
	row = fixture_only(&f, f.school);
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
