/* SPDX-License-Identifier: EUPL-1.2 */
/* Memory of one batch: many small pieces that are given back together. */
#ifndef KB_BASE_ARENA_H
#define KB_BASE_ARENA_H

#include "common/base/error.h"
#include "common/base/span.h"

struct kb_arena_block;

/* A zeroed struct is an empty arena with the default ceiling of 64 MiB. ceiling is the total of the live pieces. */
struct kb_arena {
	struct kb_arena_block *block; /* newest first */
	size_t used_bytes;
	size_t ceiling;
};

/* count bytes, aligned for any type and zeroed; NULL above the ceiling or without memory. Valid until clear/release. */
void *kb_arena_alloc(struct kb_arena *arena, size_t count);
/* A copy of bytes; at is NULL on failure (or when bytes is empty). */
struct kb_span kb_arena_copy(struct kb_arena *arena, struct kb_span bytes);
/* A NUL-terminated copy; NULL on failure. The caller has checked that bytes holds no NUL. */
char *kb_arena_text(struct kb_arena *arena, struct kb_span bytes);
/* Gives all pieces back but keeps the first block for the next batch. The content is overwritten (personal data). */
void kb_arena_clear(struct kb_arena *arena);
void kb_arena_release(struct kb_arena *arena);

#endif
