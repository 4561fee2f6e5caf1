/* SPDX-License-Identifier: EUPL-1.2 */
/* The list of faults. */
#include <criterion/criterion.h>

#include "common/daemon/faults.h"

Test(faults, show_file_and_line)
{
	struct kb_faults faults = { 0 };

	kb_faults_add(&faults, "a.conf", 12, "bad %s", "thing");
	kb_faults_add(&faults, "a.conf", 0, "missing");
	cr_assert_eq(faults.count, 2);
	cr_assert_str_eq(kb_faults_text(&faults), "a.conf:12: bad thing\na.conf: missing\n");
	kb_faults_release(&faults);
}

Test(faults, show_fifty_and_count_the_rest)
{
	struct kb_faults faults = { 0 };
	size_t lines = 0;
	const char *text = NULL;

	for (uint32_t i = 1; i <= 53; i++) {
		kb_faults_add(&faults, "f", i, "wrong");
	}
	cr_assert_eq(faults.count, 53);
	text = kb_faults_text(&faults);
	for (const char *at = text; *at != '\0'; at++) {
		lines += *at == '\n';
	}
	cr_assert_eq(lines, 51);
	cr_assert_not_null(strstr(text, "f:50: wrong\nand 3 more faults\n"));
	cr_assert_str_eq(kb_faults_text(&faults), text, "asking twice must not add a line");
	kb_faults_release(&faults);
}

Test(faults, never_pass_control_characters_or_bad_utf8_to_a_terminal)
{
	struct kb_faults faults = { 0 };

	kb_faults_add(&faults, "f", 1, "value \x1b[31m");
	kb_faults_add(&faults, "f", 2, "value \xff");
	kb_faults_add(&faults, "f", 3,
		      "gemeente S\xc3\xba"
		      "dwest");
	cr_assert_str_eq(kb_faults_text(&faults),
			 "f:1: value ?[31m\nf:2: value ?\nf:3: gemeente S\xc3\xba"
			 "dwest\n");
	kb_faults_release(&faults);
}

Test(faults, of_none_are_an_empty_text)
{
	struct kb_faults faults = { 0 };

	cr_assert_str_eq(kb_faults_text(&faults), "");
	kb_faults_release(&faults);
}
