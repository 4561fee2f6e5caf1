/* SPDX-License-Identifier: EUPL-1.2 */
/* Attachments on their way (proto/bijlage.proto). */
#ifndef KB_WIRE_BIJLAGE_H
#define KB_WIRE_BIJLAGE_H

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/base/ids.h"
#include "common/wire/wire_limits.h"

/* Rules of all _decode and _encode: envelope.h. Days are yyyymmdd, 0: absent. */

/* Content of BIJLAGE. parts: as many hashes as the size implies. */
struct kb_bijlage {
	struct kb_hash sha256;
	uint32_t bytes;
	uint32_t type;
	struct kb_span sort;
	struct kb_span name; /* may be empty */
	uint32_t date;
	uint32_t categories;
	uint32_t seen_on; /* inzage_op */
	struct kb_span parts;
};

KB_MUST_CHECK enum kb_err kb_bijlage_decode(struct kb_span bytes, struct kb_arena *arena,
					    struct kb_bijlage *out);
KB_MUST_CHECK enum kb_err kb_bijlage_encode(const struct kb_bijlage *in, struct kb_buf *out);

/* Content of BIJLAGE_OPVRAAG. */
struct kb_bijlage_opvraag {
	struct kb_hash sha256;
	uint32_t first;
	uint32_t count; /* 1..KB_WIRE_BIJLAGE_WINDOW_MAX */
};

KB_MUST_CHECK enum kb_err kb_bijlage_opvraag_decode(struct kb_span bytes, struct kb_arena *arena,
						    struct kb_bijlage_opvraag *out);
KB_MUST_CHECK enum kb_err kb_bijlage_opvraag_encode(const struct kb_bijlage_opvraag *in,
						    struct kb_buf *out);

/* Content of BIJLAGE_DEEL. content is empty in a log, never in a message. */
struct kb_bijlage_deel {
	struct kb_hash sha256;
	uint32_t number;
	uint32_t categories;
	uint32_t seen_on;
	struct kb_span content;
};

KB_MUST_CHECK enum kb_err kb_bijlage_deel_decode(struct kb_span bytes, struct kb_arena *arena,
						 struct kb_bijlage_deel *out);
KB_MUST_CHECK enum kb_err kb_bijlage_deel_encode(const struct kb_bijlage_deel *in,
						 struct kb_buf *out);

/* Content of BIJLAGE_UITKOMST. */
struct kb_bijlage_uitkomst {
	struct kb_hash sha256;
	struct kb_span rule; /* empty: whole and in order */
};

KB_MUST_CHECK enum kb_err kb_bijlage_uitkomst_decode(struct kb_span bytes, struct kb_arena *arena,
						     struct kb_bijlage_uitkomst *out);
KB_MUST_CHECK enum kb_err kb_bijlage_uitkomst_encode(const struct kb_bijlage_uitkomst *in,
						     struct kb_buf *out);

#endif
