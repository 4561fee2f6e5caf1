/* SPDX-License-Identifier: EUPL-1.2 */
/* HPKE contexts: one per batch and recipient, any message by its index. */
#include "common/crypto/hpke.h"

#include "common/crypto/gcm_internal.h"
#include "common/crypto/hpke_internal.h"

#include <stdlib.h>

/* What both sides keep. The AEAD key is only in cipher; libcrypto wipes it when that is freed. */
struct context {
	enum kb_hpke_aead aead;
	EVP_CIPHER_CTX *cipher;
	uint8_t base_nonce[KB_HPKE_NONCE_BYTES];
	uint8_t exporter_secret[32];
};

struct kb_hpke_sender {
	struct context context;
	uint64_t next;
};

struct kb_hpke_recipient {
	struct context context;
};

static void
context_release(struct context *context)
{
	EVP_CIPHER_CTX_free(context->cipher);
	kb_wipe(context, sizeof(*context));
}

/* own and peer give the shared secret; enc and recipient are the public keys of the key schedule. */
static enum kb_err
context_init(struct context *context, enum kb_hpke_aead aead, const struct kb_x25519_key *own,
	     const struct kb_x25519_public *peer, const struct kb_x25519_public *enc,
	     const struct kb_x25519_public *recipient, struct kb_span info)
{
	const struct kb_crypto_state *state = kb_crypto_state();
	const EVP_CIPHER *cipher =
		aead == KB_HPKE_AEAD_AES_128_GCM ? state->aes_128_gcm : state->aes_256_gcm;
	struct kb_hpke_schedule schedule = { 0 };
	uint8_t dh[KB_X25519_BYTES];
	enum kb_err err = kb_x25519_shared(own, peer, dh);

	if (err == KB_OK) {
		err = kb_hpke_schedule(aead, dh, enc, recipient, info, &schedule);
	}
	if (err != KB_OK) {
		goto out;
	}
	context->aead = aead;
	memcpy(context->base_nonce, schedule.base_nonce, sizeof(context->base_nonce));
	memcpy(context->exporter_secret, schedule.exporter_secret,
	       sizeof(context->exporter_secret));
	context->cipher = EVP_CIPHER_CTX_new();
	if (context->cipher == NULL) {
		err = KB_ERR_NO_MEMORY;
		goto out;
	}
	err = kb_gcm_key_set(context->cipher, cipher, schedule.key);
out:
	kb_wipe(dh, sizeof(dh));
	kb_wipe(&schedule, sizeof(schedule));
	return err;
}

/* base_nonce xor index, big endian (RFC 9180 5.2). */
static void
nonce_of(const struct context *context, uint64_t index, uint8_t nonce[KB_HPKE_NONCE_BYTES])
{
	memcpy(nonce, context->base_nonce, KB_HPKE_NONCE_BYTES);
	for (size_t i = 0; i < sizeof(index); i++) {
		nonce[KB_HPKE_NONCE_BYTES - 1 - i] ^= (uint8_t)(index >> (8 * i));
	}
}

enum kb_err
kb_hpke_sender_new_for_tests(enum kb_hpke_aead aead, const struct kb_x25519_key *ephemeral,
			     const struct kb_x25519_public *recipient, struct kb_span info,
			     struct kb_hpke_sender **out, struct kb_x25519_public *enc)
{
	const struct kb_x25519_public *own = kb_x25519_key_public(ephemeral);
	struct kb_hpke_sender *sender = calloc(1, sizeof(*sender));
	enum kb_err err = KB_OK;

	if (sender == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	err = context_init(&sender->context, aead, ephemeral, recipient, own, recipient, info);
	if (err != KB_OK) {
		kb_hpke_sender_free(sender);
		return err;
	}
	*enc = *own;
	*out = sender;
	return KB_OK;
}

enum kb_err
kb_hpke_sender_new(enum kb_hpke_aead aead, const struct kb_x25519_public *recipient,
		   struct kb_span info, struct kb_hpke_sender **out, struct kb_x25519_public *enc)
{
	struct kb_x25519_key *ephemeral = NULL;
	enum kb_err err = kb_x25519_key_fresh(&ephemeral);

	if (err == KB_OK) {
		err = kb_hpke_sender_new_for_tests(aead, ephemeral, recipient, info, out, enc);
	}
	kb_x25519_key_free(ephemeral);
	return err;
}

void
kb_hpke_sender_free(struct kb_hpke_sender *sender)
{
	if (sender != NULL) {
		context_release(&sender->context);
		free(sender);
	}
}

uint64_t
kb_hpke_sender_next(const struct kb_hpke_sender *sender)
{
	return sender->next;
}

enum kb_err
kb_hpke_seal(struct kb_hpke_sender *sender, uint64_t index, struct kb_span aad,
	     struct kb_span plain, struct kb_buf *out)
{
	uint8_t nonce[KB_HPKE_NONCE_BYTES];

	if (index < sender->next || index == UINT64_MAX) {
		return KB_ERR_STATE;
	}
	/* Used up before the first byte is made: a failed call may have shown part of the key stream. */
	sender->next = index + 1;
	nonce_of(&sender->context, index, nonce);
	return kb_gcm_seal(sender->context.cipher, nonce, &aad, 1, plain, out);
}

enum kb_err
kb_hpke_recipient_new(enum kb_hpke_aead aead, const struct kb_x25519_key *own,
		      const struct kb_x25519_public *enc, struct kb_span info,
		      struct kb_hpke_recipient **out)
{
	struct kb_hpke_recipient *recipient = calloc(1, sizeof(*recipient));
	enum kb_err err = KB_OK;

	if (recipient == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	err = context_init(&recipient->context, aead, own, enc, enc, kb_x25519_key_public(own),
			   info);
	if (err != KB_OK) {
		kb_hpke_recipient_free(recipient);
		return err == KB_ERR_BAD_KEY ? KB_ERR_CANNOT_OPEN : err;
	}
	*out = recipient;
	return KB_OK;
}

void
kb_hpke_recipient_free(struct kb_hpke_recipient *recipient)
{
	if (recipient != NULL) {
		context_release(&recipient->context);
		free(recipient);
	}
}

enum kb_err
kb_hpke_open(struct kb_hpke_recipient *recipient, uint64_t index, struct kb_span aad,
	     struct kb_span sealed, struct kb_buf *out)
{
	uint8_t nonce[KB_HPKE_NONCE_BYTES];

	nonce_of(&recipient->context, index, nonce);
	return kb_gcm_open(recipient->context.cipher, nonce, &aad, 1, sealed, out);
}

enum kb_err
kb_hpke_sender_export(const struct kb_hpke_sender *sender, struct kb_span context, uint8_t *at,
		      size_t len)
{
	return kb_hpke_export(sender->context.aead, sender->context.exporter_secret, context, at,
			      len);
}

enum kb_err
kb_hpke_recipient_export(const struct kb_hpke_recipient *recipient, struct kb_span context,
			 uint8_t *at, size_t len)
{
	return kb_hpke_export(recipient->context.aead, recipient->context.exporter_secret, context,
			      at, len);
}
