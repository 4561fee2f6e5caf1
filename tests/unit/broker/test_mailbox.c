/* SPDX-License-Identifier: EUPL-1.2 */
/* One suite, run against both mailboxes. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "broker/broker_store.h"
#include "broker/mailbox_lmdb.h"
#include "broker/mailbox_memory.h"

static struct kb_mailbox *mailbox;
static struct kb_broker_store store;
static bool on_disk;
static char folder[64];
static struct kb_mailbox_limits limits = { 100, 10000, 50 };

static void
open_box(bool disk)
{
	struct kb_broker_store_options options = { .folder = folder };
	struct kb_random random = kb_random_system();
	struct kb_error_text where = { "" };

	on_disk = disk;
	if (disk) {
		cr_assert_eq(kb_broker_store_open(&options, &random, &store, &where), KB_OK, "%s",
			     where.text);
		cr_assert_eq(kb_mailbox_lmdb_new(&limits, &mailbox), KB_OK);
	} else {
		cr_assert_eq(kb_mailbox_memory_new(&limits, &mailbox), KB_OK);
	}
}

static void
start(bool disk)
{
	(void)snprintf(folder, sizeof(folder), "/tmp/kb-mailbox-XXXXXX");
	cr_assert_not_null(mkdtemp(folder));
	open_box(disk);
}

static void
stop(void)
{
	char command_path[128];
	static const char *const files[] = { "broker.mdb",     "broker.mdb-lock", "broker.lock",
					     "broker.reserve", "broker.open",	  "" };

	kb_mailbox_free(mailbox);
	if (on_disk) {
		kb_broker_store_close(&store);
	}
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		(void)snprintf(command_path, sizeof(command_path), "%s/%s", folder, files[i]);
		(void)remove(command_path);
	}
	(void)rmdir(folder);
}

static struct kb_txn *txn;

static void
begin(void)
{
	txn = NULL;
	if (on_disk) {
		cr_assert_eq(kb_txn_begin_write(store.env, &txn), KB_OK);
	}
	kb_mailbox_begin(mailbox, txn);
}

static void
commit(void)
{
	cr_assert_eq(kb_mailbox_flush(mailbox), KB_OK);
	if (on_disk) {
		cr_assert_eq(kb_txn_commit(txn), KB_OK);
	}
	kb_mailbox_end(mailbox, true);
}

static void
take_back(void)
{
	if (on_disk) {
		kb_txn_abort(txn);
	}
	kb_mailbox_end(mailbox, false);
}

static enum kb_err
put(uint32_t recipient, uint32_t sender, enum kb_lane lane, uint64_t number, const char *text,
    int64_t expires, uint64_t *seq)
{
	struct kb_mail mail = {
		.place = { .recipient_no = recipient, .lane = lane },
		.sender_no = sender,
		.epoch_no = 1,
		.number = number,
		.attempt = 1,
		.expires_at_utc_ms = expires,
		.envelope = kb_span_text(text),
	};
	enum kb_err err = kb_mailbox_put(mailbox, &mail);

	if (err == KB_OK && seq != NULL) {
		*seq = mail.place.seq;
	}
	return err;
}

struct seen {
	uint64_t numbers[128];
	size_t count;
	size_t most;
	bool envelopes;
};

static bool
see(void *state, const struct kb_mail *mail)
{
	struct seen *seen = state;
	char expected[32];

	if (seen->count == seen->most) {
		return false;
	}
	(void)snprintf(expected, sizeof(expected), "text %llu", (unsigned long long)mail->number);
	if (seen->envelopes) {
		cr_assert(kb_span_equal(mail->envelope, kb_span_text(expected)));
	} else {
		cr_assert_eq(mail->envelope.len, 0);
	}
	cr_assert_eq(mail->envelope_bytes, strlen(expected));
	seen->numbers[seen->count++] = mail->number;
	return true;
}

static struct seen
scan(uint32_t recipient, enum kb_lane lane, uint64_t from, size_t most, bool envelopes)
{
	struct seen seen = { .most = most, .envelopes = envelopes };
	struct kb_mail_place place = { .recipient_no = recipient, .lane = lane, .seq = from };

	cr_assert_eq(kb_mailbox_scan(mailbox, &place, envelopes, see, &seen), KB_OK);
	return seen;
}

static struct kb_mailbox_counts
counts(uint32_t recipient)
{
	struct kb_mailbox_counts out;

	cr_assert_eq(kb_mailbox_counts(mailbox, recipient, &out), KB_OK);
	return out;
}

ParameterizedTestParameters(mailbox, keeps_lanes_and_recipients_apart_and_in_order)
{
	static bool kinds[] = { false, true };

	return cr_make_param_array(bool, kinds, 2);
}

static void
fill(void)
{
	begin();
	for (uint64_t i = 1; i <= 10; i++) {
		char text[32];

		(void)snprintf(text, sizeof(text), "text %llu", (unsigned long long)i);
		cr_assert_eq(put(7, 1, i % 3 == 0 ? KB_LANE_URGENT : KB_LANE_NORMAL, i, text,
				 (int64_t)(1000 + i), NULL),
			     KB_OK);
		(void)snprintf(text, sizeof(text), "text %llu", (unsigned long long)(i + 100));
		cr_assert_eq(put(8, 1, KB_LANE_NORMAL, i + 100, text, 5000, NULL), KB_OK);
	}
	commit();
}

ParameterizedTest(bool *disk, mailbox, keeps_lanes_and_recipients_apart_and_in_order)
{
	static const uint64_t urgent[] = { 3, 6, 9 };
	static const uint64_t normal[] = { 1, 2, 4, 5, 7, 8, 10 };
	uint32_t box = 0;

	start(*disk);
	fill();
	begin();
	struct seen seen = scan(7, KB_LANE_URGENT, 1, 100, true);

	cr_assert_eq(seen.count, 3);
	cr_assert_arr_eq(seen.numbers, urgent, sizeof(urgent));
	seen = scan(7, KB_LANE_NORMAL, 1, 100, false);
	cr_assert_eq(seen.count, 7);
	cr_assert_arr_eq(seen.numbers, normal, sizeof(normal));
	seen = scan(7, KB_LANE_NORMAL, 5, 2, true);
	cr_assert_eq(seen.count, 2);
	cr_assert_eq(seen.numbers[0], 5);
	cr_assert_eq(scan(9, KB_LANE_NORMAL, 1, 100, true).count, 0);
	cr_assert_eq(counts(7).messages[KB_LANE_URGENT], 3);
	cr_assert_eq(counts(7).messages[KB_LANE_NORMAL], 7);
	cr_assert_eq(counts(7).bytes, 6 * 9 + 7);
	cr_assert_eq(counts(7).oldest_expiry_utc_ms, 1001);
	cr_assert_eq(kb_mailbox_next_box(mailbox, 0, &box), KB_OK);
	cr_assert_eq(box, 7);
	cr_assert_eq(kb_mailbox_next_box(mailbox, 7, &box), KB_OK);
	cr_assert_eq(box, 8);
	cr_assert_eq(kb_mailbox_next_box(mailbox, 8, &box), KB_ERR_NOT_FOUND);
	take_back();
	stop();
}

ParameterizedTestParameters(mailbox, a_confirmed_stretch_is_gone_and_seqs_are_not_used_again)
{
	static bool kinds[] = { false, true };

	return cr_make_param_array(bool, kinds, 2);
}

ParameterizedTest(bool *disk, mailbox, a_confirmed_stretch_is_gone_and_seqs_are_not_used_again)
{
	struct kb_mail_place first = { .recipient_no = 7, .lane = KB_LANE_NORMAL, .seq = 2 };
	struct kb_mail mail;
	uint64_t count = 0;
	uint64_t seq = 0;

	start(*disk);
	fill();
	begin();
	cr_assert_eq(kb_mailbox_remove(mailbox, &first, 7, &count), KB_OK);
	cr_assert_eq(count, 4);
	/* Once more: nothing is left there, and nothing is counted twice. */
	cr_assert_eq(kb_mailbox_remove(mailbox, &first, 7, &count), KB_OK);
	cr_assert_eq(count, 0);
	commit();
	begin();
	cr_assert_eq(scan(7, KB_LANE_NORMAL, 1, 100, true).count, 3);
	cr_assert_eq(scan(7, KB_LANE_URGENT, 1, 100, true).count, 3);
	cr_assert_eq(kb_mailbox_get(mailbox, &first, &mail), KB_ERR_NOT_FOUND);
	first.seq = 8;
	cr_assert_eq(kb_mailbox_get(mailbox, &first, &mail), KB_OK);
	cr_assert_eq(mail.number, 8);
	cr_assert_eq(mail.sender_no, 1);
	first.seq = 1;
	cr_assert_eq(kb_mailbox_remove(mailbox, &first, UINT64_MAX - 1, &count), KB_OK);
	first.lane = KB_LANE_URGENT;
	cr_assert_eq(kb_mailbox_remove(mailbox, &first, UINT64_MAX - 1, &count), KB_OK);
	cr_assert_eq(counts(7).bytes, 0);
	cr_assert_eq(counts(7).oldest_expiry_utc_ms, INT64_MAX);
	cr_assert_eq(put(7, 1, KB_LANE_NORMAL, 11, "text 11", 1, &seq), KB_OK);
	cr_assert_eq(seq, 11);
	first.seq = 5;
	cr_assert_eq(kb_mailbox_remove(mailbox, &first, 4, &count), KB_ERR_BAD_VALUE);
	commit();
	stop();
}

ParameterizedTestParameters(mailbox, an_abort_takes_everything_back)
{
	static bool kinds[] = { false, true };

	return cr_make_param_array(bool, kinds, 2);
}

ParameterizedTest(bool *disk, mailbox, an_abort_takes_everything_back)
{
	struct kb_mail_place first = { .recipient_no = 7, .lane = KB_LANE_NORMAL, .seq = 1 };
	uint64_t seq = 0;
	uint32_t box = 0;

	start(*disk);
	fill();
	begin();
	struct kb_mailbox_counts before = counts(7);

	cr_assert_eq(put(7, 2, KB_LANE_NORMAL, 99, "text 99", 1, NULL), KB_OK);
	cr_assert_eq(put(9, 2, KB_LANE_NORMAL, 99, "text 99", 1, NULL), KB_OK);
	cr_assert_eq(kb_mailbox_remove(mailbox, &first, 5, NULL), KB_OK);
	take_back();
	begin();
	struct kb_mailbox_counts after = counts(7);

	cr_assert_eq(after.messages[KB_LANE_NORMAL], before.messages[KB_LANE_NORMAL]);
	cr_assert_eq(after.bytes, before.bytes);
	cr_assert_eq(after.oldest_expiry_utc_ms, before.oldest_expiry_utc_ms);
	cr_assert_eq(scan(7, KB_LANE_NORMAL, 1, 100, true).count, 7);
	cr_assert_eq(kb_mailbox_next_box(mailbox, 8, &box), KB_ERR_NOT_FOUND);
	cr_assert_eq(put(7, 2, KB_LANE_NORMAL, 11, "text 11", 1, &seq), KB_OK);
	cr_assert_eq(seq, 11);
	commit();
	stop();
}

ParameterizedTestParameters(mailbox, bounds_hold_per_recipient_and_per_sender)
{
	static bool kinds[] = { false, true };

	return cr_make_param_array(bool, kinds, 2);
}

ParameterizedTest(bool *disk, mailbox, bounds_hold_per_recipient_and_per_sender)
{
	struct kb_mail_place first = { .recipient_no = 7, .lane = KB_LANE_NORMAL, .seq = 1 };
	static char large[9900];

	memset(large, 'x', sizeof(large) - 1);
	start(*disk);
	begin();
	for (uint64_t i = 1; i <= 50; i++) {
		cr_assert_eq(put(7, 1, KB_LANE_NORMAL, i, "text", 1, NULL), KB_OK);
	}
	cr_assert_eq(put(7, 1, KB_LANE_NORMAL, 51, "text", 1, NULL), KB_ERR_MAILBOX_FULL);
	commit();
	begin();
	cr_assert_eq(put(7, 1, KB_LANE_URGENT, 51, "text", 1, NULL), KB_ERR_MAILBOX_FULL);
	/* Another sender is not shut out, and another recipient neither. */
	cr_assert_eq(put(8, 1, KB_LANE_NORMAL, 1, "text", 1, NULL), KB_OK);
	for (uint64_t i = 1; i <= 50; i++) {
		cr_assert_eq(put(7, 2, KB_LANE_NORMAL, i, "text", 1, NULL), KB_OK);
	}
	cr_assert_eq(put(7, 3, KB_LANE_NORMAL, 1, "text", 1, NULL), KB_ERR_MAILBOX_FULL);
	cr_assert_eq(put(8, 2, KB_LANE_NORMAL, 1, large, 1, NULL), KB_OK);
	cr_assert_eq(put(8, 2, KB_LANE_NORMAL, 2, large, 1, NULL), KB_ERR_MAILBOX_FULL);
	cr_assert_eq(kb_mailbox_remove(mailbox, &first, 1, NULL), KB_OK);
	cr_assert_eq(put(7, 3, KB_LANE_NORMAL, 1, "text", 1, NULL), KB_OK);
	commit();
	stop();
}

Test(mailbox, on_disk_survives_a_new_process)
{
	start(true);
	fill();
	kb_mailbox_free(mailbox);
	kb_broker_store_close(&store);
	open_box(true);
	begin();
	cr_assert_eq(scan(7, KB_LANE_NORMAL, 1, 100, true).count, 7);
	cr_assert_eq(counts(7).messages[KB_LANE_URGENT], 3);
	cr_assert_eq(counts(8).messages[KB_LANE_NORMAL], 10);
	take_back();
	stop();
}

/* Both, side by side, through the same random acts. */
Test(mailbox, memory_and_disk_answer_the_same_to_random_acts)
{
	struct kb_mailbox *both[2] = { NULL, NULL };

	start(true);
	both[0] = mailbox;
	cr_assert_eq(kb_mailbox_memory_new(&limits, &both[1]), KB_OK);
	srand48(42);
	for (int round = 0; round < 300; round++) {
		bool keep = lrand48() % 4 != 0;
		long seed = lrand48();
		struct kb_mailbox_counts end[2][3];

		cr_assert_eq(kb_txn_begin_write(store.env, &txn), KB_OK);
		for (int side = 0; side < 2; side++) {
			mailbox = both[side];
			kb_mailbox_begin(mailbox, txn);
			srand48(seed);
			for (int act = 0; act < 8; act++) {
				uint32_t recipient = 1 + (uint32_t)(lrand48() % 3);
				enum kb_lane lane = (enum kb_lane)(lrand48() % 2);
				uint64_t at = 1 + (uint64_t)(lrand48() % 200);
				struct kb_mail_place place = { recipient, lane, at };
				uint64_t count = 0;

				if (lrand48() % 3 == 0) {
					cr_assert_eq(
						kb_mailbox_remove(mailbox, &place, at + 5, &count),
						KB_OK);
				} else {
					kb_ignore(put(recipient, 1 + (uint32_t)(at % 4), lane, at,
						      "text", (int64_t)at, NULL),
						  "may be full, on both sides");
				}
			}
			for (uint32_t r = 0; r < 3; r++) {
				end[side][r] = counts(r + 1);
			}
			cr_assert_eq(kb_mailbox_flush(mailbox), KB_OK);
		}
		for (uint32_t r = 0; r < 3; r++) {
			cr_assert_eq(end[0][r].messages[0], end[1][r].messages[0]);
			cr_assert_eq(end[0][r].messages[1], end[1][r].messages[1]);
			cr_assert_eq(end[0][r].bytes, end[1][r].bytes);
			cr_assert_eq(end[0][r].oldest_expiry_utc_ms,
				     end[1][r].oldest_expiry_utc_ms);
		}
		if (keep) {
			cr_assert_eq(kb_txn_commit(txn), KB_OK);
		} else {
			kb_txn_abort(txn);
		}
		kb_mailbox_end(both[0], keep);
		kb_mailbox_end(both[1], keep);
		srand48(seed + round);
	}
	kb_mailbox_free(both[1]);
	mailbox = both[0];
	stop();
}
