/* SPDX-License-Identifier: EUPL-1.2 */
/* The demo CA: its certificate, requests, certificates of parties, revocation lists. In the field PKIoverheid does this. */
#ifndef KB_CRYPTO_X509_ISSUE_H
#define KB_CRYPTO_X509_ISSUE_H

#include "common/base/buf.h"
#include "common/crypto/x509.h"
#include "common/crypto/x509_key.h"

/* Who a certificate is for. All three are given; oin is exactly an OIN of 20 characters. */
struct kb_x509_subject {
	const char *common_name;
	const char *organisation;
	const char *oin;
};

struct kb_x509_validity {
	int64_t from_utc_ms;
	int64_t until_utc_ms;
};

struct kb_x509_ca {
	const struct kb_x509_key *key;
	struct kb_span certificate; /* DER */
};

/* Appends the DER of a self-signed CA certificate. It may issue certificates of parties only (path length 0). */
KB_MUST_CHECK enum kb_err kb_x509_ca_create(const struct kb_x509_key *key, const char *common_name,
					    struct kb_x509_validity validity,
					    struct kb_buf *certificate,
					    struct kb_error_text *where);

/* Appends the DER of a request, signed with key. KB_ERR_DATA for a name or OIN of the wrong form. */
KB_MUST_CHECK enum kb_err kb_x509_request_create(const struct kb_x509_key *key,
						 const struct kb_x509_subject *subject,
						 struct kb_buf *request,
						 struct kb_error_text *where);

/* What a request asks for; its own signature was verified. Serial, times, issuer_name and fingerprint are empty.
 * KB_ERR_DATA when it is not exactly one request, the signature does not hold or the subject is not of the form above. */
KB_MUST_CHECK enum kb_err kb_x509_request_read(struct kb_span request, struct kb_x509_facts *out,
					       struct kb_error_text *where);

/* Appends the DER of a certificate for the subject and key of the request: digital signature, TLS client. Checks as
 * kb_x509_request_read(); extensions asked for in the request are not taken over. */
KB_MUST_CHECK enum kb_err kb_x509_issue(const struct kb_x509_ca *ca, struct kb_span request,
					struct kb_x509_validity validity,
					struct kb_buf *certificate, struct kb_error_text *where);

/*
 * Appends the DER of the next revocation list: all entries of previous (KB_SPAN_NONE for the first list) and the
 * certificates revoked (DER), those with time validity.from_utc_ms. Its number is one above that of previous, the first is
 * 1; validity.until_utc_ms is the next update. KB_ERR_CERTIFICATE when previous or a certificate is not of this CA.
 */
KB_MUST_CHECK enum kb_err kb_x509_crl_issue(const struct kb_x509_ca *ca, struct kb_span previous,
					    const struct kb_span *revoked, size_t revoked_count,
					    struct kb_x509_validity validity, struct kb_buf *crl,
					    struct kb_error_text *where);

#endif
