/* SPDX-License-Identifier: EUPL-1.2 */
/* What certificates and revocation lists say. */
#include "common/crypto/x509.h"

#include "common/base/text.h"
#include "common/crypto/hash.h"
#include "common/crypto/x509_internal.h"

#include <limits.h>
#include <openssl/x509v3.h>
#include <time.h>

#define REQUEST_MAX_BYTES KB_X509_CERT_MAX_BYTES

X509 *
kb_x509_parse(struct kb_span der)
{
	const unsigned char *at = der.at;
	X509 *cert = NULL;

	(void)kb_crypto_state();
	if (der.len == 0 || der.len > KB_X509_CERT_MAX_BYTES) {
		return NULL;
	}
	cert = d2i_X509(NULL, &at, (long)der.len);
	if (cert != NULL && at != der.at + der.len) {
		X509_free(cert);
		cert = NULL;
	}
	if (cert == NULL) {
		(void)kb_crypto_failed(KB_ERR_CERTIFICATE);
	}
	return cert;
}

X509_CRL *
kb_x509_crl_parse(struct kb_span der)
{
	const unsigned char *at = der.at;
	X509_CRL *crl = NULL;

	(void)kb_crypto_state();
	if (der.len == 0 || der.len > KB_X509_CRL_MAX_BYTES) {
		return NULL;
	}
	crl = d2i_X509_CRL(NULL, &at, (long)der.len);
	if (crl != NULL && at != der.at + der.len) {
		X509_CRL_free(crl);
		crl = NULL;
	}
	if (crl == NULL) {
		(void)kb_crypto_failed(KB_ERR_CERTIFICATE);
	}
	return crl;
}

X509_REQ *
kb_x509_request_parse(struct kb_span der)
{
	const unsigned char *at = der.at;
	X509_REQ *request = NULL;

	(void)kb_crypto_state();
	if (der.len == 0 || der.len > REQUEST_MAX_BYTES) {
		return NULL;
	}
	request = d2i_X509_REQ(NULL, &at, (long)der.len);
	if (request != NULL && at != der.at + der.len) {
		X509_REQ_free(request);
		request = NULL;
	}
	if (request == NULL) {
		(void)kb_crypto_failed(KB_ERR_DATA);
	}
	return request;
}

bool
kb_x509_time_utc_ms(const ASN1_TIME *time, int64_t *out)
{
	struct tm fields = { 0 };

	/* ASN1_TIME_to_tm takes NULL for "now": an absent time must not become one. */
	if (time == NULL || ASN1_TIME_to_tm(time, &fields) != 1) {
		return false;
	}
	*out = (int64_t)timegm(&fields) * 1000;
	return true;
}

bool
kb_x509_name_text(const X509_NAME *name, int nid, char *out, size_t size)
{
	int index = X509_NAME_get_index_by_NID(name, nid, -1);
	unsigned char *text = NULL;
	int len = 0;
	bool ok = false;

	out[0] = '\0';
	if (index < 0) {
		return true;
	}
	if (X509_NAME_get_index_by_NID(name, nid, index) >= 0) {
		return false;
	}
	len = ASN1_STRING_to_UTF8(&text,
				  X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index)));
	if (len >= 0) {
		struct kb_span span = kb_span(text, (size_t)len);

		ok = kb_text_ok(span, false) && kb_text_copy(out, size, span) == KB_OK;
	}
	OPENSSL_free(text);
	return ok;
}

/* The OIN stands in subject.serialNumber, alone and whole: nothing is cut off or searched for in it. */
static void
read_oin(const X509_NAME *name, char out[KB_OIN_CHARS + 1])
{
	char text[KB_X509_NAME_MAX];
	struct kb_party_id id;
	bool ok = kb_x509_name_text(name, NID_serialNumber, text, sizeof(text)) &&
		  strlen(text) == KB_OIN_CHARS &&
		  kb_party_id_parse(kb_span_text(text), &id) == KB_OK;

	out[0] = '\0';
	if (ok) {
		memcpy(out, text, KB_OIN_CHARS + 1);
	}
}

bool
kb_x509_name_read(const X509_NAME *name, struct kb_x509_facts *facts)
{
	read_oin(name, facts->oin);
	return kb_x509_name_text(name, NID_commonName, facts->common_name,
				 sizeof(facts->common_name)) &&
	       kb_x509_name_text(name, NID_organizationName, facts->organisation,
				 sizeof(facts->organisation));
}

static bool
read_serial(const X509 *cert, struct kb_x509_facts *facts)
{
	const ASN1_INTEGER *serial = X509_get0_serialNumber(cert);
	BIGNUM *number = ASN1_INTEGER_to_BN(serial, NULL);
	bool ok = number != NULL && !BN_is_negative(number) &&
		  BN_num_bytes(number) <= KB_X509_SERIAL_MAX;

	if (ok) {
		facts->serial_bytes = (size_t)BN_bn2bin(number, facts->serial);
	}
	BN_free(number);
	return ok;
}

static bool
read_public_key_hash(X509 *cert, struct kb_hash *out)
{
	unsigned char *der = NULL;
	int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &der);

	if (len > 0) {
		kb_sha256(kb_span(der, (size_t)len), out);
	}
	OPENSSL_free(der);
	return len > 0;
}

enum kb_err
kb_x509_read(struct kb_span der, struct kb_x509_facts *out, struct kb_error_text *where)
{
	struct kb_x509_facts facts = { 0 };
	X509 *cert = kb_x509_parse(der);
	enum kb_err err = KB_OK;

	if (cert == NULL || !kb_x509_name_read(X509_get_subject_name(cert), &facts) ||
	    !kb_x509_name_text(X509_get_issuer_name(cert), NID_commonName, facts.issuer_name,
			       sizeof(facts.issuer_name)) ||
	    !kb_x509_time_utc_ms(X509_get0_notBefore(cert), &facts.not_before_utc_ms) ||
	    !kb_x509_time_utc_ms(X509_get0_notAfter(cert), &facts.not_after_utc_ms) ||
	    !read_serial(cert, &facts) || !read_public_key_hash(cert, &facts.public_key_hash)) {
		err = kb_fail(where, kb_crypto_failed(KB_ERR_CERTIFICATE),
			      "this is no readable certificate; ask for it again");
		goto out;
	}
	kb_sha256(der, &facts.fingerprint);
	*out = facts;
out:
	X509_free(cert);
	return err;
}

static bool
read_crl_number(const X509_CRL *crl, uint64_t *out)
{
	ASN1_INTEGER *number = X509_CRL_get_ext_d2i(crl, NID_crl_number, NULL, NULL);
	bool ok = number != NULL && ASN1_INTEGER_get_uint64(out, number) == 1;

	ASN1_INTEGER_free(number);
	return ok;
}

bool
kb_x509_crl_fields(const X509_CRL *crl, struct kb_x509_crl_facts *out)
{
	struct kb_x509_crl_facts facts = { 0 };
	STACK_OF(X509_REVOKED) *revoked = X509_CRL_get_REVOKED((X509_CRL *)(uintptr_t)crl);
	unsigned char *name = NULL;
	int len = i2d_X509_NAME(X509_CRL_get_issuer(crl), &name);
	bool ok = len > 0 && read_crl_number(crl, &facts.number) &&
		  kb_x509_time_utc_ms(X509_CRL_get0_lastUpdate(crl), &facts.this_update_utc_ms) &&
		  kb_x509_time_utc_ms(X509_CRL_get0_nextUpdate(crl), &facts.next_update_utc_ms);

	if (ok) {
		kb_sha256(kb_span(name, (size_t)len), &facts.issuer);
		facts.revoked_count = revoked != NULL ? (size_t)sk_X509_REVOKED_num(revoked) : 0;
		*out = facts;
	}
	OPENSSL_free(name);
	return ok;
}

enum kb_err
kb_x509_crl_read(struct kb_span der, struct kb_x509_crl_facts *out, struct kb_error_text *where)
{
	X509_CRL *crl = kb_x509_crl_parse(der);
	enum kb_err err = KB_OK;

	if (crl == NULL || !kb_x509_crl_fields(crl, out)) {
		err = kb_fail(where, kb_crypto_failed(KB_ERR_CERTIFICATE),
			      "this is no revocation list (CRL) with a number and a next update; "
			      "fetch it again");
	}
	X509_CRL_free(crl);
	return err;
}
