/* SPDX-License-Identifier: EUPL-1.2 */
/* The numbers that are missing below the highest one seen, as ranges kept while numbers arrive in any order. */
#ifndef KB_STORE_GAPS_H
#define KB_STORE_GAPS_H

#include "common/store/seen.h"

/*
 * Invariants: 1. the ranges are ascending, not empty, not adjacent, all below highest. 2. count <= KB_SEEN_GAPS_MAX.
 * 3. missing_count is the sum of their lengths. The array is in an arena and grows by doubling.
 */
struct kb_gaps {
	struct kb_number_range *at;
	size_t count;
	size_t capacity;
	uint64_t highest;
	uint64_t missing_count;
};

/* Whether number was never seen: above highest, or in a gap. */
bool kb_gaps_new(const struct kb_gaps *gaps, uint64_t number);
/* Whether taking a new number keeps the count in its bound. */
bool kb_gaps_fits(const struct kb_gaps *gaps, uint64_t number);
/* Takes a new number in; without effect for one that was seen. KB_ERR_BUSY when it does not fit, KB_ERR_NO_MEMORY. */
KB_MUST_CHECK enum kb_err kb_gaps_take(struct kb_gaps *gaps, struct kb_arena *arena,
				       uint64_t number);

#endif
