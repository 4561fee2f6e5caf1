/* SPDX-License-Identifier: EUPL-1.2 */
/* Messages of the case itself: records, proposals, refusals of those, and requests for what somebody missed. */
#include "agents/runtime/agent_internal.h"
#include "agents/runtime/flow_internal.h"
#include "common/wire/zaak.h"

static const struct kb_body *
body_of(const struct kb_act *act)
{
	return &act->agent->receiver.incoming->opened.body;
}

/* ---- records ---- */

enum kb_err
kb_flow_read_records(struct kb_act *act, struct kb_span content, const struct kb_id *case_id,
		     struct kb_flow_incoming *out)
{
	enum kb_err err = kb_zaak_regels_decode(content, act->arena, &out->message);

	if (err == KB_OK) {
		out->at = kb_arena_alloc(act->arena, out->message.regel_count * sizeof(*out->at));
		err = out->at != NULL ? KB_OK : KB_ERR_NO_MEMORY;
	}
	for (size_t i = 0; err == KB_OK && i < out->message.regel_count; i++) {
		err = kb_chain_record_decode(out->message.regels[i], act->arena, &out->at[i]);
		if (err == KB_OK && !kb_id_equal(&out->at[i].case_id, case_id)) {
			err = KB_ERR_BAD_VALUE;
		}
	}
	return err;
}

/* On the same ground as what it is about. */
static enum kb_err
ask_sender(struct kb_flow *flow, const struct kb_received *received,
	   const struct kb_zaak_opvraag *opvraag)
{
	const struct kb_body *body = body_of(flow->act);
	struct kb_outgoing outgoing = {
		.recipient = received->sender,
		.kind = KB_KIND_ZAAK_OPVRAAG,
		.case_no = flow->row->case_no,
		.purpose = body->purpose,
		.ground = body->ground,
		.desk = body->from_desk,
		.consent_ref = received->consent_ref,
	};
	struct kb_buf content = { 0 };
	enum kb_err err = kb_zaak_opvraag_encode(opvraag, &content);

	if (err == KB_OK) {
		outgoing.content = kb_buf_span(&content);
		err = kb_act_send(flow->act, &outgoing, NULL);
	}
	kb_buf_release(&content);
	if (kb_err_category(err) == KB_CATEGORY_REFUSED) {
		kb_flow_raise(flow, KB_INBOX_PROBLEM);
		err = KB_OK;
	}
	return err;
}

/* What is not here yet: the profile, or records between. */
static enum kb_err
ask_missing(struct kb_flow *flow, const struct kb_received *received)
{
	struct kb_zaak_opvraag opvraag = { .regie_epoch = 0 };

	if (flow->route == NULL) {
		opvraag.profile_hash = flow->records[0].profile_hash;
		return ask_sender(flow, received, &opvraag);
	}
	if (!kb_chain_missing(flow->records, flow->marks, flow->count, &opvraag.revision)) {
		return KB_OK;
	}
	/* With nothing that stands: from the start. */
	opvraag.revision = flow->view->revision > 0 ? opvraag.revision : 0;
	opvraag.regie_epoch = opvraag.revision > 0 ? flow->view->regie_epoch : 1;
	return ask_sender(flow, received, &opvraag);
}

/* A first record may come before anything else: the desk is that of our role in it. */
static void
take_desk(struct kb_flow *flow)
{
	const struct kb_chain_participant *self = kb_flow_self(flow);

	if (self != NULL && flow->row->desk == KB_DESK_UNSPECIFIED) {
		flow->row->desk = (uint32_t)kb_route_role_desk(self->role);
	}
}

/* What was accepted stays accepted, whatever becomes of our own step. */
enum kb_err
kb_flow_arrived(struct kb_flow *flow)
{
	/* What the role did with it may have made a record already: the next one builds on that. */
	enum kb_err err = kb_flow_load(flow->act, flow->row->case_no, flow);

	if (err != KB_OK) {
		return err;
	}
	take_desk(flow);
	err = kb_flow_recover_one(flow);
	if (err == KB_OK) {
		err = kb_flow_due(flow);
	}
	if (err == KB_OK || kb_err_reason(err) == 0) {
		return err;
	}
	kb_flow_raise(flow, KB_INBOX_PROBLEM);
	return KB_OK;
}

/* Whether one of the newest fresh records says something that people here did not do themselves or get a message of. */
static bool
is_news(const struct kb_flow *flow, size_t fresh)
{
	const struct kb_party_id *self = kb_agent_self(flow->act->agent);
	bool news = false;

	for (size_t i = flow->count - fresh; i < flow->count; i++) {
		const struct kb_chain_record *record = &flow->records[i];

		/* What an agent does by itself goes with a message that says it; a clock that ran out does not. */
		news = news || (!kb_party_id_equal(&record->actor, self) &&
				(record->person.len > 0 ||
				 kb_chain_event_of(record->event) == KB_CHAIN_KLOK));
	}
	return news;
}

enum kb_err
kb_flow_handle_records(struct kb_act *act, const struct kb_received *received)
{
	struct kb_flow_incoming records = { .at = NULL };
	struct kb_case *row = NULL;
	struct kb_flow flow;
	size_t fresh = 0;
	enum kb_err err =
		kb_flow_read_records(act, received->content, &received->case_id, &records);

	if (err == KB_OK) {
		err = kb_flow_admit(act, received, &records);
	}
	if (err == KB_OK) {
		err = kb_act_accept(act, received, KB_CASE_KIND_PARTNERS, &row, NULL);
	}
	if (err == KB_OK) {
		err = kb_flow_load(act, row->case_no, &flow);
	}
	if (err == KB_OK) {
		err = kb_flow_add(&flow, records.message.regels, records.message.regel_count,
				  &fresh);
	}
	if (err != KB_OK) {
		return err;
	}
	if (is_news(&flow, fresh)) {
		kb_flow_raise(&flow, 0);
	}
	/* Only for what is new: an answer that brings nothing is not asked again. */
	if (fresh > 0) {
		err = ask_missing(&flow, received);
	}
	return err == KB_OK ? kb_flow_arrived(&flow) : err;
}

/* ---- proposals ---- */

static enum kb_err
refuse_proposal(struct kb_flow *flow, const struct kb_received *received,
		const struct kb_id *proposal_id, enum kb_err reason,
		const struct kb_chain_refusal *refusal)
{
	struct kb_zaak_weigering weigering = { .proposal_id = *proposal_id,
					       .reason = kb_err_reason(reason),
					       .rule = kb_span_text(refusal->rule),
					       .word = kb_span_text(refusal->word) };
	const struct kb_body *body = body_of(flow->act);
	struct kb_outgoing outgoing = { .recipient = received->sender,
					.kind = KB_KIND_ZAAK_WEIGERING,
					.case_no = flow->row->case_no,
					.in_reply_to = &received->message_id,
					.purpose = body->purpose,
					.ground = body->ground,
					.desk = body->from_desk,
					.consent_ref = received->consent_ref };
	struct kb_buf content = { 0 };
	enum kb_err err = kb_zaak_weigering_encode(&weigering, &content);

	if (err == KB_OK) {
		outgoing.content = kb_buf_span(&content);
		err = kb_act_send(flow->act, &outgoing, NULL);
	}
	kb_buf_release(&content);
	/* It cannot be told on that ground any more: the proposer sees that nothing came of it. */
	return kb_err_category(err) == KB_CATEGORY_REFUSED ? KB_OK : err;
}

/* The author's word for what only the author knows; whether there is a toestemming, our own register says too. */
static enum kb_err
fill_request(struct kb_flow *flow, const struct kb_received *received,
	     const struct kb_zaak_voorstel *voorstel, struct kb_chain_request *request)
{
	uint32_t own = 0;
	enum kb_err err = kb_flow_guards(flow, 0, &own);

	*request = (struct kb_chain_request){
		.event = voorstel->event,
		.proposal_id = voorstel->proposal_id,
		.actor = received->sender,
		.actor_kind = received->sender_kind,
		.actor_desk = body_of(flow->act)->from_desk,
		.person = received->author_person,
		.function = received->author_function,
		.now_utc_ms = flow->act->now_utc_ms,
		.met = voorstel->met & (own | ~(uint32_t)KB_GUARD_TOESTEMMING),
		.facts = voorstel->facts,
		.fact_count = voorstel->fact_count,
		.participant = voorstel->participant,
	};
	return err;
}

static enum kb_err
take_proposal(struct kb_flow *flow, const struct kb_received *received,
	      const struct kb_zaak_voorstel *voorstel)
{
	struct kb_chain_refusal refusal = { .rule = "design 7" };
	struct kb_chain_request request;
	uint32_t user_no = flow->act->user_no;
	enum kb_err err = KB_OK;

	if (kb_flow_has_record_of(flow, &voorstel->proposal_id)) {
		return KB_OK;
	}
	if (!kb_flow_has_regie(flow)) {
		return refuse_proposal(flow, received, &voorstel->proposal_id, KB_ERR_STATE,
				       &refusal);
	}
	err = fill_request(flow, received, voorstel, &request);
	if (err != KB_OK) {
		return err;
	}
	err = kb_chain_allows(flow->view, &request, NULL, &refusal);
	if (err != KB_OK && kb_err_reason(err) != 0) {
		return refuse_proposal(flow, received, &voorstel->proposal_id, err, &refusal);
	}
	flow->act->user_no = 0;
	err = err == KB_OK ? kb_flow_record(flow, &request, &refusal) : err;
	flow->act->user_no = user_no;
	return err != KB_OK && kb_err_reason(err) != 0
		       ? refuse_proposal(flow, received, &voorstel->proposal_id, err, &refusal)
		       : err;
}

/* Of a case that is known here, by somebody who takes part in it: to others it does not exist. */
static enum kb_err
load_for(struct kb_act *act, const struct kb_received *received, struct kb_flow *flow)
{
	enum kb_err err = received->case_no != 0 ? kb_flow_load(act, received->case_no, flow)
						 : KB_ERR_NOT_FOUND;

	if (err == KB_OK && flow->view == NULL) {
		err = KB_ERR_NOT_FOUND;
	}
	if (err == KB_OK && kb_chain_roles_of(flow->view, &received->sender) == 0) {
		err = KB_ERR_NOT_FOUND;
	}
	/* The case is spoken of for its own purpose: no other one opens it. */
	return err == KB_OK && body_of(act)->purpose != flow->route->purpose ? KB_ERR_NO_GROUND
									     : err;
}

enum kb_err
kb_flow_handle_proposal(struct kb_act *act, const struct kb_received *received)
{
	struct kb_zaak_voorstel voorstel;
	struct kb_flow flow;
	enum kb_flow_wait wait = KB_FLOW_WAIT_NONE;
	enum kb_err err = kb_zaak_voorstel_decode(received->content, act->arena, &voorstel);

	if (err == KB_OK) {
		err = load_for(act, received, &flow);
	}
	if (err == KB_OK) {
		err = kb_flow_recovering(&flow, &wait);
	}
	/* It is kept at its author and comes again: by then we know where the case stands. */
	if (err == KB_OK && wait != KB_FLOW_WAIT_NONE) {
		err = KB_ERR_BUSY;
	}
	if (err == KB_OK) {
		err = kb_act_accept(act, received, KB_CASE_KIND_PARTNERS, NULL, NULL);
	}
	if (err == KB_OK) {
		/* Of an agent that does its own step there is nothing to look at. */
		if (received->author_person.len > 0) {
			kb_flow_raise(&flow, 0);
		}
		err = take_proposal(&flow, received, &voorstel);
	}
	return err;
}

static enum kb_err
mark_refused(struct kb_flow *flow, const struct kb_zaak_weigering *weigering,
	     const struct kb_party_id *by)
{
	struct kb_flow_waiting one = { .item = { .item_no = 0 } };
	enum kb_err err = KB_OK;

	while (err == KB_OK) {
		err = kb_flow_proposal_next(flow, &one);
		/* Of somebody who has the regie no more it says nothing: it went on to the next. */
		if (err == KB_OK && one.item.done_utc_ms == 0 &&
		    kb_id_equal(&one.voorstel.proposal_id, &weigering->proposal_id) &&
		    kb_party_id_equal(&one.proposal.sent_to, by)) {
			return kb_flow_proposal_refused(flow, one.item.item_no, &one.proposal,
							weigering->reason, weigering->rule,
							weigering->word);
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

enum kb_err
kb_flow_handle_refusal(struct kb_act *act, const struct kb_received *received)
{
	struct kb_zaak_weigering weigering;
	struct kb_flow flow;
	enum kb_err err = kb_zaak_weigering_decode(received->content, act->arena, &weigering);

	if (err == KB_OK) {
		err = load_for(act, received, &flow);
	}
	if (err == KB_OK) {
		err = kb_act_accept(act, received, KB_CASE_KIND_PARTNERS, NULL, NULL);
	}
	return err == KB_OK ? mark_refused(&flow, &weigering, &received->sender) : err;
}

/* ---- requests ---- */

static uint32_t
role_of(const struct kb_flow *flow, const struct kb_party_id *party)
{
	return kb_chain_roles_of(flow->view, party) & KB_ROUTE_ROLES_HELD;
}

enum kb_err
kb_flow_handle_request(struct kb_act *act, const struct kb_received *received)
{
	struct kb_zaak_opvraag opvraag;
	struct kb_flow flow;
	enum kb_err err = kb_zaak_opvraag_decode(received->content, act->arena, &opvraag);

	if (err == KB_OK) {
		err = load_for(act, received, &flow);
	}
	if (err == KB_OK) {
		err = kb_act_accept(act, received, KB_CASE_KIND_PARTNERS, NULL, NULL);
	}
	if (err != KB_OK) {
		return err;
	}
	if (!kb_hash_empty(&opvraag.profile_hash)) {
		err = kb_flow_profile_send(act, &opvraag.profile_hash, &received->sender);
		if (err == KB_ERR_NOT_FOUND) {
			kb_flow_raise(&flow,
				      KB_INBOX_PROBLEM); /* ours was never signed: somebody must */
			err = KB_OK;
		}
	} else {
		err = kb_flow_tell_chain(
			&flow, &received->sender, role_of(&flow, &received->sender),
			opvraag.regie_epoch == flow.view->regie_epoch ? opvraag.revision : 0);
	}
	return kb_err_category(err) == KB_CATEGORY_REFUSED ? KB_OK : err;
}
