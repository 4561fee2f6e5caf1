/* SPDX-License-Identifier: EUPL-1.2 */
/* The commands of the key and register administration: they need no agent. */
#ifndef KB_CLI_PKI_H
#define KB_CLI_PKI_H

#include "agents/cli/command.h"

int kb_pki_init(const struct kb_cli *cli, const struct kb_cli_command *command, int argc,
		char **argv);
int kb_pki_request(const struct kb_cli *cli, const struct kb_cli_command *command, int argc,
		   char **argv);
int kb_pki_admit(const struct kb_cli *cli, const struct kb_cli_command *command, int argc,
		 char **argv);
int kb_pki_renew(const struct kb_cli *cli, const struct kb_cli_command *command, int argc,
		 char **argv);
int kb_pki_revoke(const struct kb_cli *cli, const struct kb_cli_command *command, int argc,
		  char **argv);
int kb_pki_join(const struct kb_cli *cli, const struct kb_cli_command *command, int argc,
		char **argv);
int kb_pki_show(const struct kb_cli *cli, const struct kb_cli_command *command, int argc,
		char **argv);

#endif
