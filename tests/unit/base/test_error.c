/* SPDX-License-Identifier: EUPL-1.2 */
/* The error table is complete and without contradictions. */
#include "common/base/error.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

Test(error, every_row_has_a_name_a_text_and_a_documented_exit_code)
{
	static const int documented[] = { 0, 64, 65, 69, 70, 75, 77, 78 };

	for (unsigned i = 0; i < KB_ERR_COUNT; i++) {
		int code = kb_err_exit_code((enum kb_err)i);
		bool found = false;

		cr_assert(strlen(kb_err_name((enum kb_err)i)) > 0);
		cr_assert(strlen(kb_err_text((enum kb_err)i)) > 0);
		for (size_t j = 0; j < sizeof(documented) / sizeof(documented[0]); j++) {
			found = found || documented[j] == code;
		}
		cr_assert(found, "%s exits with %d", kb_err_name((enum kb_err)i), code);
		cr_assert_eq(code == 0, i == KB_OK);
	}
}

Test(error, a_wire_reason_names_one_error_only)
{
	for (unsigned i = 0; i < KB_ERR_COUNT; i++) {
		uint32_t reason = kb_err_reason((enum kb_err)i);

		if (reason != 0) {
			cr_assert_eq(kb_err_from_reason(reason), (enum kb_err)i);
			cr_assert(kb_reason_known(reason));
		}
	}
	cr_assert_not(kb_reason_known(0));
	cr_assert_not(kb_reason_known(4000));
	cr_assert_eq(kb_err_from_reason(4000), KB_ERR_INTERNAL);
}

Test(error, a_number_outside_the_table_is_an_internal_fault)
{
	cr_assert_str_eq(kb_err_name((enum kb_err)9999), "INTERNAL");
	cr_assert_eq(kb_err_category((enum kb_err)9999), KB_CATEGORY_INTERNAL);
	cr_assert_str_eq(kb_err_category_name((enum kb_err_category)77), "internal");
}

Test(error, a_full_disk_and_a_missing_right_are_told_apart)
{
	cr_assert_eq(kb_err_from_errno(ENOSPC), KB_ERR_NO_SPACE);
	cr_assert_eq(kb_err_from_errno(EACCES), KB_ERR_PERMISSION);
	cr_assert_eq(kb_err_from_errno(EBADF), KB_ERR_IO);
}

Test(error, fail_writes_the_text_cut_to_size_and_returns_the_error)
{
	struct kb_error_text text;
	char long_word[2 * KB_ERROR_TEXT_MAX];

	memset(long_word, 'a', sizeof(long_word) - 1);
	long_word[sizeof(long_word) - 1] = 0;
	cr_assert_eq(kb_fail(&text, KB_ERR_CONFIG, "line %d", 7), KB_ERR_CONFIG);
	cr_assert_str_eq(text.text, "line 7");
	cr_assert_eq(kb_fail(&text, KB_ERR_DATA, "%s", long_word), KB_ERR_DATA);
	cr_assert_eq(strlen(text.text), KB_ERROR_TEXT_MAX - 1);
	cr_assert_eq(kb_fail(NULL, KB_ERR_DATA, "nobody listens"), KB_ERR_DATA);
}
