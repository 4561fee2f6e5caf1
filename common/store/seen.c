/* SPDX-License-Identifier: EUPL-1.2 */
/* Rows of received numbers: dedupe, equivocation, folding. */
#include "common/store/seen_internal.h"

#define SEEN_VERSION 1

static const char *const outcome_names[KB_SEEN_OUTCOME_COUNT] = {
#define KB_ROW(name, number, text) [number] = (text),
	KB_SEEN_OUTCOME_TABLE(KB_ROW)
#undef KB_ROW
};

const char *
kb_seen_outcome_name(enum kb_seen_outcome outcome)
{
	return (unsigned)outcome < KB_SEEN_OUTCOME_COUNT ? outcome_names[outcome] : "";
}

static enum kb_err
seen_decode(struct kb_span row_key, struct kb_span value, struct kb_seen_row *out)
{
	struct kb_seen_row row = { 0 };
	struct kb_unpack unpack;
	enum kb_err err = kb_number_row_key_read(row_key, &row.key);

	if (err != KB_OK) {
		return err;
	}
	(void)kb_unpack_begin(&unpack, value, SEEN_VERSION);
	row.outcome = (enum kb_seen_outcome)kb_unpack_u8(&unpack);
	row.reason = kb_unpack_u32(&unpack);
	row.attempt = kb_unpack_u32(&unpack);
	row.stored_at_utc_ms = kb_unpack_i64(&unpack);
	kb_unpack_fixed(&unpack, row.commitment.bytes, sizeof(row.commitment.bytes));
	kb_unpack_fixed(&unpack, row.message_id.bytes, sizeof(row.message_id.bytes));
	row.ledger_seq = kb_unpack_u64(&unpack);
	err = kb_unpack_end(&unpack);
	if (err == KB_OK &&
	    (row.outcome == KB_SEEN_NONE || (unsigned)row.outcome >= KB_SEEN_OUTCOME_COUNT)) {
		err = KB_ERR_CORRUPT;
	}
	if (err == KB_OK) {
		*out = row;
	}
	return err;
}

/* The row as stored, without a look at the gaps. */
static enum kb_err
seen_load(struct kb_step *step, const struct kb_number_key *number, struct kb_seen_row *out)
{
	struct kb_row_key key = kb_number_row_key(number);
	struct kb_span value = KB_SPAN_NONE;
	enum kb_err err = kb_row_get(step, KB_TABLE_SEEN, &key, &value);

	return err == KB_OK ? seen_decode(kb_row_key_span(&key), value, out) : err;
}

/* A seen number: its row, or what is left of it after folding. */
static enum kb_err
seen_known(struct kb_step *step, const struct kb_edge_in_row *edge,
	   const struct kb_number_key *number, struct kb_seen_row *out)
{
	enum kb_err err = seen_load(step, number, out);

	if (err == KB_ERR_NOT_FOUND && number->number < edge->folded_below) {
		*out = (struct kb_seen_row){ .key = *number,
					     .outcome = KB_SEEN_STORED,
					     .folded = true };
		err = KB_OK;
	} else if (err == KB_ERR_NOT_FOUND) {
		err = KB_ERR_CORRUPT; /* not in a gap, so there was a row */
	}
	return err;
}

static bool
number_ok(uint64_t number)
{
	return number > 0 && number < UINT64_MAX;
}

enum kb_err
kb_seen_check(struct kb_step *step, const struct kb_number_key *key,
	      const struct kb_hash *commitment, struct kb_seen_row *out)
{
	struct kb_edge_in_row *edge = NULL;
	struct kb_seen_row row;
	enum kb_err err = KB_ERR_BAD_VALUE;

	if (!number_ok(key->number)) {
		return err;
	}
	err = kb_edge_in_hold(step, key->party_no, key->epoch_no, &edge);
	if (err != KB_OK) {
		return err;
	}
	if (kb_gaps_new(&edge->gaps, key->number)) {
		return kb_gaps_fits(&edge->gaps, key->number) ? KB_OK : KB_ERR_BUSY;
	}
	err = seen_known(step, edge, key, &row);
	if (err != KB_OK) {
		return err;
	}
	*out = row;
	if (row.outcome == KB_SEEN_VERVALLEN) {
		return KB_ERR_RECALLED;
	}
	if (!row.folded && !kb_hash_equal(&row.commitment, commitment)) {
		return KB_ERR_EQUIVOCATION;
	}
	return KB_ERR_DUPLICATE;
}

static enum kb_err
seen_store(struct kb_step *step, const struct kb_seen_row *row, enum kb_put_mode mode)
{
	struct kb_row_key key = kb_number_row_key(&row->key);
	struct kb_pack pack;

	kb_buf_clear(&step->row);
	kb_pack_begin(&pack, &step->row, SEEN_VERSION);
	kb_pack_u8(&pack, (uint8_t)row->outcome);
	kb_pack_u32(&pack, row->reason);
	kb_pack_u32(&pack, row->attempt);
	kb_pack_i64(&pack, row->stored_at_utc_ms);
	kb_pack_fixed(&pack, row->commitment.bytes, sizeof(row->commitment.bytes));
	kb_pack_fixed(&pack, row->message_id.bytes, sizeof(row->message_id.bytes));
	kb_pack_u64(&pack, row->ledger_seq);
	return kb_row_put(step, KB_TABLE_SEEN, &key, &pack, mode);
}

/* Over an older row only the outcome may change: the content of a number is fixed for life. */
static enum kb_err
seen_put_again(struct kb_step *step, struct kb_edge_in_row *edge, const struct kb_seen_row *row)
{
	struct kb_seen_row before;
	enum kb_err err = seen_known(step, edge, &row->key, &before);

	if (err != KB_OK) {
		return err;
	}
	if (before.folded || before.outcome == KB_SEEN_STORED) {
		return KB_ERR_DUPLICATE;
	}
	if (before.outcome == KB_SEEN_VERVALLEN) {
		return KB_ERR_RECALLED;
	}
	/* A closing names no content. */
	if (row->outcome != KB_SEEN_VERVALLEN &&
	    !kb_hash_equal(&before.commitment, &row->commitment)) {
		return KB_ERR_EQUIVOCATION;
	}
	err = seen_store(step, row, KB_PUT_REPLACE);
	if (err == KB_OK) {
		edge->refused_count -= before.outcome == KB_SEEN_REFUSED ? 1 : 0;
		edge->refused_count += row->outcome == KB_SEEN_REFUSED ? 1 : 0;
		edge->changed = true;
	}
	return err;
}

enum kb_err
kb_seen_put(struct kb_step *step, const struct kb_seen_row *row)
{
	struct kb_edge_in_row *edge = NULL;
	enum kb_err err = kb_step_need_write(step);

	if (err == KB_OK && (!number_ok(row->key.number) || row->outcome == KB_SEEN_NONE ||
			     (unsigned)row->outcome >= KB_SEEN_OUTCOME_COUNT)) {
		err = KB_ERR_BAD_VALUE;
	}
	if (err == KB_OK) {
		err = kb_edge_in_hold(step, row->key.party_no, row->key.epoch_no, &edge);
	}
	if (err != KB_OK) {
		return err;
	}
	if (!kb_gaps_new(&edge->gaps, row->key.number)) {
		return seen_put_again(step, edge, row);
	}
	if (!kb_gaps_fits(&edge->gaps, row->key.number)) {
		return KB_ERR_BUSY;
	}
	err = seen_store(step, row, KB_PUT_NEW);
	if (err == KB_OK) {
		err = kb_gaps_take(&edge->gaps, &step->kept, row->key.number);
	} else if (err == KB_ERR_EXISTS) {
		err = KB_ERR_CORRUPT; /* a row inside a gap */
	}
	if (err == KB_OK) {
		edge->seen_count++;
		edge->refused_count += row->outcome == KB_SEEN_REFUSED ? 1 : 0;
		edge->last_utc_ms = step->now_utc_ms;
		edge->changed = true;
	}
	return err;
}

enum kb_err
kb_seen_get(struct kb_step *step, const struct kb_number_key *key, struct kb_seen_row *out)
{
	struct kb_edge_in_row *edge = NULL;
	enum kb_err err = kb_edge_in_hold(step, key->party_no, key->epoch_no, &edge);

	if (err != KB_OK) {
		return err;
	}
	if (key->number == 0 || kb_gaps_new(&edge->gaps, key->number)) {
		return KB_ERR_NOT_FOUND;
	}
	return seen_known(step, edge, key, out);
}

enum kb_err
kb_seen_next(struct kb_step *step, const struct kb_number_key *after, struct kb_seen_row *out)
{
	struct kb_row_key key = kb_number_row_key(after);
	struct kb_row row;
	size_t prefix_len = after->epoch_no == 0 ? 4 : 8;
	enum kb_err err = kb_row_after(step, KB_TABLE_SEEN, &key, prefix_len, &row);

	return err == KB_OK ? seen_decode(row.key, row.value, out) : err;
}

enum kb_err
kb_seen_fold(struct kb_step *step, uint32_t sender_no, uint32_t epoch_no, uint64_t below,
	     size_t limit, bool *done)
{
	struct kb_number_key at = { .party_no = sender_no, .epoch_no = epoch_no };
	struct kb_edge_in_row *edge = NULL;
	enum kb_err err = kb_step_need_write(step);

	if (err == KB_OK) {
		err = kb_edge_in_hold(step, sender_no, epoch_no, &edge);
	}
	if (err != KB_OK) {
		return err;
	}
	if (below > edge->gaps.highest) {
		below = edge->gaps.highest;
	}
	/* First the promise that a missing row means stored, in the same step as the rows that go. */
	if (below > edge->folded_below) {
		edge->folded_below = below;
		edge->changed = true;
	}
	*done = false;
	for (size_t dropped = 0; dropped < limit;) {
		struct kb_seen_row row;

		err = kb_seen_next(step, &at, &row);
		if (err == KB_ERR_NOT_FOUND || (err == KB_OK && row.key.number >= below)) {
			*done = true;
			return KB_OK;
		}
		if (err != KB_OK) {
			return err;
		}
		at = row.key;
		if (row.outcome == KB_SEEN_STORED) {
			struct kb_row_key key = kb_number_row_key(&at);

			err = kb_row_del(step, KB_TABLE_SEEN, &key);
			if (err != KB_OK) {
				return err;
			}
			dropped++;
		}
	}
	return KB_OK;
}
