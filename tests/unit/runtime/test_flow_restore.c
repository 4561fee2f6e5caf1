/* SPDX-License-Identifier: EUPL-1.2 */
/* A regievoerder whose store went back in time gets its own steps back, and the case keeps one story. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <unistd.h>

#include "agents/runtime/agent_internal.h"
#include "common/store/chain.h"
#include "common/store/record.h"
#include "common/wire/zaak.h"
#include "tests/unit/runtime/flow_fixture.h"

TestSuite(flow_restore, .init = flow_open_all, .fini = flow_close_all);

#define BESPREKEN(people)                                                                          \
	"zaak", "1", "stap", "bespreken", "feiten", "overleg-gehouden=2026-03-02; " people

static void
backup(struct lb_party *party)
{
	lb_stop(party);
	lb_backup(party);
	lb_start(party);
	lb_wait(&at.world, 60000);
}

/* Stopped and put back; not started. */
static void
put_back(struct lb_party *party)
{
	lb_stop(party);
	lb_restore(party);
}

/* The swv takes a step and all hear of it. */
static void
step(void)
{
	cr_assert_eq(ASK(at.swv, "act", BESPREKEN("Anna")), 0, "%s", (char *)at.said.at);
	lb_settle(&at.world);
}

static void
go_on(void)
{
	for (unsigned i = 0; i < 5; i++) {
		lb_wait(&at.world, 60000);
	}
}

/* The swv with the regie, two steps after the copy: one of its own, one that the school proposed. */
static void
lose_two_steps(void)
{
	flow_running_case();
	backup(at.swv);
	step();
	cr_assert_eq(ASK(at.school, "act", BESPREKEN("Bart")), 0, "%s", (char *)at.said.at);
	lb_settle(&at.world);
	flow_expect_same(at.school, at.swv);
	put_back(at.swv);
}

static void
expect_one_story(size_t records)
{
	flow_expect_same(at.school, at.swv);
	flow_expect_same(at.gemeente, at.swv);
	cr_assert_eq(flow_case_at(at.swv, 1).stands, records);
	cr_assert_eq(flow_case_at(at.swv, 1).inbox & KB_INBOX_PROBLEM, 0u);
}

Test(flow_restore, its_own_steps_come_back_and_the_next_one_builds_on_them)
{
	size_t before = 0;

	lose_two_steps();
	before = flow_case_at(at.school, 1).stands;
	lb_start(at.swv);
	cr_assert_eq(flow_case_at(at.swv, 1).stands, before - 2, "it forgot them");
	go_on();
	expect_one_story(before);
	cr_assert_eq(ASK(at.swv, "act", "zaak", "1", "stap", "afsluiten"), 0, "%s",
		     (char *)at.said.at);
	lb_settle(&at.world);
	expect_one_story(before + 1);
	cr_assert_neq(flow_case_at(at.gemeente, 1).view.closed_utc_ms, 0);
}

/* Without the note beside the data folder only the broker can say that the store is old: nothing may be done before. */
Test(flow_restore, on_another_machine_it_takes_no_step_before_it_knows)
{
	size_t before = 0;

	lose_two_steps();
	before = flow_case_at(at.school, 1).stands;
	cr_assert_eq(unlink(at.swv->witness), 0);
	at.swv->connected = false;
	lb_start(at.swv);
	cr_assert_neq(ASK(at.swv, "act", BESPREKEN("Cees")), 0);
	cr_assert(flow_said("teruggezet"), "%s", (char *)at.said.at);
	cr_assert_eq(flow_case_at(at.swv, 1).stands, before - 2);
	at.swv->connected = true;
	go_on();
	expect_one_story(before);
	cr_assert_eq(ASK(at.swv, "act", BESPREKEN("Cees")), 0, "%s", (char *)at.said.at);
	lb_settle(&at.world);
	expect_one_story(before + 1);
}

/* A clock that ran out while it was away is told once its own steps are back, not in their place. */
Test(flow_restore, a_clock_that_ran_out_waits_for_what_was_lost)
{
	size_t before = 0;

	lose_two_steps();
	before = flow_case_at(at.school, 1).stands;
	at.world.fake.utc_ms += 29 * FLOW_DAY_MS;
	lb_start(at.swv);
	go_on();
	expect_one_story(before + 1);
	cr_assert_eq(flow_case_at(at.school, 1).view.clocks[0].state, KB_CHAIN_CLOCK_EXPIRED);
}

/* What a partner proposes meanwhile waits at the partner. */
Test(flow_restore, a_proposal_meanwhile_is_not_lost)
{
	size_t before = 0;

	lose_two_steps();
	before = flow_case_at(at.school, 1).stands;
	cr_assert_eq(ASK(at.school, "act", BESPREKEN("Dirk")), 0, "%s", (char *)at.said.at);
	lb_start(at.swv);
	for (unsigned i = 0; i < 40; i++) {
		lb_wait(&at.world, 60000);
	}
	expect_one_story(before + 1);
}

/* Who never answers does not stop a case for ever. */
Test(flow_restore, a_partner_that_stays_away_holds_it_up_for_a_day)
{
	size_t before = 0;

	lose_two_steps();
	before = flow_case_at(at.school, 1).stands;
	at.gemeente->connected = false;
	lb_settle(&at.world);
	lb_start(at.swv);
	go_on();
	cr_assert_eq(flow_case_at(at.swv, 1).stands, before, "the school had them");
	cr_assert_neq(ASK(at.swv, "act", BESPREKEN("Emma")), 0);
	cr_assert(flow_said("teruggezet"), "%s", (char *)at.said.at);
	at.world.fake.utc_ms += FLOW_DAY_MS;
	lb_wait(&at.world, 60000);
	cr_assert_eq(ASK(at.swv, "act", BESPREKEN("Emma")), 0, "%s", (char *)at.said.at);
	at.gemeente->connected = true;
	go_on();
	expect_one_story(before + 1);
}

/* The regie itself went to another after the copy. */
Test(flow_restore, a_regie_that_was_handed_over_stays_handed_over)
{
	size_t before = 0;

	flow_running_case();
	backup(at.swv);
	cr_assert_eq(ASK(at.swv, "regie", "zaak", "1", "stap", "aanbieden", "aan",
			 flow_name_of(at.gemeente)),
		     0, "%s", (char *)at.said.at);
	lb_settle(&at.world);
	cr_assert_eq(ASK(at.gemeente, "regie", "zaak", "1", "stap", "aanvaarden"), 0, "%s",
		     (char *)at.said.at);
	lb_settle(&at.world);
	cr_assert_eq(ASK(at.gemeente, "act", BESPREKEN("Anna")), 0, "%s", (char *)at.said.at);
	lb_settle(&at.world);
	before = flow_case_at(at.school, 1).stands;
	put_back(at.swv);
	lb_start(at.swv);
	go_on();
	flow_expect_same(at.school, at.swv);
	flow_expect_same(at.gemeente, at.swv);
	cr_assert_eq(flow_case_at(at.swv, 1).stands, before);
}

/* More steps than one answer is likely to be short for, and the last of them closed the case. */
Test(flow_restore, many_steps_and_the_end_come_back)
{
	size_t before = 0;

	flow_running_case();
	backup(at.swv);
	for (unsigned i = 0; i < 30; i++) {
		cr_assert_eq(ASK(at.swv, "act", BESPREKEN("Anna")), 0, "%s", (char *)at.said.at);
	}
	cr_assert_eq(ASK(at.swv, "act", "zaak", "1", "stap", "afsluiten"), 0, "%s",
		     (char *)at.said.at);
	lb_settle(&at.world);
	before = flow_case_at(at.school, 1).stands;
	put_back(at.swv);
	lb_start(at.swv);
	go_on();
	expect_one_story(before);
	cr_assert_neq(flow_case_at(at.swv, 1).view.closed_utc_ms, 0);
}

/* After a withdrawal nothing of the case may be told under its toestemming: the end that was made comes back all the same. */
Test(flow_restore, the_end_after_a_withdrawal_comes_back)
{
	size_t before = 0;

	flow_running_case();
	backup(at.swv);
	cr_assert_eq(ASK(at.school, "consent withdraw", "toestemming", "1"), 0, "%s",
		     (char *)at.said.at);
	lb_settle(&at.world);
	cr_assert_eq(ASK(at.swv, "act", "zaak", "1", "stap", "toestemming-ingetrokken"), 0, "%s",
		     (char *)at.said.at);
	lb_settle(&at.world);
	before = flow_case_at(at.school, 1).stands;
	put_back(at.swv);
	lb_start(at.swv);
	go_on();
	flow_expect_same(at.school, at.swv);
	flow_expect_same(at.gemeente, at.swv);
	cr_assert_eq(flow_case_at(at.swv, 1).stands, before);
	cr_assert_neq(flow_case_at(at.swv, 1).view.closed_utc_ms, 0);
}

/* ---- what else may have happened since the copy ---- */

static void
days(unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		lb_wait(&at.world, FLOW_DAY_MS);
	}
}

Test(flow_restore, a_regie_that_came_after_the_copy_is_still_there)
{
	size_t before = 0;

	flow_submitted_case();
	backup(at.swv);
	cr_assert_eq(ASK(at.swv, "regie", "zaak", "1", "stap", "aanvaarden"), 0, "%s",
		     (char *)at.said.at);
	lb_settle(&at.world);
	step();
	before = flow_case_at(at.school, 1).stands;
	put_back(at.swv);
	lb_start(at.swv);
	go_on();
	expect_one_story(before);
	cr_assert_eq(ASK(at.swv, "act", BESPREKEN("Cees")), 0, "%s", (char *)at.said.at);
	go_on();
	expect_one_story(before + 1);
}

/* Moved to another machine without a note, and nothing was lost. */
Test(flow_restore, without_a_note_a_clock_that_ran_out_is_told_after_the_first_session)
{
	flow_running_case();
	lb_stop(at.swv);
	cr_assert_eq(unlink(at.swv->witness), 0);
	at.world.fake.utc_ms += 29 * FLOW_DAY_MS;
	lb_start(at.swv);
	go_on();
	cr_assert_eq(flow_case_at(at.school, 1).view.clocks[0].state, KB_CHAIN_CLOCK_EXPIRED);
}

Test(flow_restore, after_a_day_of_silence_a_clock_that_ran_out_is_told)
{
	lose_two_steps();
	at.world.fake.utc_ms += 29 * FLOW_DAY_MS;
	at.gemeente->connected = false;
	lb_settle(&at.world);
	lb_start(at.swv);
	go_on();
	cr_assert_neq(flow_case_at(at.school, 1).view.clocks[0].state, KB_CHAIN_CLOCK_EXPIRED);
	days(3);
	cr_assert_eq(flow_case_at(at.school, 1).view.clocks[0].state, KB_CHAIN_CLOCK_EXPIRED);
}

Test(flow_restore, who_cannot_be_reached_any_more_holds_up_nothing)
{
	size_t before = 0;

	lose_two_steps();
	before = flow_case_at(at.school, 1).stands;
	at.gemeente->untrusted_since_utc_ms = at.world.fake.utc_ms - 1000;
	lb_publish_register(&at.world);
	lb_start(at.swv);
	go_on();
	cr_assert_eq(flow_case_at(at.swv, 1).stands, before);
	cr_assert_eq(ASK(at.swv, "act", BESPREKEN("Emma")), 0, "%s", (char *)at.said.at);
}

/* More messages than go in one answer. */
Test(flow_restore, three_hundred_steps_come_back, .timeout = 280)
{
	size_t before = 0;

	flow_running_case();
	backup(at.swv);
	for (unsigned i = 0; i < 300; i++) {
		step();
	}
	before = flow_case_at(at.school, 1).stands;
	put_back(at.swv);
	lb_start(at.swv);
	go_on();
	expect_one_story(before);
}

/* Who joined after the copy is in no participant list of it, and alone has the last step. */
Test(flow_restore, who_joined_in_a_lost_step_is_asked_too)
{
	char parties[160];
	size_t before = 0;

	(void)snprintf(parties, sizeof(parties), "%s,%s,%s", flow_name_of(at.swv),
		       flow_name_of(at.gemeente), flow_name_of(at.jeugdhulp));
	flow_start_route();
	flow_give_consent(parties);
	cr_assert_eq(flow_join(at.swv, "swv"), 0, "%s", (char *)at.said.at);
	cr_assert_eq(flow_submit(), 0, "%s", (char *)at.said.at);
	cr_assert_eq(ASK(at.swv, "regie", "zaak", "1", "stap", "aanvaarden"), 0, "%s",
		     (char *)at.said.at);
	lb_settle(&at.world);
	backup(at.swv);
	cr_assert_eq(ASK(at.swv, "participant add", "zaak", "1", "rol", "jeugdhulp", "partij",
			 flow_name_of(at.jeugdhulp)),
		     0, "%s", (char *)at.said.at);
	lb_settle(&at.world);
	at.school->connected = false;
	lb_settle(&at.world);
	step();
	before = flow_case_at(at.jeugdhulp, 1).stands;
	put_back(at.swv);
	lb_lose_store(&at.world); /* and with it what waited for the school */
	at.school->connected = true;
	lb_start(at.swv);
	go_on();
	cr_assert_eq(flow_case_at(at.swv, 1).stands, before);
	flow_expect_same(at.jeugdhulp, at.swv);
	flow_expect_same(at.school, at.swv);
}

/* Put back twice; what was answered to the first question says nothing about what is lacking now. */
Test(flow_restore, an_answer_to_an_earlier_question_ends_nothing)
{
	size_t before = 0;

	flow_running_case();
	backup(at.swv);
	put_back(at.swv);
	at.school->connected = false;
	at.gemeente->connected = false;
	lb_settle(&at.world);
	lb_start(at.swv);
	go_on();
	days(2);
	step();
	lb_stop(at.swv);
	at.school->connected = true;
	at.gemeente->connected = true;
	go_on();
	before = flow_case_at(at.school, 1).stands;
	at.school->connected = false;
	at.gemeente->connected = false;
	lb_settle(&at.world);
	put_back(at.swv);
	lb_start(at.swv);
	go_on();
	cr_assert_neq(ASK(at.swv, "act", BESPREKEN("Cees")), 0, "nobody answered");
	at.school->connected = true;
	at.gemeente->connected = true;
	for (unsigned i = 0; i < 30; i++) {
		lb_wait(&at.world, 60000);
	}
	expect_one_story(before);
}

/* The step came back from one, and the other never had it. */
Test(flow_restore, what_comes_back_from_one_is_told_to_the_other)
{
	flow_running_case();
	backup(at.swv);
	step();
	at.gemeente->connected = false;
	lb_settle(&at.world);
	cr_assert_eq(ASK(at.swv, "act", "zaak", "1", "stap", "afsluiten"), 0, "%s",
		     (char *)at.said.at);
	lb_settle(&at.world);
	put_back(at.swv);
	lb_lose_store(&at.world);
	at.gemeente->connected = true;
	lb_start(at.swv);
	go_on();
	flow_expect_same(at.gemeente, at.swv);
	cr_assert_neq(flow_case_at(at.gemeente, 1).view.closed_utc_ms, 0);
}

Test(flow_restore, two_parties_that_went_back_together_find_the_same_case)
{
	size_t before = 0;

	flow_running_case();
	backup(at.swv);
	backup(at.school);
	step();
	cr_assert_eq(ASK(at.school, "act", BESPREKEN("Bart")), 0, "%s", (char *)at.said.at);
	lb_settle(&at.world);
	before = flow_case_at(at.gemeente, 1).stands;
	put_back(at.swv);
	put_back(at.school);
	lb_start(at.swv);
	lb_start(at.school);
	go_on();
	go_on();
	expect_one_story(before);
}

/* ---- who asks without having lost anything ---- */

static enum kb_err
ask_for_own(struct lb_party *by)
{
	struct kb_zaak_opvraag opvraag = { .regie_epoch = 1, .revision = 0 };
	struct kb_outgoing outgoing = { .kind = KB_KIND_ZAAK_HERSTEL };
	struct kb_buf content = { 0 };
	enum kb_err err = KB_OK;

	LB_OK(kb_zaak_opvraag_encode(&opvraag, &content));
	outgoing.content = kb_buf_span(&content);
	err = flow_send_raw(by, by == at.swv ? at.school : at.swv, &outgoing);
	kb_buf_release(&content);
	return err;
}

Test(flow_restore, who_left_gets_nothing_that_came_after)
{
	size_t had = 0;

	flow_running_case();
	cr_assert_eq(
		ASK(at.swv, "participant end", "zaak", "1", "partij", flow_name_of(at.gemeente)), 0,
		"%s", (char *)at.said.at);
	lb_settle(&at.world);
	step();
	had = flow_case_at(at.gemeente, 1).stands;
	(void)ask_for_own(at.gemeente);
	lb_settle(&at.world);
	cr_assert_eq(flow_case_at(at.gemeente, 1).stands, had);
}

Test(flow_restore, who_was_not_put_back_gets_one_short_answer)
{
	uint64_t had = 0;

	flow_running_case();
	for (unsigned i = 0; i < 20; i++) {
		step();
	}
	had = at.world.accepted_count;
	(void)ask_for_own(at.swv);
	cr_assert_leq(at.world.accepted_count - had, 6u, "%llu",
		      (unsigned long long)(at.world.accepted_count - had));
}

/* ---- what a partner might make up ---- */

/* The proof that the school would hand back: the newest message with records of the swv. */
static struct kb_zaak_bewijs
honest_proof(struct kb_arena *arena)
{
	struct kb_zaak_bewijs bewijs = { .left = 1 };
	struct kb_case_record line;
	struct kb_record_read record;
	struct kb_step *step = NULL;
	uint64_t position = 0;

	LB_OK(kb_step_begin(kb_agent_store(at.school->agent), KB_STEP_READ, &step));
	do {
		LB_OK(kb_case_record_back(step, 1, &position, &line));
	} while (line.kind != KB_KIND_ZAAK_REGEL || line.direction != KB_DIRECTION_IN);
	LB_OK(kb_record_get(step, line.ledger_seq, &record));
	bewijs.header = kb_arena_copy(arena, record.clear.header);
	bewijs.seal = kb_arena_copy(arena, record.clear.seal);
	LB_OK(kb_record_open_message(step, &record, arena, &bewijs.salt, &bewijs.body));
	kb_step_abort(&step);
	return bewijs;
}

static enum kb_err
hand_back(struct lb_party *by, const struct kb_zaak_bewijs *bewijs)
{
	struct kb_outgoing outgoing = { .kind = KB_KIND_ZAAK_BEWIJS };
	struct kb_buf content = { 0 };
	enum kb_err err = KB_OK;

	LB_OK(kb_zaak_bewijs_encode(bewijs, &content));
	outgoing.content = kb_buf_span(&content);
	err = flow_send_raw(by, at.swv, &outgoing);
	kb_buf_release(&content);
	return err;
}

static struct kb_span
with_a_flip(struct kb_arena *arena, struct kb_span bytes, size_t place)
{
	struct kb_span copy = kb_arena_copy(arena, bytes);

	*(uint8_t *)(uintptr_t)(copy.at + place) ^= 1;
	return copy;
}

Test(flow_restore, what_was_not_sealed_by_itself_is_not_taken_back)
{
	struct kb_arena arena = { 0 };
	struct kb_zaak_bewijs good;
	struct kb_zaak_bewijs bad;
	size_t before = 0;

	flow_running_case();
	step();
	before = flow_case_at(at.swv, 1).stands;
	good = honest_proof(&arena);
	bad = good;
	bad.body = with_a_flip(&arena, good.body, good.body.len - 1);
	cr_expect_eq(hand_back(at.school, &bad), KB_ERR_COMMITMENT_MISMATCH);
	bad = good;
	bad.salt = with_a_flip(&arena, good.salt, 0);
	cr_expect_eq(hand_back(at.school, &bad), KB_ERR_COMMITMENT_MISMATCH);
	bad = good;
	bad.seal = with_a_flip(&arena, good.seal, good.seal.len - 1);
	cr_expect_neq(hand_back(at.school, &bad), KB_OK);
	/* What was sent to another proves that, and nothing to who hands it on. */
	cr_expect_eq(hand_back(at.gemeente, &good), KB_ERR_BAD_VALUE);
	cr_expect_eq(hand_back(at.school, &good), KB_OK, "it is what it says");
	cr_assert_eq(flow_case_at(at.swv, 1).stands, before, "and was here already");
	expect_one_story(before);
	kb_arena_release(&arena);
}

/* The school seals a message of its own that looks like one of the swv. */
Test(flow_restore, what_a_partner_sealed_itself_proves_nothing)
{
	struct kb_arena arena = { 0 };
	struct kb_zaak_bewijs bewijs;
	struct kb_case_record line;
	struct kb_record_read record;
	struct kb_step *step = NULL;
	uint64_t position = 0;

	flow_running_case();
	LB_OK(kb_step_begin(kb_agent_store(at.swv->agent), KB_STEP_READ, &step));
	do {
		LB_OK(kb_case_record_back(step, 1, &position, &line));
	} while (line.kind != KB_KIND_ZAAK_REGEL || line.direction != KB_DIRECTION_IN);
	LB_OK(kb_record_get(step, line.ledger_seq, &record));
	bewijs = (struct kb_zaak_bewijs){ .left = 1,
					  .header = kb_arena_copy(&arena, record.clear.header),
					  .seal = kb_arena_copy(&arena, record.clear.seal) };
	LB_OK(kb_record_open_message(step, &record, &arena, &bewijs.salt, &bewijs.body));
	kb_step_abort(&step);
	cr_expect_eq(hand_back(at.school, &bewijs), KB_ERR_BAD_VALUE);
	kb_arena_release(&arena);
}
