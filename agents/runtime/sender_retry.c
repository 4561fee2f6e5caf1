/* SPDX-License-Identifier: EUPL-1.2 */
/* What goes out once more: retries, sealing of what waits, the look at what has no receipt, a broker with a new store. */
#include <stdlib.h>

#include "agents/runtime/agent_internal.h"
#include "agents/runtime/consent.h"
#include "common/base/log.h"
#include "common/net/retry.h"
#include "common/store/parties.h"
#include "common/store/record.h"

/* Rows looked at, or taken up, in one act. */
#define LOOK_MAX 2048
#define TAKE_MAX KB_WIRE_BATCH_MAX
#define REPUBLISH_MAX 2048
/* What waits for the register is tried again after this time in any case. */
#define WAIT_MS ((int64_t)15 * 60 * 1000)

int64_t
kb_sender_wait_ms(struct kb_agent *agent, uint32_t tries)
{
	struct kb_retry_rule rule = { .first_ms = agent->settings.resend_first_ms,
				      .most_ms = agent->settings.resend_most_ms };
	struct kb_retry retry = { .failures = tries };

	/* The rule gives between half of and the whole wait; the first resend must not come before resend_first. */
	rule.first_ms *= 2;
	rule.most_ms = rule.most_ms < rule.first_ms ? rule.first_ms : rule.most_ms;
	return kb_retry_next_ms(&retry, &rule, &agent->random);
}

static bool
same_key(const struct kb_number_key *a, const struct kb_number_key *b)
{
	return a->party_no == b->party_no && a->epoch_no == b->epoch_no && a->number == b->number;
}

enum kb_err
kb_sender_again(struct kb_act *act, const struct kb_sent_row *sent, enum kb_reaction reaction)
{
	struct kb_sender *sender = &act->agent->sender;
	uint32_t tries = sent->resend_count + (sent->attempt > 0 ? sent->attempt - 1 : 0);
	struct kb_again again = { .key = sent->key,
				  .due_utc_ms = act->now_utc_ms,
				  .reseal = reaction != KB_REACTION_RETRY };

	if (reaction == KB_REACTION_WAIT) {
		again.due_utc_ms += WAIT_MS;
	} else if (reaction == KB_REACTION_RETRY || sent->attempt > 1) {
		/* A first sealing anew goes at once: the usual cause is a key that was just rotated. */
		again.due_utc_ms += kb_sender_wait_ms(act->agent, tries) / 2;
	}
	if (sent->attempt >= KB_SENDER_ATTEMPTS_MAX) {
		again.due_utc_ms += act->agent->settings.resend_most_ms;
	}
	for (size_t i = 0; i < sender->again_count; i++) {
		if (same_key(&sender->again[i].key, &again.key)) {
			sender->again[i] = again;
			return KB_OK;
		}
	}
	if (sender->again_count < KB_SENDER_AGAIN_MAX) {
		sender->again[sender->again_count++] = again;
	} else {
		sender->again_overflowed = true;
	}
	return KB_OK;
}

void
kb_sender_ask_first(struct kb_agent *agent, const struct kb_number_key *key)
{
	struct kb_sender *sender = &agent->sender;

	for (size_t i = 0; i < sender->again_count; i++) {
		if (same_key(&sender->again[i].key, key)) {
			return;
		}
	}
	if (sender->again_count < KB_SENDER_AGAIN_MAX) {
		sender->again[sender->again_count++] = (struct kb_again){ .key = *key };
	} else {
		sender->again_overflowed = true;
	}
}

/* ---- settling: rows of accepted messages ---- */

static enum kb_err
settle_act(struct kb_act *act, void *arg)
{
	struct kb_sender *sender = &act->agent->sender;
	int64_t now_mono = kb_clock_mono_ms(&act->agent->clock);
	enum kb_err err = kb_session_store_broker(act);
	size_t count = 0;

	(void)arg;
	while (err == KB_OK && count < sender->settle_count && count < LOOK_MAX) {
		size_t at = (sender->settle_first + count) % KB_SENDER_SETTLE_MAX;
		struct kb_settle_item *item = &sender->settle[at];

		if (now_mono - item->accepted_mono_ms < KB_SENDER_SETTLE_MS &&
		    sender->settle_count < KB_SENDER_SETTLE_MAX / 2) {
			break;
		}
		if (item->what.receipt_no != 0) {
			err = kb_receipt_out_delete(act->step, item->what.receipt_no);
		} else {
			err = kb_outbox_accepted(act->step, &item->what.key, item->accepted_utc_ms,
						 item->accepted_utc_ms +
							 kb_sender_wait_ms(act->agent, 0));
		}
		count++;
	}
	sender->settle_next = count;
	return err;
}

static void
settle_done(struct kb_agent *agent, enum kb_err err, void *arg)
{
	struct kb_sender *sender = &agent->sender;

	(void)arg;
	sender->settle_running = false;
	if (err == KB_OK) {
		sender->settle_first =
			(sender->settle_first + sender->settle_next) % KB_SENDER_SETTLE_MAX;
		sender->settle_count -= sender->settle_next;
	}
}

/* ---- messages with a moment of their own ---- */

/* As it is in the outbox, byte for byte. */
static enum kb_err
resend_row(struct kb_act *act, const struct kb_outbox_row *row)
{
	struct kb_outgoing_letter *letter = kb_arena_alloc(act->arena, sizeof(*letter));
	bool may = true;
	enum kb_err err = KB_OK;

	if (letter == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	letter->mode = KB_OUTGOING_RESEND;
	letter->key = row->key;
	letter->letter.urgent = row->sent.urgent;
	letter->consent = row->sent.consent;
	/* Before anything is written: the bytes of the row are borrowed until then. */
	letter->letter.envelope = kb_arena_copy(act->arena, row->envelope);
	if (letter->letter.envelope.at == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	err = kb_consent_may_send(act, &row->sent, &may);
	if (err != KB_OK || !may) {
		return err;
	}
	err = kb_outbox_sent(act->step, &letter->key,
			     act->now_utc_ms +
				     kb_sender_wait_ms(act->agent, row->sent.resend_count + 1));
	if (err == KB_OK) {
		kb_sender_add(&act->agent->sender, letter);
	}
	return err;
}

static enum kb_err
take_again(struct kb_act *act, const struct kb_again *again)
{
	struct kb_outbox_row row;
	enum kb_err err = kb_outbox_get(act->step, &again->key, &row);

	if (err == KB_ERR_NOT_FOUND) {
		return KB_OK; /* receipted meanwhile */
	}
	if (err != KB_OK) {
		return err;
	}
	if (again->reseal || row.envelope.len == 0) {
		struct kb_sent_row sent = row.sent;

		return kb_sender_reseal(act, &sent);
	}
	return resend_row(act, &row);
}

static enum kb_err
again_act(struct kb_act *act, void *arg)
{
	struct kb_sender *sender = &act->agent->sender;
	size_t count = 0;
	enum kb_err err = KB_OK;

	(void)arg;
	for (size_t i = 0; i < sender->again_count; i++) {
		sender->again[i].taken = false;
	}
	for (size_t i = 0; err == KB_OK && i < sender->again_count && count < TAKE_MAX; i++) {
		if (sender->again[i].due_utc_ms <= act->now_utc_ms) {
			sender->again[i].taken = true;
			err = take_again(act, &sender->again[i]);
			count++;
		}
	}
	return err;
}

static void
again_done(struct kb_agent *agent, enum kb_err err, void *arg)
{
	struct kb_sender *sender = &agent->sender;
	size_t kept = 0;

	(void)arg;
	sender->again_running = false;
	for (size_t i = 0; i < sender->again_count; i++) {
		if (err == KB_OK && sender->again[i].taken) {
			continue;
		}
		sender->again[kept++] = sender->again[i];
	}
	sender->again_count = kept;
	if (sender->again_overflowed && kept < KB_SENDER_AGAIN_MAX / 2) {
		/* What the broker never took stands before the cursors: from the start again, and what is not sealed too. */
		sender->again_overflowed = false;
		sender->edges_loaded = false;
		sender->seal_wanted = true;
	}
}

/* ---- what waits without a seal ---- */

static void
seal_done(struct kb_agent *agent, enum kb_err err, void *arg)
{
	struct kb_sender *sender = &agent->sender;

	(void)arg;
	sender->seal_running = false;
	if (err != KB_OK) {
		return;
	}
	sender->seal_cursor = sender->seal_next;
	sender->seal_receipt_cursor = sender->seal_receipt_next;
	if (!sender->seal_more) {
		sender->seal_wanted = false;
		sender->seal_cursor = (struct kb_number_key){ 0 };
		sender->seal_receipt_cursor = 0;
	}
}

/* ---- what has no receipt ---- */

static enum kb_err
look_one(struct kb_act *act, const struct kb_outbox_row *row)
{
	struct kb_sent_row sent = row->sent;

	if (sent.expires_at_utc_ms <= act->now_utc_ms) {
		/* Statutory duty (design rule 4): as long as it takes. Others stay as they are, for a person to see. */
		return sent.statutory ? kb_sender_reseal(act, &sent) : KB_OK;
	}
	return row->envelope.len > 0 ? resend_row(act, row) : kb_sender_reseal(act, &sent);
}

static enum kb_err
look_act(struct kb_act *act, void *arg)
{
	struct kb_sender *sender = &act->agent->sender;
	struct kb_outbox_filter filter = { .which = KB_OUTBOX_UNRECEIPTED,
					   .retry_before_utc_ms = act->now_utc_ms,
					   .examine_max = LOOK_MAX };
	struct kb_outbox_row row;
	enum kb_err err = KB_OK;
	size_t count = 0;

	(void)arg;
	sender->look_next = sender->look_cursor;
	while (count < TAKE_MAX) {
		err = kb_outbox_next(act->step, &filter, &sender->look_next, &row);
		if (err != KB_OK) {
			break;
		}
		count++;
		err = look_one(act, &row);
		if (err != KB_OK) {
			return err;
		}
	}
	sender->look_more = err != KB_ERR_NOT_FOUND;
	return err == KB_ERR_NOT_FOUND || err == KB_ERR_BUSY ? KB_OK : err;
}

static void
look_done(struct kb_agent *agent, enum kb_err err, void *arg)
{
	struct kb_sender *sender = &agent->sender;
	int64_t now = kb_clock_mono_ms(&agent->clock);
	int64_t pause = agent->settings.resend_first_ms / 4;

	(void)arg;
	sender->look_running = false;
	if (err == KB_OK && sender->look_more) {
		sender->look_cursor = sender->look_next;
		sender->next_look_mono_ms = now;
		return;
	}
	sender->look_cursor = (struct kb_number_key){ 0 };
	sender->next_look_mono_ms = now + (pause > KB_SENDER_LOOK_MS ? pause : KB_SENDER_LOOK_MS);
}

/* ---- a broker that lost its store ---- */

static enum kb_err
republish_act(struct kb_act *act, void *arg)
{
	struct kb_sender *sender = &act->agent->sender;
	struct kb_edge_out edge = { .recipient_no = sender->republish_party,
				    .epoch_no = sender->republish_epoch };
	enum kb_err err = KB_OK;

	(void)arg;
	sender->republish_next = sender->republish_from;
	if (sender->republish_from == 0) {
		err = kb_edge_out_next(act->step, &edge);
	}
	sender->republish_end = err == KB_ERR_NOT_FOUND;
	if (err == KB_OK) {
		sender->republish_party_next = edge.recipient_no;
		sender->republish_epoch_next = edge.epoch_no;
		err = kb_outbox_republish(act->step, edge.recipient_no, edge.epoch_no,
					  &sender->republish_next, REPUBLISH_MAX);
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

static void
republish_done(struct kb_agent *agent, enum kb_err err, void *arg)
{
	struct kb_sender *sender = &agent->sender;

	(void)arg;
	sender->republish_running = false;
	if (err != KB_OK) {
		return;
	}
	sender->republish_from = sender->republish_next;
	sender->republish_party = sender->republish_party_next;
	sender->republish_epoch = sender->republish_epoch_next;
	if (sender->republish_end) {
		sender->republish_wanted = false;
		sender->republish_party = 0;
		sender->republish_epoch = 0;
		sender->republish_from = 0;
		sender->edges_loaded = false;
		sender->receipts_done = false;
		sender->receipt_cursor = 0;
	}
}

/* ---- timers ---- */

static int64_t
again_due(const struct kb_sender *sender)
{
	int64_t due = INT64_MAX;

	for (size_t i = 0; i < sender->again_count; i++) {
		if (sender->again[i].due_utc_ms < due) {
			due = sender->again[i].due_utc_ms;
		}
	}
	return due;
}

static int64_t
settle_due(const struct kb_sender *sender)
{
	if (sender->settle_count == 0) {
		return INT64_MAX;
	}
	return sender->settle_count >= KB_SENDER_SETTLE_MAX / 2
		       ? 0
		       : sender->settle[sender->settle_first].accepted_mono_ms +
				 KB_SENDER_SETTLE_MS;
}

/* Queues the act unless it runs already. */
static void
start(struct kb_agent *agent, bool *running, kb_act_fn act, kb_done_fn done)
{
	if (!*running && kb_agent_run(agent, 0, act, done, NULL) == KB_OK) {
		*running = true;
	}
}

void
kb_sender_tick(struct kb_agent *agent, int64_t now_mono_ms, int64_t now_utc_ms)
{
	struct kb_sender *sender = &agent->sender;

	if (settle_due(sender) <= now_mono_ms) {
		start(agent, &sender->settle_running, settle_act, settle_done);
	}
	if (agent->session.state != KB_SESSION_UP) {
		return;
	}
	if (sender->republish_wanted) {
		start(agent, &sender->republish_running, republish_act, republish_done);
		return;
	}
	if (sender->seal_wanted) {
		start(agent, &sender->seal_running, kb_sender_seal_waiting, seal_done);
	}
	if (again_due(sender) <= now_utc_ms) {
		start(agent, &sender->again_running, again_act, again_done);
	}
	/* Looking costs no commit: an act is made only when something is due. */
	if (sender->next_look_mono_ms <= now_mono_ms) {
		if (kb_sender_nothing_waits(agent)) {
			look_done(agent, KB_ERR_NOT_FOUND, NULL);
		} else {
			start(agent, &sender->look_running, look_act, look_done);
		}
	}
}

int64_t
kb_sender_due_mono_ms(const struct kb_agent *agent, int64_t now_mono_ms, int64_t now_utc_ms)
{
	const struct kb_sender *sender = &agent->sender;
	int64_t due = settle_due(sender);
	int64_t again = again_due(sender);

	if (agent->session.state != KB_SESSION_UP) {
		return due;
	}
	if (again != INT64_MAX) {
		int64_t wait = again > now_utc_ms ? again - now_utc_ms : 0;

		due = now_mono_ms + wait < due ? now_mono_ms + wait : due;
	}
	return sender->next_look_mono_ms < due ? sender->next_look_mono_ms : due;
}

bool
kb_sender_nothing_waits(struct kb_agent *agent)
{
	struct kb_step *step = NULL;
	struct kb_outbox_filter filter = { .which = KB_OUTBOX_UNRECEIPTED,
					   .retry_before_utc_ms = kb_clock_utc_ms(&agent->clock),
					   .examine_max = LOOK_MAX };
	struct kb_outbox_row row;
	struct kb_number_key cursor = agent->sender.look_cursor;
	enum kb_err err = kb_step_begin(agent->store, KB_STEP_READ, &step);

	if (err != KB_OK) {
		return true;
	}
	err = kb_outbox_next(step, &filter, &cursor, &row);
	kb_step_abort(&step);
	if (err == KB_ERR_BUSY) {
		agent->sender.look_cursor = cursor; /* nothing so far: go on from there next time */
		agent->sender.look_next = cursor;
	}
	return err == KB_ERR_NOT_FOUND;
}

/* ---- the broker could not deliver ---- */

struct undeliverable {
	struct kb_arena arena;
	struct kb_undeliverable_item *items;
	size_t count;
};

static enum kb_err
undeliverable_one(struct kb_act *act, const struct kb_undeliverable_item *item)
{
	struct kb_number_key key = { .number = item->number };
	struct kb_sent_row sent;
	uint64_t seq = 0;
	enum kb_err err = kb_party_find(act->step, &item->recipient, &key.party_no);

	if (err == KB_OK) {
		err = kb_epoch_find(act->step, KB_PARTY_NO_SELF, &item->epoch, &key.epoch_no);
	}
	if (err == KB_OK) {
		err = kb_sent_get(act->step, &key, &sent);
	}
	if (err != KB_OK || sent.state == KB_SENT_OPGESLAGEN || sent.state == KB_SENT_GEWEIGERD ||
	    sent.state == KB_SENT_VERVALLEN || item->attempt < sent.attempt) {
		return err == KB_ERR_NOT_FOUND ? KB_OK : err; /* a receipt beats an expiry */
	}
	struct kb_record record = { .type = KB_RECORD_UNDELIVERED,
				    .at_utc_ms = act->now_utc_ms,
				    .party_no = key.party_no,
				    .case_no = sent.case_no,
				    .ref_seq = sent.ledger_seq,
				    .code = item->reason };

	err = kb_record_append(act->step, &record, KB_SPAN_NONE, &seq);
	if (err == KB_OK) {
		err = kb_outbox_undelivered(act->step, &key, item->reason);
	}
	if (err == KB_OK) {
		err = kb_act_fate(act, &sent, &item->recipient, KB_FATE_UNDELIVERED, item->reason,
				  0);
	}
	if (err == KB_OK && sent.statutory) {
		err = kb_sender_again(act, &sent,
				      kb_reaction_to(item->reason) == KB_REACTION_WAIT
					      ? KB_REACTION_WAIT
					      : KB_REACTION_RESEAL);
	}
	return err;
}

static enum kb_err
undeliverable_act(struct kb_act *act, void *arg)
{
	struct undeliverable *work = arg;
	enum kb_err err = KB_OK;

	for (size_t i = 0; err == KB_OK && i < work->count; i++) {
		/* An expired receipt needs nothing: its message comes again, and with it a new receipt. */
		if (work->items[i].number != 0) {
			err = undeliverable_one(act, &work->items[i]);
		}
	}
	return err;
}

static void
undeliverable_done(struct kb_agent *agent, enum kb_err err, void *arg)
{
	struct undeliverable *work = arg;

	(void)agent;
	if (err != KB_OK) {
		kb_log(KB_LOG_WARNING, "undeliverable-not-stored", "reason=%s", kb_err_name(err));
	}
	kb_arena_release(&work->arena);
	free(work);
}

void
kb_sender_undeliverable(struct kb_agent *agent, const struct kb_undeliverable *frame)
{
	struct undeliverable *work = calloc(1, sizeof(*work));

	if (work == NULL) {
		return;
	}
	work->items = kb_arena_alloc(&work->arena, frame->item_count * sizeof(*work->items));
	if (work->items == NULL) {
		free(work);
		return;
	}
	memcpy(work->items, frame->items, frame->item_count * sizeof(*work->items));
	work->count = frame->item_count;
	if (kb_agent_run(agent, 0, undeliverable_act, undeliverable_done, work) != KB_OK) {
		kb_arena_release(&work->arena);
		free(work);
	}
}
