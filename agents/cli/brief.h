/* SPDX-License-Identifier: EUPL-1.2 */
/* `ketenbode brief check` and `ketenbode brief make`. */
#ifndef KB_CLI_BRIEF_H
#define KB_CLI_BRIEF_H

#include "agents/cli/command.h"

/* Every fault of the letters in a folder as "file:line: what", without an agent. 0, 64, 65 (faults) or 69 (no such folder). */
int kb_cli_brief_check(const struct kb_cli *cli, const struct kb_cli_command *command, int argc,
		       char **argv);
/* The question of the same name to the agent; --adres and --veld may be given more than once, and --uit is made absolute. */
int kb_cli_brief_make(const struct kb_cli *cli, const struct kb_cli_command *command, int argc,
		      char **argv);

#endif
