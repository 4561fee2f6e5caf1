/* SPDX-License-Identifier: EUPL-1.2 */
/* Certificates of parties: what they say and whether they hold (reliability.md 1.6). */
#ifndef KB_CRYPTO_X509_H
#define KB_CRYPTO_X509_H

#include "common/base/buf.h"
#include "common/base/ids.h"

#define KB_X509_NAME_MAX 128  /* bytes of a name in a certificate, NUL included */
#define KB_X509_SERIAL_MAX 20 /* RFC 5280 4.1.2.2 */
#define KB_X509_CERT_MAX_BYTES ((size_t)16 * 1024)
#define KB_X509_CRL_MAX_BYTES ((size_t)4 * 1024 * 1024)
#define KB_X509_CHAIN_MAX 8 /* certificates or lists in one call */

/* What a certificate says. Not checked by itself. */
struct kb_x509_facts {
	char oin[KB_OIN_CHARS +
		 1]; /* subject.serialNumber; "" when there is none of the right form */
	char common_name[KB_X509_NAME_MAX];
	char organisation[KB_X509_NAME_MAX];
	char issuer_name[KB_X509_NAME_MAX]; /* common name of the issuer */
	int64_t not_before_utc_ms;
	int64_t not_after_utc_ms;
	uint8_t serial[KB_X509_SERIAL_MAX]; /* big endian, no leading zero */
	size_t serial_bytes;
	struct kb_hash fingerprint;	/* SHA-256 of the DER */
	struct kb_hash public_key_hash; /* SHA-256 of the SubjectPublicKeyInfo */
};

/* KB_ERR_CERTIFICATE when der is not exactly one certificate; out is then untouched. */
KB_MUST_CHECK enum kb_err kb_x509_read(struct kb_span der, struct kb_x509_facts *out,
				       struct kb_error_text *where);

/* What a revocation list says. Not checked by itself. */
struct kb_x509_crl_facts {
	struct kb_hash
		issuer; /* SHA-256 of the issuer's name: which row of "highest number seen" it belongs to */
	uint64_t number;
	int64_t this_update_utc_ms;
	int64_t next_update_utc_ms;
	size_t revoked_count;
};
KB_MUST_CHECK enum kb_err kb_x509_crl_read(struct kb_span der, struct kb_x509_crl_facts *out,
					   struct kb_error_text *where);

/* A revocation list for kb_x509_verify(). */
struct kb_x509_crl {
	struct kb_span der;
	uint64_t
		highest_seen; /* in: highest number ever accepted from this issuer, 0 for none. out: the new highest */
};

struct kb_x509_check {
	struct kb_span certificate; /* DER of the party's certificate */
	const struct kb_span
		*intermediates; /* DER; sent along by the party, trusted only through a root */
	size_t intermediate_count;
	const struct kb_span *roots; /* DER; the only roots: no system store */
	size_t root_count;
	struct kb_x509_crl *crls; /* one for every issuer in the chain */
	size_t crl_count;
	int64_t at_utc_ms; /* the time of the check, always given */
	int64_t crl_age_max_ms; /* a list older than this is not enough, whatever its next update says; 0: no limit */
};

/*
 * KB_OK when the certificate leads to a root over at most two CAs between, every certificate of the chain is valid at that
 * time and not revoked, every list is valid, not older than the limit and of a number not below highest_seen, the
 * purpose is TLS client (extended key usage clientAuth), and subject.serialNumber is exactly one OIN. facts (may be NULL)
 * and highest_seen change only then. KB_ERR_REVOKED when a certificate is on a list, KB_ERR_NOT_VALID_NOW before or after
 * its validity, KB_ERR_CERTIFICATE for all else; where says which of them, about which certificate, and what to do.
 */
KB_MUST_CHECK enum kb_err kb_x509_verify(struct kb_x509_check *check, struct kb_x509_facts *facts,
					 struct kb_error_text *where);

#endif
