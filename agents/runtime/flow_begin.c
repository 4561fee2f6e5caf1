/* SPDX-License-Identifier: EUPL-1.2 */
/* An automatic route: opened by the agent itself, with its first step, in a case of its own. */
#include "agents/runtime/agent_internal.h"
#include "agents/runtime/flow_internal.h"

/* A step of the agent itself. */
static enum kb_err
make(struct kb_flow *flow, struct kb_span event, const struct kb_flow_beginning *joins)
{
	struct kb_chain_request request = { .event = event };
	struct kb_chain_refusal refusal;
	enum kb_err err = kb_flow_actor(flow->act, &request);

	if (joins != NULL) {
		request.participant = joins->partner;
		request.participant_kind = joins->partner_kind;
		request.participant_desk = kb_route_role_desk(joins->partner.role);
	}
	return err == KB_OK ? kb_flow_make(flow, &request, &refusal) : err;
}

static enum kb_err
make_all(struct kb_flow *flow, const struct kb_flow_beginning *beginning)
{
	struct kb_chain_refusal refusal;
	enum kb_err err =
		kb_flow_open(flow, beginning->profile, beginning->route, beginning->role, &refusal);

	if (err == KB_OK) {
		err = make(flow, kb_span_text(kb_chain_event_word(KB_CHAIN_DEELNEMER_ERBIJ)),
			   beginning);
	}
	return err == KB_OK ? make(flow, beginning->event, NULL) : err;
}

static enum kb_err
begin(struct kb_act *act, uint64_t case_no, const struct kb_flow_beginning *beginning)
{
	struct kb_flow flow;
	enum kb_err err = kb_flow_load(act, case_no, &flow);

	if (err != KB_OK || flow.count > 0) {
		return err != KB_OK ? err : KB_ERR_STATE;
	}
	err = make_all(&flow, beginning);
	/* What the region asks for and is not there is for people to see; what was made stands. */
	if (kb_err_reason(err) != 0) {
		kb_flow_raise(&flow, KB_INBOX_PROBLEM);
		err = KB_OK;
	}
	if (err == KB_OK && flow.view != NULL && flow.view->participant_count > 1) {
		err = kb_flow_tell_all(&flow, &beginning->partner);
	}
	return err == KB_OK && flow.view != NULL ? kb_flow_settle(&flow) : err;
}

enum kb_err
kb_flow_begin(struct kb_act *act, uint64_t case_no, const struct kb_flow_beginning *beginning)
{
	uint32_t user_no = act->user_no;
	enum kb_err err = KB_OK;

	act->user_no = 0;
	err = begin(act, case_no, beginning);
	act->user_no = user_no;
	return err;
}
