/* SPDX-License-Identifier: EUPL-1.2 */
/* Messages without a receipt: the bytes to send, and every change of their state. */
#include "common/store/outbox_internal.h"

#define OUTBOX_VERSION 1

/* ---- rows ---- */

static enum kb_err
envelope_put(struct kb_step *step, const struct kb_number_key *number, struct kb_span envelope,
	     enum kb_put_mode mode)
{
	struct kb_row_key key = kb_number_row_key(number);
	uint8_t version = OUTBOX_VERSION;
	struct kb_span parts[2] = { kb_span(&version, 1), envelope };

	return kb_put_parts(step->txn, KB_TABLE_OUTBOX, kb_row_key_span(&key), parts, 2, mode);
}

enum kb_err
kb_envelope_decode(struct kb_span value, struct kb_span *envelope)
{
	struct kb_unpack unpack;

	(void)kb_unpack_begin(&unpack, value, OUTBOX_VERSION);
	*envelope = unpack.rest;
	return unpack.err;
}

static enum kb_err
envelope_delete(struct kb_step *step, struct kb_edge_out *edge, const struct kb_number_key *number)
{
	struct kb_row_key key = kb_number_row_key(number);
	enum kb_err err = kb_row_del(step, KB_TABLE_OUTBOX, &key);

	/* The row has to be there when the sent row says that it waits. */
	if (err == KB_ERR_NOT_FOUND) {
		return KB_ERR_CORRUPT;
	}
	if (err == KB_OK && edge->oldest_number == number->number) {
		edge->oldest_number = number->number + 1;
	}
	return err;
}

/* ---- a change of state, counted ---- */

struct change {
	struct kb_sent_row row;
	struct kb_edge_out *edge;
};

static enum kb_err
change_begin(struct kb_step *step, const struct kb_number_key *key, struct change *change)
{
	enum kb_err err = kb_sent_get(step, key, &change->row);

	if (err == KB_OK) {
		err = kb_edge_out_edit(step, key->party_no, key->epoch_no, &change->edge);
	}
	return err;
}

/* Stores the row as it now is; before is what it was. The counters change only when the row could be written. */
static enum kb_err
change_end(struct kb_step *step, const struct change *change, const struct kb_sent_row *before)
{
	enum kb_err err = kb_sent_put(step, &change->row, KB_PUT_REPLACE);

	if (err == KB_OK) {
		kb_edge_out_count(change->edge, before, -1);
		kb_edge_out_count(change->edge, &change->row, 1);
	}
	return err;
}

/* ---- new messages ---- */

enum kb_err
kb_outbox_number(struct kb_step *step, uint32_t recipient_no, struct kb_number_key *out)
{
	struct kb_epoch_row epoch;
	struct kb_edge_out *edge = NULL;
	enum kb_err err = kb_epoch_own(step, &epoch);

	if (err == KB_OK) {
		err = kb_edge_out_edit(step, recipient_no, epoch.epoch_no, &edge);
	}
	if (err == KB_OK) {
		*out = (struct kb_number_key){ .party_no = recipient_no,
					       .epoch_no = epoch.epoch_no,
					       .number = ++edge->last_number };
	}
	return err;
}

enum kb_err
kb_outbox_put(struct kb_step *step, const struct kb_number_key *key, const struct kb_sent_row *sent,
	      struct kb_span envelope)
{
	struct kb_sent_row row = *sent;
	struct kb_edge_out *edge = NULL;
	enum kb_err err = KB_ERR_OVERSIZE;

	if (envelope.len > KB_OUTBOX_ENVELOPE_MAX) {
		return err;
	}
	err = kb_edge_out_edit(step, key->party_no, key->epoch_no, &edge);
	if (err != KB_OK) {
		return err;
	}
	row.key = *key;
	row.state = KB_SENT_WACHTRIJ;
	row.sealed_bytes = (uint32_t)envelope.len;
	err = kb_sent_put(step, &row, KB_PUT_NEW);
	if (err == KB_OK) {
		err = envelope_put(step, key, envelope, KB_PUT_REPLACE);
	}
	if (err == KB_OK) {
		if (edge->unsealed_count + edge->ready_count + edge->at_broker_count +
				    edge->undelivered_count ==
			    0 ||
		    key->number < edge->oldest_number) {
			edge->oldest_number = key->number;
		}
		kb_edge_out_count(edge, &row, 1);
	}
	return err;
}

/* Replaces the bytes of a waiting message (empty: takes them away) and sets it to WACHTRIJ. */
static enum kb_err
reseal(struct kb_step *step, struct change *change, struct kb_span envelope)
{
	struct kb_sent_row before = change->row;
	enum kb_err err = KB_ERR_STATE;

	if (!kb_sent_state_waits(before.state)) {
		return err;
	}
	err = envelope_put(step, &before.key, envelope, KB_PUT_REPLACE);
	if (err == KB_OK) {
		change->row.state = KB_SENT_WACHTRIJ;
		change->row.sealed_bytes = (uint32_t)envelope.len;
		change->row.accepted_at_utc_ms = 0;
		change->row.resend_count = 0;
		change->row.next_retry_utc_ms = 0;
		change->row.reason = 0;
		err = change_end(step, change, &before);
	}
	return err;
}

enum kb_err
kb_outbox_seal(struct kb_step *step, const struct kb_number_key *key, uint32_t attempt,
	       int64_t sent_at_utc_ms, int64_t expires_at_utc_ms, struct kb_span envelope)
{
	struct change change = { 0 };
	enum kb_err err = KB_ERR_OVERSIZE;

	if (envelope.len == 0 || envelope.len > KB_OUTBOX_ENVELOPE_MAX) {
		return err;
	}
	err = change_begin(step, key, &change);
	if (err == KB_OK && attempt <= change.row.attempt) {
		err = KB_ERR_STATE; /* an attempt number names one sealing for life */
	}
	if (err == KB_OK) {
		change.row.attempt = attempt;
		change.row.sent_at_utc_ms = sent_at_utc_ms;
		change.row.expires_at_utc_ms = expires_at_utc_ms;
		err = reseal(step, &change, envelope);
	}
	return err;
}

enum kb_err
kb_outbox_unseal(struct kb_step *step, const struct kb_number_key *key)
{
	struct change change = { 0 };
	enum kb_err err = change_begin(step, key, &change);

	return err == KB_OK ? reseal(step, &change, KB_SPAN_NONE) : err;
}

enum kb_err
kb_outbox_get(struct kb_step *step, const struct kb_number_key *key, struct kb_outbox_row *out)
{
	struct kb_row_key row_key = kb_number_row_key(key);
	struct kb_outbox_row row = { .key = *key };
	struct kb_span value = KB_SPAN_NONE;
	enum kb_err err = kb_row_get(step, KB_TABLE_OUTBOX, &row_key, &value);

	if (err == KB_OK) {
		err = kb_sent_get(step, key, &row.sent);
		if (err == KB_ERR_NOT_FOUND) {
			err = KB_ERR_CORRUPT;
		}
	}
	if (err == KB_OK) {
		err = kb_envelope_decode(value, &row.envelope);
	}
	if (err == KB_OK) {
		*out = row;
	}
	return err;
}

/* ---- on its way ---- */

enum kb_err
kb_outbox_sent(struct kb_step *step, const struct kb_number_key *key, int64_t next_retry_utc_ms)
{
	struct change change = { 0 };
	struct kb_sent_row before;
	enum kb_err err = change_begin(step, key, &change);

	if (err != KB_OK || !kb_sent_state_waits(change.row.state)) {
		return err;
	}
	before = change.row;
	if (before.sealed_bytes == 0) {
		return KB_ERR_STATE;
	}
	if (before.state == KB_SENT_WACHTRIJ) {
		change.row.state = KB_SENT_VERZONDEN;
	} else {
		change.row.resend_count++;
	}
	change.row.next_retry_utc_ms = next_retry_utc_ms;
	return change_end(step, &change, &before);
}

enum kb_err
kb_outbox_accepted(struct kb_step *step, const struct kb_number_key *key,
		   int64_t accepted_at_utc_ms, int64_t next_retry_utc_ms)
{
	struct change change = { 0 };
	struct kb_sent_row before;
	enum kb_err err = change_begin(step, key, &change);

	if (err != KB_OK || !kb_sent_state_waits(change.row.state) ||
	    change.row.sealed_bytes == 0) {
		return err;
	}
	before = change.row;
	change.row.state = KB_SENT_BIJ_BROKER;
	change.row.reason = 0;
	if (change.row.accepted_at_utc_ms == 0) {
		change.row.accepted_at_utc_ms = accepted_at_utc_ms;
	}
	change.row.next_retry_utc_ms = next_retry_utc_ms;
	return change_end(step, &change, &before);
}

enum kb_err
kb_outbox_undelivered(struct kb_step *step, const struct kb_number_key *key, uint32_t reason)
{
	struct change change = { 0 };
	struct kb_sent_row before;
	enum kb_err err = change_begin(step, key, &change);

	/* A receipt that came first has beaten it (design rule 4). */
	if (err != KB_OK || !kb_sent_state_waits(change.row.state)) {
		return err;
	}
	before = change.row;
	change.row.state = KB_SENT_NIET_BEZORGD;
	change.row.reason = reason;
	return change_end(step, &change, &before);
}

static enum kb_err
republish_one(struct kb_step *step, const struct kb_number_key *key)
{
	struct change change = { 0 };
	struct kb_sent_row before;
	enum kb_err err = change_begin(step, key, &change);

	if (err != KB_OK || change.row.state != KB_SENT_BIJ_BROKER) {
		return err;
	}
	before = change.row;
	change.row.state = KB_SENT_WACHTRIJ;
	change.row.accepted_at_utc_ms = 0;
	change.row.next_retry_utc_ms = 0;
	return change_end(step, &change, &before);
}

enum kb_err
kb_outbox_republish(struct kb_step *step, uint32_t recipient_no, uint32_t epoch_no, uint64_t *from,
		    size_t limit)
{
	struct kb_number_key at = { .party_no = recipient_no, .epoch_no = epoch_no };
	uint64_t last = 0;
	enum kb_err err = kb_step_need_write(step);

	at.number = *from;
	for (size_t i = 0; err == KB_OK && i < limit; i++) {
		struct kb_row_key key = kb_number_row_key(&at);
		struct kb_row row;

		err = kb_row_after(step, KB_TABLE_OUTBOX, &key, 8, &row);
		if (err == KB_ERR_NOT_FOUND) {
			*from = 0;
			return KB_OK;
		}
		if (err == KB_OK) {
			err = kb_number_row_key_read(row.key, &at);
		}
		if (err == KB_OK) {
			err = republish_one(step, &at);
			last = at.number;
		}
	}
	if (err == KB_OK) {
		*from = last;
	}
	return err;
}

/* ---- the end ---- */

/* Moves a message to a final state; the bytes go when it waited. */
static enum kb_err
settle(struct kb_step *step, struct change *change, enum kb_sent_state state)
{
	struct kb_sent_row before = change->row;
	enum kb_err err = KB_OK;

	if (kb_sent_state_waits(before.state)) {
		err = envelope_delete(step, change->edge, &before.key);
	}
	if (err == KB_OK) {
		change->row.state = state;
		change->row.sealed_bytes = 0;
		change->row.next_retry_utc_ms = 0;
		err = change_end(step, change, &before);
	}
	return err;
}

/* A restored recipient has lost what it receipted before (R11); such a receipt may still come once more. */
static bool
receipt_is_void(const struct kb_sent_row *row, const struct kb_outbox_receipt *receipt)
{
	uint32_t first = row->sealed_bytes > 0 ? row->attempt : row->attempt + 1;

	return row->reopened && receipt->attempt < first;
}

enum kb_err
kb_outbox_receipt(struct kb_step *step, const struct kb_number_key *key,
		  const struct kb_outbox_receipt *receipt)
{
	struct change change = { 0 };
	enum kb_err err = change_begin(step, key, &change);

	if (err != KB_OK) {
		return err;
	}
	if (!kb_hash_equal(&change.row.commitment, &receipt->commitment)) {
		return KB_ERR_COMMITMENT_MISMATCH;
	}
	/* Stored is final; a refusal only gives way to stored. */
	if (change.row.state == KB_SENT_OPGESLAGEN ||
	    (change.row.state == KB_SENT_GEWEIGERD && !receipt->stored) ||
	    receipt_is_void(&change.row, receipt)) {
		return KB_ERR_DUPLICATE;
	}
	change.row.reopened = false;
	change.row.reason = receipt->stored ? 0 : receipt->reason;
	change.row.stored_at_utc_ms = receipt->stored ? receipt->stored_at_utc_ms : 0;
	change.row.receipt_seq = receipt->receipt_seq;
	return settle(step, &change, receipt->stored ? KB_SENT_OPGESLAGEN : KB_SENT_GEWEIGERD);
}

enum kb_err
kb_outbox_close(struct kb_step *step, const struct kb_number_key *key, uint32_t reason)
{
	struct change change = { 0 };
	enum kb_err err = change_begin(step, key, &change);

	if (err == KB_OK && !kb_sent_state_waits(change.row.state)) {
		err = KB_ERR_STATE;
	}
	if (err == KB_OK) {
		change.row.reason = reason;
		err = settle(step, &change, KB_SENT_VERVALLEN);
	}
	return err;
}

enum kb_err
kb_outbox_reopen(struct kb_step *step, const struct kb_number_key *key)
{
	struct change change = { 0 };
	struct kb_sent_row before;
	enum kb_err err = change_begin(step, key, &change);

	if (err != KB_OK) {
		return err;
	}
	before = change.row;
	if (before.state != KB_SENT_OPGESLAGEN && before.state != KB_SENT_GEWEIGERD) {
		return KB_ERR_STATE;
	}
	err = envelope_put(step, key, KB_SPAN_NONE, KB_PUT_NEW);
	if (err == KB_OK) {
		if (key->number < change.edge->oldest_number) {
			change.edge->oldest_number = key->number;
		}
		change.row.state = KB_SENT_WACHTRIJ;
		change.row.reopened = true;
		change.row.reason = 0;
		change.row.accepted_at_utc_ms = 0;
		change.row.stored_at_utc_ms = 0;
		change.row.receipt_seq = 0;
		err = change_end(step, &change, &before);
	}
	return err;
}
