/* SPDX-License-Identifier: EUPL-1.2 */
/* Everything that comes in: checked from the outside inwards, stored, handled once, receipted. */
#ifndef KB_RUNTIME_RECEIVER_H
#define KB_RUNTIME_RECEIVER_H

#include "agents/runtime/role.h"
#include "agents/runtime/sealing.h"
#include "common/wire/session.h"

/* Deliveries whose memory is kept for the next ones. */
#define KB_RECEIVER_IDLE_MAX 16
/* Tries of a message whose handler fails, before it is parked (design: the others must flow). */
#define KB_RECEIVER_TRIES 3
/* How long a delivery waits for the register entry of an unknown sender. */
#define KB_RECEIVER_ENTRY_WAIT_MS 10000
/* Wait before a group that the store refused (disk full) is tried again. */
#define KB_RECEIVER_STORE_WAIT_MS 1000
/* An expired message is still taken in when it is no later than this: clocks differ. */
#define KB_RECEIVER_SKEW_MS ((int64_t)5 * 60 * 1000)

#define KB_RECEIVER_POISON 16

/* One frame of messages. The arrays have count places and lie in arena. */
struct kb_delivery {
	bool queued; /* in the group commit */
	uint64_t batch;
	struct kb_id session;
	size_t count;
	struct kb_envelope *envelopes;
	enum kb_err *split; /* of the envelope itself */
	uint8_t *tries;	    /* handlers that failed; KB_RECEIVER_TRIES: park it */
	struct kb_arena arena;
	int64_t arrived_mono_ms;
	int64_t retry_mono_ms; /* 0: now */
	bool wants_entries;    /* of senders that are not known here yet */
	struct kb_delivery *next;
};

/* What will be in the receipt for one sender. In the arena of the group. */
struct kb_receipt_note;
struct kb_receipt_list;

struct kb_receiver {
	struct kb_delivery *first; /* not confirmed yet, in the order of arrival */
	struct kb_delivery *last;
	size_t open_messages; /* in them; the credit bounds it */
	struct kb_delivery *idle;
	size_t idle_count;
	struct kb_receipt_list *lists; /* of the group, one per sender */
	uint64_t held_count;	       /* of the group: what waits in the store */
	bool held_known;
	/* The message in hand, for kb_act_accept(). */
	struct kb_incoming *incoming;
	uint64_t poison[KB_RECEIVER_POISON]; /* log records whose handler failed after waiting */
	size_t poison_next;
	/* of the group, counted when it is committed */
	uint64_t group_messages;
	uint64_t group_refused;
	uint64_t group_receipts;
	uint64_t group_equivocations;
	uint64_t group_parked;
};

/* One message on its way through the checks. */
struct kb_incoming {
	struct kb_envelope envelope;
	struct kb_header header;
	const struct kb_entry *entry; /* of the sender, the version that sealed it */
	uint32_t sender_no;
	struct kb_number_key key;
	struct kb_opened opened;
	const struct kb_kind_row *row;
	struct kb_received received;
	uint64_t ledger_seq; /* of its MESSAGE_IN record; 0: none yet */
	bool accepted;	     /* by kb_act_accept() */
	bool held;	     /* stored, waits for an earlier one */
	bool comes_again;    /* refused for its sealing: the same message comes sealed anew */
	uint64_t case_no;
	struct kb_case *case_row;
};

void kb_receiver_release(struct kb_agent *agent);
void kb_receiver_deliver(struct kb_agent *agent, const struct kb_deliver *deliver);
void kb_receiver_session_down(struct kb_agent *agent);
/* Deliveries that waited for the register or the disk. */
void kb_receiver_tick(struct kb_agent *agent, int64_t now_mono_ms);
int64_t kb_receiver_due_mono_ms(const struct kb_agent *agent);

void kb_receiver_group_begin(struct kb_agent *agent);
/* Makes the receipts of this group. */
KB_MUST_CHECK enum kb_err kb_receiver_group_end(struct kb_act *act);
void kb_receiver_group_committed(struct kb_agent *agent);

/* receive_checks.c: everything that can be said of a message before its body is opened. KB_OK: header, entry, sender_no and key
 * are filled and proven. *proven: the seal held, so a refusal may be receipted. KB_ERR_OFFLINE: the entry is on its way. */
KB_MUST_CHECK enum kb_err kb_incoming_check(struct kb_act *act, struct kb_incoming *incoming,
					    bool *proven);
/* Opens the body and checks it against the fixed tables, and against the desk whose case it is about; fills received. */
KB_MUST_CHECK enum kb_err kb_incoming_open(struct kb_act *act, struct kb_incoming *incoming);
void kb_incoming_fill(struct kb_act *act, struct kb_incoming *incoming);

/* receive_one.c: one message of a delivery, to its end. tries: how often it made its group fail. */
KB_MUST_CHECK enum kb_err kb_receive_one(struct kb_act *act, struct kb_incoming *incoming,
					 uint8_t tries);
/* Its parts, also for messages that waited. A refusal is what a handler may answer to refuse a message; everything else is trouble
 * of ours. _handle: KB_OK accepted; a refusal: nothing was accepted. */
bool kb_receive_is_refusal(enum kb_err err);
KB_MUST_CHECK enum kb_err kb_receive_handle(struct kb_act *act, struct kb_incoming *incoming);
KB_MUST_CHECK enum kb_err kb_receive_refuse(struct kb_act *act, struct kb_incoming *incoming,
					    enum kb_err reason);
KB_MUST_CHECK enum kb_err kb_receive_finish(struct kb_act *act, struct kb_incoming *incoming,
					    int64_t stored_utc_ms);
/* receive_held.c: what waited for key is handled now (the number arrived, was refused, or was closed). */
KB_MUST_CHECK enum kb_err kb_receive_release(struct kb_act *act, const struct kb_number_key *key);

/* The sender has closed a number that never came. */
KB_MUST_CHECK enum kb_err kb_receive_close(struct kb_act *act, const struct kb_number_key *key,
					   uint32_t reason, uint64_t ledger_seq);

/* receipts_out.c */
KB_MUST_CHECK enum kb_err kb_receipts_note(struct kb_act *act, const struct kb_incoming *incoming,
					   enum kb_err outcome, int64_t stored_at_utc_ms);
KB_MUST_CHECK enum kb_err kb_receipts_flush(struct kb_act *act);
/* receipts_in.c: a receipt of another about messages of ours. */
KB_MUST_CHECK enum kb_err kb_receipts_take(struct kb_act *act, struct kb_incoming *incoming);

/* gaps.c: ranges of numbers of one sender and epoch. */
struct kb_gap {
	struct kb_epoch epoch;
	uint64_t first;
	uint64_t last;
};
KB_MUST_CHECK enum kb_err kb_gaps_missing(struct kb_act *act, uint32_t sender_no, size_t max,
					  struct kb_gap **out, size_t *count);
KB_MUST_CHECK enum kb_err kb_gaps_held(struct kb_act *act, uint32_t sender_no, size_t max,
				       struct kb_gap **out, size_t *count);

/* Handlers of the runtime's own kinds (vervallen, hersteld). */
KB_MUST_CHECK enum kb_err kb_vervallen_handle(struct kb_act *act,
					      const struct kb_received *received);
KB_MUST_CHECK enum kb_err kb_hersteld_handle(struct kb_act *act,
					     const struct kb_received *received);

#endif
