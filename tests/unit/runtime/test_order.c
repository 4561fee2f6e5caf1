/* SPDX-License-Identifier: EUPL-1.2 */
/* Messages of one case wait for each other, others do not; closed numbers let go what waited for them. */
#include <criterion/criterion.h>

#include "agents/runtime/agent_internal.h"
#include "common/store/record.h"
#include "common/store/seen.h"
#include "tests/unit/runtime/exchange_fixture.h"

static struct fixture at;

static void
open_both(void)
{
	fixture_open(&at);
}

static void
close_both(void)
{
	fixture_close(&at);
}

TestSuite(order, .init = open_both, .fini = close_both);

static enum lb_fate
hold_numbered(struct lb_world *world, const struct kb_header *header, void *state)
{
	(void)world;
	(void)state;
	return header->number != 0 ? LB_HOLD : LB_PASS;
}

Test(order, messages_of_one_case_that_arrive_backwards_are_handled_forwards)
{
	at.world.on_accept = hold_numbered;
	fixture_send_apart(&at, 70);
	lb_settle(&at.world);
	at.world.on_accept = NULL;
	lb_release(&at.world, true);
	cr_assert_eq(fixture_counts[2].handled, 70);
	for (unsigned i = 0; i < 70; i++) {
		cr_assert_eq(fixture_counts[2].last_numbers[i], i + 1);
	}
	cr_assert_eq(fixture_waiting(at.school), 0);
	cr_assert_eq(fixture_records(at.gemeente, KB_RECORD_MESSAGE_IN), 70);
	fixture_verify(at.gemeente);
}

/* Number 2 is lost on its first way. */
static enum lb_fate
drop_second(struct lb_world *world, const struct kb_header *header, void *state)
{
	(void)world;
	(void)state;
	return header->number == 2 ? LB_DROP : LB_PASS;
}

Test(order, a_gap_holds_up_its_own_case_only)
{
	at.world.on_accept = drop_second;
	fixture_send_apart(&at, 4); /* 1..4 of the first case */
	fixture_open_case(&at);
	fixture_send_apart(&at, 3); /* 5..7 of another */
	lb_settle(&at.world);
	cr_assert_eq(fixture_counts[2].handled, 4);
	cr_assert_eq(fixture_counts[2].last_numbers[0], 1);
	cr_assert_eq(fixture_counts[2].last_numbers[1], 5);
	cr_assert_eq(fixture_waiting(at.school), 3, "2 on its way, 3 and 4 held: no receipt yet");
	for (unsigned i = 0; i < 4; i++) {
		lb_wait(&at.world, 30000);
	}
	cr_assert_eq(fixture_waiting(at.school), 3, "a repeat of what is held changes nothing");
	cr_assert_eq(fixture_counts[2].handled, 4);
	at.world.on_accept = NULL;
	for (unsigned i = 0; i < 8 && fixture_waiting(at.school) > 0; i++) {
		lb_wait(&at.world, 30000);
	}
	cr_assert_eq(fixture_counts[2].handled, 7);
	cr_assert_eq(fixture_counts[2].last_numbers[4], 2);
	cr_assert_eq(fixture_counts[2].last_numbers[5], 3);
	cr_assert_eq(fixture_counts[2].last_numbers[6], 4);
	cr_assert_eq(fixture_waiting(at.school), 0);
}

Test(order, what_waits_survives_a_restart_of_the_recipient)
{
	at.world.on_accept = drop_second;
	fixture_send_apart(&at, 4);
	lb_settle(&at.world);
	at.world.on_accept = NULL;
	cr_assert_eq(fixture_counts[2].handled, 1);
	lb_stop(at.gemeente);
	lb_start(at.gemeente);
	for (unsigned i = 0; i < 8 && fixture_waiting(at.school) > 0; i++) {
		lb_wait(&at.world, 30000);
	}
	cr_assert_eq(fixture_counts[2].handled, 4);
	cr_assert_eq(fixture_waiting(at.school), 0);
}

/* The stored moment of a message that waited is that of its arrival. */
Test(order, the_receipt_of_a_message_that_waited_names_the_time_of_its_arrival)
{
	int64_t arrived;

	at.world.on_accept = drop_second;
	fixture_send_apart(&at, 3);
	lb_settle(&at.world);
	arrived = at.world.fake.utc_ms;
	at.world.on_accept = NULL;
	for (unsigned i = 0; i < 8 && fixture_waiting(at.school) > 0; i++) {
		lb_wait(&at.world, 30000);
	}
	cr_assert_eq(fixture_sent(&at, 3).stored_at_utc_ms, arrived);
	cr_assert_gt(fixture_sent(&at, 2).stored_at_utc_ms, arrived);
}

static uint32_t
refuse_second(struct lb_world *world, const struct kb_header *header, void *state)
{
	(void)world;
	(void)state;
	return header->number == 2 ? kb_err_reason(KB_ERR_OVERSIZE) : 0;
}

Test(order, a_number_that_the_broker_refuses_for_good_is_closed_and_frees_its_successors)
{
	at.world.on_publish = refuse_second;
	fixture_send_apart(&at, 4);
	lb_settle(&at.world);
	cr_assert_eq(fixture_sent(&at, 2).state, KB_SENT_VERVALLEN);
	cr_assert_eq(fixture_counts[1].fates[KB_FATE_REFUSED], 1);
	cr_assert_eq(fixture_counts[1].last_reason == KB_ERR_OVERSIZE ||
			     fixture_counts[1].last_reason == KB_OK,
		     true);
	cr_assert_eq(fixture_counts[2].handled, 3, "1, 3 and 4");
	cr_assert_eq(fixture_waiting(at.school), 0);
	cr_assert_eq(fixture_records(at.school, KB_RECORD_CLOSED), 1);
}

Test(order, a_refused_message_does_not_hold_up_the_next)
{
	fixture_answer = KB_ERR_DATA;
	fixture_answer_number = 2;
	fixture_send_apart(&at, 4);
	lb_settle(&at.world);
	cr_assert_eq(fixture_sent(&at, 2).state, KB_SENT_GEWEIGERD);
	cr_assert_eq(fixture_counts[2].handled, 3);
	cr_assert_eq(fixture_waiting(at.school), 0);
}

Test(order, a_held_message_whose_handler_fails_is_parked_and_the_rest_goes_on)
{
	at.world.on_accept = drop_second;
	fixture_send_apart(&at, 3);
	lb_settle(&at.world);
	at.world.on_accept = NULL;
	fixture_answer = KB_ERR_INTERNAL;
	fixture_answer_number = 3;
	for (unsigned i = 0; i < 8 && fixture_waiting(at.school) > 1; i++) {
		lb_wait(&at.world, 30000);
	}
	cr_assert_eq(fixture_sent(&at, 2).state, KB_SENT_OPGESLAGEN);
	cr_assert_neq(fixture_sent(&at, 3).state, KB_SENT_OPGESLAGEN);
	cr_assert_eq(fixture_waiting(at.school), 1);
}

static uint64_t
missing_at_gemeente(void)
{
	struct kb_step *step = NULL;
	struct kb_edge_in edge = { 0 };
	uint64_t missing = 0;

	LB_OK(kb_step_begin(kb_agent_store(at.gemeente->agent), KB_STEP_READ, &step));
	while (kb_edge_in_next(step, &edge) == KB_OK) {
		missing += edge.missing_count;
	}
	kb_step_abort(&step);
	return missing;
}

Test(order, missing_numbers_are_listed_until_they_arrive)
{
	at.world.on_accept = drop_second;
	fixture_send_apart(&at, 4);
	lb_settle(&at.world);
	cr_assert_eq(missing_at_gemeente(), 1);
	at.world.on_accept = NULL;
	for (unsigned i = 0; i < 8 && fixture_waiting(at.school) > 0; i++) {
		lb_wait(&at.world, 30000);
	}
	cr_assert_eq(missing_at_gemeente(), 0);
}

struct clock_work {
	struct fixture *fixture;
	int64_t due_utc_ms;
	uint16_t clock_id;
	enum kb_err err;
	bool done;
	bool late;
	int64_t stopped_utc_ms;
};

static enum kb_err
start_clock(struct kb_act *act, void *arg)
{
	struct clock_work *work = arg;
	struct kb_deadline deadline = { .case_no = work->fixture->school_case,
					.kind = KB_CLOCK_WETTELIJK,
					.rule = 1,
					.started_utc_ms = act->now_utc_ms,
					.due_utc_ms = work->due_utc_ms };
	enum kb_err err = kb_act_clock_start(act, &deadline);

	work->clock_id = deadline.clock_id;
	return err;
}

static enum kb_err
stop_clock(struct kb_act *act, void *arg)
{
	struct clock_work *work = arg;
	struct kb_deadline deadline;
	enum kb_err err = kb_act_clock_stop(act, work->fixture->school_case, work->clock_id,
					    work->stopped_utc_ms, &deadline);

	work->late = err == KB_OK && deadline.state == KB_CLOCK_STATE_STOPPED_LATE;
	return err;
}

static void
clock_done(struct kb_agent *agent, enum kb_err err, void *arg)
{
	struct clock_work *work = arg;

	(void)agent;
	work->err = err;
	work->done = true;
}

Test(order, a_clock_that_runs_out_is_told_once_and_can_still_be_stopped_at_an_earlier_moment)
{
	struct clock_work work = { .fixture = &at, .due_utc_ms = at.world.fake.utc_ms + 60000 };

	LB_OK(kb_agent_run(at.school->agent, 0, start_clock, clock_done, &work));
	lb_settle(&at.world);
	cr_assert_eq(work.err, KB_OK);
	lb_wait(&at.world, 59999);
	cr_assert_eq(fixture_counts[1].clocks, 0);
	lb_wait(&at.world, 2);
	lb_wait(&at.world, 60000);
	cr_assert_eq(fixture_counts[1].clocks, 1);
	cr_assert_eq(fixture_records(at.school, KB_RECORD_CLOCK_EXPIRED), 1);
	work.done = false;
	work.stopped_utc_ms = work.due_utc_ms - 1;
	LB_OK(kb_agent_run(at.school->agent, 0, stop_clock, clock_done, &work));
	lb_settle(&at.world);
	cr_assert_eq(work.err, KB_OK);
	cr_assert_not(work.late, "the recipient stored it in time, we only heard it later");
	work.done = false;
	LB_OK(kb_agent_run(at.school->agent, 0, stop_clock, clock_done, &work));
	lb_settle(&at.world);
	cr_assert_eq(work.err, KB_ERR_STATE);
}

static enum kb_err
fail_act(struct kb_act *act, void *arg)
{
	(void)act;
	(void)arg;
	return KB_ERR_DATA;
}

static void
note_err(struct kb_agent *agent, enum kb_err err, void *arg)
{
	(void)agent;
	*(enum kb_err *)arg = err;
}

Test(order, an_act_that_fails_takes_nobody_with_it)
{
	struct clock_work good = { .fixture = &at, .due_utc_ms = at.world.fake.utc_ms + 60000 };
	enum kb_err bad = KB_OK;

	LB_OK(kb_agent_run(at.school->agent, 0, start_clock, clock_done, &good));
	LB_OK(kb_agent_run(at.school->agent, 0, fail_act, note_err, &bad));
	lb_settle(&at.world);
	cr_assert_eq(bad, KB_ERR_DATA);
	cr_assert_eq(good.err, KB_OK);
	cr_assert_eq(fixture_records(at.school, KB_RECORD_CLOCK_STARTED), 1);
}
