/* SPDX-License-Identifier: EUPL-1.2 */
/* Content as a list of fields: numbers and bytes, whose meaning the tables of common/exchange give. */
#include "common/wire/content.h"

#include "common/wire/wire_codec.h"
#include "common/wire/wire_limits.h"
#include "proto/content.pb-c.h"

static const struct kb_wire_field field_fields[] = {
	KB_NUMBER(field, 1, U32, number, 1, KB_WIRE_VELD_MAX),
	KB_BYTES(field, 2, SPAN, value, true, 1, KB_WIRE_WAARDE_BYTES_MAX),
};
KB_SCHEMA(field, veld, KB_WIRE_WAARDE_BYTES_MAX + 16, .check = NULL);

static enum kb_err
inhoud_check(const void *message)
{
	const struct kb_inhoud *inhoud = message;

	for (size_t i = 1; i < inhoud->field_count; i++) {
		if (inhoud->fields[i - 1].number >= inhoud->fields[i].number) {
			return KB_ERR_NOT_CANONICAL;
		}
	}
	return KB_OK;
}

static const struct kb_wire_field inhoud_fields[] = {
	KB_MESSAGES(inhoud, 1, fields, field_count, 1, KB_WIRE_VELDEN_MAX, field),
};
KB_SCHEMA(inhoud, inhoud, KB_WIRE_CONTENT_BYTES_MAX, .check = inhoud_check);

enum kb_err
kb_inhoud_decode(struct kb_span bytes, struct kb_arena *arena, struct kb_inhoud *out)
{
	return kb_wire_decode(&kb_schema_inhoud, bytes, arena, out);
}

enum kb_err
kb_inhoud_encode(enum kb_kind kind, const struct kb_inhoud *in, struct kb_buf *out, uint32_t *at)
{
	enum kb_err err = kb_fields_check(kind, in->fields, in->field_count, at);

	return err == KB_OK ? kb_wire_encode(&kb_schema_inhoud, in, out) : err;
}
