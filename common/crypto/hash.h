/* SPDX-License-Identifier: EUPL-1.2 */
/* SHA-256 and HMAC-SHA-256. */
#ifndef KB_CRYPTO_HASH_H
#define KB_CRYPTO_HASH_H

#include "common/base/ids.h"

/* SHA-256 of data. Cannot fail: a broken crypto library aborts. */
void kb_sha256(struct kb_span data, struct kb_hash *out);

/* SHA-256 of the parts one after another. Nothing separates them: the caller makes the text unambiguous. */
void kb_sha256_parts(const struct kb_span *parts, size_t count, struct kb_hash *out);

/* For data that comes in pieces (files). One _finish per _start; after it, _start begins anew. */
struct kb_sha256;
KB_MUST_CHECK enum kb_err kb_sha256_new(struct kb_sha256 **out);
void kb_sha256_free(struct kb_sha256 *sha);
void kb_sha256_start(struct kb_sha256 *sha);
void kb_sha256_add(struct kb_sha256 *sha, struct kb_span data);
void kb_sha256_finish(struct kb_sha256 *sha, struct kb_hash *out);

/* HMAC-SHA-256 (RFC 2104), key of any length; for look-up keys of identities (design 6). */
void kb_hmac_sha256(struct kb_span key, struct kb_span data, struct kb_hash *out);
void kb_hmac_sha256_parts(struct kb_span key, const struct kb_span *parts, size_t count,
			  struct kb_hash *out);

#endif
