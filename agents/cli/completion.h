/* SPDX-License-Identifier: EUPL-1.2 */
/* `ketenbode completion`: the words of all commands for bash, made from the one table. */
#ifndef KB_CLI_COMPLETION_H
#define KB_CLI_COMPLETION_H

#include "agents/cli/command.h"

/* Prints the script that stands in deploy/completion/ketenbode. */
int kb_cli_completion(const struct kb_cli *cli, const struct kb_cli_command *command, int argc,
		      char **argv);

#endif
