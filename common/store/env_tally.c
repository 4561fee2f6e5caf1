/* SPDX-License-Identifier: EUPL-1.2 */
/* The tally: schema number, and per table count and sum of tags, rewritten in every commit that changed a row. */
#include "common/base/bytes.h"
#include "common/store/env_internal.h"

#define TALLY_VERSION 1
#define TALLY_HEAD_BYTES (1 + 4 + 8 + 2)
#define TALLY_TABLE_BYTES (8 + 16)

static void
tag_words(const uint8_t tag[ENV_ROW_TAG_BYTES], uint64_t words[2])
{
	words[1] = kb_load_u64(tag);
	words[0] = kb_load_u64(tag + 8);
}

void
env_tally_add(struct env_tally_table *table, const uint8_t tag[ENV_ROW_TAG_BYTES])
{
	uint64_t words[2];

	tag_words(tag, words);
	table->count++;
	table->sum[0] += words[0];
	table->sum[1] += words[1] + (table->sum[0] < words[0] ? 1 : 0);
}

void
env_tally_sub(struct env_tally_table *table, const uint8_t tag[ENV_ROW_TAG_BYTES])
{
	uint64_t words[2];
	uint64_t borrow = 0;

	tag_words(tag, words);
	borrow = table->sum[0] < words[0] ? 1 : 0;
	table->count--;
	table->sum[0] -= words[0];
	table->sum[1] -= words[1] + borrow;
}

size_t
env_tally_bytes(const struct env_tally *tally)
{
	return TALLY_HEAD_BYTES + (size_t)tally->table_count * TALLY_TABLE_BYTES;
}

void
env_tally_encode(const struct env_tally *tally, uint8_t *at)
{
	at[0] = TALLY_VERSION;
	kb_store_u32(at + 1, tally->schema);
	kb_store_u64(at + 5, tally->txn_id);
	kb_store_u16(at + 13, (uint16_t)tally->table_count);
	at += TALLY_HEAD_BYTES;
	for (unsigned i = 0; i < tally->table_count; i++) {
		kb_store_u64(at, tally->tables[i].count);
		kb_store_u64(at + 8, tally->tables[i].sum[1]);
		kb_store_u64(at + 16, tally->tables[i].sum[0]);
		at += TALLY_TABLE_BYTES;
	}
}

enum kb_err
env_tally_decode(struct kb_span value, struct env_tally *out)
{
	struct env_tally tally = { 0 };
	const uint8_t *at = value.at;

	if (value.len < TALLY_HEAD_BYTES) {
		return KB_ERR_CORRUPT;
	}
	/* A later version of this row is a later program's: the schema number after it stays where it is, so that it can be
	 * named. */
	tally.schema = kb_load_u32(at + 1);
	if (at[0] != TALLY_VERSION) {
		return at[0] > TALLY_VERSION ? KB_ERR_NEWER_DATA : KB_ERR_CORRUPT;
	}
	tally.txn_id = kb_load_u64(at + 5);
	tally.table_count = kb_load_u16(at + 13);
	if (tally.table_count > KB_ENV_TABLES_MAX) {
		return KB_ERR_NEWER_DATA;
	}
	if (value.len != env_tally_bytes(&tally)) {
		return KB_ERR_CORRUPT;
	}
	at += TALLY_HEAD_BYTES;
	for (unsigned i = 0; i < tally.table_count; i++) {
		tally.tables[i].count = kb_load_u64(at);
		tally.tables[i].sum[1] = kb_load_u64(at + 8);
		tally.tables[i].sum[0] = kb_load_u64(at + 16);
		at += TALLY_TABLE_BYTES;
	}
	*out = tally;
	return KB_OK;
}

int
env_tally_put(MDB_txn *txn, MDB_dbi own_dbi, const struct env_tally *tally)
{
	struct kb_span key = kb_span_text(ENV_TALLY_KEY);
	size_t len = env_tally_bytes(tally);
	MDB_val k = { key.len, (void *)(uintptr_t)key.at };
	MDB_val v = { ENV_ROW_TAG_BYTES + len, NULL };
	int rc = mdb_put(txn, own_dbi, &k, &v, MDB_RESERVE);

	if (rc == 0) {
		uint8_t *at = v.mv_data;

		env_tally_encode(tally, at + ENV_ROW_TAG_BYTES);
		env_row_tag(ENV_OWN_TABLE, key, kb_span(at + ENV_ROW_TAG_BYTES, len), at);
	}
	return rc;
}

enum kb_err
env_tally_get(MDB_txn *txn, MDB_dbi own_dbi, struct env_tally *out)
{
	struct kb_span key = kb_span_text(ENV_TALLY_KEY);
	MDB_val k = { key.len, (void *)(uintptr_t)key.at };
	MDB_val v = { 0, NULL };
	uint8_t tag[ENV_ROW_TAG_BYTES];
	int rc = mdb_get(txn, own_dbi, &k, &v);

	if (rc == MDB_NOTFOUND) {
		return KB_ERR_NOT_FOUND;
	}
	if (rc != 0 || v.mv_size < ENV_ROW_TAG_BYTES) {
		return KB_ERR_CORRUPT;
	}
	const uint8_t *at = v.mv_data;
	struct kb_span value = kb_span(at + ENV_ROW_TAG_BYTES, v.mv_size - ENV_ROW_TAG_BYTES);

	env_row_tag(ENV_OWN_TABLE, key, value, tag);
	if (memcmp(tag, at, sizeof(tag)) != 0) {
		return KB_ERR_CORRUPT;
	}
	return env_tally_decode(value, out);
}
