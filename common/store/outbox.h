/* SPDX-License-Identifier: EUPL-1.2 */
/* Messages that no recipient has receipted yet, with the bytes to send, and receipts that the broker has not taken yet. */
#ifndef KB_STORE_OUTBOX_H
#define KB_STORE_OUTBOX_H

#include "common/store/sent.h"

/* Largest encoded envelope that is stored (values of LMDB stay under 1 MiB). */
#define KB_OUTBOX_ENVELOPE_MAX ((size_t)768 * 1024)

/*
 * Key: recipient, own epoch, number. Every outbox row has a sent row (sent.h) with the state; both are written by the
 * functions here. The body is not here: it stands encrypted in the ledger record.
 */
struct kb_outbox_row {
	struct kb_number_key key;
	struct kb_sent_row sent;
	struct kb_span
		envelope; /* encoded Envelope; empty: not sealed yet. Borrowed until the next write of the step */
};

/* Per (recipient, own epoch); a row is made with the first number. */
struct kb_edge_out {
	uint32_t recipient_no;
	uint32_t epoch_no;
	uint64_t last_number;	     /* given out; the next one is last_number + 1 */
	uint64_t unsealed_count;     /* in the outbox without bytes */
	uint64_t ready_count;	     /* sealed, not yet accepted by the broker */
	uint64_t ready_urgent_count; /* of those */
	uint64_t at_broker_count;    /* accepted, no receipt yet */
	uint64_t undelivered_count;  /* niet bezorgd, still kept */
	uint64_t waiting_bytes;	     /* sealed bytes in the outbox */
	uint64_t oldest_number;	     /* no outbox row is below it */
};

/* The next number for recipient_no in the own epoch: gapless, given out for good when the step commits. */
KB_MUST_CHECK enum kb_err kb_outbox_number(struct kb_step *step, uint32_t recipient_no,
					   struct kb_number_key *out);

/*
 * A new message under key (from kb_outbox_number): writes the outbox row and the sent row in state WACHTRIJ. In sent the
 * caller sets kind, case_no, ledger_seq, message_id, commitment, created, expires, urgent, statutory, consent, and, when envelope is not
 * empty (sealed in this step), attempt and sent_at. KB_ERR_EXISTS, KB_ERR_OVERSIZE.
 */
KB_MUST_CHECK enum kb_err kb_outbox_put(struct kb_step *step, const struct kb_number_key *key,
					const struct kb_sent_row *sent, struct kb_span envelope);
/* Stores the sealed bytes of an unsealed message, or of a re-sealing (higher attempt): it is then ready to send again. */
KB_MUST_CHECK enum kb_err kb_outbox_seal(struct kb_step *step, const struct kb_number_key *key,
					 uint32_t attempt, int64_t sent_at_utc_ms,
					 int64_t expires_at_utc_ms, struct kb_span envelope);
/* Drops the sealed bytes, so that the message waits for a sealing again (refused cannot-open, expired but statutory). */
KB_MUST_CHECK enum kb_err kb_outbox_unseal(struct kb_step *step, const struct kb_number_key *key);

KB_MUST_CHECK enum kb_err kb_outbox_get(struct kb_step *step, const struct kb_number_key *key,
					struct kb_outbox_row *out);

/* Handed to the link: state VERZONDEN, from WACHTRIJ only. Not needed for correctness; resend_count rises on a repeat. */
KB_MUST_CHECK enum kb_err kb_outbox_sent(struct kb_step *step, const struct kb_number_key *key,
					 int64_t next_retry_utc_ms);
/* The broker has it on disk: state BIJ_BROKER. A message that is no longer in the outbox is left alone (KB_OK). */
KB_MUST_CHECK enum kb_err kb_outbox_accepted(struct kb_step *step, const struct kb_number_key *key,
					     int64_t accepted_at_utc_ms, int64_t next_retry_utc_ms);
/* The broker's store is new or was lost: everything of this edge that it had accepted is ready to send again. Works in
 * slices of at most limit rows from *from on; *from is 0 at the start and again when all was done. */
KB_MUST_CHECK enum kb_err kb_outbox_republish(struct kb_step *step, uint32_t recipient_no,
					      uint32_t epoch_no, uint64_t *from, size_t limit);
/* The broker could not deliver: state NIET_BEZORGD, the row stays (design rule 4). */
KB_MUST_CHECK enum kb_err kb_outbox_undelivered(struct kb_step *step,
						const struct kb_number_key *key, uint32_t reason);

/* What a receipt says of one message. */
struct kb_outbox_receipt {
	bool stored;	 /* else refused */
	uint32_t reason; /* of a refusal */
	int64_t stored_at_utc_ms;
	uint64_t receipt_seq; /* log record of the receipt */
	uint32_t attempt;     /* of the sealing that it is about */
	struct kb_hash commitment;
};

/*
 * The recipient's signed receipt: OPGESLAGEN or GEWEIGERD, and the outbox row is gone. A receipt always beats an expiry or a
 * closing (design rule 4). KB_ERR_COMMITMENT_MISMATCH: a receipt for another content; KB_ERR_NOT_FOUND: no such number;
 * KB_ERR_DUPLICATE: settled before, or about a sealing of before the message was asked for again; nothing changed.
 */
KB_MUST_CHECK enum kb_err kb_outbox_receipt(struct kb_step *step, const struct kb_number_key *key,
					    const struct kb_outbox_receipt *receipt);
/* The sender itself ends it (recalled, refused by the broker, expired and not statutory): state VERVALLEN; the number has to
 * be closed towards the recipient with a vervallen message. */
KB_MUST_CHECK enum kb_err kb_outbox_close(struct kb_step *step, const struct kb_number_key *key,
					  uint32_t reason);
/* A receipt came that lists numbers as never arrived, or a restored peer asks again: back from OPGESLAGEN to WACHTRIJ without
 * sealed bytes. The body must still be in the ledger. KB_ERR_STATE for a number that never was stored or waits already. */
KB_MUST_CHECK enum kb_err kb_outbox_reopen(struct kb_step *step, const struct kb_number_key *key);

enum kb_outbox_which {
	KB_OUTBOX_ALL = 0,
	KB_OUTBOX_UNSEALED,    /* to be sealed */
	KB_OUTBOX_READY,       /* sealed, not accepted by the broker */
	KB_OUTBOX_UNRECEIPTED, /* accepted by the broker or undelivered, no receipt */
};

struct kb_outbox_filter {
	enum kb_outbox_which which;
	uint32_t recipient_no; /* 0: all */
	uint32_t epoch_no;     /* 0: all; only with a recipient */
	bool urgent_only;
	bool normal_only;
	int64_t retry_before_utc_ms; /* 0: all; else only rows whose next_retry is not later */
	size_t examine_max;	     /* rows looked at in one call, 0: no limit */
};

/*
 * The next row after *cursor (zeroed: from the start) that passes filter, in key order; *cursor moves to it. KB_ERR_NOT_FOUND:
 * no more. KB_ERR_BUSY: examine_max rows were looked at; call again, *cursor stands where to go on. Urgent first: ask with
 * urgent_only while ready_urgent_count is not 0, then with normal_only.
 */
KB_MUST_CHECK enum kb_err kb_outbox_next(struct kb_step *step,
					 const struct kb_outbox_filter *filter,
					 struct kb_number_key *cursor, struct kb_outbox_row *out);

/* The counters of one edge; zeroes when nothing was ever sent on it. */
KB_MUST_CHECK enum kb_err kb_edge_out_get(struct kb_step *step, uint32_t recipient_no,
					  uint32_t epoch_no, struct kb_edge_out *out);
/* The edge after (recipient, epoch) of *out (zeroed: the first); KB_ERR_NOT_FOUND at the end. */
KB_MUST_CHECK enum kb_err kb_edge_out_next(struct kb_step *step, struct kb_edge_out *out);

/* Receipts of ours on their way to the broker; they have no number and are never receipted themselves. */
struct kb_receipt_out {
	uint64_t receipt_no; /* running, from 1 */
	uint32_t recipient_no;
	struct kb_id message_id;
	uint64_t ledger_seq; /* the receipt-out record */
	int64_t created_utc_ms;
	struct kb_span
		envelope; /* empty: not sealed yet. Borrowed until the next write of the step */
};

/* Fills receipt_no. */
KB_MUST_CHECK enum kb_err kb_receipt_out_put(struct kb_step *step, struct kb_receipt_out *receipt);
KB_MUST_CHECK enum kb_err kb_receipt_out_seal(struct kb_step *step, uint64_t receipt_no,
					      struct kb_span envelope);
/* The first after after_no; KB_ERR_NOT_FOUND at the end. */
KB_MUST_CHECK enum kb_err kb_receipt_out_next(struct kb_step *step, uint64_t after_no,
					      struct kb_receipt_out *out);
/* Accepted by the broker, or useless. Deleting what is gone is KB_OK. */
KB_MUST_CHECK enum kb_err kb_receipt_out_delete(struct kb_step *step, uint64_t receipt_no);
KB_MUST_CHECK enum kb_err kb_receipt_out_count(struct kb_step *step, uint64_t *count);

#endif
