/* SPDX-License-Identifier: EUPL-1.2 */
/* The key schedule of RFC 9180 for DHKEM(X25519, HKDF-SHA256) and HKDF-SHA256, base mode. */
#include "common/base/bytes.h"
#include "common/base/secret.h"
#include "common/crypto/hash.h"
#include "common/crypto/hpke_internal.h"

/* Registry numbers of RFC 9180 7.1 and 7.2. */
#define KEM_X25519_HKDF_SHA256 0x0020
#define KDF_HKDF_SHA256 0x0001
#define MODE_BASE 0x00

static const struct aead_row {
	const char *name;
	size_t key_bytes;
} aead_rows[] = {
	[KB_HPKE_AEAD_NONE] = { "none", 0 },
	[KB_HPKE_AEAD_AES_128_GCM] = { "aes-128-gcm", 16 },
	[KB_HPKE_AEAD_AES_256_GCM] = { "aes-256-gcm", 32 },
};

/* "KEM" || kem, or "HPKE" || kem || kdf || aead (RFC 9180 4.1 and 5.1). */
struct suite_id {
	uint8_t bytes[10];
	size_t len;
};

static const struct aead_row *
aead_row(enum kb_hpke_aead aead)
{
	bool known = (unsigned)aead < sizeof(aead_rows) / sizeof(aead_rows[0]);

	return &aead_rows[known ? aead : KB_HPKE_AEAD_NONE];
}

const char *
kb_hpke_aead_name(enum kb_hpke_aead aead)
{
	return aead_row(aead)->name;
}

static struct suite_id
kem_suite(void)
{
	struct suite_id id = { .bytes = "KEM", .len = 5 };

	kb_store_u16(id.bytes + 3, KEM_X25519_HKDF_SHA256);
	return id;
}

static struct suite_id
hpke_suite(enum kb_hpke_aead aead)
{
	struct suite_id id = { .bytes = "HPKE", .len = 10 };

	kb_store_u16(id.bytes + 4, KEM_X25519_HKDF_SHA256);
	kb_store_u16(id.bytes + 6, KDF_HKDF_SHA256);
	kb_store_u16(id.bytes + 8, (uint16_t)aead);
	return id;
}

/* LabeledExtract of RFC 9180 4; an empty salt is a key of zeros to HMAC (RFC 5869 2.2). */
static void
labeled_extract(const struct suite_id *suite, struct kb_span salt, const char *label,
		struct kb_span ikm, struct kb_hash *prk)
{
	struct kb_span parts[] = {
		kb_span_text("HPKE-v1"),
		kb_span(suite->bytes, suite->len),
		kb_span_text(label),
		ikm,
	};

	kb_hmac_sha256_parts(salt, parts, 4, prk);
}

/* LabeledExpand of RFC 9180 4 over HKDF-Expand of RFC 5869 2.3; len <= KB_HPKE_EXPORT_MAX. */
static void
labeled_expand(const struct suite_id *suite, struct kb_span prk, const char *label,
	       struct kb_span info, uint8_t *out, size_t len)
{
	struct kb_hash block;
	uint8_t length[2];
	uint8_t counter = 0;
	struct kb_span parts[] = {
		KB_SPAN_NONE, /* the block before */
		KB_SPAN_OF(length),
		kb_span_text("HPKE-v1"),
		kb_span(suite->bytes, suite->len),
		kb_span_text(label),
		info,
		kb_span(&counter, 1),
	};

	kb_store_u16(length, (uint16_t)len);
	while (len > 0) {
		size_t part = len < sizeof(block.bytes) ? len : sizeof(block.bytes);

		counter++;
		kb_hmac_sha256_parts(prk, parts, sizeof(parts) / sizeof(parts[0]), &block);
		memcpy(out, block.bytes, part);
		out += part;
		len -= part;
		parts[0] = KB_SPAN_OF(block);
	}
	kb_wipe(&block, sizeof(block));
}

/* ExtractAndExpand of RFC 9180 4.1. */
static void
kem_secret(const uint8_t dh[KB_X25519_BYTES], const struct kb_x25519_public *enc,
	   const struct kb_x25519_public *recipient, uint8_t out[32])
{
	struct suite_id suite = kem_suite();
	uint8_t context[2 * KB_X25519_BYTES];
	struct kb_hash prk;

	memcpy(context, enc->bytes, KB_X25519_BYTES);
	memcpy(context + KB_X25519_BYTES, recipient->bytes, KB_X25519_BYTES);
	labeled_extract(&suite, KB_SPAN_NONE, "eae_prk", kb_span(dh, KB_X25519_BYTES), &prk);
	labeled_expand(&suite, KB_SPAN_OF(prk), "shared_secret", KB_SPAN_OF(context), out, 32);
	kb_wipe(&prk, sizeof(prk));
}

enum kb_err
kb_hpke_schedule(enum kb_hpke_aead aead, const uint8_t dh[KB_X25519_BYTES],
		 const struct kb_x25519_public *enc, const struct kb_x25519_public *recipient,
		 struct kb_span info, struct kb_hpke_schedule *out)
{
	size_t key_bytes = aead_row(aead)->key_bytes;
	struct suite_id suite = hpke_suite(aead);
	uint8_t context[1 + 2 * KB_HASH_BYTES] = { MODE_BASE };
	struct kb_span context_span = KB_SPAN_OF(context);
	struct kb_hash hash;
	struct kb_hash secret;
	struct kb_span prk = KB_SPAN_OF(secret);

	if (key_bytes == 0) {
		return KB_ERR_BAD_SUITE;
	}
	*out = (struct kb_hpke_schedule){ 0 };
	kem_secret(dh, enc, recipient, out->shared_secret);
	/* KeySchedule of RFC 9180 5.1; psk and psk_id are empty in base mode. */
	labeled_extract(&suite, KB_SPAN_NONE, "psk_id_hash", KB_SPAN_NONE, &hash);
	memcpy(context + 1, hash.bytes, KB_HASH_BYTES);
	labeled_extract(&suite, KB_SPAN_NONE, "info_hash", info, &hash);
	memcpy(context + 1 + KB_HASH_BYTES, hash.bytes, KB_HASH_BYTES);
	labeled_extract(&suite, KB_SPAN_OF(out->shared_secret), "secret", KB_SPAN_NONE, &secret);
	labeled_expand(&suite, prk, "key", context_span, out->key, key_bytes);
	labeled_expand(&suite, prk, "base_nonce", context_span, out->base_nonce,
		       sizeof(out->base_nonce));
	labeled_expand(&suite, prk, "exp", context_span, out->exporter_secret,
		       sizeof(out->exporter_secret));
	kb_wipe(&secret, sizeof(secret));
	return KB_OK;
}

enum kb_err
kb_hpke_export(enum kb_hpke_aead aead, const uint8_t exporter_secret[32], struct kb_span context,
	       uint8_t *at, size_t len)
{
	struct suite_id suite = hpke_suite(aead);

	if (len == 0 || len > KB_HPKE_EXPORT_MAX) {
		return KB_ERR_OVERSIZE;
	}
	labeled_expand(&suite, kb_span(exporter_secret, 32), "sec", context, at, len);
	return KB_OK;
}

void
kb_hpke_derive_private_for_tests(struct kb_span ikm, uint8_t out[KB_X25519_BYTES])
{
	struct suite_id suite = kem_suite();
	struct kb_hash prk;

	labeled_extract(&suite, KB_SPAN_NONE, "dkp_prk", ikm, &prk);
	labeled_expand(&suite, KB_SPAN_OF(prk), "sk", KB_SPAN_NONE, out, KB_X25519_BYTES);
	kb_wipe(&prk, sizeof(prk));
}
