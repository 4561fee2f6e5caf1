/* SPDX-License-Identifier: EUPL-1.2 */
/* SHA-256 (FIPS 180-4 examples) and HMAC-SHA-256 (RFC 4231). */
#include "common/crypto/hash.h"
#include "common/crypto/init.h"
#include "tests/unit/crypto/vectors.h"

#include <criterion/criterion.h>

static void
check_hash(const struct kb_hash *hash, const char *hex)
{
	uint8_t wanted[KB_HASH_BYTES];

	hex_exact(hex, wanted, sizeof(wanted));
	cr_assert_arr_eq(hash->bytes, wanted, sizeof(wanted));
}

Test(hash, sha256_gives_the_values_of_the_standard)
{
	struct kb_hash hash;

	kb_sha256(KB_SPAN_NONE, &hash);
	check_hash(&hash, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	kb_sha256(kb_span_text("abc"), &hash);
	check_hash(&hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	kb_sha256(kb_span_text("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"), &hash);
	check_hash(&hash, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	kb_crypto_release();
}

Test(hash, parts_hash_as_their_concatenation_and_may_be_empty)
{
	struct kb_span parts[] = { kb_span_text("a"), KB_SPAN_NONE, kb_span_text("bc") };
	struct kb_hash hash;

	kb_sha256_parts(parts, 3, &hash);
	check_hash(&hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	kb_sha256_parts(NULL, 0, &hash);
	check_hash(&hash, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	kb_crypto_release();
}

Test(hash, pieces_hash_as_the_whole_and_can_be_interleaved_with_other_hashes)
{
	struct kb_sha256 *sha = NULL;
	struct kb_hash hash;
	struct kb_hash other;

	cr_assert_eq(kb_sha256_new(&sha), KB_OK);
	for (int round = 0; round < 2; round++) {
		kb_sha256_add(sha, kb_span_text("ab"));
		kb_sha256(kb_span_text("something else"), &other);
		kb_sha256_add(sha, kb_span_text("c"));
		kb_sha256_finish(sha, &hash);
		check_hash(&hash,
			   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	}
	kb_sha256_add(sha, kb_span_text("left over"));
	kb_sha256_start(sha);
	kb_sha256_finish(sha, &hash);
	check_hash(&hash, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	kb_sha256_free(sha);
	kb_sha256_free(NULL);
	kb_crypto_release();
}

Test(hash, hmac_gives_the_values_of_rfc_4231)
{
	static const struct {
		const char *key;
		const char *data;
		const char *mac;
	} cases[] = {
		{ "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265",
		  "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
		{ "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
		  "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
		{ "0102030405060708090a0b0c0d0e0f10111213141516171819",
		  "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
		  "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
		  "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct kb_buf key = { 0 };
		struct kb_buf data = { 0 };
		struct kb_hash mac;

		put_hex(&key, cases[i].key);
		put_hex(&data, cases[i].data);
		kb_hmac_sha256(kb_buf_span(&key), kb_buf_span(&data), &mac);
		check_hash(&mac, cases[i].mac);
		kb_buf_release(&key);
		kb_buf_release(&data);
	}
	kb_crypto_release();
}

Test(hash, hmac_takes_a_key_longer_than_a_block_and_an_empty_one)
{
	uint8_t key[131];
	struct kb_hash mac;

	memset(key, 0xaa, sizeof(key));
	kb_hmac_sha256(KB_SPAN_OF(key),
		       kb_span_text("Test Using Larger Than Block-Size Key - Hash Key First"),
		       &mac);
	check_hash(&mac, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
	kb_hmac_sha256(KB_SPAN_NONE, KB_SPAN_NONE, &mac);
	check_hash(&mac, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
	kb_crypto_release();
}

Test(hash, everything_works_again_after_release_and_init_twice_is_allowed)
{
	struct kb_hash hash;

	cr_assert_eq(kb_crypto_init(), KB_OK);
	cr_assert_eq(kb_crypto_init(), KB_OK);
	kb_crypto_release();
	kb_crypto_release();
	kb_sha256(kb_span_text("abc"), &hash);
	check_hash(&hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	kb_crypto_release();
}
