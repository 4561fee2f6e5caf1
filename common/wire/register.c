/* SPDX-License-Identifier: EUPL-1.2 */
/* Descriptors of parties and the registrar's register of them. */
#include "common/wire/register.h"

#include "common/wire/wire_codec.h"
#include "proto/register.pb-c.h"

#define VESTIGING_PATTERN "99AA99"
#define GEMEENTE_PATTERN "9999"

_Static_assert((int)KB_PARTY_REGISTRAR == KETENBODE__V1__PARTY_KIND__PARTY_KIND_REGISTRAR,
	       "the numbers of roles.h are those of the contract");
_Static_assert((int)KB_SECTOR_PRO == KETENBODE__V1__SECTOR__SECTOR_PRO, "likewise");
_Static_assert((int)KB_DESK_JEUGDHULP == KETENBODE__V1__DESK__DESK_JEUGDHULP, "likewise");

static const struct kb_wire_field vestiging_fields[] = {
	KB_CODE(vestiging, 1, code, true, VESTIGING_PATTERN),
	KB_ENUM(vestiging, 2, sector),
	KB_BYTES(vestiging, 3, TEXT, name, false, 1, KB_WIRE_NAME_BYTES_MAX),
};
KB_SCHEMA(vestiging, vestiging, 256, .check = NULL);

static enum kb_err
served_gemeente_check(const void *message)
{
	const struct kb_served_gemeente *served = message;

	return served->valid_until == 0 || served->valid_until >= served->valid_from
		       ? KB_OK
		       : KB_ERR_BAD_VALUE;
}

static const struct kb_wire_field served_gemeente_fields[] = {
	KB_CODE(served_gemeente, 1, code, true, GEMEENTE_PATTERN),
	KB_DATE(served_gemeente, 2, valid_from),
	KB_DATE_OPT(served_gemeente, 3, valid_until),
};
KB_SCHEMA(served_gemeente, served_gemeente, 64, .check = served_gemeente_check);

static bool
swv_ok(struct kb_span text)
{
	const char *at = (const char *)text.at;

	if (text.len != KB_WIRE_SWV_CHARS_MAX || (at[0] != 'P' && at[0] != 'V') || at[1] != 'O') {
		return false;
	}
	for (size_t i = 2; i < KB_WIRE_SWV_CHARS_MAX; i++) {
		if (at[i] < '0' || at[i] > '9') {
			return false;
		}
	}
	return true;
}

static enum kb_err
descriptor_check(const void *message)
{
	const struct kb_descriptor *descriptor = message;
	bool ok = descriptor->valid_until_utc_ms > descriptor->valid_from_utc_ms;

	for (size_t i = 0; i < descriptor->swv_count; i++) {
		ok = ok && swv_ok(descriptor->swv[i]);
	}
	/* Each desk once, in the order of their numbers. */
	for (size_t i = 1; i < descriptor->desk_count; i++) {
		ok = ok && descriptor->desks[i - 1] < descriptor->desks[i];
	}
	return ok ? KB_OK : KB_ERR_BAD_VALUE;
}

static const struct kb_wire_field descriptor_fields[] = {
	KB_WIRE_VERSION_FIELD(descriptor, 1, wire_version),
	KB_PARTY(descriptor, 2, party, true),
	KB_ENUM(descriptor, 3, kind),
	KB_NUMBER(descriptor, 4, U32, version, 1, UINT32_MAX),
	KB_BYTES(descriptor, 5, TEXT, name, true, 1, KB_WIRE_NAME_BYTES_MAX),
	KB_BYTES_LIST(descriptor, 6, SPAN, swv, swv_count, 0, KB_WIRE_SWV_MAX,
		      KB_WIRE_SWV_CHARS_MAX, KB_WIRE_SWV_CHARS_MAX),
	KB_MESSAGES(descriptor, 7, vestigingen, vestiging_count, 0, KB_WIRE_VESTIGINGEN_MAX,
		    vestiging),
	KB_MESSAGES(descriptor, 8, gemeenten, gemeente_count, 0, KB_WIRE_GEMEENTEN_MAX,
		    served_gemeente),
	KB_ENUM_LIST(descriptor, 9, desks, desk_count, KB_WIRE_DESKS_MAX),
	KB_EXACT(descriptor, 10, ID, signing_key, true),
	KB_EXACT(descriptor, 11, ID, sealing_key, true),
	KB_EXACT(descriptor, 12, ID, transport_key, true),
	KB_TIME(descriptor, 13, valid_from_utc_ms),
	KB_TIME(descriptor, 14, valid_until_utc_ms),
};
KB_SCHEMA(descriptor, descriptor, KB_WIRE_DESCRIPTOR_BYTES_MAX, .check = descriptor_check);

#define KB_SIGNATURE_OPT(T, tag, m)                                                                \
	KB_BYTES(T, tag, SPAN, m, false, KB_WIRE_SIGNATURE_BYTES, KB_WIRE_SIGNATURE_BYTES)
#define KB_CERTIFICATE_SIGNATURE(T, tag)                                                           \
	KB_BYTES(T, tag, SPAN, certificate_signature, true, 1,                                     \
		 KB_WIRE_CERTIFICATE_SIGNATURE_BYTES_MAX)

static const struct kb_wire_field register_entry_fields[] = {
	KB_BYTES(register_entry, 1, SPAN, descriptor, true, 1, KB_WIRE_DESCRIPTOR_BYTES_MAX),
	KB_BYTES(register_entry, 2, SPAN, certificate, true, 1, KB_WIRE_CERTIFICATE_BYTES_MAX),
	KB_CERTIFICATE_SIGNATURE(register_entry, 3),
	KB_EXACT(register_entry, 4, FIXED, possession, true),
	KB_SIGNATURE_OPT(register_entry, 5, previous_signature),
};
KB_SCHEMA(register_entry, register_entry, KB_WIRE_ENTRY_BYTES_MAX, .check = NULL);

static const struct kb_wire_field revocation_fields[] = {
	KB_PARTY(revocation, 1, party, true),
	KB_NUMBER(revocation, 2, U32, key_version, 1, UINT32_MAX),
	KB_TIME(revocation, 3, untrusted_since_utc_ms),
};
KB_SCHEMA(revocation, revocation, 64, .check = NULL);

static enum kb_err
revocation_list_check(const void *message)
{
	const struct kb_revocation_list *list = message;

	for (size_t i = 1; i < list->item_count; i++) {
		const struct kb_revocation *before = &list->items[i - 1];
		const struct kb_revocation *here = &list->items[i];
		int order = memcmp(before->party.text, here->party.text, sizeof(here->party.text));

		if (order > 0 || (order == 0 && before->key_version >= here->key_version)) {
			return KB_ERR_BAD_VALUE;
		}
	}
	return KB_OK;
}

static const struct kb_wire_field revocation_list_fields[] = {
	KB_MESSAGES(revocation_list, 1, items, item_count, 0, KB_WIRE_REVOCATIONS_MAX, revocation),
};
KB_SCHEMA(revocation_list, revocation_list, KB_WIRE_REVOCATIONS_BYTES_MAX,
	  .check = revocation_list_check);

static enum kb_err
register_head_check(const void *message)
{
	const struct kb_register_head *head = message;

	return head->expires_at_utc_ms > head->issued_at_utc_ms ? KB_OK : KB_ERR_BAD_VALUE;
}

static const struct kb_wire_field register_head_fields[] = {
	KB_WIRE_VERSION_FIELD(register_head, 1, wire_version),
	KB_PARTY(register_head, 2, registrar, true),
	KB_NUMBER(register_head, 3, U64, version, 1, UINT64_MAX),
	KB_NUMBER_OPT(register_head, 4, U64, tree_size, KB_WIRE_REGISTER_ENTRIES_MAX),
	KB_EXACT(register_head, 5, FIXED, root, true),
	KB_TIME(register_head, 6, issued_at_utc_ms),
	KB_TIME(register_head, 7, expires_at_utc_ms),
	KB_EXACT(register_head, 8, FIXED, revocations_sha256, true),
	KB_EXACT(register_head, 9, FIXED, crl_sha256, true),
};
KB_SCHEMA(register_head, register_head, KB_WIRE_REGISTER_HEAD_BYTES_MAX,
	  .check = register_head_check);

static const struct kb_wire_field signed_register_head_fields[] = {
	KB_BYTES(signed_register_head, 1, SPAN, head, true, 1, KB_WIRE_REGISTER_HEAD_BYTES_MAX),
	KB_EXACT(signed_register_head, 2, FIXED, signature, true),
};
KB_SCHEMA(signed_register_head, signed_register_head, KB_WIRE_SIGNED_HEAD_BYTES_MAX, .check = NULL);

static const struct kb_wire_field register_file_fields[] = {
	KB_MESSAGE(register_file, 1, head, signed_register_head),
	KB_BYTES_LIST(register_file, 2, SPAN, entries, entry_count, 0, KB_WIRE_REGISTER_ENTRIES_MAX,
		      1, KB_WIRE_ENTRY_BYTES_MAX),
	KB_BYTES(register_file, 3, SPAN, revocations, false, 1, KB_WIRE_REVOCATIONS_BYTES_MAX),
	KB_BYTES(register_file, 4, SPAN, crl, false, 1, KB_WIRE_CRL_BYTES_MAX),
};
KB_SCHEMA(register_file, register_file, KB_WIRE_REGISTER_FILE_BYTES_MAX, .check = NULL);

static const struct kb_wire_field register_proof_fields[] = {
	KB_BYTES(register_proof, 1, SPAN, entry, true, 1, KB_WIRE_ENTRY_BYTES_MAX),
	KB_NUMBER_OPT(register_proof, 2, U64, leaf_index, KB_WIRE_REGISTER_ENTRIES_MAX - 1),
	KB_BYTES(register_proof, 3, HASHES, path, false, KB_HASH_BYTES,
		 KB_WIRE_LOG_PATH_LEVELS_MAX *KB_HASH_BYTES),
};
KB_SCHEMA(register_proof, register_proof, KB_WIRE_PROOF_BYTES_MAX, .check = NULL);

static enum kb_err
join_request_check(const void *message)
{
	const struct kb_join_request *request = message;

	return (request->certificate.len > 0) != (request->csr.len > 0) ? KB_OK : KB_ERR_BAD_VALUE;
}

static const struct kb_wire_field join_request_fields[] = {
	KB_BYTES(join_request, 1, SPAN, descriptor, true, 1, KB_WIRE_DESCRIPTOR_BYTES_MAX),
	KB_BYTES(join_request, 2, SPAN, certificate, false, 1, KB_WIRE_CERTIFICATE_BYTES_MAX),
	KB_BYTES(join_request, 3, SPAN, csr, false, 1, KB_WIRE_CERTIFICATE_BYTES_MAX),
	KB_CERTIFICATE_SIGNATURE(join_request, 4),
	KB_EXACT(join_request, 5, FIXED, possession, true),
	KB_SIGNATURE_OPT(join_request, 6, previous_signature),
};
KB_SCHEMA(join_request, join_request, KB_WIRE_JOIN_BYTES_MAX, .check = join_request_check);

static enum kb_err
join_file_check(const void *message)
{
	const struct kb_join_file *file = message;
	static const char *const schemes[] = { "tcp://", "ipc://" };

	/* Only these two: libzmq would take pgm, norm, udp and more (reliability.md 1.4). */
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		struct kb_span scheme = kb_span_text(schemes[i]);

		if (file->broker_address.len > scheme.len &&
		    kb_span_equal(kb_span_part(file->broker_address, 0, scheme.len), scheme)) {
			return KB_OK;
		}
	}
	return KB_ERR_BAD_VALUE;
}

static const struct kb_wire_field join_file_fields[] = {
	KB_WIRE_VERSION_FIELD(join_file, 1, wire_version),
	KB_PARTY(join_file, 2, party, true),
	KB_PARTY(join_file, 3, registrar, true),
	KB_EXACT(join_file, 4, ID, registrar_key, true),
	KB_BYTES(join_file, 5, SPAN, authority, true, 1, KB_WIRE_CERTIFICATE_BYTES_MAX),
	KB_PARTY(join_file, 6, broker, true),
	KB_BYTES(join_file, 7, TEXT, broker_address, true, 1, KB_WIRE_ADDRESS_BYTES_MAX),
	KB_EXACT(join_file, 8, ID, broker_transport_key, true),
	KB_MESSAGE(join_file, 9, entry, register_proof),
	KB_MESSAGE(join_file, 10, head, signed_register_head),
};
KB_SCHEMA(join_file, join_file, KB_WIRE_JOIN_BYTES_MAX, .check = join_file_check);

enum kb_err
kb_descriptor_decode(struct kb_span bytes, struct kb_arena *arena, struct kb_descriptor *out)
{
	return kb_wire_decode(&kb_schema_descriptor, bytes, arena, out);
}

enum kb_err
kb_descriptor_encode(const struct kb_descriptor *in, struct kb_buf *out)
{
	return kb_wire_encode(&kb_schema_descriptor, in, out);
}

enum kb_err
kb_register_entry_decode(struct kb_span bytes, struct kb_arena *arena,
			 struct kb_register_entry *out)
{
	return kb_wire_decode(&kb_schema_register_entry, bytes, arena, out);
}

enum kb_err
kb_register_entry_encode(const struct kb_register_entry *in, struct kb_buf *out)
{
	return kb_wire_encode(&kb_schema_register_entry, in, out);
}

enum kb_err
kb_revocation_list_decode(struct kb_span bytes, struct kb_arena *arena,
			  struct kb_revocation_list *out)
{
	return kb_wire_decode(&kb_schema_revocation_list, bytes, arena, out);
}

enum kb_err
kb_revocation_list_encode(const struct kb_revocation_list *in, struct kb_buf *out)
{
	return kb_wire_encode(&kb_schema_revocation_list, in, out);
}

enum kb_err
kb_register_head_decode(struct kb_span bytes, struct kb_arena *arena, struct kb_register_head *out)
{
	return kb_wire_decode(&kb_schema_register_head, bytes, arena, out);
}

enum kb_err
kb_register_head_encode(const struct kb_register_head *in, struct kb_buf *out)
{
	return kb_wire_encode(&kb_schema_register_head, in, out);
}

enum kb_err
kb_signed_register_head_decode(struct kb_span bytes, struct kb_arena *arena,
			       struct kb_signed_register_head *out)
{
	return kb_wire_decode(&kb_schema_signed_register_head, bytes, arena, out);
}

enum kb_err
kb_signed_register_head_encode(const struct kb_signed_register_head *in, struct kb_buf *out)
{
	return kb_wire_encode(&kb_schema_signed_register_head, in, out);
}

enum kb_err
kb_register_file_decode(struct kb_span bytes, struct kb_arena *arena, struct kb_register_file *out)
{
	return kb_wire_decode(&kb_schema_register_file, bytes, arena, out);
}

enum kb_err
kb_register_file_encode(const struct kb_register_file *in, struct kb_buf *out)
{
	return kb_wire_encode(&kb_schema_register_file, in, out);
}

enum kb_err
kb_register_proof_decode(struct kb_span bytes, struct kb_arena *arena,
			 struct kb_register_proof *out)
{
	return kb_wire_decode(&kb_schema_register_proof, bytes, arena, out);
}

enum kb_err
kb_register_proof_encode(const struct kb_register_proof *in, struct kb_buf *out)
{
	return kb_wire_encode(&kb_schema_register_proof, in, out);
}

enum kb_err
kb_join_request_decode(struct kb_span bytes, struct kb_arena *arena, struct kb_join_request *out)
{
	return kb_wire_decode(&kb_schema_join_request, bytes, arena, out);
}

enum kb_err
kb_join_request_encode(const struct kb_join_request *in, struct kb_buf *out)
{
	return kb_wire_encode(&kb_schema_join_request, in, out);
}

enum kb_err
kb_join_file_decode(struct kb_span bytes, struct kb_arena *arena, struct kb_join_file *out)
{
	return kb_wire_decode(&kb_schema_join_file, bytes, arena, out);
}

enum kb_err
kb_join_file_encode(const struct kb_join_file *in, struct kb_buf *out)
{
	return kb_wire_encode(&kb_schema_join_file, in, out);
}
