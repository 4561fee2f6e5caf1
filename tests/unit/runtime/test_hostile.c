/* SPDX-License-Identifier: EUPL-1.2 */
/* Bad luck on purpose: answers that come again, parties that left, keys that were stolen, the turn of the year. */
#include <criterion/criterion.h>

#include "agents/runtime/agent_internal.h"
#include "common/store/parties.h"
#include "common/store/record.h"
#include "tests/unit/runtime/exchange_fixture.h"

#define DAY_MS ((int64_t)24 * 3600 * 1000)
/* 2026-12-31T23:59:50Z */
#define NEW_YEARS_EVE_UTC_MS ((int64_t)1798761590000)

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

TestSuite(hostile, .init = open_both, .fini = close_both);

static void
settle_all(unsigned rounds)
{
	for (unsigned i = 0; i < rounds; i++) {
		lb_wait(&at.world, 30000);
		if (fixture_waiting(at.school) == 0 && fixture_waiting(at.gemeente) == 0) {
			break;
		}
	}
}

static void
copy_of(struct lb_party *party)
{
	lb_wait(&at.world, 2000);
	lb_stop(party);
	lb_backup(party);
	lb_start(party);
	lb_settle(&at.world);
}

/* A message of a party, taken in long ago: the broker still names its edge. */
static void
mail_of_old(size_t sender, size_t recipient)
{
	struct lb_world *world = &at.world;

	cr_assert_lt(world->mail_count, world->mail_capacity);
	world->mail[world->mail_count++] = (struct lb_mail){ .sender = sender,
							     .recipient = recipient,
							     .epoch = { { 9 } },
							     .number = 1,
							     .delivered = true,
							     .gone = true };
}

Test(hostile, a_sender_that_left_the_register_does_not_keep_a_restored_agent_asking)
{
	struct lb_party *gone = lb_add(&at.world, KB_PARTY_SCHOOL, NULL);

	lb_publish_register(&at.world);
	fixture_send_apart(&at, 3);
	lb_settle(&at.world);
	copy_of(at.gemeente);
	fixture_send_apart(&at, 3);
	lb_settle(&at.world);
	lb_wait(&at.world, 2000);
	lb_stop(at.gemeente);
	lb_restore(at.gemeente);
	mail_of_old(gone->index, at.gemeente->index);
	gone->enrolled = false;
	lb_publish_register(&at.world);
	lb_start(at.gemeente);
	lb_settle(&at.world);
	settle_all(12);
	cr_assert_not(at.gemeente->agent->restore_pending);
	cr_assert_eq(fixture_sent_in(at.gemeente, 2, 1).kind, KB_KIND_HERSTELD);
	cr_assert_eq(fixture_sent_in(at.gemeente, 2, 2).state, KB_SENT_NONE, "asked once");
	cr_assert_eq(fixture_sent(&at, 6).state, KB_SENT_OPGESLAGEN);
}

static enum lb_fate
hold_for_school(struct lb_world *world, const struct kb_header *header, void *state)
{
	(void)state;
	return kb_party_id_equal(&header->recipient, &world->parties[1].identity.self) ? LB_HOLD
										       : LB_PASS;
}

/* The broker hands out once more what it had handed out before. */
static void
deliver_again(size_t recipient, size_t before)
{
	for (size_t i = 0; i < before; i++) {
		struct lb_mail *mail = &at.world.mail[i];

		if (mail->recipient == recipient && mail->number == 0) {
			lb_inject(&at.world, recipient, kb_buf_span(&mail->bytes));
		}
	}
}

static enum lb_fate
drop_all_numbered(struct lb_world *world, const struct kb_header *header, void *state)
{
	(void)world;
	(void)state;
	return header->number != 0 ? LB_DROP : LB_PASS;
}

Test(hostile, a_receipt_of_before_a_restore_does_not_settle_what_was_asked_for_again)
{
	size_t before;

	fixture_send_apart(&at, 3);
	lb_settle(&at.world);
	copy_of(at.gemeente);
	fixture_send_apart(&at, 1);
	lb_settle(&at.world);
	cr_assert_eq(fixture_sent(&at, 4).state, KB_SENT_OPGESLAGEN);
	lb_wait(&at.world, 2000);
	lb_stop(at.gemeente);
	lb_restore(at.gemeente);
	before = at.world.mail_count;
	/* What the school seals again is lost by the broker, the receipt of before comes once more. */
	at.world.on_accept = drop_all_numbered;
	at.world.on_accept = hold_for_school;
	lb_start(at.gemeente);
	lb_settle(&at.world);
	at.world.on_accept = drop_all_numbered;
	lb_release(&at.world, false);
	cr_assert_neq(fixture_sent(&at, 4).state, KB_SENT_OPGESLAGEN, "asked for again");
	deliver_again(at.school->index, before);
	lb_settle(&at.world);
	cr_assert_neq(fixture_sent(&at, 4).state, KB_SENT_OPGESLAGEN, "still not there");
	at.world.on_accept = NULL;
	settle_all(12);
	cr_assert_eq(fixture_sent(&at, 4).state, KB_SENT_OPGESLAGEN);
	cr_assert_eq(fixture_records(at.gemeente, KB_RECORD_MESSAGE_IN), 4);
}

Test(hostile, a_restored_recipient_gets_more_than_one_step_of_lost_messages_again, .timeout = 250)
{
	lb_wait(&at.world, 2000);
	lb_stop(at.gemeente);
	lb_backup(at.gemeente);
	lb_start(at.gemeente);
	lb_settle(&at.world);
	for (unsigned i = 0; i < 18; i++) {
		LB_OK(fixture_send(&at, 250));
		lb_settle(&at.world);
	}
	cr_assert_eq(fixture_sent(&at, 4500).state, KB_SENT_OPGESLAGEN);
	lb_wait(&at.world, 2000);
	lb_stop(at.gemeente);
	lb_restore(at.gemeente);
	lb_start(at.gemeente);
	lb_settle(&at.world);
	settle_all(20);
	cr_assert_eq(fixture_records(at.gemeente, KB_RECORD_MESSAGE_IN), 4500);
	cr_assert_eq(fixture_sent(&at, 1).attempt, 2, "sent again once");
	cr_assert_eq(fixture_sent(&at, 4500).attempt, 2, "sent again once");
	cr_assert_eq(fixture_waiting(at.gemeente), 0, "the question has been answered");
}

Test(hostile, the_turn_of_the_year_breaks_no_exchange_and_hides_no_restore)
{
	at.world.fake.mono_ms += NEW_YEARS_EVE_UTC_MS - at.world.fake.utc_ms;
	at.world.fake.utc_ms = NEW_YEARS_EVE_UTC_MS;
	lb_settle(&at.world);
	fixture_send_apart(&at, 5);
	lb_settle(&at.world);
	copy_of(at.gemeente);
	lb_wait(&at.world, 6000); /* 23:59:58 */
	fixture_send_apart(&at, 2);
	lb_settle(&at.world);
	lb_wait(&at.world, 4000); /* 00:00:02 */
	fixture_send_apart(&at, 5);
	lb_settle(&at.world);
	/* A clock that is set back a little, over the turn. */
	at.world.fake.utc_ms -= 3000;
	fixture_send_apart(&at, 3);
	lb_settle(&at.world);
	at.world.fake.utc_ms += 3000;
	cr_assert_eq(fixture_sent(&at, 15).state, KB_SENT_OPGESLAGEN);
	fixture_verify(at.school);
	fixture_verify(at.gemeente);
	lb_wait(&at.world, 2000);
	lb_stop(at.school);
	lb_start(at.school);
	lb_settle(&at.world);
	cr_assert_eq(at.school->agent->own_epoch.epoch_no, 1);
	lb_stop(at.gemeente);
	lb_restore(at.gemeente);
	lb_start(at.gemeente);
	lb_settle(&at.world);
	cr_assert_eq(at.gemeente->agent->own_epoch.epoch_no, 2, "the copy is of last year");
	settle_all(12);
	cr_assert_eq(fixture_records(at.gemeente, KB_RECORD_MESSAGE_IN), 15);
	cr_assert_eq(fixture_waiting(at.school), 0);
	cr_assert_eq(at.school->agent->counts.witness_forks, 0);
	fixture_verify(at.gemeente);
}

static enum kb_err
fail_act(struct kb_act *act, void *arg)
{
	(void)act;
	(void)arg;
	return KB_ERR_DATA;
}

static uint64_t
stored_register(struct lb_party *party)
{
	struct kb_register_state state = { 0 };
	struct kb_arena arena = { 0 };
	struct kb_step *step = NULL;

	LB_OK(kb_step_begin(kb_agent_store(party->agent), KB_STEP_READ, &step));
	LB_OK(kb_register_state_get(step, &arena, &state));
	kb_step_abort(&step);
	kb_arena_release(&arena);
	return state.version;
}

static bool failing;

static void
note_fail(struct kb_agent *agent, enum kb_err err, void *arg)
{
	(void)agent;
	(void)arg;
	failing = err != KB_OK;
}

static void
fail_with_the_next(struct lb_world *world, const struct kb_header *header, struct kb_buf *envelope,
		   void *state)
{
	(void)world;
	(void)header;
	(void)envelope;
	(void)state;
}

Test(hostile, a_register_head_is_on_disk_also_when_its_group_had_to_run_again)
{
	uint64_t version;

	at.world.on_deliver = fail_with_the_next;
	lb_publish_register(&at.world);
	version = at.world.register_version;
	at.school->connected = false;
	lb_settle(&at.world);
	at.school->connected = true;
	/* The welcome is taken in together with an act that fails after it. */
	for (unsigned i = 0; i < 50 && stored_register(at.school) < version; i++) {
		size_t queued = at.school->agent->commit.queued.count;

		if (queued > 0) {
			LB_OK(kb_agent_run(at.school->agent, 0, fail_act, note_fail, NULL));
		}
		lb_settle(&at.world);
	}
	cr_assert_eq(stored_register(at.school), version);
}
