/* SPDX-License-Identifier: EUPL-1.2 */
/* What every measuring program needs: a clock, and one way to say a figure. */
#ifndef KB_TESTS_BENCH_H
#define KB_TESTS_BENCH_H

#include <stdio.h>
#include <time.h>

static inline double
bench_seconds(void)
{
	struct timespec now = { 0, 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* "name value" on a line of its own; run.sh collects them. */
static inline void
bench_print(const char *name, double value)
{
	(void)printf("%s %.3f\n", name, value);
	(void)fflush(stdout);
}

#endif
