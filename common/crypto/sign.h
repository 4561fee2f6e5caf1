/* SPDX-License-Identifier: EUPL-1.2 */
/* Ed25519 signatures (RFC 8032), each over a label that says what is signed. */
#ifndef KB_CRYPTO_SIGN_H
#define KB_CRYPTO_SIGN_H

#include "common/base/secret.h"
#include "common/base/span.h"

#define KB_SIGN_SEED_BYTES 32
#define KB_SIGN_PUBLIC_BYTES 32
#define KB_SIGNATURE_BYTES 64

/* Opaque types. */
struct kb_sign_key; /* private */
struct kb_verify_key; /* a public key, checked and ready for use: keep it, making one costs a few microseconds */

struct kb_sign_public {
	uint8_t bytes[KB_SIGN_PUBLIC_BYTES];
};

/* Not an identifier: the holder of a key can make many signatures of one text. The id is the hash of what is signed. */
struct kb_signature {
	uint8_t bytes[KB_SIGNATURE_BYTES];
};

/* X(name, label): what is signed starts with the label and a zero byte, so that no signature of one use counts in
 * another. Labels are never reused. */
#define KB_SIGN_LABEL_TABLE(X)                                                                     \
	X(NONE, "")                                                                                \
	X(SEAL, "ketenbode/v1/seal")                                                               \
	X(CHECKPOINT, "ketenbode/v1/checkpoint")                                                   \
	X(DESCRIPTOR, "ketenbode/v1/descriptor")                                                   \
	X(REGISTER, "ketenbode/v1/register")                                                       \
	X(POSSESSION, "ketenbode/v1/possession")                                                   \
	X(TOESTEMMING, "ketenbode/v1/toestemming")                                                 \
	X(PROFIEL_ZEGEL, "ketenbode/v1/profiel-zegel")

enum kb_sign_label {

#define KB_SIGN_LABEL_ENUM(name, label) KB_SIGN_LABEL_##name,
	KB_SIGN_LABEL_TABLE(KB_SIGN_LABEL_ENUM)
#undef KB_SIGN_LABEL_ENUM
		KB_SIGN_LABEL_COUNT,
};

/* "ketenbode/v1/seal"; "" for NONE and anything outside the table. */
const char *kb_sign_label_name(enum kb_sign_label label);

/* seed: 32 bytes, only read. KB_ERR_BAD_KEY when it has another length. */
KB_MUST_CHECK enum kb_err kb_sign_key_new(const struct kb_secret *seed, struct kb_sign_key **out);
void kb_sign_key_free(struct kb_sign_key *key); /* wipes; NULL is allowed */
void kb_sign_key_public(const struct kb_sign_key *key, struct kb_sign_public *out);

/* Signs label || 0x00 || parts one after another. The caller makes the parts unambiguous (fixed sizes or lengths). */
KB_MUST_CHECK enum kb_err kb_sign(const struct kb_sign_key *key, enum kb_sign_label label,
				  const struct kb_span *parts, size_t count,
				  struct kb_signature *out);

/* KB_ERR_BAD_KEY for a key of small order (under which one signature holds for every text), one with y >= p, and bytes that
 * are no point (reliability.md finding 9). */
KB_MUST_CHECK enum kb_err kb_sign_public_check(const struct kb_sign_public *public_key);
/* Checks as kb_sign_public_check(). */
KB_MUST_CHECK enum kb_err kb_verify_key_new(const struct kb_sign_public *public_key,
					    struct kb_verify_key **out);
void kb_verify_key_free(struct kb_verify_key *key); /* NULL is allowed */
const struct kb_sign_public *kb_verify_key_public(const struct kb_verify_key *key);

/* KB_OK only when the signature holds; KB_ERR_BAD_SEAL otherwise (also S >= L). */
KB_MUST_CHECK enum kb_err kb_verify(const struct kb_verify_key *key, enum kb_sign_label label,
				    const struct kb_span *parts, size_t count,
				    const struct kb_signature *signature);

#endif
