/* SPDX-License-Identifier: EUPL-1.2 */
/* `ketenbode verzuim export`: new and changed meldingen as a file for another package. */
#ifndef KB_CLI_VERZUIM_EXPORT_H
#define KB_CLI_VERZUIM_EXPORT_H

#include "agents/cli/command.h"

/* Options --vanaf, --vorm csv|json and --uit. The data goes to the file (mode 0600, whole or not at all) or to stdout; the counter
 * for the next time to stderr. */
int kb_cli_verzuim_export(const struct kb_cli *cli, const struct kb_cli_command *command, int argc,
			  char **argv);

#endif
