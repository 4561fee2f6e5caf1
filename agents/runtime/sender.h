/* SPDX-License-Identifier: EUPL-1.2 */
/* Everything on its way out: numbered and sealed in the group commit, published, repeated until receipted. */
#ifndef KB_RUNTIME_SENDER_H
#define KB_RUNTIME_SENDER_H

#include "agents/runtime/act.h"
#include "agents/runtime/sealing.h"
#include "common/store/outbox.h"
#include "common/wire/session.h"

struct kb_vervallen_note;

/* Batches that may be unanswered at once, whatever the broker offers: they are kept in memory. */
#define KB_SENDER_WINDOW_MAX 16
/* Bytes of envelopes in one publish; the rest of the frame is small. */
#define KB_SENDER_BATCH_BYTES ((size_t)900 * 1024)
/* Accepted messages whose row is written later: most are receipted before. */
#define KB_SENDER_SETTLE_MAX 32768
#define KB_SENDER_SETTLE_MS 1000
/* Messages that wait for a moment of their own (refused this once, to be sealed again). */
#define KB_SENDER_AGAIN_MAX 4096
/* Sealings of one message in a row before a person has to look. */
#define KB_SENDER_ATTEMPTS_MAX 32
/* Fewest milliseconds between two looks at what has no receipt. */
#define KB_SENDER_LOOK_MS 50

enum kb_outgoing_mode {
	KB_OUTGOING_NONE = 0,
	KB_OUTGOING_NEW,	    /* a message made in this group */
	KB_OUTGOING_RESEAL,	    /* out of the outbox, to be sealed (again) */
	KB_OUTGOING_RECEIPT,	    /* a receipt made in this group */
	KB_OUTGOING_RECEIPT_RESEAL, /* a stored receipt that could not be sealed before */
	KB_OUTGOING_RESEND,	    /* as it was, byte for byte */
};

/* One letter of the group. In the arena of the group. */
struct kb_outgoing_letter {
	struct kb_letter letter;
	enum kb_outgoing_mode mode;
	const struct kb_entry *entry; /* of the recipient; NULL: not usable now, stays unsealed */
	struct kb_number_key key;     /* number 0 for receipts */
	uint64_t receipt_no;
	uint64_t ledger_seq; /* of the first record about it, when there is one */
	enum kb_kind kind;
	uint64_t case_no;
	uint64_t data_key_no;
	uint64_t user_no;
	uint64_t count; /* messages that a receipt is about */
	uint32_t recall_reason;
	bool statutory;
	bool consent; /* it names a toestemming */
	bool sealed;
	bool recalled; /* within this group: never sealed, its number is closed */
	struct kb_outgoing_letter *next;
};

/* What was published under one batch number. */
struct kb_published {
	struct kb_number_key key;
	uint64_t receipt_no; /* 0: a message */
};

struct kb_publish_batch {
	uint64_t batch; /* 0: free */
	size_t count;
	struct kb_published items[KB_WIRE_BATCH_MAX];
};

struct kb_settle_item {
	struct kb_published what;
	int64_t accepted_utc_ms;
	int64_t accepted_mono_ms;
};

/* An edge (recipient, epoch) as far as this session has published it. */
struct kb_edge_cursor {
	uint32_t party_no;
	uint32_t epoch_no;
	struct kb_number_key urgent;
	struct kb_number_key normal;
	bool urgent_done; /* everything sealed on this edge has been published in this session */
	bool normal_done;
};

struct kb_again {
	struct kb_number_key key;
	int64_t due_utc_ms;
	bool reseal;
	bool taken; /* by the act that runs */
};

struct kb_sender {
	/* of the group */
	struct kb_outgoing_letter *first;
	struct kb_outgoing_letter *last;
	size_t letter_count;
	struct kb_vervallen_note *vervallen; /* vervallen.c */

	/* of the session */
	struct kb_publish_batch *batches; /* KB_SENDER_WINDOW_MAX */
	uint64_t last_batch;
	size_t open_batches;
	size_t window;
	struct kb_edge_cursor *edges;
	size_t edge_count;
	size_t edge_capacity;
	size_t edge_turn; /* whose turn it is: a busy edge must not starve the others */
	bool edges_loaded;
	uint64_t receipt_cursor;
	bool receipts_done;
	bool blocked; /* the transport was full: wait for the next event */

	struct kb_settle_item *settle;
	size_t settle_first;
	size_t settle_count;
	size_t settle_next; /* written by the act that runs */
	bool settle_running;

	struct kb_again *again;
	size_t again_count;
	bool again_running;
	bool again_overflowed; /* some found no place: all edges are looked through when there is room */

	/* sealing of what waits unsealed */
	bool seal_wanted;
	bool seal_running;
	struct kb_number_key seal_cursor; /* as committed */
	uint64_t seal_receipt_cursor;
	struct kb_number_key seal_next; /* of the act that runs */
	uint64_t seal_receipt_next;
	bool seal_more;

	/* the look at what has no receipt */
	int64_t next_look_mono_ms;
	bool look_running;
	struct kb_number_key look_cursor; /* as committed */
	struct kb_number_key look_next;	  /* of the act that runs */
	bool look_more;

	/* all edges that the broker's new store has lost */
	bool republish_wanted;
	bool republish_running;
	bool republish_end;
	uint32_t republish_party; /* as committed, and of the act that runs */
	uint32_t republish_epoch;
	uint64_t republish_from;
	uint32_t republish_party_next;
	uint32_t republish_epoch_next;
	uint64_t republish_next;
};

KB_MUST_CHECK enum kb_err kb_sender_open(struct kb_agent *agent);
void kb_sender_release(struct kb_agent *agent);

void kb_sender_group_begin(struct kb_agent *agent);
/* Seals and writes the letters of the group. */
KB_MUST_CHECK enum kb_err kb_sender_group_end(struct kb_act *act);
/* After the commit: publishes what was sealed in it. */
void kb_sender_group_committed(struct kb_agent *agent);
void kb_sender_add(struct kb_sender *sender, struct kb_outgoing_letter *letter);
/* The letter of that message in this group does not go out any more: a new one is stored and closed with reason, another is left out. */
void kb_sender_recall(struct kb_sender *sender, const struct kb_number_key *key, uint32_t reason);
/* A receipt for recipient; content is an encoded Receipt about count messages. */
KB_MUST_CHECK enum kb_err kb_sender_add_receipt(struct kb_act *act,
						const struct kb_party_id *recipient,
						uint32_t party_no, struct kb_span content,
						uint64_t count);

/* Whether a letter to entry may be sealed now: session up, witness agreed, register fresh, both keys valid. */
bool kb_sender_may_seal(const struct kb_agent *agent, const struct kb_entry *entry,
			int64_t now_utc_ms);

void kb_sender_session_up(struct kb_agent *agent, size_t window, bool broker_is_new);
void kb_sender_session_down(struct kb_agent *agent);
/* More may be sealable or findable than before. */
void kb_sender_register_changed(struct kb_agent *agent);
/* Fills publish frames while the window has room; true: there is more to do at once. */
bool kb_sender_publish(struct kb_agent *agent);
/* Timers: settling, retries, sealing of what waits, resending. */
void kb_sender_tick(struct kb_agent *agent, int64_t now_mono_ms, int64_t now_utc_ms);
int64_t kb_sender_due_mono_ms(const struct kb_agent *agent, int64_t now_mono_ms,
			      int64_t now_utc_ms);

/* Answers of the broker. */
void kb_sender_result(struct kb_agent *agent, const struct kb_publish_result *result);
void kb_sender_undeliverable(struct kb_agent *agent, const struct kb_undeliverable *frame);

/* What a refusal asks of the sender, whoever refused. */
enum kb_reaction {
	KB_REACTION_NONE = 0,
	KB_REACTION_ACCEPTED, /* it has arrived before */
	KB_REACTION_RETRY,    /* later, byte for byte */
	KB_REACTION_RESEAL,   /* sealed again, higher attempt */
	KB_REACTION_WAIT,     /* for the register: sealed again when it changes */
	KB_REACTION_FINAL,    /* it ends here, and is shown */
};
enum kb_reaction kb_reaction_to(uint32_t reason);
/* RETRY, RESEAL and WAIT of one message, from within an act. */
KB_MUST_CHECK enum kb_err kb_sender_again(struct kb_act *act, const struct kb_sent_row *sent,
					  enum kb_reaction reaction);
/* Waits between tries: doubles from resend_first to resend_most, half of it jitter. */
int64_t kb_sender_wait_ms(struct kb_agent *agent, uint32_t tries);
/* A sealed message of the outbox whose toestemming has to be asked again before it goes: it goes, or ends, in an act of its own. */
void kb_sender_ask_first(struct kb_agent *agent, const struct kb_number_key *key);
/* Takes a message of the outbox into this group to be sealed again. */
KB_MUST_CHECK enum kb_err kb_sender_reseal(struct kb_act *act, const struct kb_sent_row *sent);

/*
 * Whether a number was used twice because this store went back in time and the message was made before that was noticed: the
 * recipient has another message under it, so this one never arrived. It goes again under a number of the present epoch:
 * _send_anew() makes it so; what kb_act_send() says, or KB_ERR_NOT_FOUND when its content was erased.
 */
bool kb_act_is_forked(const struct kb_act *act, const struct kb_sent_row *sent, uint32_t reason);
KB_MUST_CHECK enum kb_err kb_act_send_anew(struct kb_act *act, const struct kb_sent_row *sent,
					   const struct kb_party_id *recipient);

/* Whether no message is due to be sent again. Reads only. */
bool kb_sender_nothing_waits(struct kb_agent *agent);

/* An act: seals a batch of what waits unsealed, messages first, then receipts; seal_more says whether there is more. */
KB_MUST_CHECK enum kb_err kb_sender_seal_waiting(struct kb_act *act, void *arg);

/* Tells the role what became of a message. */
KB_MUST_CHECK enum kb_err kb_act_fate(struct kb_act *act, const struct kb_sent_row *sent,
				      const struct kb_party_id *recipient, int fate,
				      uint32_t reason, int64_t stored_utc_ms);

/* vervallen.c: the recipient is to be told, in this group, that the number ends here. */
KB_MUST_CHECK enum kb_err kb_vervallen_add(struct kb_act *act, const struct kb_number_key *key,
					   uint32_t reason);
/* Writes one message per recipient about them. */
KB_MUST_CHECK enum kb_err kb_vervallen_flush(struct kb_act *act);

#endif
