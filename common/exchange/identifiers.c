/* SPDX-License-Identifier: EUPL-1.2 */
/* The numbers of Dutch registers (facts.md D4). */
#include "common/exchange/identifiers.h"

static bool
all_digits(struct kb_span text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] < '0' || text.at[i] > '9') {
			return false;
		}
	}
	return true;
}

#define ELEVEN 11
#define BSN_REST 0
#define ONDERWIJSNUMMER_REST 5

/* What is left of the weighted sum of nine digits; -1 when these are no nine digits, or only zeros. */
static int32_t
rest_of_eleven(struct kb_span text)
{
	int32_t sum = 0;
	bool zero = true;

	if (text.len != KB_PGN_CHARS || !all_digits(text)) {
		return -1;
	}
	for (int32_t i = 0; i < KB_PGN_CHARS; i++) {
		int32_t weight = i < KB_PGN_CHARS - 1 ? KB_PGN_CHARS - i : -1;

		sum += weight * (text.at[i] - '0');
		zero = zero && text.at[i] == '0';
	}
	/* The sum is -9 at the lowest. */
	return zero ? -1 : (sum + ELEVEN) % ELEVEN;
}

bool
kb_bsn_ok(struct kb_span text)
{
	return rest_of_eleven(text) == BSN_REST;
}

bool
kb_onderwijsnummer_ok(struct kb_span text)
{
	return rest_of_eleven(text) == ONDERWIJSNUMMER_REST && text.at[0] == '1' &&
	       text.at[1] == '0';
}

enum kb_err
kb_pgn_parse(struct kb_span text, char out[KB_PGN_CHARS + 1])
{
	char pgn[KB_PGN_CHARS + 1] = "0";

	if (text.len != KB_PGN_CHARS && text.len != KB_PGN_CHARS - 1) {
		return KB_ERR_BAD_VALUE;
	}
	memcpy(pgn + (KB_PGN_CHARS - text.len), text.at, text.len);
	if (!kb_bsn_ok(kb_span_text(pgn)) && !kb_onderwijsnummer_ok(kb_span_text(pgn))) {
		return KB_ERR_BAD_VALUE;
	}
	memcpy(out, pgn, sizeof(pgn));
	return KB_OK;
}

bool
kb_gemeentecode_ok(struct kb_span text)
{
	return text.len == KB_GEMEENTECODE_CHARS && all_digits(text);
}

bool
kb_gemeentecode_is_abroad(const char *code)
{
	return kb_span_equal(kb_span_text(code), kb_span_text(KB_GEMEENTECODE_ABROAD));
}

bool
kb_brin_ok(struct kb_span text)
{
	return text.len == KB_BRIN_CHARS && all_digits(kb_span_part(text, 0, 2)) &&
	       text.at[2] >= 'A' && text.at[2] <= 'Z' && text.at[3] >= 'A' && text.at[3] <= 'Z';
}

bool
kb_vestiging_ok(struct kb_span text)
{
	return text.len == KB_VESTIGING_CHARS && all_digits(text);
}

bool
kb_vestigingsnummer_ok(struct kb_span text)
{
	return text.len == KB_BRIN_CHARS + KB_VESTIGING_CHARS &&
	       kb_brin_ok(kb_span_part(text, 0, KB_BRIN_CHARS)) &&
	       kb_vestiging_ok(kb_span_part(text, KB_BRIN_CHARS, KB_VESTIGING_CHARS));
}

enum kb_err
kb_postcode_parse(struct kb_span text, char out[KB_POSTCODE_CHARS + 1])
{
	struct kb_span cijfers = kb_span_part(text, 0, 4);
	size_t letters_at = text.len > 4 && text.at[4] == ' ' ? 5 : 4;
	char postcode[KB_POSTCODE_CHARS + 1] = "";

	if (text.len != letters_at + 2 || !all_digits(cijfers) || cijfers.at[0] == '0') {
		return KB_ERR_BAD_VALUE;
	}
	memcpy(postcode, cijfers.at, 4);
	for (size_t i = 0; i < 2; i++) {
		uint8_t letter = text.at[letters_at + i];

		if (letter >= 'a' && letter <= 'z') {
			letter = (uint8_t)(letter - 'a' + 'A');
		}
		if (letter < 'A' || letter > 'Z') {
			return KB_ERR_BAD_VALUE;
		}
		postcode[4 + i] = (char)letter;
	}
	memcpy(out, postcode, sizeof(postcode));
	return KB_OK;
}
