/* SPDX-License-Identifier: EUPL-1.2 */
/* The seal: one signature over the Merkle tree of all headers of a batch. */
#include "common/crypto/seal.h"

#include "common/base/bytes.h"
#include "common/crypto/hash.h"

#include <stdlib.h>

#define SEAL_CACHE_MAX 4096

/* What is signed, after the label, in one piece. */
struct seal_text {
	uint8_t bytes[1 + KB_PARTY_ID_MAX + 4 + 4 + KB_HASH_BYTES];
	size_t len;
};

struct kb_seal_cache {
	struct kb_hash *known; /* a ring: capacity places, used of them filled */
	size_t capacity;
	size_t used;
	size_t next;
	uint64_t misses;
};

static struct seal_text
seal_text_of(const struct kb_party_id *sender, uint32_t key_version, uint32_t size,
	     const struct kb_hash *root)
{
	struct kb_span name = kb_party_id_span(sender);
	struct seal_text text = { .len = 1 + name.len + 4 + 4 + KB_HASH_BYTES };
	uint8_t *at = text.bytes;

	*at++ = (uint8_t)name.len;
	memcpy(at, name.at, name.len);
	at += name.len;
	kb_store_u32(at, key_version);
	kb_store_u32(at + 4, size);
	memcpy(at + 8, root->bytes, KB_HASH_BYTES);
	return text;
}

enum kb_err
kb_seal_batch(const struct kb_sign_key *key, const struct kb_party_id *sender, uint32_t key_version,
	      const struct kb_span *headers, size_t count, struct kb_arena *arena,
	      struct kb_seal *out)
{
	struct kb_hash leaves[KB_SEAL_BATCH_MAX];
	struct kb_seal seal = { 0 };
	struct seal_text text;
	struct kb_span part;
	enum kb_err err = KB_OK;

	if (count == 0 || count > KB_SEAL_BATCH_MAX) {
		return KB_ERR_OVERSIZE;
	}
	for (size_t i = 0; i < count; i++) {
		kb_merkle_leaf(headers[i], &leaves[i]);
	}
	seal.size = (uint32_t)count;
	seal.paths = kb_arena_alloc(arena, count * sizeof(*seal.paths));
	if (seal.paths == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	err = kb_merkle_batch(leaves, count, arena, &seal.root, seal.paths);
	if (err != KB_OK) {
		return err;
	}
	text = seal_text_of(sender, key_version, seal.size, &seal.root);
	part = kb_span(text.bytes, text.len);
	err = kb_sign(key, KB_SIGN_LABEL_SEAL, &part, 1, &seal.signature);
	if (err == KB_OK) {
		*out = seal;
	}
	return err;
}

enum kb_err
kb_seal_cache_new(size_t capacity, struct kb_seal_cache **out)
{
	struct kb_seal_cache *cache = NULL;

	KB_INVARIANT(capacity > 0 && capacity <= SEAL_CACHE_MAX);
	cache = calloc(1, sizeof(*cache));
	if (cache == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	cache->known = calloc(capacity, sizeof(*cache->known));
	if (cache->known == NULL) {
		free(cache);
		return KB_ERR_NO_MEMORY;
	}
	cache->capacity = capacity;
	*out = cache;
	return KB_OK;
}

void
kb_seal_cache_free(struct kb_seal_cache *cache)
{
	if (cache != NULL) {
		free(cache->known);
		free(cache);
	}
}

uint64_t
kb_seal_cache_misses(const struct kb_seal_cache *cache)
{
	return cache->misses;
}

/* Newest first: the messages of one batch come together. */
static bool
cache_has(const struct kb_seal_cache *cache, const struct kb_hash *key)
{
	for (size_t i = 0; i < cache->used; i++) {
		size_t place = (cache->next + cache->capacity - 1 - i) % cache->capacity;

		if (kb_hash_equal(&cache->known[place], key)) {
			return true;
		}
	}
	return false;
}

static void
cache_add(struct kb_seal_cache *cache, const struct kb_hash *key)
{
	cache->known[cache->next] = *key;
	cache->next = (cache->next + 1) % cache->capacity;
	if (cache->used < cache->capacity) {
		cache->used++;
	}
}

enum kb_err
kb_seal_verify(struct kb_seal_cache *cache, const struct kb_verify_key *key,
	       const struct kb_seal_claim *claim)
{
	struct kb_hash leaf;
	struct kb_hash root;
	struct kb_hash known;
	struct kb_signature signature;
	struct seal_text text;
	enum kb_err err = KB_OK;

	if (claim->size > KB_SEAL_BATCH_MAX) {
		return KB_ERR_BAD_PATH;
	}
	if (claim->signature.len != sizeof(signature.bytes)) {
		return KB_ERR_BAD_SEAL;
	}
	kb_merkle_leaf(claim->header, &leaf);
	err = kb_merkle_root_from_path(&leaf, claim->index, claim->size, claim->path, &root);
	if (err != KB_OK) {
		return err;
	}
	memcpy(signature.bytes, claim->signature.at, sizeof(signature.bytes));
	text = seal_text_of(&claim->sender, claim->key_version, claim->size, &root);

	/* The key and the signature are part of what is remembered: only exactly what held before is taken again. */
	struct kb_span parts[] = {
		KB_SPAN_OF(*kb_verify_key_public(key)),
		KB_SPAN_OF(signature),
		kb_span(text.bytes, text.len),
	};
	kb_sha256_parts(parts, 3, &known);
	if (cache != NULL && cache_has(cache, &known)) {
		return KB_OK;
	}
	if (cache != NULL) {
		cache->misses++;
	}
	err = kb_verify(key, KB_SIGN_LABEL_SEAL, &parts[2], 1, &signature);
	if (err == KB_OK && cache != NULL) {
		cache_add(cache, &known);
	}
	return err;
}
