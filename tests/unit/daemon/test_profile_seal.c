/* SPDX-License-Identifier: EUPL-1.2 */
/* The signature of a samenwerkingsverband under a profile: what it covers, and what is refused. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "common/base/text.h"
#include "common/crypto/init.h"
#include "common/daemon/profile.h"

#define SWV "00000099000000004000"

static struct kb_sign_key *
key_of(uint8_t fill)
{
	struct kb_secret seed = { 0 };
	struct kb_sign_key *key = NULL;

	cr_assert_eq(kb_crypto_init(), KB_OK);
	cr_assert_eq(kb_secret_init(&seed, KB_SIGN_SEED_BYTES), KB_OK);
	memset(seed.at, fill, KB_SIGN_SEED_BYTES);
	cr_assert_eq(kb_sign_key_new(&seed, &key), KB_OK);
	kb_secret_release(&seed);
	return key;
}

static struct kb_hash
hash_of(uint8_t fill)
{
	struct kb_hash hash;

	memset(hash.bytes, fill, sizeof(hash.bytes));
	return hash;
}

static struct kb_profile_seal
seal_of(uint8_t key_fill, uint8_t hash_fill)
{
	struct kb_sign_key *key = key_of(key_fill);
	struct kb_hash hash = hash_of(hash_fill);
	struct kb_profile_seal seal = { 0 };
	struct kb_party_id swv;

	cr_assert_eq(kb_party_id_parse(kb_span_text(SWV), &swv), KB_OK);
	cr_assert_eq(kb_profile_seal_make(&hash, &swv, 3, key, &seal), KB_OK);
	kb_sign_key_free(key);
	return seal;
}

/* Made with another program: seed 32 times 0x07, over "ketenbode/v1/profiel-zegel", a zero byte, 32 times 0x11, SWV. */
Test(profile_seal, signs_exactly_the_bytes_of_the_contract)
{
	struct kb_profile_seal seal = seal_of(7, 0x11);
	char hex[2 * KB_SIGNATURE_BYTES + 1];

	kb_hex_encode(KB_SPAN_OF(seal.signature.bytes), hex);
	cr_assert_str_eq(hex, "72a0d9b286d2b9bd8471aa63a42997abdb895ef2784d8236af7860b0ab2fefcaca0d"
			      "547a189fa2caa8ead4f443e3937192324adbf8ff32679724d6148daa710e");
}

Test(profile_seal, holds_for_its_hash_party_and_key_only)
{
	const struct kb_profile_seal good = seal_of(7, 0x11);
	const struct kb_profile_seal none = { 0 };
	const struct kb_profile_seal of_other = seal_of(8, 0x11);
	struct kb_hash hash = hash_of(0x11);
	struct kb_hash other = hash_of(0x12);
	struct kb_profile_seal seal = good;

	cr_assert_eq(kb_profile_seal_check(&good, &hash, &good.key), KB_OK);
	cr_assert_eq(kb_profile_seal_check(&none, &hash, &good.key), KB_ERR_NOT_FOUND);
	cr_assert_eq(kb_profile_seal_check(&good, &other, &good.key), KB_ERR_COMMITMENT_MISMATCH);
	cr_assert_eq(kb_profile_seal_check(&of_other, &hash, &good.key), KB_ERR_BAD_SEAL);
	seal.hash = other; /* as somebody writes who changed the profile */
	cr_assert_eq(kb_profile_seal_check(&seal, &other, &good.key), KB_ERR_BAD_SEAL);
	seal = good;
	seal.swv.text[KB_OIN_CHARS - 1] = '1';
	cr_assert_eq(kb_profile_seal_check(&seal, &hash, &good.key), KB_ERR_BAD_SEAL);
	seal = good;
	seal.signature.bytes[5] ^= 1;
	cr_assert_eq(kb_profile_seal_check(&seal, &hash, &good.key), KB_ERR_BAD_SEAL);
	seal = of_other;
	seal.key = good.key;
	cr_assert_eq(kb_profile_seal_check(&seal, &hash, &good.key), KB_ERR_BAD_SEAL);
}

/* The seal as a file beside any profile.ini: only the faults of the seal are looked at. */
static void
read_back(const char *text, struct kb_faults *faults, struct kb_profile *out, enum kb_err *err)
{
	static char values[16384];
	FILE *file = fopen(KB_SOURCE_DIR "/deploy/profiles/demo/profile.ini", "r");
	size_t got = 0;

	cr_assert_not_null(file);
	got = fread(values, 1, sizeof(values), file);
	(void)fclose(file);
	cr_assert_lt(got, sizeof(values));
	const struct kb_profile_file files[] = { { KB_PROFILE_SEAL_FILE, kb_span_text(text) },
						 { "profile.ini", kb_span(values, got) } };

	*err = kb_profile_parse(files, 2, "p", faults, out);
}

Test(profile_seal, is_read_back_and_stands_outside_the_hash)
{
	struct kb_profile_seal seal = seal_of(7, 0x11);
	struct kb_buf text = { 0 };
	struct kb_faults faults = { 0 };
	struct kb_profile profile = { 0 };
	struct kb_hash without;
	enum kb_err err = KB_OK;

	cr_assert_eq(kb_profile_seal_encode(&seal, &text), KB_OK);
	read_back(kb_buf_text(&text), &faults, &profile, &err);
	cr_assert_eq(err, KB_OK, "%s", kb_faults_text(&faults));
	cr_assert_eq(memcmp(&profile.seal, &seal, sizeof(seal)), 0);
	cr_assert_eq(profile.file_count, 1);
	cr_assert_str_eq(profile.files[0].name, "profile.ini");
	cr_assert_eq(kb_profile_hash(profile.files, 1, &without), KB_OK);
	cr_assert(kb_hash_equal(&without, &profile.hash));
	kb_profile_release(&profile);
	kb_buf_release(&text);
}

Test(profile_seal, refuses_a_file_that_is_damaged)
{
	static const struct {
		const char *text;
		const char *fault;
	} rows[] = {
		{ "[zegel]\nswv = 12\n", "p/profiel.zegel:2: swv: must be the OIN of the "
					 "samenwerkingsverband; remove the file and sign again\n" },
		{ "[zegel]\nsleutelversie = 0\n",
		  "p/profiel.zegel:2: sleutelversie: must be a number from 1; remove the file and "
		  "sign again\n" },
		{ "[zegel]\nhash = 00\n", "p/profiel.zegel:2: hash: must be 64 hex digits; remove "
					  "the file and sign again\n" },
		{ "[zegel]\nhandtekening = 00\n",
		  "p/profiel.zegel:2: handtekening: must be 128 hex digits; remove the file and "
		  "sign again\n" },
		{ "[zegel]\nnaam = x\n", "p/profiel.zegel:2: unknown key naam in [zegel]\n" },
		{ "",
		  "p/profiel.zegel:1: [zegel] swv is missing; remove the file and sign again\n" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kb_faults faults = { 0 };
		struct kb_profile profile = { 0 };
		enum kb_err err = KB_OK;

		read_back(rows[i].text, &faults, &profile, &err);
		cr_assert_eq(err, KB_ERR_CONFIG);
		cr_assert_not_null(strstr(kb_faults_text(&faults), rows[i].fault), "row %zu: %s", i,
				   kb_faults_text(&faults));
		kb_faults_release(&faults);
	}
}
