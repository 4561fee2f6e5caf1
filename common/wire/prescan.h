/* SPDX-License-Identifier: EUPL-1.2 */
/* The check of raw bytes before protobuf-c sees them (reliability.md finding 5 and 1.5). */
#ifndef KB_WIRE_PRESCAN_H
#define KB_WIRE_PRESCAN_H

#include "common/base/span.h"
#include "common/wire/wire_schema.h"

/*
 * KB_OK only when bytes is the one canonical encoding of some message of schema: known fields in the order of their tags,
 * each with its own wire type and minimal varints, no field twice unless repeated, none with its default value, packed
 * fields in one piece, enum values known, lengths and counts inside the limits, nothing left over. So packing what
 * protobuf-c unpacks from such bytes gives the same bytes (property test, fuzz targets): nobody has to do it to know.
 * Never reads outside bytes, allocates nothing, nests at most KB_WIRE_DEPTH_MAX deep.
 * KB_ERR_OVERSIZE, TRUNCATED, MALFORMED, NOT_CANONICAL, UNKNOWN_FIELD, TOO_DEEP, BAD_VALUE; BAD_VERSION or BAD_SUITE as
 * soon as such a field is read, so that a later version is named as what it is.
 */
KB_MUST_CHECK enum kb_err kb_prescan(const struct kb_wire_schema *schema, struct kb_span bytes);

/* As kb_prescan(), of a message that stands depth levels deep already; for the test of the depth limit. */
KB_MUST_CHECK enum kb_err kb_prescan_at_depth(const struct kb_wire_schema *schema,
					      struct kb_span bytes, unsigned depth);

/* Bytes that are still to be read. */
struct kb_wire_reader {
	const uint8_t *at;
	const uint8_t *end;
};

/* A minimal varint: KB_ERR_TRUNCATED, KB_ERR_MALFORMED (above 64 bits), KB_ERR_NOT_CANONICAL (not minimal). */
KB_MUST_CHECK enum kb_err kb_wire_read_varint(struct kb_wire_reader *reader, uint64_t *value);
/* A length and so many bytes: also KB_ERR_OVERSIZE above most; KB_ERR_TRUNCATED when they are not all there. */
KB_MUST_CHECK enum kb_err kb_wire_read_bytes(struct kb_wire_reader *reader, uint64_t most,
					     struct kb_span *bytes);

#endif
