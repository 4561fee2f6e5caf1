/* SPDX-License-Identifier: EUPL-1.2 */
/* One question to the agent on this machine, over its desk socket. */
#ifndef KB_CLI_DESK_CLIENT_H
#define KB_CLI_DESK_CLIENT_H

#include "agents/cli/command.h"
#include "agents/cli/output.h"

/* Runs a row of the table that is one question: positional arguments get the names of the row, --name value, --name=value and
 * --name ("ja") the others. Prints the answer; progress on a terminal. Returns the agent's exit code, 64 for a mistake on the
 * line, 69 when no agent answers. */
int kb_cli_ask(const struct kb_cli *cli, const struct kb_cli_command *command, int argc,
	       char **argv);

/* The answer to one question. error_name is the stable name of an enum kb_err, or "". */
struct kb_cli_answer {
	struct kb_output *output; /* the caller frees it, also on an error */
	int exit_code;
	char error_name[KB_WIRE_DESK_NAME_BYTES_MAX + 1];
	struct kb_buf *content; /* where a piece of a file goes; NULL: nowhere */
};

/* Asks verb with these fields and gathers all answers. KB_ERR_OFFLINE, KB_ERR_TIMEOUT, KB_ERR_IO or what decoding says. */
KB_MUST_CHECK enum kb_err kb_cli_question(const struct kb_cli *cli, const char *verb,
					  struct kb_desk_field *fields, size_t field_count,
					  struct kb_cli_answer *answer);
/* The same with a piece of a file that goes along (or empty); what comes back is appended to answered (may be NULL). */
KB_MUST_CHECK enum kb_err kb_cli_question_with(const struct kb_cli *cli, const char *verb,
					       struct kb_desk_field *fields, size_t field_count,
					       struct kb_span content, struct kb_buf *answered,
					       struct kb_cli_answer *answer);
/* Prints an answer and frees it; the exit code. */
int kb_cli_print_answer(const struct kb_cli *cli, struct kb_cli_answer *answer);
/* The sentence for a question that got no answer, and its exit code. */
int kb_cli_no_answer(const struct kb_cli *cli, enum kb_err err);
/* False after a sentence when --socket is not there; the exit code is then in *exit_code. */
bool kb_cli_has_socket(const struct kb_cli *cli, int *exit_code);

#endif
