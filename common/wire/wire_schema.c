/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading our structs by the rows of their tables. */
#include "common/base/ids.h"
#include "common/wire/wire_codec.h"

bool
kb_wire_all_zero(const void *at, size_t count)
{
	const uint8_t *bytes = at;
	uint8_t any = 0;

	for (size_t i = 0; i < count; i++) {
		any |= bytes[i];
	}
	return any == 0;
}

size_t
kb_wire_path_levels(uint64_t index, uint64_t size)
{
	size_t levels = 0;

	if (size == 0 || index >= size) {
		return 0;
	}
	/* Every level adds the hash of a sibling, except where the node is the last one and stands alone. */
	for (uint64_t last = size - 1; last > 0; last >>= 1) {
		levels += (index & 1) != 0 || index < last ? 1 : 0;
		index >>= 1;
	}
	return levels;
}

uint64_t
kb_wire_integer(const struct kb_wire_field *field, const void *at)
{
	uint64_t wide = 0;
	uint32_t narrow = 0;
	bool truth = false;

	if (field->form == KB_FORM_BOOL) {
		memcpy(&truth, at, sizeof(truth));
		return truth ? 1 : 0;
	}
	if (field->bytes == sizeof(wide)) {
		memcpy(&wide, at, sizeof(wide));
		return wide;
	}
	memcpy(&narrow, at, sizeof(narrow));
	return narrow;
}

bool
kb_wire_present(const struct kb_wire_schema *schema, const struct kb_wire_field *field,
		const void *message)
{
	const uint8_t *at = message;
	uint32_t kind = 0;
	bool has = true;

	if (field->form != KB_FORM_MESSAGE) {
		return true;
	}
	if (schema->oneof) {
		memcpy(&kind, at + schema->kind_offset, sizeof(kind));
		return kind == field->tag;
	}
	if (field->extra_offset != KB_NO_OFFSET) {
		memcpy(&has, at + field->extra_offset, sizeof(has));
	}
	return has;
}
