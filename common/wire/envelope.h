/* SPDX-License-Identifier: EUPL-1.2 */
/* One message from one party to one other: header, seal, envelope, body (proto/envelope.proto). */
#ifndef KB_WIRE_ENVELOPE_H
#define KB_WIRE_ENVELOPE_H

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/base/ids.h"
#include "common/exchange/kinds.h"
#include "common/wire/wire_limits.h"

/*
 * For all of common/wire:
 * _decode accepts exactly one form of a message (README.md there). Everything that out refers to lies in arena and is
 * valid until it is cleared; bytes may be freed. On an error out is untouched, arena may have grown.
 *   KB_ERR_OVERSIZE       a length, count or total above wire_limits.h (or the memory budget)
 *   KB_ERR_TRUNCATED, KB_ERR_MALFORMED, KB_ERR_UNKNOWN_FIELD, KB_ERR_TOO_DEEP
 *   KB_ERR_NOT_CANONICAL  well formed, but not the one form
 *   KB_ERR_BAD_TEXT, KB_ERR_BAD_VALUE, KB_ERR_BAD_VERSION, KB_ERR_BAD_SUITE, KB_ERR_BAD_PATH
 *   KB_ERR_NO_MEMORY
 * _encode appends to out what _decode would accept, or fails with the same codes and leaves out as it was.
 * An id, epoch or hash that is "absent" is all zero; all zero on the wire is refused. Times are UTC milliseconds, dates
 * yyyymmdd of an existing day; 0 is absent where the text says so.
 */

#define KB_PRIORITY_TABLE(X)                                                                       \
	X(NONE, 0, "", "")                                                                         \
	X(NORMAL, 1, "normal", "gewoon")                                                           \
	X(URGENT, 2, "urgent", "spoed")

enum kb_priority {

#define KB_ROW(name, number, text, label) KB_PRIORITY_##name = (number),
	KB_PRIORITY_TABLE(KB_ROW)
#undef KB_ROW
};
#define KB_PRIORITY_COUNT 3

/* "" for NONE and numbers outside the table. */
const char *kb_priority_name(enum kb_priority priority);
const char *kb_priority_label(enum kb_priority priority); /* Dutch, for people */

struct kb_header {
	uint32_t
		wire_version; /* KB_WIRE_VERSION_OLDEST..KB_WIRE_VERSION, else KB_ERR_BAD_VERSION */
	uint32_t suite;	      /* KB_WIRE_SUITE, else KB_ERR_BAD_SUITE */
	struct kb_id message_id;
	struct kb_party_id sender;
	struct kb_party_id recipient; /* another party than sender */
	struct kb_epoch epoch;
	uint64_t number;  /* 0 only for a receipt: the body shows whether it is one */
	uint32_t attempt; /* from 1 */
	int64_t sent_at_utc_ms;
	int64_t expires_at_utc_ms; /* later than sent_at_utc_ms */
	enum kb_priority priority;
	uint8_t hpke_enc[KB_WIRE_KEY_BYTES];
	uint32_t hpke_index; /* below KB_WIRE_TREE_SIZE_MAX */
	struct kb_hash sealed_sha256;
	struct kb_hash commitment;
};

KB_MUST_CHECK enum kb_err kb_header_decode(struct kb_span bytes, struct kb_arena *arena,
					   struct kb_header *out);
KB_MUST_CHECK enum kb_err kb_header_encode(const struct kb_header *in, struct kb_buf *out);

/* The message Seal; "wire" because struct kb_seal is the batch seal of common/crypto/seal.h that it is made of. */
struct kb_wire_seal {
	uint32_t key_version; /* from 1 */
	uint32_t tree_size;   /* 1..KB_WIRE_TREE_SIZE_MAX */
	uint32_t leaf_index;  /* below tree_size */
	struct kb_span
		path; /* whole hashes, exactly as many as leaf_index and tree_size imply, else KB_ERR_BAD_PATH */
	uint8_t signature[KB_WIRE_SIGNATURE_BYTES];
};

KB_MUST_CHECK enum kb_err kb_wire_seal_decode(struct kb_span bytes, struct kb_arena *arena,
					      struct kb_wire_seal *out);
KB_MUST_CHECK enum kb_err kb_wire_seal_encode(const struct kb_wire_seal *in, struct kb_buf *out);

/* The three parts, each still encoded: header and seal are signed, hashed and stored as these bytes. */
struct kb_envelope {
	struct kb_span header;
	struct kb_span seal;
	struct kb_span sealed; /* kb_sealed_bytes_ok() */
};

/* The parts borrowed from bytes: no copy, no arena. Checks the envelope itself, not what is inside header and seal. */
KB_MUST_CHECK enum kb_err kb_envelope_split(struct kb_span bytes, struct kb_envelope *out);
KB_MUST_CHECK enum kb_err kb_envelope_encode(const struct kb_envelope *in, struct kb_buf *out);

/* Whether count is the length of a padded content (512 * 2^k or 768 * 2^k) and its tag, up to KB_WIRE_SEALED_BYTES_MAX. */
bool kb_sealed_bytes_ok(size_t count);

struct kb_author {
	struct kb_span person;	 /* empty for a step of the agent itself */
	struct kb_span function; /* not empty when person is not */
};

struct kb_body {
	uint32_t
		kind; /* enum kb_kind, but a kind not known here decodes too: it is refused as UNKNOWN_KIND */
	struct kb_id case_id;		/* or absent */
	struct kb_id in_reply_to;	/* or absent */
	struct kb_id subject_pseudonym; /* or absent */
	enum kb_purpose purpose;
	enum kb_ground ground;
	struct kb_id consent_ref;    /* or absent; there when ground is TOESTEMMING */
	struct kb_hash profile_hash; /* or absent */
	struct kb_author author;
	struct kb_epoch after_epoch; /* absent if and only if after_number is 0 */
	uint64_t after_number;
	enum kb_desk desk; /* UNSPECIFIED: the agent itself */
	struct kb_span content;
	enum kb_desk from_desk; /* at the sender; UNSPECIFIED: the agent itself */
	struct kb_span
		toestemming; /* an encoded OndertekendeToestemming (consent.h), or empty; only with consent_ref */
	struct kb_span reglement; /* text, or empty */
};

KB_MUST_CHECK enum kb_err kb_body_decode(struct kb_span bytes, struct kb_arena *arena,
					 struct kb_body *out);
KB_MUST_CHECK enum kb_err kb_body_encode(const struct kb_body *in, struct kb_buf *out);

/*
 * Appends the additional data under which the body of this header is sealed (proto/README.md "Sealed bytes"):
 * "ketenbode/v1/aad" 0x00 || wire version u32 || suite u32 || message id (16) || length u8 || sender || length u8 ||
 * recipient || epoch (8) || number u64 || expires at u64; all integers big endian.
 */
KB_MUST_CHECK enum kb_err kb_aad_encode(const struct kb_header *header, struct kb_buf *out);

/* Appends the HPKE info of all messages from sender to recipient:
 * "ketenbode/v1/hpke" 0x00 || length u8 || sender || length u8 || recipient. */
KB_MUST_CHECK enum kb_err kb_hpke_info_encode(const struct kb_party_id *sender,
					      const struct kb_party_id *recipient,
					      struct kb_buf *out);

#endif
