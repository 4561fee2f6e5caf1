/* SPDX-License-Identifier: EUPL-1.2 */
/* The signature of a samenwerkingsverband under a region profile. */
#include "common/daemon/profile_seal.h"

#include "common/base/text.h"
#include "common/daemon/profile_internal.h"

static const char section[] = "zegel";

enum kb_err
kb_profile_seal_make(const struct kb_hash *hash, const struct kb_party_id *swv,
		     uint32_t key_version, const struct kb_sign_key *key,
		     struct kb_profile_seal *out)
{
	/* The hash has a fixed size, so the id after it is unambiguous. */
	const struct kb_span parts[] = { KB_SPAN_OF(hash->bytes), kb_party_id_span(swv) };
	struct kb_profile_seal seal = { .swv = *swv, .key_version = key_version, .hash = *hash };
	enum kb_err err = kb_sign(key, KB_SIGN_LABEL_PROFIEL_ZEGEL, parts, 2, &seal.signature);

	if (err == KB_OK) {
		kb_sign_key_public(key, &seal.key);
		*out = seal;
	}
	return err;
}

enum kb_err
kb_profile_seal_check(const struct kb_profile_seal *seal, const struct kb_hash *hash,
		      const struct kb_sign_public *key)
{
	const struct kb_span parts[] = { KB_SPAN_OF(hash->bytes), kb_party_id_span(&seal->swv) };
	struct kb_verify_key *verify = NULL;
	enum kb_err err = KB_OK;

	if (kb_party_id_empty(&seal->swv)) {
		return KB_ERR_NOT_FOUND;
	}
	if (!kb_hash_equal(&seal->hash, hash)) {
		return KB_ERR_COMMITMENT_MISMATCH;
	}
	if (memcmp(seal->key.bytes, key->bytes, sizeof(key->bytes)) != 0) {
		return KB_ERR_BAD_SEAL;
	}
	err = kb_verify_key_new(key, &verify);
	if (err == KB_OK) {
		err = kb_verify(verify, KB_SIGN_LABEL_PROFIEL_ZEGEL, parts, 2, &seal->signature);
	}
	kb_verify_key_free(verify);
	return err;
}

enum kb_err
kb_profile_seal_encode(const struct kb_profile_seal *seal, struct kb_buf *out)
{
	char key[2 * KB_SIGN_PUBLIC_BYTES + 1];
	char hash[2 * KB_HASH_BYTES + 1];
	char signature[2 * KB_SIGNATURE_BYTES + 1];

	kb_hex_encode(KB_SPAN_OF(seal->key.bytes), key);
	kb_hex_encode(KB_SPAN_OF(seal->hash.bytes), hash);
	kb_hex_encode(KB_SPAN_OF(seal->signature.bytes), signature);
	return kb_buf_putf(out,
			   "# Gemaakt door: ketenbode profile sign\n"
			   "[%s]\n"
			   "swv = %s\n"
			   "sleutelversie = %u\n"
			   "sleutel = %s\n"
			   "hash = %s\n"
			   "handtekening = %s\n",
			   section, seal->swv.text, seal->key_version, key, hash, signature);
}

/* ---- reading ---- */

static bool
take_party(struct kb_span text, void *out, size_t size)
{
	(void)size;
	return kb_party_id_parse(text, (struct kb_party_id *)out) == KB_OK;
}

static bool
take_version(struct kb_span text, void *out, size_t size)
{
	uint64_t number = 0;

	(void)size;
	if (kb_text_to_u64(text, UINT32_MAX, &number) != KB_OK || number == 0) {
		return false;
	}
	*(uint32_t *)out = (uint32_t)number;
	return true;
}

static bool
take_hex(struct kb_span text, void *out, size_t size)
{
	return kb_hex_decode(text, (uint8_t *)out, size) == KB_OK;
}

#define MEMBER(name)                                                                               \
	offsetof(struct kb_profile_seal, name), sizeof(((struct kb_profile_seal *)0)->name)

static const struct {
	const char *key;
	const char *must;
	bool (*take)(struct kb_span text, void *out, size_t size);
	size_t offset;
	size_t size;
} seal_keys[] = {
	{ "swv", "the OIN of the samenwerkingsverband", take_party, MEMBER(swv) },
	{ "sleutelversie", "a number from 1", take_version, MEMBER(key_version) },
	{ "sleutel", "64 hex digits", take_hex, MEMBER(key) },
	{ "hash", "64 hex digits", take_hex, MEMBER(hash) },
	{ "handtekening", "128 hex digits", take_hex, MEMBER(signature) },
};

static void
take_keys(struct kb_profile_reader *reader, struct kb_profile_seal *out)
{
	uint32_t heading = kb_profile_heading(reader, section);

	for (size_t i = 0; i < sizeof(seal_keys) / sizeof(seal_keys[0]); i++) {
		const struct kb_ini_entry *entry =
			kb_profile_take(reader, heading, seal_keys[i].key, "");

		if (entry == NULL) {
			kb_faults_add(reader->faults, reader->file,
				      kb_profile_missing_line(reader, heading, NULL),
				      "[%s] %s is missing; remove the file and sign again", section,
				      seal_keys[i].key);
		} else if (!seal_keys[i].take(kb_span_text(entry->value),
					      (char *)out + seal_keys[i].offset,
					      seal_keys[i].size)) {
			kb_faults_add(reader->faults, reader->file, entry->line,
				      "%s: must be %s; remove the file and sign again", entry->key,
				      seal_keys[i].must);
		}
	}
	for (size_t i = 0; i < reader->ini->count; i++) {
		const struct kb_ini_entry *entry = &reader->ini->entries[i];

		if (entry->key != NULL && !reader->used[i]) {
			kb_faults_add(reader->faults, reader->file, entry->line,
				      "unknown key %s in [%s]", entry->key, entry->section);
		}
	}
}

enum kb_err
kb_profile_read_seal(struct kb_profile_reader *reader, struct kb_span bytes)
{
	struct kb_ini ini = { 0 };
	enum kb_err err = kb_profile_reader_open(reader, bytes, false, &ini);

	if (err == KB_OK) {
		take_keys(reader, &reader->profile->seal);
	}
	kb_profile_reader_release(reader, &ini);
	return err;
}
