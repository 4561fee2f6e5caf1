/* SPDX-License-Identifier: EUPL-1.2 */
/* From a frame to a piece of work: who may say what, before anything touches the disk. */
#include "broker/broker_internal.h"
#include "common/base/log.h"

enum kb_err
kb_broker_on_admit(void *state, const uint8_t curve_key[KB_CURVE_KEY_BYTES],
		   struct kb_server_user *user)
{
	const struct kb_broker *broker = state;
	const struct kb_broker_entry *entry =
		kb_broker_register_by_transport(broker->reg, curve_key);

	if (entry == NULL || entry->kind == KB_PARTY_BROKER || entry->kind == KB_PARTY_REGISTRAR) {
		return KB_ERR_NOT_ENROLLED;
	}
	enum kb_err err = kb_broker_entry_check(entry, kb_broker_utc_ms(broker));

	if (err == KB_OK) {
		kb_session_user(&entry->party, entry->key_version, user);
	}
	return err;
}

enum kb_err
kb_broker_on_check(void *state, const struct kb_server_user *user)
{
	struct kb_broker *broker = state;
	struct kb_party_id party;
	uint32_t key_version = 0;
	enum kb_err err = kb_session_user_parse(user, &party, &key_version);

	if (err != KB_OK) {
		return err;
	}
	const struct kb_broker_entry *entry =
		kb_broker_register_find(broker->reg, &party, key_version);

	err = entry != NULL ? kb_broker_entry_check(entry, kb_broker_utc_ms(broker))
			    : KB_ERR_NOT_ENROLLED;
	if (err != KB_OK) {
		struct kb_broker_session *session = kb_sessions_by_party(
			&broker->sessions, kb_numbers_find(&broker->numbers, &party));

		/* Once: whoever goes on talking is not heard, and does not fill the log. */
		if (session != NULL && session->key_version == key_version) {
			kb_log(KB_LOG_WARNING, "broker-key-invalid", "user=%s reason=%s",
			       user->text, kb_err_name(err));
			kb_broker_end_session(broker, session, err);
		}
	}
	return err;
}

void
kb_broker_end_session(struct kb_broker *broker, struct kb_broker_session *session,
		      enum kb_err reason)
{
	if (session->dead) {
		return;
	}
	kb_log(KB_LOG_INFO, "broker-session-end", "party=%s reason=%s", session->party.text,
	       kb_err_name(reason));
	kb_sessions_end(&broker->sessions, session);
	if (reason != KB_ERR_OFFLINE) {
		kb_broker_send_goodbye(broker, &session->route, reason);
	}
}

/* The next piece of work of this round; NULL without memory. */
static struct kb_work *
add_work(struct kb_broker *broker, struct kb_broker_session *session, const struct kb_frame *frame)
{
	struct kb_work *work = kb_arena_alloc(&broker->arena, sizeof(*work));

	if (work != NULL) {
		work->session = session;
		work->frame = frame;
		*broker->work_end = work;
		broker->work_end = &work->next;
	}
	return work;
}

static enum kb_err
receive_publish(struct kb_broker *broker, struct kb_broker_session *session,
		const struct kb_frame *frame)
{
	const struct kb_publish *publish = &frame->content.publish;
	struct kb_publish_item *items =
		kb_arena_alloc(&broker->arena, publish->envelope_count * sizeof(*items));
	struct kb_work *work = items != NULL ? add_work(broker, session, frame) : NULL;

	if (work == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	work->items = items;
	work->checkpoint = publish->has_checkpoint ? &publish->checkpoint : NULL;
	return KB_OK;
}

static enum kb_err
receive_credit(struct kb_broker *broker, struct kb_broker_session *session,
	       const struct kb_frame *frame)
{
	uint64_t credit = (uint64_t)session->credit + frame->content.credit.messages;

	(void)broker;
	session->credit = credit < KB_WIRE_CREDIT_MAX ? (uint32_t)credit : KB_WIRE_CREDIT_MAX;
	session->mail_pending = true;
	return KB_OK;
}

static enum kb_err
receive_confirm(struct kb_broker *broker, struct kb_broker_session *session,
		const struct kb_frame *frame)
{
	const struct kb_confirm *confirm = &frame->content.confirm;
	struct kb_work *work = add_work(broker, session, frame);

	if (work == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	work->checkpoint = confirm->has_checkpoint ? &confirm->checkpoint : NULL;
	return KB_OK;
}

static void
note_time(const struct kb_broker *broker, struct kb_broker_session *session, int64_t time_utc_ms)
{
	int64_t now = kb_broker_utc_ms(broker);

	session->skew_base_ms = now - kb_broker_mono_ms(broker);
	if (__builtin_sub_overflow(time_utc_ms, now, &session->skew_ms)) {
		session->skew_ms = INT64_MAX;
	}
}

static enum kb_err
receive_heartbeat(struct kb_broker *broker, struct kb_broker_session *session,
		  const struct kb_frame *frame)
{
	const struct kb_heartbeat *heartbeat = &frame->content.heartbeat;

	note_time(broker, session, heartbeat->time_utc_ms);
	if (!heartbeat->has_checkpoint) {
		return KB_OK;
	}
	struct kb_work *work = add_work(broker, session, frame);

	if (work == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	work->checkpoint = &heartbeat->checkpoint;
	return KB_OK;
}

static enum kb_err
receive_goodbye(struct kb_broker *broker, struct kb_broker_session *session,
		const struct kb_frame *frame)
{
	(void)frame;
	kb_broker_end_session(broker, session, KB_ERR_OFFLINE);
	return KB_OK;
}

static enum kb_err
receive_register_query(struct kb_broker *broker, struct kb_broker_session *session,
		       const struct kb_frame *frame)
{
	kb_broker_answer_register(broker, session, &frame->content.register_query);
	return KB_OK;
}

static enum kb_err
receive_edge_query(struct kb_broker *broker, struct kb_broker_session *session,
		   const struct kb_frame *frame)
{
	return add_work(broker, session, frame) != NULL ? KB_OK : KB_ERR_NO_MEMORY;
}

/* What an agent in a session may send; a hello opens one and stands apart. Absent: only a broker sends it. */
static enum kb_err (*const receivers[KB_FRAME_KIND_COUNT])(struct kb_broker *broker,
							   struct kb_broker_session *session,
							   const struct kb_frame *frame) = {
	[KB_FRAME_PUBLISH] = receive_publish,
	[KB_FRAME_CREDIT] = receive_credit,
	[KB_FRAME_CONFIRM] = receive_confirm,
	[KB_FRAME_HEARTBEAT] = receive_heartbeat,
	[KB_FRAME_GOODBYE] = receive_goodbye,
	[KB_FRAME_REGISTER_QUERY] = receive_register_query,
	[KB_FRAME_EDGE_QUERY] = receive_edge_query,
};

static enum kb_err
receive_hello(struct kb_broker *broker, const struct kb_server_user *user,
	      const struct kb_server_route *route, const struct kb_frame *frame)
{
	const struct kb_hello *hello = &frame->content.hello;
	struct kb_broker_session *session = NULL;
	struct kb_broker_session *replaced = NULL;
	struct kb_party_id party;
	uint32_t key_version = 0;
	enum kb_err err = kb_session_user_parse(user, &party, &key_version);

	if (err != KB_OK) {
		return err;
	}
	if (!kb_party_id_equal(&party, &hello->party)) {
		return KB_ERR_SENDER_MISMATCH;
	}
	if (kb_session_version(hello->oldest_version, hello->newest_version) == 0) {
		return KB_ERR_BAD_VERSION;
	}
	/* A second hello on the same connection ends the session there just as well. */
	session = kb_sessions_by_route(&broker->sessions, route, user);
	if (session != NULL) {
		kb_sessions_end(&broker->sessions, session);
	}
	err = kb_sessions_open(&broker->sessions, user, route,
			       kb_numbers_find(&broker->numbers, &party), &session, &replaced);
	if (err != KB_OK) {
		return err;
	}
	if (replaced != NULL) {
		kb_log(KB_LOG_NOTICE, "broker-session-replaced", "party=%s", party.text);
		kb_broker_send_goodbye(broker, &replaced->route, KB_ERR_REPLACED);
	}
	session->id = hello->session;
	session->log_year = hello->broker_log_year;
	session->log_size = hello->broker_log_size;
	session->heard_mono_ms = kb_broker_mono_ms(broker);
	session->returns_pending = true;
	session->mail_pending = true;
	note_time(broker, session, hello->time_utc_ms);
	kb_broker_judge_clock(broker);
	struct kb_work *work = add_work(broker, session, frame);

	if (work == NULL) {
		kb_sessions_end(&broker->sessions, session);
		return KB_ERR_NO_MEMORY;
	}
	work->checkpoint = hello->has_checkpoint ? &hello->checkpoint : NULL;
	return KB_OK;
}

/* A broken frame costs a strike; lack of memory of ours or a session that is gone does not. */
static void
refuse(struct kb_broker *broker, const struct kb_server_user *user,
       const struct kb_server_route *route, enum kb_err err)
{
	bool theirs = err != KB_ERR_NO_MEMORY && err != KB_ERR_STATE;

	broker->counts.frames_refused++;
	if (theirs) {
		(void)kb_server_strike(broker->server, user, err);
	}
	kb_broker_send_goodbye(broker, route, err);
}

void
kb_broker_on_frame(void *state, const struct kb_server_user *user,
		   const struct kb_server_route *route, struct kb_span bytes)
{
	struct kb_broker *broker = state;
	struct kb_broker_session *session = kb_sessions_by_route(&broker->sessions, route, user);
	struct kb_frame *frame = kb_arena_alloc(&broker->arena, sizeof(*frame));
	enum kb_err err =
		frame != NULL ? kb_frame_decode(bytes, &broker->arena, frame) : KB_ERR_NO_MEMORY;

	if (err == KB_OK && frame->kind == KB_FRAME_HELLO) {
		err = receive_hello(broker, user, route, frame);
	} else if (err == KB_OK && receivers[frame->kind] == NULL) {
		err = KB_ERR_NOT_ALLOWED;
	} else if (err == KB_OK && session == NULL) {
		/* After a restart of ours, or replaced: the agent has to say hello (again). */
		err = KB_ERR_STATE;
	} else if (err == KB_OK) {
		session->heard_mono_ms = kb_broker_mono_ms(broker);
		err = receivers[frame->kind](broker, session, frame);
	}
	if (err != KB_OK) {
		if (session != NULL) {
			kb_log(KB_LOG_WARNING, "broker-session-end", "party=%s reason=%s",
			       session->party.text, kb_err_name(err));
			kb_sessions_end(&broker->sessions, session);
		}
		refuse(broker, user, route, err);
	}
}
