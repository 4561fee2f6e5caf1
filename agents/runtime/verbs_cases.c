/* SPDX-License-Identifier: EUPL-1.2 */
/* case show: what any case has, whatever the role. */
#include "agents/runtime/agent_internal.h"
#include "agents/runtime/case_board.h"
#include "agents/runtime/documents.h"
#include "agents/runtime/flow.h"
#include "agents/runtime/messages.h"
#include "agents/runtime/verbs.h"
#include "common/exchange/date.h"
#include "common/exchange/effects.h"
#include "common/exchange/termijn.h"
#include "common/store/access.h"
#include "common/store/case_records.h"
#include "common/store/parties.h"
#include "common/store/record.h"
#include "common/store/sent.h"
#include "common/store/users.h"

void
kb_cell_party(struct kb_desk_call *call, uint32_t party_no)
{
	struct kb_party party;

	if (party_no != KB_PARTY_NO_SELF &&
	    kb_party_get(kb_desk_step(call), party_no, &party) == KB_OK) {
		kb_desk_cell_text(call, party.id.text);
	} else {
		kb_desk_cell_text(call, "");
	}
}

void
kb_cell_user(struct kb_desk_call *call, uint64_t user_no)
{
	struct kb_user user;

	if (user_no == 0) {
		kb_desk_cell_text(call, "agent");
	} else if (kb_user_get(kb_desk_step(call), user_no, kb_desk_arena(call), &user) == KB_OK) {
		kb_desk_cell(call, user.name);
	} else {
		kb_desk_cellf(call, "gebruiker %llu", (unsigned long long)user_no);
	}
}

/* ---- case show ---- */

static enum kb_err
show_case_row(struct kb_desk_call *call, const struct kb_case *row)
{
	struct kb_case_text text = { 0 };
	enum kb_err err =
		kb_case_text_get(kb_desk_step(call), row->case_no, kb_desk_arena(call), &text);

	if (err != KB_OK && err != KB_ERR_NOT_FOUND) {
		return err;
	}
	kb_desk_section(call, "zaak",
			"zaak|kenmerk|titel|samenvatting|stand|partij|schooljaar|geopend|laatst|"
			"gesloten|aandacht");
	kb_desk_row(call);
	kb_desk_cell_number(call, row->case_no);
	kb_desk_cell_id(call, &row->case_id);
	kb_desk_cell(call, text.title);
	kb_desk_cell(call, text.summary);
	kb_desk_cell_text(call, kb_flow_state_label(kb_desk_act(call), row));
	kb_cell_party(call, row->counterparty_no);
	if (row->schooljaar != 0) {
		kb_desk_cellf(call, "%u/%u", row->schooljaar, row->schooljaar + 1u);
	} else {
		kb_desk_cell_text(call, "");
	}
	kb_desk_cell_time(call, row->opened_utc_ms);
	kb_desk_cell_time(call, row->last_activity_utc_ms);
	kb_desk_cell_time(call, row->closed_utc_ms);
	kb_cell_flags(call, row->inbox_flags);
	return KB_OK;
}

/* One line: who, what, when sent, stored and received. */
static enum kb_err
show_line(struct kb_desk_call *call, const struct kb_case_record *line)
{
	struct kb_step *step = kb_desk_step(call);
	struct kb_record_read record;
	struct kb_sent_row sent = { 0 };
	struct kb_arena *arena = kb_desk_arena(call);
	struct kb_header header = { 0 };
	struct kb_body body = { 0 };
	struct kb_span salt = KB_SPAN_NONE;
	struct kb_span bytes = KB_SPAN_NONE;
	const struct kb_kind_row *kind =
		line->direction == KB_DIRECTION_LOCAL ? NULL : kb_kind_find(line->kind);
	bool counts = false;
	enum kb_err err = kb_record_get(step, line->ledger_seq, &record);

	if (err == KB_OK && record.clear.header.len > 0) {
		err = kb_header_decode(record.clear.header, arena, &header);
	}
	if (err == KB_OK) {
		err = kb_message_counts(step, line, &counts);
	}
	if (err == KB_OK && counts && kind != NULL) {
		err = kb_record_open_message(step, &record, arena, &salt, &bytes);
		if (err == KB_OK && bytes.len > 0) {
			err = kb_body_decode(bytes, arena, &body);
		} else if (err == KB_ERR_NOT_FOUND) {
			err = KB_OK; /* erased: the line stays, its author does not */
		}
	}
	if (err == KB_OK && line->direction == KB_DIRECTION_OUT) {
		err = kb_sent_get(step, &line->number, &sent);
	}
	if (err != KB_OK) {
		return err;
	}
	kb_desk_row(call);
	kb_desk_cell_time(call, line->at_utc_ms);
	kb_desk_cell_text(call, kb_direction_name(line->direction));
	kb_desk_cell_text(call, kind != NULL
					? kb_kind_label(line->kind)
					: kb_record_type_name((enum kb_record_type)line->kind));
	kb_cell_party(call, line->party_no);
	if (line->direction == KB_DIRECTION_IN) {
		kb_desk_cell(call, body.author.person);
		kb_desk_cell(call, body.author.function);
	} else {
		kb_cell_user(call, line->user_no);
		kb_desk_cell(call, body.author.function);
	}
	kb_desk_cell_time(call, line->direction == KB_DIRECTION_OUT ? sent.sent_at_utc_ms
								    : header.sent_at_utc_ms);
	kb_desk_cell_time(call, line->direction == KB_DIRECTION_IN ? line->at_utc_ms
								   : sent.stored_at_utc_ms);
	kb_desk_cell_text(
		call, line->direction == KB_DIRECTION_OUT ? kb_sent_state_label(sent.state) : "");
	kb_desk_cell_text(call, sent.reason != 0
					? kb_desk_err_sentence(kb_err_from_reason(sent.reason))
					: "");
	kb_desk_cell_number(call, line->ledger_seq);
	kb_desk_cell(call, line->direction == KB_DIRECTION_IN ? body.reglement : KB_SPAN_NONE);
	return KB_OK;
}

static enum kb_err
show_timeline(struct kb_desk_call *call, uint64_t case_no)
{
	struct kb_case_record *lines = NULL;
	size_t count = 0;
	enum kb_err err = kb_case_records(kb_desk_step(call), case_no, 0, kb_desk_arena(call),
					  &lines, &count);

	kb_desk_section(call, "tijdlijn",
			"wanneer|richting|wat|partij|wie|functie|verzonden|opgeslagen|stand|reden|"
			"regel|reglement");
	for (size_t i = 0; err == KB_OK && i < count; i++) {
		/* How far an attachment is, its section says. */
		err = kb_message_is_quiet(&lines[i]) ? KB_OK : show_line(call, &lines[i]);
	}
	return err;
}

/* What the clock is and on which line it rests; how near it is as long as it counts. */
static void
clock_texts(struct kb_desk_call *call, const struct kb_deadline *clock)
{
	const struct kb_role *role = kb_agent_role(kb_desk_agent(call));
	const struct kb_clock_text *text = kb_clock_text_of(clock->rule);
	bool counts =
		clock->state == KB_CLOCK_STATE_RUNNING || clock->state == KB_CLOCK_STATE_EXPIRED;

	if (text == NULL && role->clock_text != NULL) {
		text = role->clock_text(clock->rule);
	}
	kb_desk_cell_text(call, text != NULL ? text->what : "");
	kb_desk_cell_text(call, text != NULL ? text->source : "");
	kb_desk_cell_text(call, counts && !clock->historisch
					? kb_termijn_word(kb_termijn_of(clock->due_utc_ms,
									kb_desk_now_utc_ms(call)))
					: "");
}

static void
clock_row(struct kb_desk_call *call, const struct kb_deadline *clock)
{
	kb_desk_row(call);
	kb_desk_cell_number(call, clock->clock_id);
	kb_desk_cell_text(call, kb_clock_kind_name(clock->kind));
	kb_desk_cell_text(call, kb_clock_state_name(clock->state));
	kb_desk_cell_time(call, clock->started_utc_ms);
	kb_desk_cell_time(call, clock->due_utc_ms);
	kb_desk_cell_time(call, clock->stopped_utc_ms);
	clock_texts(call, clock);
}

/* Those of a route stand in its own section, with who is next. */
enum kb_err
kb_show_clocks(struct kb_desk_call *call, uint64_t case_no)
{
	struct kb_deadline clock = { 0 };
	enum kb_err err = kb_deadline_of_case(kb_desk_step(call), case_no, 0, &clock);

	kb_desk_section(call, "klokken",
			"klok|soort|stand|gestart|uiterlijk|gestopt|wat|bron|termijn-stand");
	while (err == KB_OK) {
		if (!kb_flow_is_clock(clock.rule)) {
			clock_row(call, &clock);
		}
		err = kb_deadline_of_case(kb_desk_step(call), case_no, clock.clock_id, &clock);
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

/* Whoever of its desk opens a case has seen what was new; a view with the noodknop takes nothing out of their inbox. */
static enum kb_err
mark_seen(struct kb_desk_call *call, uint64_t case_no)
{
	const struct kb_authority *authority = kb_desk_act(call)->authority;
	struct kb_case *row = NULL;
	enum kb_err err = authority == NULL || !authority->emergency
				  ? kb_case_edit(kb_desk_step(call), case_no, &row)
				  : KB_OK;

	if (err == KB_OK && row != NULL) {
		row->inbox_flags &= ~KB_INBOX_NEW;
		row->new_since_utc_ms = 0;
	}
	return err;
}

/* What the case holds beside its messages. */
static enum kb_err
show_board(struct kb_desk_call *call, const struct kb_case *row)
{
	static enum kb_err (*const sections[])(struct kb_desk_call * call,
					       const struct kb_case *row) = {
		kb_show_people, kb_show_parties,      kb_show_persons, kb_show_notes,
		kb_show_tasks,	kb_show_appointments, kb_show_overleg,
	};
	enum kb_err err = KB_OK;

	for (size_t i = 0; err == KB_OK && i < sizeof(sections) / sizeof(sections[0]); i++) {
		err = sections[i](call, row);
	}
	return err;
}

enum kb_err
kb_verb_case_show(struct kb_desk_call *call)
{
	const struct kb_role *role = kb_agent_role(kb_desk_agent(call));
	uint64_t case_no = kb_desk_number_arg(call, "zaak");
	struct kb_case row;
	enum kb_err err = kb_case_get(kb_desk_step(call), case_no, &row);

	if (err == KB_OK) {
		err = kb_act_viewed(kb_desk_act(call), "case show", case_no, 1);
	}
	if (err == KB_OK) {
		err = show_case_row(call, &row);
	}
	if (err == KB_OK) {
		err = show_board(call, &row);
	}
	if (err == KB_OK && role->on_case != NULL && row.kind == KB_CASE_KIND_VERZUIM) {
		err = role->on_case(call, case_no);
	}
	if (err == KB_OK) {
		err = kb_message_sections(call, case_no);
	}
	if (err == KB_OK && row.kind != KB_CASE_KIND_VERZUIM) {
		err = mark_seen(call, case_no);
	}
	if (err == KB_OK) {
		err = kb_flow_show(call, case_no);
	}
	if (err == KB_OK) {
		err = kb_document_section(call, &row);
	}
	if (err == KB_OK) {
		err = kb_attachment_sections(call, case_no);
	}
	if (err == KB_OK) {
		err = kb_letters_show_open(call, case_no);
	}
	if (err == KB_OK) {
		err = show_timeline(call, case_no);
	}
	return err == KB_OK ? kb_show_clocks(call, case_no) : err;
}
