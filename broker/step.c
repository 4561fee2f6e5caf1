/* SPDX-License-Identifier: EUPL-1.2 */
/* The write step: all work of a round in one commit (group commit, design 10). */
#include "broker/broker_internal.h"
#include "broker/returns.h"
#include "common/base/log.h"

static enum kb_err
step_publish(struct kb_broker *broker, struct kb_txn *txn, struct kb_work *work)
{
	const struct kb_publish *publish = &work->frame->content.publish;
	struct kb_admission admission;
	enum kb_err err = KB_OK;

	kb_broker_admission(broker, &admission);
	for (size_t i = 0; i < publish->envelope_count && err == KB_OK; i++) {
		err = kb_broker_take_message(broker, txn, &admission, work->session,
					     publish->envelopes[i], &work->items[i]);
	}
	return err;
}

static enum kb_err
step_confirm(struct kb_broker *broker, struct kb_txn *txn, struct kb_work *work)
{
	const struct kb_in_flight *batch =
		kb_delivery_find(work->session, work->frame->content.confirm.batch);
	enum kb_err err = KB_OK;

	(void)txn;
	work->removed = 0;
	for (int lane = 0; batch != NULL && lane < KB_LANE_COUNT && err == KB_OK; lane++) {
		struct kb_mail_place first = {
			.recipient_no = work->session->party_no,
			.lane = (enum kb_lane)lane,
			.seq = batch->first[lane],
		};
		uint64_t count = 0;

		if (batch->first[lane] != 0) {
			err = kb_mailbox_remove(broker->mailbox, &first, batch->last[lane], &count);
			work->removed += count;
		}
	}
	return err;
}

/* What a frame changes on disk, besides the checkpoint it may carry. */
static enum kb_err (*const steps[KB_FRAME_KIND_COUNT])(struct kb_broker *broker, struct kb_txn *txn,
						       struct kb_work *work) = {
	[KB_FRAME_PUBLISH] = step_publish,
	[KB_FRAME_CONFIRM] = step_confirm,
};

static enum kb_err
take_checkpoint(struct kb_broker *broker, struct kb_txn *txn, struct kb_work *work)
{
	const struct kb_broker_entry *entry = kb_broker_register_find(
		broker->reg, &work->session->party, work->checkpoint->key_version);
	struct kb_witness_claim claim = {
		.party_no = work->session->party_no,
		.party = &work->session->party,
		.checkpoint = work->checkpoint,
	};

	if (entry != NULL && kb_broker_register_key(broker->reg, entry, &claim.key) != KB_OK) {
		claim.key = NULL;
	}
	return kb_broker_witness_take(txn, &claim, &work->verdict);
}

static enum kb_err
forget_told_returns(struct kb_broker *broker, struct kb_txn *txn)
{
	enum kb_err err = KB_OK;

	for (struct kb_broker_session *session = broker->sessions.live;
	     session != NULL && err == KB_OK; session = session->next) {
		if (session->returns_told != 0) {
			err = kb_return_forget(txn, session->party_no, session->returns_told);
		}
	}
	return err;
}

static enum kb_err
do_work(struct kb_broker *broker, struct kb_txn *txn)
{
	enum kb_err err = KB_OK;

	for (struct kb_work *work = broker->work; work != NULL && err == KB_OK; work = work->next) {
		if (steps[work->frame->kind] != NULL) {
			err = steps[work->frame->kind](broker, txn, work);
		}
		if (err == KB_OK && work->checkpoint != NULL) {
			err = take_checkpoint(broker, txn, work);
		}
	}
	return err;
}

/* What a step changes in memory, as it was before. */
struct attempt {
	struct kb_broker *broker;
	struct kb_expiry expiry;
	struct kb_forgetting forgetting;
};

/* Runs again from the start when the map had to grow, also after a commit that failed for it: everything in memory goes back to
 * where it was first. */
static void
take_back(const struct attempt *attempt)
{
	struct kb_broker *broker = attempt->broker;

	kb_mailbox_end(broker->mailbox, false);
	kb_mail_edges_end(&broker->edges);
	broker->epoch_cache.valid = false;
	broker->expiry = attempt->expiry;
	broker->forgetting = attempt->forgetting;
}

static enum kb_err
run_step(struct kb_txn *txn, void *arg)
{
	const struct attempt *attempt = arg;
	struct kb_broker *broker = attempt->broker;
	int64_t now = kb_broker_utc_ms(broker);

	take_back(attempt);
	kb_mailbox_begin(broker->mailbox, txn);
	kb_mail_edges_begin(&broker->edges, txn);
	enum kb_err err = do_work(broker, txn);

	if (err == KB_OK && broker->returns_told) {
		err = forget_told_returns(broker, txn);
	}
	if (err == KB_OK && broker->expiry.active) {
		err = kb_broker_expire(broker, txn);
	}
	if (err == KB_OK && broker->forgetting.active) {
		err = kb_broker_forget(broker, txn);
	}
	if (err == KB_OK) {
		err = kb_mailbox_flush(broker->mailbox);
	}
	if (err == KB_OK) {
		err = kb_mail_edges_flush(&broker->edges);
	}
	if (err == KB_OK) {
		err = kb_broker_log_sign(&broker->log, txn, now);
	}
	if (err == KB_OK) {
		err = kb_broker_store_note_time(txn, now);
	}
	return err;
}

static enum kb_err
run_once(struct kb_broker *broker)
{
	struct attempt attempt = { broker, broker->expiry, broker->forgetting };
	enum kb_err err = kb_env_step(broker->store.env, run_step, &attempt, NULL);

	if (err != KB_OK) {
		take_back(&attempt);
		return err;
	}
	kb_mailbox_end(broker->mailbox, true);
	kb_mail_edges_end(&broker->edges);
	return KB_OK;
}

static void
after_commit(struct kb_broker *broker)
{
	broker->counts.commits++;
	broker->counts.expired += broker->expiry.expired;
	broker->expiry.expired = 0;
	broker->store.last_utc_ms = kb_broker_utc_ms(broker);
	if (broker->returns_told) {
		for (struct kb_broker_session *s = broker->sessions.live; s != NULL; s = s->next) {
			s->returns_told = 0;
		}
		broker->returns_told = false;
	}
}

bool
kb_broker_has_step(const struct kb_broker *broker)
{
	for (const struct kb_work *work = broker->work; work != NULL; work = work->next) {
		if (steps[work->frame->kind] != NULL || work->checkpoint != NULL) {
			return true;
		}
	}
	return broker->returns_told || broker->expiry.active || broker->forgetting.active;
}

enum kb_err
kb_broker_step(struct kb_broker *broker)
{
	enum kb_err err = run_once(broker);
	bool full = err == KB_ERR_NO_SPACE || err == KB_ERR_STORE_FULL;

	if (full != broker->full) {
		kb_log(full ? KB_LOG_ERROR : KB_LOG_NOTICE, "broker-full", "full=%s reason=%s",
		       full ? "yes" : "no", kb_err_name(err));
		broker->full = full;
	}
	if (full) {
		/* Publishes are refused and tried again by their senders; confirmations go on, they make room. */
		kb_env_release_reserve(broker->store.env);
		broker->refuse_publishes = true;
		err = run_once(broker);
		broker->refuse_publishes = false;
	}
	if (err == KB_OK) {
		after_commit(broker);
	} else {
		kb_log(KB_LOG_ERROR, "broker-step-failed", "reason=%s", kb_err_name(err));
	}
	return err;
}
