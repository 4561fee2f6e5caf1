/* SPDX-License-Identifier: EUPL-1.2 */
/* What the files of this folder share: fetched algorithms, prefixed hashes. OpenSSL is visible only in *_internal.h. */
#ifndef KB_CRYPTO_CRYPTO_INTERNAL_H
#define KB_CRYPTO_CRYPTO_INTERNAL_H

#include "common/base/ids.h"

#include <openssl/evp.h>

/* Fetching by name costs microseconds in OpenSSL 3.0, so everything is fetched once. */
struct kb_crypto_state {
	bool ready;
	EVP_MD *sha256;
	EVP_MD_CTX *sha256_ctx; /* reused by every one-shot hash */
	EVP_CIPHER *aes_128_gcm;
	EVP_CIPHER *aes_256_gcm;
};

/* The state, made ready when nobody called kb_crypto_init(). Never NULL. */
const struct kb_crypto_state *kb_crypto_state(void);

/* Drops what OpenSSL queued about a failure that we report our own way, and returns err. */
enum kb_err kb_crypto_failed(enum kb_err err);

/* SHA-256 of prefix and then the parts. */
void kb_sha256_prefixed(struct kb_span prefix, const struct kb_span *parts, size_t count,
			struct kb_hash *out);

/* Called by kb_crypto_release(). */
void kb_rng_release(void);

/* Random bytes for long-lived private keys: straight from libcrypto's private generator, never buffered. */
KB_MUST_CHECK enum kb_err kb_rng_private(uint8_t *at, size_t len);

#endif
