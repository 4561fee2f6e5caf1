/* SPDX-License-Identifier: EUPL-1.2 */
/* What school and gemeente keep of a dossier of verzuim in the same way. */
#include "agents/intake/dossier.h"

#include "agents/intake/steps_taken.h"
#include "common/base/bytes.h"
#include "common/exchange/date.h"
#include "common/store/case_items.h"
#include "common/store/parties.h"
#include "common/store/users.h"

/* Payload of a question: id, length of the question (u32 BE), question, answer. */
#define QUESTION_HEAD_BYTES (KB_ID_BYTES + 4)

enum kb_err
kb_dossier_check(struct kb_act *act, const struct kb_received *received)
{
	struct kb_case row;
	enum kb_err err = received->case_no != 0 ? kb_case_get(act->step, received->case_no, &row)
						 : KB_ERR_NOT_FOUND;

	/* One answer: nobody learns that another party has a case here. */
	return err == KB_OK && row.counterparty_no != received->sender_no ? KB_ERR_NOT_FOUND : err;
}

/* ---- meldingen ---- */

struct kb_melding_row
kb_dossier_start(const struct kb_case *dossier, uint64_t pupil_no)
{
	return (struct kb_melding_row){ .schooljaar = dossier->schooljaar, .pupil_no = pupil_no };
}

enum kb_err
kb_dossier_melding_next(struct kb_step *step, uint64_t case_no, struct kb_arena *arena,
			struct kb_melding_row *row)
{
	enum kb_err err = KB_OK;

	do {
		err = kb_melding_next(step, true, true, arena, row);
	} while (err == KB_OK && row->case_no != case_no);
	return err;
}

/* ---- the case row ---- */

enum kb_err
kb_dossier_title_put(struct kb_step *step, uint64_t case_no, const struct kb_dossier_name *name,
		     struct kb_span summary)
{
	const struct kb_span parts[] = { name->voornaam, name->tussenvoegsel, name->achternaam };
	struct kb_case_text text = { .summary = summary };
	struct kb_buf title = { 0 };
	enum kb_err err = KB_OK;

	for (size_t i = 0; err == KB_OK && i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (parts[i].len > 0 && title.len > 0) {
			err = kb_buf_put_u8(&title, ' ');
		}
		if (err == KB_OK) {
			err = kb_buf_put(&title, parts[i]);
		}
	}
	if (err == KB_OK) {
		text.title = kb_buf_span(&title);
		err = kb_case_text_put(step, case_no, &text);
	}
	kb_buf_wipe(&title);
	return err;
}

enum kb_err
kb_dossier_raise(struct kb_step *step, uint64_t case_no, uint32_t flags, int64_t now_utc_ms)
{
	struct kb_case *row = NULL;
	enum kb_err err = kb_case_edit(step, case_no, &row);

	if (err == KB_OK) {
		kb_case_raise(row, flags, now_utc_ms);
	}
	return err;
}

/* ---- items ---- */

static struct kb_case_item
item_of(uint64_t case_no, enum kb_case_item_type type, const struct kb_dossier_author *author)
{
	return (struct kb_case_item){ .case_no = case_no,
				      .type = type,
				      .author_party_no = author->party_no,
				      .author_user_no = author->user_no,
				      .at_utc_ms = author->at_utc_ms,
				      .visibility = KB_VISIBILITY_ALL };
}

struct kb_dossier_author
kb_dossier_sender(const struct kb_received *received)
{
	return (struct kb_dossier_author){ .party_no = received->sender_no,
					   .at_utc_ms = received->stored_utc_ms };
}

enum kb_err
kb_dossier_note_put(struct kb_step *step, uint64_t case_no, struct kb_span text,
		    const struct kb_dossier_author *author)
{
	struct kb_case_item item = item_of(case_no, KB_ITEM_NOTE, author);

	item.payload = text;
	return text.len > 0 ? kb_case_item_put(step, &item) : KB_OK;
}

struct question {
	struct kb_id id;
	struct kb_span text;
	struct kb_span answer;
};

static enum kb_err
question_read(struct kb_span payload, struct question *out)
{
	size_t len = 0;

	if (payload.len < QUESTION_HEAD_BYTES) {
		return KB_ERR_CORRUPT;
	}
	len = kb_load_u32(payload.at + KB_ID_BYTES);
	if (len > payload.len - QUESTION_HEAD_BYTES) {
		return KB_ERR_CORRUPT;
	}
	memcpy(out->id.bytes, payload.at, KB_ID_BYTES);
	out->text = kb_span_part(payload, QUESTION_HEAD_BYTES, len);
	out->answer = kb_span_part(payload, QUESTION_HEAD_BYTES + len, payload.len);
	return KB_OK;
}

static enum kb_err
question_store(struct kb_step *step, struct kb_case_item *item, const struct question *question)
{
	struct kb_buf payload = { 0 };
	enum kb_err err = kb_buf_put(&payload, KB_SPAN_OF(question->id.bytes));

	if (err == KB_OK) {
		err = kb_buf_put_u32(&payload, (uint32_t)question->text.len);
	}
	if (err == KB_OK) {
		err = kb_buf_put(&payload, question->text);
	}
	if (err == KB_OK) {
		err = kb_buf_put(&payload, question->answer);
	}
	if (err == KB_OK) {
		item->payload = kb_buf_span(&payload);
		err = kb_case_item_put(step, item);
		item->payload = KB_SPAN_NONE;
	}
	kb_buf_wipe(&payload);
	return err;
}

enum kb_err
kb_dossier_question_put(struct kb_step *step, uint64_t case_no, const struct kb_id *vraag_id,
			struct kb_span text, const struct kb_dossier_author *author)
{
	struct kb_case_item item = item_of(case_no, KB_ITEM_QUESTION, author);
	struct question question = { .id = *vraag_id, .text = text };

	return question_store(step, &item, &question);
}

enum kb_err
kb_dossier_answer_put(struct kb_step *step, uint64_t case_no, struct kb_id *vraag_id,
		      struct kb_span answer, int64_t at_utc_ms, struct kb_arena *arena,
		      bool *more_open)
{
	struct kb_case_item item = { 0 };
	struct kb_case_item found = { 0 };
	struct question question = { .text = KB_SPAN_NONE };
	bool any = kb_id_empty(vraag_id);
	size_t open = 0;
	enum kb_err err = KB_OK;

	while (err == KB_OK) {
		struct question read = { .text = KB_SPAN_NONE };

		err = kb_case_item_next(step, case_no, KB_ITEM_QUESTION, item.item_no, arena,
					&item);
		if (err == KB_OK) {
			err = question_read(item.payload, &read);
		}
		if (err == KB_OK && item.done_utc_ms == 0) {
			open++;
			if (found.item_no == 0 && (any || kb_id_equal(&read.id, vraag_id))) {
				found = item;
				question = read;
			}
		}
	}
	if (err != KB_ERR_NOT_FOUND) {
		return err;
	}
	if (found.item_no == 0) {
		return KB_ERR_NOT_FOUND;
	}
	*vraag_id = question.id;
	*more_open = open > 1;
	question.answer = answer;
	found.done_utc_ms = at_utc_ms;
	return question_store(step, &found, &question);
}

/* ---- case show ---- */

static enum kb_err
show_steps(struct kb_desk_call *call, uint64_t case_no)
{
	struct kb_melding_stap *steps = NULL;
	size_t count = 0;
	enum kb_err err = kb_steps_taken_list(kb_desk_step(call), case_no, kb_desk_arena(call),
					      &steps, &count);

	kb_desk_section(call, "ondernomen", "datum|stap");
	for (size_t i = 0; err == KB_OK && i < count; i++) {
		int32_t day = KB_DAY_NONE;

		kb_ignore(kb_date_of_number(steps[i].datum, &day), "an empty cell says it");
		kb_desk_row(call);
		kb_desk_cell_day(call, day);
		kb_desk_cell(call, steps[i].tekst);
	}
	return err;
}

static enum kb_err
show_questions(struct kb_desk_call *call, uint64_t case_no)
{
	struct kb_case_item item = { 0 };
	enum kb_err err = KB_OK;

	kb_desk_section(call, "vragen", "vraag|gesteld|tekst|beantwoord|antwoord");
	while (err == KB_OK) {
		struct question question = { .text = KB_SPAN_NONE };

		err = kb_case_item_next(kb_desk_step(call), case_no, KB_ITEM_QUESTION, item.item_no,
					kb_desk_arena(call), &item);
		if (err == KB_OK) {
			err = question_read(item.payload, &question);
		}
		if (err == KB_OK) {
			kb_desk_row(call);
			kb_desk_cell_id(call, &question.id);
			kb_desk_cell_time(call, item.at_utc_ms);
			kb_desk_cell(call, question.text);
			kb_desk_cell_time(call, item.done_utc_ms);
			kb_desk_cell(call, question.answer);
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

/* Our own user by name, the other side by its party id. */
static void
author_cell(struct kb_desk_call *call, const struct kb_case_item *item)
{
	struct kb_user user = { .name = KB_SPAN_NONE };
	struct kb_party party = { .party_no = 0 };

	if (item->author_party_no == KB_PARTY_NO_SELF) {
		kb_ignore(kb_user_get(kb_desk_step(call), item->author_user_no, kb_desk_arena(call),
				      &user),
			  "an erased name is an empty cell");
		kb_desk_cell(call, user.name);
		return;
	}
	kb_ignore(kb_party_get(kb_desk_step(call), item->author_party_no, &party),
		  "an empty cell says it");
	kb_desk_cell_text(call, party.id.text);
}

static enum kb_err
show_notes(struct kb_desk_call *call, uint64_t case_no)
{
	struct kb_case_item item = { 0 };
	enum kb_err err = KB_OK;

	kb_desk_section(call, "toelichting", "wanneer|van|tekst");
	while (err == KB_OK) {
		err = kb_case_item_next(kb_desk_step(call), case_no, KB_ITEM_NOTE, item.item_no,
					kb_desk_arena(call), &item);
		if (err == KB_OK) {
			kb_desk_row(call);
			kb_desk_cell_time(call, item.at_utc_ms);
			author_cell(call, &item);
			kb_desk_cell(call, item.payload);
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

enum kb_err
kb_dossier_show(struct kb_desk_call *call, uint64_t case_no)
{
	enum kb_err err = show_steps(call, case_no);

	if (err == KB_OK) {
		err = show_questions(call, case_no);
	}
	return err == KB_OK ? show_notes(call, case_no) : err;
}
