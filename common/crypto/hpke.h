/* SPDX-License-Identifier: EUPL-1.2 */
/* HPKE base mode (RFC 9180): DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-GCM. */
#ifndef KB_CRYPTO_HPKE_H
#define KB_CRYPTO_HPKE_H

#include "common/base/buf.h"
#include "common/base/ids.h"
#include "common/crypto/x25519.h"

/* Ours is AES-256-GCM. AES-128-GCM is there for the vectors of RFC 9180 A.1. Numbers: RFC 9180 7.3. */
enum kb_hpke_aead {
	KB_HPKE_AEAD_NONE = 0,
	KB_HPKE_AEAD_AES_128_GCM = 1,
	KB_HPKE_AEAD_AES_256_GCM = 2,
};

const char *kb_hpke_aead_name(enum kb_hpke_aead aead);

#define KB_HPKE_TAG_BYTES 16 /* sealed bytes are that much longer than the plaintext */
#define KB_HPKE_EXPORT_MAX (255 * 32)

/* Opaque types. */
struct kb_hpke_sender;
struct kb_hpke_recipient;
struct kb_hpke_cache;

/*
 * A context for one batch to one recipient, with a fresh ephemeral key: in memory only, never stored. enc travels in every
 * header of the batch. KB_ERR_BAD_KEY for a recipient key of small order, KB_ERR_BAD_SUITE for an unknown aead.
 */
KB_MUST_CHECK enum kb_err kb_hpke_sender_new(enum kb_hpke_aead aead,
					     const struct kb_x25519_public *recipient,
					     struct kb_span info, struct kb_hpke_sender **out,
					     struct kb_x25519_public *enc);
void kb_hpke_sender_free(struct kb_hpke_sender *sender); /* wipes; NULL is allowed */
/* The lowest index that may be used next; 0 in a new context. */
uint64_t kb_hpke_sender_next(const struct kb_hpke_sender *sender);
/* Appends ciphertext and tag to out. index may skip forward but KB_ERR_STATE below kb_hpke_sender_next(): a nonce is
 * never used twice. On an error out is as before. */
KB_MUST_CHECK enum kb_err kb_hpke_seal(struct kb_hpke_sender *sender, uint64_t index,
				       struct kb_span aad, struct kb_span plain,
				       struct kb_buf *out);

/* KB_ERR_CANNOT_OPEN when enc is a point of small order. own is not kept. */
KB_MUST_CHECK enum kb_err kb_hpke_recipient_new(enum kb_hpke_aead aead,
						const struct kb_x25519_key *own,
						const struct kb_x25519_public *enc,
						struct kb_span info,
						struct kb_hpke_recipient **out);
void kb_hpke_recipient_free(struct kb_hpke_recipient *recipient); /* wipes; NULL is allowed */
/* Appends the plaintext to out; any index, any order, any number of times. KB_ERR_CANNOT_OPEN when the tag does not hold;
 * nothing is then left in out. Personal data: release out with kb_buf_wipe(). */
KB_MUST_CHECK enum kb_err kb_hpke_open(struct kb_hpke_recipient *recipient, uint64_t index,
				       struct kb_span aad, struct kb_span sealed,
				       struct kb_buf *out);

/* Secret export (RFC 9180 5.3): len (1..KB_HPKE_EXPORT_MAX, else KB_ERR_OVERSIZE) bytes to at. */
KB_MUST_CHECK enum kb_err kb_hpke_sender_export(const struct kb_hpke_sender *sender,
						struct kb_span context, uint8_t *at, size_t len);
KB_MUST_CHECK enum kb_err kb_hpke_recipient_export(const struct kb_hpke_recipient *recipient,
						   struct kb_span context, uint8_t *at, size_t len);

/*
 * A few recipient contexts of late, by (aead, enc, own key, info); the least used goes first. Ask only after the seal of
 * the message verified, else strangers decide what is kept. *out is borrowed until the next call on the cache.
 */
KB_MUST_CHECK enum kb_err kb_hpke_cache_new(size_t capacity,
					    struct kb_hpke_cache **out); /* 1..64 */
void kb_hpke_cache_free(struct kb_hpke_cache *cache); /* wipes; NULL is allowed */
/* After a sealing key was replaced or destroyed. */
void kb_hpke_cache_clear(struct kb_hpke_cache *cache);
/* As kb_hpke_recipient_new(), from the cache when it is there. */
KB_MUST_CHECK enum kb_err kb_hpke_cache_get(struct kb_hpke_cache *cache, enum kb_hpke_aead aead,
					    const struct kb_x25519_key *own,
					    const struct kb_x25519_public *enc, struct kb_span info,
					    struct kb_hpke_recipient **out);

#endif
