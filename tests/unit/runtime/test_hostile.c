/* SPDX-License-Identifier: EUPL-1.2 */
/* Bad luck on purpose: answers that come again, parties that left, keys that were stolen, the turn of the year. */
#include <unistd.h>

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

Test(hostile, a_recipient_restored_while_the_broker_lost_its_store_gets_everything_again)
{
	fixture_send_apart(&at, 5);
	lb_settle(&at.world);
	copy_of(at.gemeente);
	fixture_send_apart(&at, 5);
	lb_settle(&at.world);
	lb_wait(&at.world, 2000);
	lb_stop(at.gemeente);
	lb_restore(at.gemeente);
	lb_lose_store(&at.world);
	lb_start(at.gemeente);
	lb_settle(&at.world);
	settle_all(12);
	cr_assert_eq(fixture_records(at.gemeente, KB_RECORD_MESSAGE_IN), 10);
	cr_assert_not(at.gemeente->agent->restore_pending);
}

Test(hostile, what_a_restored_sender_did_before_it_noticed_arrives_all_the_same)
{
	fixture_send_apart(&at, 5);
	lb_settle(&at.world);
	copy_of(at.school);
	fixture_send_apart(&at, 5);
	lb_settle(&at.world);
	lb_wait(&at.world, 2000);
	lb_stop(at.school);
	lb_restore(at.school);
	cr_assert_eq(unlink(at.school->witness), 0);
	lb_start(at.school);
	at.school->connected = false;
	cr_assert_eq(at.school->agent->own_epoch.epoch_no, 1, "nobody has told it");
	fixture_send_apart(&at, 3); /* numbers 6, 7 and 8 once more */
	at.school->connected = true;
	lb_settle(&at.world);
	cr_assert_eq(at.school->agent->own_epoch.epoch_no, 2);
	settle_all(12);
	cr_assert_eq(fixture_counts[2].handled, 13);
	cr_assert_eq(fixture_waiting(at.school), 0);
	fixture_verify(at.school);
	fixture_verify(at.gemeente);
}

static uint32_t
refuse_used_numbers(struct lb_world *world, const struct kb_header *header, void *state)
{
	(void)world;
	return memcmp(header->epoch.bytes, state, KB_EPOCH_BYTES) == 0 && header->number > 5
		       ? kb_err_reason(KB_ERR_EQUIVOCATION)
		       : 0;
}

Test(hostile, what_the_broker_knows_to_be_used_numbers_goes_again_under_new_ones)
{
	struct kb_epoch first = at.school->agent->own_epoch.epoch;

	fixture_send_apart(&at, 5);
	lb_settle(&at.world);
	copy_of(at.school);
	fixture_send_apart(&at, 5);
	lb_settle(&at.world);
	lb_wait(&at.world, 2000);
	lb_stop(at.school);
	lb_restore(at.school);
	cr_assert_eq(unlink(at.school->witness), 0);
	lb_start(at.school);
	at.school->connected = false;
	fixture_send_apart(&at, 3);
	at.world.on_publish = refuse_used_numbers;
	at.world.fault_state = first.bytes;
	at.school->connected = true;
	lb_settle(&at.world);
	settle_all(12);
	cr_assert_eq(fixture_counts[2].handled, 13);
	cr_assert_eq(fixture_sent(&at, 6).state, KB_SENT_VERVALLEN);
	cr_assert_eq(fixture_waiting(at.school), 0);
	cr_assert_eq(fixture_counts[1].fates[KB_FATE_REFUSED], 0, "nobody has to do anything");
	fixture_verify(at.school);
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

Test(hostile, a_restored_recipient_gets_more_than_one_step_of_lost_messages_again)
{
	at.school->agent->settings.reopen_max = 100;
	lb_wait(&at.world, 2000);
	lb_stop(at.gemeente);
	lb_backup(at.gemeente);
	lb_start(at.gemeente);
	lb_settle(&at.world);
	for (unsigned i = 0; i < 2; i++) {
		LB_OK(fixture_send(&at, 250));
		lb_settle(&at.world);
	}
	cr_assert_eq(fixture_sent(&at, 500).state, KB_SENT_OPGESLAGEN);
	lb_wait(&at.world, 2000);
	lb_stop(at.gemeente);
	lb_restore(at.gemeente);
	lb_start(at.gemeente);
	lb_settle(&at.world);
	settle_all(60);
	cr_assert_eq(fixture_records(at.gemeente, KB_RECORD_MESSAGE_IN), 500);
	cr_assert_eq(fixture_sent(&at, 1).attempt, 2, "sent again once");
	cr_assert_eq(fixture_sent(&at, 500).attempt, 2, "sent again once");
	cr_assert_eq(fixture_waiting(at.gemeente), 0, "the question has been answered");
}

Test(hostile, the_turn_of_the_year_breaks_no_exchange_and_hides_no_restore)
{
	fixture_send_apart(
		&at,
		1); /* everybody knows everybody: the certificates of this world are of March */
	lb_settle(&at.world);
	lb_wait(&at.world, NEW_YEARS_EVE_UTC_MS - at.world.fake.utc_ms);
	fixture_send_apart(&at, 4);
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

static enum lb_fate
hold_second(struct lb_world *world, const struct kb_header *header, void *state)
{
	(void)world;
	(void)state;
	return header->number == 2 ? LB_HOLD : LB_PASS;
}

static void
learn_register(struct lb_party *party)
{
	party->connected = false;
	lb_settle(&at.world);
	party->connected = true;
	lb_settle(&at.world);
	lb_settle(&at.world);
}

Test(hostile, what_comes_after_a_message_that_must_be_sealed_again_waits_for_it)
{
	at.world.on_accept = hold_second;
	fixture_send_apart(&at, 2);
	lb_settle(&at.world);
	lb_wait(&at.world, 2000);
	cr_assert_eq(fixture_counts[2].handled, 1);
	at.world.on_accept = NULL;
	lb_stop(at.gemeente);
	lb_rotate(at.gemeente, true); /* number 2 is sealed for a key that is gone */
	lb_publish_register(&at.world);
	lb_start(at.gemeente);
	lb_settle(&at.world);
	learn_register(at.school);
	/* Number 2 arrives and cannot be opened; its successor, for the new key, arrives before it comes again. */
	at.school->connected = false;
	lb_settle(&at.world);
	lb_release(&at.world, false);
	cr_assert_eq(fixture_counts[2].handled, 1);
	at.school->connected = true;
	fixture_send_apart(&at, 2);
	lb_settle(&at.world);
	settle_all(12);
	cr_assert_eq(fixture_counts[2].handled, 4);
	for (uint64_t i = 0; i < 4; i++) {
		cr_assert_eq(fixture_counts[2].last_numbers[i], i + 1, "in their order");
	}
	cr_assert_eq(fixture_waiting(at.school), 0);
	fixture_verify(at.gemeente);
}

static uint32_t
refuse_second_sealing(struct lb_world *world, const struct kb_header *header, void *state)
{
	(void)world;
	(void)state;
	return header->number == 2 && header->attempt > 1 ? kb_err_reason(KB_ERR_OVERSIZE) : 0;
}

Test(hostile, what_waits_for_a_message_that_never_comes_again_is_freed_when_it_is_closed)
{
	at.world.on_accept = hold_second;
	fixture_send_apart(&at, 2);
	lb_settle(&at.world);
	lb_wait(&at.world, 2000);
	at.world.on_accept = NULL;
	at.world.on_publish = refuse_second_sealing;
	lb_stop(at.gemeente);
	lb_rotate(at.gemeente, true);
	lb_publish_register(&at.world);
	lb_start(at.gemeente);
	lb_settle(&at.world);
	learn_register(at.school);
	fixture_send_apart(&at, 2);
	lb_settle(&at.world);
	lb_release(&at.world, false);
	settle_all(12);
	cr_assert_eq(fixture_sent(&at, 2).state, KB_SENT_VERVALLEN);
	cr_assert_eq(fixture_counts[2].handled, 3);
	cr_assert_eq(fixture_waiting(at.school), 0);
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

static void
take_head_of_world(struct kb_step *step)
{
	struct kb_signed_register_head head;
	struct kb_arena arena = { 0 };

	LB_OK(kb_signed_register_head_decode(kb_buf_span(&at.world.signed_head), &arena, &head));
	LB_OK(kb_directory_take_head(kb_agent_directory(at.school->agent), step, &head,
				     kb_buf_span(&at.world.revocations),
				     kb_buf_span(&at.world.crl)));
	kb_arena_release(&arena);
}

Test(hostile, a_register_head_is_on_disk_also_when_its_first_step_was_taken_back)
{
	struct kb_step *step = NULL;

	lb_publish_register(&at.world);
	LB_OK(kb_step_begin(kb_agent_store(at.school->agent), KB_STEP_WRITE, &step));
	take_head_of_world(step);
	kb_step_abort(&step);
	cr_assert_lt(stored_register(at.school), at.world.register_version);
	LB_OK(kb_step_begin(kb_agent_store(at.school->agent), KB_STEP_WRITE, &step));
	take_head_of_world(step);
	LB_OK(kb_step_commit(&step));
	cr_assert_eq(stored_register(at.school), at.world.register_version);
}

Test(hostile, a_clock_that_jumps_years_ahead_does_not_lock_the_store_for_years)
{
	struct kb_buf text = { 0 };

	/* The battery of the machine's clock is empty: it starts in a year that is not yet, before anybody can tell. */
	lb_stop(at.school);
	at.world.fake.utc_ms += 3000 * DAY_MS;
	lb_start(at.school);
	at.school->connected = false;
	lb_settle(&at.world);
	cr_assert_eq(fixture_send(&at, 1), KB_ERR_CLOCK);
	(void)lb_ask(at.school, "", "doctor", NULL, &text);
	cr_assert_not_null(strstr((const char *)text.at, "clock-ahead"));
	kb_buf_release(&text);
	at.world.fake.utc_ms -= 3000 * DAY_MS;
	cr_assert_eq(fixture_send(&at, 1), KB_OK, "set right, it goes on at once");
	at.school->connected = true;
	lb_settle(&at.world);
	cr_assert_eq(fixture_sent(&at, 1).state, KB_SENT_OPGESLAGEN);
}

Test(hostile, an_agent_that_was_off_for_more_than_a_year_goes_on_when_the_broker_has_the_same_time)
{
	lb_stop(at.school);
	lb_wait(&at.world, 401 * DAY_MS);
	lb_start(at.school);
	at.school->connected = false;
	lb_settle(&at.world);
	cr_assert_eq(fixture_send(&at, 1), KB_ERR_CLOCK);
	at.school->connected = true;
	lb_settle(&at.world);
	cr_assert_eq(fixture_send(&at, 1), KB_OK);
}

static uint32_t
mailbox_is_full(struct lb_world *world, const struct kb_header *header, void *state)
{
	(void)world;
	(void)state;
	return header->number > 10 ? kb_err_reason(KB_ERR_MAILBOX_FULL) : 0;
}

Test(hostile, everything_that_found_a_full_mailbox_goes_on_when_there_is_room)
{
	at.world.on_publish = mailbox_is_full;
	for (unsigned i = 0; i < KB_SENDER_AGAIN_MAX / 250 + 3; i++) {
		LB_OK(fixture_send(&at, 250));
		lb_settle(&at.world);
	}
	cr_assert_gt(fixture_waiting(at.school), KB_SENDER_AGAIN_MAX);
	for (unsigned i = 0; i < 3; i++) {
		lb_wait(&at.world, 60000);
	}
	at.world.on_publish = NULL;
	for (unsigned i = 0; i < 30 && fixture_waiting(at.school) > 0; i++) {
		lb_wait(&at.world, 120000);
	}
	cr_assert_eq(fixture_waiting(at.school), 0, "without a new session");
	cr_assert_eq(at.school->agent->session.session_count, 1);
}
