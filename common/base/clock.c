/* SPDX-License-Identifier: EUPL-1.2 */
/* The time of this machine, and one to play with. */
#include "common/base/clock.h"

#include <time.h>

static int64_t
read_clock(clockid_t id)
{
	struct timespec now = { 0, 0 };

	(void)clock_gettime(id, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t
system_wall(void *state)
{
	(void)state;
	return read_clock(CLOCK_REALTIME);
}

static int64_t
system_mono(void *state)
{
	(void)state;
	return read_clock(CLOCK_MONOTONIC);
}

struct kb_clock
kb_clock_system(void)
{
	return (struct kb_clock){ .wall_utc_ms = system_wall,
				  .mono_ms = system_mono,
				  .state = NULL };
}

static int64_t
fake_wall(void *state)
{
	return ((const struct kb_clock_fake *)state)->utc_ms;
}

static int64_t
fake_mono(void *state)
{
	return ((const struct kb_clock_fake *)state)->mono_ms;
}

struct kb_clock
kb_clock_of_fake(struct kb_clock_fake *fake)
{
	return (struct kb_clock){ .wall_utc_ms = fake_wall, .mono_ms = fake_mono, .state = fake };
}

int64_t
kb_clock_system_mono_us(void)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}
