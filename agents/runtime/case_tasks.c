/* SPDX-License-Identifier: EUPL-1.2 */
/* task add, task done, task list: what has to be done in a case, by whom, before when. A task with a last day is a clock of the case, so
 * the inbox and the watch of deadlines see it like any other. */
#include "agents/runtime/agent_internal.h"
#include "agents/runtime/authorise.h"
#include "agents/runtime/case_board.h"
#include "agents/runtime/verbs.h"
#include "common/exchange/date.h"
#include "common/exchange/effects.h"
#include "common/exchange/termijn.h"

/* Late as long as a clock of it has run out and was not stopped, whoever started it. */
static enum kb_err
late_refresh(struct kb_act *act, uint64_t case_no)
{
	struct kb_deadline clock = { 0 };
	struct kb_case *row = NULL;
	bool late = false;
	enum kb_err err = KB_OK;

	while (err == KB_OK && !late) {
		err = kb_deadline_of_case(act->step, case_no, clock.clock_id, &clock);
		late = err == KB_OK && clock.state == KB_CLOCK_STATE_EXPIRED && !clock.historisch;
	}
	if (err == KB_OK || err == KB_ERR_NOT_FOUND) {
		err = kb_case_edit(act->step, case_no, &row);
	}
	if (err == KB_OK) {
		row->inbox_flags =
			late ? row->inbox_flags | KB_INBOX_LATE : row->inbox_flags & ~KB_INBOX_LATE;
	}
	return err;
}

enum kb_err
kb_task_ran_out(struct kb_act *act, uint64_t case_no)
{
	return late_refresh(act, case_no);
}

/* ---- task add ---- */

static enum kb_err
read_due(struct kb_desk_call *call, int64_t *due_utc_ms)
{
	int32_t day = kb_desk_date_arg(call, "tot");

	*due_utc_ms = 0;
	if (!kb_desk_has(call, "tot")) {
		return KB_OK;
	}
	if (day < kb_date_local_day(kb_desk_act(call)->now_utc_ms)) {
		return kb_desk_fail(call, KB_ERR_DATA,
				    "'tot' is al voorbij; geef een dag vanaf "
				    "vandaag");
	}
	*due_utc_ms = kb_date_local_start_utc_ms(day + 1);
	return KB_OK;
}

static enum kb_err
start_clock(struct kb_act *act, const struct kb_case_item *item)
{
	struct kb_deadline clock = { .case_no = item->case_no,
				     .kind = KB_CLOCK_TAAK,
				     .rule = KB_CLOCK_RULE_TAAK,
				     .about = item->item_no,
				     .started_utc_ms = act->now_utc_ms,
				     .due_utc_ms = item->due_utc_ms };

	return item->due_utc_ms != 0 ? kb_act_clock_start(act, &clock) : KB_OK;
}

enum kb_err
kb_verb_task_add(struct kb_desk_call *call)
{
	struct kb_act *act = kb_desk_act(call);
	struct kb_case_item item = kb_board_new_item(call, kb_desk_number_arg(call, "zaak"),
						     KB_ITEM_TASK, KB_VISIBILITY_DESK);
	struct kb_task_form form = { .who_no = kb_desk_user_no(call) };
	struct kb_buf payload = { 0 };
	struct kb_case row;
	enum kb_err err = kb_board_case(call, &row);

	if (err == KB_OK) {
		err = kb_board_text(call, "wat", true, KB_BOARD_TEXT_MAX, &form.what);
	}
	if (err == KB_OK && kb_desk_has(call, "wie")) {
		err = kb_board_colleague(call, &row, "wie", &form.who_no);
	}
	if (err == KB_OK) {
		err = read_due(call, &item.due_utc_ms);
	}
	if (err == KB_OK) {
		err = kb_task_form_pack(&form, &payload);
	}
	if (err == KB_OK) {
		err = kb_board_keep(act, &item, KB_NOTE_TASK, kb_buf_span(&payload));
	}
	if (err == KB_OK) {
		err = start_clock(act, &item);
	}
	kb_buf_wipe(&payload);
	if (err == KB_OK) {
		kb_desk_section(call, "taak", "taak");
		kb_desk_row(call);
		kb_desk_cell_number(call, item.item_no);
		kb_desk_say(call, "Taak %u staat in zaak %llu.", item.item_no,
			    (unsigned long long)item.case_no);
	}
	return err;
}

/* ---- task done ---- */

static enum kb_err
stop_clock(struct kb_act *act, const struct kb_case_item *item)
{
	struct kb_deadline clock;
	enum kb_err err = kb_deadline_find(act->step, item->case_no, KB_CLOCK_RULE_TAAK,
					   item->item_no, &clock);

	if (err == KB_OK) {
		err = kb_act_clock_stop(act, item->case_no, clock.clock_id, act->now_utc_ms, NULL);
	}
	if (err == KB_ERR_NOT_FOUND) {
		return KB_OK; /* it had no last day */
	}
	return err == KB_OK ? late_refresh(act, item->case_no) : err;
}

enum kb_err
kb_verb_task_done(struct kb_desk_call *call)
{
	struct kb_act *act = kb_desk_act(call);
	struct kb_case_item item;
	struct kb_task_form form;
	struct kb_buf payload = { 0 };
	struct kb_case row;
	enum kb_err err = kb_board_case(call, &row);

	if (err == KB_OK) {
		err = kb_board_item(call, &row, KB_ITEM_TASK, "taak", &item);
	}
	if (err == KB_OK && item.done_utc_ms != 0) {
		err = kb_desk_fail(call, KB_ERR_STATE, "Taak %u is al klaar.", item.item_no);
	}
	if (err == KB_OK) {
		err = kb_task_form_unpack(item.payload, &form);
	}
	if (err == KB_OK) {
		err = kb_board_text(call, "tekst", false, KB_BOARD_TEXT_MAX, &form.result);
	}
	if (err == KB_OK) {
		item.done_utc_ms = act->now_utc_ms;
		form.done_by_no = kb_desk_user_no(call);
		err = kb_task_form_pack(&form, &payload);
	}
	if (err == KB_OK) {
		err = kb_board_keep(act, &item, KB_NOTE_TASK_DONE, kb_buf_span(&payload));
	}
	if (err == KB_OK) {
		err = stop_clock(act, &item);
	}
	kb_buf_wipe(&payload);
	if (err == KB_OK) {
		kb_desk_say(call, "Taak %u van zaak %llu is klaar.", item.item_no,
			    (unsigned long long)item.case_no);
	}
	return err;
}

/* ---- shown ---- */

static enum kb_err
task_row(struct kb_desk_call *call, const struct kb_case_item *item)
{
	struct kb_task_form form;
	enum kb_err err = kb_task_form_unpack(item->payload, &form);

	if (err != KB_OK) {
		return err;
	}
	kb_desk_row(call);
	kb_desk_cell_number(call, item->case_no);
	kb_desk_cell_number(call, item->item_no);
	kb_desk_cell(call, form.what);
	kb_cell_user(call, form.who_no);
	kb_desk_cell_day(call, item->due_utc_ms != 0 ? kb_date_local_day(item->due_utc_ms - 1)
						     : KB_DAY_NONE);
	kb_desk_cell_text(call, item->done_utc_ms != 0
					? "klaar"
					: kb_termijn_word(kb_termijn_of(item->due_utc_ms,
									kb_desk_now_utc_ms(call))));
	kb_desk_cell_time(call, item->done_utc_ms);
	if (form.done_by_no != 0) {
		kb_cell_user(call, form.done_by_no);
	} else {
		kb_desk_cell_text(call, "");
	}
	kb_desk_cell(call, form.result);
	return KB_OK;
}

static enum kb_err
tasks_of(struct kb_desk_call *call, const struct kb_case *row, bool open_only, uint32_t *count)
{
	struct kb_case_item item = { .item_no = 0 };
	enum kb_err err = KB_OK;

	while (err == KB_OK) {
		err = kb_board_next(call, row, KB_ITEM_TASK, &item);
		if (err == KB_OK && (!open_only || item.done_utc_ms == 0)) {
			(*count)++;
			err = task_row(call, &item);
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

#define TASK_COLUMNS "zaak|taak|wat|wie|uiterlijk|termijn-stand|klaar|door|uitslag"

enum kb_err
kb_show_tasks(struct kb_desk_call *call, const struct kb_case *row)
{
	uint32_t count = 0;

	kb_desk_section(call, "taken", TASK_COLUMNS);
	return tasks_of(call, row, false, &count);
}

/* Open tasks of every case that may be seen. */
static enum kb_err
tasks_everywhere(struct kb_desk_call *call)
{
	struct kb_case row = { .case_no = 0 };
	uint32_t count = 0;
	bool sees = false;
	enum kb_err err = KB_OK;

	kb_desk_section(call, "taken", TASK_COLUMNS);
	while (err == KB_OK) {
		struct kb_case_item first = { .item_no = 0 };

		err = kb_case_next(kb_desk_step(call), row.case_no, &row);
		if (err != KB_OK) {
			break;
		}
		/* Most cases have none: that is known before any rule is asked. */
		err = kb_case_item_next(kb_desk_step(call), row.case_no, KB_ITEM_TASK, 0,
					kb_desk_arena(call), &first);
		if (err == KB_ERR_NOT_FOUND) {
			err = KB_OK;
			continue;
		}
		if (err == KB_OK) {
			err = kb_authorise_row(call, row.case_no, &sees);
		}
		if (err == KB_OK && sees) {
			err = tasks_of(call, &row, true, &count);
		}
	}
	return err == KB_ERR_NOT_FOUND ? kb_act_viewed(kb_desk_act(call), "task list", 0, count)
				       : err;
}

enum kb_err
kb_verb_task_list(struct kb_desk_call *call)
{
	struct kb_case row;
	enum kb_err err = KB_OK;

	if (!kb_desk_has(call, "zaak")) {
		return tasks_everywhere(call);
	}
	err = kb_board_case(call, &row);
	if (err == KB_OK) {
		err = kb_act_viewed(kb_desk_act(call), "task list", row.case_no, 1);
	}
	return err == KB_OK ? kb_show_tasks(call, &row) : err;
}
