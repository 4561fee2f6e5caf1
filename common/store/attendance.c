/* SPDX-License-Identifier: EUPL-1.2 */
/* The days of a pupil as one encrypted row: a whole year of a pupil is read and written at once, so 900 pupils are 900 rows. */
#include "common/store/attendance.h"

#include "common/store/pupils.h"
#include "common/store/step_internal.h"

#define ATTENDANCE_VERSION 1

static struct kb_row_key
attendance_key(uint16_t schooljaar, uint64_t pupil_no)
{
	struct kb_row_key key = { 0 };

	kb_row_key_u16(&key, schooljaar);
	kb_row_key_u64(&key, pupil_no);
	return key;
}

static enum kb_err
days_unpack(struct kb_span plain, struct kb_arena *arena, struct kb_attendance_day **out,
	    size_t *out_count)
{
	struct kb_attendance_day *days = NULL;
	struct kb_unpack unpack;
	int64_t above = INT64_MIN;

	(void)kb_unpack_begin(&unpack, plain, ATTENDANCE_VERSION);
	uint32_t count = kb_unpack_u32(&unpack);

	if (unpack.err != KB_OK || count > KB_ATTENDANCE_DAYS_MAX) {
		return KB_ERR_CORRUPT;
	}
	if (count > 0) {
		days = kb_arena_alloc(arena, count * sizeof(days[0]));
		if (days == NULL) {
			return KB_ERR_NO_MEMORY;
		}
	}
	for (uint32_t i = 0; i < count; i++) {
		days[i].day = (int32_t)kb_unpack_u32(&unpack);
		days[i].minuten_rooster = kb_unpack_u16(&unpack);
		days[i].minuten_geoorloofd = kb_unpack_u16(&unpack);
		days[i].minuten_ongeoorloofd = kb_unpack_u16(&unpack);
		if (days[i].day <= above) {
			return KB_ERR_CORRUPT;
		}
		above = days[i].day;
	}
	enum kb_err err = kb_unpack_end(&unpack);

	if (err == KB_OK) {
		*out = days;
		*out_count = count;
	}
	return err;
}

enum kb_err
kb_attendance_get(struct kb_step *step, uint16_t schooljaar, uint64_t pupil_no,
		  struct kb_arena *arena, struct kb_attendance_day **days, size_t *count)
{
	struct kb_row_key key = attendance_key(schooljaar, pupil_no);
	struct kb_span value = KB_SPAN_NONE;
	struct kb_span plain = KB_SPAN_NONE;
	struct kb_unpack unpack;
	enum kb_err err = kb_row_get(step, KB_TABLE_ATTENDANCE, &key, &value);

	if (err == KB_ERR_NOT_FOUND) {
		*days = NULL;
		*count = 0;
		return KB_OK;
	}
	if (err != KB_OK) {
		return err;
	}
	(void)kb_unpack_begin(&unpack, value, ATTENDANCE_VERSION);
	uint64_t key_no = kb_unpack_u64(&unpack);
	struct kb_span sealed = kb_unpack_bytes(&unpack);

	err = kb_unpack_end(&unpack);
	if (err == KB_OK) {
		err = kb_sealed_open(step, KB_TABLE_ATTENDANCE, kb_row_key_span(&key), key_no,
				     sealed, arena, &plain);
	}
	return err == KB_OK ? days_unpack(plain, arena, days, count) : err;
}

static enum kb_err
days_check(int32_t van_day, int32_t tot_day, const struct kb_attendance_day *days, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (days[i].day < van_day || days[i].day > tot_day ||
		    (i > 0 && days[i].day <= days[i - 1].day)) {
			return KB_ERR_DATA;
		}
	}
	return KB_OK;
}

struct day_list {
	struct kb_attendance_day *at;
	size_t count;
};

/* The days of before outside the range, with those of days inside it. */
static enum kb_err
days_merge(struct kb_arena *arena, const struct day_list *before, int32_t van_day, int32_t tot_day,
	   const struct kb_attendance_day *days, size_t count, struct day_list *out)
{
	struct day_list merged = { .at = kb_arena_alloc(arena, (before->count + count + 1) *
								       sizeof(merged.at[0])) };
	size_t i = 0;

	if (merged.at == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	while (i < before->count && before->at[i].day < van_day) {
		merged.at[merged.count++] = before->at[i++];
	}
	for (size_t j = 0; j < count; j++) {
		merged.at[merged.count++] = days[j];
	}
	while (i < before->count && before->at[i].day <= tot_day) {
		i++;
	}
	while (i < before->count) {
		merged.at[merged.count++] = before->at[i++];
	}
	*out = merged;
	return merged.count <= KB_ATTENDANCE_DAYS_MAX ? KB_OK : KB_ERR_OVERSIZE;
}

static bool
days_equal(const struct day_list *a, const struct day_list *b)
{
	if (a->count != b->count) {
		return false;
	}
	for (size_t i = 0; i < a->count; i++) {
		if (a->at[i].day != b->at[i].day ||
		    a->at[i].minuten_rooster != b->at[i].minuten_rooster ||
		    a->at[i].minuten_geoorloofd != b->at[i].minuten_geoorloofd ||
		    a->at[i].minuten_ongeoorloofd != b->at[i].minuten_ongeoorloofd) {
			return false;
		}
	}
	return true;
}

static enum kb_err
days_store(struct kb_step *step, uint16_t schooljaar, uint64_t pupil_no, uint64_t key_no,
	   const struct day_list *days)
{
	struct kb_row_key key = attendance_key(schooljaar, pupil_no);
	struct kb_pack clear;
	struct kb_pack hidden;

	kb_sealed_begin(step, &clear, &hidden, ATTENDANCE_VERSION);
	kb_pack_u64(&clear, key_no);
	kb_pack_u32(&hidden, (uint32_t)days->count);
	for (size_t i = 0; i < days->count; i++) {
		kb_pack_u32(&hidden, (uint32_t)days->at[i].day);
		kb_pack_u16(&hidden, days->at[i].minuten_rooster);
		kb_pack_u16(&hidden, days->at[i].minuten_geoorloofd);
		kb_pack_u16(&hidden, days->at[i].minuten_ongeoorloofd);
	}
	return kb_sealed_put(step, KB_TABLE_ATTENDANCE, &key, key_no, &clear, &hidden);
}

enum kb_err
kb_attendance_replace(struct kb_step *step, uint16_t schooljaar, uint64_t pupil_no, int32_t van_day,
		      int32_t tot_day, const struct kb_attendance_day *days, size_t count,
		      bool *changed)
{
	struct kb_arena arena = { 0 };
	struct day_list before = { 0 };
	struct day_list after = { 0 };
	struct kb_pupil pupil;
	bool differs = false;
	enum kb_err err = kb_step_need_write(step);

	if (err == KB_OK) {
		err = days_check(van_day, tot_day, days, count);
	}
	if (err == KB_OK) {
		err = kb_pupil_clear(step, schooljaar, pupil_no, &pupil);
	}
	if (err == KB_OK) {
		err = kb_attendance_get(step, schooljaar, pupil_no, &arena, &before.at,
					&before.count);
	}
	if (err == KB_OK) {
		err = days_merge(&arena, &before, van_day, tot_day, days, count, &after);
	}
	if (err == KB_OK) {
		differs = !days_equal(&before, &after);
		if (differs) {
			err = days_store(step, schooljaar, pupil_no, pupil.data_key_no, &after);
		}
	}
	if (err == KB_OK && changed != NULL) {
		*changed = differs;
	}
	kb_arena_clear(&arena); /* overwrites */
	kb_arena_release(&arena);
	return err;
}
