/* SPDX-License-Identifier: EUPL-1.2 */
/* Messages that wait for an earlier one of their case. */
#include "common/store/held.h"

#include "common/store/outbox_internal.h"

#define HELD_VERSION 1

static struct kb_row_key
held_key(const struct kb_held_row *row)
{
	struct kb_row_key key = kb_number_row_key(&row->awaited);

	kb_row_key_u32(&key, row->epoch_no);
	kb_row_key_u64(&key, row->number);
	return key;
}

static enum kb_err
held_decode(struct kb_span row_key, struct kb_span value, struct kb_held_row *out)
{
	struct kb_held_row row = { 0 };
	struct kb_unpack unpack;
	enum kb_err err = KB_OK;

	kb_unpack_begin_key(&unpack, row_key);
	row.awaited.party_no = kb_unpack_u32(&unpack);
	row.awaited.epoch_no = kb_unpack_u32(&unpack);
	row.awaited.number = kb_unpack_u64(&unpack);
	row.epoch_no = kb_unpack_u32(&unpack);
	row.number = kb_unpack_u64(&unpack);
	err = kb_unpack_end(&unpack);
	if (err != KB_OK) {
		return err;
	}
	(void)kb_unpack_begin(&unpack, value, HELD_VERSION);
	row.ledger_seq = kb_unpack_u64(&unpack);
	row.case_no = kb_unpack_u64(&unpack);
	row.since_utc_ms = kb_unpack_i64(&unpack);
	err = kb_unpack_end(&unpack);
	if (err == KB_OK) {
		*out = row;
	}
	return err;
}

enum kb_err
kb_held_put(struct kb_step *step, const struct kb_held_row *row)
{
	struct kb_row_key key = held_key(row);
	struct kb_pack pack;

	kb_buf_clear(&step->row);
	kb_pack_begin(&pack, &step->row, HELD_VERSION);
	kb_pack_u64(&pack, row->ledger_seq);
	kb_pack_u64(&pack, row->case_no);
	kb_pack_i64(&pack, row->since_utc_ms);
	return kb_row_put(step, KB_TABLE_HELD, &key, &pack, KB_PUT_NEW);
}

enum kb_err
kb_held_take(struct kb_step *step, const struct kb_number_key *awaited, struct kb_held_row *out)
{
	struct kb_row_key first = kb_number_row_key(awaited);
	struct kb_held_row held;
	struct kb_row row;
	enum kb_err err = KB_ERR_NOT_FOUND;

	/* Almost always: nothing waits at all. */
	if (kb_table_count(step->txn, KB_TABLE_HELD) == 0) {
		return err;
	}
	err = kb_row_after(step, KB_TABLE_HELD, &first, first.len, &row);
	if (err == KB_OK) {
		err = held_decode(row.key, row.value, &held);
	}
	if (err == KB_OK) {
		struct kb_row_key key = held_key(&held);

		err = kb_row_del(step, KB_TABLE_HELD, &key);
	}
	if (err == KB_OK) {
		*out = held;
	}
	return err;
}

enum kb_err
kb_held_next(struct kb_step *step, struct kb_held_row *out)
{
	struct kb_row_key after = held_key(out);
	struct kb_row row;
	enum kb_err err = kb_row_after(step, KB_TABLE_HELD, &after, 0, &row);

	return err == KB_OK ? held_decode(row.key, row.value, out) : err;
}

enum kb_err
kb_held_count(struct kb_step *step, uint64_t *count)
{
	*count = kb_table_count(step->txn, KB_TABLE_HELD);
	return KB_OK;
}
