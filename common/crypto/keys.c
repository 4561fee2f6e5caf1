/* SPDX-License-Identifier: EUPL-1.2 */
/* Key files: one private key each, readable by their owner alone. */
#include "common/crypto/keys.h"

#include "common/base/bytes.h"
#include "common/base/text.h"
#include "common/crypto/crypto_internal.h"
#include "common/crypto/private_file_internal.h"
#include "common/crypto/sign.h"
#include "common/crypto/x25519.h"

#include <stdio.h>

#define HEADER_WORD "ketenbode-key-v1 "
/* Longer than any key file: a longer file is refused before it is read. */
#define KEY_FILE_MAX_BYTES 128
#define FINGERPRINT_GROUP_BYTES 3
#define FINGERPRINT_GROUP_RANGE 10000

static const struct use_row {
	const char *word;
	bool has_public;
} use_rows[] = {

#define USE_ROW(name, word, has_public) [KB_KEY_USE_##name] = { word, has_public },
	KB_KEY_USE_TABLE(USE_ROW)
#undef USE_ROW
};

static const struct use_row *
use_row(enum kb_key_use use)
{
	return &use_rows[(unsigned)use < KB_KEY_USE_COUNT ? use : KB_KEY_USE_NONE];
}

const char *
kb_key_use_name(enum kb_key_use use)
{
	return use_row(use)->word;
}

enum kb_err
kb_key_fresh(struct kb_secret *secret)
{
	enum kb_err err = kb_secret_init(secret, KB_KEY_BYTES);

	if (err == KB_OK) {
		err = kb_rng_private(secret->at, secret->len);
	}
	if (err != KB_OK) {
		kb_secret_release(secret);
	}
	return err;
}

static enum kb_err
sign_public(const struct kb_secret *secret, uint8_t *out)
{
	struct kb_sign_key *key = NULL;
	struct kb_sign_public public_key;
	enum kb_err err = kb_sign_key_new(secret, &key);

	if (err == KB_OK) {
		kb_sign_key_public(key, &public_key);
		memcpy(out, public_key.bytes, sizeof(public_key.bytes));
	}
	kb_sign_key_free(key);
	return err;
}

static enum kb_err
x25519_public(const struct kb_secret *secret, uint8_t *out)
{
	struct kb_x25519_key *key = NULL;
	enum kb_err err = kb_x25519_key_new(secret, &key);

	if (err == KB_OK) {
		memcpy(out, kb_x25519_key_public(key)->bytes, KB_X25519_BYTES);
	}
	kb_x25519_key_free(key);
	return err;
}

enum kb_err
kb_key_public(enum kb_key_use use, const struct kb_secret *secret, uint8_t out[KB_KEY_BYTES])
{
	if (!use_row(use)->has_public) {
		return KB_ERR_BAD_KEY;
	}
	return use == KB_KEY_USE_SIGN ? sign_public(secret, out) : x25519_public(secret, out);
}

/* The text before the hex digits; its length. */
static size_t
header_of(enum kb_key_use use, char out[KEY_FILE_MAX_BYTES])
{
	int len = snprintf(out, KEY_FILE_MAX_BYTES, "%s%s\n", HEADER_WORD, use_row(use)->word);

	return (size_t)len;
}

enum kb_err
kb_key_file_write(const char *path, enum kb_key_use use, const struct kb_secret *secret,
		  struct kb_error_text *where)
{
	struct kb_secret text = { 0 };
	size_t header_len = 0;
	enum kb_err err = KB_OK;

	KB_INVARIANT(use > KB_KEY_USE_NONE && use < KB_KEY_USE_COUNT);
	if (secret->len != KB_KEY_BYTES) {
		return kb_fail(where, KB_ERR_BAD_KEY, "%s: this key does not have %d bytes", path,
			       KB_KEY_BYTES);
	}
	err = kb_secret_init(&text, KEY_FILE_MAX_BYTES);
	if (err != KB_OK) {
		return err;
	}
	header_len = header_of(use, (char *)text.at);
	kb_hex_encode(kb_secret_span(secret), (char *)text.at + header_len);
	text.at[header_len + 2 * KB_KEY_BYTES] = '\n';
	err = kb_private_file_write(path, kb_span(text.at, header_len + 2 * KB_KEY_BYTES + 1),
				    where);
	kb_secret_release(&text);
	return err;
}

static enum kb_err
parse_file(const char *path, enum kb_key_use use, struct kb_span text, struct kb_secret *secret,
	   struct kb_error_text *where)
{
	char header[KEY_FILE_MAX_BYTES];
	struct kb_span wanted = { (const uint8_t *)header, header_of(use, header) };
	struct kb_span digits = kb_span_part(text, wanted.len, 2 * KB_KEY_BYTES);
	enum kb_err err = KB_OK;

	if (!kb_span_equal(kb_span_part(text, 0, wanted.len), wanted)) {
		return kb_fail(where, KB_ERR_KEY_FILE,
			       "%s:1: must be \"%s%s\": this is no key for this use, and every key "
			       "has one use",
			       path, HEADER_WORD, use_row(use)->word);
	}
	if (text.len != wanted.len + 2 * KB_KEY_BYTES + 1 || text.at[text.len - 1] != '\n') {
		return kb_fail(
			where, KB_ERR_KEY_FILE,
			"%s:2: must be %d hexadecimal digits and a newline; put back a good copy",
			path, 2 * KB_KEY_BYTES);
	}
	err = kb_secret_init(secret, KB_KEY_BYTES);
	if (err != KB_OK) {
		return err;
	}
	if (kb_hex_decode(digits, secret->at, KB_KEY_BYTES) != KB_OK) {
		kb_secret_release(secret);
		return kb_fail(
			where, KB_ERR_KEY_FILE,
			"%s:2: has a character that is not hexadecimal; put back a good copy",
			path);
	}
	return KB_OK;
}

enum kb_err
kb_key_file_load(const char *path, enum kb_key_use use, struct kb_secret *secret,
		 struct kb_error_text *where)
{
	struct kb_secret text = { 0 };
	enum kb_err err = KB_OK;

	KB_INVARIANT(use > KB_KEY_USE_NONE && use < KB_KEY_USE_COUNT && secret->at == NULL);
	err = kb_private_file_load(path, KEY_FILE_MAX_BYTES, &text, where);
	if (err == KB_OK) {
		err = parse_file(path, use, kb_secret_span(&text), secret, where);
	}
	kb_secret_release(&text);
	return err;
}

void
kb_fingerprint(const struct kb_span *public_keys, size_t count, char out[KB_FINGERPRINT_TEXT])
{
	static const char label[] = "ketenbode/v1/fingerprint";
	EVP_MD_CTX *ctx = kb_crypto_state()->sha256_ctx;
	struct kb_hash hash;

	KB_INVARIANT(EVP_DigestInit_ex2(ctx, kb_crypto_state()->sha256, NULL) == 1);
	KB_INVARIANT(EVP_DigestUpdate(ctx, label, sizeof(label)) == 1);
	for (size_t i = 0; i < count; i++) {
		uint8_t length[4];

		kb_store_u32(length, (uint32_t)public_keys[i].len);
		KB_INVARIANT(EVP_DigestUpdate(ctx, length, sizeof(length)) == 1);
		KB_INVARIANT(EVP_DigestUpdate(ctx, public_keys[i].at, public_keys[i].len) == 1);
	}
	KB_INVARIANT(EVP_DigestFinal_ex(ctx, hash.bytes, NULL) == 1);
	for (size_t i = 0; i < KB_FINGERPRINT_GROUPS; i++) {
		const uint8_t *at = hash.bytes + i * FINGERPRINT_GROUP_BYTES;
		unsigned group = ((unsigned)at[0] << 16 | (unsigned)at[1] << 8 | at[2]) %
				 FINGERPRINT_GROUP_RANGE;

		(void)snprintf(out + i * 5, 5, "%04u", group);
		out[i * 5 + 4] = i + 1 < KB_FINGERPRINT_GROUPS ? ' ' : '\0';
	}
}
