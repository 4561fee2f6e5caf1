/* SPDX-License-Identifier: EUPL-1.2 */
/* Attendance: the days of one pupil in one school year as one encrypted row. */
#ifndef KB_STORE_ATTENDANCE_H
#define KB_STORE_ATTENDANCE_H

#include "common/store/step.h"

/* A row of verzuim.csv. day as in common/exchange/date.h. */
struct kb_attendance_day {
	int32_t day;
	uint16_t minuten_rooster;
	uint16_t minuten_geoorloofd;
	uint16_t minuten_ongeoorloofd;
};

/* A school year has at most 366 days; see KB_KALENDER_DAYS_MAX. */
#define KB_ATTENDANCE_DAYS_MAX 1100

/* All days of the pupil, ascending, in arena; count 0 (KB_OK) when nothing was ever taken in. KB_ERR_NOT_FOUND: the key was
 * destroyed. */
KB_MUST_CHECK enum kb_err kb_attendance_get(struct kb_step *step, uint16_t schooljaar,
					    uint64_t pupil_no, struct kb_arena *arena,
					    struct kb_attendance_day **days, size_t *count);
/*
 * An import: the days from van_day to tot_day (both included) are replaced by days, the others stay. days is ascending, without
 * doubles, inside the range (else KB_ERR_DATA). The row is under the data key of the pupil row of that year, which must exist
 * (KB_ERR_NOT_FOUND). *changed (may be NULL) tells whether anything differs; nothing is written when not.
 */
KB_MUST_CHECK enum kb_err kb_attendance_replace(struct kb_step *step, uint16_t schooljaar,
						uint64_t pupil_no, int32_t van_day, int32_t tot_day,
						const struct kb_attendance_day *days, size_t count,
						bool *changed);

#endif
