/* SPDX-License-Identifier: EUPL-1.2 */
/* From whom a record of a case is believed, how many of them, and what a step must still have when it is taken up. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "agents/runtime/agent_internal.h"
#include "common/store/chain.h"
#include "common/wire/zaak.h"
#include "tests/unit/runtime/flow_fixture.h"

TestSuite(flow_admission, .init = flow_open_all, .fini = flow_close_all);

/* A record of which nothing before it is known. */
static struct flow_forging
without_past(struct lb_party *by, struct kb_arena *arena)
{
	struct flow_forging forging = flow_next_record(by, arena);

	forging.record.regievoerder = by->identity.self;
	forging.record.revision = 40;
	forging.record.previous.bytes[0] ^= 1;
	return forging;
}

Test(flow_admission, what_has_no_place_in_a_case_does_not_fill_it)
{
	struct kb_arena arena = { 0 };
	struct flow_forging forging;

	flow_running_case();
	forging = without_past(at.school, &arena);
	forging.copies = FLOW_FORGED_MAX;
	cr_expect_eq(flow_forge(at.school, &forging), KB_OK);
	forging.record.previous.bytes[0] ^= 2;
	cr_expect_eq(flow_forge(at.school, &forging), KB_OK);
	forging.record.previous.bytes[0] ^= 4;
	forging.copies = 1;
	cr_expect_eq(flow_forge(at.school, &forging), KB_ERR_OVERSIZE, "the 129th");
	/* Who has the regie is not kept out by it. */
	cr_assert_eq(ASK(at.swv, "act", "zaak", "1", "stap", "bespreken", "feiten",
			 "overleg-gehouden=2026-03-02; Anna"),
		     0, "%s", (char *)at.said.at);
	lb_settle(&at.world);
	flow_expect_same(at.gemeente, at.swv);
	kb_arena_release(&arena);
}

Test(flow_admission, who_takes_no_part_any_more_is_not_believed_but_may_come_again)
{
	char parties[160];
	struct kb_arena arena = { 0 };
	struct flow_forging forging;

	(void)snprintf(parties, sizeof(parties), "%s,%s,%s", flow_name_of(at.swv),
		       flow_name_of(at.gemeente), flow_name_of(at.jeugdhulp));
	flow_start_route();
	flow_give_consent(parties);
	cr_assert_eq(flow_join(at.gemeente, "jeugd"), 0, "%s", (char *)at.said.at);
	cr_assert_eq(flow_join(at.jeugdhulp, "jeugdhulp"), 0, "%s", (char *)at.said.at);
	forging = without_past(at.jeugdhulp, &arena);
	cr_expect_eq(flow_forge(at.jeugdhulp, &forging), KB_OK, "it takes part");
	cr_assert_eq(ASK(at.school, "participant end", "zaak", "1", "partij",
			 flow_name_of(at.jeugdhulp)),
		     0, "%s", (char *)at.said.at);
	lb_settle(&at.world);
	forging.record.previous.bytes[0] ^= 2;
	cr_expect_eq(flow_forge(at.jeugdhulp, &forging), KB_ERR_BUSY, "it may have joined again");
	forging.record.previous.bytes[0] ^= 4;
	forging.record.regievoerder = at.school->identity.self;
	cr_expect_eq(flow_forge(at.jeugdhulp, &forging), KB_ERR_NOT_ALLOWED,
		     "it does not even say that it has the regie");
	flow_expect_same(at.gemeente, at.school);
	kb_arena_release(&arena);
}

Test(flow_admission, a_record_must_be_about_us_in_a_role_that_we_can_have)
{
	struct kb_arena arena = { 0 };
	struct flow_forging forging;

	flow_running_case();
	forging = flow_next_record(at.swv, &arena);
	forging.record.participants[2].role = KB_ROUTE_DOORSTROOMPUNT;
	forging.record.participants[2].party = at.jeugdhulp->identity.self;
	cr_expect_eq(flow_forge(at.swv, &forging), KB_ERR_NOT_ALLOWED, "it does not name us");
	forging.record.participants[2].party = at.gemeente->identity.self;
	forging.record.participants[2].role = KB_ROUTE_SWV;
	cr_expect_eq(flow_forge(at.swv, &forging), KB_ERR_NOT_ALLOWED, "we are no swv");
	forging.record.participants[2].role = KB_ROUTE_JEUGD;
	cr_expect_eq(flow_forge(at.swv, &forging), KB_OK);
	kb_arena_release(&arena);
}

Test(flow_admission, a_case_is_not_opened_by_a_message_for_another_purpose)
{
	struct kb_zaak_voorstel voorstel = { .proposal_id = { { 7 } },
					     .regie_epoch = 1,
					     .revision = 1,
					     .event = kb_span_text("delen"),
					     .at_utc_ms = at.world.fake.utc_ms };
	struct kb_outgoing outgoing = { .kind = KB_KIND_ZAAK_VOORSTEL,
					.purpose = KB_PURPOSE_TOELAATBAARHEID };
	struct kb_buf content = { 0 };

	flow_running_case();
	LB_OK(kb_zaak_voorstel_encode(&voorstel, &content));
	outgoing.content = kb_buf_span(&content);
	cr_expect_eq(flow_send_raw(at.school, at.swv, &outgoing), KB_ERR_NO_GROUND);
	kb_buf_release(&content);
}

/* ---- taking over ---- */

Test(flow_admission, what_is_closed_is_not_taken_over_any_more)
{
	struct kb_arena arena = { 0 };
	struct flow_forging forging;
	struct flow_seen school;

	flow_running_case();
	lb_wait(&at.world, 34 * FLOW_DAY_MS);
	forging = flow_next_record(at.gemeente, &arena);
	cr_assert_eq(ASK(at.swv, "act", "zaak", "1", "stap", "toestemming-ingetrokken"), 0, "%s",
		     (char *)at.said.at);
	lb_settle(&at.world);
	cr_expect_neq(ASK(at.gemeente, "regie", "zaak", "1", "stap", "overnemen"), 0);
	forging.to = at.school;
	forging.role = KB_ROUTE_SCHOOL;
	forging.record.regie_epoch++;
	forging.record.event = kb_span_text("regie-overnemen");
	forging.record.fact_count = 0;
	forging.record.actor = at.gemeente->identity.self;
	forging.record.regievoerder = at.gemeente->identity.self;
	cr_expect_eq(flow_forge(at.gemeente, &forging), KB_ERR_STATE);
	school = flow_case_at(at.school, 1);
	cr_expect_neq(school.view.closed_utc_ms, 0);
	cr_expect_str_eq(school.view.regievoerder.text, flow_name_of(at.swv));
	kb_arena_release(&arena);
}

/* The first record after that revision. */
static void
record_after(struct lb_party *party, uint32_t revision, struct kb_arena *arena,
	     struct kb_chain_record *out)
{
	struct kb_chain_row row = { .arrival_no = 0 };
	struct kb_step *step = NULL;

	LB_OK(kb_step_begin(kb_agent_store(party->agent), KB_STEP_READ, &step));
	do {
		LB_OK(kb_chain_row_next(step, 1, row.arrival_no, arena, &row));
		LB_OK(kb_chain_record_decode(row.bytes, arena, out));
	} while (out->revision <= revision);
	kb_step_abort(&step);
}

Test(flow_admission, who_takes_over_names_the_newest_record_it_holds)
{
	struct kb_arena arena = { 0 };
	struct kb_chain_record before;
	struct kb_chain_record takeover;

	flow_running_case();
	for (int i = 0; i < 3; i++) {
		cr_assert_eq(ASK(at.swv, "act", "zaak", "1", "stap", "bespreken", "feiten",
				 "overleg-gehouden=2026-03-02; Anna"),
			     0, "%s", (char *)at.said.at);
		lb_settle(&at.world);
	}
	(void)flow_newest_record(at.gemeente, &arena, &before);
	at.swv->connected = false;
	lb_wait(&at.world, 34 * FLOW_DAY_MS);
	cr_assert_eq(ASK(at.gemeente, "regie", "zaak", "1", "stap", "overnemen"), 0, "%s",
		     (char *)at.said.at);
	lb_settle(&at.world);
	record_after(at.gemeente, before.revision, &arena, &takeover);
	cr_expect_eq(kb_chain_event_of(takeover.event), KB_CHAIN_REGIE_OVERNEMEN);
	cr_expect_eq(takeover.revision, before.revision + 1);
	cr_expect(kb_hash_equal(&takeover.previous, &before.hash));
	flow_expect_same(at.school, at.gemeente);
	kb_arena_release(&arena);
}

/* A step that was proposed under a toestemming, taken up by its own proposer after the toestemming ended. */
Test(flow_admission, who_takes_over_asks_again_whether_its_own_step_may_still_be_taken_R01)
{
	struct flow_seen gemeente;

	flow_running_case();
	at.swv->connected = false;
	lb_settle(&at.world);
	cr_assert_eq(ASK(at.gemeente, "act", "zaak", "1", "stap", "delen", "feiten",
			 "afspraken-gemaakt=2026-03-02"),
		     0, "%s", (char *)at.said.at);
	cr_assert_eq(ASK(at.school, "consent withdraw", "toestemming", "1"), 0, "%s",
		     (char *)at.said.at);
	lb_wait(&at.world, 34 * FLOW_DAY_MS);
	cr_assert_eq(ASK(at.gemeente, "regie", "zaak", "1", "stap", "overnemen"), 0, "%s",
		     (char *)at.said.at);
	lb_settle(&at.world);
	gemeente = flow_case_at(at.gemeente, 1);
	cr_assert_str_eq(gemeente.view.regievoerder.text, flow_name_of(at.gemeente));
	cr_expect_not(gemeente.view.facts[KB_FACT_NR_AFSPRAKEN_GEMAAKT].there);
	cr_assert_eq(ASK(at.gemeente, "case show", "zaak", "1"), 0);
	cr_expect(flow_said("|delen|Delen|"), "%s", (char *)at.said.at);
	cr_expect(flow_said("|R01|toestemming") || flow_said("toestemming"), "%s",
		  (char *)at.said.at);
}

/* ---- a long chain ---- */

/* More records of the school than one message holds: a list of guests in each. The swv and the gemeente take part, the swv is offered
 * the regie. */
static void
long_case(void)
{
	char parties[160];
	char name[220];
	char facts[460];

	(void)snprintf(parties, sizeof(parties), "%s,%s,%s", flow_name_of(at.swv),
		       flow_name_of(at.gemeente), flow_name_of(at.jeugdhulp));
	flow_start_route();
	flow_give_consent(parties);
	cr_assert_eq(flow_join(at.swv, "swv"), 0, "%s", (char *)at.said.at);
	cr_assert_eq(flow_join(at.gemeente, "jeugd"), 0, "%s", (char *)at.said.at);
	cr_assert_eq(flow_submit(), 0, "%s", (char *)at.said.at);
	for (int i = 0; i < 28; i++) {
		(void)snprintf(name, sizeof(name), "%02d %0190d", i, 0);
		cr_assert_eq(ASK(at.school, "participant add", "zaak", "1", "rol", "partner",
				 "gast", name),
			     0, "%s", (char *)at.said.at);
	}
	(void)snprintf(facts, sizeof(facts), "overleg-gehouden=2026-03-02; %0390d", 0);
	for (int i = 0; i < 50; i++) {
		cr_assert_eq(
			ASK(at.school, "act", "zaak", "1", "stap", "bespreken", "feiten", facts), 0,
			"%s", (char *)at.said.at);
	}
	lb_settle(&at.world);
}

static void
expect_invited_by(struct lb_party *inviter)
{
	cr_assert_eq(ASK(inviter, "participant add", "zaak", "1", "rol", "jeugdhulp", "partij",
			 flow_name_of(at.jeugdhulp)),
		     0, "%s", (char *)at.said.at);
	lb_settle(&at.world);
	flow_expect_same(at.jeugdhulp, at.school);
	flow_expect_same(at.gemeente, at.school);
	cr_expect_geq(flow_received(at.jeugdhulp, KB_KIND_ZAAK_REGEL), 2);
}

Test(flow_admission, a_chain_that_does_not_fit_in_one_message_comes_in_several)
{
	long_case();
	expect_invited_by(at.school);
}

/* What was done before the regie passed is told by who has it now: the older half of the chain does not say so. */
Test(flow_admission, a_chain_in_several_messages_is_believed_from_who_has_the_regie_now)
{
	long_case();
	cr_assert_eq(ASK(at.swv, "regie", "zaak", "1", "stap", "aanvaarden"), 0, "%s",
		     (char *)at.said.at);
	lb_settle(&at.world);
	expect_invited_by(at.swv);
}
