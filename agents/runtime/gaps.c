/* SPDX-License-Identifier: EUPL-1.2 */
/* Ranges of numbers of one sender over all its epochs: what is missing, and what is here. */
#include "agents/runtime/agent_internal.h"
#include "common/store/seen.h"

typedef enum kb_err (*range_fn)(struct kb_step *, uint32_t, uint32_t, struct kb_number_range *,
				size_t, size_t *);

static enum kb_err
collect(struct kb_act *act, uint32_t sender_no, size_t max, range_fn ranges_of, struct kb_gap **out,
	size_t *count)
{
	struct kb_gap *gaps = kb_arena_alloc(act->arena, max * sizeof(*gaps));
	struct kb_number_range *ranges = kb_arena_alloc(act->arena, max * sizeof(*ranges));
	struct kb_epoch_row epoch;
	uint32_t epoch_no = 0;
	size_t total = 0;
	enum kb_err err = gaps != NULL && ranges != NULL ? KB_OK : KB_ERR_NO_MEMORY;

	while (err == KB_OK && total < max) {
		size_t found = 0;

		err = kb_epoch_next(act->step, sender_no, epoch_no, &epoch);
		if (err == KB_OK) {
			epoch_no = epoch.epoch_no;
			err = ranges_of(act->step, sender_no, epoch_no, ranges, max - total,
					&found);
			err = err == KB_ERR_NOT_FOUND ? KB_OK : err;
		}
		for (size_t i = 0; err == KB_OK && i < found; i++) {
			gaps[total++] = (struct kb_gap){ .epoch = epoch.epoch,
							 .first = ranges[i].first,
							 .last = ranges[i].last };
		}
	}
	if (err == KB_OK || err == KB_ERR_NOT_FOUND) {
		*out = gaps;
		*count = total;
		err = KB_OK;
	}
	return err;
}

enum kb_err
kb_gaps_missing(struct kb_act *act, uint32_t sender_no, size_t max, struct kb_gap **out,
		size_t *count)
{
	return collect(act, sender_no, max, kb_seen_missing, out, count);
}

enum kb_err
kb_gaps_held(struct kb_act *act, uint32_t sender_no, size_t max, struct kb_gap **out, size_t *count)
{
	return collect(act, sender_no, max, kb_seen_held_ranges, out, count);
}
