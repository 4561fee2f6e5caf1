/* SPDX-License-Identifier: EUPL-1.2 */
/* Arguments of a verb and the building of its answer. */
#include "agents/runtime/desk.h"

#include <stdarg.h>
#include <stdio.h>

#include "agents/runtime/agent_internal.h"
#include "common/base/text.h"
#include "common/exchange/date.h"

#define CELL_TEXT 512

/* ---- arguments ---- */

static const struct kb_desk_field *
find(const struct kb_desk_call *call, const char *name)
{
	struct kb_span wanted = kb_span_text(name);

	for (size_t i = 0; i < call->request.argument_count; i++) {
		if (kb_span_equal(call->request.arguments[i].name, wanted)) {
			return &call->request.arguments[i];
		}
	}
	return NULL;
}

static bool
text_ok(struct kb_span value)
{
	return kb_text_ok(value, false);
}

static bool
lines_ok(struct kb_span value)
{
	return kb_text_ok(value, true);
}

static bool
number_ok(struct kb_span value)
{
	uint64_t number = 0;

	return kb_text_to_u64(value, (uint64_t)1 << 53, &number) == KB_OK;
}

static bool
date_ok(struct kb_span value)
{
	int32_t day = 0;

	return kb_date_parse(value, &day) == KB_OK;
}

static bool
flag_ok(struct kb_span value)
{
	return kb_span_equal(value, kb_span_text("ja")) ||
	       kb_span_equal(value, kb_span_text("nee"));
}

static bool
party_ok(struct kb_span value)
{
	struct kb_party_id id;

	return kb_party_id_parse(value, &id) == KB_OK;
}

static bool
id_ok(struct kb_span value)
{
	struct kb_id id;

	return kb_id_parse(value, &id) == KB_OK;
}

static bool
path_ok(struct kb_span value)
{
	return kb_text_ok(value, false) && value.len > 0 && value.len < 4096 && value.at[0] == '/';
}

static const struct {
	bool (*ok)(struct kb_span value);
	const char *form;
} arg_types[] = {
	[KB_ARG_NONE] = { text_ok, "" },
	[KB_ARG_TEXT] = { text_ok, "een regel tekst" },
	[KB_ARG_LINES] = { lines_ok, "gewone tekst" },
	[KB_ARG_NUMBER] = { number_ok, "een getal zonder punten of spaties" },
	[KB_ARG_DATE] = { date_ok, "een bestaande datum, als JJJJ-MM-DD" },
	[KB_ARG_FLAG] = { flag_ok, "ja of nee" },
	[KB_ARG_PARTY] = { party_ok, "een partij (OIN van 20 tekens, eventueel met /vestiging)" },
	[KB_ARG_ID] = { id_ok, "een kenmerk van 32 hexadecimale tekens" },
	[KB_ARG_PATH] = { path_ok, "een volledig pad, beginnend met /" },
};

static const struct kb_desk_arg *
row_of(const struct kb_desk_verb *verb, struct kb_span name)
{
	for (size_t i = 0; i < verb->arg_count; i++) {
		if (kb_span_equal(name, kb_span_text(verb->args[i].name))) {
			return &verb->args[i];
		}
	}
	return NULL;
}

enum kb_err
kb_desk_check_arguments(struct kb_desk_call *call)
{
	for (size_t i = 0; i < call->request.argument_count; i++) {
		const struct kb_desk_field *field = &call->request.arguments[i];
		const struct kb_desk_arg *arg = row_of(call->verb, field->name);

		if (arg == NULL) {
			return kb_desk_fail(call, KB_ERR_USAGE,
					    "'%s' kent het gegeven '%.*s' niet; laat het weg",
					    call->verb->name, (int)field->name.len,
					    (const char *)field->name.at);
		}
		if (!arg_types[arg->type].ok(field->value)) {
			return kb_desk_fail(call, KB_ERR_USAGE, "'%s' moet %s zijn", arg->name,
					    arg_types[arg->type].form);
		}
		for (size_t j = 0; j < i; j++) {
			if (kb_span_equal(field->name, call->request.arguments[j].name)) {
				return kb_desk_fail(call, KB_ERR_USAGE,
						    "'%s' staat er twee keer; geef het een keer",
						    arg->name);
			}
		}
	}
	for (size_t i = 0; i < call->verb->arg_count; i++) {
		const struct kb_desk_arg *arg = &call->verb->args[i];

		if (arg->required && find(call, arg->name) == NULL) {
			return kb_desk_fail(call, KB_ERR_USAGE, "'%s' ontbreekt: %s", arg->name,
					    arg->help);
		}
	}
	return KB_OK;
}

bool
kb_desk_has(const struct kb_desk_call *call, const char *name)
{
	return find(call, name) != NULL;
}

struct kb_span
kb_desk_text_arg(const struct kb_desk_call *call, const char *name)
{
	const struct kb_desk_field *field = find(call, name);

	return field != NULL ? field->value : KB_SPAN_NONE;
}

const char *
kb_desk_path_arg(const struct kb_desk_call *call, const char *name)
{
	struct kb_desk_call *writable = (struct kb_desk_call *)call;
	const char *text = kb_arena_text(&writable->request_arena, kb_desk_text_arg(call, name));

	return text != NULL ? text : "";
}

uint64_t
kb_desk_number_arg(const struct kb_desk_call *call, const char *name)
{
	uint64_t number = 0;

	return kb_text_to_u64(kb_desk_text_arg(call, name), (uint64_t)1 << 53, &number) == KB_OK
		       ? number
		       : 0;
}

bool
kb_desk_flag_arg(const struct kb_desk_call *call, const char *name)
{
	return kb_span_equal(kb_desk_text_arg(call, name), kb_span_text("ja"));
}

int32_t
kb_desk_date_arg(const struct kb_desk_call *call, const char *name)
{
	int32_t day = KB_DAY_NONE;

	return kb_date_parse(kb_desk_text_arg(call, name), &day) == KB_OK ? day : KB_DAY_NONE;
}

struct kb_id
kb_desk_id_arg(const struct kb_desk_call *call, const char *name)
{
	struct kb_id id = { { 0 } };

	kb_ignore(kb_id_parse(kb_desk_text_arg(call, name), &id), "absent is the empty id");
	return id;
}

struct kb_party_id
kb_desk_party_arg(const struct kb_desk_call *call, const char *name)
{
	struct kb_party_id id = { "" };

	kb_ignore(kb_party_id_parse(kb_desk_text_arg(call, name), &id), "absent is the empty id");
	return id;
}

struct kb_span
kb_desk_content(const struct kb_desk_call *call)
{
	return call->request.content;
}

/* ---- around it ---- */

struct kb_agent *
kb_desk_agent(struct kb_desk_call *call)
{
	return call->agent;
}

struct kb_act *
kb_desk_act(struct kb_desk_call *call)
{
	return call->act;
}

struct kb_step *
kb_desk_step(struct kb_desk_call *call)
{
	return call->step;
}

struct kb_arena *
kb_desk_arena(struct kb_desk_call *call)
{
	return &call->arena;
}

uint32_t
kb_desk_user_no(const struct kb_desk_call *call)
{
	return (uint32_t)call->user_no;
}

int64_t
kb_desk_now_utc_ms(const struct kb_desk_call *call)
{
	return call->act != NULL ? call->act->now_utc_ms : call->now_utc_ms;
}

/* ---- the answer ---- */

void
kb_desk_reset(struct kb_desk_call *call)
{
	call->first = NULL;
	call->last = NULL;
	call->error.text[0] = '\0';
	call->exit_code = 0;
	call->content = KB_SPAN_NONE;
	call->no_memory = false;
	kb_buf_wipe(&call->text);
	kb_arena_clear(&call->arena);
}

static struct kb_span
keep(struct kb_desk_call *call, struct kb_span text)
{
	struct kb_span copy = kb_arena_copy(&call->arena, text);

	if (copy.at == NULL && text.len > 0) {
		call->no_memory = true;
	}
	return copy;
}

void
kb_desk_section(struct kb_desk_call *call, const char *name, const char *columns)
{
	struct kb_desk_list_section *section = kb_arena_alloc(&call->arena, sizeof(*section));
	const char *from = columns;

	if (section == NULL) {
		call->no_memory = true;
		return;
	}
	section->name = keep(call, kb_span_text(name));
	while (*from != '\0' && section->column_count < KB_WIRE_DESK_COLUMNS_MAX) {
		const char *end = strchr(from, '|');
		size_t len = end != NULL ? (size_t)(end - from) : strlen(from);

		section->columns[section->column_count++] = keep(call, kb_span(from, len));
		from += len + (end != NULL ? 1 : 0);
	}
	if (call->last != NULL) {
		call->last->next = section;
	} else {
		call->first = section;
	}
	call->last = section;
}

void
kb_desk_row(struct kb_desk_call *call)
{
	struct kb_desk_list_row *row = kb_arena_alloc(&call->arena, sizeof(*row));

	KB_INVARIANT(call->last != NULL || call->no_memory);
	if (row == NULL || call->last == NULL) {
		call->no_memory = true;
		return;
	}
	if (call->last->last != NULL) {
		call->last->last->next = row;
	} else {
		call->last->first = row;
	}
	call->last->last = row;
}

void
kb_desk_cell(struct kb_desk_call *call, struct kb_span text)
{
	struct kb_desk_list_row *row = call->last != NULL ? call->last->last : NULL;

	if (row == NULL || row->cell_count >= call->last->column_count) {
		KB_INVARIANT(call->no_memory);
		return;
	}
	if (text.len > KB_WIRE_DESK_VALUE_BYTES_MAX) {
		text.len = KB_WIRE_DESK_VALUE_BYTES_MAX;
		/* Not in the middle of a character. */
		while (text.len > 0 && (text.at[text.len] & 0xc0) == 0x80) {
			text.len--;
		}
	}
	row->cells[row->cell_count++] = keep(call, text);
}

void
kb_desk_cell_text(struct kb_desk_call *call, const char *text)
{
	kb_desk_cell(call, kb_span_text(text));
}

void
kb_desk_cellf(struct kb_desk_call *call, const char *format, ...)
{
	char text[CELL_TEXT];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	kb_desk_cell_text(call, text);
}

void
kb_desk_cell_number(struct kb_desk_call *call, uint64_t number)
{
	kb_desk_cellf(call, "%llu", (unsigned long long)number);
}

void
kb_desk_cell_time(struct kb_desk_call *call, int64_t utc_ms)
{
	struct kb_local_time local;
	char date[KB_DATE_TEXT];

	if (utc_ms == 0) {
		kb_desk_cell_text(call, "");
		return;
	}
	local = kb_date_local_time(utc_ms);
	kb_date_format(local.day, date);
	kb_desk_cellf(call, "%s %02d:%02d", date, (int)(local.minute / 60),
		      (int)(local.minute % 60));
}

void
kb_desk_cell_day(struct kb_desk_call *call, int32_t day)
{
	char date[KB_DATE_TEXT] = "";

	if (day != KB_DAY_NONE) {
		kb_date_format(day, date);
	}
	kb_desk_cell_text(call, date);
}

void
kb_desk_cell_id(struct kb_desk_call *call, const struct kb_id *id)
{
	char text[KB_ID_TEXT];

	kb_id_text(id, text);
	kb_desk_cell_text(call, text);
}

void
kb_desk_say(struct kb_desk_call *call, const char *format, ...)
{
	char text[2 * CELL_TEXT];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (call->text.len + strlen(text) + 1 > KB_WIRE_DESK_TEXT_BYTES_MAX) {
		return; /* so many sentences help nobody; the rows are whole */
	}
	if ((call->text.len > 0 && kb_buf_put_u8(&call->text, '\n') != KB_OK) ||
	    kb_buf_put_text(&call->text, text) != KB_OK) {
		call->no_memory = true;
	}
}

enum kb_err
kb_desk_give(struct kb_desk_call *call, struct kb_span content)
{
	call->content = keep(call, content);
	return call->no_memory ? KB_ERR_NO_MEMORY : KB_OK;
}

enum kb_err
kb_desk_fail(struct kb_desk_call *call, enum kb_err err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(call->error.text, sizeof(call->error.text), format, args);
	va_end(args);
	return err;
}

void
kb_desk_exit(struct kb_desk_call *call, int exit_code)
{
	call->exit_code = exit_code;
}

/* ---- sending ---- */

static bool
send_one(struct kb_desk_call *call, const struct kb_desk_answer *answer)
{
	struct kb_buf bytes = { 0 };
	enum kb_err err = kb_desk_answer_encode(answer, &bytes);

	if (err == KB_OK && !call->gone) {
		call->client.answer(call->client.state, kb_buf_span(&bytes), !answer->more);
	}
	kb_buf_wipe(&bytes);
	return err == KB_OK;
}

static size_t
row_bytes(const struct kb_desk_list_row *row)
{
	size_t bytes = 8;

	for (size_t i = 0; i < row->cell_count; i++) {
		bytes += row->cells[i].len + 4;
	}
	return bytes;
}

/* As many rows of section from *row on as one answer takes; *row moves on. */
static struct kb_desk_section *
part_of(struct kb_desk_call *call, struct kb_desk_list_section *section,
	struct kb_desk_list_row **row)
{
	struct kb_desk_section *part = kb_arena_alloc(&call->arena, sizeof(*part));
	size_t bytes = 0;
	size_t count = 0;
	struct kb_desk_list_row *end = *row;

	while (end != NULL && count < KB_WIRE_DESK_ROWS_MAX && bytes < KB_DESK_ANSWER_BYTES) {
		bytes += row_bytes(end);
		count++;
		end = end->next;
	}
	if (part == NULL) {
		return NULL;
	}
	part->name = section->name;
	part->columns = section->columns;
	part->column_count = section->column_count;
	part->rows = kb_arena_alloc(&call->arena, count * sizeof(*part->rows));
	if (part->rows == NULL) {
		return NULL;
	}
	for (size_t i = 0; i < count; i++, *row = (*row)->next) {
		part->rows[i].cells = (*row)->cells;
		part->rows[i].cell_count = section->column_count;
	}
	part->row_count = count;
	return part;
}

/* Every section in an answer of its own, in parts when it is long: simple, and no answer can grow too large. */
static bool
send_sections(struct kb_desk_call *call)
{
	for (struct kb_desk_list_section *section = call->first; section != NULL;
	     section = section->next) {
		struct kb_desk_list_row *row = section->first;

		do {
			struct kb_desk_section *part = part_of(call, section, &row);
			struct kb_desk_answer answer = { .sections = part,
							 .section_count = 1,
							 .more = true };

			if (part == NULL || !send_one(call, &answer)) {
				return false;
			}
		} while (row != NULL);
	}
	return true;
}

void
kb_desk_send(struct kb_desk_call *call, enum kb_err err)
{
	struct kb_desk_answer answer = { 0 };

	if (err == KB_OK && call->no_memory) {
		err = KB_ERR_NO_MEMORY;
	}
	if (err != KB_ERR_NO_MEMORY && !send_sections(call)) {
		err = err == KB_OK ? KB_ERR_INTERNAL : err;
	}
	answer.exit_code = (uint32_t)(err != KB_OK ? kb_err_exit_code(err) : call->exit_code);
	if (err != KB_OK) {
		answer.error = kb_span_text(kb_err_name(err));
		answer.text = kb_span_text(call->error.text[0] != '\0' ? call->error.text
								       : kb_desk_err_sentence(err));
	} else {
		answer.text = kb_buf_span(&call->text);
		answer.content = call->content;
	}
	if (!send_one(call, &answer) && !call->gone) {
		/* The client must never wait for ever: an answer without words is always possible. */
		answer.text = KB_SPAN_NONE;
		answer.error = KB_SPAN_NONE;
		answer.exit_code = (uint32_t)kb_err_exit_code(KB_ERR_INTERNAL);
		(void)send_one(call, &answer);
	}
}

void
kb_desk_progress(struct kb_desk_call *call, uint32_t done_count, uint32_t total_count)
{
	struct kb_desk_answer answer = { .more = true,
					 .done_count = done_count,
					 .total_count = total_count };
	int64_t now = kb_clock_mono_ms(&call->agent->clock);

	if (now - call->progress_mono_ms < 100) {
		return;
	}
	call->progress_mono_ms = now;
	(void)send_one(call, &answer);
}
