/* SPDX-License-Identifier: EUPL-1.2 */
/* Whether a register head, an entry and a revocation hold. */
#include "common/trust/register_trust.h"

#include "common/crypto/hash.h"
#include "common/crypto/merkle.h"
#include "common/crypto/x25519.h"
#include "common/crypto/x509.h"
#include "common/crypto/x509_key.h"

_Static_assert(KB_WIRE_SIGNATURE_BYTES == KB_SIGNATURE_BYTES, "one size of signature");
_Static_assert(KB_WIRE_KEY_BYTES == KB_SIGN_PUBLIC_BYTES, "one size of key");

static enum kb_err
signature_holds(const struct kb_verify_key *key, enum kb_sign_label label, struct kb_span bytes,
		const uint8_t at[KB_WIRE_SIGNATURE_BYTES])
{
	struct kb_signature signature;

	memcpy(signature.bytes, at, sizeof(signature.bytes));
	return kb_verify(key, label, &bytes, 1, &signature);
}

enum kb_err
kb_register_head_trust(const struct kb_signed_register_head *signed_head,
		       const struct kb_trust_anchor *anchor, struct kb_arena *arena,
		       struct kb_register_head *out)
{
	struct kb_register_head head;
	enum kb_err err = signature_holds(anchor->registrar_key, KB_SIGN_LABEL_REGISTER,
					  signed_head->head, signed_head->signature);

	if (err == KB_OK) {
		err = kb_register_head_decode(signed_head->head, arena, &head);
	}
	if (err == KB_OK && !kb_party_id_equal(&head.registrar, &anchor->registrar)) {
		err = KB_ERR_UNKNOWN_SENDER;
	}
	if (err == KB_OK) {
		*out = head;
	}
	return err;
}

enum kb_err
kb_register_head_sign(const struct kb_sign_key *key, struct kb_span head,
		      uint8_t signature[KB_WIRE_SIGNATURE_BYTES])
{
	struct kb_signature made;
	enum kb_err err = kb_sign(key, KB_SIGN_LABEL_REGISTER, &head, 1, &made);

	if (err == KB_OK) {
		memcpy(signature, made.bytes, sizeof(made.bytes));
	}
	return err;
}

enum kb_err
kb_register_lists_trust(const struct kb_register_head *head, struct kb_span revocations,
			struct kb_span crl)
{
	struct kb_hash of_revocations;
	struct kb_hash of_crl;

	kb_sha256(revocations, &of_revocations);
	kb_sha256(crl, &of_crl);
	return kb_hash_equal(&of_revocations, &head->revocations_sha256) &&
			       kb_hash_equal(&of_crl, &head->crl_sha256)
		       ? KB_OK
		       : KB_ERR_BAD_SEAL;
}

enum kb_err
kb_register_proof_trust(const struct kb_register_head *head, const struct kb_register_proof *proof)
{
	struct kb_hash leaf;

	kb_merkle_leaf(proof->entry, &leaf);
	return kb_merkle_verify_inclusion(&leaf, proof->leaf_index, head->tree_size, proof->path,
					  &head->root);
}

static enum kb_err
keys_are_good(const struct kb_descriptor *descriptor, struct kb_error_text *where)
{
	const struct {
		const uint8_t *key;
		const char *name;
	} exchange_keys[] = { { descriptor->sealing_key, "sealing" },
			      { descriptor->transport_key, "transport" } };
	struct kb_sign_public signing;
	enum kb_err err = KB_OK;

	memcpy(signing.bytes, descriptor->signing_key, sizeof(signing.bytes));
	err = kb_sign_public_check(&signing);
	if (err != KB_OK) {
		return kb_fail(where, err, "the signing key is weak or not canonical");
	}
	for (size_t i = 0; i < 2; i++) {
		struct kb_x25519_public key;

		memcpy(key.bytes, exchange_keys[i].key, sizeof(key.bytes));
		err = kb_x25519_public_check(&key);
		if (err != KB_OK) {
			return kb_fail(where, err, "the %s key is weak or not canonical",
				       exchange_keys[i].name);
		}
	}
	if (memcmp(descriptor->sealing_key, descriptor->transport_key, KB_WIRE_KEY_BYTES) == 0) {
		return kb_fail(where, KB_ERR_BAD_KEY,
			       "sealing key and transport key are the same; each key has one use");
	}
	return KB_OK;
}

enum kb_err
kb_descriptor_possession_trust(struct kb_span descriptor_bytes,
			       const struct kb_descriptor *descriptor,
			       const uint8_t possession[KB_WIRE_SIGNATURE_BYTES],
			       struct kb_error_text *where)
{
	struct kb_sign_public signing;
	struct kb_verify_key *key = NULL;
	enum kb_err err = keys_are_good(descriptor, where);

	if (err != KB_OK) {
		return err;
	}
	memcpy(signing.bytes, descriptor->signing_key, sizeof(signing.bytes));
	err = kb_verify_key_new(&signing, &key);
	if (err != KB_OK) {
		return kb_fail(where, err, "the signing key cannot be used");
	}
	err = signature_holds(key, KB_SIGN_LABEL_POSSESSION, descriptor_bytes, possession);
	kb_verify_key_free(key);
	return err == KB_OK ? KB_OK
			    : kb_fail(where, err,
				      "the party did not prove that it holds the signing key");
}

static enum kb_err
certificate_trust(const struct kb_register_entry *entry, struct kb_span descriptor_bytes,
		  const struct kb_descriptor *descriptor, struct kb_entry_check *check,
		  struct kb_error_text *where)
{
	struct kb_x509_crl crl = { .der = check->crl, .highest_seen = check->crl_highest_seen };
	struct kb_x509_check x509 = { .certificate = entry->certificate,
				      .roots = &check->authority,
				      .root_count = 1,
				      .crls = &crl,
				      .crl_count = 1,
				      .at_utc_ms = check->at_utc_ms,
				      .crl_age_max_ms = check->crl_age_max_ms };
	struct kb_x509_facts facts;
	enum kb_err err = kb_x509_verify(&x509, &facts, where);

	if (err != KB_OK) {
		return err;
	}
	check->crl_highest_seen = crl.highest_seen;
	if (memcmp(facts.oin, descriptor->party.text, KB_OIN_CHARS) != 0) {
		return kb_fail(where, KB_ERR_CERTIFICATE,
			       "the OIN in the certificate is not that of the party");
	}
	err = kb_x509_verify_signature(entry->certificate, KB_SIGN_LABEL_DESCRIPTOR,
				       &descriptor_bytes, 1, entry->certificate_signature);
	return err == KB_OK
		       ? KB_OK
		       : kb_fail(where, err, "the certificate's key did not sign this descriptor");
}

static enum kb_err
previous_key_trust(const struct kb_register_entry *entry, const struct kb_descriptor *descriptor,
		   const struct kb_entry_check *check, struct kb_error_text *where)
{
	if ((descriptor->version > 1) != (entry->previous_signature.len != 0)) {
		return kb_fail(where, KB_ERR_BAD_SEAL,
			       "key version %u must %sbe signed by the version before it",
			       descriptor->version, descriptor->version > 1 ? "" : "not ");
	}
	if (descriptor->version == 1 || check->previous_key == NULL) {
		return KB_OK;
	}
	/* The decoder lets only 64 bytes through. */
	return signature_holds(check->previous_key, KB_SIGN_LABEL_DESCRIPTOR, entry->descriptor,
			       entry->previous_signature.at) == KB_OK
		       ? KB_OK
		       : kb_fail(where, KB_ERR_BAD_SEAL,
				 "key version %u is not signed by version %u", descriptor->version,
				 descriptor->version - 1);
}

enum kb_err
kb_register_entry_trust(struct kb_span entry_bytes, struct kb_entry_check *check,
			struct kb_arena *arena, struct kb_descriptor *out,
			struct kb_error_text *where)
{
	struct kb_register_entry entry;
	struct kb_descriptor descriptor;
	enum kb_err err = kb_register_entry_decode(entry_bytes, arena, &entry);

	if (err == KB_OK) {
		err = kb_descriptor_decode(entry.descriptor, arena, &descriptor);
	}
	if (err != KB_OK) {
		return kb_fail(where, err, "the register entry is not well formed");
	}
	err = kb_descriptor_possession_trust(entry.descriptor, &descriptor, entry.possession,
					     where);
	if (err == KB_OK) {
		err = previous_key_trust(&entry, &descriptor, check, where);
	}
	if (err == KB_OK) {
		err = certificate_trust(&entry, entry.descriptor, &descriptor, check, where);
	}
	if (err == KB_OK) {
		*out = descriptor;
	}
	return err;
}

int64_t
kb_revocation_since(const struct kb_revocation_list *list, const struct kb_party_id *party,
		    uint32_t key_version)
{
	for (size_t i = 0; i < list->item_count; i++) {
		const struct kb_revocation *item = &list->items[i];

		if (item->key_version == key_version && kb_party_id_equal(&item->party, party)) {
			return item->untrusted_since_utc_ms;
		}
	}
	return 0;
}

bool
kb_descriptor_serves(const struct kb_descriptor *descriptor, const char *gemeentecode,
		     uint32_t on_date)
{
	for (size_t i = 0; i < descriptor->gemeente_count; i++) {
		const struct kb_served_gemeente *served = &descriptor->gemeenten[i];

		if (strcmp(served->code, gemeentecode) == 0 && served->valid_from <= on_date &&
		    (served->valid_until == 0 || on_date <= served->valid_until)) {
			return true;
		}
	}
	return false;
}

bool
kb_descriptor_has_desk(const struct kb_descriptor *descriptor, enum kb_desk desk)
{
	for (size_t i = 0; i < descriptor->desk_count; i++) {
		if (descriptor->desks[i] == desk) {
			return true;
		}
	}
	return false;
}
