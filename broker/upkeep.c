/* SPDX-License-Identifier: EUPL-1.2 */
/* What the broker does by the clock: heartbeats, silent agents, expiry, and forgetting after 400 days. */
#include "broker/broker_internal.h"
#include "broker/duplicates.h"
#include "broker/returns.h"
#include "common/base/log.h"

#include <malloc.h>

#define TICK_MS 1000
#define EXPIRY_PASS_MS 60000
#define FORGET_PASS_MS ((int64_t)60 * 60 * 1000)
/* Rows looked at in one step: some milliseconds. */
#define EXPIRY_ROWS 4096
#define EXPIRY_TAKEN 512
#define FORGET_ROWS 1024
#define SKEWS_MAX 1024
/* Buffers of the last large frames are given back when nothing came for so long. */
#define KEEP_BYTES ((size_t)64 * 1024)

void
kb_broker_judge_clock(struct kb_broker *broker)
{
	static int64_t skews[SKEWS_MAX];
	struct kb_clock_facts facts = {
		.now_utc_ms = kb_broker_utc_ms(broker),
		.log_utc_ms = broker->store.last_utc_ms,
		.start_offset_ms = broker->start_offset_ms,
		.agent_skew_ms = skews,
	};
	enum kb_clock_verdict before = broker->clock_verdict;

	facts.offset_ms = facts.now_utc_ms - kb_broker_mono_ms(broker);
	for (const struct kb_broker_session *s = broker->sessions.live;
	     s != NULL && facts.agent_count < SKEWS_MAX; s = s->next) {
		/* What the agent said was about our clock of that moment; a jump since then shows in the offset. */
		int64_t jump = facts.offset_ms - s->skew_base_ms;

		if (__builtin_sub_overflow(s->skew_ms, jump, &skews[facts.agent_count])) {
			skews[facts.agent_count] = INT64_MAX;
		}
		facts.agent_count++;
	}
	broker->clock_verdict = kb_clock_judge(&facts);
	if (broker->clock_verdict == KB_CLOCK_TRUSTED) {
		broker->start_offset_ms = facts.offset_ms;
	}
	if (broker->clock_verdict != before) {
		bool wrong = broker->clock_verdict != KB_CLOCK_TRUSTED &&
			     broker->clock_verdict != KB_CLOCK_NO_AGENT;

		kb_log(wrong ? KB_LOG_ERROR : KB_LOG_INFO, "broker-clock", "verdict=%s",
		       kb_clock_verdict_name(broker->clock_verdict));
	}
}

int64_t
kb_broker_expire_at(const struct kb_broker *broker)
{
	return broker->clock_verdict == KB_CLOCK_TRUSTED ? kb_broker_utc_ms(broker) : 0;
}

/* What one slice of the walk found in one lane. */
struct found {
	struct kb_broker *broker;
	int64_t expire_at_utc_ms;
	struct kb_mail taken[EXPIRY_TAKEN];
	size_t taken_count;
	size_t rows;
	bool stopped; /* at from, not at the end of the lane */
};

static bool
look_at(void *state, const struct kb_mail *mail)
{
	struct found *found = state;
	struct kb_expiry *expiry = &found->broker->expiry;

	if (found->rows == EXPIRY_ROWS || found->taken_count == EXPIRY_TAKEN) {
		expiry->from = mail->place;
		found->stopped = true;
		return false;
	}
	found->rows++;
	if (expiry->whole_box || mail->expires_at_utc_ms <= found->expire_at_utc_ms) {
		found->taken[found->taken_count++] = *mail;
	} else if (mail->expires_at_utc_ms < expiry->oldest_kept_utc_ms) {
		expiry->oldest_kept_utc_ms = mail->expires_at_utc_ms;
	}
	return true;
}

/* Out of the mailbox and into the returns of its sender. A receipt just goes: the message it is about brings a new one. */
static enum kb_err
give_back(struct kb_broker *broker, struct kb_txn *txn, const struct kb_mail *mail)
{
	struct kb_return row = {
		.sender_no = mail->sender_no,
		.recipient_no = mail->place.recipient_no,
		.epoch_no = mail->epoch_no,
		.number = mail->number,
		.attempt = mail->attempt,
		.reason = kb_err_reason(broker->expiry.whole_box ? KB_ERR_UNKNOWN_RECIPIENT
								 : KB_ERR_EXPIRED),
	};
	struct kb_broker_session *sender = kb_sessions_by_party(&broker->sessions, mail->sender_no);
	enum kb_err err = kb_mailbox_remove(broker->mailbox, &mail->place, mail->place.seq, NULL);

	if (err == KB_OK && mail->number != 0) {
		err = kb_return_put(txn, &row);
	}
	if (err == KB_OK && sender != NULL) {
		sender->returns_pending = true;
	}
	broker->expiry.expired += err == KB_OK;
	return err;
}

/* The next mailbox that has something to look for; false at the end of the pass. */
static enum kb_err
next_box(struct kb_broker *broker, bool *found)
{
	struct kb_expiry *expiry = &broker->expiry;
	struct kb_mailbox_counts counts;
	enum kb_err err = KB_OK;

	*found = false;
	while (err == KB_OK) {
		err = kb_mailbox_next_box(broker->mailbox, expiry->box_no, &expiry->box_no);
		if (err == KB_OK) {
			err = kb_mailbox_counts(broker->mailbox, expiry->box_no, &counts);
		}
		if (err != KB_OK) {
			break;
		}
		const struct kb_party_id *party =
			kb_numbers_party(&broker->numbers, expiry->box_no);
		bool empty = counts.messages[KB_LANE_URGENT] + counts.messages[KB_LANE_NORMAL] == 0;

		expiry->whole_box =
			party == NULL || !kb_broker_register_is_agent(broker->reg, party);
		if (!empty && (expiry->whole_box ||
			       counts.oldest_expiry_utc_ms <= kb_broker_expire_at(broker))) {
			expiry->in_box = true;
			expiry->from = (struct kb_mail_place){ .recipient_no = expiry->box_no };
			expiry->oldest_kept_utc_ms = INT64_MAX;
			*found = true;
			return KB_OK;
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

enum kb_err
kb_broker_expire(struct kb_broker *broker, struct kb_txn *txn)
{
	static struct found found;
	struct kb_expiry *expiry = &broker->expiry;
	enum kb_err err = KB_OK;
	bool any = true;

	expiry->expired = 0;
	if (kb_broker_expire_at(broker) == 0) {
		*expiry = (struct kb_expiry){ .next_mono_ms = expiry->next_mono_ms };
		return KB_OK;
	}
	if (!expiry->in_box) {
		err = next_box(broker, &any);
	}
	if (err != KB_OK || !any) {
		expiry->active = false;
		return err;
	}
	found = (struct found){ .broker = broker, .expire_at_utc_ms = kb_broker_expire_at(broker) };
	err = kb_mailbox_scan(broker->mailbox, &expiry->from, false, look_at, &found);
	for (size_t i = 0; i < found.taken_count && err == KB_OK; i++) {
		err = give_back(broker, txn, &found.taken[i]);
	}
	if (err != KB_OK || found.stopped) {
		return err;
	}
	if (expiry->from.lane == KB_LANE_URGENT) {
		expiry->from = (struct kb_mail_place){ .recipient_no = expiry->box_no,
						       .lane = KB_LANE_NORMAL };
		return KB_OK;
	}
	expiry->in_box = false;
	return kb_mailbox_set_oldest(broker->mailbox, expiry->box_no, expiry->oldest_kept_utc_ms);
}

static enum kb_err
forget_edge(struct kb_broker *broker, struct kb_txn *txn, int64_t before_utc_ms)
{
	struct kb_forgetting *f = &broker->forgetting;
	struct kb_mail_edge *edge = NULL;
	bool done = false;
	enum kb_err err = f->edge_unfinished ? KB_OK : kb_mail_edge_next(txn, false, &f->edge);

	if (err == KB_ERR_NOT_FOUND) {
		f->active = false;
		return KB_OK;
	}
	if (err == KB_OK) {
		err = kb_mail_edge_of(&broker->edges, f->edge.recipient_no, f->edge.sender_no,
				      f->edge.epoch_no, &edge);
	}
	if (err != KB_OK) {
		return err;
	}
	struct kb_duplicate_key key = {
		.sender_no = edge->sender_no,
		.epoch_no = edge->epoch_no,
		.recipient_no = edge->recipient_no,
		.number = edge->forgotten,
	};

	err = kb_duplicate_forget(txn, &key, before_utc_ms, FORGET_ROWS, &done);
	if (err == KB_OK && key.number != edge->forgotten) {
		edge->forgotten = key.number;
		edge->changed = true;
	}
	f->edge_unfinished = !done;
	return err;
}

enum kb_err
kb_broker_forget(struct kb_broker *broker, struct kb_txn *txn)
{
	struct kb_forgetting *f = &broker->forgetting;
	int64_t now = kb_broker_expire_at(broker);
	size_t dropped = 0;
	enum kb_err err = KB_OK;

	if (now == 0) {
		f->active = false;
		return KB_OK;
	}
	if (!f->log_done) {
		err = kb_broker_log_drop(&broker->log, txn, now - KB_BROKER_LOG_KEEP_MS,
					 FORGET_ROWS, &dropped);
		f->log_done = dropped == 0;
		return err;
	}
	return forget_edge(broker, txn, now - KB_BROKER_LOG_KEEP_MS);
}

void
kb_broker_start_passes(struct kb_broker *broker)
{
	int64_t now = kb_broker_mono_ms(broker);
	struct kb_expiry *expiry = &broker->expiry;
	struct kb_forgetting *f = &broker->forgetting;

	if (kb_broker_expire_at(broker) == 0) {
		return;
	}
	if (!expiry->active && (expiry->wanted || now >= expiry->next_mono_ms)) {
		*expiry =
			(struct kb_expiry){ .active = true, .next_mono_ms = now + EXPIRY_PASS_MS };
	}
	if (!f->active && now >= f->next_mono_ms) {
		*f = (struct kb_forgetting){ .active = true, .next_mono_ms = now + FORGET_PASS_MS };
	}
}

static void
beat(struct kb_broker *broker, struct kb_broker_session *session)
{
	const struct kb_signed_checkpoint *checkpoint = kb_broker_log_checkpoint(&broker->log);
	const struct kb_register_head *head = kb_broker_register_head(broker->reg);
	struct kb_frame frame = { .kind = KB_FRAME_HEARTBEAT };
	struct kb_heartbeat *heartbeat = &frame.content.heartbeat;

	heartbeat->time_utc_ms = kb_broker_utc_ms(broker);
	if (head->version != session->register_told) {
		heartbeat->has_register_head = true;
		heartbeat->register_head = *kb_broker_register_signed_head(broker->reg);
	}
	if (checkpoint != NULL) {
		heartbeat->has_checkpoint = true;
		heartbeat->checkpoint = *checkpoint;
	}
	enum kb_err err = kb_broker_send(broker, session, &frame);

	if (err == KB_OK) {
		session->register_told = head->version;
	} else if (err != KB_ERR_BUSY) {
		kb_broker_end_session(broker, session, KB_ERR_OFFLINE);
	}
}

static void
watch_sessions(struct kb_broker *broker)
{
	int64_t now = kb_broker_mono_ms(broker);
	uint64_t version = kb_broker_register_head(broker->reg)->version;
	struct kb_broker_session *next = NULL;

	for (struct kb_broker_session *s = broker->sessions.live; s != NULL; s = next) {
		next = s->next;
		s->blocked = false;
		if (now - s->heard_mono_ms >= broker->options.silence_ms) {
			kb_broker_end_session(broker, s, KB_ERR_TIMEOUT);
		} else if (s->welcomed && (now - s->told_mono_ms >= broker->options.heartbeat_ms ||
					   s->register_told != version)) {
			beat(broker, s);
		}
	}
}

static void
give_memory_back(struct kb_broker *broker)
{
	bool large = broker->out.cap > KEEP_BYTES;

	if (broker->idle_frames == broker->counts.accepted + broker->counts.delivered) {
		if (large) {
			kb_buf_release(&broker->out);
		}
		if (broker->trim_due) {
			(void)malloc_trim(0);
			broker->trim_due = false;
		}
		return;
	}
	broker->idle_frames = broker->counts.accepted + broker->counts.delivered;
	broker->trim_due = true;
}

void
kb_broker_tick(void *state)
{
	struct kb_broker *broker = state;
	struct kb_error_text where = { "" };
	int64_t now = kb_broker_mono_ms(broker);
	enum kb_err err = kb_timer_set(broker->loop, &broker->tick, now + TICK_MS);

	KB_INVARIANT(err == KB_OK);
	if (kb_broker_register_stamp(broker->options.register_path) != broker->register_stamp) {
		err = kb_broker_reload(broker, &where);
		if (err != KB_OK) {
			kb_log(KB_LOG_ERROR, "broker-register-refused", "reason=%s",
			       kb_err_name(err));
		}
	}
	kb_broker_judge_clock(broker);
	watch_sessions(broker);
	kb_broker_start_passes(broker);
	give_memory_back(broker);
	kb_env_tick(broker->store.env, now);
	if (broker->marker != NULL && kb_marker_tick(broker->marker, now) != KB_OK) {
		kb_log(KB_LOG_WARNING, "broker-marker", "reason=IO");
	}
}
