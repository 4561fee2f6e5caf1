/* SPDX-License-Identifier: EUPL-1.2 */
/* PEM files: one block of the right kind, replaced in one step. */
#include "common/crypto/init.h"
#include "common/crypto/pem.h"
#include "tests/unit/crypto/vectors.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <sys/stat.h>

TestSuite(pem, .fini = kb_crypto_release);

#define DER kb_span_text("not really der, but bytes")

Test(pem, text_goes_both_ways_and_blocks_are_counted)
{
	struct kb_buf text = { 0 };
	struct kb_buf der = { 0 };

	cr_assert_eq(kb_pem_encode(KB_PEM_KIND_CERTIFICATE, DER, &text), KB_OK);
	cr_assert_eq(kb_pem_encode(KB_PEM_KIND_CERTIFICATE, kb_span_text("two"), &text), KB_OK);
	cr_assert_eq(strncmp(kb_buf_text(&text), "-----BEGIN CERTIFICATE-----\n", 28), 0);
	cr_assert_eq(kb_pem_decode(KB_PEM_KIND_CERTIFICATE, kb_buf_span(&text), 0, &der), KB_OK);
	cr_assert(kb_span_equal(kb_buf_span(&der), DER));
	kb_buf_clear(&der);
	cr_assert_eq(kb_pem_decode(KB_PEM_KIND_CERTIFICATE, kb_buf_span(&text), 1, &der), KB_OK);
	cr_assert(kb_span_equal(kb_buf_span(&der), kb_span_text("two")));
	cr_assert_eq(kb_pem_decode(KB_PEM_KIND_CERTIFICATE, kb_buf_span(&text), 2, &der),
		     KB_ERR_NOT_FOUND);
	cr_assert_eq(kb_pem_decode(KB_PEM_KIND_CRL, kb_buf_span(&text), 0, &der), KB_ERR_DATA);
	kb_buf_release(&text);
	kb_buf_release(&der);
}

Test(pem, a_damaged_block_is_refused_at_every_cut)
{
	struct kb_buf text = { 0 };
	struct kb_buf der = { 0 };

	cr_assert_eq(kb_pem_encode(KB_PEM_KIND_REQUEST, DER, &text), KB_OK);
	for (size_t len = 0; len + 2 < text.len; len++) {
		cr_assert_neq(kb_pem_decode(KB_PEM_KIND_REQUEST, kb_span(text.at, len), 0, &der),
			      KB_OK);
	}
	cr_assert_eq(der.len, 0);
	kb_buf_release(&text);
	kb_buf_release(&der);
}

Test(pem, a_file_is_replaced_whole_and_holds_one_block)
{
	char *folder = folder_make();
	struct kb_error_text where = { "" };
	struct kb_buf der = { 0 };
	struct stat info;
	FILE *file = NULL;

	cr_assert_eq(kb_pem_file_load(in_folder(folder, "c.pem"), KB_PEM_KIND_CRL, &der, &where),
		     KB_ERR_NOT_FOUND);
	for (int i = 0; i < 2; i++) {
		cr_assert_eq(
			kb_pem_file_write(in_folder(folder, "c.pem"), KB_PEM_KIND_CRL, DER, &where),
			KB_OK);
	}
	cr_assert_eq(stat(in_folder(folder, "c.pem"), &info), 0);
	cr_assert_eq(info.st_mode & 07777, 0644);
	cr_assert_eq(kb_pem_file_load(in_folder(folder, "c.pem"), KB_PEM_KIND_CRL, &der, &where),
		     KB_OK);
	cr_assert(kb_span_equal(kb_buf_span(&der), DER));
	cr_assert_eq(
		kb_pem_file_load(in_folder(folder, "c.pem"), KB_PEM_KIND_CERTIFICATE, &der, &where),
		KB_ERR_DATA);
	cr_assert_not_null(strstr(where.text, "CERTIFICATE"));
	file = fopen(in_folder(folder, "c.pem"), "ab");
	cr_assert_not_null(file);
	(void)fputs("-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n", file);
	(void)fclose(file);
	kb_buf_clear(&der);
	cr_assert_eq(kb_pem_file_load(in_folder(folder, "c.pem"), KB_PEM_KIND_CRL, &der, &where),
		     KB_ERR_DATA);
	cr_assert_eq(der.len, 0);
	folder_remove(folder);
	kb_buf_release(&der);
}

Test(pem, an_encrypted_block_is_refused)
{
	const char *text = "-----BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\n"
			   "DEK-Info: AES-128-CBC,00000000000000000000000000000000\n\nAAAA\n"
			   "-----END CERTIFICATE-----\n";
	struct kb_buf der = { 0 };

	cr_assert_eq(kb_pem_decode(KB_PEM_KIND_CERTIFICATE, kb_span_text(text), 0, &der),
		     KB_ERR_DATA);
	kb_buf_release(&der);
}
