/* SPDX-License-Identifier: EUPL-1.2 */
/* X25519 keys (RFC 7748). */
#include "common/crypto/x25519.h"

#include "common/crypto/crypto_internal.h"
#include "common/crypto/hpke_internal.h"

#include <stdlib.h>

struct kb_x25519_key {
	EVP_PKEY *pkey;
	struct kb_x25519_public public_key;
};

enum kb_err
kb_x25519_key_from_bytes(const uint8_t raw[KB_X25519_BYTES], struct kb_x25519_key **out)
{
	struct kb_x25519_key *key = calloc(1, sizeof(*key));
	size_t len = KB_X25519_BYTES;

	if (key == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	(void)kb_crypto_state();
	key->pkey = EVP_PKEY_new_raw_private_key_ex(NULL, "X25519", NULL, raw, KB_X25519_BYTES);
	if (key->pkey == NULL ||
	    EVP_PKEY_get_raw_public_key(key->pkey, key->public_key.bytes, &len) != 1 ||
	    len != KB_X25519_BYTES) {
		kb_x25519_key_free(key);
		return kb_crypto_failed(KB_ERR_CRYPTO);
	}
	*out = key;
	return KB_OK;
}

enum kb_err
kb_x25519_key_new(const struct kb_secret *raw, struct kb_x25519_key **out)
{
	if (raw->len != KB_X25519_BYTES) {
		return KB_ERR_BAD_KEY;
	}
	return kb_x25519_key_from_bytes(raw->at, out);
}

enum kb_err
kb_x25519_key_fresh(struct kb_x25519_key **out)
{
	uint8_t raw[KB_X25519_BYTES];
	enum kb_err err = kb_rng_private(raw, sizeof(raw));

	if (err == KB_OK) {
		err = kb_x25519_key_from_bytes(raw, out);
	}
	kb_wipe(raw, sizeof(raw));
	return err;
}

void
kb_x25519_key_free(struct kb_x25519_key *key)
{
	if (key != NULL) {
		EVP_PKEY_free(key->pkey);
		free(key);
	}
}

const struct kb_x25519_public *
kb_x25519_key_public(const struct kb_x25519_key *key)
{
	return &key->public_key;
}

enum kb_err
kb_x25519_shared(const struct kb_x25519_key *own, const struct kb_x25519_public *peer,
		 uint8_t out[KB_X25519_BYTES])
{
	static const uint8_t zero[KB_X25519_BYTES];
	uint8_t shared[KB_X25519_BYTES] = { 0 };
	size_t len = sizeof(shared);
	EVP_PKEY *peer_key = EVP_PKEY_new_raw_public_key_ex(NULL, "X25519", NULL, peer->bytes,
							    sizeof(peer->bytes));
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, own->pkey, NULL);
	enum kb_err err = KB_ERR_CRYPTO;

	if (peer_key == NULL || ctx == NULL || EVP_PKEY_derive_init(ctx) != 1 ||
	    EVP_PKEY_derive_set_peer_ex(ctx, peer_key, 0) != 1) {
		goto out;
	}
	/* OpenSSL refuses a shared secret of zeros itself; that it goes on doing so is not left to trust. */
	if (EVP_PKEY_derive(ctx, shared, &len) != 1 || len != sizeof(shared) ||
	    kb_secret_equal(KB_SPAN_OF(shared), KB_SPAN_OF(zero))) {
		err = KB_ERR_BAD_KEY;
		goto out;
	}
	memcpy(out, shared, sizeof(shared));
	err = KB_OK;
out:
	kb_wipe(shared, sizeof(shared));
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(peer_key);
	return err == KB_OK ? KB_OK : kb_crypto_failed(err);
}

/* 2^255 - 19 little endian is ed ff .. ff 7f: larger is everything above it in its last 5 bits. */
static bool
canonical(const struct kb_x25519_public *public_key)
{
	const uint8_t *bytes = public_key->bytes;

	if (bytes[KB_X25519_BYTES - 1] != 0x7f) {
		return bytes[KB_X25519_BYTES - 1] < 0x7f;
	}
	for (size_t i = KB_X25519_BYTES - 2; i > 0; i--) {
		if (bytes[i] != 0xff) {
			return true;
		}
	}
	return bytes[0] < 0xed;
}

enum kb_err
kb_x25519_public_check(const struct kb_x25519_public *public_key)
{
	struct kb_x25519_key *any = NULL;
	uint8_t shared[KB_X25519_BYTES];
	enum kb_err err = KB_OK;

	if (!canonical(public_key)) {
		return KB_ERR_BAD_KEY;
	}
	/* Every private key is a multiple of 8, so every one takes every point of small order to zero. */
	err = kb_x25519_key_fresh(&any);
	if (err == KB_OK) {
		err = kb_x25519_shared(any, public_key, shared);
		kb_wipe(shared, sizeof(shared));
	}
	kb_x25519_key_free(any);
	return err;
}
