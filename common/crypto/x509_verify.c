/* SPDX-License-Identifier: EUPL-1.2 */
/* Whether a certificate holds: chain, purpose, revocation lists and their numbers (reliability.md 1.6, finding 10). */
#include "common/crypto/x509_internal.h"

#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#define INTERMEDIATES_MAX 2
#define AUTH_LEVEL 2 /* 112 bits: RSA 2048 and up, no SHA-1 */

/* The parsed inputs of one check. */
struct inputs {
	X509 *leaf;
	STACK_OF(X509) * intermediates;
	STACK_OF(X509_CRL) * crls;
	X509_STORE *roots;
};

/* What libcrypto says, in words for an administrator and as our code. Anything else is KB_ERR_CERTIFICATE. */
static const struct reason_row {
	int code;
	enum kb_err err;
	const char *text;
} reason_rows[] = {
	{ X509_V_ERR_CERT_REVOKED, KB_ERR_REVOKED, "has been revoked; request a new one" },
	{ X509_V_ERR_CERT_HAS_EXPIRED, KB_ERR_NOT_VALID_NOW, "has expired; request a new one" },
	{ X509_V_ERR_CERT_NOT_YET_VALID, KB_ERR_NOT_VALID_NOW,
	  "is not valid yet; check the clock, or wait until its first day" },
	{ X509_V_ERR_UNABLE_TO_GET_CRL, KB_ERR_CERTIFICATE,
	  "cannot be checked: the revocation list (CRL) of its issuer is missing; fetch it" },
	{ X509_V_ERR_CRL_HAS_EXPIRED, KB_ERR_CERTIFICATE,
	  "cannot be checked: the revocation list (CRL) of its issuer has expired; fetch a new "
	  "one" },
	{ X509_V_ERR_CRL_NOT_YET_VALID, KB_ERR_CERTIFICATE,
	  "cannot be checked: the revocation list (CRL) of its issuer is not valid yet; check the "
	  "clock" },
	{ X509_V_ERR_CRL_SIGNATURE_FAILURE, KB_ERR_CERTIFICATE,
	  "cannot be checked: the revocation list (CRL) was not made by its issuer" },
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, KB_ERR_CERTIFICATE,
	  "comes from an issuer that is not trusted here" },
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, KB_ERR_CERTIFICATE,
	  "comes from an issuer that is not trusted here" },
	{ X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, KB_ERR_CERTIFICATE,
	  "comes from an issuer that is not trusted here" },
	{ X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, KB_ERR_CERTIFICATE,
	  "was made by its holder and is not trusted" },
	{ X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, KB_ERR_CERTIFICATE,
	  "leads to a self-made issuer that is not trusted here" },
	{ X509_V_ERR_CERT_CHAIN_TOO_LONG, KB_ERR_CERTIFICATE,
	  "has more than two issuers between itself and the root" },
	{ X509_V_ERR_INVALID_PURPOSE, KB_ERR_CERTIFICATE,
	  "is not meant for this use (clientAuth)" },
	{ X509_V_ERR_CERT_SIGNATURE_FAILURE, KB_ERR_CERTIFICATE,
	  "has a signature that does not hold" },
	{ X509_V_ERR_EE_KEY_TOO_SMALL, KB_ERR_CERTIFICATE, "has a key that is too weak" },
	{ X509_V_ERR_CA_KEY_TOO_SMALL, KB_ERR_CERTIFICATE, "has a key that is too weak" },
	{ X509_V_ERR_CA_MD_TOO_WEAK, KB_ERR_CERTIFICATE, "is signed in a way that is too weak" },
	{ X509_V_ERR_INVALID_CA, KB_ERR_CERTIFICATE, "may not issue certificates" },
	{ X509_V_ERR_PATH_LENGTH_EXCEEDED, KB_ERR_CERTIFICATE, "may not have issuers below it" },
};

static enum kb_err
chain_failed(const X509_STORE_CTX *ctx, struct kb_error_text *where)
{
	int code = X509_STORE_CTX_get_error(ctx);
	int depth = X509_STORE_CTX_get_error_depth(ctx);
	const X509 *cert = X509_STORE_CTX_get_current_cert(ctx);
	char name[KB_X509_NAME_MAX] = "";
	const char *text = X509_verify_cert_error_string(code);
	enum kb_err err = KB_ERR_CERTIFICATE;

	if (cert != NULL &&
	    !kb_x509_name_text(X509_get_subject_name(cert), NID_commonName, name, sizeof(name))) {
		name[0] = '\0';
	}
	for (size_t i = 0; i < sizeof(reason_rows) / sizeof(reason_rows[0]); i++) {
		if (reason_rows[i].code == code) {
			text = reason_rows[i].text;
			err = reason_rows[i].err;
		}
	}
	return kb_fail(where, err, "%s \"%s\" %s",
		       depth > 0 ? "the certificate of the issuer" : "the certificate", name, text);
}

static void
inputs_release(struct inputs *inputs)
{
	X509_free(inputs->leaf);
	sk_X509_pop_free(inputs->intermediates, X509_free);
	sk_X509_CRL_pop_free(inputs->crls, X509_CRL_free);
	X509_STORE_free(inputs->roots);
	*inputs = (struct inputs){ 0 };
}

static enum kb_err
add_roots(const struct kb_x509_check *check, struct inputs *inputs, struct kb_error_text *where)
{
	for (size_t i = 0; i < check->root_count; i++) {
		X509 *root = kb_x509_parse(check->roots[i]);
		bool added = root != NULL && X509_STORE_add_cert(inputs->roots, root) == 1;

		X509_free(root);
		if (!added) {
			return kb_fail(where, KB_ERR_CERTIFICATE,
				       "root certificate %zu cannot be read", i + 1);
		}
	}
	return KB_OK;
}

static enum kb_err
add_intermediates(const struct kb_x509_check *check, struct inputs *inputs,
		  struct kb_error_text *where)
{
	for (size_t i = 0; i < check->intermediate_count; i++) {
		X509 *cert = kb_x509_parse(check->intermediates[i]);

		if (cert == NULL || sk_X509_push(inputs->intermediates, cert) == 0) {
			X509_free(cert);
			return kb_fail(where, KB_ERR_CERTIFICATE,
				       "intermediate certificate %zu cannot be read", i + 1);
		}
	}
	return KB_OK;
}

static enum kb_err
add_crls(const struct kb_x509_check *check, struct inputs *inputs, struct kb_error_text *where)
{
	for (size_t i = 0; i < check->crl_count; i++) {
		X509_CRL *crl = kb_x509_crl_parse(check->crls[i].der);

		if (crl == NULL || sk_X509_CRL_push(inputs->crls, crl) == 0) {
			X509_CRL_free(crl);
			return kb_fail(where, KB_ERR_CERTIFICATE,
				       "revocation list (CRL) %zu cannot be read; fetch it again",
				       i + 1);
		}
	}
	return KB_OK;
}

static enum kb_err
inputs_init(const struct kb_x509_check *check, struct inputs *inputs, struct kb_error_text *where)
{
	enum kb_err err = KB_OK;

	if (check->root_count > KB_X509_CHAIN_MAX ||
	    check->intermediate_count > KB_X509_CHAIN_MAX || check->crl_count > KB_X509_CHAIN_MAX) {
		return kb_fail(where, KB_ERR_CERTIFICATE, "more than %d certificates or lists",
			       KB_X509_CHAIN_MAX);
	}
	inputs->leaf = kb_x509_parse(check->certificate);
	if (inputs->leaf == NULL) {
		return kb_fail(where, KB_ERR_CERTIFICATE,
			       "the certificate cannot be read; ask for it again");
	}
	inputs->roots = X509_STORE_new();
	inputs->intermediates = sk_X509_new_null();
	inputs->crls = sk_X509_CRL_new_null();
	if (inputs->roots == NULL || inputs->intermediates == NULL || inputs->crls == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	err = add_roots(check, inputs, where);
	if (err == KB_OK) {
		err = add_intermediates(check, inputs, where);
	}
	if (err == KB_OK) {
		err = add_crls(check, inputs, where);
	}
	return err;
}

static bool
set_rules(X509_STORE_CTX *ctx, int64_t at_utc_ms)
{
	X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);

	/* A purpose is always set: without one any certificate passes (finding 10). */
	if (X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL |
						       X509_V_FLAG_X509_STRICT) != 1 ||
	    X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SSL_CLIENT) != 1) {
		return false;
	}
	X509_VERIFY_PARAM_set_depth(param, INTERMEDIATES_MAX);
	X509_VERIFY_PARAM_set_auth_level(param, AUTH_LEVEL);
	X509_VERIFY_PARAM_set_time(param, (time_t)(at_utc_ms / 1000));
	return true;
}

/* Our rules for a leaf, where libcrypto lets an absent extension mean "anything". */
static enum kb_err
check_leaf(X509 *leaf, struct kb_error_text *where)
{
	const uint32_t wanted = EXFLAG_KUSAGE | EXFLAG_XKUSAGE;

	if ((X509_get_extension_flags(leaf) & wanted) != wanted ||
	    (X509_get_key_usage(leaf) & KU_DIGITAL_SIGNATURE) == 0 ||
	    (X509_get_extended_key_usage(leaf) & XKU_SSL_CLIENT) == 0 || X509_check_ca(leaf) != 0) {
		return kb_fail(where, KB_ERR_CERTIFICATE,
			       "the certificate is not meant for a party: it must name "
			       "digitalSignature and clientAuth and must not be an issuer");
	}
	if (!kb_x509_public_key_ok(X509_get0_pubkey(leaf))) {
		return kb_fail(where, KB_ERR_CERTIFICATE,
			       "the certificate has a key of a kind that is not used here (EC "
			       "P-256 or RSA from 2048 bits)");
	}
	return KB_OK;
}

/* The certificate in the verified chain that issued crl; NULL when the list belongs to another chain. */
static X509 *
issuer_of(const X509_STORE_CTX *ctx, const X509_CRL *crl)
{
	STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(ctx);

	/* From 1: the certificate of the party itself issues nothing. */
	for (int i = 1; i < sk_X509_num(chain); i++) {
		X509 *cert = sk_X509_value(chain, i);

		if (X509_NAME_cmp(X509_get_subject_name(cert), X509_CRL_get_issuer(crl)) == 0) {
			return cert;
		}
	}
	return NULL;
}

/*
 * Number and age of one list of the chain. Its signature is checked here once more: no number may ever be remembered from a
 * list that a stranger made, whichever lists libcrypto chose to look at.
 */
static enum kb_err
check_crl(X509_CRL *crl, X509 *issuer, const struct kb_x509_check *check, uint64_t highest_seen,
	  struct kb_x509_crl_facts *facts, struct kb_error_text *where)
{
	if (X509_CRL_verify(crl, X509_get0_pubkey(issuer)) != 1) {
		return kb_fail(where, KB_ERR_CERTIFICATE,
			       "the revocation list (CRL) was not made by the issuer");
	}
	if (!kb_x509_crl_fields(crl, facts)) {
		return kb_fail(where, KB_ERR_CERTIFICATE,
			       "the revocation list (CRL) has no number or no next update");
	}
	if (facts->number < highest_seen) {
		return kb_fail(where, KB_ERR_CERTIFICATE,
			       "the revocation list (CRL) has number %llu, but %llu was seen "
			       "before: it is an old one; fetch the newest",
			       (unsigned long long)facts->number, (unsigned long long)highest_seen);
	}
	if (check->crl_age_max_ms > 0 &&
	    check->at_utc_ms - facts->this_update_utc_ms > check->crl_age_max_ms) {
		return kb_fail(where, KB_ERR_CERTIFICATE,
			       "the revocation list (CRL) is older than allowed; fetch the newest");
	}
	return KB_OK;
}

/* numbers: what highest_seen becomes, per list; unchanged for lists of other chains. */
static enum kb_err
check_crls(const X509_STORE_CTX *ctx, const struct kb_x509_check *check,
	   const struct inputs *inputs, uint64_t numbers[KB_X509_CHAIN_MAX],
	   struct kb_error_text *where)
{
	struct kb_x509_crl_facts facts[KB_X509_CHAIN_MAX] = { 0 };
	enum kb_err err = KB_OK;

	for (size_t i = 0; err == KB_OK && i < check->crl_count; i++) {
		X509_CRL *crl = sk_X509_CRL_value(inputs->crls, (int)i);
		X509 *issuer = issuer_of(ctx, crl);

		numbers[i] = check->crls[i].highest_seen;
		if (issuer == NULL) {
			continue;
		}
		err = check_crl(crl, issuer, check, numbers[i], &facts[i], where);
		numbers[i] = facts[i].number;
		/* Of two lists of one issuer libcrypto uses one: it might be the one that lacks the revocation. */
		for (size_t j = 0; err == KB_OK && j < i; j++) {
			if (kb_hash_equal(&facts[i].issuer, &facts[j].issuer)) {
				err = kb_fail(where, KB_ERR_CERTIFICATE,
					      "there are two revocation lists (CRL) of one issuer; "
					      "give only the newest");
			}
		}
	}
	return err;
}

static enum kb_err
check_subject(struct kb_span certificate, struct kb_x509_facts *facts, struct kb_error_text *where)
{
	enum kb_err err = kb_x509_read(certificate, facts, where);

	if (err == KB_OK && facts->oin[0] == '\0') {
		err = kb_fail(where, KB_ERR_CERTIFICATE,
			      "the certificate does not name exactly one OIN "
			      "(subject.serialNumber, %d characters)",
			      KB_OIN_CHARS);
	}
	return err;
}

enum kb_err
kb_x509_verify(struct kb_x509_check *check, struct kb_x509_facts *facts,
	       struct kb_error_text *where)
{
	struct inputs inputs = { 0 };
	struct kb_x509_facts found;
	uint64_t numbers[KB_X509_CHAIN_MAX] = { 0 };
	X509_STORE_CTX *ctx = NULL;
	enum kb_err err = inputs_init(check, &inputs, where);

	if (err != KB_OK) {
		goto out;
	}
	ctx = X509_STORE_CTX_new();
	if (ctx == NULL ||
	    X509_STORE_CTX_init(ctx, inputs.roots, inputs.leaf, inputs.intermediates) != 1 ||
	    !set_rules(ctx, check->at_utc_ms)) {
		err = KB_ERR_CRYPTO;
		goto out;
	}
	X509_STORE_CTX_set0_crls(ctx, inputs.crls);
	if (X509_verify_cert(ctx) != 1) {
		err = chain_failed(ctx, where);
		goto out;
	}
	err = check_leaf(inputs.leaf, where);
	if (err == KB_OK) {
		err = check_crls(ctx, check, &inputs, numbers, where);
	}
	if (err == KB_OK) {
		err = check_subject(check->certificate, &found, where);
	}
	if (err != KB_OK) {
		goto out;
	}
	for (size_t i = 0; i < check->crl_count; i++) {
		check->crls[i].highest_seen = numbers[i];
	}
	if (facts != NULL) {
		*facts = found;
	}
out:
	X509_STORE_CTX_free(ctx);
	inputs_release(&inputs);
	return err == KB_OK ? KB_OK : kb_crypto_failed(err);
}
