/* SPDX-License-Identifier: EUPL-1.2 */
/* PEM files (RFC 7468) of public things. */
#include "common/crypto/pem.h"

#include "common/base/file.h"
#include "common/crypto/crypto_internal.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>

static const struct kind_row {
	const char *label;
	size_t most;
} kind_rows[] = {

#define KIND_ROW(name, label, most) [KB_PEM_KIND_##name] = { label, most },
	KB_PEM_KIND_TABLE(KIND_ROW)
#undef KIND_ROW
};

static const struct kind_row *
kind_row(enum kb_pem_kind kind)
{
	return &kind_rows[(unsigned)kind < KB_PEM_KIND_COUNT ? kind : KB_PEM_KIND_NONE];
}

const char *
kb_pem_kind_name(enum kb_pem_kind kind)
{
	return kind_row(kind)->label;
}

enum kb_err
kb_pem_encode(enum kb_pem_kind kind, struct kb_span der, struct kb_buf *out)
{
	BIO *bio = NULL;
	char *text = NULL;
	long len = 0;
	enum kb_err err = KB_ERR_CRYPTO;

	if (der.len > LONG_MAX) {
		return KB_ERR_OVERSIZE;
	}
	(void)kb_crypto_state();
	bio = BIO_new(BIO_s_mem());
	if (bio != NULL &&
	    PEM_write_bio(bio, kind_row(kind)->label, "", der.at, (long)der.len) > 0) {
		len = BIO_get_mem_data(bio, &text);
		err = kb_buf_put(out, kb_span(text, (size_t)len));
	}
	BIO_free(bio);
	return err == KB_OK ? KB_OK : kb_crypto_failed(err);
}

/* Reads one block; a block of another kind or with headers (encrypted) is wrong. */
static enum kb_err
next_block(BIO *bio, const char *label, struct kb_buf *out, bool keep)
{
	char *name = NULL;
	char *header = NULL;
	unsigned char *data = NULL;
	long len = 0;
	enum kb_err err = KB_ERR_DATA;

	ERR_clear_error();
	if (PEM_read_bio(bio, &name, &header, &data, &len) != 1) {
		bool none = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;

		return kb_crypto_failed(none ? KB_ERR_NOT_FOUND : KB_ERR_DATA);
	}
	if (strcmp(name, label) == 0 && header[0] == '\0') {
		err = keep ? kb_buf_put(out, kb_span(data, (size_t)len)) : KB_OK;
	}
	OPENSSL_free(name);
	OPENSSL_free(header);
	OPENSSL_free(data);
	return err;
}

enum kb_err
kb_pem_decode(enum kb_pem_kind kind, struct kb_span text, size_t index, struct kb_buf *out)
{
	enum kb_err err = KB_OK;
	BIO *bio = NULL;

	if (text.len == 0) {
		return KB_ERR_NOT_FOUND;
	}
	if (text.len > INT_MAX) {
		return KB_ERR_OVERSIZE;
	}
	(void)kb_crypto_state();
	bio = BIO_new_mem_buf(text.at, (int)text.len);
	if (bio == NULL) {
		return kb_crypto_failed(KB_ERR_NO_MEMORY);
	}
	for (size_t i = 0; err == KB_OK && i <= index; i++) {
		err = next_block(bio, kind_row(kind)->label, out, i == index);
	}
	BIO_free(bio);
	return err;
}

enum kb_err
kb_pem_file_write(const char *path, enum kb_pem_kind kind, struct kb_span der,
		  struct kb_error_text *where)
{
	struct kb_buf text = { 0 };
	enum kb_err err = kb_pem_encode(kind, der, &text);

	if (err == KB_OK) {
		err = kb_file_replace(path, 0644, kb_buf_span(&text), where);
	}
	kb_buf_release(&text);
	return err;
}

enum kb_err
kb_pem_file_load(const char *path, enum kb_pem_kind kind, struct kb_buf *out,
		 struct kb_error_text *where)
{
	struct kb_buf text = { 0 };
	size_t before = out->len;
	enum kb_err err = kb_file_read(path, kind_row(kind)->most, &text, where);

	if (err != KB_OK) {
		goto out;
	}
	err = kb_pem_decode(kind, kb_buf_span(&text), 0, out);
	if (err == KB_OK) {
		struct kb_buf second = { 0 };
		enum kb_err more = kb_pem_decode(kind, kb_buf_span(&text), 1, &second);

		kb_buf_release(&second);
		err = more == KB_ERR_NOT_FOUND ? KB_OK : KB_ERR_DATA;
	}
	if (err != KB_OK) {
		out->len = before;
		err = kb_fail(where, KB_ERR_DATA,
			      "%s: must hold exactly one block \"BEGIN %s\"; ask for the file "
			      "again or put back a copy",
			      path, kind_row(kind)->label);
	}
out:
	kb_buf_release(&text);
	return err;
}
