/* SPDX-License-Identifier: EUPL-1.2 */
/* Case rows, kept in memory within a step and written once at its commit. */
#include "common/store/cases.h"

#include "common/store/step_internal.h"

#define CASE_VERSION 1
#define CASE_ID_VERSION 1

static const char *const status_names[KB_CASE_STATUS_COUNT] = {
#define KB_ROW(name, number, text, label) [number] = (text),
	KB_CASE_STATUS_TABLE(KB_ROW)
#undef KB_ROW
};

static const char *const status_labels[KB_CASE_STATUS_COUNT] = {
#define KB_ROW(name, number, text, label) [number] = (label),
	KB_CASE_STATUS_TABLE(KB_ROW)
#undef KB_ROW
};

/* By the number in the store; those of a stand of old say whether the case was open. */
static const enum kb_case_status status_read[] = {
	KB_CASE_NONE,	    KB_CASE_OPEN,	KB_CASE_OPEN,
	KB_CASE_AFGESLOTEN, KB_CASE_AFGESLOTEN, KB_CASE_AFGESLOTEN,
};

const char *
kb_case_status_name(enum kb_case_status status)
{
	const char *name = (unsigned)status < KB_CASE_STATUS_COUNT ? status_names[status] : NULL;

	return name != NULL ? name : "";
}

const char *
kb_case_status_label(enum kb_case_status status)
{
	const char *label = (unsigned)status < KB_CASE_STATUS_COUNT ? status_labels[status] : NULL;

	return label != NULL ? label : "";
}

static void
case_pack(struct kb_pack *pack, const struct kb_case *row)
{
	kb_pack_fixed(pack, row->case_id.bytes, sizeof(row->case_id.bytes));
	kb_pack_u16(pack, row->kind);
	kb_pack_u16(pack, row->route_no);
	kb_pack_u8(pack, (uint8_t)row->status);
	kb_pack_u16(pack, row->route_state);
	kb_pack_u32(pack, row->desk);
	kb_pack_u64(pack, row->subject_no);
	kb_pack_u32(pack, row->counterparty_no);
	kb_pack_fixed(pack, row->profile_hash.bytes, sizeof(row->profile_hash.bytes));
	kb_pack_u16(pack, row->schooljaar);
	kb_pack_u64(pack, row->data_key_no);
	kb_pack_i64(pack, row->opened_utc_ms);
	kb_pack_i64(pack, row->last_activity_utc_ms);
	kb_pack_i64(pack, row->closed_utc_ms);
	kb_pack_u32(pack, row->inbox_flags);
	kb_pack_i64(pack, row->new_since_utc_ms);
	kb_pack_u32(pack, row->raised_count);
	kb_pack_i64(pack, row->waiting_since_utc_ms);
	kb_pack_i64(pack, row->next_due_utc_ms);
	kb_pack_u16(pack, row->next_due_clock);
	kb_pack_u16(pack, row->last_clock_id);
	kb_pack_u32(pack, row->record_count);
	kb_pack_u64(pack, row->last_record);
	kb_pack_u32(pack, row->last_out_epoch_no);
	kb_pack_u64(pack, row->last_out_number);
	kb_pack_u32(pack, row->last_in_epoch_no);
	kb_pack_u64(pack, row->last_in_number);
	kb_pack_u32(pack, row->regievoerder_no);
	kb_pack_u32(pack, row->regie_aangeboden_no);
	kb_pack_u32(pack, row->regie_epoch);
	kb_pack_u32(pack, row->revision);
	kb_pack_fixed(pack, row->last_record_hash.bytes, sizeof(row->last_record_hash.bytes));
	kb_pack_u64(pack, row->behandelaar_no);
	kb_pack_u64(pack, row->waarnemer_no);
	kb_pack_u64(pack, row->created_seq);
}

static void
case_unpack(struct kb_unpack *unpack, struct kb_case *row)
{
	kb_unpack_fixed(unpack, row->case_id.bytes, sizeof(row->case_id.bytes));
	row->kind = kb_unpack_u16(unpack);
	row->route_no = kb_unpack_u16(unpack);
	row->status = (enum kb_case_status)kb_unpack_u8(unpack);
	row->route_state = kb_unpack_u16(unpack);
	row->desk = kb_unpack_u32(unpack);
	row->subject_no = kb_unpack_u64(unpack);
	row->counterparty_no = kb_unpack_u32(unpack);
	kb_unpack_fixed(unpack, row->profile_hash.bytes, sizeof(row->profile_hash.bytes));
	row->schooljaar = kb_unpack_u16(unpack);
	row->data_key_no = kb_unpack_u64(unpack);
	row->opened_utc_ms = kb_unpack_i64(unpack);
	row->last_activity_utc_ms = kb_unpack_i64(unpack);
	row->closed_utc_ms = kb_unpack_i64(unpack);
	row->inbox_flags = kb_unpack_u32(unpack);
	row->new_since_utc_ms = kb_unpack_i64(unpack);
	row->raised_count = kb_unpack_u32(unpack);
	row->waiting_since_utc_ms = kb_unpack_i64(unpack);
	row->next_due_utc_ms = kb_unpack_i64(unpack);
	row->next_due_clock = kb_unpack_u16(unpack);
	row->last_clock_id = kb_unpack_u16(unpack);
	row->record_count = kb_unpack_u32(unpack);
	row->last_record = kb_unpack_u64(unpack);
	row->last_out_epoch_no = kb_unpack_u32(unpack);
	row->last_out_number = kb_unpack_u64(unpack);
	row->last_in_epoch_no = kb_unpack_u32(unpack);
	row->last_in_number = kb_unpack_u64(unpack);
	row->regievoerder_no = kb_unpack_u32(unpack);
	row->regie_aangeboden_no = kb_unpack_u32(unpack);
	row->regie_epoch = kb_unpack_u32(unpack);
	row->revision = kb_unpack_u32(unpack);
	kb_unpack_fixed(unpack, row->last_record_hash.bytes, sizeof(row->last_record_hash.bytes));
	row->behandelaar_no = kb_unpack_u64(unpack);
	row->waarnemer_no = kb_unpack_u64(unpack);
	row->created_seq = kb_unpack_u64(unpack);
}

static enum kb_err
case_decode(struct kb_span row_key, struct kb_span value, struct kb_case *out)
{
	struct kb_case row = { 0 };
	struct kb_unpack unpack;
	enum kb_err err = KB_OK;

	kb_unpack_begin_key(&unpack, row_key);
	row.case_no = kb_unpack_u64(&unpack);
	err = kb_unpack_end(&unpack);
	if (err != KB_OK) {
		return err;
	}
	(void)kb_unpack_begin(&unpack, value, CASE_VERSION);
	case_unpack(&unpack, &row);
	err = kb_unpack_end(&unpack);
	if (err == KB_OK && (unsigned)row.status >= sizeof(status_read) / sizeof(status_read[0])) {
		err = KB_ERR_CORRUPT;
	}
	if (err == KB_OK) {
		row.status = status_read[row.status];
		*out = row;
	}
	return err;
}

static enum kb_err
case_store(struct kb_step *step, const struct kb_case *row, enum kb_put_mode mode)
{
	struct kb_row_key key = kb_row_key_of_u64(row->case_no);
	struct kb_pack pack;

	kb_buf_clear(&step->row);
	kb_pack_begin(&pack, &step->row, CASE_VERSION);
	case_pack(&pack, row);
	return kb_row_put(step, KB_TABLE_CASES, &key, &pack, mode);
}

enum kb_err
kb_cases_flush(struct kb_step *step)
{
	void **cases = NULL;
	enum kb_err err = kb_row_cache_sorted(&step->cases, &step->kept, &cases);

	for (size_t i = 0; err == KB_OK && i < step->cases.count; i++) {
		err = case_store(step, cases[i], KB_PUT_REPLACE);
	}
	return err;
}

static enum kb_err
case_keep(struct kb_step *step, const struct kb_case *row, struct kb_case **out)
{
	struct kb_case *kept = kb_arena_alloc(&step->kept, sizeof(*kept));
	enum kb_err err = KB_ERR_NO_MEMORY;

	if (kept != NULL) {
		*kept = *row;
		err = kb_row_cache_add(&step->cases, 0, row->case_no, kept);
	}
	if (err == KB_OK) {
		*out = kept;
	}
	return err;
}

enum kb_err
kb_case_create(struct kb_step *step, struct kb_case *row)
{
	struct kb_case made = *row;
	struct kb_case *kept = NULL;
	struct kb_row_key id_key = { 0 };
	struct kb_pack pack;
	uint64_t known = 0;
	enum kb_err err = kb_step_need_write(step);

	if (err != KB_OK) {
		return err;
	}
	err = kb_case_find(step, &row->case_id, &known);
	if (err != KB_ERR_NOT_FOUND) {
		return err == KB_OK ? KB_ERR_EXISTS : err;
	}
	err = made.data_key_no == 0 ? kb_step_key_assign(step, &made.data_key_no) : KB_OK;
	if (err != KB_OK) {
		return err;
	}
	made.case_no = kb_step_count_up(step, KB_COUNTER_CASE);
	kb_row_key_bytes(&id_key, made.case_id.bytes, sizeof(made.case_id.bytes));
	kb_buf_clear(&step->row);
	kb_pack_begin(&pack, &step->row, CASE_ID_VERSION);
	kb_pack_u64(&pack, made.case_no);
	err = kb_row_put(step, KB_TABLE_CASE_IDS, &id_key, &pack, KB_PUT_NEW);
	if (err == KB_OK) {
		/* At once, and not only at the commit: walks over the table have to see it. */
		err = case_store(step, &made, KB_PUT_APPEND);
	}
	if (err == KB_OK) {
		err = case_keep(step, &made, &kept);
	}
	if (err == KB_OK) {
		*row = made;
	}
	return err;
}

enum kb_err
kb_case_find(struct kb_step *step, const struct kb_id *case_id, uint64_t *case_no)
{
	struct kb_span value = KB_SPAN_NONE;
	struct kb_unpack unpack;
	enum kb_err err = kb_get(step->txn, KB_TABLE_CASE_IDS,
				 kb_span(case_id->bytes, sizeof(case_id->bytes)), &value);

	if (err != KB_OK) {
		return err;
	}
	(void)kb_unpack_begin(&unpack, value, CASE_ID_VERSION);
	uint64_t found = kb_unpack_u64(&unpack);

	err = kb_unpack_end(&unpack);
	if (err == KB_OK) {
		*case_no = found;
	}
	return err;
}

enum kb_err
kb_case_get(struct kb_step *step, uint64_t case_no, struct kb_case *out)
{
	const struct kb_case *kept = kb_row_cache_find(&step->cases, 0, case_no);
	struct kb_row_key key = kb_row_key_of_u64(case_no);
	struct kb_span value = KB_SPAN_NONE;
	enum kb_err err = KB_OK;

	if (kept != NULL) {
		*out = *kept;
		return KB_OK;
	}
	err = kb_row_get(step, KB_TABLE_CASES, &key, &value);
	return err == KB_OK ? case_decode(kb_row_key_span(&key), value, out) : err;
}

enum kb_err
kb_case_edit(struct kb_step *step, uint64_t case_no, struct kb_case **out)
{
	struct kb_case *kept = kb_row_cache_find(&step->cases, 0, case_no);
	struct kb_case row;
	enum kb_err err = kb_step_need_write(step);

	if (err == KB_OK && kept == NULL) {
		err = kb_case_get(step, case_no, &row);
		if (err == KB_OK) {
			err = case_keep(step, &row, &kept);
		}
	}
	if (err == KB_OK) {
		*out = kept;
	}
	return err;
}

void
kb_case_raise(struct kb_case *row, uint32_t flags, int64_t now_utc_ms)
{
	row->inbox_flags |= KB_INBOX_NEW | flags;
	row->new_since_utc_ms = row->new_since_utc_ms != 0 ? row->new_since_utc_ms : now_utc_ms;
	row->raised_count++;
}

enum kb_err
kb_case_next(struct kb_step *step, uint64_t after_no, struct kb_case *out)
{
	struct kb_row_key after = kb_row_key_of_u64(after_no);
	struct kb_case found;
	struct kb_row row;
	enum kb_err err = kb_row_after(step, KB_TABLE_CASES, &after, 0, &row);

	if (err == KB_OK) {
		err = case_decode(row.key, row.value, &found);
	}
	/* The row in memory is newer than the one in the table. */
	return err == KB_OK ? kb_case_get(step, found.case_no, out) : err;
}
