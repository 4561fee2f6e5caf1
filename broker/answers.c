/* SPDX-License-Identifier: EUPL-1.2 */
/* What goes out: answers after the commit, what was undeliverable, and deliveries. */
#include "broker/broker_internal.h"
#include "broker/returns.h"
#include "common/base/log.h"

/* Head room of a frame beside its long fields. */
#define FRAME_ROOM_BYTES ((size_t)16 * 1024)

enum kb_err
kb_broker_send(struct kb_broker *broker, struct kb_broker_session *session, struct kb_frame *frame)
{
	kb_buf_clear(&broker->out);
	frame->wire_version = KB_WIRE_VERSION;
	enum kb_err err = kb_frame_encode(frame, &broker->out);

	if (err != KB_OK) {
		kb_log(KB_LOG_ERROR, "broker-encode", "kind=%s reason=%s",
		       kb_frame_kind_name(frame->kind), kb_err_name(err));
		return err;
	}
	err = kb_server_send(broker->server, &session->route, kb_buf_span(&broker->out));
	if (err == KB_OK) {
		session->told_mono_ms = kb_broker_mono_ms(broker);
	}
	return err;
}

/* An answer has to arrive: when it cannot even be queued the agent must start anew. */
static void
send_or_end(struct kb_broker *broker, struct kb_broker_session *session, struct kb_frame *frame)
{
	if (session->dead) {
		return;
	}
	enum kb_err err = kb_broker_send(broker, session, frame);

	if (err != KB_OK) {
		kb_log(KB_LOG_NOTICE, "broker-unreachable", "party=%s reason=%s",
		       session->party.text, kb_err_name(err));
		kb_broker_end_session(broker, session, KB_ERR_OFFLINE);
	}
}

void
kb_broker_send_goodbye(struct kb_broker *broker, const struct kb_server_route *route,
		       enum kb_err reason)
{
	struct kb_frame frame = { .wire_version = KB_WIRE_VERSION, .kind = KB_FRAME_GOODBYE };
	struct kb_buf bytes = { 0 };

	frame.content.goodbye.reason = kb_err_reason(reason);
	if (kb_frame_encode(&frame, &bytes) == KB_OK) {
		kb_ignore(kb_server_send(broker->server, route, kb_buf_span(&bytes)),
			  "a goodbye to somebody who left may get lost");
	}
	kb_buf_release(&bytes);
}

void
kb_broker_answer_register(struct kb_broker *broker, struct kb_broker_session *session,
			  const struct kb_register_query *query)
{
	struct kb_frame frame = { .kind = KB_FRAME_REGISTER_ANSWER };
	enum kb_err err = kb_broker_register_answer(broker->reg, query,
						    KB_WIRE_FRAME_BYTES_MAX - FRAME_ROOM_BYTES,
						    &broker->arena, &frame.content.register_answer);

	if (err != KB_OK) {
		kb_log(KB_LOG_ERROR, "broker-register-answer", "reason=%s", kb_err_name(err));
		kb_broker_end_session(broker, session, KB_ERR_BUSY);
		return;
	}
	send_or_end(broker, session, &frame);
}

/* The newest checkpoint with its proof from the one this agent has. No proof: another year, or this store is behind. */
static enum kb_err
add_checkpoint(struct kb_broker *broker, struct kb_txn *txn, struct kb_broker_session *session,
	       bool *has_checkpoint, struct kb_signed_checkpoint *checkpoint, bool *has_consistency,
	       struct kb_consistency_proof *consistency)
{
	const struct kb_signed_checkpoint *newest = kb_broker_log_checkpoint(&broker->log);
	struct kb_ledger_head head;

	if (newest == NULL) {
		return KB_OK;
	}
	*has_checkpoint = true;
	*checkpoint = *newest;
	kb_buf_clear(&broker->proof);
	kb_ledger_committed_head(broker->log.ledger, &head);
	enum kb_err err = kb_broker_log_prove(&broker->log, txn, session->log_year,
					      session->log_size, &broker->proof, consistency);

	*has_consistency = err == KB_OK;
	session->log_year = head.year;
	session->log_size = head.size;
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

static enum kb_err
answer_hello(struct kb_broker *broker, struct kb_txn *txn, struct kb_work *work)
{
	struct kb_broker_session *session = work->session;
	const struct kb_hello *hello = &work->frame->content.hello;
	struct kb_frame frame = { .kind = KB_FRAME_WELCOME };
	struct kb_welcome *welcome = &frame.content.welcome;
	enum kb_err err = KB_OK;

	welcome->wire_version = kb_session_version(hello->oldest_version, hello->newest_version);
	welcome->session = session->id;
	welcome->broker_store = broker->store.id;
	welcome->register_head = *kb_broker_register_signed_head(broker->reg);
	welcome->revocations = kb_broker_register_revocations(broker->reg);
	welcome->crl = kb_broker_register_crl(broker->reg);
	welcome->time_utc_ms = kb_broker_utc_ms(broker);
	welcome->publish_window = KB_BROKER_PUBLISH_WINDOW;
	err = add_checkpoint(broker, txn, session, &welcome->has_broker_checkpoint,
			     &welcome->broker_checkpoint, &welcome->has_consistency,
			     &welcome->consistency);
	if (err == KB_OK) {
		err = kb_broker_witness_get(txn, session->party_no, &broker->arena,
					    &welcome->witnessed);
		welcome->has_witnessed = err == KB_OK;
		err = err == KB_ERR_NOT_FOUND ? KB_OK : err;
	}
	if (err != KB_OK) {
		return err;
	}
	session->welcomed = true;
	session->register_told = kb_broker_register_head(broker->reg)->version;
	send_or_end(broker, session, &frame);
	kb_log(KB_LOG_INFO, "broker-session", "party=%s version=%u witness=%s", session->party.text,
	       welcome->wire_version, kb_broker_witness_verdict_name(work->verdict));
	return KB_OK;
}

/* Counts the outcome, and wakes the sessions of those who got mail. */
static void
settle_publish(struct kb_broker *broker, const struct kb_work *work,
	       struct kb_publish_result *result)
{
	const struct kb_publish *publish = &work->frame->content.publish;

	for (size_t i = 0; i < publish->envelope_count; i++) {
		const struct kb_publish_item *item = &work->items[i];

		if (item->err == KB_OK) {
			struct kb_broker_session *recipient =
				kb_sessions_by_party(&broker->sessions, item->recipient_no);

			broker->counts.accepted++;
			if (recipient != NULL) {
				recipient->mail_pending = true;
			}
		} else if (item->err == KB_ERR_DUPLICATE) {
			broker->counts.duplicates++;
		} else {
			broker->counts.refused++;
			broker->counts.equivocations += item->err == KB_ERR_EQUIVOCATION;
			result->refused[result->refused_count++] = (struct kb_publish_refusal){
				.index = (uint32_t)i,
				.reason = kb_err_reason(item->err),
			};
			kb_log(KB_LOG_INFO, "broker-refused",
			       "sender=%s batch=%llu index=%zu reason=%s",
			       work->session->party.text, (unsigned long long)publish->batch, i,
			       kb_err_name(item->err));
		}
	}
}

static enum kb_err
answer_publish(struct kb_broker *broker, struct kb_txn *txn, struct kb_work *work)
{
	const struct kb_publish *publish = &work->frame->content.publish;
	struct kb_frame frame = { .kind = KB_FRAME_PUBLISH_RESULT };
	struct kb_publish_result *result = &frame.content.publish_result;

	result->batch = publish->batch;
	result->refused =
		kb_arena_alloc(&broker->arena, publish->envelope_count * sizeof(*result->refused));
	if (result->refused == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	settle_publish(broker, work, result);
	if (work->session->dead) {
		return KB_OK;
	}
	enum kb_err err = add_checkpoint(broker, txn, work->session, &result->has_broker_checkpoint,
					 &result->broker_checkpoint, &result->has_consistency,
					 &result->consistency);

	if (err == KB_OK) {
		send_or_end(broker, work->session, &frame);
	}
	return err;
}

static enum kb_err
answer_confirm(struct kb_broker *broker, struct kb_txn *txn, struct kb_work *work)
{
	struct kb_in_flight *batch =
		kb_delivery_find(work->session, work->frame->content.confirm.batch);

	(void)txn;
	if (batch != NULL) {
		*batch = (struct kb_in_flight){ 0 };
	}
	broker->counts.confirmed += work->removed;
	work->session->mail_pending = true;
	return KB_OK;
}

static enum kb_err
answer_edges(struct kb_broker *broker, struct kb_txn *txn, struct kb_work *work)
{
	struct kb_frame frame = { .kind = KB_FRAME_EDGE_ANSWER };
	struct kb_edge_answer *answer = &frame.content.edge_answer;
	struct kb_mail_edge edge = { .recipient_no = work->session->party_no };
	enum kb_err err = KB_OK;

	answer->query = work->frame->content.edge_query.query;
	answer->items = kb_arena_alloc(&broker->arena, KB_WIRE_EDGES_MAX * sizeof(*answer->items));
	if (answer->items == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	while (err == KB_OK && answer->item_count < KB_WIRE_EDGES_MAX) {
		err = kb_mail_edge_next(txn, true, &edge);
		if (err != KB_OK) {
			break;
		}
		const struct kb_party_id *sender =
			kb_numbers_party(&broker->numbers, edge.sender_no);
		struct kb_edge *item = &answer->items[answer->item_count];

		if (sender == NULL || edge.highest == 0) {
			continue;
		}
		item->sender = *sender;
		item->highest = edge.highest;
		err = kb_epoch_of_no(txn, edge.sender_no, edge.epoch_no, &item->epoch);
		answer->item_count += err == KB_OK;
	}
	if (err != KB_OK && err != KB_ERR_NOT_FOUND) {
		return err;
	}
	send_or_end(broker, work->session, &frame);
	return KB_OK;
}

static enum kb_err (*const answers[KB_FRAME_KIND_COUNT])(struct kb_broker *broker,
							 struct kb_txn *txn,
							 struct kb_work *work) = {
	[KB_FRAME_HELLO] = answer_hello,
	[KB_FRAME_PUBLISH] = answer_publish,
	[KB_FRAME_CONFIRM] = answer_confirm,
	[KB_FRAME_EDGE_QUERY] = answer_edges,
};

/* Tells a sender what could not be delivered; forgotten in the next step. */
static enum kb_err
tell_returns(struct kb_broker *broker, struct kb_txn *txn, struct kb_broker_session *session)
{
	struct kb_frame frame = { .kind = KB_FRAME_UNDELIVERABLE };
	struct kb_undeliverable *undeliverable = &frame.content.undeliverable;
	struct kb_return row = { .seq = session->returns_told };
	enum kb_err err = KB_OK;

	undeliverable->items = kb_arena_alloc(
		&broker->arena, KB_WIRE_UNDELIVERABLE_ITEMS_MAX * sizeof(*undeliverable->items));
	if (undeliverable->items == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	while (undeliverable->item_count < KB_WIRE_UNDELIVERABLE_ITEMS_MAX) {
		struct kb_undeliverable_item *item =
			&undeliverable->items[undeliverable->item_count];

		err = kb_return_next(txn, session->party_no, &row);
		if (err != KB_OK) {
			break;
		}
		const struct kb_party_id *recipient =
			kb_numbers_party(&broker->numbers, row.recipient_no);

		if (recipient == NULL) {
			return KB_ERR_CORRUPT;
		}
		item->recipient = *recipient;
		item->number = row.number;
		item->attempt = row.attempt;
		item->reason = row.reason;
		err = kb_epoch_of_no(txn, session->party_no, row.epoch_no, &item->epoch);
		if (err != KB_OK) {
			return err;
		}
		undeliverable->item_count++;
	}
	if (err != KB_OK && err != KB_ERR_NOT_FOUND) {
		return err;
	}
	session->returns_pending = err == KB_OK;
	if (undeliverable->item_count == 0) {
		return KB_OK;
	}
	err = kb_broker_send(broker, session, &frame);
	if (err == KB_OK) {
		session->returns_told = row.seq;
		broker->returns_told = true;
	} else {
		/* They stay until a session in which they can be told. */
		session->returns_pending = err == KB_ERR_BUSY;
		session->blocked = true;
	}
	return KB_OK;
}

static enum kb_err
deliver(struct kb_broker *broker, struct kb_broker_session *session)
{
	struct kb_frame frame = { .kind = KB_FRAME_DELIVER };
	struct kb_delivery *delivery = &broker->delivery;
	enum kb_err err = kb_delivery_collect(session, broker->mailbox, kb_broker_expire_at(broker),
					      delivery);

	if (err != KB_OK) {
		return err;
	}
	if (delivery->met_expired) {
		broker->expiry.wanted = true;
	}
	if (delivery->count == 0) {
		session->mail_pending = delivery->more || delivery->met_expired;
		return KB_OK;
	}
	frame.content.deliver = (struct kb_deliver){
		.batch = delivery->batch.batch,
		.envelopes = delivery->envelopes,
		.envelope_count = delivery->count,
	};
	err = kb_broker_send(broker, session, &frame);
	if (err == KB_OK) {
		kb_delivery_sent(session, delivery);
		broker->counts.delivered += delivery->count;
		session->mail_pending = delivery->more || delivery->met_expired;
	} else if (err == KB_ERR_BUSY) {
		session->blocked = true;
	} else {
		kb_broker_end_session(broker, session, KB_ERR_OFFLINE);
	}
	return KB_OK;
}

/* One batch per session and round, so that nobody waits for the mail of another. */
static enum kb_err
serve_sessions(struct kb_broker *broker, struct kb_txn *txn, bool *more)
{
	struct kb_broker_session *next = NULL;
	enum kb_err err = KB_OK;

	for (struct kb_broker_session *session = broker->sessions.live;
	     session != NULL && err == KB_OK; session = next) {
		next = session->next;
		if (session->welcomed && !session->blocked && session->returns_pending) {
			err = tell_returns(broker, txn, session);
		}
		if (err == KB_OK && session->mail_pending && kb_delivery_possible(session)) {
			err = deliver(broker, session);
		}
		if (!session->dead &&
		    ((session->mail_pending && kb_delivery_possible(session)) ||
		     (session->returns_pending && session->welcomed && !session->blocked))) {
			*more = true;
		}
	}
	return err;
}

static bool
has_answers(const struct kb_broker *broker)
{
	for (const struct kb_broker_session *s = broker->sessions.live; s != NULL; s = s->next) {
		if ((s->mail_pending && kb_delivery_possible(s)) ||
		    (s->returns_pending && s->welcomed && !s->blocked)) {
			return true;
		}
	}
	return broker->work != NULL;
}

enum kb_err
kb_broker_answer(struct kb_broker *broker, bool *more)
{
	struct kb_txn *txn = NULL;

	*more = false;
	if (!has_answers(broker)) {
		return KB_OK;
	}
	enum kb_err err = kb_txn_begin_read(broker->store.env, &txn);

	if (err != KB_OK) {
		return err;
	}
	kb_mailbox_begin(broker->mailbox, txn);
	err = kb_broker_log_refresh(&broker->log, txn);
	for (struct kb_work *work = broker->work; work != NULL && err == KB_OK; work = work->next) {
		if (answers[work->frame->kind] != NULL &&
		    (!work->session->dead || work->frame->kind == KB_FRAME_PUBLISH)) {
			err = answers[work->frame->kind](broker, txn, work);
		}
		if (work->checkpoint != NULL &&
		    (work->verdict == KB_WITNESS_BEHIND || work->verdict == KB_WITNESS_FORKED ||
		     work->verdict == KB_WITNESS_INVALID)) {
			kb_log(KB_LOG_WARNING, "broker-witness", "party=%s verdict=%s",
			       work->session->party.text,
			       kb_broker_witness_verdict_name(work->verdict));
		}
	}
	if (err == KB_OK) {
		err = serve_sessions(broker, txn, more);
	}
	kb_mailbox_end(broker->mailbox, false);
	kb_txn_abort(txn);
	return err;
}
