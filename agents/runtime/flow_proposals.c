/* SPDX-License-Identifier: EUPL-1.2 */
/* Steps of ours that wait for the regievoerder: kept until a record of them stands, whoever has the regie by then. */
#include "agents/runtime/agent_internal.h"
#include "agents/runtime/flow_internal.h"
#include "common/store/codec.h"
#include "common/store/users.h"
#include "common/wire/zaak.h"

#define PROPOSAL_VERSION 1

enum kb_err
kb_flow_proposal_read(struct kb_span payload, struct kb_flow_proposal *out)
{
	struct kb_unpack unpack;

	(void)kb_unpack_begin(&unpack, payload, PROPOSAL_VERSION);
	out->voorstel = kb_unpack_bytes(&unpack);
	kb_unpack_party(&unpack, &out->sent_to);
	out->refused = kb_unpack_u32(&unpack);
	out->rule = kb_unpack_bytes(&unpack);
	out->word = kb_unpack_bytes(&unpack);
	kb_unpack_fixed(&unpack, out->origin.bytes, KB_HASH_BYTES);
	return kb_unpack_end(&unpack);
}

enum kb_err
kb_flow_proposal_put(struct kb_flow *flow, uint32_t *item_no,
		     const struct kb_flow_proposal *proposal, bool done)
{
	struct kb_case_item item = { .case_no = flow->row->case_no,
				     .type = KB_ITEM_VOORSTEL,
				     .author_party_no = KB_PARTY_NO_SELF,
				     .author_user_no = flow->act->user_no,
				     .at_utc_ms = flow->act->now_utc_ms,
				     .visibility = KB_VISIBILITY_DESK };
	struct kb_buf payload = { 0 };
	struct kb_pack pack;
	enum kb_err err = KB_OK;

	if (*item_no != 0) {
		err = kb_case_item_get(flow->act->step, item.case_no, item.type, *item_no,
				       flow->act->arena, &item);
	}
	if (err != KB_OK) {
		return err;
	}
	item.done_utc_ms = done ? flow->act->now_utc_ms : 0;
	kb_pack_begin(&pack, &payload, PROPOSAL_VERSION);
	kb_pack_bytes(&pack, proposal->voorstel);
	kb_pack_party(&pack, &proposal->sent_to);
	kb_pack_u32(&pack, proposal->refused);
	kb_pack_bytes(&pack, proposal->rule);
	kb_pack_bytes(&pack, proposal->word);
	kb_pack_fixed(&pack, proposal->origin.bytes, KB_HASH_BYTES);
	err = kb_pack_end(&pack);
	if (err == KB_OK) {
		item.payload = kb_buf_span(&payload);
		err = kb_case_item_put(flow->act->step, &item);
		*item_no = item.item_no;
	}
	kb_buf_wipe(&payload);
	return err;
}

enum kb_err
kb_flow_proposal_next(struct kb_flow *flow, struct kb_flow_waiting *one)
{
	enum kb_err err = kb_case_item_next(flow->act->step, flow->row->case_no, KB_ITEM_VOORSTEL,
					    one->item.item_no, flow->act->arena, &one->item);

	if (err == KB_OK) {
		err = kb_flow_proposal_read(one->item.payload, &one->proposal);
	}
	return err == KB_OK ? kb_zaak_voorstel_decode(one->proposal.voorstel, flow->act->arena,
						      &one->voorstel)
			    : err;
}

enum kb_err
kb_flow_is_proposed(struct kb_act *act, uint64_t case_no, struct kb_span event, bool *proposed)
{
	struct kb_flow flow;
	struct kb_flow_waiting one = { .item = { .item_no = 0 } };
	enum kb_err err = kb_flow_load(act, case_no, &flow);

	*proposed = false;
	while (err == KB_OK && !*proposed) {
		err = kb_flow_proposal_next(&flow, &one);
		*proposed = err == KB_OK && one.item.done_utc_ms == 0 &&
			    one.proposal.refused == 0 && kb_span_equal(one.voorstel.event, event);
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

/* ---- steps of ours that a takeover made void ---- */

static bool
is_own_step(const struct kb_flow *flow, size_t place)
{
	const struct kb_chain_record *record = &flow->records[place];

	return flow->marks[place] == KB_CHAIN_MARK_VOID &&
	       kb_party_id_equal(&record->actor, kb_agent_self(flow->act->agent)) &&
	       kb_id_empty(&record->proposal_id) &&
	       kb_chain_event_of(record->event) == KB_CHAIN_EVENT_NONE;
}

static enum kb_err
has_come_back(struct kb_flow *flow, const struct kb_hash *hash, bool *known)
{
	struct kb_flow_waiting one = { .item = { .item_no = 0 } };
	enum kb_err err = KB_OK;

	*known = false;
	while (err == KB_OK && !*known) {
		err = kb_flow_proposal_next(flow, &one);
		*known = err == KB_OK && kb_hash_equal(&one.proposal.origin, hash);
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

/* What we did while somebody else had taken over is proposed to them: nothing that was done is lost (design 7). */
static enum kb_err
come_back(struct kb_flow *flow, const struct kb_chain_record *record)
{
	struct kb_zaak_voorstel voorstel = {
		.proposal_id = kb_id_random(&flow->act->agent->random),
		.regie_epoch = flow->view->regie_epoch,
		.revision = flow->view->revision,
		.event = record->event,
		.met = KB_FLOW_GUARDS_OUTSIDE, /* they held when the step was taken */
		.at_utc_ms = record->at_utc_ms,
		.facts = record->facts,
		.fact_count = record->fact_count,
	};
	struct kb_flow_proposal proposal = { .origin = record->hash };
	uint32_t item_no = 0;
	uint32_t user_no = flow->act->user_no;
	struct kb_user author = { .user_no = 0 };
	struct kb_buf content = { 0 };
	enum kb_err err = kb_user_find(flow->act->step, record->person, flow->act->arena, &author);

	err = err == KB_ERR_UNKNOWN_USER ? KB_OK : err;
	if (err == KB_OK) {
		err = kb_zaak_voorstel_encode(&voorstel, &content);
	}
	if (err == KB_OK) {
		proposal.voorstel = kb_buf_span(&content);
		flow->act->user_no = (uint32_t)author.user_no;
		err = kb_flow_proposal_put(flow, &item_no, &proposal, false);
		flow->act->user_no = user_no;
	}
	kb_buf_wipe(&content);
	return err;
}

static enum kb_err
bring_back(struct kb_flow *flow)
{
	enum kb_err err = KB_OK;

	for (size_t i = 0; err == KB_OK && i < flow->count; i++) {
		bool known = false;

		if (!is_own_step(flow, i)) {
			continue;
		}
		err = has_come_back(flow, &flow->records[i].hash, &known);
		if (err == KB_OK && !known) {
			kb_flow_raise(flow, KB_INBOX_PROBLEM);
			err = come_back(flow, &flow->records[i]);
		}
	}
	return err;
}

/* ---- to whoever has the regie now ---- */

enum kb_err
kb_flow_proposal_refused(struct kb_flow *flow, uint32_t item_no,
			 const struct kb_flow_proposal *proposal, uint32_t reason,
			 struct kb_span rule, struct kb_span word)
{
	struct kb_flow_proposal refused = *proposal;

	refused.refused = reason;
	refused.rule = rule;
	refused.word = word;
	kb_flow_raise(flow, KB_INBOX_PROBLEM);
	return kb_flow_proposal_put(flow, &item_no, &refused, false);
}

/* We have the regie ourselves by now. The act is of who made the proposal. */
static enum kb_err
record_own(struct kb_flow *flow, uint32_t item_no, const struct kb_flow_proposal *proposal,
	   const struct kb_zaak_voorstel *voorstel)
{
	struct kb_chain_request request = { .event = voorstel->event,
					    .proposal_id = voorstel->proposal_id,
					    .met = voorstel->met,
					    .facts = voorstel->facts,
					    .fact_count = voorstel->fact_count,
					    .participant = voorstel->participant };
	struct kb_chain_refusal refusal = { .rule = "" };
	enum kb_flow_wait wait = KB_FLOW_WAIT_NONE;
	uint32_t own = 0;
	enum kb_err err = kb_flow_recovering(flow, &wait);

	/* It waits a little longer. */
	if (err != KB_OK || wait != KB_FLOW_WAIT_NONE) {
		return err;
	}
	err = kb_flow_actor(flow->act, &request);

	/* The toestemming may have ended since it was proposed. */
	if (err == KB_OK) {
		err = kb_flow_guards(flow, 0, &own);
		request.met &= own | ~(uint32_t)KB_GUARD_TOESTEMMING;
	}
	if (err == KB_OK) {
		err = kb_chain_allows(flow->view, &request, NULL, &refusal);
	}

	if (err != KB_OK && kb_err_reason(err) != 0) {
		return kb_flow_proposal_refused(flow, item_no, proposal, kb_err_reason(err),
						kb_span_text(refusal.rule),
						kb_span_text(refusal.word));
	}
	/* Done before its record is made: making it comes back here. */
	err = err == KB_OK ? kb_flow_proposal_put(flow, &item_no, proposal, true) : err;
	err = err == KB_OK ? kb_flow_record(flow, &request, &refusal) : err;
	return err != KB_OK && kb_err_reason(err) != 0
		       ? kb_flow_proposal_refused(flow, item_no, proposal, kb_err_reason(err),
						  kb_span_text(refusal.rule),
						  kb_span_text(refusal.word))
		       : err;
}

static enum kb_err
send_proposal(struct kb_flow *flow, uint32_t item_no, struct kb_flow_proposal *proposal)
{
	const struct kb_chain_participant *to =
		kb_chain_participant_with(flow->view, KB_ROUTE_REGIEVOERDER);
	enum kb_err err = to != NULL ? KB_OK : KB_ERR_STATE;

	proposal->sent_to = flow->view->regievoerder;
	if (err == KB_OK) {
		err = kb_flow_send(flow, &to->party, to->role, KB_KIND_ZAAK_VOORSTEL,
				   proposal->voorstel);
	}
	if (kb_err_category(err) == KB_CATEGORY_REFUSED) {
		return kb_flow_proposal_refused(flow, item_no, proposal, kb_err_reason(err),
						KB_SPAN_NONE, KB_SPAN_NONE);
	}
	return err == KB_OK ? kb_flow_proposal_put(flow, &item_no, proposal, false) : err;
}

static enum kb_err
one_proposal(struct kb_flow *flow, struct kb_flow_waiting *one)
{
	uint32_t item_no = one->item.item_no;
	uint32_t user_no = flow->act->user_no;
	struct kb_authority *authority = flow->act->authority;
	enum kb_err err = KB_OK;

	if (kb_flow_has_record_of(flow, &one->voorstel.proposal_id)) {
		return kb_flow_proposal_put(flow, &item_no, &one->proposal, true);
	}
	if (one->proposal.refused != 0 ||
	    kb_party_id_equal(&one->proposal.sent_to, &flow->view->regievoerder)) {
		return KB_OK;
	}
	/* Whoever is at the desk now, or nobody: the step is that of its author. */
	flow->act->user_no = (uint32_t)one->item.author_user_no;
	flow->act->authority = NULL;
	err = kb_flow_has_regie(flow) ? record_own(flow, item_no, &one->proposal, &one->voorstel)
				      : send_proposal(flow, item_no, &one->proposal);
	flow->act->user_no = user_no;
	flow->act->authority = authority;
	return err;
}

enum kb_err
kb_flow_proposals(struct kb_flow *flow)
{
	struct kb_flow_waiting one = { .item = { .item_no = 0 } };
	enum kb_err err = bring_back(flow);

	while (err == KB_OK && flow->view->closed_utc_ms == 0) {
		err = kb_flow_proposal_next(flow, &one);
		if (err == KB_OK && one.item.done_utc_ms == 0) {
			err = one_proposal(flow, &one);
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

void
kb_flow_raise(struct kb_flow *flow, uint32_t flags)
{
	kb_case_raise(flow->row, flags, flow->act->now_utc_ms);
}
