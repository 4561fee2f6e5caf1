/* SPDX-License-Identifier: EUPL-1.2 */
/* Rows of one step that are kept in memory until its commit, found by a key of two numbers. */
#ifndef KB_STORE_ROW_CACHE_H
#define KB_STORE_ROW_CACHE_H

#include "common/base/arena.h"

struct kb_row_cache_slot {
	uint64_t high;
	uint64_t low;
	void *row; /* NULL: free */
};

/* Open addressing; at most half full. Slots live on the heap and are kept from step to step; rows belong to the caller. */
struct kb_row_cache {
	struct kb_row_cache_slot *slots;
	size_t capacity; /* a power of two, or 0 */
	size_t count;
};

void kb_row_cache_release(struct kb_row_cache *cache);
/* Forgets all rows, keeps the memory of a normal step. */
void kb_row_cache_clear(struct kb_row_cache *cache);
/* NULL: not there. */
void *kb_row_cache_find(const struct kb_row_cache *cache, uint64_t high, uint64_t low);
/* The key must not be there yet. KB_ERR_NO_MEMORY. */
KB_MUST_CHECK enum kb_err kb_row_cache_add(struct kb_row_cache *cache, uint64_t high, uint64_t low,
					   void *row);
/* The rows in the order of their keys (pages are then written one after another), in arena. */
KB_MUST_CHECK enum kb_err kb_row_cache_sorted(const struct kb_row_cache *cache,
					      struct kb_arena *arena, void ***rows);

#endif
