/* SPDX-License-Identifier: EUPL-1.2 */
/* Command line options. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "common/daemon/options.h"

enum {
	CONFIG,
	CHECK,
	CHECKSUM,
	COUNT,
};

static const struct kb_option table[COUNT] = {
	[CONFIG] = { "config", "FILE", "read this file" },
	[CHECK] = { "check", NULL, "only check" },
	[CHECKSUM] = { "checksum", NULL, "print a sum" },
};

static enum kb_err
parse(const char *const *words, bool stop, struct kb_option_values *out,
      struct kb_error_text *where)
{
	static char copies[8][64];
	static char *argv[9];
	int argc = 0;

	for (; words[argc] != NULL; argc++) {
		(void)snprintf(copies[argc], sizeof(copies[argc]), "%s", words[argc]);
		argv[argc] = copies[argc];
	}
	argv[argc] = NULL;
	return kb_options_parse(table, COUNT, stop, argc, argv, out, where);
}

#define WORDS(...) ((const char *const[]){ "prog", __VA_ARGS__, NULL })

static void
expect_refused(const char *const *words, const char *sentence)
{
	struct kb_option_values values = { 0 };
	struct kb_error_text where = { "" };

	cr_assert_eq(parse(words, false, &values, &where), KB_ERR_USAGE);
	cr_assert_str_eq(where.text, sentence);
}

Test(options, are_found_with_both_ways_to_give_a_value)
{
	struct kb_option_values values = { 0 };

	cr_assert_eq(parse(WORDS("--config=/a", "--check"), false, &values, NULL), KB_OK);
	cr_assert_str_eq(values.value[CONFIG], "/a");
	cr_assert_str_eq(values.value[CHECK], "");
	cr_assert_null(values.value[CHECKSUM]);
	cr_assert_eq(values.operand_count, 0);
	cr_assert_eq(parse(WORDS("--config", "/b"), false, &values, NULL), KB_OK);
	cr_assert_str_eq(values.value[CONFIG], "/b");
	cr_assert_null(values.value[CHECK], "an earlier call must leave nothing behind");
}

Test(options, may_stand_between_operands)
{
	struct kb_option_values values = { 0 };

	cr_assert_eq(parse(WORDS("a", "--check", "b"), false, &values, NULL), KB_OK);
	cr_assert_not_null(values.value[CHECK]);
	cr_assert_eq(values.operand_count, 2);
	cr_assert_str_eq(values.operands[1], "b");
}

Test(options, end_at_the_subcommand_when_asked)
{
	struct kb_option_values values = { 0 };

	cr_assert_eq(parse(WORDS("--check", "log", "--config=x"), true, &values, NULL), KB_OK);
	cr_assert_not_null(values.value[CHECK]);
	cr_assert_null(values.value[CONFIG]);
	cr_assert_eq(values.operand_count, 2);
	cr_assert_str_eq(values.operands[0], "log");
}

Test(options, end_at_two_dashes)
{
	struct kb_option_values values = { 0 };

	cr_assert_eq(parse(WORDS("--", "--check"), false, &values, NULL), KB_OK);
	cr_assert_null(values.value[CHECK]);
	cr_assert_eq(values.operand_count, 1);
}

Test(options, refuse_what_is_unknown_short_or_wrong)
{
	expect_refused(WORDS("--nope"), "option --nope is not known");
	expect_refused(WORDS("-c"), "option -c is not known");
	expect_refused(WORDS("--check=x"), "option --check=x takes no value");
	expect_refused(WORDS("--config"), "option --config needs a value");
	expect_refused(WORDS("--check", "--check"), "option --check is given twice");
	expect_refused(WORDS("--config=a", "--config", "b"), "option --config is given twice");
}

Test(options, refuse_a_shortened_name)
{
	expect_refused(WORDS("--conf=a"), "unknown option --conf=a (is --config meant?)");
	expect_refused(WORDS("--conf", "a"), "unknown option --conf (is --config meant?)");
	expect_refused(WORDS("--checks"), "unknown option --checks (is --checksum meant?)");
	expect_refused(WORDS("--che"), "option --che is not known");
}

Test(options, usage_has_one_aligned_line_each)
{
	struct kb_buf text = { 0 };

	cr_assert_eq(kb_options_usage(table, COUNT, &text), KB_OK);
	cr_assert_str_eq(kb_buf_text(&text), "  --config=FILE  read this file\n"
					     "  --check        only check\n"
					     "  --checksum     print a sum\n");
	kb_buf_release(&text);
}
