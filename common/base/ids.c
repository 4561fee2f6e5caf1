/* SPDX-License-Identifier: EUPL-1.2 */
/* Names of parties, messages and cases. */
#include "common/base/ids.h"

#include "common/base/text.h"

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool
is_capital(uint8_t c)
{
	return c >= 'A' && c <= 'Z';
}

/* BRIN [0-9]{2}[A-Z]{2}, vestiging [0-9]{2}. */
static bool
unit_ok(const uint8_t *at)
{
	return is_digit(at[0]) && is_digit(at[1]) && is_capital(at[2]) && is_capital(at[3]) &&
	       is_digit(at[4]) && is_digit(at[5]);
}

enum kb_err
kb_party_id_parse(struct kb_span bytes, struct kb_party_id *out)
{
	struct kb_party_id id = { { 0 } };

	if (bytes.len != KB_OIN_CHARS && bytes.len != KB_PARTY_ID_MAX) {
		return KB_ERR_BAD_VALUE;
	}
	for (size_t i = 0; i < KB_OIN_CHARS; i++) {
		if (!is_digit(bytes.at[i]) && !(i >= 8 && is_capital(bytes.at[i]))) {
			return KB_ERR_BAD_VALUE;
		}
	}
	if (bytes.len == KB_PARTY_ID_MAX &&
	    (bytes.at[KB_OIN_CHARS] != '/' || !unit_ok(bytes.at + KB_OIN_CHARS + 1))) {
		return KB_ERR_BAD_VALUE;
	}
	memcpy(id.text, bytes.at, bytes.len);
	*out = id;
	return KB_OK;
}

bool
kb_party_id_equal(const struct kb_party_id *a, const struct kb_party_id *b)
{
	return memcmp(a->text, b->text, sizeof(a->text)) == 0;
}

bool
kb_party_id_empty(const struct kb_party_id *id)
{
	return id->text[0] == 0;
}

bool
kb_party_id_same_organisation(const struct kb_party_id *a, const struct kb_party_id *b)
{
	return strncmp(a->text, b->text, KB_OIN_CHARS) == 0;
}

const char *
kb_party_id_unit(const struct kb_party_id *id)
{
	return id->text[KB_OIN_CHARS] == '/' ? id->text + KB_OIN_CHARS + 1 : "";
}

void
kb_id_text(const struct kb_id *id, char out[KB_ID_TEXT])
{
	kb_hex_encode(kb_span(id->bytes, KB_ID_BYTES), out);
}

enum kb_err
kb_id_parse(struct kb_span text, struct kb_id *out)
{
	return kb_hex_decode(text, out->bytes, KB_ID_BYTES);
}

bool
kb_id_equal(const struct kb_id *a, const struct kb_id *b)
{
	return memcmp(a->bytes, b->bytes, KB_ID_BYTES) == 0;
}

bool
kb_id_empty(const struct kb_id *id)
{
	static const struct kb_id none;

	return kb_id_equal(id, &none);
}
