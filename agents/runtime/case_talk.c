/* SPDX-License-Identifier: EUPL-1.2 */
/* ask, answer, say: the three messages that exist in every open case (design 7), as one line of work. */
#include "agents/runtime/agent_internal.h"
#include "agents/runtime/case_board.h"
#include "agents/runtime/message_words.h"
#include "agents/runtime/verbs.h"
#include "common/exchange/field_table.h"
#include "common/store/case_records.h"
#include "common/store/parties.h"
#include "common/store/record.h"
#include "common/wire/envelope.h"

/* The text of the arguments onderwerp and tekst, with what velden adds. */
static enum kb_err
read_content(struct kb_desk_call *call, struct kb_span subject, struct kb_field_list *list)
{
	struct kb_span text = KB_SPAN_NONE;
	enum kb_err err = kb_board_text(call, "tekst", true, KB_BOARD_TEXT_MAX, &text);

	if (err == KB_OK) {
		err = kb_words_insert(list, KB_VELD_ONDERWERP, subject);
	}
	if (err == KB_OK) {
		err = kb_words_insert(list, KB_VELD_TOELICHTING, text);
	}
	return err == KB_OK ? kb_words_fields(call, list) : err;
}

/* Without the argument aan: the other party of the case. */
static enum kb_err
read_recipient(struct kb_desk_call *call, struct kb_party_id *out)
{
	struct kb_party party;
	struct kb_case row;
	enum kb_err err = kb_board_case(call, &row);

	if (kb_desk_has(call, "aan")) {
		*out = kb_desk_party_arg(call, "aan");
		return err;
	}
	if (err == KB_OK && row.counterparty_no == KB_PARTY_NO_SELF) {
		return kb_desk_fail(call, KB_ERR_USAGE,
				    "in deze zaak is nog geen andere partij; geef 'aan'");
	}
	if (err == KB_OK) {
		err = kb_party_get(kb_desk_step(call), row.counterparty_no, &party);
	}
	if (err == KB_OK) {
		*out = party.id;
	}
	return err;
}

static enum kb_err
post(struct kb_desk_call *call, enum kb_kind kind)
{
	struct kb_field_list *list = kb_arena_alloc(kb_desk_arena(call), sizeof(*list));
	struct kb_message message = { .outgoing = { .kind = kind } };
	struct kb_span subject = KB_SPAN_NONE;
	enum kb_err err = list != NULL ? KB_OK : KB_ERR_NO_MEMORY;

	if (err == KB_OK) {
		err = read_recipient(call, &message.outgoing.recipient);
	}
	if (err == KB_OK) {
		err = kb_words_read(call, &message.outgoing);
	}
	if (err == KB_OK) {
		err = kb_board_text(call, "onderwerp", true, KB_BOARD_LINE_MAX, &subject);
	}
	if (err == KB_OK) {
		err = read_content(call, subject, list);
	}
	return err == KB_OK ? kb_words_post(call, &message, list) : err;
}

enum kb_err
kb_verb_ask(struct kb_desk_call *call)
{
	return post(call, KB_KIND_VRAAG);
}

enum kb_err
kb_verb_say(struct kb_desk_call *call)
{
	return post(call, KB_KIND_BERICHT);
}

/* ---- answer ---- */

/* A question that came in: who asked, which message it is, and what it rests on. */
struct question {
	struct kb_party_id from;
	struct kb_id message_id;
	struct kb_span subject;
	struct kb_body body;
};

static enum kb_err
open_question(struct kb_desk_call *call, const struct kb_case_record *line, struct question *out)
{
	struct kb_arena *arena = kb_desk_arena(call);
	struct kb_record_read record;
	struct kb_header header;
	struct kb_inhoud content;
	struct kb_party party;
	struct kb_span salt = KB_SPAN_NONE;
	struct kb_span bytes = KB_SPAN_NONE;
	enum kb_err err = kb_record_get(kb_desk_step(call), line->ledger_seq, &record);

	if (err == KB_OK) {
		err = kb_header_decode(record.clear.header, arena, &header);
	}
	if (err == KB_OK) {
		err = kb_record_open_message(kb_desk_step(call), &record, arena, &salt, &bytes);
	}
	if (err == KB_OK) {
		err = kb_body_decode(bytes, arena, &out->body);
	}
	if (err == KB_OK) {
		err = kb_inhoud_decode(out->body.content, arena, &content);
	}
	if (err == KB_OK) {
		err = kb_party_get(kb_desk_step(call), line->party_no, &party);
	}
	if (err != KB_OK) {
		return err;
	}
	out->from = party.id;
	out->message_id = header.message_id;
	out->subject = KB_SPAN_NONE;
	for (size_t i = 0; i < content.field_count; i++) {
		if (content.fields[i].number == KB_VELD_ONDERWERP) {
			out->subject = content.fields[i].value;
		}
	}
	return KB_OK;
}

/* The question of the argument vraag; without it the newest of the case. */
static enum kb_err
find_question(struct kb_desk_call *call, struct question *out)
{
	struct kb_id wanted = kb_desk_id_arg(call, "vraag");
	struct kb_case_record line;
	uint64_t position = 0;
	bool counts = false;
	enum kb_err err = KB_OK;

	while (err == KB_OK) {
		err = kb_case_record_back(kb_desk_step(call), kb_desk_number_arg(call, "zaak"),
					  &position, &line);
		if (err != KB_OK || line.direction != KB_DIRECTION_IN ||
		    line.kind != (uint32_t)KB_KIND_VRAAG) {
			continue;
		}
		err = kb_message_counts(kb_desk_step(call), &line, &counts);
		if (err == KB_OK && counts) {
			err = open_question(call, &line, out);
			if (err == KB_OK && (!kb_desk_has(call, "vraag") ||
					     kb_id_equal(&wanted, &out->message_id))) {
				return KB_OK;
			}
		}
	}
	return err == KB_ERR_NOT_FOUND
		       ? kb_desk_fail(call, KB_ERR_DATA,
				      "in deze zaak is deze vraag niet binnengekomen; een bericht "
				      "zonder vraag stuurt u met: ketenbode say")
		       : err;
}

enum kb_err
kb_verb_answer(struct kb_desk_call *call)
{
	struct kb_field_list *list = kb_arena_alloc(kb_desk_arena(call), sizeof(*list));
	struct question *question = kb_arena_alloc(kb_desk_arena(call), sizeof(*question));
	struct kb_message message = { .outgoing = { .kind = KB_KIND_ANTWOORD } };
	enum kb_err err =
		list != NULL && question != NULL ? find_question(call, question) : KB_ERR_NO_MEMORY;

	if (err == KB_OK) {
		err = kb_words_read(call, &message.outgoing);
	}
	if (err != KB_OK) {
		return err;
	}
	message.outgoing.recipient = question->from;
	message.outgoing.in_reply_to = &question->message_id;
	/* An answer serves what the question was for, and rests on the same, unless something else is said. */
	if (!kb_desk_has(call, "doel") && !kb_desk_has(call, "grond") &&
	    !kb_desk_has(call, "toestemming")) {
		message.outgoing.purpose = question->body.purpose;
		message.outgoing.ground = question->body.ground;
		message.outgoing.consent_ref =
			kb_id_empty(&question->body.consent_ref)
				? KB_SPAN_NONE
				: KB_SPAN_OF(question->body.consent_ref.bytes);
	}
	err = read_content(call, question->subject, list);
	return err == KB_OK ? kb_words_post(call, &message, list) : err;
}
