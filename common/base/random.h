/* SPDX-License-Identifier: EUPL-1.2 */
/* Randomness, handed in: the system's, or a seeded one for simulations. */
#ifndef KB_BASE_RANDOM_H
#define KB_BASE_RANDOM_H

#include "common/base/ids.h"

/* fill writes len bytes; it cannot fail: a system without randomness aborts (fault table, RNG failure). */
struct kb_random {
	void (*fill)(void *state, uint8_t *at, size_t len);
	void *state;
};

static inline void
kb_random_fill(const struct kb_random *random, void *at, size_t len)
{
	random->fill(random->state, (uint8_t *)at, len);
}

/* getrandom(2). Ids, salts and nonces only: keys come from common/crypto. */
struct kb_random kb_random_system(void);

/* The same bytes for the same seed (splitmix64). Never outside tests and simulations. */
struct kb_random_seeded {
	uint64_t state;
};
struct kb_random kb_random_of_seed(struct kb_random_seeded *seeded);

struct kb_id kb_id_random(const struct kb_random *random);

#endif
