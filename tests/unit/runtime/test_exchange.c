/* SPDX-License-Identifier: EUPL-1.2 */
/* The way of a message from the school's act to the gemeente's commit and back. */
#include <stdio.h>

#include <criterion/criterion.h>

#include "agents/runtime/agent_internal.h"
#include "common/store/record.h"
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

TestSuite(exchange, .init = open_both, .fini = close_both);

Test(exchange, a_message_is_stored_and_receipted)
{
	cr_assert_eq(fixture_send(&at, 1), KB_OK);
	lb_settle(&at.world);
	struct kb_sent_row row = fixture_sent(&at, 1);

	cr_assert_eq(fixture_counts[2].handled, 1);
	cr_assert_eq(row.state, KB_SENT_OPGESLAGEN);
	cr_assert_eq(row.attempt, 1);
	cr_assert_eq(row.stored_at_utc_ms, at.world.fake.utc_ms);
	cr_assert_eq(fixture_waiting(at.school), 0);
	cr_assert_eq(fixture_counts[1].fates[KB_FATE_STORED], 1);
	cr_assert_eq(fixture_counts[1].last_stored_utc_ms, at.world.fake.utc_ms);
	cr_assert_eq(fixture_records(at.school, KB_RECORD_MESSAGE_OUT), 1);
	cr_assert_eq(fixture_records(at.school, KB_RECORD_RECEIPT_IN), 1);
	cr_assert_eq(fixture_records(at.gemeente, KB_RECORD_MESSAGE_IN), 1);
	cr_assert_eq(fixture_records(at.gemeente, KB_RECORD_RECEIPT_OUT), 1);
}

Test(exchange, a_lone_message_costs_one_commit_at_either_end)
{
	uint64_t school;
	uint64_t gemeente;

	/* The first message ever brings the entry of its sender along. */
	cr_assert_eq(fixture_send(&at, 1), KB_OK);
	lb_settle(&at.world);
	school = at.school->agent->commit.commit_count;
	gemeente = at.gemeente->agent->commit.commit_count;
	cr_assert_eq(fixture_send(&at, 1), KB_OK);
	cr_assert_eq(at.school->agent->commit.commit_count, school + 1);
	lb_settle(&at.world);
	cr_assert_eq(at.gemeente->agent->commit.commit_count, gemeente + 1);
	cr_assert_eq(at.school->agent->commit.commit_count, school + 2, "one for the receipt");
}

Test(exchange, a_thousand_messages_of_one_case_arrive_once_and_in_order)
{
	for (unsigned i = 0; i < 4; i++) {
		cr_assert_eq(fixture_send(&at, 250), KB_OK);
	}
	lb_settle(&at.world);
	cr_assert_eq(fixture_counts[2].handled, 1000);
	for (unsigned i = 0; i < 1000; i++) {
		cr_assert_eq(fixture_counts[2].last_numbers[i], i + 1);
	}
	cr_assert_eq(fixture_waiting(at.school), 0);
	cr_assert_eq(fixture_counts[1].fates[KB_FATE_STORED], 1000);
	fixture_verify(at.school);
	fixture_verify(at.gemeente);
}

Test(exchange, more_than_one_seal_batch_in_one_act_is_sealed_in_several)
{
	cr_assert_eq(fixture_send(&at, 700), KB_OK);
	lb_settle(&at.world);
	cr_assert_eq(fixture_counts[2].handled, 700);
	cr_assert_eq(fixture_waiting(at.school), 0);
}

Test(exchange, what_was_sent_without_a_broker_goes_out_when_it_is_back)
{
	at.school->connected = false;
	lb_settle(&at.world);
	cr_assert_eq(fixture_send(&at, 300), KB_OK);
	lb_settle(&at.world);
	cr_assert_eq(fixture_sent(&at, 1).attempt, 0, "nothing is sealed without a witness");
	cr_assert_eq(fixture_sent(&at, 300).state, KB_SENT_WACHTRIJ);
	cr_assert_eq(fixture_counts[2].handled, 0);
	at.school->connected = true;
	lb_settle(&at.world);
	cr_assert_eq(fixture_counts[2].handled, 300);
	cr_assert_eq(fixture_waiting(at.school), 0);
}

Test(exchange, what_was_sent_without_a_broker_survives_a_restart)
{
	at.school->connected = false;
	lb_settle(&at.world);
	cr_assert_eq(fixture_send(&at, 20), KB_OK);
	lb_stop(at.school);
	lb_start(at.school);
	lb_settle(&at.world);
	cr_assert_eq(fixture_counts[2].handled, 20);
	cr_assert_eq(fixture_waiting(at.school), 0);
}

Test(exchange, a_lost_receipt_is_made_again_for_the_same_message)
{
	struct kb_sent_row before;
	struct kb_sent_row after;

	at.world.lose_receipts = true;
	cr_assert_eq(fixture_send(&at, 3), KB_OK);
	lb_settle(&at.world);
	lb_wait(&at.world, 2000);
	before = fixture_sent(&at, 2);
	cr_assert_eq(fixture_counts[2].handled, 3);
	cr_assert_eq(before.state, KB_SENT_BIJ_BROKER);
	at.world.lose_receipts = false;
	for (unsigned i = 0; i < 10 && fixture_waiting(at.school) > 0; i++) {
		lb_wait(&at.world, 30000);
	}
	after = fixture_sent(&at, 2);
	cr_assert_eq(fixture_waiting(at.school), 0);
	cr_assert_eq(fixture_counts[2].handled, 3, "handled once in all");
	cr_assert_eq(after.state, KB_SENT_OPGESLAGEN);
	cr_assert_eq(after.attempt, 1, "byte for byte the same");
	cr_assert_lt(after.stored_at_utc_ms, at.world.fake.utc_ms, "the first moment counts");
}

static enum lb_fate
drop_all_numbered(struct lb_world *world, const struct kb_header *header, void *state)
{
	(void)world;
	(void)state;
	return header->number != 0 ? LB_DROP : LB_PASS;
}

static enum lb_fate
double_all(struct lb_world *world, const struct kb_header *header, void *state)
{
	(void)world;
	(void)header;
	(void)state;
	return LB_TWICE;
}

Test(exchange, a_message_that_the_broker_lost_is_sent_again)
{
	at.world.on_accept = drop_all_numbered;
	cr_assert_eq(fixture_send(&at, 5), KB_OK);
	lb_settle(&at.world);
	at.world.on_accept = NULL;
	cr_assert_eq(fixture_counts[2].handled, 0);
	for (unsigned i = 0; i < 10 && fixture_waiting(at.school) > 0; i++) {
		lb_wait(&at.world, 30000);
	}
	cr_assert_eq(fixture_counts[2].handled, 5);
	cr_assert_eq(fixture_waiting(at.school), 0);
}

Test(exchange, nothing_is_sent_again_before_its_time)
{
	uint64_t accepted;

	at.world.on_accept = drop_all_numbered;
	cr_assert_eq(fixture_send(&at, 5), KB_OK);
	lb_settle(&at.world);
	accepted = at.world.accepted_count;
	for (unsigned i = 0; i < 20; i++) {
		lb_wait(&at.world, 1000);
	}
	cr_assert_eq(at.world.accepted_count, accepted);
}

Test(exchange, a_duplicate_gets_the_stored_receipt_and_no_second_effect)
{
	at.world.on_accept = double_all;
	cr_assert_eq(fixture_send(&at, 40), KB_OK);
	lb_settle(&at.world);
	cr_assert_eq(fixture_counts[2].handled, 40);
	cr_assert_eq(fixture_waiting(at.school), 0);
	cr_assert_eq(fixture_counts[1].fates[KB_FATE_STORED], 40);
	cr_assert_eq(fixture_records(at.gemeente, KB_RECORD_MESSAGE_IN), 40);
}

Test(exchange, a_broker_that_lost_its_disk_gets_everything_again)
{
	at.gemeente->connected = false;
	lb_settle(&at.world);
	cr_assert_eq(fixture_send(&at, 60), KB_OK);
	lb_settle(&at.world);
	lb_wait(&at.world, 2000);
	cr_assert_eq(fixture_sent(&at, 60).state, KB_SENT_BIJ_BROKER);
	lb_lose_store(&at.world);
	at.gemeente->connected = true;
	lb_settle(&at.world);
	cr_assert_eq(fixture_counts[2].handled, 60);
	cr_assert_eq(fixture_waiting(at.school), 0);
}

Test(exchange, a_recipient_that_was_away_gets_what_waited)
{
	at.gemeente->connected = false;
	lb_settle(&at.world);
	fixture_send_apart(&at, 30);
	lb_settle(&at.world);
	lb_stop(at.gemeente);
	lb_start(at.gemeente);
	lb_settle(&at.world);
	cr_assert_eq(fixture_counts[2].handled, 30);
	cr_assert_eq(fixture_waiting(at.school), 0);
}

static uint32_t
mailbox_full_once(struct lb_world *world, const struct kb_header *header, void *state)
{
	unsigned *left = state;

	(void)world;
	if (header->number == 0 || *left == 0) {
		return 0;
	}
	(*left)--;
	return kb_err_reason(KB_ERR_MAILBOX_FULL);
}

Test(exchange, a_full_mailbox_is_tried_again_later)
{
	unsigned left = 6;

	at.world.on_publish = mailbox_full_once;
	at.world.fault_state = &left;
	cr_assert_eq(fixture_send(&at, 6), KB_OK);
	lb_settle(&at.world);
	cr_assert_eq(fixture_counts[2].handled, 0);
	for (unsigned i = 0; i < 8 && fixture_waiting(at.school) > 0; i++) {
		lb_wait(&at.world, 30000);
	}
	cr_assert_eq(fixture_counts[2].handled, 6);
	cr_assert_eq(fixture_sent(&at, 3).attempt, 1);
}

Test(exchange, an_expired_statutory_message_is_shown_and_sent_again_with_a_new_sealing)
{
	at.gemeente->connected = false;
	lb_settle(&at.world);
	cr_assert_eq(fixture_send(&at, 2), KB_OK);
	lb_settle(&at.world);
	lb_wait(&at.world, 2000);
	lb_expire_all(&at.world);
	cr_assert_eq(fixture_counts[1].fates[KB_FATE_UNDELIVERED], 2);
	cr_assert_eq(fixture_records(at.school, KB_RECORD_UNDELIVERED), 2);
	at.gemeente->connected = true;
	for (unsigned i = 0; i < 4 && fixture_waiting(at.school) > 0; i++) {
		lb_wait(&at.world, 30000);
	}
	cr_assert_eq(fixture_counts[2].handled, 2);
	cr_assert_eq(fixture_sent(&at, 1).attempt, 2);
	cr_assert_eq(fixture_sent(&at, 1).state, KB_SENT_OPGESLAGEN);
}

Test(exchange, a_statutory_message_that_outlived_itself_unheard_is_sealed_again)
{
	at.gemeente->connected = false;
	lb_settle(&at.world);
	cr_assert_eq(fixture_send(&at, 2), KB_OK);
	lb_settle(&at.world);
	lb_wait(&at.world, 2000);
	/* The broker never says that it expired, and its copy is of no use any more. */
	for (size_t i = 0; i < at.world.mail_count; i++) {
		at.world.mail[i].gone = true;
	}
	lb_wait(&at.world, (int64_t)31 * 24 * 3600000);
	at.gemeente->connected = true;
	for (unsigned i = 0; i < 4 && fixture_waiting(at.school) > 0; i++) {
		lb_wait(&at.world, 30000);
	}
	cr_assert_eq(fixture_counts[2].handled, 2);
	cr_assert_geq(fixture_sent(&at, 1).attempt, 2);
	cr_assert_gt(fixture_sent(&at, 1).expires_at_utc_ms, at.world.fake.utc_ms);
}

Test(exchange, a_late_receipt_beats_an_expiry)
{
	at.world.lose_receipts = true;
	cr_assert_eq(fixture_send(&at, 1), KB_OK);
	lb_settle(&at.world);
	lb_wait(&at.world, 2000);
	at.world.lose_receipts = false;
	for (size_t i = 0; i < at.world.mail_count; i++) {
		at.world.mail[i].gone = false;
	}
	lb_expire_all(&at.world);
	for (unsigned i = 0; i < 4 && fixture_waiting(at.school) > 0; i++) {
		lb_wait(&at.world, 30000);
	}
	cr_assert_eq(fixture_counts[2].handled, 1);
	cr_assert_eq(fixture_sent(&at, 1).state, KB_SENT_OPGESLAGEN);
}

Test(exchange, status_and_doctor_are_green_and_the_log_verifies_from_the_desk)
{
	struct kb_buf text = { 0 };

	cr_assert_eq(fixture_send(&at, 10), KB_OK);
	lb_settle(&at.world);
	cr_assert_eq(lb_ask(at.school, "", "doctor", NULL, &text), 0);
	cr_assert_not_null(strstr((const char *)text.at, "alles werkt"));
	text.len = 0;
	cr_assert_eq(lb_ask(at.school, "", "status", NULL, &text), 0);
	cr_assert_not_null(strstr((const char *)text.at, "verbonden met de broker"));
	text.len = 0;
	cr_assert_eq(lb_ask(at.school, "", "log verify", NULL, &text), 0);
	cr_assert_not_null(strstr((const char *)text.at, "klopt"));
	text.len = 0;
	cr_assert_eq(lb_ask(at.school, "", "log show", NULL, &text), 0);
	cr_assert_not_null(strstr((const char *)text.at, "bericht-uit"));
	text.len = 0;
	cr_assert_eq(lb_ask(at.school, "", "outbox", NULL, &text), 0);
	cr_assert_eq(lb_ask(at.school, "", "parties", NULL, &text), 0);
	cr_assert_eq(lb_ask(at.school, "", "checkpoint", NULL, &text), 0);
	cr_assert_eq(lb_ask(at.school, "", "help", NULL, &text), 0);
	kb_buf_release(&text);
}

Test(exchange, an_act_at_the_desk_names_a_known_user_and_a_view_leaves_a_record)
{
	const char *add[] = {
		"naam", "T. Voorbeeld", "functie", "verzuimcoordinator", "account", "0", NULL
	};
	char number[24];
	const char *show[] = { "zaak", number, NULL };
	const char *wrong[] = { "zaak", "een", NULL };
	struct kb_buf text = { 0 };

	(void)snprintf(number, sizeof(number), "%llu", (unsigned long long)at.school_case);
	cr_assert_eq(lb_ask(at.school, "", "case show", show, NULL), 77, "nobody asks");
	cr_assert_eq(lb_ask(at.school, "T. Voorbeeld", "case show", show, NULL), 77);
	cr_assert_eq(lb_ask(at.school, "", "user add", add, &text), 0);
	cr_assert_eq(lb_ask(at.school, "T. Voorbeeld", "case show", wrong, NULL), 64);
	cr_assert_eq(fixture_send(&at, 1), KB_OK);
	lb_settle(&at.world);
	text.len = 0;
	cr_assert_eq(lb_ask(at.school, "T. Voorbeeld", "case show", show, &text), 0);
	cr_assert_not_null(strstr((const char *)text.at, "aanvulling van de school"));
	cr_assert_not_null(strstr((const char *)text.at, "opgeslagen"));
	cr_assert_eq(fixture_records(at.school, KB_RECORD_VIEW), 1);
	const char *end[] = { "naam", "T. Voorbeeld", NULL };

	cr_assert_eq(lb_ask(at.school, "", "user end", end, NULL), 0);
	cr_assert_eq(lb_ask(at.school, "T. Voorbeeld", "inbox", NULL, NULL), 77);
	kb_buf_release(&text);
}

Test(exchange, a_bench_run_ends_with_every_message_receipted)
{
	const char *fill[] = {
		"ontvanger", at.gemeente->identity.self.text, "aantal", "600", "zaken", "20", NULL
	};

	cr_assert_eq(lb_ask(at.school, "", "bench fill", fill, NULL), 0);
	cr_assert_eq(fixture_counts[2].handled, 620, "a melding for every case, then the rest");
	cr_assert_eq(fixture_waiting(at.school), 0);
	cr_assert_eq(lb_ask(at.school, "", "bench fill", fill, NULL), 0);
	cr_assert_eq(fixture_counts[2].handled, 1220, "the cases are used again");
	cr_assert_eq(lb_ask(at.school, "", "bench wait", NULL, NULL), 0);
}
