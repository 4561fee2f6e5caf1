/* SPDX-License-Identifier: EUPL-1.2 */
/* The seal: one signature over the Merkle tree of all headers of a batch (design 4). */
#ifndef KB_CRYPTO_SEAL_H
#define KB_CRYPTO_SEAL_H

#include "common/base/ids.h"
#include "common/crypto/merkle.h"
#include "common/crypto/sign.h"

/*
 * Signed is "ketenbode/v1/seal" 0x00 || length of sender (u8) || sender (its text) || key version (u32 BE) ||
 * tree size (u32 BE) || root (32 bytes). Leaf i is the leaf hash of the bytes of header i as they travel.
 */

/* Most headers under one seal. */
#define KB_SEAL_BATCH_MAX KB_MERKLE_BATCH_MAX

/* What a batch seal gives: header i travels with size, i, paths[i] and signature. */
struct kb_seal {
	struct kb_signature signature;
	struct kb_hash root;
	uint32_t size;
	struct kb_span *paths; /* size spans, in the arena of the call; empty for a batch of one */
};

/* Seals count (1..KB_SEAL_BATCH_MAX, else KB_ERR_OVERSIZE) headers with one signature. */
KB_MUST_CHECK enum kb_err kb_seal_batch(const struct kb_sign_key *key,
					const struct kb_party_id *sender, uint32_t key_version,
					const struct kb_span *headers, size_t count,
					struct kb_arena *arena, struct kb_seal *out);

/* What came with one header. */
struct kb_seal_claim {
	struct kb_party_id sender;
	uint32_t key_version;
	uint32_t size;
	uint32_t index;
	struct kb_span path;
	struct kb_span signature; /* 64 bytes */
	struct kb_span header;	  /* as received */
};

/* Seals that held, so that a batch of 256 costs one signature check. Bounded; the oldest goes first. */
struct kb_seal_cache;
KB_MUST_CHECK enum kb_err kb_seal_cache_new(size_t capacity,
					    struct kb_seal_cache **out); /* 1..4096 */
void kb_seal_cache_free(struct kb_seal_cache *cache);			 /* NULL is allowed */
/* Signatures that had to be checked with the key (misses); for tests and figures. */
uint64_t kb_seal_cache_misses(const struct kb_seal_cache *cache);

/*
 * KB_OK when key sealed that header for that sender and key version. KB_ERR_BAD_PATH (path not of exactly the right
 * length, index >= size, size above KB_SEAL_BATCH_MAX), KB_ERR_BAD_SEAL (anything else). cache may be NULL. Whether key
 * is the sender's key of that version, and valid, is the caller's register look-up: the cache knows nothing of it.
 */
KB_MUST_CHECK enum kb_err kb_seal_verify(struct kb_seal_cache *cache,
					 const struct kb_verify_key *key,
					 const struct kb_seal_claim *claim);

#endif
