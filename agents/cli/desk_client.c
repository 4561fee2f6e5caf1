/* SPDX-License-Identifier: EUPL-1.2 */
/* One question to the agent on this machine. */
#include "agents/cli/desk_client.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "agents/cli/output.h"
#include "common/net/stream.h"
#include "common/wire/desk.h"

struct question {
	struct kb_desk_field fields[KB_WIRE_DESK_ARGUMENTS_MAX];
	size_t field_count;
	char paths[4][PATH_MAX]; /* values that were made absolute */
	size_t path_count;
};

/* The agent has another working folder: names of files are given to it whole. */
static bool
is_path_name(const char *name)
{
	return strcmp(name, "map") == 0 || strcmp(name, "bestand") == 0;
}

static bool
add_field(struct question *question, const char *name, const char *value)
{
	if (question->field_count == KB_WIRE_DESK_ARGUMENTS_MAX) {
		return false;
	}
	if (is_path_name(name) && question->path_count < 4 &&
	    realpath(value, question->paths[question->path_count]) != NULL) {
		value = question->paths[question->path_count++];
	}
	question->fields[question->field_count++] =
		(struct kb_desk_field){ .name = kb_span_text(name), .value = kb_span_text(value) };
	return true;
}

/* The next word is a value when it does not start with "--". */
static bool
read_arguments(const struct kb_cli_command *command, int argc, char **argv,
	       struct question *question, struct kb_error_text *where)
{
	size_t position = 0;
	bool more = true;

	for (int i = 1; i < argc && more; i++) {
		if (strncmp(argv[i], "--", 2) == 0 && argv[i][2] != 0) {
			bool has_value = i + 1 < argc && strncmp(argv[i + 1], "--", 2) != 0;

			more = add_field(question, argv[i] + 2, has_value ? argv[i + 1] : "ja");
			i += has_value;
		} else if (command->positional == NULL || command->positional[position] == NULL) {
			(void)kb_fail(where, KB_ERR_USAGE, "'%s' is te veel", argv[i]);
			return false;
		} else {
			more = add_field(question, command->positional[position++], argv[i]);
		}
	}
	if (!more) {
		(void)kb_fail(where, KB_ERR_USAGE, "er zijn te veel argumenten");
	}
	return more;
}

static void
show_progress(const struct kb_desk_answer *answer, bool *shown)
{
	if (answer->total_count > 0 && isatty(STDERR_FILENO)) {
		(void)fprintf(stderr, "\r%u van %u", answer->done_count, answer->total_count);
		*shown = true;
	}
}

/* Reads answers until the last one; *exit_code and error_name are its. */
static enum kb_err
read_answers(int fd, const struct kb_cli *cli, struct kb_output *output, int *exit_code,
	     char error_name[KB_WIRE_DESK_NAME_BYTES_MAX + 1])
{
	struct kb_arena arena = { 0 };
	struct kb_buf frame = { 0 };
	bool progress_shown = false;
	bool more = true;
	enum kb_err err = KB_OK;

	while (err == KB_OK && more) {
		struct kb_desk_answer answer;

		kb_buf_clear(&frame);
		err = kb_stream_read_frame(fd, KB_WIRE_DESK_BYTES_MAX, cli->timeout_ms, &frame);
		if (err == KB_OK) {
			err = kb_desk_answer_decode(kb_buf_span(&frame), &arena, &answer);
		}
		if (err != KB_OK) {
			break;
		}
		show_progress(&answer, &progress_shown);
		err = kb_output_add(output, &answer);
		more = answer.more;
		*exit_code = (int)answer.exit_code;
		(void)snprintf(error_name, KB_WIRE_DESK_NAME_BYTES_MAX + 1, "%.*s",
			       (int)answer.error.len, (const char *)answer.error.at);
		kb_arena_clear(&arena);
	}
	if (progress_shown) {
		(void)fputs("\r                              \r", stderr);
	}
	kb_buf_wipe(&frame);
	kb_arena_release(&arena);
	return err;
}

static enum kb_err
send_question(int fd, const struct kb_cli *cli, const char *verb, struct question *question)
{
	struct kb_desk_request request = { .version = KB_WIRE_DESK_VERSION,
					   .user = kb_span_text(cli->user != NULL ? cli->user : ""),
					   .verb = kb_span_text(verb),
					   .arguments = question->fields,
					   .argument_count = question->field_count };
	struct kb_buf frame = { 0 };
	enum kb_err err = kb_desk_request_encode(&request, &frame);

	if (err == KB_OK) {
		err = kb_stream_write_frame(fd, kb_buf_span(&frame), cli->timeout_ms);
	}
	kb_buf_wipe(&frame);
	return err;
}

static int
ask(const struct kb_cli *cli, const char *verb, struct question *question)
{
	char error_name[KB_WIRE_DESK_NAME_BYTES_MAX + 1] = "";
	struct kb_output *output = NULL;
	int exit_code = 0;
	int fd = -1;
	enum kb_err err = kb_output_new(&output);

	if (err == KB_OK) {
		err = kb_stream_connect(cli->socket, &fd);
	}
	if (err == KB_OK) {
		err = send_question(fd, cli, verb, question);
	}
	if (err == KB_OK) {
		err = read_answers(fd, cli, output, &exit_code, error_name);
	}
	if (fd >= 0) {
		(void)close(fd);
	}
	if (err == KB_OK) {
		/* Sentences of a failure go where failures go; data stays on stdout for both. */
		err = kb_output_print(output, cli, exit_code, error_name,
				      exit_code != 0 && !cli->json ? stderr : stdout);
	}
	kb_output_free(output);
	if (err != KB_OK) {
		return kb_cli_fail(cli, err == KB_ERR_OFFLINE ? KB_ERR_IO : err,
				   "de agent op %s antwoordt niet (%s). Draait hij? Vraag het met: "
				   "systemctl status",
				   cli->socket, kb_err_text(err));
	}
	return exit_code;
}

int
kb_cli_ask(const struct kb_cli *cli, const struct kb_cli_command *command, int argc, char **argv)
{
	struct question *question = calloc(1, sizeof(*question));
	struct kb_error_text where = { "" };
	int exit_code = 0;

	if (question == NULL) {
		return kb_cli_fail(cli, KB_ERR_NO_MEMORY, "geen geheugen");
	}
	if (cli->socket == NULL) {
		exit_code = kb_cli_fail(cli, KB_ERR_USAGE,
					"zeg welke agent u bedoelt met --socket PAD (staat in zijn "
					"configuratie onder [desk])");
	} else if (!read_arguments(command, argc, argv, question, &where)) {
		exit_code = kb_cli_fail(cli, KB_ERR_USAGE, "%s; zie ketenbode %s --help",
					where.text, command->words);
	} else {
		exit_code = ask(cli, command->words, question);
	}
	free(question);
	return exit_code;
}
