/* SPDX-License-Identifier: EUPL-1.2 */
/* AES-GCM under a key that is set once and used for many messages. */
#ifndef KB_CRYPTO_GCM_INTERNAL_H
#define KB_CRYPTO_GCM_INTERNAL_H

#include "common/base/buf.h"
#include "common/crypto/crypto_internal.h"

#define KB_GCM_NONCE_BYTES 12
#define KB_GCM_TAG_BYTES 16

/* Sets or replaces the key of ctx; the length is that of the cipher. */
KB_MUST_CHECK enum kb_err kb_gcm_key_set(EVP_CIPHER_CTX *ctx, const EVP_CIPHER *cipher,
					 const uint8_t *key);

/* Appends ciphertext || tag. On an error out is as before. aad: parts one after another. */
KB_MUST_CHECK enum kb_err kb_gcm_seal(EVP_CIPHER_CTX *ctx, const uint8_t nonce[KB_GCM_NONCE_BYTES],
				      const struct kb_span *aad, size_t aad_count,
				      struct kb_span plain, struct kb_buf *out);

/* Appends the plaintext, or wipes what it wrote and gives KB_ERR_CANNOT_OPEN. */
KB_MUST_CHECK enum kb_err kb_gcm_open(EVP_CIPHER_CTX *ctx, const uint8_t nonce[KB_GCM_NONCE_BYTES],
				      const struct kb_span *aad, size_t aad_count,
				      struct kb_span sealed, struct kb_buf *out);

#endif
