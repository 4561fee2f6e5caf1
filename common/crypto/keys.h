/* SPDX-License-Identifier: EUPL-1.2 */
/* Key files: one private key each, readable by their owner alone. */
#ifndef KB_CRYPTO_KEYS_H
#define KB_CRYPTO_KEYS_H

#include "common/base/secret.h"

/* X(name, word in the file, has a public half). Each key has one use (design 3). */
#define KB_KEY_USE_TABLE(X)                                                                        \
	X(NONE, "", false)                                                                         \
	X(SIGN, "sign", true) /* Ed25519 seed */                                                   \
	X(SEAL, "seal", true) /* X25519, bodies are sealed to it */                                \
	X(TRANSPORT, "curve",                                                                      \
	  true)			   /* X25519, CURVE of the connection (as libsodium crypto_box) */ \
	X(MASTER, "master", false) /* wraps the data keys of a store */

enum kb_key_use {

#define KB_KEY_USE_ENUM(name, word, has_public) KB_KEY_USE_##name,
	KB_KEY_USE_TABLE(KB_KEY_USE_ENUM)
#undef KB_KEY_USE_ENUM
		KB_KEY_USE_COUNT,
};
const char *kb_key_use_name(enum kb_key_use use);

#define KB_KEY_BYTES 32

/* A fresh private key in secret (which must be empty; the caller releases it). */
KB_MUST_CHECK enum kb_err kb_key_fresh(struct kb_secret *secret);

/* The public half: Ed25519 for SIGN, X25519 for SEAL and TRANSPORT; KB_ERR_BAD_KEY for a use without one. */
KB_MUST_CHECK enum kb_err kb_key_public(enum kb_key_use use, const struct kb_secret *secret,
					uint8_t out[KB_KEY_BYTES]);

/*
 * The file is exactly "ketenbode-key-v1 <word>\n" and 64 lower-case hex digits and "\n". Made new with mode 0600 (an
 * existing file is never overwritten: KB_ERR_EXISTS), synced, its folder synced: it is on disk when this returns KB_OK. On
 * an error no file is left behind. where says in a sentence what is wrong and what to do.
 */
KB_MUST_CHECK enum kb_err kb_key_file_write(const char *path, enum kb_key_use use,
					    const struct kb_secret *secret,
					    struct kb_error_text *where);

/*
 * Reads it into secret (which must be empty). KB_ERR_KEY_FILE: missing, a symbolic link, not a plain file, readable or
 * writable by group or others, owned by someone else (own user or root), another size, another use, or damaged.
 */
KB_MUST_CHECK enum kb_err kb_key_file_load(const char *path, enum kb_key_use use,
					   struct kb_secret *secret, struct kb_error_text *where);

/*
 * Fingerprint to be read aloud (design 3): ten groups of four digits, "0123 4567 ...". Of SHA-256("ketenbode/v1/fingerprint"
 * 0x00 || per key: length (u32 BE) || bytes) bytes 3i..3i+2 as a number modulo 10000 are group i: 132 bits.
 */
#define KB_FINGERPRINT_GROUPS 10
#define KB_FINGERPRINT_TEXT (KB_FINGERPRINT_GROUPS * 5)
void kb_fingerprint(const struct kb_span *public_keys, size_t count, char out[KB_FINGERPRINT_TEXT]);

#endif
