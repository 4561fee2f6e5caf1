/* SPDX-License-Identifier: EUPL-1.2 */
/* Clocks that run out: each is told to the role once, in an act of its own time. */
#include "agents/runtime/agent_internal.h"
#include "agents/runtime/case_board.h"
#include "agents/runtime/flow.h"
#include "common/base/log.h"
#include "common/exchange/effects.h"
#include "common/store/case_records.h"
#include "common/store/record.h"

/* Clocks taken up in one act. */
#define EXPIRE_MAX 128

enum kb_err
kb_deadline_watch_load(struct kb_agent *agent, struct kb_step *step)
{
	struct kb_deadline next = { 0 };
	enum kb_err err = kb_deadline_due_next(step, INT64_MAX, &next);

	agent->next_clock_due_utc_ms = err == KB_OK ? next.due_utc_ms : INT64_MAX;
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

/* The clock has run out, whatever the route or the role makes of it. */
static enum kb_err
tell(struct kb_act *act, const struct kb_deadline *expired)
{
	enum kb_err err = kb_flow_clock_expired(act, expired);

	if (err == KB_OK && act->agent->role->on_clock != NULL) {
		err = act->agent->role->on_clock(act, expired);
	}
	if (err != KB_OK && !kb_err_is_store_trouble(err)) {
		kb_log(KB_LOG_ERROR, "clock-not-handled", "reason=%s rule=%u", kb_err_name(err),
		       expired->rule);
		err = KB_OK;
	}
	return err;
}

static enum kb_err
expire_one(struct kb_act *act, const struct kb_deadline *due)
{
	struct kb_record record = { .type = KB_RECORD_CLOCK_EXPIRED,
				    .at_utc_ms = act->now_utc_ms,
				    .case_no = due->case_no,
				    .ref_seq = due->started_seq,
				    .code = due->rule };
	struct kb_case_record line = { .case_no = due->case_no,
				       .direction = KB_DIRECTION_LOCAL,
				       .kind = KB_RECORD_CLOCK_EXPIRED,
				       .at_utc_ms = act->now_utc_ms };
	struct kb_deadline expired;
	enum kb_err err = kb_record_append(act->step, &record, KB_SPAN_NONE, &line.ledger_seq);

	if (err == KB_OK) {
		err = kb_case_record_put(act->step, &line);
	}
	if (err == KB_OK) {
		err = kb_deadline_expire(act->step, due->case_no, due->clock_id, &expired);
	}
	if (err == KB_OK && expired.rule == KB_CLOCK_RULE_TAAK) {
		return kb_task_ran_out(act, due->case_no); /* the same for every role */
	}
	return err == KB_OK ? tell(act, &expired) : err;
}

static enum kb_err
expire_act(struct kb_act *act, void *arg)
{
	struct kb_deadline due;
	enum kb_err err = KB_OK;

	(void)arg;
	for (size_t i = 0; err == KB_OK && i < EXPIRE_MAX; i++) {
		due = (struct kb_deadline){ 0 };
		err = kb_deadline_due_next(act->step, act->now_utc_ms, &due);
		if (err == KB_OK) {
			err = expire_one(act, &due);
		}
	}
	if (err == KB_OK || err == KB_ERR_NOT_FOUND) {
		err = kb_deadline_watch_load(act->agent, act->step);
	}
	return err;
}

static void
expire_done(struct kb_agent *agent, enum kb_err err, void *arg)
{
	(void)arg;
	agent->expiring = false;
	if (err != KB_OK) {
		agent->expire_not_before_mono_ms = kb_clock_mono_ms(&agent->clock) + 60000;
	}
}

void
kb_deadline_watch_tick(struct kb_agent *agent, int64_t now_utc_ms)
{
	if (!agent->expiring && agent->next_clock_due_utc_ms <= now_utc_ms &&
	    kb_clock_mono_ms(&agent->clock) >= agent->expire_not_before_mono_ms &&
	    kb_agent_run(agent, 0, expire_act, expire_done, NULL) == KB_OK) {
		agent->expiring = true;
	}
}
