/* SPDX-License-Identifier: EUPL-1.2 */
/* Packing and unpacking of row values. */
#include "common/store/codec.h"

#include "common/base/bytes.h"
#include "common/base/text.h"

void
kb_pack_begin_key(struct kb_pack *pack, struct kb_buf *out)
{
	pack->out = out;
	pack->start = out->len;
	pack->err = KB_OK;
}

void
kb_pack_begin(struct kb_pack *pack, struct kb_buf *out, uint8_t version)
{
	kb_pack_begin_key(pack, out);
	kb_pack_u8(pack, version);
}

static uint8_t *
room(struct kb_pack *pack, size_t len)
{
	uint8_t *at = NULL;

	if (pack->err == KB_OK) {
		pack->err = kb_buf_extend(pack->out, len, &at);
	}
	return pack->err == KB_OK ? at : NULL;
}

void
kb_pack_u8(struct kb_pack *pack, uint8_t value)
{
	uint8_t *at = room(pack, 1);

	if (at != NULL) {
		at[0] = value;
	}
}

void
kb_pack_bool(struct kb_pack *pack, bool value)
{
	kb_pack_u8(pack, value ? 1 : 0);
}

void
kb_pack_u16(struct kb_pack *pack, uint16_t value)
{
	uint8_t *at = room(pack, 2);

	if (at != NULL) {
		kb_store_u16(at, value);
	}
}

void
kb_pack_u32(struct kb_pack *pack, uint32_t value)
{
	uint8_t *at = room(pack, 4);

	if (at != NULL) {
		kb_store_u32(at, value);
	}
}

void
kb_pack_u64(struct kb_pack *pack, uint64_t value)
{
	uint8_t *at = room(pack, 8);

	if (at != NULL) {
		kb_store_u64(at, value);
	}
}

void
kb_pack_i64(struct kb_pack *pack, int64_t value)
{
	kb_pack_u64(pack, (uint64_t)value);
}

void
kb_pack_fixed(struct kb_pack *pack, const void *at, size_t len)
{
	uint8_t *to = len > 0 ? room(pack, len) : NULL;

	if (to != NULL) {
		memcpy(to, at, len);
	}
}

void
kb_pack_bytes(struct kb_pack *pack, struct kb_span bytes)
{
	if (bytes.len > UINT32_MAX) {
		pack->err = pack->err == KB_OK ? KB_ERR_OVERSIZE : pack->err;
		return;
	}
	kb_pack_u32(pack, (uint32_t)bytes.len);
	kb_pack_fixed(pack, bytes.at, bytes.len);
}

void
kb_pack_text(struct kb_pack *pack, const char *text)
{
	kb_pack_bytes(pack, kb_span_text(text));
}

void
kb_pack_party(struct kb_pack *pack, const struct kb_party_id *id)
{
	kb_pack_bytes(pack, kb_party_id_span(id));
}

enum kb_err
kb_pack_end(struct kb_pack *pack)
{
	if (pack->err != KB_OK) {
		pack->out->len = pack->start;
	}
	return pack->err;
}

void
kb_unpack_begin_key(struct kb_unpack *unpack, struct kb_span key)
{
	unpack->rest = key;
	unpack->err = KB_OK;
}

uint8_t
kb_unpack_begin(struct kb_unpack *unpack, struct kb_span value, uint8_t newest)
{
	uint8_t version = 0;

	kb_unpack_begin_key(unpack, value);
	version = kb_unpack_u8(unpack);
	if (unpack->err == KB_OK && (version == 0 || version > newest)) {
		unpack->err = KB_ERR_CORRUPT;
	}
	return unpack->err == KB_OK ? version : 0;
}

/* NULL after an error; an empty piece is a pointer that is not to be read. */
static const uint8_t *
take(struct kb_unpack *unpack, size_t len)
{
	const uint8_t *at = unpack->rest.at;

	if (unpack->err == KB_OK && unpack->rest.len < len) {
		unpack->err = KB_ERR_CORRUPT;
	}
	if (unpack->err != KB_OK) {
		return NULL;
	}
	unpack->rest = kb_span_part(unpack->rest, len, unpack->rest.len);
	return at;
}

uint8_t
kb_unpack_u8(struct kb_unpack *unpack)
{
	const uint8_t *at = take(unpack, 1);

	return at != NULL ? at[0] : 0;
}

bool
kb_unpack_bool(struct kb_unpack *unpack)
{
	uint8_t value = kb_unpack_u8(unpack);

	if (value > 1) {
		unpack->err = KB_ERR_CORRUPT;
	}
	return value == 1;
}

uint16_t
kb_unpack_u16(struct kb_unpack *unpack)
{
	const uint8_t *at = take(unpack, 2);

	return at != NULL ? kb_load_u16(at) : 0;
}

uint32_t
kb_unpack_u32(struct kb_unpack *unpack)
{
	const uint8_t *at = take(unpack, 4);

	return at != NULL ? kb_load_u32(at) : 0;
}

uint64_t
kb_unpack_u64(struct kb_unpack *unpack)
{
	const uint8_t *at = take(unpack, 8);

	return at != NULL ? kb_load_u64(at) : 0;
}

int64_t
kb_unpack_i64(struct kb_unpack *unpack)
{
	uint64_t bits = kb_unpack_u64(unpack);
	int64_t value = 0;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

void
kb_unpack_fixed(struct kb_unpack *unpack, void *at, size_t len)
{
	const uint8_t *from = take(unpack, len);

	if (len == 0) {
		return;
	}
	if (from != NULL) {
		memcpy(at, from, len);
	} else {
		memset(at, 0, len);
	}
}

struct kb_span
kb_unpack_bytes(struct kb_unpack *unpack)
{
	uint32_t len = kb_unpack_u32(unpack);
	const uint8_t *at = take(unpack, len);

	return unpack->err == KB_OK && len > 0 ? kb_span(at, len) : KB_SPAN_NONE;
}

void
kb_unpack_text(struct kb_unpack *unpack, char *out, size_t size)
{
	struct kb_span text = kb_unpack_bytes(unpack);

	if (kb_text_copy(out, size, text) != KB_OK && unpack->err == KB_OK) {
		unpack->err = KB_ERR_CORRUPT;
	}
}

void
kb_unpack_party(struct kb_unpack *unpack, struct kb_party_id *id)
{
	struct kb_span text = kb_unpack_bytes(unpack);

	*id = (struct kb_party_id){ { 0 } };
	if (text.len > 0 && kb_party_id_parse(text, id) != KB_OK) {
		unpack->err = KB_ERR_CORRUPT;
	}
}

enum kb_err
kb_unpack_end(struct kb_unpack *unpack)
{
	if (unpack->err == KB_OK && unpack->rest.len > 0) {
		unpack->err = KB_ERR_CORRUPT;
	}
	return unpack->err;
}

struct kb_key64
kb_key64(uint64_t number)
{
	struct kb_key64 key;

	kb_store_u64(key.bytes, number);
	return key;
}
