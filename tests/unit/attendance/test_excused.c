/* SPDX-License-Identifier: EUPL-1.2 */
/* Days of schorsing and deeltijdonderwijs are no ongeoorloofd verzuim (C14, E12): a state of a route says so, the rule follows. */
#include <criterion/criterion.h>

#include "agents/runtime/agent_internal.h"
#include "common/wire/absence.h"
#include "tests/unit/attendance/attendance_fixture.h"

static struct fixture f;

/* Pupil A misses a whole week, which is reported; the school has an own case about A, with number 2 (at leerplicht 2 as well). */
static void
open_all(void)
{
	fixture_open(&f);
	fixture_pupil(&f, "A", "0114", false);
	fixture_week(&f, "A", "2026-02-23");
	fixture_day(&f, "A", "2026-02-27", 300, 0);
	cr_assert_eq(fixture_import(&f, NULL), 0);
	cr_assert_eq(fixture_standing(&f, f.gemeente), 1);
	cr_assert_eq(fixture_ask(&f, f.school, "case new", ARGS("leerling", "A")), 0);
}

static void
close_all(void)
{
	fixture_close(&f);
}

TestSuite(excused, .init = open_all, .fini = close_all);

static void
must(const char *verb, const char *const *arguments)
{
	cr_assert_eq(fixture_ask(&f, f.school, verb, arguments), 0, "%s: %s", verb,
		     (const char *)f.answer.at);
}

static void
start_route(const char *route)
{
	must("route start", ARGS("zaak", "2", "route", route, "rol", "school"));
	must("participant add",
	     ARGS("zaak", "2", "partij", f.gemeente->identity.self.text, "rol", "leerplicht"));
}

static void
step(const char *name, const char *facts)
{
	must("act", ARGS("zaak", "2", "stap", name, "feiten", facts, "velden",
			 "onderwerp=schorsing of deeltijd\ntoelichting=zie de zaak\n"));
}

static void
suspend_from(const char *day)
{
	char facts[200];

	(void)snprintf(facts, sizeof(facts),
		       "schorsing-gemeld=%s\nbesluit-schriftelijk=%s\nleerplicht-betrokken=%s\n",
		       day, day, day);
	step("melden", facts);
}

Test(excused, what_a_suspended_pupil_misses_is_no_ongeoorloofd_verzuim_E12)
{
	start_route("schorsing");
	cr_assert_eq(fixture_import(&f, NULL), 0);
	cr_assert_eq(fixture_standing(&f, f.gemeente), 1, "not told to leerplicht yet");
	suspend_from("2026-02-23");
	cr_assert_eq(fixture_import(&f, NULL), 0);
	cr_assert(fixture_said(&f, "|dagen die niet tellen: deeltijd of schorsing|5"), "%s",
		  (const char *)f.answer.at);
	cr_assert(fixture_said(&f, "|ingetrokken meldingen|1"));
	cr_assert_eq(fixture_standing(&f, f.gemeente), 0);
}

Test(excused, before_and_after_it_every_hour_counts_E12)
{
	start_route("schorsing");
	suspend_from("2026-02-24");
	step("weer-naar-school", "weer-naar-school=2026-02-25\n");
	cr_assert_eq(fixture_import(&f, NULL), 0);
	cr_assert(fixture_said(&f, "|dagen die niet tellen: deeltijd of schorsing|1"), "%s",
		  (const char *)f.answer.at);
	cr_assert_eq(fixture_only(&f, f.gemeente).minuten, 1200, "four of the five days");
	cr_assert_eq(fixture_only(&f, f.gemeente).flags & KB_MELDING_INGETROKKEN, 0u);
	{
		struct kb_verzuim_melding message;

		LB_OK(kb_verzuim_melding_decode(fixture_only(&f, f.gemeente).content, &f.arena,
						&message));
		cr_assert_eq(message.dag_count, 4);
		for (size_t i = 0; i < message.dag_count; i++) {
			cr_assert_neq(message.dagen[i].datum, 20260224u);
		}
	}
}

/* A programme is made with the parents: they were asked to come. */
static void
invite_parents(void)
{
	char page[LB_PATH];

	f.school->agent->settings.letters = KB_SOURCE_DIR "/deploy/brieven";
	(void)snprintf(page, sizeof(page), "%.90s/brief.html", f.world.folder);
	must("brief make",
	     ARGS("zaak", "2", "soort", "uitnodiging", "aan", "Mw. Test", "adres",
		  "Dorpsstraat 1\n", "uit", page, "veld",
		  "leerling=A\nbereikbaar=bel 000\noverleg=gesprek\nonderwerp=minder uren\n"
		  "wanneer=vrijdag\nplaats=school\ndeelnemers=de mentor\n"));
	must("brief gegeven", ARGS("zaak", "2", "brief", "1", "datum", "2026-03-02", "wijze",
				   "meegegeven", "ontvanger", "moeder"));
}

Test(excused, hours_beside_a_programme_of_deeltijd_are_no_verzuim_C14)
{
	start_route("deeltijd");
	invite_parents();
	must("act", ARGS("zaak", "2", "stap", "vaststellen", "feiten",
			 "programma-vastgesteld=2026-02-20\nouders-op-de-hoogte=2026-02-20\n"));
	cr_assert_eq(fixture_import(&f, NULL), 0);
	cr_assert_eq(fixture_standing(&f, f.gemeente), 1, "leerplicht has not been told");
	step("melden", "leerplicht-betrokken=2026-02-23\n");
	cr_assert_eq(fixture_import(&f, NULL), 0);
	cr_assert_eq(fixture_standing(&f, f.gemeente), 0);
	/* The case ends; what was excused stays so, and the next day counts. */
	step("volledig", "weer-naar-school=2026-03-02\n");
	must("act", ARGS("zaak", "2", "stap", "afsluiten"));
	cr_assert_eq(fixture_import(&f, NULL), 0);
	cr_assert(fixture_said(&f, "|dagen die niet tellen: deeltijd of schorsing|5"));
	cr_assert_eq(fixture_standing(&f, f.gemeente), 0);
}

Test(excused, the_case_of_another_pupil_excuses_nobody)
{
	fixture_pupil(&f, "B", "0114", false);
	cr_assert_eq(fixture_import(&f, NULL), 0);
	must("case new", ARGS("leerling", "B"));
	must("route start", ARGS("zaak", "3", "route", "schorsing", "rol", "school"));
	must("participant add",
	     ARGS("zaak", "3", "partij", f.gemeente->identity.self.text, "rol", "leerplicht"));
	must("act", ARGS("zaak", "3", "stap", "melden", "feiten",
			 "schorsing-gemeld=2026-02-23\nbesluit-schriftelijk=2026-02-23\n"
			 "leerplicht-betrokken=2026-02-23\n",
			 "velden", "onderwerp=schorsing\n"));
	cr_assert_eq(fixture_import(&f, NULL), 0);
	cr_assert(fixture_said(&f, "|dagen die niet tellen: deeltijd of schorsing|0"));
	cr_assert_eq(fixture_standing(&f, f.gemeente), 1);
}

/* facts D1: a schorsing lasts 5 school days at most. Nobody has to say that it ended for the sixth to count. */
Test(excused, a_schorsing_that_nobody_ends_hides_no_more_than_the_law_lets_it_last_E12)
{
	fixture_no_days(&f);
	fixture_week(&f, "A", "2026-02-09");
	fixture_day(&f, "A", "2026-02-13", 300, 0);
	fixture_week(&f, "A", "2026-02-23");
	start_route("schorsing");
	suspend_from("2026-02-09");
	cr_assert_eq(fixture_import(&f, NULL), 0);
	cr_assert(fixture_said(&f, "|dagen die niet tellen: deeltijd of schorsing|5"), "%s",
		  (const char *)f.answer.at);
	cr_assert_eq(fixture_only(&f, f.gemeente).flags & KB_MELDING_INGETROKKEN, 0u);
	cr_assert_eq(fixture_only(&f, f.gemeente).minuten, 1200);
}
