/* SPDX-License-Identifier: EUPL-1.2 */
/* PEM files (RFC 7468) of public things: certificates, requests, revocation lists. */
#ifndef KB_CRYPTO_PEM_H
#define KB_CRYPTO_PEM_H

#include "common/base/buf.h"

/* X(name, label in the file, most bytes of the file) */
#define KB_PEM_KIND_TABLE(X)                                                                       \
	X(NONE, "", 0)                                                                             \
	X(CERTIFICATE, "CERTIFICATE", 32 * 1024)                                                   \
	X(REQUEST, "CERTIFICATE REQUEST", 32 * 1024)                                               \
	X(CRL, "X509 CRL", 8 * 1024 * 1024)

enum kb_pem_kind {

#define KB_PEM_KIND_ENUM(name, label, most) KB_PEM_KIND_##name,
	KB_PEM_KIND_TABLE(KB_PEM_KIND_ENUM)
#undef KB_PEM_KIND_ENUM
		KB_PEM_KIND_COUNT,
};
const char *kb_pem_kind_name(enum kb_pem_kind kind);

/* Appends the PEM text of der. */
KB_MUST_CHECK enum kb_err kb_pem_encode(enum kb_pem_kind kind, struct kb_span der,
					struct kb_buf *out);
/* Appends the DER of block number index in the PEM text. KB_ERR_DATA when it is damaged or of another kind, KB_ERR_NOT_FOUND
 * when there are no more than index blocks. */
KB_MUST_CHECK enum kb_err kb_pem_decode(enum kb_pem_kind kind, struct kb_span text, size_t index,
					struct kb_buf *out);

/* Writes the file with mode 0644 in one step (temporary file beside it, synced, renamed): readers see the old or the new. */
KB_MUST_CHECK enum kb_err kb_pem_file_write(const char *path, enum kb_pem_kind kind,
					    struct kb_span der, struct kb_error_text *where);
/* Appends the DER of the one block that the file must hold. KB_ERR_DATA, or KB_ERR_NOT_FOUND when there is no file. */
KB_MUST_CHECK enum kb_err kb_pem_file_load(const char *path, enum kb_pem_kind kind,
					   struct kb_buf *out, struct kb_error_text *where);

#endif
