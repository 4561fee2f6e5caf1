/* SPDX-License-Identifier: EUPL-1.2 */
/* Items of cases: one generic row with an encrypted payload. */
#include "common/store/case_items.h"

#include "common/store/step_internal.h"

#define CASE_ITEM_VERSION 1

static const char *const type_names[KB_CASE_ITEM_TYPE_COUNT] = {
#define KB_ROW(name, number, text) [number] = (text),
	KB_CASE_ITEM_TABLE(KB_ROW)
#undef KB_ROW
};

const char *
kb_case_item_type_name(enum kb_case_item_type type)
{
	return (unsigned)type < KB_CASE_ITEM_TYPE_COUNT ? type_names[type] : "";
}

static struct kb_row_key
type_key(uint64_t case_no, enum kb_case_item_type type)
{
	struct kb_row_key key = kb_row_key_of_u64(case_no);

	kb_row_key_u8(&key, (uint8_t)type);
	return key;
}

static struct kb_row_key
item_key(uint64_t case_no, enum kb_case_item_type type, uint32_t item_no)
{
	struct kb_row_key key = type_key(case_no, type);

	kb_row_key_u32(&key, item_no);
	return key;
}

/* Without the payload; sealed and key_no lead to it. */
static enum kb_err
item_decode(struct kb_span row_key, struct kb_span value, struct kb_case_item *out,
	    uint64_t *key_no, struct kb_span *sealed)
{
	struct kb_case_item item = { 0 };
	struct kb_unpack unpack;
	enum kb_err err = KB_OK;

	kb_unpack_begin_key(&unpack, row_key);
	item.case_no = kb_unpack_u64(&unpack);
	item.type = (enum kb_case_item_type)kb_unpack_u8(&unpack);
	item.item_no = kb_unpack_u32(&unpack);
	err = kb_unpack_end(&unpack);
	if (err != KB_OK) {
		return err;
	}
	(void)kb_unpack_begin(&unpack, value, CASE_ITEM_VERSION);
	*key_no = kb_unpack_u64(&unpack);
	item.author_party_no = kb_unpack_u32(&unpack);
	item.author_user_no = kb_unpack_u64(&unpack);
	item.at_utc_ms = kb_unpack_i64(&unpack);
	item.due_utc_ms = kb_unpack_i64(&unpack);
	item.done_utc_ms = kb_unpack_i64(&unpack);
	item.visibility = (enum kb_visibility)kb_unpack_u8(&unpack);
	item.revision = kb_unpack_u32(&unpack);
	item.ledger_seq = kb_unpack_u64(&unpack);
	*sealed = kb_unpack_bytes(&unpack);
	err = kb_unpack_end(&unpack);
	if (err == KB_OK) {
		*out = item;
	}
	return err;
}

static enum kb_err
item_open(struct kb_step *step, struct kb_span row_key, struct kb_span value,
	  struct kb_arena *arena, struct kb_case_item *out)
{
	struct kb_case_item item;
	struct kb_span sealed = KB_SPAN_NONE;
	uint64_t key_no = 0;
	enum kb_err err = item_decode(row_key, value, &item, &key_no, &sealed);

	if (err == KB_OK) {
		err = kb_sealed_open(step, KB_TABLE_CASE_ITEMS, row_key, key_no, sealed, arena,
				     &item.payload);
	}
	if (err == KB_OK) {
		*out = item;
	}
	return err;
}

/* The number after the last one of this type. Numbers of deleted items at the end come back; the log tells them apart. */
static enum kb_err
next_item_no(struct kb_step *step, const struct kb_case_item *item, uint32_t *item_no)
{
	struct kb_row_key prefix = type_key(item->case_no, item->type);
	struct kb_case_item last;
	struct kb_span sealed = KB_SPAN_NONE;
	struct kb_row row;
	uint64_t key_no = 0;
	enum kb_err err = kb_row_last(step, KB_TABLE_CASE_ITEMS, &prefix, &row);

	if (err == KB_ERR_NOT_FOUND) {
		*item_no = 1;
		return KB_OK;
	}
	if (err == KB_OK) {
		err = item_decode(row.key, row.value, &last, &key_no, &sealed);
	}
	if (err == KB_OK && last.item_no == UINT32_MAX) {
		err = KB_ERR_OVERSIZE;
	}
	if (err == KB_OK) {
		*item_no = last.item_no + 1;
	}
	return err;
}

/* Number and revision that the item gets. */
static enum kb_err
item_place(struct kb_step *step, struct kb_case_item *item)
{
	struct kb_row_key key = item_key(item->case_no, item->type, item->item_no);
	struct kb_case_item before;
	struct kb_span value = KB_SPAN_NONE;
	struct kb_span sealed = KB_SPAN_NONE;
	uint64_t key_no = 0;
	enum kb_err err = KB_OK;

	if (item->item_no == 0) {
		item->revision = 1;
		return next_item_no(step, item, &item->item_no);
	}
	err = kb_row_get(step, KB_TABLE_CASE_ITEMS, &key, &value);
	if (err == KB_OK) {
		err = item_decode(kb_row_key_span(&key), value, &before, &key_no, &sealed);
	}
	if (err == KB_OK) {
		item->revision = before.revision + 1;
	}
	return err;
}

enum kb_err
kb_case_item_put(struct kb_step *step, struct kb_case_item *item)
{
	struct kb_case_item made = *item;
	struct kb_row_key key = { 0 };
	struct kb_case owner;
	struct kb_pack clear;
	struct kb_pack hidden;
	enum kb_err err = kb_step_need_write(step);

	if (err == KB_OK &&
	    (made.type == KB_ITEM_NONE || (unsigned)made.type >= KB_CASE_ITEM_TYPE_COUNT ||
	     made.visibility == KB_VISIBILITY_NONE)) {
		err = KB_ERR_BAD_VALUE;
	}
	if (err == KB_OK && made.payload.len > KB_CASE_ITEM_MAX) {
		err = KB_ERR_OVERSIZE;
	}
	if (err == KB_OK) {
		err = kb_case_get(step, made.case_no, &owner);
	}
	if (err == KB_OK) {
		err = item_place(step, &made);
	}
	if (err != KB_OK) {
		return err;
	}
	key = item_key(made.case_no, made.type, made.item_no);
	kb_sealed_begin(step, &clear, &hidden, CASE_ITEM_VERSION);
	kb_pack_u64(&clear, owner.data_key_no);
	kb_pack_u32(&clear, made.author_party_no);
	kb_pack_u64(&clear, made.author_user_no);
	kb_pack_i64(&clear, made.at_utc_ms);
	kb_pack_i64(&clear, made.due_utc_ms);
	kb_pack_i64(&clear, made.done_utc_ms);
	kb_pack_u8(&clear, (uint8_t)made.visibility);
	kb_pack_u32(&clear, made.revision);
	kb_pack_u64(&clear, made.ledger_seq);
	/* The payload is the hidden part as it is: its owner gave it a version of its own. */
	kb_buf_clear(&step->plain);
	kb_pack_begin_key(&hidden, &step->plain);
	kb_pack_fixed(&hidden, made.payload.at, made.payload.len);
	err = kb_sealed_put(step, KB_TABLE_CASE_ITEMS, &key, owner.data_key_no, &clear, &hidden);
	if (err == KB_OK) {
		*item = made;
	}
	return err;
}

enum kb_err
kb_case_item_get(struct kb_step *step, uint64_t case_no, enum kb_case_item_type type,
		 uint32_t item_no, struct kb_arena *arena, struct kb_case_item *out)
{
	struct kb_row_key key = item_key(case_no, type, item_no);
	struct kb_span value = KB_SPAN_NONE;
	enum kb_err err = kb_row_get(step, KB_TABLE_CASE_ITEMS, &key, &value);

	return err == KB_OK ? item_open(step, kb_row_key_span(&key), value, arena, out) : err;
}

enum kb_err
kb_case_item_next(struct kb_step *step, uint64_t case_no, enum kb_case_item_type type,
		  uint32_t after_no, struct kb_arena *arena, struct kb_case_item *out)
{
	struct kb_row_key after = item_key(case_no, type, after_no);
	struct kb_row row;
	enum kb_err err = kb_row_after(step, KB_TABLE_CASE_ITEMS, &after, 9, &row);

	/* All items of a case are under one key: destroyed for one is destroyed for all. */
	return err == KB_OK ? item_open(step, row.key, row.value, arena, out) : err;
}

enum kb_err
kb_case_item_delete(struct kb_step *step, uint64_t case_no, enum kb_case_item_type type,
		    uint32_t item_no)
{
	struct kb_row_key key = item_key(case_no, type, item_no);

	return kb_row_del(step, KB_TABLE_CASE_ITEMS, &key);
}
