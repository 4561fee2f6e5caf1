/* SPDX-License-Identifier: EUPL-1.2 */
/* The registrar's register in memory: who may connect, whose seal holds, and proofs for agents. It can forge nothing. */
#ifndef KB_BROKER_REGISTER_H
#define KB_BROKER_REGISTER_H

#include "common/crypto/sign.h"
#include "common/trust/register_trust.h"
#include "common/wire/session.h"

/* After its expiry a register serves so much longer; then nothing is accepted any more, delivery goes on (design 3). */
#define KB_REGISTER_GRACE_MS ((int64_t)7 * 24 * 60 * 60 * 1000)

/* Opaque types. */
struct kb_broker_register;

/* One key version of one party. */
struct kb_broker_entry {
	struct kb_party_id party;
	uint32_t key_version;
	enum kb_party_kind kind;
	uint8_t transport_key[KB_WIRE_KEY_BYTES];
	struct kb_sign_public signing_key;
	int64_t valid_from_utc_ms;
	int64_t valid_until_utc_ms;
	int64_t untrusted_since_utc_ms; /* 0: not revoked */
	uint64_t leaf_index;
};

/*
 * Takes in the bytes of a RegisterFile: the head is signed by the pinned registrar, root, revocations and CRL are the ones it
 * names, no entry, no transport key and no (party, key version) stands there twice. KB_ERR_BAD_SEAL and so on; where says
 * which in a sentence. Nothing is asked of the certificates: the registrar did, and every agent does.
 */
KB_MUST_CHECK enum kb_err kb_broker_register_load(struct kb_span file,
						  const struct kb_trust_anchor *anchor,
						  struct kb_broker_register **out,
						  struct kb_error_text *where);
void kb_broker_register_free(struct kb_broker_register *reg); /* NULL is allowed */

const struct kb_register_head *kb_broker_register_head(const struct kb_broker_register *reg);
const struct kb_signed_register_head *
kb_broker_register_signed_head(const struct kb_broker_register *reg);
struct kb_span kb_broker_register_revocations(const struct kb_broker_register *reg);
struct kb_span kb_broker_register_crl(const struct kb_broker_register *reg);
/* SHA-256 of the encoded head: names this register. */
const struct kb_hash *kb_broker_register_hash(const struct kb_broker_register *reg);

/* Entries by place, ordered by party and key version; for enrolling numbers. */
size_t kb_broker_register_count(const struct kb_broker_register *reg);
const struct kb_broker_entry *kb_broker_register_at(const struct kb_broker_register *reg,
						    size_t place);

/* NULL when there is none. */
const struct kb_broker_entry *kb_broker_register_by_transport(const struct kb_broker_register *reg,
							      const uint8_t key[KB_WIRE_KEY_BYTES]);
const struct kb_broker_entry *kb_broker_register_find(const struct kb_broker_register *reg,
						      const struct kb_party_id *party,
						      uint32_t key_version);
/* Whether party is an agent that messages can be sent to: it has an entry that is not revoked. */
bool kb_broker_register_is_agent(const struct kb_broker_register *reg,
				 const struct kb_party_id *party);

/* KB_OK, KB_ERR_REVOKED (from the moment the list says so, whatever its date: a late revocation must work), KB_ERR_NOT_VALID_NOW. */
KB_MUST_CHECK enum kb_err kb_broker_entry_check(const struct kb_broker_entry *entry,
						int64_t now_utc_ms);

/* The entry's signing key, made ready at first use and kept. KB_ERR_BAD_KEY, KB_ERR_NO_MEMORY. */
KB_MUST_CHECK enum kb_err kb_broker_register_key(struct kb_broker_register *reg,
						 const struct kb_broker_entry *entry,
						 const struct kb_verify_key **out);

/* Fills answer (query, head, lists, entries with proofs) from a query; its spans are in arena or in reg. A page of "all" ends at
 * KB_WIRE_REGISTER_PAGE_MAX entries or max_bytes. The lists go along only with an answer without entries, and when they fit. */
KB_MUST_CHECK enum kb_err kb_broker_register_answer(const struct kb_broker_register *reg,
						    const struct kb_register_query *query,
						    size_t max_bytes, struct kb_arena *arena,
						    struct kb_register_answer *out);

#endif
