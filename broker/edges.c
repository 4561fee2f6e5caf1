/* SPDX-License-Identifier: EUPL-1.2 */
/* The table edges. */
#include "broker/edges.h"

#include "broker/tables.h"
#include "common/base/bytes.h"

#define KEY_BYTES 12
#define ROW_VERSION 1
#define ROW_BYTES (1 + 8 + 8)

static void
edge_key(const struct kb_mail_edge *edge, uint8_t key[KEY_BYTES])
{
	kb_store_u32(key, edge->recipient_no);
	kb_store_u32(key + 4, edge->sender_no);
	kb_store_u32(key + 8, edge->epoch_no);
}

static enum kb_err
edge_decode(struct kb_span value, struct kb_mail_edge *edge)
{
	if (value.len != ROW_BYTES || value.at[0] != ROW_VERSION) {
		return KB_ERR_CORRUPT;
	}
	edge->highest = kb_load_u64(value.at + 1);
	edge->forgotten = kb_load_u64(value.at + 9);
	return KB_OK;
}

void
kb_mail_edges_begin(struct kb_mail_edges *edges, struct kb_txn *txn)
{
	edges->txn = txn;
}

enum kb_err
kb_mail_edges_flush(struct kb_mail_edges *edges)
{
	void **rows = NULL;
	enum kb_err err = kb_row_cache_sorted(&edges->cache, &edges->arena, &rows);

	for (size_t i = 0; err == KB_OK && i < edges->cache.count; i++) {
		struct kb_mail_edge *edge = rows[i];
		uint8_t key[KEY_BYTES];
		uint8_t value[ROW_BYTES] = { ROW_VERSION };

		if (!edge->changed) {
			continue;
		}
		edge_key(edge, key);
		kb_store_u64(value + 1, edge->highest);
		kb_store_u64(value + 9, edge->forgotten);
		err = kb_put(edges->txn, KB_BROKER_EDGES, KB_SPAN_OF(key), KB_SPAN_OF(value),
			     KB_PUT_REPLACE);
		edge->changed = false;
	}
	return err;
}

void
kb_mail_edges_end(struct kb_mail_edges *edges)
{
	kb_row_cache_clear(&edges->cache);
	kb_arena_clear(&edges->arena);
	edges->txn = NULL;
}

void
kb_mail_edges_release(struct kb_mail_edges *edges)
{
	kb_row_cache_release(&edges->cache);
	kb_arena_release(&edges->arena);
}

enum kb_err
kb_mail_edge_of(struct kb_mail_edges *edges, uint32_t recipient_no, uint32_t sender_no,
		uint32_t epoch_no, struct kb_mail_edge **out)
{
	uint64_t high = (uint64_t)recipient_no << 32 | sender_no;
	struct kb_mail_edge *edge = kb_row_cache_find(&edges->cache, high, epoch_no);
	uint8_t key[KEY_BYTES];
	struct kb_span value = KB_SPAN_NONE;

	if (edge != NULL) {
		*out = edge;
		return KB_OK;
	}
	edge = kb_arena_alloc(&edges->arena, sizeof(*edge));
	if (edge == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	edge->recipient_no = recipient_no;
	edge->sender_no = sender_no;
	edge->epoch_no = epoch_no;
	edge_key(edge, key);
	enum kb_err err = kb_get(edges->txn, KB_BROKER_EDGES, KB_SPAN_OF(key), &value);

	if (err == KB_OK) {
		err = edge_decode(value, edge);
	} else if (err == KB_ERR_NOT_FOUND) {
		err = KB_OK;
	}
	if (err == KB_OK) {
		err = kb_row_cache_add(&edges->cache, high, epoch_no, edge);
	}
	if (err == KB_OK) {
		*out = edge;
	}
	return err;
}

enum kb_err
kb_mail_edge_next(struct kb_txn *txn, bool one_recipient, struct kb_mail_edge *out)
{
	struct kb_cursor *cursor = NULL;
	struct kb_row row;
	struct kb_mail_edge next = *out;
	uint8_t key[KEY_BYTES + 1] = { 0 };

	/* A zero byte more: the first key above this one. */
	edge_key(out, key);
	enum kb_err err = kb_cursor_open(txn, KB_BROKER_EDGES,
					 one_recipient ? kb_span(key, 4) : KB_SPAN_NONE, &cursor);

	if (err == KB_OK) {
		err = kb_cursor_seek(cursor, KB_SPAN_OF(key), &row);
	}
	if (err == KB_OK && row.key.len != KEY_BYTES) {
		err = KB_ERR_CORRUPT;
	}
	if (err == KB_OK) {
		next.recipient_no = kb_load_u32(row.key.at);
		next.sender_no = kb_load_u32(row.key.at + 4);
		next.epoch_no = kb_load_u32(row.key.at + 8);
		next.changed = false;
		err = edge_decode(row.value, &next);
	}
	kb_cursor_close(cursor);
	if (err == KB_OK) {
		*out = next;
	}
	return err;
}
