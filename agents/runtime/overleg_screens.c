/* SPDX-License-Identifier: EUPL-1.2 */
/* overleg show, overleg list: who looks sees of the agenda only the cases that they may see, and so does who gets it on paper. */
#include "agents/runtime/agent_internal.h"
#include "agents/runtime/authorise.h"
#include "agents/runtime/flow.h"
#include "agents/runtime/overleg.h"
#include "agents/runtime/verbs.h"

static void
show_lid(struct kb_desk_call *call, uint32_t item_no, const struct kb_lid_form *lid)
{
	kb_desk_row(call);
	kb_desk_cell_number(call, item_no);
	kb_desk_cell(call, lid->name);
	kb_desk_cell(call, lid->function);
	if (lid->organisation.len > 0) {
		kb_desk_cell(call, lid->organisation);
	} else {
		kb_desk_cell_text(call, lid->party.text);
	}
	kb_desk_cell(call, lid->given_by);
	kb_desk_cell_text(call, lid->chair ? "voorzitter" : "");
}

static enum kb_err
show_leden(struct kb_desk_call *call, const struct kb_case *row)
{
	struct kb_case_item item = { .item_no = 0 };
	struct kb_lid_form lid;
	enum kb_err err = KB_OK;

	kb_desk_section(call, "leden", "lid|naam|functie|organisatie|mandaat van|rol");
	while (err == KB_OK) {
		err = kb_overleg_next_lid(call, row, &item, &lid);
		if (err == KB_OK) {
			show_lid(call, item.item_no, &lid);
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

/* Who asks must be allowed to see the case; on paper for a member it takes part of the member's party in the case too. */
static enum kb_err
may_see(struct kb_desk_call *call, const struct kb_lid_form *for_whom, uint64_t case_no, bool *sees)
{
	struct kb_flow flow;
	enum kb_err err = kb_authorise_row(call, case_no, sees);

	if (err != KB_OK || !*sees || for_whom == NULL) {
		return err;
	}
	err = kb_flow_load(kb_desk_act(call), case_no, &flow);
	*sees = err == KB_OK && flow.view != NULL && !kb_party_id_empty(&for_whom->party) &&
		kb_chain_roles_of(flow.view, &for_whom->party) != 0;
	return err;
}

static enum kb_err
show_point(struct kb_desk_call *call, const struct kb_case_item *item,
	   const struct kb_agenda_form *point)
{
	struct kb_case_text text = { .title = KB_SPAN_NONE };
	struct kb_case row;
	enum kb_err err = kb_case_get(kb_desk_step(call), point->case_no, &row);

	if (err == KB_OK) {
		err = kb_case_text_get(kb_desk_step(call), point->case_no, kb_desk_arena(call),
				       &text);
	}
	if (err != KB_OK && err != KB_ERR_NOT_FOUND) {
		return err;
	}
	kb_desk_row(call);
	kb_desk_cell_number(call, item->item_no);
	kb_desk_cell_number(call, point->case_no);
	kb_desk_cell(call, text.title);
	kb_desk_cell_text(call, kb_flow_state_label(kb_desk_act(call), &row));
	kb_desk_cell(call, point->point);
	kb_desk_cell(call, point->outcome);
	kb_desk_cell_time(call, item->done_utc_ms);
	return KB_OK;
}

/* *hidden: points that are not in this answer. */
static enum kb_err
show_agenda(struct kb_desk_call *call, const struct kb_case *row,
	    const struct kb_lid_form *for_whom, uint32_t *hidden)
{
	struct kb_case_item item = { .item_no = 0 };
	struct kb_agenda_form point;
	enum kb_err err = KB_OK;

	kb_desk_section(call, "agenda", "punt|zaak|titel|toestand|waarover|uitkomst|besproken");
	while (err == KB_OK) {
		bool sees = false;

		err = kb_overleg_next_point(call, row, &item, &point);
		if (err == KB_OK) {
			err = may_see(call, for_whom, point.case_no, &sees);
		}
		if (err == KB_OK && sees) {
			err = kb_act_accessed(kb_desk_act(call),
					      for_whom != NULL ? KB_RECORD_PRINT : KB_RECORD_VIEW,
					      "overleg show", point.case_no, 1);
			err = err == KB_OK ? show_point(call, &item, &point) : err;
		} else if (err == KB_OK) {
			++*hidden;
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

static enum kb_err
show(struct kb_desk_call *call, const struct kb_case *row, const struct kb_lid_form *for_whom)
{
	uint32_t hidden = 0;
	enum kb_err err = show_leden(call, row);

	if (err == KB_OK) {
		err = show_agenda(call, row, for_whom, &hidden);
	}
	if (err == KB_OK && hidden > 0) {
		kb_desk_say(call, "%u zaken van de agenda staan hier niet: %s.", hidden,
			    for_whom != NULL ? "dit lid doet er niet aan mee"
					     : "die mag u niet zien");
	}
	return err;
}

enum kb_err
kb_show_overleg(struct kb_desk_call *call, const struct kb_case *row)
{
	return row->kind == KB_CASE_KIND_OVERLEG ? show(call, row, NULL) : KB_OK;
}

/* Who has an account looks with it: then the rules of access say what there is to see. */
static enum kb_err
read_for(struct kb_desk_call *call, const struct kb_case *row, struct kb_lid_form *lid)
{
	struct kb_case_item item;
	enum kb_err err = kb_board_item(call, row, KB_ITEM_LID, "voor", &item);

	if (err == KB_OK) {
		err = kb_lid_form_unpack(item.payload, lid);
	}
	return err == KB_OK && lid->user_no != 0
		       ? kb_desk_fail(
				 call, KB_ERR_STATE,
				 "Lid %u heeft hier een account en ziet de agenda daarmee zelf.",
				 item.item_no)
		       : err;
}

enum kb_err
kb_verb_overleg_show(struct kb_desk_call *call)
{
	struct kb_overleg_form overleg;
	struct kb_lid_form lid;
	struct kb_case row;
	bool paper = kb_desk_has(call, "voor");
	enum kb_err err = kb_overleg_find(call, &row, &overleg);

	if (err == KB_OK && paper) {
		err = read_for(call, &row, &lid);
	}
	if (err == KB_OK) {
		err = kb_act_viewed(kb_desk_act(call), "overleg show", row.case_no, 1);
	}
	if (err == KB_OK) {
		kb_desk_section(call, "overleg", "zaak|tafel|mandaat");
		kb_desk_row(call);
		kb_desk_cell_number(call, row.case_no);
		kb_desk_cell(call, overleg.table);
		kb_desk_cell_text(call, kb_mandate_label(overleg.mandate));
		err = kb_show_appointments(call, &row);
	}
	return err == KB_OK ? show(call, &row, paper ? &lid : NULL) : err;
}

static enum kb_err
list_row(struct kb_desk_call *call, const struct kb_case *row)
{
	struct kb_case_text text = { .title = KB_SPAN_NONE };
	struct kb_case_item item = { .item_no = 0 };
	struct kb_agenda_form point;
	int64_t at_utc_ms = 0;
	uint64_t points = 0;
	enum kb_err err = kb_overleg_utc_ms(call, row, &at_utc_ms);

	if (err == KB_OK) {
		err = kb_case_text_get(kb_desk_step(call), row->case_no, kb_desk_arena(call),
				       &text);
	}
	while (err == KB_OK) {
		err = kb_overleg_next_point(call, row, &item, &point);
		points += err == KB_OK;
	}
	if (err != KB_ERR_NOT_FOUND) {
		return err;
	}
	kb_desk_row(call);
	kb_desk_cell_number(call, row->case_no);
	kb_desk_cell(call, text.title);
	kb_desk_cell_time(call, at_utc_ms);
	kb_desk_cell_number(call, points);
	kb_desk_cell_text(call, at_utc_ms < kb_desk_now_utc_ms(call) ? "geweest" : "komt");
	return KB_OK;
}

enum kb_err
kb_verb_overleg_list(struct kb_desk_call *call)
{
	struct kb_case row = { .case_no = 0 };
	uint32_t shown = 0;
	enum kb_err err = KB_OK;

	kb_desk_section(call, "overleggen", "zaak|tafel|wanneer|zaken|stand");
	while (err == KB_OK) {
		bool sees = false;

		err = kb_case_next(kb_desk_step(call), row.case_no, &row);
		if (err == KB_OK && row.kind == KB_CASE_KIND_OVERLEG) {
			err = kb_authorise_row(call, row.case_no, &sees);
		}
		if (err == KB_OK && sees) {
			err = list_row(call, &row);
			shown++;
		}
	}
	return err == KB_ERR_NOT_FOUND ? kb_act_viewed(kb_desk_act(call), "overleg list", 0, shown)
				       : err;
}
