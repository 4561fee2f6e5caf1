/* SPDX-License-Identifier: EUPL-1.2 */
/* Rows of one step, by a hash table with open addressing. */
#include "common/store/row_cache.h"

#include <stdlib.h>

#define CAPACITY_FIRST 64
/* A table that an unusual step made larger than this is given back. */
#define CAPACITY_KEPT 4096

void
kb_row_cache_release(struct kb_row_cache *cache)
{
	free(cache->slots);
	*cache = (struct kb_row_cache){ 0 };
}

void
kb_row_cache_clear(struct kb_row_cache *cache)
{
	if (cache->count == 0) {
		return;
	}
	if (cache->capacity > CAPACITY_KEPT) {
		kb_row_cache_release(cache);
		return;
	}
	memset(cache->slots, 0, cache->capacity * sizeof(cache->slots[0]));
	cache->count = 0;
}

/* The finisher of splitmix64: keys are small consecutive numbers. */
static uint64_t
mix(uint64_t high, uint64_t low)
{
	uint64_t z = low + high * 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/* The slot of the key, or the free one where it belongs. capacity is not 0. */
static struct kb_row_cache_slot *
slot_of(const struct kb_row_cache *cache, uint64_t high, uint64_t low)
{
	size_t mask = cache->capacity - 1;
	size_t i = (size_t)mix(high, low) & mask;

	while (cache->slots[i].row != NULL &&
	       (cache->slots[i].high != high || cache->slots[i].low != low)) {
		i = (i + 1) & mask;
	}
	return &cache->slots[i];
}

void *
kb_row_cache_find(const struct kb_row_cache *cache, uint64_t high, uint64_t low)
{
	return cache->count > 0 ? slot_of(cache, high, low)->row : NULL;
}

static enum kb_err
grow(struct kb_row_cache *cache)
{
	struct kb_row_cache larger = { 0 };

	larger.capacity = cache->capacity > 0 ? cache->capacity * 2 : CAPACITY_FIRST;
	larger.slots = calloc(larger.capacity, sizeof(larger.slots[0]));
	if (larger.slots == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	for (size_t i = 0; i < cache->capacity; i++) {
		const struct kb_row_cache_slot *slot = &cache->slots[i];

		if (slot->row != NULL) {
			*slot_of(&larger, slot->high, slot->low) = *slot;
		}
	}
	larger.count = cache->count;
	free(cache->slots);
	*cache = larger;
	return KB_OK;
}

enum kb_err
kb_row_cache_add(struct kb_row_cache *cache, uint64_t high, uint64_t low, void *row)
{
	if (cache->count + 1 > cache->capacity / 2) {
		enum kb_err err = grow(cache);

		if (err != KB_OK) {
			return err;
		}
	}
	struct kb_row_cache_slot *slot = slot_of(cache, high, low);

	KB_INVARIANT(slot->row == NULL && row != NULL);
	*slot = (struct kb_row_cache_slot){ .high = high, .low = low, .row = row };
	cache->count++;
	return KB_OK;
}

static int
slot_compare(const void *a, const void *b)
{
	const struct kb_row_cache_slot *left = a;
	const struct kb_row_cache_slot *right = b;

	if (left->high != right->high) {
		return left->high < right->high ? -1 : 1;
	}
	return (left->low > right->low) - (left->low < right->low);
}

enum kb_err
kb_row_cache_sorted(const struct kb_row_cache *cache, struct kb_arena *arena, void ***rows)
{
	*rows = NULL;
	if (cache->count == 0) {
		return KB_OK;
	}
	struct kb_row_cache_slot *used = kb_arena_alloc(arena, cache->count * sizeof(*used));
	void **sorted = kb_arena_alloc(arena, cache->count * sizeof(*sorted));
	size_t count = 0;

	if (used == NULL || sorted == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	for (size_t i = 0; i < cache->capacity; i++) {
		if (cache->slots[i].row != NULL) {
			used[count++] = cache->slots[i];
		}
	}
	qsort(used, count, sizeof(used[0]), slot_compare);
	for (size_t i = 0; i < count; i++) {
		sorted[i] = used[i].row;
	}
	*rows = sorted;
	return KB_OK;
}
