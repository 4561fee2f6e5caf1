/* SPDX-License-Identifier: EUPL-1.2 */
/* The commitment in a header: binds it to a body that nobody can guess from it (design 4). */
#ifndef KB_CRYPTO_COMMITMENT_H
#define KB_CRYPTO_COMMITMENT_H

#include "common/base/ids.h"

#define KB_SALT_BYTES 32

struct kb_salt {
	uint8_t bytes[KB_SALT_BYTES];
};

/* A fresh salt; one per message, also when a body is sent to several recipients. */
void kb_salt_fresh(struct kb_salt *out);

/* SHA-256("ketenbode/v1/body" 0x00 || salt || body); body is unpadded. */
void kb_commitment(const struct kb_salt *salt, struct kb_span body, struct kb_hash *out);

/* KB_ERR_COMMITMENT_MISMATCH when salt and body are not what commitment was made of. */
KB_MUST_CHECK enum kb_err kb_commitment_check(const struct kb_salt *salt, struct kb_span body,
					      const struct kb_hash *commitment);

#endif
