/* SPDX-License-Identifier: EUPL-1.2 */
/* Who may send what about whom: the permission table and the one decision over it, the same at sender and recipient. */
#ifndef KB_EXCHANGE_PERMIT_H
#define KB_EXCHANGE_PERMIT_H

#include "common/exchange/categories.h"
#include "common/exchange/kinds.h"

/* What a row can ask for beside its roles: X(NAME, bit number, stable name, Dutch: what must be done). */
#define KB_NEED_TABLE(X)                                                                           \
	X(TOESTEMMING, 0, "toestemming",                                                           \
	  "een geldige toestemming die partij, doel en gegevens noemt")                            \
	X(REDEN, 1, "reden", "een reden (veld reden)")                                             \
	X(INZAGE, 2, "inzage", "inzage door de ouders voor de verzending (veld inzage_op)")        \
	X(INSTEMMING, 3, "instemming",                                                             \
	  "instemming van de ouders met bewijs (velden instemming_op, bewijs)")                    \
	X(HANDTEKENING_OUDERS, 4, "handtekening-ouders",                                           \
	  "handtekening van de ouders (veld handtekening_ouders_op)")                              \
	X(BETROKKEN, 5, "betrokken",                                                               \
	  "ouders en leerling zijn betrokken (velden ouders_betrokken_op, leerling_betrokken_op)") \
	X(AANGEMELD, 6, "aangemeld",                                                               \
	  "het kind is bij de ontvangende school aangemeld of ingeschreven")                       \
	X(AANBOD, 7, "aanbod", "een eerder gedaan passend aanbod (veld aanbod)")                   \
	X(GEEN_PROEFPLAATSING, 8, "geen-proefplaatsing",                                           \
	  "er loopt geen proefplaatsing bij deze school")                                          \
	X(AANKONDIGING, 9, "aankondiging",                                                         \
	  "een schriftelijke aankondiging die bezorgd is (veld aankondiging_op)")

enum kb_need {

#define KB_ROW(name, bit, text, label) KB_NEED_##name = 1 << (bit),
	KB_NEED_TABLE(KB_ROW)
#undef KB_ROW
};
#define KB_NEED_COUNT 10
/* Only the sender can know these (its own register of pupils and cases); the recipient takes them as met. */
#define KB_NEED_LOCAL ((uint32_t)(KB_NEED_AANGEMELD | KB_NEED_GEEN_PROEFPLAATSING))

const char *kb_need_name(uint32_t need);
const char *kb_need_label(uint32_t need);

/* What a region agreed (profile [afspraken]): X(NAME, bit number, key in the profile, Dutch). */
#define KB_REGION_TABLE(X)                                                                         \
	X(TLV_INSTEMMING, 0, "tlv_instemming", "een TLV-aanvraag vraagt instemming van de ouders") \
	X(TLV_ZONDER_TOESTEMMING, 1, "tlv_zonder_toestemming",                                     \
	  "een TLV-aanvraag zonder toestemming kan, met een reden")                                \
	X(JEUGDHULP_REGELING, 2, "jeugdhulp_regeling",                                             \
	  "onderwijs en jeugdhulp hebben een regeling over informatie")                            \
	X(ACCOUNT_EINDDATUM, 3, "account_einddatum", "iedere medewerker heeft een einddatum")

enum kb_region_flag {

#define KB_ROW(name, bit, text, label) KB_REGION_##name = 1 << (bit),
	KB_REGION_TABLE(KB_ROW)
#undef KB_ROW
};
#define KB_REGION_COUNT 4

/* A sort within a kind that is judged apart: the field soort. X(NAME, number, word in the field, Dutch). */
#define KB_VARIANT_TABLE(X)                                                                        \
	X(NONE, 0, "", "")                                                                         \
	X(SBO, 1, "sbo", "speciaal basisonderwijs")                                                \
	X(SO, 2, "so", "speciaal onderwijs")                                                       \
	X(VSO, 3, "vso", "voortgezet speciaal onderwijs")                                          \
	X(PRO, 4, "pro", "praktijkonderwijs")                                                      \
	X(AANBOD_GEWEIGERD, 5, "aanbod-geweigerd",                                                 \
	  "ouders houden het kind thuis na een passend aanbod")                                    \
	X(VROEG, 6, "vroeg", "vroeg, om thuiszitten te voorkomen")                                 \
	X(ACTIEF, 7, "actief", "in werking")                                                       \
	X(OPGESTELD, 8, "opgesteld", "opgesteld, nog niet in werking")                             \
	X(GESTOPT, 9, "gestopt", "gestopt")

enum kb_variant {

#define KB_ROW(name, number, text, label) KB_VARIANT_##name = (number),
	KB_VARIANT_TABLE(KB_ROW)
#undef KB_ROW
};
#define KB_VARIANT_COUNT 10

const char *kb_variant_name(enum kb_variant variant);
/* NONE when word is not in the table. */
enum kb_variant kb_variant_parse(struct kb_span word);

/* One side of a row. */
struct kb_permit_side {
	uint32_t kinds;	  /* KB_PARTY_BIT */
	uint32_t sectors; /* 1 << sector, one of which the party must have; 0: any */
	uint32_t desk;	  /* enum kb_desk; 0: any (from), the agent itself (to) */
};

struct kb_permit_row {
	const char *name; /* stable, unique: log, explain */
	enum kb_kind kind;
	enum kb_variant variant; /* NONE: any */
	enum kb_purpose purpose;
	enum kb_ground ground;
	struct kb_permit_side from;
	struct kb_permit_side to;
	uint32_t categories;	 /* kb_data_category bits that may be in it */
	uint32_t needs;		 /* kb_need bits, all of which must be met */
	uint32_t region_on;	 /* kb_region_flag bits that must be on */
	uint32_t region_off;	 /* and that must be off */
	int32_t valid_from_day;	 /* local day; KB_DAY_NONE: always */
	int32_t valid_until_day; /* last day; KB_DAY_NONE: open */
	const char *rule;   /* "R01", "facts D5" ...: what a refusal for this row's needs names */
	const char *source; /* seed line, law, convention */
};

/* Sorted by kind (tested). */
const struct kb_permit_row *kb_permit_rows(size_t *count);

/* A party as the register shows it. */
struct kb_permit_party {
	enum kb_party_kind kind;
	uint32_t sectors; /* 1 << sector of each of its vestigingen; 0: none */
	uint32_t desk;	  /* enum kb_desk */
};

struct kb_permit_question {
	uint32_t kind; /* numbers: they may come from the wire */
	uint32_t variant;
	uint32_t purpose;
	uint32_t ground;
	struct kb_permit_party from;
	struct kb_permit_party to;
	uint32_t categories; /* that occur in the message */
	uint32_t met;	     /* needs that are met */
	uint32_t region;     /* flags of the profile */
	int32_t day;	     /* local day of the decision */
};

struct kb_permit_answer {
	enum kb_err err;
	const struct kb_permit_row
		*row;	     /* that allowed it, or came nearest; NULL: none for these roles */
	uint32_t missing;    /* needs */
	uint32_t categories; /* that occur and may not */
};

/*
 * The decision. Pure, no allocation. answer->err is KB_OK when one row allows everything, else what the nearest row lacks:
 *   KB_ERR_UNKNOWN_KIND      not in the table of kinds
 *   KB_ERR_NOT_ALLOWED       no row for these roles, sectors, desks, variant, region and day
 *   KB_ERR_NO_GROUND         such rows, but none with this purpose and ground
 *   KB_ERR_FIELD_NOT_ALLOWED a category that the row does not allow
 *   KB_ERR_NO_CONSENT        TOESTEMMING is missing
 *   KB_ERR_INCOMPLETE        another need is missing
 * in this order; of rows that come equally near, the first.
 */
enum kb_err kb_permit_decide(const struct kb_permit_question *question,
			     struct kb_permit_answer *answer);

/*
 * The row that a sender uses when it does not name purpose, ground or desk: the first row valid on that day for kind, variant and
 * the two kinds of parties (sectors too), in this region. purpose, ground UNSPECIFIED: any. NULL: none.
 */
const struct kb_permit_row *kb_permit_default(enum kb_kind kind, enum kb_variant variant,
					      const struct kb_permit_party *from,
					      const struct kb_permit_party *to,
					      enum kb_purpose purpose, enum kb_ground ground,
					      uint32_t region, int32_t day);

/* The desk that works on this purpose at a party of that kind: the one that the first row of it names there. 0: none. */
uint32_t kb_permit_desk(enum kb_purpose purpose, enum kb_party_kind kind);

#endif
