/* SPDX-License-Identifier: EUPL-1.2 */
/* School days, school weeks, working days and leerplicht. */
#include <criterion/criterion.h>

#include "common/exchange/kalender.h"
#include "common/exchange/leerplicht.h"

static struct kb_arena arena;

static int32_t
day_of(const char *text)
{
	int32_t day = 0;

	cr_assert_eq(kb_date_parse(kb_span_text(text), &day), KB_OK, "%s", text);
	return day;
}

/* Starts on a Friday; 2025-10-13 is a week of vakantie with a feestdag in it; ends on a Wednesday. */
static struct kb_kalender
year_make(void)
{
	struct kb_kalender kalender;
	const struct kb_kalender_rij rijen[] = {
		{ day_of("2025-10-13"), day_of("2025-10-19"), KB_KALENDER_VAKANTIE },
		{ day_of("2025-10-15"), day_of("2025-10-15"), KB_KALENDER_FEESTDAG },
		{ day_of("2025-09-05"), day_of("2025-09-05"), KB_KALENDER_SCHOOLVRIJ },
		{ day_of("2025-10-28"), day_of("2025-10-29"), KB_KALENDER_FEESTDAG },
		{ day_of("2025-10-18"), day_of("2025-10-20"), KB_KALENDER_SCHOOLVRIJ },
	};

	cr_assert_eq(kb_kalender_init(&kalender, &arena, rijen, 5), KB_OK);
	return kalender;
}

static void
drop(void)
{
	kb_arena_release(&arena);
}

Test(kalender, the_year_runs_from_the_earliest_van_to_the_latest_tot, .fini = drop)
{
	struct kb_kalender kalender = year_make();

	cr_assert_eq(kalender.first_day, day_of("2025-09-05"));
	cr_assert_eq(kalender.last_day, day_of("2025-10-29"));
	cr_assert_not(kb_kalender_is_schooldag(&kalender, day_of("2025-09-04")));
	cr_assert_not(kb_kalender_is_schooldag(&kalender, day_of("2025-10-30")));
}

Test(kalender, a_school_day_is_a_weekday_in_no_row, .fini = drop)
{
	struct kb_kalender kalender = year_make();
	int32_t count = 0;

	for (int32_t day = kalender.first_day; day <= kalender.last_day; day++) {
		count += kb_kalender_is_schooldag(&kalender, day) ? 1 : 0;
	}
	cr_assert_eq(count, 5 * 5 + 4 + 1);
	cr_assert(kb_kalender_is_schooldag(&kalender, day_of("2025-09-08")));
	cr_assert_not(kb_kalender_is_schooldag(&kalender, day_of("2025-09-06")));
	cr_assert_not(kb_kalender_is_schooldag(&kalender, day_of("2025-10-20")));
}

Test(kalender, school_weeks_are_counted_without_the_weeks_that_have_no_school_day, .fini = drop)
{
	struct kb_kalender kalender = year_make();

	cr_assert_eq(kb_kalender_schoolweek(&kalender, day_of("2025-09-05")), -1);
	cr_assert_eq(kb_kalender_schoolweek(&kalender, day_of("2025-09-08")), 0);
	cr_assert_eq(kb_kalender_schoolweek(&kalender, day_of("2025-09-14")), 0);
	cr_assert_eq(kb_kalender_schoolweek(&kalender, day_of("2025-10-10")), 4);
	cr_assert_eq(kb_kalender_schoolweek(&kalender, day_of("2025-10-15")), -1);
	cr_assert_eq(kb_kalender_schoolweek(&kalender, day_of("2025-10-21")), 5);
	cr_assert_eq(kb_kalender_schoolweek(&kalender, day_of("2025-10-27")), 6);
	cr_assert_eq(kb_kalender_schoolweek(&kalender, day_of("2025-10-31")), 6,
		     "rest of the last week");
	cr_assert_eq(kb_kalender_schoolweek(&kalender, day_of("2025-11-03")), -1);
	cr_assert_eq(kalender.schoolweek_count, 7);
}

Test(kalender, an_overlapping_day_is_vakantie_for_the_run_and_feestdag_for_the_clock, .fini = drop)
{
	struct kb_kalender kalender = year_make();
	int32_t day = day_of("2025-10-15");

	cr_assert(kb_kalender_is_soort(&kalender, day, KB_KALENDER_VAKANTIE));
	cr_assert(kb_kalender_is_soort(&kalender, day, KB_KALENDER_FEESTDAG));
	cr_assert_not(kb_kalender_is_werkdag(&kalender, day));
	cr_assert(kb_kalender_is_werkdag(&kalender, day - 1), "vakantie stops no clock");
	cr_assert_not(kb_kalender_is_werkdag(&kalender, day_of("2025-10-18")), "a Saturday");
	cr_assert(kb_kalender_is_werkdag(&kalender, day_of("2025-12-25")),
		  "outside the year by the weekday");
	cr_assert_eq(kb_kalender_dagen_zonder_vakantie(&kalender, day_of("2025-10-10"),
						       day_of("2025-10-20")),
		     11 - 7);
	cr_assert_eq(kb_kalender_dagen_zonder_vakantie(&kalender, day_of("2025-10-15"),
						       day_of("2025-10-16")),
		     0);
	cr_assert_eq(kb_kalender_dagen_zonder_vakantie(&kalender, day_of("2025-09-01"),
						       day_of("2025-11-30")),
		     91 - 7, "days outside the year count");
	cr_assert_eq(kb_kalender_dagen_zonder_vakantie(&kalender, day_of("2025-10-02"),
						       day_of("2025-10-01")),
		     0);
}

Test(kalender, the_nth_working_day_steps_over_weekends_and_feestdagen, .fini = drop)
{
	struct kb_kalender kalender = year_make();

	cr_assert_eq(kb_kalender_werkdag_na(&kalender, day_of("2025-10-10"), 5),
		     day_of("2025-10-20"));
	cr_assert_eq(kb_kalender_werkdag_na(&kalender, day_of("2025-10-27"), 1),
		     day_of("2025-10-30"));
	cr_assert_eq(kb_kalender_werkdag_na(&kalender, day_of("2025-10-27"), 0),
		     day_of("2025-10-27"));
}

Test(kalender, rows_that_make_no_year_are_refused, .fini = drop)
{
	struct kb_kalender kalender;
	const struct kb_kalender_rij reversed = { 10, 9, KB_KALENDER_VAKANTIE };
	const struct kb_kalender_rij no_soort = { 10, 11, KB_KALENDER_SOORT_NONE };
	const struct kb_kalender_rij too_long = { 0, KB_KALENDER_DAYS_MAX, KB_KALENDER_VAKANTIE };
	const struct kb_kalender_rij longest = { 0, KB_KALENDER_DAYS_MAX - 1,
						 KB_KALENDER_VAKANTIE };

	cr_assert_eq(kb_kalender_init(&kalender, &arena, NULL, 0), KB_ERR_DATA);
	cr_assert_eq(kb_kalender_init(&kalender, &arena, &reversed, 1), KB_ERR_DATA);
	cr_assert_eq(kb_kalender_init(&kalender, &arena, &no_soort, 1), KB_ERR_DATA);
	cr_assert_eq(kb_kalender_init(&kalender, &arena, &too_long, 1), KB_ERR_DATA);
	cr_assert_eq(kb_kalender_init(&kalender, &arena, &longest, 1), KB_OK);
}

Test(kalender, every_word_for_a_free_day_leads_back_to_itself)
{
	for (size_t i = 1; i < KB_KALENDER_SOORT_COUNT; i++) {
		enum kb_kalender_soort soort = (enum kb_kalender_soort)i;

		cr_assert_eq(kb_kalender_soort_of(kb_span_text(kb_kalender_soort_name(soort))),
			     soort);
	}
	cr_assert_eq(kb_kalender_soort_of(kb_span_text("Vakantie")), KB_KALENDER_SOORT_NONE);
	cr_assert_eq(kb_kalender_soort_of(KB_SPAN_NONE), KB_KALENDER_SOORT_NONE);
	cr_assert_str_eq(kb_kalender_soort_name((enum kb_kalender_soort)99), "");
}

Test(leerplicht, starts_in_the_month_after_the_fifth_and_ends_at_the_eighteenth_birthday)
{
	static const struct {
		const char *born;
		const char *from;
		const char *until;
	} rows[] = {
		{ "2020-09-15", "2025-10-01", "2038-09-15" },
		{ "2020-09-01", "2025-10-01", "2038-09-01" },
		{ "2020-09-30", "2025-10-01", "2038-09-30" },
		{ "2020-12-31", "2026-01-01", "2038-12-31" },
		{ "2020-02-29", "2025-03-01", "2038-03-01" },
		{ "2008-02-29", "2013-03-01", "2026-03-01" },
		{ "2016-02-29", "2021-03-01", "2034-03-01" },
		{ "2020-02-28", "2025-03-01", "2038-02-28" },
		{ "2021-01-31", "2026-02-01", "2039-01-31" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kb_leerplicht plicht = kb_leerplicht_of(day_of(rows[i].born), 5, 18);

		cr_assert_eq(plicht.from_day, day_of(rows[i].from), "%s", rows[i].born);
		cr_assert_eq(plicht.until_day, day_of(rows[i].until), "%s", rows[i].born);
		cr_assert(kb_leerplicht_on(&plicht, plicht.from_day));
		cr_assert_not(kb_leerplicht_on(&plicht, plicht.from_day - 1));
		cr_assert(kb_leerplicht_on(&plicht, plicht.until_day - 1));
		cr_assert_not(kb_leerplicht_on(&plicht, plicht.until_day));
	}
}
