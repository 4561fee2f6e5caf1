/* SPDX-License-Identifier: EUPL-1.2 */
/* The table duplicates. */
#include "broker/duplicates.h"

#include "broker/tables.h"
#include "common/base/bytes.h"

#define KEY_BYTES 20
#define ROW_VERSION 1
#define ROW_BYTES (1 + 4 + 1 + 8 + 8 + KB_HASH_BYTES)

static void
row_key(const struct kb_duplicate_key *key, uint8_t at[KEY_BYTES])
{
	kb_store_u32(at, key->sender_no);
	kb_store_u32(at + 4, key->epoch_no);
	kb_store_u32(at + 8, key->recipient_no);
	kb_store_u64(at + 12, key->number);
}

static enum kb_err
row_decode(struct kb_span value, struct kb_duplicate *out)
{
	if (value.len != ROW_BYTES || value.at[0] != ROW_VERSION || value.at[5] >= KB_LANE_COUNT) {
		return KB_ERR_CORRUPT;
	}
	out->attempt = kb_load_u32(value.at + 1);
	out->place.lane = (enum kb_lane)value.at[5];
	out->place.seq = kb_load_u64(value.at + 6);
	out->accepted_at_utc_ms = (int64_t)kb_load_u64(value.at + 14);
	memcpy(out->commitment.bytes, value.at + 22, KB_HASH_BYTES);
	return KB_OK;
}

enum kb_err
kb_duplicate_get(struct kb_txn *txn, const struct kb_duplicate_key *key, struct kb_duplicate *out)
{
	uint8_t at[KEY_BYTES];
	struct kb_span value = KB_SPAN_NONE;
	struct kb_duplicate row = { .place = { .recipient_no = key->recipient_no } };

	row_key(key, at);
	enum kb_err err = kb_get(txn, KB_BROKER_DUPLICATES, KB_SPAN_OF(at), &value);

	if (err == KB_OK) {
		err = row_decode(value, &row);
	}
	if (err == KB_OK) {
		*out = row;
	}
	return err;
}

enum kb_err
kb_duplicate_put(struct kb_txn *txn, const struct kb_duplicate_key *key,
		 const struct kb_duplicate *row)
{
	uint8_t at[KEY_BYTES];
	uint8_t value[ROW_BYTES] = { ROW_VERSION };

	row_key(key, at);
	kb_store_u32(value + 1, row->attempt);
	value[5] = (uint8_t)row->place.lane;
	kb_store_u64(value + 6, row->place.seq);
	kb_store_u64(value + 14, (uint64_t)row->accepted_at_utc_ms);
	memcpy(value + 22, row->commitment.bytes, KB_HASH_BYTES);
	return kb_put(txn, KB_BROKER_DUPLICATES, KB_SPAN_OF(at), KB_SPAN_OF(value), KB_PUT_REPLACE);
}

enum kb_err
kb_duplicate_forget(struct kb_txn *txn, struct kb_duplicate_key *key, int64_t before_utc_ms,
		    size_t max, bool *done)
{
	struct kb_cursor *cursor = NULL;
	struct kb_row row;
	uint8_t from[KEY_BYTES];
	uint8_t end[KEY_BYTES];
	uint64_t last = key->number;
	size_t old = 0;
	size_t deleted = 0;

	row_key(key, from);
	enum kb_err err = kb_cursor_open(txn, KB_BROKER_DUPLICATES, kb_span(from, 12), &cursor);

	*done = true;
	if (err == KB_OK) {
		err = kb_cursor_seek(cursor, KB_SPAN_OF(from), &row);
	}
	while (err == KB_OK) {
		struct kb_duplicate found = { 0 };

		err = row.key.len == KEY_BYTES ? row_decode(row.value, &found) : KB_ERR_CORRUPT;
		if (err != KB_OK || found.accepted_at_utc_ms >= before_utc_ms) {
			break;
		}
		if (old == max) {
			*done = false;
			break;
		}
		last = kb_load_u64(row.key.at + 12);
		old++;
		err = kb_cursor_next(cursor, &row);
	}
	kb_cursor_close(cursor);
	err = err == KB_ERR_NOT_FOUND ? KB_OK : err;
	if (err != KB_OK || old == 0) {
		return err;
	}
	memcpy(end, from, sizeof(end));
	kb_store_u64(end + 12, last + 1);
	err = kb_del_range(txn, KB_BROKER_DUPLICATES, KB_SPAN_OF(from), KB_SPAN_OF(end), old,
			   &deleted);
	if (err == KB_OK) {
		key->number = last;
	}
	return err;
}
