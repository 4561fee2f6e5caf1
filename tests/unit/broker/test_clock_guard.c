/* SPDX-License-Identifier: EUPL-1.2 */
/* Whether the broker believes its own clock. */
#include "broker/clock_guard.h"

#include <criterion/criterion.h>

#define MINUTE 60000

Test(clock_guard, judges_every_combination)
{
	static const int64_t right[] = { 0, -4 * MINUTE, 5 * MINUTE };
	static const int64_t most[] = { 0, 1000, 6 * MINUTE };
	static const int64_t half[] = { 0, -6 * MINUTE };
	static const int64_t wild[] = { INT64_MAX, INT64_MIN, 0 };

	static const struct {
		const char *what;
		int64_t now;
		int64_t log;
		int64_t offset;
		const int64_t *skew;
		size_t agents;
		enum kb_clock_verdict verdict;
	} rows[] = {
		{ "no log, nobody", 1000000, 0, 0, NULL, 0, KB_CLOCK_NO_AGENT },
		{ "all agree", 1000000, 900000, 0, right, 3, KB_CLOCK_TRUSTED },
		{ "most agree", 1000000, 900000, 0, most, 3, KB_CLOCK_TRUSTED },
		{ "half is not most", 1000000, 0, 0, half, 2, KB_CLOCK_AGAINST_AGENTS },
		{ "most differ", 1000000, 0, 0, wild, 3, KB_CLOCK_AGAINST_AGENTS },
		{ "one agent that differs", 1000000, 0, 0, half + 1, 1, KB_CLOCK_AGAINST_AGENTS },
		{ "just behind the log", 1000000, 1000000 + 5 * MINUTE, 0, right, 3,
		  KB_CLOCK_TRUSTED },
		{ "behind the log", 1000000, 1000001 + 5 * MINUTE, 0, right, 3,
		  KB_CLOCK_BEHIND_LOG },
		{ "jumped, nobody to ask", 1000000, 0, 6 * MINUTE, NULL, 0, KB_CLOCK_JUMPED },
		{ "jumped, agents agree", 1000000, 0, 6 * MINUTE, right, 3, KB_CLOCK_TRUSTED },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kb_clock_facts facts = {
			.now_utc_ms = rows[i].now,
			.log_utc_ms = rows[i].log,
			.offset_ms = rows[i].offset,
			.agent_skew_ms = rows[i].skew,
			.agent_count = rows[i].agents,
		};

		cr_assert_eq(kb_clock_judge(&facts), rows[i].verdict, "%s: %s", rows[i].what,
			     kb_clock_verdict_name(kb_clock_judge(&facts)));
	}
}
