/* SPDX-License-Identifier: EUPL-1.2 */
/* Packing of row values and keys: big endian, a version byte first, nothing optional. */
#ifndef KB_STORE_CODEC_H
#define KB_STORE_CODEC_H

#include "common/base/buf.h"
#include "common/base/ids.h"

/* The first error stays and makes every later call do nothing, so a row is packed without a check per field. out keeps what
 * it had before, and gets nothing that kb_pack_end() did not approve. */
struct kb_pack {
	struct kb_buf *out;
	size_t start;
	enum kb_err err;
};

/* Begins a value with its version byte at the end of out. */
void kb_pack_begin(struct kb_pack *pack, struct kb_buf *out, uint8_t version);
/* The same without a version: for keys. */
void kb_pack_begin_key(struct kb_pack *pack, struct kb_buf *out);
void kb_pack_u8(struct kb_pack *pack, uint8_t value);
void kb_pack_bool(struct kb_pack *pack, bool value);
void kb_pack_u16(struct kb_pack *pack, uint16_t value);
void kb_pack_u32(struct kb_pack *pack, uint32_t value);
void kb_pack_u64(struct kb_pack *pack, uint64_t value);
void kb_pack_i64(struct kb_pack *pack, int64_t value); /* two's complement */
void kb_pack_fixed(struct kb_pack *pack, const void *at, size_t len);
void kb_pack_bytes(struct kb_pack *pack, struct kb_span bytes); /* u32 length first */
void kb_pack_text(struct kb_pack *pack, const char *text);	/* as bytes; NULL is "" */
void kb_pack_party(struct kb_pack *pack, const struct kb_party_id *id);
/* KB_OK, or the first error; then out is as it was before _begin. */
KB_MUST_CHECK enum kb_err kb_pack_end(struct kb_pack *pack);

/* Never reads past the end. After the first error (KB_ERR_CORRUPT) every getter gives zero or the empty span. Spans point
 * into the value. */
struct kb_unpack {
	struct kb_span rest;
	enum kb_err err;
};

/* The version byte of value must be 1..newest (else KB_ERR_CORRUPT, as for an empty value); returned for the caller's
 * decision, 0 on the error. */
uint8_t kb_unpack_begin(struct kb_unpack *unpack, struct kb_span value, uint8_t newest);
void kb_unpack_begin_key(struct kb_unpack *unpack, struct kb_span key);
uint8_t kb_unpack_u8(struct kb_unpack *unpack);
bool kb_unpack_bool(struct kb_unpack *unpack); /* anything but 0 and 1 is an error */
uint16_t kb_unpack_u16(struct kb_unpack *unpack);
uint32_t kb_unpack_u32(struct kb_unpack *unpack);
uint64_t kb_unpack_u64(struct kb_unpack *unpack);
int64_t kb_unpack_i64(struct kb_unpack *unpack);
/* Copies len bytes to at; zeroes on error. */
void kb_unpack_fixed(struct kb_unpack *unpack, void *at, size_t len);
struct kb_span kb_unpack_bytes(struct kb_unpack *unpack);
/* Copies to a C string of size bytes; too long or with a NUL is an error, out is then "". */
void kb_unpack_text(struct kb_unpack *unpack, char *out, size_t size);
/* The empty id passes. */
void kb_unpack_party(struct kb_unpack *unpack, struct kb_party_id *id);
/* KB_ERR_CORRUPT after an error or when bytes are left. */
KB_MUST_CHECK enum kb_err kb_unpack_end(struct kb_unpack *unpack);

/* Keys of one number. */
struct kb_key64 {
	uint8_t bytes[8];
};
struct kb_key64 kb_key64(uint64_t number);
#define KB_KEY64_SPAN(key) (kb_span((key).bytes, sizeof((key).bytes)))

#endif
