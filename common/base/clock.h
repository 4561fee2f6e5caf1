/* SPDX-License-Identifier: EUPL-1.2 */
/* The time, handed in: nothing else of ours asks the system for it. */
#ifndef KB_BASE_CLOCK_H
#define KB_BASE_CLOCK_H

#include <stdint.h>

/* wall: milliseconds since 1970-01-01 UTC, a claim; mono: milliseconds that only go forward, for time-outs. */
struct kb_clock {
	int64_t (*wall_utc_ms)(void *state);
	int64_t (*mono_ms)(void *state);
	void *state;
};

static inline int64_t
kb_clock_utc_ms(const struct kb_clock *clock)
{
	return clock->wall_utc_ms(clock->state);
}

static inline int64_t
kb_clock_mono_ms(const struct kb_clock *clock)
{
	return clock->mono_ms(clock->state);
}

/* The clock of this machine. */
struct kb_clock kb_clock_system(void);
/* Monotonic microseconds of this machine, the same for all its processes: for measurements only. */
int64_t kb_clock_system_mono_us(void);

/* A clock that a test or a simulation moves by hand. */
struct kb_clock_fake {
	int64_t utc_ms;
	int64_t mono_ms;
};
struct kb_clock kb_clock_of_fake(struct kb_clock_fake *fake);

#endif
