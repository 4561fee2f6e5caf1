/* SPDX-License-Identifier: EUPL-1.2 */
/* Other parties as numbers, what the register says of them, and what was witnessed of their logs. */
#ifndef KB_STORE_PARTIES_H
#define KB_STORE_PARTIES_H

#include "common/store/step.h"

/* Entries of organisations: no personal data, not encrypted; integrity by the hash of the row. */
struct kb_party {
	uint32_t party_no; /* local, from 1; KB_PARTY_NO_SELF is us */
	struct kb_party_id id;
	uint32_t kind;	      /* enum kb_party_kind; 0: only the id is known */
	uint32_t key_version; /* newest entry held; 0: none */
	int64_t first_seen_utc_ms;
	int64_t checked_utc_ms;	   /* when the register last confirmed it */
	uint64_t register_version; /* of that head */
	bool gone;		   /* no longer in the register */
};

/* One descriptor version with the proof of its place in the register, as received. */
struct kb_party_entry {
	uint32_t party_no;
	uint32_t key_version;
	int64_t valid_from_utc_ms;
	int64_t valid_until_utc_ms;
	int64_t revoked_since_utc_ms; /* 0: not */
	int64_t taken_utc_ms;
	uint64_t register_version;
	struct kb_span entry; /* encoded RegisterEntry; borrowed until the next write of the step */
};

/* The number of a party. KB_ERR_NOT_FOUND. Own id: KB_PARTY_NO_SELF. */
KB_MUST_CHECK enum kb_err kb_party_find(struct kb_step *step, const struct kb_party_id *id,
					uint32_t *party_no);
/* The same, and a new number at first sight. */
KB_MUST_CHECK enum kb_err kb_party_take(struct kb_step *step, const struct kb_party_id *id,
					uint32_t *party_no);
KB_MUST_CHECK enum kb_err kb_party_get(struct kb_step *step, uint32_t party_no,
				       struct kb_party *out);
/* Replaces the row of a number that exists. */
KB_MUST_CHECK enum kb_err kb_party_put(struct kb_step *step, const struct kb_party *party);
KB_MUST_CHECK enum kb_err kb_party_next(struct kb_step *step, uint32_t after_no,
					struct kb_party *out);

KB_MUST_CHECK enum kb_err kb_party_entry_put(struct kb_step *step,
					     const struct kb_party_entry *entry);
KB_MUST_CHECK enum kb_err kb_party_entry_get(struct kb_step *step, uint32_t party_no,
					     uint32_t key_version, struct kb_party_entry *out);
/* The version after after_version (0: the first); KB_ERR_NOT_FOUND at the end. */
KB_MUST_CHECK enum kb_err kb_party_entry_next(struct kb_step *step, uint32_t party_no,
					      uint32_t after_version, struct kb_party_entry *out);

/* Which party serves a gemeentecode, from the register; changes at 1 January, so the answer has a validity. */
struct kb_party_gemeente {
	char code[5];
	uint32_t party_no;
	uint32_t valid_from;  /* yyyymmdd */
	uint32_t valid_until; /* yyyymmdd, included; 0: open */
	uint64_t register_version;
};

/* Replaces the row with the same code and valid_from. */
KB_MUST_CHECK enum kb_err kb_party_gemeente_put(struct kb_step *step,
						const struct kb_party_gemeente *row);
/* Who serves code on a day. KB_ERR_NOT_FOUND. */
KB_MUST_CHECK enum kb_err kb_party_gemeente_find(struct kb_step *step, const char *code,
						 uint32_t on_yyyymmdd,
						 struct kb_party_gemeente *out);
/* Forgets all rows of a party, before its newest entry is taken in. */
KB_MUST_CHECK enum kb_err kb_party_gemeente_clear(struct kb_step *step, uint32_t party_no);

/* A checkpoint of a log, as signed. */
struct kb_witness {
	uint32_t party_no; /* whose log; KB_PARTY_NO_SELF: ours, as another gave it back */
	uint32_t year;
	uint64_t size;
	struct kb_hash root;
	int64_t time_utc_ms; /* by the party itself */
	int64_t received_utc_ms;
	struct kb_span
		checkpoint; /* encoded SignedCheckpoint; borrowed until the next write of the step */
};

/* What others have shown us of their logs: the newest per party. Any order may come in; an older one (year, size) leaves the
 * newer in place and is KB_OK; the same size with another root is KB_ERR_EQUIVOCATION (a forked log). */
KB_MUST_CHECK enum kb_err kb_witness_put(struct kb_step *step, const struct kb_witness *witness);
KB_MUST_CHECK enum kb_err kb_witness_get(struct kb_step *step, uint32_t party_no,
					 struct kb_witness *out);
/* What party_no confirmed of our own log, newest, without going back. */
KB_MUST_CHECK enum kb_err kb_witnessed_put(struct kb_step *step, uint32_t party_no,
					   const struct kb_witness *witness);
KB_MUST_CHECK enum kb_err kb_witnessed_get(struct kb_step *step, uint32_t party_no,
					   struct kb_witness *out);

/* The register as a whole, and the broker. Bytes as received; empty when never seen. */
struct kb_register_state {
	uint64_t version; /* only ever rises */
	int64_t expires_utc_ms;
	struct kb_span signed_head; /* encoded SignedRegisterHead; spans are in arena */
	struct kb_span revocations;
	struct kb_span crl; /* DER */
	struct kb_span
		crl_number; /* highest seen, big endian, without leading zeros; never falls */
};

KB_MUST_CHECK enum kb_err kb_register_state_get(struct kb_step *step, struct kb_arena *arena,
						struct kb_register_state *out);
/* KB_ERR_STATE when version or crl_number would fall (reliability finding 10: an old CRL must not come back). */
KB_MUST_CHECK enum kb_err kb_register_state_put(struct kb_step *step,
						const struct kb_register_state *state);

struct kb_broker_state {
	struct kb_id store_id; /* random id of the broker's store; zero: never spoken to */
	uint32_t log_year;     /* the broker checkpoint that we confirmed last */
	uint64_t log_size;
	struct kb_hash log_root;
	struct kb_span checkpoint; /* encoded SignedCheckpoint; in arena */
};

KB_MUST_CHECK enum kb_err kb_broker_state_get(struct kb_step *step, struct kb_arena *arena,
					      struct kb_broker_state *out);
KB_MUST_CHECK enum kb_err kb_broker_state_put(struct kb_step *step,
					      const struct kb_broker_state *state);

#endif
