/* SPDX-License-Identifier: EUPL-1.2 */
/* Exponential back-off with jitter. */
#include "common/net/retry.h"

int64_t
kb_retry_next_ms(struct kb_retry *retry, const struct kb_retry_rule *rule,
		 const struct kb_random *random)
{
	int64_t top = rule->first_ms > 1 ? rule->first_ms : 1;

	for (uint32_t i = 0; i < retry->failures && top < rule->most_ms; i++) {
		top = top > INT64_MAX / 2 ? INT64_MAX : top * 2;
	}
	if (top > rule->most_ms && rule->most_ms >= 1) {
		top = rule->most_ms;
	}
	if (retry->failures < UINT32_MAX) {
		retry->failures++;
	}
	uint64_t draw = 0;

	kb_random_fill(random, &draw, sizeof(draw));
	/* half .. top, both included */
	int64_t half = top / 2;
	uint64_t width = (uint64_t)(top - half) + 1;

	return half + (int64_t)(draw % width);
}

void
kb_retry_reset(struct kb_retry *retry)
{
	retry->failures = 0;
}
