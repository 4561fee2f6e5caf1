/* SPDX-License-Identifier: EUPL-1.2 */
/* Ranges of missing numbers. */
#include "common/store/gaps.h"

#define CAPACITY_FIRST 8

/* Index of the first gap whose last number is not below number; count when there is none. */
static size_t
gap_at_or_above(const struct kb_gaps *gaps, uint64_t number)
{
	size_t low = 0;
	size_t high = gaps->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (gaps->at[middle].last < number) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

bool
kb_gaps_new(const struct kb_gaps *gaps, uint64_t number)
{
	if (number > gaps->highest) {
		return true;
	}
	size_t i = gap_at_or_above(gaps, number);

	return i < gaps->count && gaps->at[i].first <= number;
}

/* Whether number, which is new, adds a range: it leaves a hole below it, or cuts a gap in two. */
static bool
adds_range(const struct kb_gaps *gaps, uint64_t number)
{
	if (number > gaps->highest) {
		return number - gaps->highest > 1;
	}
	const struct kb_number_range *gap = &gaps->at[gap_at_or_above(gaps, number)];

	return gap->first < number && number < gap->last;
}

bool
kb_gaps_fits(const struct kb_gaps *gaps, uint64_t number)
{
	return gaps->count < KB_SEEN_GAPS_MAX || !kb_gaps_new(gaps, number) ||
	       !adds_range(gaps, number);
}

static enum kb_err
gap_insert(struct kb_gaps *gaps, struct kb_arena *arena, size_t index, struct kb_number_range gap)
{
	if (gaps->count == gaps->capacity) {
		size_t capacity = gaps->capacity > 0 ? gaps->capacity * 2 : CAPACITY_FIRST;
		struct kb_number_range *larger =
			kb_arena_alloc(arena, capacity * sizeof(larger[0]));

		if (larger == NULL) {
			return KB_ERR_NO_MEMORY;
		}
		if (gaps->count > 0) {
			memcpy(larger, gaps->at, gaps->count * sizeof(larger[0]));
		}
		gaps->at = larger;
		gaps->capacity = capacity;
	}
	memmove(gaps->at + index + 1, gaps->at + index,
		(gaps->count - index) * sizeof(gaps->at[0]));
	gaps->at[index] = gap;
	gaps->count++;
	return KB_OK;
}

static void
gap_remove(struct kb_gaps *gaps, size_t index)
{
	gaps->count--;
	memmove(gaps->at + index, gaps->at + index + 1,
		(gaps->count - index) * sizeof(gaps->at[0]));
}

/* number lies above all: what is between it and the highest so far is missing now. */
static enum kb_err
take_above(struct kb_gaps *gaps, struct kb_arena *arena, uint64_t number)
{
	enum kb_err err = KB_OK;

	if (number - gaps->highest > 1) {
		struct kb_number_range gap = { gaps->highest + 1, number - 1 };

		err = gap_insert(gaps, arena, gaps->count, gap);
		if (err == KB_OK) {
			gaps->missing_count += gap.last - gap.first + 1;
		}
	}
	if (err == KB_OK) {
		gaps->highest = number;
	}
	return err;
}

static enum kb_err
take_out_of(struct kb_gaps *gaps, struct kb_arena *arena, size_t index, uint64_t number)
{
	struct kb_number_range *gap = &gaps->at[index];
	enum kb_err err = KB_OK;

	if (gap->first == number && gap->last == number) {
		gap_remove(gaps, index);
	} else if (gap->first == number) {
		gap->first++;
	} else if (gap->last == number) {
		gap->last--;
	} else {
		struct kb_number_range upper = { number + 1, gap->last };

		err = gap_insert(gaps, arena, index + 1, upper);
		if (err == KB_OK) {
			gaps->at[index].last = number - 1;
		}
	}
	if (err == KB_OK) {
		gaps->missing_count--;
	}
	return err;
}

enum kb_err
kb_gaps_take(struct kb_gaps *gaps, struct kb_arena *arena, uint64_t number)
{
	if (!kb_gaps_new(gaps, number)) {
		return KB_OK;
	}
	if (!kb_gaps_fits(gaps, number)) {
		return KB_ERR_BUSY;
	}
	return number > gaps->highest
		       ? take_above(gaps, arena, number)
		       : take_out_of(gaps, arena, gap_at_or_above(gaps, number), number);
}
