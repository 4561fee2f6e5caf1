/* SPDX-License-Identifier: EUPL-1.2 */
/* A school whose store went back in time reports again, and nothing is lost or doubled. */
#include <criterion/criterion.h>
#include <unistd.h>

#include "common/wire/absence.h"
#include "tests/unit/attendance/attendance_fixture.h"

static struct fixture f;

static void
open_all(void)
{
	fixture_open(&f);
	fixture_pupil(&f, "A", "0114", false);
	fixture_pupil(&f, "B", "0114", false);
	fixture_week(&f, "A", "2026-02-09");
	fixture_week(&f, "B", "2026-02-23");
}

static void
close_all(void)
{
	fixture_close(&f);
}

TestSuite(restored, .init = open_all, .fini = close_all);

static void
back_in_time(void)
{
	lb_stop(f.school);
	lb_restore(f.school);
	lb_start(f.school);
	lb_wait(&f.world, 60000);
	lb_wait(&f.world, 60000);
}

static void
backup(void)
{
	lb_stop(f.school);
	lb_backup(f.school);
	lb_start(f.school);
	lb_wait(&f.world, 60000);
}

Test(restored, what_was_reported_after_the_copy_is_not_reported_twice)
{
	struct kb_melding_row *before = NULL;
	struct kb_melding_row *after = NULL;
	struct kb_case dossier;

	backup();
	cr_assert_eq(fixture_import(&f, NULL), 0, "%s", (const char *)f.answer.at);
	cr_assert_eq(fixture_meldingen(&f, f.gemeente, &before), 2);
	cr_assert_eq(
		fixture_ask(&f, f.gemeente, "case act",
			    ARGS("zaak", "1", "handeling", "in-behandeling", "tekst", "gezien")),
		0);
	back_in_time();
	cr_assert_eq(fixture_standing(&f, f.school), 0, "it forgot");
	cr_assert_eq(fixture_import(&f, NULL), 0, "%s", (const char *)f.answer.at);
	lb_wait(&f.world, 60000);
	cr_assert_eq(fixture_meldingen(&f, f.gemeente, &after), 2, "the same two");
	cr_assert_not(kb_id_equal(&before[0].melding_id, &after[0].melding_id), "under new ids");
	cr_assert_eq(before[0].stored_utc_ms, after[0].stored_utc_ms, "received when it was");
	cr_assert_eq(after[0].stand, KB_MELDING_STAND_IN_BEHANDELING);
	dossier = fixture_case(f.gemeente, after[0].case_no);
	cr_assert_str_eq(fixture_state(&f, f.gemeente, after[0].case_no), "in-behandeling",
			 "the work goes on in the new case");
	cr_assert_str_eq(fixture_state(&f, f.gemeente, after[1].case_no), "geregistreerd",
			 "of the other nothing was done");
	cr_assert_neq(dossier.behandelaar_no, 0u);
	cr_assert_eq(fixture_case(f.gemeente, before[0].case_no).inbox_flags, 0u);
	/* And the school hears again how it stands. */
	cr_assert_eq(fixture_meldingen(&f, f.school, &after), 2);
	cr_assert_eq(after[0].stand, KB_MELDING_STAND_IN_BEHANDELING);
}

Test(restored, a_correction_after_the_restore_counts_although_its_revision_is_lower)
{
	struct kb_melding_row *rows = NULL;

	cr_assert_eq(fixture_import(&f, NULL), 0);
	backup();
	for (unsigned minutes = 290; minutes >= 280; minutes -= 5) {
		fixture_no_days(&f);
		fixture_week(&f, "B", "2026-02-23");
		fixture_day(&f, "A", "2026-02-09", 300, 0);
		fixture_day(&f, "A", "2026-02-10", 300, 0);
		fixture_day(&f, "A", "2026-02-11", 300, 0);
		fixture_day(&f, "A", "2026-02-12", minutes, 0);
		cr_assert_eq(fixture_import(&f, NULL), 0);
	}
	cr_assert_eq(fixture_meldingen(&f, f.gemeente, &rows), 2);
	cr_assert_eq(rows[0].revision, 4);
	back_in_time();
	fixture_no_days(&f);
	fixture_week(&f, "B", "2026-02-23");
	fixture_day(&f, "A", "2026-02-09", 300, 0);
	fixture_day(&f, "A", "2026-02-10", 300, 0);
	fixture_day(&f, "A", "2026-02-11", 300, 0);
	fixture_day(&f, "A", "2026-02-12", 270, 0);
	cr_assert_eq(fixture_import(&f, NULL), 0);
	lb_wait(&f.world, 60000);
	cr_assert_eq(fixture_meldingen(&f, f.gemeente, &rows), 2);
	cr_assert_eq(rows[0].minuten, 1170);
}

static void
gemeente_goes_back(void)
{
	lb_stop(f.gemeente);
	lb_restore(f.gemeente);
	lb_start(f.gemeente);
	lb_wait(&f.world, 60000);
	lb_wait(&f.world, 60000);
	lb_wait(&f.world, 60000);
}

static void
gemeente_backup(void)
{
	lb_stop(f.gemeente);
	lb_backup(f.gemeente);
	lb_start(f.gemeente);
	lb_wait(&f.world, 60000);
}

/* Leerplicht lost the meldingen and what it did with them. */
Test(restored, a_gemeente_that_lost_a_melding_gets_it_again_and_can_go_on)
{
	gemeente_backup();
	cr_assert_eq(fixture_import(&f, NULL), 0, "%s", (const char *)f.answer.at);
	cr_assert_eq(fixture_standing(&f, f.gemeente), 2);
	gemeente_goes_back();
	cr_assert_eq(fixture_standing(&f, f.gemeente), 2);
	cr_assert_str_eq(fixture_state(&f, f.gemeente, 1), "geregistreerd");
	cr_assert_eq(fixture_ask(&f, f.gemeente, "case act",
				 ARGS("zaak", "1", "handeling", "afgesloten")),
		     0, "%s", (const char *)f.answer.at);
	lb_wait(&f.world, 60000);
	cr_assert_str_eq(fixture_state(&f, f.school, 1), "afgesloten");
}

/* Only A is left of the pupils that were absent. */
static void
less(void)
{
	fixture_no_days(&f);
	fixture_week(&f, "B", "2026-02-23");
}

static void
minutes(unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		lb_wait(&f.world, 60000);
	}
}

/* The ordinary night: the melding came after the backup, and so did what leerplicht did with it. */
Test(restored, what_leerplicht_did_with_a_lost_melding_comes_back)
{
	gemeente_backup();
	cr_assert_eq(fixture_import(&f, NULL), 0, "%s", (const char *)f.answer.at);
	cr_assert_eq(
		fixture_ask(&f, f.gemeente, "case act",
			    ARGS("zaak", "1", "handeling", "in-behandeling", "tekst", "gezien")),
		0);
	lb_wait(&f.world, 60000);
	gemeente_goes_back();
	cr_assert_str_eq(fixture_state(&f, f.gemeente, 1), "in-behandeling");
	cr_assert_eq(fixture_ask(&f, f.gemeente, "case act",
				 ARGS("zaak", "1", "handeling", "afgesloten")),
		     0, "%s", (const char *)f.answer.at);
	minutes(2);
	cr_assert_str_eq(fixture_state(&f, f.school, 1), "afgesloten");
}

/* What the agent does by itself it does once the case is whole again. */
Test(restored, a_withdrawal_that_comes_in_meanwhile_ends_the_dossier)
{
	cr_assert_eq(fixture_import(&f, NULL), 0);
	gemeente_backup();
	lb_stop(f.gemeente);
	less();
	cr_assert_eq(fixture_import(&f, NULL), 0, "%s", (const char *)f.answer.at);
	lb_restore(f.gemeente);
	lb_start(f.gemeente);
	minutes(5);
	cr_assert_str_eq(fixture_state(&f, f.gemeente, 1), "ingetrokken");
	cr_assert_str_eq(fixture_state(&f, f.school, 1), "ingetrokken");
}

/* On another machine, before the first session: what is new there cannot have been put back. */
Test(restored, an_import_on_another_machine_opens_its_routes)
{
	cr_assert_eq(fixture_import(&f, NULL), 0);
	lb_wait(&f.world, 60000);
	lb_stop(f.school);
	cr_assert_eq(unlink(f.school->witness), 0);
	lb_start(f.school);
	f.school->connected = false;
	fixture_pupil(&f, "C", "0114", false);
	fixture_week(&f, "C", "2026-02-16");
	cr_assert_eq(fixture_import(&f, NULL), 0, "%s", (const char *)f.answer.at);
	f.school->connected = true;
	minutes(5);
	cr_assert_str_eq(fixture_state(&f, f.gemeente, 3), "geregistreerd");
	cr_assert_eq(fixture_case(f.school, 3).inbox_flags & KB_INBOX_PROBLEM, 0u);
}

Test(restored, a_withdrawal_on_another_machine_ends_the_dossier)
{
	f.gemeente->connected = false;
	lb_settle(&f.world);
	cr_assert_eq(fixture_import(&f, NULL), 0);
	lb_wait(&f.world, 60000);
	lb_stop(f.school);
	cr_assert_eq(unlink(f.school->witness), 0);
	lb_start(f.school);
	f.school->connected = false;
	less();
	cr_assert_eq(fixture_import(&f, NULL), 0, "%s", (const char *)f.answer.at);
	f.school->connected = true;
	f.gemeente->connected = true;
	minutes(5);
	cr_assert_str_eq(fixture_state(&f, f.school, 1), "ingetrokken");
}

static enum lb_fate
hold_of_the_gemeente(struct lb_world *world, const struct kb_header *header, void *state)
{
	(void)world;
	(void)state;
	return kb_party_id_equal(&header->sender, &f.gemeente->identity.self) ? LB_HOLD : LB_PASS;
}

/* That leerplicht takes the regie was proposed and is on its way: on another machine it is not proposed again. */
Test(restored, what_waits_for_the_school_is_proposed_once)
{
	f.world.on_accept = hold_of_the_gemeente;
	cr_assert_eq(fixture_import(&f, NULL), 0);
	lb_wait(&f.world, 60000);
	lb_stop(f.gemeente);
	cr_assert_eq(unlink(f.gemeente->witness), 0);
	lb_start(f.gemeente);
	minutes(3);
	f.world.on_accept = NULL;
	lb_release(&f.world, false);
	minutes(3);
	for (uint64_t case_no = 1; case_no <= 2; case_no++) {
		cr_assert_eq(fixture_case(f.gemeente, case_no).regievoerder_no, KB_PARTY_NO_SELF);
		cr_assert_eq(fixture_case(f.gemeente, case_no).inbox_flags & KB_INBOX_PROBLEM, 0u);
	}
}
