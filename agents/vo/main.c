/* SPDX-License-Identifier: EUPL-1.2 */
/* ketenbode-vo. */
#include "agents/vo/vo.h"

int
main(int argc, char **argv)
{
	return kb_agent_main(&kb_role_vo, argc, argv);
}
