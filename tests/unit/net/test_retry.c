/* SPDX-License-Identifier: EUPL-1.2 */
/* Back-off with jitter. */
#include "common/net/retry.h"

#include <criterion/criterion.h>

static const struct kb_retry_rule rule = { .first_ms = 500, .most_ms = 60000 };

Test(retry, doubles_up_to_the_ceiling_with_jitter_in_the_upper_half)
{
	struct kb_random_seeded seeded = { 7 };
	struct kb_random random = kb_random_of_seed(&seeded);

	for (int run = 0; run < 200; run++) {
		struct kb_retry retry = { 0 };
		int64_t top = 500;

		for (int i = 0; i < 40; i++) {
			int64_t wait = kb_retry_next_ms(&retry, &rule, &random);

			cr_assert_geq(wait, top / 2);
			cr_assert_leq(wait, top);
			top = top * 2 > 60000 ? 60000 : top * 2;
		}
	}
}

Test(retry, spreads_agents_that_failed_together)
{
	struct kb_random_seeded seeded = { 11 };
	struct kb_random random = kb_random_of_seed(&seeded);
	unsigned buckets[10] = { 0 };

	for (int i = 0; i < 2000; i++) {
		struct kb_retry retry = { .failures = 10 };
		int64_t wait = kb_retry_next_ms(&retry, &rule, &random);

		buckets[(wait - 30000) * 10 / 30001]++;
	}
	for (size_t i = 0; i < 10; i++) {
		cr_assert_gt(buckets[i], 130, "tenth %zu has only %u of 2000", i, buckets[i]);
	}
}

Test(retry, starts_short_again_after_success_and_survives_endless_failure)
{
	struct kb_random_seeded seeded = { 3 };
	struct kb_random random = kb_random_of_seed(&seeded);
	struct kb_retry retry = { .failures = UINT32_MAX };

	cr_assert_leq(kb_retry_next_ms(&retry, &rule, &random), 60000);
	cr_assert_eq(retry.failures, UINT32_MAX);
	kb_retry_reset(&retry);
	cr_assert_leq(kb_retry_next_ms(&retry, &rule, &random), 500);
}
