/* SPDX-License-Identifier: EUPL-1.2 */
/* From a body to an envelope and back: HPKE, commitment, padding and the batch seal together (design 4). */
#ifndef KB_RUNTIME_SEALING_H
#define KB_RUNTIME_SEALING_H

#include "agents/runtime/identity.h"
#include "common/base/arena.h"
#include "common/crypto/commitment.h"
#include "common/crypto/hpke.h"
#include "common/crypto/seal.h"
#include "common/wire/envelope.h"

/* One message to be sealed. The first part is given, the second is made. */
struct kb_letter {
	struct kb_id message_id;
	struct kb_party_id recipient;
	struct kb_x25519_public recipient_key;
	struct kb_epoch epoch;
	uint64_t number; /* 0: a receipt */
	uint32_t attempt;
	int64_t expires_at_utc_ms;
	bool urgent;
	struct kb_salt salt;
	struct kb_span body; /* encoded Body, unpadded */
	struct kb_hash commitment;

	struct kb_span header;	 /* encoded Header */
	struct kb_span seal;	 /* encoded Seal */
	struct kb_span envelope; /* encoded Envelope */
};

/* Buffers that are used again and again; a zeroed struct is ready. Holds plaintext: release it. */
struct kb_sealer {
	struct kb_buf plain;
	struct kb_buf padded;
	struct kb_buf scratch;
};

void kb_sealer_release(struct kb_sealer *sealer);

/* Encodes body into arena, draws the salt, and computes the commitment. */
KB_MUST_CHECK enum kb_err kb_letter_write(struct kb_letter *letter, const struct kb_body *body,
					  struct kb_sealer *sealer, struct kb_arena *arena);

/*
 * Seals count (1..KB_WIRE_BATCH_MAX) letters: one fresh HPKE context per recipient, one signature over all headers. What is made
 * lies in arena. KB_ERR_BAD_KEY for a recipient key of small order.
 */
KB_MUST_CHECK enum kb_err kb_letters_seal(const struct kb_identity *identity,
					  struct kb_sealer *sealer,
					  struct kb_letter *const *letters, size_t count,
					  int64_t now_utc_ms, struct kb_arena *arena);

/* What came out of an envelope; all in arena. */
struct kb_opened {
	struct kb_salt salt;
	struct kb_span body_bytes;
	struct kb_body body;
};

/* Opens the sealed bytes with the own key or the one before it, checks padding and commitment, decodes the body. Only after the
 * seal verified. KB_ERR_CANNOT_OPEN, KB_ERR_COMMITMENT_MISMATCH, and what the decoders say. */
KB_MUST_CHECK enum kb_err kb_letter_open(const struct kb_identity *identity,
					 struct kb_hpke_cache *cache, struct kb_sealer *sealer,
					 const struct kb_header *header, struct kb_span sealed,
					 struct kb_arena *arena, struct kb_opened *out);

#endif
