/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * overleg new, lid, zaak, uitkomst: a meeting of a table (actietafel, overlegtafel, ...) with its members and an agenda of
 * cases. It is a case about no child: notes, tasks, documents and the appointment are those of any case. R31: at a table with a mandate
 * a member has one, and the chair belongs to no party with a side in a case of the agenda.
 */
#include "agents/runtime/overleg.h"
#include "agents/runtime/agent_internal.h"
#include "agents/runtime/authorise.h"
#include "agents/runtime/flow.h"
#include "agents/runtime/verbs.h"
#include "common/exchange/date.h"
#include "common/store/mandates.h"
#include "common/store/parties.h"
#include "common/store/users.h"

/* ---- reading ---- */

enum kb_err
kb_overleg_find(struct kb_desk_call *call, struct kb_case *row, struct kb_overleg_form *form)
{
	struct kb_case_item item;
	enum kb_err err = kb_board_case(call, row);

	if (err == KB_OK && row->kind != KB_CASE_KIND_OVERLEG) {
		return kb_desk_fail(call, KB_ERR_STATE, "Zaak %llu is geen overleg.",
				    (unsigned long long)row->case_no);
	}
	if (err == KB_OK) {
		err = kb_case_item_get(kb_desk_step(call), row->case_no, KB_ITEM_OVERLEG, 1,
				       kb_desk_arena(call), &item);
	}
	return err == KB_OK ? kb_overleg_form_unpack(item.payload, form) : err;
}

enum kb_err
kb_overleg_utc_ms(struct kb_desk_call *call, const struct kb_case *row, int64_t *utc_ms)
{
	struct kb_case_item item;
	enum kb_err err = kb_case_item_get(kb_desk_step(call), row->case_no, KB_ITEM_APPOINTMENT, 1,
					   kb_desk_arena(call), &item);

	*utc_ms = err == KB_OK ? item.due_utc_ms : 0;
	return err;
}

enum kb_err
kb_overleg_next_lid(struct kb_desk_call *call, const struct kb_case *row, struct kb_case_item *item,
		    struct kb_lid_form *out)
{
	enum kb_err err = kb_board_next(call, row, KB_ITEM_LID, item);

	return err == KB_OK ? kb_lid_form_unpack(item->payload, out) : err;
}

enum kb_err
kb_overleg_next_point(struct kb_desk_call *call, const struct kb_case *row,
		      struct kb_case_item *item, struct kb_agenda_form *out)
{
	enum kb_err err = kb_board_next(call, row, KB_ITEM_AGENDAPUNT, item);

	return err == KB_OK ? kb_agenda_form_unpack(item->payload, out) : err;
}

/* ---- the rules of the table (R31) ---- */

/* Of a case that follows no route (or whose profile is not here yet) the sides are ours and the counterparty's. */
static enum kb_err
has_side_without_route(struct kb_desk_call *call, const struct kb_party_id *party,
		       const struct kb_case *row, bool *side)
{
	const struct kb_agent *agent = kb_desk_agent(call);
	struct kb_party other;
	enum kb_err err = KB_OK;

	*side = kb_agent_role(agent)->kind != KB_PARTY_SWV &&
		kb_party_id_same_organisation(party, kb_agent_self(agent));
	if (row->counterparty_no != KB_PARTY_NO_SELF) {
		err = kb_party_get(kb_desk_step(call), row->counterparty_no, &other);
		*side = *side || (err == KB_OK && other.kind != KB_PARTY_SWV &&
				  kb_party_id_same_organisation(party, &other.id));
	}
	return err;
}

/* *side: the member belongs to a party with a side in the case. One without agent is known by no party: then nobody can tell. */
static enum kb_err
has_side(struct kb_desk_call *call, const struct kb_lid_form *lid, uint64_t case_no, bool *side)
{
	struct kb_flow flow;
	enum kb_err err = kb_flow_load(kb_desk_act(call), case_no, &flow);

	*side = false;
	if (err != KB_OK || kb_party_id_empty(&lid->party)) {
		return err;
	}
	if (flow.view == NULL) {
		return has_side_without_route(call, &lid->party, flow.row, side);
	}
	*side = kb_flow_has_side(&flow, &lid->party);
	return KB_OK;
}

static enum kb_err
refuse_side(struct kb_desk_call *call, uint64_t case_no)
{
	bool sees = false;
	enum kb_err err = kb_authorise_row(call, case_no, &sees);

	/* Of a case that the user may not see not even its number is told. */
	if (err == KB_OK && !sees) {
		return kb_desk_fail(call, KB_ERR_NOT_ALLOWED,
				    "Niet gedaan (R31): de voorzitter hoort bij een partij in een "
				    "zaak van de agenda.");
	}
	return err != KB_OK ? err
			    : kb_desk_fail(call, KB_ERR_NOT_ALLOWED,
					   "Niet gedaan (R31): de voorzitter hoort bij een partij "
					   "in zaak %llu.",
					   (unsigned long long)case_no);
}

/* A chair before all cases of the agenda. */
static enum kb_err
check_chair(struct kb_desk_call *call, const struct kb_case *row, const struct kb_lid_form *chair)
{
	struct kb_case_item item = { .item_no = 0 };
	struct kb_lid_form other;
	struct kb_agenda_form point;
	enum kb_err err = KB_OK;

	while (err == KB_OK) {
		err = kb_overleg_next_lid(call, row, &item, &other);
		if (err == KB_OK && other.chair) {
			return kb_desk_fail(call, KB_ERR_EXISTS,
					    "Dit overleg heeft al een voorzitter.");
		}
	}
	item = (struct kb_case_item){ .item_no = 0 };
	err = err == KB_ERR_NOT_FOUND ? KB_OK : err;
	while (err == KB_OK) {
		bool side = false;

		err = kb_overleg_next_point(call, row, &item, &point);
		if (err == KB_OK) {
			err = has_side(call, chair, point.case_no, &side);
		}
		if (err == KB_OK && side) {
			return refuse_side(call, point.case_no);
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

/* A case before the chair, when there is one. */
static enum kb_err
check_case(struct kb_desk_call *call, const struct kb_case *row, uint64_t case_no)
{
	struct kb_case_item item = { .item_no = 0 };
	struct kb_lid_form lid;
	enum kb_err err = KB_OK;

	while (err == KB_OK) {
		bool side = false;

		err = kb_overleg_next_lid(call, row, &item, &lid);
		if (err == KB_OK && lid.chair) {
			err = has_side(call, &lid, case_no, &side);
		}
		if (err == KB_OK && side) {
			return refuse_side(call, case_no);
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

/* The chair of a table may sit there by that mandate alone. */
static enum kb_err
has_mandate(struct kb_desk_call *call, const struct kb_case *row,
	    const struct kb_overleg_form *overleg, const struct kb_lid_form *lid, bool *has)
{
	uint32_t wanted = KB_MANDATE_BIT(overleg->mandate) |
			  (lid->chair ? KB_MANDATE_BIT(KB_MANDATE_VOORZITTER) : 0u);
	int64_t at_utc_ms = 0;
	uint32_t held = 0;
	enum kb_err err = kb_overleg_utc_ms(call, row, &at_utc_ms);

	if (err == KB_OK) {
		err = kb_mandates_held(kb_desk_step(call), lid->user_no, row->case_no, at_utc_ms,
				       &held);
	}
	*has = (held & wanted) != 0;
	return err;
}

static enum kb_err
check_mandate(struct kb_desk_call *call, const struct kb_case *row,
	      const struct kb_overleg_form *overleg, const struct kb_lid_form *lid)
{
	bool has = lid->given_by.len > 0;
	enum kb_err err = KB_OK;

	if (overleg->mandate == KB_MANDATE_NONE) {
		return KB_OK;
	}
	if (lid->user_no != 0) {
		err = has_mandate(call, row, overleg, lid, &has);
	}
	if (err != KB_OK || has) {
		return err;
	}
	return kb_desk_fail(
		call, KB_ERR_NOT_ALLOWED,
		lid->user_no != 0 ? "Niet gedaan (R31): dit lid heeft op die dag geen mandaat voor "
				    "deze tafel; zie ketenbode access mandate add."
				  : "Niet gedaan (R31): geef met 'door' wie dit lid het mandaat "
				    "gaf.");
}

/* ---- overleg new ---- */

static enum kb_err
open_row(struct kb_desk_call *call, struct kb_span table, struct kb_case *row)
{
	struct kb_act *act = kb_desk_act(call);
	struct kb_case_text text = { .title = table };
	struct kb_user user;
	enum kb_err err = kb_user_get(act->step, act->user_no, act->arena, &user);

	*row = (struct kb_case){ .kind = KB_CASE_KIND_OVERLEG,
				 .counterparty_no = KB_PARTY_NO_SELF };
	if (err == KB_OK) {
		row->desk = user.desk;
		err = kb_act_case_open(act, row);
	}
	return err == KB_OK ? kb_case_text_put(act->step, row->case_no, &text) : err;
}

static enum kb_err
keep_overleg(struct kb_desk_call *call, uint64_t case_no, const struct kb_overleg_form *form)
{
	struct kb_case_item item =
		kb_board_new_item(call, case_no, KB_ITEM_OVERLEG, KB_VISIBILITY_ALL);
	struct kb_buf payload = { 0 };
	enum kb_err err = kb_overleg_form_pack(form, &payload);

	if (err == KB_OK) {
		err = kb_board_keep(kb_desk_act(call), &item, KB_NOTE_OVERLEG,
				    kb_buf_span(&payload));
	}
	kb_buf_release(&payload);
	return err;
}

static enum kb_err
keep_meeting(struct kb_desk_call *call, uint64_t case_no, const struct kb_overleg_form *overleg)
{
	struct kb_case_item item =
		kb_board_new_item(call, case_no, KB_ITEM_APPOINTMENT, KB_VISIBILITY_ALL);
	struct kb_appointment_form *form = kb_arena_alloc(kb_desk_arena(call), sizeof(*form));
	struct kb_buf payload = { 0 };
	enum kb_err err = form != NULL ? kb_board_moment(call, &item.due_utc_ms) : KB_ERR_NO_MEMORY;

	if (err == KB_OK) {
		form->kind = overleg->table;
		err = kb_board_text(call, "plaats", false, KB_BOARD_LINE_MAX, &form->place);
	}
	if (err == KB_OK) {
		err = kb_appointment_form_pack(form, &payload);
	}
	if (err == KB_OK) {
		err = kb_board_keep(kb_desk_act(call), &item, KB_NOTE_APPOINTMENT,
				    kb_buf_span(&payload));
	}
	kb_buf_release(&payload);
	return err;
}

enum kb_err
kb_verb_overleg_new(struct kb_desk_call *call)
{
	struct kb_overleg_form form = { .mandate = kb_mandate_parse(
						kb_desk_text_arg(call, "mandaat")) };
	struct kb_case row;
	enum kb_err err = kb_board_text(call, "tafel", true, KB_BOARD_LINE_MAX, &form.table);

	if (err == KB_OK && kb_desk_has(call, "mandaat") && form.mandate != KB_MANDATE_ACTIETAFEL &&
	    form.mandate != KB_MANDATE_DOA) {
		return kb_desk_fail(call, KB_ERR_USAGE, "'mandaat' moet actietafel of doa zijn");
	}
	if (err == KB_OK) {
		err = open_row(call, form.table, &row);
	}
	if (err == KB_OK) {
		err = keep_overleg(call, row.case_no, &form);
	}
	if (err == KB_OK) {
		err = keep_meeting(call, row.case_no, &form);
	}
	if (err == KB_OK) {
		kb_desk_section(call, "overleg", "zaak|kenmerk");
		kb_desk_row(call);
		kb_desk_cell_number(call, row.case_no);
		kb_desk_cell_id(call, &row.case_id);
		kb_desk_say(call, "Overleg %llu is gemaakt. Zet er leden en zaken op.",
			    (unsigned long long)row.case_no);
	}
	return err;
}

/* ---- overleg lid ---- */

/* Of somebody with an account the row here says the rest. */
static enum kb_err
read_lid(struct kb_desk_call *call, struct kb_lid_form *form)
{
	struct kb_user user;
	enum kb_err err = kb_board_text(call, "naam", true, KB_BOARD_LINE_MAX, &form->name);

	form->chair = kb_desk_flag_arg(call, "voorzitter");
	if (err == KB_OK) {
		err = kb_board_text(call, "functie", false, KB_BOARD_LINE_MAX, &form->function);
	}
	if (err == KB_OK) {
		err = kb_board_text(call, "organisatie", false, KB_BOARD_LINE_MAX,
				    &form->organisation);
	}
	if (err == KB_OK) {
		err = kb_board_text(call, "door", false, KB_BOARD_LINE_MAX, &form->given_by);
	}
	if (err != KB_OK) {
		return err;
	}
	form->party = kb_desk_party_arg(call, "partij");
	if (!kb_party_id_empty(&form->party) || form->organisation.len > 0) {
		return KB_OK;
	}
	err = kb_user_find(kb_desk_step(call), form->name, kb_desk_arena(call), &user);
	if (err == KB_ERR_UNKNOWN_USER ||
	    (err == KB_OK && !kb_user_active(&user, kb_desk_now_utc_ms(call),
					     kb_date_local_day(kb_desk_now_utc_ms(call))))) {
		return kb_desk_fail(
			call, KB_ERR_DATA,
			"'naam' is hier geen gebruiker (meer); van iemand anders geeft u "
			"'partij' of 'organisatie'");
	}
	if (err == KB_OK) {
		form->user_no = user.user_no;
		form->function = form->function.len > 0 ? form->function : user.function;
		form->party = kb_party_id_empty(&user.organisatie)
				      ? *kb_agent_self(kb_desk_agent(call))
				      : user.organisatie;
	}
	return err;
}

enum kb_err
kb_verb_overleg_lid(struct kb_desk_call *call)
{
	struct kb_overleg_form overleg;
	struct kb_lid_form form = { .user_no = 0 };
	struct kb_case_item item;
	struct kb_buf payload = { 0 };
	struct kb_case row;
	enum kb_err err = kb_overleg_find(call, &row, &overleg);

	if (err == KB_OK) {
		err = read_lid(call, &form);
	}
	if (err == KB_OK) {
		err = check_mandate(call, &row, &overleg, &form);
	}
	if (err == KB_OK && form.chair) {
		err = check_chair(call, &row, &form);
	}
	if (err == KB_OK) {
		err = kb_lid_form_pack(&form, &payload);
	}
	if (err == KB_OK) {
		item = kb_board_new_item(call, row.case_no, KB_ITEM_LID, KB_VISIBILITY_ALL);
		err = kb_board_keep(kb_desk_act(call), &item, KB_NOTE_LID, kb_buf_span(&payload));
	}
	if (err == KB_OK) {
		kb_desk_say(call, "Lid %u staat bij overleg %llu.", item.item_no,
			    (unsigned long long)row.case_no);
	}
	kb_buf_wipe(&payload);
	return err;
}

/* ---- overleg zaak, overleg uitkomst ---- */

static enum kb_err
keep_point(struct kb_desk_call *call, struct kb_case_item *item, const struct kb_agenda_form *form)
{
	struct kb_buf payload = { 0 };
	enum kb_err err = kb_agenda_form_pack(form, &payload);

	if (err == KB_OK) {
		err = kb_board_keep(kb_desk_act(call), item, KB_NOTE_AGENDAPUNT,
				    kb_buf_span(&payload));
	}
	kb_buf_wipe(&payload);
	return err;
}

/* Already on the agenda and not discussed yet. */
static enum kb_err
check_new(struct kb_desk_call *call, const struct kb_case *row, uint64_t case_no)
{
	struct kb_case_item item = { .item_no = 0 };
	struct kb_agenda_form point;
	enum kb_err err = KB_OK;

	while (err == KB_OK) {
		err = kb_overleg_next_point(call, row, &item, &point);
		if (err == KB_OK && point.case_no == case_no) {
			return kb_desk_fail(call, KB_ERR_EXISTS,
					    "Zaak %llu staat al op de agenda, bij punt %u.",
					    (unsigned long long)case_no, item.item_no);
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

/* Open, about a child, and to be seen by who asks. */
static enum kb_err
check_open(struct kb_desk_call *call, uint64_t case_no)
{
	struct kb_case row;
	enum kb_err err = kb_case_get(kb_desk_step(call), case_no, &row);

	/* One answer for what is not there and what may not be seen. */
	if (err == KB_OK || err == KB_ERR_NOT_FOUND) {
		err = kb_authorise_case(call, err == KB_OK ? case_no : 0);
	}
	if (err == KB_OK && (row.kind == KB_CASE_KIND_OVERLEG || row.closed_utc_ms != 0)) {
		return kb_desk_fail(call, KB_ERR_STATE,
				    "Zaak %llu is gesloten of is zelf een overleg.",
				    (unsigned long long)case_no);
	}
	return err;
}

enum kb_err
kb_verb_overleg_zaak(struct kb_desk_call *call)
{
	struct kb_overleg_form overleg;
	struct kb_agenda_form form = { .case_no = kb_desk_number_arg(call, "bespreken") };
	struct kb_case_item item;
	struct kb_case row;
	enum kb_err err = kb_overleg_find(call, &row, &overleg);

	if (err == KB_OK) {
		err = check_open(call, form.case_no);
	}
	if (err == KB_OK) {
		err = check_new(call, &row, form.case_no);
	}
	if (err == KB_OK) {
		err = check_case(call, &row, form.case_no);
	}
	if (err == KB_OK) {
		err = kb_board_text(call, "punt", false, KB_BOARD_TEXT_MAX, &form.point);
	}
	if (err == KB_OK) {
		item = kb_board_new_item(call, row.case_no, KB_ITEM_AGENDAPUNT, KB_VISIBILITY_ALL);
		err = keep_point(call, &item, &form);
	}
	if (err == KB_OK) {
		kb_desk_say(call, "Zaak %llu is punt %u van de agenda.",
			    (unsigned long long)form.case_no, item.item_no);
	}
	return err;
}

enum kb_err
kb_verb_overleg_uitkomst(struct kb_desk_call *call)
{
	struct kb_overleg_form overleg;
	struct kb_agenda_form form;
	struct kb_case_item item;
	struct kb_case row;
	enum kb_err err = kb_overleg_find(call, &row, &overleg);

	if (err == KB_OK) {
		err = kb_board_item(call, &row, KB_ITEM_AGENDAPUNT, "punt", &item);
	}
	if (err == KB_OK) {
		err = kb_agenda_form_unpack(item.payload, &form);
	}
	if (err == KB_OK) {
		err = kb_authorise_case(call, form.case_no);
	}
	if (err == KB_OK && item.done_utc_ms != 0) {
		return kb_desk_fail(call, KB_ERR_STATE, "Van punt %u is de uitkomst al vastgelegd.",
				    item.item_no);
	}
	if (err == KB_OK) {
		err = kb_board_text(call, "uitkomst", true, KB_BOARD_TEXT_MAX, &form.outcome);
	}
	if (err == KB_OK) {
		item.done_utc_ms = kb_desk_now_utc_ms(call);
		err = keep_point(call, &item, &form);
	}
	if (err == KB_OK) {
		kb_desk_say(
			call,
			"De uitkomst van punt %u is vastgelegd. De stap in de zaak zelf doet u met "
			"ketenbode act %llu.",
			item.item_no, (unsigned long long)form.case_no);
	}
	return err;
}
