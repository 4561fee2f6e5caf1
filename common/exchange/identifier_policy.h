/* SPDX-License-Identifier: EUPL-1.2 */
/* Which identifier of a child may stand in a message on which edge, and until when (facts D4, design 4). */
#ifndef KB_EXCHANGE_IDENTIFIER_POLICY_H
#define KB_EXCHANGE_IDENTIFIER_POLICY_H

#include "common/exchange/permit.h"

/* X(NAME, bit number, stable name, Dutch) */
#define KB_IDENTIFIER_TABLE(X)                                                                     \
	X(PGN, 0, "pgn", "persoonsgebonden nummer (BSN of onderwijsnummer)")                       \
	X(ECK, 1, "eck-id", "ECK iD")                                                              \
	X(PSEUDONIEM, 2, "pseudoniem", "nummer dat alleen deze twee partijen kennen")              \
	X(NAAM, 3, "naam", "naam, geboortedatum en postcode")                                      \
	X(VOLGNUMMER, 4, "volgnummer", "Leerling 1, 2, 3 in een lijst")

enum kb_identifier {

#define KB_ROW(name, bit, text, label) KB_IDENTIFIER_##name = 1 << (bit),
	KB_IDENTIFIER_TABLE(KB_ROW)
#undef KB_ROW
};
#define KB_IDENTIFIER_COUNT 5

const char *kb_identifier_name(uint32_t identifier);

/* In from and to desk 0 is any desk: to which desk a message may go at all is for the permission table to say. */
struct kb_identifier_row {
	const char *name; /* stable */
	struct kb_permit_side from;
	struct kb_permit_side to;
	uint32_t kinds_from; /* first and last kind number that it holds for; 0: all */
	uint32_t kinds_to;
	uint32_t purposes;	 /* KB_PURPOSE_BIT; 0: all */
	uint32_t allowed;	 /* identifiers, as bits */
	int32_t valid_from_day;	 /* KB_DAY_NONE: always */
	int32_t valid_until_day; /* last day; KB_DAY_NONE: open */
	const char *source;
};

const struct kb_identifier_row *kb_identifier_rows(size_t *count);

/*
 * The identifiers that may stand in this message: the union of the rows that match. Default is PSEUDONIEM only. *row (may be
 * NULL) is the row that gave the most, NULL when none did.
 */
uint32_t kb_identifiers_allowed(const struct kb_permit_question *question,
				const struct kb_identifier_row **row);
/* KB_OK or KB_ERR_FIELD_NOT_ALLOWED: identifiers holds one that may not be there. */
KB_MUST_CHECK enum kb_err kb_identifiers_check(const struct kb_permit_question *question,
					       uint32_t identifiers);

#endif
