/* SPDX-License-Identifier: EUPL-1.2 */
/* The clocks of a route as clocks of the case: started, moved and stopped as the records say, told when they run out. */
#include <stdio.h>

#include "agents/runtime/agent_internal.h"
#include "agents/runtime/flow_internal.h"
#include "common/store/deadlines.h"

bool
kb_flow_is_clock(uint32_t rule)
{
	return rule >= KB_FLOW_CLOCK_RULE && rule < KB_FLOW_CLOCK_RULE_END;
}

static bool
has_stopped(const struct kb_chain_view_clock *clock)
{
	return clock->state == KB_CHAIN_CLOCK_STOPPED ||
	       clock->state == KB_CHAIN_CLOCK_STOPPED_LATE;
}

static enum kb_err
start(struct kb_flow *flow, const struct kb_chain_view_clock *clock, struct kb_deadline *out)
{
	const struct kb_route_clock *row = &flow->route->clocks[clock->clock];

	*out = (struct kb_deadline){ .case_no = flow->row->case_no,
				     .kind = (enum kb_clock_kind)row->term.kind,
				     .rule = KB_FLOW_CLOCK_RULE + clock->clock,
				     .source_id = clock->clock,
				     .about = clock->started_revision,
				     .started_utc_ms = clock->started_utc_ms,
				     .due_utc_ms = clock->due_utc_ms };
	return kb_act_clock_start(flow->act, out);
}

static enum kb_err
follow(struct kb_flow *flow, const struct kb_chain_view_clock *clock)
{
	struct kb_act *act = flow->act;
	uint64_t case_no = flow->row->case_no;
	struct kb_deadline deadline;
	enum kb_err err = kb_deadline_find(act->step, case_no, KB_FLOW_CLOCK_RULE + clock->clock,
					   clock->started_revision, &deadline);

	if (err == KB_ERR_NOT_FOUND) {
		err = start(flow, clock, &deadline);
	}
	if (err == KB_OK && deadline.state == KB_CLOCK_STATE_RUNNING &&
	    deadline.due_utc_ms != clock->due_utc_ms) {
		err = kb_deadline_move(act->step, case_no, deadline.clock_id, clock->due_utc_ms);
	}
	return err == KB_OK && has_stopped(clock) && deadline.stopped_utc_ms == 0
		       ? kb_act_clock_stop(act, case_no, deadline.clock_id, clock->ended_utc_ms,
					   NULL)
		       : err;
}

static bool
is_in_view(const struct kb_flow *flow, const struct kb_deadline *deadline)
{
	for (size_t i = 0; i < flow->view->clock_count; i++) {
		if (deadline->rule == KB_FLOW_CLOCK_RULE + flow->view->clocks[i].clock &&
		    deadline->about == flow->view->clocks[i].started_revision) {
			return true;
		}
	}
	return false;
}

/* Those of a record that a takeover made void never ran. *late: a clock that is none of the route has run out. */
static enum kb_err
stop_others(struct kb_flow *flow, bool *late)
{
	struct kb_deadline deadline = { .clock_id = 0 };
	enum kb_err err = KB_OK;

	while (err == KB_OK) {
		err = kb_deadline_of_case(flow->act->step, flow->row->case_no, deadline.clock_id,
					  &deadline);
		if (err == KB_OK && kb_flow_is_clock(deadline.rule) &&
		    deadline.stopped_utc_ms == 0 && !is_in_view(flow, &deadline)) {
			err = kb_act_clock_stop(flow->act, flow->row->case_no, deadline.clock_id,
						flow->act->now_utc_ms, NULL);
		}
		*late = *late || (err == KB_OK && !kb_flow_is_clock(deadline.rule) &&
				  deadline.state == KB_CLOCK_STATE_EXPIRED && !deadline.historisch);
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

/* Late as long as a clock of the case has run out and nothing stopped it; other: one that is not of the route has. */
static void
mark_late(struct kb_flow *flow, bool other)
{
	bool late = other;

	for (size_t i = 0; i < flow->view->clock_count; i++) {
		const struct kb_chain_view_clock *clock = &flow->view->clocks[i];

		late = late || clock->state == KB_CHAIN_CLOCK_EXPIRED ||
		       (clock->state == KB_CHAIN_CLOCK_RUNS &&
			clock->due_utc_ms <= flow->act->now_utc_ms);
	}
	flow->row->inbox_flags = late ? flow->row->inbox_flags | KB_INBOX_LATE
				      : flow->row->inbox_flags & ~KB_INBOX_LATE;
}

enum kb_err
kb_flow_clocks(struct kb_flow *flow)
{
	bool late = false;
	enum kb_err err = KB_OK;

	for (size_t i = 0; err == KB_OK && i < flow->view->clock_count; i++) {
		err = follow(flow, &flow->view->clocks[i]);
	}
	if (err == KB_OK) {
		err = stop_others(flow, &late);
	}
	mark_late(flow, late);
	return err;
}

/* "klok:" and the name of the clock: the agent's own step, whoever is at the desk. */
static enum kb_err
tell_due(struct kb_flow *flow, const struct kb_chain_view_clock *clock)
{
	char event[sizeof("klok:") + KB_ROUTE_NAME_MAX];
	struct kb_chain_request request = {
		.actor = *kb_agent_self(flow->act->agent),
		.actor_kind = flow->act->own_kind,
		.now_utc_ms = flow->act->now_utc_ms,
	};
	struct kb_chain_refusal refusal;
	uint32_t user_no = flow->act->user_no;
	enum kb_err err = KB_OK;

	(void)snprintf(event, sizeof(event), "klok:%s", flow->route->clocks[clock->clock].name);
	request.event = kb_arena_copy(flow->act->arena, kb_span_text(event));
	flow->act->user_no = 0;
	err = request.event.at != NULL ? kb_flow_record(flow, &request, &refusal)
				       : KB_ERR_NO_MEMORY;
	flow->act->user_no = user_no;
	return err;
}

enum kb_err
kb_flow_due(struct kb_flow *flow)
{
	enum kb_flow_wait wait = KB_FLOW_WAIT_NONE;
	enum kb_err err = kb_flow_recovering(flow, &wait);

	/* They are told when our own steps are back. */
	while (err == KB_OK && wait == KB_FLOW_WAIT_NONE && kb_flow_has_regie(flow) &&
	       flow->view->closed_utc_ms == 0) {
		const struct kb_chain_view_clock *clock =
			kb_chain_due(flow->view, flow->act->now_utc_ms);

		if (clock == NULL) {
			return KB_OK;
		}
		err = tell_due(flow, clock);
	}
	return err;
}

enum kb_err
kb_flow_clock_expired(struct kb_act *act, const struct kb_deadline *due)
{
	struct kb_flow flow;
	enum kb_err err = KB_OK;

	if (!kb_flow_is_clock(due->rule)) {
		return KB_OK;
	}
	err = kb_flow_load(act, due->case_no, &flow);
	if (err != KB_OK || flow.view == NULL) {
		return err;
	}
	mark_late(&flow, (flow.row->inbox_flags & KB_INBOX_LATE) != 0);
	return kb_flow_due(&flow);
}
