/* SPDX-License-Identifier: EUPL-1.2 */
/* Words and numbers that a profile may name, and the form of a source. */
#include "common/daemon/profile_internal.h"

/* A letter and two digits from 01 to last. */
struct numbered {
	char letter;
	uint32_t last;
};

/* The rows of requirements section 2: A01-A08, B01-B20 and so on. 2G (reports) and 2J (clocks) have no rows of this form. */
static const struct numbered requirement_rows[] = {
	{ 'A', 8 }, { 'B', 20 }, { 'C', 18 }, { 'D', 13 }, { 'E', 13 }, { 'F', 6 }, { 'H', 8 },
};

/* The rules of requirements section 4. */
static const struct numbered requirement_rules[] = { { 'R', 40 } };

#define NUMBER_LEN 3

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool
is_numbered(struct kb_span word, const struct numbered *table, size_t count)
{
	uint32_t number = 0;

	if (word.len != NUMBER_LEN || !is_digit(word.at[1]) || !is_digit(word.at[2])) {
		return false;
	}
	number = 10u * (uint32_t)(word.at[1] - '0') + (uint32_t)(word.at[2] - '0');
	for (size_t i = 0; i < count; i++) {
		if (word.at[0] == (uint8_t)table[i].letter) {
			return number >= 1 && number <= table[i].last;
		}
	}
	return false;
}

bool
kb_profile_is_row(struct kb_span word)
{
	return is_numbered(word, requirement_rows,
			   sizeof(requirement_rows) / sizeof(requirement_rows[0]));
}

bool
kb_profile_is_rule(struct kb_span word)
{
	return is_numbered(word, requirement_rules,
			   sizeof(requirement_rules) / sizeof(requirement_rules[0]));
}

bool
kb_profile_is_function(struct kb_span word)
{
	/* As the account of the person says it, so a word that nobody writes would be a step that nobody can take. */
	static const char *const functions[] = {

#define KB_ROW(word, source) (word),
		KB_PROFILE_FUNCTIONS(KB_ROW)
#undef KB_ROW
	};

	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		if (kb_span_equal(word, kb_span_text(functions[i]))) {
			return true;
		}
	}
	return false;
}

/* ---- sources ---- */

static bool
is_letter(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
}

/* "plan PO 22-02", "duo.nl", "001": two letters or digits at least. */
static bool
is_document(struct kb_span text)
{
	size_t count = 0;

	for (size_t i = 0; i < text.len; i++) {
		count += is_letter(text.at[i]) || is_digit(text.at[i]);
	}
	return count >= 2;
}

/* "regel 483", "608", "niet genoemd": a number, or what is said of it in two words. */
static bool
is_place(struct kb_span text)
{
	size_t words = 0;
	bool inside = false;

	for (size_t i = 0; i < text.len; i++) {
		bool letter = is_letter(text.at[i]);

		if (is_digit(text.at[i])) {
			return true;
		}
		words += letter && !inside;
		inside = letter;
	}
	return words >= 2;
}

bool
kb_profile_is_source(const char *text)
{
	size_t document = strcspn(text, ",:");

	return text[document] != '\0' && is_document(kb_span(text, document)) &&
	       is_place(kb_span_text(text + document + 1));
}
