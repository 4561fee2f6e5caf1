/* SPDX-License-Identifier: EUPL-1.2 */
/* Who this agent is. */
#include "agents/runtime/identity.h"

#include <stdio.h>

#include "common/base/file.h"
#include "common/crypto/keys.h"

#define PATH_BYTES 4096

struct kb_trust_anchor
kb_identity_anchor(const struct kb_identity *identity)
{
	return (struct kb_trust_anchor){ .registrar = identity->registrar_id,
					 .registrar_key = identity->registrar_key,
					 .authority = kb_buf_span(&identity->authority) };
}

void
kb_identity_release(struct kb_identity *identity)
{
	kb_sign_key_free(identity->sign);
	kb_x25519_key_free(identity->seal);
	kb_x25519_key_free(identity->seal_old);
	kb_secret_release(&identity->transport);
	kb_secret_release(&identity->master);
	kb_verify_key_free(identity->verify);
	kb_verify_key_free(identity->registrar_key);
	kb_buf_release(&identity->authority);
	kb_buf_release(&identity->broker_address);
	kb_buf_release(&identity->own_entry);
	kb_buf_release(&identity->signed_head);
	*identity = (struct kb_identity){ 0 };
}

static enum kb_err
read_join(const char *path, struct kb_buf *out, struct kb_error_text *where)
{
	enum kb_err err = kb_file_read(path, KB_WIRE_JOIN_BYTES_MAX, out, where);

	return err == KB_OK
		       ? KB_OK
		       : kb_fail(where, KB_ERR_CONFIG,
				 "%s: kan het aansluitbestand niet lezen (%s); vraag het aan de "
				 "registerhouder",
				 path, kb_err_text(err));
}

static enum kb_err
load_key(const char *folder, const char *name, enum kb_key_use use, struct kb_secret *out,
	 struct kb_error_text *where)
{
	char path[PATH_BYTES];
	int len = snprintf(path, sizeof(path), "%s/%s", folder, name);

	if (len < 0 || (size_t)len >= sizeof(path)) {
		return kb_fail(where, KB_ERR_CONFIG, "%s: de naam van de sleutelmap is te lang",
			       folder);
	}
	return kb_key_file_load(path, use, out, where);
}

static enum kb_err
load_seal_key(const char *path, struct kb_x25519_key **out, struct kb_error_text *where)
{
	struct kb_secret raw = { 0 };
	enum kb_err err = kb_key_file_load(path, KB_KEY_USE_SEAL, &raw, where);

	if (err == KB_OK) {
		err = kb_x25519_key_new(&raw, out);
	}
	kb_secret_release(&raw);
	return err;
}

static enum kb_err
load_keys(const struct kb_identity_files *files, struct kb_identity *to,
	  struct kb_error_text *where)
{
	struct kb_secret sign = { 0 };
	struct kb_secret seal = { 0 };
	enum kb_err err = load_key(files->keys, "sign.key", KB_KEY_USE_SIGN, &sign, where);

	if (err == KB_OK) {
		err = load_key(files->keys, "seal.key", KB_KEY_USE_SEAL, &seal, where);
	}
	if (err == KB_OK) {
		err = load_key(files->keys, "curve.key", KB_KEY_USE_TRANSPORT, &to->transport,
			       where);
	}
	if (err == KB_OK) {
		err = load_key(files->keys, "master.key", KB_KEY_USE_MASTER, &to->master, where);
	}
	if (err == KB_OK) {
		err = kb_sign_key_new(&sign, &to->sign);
	}
	if (err == KB_OK) {
		err = kb_x25519_key_new(&seal, &to->seal);
	}
	if (err == KB_OK && files->old_seal_key != NULL && files->old_seal_key[0] != '\0') {
		err = load_seal_key(files->old_seal_key, &to->seal_old, where);
	}
	if (err == KB_OK) {
		struct kb_sign_public public_key;

		kb_sign_key_public(to->sign, &public_key);
		err = kb_verify_key_new(&public_key, &to->verify);
	}
	kb_secret_release(&sign);
	kb_secret_release(&seal);
	return err;
}

/* The register must name the public halves of these very keys, else nobody could read or believe what we send. */
static enum kb_err
match_keys(const struct kb_identity *identity, const struct kb_descriptor *descriptor,
	   struct kb_error_text *where)
{
	uint8_t transport[KB_KEY_BYTES];
	enum kb_err err = kb_key_public(KB_KEY_USE_TRANSPORT, &identity->transport, transport);

	if (err != KB_OK) {
		return err;
	}
	if (memcmp(kb_verify_key_public(identity->verify)->bytes, descriptor->signing_key,
		   KB_WIRE_KEY_BYTES) != 0 ||
	    memcmp(kb_x25519_key_public(identity->seal)->bytes, descriptor->sealing_key,
		   KB_WIRE_KEY_BYTES) != 0 ||
	    memcmp(transport, descriptor->transport_key, KB_WIRE_KEY_BYTES) != 0) {
		return kb_fail(
			where, KB_ERR_KEY_FILE,
			"de sleutels in de sleutelmap zijn niet die van het "
			"aansluitbestand; zet de juiste map of vraag een nieuwe aansluiting");
	}
	return KB_OK;
}

static enum kb_err
take_join(const struct kb_join_file *join, struct kb_identity *to, struct kb_arena *arena,
	  struct kb_error_text *where)
{
	struct kb_register_entry entry;
	struct kb_register_head head;
	struct kb_descriptor descriptor;
	struct kb_sign_public registrar_key;
	enum kb_err err;

	to->self = join->party;
	to->registrar_id = join->registrar;
	to->broker = join->broker;
	memcpy(to->broker_transport_key, join->broker_transport_key, KB_WIRE_KEY_BYTES);
	memcpy(registrar_key.bytes, join->registrar_key, sizeof(registrar_key.bytes));
	err = kb_verify_key_new(&registrar_key, &to->registrar_key);
	if (err == KB_OK) {
		err = kb_buf_put(&to->authority, join->authority);
	}
	if (err == KB_OK) {
		err = kb_buf_put(&to->broker_address, join->broker_address);
	}
	if (err == KB_OK) {
		err = kb_buf_put(&to->own_entry, join->entry.entry);
	}
	if (err == KB_OK) {
		err = kb_signed_register_head_encode(&join->head, &to->signed_head);
	}
	if (err != KB_OK) {
		return err;
	}
	struct kb_trust_anchor anchor = kb_identity_anchor(to);

	err = kb_register_head_trust(&join->head, &anchor, arena, &head);
	if (err == KB_OK) {
		err = kb_register_proof_trust(&head, &join->entry);
	}
	if (err == KB_OK) {
		err = kb_register_entry_decode(join->entry.entry, arena, &entry);
	}
	if (err == KB_OK) {
		err = kb_descriptor_decode(entry.descriptor, arena, &descriptor);
	}
	if (err != KB_OK || !kb_party_id_equal(&descriptor.party, &join->party)) {
		return kb_fail(where, err != KB_OK ? err : KB_ERR_CONFIG,
			       "het aansluitbestand klopt niet; vraag een nieuw aan de "
			       "registerhouder");
	}
	to->kind = descriptor.kind;
	to->key_version = descriptor.version;
	return match_keys(to, &descriptor, where);
}

enum kb_err
kb_identity_load(const struct kb_identity_files *files, struct kb_identity *out,
		 struct kb_error_text *where)
{
	struct kb_identity identity = { 0 };
	struct kb_join_file join;
	struct kb_arena arena = { 0 };
	struct kb_buf bytes = { 0 };
	enum kb_err err = load_keys(files, &identity, where);

	if (err == KB_OK) {
		err = read_join(files->join, &bytes, where);
	}
	if (err == KB_OK) {
		err = kb_join_file_decode(kb_buf_span(&bytes), &arena, &join);
		if (err != KB_OK) {
			(void)kb_fail(where, err, "%s: is geen goed aansluitbestand", files->join);
		}
	}
	if (err == KB_OK) {
		err = take_join(&join, &identity, &arena, where);
	}
	if (err == KB_OK) {
		*out = identity;
	} else {
		kb_identity_release(&identity);
	}
	kb_arena_release(&arena);
	kb_buf_release(&bytes);
	return err;
}
