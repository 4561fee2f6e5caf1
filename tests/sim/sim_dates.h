/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Days, weeks and terms by counting through a table of days, one by one. On purpose no code and no formula of common/exchange: the
 * days on which clocks run out are computed twice.
 */
#ifndef KB_TESTS_SIM_DATES_H
#define KB_TESTS_SIM_DATES_H

#include "common/exchange/kalender.h"
#include "common/exchange/route.h"

/* 2027-01-01 is place 0; the table ends with 2035. */
struct sim_day {
	int year;
	int month;
	int day;
	int weekday;	      /* 1 Monday .. 7 Sunday */
	int64_t start_utc_ms; /* 00:00 on the wall in the Netherlands */
	bool feestdag;
	bool school; /* a day with school */
};

#define SIM_DAYS_MAX 3300
#define SIM_DAY_NONE (-1)

struct sim_dates {
	struct sim_day days[SIM_DAYS_MAX];
	int count;
	int kalender_first; /* places that the calendar of schools covers */
	int kalender_last;
};

/* Fills the table, and the rows of the same calendar for kb_kalender_init(); rows has room for SIM_ROWS_MAX. */
#define SIM_ROWS_MAX 32
size_t sim_dates_make(struct sim_dates *dates, struct kb_kalender_rij *rows);
/* SIM_DAY_NONE outside the table. */
int sim_dates_find(const struct sim_dates *dates, int year, int month, int day);
/* The place of the day in which a moment falls. */
int sim_dates_of(const struct sim_dates *dates, int64_t utc_ms);
/* The place of the first day that is too late; SIM_DAY_NONE: cannot be known. */
int sim_dates_due(const struct sim_dates *dates, const struct kb_term *term, int start);

#endif
