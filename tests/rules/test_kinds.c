/* SPDX-License-Identifier: EUPL-1.2 */
/* The fixed tables of words and kinds: whole, without doubles, and inside each other's bounds. */
#include "common/exchange/permit.h"

#include <criterion/criterion.h>

Test(kinds, every_row_has_words_and_a_source_and_no_number_stands_twice)
{
	size_t count = 0;
	const struct kb_kind_row *rows = kb_kind_rows(&count);

	cr_assert_gt(count, 0u);
	for (size_t i = 0; i < count; i++) {
		uint32_t kind = (uint32_t)rows[i].kind;

		cr_assert_gt(strlen(kb_kind_name(kind)), 0u);
		cr_assert_gt(strlen(kb_kind_label(kind)), 0u);
		cr_assert_gt(strlen(rows[i].source), 0u);
		cr_assert_eq(kb_kind_find(kind), &rows[i], "kind %u stands twice", kind);
		cr_assert_eq(kb_kind_parse(kb_span_text(kb_kind_name(kind))), rows[i].kind);
		cr_assert_gt(rows[i].content_bytes_max, 0u);
		cr_assert_neq(rows[i].form, KB_CONTENT_NONE);
	}
	cr_assert_str_eq(kb_kind_name(999), "");
	cr_assert_eq(kb_kind_parse(kb_span_text("")), KB_KIND_UNSPECIFIED);
}

/* A row of the table that its kind does not allow could never be used; a bound that no row fills is wider than the rules. */
Test(kinds, permissions_fill_the_bounds_of_their_kind_exactly)
{
	size_t kind_count = 0;
	size_t count = 0;
	const struct kb_kind_row *kinds = kb_kind_rows(&kind_count);
	const struct kb_permit_row *rows = kb_permit_rows(&count);

	for (size_t i = 0; i < kind_count; i++) {
		uint32_t from = 0, to = 0, purposes = 0, grounds = 0, categories = 0;

		for (size_t j = 0; j < count; j++) {
			if (rows[j].kind == kinds[i].kind) {
				from |= rows[j].from.kinds;
				to |= rows[j].to.kinds;
				purposes |= KB_PURPOSE_BIT(rows[j].purpose);
				grounds |= KB_GROUND_BIT(rows[j].ground);
				categories |= rows[j].categories;
			}
		}
		const char *name = kb_kind_name((uint32_t)kinds[i].kind);

		cr_expect_eq(from, kinds[i].from, "senders of %s: %x, bound %x", name, from,
			     kinds[i].from);
		cr_expect_eq(to, kinds[i].to, "recipients of %s: %x, bound %x", name, to,
			     kinds[i].to);
		cr_expect_eq(purposes, kinds[i].purposes, "purposes of %s", name);
		cr_expect_eq(grounds, kinds[i].grounds, "grounds of %s", name);
		cr_expect_eq((categories & KB_DATA_GEZONDHEID) != 0, kinds[i].health,
			     "health in %s", name);
	}
}

Test(kinds, permissions_are_sorted_by_kind_named_once_and_say_what_they_rest_on)
{
	size_t count = 0;
	const struct kb_permit_row *rows = kb_permit_rows(&count);

	for (size_t i = 0; i < count; i++) {
		cr_assert_gt(strlen(rows[i].name), 0u);
		cr_assert_gt(strlen(rows[i].rule), 0u);
		cr_assert_gt(strlen(rows[i].source), 0u);
		cr_assert_not_null(kb_kind_find((uint32_t)rows[i].kind));
		cr_assert(i == 0 || rows[i - 1].kind <= rows[i].kind, "row %s is out of order",
			  rows[i].name);
		for (size_t j = 0; j < i; j++) {
			cr_assert_str_neq(rows[i].name, rows[j].name);
		}
		cr_assert(rows[i].ground != KB_GROUND_TOESTEMMING ||
				  (rows[i].needs & KB_NEED_TOESTEMMING) != 0,
			  "row %s rests on a toestemming and does not ask for it", rows[i].name);
	}
}

Test(roles, names_go_both_ways)
{
	for (unsigned i = 1; i < KB_PARTY_KIND_COUNT; i++) {
		cr_assert_eq(kb_party_kind_parse(
				     kb_span_text(kb_party_kind_name((enum kb_party_kind)i))),
			     i);
		cr_assert(kb_party_kind_known(i));
	}
	for (unsigned i = 1; i < KB_SECTOR_COUNT; i++) {
		cr_assert_eq(kb_sector_parse(kb_span_text(kb_sector_name((enum kb_sector)i))), i);
	}
	for (unsigned i = 1; i < KB_DESK_COUNT; i++) {
		cr_assert_eq(kb_desk_parse(kb_span_text(kb_desk_name((enum kb_desk)i))), i);
	}
	for (unsigned i = 1; i < KB_PURPOSE_COUNT; i++) {
		cr_assert_eq(kb_purpose_parse(kb_span_text(kb_purpose_name((enum kb_purpose)i))),
			     i);
	}
	for (unsigned i = 0; i < KB_DATA_COUNT; i++) {
		cr_assert_eq(kb_data_parse(kb_span_text(kb_data_name(1u << i))), 1u << i);
	}
	cr_assert_eq(kb_party_kind_parse(kb_span_text("")), KB_PARTY_UNSPECIFIED);
	cr_assert_not(kb_party_kind_known(0));
	cr_assert_not(kb_desk_known(KB_DESK_COUNT));
	cr_assert_str_eq(kb_data_name(3), "");
}
