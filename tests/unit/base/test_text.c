/* SPDX-License-Identifier: EUPL-1.2 */
/* Text from outside is checked the strict way. */
#include "common/base/text.h"

#include <criterion/criterion.h>

struct sample {
	const char *bytes;
	size_t len;
	bool ok;
};

Test(text, only_valid_utf8_without_controls_passes)
{
	static const struct sample samples[] = {
		{ "Zo\xc3\xab", 4, true },    { "", 0, true },
		{ "\xe2\x82\xac", 3, true },  { "\xf0\x9f\x99\x82", 4, true },
		{ "a\0b", 3, false },	      { "a\tb", 3, false },
		{ "\x7f", 1, false },	      { "\xc2\x80", 2, false },
		{ "\xc0\xaf", 2, false },     { "\xe0\x80\xaf", 3, false },
		{ "\xed\xa0\x80", 3, false }, { "\xf4\x90\x80\x80", 4, false },
		{ "\xe2\x82", 2, false },     { "\x80", 1, false },
		{ "\xff", 1, false },	      { "\xf8\x88\x80\x80\x80", 5, false },
	};

	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		cr_assert_eq(kb_text_ok(kb_span(samples[i].bytes, samples[i].len), false),
			     samples[i].ok, "sample %zu", i);
	}
	cr_assert(kb_text_ok(kb_span_text("a\n\tb"), true));
	cr_assert_not(kb_text_ok(kb_span_text("a\rb"), true));
}

Test(text, copy_refuses_what_does_not_fit_or_holds_a_nul)
{
	char out[4] = "zzz";

	cr_assert_eq(kb_text_copy(out, sizeof(out), kb_span_text("abc")), KB_OK);
	cr_assert_str_eq(out, "abc");
	cr_assert_eq(kb_text_copy(out, sizeof(out), kb_span_text("abcd")), KB_ERR_OVERSIZE);
	cr_assert_str_eq(out, "");
	cr_assert_eq(kb_text_copy(out, sizeof(out), kb_span("a\0", 2)), KB_ERR_BAD_TEXT);
}

Test(text, numbers_are_plain_digits_within_bounds)
{
	static const char *const wrong[] = { "",   "-1", "+1",	" 1",
					     "1 ", "01", "1e3", "18446744073709551616",
					     "101" };
	uint64_t value = 7;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		cr_assert_eq(kb_text_to_u64(kb_span_text(wrong[i]), 100, &value), KB_ERR_BAD_VALUE,
			     "%s", wrong[i]);
	}
	cr_assert_eq(value, 7u);
	cr_assert_eq(kb_text_to_u64(kb_span_text("100"), 100, &value), KB_OK);
	cr_assert_eq(value, 100u);
	cr_assert_eq(kb_text_to_u64(kb_span_text("18446744073709551615"), UINT64_MAX, &value),
		     KB_OK);
	cr_assert_eq(value, UINT64_MAX);
	cr_assert_eq(kb_text_to_u64(kb_span_text("0"), 100, &value), KB_OK);
}

Test(text, hex_goes_both_ways_and_bad_hex_changes_nothing)
{
	uint8_t out[2] = { 1, 2 };
	char text[5];

	cr_assert_eq(kb_hex_decode(kb_span_text("fg00"), out, 2), KB_ERR_BAD_VALUE);
	cr_assert_eq(kb_hex_decode(kb_span_text("ff0"), out, 2), KB_ERR_BAD_VALUE);
	cr_assert_eq(out[0], 1);
	cr_assert_eq(kb_hex_decode(kb_span_text("Fa0b"), out, 2), KB_OK);
	kb_hex_encode(kb_span(out, 2), text);
	cr_assert_str_eq(text, "fa0b");
}

Test(text, trim_takes_spaces_from_both_ends_only)
{
	cr_assert(kb_span_equal(kb_text_trim(kb_span_text(" \ta b\t ")), kb_span_text("a b")));
	cr_assert_eq(kb_text_trim(kb_span_text("  ")).len, 0u);
}
