/* SPDX-License-Identifier: EUPL-1.2 */
/* Whether the broker's own clock may be believed: with a wrong one nothing may expire (design 5). Pure. */
#ifndef KB_BROKER_CLOCK_GUARD_H
#define KB_BROKER_CLOCK_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KB_CLOCK_TOLERANCE_MS ((int64_t)5 * 60 * 1000)

/* X(name, word): why a clock is not believed. */
#define KB_CLOCK_VERDICT_TABLE(X)                                                                  \
	X(NONE, "")                                                                                \
	X(TRUSTED, "trusted")                                                                      \
	X(BEHIND_LOG, "behind-log") /* the log was written later than now */                       \
	X(JUMPED, "jumped")	    /* moved against the monotonic clock since the start */        \
	X(AGAINST_AGENTS, "against-agents") /* most agents have another time */                    \
	X(NO_AGENT, "no-agent")		    /* nobody to compare with yet */

enum kb_clock_verdict {

#define KB_CLOCK_ENUM(name, word) KB_CLOCK_##name,
	KB_CLOCK_VERDICT_TABLE(KB_CLOCK_ENUM)
#undef KB_CLOCK_ENUM
		KB_CLOCK_VERDICT_COUNT,
};
const char *kb_clock_verdict_name(enum kb_clock_verdict verdict);

struct kb_clock_facts {
	int64_t now_utc_ms;
	int64_t log_utc_ms; /* of the last commit, 0 for none */
	/* Wall minus monotonic time, now and when last found in order. */
	int64_t offset_ms;
	int64_t start_offset_ms;
	/* What the agents said in hello and heartbeat, minus our time at that moment. */
	const int64_t *agent_skew_ms;
	size_t agent_count;
};

/*
 * TRUSTED only when none of the reasons holds. A jump against the monotonic clock is believed again when most agents agree with
 * the new time: a machine that woke up, or was set right.
 */
enum kb_clock_verdict kb_clock_judge(const struct kb_clock_facts *facts);

#endif
