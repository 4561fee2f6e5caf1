/* SPDX-License-Identifier: EUPL-1.2 */
/* The text that every signature is over, for Ed25519 and for certificates. */
#ifndef KB_CRYPTO_SIGN_INTERNAL_H
#define KB_CRYPTO_SIGN_INTERNAL_H

#include "common/base/buf.h"
#include "common/crypto/sign.h"

/* Appends label || 0x00 || parts. */
KB_MUST_CHECK enum kb_err kb_sign_text(enum kb_sign_label label, const struct kb_span *parts,
				       size_t count, struct kb_buf *out);

#endif
