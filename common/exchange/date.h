/* SPDX-License-Identifier: EUPL-1.2 */
/* Civil days as numbers, and the local day in the Netherlands. */
#ifndef KB_EXCHANGE_DATE_H
#define KB_EXCHANGE_DATE_H

#include "common/base/error.h"
#include "common/base/span.h"

/* A day is an int32_t: days since 1970-01-01 in the proleptic Gregorian calendar; negative before it. */
#define KB_DAY_NONE INT32_MIN
#define KB_DAY_MIN ((int32_t)-719162) /* 0001-01-01 */
#define KB_DAY_MAX ((int32_t)2932896) /* 9999-12-31 */

/* "2026-07-31" and NUL. */
#define KB_DATE_TEXT 11

struct kb_civil {
	int32_t year;
	int32_t month; /* 1..12 */
	int32_t day;   /* 1..31 */
};

/* ISO 8601 weekdays. */
enum kb_weekday {
	KB_WEEKDAY_NONE = 0,
	KB_MONDAY,
	KB_TUESDAY,
	KB_WEDNESDAY,
	KB_THURSDAY,
	KB_FRIDAY,
	KB_SATURDAY,
	KB_SUNDAY,
};

/* The ISO 8601 week: its year can differ from the calendar year at the turn of the year. */
struct kb_iso_week {
	int32_t year;
	int32_t week; /* 1..53 */
};

/* A moment on the clock on the wall in Europe/Amsterdam. */
struct kb_local_time {
	int32_t day;
	int32_t minute; /* of the day, 0..1439 */
	bool summer;	/* UTC+2 instead of UTC+1 */
};

/* KB_ERR_BAD_VALUE when there is no such date or the year is not 1..9999; *day is then untouched. */
KB_MUST_CHECK enum kb_err kb_date_from_civil(struct kb_civil civil, int32_t *day);
struct kb_civil kb_date_to_civil(int32_t day);
int32_t kb_date_days_in_month(int32_t year, int32_t month);

/* Exactly YYYY-MM-DD of an existing date; KB_ERR_BAD_VALUE otherwise and *day untouched. */
KB_MUST_CHECK enum kb_err kb_date_parse(struct kb_span text, int32_t *day);
/* YYYY-MM-DD; "" for a day outside KB_DAY_MIN..KB_DAY_MAX (KB_DAY_NONE among them). */
void kb_date_format(int32_t day, char out[KB_DATE_TEXT]);

/* The form of a date on the wire and in the register: 20260731 for 2026-07-31; 0 for a day outside the range. */
uint32_t kb_date_number(int32_t day);
/* The inverse. KB_ERR_BAD_VALUE when there is no such date; *day is then untouched. */
KB_MUST_CHECK enum kb_err kb_date_of_number(uint32_t number, int32_t *day);

enum kb_weekday kb_date_weekday(int32_t day);

static inline bool
kb_date_is_weekend(int32_t day)
{
	return kb_date_weekday(day) >= KB_SATURDAY;
}

/* The Monday on or before day: the same number for all days of one ISO week. */
int32_t kb_date_monday(int32_t day);
struct kb_iso_week kb_date_iso_week(int32_t day);

/* The same day of the month months later (or earlier); the last day of that month when it has no such day. */
int32_t kb_date_add_months(int32_t day, int32_t months);
/* The first day of the month months after the month of day. */
int32_t kb_date_first_of_month(int32_t day, int32_t months);

/*
 * The school year of a day, named by the year in which it starts: 1 August to 31 July (WPO art. 1, WVO 2020 art. 1.1).
 * kb_date_is_historisch: day lies in a school year before the one of today; such meldingen are shown, they do not alarm.
 */
int32_t kb_date_school_year(int32_t day);
bool kb_date_is_historisch(int32_t day, int32_t today);

/*
 * Local time in Europe/Amsterdam by rule: UTC+1, and UTC+2 from the last Sunday of March 01:00 UTC to the last Sunday of
 * October 01:00 UTC (Directive 2000/84/EC; so from 1996 on). Not from the system: the day of a deadline may not depend on
 * the time zone files of a machine.
 */
struct kb_local_time kb_date_local_time(int64_t utc_ms);

static inline int32_t
kb_date_local_day(int64_t utc_ms)
{
	return kb_date_local_time(utc_ms).day;
}

/* The instant at which the local day begins. The end of a term at day d is the start of d + 1. */
int64_t kb_date_local_start_utc_ms(int32_t day);
/* The instant of a minute (0..1439) of a local day; of the hour that comes twice in October the first. KB_ERR_BAD_VALUE for the hour
 * that there is not in March, or a minute out of range. */
KB_MUST_CHECK enum kb_err kb_date_local_utc_ms(int32_t day, int32_t minute, int64_t *utc_ms);

#endif
