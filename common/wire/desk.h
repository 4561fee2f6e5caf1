/* SPDX-License-Identifier: EUPL-1.2 */
/* What the desk socket of an agent speaks: u32 big-endian length, then one of these (proto/desk.proto). */
#ifndef KB_WIRE_DESK_H
#define KB_WIRE_DESK_H

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/wire/wire_limits.h"

/* Rules of all _decode and _encode: envelope.h. The length before a message is the caller's. */

struct kb_desk_field {
	struct kb_span name;  /* not empty */
	struct kb_span value; /* may hold newlines */
};

struct kb_desk_request {
	uint32_t version; /* KB_WIRE_DESK_VERSION, else KB_ERR_BAD_VERSION */
	struct kb_span user;
	struct kb_span verb; /* not empty */
	struct kb_desk_field *arguments;
	size_t argument_count;
	struct kb_span content; /* a piece of a file, or empty */
};

KB_MUST_CHECK enum kb_err kb_desk_request_decode(struct kb_span bytes, struct kb_arena *arena,
						 struct kb_desk_request *out);
KB_MUST_CHECK enum kb_err kb_desk_request_encode(const struct kb_desk_request *in,
						 struct kb_buf *out);

struct kb_desk_row {
	struct kb_span *cells; /* as many as the section has columns; may hold newlines */
	size_t cell_count;
};

struct kb_desk_section {
	struct kb_span name; /* not empty */
	struct kb_span *columns;
	size_t column_count;
	struct kb_desk_row *rows;
	size_t row_count;
};

struct kb_desk_answer {
	uint32_t exit_code;   /* at most 255 */
	struct kb_span error; /* stable name of an enum kb_err, or empty */
	struct kb_span text;  /* may hold newlines */
	struct kb_desk_section *sections;
	size_t section_count;
	bool more;
	uint32_t done_count;
	uint32_t total_count;
	struct kb_span content; /* a piece of a file, or empty */
};

/* An answer that says nothing but "done, exit code 0" has no bytes at all. */
KB_MUST_CHECK enum kb_err kb_desk_answer_decode(struct kb_span bytes, struct kb_arena *arena,
						struct kb_desk_answer *out);
KB_MUST_CHECK enum kb_err kb_desk_answer_encode(const struct kb_desk_answer *in,
						struct kb_buf *out);

#endif
