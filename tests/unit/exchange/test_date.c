/* SPDX-License-Identifier: EUPL-1.2 */
/* Civil days, ISO weeks and the local day in the Netherlands. */
#include "common/exchange/date.h"

#include <criterion/criterion.h>

static int32_t
day_of(const char *text)
{
	int32_t day = 0;

	cr_assert_eq(kb_date_parse(kb_span_text(text), &day), KB_OK, "%s", text);
	return day;
}

Test(date, every_day_of_four_centuries_follows_the_one_before_it)
{
	struct kb_civil civil = { 1800, 1, 1 };
	int32_t first = day_of("1800-01-01");

	for (int32_t day = first; day < first + 146097; day++) {
		struct kb_civil got = kb_date_to_civil(day);
		int32_t back = 0;

		cr_assert(got.year == civil.year && got.month == civil.month &&
			  got.day == civil.day);
		cr_assert_eq(kb_date_from_civil(civil, &back), KB_OK);
		cr_assert_eq(back, day);
		civil.day++;
		if (civil.day > kb_date_days_in_month(civil.year, civil.month)) {
			civil.day = 1;
			civil.month++;
		}
		if (civil.month > 12) {
			civil.month = 1;
			civil.year++;
		}
	}
	cr_assert(civil.year == 2200 && civil.month == 1 && civil.day == 1);
}

Test(date, known_days_have_their_number)
{
	cr_assert_eq(day_of("1970-01-01"), 0);
	cr_assert_eq(day_of("1969-12-31"), -1);
	cr_assert_eq(day_of("2000-02-29"), 11016);
	cr_assert_eq(day_of("0001-01-01"), KB_DAY_MIN);
	cr_assert_eq(day_of("9999-12-31"), KB_DAY_MAX);
}

Test(date, text_that_is_no_date_is_refused)
{
	static const char *const bad[] = {
		"",	      "2025",	     "2025-02-29",
		"2025-13-01", "2025-00-10",  "2025-01-00",
		"2025-04-31", "0000-01-01",  "2025-1-01",
		"2025/01/01", "2025-01-01 ", " 2025-01-01",
		"20250-1-01", "2025-01-1a",  "-025-01-01",
		"1900-02-29", "2025-01-011", "2025-+1-01",
	};
	int32_t day = 77;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		cr_assert_eq(kb_date_parse(kb_span_text(bad[i]), &day), KB_ERR_BAD_VALUE, "%s",
			     bad[i]);
		cr_assert_eq(day, 77);
	}
	cr_assert_eq(kb_date_parse(kb_span("2025-01-0", 9), &day), KB_ERR_BAD_VALUE);
}

Test(date, formatting_gives_back_what_was_parsed)
{
	char text[KB_DATE_TEXT];

	for (int32_t day = day_of("1999-12-01"); day < day_of("2030-01-01"); day++) {
		kb_date_format(day, text);
		cr_assert_eq(day_of(text), day);
	}
	kb_date_format(KB_DAY_NONE, text);
	cr_assert_str_eq(text, "");
	kb_date_format(KB_DAY_MIN, text);
	cr_assert_str_eq(text, "0001-01-01");
	kb_date_format(KB_DAY_MAX, text);
	cr_assert_str_eq(text, "9999-12-31");
}

Test(date, weekdays_go_round_also_before_1970)
{
	cr_assert_eq(kb_date_weekday(day_of("2025-09-01")), KB_MONDAY);
	cr_assert_eq(kb_date_weekday(day_of("1970-01-01")), KB_THURSDAY);
	cr_assert_eq(kb_date_weekday(day_of("1969-12-28")), KB_SUNDAY);
	for (int32_t day = -800; day < 800; day++) {
		cr_assert_eq((int)kb_date_weekday(day + 1), (int)kb_date_weekday(day) % 7 + 1);
		cr_assert_eq(kb_date_weekday(kb_date_monday(day)), KB_MONDAY);
		cr_assert(kb_date_monday(day) <= day && day - kb_date_monday(day) < 7);
		cr_assert_eq(kb_date_is_weekend(day), kb_date_weekday(day) == KB_SATURDAY ||
							      kb_date_weekday(day) == KB_SUNDAY);
	}
}

Test(date, iso_weeks_at_the_turn_of_the_year_are_those_of_the_standard)
{
	static const struct {
		const char *date;
		int32_t year;
		int32_t week;
	} rows[] = {
		{ "2005-01-01", 2004, 53 }, { "2005-01-02", 2004, 53 }, { "2005-12-31", 2005, 52 },
		{ "2007-01-01", 2007, 1 },  { "2007-12-30", 2007, 52 }, { "2007-12-31", 2008, 1 },
		{ "2008-12-28", 2008, 52 }, { "2008-12-29", 2009, 1 },	{ "2009-12-31", 2009, 53 },
		{ "2010-01-03", 2009, 53 }, { "2026-01-01", 2026, 1 },	{ "2020-12-31", 2020, 53 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kb_iso_week week = kb_date_iso_week(day_of(rows[i].date));

		cr_assert_eq(week.year, rows[i].year, "%s", rows[i].date);
		cr_assert_eq(week.week, rows[i].week, "%s", rows[i].date);
	}
}

Test(date, months_are_added_and_cut_to_the_end_of_the_month)
{
	cr_assert_eq(kb_date_add_months(day_of("2025-01-31"), 1), day_of("2025-02-28"));
	cr_assert_eq(kb_date_add_months(day_of("2024-01-31"), 1), day_of("2024-02-29"));
	cr_assert_eq(kb_date_add_months(day_of("2024-02-29"), 12), day_of("2025-02-28"));
	cr_assert_eq(kb_date_add_months(day_of("2025-11-15"), 3), day_of("2026-02-15"));
	cr_assert_eq(kb_date_add_months(day_of("2025-01-15"), -1), day_of("2024-12-15"));
	cr_assert_eq(kb_date_first_of_month(day_of("2025-12-31"), 1), day_of("2026-01-01"));
	cr_assert_eq(kb_date_first_of_month(day_of("2025-12-31"), 0), day_of("2025-12-01"));
}

Test(date, a_school_year_runs_from_1_august_and_only_an_earlier_one_is_historisch)
{
	cr_assert_eq(kb_date_school_year(day_of("2025-07-31")), 2024);
	cr_assert_eq(kb_date_school_year(day_of("2025-08-01")), 2025);
	cr_assert_eq(kb_date_school_year(day_of("2026-01-01")), 2025);
	cr_assert(kb_date_is_historisch(day_of("2025-07-31"), day_of("2025-08-01")));
	cr_assert_not(kb_date_is_historisch(day_of("2025-08-01"), day_of("2026-07-31")));
	cr_assert_not(kb_date_is_historisch(day_of("2026-08-01"), day_of("2026-07-31")));
}

static int64_t
utc(const char *date, int64_t hour, int64_t minute)
{
	return ((int64_t)day_of(date) * 1440 + hour * 60 + minute) * 60000;
}

Test(date, the_local_day_changes_an_hour_earlier_in_summer)
{
	/* 2025: summer time from 30 March to 26 October. */
	cr_assert_eq(kb_date_local_day(utc("2025-01-15", 22, 59)), day_of("2025-01-15"));
	cr_assert_eq(kb_date_local_day(utc("2025-01-15", 23, 0)), day_of("2025-01-16"));
	cr_assert_eq(kb_date_local_day(utc("2025-07-15", 21, 59)), day_of("2025-07-15"));
	cr_assert_eq(kb_date_local_day(utc("2025-07-15", 22, 0)), day_of("2025-07-16"));
	cr_assert_eq(kb_date_local_day(utc("2025-03-29", 23, 0)), day_of("2025-03-30"));
	cr_assert_eq(kb_date_local_day(utc("2025-03-30", 22, 0)), day_of("2025-03-31"));
	cr_assert_eq(kb_date_local_day(utc("2025-10-26", 22, 59)), day_of("2025-10-26"));
	cr_assert_eq(kb_date_local_day(utc("2025-10-26", 23, 0)), day_of("2025-10-27"));
	cr_assert_eq(kb_date_local_day(utc("2025-12-31", 23, 0)), day_of("2026-01-01"));
}

Test(date, the_clock_jumps_at_01_00_utc_on_the_last_sundays)
{
	struct kb_local_time time = kb_date_local_time(utc("2025-03-30", 0, 59));

	cr_assert(!time.summer && time.minute == 119);
	time = kb_date_local_time(utc("2025-03-30", 1, 0));
	cr_assert(time.summer && time.minute == 180);
	time = kb_date_local_time(utc("2025-10-26", 0, 59));
	cr_assert(time.summer && time.minute == 179);
	time = kb_date_local_time(utc("2025-10-26", 1, 0));
	cr_assert(!time.summer && time.minute == 120);
	/* A month that ends on a Sunday: 31 March 2024 and 31 October 2027. */
	cr_assert(kb_date_local_time(utc("2024-03-31", 1, 0)).summer);
	cr_assert(!kb_date_local_time(utc("2024-03-31", 0, 59)).summer);
	cr_assert(!kb_date_local_time(utc("2027-10-31", 1, 0)).summer);
	cr_assert(kb_date_local_time(utc("2027-10-31", 0, 59)).summer);
	time = kb_date_local_time(-1);
	cr_assert(time.day == 0 && time.minute == 59);
}

Test(date, a_local_day_starts_at_its_first_minute)
{
	for (int32_t day = day_of("2023-12-30"); day < day_of("2028-01-03"); day++) {
		int64_t start = kb_date_local_start_utc_ms(day);

		cr_assert_eq(kb_date_local_day(start), day);
		cr_assert_eq(kb_date_local_time(start).minute, 0);
		cr_assert_eq(kb_date_local_day(start - 1), day - 1);
	}
}

Test(date, a_local_minute_has_its_instant_or_does_not_exist)
{
	int64_t utc_ms = 0;

	for (int32_t day = day_of("2025-03-28"); day < day_of("2025-11-02"); day++) {
		for (int32_t minute = 0; minute < 1440; minute++) {
			bool skipped = day == day_of("2025-03-30") && minute >= 120 && minute < 180;
			enum kb_err err = kb_date_local_utc_ms(day, minute, &utc_ms);

			cr_assert_eq(err, skipped ? KB_ERR_BAD_VALUE : KB_OK);
			if (!skipped) {
				cr_assert_eq(kb_date_local_time(utc_ms).day, day);
				cr_assert_eq(kb_date_local_time(utc_ms).minute, minute);
			}
		}
	}
	cr_assert_eq(kb_date_local_utc_ms(day_of("2025-10-26"), 150, &utc_ms), KB_OK);
	cr_assert_eq(utc_ms, utc("2025-10-26", 0, 30), "the first of the two");
	cr_assert_eq(kb_date_local_utc_ms(0, -1, &utc_ms), KB_ERR_BAD_VALUE);
	cr_assert_eq(kb_date_local_utc_ms(0, 1440, &utc_ms), KB_ERR_BAD_VALUE);
}
