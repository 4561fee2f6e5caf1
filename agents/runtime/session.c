/* SPDX-License-Identifier: EUPL-1.2 */
/* The session with the broker. */
#include "agents/runtime/session.h"

#include <stdlib.h>

#include "agents/runtime/agent_internal.h"
#include "common/base/log.h"
#include "common/store/parties.h"

#define HEARTBEAT_MS 10000
/* A broker whose clock differs more is told of in status; it expires nothing then (design 5). */
#define SKEW_MS ((int64_t)5 * 60 * 1000)

static const char *const state_texts[KB_SESSION_STATE_COUNT] = {

#define KB_ROW(name, text) [KB_SESSION_##name] = (text),
	KB_SESSION_STATE_TABLE(KB_ROW)
#undef KB_ROW
};

const char *
kb_session_state_text(enum kb_session_state state)
{
	return (unsigned)state < KB_SESSION_STATE_COUNT ? state_texts[state] : "";
}

enum kb_err
kb_agent_send_frame(struct kb_agent *agent, const struct kb_frame *frame)
{
	enum kb_err err;

	kb_buf_clear(&agent->frame);
	err = kb_frame_encode(frame, &agent->frame);
	if (err != KB_OK) {
		kb_log(KB_LOG_ERROR, "frame-not-encoded", "kind=%s reason=%s",
		       kb_frame_kind_name(frame->kind), kb_err_name(err));
		return err;
	}
	return agent->transport.send(agent->transport.state, kb_buf_span(&agent->frame));
}

enum kb_err
kb_session_open(struct kb_agent *agent, struct kb_step *step)
{
	struct kb_session *session = &agent->session;
	struct kb_broker_state state = { 0 };
	struct kb_arena arena = { 0 };
	enum kb_err err = kb_broker_state_get(step, &arena, &state);

	if (err == KB_ERR_NOT_FOUND) {
		err = KB_OK;
	}
	if (err == KB_OK) {
		session->broker_store = state.store_id;
		session->broker_year = state.log_year;
		session->broker_size = state.log_size;
		session->broker_root = state.log_root;
		err = kb_buf_put(&session->broker_checkpoint, state.checkpoint);
	}
	session->state = KB_SESSION_DOWN;
	session->down_since_utc_ms = kb_clock_utc_ms(&agent->clock);
	kb_arena_release(&arena);
	return err;
}

void
kb_session_release(struct kb_agent *agent)
{
	kb_buf_release(&agent->session.broker_checkpoint);
}

void
kb_session_link_up(struct kb_agent *agent)
{
	struct kb_session *session = &agent->session;
	struct kb_frame frame = { .wire_version = KB_WIRE_VERSION, .kind = KB_FRAME_HELLO };
	struct kb_hello *hello = &frame.content.hello;

	if (session->state == KB_SESSION_UP) {
		kb_session_link_down(agent, KB_ERR_OFFLINE);
	}
	session->id = kb_id_random(&agent->random);
	session->state = KB_SESSION_GREETING;
	session->edge_asked = false;
	*hello = (struct kb_hello){ .oldest_version = KB_WIRE_VERSION_OLDEST,
				    .newest_version = KB_WIRE_VERSION,
				    .party = agent->identity->self,
				    .session = session->id,
				    .epoch = agent->own_epoch.epoch,
				    .broker_store = session->broker_store,
				    .broker_log_size = session->broker_size,
				    .broker_log_year = session->broker_year,
				    .register_version =
					    kb_directory_version_number(agent->directory),
				    .time_utc_ms = kb_clock_utc_ms(&agent->clock),
				    .restored = agent->restore_pending };
	hello->has_checkpoint = kb_agent_checkpoint(agent, NULL, &hello->checkpoint) == KB_OK;
	kb_ignore(kb_agent_send_frame(agent, &frame), "without a welcome the link starts anew");
}

void
kb_session_link_down(struct kb_agent *agent, enum kb_err why)
{
	struct kb_session *session = &agent->session;

	if (session->state != KB_SESSION_DOWN) {
		session->down_since_utc_ms = kb_clock_utc_ms(&agent->clock);
		kb_log(KB_LOG_NOTICE, "session-down", "reason=%s", kb_err_name(why));
	}
	session->state = KB_SESSION_DOWN;
	session->down_why = why;
	kb_sender_session_down(agent);
	kb_receiver_session_down(agent);
	kb_directory_session_ended(agent->directory);
}

void
kb_session_goodbye(struct kb_agent *agent)
{
	struct kb_frame frame = { .wire_version = KB_WIRE_VERSION, .kind = KB_FRAME_GOODBYE };

	if (agent->session.state != KB_SESSION_DOWN) {
		kb_ignore(kb_agent_send_frame(agent, &frame), "the broker notices it anyway");
	}
}

enum kb_err
kb_session_store_broker(struct kb_act *act)
{
	struct kb_session *session = &act->agent->session;
	struct kb_broker_state state = { .store_id = session->broker_store,
					 .log_year = session->broker_year,
					 .log_size = session->broker_size,
					 .log_root = session->broker_root,
					 .checkpoint = kb_buf_span(&session->broker_checkpoint) };

	/* After a restore the broker stays forgotten until the peers were asked (restore.c). */
	if (!session->broker_unstored || act->agent->restore_pending) {
		return KB_OK;
	}
	return kb_broker_state_put(act->step, &state);
}

/* ---- welcome ---- */

/* The frame as it came, with the memory of its own until the act is done. */
struct kb_welcome_work {
	struct kb_arena arena;
	struct kb_welcome welcome;
	bool broker_is_new;
	bool broker_was_known;
	enum kb_witness_verdict verdict;
};

static enum kb_err
welcome_act(struct kb_act *act, void *arg)
{
	struct kb_welcome_work *work = arg;
	struct kb_agent *agent = act->agent;
	const struct kb_welcome *welcome = &work->welcome;
	enum kb_err err =
		kb_directory_take_head(agent->directory, act->step, &welcome->register_head,
				       welcome->revocations, welcome->crl);

	if (err != KB_OK && (kb_err_category(err) == KB_CATEGORY_PROTOCOL || err == KB_ERR_STATE)) {
		err = KB_OK; /* not the registrar's, or an old one: ours stays, and it is in the log */
	}
	work->verdict = KB_WITNESS_AGREES;
	if (err == KB_OK && welcome->has_witnessed) {
		err = kb_restore_compare(act, &welcome->witnessed, &work->verdict);
	}
	if (err == KB_OK && work->verdict == KB_WITNESS_RESTORED) {
		err = kb_restore_begin(act);
	}
	return err;
}

static void
ask_edges(struct kb_agent *agent)
{
	struct kb_frame frame = { .wire_version = KB_WIRE_VERSION, .kind = KB_FRAME_EDGE_QUERY };

	if (agent->restore_pending && !agent->session.edge_asked) {
		frame.content.edge_query.query = ++agent->session.edge_query;
		agent->session.edge_asked = kb_agent_send_frame(agent, &frame) == KB_OK;
	}
}

/* The witness agreed, or its word was taken: from here on messages are sealed. */
static void
session_is_up(struct kb_agent *agent, const struct kb_welcome_work *work)
{
	struct kb_session *session = &agent->session;
	struct kb_frame credit = { .wire_version = KB_WIRE_VERSION, .kind = KB_FRAME_CREDIT };
	const struct kb_welcome *welcome = &work->welcome;
	int64_t now = kb_clock_mono_ms(&agent->clock);

	session->new_broker_store = welcome->broker_store;
	if (work->broker_is_new) {
		/* Another store is another log: nothing of the old one can be continued. */
		session->broker_store = welcome->broker_store;
		session->broker_year = 0;
		session->broker_size = 0;
		session->broker_root = (struct kb_hash){ { 0 } };
		session->broker_unstored = true;
	}
	if (welcome->has_broker_checkpoint) {
		kb_session_hear_broker(agent, &welcome->broker_checkpoint,
				       welcome->has_consistency ? &welcome->consistency : NULL);
	}
	agent->counts.broker_skew_ms = welcome->time_utc_ms - kb_clock_utc_ms(&agent->clock);
	session->state = KB_SESSION_UP;
	session->since_utc_ms = kb_clock_utc_ms(&agent->clock);
	session->session_count++;
	session->next_heartbeat_mono_ms =
		now +
		(agent->settings.heartbeat_ms > 0 ? agent->settings.heartbeat_ms : HEARTBEAT_MS);
	credit.content.credit.messages = agent->settings.credit;
	kb_ignore(kb_agent_send_frame(agent, &credit), "a lost frame is a lost session");
	kb_sender_session_up(agent, welcome->publish_window,
			     work->broker_is_new && work->broker_was_known);
	kb_directory_ask_again(agent->directory, &agent->identity->broker);
	ask_edges(agent);
	kb_log(KB_LOG_NOTICE, "session-up", "window=%u new-broker-store=%d",
	       welcome->publish_window, work->broker_is_new ? 1 : 0);
}

static void
welcome_done(struct kb_agent *agent, enum kb_err err, void *arg)
{
	struct kb_welcome_work *work = arg;

	if (agent->session.state == KB_SESSION_GREETING &&
	    kb_id_equal(&work->welcome.session, &agent->session.id)) {
		if (err == KB_OK) {
			if (work->verdict == KB_WITNESS_RESTORED) {
				agent->restore_pending = true;
				agent->session.broker_store = (struct kb_id){ { 0 } };
				work->broker_is_new = true;
			}
			session_is_up(agent, work);
		} else if (err != KB_ERR_OFFLINE) {
			kb_log(KB_LOG_ERROR, "welcome-not-stored", "reason=%s", kb_err_name(err));
			agent->transport.reset(agent->transport.state);
		}
	}
	kb_arena_release(&work->arena);
	free(work);
}

static bool
near_now(const struct kb_agent *agent, int64_t time_utc_ms)
{
	int64_t skew = time_utc_ms - kb_clock_utc_ms(&agent->clock);

	return skew <= SKEW_MS && skew >= -SKEW_MS;
}

static void
on_welcome(struct kb_agent *agent, struct kb_span bytes)
{
	struct kb_session *session = &agent->session;
	struct kb_welcome_work *work = calloc(1, sizeof(*work));
	struct kb_frame frame;

	if (work == NULL) {
		return;
	}
	if (kb_frame_decode(bytes, &work->arena, &frame) != KB_OK ||
	    !kb_id_equal(&frame.content.welcome.session, &session->id) ||
	    session->state != KB_SESSION_GREETING) {
		kb_arena_release(&work->arena);
		free(work);
		return;
	}
	work->welcome = frame.content.welcome;
	session->clock_agreed = near_now(agent, work->welcome.time_utc_ms);
	work->broker_was_known = !kb_id_empty(&session->broker_store);
	work->broker_is_new = !kb_id_equal(&session->broker_store, &work->welcome.broker_store);
	if (kb_agent_run(agent, 0, welcome_act, welcome_done, work) != KB_OK) {
		kb_arena_release(&work->arena);
		free(work);
	}
}

/* ---- register answers ---- */

struct answer_work {
	struct kb_arena arena;
	struct kb_register_answer answer;
};

static enum kb_err
answer_act(struct kb_act *act, void *arg)
{
	struct answer_work *work = arg;

	return kb_directory_take_answer(act->directory, act->step, &work->answer, act->now_utc_ms);
}

static void
answer_done(struct kb_agent *agent, enum kb_err err, void *arg)
{
	struct answer_work *work = arg;

	(void)agent;
	if (err != KB_OK && err != KB_ERR_OFFLINE) {
		kb_log(KB_LOG_ERROR, "register-not-stored", "reason=%s", kb_err_name(err));
	}
	kb_arena_release(&work->arena);
	free(work);
}

static void
on_register_answer(struct kb_agent *agent, struct kb_span bytes)
{
	struct answer_work *work = calloc(1, sizeof(*work));
	struct kb_frame frame;

	if (work == NULL) {
		return;
	}
	if (kb_frame_decode(bytes, &work->arena, &frame) == KB_OK) {
		work->answer = frame.content.register_answer;
		if (kb_agent_run(agent, 0, answer_act, answer_done, work) == KB_OK) {
			return;
		}
	}
	kb_arena_release(&work->arena);
	free(work);
}

/* ---- the other frames ---- */

static void
on_publish_result(struct kb_agent *agent, const struct kb_frame *frame)
{
	const struct kb_publish_result *result = &frame->content.publish_result;

	kb_sender_result(agent, result);
	if (result->has_broker_checkpoint) {
		kb_session_hear_broker(agent, &result->broker_checkpoint,
				       result->has_consistency ? &result->consistency : NULL);
	}
}

static void
on_deliver(struct kb_agent *agent, const struct kb_frame *frame)
{
	kb_receiver_deliver(agent, &frame->content.deliver);
}

static void
on_heartbeat(struct kb_agent *agent, const struct kb_frame *frame)
{
	const struct kb_heartbeat *heartbeat = &frame->content.heartbeat;

	agent->counts.broker_skew_ms = heartbeat->time_utc_ms - kb_clock_utc_ms(&agent->clock);
	if (heartbeat->has_register_head) {
		kb_directory_hear_head(agent->directory, &heartbeat->register_head);
	}
}

static void
on_goodbye(struct kb_agent *agent, const struct kb_frame *frame)
{
	enum kb_err why = kb_reason_known(frame->content.goodbye.reason)
				  ? kb_err_from_reason(frame->content.goodbye.reason)
				  : KB_ERR_OFFLINE;

	kb_session_link_down(agent, why);
	agent->transport.reset(agent->transport.state);
}

static void
on_undeliverable(struct kb_agent *agent, const struct kb_frame *frame)
{
	kb_sender_undeliverable(agent, &frame->content.undeliverable);
}

static void
on_edge_answer(struct kb_agent *agent, const struct kb_frame *frame)
{
	if (agent->restore_pending &&
	    frame->content.edge_answer.query == agent->session.edge_query) {
		kb_restore_answer(agent, &frame->content.edge_answer);
	}
}

struct frame_row {
	bool in_greeting; /* may come before the welcome */
	void (*on_frame)(struct kb_agent *agent, const struct kb_frame *frame);
	void (*on_bytes)(struct kb_agent *agent, struct kb_span bytes); /* keeps them for its act */
};

/* What a broker may say; anything else breaks the session. */
static const struct frame_row frame_rows[KB_FRAME_KIND_COUNT] = {
	[KB_FRAME_WELCOME] = { .in_greeting = true, .on_bytes = on_welcome },
	[KB_FRAME_PUBLISH_RESULT] = { .on_frame = on_publish_result },
	[KB_FRAME_DELIVER] = { .on_frame = on_deliver },
	[KB_FRAME_HEARTBEAT] = { .in_greeting = true, .on_frame = on_heartbeat },
	[KB_FRAME_GOODBYE] = { .in_greeting = true, .on_frame = on_goodbye },
	[KB_FRAME_REGISTER_ANSWER] = { .on_bytes = on_register_answer },
	[KB_FRAME_UNDELIVERABLE] = { .on_frame = on_undeliverable },
	[KB_FRAME_EDGE_ANSWER] = { .on_frame = on_edge_answer },
};

void
kb_session_frame(struct kb_agent *agent, struct kb_span bytes)
{
	struct kb_arena arena = { 0 };
	struct kb_frame frame;
	const struct frame_row *row = NULL;
	enum kb_err err = kb_frame_decode(bytes, &arena, &frame);

	if (err == KB_OK) {
		row = &frame_rows[frame.kind];
		if (row->on_frame == NULL && row->on_bytes == NULL) {
			err = KB_ERR_NOT_ALLOWED;
		}
	}
	if (err != KB_OK) {
		kb_log(KB_LOG_WARNING, "frame-refused", "reason=%s", kb_err_name(err));
		kb_session_link_down(agent, err);
		agent->transport.reset(agent->transport.state);
	} else if (agent->session.state == KB_SESSION_UP ||
		   (row->in_greeting && agent->session.state == KB_SESSION_GREETING)) {
		agent->sender.blocked = false;
		if (row->on_bytes != NULL) {
			row->on_bytes(agent, bytes);
		} else {
			row->on_frame(agent, &frame);
		}
	}
	kb_arena_release(&arena);
}

void
kb_session_tick(struct kb_agent *agent, int64_t now_mono_ms)
{
	struct kb_session *session = &agent->session;
	struct kb_frame frame = { .wire_version = KB_WIRE_VERSION };

	if (session->state != KB_SESSION_UP) {
		return;
	}
	ask_edges(agent);
	while (kb_directory_next_query(agent->directory, &frame.content.register_query)) {
		frame.kind = KB_FRAME_REGISTER_QUERY;
		if (kb_agent_send_frame(agent, &frame) != KB_OK) {
			break; /* asked again in the next session */
		}
	}
	if (session->next_heartbeat_mono_ms > now_mono_ms) {
		return;
	}
	session->next_heartbeat_mono_ms =
		now_mono_ms +
		(agent->settings.heartbeat_ms > 0 ? agent->settings.heartbeat_ms : HEARTBEAT_MS);
	frame = (struct kb_frame){ .wire_version = KB_WIRE_VERSION, .kind = KB_FRAME_HEARTBEAT };
	frame.content.heartbeat.time_utc_ms = kb_clock_utc_ms(&agent->clock);
	frame.content.heartbeat.has_checkpoint =
		kb_agent_checkpoint(agent, NULL, &frame.content.heartbeat.checkpoint) == KB_OK;
	kb_ignore(kb_agent_send_frame(agent, &frame), "silence ends the session by itself");
	agent->sender.blocked = false;
}

int64_t
kb_session_due_mono_ms(const struct kb_agent *agent)
{
	return agent->session.state == KB_SESSION_UP ? agent->session.next_heartbeat_mono_ms
						     : INT64_MAX;
}
