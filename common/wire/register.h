/* SPDX-License-Identifier: EUPL-1.2 */
/* Descriptors of parties and the registrar's register of them (proto/register.proto). */
#ifndef KB_WIRE_REGISTER_H
#define KB_WIRE_REGISTER_H

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/base/ids.h"
#include "common/exchange/roles.h"
#include "common/wire/wire_limits.h"

/* Rules of all _decode and _encode: envelope.h. */

#define KB_WIRE_VESTIGING_CHARS 6
#define KB_WIRE_GEMEENTECODE_CHARS 4

struct kb_vestiging {
	char code[KB_WIRE_VESTIGING_CHARS + 1]; /* "99AA99" */
	enum kb_sector sector;
	struct kb_span name; /* may be empty */
};

struct kb_served_gemeente {
	char code[KB_WIRE_GEMEENTECODE_CHARS + 1];
	uint32_t valid_from;
	uint32_t valid_until; /* included, not before valid_from; 0: open */
};

struct kb_descriptor {
	uint32_t wire_version;
	struct kb_party_id party;
	enum kb_party_kind kind;
	uint32_t version; /* from 1 */
	struct kb_span name;
	struct kb_span *swv; /* "PO2301", "VO3102" ... */
	size_t swv_count;
	struct kb_vestiging *vestigingen;
	size_t vestiging_count;
	struct kb_served_gemeente *gemeenten;
	size_t gemeente_count;
	enum kb_desk *desks;
	size_t desk_count;
	uint8_t signing_key
		[KB_WIRE_KEY_BYTES]; /* whether the keys are good keys is for common/crypto to say */
	uint8_t sealing_key[KB_WIRE_KEY_BYTES];
	uint8_t transport_key[KB_WIRE_KEY_BYTES];
	int64_t valid_from_utc_ms;
	int64_t valid_until_utc_ms; /* later than valid_from_utc_ms */
};

KB_MUST_CHECK enum kb_err kb_descriptor_decode(struct kb_span bytes, struct kb_arena *arena,
					       struct kb_descriptor *out);
KB_MUST_CHECK enum kb_err kb_descriptor_encode(const struct kb_descriptor *in, struct kb_buf *out);

struct kb_register_entry {
	struct kb_span descriptor; /* an encoded Descriptor */
	struct kb_span certificate;
	struct kb_span certificate_signature;
	uint8_t possession[KB_WIRE_SIGNATURE_BYTES];
	struct kb_span previous_signature; /* 64 bytes, or empty for version 1 */
};

KB_MUST_CHECK enum kb_err kb_register_entry_decode(struct kb_span bytes, struct kb_arena *arena,
						   struct kb_register_entry *out);
KB_MUST_CHECK enum kb_err kb_register_entry_encode(const struct kb_register_entry *in,
						   struct kb_buf *out);

struct kb_revocation {
	struct kb_party_id party;
	uint32_t key_version; /* from 1 */
	int64_t untrusted_since_utc_ms;
};

/* Ordered by party, then key version; none twice. May be empty (no bytes at all). */
struct kb_revocation_list {
	struct kb_revocation *items;
	size_t item_count;
};

KB_MUST_CHECK enum kb_err kb_revocation_list_decode(struct kb_span bytes, struct kb_arena *arena,
						    struct kb_revocation_list *out);
KB_MUST_CHECK enum kb_err kb_revocation_list_encode(const struct kb_revocation_list *in,
						    struct kb_buf *out);

struct kb_register_head {
	uint32_t wire_version;
	struct kb_party_id registrar;
	uint64_t version; /* from 1 */
	uint64_t tree_size;
	struct kb_hash root;
	int64_t issued_at_utc_ms;
	int64_t expires_at_utc_ms; /* later than issued_at_utc_ms */
	struct kb_hash revocations_sha256;
	struct kb_hash crl_sha256;
};

KB_MUST_CHECK enum kb_err kb_register_head_decode(struct kb_span bytes, struct kb_arena *arena,
						  struct kb_register_head *out);
KB_MUST_CHECK enum kb_err kb_register_head_encode(const struct kb_register_head *in,
						  struct kb_buf *out);

struct kb_signed_register_head {
	struct kb_span head; /* an encoded RegisterHead */
	uint8_t signature[KB_WIRE_SIGNATURE_BYTES];
};

KB_MUST_CHECK enum kb_err kb_signed_register_head_decode(struct kb_span bytes,
							 struct kb_arena *arena,
							 struct kb_signed_register_head *out);
KB_MUST_CHECK enum kb_err kb_signed_register_head_encode(const struct kb_signed_register_head *in,
							 struct kb_buf *out);

struct kb_register_file {
	struct kb_signed_register_head head;
	struct kb_span *entries; /* encoded RegisterEntry messages, in tree order */
	size_t entry_count;
	struct kb_span revocations; /* an encoded RevocationList; empty when nothing is revoked */
	struct kb_span crl;	    /* DER; may be empty */
};

KB_MUST_CHECK enum kb_err kb_register_file_decode(struct kb_span bytes, struct kb_arena *arena,
						  struct kb_register_file *out);
KB_MUST_CHECK enum kb_err kb_register_file_encode(const struct kb_register_file *in,
						  struct kb_buf *out);

struct kb_register_proof {
	struct kb_span entry; /* an encoded RegisterEntry */
	uint64_t leaf_index;
	struct kb_span path; /* whole hashes */
};

KB_MUST_CHECK enum kb_err kb_register_proof_decode(struct kb_span bytes, struct kb_arena *arena,
						   struct kb_register_proof *out);
KB_MUST_CHECK enum kb_err kb_register_proof_encode(const struct kb_register_proof *in,
						   struct kb_buf *out);

/* Exactly one of certificate and csr. */
struct kb_join_request {
	struct kb_span descriptor;
	struct kb_span certificate;
	struct kb_span csr;
	struct kb_span certificate_signature;
	uint8_t possession[KB_WIRE_SIGNATURE_BYTES];
	struct kb_span previous_signature; /* 64 bytes or empty */
};

KB_MUST_CHECK enum kb_err kb_join_request_decode(struct kb_span bytes, struct kb_arena *arena,
						 struct kb_join_request *out);
KB_MUST_CHECK enum kb_err kb_join_request_encode(const struct kb_join_request *in,
						 struct kb_buf *out);

struct kb_join_file {
	uint32_t wire_version;
	struct kb_party_id party;
	struct kb_party_id registrar;
	uint8_t registrar_key[KB_WIRE_KEY_BYTES];
	struct kb_span authority; /* DER */
	struct kb_party_id broker;
	struct kb_span broker_address; /* starts with tcp:// or ipc:// */
	uint8_t broker_transport_key[KB_WIRE_KEY_BYTES];
	struct kb_register_proof entry;
	struct kb_signed_register_head head;
};

KB_MUST_CHECK enum kb_err kb_join_file_decode(struct kb_span bytes, struct kb_arena *arena,
					      struct kb_join_file *out);
KB_MUST_CHECK enum kb_err kb_join_file_encode(const struct kb_join_file *in, struct kb_buf *out);

#endif
