/* SPDX-License-Identifier: EUPL-1.2 */
/* The demo CA: what it issues holds, what it revokes no longer does, and what it must not sign. */
#include "common/crypto/init.h"
#include "common/crypto/pem.h"
#include "common/crypto/x509_issue.h"
#include "tests/unit/crypto/vectors.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <sys/stat.h>

#define DAY_MS (INT64_C(24) * 3600 * 1000)
#define NOW_UTC_MS INT64_C(1780272000000)

static const struct kb_x509_subject school = {
	.common_name = "De Regenboog",
	.organisation = "Stichting Één",
	.oin = "00000099000000001000",
};

static struct kb_x509_key *ca_key;
static struct kb_x509_key *key;
static struct kb_buf ca_cert;
static struct kb_buf request;
static struct kb_buf cert;
static struct kb_buf crl;
static struct kb_x509_ca ca;

static struct kb_x509_validity
days(int64_t from, int64_t until)
{
	return (struct kb_x509_validity){ NOW_UTC_MS + from * DAY_MS, NOW_UTC_MS + until * DAY_MS };
}

static void
set_up(void)
{
	struct kb_error_text where = { "" };

	cr_assert_eq(kb_x509_key_fresh(&ca_key), KB_OK);
	cr_assert_eq(kb_x509_key_fresh(&key), KB_OK);
	cr_assert_eq(
		kb_x509_ca_create(ca_key, "Ketenbode Demo CA", days(-1, 3650), &ca_cert, &where),
		KB_OK, "%s", where.text);
	ca = (struct kb_x509_ca){ ca_key, kb_buf_span(&ca_cert) };
	cr_assert_eq(kb_x509_request_create(key, &school, &request, &where), KB_OK, "%s",
		     where.text);
	cr_assert_eq(kb_x509_issue(&ca, kb_buf_span(&request), days(0, 365), &cert, &where), KB_OK,
		     "%s", where.text);
	cr_assert_eq(kb_x509_crl_issue(&ca, KB_SPAN_NONE, NULL, 0, days(0, 7), &crl, &where), KB_OK,
		     "%s", where.text);
}

static void
tear_down(void)
{
	kb_x509_key_free(ca_key);
	kb_x509_key_free(key);
	kb_buf_release(&ca_cert);
	kb_buf_release(&request);
	kb_buf_release(&cert);
	kb_buf_release(&crl);
	kb_crypto_release();
}

TestSuite(x509_issue, .init = set_up, .fini = tear_down);

static enum kb_err
verify(struct kb_span certificate, struct kb_span list, uint64_t *number,
       struct kb_x509_facts *facts, struct kb_error_text *where)
{
	struct kb_span root = kb_buf_span(&ca_cert);
	struct kb_x509_crl used = { list, *number };
	struct kb_x509_check check = {
		.certificate = certificate,
		.roots = &root,
		.root_count = 1,
		.crls = &used,
		.crl_count = 1,
		.at_utc_ms = NOW_UTC_MS + DAY_MS,
		.crl_age_max_ms = 7 * DAY_MS,
	};
	enum kb_err err = kb_x509_verify(&check, facts, where);

	*number = used.highest_seen;
	return err;
}

Test(x509_issue, an_issued_certificate_holds_and_names_its_party)
{
	struct kb_x509_facts facts;
	struct kb_x509_facts asked;
	struct kb_error_text where = { "" };
	uint64_t number = 0;

	cr_assert_eq(verify(kb_buf_span(&cert), kb_buf_span(&crl), &number, &facts, &where), KB_OK,
		     "%s", where.text);
	cr_assert_eq(number, 1);
	cr_assert_str_eq(facts.oin, school.oin);
	cr_assert_str_eq(facts.common_name, school.common_name);
	cr_assert_str_eq(facts.organisation, school.organisation);
	cr_assert_str_eq(facts.issuer_name, "Ketenbode Demo CA");
	cr_assert_eq(facts.serial_bytes, 16);
	cr_assert_eq(kb_x509_request_read(kb_buf_span(&request), &asked, &where), KB_OK);
	cr_assert(kb_hash_equal(&asked.public_key_hash, &facts.public_key_hash));
	cr_assert_eq(kb_x509_key_matches(key, kb_buf_span(&cert)), KB_OK);
	cr_assert_eq(kb_x509_key_matches(ca_key, kb_buf_span(&cert)), KB_ERR_CERTIFICATE);
}

Test(x509_issue, a_revoked_certificate_stays_revoked_in_all_later_lists)
{
	struct kb_span revoked = kb_buf_span(&cert);
	struct kb_buf lists[3] = { 0 };
	struct kb_buf fresh = { 0 };
	struct kb_span previous = kb_buf_span(&crl);
	struct kb_x509_crl_facts facts;
	uint64_t number = 0;

	cr_assert_eq(kb_x509_issue(&ca, kb_buf_span(&request), days(0, 365), &fresh, NULL), KB_OK);
	cr_assert_eq(verify(revoked, previous, &number, NULL, NULL), KB_OK);
	for (size_t i = 0; i < 3; i++) {
		/* The second list revokes it again: there is still one entry. */
		cr_assert_eq(kb_x509_crl_issue(&ca, previous, &revoked, i < 2 ? 1 : 0, days(0, 7),
					       &lists[i], NULL),
			     KB_OK);
		previous = kb_buf_span(&lists[i]);
		cr_assert_eq(kb_x509_crl_read(previous, &facts, NULL), KB_OK);
		cr_assert_eq(facts.number, i + 2);
		cr_assert_eq(facts.revoked_count, 1);
		cr_assert_eq(verify(revoked, previous, &number, NULL, NULL), KB_ERR_REVOKED);
		cr_assert_eq(verify(kb_buf_span(&fresh), previous, &number, NULL, NULL), KB_OK);
		cr_assert_eq(number, i + 2);
	}
	/* The first list, fed again, is an old one now. */
	cr_assert_eq(verify(revoked, kb_buf_span(&crl), &number, NULL, NULL), KB_ERR_CERTIFICATE);
	cr_assert_eq(number, 4);
	for (size_t i = 0; i < 3; i++) {
		kb_buf_release(&lists[i]);
	}
	kb_buf_release(&fresh);
}

Test(x509_issue, a_changed_request_is_refused_at_every_byte)
{
	struct kb_x509_facts facts;
	struct kb_buf out = { 0 };

	for (size_t i = 0; i < request.len; i++) {
		request.at[i] ^= 0x01;
		cr_assert_eq(kb_x509_request_read(kb_buf_span(&request), &facts, NULL), KB_ERR_DATA,
			     "byte %zu", i);
		request.at[i] ^= 0x01;
		cr_assert_eq(kb_x509_issue(&ca, kb_span(request.at, i), days(0, 1), &out, NULL),
			     KB_ERR_DATA);
	}
	cr_assert_eq(out.len, 0);
	kb_buf_release(&out);
}

Test(x509_issue, names_and_oins_of_the_wrong_form_are_refused)
{
	static const struct kb_x509_subject wrong[] = {
		{ "", "Stichting", "00000099000000001000" },
		{ "Naam", "", "00000099000000001000" },
		{ "Naam\n", "Stichting", "00000099000000001000" },
		{ "Naam", "Stichting", "0000009900000000100" },
		{ "Naam", "Stichting", "000000990000000010000" },
		{ "Naam", "Stichting", "00000099000000001000/12AB00" },
		{ "Naam", "Stichting", "" },
		{ "0123456789012345678901234567890123456789012345678901234567890123x", "Stichting",
		  "00000099000000001000" },
	};
	struct kb_buf out = { 0 };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct kb_error_text where = { "" };

		cr_assert_eq(kb_x509_request_create(key, &wrong[i], &out, &where), KB_ERR_DATA,
			     "row %zu", i);
		cr_assert_neq(where.text[0], '\0');
	}
	cr_assert_eq(out.len, 0);
	kb_buf_release(&out);
}

Test(x509_issue, a_ca_does_not_sign_with_another_key_or_beyond_its_own_life)
{
	struct kb_x509_ca mixed = { key, kb_buf_span(&ca_cert) };
	struct kb_x509_ca leaf = { key, kb_buf_span(&cert) };
	struct kb_buf out = { 0 };
	struct kb_span request_span = kb_buf_span(&request);

	cr_assert_eq(kb_x509_issue(&mixed, request_span, days(0, 1), &out, NULL),
		     KB_ERR_CERTIFICATE);
	cr_assert_eq(kb_x509_issue(&leaf, request_span, days(0, 1), &out, NULL),
		     KB_ERR_CERTIFICATE);
	cr_assert_eq(kb_x509_crl_issue(&mixed, KB_SPAN_NONE, NULL, 0, days(0, 1), &out, NULL),
		     KB_ERR_CERTIFICATE);
	cr_assert_eq(kb_x509_issue(&ca, request_span, days(0, 4000), &out, NULL), KB_ERR_DATA);
	cr_assert_eq(kb_x509_issue(&ca, request_span, days(-2, 1), &out, NULL), KB_ERR_DATA);
	cr_assert_eq(kb_x509_issue(&ca, request_span, days(2, 1), &out, NULL), KB_ERR_DATA);
	cr_assert_eq(kb_x509_crl_issue(&ca, KB_SPAN_NONE, NULL, 0, days(1, 1), &out, NULL),
		     KB_ERR_DATA);
	cr_assert_eq(out.len, 0);
	kb_buf_release(&out);
}

Test(x509_issue, a_list_takes_only_certificates_and_lists_of_its_own_ca)
{
	struct kb_buf other_ca_cert = { 0 };
	struct kb_buf out = { 0 };
	struct kb_x509_ca other;
	struct kb_span revoked = kb_buf_span(&cert);

	cr_assert_eq(kb_x509_ca_create(key, "Andere CA", days(-1, 10), &other_ca_cert, NULL),
		     KB_OK);
	other = (struct kb_x509_ca){ key, kb_buf_span(&other_ca_cert) };
	cr_assert_eq(kb_x509_crl_issue(&other, KB_SPAN_NONE, &revoked, 1, days(0, 1), &out, NULL),
		     KB_ERR_CERTIFICATE);
	cr_assert_eq(kb_x509_crl_issue(&other, kb_buf_span(&crl), NULL, 0, days(0, 1), &out, NULL),
		     KB_ERR_CERTIFICATE);
	cr_assert_eq(out.len, 0);
	kb_buf_release(&other_ca_cert);
	kb_buf_release(&out);
}

Test(x509_issue, signatures_hold_for_their_label_text_and_certificate_only)
{
	struct kb_span parts[] = { kb_span_text("een"), kb_span_text("twee") };
	struct kb_span cert_span = kb_buf_span(&cert);
	struct kb_buf signature = { 0 };
	struct kb_span signature_span;

	cr_assert_eq(kb_x509_sign(key, KB_SIGN_LABEL_DESCRIPTOR, parts, 2, &signature), KB_OK);
	cr_assert_leq(signature.len, KB_X509_SIGNATURE_MAX);
	signature_span = kb_buf_span(&signature);
	cr_assert_eq(kb_x509_verify_signature(cert_span, KB_SIGN_LABEL_DESCRIPTOR, parts, 2,
					      signature_span),
		     KB_OK);
	cr_assert_eq(kb_x509_verify_signature(cert_span, KB_SIGN_LABEL_REGISTER, parts, 2,
					      signature_span),
		     KB_ERR_BAD_SEAL);
	cr_assert_eq(kb_x509_verify_signature(cert_span, KB_SIGN_LABEL_DESCRIPTOR, parts, 1,
					      signature_span),
		     KB_ERR_BAD_SEAL);
	cr_assert_eq(kb_x509_verify_signature(kb_buf_span(&ca_cert), KB_SIGN_LABEL_DESCRIPTOR,
					      parts, 2, signature_span),
		     KB_ERR_BAD_SEAL);
	cr_assert_eq(kb_x509_verify_signature(kb_span_text("no certificate"),
					      KB_SIGN_LABEL_DESCRIPTOR, parts, 2, signature_span),
		     KB_ERR_CERTIFICATE);
	for (size_t i = 0; i < signature.len; i++) {
		signature.at[i] ^= 0x20;
		cr_assert_eq(kb_x509_verify_signature(cert_span, KB_SIGN_LABEL_DESCRIPTOR, parts, 2,
						      signature_span),
			     KB_ERR_BAD_SEAL);
		signature.at[i] ^= 0x20;
		cr_assert_eq(kb_x509_verify_signature(cert_span, KB_SIGN_LABEL_DESCRIPTOR, parts, 2,
						      kb_span(signature.at, i)),
			     KB_ERR_BAD_SEAL);
	}
	kb_buf_release(&signature);
}

Test(x509_issue, a_key_file_is_private_and_comes_back)
{
	char *folder = folder_make();
	const char *path = in_folder(folder, "ca.key");
	struct kb_x509_key *loaded = NULL;
	struct kb_error_text where = { "" };
	struct stat info;

	cr_assert_eq(kb_x509_key_write(path, ca_key, &where), KB_OK, "%s", where.text);
	cr_assert_eq(kb_x509_key_write(path, ca_key, &where), KB_ERR_EXISTS);
	cr_assert_eq(stat(path, &info), 0);
	cr_assert_eq(info.st_mode & 07777, 0600);
	cr_assert_eq(kb_x509_key_load(path, &loaded, &where), KB_OK, "%s", where.text);
	cr_assert_eq(kb_x509_key_matches(loaded, kb_buf_span(&ca_cert)), KB_OK);
	kb_x509_key_free(loaded);
	loaded = NULL;
	cr_assert_eq(chmod(path, 0640), 0);
	cr_assert_eq(kb_x509_key_load(path, &loaded, &where), KB_ERR_KEY_FILE);
	cr_assert_not_null(strstr(where.text, "group or others"));
	cr_assert_null(loaded);
	folder_remove(folder);
}

Test(x509_issue, a_password_protected_or_foreign_key_file_is_refused_without_asking)
{
	static const char *const texts[] = {
		"nothing",
		"-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAAwAA==\n-----END ENCRYPTED PRIVATE "
		"KEY-----\n",
		/* an Ed25519 key */
		"-----BEGIN PRIVATE KEY-----\n"
		"MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
		"-----END PRIVATE KEY-----\n",
	};
	char *folder = folder_make();
	const char *path = in_folder(folder, "k");

	for (size_t i = 0; i < 3; i++) {
		struct kb_x509_key *loaded = NULL;
		struct kb_error_text where = { "" };
		FILE *file = fopen(path, "wb");

		cr_assert_not_null(file);
		(void)fputs(texts[i], file);
		(void)fclose(file);
		cr_assert_eq(chmod(path, 0600), 0);
		cr_assert_eq(kb_x509_key_load(path, &loaded, &where), KB_ERR_KEY_FILE);
		cr_assert_not_null(strstr(where.text, "no certificate key"));
		cr_assert_null(loaded);
	}
	folder_remove(folder);
}
