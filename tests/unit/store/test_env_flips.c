/* SPDX-License-Identifier: EUPL-1.2 */
/* Single-bit flips: never wrong data. */
#include "tests/unit/store/flips.h"

#include <criterion/criterion.h>

/* The whole number of the issue runs under the label "long". */
#ifndef KB_FLIPS
#define KB_FLIPS 300
#endif

TestSuite(env_flips, .timeout = 900);

Test(env_flips, found_at_the_start_none_gives_wrong_data_or_a_crash)
{
	struct flip_counts counts;

	flips_run(KB_FLIPS, 10000, &counts);
	cr_assert_eq(counts.wrong, 0);
	cr_assert_eq(counts.crashed, 0);
	cr_assert_gt(counts.read_only, KB_FLIPS / 5);
	cr_assert_gt(counts.refused, 0);
	cr_assert_gt(counts.harmless, 0);
}

Test(env_flips, happening_under_a_running_daemon_none_gives_wrong_data)
{
	struct flip_counts counts;

	/* A crash of LMDB is no wrong data: the daemon starts again, and then with the check. */
	flips_run(KB_FLIPS, -1, &counts);
	cr_assert_eq(counts.wrong, 0);
	cr_assert_gt(counts.read_only, KB_FLIPS / 5);
}
