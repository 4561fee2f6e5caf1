/* SPDX-License-Identifier: EUPL-1.2 */
/* What a gemeente and a school refuse, although it is well signed. */
#include <criterion/criterion.h>

#include "agents/runtime/agent_internal.h"
#include "agents/runtime/flow.h"
#include "common/wire/absence.h"
#include "tests/unit/attendance/attendance_fixture.h"

static struct fixture f;
static struct lb_party *second; /* another school, without a role of its own */

static void
open_all(void)
{
	fixture_open(&f);
	fixture_pupil(&f, "A", "0114", false);
	fixture_week(&f, "A", "2026-02-23");
	cr_assert_eq(fixture_import(&f, NULL), 0);
	second = lb_add(&f.world, KB_PARTY_SCHOOL, NULL);
	lb_publish_register(&f.world);
	lb_start(second);
	lb_wait(&f.world, 120000);
}

static void
close_all(void)
{
	fixture_close(&f);
}

TestSuite(hostile, .init = open_all, .fini = close_all);

static void
send(struct lb_party *from, struct lb_party *to, enum kb_kind kind, uint64_t case_no,
     struct kb_buf *content)
{
	struct fixture_message message = { .kind = kind,
					   .case_no = case_no,
					   .content = kb_buf_span(content) };

	fixture_send(&f, from, to, &message);
	cr_assert(message.ok);
	kb_buf_release(content);
	lb_wait(&f.world, 60000);
}

Test(hostile, another_school_cannot_withdraw_a_melding)
{
	struct kb_verzuim_intrekking message = { .melding_id =
							 fixture_only(&f, f.gemeente).melding_id,
						 .revision = 2 };
	struct kb_buf content = { 0 };

	LB_OK(kb_verzuim_intrekking_encode(&message, &content));
	send(second, f.gemeente, KB_KIND_VERZUIM_INTREKKING, 0, &content);
	cr_assert_eq(fixture_only(&f, f.gemeente).flags, 0u);
	cr_assert_eq(fixture_cases(&f, f.gemeente), 1, "nothing of it is kept");
}

Test(hostile, another_school_cannot_replace_a_melding)
{
	struct kb_melding_row row = fixture_only(&f, f.gemeente);
	struct kb_verzuim_melding message;
	struct kb_buf content = { 0 };

	LB_OK(kb_verzuim_melding_decode(row.content, &f.arena, &message));
	message.revision = 9;
	message.minuten = 1;
	LB_OK(kb_verzuim_melding_encode(&message, &content));
	send(second, f.gemeente, KB_KIND_VERZUIM_CORRECTIE, 0, &content);
	cr_assert_eq(fixture_only(&f, f.gemeente).minuten, 1200);
	cr_assert_eq(fixture_cases(&f, f.gemeente), 1);
}

Test(hostile, a_gemeente_refuses_a_child_of_another_gemeente)
{
	struct kb_melding_row row = fixture_only(&f, f.gemeente);
	struct kb_verzuim_melding message;
	struct kb_buf content = { 0 };

	LB_OK(kb_verzuim_melding_decode(row.content, &f.arena, &message));
	memset(message.melding_id.bytes, 7, sizeof(message.melding_id.bytes));
	memcpy(message.gemeentecode, "0106", 5);
	LB_OK(kb_verzuim_melding_encode(&message, &content));
	send(second, f.gemeente, KB_KIND_VERZUIM_MELDING, 0, &content);
	cr_assert_eq(fixture_standing(&f, f.gemeente), 1);
	cr_assert_eq(fixture_cases(&f, f.gemeente), 1);
}

Test(hostile, a_stand_about_a_melding_of_nobody_is_refused_and_shown_to_who_sent_it)
{
	struct kb_verzuim_stand message = { .stand = KB_MELDING_STAND_AFGESLOTEN };
	struct kb_buf content = { 0 };

	memset(message.melding_id.bytes, 9, sizeof(message.melding_id.bytes));
	LB_OK(kb_verzuim_stand_encode(&message, &content));
	send(f.gemeente, f.school, KB_KIND_VERZUIM_STAND, 1, &content);
	cr_assert_eq(fixture_only(&f, f.school).stand, KB_MELDING_STAND_GEREGISTREERD);
	cr_assert_eq(fixture_case(f.school, 1).status, KB_CASE_OPEN);
	cr_assert_neq(fixture_case(f.gemeente, 1).inbox_flags & KB_INBOX_PROBLEM, 0u);
}

Test(hostile, a_question_about_a_dossier_that_a_school_does_not_know_opens_none)
{
	struct kb_verzuim_vraag message = { .tekst = kb_span_text("Wie is dit?") };
	struct kb_buf content = { 0 };

	memset(message.vraag_id.bytes, 3, sizeof(message.vraag_id.bytes));
	LB_OK(kb_verzuim_vraag_encode(&message, &content));
	send(f.gemeente, f.school, KB_KIND_VERZUIM_VRAAG, 0, &content);
	cr_assert_eq(fixture_cases(&f, f.school), 1);
}

Test(hostile, a_stand_in_one_dossier_does_not_touch_a_melding_of_another)
{
	struct kb_verzuim_stand message = { .stand = KB_MELDING_STAND_AFGESLOTEN };
	struct kb_melding_row *rows = NULL;
	struct kb_buf content = { 0 };

	fixture_pupil(&f, "B", "0114", false);
	fixture_week(&f, "B", "2026-02-23");
	cr_assert_eq(fixture_import(&f, NULL), 0);
	cr_assert_eq(fixture_meldingen(&f, f.school, &rows), 2);
	cr_assert_neq(rows[0].case_no, rows[1].case_no);
	message.melding_id = rows[1].melding_id;
	LB_OK(kb_verzuim_stand_encode(&message, &content));
	send(f.gemeente, f.school, KB_KIND_VERZUIM_STAND, 1, &content);
	cr_assert_eq(fixture_meldingen(&f, f.school, &rows), 2);
	cr_assert_eq(rows[1].stand, KB_MELDING_STAND_GEREGISTREERD);
}

/* ---- a route without a melding ---- */

static enum kb_err
begin_without_melding(struct kb_act *act, void *arg)
{
	struct kb_flow_beginning beginning = {
		.profile = &f.profile,
		.route = kb_profile_route(&f.profile, kb_span_text("verzuim")),
		.role = KB_ROUTE_SCHOOL,
		.partner = { .party = f.gemeente->identity.self, .role = KB_ROUTE_LEERPLICHT },
		.partner_kind = KB_PARTY_GEMEENTE,
		.event = kb_span_text("melden"),
	};
	struct kb_case row = { .kind = KB_CASE_KIND_VERZUIM };
	enum kb_err err =
		kb_party_take(act->step, &f.gemeente->identity.self, &row.counterparty_no);

	(void)arg;
	if (err == KB_OK) {
		err = kb_act_case_open(act, &row);
	}
	return err == KB_OK ? kb_flow_begin(act, row.case_no, &beginning) : err;
}

static void
begun(struct kb_agent *agent, enum kb_err err, void *arg)
{
	(void)agent;
	*(enum kb_err *)arg = err;
}

/* Also when the gemeente is of another region and cannot read the route yet: no case is invented there. */
static void
expect_no_case_of(struct lb_party *school)
{
	lb_stop(school);
	school->profile = &f.profile;
	lb_start(school);
	lb_wait(&f.world, 60000);
	for (int i = 0; i < 3; i++) {
		enum kb_err err = KB_ERR_INTERNAL;

		LB_OK(kb_agent_run(school->agent, 0, begin_without_melding, begun, &err));
		lb_wait(&f.world, 60000);
		LB_OK(err);
	}
	cr_assert_eq(fixture_cases(&f, f.gemeente), 1);
}

Test(hostile, steps_without_a_melding_make_no_dossier)
{
	expect_no_case_of(second);
}

Test(hostile, steps_without_a_melding_make_no_dossier_in_another_region_either)
{
	lb_stop(f.gemeente);
	f.gemeente->profile = NULL;
	lb_start(f.gemeente);
	lb_wait(&f.world, 60000);
	/* The case with a melding is bound to the profile, which is kept; this is another one. */
	f.profile.hash.bytes[0] ^= 1;
	expect_no_case_of(second);
	f.profile.hash.bytes[0] ^= 1;
}
