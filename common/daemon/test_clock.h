/* SPDX-License-Identifier: EUPL-1.2 */
/* The time switch of the tests: the system clock with the wall time moved. */
#ifndef KB_DAEMON_TEST_CLOCK_H
#define KB_DAEMON_TEST_CLOCK_H

#include "common/base/clock.h"
#include "common/base/error.h"

/* Must outlive the clock made from it. */
struct kb_test_clock {
	struct kb_clock system;
	int64_t offset_ms;
};

/*
 * text: a sign, decimal digits and one of s, m, h, d ("+10d", "-5m"), at most 100 years. KB_ERR_USAGE with a sentence when it is not, and
 * always in a build without KB_TEST_SWITCHES: a release cannot be told a wrong time.
 */
KB_MUST_CHECK enum kb_err kb_test_clock_parse(const char *text, int64_t *offset_ms,
					      struct kb_error_text *where);

/* Wall time moved by test->offset_ms; monotonic time as it is. */
struct kb_clock kb_test_clock(struct kb_test_clock *test);

#endif
