/* SPDX-License-Identifier: EUPL-1.2 */
/* The table of days. */
#include "tests/sim/sim_dates.h"

#define HOUR_MS (3600 * (int64_t)1000)
/* 2027-01-01 00:00 UTC, a Friday. */
#define FIRST_UTC_MS ((int64_t)1798761600 * 1000)
#define FIRST_WEEKDAY 5

static const int lengths[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

static int
length_of(int year, int month)
{
	return lengths[month - 1] + (month == 2 && year % 4 == 0 ? 1 : 0); /* 2027..2035 */
}

struct free_days {
	int from[3];
	int to[3];
	enum kb_kalender_soort soort;
};

/* Two school years; the holidays are those of no region in particular. Easter Monday, Whit Monday and the rest written out. */
static const struct free_days free_days[] = {
	{ { 2027, 8, 1 }, { 2027, 8, 29 }, KB_KALENDER_VAKANTIE },
	{ { 2027, 10, 16 }, { 2027, 10, 24 }, KB_KALENDER_VAKANTIE },
	{ { 2027, 12, 25 }, { 2028, 1, 9 }, KB_KALENDER_VAKANTIE },
	{ { 2028, 2, 26 }, { 2028, 3, 5 }, KB_KALENDER_VAKANTIE },
	{ { 2028, 4, 29 }, { 2028, 5, 7 }, KB_KALENDER_VAKANTIE },
	{ { 2028, 7, 15 }, { 2028, 8, 27 }, KB_KALENDER_VAKANTIE },
	{ { 2028, 10, 14 }, { 2028, 10, 22 }, KB_KALENDER_VAKANTIE },
	{ { 2028, 12, 23 }, { 2029, 1, 7 }, KB_KALENDER_VAKANTIE },
	{ { 2029, 2, 17 }, { 2029, 2, 25 }, KB_KALENDER_VAKANTIE },
	{ { 2029, 4, 28 }, { 2029, 5, 6 }, KB_KALENDER_VAKANTIE },
	{ { 2029, 7, 14 }, { 2029, 7, 31 }, KB_KALENDER_VAKANTIE },
	{ { 2027, 12, 25 }, { 2027, 12, 26 }, KB_KALENDER_FEESTDAG },
	{ { 2028, 1, 1 }, { 2028, 1, 1 }, KB_KALENDER_FEESTDAG },
	{ { 2028, 4, 17 }, { 2028, 4, 17 }, KB_KALENDER_FEESTDAG },
	{ { 2028, 4, 27 }, { 2028, 4, 27 }, KB_KALENDER_FEESTDAG },
	{ { 2028, 5, 5 }, { 2028, 5, 5 }, KB_KALENDER_FEESTDAG },
	{ { 2028, 5, 25 }, { 2028, 5, 25 }, KB_KALENDER_FEESTDAG },
	{ { 2028, 6, 5 }, { 2028, 6, 5 }, KB_KALENDER_FEESTDAG },
	{ { 2028, 12, 25 }, { 2028, 12, 26 }, KB_KALENDER_FEESTDAG },
	{ { 2029, 1, 1 }, { 2029, 1, 1 }, KB_KALENDER_FEESTDAG },
	{ { 2028, 5, 26 }, { 2028, 5, 26 }, KB_KALENDER_SCHOOLVRIJ },
};
#define FREE_COUNT (sizeof(free_days) / sizeof(free_days[0]))
_Static_assert(FREE_COUNT <= SIM_ROWS_MAX, "more rows than there is room for");

/* Whether summer time holds at midnight: from the Monday after the last Sunday of March up to the last Sunday of October. */
static bool
summer_next(const struct sim_day *today, bool summer)
{
	bool last_sunday = today->weekday == 7 && today->day > 24;

	if (last_sunday && today->month == 3) {
		return true;
	}
	return last_sunday && today->month == 10 ? false : summer;
}

static void
count_days(struct sim_dates *dates)
{
	struct sim_day today = { .year = 2027, .month = 1, .day = 1, .weekday = FIRST_WEEKDAY };
	bool summer = false;

	for (int i = 0; i < SIM_DAYS_MAX && today.year < 2036; i++) {
		today.start_utc_ms = FIRST_UTC_MS + i * 24 * HOUR_MS - (summer ? 2 : 1) * HOUR_MS;
		dates->days[i] = today;
		dates->count = i + 1;
		summer = summer_next(&today, summer);
		today.weekday = today.weekday % 7 + 1;
		today.day++;
		if (today.day > length_of(today.year, today.month)) {
			today.day = 1;
			today.month++;
		}
		if (today.month > 12) {
			today.month = 1;
			today.year++;
		}
	}
}

int
sim_dates_find(const struct sim_dates *dates, int year, int month, int day)
{
	for (int i = 0; i < dates->count; i++) {
		const struct sim_day *one = &dates->days[i];

		if (one->year == year && one->month == month && one->day == day) {
			return i;
		}
	}
	return SIM_DAY_NONE;
}

int
sim_dates_of(const struct sim_dates *dates, int64_t utc_ms)
{
	int low = 0;
	int high = dates->count;

	while (high - low > 1) {
		int middle = (low + high) / 2;

		if (dates->days[middle].start_utc_ms <= utc_ms) {
			low = middle;
		} else {
			high = middle;
		}
	}
	return low;
}

/* The engine counts days from 1970-01-01. */
static int32_t
number_of(int place)
{
	return (int32_t)(FIRST_UTC_MS / (24 * HOUR_MS)) + place;
}

size_t
sim_dates_make(struct sim_dates *dates, struct kb_kalender_rij *rows)
{
	count_days(dates);
	dates->kalender_first = sim_dates_find(dates, 2027, 8, 1);
	dates->kalender_last = sim_dates_find(dates, 2029, 7, 31);
	for (int i = dates->kalender_first; i <= dates->kalender_last; i++) {
		dates->days[i].school = dates->days[i].weekday < 6;
	}
	for (size_t i = 0; i < FREE_COUNT; i++) {
		const struct free_days *row = &free_days[i];
		int from = sim_dates_find(dates, row->from[0], row->from[1], row->from[2]);
		int to = sim_dates_find(dates, row->to[0], row->to[1], row->to[2]);

		rows[i] = (struct kb_kalender_rij){ number_of(from), number_of(to), row->soort };
		for (int day = from; day <= to; day++) {
			dates->days[day].school = false;
			dates->days[day].feestdag |= row->soort == KB_KALENDER_FEESTDAG;
		}
	}
	return FREE_COUNT;
}

static int
after_working_days(const struct sim_dates *dates, uint32_t length, int day)
{
	for (uint32_t left = length; left > 0 && day < dates->count - 1;) {
		day++;
		left -= dates->days[day].weekday < 6 && !dates->days[day].feestdag ? 1 : 0;
	}
	return day;
}

/* Whether there is school on any day of the week around day. */
static bool
week_with_school(const struct sim_dates *dates, int day)
{
	int monday = day - dates->days[day].weekday + 1;
	bool school = false;

	for (int i = monday; i < monday + 7; i++) {
		school = school || dates->days[i].school;
	}
	return school;
}

static int
after_school_weeks(const struct sim_dates *dates, uint32_t length, int day)
{
	for (uint32_t left = length; left > 0;) {
		day += 7;
		if (day > dates->kalender_last) {
			return SIM_DAY_NONE;
		}
		left -= week_with_school(dates, day) ? 1 : 0;
	}
	return day;
}

static int
after_months(const struct sim_dates *dates, uint32_t length, int day)
{
	int year = dates->days[day].year;
	int month = dates->days[day].month;
	int wanted = dates->days[day].day;

	for (uint32_t i = 0; i < length; i++) {
		month++;
		if (month > 12) {
			month = 1;
			year++;
		}
	}
	if (wanted > length_of(year, month)) {
		wanted = length_of(year, month);
	}
	return sim_dates_find(dates, year, month, wanted);
}

int
sim_dates_due(const struct sim_dates *dates, const struct kb_term *term, int start)
{
	int last = SIM_DAY_NONE;

	if (term->unit == KB_TERM_KALENDERDAGEN) {
		last = start + (int)term->length;
	} else if (term->unit == KB_TERM_WEKEN) {
		last = start + 7 * (int)term->length;
	} else if (term->unit == KB_TERM_WERKDAGEN) {
		last = after_working_days(dates, term->length, start);
	} else if (term->unit == KB_TERM_SCHOOLWEKEN) {
		last = after_school_weeks(dates, term->length, start);
	} else if (term->unit == KB_TERM_MAANDEN) {
		last = after_months(dates, term->length, start);
	}
	return last == SIM_DAY_NONE || last + 1 >= dates->count ? SIM_DAY_NONE : last + 1;
}
