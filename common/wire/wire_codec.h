/* SPDX-License-Identifier: EUPL-1.2 */
/* Internal to common/wire and its tests: decode and encode of any message by its schema. */
#ifndef KB_WIRE_WIRE_CODEC_H
#define KB_WIRE_WIRE_CODEC_H

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/wire/wire_schema.h"

/* Pre-scan, unpack with memory from arena, our struct, rules. Contract: envelope.h. out has schema->struct_bytes. */
KB_MUST_CHECK enum kb_err kb_wire_decode(const struct kb_wire_schema *schema, struct kb_span bytes,
					 struct kb_arena *arena, void *out);
/* The same with another memory budget than the one of wire_limits.h; for tests of what happens when memory runs out. */
KB_MUST_CHECK enum kb_err kb_wire_decode_within(const struct kb_wire_schema *schema,
						struct kb_span bytes, struct kb_arena *arena,
						size_t budget_bytes, void *out);
/* kb_wire_check(), then kb_wire_write(). */
KB_MUST_CHECK enum kb_err kb_wire_encode(const struct kb_wire_schema *schema, const void *in,
					 struct kb_buf *out);

/* The canonical bytes of a message whose values nobody checked: only sizes and counts of fields are. */
KB_MUST_CHECK enum kb_err kb_wire_write(const struct kb_wire_schema *schema, const void *in,
					struct kb_buf *out);

/* Every rule of the contract on one of our structs, those inside it too: what decode and encode have in common. */
KB_MUST_CHECK enum kb_err kb_wire_check(const struct kb_wire_schema *schema, const void *message);

/* The number that the row's member of our struct holds. */
uint64_t kb_wire_integer(const struct kb_wire_field *field, const void *at);
/* Whether the field of that row, which is not repeated, is in message: true for all but messages that are left out. */
bool kb_wire_present(const struct kb_wire_schema *schema, const struct kb_wire_field *field,
		     const void *message);
/* Whether the count bytes at at are all zero: an absent id, epoch or hash. */
bool kb_wire_all_zero(const void *at, size_t count);
/* The number of hashes in the path of leaf index in a tree of size leaves (RFC 9162 2.1.3.1). */
size_t kb_wire_path_levels(uint64_t index, uint64_t size);

#endif
