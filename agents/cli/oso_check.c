/* SPDX-License-Identifier: EUPL-1.2 */
/* `ketenbode oso check`: what is wrong with a dossier, before anybody sends it. */
#include "agents/cli/oso_check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "agents/cli/output.h"
#include "agents/intake/oso/run.h"

enum option { OPTION_SCHEMA, OPTION_COUNT };

static const struct kb_option options[OPTION_COUNT] = {
	[OPTION_SCHEMA] = { .name = "schema",
			    .value_name = "BESTAND",
			    .help = "het schema (XSD) van de OSO-gegevensset" },
};

/*
 * -1 and *exit_code when it cannot be read. What is not there, or is no file but a folder or a device, has an exit code of its own.
 * Nobody waits for the other end of a pipe.
 */
static int
open_file(const struct kb_cli *cli, const char *path, int *exit_code)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat info;

	if (fd < 0) {
		bool missing = errno == ENOENT || errno == ENOTDIR;
		int code = kb_cli_fail(cli, missing ? KB_ERR_NOT_FOUND : kb_err_from_errno(errno),
				       missing ? "%s bestaat niet" : "%s is niet te lezen", path);

		*exit_code = missing ? EX_NOINPUT : code;
	} else if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
		(void)kb_cli_fail(cli, KB_ERR_NOT_FOUND, "%s is geen bestand", path);
		*exit_code = EX_NOINPUT;
		(void)close(fd);
		fd = -1;
	}
	return fd;
}

static enum kb_err
put_finding(struct kb_output *output, const struct kb_oso_finding *finding, struct kb_arena *arena)
{
	char line[16];
	const char *cells[] = { kb_arena_text(arena, finding->rule), line,
				kb_arena_text(arena, finding->path),
				kb_arena_text(arena, finding->text) };

	(void)snprintf(line, sizeof(line), "%u", finding->line);
	if (cells[0] == NULL || cells[2] == NULL || cells[3] == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	return kb_output_row(output, cells, 4);
}

static int
tell_json(const struct kb_cli *cli, const struct kb_oso_result *result)
{
	struct kb_arena arena = { 0 };
	struct kb_output *output = NULL;
	enum kb_err found = result->finding_count > 0 ? KB_ERR_DATA : KB_OK;
	enum kb_err err = kb_output_new(&output);

	if (err == KB_OK) {
		err = kb_output_section(output, "fouten", "afspraak|regel|plaats|fout");
	}
	for (size_t i = 0; err == KB_OK && i < result->finding_count; i++) {
		err = put_finding(output, &result->findings[i], &arena);
	}
	if (err == KB_OK) {
		err = kb_output_say(output, found == KB_OK ? "in orde" : "niet in orde");
	}
	if (err == KB_OK) {
		err = kb_output_print(output, cli, kb_err_exit_code(found),
				      found != KB_OK ? kb_err_name(found) : "", stdout);
	}
	kb_output_free(output);
	kb_arena_release(&arena);
	return kb_err_exit_code(err != KB_OK ? err : found);
}

static int
tell(const struct kb_cli *cli, const char *file, const struct kb_oso_result *result)
{
	if (cli->json) {
		return tell_json(cli, result);
	}
	for (size_t i = 0; i < result->finding_count; i++) {
		const struct kb_oso_finding *finding = &result->findings[i];

		(void)printf("%s:%u: %.*s: %.*s (%.*s)\n", file, finding->line,
			     (int)finding->rule.len, (const char *)finding->rule.at,
			     (int)finding->text.len, (const char *)finding->text.at,
			     finding->path.len > 0 ? (int)finding->path.len : 7,
			     finding->path.len > 0 ? (const char *)finding->path.at : "bestand");
	}
	if (result->finding_count == 0) {
		(void)puts("in orde");
	}
	return kb_err_exit_code(result->finding_count > 0 ? KB_ERR_DATA : KB_OK);
}

static int
check(const struct kb_cli *cli, const char *file, int dossier_fd, const char *schema, int schema_fd)
{
	struct kb_oso_result *result = calloc(1, sizeof(*result));
	struct kb_oso_run run = { .answer_fd = -1 };
	enum kb_err err = result != NULL ? kb_oso_run_whole(&run, KB_OSO_TASK_CHECK, dossier_fd,
							    schema_fd, result)
					 : KB_ERR_NO_MEMORY;
	const struct kb_oso_finding *fault =
		err == KB_OK ? kb_oso_result_schema_fault(result) : NULL;
	int exit_code = 0;

	if (fault != NULL) {
		exit_code = kb_cli_fail(cli, KB_ERR_CONFIG, "%s: %.*s", schema,
					(int)fault->text.len, (const char *)fault->text.at);
	} else if (err == KB_OK) {
		exit_code = tell(cli, file, result);
	} else if (err == KB_ERR_DATA) {
		exit_code =
			kb_cli_fail(cli, err,
				    "%s vraagt meer geheugen of tijd dan een dossier mag; er is "
				    "niets van gebruikt",
				    file);
	} else if (err == KB_ERR_CONFIG) {
		exit_code = kb_cli_fail(cli, err, "het programma ketenbode-oso ontbreekt");
	} else {
		exit_code = kb_cli_fail(cli, err, "%s kon niet worden nagekeken (%s)", file,
					kb_err_text(err));
	}
	kb_oso_run_release(&run);
	free(result);
	return exit_code;
}

int
kb_cli_oso_check(const struct kb_cli *cli, const struct kb_cli_command *command, int argc,
		 char **argv)
{
	struct kb_option_values values = { 0 };
	int exit_code = 0;
	int dossier_fd = -1;
	int schema_fd = -1;

	if (!kb_cli_options(cli, command, options, OPTION_COUNT, argc, argv, &values, &exit_code)) {
		return exit_code;
	}
	if (values.operand_count != 1 || values.value[OPTION_SCHEMA] == NULL) {
		return kb_cli_fail(cli, KB_ERR_USAGE,
				   "geef een dossier en --schema; zie ketenbode %s --help",
				   command->words);
	}
	dossier_fd = open_file(cli, values.operands[0], &exit_code);
	if (dossier_fd >= 0) {
		schema_fd = open_file(cli, values.value[OPTION_SCHEMA], &exit_code);
	}
	if (schema_fd >= 0) {
		exit_code = check(cli, values.operands[0], dossier_fd, values.value[OPTION_SCHEMA],
				  schema_fd);
		(void)close(schema_fd);
	}
	if (dossier_fd >= 0) {
		(void)close(dossier_fd);
	}
	return exit_code;
}
