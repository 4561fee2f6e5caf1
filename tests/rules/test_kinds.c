/* SPDX-License-Identifier: EUPL-1.2 */
/* The fixed table of kinds, enumerated whole: what is not listed here by hand is refused. */
#include "common/exchange/kinds.h"

#include <criterion/criterion.h>

/* Written from facts D1, D5 and design 4 and 6, not from the table: who sends what to whom, for which desk. */
struct expected {
	uint32_t kind;
	const char *from; /* letters: S school, V vo, G gemeente, W swv, J jeugdhulp */
	const char *to;
	uint32_t desk;
	uint32_t purpose;
	bool has_case;
	bool numbered;
};

static const struct expected expectations[] = {
	{ 1, "SVGWJ", "SVGWJ", 0, 2, false, false }, { 2, "SVGWJ", "SVGWJ", 0, 2, false, true },
	{ 3, "SVGWJ", "SVGWJ", 0, 2, false, true },  { 10, "SV", "G", 1, 1, true, true },
	{ 11, "SV", "G", 1, 1, true, true },	     { 12, "SV", "G", 1, 1, true, true },
	{ 13, "G", "SV", 4, 1, true, true },	     { 14, "G", "SV", 4, 1, true, true },
	{ 15, "SV", "G", 1, 1, true, true },	     { 16, "SV", "G", 1, 1, true, true },
	{ 17, "SV", "G", 1, 1, true, true },
};
#define EXPECTED_COUNT (sizeof(expectations) / sizeof(expectations[0]))

static bool
has_role(const char *letters, unsigned kind)
{
	static const char letter_of[] = { 0, 'S', 'W', 'G', 'J', 'V', 0, 0 };

	return kind < sizeof(letter_of) && letter_of[kind] != 0 &&
	       strchr(letters, letter_of[kind]) != NULL;
}

static bool
expected_allowed(const struct kb_kind_check *check)
{
	for (size_t i = 0; i < EXPECTED_COUNT; i++) {
		const struct expected *row = &expectations[i];

		if (row->kind == check->kind) {
			return has_role(row->from, check->sender) &&
			       has_role(row->to, check->recipient) && row->desk == check->desk &&
			       row->purpose == check->purpose && check->ground == 1 &&
			       row->has_case == check->has_case && row->numbered == check->numbered;
		}
	}
	return false;
}

static size_t
compare_all_of(struct kb_kind_check check)
{
	size_t allowed = 0;

	for (check.desk = 0; check.desk <= KB_DESK_COUNT; check.desk++) {
		for (check.purpose = 0; check.purpose <= 3; check.purpose++) {
			for (check.ground = 0; check.ground <= 33; check.ground++) {
				for (unsigned flags = 0; flags < 4; flags++) {
					check.has_case = (flags & 1) != 0;
					check.numbered = (flags & 2) != 0;
					cr_assert_eq(kb_kind_allows(&check) == KB_OK,
						     expected_allowed(&check),
						     "kind %u from %d to %d desk %u purpose %u "
						     "ground %u flags %u",
						     check.kind, check.sender, check.recipient,
						     check.desk, check.purpose, check.ground,
						     flags);
					allowed += kb_kind_allows(&check) == KB_OK;
				}
			}
		}
	}
	return allowed;
}

Test(kinds, every_combination_that_is_not_listed_is_refused_R16)
{
	size_t allowed = 0;

	for (uint32_t kind = 0; kind <= 40; kind++) {
		for (unsigned from = 0; from < KB_PARTY_KIND_COUNT; from++) {
			for (unsigned to = 0; to < KB_PARTY_KIND_COUNT; to++) {
				allowed += compare_all_of((struct kb_kind_check){
					.kind = kind,
					.sender = (enum kb_party_kind)from,
					.recipient = (enum kb_party_kind)to });
			}
		}
	}
	/* 3 kinds of traffic between 5 x 5 roles, 8 verzuim kinds between 2 kinds of school and the gemeente */
	cr_assert_eq(allowed, 3u * 25 + 8u * 2);
}

Test(kinds, the_refusal_names_the_rule)
{
	struct kb_kind_check check = { .kind = KB_KIND_VERZUIM_MELDING,
				       .sender = KB_PARTY_SCHOOL,
				       .recipient = KB_PARTY_GEMEENTE,
				       .desk = KB_DESK_LEERPLICHT,
				       .purpose = KB_PURPOSE_LEERPLICHT,
				       .ground = KB_GROUND_WETTELIJKE_TAAK,
				       .has_case = true,
				       .numbered = true };

	cr_assert_eq(kb_kind_allows(&check), KB_OK);
	check.kind = 999;
	cr_assert_eq(kb_kind_allows(&check), KB_ERR_UNKNOWN_KIND);
	check.kind = KB_KIND_VERZUIM_MELDING;
	check.recipient = KB_PARTY_SWV;
	cr_assert_eq(kb_kind_allows(&check), KB_ERR_NOT_ALLOWED);
	check.recipient = KB_PARTY_GEMEENTE;
	check.ground = KB_GROUND_TOESTEMMING;
	cr_assert_eq(kb_kind_allows(&check), KB_ERR_NO_GROUND);
	check.ground = KB_GROUND_WETTELIJKE_TAAK;
	check.content_bytes = 10 * 1024 * 1024;
	cr_assert_eq(kb_kind_allows(&check), KB_ERR_OVERSIZE);
}

Test(kinds, every_row_has_a_name_a_label_and_a_source_and_no_number_stands_twice)
{
	size_t count = 0;
	const struct kb_kind_row *rows = kb_kind_rows(&count);

	cr_assert_eq(count, EXPECTED_COUNT);
	for (size_t i = 0; i < count; i++) {
		cr_assert_gt(strlen(rows[i].name), 0u);
		cr_assert_gt(strlen(rows[i].label), 0u);
		cr_assert_gt(strlen(rows[i].source), 0u);
		cr_assert_eq(kb_kind_find(rows[i].kind), &rows[i]);
		cr_assert_gt(rows[i].content_bytes_max, 0u);
	}
	cr_assert_str_eq(kb_kind_name(999), "");
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
	cr_assert_eq(kb_party_kind_parse(kb_span_text("")), KB_PARTY_UNSPECIFIED);
	cr_assert_not(kb_party_kind_known(0));
	cr_assert_not(kb_desk_known(KB_DESK_COUNT));
}
