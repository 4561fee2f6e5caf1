/* SPDX-License-Identifier: EUPL-1.2 */
/* The ledger's rows in table meta: one per year, and the lowest record kept. */
#include "common/base/bytes.h"
#include "common/store/env_internal.h"
#include "common/store/ledger_internal.h"

#include <time.h>

#define YEAR_ROW_VERSION 1
#define KEPT_ROW_VERSION 1
#define PLAIN_LABEL "ketenbode/v1/jaar"

struct year_key
ledger_year_key(uint16_t year)
{
	struct year_key key;

	memcpy(key.bytes, YEAR_KEY_PREFIX, sizeof(YEAR_KEY_PREFIX) - 1);
	kb_store_u16(key.bytes + sizeof(YEAR_KEY_PREFIX) - 1, year);
	return key;
}

enum kb_err
ledger_year_decode(const struct kb_row *row, struct ledger_year_row *out)
{
	struct kb_unpack unpack;

	if (row->key.len != sizeof(struct year_key)) {
		return KB_ERR_CORRUPT;
	}
	out->year = kb_load_u16(row->key.at + sizeof(YEAR_KEY_PREFIX) - 1);
	kb_unpack_begin(&unpack, row->value, YEAR_ROW_VERSION);
	out->first_number = kb_unpack_u64(&unpack);
	out->size = kb_unpack_u64(&unpack);
	kb_unpack_fixed(&unpack, out->root.bytes, sizeof(out->root.bytes));
	out->utc_ms = kb_unpack_i64(&unpack);
	out->closed = kb_unpack_bool(&unpack);
	out->checkpoint = kb_unpack_bytes(&unpack);
	return kb_unpack_end(&unpack);
}

enum kb_err
ledger_year_get(struct kb_txn *txn, unsigned table_meta, uint16_t year, struct ledger_year_row *out)
{
	struct year_key key = ledger_year_key(year);
	struct kb_row row = { .key = KB_SPAN_OF(key) };
	enum kb_err err = kb_get(txn, table_meta, row.key, &row.value);

	return err == KB_OK ? ledger_year_decode(&row, out) : err;
}

enum kb_err
ledger_year_put(struct kb_txn *txn, unsigned table_meta, const struct ledger_year_row *row)
{
	struct year_key key = ledger_year_key(row->year);
	struct kb_buf value = { 0 };
	struct kb_pack pack;
	enum kb_err err = KB_OK;

	kb_pack_begin(&pack, &value, YEAR_ROW_VERSION);
	kb_pack_u64(&pack, row->first_number);
	kb_pack_u64(&pack, row->size);
	kb_pack_fixed(&pack, row->root.bytes, sizeof(row->root.bytes));
	kb_pack_i64(&pack, row->utc_ms);
	kb_pack_bool(&pack, row->closed);
	kb_pack_bytes(&pack, row->checkpoint);
	err = kb_pack_end(&pack);
	if (err == KB_OK) {
		err = kb_put(txn, table_meta, KB_SPAN_OF(key), kb_buf_span(&value), KB_PUT_REPLACE);
	}
	kb_buf_release(&value);
	return err;
}

enum kb_err
ledger_kept_get(struct kb_txn *txn, unsigned table_meta, uint64_t *out)
{
	struct kb_unpack unpack;
	struct kb_span value;
	enum kb_err err = kb_get(txn, table_meta, kb_span_text(KEPT_KEY), &value);

	if (err == KB_ERR_NOT_FOUND) {
		*out = 1;
		return KB_OK;
	}
	if (err != KB_OK) {
		return err;
	}
	kb_unpack_begin(&unpack, value, KEPT_ROW_VERSION);
	*out = kb_unpack_u64(&unpack);
	return kb_unpack_end(&unpack);
}

uint16_t
ledger_year_of(int64_t utc_ms)
{
	/* Rounded down also before 1970. */
	time_t seconds = (time_t)(utc_ms / 1000 - (utc_ms % 1000 < 0 ? 1 : 0));
	struct tm tm = { 0 };

	return gmtime_r(&seconds, &tm) != NULL && tm.tm_year > 0 && tm.tm_year < 60000
		       ? (uint16_t)(tm.tm_year + 1900)
		       : 1900;
}

enum kb_err
ledger_plain_open_year(const struct kb_ledger_head *previous, struct kb_span checkpoint,
		       uint16_t year, struct kb_buf *record)
{
	struct kb_pack pack;

	kb_pack_begin_key(&pack, record);
	kb_pack_fixed(&pack, PLAIN_LABEL, sizeof(PLAIN_LABEL));
	kb_pack_u16(&pack, year);
	kb_pack_u16(&pack, previous->year);
	kb_pack_u64(&pack, previous->first_number);
	kb_pack_u64(&pack, previous->size);
	kb_pack_fixed(&pack, previous->root.bytes, sizeof(previous->root.bytes));
	kb_pack_bytes(&pack, checkpoint);
	return kb_pack_end(&pack);
}

enum kb_err
ledger_fail(struct kb_txn *txn, enum kb_err err)
{
	if (txn->err == KB_OK) {
		txn->err = err;
	}
	return err;
}
