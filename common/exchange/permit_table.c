/* SPDX-License-Identifier: EUPL-1.2 */
/* The permission table: one row is one thing that may be sent, and what it rests on. Everything else is refused. */
#include "common/exchange/permit.h"

#include "common/exchange/date.h"

#define SCHOOLS (KB_PARTY_BIT(KB_PARTY_SCHOOL) | KB_PARTY_BIT(KB_PARTY_VO))
#define GEMEENTE KB_PARTY_BIT(KB_PARTY_GEMEENTE)
#define AGENTS (SCHOOLS | GEMEENTE | KB_PARTY_BIT(KB_PARTY_SWV) | KB_PARTY_BIT(KB_PARTY_JEUGDHULP))

#define ALWAYS .valid_from_day = KB_DAY_NONE, .valid_until_day = KB_DAY_NONE
#define TASK(purpose_) .purpose = KB_PURPOSE_##purpose_, .ground = KB_GROUND_WETTELIJKE_TAAK

/* The exchange itself: between all agents, without anything about a child (design 4 and 6). */
#define TRAFFIC(name_, kind_, source_)                                                             \
	{                                                                                          \
		.name = (name_), .kind = KB_KIND_##kind_, TASK(BERICHTENVERKEER),                  \
		.from = { .kinds = AGENTS }, .to = { .kinds = AGENTS }, ALWAYS, .rule = (source_), \
		.source = (source_)                                                                \
	}

/* What is said about a toestemming: between all agents, at any point of a case (design 8). */
#define CONSENT(name_, kind_, source_)                                                             \
	{                                                                                          \
		.name = (name_), .kind = KB_KIND_##kind_, TASK(TOESTEMMING),                       \
		.from = { .kinds = AGENTS }, .to = { .kinds = AGENTS },                            \
		.categories = KB_DATA_PROCES, ALWAYS, .rule = (source_), .source = (source_)       \
	}

#define ABSENCE                                                                                    \
	((uint32_t)(KB_DATA_IDENTITEIT | KB_DATA_CONTACT | KB_DATA_VERZUIM | KB_DATA_PROCES))
#define TO_LEERPLICHT(name_, kind_, source_)                                                       \
	{                                                                                          \
		.name = (name_), .kind = KB_KIND_##kind_, TASK(LEERPLICHT),                        \
		.from = { .kinds = SCHOOLS },                                                      \
		.to = { .kinds = GEMEENTE, .desk = KB_DESK_LEERPLICHT }, .categories = ABSENCE,    \
		ALWAYS, .rule = "facts D1, D5", .source = (source_)                                \
	}
#define OF_LEERPLICHT(name_, kind_, source_)                                                       \
	{                                                                                          \
		.name = (name_), .kind = KB_KIND_##kind_, TASK(LEERPLICHT),                        \
		.from = { .kinds = GEMEENTE, .desk = KB_DESK_LEERPLICHT },                         \
		.to = { .kinds = SCHOOLS, .desk = KB_DESK_SCHOOL }, .categories = ABSENCE, ALWAYS, \
		.rule = "facts D1, D5", .source = (source_)                                        \
	}

static const struct kb_permit_row rows[] = {
	TRAFFIC("ontvangstbewijs", RECEIPT, "design 4"),
	TRAFFIC("vervallen", VERVALLEN, "design 4"),
	TRAFFIC("hersteld", HERSTELD, "design 6"),
	TO_LEERPLICHT("melding", VERZUIM_MELDING, "facts D1: duty to report 16 hours in 4 weeks"),
	TO_LEERPLICHT("correctie", VERZUIM_CORRECTIE, "facts D1: a report must be true"),
	TO_LEERPLICHT("intrekking", VERZUIM_INTREKKING, "facts D1: status Ingetrokken"),
	OF_LEERPLICHT("stand", VERZUIM_STAND, "facts D1: status words of DUO"),
	OF_LEERPLICHT("leerplicht-vraagt", VERZUIM_VRAAG, "facts D5: the gemeente has the task"),
	TO_LEERPLICHT("school-antwoordt", VERZUIM_ANTWOORD,
		      "facts D5: the school must answer the leerplichtambtenaar"),
	TO_LEERPLICHT("einde", VERZUIM_EINDE, "facts D1: end date"),
	TO_LEERPLICHT("aanvulling", VERZUIM_AANVULLING, "facts D5"),
	CONSENT("toestemming-verleend", TOESTEMMING_VERLEEND, "design 8"),
	CONSENT("toestemming-ingetrokken", TOESTEMMING_INGETROKKEN, "design 8"),
	CONSENT("toestemming-bevestigd", TOESTEMMING_BEVESTIGING, "design 8"),
	{ .name = "bericht-naar-leerplicht",
	  .kind = KB_KIND_BERICHT,
	  .purpose = KB_PURPOSE_DOA,
	  .ground = KB_GROUND_TOESTEMMING,
	  .from = { .kinds = SCHOOLS },
	  .to = { .kinds = GEMEENTE, .desk = KB_DESK_LEERPLICHT },
	  .categories = KB_DATA_PROCES,
	  .needs = KB_NEED_TOESTEMMING,
	  ALWAYS,
	  .rule = "design 8",
	  .source = "design 7" },
	{ .name = "bericht-van-leerplicht",
	  .kind = KB_KIND_BERICHT,
	  .purpose = KB_PURPOSE_DOA,
	  .ground = KB_GROUND_TOESTEMMING,
	  .from = { .kinds = GEMEENTE, .desk = KB_DESK_LEERPLICHT },
	  .to = { .kinds = SCHOOLS, .desk = KB_DESK_SCHOOL },
	  .categories = KB_DATA_PROCES,
	  .needs = KB_NEED_TOESTEMMING,
	  ALWAYS,
	  .rule = "design 8",
	  .source = "design 7" },
};

const struct kb_permit_row *
kb_permit_rows(size_t *count)
{
	*count = sizeof(rows) / sizeof(rows[0]);
	return rows;
}
