/* SPDX-License-Identifier: EUPL-1.2 */
/* The word for a due moment: at every border of a day, over weekends and the changes of the clock. */
#include "common/exchange/termijn.h"

#include <criterion/criterion.h>

#include "common/exchange/date.h"

#define HOUR_MS ((int64_t)3600 * 1000)

static int32_t
day_of(const char *text)
{
	int32_t day = 0;

	cr_assert_eq(kb_date_parse(kb_span_text(text), &day), KB_OK, "%s", text);
	return day;
}

/* What is due at the end of that day. */
static int64_t
due_on(int32_t day)
{
	return kb_date_local_start_utc_ms(day + 1);
}

/* By hand, another way: how many weekdays lie in (today, last]. */
static enum kb_termijn
expected(int32_t last, int32_t today)
{
	int count = 0;

	if (last < today) {
		return KB_TERMIJN_TE_LAAT;
	}
	if (last == today) {
		return KB_TERMIJN_VANDAAG;
	}
	for (int32_t day = today + 1; day <= last; day++) {
		count += kb_date_weekday(day) != KB_SATURDAY && kb_date_weekday(day) != KB_SUNDAY;
	}
	/* A weekend right after the fifth working day lies behind it. */
	return count < 5 || (count == 5 && !kb_date_is_weekend(last)) ? KB_TERMIJN_BINNENKORT
								      : KB_TERMIJN_OP_TIJD;
}

/* Two years, with leap day, four changes of the clock and every weekday: each day against the days around it, at both ends. */
Test(termijn, every_pair_of_days_has_its_word)
{
	for (int32_t today = day_of("2023-12-20"); today < day_of("2026-01-10"); today++) {
		int64_t first = kb_date_local_start_utc_ms(today);
		int64_t final = kb_date_local_start_utc_ms(today + 1) - 1;

		for (int32_t last = today - 9; last < today + 12; last++) {
			enum kb_termijn want = expected(last, today);

			cr_assert_eq(kb_termijn_of(due_on(last), first), want, "%d %d", today,
				     last - today);
			cr_assert_eq(kb_termijn_of(due_on(last), final), want, "%d %d", today,
				     last - today);
		}
	}
}

Test(termijn, the_first_moment_that_is_too_late_is_too_late)
{
	int64_t due = due_on(day_of("2026-03-04"));

	cr_assert_eq(kb_termijn_of(due, due - 1), KB_TERMIJN_VANDAAG);
	cr_assert_eq(kb_termijn_of(due, due), KB_TERMIJN_TE_LAAT);
}

/* On these days the day has 23 or 25 hours: the border stays at midnight here. */
Test(termijn, a_day_with_another_length_ends_at_its_own_midnight)
{
	int64_t spring = kb_date_local_start_utc_ms(day_of("2026-03-29"));
	int64_t autumn = kb_date_local_start_utc_ms(day_of("2026-10-25"));

	cr_assert_eq(kb_termijn_of(due_on(day_of("2026-03-29")), spring), KB_TERMIJN_VANDAAG);
	cr_assert_eq(kb_termijn_of(due_on(day_of("2026-03-29")), spring + 23 * HOUR_MS - 1),
		     KB_TERMIJN_VANDAAG);
	cr_assert_eq(kb_termijn_of(due_on(day_of("2026-03-29")), spring + 23 * HOUR_MS),
		     KB_TERMIJN_TE_LAAT);
	cr_assert_eq(kb_termijn_of(due_on(day_of("2026-10-25")), autumn + 25 * HOUR_MS - 1),
		     KB_TERMIJN_VANDAAG);
	cr_assert_eq(kb_termijn_of(due_on(day_of("2026-10-25")), autumn + 25 * HOUR_MS),
		     KB_TERMIJN_TE_LAAT);
}

/* A moment within a day, as that of a talk: its day is the last one, until it has passed. */
Test(termijn, a_moment_within_the_day_counts_as_that_day)
{
	int64_t due = kb_date_local_start_utc_ms(day_of("2026-03-04")) + 14 * HOUR_MS;

	cr_assert_eq(kb_termijn_of(due, due - HOUR_MS), KB_TERMIJN_VANDAAG);
	cr_assert_eq(kb_termijn_of(due, due + HOUR_MS), KB_TERMIJN_TE_LAAT);
}

Test(termijn, nothing_due_has_no_word)
{
	cr_assert_eq(kb_termijn_of(0, 1), KB_TERMIJN_NONE);
	cr_assert_str_eq(kb_termijn_word(KB_TERMIJN_NONE), "");
	cr_assert_str_eq(kb_termijn_word((enum kb_termijn)99), "");
}

Test(termijn, every_word_is_read_back_with_a_space_or_a_hyphen)
{
	for (unsigned i = 1; i < KB_TERMIJN_COUNT; i++) {
		cr_assert_eq(kb_termijn_parse(kb_span_text(kb_termijn_word((enum kb_termijn)i))),
			     i);
	}
	cr_assert_eq(kb_termijn_parse(kb_span_text("te-laat")), KB_TERMIJN_TE_LAAT);
	cr_assert_eq(kb_termijn_parse(kb_span_text("op-tijd")), KB_TERMIJN_OP_TIJD);
	cr_assert_eq(kb_termijn_parse(kb_span_text("")), KB_TERMIJN_NONE);
	cr_assert_eq(kb_termijn_parse(kb_span_text("te_laat")), KB_TERMIJN_NONE);
	cr_assert_eq(kb_termijn_parse(kb_span_text("te laa")), KB_TERMIJN_NONE);
}
