/* SPDX-License-Identifier: EUPL-1.2 */
/* Walks over rows, in key order, every row checked. */
#include "common/store/env_internal.h"

#include <stdlib.h>

struct kb_cursor {
	struct kb_txn *txn;
	unsigned table;
	MDB_cursor *mdb;
	bool placed;
	size_t prefix_len;
	uint8_t prefix[KB_PREFIX_MAX];
	size_t last_len;
	uint8_t last[KB_KEY_MAX]; /* key it stands on */
};

static struct kb_span
span_of(const MDB_val *value)
{
	return kb_span(value->mv_data, value->mv_size);
}

enum kb_err
kb_cursor_open(struct kb_txn *txn, unsigned table, struct kb_span prefix, struct kb_cursor **out)
{
	struct kb_cursor *cursor = NULL;
	int rc = 0;

	KB_INVARIANT(!txn->pending.open);
	if (txn->err != KB_OK) {
		return txn->err;
	}
	if (prefix.len > KB_PREFIX_MAX) {
		return KB_ERR_OVERSIZE;
	}
	cursor = calloc(1, sizeof(*cursor));
	if (cursor == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	rc = mdb_cursor_open(txn->mdb, env_dbi(txn->env, table), &cursor->mdb);
	if (rc != 0) {
		free(cursor);
		return env_mdb_error(txn, rc);
	}
	cursor->txn = txn;
	cursor->table = table;
	cursor->prefix_len = prefix.len;
	if (prefix.len > 0) {
		memcpy(cursor->prefix, prefix.at, prefix.len);
	}
	txn->cursor_count++;
	*out = cursor;
	return KB_OK;
}

void
kb_cursor_close(struct kb_cursor *cursor)
{
	if (cursor != NULL) {
		cursor->txn->cursor_count--;
		mdb_cursor_close(cursor->mdb);
		free(cursor);
	}
}

static enum kb_err
out_of_order(const struct kb_cursor *cursor)
{
	return env_damage(cursor->txn, "%s/%s.mdb is damaged: table %s is out of order",
			  cursor->txn->env->path, cursor->txn->env->name,
			  kb_env_table_name(cursor->txn->env, cursor->table));
}

/* Checks the row that was reached, remembers its key, and says whether it belongs to the walk. */
static enum kb_err
arrive(struct kb_cursor *cursor, const MDB_val *k, const MDB_val *v, struct kb_row *row)
{
	struct kb_span key = span_of(k);
	struct kb_span value;
	enum kb_err err = env_row_check(cursor->txn, cursor->table, key, v, &value);

	if (err != KB_OK) {
		return err;
	}
	if (key.len < cursor->prefix_len ||
	    memcmp(key.at, cursor->prefix, cursor->prefix_len) != 0) {
		return KB_ERR_NOT_FOUND;
	}
	memcpy(cursor->last, key.at, key.len);
	cursor->last_len = key.len;
	cursor->placed = true;
	row->key = key;
	row->value = value;
	return KB_OK;
}

/* The row before the one that was found must lie below what was sought: else the search went astray on a damaged page. */
static enum kb_err
check_before(struct kb_cursor *cursor, struct kb_span sought, bool found, bool *is_first)
{
	MDB_val k = { 0, NULL };
	MDB_val v = { 0, NULL };
	struct kb_span value;
	int rc = mdb_cursor_get(cursor->mdb, &k, &v, found ? MDB_PREV : MDB_LAST);

	*is_first = rc == MDB_NOTFOUND;
	if (rc == MDB_NOTFOUND) {
		return KB_OK;
	}
	if (rc != 0) {
		return env_mdb_error(cursor->txn, rc);
	}
	if (kb_span_compare(span_of(&k), sought) >= 0) {
		return out_of_order(cursor);
	}
	return env_row_check(cursor->txn, cursor->table, span_of(&k), &v, &value);
}

static enum kb_err
seek(struct kb_cursor *cursor, struct kb_span key, struct kb_row *row)
{
	MDB_val k = { key.len, (void *)(uintptr_t)key.at };
	MDB_val v = { 0, NULL };
	bool is_first = false;
	enum kb_err err = KB_OK;
	int rc = mdb_cursor_get(cursor->mdb, &k, &v, MDB_SET_RANGE);
	bool found = rc == 0;

	if (!found && rc != MDB_NOTFOUND) {
		return env_mdb_error(cursor->txn, rc);
	}
	if (found && kb_span_compare(span_of(&k), key) < 0) {
		return out_of_order(cursor);
	}
	err = check_before(cursor, key, found, &is_first);
	if (err != KB_OK || !found) {
		return err != KB_OK ? err : KB_ERR_NOT_FOUND;
	}
	rc = mdb_cursor_get(cursor->mdb, &k, &v, is_first ? MDB_FIRST : MDB_NEXT);
	return rc == 0 ? arrive(cursor, &k, &v, row) : env_mdb_error(cursor->txn, rc);
}

static enum kb_err
step(struct kb_cursor *cursor, MDB_cursor_op op, struct kb_row *row)
{
	MDB_val k = { 0, NULL };
	MDB_val v = { 0, NULL };
	int rc = mdb_cursor_get(cursor->mdb, &k, &v, op);

	return rc == 0 ? arrive(cursor, &k, &v, row) : env_mdb_error(cursor->txn, rc);
}

static enum kb_err
ready(struct kb_cursor *cursor)
{
	KB_INVARIANT(!cursor->txn->pending.open);
	return cursor->txn->err;
}

enum kb_err
kb_cursor_first(struct kb_cursor *cursor, struct kb_row *row)
{
	enum kb_err err = ready(cursor);

	if (err != KB_OK) {
		return err;
	}
	cursor->placed = false;
	return cursor->prefix_len > 0
		       ? seek(cursor, kb_span(cursor->prefix, cursor->prefix_len), row)
		       : step(cursor, MDB_FIRST, row);
}

/* The first key above all with this prefix; false when there is none (all bytes 0xff). */
static bool
prefix_end(const struct kb_cursor *cursor, uint8_t *end, size_t *len)
{
	memcpy(end, cursor->prefix, cursor->prefix_len);
	*len = cursor->prefix_len;
	while (*len > 0 && end[*len - 1] == 0xff) {
		(*len)--;
	}
	if (*len == 0) {
		return false;
	}
	end[*len - 1]++;
	return true;
}

enum kb_err
kb_cursor_last(struct kb_cursor *cursor, struct kb_row *row)
{
	uint8_t end[KB_PREFIX_MAX];
	size_t len = 0;
	enum kb_err err = ready(cursor);
	MDB_val k = { 0, NULL };
	MDB_val v = { 0, NULL };
	struct kb_span value;
	int rc = 0;

	if (err != KB_OK) {
		return err;
	}
	cursor->placed = false;
	if (!prefix_end(cursor, end, &len)) {
		return step(cursor, MDB_LAST, row);
	}
	k = (MDB_val){ len, end };
	rc = mdb_cursor_get(cursor->mdb, &k, &v, MDB_SET_RANGE);
	if (rc == MDB_NOTFOUND) {
		return step(cursor, MDB_LAST, row);
	}
	if (rc != 0) {
		return env_mdb_error(cursor->txn, rc);
	}
	if (kb_span_compare(span_of(&k), kb_span(end, len)) < 0) {
		return out_of_order(cursor);
	}
	err = env_row_check(cursor->txn, cursor->table, span_of(&k), &v, &value);
	return err == KB_OK ? step(cursor, MDB_PREV, row) : err;
}

enum kb_err
kb_cursor_seek(struct kb_cursor *cursor, struct kb_span key, struct kb_row *row)
{
	enum kb_err err = ready(cursor);

	if (err != KB_OK) {
		return err;
	}
	if (key.len == 0 || key.len > KB_KEY_MAX) {
		return KB_ERR_OVERSIZE;
	}
	cursor->placed = false;
	return seek(cursor, key, row);
}

static enum kb_err
move(struct kb_cursor *cursor, MDB_cursor_op op, int wanted_order, struct kb_row *row)
{
	MDB_val k = { 0, NULL };
	MDB_val v = { 0, NULL };
	struct kb_span last = kb_span(cursor->last, cursor->last_len);
	int order = 0;
	int rc = mdb_cursor_get(cursor->mdb, &k, &v, op);

	if (rc != 0) {
		return env_mdb_error(cursor->txn, rc);
	}
	order = kb_span_compare(span_of(&k), last);
	if ((wanted_order > 0 && order <= 0) || (wanted_order < 0 && order >= 0)) {
		return out_of_order(cursor);
	}
	return arrive(cursor, &k, &v, row);
}

enum kb_err
kb_cursor_next(struct kb_cursor *cursor, struct kb_row *row)
{
	enum kb_err err = ready(cursor);

	if (err != KB_OK) {
		return err;
	}
	return cursor->placed ? move(cursor, MDB_NEXT, 1, row) : kb_cursor_first(cursor, row);
}

enum kb_err
kb_cursor_prev(struct kb_cursor *cursor, struct kb_row *row)
{
	enum kb_err err = ready(cursor);

	if (err != KB_OK) {
		return err;
	}
	return cursor->placed ? move(cursor, MDB_PREV, -1, row) : kb_cursor_last(cursor, row);
}
