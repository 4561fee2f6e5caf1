/* SPDX-License-Identifier: EUPL-1.2 */
/* The whole log computed anew from its records, and compared with all that was stored about it. */
#include "common/base/bytes.h"
#include "common/store/ledger_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define PROGRESS_EVERY 1024

struct verify {
	const struct kb_ledger_config *config;
	struct kb_txn *txn;
	struct kb_error_text *where;
	kb_progress_fn progress;
	void *progress_state;
	struct kb_cursor *log;
	uint64_t kept;
	uint64_t last_number;
	uint64_t next_number;
	uint64_t tile_count;
	bool has_previous;
	struct kb_ledger_head previous;
	struct kb_buf previous_checkpoint;
	/* of the year in hand */
	struct ledger_year_row row;
	uint64_t size;
	struct ledger_tree tree;
};

__attribute__((format(printf, 2, 3))) static enum kb_err
bad(struct verify *verify, const char *format, ...)
{
	char text[240];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	return kb_fail(verify->where, KB_ERR_CORRUPT, "the log in %s is not intact: %s",
		       kb_env_path(kb_txn_env(verify->txn)), text);
}

/* A row that could not be read has its sentence in the health. */
static enum kb_err
unreadable(struct verify *verify, enum kb_err err)
{
	struct kb_env_health health;

	kb_env_health(kb_txn_env(verify->txn), &health);
	return kb_fail(verify->where, err, "%s",
		       health.reason[0] != 0 ? health.reason : kb_err_text(err));
}

static enum kb_err
tile_compare(void *state, unsigned level, uint64_t index, const struct kb_hash *hashes,
	     size_t count)
{
	struct verify *verify = state;
	struct tile_key key = ledger_tile_key(verify->row.year, level, index);
	struct kb_span value;
	enum kb_err err = kb_get(verify->txn, verify->config->table_tree, KB_SPAN_OF(key), &value);

	if (err == KB_ERR_NOT_FOUND) {
		return bad(verify, "tile %llu of level %u of %u is missing",
			   (unsigned long long)index, level, verify->row.year);
	}
	if (err != KB_OK) {
		return unreadable(verify, err);
	}
	verify->tile_count++;
	for (size_t i = 0; i < count; i++) {
		if (value.len != count * KB_HASH_BYTES ||
		    memcmp(value.at + i * KB_HASH_BYTES, hashes[i].bytes, KB_HASH_BYTES) != 0) {
			uint64_t leaf = (index * TILE_WIDTH + i) << (level * TILE_BITS);

			return bad(verify, "record %llu was changed after it was logged",
				   (unsigned long long)(verify->row.first_number + leaf));
		}
	}
	return KB_OK;
}

/* Leaf of a record that was dropped: only its hash is left, in a tile. */
static enum kb_err
dropped_leaf(struct verify *verify, uint64_t index, struct kb_hash *leaf)
{
	struct tile_key key = ledger_tile_key(verify->row.year, 0, index / TILE_WIDTH);
	size_t offset = (size_t)(index % TILE_WIDTH) * KB_HASH_BYTES;
	struct kb_span value;
	enum kb_err err = kb_get(verify->txn, verify->config->table_tree, KB_SPAN_OF(key), &value);

	if (err == KB_ERR_NOT_FOUND || (err == KB_OK && value.len < offset + KB_HASH_BYTES)) {
		return bad(verify, "the tile with the hash of dropped record %llu is missing",
			   (unsigned long long)(verify->row.first_number + index));
	}
	if (err != KB_OK) {
		return unreadable(verify, err);
	}
	memcpy(leaf->bytes, value.at + offset, KB_HASH_BYTES);
	return KB_OK;
}

static enum kb_err
check_first_record(struct verify *verify, struct kb_span record)
{
	const struct kb_ledger_hooks *hooks = &verify->config->hooks;
	struct kb_span checkpoint = kb_buf_span(&verify->previous_checkpoint);
	struct kb_buf plain = { 0 };
	enum kb_err err = KB_OK;

	if (hooks->check_open_year != NULL) {
		err = hooks->check_open_year(hooks->state, &verify->previous, checkpoint,
					     verify->row.year, record);
	} else if (hooks->open_year == NULL) {
		err = ledger_plain_open_year(&verify->previous, checkpoint, verify->row.year,
					     &plain);
		if (err == KB_OK && !kb_span_equal(kb_buf_span(&plain), record)) {
			err = KB_ERR_CORRUPT;
		}
		kb_buf_release(&plain);
	}
	return err == KB_OK
		       ? KB_OK
		       : bad(verify, "record %llu does not name the end of %u",
			     (unsigned long long)verify->row.first_number, verify->previous.year);
}

static enum kb_err
record_leaf(struct verify *verify, uint64_t number, uint64_t index, struct kb_hash *leaf)
{
	struct kb_row row;
	enum kb_err err = KB_OK;

	if (number < verify->kept) {
		return dropped_leaf(verify, index, leaf);
	}
	err = kb_cursor_next(verify->log, &row);
	if (err == KB_ERR_NOT_FOUND) {
		return bad(verify, "record %llu is missing", (unsigned long long)number);
	}
	if (err != KB_OK) {
		return unreadable(verify, err);
	}
	if (row.key.len != 8 || kb_load_u64(row.key.at) != number) {
		return bad(verify, "record %llu is missing", (unsigned long long)number);
	}
	if (index == 0 && verify->has_previous) {
		err = check_first_record(verify, row.value);
	}
	kb_merkle_leaf(row.value, leaf);
	return err;
}

static enum kb_err
check_checkpoint(struct verify *verify)
{
	const struct kb_ledger_hooks *hooks = &verify->config->hooks;
	struct kb_ledger_head head = {
		verify->row.year, verify->row.first_number, verify->row.size, { { 0 } }
	};
	enum kb_err err = KB_OK;

	kb_merkle_frontier_root(&verify->tree.frontier, &head.root);
	if (!kb_hash_equal(&head.root, &verify->row.root)) {
		return bad(verify,
			   "records %llu to %llu do not give the root of the checkpoint of %u",
			   (unsigned long long)head.first_number,
			   (unsigned long long)kb_ledger_next_number(&head) - 1, head.year);
	}
	if (hooks->check_checkpoint != NULL) {
		err = hooks->check_checkpoint(hooks->state, &head, verify->row.checkpoint);
	}
	return err == KB_OK
		       ? KB_OK
		       : bad(verify, "the signed checkpoint of %u at record %llu does not hold",
			     head.year, (unsigned long long)kb_ledger_next_number(&head) - 1);
}

static enum kb_err
year_records(struct verify *verify)
{
	enum kb_err err = KB_OK;

	for (uint64_t index = 0; index < verify->size && err == KB_OK; index++) {
		uint64_t number = verify->row.first_number + index;
		struct kb_hash leaf;

		err = record_leaf(verify, number, index, &leaf);
		if (err == KB_OK) {
			err = ledger_tree_append(&verify->tree, &leaf, tile_compare, verify);
		}
		if (err == KB_OK && index + 1 == verify->row.size) {
			err = check_checkpoint(verify);
		}
		if (verify->progress != NULL && number % PROGRESS_EVERY == 0) {
			verify->progress(verify->progress_state, number, verify->last_number);
		}
	}
	return err;
}

/* A closed year has its unfinished tiles as rows too, and is handed to the next one. */
static enum kb_err
year_close(struct verify *verify)
{
	enum kb_err err = KB_OK;

	for (unsigned k = 0; k < TILE_LEVELS && err == KB_OK; k++) {
		if (verify->tree.tail_count[k] > 0) {
			err = tile_compare(verify, k, verify->size >> ((k + 1) * TILE_BITS),
					   verify->tree.tail[k], verify->tree.tail_count[k]);
		}
	}
	verify->has_previous = true;
	verify->previous = (struct kb_ledger_head){ verify->row.year, verify->row.first_number,
						    verify->row.size, verify->row.root };
	kb_buf_clear(&verify->previous_checkpoint);
	return err == KB_OK ? kb_buf_put(&verify->previous_checkpoint, verify->row.checkpoint)
			    : err;
}

static enum kb_err
year_check(struct verify *verify)
{
	bool open = !verify->row.closed;
	enum kb_err err = KB_OK;

	if (verify->row.first_number != verify->next_number ||
	    verify->last_number + 1 < verify->row.first_number + verify->row.size) {
		return bad(verify,
			   "the year %u does not follow the one before it, or is shorter than "
			   "its checkpoint",
			   verify->row.year);
	}
	verify->size = open ? verify->last_number + 1 - verify->row.first_number : verify->row.size;
	verify->next_number = verify->row.first_number + verify->size;
	ledger_tree_clear(&verify->tree);
	err = year_records(verify);
	return err == KB_OK && !open ? year_close(verify) : err;
}

static enum kb_err
all_years(struct verify *verify)
{
	struct kb_cursor *years = NULL;
	struct kb_row row;
	bool open_seen = false;
	enum kb_err err = kb_cursor_open(verify->txn, verify->config->table_meta,
					 kb_span_text(YEAR_KEY_PREFIX), &years);

	while (err == KB_OK) {
		err = kb_cursor_next(years, &row);
		if (err == KB_OK) {
			err = ledger_year_decode(&row, &verify->row);
		}
		if (err != KB_OK) {
			break;
		}
		if (open_seen) {
			err = bad(verify, "a year before %u was never closed", verify->row.year);
			break;
		}
		open_seen = !verify->row.closed;
		err = year_check(verify);
	}
	kb_cursor_close(years);
	if (err == KB_ERR_NOT_FOUND) {
		err = verify->next_number == verify->last_number + 1
			      ? KB_OK
			      : bad(verify, "records from %llu on belong to no year",
				    (unsigned long long)verify->next_number);
	}
	return err;
}

static enum kb_err
limits_read(struct verify *verify)
{
	struct kb_row row;
	uint64_t rows = kb_table_count(verify->txn, verify->config->table_log);
	enum kb_err err = ledger_kept_get(verify->txn, verify->config->table_meta, &verify->kept);

	if (err == KB_OK) {
		err = kb_cursor_last(verify->log, &row);
	}
	if (err == KB_OK && row.key.len == 8) {
		verify->last_number = kb_load_u64(row.key.at);
	}
	if (err == KB_OK || err == KB_ERR_NOT_FOUND) {
		err = rows == (verify->last_number != 0 ? verify->last_number + 1 - verify->kept
							: 0)
			      ? KB_OK
			      : bad(verify,
				    "records are missing: it has %llu, and should end with %llu",
				    (unsigned long long)rows,
				    (unsigned long long)verify->last_number);
	}
	return err;
}

static enum kb_err
verify_all(struct verify *verify)
{
	enum kb_err err =
		kb_cursor_open(verify->txn, verify->config->table_log, KB_SPAN_NONE, &verify->log);

	if (err == KB_OK) {
		err = limits_read(verify);
	}
	kb_cursor_close(verify->log);
	verify->log = NULL;
	if (err == KB_OK) {
		err = kb_cursor_open(verify->txn, verify->config->table_log, KB_SPAN_NONE,
				     &verify->log);
	}
	verify->next_number = 1;
	if (err == KB_OK) {
		err = all_years(verify);
	}
	kb_cursor_close(verify->log);
	if (err == KB_OK &&
	    verify->tile_count != kb_table_count(verify->txn, verify->config->table_tree)) {
		err = bad(verify, "it has tiles that belong to no record");
	}
	return err;
}

enum kb_err
kb_ledger_verify(struct kb_txn *txn, void *config, kb_progress_fn progress, void *progress_state,
		 struct kb_error_text *where)
{
	struct kb_error_text text = { "" };
	struct verify *verify = calloc(1, sizeof(*verify));
	enum kb_err err = KB_ERR_NO_MEMORY;

	if (verify == NULL) {
		return err;
	}
	verify->config = config;
	verify->txn = txn;
	verify->where = &text;
	verify->progress = progress;
	verify->progress_state = progress_state;
	err = verify_all(verify);
	if (err != KB_OK) {
		if (text.text[0] == 0) {
			err = unreadable(verify, err);
		}
		kb_ignore(kb_fail(where, err, "%s", text.text), "err is returned");
	}
	kb_buf_release(&verify->previous_checkpoint);
	free(verify);
	return err;
}
