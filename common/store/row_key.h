/* SPDX-License-Identifier: EUPL-1.2 */
/* Building keys of rows on the stack: big-endian numbers one after another. */
#ifndef KB_STORE_ROW_KEY_H
#define KB_STORE_ROW_KEY_H

#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/base/span.h"

#define KB_ROW_KEY_MAX 48

/* A zeroed struct is the empty key. */
struct kb_row_key {
	uint8_t at[KB_ROW_KEY_MAX];
	size_t len;
};

static inline void
kb_row_key_bytes(struct kb_row_key *key, const void *at, size_t len)
{
	KB_INVARIANT(len <= KB_ROW_KEY_MAX - key->len);
	memcpy(key->at + key->len, at, len);
	key->len += len;
}

static inline void
kb_row_key_u8(struct kb_row_key *key, uint8_t value)
{
	kb_row_key_bytes(key, &value, 1);
}

static inline void
kb_row_key_u16(struct kb_row_key *key, uint16_t value)
{
	uint8_t bytes[2];

	kb_store_u16(bytes, value);
	kb_row_key_bytes(key, bytes, sizeof(bytes));
}

static inline void
kb_row_key_u32(struct kb_row_key *key, uint32_t value)
{
	uint8_t bytes[4];

	kb_store_u32(bytes, value);
	kb_row_key_bytes(key, bytes, sizeof(bytes));
}

static inline void
kb_row_key_u64(struct kb_row_key *key, uint64_t value)
{
	uint8_t bytes[8];

	kb_store_u64(bytes, value);
	kb_row_key_bytes(key, bytes, sizeof(bytes));
}

/* Borrowed from key. */
static inline struct kb_span
kb_row_key_span(const struct kb_row_key *key)
{
	return kb_span(key->at, key->len);
}

static inline struct kb_row_key
kb_row_key_of_u64(uint64_t value)
{
	struct kb_row_key key = { 0 };

	kb_row_key_u64(&key, value);
	return key;
}

#endif
