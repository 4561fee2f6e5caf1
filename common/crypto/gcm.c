/* SPDX-License-Identifier: EUPL-1.2 */
/* AES-GCM under a key that is set once and used for many messages. */
#include "common/crypto/gcm_internal.h"

#include "common/base/secret.h"

#include <limits.h>

enum kb_err
kb_gcm_key_set(EVP_CIPHER_CTX *ctx, const EVP_CIPHER *cipher, const uint8_t *key)
{
	/* The cipher is named once: naming it again would throw the prepared context away. */
	const EVP_CIPHER *named = EVP_CIPHER_CTX_get0_cipher(ctx) == cipher ? NULL : cipher;

	if (EVP_CipherInit_ex2(ctx, named, key, NULL, 1, NULL) != 1) {
		return kb_crypto_failed(KB_ERR_CRYPTO);
	}
	return KB_OK;
}

static bool
start(EVP_CIPHER_CTX *ctx, const uint8_t *nonce, const struct kb_span *aad, size_t aad_count,
      int encrypt)
{
	bool ok = EVP_CipherInit_ex2(ctx, NULL, NULL, nonce, encrypt, NULL) == 1;
	int len = 0;

	for (size_t i = 0; ok && i < aad_count; i++) {
		if (aad[i].len > 0) {
			ok = aad[i].len <= INT_MAX &&
			     EVP_CipherUpdate(ctx, NULL, &len, aad[i].at, (int)aad[i].len) == 1;
		}
	}
	return ok;
}

enum kb_err
kb_gcm_seal(EVP_CIPHER_CTX *ctx, const uint8_t nonce[KB_GCM_NONCE_BYTES], const struct kb_span *aad,
	    size_t aad_count, struct kb_span plain, struct kb_buf *out)
{
	size_t before = out->len;
	uint8_t *at = NULL;
	int len = 0;
	bool ok = false;
	enum kb_err err = KB_OK;

	if (plain.len > INT_MAX - KB_GCM_TAG_BYTES) {
		return KB_ERR_OVERSIZE;
	}
	err = kb_buf_extend(out, plain.len + KB_GCM_TAG_BYTES, &at);
	if (err != KB_OK) {
		return err;
	}
	ok = start(ctx, nonce, aad, aad_count, 1);
	if (ok && plain.len > 0) {
		ok = EVP_CipherUpdate(ctx, at, &len, plain.at, (int)plain.len) == 1;
	}
	ok = ok && EVP_CipherFinal_ex(ctx, at + plain.len, &len) == 1 &&
	     EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, KB_GCM_TAG_BYTES, at + plain.len) == 1;
	if (!ok) {
		out->len = before;
		return kb_crypto_failed(KB_ERR_CRYPTO);
	}
	return KB_OK;
}

enum kb_err
kb_gcm_open(EVP_CIPHER_CTX *ctx, const uint8_t nonce[KB_GCM_NONCE_BYTES], const struct kb_span *aad,
	    size_t aad_count, struct kb_span sealed, struct kb_buf *out)
{
	size_t before = out->len;
	size_t plain_len = 0;
	uint8_t tag[KB_GCM_TAG_BYTES];
	uint8_t none = 0;
	uint8_t *at = &none;
	int len = 0;
	bool ok = false;
	enum kb_err err = KB_OK;

	if (sealed.len < KB_GCM_TAG_BYTES) {
		return KB_ERR_CANNOT_OPEN;
	}
	if (sealed.len > INT_MAX) {
		return KB_ERR_OVERSIZE;
	}
	plain_len = sealed.len - KB_GCM_TAG_BYTES;
	memcpy(tag, sealed.at + plain_len, sizeof(tag));
	if (plain_len > 0) {
		err = kb_buf_extend(out, plain_len, &at);
		if (err != KB_OK) {
			return err;
		}
	}
	ok = start(ctx, nonce, aad, aad_count, 0);
	if (ok && plain_len > 0) {
		ok = EVP_CipherUpdate(ctx, at, &len, sealed.at, (int)plain_len) == 1;
	}
	ok = ok && EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, KB_GCM_TAG_BYTES, tag) == 1 &&
	     EVP_CipherFinal_ex(ctx, &none, &len) == 1;
	if (!ok) {
		/* Bytes of which nobody knows who made them are shown to nobody. */
		kb_wipe(at, plain_len);
		out->len = before;
		return kb_crypto_failed(KB_ERR_CANNOT_OPEN);
	}
	return KB_OK;
}
