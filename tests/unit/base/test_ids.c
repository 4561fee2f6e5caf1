/* SPDX-License-Identifier: EUPL-1.2 */
/* Party ids and random ids. */
#include "common/base/ids.h"
#include "common/base/random.h"

#include <criterion/criterion.h>

Test(ids, a_party_is_an_oin_with_or_without_a_unit)
{
	struct kb_party_id id;

	cr_assert_eq(kb_party_id_parse(kb_span_text("00000099000000001000"), &id), KB_OK);
	cr_assert_str_eq(kb_party_id_unit(&id), "");
	cr_assert_eq(kb_party_id_parse(kb_span_text("00000099000000001000/12AB00"), &id), KB_OK);
	cr_assert_str_eq(kb_party_id_unit(&id), "12AB00");
	cr_assert_eq(kb_party_id_parse(kb_span_text("0000000712AB00000000"), &id), KB_OK);
}

Test(ids, anything_else_is_refused_and_changes_nothing)
{
	static const char *const wrong[] = {
		"",
		"0000009900000000100",
		"000000990000000010000",
		"0000A099000000001000",
		"00000099000000001000/12ab00",
		"00000099000000001000/12AB0",
		"00000099000000001000-12AB00",
		"00000099000000001000/1AAB00",
		"00000099 00000001000",
	};
	struct kb_party_id id = { "untouched" };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		cr_assert_eq(kb_party_id_parse(kb_span_text(wrong[i]), &id), KB_ERR_BAD_VALUE, "%s",
			     wrong[i]);
	}
	cr_assert_eq(kb_party_id_parse(kb_span("00000099000000001000\0"
					       "2AB00",
					       27),
				       &id),
		     KB_ERR_BAD_VALUE);
	cr_assert_str_eq(id.text, "untouched");
}

Test(ids, a_shorter_id_leaves_no_rest_of_a_longer_one)
{
	struct kb_party_id a;
	struct kb_party_id b = { { 0 } };

	memset(&a, 'x', sizeof(a));
	cr_assert_eq(kb_party_id_parse(kb_span_text("00000099000000001000"), &a), KB_OK);
	cr_assert_eq(kb_party_id_parse(kb_span_text("00000099000000001000"), &b), KB_OK);
	cr_assert(kb_party_id_equal(&a, &b));
}

Test(ids, a_seed_gives_the_same_ids_and_the_system_gives_others)
{
	struct kb_random_seeded one = { 5 };
	struct kb_random_seeded two = { 5 };
	struct kb_random first = kb_random_of_seed(&one);
	struct kb_random second = kb_random_of_seed(&two);
	struct kb_random real = kb_random_system();
	struct kb_id a = kb_id_random(&first);
	struct kb_id b = kb_id_random(&second);
	struct kb_id c = kb_id_random(&real);
	struct kb_id back;
	char text[KB_ID_TEXT];

	cr_assert(kb_id_equal(&a, &b));
	cr_assert_not(kb_id_equal(&a, &c));
	cr_assert_not(kb_id_empty(&c));
	kb_id_text(&c, text);
	cr_assert_eq(kb_id_parse(kb_span_text(text), &back), KB_OK);
	cr_assert(kb_id_equal(&back, &c));
}
