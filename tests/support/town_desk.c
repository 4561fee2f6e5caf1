/* SPDX-License-Identifier: EUPL-1.2 */
/* Questions to an agent straight over its socket; the answer in the form that ketenbode --json prints. */
#include "tests/support/town_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/arena.h"
#include "common/net/stream.h"
#include "common/wire/desk.h"
#include "common/wire/wire_limits.h"

#define ANSWER_MS 600000
#define PAIRS_MAX 16

static json_t *
json_of(struct kb_span text)
{
	return json_stringn(text.len > 0 ? (const char *)text.at : "", text.len);
}

static void
add_section(json_t *all, const struct kb_desk_section *section)
{
	char name[KB_WIRE_DESK_NAME_BYTES_MAX + 1];
	json_t *rows = NULL;

	(void)snprintf(name, sizeof(name), "%.*s", (int)section->name.len,
		       (const char *)section->name.at);
	rows = json_object_get(all, name);
	if (rows == NULL) {
		rows = json_array();
		(void)json_object_set_new(all, name, rows);
	}
	for (size_t i = 0; i < section->row_count; i++) {
		json_t *row = json_object();

		for (size_t j = 0; j < section->column_count; j++) {
			char column[KB_WIRE_DESK_NAME_BYTES_MAX + 1];

			(void)snprintf(column, sizeof(column), "%.*s", (int)section->columns[j].len,
				       (const char *)section->columns[j].at);
			(void)json_object_set_new(row, column, json_of(section->rows[i].cells[j]));
		}
		(void)json_array_append_new(rows, row);
	}
}

static enum kb_err
ask(int fd, const char *user, const char *verb, const char *const *pairs)
{
	struct kb_desk_field fields[PAIRS_MAX];
	struct kb_desk_request request = { .version = KB_WIRE_DESK_VERSION,
					   .user = kb_span_text(user != NULL ? user : ""),
					   .verb = kb_span_text(verb),
					   .arguments = fields };
	struct kb_buf frame = { 0 };
	enum kb_err err = KB_OK;

	for (size_t i = 0; pairs[i] != NULL && request.argument_count < PAIRS_MAX; i += 2) {
		fields[request.argument_count++] =
			(struct kb_desk_field){ .name = kb_span_text(pairs[i]),
						.value = kb_span_text(pairs[i + 1]) };
	}
	err = kb_desk_request_encode(&request, &frame);
	if (err == KB_OK) {
		err = kb_stream_write_frame(fd, kb_buf_span(&frame), ANSWER_MS);
	}
	kb_buf_release(&frame);
	return err;
}

static enum kb_err
hear(int fd, struct town_said *said)
{
	struct kb_arena arena = { 0 };
	struct kb_buf frame = { 0 };
	bool more = true;
	enum kb_err err = KB_OK;

	while (err == KB_OK && more) {
		struct kb_desk_answer answer;

		kb_buf_clear(&frame);
		kb_arena_clear(&arena);
		err = kb_stream_read_frame(fd, KB_WIRE_DESK_BYTES_MAX, ANSWER_MS, &frame);
		if (err == KB_OK) {
			err = kb_desk_answer_decode(kb_buf_span(&frame), &arena, &answer);
		}
		if (err != KB_OK) {
			break;
		}
		for (size_t i = 0; i < answer.section_count; i++) {
			add_section(said->json, &answer.sections[i]);
		}
		if (answer.text.len > 0) {
			(void)json_object_set_new(said->json, "tekst", json_of(answer.text));
		}
		if (answer.error.len > 0) {
			(void)json_object_set_new(said->json, "fout", json_of(answer.error));
		}
		more = answer.more;
		said->exit_code = (int)answer.exit_code;
	}
	kb_buf_release(&frame);
	kb_arena_release(&arena);
	return err;
}

struct town_said
town_desk_pairs(struct town_party *party, const char *user, const char *verb,
		const char *const *pairs)
{
	struct town_said said = { .json = json_object() };
	int fd = -1;
	enum kb_err err = kb_stream_connect(party->socket, &fd);

	if (err == KB_OK) {
		err = ask(fd, user, verb, pairs);
	}
	if (err == KB_OK) {
		err = hear(fd, &said);
	}
	if (fd >= 0) {
		(void)close(fd);
	}
	if (err != KB_OK) {
		said.exit_code = -1;
	}
	said.out = json_dumps(said.json, JSON_INDENT(1));
	said.out_bytes = said.out != NULL ? strlen(said.out) : 0;
	said.err = strdup(err == KB_OK ? "" : kb_err_name(err));
	return said;
}

struct town_said
town_desk_words(struct town_party *party, const char *const *verb_and_pairs)
{
	return town_desk_pairs(party, "tester", verb_and_pairs[0], verb_and_pairs + 1);
}
