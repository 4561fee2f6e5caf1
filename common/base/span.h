/* SPDX-License-Identifier: EUPL-1.2 */
/* Borrowed bytes: a pointer and a length that always travel together. */
#ifndef KB_BASE_SPAN_H
#define KB_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Borrowed, read-only. at may be NULL only when len is 0. */
struct kb_span {
	const uint8_t *at;
	size_t len;
};

#define KB_SPAN_NONE ((struct kb_span){ NULL, 0 })
/* A span over an array object or struct (not over a pointer). */
#define KB_SPAN_OF(object) ((struct kb_span){ (const uint8_t *)&(object), sizeof(object) })

static inline struct kb_span
kb_span(const void *at, size_t len)
{
	return (struct kb_span){ (const uint8_t *)at, len };
}

/* The characters of a C string of ours, without the NUL. */
static inline struct kb_span
kb_span_text(const char *text)
{
	return (struct kb_span){ (const uint8_t *)text, text != NULL ? strlen(text) : 0 };
}

/* Not for secrets: use kb_secret_equal(). */
static inline bool
kb_span_equal(struct kb_span a, struct kb_span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

/* Byte order, then length; the order of keys in a store. */
static inline int
kb_span_compare(struct kb_span a, struct kb_span b)
{
	size_t common = a.len < b.len ? a.len : b.len;
	int order = common > 0 ? memcmp(a.at, b.at, common) : 0;

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

/* The part from offset on, at most len bytes; cut to what is there. */
static inline struct kb_span
kb_span_part(struct kb_span whole, size_t offset, size_t len)
{
	if (offset >= whole.len) {
		return KB_SPAN_NONE;
	}
	size_t rest = whole.len - offset;

	return (struct kb_span){ whole.at + offset, len < rest ? len : rest };
}

#endif
