/* SPDX-License-Identifier: EUPL-1.2 */
/* From bytes to our structs, through protobuf-c. */
#include "common/base/ids.h"
#include "common/wire/prescan.h"
#include "common/wire/wire_codec.h"

/* Memory for protobuf-c: pieces of the caller's arena, never more than the message is worth. */
struct budget {
	struct kb_arena *arena;
	size_t left_bytes;
	bool exceeded;
};

static enum kb_err take_message(struct budget *budget, const struct kb_wire_schema *schema,
				const ProtobufCMessage *from, uint8_t *to);

static void *
budget_alloc(void *state, size_t count)
{
	struct budget *budget = state;

	if (count > budget->left_bytes) {
		budget->exceeded = true;
		return NULL;
	}
	budget->left_bytes -= count;
	return kb_arena_alloc(budget->arena, count);
}

/* The arena takes everything back at once. */
static void
budget_free(void *state, void *at)
{
	(void)state;
	(void)at;
}

static enum kb_err
budget_err(const struct budget *budget)
{
	return budget->exceeded ? KB_ERR_OVERSIZE : KB_ERR_NO_MEMORY;
}

static enum kb_err
take_fixed(const struct kb_wire_field *field, const ProtobufCBinaryData *from, uint8_t *to)
{
	if (from->len == 0) {
		return field->required ? KB_ERR_BAD_VALUE : KB_OK;
	}
	if (from->len != field->max) {
		return KB_ERR_BAD_VALUE;
	}
	/* Absent has one form: no bytes at all. A code that starts with NUL would read as absent. */
	if (field->form == KB_FORM_CODE && from->data[0] == 0) {
		return KB_ERR_BAD_VALUE;
	}
	if (!field->required && field->form != KB_FORM_CODE &&
	    kb_wire_all_zero(from->data, from->len)) {
		return KB_ERR_BAD_VALUE;
	}
	memcpy(to, from->data, from->len);
	return KB_OK;
}

static enum kb_err
take_party(const struct kb_wire_field *field, const ProtobufCBinaryData *from, uint8_t *to)
{
	struct kb_party_id id = { { 0 } };
	enum kb_err err = KB_OK;

	if (from->len > 0) {
		err = kb_party_id_parse(kb_span(from->data, from->len), &id);
	} else if (field->required) {
		err = KB_ERR_BAD_VALUE;
	}
	if (err == KB_OK) {
		memcpy(to, &id, sizeof(id));
	}
	return err;
}

/* from: where protobuf-c keeps the value; to: where we do. Both are of the type that form implies (tested). */
static enum kb_err
take_value(struct budget *budget, const struct kb_wire_field *field, const void *from, uint8_t *to)
{
	const ProtobufCBinaryData *bytes = from;
	struct kb_span span = KB_SPAN_NONE;
	ProtobufCMessage *message = NULL;
	protobuf_c_boolean truth = 0;
	bool has = false;
	enum kb_err err = KB_OK;

	switch (field->form) {
	case KB_FORM_U32:
	case KB_FORM_U64:
	case KB_FORM_TIME:
	case KB_FORM_DATE:
	case KB_FORM_ENUM:
		memcpy(to, from, field->bytes);
		break;
	case KB_FORM_BOOL:
		memcpy(&truth, from, sizeof(truth));
		has = truth != 0;
		memcpy(to, &has, sizeof(has));
		break;
	case KB_FORM_FIXED:
	case KB_FORM_ID:
	case KB_FORM_CODE:
		err = take_fixed(field, bytes, to);
		break;
	case KB_FORM_PARTY:
		err = take_party(field, bytes, to);
		break;
	case KB_FORM_TEXT:
	case KB_FORM_LINES:
	case KB_FORM_SPAN:
	case KB_FORM_HASHES:
		if (bytes->len > 0) {
			span = kb_span(bytes->data, bytes->len);
		}
		memcpy(to, &span, sizeof(span));
		break;
	case KB_FORM_MESSAGE:
		memcpy(&message, from, sizeof(message));
		err = take_message(budget, field->schema, message, to);
		break;
	case KB_FORM_NONE:
	case KB_FORM_COUNT:
		err = KB_ERR_INTERNAL;
		break;
	}
	return err;
}

/* Bytes of one element of a repeated field as protobuf-c keeps it. */
static size_t
element_bytes(const struct kb_wire_field *field)
{
	return field->form == KB_FORM_MESSAGE ? sizeof(ProtobufCMessage *)
	       : field->form == KB_FORM_ENUM  ? sizeof(uint32_t)
					      : sizeof(ProtobufCBinaryData);
}

static enum kb_err
take_list(struct budget *budget, const struct kb_wire_field *field,
	  const ProtobufCFieldDescriptor *descriptor, const uint8_t *from, uint8_t *to)
{
	size_t count = 0;
	const uint8_t *elements = NULL;
	uint8_t *list = NULL;
	enum kb_err err = KB_OK;

	memcpy(&count, from + descriptor->quantifier_offset, sizeof(count));
	if (count == 0) {
		return KB_OK;
	}
	memcpy(&elements, from + descriptor->offset, sizeof(elements));
	list = budget_alloc(budget, count * field->bytes);
	if (list == NULL) {
		return budget_err(budget);
	}
	for (size_t i = 0; err == KB_OK && i < count; i++) {
		err = take_value(budget, field, elements + i * element_bytes(field),
				 list + i * field->bytes);
	}
	memcpy(to + field->offset, &list, sizeof(list));
	memcpy(to + field->extra_offset, &count, sizeof(count));
	return err;
}

static enum kb_err
take_single(struct budget *budget, const struct kb_wire_schema *schema, size_t index,
	    const uint8_t *from, uint8_t *to)
{
	const struct kb_wire_field *field = &schema->fields[index];
	const ProtobufCFieldDescriptor *descriptor = &schema->descriptor->fields[index];
	const bool has = true;
	ProtobufCMessage *message = NULL;
	uint32_t kind = 0;

	if (field->form != KB_FORM_MESSAGE) {
		return take_value(budget, field, from + descriptor->offset, to + field->offset);
	}
	if (schema->oneof) {
		memcpy(&kind, from + descriptor->quantifier_offset, sizeof(kind));
		if (kind != field->tag) {
			return KB_OK;
		}
		memcpy(to + schema->kind_offset, &kind, sizeof(kind));
		return take_value(budget, field, from + descriptor->offset, to + field->offset);
	}
	memcpy(&message, from + descriptor->offset, sizeof(message));
	if (message == NULL) {
		return field->extra_offset == KB_NO_OFFSET ? KB_ERR_BAD_VALUE : KB_OK;
	}
	if (field->extra_offset != KB_NO_OFFSET) {
		memcpy(to + field->extra_offset, &has, sizeof(has));
	}
	return take_value(budget, field, &message, to + field->offset);
}

/* to is zeroed. */
static enum kb_err
take_message(struct budget *budget, const struct kb_wire_schema *schema,
	     const ProtobufCMessage *from, uint8_t *to)
{
	const uint8_t *at = (const uint8_t *)from;
	enum kb_err err = KB_OK;

	for (size_t i = 0; err == KB_OK && i < schema->field_count; i++) {
		err = schema->fields[i].count_max != 0
			      ? take_list(budget, &schema->fields[i],
					  &schema->descriptor->fields[i], at, to)
			      : take_single(budget, schema, i, at, to);
	}
	return err;
}

enum kb_err
kb_wire_decode_within(const struct kb_wire_schema *schema, struct kb_span bytes,
		      struct kb_arena *arena, size_t budget_bytes, void *out)
{
	struct budget budget = { .arena = arena, .left_bytes = budget_bytes };
	ProtobufCAllocator allocator = { .alloc = budget_alloc,
					 .free = budget_free,
					 .allocator_data = &budget };
	ProtobufCMessage *message = NULL;
	uint8_t *taken = NULL;
	enum kb_err err = kb_prescan(schema, bytes);

	if (err != KB_OK) {
		return err;
	}
	message = protobuf_c_message_unpack(schema->descriptor, &allocator, bytes.len, bytes.at);
	if (message == NULL) {
		return budget_err(&budget);
	}
	taken = budget_alloc(&budget, schema->struct_bytes);
	if (taken == NULL) {
		return budget_err(&budget);
	}
	err = take_message(&budget, schema, message, taken);
	if (err == KB_OK) {
		err = kb_wire_check(schema, taken);
	}
	if (err == KB_OK) {
		memcpy(out, taken, schema->struct_bytes);
	}
	return err;
}

enum kb_err
kb_wire_decode(const struct kb_wire_schema *schema, struct kb_span bytes, struct kb_arena *arena,
	       void *out)
{
	/* Far from overflow for what the pre-scanner lets through; what it does not, is refused before memory is taken. */
	size_t budget = bytes.len <= schema->bytes_max ? bytes.len * KB_WIRE_BUDGET_FACTOR : 0;

	return kb_wire_decode_within(schema, bytes, arena, budget + KB_WIRE_BUDGET_EXTRA_BYTES,
				     out);
}
