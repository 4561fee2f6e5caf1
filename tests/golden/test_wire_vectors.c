/* SPDX-License-Identifier: EUPL-1.2 */
/* The test vectors of proto/README.md hold for this implementation. verify_vectors.py checks them with none of its code. */
#include "common/crypto/commitment.h"
#include "common/crypto/hash.h"
#include "common/crypto/hpke.h"
#include "common/crypto/keys.h"
#include "common/crypto/merkle_proof.h"
#include "common/crypto/padding.h"
#include "common/crypto/seal.h"
#include "common/crypto/x509_key.h"
#include "common/daemon/profile.h"
#include "common/daemon/profile_seal.h"
#include "common/wire/absence.h"
#include "common/wire/bijlage.h"
#include "common/wire/consent.h"
#include "common/wire/envelope.h"
#include "common/wire/receipt.h"
#include "common/wire/register.h"
#include "common/wire/zaak.h"

#include "common/base/text.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#define FILE_MAX 65536

struct vectors {
	char text[FILE_MAX];
	struct kb_arena arena;
};

static struct vectors vectors;

static void
load(const char *name)
{
	char path[1024];

	(void)snprintf(path, sizeof(path), KB_SOURCE_DIR "/tests/golden/vectors/%s.json", name);
	FILE *file = fopen(path, "r");

	cr_assert_not_null(file, "%s", path);
	vectors.text[fread(vectors.text, 1, FILE_MAX - 1, file)] = 0;
	cr_assert_eq(fclose(file), 0);
}

/* The text after "name": ; keys are unique in a file. */
static const char *
value_of(const char *name)
{
	char key[80];

	(void)snprintf(key, sizeof(key), "\"%s\": ", name);
	const char *at = strstr(vectors.text, key);

	cr_assert_not_null(at, "%s", name);
	return at + strlen(key);
}

static struct kb_span
bytes_of(const char *name)
{
	const char *at = value_of(name) + 1;
	size_t len = strcspn(at, "\"") / 2;
	uint8_t *bytes = kb_arena_alloc(&vectors.arena, len);

	cr_assert_eq(kb_hex_decode(kb_span(at, 2 * len), bytes, len), KB_OK, "%s", name);
	return kb_span(bytes, len);
}

static struct kb_span
bytes_at(const char *name, size_t number)
{
	char key[64];

	(void)snprintf(key, sizeof(key), "%s_%zu", name, number);
	return bytes_of(key);
}

static uint64_t
number_of(const char *name)
{
	return strtoull(value_of(name), NULL, 10);
}

static struct kb_party_id
party_of(const char *name)
{
	const char *at = value_of(name) + 1;
	struct kb_party_id id;

	cr_assert_eq(kb_party_id_parse(kb_span(at, strcspn(at, "\"")), &id), KB_OK);
	return id;
}

static struct kb_verify_key *
verify_key(struct kb_span bytes)
{
	struct kb_sign_public public_key;
	struct kb_verify_key *key = NULL;

	cr_assert_eq(bytes.len, sizeof(public_key.bytes));
	memcpy(public_key.bytes, bytes.at, bytes.len);
	cr_assert_eq(kb_verify_key_new(&public_key, &key), KB_OK);
	return key;
}

static enum kb_err
verify(struct kb_span key_bytes, enum kb_sign_label label, struct kb_span bytes,
       struct kb_span signature_bytes)
{
	struct kb_verify_key *key = verify_key(key_bytes);
	struct kb_signature signature;

	memcpy(signature.bytes, signature_bytes.at, sizeof(signature.bytes));
	enum kb_err err = kb_verify(key, label, &bytes, 1, &signature);

	kb_verify_key_free(key);
	return err;
}

static enum kb_err
verify_seal(struct kb_span header, struct kb_span seal_bytes, struct kb_party_id sender,
	    struct kb_span key_bytes)
{
	struct kb_wire_seal seal;
	struct kb_verify_key *key = verify_key(key_bytes);

	cr_assert_eq(kb_wire_seal_decode(seal_bytes, &vectors.arena, &seal), KB_OK);
	struct kb_seal_claim claim = { .sender = sender,
				       .key_version = seal.key_version,
				       .size = seal.tree_size,
				       .index = seal.leaf_index,
				       .path = seal.path,
				       .signature = KB_SPAN_OF(seal.signature),
				       .header = header };
	enum kb_err err = kb_seal_verify(NULL, key, &claim);

	kb_verify_key_free(key);
	return err;
}

/* Opens the envelope of the loaded file as its recipient does; the body is appended to body. */
static void
open_envelope(struct kb_header *header, struct kb_buf *padded, struct kb_span *body)
{
	struct kb_span own_bytes = bytes_of("recipient_sealing_private");
	struct kb_envelope envelope;
	struct kb_secret secret = { 0 };
	struct kb_x25519_key *own = NULL;
	struct kb_x25519_public enc;
	struct kb_hpke_recipient *recipient = NULL;
	struct kb_buf info = { 0 };
	struct kb_buf aad = { 0 };
	struct kb_hash hash;
	struct kb_salt salt;
	struct kb_span content;

	cr_assert_eq(kb_envelope_split(bytes_of("envelope"), &envelope), KB_OK);
	cr_assert_eq(kb_header_decode(envelope.header, &vectors.arena, header), KB_OK);
	cr_assert_eq(verify_seal(envelope.header, envelope.seal, header->sender,
				 bytes_of("sender_signing_key")),
		     KB_OK);
	kb_sha256(envelope.sealed, &hash);
	cr_assert(kb_hash_equal(&hash, &header->sealed_sha256));
	cr_assert_eq(kb_hpke_info_encode(&header->sender, &header->recipient, &info), KB_OK);
	cr_assert_eq(kb_aad_encode(header, &aad), KB_OK);
	cr_assert(kb_span_equal(kb_buf_span(&aad), bytes_of("aad")));
	cr_assert_eq(kb_secret_init(&secret, own_bytes.len), KB_OK);
	memcpy(secret.at, own_bytes.at, own_bytes.len);
	cr_assert_eq(kb_x25519_key_new(&secret, &own), KB_OK);
	memcpy(enc.bytes, header->hpke_enc, sizeof(enc.bytes));
	cr_assert_eq(kb_hpke_recipient_new(KB_HPKE_AEAD_AES_256_GCM, own, &enc, kb_buf_span(&info),
					   &recipient),
		     KB_OK);
	cr_assert_eq(kb_hpke_open(recipient, header->hpke_index, kb_buf_span(&aad), envelope.sealed,
				  padded),
		     KB_OK);
	cr_assert_eq(kb_unpad(kb_buf_span(padded), &content), KB_OK);
	memcpy(salt.bytes, content.at, KB_SALT_BYTES);
	*body = kb_span_part(content, KB_SALT_BYTES, content.len);
	cr_assert_eq(kb_commitment_check(&salt, *body, &header->commitment), KB_OK);
	kb_hpke_recipient_free(recipient);
	kb_x25519_key_free(own);
	kb_secret_release(&secret);
	kb_buf_release(&info);
	kb_buf_release(&aad);
}

Test(wire_vectors, the_sealed_envelope_opens_and_proves_its_melding)
{
	struct kb_header header;
	struct kb_body body;
	struct kb_verzuim_melding melding;
	struct kb_buf padded = { 0 };
	struct kb_span bytes;

	load("envelope");
	open_envelope(&header, &padded, &bytes);
	cr_assert(kb_span_equal(bytes, bytes_of("body")));
	cr_assert_eq(header.number, 41);
	cr_assert_eq(kb_body_decode(bytes, &vectors.arena, &body), KB_OK);
	cr_assert_eq(body.kind, KB_KIND_VERZUIM_MELDING);
	cr_assert_eq(kb_verzuim_melding_decode(body.content, &vectors.arena, &melding), KB_OK);
	cr_assert_str_eq(melding.leerling.pgn, "999990019");
	cr_assert_eq(melding.dag_count, 3);
	kb_buf_release(&padded);
	kb_arena_release(&vectors.arena);
}

Test(wire_vectors, the_receipt_opens_and_its_checkpoint_is_signed)
{
	struct kb_header header;
	struct kb_body body;
	struct kb_receipt receipt;
	struct kb_buf padded = { 0 };
	struct kb_span bytes;

	load("receipt");
	open_envelope(&header, &padded, &bytes);
	cr_assert_eq(header.number, 0);
	cr_assert_eq(kb_body_decode(bytes, &vectors.arena, &body), KB_OK);
	cr_assert_eq(body.kind, KB_KIND_RECEIPT);
	cr_assert_eq(kb_receipt_decode(body.content, &vectors.arena, &receipt), KB_OK);
	cr_assert_eq(receipt.item_count, 2);
	cr_assert_eq(receipt.items[1].reason, kb_err_reason(KB_ERR_CANNOT_OPEN));
	cr_assert_eq(verify(bytes_of("sender_signing_key"), KB_SIGN_LABEL_CHECKPOINT,
			    receipt.checkpoint.checkpoint,
			    KB_SPAN_OF(receipt.checkpoint.signature)),
		     KB_OK);
	kb_buf_release(&padded);
	kb_arena_release(&vectors.arena);
}

Test(wire_vectors, each_of_five_headers_is_proven_alone_and_no_other)
{
	load("batch_seal");
	struct kb_party_id sender = party_of("sender");
	struct kb_span key = bytes_of("sender_signing_key");

	for (size_t i = 0; i < 5; i++) {
		struct kb_span header = bytes_at("header", i);

		cr_assert_eq(verify_seal(header, bytes_at("seal", i), sender, key), KB_OK, "%zu",
			     i);
		cr_assert_neq(verify_seal(header, bytes_at("seal", (i + 1) % 5), sender, key),
			      KB_OK, "%zu", i);
	}
	kb_arena_release(&vectors.arena);
}

Test(wire_vectors, the_log_only_grew)
{
	struct kb_consistency_proof proof;
	struct kb_checkpoint checkpoints[2];

	load("checkpoint");
	for (size_t i = 0; i < 2; i++) {
		cr_assert_eq(verify(bytes_of("origin_signing_key"), KB_SIGN_LABEL_CHECKPOINT,
				    bytes_at("checkpoint", i), bytes_at("signature", i)),
			     KB_OK);
		cr_assert_eq(kb_checkpoint_decode(bytes_at("checkpoint", i), &vectors.arena,
						  &checkpoints[i]),
			     KB_OK);
	}
	cr_assert_eq(checkpoints[0].size, number_of("size_0"));
	cr_assert_eq(
		kb_consistency_proof_decode(bytes_of("consistency_proof"), &vectors.arena, &proof),
		KB_OK);
	cr_assert_eq(kb_merkle_verify_consistency(proof.from_size, &checkpoints[0].root,
						  proof.to_size, &checkpoints[1].root, proof.path),
		     KB_OK);
	checkpoints[0].root.bytes[0] ^= 1;
	cr_assert_neq(kb_merkle_verify_consistency(proof.from_size, &checkpoints[0].root,
						   proof.to_size, &checkpoints[1].root, proof.path),
		      KB_OK);
	kb_arena_release(&vectors.arena);
}

Test(wire_vectors, the_register_proves_its_entries)
{
	struct kb_register_head head;
	struct kb_register_proof proof;
	struct kb_hash hash;

	load("register");
	cr_assert_eq(verify(bytes_of("registrar_signing_key"), KB_SIGN_LABEL_REGISTER,
			    bytes_of("head"), bytes_of("head_signature")),
		     KB_OK);
	cr_assert_eq(kb_register_head_decode(bytes_of("head"), &vectors.arena, &head), KB_OK);
	cr_assert_eq(kb_register_proof_decode(bytes_of("register_proof"), &vectors.arena, &proof),
		     KB_OK);
	kb_merkle_leaf(proof.entry, &hash);
	cr_assert_eq(kb_merkle_verify_inclusion(&hash, proof.leaf_index, head.tree_size, proof.path,
						&head.root),
		     KB_OK);
	kb_sha256(bytes_of("revocations"), &hash);
	cr_assert(kb_hash_equal(&hash, &head.revocations_sha256));
	kb_sha256(bytes_of("crl"), &hash);
	cr_assert(kb_hash_equal(&hash, &head.crl_sha256));
	struct kb_span first_key = KB_SPAN_NONE;

	for (size_t i = 0; i < 4; i++) {
		struct kb_register_entry entry;
		struct kb_descriptor descriptor;

		cr_assert_eq(kb_register_entry_decode(bytes_at("entry", i), &vectors.arena, &entry),
			     KB_OK);
		cr_assert_eq(kb_descriptor_decode(entry.descriptor, &vectors.arena, &descriptor),
			     KB_OK);
		cr_assert_eq(verify(KB_SPAN_OF(descriptor.signing_key), KB_SIGN_LABEL_POSSESSION,
				    entry.descriptor, KB_SPAN_OF(entry.possession)),
			     KB_OK);
		cr_assert_eq(kb_x509_verify_signature(entry.certificate, KB_SIGN_LABEL_DESCRIPTOR,
						      &entry.descriptor, 1,
						      entry.certificate_signature),
			     KB_OK);
		if (i == 0) {
			first_key =
				kb_arena_copy(&vectors.arena, KB_SPAN_OF(descriptor.signing_key));
		}
		cr_assert_eq(entry.previous_signature.len != 0, descriptor.version > 1);
		if (descriptor.version > 1) {
			cr_assert_eq(verify(first_key, KB_SIGN_LABEL_DESCRIPTOR, entry.descriptor,
					    entry.previous_signature),
				     KB_OK);
		}
	}
	kb_arena_release(&vectors.arena);
}

Test(wire_vectors, the_toestemming_and_its_withdrawal_are_signed_by_who_recorded_them)
{
	static const char *const keys[2] = { "recorder_signing_key", "withdrawer_signing_key" };
	struct kb_toestemming statements[2];

	load("toestemming");
	for (size_t i = 0; i < 2; i++) {
		struct kb_signed_toestemming signed_one;

		cr_assert_eq(kb_signed_toestemming_decode(bytes_at("ondertekend", i),
							  &vectors.arena, &signed_one),
			     KB_OK);
		cr_assert_eq(verify(bytes_of(keys[i]), KB_SIGN_LABEL_TOESTEMMING,
				    signed_one.toestemming, KB_SPAN_OF(signed_one.signature)),
			     KB_OK);
		cr_assert_eq(verify(bytes_of(keys[1 - i]), KB_SIGN_LABEL_TOESTEMMING,
				    signed_one.toestemming, KB_SPAN_OF(signed_one.signature)),
			     KB_ERR_BAD_SEAL);
		cr_assert_eq(verify(bytes_of(keys[i]), KB_SIGN_LABEL_CHECKPOINT,
				    signed_one.toestemming, KB_SPAN_OF(signed_one.signature)),
			     KB_ERR_BAD_SEAL, "no signature of one use counts in another");
		cr_assert_eq(kb_toestemming_decode(signed_one.toestemming, &vectors.arena,
						   &statements[i]),
			     KB_OK);
	}
	cr_assert_eq(kb_toestemming_missing(&statements[0]), 0);
	cr_assert_eq(kb_toestemming_next(&statements[0], &statements[1]), KB_TOESTEMMING_WITHDRAWS);
	kb_arena_release(&vectors.arena);
}

Test(wire_vectors, the_records_of_a_case_name_each_other_and_the_profile_it_is_bound_to)
{
	struct kb_chain_record records[2];
	struct kb_profile_file files[2];
	struct kb_profile_seal seal = { .key_version = 1 };
	struct kb_zaak_regels content;
	struct kb_profiel profiel;
	struct kb_hash hash;

	load("zaak");
	cr_assert_eq(kb_profiel_decode(bytes_of("profiel"), &vectors.arena, &profiel), KB_OK);
	cr_assert_eq(profiel.file_count, 2);
	for (size_t i = 0; i < 2; i++) {
		files[i].name = kb_arena_text(&vectors.arena, profiel.files[i].name);
		files[i].bytes = profiel.files[i].content;
	}
	cr_assert_eq(kb_profile_hash(files, 2, &hash), KB_OK);
	cr_assert(kb_span_equal(KB_SPAN_OF(hash), bytes_of("profile_hash")));
	seal.swv = profiel.swv;
	seal.hash = hash;
	memcpy(seal.signature.bytes, profiel.signature, sizeof(profiel.signature));
	memcpy(seal.key.bytes, bytes_of("swv_signing_key").at, sizeof(seal.key.bytes));
	cr_assert_eq(kb_profile_seal_check(&seal, &hash, &seal.key), KB_OK);
	seal.swv = party_of("swv");
	seal.swv.text[KB_OIN_CHARS - 1] ^= 1;
	cr_assert_eq(kb_profile_seal_check(&seal, &hash, &seal.key), KB_ERR_BAD_SEAL);
	cr_assert_eq(kb_zaak_regels_decode(bytes_of("regels"), &vectors.arena, &content), KB_OK);
	cr_assert_eq(content.regel_count, 2);
	for (size_t i = 0; i < 2; i++) {
		cr_assert(kb_span_equal(content.regels[i], bytes_at("regel", i)));
		cr_assert_eq(kb_chain_record_decode(content.regels[i], &vectors.arena, &records[i]),
			     KB_OK);
		cr_assert(kb_span_equal(KB_SPAN_OF(records[i].hash), bytes_at("regel_hash", i)));
		cr_assert(kb_hash_equal(&records[i].profile_hash, &hash));
	}
	cr_assert(kb_hash_equal(&records[1].previous, &records[0].hash));
	cr_assert_eq(records[1].facts[0].fact, KB_FACT_NR_OVERLEG_GEHOUDEN);
	kb_arena_release(&vectors.arena);
}

Test(wire_vectors, an_attachment_is_named_by_its_hash_and_its_parts_by_theirs)
{
	struct kb_bijlage announced;
	struct kb_bijlage_deel part;
	struct kb_bijlage_deel logged;
	struct kb_bijlage_uitkomst outcome;
	struct kb_hash hash;

	load("bijlage");
	cr_assert_eq(kb_bijlage_decode(bytes_of("bijlage"), &vectors.arena, &announced), KB_OK);
	cr_assert_eq(announced.parts.len, 2 * KB_HASH_BYTES);
	cr_assert_eq(kb_bijlage_deel_decode(bytes_of("deel"), &vectors.arena, &part), KB_OK);
	kb_sha256(part.content, &hash);
	cr_assert(kb_span_equal(KB_SPAN_OF(hash),
				kb_span_part(announced.parts, KB_HASH_BYTES, KB_HASH_BYTES)));
	cr_assert(kb_hash_equal(&part.sha256, &announced.sha256));
	cr_assert_eq(part.categories, announced.categories);
	cr_assert_eq(kb_bijlage_deel_decode(bytes_of("deel_in_logboek"), &vectors.arena, &logged),
		     KB_OK);
	cr_assert_eq(logged.content.len, 0);
	cr_assert_eq(logged.number, part.number);
	cr_assert_eq(kb_bijlage_uitkomst_decode(bytes_of("uitkomst_geweigerd"), &vectors.arena,
						&outcome),
		     KB_OK);
	cr_assert(kb_span_equal(outcome.rule, kb_span_text("zip-macro")));
	kb_arena_release(&vectors.arena);
}
