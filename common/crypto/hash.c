/* SPDX-License-Identifier: EUPL-1.2 */
/* SHA-256 and HMAC-SHA-256 over one reused context. */
#include "common/crypto/hash.h"

#include "common/base/secret.h"
#include "common/crypto/crypto_internal.h"

#include <stdlib.h>

#define HMAC_BLOCK_BYTES 64

struct kb_sha256 {
	EVP_MD_CTX *ctx;
};

static void
digest_start(EVP_MD_CTX *ctx)
{
	KB_INVARIANT(EVP_DigestInit_ex2(ctx, kb_crypto_state()->sha256, NULL) == 1);
}

static void
digest_add(EVP_MD_CTX *ctx, struct kb_span data)
{
	if (data.len > 0) {
		KB_INVARIANT(EVP_DigestUpdate(ctx, data.at, data.len) == 1);
	}
}

static void
digest_finish(EVP_MD_CTX *ctx, struct kb_hash *out)
{
	unsigned len = 0;

	KB_INVARIANT(EVP_DigestFinal_ex(ctx, out->bytes, &len) == 1 && len == KB_HASH_BYTES);
}

void
kb_sha256_prefixed(struct kb_span prefix, const struct kb_span *parts, size_t count,
		   struct kb_hash *out)
{
	EVP_MD_CTX *ctx = kb_crypto_state()->sha256_ctx;

	digest_start(ctx);
	digest_add(ctx, prefix);
	for (size_t i = 0; i < count; i++) {
		digest_add(ctx, parts[i]);
	}
	digest_finish(ctx, out);
}

void
kb_sha256(struct kb_span data, struct kb_hash *out)
{
	kb_sha256_prefixed(data, NULL, 0, out);
}

void
kb_sha256_parts(const struct kb_span *parts, size_t count, struct kb_hash *out)
{
	kb_sha256_prefixed(KB_SPAN_NONE, parts, count, out);
}

enum kb_err
kb_sha256_new(struct kb_sha256 **out)
{
	struct kb_sha256 *sha = calloc(1, sizeof(*sha));

	if (sha == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	sha->ctx = EVP_MD_CTX_new();
	if (sha->ctx == NULL) {
		free(sha);
		return KB_ERR_NO_MEMORY;
	}
	kb_sha256_start(sha);
	*out = sha;
	return KB_OK;
}

void
kb_sha256_free(struct kb_sha256 *sha)
{
	if (sha != NULL) {
		EVP_MD_CTX_free(sha->ctx);
		free(sha);
	}
}

void
kb_sha256_start(struct kb_sha256 *sha)
{
	digest_start(sha->ctx);
}

void
kb_sha256_add(struct kb_sha256 *sha, struct kb_span data)
{
	digest_add(sha->ctx, data);
}

void
kb_sha256_finish(struct kb_sha256 *sha, struct kb_hash *out)
{
	digest_finish(sha->ctx, out);
	digest_start(sha->ctx);
}

void
kb_hmac_sha256(struct kb_span key, struct kb_span data, struct kb_hash *out)
{
	kb_hmac_sha256_parts(key, &data, 1, out);
}

/* RFC 2104 written out: EVP_MAC would keep a copy of the last key for as long as its context lives. */
void
kb_hmac_sha256_parts(struct kb_span key, const struct kb_span *parts, size_t count,
		     struct kb_hash *out)
{
	uint8_t block[HMAC_BLOCK_BYTES] = { 0 };
	struct kb_hash inner;
	struct kb_span inner_span = KB_SPAN_OF(inner);

	if (key.len > sizeof(block)) {
		struct kb_hash short_key;

		kb_sha256(key, &short_key);
		memcpy(block, short_key.bytes, sizeof(short_key.bytes));
		kb_wipe(&short_key, sizeof(short_key));
	} else if (key.len > 0) {
		memcpy(block, key.at, key.len);
	}
	for (size_t i = 0; i < sizeof(block); i++) {
		block[i] ^= 0x36;
	}
	kb_sha256_prefixed(KB_SPAN_OF(block), parts, count, &inner);
	for (size_t i = 0; i < sizeof(block); i++) {
		block[i] ^= 0x36 ^ 0x5c;
	}
	kb_sha256_prefixed(KB_SPAN_OF(block), &inner_span, 1, out);
	kb_wipe(block, sizeof(block));
	kb_wipe(&inner, sizeof(inner));
}
