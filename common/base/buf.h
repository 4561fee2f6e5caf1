/* SPDX-License-Identifier: EUPL-1.2 */
/* Owned, growable bytes with a ceiling. */
#ifndef KB_BASE_BUF_H
#define KB_BASE_BUF_H

#include "common/base/error.h"
#include "common/base/span.h"

/* Ceiling of a buf that names none: far above any message, far below what would hurt a small machine. */
#define KB_BUF_CEILING_DEFAULT ((size_t)64 * 1024 * 1024)

/*
 * Invariants: 1. len <= cap <= ceiling (0 means KB_BUF_CEILING_DEFAULT). 2. at is NULL if and only if cap is 0.
 * A zeroed struct is an empty buf. Not for secrets: growing leaves copies behind (use struct kb_secret).
 */
struct kb_buf {
	uint8_t *at;
	size_t len;
	size_t cap;
	size_t ceiling;
};

/* Frees the bytes and makes the buf empty; the ceiling stays. Release of an empty buf is allowed. */
void kb_buf_release(struct kb_buf *buf);
/* As release, but overwrites the bytes first: for plaintext of persons. */
void kb_buf_wipe(struct kb_buf *buf);
/* len becomes 0, the memory stays. */
void kb_buf_clear(struct kb_buf *buf);

/* Room for extra more bytes after len. KB_ERR_OVERSIZE above the ceiling, KB_ERR_NO_MEMORY; nothing changes then. */
KB_MUST_CHECK enum kb_err kb_buf_reserve(struct kb_buf *buf, size_t extra);
/* Makes len larger by count and hands back where the new (uninitialised) bytes start. */
KB_MUST_CHECK enum kb_err kb_buf_extend(struct kb_buf *buf, size_t count, uint8_t **at);

/* Append. On an error nothing was added. */
KB_MUST_CHECK enum kb_err kb_buf_put(struct kb_buf *buf, struct kb_span bytes);
KB_MUST_CHECK enum kb_err kb_buf_put_text(struct kb_buf *buf, const char *text);
KB_MUST_CHECK enum kb_err kb_buf_put_u8(struct kb_buf *buf, uint8_t value);
KB_MUST_CHECK enum kb_err kb_buf_put_u32(struct kb_buf *buf, uint32_t value); /* big endian */
KB_MUST_CHECK enum kb_err kb_buf_put_u64(struct kb_buf *buf, uint64_t value); /* big endian */
__attribute__((format(printf, 2, 3))) KB_MUST_CHECK enum kb_err
kb_buf_putf(struct kb_buf *buf, const char *format, ...);

/* Borrowed until the buf changes. */
static inline struct kb_span
kb_buf_span(const struct kb_buf *buf)
{
	return (struct kb_span){ buf->at, buf->len };
}

/* Puts a NUL after the content (not counted in len) and returns it as a C string; NULL when there is no memory. */
const char *kb_buf_text(struct kb_buf *buf);

#endif
