/* SPDX-License-Identifier: EUPL-1.2 */
/* Rows of the store about itself: counters, owner, keys of the calendar years. */
#include "common/exchange/date.h"
#include "common/store/step_internal.h"

#define META_VERSION 1

/* The log keeps its own rows in the same table, under "ledger/". */
static const char counters_key[] = "store/counters";
static const char identity_key[] = "store/identity";
static const char year_key_prefix[] = "store/jaarsleutel/";

enum kb_err
kb_counters_load(struct kb_txn *txn, struct kb_counters *out)
{
	struct kb_counters counters = { 0 };
	struct kb_span value = KB_SPAN_NONE;
	struct kb_unpack unpack;
	enum kb_err err = kb_get(txn, KB_TABLE_META, kb_span_text(counters_key), &value);

	if (err == KB_ERR_NOT_FOUND) {
		*out = counters;
		return KB_OK;
	}
	if (err != KB_OK) {
		return err;
	}
	(void)kb_unpack_begin(&unpack, value, META_VERSION);
	counters.commit_utc_ms = kb_unpack_i64(&unpack);
	uint32_t count = kb_unpack_u32(&unpack);

	/* A store of an earlier release of the same schema may know fewer counters; those start at 0. */
	for (uint32_t i = 0; i < count && i < KB_COUNTER_COUNT; i++) {
		counters.last[i] = kb_unpack_u64(&unpack);
	}
	err = count <= KB_COUNTER_COUNT ? kb_unpack_end(&unpack) : KB_ERR_CORRUPT;
	if (err == KB_OK) {
		*out = counters;
	}
	return err;
}

enum kb_err
kb_counters_save(struct kb_step *step)
{
	struct kb_pack pack;
	enum kb_err err = KB_OK;

	kb_buf_clear(&step->row);
	kb_pack_begin(&pack, &step->row, META_VERSION);
	kb_pack_i64(&pack, step->counters.commit_utc_ms);
	kb_pack_u32(&pack, KB_COUNTER_COUNT);
	for (size_t i = 0; i < KB_COUNTER_COUNT; i++) {
		kb_pack_u64(&pack, step->counters.last[i]);
	}
	err = kb_pack_end(&pack);
	if (err == KB_OK) {
		err = kb_put(step->txn, KB_TABLE_META, kb_span_text(counters_key),
			     kb_buf_span(&step->row), KB_PUT_REPLACE);
	}
	return err;
}

enum kb_err
kb_store_identity_load(struct kb_txn *txn, struct kb_party_id *self, int64_t *created_utc_ms)
{
	struct kb_party_id id = { 0 };
	struct kb_span value = KB_SPAN_NONE;
	struct kb_unpack unpack;
	enum kb_err err = kb_get(txn, KB_TABLE_META, kb_span_text(identity_key), &value);

	if (err != KB_OK) {
		return err;
	}
	(void)kb_unpack_begin(&unpack, value, META_VERSION);
	int64_t created = kb_unpack_i64(&unpack);

	kb_unpack_party(&unpack, &id);
	err = kb_unpack_end(&unpack);
	if (err == KB_OK) {
		*self = id;
		*created_utc_ms = created;
	}
	return err;
}

enum kb_err
kb_store_identity_save(struct kb_step *step)
{
	struct kb_pack pack;
	enum kb_err err = KB_OK;

	kb_buf_clear(&step->row);
	kb_pack_begin(&pack, &step->row, META_VERSION);
	kb_pack_i64(&pack, step->now_utc_ms);
	kb_pack_party(&pack, &step->store->self);
	err = kb_pack_end(&pack);
	if (err == KB_OK) {
		err = kb_put(step->txn, KB_TABLE_META, kb_span_text(identity_key),
			     kb_buf_span(&step->row), KB_PUT_NEW);
	}
	return err;
}

/* ---- keys of calendar years ---- */

static struct kb_row_key
year_key(uint16_t year)
{
	struct kb_row_key key = { 0 };

	kb_row_key_bytes(&key, year_key_prefix, sizeof(year_key_prefix) - 1);
	kb_row_key_u16(&key, year);
	return key;
}

#define DAY_MS ((int64_t)24 * 60 * 60 * 1000)

/* The calendar year in UTC, as the log counts years. */
static uint16_t
year_of(int64_t utc_ms)
{
	int64_t day = utc_ms / DAY_MS - (utc_ms % DAY_MS < 0 ? 1 : 0);

	if (day < KB_DAY_MIN || day > KB_DAY_MAX) {
		return 0;
	}
	return (uint16_t)kb_date_to_civil((int32_t)day).year;
}

enum kb_err
kb_step_year_key_find(struct kb_step *step, uint16_t year, uint64_t *key_no)
{
	struct kb_row_key key = year_key(year);
	struct kb_span value = KB_SPAN_NONE;
	struct kb_unpack unpack;
	enum kb_err err = kb_row_get(step, KB_TABLE_META, &key, &value);

	if (err != KB_OK) {
		return err;
	}
	(void)kb_unpack_begin(&unpack, value, META_VERSION);
	uint64_t found = kb_unpack_u64(&unpack);

	err = kb_unpack_end(&unpack);
	if (err == KB_OK) {
		*key_no = found;
	}
	return err;
}

enum kb_err
kb_step_year_key(struct kb_step *step, uint64_t *key_no)
{
	uint16_t year = year_of(step->now_utc_ms);
	struct kb_row_key key = year_key(year);
	struct kb_pack pack;
	uint64_t fresh = 0;
	enum kb_err err = kb_step_year_key_find(step, year, key_no);

	if (err != KB_ERR_NOT_FOUND) {
		return err;
	}
	err = kb_step_key_assign(step, &fresh);
	if (err != KB_OK) {
		return err;
	}
	kb_buf_clear(&step->row);
	kb_pack_begin(&pack, &step->row, META_VERSION);
	kb_pack_u64(&pack, fresh);
	err = kb_row_put(step, KB_TABLE_META, &key, &pack, KB_PUT_NEW);
	if (err == KB_OK) {
		*key_no = fresh;
	}
	return err;
}
