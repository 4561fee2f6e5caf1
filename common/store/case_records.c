/* SPDX-License-Identifier: EUPL-1.2 */
/* Events of cases: rows in the order in which they were made, chained per case from the newest back. */
#include "common/store/case_records.h"

#include "common/store/step_internal.h"

#define CASE_RECORD_VERSION 1

const char *
kb_direction_name(enum kb_direction direction)
{
	static const char *const names[] = { "", "out", "in", "local" };

	return (unsigned)direction < sizeof(names) / sizeof(names[0]) ? names[direction] : "";
}

enum kb_err
kb_case_record_put(struct kb_step *step, struct kb_case_record *record)
{
	struct kb_case *owner = NULL;
	struct kb_row_key key = { 0 };
	struct kb_pack pack;
	uint64_t place = 0;
	enum kb_err err = kb_case_edit(step, record->case_no, &owner);

	if (err != KB_OK) {
		return err;
	}
	if (owner->record_count == UINT32_MAX) {
		return KB_ERR_OVERSIZE;
	}
	place = kb_step_count_up(step, KB_COUNTER_CASE_RECORD);
	key = kb_row_key_of_u64(place);
	kb_buf_clear(&step->row);
	kb_pack_begin(&pack, &step->row, CASE_RECORD_VERSION);
	kb_pack_u64(&pack, record->case_no);
	kb_pack_u32(&pack, owner->record_count + 1);
	kb_pack_u64(&pack, owner->last_record);
	kb_pack_u8(&pack, (uint8_t)record->direction);
	kb_pack_u32(&pack, record->kind);
	kb_pack_u32(&pack, record->party_no);
	kb_pack_u64(&pack, record->user_no);
	kb_pack_i64(&pack, record->at_utc_ms);
	kb_pack_u64(&pack, record->ledger_seq);
	kb_pack_u32(&pack, record->number.party_no);
	kb_pack_u32(&pack, record->number.epoch_no);
	kb_pack_u64(&pack, record->number.number);
	err = kb_row_put(step, KB_TABLE_CASE_RECORDS, &key, &pack, KB_PUT_APPEND);
	if (err == KB_OK) {
		owner->record_count++;
		owner->last_record = place;
		if (record->at_utc_ms > owner->last_activity_utc_ms) {
			owner->last_activity_utc_ms = record->at_utc_ms;
		}
		record->record_no = owner->record_count;
	}
	return err;
}

static enum kb_err
record_load(struct kb_step *step, uint64_t place, struct kb_case_record *out, uint64_t *previous)
{
	struct kb_row_key key = kb_row_key_of_u64(place);
	struct kb_case_record record = { 0 };
	struct kb_span value = KB_SPAN_NONE;
	struct kb_unpack unpack;
	enum kb_err err =
		kb_get_required(step->txn, KB_TABLE_CASE_RECORDS, kb_row_key_span(&key), &value);

	if (err != KB_OK) {
		return err;
	}
	(void)kb_unpack_begin(&unpack, value, CASE_RECORD_VERSION);
	record.case_no = kb_unpack_u64(&unpack);
	record.record_no = kb_unpack_u32(&unpack);
	uint64_t before = kb_unpack_u64(&unpack);

	record.direction = (enum kb_direction)kb_unpack_u8(&unpack);
	record.kind = kb_unpack_u32(&unpack);
	record.party_no = kb_unpack_u32(&unpack);
	record.user_no = kb_unpack_u64(&unpack);
	record.at_utc_ms = kb_unpack_i64(&unpack);
	record.ledger_seq = kb_unpack_u64(&unpack);
	record.number.party_no = kb_unpack_u32(&unpack);
	record.number.epoch_no = kb_unpack_u32(&unpack);
	record.number.number = kb_unpack_u64(&unpack);
	err = kb_unpack_end(&unpack);
	if (err == KB_OK) {
		*out = record;
		*previous = before;
	}
	return err;
}

/* *position: 0 at the start, else the place of the next older record; PAST_FIRST when there is none. */
#define PAST_FIRST UINT64_MAX

enum kb_err
kb_case_record_back(struct kb_step *step, uint64_t case_no, uint64_t *position,
		    struct kb_case_record *out)
{
	uint64_t place = *position;
	uint64_t previous = 0;
	struct kb_case_record record;
	enum kb_err err = KB_OK;

	if (place == 0) {
		struct kb_case owner;

		err = kb_case_get(step, case_no, &owner);
		if (err != KB_OK) {
			return err;
		}
		place = owner.last_record != 0 ? owner.last_record : PAST_FIRST;
	}
	if (place == PAST_FIRST) {
		return KB_ERR_NOT_FOUND;
	}
	err = record_load(step, place, &record, &previous);
	/* The chain leads back within one case, down to record 1. */
	if (err == KB_OK && (record.case_no != case_no || previous >= place ||
			     (previous == 0) != (record.record_no == 1))) {
		err = KB_ERR_CORRUPT;
	}
	if (err == KB_OK) {
		*position = previous != 0 ? previous : PAST_FIRST;
		*out = record;
	}
	return err;
}

enum kb_err
kb_case_records(struct kb_step *step, uint64_t case_no, size_t max, struct kb_arena *arena,
		struct kb_case_record **out, size_t *count)
{
	struct kb_case_record *records = NULL;
	struct kb_case owner;
	uint64_t position = 0;
	size_t wanted = 0;
	enum kb_err err = kb_case_get(step, case_no, &owner);

	if (err != KB_OK) {
		return err;
	}
	wanted = owner.record_count;
	if (max > 0 && wanted > max) {
		wanted = max;
	}
	if (wanted > 0) {
		records = kb_arena_alloc(arena, wanted * sizeof(records[0]));
		err = records == NULL ? KB_ERR_NO_MEMORY : KB_OK;
	}
	for (size_t i = wanted; err == KB_OK && i > 0; i--) {
		err = kb_case_record_back(step, case_no, &position, &records[i - 1]);
		if (err == KB_ERR_NOT_FOUND) {
			err = KB_ERR_CORRUPT; /* fewer than the case row says */
		}
	}
	if (err == KB_OK) {
		*out = records;
		*count = wanted;
	}
	return err;
}
