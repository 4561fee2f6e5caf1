/* SPDX-License-Identifier: EUPL-1.2 */
/* appointment add, answer, outcome, list: when people meet about a case, who comes, and what came of it. */
#include "agents/runtime/agent_internal.h"
#include "agents/runtime/case_board.h"
#include "agents/runtime/verbs.h"
#include "common/base/text.h"
#include "common/exchange/date.h"

/* ---- reading ---- */

/* Two digits, a colon, two digits. */
bool
kb_board_minute(struct kb_span text, int32_t *minute)
{
	uint64_t hours = 0;
	uint64_t minutes = 0;
	bool form = text.len == 5 && text.at[2] == ':';

	for (size_t i = 0; form && i < 5; i++) {
		form = i == 2 || (text.at[i] >= '0' && text.at[i] <= '9');
	}
	if (form) {
		hours = (uint64_t)(text.at[0] - '0') * 10 + (uint64_t)(text.at[1] - '0');
		minutes = (uint64_t)(text.at[3] - '0') * 10 + (uint64_t)(text.at[4] - '0');
		*minute = (int32_t)(hours * 60 + minutes);
	}
	return form && hours < 24 && minutes < 60;
}

enum kb_err
kb_board_moment(struct kb_desk_call *call, int64_t *utc_ms)
{
	int32_t minute = 0;

	if (!kb_board_minute(kb_desk_text_arg(call, "tijd"), &minute)) {
		return kb_desk_fail(call, KB_ERR_DATA, "'tijd' is een tijd als 14:05");
	}
	if (kb_date_local_utc_ms(kb_desk_date_arg(call, "datum"), minute, utc_ms) != KB_OK) {
		return kb_desk_fail(call, KB_ERR_DATA,
				    "'tijd': dit uur is er die nacht niet, dan begint de "
				    "zomertijd");
	}
	return KB_OK;
}

static struct kb_guest *
guest_find(struct kb_appointment_form *form, struct kb_span name)
{
	for (size_t i = 0; i < form->guest_count; i++) {
		if (kb_span_equal(form->guests[i].name, name)) {
			return &form->guests[i];
		}
	}
	return NULL;
}

/* The guest of that name, added when there was none. */
static enum kb_err
guest_take(struct kb_desk_call *call, struct kb_appointment_form *form, const char *argument,
	   struct kb_span name, struct kb_guest **out)
{
	*out = guest_find(form, name);
	if (*out != NULL) {
		return KB_OK;
	}
	if (name.len > KB_BOARD_LINE_MAX) {
		return kb_desk_fail(call, KB_ERR_DATA, "'%s': een naam heeft hoogstens %d tekens",
				    argument, KB_BOARD_LINE_MAX);
	}
	if (form->guest_count == KB_GUESTS_MAX) {
		return kb_desk_fail(call, KB_ERR_DATA,
				    "'%s': een afspraak heeft hoogstens %d mensen", argument,
				    KB_GUESTS_MAX);
	}
	*out = &form->guests[form->guest_count++];
	**out = (struct kb_guest){ .name = name };
	return KB_OK;
}

/* Names, one per line or with ';' between them. */
static enum kb_err
read_names(struct kb_desk_call *call, const char *argument, bool invited,
	   struct kb_appointment_form *form)
{
	struct kb_span text = kb_desk_text_arg(call, argument);
	struct kb_guest *guest = NULL;
	size_t begin = 0;
	enum kb_err err = KB_OK;

	while (err == KB_OK && begin < text.len) {
		size_t end = begin;
		struct kb_span name;

		while (end < text.len && text.at[end] != ';' && text.at[end] != '\n') {
			end++;
		}
		name = kb_text_trim(kb_span_part(text, begin, end - begin));
		begin = end + 1;
		if (name.len == 0) {
			continue;
		}
		err = guest_take(call, form, argument, name, &guest);
		if (err == KB_OK) {
			guest->invited = guest->invited || invited;
			guest->present = guest->present || !invited;
		}
	}
	return err;
}

/* ---- kept ---- */

static enum kb_err
keep(struct kb_desk_call *call, struct kb_case_item *item, enum kb_note code,
     const struct kb_appointment_form *form)
{
	struct kb_buf payload = { 0 };
	enum kb_err err = kb_appointment_form_pack(form, &payload);

	if (err == KB_OK) {
		err = kb_board_keep(kb_desk_act(call), item, code, kb_buf_span(&payload));
	}
	kb_buf_wipe(&payload);
	return err;
}

static struct kb_appointment_form *
form_new(struct kb_desk_call *call)
{
	return kb_arena_alloc(kb_desk_arena(call), sizeof(struct kb_appointment_form));
}

enum kb_err
kb_verb_appointment_add(struct kb_desk_call *call)
{
	struct kb_case_item item = kb_board_new_item(call, kb_desk_number_arg(call, "zaak"),
						     KB_ITEM_APPOINTMENT, KB_VISIBILITY_ALL);
	struct kb_appointment_form *form = form_new(call);
	enum kb_err err = form != NULL ? KB_OK : KB_ERR_NO_MEMORY;

	if (err == KB_OK) {
		err = kb_board_text(call, "soort", true, KB_BOARD_LINE_MAX, &form->kind);
	}
	if (err == KB_OK) {
		err = kb_board_text(call, "plaats", false, KB_BOARD_LINE_MAX, &form->place);
	}
	if (err == KB_OK) {
		err = kb_board_moment(call, &item.due_utc_ms);
	}
	if (err == KB_OK) {
		err = read_names(call, "genodigd", true, form);
	}
	if (err == KB_OK) {
		err = keep(call, &item, KB_NOTE_APPOINTMENT, form);
	}
	if (err == KB_OK) {
		kb_desk_section(call, "afspraak", "afspraak");
		kb_desk_row(call);
		kb_desk_cell_number(call, item.item_no);
		kb_desk_say(call, "Afspraak %u staat in zaak %llu.", item.item_no,
			    (unsigned long long)item.case_no);
	}
	return err;
}

/* The appointment of the arguments, for change: it must not be over. */
static enum kb_err
open_appointment(struct kb_desk_call *call, struct kb_case_item *item,
		 struct kb_appointment_form *form)
{
	struct kb_case row;
	enum kb_err err = form != NULL ? kb_board_case(call, &row) : KB_ERR_NO_MEMORY;

	if (err == KB_OK) {
		err = kb_board_item(call, &row, KB_ITEM_APPOINTMENT, "afspraak", item);
	}
	if (err == KB_OK) {
		err = kb_appointment_form_unpack(item->payload, form);
	}
	if (err == KB_OK && item->done_utc_ms != 0) {
		err = kb_desk_fail(call, KB_ERR_STATE,
				   "Van afspraak %u is de uitkomst al vastgelegd.", item->item_no);
	}
	return err;
}

enum kb_err
kb_verb_appointment_answer(struct kb_desk_call *call)
{
	struct kb_appointment_form *form = form_new(call);
	enum kb_invite answer = kb_invite_parse(kb_desk_text_arg(call, "antwoord"));
	struct kb_guest *guest = NULL;
	struct kb_case_item item;
	struct kb_span name = KB_SPAN_NONE;
	enum kb_err err = open_appointment(call, &item, form);

	if (answer == KB_INVITE_NONE) {
		return kb_desk_fail(call, KB_ERR_USAGE,
				    "'antwoord' moet ja, nee of misschien zijn");
	}
	if (err == KB_OK) {
		err = kb_board_text(call, "naam", true, KB_BOARD_LINE_MAX, &name);
	}
	if (err == KB_OK) {
		guest = guest_find(form, name);
		if (guest == NULL) {
			return kb_desk_fail(call, KB_ERR_DATA,
					    "'naam': deze naam staat niet bij de genodigden van "
					    "afspraak %u",
					    item.item_no);
		}
		guest->answer = answer;
		err = keep(call, &item, KB_NOTE_APPOINTMENT_ANSWER, form);
	}
	if (err == KB_OK) {
		kb_desk_say(call, "Vastgelegd bij afspraak %u: %s.", item.item_no,
			    kb_invite_word(answer));
	}
	return err;
}

enum kb_err
kb_verb_appointment_outcome(struct kb_desk_call *call)
{
	struct kb_act *act = kb_desk_act(call);
	struct kb_appointment_form *form = form_new(call);
	struct kb_case_item item;
	enum kb_err err = open_appointment(call, &item, form);

	if (err == KB_OK && item.due_utc_ms > act->now_utc_ms) {
		err = kb_desk_fail(call, KB_ERR_STATE,
				   "Afspraak %u is nog niet geweest; leg de uitkomst daarna vast.",
				   item.item_no);
	}
	if (err == KB_OK) {
		err = kb_board_text(call, "uitkomst", true, KB_BOARD_TEXT_MAX, &form->outcome);
	}
	if (err == KB_OK) {
		err = read_names(call, "aanwezig", false, form);
	}
	if (err == KB_OK) {
		item.done_utc_ms = act->now_utc_ms;
		err = keep(call, &item, KB_NOTE_APPOINTMENT_OUTCOME, form);
	}
	if (err == KB_OK) {
		kb_desk_say(call, "De uitkomst van afspraak %u is vastgelegd.", item.item_no);
	}
	return err;
}

/* ---- shown ---- */

/* The names of those whom pick chooses, with their answer behind it when asked. */
static void
guests_cell(struct kb_desk_call *call, const struct kb_appointment_form *form, bool invited)
{
	struct kb_buf text = { 0 };

	for (size_t i = 0; i < form->guest_count; i++) {
		const struct kb_guest *guest = &form->guests[i];
		bool answered = invited && guest->answer != KB_INVITE_NONE;

		if (invited ? guest->invited : guest->present) {
			kb_ignore(kb_buf_putf(&text, "%s%.*s%s%s%s", text.len > 0 ? "; " : "",
					      (int)guest->name.len, (const char *)guest->name.at,
					      answered ? " (" : "",
					      answered ? kb_invite_word(guest->answer) : "",
					      answered ? ")" : ""),
				  "a list that is cut is still a list");
		}
	}
	kb_desk_cell(call, kb_buf_span(&text));
	kb_buf_wipe(&text);
}

enum kb_err
kb_show_appointments(struct kb_desk_call *call, const struct kb_case *row)
{
	struct kb_case_item item = { .item_no = 0 };
	struct kb_appointment_form *form = form_new(call);
	enum kb_err err = form != NULL ? KB_OK : KB_ERR_NO_MEMORY;

	kb_desk_section(call, "afspraken",
			"afspraak|soort|wanneer|plaats|genodigd|aanwezig|uitkomst|vastgelegd");
	while (err == KB_OK) {
		err = kb_board_next(call, row, KB_ITEM_APPOINTMENT, &item);
		if (err == KB_OK) {
			err = kb_appointment_form_unpack(item.payload, form);
		}
		if (err == KB_OK) {
			kb_desk_row(call);
			kb_desk_cell_number(call, item.item_no);
			kb_desk_cell(call, form->kind);
			kb_desk_cell_time(call, item.due_utc_ms);
			kb_desk_cell(call, form->place);
			guests_cell(call, form, true);
			guests_cell(call, form, false);
			kb_desk_cell(call, form->outcome);
			kb_desk_cell_time(call, item.done_utc_ms);
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

enum kb_err
kb_verb_appointment_list(struct kb_desk_call *call)
{
	struct kb_case row;
	enum kb_err err = kb_board_case(call, &row);

	if (err == KB_OK) {
		err = kb_act_viewed(kb_desk_act(call), "appointment list", row.case_no, 1);
	}
	return err == KB_OK ? kb_show_appointments(call, &row) : err;
}
