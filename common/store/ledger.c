/* SPDX-License-Identifier: EUPL-1.2 */
/* Appending to the log, its checkpoints, and the change of the year. */
#include "common/store/ledger.h"

#include "common/base/bytes.h"
#include "common/store/env_internal.h"
#include "common/store/failpoint.h"
#include "common/store/ledger_internal.h"

#include <stdlib.h>

static void
state_copy(struct ledger_state *to, const struct ledger_state *from)
{
	to->year = from->year;
	to->first_number = from->first_number;
	to->checkpoint_size = from->checkpoint_size;
	to->has_checkpoint = from->has_checkpoint;
	to->kept = from->kept;
	ledger_tree_copy(&to->tree, &from->tree);
}

/* Before the first change of a transaction: an abort brings this back. */
static void
save(struct kb_ledger *ledger)
{
	if (!ledger->changed) {
		state_copy(&ledger->saved, &ledger->state);
		ledger->changed = true;
	}
}

static void
txn_ended(void *state, bool committed)
{
	struct kb_ledger *ledger = state;

	if (ledger->changed && !committed) {
		state_copy(&ledger->state, &ledger->saved);
		for (unsigned k = 0; k < TILE_LEVELS; k++) {
			ledger->cache[k].valid = false;
		}
	}
	ledger->changed = false;
}

static void
head_of(const struct ledger_state *state, struct kb_ledger_head *out)
{
	out->year = state->year;
	out->first_number = state->first_number;
	out->size = state->tree.frontier.size;
	kb_merkle_frontier_root(&state->tree.frontier, &out->root);
}

void
kb_ledger_head(const struct kb_ledger *ledger, struct kb_ledger_head *out)
{
	head_of(&ledger->state, out);
}

void
kb_ledger_committed_head(const struct kb_ledger *ledger, struct kb_ledger_head *out)
{
	head_of(ledger->changed ? &ledger->saved : &ledger->state, out);
}

/* ---- opening ---- */

static enum kb_err
log_damaged(struct kb_txn *txn, const char *what)
{
	return env_damage(txn, "%s: the log is damaged: %s", kb_env_path(kb_txn_env(txn)), what);
}

/* The unfinished tile of level 0: leaves of the last records. */
static enum kb_err
load_leaves(struct kb_ledger *ledger, struct kb_txn *txn, uint64_t size)
{
	struct ledger_tree *tree = &ledger->state.tree;
	uint64_t number = ledger->state.first_number + (size & ~(uint64_t)(TILE_WIDTH - 1));
	struct kb_cursor *cursor = NULL;
	struct kb_span record;
	enum kb_err err = KB_OK;

	while (tree->tail_count[0] < (size & (TILE_WIDTH - 1)) && err == KB_OK) {
		err = kb_ledger_next(ledger, txn, &cursor, &number, &record);
		if (err == KB_OK) {
			kb_merkle_leaf(record, &tree->tail[0][tree->tail_count[0]++]);
		}
	}
	kb_cursor_close(cursor);
	return err == KB_ERR_NOT_FOUND ? log_damaged(txn, "records at its end are missing") : err;
}

/* The unfinished tiles above: roots of the full tiles below. */
static enum kb_err
load_level(struct kb_ledger *ledger, struct kb_txn *txn, unsigned level, uint64_t size)
{
	struct ledger_tree *tree = &ledger->state.tree;
	uint64_t total = size >> (level * TILE_BITS);
	uint64_t index = total & ~(uint64_t)(TILE_WIDTH - 1);
	enum kb_err err = KB_OK;

	for (; index < total && err == KB_OK; index++) {
		struct tile_key key = ledger_tile_key(ledger->state.year, level - 1, index);
		struct kb_hash hashes[TILE_WIDTH];
		struct kb_span value;

		err = kb_get_required(txn, ledger->config.table_tree, KB_SPAN_OF(key), &value);
		if (err == KB_OK && value.len != TILE_BYTES) {
			err = log_damaged(txn, "a tile has the wrong size");
		}
		if (err == KB_OK) {
			memcpy(hashes, value.at, TILE_BYTES);
			ledger_subtree_root(hashes, TILE_BITS,
					    &tree->tail[level][tree->tail_count[level]++]);
		}
	}
	return err;
}

static enum kb_err
load_tree(struct kb_ledger *ledger, struct kb_txn *txn, uint64_t size)
{
	enum kb_err err = KB_OK;

	ledger_tree_clear(&ledger->state.tree);
	ledger->state.tree.frontier.size = size;
	err = load_leaves(ledger, txn, size);
	for (unsigned level = 1; level < TILE_LEVELS && err == KB_OK; level++) {
		err = load_level(ledger, txn, level, size);
	}
	if (err == KB_OK) {
		ledger_tree_frontier(&ledger->state.tree);
	}
	return err;
}

static enum kb_err
last_number(struct kb_ledger *ledger, struct kb_txn *txn, uint64_t *out)
{
	struct kb_cursor *cursor = NULL;
	struct kb_row row;
	enum kb_err err = kb_cursor_open(txn, ledger->config.table_log, KB_SPAN_NONE, &cursor);

	if (err == KB_OK) {
		err = kb_cursor_last(cursor, &row);
	}
	if (err == KB_OK) {
		*out = row.key.len == 8 ? kb_load_u64(row.key.at) : 0;
	}
	kb_cursor_close(cursor);
	return err;
}

static enum kb_err
last_year(struct kb_ledger *ledger, struct kb_txn *txn, struct ledger_year_row *out)
{
	struct kb_cursor *cursor = NULL;
	struct kb_row row;
	enum kb_err err = kb_cursor_open(txn, ledger->config.table_meta,
					 kb_span_text(YEAR_KEY_PREFIX), &cursor);

	if (err == KB_OK) {
		err = kb_cursor_last(cursor, &row);
	}
	if (err == KB_OK) {
		err = ledger_year_decode(&row, out);
	}
	kb_cursor_close(cursor);
	return err;
}

static enum kb_err
load(struct kb_ledger *ledger, struct kb_txn *txn)
{
	struct ledger_state *state = &ledger->state;
	struct ledger_year_row row;
	struct kb_hash root;
	uint64_t last = 0;
	uint64_t rows = kb_table_count(txn, ledger->config.table_log);
	enum kb_err err = ledger_kept_get(txn, ledger->config.table_meta, &state->kept);

	if (err == KB_OK) {
		err = last_year(ledger, txn, &row);
	}
	if (err == KB_ERR_NOT_FOUND) {
		state->first_number = 1;
		return rows == 0 ? KB_OK : log_damaged(txn, "its first year is missing");
	}
	if (err == KB_OK) {
		err = last_number(ledger, txn, &last);
	}
	if (err == KB_ERR_NOT_FOUND) {
		return log_damaged(txn, "its records are missing");
	}
	if (err != KB_OK) {
		return err;
	}
	if (last < row.first_number || last < state->kept || last - state->kept + 1 != rows ||
	    last - row.first_number + 1 < row.size) {
		return log_damaged(txn, "records are missing");
	}
	state->year = row.year;
	state->first_number = row.first_number;
	state->checkpoint_size = row.size;
	state->has_checkpoint = row.size > 0;
	err = load_tree(ledger, txn, last - row.first_number + 1);
	if (err == KB_OK && row.size > 0) {
		err = kb_ledger_root_at(ledger, txn, row.year, row.size, &root);
		if (err == KB_OK && !kb_hash_equal(&root, &row.root)) {
			err = log_damaged(txn, "it does not fit its last checkpoint");
		}
	}
	return err;
}

enum kb_err
kb_ledger_open(struct kb_env *env, const struct kb_ledger_config *config, struct kb_ledger **out,
	       struct kb_error_text *where)
{
	struct kb_ledger *ledger = calloc(1, sizeof(*ledger));
	struct kb_env_health health;
	struct kb_txn *txn = NULL;
	enum kb_err err = KB_OK;

	if (ledger == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	ledger->env = env;
	ledger->config = *config;
	err = kb_txn_begin_read(env, &txn);
	if (err == KB_OK) {
		err = load(ledger, txn);
		kb_txn_abort(txn);
	}
	if (err == KB_ERR_CORRUPT) {
		kb_env_set_read_only(env, "the log is damaged: a row of it cannot be read");
	}
	if (err != KB_OK) {
		free(ledger);
		kb_env_health(env, &health);
		return kb_fail(where, err, "%s",
			       health.reason[0] != 0 ? health.reason : kb_err_text(err));
	}
	kb_env_observe(env, txn_ended, ledger);
	*out = ledger;
	return KB_OK;
}

void
kb_ledger_close(struct kb_ledger *ledger)
{
	if (ledger != NULL) {
		kb_env_unobserve(ledger->env, txn_ended, ledger);
		free(ledger);
	}
}

/* ---- appending ---- */

struct tile_put {
	struct kb_ledger *ledger;
	struct kb_txn *txn;
};

static enum kb_err
put_tile(void *state, unsigned level, uint64_t index, const struct kb_hash *hashes, size_t count)
{
	struct tile_put *put = state;
	struct tile_key key = ledger_tile_key(put->ledger->state.year, level, index);
	enum kb_err err = kb_failpoint(KB_FAILPOINT_LEDGER_TILE);

	return err == KB_OK ? kb_put(put->txn, put->ledger->config.table_tree, KB_SPAN_OF(key),
				     kb_span(hashes, count * sizeof(*hashes)), KB_PUT_REPLACE)
			    : err;
}

static enum kb_err
append_record(struct kb_ledger *ledger, struct kb_txn *txn, const struct kb_span *parts,
	      size_t part_count, uint64_t *number)
{
	struct ledger_state *state = &ledger->state;
	struct tile_put put = { ledger, txn };
	uint64_t next = state->first_number + state->tree.frontier.size;
	struct kb_key64 key = kb_key64(next);
	struct kb_hash leaf;
	enum kb_err err = kb_put_parts(txn, ledger->config.table_log, KB_KEY64_SPAN(key), parts,
				       part_count, KB_PUT_APPEND);

	if (err != KB_OK) {
		return err;
	}
	kb_merkle_leaf_parts(parts, part_count, &leaf);
	err = ledger_tree_append(&state->tree, &leaf, put_tile, &put);
	if (err != KB_OK) {
		return ledger_fail(txn, err);
	}
	if (number != NULL) {
		*number = next;
	}
	return KB_OK;
}

/* Signs the present head and stores it as the year's checkpoint. */
static enum kb_err
checkpoint_make(struct kb_ledger *ledger, struct kb_txn *txn, int64_t utc_ms, bool closed,
		struct kb_buf *checkpoint)
{
	const struct kb_ledger_hooks *hooks = &ledger->config.hooks;
	struct ledger_state *state = &ledger->state;
	struct kb_ledger_head head;
	size_t start = checkpoint->len;
	enum kb_err err = KB_OK;

	kb_ledger_head(ledger, &head);
	if (hooks->sign != NULL) {
		err = hooks->sign(hooks->state, &head, utc_ms, checkpoint);
	}
	if (err != KB_OK) {
		return err;
	}
	struct ledger_year_row row = {
		.year = head.year,
		.first_number = head.first_number,
		.size = head.size,
		.root = head.root,
		.utc_ms = utc_ms,
		.checkpoint = kb_span_part(kb_buf_span(checkpoint), start, checkpoint->len - start),
		.closed = closed,
	};

	err = ledger_year_put(txn, ledger->config.table_meta, &row);
	if (err == KB_OK) {
		state->checkpoint_size = head.size;
		state->has_checkpoint = true;
	}
	return err;
}

static enum kb_err
year_begin(struct kb_ledger *ledger, struct kb_txn *txn, uint16_t year, uint64_t first_number)
{
	struct ledger_state *state = &ledger->state;
	struct ledger_year_row row = { .year = year, .first_number = first_number };

	kb_merkle_empty(&row.root);
	state->year = year;
	state->first_number = first_number;
	state->checkpoint_size = 0;
	state->has_checkpoint = false;
	ledger_tree_clear(&state->tree);
	return ledger_year_put(txn, ledger->config.table_meta, &row);
}

/* The unfinished tiles of a year that is over: from now on they are rows like the others. */
static enum kb_err
tails_put(struct kb_ledger *ledger, struct kb_txn *txn)
{
	struct ledger_tree *tree = &ledger->state.tree;
	struct tile_put put = { ledger, txn };
	enum kb_err err = KB_OK;

	for (unsigned k = 0; k < TILE_LEVELS && err == KB_OK; k++) {
		if (tree->tail_count[k] > 0) {
			err = put_tile(&put, k, tree->frontier.size >> ((k + 1) * TILE_BITS),
				       tree->tail[k], tree->tail_count[k]);
		}
	}
	return err;
}

static enum kb_err
year_change(struct kb_ledger *ledger, struct kb_txn *txn, uint16_t year, int64_t utc_ms)
{
	const struct kb_ledger_hooks *hooks = &ledger->config.hooks;
	struct kb_ledger_head previous;
	struct kb_buf checkpoint = { 0 };
	struct kb_buf record = { 0 };
	struct kb_span part;
	enum kb_err err = kb_failpoint(KB_FAILPOINT_LEDGER_YEAR);

	kb_ledger_head(ledger, &previous);
	if (err == KB_OK) {
		err = checkpoint_make(ledger, txn, utc_ms, true, &checkpoint);
	}
	if (err == KB_OK) {
		err = tails_put(ledger, txn);
	}
	if (err == KB_OK) {
		err = year_begin(ledger, txn, year, kb_ledger_next_number(&previous));
	}
	if (err == KB_OK) {
		err = hooks->open_year != NULL
			      ? hooks->open_year(hooks->state, &previous, kb_buf_span(&checkpoint),
						 year, utc_ms, &record)
			      : ledger_plain_open_year(&previous, kb_buf_span(&checkpoint), year,
						       &record);
	}
	if (err == KB_OK) {
		part = kb_buf_span(&record);
		err = append_record(ledger, txn, &part, 1, NULL);
	}
	kb_buf_release(&record);
	kb_buf_release(&checkpoint);
	return err;
}

enum kb_err
kb_ledger_append(struct kb_ledger *ledger, struct kb_txn *txn, int64_t utc_ms,
		 const struct kb_span *parts, size_t part_count, uint64_t *number)
{
	struct ledger_state *state = &ledger->state;
	uint16_t year = ledger_year_of(utc_ms);
	enum kb_err err = KB_OK;

	save(ledger);
	if (state->year == 0) {
		err = year_begin(ledger, txn, year, state->first_number);
	} else if (year > state->year) {
		err = year_change(ledger, txn, year, utc_ms);
	}
	if (err != KB_OK) {
		return ledger_fail(txn, err);
	}
	return append_record(ledger, txn, parts, part_count, number);
}

/* ---- checkpoints ---- */

enum kb_err
kb_ledger_last_checkpoint(struct kb_ledger *ledger, struct kb_txn *txn, uint16_t year,
			  struct kb_ledger_head *head, struct kb_buf *checkpoint)
{
	struct ledger_year_row row;
	enum kb_err err = KB_OK;

	if (year == 0) {
		year = ledger->state.year;
	}
	err = year != 0 ? ledger_year_get(txn, ledger->config.table_meta, year, &row)
			: KB_ERR_NOT_FOUND;
	if (err == KB_OK && row.size == 0) {
		err = KB_ERR_NOT_FOUND;
	}
	if (err == KB_OK && checkpoint != NULL) {
		err = kb_buf_put(checkpoint, row.checkpoint);
	}
	if (err == KB_OK) {
		*head = (struct kb_ledger_head){ row.year, row.first_number, row.size, row.root };
	}
	return err;
}

enum kb_err
kb_ledger_checkpoint(struct kb_ledger *ledger, struct kb_txn *txn, int64_t utc_ms,
		     struct kb_buf *checkpoint)
{
	struct ledger_state *state = &ledger->state;
	struct kb_ledger_head head;
	struct kb_buf own = { 0 };
	enum kb_err err = KB_OK;

	if (state->year == 0) {
		return KB_ERR_NOT_FOUND;
	}
	if (state->has_checkpoint && state->checkpoint_size == state->tree.frontier.size) {
		return kb_ledger_last_checkpoint(ledger, txn, 0, &head, checkpoint);
	}
	save(ledger);
	err = checkpoint_make(ledger, txn, utc_ms, false, &own);
	if (err == KB_OK && checkpoint != NULL) {
		err = kb_buf_put(checkpoint, kb_buf_span(&own));
	}
	kb_buf_release(&own);
	return err;
}

/* ---- dropping ---- */

enum kb_err
kb_ledger_drop(struct kb_ledger *ledger, struct kb_txn *txn, uint64_t before, size_t max,
	       size_t *dropped)
{
	struct ledger_state *state = &ledger->state;
	uint64_t size = state->tree.frontier.size;
	/* The open year needs the records of its unfinished tile, and one to know its length by. */
	uint64_t limit =
		state->first_number + (size > 0 ? (size - 1) & ~(uint64_t)(TILE_WIDTH - 1) : 0);
	struct kb_key64 first = kb_key64(state->kept);
	struct kb_key64 end;
	struct kb_buf value = { 0 };
	struct kb_pack pack;
	size_t count = 0;
	enum kb_err err = KB_OK;

	if (before > limit) {
		before = limit;
	}
	if (before > state->kept) {
		save(ledger);
		end = kb_key64(before);
		err = kb_del_range(txn, ledger->config.table_log, KB_KEY64_SPAN(first),
				   KB_KEY64_SPAN(end), max, &count);
	}
	if (err == KB_OK && count > 0) {
		kb_pack_begin(&pack, &value, 1);
		kb_pack_u64(&pack, state->kept + count);
		err = kb_pack_end(&pack);
		if (err == KB_OK) {
			err = kb_put(txn, ledger->config.table_meta, kb_span_text(KEPT_KEY),
				     kb_buf_span(&value), KB_PUT_REPLACE);
		}
		kb_buf_release(&value);
	}
	if (err != KB_OK) {
		return ledger_fail(txn, err);
	}
	state->kept += count;
	if (dropped != NULL) {
		*dropped = count;
	}
	return KB_OK;
}
