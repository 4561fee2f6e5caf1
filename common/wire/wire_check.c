/* SPDX-License-Identifier: EUPL-1.2 */
/* The rules of the contract that stand in the tables. */
#include "common/base/ids.h"
#include "common/base/text.h"
#include "common/exchange/date.h"
#include "common/wire/wire_codec.h"

static bool
date_ok(uint32_t yyyymmdd)
{
	struct kb_civil civil = { .year = (int32_t)(yyyymmdd / 10000),
				  .month = (int32_t)(yyyymmdd / 100 % 100),
				  .day = (int32_t)(yyyymmdd % 100) };
	int32_t day = 0;

	return (uint32_t)civil.year >= KB_WIRE_YEAR_MIN &&
	       (uint32_t)civil.year <= KB_WIRE_YEAR_MAX && kb_date_from_civil(civil, &day) == KB_OK;
}

static bool
code_ok(const char *text, const char *pattern)
{
	size_t i = 0;

	for (; pattern[i] != 0; i++) {
		char c = text[i];
		bool ok = pattern[i] == '9'   ? c >= '0' && c <= '9'
			  : pattern[i] == 'A' ? c >= 'A' && c <= 'Z'
					      : c == pattern[i];

		if (!ok) {
			return false;
		}
	}
	return text[i] == 0;
}

static enum kb_err
check_integer(const struct kb_wire_field *field, const ProtobufCFieldDescriptor *descriptor,
	      const void *at)
{
	uint64_t value = kb_wire_integer(field, at);
	bool ok = (value == 0 && !field->required) || (value >= field->min && value <= field->max);

	if (ok && value != 0 && field->form == KB_FORM_DATE) {
		ok = date_ok((uint32_t)value);
	}
	if (ok && value != 0 && field->form == KB_FORM_ENUM) {
		ok = protobuf_c_enum_descriptor_get_value(descriptor->descriptor, (int)value) !=
		     NULL;
	}
	if (ok) {
		return KB_OK;
	}
	return field->range_err != KB_OK ? field->range_err : KB_ERR_BAD_VALUE;
}

static enum kb_err
check_span(const struct kb_wire_field *field, const void *at)
{
	struct kb_span span = KB_SPAN_NONE;

	memcpy(&span, at, sizeof(span));
	if (span.len == 0) {
		return field->required ? KB_ERR_BAD_VALUE : KB_OK;
	}
	if (span.len > field->max) {
		return KB_ERR_OVERSIZE;
	}
	if (span.len < field->min) {
		return KB_ERR_BAD_VALUE;
	}
	if (field->form == KB_FORM_HASHES && span.len % KB_HASH_BYTES != 0) {
		return KB_ERR_BAD_PATH;
	}
	if ((field->form == KB_FORM_TEXT || field->form == KB_FORM_LINES) &&
	    !kb_text_ok(span, field->form == KB_FORM_LINES)) {
		return KB_ERR_BAD_TEXT;
	}
	return KB_OK;
}

static enum kb_err
check_party(const struct kb_wire_field *field, const void *at)
{
	struct kb_party_id id;
	struct kb_party_id parsed = { { 0 } };
	enum kb_err err = KB_OK;

	memcpy(&id, at, sizeof(id));
	if (id.text[0] != 0) {
		err = id.text[KB_PARTY_ID_MAX] == 0
			      ? kb_party_id_parse(kb_party_id_span(&id), &parsed)
			      : KB_ERR_BAD_VALUE;
	} else if (field->required) {
		err = KB_ERR_BAD_VALUE;
	}
	/* The bytes behind a short id count too: ids are compared whole. */
	return err == KB_OK && !kb_party_id_equal(&id, &parsed) ? KB_ERR_BAD_VALUE : err;
}

static enum kb_err
check_code(const struct kb_wire_field *field, const char *at)
{
	bool ok = at[0] == 0 ? !field->required : code_ok(at, field->pattern);

	return ok ? KB_OK : KB_ERR_BAD_VALUE;
}

static enum kb_err
check_value(const struct kb_wire_field *field, const ProtobufCFieldDescriptor *descriptor,
	    const void *at)
{
	enum kb_err err = KB_OK;

	switch (field->form) {
	case KB_FORM_U32:
	case KB_FORM_U64:
	case KB_FORM_TIME:
	case KB_FORM_DATE:
	case KB_FORM_BOOL:
	case KB_FORM_ENUM:
		err = check_integer(field, descriptor, at);
		break;
	case KB_FORM_ID:
		err = field->required && kb_wire_all_zero(at, field->bytes) ? KB_ERR_BAD_VALUE
									    : KB_OK;
		break;
	case KB_FORM_PARTY:
		err = check_party(field, at);
		break;
	case KB_FORM_CODE:
		err = check_code(field, at);
		break;
	case KB_FORM_TEXT:
	case KB_FORM_LINES:
	case KB_FORM_SPAN:
	case KB_FORM_HASHES:
		err = check_span(field, at);
		break;
	case KB_FORM_MESSAGE:
		err = kb_wire_check(field->schema, at);
		break;
	case KB_FORM_FIXED:
	case KB_FORM_NONE:
	case KB_FORM_COUNT:
		break;
	}
	return err;
}

static enum kb_err
check_list(const struct kb_wire_field *field, const ProtobufCFieldDescriptor *descriptor,
	   const uint8_t *message)
{
	size_t count = 0;
	const uint8_t *at = NULL;
	enum kb_err err = KB_OK;

	memcpy(&count, message + field->extra_offset, sizeof(count));
	memcpy(&at, message + field->offset, sizeof(at));
	if (count > field->count_max) {
		return KB_ERR_OVERSIZE;
	}
	if (count < field->count_min) {
		return KB_ERR_BAD_VALUE;
	}
	for (size_t i = 0; err == KB_OK && i < count; i++) {
		err = check_value(field, descriptor, at + i * field->bytes);
	}
	return err;
}

enum kb_err
kb_wire_check(const struct kb_wire_schema *schema, const void *message)
{
	const uint8_t *at = message;
	bool chosen = false;
	enum kb_err err = KB_OK;

	for (size_t i = 0; err == KB_OK && i < schema->field_count; i++) {
		const struct kb_wire_field *field = &schema->fields[i];
		const ProtobufCFieldDescriptor *descriptor = &schema->descriptor->fields[i];

		if (field->count_max != 0) {
			err = check_list(field, descriptor, at);
		} else if (kb_wire_present(schema, field, at)) {
			err = check_value(field, descriptor, at + field->offset);
			chosen = chosen || field->form == KB_FORM_MESSAGE;
		}
	}
	if (err == KB_OK && schema->oneof && !chosen) {
		err = KB_ERR_BAD_VALUE;
	}
	if (err == KB_OK && schema->check != NULL) {
		err = schema->check(message);
	}
	return err;
}
