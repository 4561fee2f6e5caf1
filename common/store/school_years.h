/* SPDX-License-Identifier: EUPL-1.2 */
/* The calendar and settings of a school per school year. No personal data. */
#ifndef KB_STORE_SCHOOL_YEARS_H
#define KB_STORE_SCHOOL_YEARS_H

#include "common/exchange/kalender.h"
#include "common/store/step.h"

struct kb_school_year {
	uint16_t schooljaar;
	uint16_t
		lesson_minutes; /* VO: the school's own, at most 60; 0: the default of the profile */
	int32_t tot_day;	/* latest day of attendance taken in; KB_DAY_NONE: none */
	int64_t imported_utc_ms; /* last import that succeeded */
	uint64_t imported_seq;	 /* its log record */
	uint32_t import_count;
	const struct kb_kalender_rij *kalender; /* in arena */
	size_t kalender_count;
};

/* Most rows of one calendar that are stored. */
#define KB_SCHOOL_YEAR_ROWS_MAX 2048

/* KB_ERR_OVERSIZE above KB_SCHOOL_YEAR_ROWS_MAX. */
KB_MUST_CHECK enum kb_err kb_school_year_put(struct kb_step *step,
					     const struct kb_school_year *year);
KB_MUST_CHECK enum kb_err kb_school_year_get(struct kb_step *step, uint16_t schooljaar,
					     struct kb_arena *arena, struct kb_school_year *out);
/* The school year after after; KB_ERR_NOT_FOUND at the end. */
KB_MUST_CHECK enum kb_err kb_school_year_next(struct kb_step *step, uint16_t after,
					      struct kb_arena *arena, struct kb_school_year *out);

#endif
