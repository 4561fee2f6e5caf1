/* SPDX-License-Identifier: EUPL-1.2 */
/* Messages whose content is a closed list of fields. */
#include "agents/runtime/messages.h"

#include "agents/runtime/agent_internal.h"
#include "agents/runtime/notes.h"
#include "common/exchange/effects.h"
#include "common/exchange/field_table.h"
#include "common/store/case_records.h"
#include "common/store/parties.h"
#include "common/store/record.h"
#include "common/store/seen.h"
#include "common/wire/content.h"

/* ---- clocks ---- */

/* A duty that ended is noted with its reason, so that nobody counts it as a breach later (R18). */
static enum kb_err
stop_clock(struct kb_act *act, const struct kb_deadline *clock, const struct kb_effect_row *effect)
{
	enum kb_err err =
		kb_act_clock_stop(act, clock->case_no, clock->clock_id, act->now_utc_ms, NULL);

	return err == KB_OK && effect->ends_duty
		       ? kb_act_note(act, clock->case_no, KB_NOTE_DUTY_ENDED, KB_SPAN_NONE, NULL)
		       : err;
}

static enum kb_err
apply_effect(struct kb_act *act, enum kb_kind kind, uint64_t case_no)
{
	const struct kb_effect_row *effect = kb_effect_of(kind);
	struct kb_deadline clock = { 0 };
	enum kb_err err = effect == NULL || case_no == 0 ? KB_ERR_NOT_FOUND : KB_OK;

	while (err == KB_OK) {
		err = kb_deadline_of_case(act->step, case_no, clock.clock_id, &clock);
		if (err == KB_OK && clock.rule == (uint32_t)effect->stops &&
		    clock.stopped_utc_ms == 0) {
			err = stop_clock(act, &clock, effect);
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

/* ---- in ---- */

/* The first message that names the child gives the case its title. */
static enum kb_err
name_case(struct kb_act *act, uint64_t case_no, const struct kb_inhoud *inhoud)
{
	struct kb_case_text text = { .title = kb_fields_get(inhoud->fields, inhoud->field_count,
							    KB_VELD_LEERLING_NAAM) };
	struct kb_case_text known = { 0 };
	enum kb_err err = kb_case_text_get(act->step, case_no, act->arena, &known);

	if (err != KB_OK && err != KB_ERR_NOT_FOUND) {
		return err;
	}
	return known.title.len > 0 || text.title.len == 0
		       ? KB_OK
		       : kb_case_text_put(act->step, case_no, &text);
}

enum kb_err
kb_message_handle(struct kb_act *act, const struct kb_received *received)
{
	struct kb_inhoud inhoud;
	struct kb_case *row = NULL;
	enum kb_err err = kb_inhoud_decode(received->content, act->arena, &inhoud);

	if (err == KB_OK) {
		err = kb_act_accept(act, received, KB_CASE_KIND_PARTNERS, &row, NULL);
	}
	if (err != KB_OK || row == NULL) {
		return err; /* counts and reports have no case */
	}
	kb_case_raise(row, 0, act->now_utc_ms);
	err = name_case(act, row->case_no, &inhoud);
	return err == KB_OK ? apply_effect(act, received->kind, row->case_no) : err;
}

/* ---- out ---- */

static enum kb_err
encode(enum kb_kind kind, const struct kb_field *fields, size_t count, struct kb_arena *arena,
       struct kb_buf *content, uint32_t *at)
{
	struct kb_inhoud inhoud = { .fields = kb_arena_alloc(arena, (count + 1) * sizeof(*fields)),
				    .field_count = count };

	if (inhoud.fields == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	if (count > 0) {
		memcpy(inhoud.fields, fields, count * sizeof(*fields));
	}
	return kb_inhoud_encode(kind, &inhoud, content, at);
}

enum kb_err
kb_message_send(struct kb_act *act, const struct kb_message *message, struct kb_sent_ref *ref,
		uint32_t *at)
{
	struct kb_outgoing outgoing = message->outgoing;
	struct kb_buf content = { 0 };
	enum kb_err err = encode(outgoing.kind, message->fields, message->field_count, act->arena,
				 &content, at);

	if (err == KB_OK) {
		outgoing.content = kb_buf_span(&content);
		outgoing.variant = kb_fields_variant(message->fields, message->field_count);
		outgoing.field = at;
		err = kb_act_send(act, &outgoing, ref);
	}
	if (err == KB_OK) {
		err = apply_effect(act, outgoing.kind, outgoing.case_no);
	}
	kb_buf_wipe(&content);
	return err;
}

enum kb_err
kb_message_record(struct kb_act *act, uint64_t case_no, enum kb_kind kind,
		  const struct kb_field *fields, size_t count, uint32_t *at)
{
	struct kb_buf content = { 0 };
	enum kb_err err = encode(kind, fields, count, act->arena, &content, at);

	if (err == KB_OK) {
		err = kb_act_note(act, case_no, KB_NOTE_KIND + (uint32_t)kind,
				  kb_buf_span(&content), NULL);
	}
	if (err == KB_OK) {
		err = apply_effect(act, kind, case_no);
	}
	kb_buf_wipe(&content);
	return err;
}

/* ---- shown ---- */

static enum kb_err
show_fields(struct kb_desk_call *call, const struct kb_case_record *line,
	    const struct kb_inhoud *inhoud)
{
	struct kb_party party = { 0 };
	enum kb_err err = kb_party_get(kb_desk_step(call), line->party_no, &party);

	for (size_t i = 0; err == KB_OK && i < inhoud->field_count; i++) {
		const struct kb_field_row *field = kb_field_find(inhoud->fields[i].number);

		kb_desk_row(call);
		kb_desk_cell_number(call, line->ledger_seq);
		kb_desk_cell_text(call, kb_direction_name(line->direction));
		kb_desk_cell_text(call, kb_kind_name(line->kind));
		kb_desk_cell_text(call, party.id.text);
		kb_desk_cell_text(call, field != NULL ? field->name : "");
		/* XML of a dossier is for programs: oso export writes it. */
		if (inhoud->fields[i].number >= KB_VELD_OSO_METADATA &&
		    inhoud->fields[i].number <= KB_VELD_OSO_BIJLAGEDOCS) {
			kb_desk_cellf(call, "deel van een OSO-dossier, %zu tekens",
				      inhoud->fields[i].value.len);
		} else {
			kb_desk_cell(call, inhoud->fields[i].value);
		}
	}
	return err;
}

enum kb_err
kb_message_fields(struct kb_step *step, const struct kb_case_record *line, struct kb_arena *arena,
		  struct kb_inhoud *out)
{
	struct kb_record_read record;
	struct kb_span salt = KB_SPAN_NONE;
	struct kb_span bytes = KB_SPAN_NONE;
	struct kb_body body;
	enum kb_err err = kb_record_get(step, line->ledger_seq, &record);

	if (err == KB_OK) {
		err = kb_record_open_message(step, &record, arena, &salt, &bytes);
	}
	if (err == KB_OK) {
		err = kb_body_decode(bytes, arena, &body);
	}
	return err == KB_OK ? kb_inhoud_decode(body.content, arena, out) : err;
}

static enum kb_err
show_message(struct kb_desk_call *call, const struct kb_case_record *line)
{
	/* A case may hold many large ones: each is let go when it has been shown. */
	struct kb_arena arena = { .block = NULL };
	struct kb_inhoud inhoud;
	enum kb_err err = kb_message_fields(kb_desk_step(call), line, &arena, &inhoud);

	if (err == KB_OK) {
		err = show_fields(call, line, &inhoud);
	}
	kb_arena_release(&arena);
	return err == KB_ERR_NOT_FOUND ? KB_OK : err; /* erased */
}

bool
kb_message_is_quiet(const struct kb_case_record *line)
{
	const struct kb_kind_row *row =
		line->direction == KB_DIRECTION_LOCAL ? NULL : kb_kind_find(line->kind);

	return row != NULL && row->quiet;
}

enum kb_err
kb_message_counts(struct kb_step *step, const struct kb_case_record *line, bool *counts)
{
	struct kb_seen_row seen;
	enum kb_err err = line->direction == KB_DIRECTION_IN
				  ? kb_seen_get(step, &line->number, &seen)
				  : KB_OK;

	*counts = line->direction == KB_DIRECTION_OUT ||
		  (line->direction == KB_DIRECTION_IN && err == KB_OK &&
		   seen.outcome == KB_SEEN_STORED);
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

enum kb_err
kb_message_each(struct kb_step *step, uint64_t case_no, struct kb_arena *arena,
		kb_message_line_fn fn, void *to)
{
	struct kb_case_record *lines = NULL;
	size_t count = 0;
	enum kb_err err = kb_case_records(step, case_no, 0, arena, &lines, &count);

	for (size_t i = 0; err == KB_OK && i < count; i++) {
		const struct kb_kind_row *row = lines[i].direction == KB_DIRECTION_LOCAL
							? NULL
							: kb_kind_find(lines[i].kind);
		bool counts = false;

		err = kb_message_counts(step, &lines[i], &counts);
		if (err == KB_OK && counts && row != NULL && row->form == KB_CONTENT_FIELDS) {
			err = fn(to, &lines[i]);
		}
	}
	return err;
}

static enum kb_err
show_line(void *to, const struct kb_case_record *line)
{
	return show_message(to, line);
}

enum kb_err
kb_message_sections(struct kb_desk_call *call, uint64_t case_no)
{
	kb_desk_section(call, "berichten", "regel|richting|soort|partij|veld|waarde");
	return kb_message_each(kb_desk_step(call), case_no, kb_desk_arena(call), show_line, call);
}
