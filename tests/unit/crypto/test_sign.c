/* SPDX-License-Identifier: EUPL-1.2 */
/* Ed25519: labels, refused keys, signatures that must not hold. */
#include "common/crypto/init.h"
#include "common/crypto/rng.h"
#include "common/crypto/sign.h"
#include "tests/unit/crypto/vectors.h"

#include <criterion/criterion.h>

TestSuite(sign, .fini = kb_crypto_release);

static struct kb_sign_key *
key_of_byte(uint8_t byte)
{
	uint8_t seed[KB_SIGN_SEED_BYTES];
	struct kb_secret secret;
	struct kb_sign_key *key = NULL;

	memset(seed, byte, sizeof(seed));
	secret = secret_of(seed, sizeof(seed));
	cr_assert_eq(kb_sign_key_new(&secret, &key), KB_OK);
	kb_secret_release(&secret);
	return key;
}

static struct kb_verify_key *
verify_key_of(const struct kb_sign_key *key)
{
	struct kb_sign_public public_key;
	struct kb_verify_key *verify_key = NULL;

	kb_sign_key_public(key, &public_key);
	cr_assert_eq(kb_verify_key_new(&public_key, &verify_key), KB_OK);
	return verify_key;
}

Test(sign, the_public_key_of_a_seed_is_that_of_rfc_8032)
{
	uint8_t seed[32];
	uint8_t wanted[32];
	struct kb_secret secret;
	struct kb_sign_key *key = NULL;
	struct kb_sign_public public_key;

	hex_exact("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", seed, 32);
	hex_exact("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", wanted, 32);
	secret = secret_of(seed, sizeof(seed));
	cr_assert_eq(kb_sign_key_new(&secret, &key), KB_OK);
	kb_sign_key_public(key, &public_key);
	cr_assert_arr_eq(public_key.bytes, wanted, 32);
	kb_sign_key_free(key);
	kb_secret_release(&secret);
}

/* Made with another implementation over label, zero byte, "eentwee". Ed25519 signatures are a function of key and text. */
Test(sign, every_label_signs_exactly_the_bytes_of_the_contract)
{
	static const struct {
		enum kb_sign_label label;
		const char *signature;
	} cases[] = {
		{ KB_SIGN_LABEL_SEAL,
		  "43db046337bc255214ea2fff04c2ad8545e6940dc3ccaeeb41c10ec690a4afa010a0e319ad718c7b"
		  "86982b9af0f875c12cddbc061159992e7bb1ce67ff4eab00" },
		{ KB_SIGN_LABEL_CHECKPOINT,
		  "ce8c68df3051a11ecc16a07a5bc5c225b34dd5ffa1025ba7fe8e82cbc534e09f1a1bdd9516d88281"
		  "7cca6af373cb2f7d202d326f0f2d7f3b695962fbb43b1203" },
		{ KB_SIGN_LABEL_DESCRIPTOR,
		  "3c4f547e291fc8ae71d89c958948e6e791af5e4bb6c81fdd4768963cfdcbab1c7b582d8ceb10b313"
		  "9240f90199591f0d7a937e52650686921c028c5954092707" },
		{ KB_SIGN_LABEL_REGISTER,
		  "c6bb87b225f9da647b0873295a23844a1ed7cd4b3d91bc61865f1482a9d35fed0c9691950d04da73"
		  "3537c2581d3fcb96d9ee4f8e95eb51c9dc4b5eed0f55c70b" },
		{ KB_SIGN_LABEL_POSSESSION,
		  "4a21e54823c8733529fd927b91cc30c00b4a7519b6c66a9c39a568c561dbf426e7ad0af89e5d16ca"
		  "5777bea2763ed957b69d623bca2c0d35d61908319198be01" },
		{ KB_SIGN_LABEL_PROFIEL_ZEGEL,
		  "91a32d840db1bfabf02c6b8440d5bcd3df799363d6e948b1ebf3821e32f22440261e9649a17c915e"
		  "3a2faabc1d8c211caaebe2f21f14a04670c9ecee6ebf1f0a" },
	};
	struct kb_span parts[] = { kb_span_text("een"), kb_span_text("twee") };
	uint8_t seed[32];
	uint8_t wanted[KB_SIGNATURE_BYTES];
	struct kb_secret secret;
	struct kb_sign_key *key = NULL;
	struct kb_signature signature;

	hex_exact("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", seed, 32);
	secret = secret_of(seed, sizeof(seed));
	cr_assert_eq(kb_sign_key_new(&secret, &key), KB_OK);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		hex_exact(cases[i].signature, wanted, sizeof(wanted));
		cr_assert_eq(kb_sign(key, cases[i].label, parts, 2, &signature), KB_OK);
		cr_assert_arr_eq(signature.bytes, wanted, sizeof(wanted), "%s",
				 kb_sign_label_name(cases[i].label));
	}
	kb_sign_key_free(key);
	kb_secret_release(&secret);
}

Test(sign, a_signature_holds_for_its_label_and_text_only)
{
	struct kb_sign_key *key = key_of_byte(1);
	struct kb_sign_key *other = key_of_byte(2);
	struct kb_verify_key *verify_key = verify_key_of(key);
	struct kb_verify_key *other_verify = verify_key_of(other);
	struct kb_span parts[] = { kb_span_text("een"), kb_span_text("twee") };
	struct kb_span whole = kb_span_text("eentwee");
	struct kb_span changed = kb_span_text("eentwef");
	struct kb_signature signature;

	cr_assert_eq(kb_sign(key, KB_SIGN_LABEL_SEAL, parts, 2, &signature), KB_OK);
	cr_assert_eq(kb_verify(verify_key, KB_SIGN_LABEL_SEAL, &whole, 1, &signature), KB_OK);
	cr_assert_eq(kb_verify(verify_key, KB_SIGN_LABEL_SEAL, &changed, 1, &signature),
		     KB_ERR_BAD_SEAL);
	cr_assert_eq(kb_verify(verify_key, KB_SIGN_LABEL_SEAL, parts, 1, &signature),
		     KB_ERR_BAD_SEAL);
	cr_assert_eq(kb_verify(other_verify, KB_SIGN_LABEL_SEAL, &whole, 1, &signature),
		     KB_ERR_BAD_SEAL);
	for (int label = KB_SIGN_LABEL_NONE + 1; label < KB_SIGN_LABEL_COUNT; label++) {
		cr_assert_eq(
			kb_verify(verify_key, (enum kb_sign_label)label, &whole, 1, &signature),
			label == KB_SIGN_LABEL_SEAL ? KB_OK : KB_ERR_BAD_SEAL);
	}
	kb_verify_key_free(verify_key);
	kb_verify_key_free(other_verify);
	kb_sign_key_free(key);
	kb_sign_key_free(other);
}

Test(sign, every_changed_bit_of_a_signature_fails)
{
	struct kb_sign_key *key = key_of_byte(3);
	struct kb_verify_key *verify_key = verify_key_of(key);
	struct kb_span text = kb_span_text("tekst");
	struct kb_signature signature;

	cr_assert_eq(kb_sign(key, KB_SIGN_LABEL_CHECKPOINT, &text, 1, &signature), KB_OK);
	for (size_t bit = 0; bit < sizeof(signature.bytes) * 8; bit++) {
		signature.bytes[bit / 8] ^= (uint8_t)(1u << (bit % 8));
		cr_assert_eq(kb_verify(verify_key, KB_SIGN_LABEL_CHECKPOINT, &text, 1, &signature),
			     KB_ERR_BAD_SEAL);
		signature.bytes[bit / 8] ^= (uint8_t)(1u << (bit % 8));
	}
	cr_assert_eq(kb_verify(verify_key, KB_SIGN_LABEL_CHECKPOINT, &text, 1, &signature), KB_OK);
	kb_verify_key_free(verify_key);
	kb_sign_key_free(key);
}

/* S + L is the same scalar to an equation that does not look (RFC 8032 5.1.7: S must be below L). */
Test(sign, a_signature_with_a_scalar_above_the_group_order_fails)
{
	struct kb_sign_key *key = key_of_byte(4);
	struct kb_verify_key *verify_key = verify_key_of(key);
	struct kb_span text = kb_span_text("tekst");
	struct kb_signature signature;
	uint8_t order[32];
	unsigned carry = 0;

	hex_exact("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010", order, 32);
	cr_assert_eq(kb_sign(key, KB_SIGN_LABEL_SEAL, &text, 1, &signature), KB_OK);
	for (size_t i = 0; i < 32; i++) {
		carry += signature.bytes[32 + i] + order[i];
		signature.bytes[32 + i] = (uint8_t)carry;
		carry >>= 8;
	}
	cr_assert_eq(carry, 0);
	cr_assert_eq(kb_verify(verify_key, KB_SIGN_LABEL_SEAL, &text, 1, &signature),
		     KB_ERR_BAD_SEAL);
	kb_verify_key_free(verify_key);
	kb_sign_key_free(key);
}

static const char *const bad_keys[] = {
	/* the eight points of small order */
	"0000000000000000000000000000000000000000000000000000000000000000",
	"0000000000000000000000000000000000000000000000000000000000000080",
	"0100000000000000000000000000000000000000000000000000000000000000",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
	/* x = 0 with its sign set */
	"0100000000000000000000000000000000000000000000000000000000000080",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	/* y = p, p + 1, p + 18 */
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	/* y = 2: no point of the curve has it */
	"0200000000000000000000000000000000000000000000000000000000000000",
};

Test(sign, keys_of_small_order_not_canonical_ones_and_no_points_are_refused)
{
	for (size_t i = 0; i < sizeof(bad_keys) / sizeof(bad_keys[0]); i++) {
		struct kb_sign_public public_key;
		struct kb_verify_key *key = NULL;

		hex_exact(bad_keys[i], public_key.bytes, sizeof(public_key.bytes));
		cr_assert_eq(kb_sign_public_check(&public_key), KB_ERR_BAD_KEY, "%s", bad_keys[i]);
		cr_assert_eq(kb_verify_key_new(&public_key, &key), KB_ERR_BAD_KEY);
		cr_assert_null(key);
	}
}

Test(sign, keys_of_a_thousand_seeds_are_taken)
{
	for (int i = 0; i < 1000; i++) {
		struct kb_secret seed = { 0 };
		struct kb_sign_key *key = NULL;
		struct kb_sign_public public_key;

		cr_assert_eq(kb_secret_init(&seed, KB_SIGN_SEED_BYTES), KB_OK);
		kb_crypto_random(seed.at, seed.len);
		cr_assert_eq(kb_sign_key_new(&seed, &key), KB_OK);
		kb_sign_key_public(key, &public_key);
		cr_assert_eq(kb_sign_public_check(&public_key), KB_OK);
		kb_sign_key_free(key);
		kb_secret_release(&seed);
	}
}

Test(sign, a_seed_of_another_length_is_refused)
{
	uint8_t bytes[33] = { 1 };
	struct kb_secret secret = secret_of(bytes, sizeof(bytes));
	struct kb_sign_key *key = NULL;

	cr_assert_eq(kb_sign_key_new(&secret, &key), KB_ERR_BAD_KEY);
	cr_assert_null(key);
	kb_secret_release(&secret);
}

Test(sign, labels_are_all_different_and_none_is_empty)
{
	cr_assert_str_eq(kb_sign_label_name(KB_SIGN_LABEL_NONE), "");
	cr_assert_str_eq(kb_sign_label_name(KB_SIGN_LABEL_COUNT), "");
	for (int a = 1; a < KB_SIGN_LABEL_COUNT; a++) {
		const char *name = kb_sign_label_name((enum kb_sign_label)a);

		cr_assert_eq(strncmp(name, "ketenbode/v1/", 13), 0);
		for (int b = 1; b < a; b++) {
			cr_assert_str_neq(name, kb_sign_label_name((enum kb_sign_label)b));
		}
	}
}
