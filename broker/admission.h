/* SPDX-License-Identifier: EUPL-1.2 */
/* Whether the broker takes a message in: cheapest checks first, one reason for every refusal. Pure. */
#ifndef KB_BROKER_ADMISSION_H
#define KB_BROKER_ADMISSION_H

#include "common/crypto/seal.h"
#include "common/wire/envelope.h"

/* Longest life of a message, and how far a sender's clock may be ahead. */
#define KB_ADMISSION_LIFE_MAX_MS ((int64_t)400 * 24 * 60 * 60 * 1000)
#define KB_ADMISSION_AHEAD_MAX_MS ((int64_t)10 * 60 * 1000)

/* One message under admission, with what was learnt of it. */
struct kb_admission_message {
	struct kb_envelope parts;
	struct kb_header header;
	struct kb_wire_seal seal;
	uint32_t recipient_no;
};

/* What the store knows of the number of a message. */
enum kb_admission_earlier {
	KB_EARLIER_NEW = 0,
	KB_EARLIER_SAME,  /* same commitment, not a higher attempt: the old answer, "accepted" */
	KB_EARLIER_AGAIN, /* same commitment, a higher attempt: replaces the waiting one */
	KB_EARLIER_OTHER, /* another commitment: equivocation, once its seal holds */
};

/* What admission asks of others. The functions must not block; their errors other than the named ones end the batch. */
struct kb_admission_asks {
	/* *recipient_no, or KB_ERR_UNKNOWN_RECIPIENT. */
	enum kb_err (*recipient)(void *state, const struct kb_party_id *recipient,
				 uint32_t *recipient_no);
	/* KB_ERR_BUSY: too many epochs of this sender. */
	enum kb_err (*earlier)(void *state, const struct kb_admission_message *message,
			       enum kb_admission_earlier *out);
	/* The sender's signing key of that version: KB_ERR_UNKNOWN_SENDER, KB_ERR_REVOKED, KB_ERR_NOT_VALID_NOW. */
	enum kb_err (*sender_key)(void *state, const struct kb_party_id *sender,
				  uint32_t key_version, const struct kb_verify_key **out);
	void *state;
};

struct kb_admission {
	struct kb_admission_asks asks;
	struct kb_seal_cache *cache; /* one signature check per batch */
	int64_t now_utc_ms;
	bool clock_trusted;    /* with a wrong clock nothing is too old or too early */
	bool register_expired; /* beyond its grace: nothing is accepted (design 3) */
};

/*
 * The order: register not expired; size and form of the envelope and its header, version and suite; sender is the party of this
 * connection; known recipient; times; a duplicate (answered without looking further); hash of the sealed bytes; seal.
 * KB_OK: to be stored (earlier NEW or AGAIN). KB_ERR_DUPLICATE: taken in before, the answer is "accepted". Any other code with a wire
 * reason: refuse with it. A code without wire reason (disk, memory): nothing can be said of this message now.
 */
KB_MUST_CHECK enum kb_err kb_admission_check(const struct kb_admission *admission,
					     const struct kb_party_id *user, struct kb_span bytes,
					     struct kb_arena *arena,
					     struct kb_admission_message *message,
					     enum kb_admission_earlier *earlier);

#endif
