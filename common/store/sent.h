/* SPDX-License-Identifier: EUPL-1.2 */
/* What became of every message this agent ever sent; kept for life. */
#ifndef KB_STORE_SENT_H
#define KB_STORE_SENT_H

#include "common/store/step.h"

/* X(name, number in the store, stable name, Dutch for people) */
#define KB_SENT_STATE_TABLE(X)                                                                     \
	X(NONE, 0, "", "")                                                                         \
	X(WACHTRIJ, 1, "wachtrij", "in wachtrij")                                                  \
	X(VERZONDEN, 2, "verzonden", "verzonden")                                                  \
	X(BIJ_BROKER, 3, "bij-broker", "bij broker")                                               \
	X(OPGESLAGEN, 4, "opgeslagen", "opgeslagen")                                               \
	X(GEWEIGERD, 5, "geweigerd", "geweigerd")                                                  \
	X(NIET_BEZORGD, 6, "niet-bezorgd", "niet bezorgd")                                         \
	X(VERVALLEN, 7, "vervallen", "vervallen")

enum kb_sent_state {

#define KB_ROW(name, number, text, label) KB_SENT_##name = (number),
	KB_SENT_STATE_TABLE(KB_ROW)
#undef KB_ROW
};
#define KB_SENT_STATE_COUNT 8

const char *kb_sent_state_name(enum kb_sent_state state);
const char *kb_sent_state_label(enum kb_sent_state state);

/* Key: recipient, own epoch, number. */
struct kb_sent_row {
	struct kb_number_key key;
	enum kb_sent_state state;
	uint32_t reason;       /* wire reason of a refusal, an expiry or a closing; 0: none */
	uint32_t kind;	       /* of the message; not secret here, secret on the wire */
	uint32_t attempt;      /* 0: never sealed; rises with every re-sealing */
	uint32_t resend_count; /* times handed to the link again since it was sealed */
	uint32_t sealed_bytes; /* length of the bytes in the outbox; 0: none there */
	uint64_t case_no;      /* 0: none */
	uint64_t ledger_seq;   /* the message-out record: salt and body */
	uint64_t receipt_seq;  /* the log record of the receipt; 0: none yet */
	struct kb_id message_id;
	struct kb_hash commitment;
	int64_t created_utc_ms;
	int64_t sent_at_utc_ms; /* as in the header of the last sealing; 0: not sealed */
	int64_t expires_at_utc_ms;
	int64_t accepted_at_utc_ms; /* by the broker; 0: not yet */
	int64_t stored_at_utc_ms;   /* the recipient's clock, out of its receipt; 0: not stored */
	int64_t next_retry_utc_ms;  /* 0: none planned */
	bool urgent;
	bool statutory; /* sent again after expiry until it is stored (design rule 4) */
	bool reopened;	/* the recipient lost it: receipts of the sealings before that are void */
	bool consent;	/* it names a toestemming: asked again at every sending */
};

/* KB_ERR_NOT_FOUND: no such number. */
KB_MUST_CHECK enum kb_err kb_sent_get(struct kb_step *step, const struct kb_number_key *key,
				      struct kb_sent_row *out);
/* The first row after key (zeroed: the first of all) with the same party_no when one_party; KB_ERR_NOT_FOUND at the end. */
KB_MUST_CHECK enum kb_err kb_sent_next(struct kb_step *step, const struct kb_number_key *after,
				       bool one_party, struct kb_sent_row *out);

#endif
