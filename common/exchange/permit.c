/* SPDX-License-Identifier: EUPL-1.2 */
/* The decision over the permission table, and the words for what it speaks of. */
#include "common/exchange/permit.h"

#include "common/exchange/date.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- words ---- */

struct word {
	const char *name;
	const char *label;
};

#define KB_ROW(name, bit, text, label) [(bit)] = { text, label },
static const struct word categories[] = { KB_CATEGORY_TABLE(KB_ROW) };
static const struct word needs[] = { KB_NEED_TABLE(KB_ROW) };
static const struct word variants[] = { KB_VARIANT_TABLE(KB_ROW) };
#undef KB_ROW
_Static_assert(COUNT(categories) == KB_DATA_COUNT, "one word per category");
_Static_assert(COUNT(needs) == KB_NEED_COUNT, "one word per need");
_Static_assert(COUNT(variants) == KB_VARIANT_COUNT, "one word per variant");

/* The word of the one bit in set. */
static const struct word *
word_of(const struct word *words, size_t count, uint32_t set)
{
	static const struct word none = { "", "" };

	for (size_t i = 0; i < count; i++) {
		if (set == 1u << i) {
			return &words[i];
		}
	}
	return &none;
}

const char *
kb_data_name(uint32_t category)
{
	return word_of(categories, COUNT(categories), category)->name;
}

const char *
kb_data_label(uint32_t category)
{
	return word_of(categories, COUNT(categories), category)->label;
}

uint32_t
kb_data_parse(struct kb_span name)
{
	for (size_t i = 0; i < COUNT(categories); i++) {
		if (kb_span_equal(name, kb_span_text(categories[i].name))) {
			return 1u << i;
		}
	}
	return 0;
}

const char *
kb_need_name(uint32_t need)
{
	return word_of(needs, COUNT(needs), need)->name;
}

const char *
kb_need_label(uint32_t need)
{
	return word_of(needs, COUNT(needs), need)->label;
}

const char *
kb_variant_name(enum kb_variant variant)
{
	return (unsigned)variant < COUNT(variants) ? variants[variant].name : "";
}

enum kb_variant
kb_variant_parse(struct kb_span word)
{
	for (unsigned i = 1; i < COUNT(variants); i++) {
		if (kb_span_equal(word, kb_span_text(variants[i].name))) {
			return (enum kb_variant)i;
		}
	}
	return KB_VARIANT_NONE;
}

/* ---- the decision ---- */

static bool
has_party(const struct kb_permit_side *side, const struct kb_permit_party *party)
{
	return (unsigned)party->kind < 32 && (side->kinds & KB_PARTY_BIT(party->kind)) != 0 &&
	       (side->sectors == 0 || (side->sectors & party->sectors) != 0);
}

static bool
is_valid_on(const struct kb_permit_row *row, int32_t day)
{
	return (row->valid_from_day == KB_DAY_NONE || day >= row->valid_from_day) &&
	       (row->valid_until_day == KB_DAY_NONE || day <= row->valid_until_day);
}

/* Everything but purpose, ground, categories and needs. */
static bool
is_for(const struct kb_permit_row *row, const struct kb_permit_question *question)
{
	return (row->variant == KB_VARIANT_NONE || (uint32_t)row->variant == question->variant) &&
	       has_party(&row->from, &question->from) && has_party(&row->to, &question->to) &&
	       (row->from.desk == 0 || row->from.desk == question->from.desk) &&
	       row->to.desk == question->to.desk && (row->region_on & ~question->region) == 0 &&
	       (row->region_off & question->region) == 0 && is_valid_on(row, question->day);
}

/* How near the row comes: KB_OK, or what it lacks, from the outside inwards. */
static enum kb_err
judge(const struct kb_permit_row *row, const struct kb_permit_question *question)
{
	uint32_t missing = row->needs & ~question->met;

	if (!is_for(row, question)) {
		return KB_ERR_NOT_ALLOWED;
	}
	if ((uint32_t)row->purpose != question->purpose ||
	    (uint32_t)row->ground != question->ground) {
		return KB_ERR_NO_GROUND;
	}
	if ((question->categories & ~row->categories) != 0) {
		return KB_ERR_FIELD_NOT_ALLOWED;
	}
	if ((missing & KB_NEED_TOESTEMMING) != 0) {
		return KB_ERR_NO_CONSENT;
	}
	return missing != 0 ? KB_ERR_INCOMPLETE : KB_OK;
}

/* Later in this list is nearer. */
static const enum kb_err nearness[] = { KB_ERR_NOT_ALLOWED,	  KB_ERR_NO_GROUND,
					KB_ERR_FIELD_NOT_ALLOWED, KB_ERR_NO_CONSENT,
					KB_ERR_INCOMPLETE,	  KB_OK };

static size_t
near_place(enum kb_err err)
{
	size_t place = 0;

	while (place + 1 < COUNT(nearness) && nearness[place] != err) {
		place++;
	}
	return place;
}

enum kb_err
kb_permit_decide(const struct kb_permit_question *question, struct kb_permit_answer *answer)
{
	size_t count = 0;
	const struct kb_permit_row *rows = kb_permit_rows(&count);

	*answer = (struct kb_permit_answer){ .err = KB_ERR_NOT_ALLOWED };
	if (kb_kind_find(question->kind) == NULL) {
		answer->err = KB_ERR_UNKNOWN_KIND;
		return answer->err;
	}
	for (size_t i = 0; answer->err != KB_OK && i < count; i++) {
		enum kb_err err = KB_OK;

		if ((uint32_t)rows[i].kind != question->kind) {
			continue;
		}
		err = judge(&rows[i], question);
		if (near_place(err) > near_place(answer->err)) {
			*answer = (struct kb_permit_answer){
				.err = err,
				.row = &rows[i],
				.missing = rows[i].needs & ~question->met,
				.categories = question->categories & ~rows[i].categories
			};
		}
	}
	return answer->err;
}

const struct kb_permit_row *
kb_permit_default(enum kb_kind kind, enum kb_variant variant, const struct kb_permit_party *from,
		  const struct kb_permit_party *to, enum kb_purpose purpose, enum kb_ground ground,
		  uint32_t region, int32_t day)
{
	struct kb_permit_question question = {
		.variant = (uint32_t)variant, .from = *from, .to = *to, .region = region, .day = day
	};
	size_t count = 0;
	const struct kb_permit_row *rows = kb_permit_rows(&count);

	for (size_t i = 0; i < count; i++) {
		/* The desk is what is asked for here: that of the row itself fits. */
		question.from.desk = from->desk != 0 ? from->desk : rows[i].from.desk;
		question.to.desk = to->desk != 0 ? to->desk : rows[i].to.desk;
		if (rows[i].kind == kind &&
		    (purpose == KB_PURPOSE_UNSPECIFIED || rows[i].purpose == purpose) &&
		    (ground == KB_GROUND_UNSPECIFIED || rows[i].ground == ground) &&
		    is_for(&rows[i], &question)) {
			return &rows[i];
		}
	}
	return NULL;
}

uint32_t
kb_permit_desk(enum kb_purpose purpose, enum kb_party_kind kind)
{
	size_t count = 0;
	const struct kb_permit_row *rows = kb_permit_rows(&count);

	for (size_t i = 0; i < count; i++) {
		if (rows[i].purpose == purpose && rows[i].to.desk != 0 &&
		    (rows[i].to.kinds & KB_PARTY_BIT(kind)) != 0) {
			return rows[i].to.desk;
		}
	}
	return 0;
}
