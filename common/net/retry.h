/* SPDX-License-Identifier: EUPL-1.2 */
/* When to try again: exponential back-off with jitter. Pure. */
#ifndef KB_NET_RETRY_H
#define KB_NET_RETRY_H

#include "common/base/random.h"

/* first_ms: the longest wait after the first failure; it doubles up to most_ms. Both at least 1. */
struct kb_retry_rule {
	int64_t first_ms;
	int64_t most_ms;
};

/* A zeroed struct has had no failure yet. */
struct kb_retry {
	uint32_t failures;
};

/*
 * The wait after one more failure: between half of and the whole of min(most_ms, first_ms * 2^failures), so that two
 * hundred agents do not return in the same moment after a broker restart (reliability.md 1.4), and nobody at once.
 */
int64_t kb_retry_next_ms(struct kb_retry *retry, const struct kb_retry_rule *rule,
			 const struct kb_random *random);
/* It worked: the next failure waits short again. */
void kb_retry_reset(struct kb_retry *retry);

#endif
