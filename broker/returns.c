/* SPDX-License-Identifier: EUPL-1.2 */
/* The table returns. */
#include "broker/returns.h"

#include "broker/tables.h"
#include "common/base/bytes.h"

#define KEY_BYTES 12
#define ROW_VERSION 1
#define ROW_BYTES (1 + 4 + 4 + 8 + 4 + 4)
#define FORGET_MAX 4096

static void
row_key(uint32_t sender_no, uint64_t seq, uint8_t at[KEY_BYTES])
{
	kb_store_u32(at, sender_no);
	kb_store_u64(at + 4, seq);
}

static enum kb_err
last_seq(struct kb_txn *txn, uint32_t sender_no, uint64_t *seq)
{
	struct kb_cursor *cursor = NULL;
	struct kb_row row;
	uint8_t key[KEY_BYTES];

	row_key(sender_no, 0, key);
	enum kb_err err = kb_cursor_open(txn, KB_BROKER_RETURNS, kb_span(key, 4), &cursor);

	*seq = 0;
	if (err == KB_OK) {
		err = kb_cursor_last(cursor, &row);
	}
	if (err == KB_OK) {
		*seq = row.key.len == KEY_BYTES ? kb_load_u64(row.key.at + 4) : 0;
	}
	kb_cursor_close(cursor);
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

enum kb_err
kb_return_put(struct kb_txn *txn, struct kb_return *row)
{
	uint8_t key[KEY_BYTES];
	uint8_t value[ROW_BYTES] = { ROW_VERSION };
	uint64_t last = 0;
	enum kb_err err = last_seq(txn, row->sender_no, &last);

	if (err != KB_OK) {
		return err;
	}
	row->seq = last + 1;
	row_key(row->sender_no, row->seq, key);
	kb_store_u32(value + 1, row->recipient_no);
	kb_store_u32(value + 5, row->epoch_no);
	kb_store_u64(value + 9, row->number);
	kb_store_u32(value + 17, row->attempt);
	kb_store_u32(value + 21, row->reason);
	return kb_put(txn, KB_BROKER_RETURNS, KB_SPAN_OF(key), KB_SPAN_OF(value), KB_PUT_NEW);
}

enum kb_err
kb_return_next(struct kb_txn *txn, uint32_t sender_no, struct kb_return *out)
{
	struct kb_cursor *cursor = NULL;
	struct kb_row row;
	uint8_t key[KEY_BYTES];

	row_key(sender_no, out->seq + 1, key);
	enum kb_err err = kb_cursor_open(txn, KB_BROKER_RETURNS, kb_span(key, 4), &cursor);

	if (err == KB_OK) {
		err = kb_cursor_seek(cursor, KB_SPAN_OF(key), &row);
	}
	if (err == KB_OK && (row.key.len != KEY_BYTES || row.value.len != ROW_BYTES ||
			     row.value.at[0] != ROW_VERSION)) {
		err = KB_ERR_CORRUPT;
	}
	if (err == KB_OK) {
		*out = (struct kb_return){
			.sender_no = sender_no,
			.seq = kb_load_u64(row.key.at + 4),
			.recipient_no = kb_load_u32(row.value.at + 1),
			.epoch_no = kb_load_u32(row.value.at + 5),
			.number = kb_load_u64(row.value.at + 9),
			.attempt = kb_load_u32(row.value.at + 17),
			.reason = kb_load_u32(row.value.at + 21),
		};
	}
	kb_cursor_close(cursor);
	return err;
}

enum kb_err
kb_return_forget(struct kb_txn *txn, uint32_t sender_no, uint64_t seq)
{
	uint8_t from[KEY_BYTES];
	uint8_t to[KEY_BYTES];
	size_t count = FORGET_MAX;
	enum kb_err err = KB_OK;

	row_key(sender_no, 0, from);
	row_key(sender_no, seq + 1, to);
	while (err == KB_OK && count == FORGET_MAX) {
		err = kb_del_range(txn, KB_BROKER_RETURNS, KB_SPAN_OF(from), KB_SPAN_OF(to),
				   FORGET_MAX, &count);
	}
	return err;
}
