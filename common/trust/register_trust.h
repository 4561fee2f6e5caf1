/* SPDX-License-Identifier: EUPL-1.2 */
/* Whether a register head, an entry and a revocation hold: the one place that broker, agents and registrar ask. */
#ifndef KB_TRUST_REGISTER_TRUST_H
#define KB_TRUST_REGISTER_TRUST_H

#include "common/crypto/sign.h"
#include "common/wire/register.h"

/* What a party pinned when it joined. Borrowed. */
struct kb_trust_anchor {
	struct kb_party_id registrar;
	const struct kb_verify_key *registrar_key;
	struct kb_span authority; /* DER of the one root of party certificates */
};

/*
 * KB_OK when the registrar of anchor signed this head; out (in arena) is what it says. KB_ERR_BAD_SEAL, KB_ERR_UNKNOWN_SENDER
 * for another registrar, or what decoding says. Says nothing about age: the caller compares version (only ever rises)
 * and expires_at_utc_ms with what it knows.
 */
KB_MUST_CHECK enum kb_err kb_register_head_trust(const struct kb_signed_register_head *signed_head,
						 const struct kb_trust_anchor *anchor,
						 struct kb_arena *arena,
						 struct kb_register_head *out);

/* Signs an encoded head. */
KB_MUST_CHECK enum kb_err kb_register_head_sign(const struct kb_sign_key *key, struct kb_span head,
						uint8_t signature[KB_WIRE_SIGNATURE_BYTES]);

/* KB_OK when revocations and crl are the ones that the head names. KB_ERR_BAD_SEAL otherwise. */
KB_MUST_CHECK enum kb_err kb_register_lists_trust(const struct kb_register_head *head,
						  struct kb_span revocations, struct kb_span crl);

/* KB_OK when the entry stands in the register with that head (RFC 9162 2.1.3.2). KB_ERR_BAD_PATH otherwise. */
KB_MUST_CHECK enum kb_err kb_register_proof_trust(const struct kb_register_head *head,
						  const struct kb_register_proof *proof);

struct kb_entry_check {
	struct kb_span authority;
	struct kb_span crl;	   /* DER */
	uint64_t crl_highest_seen; /* in: highest CRL number ever accepted; out: the new highest */
	int64_t at_utc_ms;
	int64_t crl_age_max_ms; /* 0: no limit but the list's own next update */
	const struct kb_verify_key
		*previous_key; /* signing key of version - 1; NULL when it is not known here */
};

/*
 * All that an entry must prove by itself: the certificate holds (kb_x509_verify) and its OIN is that of the party, it signed
 * the descriptor, the descriptor's own signing key signed it too (possession), version n > 1 is signed by key n - 1
 * (checked when previous_key is given), the three keys are good keys and differ. out and its spans live in arena; they
 * borrow from entry. where names the first rule that fails. KB_ERR_CERTIFICATE, KB_ERR_REVOKED, KB_ERR_NOT_VALID_NOW,
 * KB_ERR_BAD_SEAL, KB_ERR_BAD_KEY, or what decoding says.
 */
KB_MUST_CHECK enum kb_err kb_register_entry_trust(struct kb_span entry,
						  struct kb_entry_check *check,
						  struct kb_arena *arena, struct kb_descriptor *out,
						  struct kb_error_text *where);

/* The parts of it that need no certificate: keys are good and differ, possession holds. For the registrar, who issues the
 * certificate afterwards. */
KB_MUST_CHECK enum kb_err kb_descriptor_possession_trust(
	struct kb_span descriptor_bytes, const struct kb_descriptor *descriptor,
	const uint8_t possession[KB_WIRE_SIGNATURE_BYTES], struct kb_error_text *where);

/* Since when this key version of party is not trusted any more; 0 when it is not revoked. */
int64_t kb_revocation_since(const struct kb_revocation_list *list, const struct kb_party_id *party,
			    uint32_t key_version);

/* Whether the descriptor serves the gemeentecode on that day (yyyymmdd). */
bool kb_descriptor_serves(const struct kb_descriptor *descriptor, const char *gemeentecode,
			  uint32_t on_date);
bool kb_descriptor_has_desk(const struct kb_descriptor *descriptor, enum kb_desk desk);

#endif
