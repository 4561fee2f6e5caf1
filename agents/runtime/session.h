/* SPDX-License-Identifier: EUPL-1.2 */
/* The session with the broker: hello, welcome, witnesses, heartbeats, and who gets which frame. */
#ifndef KB_RUNTIME_SESSION_H
#define KB_RUNTIME_SESSION_H

#include "agents/runtime/act.h"
#include "common/store/ledger.h"
#include "common/wire/session.h"

/* X(name, Dutch for people) */
#define KB_SESSION_STATE_TABLE(X)                                                                  \
	X(DOWN, "geen verbinding met de broker")                                                   \
	X(GREETING, "verbinding wordt opgebouwd")                                                  \
	X(UP, "verbonden met de broker")

enum kb_session_state {

#define KB_ROW(name, text) KB_SESSION_##name,
	KB_SESSION_STATE_TABLE(KB_ROW)
#undef KB_ROW
		KB_SESSION_STATE_COUNT,
};
const char *kb_session_state_text(enum kb_session_state state);

struct kb_welcome_work;

struct kb_session {
	enum kb_session_state state;
	struct kb_id id; /* drawn for every hello */
	int64_t since_utc_ms;
	int64_t down_since_utc_ms;
	enum kb_err down_why;
	int64_t next_heartbeat_mono_ms;
	uint64_t edge_query;
	bool edge_asked;
	uint64_t session_count;
	bool clock_agreed; /* the broker of the last welcome had the same time as this machine */

	/* The broker as far as it was proven: its store, and the newest checkpoint of its log. */
	struct kb_id
		broker_store; /* zero: never spoken to, or forgotten because this store was restored */
	struct kb_id new_broker_store; /* of this session's welcome */
	uint32_t broker_year;
	uint64_t broker_size;
	struct kb_hash broker_root;
	struct kb_buf broker_checkpoint; /* encoded SignedCheckpoint */
	bool broker_unstored;		 /* newer than what the store has */
};

KB_MUST_CHECK enum kb_err kb_session_open(struct kb_agent *agent, struct kb_step *step);
void kb_session_release(struct kb_agent *agent);
void kb_session_link_up(struct kb_agent *agent);
void kb_session_link_down(struct kb_agent *agent, enum kb_err why);
void kb_session_frame(struct kb_agent *agent, struct kb_span frame);
void kb_session_goodbye(struct kb_agent *agent);
void kb_session_tick(struct kb_agent *agent, int64_t now_mono_ms);
int64_t kb_session_due_mono_ms(const struct kb_agent *agent);

/* Within an act: the newest proven state of the broker, when it changed. */
KB_MUST_CHECK enum kb_err kb_session_store_broker(struct kb_act *act);

/* checkpoint.c: the signature holds under the party's key of that version, and it speaks of that party's log. KB_ERR_OFFLINE: the
 * key is not known here yet. */
KB_MUST_CHECK enum kb_err
kb_session_verify_checkpoint(struct kb_agent *agent, const struct kb_party_id *party,
			     const struct kb_signed_checkpoint *signed_checkpoint,
			     struct kb_arena *arena, struct kb_checkpoint *out);
/* A checkpoint of the broker with the proof that it continues the last one. A broken proof is an alarm (broker_fork). */
void kb_session_hear_broker(struct kb_agent *agent, const struct kb_signed_checkpoint *checkpoint,
			    const struct kb_consistency_proof *proof);

/* restore.c */
enum kb_witness_verdict {
	KB_WITNESS_NONE = 0,
	KB_WITNESS_AGREES,
	KB_WITNESS_RESTORED, /* others have seen more, or something else, of this log */
};
/* What the broker has kept of our own log, compared with the log. Within an act. */
KB_MUST_CHECK enum kb_err kb_restore_compare(struct kb_act *act,
					     const struct kb_signed_checkpoint *witnessed,
					     enum kb_witness_verdict *verdict);
/* Draws a new epoch, logs it and forgets the broker, so that the questions below are put even after a crash. Within an act. */
KB_MUST_CHECK enum kb_err kb_restore_begin(struct kb_act *act);
/* Whether the questions are still open; read at start. */
KB_MUST_CHECK enum kb_err kb_restore_is_pending(struct kb_agent *agent, struct kb_step *step,
						bool *pending);
/* Cases that waited long enough for their steps go on; after the first session that said there was no restore, all of them. */
void kb_restore_tick(struct kb_agent *agent, int64_t now_mono_ms);
/* The broker told who has sent what to us: hersteld to every one of them. */
void kb_restore_answer(struct kb_agent *agent, const struct kb_edge_answer *answer);

#endif
