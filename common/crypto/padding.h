/* SPDX-License-Identifier: EUPL-1.2 */
/* Padding of what is sealed, so that its size tells little. */
#ifndef KB_CRYPTO_PADDING_H
#define KB_CRYPTO_PADDING_H

#include "common/base/buf.h"

#define KB_PADDING_MIN_BYTES 512
/* Largest padded size; far above any wire limit. */
#define KB_PADDING_MAX_BYTES ((size_t)1 << 30)
#define KB_PADDING_LENGTH_BYTES 4

/* The smallest of 512, 768, 1024, 1536, 2048, 3072 ... (powers of two and the halves between) that holds content_bytes and
 * the length before it; 0 when that is above KB_PADDING_MAX_BYTES. */
size_t kb_padded_bytes(size_t content_bytes);

/* Appends length of the content (u32 BE) || content || zero bytes. KB_ERR_OVERSIZE above KB_PADDING_MAX_BYTES. */
KB_MUST_CHECK enum kb_err kb_pad(struct kb_span content, struct kb_buf *out);

/* The content in padded (borrowed). KB_ERR_TRUNCATED, KB_ERR_MALFORMED (length beyond the end), KB_ERR_NOT_CANONICAL (not
 * the one size that belongs to the length, or a padding byte that is not zero). */
KB_MUST_CHECK enum kb_err kb_unpad(struct kb_span padded, struct kb_span *content);

#endif
