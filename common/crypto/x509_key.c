/* SPDX-License-Identifier: EUPL-1.2 */
/* The private key of an X.509 certificate, and signatures that a certificate proves. */
#include "common/crypto/x509_key.h"

#include "common/crypto/private_file_internal.h"
#include "common/crypto/sign_internal.h"
#include "common/crypto/x509_internal.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <stdlib.h>

#define KEY_PEM_MAX_BYTES ((size_t)16 * 1024)
#define RSA_BITS_MIN 2048
#define RSA_BITS_MAX (KB_X509_SIGNATURE_MAX * 8)

struct kb_x509_key {
	EVP_PKEY *pkey;
};

bool
kb_x509_public_key_ok(const EVP_PKEY *pkey)
{
	char group[32] = "";
	size_t len = 0;

	if (EVP_PKEY_is_a(pkey, "EC")) {
		return EVP_PKEY_get_group_name(pkey, group, sizeof(group), &len) == 1 &&
		       strcmp(group, "prime256v1") == 0;
	}
	return EVP_PKEY_is_a(pkey, "RSA") && EVP_PKEY_get_bits(pkey) >= RSA_BITS_MIN &&
	       EVP_PKEY_get_bits(pkey) <= RSA_BITS_MAX;
}

EVP_PKEY *
kb_x509_key_pkey(const struct kb_x509_key *key)
{
	return key->pkey;
}

/* Takes pkey over, also on failure. */
static enum kb_err
key_of(EVP_PKEY *pkey, struct kb_x509_key **out)
{
	struct kb_x509_key *key = calloc(1, sizeof(*key));

	if (key == NULL) {
		EVP_PKEY_free(pkey);
		return KB_ERR_NO_MEMORY;
	}
	key->pkey = pkey;
	*out = key;
	return KB_OK;
}

enum kb_err
kb_x509_key_fresh(struct kb_x509_key **out)
{
	EVP_PKEY *pkey = NULL;

	(void)kb_crypto_state();
	pkey = EVP_EC_gen("P-256");
	if (pkey == NULL) {
		return kb_crypto_failed(KB_ERR_CRYPTO);
	}
	return key_of(pkey, out);
}

void
kb_x509_key_free(struct kb_x509_key *key)
{
	if (key != NULL) {
		EVP_PKEY_free(key->pkey);
		free(key);
	}
}

enum kb_err
kb_x509_key_write(const char *path, const struct kb_x509_key *key, struct kb_error_text *where)
{
	BIO *bio = BIO_new(BIO_s_secmem());
	char *text = NULL;
	long len = 0;
	enum kb_err err = KB_ERR_CRYPTO;

	if (bio != NULL &&
	    PEM_write_bio_PKCS8PrivateKey(bio, key->pkey, NULL, NULL, 0, NULL, NULL) == 1) {
		len = BIO_get_mem_data(bio, &text);
		err = kb_private_file_write(path, kb_span(text, (size_t)len), where);
	}
	BIO_free(bio);
	return err == KB_OK ? KB_OK : kb_crypto_failed(err);
}

/* libcrypto would otherwise ask for a password on the terminal, of a daemon. */
static int
no_password(char *buf, int size, int writing, void *state)
{
	(void)buf;
	(void)size;
	(void)writing;
	(void)state;
	return 0;
}

enum kb_err
kb_x509_key_load(const char *path, struct kb_x509_key **out, struct kb_error_text *where)
{
	struct kb_secret text = { 0 };
	EVP_PKEY *pkey = NULL;
	BIO *bio = NULL;
	enum kb_err err = kb_private_file_load(path, KEY_PEM_MAX_BYTES, &text, where);

	if (err != KB_OK) {
		goto out;
	}
	(void)kb_crypto_state();
	bio = BIO_new_mem_buf(text.at, (int)text.len);
	if (bio == NULL) {
		err = KB_ERR_NO_MEMORY;
		goto out;
	}
	pkey = PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL);
	if (pkey == NULL || !kb_x509_public_key_ok(pkey)) {
		EVP_PKEY_free(pkey);
		err = kb_fail(where, kb_crypto_failed(KB_ERR_KEY_FILE),
			      "%s: is no certificate key (EC P-256 or RSA of 2048 to %d bits, PEM "
			      "without a password)",
			      path, RSA_BITS_MAX);
		goto out;
	}
	err = key_of(pkey, out);
out:
	BIO_free(bio);
	kb_secret_release(&text);
	return err;
}

enum kb_err
kb_x509_key_matches(const struct kb_x509_key *key, struct kb_span cert_der)
{
	X509 *cert = kb_x509_parse(cert_der);
	bool same = cert != NULL && X509_check_private_key(cert, key->pkey) == 1;

	X509_free(cert);
	return same ? KB_OK : kb_crypto_failed(KB_ERR_CERTIFICATE);
}

enum kb_err
kb_x509_sign(const struct kb_x509_key *key, enum kb_sign_label label, const struct kb_span *parts,
	     size_t count, struct kb_buf *signature)
{
	struct kb_buf text = { 0 };
	uint8_t bytes[KB_X509_SIGNATURE_MAX];
	size_t len = sizeof(bytes);
	EVP_MD_CTX *ctx = NULL;
	enum kb_err err = kb_sign_text(label, parts, count, &text);

	if (err != KB_OK) {
		goto out;
	}
	ctx = EVP_MD_CTX_new();
	if (ctx == NULL ||
	    EVP_DigestSignInit_ex(ctx, NULL, "SHA256", NULL, NULL, key->pkey, NULL) != 1 ||
	    EVP_DigestSign(ctx, bytes, &len, text.at, text.len) != 1) {
		err = kb_crypto_failed(KB_ERR_CRYPTO);
		goto out;
	}
	err = kb_buf_put(signature, kb_span(bytes, len));
out:
	EVP_MD_CTX_free(ctx);
	kb_buf_release(&text);
	return err;
}

enum kb_err
kb_x509_verify_signature(struct kb_span cert_der, enum kb_sign_label label,
			 const struct kb_span *parts, size_t count, struct kb_span signature)
{
	struct kb_buf text = { 0 };
	EVP_PKEY *pkey = NULL;
	EVP_MD_CTX *ctx = NULL;
	X509 *cert = kb_x509_parse(cert_der);
	enum kb_err err = KB_ERR_CERTIFICATE;

	pkey = cert != NULL ? X509_get0_pubkey(cert) : NULL;
	if (pkey == NULL || !kb_x509_public_key_ok(pkey)) {
		goto out;
	}
	err = kb_sign_text(label, parts, count, &text);
	if (err != KB_OK) {
		goto out;
	}
	ctx = EVP_MD_CTX_new();
	if (ctx == NULL ||
	    EVP_DigestVerifyInit_ex(ctx, NULL, "SHA256", NULL, NULL, pkey, NULL) != 1) {
		err = KB_ERR_CRYPTO;
		goto out;
	}
	err = EVP_DigestVerify(ctx, signature.at, signature.len, text.at, text.len) == 1
		      ? KB_OK
		      : KB_ERR_BAD_SEAL;
out:
	EVP_MD_CTX_free(ctx);
	X509_free(cert);
	kb_buf_release(&text);
	return err == KB_OK ? KB_OK : kb_crypto_failed(err);
}
