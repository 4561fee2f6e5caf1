/* SPDX-License-Identifier: EUPL-1.2 */
/* Per (sender, epoch): the highest number, the gaps below it, counts. */
#include "common/store/seen_internal.h"

#define EDGE_VERSION 1
#define DIRECTION_IN 2u

static struct kb_row_key
edge_key(uint32_t sender_no, uint32_t epoch_no)
{
	struct kb_row_key key = { 0 };

	kb_row_key_u8(&key, DIRECTION_IN);
	kb_row_key_u32(&key, sender_no);
	kb_row_key_u32(&key, epoch_no);
	return key;
}

static enum kb_err
gaps_decode(struct kb_unpack *unpack, struct kb_arena *arena, struct kb_gaps *gaps)
{
	uint32_t count = kb_unpack_u32(unpack);
	uint64_t below = 0;

	if (unpack->err != KB_OK || count > KB_SEEN_GAPS_MAX) {
		return KB_ERR_CORRUPT;
	}
	if (count > 0) {
		gaps->at = kb_arena_alloc(arena, count * sizeof(gaps->at[0]));
		if (gaps->at == NULL) {
			return KB_ERR_NO_MEMORY;
		}
	}
	gaps->capacity = count;
	gaps->count = count;
	for (uint32_t i = 0; i < count; i++) {
		struct kb_number_range gap = { 0 };

		gap.first = kb_unpack_u64(unpack);
		gap.last = kb_unpack_u64(unpack);
		if (gap.first <= below || gap.last < gap.first || gap.last >= gaps->highest) {
			return KB_ERR_CORRUPT;
		}
		below = gap.last + 1;
		gaps->missing_count += gap.last - gap.first + 1;
		gaps->at[i] = gap;
	}
	return KB_OK;
}

static enum kb_err
edge_decode(struct kb_span row_key, struct kb_span value, struct kb_arena *arena,
	    struct kb_edge_in_row *out)
{
	struct kb_edge_in_row edge = { 0 };
	struct kb_unpack unpack;
	enum kb_err err = KB_OK;

	kb_unpack_begin_key(&unpack, row_key);
	(void)kb_unpack_u8(&unpack);
	edge.sender_no = kb_unpack_u32(&unpack);
	edge.epoch_no = kb_unpack_u32(&unpack);
	err = kb_unpack_end(&unpack);
	if (err != KB_OK) {
		return err;
	}
	(void)kb_unpack_begin(&unpack, value, EDGE_VERSION);
	edge.gaps.highest = kb_unpack_u64(&unpack);
	edge.seen_count = kb_unpack_u64(&unpack);
	edge.refused_count = kb_unpack_u64(&unpack);
	edge.folded_below = kb_unpack_u64(&unpack);
	edge.last_utc_ms = kb_unpack_i64(&unpack);
	err = gaps_decode(&unpack, arena, &edge.gaps);
	if (err == KB_OK) {
		err = kb_unpack_end(&unpack);
	}
	if (err == KB_OK) {
		*out = edge;
	}
	return err;
}

enum kb_err
kb_edge_in_hold(struct kb_step *step, uint32_t sender_no, uint32_t epoch_no,
		struct kb_edge_in_row **out)
{
	struct kb_edge_in_row *edge = kb_row_cache_find(&step->edges_in, sender_no, epoch_no);
	struct kb_row_key key = edge_key(sender_no, epoch_no);
	struct kb_span value = KB_SPAN_NONE;
	enum kb_err err = KB_OK;

	if (edge == NULL) {
		edge = kb_arena_alloc(&step->kept, sizeof(*edge));
		err = edge == NULL ? KB_ERR_NO_MEMORY
				   : kb_row_get(step, KB_TABLE_EDGES, &key, &value);
		if (err == KB_OK) {
			err = edge_decode(kb_row_key_span(&key), value, &step->kept, edge);
		} else if (err == KB_ERR_NOT_FOUND) {
			edge->sender_no = sender_no;
			edge->epoch_no = epoch_no;
			err = KB_OK;
		}
		if (err == KB_OK) {
			err = kb_row_cache_add(&step->edges_in, sender_no, epoch_no, edge);
		}
	}
	if (err == KB_OK) {
		*out = edge;
	}
	return err;
}

static enum kb_err
edge_put(struct kb_step *step, const struct kb_edge_in_row *edge)
{
	struct kb_row_key key = edge_key(edge->sender_no, edge->epoch_no);
	struct kb_pack pack;

	kb_buf_clear(&step->row);
	kb_pack_begin(&pack, &step->row, EDGE_VERSION);
	kb_pack_u64(&pack, edge->gaps.highest);
	kb_pack_u64(&pack, edge->seen_count);
	kb_pack_u64(&pack, edge->refused_count);
	kb_pack_u64(&pack, edge->folded_below);
	kb_pack_i64(&pack, edge->last_utc_ms);
	kb_pack_u32(&pack, (uint32_t)edge->gaps.count);
	for (size_t i = 0; i < edge->gaps.count; i++) {
		kb_pack_u64(&pack, edge->gaps.at[i].first);
		kb_pack_u64(&pack, edge->gaps.at[i].last);
	}
	return kb_row_put(step, KB_TABLE_EDGES, &key, &pack, KB_PUT_REPLACE);
}

enum kb_err
kb_edges_in_flush(struct kb_step *step)
{
	void **edges = NULL;
	enum kb_err err = kb_row_cache_sorted(&step->edges_in, &step->kept, &edges);

	for (size_t i = 0; err == KB_OK && i < step->edges_in.count; i++) {
		struct kb_edge_in_row *edge = edges[i];

		if (edge->changed) {
			err = edge_put(step, edge);
		}
		if (err == KB_OK) {
			edge->changed = false;
		}
	}
	return err;
}

static struct kb_edge_in
edge_public(const struct kb_edge_in_row *edge)
{
	return (struct kb_edge_in){
		.sender_no = edge->sender_no,
		.epoch_no = edge->epoch_no,
		.highest = edge->gaps.highest,
		.seen_count = edge->seen_count,
		.refused_count = edge->refused_count,
		.missing_count = edge->gaps.missing_count,
		.gap_count = (uint32_t)edge->gaps.count,
		.folded_below = edge->folded_below,
		.last_utc_ms = edge->last_utc_ms,
	};
}

enum kb_err
kb_edge_in_get(struct kb_step *step, uint32_t sender_no, uint32_t epoch_no, struct kb_edge_in *out)
{
	struct kb_edge_in_row *edge = NULL;
	enum kb_err err = kb_edge_in_hold(step, sender_no, epoch_no, &edge);

	if (err == KB_OK) {
		*out = edge_public(edge);
	}
	return err;
}

enum kb_err
kb_edge_in_next(struct kb_step *step, struct kb_edge_in *out)
{
	struct kb_row_key after = edge_key(out->sender_no, out->epoch_no);
	struct kb_edge_in_row edge;
	struct kb_row row;
	/* Edges that are new in this step have to be seen too. */
	enum kb_err err = step->mode == KB_STEP_WRITE ? kb_edges_in_flush(step) : KB_OK;

	if (err == KB_OK) {
		err = kb_row_after(step, KB_TABLE_EDGES, &after, 1, &row);
	}
	if (err == KB_OK) {
		err = edge_decode(row.key, row.value, &step->kept, &edge);
	}
	if (err == KB_OK) {
		*out = edge_public(&edge);
	}
	return err;
}

enum kb_err
kb_seen_missing(struct kb_step *step, uint32_t sender_no, uint32_t epoch_no,
		struct kb_number_range *out, size_t max, size_t *count)
{
	struct kb_edge_in_row *edge = NULL;
	enum kb_err err = kb_edge_in_hold(step, sender_no, epoch_no, &edge);

	if (err == KB_OK) {
		*count = edge->gaps.count < max ? edge->gaps.count : max;
		for (size_t i = 0; i < *count; i++) {
			out[i] = edge->gaps.at[i];
		}
	}
	return err;
}

enum kb_err
kb_seen_held_ranges(struct kb_step *step, uint32_t sender_no, uint32_t epoch_no,
		    struct kb_number_range *out, size_t max, size_t *count)
{
	struct kb_edge_in_row *edge = NULL;
	uint64_t from = 1;
	enum kb_err err = kb_edge_in_hold(step, sender_no, epoch_no, &edge);

	if (err != KB_OK) {
		return err;
	}
	*count = 0;
	for (size_t i = 0; i <= edge->gaps.count && *count < max; i++) {
		bool last = i == edge->gaps.count;
		uint64_t until = last ? edge->gaps.highest : edge->gaps.at[i].first - 1;

		if (from <= until) {
			out[(*count)++] = (struct kb_number_range){ from, until };
		}
		if (!last) {
			from = edge->gaps.at[i].last + 1;
		}
	}
	return KB_OK;
}
