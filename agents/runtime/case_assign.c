/* SPDX-License-Identifier: EUPL-1.2 */
/* assign: who at the desk handles a case, and who does it when that one is away. */
#include "agents/runtime/case_board.h"
#include "agents/runtime/verbs.h"
#include "common/store/codec.h"

#define ASSIGNED_VERSION 1
/* The word that takes somebody off a case. */
#define NOBODY "niemand"

static enum kb_err
read_user(struct kb_desk_call *call, const struct kb_case *row, const char *argument,
	  uint64_t *user_no)
{
	if (!kb_desk_has(call, argument)) {
		return KB_OK;
	}
	if (kb_span_equal(kb_desk_text_arg(call, argument), kb_span_text(NOBODY))) {
		*user_no = 0;
		return KB_OK;
	}
	return kb_board_colleague(call, row, argument, user_no);
}

/* Both are numbers: the record of it holds nothing that has to be hidden, but is kept like every other. */
static enum kb_err
assign(struct kb_act *act, const struct kb_case *want)
{
	struct kb_buf hidden = { 0 };
	struct kb_pack pack;
	struct kb_case *row = NULL;
	enum kb_err err = KB_OK;

	kb_pack_begin(&pack, &hidden, ASSIGNED_VERSION);
	kb_pack_u64(&pack, want->behandelaar_no);
	kb_pack_u64(&pack, want->waarnemer_no);
	err = kb_pack_end(&pack);
	if (err == KB_OK) {
		err = kb_act_note(act, want->case_no, KB_NOTE_ASSIGNED, kb_buf_span(&hidden), NULL);
	}
	if (err == KB_OK) {
		err = kb_case_edit(act->step, want->case_no, &row);
	}
	if (err == KB_OK) {
		row->behandelaar_no = want->behandelaar_no;
		row->waarnemer_no = want->waarnemer_no;
		row->last_activity_utc_ms = act->now_utc_ms;
	}
	kb_buf_release(&hidden);
	return err;
}

enum kb_err
kb_verb_assign(struct kb_desk_call *call)
{
	struct kb_case row;
	enum kb_err err = kb_board_case(call, &row);

	if (!kb_desk_has(call, "behandelaar") && !kb_desk_has(call, "waarnemer")) {
		return kb_desk_fail(call, KB_ERR_USAGE, "geef 'behandelaar', 'waarnemer' of beide");
	}
	if (err == KB_OK) {
		err = read_user(call, &row, "behandelaar", &row.behandelaar_no);
	}
	if (err == KB_OK) {
		err = read_user(call, &row, "waarnemer", &row.waarnemer_no);
	}
	if (err == KB_OK && row.waarnemer_no != 0 && row.waarnemer_no == row.behandelaar_no) {
		err = kb_desk_fail(call, KB_ERR_DATA,
				   "behandelaar en waarnemer zijn dezelfde collega; kies er twee");
	}
	if (err == KB_OK) {
		err = assign(kb_desk_act(call), &row);
	}
	return err == KB_OK ? kb_show_people(call, &row) : err;
}

/* One of the two; nobody is an empty cell. */
static void
user_cell(struct kb_desk_call *call, uint64_t user_no)
{
	if (user_no != 0) {
		kb_cell_user(call, user_no);
	} else {
		kb_desk_cell_text(call, "");
	}
}

enum kb_err
kb_show_people(struct kb_desk_call *call, const struct kb_case *row)
{
	kb_desk_section(call, "behandelaar", "behandelaar|waarnemer");
	kb_desk_row(call);
	user_cell(call, row->behandelaar_no);
	user_cell(call, row->waarnemer_no);
	return KB_OK;
}
