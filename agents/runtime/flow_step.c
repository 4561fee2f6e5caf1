/* SPDX-License-Identifier: EUPL-1.2 */
/* Taking a step: as regievoerder it becomes a record, for everybody else a proposal to the regievoerder. */
#include "agents/runtime/agent_internal.h"
#include "agents/runtime/flow_internal.h"
#include "agents/runtime/messages.h"
#include "common/exchange/date.h"
#include "common/store/users.h"
#include "common/wire/zaak.h"

/* ---- who asks ---- */

/* The name, function and desk of the user; nothing for the agent itself. */
enum kb_err
kb_flow_actor(struct kb_act *act, struct kb_chain_request *request)
{
	struct kb_user user;
	enum kb_err err = KB_OK;

	request->actor = *kb_agent_self(act->agent);
	request->actor_kind = act->own_kind;
	request->now_utc_ms = act->now_utc_ms;
	if (act->user_no == 0) {
		return KB_OK;
	}
	err = kb_user_get(act->step, act->user_no, act->arena, &user);
	if (err == KB_OK) {
		request->person = user.name;
		request->function = user.function;
		request->actor_desk = (enum kb_desk)user.desk;
		if (act->authority != NULL && act->authority->desk != 0) {
			request->actor_desk = (enum kb_desk)act->authority->desk;
		}
	}
	return err;
}

/* The step of the route for this event in this state by us; NULL: an event of every route, or none. */
static const struct kb_route_step *
find_step(const struct kb_flow *flow, struct kb_span event)
{
	uint16_t place =
		kb_route_step_find(flow->route, flow->view->state, event,
				   kb_chain_roles_of(flow->view, kb_agent_self(flow->act->agent)));

	return place != KB_ROUTE_STEP_NONE ? &flow->route->steps[place] : NULL;
}

/* ---- a record ---- */

enum kb_err
kb_flow_make(struct kb_flow *flow, const struct kb_chain_request *request,
	     struct kb_chain_refusal *refusal)
{
	struct kb_chain_record record;
	struct kb_buf bytes = { 0 };
	struct kb_span encoded = KB_SPAN_NONE;
	size_t fresh = 0;
	enum kb_flow_wait wait = KB_FLOW_WAIT_NONE;
	enum kb_err err = kb_flow_recovering(flow, &wait);

	if (err == KB_OK && wait != KB_FLOW_WAIT_NONE) {
		return KB_ERR_BUSY;
	}
	if (err == KB_OK) {
		err = kb_chain_next(flow->view, request, kb_agent_self(flow->act->agent), NULL,
				    flow->act->arena, &record, refusal);
	}
	if (err == KB_OK) {
		err = kb_chain_record_encode(&record, &bytes);
	}
	if (err == KB_OK) {
		encoded = kb_buf_span(&bytes);
		err = kb_flow_take(flow, &encoded, 1, true, &fresh);
	}
	kb_buf_wipe(&bytes);
	return err;
}

enum kb_err
kb_flow_record(struct kb_flow *flow, const struct kb_chain_request *request,
	       struct kb_chain_refusal *refusal)
{
	enum kb_err err = kb_flow_make(flow, request, refusal);

	/* Told before what follows on it makes the next record. */
	if (err == KB_OK) {
		err = kb_flow_tell_newest(flow);
	}
	return err == KB_OK ? kb_flow_settle(flow) : err;
}

enum kb_err
kb_flow_open(struct kb_flow *flow, const struct kb_profile *profile, const struct kb_route *route,
	     uint32_t role, struct kb_chain_refusal *refusal)
{
	struct kb_chain_request request = { .event = KB_SPAN_NONE };
	struct kb_chain_record record;
	struct kb_buf bytes = { 0 };
	struct kb_span encoded = KB_SPAN_NONE;
	size_t fresh = 0;
	enum kb_err err = flow->count == 0 ? kb_flow_actor(flow->act, &request) : KB_ERR_STATE;

	flow->profile = profile;
	flow->route = route;
	if (err == KB_OK) {
		err = kb_chain_open(route, &flow->row->case_id, &profile->hash, &request, role,
				    NULL, flow->act->arena, &record, refusal);
	}
	if (err == KB_OK) {
		err = kb_chain_record_encode(&record, &bytes);
	}
	if (err == KB_OK) {
		encoded = kb_buf_span(&bytes);
		err = kb_flow_take(flow, &encoded, 1, true, &fresh);
	}
	if (err == KB_OK) {
		err = kb_flow_settle(flow);
	}
	kb_buf_wipe(&bytes);
	return err;
}

/* ---- the message that goes with a step ---- */

/* As the route says it; where the table has it under another ground or purpose only, so. */
static enum kb_err
send_under(struct kb_flow *flow, struct kb_flow_doing *doing, struct kb_message *message)
{
	const struct {
		enum kb_purpose purpose;
		enum kb_ground ground;
	} tries[] = {
		{ flow->route->purpose, flow->route->ground },
		{ flow->route->purpose, KB_GROUND_UNSPECIFIED },
		{ KB_PURPOSE_UNSPECIFIED, KB_GROUND_UNSPECIFIED },
	};
	struct kb_permit_answer refused = { .row = NULL };
	enum kb_err first = KB_OK;

	for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
		struct kb_sent_ref ref;
		uint32_t at = 0;
		enum kb_err err = KB_OK;

		message->outgoing.purpose = tries[i].purpose;
		message->outgoing.ground = tries[i].ground;
		err = kb_message_send(flow->act, message, &ref, &at);
		if (err == KB_OK || (err != KB_ERR_NOT_ALLOWED && err != KB_ERR_NO_GROUND)) {
			doing->field = at;
			return err;
		}
		refused = first == KB_OK ? flow->act->refused : refused;
		first = first == KB_OK ? err : first;
	}
	flow->act->refused = refused;
	return first;
}

static enum kb_err
send_to(struct kb_flow *flow, struct kb_flow_doing *doing, const struct kb_route_step *step,
	const struct kb_chain_participant *to)
{
	struct kb_id consent_id = { { 0 } };
	struct kb_message message = {
		.outgoing = { .recipient = to->party,
			      .kind = (enum kb_kind)step->kind,
			      .case_no = flow->row->case_no,
			      .consent_ref = doing->consent_ref,
			      .profile_hash = KB_SPAN_OF(flow->row->profile_hash.bytes),
			      .desk = kb_route_role_desk(to->role) },
		.fields = doing->fields,
		.field_count = doing->field_count,
	};
	enum kb_err err = KB_OK;

	if (doing->consent_ref.len == 0 && flow->route->ground == KB_GROUND_TOESTEMMING) {
		err = kb_flow_consent(flow, &to->party, &consent_id);
		message.outgoing.consent_ref = KB_SPAN_OF(consent_id.bytes);
	}
	if (err == KB_OK) {
		err = send_under(flow, doing, &message);
	}
	if (err != KB_OK) {
		doing->refused_by = to->party;
	}
	return err;
}

static enum kb_err
send_message(struct kb_flow *flow, struct kb_flow_doing *doing, const struct kb_route_step *step)
{
	enum kb_err err = KB_OK;

	for (size_t i = 0; err == KB_OK && i < flow->view->participant_count; i++) {
		const struct kb_chain_participant *one = &flow->view->participants[i];

		if (one->until_utc_ms == 0 && !kb_party_id_empty(&one->party) &&
		    !kb_party_id_equal(&one->party, kb_agent_self(flow->act->agent)) &&
		    (kb_chain_roles_of(flow->view, &one->party) & step->to_roles) != 0) {
			err = send_to(flow, doing, step, one);
		}
	}
	return err;
}

/* ---- a proposal ---- */

static enum kb_err
propose(struct kb_flow *flow, struct kb_flow_doing *doing, const struct kb_chain_request *request)
{
	struct kb_zaak_voorstel voorstel = {
		.proposal_id = kb_id_random(&flow->act->agent->random),
		.regie_epoch = flow->view->regie_epoch,
		.revision = flow->view->revision,
		.event = request->event,
		.met = request->met,
		.at_utc_ms = request->now_utc_ms,
		.fact_count = request->fact_count,
		.has_participant = !kb_party_id_empty(&doing->participant.party),
		.participant = doing->participant,
	};
	struct kb_flow_proposal proposal = { .refused = 0 };
	struct kb_case_item item;
	uint32_t item_no = 0;
	struct kb_buf content = { 0 };
	enum kb_err err = KB_OK;

	voorstel.facts = kb_arena_alloc(flow->act->arena,
					(request->fact_count + 1) * sizeof(*voorstel.facts));
	if (voorstel.facts == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	for (size_t i = 0; i < request->fact_count; i++) {
		voorstel.facts[i] = request->facts[i];
	}
	err = kb_zaak_voorstel_encode(&voorstel, &content);
	if (err == KB_OK) {
		proposal.voorstel = kb_buf_span(&content);
		err = kb_flow_proposal_put(flow, &item_no, &proposal, false);
	}
	if (err == KB_OK) {
		err = kb_flow_proposals(flow); /* sends it */
	}
	if (err == KB_OK) {
		err = kb_case_item_get(flow->act->step, flow->row->case_no, KB_ITEM_VOORSTEL,
				       item_no, flow->act->arena, &item);
	}
	if (err == KB_OK) {
		err = kb_flow_proposal_read(item.payload, &proposal);
	}
	if (err == KB_OK && proposal.refused != 0) {
		err = kb_err_from_reason(proposal.refused);
		doing->refused_by = flow->view->regievoerder;
	}
	kb_buf_wipe(&content);
	doing->proposed = err == KB_OK;
	return err;
}

/* ---- */

/* The regievoerder makes records; the vangnet makes the one with which it takes over. */
static bool
makes_record(const struct kb_flow *flow, struct kb_span event)
{
	return kb_flow_has_regie(flow) || kb_chain_event_of(event) == KB_CHAIN_REGIE_OVERNEMEN;
}

/* R01 and its like: a partner that may not be told of the case, the toestemming does not name for example, cannot be invited. */
static bool
joins(const struct kb_flow_doing *doing)
{
	return kb_chain_event_of(doing->event) == KB_CHAIN_DEELNEMER_ERBIJ &&
	       !kb_party_id_empty(&doing->participant.party);
}

enum kb_err
kb_flow_do(struct kb_flow *flow, struct kb_flow_doing *doing)
{
	struct kb_chain_request request = { .event = doing->event,
					    .facts = doing->facts,
					    .fact_count = doing->fact_count,
					    .participant = doing->participant,
					    .participant_kind = doing->participant_kind,
					    .participant_desk =
						    kb_route_role_desk(doing->participant.role) };
	const struct kb_route_step *step = NULL;
	enum kb_err err = flow->view != NULL ? kb_flow_actor(flow->act, &request) : KB_ERR_STATE;

	if (err != KB_OK) {
		return err;
	}
	/* A proposal would be about a state that may be over. */
	err = kb_flow_recovering(flow, &doing->wait);
	if (err != KB_OK || doing->wait != KB_FLOW_WAIT_NONE) {
		return err != KB_OK ? err : KB_ERR_BUSY;
	}
	step = find_step(flow, doing->event);
	err = kb_flow_guards(flow, step != NULL ? step->letter : 0, &request.met);
	if (err == KB_OK) {
		err = kb_chain_allows(flow->view, &request, NULL, &doing->refusal);
	}
	if (err == KB_OK && joins(doing)) {
		err = kb_flow_may_tell(flow, &doing->participant.party, doing->participant.role);
		doing->refused_by = err != KB_OK ? doing->participant.party : doing->refused_by;
	}
	if (err == KB_OK && step != NULL && step->kind != 0) {
		err = send_message(flow, doing, step);
	}
	if (err != KB_OK) {
		return err;
	}
	if (!makes_record(flow, doing->event)) {
		return propose(flow, doing, &request);
	}
	err = kb_flow_record(flow, &request, &doing->refusal);
	/* Who takes over tells the clocks that ran out while nobody told them. */
	return err == KB_OK ? kb_flow_due(flow) : err;
}

/* A day for every fact of the step that asks for nothing else. */
static enum kb_err
facts_of_today(const struct kb_flow *flow, struct kb_flow_doing *doing)
{
	const struct kb_route_step *step = find_step(flow, doing->event);
	int32_t today = kb_date_local_day(flow->act->now_utc_ms);
	struct kb_chain_fact *facts =
		kb_arena_alloc(flow->act->arena, KB_FACT_COUNT * sizeof(*facts));

	if (facts == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	for (size_t i = 0; step != NULL && i < KB_FACT_COUNT; i++) {
		if ((step->records >> i & 1u) != 0 && !kb_fact_wants_people((enum kb_fact_nr)i)) {
			facts[doing->fact_count++] =
				(struct kb_chain_fact){ .fact = (enum kb_fact_nr)i, .day = today };
		}
	}
	doing->facts = facts;
	return KB_OK;
}

enum kb_err
kb_flow_do_today(struct kb_act *act, uint64_t case_no, struct kb_flow_doing *doing)
{
	struct kb_flow flow;
	enum kb_err err = kb_flow_load(act, case_no, &flow);

	if (err == KB_OK && flow.view == NULL) {
		err = KB_ERR_STATE;
	}
	if (err == KB_OK) {
		err = facts_of_today(&flow, doing);
	}
	return err == KB_OK ? kb_flow_do(&flow, doing) : err;
}
