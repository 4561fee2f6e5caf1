/* SPDX-License-Identifier: EUPL-1.2 */
/* When a term ends: units, weekends, feestdagen, ends of months, leap days and the two nights on which the clock is changed. */
#include <criterion/criterion.h>

#include "common/exchange/case_chain.h"
#include "common/exchange/kalender.h"

#define HOUR_MS (3600 * (int64_t)1000)

static struct kb_arena arena;

static void
drop(void)
{
	kb_arena_release(&arena);
}

static int32_t
day_of(const char *text)
{
	int32_t day = 0;

	cr_assert_eq(kb_date_parse(kb_span_text(text), &day), KB_OK, "%s", text);
	return day;
}

/* Christmas holiday, Easter Monday, a week in spring. */
static struct kb_kalender
year_make(void)
{
	struct kb_kalender kalender;
	const struct kb_kalender_rij rows[] = {
		{ day_of("2027-08-01"), day_of("2027-08-29"), KB_KALENDER_VAKANTIE },
		{ day_of("2027-12-25"), day_of("2028-01-09"), KB_KALENDER_VAKANTIE },
		{ day_of("2027-12-27"), day_of("2027-12-27"), KB_KALENDER_FEESTDAG },
		{ day_of("2028-02-26"), day_of("2028-03-05"), KB_KALENDER_VAKANTIE },
		{ day_of("2028-04-17"), day_of("2028-04-17"), KB_KALENDER_FEESTDAG },
		{ day_of("2028-07-15"), day_of("2028-07-31"), KB_KALENDER_VAKANTIE },
	};

	cr_assert_eq(kb_kalender_init(&kalender, &arena, rows, sizeof(rows) / sizeof(rows[0])),
		     KB_OK);
	return kalender;
}

struct row {
	const char *start;
	int64_t hour;
	uint32_t length;
	enum kb_term_unit unit;
	bool kalender;
	const char *due; /* date on which it is too late from 00:00 on; NULL: INCOMPLETE */
};

static const struct row rows[] = {
	{ "2027-09-01", 0, 4, KB_TERM_KALENDERDAGEN, false, "2027-09-06" },
	{ "2027-09-01", 23, 4, KB_TERM_KALENDERDAGEN, false, "2027-09-06" },
	{ "2027-09-01", 12, 0, KB_TERM_KALENDERDAGEN, false, "2027-09-02" },
	{ "2027-09-03", 12, 1, KB_TERM_WERKDAGEN, false, "2027-09-07" },
	{ "2027-09-04", 12, 5, KB_TERM_WERKDAGEN, false, "2027-09-11" },
	{ "2027-12-24", 12, 2, KB_TERM_WERKDAGEN, false, "2027-12-29" },
	{ "2027-12-24", 12, 2, KB_TERM_WERKDAGEN, true, "2027-12-30" },
	{ "2028-04-14", 12, 1, KB_TERM_WERKDAGEN, true, "2028-04-19" },
	{ "2027-09-01", 12, 4, KB_TERM_WEKEN, false, "2027-09-30" },
	{ "2028-02-01", 12, 4, KB_TERM_WEKEN, false, "2028-03-01" },
	{ "2027-12-15", 12, 4, KB_TERM_SCHOOLWEKEN, true, "2028-01-27" },
	{ "2028-02-29", 12, 1, KB_TERM_SCHOOLWEKEN, true, "2028-03-08" },
	{ "2027-12-15", 12, 4, KB_TERM_SCHOOLWEKEN, false, NULL },
	{ "2028-07-03", 12, 4, KB_TERM_SCHOOLWEKEN, true, NULL },
	{ "2027-06-01", 12, 1, KB_TERM_SCHOOLWEKEN, true, NULL },
	{ "2027-11-30", 12, 3, KB_TERM_MAANDEN, false, "2028-03-01" },
	{ "2026-11-30", 12, 3, KB_TERM_MAANDEN, false, "2027-03-01" },
	{ "2028-01-31", 12, 1, KB_TERM_MAANDEN, false, "2028-03-01" },
	{ "2028-02-29", 12, 12, KB_TERM_MAANDEN, false, "2029-03-01" },
	{ "2028-02-28", 12, 1, KB_TERM_KALENDERDAGEN, false, "2028-03-01" },
	{ "2028-03-24", 12, 1, KB_TERM_KALENDERDAGEN, false, "2028-03-26" },
	{ "2028-03-25", 12, 1, KB_TERM_KALENDERDAGEN, false, "2028-03-27" },
	{ "2027-10-30", 12, 1, KB_TERM_KALENDERDAGEN, false, "2027-11-01" },
};

Test(term, ends_after_its_last_day_in_every_unit, .fini = drop)
{
	struct kb_kalender kalender = year_make();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		struct kb_term term = { true, row->length, row->unit, 1, "plan" };
		int64_t start =
			kb_date_local_start_utc_ms(day_of(row->start)) + row->hour * HOUR_MS;
		int64_t due = -1;
		enum kb_err err = kb_term_due(&term, start, row->kalender ? &kalender : NULL, &due);

		cr_expect_eq(err, row->due != NULL ? KB_OK : KB_ERR_INCOMPLETE, "row %zu", i);
		cr_expect_eq(due,
			     row->due != NULL ? kb_date_local_start_utc_ms(day_of(row->due)) : -1,
			     "row %zu", i);
	}
}

/* 23 and 25 hours: written out, not computed. */
Test(term, a_day_on_which_the_clock_is_changed_is_still_one_day)
{
	struct kb_term term = { true, 1, KB_TERM_KALENDERDAGEN, 1, "plan" };
	int64_t due = 0;

	cr_assert_eq(kb_term_due(&term, 1837551600000 + 12 * HOUR_MS, NULL, &due), KB_OK);
	cr_assert_eq(due - 1837551600000, 47 * HOUR_MS, "from Saturday 2028-03-25 00:00");
	cr_assert_eq(kb_term_due(&term, 1824847200000 + 12 * HOUR_MS, NULL, &due), KB_OK);
	cr_assert_eq(due - 1824847200000, 49 * HOUR_MS, "from Saturday 2027-10-30 00:00");
}

Test(term, what_is_not_agreed_or_out_of_range_gives_no_moment)
{
	struct kb_term none = { .source = "plan" };
	struct kb_term unit = { true, 1, KB_TERM_NONE, 1, "plan" };
	struct kb_term length = { true, KB_TERM_LENGTH_MAX + 1, KB_TERM_WEKEN, 1, "plan" };
	int64_t due = -1;

	cr_assert_eq(kb_term_due(&none, 0, NULL, &due), KB_ERR_STATE);
	cr_assert_eq(kb_term_due(&unit, 0, NULL, &due), KB_ERR_BAD_VALUE);
	cr_assert_eq(kb_term_due(&length, 0, NULL, &due), KB_ERR_BAD_VALUE);
	cr_assert_eq(due, -1);
}
