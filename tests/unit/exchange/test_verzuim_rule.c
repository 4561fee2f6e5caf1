/* SPDX-License-Identifier: EUPL-1.2 */
/* The edges of the two verzuim rules, one by one, on a year of our own. */
#include <criterion/criterion.h>

#include "common/exchange/verzuim_rule.h"

#define ROWS_MAX 400

/* One pupil in a year of school weeks from Monday 2025-09-01 to Friday 2026-07-17, with one vakantie week (2025-10-13). */
struct scene {
	struct kb_arena arena;
	struct kb_kalender kalender;
	struct kb_verzuim_leerling leerling;
	struct kb_verzuim_rij rijen[ROWS_MAX];
	size_t count;
	struct kb_verzuim_settings settings;
	struct kb_verzuim_input input;
	struct kb_melding_list out;
};

static struct scene scene;

static int32_t
day_of(const char *text)
{
	int32_t day = 0;

	cr_assert_eq(kb_date_parse(kb_span_text(text), &day), KB_OK, "%s", text);
	return day;
}

static void
begin(void)
{
	const struct kb_kalender_rij rijen[] = {
		{ day_of("2025-08-01"), day_of("2025-08-31"), KB_KALENDER_VAKANTIE },
		{ day_of("2025-10-13"), day_of("2025-10-19"), KB_KALENDER_VAKANTIE },
		{ day_of("2026-07-18"), day_of("2026-07-31"), KB_KALENDER_VAKANTIE },
	};

	memset(&scene, 0, sizeof(scene));
	cr_assert_eq(kb_kalender_init(&scene.kalender, &scene.arena, rijen, 3), KB_OK);
	scene.leerling = (struct kb_verzuim_leerling){ .leerling = kb_span_text("X1"),
						       .geboorte_day = day_of("2014-01-01"),
						       .gemeentecode = "0114" };
	scene.settings = kb_verzuim_settings_default();
	scene.input = (struct kb_verzuim_input){ .kalender = &scene.kalender,
						 .leerlingen = &scene.leerling,
						 .leerling_count = 1,
						 .rijen = scene.rijen,
						 .tot_day = KB_DAY_NONE };
}

static void
end(void)
{
	kb_arena_release(&scene.arena);
}

/* Absent on every school day from van to tot; keep the calls in date order. */
static void
absent(const char *van, const char *tot, uint16_t rooster, uint16_t geoorloofd,
       uint16_t ongeoorloofd)
{
	for (int32_t day = day_of(van); day <= day_of(tot); day++) {
		if (kb_kalender_is_schooldag(&scene.kalender, day)) {
			cr_assert(scene.count < ROWS_MAX);
			scene.rijen[scene.count++] = (struct kb_verzuim_rij){
				.day = day,
				.minuten_rooster = rooster,
				.minuten_geoorloofd = geoorloofd,
				.minuten_ongeoorloofd = ongeoorloofd,
			};
		}
	}
}

static size_t
compute(void)
{
	scene.input.rij_count = scene.count;
	cr_assert_eq(kb_verzuim_compute(&scene.input, &scene.settings, &scene.arena, &scene.out),
		     KB_OK);
	return scene.out.count;
}

static void
is_melding(size_t place, enum kb_melding_soort soort, const char *van, const char *tot,
	   uint32_t minuten, const char *made)
{
	const struct kb_melding *melding = &scene.out.at[place];

	cr_assert_lt(place, scene.out.count);
	cr_assert_eq(melding->soort, soort);
	cr_assert_eq(melding->begin_day, day_of(van));
	cr_assert_eq(melding->eind_day, day_of(tot));
	cr_assert_eq(melding->minuten, minuten);
	cr_assert_eq(melding->vastgesteld_day, day_of(made));
	cr_assert_eq(melding->uiterste_melddag,
		     kb_kalender_werkdag_na(&scene.kalender, day_of(made), 5));
	cr_assert_str_eq(melding->gemeentecode, "0114");
}

Test(verzuim_rule, no_rows_give_no_melding, .init = begin, .fini = end)
{
	cr_assert_eq(compute(), 0);
}

Test(verzuim_rule, nine_hundred_and_sixty_minutes_is_enough_and_one_less_is_not, .init = begin,
     .fini = end)
{
	absent("2025-09-01", "2025-09-03", 320, 0, 320);
	cr_assert_eq(compute(), 1);
	is_melding(0, KB_MELDING_ZESTIEN_UUR, "2025-09-01", "2025-09-03", 960, "2025-09-03");
	scene.rijen[1].minuten_ongeoorloofd = 319;
	cr_assert_eq(compute(), 0);
}

Test(verzuim_rule, the_threshold_is_sixteen_times_the_lesson, .init = begin, .fini = end)
{
	absent("2025-09-01", "2025-09-03", 300, 0, 240);
	cr_assert_eq(compute(), 0);
	scene.settings.lesson_minutes = 45;
	cr_assert_eq(compute(), 1);
	is_melding(0, KB_MELDING_ZESTIEN_UUR, "2025-09-01", "2025-09-03", 720, "2025-09-03");
	scene.rijen[0].minuten_ongeoorloofd = 239;
	cr_assert_eq(compute(), 0);
}

Test(verzuim_rule, the_window_is_four_school_weeks_and_a_holiday_week_is_none, .init = begin,
     .fini = end)
{
	absent("2025-09-26", "2025-09-26", 300, 0, 300);
	absent("2025-10-03", "2025-10-03", 300, 0, 300);
	absent("2025-10-20", "2025-10-20", 300, 0, 300);
	absent("2025-10-24", "2025-10-24", 300, 0, 60);
	cr_assert_eq(compute(), 1);
	is_melding(0, KB_MELDING_ZESTIEN_UUR, "2025-09-26", "2025-10-24", 960, "2025-10-24");
	scene.rijen[3].day = day_of("2025-10-27");
	cr_assert_eq(compute(), 0, "the fifth school week");
}

Test(verzuim_rule, begin_is_the_first_day_with_minutes_not_the_first_day_of_the_window,
     .init = begin, .fini = end)
{
	absent("2025-09-01", "2025-09-01", 300, 300, 0);
	absent("2025-09-02", "2025-09-05", 300, 0, 240);
	cr_assert_eq(compute(), 1);
	is_melding(0, KB_MELDING_ZESTIEN_UUR, "2025-09-02", "2025-09-05", 960, "2025-09-05");
}

Test(verzuim_rule, within_seven_days_nothing_is_made_but_counting_goes_on, .init = begin,
     .fini = end)
{
	absent("2025-09-01", "2025-09-09", 320, 0, 320);
	cr_assert_eq(compute(), 2);
	is_melding(0, KB_MELDING_ZESTIEN_UUR, "2025-09-01", "2025-09-03", 960, "2025-09-03");
	/* Six days after the end nothing; on the seventh, a day of presence, it is made with what there is. */
	is_melding(1, KB_MELDING_ZESTIEN_UUR, "2025-09-04", "2025-09-09", 1280, "2025-09-10");
	scene.settings.gap_days = 6;
	cr_assert_eq(compute(), 2);
	is_melding(1, KB_MELDING_ZESTIEN_UUR, "2025-09-04", "2025-09-09", 1280, "2025-09-09");
}

Test(verzuim_rule, minutes_that_slide_out_of_the_window_during_the_gap_are_lost, .init = begin,
     .fini = end)
{
	scene.settings.window_weeks = 1;
	scene.settings.gap_days = 10;
	absent("2025-09-03", "2025-09-05", 320, 0, 320);
	absent("2025-09-08", "2025-09-10", 320, 0, 320);
	cr_assert_eq(compute(), 1);
	scene.settings.window_weeks = 2;
	cr_assert_eq(compute(), 2);
	is_melding(1, KB_MELDING_ZESTIEN_UUR, "2025-09-08", "2025-09-10", 960, "2025-09-15");
}

Test(verzuim_rule, days_outside_leerplicht_count_for_nothing_in_either_rule, .init = begin,
     .fini = end)
{
	absent("2025-09-22", "2025-10-31", 300, 0, 300);
	scene.leerling.geboorte_day = day_of("2020-09-30");
	cr_assert_eq(compute(), 4);
	is_melding(0, KB_MELDING_ZESTIEN_UUR, "2025-10-01", "2025-10-06", 1200, "2025-10-06");
	scene.leerling.geboorte_day = day_of("2020-10-31");
	cr_assert_eq(compute(), 0);
	scene.leerling.geboorte_day = day_of("2007-09-26");
	cr_assert_eq(compute(), 1, "eighteen on the Friday: four days are left");
	is_melding(0, KB_MELDING_ZESTIEN_UUR, "2025-09-22", "2025-09-25", 1200, "2025-09-25");
	scene.leerling.geboorte_day = day_of("2007-09-25");
	cr_assert_eq(compute(), 0, "three days of 300 are 900");
}

Test(verzuim_rule, no_melding_is_made_on_a_day_after_leerplicht_ended, .init = begin, .fini = end)
{
	/* The second 960 is full on 8 September, but the seven days end on the eighteenth birthday. */
	absent("2025-09-01", "2025-09-08", 320, 0, 320);
	scene.leerling.geboorte_day = day_of("2007-09-10");
	cr_assert_eq(compute(), 1);
	scene.leerling.geboorte_day = day_of("2007-09-11");
	cr_assert_eq(compute(), 2);
}

Test(verzuim_rule, born_on_29_february_is_eighteen_on_1_march, .init = begin, .fini = end)
{
	scene.leerling.geboorte_day = day_of("2008-02-29");
	absent("2026-02-24", "2026-03-06", 300, 0, 240);
	cr_assert_eq(compute(), 1);
	is_melding(0, KB_MELDING_ZESTIEN_UUR, "2026-02-24", "2026-02-27", 960, "2026-02-27");
	scene.leerling.geboorte_day = day_of("2008-02-27");
	cr_assert_eq(compute(), 0);
}

Test(verzuim_rule, twenty_eight_days_make_a_run_and_twenty_seven_do_not, .init = begin, .fini = end)
{
	absent("2025-09-02", "2025-09-29", 40, 0, 40);
	cr_assert_eq(compute(), 1);
	is_melding(0, KB_MELDING_LANGDURIG, "2025-09-02", "2025-09-29", 800, "2025-09-29");
	scene.count--;
	cr_assert_eq(compute(), 0);
}

Test(verzuim_rule, the_days_of_a_vakantie_do_not_lengthen_a_run, .init = begin, .fini = end)
{
	absent("2025-09-22", "2025-11-07", 40, 0, 40);
	cr_assert_eq(compute(), 1);
	is_melding(0, KB_MELDING_LANGDURIG, "2025-09-22", "2025-10-27", 840, "2025-10-27");
}

Test(verzuim_rule, a_day_without_timetable_neither_lengthens_nor_breaks, .init = begin, .fini = end)
{
	absent("2025-09-01", "2025-09-01", 0, 0, 0);
	absent("2025-09-02", "2025-09-30", 40, 0, 40);
	scene.rijen[5].minuten_rooster = 0;
	scene.rijen[5].minuten_ongeoorloofd = 0;
	cr_assert_eq(compute(), 1);
	is_melding(0, KB_MELDING_LANGDURIG, "2025-09-02", "2025-09-29", 760, "2025-09-29");
	scene.rijen[20].minuten_rooster = 0;
	scene.rijen[20].minuten_ongeoorloofd = 0;
	cr_assert_eq(scene.rijen[20].day, day_of("2025-09-29"));
	cr_assert_eq(compute(), 1);
	is_melding(0, KB_MELDING_LANGDURIG, "2025-09-02", "2025-09-30", 760, "2025-09-30");
}

/* Random school year 1385, reduced: calendar days count, so two short days are enough when all between them is free. */
Test(verzuim_rule, two_school_days_of_one_minute_four_weeks_apart_are_langdurig, .init = begin,
     .fini = end)
{
	struct kb_kalender_rij rijen[] = {
		{ day_of("2020-08-05"), day_of("2020-08-05"), KB_KALENDER_VAKANTIE },
		{ day_of("2020-08-07"), day_of("2020-09-01"), KB_KALENDER_SCHOOLVRIJ },
		{ day_of("2020-09-03"), day_of("2020-09-03"), KB_KALENDER_VAKANTIE },
	};

	cr_assert_eq(kb_kalender_init(&scene.kalender, &scene.arena, rijen, 3), KB_OK);
	absent("2020-08-06", "2020-09-02", 1, 0, 1);
	cr_assert_eq(scene.count, 2);
	cr_assert_eq(compute(), 1);
	is_melding(0, KB_MELDING_LANGDURIG, "2020-08-06", "2020-09-02", 2, "2020-09-02");
	/* One day less between them: 27. */
	rijen[1].tot_day = day_of("2020-08-31");
	rijen[2].van_day = day_of("2020-09-02");
	cr_assert_eq(kb_kalender_init(&scene.kalender, &scene.arena, rijen, 3), KB_OK);
	scene.count = 0;
	absent("2020-08-06", "2020-09-01", 1, 0, 1);
	cr_assert_eq(scene.count, 2);
	cr_assert_eq(compute(), 0);
}

Test(verzuim_rule, presence_permission_or_a_missing_row_breaks_a_run, .init = begin, .fini = end)
{
	struct kb_verzuim_rij *middle = &scene.rijen[10];

	absent("2025-09-02", "2025-10-07", 40, 0, 40);
	cr_assert_eq(compute(), 1);
	middle->minuten_ongeoorloofd = 39;
	cr_assert_eq(compute(), 0);
	middle->minuten_ongeoorloofd = 0;
	middle->minuten_geoorloofd = 40;
	cr_assert_eq(compute(), 0);
	memmove(middle, middle + 1, (scene.count - 11) * sizeof(*middle));
	scene.count--;
	cr_assert_eq(compute(), 0);
}

Test(verzuim_rule, one_melding_per_run_however_long, .init = begin, .fini = end)
{
	absent("2025-09-01", "2026-07-17", 10, 0, 10);
	cr_assert_eq(compute(), 1);
	is_melding(0, KB_MELDING_LANGDURIG, "2025-09-01", "2025-09-29", 210, "2025-09-29");
}

Test(verzuim_rule, no_school_day_after_the_cut_off_is_looked_at, .init = begin, .fini = end)
{
	absent("2025-09-01", "2025-09-08", 320, 0, 320);
	scene.input.tot_day = day_of("2025-09-02");
	cr_assert_eq(compute(), 0);
	scene.input.tot_day = day_of("2025-09-03");
	cr_assert_eq(compute(), 1);
	scene.input.tot_day = day_of("2025-09-09");
	cr_assert_eq(compute(), 1, "the second is only made on the 10th");
	scene.input.tot_day = day_of("2025-09-10");
	cr_assert_eq(compute(), 2);
	scene.input.tot_day = day_of("2025-08-01");
	cr_assert_eq(compute(), 0);
	scene.input.tot_day = day_of("2030-01-01");
	cr_assert_eq(compute(), 2);
}

Test(verzuim_rule, a_pupil_abroad_gives_nothing_unless_asked_for, .init = begin, .fini = end)
{
	absent("2025-09-01", "2025-09-03", 320, 0, 320);
	memcpy(scene.leerling.gemeentecode, "0000", 5);
	cr_assert_eq(compute(), 0);
	scene.input.with_abroad = true;
	cr_assert_eq(compute(), 1);
	cr_assert_str_eq(scene.out.at[0].gemeentecode, "0000");
}

Test(verzuim_rule, rows_out_of_order_or_on_a_free_day_are_refused, .init = begin, .fini = end)
{
	absent("2025-09-01", "2025-09-03", 320, 0, 320);
	scene.input.rij_count = scene.count;
	scene.rijen[1].day = scene.rijen[0].day;
	cr_assert_eq(kb_verzuim_compute(&scene.input, &scene.settings, &scene.arena, &scene.out),
		     KB_ERR_DATA);
	scene.rijen[1].day = day_of("2025-10-13");
	cr_assert_eq(kb_verzuim_compute(&scene.input, &scene.settings, &scene.arena, &scene.out),
		     KB_ERR_DATA);
	scene.rijen[1].day = day_of("2025-09-02");
	scene.rijen[1].leerling = 1;
	cr_assert_eq(kb_verzuim_compute(&scene.input, &scene.settings, &scene.arena, &scene.out),
		     KB_ERR_DATA);
	scene.rijen[1].leerling = 0;
	scene.rijen[1].minuten_geoorloofd = 1;
	cr_assert_eq(kb_verzuim_compute(&scene.input, &scene.settings, &scene.arena, &scene.out),
		     KB_ERR_DATA);
}

Test(verzuim_rule, settings_beyond_the_bounds_are_refused_by_name, .init = begin, .fini = end)
{
	struct kb_error_text where;

	cr_assert_eq(kb_verzuim_settings_check(&scene.settings, &where), KB_OK);
	scene.settings.lesson_minutes = 61;
	cr_assert_eq(kb_verzuim_settings_check(&scene.settings, &where), KB_ERR_CONFIG);
	cr_assert_not_null(strstr(where.text, "lesson_minutes is 61"));
	scene.settings.lesson_minutes = 0;
	cr_assert_eq(kb_verzuim_compute(&scene.input, &scene.settings, &scene.arena, &scene.out),
		     KB_ERR_CONFIG);
	scene.settings = kb_verzuim_settings_default();
	scene.settings.report_working_days = 6;
	cr_assert_eq(kb_verzuim_settings_check(&scene.settings, NULL), KB_ERR_CONFIG);
}

Test(verzuim_rule, without_memory_it_says_so, .init = begin, .fini = end)
{
	struct kb_arena small = { .ceiling = 512 };

	absent("2025-09-01", "2025-09-03", 320, 0, 320);
	scene.input.rij_count = scene.count;
	cr_assert_eq(kb_verzuim_compute(&scene.input, &scene.settings, &small, &scene.out),
		     KB_ERR_NO_MEMORY);
	kb_arena_release(&small);
}

Test(verzuim_rule, an_import_replaces_only_the_days_of_its_period, .init = begin, .fini = end)
{
	const struct kb_verzuim_rij before[] = {
		{ .leerling = 0, .day = 10, .minuten_rooster = 1 },
		{ .leerling = 0, .day = 20, .minuten_rooster = 1 },
		{ .leerling = 1, .day = 15, .minuten_rooster = 1 },
		{ .leerling = 1, .day = 30, .minuten_rooster = 1 },
	};
	const struct kb_verzuim_rij after[] = {
		{ .leerling = 0, .day = 16, .minuten_rooster = 2 },
		{ .leerling = 0, .day = 20, .minuten_rooster = 2 },
		{ .leerling = 1, .day = 30, .minuten_rooster = 2 },
		{ .leerling = 2, .day = 15, .minuten_rooster = 2 },
	};
	static const struct kb_verzuim_rij want[] = {
		{ .leerling = 0, .day = 10, .minuten_rooster = 1 },
		{ .leerling = 0, .day = 16, .minuten_rooster = 2 },
		{ .leerling = 0, .day = 20, .minuten_rooster = 2 },
		{ .leerling = 1, .day = 30, .minuten_rooster = 1 },
		{ .leerling = 2, .day = 15, .minuten_rooster = 2 },
	};
	struct kb_verzuim_rij *out = NULL;
	size_t count = 0;

	cr_assert_eq(
		kb_verzuim_rijen_replace(before, 4, after, 4, 15, 20, &scene.arena, &out, &count),
		KB_OK);
	cr_assert_eq(count, 5);
	for (size_t i = 0; i < count; i++) {
		cr_assert_eq(kb_verzuim_rij_compare(&out[i], &want[i]), 0);
		cr_assert_eq(out[i].minuten_rooster, want[i].minuten_rooster);
	}
	cr_assert_eq(kb_verzuim_rijen_replace(NULL, 0, NULL, 0, 0, 0, &scene.arena, &out, &count),
		     KB_OK);
	cr_assert_eq(count, 0);
}
