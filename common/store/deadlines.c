/* SPDX-License-Identifier: EUPL-1.2 */
/* Clocks: a row per case and clock, and for the running ones a row by due time. */
#include "common/store/deadlines.h"

#include "common/store/step_internal.h"

#define CLOCK_VERSION 1
#define DUE_VERSION 1

static const char *const kind_names[KB_CLOCK_KIND_COUNT] = {
#define KB_ROW(name, number, text) [number] = (text),
	KB_CLOCK_KIND_TABLE(KB_ROW)
#undef KB_ROW
};

static const char *const state_names[KB_CLOCK_STATE_COUNT] = {
#define KB_ROW(name, number, text) [number] = (text),
	KB_CLOCK_STATE_TABLE(KB_ROW)
#undef KB_ROW
};

const char *
kb_clock_kind_name(enum kb_clock_kind kind)
{
	return (unsigned)kind < KB_CLOCK_KIND_COUNT ? kind_names[kind] : "";
}

const char *
kb_clock_state_name(enum kb_clock_state state)
{
	return (unsigned)state < KB_CLOCK_STATE_COUNT ? state_names[state] : "";
}

/* ---- keys ---- */

static struct kb_row_key
clock_key(uint64_t case_no, uint16_t clock_id)
{
	struct kb_row_key key = kb_row_key_of_u64(case_no);

	kb_row_key_u16(&key, clock_id);
	return key;
}

/* Two's complement with the sign bit turned sorts like the number: also times before 1970 stand in order. */
#define SIGN_BIT ((uint64_t)1 << 63)

static struct kb_row_key
due_key(int64_t due_utc_ms, uint64_t case_no, uint16_t clock_id)
{
	struct kb_row_key key = kb_row_key_of_u64((uint64_t)due_utc_ms ^ SIGN_BIT);

	kb_row_key_u64(&key, case_no);
	kb_row_key_u16(&key, clock_id);
	return key;
}

/* ---- rows ---- */

static enum kb_err
clock_store(struct kb_step *step, const struct kb_deadline *row, enum kb_put_mode mode)
{
	struct kb_row_key key = clock_key(row->case_no, row->clock_id);
	struct kb_pack pack;

	kb_buf_clear(&step->row);
	kb_pack_begin(&pack, &step->row, CLOCK_VERSION);
	kb_pack_u8(&pack, (uint8_t)row->state);
	kb_pack_u8(&pack, (uint8_t)row->kind);
	kb_pack_u32(&pack, row->rule);
	kb_pack_u32(&pack, row->source_id);
	kb_pack_u64(&pack, row->about);
	kb_pack_i64(&pack, row->started_utc_ms);
	kb_pack_i64(&pack, row->due_utc_ms);
	kb_pack_i64(&pack, row->stopped_utc_ms);
	kb_pack_u64(&pack, row->started_seq);
	kb_pack_u64(&pack, row->stopped_seq);
	kb_pack_u32(&pack, row->started_by_party_no);
	kb_pack_u64(&pack, row->started_by_user_no);
	kb_pack_bool(&pack, row->historisch);
	return kb_row_put(step, KB_TABLE_CASE_CLOCKS, &key, &pack, mode);
}

static enum kb_err
clock_decode(struct kb_span row_key, struct kb_span value, struct kb_deadline *out)
{
	struct kb_deadline row = { 0 };
	struct kb_unpack unpack;
	enum kb_err err = KB_OK;

	kb_unpack_begin_key(&unpack, row_key);
	row.case_no = kb_unpack_u64(&unpack);
	row.clock_id = kb_unpack_u16(&unpack);
	err = kb_unpack_end(&unpack);
	if (err != KB_OK) {
		return err;
	}
	(void)kb_unpack_begin(&unpack, value, CLOCK_VERSION);
	row.state = (enum kb_clock_state)kb_unpack_u8(&unpack);
	row.kind = (enum kb_clock_kind)kb_unpack_u8(&unpack);
	row.rule = kb_unpack_u32(&unpack);
	row.source_id = kb_unpack_u32(&unpack);
	row.about = kb_unpack_u64(&unpack);
	row.started_utc_ms = kb_unpack_i64(&unpack);
	row.due_utc_ms = kb_unpack_i64(&unpack);
	row.stopped_utc_ms = kb_unpack_i64(&unpack);
	row.started_seq = kb_unpack_u64(&unpack);
	row.stopped_seq = kb_unpack_u64(&unpack);
	row.started_by_party_no = kb_unpack_u32(&unpack);
	row.started_by_user_no = kb_unpack_u64(&unpack);
	row.historisch = kb_unpack_bool(&unpack);
	err = kb_unpack_end(&unpack);
	if (err == KB_OK && (unsigned)row.state >= KB_CLOCK_STATE_COUNT) {
		err = KB_ERR_CORRUPT;
	}
	if (err == KB_OK) {
		*out = row;
	}
	return err;
}

static enum kb_err
due_put(struct kb_step *step, const struct kb_deadline *row)
{
	struct kb_row_key key = due_key(row->due_utc_ms, row->case_no, row->clock_id);
	struct kb_pack pack;

	kb_buf_clear(&step->row);
	kb_pack_begin(&pack, &step->row, DUE_VERSION);
	return kb_row_put(step, KB_TABLE_DEADLINES, &key, &pack, KB_PUT_NEW);
}

static enum kb_err
due_delete(struct kb_step *step, const struct kb_deadline *row)
{
	struct kb_row_key key = due_key(row->due_utc_ms, row->case_no, row->clock_id);
	enum kb_err err = kb_row_del(step, KB_TABLE_DEADLINES, &key);

	return err == KB_ERR_NOT_FOUND ? KB_ERR_CORRUPT : err;
}

/* The summary in the case row: the running clock that is due first. */
static enum kb_err
summary_refresh(struct kb_step *step, struct kb_case *owner)
{
	struct kb_deadline row = { 0 };
	uint16_t after = 0;
	enum kb_err err = KB_OK;

	owner->next_due_utc_ms = 0;
	owner->next_due_clock = 0;
	for (;;) {
		err = kb_deadline_of_case(step, owner->case_no, after, &row);
		if (err != KB_OK) {
			return err == KB_ERR_NOT_FOUND ? KB_OK : err;
		}
		after = row.clock_id;
		if (row.state == KB_CLOCK_STATE_RUNNING &&
		    (owner->next_due_clock == 0 || row.due_utc_ms < owner->next_due_utc_ms)) {
			owner->next_due_utc_ms = row.due_utc_ms;
			owner->next_due_clock = row.clock_id;
		}
	}
}

/* ---- acts ---- */

enum kb_err
kb_deadline_start(struct kb_step *step, struct kb_deadline *deadline)
{
	struct kb_deadline row = *deadline;
	struct kb_case *owner = NULL;
	enum kb_err err = kb_case_edit(step, deadline->case_no, &owner);

	if (err == KB_OK && owner->last_clock_id == UINT16_MAX) {
		err = KB_ERR_OVERSIZE;
	}
	if (err != KB_OK) {
		return err;
	}
	row.clock_id = (uint16_t)(owner->last_clock_id + 1);
	row.state = KB_CLOCK_STATE_RUNNING;
	row.stopped_utc_ms = 0;
	row.stopped_seq = 0;
	err = clock_store(step, &row, KB_PUT_NEW);
	if (err == KB_OK) {
		err = due_put(step, &row);
	}
	if (err == KB_OK) {
		owner->last_clock_id = row.clock_id;
		if (owner->next_due_clock == 0 || row.due_utc_ms < owner->next_due_utc_ms) {
			owner->next_due_utc_ms = row.due_utc_ms;
			owner->next_due_clock = row.clock_id;
		}
		*deadline = row;
	}
	return err;
}

/* Stores row, which left the running ones when before was running. */
static enum kb_err
clock_change(struct kb_step *step, const struct kb_deadline *before, const struct kb_deadline *row)
{
	struct kb_case *owner = NULL;
	bool was_running = before->state == KB_CLOCK_STATE_RUNNING;
	enum kb_err err = kb_case_edit(step, row->case_no, &owner);

	if (err == KB_OK && was_running) {
		err = due_delete(step, before);
	}
	if (err == KB_OK && row->state == KB_CLOCK_STATE_RUNNING) {
		err = due_put(step, row);
	}
	if (err == KB_OK) {
		err = clock_store(step, row, KB_PUT_REPLACE);
	}
	if (err == KB_OK && was_running) {
		err = summary_refresh(step, owner);
	}
	return err;
}

enum kb_err
kb_deadline_stop(struct kb_step *step, uint64_t case_no, uint16_t clock_id, int64_t stopped_utc_ms,
		 uint64_t stopped_seq, struct kb_deadline *out)
{
	struct kb_deadline before;
	struct kb_deadline row;
	enum kb_err err = kb_deadline_get(step, case_no, clock_id, &before);

	if (err == KB_OK && before.state != KB_CLOCK_STATE_RUNNING &&
	    before.state != KB_CLOCK_STATE_EXPIRED) {
		err = KB_ERR_STATE;
	}
	if (err != KB_OK) {
		return err;
	}
	row = before;
	/* By the time of the event itself: a clock that ran out while a receipt was under way can still be in time. */
	row.state = stopped_utc_ms < row.due_utc_ms ? KB_CLOCK_STATE_STOPPED
						    : KB_CLOCK_STATE_STOPPED_LATE;
	row.stopped_utc_ms = stopped_utc_ms;
	row.stopped_seq = stopped_seq;
	err = clock_change(step, &before, &row);
	if (err == KB_OK && out != NULL) {
		*out = row;
	}
	return err;
}

enum kb_err
kb_deadline_expire(struct kb_step *step, uint64_t case_no, uint16_t clock_id,
		   struct kb_deadline *out)
{
	struct kb_deadline before;
	struct kb_deadline row;
	enum kb_err err = kb_deadline_get(step, case_no, clock_id, &before);

	if (err == KB_OK && before.state != KB_CLOCK_STATE_RUNNING) {
		err = KB_ERR_STATE;
	}
	if (err != KB_OK) {
		return err;
	}
	row = before;
	row.state = KB_CLOCK_STATE_EXPIRED;
	err = clock_change(step, &before, &row);
	if (err == KB_OK && out != NULL) {
		*out = row;
	}
	return err;
}

enum kb_err
kb_deadline_move(struct kb_step *step, uint64_t case_no, uint16_t clock_id, int64_t due_utc_ms)
{
	struct kb_deadline before;
	struct kb_deadline row;
	enum kb_err err = kb_deadline_get(step, case_no, clock_id, &before);

	if (err == KB_OK && before.state != KB_CLOCK_STATE_RUNNING) {
		err = KB_ERR_STATE;
	}
	if (err != KB_OK) {
		return err;
	}
	row = before;
	row.due_utc_ms = due_utc_ms;
	return clock_change(step, &before, &row);
}

/* ---- reading ---- */

enum kb_err
kb_deadline_get(struct kb_step *step, uint64_t case_no, uint16_t clock_id, struct kb_deadline *out)
{
	struct kb_row_key key = clock_key(case_no, clock_id);
	struct kb_span value = KB_SPAN_NONE;
	enum kb_err err = kb_row_get(step, KB_TABLE_CASE_CLOCKS, &key, &value);

	return err == KB_OK ? clock_decode(kb_row_key_span(&key), value, out) : err;
}

enum kb_err
kb_deadline_of_case(struct kb_step *step, uint64_t case_no, uint16_t after_id,
		    struct kb_deadline *out)
{
	struct kb_row_key after = clock_key(case_no, after_id);
	struct kb_row row;
	enum kb_err err = kb_row_after(step, KB_TABLE_CASE_CLOCKS, &after, 8, &row);

	return err == KB_OK ? clock_decode(row.key, row.value, out) : err;
}

enum kb_err
kb_deadline_find(struct kb_step *step, uint64_t case_no, uint32_t rule, uint64_t about,
		 struct kb_deadline *out)
{
	struct kb_deadline row;
	uint16_t after = 0;
	bool found = false;
	enum kb_err err = KB_OK;

	for (;;) {
		err = kb_deadline_of_case(step, case_no, after, &row);
		if (err == KB_ERR_NOT_FOUND) {
			return found ? KB_OK : err;
		}
		if (err != KB_OK) {
			return err;
		}
		after = row.clock_id;
		if (row.rule == rule && row.about == about) {
			*out = row;
			found = true;
		}
	}
}

enum kb_err
kb_deadline_due_next(struct kb_step *step, int64_t until_utc_ms, struct kb_deadline *out)
{
	/* A zeroed place is before all; else due 0 of no case would hide what was due before 1970. */
	struct kb_row_key after = out->case_no == 0
					  ? due_key(INT64_MIN, 0, 0)
					  : due_key(out->due_utc_ms, out->case_no, out->clock_id);
	struct kb_deadline found;
	struct kb_unpack unpack;
	struct kb_row row;
	enum kb_err err = kb_row_after(step, KB_TABLE_DEADLINES, &after, 0, &row);

	if (err != KB_OK) {
		return err;
	}
	kb_unpack_begin_key(&unpack, row.key);
	int64_t due_utc_ms = (int64_t)(kb_unpack_u64(&unpack) ^ SIGN_BIT);
	uint64_t case_no = kb_unpack_u64(&unpack);
	uint16_t clock_id = kb_unpack_u16(&unpack);

	err = kb_unpack_end(&unpack);
	if (err != KB_OK) {
		return err;
	}
	if (due_utc_ms > until_utc_ms) {
		return KB_ERR_NOT_FOUND;
	}
	err = kb_deadline_get(step, case_no, clock_id, &found);
	if (err == KB_ERR_NOT_FOUND || (err == KB_OK && (found.state != KB_CLOCK_STATE_RUNNING ||
							 found.due_utc_ms != due_utc_ms))) {
		err = KB_ERR_CORRUPT;
	}
	if (err == KB_OK) {
		*out = found;
	}
	return err;
}
