/* SPDX-License-Identifier: EUPL-1.2 */
/* The technical log goes to one sink, at most as loud as asked. */
#include "common/base/log.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

struct heard {
	char line[2048];
	char event[64];
	enum kb_log_level level;
	int count;
};

static void
hear(enum kb_log_level level, const char *event, const char *line, void *state)
{
	struct heard *heard = state;

	heard->count++;
	heard->level = level;
	(void)snprintf(heard->line, sizeof(heard->line), "%s", line);
	(void)snprintf(heard->event, sizeof(heard->event), "%s", event);
}

Test(log, a_line_starts_with_its_event)
{
	struct heard heard = { .count = 0 };

	kb_log_init(KB_LOG_INFO, hear, &heard);
	kb_log(KB_LOG_WARNING, "link-lost", "party=%s tries=%d", "x", 3);
	cr_assert_str_eq(heard.line, "link-lost party=x tries=3");
	cr_assert_str_eq(heard.event, "link-lost");
	cr_assert_eq(heard.level, KB_LOG_WARNING);
}

Test(log, below_the_level_nothing_is_written)
{
	struct heard heard = { .count = 0 };

	kb_log_init(KB_LOG_WARNING, hear, &heard);
	kb_log(KB_LOG_INFO, "tick", "n=%d", 1);
	cr_assert_eq(heard.count, 0);
	kb_log(KB_LOG_ERROR, "tick", "n=%d", 1);
	cr_assert_eq(heard.count, 1);
}

Test(log, a_line_that_is_too_long_is_cut_not_lost)
{
	struct heard heard = { .count = 0 };
	char word[4000];

	memset(word, 'a', sizeof(word) - 1);
	word[sizeof(word) - 1] = 0;
	kb_log_init(KB_LOG_INFO, hear, &heard);
	kb_log(KB_LOG_INFO, "long", "value=%s", word);
	cr_assert_eq(heard.count, 1);
	cr_assert_gt(strlen(heard.line), 900u);
	cr_assert_lt(strlen(heard.line), 1100u);
}

Test(log, levels_have_names)
{
	cr_assert_str_eq(kb_log_level_name(KB_LOG_DEBUG), "debug");
	cr_assert_str_eq(kb_log_level_name(KB_LOG_ERROR), "error");
	cr_assert_str_eq(kb_log_level_name(KB_LOG_NONE), "none");
}
