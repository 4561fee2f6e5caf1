/* SPDX-License-Identifier: EUPL-1.2 */
/* Text from outside: checked before it becomes a C string. */
#ifndef KB_BASE_TEXT_H
#define KB_BASE_TEXT_H

#include "common/base/error.h"
#include "common/base/span.h"

/* Valid UTF-8 (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF) without NUL, C0 controls, DEL and C1
 * controls. With allow_newline, LF and TAB pass. */
bool kb_text_ok(struct kb_span text, bool allow_newline);

/* Copies text into out (size bytes, NUL included). KB_ERR_OVERSIZE when it does not fit, KB_ERR_BAD_TEXT when it holds
 * a NUL; out is then "". */
KB_MUST_CHECK enum kb_err kb_text_copy(char *out, size_t size, struct kb_span text);

/* Decimal digits only, no sign, no space, no leading zero but "0" itself, at most max. KB_ERR_BAD_VALUE otherwise. */
KB_MUST_CHECK enum kb_err kb_text_to_u64(struct kb_span text, uint64_t max, uint64_t *out);

/* Lower-case hex; out has room for 2 * bytes.len + 1. */
void kb_hex_encode(struct kb_span bytes, char *out);
/* Exactly 2 * count hex digits of either case; KB_ERR_BAD_VALUE otherwise, out is then untouched. */
KB_MUST_CHECK enum kb_err kb_hex_decode(struct kb_span text, uint8_t *out, size_t count);

/* Without the spaces and tabs at both ends. */
struct kb_span kb_text_trim(struct kb_span text);

#endif
