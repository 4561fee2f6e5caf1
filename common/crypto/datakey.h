/* SPDX-License-Identifier: EUPL-1.2 */
/* Encryption of stored values under data keys (AES-256-GCM), and of data keys under the master key of a store. */
#ifndef KB_CRYPTO_DATAKEY_H
#define KB_CRYPTO_DATAKEY_H

#include "common/base/buf.h"
#include "common/base/secret.h"

#define KB_DATAKEY_BYTES 32
/* Nonce before and tag after the ciphertext. */
#define KB_DATAKEY_OVERHEAD_BYTES (12 + 16)
/* Length of a wrapped data key. */
#define KB_DATAKEY_WRAPPED_BYTES (KB_DATAKEY_BYTES + KB_DATAKEY_OVERHEAD_BYTES)

/* A key of a case, a pupil or a year. Wipe it (kb_datakey_wipe) where it is no longer needed. */
struct kb_datakey {
	uint8_t bytes[KB_DATAKEY_BYTES];
};

void kb_datakey_fresh(struct kb_datakey *out);
void kb_datakey_wipe(struct kb_datakey *key);

/*
 * Appends nonce || ciphertext || tag. The nonce is random: one key may seal 2^32 values (NIST SP 800-38D 8.3), far above
 * what a case holds. aad binds the value to its place (table and key). On an error out is as before.
 */
KB_MUST_CHECK enum kb_err kb_datakey_seal(const struct kb_datakey *key, struct kb_span aad,
					  struct kb_span plain, struct kb_buf *out);
/* Appends the plaintext. KB_ERR_CORRUPT when sealed was not made with key and aad, or was changed; nothing is then left in
 * out. Personal data: release out with kb_buf_wipe(). */
KB_MUST_CHECK enum kb_err kb_datakey_open(const struct kb_datakey *key, struct kb_span aad,
					  struct kb_span sealed, struct kb_buf *out);

/* A few prepared ciphers of late keys stay in memory. Erasure of a key forgets it here too. */
void kb_datakey_forget(const struct kb_datakey *key);
void kb_datakey_forget_all(void);

/* Appends the wrapped key (KB_DATAKEY_WRAPPED_BYTES). master: 32 bytes, else KB_ERR_BAD_KEY. key_id binds the wrapped key
 * to its place in the key store. */
KB_MUST_CHECK enum kb_err kb_datakey_wrap(const struct kb_secret *master, struct kb_span key_id,
					  const struct kb_datakey *key, struct kb_buf *out);
/* KB_ERR_CORRUPT for another master, another key_id or changed bytes; out is then untouched. */
KB_MUST_CHECK enum kb_err kb_datakey_unwrap(const struct kb_secret *master, struct kb_span key_id,
					    struct kb_span wrapped, struct kb_datakey *out);

#endif
