/* SPDX-License-Identifier: EUPL-1.2 */
/* `ketenbode oso check`. */
#ifndef KB_CLI_OSO_CHECK_H
#define KB_CLI_OSO_CHECK_H

#include "agents/cli/command.h"

/*
 * A dossier against its schema and the rules, in a process that can reach nothing. Exit 0, 64, 65 (the dossier), 66 (no such file),
 * 69, 77 (a file may not be read), 78 (the schema is none, or the helper is not installed).
 */
int kb_cli_oso_check(const struct kb_cli *cli, const struct kb_cli_command *command, int argc,
		     char **argv);

#endif
