/* SPDX-License-Identifier: EUPL-1.2 */
/* What a subcommand of ketenbode is: a row of the table in command_table.c. */
#ifndef KB_CLI_COMMAND_H
#define KB_CLI_COMMAND_H

#include <stdio.h>

#include "common/base/buf.h"
#include "common/daemon/faults.h"
#include "common/daemon/options.h"

/* What stands before the subcommand on the command line, for all of them. */
struct kb_cli {
	const char *socket; /* of the agent's desk; NULL: not given */
	const char *user;   /* name in the agent's user table; NULL: not given */
	bool json;
	int timeout_ms;
};

struct kb_cli_command {
	const char *words;	 /* "case show" */
	const char *arguments;	 /* "ZAAK [--waarom TEKST]", for people */
	const char *help;	 /* Dutch, one line */
	const char *explanation; /* Dutch, more lines for --help of this command; NULL: none */
	/* argv[0] is the last of words. Returns the exit code. */
	int (*run)(const struct kb_cli *cli, const struct kb_cli_command *command, int argc,
		   char **argv);
	/* For commands that are one question to the agent: names of the positional arguments, ended by NULL. */
	const char *const *positional;
	bool hidden; /* not in --help: for installers and tests */
	bool lists;  /* takes --lijst: asked once for every line of a file (bulk.h) */
};

/* The table, and its number of rows. */
const struct kb_cli_command *kb_cli_commands(size_t *count);

/* The row with the most words that argv starts with; *used is how many those are. NULL when there is none. */
const struct kb_cli_command *kb_cli_command_find(int argc, char **argv, int *used);

/* All commands, a line each. */
void kb_cli_usage(FILE *out);
void kb_cli_command_help(const struct kb_cli_command *command, FILE *out);

/* A sentence on stderr (or an object on stdout with --json) and the exit code of err. */
__attribute__((format(printf, 3, 4))) int kb_cli_fail(const struct kb_cli *cli, enum kb_err err,
						      const char *format, ...);

/* All faults of "what" in folder, as lines on stderr or in the object on stdout. Returns the exit code of KB_ERR_DATA. */
int kb_cli_tell_faults(const struct kb_cli *cli, struct kb_faults *faults, const char *what,
		       const char *folder);

/* Reads the options of a subcommand; on a mistake the exit code is in *exit_code and false comes back. */
bool kb_cli_options(const struct kb_cli *cli, const struct kb_cli_command *command,
		    const struct kb_option *table, size_t count, int argc, char **argv,
		    struct kb_option_values *out, int *exit_code);

#endif
