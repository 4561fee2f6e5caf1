/* SPDX-License-Identifier: EUPL-1.2 */
/* The row of an incoming edge with its gaps, shared by the files about received numbers. */
#ifndef KB_STORE_SEEN_INTERNAL_H
#define KB_STORE_SEEN_INTERNAL_H

#include "common/store/gaps.h"
#include "common/store/outbox_internal.h"

struct kb_edge_in_row {
	uint32_t sender_no;
	uint32_t epoch_no;
	uint64_t seen_count;
	uint64_t refused_count;
	uint64_t folded_below; /* stored numbers below it may be without a row */
	int64_t last_utc_ms;
	struct kb_gaps gaps;
	bool changed;
};

/* The edge, kept in memory till the step ends; an empty one when nothing was ever received on it. */
KB_MUST_CHECK enum kb_err kb_edge_in_hold(struct kb_step *step, uint32_t sender_no,
					  uint32_t epoch_no, struct kb_edge_in_row **out);

#endif
