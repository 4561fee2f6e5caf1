/* SPDX-License-Identifier: EUPL-1.2 */
/* How a subcommand says that it cannot go on or what is wrong with files, and how it reads its options. */
#include <stdarg.h>

#include "agents/cli/output.h"

int
kb_cli_fail(const struct kb_cli *cli, enum kb_err err, const char *format, ...)
{
	char text[2 * KB_ERROR_TEXT_MAX];
	struct kb_output *output = NULL;
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (!cli->json) {
		(void)fprintf(stderr, "ketenbode: %s\n", text);
	} else if (kb_output_new(&output) == KB_OK && kb_output_say(output, text) == KB_OK) {
		kb_ignore(kb_output_print(output, cli, kb_err_exit_code(err), kb_err_name(err),
					  stdout),
			  "the exit code still says it");
	}
	kb_output_free(output);
	return kb_err_exit_code(err);
}

int
kb_cli_tell_faults(const struct kb_cli *cli, struct kb_faults *faults, const char *what,
		   const char *folder)
{
	struct kb_output *output = NULL;
	int exit_code = kb_err_exit_code(KB_ERR_DATA);

	if (!cli->json) {
		(void)fputs(kb_faults_text(faults), stderr);
		return kb_cli_fail(cli, KB_ERR_DATA, "%zu %s in %s van %s", faults->count,
				   faults->count == 1 ? "fout" : "fouten", what, folder);
	}
	if (kb_output_new(&output) == KB_OK &&
	    kb_output_say(output, kb_faults_text(faults)) == KB_OK) {
		kb_ignore(kb_output_print(output, cli, exit_code, kb_err_name(KB_ERR_DATA), stdout),
			  "the exit code still says it");
	}
	kb_output_free(output);
	return exit_code;
}

bool
kb_cli_options(const struct kb_cli *cli, const struct kb_cli_command *command,
	       const struct kb_option *table, size_t count, int argc, char **argv,
	       struct kb_option_values *out, int *exit_code)
{
	struct kb_error_text where = { "" };

	if (kb_options_parse(table, count, false, argc, argv, out, &where) == KB_OK) {
		return true;
	}
	*exit_code = kb_cli_fail(cli, KB_ERR_USAGE, "%s; zie ketenbode %s --help", where.text,
				 command->words);
	return false;
}
