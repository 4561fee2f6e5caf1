/* SPDX-License-Identifier: EUPL-1.2 */
/* Owned, growable bytes with a ceiling. */
#include "common/base/buf.h"

#include "common/base/bytes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static size_t
ceiling_of(const struct kb_buf *buf)
{
	return buf->ceiling != 0 ? buf->ceiling : KB_BUF_CEILING_DEFAULT;
}

void
kb_buf_release(struct kb_buf *buf)
{
	free(buf->at);
	buf->at = NULL;
	buf->len = 0;
	buf->cap = 0;
}

void
kb_buf_wipe(struct kb_buf *buf)
{
	if (buf->at != NULL) {
		explicit_bzero(buf->at, buf->cap);
	}
	kb_buf_release(buf);
}

void
kb_buf_clear(struct kb_buf *buf)
{
	buf->len = 0;
}

enum kb_err
kb_buf_reserve(struct kb_buf *buf, size_t extra)
{
	size_t ceiling = ceiling_of(buf);
	size_t cap = buf->cap != 0 ? buf->cap : 64;
	uint8_t *at = NULL;

	if (extra > ceiling || buf->len > ceiling - extra) {
		return KB_ERR_OVERSIZE;
	}
	if (buf->len + extra <= buf->cap) {
		return KB_OK;
	}
	while (cap < buf->len + extra) {
		cap = cap > ceiling / 2 ? ceiling : cap * 2;
	}
	at = realloc(buf->at, cap);
	if (at == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	buf->at = at;
	buf->cap = cap;
	return KB_OK;
}

enum kb_err
kb_buf_extend(struct kb_buf *buf, size_t count, uint8_t **at)
{
	enum kb_err err = kb_buf_reserve(buf, count);

	if (err == KB_OK) {
		*at = buf->at + buf->len;
		buf->len += count;
	}
	return err;
}

enum kb_err
kb_buf_put(struct kb_buf *buf, struct kb_span bytes)
{
	uint8_t *at = NULL;
	enum kb_err err = KB_OK;

	if (bytes.len == 0) {
		return KB_OK;
	}
	err = kb_buf_extend(buf, bytes.len, &at);
	if (err == KB_OK) {
		memcpy(at, bytes.at, bytes.len);
	}
	return err;
}

enum kb_err
kb_buf_put_text(struct kb_buf *buf, const char *text)
{
	return kb_buf_put(buf, kb_span_text(text));
}

enum kb_err
kb_buf_put_u8(struct kb_buf *buf, uint8_t value)
{
	return kb_buf_put(buf, kb_span(&value, 1));
}

enum kb_err
kb_buf_put_u32(struct kb_buf *buf, uint32_t value)
{
	uint8_t bytes[4];

	kb_store_u32(bytes, value);
	return kb_buf_put(buf, kb_span(bytes, sizeof(bytes)));
}

enum kb_err
kb_buf_put_u64(struct kb_buf *buf, uint64_t value)
{
	uint8_t bytes[8];

	kb_store_u64(bytes, value);
	return kb_buf_put(buf, kb_span(bytes, sizeof(bytes)));
}

enum kb_err
kb_buf_putf(struct kb_buf *buf, const char *format, ...)
{
	va_list arguments;
	int len = 0;
	enum kb_err err = KB_OK;

	va_start(arguments, format);
	len = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (len < 0) {
		return KB_ERR_INTERNAL;
	}
	err = kb_buf_reserve(buf, (size_t)len + 1);
	if (err != KB_OK) {
		return err;
	}
	va_start(arguments, format);
	(void)vsnprintf((char *)buf->at + buf->len, (size_t)len + 1, format, arguments);
	va_end(arguments);
	buf->len += (size_t)len;
	return KB_OK;
}

const char *
kb_buf_text(struct kb_buf *buf)
{
	if (kb_buf_reserve(buf, 1) != KB_OK) {
		return NULL;
	}
	buf->at[buf->len] = 0;
	return (const char *)buf->at;
}
