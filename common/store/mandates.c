/* SPDX-License-Identifier: EUPL-1.2 */
/* Mandates: rows by user and number; who gave it is encrypted. */
#include "common/store/mandates.h"

#include "common/exchange/date.h"

#include "common/store/step_internal.h"
#include "common/store/users.h"

#define MANDATE_VERSION 1

static struct kb_row_key
mandate_key(uint64_t user_no, uint64_t mandate_no)
{
	struct kb_row_key key = kb_row_key_of_u64(user_no);

	kb_row_key_u64(&key, mandate_no);
	return key;
}

static enum kb_err
mandate_store(struct kb_step *step, struct kb_mandate *row)
{
	struct kb_row_key key = mandate_key(row->user_no, row->mandate_no);
	struct kb_pack clear;
	struct kb_pack hidden;
	enum kb_err err = kb_step_year_key(step, &row->data_key_no);

	if (err != KB_OK) {
		return err;
	}
	kb_sealed_begin(step, &clear, &hidden, MANDATE_VERSION);
	kb_pack_u64(&clear, row->data_key_no);
	kb_pack_u32(&clear, (uint32_t)row->kind);
	kb_pack_u64(&clear, row->absent_user_no);
	kb_pack_u64(&clear, row->case_no);
	kb_pack_u32(&clear, (uint32_t)row->valid_from_day);
	kb_pack_u32(&clear, (uint32_t)row->valid_until_day);
	kb_pack_i64(&clear, row->created_utc_ms);
	kb_pack_u64(&clear, row->created_by_no);
	kb_pack_i64(&clear, row->ended_utc_ms);
	kb_pack_u64(&clear, row->ended_by_no);
	kb_pack_bytes(&hidden, row->given_by);
	return kb_sealed_put(step, KB_TABLE_MANDATES, &key, row->data_key_no, &clear, &hidden);
}

static enum kb_err
mandate_decode(struct kb_span row_key, struct kb_span value, struct kb_mandate *out,
	       struct kb_span *sealed)
{
	struct kb_mandate row = { .kind = KB_MANDATE_NONE };
	struct kb_unpack unpack;
	enum kb_err err = KB_OK;

	kb_unpack_begin_key(&unpack, row_key);
	row.user_no = kb_unpack_u64(&unpack);
	row.mandate_no = kb_unpack_u64(&unpack);
	err = kb_unpack_end(&unpack);
	if (err != KB_OK) {
		return err;
	}
	(void)kb_unpack_begin(&unpack, value, MANDATE_VERSION);
	row.data_key_no = kb_unpack_u64(&unpack);
	row.kind = (enum kb_mandate_kind)kb_unpack_u32(&unpack);
	row.absent_user_no = kb_unpack_u64(&unpack);
	row.case_no = kb_unpack_u64(&unpack);
	row.valid_from_day = (int32_t)kb_unpack_u32(&unpack);
	row.valid_until_day = (int32_t)kb_unpack_u32(&unpack);
	row.created_utc_ms = kb_unpack_i64(&unpack);
	row.created_by_no = kb_unpack_u64(&unpack);
	row.ended_utc_ms = kb_unpack_i64(&unpack);
	row.ended_by_no = kb_unpack_u64(&unpack);
	*sealed = kb_unpack_bytes(&unpack);
	err = kb_unpack_end(&unpack);
	if (err == KB_OK && (uint32_t)row.kind >= KB_MANDATE_KIND_COUNT) {
		err = KB_ERR_CORRUPT;
	}
	if (err == KB_OK) {
		*out = row;
	}
	return err;
}

static enum kb_err
open_text(struct kb_step *step, struct kb_span row_key, struct kb_span sealed,
	  struct kb_arena *arena, struct kb_mandate *row)
{
	struct kb_span plain = KB_SPAN_NONE;
	struct kb_unpack unpack;
	enum kb_err err = kb_sealed_open(step, KB_TABLE_MANDATES, row_key, row->data_key_no, sealed,
					 arena, &plain);

	if (err == KB_ERR_NOT_FOUND) {
		return KB_OK; /* the key of the year is gone: that there was a mandate stays */
	}
	if (err != KB_OK) {
		return err;
	}
	(void)kb_unpack_begin(&unpack, plain, MANDATE_VERSION);
	row->given_by = kb_unpack_bytes(&unpack);
	return kb_unpack_end(&unpack);
}

static bool
fits(const struct kb_mandate *row)
{
	bool deputy = row->kind == KB_MANDATE_WAARNEMING;

	return row->kind > KB_MANDATE_NONE && (uint32_t)row->kind < KB_MANDATE_KIND_COUNT &&
	       row->valid_from_day <= row->valid_until_day && row->given_by.len > 0 &&
	       deputy == (row->absent_user_no != 0) && row->absent_user_no != row->user_no &&
	       (row->kind != KB_MANDATE_DESKUNDIGE || row->case_no != 0);
}

static enum kb_err
check_user(struct kb_step *step, uint64_t user_no)
{
	struct kb_user user;

	return kb_user_get(step, user_no, &step->kept, &user);
}

enum kb_err
kb_mandate_add(struct kb_step *step, struct kb_mandate *mandate)
{
	struct kb_mandate row = *mandate;
	enum kb_err err = kb_step_need_write(step);

	if (err == KB_OK && row.given_by.len > KB_MANDATE_TEXT_MAX) {
		err = KB_ERR_OVERSIZE;
	}
	if (err == KB_OK && !fits(&row)) {
		err = KB_ERR_BAD_VALUE;
	}
	if (err == KB_OK) {
		err = check_user(step, row.user_no);
	}
	if (err == KB_OK && row.absent_user_no != 0) {
		err = check_user(step, row.absent_user_no);
	}
	if (err == KB_OK) {
		row.mandate_no = kb_step_count_up(step, KB_COUNTER_MANDATE);
		row.created_utc_ms = step->now_utc_ms;
		row.ended_utc_ms = 0;
		row.ended_by_no = 0;
		err = mandate_store(step, &row);
	}
	if (err == KB_OK) {
		*mandate = row;
	}
	return err;
}

enum kb_err
kb_mandate_of_user(struct kb_step *step, uint64_t user_no, uint64_t after_no,
		   struct kb_mandate *out)
{
	struct kb_row_key after = mandate_key(user_no, after_no);
	struct kb_span sealed = KB_SPAN_NONE;
	struct kb_row row;
	enum kb_err err = kb_row_after(step, KB_TABLE_MANDATES, &after, 8, &row);

	return err == KB_OK ? mandate_decode(row.key, row.value, out, &sealed) : err;
}

enum kb_err
kb_mandate_next(struct kb_step *step, struct kb_arena *arena, struct kb_mandate *at)
{
	struct kb_row_key after = mandate_key(at->user_no, at->mandate_no);
	struct kb_mandate found = { .kind = KB_MANDATE_NONE };
	struct kb_span sealed = KB_SPAN_NONE;
	struct kb_row row;
	enum kb_err err = kb_row_after(step, KB_TABLE_MANDATES, &after, 0, &row);

	if (err == KB_OK) {
		err = mandate_decode(row.key, row.value, &found, &sealed);
	}
	if (err == KB_OK) {
		err = open_text(step, row.key, sealed, arena, &found);
	}
	if (err == KB_OK) {
		*at = found;
	}
	return err;
}

enum kb_err
kb_mandate_end(struct kb_step *step, uint64_t mandate_no, int64_t at_utc_ms, uint64_t by_no,
	       struct kb_mandate *out)
{
	struct kb_mandate row = { .kind = KB_MANDATE_NONE };
	enum kb_err err = kb_step_need_write(step);

	/* There are few, and ending one is rare: no second way to find it. */
	while (err == KB_OK) {
		err = kb_mandate_next(step, &step->kept, &row);
		if (err == KB_OK && row.mandate_no == mandate_no) {
			break;
		}
	}
	if (err == KB_OK && row.ended_utc_ms != 0) {
		err = KB_ERR_STATE;
	}
	if (err == KB_OK) {
		row.ended_utc_ms = at_utc_ms;
		row.ended_by_no = by_no;
		err = mandate_store(step, &row);
	}
	if (err == KB_OK && out != NULL) {
		*out = row;
		out->given_by = KB_SPAN_NONE;
	}
	return err;
}

bool
kb_mandate_valid(const struct kb_mandate *mandate, int64_t at_utc_ms, int32_t local_day)
{
	bool ended = mandate->ended_utc_ms != 0 && at_utc_ms >= mandate->ended_utc_ms;

	return !ended && local_day >= mandate->valid_from_day &&
	       local_day <= mandate->valid_until_day;
}

enum kb_err
kb_mandates_held(struct kb_step *step, uint64_t user_no, uint64_t case_no, int64_t at_utc_ms,
		 uint32_t *mandates)
{
	struct kb_mandate mandate = { .mandate_no = 0 };
	int32_t day = kb_date_local_day(at_utc_ms);
	enum kb_err err = KB_OK;

	*mandates = 0;
	while (err == KB_OK) {
		err = kb_mandate_of_user(step, user_no, mandate.mandate_no, &mandate);
		if (err == KB_OK && (mandate.case_no == 0 || mandate.case_no == case_no) &&
		    kb_mandate_valid(&mandate, at_utc_ms, day)) {
			*mandates |= KB_MANDATE_BIT(mandate.kind);
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}
