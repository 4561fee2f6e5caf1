/* SPDX-License-Identifier: EUPL-1.2 */
/* From our structs to the canonical bytes. Written straight from the tables: packing with protobuf-c would need a second
 * copy of every message; that both give the same bytes is tested for every message and fuzzed. */
#include "common/base/ids.h"
#include "common/wire/wire_codec.h"

#define WIRE_VARINT 0u
#define WIRE_BYTES 2u

/* Either counts (at NULL) or writes: one walk for both, so that length and bytes cannot differ. */
struct writer {
	uint8_t *at;
	size_t len;
	uint32_t field_count;
};

static enum kb_err put_message(struct writer *writer, const struct kb_wire_schema *schema,
			       const uint8_t *message);

static void
put_varint(struct writer *writer, uint64_t value)
{
	bool more = true;

	while (more) {
		uint8_t byte = (uint8_t)(value & 0x7f);

		value >>= 7;
		more = value != 0;
		if (writer->at != NULL) {
			writer->at[writer->len] = more ? (uint8_t)(byte | 0x80) : byte;
		}
		writer->len++;
	}
}

static void
put_raw(struct writer *writer, struct kb_span bytes)
{
	if (writer->at != NULL && bytes.len > 0) {
		memcpy(writer->at + writer->len, bytes.at, bytes.len);
	}
	writer->len += bytes.len;
}

static enum kb_err
put_key(struct writer *writer, const struct kb_wire_field *field, unsigned wire_type)
{
	put_varint(writer, ((uint64_t)field->tag << 3) | wire_type);
	return ++writer->field_count <= KB_WIRE_FIELD_COUNT_MAX ? KB_OK : KB_ERR_OVERSIZE;
}

/* What the bytes of a field are; empty when it is absent. */
static struct kb_span
bytes_of(const struct kb_wire_field *field, const uint8_t *at)
{
	struct kb_span span = KB_SPAN_NONE;

	switch (field->form) {
	case KB_FORM_FIXED:
	case KB_FORM_ID:
		span = !field->required && kb_wire_all_zero(at, field->bytes)
			       ? KB_SPAN_NONE
			       : kb_span(at, field->bytes);
		break;
	case KB_FORM_PARTY:
	case KB_FORM_CODE:
		span = kb_span_text((const char *)at);
		break;
	case KB_FORM_TEXT:
	case KB_FORM_LINES:
	case KB_FORM_SPAN:
	case KB_FORM_HASHES:
		memcpy(&span, at, sizeof(span));
		break;
	case KB_FORM_NONE:
	case KB_FORM_U32:
	case KB_FORM_U64:
	case KB_FORM_TIME:
	case KB_FORM_DATE:
	case KB_FORM_BOOL:
	case KB_FORM_ENUM:
	case KB_FORM_MESSAGE:
	case KB_FORM_COUNT:
		break;
	}
	return span;
}

static bool
is_integer(enum kb_form form)
{
	return form >= KB_FORM_U32 && form <= KB_FORM_ENUM;
}

static enum kb_err
put_inner(struct writer *writer, const struct kb_wire_field *field, const uint8_t *at)
{
	struct writer counter = { 0 };
	enum kb_err err = put_key(writer, field, WIRE_BYTES);

	counter.field_count = writer->field_count;
	if (err == KB_OK) {
		err = put_message(&counter, field->schema, at);
	}
	if (err != KB_OK) {
		return err;
	}
	put_varint(writer, counter.len);
	if (writer->at != NULL) {
		return put_message(writer, field->schema, at);
	}
	writer->len += counter.len;
	writer->field_count = counter.field_count;
	return KB_OK;
}

/* One field, or one element of a repeated one, which is written even when it is empty. */
static enum kb_err
put_value(struct writer *writer, const struct kb_wire_field *field, const uint8_t *at)
{
	bool element = field->count_max != 0;
	struct kb_span bytes = KB_SPAN_NONE;
	enum kb_err err = KB_OK;

	if (field->form == KB_FORM_MESSAGE) {
		return put_inner(writer, field, at);
	}
	if (is_integer(field->form)) {
		uint64_t value = kb_wire_integer(field, at);

		if (value != 0) {
			err = put_key(writer, field, WIRE_VARINT);
			put_varint(writer, value);
		}
		return err;
	}
	bytes = bytes_of(field, at);
	if (bytes.len > 0 || element) {
		err = put_key(writer, field, WIRE_BYTES);
		put_varint(writer, bytes.len);
		put_raw(writer, bytes);
	}
	return err;
}

static enum kb_err
put_packed(struct writer *writer, const struct kb_wire_field *field, const uint8_t *at,
	   size_t count)
{
	struct writer counter = { 0 };
	enum kb_err err = put_key(writer, field, WIRE_BYTES);

	for (size_t i = 0; i < count; i++) {
		put_varint(&counter, kb_wire_integer(field, at + i * field->bytes));
	}
	put_varint(writer, counter.len);
	for (size_t i = 0; i < count; i++) {
		put_varint(writer, kb_wire_integer(field, at + i * field->bytes));
	}
	return err;
}

static enum kb_err
put_list(struct writer *writer, const struct kb_wire_field *field, const uint8_t *message)
{
	size_t count = 0;
	const uint8_t *at = NULL;
	enum kb_err err = KB_OK;

	memcpy(&count, message + field->extra_offset, sizeof(count));
	memcpy(&at, message + field->offset, sizeof(at));
	if (count > 0 && is_integer(field->form)) {
		return put_packed(writer, field, at, count);
	}
	for (size_t i = 0; err == KB_OK && i < count; i++) {
		err = put_value(writer, field, at + i * field->bytes);
	}
	return err;
}

static enum kb_err
put_message(struct writer *writer, const struct kb_wire_schema *schema, const uint8_t *message)
{
	size_t start = writer->len;
	enum kb_err err = KB_OK;

	for (size_t i = 0; err == KB_OK && i < schema->field_count; i++) {
		const struct kb_wire_field *field = &schema->fields[i];

		if (field->count_max != 0) {
			err = put_list(writer, field, message);
		} else if (kb_wire_present(schema, field, message)) {
			err = put_value(writer, field, message + field->offset);
		}
	}
	return err == KB_OK && writer->len - start > schema->bytes_max ? KB_ERR_OVERSIZE : err;
}

enum kb_err
kb_wire_write(const struct kb_wire_schema *schema, const void *in, struct kb_buf *out)
{
	struct writer counter = { 0 };
	struct writer writer = { 0 };
	enum kb_err err = put_message(&counter, schema, in);

	/* A message without content is no bytes at all: nothing to make room for. */
	if (err != KB_OK || counter.len == 0) {
		return err;
	}
	err = kb_buf_extend(out, counter.len, &writer.at);
	if (err == KB_OK) {
		err = put_message(&writer, schema, in);
		KB_INVARIANT(err == KB_OK && writer.len == counter.len);
	}
	return err;
}

enum kb_err
kb_wire_encode(const struct kb_wire_schema *schema, const void *in, struct kb_buf *out)
{
	enum kb_err err = kb_wire_check(schema, in);

	return err == KB_OK ? kb_wire_write(schema, in, out) : err;
}
