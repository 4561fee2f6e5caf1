/* SPDX-License-Identifier: EUPL-1.2 */
/* The rules of toestemming: who must have given it, what it covers, which of two statements stands (design 8, facts D5). Pure. */
#ifndef KB_EXCHANGE_CONSENT_RULES_H
#define KB_EXCHANGE_CONSENT_RULES_H

#include "common/base/ids.h"
#include "common/exchange/categories.h"
#include "common/exchange/kinds.h"

#define KB_TOESTEMMING_PARTIES_MAX 32
#define KB_TOESTEMMING_GUARDIANS_MAX 2

/* X(NAME, number on the wire, stable name, Dutch). A higher one is stricter. */
#define KB_TOESTEMMING_STATUS_TABLE(X)                                                             \
	X(NONE, 0, "", "")                                                                         \
	X(GEGEVEN, 1, "gegeven", "gegeven")                                                        \
	X(BEPERKT, 2, "beperkt", "beperkt")                                                        \
	X(INGETROKKEN, 3, "ingetrokken", "ingetrokken")

enum kb_toestemming_status {

#define KB_ROW(name, number, text, label) KB_TOESTEMMING_##name = (number),
	KB_TOESTEMMING_STATUS_TABLE(KB_ROW)
#undef KB_ROW
};
#define KB_TOESTEMMING_STATUS_COUNT 4

/* At the moment of giving: X(NAME, number on the wire, stable name, Dutch) */
#define KB_LEEFTIJD_TABLE(X)                                                                       \
	X(NONE, 0, "", "")                                                                         \
	X(ONDER_12, 1, "onder-12", "jonger dan 12 jaar")                                           \
	X(VAN_12_TOT_16, 2, "12-15", "12 tot en met 15 jaar")                                      \
	X(VANAF_16, 3, "16-plus", "16 jaar of ouder")

enum kb_leeftijd {

#define KB_ROW(name, number, text, label) KB_LEEFTIJD_##name = (number),
	KB_LEEFTIJD_TABLE(KB_ROW)
#undef KB_ROW
};
#define KB_LEEFTIJD_COUNT 4

/* "" for NONE and numbers outside the table. */
const char *kb_toestemming_status_name(enum kb_toestemming_status status);
const char *kb_toestemming_status_label(enum kb_toestemming_status status);
const char *kb_leeftijd_name(enum kb_leeftijd leeftijd);
const char *kb_leeftijd_label(enum kb_leeftijd leeftijd);
/* NONE when word is not in the table. */
enum kb_leeftijd kb_leeftijd_parse(struct kb_span word);

/* One statement: a version of a toestemming as one party recorded it. Also on the wire (proto/consent.proto). */
struct kb_toestemming {
	struct kb_id toestemming_id;
	struct kb_id case_id;
	uint32_t versie; /* from 1 */
	struct kb_party_id recorder;
	uint32_t key_version; /* of the recorder's signing key */
	enum kb_toestemming_status status;
	enum kb_purpose purpose;
	uint32_t categories;	     /* kb_data_category bits */
	struct kb_party_id *parties; /* rising, without doubles, the recorder among them */
	size_t party_count;
	enum kb_leeftijd leeftijd;
	uint32_t gezag;		      /* guardians with authority: 1 or 2 */
	uint32_t ouders;	      /* of those, how many agreed */
	bool jongere;		      /* the young person agreed */
	struct kb_hash evidence_hash; /* SHA-256(salt || document) */
	uint32_t valid_from;	      /* yyyymmdd */
	uint32_t valid_until;	      /* last day; 0: open */
	int64_t recorded_at_utc_ms;
};

/* Whose agreement is missing, as bits. */
#define KB_GIVER_OUDERS 1u
#define KB_GIVER_JONGERE 2u

/*
 * Under 12: every guardian with authority. 12 to 15: the young person and every guardian with authority. From 16: the young
 * person alone (facts D5). 0: complete.
 */
uint32_t kb_toestemming_missing(const struct kb_toestemming *toestemming);

bool kb_toestemming_names(const struct kb_toestemming *toestemming,
			  const struct kb_party_id *party);

/*
 * Whether it covers a message with these categories between from and to on that local day. KB_OK; KB_ERR_NO_CONSENT: another
 * case, a party that it does not name, another purpose, a category too many, a giver that is missing, not valid yet or not any
 * more; KB_ERR_CONSENT_WITHDRAWN: withdrawn, said only of parties that it names.
 */
KB_MUST_CHECK enum kb_err
kb_toestemming_covers(const struct kb_toestemming *toestemming, const struct kb_id *case_id,
		      enum kb_purpose purpose, const struct kb_party_id *from,
		      const struct kb_party_id *to, uint32_t categories, int32_t day);

/* Every member the same. */
bool kb_toestemming_equal(const struct kb_toestemming *a, const struct kb_toestemming *b);

/* Two statements about one toestemming as one. */
struct kb_toestemming_merged {
	struct kb_toestemming toestemming; /* parties points into the member below */
	struct kb_party_id parties[KB_TOESTEMMING_PARTIES_MAX];
	bool differs;
};

/*
 * The stricter of both in everything: withdrawn beats all; else the parties and categories that both have, the latest begin, the
 * earliest end, the giver that is less complete. About another case, purpose or recorder they have no party in common. out stays
 * where it is: it points into itself.
 */
void kb_toestemming_stricter(const struct kb_toestemming *a, const struct kb_toestemming *b,
			     struct kb_toestemming_merged *out);

/* What a statement that comes in does to the one that is held. */
enum kb_toestemming_step {
	KB_TOESTEMMING_STEP_NONE = 0,
	KB_TOESTEMMING_SAME,  /* nothing new */
	KB_TOESTEMMING_OLDER, /* an earlier version, or withdrawn already: what is held stands */
	KB_TOESTEMMING_NEWER, /* replaces it */
	KB_TOESTEMMING_WITHDRAWS, /* ends it for good */
	KB_TOESTEMMING_DIFFERS, /* the same version, saying something else: the stricter of both stands */
	KB_TOESTEMMING_FOREIGN, /* has no power over it: refused */
};

/*
 * A higher version of the same recorder replaces. A withdrawal counts from any party that held names, and never goes back: a
 * new toestemming has a new id. A version may take away freely; it adds a party, a category, a day or a giver only as GEGEVEN
 * with new evidence. Across versions that were missed only the evidence can be seen. The case and the purpose never change.
 */
enum kb_toestemming_step kb_toestemming_next(const struct kb_toestemming *held,
					     const struct kb_toestemming *fresh);

#endif
