/* SPDX-License-Identifier: EUPL-1.2 */
/* Walking the outbox: what has to be sealed, sent or sent again. */
#include "common/store/outbox_internal.h"

static bool
row_passes(const struct kb_outbox_filter *filter, const struct kb_sent_row *sent)
{
	bool sealed = sent->sealed_bytes > 0;
	bool at_broker = sent->state == KB_SENT_BIJ_BROKER || sent->state == KB_SENT_NIET_BEZORGD;

	if ((filter->urgent_only && !sent->urgent) || (filter->normal_only && sent->urgent)) {
		return false;
	}
	if (filter->retry_before_utc_ms != 0 &&
	    sent->next_retry_utc_ms > filter->retry_before_utc_ms) {
		return false;
	}
	switch (filter->which) {
	case KB_OUTBOX_ALL:
		return true;
	case KB_OUTBOX_UNSEALED:
		return !sealed;
	case KB_OUTBOX_READY:
		return sealed && !at_broker;
	case KB_OUTBOX_UNRECEIPTED:
		return sealed && at_broker;
	}
	return false;
}

/* Whether an edge can have a row that passes: saves reading the bytes of all others. */
static bool
edge_may_pass(const struct kb_outbox_filter *filter, const struct kb_edge_out *edge)
{
	uint64_t wanted = filter->urgent_only ? edge->ready_urgent_count : edge->ready_count;

	switch (filter->which) {
	case KB_OUTBOX_ALL:
		return true;
	case KB_OUTBOX_UNSEALED:
		return edge->unsealed_count > 0;
	case KB_OUTBOX_READY:
		return wanted > 0;
	case KB_OUTBOX_UNRECEIPTED:
		return edge->at_broker_count + edge->undelivered_count > 0;
	}
	return false;
}

/* Where to look next: after cursor, but not below the oldest row of its edge, and past edges without anything wanted. */
struct walk {
	const struct kb_outbox_filter *filter;
	struct kb_cursor *cursor;
	struct kb_edge_out edge; /* of the row before; epoch_no 0: none */
	size_t examined;
};

/* KB_OK: *row stands in an edge that may pass. */
static enum kb_err
walk_skip_edges(struct kb_step *step, struct walk *walk, struct kb_row *row,
		struct kb_number_key *at)
{
	enum kb_err err = kb_number_row_key_read(row->key, at);

	while (err == KB_OK &&
	       (at->party_no != walk->edge.recipient_no || at->epoch_no != walk->edge.epoch_no)) {
		err = kb_edge_out_get(step, at->party_no, at->epoch_no, &walk->edge);
		if (err != KB_OK || edge_may_pass(walk->filter, &walk->edge)) {
			break;
		}
		struct kb_number_key beyond = { .party_no = at->party_no,
						.epoch_no = at->epoch_no,
						.number = UINT64_MAX };
		struct kb_row_key key = kb_number_row_key(&beyond);

		err = kb_cursor_seek(walk->cursor, kb_row_key_span(&key), row);
		if (err == KB_OK) {
			err = kb_number_row_key_read(row->key, at);
		}
	}
	return err;
}

static enum kb_err
walk_on(struct kb_step *step, struct walk *walk, struct kb_row *row, struct kb_number_key *cursor,
	struct kb_outbox_row *out)
{
	struct kb_number_key at = { 0 };
	struct kb_sent_row sent;
	enum kb_err err = KB_OK;

	for (;;) {
		err = walk_skip_edges(step, walk, row, &at);
		if (err != KB_OK) {
			return err;
		}
		err = kb_sent_get(step, &at, &sent);
		if (err != KB_OK) {
			return err == KB_ERR_NOT_FOUND ? KB_ERR_CORRUPT : err;
		}
		*cursor = at;
		if (row_passes(walk->filter, &sent)) {
			struct kb_outbox_row found = { .key = at, .sent = sent };

			err = kb_envelope_decode(row->value, &found.envelope);
			if (err == KB_OK) {
				*out = found;
			}
			return err;
		}
		walk->examined++;
		if (walk->filter->examine_max > 0 && walk->examined >= walk->filter->examine_max) {
			return KB_ERR_BUSY;
		}
		err = kb_cursor_next(walk->cursor, row);
		if (err != KB_OK) {
			return err;
		}
	}
}

enum kb_err
kb_outbox_next(struct kb_step *step, const struct kb_outbox_filter *filter,
	       struct kb_number_key *cursor, struct kb_outbox_row *out)
{
	struct walk walk = { .filter = filter };
	struct kb_row_key prefix = { 0 };
	struct kb_row_key from = kb_number_row_key(cursor);
	struct kb_row row;
	enum kb_err err = KB_OK;

	if (filter->recipient_no != 0) {
		kb_row_key_u32(&prefix, filter->recipient_no);
		if (filter->epoch_no != 0) {
			kb_row_key_u32(&prefix, filter->epoch_no);
		}
		/* The start of a walk over one recipient lies before its first key. */
		if (cursor->party_no != filter->recipient_no ||
		    (filter->epoch_no != 0 && cursor->epoch_no != filter->epoch_no)) {
			from = prefix;
		}
	}
	err = kb_cursor_open(step->txn, KB_TABLE_OUTBOX, kb_row_key_span(&prefix), &walk.cursor);
	if (err != KB_OK) {
		return err;
	}
	kb_row_key_u8(&from, 0);
	err = kb_cursor_seek(walk.cursor, kb_row_key_span(&from), &row);
	if (err == KB_OK) {
		err = walk_on(step, &walk, &row, cursor, out);
	}
	kb_cursor_close(walk.cursor);
	return err;
}
