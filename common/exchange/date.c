/* SPDX-License-Identifier: EUPL-1.2 */
/* Civil days as numbers, and the local day in the Netherlands. */
#include "common/exchange/date.h"

#define DAYS_PER_400_YEARS 146097
#define DAYS_PER_100_YEARS 36524
#define DAYS_PER_4_YEARS 1461
/* From 0000-03-01, the start of the count below, to 1970-01-01. */
#define DAYS_TO_1970 719468
#define MS_PER_MINUTE INT64_C(60000)
#define MS_PER_DAY (MS_PER_MINUTE * 1440)

static bool
year_is_leap(int32_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int32_t
kb_date_days_in_month(int32_t year, int32_t month)
{
	static const int8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	if (month < 1 || month > 12) {
		return 0;
	}
	return days[month - 1] + (month == 2 && year_is_leap(year) ? 1 : 0);
}

/* The year is counted from March, so that the leap day is its last day. Exact for all dates of KB_DAY_MIN..KB_DAY_MAX. */
static int32_t
day_of(int32_t year, int32_t month, int32_t day)
{
	int32_t march_year = month > 2 ? year : year - 1;
	int32_t march_month = month > 2 ? month - 3 : month + 9;

	return march_year * 365 + march_year / 4 - march_year / 100 + march_year / 400 +
	       (153 * march_month + 2) / 5 + day - 1 - DAYS_TO_1970;
}

enum kb_err
kb_date_from_civil(struct kb_civil civil, int32_t *day)
{
	if (civil.year < 1 || civil.year > 9999 || civil.day < 1 ||
	    civil.day > kb_date_days_in_month(civil.year, civil.month)) {
		return KB_ERR_BAD_VALUE;
	}
	*day = day_of(civil.year, civil.month, civil.day);
	return KB_OK;
}

struct kb_civil
kb_date_to_civil(int32_t day)
{
	int32_t clamped = day < KB_DAY_MIN ? KB_DAY_MIN : day > KB_DAY_MAX ? KB_DAY_MAX : day;
	int32_t since = clamped + DAYS_TO_1970;
	int32_t era = since / DAYS_PER_400_YEARS;
	int32_t of_era = since % DAYS_PER_400_YEARS;
	int32_t year_of_era = (of_era - of_era / (DAYS_PER_4_YEARS - 1) +
			       of_era / DAYS_PER_100_YEARS - of_era / (DAYS_PER_400_YEARS - 1)) /
			      365;
	int32_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int32_t march_month = (5 * of_year + 2) / 153;
	struct kb_civil civil = {
		.year = year_of_era + era * 400 + (march_month >= 10 ? 1 : 0),
		.month = march_month < 10 ? march_month + 3 : march_month - 9,
		.day = of_year - (153 * march_month + 2) / 5 + 1,
	};

	return civil;
}

/* count digits at at as a number, -1 when one is no digit. */
static int32_t
digits(const uint8_t *at, size_t count)
{
	int32_t value = 0;

	for (size_t i = 0; i < count; i++) {
		if (at[i] < '0' || at[i] > '9') {
			return -1;
		}
		value = value * 10 + (at[i] - '0');
	}
	return value;
}

enum kb_err
kb_date_parse(struct kb_span text, int32_t *day)
{
	struct kb_civil civil = { 0 };

	if (text.len != KB_DATE_TEXT - 1 || text.at[4] != '-' || text.at[7] != '-') {
		return KB_ERR_BAD_VALUE;
	}
	civil.year = digits(text.at, 4);
	civil.month = digits(text.at + 5, 2);
	civil.day = digits(text.at + 8, 2);
	return kb_date_from_civil(civil, day);
}

void
kb_date_format(int32_t day, char out[KB_DATE_TEXT])
{
	struct kb_civil civil = { 0 };
	int32_t parts[] = { 0, 0, 0 };
	static const uint8_t ends[] = { 4, 7, 10 };
	static const uint8_t widths[] = { 4, 2, 2 };

	memset(out, 0, KB_DATE_TEXT);
	if (day < KB_DAY_MIN || day > KB_DAY_MAX) {
		return;
	}
	civil = kb_date_to_civil(day);
	parts[0] = civil.year;
	parts[1] = civil.month;
	parts[2] = civil.day;
	memcpy(out, "0000-00-00", KB_DATE_TEXT);
	for (size_t i = 0; i < 3; i++) {
		for (size_t k = 0; k < widths[i]; k++) {
			out[ends[i] - 1 - k] = (char)('0' + parts[i] % 10);
			parts[i] /= 10;
		}
	}
}

uint32_t
kb_date_number(int32_t day)
{
	struct kb_civil civil = { 0 };

	if (day < KB_DAY_MIN || day > KB_DAY_MAX) {
		return 0;
	}
	civil = kb_date_to_civil(day);
	return (uint32_t)(civil.year * 10000 + civil.month * 100 + civil.day);
}

enum kb_err
kb_date_of_number(uint32_t number, int32_t *day)
{
	struct kb_civil civil = { .year = (int32_t)(number / 10000),
				  .month = (int32_t)(number / 100 % 100),
				  .day = (int32_t)(number % 100) };

	return number <= 99991231 ? kb_date_from_civil(civil, day) : KB_ERR_BAD_VALUE;
}

enum kb_weekday
kb_date_weekday(int32_t day)
{
	/* 1970-01-01 was a Thursday. */
	int32_t of_week = (day % 7 + 7 + KB_THURSDAY - 1) % 7;

	return (enum kb_weekday)(of_week + 1);
}

int32_t
kb_date_monday(int32_t day)
{
	return day - ((int32_t)kb_date_weekday(day) - KB_MONDAY);
}

struct kb_iso_week
kb_date_iso_week(int32_t day)
{
	/* A week belongs to the year of its Thursday. */
	int32_t thursday = kb_date_monday(day) + 3;
	int32_t year = kb_date_to_civil(thursday).year;

	return (struct kb_iso_week){ .year = year,
				     .week = (thursday - day_of(year, 1, 1)) / 7 + 1 };
}

int32_t
kb_date_first_of_month(int32_t day, int32_t months)
{
	struct kb_civil civil = kb_date_to_civil(day);
	int32_t count = civil.year * 12 + civil.month - 1 + months;

	if (count < 12) {
		return KB_DAY_MIN;
	}
	if (count >= 10000 * 12) {
		return KB_DAY_MAX;
	}
	return day_of(count / 12, count % 12 + 1, 1);
}

int32_t
kb_date_add_months(int32_t day, int32_t months)
{
	int32_t first = kb_date_first_of_month(day, months);
	struct kb_civil target = kb_date_to_civil(first);
	int32_t wanted = kb_date_to_civil(day).day;
	int32_t most = kb_date_days_in_month(target.year, target.month);

	return first + (wanted < most ? wanted : most) - 1;
}

int32_t
kb_date_school_year(int32_t day)
{
	struct kb_civil civil = kb_date_to_civil(day);

	return civil.month >= 8 ? civil.year : civil.year - 1;
}

bool
kb_date_is_historisch(int32_t day, int32_t today)
{
	return kb_date_school_year(day) < kb_date_school_year(today);
}

/* 01:00 UTC on the last Sunday of the month (March and October both have 31 days). */
static int64_t
last_sunday_utc_ms(int32_t year, int32_t month)
{
	int32_t last = day_of(year, month, 31);
	int32_t sunday = last - (int32_t)kb_date_weekday(last) % 7;

	return (int64_t)sunday * MS_PER_DAY + 60 * MS_PER_MINUTE;
}

static bool
is_summer(int64_t utc_ms, int32_t year)
{
	return utc_ms >= last_sunday_utc_ms(year, 3) && utc_ms < last_sunday_utc_ms(year, 10);
}

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0 ? 1 : 0);
}

struct kb_local_time
kb_date_local_time(int64_t utc_ms)
{
	int64_t least = (int64_t)KB_DAY_MIN * MS_PER_DAY;
	int64_t most = (int64_t)KB_DAY_MAX * MS_PER_DAY;
	int64_t clamped = utc_ms < least ? least : utc_ms > most ? most : utc_ms;
	int32_t utc_day = (int32_t)floor_div(clamped, MS_PER_DAY);
	/* Neither change lies within a day of the turn of the year, so the year in UTC decides. */
	bool summer = is_summer(clamped, kb_date_to_civil(utc_day).year);
	int64_t local_ms = clamped + (summer ? 120 : 60) * MS_PER_MINUTE;
	int64_t local_day = floor_div(local_ms, MS_PER_DAY);

	return (struct kb_local_time){
		.day = (int32_t)local_day,
		.minute = (int32_t)((local_ms - local_day * MS_PER_DAY) / MS_PER_MINUTE),
		.summer = summer,
	};
}

int64_t
kb_date_local_start_utc_ms(int32_t day)
{
	int64_t winter_ms = (int64_t)day * MS_PER_DAY - 60 * MS_PER_MINUTE;
	int64_t summer_ms = winter_ms - 60 * MS_PER_MINUTE;

	/* Both changes are at 01:00 UTC, never at midnight: exactly one of the two is right. */
	return is_summer(summer_ms, kb_date_to_civil(day).year) ? summer_ms : winter_ms;
}

enum kb_err
kb_date_local_utc_ms(int32_t day, int32_t minute, int64_t *utc_ms)
{
	int64_t winter_ms = (int64_t)day * MS_PER_DAY + ((int64_t)minute - 60) * MS_PER_MINUTE;
	int64_t summer_ms = winter_ms - 60 * MS_PER_MINUTE;
	int32_t year = 0;

	if (minute < 0 || minute >= 24 * 60 || day < KB_DAY_MIN || day > KB_DAY_MAX) {
		return KB_ERR_BAD_VALUE;
	}
	year = kb_date_to_civil(day).year;
	if (is_summer(summer_ms, year)) {
		*utc_ms = summer_ms;
		return KB_OK;
	}
	if (is_summer(winter_ms, year)) {
		return KB_ERR_BAD_VALUE;
	}
	*utc_ms = winter_ms;
	return KB_OK;
}
