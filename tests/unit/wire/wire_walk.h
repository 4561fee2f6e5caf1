/* SPDX-License-Identifier: EUPL-1.2 */
/* Where the fields of an encoded message stand, so that tests can break them one by one. */
#ifndef KB_TESTS_UNIT_WIRE_WALK_H
#define KB_TESTS_UNIT_WIRE_WALK_H

#include "common/base/span.h"
#include "common/wire/wire_schema.h"

struct wire_place {
	const struct kb_wire_schema *schema; /* of the message that the field is in */
	const struct kb_wire_field *field;
	size_t start; /* of the key */
	size_t after_key;
	size_t content; /* of the bytes or the varint */
	size_t end;
	unsigned depth; /* 0: field of the message itself */
};

/* Fills places (at most most) with every field of bytes, which the pre-scanner has taken; those inside others too. */
size_t wire_walk(const struct kb_wire_schema *schema, struct kb_span bytes,
		 struct wire_place *places, size_t most);

#endif
