/* SPDX-License-Identifier: EUPL-1.2 */
/* The time switch of the tests. */
#include "common/daemon/test_clock.h"

#ifdef KB_TEST_SWITCHES
#include <string.h>

#include "common/base/text.h"

#define OFFSET_DAYS_MOST 36525

static const struct {
	char letter;
	int64_t ms;
} units[] = {
	{ 's', INT64_C(1000) },
	{ 'm', INT64_C(60) * 1000 },
	{ 'h', INT64_C(60) * 60 * 1000 },
	{ 'd', INT64_C(24) * 60 * 60 * 1000 },
};

enum kb_err
kb_test_clock_parse(const char *text, int64_t *offset_ms, struct kb_error_text *where)
{
	size_t len = strlen(text);
	uint64_t count = 0;

	for (size_t i = 0; len >= 3 && i < sizeof(units) / sizeof(units[0]); i++) {
		uint64_t most = OFFSET_DAYS_MOST * UINT64_C(86400000) / (uint64_t)units[i].ms;

		if (units[i].letter == text[len - 1] && (text[0] == '+' || text[0] == '-') &&
		    kb_text_to_u64(kb_span(text + 1, len - 2), most, &count) == KB_OK) {
			*offset_ms = (int64_t)count * units[i].ms * (text[0] == '-' ? -1 : 1);
			return KB_OK;
		}
	}
	return kb_fail(where, KB_ERR_USAGE,
		       "--test-clock-offset takes a sign, a number and s, m, h or d, such as +10d");
}
#else
enum kb_err
kb_test_clock_parse(const char *text, int64_t *offset_ms, struct kb_error_text *where)
{
	(void)text;
	(void)offset_ms;
	return kb_fail(where, KB_ERR_USAGE,
		       "--test-clock-offset works only in a test build; this is a release");
}
#endif

static int64_t
wall_utc_ms(void *state)
{
	const struct kb_test_clock *test = (const struct kb_test_clock *)state;

	return kb_clock_utc_ms(&test->system) + test->offset_ms;
}

static int64_t
mono_ms(void *state)
{
	const struct kb_test_clock *test = (const struct kb_test_clock *)state;

	return kb_clock_mono_ms(&test->system);
}

struct kb_clock
kb_test_clock(struct kb_test_clock *test)
{
	return (struct kb_clock){ .wall_utc_ms = wall_utc_ms, .mono_ms = mono_ms, .state = test };
}
