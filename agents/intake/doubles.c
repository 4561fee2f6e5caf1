/* SPDX-License-Identifier: EUPL-1.2 */
/* Finding doubles while a file is read. */
#include "agents/intake/doubles.h"

#include "common/base/checked_math.h"

/* FNV-1a over the text, then a splitmix64 round with the number. */
static uint64_t
hash_of(struct kb_span text, uint64_t number)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < text.len; i++) {
		hash = (hash ^ text.at[i]) * UINT64_C(0x100000001b3);
	}
	hash += number * UINT64_C(0x9e3779b97f4a7c15);
	hash = (hash ^ (hash >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	hash = (hash ^ (hash >> 27)) * UINT64_C(0x94d049bb133111eb);
	return hash ^ (hash >> 31);
}

enum kb_err
kb_doubles_init(struct kb_doubles *lookup, struct kb_arena *arena, size_t count)
{
	size_t room = 16;
	size_t bytes = 0;

	/* At most half full, so that a search always meets a free slot soon. */
	while (room / 2 < count) {
		if (kb_size_mul(room, 2, &room) != KB_OK) {
			return KB_ERR_NO_MEMORY;
		}
	}
	if (kb_size_mul(room, sizeof(*lookup->slots), &bytes) != KB_OK) {
		return KB_ERR_NO_MEMORY;
	}
	lookup->slots = kb_arena_alloc(arena, bytes);
	lookup->mask = room - 1;
	return lookup->slots != NULL ? KB_OK : KB_ERR_NO_MEMORY;
}

static struct kb_doubles_slot *
slot_of(const struct kb_doubles *lookup, struct kb_span text, uint64_t number)
{
	size_t at = (size_t)hash_of(text, number) & lookup->mask;

	while (lookup->slots[at].value != 0 && (lookup->slots[at].number != number ||
						!kb_span_equal(lookup->slots[at].text, text))) {
		at = (at + 1) & lookup->mask;
	}
	return &lookup->slots[at];
}

uint32_t
kb_doubles_get(const struct kb_doubles *lookup, struct kb_span text, uint64_t number)
{
	return slot_of(lookup, text, number)->value;
}

uint32_t
kb_doubles_add(struct kb_doubles *lookup, struct kb_span text, uint64_t number, uint32_t value)
{
	struct kb_doubles_slot *slot = slot_of(lookup, text, number);

	if (slot->value != 0) {
		return slot->value;
	}
	*slot = (struct kb_doubles_slot){ .number = number, .text = text, .value = value };
	return 0;
}
