/* SPDX-License-Identifier: EUPL-1.2 */
/* One question to the agent on this machine, over its desk socket. */
#ifndef KB_CLI_DESK_CLIENT_H
#define KB_CLI_DESK_CLIENT_H

#include "agents/cli/command.h"

/* Runs a row of the table that is one question: positional arguments get the names of the row, --name value and --name
 * ("ja") the others. Prints the answer; progress on a terminal. Returns the agent's exit code, 64 for a mistake on the
 * line, 69 when no agent answers. */
int kb_cli_ask(const struct kb_cli *cli, const struct kb_cli_command *command, int argc,
	       char **argv);

#endif
