/* SPDX-License-Identifier: EUPL-1.2 */
/* Revocation lists of the demo CA. */
#include "common/crypto/x509_internal.h"

#include <openssl/x509v3.h>

#define CRL_VERSION_2 1 /* as it is encoded */

/* Copies the entries of the list before, and gives its number. */
static enum kb_err
take_over(X509_CRL *crl, struct kb_span previous, X509 *issuer, uint64_t *number,
	  struct kb_error_text *where)
{
	X509_CRL *before = kb_x509_crl_parse(previous);
	STACK_OF(X509_REVOKED) *entries = NULL;
	struct kb_x509_crl_facts facts = { 0 };
	enum kb_err err = KB_OK;

	if (before == NULL || X509_CRL_verify(before, X509_get0_pubkey(issuer)) != 1 ||
	    !kb_x509_crl_fields(before, &facts) || facts.number == UINT64_MAX) {
		err = kb_fail(where, kb_crypto_failed(KB_ERR_CERTIFICATE),
			      "the previous revocation list (CRL) is not of this issuer");
		goto out;
	}
	entries = X509_CRL_get_REVOKED(before);
	for (int i = 0; err == KB_OK && i < sk_X509_REVOKED_num(entries); i++) {
		X509_REVOKED *copy = X509_REVOKED_dup(sk_X509_REVOKED_value(entries, i));

		if (copy == NULL || X509_CRL_add0_revoked(crl, copy) != 1) {
			X509_REVOKED_free(copy);
			err = kb_crypto_failed(KB_ERR_CRYPTO);
		}
	}
	*number = facts.number;
out:
	X509_CRL_free(before);
	return err;
}

static bool
listed(X509_CRL *crl, const ASN1_INTEGER *serial)
{
	STACK_OF(X509_REVOKED) *entries = X509_CRL_get_REVOKED(crl);

	for (int i = 0; i < sk_X509_REVOKED_num(entries); i++) {
		const X509_REVOKED *entry = sk_X509_REVOKED_value(entries, i);

		if (ASN1_INTEGER_cmp(X509_REVOKED_get0_serialNumber(entry), serial) == 0) {
			return true;
		}
	}
	return false;
}

static bool
add_entry(X509_CRL *crl, X509 *cert, const ASN1_TIME *at)
{
	X509_REVOKED *entry = X509_REVOKED_new();

	if (entry != NULL &&
	    X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(cert)) == 1 &&
	    X509_REVOKED_set_revocationDate(entry, (ASN1_TIME *)(uintptr_t)at) == 1 &&
	    X509_CRL_add0_revoked(crl, entry) == 1) {
		return true;
	}
	X509_REVOKED_free(entry);
	return false;
}

/* Only what this CA issued can be on its list. A certificate that is already there keeps its first date. */
static enum kb_err
revoke(X509_CRL *crl, X509 *issuer, struct kb_span certificate, struct kb_error_text *where)
{
	X509 *cert = kb_x509_parse(certificate);
	enum kb_err err = KB_OK;

	if (cert == NULL || X509_verify(cert, X509_get0_pubkey(issuer)) != 1) {
		err = kb_fail(where, kb_crypto_failed(KB_ERR_CERTIFICATE),
			      "the certificate to revoke is not of this issuer");
	} else if (!listed(crl, X509_get_serialNumber(cert)) &&
		   !add_entry(crl, cert, X509_CRL_get0_lastUpdate(crl))) {
		err = kb_crypto_failed(KB_ERR_CRYPTO);
	}
	X509_free(cert);
	return err;
}

static bool
set_times(X509_CRL *crl, struct kb_x509_validity validity)
{
	ASN1_TIME *from = ASN1_TIME_set(NULL, (time_t)(validity.from_utc_ms / 1000));
	ASN1_TIME *until = ASN1_TIME_set(NULL, (time_t)(validity.until_utc_ms / 1000));
	bool ok = from != NULL && until != NULL && X509_CRL_set1_lastUpdate(crl, from) == 1 &&
		  X509_CRL_set1_nextUpdate(crl, until) == 1;

	ASN1_TIME_free(from);
	ASN1_TIME_free(until);
	return ok;
}

static bool
add_number(X509_CRL *crl, uint64_t number)
{
	ASN1_INTEGER *value = ASN1_INTEGER_new();
	bool ok = value != NULL && ASN1_INTEGER_set_uint64(value, number) == 1 &&
		  X509_CRL_add1_ext_i2d(crl, NID_crl_number, value, 0, 0) == 1;

	ASN1_INTEGER_free(value);
	return ok;
}

static bool
add_issuer_key_id(X509_CRL *crl, X509 *issuer)
{
	X509V3_CTX ctx;
	X509_EXTENSION *extension = NULL;
	bool ok = false;

	X509V3_set_ctx(&ctx, issuer, NULL, NULL, crl, 0);
	extension = X509V3_EXT_nconf_nid(NULL, &ctx, NID_authority_key_identifier, "keyid:always");
	ok = extension != NULL && X509_CRL_add_ext(crl, extension, -1) == 1;
	X509_EXTENSION_free(extension);
	return ok;
}

static enum kb_err
finish(X509_CRL *crl, X509 *issuer, const struct kb_x509_ca *ca, uint64_t number,
       struct kb_buf *out)
{
	unsigned char *der = NULL;
	int len = 0;
	enum kb_err err = KB_ERR_CRYPTO;

	if (X509_CRL_sort(crl) == 1 && add_number(crl, number) && add_issuer_key_id(crl, issuer) &&
	    X509_CRL_sign(crl, kb_x509_key_pkey(ca->key), kb_crypto_state()->sha256) > 0) {
		len = i2d_X509_CRL(crl, &der);
	}
	if (len > 0) {
		err = kb_buf_put(out, kb_span(der, (size_t)len));
	}
	OPENSSL_free(der);
	return err == KB_OK ? KB_OK : kb_crypto_failed(err);
}

enum kb_err
kb_x509_crl_issue(const struct kb_x509_ca *ca, struct kb_span previous,
		  const struct kb_span *revoked, size_t revoked_count,
		  struct kb_x509_validity validity, struct kb_buf *crl, struct kb_error_text *where)
{
	X509 *issuer = NULL;
	X509_CRL *made = NULL;
	uint64_t number = 0;
	enum kb_err err = KB_ERR_CERTIFICATE;

	if (validity.from_utc_ms >= validity.until_utc_ms) {
		return kb_fail(where, KB_ERR_DATA, "the end is not after the beginning");
	}
	issuer = kb_x509_ca_parse(ca, where);
	if (issuer == NULL) {
		goto out;
	}
	made = X509_CRL_new();
	if (made == NULL || X509_CRL_set_version(made, CRL_VERSION_2) != 1 ||
	    X509_CRL_set_issuer_name(made, X509_get_subject_name(issuer)) != 1 ||
	    !set_times(made, validity)) {
		err = kb_crypto_failed(KB_ERR_CRYPTO);
		goto out;
	}
	err = previous.len > 0 ? take_over(made, previous, issuer, &number, where) : KB_OK;
	for (size_t i = 0; err == KB_OK && i < revoked_count; i++) {
		err = revoke(made, issuer, revoked[i], where);
	}
	if (err == KB_OK) {
		err = finish(made, issuer, ca, number + 1, crl);
	}
out:
	X509_CRL_free(made);
	X509_free(issuer);
	return err;
}
