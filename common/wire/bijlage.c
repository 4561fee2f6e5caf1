/* SPDX-License-Identifier: EUPL-1.2 */
/* The bijlage family: tables of fields, and the rule between size and parts. */
#include "common/wire/bijlage.h"

#include "common/exchange/categories.h"
#include "common/wire/wire_codec.h"
#include "proto/bijlage.pb-c.h"

/* One hash per part of KB_WIRE_DEEL_BYTES_MAX. */
static enum kb_err
bijlage_check(const void *message)
{
	const struct kb_bijlage *bijlage = message;
	size_t parts =
		((size_t)bijlage->bytes + KB_WIRE_DEEL_BYTES_MAX - 1) / KB_WIRE_DEEL_BYTES_MAX;

	return bijlage->parts.len == parts * KB_HASH_BYTES ? KB_OK : KB_ERR_BAD_VALUE;
}

static const struct kb_wire_field bijlage_fields[] = {
	KB_EXACT(bijlage, 1, FIXED, sha256, true),
	KB_NUMBER(bijlage, 2, U32, bytes, 1, KB_WIRE_BIJLAGE_BYTES_MAX),
	KB_NUMBER(bijlage, 3, U32, type, 1, KB_WIRE_BIJLAGE_TYPE_MAX),
	KB_BYTES(bijlage, 4, TEXT, sort, true, 1, KB_WIRE_NAME_BYTES_MAX),
	KB_BYTES(bijlage, 5, TEXT, name, false, 1, KB_WIRE_NAME_BYTES_MAX),
	KB_DATE(bijlage, 6, date),
	KB_NUMBER(bijlage, 7, U32, categories, 1, KB_DATA_ALL),
	KB_DATE_OPT(bijlage, 8, seen_on),
	KB_BYTES(bijlage, 9, HASHES, parts, true, KB_HASH_BYTES,
		 KB_WIRE_BIJLAGE_PARTS_MAX *KB_HASH_BYTES),
};
KB_SCHEMA(bijlage, bijlage, KB_WIRE_SHORT_BYTES_MAX, .check = bijlage_check);

static const struct kb_wire_field bijlage_opvraag_fields[] = {
	KB_EXACT(bijlage_opvraag, 1, FIXED, sha256, true),
	KB_NUMBER_OPT(bijlage_opvraag, 2, U32, first, KB_WIRE_BIJLAGE_PARTS_MAX - 1),
	KB_NUMBER(bijlage_opvraag, 3, U32, count, 1, KB_WIRE_BIJLAGE_WINDOW_MAX),
};
KB_SCHEMA(bijlage_opvraag, bijlage_opvraag, KB_WIRE_CASE_SHORT_BYTES_MAX, .check = NULL);

static const struct kb_wire_field bijlage_deel_fields[] = {
	KB_EXACT(bijlage_deel, 1, FIXED, sha256, true),
	KB_NUMBER_OPT(bijlage_deel, 2, U32, number, KB_WIRE_BIJLAGE_PARTS_MAX - 1),
	KB_NUMBER(bijlage_deel, 3, U32, categories, 1, KB_DATA_ALL),
	KB_DATE_OPT(bijlage_deel, 4, seen_on),
	KB_BYTES(bijlage_deel, 5, SPAN, content, false, 1, KB_WIRE_DEEL_BYTES_MAX),
};
KB_SCHEMA(bijlage_deel, bijlage_deel, KB_WIRE_DEEL_BYTES_MAX + KB_WIRE_CASE_SHORT_BYTES_MAX,
	  .check = NULL);

static const struct kb_wire_field bijlage_uitkomst_fields[] = {
	KB_EXACT(bijlage_uitkomst, 1, FIXED, sha256, true),
	KB_BYTES(bijlage_uitkomst, 2, TEXT, rule, false, 1, KB_WIRE_RULE_BYTES_MAX),
};
KB_SCHEMA(bijlage_uitkomst, bijlage_uitkomst, KB_WIRE_CASE_SHORT_BYTES_MAX, .check = NULL);

enum kb_err
kb_bijlage_decode(struct kb_span bytes, struct kb_arena *arena, struct kb_bijlage *out)
{
	return kb_wire_decode(&kb_schema_bijlage, bytes, arena, out);
}

enum kb_err
kb_bijlage_encode(const struct kb_bijlage *in, struct kb_buf *out)
{
	return kb_wire_encode(&kb_schema_bijlage, in, out);
}

enum kb_err
kb_bijlage_opvraag_decode(struct kb_span bytes, struct kb_arena *arena,
			  struct kb_bijlage_opvraag *out)
{
	return kb_wire_decode(&kb_schema_bijlage_opvraag, bytes, arena, out);
}

enum kb_err
kb_bijlage_opvraag_encode(const struct kb_bijlage_opvraag *in, struct kb_buf *out)
{
	return kb_wire_encode(&kb_schema_bijlage_opvraag, in, out);
}

enum kb_err
kb_bijlage_deel_decode(struct kb_span bytes, struct kb_arena *arena, struct kb_bijlage_deel *out)
{
	return kb_wire_decode(&kb_schema_bijlage_deel, bytes, arena, out);
}

enum kb_err
kb_bijlage_deel_encode(const struct kb_bijlage_deel *in, struct kb_buf *out)
{
	return kb_wire_encode(&kb_schema_bijlage_deel, in, out);
}

enum kb_err
kb_bijlage_uitkomst_decode(struct kb_span bytes, struct kb_arena *arena,
			   struct kb_bijlage_uitkomst *out)
{
	return kb_wire_decode(&kb_schema_bijlage_uitkomst, bytes, arena, out);
}

enum kb_err
kb_bijlage_uitkomst_encode(const struct kb_bijlage_uitkomst *in, struct kb_buf *out)
{
	return kb_wire_encode(&kb_schema_bijlage_uitkomst, in, out);
}
