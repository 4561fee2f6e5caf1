/* SPDX-License-Identifier: EUPL-1.2 */
/* One row per school year: its calendar and what was taken in last. */
#include "common/store/school_years.h"

#include "common/store/step_internal.h"

#define SCHOOL_YEAR_VERSION 1

static struct kb_row_key
school_year_key(uint16_t schooljaar)
{
	struct kb_row_key key = { 0 };

	kb_row_key_u16(&key, schooljaar);
	return key;
}

enum kb_err
kb_school_year_put(struct kb_step *step, const struct kb_school_year *year)
{
	struct kb_row_key key = school_year_key(year->schooljaar);
	struct kb_pack pack;

	if (year->kalender_count > KB_SCHOOL_YEAR_ROWS_MAX) {
		return KB_ERR_OVERSIZE;
	}
	kb_buf_clear(&step->row);
	kb_pack_begin(&pack, &step->row, SCHOOL_YEAR_VERSION);
	kb_pack_u16(&pack, year->lesson_minutes);
	kb_pack_u32(&pack, (uint32_t)year->tot_day);
	kb_pack_i64(&pack, year->imported_utc_ms);
	kb_pack_u64(&pack, year->imported_seq);
	kb_pack_u32(&pack, year->import_count);
	kb_pack_u32(&pack, (uint32_t)year->kalender_count);
	for (size_t i = 0; i < year->kalender_count; i++) {
		kb_pack_u32(&pack, (uint32_t)year->kalender[i].van_day);
		kb_pack_u32(&pack, (uint32_t)year->kalender[i].tot_day);
		kb_pack_u8(&pack, (uint8_t)year->kalender[i].soort);
	}
	return kb_row_put(step, KB_TABLE_SCHOOL_YEARS, &key, &pack, KB_PUT_REPLACE);
}

static enum kb_err
kalender_unpack(struct kb_unpack *unpack, struct kb_arena *arena, struct kb_school_year *year)
{
	uint32_t count = kb_unpack_u32(unpack);
	struct kb_kalender_rij *rijen = NULL;

	if (unpack->err != KB_OK || count > KB_SCHOOL_YEAR_ROWS_MAX) {
		return KB_ERR_CORRUPT;
	}
	if (count > 0) {
		rijen = kb_arena_alloc(arena, count * sizeof(rijen[0]));
		if (rijen == NULL) {
			return KB_ERR_NO_MEMORY;
		}
	}
	for (uint32_t i = 0; i < count; i++) {
		rijen[i].van_day = (int32_t)kb_unpack_u32(unpack);
		rijen[i].tot_day = (int32_t)kb_unpack_u32(unpack);
		rijen[i].soort = (enum kb_kalender_soort)kb_unpack_u8(unpack);
		if ((unsigned)rijen[i].soort >= KB_KALENDER_SOORT_COUNT) {
			return KB_ERR_CORRUPT;
		}
	}
	year->kalender = rijen;
	year->kalender_count = count;
	return KB_OK;
}

static enum kb_err
school_year_decode(struct kb_span row_key, struct kb_span value, struct kb_arena *arena,
		   struct kb_school_year *out)
{
	struct kb_school_year year = { 0 };
	struct kb_unpack unpack;
	enum kb_err err = KB_OK;

	kb_unpack_begin_key(&unpack, row_key);
	year.schooljaar = kb_unpack_u16(&unpack);
	err = kb_unpack_end(&unpack);
	if (err != KB_OK) {
		return err;
	}
	(void)kb_unpack_begin(&unpack, value, SCHOOL_YEAR_VERSION);
	year.lesson_minutes = kb_unpack_u16(&unpack);
	year.tot_day = (int32_t)kb_unpack_u32(&unpack);
	year.imported_utc_ms = kb_unpack_i64(&unpack);
	year.imported_seq = kb_unpack_u64(&unpack);
	year.import_count = kb_unpack_u32(&unpack);
	err = kalender_unpack(&unpack, arena, &year);
	if (err == KB_OK) {
		err = kb_unpack_end(&unpack);
	}
	if (err == KB_OK) {
		*out = year;
	}
	return err;
}

enum kb_err
kb_school_year_get(struct kb_step *step, uint16_t schooljaar, struct kb_arena *arena,
		   struct kb_school_year *out)
{
	struct kb_row_key key = school_year_key(schooljaar);
	struct kb_span value = KB_SPAN_NONE;
	enum kb_err err = kb_row_get(step, KB_TABLE_SCHOOL_YEARS, &key, &value);

	return err == KB_OK ? school_year_decode(kb_row_key_span(&key), value, arena, out) : err;
}

enum kb_err
kb_school_year_next(struct kb_step *step, uint16_t after, struct kb_arena *arena,
		    struct kb_school_year *out)
{
	struct kb_row_key key = school_year_key(after);
	struct kb_row row;
	enum kb_err err = kb_row_after(step, KB_TABLE_SCHOOL_YEARS, &key, 0, &row);

	return err == KB_OK ? school_year_decode(row.key, row.value, arena, out) : err;
}
