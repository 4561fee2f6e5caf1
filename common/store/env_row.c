/* SPDX-License-Identifier: EUPL-1.2 */
/* Rows: put, get and delete, with the hash that LMDB lacks (reliability.md finding 6). */
#include "common/base/bytes.h"
#include "common/base/log.h"
#include "common/crypto/hash.h"
#include "common/store/env_internal.h"
#include "common/store/failpoint.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void
env_row_tag(unsigned table, struct kb_span key, struct kb_span value,
	    uint8_t tag[ENV_ROW_TAG_BYTES])
{
	uint8_t head[3 + KB_KEY_MAX];
	struct kb_hash hash;

	KB_INVARIANT(key.len <= KB_KEY_MAX);
	head[0] = (uint8_t)table;
	kb_store_u16(head + 1, (uint16_t)key.len);
	memcpy(head + 3, key.at, key.len);

	const struct kb_span parts[] = { kb_span(head, 3 + key.len), value };

	kb_sha256_parts(parts, 2, &hash);
	memcpy(tag, hash.bytes, ENV_ROW_TAG_BYTES);
}

void
env_row_name(const char *table, struct kb_span key, char *out, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	char hex[2 * 32 + 1] = "";
	size_t shown = key.len < 32 ? key.len : 32;

	if (key.len == 8) {
		(void)snprintf(out, size, "table %s, row %llu", table,
			       (unsigned long long)kb_load_u64(key.at));
		return;
	}
	for (size_t i = 0; i < shown; i++) {
		hex[2 * i] = digits[key.at[i] >> 4];
		hex[2 * i + 1] = digits[key.at[i] & 15];
	}
	hex[2 * shown] = 0;
	(void)snprintf(out, size, "table %s, row 0x%s", table, hex);
}

MDB_dbi
env_dbi(const struct kb_env *env, unsigned table)
{
	KB_INVARIANT(table < env->table_count);
	return env->dbi[table];
}

enum kb_err
env_damage(struct kb_txn *txn, const char *format, ...)
{
	char text[KB_ENV_REASON_MAX];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (txn->err == KB_OK) {
		txn->err = KB_ERR_CORRUPT;
	}
	kb_env_set_read_only(txn->env, text);
	return KB_ERR_CORRUPT;
}

enum kb_err
env_mdb_error(struct kb_txn *txn, int rc)
{
	static const struct {
		int rc;
		enum kb_err err;
	} map[] = {
		{ MDB_KEYEXIST, KB_ERR_EXISTS },      { MDB_NOTFOUND, KB_ERR_NOT_FOUND },
		{ MDB_MAP_FULL, KB_ERR_STORE_FULL },  { MDB_TXN_FULL, KB_ERR_OVERSIZE },
		{ MDB_BAD_VALSIZE, KB_ERR_OVERSIZE }, { MDB_PAGE_NOTFOUND, KB_ERR_CORRUPT },
		{ MDB_CORRUPTED, KB_ERR_CORRUPT },    { MDB_INVALID, KB_ERR_CORRUPT },
		{ MDB_CURSOR_FULL, KB_ERR_CORRUPT },  { MDB_INCOMPATIBLE, KB_ERR_CORRUPT },
		{ MDB_BAD_DBI, KB_ERR_CORRUPT },      { MDB_PANIC, KB_ERR_IO },
		{ MDB_BAD_TXN, KB_ERR_IO },
	};
	enum kb_err err = KB_ERR_IO;

	if (rc > 0) {
		err = kb_err_from_errno(rc);
	}
	for (size_t i = 0; i < sizeof(map) / sizeof(map[0]); i++) {
		if (map[i].rc == rc) {
			err = map[i].err;
		}
	}
	if (err == KB_ERR_CORRUPT) {
		return env_damage(txn, "%s/%s.mdb is damaged (LMDB: %s)", txn->env->path,
				  txn->env->name, mdb_strerror(rc));
	}
	if (rc == MDB_MAP_FULL) {
		txn->env->map_full = true;
	}
	if (err != KB_ERR_NOT_FOUND && err != KB_ERR_EXISTS && txn->err == KB_OK) {
		txn->err = err;
	}
	return err;
}

enum kb_err
env_row_check(struct kb_txn *txn, unsigned table, struct kb_span key, const MDB_val *stored,
	      struct kb_span *value)
{
	uint8_t tag[ENV_ROW_TAG_BYTES];
	char name[160];

	if (stored->mv_size >= ENV_ROW_TAG_BYTES && key.len <= KB_KEY_MAX) {
		const uint8_t *at = stored->mv_data;
		struct kb_span rest =
			kb_span(at + ENV_ROW_TAG_BYTES, stored->mv_size - ENV_ROW_TAG_BYTES);

		env_row_tag(table, key, rest, tag);
		if (memcmp(tag, at, sizeof(tag)) == 0) {
			*value = rest;
			return KB_OK;
		}
	}
	env_row_name(kb_env_table_name(txn->env, table), key, name, sizeof(name));
	return env_damage(txn, "%s/%s.mdb: %s is damaged: its hash does not fit", txn->env->path,
			  txn->env->name, name);
}

static struct kb_span
span_of(const MDB_val *value)
{
	return kb_span(value->mv_data, value->mv_size);
}

static MDB_val
val_of(struct kb_span span)
{
	return (MDB_val){ span.len, (void *)(uintptr_t)span.at };
}

static enum kb_err
usable(const struct kb_txn *txn, unsigned table, struct kb_span key)
{
	KB_INVARIANT(!txn->pending.open && table < txn->env->table_count);
	if (txn->err != KB_OK) {
		return txn->err;
	}
	return key.len == 0 || key.len > KB_KEY_MAX ? KB_ERR_OVERSIZE : KB_OK;
}

/* A neighbour in the wrong order means that a key or a page is damaged, so that the search may have gone astray. */
static enum kb_err
neighbour_check(struct kb_txn *txn, unsigned table, struct kb_span key, const MDB_val *k,
		const MDB_val *v, int wanted_order)
{
	struct kb_span value;
	int order = kb_span_compare(span_of(k), key);

	if ((wanted_order > 0 && order <= 0) || (wanted_order < 0 && order >= 0)) {
		return env_damage(txn, "%s/%s.mdb is damaged: table %s is out of order",
				  txn->env->path, txn->env->name,
				  kb_env_table_name(txn->env, table));
	}
	return env_row_check(txn, table, span_of(k), v, &value);
}

enum kb_err
env_row_missing(struct kb_txn *txn, unsigned table, struct kb_span key)
{
	MDB_cursor *cursor = NULL;
	MDB_val k = val_of(key);
	MDB_val v = { 0, NULL };
	enum kb_err err = KB_OK;
	int rc = mdb_cursor_open(txn->mdb, env_dbi(txn->env, table), &cursor);

	if (rc != 0) {
		return env_mdb_error(txn, rc);
	}
	rc = mdb_cursor_get(cursor, &k, &v, MDB_SET_RANGE);
	if (rc == 0) {
		err = neighbour_check(txn, table, key, &k, &v, 1);
		if (err != KB_OK) {
			goto out;
		}
		rc = mdb_cursor_get(cursor, &k, &v, MDB_PREV);
	} else if (rc == MDB_NOTFOUND) {
		rc = mdb_cursor_get(cursor, &k, &v, MDB_LAST);
	}
	if (rc == MDB_NOTFOUND) {
		err = KB_ERR_NOT_FOUND;
		goto out;
	}
	err = rc == 0 ? neighbour_check(txn, table, key, &k, &v, -1) : env_mdb_error(txn, rc);
	if (err == KB_OK) {
		err = KB_ERR_NOT_FOUND;
	}
out:
	mdb_cursor_close(cursor);
	return err;
}

enum kb_err
kb_get(struct kb_txn *txn, unsigned table, struct kb_span key, struct kb_span *value)
{
	MDB_val k = val_of(key);
	MDB_val v = { 0, NULL };
	enum kb_err err = usable(txn, table, key);
	int rc = 0;

	if (err != KB_OK) {
		return err;
	}
	rc = mdb_get(txn->mdb, env_dbi(txn->env, table), &k, &v);
	if (rc == MDB_NOTFOUND) {
		return env_row_missing(txn, table, key);
	}
	return rc == 0 ? env_row_check(txn, table, key, &v, value) : env_mdb_error(txn, rc);
}

enum kb_err
kb_get_required(struct kb_txn *txn, unsigned table, struct kb_span key, struct kb_span *value)
{
	char name[160];
	enum kb_err err = kb_get(txn, table, key, value);

	if (err != KB_ERR_NOT_FOUND) {
		return err;
	}
	env_row_name(kb_env_table_name(txn->env, table), key, name, sizeof(name));
	return env_damage(txn, "%s/%s.mdb is damaged: %s is missing", txn->env->path,
			  txn->env->name, name);
}

/* A new row at the end, or any new row: one descent each. KB_ERR_EXISTS leaves the stored row in v. */
static enum kb_err
place_new(struct kb_txn *txn, unsigned table, MDB_val *k, size_t bytes, enum kb_put_mode mode,
	  MDB_val *v)
{
	MDB_dbi dbi = env_dbi(txn->env, table);
	int rc = MDB_KEYEXIST;

	if (mode == KB_PUT_APPEND) {
		*v = (MDB_val){ bytes, NULL };
		rc = mdb_put(txn->mdb, dbi, k, v, MDB_APPEND | MDB_RESERVE);
	}
	if (rc == MDB_KEYEXIST) {
		*v = (MDB_val){ bytes, NULL };
		rc = mdb_put(txn->mdb, dbi, k, v, MDB_NOOVERWRITE | MDB_RESERVE);
	}
	return rc == 0 ? KB_OK : env_mdb_error(txn, rc);
}

static enum kb_err
place_over(struct kb_txn *txn, unsigned table, MDB_val *k, size_t bytes, MDB_val *v)
{
	struct kb_span old;
	enum kb_err err = env_row_check(txn, table, span_of(k), v, &old);
	int rc = 0;

	if (err != KB_OK) {
		return err;
	}
	memcpy(txn->pending.old_tag, v->mv_data, ENV_ROW_TAG_BYTES);
	*v = (MDB_val){ bytes, NULL };
	rc = mdb_put(txn->mdb, env_dbi(txn->env, table), k, v, MDB_RESERVE);
	return rc == 0 ? KB_OK : env_mdb_error(txn, rc);
}

static enum kb_err
put_failpoints(struct kb_txn *txn)
{
	enum kb_err err = kb_failpoint(KB_FAILPOINT_ENV_PUT);

	if (err != KB_OK) {
		txn->err = err;
		return err;
	}
	return kb_failpoint(KB_FAILPOINT_ENV_MAP_FULL) != KB_OK ? env_mdb_error(txn, MDB_MAP_FULL)
								: KB_OK;
}

enum kb_err
kb_put_reserve(struct kb_txn *txn, unsigned table, struct kb_span key, size_t len,
	       enum kb_put_mode mode, uint8_t **at)
{
	MDB_val k = val_of(key);
	MDB_val v = { 0, NULL };
	size_t bytes = ENV_ROW_TAG_BYTES + len;
	struct kb_span old;
	enum kb_err err = usable(txn, table, key);

	KB_INVARIANT(txn->write);
	if (err != KB_OK || len > KB_VALUE_MAX) {
		return err != KB_OK ? err : KB_ERR_OVERSIZE;
	}
	err = put_failpoints(txn);
	if (err == KB_OK && mode == KB_PUT_NEW) {
		/* "Not there" decides what happens next, so it is looked at as closely as in kb_get(). */
		err = kb_get(txn, table, key, &old);
		err = err == KB_OK ? KB_ERR_EXISTS : err == KB_ERR_NOT_FOUND ? KB_OK : err;
	}
	if (err == KB_OK) {
		txn->pending.is_new = true;
		err = place_new(txn, table, &k, bytes, mode, &v);
		if (err == KB_ERR_EXISTS && mode != KB_PUT_NEW) {
			txn->pending.is_new = false;
			err = place_over(txn, table, &k, bytes, &v);
		}
	}
	if (err != KB_OK) {
		return err;
	}
	txn->pending.open = true;
	txn->pending.table = table;
	txn->pending.key = key;
	txn->pending.len = len;
	txn->pending.at = v.mv_data;
	*at = txn->pending.at + ENV_ROW_TAG_BYTES;
	return KB_OK;
}

void
kb_put_finish(struct kb_txn *txn)
{
	struct env_pending *row = &txn->pending;
	struct env_tally_table *tally = &txn->tally.tables[row->table];

	KB_INVARIANT(row->open);
	env_row_tag(row->table, row->key, kb_span(row->at + ENV_ROW_TAG_BYTES, row->len), row->at);
	if (!row->is_new) {
		env_tally_sub(tally, row->old_tag);
	}
	env_tally_add(tally, row->at);
	txn->put_bytes += row->len;
	txn->changed = true;
	row->open = false;
}

enum kb_err
kb_put_parts(struct kb_txn *txn, unsigned table, struct kb_span key, const struct kb_span *parts,
	     size_t part_count, enum kb_put_mode mode)
{
	size_t len = 0;
	uint8_t *at = NULL;
	enum kb_err err = KB_OK;

	for (size_t i = 0; i < part_count; i++) {
		if (parts[i].len > KB_VALUE_MAX - len) {
			return KB_ERR_OVERSIZE;
		}
		len += parts[i].len;
	}
	err = kb_put_reserve(txn, table, key, len, mode, &at);
	if (err != KB_OK) {
		return err;
	}
	for (size_t i = 0; i < part_count; i++) {
		if (parts[i].len > 0) {
			memcpy(at, parts[i].at, parts[i].len);
			at += parts[i].len;
		}
	}
	kb_put_finish(txn);
	return KB_OK;
}

enum kb_err
env_row_del(struct kb_txn *txn, unsigned table, struct kb_span key,
	    const uint8_t tag[ENV_ROW_TAG_BYTES])
{
	MDB_val k = val_of(key);
	int rc = mdb_del(txn->mdb, env_dbi(txn->env, table), &k, NULL);

	if (rc != 0) {
		return env_mdb_error(txn, rc);
	}
	env_tally_sub(&txn->tally.tables[table], tag);
	txn->changed = true;
	return KB_OK;
}

enum kb_err
kb_del(struct kb_txn *txn, unsigned table, struct kb_span key)
{
	uint8_t tag[ENV_ROW_TAG_BYTES];
	struct kb_span value = KB_SPAN_NONE;
	enum kb_err err = kb_get(txn, table, key, &value);

	KB_INVARIANT(txn->write);
	if (err != KB_OK) {
		return err;
	}
	memcpy(tag, value.at - ENV_ROW_TAG_BYTES, sizeof(tag));
	return env_row_del(txn, table, key, tag);
}

/* Keys are gathered first: LMDB 0.9.24 is not trusted with deletes under a moving cursor (reliability.md 1.3). */
#define DEL_BATCH 64

struct del_row {
	uint8_t tag[ENV_ROW_TAG_BYTES];
	uint16_t key_len;
	uint8_t key[KB_KEY_MAX];
};

static enum kb_err
del_gather(struct kb_txn *txn, unsigned table, struct kb_span first, struct kb_span end, size_t max,
	   struct del_row *rows, size_t *count)
{
	struct kb_cursor *cursor = NULL;
	struct kb_row row;
	enum kb_err err = kb_cursor_open(txn, table, KB_SPAN_NONE, &cursor);

	*count = 0;
	if (err == KB_OK) {
		err = first.len > 0 ? kb_cursor_seek(cursor, first, &row)
				    : kb_cursor_first(cursor, &row);
	}
	while (err == KB_OK && *count < max && *count < DEL_BATCH &&
	       (end.len == 0 || kb_span_compare(row.key, end) < 0)) {
		struct del_row *out = &rows[(*count)++];

		memcpy(out->tag, row.value.at - ENV_ROW_TAG_BYTES, ENV_ROW_TAG_BYTES);
		memcpy(out->key, row.key.at, row.key.len);
		out->key_len = (uint16_t)row.key.len;
		err = kb_cursor_next(cursor, &row);
	}
	kb_cursor_close(cursor);
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

enum kb_err
kb_del_range(struct kb_txn *txn, unsigned table, struct kb_span first, struct kb_span end,
	     size_t max, size_t *count)
{
	struct del_row *rows = calloc(DEL_BATCH, sizeof(*rows));
	size_t done = 0;
	size_t batch = DEL_BATCH;
	enum kb_err err = rows != NULL ? KB_OK : KB_ERR_NO_MEMORY;

	KB_INVARIANT(txn->write);
	while (err == KB_OK && done < max && batch == DEL_BATCH) {
		err = del_gather(txn, table, first, end, max - done, rows, &batch);
		for (size_t i = 0; i < batch && err == KB_OK; i++) {
			err = env_row_del(txn, table, kb_span(rows[i].key, rows[i].key_len),
					  rows[i].tag);
			done += err == KB_OK ? 1 : 0;
		}
	}
	free(rows);
	if (count != NULL) {
		*count = done;
	}
	return err;
}

uint64_t
kb_table_count(const struct kb_txn *txn, unsigned table)
{
	KB_INVARIANT(table < txn->env->table_count);
	return txn->tally.tables[table].count;
}
