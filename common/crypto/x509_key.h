/* SPDX-License-Identifier: EUPL-1.2 */
/* The private key of an X.509 certificate, and signatures that a certificate proves. Off the hot path. */
#ifndef KB_CRYPTO_X509_KEY_H
#define KB_CRYPTO_X509_KEY_H

#include "common/base/buf.h"
#include "common/crypto/sign.h"

/* Opaque types. */
struct kb_x509_key;

/* A fresh EC P-256 key. */
KB_MUST_CHECK enum kb_err kb_x509_key_fresh(struct kb_x509_key **out);
void kb_x509_key_free(struct kb_x509_key *key); /* wipes; NULL is allowed */

/* PEM (PKCS#8). Written and read under the same rules as the key files of keys.h. Loads EC P-256 and RSA of 2048 bits or
 * more. */
KB_MUST_CHECK enum kb_err kb_x509_key_write(const char *path, const struct kb_x509_key *key,
					    struct kb_error_text *where);
KB_MUST_CHECK enum kb_err kb_x509_key_load(const char *path, struct kb_x509_key **out,
					   struct kb_error_text *where);

/* KB_OK when cert_der is a certificate of key; KB_ERR_CERTIFICATE otherwise. */
KB_MUST_CHECK enum kb_err kb_x509_key_matches(const struct kb_x509_key *key,
					      struct kb_span cert_der);

/* Longest signature: RSA of 4096 bits. */
#define KB_X509_SIGNATURE_MAX 512

/* Appends a signature over label || 0x00 || parts: ECDSA or RSA PKCS#1 v1.5, with SHA-256. */
KB_MUST_CHECK enum kb_err kb_x509_sign(const struct kb_x509_key *key, enum kb_sign_label label,
				       const struct kb_span *parts, size_t count,
				       struct kb_buf *signature);
/* KB_OK only when the key in cert_der made signature; KB_ERR_BAD_SEAL, or KB_ERR_CERTIFICATE when cert_der cannot be read or
 * has a key of another type. Says nothing about the certificate: kb_x509_verify(). */
KB_MUST_CHECK enum kb_err kb_x509_verify_signature(struct kb_span cert_der,
						   enum kb_sign_label label,
						   const struct kb_span *parts, size_t count,
						   struct kb_span signature);

#endif
