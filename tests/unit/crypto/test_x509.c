/* SPDX-License-Identifier: EUPL-1.2 */
/* Certificates and revocation lists made by another implementation: what holds and every way in which one does not. */
#include "common/crypto/init.h"
#include "common/crypto/pem.h"
#include "common/crypto/x509.h"
#include "tests/unit/crypto/vectors.h"

#include <criterion/criterion.h>
#include <stdio.h>

/* 2026-06-01T00:00:00Z, see tests/golden/crypto/README.md */
#define AT_UTC_MS INT64_C(1780272000000)
#define DAY_MS (INT64_C(24) * 3600 * 1000)
#define NAMES_MAX 4

TestSuite(x509, .fini = kb_crypto_release);

static void
load(const char *name, enum kb_pem_kind kind, struct kb_buf *out)
{
	char path[512];
	struct kb_error_text where;

	(void)snprintf(path, sizeof(path), GOLDEN "x509/%s.pem", name);
	cr_assert_eq(kb_pem_file_load(path, kind, out, &where), KB_OK, "%s", where.text);
}

struct row {
	const char *leaf;
	const char *root;
	const char *between[NAMES_MAX];
	const char *crls[NAMES_MAX];
	uint64_t highest_seen; /* of every list */
	int64_t crl_age_max_ms;
	int64_t later_ms; /* the check is that much after AT_UTC_MS */
	enum kb_err err;
	const char *word; /* in the reason */
};

static const struct row rows[] = {
	{ "leaf_good", "root", { NULL }, { "crl_7" }, 0, 0, 0, KB_OK, NULL },
	{ "leaf_good", "root", { NULL }, { "crl_7" }, 7, 0, 0, KB_OK, NULL },
	{ "leaf_good", "root", { NULL }, { "crl_6" }, 0, 0, 0, KB_OK, NULL },
	{ "leaf_rsa", "root", { NULL }, { "crl_7" }, 0, 0, 0, KB_OK, NULL },
	{ "leaf_good", "root", { NULL }, { "crl_7" }, 0, 8 * DAY_MS, 0, KB_OK, NULL },
	{ "leaf_good", "root", { NULL }, { "crl_other", "crl_7" }, 0, 0, 0, KB_OK, NULL },
	{ "leaf_two_between",
	  "root",
	  { "middle_1", "middle_2" },
	  { "crl_7", "crl_middle_1", "crl_middle_2" },
	  0,
	  0,
	  0,
	  KB_OK,
	  NULL },
	/* lists */
	{ "leaf_good", "root", { NULL }, { NULL }, 0, 0, 0, KB_ERR_CERTIFICATE, "missing" },
	{ "leaf_good", "root", { NULL }, { "crl_other" }, 0, 0, 0, KB_ERR_CERTIFICATE, "missing" },
	{ "leaf_good",
	  "root",
	  { NULL },
	  { "crl_expired" },
	  0,
	  0,
	  0,
	  KB_ERR_CERTIFICATE,
	  "expired" },
	{ "leaf_good",
	  "root",
	  { NULL },
	  { "crl_7" },
	  0,
	  0,
	  9 * DAY_MS,
	  KB_ERR_CERTIFICATE,
	  "expired" },
	{ "leaf_good",
	  "root",
	  { NULL },
	  { "crl_future" },
	  0,
	  0,
	  0,
	  KB_ERR_CERTIFICATE,
	  "not valid yet" },
	{ "leaf_good", "root", { NULL }, { "crl_fake" }, 0, 0, 0, KB_ERR_CERTIFICATE, "(CRL)" },
	{ "leaf_good",
	  "root",
	  { NULL },
	  { "crl_7", "crl_fake" },
	  0,
	  0,
	  0,
	  KB_ERR_CERTIFICATE,
	  "(CRL)" },
	{ "leaf_good", "root", { NULL }, { "crl_7", "crl_6" }, 0, 0, 0, KB_ERR_CERTIFICATE, "two" },
	{ "leaf_good",
	  "root",
	  { NULL },
	  { "crl_no_number" },
	  0,
	  0,
	  0,
	  KB_ERR_CERTIFICATE,
	  "number" },
	{ "leaf_good",
	  "root",
	  { NULL },
	  { "crl_7" },
	  0,
	  6 * DAY_MS,
	  0,
	  KB_ERR_CERTIFICATE,
	  "older" },
	{ "leaf_revoked", "root", { NULL }, { "crl_7" }, 0, 0, 0, KB_ERR_REVOKED, "revoked" },
	/* finding 10: without the memory of numbers the older list would let it pass */
	{ "leaf_revoked", "root", { NULL }, { "crl_6" }, 0, 0, 0, KB_OK, NULL },
	{ "leaf_revoked",
	  "root",
	  { NULL },
	  { "crl_6" },
	  7,
	  0,
	  0,
	  KB_ERR_CERTIFICATE,
	  "seen before" },
	{ "leaf_under_gone",
	  "root",
	  { "middle_gone" },
	  { "crl_7", "crl_gone" },
	  0,
	  0,
	  0,
	  KB_ERR_REVOKED,
	  "issuer" },
	{ "leaf_two_between",
	  "root",
	  { "middle_1", "middle_2" },
	  { "crl_7", "crl_middle_2" },
	  0,
	  0,
	  0,
	  KB_ERR_CERTIFICATE,
	  "missing" },
	/* times */
	{ "leaf_expired", "root", { NULL }, { "crl_7" }, 0, 0, 0, KB_ERR_NOT_VALID_NOW, "expired" },
	{ "leaf_future",
	  "root",
	  { NULL },
	  { "crl_7" },
	  0,
	  0,
	  0,
	  KB_ERR_NOT_VALID_NOW,
	  "not valid yet" },
	/* chains */
	{ "leaf_good",
	  "other_root",
	  { NULL },
	  { "crl_7" },
	  0,
	  0,
	  0,
	  KB_ERR_CERTIFICATE,
	  "not trusted" },
	{ "leaf_other",
	  "root",
	  { NULL },
	  { "crl_other" },
	  0,
	  0,
	  0,
	  KB_ERR_CERTIFICATE,
	  "not trusted" },
	{ "leaf_other",
	  "root",
	  { "other_root" },
	  { "crl_other" },
	  0,
	  0,
	  0,
	  KB_ERR_CERTIFICATE,
	  "not trusted" },
	{ "leaf_fake", "root", { NULL }, { "crl_7" }, 0, 0, 0, KB_ERR_CERTIFICATE, "" },
	{ "leaf_fake", "root", { "fake_root" }, { "crl_fake" }, 0, 0, 0, KB_ERR_CERTIFICATE, "" },
	{ "leaf_alone", "root", { NULL }, { "crl_7" }, 0, 0, 0, KB_ERR_CERTIFICATE, "not trusted" },
	{ "leaf_two_between",
	  "root",
	  { "middle_2" },
	  { "crl_7", "crl_middle_2" },
	  0,
	  0,
	  0,
	  KB_ERR_CERTIFICATE,
	  "not trusted" },
	/* a middle certificate among the roots ends no chain */
	{ "leaf_two_between",
	  "middle_2",
	  { NULL },
	  { "crl_middle_2" },
	  0,
	  0,
	  0,
	  KB_ERR_CERTIFICATE,
	  "not trusted" },
	{ "leaf_three_between",
	  "root",
	  { "middle_1", "middle_2", "middle_3" },
	  { "crl_7", "crl_middle_1", "crl_middle_2", "crl_middle_3" },
	  0,
	  0,
	  0,
	  KB_ERR_CERTIFICATE,
	  "" },
	/* uses and strength */
	{ "leaf_server", "root", { NULL }, { "crl_7" }, 0, 0, 0, KB_ERR_CERTIFICATE, "clientAuth" },
	{ "leaf_any_use",
	  "root",
	  { NULL },
	  { "crl_7" },
	  0,
	  0,
	  0,
	  KB_ERR_CERTIFICATE,
	  "clientAuth" },
	{ "leaf_no_signature", "root", { NULL }, { "crl_7" }, 0, 0, 0, KB_ERR_CERTIFICATE, "" },
	{ "leaf_issuer", "root", { NULL }, { "crl_7" }, 0, 0, 0, KB_ERR_CERTIFICATE, "" },
	{ "root", "root", { NULL }, { "crl_7" }, 0, 0, 0, KB_ERR_CERTIFICATE, "" },
	{ "leaf_weak", "root", { NULL }, { "crl_7" }, 0, 0, 0, KB_ERR_CERTIFICATE, "weak" },
	{ "leaf_p384", "root", { NULL }, { "crl_7" }, 0, 0, 0, KB_ERR_CERTIFICATE, "key" },
	/* OIN */
	{ "leaf_two_oins", "root", { NULL }, { "crl_7" }, 0, 0, 0, KB_ERR_CERTIFICATE, "OIN" },
	{ "leaf_no_oin", "root", { NULL }, { "crl_7" }, 0, 0, 0, KB_ERR_CERTIFICATE, "OIN" },
	{ "leaf_short_oin", "root", { NULL }, { "crl_7" }, 0, 0, 0, KB_ERR_CERTIFICATE, "OIN" },
	{ "leaf_unit_oin", "root", { NULL }, { "crl_7" }, 0, 0, 0, KB_ERR_CERTIFICATE, "OIN" },
	/* an issuer that may only issue for web servers */
	{ "leaf_under_web",
	  "root",
	  { "middle_web" },
	  { "crl_7", "crl_web" },
	  0,
	  0,
	  0,
	  KB_ERR_CERTIFICATE,
	  "clientAuth" },
	{ "leaf_long_oin", "root", { NULL }, { "crl_7" }, 0, 0, 0, KB_ERR_CERTIFICATE, "OIN" },
};

/* The numbers that lists have when they are taken. */
static uint64_t
number_of(struct kb_span crl)
{
	struct kb_x509_crl_facts facts;

	return kb_x509_crl_read(crl, &facts, NULL) == KB_OK ? facts.number : 0;
}

static void
check_row(const struct row *row)
{
	struct kb_buf leaf = { 0 };
	struct kb_buf root = { 0 };
	struct kb_buf between[NAMES_MAX] = { 0 };
	struct kb_buf lists[NAMES_MAX] = { 0 };
	struct kb_span root_span;
	struct kb_span spans[NAMES_MAX];
	struct kb_x509_crl crls[NAMES_MAX];
	struct kb_x509_facts facts = { .oin = "unchanged" };
	struct kb_error_text where = { "" };
	struct kb_x509_check check = {
		.intermediates = spans,
		.roots = &root_span,
		.root_count = 1,
		.crls = crls,
		.at_utc_ms = AT_UTC_MS + row->later_ms,
		.crl_age_max_ms = row->crl_age_max_ms,
	};
	enum kb_err err = KB_OK;

	load(row->leaf, KB_PEM_KIND_CERTIFICATE, &leaf);
	load(row->root, KB_PEM_KIND_CERTIFICATE, &root);
	root_span = kb_buf_span(&root);
	check.certificate = kb_buf_span(&leaf);
	for (size_t i = 0; i < NAMES_MAX && row->between[i] != NULL; i++) {
		load(row->between[i], KB_PEM_KIND_CERTIFICATE, &between[i]);
		spans[check.intermediate_count++] = kb_buf_span(&between[i]);
	}
	for (size_t i = 0; i < NAMES_MAX && row->crls[i] != NULL; i++) {
		load(row->crls[i], KB_PEM_KIND_CRL, &lists[i]);
		crls[check.crl_count++] =
			(struct kb_x509_crl){ kb_buf_span(&lists[i]), row->highest_seen };
	}
	err = kb_x509_verify(&check, &facts, &where);
	cr_assert_eq(err, row->err, "%s under %s: %s %s", row->leaf, row->root, kb_err_name(err),
		     where.text);
	cr_assert_str_eq(facts.oin, err == KB_OK ? "00000099000000001000" : "unchanged");
	cr_assert(err == KB_OK || strstr(where.text, row->word) != NULL, "%s: %s", row->leaf,
		  where.text);
	cr_assert(err == KB_OK || strlen(where.text) > 10);
	for (size_t i = 0; i < check.crl_count; i++) {
		bool used = err == KB_OK && strcmp(row->crls[i], "crl_other") != 0;

		cr_assert_eq(crls[i].highest_seen,
			     used ? number_of(crls[i].der) : row->highest_seen);
		kb_buf_release(&lists[i]);
	}
	for (size_t i = 0; i < NAMES_MAX; i++) {
		kb_buf_release(&between[i]);
	}
	kb_buf_release(&leaf);
	kb_buf_release(&root);
}

Test(x509, every_row_of_the_matrix_ends_as_it_should)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		check_row(&rows[i]);
	}
}

Test(x509, facts_are_read_as_they_stand_in_the_certificate)
{
	struct kb_buf der = { 0 };
	struct kb_x509_facts facts;

	load("leaf_good", KB_PEM_KIND_CERTIFICATE, &der);
	cr_assert_eq(kb_x509_read(kb_buf_span(&der), &facts, NULL), KB_OK);
	cr_assert_str_eq(facts.oin, "00000099000000001000");
	cr_assert_str_eq(facts.common_name, "good");
	cr_assert_str_eq(facts.organisation, "Stichting Proef");
	cr_assert_str_eq(facts.issuer_name, "Proef Root");
	cr_assert_eq(facts.not_before_utc_ms, INT64_C(1767225600000));
	cr_assert_eq(facts.not_after_utc_ms, INT64_C(2082758400000));
	cr_assert_geq(facts.serial_bytes, 8);
	kb_buf_release(&der);
}

Test(x509, lists_are_read_as_they_stand)
{
	struct kb_buf der = { 0 };
	struct kb_x509_crl_facts facts;

	load("crl_7", KB_PEM_KIND_CRL, &der);
	cr_assert_eq(kb_x509_crl_read(kb_buf_span(&der), &facts, NULL), KB_OK);
	cr_assert_eq(facts.number, 7);
	cr_assert_eq(facts.revoked_count, 2);
	cr_assert_eq(facts.this_update_utc_ms, AT_UTC_MS - 7 * DAY_MS);
	cr_assert_eq(facts.next_update_utc_ms, AT_UTC_MS + 7 * DAY_MS);
	kb_buf_release(&der);
}

Test(x509, cut_changed_and_prolonged_bytes_never_pass)
{
	struct kb_buf leaf = { 0 };
	struct kb_buf root = { 0 };
	struct kb_buf list = { 0 };
	struct kb_span root_span;
	struct kb_x509_crl crl = { 0 };
	struct kb_x509_check check = { .roots = &root_span,
				       .root_count = 1,
				       .crls = &crl,
				       .crl_count = 1,
				       .at_utc_ms = AT_UTC_MS };

	load("leaf_good", KB_PEM_KIND_CERTIFICATE, &leaf);
	load("root", KB_PEM_KIND_CERTIFICATE, &root);
	load("crl_7", KB_PEM_KIND_CRL, &list);
	root_span = kb_buf_span(&root);
	crl.der = kb_buf_span(&list);
	for (size_t i = 0; i < leaf.len; i++) {
		check.certificate = kb_span(leaf.at, i);
		cr_assert_eq(kb_x509_verify(&check, NULL, NULL), KB_ERR_CERTIFICATE);
		check.certificate = kb_buf_span(&leaf);
		leaf.at[i] ^= 0x04;
		cr_assert_neq(kb_x509_verify(&check, NULL, NULL), KB_OK, "byte %zu", i);
		leaf.at[i] ^= 0x04;
	}
	for (size_t i = 0; i < list.len; i++) {
		list.at[i] ^= 0x04;
		cr_assert_neq(kb_x509_verify(&check, NULL, NULL), KB_OK, "list byte %zu", i);
		list.at[i] ^= 0x04;
	}
	cr_assert_eq(kb_x509_verify(&check, NULL, NULL), KB_OK);
	cr_assert_eq(kb_buf_put_u8(&leaf, 0), KB_OK);
	check.certificate = kb_buf_span(&leaf);
	cr_assert_eq(kb_x509_verify(&check, NULL, NULL), KB_ERR_CERTIFICATE);
	kb_buf_release(&leaf);
	kb_buf_release(&root);
	kb_buf_release(&list);
}
