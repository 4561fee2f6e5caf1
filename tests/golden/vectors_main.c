/* SPDX-License-Identifier: EUPL-1.2 */
/* kb-vectors: writes the test vectors of proto/README.md. Each file is one flat JSON object; bytes are hex.
 * Keys, salts and ids are fixed; the certificates and their ECDSA signatures are new at every run. */
#include "common/base/random.h"
#include "common/crypto/commitment.h"
#include "common/crypto/hash.h"
#include "common/crypto/hpke_internal.h"
#include "common/crypto/init.h"
#include "common/crypto/keys.h"
#include "common/crypto/merkle_frontier.h"
#include "common/crypto/merkle_proof.h"
#include "common/crypto/padding.h"
#include "common/crypto/seal.h"
#include "common/crypto/x509_issue.h"
#include "common/daemon/profile.h"
#include "common/daemon/profile_seal.h"
#include "common/wire/absence.h"
#include "common/wire/bijlage.h"
#include "common/wire/consent.h"
#include "common/wire/envelope.h"
#include "common/wire/receipt.h"
#include "common/wire/register.h"
#include "common/wire/zaak.h"

#include <stdio.h>
#include <stdlib.h>

#define SENT_UTC_MS 1795300000000ll
#define DAY_MS 86400000ll
#define BATCH 5
#define LOG_OLD 7
#define LOG_NEW 12

struct party {
	struct kb_party_id id;
	struct kb_secret signing;
	struct kb_secret sealing;
	struct kb_sign_key *sign_key;
	uint8_t signing_public[32];
	uint8_t sealing_public[32];
	uint8_t transport_public[32];
};

struct world {
	struct kb_arena arena;
	struct kb_random random;
	struct kb_random_seeded seeded;
	struct party school;
	struct party gemeente;
	struct party registrar;
};

struct json {
	FILE *file;
	bool first;
};

/* Any failure here is a fault of the program: nothing comes from outside. */
static void
must(enum kb_err err)
{
	KB_INVARIANT(err == KB_OK);
}

static struct json
json_open(const char *folder, const char *name, const char *about)
{
	char path[1024];
	struct json json = { .first = true };

	(void)snprintf(path, sizeof(path), "%s/%s.json", folder, name);
	json.file = fopen(path, "w");
	KB_INVARIANT(json.file != NULL);
	(void)fprintf(json.file, "{\n \"about\": \"%s\"", about);
	return json;
}

static void
json_close(struct json *json)
{
	(void)fprintf(json->file, "\n}\n");
	KB_INVARIANT(fclose(json->file) == 0);
}

static void
json_bytes(struct json *json, const char *name, struct kb_span bytes)
{
	(void)fprintf(json->file, ",\n \"%s\": \"", name);
	for (size_t i = 0; i < bytes.len; i++) {
		(void)fprintf(json->file, "%02x", bytes.at[i]);
	}
	(void)fprintf(json->file, "\"");
}

static void
json_text(struct json *json, const char *name, const char *text)
{
	(void)fprintf(json->file, ",\n \"%s\": \"%s\"", name, text);
}

static void
json_number(struct json *json, const char *name, uint64_t number)
{
	(void)fprintf(json->file, ",\n \"%s\": %llu", name, (unsigned long long)number);
}

static const char *
numbered(char out[64], const char *name, size_t number)
{
	(void)snprintf(out, 64, "%s_%zu", name, number);
	return out;
}

static void
party_init(struct world *world, struct party *party, const char *id)
{
	struct kb_secret transport = { 0 };

	must(kb_party_id_parse(kb_span_text(id), &party->id));
	must(kb_secret_init(&party->signing, KB_KEY_BYTES));
	must(kb_secret_init(&party->sealing, KB_KEY_BYTES));
	must(kb_secret_init(&transport, KB_KEY_BYTES));
	kb_random_fill(&world->random, party->signing.at, KB_KEY_BYTES);
	kb_random_fill(&world->random, party->sealing.at, KB_KEY_BYTES);
	kb_random_fill(&world->random, transport.at, KB_KEY_BYTES);
	must(kb_key_public(KB_KEY_USE_SIGN, &party->signing, party->signing_public));
	must(kb_key_public(KB_KEY_USE_SEAL, &party->sealing, party->sealing_public));
	must(kb_key_public(KB_KEY_USE_TRANSPORT, &transport, party->transport_public));
	must(kb_sign_key_new(&party->signing, &party->sign_key));
	kb_secret_release(&transport);
}

static void
party_release(struct party *party)
{
	kb_sign_key_free(party->sign_key);
	kb_secret_release(&party->signing);
	kb_secret_release(&party->sealing);
}

static void
json_party(struct json *json, const char *role, const struct party *party)
{
	char name[64];

	json_text(json, role, party->id.text);
	(void)snprintf(name, sizeof(name), "%s_signing_seed", role);
	json_bytes(json, name, kb_secret_span(&party->signing));
	(void)snprintf(name, sizeof(name), "%s_signing_key", role);
	json_bytes(json, name, KB_SPAN_OF(party->signing_public));
	(void)snprintf(name, sizeof(name), "%s_sealing_private", role);
	json_bytes(json, name, kb_secret_span(&party->sealing));
	(void)snprintf(name, sizeof(name), "%s_sealing_key", role);
	json_bytes(json, name, KB_SPAN_OF(party->sealing_public));
}

/* The bytes in arena, so that they outlive buf. */
static struct kb_span
keep(struct world *world, struct kb_buf *buf)
{
	struct kb_span kept = kb_arena_copy(&world->arena, kb_buf_span(buf));

	KB_INVARIANT(kept.at != NULL || buf->len == 0);
	kb_buf_release(buf);
	return kept;
}

static struct kb_epoch
epoch_of(uint8_t fill)
{
	struct kb_epoch epoch;

	memset(epoch.bytes, fill, sizeof(epoch.bytes));
	return epoch;
}

/* --- a body, sealed --- */

struct sealed {
	struct kb_header header;
	struct kb_span header_bytes;
	struct kb_span body;
	struct kb_span padded;
	struct kb_span sealed;
	struct kb_span info;
	struct kb_span aad;
	struct kb_salt salt;
	uint8_t ephemeral[32];
	struct kb_hpke_schedule schedule;
};

static struct kb_span
melding_bytes(struct world *world)
{
	static struct kb_melding_dag dagen[] = { { 20260907, 330 },
						 { 20260908, 330 },
						 { 20260909, 300 } };
	struct kb_melding_stap stappen[] = {
		{ 20260908, kb_span_text("Gebeld met de ouders.\nGeen gehoor.") }
	};
	struct kb_verzuim_melding melding = {
		.melding_id = kb_id_random(&world->random),
		.revision = 1,
		.soort = KB_MELDING_ZESTIEN_UUR,
		.begindatum = 20260907,
		.einddatum = 20260909,
		.minuten = 960,
		.dagen = dagen,
		.dag_count = 3,
		.school = { "99XX00", kb_span_text("Basisschool De Proef") },
		.leerling = { .pgn = "999990019",
			      .voornaam = kb_span_text("Zoë"),
			      .tussenvoegsel = kb_span_text("van"),
			      .achternaam = kb_span_text("Voorbeeld"),
			      .geboortedatum = 20160229,
			      .adres_geheim = true },
		.stappen = stappen,
		.stap_count = 1,
		.has_contact = true,
		.contact = { kb_span_text("I. Begeleider"), kb_span_text("010-0000000") },
		.schooljaar = 2026,
		.uiterste_melddatum = 20260916,
		.vastgesteld_op = 20260909,
		.gemeentecode = "9999",
	};
	struct kb_buf bytes = { 0 };

	must(kb_verzuim_melding_encode(&melding, &bytes));
	return keep(world, &bytes);
}

static void
seal_body(struct world *world, const struct party *sender, const struct party *recipient,
	  struct kb_span body, uint32_t index, struct sealed *out)
{
	struct kb_buf content = { 0 };
	struct kb_buf bytes = { 0 };
	struct kb_x25519_key *ephemeral = NULL;
	struct kb_hpke_sender *hpke = NULL;
	struct kb_x25519_public enc;
	struct kb_x25519_public public_key;
	uint8_t dh[KB_X25519_BYTES];

	out->body = body;
	memcpy(public_key.bytes, recipient->sealing_public, sizeof(public_key.bytes));
	kb_random_fill(&world->random, out->salt.bytes, KB_SALT_BYTES);
	kb_random_fill(&world->random, out->ephemeral, sizeof(out->ephemeral));
	kb_commitment(&out->salt, body, &out->header.commitment);
	must(kb_buf_put(&content, KB_SPAN_OF(out->salt)));
	must(kb_buf_put(&content, body));
	must(kb_pad(kb_buf_span(&content), &bytes));
	out->padded = keep(world, &bytes);
	kb_buf_release(&content);
	must(kb_hpke_info_encode(&sender->id, &recipient->id, &bytes));
	out->info = keep(world, &bytes);
	must(kb_aad_encode(&out->header, &bytes));
	out->aad = keep(world, &bytes);

	must(kb_x25519_key_from_bytes(out->ephemeral, &ephemeral));
	must(kb_hpke_sender_new_for_tests(KB_HPKE_AEAD_AES_256_GCM, ephemeral, &public_key,
					  out->info, &hpke, &enc));
	must(kb_hpke_seal(hpke, index, out->aad, out->padded, &bytes));
	out->sealed = keep(world, &bytes);
	must(kb_x25519_shared(ephemeral, &public_key, dh));
	must(kb_hpke_schedule(KB_HPKE_AEAD_AES_256_GCM, dh, &enc, &public_key, out->info,
			      &out->schedule));
	memcpy(out->header.hpke_enc, enc.bytes, sizeof(enc.bytes));
	out->header.hpke_index = index;
	kb_sha256(out->sealed, &out->header.sealed_sha256);
	must(kb_header_encode(&out->header, &bytes));
	out->header_bytes = keep(world, &bytes);
	kb_hpke_sender_free(hpke);
	kb_x25519_key_free(ephemeral);
}

static struct kb_header
header_of(struct world *world, const struct party *sender, const struct party *recipient,
	  uint64_t number)
{
	return (struct kb_header){ .wire_version = KB_WIRE_VERSION,
				   .suite = KB_WIRE_SUITE,
				   .message_id = kb_id_random(&world->random),
				   .sender = sender->id,
				   .recipient = recipient->id,
				   .epoch = epoch_of(sender == &world->school ? 0x11 : 0x22),
				   .number = number,
				   .attempt = 1,
				   .sent_at_utc_ms = SENT_UTC_MS,
				   .expires_at_utc_ms = SENT_UTC_MS + 30 * DAY_MS,
				   .priority = KB_PRIORITY_NORMAL };
}

static struct kb_span
seal_bytes(struct world *world, uint32_t key_version, const struct kb_seal *seal, uint32_t index)
{
	struct kb_buf bytes = { 0 };
	struct kb_wire_seal wire = { .key_version = key_version,
				     .tree_size = seal->size,
				     .leaf_index = index,
				     .path = seal->paths[index] };

	memcpy(wire.signature, seal->signature.bytes, sizeof(wire.signature));
	must(kb_wire_seal_encode(&wire, &bytes));
	return keep(world, &bytes);
}

static void
json_sealed(struct json *json, struct world *world, const struct party *sender,
	    const struct sealed *sealed)
{
	struct kb_buf bytes = { 0 };
	struct kb_seal seal;
	struct kb_envelope envelope = { .header = sealed->header_bytes, .sealed = sealed->sealed };

	must(kb_seal_batch(sender->sign_key, &sender->id, 1, &sealed->header_bytes, 1,
			   &world->arena, &seal));
	envelope.seal = seal_bytes(world, 1, &seal, 0);
	must(kb_envelope_encode(&envelope, &bytes));
	json_bytes(json, "body", sealed->body);
	json_bytes(json, "salt", KB_SPAN_OF(sealed->salt));
	json_bytes(json, "commitment", KB_SPAN_OF(sealed->header.commitment));
	json_bytes(json, "padded", sealed->padded);
	json_bytes(json, "ephemeral_private", KB_SPAN_OF(sealed->ephemeral));
	json_bytes(json, "enc", KB_SPAN_OF(sealed->header.hpke_enc));
	json_number(json, "index", sealed->header.hpke_index);
	json_bytes(json, "info", sealed->info);
	json_bytes(json, "aad", sealed->aad);
	json_bytes(json, "shared_secret", KB_SPAN_OF(sealed->schedule.shared_secret));
	json_bytes(json, "key", KB_SPAN_OF(sealed->schedule.key));
	json_bytes(json, "base_nonce", KB_SPAN_OF(sealed->schedule.base_nonce));
	json_bytes(json, "sealed", sealed->sealed);
	json_bytes(json, "sealed_sha256", KB_SPAN_OF(sealed->header.sealed_sha256));
	json_bytes(json, "header", sealed->header_bytes);
	json_number(json, "key_version", 1);
	json_bytes(json, "root", KB_SPAN_OF(seal.root));
	json_bytes(json, "signature", KB_SPAN_OF(seal.signature));
	json_bytes(json, "seal", envelope.seal);
	json_bytes(json, "envelope", kb_buf_span(&bytes));
	kb_buf_release(&bytes);
}

static void
write_envelope(const char *folder, struct world *world)
{
	struct json json =
		json_open(folder, "envelope",
			  "One verzuim melding from a school to a gemeente, sealed alone.");
	struct sealed sealed = { .header = header_of(world, &world->school, &world->gemeente, 41) };
	struct kb_buf bytes = { 0 };
	struct kb_id case_id = kb_id_random(&world->random);
	struct kb_id pseudonym = kb_id_random(&world->random);
	struct kb_span content = melding_bytes(world);
	struct kb_body body = { .kind = KB_KIND_VERZUIM_MELDING,
				.case_id = case_id,
				.subject_pseudonym = pseudonym,
				.purpose = KB_PURPOSE_LEERPLICHT,
				.ground = KB_GROUND_WETTELIJKE_TAAK,
				.author = { kb_span_text("ibegeleider"),
					    kb_span_text("intern begeleider") },
				.after_epoch = epoch_of(0x11),
				.after_number = 40,
				.desk = KB_DESK_LEERPLICHT,
				.content = content };

	must(kb_body_encode(&body, &bytes));
	seal_body(world, &world->school, &world->gemeente, keep(world, &bytes), 3, &sealed);
	json_party(&json, "sender", &world->school);
	json_party(&json, "recipient", &world->gemeente);
	json_bytes(&json, "content", body.content);
	json_sealed(&json, world, &world->school, &sealed);
	json_close(&json);
}

static void
write_batch(const char *folder, struct world *world)
{
	struct json json =
		json_open(folder, "batch_seal", "Five headers of one sender under one signature.");
	struct kb_span headers[BATCH];
	struct kb_seal seal;
	char name[64];

	for (size_t i = 0; i < BATCH; i++) {
		struct kb_buf bytes = { 0 };
		struct kb_header header =
			header_of(world, &world->school, &world->gemeente, 100 + i);

		kb_random_fill(&world->random, header.hpke_enc, sizeof(header.hpke_enc));
		kb_random_fill(&world->random, &header.sealed_sha256, KB_HASH_BYTES);
		kb_random_fill(&world->random, &header.commitment, KB_HASH_BYTES);
		header.hpke_index = (uint32_t)i;
		must(kb_header_encode(&header, &bytes));
		headers[i] = keep(world, &bytes);
	}
	must(kb_seal_batch(world->school.sign_key, &world->school.id, 2, headers, BATCH,
			   &world->arena, &seal));
	json_party(&json, "sender", &world->school);
	json_number(&json, "key_version", 2);
	json_number(&json, "tree_size", BATCH);
	json_bytes(&json, "root", KB_SPAN_OF(seal.root));
	json_bytes(&json, "signature", KB_SPAN_OF(seal.signature));
	for (size_t i = 0; i < BATCH; i++) {
		struct kb_hash leaf;

		kb_merkle_leaf(headers[i], &leaf);
		json_bytes(&json, numbered(name, "header", i), headers[i]);
		json_bytes(&json, numbered(name, "leaf", i), KB_SPAN_OF(leaf));
		json_bytes(&json, numbered(name, "path", i), seal.paths[i]);
		json_bytes(&json, numbered(name, "seal", i),
			   seal_bytes(world, 2, &seal, (uint32_t)i));
	}
	json_close(&json);
}

static struct kb_signed_checkpoint
sign_checkpoint(struct world *world, const struct party *party, uint64_t size,
		const struct kb_hash *root)
{
	struct kb_buf bytes = { 0 };
	struct kb_signature signature;
	struct kb_signed_checkpoint out = { .key_version = 1 };
	struct kb_checkpoint checkpoint = { .origin = party->id,
					    .log_year = 2026,
					    .size = size,
					    .root = *root,
					    .time_utc_ms = SENT_UTC_MS + (int64_t)size,
					    .epoch = epoch_of(0x22) };

	memset(checkpoint.previous_root.bytes, 0x77, KB_HASH_BYTES);
	must(kb_checkpoint_encode(&checkpoint, &bytes));
	out.checkpoint = keep(world, &bytes);
	must(kb_sign(party->sign_key, KB_SIGN_LABEL_CHECKPOINT, &out.checkpoint, 1, &signature));
	memcpy(out.signature, signature.bytes, sizeof(out.signature));
	return out;
}

struct leaves {
	struct kb_hash at[LOG_NEW];
};

static enum kb_err
fetch_leaf(void *state, unsigned level, uint64_t index, struct kb_hash *out)
{
	const struct leaves *leaves = state;

	if (level > 0) {
		return KB_ERR_NOT_FOUND;
	}
	*out = leaves->at[index];
	return KB_OK;
}

static void
write_checkpoint(const char *folder, struct world *world)
{
	struct json json = json_open(folder, "checkpoint",
				     "Two checkpoints of one log and the proof that it only grew.");
	struct leaves leaves;
	struct kb_merkle_source source = { fetch_leaf, &leaves };
	struct kb_hash roots[2];
	struct kb_buf path = { 0 };
	struct kb_buf bytes = { 0 };
	char name[64];

	json_party(&json, "origin", &world->gemeente);
	for (size_t i = 0; i < LOG_NEW; i++) {
		char record[32];

		(void)snprintf(record, sizeof(record), "record %zu", i);
		kb_merkle_leaf(kb_span_text(record), &leaves.at[i]);
		json_bytes(&json, numbered(name, "record", i), kb_span_text(record));
	}
	must(kb_merkle_root_at(&source, LOG_OLD, &roots[0]));
	must(kb_merkle_root_at(&source, LOG_NEW, &roots[1]));
	must(kb_merkle_prove_consistency(&source, LOG_OLD, LOG_NEW, &path));
	for (size_t i = 0; i < 2; i++) {
		uint64_t size = i == 0 ? LOG_OLD : LOG_NEW;
		struct kb_signed_checkpoint signed_one =
			sign_checkpoint(world, &world->gemeente, size, &roots[i]);

		json_number(&json, numbered(name, "size", i), size);
		json_bytes(&json, numbered(name, "root", i), KB_SPAN_OF(roots[i]));
		json_bytes(&json, numbered(name, "checkpoint", i), signed_one.checkpoint);
		json_bytes(&json, numbered(name, "signature", i), KB_SPAN_OF(signed_one.signature));
	}
	struct kb_consistency_proof proof = { LOG_OLD, LOG_NEW, kb_buf_span(&path) };

	must(kb_consistency_proof_encode(&proof, &bytes));
	json_bytes(&json, "path", kb_buf_span(&path));
	json_bytes(&json, "consistency_proof", kb_buf_span(&bytes));
	json_close(&json);
	kb_buf_release(&path);
	kb_buf_release(&bytes);
}

static void
write_receipt(const char *folder, struct world *world)
{
	struct json json = json_open(
		folder, "receipt", "A gemeente stored message 41, refuses 42 and misses 38 to 40.");
	struct sealed sealed = { .header = header_of(world, &world->gemeente, &world->school, 0) };
	struct kb_receipt_item items[2];
	struct kb_epoch_range missing = { epoch_of(0x11), 38, 40 };
	struct kb_receipt receipt = { .items = items,
				      .item_count = 2,
				      .missing = &missing,
				      .missing_count = 1,
				      .has_checkpoint = true };
	struct kb_body body = { .kind = KB_KIND_RECEIPT,
				.purpose = KB_PURPOSE_BERICHTENVERKEER,
				.ground = KB_GROUND_WETTELIJKE_TAAK };
	struct kb_buf bytes = { 0 };
	struct kb_hash root;

	for (size_t i = 0; i < 2; i++) {
		items[i] = (struct kb_receipt_item){
			.message_id = kb_id_random(&world->random),
			.epoch = epoch_of(0x11),
			.number = 41 + i,
			.attempt = 1,
			.outcome = i == 0 ? KB_OUTCOME_STORED : KB_OUTCOME_REFUSED,
			.reason = i == 0 ? 0 : kb_err_reason(KB_ERR_CANNOT_OPEN),
			.stored_at_utc_ms = SENT_UTC_MS + 1500
		};
		kb_random_fill(&world->random, &items[i].commitment, KB_HASH_BYTES);
	}
	kb_sha256(kb_span_text("log"), &root);
	receipt.checkpoint = sign_checkpoint(world, &world->gemeente, 12, &root);
	must(kb_receipt_encode(&receipt, &bytes));
	body.content = keep(world, &bytes);
	must(kb_body_encode(&body, &bytes));
	seal_body(world, &world->gemeente, &world->school, keep(world, &bytes), 0, &sealed);
	json_party(&json, "sender", &world->gemeente);
	json_party(&json, "recipient", &world->school);
	json_bytes(&json, "content", body.content);
	json_bytes(&json, "checkpoint", receipt.checkpoint.checkpoint);
	json_bytes(&json, "checkpoint_signature", KB_SPAN_OF(receipt.checkpoint.signature));
	json_sealed(&json, world, &world->gemeente, &sealed);
	json_close(&json);
}

/* --- the register --- */

struct member {
	const struct party *party;
	enum kb_party_kind kind;
	const char *name;
	uint32_t version;
	const struct party *before; /* who signed version - 1 */
};

static struct kb_span
descriptor_bytes(struct world *world, const struct member *member)
{
	static struct kb_vestiging vestiging = { "99XX00", KB_SECTOR_BAO, { NULL, 0 } };
	static struct kb_served_gemeente served[] = { { "9998", 20260101, 20261231 },
						      { "9999", 20260101, 0 } };

	static enum kb_desk desks[] = { KB_DESK_LEERPLICHT, KB_DESK_JEUGD };
	struct kb_span swv = kb_span_text("PO9901");
	bool school = member->kind == KB_PARTY_SCHOOL;
	bool gemeente = member->kind == KB_PARTY_GEMEENTE;
	struct kb_descriptor descriptor = {
		.wire_version = KB_WIRE_VERSION,
		.party = member->party->id,
		.kind = member->kind,
		.version = member->version,
		.name = kb_span_text(member->name),
		.swv = &swv,
		.swv_count = school ? 1 : 0,
		.vestigingen = &vestiging,
		.vestiging_count = school ? 1 : 0,
		.gemeenten = served,
		.gemeente_count = gemeente ? 2 : 0,
		.desks = desks,
		.desk_count = gemeente ? 2 : 0,
		.valid_from_utc_ms = SENT_UTC_MS,
		.valid_until_utc_ms = SENT_UTC_MS + 365 * DAY_MS,
	};
	struct kb_buf bytes = { 0 };

	vestiging.name = kb_span_text("De Proef");
	memcpy(descriptor.signing_key, member->party->signing_public, 32);
	memcpy(descriptor.sealing_key, member->party->sealing_public, 32);
	memcpy(descriptor.transport_key, member->party->transport_public, 32);
	must(kb_descriptor_encode(&descriptor, &bytes));
	return keep(world, &bytes);
}

static struct kb_span
entry_bytes(struct world *world, const struct kb_x509_ca *ca, const struct member *member,
	    struct json *json, size_t number)
{
	struct kb_x509_key *key = NULL;
	struct kb_register_entry entry = { .descriptor = descriptor_bytes(world, member) };
	struct kb_x509_subject subject = { member->name, member->name, NULL };
	struct kb_x509_validity validity = { SENT_UTC_MS, SENT_UTC_MS + 365 * DAY_MS };
	struct kb_buf request = { 0 };
	struct kb_buf certificate = { 0 };
	struct kb_buf signature = { 0 };
	struct kb_buf bytes = { 0 };
	struct kb_signature possession;
	struct kb_signature previous;
	char oin[KB_OIN_CHARS + 1] = { 0 };
	char name[64];

	memcpy(oin, member->party->id.text, KB_OIN_CHARS);
	subject.oin = oin;
	must(kb_x509_key_fresh(&key));
	must(kb_x509_request_create(key, &subject, &request, NULL));
	must(kb_x509_issue(ca, kb_buf_span(&request), validity, &certificate, NULL));
	must(kb_x509_sign(key, KB_SIGN_LABEL_DESCRIPTOR, &entry.descriptor, 1, &signature));
	must(kb_sign(member->party->sign_key, KB_SIGN_LABEL_POSSESSION, &entry.descriptor, 1,
		     &possession));
	entry.certificate = kb_buf_span(&certificate);
	entry.certificate_signature = kb_buf_span(&signature);
	memcpy(entry.possession, possession.bytes, sizeof(entry.possession));
	if (member->before != NULL) {
		must(kb_sign(member->before->sign_key, KB_SIGN_LABEL_DESCRIPTOR, &entry.descriptor,
			     1, &previous));
		entry.previous_signature = KB_SPAN_OF(previous);
	}
	must(kb_register_entry_encode(&entry, &bytes));
	json_bytes(json, numbered(name, "descriptor", number), entry.descriptor);
	json_bytes(json, numbered(name, "certificate", number), entry.certificate);
	json_bytes(json, numbered(name, "certificate_signature", number),
		   entry.certificate_signature);
	json_bytes(json, numbered(name, "possession", number), KB_SPAN_OF(entry.possession));
	json_bytes(json, numbered(name, "previous_signature", number), entry.previous_signature);
	json_bytes(json, numbered(name, "entry", number), kb_buf_span(&bytes));
	kb_buf_release(&request);
	kb_buf_release(&certificate);
	kb_buf_release(&signature);
	kb_x509_key_free(key);
	return keep(world, &bytes);
}

static void
write_register(const char *folder, struct world *world)
{
	struct json json = json_open(folder, "register",
				     "A register of four entries; the last renews the first.");
	struct party renewed = { .sign_key = NULL };
	struct kb_x509_key *ca_key = NULL;
	struct kb_buf authority = { 0 };
	struct kb_buf crl = { 0 };
	struct kb_buf revocations = { 0 };
	struct kb_buf bytes = { 0 };
	struct kb_x509_validity validity = { SENT_UTC_MS, SENT_UTC_MS + 3650 * DAY_MS };
	struct kb_hash leaves[4];
	struct kb_span paths[4];
	struct kb_span entries[4];
	struct kb_signature signature;
	char name[64];

	party_init(world, &renewed, world->school.id.text);
	const struct member members[] = {
		{ &world->school, KB_PARTY_SCHOOL, "Basisschool De Proef", 1, NULL },
		{ &world->gemeente, KB_PARTY_GEMEENTE, "Gemeente Voorbeeld", 1, NULL },
		{ &world->registrar, KB_PARTY_REGISTRAR, "Registerhouder", 1, NULL },
		{ &renewed, KB_PARTY_SCHOOL, "Basisschool De Proef", 2, &world->school },
	};
	struct kb_revocation revoked = { world->school.id, 1, SENT_UTC_MS + DAY_MS };
	struct kb_revocation_list list = { &revoked, 1 };
	struct kb_register_head head = { .wire_version = KB_WIRE_VERSION,
					 .registrar = world->registrar.id,
					 .version = 7,
					 .tree_size = 4,
					 .issued_at_utc_ms = SENT_UTC_MS + 2 * DAY_MS,
					 .expires_at_utc_ms = SENT_UTC_MS + 9 * DAY_MS };

	must(kb_x509_key_fresh(&ca_key));
	must(kb_x509_ca_create(ca_key, "Demo CA", validity, &authority, NULL));
	struct kb_x509_ca ca = { ca_key, kb_buf_span(&authority) };

	must(kb_x509_crl_issue(&ca, KB_SPAN_NONE, NULL, 0, validity, &crl, NULL));
	json_party(&json, "registrar", &world->registrar);
	json_bytes(&json, "authority", ca.certificate);
	for (size_t i = 0; i < 4; i++) {
		entries[i] = entry_bytes(world, &ca, &members[i], &json, i);
		kb_merkle_leaf(entries[i], &leaves[i]);
		json_bytes(&json, numbered(name, "leaf", i), KB_SPAN_OF(leaves[i]));
	}
	must(kb_merkle_batch(leaves, 4, &world->arena, &head.root, paths));
	must(kb_revocation_list_encode(&list, &revocations));
	kb_sha256(kb_buf_span(&revocations), &head.revocations_sha256);
	kb_sha256(kb_buf_span(&crl), &head.crl_sha256);
	must(kb_register_head_encode(&head, &bytes));
	struct kb_span head_bytes = keep(world, &bytes);
	struct kb_register_proof proof = { entries[1], 1, paths[1] };

	must(kb_sign(world->registrar.sign_key, KB_SIGN_LABEL_REGISTER, &head_bytes, 1,
		     &signature));
	must(kb_register_proof_encode(&proof, &bytes));
	json_bytes(&json, "root", KB_SPAN_OF(head.root));
	json_bytes(&json, "revocations", kb_buf_span(&revocations));
	json_bytes(&json, "crl", kb_buf_span(&crl));
	json_bytes(&json, "head", head_bytes);
	json_bytes(&json, "head_signature", KB_SPAN_OF(signature));
	json_number(&json, "proof_index", 1);
	json_bytes(&json, "proof_path", paths[1]);
	json_bytes(&json, "register_proof", kb_buf_span(&bytes));
	json_close(&json);
	kb_buf_release(&bytes);
	kb_buf_release(&revocations);
	kb_buf_release(&crl);
	kb_buf_release(&authority);
	kb_x509_key_free(ca_key);
	party_release(&renewed);
}

/* The same toestemming given by a school, and withdrawn by the gemeente that it names. */
static void
write_toestemming(const char *folder, struct world *world)
{
	struct json json = json_open(folder, "toestemming",
				     "A toestemming of a school and its withdrawal by a gemeente.");
	const struct party *signers[2] = { &world->school, &world->gemeente };
	struct kb_party_id parties[2] = { world->school.id, world->gemeente.id };
	struct kb_toestemming toestemming = { .toestemming_id = kb_id_random(&world->random),
					      .case_id = kb_id_random(&world->random),
					      .key_version = 1,
					      .purpose = KB_PURPOSE_DOA,
					      .categories = KB_DATA_PROCES | KB_DATA_ONDERSTEUNING,
					      .parties = parties,
					      .party_count = 2,
					      .leeftijd = KB_LEEFTIJD_VAN_12_TOT_16,
					      .gezag = 2,
					      .ouders = 2,
					      .jongere = true,
					      .valid_from = 20261123,
					      .valid_until = 20270731 };
	struct kb_span evidence[2] = { KB_SPAN_NONE, kb_span_text("handtekeningen") };
	uint8_t salt[32];
	char name[64];

	kb_random_fill(&world->random, salt, sizeof(salt));
	evidence[0] = KB_SPAN_OF(salt);
	kb_sha256_parts(evidence, 2, &toestemming.evidence_hash);
	json_party(&json, "recorder", &world->school);
	json_party(&json, "withdrawer", &world->gemeente);
	json_bytes(&json, "evidence_salt", evidence[0]);
	json_bytes(&json, "evidence", evidence[1]);
	for (uint32_t i = 0; i < 2; i++) {
		struct kb_signed_toestemming signed_one = { KB_SPAN_NONE, { 0 } };
		struct kb_signature signature;
		struct kb_buf bytes = { 0 };

		toestemming.versie = i + 1;
		toestemming.recorder = signers[i]->id;
		toestemming.status = i == 0 ? KB_TOESTEMMING_GEGEVEN : KB_TOESTEMMING_INGETROKKEN;
		toestemming.recorded_at_utc_ms = SENT_UTC_MS + i * DAY_MS;
		must(kb_toestemming_encode(&toestemming, &bytes));
		signed_one.toestemming = keep(world, &bytes);
		must(kb_sign(signers[i]->sign_key, KB_SIGN_LABEL_TOESTEMMING,
			     &signed_one.toestemming, 1, &signature));
		memcpy(signed_one.signature, signature.bytes, sizeof(signed_one.signature));
		must(kb_signed_toestemming_encode(&signed_one, &bytes));
		json_bytes(&json, numbered(name, "toestemming", i), signed_one.toestemming);
		json_bytes(&json, numbered(name, "signature", i), KB_SPAN_OF(signature));
		json_bytes(&json, numbered(name, "ondertekend", i), kb_buf_span(&bytes));
		kb_buf_release(&bytes);
	}
	json_close(&json);
}

/* The files of a small profile, its hash and the seal of a samenwerkingsverband. */
static void
write_profile(struct json *json, struct world *world, const struct party *swv, struct kb_hash *hash)
{
	static const struct kb_profile_file files[2] = {
		{ "doa.route", { (const uint8_t *)"[route]\nid = doa\n", 17 } },
		{ "profile.ini", { (const uint8_t *)"[region]\nid = po9901\n", 21 } },
	};
	struct kb_profiel_bestand travelling[2];
	struct kb_profiel profiel = {
		.files = travelling, .file_count = 2, .swv = swv->id, .key_version = 1
	};
	struct kb_profile_seal seal;
	struct kb_buf bytes = { 0 };
	char name[64];

	must(kb_profile_hash(files, 2, hash));
	must(kb_profile_seal_make(hash, &swv->id, 1, swv->sign_key, &seal));
	memcpy(profiel.signature, seal.signature.bytes, sizeof(profiel.signature));
	for (size_t i = 0; i < 2; i++) {
		travelling[i].name = kb_span_text(files[i].name);
		travelling[i].content = files[i].bytes;
		json_text(json, numbered(name, "file_name", i), files[i].name);
		json_bytes(json, numbered(name, "file", i), files[i].bytes);
	}
	must(kb_profiel_encode(&profiel, &bytes));
	json_bytes(json, "profile_hash", KB_SPAN_OF(*hash));
	json_bytes(json, "profile_signature", KB_SPAN_OF(seal.signature));
	json_bytes(json, "profiel", keep(world, &bytes));
}

/* A case that a school opens, and the step of the samenwerkingsverband in it; each names the one before. */
static void
write_zaak(const char *folder, struct world *world)
{
	struct json json = json_open(
		folder, "zaak", "Two records of one case, and the profile that it is bound to.");
	struct party swv = { .sign_key = NULL };
	struct kb_chain_participant participants[2] = {
		{ .role = KB_ROUTE_SCHOOL, .from_utc_ms = SENT_UTC_MS },
		{ .role = KB_ROUTE_SWV, .from_utc_ms = SENT_UTC_MS }
	};
	struct kb_chain_fact fact = { .fact = KB_FACT_NR_OVERLEG_GEHOUDEN,
				      .day = 20780,
				      .people = kb_span_text("Iris van der Weg, Zoë") };
	struct kb_chain_clock clock = { kb_span_text("terugkoppeling"), SENT_UTC_MS + 28 * DAY_MS };
	struct kb_chain_record record = { .case_id = kb_id_random(&world->random),
					  .route = kb_span_text("doa"),
					  .regie_epoch = 1,
					  .revision = 1,
					  .event = kb_span_text("openen"),
					  .state = kb_span_text("ingebracht"),
					  .actor = world->school.id,
					  .actor_desk = KB_DESK_SCHOOL,
					  .person = kb_span_text("a.jansen"),
					  .function = kb_span_text("intern begeleider"),
					  .at_utc_ms = SENT_UTC_MS,
					  .participants = participants,
					  .participant_count = 2 };
	struct kb_span regels[2];
	struct kb_zaak_regels content = { regels, 2 };
	struct kb_buf bytes = { 0 };
	char name[64];

	party_init(world, &swv, "00000099000000003000");
	participants[0].party = world->school.id;
	participants[1].party = swv.id;
	record.regievoerder = world->school.id;
	json_party(&json, "swv", &swv);
	write_profile(&json, world, &swv, &record.profile_hash);
	for (size_t i = 0; i < 2; i++) {
		must(kb_chain_record_encode(&record, &bytes));
		regels[i] = keep(world, &bytes);
		json_bytes(&json, numbered(name, "regel", i), regels[i]);
		json_bytes(&json, numbered(name, "regel_hash", i), KB_SPAN_OF(record.hash));
		record.previous = record.hash;
		record.revision = 2;
		record.proposal_id = kb_id_random(&world->random);
		record.event = kb_span_text("overleg-houden");
		record.state = kb_span_text("advies-gegeven");
		record.actor = swv.id;
		record.actor_desk = KB_DESK_SWV;
		record.at_utc_ms = SENT_UTC_MS + DAY_MS;
		record.facts = &fact;
		record.fact_count = 1;
		record.started = &clock;
		record.started_count = 1;
	}
	must(kb_zaak_regels_encode(&content, &bytes));
	json_bytes(&json, "regels", kb_buf_span(&bytes));
	json_close(&json);
	kb_buf_release(&bytes);
	party_release(&swv);
}

/* A file of two parts by a rule that needs no file: byte i is i modulo 251. */
#define BIJLAGE_BYTES (KB_WIRE_DEEL_BYTES_MAX + 10u)

static void
write_bijlage(const char *folder, struct world *world)
{
	struct json json =
		json_open(folder, "bijlage",
			  "An attachment of two parts: announced, asked for, its last part, "
			  "the outcome.");
	uint8_t *file = kb_arena_alloc(&world->arena, BIJLAGE_BYTES);
	struct kb_hash parts[2];
	struct kb_bijlage announced = { .bytes = BIJLAGE_BYTES,
					.type = 4,
					.sort = kb_span_text("zienswijze ouders"),
					.name = kb_span_text("zienswijze.txt"),
					.date = 20261123,
					.categories = KB_DATA_IDENTITEIT | KB_DATA_ONDERWIJS,
					.seen_on = 20261120,
					.parts = KB_SPAN_OF(parts) };
	struct kb_bijlage_opvraag asked = { .first = 1, .count = 1 };
	struct kb_bijlage_deel part = { .number = 1,
					.categories = announced.categories,
					.seen_on = announced.seen_on };
	struct kb_bijlage_uitkomst outcome = { .rule = KB_SPAN_NONE };
	struct kb_buf bytes = { 0 };

	KB_INVARIANT(file != NULL);
	for (size_t i = 0; i < BIJLAGE_BYTES; i++) {
		file[i] = (uint8_t)(i % 251);
	}
	kb_sha256(kb_span(file, BIJLAGE_BYTES), &announced.sha256);
	kb_sha256(kb_span(file, KB_WIRE_DEEL_BYTES_MAX), &parts[0]);
	part.content = kb_span(file + KB_WIRE_DEEL_BYTES_MAX, 10);
	kb_sha256(part.content, &parts[1]);
	asked.sha256 = announced.sha256;
	part.sha256 = announced.sha256;
	outcome.sha256 = announced.sha256;
	json_number(&json, "bytes", BIJLAGE_BYTES);
	must(kb_bijlage_encode(&announced, &bytes));
	json_bytes(&json, "bijlage", keep(world, &bytes));
	must(kb_bijlage_opvraag_encode(&asked, &bytes));
	json_bytes(&json, "opvraag", keep(world, &bytes));
	must(kb_bijlage_deel_encode(&part, &bytes));
	json_bytes(&json, "deel", keep(world, &bytes));
	/* As a log keeps it. */
	part.content = KB_SPAN_NONE;
	must(kb_bijlage_deel_encode(&part, &bytes));
	json_bytes(&json, "deel_in_logboek", keep(world, &bytes));
	must(kb_bijlage_uitkomst_encode(&outcome, &bytes));
	json_bytes(&json, "uitkomst", keep(world, &bytes));
	outcome.rule = kb_span_text("zip-macro");
	must(kb_bijlage_uitkomst_encode(&outcome, &bytes));
	json_bytes(&json, "uitkomst_geweigerd", keep(world, &bytes));
	json_close(&json);
	kb_buf_release(&bytes);
}

int
main(int count, char **arguments)
{
	struct world world = { .seeded = { .state = 20261122 } };

	if (count != 2) {
		(void)fprintf(stderr, "usage: kb-vectors tests/golden/vectors\n");
		return 64;
	}
	must(kb_crypto_init());
	world.random = kb_random_of_seed(&world.seeded);
	party_init(&world, &world.school, "00000099000000001000/99XX00");
	party_init(&world, &world.gemeente, "00000099000000002000");
	party_init(&world, &world.registrar, "00000099000000009000");
	write_envelope(arguments[1], &world);
	write_batch(arguments[1], &world);
	write_checkpoint(arguments[1], &world);
	write_receipt(arguments[1], &world);
	write_register(arguments[1], &world);
	write_toestemming(arguments[1], &world);
	write_zaak(arguments[1], &world);
	write_bijlage(arguments[1], &world);
	party_release(&world.school);
	party_release(&world.gemeente);
	party_release(&world.registrar);
	kb_arena_release(&world.arena);
	kb_crypto_release();
	return 0;
}
