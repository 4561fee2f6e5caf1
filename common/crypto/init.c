/* SPDX-License-Identifier: EUPL-1.2 */
/* Start and end of everything cryptographic in this process. */
#include "common/crypto/init.h"

#include "common/crypto/crypto_internal.h"
#include "common/crypto/datakey.h"

#include <openssl/crypto.h>
#include <openssl/err.h>

/* Private keys of all parties of a simulation fit; the smallest piece is an X25519 or Ed25519 key. */
#define SECURE_HEAP_BYTES ((size_t)256 * 1024)
#define SECURE_HEAP_PIECE_BYTES 32

static struct kb_crypto_state state;

static void
state_release(void)
{
	EVP_MD_CTX_free(state.sha256_ctx);
	EVP_MD_free(state.sha256);
	EVP_CIPHER_free(state.aes_128_gcm);
	EVP_CIPHER_free(state.aes_256_gcm);
	state = (struct kb_crypto_state){ 0 };
}

enum kb_err
kb_crypto_init(void)
{
	if (state.ready) {
		return KB_OK;
	}
	/* NO_LOAD_CONFIG: an openssl.cnf could add engines or lower the security level. */
	if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1) {
		return kb_crypto_failed(KB_ERR_CRYPTO);
	}
	/* 2 means made but not locked (small RLIMIT_MEMLOCK): as in kb_secret_init, better than not starting. */
	if (!CRYPTO_secure_malloc_initialized() &&
	    CRYPTO_secure_malloc_init(SECURE_HEAP_BYTES, SECURE_HEAP_PIECE_BYTES) == 0) {
		return kb_crypto_failed(KB_ERR_NO_MEMORY);
	}
	state.sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	state.aes_128_gcm = EVP_CIPHER_fetch(NULL, "AES-128-GCM", NULL);
	state.aes_256_gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
	state.sha256_ctx = EVP_MD_CTX_new();
	if (state.sha256 == NULL || state.aes_128_gcm == NULL || state.aes_256_gcm == NULL ||
	    state.sha256_ctx == NULL ||
	    EVP_DigestInit_ex2(state.sha256_ctx, state.sha256, NULL) != 1) {
		state_release();
		return kb_crypto_failed(KB_ERR_CRYPTO);
	}
	state.ready = true;
	return KB_OK;
}

void
kb_crypto_release(void)
{
	kb_datakey_forget_all();
	kb_rng_release();
	state_release();
	/* Stays when a key is still alive; libcrypto wipes each piece when it is freed. */
	if (CRYPTO_secure_malloc_initialized()) {
		(void)CRYPTO_secure_malloc_done();
	}
	ERR_clear_error();
}

const struct kb_crypto_state *
kb_crypto_state(void)
{
	if (!state.ready) {
		enum kb_err err = kb_crypto_init();

		KB_INVARIANT(err == KB_OK);
	}
	return &state;
}

enum kb_err
kb_crypto_failed(enum kb_err err)
{
	ERR_clear_error();
	return err;
}
