/* SPDX-License-Identifier: EUPL-1.2 */
/* What an act can do beside sending: open a case, note, start and stop clocks, record that somebody looked. */
#include "agents/runtime/agent_internal.h"
#include "common/store/access.h"
#include "common/store/case_records.h"
#include "common/store/record.h"
#include "common/store/reviews.h"

/* The line in the timeline of the case about a log record. */
static enum kb_err
case_line(struct kb_act *act, uint64_t case_no, enum kb_record_type type, uint64_t ledger_seq)
{
	struct kb_case_record line = { .case_no = case_no,
				       .direction = KB_DIRECTION_LOCAL,
				       .kind = (uint32_t)type,
				       .user_no = act->user_no,
				       .at_utc_ms = act->now_utc_ms,
				       .ledger_seq = ledger_seq };

	return kb_case_record_put(act->step, &line);
}

enum kb_err
kb_act_case_open(struct kb_act *act, struct kb_case *row)
{
	struct kb_case *stored = NULL;
	uint64_t seq = 0;
	enum kb_err err;

	row->case_id = kb_id_random(&act->agent->random);
	row->status = row->status == KB_CASE_NONE ? KB_CASE_OPEN : row->status;
	row->regievoerder_no = KB_PARTY_NO_SELF;
	row->opened_utc_ms = act->now_utc_ms;
	row->last_activity_utc_ms = act->now_utc_ms;
	err = kb_case_create(act->step, row);
	if (err == KB_OK) {
		struct kb_record record = { .type = KB_RECORD_CASE_OPENED,
					    .at_utc_ms = act->now_utc_ms,
					    .user_no = act->user_no,
					    .party_no = row->counterparty_no,
					    .case_no = row->case_no };

		err = kb_record_append(act->step, &record, KB_SPAN_NONE, &seq);
	}
	if (err == KB_OK) {
		err = case_line(act, row->case_no, KB_RECORD_CASE_OPENED, seq);
	}
	if (err == KB_OK) {
		err = kb_case_edit(act->step, row->case_no, &stored);
	}
	if (err == KB_OK) {
		stored->created_seq = seq;
		*row = *stored;
	}
	return err;
}

enum kb_err
kb_act_note(struct kb_act *act, uint64_t case_no, uint32_t code, struct kb_span hidden,
	    uint64_t *ledger_seq)
{
	struct kb_case row;
	uint64_t seq = 0;
	enum kb_err err = kb_case_get(act->step, case_no, &row);

	if (err == KB_OK) {
		struct kb_record record = { .type = KB_RECORD_CASE_ACT,
					    .at_utc_ms = act->now_utc_ms,
					    .user_no = act->user_no,
					    .case_no = case_no,
					    .data_key_no = hidden.len > 0 ? row.data_key_no : 0,
					    .code = code };

		err = kb_record_append(act->step, &record, hidden, &seq);
	}
	if (err == KB_OK) {
		err = case_line(act, case_no, KB_RECORD_CASE_ACT, seq);
	}
	if (err == KB_OK && ledger_seq != NULL) {
		*ledger_seq = seq;
	}
	return err;
}

static enum kb_err
clock_record(struct kb_act *act, const struct kb_deadline *deadline, enum kb_record_type type,
	     uint64_t *ledger_seq)
{
	struct kb_record record = { .type = type,
				    .at_utc_ms = act->now_utc_ms,
				    .user_no = act->user_no,
				    .case_no = deadline->case_no,
				    .ref_seq = type == KB_RECORD_CLOCK_STARTED
						       ? 0
						       : deadline->started_seq,
				    .code = deadline->rule,
				    .count = (uint64_t)deadline->due_utc_ms };
	enum kb_err err = kb_record_append(act->step, &record, KB_SPAN_NONE, ledger_seq);

	return err == KB_OK ? case_line(act, deadline->case_no, type, *ledger_seq) : err;
}

enum kb_err
kb_act_clock_start(struct kb_act *act, struct kb_deadline *deadline)
{
	uint64_t seq = 0;
	enum kb_err err = clock_record(act, deadline, KB_RECORD_CLOCK_STARTED, &seq);

	if (err == KB_OK) {
		deadline->started_seq = seq;
		deadline->started_by_user_no = act->user_no;
		err = kb_deadline_start(act->step, deadline);
	}
	if (err == KB_OK && deadline->due_utc_ms < act->agent->next_clock_due_utc_ms) {
		act->agent->next_clock_due_utc_ms = deadline->due_utc_ms;
	}
	return err;
}

enum kb_err
kb_act_clock_stop(struct kb_act *act, uint64_t case_no, uint16_t clock_id, int64_t stopped_utc_ms,
		  struct kb_deadline *out)
{
	struct kb_deadline deadline;
	uint64_t seq = 0;
	enum kb_err err = kb_deadline_get(act->step, case_no, clock_id, &deadline);

	if (err == KB_OK && deadline.stopped_utc_ms != 0) {
		err = KB_ERR_STATE;
	}
	if (err == KB_OK) {
		err = clock_record(act, &deadline, KB_RECORD_CLOCK_STOPPED, &seq);
	}
	return err == KB_OK
		       ? kb_deadline_stop(act->step, case_no, clock_id, stopped_utc_ms, seq, out)
		       : err;
}

enum kb_err
kb_act_accessed(struct kb_act *act, enum kb_record_type event, const char *verb, uint64_t case_no,
		uint32_t count)
{
	static const struct kb_authority nobody = { .responsible_no = 0 };
	const struct kb_authority *authority = act->authority != NULL ? act->authority : &nobody;
	struct kb_access access = { .event = event,
				    .at_utc_ms = act->now_utc_ms,
				    .user_no = act->user_no,
				    .responsible_no = authority->responsible_no,
				    .desk = authority->self.user_no != 0
						    ? authority->desk
						    : (uint32_t)act->agent->role->desks[0],
				    .case_no = case_no,
				    .ground = authority->emergency ? KB_GROUND_VITAAL_BELANG
								   : KB_GROUND_WETTELIJKE_TAAK,
				    .emergency = authority->emergency,
				    .count = count,
				    .what = kb_span_text(verb),
				    .reason = authority->reason };
	uint64_t seq = 0;
	enum kb_err err = kb_access_log(act->step, &access, &seq);

	if (err == KB_OK && access.emergency) {
		struct kb_review review = { .ledger_seq = seq,
					    .case_no = case_no,
					    .user_no = act->user_no,
					    .at_utc_ms = act->now_utc_ms };

		act->authority->review_no = seq;
		err = kb_review_open(act->step, &review);
	}
	return err;
}

enum kb_err
kb_act_viewed(struct kb_act *act, const char *verb, uint64_t case_no, uint32_t count)
{
	return kb_act_accessed(act, KB_RECORD_VIEW, verb, case_no, count);
}
