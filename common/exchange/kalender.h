/* SPDX-License-Identifier: EUPL-1.2 */
/* The calendar of one school year: school days, school weeks and working days. */
#ifndef KB_EXCHANGE_KALENDER_H
#define KB_EXCHANGE_KALENDER_H

#include "common/base/arena.h"
#include "common/exchange/date.h"

/* Longest span from the earliest van to the latest tot that is taken for one school year (a guard on memory and on typing
 * errors in a year; a real one has at most 366 days). */
#define KB_KALENDER_DAYS_MAX 1100

#define KB_KALENDER_SOORT_TABLE(X)                                                                 \
	X(VAKANTIE, "vakantie")                                                                    \
	X(FEESTDAG, "feestdag")                                                                    \
	X(SCHOOLVRIJ, "schoolvrij")

enum kb_kalender_soort {
	KB_KALENDER_SOORT_NONE = 0,

#define KB_KALENDER_ENUM(name, text) KB_KALENDER_##name,
	KB_KALENDER_SOORT_TABLE(KB_KALENDER_ENUM)
#undef KB_KALENDER_ENUM
		KB_KALENDER_SOORT_COUNT,
};

/* The word in the file; "" for NONE and unknown values. */
const char *kb_kalender_soort_name(enum kb_kalender_soort soort);
/* KB_KALENDER_SOORT_NONE when the word is not in the table. */
enum kb_kalender_soort kb_kalender_soort_of(struct kb_span word);

/* One row of kalender.csv; both days are free. */
struct kb_kalender_rij {
	int32_t van_day;
	int32_t tot_day;
	enum kb_kalender_soort soort;
};

struct kb_kalender_dag; /* what is known of one day of the year */

/*
 * Invariants: 1. first_day <= last_day, both the bounds of the rows. 2. dagen has last_day - first_day + 1 places.
 * Lives in the arena given to _init; nothing to release. Rows may overlap: such a day is every soort that names it.
 */
struct kb_kalender {
	int32_t first_day;
	int32_t last_day;
	struct kb_kalender_dag *dagen;
	int32_t schoolweek_count;
};

/* KB_ERR_DATA without rows, when a row ends before it starts or has no soort, or above KB_KALENDER_DAYS_MAX. */
KB_MUST_CHECK enum kb_err kb_kalender_init(struct kb_kalender *kalender, struct kb_arena *arena,
					   const struct kb_kalender_rij *rijen, size_t count);

static inline bool
kb_kalender_in_year(const struct kb_kalender *kalender, int32_t day)
{
	return day >= kalender->first_day && day <= kalender->last_day;
}

/* Monday to Friday, inside the school year, in no row. */
bool kb_kalender_is_schooldag(const struct kb_kalender *kalender, int32_t day);
/* In a row of that soort, whatever other rows say. */
bool kb_kalender_is_soort(const struct kb_kalender *kalender, int32_t day,
			  enum kb_kalender_soort soort);
/* Monday to Friday that is no feestdag; holidays of the school do not stop the clock of an organisation. Days outside the
 * school year go by the weekday alone. */
bool kb_kalender_is_werkdag(const struct kb_kalender *kalender, int32_t day);

/* 0 for the first ISO week with a school day, counting only such weeks; -1 when the week of day has none. */
int32_t kb_kalender_schoolweek(const struct kb_kalender *kalender, int32_t day);

/* Days from van to tot, both included, that are not in a vakantie row (the length of a langdurig run). */
int32_t kb_kalender_dagen_zonder_vakantie(const struct kb_kalender *kalender, int32_t van_day,
					  int32_t tot_day);
/* The count-th working day after day (count 0: day itself). */
int32_t kb_kalender_werkdag_na(const struct kb_kalender *kalender, int32_t day, uint32_t count);

#endif
