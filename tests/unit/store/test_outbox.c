/* SPDX-License-Identifier: EUPL-1.2 */
/* Outbox, sent messages, their counters, and receipts on their way. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "common/store/epochs.h"
#include "common/store/outbox.h"
#include "tests/unit/store/store_fixture.h"

static struct fixture f;

static void
setup(void)
{
	fixture_open(&f);
}

static void
teardown(void)
{
	fixture_close(&f);
}

TestSuite(outbox, .init = setup, .fini = teardown);

/* A message to party_no; sealed when envelope is not "". */
static struct kb_number_key
message(uint32_t party_no, unsigned content, const char *envelope, bool urgent)
{
	struct kb_number_key key = { 0 };
	struct kb_sent_row sent = { .kind = 10,
				    .case_no = 5,
				    .ledger_seq = 100 + content,
				    .message_id = fixture_id(content),
				    .commitment = fixture_hash(content),
				    .created_utc_ms = FIXTURE_NOW_UTC_MS,
				    .expires_at_utc_ms = FIXTURE_NOW_UTC_MS + 1000,
				    .urgent = urgent,
				    .statutory = true,
				    .consent = true };

	if (envelope[0] != 0) {
		sent.attempt = 1;
		sent.sent_at_utc_ms = FIXTURE_NOW_UTC_MS;
	}
	cr_assert_eq(kb_outbox_number(f.step, party_no, &key), KB_OK);
	cr_assert_eq(kb_outbox_put(f.step, &key, &sent, kb_span_text(envelope)), KB_OK);
	return key;
}

static struct kb_outbox_receipt
receipt(unsigned content, bool stored)
{
	return (struct kb_outbox_receipt){ .stored = stored,
					   .reason = stored ? 0 : 40,
					   .stored_at_utc_ms = 777,
					   .receipt_seq = 9,
					   .commitment = fixture_hash(content) };
}

static enum kb_sent_state
state_of(const struct kb_number_key *key)
{
	struct kb_sent_row sent;

	cr_assert_eq(kb_sent_get(f.step, key, &sent), KB_OK);
	return sent.state;
}

static struct kb_edge_out
edge_of(const struct kb_number_key *key)
{
	struct kb_edge_out edge;

	cr_assert_eq(kb_edge_out_get(f.step, key->party_no, key->epoch_no, &edge), KB_OK);
	return edge;
}

Test(outbox, numbers_are_gapless_per_recipient_and_go_on_after_a_restart)
{
	fixture_write(&f);
	uint32_t a = fixture_party_no(&f, 1);
	uint32_t b = fixture_party_no(&f, 2);

	cr_assert_eq(message(a, 1, "x", false).number, 1);
	cr_assert_eq(message(a, 2, "x", false).number, 2);
	cr_assert_eq(message(b, 3, "x", false).number, 1);
	fixture_commit(&f);
	fixture_restart(&f);
	fixture_write(&f);
	cr_assert_eq(message(a, 4, "x", false).number, 3);
	fixture_abort(&f);
	fixture_write(&f);
	cr_assert_eq(message(a, 5, "x", false).number, 3, "an aborted step gives its number back");
	fixture_commit(&f);
}

Test(outbox, keeps_every_field_of_a_sent_message)
{
	fixture_write(&f);
	struct kb_number_key key = message(fixture_party_no(&f, 1), 3, "bytes", true);

	fixture_commit(&f);
	fixture_restart(&f);
	fixture_read(&f);
	struct kb_outbox_row row;

	cr_assert_eq(kb_outbox_get(f.step, &key, &row), KB_OK);
	cr_assert(kb_span_equal(row.envelope, kb_span_text("bytes")));
	cr_assert_eq(row.sent.state, KB_SENT_WACHTRIJ);
	cr_assert_eq(row.sent.kind, 10);
	cr_assert_eq(row.sent.case_no, 5);
	cr_assert_eq(row.sent.ledger_seq, 103);
	cr_assert_eq(row.sent.attempt, 1);
	cr_assert_eq(row.sent.sealed_bytes, 5);
	cr_assert_eq(row.sent.created_utc_ms, FIXTURE_NOW_UTC_MS);
	cr_assert_eq(row.sent.expires_at_utc_ms, FIXTURE_NOW_UTC_MS + 1000);
	cr_assert(row.sent.urgent);
	cr_assert(row.sent.statutory);
	cr_assert(row.sent.consent);
	cr_assert(!row.sent.reopened);
	struct kb_id id = fixture_id(3);
	struct kb_hash hash = fixture_hash(3);

	cr_assert(kb_id_equal(&row.sent.message_id, &id));
	cr_assert(kb_hash_equal(&row.sent.commitment, &hash));
	fixture_abort(&f);
}

Test(outbox, a_message_goes_from_wachtrij_to_opgeslagen_and_its_bytes_go)
{
	fixture_write(&f);
	struct kb_number_key key = message(fixture_party_no(&f, 1), 1, "bytes", false);
	struct kb_outbox_receipt stored = receipt(1, true);
	struct kb_outbox_row row;

	cr_assert_eq(state_of(&key), KB_SENT_WACHTRIJ);
	cr_assert_eq(edge_of(&key).ready_count, 1);
	cr_assert_eq(edge_of(&key).waiting_bytes, 5);
	cr_assert_eq(kb_outbox_sent(f.step, &key, 5000), KB_OK);
	cr_assert_eq(state_of(&key), KB_SENT_VERZONDEN);
	cr_assert_eq(kb_outbox_accepted(f.step, &key, 600, 6000), KB_OK);
	cr_assert_eq(state_of(&key), KB_SENT_BIJ_BROKER);
	cr_assert_eq(edge_of(&key).ready_count, 0);
	cr_assert_eq(edge_of(&key).at_broker_count, 1);
	cr_assert_eq(kb_outbox_receipt(f.step, &key, &stored), KB_OK);
	cr_assert_eq(state_of(&key), KB_SENT_OPGESLAGEN);
	cr_assert_eq(edge_of(&key).at_broker_count, 0);
	cr_assert_eq(edge_of(&key).waiting_bytes, 0);
	cr_assert_eq(kb_outbox_get(f.step, &key, &row), KB_ERR_NOT_FOUND);
	fixture_commit(&f);
	fixture_restart(&f);
	fixture_read(&f);
	struct kb_sent_row sent;

	cr_assert_eq(kb_sent_get(f.step, &key, &sent), KB_OK);
	cr_assert_eq(sent.state, KB_SENT_OPGESLAGEN);
	cr_assert_eq(sent.accepted_at_utc_ms, 600);
	cr_assert_eq(sent.stored_at_utc_ms, 777);
	cr_assert_eq(sent.receipt_seq, 9);
	fixture_abort(&f);
}

Test(outbox, a_receipt_beats_expiry_and_closing_but_not_the_other_way_round)
{
	fixture_write(&f);
	uint32_t a = fixture_party_no(&f, 1);
	struct kb_number_key lost = message(a, 1, "x", false);
	struct kb_number_key closed = message(a, 2, "x", false);
	struct kb_outbox_receipt first = receipt(1, true);
	struct kb_outbox_receipt second = receipt(2, true);
	struct kb_outbox_receipt refusal = receipt(1, false);

	cr_assert_eq(kb_outbox_accepted(f.step, &lost, 1, 1), KB_OK);
	cr_assert_eq(kb_outbox_undelivered(f.step, &lost, 36), KB_OK);
	cr_assert_eq(state_of(&lost), KB_SENT_NIET_BEZORGD);
	cr_assert_eq(edge_of(&lost).undelivered_count, 1);
	cr_assert_eq(kb_outbox_receipt(f.step, &lost, &first), KB_OK);
	cr_assert_eq(state_of(&lost), KB_SENT_OPGESLAGEN);
	cr_assert_eq(kb_outbox_undelivered(f.step, &lost, 36), KB_OK);
	cr_assert_eq(state_of(&lost), KB_SENT_OPGESLAGEN);
	cr_assert_eq(kb_outbox_receipt(f.step, &lost, &refusal), KB_ERR_DUPLICATE);
	cr_assert_eq(kb_outbox_close(f.step, &closed, 36), KB_OK);
	cr_assert_eq(state_of(&closed), KB_SENT_VERVALLEN);
	cr_assert_eq(kb_outbox_receipt(f.step, &closed, &second), KB_OK);
	cr_assert_eq(state_of(&closed), KB_SENT_OPGESLAGEN);
	cr_assert_eq(kb_outbox_close(f.step, &closed, 36), KB_ERR_STATE);
	fixture_commit(&f);
}

Test(outbox, a_refusal_is_kept_with_its_reason_and_gives_way_to_stored)
{
	fixture_write(&f);
	struct kb_number_key key = message(fixture_party_no(&f, 1), 1, "x", false);
	struct kb_outbox_receipt refused = receipt(1, false);
	struct kb_outbox_receipt stored = receipt(1, true);
	struct kb_outbox_receipt foreign = receipt(2, true);
	struct kb_sent_row sent;

	cr_assert_eq(kb_outbox_receipt(f.step, &key, &foreign), KB_ERR_COMMITMENT_MISMATCH);
	cr_assert_eq(state_of(&key), KB_SENT_WACHTRIJ);
	cr_assert_eq(kb_outbox_receipt(f.step, &key, &refused), KB_OK);
	cr_assert_eq(kb_sent_get(f.step, &key, &sent), KB_OK);
	cr_assert_eq(sent.state, KB_SENT_GEWEIGERD);
	cr_assert_eq(sent.reason, 40);
	cr_assert_eq(kb_outbox_receipt(f.step, &key, &refused), KB_ERR_DUPLICATE);
	cr_assert_eq(kb_outbox_receipt(f.step, &key, &stored), KB_OK);
	cr_assert_eq(kb_outbox_receipt(f.step, &key, &stored), KB_ERR_DUPLICATE);
	cr_assert_eq(state_of(&key), KB_SENT_OPGESLAGEN);
	struct kb_number_key unknown = { .party_no = 99, .epoch_no = 1, .number = 1 };

	cr_assert_eq(kb_outbox_receipt(f.step, &unknown, &stored), KB_ERR_NOT_FOUND);
	fixture_commit(&f);
}

Test(outbox, an_unsealed_message_is_sealed_later_and_resealed_with_a_higher_attempt)
{
	fixture_write(&f);
	struct kb_number_key key = message(fixture_party_no(&f, 1), 1, "", false);
	struct kb_outbox_row row;

	cr_assert_eq(edge_of(&key).unsealed_count, 1);
	cr_assert_eq(kb_outbox_sent(f.step, &key, 1), KB_ERR_STATE);
	cr_assert_eq(kb_outbox_seal(f.step, &key, 1, 50, 60, kb_span_text("first")), KB_OK);
	cr_assert_eq(edge_of(&key).unsealed_count, 0);
	cr_assert_eq(edge_of(&key).ready_count, 1);
	cr_assert_eq(kb_outbox_accepted(f.step, &key, 70, 80), KB_OK);
	cr_assert_eq(kb_outbox_seal(f.step, &key, 1, 50, 60, kb_span_text("again")), KB_ERR_STATE);
	cr_assert_eq(kb_outbox_unseal(f.step, &key), KB_OK);
	cr_assert_eq(edge_of(&key).unsealed_count, 1);
	cr_assert_eq(edge_of(&key).at_broker_count, 0);
	cr_assert_eq(kb_outbox_seal(f.step, &key, 2, 90, 99, kb_span_text("second!")), KB_OK);
	cr_assert_eq(kb_outbox_get(f.step, &key, &row), KB_OK);
	cr_assert_eq(row.sent.attempt, 2);
	cr_assert_eq(row.sent.sent_at_utc_ms, 90);
	cr_assert_eq(row.sent.expires_at_utc_ms, 99);
	cr_assert(kb_span_equal(row.envelope, kb_span_text("second!")));
	cr_assert_eq(edge_of(&key).waiting_bytes, 7);
	fixture_commit(&f);
}

/* The numbers that a walk with filter gives, in order, as text. */
static const char *
walk(const struct kb_outbox_filter *filter)
{
	static char text[256];
	struct kb_number_key cursor = { 0 };
	struct kb_outbox_row row;
	size_t len = 0;
	enum kb_err err = KB_OK;

	text[0] = 0;
	for (;;) {
		err = kb_outbox_next(f.step, filter, &cursor, &row);
		if (err == KB_ERR_BUSY) {
			continue;
		}
		if (err != KB_OK) {
			break;
		}
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%u.%llu ",
					row.key.party_no, (unsigned long long)row.key.number);
	}
	cr_assert_eq(err, KB_ERR_NOT_FOUND);
	return text;
}

Test(outbox, walks_give_what_is_to_be_sealed_sent_and_sent_again)
{
	fixture_write(&f);
	uint32_t a = fixture_party_no(&f, 1);
	uint32_t b = fixture_party_no(&f, 2);
	uint32_t c = fixture_party_no(&f, 3);
	uint32_t d = fixture_party_no(&f, 4);

	(void)message(a, 1, "x", false);
	(void)message(a, 2, "x", true);
	struct kb_number_key third = message(a, 3, "x", false);

	(void)message(a, 4, "", false);
	struct kb_number_key only = message(b, 5, "x", false);

	(void)message(c, 6, "", true);
	(void)message(c, 7, "x", true);
	(void)message(d, 8, "", false);
	cr_assert_eq(kb_outbox_accepted(f.step, &third, 1, 9000), KB_OK);
	cr_assert_eq(kb_outbox_accepted(f.step, &only, 1, 500), KB_OK);
	fixture_commit(&f);
	fixture_read(&f);
	cr_assert_str_eq(walk(&(struct kb_outbox_filter){ 0 }), "1.1 1.2 1.3 1.4 2.1 3.1 3.2 4.1 ");
	cr_assert_str_eq(walk(&(struct kb_outbox_filter){ .which = KB_OUTBOX_UNSEALED }),
			 "1.4 3.1 4.1 ");
	cr_assert_str_eq(walk(&(struct kb_outbox_filter){ .which = KB_OUTBOX_READY }),
			 "1.1 1.2 3.2 ");
	cr_assert_str_eq(
		walk(&(struct kb_outbox_filter){ .which = KB_OUTBOX_READY, .urgent_only = true }),
		"1.2 3.2 ");
	cr_assert_str_eq(
		walk(&(struct kb_outbox_filter){ .which = KB_OUTBOX_READY, .normal_only = true }),
		"1.1 ");
	cr_assert_str_eq(walk(&(struct kb_outbox_filter){
				 .which = KB_OUTBOX_READY, .recipient_no = c, .epoch_no = 1 }),
			 "3.2 ");
	cr_assert_str_eq(walk(&(struct kb_outbox_filter){ .recipient_no = b }), "2.1 ");
	cr_assert_str_eq(walk(&(struct kb_outbox_filter){ .which = KB_OUTBOX_UNRECEIPTED }),
			 "1.3 2.1 ");
	cr_assert_str_eq(walk(&(struct kb_outbox_filter){ .which = KB_OUTBOX_UNRECEIPTED,
							  .retry_before_utc_ms = 1000 }),
			 "2.1 ");
	cr_assert_str_eq(walk(&(struct kb_outbox_filter){
				 .which = KB_OUTBOX_READY, .urgent_only = true, .examine_max = 1 }),
			 "1.2 3.2 ", "a walk in slices finds the same");
	fixture_abort(&f);
}

Test(outbox, a_new_broker_store_makes_everything_unreceipted_ready_again_in_slices)
{
	fixture_write(&f);
	uint32_t a = fixture_party_no(&f, 1);
	struct kb_number_key key = { 0 };

	for (unsigned i = 1; i <= 10; i++) {
		key = message(a, i, "x", false);
		cr_assert_eq(kb_outbox_accepted(f.step, &key, 1, 9), KB_OK);
	}
	struct kb_outbox_receipt stored = receipt(10, true);

	cr_assert_eq(kb_outbox_receipt(f.step, &key, &stored), KB_OK);
	uint64_t from = 0;
	unsigned slices = 0;

	do {
		cr_assert_eq(kb_outbox_republish(f.step, a, key.epoch_no, &from, 4), KB_OK);
		slices++;
	} while (from != 0);
	cr_assert_eq(slices, 3);
	cr_assert_eq(edge_of(&key).ready_count, 9);
	cr_assert_eq(edge_of(&key).at_broker_count, 0);
	fixture_commit(&f);
}

Test(outbox, a_restored_peer_gets_a_stored_message_again)
{
	fixture_write(&f);
	struct kb_number_key key = message(fixture_party_no(&f, 1), 1, "x", false);
	struct kb_outbox_receipt stored = receipt(1, true);

	cr_assert_eq(kb_outbox_reopen(f.step, &key), KB_ERR_STATE);
	cr_assert_eq(kb_outbox_receipt(f.step, &key, &stored), KB_OK);
	cr_assert_eq(kb_outbox_reopen(f.step, &key), KB_OK);
	cr_assert_eq(state_of(&key), KB_SENT_WACHTRIJ);
	cr_assert_eq(edge_of(&key).unsealed_count, 1);
	/* The receipt of before may come once more, from a mailbox or from whoever wants the message to stay lost. */
	stored.attempt = 1;
	cr_assert_eq(kb_outbox_receipt(f.step, &key, &stored), KB_ERR_DUPLICATE);
	cr_assert_eq(state_of(&key), KB_SENT_WACHTRIJ);
	cr_assert_eq(kb_outbox_seal(f.step, &key, 2, 1, 2, kb_span_text("again")), KB_OK);
	cr_assert_eq(kb_outbox_receipt(f.step, &key, &stored), KB_ERR_DUPLICATE);
	stored.attempt = 2;
	cr_assert_eq(kb_outbox_receipt(f.step, &key, &stored), KB_OK);
	cr_assert_eq(kb_outbox_reopen(f.step, &key), KB_OK);
	fixture_commit(&f);
	struct kb_error_text where = { 0 };

	cr_assert_eq(kb_store_check(f.store, NULL, NULL, &where), KB_OK, "%s", where.text);
}

Test(outbox, a_new_epoch_numbers_from_one_and_keeps_the_old_messages)
{
	struct kb_epoch_row first;
	struct kb_epoch_row second;
	struct kb_epoch_row listed;

	fixture_write(&f);
	uint32_t a = fixture_party_no(&f, 1);
	struct kb_number_key old = message(a, 1, "x", false);

	cr_assert_eq(kb_epoch_own(f.step, &first), KB_OK);
	cr_assert_eq(kb_store_new_epoch(f.step, &second), KB_OK);
	struct kb_number_key fresh = message(a, 2, "x", false);

	cr_assert_eq(old.number, 1);
	cr_assert_eq(fresh.number, 1);
	cr_assert_neq(old.epoch_no, fresh.epoch_no);
	cr_assert_neq(memcmp(&first.epoch, &second.epoch, sizeof(first.epoch)), 0);
	fixture_commit(&f);
	fixture_restart(&f);
	fixture_read(&f);
	cr_assert_eq(kb_epoch_own(f.step, &listed), KB_OK);
	cr_assert_eq(listed.epoch_no, second.epoch_no);
	cr_assert_eq(kb_epoch_next(f.step, KB_PARTY_NO_SELF, 0, &listed), KB_OK);
	cr_assert_eq(memcmp(&listed.epoch, &first.epoch, sizeof(first.epoch)), 0);
	cr_assert_eq(state_of(&old), KB_SENT_WACHTRIJ);
	fixture_abort(&f);
}

Test(outbox, an_aborted_step_leaves_no_row_and_no_count)
{
	fixture_write(&f);
	uint32_t a = fixture_party_no(&f, 1);

	fixture_commit(&f);
	fixture_write(&f);
	struct kb_number_key key = message(a, 1, "x", false);

	fixture_abort(&f);
	fixture_read(&f);
	struct kb_sent_row sent;

	cr_assert_eq(kb_sent_get(f.step, &key, &sent), KB_ERR_NOT_FOUND);
	cr_assert_eq(edge_of(&key).last_number, 0);
	cr_assert_eq(edge_of(&key).ready_count, 0);
	fixture_abort(&f);
}

Test(outbox, counters_fit_the_rows_after_many_random_steps)
{
	struct kb_number_key keys[300];
	unsigned count = 0;
	uint64_t state = 7;

	for (unsigned round = 0; round < 40; round++) {
		fixture_write(&f);
		uint32_t party_no = fixture_party_no(&f, 1 + round % 3);
		unsigned before = count;

		for (unsigned i = 0; i < 20; i++) {
			state = state * 6364136223846793005u + 1442695040888963407u;
			unsigned choice = (unsigned)(state >> 33) % 8;
			unsigned at = count > 0 ? (unsigned)(state >> 40) % count : 0;

			if (count == 0 || (choice == 0 && count < 300)) {
				keys[count] = message(party_no, count, i % 2 == 0 ? "abc" : "",
						      i % 5 == 0);
				count++;
				continue;
			}
			struct kb_outbox_receipt done = receipt(at, choice != 3);

			enum kb_err results[] = {
				KB_OK,
				kb_outbox_sent(f.step, &keys[at], 1),
				choice == 2 ? kb_outbox_accepted(f.step, &keys[at], 1, 1) : KB_OK,
				choice == 3 || choice == 7
					? kb_outbox_receipt(f.step, &keys[at], &done)
					: KB_OK,
				choice == 4 ? kb_outbox_undelivered(f.step, &keys[at], 36) : KB_OK,
				choice == 5 ? kb_outbox_unseal(f.step, &keys[at]) : KB_OK,
				choice == 6 ? kb_outbox_close(f.step, &keys[at], 36) : KB_OK,
			};

			for (size_t r = 0; r < sizeof(results) / sizeof(results[0]); r++) {
				cr_assert(results[r] == KB_OK || results[r] == KB_ERR_STATE ||
						  results[r] == KB_ERR_DUPLICATE,
					  "%s", kb_err_name(results[r]));
			}
		}
		if (round % 7 == 6) {
			fixture_abort(&f);
			count = before;
			continue;
		}
		fixture_commit(&f);
	}
	struct kb_error_text where = { 0 };

	cr_assert_eq(kb_store_check(f.store, NULL, NULL, &where), KB_OK, "%s", where.text);
}

Test(outbox, receipts_of_ours_wait_for_the_broker_in_order)
{
	struct kb_receipt_out first = { .recipient_no = 3,
					.message_id = fixture_id(1),
					.ledger_seq = 8,
					.envelope = kb_span_text("sealed") };
	struct kb_receipt_out second = { .recipient_no = 4 };
	struct kb_receipt_out row;
	uint64_t count = 0;

	fixture_write(&f);
	cr_assert_eq(kb_receipt_out_put(f.step, &first), KB_OK);
	cr_assert_eq(kb_receipt_out_put(f.step, &second), KB_OK);
	fixture_commit(&f);
	fixture_restart(&f);
	fixture_write(&f);
	cr_assert_eq(kb_receipt_out_next(f.step, 0, &row), KB_OK);
	cr_assert_eq(row.receipt_no, first.receipt_no);
	cr_assert_eq(row.recipient_no, 3);
	cr_assert_eq(row.ledger_seq, 8);
	cr_assert(kb_span_equal(row.envelope, kb_span_text("sealed")));
	cr_assert_eq(kb_receipt_out_next(f.step, row.receipt_no, &row), KB_OK);
	cr_assert_eq(row.envelope.len, 0);
	cr_assert_eq(kb_receipt_out_seal(f.step, row.receipt_no, kb_span_text("now")), KB_OK);
	cr_assert_eq(kb_receipt_out_next(f.step, first.receipt_no, &row), KB_OK);
	cr_assert(kb_span_equal(row.envelope, kb_span_text("now")));
	cr_assert_eq(kb_receipt_out_delete(f.step, first.receipt_no), KB_OK);
	cr_assert_eq(kb_receipt_out_delete(f.step, first.receipt_no), KB_OK);
	cr_assert_eq(kb_receipt_out_count(f.step, &count), KB_OK);
	cr_assert_eq(count, 1);
	fixture_commit(&f);
}

Test(outbox, state_names_are_the_words_for_people)
{
	cr_assert_str_eq(kb_sent_state_label(KB_SENT_WACHTRIJ), "in wachtrij");
	cr_assert_str_eq(kb_sent_state_label(KB_SENT_VERZONDEN), "verzonden");
	cr_assert_str_eq(kb_sent_state_label(KB_SENT_BIJ_BROKER), "bij broker");
	cr_assert_str_eq(kb_sent_state_label(KB_SENT_OPGESLAGEN), "opgeslagen");
	cr_assert_str_eq(kb_sent_state_label(KB_SENT_GEWEIGERD), "geweigerd");
	cr_assert_str_eq(kb_sent_state_label(KB_SENT_NIET_BEZORGD), "niet bezorgd");
	cr_assert_str_eq(kb_sent_state_label(KB_SENT_VERVALLEN), "vervallen");
	cr_assert_str_eq(kb_sent_state_label((enum kb_sent_state)99), "");
}
