/* SPDX-License-Identifier: EUPL-1.2 */
/* One question to the agent on this machine. */
#include "agents/cli/desk_client.h"

#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include "agents/cli/bulk.h"
#include "common/base/file.h"
#include "common/net/stream.h"

struct question {
	struct kb_desk_field fields[KB_WIRE_DESK_ARGUMENTS_MAX];
	size_t field_count;
	char paths[4][PATH_MAX]; /* values that were made absolute */
	size_t path_count;
	char account[16];
	struct kb_error_text where;
};

/* The agent has another working folder: names of folders are given to it whole. */
static bool
absolute_path(struct question *question, const char **value)
{
	if (question->path_count == 4 ||
	    realpath(*value, question->paths[question->path_count]) == NULL) {
		(void)kb_fail(&question->where, KB_ERR_USAGE, "de map %s is er niet", *value);
		return false;
	}
	*value = question->paths[question->path_count++];
	return true;
}

/* People know the name of a system account, the agent its number. */
static bool
account_number(struct question *question, const char **value)
{
	const struct passwd *entry = NULL;

	if ((*value)[0] >= '0' && (*value)[0] <= '9') {
		return true;
	}
	entry = getpwnam(*value);
	if (entry == NULL) {
		(void)kb_fail(&question->where, KB_ERR_USAGE,
			      "het systeemaccount %s is er op deze machine niet", *value);
		return false;
	}
	(void)snprintf(question->account, sizeof(question->account), "%u", (unsigned)entry->pw_uid);
	*value = question->account;
	return true;
}

static const struct {
	const char *name;
	bool (*change)(struct question *question, const char **value);
} changed_here[] = {
	{ "map", absolute_path },
	{ "account", account_number },
};

static bool
add_field(struct question *question, struct kb_span name, const char *value)
{
	if (question->field_count == KB_WIRE_DESK_ARGUMENTS_MAX) {
		(void)kb_fail(&question->where, KB_ERR_USAGE, "er zijn te veel argumenten");
		return false;
	}
	for (size_t i = 0; i < sizeof(changed_here) / sizeof(changed_here[0]); i++) {
		if (kb_span_equal(name, kb_span_text(changed_here[i].name)) &&
		    !changed_here[i].change(question, &value)) {
			return false;
		}
	}
	question->fields[question->field_count++] =
		(struct kb_desk_field){ .name = name, .value = kb_span_text(value) };
	return true;
}

#define LIST_OPTION "lijst"

/* The option that names the list is for us, the rest for the agent. */
static bool
is_list(const struct kb_bulk *bulk, struct kb_span name)
{
	return bulk != NULL && kb_span_equal(name, kb_span_text(LIST_OPTION));
}

/* The first place from position on whose argument does not come out of the list. */
static size_t
position_after(const struct kb_cli_command *command, const struct kb_bulk *bulk, size_t position)
{
	while (bulk != NULL && command->positional != NULL &&
	       command->positional[position] != NULL &&
	       kb_bulk_has(bulk, command->positional[position])) {
		position++;
	}
	return position;
}

/* What stands in the list is not given on the line too. */
static bool
free_of_columns(const struct kb_bulk *bulk, struct question *question)
{
	for (size_t i = 0; bulk != NULL && i < question->field_count; i++) {
		for (size_t j = 0; j < bulk->column_count; j++) {
			if (kb_span_equal(question->fields[i].name, bulk->columns[j])) {
				(void)kb_fail(&question->where, KB_ERR_USAGE,
					      "'%.*s' staat al in de lijst",
					      (int)bulk->columns[j].len,
					      (const char *)bulk->columns[j].at);
				return false;
			}
		}
	}
	return true;
}

/* The next word is a value when it does not start with "--"; one that does is given as --name=value. */
static bool
read_arguments(const struct kb_cli_command *command, const struct kb_bulk *bulk, int argc,
	       char **argv, struct question *question)
{
	size_t position = 0;
	bool more = true;

	for (int i = 1; i < argc && more; i++) {
		if (strncmp(argv[i], "--", 2) == 0 && argv[i][2] != 0) {
			struct kb_span name = kb_span_text(argv[i] + 2);
			const char *equals = strchr(argv[i], '=');
			bool has_value = equals == NULL && i + 1 < argc &&
					 strncmp(argv[i + 1], "--", 2) != 0;

			if (equals != NULL) {
				name.len = (size_t)(equals - argv[i]) - 2;
			}
			more = is_list(bulk, name) || add_field(question, name,
								equals != NULL ? equals + 1
								: has_value    ? argv[i + 1]
									       : "ja");
			i += has_value;
			continue;
		}
		position = position_after(command, bulk, position);
		if (command->positional == NULL || command->positional[position] == NULL) {
			(void)kb_fail(&question->where, KB_ERR_USAGE, "'%s' is te veel", argv[i]);
			return false;
		}
		more = add_field(question, kb_span_text(command->positional[position++]), argv[i]);
	}
	return more && free_of_columns(bulk, question);
}

static void
show_progress(const struct kb_desk_answer *answer, bool *shown)
{
	if (answer->total_count > 0 && isatty(STDERR_FILENO)) {
		(void)fprintf(stderr, "\r%u van %u", answer->done_count, answer->total_count);
		*shown = true;
	}
}

/* Reads answers until the last one; exit code and error are its. */
static enum kb_err
read_answers(int fd, const struct kb_cli *cli, struct kb_cli_answer *out)
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
		err = kb_output_add(out->output, &answer);
		if (err == KB_OK && out->content != NULL) {
			err = kb_buf_put(out->content, answer.content);
		}
		more = answer.more;
		out->exit_code = (int)answer.exit_code;
		(void)snprintf(out->error_name, sizeof(out->error_name), "%.*s",
			       (int)answer.error.len,
			       answer.error.len > 0 ? (const char *)answer.error.at : "");
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
send_question(int fd, const struct kb_cli *cli, const char *verb, struct kb_desk_field *fields,
	      size_t field_count, struct kb_span content)
{
	struct kb_desk_request request = { .version = KB_WIRE_DESK_VERSION,
					   .user = kb_span_text(cli->user != NULL ? cli->user : ""),
					   .verb = kb_span_text(verb),
					   .arguments = fields,
					   .argument_count = field_count,
					   .content = content };
	struct kb_buf frame = { 0 };
	enum kb_err err = kb_desk_request_encode(&request, &frame);

	if (err == KB_OK) {
		err = kb_stream_write_frame(fd, kb_buf_span(&frame), cli->timeout_ms);
	} else {
		err = KB_ERR_USAGE; /* what was typed does not fit in a question */
	}
	kb_buf_wipe(&frame);
	return err;
}

enum kb_err
kb_cli_question(const struct kb_cli *cli, const char *verb, struct kb_desk_field *fields,
		size_t field_count, struct kb_cli_answer *answer)
{
	return kb_cli_question_with(cli, verb, fields, field_count, KB_SPAN_NONE, NULL, answer);
}

enum kb_err
kb_cli_question_with(const struct kb_cli *cli, const char *verb, struct kb_desk_field *fields,
		     size_t field_count, struct kb_span content, struct kb_buf *answered,
		     struct kb_cli_answer *answer)
{
	int fd = -1;
	enum kb_err err = KB_OK;

	*answer = (struct kb_cli_answer){ .output = NULL, .content = answered };
	err = kb_output_new(&answer->output);
	if (err == KB_OK) {
		err = kb_stream_connect(cli->socket, &fd);
	}
	if (err == KB_OK) {
		err = send_question(fd, cli, verb, fields, field_count, content);
	}
	if (err == KB_OK) {
		err = read_answers(fd, cli, answer);
	}
	if (fd >= 0) {
		(void)close(fd);
	}
	return err;
}

int
kb_cli_no_answer(const struct kb_cli *cli, enum kb_err err)
{
	if (err == KB_ERR_USAGE) {
		return kb_cli_fail(
			cli, err,
			"wat u typte past niet in een vraag: te lang, of er staan tekens "
			"in die geen tekst zijn");
	}
	if (err == KB_ERR_TIMEOUT) {
		return kb_cli_fail(
			cli, err,
			"de agent op %s antwoordt niet binnen de tijd; probeer het later of "
			"met een langere --timeout",
			cli->socket);
	}
	return kb_cli_fail(cli, err == KB_ERR_OFFLINE ? KB_ERR_IO : err,
			   "de agent op %s antwoordt niet (%s). Draait hij? Vraag het met: "
			   "systemctl status",
			   cli->socket, kb_err_text(err));
}

bool
kb_cli_has_socket(const struct kb_cli *cli, int *exit_code)
{
	if (cli->socket != NULL) {
		return true;
	}
	*exit_code = kb_cli_fail(cli, KB_ERR_USAGE,
				 "zeg welke agent u bedoelt met --socket PAD (staat in zijn "
				 "configuratie onder [desk])");
	return false;
}

int
kb_cli_print_answer(const struct kb_cli *cli, struct kb_cli_answer *answer)
{
	/* Sentences of a failure go where failures go; data stays on stdout for both. */
	enum kb_err err =
		kb_output_print(answer->output, cli, answer->exit_code, answer->error_name,
				answer->error_name[0] != 0 && !cli->json ? stderr : stdout);

	kb_output_free(answer->output);
	answer->output = NULL;
	return err == KB_OK ? answer->exit_code : kb_cli_no_answer(cli, err);
}

static int
ask(const struct kb_cli *cli, const char *verb, struct question *question)
{
	struct kb_cli_answer answer;
	enum kb_err err =
		kb_cli_question(cli, verb, question->fields, question->field_count, &answer);

	if (err != KB_OK) {
		kb_output_free(answer.output);
		return kb_cli_no_answer(cli, err);
	}
	return kb_cli_print_answer(cli, &answer);
}

/* ---- once for every line of a list ---- */

/* False when the command takes no list, or none was given. */
static bool
list_given(const struct kb_cli_command *command, int argc, char **argv, const char **path)
{
	static const char option[] = "--" LIST_OPTION;

	for (int i = 1; command->lists && i < argc; i++) {
		if (strncmp(argv[i], option, sizeof(option) - 1) != 0) {
			continue;
		}
		if (argv[i][sizeof(option) - 1] == '=') {
			*path = argv[i] + sizeof(option);
			return true;
		}
		if (argv[i][sizeof(option) - 1] == 0) {
			*path = i + 1 < argc ? argv[i + 1] : "";
			return true;
		}
	}
	return false;
}

static enum kb_err
bulk_read(const char *path, struct kb_buf *bytes, struct kb_arena *arena, struct kb_bulk *bulk,
	  struct kb_error_text *where)
{
	enum kb_err err = kb_file_read(path, KB_BULK_BYTES_MAX, bytes, where);

	return err == KB_OK ? kb_bulk_parse(kb_buf_span(bytes), path, arena, bulk, where) : err;
}

int
kb_cli_ask(const struct kb_cli *cli, const struct kb_cli_command *command, int argc, char **argv)
{
	struct question *question = calloc(1, sizeof(*question));
	const char *path = "";
	bool listed = list_given(command, argc, argv, &path);
	struct kb_bulk bulk = { .column_count = 0 };
	struct kb_arena arena = { 0 };
	struct kb_buf bytes = { 0 };
	int exit_code = 0;
	enum kb_err err = KB_OK;

	if (question == NULL) {
		return kb_cli_fail(cli, KB_ERR_NO_MEMORY, "geen geheugen");
	}
	if (listed) {
		err = bulk_read(path, &bytes, &arena, &bulk, &question->where);
	}
	if (err != KB_OK) {
		exit_code = kb_cli_fail(cli, err == KB_ERR_NOT_FOUND ? KB_ERR_IO : err, "%s",
					question->where.text);
	} else if (!read_arguments(command, listed ? &bulk : NULL, argc, argv, question)) {
		exit_code = kb_cli_fail(cli, KB_ERR_USAGE, "%s; zie ketenbode %s --help",
					question->where.text, command->words);
	} else if (kb_cli_has_socket(cli, &exit_code)) {
		exit_code = listed ? kb_bulk_ask(cli, command->words, question->fields,
						 question->field_count, &bulk)
				   : ask(cli, command->words, question);
	}
	kb_arena_release(&arena);
	kb_buf_wipe(&bytes);
	free(question);
	return exit_code;
}
