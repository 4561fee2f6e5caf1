/* SPDX-License-Identifier: EUPL-1.2 */
/* When a term ends: from its length and unit, and the day on which it starts. */
#include "common/exchange/case_chain.h"
#include "common/exchange/date.h"
#include "common/exchange/kalender.h"

#define DAYS_PER_WEEK 7

/* The last day that is in time, for a term that starts on day. */
typedef enum kb_err (*last_day_fn)(int32_t day, uint32_t length, const struct kb_kalender *kalender,
				   int32_t *last);

static enum kb_err
after_days(int32_t day, uint32_t length, const struct kb_kalender *kalender, int32_t *last)
{
	(void)kalender;
	*last = day + (int32_t)length;
	return KB_OK;
}

static enum kb_err
after_weeks(int32_t day, uint32_t length, const struct kb_kalender *kalender, int32_t *last)
{
	(void)kalender;
	*last = day + (int32_t)length * DAYS_PER_WEEK;
	return KB_OK;
}

static enum kb_err
after_months(int32_t day, uint32_t length, const struct kb_kalender *kalender, int32_t *last)
{
	(void)kalender;
	*last = kb_date_add_months(day, (int32_t)length);
	return KB_OK;
}

static enum kb_err
after_working_days(int32_t day, uint32_t length, const struct kb_kalender *kalender, int32_t *last)
{
	if (kalender != NULL) {
		*last = kb_kalender_werkdag_na(kalender, day, length);
		return KB_OK;
	}
	while (length > 0) {
		day++;
		length -= kb_date_is_weekend(day) ? 0 : 1;
	}
	*last = day;
	return KB_OK;
}

/* Whole weeks count: the week in which the school year starts or ends is covered up to its Monday and its Sunday. */
static bool
covers(const struct kb_kalender *kalender, int32_t day)
{
	return day >= kb_date_monday(kalender->first_day) &&
	       day < kb_date_monday(kalender->last_day) + DAYS_PER_WEEK;
}

/* The same day of the week, so many weeks with school later. */
static enum kb_err
after_school_weeks(int32_t day, uint32_t length, const struct kb_kalender *kalender, int32_t *last)
{
	if (kalender == NULL || !covers(kalender, day)) {
		return KB_ERR_INCOMPLETE;
	}
	while (length > 0) {
		day += DAYS_PER_WEEK;
		if (!covers(kalender, day)) {
			return KB_ERR_INCOMPLETE;
		}
		length -= kb_kalender_schoolweek(kalender, day) >= 0 ? 1 : 0;
	}
	*last = day;
	return KB_OK;
}

static const last_day_fn units[KB_TERM_UNIT_COUNT] = {
	[KB_TERM_KALENDERDAGEN] = after_days, [KB_TERM_WERKDAGEN] = after_working_days,
	[KB_TERM_WEKEN] = after_weeks,	      [KB_TERM_SCHOOLWEKEN] = after_school_weeks,
	[KB_TERM_MAANDEN] = after_months,
};

enum kb_err
kb_term_due(const struct kb_term *term, int64_t start_utc_ms, const struct kb_kalender *kalender,
	    int64_t *due_utc_ms)
{
	int32_t last = 0;

	if (!term->vastgelegd) {
		return KB_ERR_STATE;
	}
	if ((size_t)term->unit >= KB_TERM_UNIT_COUNT || units[term->unit] == NULL ||
	    term->length > KB_TERM_LENGTH_MAX) {
		return KB_ERR_BAD_VALUE;
	}
	enum kb_err err =
		units[term->unit](kb_date_local_day(start_utc_ms), term->length, kalender, &last);

	if (err == KB_OK) {
		*due_utc_ms = kb_date_local_start_utc_ms(last + 1);
	}
	return err;
}
