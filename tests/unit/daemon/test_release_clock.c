/* SPDX-License-Identifier: EUPL-1.2 */
/* The time switch as a release has it: refused with a sentence. */
#include <criterion/criterion.h>

#include "common/daemon/test_clock.h"

#ifdef KB_TEST_SWITCHES
#error "this program must be compiled without the test switches"
#endif

Test(release_clock, refuses_to_move_the_clock)
{
	struct kb_error_text where = { "" };
	int64_t ms = 7;

	cr_assert_eq(kb_test_clock_parse("+10d", &ms, &where), KB_ERR_USAGE);
	cr_assert_eq(ms, 7);
	cr_assert_str_eq(where.text,
			 "--test-clock-offset works only in a test build; this is a release");
}
