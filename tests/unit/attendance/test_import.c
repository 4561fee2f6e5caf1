/* SPDX-License-Identifier: EUPL-1.2 */
/* From a data set to a melding at the right gemeente, and everything that must not happen on the way. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <unistd.h>

#include "agents/intake/school_import.h"
#include "agents/intake/school_role.h"
#include "agents/intake/school_state.h"
#include "common/store/deadlines.h"
#include "common/store/pupils.h"
#include "common/wire/absence.h"
#include "tests/unit/attendance/attendance_fixture.h"

static struct fixture f;

static void
open_all(void)
{
	fixture_open(&f);
}

static void
close_all(void)
{
	fixture_close(&f);
}

TestSuite(import, .init = open_all, .fini = close_all);

static struct kb_deadline
clock_of(struct lb_party *party, const struct kb_melding_row *row)
{
	struct kb_deadline clock;
	struct kb_step *step = NULL;

	LB_OK(kb_step_begin(kb_agent_store(party->agent), KB_STEP_READ, &step));
	LB_OK(kb_deadline_get(step, row->case_no, row->clock_id, &clock));
	kb_step_abort(&step);
	return clock;
}

static struct kb_verzuim_melding
content_of(const struct kb_melding_row *row)
{
	struct kb_verzuim_melding message;

	LB_OK(kb_verzuim_melding_decode(row->content, &f.arena, &message));
	return message;
}

static bool
holds(struct kb_span bytes, const char *text)
{
	size_t len = strlen(text);

	for (size_t i = 0; i + len <= bytes.len; i++) {
		if (memcmp(bytes.at + i, text, len) == 0) {
			return true;
		}
	}
	return false;
}

Test(import, sixteen_hours_in_four_weeks_arrive_at_the_gemeente_where_the_leerling_lives)
{
	struct kb_melding_row at_school;
	struct kb_melding_row at_gemeente;
	struct kb_deadline clock;

	fixture_pupil(&f, "A", "0114", false);
	fixture_week(&f, "A", "2026-02-23");
	cr_assert_eq(fixture_import(&f, NULL), 0, "%s", (const char *)f.answer.at);
	cr_assert(fixture_said(&f, "verzuimregister van DUO niet"));
	cr_assert(fixture_said(&f, "|nieuwe meldingen|1"));
	at_school = fixture_only(&f, f.school);
	at_gemeente = fixture_only(&f, f.gemeente);
	cr_assert(kb_id_equal(&at_school.melding_id, &at_gemeente.melding_id));
	cr_assert_eq(at_gemeente.soort, KB_MELDING_ZESTIEN_UUR);
	cr_assert_eq(at_gemeente.minuten, 1200);
	cr_assert_str_eq(at_gemeente.gemeentecode, "0114");
	cr_assert_eq(at_gemeente.stand, KB_MELDING_STAND_GEREGISTREERD);
	cr_assert_eq(at_gemeente.flags, 0u, "in time and of this year");
	/* The receipt: the school knows when the gemeente stored it, and its clock stops then. */
	cr_assert_eq(at_school.stored_utc_ms, at_gemeente.stored_utc_ms);
	clock = clock_of(f.school, &at_school);
	cr_assert_eq(clock.state, KB_CLOCK_STATE_STOPPED);
	cr_assert_eq(clock.stopped_utc_ms, at_gemeente.stored_utc_ms);
	cr_assert_eq(fixture_case(f.gemeente, at_gemeente.case_no).inbox_flags, KB_INBOX_NEW);
}

Test(import, the_alert_is_a_closed_list_without_illness_or_reasons_R16)
{
	struct kb_melding_row row;
	struct kb_verzuim_melding message;

	fixture_pupil(&f, "A", "0114", false);
	fixture_week(&f, "A", "2026-02-23");
	fixture_day(&f, "A", "2026-02-27", 0,
		    300); /* a permitted day after it: nobody's business */
	cr_assert_eq(fixture_import(&f, NULL), 0);
	row = fixture_only(&f, f.gemeente);
	message = content_of(&row);
	cr_assert_eq(message.dag_count, 4);
	for (size_t i = 0; i < message.dag_count; i++) {
		cr_assert_eq(message.dagen[i].datum, 20260223u + i);
		cr_assert_eq(message.dagen[i].minuten, 300);
	}
	cr_assert_str_eq(message.school.vestiging, "99AA00");
	cr_assert(kb_span_equal(message.leerling.achternaam, kb_span_text("Achternaam")));
	cr_assert_eq(message.leerling.geboortedatum, 20150915);
	cr_assert(message.leerling.has_adres);
	cr_assert(kb_span_equal(message.contact.naam, kb_span_text("M. Mentor")));
	cr_assert_eq(message.uiterste_melddatum, 20260305);
	cr_assert_eq(message.schooljaar, 2025);
}

Test(import, a_secret_address_is_never_sent_facts_D2)
{
	struct kb_melding_row row;
	struct kb_verzuim_melding message;

	fixture_pupil(&f, "A", "0114", true);
	fixture_week(&f, "A", "2026-02-23");
	cr_assert_eq(fixture_import(&f, NULL), 0);
	row = fixture_only(&f, f.gemeente);
	message = content_of(&row);
	cr_assert(message.leerling.adres_geheim);
	cr_assert_not(message.leerling.has_adres);
	cr_assert_not(holds(row.content, "Geheimestraat"));
	cr_assert_not(holds(row.content, "9999 ZZ"));
	cr_assert(holds(row.content, "Achternaam"), "the search itself works");
}

static enum kb_err
make_secret(struct kb_act *act, void *arg)
{
	struct kb_pupil pupil = { 0 };
	enum kb_err err = kb_pupil_next(act->step, 2025, 0, act->arena, &pupil);

	(void)arg;
	pupil.person.adres_geheim = true;
	return err == KB_OK ? kb_pupil_put(act->step, &pupil) : err;
}

Test(import, an_address_that_became_secret_is_left_out_even_when_it_is_still_stored)
{
	struct kb_melding_row row;

	fixture_pupil(&f, "A", "0114", false);
	fixture_week(&f, "A", "2026-02-23");
	cr_assert_eq(fixture_import(&f, NULL), 0);
	LB_OK(kb_agent_run(f.school->agent, 0, make_secret, NULL, NULL));
	lb_settle(&f.world);
	fixture_day(&f, "A", "2026-02-20", 10, 0);
	f.without_personen = true;
	cr_assert_eq(fixture_import(&f, NULL), 0);
	row = fixture_only(&f, f.gemeente);
	cr_assert_eq(row.revision, 2, "the correction went");
	cr_assert(content_of(&row).leerling.adres_geheim);
	cr_assert_not(holds(row.content, "Geheimestraat"));
}

Test(import, later_than_five_working_days_is_te_laat_gemeld_at_both)
{
	struct kb_melding_row row;

	fixture_pupil(&f, "A", "0114", false);
	fixture_week(&f, "A", "2026-02-02");
	cr_assert_eq(fixture_import(&f, NULL), 0);
	row = fixture_only(&f, f.gemeente);
	cr_assert_eq(row.flags, KB_MELDING_TE_LAAT);
	row = fixture_only(&f, f.school);
	cr_assert_eq(row.flags, KB_MELDING_TE_LAAT);
	cr_assert_eq(clock_of(f.school, &row).state, KB_CLOCK_STATE_STOPPED_LATE);
	cr_assert_eq(fixture_ask(&f, f.school, "verzuim list", NULL), 0);
	cr_assert(fixture_said(&f, "|te laat gemeld|"));
}

Test(import, a_clock_that_runs_out_is_shown_until_the_gemeente_has_it)
{
	struct kb_melding_row row;

	fixture_pupil(&f, "A", "0114", false);
	fixture_week(&f, "A", "2026-02-23");
	f.gemeente->connected = false;
	cr_assert_eq(fixture_import(&f, NULL), 0);
	row = fixture_only(&f, f.school);
	cr_assert_eq(clock_of(f.school, &row).state, KB_CLOCK_STATE_RUNNING);
	lb_wait(&f.world, (int64_t)4 * 24 * 3600000);
	cr_assert_eq(clock_of(f.school, &row).state, KB_CLOCK_STATE_EXPIRED);
	cr_assert_neq(fixture_case(f.school, row.case_no).inbox_flags & KB_INBOX_LATE, 0u);
	f.gemeente->connected = true;
	lb_wait(&f.world, 3600000);
	row = fixture_only(&f, f.school);
	cr_assert_eq(row.flags, KB_MELDING_TE_LAAT);
	cr_assert_eq(fixture_case(f.school, row.case_no).inbox_flags & KB_INBOX_LATE, 0u);
	cr_assert_eq(fixture_only(&f, f.gemeente).flags, KB_MELDING_TE_LAAT);
}

Test(import, a_past_school_year_is_historisch_and_no_alarm)
{
	struct kb_melding_row row;

	f.year = 2024;
	fixture_pupil(&f, "A", "0114", false);
	fixture_week(&f, "A", "2025-02-03");
	cr_assert_eq(fixture_import(&f, NULL), 0);
	row = fixture_only(&f, f.school);
	cr_assert_neq(row.flags & KB_MELDING_HISTORISCH, 0u);
	cr_assert_eq(fixture_case(f.school, row.case_no).inbox_flags, 0u, "no alarm");
	row = fixture_only(&f, f.gemeente);
	cr_assert_neq(row.flags & KB_MELDING_HISTORISCH, 0u);
	cr_assert_eq(fixture_ask(&f, f.gemeente, "inbox", NULL), 0);
	cr_assert(fixture_said(&f, "|historisch|"));
}

Test(import, the_same_set_twice_sends_nothing_twice)
{
	uint64_t accepted = 0;

	fixture_pupil(&f, "A", "0114", false);
	fixture_week(&f, "A", "2026-02-23");
	cr_assert_eq(fixture_import(&f, NULL), 0);
	accepted = f.world.accepted_count;
	cr_assert_eq(fixture_import(&f, NULL), 0);
	cr_assert(fixture_said(&f, "|ongewijzigde meldingen|1"));
	cr_assert_eq(f.world.accepted_count, accepted);
	cr_assert_eq(fixture_only(&f, f.gemeente).revision, 1);
}

Test(import, all_meldingen_of_one_leerling_are_one_dossier_that_is_raised_again)
{
	struct kb_melding_row *rows = NULL;

	fixture_pupil(&f, "A", "0114", false);
	fixture_week(&f, "A", "2026-02-09");
	cr_assert_eq(fixture_import(&f, NULL), 0);
	fixture_week(&f, "A", "2026-02-23");
	cr_assert_eq(fixture_import(&f, NULL), 0);
	cr_assert_eq(fixture_meldingen(&f, f.gemeente, &rows), 2);
	cr_assert_eq(rows[0].case_no, rows[1].case_no);
	cr_assert_eq(fixture_cases(&f, f.gemeente), 1);
	cr_assert_eq(fixture_cases(&f, f.school), 1);
	cr_assert_eq(fixture_case(f.gemeente, rows[0].case_no).raised_count, 2);
}

Test(import, a_correction_replaces_the_melding_and_does_not_reopen_what_is_afgesloten)
{
	struct kb_melding_row row;

	fixture_pupil(&f, "A", "0114", false);
	fixture_week(&f, "A", "2026-02-23");
	cr_assert_eq(fixture_import(&f, NULL), 0);
	cr_assert_eq(fixture_ask(&f, f.gemeente, "case act",
				 ARGS("zaak", "1", "handeling", "afgesloten")),
		     0);
	fixture_no_days(&f);
	fixture_day(&f, "A", "2026-02-23", 300, 0);
	fixture_day(&f, "A", "2026-02-24", 290, 0);
	fixture_day(&f, "A", "2026-02-25", 300, 0);
	fixture_day(&f, "A", "2026-02-26", 300, 0);
	cr_assert_eq(fixture_import(&f, NULL), 0);
	cr_assert(fixture_said(&f, "|gewijzigde meldingen|1"));
	row = fixture_only(&f, f.gemeente);
	cr_assert_eq(row.minuten, 1190);
	cr_assert_eq(row.revision, 2);
	cr_assert_eq(row.stand, KB_MELDING_STAND_AFGESLOTEN);
	cr_assert_str_eq(fixture_state(&f, f.gemeente, row.case_no), "afgesloten");
	cr_assert_neq(fixture_case(f.gemeente, row.case_no).inbox_flags & KB_INBOX_NEW, 0u);
	cr_assert_eq(fixture_only(&f, f.school).stand, KB_MELDING_STAND_AFGESLOTEN);
}

Test(import, a_melding_that_is_no_longer_one_is_withdrawn)
{
	fixture_pupil(&f, "A", "0114", false);
	fixture_week(&f, "A", "2026-02-23");
	cr_assert_eq(fixture_import(&f, NULL), 0);
	fixture_no_days(&f);
	fixture_day(&f, "A", "2026-02-26", 300, 0);
	cr_assert_eq(fixture_import(&f, NULL), 0);
	cr_assert(fixture_said(&f, "|ingetrokken meldingen|1"));
	cr_assert_eq(fixture_only(&f, f.gemeente).flags, KB_MELDING_INGETROKKEN);
	cr_assert_eq(fixture_only(&f, f.gemeente).stand, KB_MELDING_STAND_INGETROKKEN);
	cr_assert_eq(fixture_only(&f, f.school).flags, KB_MELDING_INGETROKKEN);
	cr_assert_str_eq(fixture_state(&f, f.gemeente, fixture_only(&f, f.gemeente).case_no),
			 "ingetrokken");
	cr_assert_str_eq(fixture_state(&f, f.school, fixture_only(&f, f.school).case_no),
			 "ingetrokken");
}

Test(import, many_withdrawals_change_nothing_until_they_are_confirmed)
{
	char leerling[8];

	for (unsigned i = 0; i < 6; i++) {
		(void)snprintf(leerling, sizeof(leerling), "L%u", i);
		fixture_pupil(&f, leerling, "0114", false);
		fixture_week(&f, leerling, "2026-02-23");
	}
	cr_assert_eq(fixture_import(&f, NULL), 0);
	cr_assert_eq(fixture_standing(&f, f.gemeente), 6);
	fixture_no_days(&f);
	fixture_day(&f, "L0", "2026-02-26", 300, 0);
	cr_assert_eq(fixture_import(&f, NULL), 75, "%s", (const char *)f.answer.at);
	cr_assert(fixture_said(&f, "|intrekken|L3|16-uur|2026-02-23|2026-02-26|1200"));
	cr_assert_eq(fixture_standing(&f, f.gemeente), 6);
	cr_assert_eq(fixture_standing(&f, f.school), 6);
	cr_assert_eq(fixture_import(&f, ARGS("bevestig", "ja")), 0);
	cr_assert_eq(fixture_standing(&f, f.gemeente), 0);
}

Test(import, what_never_left_may_change_without_asking)
{
	char leerling[8];

	f.without_personen = true;
	for (unsigned i = 0; i < 6; i++) {
		(void)snprintf(leerling, sizeof(leerling), "L%u", i);
		fixture_pupil(&f, leerling, "0114", false);
		fixture_week(&f, leerling, "2026-02-23");
	}
	cr_assert_eq(fixture_import(&f, NULL), 0);
	fixture_no_days(&f);
	fixture_day(&f, "L0", "2026-02-26", 300, 0);
	cr_assert_eq(fixture_import(&f, NULL), 0);
	cr_assert_eq(fixture_standing(&f, f.school), 0);
}

Test(import, without_identification_the_alert_is_held_and_goes_when_personen_come)
{
	f.without_personen = true;
	fixture_pupil(&f, "A", "0114", false);
	fixture_week(&f, "A", "2026-02-23");
	cr_assert_eq(fixture_import(&f, NULL), 0);
	cr_assert(fixture_said(&f, "|vastgehouden meldingen|1"));
	cr_assert_eq(fixture_only(&f, f.school).hold, KB_HOLD_GEEN_PERSOON);
	cr_assert_eq(fixture_standing(&f, f.gemeente), 0);
	cr_assert_eq(fixture_ask(&f, f.school, "inbox", NULL), 0);
	cr_assert(fixture_said(&f, "geen persoonsgegevens van deze leerling"));
	f.without_personen = false;
	cr_assert_eq(fixture_import(&f, NULL), 0);
	cr_assert_eq(fixture_only(&f, f.school).hold, KB_HOLD_NONE);
	cr_assert_eq(fixture_standing(&f, f.gemeente), 1);
}

Test(import, without_a_gemeente_it_is_an_error_to_see_and_goes_when_the_register_changes)
{
	fixture_pupil(&f, "A", "0106", false);
	fixture_week(&f, "A", "2026-02-23");
	cr_assert_eq(fixture_import(&f, NULL), 0);
	lb_wait(&f.world, 60000);
	cr_assert_eq(fixture_only(&f, f.school).flags, KB_MELDING_VASTGEHOUDEN);
	cr_assert_eq(fixture_ask(&f, f.school, "inbox", NULL), 0);
	cr_assert(fixture_said(&f, "|0106|2026-03-05|"), "%s", (const char *)f.answer.at);
	f.other->enrolled = true;
	lb_publish_register(&f.world);
	f.other->role = f.gemeente->role;
	lb_start(f.other);
	f.school->connected = false;
	lb_wait(&f.world, 60000);
	f.school->connected = true;
	lb_wait(&f.world, 60000);
	lb_wait(&f.world, 60000);
	cr_assert_eq(fixture_only(&f, f.school).flags, 0u, "%u", fixture_only(&f, f.school).flags);
	cr_assert_eq(fixture_standing(&f, f.other), 1);
	cr_assert_eq(fixture_standing(&f, f.gemeente), 0);
}

Test(import, who_lives_abroad_is_counted_and_not_reported)
{
	fixture_pupil(&f, "A", "0000", false);
	fixture_week(&f, "A", "2026-02-23");
	cr_assert_eq(fixture_import(&f, NULL), 0);
	cr_assert(fixture_said(&f, "|leerlingen in het buitenland|1"));
	cr_assert_eq(fixture_standing(&f, f.school), 0);
}

Test(import, after_a_move_old_meldingen_stay_and_new_ones_go_to_the_new_gemeente)
{
	struct kb_melding_row row;

	f.other->enrolled = true;
	lb_publish_register(&f.world);
	f.other->role = f.gemeente->role;
	lb_start(f.other);
	lb_wait(&f.world, 60000);
	fixture_pupil(&f, "A", "0114", false);
	fixture_week(&f, "A", "2026-02-09");
	cr_assert_eq(fixture_import(&f, NULL), 0);
	fixture_no_pupils(&f);
	fixture_pupil(&f, "A", "0106", false);
	fixture_day(&f, "A", "2026-02-09", 300, 0);
	fixture_day(&f, "A", "2026-02-10", 300, 0);
	fixture_day(&f, "A", "2026-02-11", 300, 0);
	fixture_day(&f, "A", "2026-02-12", 290, 0); /* a correction of what 0114 has */
	fixture_week(&f, "A", "2026-02-23");
	cr_assert_eq(fixture_import(&f, NULL), 0);
	lb_wait(&f.world, 60000);
	row = fixture_only(&f, f.gemeente);
	cr_assert_eq(row.revision, 2);
	cr_assert_eq(row.minuten, 1190);
	cr_assert_str_eq(row.gemeentecode, "0114");
	row = fixture_only(&f, f.other);
	cr_assert_eq(row.begin_day, 20507); /* 2026-02-23 */
	cr_assert_str_eq(row.gemeentecode, "0106");
}

Test(import, rows_outside_van_and_tot_stay_and_a_bad_set_changes_nothing)
{
	fixture_pupil(&f, "A", "0114", false);
	fixture_week(&f, "A", "2026-02-23");
	cr_assert_eq(fixture_import(&f, NULL), 0);
	fixture_no_days(&f);
	fixture_day(&f, "A", "2026-02-27", 300, 0);
	cr_assert_eq(fixture_import(&f, ARGS("van", "2026-02-27", "tot", "2026-02-27")), 0);
	cr_assert_eq(fixture_only(&f, f.gemeente).flags, 0u,
		     "the four days were not this import's");
	fixture_day(&f, "Z", "2026-02-26", 300, 0);
	cr_assert_eq(fixture_import(&f, NULL), 65);
	cr_assert(fixture_said(&f, "|verzuim.csv|3|"));
	cr_assert_eq(fixture_standing(&f, f.gemeente), 1);
	cr_assert_eq(fixture_import(&f, ARGS("van", "2026-03-01", "tot", "2026-02-01")), 65);
	cr_assert_eq(fixture_import(&f, ARGS("map", "/nergens")), 64, "an argument twice");
}

/* A neighbour in the same commit that fails at the end makes everybody run again. */
static enum kb_err
fail_act(struct kb_act *act, void *arg)
{
	(void)act;
	(void)arg;
	return KB_ERR_STATE;
}

static void
keep_result(struct kb_agent *agent, enum kb_err err, void *arg)
{
	(void)agent;
	*(enum kb_err *)arg = err;
}

struct counted {
	struct kb_import import;
	unsigned runs;
	enum kb_err result;
};

static enum kb_err
counted_act(struct kb_act *act, void *arg)
{
	struct counted *counted = arg;

	counted->runs++;
	return kb_import_act(act, &counted->import);
}

static void
counted_done(struct kb_agent *agent, enum kb_err err, void *arg)
{
	struct counted *counted = arg;

	(void)agent;
	counted->result = err;
}

Test(import, an_act_that_runs_twice_sends_once)
{
	const struct kb_school_state *state = kb_agent_role_state(f.school->agent);
	static struct counted counted;
	enum kb_err failed = KB_OK;
	int fd = -1;

	fixture_pupil(&f, "A", "0114", false);
	fixture_week(&f, "A", "2026-02-23");
	cr_assert_eq(fixture_import(&f, NULL), 0); /* the gemeente is known from here on */
	fixture_week(&f, "A", "2026-02-09");
	fixture_write(&f, f.set);
	fd = open(f.set, O_RDONLY | O_DIRECTORY);
	counted.import.van_day = KB_DAY_NONE;
	counted.import.tot_day = KB_DAY_NONE;
	LB_OK(kb_import_open(&counted.import, fd, &state->settings, NULL));
	(void)close(fd);
	LB_OK(kb_agent_run(f.school->agent, 0, counted_act, counted_done, &counted));
	LB_OK(kb_agent_run(f.school->agent, 0, fail_act, keep_result, &failed));
	lb_settle(&f.world);
	cr_assert_eq(failed, KB_ERR_STATE);
	LB_OK(counted.result);
	cr_assert_eq(counted.runs, 2);
	cr_assert_eq(counted.import.counts.verstuurd, 1);
	cr_assert_eq(counted.import.counts.rijen, 8);
	cr_assert_eq(fixture_standing(&f, f.gemeente), 2);
	cr_assert_eq(fixture_cases(&f, f.school), 1);
	kb_import_release(&counted.import);
}

/* A large school that begins: every pupil gets a dossier with its route, in one act. */
Test(import, two_thousand_dossiers_are_opened_in_one_import, .timeout = 120)
{
	char leerling[16];

	for (unsigned i = 0; i < 2000; i++) {
		(void)snprintf(leerling, sizeof(leerling), "L%u", i);
		fixture_pupil(&f, leerling, "0114", false);
		fixture_week(&f, leerling, "2026-02-23");
	}
	cr_assert_eq(fixture_import(&f, NULL), 0, "%s", (const char *)f.answer.at);
	lb_wait(&f.world, 60000);
	cr_assert_eq(fixture_cases(&f, f.gemeente), 2000);
	cr_assert_str_eq(fixture_state(&f, f.gemeente, 2000), "geregistreerd");
	cr_assert_eq(fixture_case(f.gemeente, 2000).regievoerder_no, KB_PARTY_NO_SELF);
}
