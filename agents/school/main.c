/* SPDX-License-Identifier: EUPL-1.2 */
/* ketenbode-school. */
#include "agents/school/school.h"

int
main(int argc, char **argv)
{
	return kb_agent_main(&kb_role_school, argc, argv);
}
