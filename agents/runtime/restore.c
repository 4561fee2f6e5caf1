/* SPDX-License-Identifier: EUPL-1.2 */
/* A store that went back in time: noticed, a new epoch drawn, and what it lost asked for (R11, design 6). */
#include <stdlib.h>

#include "agents/runtime/agent_internal.h"
#include "common/base/log.h"
#include "common/store/parties.h"
#include "common/store/record.h"
#include "common/store/seen.h"
#include "common/wire/receipt.h"

/* Numbers that one hersteld sends again in one step; the asker repeats it until none is left. */
#define REOPEN_MAX 32768
/* Ranges in one hersteld. */
#define HELD_MAX 512

/* Whether one of our epochs is this one. */
static enum kb_err
own_epoch(struct kb_act *act, const struct kb_epoch *epoch, bool *current, bool *known)
{
	uint32_t epoch_no = 0;
	enum kb_err err = kb_epoch_find(act->step, KB_PARTY_NO_SELF, epoch, &epoch_no);

	*known = err == KB_OK;
	*current = err == KB_OK && epoch_no == act->agent->own_epoch.epoch_no;
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

enum kb_err
kb_restore_compare(struct kb_act *act, const struct kb_signed_checkpoint *witnessed,
		   enum kb_witness_verdict *verdict)
{
	struct kb_agent *agent = act->agent;
	struct kb_checkpoint checkpoint;
	struct kb_hash root;
	bool current = false;
	bool known = false;
	enum kb_err err = kb_session_verify_checkpoint(agent, &agent->identity->self, witnessed,
						       act->arena, &checkpoint);

	*verdict = KB_WITNESS_AGREES;
	if (err != KB_OK) {
		/* Not our own signature: nothing that the broker makes up may change our epoch. */
		return kb_err_is_store_trouble(err) ? err : KB_OK;
	}
	err = own_epoch(act, &checkpoint.epoch, &current, &known);
	if (err != KB_OK || (known && !current)) {
		return err; /* of before a restore that was handled */
	}
	if (!known) {
		*verdict = KB_WITNESS_RESTORED;
		return KB_OK;
	}
	err = kb_ledger_root_at(kb_store_ledger(agent->store), kb_step_txn(act->step),
				(uint16_t)checkpoint.log_year, checkpoint.size, &root);
	if (err == KB_ERR_NOT_FOUND) {
		*verdict = KB_WITNESS_RESTORED;
		return KB_OK;
	}
	if (err == KB_OK && !kb_hash_equal(&root, &checkpoint.root)) {
		*verdict = KB_WITNESS_RESTORED;
	}
	return err;
}

enum kb_err
kb_restore_begin(struct kb_act *act)
{
	struct kb_record restored = { .type = KB_RECORD_RESTORED, .at_utc_ms = act->now_utc_ms };
	struct kb_record drawn = { .type = KB_RECORD_NEW_EPOCH, .at_utc_ms = act->now_utc_ms };
	struct kb_broker_state forgotten = { 0 };
	struct kb_epoch_row epoch;
	uint64_t seq = 0;
	enum kb_err err = kb_record_append(act->step, &restored, KB_SPAN_NONE, &seq);

	if (err == KB_OK) {
		err = kb_store_new_epoch(act->step, &epoch);
	}
	if (err == KB_OK) {
		drawn.note = KB_SPAN_OF(epoch.epoch.bytes);
		err = kb_record_append(act->step, &drawn, KB_SPAN_NONE, &seq);
	}
	if (err == KB_OK) {
		err = kb_broker_state_put(act->step, &forgotten);
	}
	if (err == KB_OK) {
		act->agent->own_epoch = epoch;
		kb_log(KB_LOG_WARNING, "store-restored", "epoch-number=%u", epoch.epoch_no);
	}
	return err;
}

enum kb_err
kb_restore_is_pending(struct kb_agent *agent, struct kb_step *step, bool *pending)
{
	struct kb_broker_state state = { 0 };
	struct kb_arena arena = { 0 };
	enum kb_err err = kb_broker_state_get(step, &arena, &state);

	if (err == KB_ERR_NOT_FOUND) {
		err = KB_OK;
	}
	/* A later epoch without a known broker: the answer about the edges has not been worked off. */
	*pending = agent->own_epoch.epoch_no > 1 && kb_id_empty(&state.store_id);
	kb_arena_release(&arena);
	return err;
}

/* ---- going over the cases ---- */

/* Some of them in one act, from *case_no on (flow.h). */
typedef enum kb_err (*kb_sweep_fn)(struct kb_act *act, uint64_t *case_no, bool *more);

struct sweep {
	kb_sweep_fn visit;
	kb_done_fn ended; /* once, with the error of the act that ended it */
	void *arg;
	uint64_t case_no;      /* done up to this one */
	uint64_t next_case_no; /* what the act in hand reached */
	bool more;
};

static enum kb_err
sweep_act(struct kb_act *act, void *arg)
{
	struct sweep *sweep = arg;

	sweep->next_case_no = sweep->case_no;
	return sweep->visit(act, &sweep->next_case_no, &sweep->more);
}

static void
sweep_done(struct kb_agent *agent, enum kb_err err, void *arg)
{
	struct sweep *sweep = arg;

	if (err == KB_OK && sweep->more) {
		sweep->case_no = sweep->next_case_no;
		err = kb_agent_run(agent, 0, sweep_act, sweep_done, sweep);
		if (err == KB_OK) {
			return;
		}
	}
	sweep->ended(agent, err, sweep->arg);
	free(sweep);
}

/* Act after act until none is left. ended is not called when it could not be started. */
static enum kb_err
start_sweep(struct kb_agent *agent, kb_sweep_fn visit, kb_done_fn ended, void *arg)
{
	struct sweep *sweep = calloc(1, sizeof(*sweep));
	enum kb_err err = KB_ERR_NO_MEMORY;

	if (sweep != NULL) {
		*sweep = (struct sweep){ .visit = visit, .ended = ended, .arg = arg };
		err = kb_agent_run(agent, 0, sweep_act, sweep_done, sweep);
	}
	if (err != KB_OK) {
		free(sweep);
	}
	return err;
}

/* ---- asking ---- */

struct edge_work {
	struct kb_party_id *senders;
	size_t count;
	size_t asked;
	bool waiting; /* for register entries */
};

static enum kb_err
ask_one(struct kb_act *act, const struct kb_party_id *sender)
{
	struct kb_gap *gaps = NULL;
	struct kb_hersteld message = { .new_epoch = act->agent->own_epoch.epoch };
	struct kb_outgoing outgoing = { .recipient = *sender, .kind = KB_KIND_HERSTELD };
	struct kb_buf content = { 0 };
	uint32_t sender_no = 0;
	size_t count = 0;
	enum kb_err err = kb_act_party_no(act, sender, &sender_no);

	if (err == KB_OK) {
		err = kb_gaps_held(act, sender_no, HELD_MAX, &gaps, &count);
	}
	if (err == KB_OK && count > 0) {
		message.held = kb_arena_alloc(act->arena, count * sizeof(*message.held));
		err = message.held != NULL ? KB_OK : KB_ERR_NO_MEMORY;
	}
	for (size_t i = 0; err == KB_OK && i < count; i++) {
		message.held[message.held_count++] = (struct kb_epoch_range){
			.epoch = gaps[i].epoch, .first = gaps[i].first, .last = gaps[i].last
		};
	}
	if (err == KB_OK) {
		err = kb_hersteld_encode(&message, &content);
	}
	if (err == KB_OK) {
		outgoing.content = kb_buf_span(&content);
		/* All entries were looked up before: who has none now has left the register, and sends nothing any more. */
		err = kb_act_send_if_there(act, &outgoing);
	}
	kb_buf_release(&content);
	return err;
}

static bool
is_asked(const struct edge_work *work, const struct kb_party_id *id)
{
	for (size_t i = 0; i < work->count; i++) {
		if (kb_party_id_equal(&work->senders[i], id)) {
			return true;
		}
	}
	return false;
}

/* Everybody else who is known here: the broker may have lost its store at the same time, and then names nobody. */
static enum kb_err
ask_known(struct kb_act *act, const struct edge_work *work)
{
	const struct kb_kind_row *row = kb_kind_find(KB_KIND_HERSTELD);
	struct kb_party party;
	enum kb_err err = kb_party_next(act->step, 0, &party);

	while (err == KB_OK) {
		if (!party.gone && (row->to & KB_PARTY_BIT(party.kind)) != 0 &&
		    !is_asked(work, &party.id)) {
			err = ask_one(act, &party.id);
		}
		if (err == KB_OK) {
			err = kb_party_next(act->step, party.party_no, &party);
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

static enum kb_err
edge_act(struct kb_act *act, void *arg)
{
	struct edge_work *work = arg;
	struct kb_session *session = &act->agent->session;
	struct kb_broker_state state = { .store_id = session->new_broker_store,
					 .log_year = session->broker_year,
					 .log_size = session->broker_size,
					 .log_root = session->broker_root,
					 .checkpoint = kb_buf_span(&session->broker_checkpoint) };
	bool all_known = true;
	enum kb_err err = KB_OK;

	work->waiting = false;
	for (size_t i = 0; i < work->count; i++) {
		const struct kb_entry *entry = NULL;
		enum kb_err found = kb_directory_find(act->directory, &work->senders[i],
						      act->now_utc_ms, &entry);

		all_known = all_known && found != KB_ERR_OFFLINE;
	}
	if (!all_known) {
		work->waiting = true;
		return KB_OK; /* all in one step, so that a crash cannot leave some of them unasked */
	}
	for (size_t i = 0; err == KB_OK && i < work->count; i++) {
		err = ask_one(act, &work->senders[i]);
	}
	if (err == KB_OK) {
		err = ask_known(act, work);
	}
	return err == KB_OK ? kb_broker_state_put(act->step, &state) : err;
}

static void
edge_work_free(struct kb_agent *agent, struct edge_work *work)
{
	agent->session.edge_asked = false; /* asked again at the next tick, while it is needed */
	free(work->senders);
	free(work);
}

static void
edge_done(struct kb_agent *agent, enum kb_err err, void *arg)
{
	struct edge_work *work = arg;

	if (err == KB_OK && !work->waiting) {
		agent->restore_pending = false;
		agent->session.broker_store = agent->session.new_broker_store;
		kb_log(KB_LOG_NOTICE, "restore-asked", "senders=%zu", work->count);
	}
	edge_work_free(agent, work);
}

/* The partners are asked for their own messages when all cases were asked about: that ends the restore. */
static void
cases_asked(struct kb_agent *agent, enum kb_err err, void *arg)
{
	struct edge_work *work = arg;

	if (err == KB_OK) {
		err = kb_agent_run(agent, 0, edge_act, edge_done, work);
	}
	if (err != KB_OK) {
		edge_work_free(agent, work);
	}
}

void
kb_restore_answer(struct kb_agent *agent, const struct kb_edge_answer *answer)
{
	struct edge_work *work = calloc(1, sizeof(*work));

	if (work == NULL) {
		return;
	}
	work->senders = calloc(answer->item_count + 1, sizeof(*work->senders));
	for (size_t i = 0; work->senders != NULL && i < answer->item_count; i++) {
		bool known = kb_party_id_equal(&answer->items[i].sender, &agent->identity->self);

		for (size_t j = 0; !known && j < work->count; j++) {
			known = kb_party_id_equal(&work->senders[j], &answer->items[i].sender);
		}
		if (!known) {
			work->senders[work->count++] = answer->items[i].sender;
		}
	}
	if (work->senders == NULL ||
	    start_sweep(agent, kb_flow_recover, cases_asked, work) != KB_OK) {
		edge_work_free(agent, work);
	}
}

/* ---- answering ---- */

static bool
is_held(const struct kb_hersteld *message, const struct kb_epoch *epoch, uint64_t number)
{
	for (size_t i = 0; i < message->held_count; i++) {
		const struct kb_epoch_range *range = &message->held[i];

		if (number >= range->first && number <= range->last &&
		    memcmp(range->epoch.bytes, epoch->bytes, KB_EPOCH_BYTES) == 0) {
			return true;
		}
	}
	return false;
}

/* The log record of the first time that this question could not be answered in one step; 0: it comes for the first time. */
static enum kb_err
asked_before(struct kb_act *act, const struct kb_received *received, uint64_t *ledger_seq)
{
	struct kb_number_key key = { .party_no = received->sender_no, .number = received->number };
	struct kb_seen_row seen;
	enum kb_err err =
		kb_epoch_find(act->step, received->sender_no, &received->epoch, &key.epoch_no);

	*ledger_seq = 0;
	if (err == KB_OK) {
		err = kb_seen_get(act->step, &key, &seen);
	}
	if (err == KB_OK && seen.outcome == KB_SEEN_REFUSED) {
		*ledger_seq = seen.ledger_seq;
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

/* One question being answered. */
struct reopening {
	const struct kb_received *received;
	struct kb_hersteld message;
	uint64_t asked_seq; /* what was receipted after it has been answered before */
	size_t budget;
};

/* Every number of this epoch that the restored party does not hold: sent again, or closed again. */
static enum kb_err
reopen_epoch(struct kb_act *act, struct reopening *reopening, const struct kb_epoch_row *epoch)
{
	const struct kb_received *received = reopening->received;
	struct kb_number_key at = { .party_no = received->sender_no, .epoch_no = epoch->epoch_no };
	struct kb_sent_row sent;
	enum kb_err err = kb_sent_next(act->step, &at, true, &sent);

	while (err == KB_OK && sent.key.epoch_no == epoch->epoch_no && reopening->budget > 0) {
		at = sent.key;
		if (!is_held(&reopening->message, &epoch->epoch, sent.key.number) &&
		    (reopening->asked_seq == 0 || sent.receipt_seq <= reopening->asked_seq)) {
			if (sent.state == KB_SENT_OPGESLAGEN) {
				err = kb_outbox_reopen(act->step, &sent.key);
				reopening->budget--;
			} else if (sent.state == KB_SENT_VERVALLEN ||
				   sent.state == KB_SENT_GEWEIGERD) {
				err = kb_vervallen_add(act, &sent.key, sent.reason);
			}
			if (err == KB_ERR_STATE || err == KB_ERR_NOT_FOUND) {
				err = KB_OK; /* erased meanwhile, or on its way already */
			}
		}
		if (err == KB_OK) {
			err = kb_sent_next(act->step, &at, true, &sent);
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

enum kb_err
kb_hersteld_handle(struct kb_act *act, const struct kb_received *received)
{
	struct reopening reopening = { .received = received,
				       .budget = act->agent->settings.reopen_max > 0
							 ? act->agent->settings.reopen_max
							 : REOPEN_MAX };
	struct kb_epoch_row epoch;
	uint32_t epoch_no = 0;
	enum kb_err err = kb_hersteld_decode(received->content, act->arena, &reopening.message);

	if (err == KB_OK) {
		err = asked_before(act, received, &reopening.asked_seq);
	}
	while (err == KB_OK && reopening.budget > 0) {
		err = kb_epoch_next(act->step, KB_PARTY_NO_SELF, epoch_no, &epoch);
		if (err == KB_OK) {
			epoch_no = epoch.epoch_no;
			err = reopen_epoch(act, &reopening, &epoch);
		}
	}
	act->agent->sender.seal_wanted = true;
	if (err == KB_OK) {
		return KB_ERR_BUSY; /* there is more: it asks again, and the next part goes out then */
	}
	if (err != KB_ERR_NOT_FOUND) {
		return err;
	}
	return kb_act_accept(act, received, KB_CASE_KIND_NONE, NULL, NULL);
}

/* ---- cases that go on ---- */

#define LATE_LOOK_MS ((int64_t)3600 * 1000)
#define AGAIN_MS ((int64_t)60 * 1000)

/* What could not be done is done at the next look. */
static void
looked(struct kb_agent *agent, enum kb_err err, void *arg)
{
	(void)arg;
	agent->recover_running = false;
	agent->witness_heard = agent->witness_heard || err == KB_OK;
}

static void
look(struct kb_agent *agent, kb_sweep_fn visit, int64_t next_mono_ms)
{
	agent->next_recover_mono_ms = next_mono_ms;
	agent->recover_running = start_sweep(agent, visit, looked, NULL) == KB_OK;
}

void
kb_restore_tick(struct kb_agent *agent, int64_t now_mono_ms)
{
	if (agent->recover_running || now_mono_ms < agent->next_recover_mono_ms ||
	    agent->session.session_count == 0) {
		return;
	}
	/* Until the first session nobody knew whether the store was put back (flow_recover.c). */
	agent->witness_heard = agent->witness_heard || agent->restore_pending ||
			       kb_store_marker_verdict(agent->store) != KB_MARKER_UNKNOWN;
	if (!agent->witness_heard) {
		look(agent, kb_flow_recover_none, now_mono_ms + AGAIN_MS);
	} else if (agent->own_epoch.epoch_no > 1 && !agent->restore_pending) {
		look(agent, kb_flow_recover_late, now_mono_ms + LATE_LOOK_MS);
	}
}
