/* SPDX-License-Identifier: EUPL-1.2 */
/* Text from outside: checked before it becomes a C string. */
#include "common/base/text.h"

/* Length of the UTF-8 sequence at at, and its code point; 0 when it is not valid (RFC 3629 section 4). */
static size_t
utf8_next(const uint8_t *at, size_t rest, uint32_t *point)
{
	static const struct {
		uint8_t mask;
		uint8_t lead;
		uint32_t least;
	} forms[] = { { 0x80, 0x00, 0 },
		      { 0xe0, 0xc0, 0x80 },
		      { 0xf0, 0xe0, 0x800 },
		      { 0xf8, 0xf0, 0x10000 } };

	for (size_t more = 0; more < sizeof(forms) / sizeof(forms[0]); more++) {
		if ((at[0] & forms[more].mask) != forms[more].lead) {
			continue;
		}
		if (rest < more + 1) {
			return 0;
		}
		*point = at[0] & (uint8_t)~forms[more].mask;
		for (size_t i = 1; i <= more; i++) {
			if ((at[i] & 0xc0) != 0x80) {
				return 0;
			}
			*point = (*point << 6) | (at[i] & 0x3fu);
		}
		if (*point < forms[more].least || *point > 0x10ffff ||
		    (*point >= 0xd800 && *point <= 0xdfff)) {
			return 0;
		}
		return more + 1;
	}
	return 0;
}

bool
kb_text_ok(struct kb_span text, bool allow_newline)
{
	for (size_t i = 0; i < text.len;) {
		uint32_t point = 0;
		size_t len = utf8_next(text.at + i, text.len - i, &point);
		bool control = point < 0x20 || (point >= 0x7f && point < 0xa0);

		if (len == 0 || (control && !(allow_newline && (point == '\n' || point == '\t')))) {
			return false;
		}
		i += len;
	}
	return true;
}

enum kb_err
kb_text_copy(char *out, size_t size, struct kb_span text)
{
	if (size > 0) {
		out[0] = 0;
	}
	if (text.len >= size) {
		return KB_ERR_OVERSIZE;
	}
	if (text.len > 0 && memchr(text.at, 0, text.len) != NULL) {
		return KB_ERR_BAD_TEXT;
	}
	if (text.len > 0) {
		memcpy(out, text.at, text.len);
	}
	out[text.len] = 0;
	return KB_OK;
}

enum kb_err
kb_text_to_u64(struct kb_span text, uint64_t max, uint64_t *out)
{
	uint64_t value = 0;

	if (text.len == 0 || (text.len > 1 && text.at[0] == '0')) {
		return KB_ERR_BAD_VALUE;
	}
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.at[i];

		if (c < '0' || c > '9' || __builtin_mul_overflow(value, (uint64_t)10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(c - '0'), &value) || value > max) {
			return KB_ERR_BAD_VALUE;
		}
	}
	*out = value;
	return KB_OK;
}

void
kb_hex_encode(struct kb_span bytes, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < bytes.len; i++) {
		out[2 * i] = digits[bytes.at[i] >> 4];
		out[2 * i + 1] = digits[bytes.at[i] & 15];
	}
	out[2 * bytes.len] = 0;
}

static int
hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	if (c >= 'a' && c <= 'f') {
		return c - 'a' + 10;
	}
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

enum kb_err
kb_hex_decode(struct kb_span text, uint8_t *out, size_t count)
{
	if (count > SIZE_MAX / 2 || text.len != 2 * count) {
		return KB_ERR_BAD_VALUE;
	}
	for (size_t i = 0; i < text.len; i++) {
		if (hex_value(text.at[i]) < 0) {
			return KB_ERR_BAD_VALUE;
		}
	}
	for (size_t i = 0; i < count; i++) {
		out[i] = (uint8_t)(hex_value(text.at[2 * i]) << 4 | hex_value(text.at[2 * i + 1]));
	}
	return KB_OK;
}

struct kb_span
kb_text_trim(struct kb_span text)
{
	while (text.len > 0 && (text.at[0] == ' ' || text.at[0] == '\t')) {
		text.at++;
		text.len--;
	}
	while (text.len > 0 && (text.at[text.len - 1] == ' ' || text.at[text.len - 1] == '\t')) {
		text.len--;
	}
	return text;
}
