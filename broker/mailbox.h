/* SPDX-License-Identifier: EUPL-1.2 */
/* Mailboxes: what waits for each recipient. The interface; mailbox_lmdb.h and mailbox_memory.h implement it. */
#ifndef KB_BROKER_MAILBOX_H
#define KB_BROKER_MAILBOX_H

#include "common/base/ids.h"
#include "common/store/env.h"

/* Urgent before normal; within a lane in the order of arrival. */
enum kb_lane {
	KB_LANE_URGENT = 0,
	KB_LANE_NORMAL = 1,
	KB_LANE_COUNT = 2,
};

/* Where one message waits. seq rises with every message of that recipient and is never used again. */
struct kb_mail_place {
	uint32_t recipient_no;
	enum kb_lane lane;
	uint64_t seq;
};

struct kb_mail {
	struct kb_mail_place place;
	uint32_t sender_no;
	uint32_t epoch_no;
	uint64_t number; /* 0: a receipt */
	uint32_t attempt;
	int64_t expires_at_utc_ms;
	uint32_t envelope_bytes;
	struct kb_span envelope; /* borrowed; empty in a scan of the index */
};

/* Bounds (R8). A full mailbox refuses with KB_ERR_MAILBOX_FULL: the sender keeps the message and tries later. */
struct kb_mailbox_limits {
	uint64_t messages_max; /* per recipient */
	uint64_t bytes_max;    /* per recipient */
	uint64_t
		sender_messages_max; /* per recipient and sender, so that one cannot shut out the others */
};

struct kb_mailbox_counts {
	uint64_t messages[KB_LANE_COUNT];
	uint64_t bytes;
	int64_t oldest_expiry_utc_ms; /* nothing there expires before it; INT64_MAX when empty. May be too early */
};

/* false ends the scan. It may not change the mailbox. */
typedef bool (*kb_mail_scan_fn)(void *state, const struct kb_mail *mail);

struct kb_mailbox;

struct kb_mailbox_ops {
	void (*begin)(struct kb_mailbox *mailbox, struct kb_txn *txn);
	enum kb_err (*flush)(struct kb_mailbox *mailbox);
	void (*end)(struct kb_mailbox *mailbox, bool committed);
	enum kb_err (*put)(struct kb_mailbox *mailbox, struct kb_mail *mail);
	enum kb_err (*get)(struct kb_mailbox *mailbox, const struct kb_mail_place *place,
			   struct kb_mail *out);
	enum kb_err (*scan)(struct kb_mailbox *mailbox, const struct kb_mail_place *from,
			    bool with_envelope, kb_mail_scan_fn fn, void *state);
	enum kb_err (*remove)(struct kb_mailbox *mailbox, const struct kb_mail_place *first,
			      uint64_t last_seq, uint64_t *count);
	enum kb_err (*counts)(struct kb_mailbox *mailbox, uint32_t recipient_no,
			      struct kb_mailbox_counts *out);
	enum kb_err (*set_oldest)(struct kb_mailbox *mailbox, uint32_t recipient_no,
				  int64_t oldest_expiry_utc_ms);
	enum kb_err (*next_box)(struct kb_mailbox *mailbox, uint32_t after_no,
				uint32_t *recipient_no);
	void (*free)(struct kb_mailbox *mailbox);
};

struct kb_mailbox {
	const struct kb_mailbox_ops *ops;
	struct kb_mailbox_limits limits;
};

/*
 * What follows up to _end is part of txn (memory: txn may be NULL). Changes need a write transaction, and _flush before its
 * commit; _end says how it went, and an abort takes everything back.
 */
static inline void
kb_mailbox_begin(struct kb_mailbox *mailbox, struct kb_txn *txn)
{
	mailbox->ops->begin(mailbox, txn);
}

KB_MUST_CHECK static inline enum kb_err
kb_mailbox_flush(struct kb_mailbox *mailbox)
{
	return mailbox->ops->flush(mailbox);
}

static inline void
kb_mailbox_end(struct kb_mailbox *mailbox, bool committed)
{
	mailbox->ops->end(mailbox, committed);
}

/* Adds mail at the end of its recipient's lane and fills in place.seq. KB_ERR_MAILBOX_FULL changes nothing. */
KB_MUST_CHECK static inline enum kb_err
kb_mailbox_put(struct kb_mailbox *mailbox, struct kb_mail *mail)
{
	return mailbox->ops->put(mailbox, mail);
}

/* Whether a message still waits there, and which; without its envelope. KB_ERR_NOT_FOUND. */
KB_MUST_CHECK static inline enum kb_err
kb_mailbox_get(struct kb_mailbox *mailbox, const struct kb_mail_place *place, struct kb_mail *out)
{
	return mailbox->ops->get(mailbox, place, out);
}

/* Hands the messages of one lane from seq on to fn, in order. Envelopes are borrowed until the next change or _end. */
KB_MUST_CHECK static inline enum kb_err
kb_mailbox_scan(struct kb_mailbox *mailbox, const struct kb_mail_place *from, bool with_envelope,
		kb_mail_scan_fn fn, void *state)
{
	return mailbox->ops->scan(mailbox, from, with_envelope, fn, state);
}

/* Removes what waits in one lane from first->seq up to and with last_seq. *count (may be NULL): how many there were. */
KB_MUST_CHECK static inline enum kb_err
kb_mailbox_remove(struct kb_mailbox *mailbox, const struct kb_mail_place *first, uint64_t last_seq,
		  uint64_t *count)
{
	return mailbox->ops->remove(mailbox, first, last_seq, count);
}

KB_MUST_CHECK static inline enum kb_err
kb_mailbox_counts(struct kb_mailbox *mailbox, uint32_t recipient_no, struct kb_mailbox_counts *out)
{
	return mailbox->ops->counts(mailbox, recipient_no, out);
}

/* After a whole scan for expired messages: the earliest expiry that is left. A message put since then keeps it lower. */
KB_MUST_CHECK static inline enum kb_err
kb_mailbox_set_oldest(struct kb_mailbox *mailbox, uint32_t recipient_no,
		      int64_t oldest_expiry_utc_ms)
{
	return mailbox->ops->set_oldest(mailbox, recipient_no, oldest_expiry_utc_ms);
}

/* The next recipient after after_no that ever had a mailbox; KB_ERR_NOT_FOUND at the end. */
KB_MUST_CHECK static inline enum kb_err
kb_mailbox_next_box(struct kb_mailbox *mailbox, uint32_t after_no, uint32_t *recipient_no)
{
	return mailbox->ops->next_box(mailbox, after_no, recipient_no);
}

static inline void
kb_mailbox_free(struct kb_mailbox *mailbox)
{
	if (mailbox != NULL) {
		mailbox->ops->free(mailbox);
	}
}

#endif
