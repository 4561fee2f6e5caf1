/* SPDX-License-Identifier: EUPL-1.2 */
/* Padding of what is sealed. */
#include "common/crypto/padding.h"

#include "common/base/bytes.h"

size_t
kb_padded_bytes(size_t content_bytes)
{
	size_t power = KB_PADDING_MIN_BYTES;
	size_t needed = 0;

	if (content_bytes > KB_PADDING_MAX_BYTES - KB_PADDING_LENGTH_BYTES) {
		return 0;
	}
	needed = content_bytes + KB_PADDING_LENGTH_BYTES;
	while (power < needed) {
		if (power + power / 2 >= needed) {
			return power + power / 2;
		}
		power *= 2;
	}
	return power;
}

enum kb_err
kb_pad(struct kb_span content, struct kb_buf *out)
{
	size_t total = kb_padded_bytes(content.len);
	uint8_t *at = NULL;
	enum kb_err err = KB_ERR_OVERSIZE;

	if (total > 0) {
		err = kb_buf_extend(out, total, &at);
	}
	if (err != KB_OK) {
		return err;
	}
	kb_store_u32(at, (uint32_t)content.len);
	at += KB_PADDING_LENGTH_BYTES;
	if (content.len > 0) {
		memcpy(at, content.at, content.len);
	}
	memset(at + content.len, 0, total - KB_PADDING_LENGTH_BYTES - content.len);
	return KB_OK;
}

enum kb_err
kb_unpad(struct kb_span padded, struct kb_span *content)
{
	struct kb_span found;
	uint8_t rest = 0;
	size_t len = 0;

	if (padded.len < KB_PADDING_LENGTH_BYTES) {
		return KB_ERR_TRUNCATED;
	}
	len = kb_load_u32(padded.at);
	if (len > padded.len - KB_PADDING_LENGTH_BYTES) {
		return KB_ERR_MALFORMED;
	}
	if (kb_padded_bytes(len) != padded.len) {
		return KB_ERR_NOT_CANONICAL;
	}
	found = kb_span(padded.at + KB_PADDING_LENGTH_BYTES, len);
	for (size_t i = KB_PADDING_LENGTH_BYTES + len; i < padded.len; i++) {
		rest |= padded.at[i];
	}
	if (rest != 0) {
		return KB_ERR_NOT_CANONICAL;
	}
	*content = found;
	return KB_OK;
}
