/* SPDX-License-Identifier: EUPL-1.2 */
/* Randomness of the system, and one to repeat. */
#include "common/base/random.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

static void
system_fill(void *state, uint8_t *at, size_t len)
{
	(void)state;
	while (len > 0) {
		ssize_t got = getrandom(at, len, 0);

		if (got < 0 && errno == EINTR) {
			continue;
		}
		KB_INVARIANT(got > 0);
		at += got;
		len -= (size_t)got;
	}
}

struct kb_random
kb_random_system(void)
{
	return (struct kb_random){ .fill = system_fill, .state = NULL };
}

static uint64_t
seeded_next(struct kb_random_seeded *seeded)
{
	uint64_t z = (seeded->state += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static void
seeded_fill(void *state, uint8_t *at, size_t len)
{
	while (len > 0) {
		uint64_t word = seeded_next(state);
		size_t part = len < sizeof(word) ? len : sizeof(word);

		memcpy(at, &word, part);
		at += part;
		len -= part;
	}
}

struct kb_random
kb_random_of_seed(struct kb_random_seeded *seeded)
{
	return (struct kb_random){ .fill = seeded_fill, .state = seeded };
}

struct kb_id
kb_id_random(const struct kb_random *random)
{
	struct kb_id id;

	kb_random_fill(random, id.bytes, sizeof(id.bytes));
	return id;
}
