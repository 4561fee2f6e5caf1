/* SPDX-License-Identifier: EUPL-1.2 */
/* Encryption of stored values under data keys, and of data keys under the master key of a store. */
#include "common/crypto/datakey.h"

#include "common/crypto/gcm_internal.h"
#include "common/crypto/rng.h"

/* Most records of a batch share a few keys; a prepared cipher saves the key expansion of AES and the tables of GCM. */
#define PREPARED_MAX 16

static const char wrap_label[] = "ketenbode/v1/datakey";

struct prepared {
	EVP_CIPHER_CTX *ctx;
	uint64_t used_at; /* 0: no key set */
};

static struct prepared prepared[PREPARED_MAX];
/* The keys of the prepared ciphers, by place; on locked pages. Empty until first use. */
static struct kb_secret prepared_keys;
static uint64_t calls;

static struct kb_span
key_at(size_t place)
{
	return kb_span(prepared_keys.at + place * KB_DATAKEY_BYTES, KB_DATAKEY_BYTES);
}

static void
forget_place(size_t place)
{
	EVP_CIPHER_CTX_free(prepared[place].ctx);
	prepared[place] = (struct prepared){ 0 };
	kb_wipe(prepared_keys.at + place * KB_DATAKEY_BYTES, KB_DATAKEY_BYTES);
}

/* The prepared cipher of key; the least used one gets it when there is none. */
static enum kb_err
prepare(struct kb_span key, EVP_CIPHER_CTX **out)
{
	size_t oldest = 0;
	enum kb_err err = KB_OK;

	if (prepared_keys.at == NULL) {
		err = kb_secret_init(&prepared_keys,
				     sizeof(prepared) / sizeof(prepared[0]) * KB_DATAKEY_BYTES);
		if (err != KB_OK) {
			return err;
		}
	}
	calls++;
	for (size_t i = 0; i < PREPARED_MAX; i++) {
		if (prepared[i].used_at > 0 && kb_secret_equal(key_at(i), key)) {
			prepared[i].used_at = calls;
			*out = prepared[i].ctx;
			return KB_OK;
		}
		if (prepared[i].used_at < prepared[oldest].used_at) {
			oldest = i;
		}
	}
	if (prepared[oldest].ctx == NULL) {
		prepared[oldest].ctx = EVP_CIPHER_CTX_new();
		if (prepared[oldest].ctx == NULL) {
			return KB_ERR_NO_MEMORY;
		}
	}
	err = kb_gcm_key_set(prepared[oldest].ctx, kb_crypto_state()->aes_256_gcm, key.at);
	if (err != KB_OK) {
		forget_place(oldest);
		return err;
	}
	memcpy(prepared_keys.at + oldest * KB_DATAKEY_BYTES, key.at, KB_DATAKEY_BYTES);
	prepared[oldest].used_at = calls;
	*out = prepared[oldest].ctx;
	return KB_OK;
}

static enum kb_err
seal(struct kb_span key, const struct kb_span *aad, size_t aad_count, struct kb_span plain,
     struct kb_buf *out)
{
	uint8_t nonce[KB_GCM_NONCE_BYTES];
	size_t before = out->len;
	EVP_CIPHER_CTX *ctx = NULL;
	enum kb_err err = prepare(key, &ctx);

	if (err != KB_OK) {
		return err;
	}
	kb_crypto_random(nonce, sizeof(nonce));
	err = kb_buf_put(out, KB_SPAN_OF(nonce));
	if (err == KB_OK) {
		err = kb_gcm_seal(ctx, nonce, aad, aad_count, plain, out);
	}
	if (err != KB_OK) {
		out->len = before;
	}
	return err;
}

static enum kb_err
open_sealed(struct kb_span key, const struct kb_span *aad, size_t aad_count, struct kb_span sealed,
	    struct kb_buf *out)
{
	EVP_CIPHER_CTX *ctx = NULL;
	enum kb_err err = KB_OK;

	if (sealed.len < KB_DATAKEY_OVERHEAD_BYTES) {
		return KB_ERR_CORRUPT;
	}
	err = prepare(key, &ctx);
	if (err == KB_OK) {
		err = kb_gcm_open(ctx, sealed.at, aad, aad_count,
				  kb_span_part(sealed, KB_GCM_NONCE_BYTES, sealed.len), out);
	}
	/* What we sealed ourselves and cannot open is damage, not a message to refuse. */
	return err == KB_ERR_CANNOT_OPEN ? KB_ERR_CORRUPT : err;
}

void
kb_datakey_fresh(struct kb_datakey *out)
{
	kb_crypto_random(out->bytes, sizeof(out->bytes));
}

void
kb_datakey_wipe(struct kb_datakey *key)
{
	kb_wipe(key, sizeof(*key));
}

enum kb_err
kb_datakey_seal(const struct kb_datakey *key, struct kb_span aad, struct kb_span plain,
		struct kb_buf *out)
{
	return seal(KB_SPAN_OF(*key), &aad, 1, plain, out);
}

enum kb_err
kb_datakey_open(const struct kb_datakey *key, struct kb_span aad, struct kb_span sealed,
		struct kb_buf *out)
{
	return open_sealed(KB_SPAN_OF(*key), &aad, 1, sealed, out);
}

void
kb_datakey_forget(const struct kb_datakey *key)
{
	for (size_t i = 0; i < PREPARED_MAX; i++) {
		if (prepared[i].used_at > 0 && kb_secret_equal(key_at(i), KB_SPAN_OF(*key))) {
			forget_place(i);
		}
	}
}

void
kb_datakey_forget_all(void)
{
	for (size_t i = 0; i < PREPARED_MAX; i++) {
		if (prepared[i].ctx != NULL) {
			forget_place(i);
		}
	}
	kb_secret_release(&prepared_keys);
}

enum kb_err
kb_datakey_wrap(const struct kb_secret *master, struct kb_span key_id, const struct kb_datakey *key,
		struct kb_buf *out)
{
	struct kb_span aad[] = { KB_SPAN_OF(wrap_label), key_id };

	if (master->len != KB_DATAKEY_BYTES) {
		return KB_ERR_BAD_KEY;
	}
	return seal(kb_secret_span(master), aad, 2, KB_SPAN_OF(*key), out);
}

enum kb_err
kb_datakey_unwrap(const struct kb_secret *master, struct kb_span key_id, struct kb_span wrapped,
		  struct kb_datakey *out)
{
	struct kb_span aad[] = { KB_SPAN_OF(wrap_label), key_id };
	struct kb_buf plain = { 0 };
	enum kb_err err = KB_OK;

	if (master->len != KB_DATAKEY_BYTES) {
		return KB_ERR_BAD_KEY;
	}
	if (wrapped.len != KB_DATAKEY_WRAPPED_BYTES) {
		return KB_ERR_CORRUPT;
	}
	err = open_sealed(kb_secret_span(master), aad, 2, wrapped, &plain);
	if (err == KB_OK) {
		memcpy(out->bytes, plain.at, KB_DATAKEY_BYTES);
	}
	kb_buf_wipe(&plain);
	return err;
}
