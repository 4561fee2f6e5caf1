/* SPDX-License-Identifier: EUPL-1.2 */
/* Ed25519 signatures (RFC 8032), each over a label that says what is signed. */
#include "common/crypto/sign.h"

#include "common/crypto/crypto_internal.h"
#include "common/crypto/sign_internal.h"

#include <stdlib.h>

struct kb_sign_key {
	EVP_PKEY *pkey;
	EVP_MD_CTX *ctx;
	struct kb_sign_public public_key;
};

struct kb_verify_key {
	EVP_PKEY *pkey;
	EVP_MD_CTX *ctx;
	struct kb_sign_public public_key;
};

static const char *const label_names[] = {
#define LABEL_NAME(name, label) [KB_SIGN_LABEL_##name] = (label),
	KB_SIGN_LABEL_TABLE(LABEL_NAME)
#undef LABEL_NAME
};

const char *
kb_sign_label_name(enum kb_sign_label label)
{
	return (unsigned)label < KB_SIGN_LABEL_COUNT ? label_names[label] : "";
}

enum kb_err
kb_sign_text(enum kb_sign_label label, const struct kb_span *parts, size_t count,
	     struct kb_buf *out)
{
	enum kb_err err = kb_buf_put_text(out, kb_sign_label_name(label));

	KB_INVARIANT(label > KB_SIGN_LABEL_NONE && label < KB_SIGN_LABEL_COUNT);
	if (err == KB_OK) {
		err = kb_buf_put_u8(out, 0);
	}
	for (size_t i = 0; err == KB_OK && i < count; i++) {
		err = kb_buf_put(out, parts[i]);
	}
	return err;
}

enum kb_err
kb_sign_key_new(const struct kb_secret *seed, struct kb_sign_key **out)
{
	struct kb_sign_key *key = NULL;
	size_t len = KB_SIGN_PUBLIC_BYTES;

	if (seed->len != KB_SIGN_SEED_BYTES) {
		return KB_ERR_BAD_KEY;
	}
	(void)kb_crypto_state();
	key = calloc(1, sizeof(*key));
	if (key == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	key->pkey = EVP_PKEY_new_raw_private_key_ex(NULL, "ED25519", NULL, seed->at, seed->len);
	key->ctx = EVP_MD_CTX_new();
	if (key->pkey == NULL || key->ctx == NULL ||
	    EVP_PKEY_get_raw_public_key(key->pkey, key->public_key.bytes, &len) != 1 ||
	    len != KB_SIGN_PUBLIC_BYTES) {
		kb_sign_key_free(key);
		return kb_crypto_failed(KB_ERR_CRYPTO);
	}
	*out = key;
	return KB_OK;
}

void
kb_sign_key_free(struct kb_sign_key *key)
{
	if (key != NULL) {
		EVP_MD_CTX_free(key->ctx);
		EVP_PKEY_free(key->pkey);
		free(key);
	}
}

void
kb_sign_key_public(const struct kb_sign_key *key, struct kb_sign_public *out)
{
	*out = key->public_key;
}

enum kb_err
kb_sign(const struct kb_sign_key *key, enum kb_sign_label label, const struct kb_span *parts,
	size_t count, struct kb_signature *out)
{
	struct kb_buf text = { 0 };
	struct kb_signature signature;
	size_t len = sizeof(signature.bytes);
	enum kb_err err = kb_sign_text(label, parts, count, &text);

	if (err != KB_OK) {
		goto out;
	}
	/* Ed25519 hashes its text twice, so EVP has only the one-shot call for it. */
	if (EVP_DigestSignInit_ex(key->ctx, NULL, NULL, NULL, NULL, key->pkey, NULL) != 1 ||
	    EVP_DigestSign(key->ctx, signature.bytes, &len, text.at, text.len) != 1 ||
	    len != sizeof(signature.bytes)) {
		err = kb_crypto_failed(KB_ERR_CRYPTO);
		goto out;
	}
	*out = signature;
out:
	kb_buf_release(&text);
	return err;
}

enum kb_err
kb_verify_key_new(const struct kb_sign_public *public_key, struct kb_verify_key **out)
{
	struct kb_verify_key *key = NULL;
	enum kb_err err = kb_sign_public_check(public_key);

	if (err != KB_OK) {
		return err;
	}
	key = calloc(1, sizeof(*key));
	if (key == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	key->public_key = *public_key;
	key->pkey = EVP_PKEY_new_raw_public_key_ex(NULL, "ED25519", NULL, public_key->bytes,
						   sizeof(public_key->bytes));
	key->ctx = EVP_MD_CTX_new();
	if (key->pkey == NULL || key->ctx == NULL) {
		kb_verify_key_free(key);
		return kb_crypto_failed(KB_ERR_CRYPTO);
	}
	*out = key;
	return KB_OK;
}

void
kb_verify_key_free(struct kb_verify_key *key)
{
	if (key != NULL) {
		EVP_MD_CTX_free(key->ctx);
		EVP_PKEY_free(key->pkey);
		free(key);
	}
}

const struct kb_sign_public *
kb_verify_key_public(const struct kb_verify_key *key)
{
	return &key->public_key;
}

enum kb_err
kb_verify(const struct kb_verify_key *key, enum kb_sign_label label, const struct kb_span *parts,
	  size_t count, const struct kb_signature *signature)
{
	struct kb_buf text = { 0 };
	enum kb_err err = kb_sign_text(label, parts, count, &text);

	if (err != KB_OK) {
		goto out;
	}
	if (EVP_DigestVerifyInit_ex(key->ctx, NULL, NULL, NULL, NULL, key->pkey, NULL) != 1) {
		err = kb_crypto_failed(KB_ERR_CRYPTO);
		goto out;
	}
	/* Only 1 is yes: 0 and negative values are both no. */
	if (EVP_DigestVerify(key->ctx, signature->bytes, sizeof(signature->bytes), text.at,
			     text.len) != 1) {
		err = kb_crypto_failed(KB_ERR_BAD_SEAL);
	}
out:
	kb_buf_release(&text);
	return err;
}
