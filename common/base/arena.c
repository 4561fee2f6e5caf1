/* SPDX-License-Identifier: EUPL-1.2 */
/* Memory of one batch. */
#include "common/base/arena.h"

#include <stdalign.h>
#include <stdlib.h>

#define ARENA_BLOCK_BYTES ((size_t)64 * 1024)
#define ARENA_CEILING_DEFAULT ((size_t)64 * 1024 * 1024)

struct kb_arena_block {
	struct kb_arena_block *older;
	size_t size;
	size_t used;
	alignas(max_align_t) uint8_t bytes[];
};

static struct kb_arena_block *
block_add(struct kb_arena *arena, size_t need)
{
	size_t size = need > ARENA_BLOCK_BYTES ? need : ARENA_BLOCK_BYTES;
	struct kb_arena_block *block = malloc(sizeof(*block) + size);

	if (block != NULL) {
		block->older = arena->block;
		block->size = size;
		block->used = 0;
		arena->block = block;
	}
	return block;
}

void *
kb_arena_alloc(struct kb_arena *arena, size_t count)
{
	size_t ceiling = arena->ceiling != 0 ? arena->ceiling : ARENA_CEILING_DEFAULT;
	struct kb_arena_block *block = arena->block;
	size_t need = 0;
	void *at = NULL;

	if (count > ceiling) {
		return NULL;
	}
	need = (count + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	if (need == 0) {
		need = alignof(max_align_t);
	}
	if (need > ceiling - arena->used_bytes) {
		return NULL;
	}
	if (block == NULL || block->size - block->used < need) {
		block = block_add(arena, need);
		if (block == NULL) {
			return NULL;
		}
	}
	at = block->bytes + block->used;
	block->used += need;
	arena->used_bytes += need;
	memset(at, 0, need);
	return at;
}

struct kb_span
kb_arena_copy(struct kb_arena *arena, struct kb_span bytes)
{
	uint8_t *at = NULL;

	if (bytes.len == 0) {
		return KB_SPAN_NONE;
	}
	at = kb_arena_alloc(arena, bytes.len);
	if (at == NULL) {
		return KB_SPAN_NONE;
	}
	memcpy(at, bytes.at, bytes.len);
	return kb_span(at, bytes.len);
}

char *
kb_arena_text(struct kb_arena *arena, struct kb_span bytes)
{
	char *at = kb_arena_alloc(arena, bytes.len + 1);

	if (at != NULL && bytes.len > 0) {
		memcpy(at, bytes.at, bytes.len);
	}
	return at;
}

void
kb_arena_clear(struct kb_arena *arena)
{
	while (arena->block != NULL && arena->block->older != NULL) {
		struct kb_arena_block *block = arena->block;

		arena->block = block->older;
		explicit_bzero(block->bytes, block->used);
		free(block);
	}
	if (arena->block != NULL) {
		explicit_bzero(arena->block->bytes, arena->block->used);
		arena->block->used = 0;
	}
	arena->used_bytes = 0;
}

void
kb_arena_release(struct kb_arena *arena)
{
	kb_arena_clear(arena);
	free(arena->block);
	arena->block = NULL;
}
