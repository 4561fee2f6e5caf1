/* SPDX-License-Identifier: EUPL-1.2 */
/* X25519 keys (RFC 7748): the sealing keys of parties and the CURVE transport keys. */
#ifndef KB_CRYPTO_X25519_H
#define KB_CRYPTO_X25519_H

#include "common/base/secret.h"

#define KB_X25519_BYTES 32

/* Opaque types. */
struct kb_x25519_key; /* private */

struct kb_x25519_public {
	uint8_t bytes[KB_X25519_BYTES];
};

/* raw: 32 bytes, only read. KB_ERR_BAD_KEY when it has another length. */
KB_MUST_CHECK enum kb_err kb_x25519_key_new(const struct kb_secret *raw,
					    struct kb_x25519_key **out);
/* A fresh random key, for one HPKE context. */
KB_MUST_CHECK enum kb_err kb_x25519_key_fresh(struct kb_x25519_key **out);
void kb_x25519_key_free(struct kb_x25519_key *key); /* wipes; NULL is allowed */
const struct kb_x25519_public *kb_x25519_key_public(const struct kb_x25519_key *key);

/* The shared secret of own and peer. KB_ERR_BAD_KEY when it is all zero: peer is then a point of small order
 * (RFC 7748 6.1, RFC 9180 7.1.4). */
KB_MUST_CHECK enum kb_err kb_x25519_shared(const struct kb_x25519_key *own,
					   const struct kb_x25519_public *peer,
					   uint8_t out[KB_X25519_BYTES]);

/* KB_ERR_BAD_KEY for a public key of small order and one that is not the canonical form of its value (>= p or the top bit
 * set). For descriptors: sealing keys and transport keys. */
KB_MUST_CHECK enum kb_err kb_x25519_public_check(const struct kb_x25519_public *public_key);

#endif
