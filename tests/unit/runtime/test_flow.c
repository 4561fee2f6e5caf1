/* SPDX-License-Identifier: EUPL-1.2 */
/* A case along its route between real agents: who makes records, who only proposes, who takes over, and that all end up the same. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "agents/runtime/agent_internal.h"
#include "common/store/chain.h"
#include "common/wire/zaak.h"
#include "tests/unit/runtime/flow_fixture.h"

TestSuite(flow, .init = flow_open_all, .fini = flow_close_all);

Test(flow, a_step_of_the_opener_reaches_everybody_and_the_regie_passes_in_two_steps)
{
	struct flow_seen swv;

	flow_running_case();
	swv = flow_case_at(at.swv, 1);
	cr_assert_str_eq(flow_state_of(&swv), "lopend");
	cr_assert_str_eq(swv.view.regievoerder.text, flow_name_of(at.swv));
	cr_assert_eq(swv.view.participant_count, 3);
	cr_assert_eq(swv.view.clock_count, 1);
	flow_expect_same(at.school, at.swv);
	flow_expect_same(at.gemeente, at.swv);
	/* The message that goes with the step went to the swv alone. */
	cr_assert_eq(ASK(at.swv, "case show", "zaak", "1"), 0, "%s", (char *)at.said.at);
	cr_assert(flow_said("|in|doa-hulpvraag|"), "%s", (char *)at.said.at);
	cr_assert(flow_said("|lopend|Lopend|"), "%s", (char *)at.said.at);
	cr_assert_eq(ASK(at.gemeente, "case show", "zaak", "1"), 0);
	cr_assert_not(flow_said("doa-hulpvraag|"), "%s", (char *)at.said.at);
}

Test(flow, a_participant_only_proposes_and_the_regievoerder_makes_the_record)
{
	char waiting[80];
	struct flow_seen school;

	flow_running_case();
	cr_assert_eq(ASK(at.school, "act", "zaak", "1", "stap", "bespreken", "feiten",
			 "overleg-gehouden=2026-03-02; Anna, Bert"),
		     0, "%s", (char *)at.said.at);
	cr_assert(flow_said("Doorgegeven aan de regievoerder"), "%s", (char *)at.said.at);
	lb_settle(&at.world);
	school = flow_case_at(at.school, 1);
	cr_assert(school.view.facts[KB_FACT_NR_OVERLEG_GEHOUDEN].there);
	cr_assert_str_eq(school.view.facts[KB_FACT_NR_OVERLEG_GEHOUDEN].actor.text,
			 flow_name_of(at.school));
	flow_expect_same(at.school, at.swv);
	flow_expect_same(at.gemeente, at.swv);
	/* Nothing waits any more. */
	(void)snprintf(waiting, sizeof(waiting), "|bespreken|Bespreken|%s", flow_name_of(at.swv));
	cr_assert_eq(ASK(at.school, "case show", "zaak", "1"), 0);
	cr_assert_not(flow_said(waiting), "%s", (char *)at.said.at);
}

/* From whom the newest record came, as the store says; its own step or not. */
static uint32_t
newest_from(struct lb_party *party)
{
	struct kb_arena arena = { 0 };
	struct kb_chain_row row = { .arrival_no = 0 };
	struct kb_step *step = NULL;

	LB_OK(kb_step_begin(kb_agent_store(party->agent), KB_STEP_READ, &step));
	while (kb_chain_row_next(step, 1, row.arrival_no, &arena, &row) == KB_OK) {
	}
	kb_step_abort(&step);
	kb_arena_release(&arena);
	return row.from_party_no;
}

Test(flow, a_record_that_is_made_of_a_proposal_is_our_own)
{
	flow_running_case();
	cr_assert_eq(ASK(at.school, "act", "zaak", "1", "stap", "bespreken", "feiten",
			 "overleg-gehouden=2026-03-02; Anna"),
		     0, "%s", (char *)at.said.at);
	lb_settle(&at.world);
	cr_assert(flow_case_at(at.swv, 1).view.facts[KB_FACT_NR_OVERLEG_GEHOUDEN].there);
	cr_expect_eq(newest_from(at.swv), KB_PARTY_NO_SELF);
	cr_expect_neq(newest_from(at.school), KB_PARTY_NO_SELF);
}

Test(flow, only_the_regievoerder_closes_and_a_missing_fact_is_named)
{
	flow_running_case();
	cr_assert_neq(ASK(at.school, "act", "zaak", "1", "stap", "afsluiten"), 0);
	cr_assert_neq(ASK(at.swv, "act", "zaak", "1", "stap", "afsluiten"), 0);
	cr_assert(flow_said("het overleg is gehouden"), "%s", (char *)at.said.at);
	cr_assert_eq(ASK(at.swv, "act", "zaak", "1", "stap", "bespreken", "feiten",
			 "overleg-gehouden=2026-03-02; Anna"),
		     0, "%s", (char *)at.said.at);
	cr_assert_eq(ASK(at.swv, "act", "zaak", "1", "stap", "afsluiten"), 0, "%s",
		     (char *)at.said.at);
	lb_settle(&at.world);
	flow_expect_same(at.school, at.swv);
	flow_expect_same(at.gemeente, at.swv);
	cr_assert_neq(flow_case_at(at.gemeente, 1).view.closed_utc_ms, 0);
	cr_assert_neq(ASK(at.swv, "act", "zaak", "1", "stap", "bespreken", "feiten",
			  "overleg-gehouden=2026-03-02; Anna"),
		      0);
}

Test(flow, whom_the_toestemming_does_not_name_cannot_be_invited_R01)
{
	flow_start_route();
	flow_give_consent(flow_name_of(at.swv));
	cr_assert_eq(flow_join(at.swv, "swv"), 0, "%s", (char *)at.said.at);
	cr_assert_neq(flow_join(at.jeugdhulp, "jeugdhulp"), 0);
	cr_assert_eq(flow_case_at(at.school, 1).view.participant_count, 2);
	cr_assert_eq(ASK(at.jeugdhulp, "inbox", NULL), 0);
	cr_assert_not(flow_said("jeugdhulp"), "it hears nothing of the case");
}

Test(flow, without_a_toestemming_the_hulpvraag_is_refused_by_the_rule_R01)
{
	flow_start_route();
	cr_assert_neq(flow_submit(), 0);
	cr_assert(flow_said("R01") || flow_said("toestemming"), "%s", (char *)at.said.at);
	cr_assert_eq(flow_case_at(at.school, 1).view.revision, 1);
}

#define GUEST "Praktijk De Brug"

Test(flow, a_guest_leaves_by_its_name)
{
	static const char *const partner[] = { "zaak", "1", "rol", "partner", "gast", GUEST, NULL };
	static const char *const jeugdhulp[] = { "zaak", "1",	"rol", "jeugdhulp",
						 "gast", GUEST, NULL };

	flow_start_route();
	cr_assert_eq(flow_ask(at.school, "anna", "participant add", partner), 0, "%s",
		     (char *)at.said.at);
	cr_expect_neq(flow_ask(at.school, "anna", "participant add", jeugdhulp), 0,
		      "there is one of that name");
	cr_expect(flow_said("deelnemer"), "%s", (char *)at.said.at);
	cr_expect_neq(ASK(at.school, "participant end", "zaak", "1", "gast", "Een ander"), 0);
	cr_expect_neq(ASK(at.school, "participant end", "zaak", "1"), 0, "who");
	cr_expect_eq(flow_case_at(at.school, 1).view.revision, 2);
	cr_expect_eq(ASK(at.school, "participant end", "zaak", "1", "gast", GUEST), 0, "%s",
		     (char *)at.said.at);
	cr_expect_neq(flow_case_at(at.school, 1).view.participants[1].until_utc_ms, 0);
	/* And comes back, as something else. */
	cr_expect_eq(flow_ask(at.school, "anna", "participant add", jeugdhulp), 0, "%s",
		     (char *)at.said.at);
}

/* Papers, waiting steps and who was not reached are of the desk: the noodknop of another desk does not show them. */
Test(flow, what_a_desk_keeps_of_a_route_is_shown_at_that_desk_alone)
{
	static const char *const bert[] = { "naam",  "bert",	   "functie", "leerplichtambtenaar",
					    "loket", "leerplicht", NULL };
	static const char *const show[] = { "zaak", "1",     "noodgeval",
					    "ja",   "reden", "gevaar voor het kind",
					    NULL };
	char waiting[80];

	flow_running_case();
	cr_assert_eq(lb_ask(at.gemeente, "", "user add", bert, NULL), 0);
	at.swv->connected = false;
	lb_settle(&at.world);
	cr_assert_eq(ASK(at.gemeente, "act", "zaak", "1", "stap", "bespreken", "feiten",
			 "overleg-gehouden=2026-03-02; Anna"),
		     0, "%s", (char *)at.said.at);
	cr_assert_eq(ASK(at.gemeente, "document add", "zaak", "1", "soort", "zienswijze ouders",
			 "pad", at.evidence),
		     0, "%s", (char *)at.said.at);
	(void)snprintf(waiting, sizeof(waiting), "|bespreken|Bespreken|%s", flow_name_of(at.swv));
	cr_assert_eq(ASK(at.gemeente, "case show", "zaak", "1"), 0, "%s", (char *)at.said.at);
	cr_expect(flow_said(waiting), "%s", (char *)at.said.at);
	cr_expect(flow_said("zienswijze ouders|"), "%s", (char *)at.said.at);
	cr_assert_eq(flow_ask(at.gemeente, "bert", "case show", show), 0, "%s", (char *)at.said.at);
	cr_expect(flow_said("|lopend|Lopend|"), "the route itself is: %s", (char *)at.said.at);
	cr_expect_not(flow_said(waiting), "%s", (char *)at.said.at);
	cr_expect_not(flow_said("zienswijze ouders|"), "%s", (char *)at.said.at);
}

/* ---- clocks and the vangnet ---- */

Test(flow, a_clock_that_runs_out_is_told_to_all_by_the_agent_of_the_regievoerder)
{
	struct flow_seen gemeente;

	flow_running_case();
	lb_wait(&at.world, 29 * FLOW_DAY_MS);
	gemeente = flow_case_at(at.gemeente, 1);
	cr_assert_eq(gemeente.view.clocks[0].state, KB_CHAIN_CLOCK_EXPIRED);
	cr_assert_neq(gemeente.inbox & KB_INBOX_LATE, 0);
	flow_expect_same(at.gemeente, at.swv);
	flow_expect_same(at.school, at.swv);
}

Test(flow, the_vangnet_takes_over_and_the_step_of_the_old_regievoerder_comes_back_to_be_taken_in)
{
	struct flow_seen swv;

	flow_running_case();
	at.swv->connected = false;
	lb_settle(&at.world);
	cr_assert_neq(ASK(at.gemeente, "regie", "zaak", "1", "stap", "overnemen"), 0,
		      "the clock still runs");
	lb_wait(&at.world, 34 * FLOW_DAY_MS);
	cr_assert_eq(ASK(at.gemeente, "regie", "zaak", "1", "stap", "overnemen"), 0, "%s",
		     (char *)at.said.at);
	/* The clock that ran out while the regievoerder was away is told by who has the regie now. */
	cr_assert_eq(flow_case_at(at.gemeente, 1).view.clocks[0].state, KB_CHAIN_CLOCK_EXPIRED);
	/* The old regievoerder knows nothing of it and works on. */
	cr_assert_eq(ASK(at.swv, "act", "zaak", "1", "stap", "bespreken", "feiten",
			 "overleg-gehouden=2026-03-02; Anna"),
		     0, "%s", (char *)at.said.at);
	lb_settle(&at.world);
	at.swv->connected = true;
	lb_wait(&at.world, FLOW_DAY_MS);
	lb_wait(&at.world, FLOW_DAY_MS);
	swv = flow_case_at(at.swv, 1);
	cr_assert_eq(swv.view.regie_epoch, 2);
	cr_assert_str_eq(swv.view.regievoerder.text, flow_name_of(at.gemeente));
	cr_assert_gt(swv.voided, 0);
	cr_assert(swv.view.facts[KB_FACT_NR_OVERLEG_GEHOUDEN].there, "what was done is not lost");
	flow_expect_same(at.swv, at.gemeente);
	flow_expect_same(at.school, at.gemeente);
}

/* ---- a participant of another region ---- */

Test(flow, who_does_not_have_the_profile_gets_the_signed_one_and_goes_on)
{
	flow_sign_profile(at.swv);
	at.gemeente->agent->profile = NULL;
	at.gemeente->profile = NULL;
	flow_running_case();
	flow_expect_same(at.gemeente, at.swv);
	/* It is kept: a new start reads it from the store. */
	lb_stop(at.gemeente);
	lb_start(at.gemeente);
	lb_settle(&at.world);
	flow_expect_same(at.gemeente, at.swv);
	cr_assert_eq(ASK(at.gemeente, "act", "zaak", "1", "stap", "bespreken", "feiten",
			 "overleg-gehouden=2026-03-02; Anna"),
		     0, "%s", (char *)at.said.at);
	lb_settle(&at.world);
	cr_assert(flow_case_at(at.swv, 1).view.facts[KB_FACT_NR_OVERLEG_GEHOUDEN].there);
}

static void
start_without_profile(struct lb_party *party)
{
	lb_stop(party);
	party->profile = NULL;
	lb_start(party);
	lb_settle(&at.world);
}

/* A region changes its profile every year: its own cases of before go on under theirs. */
Test(flow, a_case_keeps_the_profile_it_was_opened_under_when_the_region_has_a_new_one)
{
	flow_sign_profile(at.swv);
	flow_running_case();
	start_without_profile(at.swv);
	start_without_profile(at.school);
	cr_assert_eq(ASK(at.school, "act", "zaak", "1", "stap", "bespreken", "feiten",
			 "overleg-gehouden=2026-03-02; Anna"),
		     0, "%s", (char *)at.said.at);
	lb_settle(&at.world);
	cr_assert(flow_case_at(at.swv, 1).view.facts[KB_FACT_NR_OVERLEG_GEHOUDEN].there);
	flow_expect_same(at.school, at.swv);
}

static enum kb_err
send_profile_act(struct kb_act *act, void *arg)
{
	const struct lb_party *to = arg;

	return kb_flow_profile_send(act, &at.profile.hash, &to->identity.self);
}

static void
send_profile(struct lb_party *from, struct lb_party *to)
{
	LB_OK(kb_agent_run(from->agent, 0, send_profile_act, NULL, to));
	lb_settle(&at.world);
}

Test(flow, a_clock_that_ran_out_while_the_profile_was_not_there_is_told_as_soon_as_it_is)
{
	flow_running_case();
	start_without_profile(at.swv); /* nobody signed it: it was not kept */
	lb_wait(&at.world, 29 * FLOW_DAY_MS);
	cr_assert_eq(flow_case_at(at.gemeente, 1).view.clocks[0].state, KB_CHAIN_CLOCK_RUNS);
	flow_sign_profile(at.swv);
	send_profile(at.school, at.swv);
	cr_expect_eq(flow_judged(at.school, at.swv), KB_OK);
	cr_expect_eq(flow_case_at(at.gemeente, 1).view.clocks[0].state, KB_CHAIN_CLOCK_EXPIRED);
	flow_expect_same(at.gemeente, at.swv);
	/* Once is enough. */
	send_profile(at.school, at.swv);
	cr_expect_eq(flow_judged(at.school, at.swv), KB_ERR_STATE);
}

static void
expect_no_profile(void)
{
	at.gemeente->agent->profile = NULL;
	at.gemeente->profile = NULL;
	flow_running_case();
	cr_assert_eq(flow_case_at(at.gemeente, 1).view.revision, 0, "nothing is replayed");
	cr_assert_eq(ASK(at.gemeente, "case show", "zaak", "1"), 0, "%s", (char *)at.said.at);
	cr_assert(flow_said("profiel van deze zaak is hier nog niet"), "%s", (char *)at.said.at);
}

Test(flow, a_profile_that_nobody_signed_does_not_travel)
{
	expect_no_profile();
}

Test(flow, a_profile_that_no_swv_signed_is_refused)
{
	flow_sign_profile(at.school);
	expect_no_profile();
}

/* ---- the end of the toestemming ---- */

Test(flow, after_a_withdrawal_the_case_can_be_closed_and_the_others_hear_of_it)
{
	flow_running_case();
	cr_assert_eq(ASK(at.school, "consent withdraw", "toestemming", "1"), 0, "%s",
		     (char *)at.said.at);
	lb_settle(&at.world);
	cr_assert_neq(ASK(at.school, "act", "zaak", "1", "stap", "bespreken", "feiten",
			  "overleg-gehouden=2026-03-02; Anna"),
		      0, "nothing goes to the regievoerder any more");
	cr_assert_eq(ASK(at.swv, "act", "zaak", "1", "stap", "toestemming-ingetrokken"), 0, "%s",
		     (char *)at.said.at);
	lb_settle(&at.world);
	cr_assert_neq(flow_case_at(at.swv, 1).view.closed_utc_ms, 0);
	flow_expect_same(at.school, at.swv);
	flow_expect_same(at.gemeente, at.swv);
}

/* ---- what a partner must not be able to do ---- */

Test(flow, who_does_not_have_the_regie_cannot_make_a_record_of_it)
{
	struct kb_arena arena = { 0 };
	struct flow_forging forging;
	struct flow_seen before;

	flow_running_case();
	before = flow_case_at(at.gemeente, 1);
	forging = flow_next_record(at.school, &arena);
	(void)flow_forge(at.school, &forging);
	cr_expect_eq(flow_case_at(at.gemeente, 1).view.revision, before.view.revision,
		     "in the name of the regievoerder");
	forging.record.regievoerder = at.school->identity.self;
	(void)flow_forge(at.school, &forging);
	cr_expect_eq(flow_case_at(at.gemeente, 1).view.revision, before.view.revision,
		     "as if the regie were its own");
	cr_expect_str_eq(flow_case_at(at.gemeente, 1).view.regievoerder.text, flow_name_of(at.swv));
	kb_arena_release(&arena);
}

Test(flow, a_record_from_the_future_is_not_taken_in)
{
	struct kb_arena arena = { 0 };
	struct flow_forging forging;
	struct flow_seen before;

	flow_running_case();
	before = flow_case_at(at.gemeente, 1);
	forging = flow_next_record(at.swv, &arena);
	forging.record.at_utc_ms = at.world.fake.utc_ms + FLOW_DAY_MS;
	(void)flow_forge(at.swv, &forging);
	cr_expect_eq(flow_case_at(at.gemeente, 1).stands, before.stands);
	/* The same of now is. */
	forging.record.at_utc_ms = at.world.fake.utc_ms;
	(void)flow_forge(at.swv, &forging);
	cr_expect_eq(flow_case_at(at.gemeente, 1).stands, before.stands + 1);
	kb_arena_release(&arena);
}

Test(flow, what_needs_no_toestemming_can_only_end_a_case)
{
	struct kb_arena arena = { 0 };
	struct flow_forging forging;
	struct flow_seen before;

	flow_running_case();
	before = flow_case_at(at.gemeente, 1);
	forging = flow_next_record(at.swv, &arena);
	forging.kind = KB_KIND_ZAAK_EINDE;
	(void)flow_forge(at.swv, &forging);
	cr_expect_eq(flow_case_at(at.gemeente, 1).view.revision, before.view.revision);
	kb_arena_release(&arena);
}

Test(flow, who_takes_over_makes_the_step_that_it_had_only_proposed_and_tells_both_in_order)
{
	struct flow_seen gemeente;

	flow_running_case();
	at.swv->connected = false;
	lb_settle(&at.world);
	cr_assert_eq(ASK(at.gemeente, "act", "zaak", "1", "stap", "bespreken", "feiten",
			 "overleg-gehouden=2026-03-02; Anna"),
		     0, "%s", (char *)at.said.at);
	lb_wait(&at.world, 34 * FLOW_DAY_MS);
	cr_assert_eq(ASK(at.gemeente, "regie", "zaak", "1", "stap", "overnemen"), 0, "%s",
		     (char *)at.said.at);
	lb_settle(&at.world);
	gemeente = flow_case_at(at.gemeente, 1);
	cr_assert_str_eq(gemeente.view.regievoerder.text, flow_name_of(at.gemeente));
	cr_assert(gemeente.view.facts[KB_FACT_NR_OVERLEG_GEHOUDEN].there);
	flow_expect_same(at.school, at.gemeente);
	cr_assert_eq(ASK(at.school, "case show", "zaak", "1"), 0);
	cr_assert_not(flow_said("verzoek om ontbrekende stappen"), "%s", (char *)at.said.at);
}

/* "The regievoerder offered it to me, and I accepted": both records made by who would like the regie. */
Test(flow, nobody_gets_the_regie_by_an_offer_that_was_never_made)
{
	struct kb_arena arena = { 0 };
	struct kb_chain_record accepted;
	struct flow_forging forging;

	flow_running_case();
	forging = flow_next_record(at.school, &arena);
	forging.record.event = kb_span_text("regie-aanbieden");
	forging.record.fact_count = 0;
	forging.record.actor = at.swv->identity.self;
	forging.record.offered_to = at.school->identity.self;
	accepted = forging.record;
	accepted.revision++;
	accepted.event = kb_span_text("regie-aanvaarden");
	accepted.actor = at.school->identity.self;
	accepted.regievoerder = at.school->identity.self;
	accepted.offered_to = (struct kb_party_id){ { 0 } };
	forging.then = &accepted;
	(void)flow_forge(at.school, &forging);
	cr_expect_str_eq(flow_case_at(at.gemeente, 1).view.regievoerder.text, flow_name_of(at.swv));
	kb_arena_release(&arena);
}

/* The first two records as the opener made them, but a moment earlier, and with the gemeente as the second participant. */
static void
forge_beginning(const struct flow_seen *known, int64_t earlier_ms)
{
	struct kb_arena arena = { 0 };
	struct kb_chain_row row = { .arrival_no = 0 };
	struct kb_chain_participant both[2];
	struct kb_chain_record then;
	struct kb_step *step = NULL;
	struct flow_forging forging = {
		.to = at.gemeente, .role = KB_ROUTE_JEUGD, .kind = KB_KIND_ZAAK_REGEL, .then = &then
	};

	LB_OK(kb_step_begin(kb_agent_store(at.school->agent), KB_STEP_READ, &step));
	LB_OK(kb_chain_row_next(step, 1, 0, &arena, &row));
	LB_OK(kb_chain_record_decode(row.bytes, &arena, &forging.record));
	LB_OK(kb_chain_row_next(step, 1, row.arrival_no, &arena, &row));
	LB_OK(kb_chain_record_decode(row.bytes, &arena, &then));
	kb_step_abort(&step);
	forging.record.at_utc_ms -= earlier_ms;
	forging.record.participants[0].from_utc_ms = forging.record.at_utc_ms;
	both[0] = forging.record.participants[0];
	both[1] = known->view.participants[2];
	both[1].from_utc_ms = then.at_utc_ms;
	then.participants = both;
	then.participant_count = 2;
	(void)flow_forge(at.school, &forging);
	kb_arena_release(&arena);
}

Test(flow, a_case_does_not_begin_anew_with_another_first_record)
{
	struct flow_seen before;

	flow_running_case();
	before = flow_case_at(at.gemeente, 1);
	/* Of all that differ in their time, some have a smaller hash than the true one. */
	for (int64_t i = 1; i <= 8; i++) {
		forge_beginning(&before, i);
	}
	cr_expect_eq(flow_case_at(at.gemeente, 1).view.revision, before.view.revision);
	cr_expect_arr_eq(flow_case_at(at.gemeente, 1).view.last.bytes, before.view.last.bytes,
			 KB_HASH_BYTES);
}

/* ---- what waits for a past that never comes ---- */

/* It waits for ever; what is asked for because of it brings nothing new, and is then not asked for again. */
Test(flow, a_record_without_a_past_does_not_keep_two_agents_asking)
{
	struct kb_arena arena = { 0 };
	struct flow_forging forging;

	flow_running_case();
	forging = flow_next_record(at.school, &arena);
	forging.record.revision = 3;
	forging.record.regievoerder = at.school->identity.self;
	forging.record.previous.bytes[0] ^= 1;
	(void)flow_forge(at.school, &forging);
	/* The world comes to rest after the next step. */
	cr_assert_eq(ASK(at.swv, "act", "zaak", "1", "stap", "bespreken", "feiten",
			 "overleg-gehouden=2026-03-02; Anna"),
		     0, "%s", (char *)at.said.at);
	lb_settle(&at.world);
	flow_expect_same(at.swv, at.gemeente);
	kb_arena_release(&arena);
}

/* The message that invites may come after what follows on it: what came first is kept, and the rest is asked for. */
Test(flow, a_case_that_begins_in_the_middle_is_taken_in_and_waits)
{
	struct kb_arena arena = { 0 };
	struct kb_chain_participant both[2];
	struct flow_forging forging;

	flow_start_route();
	flow_give_consent(flow_name_of(at.gemeente));
	forging = flow_next_record(at.school, &arena);
	both[0] = forging.record.participants[0];
	both[1] = both[0];
	both[1].party = at.gemeente->identity.self;
	both[1].role = KB_ROUTE_JEUGD;
	forging.record.participants = both;
	forging.record.participant_count = 2;
	forging.record.revision = 4;
	forging.record.previous.bytes[0] ^= 1;
	(void)flow_forge(at.school, &forging);
	cr_expect_not_null(flow_case_at(at.gemeente, 1).view.route, "it was parked");
	kb_arena_release(&arena);
}
