/* SPDX-License-Identifier: EUPL-1.2 */
/* Finding doubles while a file is read: which line had this key first. */
#ifndef KB_INTAKE_DOUBLES_H
#define KB_INTAKE_DOUBLES_H

#include "common/base/arena.h"

struct kb_doubles_slot {
	uint64_t number;
	struct kb_span text;
	uint32_t value; /* 0: free */
};

/* A hash table of fixed size in an arena; keys are spans (borrowed), numbers, or both. Values are 1 or more. */
struct kb_doubles {
	struct kb_doubles_slot *slots;
	size_t mask;
};

/* Room for count keys. KB_ERR_NO_MEMORY from the arena. */
KB_MUST_CHECK enum kb_err kb_doubles_init(struct kb_doubles *lookup, struct kb_arena *arena,
					  size_t count);
/* The value of the key, 0 when it is not there. */
uint32_t kb_doubles_get(const struct kb_doubles *lookup, struct kb_span text, uint64_t number);
/* The value that the key had already; else stores value and returns 0. At most count keys may be stored. */
uint32_t kb_doubles_add(struct kb_doubles *lookup, struct kb_span text, uint64_t number,
			uint32_t value);

#endif
