/* SPDX-License-Identifier: EUPL-1.2 */
/* The tables of proto/README.md, written from the tables in the code. */
#include "tests/golden/registry.h"

#include "common/exchange/date.h"
#include "common/exchange/fields.h"
#include "common/exchange/identifier_policy.h"
#include "common/exchange/kinds.h"
#include "common/exchange/route.h"
#include "common/wire/absence.h"
#include "common/wire/consent.h"
#include "common/wire/content.h"
#include "common/wire/envelope.h"
#include "common/wire/receipt.h"
#include "common/wire/session.h"
#include "common/wire/wire_schema.h"

#include <stdio.h>
#include <stdlib.h>

#define LINE(...) KB_INVARIANT(kb_buf_putf(out, __VA_ARGS__) == KB_OK)

/* Body.content of each kind. */
static const struct {
	enum kb_kind kind;
	const struct kb_wire_schema *content;
} contents[] = {
	{ KB_KIND_RECEIPT, &kb_schema_receipt },
	{ KB_KIND_VERVALLEN, &kb_schema_vervallen },
	{ KB_KIND_HERSTELD, &kb_schema_hersteld },
	{ KB_KIND_VERZUIM_MELDING, &kb_schema_verzuim_melding },
	{ KB_KIND_VERZUIM_CORRECTIE, &kb_schema_verzuim_melding },
	{ KB_KIND_VERZUIM_INTREKKING, &kb_schema_verzuim_intrekking },
	{ KB_KIND_VERZUIM_STAND, &kb_schema_verzuim_stand },
	{ KB_KIND_VERZUIM_VRAAG, &kb_schema_verzuim_vraag },
	{ KB_KIND_VERZUIM_ANTWOORD, &kb_schema_verzuim_antwoord },
	{ KB_KIND_VERZUIM_EINDE, &kb_schema_verzuim_einde },
	{ KB_KIND_VERZUIM_AANVULLING, &kb_schema_verzuim_aanvulling },
	{ KB_KIND_TOESTEMMING_VERLEEND, &kb_schema_toestemming_bericht },
	{ KB_KIND_TOESTEMMING_INGETROKKEN, &kb_schema_toestemming_bericht },
	{ KB_KIND_TOESTEMMING_BEVESTIGING, &kb_schema_toestemming_bevestiging },
	{ KB_KIND_BERICHT, &kb_schema_verzuim_vraag },
	{ KB_KIND_ZAAK_REGEL, &kb_schema_zaak_regels },
	{ KB_KIND_ZAAK_VOORSTEL, &kb_schema_wire_voorstel },
	{ KB_KIND_ZAAK_WEIGERING, &kb_schema_zaak_weigering },
	{ KB_KIND_ZAAK_OPVRAAG, &kb_schema_zaak_opvraag },
	{ KB_KIND_PROFIEL, &kb_schema_profiel },
	{ KB_KIND_ZAAK_EINDE, &kb_schema_zaak_regels },
	{ KB_KIND_ZAAK_BEWIJS, &kb_schema_zaak_bewijs },
	{ KB_KIND_ZAAK_HERSTEL, &kb_schema_zaak_opvraag },
	{ KB_KIND_BIJLAGE, &kb_schema_bijlage },
	{ KB_KIND_BIJLAGE_OPVRAAG, &kb_schema_bijlage_opvraag },
	{ KB_KIND_BIJLAGE_DEEL, &kb_schema_bijlage_deel },
	{ KB_KIND_BIJLAGE_UITKOMST, &kb_schema_bijlage_uitkomst },
};

static const struct kb_wire_schema *
content_of(enum kb_kind kind)
{
	for (size_t i = 0; i < sizeof(contents) / sizeof(contents[0]); i++) {
		if (contents[i].kind == kind) {
			return contents[i].content;
		}
	}
	/* A kind without a message has no place in the contract. */
	KB_INVARIANT(kb_kind_find((uint32_t)kind)->form == KB_CONTENT_FIELDS);
	return &kb_schema_inhoud;
}

static void
put_parties(struct kb_buf *out, uint32_t bits)
{
	const char *comma = "";

	for (uint32_t kind = 1; kind < KB_PARTY_KIND_COUNT; kind++) {
		if ((bits & KB_PARTY_BIT(kind)) != 0) {
			LINE("%s%s", comma, kb_party_kind_name((enum kb_party_kind)kind));
			comma = ", ";
		}
	}
}

/* The name of a number in an enum of the contract: the values of the field of Body with that tag. */
static const char *
body_word(uint32_t tag, uint32_t number)
{
	const ProtobufCEnumDescriptor *values =
		kb_schema_body.descriptor->fields[tag - 1].descriptor;

	return protobuf_c_enum_descriptor_get_value(values, (int)number)->name;
}

static void
put_grounds(struct kb_buf *out, uint32_t bits)
{
	const char *comma = "";

	for (uint32_t ground = 1; ground < 32; ground++) {
		if ((bits & KB_GROUND_BIT(ground)) != 0) {
			LINE("%s%s", comma, body_word(6, ground));
			comma = ", ";
		}
	}
}

/* Purposes as bits, in the words of the contract. */
static void
put_purposes(struct kb_buf *out, uint32_t bits)
{
	const char *comma = "";

	for (uint32_t purpose = 1; purpose < KB_PURPOSE_COUNT; purpose++) {
		if ((bits & KB_PURPOSE_BIT(purpose)) != 0) {
			LINE("%s%s", comma, body_word(5, purpose));
			comma = ", ";
		}
	}
}

static void
write_kinds(struct kb_buf *out)
{
	size_t count = 0;
	const struct kb_kind_row *rows = kb_kind_rows(&count);

	LINE("| kind | name | in Dutch | content | from | to | purpose | ground | case | numbered "
	     "| "
	     "by a person | content at most | rests on |\n");
	LINE("|---|---|---|---|---|---|---|---|---|---|---|---|---|\n");
	for (size_t i = 0; i < count; i++) {
		const struct kb_kind_row *row = &rows[i];
		uint32_t kind = (uint32_t)row->kind;

		LINE("| %u | %s | %s | %s | ", kind, kb_kind_name(kind), kb_kind_label(kind),
		     content_of(row->kind)->descriptor->short_name);
		put_parties(out, row->from);
		LINE(" | ");
		put_parties(out, row->to);
		LINE(" | ");
		put_purposes(out, row->purposes);
		LINE(" | ");
		put_grounds(out, row->grounds);
		LINE(" | %s | %s | %s | %u | %s |\n", row->has_case ? "yes" : "no",
		     row->numbered ? "yes" : "no", row->by_person ? "yes" : "no",
		     row->content_bytes_max, row->source);
	}
}

static void
write_reasons(struct kb_buf *out)
{
	LINE("| reason | name | category | meaning |\n|---|---|---|---|\n");
	for (uint32_t reason = 1; reason <= KB_WIRE_REASON_MAX; reason++) {
		if (kb_reason_known(reason)) {
			enum kb_err err = kb_err_from_reason(reason);

			LINE("| %u | %s | %s | %s |\n", reason, kb_err_name(err),
			     kb_err_category_name(kb_err_category(err)), kb_err_text(err));
		}
	}
}

static void
put_row(struct kb_buf *out, uint32_t number, const char *name, const char *label)
{
	LINE("| %u | %s | %s |\n", number, name, label);
}

#define WORDS_HEAD "| number | name | in Dutch |\n|---|---|---|\n"

static void
write_roles(struct kb_buf *out)
{
	LINE("Kinds of party (`PartyKind`)\n\n" WORDS_HEAD);
#define KB_ROW(name, number, text, label)                                                          \
	if ((number) != 0) {                                                                       \
		put_row(out, (number), text, label);                                               \
	}
	KB_PARTY_KIND_TABLE(KB_ROW)
	LINE("\nDesks (`Desk`, `Body.desk`)\n\n" WORDS_HEAD);
	KB_DESK_TABLE(KB_ROW)
	LINE("\nSectors of a vestiging (`Sector`)\n\n" WORDS_HEAD);
	KB_SECTOR_TABLE(KB_ROW)
}

static void
write_words(struct kb_buf *out)
{
	LINE("`Priority`\n\n" WORDS_HEAD);
	KB_PRIORITY_TABLE(KB_ROW)
	LINE("\n`Outcome`\n\n" WORDS_HEAD);
	KB_OUTCOME_TABLE(KB_ROW)
	LINE("\n`MeldingStand`\n\n" WORDS_HEAD);
	KB_MELDING_STAND_TABLE(KB_ROW)
	LINE("\n`VerzuimEinde.Soort`\n\n" WORDS_HEAD);
	KB_EINDE_TABLE(KB_ROW)
#undef KB_ROW
	LINE("\n`VerzuimSoort`\n\n| number | name |\n|---|---|\n");
	for (unsigned soort = 1; soort < KB_MELDING_SOORT_COUNT; soort++) {
		LINE("| %u | %s |\n", soort, kb_melding_soort_name((enum kb_melding_soort)soort));
	}
}

/* The numbers of zaak.proto: place in the table and 1 more, but for the guards, which travel as bits. */
static void
write_case_words(struct kb_buf *out)
{
	LINE("Roles in a case (`ZaakDeelnemer.rol`)\n\n"
	     "| number | name | in Dutch | who can be it |\n|---|---|---|---|\n");
#define KB_ROW(name, bit, word, label, kinds, desk)                                                \
	if ((KB_ROUTE_ROLES_HELD & 1u << (bit)) != 0) {                                            \
		LINE("| %u | %s | %s | ", (bit) + 1u, word, label);                                \
		put_parties(out, (uint32_t)(kinds));                                               \
		LINE("%s%s |\n", (desk) != 0 ? ": " : "", kb_desk_name(desk));                     \
	}
	KB_ROUTE_ROLE_TABLE(KB_ROW)
#undef KB_ROW
	LINE("\nFacts (`ZaakFeit.feit`)\n\n"
	     "| number | name | in Dutch | names people |\n|---|---|---|---|\n");
#define KB_ROW(name, bit, word, label, people)                                                     \
	LINE("| %u | %s | %s | %s |\n", (bit) + 1u, word, label, (people) ? "yes" : "no");
	KB_FACT_TABLE(KB_ROW)
#undef KB_ROW
	LINE("\nGuards (bit of `ZaakVoorstel.voldaan`)\n\n"
	     "| bit | name | in Dutch | rule | judged by |\n|---|---|---|---|---|\n");
#define KB_ROW(name, bit, word, label, rule)                                                       \
	LINE("| %u | %s | %s | %s | %s |\n", (unsigned)(bit), word, label, rule,                   \
	     (KB_GUARDS_OF_CASE & 1u << (bit)) != 0 ? "everybody, from the facts" : "the author");
	KB_GUARD_TABLE(KB_ROW)
#undef KB_ROW
}

static void
write_grounds(struct kb_buf *out)
{
	const ProtobufCEnumDescriptor *const enums[] = {
		kb_schema_body.descriptor->fields[4].descriptor,
		kb_schema_body.descriptor->fields[5].descriptor,
	};

	for (size_t i = 0; i < 2; i++) {
		LINE("%s`%s`\n\n| number | name |\n|---|---|\n", i == 0 ? "" : "\n",
		     enums[i]->short_name);
		for (unsigned j = 1; j < enums[i]->n_values; j++) {
			LINE("| %d | %s |\n", enums[i]->values[j].value, enums[i]->values[j].name);
		}
	}
}

static void
write_versions(struct kb_buf *out)
{
	LINE("| what | number |\n|---|---|\n");
	LINE("| wire version spoken | %u |\n", KB_WIRE_VERSION);
	LINE("| oldest wire version accepted | %u |\n", KB_WIRE_VERSION_OLDEST);
	LINE("| suite | %u |\n", KB_WIRE_SUITE);
	LINE("| desk version | %u |\n", KB_WIRE_DESK_VERSION);
	LINE("| version of a case record | %u |\n", KB_WIRE_REGEL_VERSION);
}

static const struct {
	const char *name;
	const char *meaning;
} forms[] = {
	[KB_FORM_U32] = { "u32", "varint" },
	[KB_FORM_U64] = { "u64", "varint" },
	[KB_FORM_TIME] = { "time", "varint: UTC milliseconds since 1970" },
	[KB_FORM_DATE] = { "date", "varint: yyyymmdd of an existing day from 1900-01-01" },
	[KB_FORM_BOOL] = { "bool", "varint 1" },
	[KB_FORM_ENUM] = { "enum", "varint: a number of that enum, not 0" },
	[KB_FORM_FIXED] = { "fixed", "bytes of exactly that length; all zero is refused where the "
				     "field may be "
				     "absent" },
	[KB_FORM_ID] = { "id", "bytes of exactly that length, never all zero" },
	[KB_FORM_PARTY] = { "party", "bytes: a party id" },
	[KB_FORM_CODE] = { "code", "bytes: 9 stands for a digit, A for a capital letter" },
	[KB_FORM_TEXT] = { "text", "bytes: UTF-8 without control characters" },
	[KB_FORM_LINES] = { "lines", "as text, and LF and TAB" },
	[KB_FORM_SPAN] = { "bytes", "any bytes" },
	[KB_FORM_HASHES] = { "hashes", "bytes: whole hashes of 32 bytes" },
	[KB_FORM_MESSAGE] = { "message", "an encoded message" },
};

static void
put_limits(struct kb_buf *out, const struct kb_wire_field *field,
	   const ProtobufCFieldDescriptor *descriptor)
{
	unsigned long long min = field->min;
	unsigned long long max = field->max;

	if (field->form == KB_FORM_MESSAGE) {
		LINE("%s", field->schema->descriptor->name + strlen("ketenbode.v1."));
	} else if (field->form == KB_FORM_ENUM) {
		const ProtobufCEnumDescriptor *values = descriptor->descriptor;

		LINE("%s", values->name + strlen("ketenbode.v1."));
	} else if (field->form == KB_FORM_CODE) {
		LINE("%s", field->pattern);
	} else if (field->form == KB_FORM_PARTY) {
		LINE("20 or 27 bytes");
	} else if (field->form >= KB_FORM_FIXED) {
		if (min == max) {
			LINE("%llu bytes", max);
		} else {
			LINE("%llu to %llu bytes", min, max);
		}
	} else if (field->form == KB_FORM_U32 || field->form == KB_FORM_U64) {
		uint64_t whole = field->form == KB_FORM_U32 ? UINT32_MAX : UINT64_MAX;

		if (field->max < whole) {
			LINE("%llu to %llu", field->required ? min : 0ull, max);
		} else {
			LINE("from %llu", field->required ? min : 0ull);
		}
	}
}

static void
put_presence(struct kb_buf *out, const struct kb_wire_schema *schema,
	     const struct kb_wire_field *field)
{
	if (field->count_max != 0) {
		LINE("%u to %u times", field->count_min, field->count_max);
	} else if (schema->oneof && field->form == KB_FORM_MESSAGE) {
		LINE("one of these");
	} else {
		LINE("%s", field->required ? "yes" : "or absent");
	}
}

static void
write_message(struct kb_buf *out, const struct kb_wire_schema *schema)
{
	LINE("\n**%s**, at most %zu bytes\n\n| tag | field | form | there | limits |\n"
	     "|---|---|---|---|---|\n",
	     schema->descriptor->name + strlen("ketenbode.v1."), schema->bytes_max);
	for (size_t i = 0; i < schema->field_count; i++) {
		const struct kb_wire_field *field = &schema->fields[i];

		LINE("| %u | %s | %s | ", field->tag, schema->descriptor->fields[i].name,
		     forms[field->form].name);
		put_presence(out, schema, field);
		LINE(" | ");
		put_limits(out, field, &schema->descriptor->fields[i]);
		LINE(" |\n");
	}
}

static void
write_messages(struct kb_buf *out)
{
	static const struct kb_wire_schema *const schemas[] = {
#define KB_ROW(T) &kb_schema_##T,
		KB_SCHEMA_TABLE(KB_ROW)
#undef KB_ROW
	};

	LINE("| form | on the wire |\n|---|---|\n");
	for (unsigned form = 1; form < KB_FORM_COUNT; form++) {
		LINE("| %s | %s |\n", forms[form].name, forms[form].meaning);
	}
	for (size_t i = 0; i < sizeof(schemas) / sizeof(schemas[0]); i++) {
		write_message(out, schemas[i]);
	}
}

/* ---- permissions ---- */

static void
write_categories(struct kb_buf *out)
{
#define KB_ROW(name, number, text, label) put_row(out, (number), text, label);
	LINE("Categories of data (bit)\n\n" WORDS_HEAD);
	KB_CATEGORY_TABLE(KB_ROW)
	LINE("\nNeeds (bit)\n\n" WORDS_HEAD);
	KB_NEED_TABLE(KB_ROW)
	LINE("\nIdentifiers (bit)\n\n" WORDS_HEAD);
	KB_IDENTIFIER_TABLE(KB_ROW)
#undef KB_ROW
	LINE("\nAgreements of a region (bit)\n\n" WORDS_HEAD);
#define KB_ROW(name, number, text, label) put_row(out, (number), text, label);
	KB_REGION_TABLE(KB_ROW)
#undef KB_ROW
	LINE("\nVariants: words of the field soort\n\n" WORDS_HEAD);
#define KB_ROW(name, number, text, label)                                                          \
	if ((number) != 0) {                                                                       \
		put_row(out, (number), text, label);                                               \
	}
	KB_VARIANT_TABLE(KB_ROW)
#undef KB_ROW
}

static const char *const field_forms[] = {
	[KB_FIELD_NONE] = "",	      [KB_FIELD_TEXT] = "text",
	[KB_FIELD_LINES] = "lines",   [KB_FIELD_DATE] = "date",
	[KB_FIELD_NUMBER] = "number", [KB_FIELD_FLAG] = "ja, nee",
	[KB_FIELD_CODE] = "word",     [KB_FIELD_PGN] = "BSN or onderwijsnummer",
	[KB_FIELD_ID] = "32 hex",     [KB_FIELD_HASH] = "64 hex",
	[KB_FIELD_PARTY] = "party",   [KB_FIELD_POSTCODE] = "1234AB",
	[KB_FIELD_ECK] = "ECK iD",
};

static void
write_fields(struct kb_buf *out)
{
	size_t count = 0;
	const struct kb_field_row *rows = kb_field_rows(&count);

	LINE("| field | name | form | bytes at most | category | identifier |\n"
	     "|---|---|---|---|---|---|\n");
	for (size_t i = 0; i < count; i++) {
		LINE("| %u | %s | %s | %u | %s | %s |\n", rows[i].number, rows[i].name,
		     field_forms[rows[i].form], rows[i].bytes_max, kb_data_name(rows[i].category),
		     kb_identifier_name(rows[i].identifier));
	}
}

static void
write_field_lists(struct kb_buf *out)
{
	size_t count = 0;
	const struct kb_kind_row *kinds = kb_kind_rows(&count);

	LINE("| kind | must have | may have |\n|---|---|---|\n");
	for (size_t i = 0; i < count; i++) {
		size_t required = 0;
		const uint32_t *numbers = kb_kind_fields(kinds[i].kind, &required);

		if (numbers == NULL) {
			continue;
		}
		LINE("| %s | ", kb_kind_name((uint32_t)kinds[i].kind));
		for (size_t j = 0; j < required; j++) {
			LINE("%s%s", j == 0 ? "" : ", ", kb_field_find(numbers[j])->name);
		}
		LINE(" | ");
		for (size_t j = required; numbers[j] != 0; j++) {
			LINE("%s%s", j == required ? "" : ", ", kb_field_find(numbers[j])->name);
		}
		LINE(" |\n");
	}
}

/* The names of the bits of set. */
static void
put_bits(struct kb_buf *out, uint32_t set, const char *(*name_of)(uint32_t bit))
{
	const char *comma = "";

	for (unsigned i = 0; i < 32; i++) {
		if ((set & 1u << i) != 0) {
			LINE("%s%s", comma, name_of(1u << i));
			comma = ", ";
		}
	}
}

static const char *
sector_bit_name(uint32_t bit)
{
	return kb_sector_name((enum kb_sector)__builtin_ctz(bit));
}

static const char *
region_bit_name(uint32_t bit)
{
	static const char *const keys[KB_REGION_COUNT] = {
#define KB_ROW(name, number, key, label) [(number)] = (key),
		KB_REGION_TABLE(KB_ROW)
#undef KB_ROW
	};

	return keys[__builtin_ctz(bit)];
}

static void
put_side(struct kb_buf *out, const struct kb_permit_side *side)
{
	put_parties(out, side->kinds);
	if (side->sectors != 0) {
		LINE(" (");
		put_bits(out, side->sectors, sector_bit_name);
		LINE(")");
	}
	if (side->desk != 0) {
		LINE(": %s", kb_desk_name((enum kb_desk)side->desk));
	}
}

static void
put_days(struct kb_buf *out, int32_t from, int32_t until)
{
	char text[KB_DATE_TEXT];

	if (from != KB_DAY_NONE) {
		kb_date_format(from, text);
		LINE("from %s ", text);
	}
	if (until != KB_DAY_NONE) {
		kb_date_format(until, text);
		LINE("until %s", text);
	}
}

static void
put_permission(struct kb_buf *out, const struct kb_permit_row *row)
{
	LINE("| %s | %s | %s | %s | %s | ", row->name, kb_kind_name((uint32_t)row->kind),
	     kb_variant_name(row->variant), kb_purpose_name(row->purpose),
	     kb_ground_name(row->ground));
	put_side(out, &row->from);
	LINE(" | ");
	put_side(out, &row->to);
	LINE(" | ");
	put_bits(out, row->categories, kb_data_name);
	LINE(" | ");
	put_bits(out, row->needs, kb_need_name);
	LINE(" | ");
	put_bits(out, row->region_on, region_bit_name);
	if (row->region_off != 0) {
		LINE(" not ");
		put_bits(out, row->region_off, region_bit_name);
	}
	LINE(" | ");
	put_days(out, row->valid_from_day, row->valid_until_day);
	LINE(" | %s | %s |\n", row->rule, row->source);
}

static void
write_permissions(struct kb_buf *out)
{
	size_t count = 0;
	const struct kb_permit_row *rows = kb_permit_rows(&count);

	LINE("| row | kind | variant | purpose | ground | from | to | data | needs | region | "
	     "valid "
	     "| rule | source |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|\n");
	for (size_t i = 0; i < count; i++) {
		put_permission(out, &rows[i]);
	}
}

static void
write_identifiers(struct kb_buf *out)
{
	size_t count = 0;
	const struct kb_identifier_row *rows = kb_identifier_rows(&count);

	LINE("| row | from | to | kinds | allowed | valid | source "
	     "|\n|---|---|---|---|---|---|---|\n");
	for (size_t i = 0; i < count; i++) {
		LINE("| %s | ", rows[i].name);
		put_side(out, &rows[i].from);
		LINE(" | ");
		put_side(out, &rows[i].to);
		if (rows[i].kinds_to != 0) {
			LINE(" | %u to %u | ", rows[i].kinds_from, rows[i].kinds_to);
		} else {
			LINE(" | all | ");
		}
		put_bits(out, rows[i].allowed, kb_identifier_name);
		LINE(" | ");
		put_days(out, rows[i].valid_from_day, rows[i].valid_until_day);
		LINE(" | %s |\n", rows[i].source);
	}
}

static const struct {
	const char *block;
	void (*write)(struct kb_buf *out);
} writers[] = {
	{ "versions", write_versions },	      { "kinds", write_kinds },
	{ "reasons", write_reasons },	      { "roles", write_roles },
	{ "grounds", write_grounds },	      { "words", write_words },
	{ "messages", write_messages },	      { "categories", write_categories },
	{ "fields", write_fields },	      { "lists", write_field_lists },
	{ "permissions", write_permissions }, { "identifiers", write_identifiers },
	{ "zaak", write_case_words },
};

/* In the order in which they stand in the README. */
const char *const kb_registry_blocks[] = { "versions", "kinds", "reasons",     "roles",
					   "grounds",  "words", "zaak",	       "categories",
					   "fields",   "lists", "permissions", "identifiers",
					   "messages" };
const size_t kb_registry_block_count = sizeof(kb_registry_blocks) / sizeof(kb_registry_blocks[0]);

void
kb_registry_write(const char *block, struct kb_buf *out)
{
	for (size_t i = 0; i < sizeof(writers) / sizeof(writers[0]); i++) {
		if (strcmp(writers[i].block, block) == 0) {
			writers[i].write(out);
		}
	}
}

bool
kb_registry_renew(struct kb_span readme, struct kb_buf *out, const char **missing)
{
	char *text = calloc(readme.len + 1, 1);
	const char *rest = text;
	bool ok = true;

	KB_INVARIANT(text != NULL);
	memcpy(text, readme.at, readme.len);
	for (size_t i = 0; ok && i < kb_registry_block_count; i++) {
		char mark[64];

		(void)snprintf(mark, sizeof(mark), "<!-- %s -->\n", kb_registry_blocks[i]);
		const char *start = strstr(rest, mark);
		const char *end = start != NULL ? strstr(start, "<!-- end -->\n") : NULL;

		ok = end != NULL;
		*missing = kb_registry_blocks[i];
		if (ok) {
			start += strlen(mark);
			KB_INVARIANT(kb_buf_put(out, kb_span(rest, (size_t)(start - rest))) ==
				     KB_OK);
			LINE("\n");
			kb_registry_write(kb_registry_blocks[i], out);
			LINE("\n");
			rest = end;
		}
	}
	KB_INVARIANT(kb_buf_put_text(out, rest) == KB_OK);
	free(text);
	return ok;
}
