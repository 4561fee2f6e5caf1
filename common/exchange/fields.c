/* SPDX-License-Identifier: EUPL-1.2 */
/* The fields: what each is, whether a value has its form, and what a list of them says. */
#include "common/exchange/fields.h"

#include "common/base/ids.h"
#include "common/base/text.h"
#include "common/exchange/date.h"
#include "common/exchange/identifier_policy.h"
#include "common/exchange/identifiers.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define NUMBER_MAX (UINT64_C(1) << 53)
#define ECK_PREFIX "https://ketenid.nl/201703/"
#define ECK_HEX 128
#define HASH_HEX 64

/* ---- the table ---- */

#define KB_ROW(name, number, text, label) text,
static const char *const variant_words[] = { KB_VARIANT_TABLE(KB_ROW) NULL };
#undef KB_ROW
static const char *const category_words[] = { "laag", "midden", "hoog", NULL };
static const char *const decision_words[] = { "toegekend",   "gedeeltelijk", "afgewezen",
					      "ingetrokken", "geplaatst",    NULL };
/* No word for what else it is: that would say something of health or home, which leerplicht may not have here. */
static const char *const cause_words[] = { "onderwijs", "anders", "onbekend", NULL };
static const char *const regie_words[] = { "aangeboden", "aanvaard", "geweigerd", NULL };

/* The first variant is NONE, "": no soort. */
#define WORDS_SOORT (variant_words + 1)
#define WORDS_CATEGORIE category_words
#define WORDS_BESLUIT decision_words
#define WORDS_REGIE regie_words
#define WORDS_OORZAAK cause_words
#define WORDS_NONE NULL
#define KB_IDENTIFIER_NOBODY 0

#define KB_ROW(name_, number_, text_, label_, form_, bytes_max_, category_, identifier_, words_)   \
	{ .number = (number_),                                                                     \
	  .name = text_,                                                                           \
	  .label = label_,                                                                         \
	  .form = KB_FIELD_##form_,                                                                \
	  .bytes_max = (bytes_max_),                                                               \
	  .category = KB_DATA_##category_,                                                         \
	  .identifier = KB_IDENTIFIER_##identifier_,                                               \
	  .words = WORDS_##words_ },
static const struct kb_field_row rows[] = { KB_FIELD_TABLE(KB_ROW) };
#undef KB_ROW
_Static_assert(COUNT(rows) == KB_FIELD_COUNT, "one row per field");

const struct kb_field_row *
kb_field_rows(size_t *count)
{
	*count = COUNT(rows);
	return rows;
}

const struct kb_field_row *
kb_field_find(uint32_t number)
{
	/* The numbers run from 1 without a gap (tested); a gap costs the walk below, no more. */
	if (number > 0 && number <= COUNT(rows) && rows[number - 1].number == number) {
		return &rows[number - 1];
	}
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (rows[i].number == number) {
			return &rows[i];
		}
	}
	return NULL;
}

const struct kb_field_row *
kb_field_parse(struct kb_span name)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (kb_span_equal(name, kb_span_text(rows[i].name))) {
			return &rows[i];
		}
	}
	return NULL;
}

/* ---- one value ---- */

static bool
is_lower_hex(struct kb_span value, size_t digits)
{
	for (size_t i = 0; i < value.len; i++) {
		uint8_t c = value.at[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
			return false;
		}
	}
	return value.len == digits;
}

static bool
is_text(const struct kb_field_row *row, struct kb_span value)
{
	/* LF is the one control character of LINES: a TAB would have a second way to be written. */
	return kb_text_ok(value, row->form == KB_FIELD_LINES) &&
	       memchr(value.at, '\t', value.len) == NULL;
}

static bool
is_date(const struct kb_field_row *row, struct kb_span value)
{
	int32_t day = 0;

	(void)row;
	return kb_date_parse(value, &day) == KB_OK;
}

static bool
is_number(const struct kb_field_row *row, struct kb_span value)
{
	uint64_t number = 0;

	(void)row;
	return kb_text_to_u64(value, NUMBER_MAX, &number) == KB_OK;
}

static bool
is_flag(const struct kb_field_row *row, struct kb_span value)
{
	(void)row;
	return kb_span_equal(value, kb_span_text("ja")) ||
	       kb_span_equal(value, kb_span_text("nee"));
}

static bool
is_code(const struct kb_field_row *row, struct kb_span value)
{
	for (const char *const *word = row->words; *word != NULL; word++) {
		if (kb_span_equal(value, kb_span_text(*word))) {
			return true;
		}
	}
	return false;
}

/* Nine digits: the eight that kb_pgn_parse() takes from a file too are not what travels. */
static bool
is_pgn(const struct kb_field_row *row, struct kb_span value)
{
	char pgn[KB_PGN_CHARS + 1];

	(void)row;
	return value.len == KB_PGN_CHARS && kb_pgn_parse(value, pgn) == KB_OK;
}

static bool
is_id(const struct kb_field_row *row, struct kb_span value)
{
	(void)row;
	return is_lower_hex(value, KB_ID_BYTES * 2);
}

static bool
is_hash(const struct kb_field_row *row, struct kb_span value)
{
	(void)row;
	return is_lower_hex(value, HASH_HEX);
}

static bool
is_party(const struct kb_field_row *row, struct kb_span value)
{
	struct kb_party_id party;

	(void)row;
	return kb_party_id_parse(value, &party) == KB_OK;
}

/* In its one form: what kb_postcode_parse() would make of it is what stands there. */
static bool
is_postcode(const struct kb_field_row *row, struct kb_span value)
{
	char postcode[KB_POSTCODE_CHARS + 1];

	(void)row;
	return kb_postcode_parse(value, postcode) == KB_OK &&
	       kb_span_equal(value, kb_span_text(postcode));
}

static bool
is_eck(const struct kb_field_row *row, struct kb_span value)
{
	const struct kb_span prefix = kb_span_text(ECK_PREFIX);

	(void)row;
	return kb_span_equal(kb_span_part(value, 0, prefix.len), prefix) &&
	       is_lower_hex(kb_span_part(value, prefix.len, value.len), ECK_HEX);
}

static bool (*const forms[])(const struct kb_field_row *row, struct kb_span value) = {
	[KB_FIELD_TEXT] = is_text,	   [KB_FIELD_LINES] = is_text,
	[KB_FIELD_DATE] = is_date,	   [KB_FIELD_NUMBER] = is_number,
	[KB_FIELD_FLAG] = is_flag,	   [KB_FIELD_CODE] = is_code,
	[KB_FIELD_PGN] = is_pgn,	   [KB_FIELD_ID] = is_id,
	[KB_FIELD_HASH] = is_hash,	   [KB_FIELD_PARTY] = is_party,
	[KB_FIELD_POSTCODE] = is_postcode, [KB_FIELD_ECK] = is_eck,
};

static enum kb_err
check_value(const struct kb_field_row *row, struct kb_span value)
{
	if (value.len > row->bytes_max) {
		return KB_ERR_OVERSIZE;
	}
	return value.len > 0 && forms[row->form](row, value) ? KB_OK : KB_ERR_BAD_VALUE;
}

/* ---- a list of them ---- */

static bool
is_listed(const uint32_t *list, uint32_t number)
{
	while (*list != 0 && *list != number) {
		list++;
	}
	return *list != 0;
}

static enum kb_err
check_one(const uint32_t *list, const struct kb_field *fields, size_t i)
{
	const struct kb_field_row *row = kb_field_find(fields[i].number);

	if (i > 0 && fields[i].number <= fields[i - 1].number) {
		return KB_ERR_NOT_CANONICAL;
	}
	if (row == NULL || !is_listed(list, fields[i].number)) {
		return KB_ERR_FIELD_NOT_ALLOWED;
	}
	return check_value(row, fields[i].value);
}

/* Which part of how many, of which dossier: all three or none, and a part that there is (proto/README.md, a dossier in parts). */
static bool
part_words_agree(const struct kb_field *fields, size_t count)
{
	struct kb_span part = kb_fields_get(fields, count, KB_VELD_DOSSIER_DEEL);
	struct kb_span of = kb_fields_get(fields, count, KB_VELD_DOSSIER_DELEN);
	bool has_hash = kb_fields_get(fields, count, KB_VELD_DOSSIER_HASH).len > 0;
	uint64_t part_no = 0;
	uint64_t part_count = 0;

	if (part.len == 0 || of.len == 0 || !has_hash) {
		return part.len == 0 && of.len == 0 && !has_hash;
	}
	return kb_text_to_u64(part, NUMBER_MAX, &part_no) == KB_OK &&
	       kb_text_to_u64(of, NUMBER_MAX, &part_count) == KB_OK && part_no > 0 &&
	       part_count > 1 && part_no <= part_count;
}

enum kb_err
kb_fields_check(enum kb_kind kind, const struct kb_field *fields, size_t count, uint32_t *at)
{
	size_t required = 0;
	const uint32_t *list = kb_kind_fields(kind, &required);
	enum kb_err err = list != NULL ? KB_OK : KB_ERR_FIELD_NOT_ALLOWED;
	uint32_t wrong = list == NULL && count > 0 ? fields[0].number : 0;

	for (size_t i = 0; err == KB_OK && i < count; i++) {
		err = check_one(list, fields, i);
		wrong = err != KB_OK ? fields[i].number : 0;
	}
	for (size_t i = 0; err == KB_OK && i < required; i++) {
		if (kb_fields_get(fields, count, list[i]).len == 0) {
			err = KB_ERR_INCOMPLETE;
			wrong = list[i];
		}
	}
	if (err == KB_OK && !part_words_agree(fields, count)) {
		err = KB_ERR_BAD_VALUE;
		wrong = KB_VELD_DOSSIER_DEEL;
	}
	if (at != NULL) {
		*at = wrong;
	}
	return err;
}

struct kb_span
kb_fields_get(const struct kb_field *fields, size_t count, uint32_t number)
{
	for (size_t i = 0; i < count; i++) {
		if (fields[i].number == number) {
			return fields[i].value;
		}
	}
	return KB_SPAN_NONE;
}

uint32_t
kb_fields_categories(const struct kb_field *fields, size_t count)
{
	uint32_t categories = 0;

	for (size_t i = 0; i < count; i++) {
		const struct kb_field_row *row = kb_field_find(fields[i].number);

		categories |= row != NULL ? row->category : KB_DATA_ALL;
	}
	return categories;
}

uint32_t
kb_fields_identifiers(const struct kb_field *fields, size_t count)
{
	uint32_t identifiers = 0;

	for (size_t i = 0; i < count; i++) {
		const struct kb_field_row *row = kb_field_find(fields[i].number);

		identifiers |= row != NULL ? row->identifier : UINT32_MAX;
	}
	return identifiers;
}

/* Which fields meet which need; a second field must be there too. */
static const struct {
	uint32_t need;
	uint32_t field;
	uint32_t second;
} evidence[] = {
	{ KB_NEED_REDEN, KB_VELD_REDEN, KB_VELD_NONE },
	{ KB_NEED_INZAGE, KB_VELD_INZAGE_OP, KB_VELD_NONE },
	{ KB_NEED_INSTEMMING, KB_VELD_INSTEMMING_OP, KB_VELD_BEWIJS },
	{ KB_NEED_HANDTEKENING_OUDERS, KB_VELD_HANDTEKENING_OUDERS_OP, KB_VELD_NONE },
	{ KB_NEED_BETROKKEN, KB_VELD_OUDERS_BETROKKEN_OP, KB_VELD_LEERLING_BETROKKEN_OP },
	{ KB_NEED_AANBOD, KB_VELD_AANBOD, KB_VELD_NONE },
	{ KB_NEED_AANKONDIGING, KB_VELD_AANKONDIGING_OP, KB_VELD_NONE },
};

/* Something is said: spaces and empty lines are no reason. */
static bool
is_said(const struct kb_field *fields, size_t count, uint32_t number)
{
	struct kb_span value = kb_fields_get(fields, count, number);

	for (size_t i = 0; i < value.len; i++) {
		if (value.at[i] != ' ' && value.at[i] != '\n') {
			return true;
		}
	}
	return false;
}

uint32_t
kb_fields_needs(const struct kb_field *fields, size_t count)
{
	uint32_t met = 0;

	for (size_t i = 0; i < COUNT(evidence); i++) {
		if (is_said(fields, count, evidence[i].field) &&
		    (evidence[i].second == KB_VELD_NONE ||
		     is_said(fields, count, evidence[i].second))) {
			met |= evidence[i].need;
		}
	}
	return met;
}

enum kb_variant
kb_fields_variant(const struct kb_field *fields, size_t count)
{
	return kb_variant_parse(kb_fields_get(fields, count, KB_VELD_SOORT));
}
