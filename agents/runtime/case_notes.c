/* SPDX-License-Identifier: EUPL-1.2 */
/* note add, note share, note list: what a desk writes down about a case for itself, until it is shared by an act. */
#include "agents/runtime/case_board.h"
#include "agents/runtime/message_words.h"
#include "agents/runtime/verbs.h"
#include "common/exchange/field_table.h"

/* Words for who may see a note. */
static const struct {
	const char *word;
	enum kb_visibility visibility;
} readers[] = {
	{ "loket", KB_VISIBILITY_DESK },
	{ "allen", KB_VISIBILITY_ALL },
};

#define READER_COUNT (sizeof(readers) / sizeof(readers[0]))

static const char *
reader_word(enum kb_visibility visibility)
{
	return readers[visibility == KB_VISIBILITY_ALL ? 1 : 0].word;
}

/* Without the argument: the own desk. */
static enum kb_visibility
reader_parse(struct kb_span word)
{
	for (size_t i = 0; i < READER_COUNT; i++) {
		if (kb_span_equal(word, kb_span_text(readers[i].word))) {
			return readers[i].visibility;
		}
	}
	return word.len == 0 ? KB_VISIBILITY_DESK : KB_VISIBILITY_NONE;
}

enum kb_err
kb_verb_note_add(struct kb_desk_call *call)
{
	struct kb_case_item item =
		kb_board_new_item(call, kb_desk_number_arg(call, "zaak"), KB_ITEM_DESK_NOTE,
				  reader_parse(kb_desk_text_arg(call, "voor")));
	struct kb_note_form form;
	struct kb_buf payload = { 0 };
	enum kb_err err = kb_board_text(call, "tekst", true, KB_BOARD_TEXT_MAX, &form.text);

	if (item.visibility == KB_VISIBILITY_NONE) {
		return kb_desk_fail(call, KB_ERR_USAGE, "'voor' moet loket of allen zijn");
	}
	if (err == KB_OK) {
		err = kb_note_form_pack(&form, &payload);
	}
	if (err == KB_OK) {
		err = kb_board_keep(kb_desk_act(call), &item, KB_NOTE_NOTE, kb_buf_span(&payload));
	}
	kb_buf_wipe(&payload);
	if (err == KB_OK) {
		kb_desk_section(call, "notitie", "notitie");
		kb_desk_row(call);
		kb_desk_cell_number(call, item.item_no);
		kb_desk_say(call, "Notitie %u staat in zaak %llu.", item.item_no,
			    (unsigned long long)item.case_no);
	}
	return err;
}

/* ---- note share ---- */

/* As a bericht to another party: the text as it stands, with what the request says of purpose and ground. */
static enum kb_err
send_note(struct kb_desk_call *call, const struct kb_note_form *form)
{
	struct kb_field_list *list = kb_arena_alloc(kb_desk_arena(call), sizeof(*list));
	struct kb_message message = { .outgoing = { .kind = KB_KIND_BERICHT,
						    .recipient = kb_desk_party_arg(call, "aan") } };
	struct kb_span subject = KB_SPAN_NONE;
	enum kb_err err = list != NULL ? kb_words_read(call, &message.outgoing) : KB_ERR_NO_MEMORY;

	if (err == KB_OK) {
		err = kb_board_text(call, "onderwerp", true, KB_BOARD_LINE_MAX, &subject);
	}
	if (err == KB_OK) {
		err = kb_words_insert(list, KB_VELD_ONDERWERP, subject);
	}
	if (err == KB_OK) {
		err = kb_words_insert(list, KB_VELD_TOELICHTING, form->text);
	}
	return err == KB_OK ? kb_words_post(call, &message, list) : err;
}

/* Both in one act: a note that could not be sent is not shared here either. */
enum kb_err
kb_verb_note_share(struct kb_desk_call *call)
{
	struct kb_case_item item;
	struct kb_note_form form;
	struct kb_case row;
	enum kb_err err = kb_board_case(call, &row);

	if (err == KB_OK) {
		err = kb_board_item(call, &row, KB_ITEM_DESK_NOTE, "notitie", &item);
	}
	if (err == KB_OK) {
		err = kb_note_form_unpack(item.payload, &form);
	}
	if (err == KB_OK && kb_desk_has(call, "aan")) {
		err = send_note(call, &form);
	}
	if (err == KB_OK) {
		item.visibility = KB_VISIBILITY_ALL;
		err = kb_board_keep(kb_desk_act(call), &item, KB_NOTE_NOTE_SHARED, item.payload);
	}
	if (err == KB_OK) {
		kb_desk_say(call, "Notitie %u is gedeeld.", item.item_no);
	}
	return err;
}

/* ---- shown ---- */

enum kb_err
kb_show_notes(struct kb_desk_call *call, const struct kb_case *row)
{
	struct kb_case_item item = { .item_no = 0 };
	struct kb_note_form form;
	enum kb_err err = KB_OK;

	kb_desk_section(call, "notities", "notitie|wanneer|wie|voor|tekst");
	while (err == KB_OK) {
		err = kb_board_next(call, row, KB_ITEM_DESK_NOTE, &item);
		if (err == KB_OK) {
			err = kb_note_form_unpack(item.payload, &form);
		}
		if (err == KB_OK) {
			kb_desk_row(call);
			kb_desk_cell_number(call, item.item_no);
			kb_desk_cell_time(call, item.at_utc_ms);
			kb_cell_user(call, item.author_user_no);
			kb_desk_cell_text(call, reader_word(item.visibility));
			kb_desk_cell(call, form.text);
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

enum kb_err
kb_verb_note_list(struct kb_desk_call *call)
{
	struct kb_case row;
	enum kb_err err = kb_board_case(call, &row);

	if (err == KB_OK) {
		err = kb_act_viewed(kb_desk_act(call), "note list", row.case_no, 1);
	}
	return err == KB_OK ? kb_show_notes(call, &row) : err;
}
