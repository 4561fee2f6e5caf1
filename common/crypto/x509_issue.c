/* SPDX-License-Identifier: EUPL-1.2 */
/* The demo CA: its certificate, requests and certificates of parties. */
#include "common/crypto/x509_issue.h"

#include "common/base/text.h"
#include "common/crypto/rng.h"
#include "common/crypto/x509_internal.h"

#include <openssl/x509v3.h>

#define SERIAL_BYTES 16
#define VERSION_3 2 /* as it is encoded */

struct extension_row {
	int nid;
	const char *value;
};

static const struct extension_row ca_extensions[] = {
	{ NID_basic_constraints, "critical,CA:TRUE,pathlen:0" },
	{ NID_key_usage, "critical,keyCertSign,cRLSign" },
	{ NID_subject_key_identifier, "hash" },
	{ NID_authority_key_identifier, "keyid:always" },
};

static const struct extension_row leaf_extensions[] = {
	{ NID_basic_constraints, "critical,CA:FALSE" },
	{ NID_key_usage, "critical,digitalSignature" },
	{ NID_ext_key_usage, "clientAuth" },
	{ NID_subject_key_identifier, "hash" },
	{ NID_authority_key_identifier, "keyid:always" },
};

static bool
add_extensions(X509 *cert, X509 *issuer, const struct extension_row *rows, size_t count)
{
	X509V3_CTX ctx;
	bool ok = true;

	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	for (size_t i = 0; ok && i < count; i++) {
		X509_EXTENSION *extension =
			X509V3_EXT_nconf_nid(NULL, &ctx, rows[i].nid, rows[i].value);

		ok = extension != NULL && X509_add_ext(cert, extension, -1) == 1;
		X509_EXTENSION_free(extension);
	}
	return ok;
}

static bool
set_random_serial(X509 *cert)
{
	uint8_t bytes[SERIAL_BYTES];
	BIGNUM *number = NULL;
	bool ok = false;

	kb_crypto_random(bytes, sizeof(bytes));
	/* Positive and of full length (RFC 5280 4.1.2.2). */
	bytes[0] = (uint8_t)((bytes[0] & 0x7f) | 0x40);
	number = BN_bin2bn(bytes, sizeof(bytes), NULL);
	ok = number != NULL && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert)) != NULL;
	BN_free(number);
	return ok;
}

static bool
set_validity(X509 *cert, struct kb_x509_validity validity)
{
	return ASN1_TIME_set(X509_getm_notBefore(cert), (time_t)(validity.from_utc_ms / 1000)) !=
		       NULL &&
	       ASN1_TIME_set(X509_getm_notAfter(cert), (time_t)(validity.until_utc_ms / 1000)) !=
		       NULL;
}

static bool
add_name(X509_NAME *name, int nid, const char *text)
{
	return kb_text_ok(kb_span_text(text), false) && text[0] != '\0' &&
	       X509_NAME_add_entry_by_NID(name, nid, MBSTRING_UTF8, (const unsigned char *)text, -1,
					  -1, 0) == 1;
}

/* Fails for texts that are empty, unclean or longer than X.520 allows, and for an OIN of the wrong form. */
static enum kb_err
set_subject(X509_NAME *name, const struct kb_x509_subject *subject, struct kb_error_text *where)
{
	struct kb_party_id id;
	struct kb_span oin = kb_span_text(subject->oin);

	if (oin.len != KB_OIN_CHARS || kb_party_id_parse(oin, &id) != KB_OK) {
		return kb_fail(where, KB_ERR_DATA, "the OIN must have exactly %d characters",
			       KB_OIN_CHARS);
	}
	if (!add_name(name, NID_commonName, subject->common_name) ||
	    !add_name(name, NID_organizationName, subject->organisation) ||
	    !add_name(name, NID_serialNumber, subject->oin)) {
		return kb_fail(where, kb_crypto_failed(KB_ERR_DATA),
			       "name and organisation must have 1 to 64 characters and no control "
			       "characters");
	}
	return KB_OK;
}

static enum kb_err
check_validity(struct kb_x509_validity validity, struct kb_error_text *where)
{
	return validity.from_utc_ms < validity.until_utc_ms
		       ? KB_OK
		       : kb_fail(where, KB_ERR_DATA, "the end is not after the beginning");
}

static enum kb_err
put_certificate(const X509 *cert, struct kb_buf *out)
{
	unsigned char *der = NULL;
	int len = i2d_X509(cert, &der);
	enum kb_err err = len > 0 ? kb_buf_put(out, kb_span(der, (size_t)len)) : KB_ERR_CRYPTO;

	OPENSSL_free(der);
	return err;
}

enum kb_err
kb_x509_ca_create(const struct kb_x509_key *key, const char *common_name,
		  struct kb_x509_validity validity, struct kb_buf *certificate,
		  struct kb_error_text *where)
{
	EVP_PKEY *pkey = kb_x509_key_pkey(key);
	X509 *cert = NULL;
	enum kb_err err = check_validity(validity, where);

	if (err != KB_OK) {
		return err;
	}
	err = KB_ERR_CRYPTO;
	cert = X509_new();
	if (cert == NULL) {
		goto out;
	}
	if (!add_name(X509_get_subject_name(cert), NID_commonName, common_name)) {
		err = kb_fail(where, KB_ERR_DATA,
			      "the name must have 1 to 64 characters and no control characters");
		goto out;
	}
	if (X509_set_version(cert, VERSION_3) != 1 || !set_random_serial(cert) ||
	    X509_set_issuer_name(cert, X509_get_subject_name(cert)) != 1 ||
	    !set_validity(cert, validity) || X509_set_pubkey(cert, pkey) != 1 ||
	    !add_extensions(cert, cert, ca_extensions,
			    sizeof(ca_extensions) / sizeof(ca_extensions[0])) ||
	    X509_sign(cert, pkey, kb_crypto_state()->sha256) <= 0) {
		goto out;
	}
	err = put_certificate(cert, certificate);
out:
	X509_free(cert);
	return err == KB_OK ? KB_OK : kb_crypto_failed(err);
}

enum kb_err
kb_x509_request_create(const struct kb_x509_key *key, const struct kb_x509_subject *subject,
		       struct kb_buf *request, struct kb_error_text *where)
{
	EVP_PKEY *pkey = kb_x509_key_pkey(key);
	unsigned char *der = NULL;
	int len = 0;
	X509_REQ *made = X509_REQ_new();
	enum kb_err err = KB_ERR_NO_MEMORY;

	if (made == NULL) {
		goto out;
	}
	err = set_subject(X509_REQ_get_subject_name(made), subject, where);
	if (err != KB_OK) {
		goto out;
	}
	err = KB_ERR_CRYPTO;
	if (X509_REQ_set_version(made, 0) == 1 && X509_REQ_set_pubkey(made, pkey) == 1 &&
	    X509_REQ_sign(made, pkey, kb_crypto_state()->sha256) > 0) {
		len = i2d_X509_REQ(made, &der);
	}
	if (len > 0) {
		err = kb_buf_put(request, kb_span(der, (size_t)len));
	}
out:
	OPENSSL_free(der);
	X509_REQ_free(made);
	return err == KB_OK ? KB_OK : kb_crypto_failed(err);
}

/* Names and proof of possession of a parsed request. */
static enum kb_err
check_request(X509_REQ *request, struct kb_x509_facts *facts, struct kb_error_text *where)
{
	EVP_PKEY *pkey = request != NULL ? X509_REQ_get0_pubkey(request) : NULL;

	if (pkey == NULL || !kb_x509_public_key_ok(pkey) || X509_REQ_verify(request, pkey) != 1) {
		return kb_fail(where, kb_crypto_failed(KB_ERR_DATA),
			       "this is no request, or its own signature does not hold; let the "
			       "party make it again");
	}
	if (!kb_x509_name_read(X509_REQ_get_subject_name(request), facts) ||
	    facts->oin[0] == '\0' || facts->common_name[0] == '\0' ||
	    facts->organisation[0] == '\0') {
		return kb_fail(
			where, KB_ERR_DATA,
			"the request must name exactly one name, one organisation and one OIN");
	}
	return KB_OK;
}

enum kb_err
kb_x509_request_read(struct kb_span request, struct kb_x509_facts *out, struct kb_error_text *where)
{
	struct kb_x509_facts facts = { 0 };
	X509_REQ *parsed = kb_x509_request_parse(request);
	enum kb_err err = check_request(parsed, &facts, where);
	unsigned char *der = NULL;
	int len = 0;

	if (err == KB_OK) {
		len = i2d_X509_PUBKEY(X509_REQ_get_X509_PUBKEY(parsed), &der);
		err = len > 0 ? KB_OK : kb_crypto_failed(KB_ERR_CRYPTO);
	}
	if (err == KB_OK) {
		kb_sha256_prefixed(kb_span(der, (size_t)len), NULL, 0, &facts.public_key_hash);
		*out = facts;
	}
	OPENSSL_free(der);
	X509_REQ_free(parsed);
	return err;
}

X509 *
kb_x509_ca_parse(const struct kb_x509_ca *ca, struct kb_error_text *where)
{
	X509 *cert = kb_x509_parse(ca->certificate);

	if (cert != NULL && X509_check_ca(cert) == 1 &&
	    X509_check_private_key(cert, kb_x509_key_pkey(ca->key)) == 1) {
		return cert;
	}
	X509_free(cert);
	(void)kb_fail(where, kb_crypto_failed(KB_ERR_CERTIFICATE),
		      "key and certificate of the issuer do not belong together");
	return NULL;
}

/* A certificate that outlives its issuer would be refused one day without a reason that anyone understands. */
static enum kb_err
check_within(const X509 *issuer, struct kb_x509_validity validity, struct kb_error_text *where)
{
	int64_t from = 0;
	int64_t until = 0;
	enum kb_err err = check_validity(validity, where);

	if (err == KB_OK && (!kb_x509_time_utc_ms(X509_get0_notBefore(issuer), &from) ||
			     !kb_x509_time_utc_ms(X509_get0_notAfter(issuer), &until) ||
			     validity.from_utc_ms < from || validity.until_utc_ms > until)) {
		err = kb_fail(
			where, KB_ERR_DATA,
			"the certificate may not begin before or end after that of the issuer");
	}
	return err;
}

static enum kb_err
make_leaf(X509 *cert, X509 *issuer, const struct kb_x509_ca *ca, X509_REQ *request,
	  const struct kb_x509_facts *facts, struct kb_x509_validity validity,
	  struct kb_error_text *where)
{
	const struct kb_x509_subject subject = {
		.common_name = facts->common_name,
		.organisation = facts->organisation,
		.oin = facts->oin,
	};
	enum kb_err err = set_subject(X509_get_subject_name(cert), &subject, where);

	if (err != KB_OK) {
		return err;
	}
	if (X509_set_version(cert, VERSION_3) != 1 || !set_random_serial(cert) ||
	    X509_set_issuer_name(cert, X509_get_subject_name(issuer)) != 1 ||
	    !set_validity(cert, validity) ||
	    X509_set_pubkey(cert, X509_REQ_get0_pubkey(request)) != 1 ||
	    !add_extensions(cert, issuer, leaf_extensions,
			    sizeof(leaf_extensions) / sizeof(leaf_extensions[0])) ||
	    X509_sign(cert, kb_x509_key_pkey(ca->key), kb_crypto_state()->sha256) <= 0) {
		return kb_crypto_failed(KB_ERR_CRYPTO);
	}
	return KB_OK;
}

enum kb_err
kb_x509_issue(const struct kb_x509_ca *ca, struct kb_span request, struct kb_x509_validity validity,
	      struct kb_buf *certificate, struct kb_error_text *where)
{
	struct kb_x509_facts facts = { 0 };
	X509_REQ *parsed = kb_x509_request_parse(request);
	X509 *issuer = kb_x509_ca_parse(ca, where);
	X509 *cert = X509_new();
	enum kb_err err = KB_ERR_CERTIFICATE;

	if (issuer == NULL) {
		goto out;
	}
	err = check_request(parsed, &facts, where);
	if (err == KB_OK) {
		err = check_within(issuer, validity, where);
	}
	if (err == KB_OK && cert == NULL) {
		err = KB_ERR_NO_MEMORY;
	}
	if (err == KB_OK) {
		err = make_leaf(cert, issuer, ca, parsed, &facts, validity, where);
	}
	if (err == KB_OK) {
		err = put_certificate(cert, certificate);
	}
out:
	X509_free(cert);
	X509_free(issuer);
	X509_REQ_free(parsed);
	return err;
}
