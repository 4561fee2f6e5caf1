/* SPDX-License-Identifier: EUPL-1.2 */
/* ketenbode-gemeente. */
#include "agents/gemeente/gemeente.h"

int
main(int argc, char **argv)
{
	return kb_agent_main(&kb_role_gemeente, argc, argv);
}
