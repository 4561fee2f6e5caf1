/* SPDX-License-Identifier: EUPL-1.2 */
/* Judging the broker's clock. */
#include "broker/clock_guard.h"

static const char *const names[] = {

#define KB_CLOCK_NAME(name, word) [KB_CLOCK_##name] = (word),
	KB_CLOCK_VERDICT_TABLE(KB_CLOCK_NAME)
#undef KB_CLOCK_NAME
};

const char *
kb_clock_verdict_name(enum kb_clock_verdict verdict)
{
	return (unsigned)verdict < KB_CLOCK_VERDICT_COUNT ? names[verdict] : "?";
}

static bool
near(int64_t a, int64_t b)
{
	int64_t difference = 0;

	/* The times come from agents: anything may be in them. */
	if (__builtin_sub_overflow(a, b, &difference)) {
		return false;
	}
	return difference <= KB_CLOCK_TOLERANCE_MS && difference >= -KB_CLOCK_TOLERANCE_MS;
}

enum kb_clock_verdict
kb_clock_judge(const struct kb_clock_facts *facts)
{
	size_t agree = 0;

	if (facts->log_utc_ms != 0 &&
	    facts->now_utc_ms < facts->log_utc_ms - KB_CLOCK_TOLERANCE_MS) {
		return KB_CLOCK_BEHIND_LOG;
	}
	for (size_t i = 0; i < facts->agent_count; i++) {
		agree += near(facts->agent_skew_ms[i], 0);
	}
	if (facts->agent_count > 0) {
		return agree * 2 > facts->agent_count ? KB_CLOCK_TRUSTED : KB_CLOCK_AGAINST_AGENTS;
	}
	return near(facts->offset_ms, facts->start_offset_ms) ? KB_CLOCK_NO_AGENT : KB_CLOCK_JUMPED;
}
