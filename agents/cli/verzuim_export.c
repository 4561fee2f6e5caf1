/* SPDX-License-Identifier: EUPL-1.2 */
/* `ketenbode verzuim export`. */
#include "agents/cli/verzuim_export.h"

#include <jansson.h>
#include <stdlib.h>

#include "agents/cli/desk_client.h"
#include "agents/intake/export.h"
#include "common/base/file.h"

#define SECTION "meldingen"
#define FILE_MODE 0600

enum { OPTION_VANAF, OPTION_VORM, OPTION_UIT, OPTION_COUNT };

static const struct kb_option options[] = {
	[OPTION_VANAF] = { "vanaf", "TELLER", "de teller van de vorige keer (zonder: alles)" },
	[OPTION_VORM] = { "vorm", "csv|json", "csv (standaard) of json" },
	[OPTION_UIT] = { "uit", "BESTAND", "het bestand (zonder: het scherm)" },
};

static enum kb_err
write_csv(const struct kb_output *output, FILE *to)
{
	enum kb_err err = kb_export_csv_header(to);

	for (size_t row = 0; err == KB_OK && row < kb_output_row_count(output, SECTION); row++) {
		for (size_t i = 0; err == KB_OK && i < kb_export_column_count(); i++) {
			const char *cell =
				kb_output_cell(output, SECTION, row, kb_export_column_name(i));

			if (i > 0) {
				(void)fputc(';', to);
			}
			err = kb_export_csv_text(to, kb_span_text(cell));
		}
		(void)fputc('\n', to);
	}
	return err == KB_OK && ferror(to) == 0 ? KB_OK : KB_ERR_IO;
}

/* Numbers and ja/nee become what a program expects; an empty cell becomes null. */
static json_t *
json_of(enum kb_export_cell_kind kind, const char *cell)
{
	if (cell[0] == 0) {
		return json_null();
	}
	if (kind == KB_EXPORT_CELL_NUMBER) {
		return json_integer(strtoll(cell, NULL, 10));
	}
	return kind == KB_EXPORT_CELL_BOOL ? json_boolean(strcmp(cell, "ja") == 0)
					   : json_string(cell);
}

static enum kb_err
write_json(const struct kb_output *output, FILE *to)
{
	json_t *list = json_array();
	int bad = list == NULL;

	for (size_t row = 0; bad == 0 && row < kb_output_row_count(output, SECTION); row++) {
		json_t *object = json_object();

		for (size_t i = 0; object != NULL && i < kb_export_column_count(); i++) {
			const char *name = kb_export_column_name(i);

			bad |= json_object_set_new(
				object, name,
				json_of(kb_export_column_kind(i),
					kb_output_cell(output, SECTION, row, name)));
		}
		bad |= json_array_append_new(list, object);
	}
	if (bad == 0) {
		bad = json_dumpf(list, to, JSON_INDENT(2)) != 0 || fputc('\n', to) == EOF;
	}
	json_decref(list);
	return bad == 0 ? KB_OK : KB_ERR_IO;
}

static const struct {
	const char *name;
	enum kb_err (*write)(const struct kb_output *output, FILE *to);
} forms[] = { { "csv", write_csv }, { "json", write_json } };

static enum kb_err
write_file(const struct kb_output *output, size_t form, const char *path,
	   struct kb_error_text *where)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);
	enum kb_err err = to != NULL ? forms[form].write(output, to) : KB_ERR_NO_MEMORY;

	if (to != NULL && fclose(to) != 0 && err == KB_OK) {
		err = KB_ERR_NO_MEMORY;
	}
	if (err == KB_OK) {
		err = kb_file_replace(path, FILE_MODE, kb_span(text, len), where);
	}
	if (text != NULL) {
		explicit_bzero(text, len); /* children by name */
	}
	free(text);
	return err == KB_OK ? KB_OK
			    : kb_fail(where, err, "%s kan niet worden geschreven (%s)", path,
				      kb_err_text(err));
}

/* What happened, on stderr: the data itself may be on stdout. */
static int
finish(const struct kb_cli *cli, const struct kb_cli_answer *answer, size_t form, const char *path)
{
	struct kb_error_text where = { "" };
	const char *counter = "";
	enum kb_err err = path != NULL ? write_file(answer->output, form, path, &where)
				       : forms[form].write(answer->output, stdout);

	if (err != KB_OK) {
		return kb_cli_fail(cli, err, "%s",
				   where.text[0] != 0 ? where.text
						      : "de uitvoer kon niet worden geschreven");
	}
	for (size_t i = 0; i < kb_output_row_count(answer->output, "export"); i++) {
		if (strcmp(kb_output_cell(answer->output, "export", i, "veld"), "teller") == 0) {
			counter = kb_output_cell(answer->output, "export", i, "waarde");
		}
	}
	(void)fprintf(stderr, "%zu meldingen. De volgende keer: --vanaf %s\n%.*s\n",
		      kb_output_row_count(answer->output, SECTION), counter,
		      (int)kb_output_text(answer->output).len,
		      (const char *)kb_output_text(answer->output).at);
	return 0;
}

static int
ask(const struct kb_cli *cli, const char *since, size_t form, const char *path)
{
	struct kb_desk_field field = { .name = kb_span_text("vanaf"),
				       .value = kb_span_text(since) };
	struct kb_cli_answer answer;
	int exit_code = 0;
	enum kb_err err = kb_cli_question(cli, "verzuim export", &field, since != NULL, &answer);

	if (err != KB_OK) {
		exit_code = kb_cli_no_answer(cli, err);
	} else if (answer.exit_code != 0) {
		exit_code = answer.exit_code;
		kb_ignore(kb_output_print(answer.output, cli, exit_code, answer.error_name,
					  cli->json ? stdout : stderr),
			  "the exit code still says it");
	} else {
		exit_code = finish(cli, &answer, form, path);
	}
	kb_output_free(answer.output);
	return exit_code;
}

int
kb_cli_verzuim_export(const struct kb_cli *cli, const struct kb_cli_command *command, int argc,
		      char **argv)
{
	struct kb_option_values values;
	const char *form_name = cli->json ? "json" : "csv";
	int exit_code = 0;

	if (!kb_cli_options(cli, command, options, OPTION_COUNT, argc, argv, &values, &exit_code)) {
		return exit_code;
	}
	if (values.operand_count > 0) {
		return kb_cli_fail(cli, KB_ERR_USAGE,
				   "'%s' is te veel; een bestand geeft u met --uit",
				   values.operands[0]);
	}
	if (values.value[OPTION_VORM] != NULL) {
		form_name = values.value[OPTION_VORM];
	}
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (strcmp(forms[i].name, form_name) == 0) {
			return kb_cli_has_socket(cli, &exit_code)
				       ? ask(cli, values.value[OPTION_VANAF], i,
					     values.value[OPTION_UIT])
				       : exit_code;
		}
	}
	return kb_cli_fail(cli, KB_ERR_USAGE, "--vorm is csv of json");
}
