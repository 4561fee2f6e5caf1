/* SPDX-License-Identifier: EUPL-1.2 */
/* Stores that go back in time: a recipient, a sender, with and without the witness file, and a lost store. */
#include <stdio.h>
#include <unistd.h>

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

TestSuite(restore, .init = open_both, .fini = close_both);

static void
settle_all(void)
{
	for (unsigned i = 0; i < 12; i++) {
		lb_wait(&at.world, 30000);
		if (fixture_waiting(at.school) == 0 && fixture_waiting(at.gemeente) == 0) {
			break;
		}
	}
}

/* Ten messages, a copy of party, ten more, and the copy put back. */
static void
go_back(struct lb_party *party)
{
	fixture_send_apart(&at, 10);
	lb_settle(&at.world);
	lb_wait(&at.world, 2000);
	lb_stop(party);
	lb_backup(party);
	lb_start(party);
	lb_settle(&at.world);
	fixture_send_apart(&at, 10);
	lb_settle(&at.world);
	lb_wait(&at.world, 2000);
	lb_stop(party);
	lb_restore(party);
}

Test(restore, a_recipient_that_went_back_draws_a_new_epoch_and_gets_everything_again)
{
	go_back(at.gemeente);
	lb_start(at.gemeente);
	cr_assert_eq(at.gemeente->agent->own_epoch.epoch_no, 2, "the witness file tells");
	lb_settle(&at.world);
	settle_all();
	cr_assert_eq(fixture_records(at.gemeente, KB_RECORD_MESSAGE_IN), 20);
	cr_assert_eq(fixture_waiting(at.school), 0);
	cr_assert_not(at.gemeente->agent->restore_pending);
	cr_assert_eq(fixture_sent(&at, 20).state, KB_SENT_OPGESLAGEN);
	cr_assert_eq(fixture_sent(&at, 20).attempt, 2, "sealed again");
	cr_assert_eq(fixture_sent(&at, 5).attempt, 1, "what it still had was not sent again");
	fixture_verify(at.gemeente);
	fixture_verify(at.school);
}

Test(restore, the_broker_notices_it_when_the_witness_file_is_gone)
{
	go_back(at.gemeente);
	cr_assert_eq(unlink(at.gemeente->witness), 0);
	lb_start(at.gemeente);
	cr_assert_eq(at.gemeente->agent->own_epoch.epoch_no, 1);
	lb_settle(&at.world);
	cr_assert_eq(at.gemeente->agent->own_epoch.epoch_no, 2);
	settle_all();
	cr_assert_eq(fixture_records(at.gemeente, KB_RECORD_MESSAGE_IN), 20);
	cr_assert_eq(fixture_waiting(at.school), 0);
}

Test(restore, a_recipient_whose_store_is_lost_gets_everything_again)
{
	char command[2 * LB_PATH + 32];

	fixture_send_apart(&at, 10);
	lb_settle(&at.world);
	lb_wait(&at.world, 2000);
	lb_stop(at.gemeente);
	(void)snprintf(command, sizeof(command), "%s.lost", at.gemeente->data);
	cr_assert_eq(rename(at.gemeente->data, command), 0);
	(void)snprintf(command, sizeof(command), "%s.lost", at.gemeente->data_keys);
	cr_assert_eq(rename(at.gemeente->data_keys, command), 0);
	(void)unlink(at.gemeente->witness);
	lb_start(at.gemeente);
	lb_settle(&at.world);
	settle_all();
	cr_assert_eq(fixture_records(at.gemeente, KB_RECORD_MESSAGE_IN), 10);
	cr_assert_eq(fixture_waiting(at.school), 0);
}

Test(restore, a_crash_before_the_broker_answered_does_not_forget_the_question)
{
	go_back(at.gemeente);
	at.gemeente->connected = false;
	lb_start(at.gemeente);
	at.gemeente->connected = false;
	lb_settle(&at.world);
	cr_assert(at.gemeente->agent->restore_pending);
	lb_stop(at.gemeente);
	lb_start(at.gemeente);
	cr_assert(at.gemeente->agent->restore_pending);
	cr_assert_eq(at.gemeente->agent->own_epoch.epoch_no, 2, "one epoch for one restore");
	lb_settle(&at.world);
	settle_all();
	cr_assert_eq(fixture_records(at.gemeente, KB_RECORD_MESSAGE_IN), 20);
	cr_assert_not(at.gemeente->agent->restore_pending);
}

Test(restore, a_sender_that_went_back_doubles_nothing_and_numbers_anew)
{
	go_back(at.school);
	lb_start(at.school);
	cr_assert_eq(at.school->agent->own_epoch.epoch_no, 2);
	lb_settle(&at.world);
	fixture_send_apart(&at, 3);
	lb_settle(&at.world);
	settle_all();
	cr_assert_eq(fixture_records(at.gemeente, KB_RECORD_MESSAGE_IN), 20 + 1 + 3,
		     "twenty of before, the question, and three new ones, numbered from 1 again");
	cr_assert_eq(fixture_waiting(at.school), 0);
	cr_assert_eq(fixture_sent_in(at.school, 2, 1).kind, KB_KIND_HERSTELD);
	cr_assert_eq(fixture_sent_in(at.school, 2, 4).state, KB_SENT_OPGESLAGEN);
	fixture_verify(at.school);
}

Test(restore, messages_that_were_waiting_in_the_copy_are_sent_once)
{
	at.gemeente->connected = false;
	lb_settle(&at.world);
	fixture_send_apart(&at, 8);
	lb_settle(&at.world);
	lb_stop(at.school);
	lb_backup(at.school);
	lb_start(at.school);
	at.gemeente->connected = true;
	lb_settle(&at.world);
	cr_assert_eq(fixture_waiting(at.school), 0);
	lb_stop(at.school);
	lb_restore(at.school);
	lb_start(at.school);
	lb_settle(&at.world);
	settle_all();
	cr_assert_eq(fixture_waiting(at.school), 0, "the receipts came again");
	cr_assert_eq(fixture_sent(&at, 8).state, KB_SENT_OPGESLAGEN);
	cr_assert_eq(fixture_counts[2].handled, 8);
}

Test(restore, a_store_that_did_not_go_back_keeps_its_epoch_over_restarts_and_new_brokers)
{
	for (unsigned i = 0; i < 3; i++) {
		fixture_send_apart(&at, 2);
		lb_settle(&at.world);
		lb_wait(&at.world, 2000);
		lb_stop(at.school);
		lb_start(at.school);
		lb_settle(&at.world);
	}
	lb_lose_store(&at.world);
	lb_settle(&at.world);
	fixture_send_apart(&at, 2);
	lb_settle(&at.world);
	cr_assert_eq(at.school->agent->own_epoch.epoch_no, 1);
	cr_assert_eq(fixture_counts[2].handled, 8);
}
