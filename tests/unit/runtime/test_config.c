/* SPDX-License-Identifier: EUPL-1.2 */
/* The configuration table of the agents. */
#include <criterion/criterion.h>

#include "agents/runtime/agent_config.h"

static const struct kb_config_key role_keys[] = {
	{ .section = "verzuim", .key = "spool", .type = KB_CONFIG_PATH, .help = "a folder" },
};

Test(agent_config, the_table_is_sound_and_the_rows_of_a_role_follow_it)
{
	struct kb_config_key places[KB_AGENT_KEYS_MAX];
	struct kb_config_table table;
	struct kb_error_text where = { "" };

	cr_assert_eq(kb_agent_config_table("ketenbode-test", role_keys, 1, places, &table), KB_OK);
	cr_assert_eq(table.count, KB_AGENT_KEY_COUNT + 1);
	cr_assert_eq(kb_config_table_check(&table, &where), KB_OK, "%s", where.text);
	cr_assert_str_eq(table.keys[KB_AGENT_KEY_COUNT].key, "spool");
}

Test(agent_config, a_role_with_too_many_rows_is_refused)
{
	struct kb_config_key places[KB_AGENT_KEYS_MAX];
	struct kb_config_table table;

	cr_assert_eq(kb_agent_config_table("ketenbode-test", role_keys, KB_AGENT_KEYS_MAX, places,
					   &table),
		     KB_ERR_INTERNAL);
}
