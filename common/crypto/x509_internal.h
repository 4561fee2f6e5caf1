/* SPDX-License-Identifier: EUPL-1.2 */
/* What the X.509 files share: parsing, names, times. */
#ifndef KB_CRYPTO_X509_INTERNAL_H
#define KB_CRYPTO_X509_INTERNAL_H

#include "common/crypto/crypto_internal.h"
#include "common/crypto/x509.h"
#include "common/crypto/x509_issue.h"

#include <openssl/x509.h>

/* Exactly one certificate, list or request, of at most the size of x509.h; NULL otherwise. The caller frees it. */
X509 *kb_x509_parse(struct kb_span der);
X509_CRL *kb_x509_crl_parse(struct kb_span der);
X509_REQ *kb_x509_request_parse(struct kb_span der);

/* false for a time that is not a time. */
bool kb_x509_time_utc_ms(const ASN1_TIME *time, int64_t *out);

/* oin, common_name and organisation of facts. false when a text is not clean UTF-8 or too long, or stands there twice. */
bool kb_x509_name_read(const X509_NAME *name, struct kb_x509_facts *facts);

/* false when the text does not fit or is not clean. An absent attribute gives "". */
bool kb_x509_name_text(const X509_NAME *name, int nid, char *out, size_t size);

/* EC P-256, or RSA of 2048 to 4096 bits. */
bool kb_x509_public_key_ok(const EVP_PKEY *pkey);

/* The fields of a list that is already parsed; false without number or next update (RFC 5280 5.1.2.5, 5.2.3). */
bool kb_x509_crl_fields(const X509_CRL *crl, struct kb_x509_crl_facts *out);

EVP_PKEY *kb_x509_key_pkey(const struct kb_x509_key *key);

/* What the issuing functions share: a CA whose key and certificate belong together, parsed. NULL otherwise. */
X509 *kb_x509_ca_parse(const struct kb_x509_ca *ca, struct kb_error_text *where);

#endif
