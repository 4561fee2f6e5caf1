/* SPDX-License-Identifier: EUPL-1.2 */
/* ketenbode-swv: so far it receives, refuses what is not for it, and answers the desk verbs that every agent has. */
#include "agents/runtime/role.h"

static const struct kb_role role = {
	.kind = KB_PARTY_SWV,
	.program = "ketenbode-swv",
	.inbox_title = "swv",
	.desks = { KB_DESK_SWV },
};

int
main(int argc, char **argv)
{
	return kb_agent_main(&role, argc, argv);
}
