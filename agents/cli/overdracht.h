/* SPDX-License-Identifier: EUPL-1.2 */
/* `ketenbode overdracht list` and `overdracht rooster`. */
#ifndef KB_CLI_OVERDRACHT_H
#define KB_CLI_OVERDRACHT_H

#include "agents/cli/command.h"

/*
 * One question to a school's agent, printed. With --uit FILE the section lijst of the answer, when it has rows, is also written there as a
 * list for `act --lijst` (bulk.h), with a comment line of school, pupil and time above each line. A file that is there stays as it is
 * (KB_ERR_EXISTS: somebody may have changed it); a new one is for its user alone (0600).
 */
int kb_cli_overdracht_list(const struct kb_cli *cli, const struct kb_cli_command *command, int argc,
			   char **argv);
int kb_cli_overdracht_rooster(const struct kb_cli *cli, const struct kb_cli_command *command,
			      int argc, char **argv);

#endif
