/* SPDX-License-Identifier: EUPL-1.2 */
/* The inside of the broker, shared by its files: intake -> step -> answers, and upkeep beside them. */
#ifndef KB_BROKER_BROKER_INTERNAL_H
#define KB_BROKER_BROKER_INTERNAL_H

#include "broker/admission.h"
#include "broker/broker.h"
#include "broker/broker_log.h"
#include "broker/broker_store.h"
#include "broker/clock_guard.h"
#include "broker/delivery.h"
#include "broker/edges.h"
#include "broker/numbers.h"
#include "broker/register.h"
#include "broker/session.h"
#include "broker/witness.h"
#include "common/store/marker.h"

/* A message that is gone from its mailbox and comes again after this time is delivered again: its receipt may have been lost. */
#define KB_BROKER_AGAIN_MS ((int64_t)60 * 1000)

struct kb_publish_item {
	enum kb_err err; /* KB_OK: accepted now; KB_ERR_DUPLICATE: before */
	uint32_t recipient_no;
	bool requeued;
};

/* One frame that has to do with the disk, from its arrival to its answer. Lives in the arena of the round. */
struct kb_work {
	struct kb_work *next;
	struct kb_broker_session *session;
	const struct kb_frame *frame;
	const struct kb_signed_checkpoint *checkpoint; /* to witness; NULL: none */
	enum kb_witness_verdict verdict;
	struct kb_publish_item *items; /* of a publish */
	uint64_t removed;	       /* by a confirm */
};

/* The slow walk over all mailboxes. Lives in memory: a restart begins anew. */
struct kb_expiry {
	bool active;
	bool wanted; /* begin as soon as possible */
	int64_t next_mono_ms;
	uint32_t box_no; /* 0: before the first */
	bool in_box;
	bool whole_box; /* its recipient left the register */
	struct kb_mail_place from;
	int64_t oldest_kept_utc_ms; /* of what was looked at, or put meanwhile, in this box */
	uint64_t expired;	    /* in the step that runs now */
};

/* The slow forgetting of old duplicates and log records. */
struct kb_forgetting {
	bool active;
	int64_t next_mono_ms;
	bool log_done;
	struct kb_mail_edge edge; /* last one looked at */
	bool edge_unfinished;
};

struct kb_broker {
	struct kb_broker_options options;
	struct kb_loop *loop;
	struct kb_loop_hook *hook;
	struct kb_server *server;
	struct kb_broker_store store;
	struct kb_numbers numbers;
	struct kb_broker_register *reg;
	int64_t register_stamp; /* of the file, to see that it changed */
	uint32_t own_key_version;
	struct kb_broker_log log;
	struct kb_marker *marker;
	struct kb_mailbox *mailbox;
	struct kb_mail_edges edges;
	struct kb_seal_cache *seals;
	struct kb_sessions sessions;
	struct kb_arena arena; /* of the round */
	struct kb_work *work;
	struct kb_work **work_end;
	struct kb_buf out;   /* the frame being sent */
	struct kb_buf proof; /* its consistency path */
	struct kb_delivery delivery;
	struct kb_timer tick;
	struct kb_expiry expiry;
	struct kb_forgetting forgetting;
	int64_t start_offset_ms; /* wall minus monotonic time when the clock was last believed */
	int64_t renewed_mono_ms; /* last new store id because of an agent's word; 0: never */
	enum kb_clock_verdict clock_verdict;
	bool returns_told;     /* some session has returns to forget */
	bool refuse_publishes; /* the disk is full: this step takes nothing in */
	bool full;
	bool draining;
	bool trim_due;	      /* memory of large frames may be given back */
	uint64_t idle_frames; /* what was handled when that was last looked at */

	/* The epoch looked up last, in this transaction. */
	struct {
		uint32_t party_no;
		struct kb_epoch epoch;
		uint32_t epoch_no; /* 0: not stored yet */
		bool valid;
	} epoch_cache;
	struct kb_broker_counts counts;
};

static inline int64_t
kb_broker_utc_ms(const struct kb_broker *broker)
{
	return kb_clock_utc_ms(broker->options.clock);
}

static inline int64_t
kb_broker_mono_ms(const struct kb_broker *broker)
{
	return kb_clock_mono_ms(broker->options.clock);
}

/* intake.c */
enum kb_err kb_broker_on_admit(void *state, const uint8_t curve_key[KB_CURVE_KEY_BYTES],
			       struct kb_server_user *user);
enum kb_err kb_broker_on_check(void *state, const struct kb_server_user *user);
void kb_broker_on_frame(void *state, const struct kb_server_user *user,
			const struct kb_server_route *route, struct kb_span frame);
/* Ends a session, with a goodbye when reason is not KB_ERR_OFFLINE. */
void kb_broker_end_session(struct kb_broker *broker, struct kb_broker_session *session,
			   enum kb_err reason);

/* step.c */
/* Does the work of the round in one commit. An error ends the process; "accepted" is said to nobody then. */
KB_MUST_CHECK enum kb_err kb_broker_step(struct kb_broker *broker);
bool kb_broker_has_step(const struct kb_broker *broker);

/* store_message.c: one message of a publish, in the transaction of the step. A returned error ends the step. */
KB_MUST_CHECK enum kb_err kb_broker_take_message(struct kb_broker *broker, struct kb_txn *txn,
						 const struct kb_admission *admission,
						 const struct kb_broker_session *session,
						 struct kb_span bytes,
						 struct kb_publish_item *item);
/* The part of an admission that all messages of a step share. */
void kb_broker_admission(struct kb_broker *broker, struct kb_admission *admission);

/* answers.c */
/* Encodes and sends one frame; a session that cannot be reached ends. */
KB_MUST_CHECK enum kb_err kb_broker_send(struct kb_broker *broker,
					 struct kb_broker_session *session, struct kb_frame *frame);
void kb_broker_send_goodbye(struct kb_broker *broker, const struct kb_server_route *route,
			    enum kb_err reason);
/* After the commit: answers, returns and deliveries. *more: a session can get more at once. */
KB_MUST_CHECK enum kb_err kb_broker_answer(struct kb_broker *broker, bool *more);
void kb_broker_answer_register(struct kb_broker *broker, struct kb_broker_session *session,
			       const struct kb_register_query *query);

/* upkeep.c */
void kb_broker_tick(void *state);
/* Begins the slow walks that are due; they go on in the steps that follow. */
void kb_broker_start_passes(struct kb_broker *broker);
KB_MUST_CHECK enum kb_err kb_broker_expire(struct kb_broker *broker, struct kb_txn *txn);
KB_MUST_CHECK enum kb_err kb_broker_forget(struct kb_broker *broker, struct kb_txn *txn);
/* The time before which messages have expired, 0 when the clock is not believed. */
int64_t kb_broker_expire_at(const struct kb_broker *broker);
void kb_broker_judge_clock(struct kb_broker *broker);

/* broker_register.c */
KB_MUST_CHECK enum kb_err kb_broker_read_register(const struct kb_broker_options *options,
						  struct kb_broker_register **out,
						  uint32_t *own_key_version, int64_t *stamp,
						  struct kb_error_text *where);
KB_MUST_CHECK enum kb_err kb_broker_use_register(struct kb_broker *broker,
						 struct kb_broker_register *reg, int64_t stamp,
						 struct kb_error_text *where);
int64_t kb_broker_register_stamp(const char *path);

#endif
