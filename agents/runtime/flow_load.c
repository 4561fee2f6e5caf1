/* SPDX-License-Identifier: EUPL-1.2 */
/* A case with its records: read, replayed, and everything local brought in step with what stands. */
#include "agents/runtime/flow_internal.h"

#include "agents/runtime/agent_internal.h"
#include "common/store/chain.h"
#include "common/store/parties.h"
#include "common/wire/zaak.h"

/* ---- replayed once ---- */

/* Every message of a case asks again who takes part in it (kb_flow_needs): a case is read once in a group of acts. */
struct kb_flow_kept {
	struct kb_flow_kept *next;
	uint64_t case_no;
	struct kb_flow flow;
};

static struct kb_flow_kept **
kept_find(struct kb_agent *agent, uint64_t case_no)
{
	struct kb_flow_kept **at = &agent->flows[case_no % KB_FLOW_KEPT_LISTS];

	while (*at != NULL && (*at)->case_no != case_no) {
		at = &(*at)->next;
	}
	return at;
}

/* Whoever holds a struct kb_flow never changes what it points to: more records are put into lists of their own. */
static void
kept_put(struct kb_flow *flow)
{
	struct kb_agent *agent = flow->act->agent;
	struct kb_flow_kept **at = kept_find(agent, flow->row->case_no);

	if (*at == NULL) {
		struct kb_flow_kept *made = kb_arena_alloc(flow->act->arena, sizeof(*made));

		if (made == NULL) {
			return; /* then it is read again */
		}
		*made = (struct kb_flow_kept){ .case_no = flow->row->case_no };
		*at = made;
	}
	(*at)->flow = *flow;
}

static void
kept_drop(struct kb_flow *flow)
{
	struct kb_flow_kept **at = kept_find(flow->act->agent, flow->row->case_no);

	if (*at != NULL) {
		*at = (*at)->next;
	}
}

void
kb_flow_group_begin(struct kb_agent *agent)
{
	memset(agent->flows, 0, sizeof(agent->flows));
}

/* ---- read and replayed ---- */

/* Room for the records of the store and some that come in. */
static enum kb_err
make_room(struct kb_flow *flow, size_t more)
{
	size_t room = flow->count + more;
	struct kb_span *bytes = NULL;
	struct kb_chain_record *records = NULL;
	enum kb_chain_mark *marks = NULL;

	if (room > KB_CHAIN_RECORDS_MAX) {
		return KB_ERR_OVERSIZE;
	}
	bytes = kb_arena_alloc(flow->act->arena, room * sizeof(*bytes));
	records = kb_arena_alloc(flow->act->arena, room * sizeof(*records));
	marks = kb_arena_alloc(flow->act->arena, room * sizeof(*marks));
	if (bytes == NULL || records == NULL || marks == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	for (size_t i = 0; i < flow->count; i++) {
		bytes[i] = flow->bytes[i];
		records[i] = flow->records[i];
	}
	flow->bytes = bytes;
	flow->records = records;
	flow->marks = marks;
	return KB_OK;
}

static enum kb_err
append(struct kb_flow *flow, struct kb_span bytes)
{
	enum kb_err err =
		kb_chain_record_decode(bytes, flow->act->arena, &flow->records[flow->count]);

	if (err == KB_OK) {
		flow->bytes[flow->count] = bytes;
		flow->count++;
	}
	return err;
}

static enum kb_err
read_rows(struct kb_flow *flow)
{
	struct kb_chain_row row = { .arrival_no = 0 };
	uint32_t rows = 0;
	enum kb_err err = kb_chain_row_count(flow->act->step, flow->row->case_no, &rows);

	if (err == KB_OK && rows > 0) {
		err = make_room(flow, rows);
	}
	while (err == KB_OK && flow->count < rows) {
		err = kb_chain_row_next(flow->act->step, flow->row->case_no, row.arrival_no,
					flow->act->arena, &row);
		if (err == KB_OK) {
			err = append(flow, row.bytes);
			err = err == KB_OK || err == KB_ERR_NO_MEMORY ? err : KB_ERR_CORRUPT;
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err; /* erased */
}

/* made_here: not by the message that is being handled, if any, but because of it. */
static enum kb_err
keep(struct kb_flow *flow, struct kb_span bytes, bool made_here)
{
	struct kb_chain_row row = { .case_no = flow->row->case_no,
				    .from_party_no = KB_PARTY_NO_SELF,
				    .at_utc_ms = flow->act->now_utc_ms,
				    .bytes = bytes };
	const struct kb_incoming *incoming = flow->act->agent->receiver.incoming;

	if (incoming != NULL && !made_here) {
		row.from_party_no = incoming->sender_no;
		row.ledger_seq = incoming->ledger_seq;
	}
	return kb_chain_row_put(flow->act->step, &row);
}

/* The profile and route that the first record names: a case keeps them to its end. */
static enum kb_err
find_route(struct kb_flow *flow)
{
	const struct kb_chain_record *first = &flow->records[0];
	enum kb_err err = kb_flow_profile(flow->act->agent, flow->act->step, &first->profile_hash,
					  &flow->profile);

	if (err == KB_ERR_NOT_FOUND) {
		return KB_OK;
	}
	if (err == KB_OK) {
		flow->route = kb_profile_route(flow->profile, first->route);
	}
	return err;
}

static enum kb_err
replay(struct kb_flow *flow)
{
	/* What a replay works with is as large as the view itself; an import opens thousands of cases in one act. */
	struct kb_arena scratch = { .block = NULL };
	enum kb_err err = flow->route == NULL && flow->count > 0 ? find_route(flow) : KB_OK;

	if (err != KB_OK || flow->route == NULL) {
		return err;
	}
	flow->view = kb_arena_alloc(flow->act->arena, sizeof(*flow->view));
	err = flow->view != NULL ? kb_chain_replay(flow->route, flow->records, flow->count,
						   &scratch, flow->view, flow->marks)
				 : KB_ERR_NO_MEMORY;
	kb_arena_release(&scratch);
	if (err == KB_OK) {
		kept_put(flow);
	}
	return err;
}

enum kb_err
kb_flow_load(struct kb_act *act, uint64_t case_no, struct kb_flow *flow)
{
	const struct kb_flow_kept *kept = *kept_find(act->agent, case_no);
	enum kb_err err;

	*flow = kept != NULL ? kept->flow : (struct kb_flow){ .act = NULL };
	flow->act = act;
	err = kb_case_edit(act->step, case_no, &flow->row);
	if (kept != NULL) {
		return err;
	}
	if (err == KB_OK) {
		err = read_rows(flow);
	}
	return err == KB_OK ? replay(flow) : err;
}

size_t
kb_flow_standing(const struct kb_flow *flow, uint32_t revision)
{
	size_t i = 0;

	while (i < flow->count &&
	       (flow->marks[i] != KB_CHAIN_MARK_STANDS || flow->records[i].revision != revision)) {
		i++;
	}
	return i;
}

const struct kb_chain_participant *
kb_flow_self(const struct kb_flow *flow)
{
	const struct kb_party_id *self = kb_agent_self(flow->act->agent);

	for (size_t i = 0; flow->view != NULL && i < flow->view->participant_count; i++) {
		const struct kb_chain_participant *one = &flow->view->participants[i];

		if (one->until_utc_ms == 0 && kb_party_id_equal(&one->party, self)) {
			return one;
		}
	}
	return NULL;
}

bool
kb_flow_has_regie(const struct kb_flow *flow)
{
	return flow->view != NULL &&
	       kb_party_id_equal(&flow->view->regievoerder, kb_agent_self(flow->act->agent));
}

enum kb_err
kb_flow_needs(struct kb_act *act, uint64_t case_no, const struct kb_party_id *party, uint32_t *met)
{
	struct kb_flow flow;
	enum kb_err err = kb_flow_load(act, case_no, &flow);

	if (err == KB_OK && flow.view != NULL &&
	    (kb_chain_roles_of(flow.view, party) & KB_ROUTE_SCHOOL) != 0) {
		*met |= (uint32_t)KB_NEED_AANGEMELD;
	}
	return err;
}

/* ---- what stands, in the case row ---- */

static enum kb_err
party_no(struct kb_flow *flow, const struct kb_party_id *party, uint32_t none, uint32_t *out)
{
	*out = none;
	if (kb_party_id_empty(party)) {
		return KB_OK;
	}
	if (kb_party_id_equal(party, kb_agent_self(flow->act->agent))) {
		*out = KB_PARTY_NO_SELF;
		return KB_OK;
	}
	return kb_act_party_no(flow->act, party, out);
}

static enum kb_err
fill_row(struct kb_flow *flow)
{
	const struct kb_chain_view *view = flow->view;
	struct kb_case *row = flow->row;
	enum kb_err err =
		party_no(flow, &view->regievoerder, KB_PARTY_NO_SELF, &row->regievoerder_no);

	if (err == KB_OK) {
		err = party_no(flow, &view->offered_to, KB_FLOW_NOT_OFFERED,
			       &row->regie_aangeboden_no);
	}
	row->route_no = (uint16_t)(flow->route - flow->profile->routes + 1);
	row->route_state = (uint16_t)(view->state + 1u);
	row->regie_epoch = view->regie_epoch;
	row->revision = view->revision;
	row->last_record_hash = view->last;
	row->closed_utc_ms = view->closed_utc_ms;
	row->status = view->closed_utc_ms != 0 ? KB_CASE_AFGESLOTEN : KB_CASE_OPEN;
	return err;
}

const struct kb_route *
kb_flow_route_of(struct kb_act *act, const struct kb_case *row)
{
	const struct kb_profile *profile = NULL;

	return row->route_no != 0 &&
			       kb_flow_profile(act->agent, act->step, &row->profile_hash,
					       &profile) == KB_OK &&
			       row->route_no <= profile->route_count
		       ? &profile->routes[row->route_no - 1]
		       : NULL;
}

const char *
kb_flow_state_label(struct kb_act *act, const struct kb_case *row)
{
	const struct kb_route *route = kb_flow_route_of(act, row);

	return route != NULL && row->route_state != 0 && row->route_state <= route->state_count
		       ? route->states[row->route_state - 1].label
		       : kb_case_status_label(row->status);
}

/* The rows that a role keeps of its own follow the case. */
static enum kb_err
tell_role(struct kb_flow *flow, uint16_t state_before, uint32_t regie_before)
{
	const struct kb_role *role = flow->act->agent->role;
	const struct kb_case_move move = {
		.state = flow->route->states[flow->view->state].name,
		.state_changed = flow->row->route_state != state_before,
		.regie_came = flow->row->regievoerder_no == KB_PARTY_NO_SELF &&
			      regie_before != KB_PARTY_NO_SELF,
	};

	return role->on_move != NULL ? role->on_move(flow->act, flow->row, &move) : KB_OK;
}

enum kb_err
kb_flow_settle(struct kb_flow *flow)
{
	uint16_t state_before = flow->row->route_state;
	uint32_t regie_before = flow->row->regievoerder_no;
	enum kb_err err = fill_row(flow);

	if (err == KB_OK && state_before == 0) {
		err = kb_flow_profile_keep(flow->act, flow->profile);
	}
	if (err == KB_OK) {
		err = kb_flow_clocks(flow);
	}
	if (err == KB_OK) {
		err = kb_flow_proposals(flow);
	}
	return err == KB_OK ? tell_role(flow, state_before, regie_before) : err;
}

/* ---- more records ---- */

bool
kb_flow_holds(const struct kb_flow *flow, const struct kb_hash *hash)
{
	for (size_t i = 0; i < flow->count; i++) {
		if (kb_hash_equal(&flow->records[i].hash, hash)) {
			return true;
		}
	}
	return false;
}

bool
kb_flow_has_record_of(const struct kb_flow *flow, const struct kb_id *proposal_id)
{
	for (size_t i = 0; i < flow->count; i++) {
		if (flow->marks[i] == KB_CHAIN_MARK_STANDS &&
		    kb_id_equal(&flow->records[i].proposal_id, proposal_id)) {
			return true;
		}
	}
	return false;
}

static enum kb_err
add_one(struct kb_flow *flow, struct kb_span bytes, bool made_here, size_t *fresh)
{
	size_t place = flow->count;
	struct kb_span kept = kb_arena_copy(flow->act->arena, bytes);
	enum kb_err err = kept.at != NULL ? append(flow, kept) : KB_ERR_NO_MEMORY;

	if (err != KB_OK) {
		return err;
	}
	flow->count = place;
	if (!kb_id_equal(&flow->records[place].case_id, &flow->row->case_id)) {
		return KB_ERR_BAD_VALUE;
	}
	if (kb_flow_holds(flow, &flow->records[place].hash)) {
		return KB_OK;
	}
	flow->count = place + 1;
	++*fresh;
	return keep(flow, kept, made_here);
}

enum kb_err
kb_flow_take(struct kb_flow *flow, const struct kb_span *records, size_t count, bool made_here,
	     size_t *fresh)
{
	enum kb_err err = make_room(flow, count);

	kept_drop(flow); /* until all of them are in */
	*fresh = 0;
	for (size_t i = 0; err == KB_OK && i < count; i++) {
		err = add_one(flow, records[i], made_here, fresh);
	}
	/* What the case is bound to, also as long as that profile is not here: it is asked for by this hash. */
	if (err == KB_OK && flow->count > 0) {
		flow->row->profile_hash = flow->records[0].profile_hash;
	}
	return err == KB_OK ? replay(flow) : err;
}

enum kb_err
kb_flow_add(struct kb_flow *flow, const struct kb_span *records, size_t count, size_t *fresh)
{
	enum kb_err err = kb_flow_take(flow, records, count, false, fresh);

	return err == KB_OK && flow->view != NULL && *fresh > 0 ? kb_flow_settle(flow) : err;
}
