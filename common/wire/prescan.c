/* SPDX-License-Identifier: EUPL-1.2 */
/* The check of raw bytes before protobuf-c sees them. */
#include "common/wire/prescan.h"

/* Wire types of the encoding; groups and fixed-width ones do not occur in the contract. */
#define WIRE_VARINT 0u
#define WIRE_BYTES 2u
#define TAG_MAX ((1u << 29) - 1)
#define VARINT_BYTES_MAX 10

struct scan {
	uint32_t field_count; /* of the whole message */
};

static enum kb_err scan_message(struct scan *scan, const struct kb_wire_schema *schema,
				struct kb_span bytes, unsigned depth);

enum kb_err
kb_wire_read_varint(struct kb_wire_reader *reader, uint64_t *value)
{
	uint64_t result = 0;
	const uint8_t *at = reader->at;

	for (unsigned i = 0; i < VARINT_BYTES_MAX; i++) {
		if (at == reader->end) {
			return KB_ERR_TRUNCATED;
		}
		uint8_t byte = *at++;

		/* Nine bytes hold 63 bits: the tenth may only add the last one. */
		if (i == VARINT_BYTES_MAX - 1 && byte > 1) {
			return KB_ERR_MALFORMED;
		}
		result |= (uint64_t)(byte & 0x7f) << (7 * i);
		if ((byte & 0x80) == 0) {
			if (byte == 0 && i > 0) {
				return KB_ERR_NOT_CANONICAL;
			}
			reader->at = at;
			*value = result;
			return KB_OK;
		}
	}
	return KB_ERR_MALFORMED;
}

enum kb_err
kb_wire_read_bytes(struct kb_wire_reader *reader, uint64_t most, struct kb_span *bytes)
{
	uint64_t len = 0;
	enum kb_err err = kb_wire_read_varint(reader, &len);

	if (err != KB_OK) {
		return err;
	}
	if (len > most) {
		return KB_ERR_OVERSIZE;
	}
	if (len > (uint64_t)(reader->end - reader->at)) {
		return KB_ERR_TRUNCATED;
	}
	*bytes = kb_span(reader->at, (size_t)len);
	reader->at += len;
	return KB_OK;
}

static bool
enum_known(const ProtobufCFieldDescriptor *descriptor, uint64_t value)
{
	return value <= INT32_MAX &&
	       protobuf_c_enum_descriptor_get_value(descriptor->descriptor, (int)value) != NULL;
}

static enum kb_err
check_integer(const struct kb_wire_field *field, const ProtobufCFieldDescriptor *descriptor,
	      uint64_t value)
{
	if (field->range_err != KB_OK && (value < field->min || value > field->max)) {
		return field->range_err;
	}
	if (descriptor->type == PROTOBUF_C_TYPE_ENUM) {
		return enum_known(descriptor, value) ? KB_OK : KB_ERR_BAD_VALUE;
	}
	if (descriptor->type == PROTOBUF_C_TYPE_UINT32 && value > UINT32_MAX) {
		return KB_ERR_BAD_VALUE;
	}
	/* protobuf-c takes any varint for a bool and packs it as 1. */
	if (descriptor->type == PROTOBUF_C_TYPE_BOOL && value > 1) {
		return KB_ERR_NOT_CANONICAL;
	}
	return KB_OK;
}

/* A packed field: all elements in one piece. Only enums occur so; the length of one is at most that of a varint. */
static enum kb_err
scan_packed(struct kb_wire_reader *reader, const struct kb_wire_field *field,
	    const ProtobufCFieldDescriptor *descriptor)
{
	struct kb_span bytes = KB_SPAN_NONE;
	uint32_t count = 0;
	enum kb_err err =
		kb_wire_read_bytes(reader, (uint64_t)field->count_max * VARINT_BYTES_MAX, &bytes);

	if (err != KB_OK) {
		return err;
	}
	if (bytes.len == 0) {
		return KB_ERR_NOT_CANONICAL;
	}
	struct kb_wire_reader inner = { bytes.at, bytes.at + bytes.len };

	while (err == KB_OK && inner.at < inner.end) {
		uint64_t value = 0;

		err = kb_wire_read_varint(&inner, &value);
		if (err == KB_OK) {
			err = check_integer(field, descriptor, value);
		}
		if (err == KB_OK && ++count > field->count_max) {
			err = KB_ERR_OVERSIZE;
		}
	}
	return err;
}

static enum kb_err
scan_bytes(struct scan *scan, struct kb_wire_reader *reader, const struct kb_wire_field *field,
	   const ProtobufCFieldDescriptor *descriptor, unsigned depth)
{
	struct kb_span bytes = KB_SPAN_NONE;
	bool message = descriptor->type == PROTOBUF_C_TYPE_MESSAGE;
	enum kb_err err =
		kb_wire_read_bytes(reader, message ? field->schema->bytes_max : field->max, &bytes);

	if (err != KB_OK) {
		return err;
	}
	if (message) {
		return scan_message(scan, field->schema, bytes, depth + 1);
	}
	/* A message or an element may be empty and is then still written; an empty bytes field is its default. */
	return bytes.len == 0 && descriptor->label != PROTOBUF_C_LABEL_REPEATED
		       ? KB_ERR_NOT_CANONICAL
		       : KB_OK;
}

static enum kb_err
scan_varint(struct kb_wire_reader *reader, const struct kb_wire_field *field,
	    const ProtobufCFieldDescriptor *descriptor)
{
	uint64_t value = 0;
	enum kb_err err = kb_wire_read_varint(reader, &value);

	if (err == KB_OK) {
		err = check_integer(field, descriptor, value);
	}
	return err == KB_OK && value == 0 ? KB_ERR_NOT_CANONICAL : err;
}

static enum kb_err
scan_field(struct scan *scan, struct kb_wire_reader *reader, const struct kb_wire_field *field,
	   const ProtobufCFieldDescriptor *descriptor, unsigned wire_type, unsigned depth)
{
	bool by_length = descriptor->type == PROTOBUF_C_TYPE_BYTES ||
			 descriptor->type == PROTOBUF_C_TYPE_MESSAGE;
	bool packed = descriptor->label == PROTOBUF_C_LABEL_REPEATED && !by_length;

	if (wire_type != (by_length || packed ? WIRE_BYTES : WIRE_VARINT)) {
		return KB_ERR_MALFORMED;
	}
	if (++scan->field_count > KB_WIRE_FIELD_COUNT_MAX) {
		return KB_ERR_OVERSIZE;
	}
	if (packed) {
		return scan_packed(reader, field, descriptor);
	}
	return by_length ? scan_bytes(scan, reader, field, descriptor, depth)
			 : scan_varint(reader, field, descriptor);
}

/* The place of a tag in the table, which is searched from where the last field stood: tags rise. */
static enum kb_err
find_field(const struct kb_wire_schema *schema, uint64_t tag, size_t *index)
{
	size_t i = *index;

	if (i < schema->field_count && tag < schema->descriptor->fields[i].id) {
		/* Behind us or unknown: look at all to name it. */
		for (size_t j = 0; j < schema->field_count; j++) {
			if (schema->descriptor->fields[j].id == tag) {
				return KB_ERR_NOT_CANONICAL;
			}
		}
		return KB_ERR_UNKNOWN_FIELD;
	}
	while (i < schema->field_count && schema->descriptor->fields[i].id < tag) {
		i++;
	}
	if (i == schema->field_count || schema->descriptor->fields[i].id != tag) {
		return KB_ERR_UNKNOWN_FIELD;
	}
	*index = i;
	return KB_OK;
}

static enum kb_err
scan_message(struct scan *scan, const struct kb_wire_schema *schema, struct kb_span bytes,
	     unsigned depth)
{
	struct kb_wire_reader reader = { bytes.at, bytes.at };
	uint64_t last_tag = 0;
	uint32_t repeats = 0;
	size_t index = 0;
	bool chosen = false;
	enum kb_err err = depth < KB_WIRE_DEPTH_MAX ? KB_OK : KB_ERR_TOO_DEEP;

	if (bytes.len > 0) {
		reader.end = bytes.at + bytes.len;
	}
	while (err == KB_OK && reader.at < reader.end) {
		uint64_t key = 0;

		err = kb_wire_read_varint(&reader, &key);
		if (err != KB_OK) {
			break;
		}
		uint64_t tag = key >> 3;

		if (tag == 0 || tag > TAG_MAX) {
			return KB_ERR_MALFORMED;
		}
		err = find_field(schema, tag, &index);
		if (err != KB_OK) {
			break;
		}
		const struct kb_wire_field *field = &schema->fields[index];

		repeats = tag == last_tag ? repeats + 1 : 1;
		last_tag = tag;
		if (repeats > 1 && (field->count_max == 0 || field->form == KB_FORM_ENUM)) {
			return KB_ERR_NOT_CANONICAL;
		}
		if (field->count_max != 0 && repeats > field->count_max) {
			return KB_ERR_OVERSIZE;
		}
		if (schema->oneof && field->form == KB_FORM_MESSAGE) {
			if (chosen) {
				return KB_ERR_NOT_CANONICAL;
			}
			chosen = true;
		}
		err = scan_field(scan, &reader, field, &schema->descriptor->fields[index],
				 (unsigned)(key & 7), depth);
	}
	return err;
}

enum kb_err
kb_prescan_at_depth(const struct kb_wire_schema *schema, struct kb_span bytes, unsigned depth)
{
	struct scan scan = { 0 };

	if (bytes.len > schema->bytes_max) {
		return KB_ERR_OVERSIZE;
	}
	return scan_message(&scan, schema, bytes, depth);
}

enum kb_err
kb_prescan(const struct kb_wire_schema *schema, struct kb_span bytes)
{
	return kb_prescan_at_depth(schema, bytes, 0);
}
