/* SPDX-License-Identifier: EUPL-1.2 */
/* The table of commands: found by its words, explained enough, in step with the completion of the shell. */
#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <stdlib.h>

#include "agents/cli/completion.h"
#include "agents/cli/desk_client.h"
#include "common/base/file.h"

static const char *
find(int argc, const char *a, const char *b, const char *c, int *used)
{
	char words[3][32] = { "", "", "" };
	char *argv[] = { words[0], words[1], words[2], NULL };
	const char *from[] = { a, b, c };
	const struct kb_cli_command *command = NULL;

	for (int i = 0; i < argc; i++) {
		(void)snprintf(words[i], sizeof(words[i]), "%s", from[i]);
	}
	command = kb_cli_command_find(argc, argv, used);
	return command != NULL ? command->words : "";
}

Test(commands, the_command_with_the_most_words_is_meant)
{
	int used = 0;

	cr_assert_str_eq(find(2, "case", "show", "", &used), "case show");
	cr_assert_eq(used, 2);
	cr_assert_str_eq(find(1, "parties", "", "", &used), "parties");
	cr_assert_eq(used, 1);
	cr_assert_str_eq(find(2, "parties", "lookup", "", &used), "parties lookup");
	cr_assert_str_eq(find(2, "parties", "--json", "", &used), "parties");
	cr_assert_str_eq(find(3, "verzuim", "check", "map", &used), "verzuim check");
	cr_assert_eq(used, 2);
	cr_assert_str_eq(find(1, "case", "", "", &used), "", "half a command is none");
	cr_assert_eq(used, 0);
	cr_assert_str_eq(find(2, "cases", "show", "", &used), "");
	cr_assert_str_eq(find(2, "case", "sho", "", &used), "");
}

Test(commands, every_row_has_words_of_its_own_a_line_and_a_form)
{
	size_t count = 0;
	const struct kb_cli_command *commands = kb_cli_commands(&count);

	for (size_t i = 0; i < count; i++) {
		cr_assert_not_null(commands[i].run);
		cr_assert_str_not_empty(commands[i].help);
		cr_assert_not_null(commands[i].arguments);
		for (size_t j = 0; j < i; j++) {
			cr_assert_str_neq(commands[i].words, commands[j].words);
		}
	}
}

static char *
help_of(const char *words)
{
	size_t count = 0;
	const struct kb_cli_command *commands = kb_cli_commands(&count);
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(commands[i].words, words) == 0) {
			kb_cli_command_help(&commands[i], to);
		}
	}
	(void)fclose(to);
	return text;
}

Test(commands, help_says_what_people_need)
{
	static const struct {
		const char *words;
		const char *says;
	} rows[] = {
		{ "case act", "ouders-ingelicht" },
		{ "case act", "ter-kennisgeving" },
		{ "verzuim import", "--bevestig" },
		{ "verzuim import", "75 bevestiging nodig" },
		{ "verzuim import", "register van DUO niet" },
		{ "verzuim export", "--uit BESTAND" },
		{ "verzuim check", "65 fout in de bestanden" },
		{ "doctor", "69 rood" },
		{ "pki join", "vingerafdruk" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *text = help_of(rows[i].words);

		cr_assert_not_null(strstr(text, rows[i].says), "%s: %s", rows[i].words, text);
		free(text);
	}
}

Test(commands, a_question_without_a_socket_or_with_too_many_words_is_a_usage_error)
{
	struct kb_cli cli = { .timeout_ms = 1000 };
	int used = 0;
	char words[][16] = { "case", "show", "7", "8" };
	char *argv[] = { words[0], words[1], words[2], words[3], NULL };
	const struct kb_cli_command *command = kb_cli_command_find(4, argv, &used);

	cr_redirect_stderr();
	cr_assert_eq(kb_cli_ask(&cli, command, 2, argv + 1), 64, "no socket");
	cli.socket = "/nergens/ketenbode.socket";
	cr_assert_eq(kb_cli_ask(&cli, command, 3, argv + 1), 64, "8 is too many");
	cr_assert_eq(kb_cli_ask(&cli, command, 2, argv + 1), 69, "nobody answers");
}

/* Whoever changes the table runs: ketenbode completion > deploy/completion/ketenbode */
Test(commands, the_completion_in_deploy_is_the_one_of_this_table)
{
	struct kb_cli cli = { 0 };
	struct kb_buf file = { 0 };
	char name[] = "completion";
	char *argv[] = { name, NULL };

	cr_assert_eq(kb_file_read(KB_SOURCE_DIR "/deploy/completion/ketenbode", 65536, &file, NULL),
		     KB_OK);
	cr_redirect_stdout();
	cr_assert_eq(kb_cli_completion(&cli, NULL, 1, argv), 0);
	(void)fflush(stdout);
	cr_assert_stdout_eq_str(kb_buf_text(&file));
	kb_buf_release(&file);
}
