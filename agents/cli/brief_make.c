/* SPDX-License-Identifier: EUPL-1.2 */
/* `ketenbode brief make`: one question, with lists of lines that are typed one by one. */
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "agents/cli/brief.h"
#include "agents/cli/desk_client.h"

/* The arguments of the verb: the first two by place, the others by name. */
static const struct {
	const char *name;
	bool by_place;
	bool repeats; /* each time a line */
} arguments[] = {
	{ "zaak", true, false },  { "soort", true, false }, { "aan", false, false },
	{ "adres", false, true }, { "veld", false, true },  { "uit", false, false },
	{ "taal", false, false },
};

#define COUNT (sizeof(arguments) / sizeof(arguments[0]))
#define UIT 5

struct letter_question {
	struct kb_buf values[COUNT];
	bool given[COUNT];
	struct kb_error_text where;
};

/* Keeps the sentence; false. */
#define FAIL(question, ...) ((void)kb_fail(&(question)->where, KB_ERR_USAGE, __VA_ARGS__), false)

static bool
add_value(struct letter_question *question, size_t at, const char *value)
{
	struct kb_buf *to = &question->values[at];
	enum kb_err err = KB_OK;

	if (question->given[at] && !arguments[at].repeats) {
		return FAIL(question, "--%s staat er twee keer", arguments[at].name);
	}
	if (question->given[at]) {
		err = kb_buf_put_u8(to, '\n');
	}
	if (err == KB_OK) {
		err = kb_buf_put_text(to, value);
	}
	question->given[at] = true;
	return err == KB_OK ? true : FAIL(question, "geen geheugen");
}

/* "--naam waarde" or "--naam=waarde"; *used is how many words that took. */
static bool
add_option(struct letter_question *question, int argc, char **argv, int *used)
{
	const char *name = argv[0] + 2;
	const char *equals = strchr(name, '=');
	size_t len = equals != NULL ? (size_t)(equals - name) : strlen(name);

	*used = equals != NULL ? 1 : 2;
	for (size_t i = 0; i < COUNT; i++) {
		if (arguments[i].by_place || strlen(arguments[i].name) != len ||
		    strncmp(arguments[i].name, name, len) != 0) {
			continue;
		}
		if (equals == NULL && argc < 2) {
			return FAIL(question, "--%s heeft geen waarde", arguments[i].name);
		}
		return add_value(question, i, equals != NULL ? equals + 1 : argv[1]);
	}
	return FAIL(question, "%s is hier geen optie", argv[0]);
}

static bool
read_words(struct letter_question *question, int argc, char **argv)
{
	size_t place = 0;
	int used = 1;

	for (int i = 1; i < argc; i += used) {
		used = 1;
		if (strncmp(argv[i], "--", 2) == 0) {
			if (!add_option(question, argc - i, argv + i, &used)) {
				return false;
			}
		} else if (place == COUNT || !arguments[place].by_place) {
			return FAIL(question, "'%s' is te veel", argv[i]);
		} else if (!add_value(question, place++, argv[i])) {
			return false;
		}
	}
	return true;
}

/* The agent has another working folder. */
static bool
absolute_file(struct letter_question *question)
{
	struct kb_buf *path = &question->values[UIT];
	struct kb_buf whole = { 0 };
	char folder[PATH_MAX];
	enum kb_err err = KB_OK;

	if (!question->given[UIT] || (path->len > 0 && path->at[0] == '/')) {
		return true;
	}
	if (getcwd(folder, sizeof(folder)) == NULL) {
		return FAIL(question, "geef bij --uit een volledig pad");
	}
	err = kb_buf_putf(&whole, "%s/", folder);
	if (err == KB_OK) {
		err = kb_buf_put(&whole, kb_buf_span(path));
	}
	kb_buf_wipe(path);
	*path = whole;
	return err == KB_OK ? true : FAIL(question, "geen geheugen");
}

static int
ask(const struct kb_cli *cli, const struct kb_cli_command *command,
    struct letter_question *question)
{
	struct kb_desk_field fields[COUNT];
	size_t count = 0;
	struct kb_cli_answer answer;
	int exit_code = 0;
	enum kb_err err = KB_OK;

	for (size_t i = 0; i < COUNT; i++) {
		if (question->given[i]) {
			fields[count++] =
				(struct kb_desk_field){ .name = kb_span_text(arguments[i].name),
							.value =
								kb_buf_span(&question->values[i]) };
		}
	}
	err = kb_cli_question(cli, command->words, fields, count, &answer);
	exit_code = answer.exit_code;
	if (err == KB_OK) {
		err = kb_output_print(answer.output, cli, exit_code, answer.error_name,
				      answer.error_name[0] != 0 && !cli->json ? stderr : stdout);
	}
	kb_output_free(answer.output);
	return err == KB_OK ? exit_code : kb_cli_no_answer(cli, err);
}

int
kb_cli_brief_make(const struct kb_cli *cli, const struct kb_cli_command *command, int argc,
		  char **argv)
{
	struct letter_question question = { .given = { false } };
	int exit_code = 0;

	if (!read_words(&question, argc, argv) || !absolute_file(&question)) {
		exit_code = kb_cli_fail(cli, KB_ERR_USAGE, "%s; zie ketenbode %s --help",
					question.where.text, command->words);
	} else if (kb_cli_has_socket(cli, &exit_code)) {
		exit_code = ask(cli, command, &question);
	}
	for (size_t i = 0; i < COUNT; i++) {
		kb_buf_wipe(&question.values[i]);
	}
	return exit_code;
}
