/* SPDX-License-Identifier: EUPL-1.2 */
/* The forms of the numbers of Dutch registers. */
#include "common/exchange/identifiers.h"

#include <criterion/criterion.h>
#include <stdio.h>

Test(identifiers, a_pgn_passes_the_elfproef_or_is_refused)
{
	char pgn[KB_PGN_CHARS + 1] = "same";

	/* facts.md D4: 249566758 gives 220, divisible by 11. */
	cr_assert_eq(kb_pgn_parse(kb_span_text("249566758"), pgn), KB_OK);
	cr_assert_str_eq(pgn, "249566758");
	for (char c = '0'; c <= '9'; c++) {
		char wrong[] = "249566758";

		wrong[8] = c;
		cr_assert_eq(kb_pgn_parse(kb_span_text(wrong), pgn),
			     c == '8' ? KB_OK : KB_ERR_BAD_VALUE);
	}
}

Test(identifiers, one_changed_digit_or_two_swapped_ones_never_pass_the_elfproef)
{
	const char right[] = "999580735";
	char pgn[KB_PGN_CHARS + 1];

	cr_assert_eq(kb_pgn_parse(kb_span_text(right), pgn), KB_OK);
	for (size_t i = 0; i < KB_PGN_CHARS; i++) {
		for (char c = '0'; c <= '9'; c++) {
			char wrong[] = "999580735";

			wrong[i] = c;
			cr_assert_eq(kb_pgn_parse(kb_span_text(wrong), pgn),
				     c == right[i] ? KB_OK : KB_ERR_BAD_VALUE);
		}
		if (i > 0 && right[i] != right[i - 1]) {
			char swapped[] = "999580735";

			swapped[i] = right[i - 1];
			swapped[i - 1] = right[i];
			cr_assert_eq(kb_pgn_parse(kb_span_text(swapped), pgn), KB_ERR_BAD_VALUE);
		}
	}
}

/* 101211151: commented out in OV/examples/Voorbeelddossier_OV_BB_full.xml of edustandaard/oso-gegevensset. */
Test(identifiers, an_onderwijsnummer_is_a_pgn_too)
{
	const char right[] = "101211151";
	char pgn[KB_PGN_CHARS + 1] = "kept";

	cr_assert(kb_onderwijsnummer_ok(kb_span_text(right)));
	cr_assert_not(kb_bsn_ok(kb_span_text(right)));
	cr_assert_eq(kb_pgn_parse(kb_span_text(right), pgn), KB_OK);
	cr_assert_str_eq(pgn, right);
	for (size_t i = 0; i < KB_PGN_CHARS; i++) {
		for (char c = '0'; c <= '9'; c++) {
			char wrong[] = "101211151";

			wrong[i] = c;
			cr_assert_eq(kb_onderwijsnummer_ok(kb_span_text(wrong)), c == right[i]);
		}
	}
	/* Rest 5, but it does not begin with 10; eight digits never do. */
	cr_assert_not(kb_onderwijsnummer_ok(kb_span_text("249566753")));
	cr_assert_eq(kb_pgn_parse(kb_span_text("249566753"), pgn), KB_ERR_BAD_VALUE);
	cr_assert_eq(kb_pgn_parse(kb_span_text("10121115"), pgn), KB_ERR_BAD_VALUE);
	cr_assert_not(kb_onderwijsnummer_ok(kb_span_text("10121115")));
	/* No source says that a BSN may not begin with 10. */
	cr_assert(kb_bsn_ok(kb_span_text("101211156")));
	cr_assert_eq(kb_pgn_parse(kb_span_text("101211156"), pgn), KB_OK);
}

/* Written otherwise than the code: the number as a number, and the sum the other way round. */
static int
rest_by_division(uint32_t number)
{
	int rest = 11 * 11 - (int)(number % 10);

	number /= 10;
	for (int weight = 2; weight <= 9; weight++) {
		rest += weight * (int)(number % 10);
		number /= 10;
	}
	return rest % 11;
}

static void
expect_as_divided(uint32_t number)
{
	char text[16];
	char pgn[KB_PGN_CHARS + 1] = "kept";
	bool bsn = number != 0 && rest_by_division(number) == 0;
	bool onderwijs = number / 10000000 == 10 && rest_by_division(number) == 5;

	(void)snprintf(text, sizeof(text), "%09u", number);
	cr_assert_eq(kb_bsn_ok(kb_span_text(text)), bsn, "%s", text);
	cr_assert_eq(kb_onderwijsnummer_ok(kb_span_text(text)), onderwijs, "%s", text);
	cr_assert_eq(kb_pgn_parse(kb_span_text(text), pgn),
		     bsn || onderwijs ? KB_OK : KB_ERR_BAD_VALUE, "%s", text);
	cr_assert_str_eq(pgn, bsn || onderwijs ? text : "kept");
}

/* Every number around both ends of the onderwijsnummers, and one in a thousand of all there are. */
Test(identifiers, a_pgn_is_one_of_the_two_and_nothing_else)
{
	for (uint32_t i = 0; i < 100000; i++) {
		expect_as_divided(i);
		expect_as_divided(99950000 + i);
		expect_as_divided(109950000 + i);
		expect_as_divided(999900000 + i);
	}
	for (uint32_t i = 0; i < 1000000000; i += 1009) {
		expect_as_divided(i);
	}
}

Test(identifiers, eight_digits_get_a_leading_zero_and_other_lengths_are_refused)
{
	char pgn[KB_PGN_CHARS + 1] = "kept";

	cr_assert_eq(kb_pgn_parse(kb_span_text("12345672"), pgn), KB_OK);
	cr_assert_str_eq(pgn, "012345672");
	memcpy(pgn, "kept", 5);
	cr_assert_eq(kb_pgn_parse(kb_span_text(""), pgn), KB_ERR_BAD_VALUE);
	cr_assert_eq(kb_pgn_parse(kb_span_text("0249566758"), pgn), KB_ERR_BAD_VALUE);
	cr_assert_eq(kb_pgn_parse(kb_span_text("1234567"), pgn), KB_ERR_BAD_VALUE);
	cr_assert_eq(kb_pgn_parse(kb_span_text("24956675a"), pgn), KB_ERR_BAD_VALUE);
	cr_assert_eq(kb_pgn_parse(kb_span_text("000000000"), pgn), KB_ERR_BAD_VALUE);
	cr_assert_eq(kb_pgn_parse(kb_span_text("00000000"), pgn), KB_ERR_BAD_VALUE);
	cr_assert_str_eq(pgn, "kept");
}

Test(identifiers, gemeentecode_is_four_digits)
{
	cr_assert(kb_gemeentecode_ok(kb_span_text("0114")));
	cr_assert(kb_gemeentecode_ok(kb_span_text("0000")));
	cr_assert_not(kb_gemeentecode_ok(kb_span_text("114")));
	cr_assert_not(kb_gemeentecode_ok(kb_span_text("GM0114")));
	cr_assert_not(kb_gemeentecode_ok(kb_span_text("011a")));
	cr_assert_not(kb_gemeentecode_ok(kb_span_text("")));
	cr_assert_not(kb_gemeentecode_ok(kb_span_text("01140")));
	cr_assert(kb_gemeentecode_is_abroad("0000"));
	cr_assert_not(kb_gemeentecode_is_abroad("0001"));
}

Test(identifiers, brin_and_vestiging_have_their_form)
{
	cr_assert(kb_brin_ok(kb_span_text("12AB")));
	cr_assert_not(kb_brin_ok(kb_span_text("12ab")));
	cr_assert_not(kb_brin_ok(kb_span_text("1AAB")));
	cr_assert_not(kb_brin_ok(kb_span_text("12A")));
	cr_assert_not(kb_brin_ok(kb_span_text("12A1")));
	cr_assert(kb_vestiging_ok(kb_span_text("00")));
	cr_assert_not(kb_vestiging_ok(kb_span_text("0")));
	cr_assert_not(kb_vestiging_ok(kb_span_text("A0")));
	cr_assert(kb_vestigingsnummer_ok(kb_span_text("12AB00")));
	cr_assert_not(kb_vestigingsnummer_ok(kb_span_text("12AB0")));
	cr_assert_not(kb_vestigingsnummer_ok(kb_span_text("12AB0C")));
	cr_assert_not(kb_vestigingsnummer_ok(kb_span_text("12AB000")));
}

Test(identifiers, a_dutch_postcode_is_brought_to_one_form)
{
	static const char *const bad[] = { "",	    "0123AB", "1234A",	 "1234ABC", "1234  AB",
					   "12345", "B-1000", "1234 1B", "AB1234" };
	char out[KB_POSTCODE_CHARS + 1] = "";

	cr_assert_eq(kb_postcode_parse(kb_span_text("1234 ab"), out), KB_OK);
	cr_assert_str_eq(out, "1234AB");
	cr_assert_eq(kb_postcode_parse(kb_span_text("9999ZZ"), out), KB_OK);
	cr_assert_str_eq(out, "9999ZZ");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		cr_assert_eq(kb_postcode_parse(kb_span_text(bad[i]), out), KB_ERR_BAD_VALUE, "%s",
			     bad[i]);
	}
	cr_assert_str_eq(out, "9999ZZ");
}
