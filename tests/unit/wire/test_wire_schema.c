/* SPDX-License-Identifier: EUPL-1.2 */
/* The tables of common/wire against the compiled contract: a row that does not fit its field would read other memory. */
#include "common/base/ids.h"
#include "common/wire/wire_codec.h"

#include <criterion/criterion.h>

struct named_schema {
	const char *name;
	const struct kb_wire_schema *schema;
};

#define KB_ROW(T) { #T, &kb_schema_##T },
static const struct named_schema schemas[] = { KB_SCHEMA_TABLE(KB_ROW) };
#undef KB_ROW
#define SCHEMA_COUNT (sizeof(schemas) / sizeof(schemas[0]))

static const struct {
	ProtobufCType type;
	size_t bytes;
} forms[] = { [KB_FORM_NONE] = { 0, 0 },

#define KB_ROW(name, type_, bytes_) [KB_FORM_##name] = { type_, bytes_ },
	      KB_FORM_TABLE(KB_ROW)
#undef KB_ROW
};

Test(wire_schema, has_one_row_for_every_field_in_the_same_order)
{
	for (size_t i = 0; i < SCHEMA_COUNT; i++) {
		const struct kb_wire_schema *schema = schemas[i].schema;

		cr_assert_eq(schema->field_count, schema->descriptor->n_fields, "%s",
			     schemas[i].name);
		for (size_t j = 0; j < schema->field_count; j++) {
			cr_assert_eq(schema->fields[j].tag, schema->descriptor->fields[j].id,
				     "%s row %zu", schemas[i].name, j);
			cr_assert(j == 0 || schema->fields[j - 1].tag < schema->fields[j].tag,
				  "%s row %zu", schemas[i].name, j);
		}
	}
}

Test(wire_schema, reads_every_field_as_the_type_it_has)
{
	for (size_t i = 0; i < SCHEMA_COUNT; i++) {
		const struct kb_wire_schema *schema = schemas[i].schema;

		for (size_t j = 0; j < schema->field_count; j++) {
			const struct kb_wire_field *row = &schema->fields[j];
			const ProtobufCFieldDescriptor *field = &schema->descriptor->fields[j];
			bool repeated = field->label == PROTOBUF_C_LABEL_REPEATED;
			const char *name = field->name;

			cr_assert_eq(forms[row->form].type, field->type, "%s.%s", schemas[i].name,
				     name);
			cr_assert_eq(row->count_max != 0, repeated, "%s.%s", schemas[i].name, name);
			cr_assert(!repeated || row->extra_offset != KB_NO_OFFSET, "%s.%s",
				  schemas[i].name, name);
			cr_assert_eq((field->flags & PROTOBUF_C_FIELD_FLAG_PACKED) != 0,
				     repeated && row->form == KB_FORM_ENUM, "%s.%s",
				     schemas[i].name, name);
			cr_assert_eq((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0,
				     schema->oneof && row->form == KB_FORM_MESSAGE, "%s.%s",
				     schemas[i].name, name);
			cr_assert(forms[row->form].bytes == 0 ||
					  forms[row->form].bytes == row->bytes,
				  "%s.%s", schemas[i].name, name);
			cr_assert_leq(row->offset + (repeated ? sizeof(void *) : row->bytes),
				      schema->struct_bytes, "%s.%s", schemas[i].name, name);
		}
	}
}

Test(wire_schema, gives_every_row_limits_that_fit_its_member)
{
	for (size_t i = 0; i < SCHEMA_COUNT; i++) {
		const struct kb_wire_schema *schema = schemas[i].schema;

		for (size_t j = 0; j < schema->field_count; j++) {
			const struct kb_wire_field *row = &schema->fields[j];
			const ProtobufCFieldDescriptor *field = &schema->descriptor->fields[j];

			if (row->form == KB_FORM_MESSAGE) {
				cr_assert_eq((const void *)row->schema->descriptor,
					     field->descriptor, "%s.%s", schemas[i].name,
					     field->name);
				cr_assert_eq(row->schema->struct_bytes, row->bytes, "%s.%s",
					     schemas[i].name, field->name);
				continue;
			}
			cr_assert(row->max > 0 && row->min <= row->max, "%s.%s", schemas[i].name,
				  field->name);
			if (row->form == KB_FORM_FIXED || row->form == KB_FORM_ID) {
				cr_assert_eq(row->max, row->bytes, "%s.%s", schemas[i].name,
					     field->name);
			}
			if (row->form == KB_FORM_CODE) {
				cr_assert_eq(row->max + 1, row->bytes, "%s.%s", schemas[i].name,
					     field->name);
				cr_assert_eq(strlen(row->pattern), row->max, "%s.%s",
					     schemas[i].name, field->name);
			}
			if (row->form == KB_FORM_U32 || row->form == KB_FORM_DATE) {
				cr_assert_leq(row->max, UINT32_MAX, "%s.%s", schemas[i].name,
					      field->name);
			}
		}
	}
}

/* Depth of the deepest message in schema; ends because the contract has no recursive type. */
static unsigned
depth_of(const struct kb_wire_schema *schema, unsigned above)
{
	unsigned deepest = 1;

	cr_assert_lt(above, 32, "a recursive message type");
	for (size_t j = 0; j < schema->field_count; j++) {
		if (schema->fields[j].form == KB_FORM_MESSAGE) {
			unsigned inner = 1 + depth_of(schema->fields[j].schema, above + 1);

			deepest = inner > deepest ? inner : deepest;
		}
	}
	return deepest;
}

Test(wire_schema, nests_no_deeper_than_the_limit)
{
	for (size_t i = 0; i < SCHEMA_COUNT; i++) {
		cr_assert_leq(depth_of(schemas[i].schema, 0), KB_WIRE_DEPTH_MAX, "%s",
			      schemas[i].name);
	}
}

Test(wire_schema, knows_how_long_a_path_is)
{
	/* RFC 9162 2.1.5: the tree of seven leaves. */
	static const size_t of_seven[] = { 3, 3, 3, 3, 3, 3, 2 };

	for (size_t i = 0; i < 7; i++) {
		cr_assert_eq(kb_wire_path_levels(i, 7), of_seven[i], "leaf %zu", i);
	}
	cr_assert_eq(kb_wire_path_levels(0, 1), 0);
	cr_assert_eq(kb_wire_path_levels(4, 5), 1);
	cr_assert_eq(kb_wire_path_levels(1023, 1024), KB_WIRE_PATH_LEVELS_MAX);
	cr_assert_eq(kb_wire_path_levels(5, 5), 0, "no such leaf");
	cr_assert_eq(kb_wire_path_levels(0, 0), 0, "no tree");
}
