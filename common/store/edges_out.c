/* SPDX-License-Identifier: EUPL-1.2 */
/* Counters per (recipient, own epoch): the next number, and what waits. */
#include "common/store/outbox_internal.h"

#define EDGE_VERSION 1
#define DIRECTION_OUT 1u

static struct kb_row_key
edge_key(uint32_t recipient_no, uint32_t epoch_no)
{
	struct kb_row_key key = { 0 };

	kb_row_key_u8(&key, DIRECTION_OUT);
	kb_row_key_u32(&key, recipient_no);
	kb_row_key_u32(&key, epoch_no);
	return key;
}

static enum kb_err
edge_decode(struct kb_span row_key, struct kb_span value, struct kb_edge_out *out)
{
	struct kb_edge_out edge = { 0 };
	struct kb_unpack unpack;
	enum kb_err err = KB_OK;

	kb_unpack_begin_key(&unpack, row_key);
	(void)kb_unpack_u8(&unpack);
	edge.recipient_no = kb_unpack_u32(&unpack);
	edge.epoch_no = kb_unpack_u32(&unpack);
	err = kb_unpack_end(&unpack);
	if (err != KB_OK) {
		return err;
	}
	(void)kb_unpack_begin(&unpack, value, EDGE_VERSION);
	edge.last_number = kb_unpack_u64(&unpack);
	edge.unsealed_count = kb_unpack_u64(&unpack);
	edge.ready_count = kb_unpack_u64(&unpack);
	edge.ready_urgent_count = kb_unpack_u64(&unpack);
	edge.at_broker_count = kb_unpack_u64(&unpack);
	edge.undelivered_count = kb_unpack_u64(&unpack);
	edge.waiting_bytes = kb_unpack_u64(&unpack);
	edge.oldest_number = kb_unpack_u64(&unpack);
	err = kb_unpack_end(&unpack);
	if (err == KB_OK) {
		*out = edge;
	}
	return err;
}

enum kb_err
kb_edge_out_load(struct kb_step *step, uint32_t recipient_no, uint32_t epoch_no,
		 struct kb_edge_out *out)
{
	struct kb_row_key key = edge_key(recipient_no, epoch_no);
	struct kb_span value = KB_SPAN_NONE;
	enum kb_err err = kb_row_get(step, KB_TABLE_EDGES, &key, &value);

	if (err == KB_ERR_NOT_FOUND) {
		*out = (struct kb_edge_out){ .recipient_no = recipient_no, .epoch_no = epoch_no };
		return KB_OK;
	}
	return err == KB_OK ? edge_decode(kb_row_key_span(&key), value, out) : err;
}

enum kb_err
kb_edge_out_get(struct kb_step *step, uint32_t recipient_no, uint32_t epoch_no,
		struct kb_edge_out *out)
{
	const struct kb_edge_out *kept =
		kb_row_cache_find(&step->edges_out, recipient_no, epoch_no);

	if (kept != NULL) {
		*out = *kept;
		return KB_OK;
	}
	return kb_edge_out_load(step, recipient_no, epoch_no, out);
}

enum kb_err
kb_edge_out_next(struct kb_step *step, struct kb_edge_out *out)
{
	struct kb_row_key after = edge_key(out->recipient_no, out->epoch_no);
	struct kb_edge_out edge;
	struct kb_row row;
	/* Edges that are new in this step have to be seen too. */
	enum kb_err err = step->edges_out.count > 0 ? kb_edges_out_flush(step) : KB_OK;

	if (err == KB_OK) {
		err = kb_row_after(step, KB_TABLE_EDGES, &after, 1, &row);
	}
	if (err == KB_OK) {
		err = edge_decode(row.key, row.value, &edge);
	}
	if (err == KB_OK) {
		*out = edge;
	}
	return err;
}

enum kb_err
kb_edge_out_edit(struct kb_step *step, uint32_t recipient_no, uint32_t epoch_no,
		 struct kb_edge_out **out)
{
	struct kb_edge_out *edge = kb_row_cache_find(&step->edges_out, recipient_no, epoch_no);
	enum kb_err err = kb_step_need_write(step);

	if (edge == NULL && err == KB_OK) {
		edge = kb_arena_alloc(&step->kept, sizeof(*edge));
		err = edge == NULL ? KB_ERR_NO_MEMORY
				   : kb_edge_out_load(step, recipient_no, epoch_no, edge);
		if (err == KB_OK) {
			err = kb_row_cache_add(&step->edges_out, recipient_no, epoch_no, edge);
		}
	}
	if (err == KB_OK) {
		*out = edge;
	}
	return err;
}

void
kb_edge_out_count(struct kb_edge_out *edge, const struct kb_sent_row *row, int sign)
{
	uint64_t one = sign > 0 ? 1 : UINT64_MAX; /* adding UINT64_MAX takes one away */
	uint64_t bytes = row->sealed_bytes;

	if (!kb_sent_state_waits(row->state)) {
		return;
	}
	edge->waiting_bytes += sign > 0 ? bytes : (uint64_t)0 - bytes;
	if (row->state == KB_SENT_NIET_BEZORGD) {
		edge->undelivered_count += one;
	} else if (row->state == KB_SENT_BIJ_BROKER) {
		edge->at_broker_count += one;
	} else if (row->sealed_bytes == 0) {
		edge->unsealed_count += one;
	} else {
		edge->ready_count += one;
		edge->ready_urgent_count += row->urgent ? one : 0;
	}
}

static enum kb_err
edge_put(struct kb_step *step, const struct kb_edge_out *edge)
{
	struct kb_row_key key = edge_key(edge->recipient_no, edge->epoch_no);
	struct kb_pack pack;

	kb_buf_clear(&step->row);
	kb_pack_begin(&pack, &step->row, EDGE_VERSION);
	kb_pack_u64(&pack, edge->last_number);
	kb_pack_u64(&pack, edge->unsealed_count);
	kb_pack_u64(&pack, edge->ready_count);
	kb_pack_u64(&pack, edge->ready_urgent_count);
	kb_pack_u64(&pack, edge->at_broker_count);
	kb_pack_u64(&pack, edge->undelivered_count);
	kb_pack_u64(&pack, edge->waiting_bytes);
	kb_pack_u64(&pack, edge->oldest_number);
	return kb_row_put(step, KB_TABLE_EDGES, &key, &pack, KB_PUT_REPLACE);
}

enum kb_err
kb_edges_out_flush(struct kb_step *step)
{
	void **edges = NULL;
	enum kb_err err = kb_row_cache_sorted(&step->edges_out, &step->kept, &edges);

	for (size_t i = 0; err == KB_OK && i < step->edges_out.count; i++) {
		err = edge_put(step, edges[i]);
	}
	return err;
}
