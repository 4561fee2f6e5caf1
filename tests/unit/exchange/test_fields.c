/* SPDX-License-Identifier: EUPL-1.2 */
/* Fields: the table, the form of a value, the list of a kind and what a list of fields says. */
#include "common/exchange/fields.h"
#include "common/exchange/identifier_policy.h"

#include <criterion/criterion.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define ID_HEX "00112233445566778899aabbccddeeff"
#define HASH_HEX ID_HEX ID_HEX
#define ECK_TEXT "https://ketenid.nl/201703/" HASH_HEX HASH_HEX

static struct kb_field
field(uint32_t number, const char *value)
{
	return (struct kb_field){ number, kb_span_text(value) };
}

/* A value that has the form of the field. */
static const char *
right_value(const struct kb_field_row *row)
{
	static const char *const values[] = {
		[KB_FIELD_TEXT] = "tekst",
		[KB_FIELD_LINES] = "regel een\nregel twee",
		[KB_FIELD_DATE] = "2026-02-28",
		[KB_FIELD_NUMBER] = "2", /* also as part 2 of 2 of a dossier */
		[KB_FIELD_FLAG] = "nee",
		[KB_FIELD_PGN] = "999580735",
		[KB_FIELD_ID] = ID_HEX,
		[KB_FIELD_HASH] = HASH_HEX,
		[KB_FIELD_PARTY] = "00000099000000001000/12AB00",
		[KB_FIELD_POSTCODE] = "1234AB",
		[KB_FIELD_ECK] = ECK_TEXT,
	};

	return row->form == KB_FIELD_CODE ? row->words[0] : values[row->form];
}

/* All fields that kind may hold, in order, each with a right value. */
static size_t
whole_list(enum kb_kind kind, struct kb_field fields[KB_FIELD_COUNT])
{
	size_t required = 0;
	size_t count = 0;
	const uint32_t *list = kb_kind_fields(kind, &required);

	for (uint32_t number = 1; number <= KB_FIELD_COUNT; number++) {
		for (const uint32_t *at = list; *at != 0; at++) {
			if (*at == number) {
				fields[count++] = field(number, right_value(kb_field_find(number)));
			}
		}
	}
	return count;
}

/* A value in a list of its own, as the kind BERICHT, OVERDRACHTSDOSSIER ... would hold it. */
static enum kb_err
check_value(enum kb_kind kind, uint32_t number, struct kb_span value)
{
	struct kb_field fields[KB_FIELD_COUNT];
	size_t count = whole_list(kind, fields);
	uint32_t at = 0;
	enum kb_err err;

	for (size_t i = 0; i < count; i++) {
		if (fields[i].number == number) {
			fields[i].value = value;
		}
	}
	err = kb_fields_check(kind, fields, count, &at);
	cr_assert_eq(at, err == KB_OK ? 0 : number);
	return err;
}

static void
expect_values(enum kb_kind kind, uint32_t number, const char *const right[],
	      const char *const wrong[])
{
	for (size_t i = 0; right[i] != NULL; i++) {
		cr_expect_eq(check_value(kind, number, kb_span_text(right[i])), KB_OK,
			     "field %u, right value %zu", number, i);
	}
	for (size_t i = 0; wrong[i] != NULL; i++) {
		cr_expect_eq(check_value(kind, number, kb_span_text(wrong[i])), KB_ERR_BAD_VALUE,
			     "field %u, wrong value %zu", number, i);
	}
}

#define VALUES(...) ((const char *const[]){ __VA_ARGS__, NULL })

Test(fields, every_row_is_whole_and_can_be_found_by_number_and_name)
{
	size_t count = 0;
	const struct kb_field_row *rows = kb_field_rows(&count);

	cr_assert_eq(count, KB_FIELD_COUNT);
	for (size_t i = 0; i < count; i++) {
		cr_assert_eq(rows[i].number, i + 1);
		cr_assert_eq(kb_field_find(rows[i].number), &rows[i]);
		cr_assert_eq(kb_field_parse(kb_span_text(rows[i].name)), &rows[i]);
		cr_assert_gt(strlen(rows[i].label), 0u);
		cr_assert_neq(rows[i].form, KB_FIELD_NONE);
		cr_assert_gt(rows[i].bytes_max, 0u);
		cr_assert_gt(strlen(kb_data_name(rows[i].category)), 0u, "%s has one category",
			     rows[i].name);
		cr_assert(rows[i].identifier == 0 ||
			  strlen(kb_identifier_name(rows[i].identifier)) > 0);
		cr_assert_eq(rows[i].form == KB_FIELD_CODE, rows[i].words != NULL);
		cr_assert_leq(strlen(right_value(&rows[i])), rows[i].bytes_max, "%s", rows[i].name);
	}
	cr_assert_null(kb_field_find(0));
	cr_assert_null(kb_field_find(KB_FIELD_COUNT + 1));
	cr_assert_null(kb_field_find(UINT32_MAX));
	cr_assert_null(kb_field_parse(kb_span_text("")));
	cr_assert_null(kb_field_parse(kb_span_text("godsdienst")));
}

Test(fields, soort_has_the_words_of_the_variants)
{
	const char *const *words = kb_field_find(KB_VELD_SOORT)->words;

	for (unsigned i = 1; i < KB_VARIANT_COUNT; i++) {
		cr_assert_str_eq(words[i - 1], kb_variant_name((enum kb_variant)i));
	}
	cr_assert_null(words[KB_VARIANT_COUNT - 1]);
}

/* Requirements 7.9: without all four nobody can say whether this is a thuiszitter, in whatever region. */
Test(fields, a_thuiszitter_has_four_attributes_that_must_be_there)
{
	static const uint32_t attributes[] = { KB_VELD_ONAFGEBROKEN, KB_VELD_ONGEOORLOOFD,
					       KB_VELD_VERZUIM_SINDS, KB_VELD_VERZUIM_OORZAAK };
	size_t required = 0;
	const uint32_t *list = kb_kind_fields(KB_KIND_THUISZITTER_MELDING, &required);

	for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++) {
		size_t place = 0;

		while (list[place] != 0 && list[place] != attributes[i]) {
			place++;
		}
		cr_expect_lt(place, required, "field %u", attributes[i]);
		cr_expect_eq(kb_field_find(attributes[i])->category, (uint32_t)KB_DATA_VERZUIM);
	}
	/* Whether education caused it, and never what else did: that would be health or home. */
	expect_values(KB_KIND_THUISZITTER_MELDING, KB_VELD_VERZUIM_OORZAAK,
		      VALUES("onderwijs", "anders", "onbekend"), VALUES("ziekte", "thuis", ""));
}

Test(fields, every_kind_of_fields_has_a_list_without_doubles_and_no_other_kind_has_one)
{
	size_t count = 0;
	const struct kb_kind_row *kinds = kb_kind_rows(&count);

	for (size_t i = 0; i < count; i++) {
		bool seen[KB_FIELD_COUNT + 1] = { false };
		size_t required = 99;
		size_t length = 0;
		const uint32_t *list = kb_kind_fields(kinds[i].kind, &required);
		const char *name = kb_kind_name((uint32_t)kinds[i].kind);

		cr_assert_eq(list != NULL, kinds[i].form == KB_CONTENT_FIELDS, "%s", name);
		for (; list != NULL && *list != 0; list++, length++) {
			cr_assert_not_null(kb_field_find(*list));
			cr_assert_not(seen[*list], "%s has %u twice", name, *list);
			seen[*list] = true;
		}
		cr_assert_leq(required, length, "%s", name);
		cr_assert(list == NULL || required > 0, "%s can say nothing", name);
	}
}

/* What all permission rows of a kind can hold and what its fields can hold is the same, and its fields can meet its needs. */
Test(fields, lists_hold_what_the_permissions_of_their_kind_can_ask_and_no_more)
{
	size_t kind_count = 0;
	size_t row_count = 0;
	const struct kb_kind_row *kinds = kb_kind_rows(&kind_count);
	const struct kb_permit_row *rows = kb_permit_rows(&row_count);

	for (size_t i = 0; i < kind_count; i++) {
		struct kb_field fields[KB_FIELD_COUNT];
		uint32_t categories = 0;
		uint32_t needs = 0;
		size_t count;

		if (kinds[i].form != KB_CONTENT_FIELDS) {
			continue;
		}
		for (size_t j = 0; j < row_count; j++) {
			if (rows[j].kind == kinds[i].kind) {
				categories |= rows[j].categories;
				needs |= rows[j].needs;
			}
		}
		count = whole_list(kinds[i].kind, fields);
		cr_expect_eq(kb_fields_categories(fields, count), categories, "%s: %x, rows %x",
			     kb_kind_name((uint32_t)kinds[i].kind),
			     kb_fields_categories(fields, count), categories);
		needs &= ~((uint32_t)KB_NEED_TOESTEMMING | KB_NEED_LOCAL);
		cr_expect_eq(needs & ~kb_fields_needs(fields, count), 0u, "%s",
			     kb_kind_name((uint32_t)kinds[i].kind));
	}
}

Test(fields, a_whole_list_passes_and_without_a_required_field_it_is_incomplete)
{
	size_t kind_count = 0;
	const struct kb_kind_row *kinds = kb_kind_rows(&kind_count);

	for (size_t i = 0; i < kind_count; i++) {
		struct kb_field fields[KB_FIELD_COUNT];
		size_t required = 0;
		const uint32_t *list = kb_kind_fields(kinds[i].kind, &required);
		size_t count = list != NULL ? whole_list(kinds[i].kind, fields) : 0;
		uint32_t at = 99;

		if (list == NULL) {
			continue;
		}
		cr_assert_eq(kb_fields_check(kinds[i].kind, fields, count, &at), KB_OK, "%s",
			     kb_kind_name((uint32_t)kinds[i].kind));
		cr_assert_eq(at, 0u);
		for (size_t j = 0; j < required; j++) {
			struct kb_field less[KB_FIELD_COUNT];
			size_t kept = 0;

			for (size_t k = 0; k < count; k++) {
				if (fields[k].number != list[j]) {
					less[kept++] = fields[k];
				}
			}
			cr_assert_eq(kb_fields_check(kinds[i].kind, less, kept, &at),
				     KB_ERR_INCOMPLETE);
			cr_assert_eq(at, list[j]);
		}
	}
}

Test(fields, order_doubles_and_strangers_are_refused_by_name)
{
	struct kb_field fields[] = { field(KB_VELD_UITKOMST, "ja"),
				     field(KB_VELD_PSEUDONIEM, ID_HEX) };
	struct kb_field doubles[] = { field(KB_VELD_UITKOMST, "ja"),
				      field(KB_VELD_UITKOMST, "nee") };
	struct kb_field stranger[] = { field(KB_VELD_UITKOMST, "ja"), field(999, "x") };
	uint32_t at = 0;

	cr_assert_eq(kb_fields_check(KB_KIND_PROEFPLAATSING_JA_NEE, fields, 2, &at),
		     KB_ERR_NOT_CANONICAL);
	cr_assert_eq(at, (uint32_t)KB_VELD_PSEUDONIEM);
	cr_assert_eq(kb_fields_check(KB_KIND_PROEFPLAATSING_JA_NEE, doubles, 2, &at),
		     KB_ERR_NOT_CANONICAL);
	cr_assert_eq(kb_fields_check(KB_KIND_PROEFPLAATSING_JA_NEE, stranger, 2, &at),
		     KB_ERR_FIELD_NOT_ALLOWED);
	cr_assert_eq(at, 999u);
	cr_assert_eq(kb_fields_check(KB_KIND_PROEFPLAATSING_JA_NEE, NULL, 0, &at),
		     KB_ERR_INCOMPLETE);
	cr_assert_eq(kb_fields_check(KB_KIND_PROEFPLAATSING_JA_NEE, fields, 1, NULL), KB_OK);
	cr_assert_eq(kb_fields_check(KB_KIND_RECEIPT, fields, 1, &at), KB_ERR_FIELD_NOT_ALLOWED);
	cr_assert_eq(at, (uint32_t)KB_VELD_UITKOMST);
	cr_assert_eq(kb_fields_check((enum kb_kind)999, NULL, 0, &at), KB_ERR_FIELD_NOT_ALLOWED);
}

Test(fields, values_have_the_form_of_their_field)
{
	const enum kb_kind dossier = KB_KIND_OVERDRACHTSDOSSIER;

	expect_values(dossier, KB_VELD_LEERLING_NAAM, VALUES("Jip Ünal", " "),
		      VALUES("", "a\nb", "a\tb", "a\x01", "\xff", "\xc0\x80"));
	expect_values(dossier, KB_VELD_TOELICHTING, VALUES("een\ntwee", "\n"),
		      VALUES("", "a\tb", "a\rb", "\xed\xa0\x80"));
	expect_values(dossier, KB_VELD_INZAGE_OP, VALUES("2024-02-29", "2026-12-31"),
		      VALUES("", "2026-02-29", "2026-2-28", "28-02-2026", "2026-02-30"));
	expect_values(dossier, KB_VELD_LEERJAAR, VALUES("0", "8", "99"),
		      VALUES("", "08", "-1", "a"));
	expect_values(KB_KIND_VRIJSTELLING_ANTWOORD, KB_VELD_UITKOMST, VALUES("ja", "nee"),
		      VALUES("", "JA", "ja ", "x", "j"));
	expect_values(dossier, KB_VELD_TLV_CATEGORIE, VALUES("laag", "midden", "hoog"),
		      VALUES("", "LAAG", "geen", "laa"));
	expect_values(dossier, KB_VELD_PGN, VALUES("249566758", "012345672", "101211151"),
		      VALUES("", "12345672", "249566759", "101211152", "000000000", "24956675x"));
	expect_values(dossier, KB_VELD_PSEUDONIEM, VALUES(ID_HEX),
		      VALUES("", "00112233445566778899AABBCCDDEEFF", "0011",
			     "0011223344556677-899aabbccddeeff"));
	expect_values(dossier, KB_VELD_BEWIJS, VALUES(HASH_HEX), VALUES("", ID_HEX));
	expect_values(dossier, KB_VELD_SCHOOL,
		      VALUES("00000099000000001000", "00000099000000001000/12AB00"),
		      VALUES("", "12AB00", "school"));
	expect_values(dossier, KB_VELD_POSTCODE, VALUES("1234AB"),
		      VALUES("", "1234ab", "0234AB", "12345", "ABCDEF"));
}

/* Of fields that no kind may hold the form is looked at all the same: the list refuses, whatever the value is. */
Test(fields, an_eck_id_stands_in_no_list)
{
	size_t kind_count = 0;
	const struct kb_kind_row *kinds = kb_kind_rows(&kind_count);
	const struct kb_field eck = field(KB_VELD_ECK_ID, ECK_TEXT);
	uint32_t at = 0;

	for (size_t i = 0; i < kind_count; i++) {
		cr_assert_eq(kb_fields_check(kinds[i].kind, &eck, 1, &at),
			     KB_ERR_FIELD_NOT_ALLOWED);
		cr_assert_eq(at, (uint32_t)KB_VELD_ECK_ID);
	}
	cr_assert_eq(kb_fields_identifiers(&eck, 1), (uint32_t)KB_IDENTIFIER_ECK);
}

Test(fields, numbers_go_up_to_two_to_the_53rd_and_lengths_to_their_maximum)
{
	static uint8_t letters[32769];
	const enum kb_kind report = KB_KIND_MONITOR_RAPPORT;

	memset(letters, 'a', sizeof(letters));
	cr_assert_eq(check_value(report, KB_VELD_AANTAL, kb_span_text("9007199254740992")), KB_OK);
	cr_assert_eq(check_value(report, KB_VELD_AANTAL, kb_span_text("9007199254740993")),
		     KB_ERR_BAD_VALUE);
	cr_assert_eq(check_value(report, KB_VELD_AANTAL, kb_span_text("90071992547409920")),
		     KB_ERR_OVERSIZE);
	cr_assert_eq(check_value(report, KB_VELD_ONDERWERP, kb_span(letters, 200)), KB_OK);
	cr_assert_eq(check_value(report, KB_VELD_ONDERWERP, kb_span(letters, 201)),
		     KB_ERR_OVERSIZE);
	cr_assert_eq(check_value(KB_KIND_VRAAG, KB_VELD_GEZONDHEID, kb_span(letters, 32768)),
		     KB_OK);
	cr_assert_eq(check_value(KB_KIND_VRAAG, KB_VELD_GEZONDHEID, kb_span(letters, 32769)),
		     KB_ERR_OVERSIZE);
}

Test(fields, a_list_says_its_values_categories_and_identifiers)
{
	const struct kb_field fields[] = { field(KB_VELD_LEERLING_NAAM, "Jip"),
					   field(KB_VELD_PGN, "999580735"),
					   field(KB_VELD_PSEUDONIEM, ID_HEX),
					   field(KB_VELD_GEZONDHEID, "astma") };
	const struct kb_field stranger = field(999, "x");

	cr_assert(
		kb_span_equal(kb_fields_get(fields, 4, KB_VELD_GEZONDHEID), kb_span_text("astma")));
	cr_assert_eq(kb_fields_get(fields, 4, KB_VELD_REDEN).len, 0u);
	cr_assert_eq(kb_fields_categories(fields, 4),
		     (uint32_t)(KB_DATA_IDENTITEIT | KB_DATA_PROCES | KB_DATA_GEZONDHEID));
	cr_assert_eq(kb_fields_identifiers(fields, 4),
		     (uint32_t)(KB_IDENTIFIER_NAAM | KB_IDENTIFIER_PGN | KB_IDENTIFIER_PSEUDONIEM));
	cr_assert_eq(kb_fields_categories(fields, 0), 0u);
	/* A field that nobody knows could be anything: no row and no edge allows all of it. */
	cr_assert_eq(kb_fields_categories(&stranger, 1), KB_DATA_ALL);
	cr_assert_eq(kb_fields_identifiers(&stranger, 1), UINT32_MAX);
}

Test(fields, needs_are_met_by_their_own_fields_and_only_by_all_of_them)
{
	static const struct {
		uint32_t need;
		uint32_t fields[2];
	} evidence[] = {
		{ KB_NEED_REDEN, { KB_VELD_REDEN } },
		{ KB_NEED_INZAGE, { KB_VELD_INZAGE_OP } },
		{ KB_NEED_INSTEMMING, { KB_VELD_BEWIJS, KB_VELD_INSTEMMING_OP } },
		{ KB_NEED_HANDTEKENING_OUDERS, { KB_VELD_HANDTEKENING_OUDERS_OP } },
		{ KB_NEED_BETROKKEN,
		  { KB_VELD_OUDERS_BETROKKEN_OP, KB_VELD_LEERLING_BETROKKEN_OP } },
		{ KB_NEED_AANBOD, { KB_VELD_AANBOD } },
		{ KB_NEED_AANKONDIGING, { KB_VELD_AANKONDIGING_OP } },
	};

	for (size_t i = 0; i < COUNT(evidence); i++) {
		struct kb_field fields[2];
		size_t count = 0;

		for (size_t j = 0; j < 2 && evidence[i].fields[j] != 0; j++) {
			uint32_t number = evidence[i].fields[j];

			fields[count++] = field(number, right_value(kb_field_find(number)));
		}
		cr_assert_eq(kb_fields_needs(fields, count), evidence[i].need);
		cr_assert_eq(kb_fields_needs(fields, count - 1), 0u);
		cr_assert_eq(kb_fields_needs(fields + 1, count - 1), 0u);
	}
	cr_assert_eq(kb_fields_needs(NULL, 0), 0u);
	cr_assert_eq(kb_fields_needs(&(struct kb_field){ KB_VELD_REDEN, kb_span_text(" \n ") }, 1),
		     0u, "spaces are no reason");
}

Test(fields, the_variant_is_the_field_soort)
{
	const struct kb_field soort = field(KB_VELD_SOORT, "aanbod-geweigerd");
	const struct kb_field other = field(KB_VELD_ONDERWERP, "vso");

	cr_assert_eq(kb_fields_variant(&soort, 1), KB_VARIANT_AANBOD_GEWEIGERD);
	cr_assert_eq(kb_fields_variant(&other, 1), KB_VARIANT_NONE);
	cr_assert_eq(kb_fields_variant(NULL, 0), KB_VARIANT_NONE);
}
