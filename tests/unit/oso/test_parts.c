/* SPDX-License-Identifier: EUPL-1.2 */
/* A dossier in parts: nothing lost, doubled or mixed, and every part a dossier that the kind allows. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "agents/intake/oso/parts.h"
#include "common/exchange/kinds.h"

#define FIELDS 9

static struct kb_arena arena;
static struct kb_field dossier[FIELDS];
static struct kb_oso_part *parts;
static size_t part_count;
static struct kb_oso_whole whole;

static void
teardown(void)
{
	kb_arena_release(&arena);
}

TestSuite(oso_parts, .fini = teardown);

/* Elements of 40 bytes, one with a letter of two bytes at an odd place, so that cuts meet both. */
static struct kb_span
text_of(size_t len, bool elements)
{
	uint8_t *at = kb_arena_alloc(&arena, len + 1);
	const char *element = "<a>0123456789012345678901234567890123</a>";
	size_t size = strlen(element);

	cr_assert_not_null(at);
	for (size_t i = 0; i < len; i++) {
		at[i] = elements ? (uint8_t)element[i % size] : (uint8_t)('a' + i % 23);
	}
	for (size_t i = 1; !elements && i + 1 < len; i += 2) {
		at[i] = 0xc3;
		at[i + 1] = 0xa9;
	}
	return (struct kb_span){ .at = at, .len = len };
}

static void
lay_out(size_t support, size_t attachments)
{
	const struct kb_field fields[FIELDS] = {
		{ .number = KB_VELD_LEERLING_NAAM, .value = kb_span_text("Fenna Voorbeeld") },
		{ .number = KB_VELD_GEBOORTEDATUM, .value = kb_span_text("2014-05-06") },
		{ .number = KB_VELD_PGN, .value = kb_span_text("999990019") },
		{ .number = KB_VELD_INZAGE_OP, .value = kb_span_text("2026-02-03") },
		{ .number = KB_VELD_OSO_METADATA, .value = text_of(3000, true) },
		{ .number = KB_VELD_OSO_OVERSTAPADVIES,
		  .value = kb_span_text("<contactnodig>true</contactnodig>") },
		{ .number = KB_VELD_OSO_ONDERWIJSONDERSTEUNING, .value = text_of(support, true) },
		{ .number = KB_VELD_OSO_TOETSRESULTATEN, .value = text_of(2000, true) },
		{ .number = KB_VELD_OSO_BIJLAGEDOCS, .value = text_of(attachments, false) },
	};

	memcpy(dossier, fields, sizeof(fields));
}

static enum kb_err
cut(void)
{
	return kb_oso_parts_cut(dossier, FIELDS, &arena, &parts, &part_count);
}

static void
gather(size_t first, size_t step, size_t count)
{
	memset(&whole, 0, sizeof(whole));
	for (size_t i = 0; i < count; i++) {
		const struct kb_oso_part *part = &parts[(first + i * step) % part_count];
		bool taken = false;

		cr_assert_eq(kb_oso_whole_add(&whole, part->fields, part->count, &taken), KB_OK);
		cr_assert(taken);
		/* The same once more changes nothing. */
		cr_assert_eq(kb_oso_whole_add(&whole, part->fields, part->count, &taken), KB_OK);
		cr_assert_not(taken);
	}
}

static void
is_the_dossier(void)
{
	struct kb_field *fields = NULL;
	size_t count = 0;

	cr_assert(kb_oso_whole_is_complete(&whole));
	cr_assert_eq(kb_oso_whole_join(&whole, &arena, &fields, &count), KB_OK);
	cr_assert_eq(count, FIELDS);
	for (size_t i = 0; i < FIELDS; i++) {
		cr_assert_eq(fields[i].number, dossier[i].number);
		cr_assert(kb_span_equal(fields[i].value, dossier[i].value), "field %u",
			  fields[i].number);
	}
}

static void
every_part_may_travel(void)
{
	for (size_t i = 0; i < part_count; i++) {
		uint32_t at = 0;
		size_t bytes = 0;

		cr_assert_eq(kb_fields_check(KB_KIND_OVERDRACHTSDOSSIER, parts[i].fields,
					     parts[i].count, &at),
			     KB_OK, "part %zu, field %u", i + 1, at);
		for (size_t j = 0; j < parts[i].count; j++) {
			bytes += parts[i].fields[j].value.len + 16;
		}
		cr_assert_leq(bytes, KB_OSO_PART_BYTES);
	}
}

Test(oso_parts, what_fits_in_one_message_stays_as_it_is)
{
	lay_out(60000, 131072);
	cr_assert_eq(cut(), KB_OK);
	cr_assert_eq(part_count, 1);
	cr_assert_eq(parts[0].fields, dossier);
	cr_assert_eq(parts[0].count, FIELDS);
	gather(0, 1, 1);
	is_the_dossier();
}

Test(oso_parts, any_size_comes_together_in_any_order)
{
	static const size_t sizes[][2] = {
		{ 60000, 131073 },  /* one byte too long for its field */
		{ 131072, 131072 }, /* each fits, together they do not */
		{ 131073, 1 },		 { 400001, 777777 },
		{ 17, 4 * 1024 * 1024 }, { 4 * 1024 * 1024, 9 },
	};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		lay_out(sizes[i][0], sizes[i][1]);
		cr_assert_eq(cut(), KB_OK);
		cr_assert_gt(part_count, 1);
		cr_assert_lt(part_count, 45, "%zu parts", part_count);
		every_part_may_travel();
		gather(0, 1, part_count);
		is_the_dossier();
		gather(part_count - 1, part_count - 1, part_count);
		is_the_dossier();
		kb_arena_clear(&arena);
	}
}

Test(oso_parts, what_a_guard_looks_for_is_whole_in_one_part)
{
	size_t found = 0;

	lay_out(400001, 300000);
	/* Longer than its field may be, with the leaf where the first cut would fall. */
	char *text = kb_arena_alloc(&arena, 30001);

	memset(text, 'x', 30000);
	memcpy(text, "<aandachtspunten>", 17);
	memcpy(text + 16350, "</aandachtspunten><contactnodig>true</contactnodig><b>", 54);
	memcpy(text + 29996, "</b>", 4);
	dossier[5].value = (struct kb_span){ .at = (const uint8_t *)text, .len = 30000 };
	cr_assert_eq(cut(), KB_OK);
	for (size_t i = 0; i < part_count; i++) {
		struct kb_span piece =
			kb_fields_get(parts[i].fields, parts[i].count, KB_VELD_OSO_OVERSTAPADVIES);
		char *copy = kb_arena_text(&arena, piece);

		found += strstr(copy, "<contactnodig>true</contactnodig>") != NULL;
	}
	cr_assert_eq(found, 1);
	every_part_may_travel();
	gather(0, 1, part_count);
	is_the_dossier();
}

Test(oso_parts, without_all_parts_there_is_no_dossier)
{
	struct kb_field *fields = NULL;
	size_t count = 0;

	lay_out(400001, 400001);
	cr_assert_eq(cut(), KB_OK);
	for (size_t missing = 0; missing < part_count; missing++) {
		gather(missing + 1, 1, part_count - 1);
		cr_assert_not(kb_oso_whole_is_complete(&whole));
		cr_assert_eq(kb_oso_whole_join(&whole, &arena, &fields, &count), KB_ERR_INCOMPLETE);
	}
}

Test(oso_parts, parts_of_another_dossier_are_left_alone)
{
	struct kb_oso_part *others = NULL;
	size_t other_count = 0;
	bool taken = false;

	lay_out(400001, 400001);
	dossier[2].value = kb_span_text("999990020");
	cr_assert_eq(kb_oso_parts_cut(dossier, FIELDS, &arena, &others, &other_count), KB_OK);
	dossier[2].value = kb_span_text("999990019");
	cr_assert_eq(cut(), KB_OK);
	cr_assert_eq(part_count, other_count);
	gather(0, 1, part_count - 1);
	cr_assert_eq(kb_oso_whole_add(&whole, others[part_count - 1].fields,
				      others[part_count - 1].count, &taken),
		     KB_OK);
	cr_assert_not(taken);
	cr_assert_not(kb_oso_whole_is_complete(&whole));
}

/* The last part with one thing changed: its words about parts are right, so only the content betrays it. */
static enum kb_err
join_with(size_t changed, uint32_t number, struct kb_span value)
{
	struct kb_field *copy = kb_arena_alloc(&arena, parts[changed].count * sizeof(*copy));
	struct kb_field *fields = NULL;
	size_t count = 0;

	memcpy(copy, parts[changed].fields, parts[changed].count * sizeof(*copy));
	for (size_t i = 0; i < parts[changed].count; i++) {
		if (copy[i].number == number) {
			copy[i].value = value;
		}
	}
	gather(0, 1, part_count);
	whole.parts[changed].fields = copy;
	return kb_oso_whole_join(&whole, &arena, &fields, &count);
}

Test(oso_parts, a_part_that_was_changed_spoils_the_whole)
{
	size_t last = 0;

	lay_out(400001, 400001);
	cr_assert_eq(cut(), KB_OK);
	last = part_count - 1;
	cr_assert_eq(join_with(last, KB_VELD_NONE, KB_SPAN_NONE), KB_OK);
	cr_assert_eq(join_with(last, KB_VELD_OSO_BIJLAGEDOCS, kb_span_text("x")), KB_ERR_DATA);
	cr_assert_eq(join_with(last, KB_VELD_LEERLING_NAAM, kb_span_text("Een ander")),
		     KB_ERR_DATA);
	cr_assert_eq(join_with(0, KB_VELD_PGN, kb_span_text("999990020")), KB_ERR_DATA);
}

Test(oso_parts, words_about_parts_that_make_no_sense_are_refused)
{
	static const char *const wrong[][2] = {
		{ "0", "2" }, { "3", "2" }, { "1", "1" }, { "1", "201" },
		{ "", "2" },  { "1", "" },  { "x", "2" },
	};
	const char *hash = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
	bool taken = false;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		const struct kb_field fields[] = {
			{ .number = KB_VELD_OSO_METADATA, .value = kb_span_text("<m/>") },
			{ .number = KB_VELD_DOSSIER_DEEL, .value = kb_span_text(wrong[i][0]) },
			{ .number = KB_VELD_DOSSIER_DELEN, .value = kb_span_text(wrong[i][1]) },
			{ .number = KB_VELD_DOSSIER_HASH, .value = kb_span_text(hash) },
		};

		memset(&whole, 0, sizeof(whole));
		cr_assert_eq(kb_oso_whole_add(&whole, fields, 4, &taken), KB_ERR_DATA, "row %zu",
			     i);
		cr_assert_not(taken);
	}
}

Test(oso_parts, a_dossier_that_was_typed_in_is_none)
{
	const struct kb_field typed = { .number = KB_VELD_LEERLING_NAAM,
					.value = kb_span_text("Fenna") };
	bool taken = false;

	memset(&whole, 0, sizeof(whole));
	cr_assert_eq(kb_oso_whole_add(&whole, &typed, 1, &taken), KB_ERR_NOT_FOUND);
}

Test(oso_parts, what_the_helper_would_not_read_back_is_refused_before_anything_leaves)
{
	lay_out(17, 4 * 1024 * 1024 + 1);
	cr_assert_eq(cut(), KB_ERR_OVERSIZE);
}

/* All of a file in the field that may be shortest in a message: it still goes. */
Test(oso_parts, even_the_narrowest_field_holds_a_whole_file)
{
	lay_out(17, 9);
	dossier[7] = (struct kb_field){ .number = KB_VELD_OSO_VERZUIM,
					.value = text_of((size_t)4 << 20, true) };
	cr_assert_eq(cut(), KB_OK);
	every_part_may_travel();
	gather(0, 1, part_count);
	is_the_dossier();
}

Test(oso_parts, what_every_part_must_say_has_to_fit_in_one)
{
	struct kb_field name = { .number = KB_VELD_LEERLING_NAAM,
				 .value = text_of(KB_OSO_PART_BYTES, false) };

	cr_assert_eq(kb_oso_parts_cut(&name, 1, &arena, &parts, &part_count), KB_ERR_OVERSIZE);
}
