/* SPDX-License-Identifier: EUPL-1.2 */
/* What the desk socket of an agent speaks. */
#include "common/wire/desk.h"

#include "common/base/ids.h"
#include "common/wire/wire_codec.h"
#include "proto/desk.pb-c.h"

static const struct kb_wire_field desk_field_fields[] = {
	KB_BYTES(desk_field, 1, TEXT, name, true, 1, KB_WIRE_DESK_NAME_BYTES_MAX),
	KB_BYTES(desk_field, 2, LINES, value, false, 1, KB_WIRE_DESK_VALUE_BYTES_MAX),
};
KB_SCHEMA(desk_field, desk_field, KB_WIRE_DESK_VALUE_BYTES_MAX + 128, .check = NULL);

static const struct kb_wire_field desk_request_fields[] = {
	KB_VERSION_FIELD(desk_request, 1, version, KB_WIRE_DESK_VERSION, KB_WIRE_DESK_VERSION,
			 KB_ERR_BAD_VERSION),
	KB_BYTES(desk_request, 2, TEXT, user, false, 1, KB_WIRE_PERSON_BYTES_MAX),
	KB_BYTES(desk_request, 3, TEXT, verb, true, 1, KB_WIRE_DESK_NAME_BYTES_MAX),
	KB_MESSAGES(desk_request, 4, arguments, argument_count, 0, KB_WIRE_DESK_ARGUMENTS_MAX,
		    desk_field),
	KB_BYTES(desk_request, 5, SPAN, content, false, 1, KB_WIRE_DEEL_BYTES_MAX),
};
KB_SCHEMA(desk_request, desk_request, KB_WIRE_DESK_BYTES_MAX, .check = NULL);

static const struct kb_wire_field desk_row_fields[] = {
	KB_BYTES_LIST(desk_row, 1, LINES, cells, cell_count, 0, KB_WIRE_DESK_COLUMNS_MAX, 0,
		      KB_WIRE_DESK_VALUE_BYTES_MAX),
};
KB_SCHEMA(desk_row, desk_row, KB_WIRE_DESK_BYTES_MAX, .check = NULL);

static enum kb_err
section_check(const void *message)
{
	const struct kb_desk_section *section = message;

	for (size_t i = 0; i < section->row_count; i++) {
		if (section->rows[i].cell_count != section->column_count) {
			return KB_ERR_BAD_VALUE;
		}
	}
	return KB_OK;
}

static const struct kb_wire_field desk_section_fields[] = {
	KB_BYTES(desk_section, 1, TEXT, name, true, 1, KB_WIRE_DESK_NAME_BYTES_MAX),
	KB_BYTES_LIST(desk_section, 2, TEXT, columns, column_count, 0, KB_WIRE_DESK_COLUMNS_MAX, 0,
		      KB_WIRE_DESK_NAME_BYTES_MAX),
	KB_MESSAGES(desk_section, 3, rows, row_count, 0, KB_WIRE_DESK_ROWS_MAX, desk_row),
};
KB_SCHEMA(desk_section, desk_section, KB_WIRE_DESK_BYTES_MAX, .check = section_check);

static const struct kb_wire_field desk_answer_fields[] = {
	KB_NUMBER_OPT(desk_answer, 1, U32, exit_code, UINT8_MAX),
	KB_BYTES(desk_answer, 2, TEXT, error, false, 1, KB_WIRE_DESK_NAME_BYTES_MAX),
	KB_BYTES(desk_answer, 3, LINES, text, false, 1, KB_WIRE_DESK_TEXT_BYTES_MAX),
	KB_MESSAGES(desk_answer, 4, sections, section_count, 0, KB_WIRE_DESK_SECTIONS_MAX,
		    desk_section),
	KB_BOOL(desk_answer, 5, more),
	KB_NUMBER_OPT(desk_answer, 6, U32, done_count, UINT32_MAX),
	KB_NUMBER_OPT(desk_answer, 7, U32, total_count, UINT32_MAX),
	KB_BYTES(desk_answer, 8, SPAN, content, false, 1, KB_WIRE_DEEL_BYTES_MAX),
};
KB_SCHEMA(desk_answer, desk_answer, KB_WIRE_DESK_BYTES_MAX, .check = NULL);

enum kb_err
kb_desk_request_decode(struct kb_span bytes, struct kb_arena *arena, struct kb_desk_request *out)
{
	return kb_wire_decode(&kb_schema_desk_request, bytes, arena, out);
}

enum kb_err
kb_desk_request_encode(const struct kb_desk_request *in, struct kb_buf *out)
{
	return kb_wire_encode(&kb_schema_desk_request, in, out);
}

enum kb_err
kb_desk_answer_decode(struct kb_span bytes, struct kb_arena *arena, struct kb_desk_answer *out)
{
	return kb_wire_decode(&kb_schema_desk_answer, bytes, arena, out);
}

enum kb_err
kb_desk_answer_encode(const struct kb_desk_answer *in, struct kb_buf *out)
{
	return kb_wire_encode(&kb_schema_desk_answer, in, out);
}
