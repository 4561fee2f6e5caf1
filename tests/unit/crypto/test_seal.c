/* SPDX-License-Identifier: EUPL-1.2 */
/* The batch seal: exact bytes, every header of a batch, and what must not hold. */
#include "common/crypto/init.h"
#include "common/crypto/seal.h"
#include "tests/unit/crypto/vectors.h"

#include <criterion/criterion.h>
#include <stdio.h>

#define HEADERS_MAX 300

static struct kb_sign_key *key;
static struct kb_verify_key *verify_key;
static struct kb_party_id sender;
static struct kb_arena arena;
static char headers_text[HEADERS_MAX][16];
static struct kb_span headers[HEADERS_MAX];

static void
set_up(void)
{
	uint8_t seed[KB_SIGN_SEED_BYTES] = { 9 };
	struct kb_secret secret = secret_of(seed, sizeof(seed));
	struct kb_sign_public public_key;

	cr_assert_eq(kb_sign_key_new(&secret, &key), KB_OK);
	kb_sign_key_public(key, &public_key);
	cr_assert_eq(kb_verify_key_new(&public_key, &verify_key), KB_OK);
	cr_assert_eq(kb_party_id_parse(kb_span_text("00000099000000001000/12AB00"), &sender),
		     KB_OK);
	for (size_t i = 0; i < HEADERS_MAX; i++) {
		(void)snprintf(headers_text[i], sizeof(headers_text[i]), "header %zu", i);
		headers[i] = kb_span_text(headers_text[i]);
	}
	kb_secret_release(&secret);
}

static void
tear_down(void)
{
	kb_sign_key_free(key);
	kb_verify_key_free(verify_key);
	kb_arena_release(&arena);
	kb_crypto_release();
}

TestSuite(seal, .init = set_up, .fini = tear_down);

static struct kb_seal
seal_of(size_t count)
{
	struct kb_seal seal;

	cr_assert_eq(kb_seal_batch(key, &sender, 3, headers, count, &arena, &seal), KB_OK);
	cr_assert_eq(seal.size, count);
	return seal;
}

static struct kb_seal_claim
claim_of(const struct kb_seal *seal, uint32_t index)
{
	return (struct kb_seal_claim){
		.sender = sender,
		.key_version = 3,
		.size = seal->size,
		.index = index,
		.path = seal->paths[index],
		.signature = KB_SPAN_OF(seal->signature),
		.header = headers[index],
	};
}

Test(seal, the_signed_bytes_are_exactly_those_of_the_contract)
{
	struct kb_seal seal = seal_of(1);
	struct kb_hash leaf;
	/* 27 characters of sender, key version 3, tree size 1, root = leaf hash */
	struct kb_span parts[] = {
		kb_span("\x1b", 1),
		kb_span_text("00000099000000001000/12AB00"),
		kb_span("\0\0\0\3\0\0\0\1", 8),
		KB_SPAN_OF(leaf),
	};

	kb_merkle_leaf(headers[0], &leaf);
	cr_assert(kb_hash_equal(&leaf, &seal.root));
	cr_assert_eq(seal.paths[0].len, 0);
	cr_assert_eq(kb_verify(verify_key, KB_SIGN_LABEL_SEAL, parts, 4, &seal.signature), KB_OK);
}

Test(seal, every_header_of_batches_of_many_sizes_holds_alone)
{
	static const size_t sizes[] = { 1, 2, 3, 5, 8, 255, 256, 257 };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct kb_seal seal = seal_of(sizes[i]);
		struct kb_seal_cache *cache = NULL;

		cr_assert_eq(kb_seal_cache_new(4, &cache), KB_OK);
		for (uint32_t index = 0; index < seal.size; index++) {
			struct kb_seal_claim claim = claim_of(&seal, index);

			cr_assert_eq(kb_seal_verify(cache, verify_key, &claim), KB_OK);
		}
		cr_assert_eq(kb_seal_cache_misses(cache), 1, "one signature check for the batch");
		kb_seal_cache_free(cache);
		kb_arena_clear(&arena);
	}
}

/* Every field changed, one at a time, before and after the true seal is in the cache. */
static void
check_changes(struct kb_seal_cache *cache, const struct kb_seal *seal)
{
	struct kb_seal_claim good = claim_of(seal, 2);
	struct kb_signature signature = seal->signature;
	uint8_t path[3 * KB_HASH_BYTES];
	static const uint8_t too_long[11 * KB_HASH_BYTES];
	struct kb_seal_claim claim = good;

	cr_assert_eq(good.path.len, sizeof(path));
	claim.header = headers[3];
	cr_assert_eq(kb_seal_verify(cache, verify_key, &claim), KB_ERR_BAD_SEAL);
	claim = good;
	claim.index = 3;
	cr_assert_eq(kb_seal_verify(cache, verify_key, &claim), KB_ERR_BAD_SEAL);
	claim = good;
	claim.size = 6;
	cr_assert_neq(kb_seal_verify(cache, verify_key, &claim), KB_OK);
	claim = good;
	claim.key_version = 4;
	cr_assert_eq(kb_seal_verify(cache, verify_key, &claim), KB_ERR_BAD_SEAL);
	claim = good;
	cr_assert_eq(kb_party_id_parse(kb_span_text("00000099000000001000"), &claim.sender), KB_OK);
	cr_assert_eq(kb_seal_verify(cache, verify_key, &claim), KB_ERR_BAD_SEAL);
	claim = good;
	signature.bytes[5] ^= 1;
	claim.signature = KB_SPAN_OF(signature);
	cr_assert_eq(kb_seal_verify(cache, verify_key, &claim), KB_ERR_BAD_SEAL);
	claim.signature.len = 63;
	cr_assert_eq(kb_seal_verify(cache, verify_key, &claim), KB_ERR_BAD_SEAL);
	memcpy(path, good.path.at, sizeof(path));
	for (size_t i = 0; i < sizeof(path); i++) {
		path[i] ^= 0x10;
		claim = good;
		claim.path = KB_SPAN_OF(path);
		cr_assert_eq(kb_seal_verify(cache, verify_key, &claim), KB_ERR_BAD_SEAL);
		path[i] ^= 0x10;
		claim.path.len = i;
		cr_assert_eq(kb_seal_verify(cache, verify_key, &claim), KB_ERR_BAD_PATH);
	}
	claim = good;
	claim.index = claim.size;
	cr_assert_eq(kb_seal_verify(cache, verify_key, &claim), KB_ERR_BAD_PATH);
	claim = good;
	/* Of the length that index and size imply, but larger than any batch may be. */
	claim.size = 2 * KB_SEAL_BATCH_MAX;
	claim.path = KB_SPAN_OF(too_long);
	cr_assert_eq(kb_seal_verify(cache, verify_key, &claim), KB_ERR_BAD_PATH);
}

Test(seal, a_change_of_any_field_is_refused_with_and_without_the_cache)
{
	struct kb_seal seal = seal_of(5);
	struct kb_seal_claim good = claim_of(&seal, 2);
	struct kb_seal_cache *cache = NULL;

	cr_assert_eq(kb_seal_cache_new(8, &cache), KB_OK);
	check_changes(NULL, &seal);
	check_changes(cache, &seal);
	cr_assert_eq(kb_seal_verify(cache, verify_key, &good), KB_OK);
	check_changes(cache, &seal);
	kb_seal_cache_free(cache);
}

Test(seal, the_cache_does_not_lend_a_seal_to_another_key)
{
	uint8_t seed[KB_SIGN_SEED_BYTES] = { 10 };
	struct kb_secret secret = secret_of(seed, sizeof(seed));
	struct kb_sign_key *other = NULL;
	struct kb_verify_key *other_verify = NULL;
	struct kb_sign_public public_key;
	struct kb_seal seal = seal_of(2);
	struct kb_seal_claim claim = claim_of(&seal, 0);
	struct kb_seal_cache *cache = NULL;

	cr_assert_eq(kb_sign_key_new(&secret, &other), KB_OK);
	kb_sign_key_public(other, &public_key);
	cr_assert_eq(kb_verify_key_new(&public_key, &other_verify), KB_OK);
	cr_assert_eq(kb_seal_cache_new(8, &cache), KB_OK);
	cr_assert_eq(kb_seal_verify(cache, verify_key, &claim), KB_OK);
	cr_assert_eq(kb_seal_verify(cache, other_verify, &claim), KB_ERR_BAD_SEAL);
	kb_seal_cache_free(cache);
	kb_verify_key_free(other_verify);
	kb_sign_key_free(other);
	kb_secret_release(&secret);
}

Test(seal, the_cache_is_bounded_and_forgets_the_oldest)
{
	struct kb_seal seals[3] = { seal_of(1), seal_of(2), seal_of(3) };
	struct kb_seal_cache *cache = NULL;
	static const int order[] = { 0, 1, 1, 0, 2, 1, 0 };
	static const uint64_t misses[] = { 1, 2, 2, 2, 3, 3, 4 };

	cr_assert_eq(kb_seal_cache_new(2, &cache), KB_OK);
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		struct kb_seal_claim claim = claim_of(&seals[order[i]], 0);

		cr_assert_eq(kb_seal_verify(cache, verify_key, &claim), KB_OK);
		cr_assert_eq(kb_seal_cache_misses(cache), misses[i], "step %zu", i);
	}
	kb_seal_cache_free(cache);
	kb_seal_cache_free(NULL);
}

Test(seal, an_empty_or_too_large_batch_is_refused)
{
	static struct kb_span many[KB_SEAL_BATCH_MAX + 1];
	struct kb_arena small = { .ceiling = 64 };
	struct kb_seal seal;

	cr_assert_eq(kb_seal_batch(key, &sender, 1, many, 0, &arena, &seal), KB_ERR_OVERSIZE);
	cr_assert_eq(kb_seal_batch(key, &sender, 1, many, KB_SEAL_BATCH_MAX + 1, &arena, &seal),
		     KB_ERR_OVERSIZE);
	cr_assert_eq(kb_seal_batch(key, &sender, 1, many, KB_SEAL_BATCH_MAX, &arena, &seal), KB_OK);
	cr_assert_eq(kb_seal_batch(key, &sender, 1, many, 100, &small, &seal), KB_ERR_NO_MEMORY);
	kb_arena_release(&small);
}
