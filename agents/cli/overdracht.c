/* SPDX-License-Identifier: EUPL-1.2 */
/* `ketenbode overdracht list` and `overdracht rooster`: the answer on the screen and as a list for `act --lijst`. */
#include "agents/cli/overdracht.h"

#include "agents/cli/desk_client.h"
#include "agents/cli/output.h"
#include "common/base/file.h"

#define SECTION "lijst"
#define FILE_MODE 0600
#define COLUMNS_MAX 4

/* The option that stays here; the agent gets the others as they are, and refuses what it does not know. */
enum { OPTION_UIT, OPTION_KOUD };

static const struct kb_option list_options[] = {
	[OPTION_UIT] = { "uit", "BESTAND", "de lijst als nieuw bestand (met --koud)" },
	[OPTION_KOUD] = { "koud", NULL, "alleen wat nu zonder gesprek kan worden aanvaard" },
	{ "school", "PARTIJ", "alleen met deze andere school" },
};

static const struct kb_option rooster_options[] = {
	[OPTION_UIT] = { "uit", "BESTAND", "de lijst als nieuw bestand" },
	{ "datum", "JJJJ-MM-DD", "dag van de gesprekken" },
	{ "van", "UU:MM", "begin" },
	{ "tot", "UU:MM", "einde" },
	{ "duur", "MINUTEN", "voor een gesprek" },
	{ "school", "PARTIJ", "alleen met deze andere school" },
	{ "plaats", "TEKST", "waar de gesprekken zijn" },
};

struct form {
	const char *verb;
	const struct kb_option *options;
	size_t option_count;
	const char *columns[COLUMNS_MAX + 1]; /* of the file, ended by NULL */
};

static const struct form list_form = {
	.verb = "overdracht list",
	.options = list_options,
	.option_count = sizeof(list_options) / sizeof(list_options[0]),
	.columns = { "zaak", "stap" },
};

static const struct form rooster_form = {
	.verb = "overdracht rooster",
	.options = rooster_options,
	.option_count = sizeof(rooster_options) / sizeof(rooster_options[0]),
	.columns = { "zaak", "stap", "feiten", "velden" },
};

/* ---- the file ---- */

/* A cell in its line: whatever is in it, it never begins a line of its own, which would be something to do. */
static enum kb_err
put_cell(const struct kb_output *output, size_t row, const char *column, struct kb_buf *text)
{
	const char *cell = kb_output_cell(output, SECTION, row, column);
	enum kb_err err = KB_OK;

	for (size_t i = 0; err == KB_OK && cell[i] != 0; i++) {
		bool end = cell[i] == '\n' || cell[i] == '\r';

		err = kb_buf_put_u8(text, (uint8_t)(end ? ' ' : cell[i]));
	}
	return err;
}

/* For people, so that they see whom a line is about before they change or drop it. */
static const struct {
	const char *before;
	const char *column;
} comment_parts[] = { { "# ", "school" }, { ": ", "leerling" }, { " ", "van" }, { "-", "tot" } };

static enum kb_err
put_comment(const struct kb_output *output, size_t row, struct kb_buf *text)
{
	enum kb_err err = KB_OK;

	for (size_t i = 0; err == KB_OK && i < sizeof(comment_parts) / sizeof(comment_parts[0]);
	     i++) {
		const char *column = comment_parts[i].column;

		if (i > 0 && kb_output_cell(output, SECTION, row, column)[0] == 0) {
			continue;
		}
		err = kb_buf_put_text(text, comment_parts[i].before);
		if (err == KB_OK) {
			err = put_cell(output, row, column, text);
		}
	}
	return err == KB_OK ? kb_buf_put_text(text, "\n") : err;
}

static enum kb_err
put_cells(const struct kb_output *output, const struct form *form, size_t row, struct kb_buf *text)
{
	enum kb_err err = KB_OK;

	for (size_t i = 0; err == KB_OK && form->columns[i] != NULL; i++) {
		err = kb_buf_put_text(text, i > 0 ? ";" : "");
		if (err == KB_OK) {
			err = put_cell(output, row, form->columns[i], text);
		}
	}
	return err == KB_OK ? kb_buf_put_text(text, "\n") : err;
}

static enum kb_err
list_text(const struct kb_output *output, const struct form *form, struct kb_buf *text)
{
	enum kb_err err = KB_OK;

	for (size_t i = 0; err == KB_OK && form->columns[i] != NULL; i++) {
		err = kb_buf_putf(text, "%s%s", i > 0 ? ";" : "", form->columns[i]);
	}
	err = err == KB_OK ? kb_buf_put_text(text, "\n") : err;
	for (size_t row = 0; err == KB_OK && row < kb_output_row_count(output, SECTION); row++) {
		err = put_comment(output, row, text);
		if (err == KB_OK) {
			err = put_cells(output, form, row, text);
		}
	}
	return err;
}

static int
write_list(const struct kb_cli *cli, const struct kb_output *output, const struct form *form,
	   const char *path)
{
	struct kb_buf text = { 0 };
	enum kb_err err = list_text(output, form, &text);

	if (err == KB_OK) {
		err = kb_file_create(path, FILE_MODE, kb_buf_span(&text), NULL);
	}
	kb_buf_wipe(&text); /* children by name */
	if (err == KB_ERR_EXISTS) {
		return kb_cli_fail(cli, err,
				   "%s bestaat al en blijft zoals het is; kies een andere naam",
				   path);
	}
	return err == KB_OK ? 0
			    : kb_cli_fail(cli, err, "%s kan niet worden geschreven (%s)", path,
					  kb_err_text(err));
}

/* ---- the question ---- */

static size_t
fields_of(const struct form *form, const struct kb_option_values *values,
	  struct kb_desk_field *fields)
{
	size_t count = 0;

	for (size_t i = 0; i < form->option_count; i++) {
		const char *value = values->value[i];

		if (i != OPTION_UIT && value != NULL) {
			value = form->options[i].value_name == NULL ? "ja" : value;
			fields[count++] =
				(struct kb_desk_field){ kb_span_text(form->options[i].name),
							kb_span_text(value) };
		}
	}
	return count;
}

static int
ask(const struct kb_cli *cli, const struct form *form, const struct kb_option_values *values)
{
	struct kb_desk_field fields[KB_OPTIONS_MAX];
	struct kb_cli_answer answer;
	const char *path = values->value[OPTION_UIT];
	int exit_code = 0;
	enum kb_err err =
		kb_cli_question(cli, form->verb, fields, fields_of(form, values, fields), &answer);

	if (err == KB_OK) {
		exit_code = answer.exit_code;
		err = kb_output_print(answer.output, cli, exit_code, answer.error_name,
				      exit_code != 0 && !cli->json ? stderr : stdout);
	}
	if (err != KB_OK) {
		exit_code = kb_cli_no_answer(cli, err);
	} else if (exit_code == 0 && path != NULL &&
		   kb_output_row_count(answer.output, SECTION) > 0) {
		exit_code = write_list(cli, answer.output, form, path);
	}
	kb_output_free(answer.output);
	return exit_code;
}

static int
run(const struct kb_cli *cli, const struct kb_cli_command *command, const struct form *form,
    int argc, char **argv)
{
	struct kb_option_values values;
	int exit_code = 0;

	if (!kb_cli_options(cli, command, form->options, form->option_count, argc, argv, &values,
			    &exit_code)) {
		return exit_code;
	}
	if (values.operand_count > 0) {
		return kb_cli_fail(cli, KB_ERR_USAGE, "'%s' is te veel; zie ketenbode %s --help",
				   values.operands[0], form->verb);
	}
	if (form == &list_form && values.value[OPTION_UIT] != NULL &&
	    values.value[OPTION_KOUD] == NULL) {
		return kb_cli_fail(cli, KB_ERR_USAGE, "--uit hoort bij --koud");
	}
	return kb_cli_has_socket(cli, &exit_code) ? ask(cli, form, &values) : exit_code;
}

int
kb_cli_overdracht_list(const struct kb_cli *cli, const struct kb_cli_command *command, int argc,
		       char **argv)
{
	return run(cli, command, &list_form, argc, argv);
}

int
kb_cli_overdracht_rooster(const struct kb_cli *cli, const struct kb_cli_command *command, int argc,
			  char **argv)
{
	return run(cli, command, &rooster_form, argc, argv);
}
