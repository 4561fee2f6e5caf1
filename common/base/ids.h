/* SPDX-License-Identifier: EUPL-1.2 */
/* Names of parties, messages and cases. */
#ifndef KB_BASE_IDS_H
#define KB_BASE_IDS_H

#include "common/base/error.h"
#include "common/base/span.h"

#define KB_OIN_CHARS 20
#define KB_UNIT_CHARS 6
/* "00000099000000001000" or, with a unit (BRIN and vestiging), "00000099000000001000/12AB00". */
#define KB_PARTY_ID_MAX (KB_OIN_CHARS + 1 + KB_UNIT_CHARS)

/*
 * A party: OIN (20 characters: digits, of which the main number may hold capitals; facts.md D4) and, when several
 * schools share one OIN, '/' and the unit: BRIN [0-9]{2}[A-Z]{2} with vestiging [0-9]{2}. The text is the form on the
 * wire, in the store and on screen. Unused bytes are 0, so two ids may be compared with memcmp.
 */
struct kb_party_id {
	char text[KB_PARTY_ID_MAX + 1];
};

/* KB_ERR_BAD_VALUE when bytes is not a party id; out is then untouched. */
KB_MUST_CHECK enum kb_err kb_party_id_parse(struct kb_span bytes, struct kb_party_id *out);
bool kb_party_id_equal(const struct kb_party_id *a, const struct kb_party_id *b);
bool kb_party_id_empty(const struct kb_party_id *id);
/* A board and its schools are one organisation: the same OIN, whatever the unit. */
bool kb_party_id_same_organisation(const struct kb_party_id *a, const struct kb_party_id *b);

static inline struct kb_span
kb_party_id_span(const struct kb_party_id *id)
{
	return kb_span_text(id->text);
}

/* The part after '/', "" when there is none. */
const char *kb_party_id_unit(const struct kb_party_id *id);

/* 16 random bytes: message ids, case ids, melding ids. Random, never a time or a counter (reliability.md 1.6). */
#define KB_ID_BYTES 16

struct kb_id {
	uint8_t bytes[KB_ID_BYTES];
};

/* Text form: 32 hex digits and NUL. */
#define KB_ID_TEXT (KB_ID_BYTES * 2 + 1)
void kb_id_text(const struct kb_id *id, char out[KB_ID_TEXT]);
KB_MUST_CHECK enum kb_err kb_id_parse(struct kb_span text, struct kb_id *out);
bool kb_id_equal(const struct kb_id *a, const struct kb_id *b);
bool kb_id_empty(const struct kb_id *id);

/* Drawn when a store is made and again after a detected restore. */
#define KB_EPOCH_BYTES 8

struct kb_epoch {
	uint8_t bytes[KB_EPOCH_BYTES];
};

#define KB_HASH_BYTES 32

struct kb_hash {
	uint8_t bytes[KB_HASH_BYTES];
};

static inline bool
kb_hash_equal(const struct kb_hash *a, const struct kb_hash *b)
{
	return memcmp(a->bytes, b->bytes, KB_HASH_BYTES) == 0;
}

static inline bool
kb_hash_empty(const struct kb_hash *hash)
{
	static const struct kb_hash none = { { 0 } };

	return kb_hash_equal(hash, &none);
}

#endif
