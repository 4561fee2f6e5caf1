/* SPDX-License-Identifier: EUPL-1.2 */
/* Content as a list of fields (proto/content.proto). For the contract of _decode and _encode see envelope.h. */
#ifndef KB_WIRE_CONTENT_H
#define KB_WIRE_CONTENT_H

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/exchange/fields.h"

/* The message Inhoud. That the numbers rise is checked here; whether a kind may have them, kb_fields_check() says. */
struct kb_inhoud {
	struct kb_field *fields;
	size_t field_count; /* 1..KB_WIRE_VELDEN_MAX */
};

KB_MUST_CHECK enum kb_err kb_inhoud_decode(struct kb_span bytes, struct kb_arena *arena,
					   struct kb_inhoud *out);

/*
 * Appends the content of a message of that kind. A list that the kind may not hold is never serialised (R16): the answer is
 * that of kb_fields_check(), at (may be NULL) names the field.
 */
KB_MUST_CHECK enum kb_err kb_inhoud_encode(enum kb_kind kind, const struct kb_inhoud *in,
					   struct kb_buf *out, uint32_t *at);

#endif
