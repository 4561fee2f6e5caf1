/* SPDX-License-Identifier: EUPL-1.2 */
/* What the broker answers to a publish: accepted, or refused with a reason. */
#include <stdlib.h>

#include "agents/runtime/agent_internal.h"
#include "common/base/log.h"
#include "common/store/parties.h"
#include "common/store/record.h"

/* A refusal of the broker that has to be acted upon. */
struct refusal {
	struct kb_published what;
	uint32_t reason;
};

struct refusals {
	size_t count;
	struct refusal items[KB_WIRE_BATCH_MAX];
};

static enum kb_err
refuse_one(struct kb_act *act, const struct refusal *refusal)
{
	enum kb_reaction reaction = kb_reaction_to(refusal->reason);
	struct kb_sent_row sent;
	struct kb_party party;
	enum kb_err err;

	if (refusal->what.receipt_no != 0) {
		/* A receipt is made again when the message comes again. */
		return reaction == KB_REACTION_RETRY
			       ? KB_OK
			       : kb_receipt_out_delete(act->step, refusal->what.receipt_no);
	}
	err = kb_sent_get(act->step, &refusal->what.key, &sent);
	if (err != KB_OK) {
		return err == KB_ERR_NOT_FOUND ? KB_OK : err;
	}
	if (reaction != KB_REACTION_FINAL) {
		return kb_sender_again(act, &sent, reaction);
	}
	struct kb_record record = { .type = KB_RECORD_REFUSED_OUT,
				    .at_utc_ms = act->now_utc_ms,
				    .party_no = sent.key.party_no,
				    .case_no = sent.case_no,
				    .ref_seq = sent.ledger_seq,
				    .code = refusal->reason };
	uint64_t seq = 0;

	err = kb_record_append(act->step, &record, KB_SPAN_NONE, &seq);
	if (err == KB_OK) {
		err = kb_outbox_close(act->step, &refusal->what.key, refusal->reason);
	}
	if (err == KB_OK) {
		err = kb_party_get(act->step, sent.key.party_no, &party);
	}
	if (err == KB_OK && kb_act_is_forked(act, &sent, refusal->reason)) {
		enum kb_err anew = kb_act_send_anew(act, &sent, &party.id);

		if (anew == KB_OK || kb_err_is_store_trouble(anew)) {
			return anew;
		}
	}
	if (err == KB_OK) {
		err = kb_vervallen_add(act, &refusal->what.key, refusal->reason);
	}
	if (err == KB_OK) {
		err = kb_act_fate(act, &sent, &party.id, KB_FATE_REFUSED, refusal->reason, 0);
	}
	return err == KB_ERR_STATE || err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

static enum kb_err
refuse_act(struct kb_act *act, void *arg)
{
	struct refusals *refusals = arg;
	enum kb_err err = KB_OK;

	for (size_t i = 0; err == KB_OK && i < refusals->count; i++) {
		err = refuse_one(act, &refusals->items[i]);
	}
	return err;
}

static void
refuse_done(struct kb_agent *agent, enum kb_err err, void *arg)
{
	(void)agent;
	if (err != KB_OK) {
		/* Nothing is lost: the messages stay in the outbox and are published again. */
		kb_log(KB_LOG_WARNING, "refusal-not-stored", "reason=%s", kb_err_name(err));
	}
	free(arg);
}

static void
settle_later(struct kb_agent *agent, const struct kb_published *what)
{
	struct kb_sender *sender = &agent->sender;

	if (sender->settle_count == KB_SENDER_SETTLE_MAX) {
		return; /* it is then published once more in the next session, and answered as a duplicate */
	}
	size_t at = (sender->settle_first + sender->settle_count) % KB_SENDER_SETTLE_MAX;

	sender->settle[at] =
		(struct kb_settle_item){ .what = *what,
					 .accepted_utc_ms = kb_clock_utc_ms(&agent->clock),
					 .accepted_mono_ms = kb_clock_mono_ms(&agent->clock) };
	sender->settle_count++;
}

void
kb_sender_result(struct kb_agent *agent, const struct kb_publish_result *result)
{
	struct kb_sender *sender = &agent->sender;
	struct kb_publish_batch *batch = NULL;
	struct refusals *refusals = NULL;
	size_t next = 0;

	for (size_t i = 0; i < KB_SENDER_WINDOW_MAX; i++) {
		if (sender->batches[i].batch != 0 && sender->batches[i].batch == result->batch) {
			batch = &sender->batches[i];
		}
	}
	if (batch == NULL) {
		return;
	}
	if (result->refused_count > 0) {
		refusals = calloc(1, sizeof(*refusals));
	}
	for (size_t i = 0; i < batch->count; i++) {
		uint32_t reason = 0;

		if (next < result->refused_count && result->refused[next].index == i) {
			reason = result->refused[next++].reason;
		}
		if (reason == 0 || kb_reaction_to(reason) == KB_REACTION_ACCEPTED) {
			settle_later(agent, &batch->items[i]);
		} else if (refusals != NULL) {
			refusals->items[refusals->count++] =
				(struct refusal){ .what = batch->items[i], .reason = reason };
			kb_log(KB_LOG_NOTICE, "publish-refused", "reason=%s",
			       kb_err_name(kb_err_from_reason(reason)));
		}
	}
	batch->batch = 0;
	sender->open_batches--;
	if (refusals != NULL &&
	    (refusals->count == 0 ||
	     kb_agent_run(agent, 0, refuse_act, refuse_done, refusals) != KB_OK)) {
		free(refusals);
	}
}
