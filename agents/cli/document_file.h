/* SPDX-License-Identifier: EUPL-1.2 */
/* `ketenbode document add --bestand` and `document get --naar`: files of the user, which the agent never opens. */
#ifndef KB_CLI_DOCUMENT_FILE_H
#define KB_CLI_DOCUMENT_FILE_H

#include "agents/cli/command.h"

/*
 * The file is opened here, under the account of who asks, and handed over in pieces (verbs document begin, part, add); without --bestand
 * it is one question. Exit codes of the agent; 66 is not used: a file that cannot be read is 69 or 77 like everywhere.
 */
int kb_cli_document_add(const struct kb_cli *cli, const struct kb_cli_command *command, int argc,
			char **argv);
/* Writes to a file that is not there yet (mode 0600); what was written of it is removed when it does not come whole and with its hash. */
int kb_cli_document_get(const struct kb_cli *cli, const struct kb_cli_command *command, int argc,
			char **argv);

#endif
