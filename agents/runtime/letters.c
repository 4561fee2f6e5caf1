/* SPDX-License-Identifier: EUPL-1.2 */
/* Letters to parents: rows of a case, their records, and the guard of the routes. */
#include "agents/runtime/letters.h"

#include <stdlib.h>

#include "agents/runtime/agent_internal.h"
#include "common/exchange/date.h"
#include "common/store/access.h"
#include "common/store/codec.h"

#define PAYLOAD_VERSION 1

/* Made at made_utc_ms; once it is closed the hint goes. */
struct kb_letter_hint {
	uint64_t case_no;
	uint32_t letter_no;
	int64_t made_utc_ms;
};

static const char *const state_labels[KB_LETTER_STATE_COUNT] = {

#define KB_ROW(name, number, label) [number] = (label),
	KB_LETTER_STATE_TABLE(KB_ROW)
#undef KB_ROW
};

const char *
kb_letter_state_label(enum kb_letter_state state)
{
	return state >= KB_LETTER_OPEN && (unsigned)state < KB_LETTER_STATE_COUNT
		       ? state_labels[state]
		       : "";
}

/* ---- the row ---- */

enum kb_err
kb_letter_encode(const struct kb_letter_row *letter, struct kb_buf *out)
{
	struct kb_pack pack;

	kb_pack_begin(&pack, out, PAYLOAD_VERSION);
	kb_pack_u8(&pack, (uint8_t)letter->kind);
	kb_pack_bytes(&pack, letter->name);
	kb_pack_bytes(&pack, letter->address);
	kb_pack_bytes(&pack, letter->language);
	kb_pack_fixed(&pack, letter->page.bytes, sizeof(letter->page.bytes));
	kb_pack_u8(&pack, (uint8_t)letter->state);
	kb_pack_i64(&pack, letter->closed_utc_ms);
	kb_pack_u64(&pack, letter->closed_by_no);
	kb_pack_i64(&pack, letter->handed_day);
	kb_pack_u8(&pack, (uint8_t)letter->way);
	kb_pack_bytes(&pack, letter->text);
	return kb_pack_end(&pack);
}

/* A closed letter has what its state asks, an open one has nothing of it. */
static bool
plausible(const struct kb_letter_row *letter)
{
	bool handed = letter->state == KB_LETTER_GEGEVEN;

	return letter->kind != KB_LETTER_NONE && (unsigned)letter->kind < KB_LETTER_KIND_COUNT &&
	       letter->state >= KB_LETTER_OPEN && (unsigned)letter->state < KB_LETTER_STATE_COUNT &&
	       (unsigned)letter->way < KB_LETTER_WAY_COUNT &&
	       handed == (letter->way != KB_LETTER_WAY_NONE) &&
	       handed == (letter->handed_day != KB_DAY_NONE) &&
	       (letter->state == KB_LETTER_OPEN) == (letter->closed_utc_ms == 0);
}

enum kb_err
kb_letter_decode(struct kb_span payload, struct kb_letter_row *out)
{
	struct kb_letter_row letter = *out;
	struct kb_unpack unpack;
	int64_t day = 0;
	enum kb_err err = KB_OK;

	(void)kb_unpack_begin(&unpack, payload, PAYLOAD_VERSION);
	letter.kind = (enum kb_letter_kind)kb_unpack_u8(&unpack);
	letter.name = kb_unpack_bytes(&unpack);
	letter.address = kb_unpack_bytes(&unpack);
	letter.language = kb_unpack_bytes(&unpack);
	kb_unpack_fixed(&unpack, letter.page.bytes, sizeof(letter.page.bytes));
	letter.state = (enum kb_letter_state)kb_unpack_u8(&unpack);
	letter.closed_utc_ms = kb_unpack_i64(&unpack);
	letter.closed_by_no = kb_unpack_u64(&unpack);
	day = kb_unpack_i64(&unpack);
	letter.handed_day = day >= KB_DAY_MIN && day <= KB_DAY_MAX ? (int32_t)day : KB_DAY_NONE;
	letter.way = (enum kb_letter_way)kb_unpack_u8(&unpack);
	letter.text = kb_unpack_bytes(&unpack);
	err = kb_unpack_end(&unpack);
	if (err == KB_OK && !plausible(&letter)) {
		err = KB_ERR_CORRUPT;
	}
	if (err == KB_OK) {
		*out = letter;
	}
	return err;
}

static enum kb_err
letter_of(const struct kb_case_item *item, struct kb_letter_row *out)
{
	*out = (struct kb_letter_row){ .case_no = item->case_no,
				       .letter_no = item->item_no,
				       .made_utc_ms = item->at_utc_ms,
				       .made_by_no = item->author_user_no };
	return kb_letter_decode(item->payload, out);
}

enum kb_err
kb_letter_get(struct kb_step *step, uint64_t case_no, uint32_t letter_no, struct kb_arena *arena,
	      struct kb_letter_row *out)
{
	struct kb_case_item item;
	enum kb_err err = kb_case_item_get(step, case_no, KB_ITEM_LETTER, letter_no, arena, &item);

	return err == KB_OK ? letter_of(&item, out) : err;
}

enum kb_err
kb_letter_next(struct kb_step *step, uint64_t case_no, uint32_t after_no, struct kb_arena *arena,
	       struct kb_letter_row *out)
{
	struct kb_case_item item;
	enum kb_err err = kb_case_item_next(step, case_no, KB_ITEM_LETTER, after_no, arena, &item);

	return err == KB_OK ? letter_of(&item, out) : err;
}

enum kb_err
kb_letter_next_number(struct kb_step *step, uint64_t case_no, struct kb_arena *arena,
		      uint32_t *number)
{
	struct kb_letter_row letter = { .letter_no = 0 };
	struct kb_case row;
	enum kb_err err = kb_case_get(step, case_no, &row);

	if (err != KB_OK) {
		return err;
	}
	while (err == KB_OK) {
		*number = letter.letter_no + 1;
		err = kb_letter_next(step, case_no, letter.letter_no, arena, &letter);
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

/* ---- hints ---- */

/* An act may run more than once: the same letter is one hint. */
static enum kb_err
add_hint(struct kb_letter_watch *watch, const struct kb_letter_row *letter)
{
	for (size_t i = 0; i < watch->count; i++) {
		if (watch->at[i].case_no == letter->case_no &&
		    watch->at[i].letter_no == letter->letter_no) {
			return KB_OK;
		}
	}
	if (watch->count == watch->capacity) {
		size_t capacity = watch->capacity == 0 ? 64 : 2 * watch->capacity;
		struct kb_letter_hint *grown = realloc(watch->at, capacity * sizeof(*grown));

		if (grown == NULL) {
			return KB_ERR_NO_MEMORY;
		}
		watch->at = grown;
		watch->capacity = capacity;
	}
	watch->at[watch->count++] = (struct kb_letter_hint){ .case_no = letter->case_no,
							     .letter_no = letter->letter_no,
							     .made_utc_ms = letter->made_utc_ms };
	return KB_OK;
}

static enum kb_err
load_case(struct kb_letter_watch *watch, struct kb_step *step, uint64_t case_no,
	  struct kb_arena *arena)
{
	struct kb_letter_row letter = { .letter_no = 0 };
	enum kb_err err = kb_letter_next(step, case_no, 0, arena, &letter);

	while (err == KB_OK) {
		if (letter.state == KB_LETTER_OPEN) {
			err = add_hint(watch, &letter);
		}
		if (err == KB_OK) {
			err = kb_letter_next(step, case_no, letter.letter_no, arena, &letter);
		}
	}
	kb_arena_clear(arena);
	return err == KB_ERR_NOT_FOUND ? KB_OK : err; /* or erased: then it needs nobody */
}

enum kb_err
kb_letter_watch_load(struct kb_letter_watch *watch, struct kb_step *step)
{
	struct kb_arena arena = { 0 };
	struct kb_case row = { 0 };
	enum kb_err err = kb_case_next(step, 0, &row);

	while (err == KB_OK) {
		err = load_case(watch, step, row.case_no, &arena);
		if (err == KB_OK) {
			err = kb_case_next(step, row.case_no, &row);
		}
	}
	kb_arena_release(&arena);
	/* Damage does not keep the agent from starting: the store holds it, and doctor tells of it first. */
	return err == KB_ERR_NOT_FOUND || err == KB_ERR_CORRUPT ? KB_OK : err;
}

void
kb_letter_watch_release(struct kb_letter_watch *watch)
{
	free(watch->at);
	*watch = (struct kb_letter_watch){ 0 };
}

enum kb_err
kb_letter_watch_count(struct kb_letter_watch *watch, struct kb_step *step, int64_t before_utc_ms,
		      uint64_t *count)
{
	struct kb_arena arena = { 0 };
	size_t kept = 0;
	enum kb_err err = KB_OK;

	*count = 0;
	for (size_t i = 0; err == KB_OK && i < watch->count; i++) {
		struct kb_letter_hint *hint = &watch->at[i];
		struct kb_letter_row letter = { .state = KB_LETTER_VERVALLEN };

		err = kb_letter_get(step, hint->case_no, hint->letter_no, &arena, &letter);
		/* Not there: rolled back, or erased with its case. */
		if (err == KB_OK && letter.state == KB_LETTER_OPEN) {
			*count += letter.made_utc_ms < before_utc_ms;
			watch->at[kept++] = *hint;
		}
		if (err == KB_ERR_NOT_FOUND) {
			err = KB_OK;
		}
		kb_arena_clear(&arena);
	}
	if (err == KB_OK) {
		watch->count = kept;
	}
	kb_arena_release(&arena);
	return err;
}

/* ---- acts ---- */

static enum kb_err
put_letter(struct kb_act *act, const struct kb_letter_row *letter, uint64_t ledger_seq,
	   struct kb_case_item *item)
{
	struct kb_buf payload = { 0 };
	enum kb_err err = kb_letter_encode(letter, &payload);

	*item = (struct kb_case_item){ .case_no = letter->case_no,
				       .type = KB_ITEM_LETTER,
				       .item_no = letter->letter_no,
				       .author_party_no = KB_PARTY_NO_SELF,
				       .author_user_no = letter->made_by_no,
				       .at_utc_ms = letter->made_utc_ms,
				       .done_utc_ms = letter->closed_utc_ms,
				       .visibility = KB_VISIBILITY_DESK,
				       .ledger_seq = ledger_seq };
	if (err == KB_OK) {
		item->payload = kb_buf_span(&payload);
		err = kb_case_item_put(act->step, item);
		item->payload = KB_SPAN_NONE;
	}
	kb_buf_wipe(&payload);
	return err;
}

static enum kb_err
note(struct kb_act *act, const struct kb_letter_row *letter, uint32_t code, uint64_t *seq)
{
	struct kb_buf number = { 0 };
	enum kb_err err = kb_buf_put_u32(&number, letter->letter_no);

	if (err == KB_OK) {
		err = kb_act_note(act, letter->case_no, code, kb_buf_span(&number), seq);
	}
	kb_buf_release(&number);
	return err;
}

static enum kb_err
log_print(struct kb_act *act, const struct kb_letter_row *letter)
{
	struct kb_access access = { .event = KB_RECORD_PRINT,
				    .at_utc_ms = act->now_utc_ms,
				    .user_no = act->user_no,
				    .desk = (uint32_t)act->agent->role->desks[0],
				    .case_no = letter->case_no,
				    .ground = KB_GROUND_WETTELIJKE_TAAK,
				    .count = 1,
				    .what = kb_span_text("brief make"),
				    .reason = kb_span_text(kb_letter_kind_label(letter->kind)) };

	return kb_access_log(act->step, &access, NULL);
}

enum kb_err
kb_letter_add(struct kb_act *act, struct kb_letter_row *letter)
{
	struct kb_case_item item;
	uint64_t seq = 0;
	enum kb_err err =
		kb_letter_next_number(act->step, letter->case_no, act->arena, &letter->letter_no);

	letter->state = KB_LETTER_OPEN;
	letter->made_utc_ms = act->now_utc_ms;
	letter->made_by_no = act->user_no;
	letter->closed_utc_ms = 0;
	letter->closed_by_no = 0;
	letter->handed_day = KB_DAY_NONE;
	letter->way = KB_LETTER_WAY_NONE;
	letter->text = KB_SPAN_NONE;
	if (err == KB_OK) {
		err = note(act, letter, KB_LETTER_ACT_MADE, &seq);
	}
	if (err == KB_OK) {
		uint32_t number = letter->letter_no;

		letter->letter_no = 0;
		err = put_letter(act, letter, seq, &item);
		letter->letter_no = number;
		if (err == KB_OK && item.item_no != number) {
			err = KB_ERR_INTERNAL;
		}
	}
	if (err == KB_OK) {
		err = log_print(act, letter);
	}
	return err == KB_OK ? add_hint(&act->agent->letters, letter) : err;
}

enum kb_err
kb_letter_close(struct kb_act *act, const struct kb_letter_row *closing)
{
	struct kb_letter_row letter;
	struct kb_case_item item;
	uint64_t seq = 0;
	enum kb_err err =
		kb_letter_get(act->step, closing->case_no, closing->letter_no, act->arena, &letter);

	if (err == KB_OK && letter.state != KB_LETTER_OPEN) {
		err = KB_ERR_STATE;
	}
	if (err == KB_OK) {
		bool handed = closing->state == KB_LETTER_GEGEVEN;

		letter.state = closing->state;
		letter.closed_utc_ms = act->now_utc_ms;
		letter.closed_by_no = act->user_no;
		letter.handed_day = handed ? closing->handed_day : KB_DAY_NONE;
		letter.way = handed ? closing->way : KB_LETTER_WAY_NONE;
		letter.text = closing->text;
		err = plausible(&letter) ? KB_OK : KB_ERR_BAD_VALUE;
	}
	if (err == KB_OK) {
		err = note(act, &letter,
			   letter.state == KB_LETTER_GEGEVEN ? KB_LETTER_ACT_GEGEVEN
							     : KB_LETTER_ACT_VERVALLEN,
			   &seq);
	}
	return err == KB_OK ? put_letter(act, &letter, seq, &item) : err;
}

enum kb_err
kb_letter_is_handed(struct kb_act *act, uint64_t case_no, enum kb_letter_kind kind, bool *handed)
{
	struct kb_letter_row letter = { .letter_no = 0 };
	bool open = false;
	bool given = false;
	enum kb_err err = kb_letter_next(act->step, case_no, 0, act->arena, &letter);

	*handed = false;
	while (err == KB_OK) {
		open = open || (letter.kind == kind && letter.state == KB_LETTER_OPEN);
		given = given || (letter.kind == kind && letter.state == KB_LETTER_GEGEVEN);
		err = kb_letter_next(act->step, case_no, letter.letter_no, act->arena, &letter);
	}
	if (err == KB_ERR_NOT_FOUND) {
		*handed = given && !open;
		err = KB_OK;
	}
	return err;
}
