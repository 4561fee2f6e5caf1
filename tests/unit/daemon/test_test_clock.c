/* SPDX-License-Identifier: EUPL-1.2 */
/* The time switch in a test build. */
#include <criterion/criterion.h>

#include "common/daemon/test_clock.h"

#ifdef KB_TEST_SWITCHES
Test(test_clock, reads_sign_number_and_unit)
{
	static const struct {
		const char *text;
		int64_t ms;
	} cases[] = {
		{ "+0s", 0 },	    { "+10s", 10000 },	   { "-5m", -300000 },
		{ "+2h", 7200000 }, { "+10d", 864000000 }, { "-36525d", -3155760000000 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t ms = 1;

		cr_assert_eq(kb_test_clock_parse(cases[i].text, &ms, NULL), KB_OK, "%s",
			     cases[i].text);
		cr_assert_eq(ms, cases[i].ms);
	}
}

Test(test_clock, refuses_any_other_text)
{
	static const char *const bad[] = { "",
					   "+",
					   "+d",
					   "10d",
					   "+10",
					   "+10w",
					   "+1.5d",
					   "+36526d",
					   "++1d",
					   "+ 1d",
					   "+99999999999999999999s" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct kb_error_text where = { "" };
		int64_t ms = 7;

		cr_assert_eq(kb_test_clock_parse(bad[i], &ms, &where), KB_ERR_USAGE, "%s", bad[i]);
		cr_assert_eq(ms, 7);
		cr_assert_not_null(strstr(where.text, "such as +10d"));
	}
}
#endif

Test(test_clock, moves_wall_time_and_leaves_monotonic_time)
{
	struct kb_clock_fake fake = { .utc_ms = 1000, .mono_ms = 50 };
	struct kb_test_clock test = { .system = kb_clock_of_fake(&fake), .offset_ms = -300 };
	struct kb_clock clock = kb_test_clock(&test);

	cr_assert_eq(kb_clock_utc_ms(&clock), 700);
	cr_assert_eq(kb_clock_mono_ms(&clock), 50);
	fake.utc_ms = 2000;
	cr_assert_eq(kb_clock_utc_ms(&clock), 1700);
}
