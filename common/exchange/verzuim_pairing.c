/* SPDX-License-Identifier: EUPL-1.2 */
/* What has to be sent when meldingen are computed again. */
#include "common/exchange/verzuim_pairing.h"

#include <stdlib.h>

#include "common/base/checked_math.h"

/* The guard of an import: both bounds must be passed. */
#define LARGE_COUNT 5
#define LARGE_PERCENT 10

static const char *const action_names[KB_PAIR_ACTION_COUNT] = {
	[KB_PAIR_NONE] = "",	       [KB_PAIR_SAME] = "same",
	[KB_PAIR_CORRECT] = "correct", [KB_PAIR_WITHDRAW] = "withdraw",
	[KB_PAIR_SEND] = "send",       [KB_PAIR_ABROAD] = "abroad",
};

/* One melding of either side; both sides are put in one order. */
struct entry {
	const struct kb_melding *melding;
	size_t index;
	bool paired;
};

const char *
kb_pair_action_name(enum kb_pair_action action)
{
	return (size_t)action < KB_PAIR_ACTION_COUNT ? action_names[action] : "";
}

bool
kb_melding_same(const struct kb_melding *a, const struct kb_melding *b)
{
	return a->begin_day == b->begin_day && a->eind_day == b->eind_day &&
	       a->minuten == b->minuten && a->uiterste_melddag == b->uiterste_melddag;
}

static int
order_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int
group_compare(const struct kb_melding *a, const struct kb_melding *b)
{
	int order = order_u64(a->leerling, b->leerling);

	return order != 0 ? order : order_u64((uint64_t)a->soort, (uint64_t)b->soort);
}

/* Pupil, soort, end, begin; the index last, so that the order never depends on the sort. */
static int
entry_compare(const void *a, const void *b)
{
	const struct entry *x = a;
	const struct entry *y = b;
	int order = group_compare(x->melding, y->melding);

	if (order == 0) {
		order = (x->melding->eind_day > y->melding->eind_day) -
			(x->melding->eind_day < y->melding->eind_day);
	}
	if (order == 0) {
		order = (x->melding->begin_day > y->melding->begin_day) -
			(x->melding->begin_day < y->melding->begin_day);
	}
	return order != 0 ? order : order_u64(x->index, y->index);
}

static struct entry *
entries_of(const struct kb_melding *meldingen, size_t count, struct kb_arena *arena)
{
	size_t bytes = 0;
	struct entry *entries = NULL;

	if (kb_size_mul(count + 1, sizeof(*entries), &bytes) == KB_OK) {
		entries = kb_arena_alloc(arena, bytes);
	}
	if (entries == NULL) {
		return NULL;
	}
	for (size_t i = 0; i < count; i++) {
		entries[i] = (struct entry){ .melding = &meldingen[i], .index = i };
	}
	qsort(entries, count, sizeof(*entries), entry_compare);
	return entries;
}

static bool
overlap(const struct kb_melding *a, const struct kb_melding *b)
{
	return a->begin_day <= b->eind_day && b->begin_day <= a->eind_day;
}

static void
put(struct kb_pair_list *list, enum kb_pair_action action, size_t old_index, size_t new_index)
{
	list->at[list->count++] = (struct kb_pair){ .action = action,
						    .old_index = old_index,
						    .new_index = new_index };
	list->counts[action]++;
}

/* Puts the new meldingen that found no pair, of all pupils and kinds before those of next (all when next is NULL). */
static size_t
put_unpaired(struct kb_pair_list *list, struct entry *fresh, size_t from, size_t count,
	     const struct kb_melding *next)
{
	while (from < count && (next == NULL || group_compare(fresh[from].melding, next) < 0)) {
		if (!fresh[from].paired) {
			bool abroad = kb_gemeentecode_is_abroad(fresh[from].melding->gemeentecode);

			put(list, abroad ? KB_PAIR_ABROAD : KB_PAIR_SEND, KB_PAIR_INDEX_NONE,
			    fresh[from].index);
		}
		from++;
	}
	return from;
}

/* The first unpaired new melding, in order of end, whose period overlaps that of old. */
static bool
find_overlap(const struct entry *old, const struct entry *fresh, size_t from, size_t count,
	     size_t *place)
{
	for (size_t k = from; k < count && group_compare(fresh[k].melding, old->melding) == 0;
	     k++) {
		if (!fresh[k].paired && overlap(old->melding, fresh[k].melding)) {
			*place = k;
			return true;
		}
	}
	return false;
}

enum kb_err
kb_verzuim_pair(const struct kb_melding *old, size_t old_count, const struct kb_melding *fresh,
		size_t fresh_count, struct kb_arena *arena, struct kb_pair_list *out)
{
	struct kb_pair_list list = { 0 };
	struct entry *before = entries_of(old, old_count, arena);
	struct entry *after = entries_of(fresh, fresh_count, arena);
	size_t group = 0;

	if (before == NULL || after == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	list.at = kb_arena_alloc(arena, (old_count + fresh_count + 1) * sizeof(*list.at));
	if (list.at == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	for (size_t i = 0; i < old_count; i++) {
		size_t place = 0;

		group = put_unpaired(&list, after, group, fresh_count, before[i].melding);
		if (!find_overlap(&before[i], after, group, fresh_count, &place)) {
			put(&list, KB_PAIR_WITHDRAW, before[i].index, KB_PAIR_INDEX_NONE);
			continue;
		}
		after[place].paired = true;
		put(&list,
		    kb_melding_same(before[i].melding, after[place].melding) ? KB_PAIR_SAME
									     : KB_PAIR_CORRECT,
		    before[i].index, after[place].index);
	}
	put_unpaired(&list, after, group, fresh_count, NULL);
	*out = list;
	return KB_OK;
}

bool
kb_verzuim_pairing_is_large(const struct kb_pair_list *pairs, size_t sent_count)
{
	size_t changed = pairs->counts[KB_PAIR_CORRECT] + pairs->counts[KB_PAIR_WITHDRAW];

	/* Whole numbers: changed / sent_count > 10 % is the same as changed > sent_count / 10 rounded down. */
	return changed > LARGE_COUNT && changed > sent_count / (100 / LARGE_PERCENT);
}
