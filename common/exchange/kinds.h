/* SPDX-License-Identifier: EUPL-1.2 */
/* The fixed table of message kinds: who may ever send which to whom, and on what ground. */
#ifndef KB_EXCHANGE_KINDS_H
#define KB_EXCHANGE_KINDS_H

#include "common/base/error.h"
#include "common/exchange/roles.h"

/* Numbers on the wire (Body.kind); never reused. Registry with history: proto/README.md. */
enum kb_kind {
	KB_KIND_UNSPECIFIED = 0,
	KB_KIND_RECEIPT = 1,
	KB_KIND_VERVALLEN = 2,
	KB_KIND_HERSTELD = 3,
	KB_KIND_VERZUIM_MELDING = 10,
	KB_KIND_VERZUIM_CORRECTIE = 11,
	KB_KIND_VERZUIM_INTREKKING = 12,
	KB_KIND_VERZUIM_STAND = 13,
	KB_KIND_VERZUIM_VRAAG = 14,
	KB_KIND_VERZUIM_ANTWOORD = 15,
	KB_KIND_VERZUIM_EINDE = 16,
	KB_KIND_VERZUIM_AANVULLING = 17,
};

/* Numbers of proto/envelope.proto. */
enum kb_purpose {
	KB_PURPOSE_UNSPECIFIED = 0,
	KB_PURPOSE_LEERPLICHT = 1,
	KB_PURPOSE_BERICHTENVERKEER = 2,
};

enum kb_ground {
	KB_GROUND_UNSPECIFIED = 0,
	KB_GROUND_WETTELIJKE_TAAK = 1,
	KB_GROUND_TOESTEMMING = 2,
	KB_GROUND_VITAAL_BELANG = 3,
};

#define KB_GROUND_BIT(ground) (1u << (ground))

struct kb_kind_row {
	enum kb_kind kind;
	const char *name;	    /* stable: log, JSON, configuration */
	const char *label;	    /* Dutch, for people */
	uint32_t from;		    /* KB_PARTY_BIT of the kinds that can ever send it */
	uint32_t to;		    /* and of those that can ever receive it */
	enum kb_desk desk;	    /* the desk at the recipient; UNSPECIFIED: the agent itself */
	enum kb_purpose purpose;    /* the one purpose of this kind */
	uint32_t grounds;	    /* KB_GROUND_BIT of the grounds that are possible */
	uint32_t content_bytes_max; /* of Body.content */
	bool has_case;		    /* case_id must be there; else it must be absent */
	bool numbered;		    /* false only for receipts */
	bool statutory;		    /* sent again after expiry until it is stored (design rule 4) */
	bool health;		    /* whether health data may be in it */
	const char *source; /* law, requirement row or design section that this row rests on */
};

/* NULL for a number that is not in the table: default is no. */
const struct kb_kind_row *kb_kind_find(uint32_t number);
const struct kb_kind_row *kb_kind_rows(size_t *count);
/* "" for an unknown kind. */
const char *kb_kind_name(uint32_t number);

/* All that the fixed table says about one message, for the sender before sealing and the recipient after opening. */
struct kb_kind_check {
	uint32_t kind;
	enum kb_party_kind sender;
	enum kb_party_kind recipient;
	uint32_t desk;
	uint32_t purpose;
	uint32_t ground;
	bool has_case;
	bool numbered;
	size_t content_bytes;
};

/* KB_OK, or the rule that refuses: UNKNOWN_KIND, NOT_ALLOWED (roles, desk, case), NO_GROUND (purpose, ground),
 * OVERSIZE. */
KB_MUST_CHECK enum kb_err kb_kind_allows(const struct kb_kind_check *check);

#endif
