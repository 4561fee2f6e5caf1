/* SPDX-License-Identifier: EUPL-1.2 */
/* One message from one party to one other: header, seal, envelope, body. */
#include "common/wire/envelope.h"

#include "common/base/bytes.h"
#include "common/wire/prescan.h"
#include "common/wire/wire_codec.h"
#include "proto/envelope.pb-c.h"

#define AAD_LABEL "ketenbode/v1/aad"
#define HPKE_INFO_LABEL "ketenbode/v1/hpke"
/* Smallest padded size (crypto/padding.h): 512 * 2^k and 768 * 2^k. */
#define PADDING_STEP 512u

static const struct {
	const char *name;
	const char *label;
} priorities[] = {

#define KB_ROW(name, number, text, label) [(number)] = { text, label },
	KB_PRIORITY_TABLE(KB_ROW)
#undef KB_ROW
};
_Static_assert(sizeof(priorities) / sizeof(priorities[0]) == KB_PRIORITY_COUNT, "one row each");

const char *
kb_priority_name(enum kb_priority priority)
{
	return (unsigned)priority < KB_PRIORITY_COUNT ? priorities[priority].name : "";
}

const char *
kb_priority_label(enum kb_priority priority)
{
	return (unsigned)priority < KB_PRIORITY_COUNT ? priorities[priority].label : "";
}

static enum kb_err
header_check(const void *message)
{
	const struct kb_header *header = message;

	return header->expires_at_utc_ms > header->sent_at_utc_ms &&
			       !kb_party_id_equal(&header->sender, &header->recipient)
		       ? KB_OK
		       : KB_ERR_BAD_VALUE;
}

static const struct kb_wire_field header_fields[] = {
	KB_WIRE_VERSION_FIELD(header, 1, wire_version),
	KB_VERSION_FIELD(header, 2, suite, KB_WIRE_SUITE, KB_WIRE_SUITE, KB_ERR_BAD_SUITE),
	KB_EXACT(header, 3, ID, message_id, true),
	KB_PARTY(header, 4, sender, true),
	KB_PARTY(header, 5, recipient, true),
	KB_EXACT(header, 6, ID, epoch, true),
	KB_NUMBER_OPT(header, 7, U64, number, UINT64_MAX),
	KB_NUMBER(header, 8, U32, attempt, 1, UINT32_MAX),
	KB_TIME(header, 9, sent_at_utc_ms),
	KB_TIME(header, 10, expires_at_utc_ms),
	KB_ENUM(header, 11, priority),
	KB_EXACT(header, 12, ID, hpke_enc, true),
	KB_NUMBER_OPT(header, 13, U32, hpke_index, KB_WIRE_TREE_SIZE_MAX - 1),
	KB_EXACT(header, 14, FIXED, sealed_sha256, true),
	KB_EXACT(header, 15, FIXED, commitment, true),
};
KB_SCHEMA(header, header, KB_WIRE_HEADER_BYTES_MAX, .check = header_check);

static enum kb_err
wire_seal_check(const void *message)
{
	const struct kb_wire_seal *seal = message;

	/* Exactly the length that index and size imply: a longer path would let one leaf stand for an inner node. */
	return seal->leaf_index < seal->tree_size &&
			       seal->path.len ==
				       kb_wire_path_levels(seal->leaf_index, seal->tree_size) *
					       KB_HASH_BYTES
		       ? KB_OK
		       : KB_ERR_BAD_PATH;
}

static const struct kb_wire_field wire_seal_fields[] = {
	KB_NUMBER(wire_seal, 1, U32, key_version, 1, UINT32_MAX),
	KB_NUMBER(wire_seal, 2, U32, tree_size, 1, KB_WIRE_TREE_SIZE_MAX),
	KB_NUMBER_OPT(wire_seal, 3, U32, leaf_index, KB_WIRE_TREE_SIZE_MAX - 1),
	KB_BYTES(wire_seal, 4, HASHES, path, false, KB_HASH_BYTES,
		 KB_WIRE_PATH_LEVELS_MAX *KB_HASH_BYTES),
	KB_EXACT(wire_seal, 5, FIXED, signature, true),
};
KB_SCHEMA(wire_seal, seal, KB_WIRE_SEAL_BYTES_MAX, .check = wire_seal_check);

bool
kb_sealed_bytes_ok(size_t count)
{
	size_t padded = count - KB_WIRE_TAG_BYTES;

	if (count < KB_WIRE_SEALED_BYTES_MIN || count > KB_WIRE_SEALED_BYTES_MAX ||
	    padded % (PADDING_STEP / 2) != 0) {
		return false;
	}
	/* In units of 256 bytes: 2, 3, 4, 6, 8, 12 ... */
	size_t units = padded / (PADDING_STEP / 2);

	if (units % 3 == 0) {
		units /= 3;
	}
	return (units & (units - 1)) == 0;
}

static enum kb_err
envelope_check(const void *message)
{
	const struct kb_envelope *envelope = message;

	return kb_sealed_bytes_ok(envelope->sealed.len) ? KB_OK : KB_ERR_BAD_VALUE;
}

static const struct kb_wire_field envelope_fields[] = {
	KB_BYTES(envelope, 1, SPAN, header, true, 1, KB_WIRE_HEADER_BYTES_MAX),
	KB_BYTES(envelope, 2, SPAN, seal, true, 1, KB_WIRE_SEAL_BYTES_MAX),
	KB_BYTES(envelope, 3, SPAN, sealed, true, KB_WIRE_SEALED_BYTES_MIN,
		 KB_WIRE_SEALED_BYTES_MAX),
};
KB_SCHEMA(envelope, envelope, KB_WIRE_ENVELOPE_BYTES_MAX, .check = envelope_check);

static enum kb_err
author_check(const void *message)
{
	const struct kb_author *author = message;

	return author->person.len == 0 || author->function.len > 0 ? KB_OK : KB_ERR_BAD_VALUE;
}

static const struct kb_wire_field author_fields[] = {
	KB_BYTES(author, 1, TEXT, person, false, 1, KB_WIRE_PERSON_BYTES_MAX),
	KB_BYTES(author, 2, TEXT, function, false, 1, KB_WIRE_FUNCTION_BYTES_MAX),
};
KB_SCHEMA(author, author, KB_WIRE_PERSON_BYTES_MAX + KB_WIRE_FUNCTION_BYTES_MAX + 16,
	  .check = author_check);

static enum kb_err
body_check(const void *message)
{
	const struct kb_body *body = message;
	bool after = !kb_wire_all_zero(&body->after_epoch, sizeof(body->after_epoch));

	/* A message that rests on a toestemming names it (design section 8). */
	if (body->ground == KB_GROUND_TOESTEMMING && kb_id_empty(&body->consent_ref)) {
		return KB_ERR_BAD_VALUE;
	}
	if (body->toestemming.len > 0 && kb_id_empty(&body->consent_ref)) {
		return KB_ERR_BAD_VALUE;
	}
	return after == (body->after_number != 0) ? KB_OK : KB_ERR_BAD_VALUE;
}

static const struct kb_wire_field body_fields[] = {
	KB_NUMBER(body, 1, U32, kind, 1, KB_WIRE_KIND_MAX),
	KB_EXACT(body, 2, ID, case_id, false),
	KB_EXACT(body, 3, ID, in_reply_to, false),
	KB_EXACT(body, 4, ID, subject_pseudonym, false),
	KB_ENUM(body, 5, purpose),
	KB_ENUM(body, 6, ground),
	KB_EXACT(body, 7, ID, consent_ref, false),
	KB_EXACT(body, 8, FIXED, profile_hash, false),
	KB_MESSAGE(body, 9, author, author),
	KB_EXACT(body, 10, ID, after_epoch, false),
	KB_NUMBER_OPT(body, 11, U64, after_number, UINT64_MAX),
	KB_NUMBER_OPT(body, 12, U32, desk, KB_DESK_COUNT - 1),
	KB_BYTES(body, 13, SPAN, content, true, 1, KB_WIRE_CONTENT_BYTES_MAX),
	KB_NUMBER_OPT(body, 14, U32, from_desk, KB_DESK_COUNT - 1),
	KB_BYTES(body, 15, SPAN, toestemming, false, 1, KB_WIRE_TOESTEMMING_BYTES_MAX),
	KB_BYTES(body, 16, TEXT, reglement, false, 1, KB_WIRE_REGLEMENT_BYTES_MAX),
};
KB_SCHEMA(body, body, KB_WIRE_BODY_BYTES_MAX, .check = body_check);

enum kb_err
kb_header_decode(struct kb_span bytes, struct kb_arena *arena, struct kb_header *out)
{
	return kb_wire_decode(&kb_schema_header, bytes, arena, out);
}

enum kb_err
kb_header_encode(const struct kb_header *in, struct kb_buf *out)
{
	return kb_wire_encode(&kb_schema_header, in, out);
}

enum kb_err
kb_wire_seal_decode(struct kb_span bytes, struct kb_arena *arena, struct kb_wire_seal *out)
{
	return kb_wire_decode(&kb_schema_wire_seal, bytes, arena, out);
}

enum kb_err
kb_wire_seal_encode(const struct kb_wire_seal *in, struct kb_buf *out)
{
	return kb_wire_encode(&kb_schema_wire_seal, in, out);
}

/* One of the three fields, all of which must be there. The pre-scanner has been: what fails here can only be absent. */
static enum kb_err
split_part(struct kb_wire_reader *reader, const struct kb_wire_field *field, struct kb_span *part)
{
	uint64_t key = 0;
	enum kb_err err = KB_ERR_BAD_VALUE;

	if (reader->at < reader->end) {
		err = kb_wire_read_varint(reader, &key);
	}
	if (err == KB_OK && key >> 3 != field->tag) {
		err = KB_ERR_BAD_VALUE;
	}
	return err == KB_OK ? kb_wire_read_bytes(reader, field->max, part) : err;
}

enum kb_err
kb_envelope_split(struct kb_span bytes, struct kb_envelope *out)
{
	struct kb_envelope parts = { KB_SPAN_NONE, KB_SPAN_NONE, KB_SPAN_NONE };
	struct kb_span *const in_order[] = { &parts.header, &parts.seal, &parts.sealed };
	struct kb_wire_reader reader = { bytes.at, bytes.at };
	enum kb_err err = kb_prescan(&kb_schema_envelope, bytes);

	if (err == KB_OK && bytes.len > 0) {
		reader.end = bytes.at + bytes.len;
	}
	for (size_t i = 0; err == KB_OK && i < sizeof(in_order) / sizeof(in_order[0]); i++) {
		err = split_part(&reader, &envelope_fields[i], in_order[i]);
	}
	if (err == KB_OK) {
		err = kb_wire_check(&kb_schema_envelope, &parts);
	}
	if (err == KB_OK) {
		*out = parts;
	}
	return err;
}

enum kb_err
kb_envelope_encode(const struct kb_envelope *in, struct kb_buf *out)
{
	return kb_wire_encode(&kb_schema_envelope, in, out);
}

enum kb_err
kb_body_decode(struct kb_span bytes, struct kb_arena *arena, struct kb_body *out)
{
	return kb_wire_decode(&kb_schema_body, bytes, arena, out);
}

enum kb_err
kb_body_encode(const struct kb_body *in, struct kb_buf *out)
{
	return kb_wire_encode(&kb_schema_body, in, out);
}

/* Fixed layouts: written to bytes of this size, then appended at once. */
#define LAYOUT_BYTES_MAX 160

struct layout {
	uint8_t bytes[LAYOUT_BYTES_MAX];
	size_t len;
};

static void
layout_put(struct layout *layout, const void *at, size_t len)
{
	KB_INVARIANT(len <= LAYOUT_BYTES_MAX - layout->len);
	memcpy(layout->bytes + layout->len, at, len);
	layout->len += len;
}

static void
layout_put_u32(struct layout *layout, uint32_t value)
{
	uint8_t bytes[4];

	kb_store_u32(bytes, value);
	layout_put(layout, bytes, sizeof(bytes));
}

static void
layout_put_u64(struct layout *layout, uint64_t value)
{
	uint8_t bytes[8];

	kb_store_u64(bytes, value);
	layout_put(layout, bytes, sizeof(bytes));
}

/* Length u8 || text: an id may be 20 or 27 characters, and nothing else keeps two of them apart. */
static void
layout_put_party(struct layout *layout, const struct kb_party_id *party)
{
	uint8_t len = (uint8_t)strnlen(party->text, KB_PARTY_ID_MAX);

	layout_put(layout, &len, 1);
	layout_put(layout, party->text, len);
}

enum kb_err
kb_aad_encode(const struct kb_header *header, struct kb_buf *out)
{
	struct layout layout = { .len = 0 };

	layout_put(&layout, AAD_LABEL, sizeof(AAD_LABEL));
	layout_put_u32(&layout, header->wire_version);
	layout_put_u32(&layout, header->suite);
	layout_put(&layout, header->message_id.bytes, KB_ID_BYTES);
	layout_put_party(&layout, &header->sender);
	layout_put_party(&layout, &header->recipient);
	layout_put(&layout, header->epoch.bytes, KB_EPOCH_BYTES);
	layout_put_u64(&layout, header->number);
	layout_put_u64(&layout, (uint64_t)header->expires_at_utc_ms);
	return kb_buf_put(out, kb_span(layout.bytes, layout.len));
}

enum kb_err
kb_hpke_info_encode(const struct kb_party_id *sender, const struct kb_party_id *recipient,
		    struct kb_buf *out)
{
	struct layout layout = { .len = 0 };

	layout_put(&layout, HPKE_INFO_LABEL, sizeof(HPKE_INFO_LABEL));
	layout_put_party(&layout, sender);
	layout_put_party(&layout, recipient);
	return kb_buf_put(out, kb_span(layout.bytes, layout.len));
}
