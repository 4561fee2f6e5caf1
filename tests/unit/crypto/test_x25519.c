/* SPDX-License-Identifier: EUPL-1.2 */
/* X25519: the values of RFC 7748, and public keys that are refused. */
#include "common/crypto/init.h"
#include "common/crypto/x25519.h"
#include "tests/unit/crypto/vectors.h"

#include <criterion/criterion.h>

TestSuite(x25519, .fini = kb_crypto_release);

static struct kb_x25519_key *
key_of_hex(const char *hex)
{
	uint8_t raw[KB_X25519_BYTES];
	struct kb_secret secret;
	struct kb_x25519_key *key = NULL;

	hex_exact(hex, raw, sizeof(raw));
	secret = secret_of(raw, sizeof(raw));
	cr_assert_eq(kb_x25519_key_new(&secret, &key), KB_OK);
	kb_secret_release(&secret);
	return key;
}

Test(x25519, both_sides_of_rfc_7748_reach_the_same_secret)
{
	struct kb_x25519_key *alice =
		key_of_hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
	struct kb_x25519_key *bob =
		key_of_hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
	uint8_t wanted[32];
	uint8_t shared[32];

	hex_exact("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a", wanted, 32);
	cr_assert_arr_eq(kb_x25519_key_public(alice)->bytes, wanted, 32);
	hex_exact("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742", wanted, 32);
	cr_assert_eq(kb_x25519_shared(alice, kb_x25519_key_public(bob), shared), KB_OK);
	cr_assert_arr_eq(shared, wanted, 32);
	cr_assert_eq(kb_x25519_shared(bob, kb_x25519_key_public(alice), shared), KB_OK);
	cr_assert_arr_eq(shared, wanted, 32);
	kb_x25519_key_free(alice);
	kb_x25519_key_free(bob);
}

static const char *const small_order[] = {
	"0000000000000000000000000000000000000000000000000000000000000000",
	"0100000000000000000000000000000000000000000000000000000000000000",
	"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
	"5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"0000000000000000000000000000000000000000000000000000000000000080",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
};

Test(x25519, points_of_small_order_give_no_secret_and_are_no_keys)
{
	struct kb_x25519_key *own = NULL;

	cr_assert_eq(kb_x25519_key_fresh(&own), KB_OK);
	for (size_t i = 0; i < sizeof(small_order) / sizeof(small_order[0]); i++) {
		struct kb_x25519_public peer;
		uint8_t shared[32] = { 7 };

		hex_exact(small_order[i], peer.bytes, sizeof(peer.bytes));
		cr_assert_eq(kb_x25519_shared(own, &peer, shared), KB_ERR_BAD_KEY);
		cr_assert_eq(shared[0], 7);
		cr_assert_eq(kb_x25519_public_check(&peer), KB_ERR_BAD_KEY);
	}
	kb_x25519_key_free(own);
}

Test(x25519, only_canonical_public_keys_are_taken)
{
	static const struct {
		const char *hex;
		enum kb_err err;
	} cases[] = {
		{ "0900000000000000000000000000000000000000000000000000000000000000", KB_OK },
		{ "0900000000000000000000000000000000000000000000000000000000000080",
		  KB_ERR_BAD_KEY },
		/* 9 + p would need more than 255 bits; p + 2 does not */
		{ "efffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		  KB_ERR_BAD_KEY },
		{ "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		  KB_ERR_BAD_KEY },
		{ "ebffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", KB_OK },
		{ "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe7f", KB_OK },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct kb_x25519_public public_key;

		hex_exact(cases[i].hex, public_key.bytes, sizeof(public_key.bytes));
		cr_assert_eq(kb_x25519_public_check(&public_key), cases[i].err, "%s", cases[i].hex);
	}
}

Test(x25519, a_key_of_another_length_is_refused_and_fresh_ones_differ)
{
	uint8_t bytes[31] = { 1 };
	struct kb_secret secret = secret_of(bytes, sizeof(bytes));
	struct kb_x25519_key *a = NULL;
	struct kb_x25519_key *b = NULL;

	cr_assert_eq(kb_x25519_key_new(&secret, &a), KB_ERR_BAD_KEY);
	cr_assert_eq(kb_x25519_key_fresh(&a), KB_OK);
	cr_assert_eq(kb_x25519_key_fresh(&b), KB_OK);
	cr_assert_arr_neq(kb_x25519_key_public(a)->bytes, kb_x25519_key_public(b)->bytes, 32);
	kb_x25519_key_free(a);
	kb_x25519_key_free(b);
	kb_x25519_key_free(NULL);
	kb_secret_release(&secret);
}
