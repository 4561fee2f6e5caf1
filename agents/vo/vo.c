/* SPDX-License-Identifier: EUPL-1.2 */
/* A vo school as a role of the agent: what it does with verzuim stands in agents/intake, for po and vo alike. */
#include "agents/vo/vo.h"

#include "agents/intake/school_role.h"

const struct kb_role kb_role_vo = {
	.kind = KB_PARTY_VO,
	.program = "ketenbode-vo",
	.inbox_title = "vo-school",
	.desks = { KB_DESK_SCHOOL },
	.handlers = kb_school_handlers,
	.handler_count = KB_SCHOOL_HANDLER_COUNT,
	.verbs = kb_school_verbs,
	.verb_count = KB_SCHOOL_VERB_COUNT,
	.config_keys = kb_school_config_keys,
	.config_key_count = KB_SCHOOL_KEY_COUNT,
	.on_start = kb_school_start,
	.on_stop = kb_school_stop,
	.on_fate = kb_school_fate,
	.on_clock = kb_school_clock,
	.on_move = kb_school_move,
	.on_register_change = kb_school_register_change,
	.on_tick = kb_school_tick,
	.on_inbox = kb_school_inbox,
	.clock_text = kb_school_clock_text,
	.on_child = kb_school_child,
	.on_case = kb_school_case,
};
