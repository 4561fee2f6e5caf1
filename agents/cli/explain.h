/* SPDX-License-Identifier: EUPL-1.2 */
/* `ketenbode explain`: may this be sent, by which row of the permission table, and what is that row's source. */
#ifndef KB_CLI_EXPLAIN_H
#define KB_CLI_EXPLAIN_H

#include "agents/cli/command.h"

/*
 * Answers from the tables alone, without an agent. With --doel and --grond one decision, the same that sender and recipient
 * take; without them every row that these two may use. Exit 0: allowed (or there are rows), 77: refused, 64: a word is not
 * known, 78: the profile is wrong.
 */
int kb_cli_explain(const struct kb_cli *cli, const struct kb_cli_command *command, int argc,
		   char **argv);

#endif
