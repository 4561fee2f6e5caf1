/* SPDX-License-Identifier: EUPL-1.2 */
/* The key schedule of RFC 9180, and doors that only tests with fixed vectors may use. */
#ifndef KB_CRYPTO_HPKE_INTERNAL_H
#define KB_CRYPTO_HPKE_INTERNAL_H

#include "common/crypto/hpke.h"

#define KB_HPKE_KEY_MAX 32
#define KB_HPKE_NONCE_BYTES 12

/* Of one context; wiped by who holds it. */
struct kb_hpke_schedule {
	uint8_t shared_secret[32];
	uint8_t key[KB_HPKE_KEY_MAX]; /* the first 16 for AES-128 */
	uint8_t base_nonce[KB_HPKE_NONCE_BYTES];
	uint8_t exporter_secret[32];
};

/* dh: the X25519 result; enc, recipient: both public keys. KB_ERR_BAD_SUITE for an unknown aead. */
KB_MUST_CHECK enum kb_err kb_hpke_schedule(enum kb_hpke_aead aead,
					   const uint8_t dh[KB_X25519_BYTES],
					   const struct kb_x25519_public *enc,
					   const struct kb_x25519_public *recipient,
					   struct kb_span info, struct kb_hpke_schedule *out);

/* RFC 9180 5.3 */
KB_MUST_CHECK enum kb_err kb_hpke_export(enum kb_hpke_aead aead, const uint8_t exporter_secret[32],
					 struct kb_span context, uint8_t *at, size_t len);

/* raw is only read. */
KB_MUST_CHECK enum kb_err kb_x25519_key_from_bytes(const uint8_t raw[KB_X25519_BYTES],
						   struct kb_x25519_key **out);

/* TESTS ONLY: a sender with an ephemeral key that is given. Used twice, it repeats nonces under one key. */
KB_MUST_CHECK enum kb_err
kb_hpke_sender_new_for_tests(enum kb_hpke_aead aead, const struct kb_x25519_key *ephemeral,
			     const struct kb_x25519_public *recipient, struct kb_span info,
			     struct kb_hpke_sender **out, struct kb_x25519_public *enc);

/* TESTS ONLY: DeriveKeyPair of RFC 9180 7.1.3, for vectors that give ikm. */
void kb_hpke_derive_private_for_tests(struct kb_span ikm, uint8_t out[KB_X25519_BYTES]);

#endif
