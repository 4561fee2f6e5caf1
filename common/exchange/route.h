/* SPDX-License-Identifier: EUPL-1.2 */
/* A route: the states, steps and clocks that a region agreed for one kind of case, as data (design 7). Pure. */
#ifndef KB_EXCHANGE_ROUTE_H
#define KB_EXCHANGE_ROUTE_H

#include "common/exchange/kinds.h"
#include "common/exchange/roles.h"

/*
 * Who a participant is in a case: X(NAME, bit number, word in a route file, Dutch, kinds of party that can be it, desk there).
 * A party has one role in a case. The last three are no roles of their own but follow from the case: who opened it, who has the
 * regie now, and everybody.
 */
#define KB_ROUTE_ROLE_TABLE(X)                                                                     \
	X(SCHOOL, 0, "school", "school van de leerling", KB_ROUTE_SCHOOLS, KB_DESK_SCHOOL)         \
	X(ONTVANGEND, 1, "ontvangende-school", "ontvangende school", KB_ROUTE_SCHOOLS,             \
	  KB_DESK_SCHOOL)                                                                          \
	X(SWV, 2, "swv", "samenwerkingsverband", KB_PARTY_BIT(KB_PARTY_SWV), KB_DESK_SWV)          \
	X(SWV_ONTVANGEND, 3, "swv-ontvangend", "samenwerkingsverband van de ontvangende school",   \
	  KB_PARTY_BIT(KB_PARTY_SWV), KB_DESK_SWV)                                                 \
	X(LEERPLICHT, 4, "leerplicht", "leerplicht", KB_PARTY_BIT(KB_PARTY_GEMEENTE),              \
	  KB_DESK_LEERPLICHT)                                                                      \
	X(JEUGD, 5, "jeugd", "gemeente, jeugd", KB_PARTY_BIT(KB_PARTY_GEMEENTE), KB_DESK_JEUGD)    \
	X(DOORSTROOMPUNT, 6, "doorstroompunt", "doorstroompunt", KB_PARTY_BIT(KB_PARTY_GEMEENTE),  \
	  KB_DESK_DOORSTROOMPUNT)                                                                  \
	X(JEUGDHULP, 7, "jeugdhulp", "jeugdhulp", KB_PARTY_BIT(KB_PARTY_JEUGDHULP),                \
	  KB_DESK_JEUGDHULP)                                                                       \
	X(PARTNER, 8, "partner", "andere partner", KB_ROUTE_ANYBODY, KB_DESK_UNSPECIFIED)          \
	X(INBRENGER, 9, "inbrenger", "wie de zaak inbracht", KB_ROUTE_ANYBODY,                     \
	  KB_DESK_UNSPECIFIED)                                                                     \
	X(REGIEVOERDER, 10, "regievoerder", "regievoerder", KB_ROUTE_ANYBODY, KB_DESK_UNSPECIFIED) \
	X(ALLEN, 11, "allen", "alle deelnemers", KB_ROUTE_ANYBODY, KB_DESK_UNSPECIFIED)

#define KB_ROUTE_SCHOOLS (KB_PARTY_BIT(KB_PARTY_SCHOOL) | KB_PARTY_BIT(KB_PARTY_VO))
#define KB_ROUTE_ANYBODY                                                                           \
	(KB_ROUTE_SCHOOLS | KB_PARTY_BIT(KB_PARTY_SWV) | KB_PARTY_BIT(KB_PARTY_GEMEENTE) |         \
	 KB_PARTY_BIT(KB_PARTY_JEUGDHULP))

enum kb_route_role {
	KB_ROUTE_ROLE_NONE = 0,

#define KB_ROW(name, bit, word, label, kinds, desk) KB_ROUTE_##name = 1 << (bit),
	KB_ROUTE_ROLE_TABLE(KB_ROW)
#undef KB_ROW
};
#define KB_ROUTE_ROLE_COUNT 12
/* Roles that a participant can have; the rest follow from the case. */
#define KB_ROUTE_ROLES_HELD ((uint32_t)KB_ROUTE_INBRENGER - 1)

/* role is one bit. "" for none or more than one. */
const char *kb_route_role_word(uint32_t role);
const char *kb_route_role_label(uint32_t role);
/* 0 for a word that is no role. */
uint32_t kb_route_role_parse(struct kb_span word);
/* Whether a party of that kind, for that desk, can have role (one bit) in a case. */
bool kb_route_role_fits(uint32_t role, enum kb_party_kind kind, enum kb_desk desk);

/* The desk at which a party has that role (one bit); UNSPECIFIED: any. */
enum kb_desk kb_route_role_desk(uint32_t role);

/*
 * What a step writes down about the case, with a day and where it says so the people: X(NAME, bit number, word, Dutch, people).
 * A fact stays for the rest of the case; a later one of the same name replaces its day. Numbers are never reused.
 */
#define KB_FACT_TABLE(X)                                                                           \
	X(OUDERS_OP_DE_HOOGTE, 0, "ouders-op-de-hoogte", "de ouders weten ervan", false)           \
	X(OUDERS_UITGENODIGD, 1, "ouders-uitgenodigd", "de ouders zijn uitgenodigd", false)        \
	X(OUDERS_AANWEZIG, 2, "ouders-aanwezig", "de ouders waren erbij", false)                   \
	X(OUDERS_AFWEZIG, 3, "ouders-afwezig", "de ouders waren er niet bij", false)               \
	X(LEERLING_BETROKKEN, 4, "leerling-betrokken", "de leerling is erbij betrokken", false)    \
	X(PARTNERS_BEPAALD, 5, "partners-bepaald", "vastgesteld wie erbij moet zijn", false)       \
	X(OVERLEG_GEHOUDEN, 6, "overleg-gehouden", "het overleg is gehouden", true)                \
	X(OBSERVATIE_GEDAAN, 7, "observatie-gedaan", "er is geobserveerd", true)                   \
	X(AFSPRAKEN_GEMAAKT, 8, "afspraken-gemaakt", "er zijn afspraken gemaakt", false)           \
	X(TERUGKOPPELING_GEDAAN, 9, "terugkoppeling-gedaan", "er is teruggekoppeld", false)        \
	X(INZAGE_GEGEVEN, 10, "inzage-gegeven", "de ouders hebben het dossier ingezien", false)    \
	X(DOSSIER_VERZONDEN, 11, "dossier-verzonden", "het dossier is verzonden", false)           \
	X(GESPREK_GEPLAND, 12, "gesprek-gepland", "het gesprek is gepland", false)                 \
	X(GESPREK_GEHOUDEN, 13, "gesprek-gehouden", "het gesprek is gehouden", true)               \
	X(GESPREK_BEVESTIGD, 14, "gesprek-bevestigd", "de andere school bevestigt het gesprek",    \
	  true)                                                                                    \
	X(ONTVANGST_AANVAARD, 15, "ontvangst-aanvaard",                                            \
	  "aanvaard door iemand van de ontvangende school", true)                                  \
	X(EVALUATIE_GEHOUDEN, 16, "evaluatie-gehouden", "de overstap is geevalueerd", false)       \
	X(AANBOD_GEDAAN, 17, "aanbod-gedaan", "er is een passend aanbod gedaan", false)            \
	X(AANBOD_GEWEIGERD, 18, "aanbod-geweigerd", "de ouders weigeren het aanbod", false)        \
	X(CONSULT_GEVRAAGD, 19, "consult-gevraagd", "het samenwerkingsverband is gevraagd", false) \
	X(CONSULT_BEANTWOORD, 20, "consult-beantwoord",                                            \
	  "het samenwerkingsverband heeft geantwoord", false)                                      \
	X(VRIJSTELLING_AFGEGEVEN, 21, "vrijstelling-afgegeven", "de vrijstelling is afgegeven",    \
	  false)                                                                                   \
	X(CVA_GERAADPLEEGD, 22, "cva-geraadpleegd", "de commissie is geraadpleegd", true)          \
	X(BESTUUR_AKKOORD, 23, "bestuur-akkoord", "het bestuur heeft goedgekeurd", true)           \
	X(COORDINATOR_BESLUIT, 24, "coordinator-besluit", "de coordinator heeft besloten", true)   \
	X(INSTEMMING_OUDERS, 25, "instemming-ouders", "de ouders stemmen in", false)               \
	X(INSTEMMING_SCHOOL, 26, "instemming-school", "de school van de leerling stemt in", false) \
	X(INSTEMMING_ONTVANGEND, 27, "instemming-ontvangende-school",                              \
	  "de ontvangende school stemt in", false)                                                 \
	X(BESLUIT_SCHRIFTELIJK, 28, "besluit-schriftelijk", "schriftelijk en met reden", false)    \
	X(EERSTE_LEZER, 29, "eerste-lezer", "door een eerste persoon bestudeerd", true)            \
	X(TWEEDE_LEZER, 30, "tweede-lezer", "door een tweede persoon bestudeerd", true)            \
	X(VOORZITTER, 31, "voorzitter", "de voorzitter is aangewezen", true)                       \
	X(LEERPLICHT_BETROKKEN, 32, "leerplicht-betrokken", "leerplicht is betrokken", false)      \
	X(GESPREK_BESTUUR, 33, "gesprek-bestuur", "er is met het schoolbestuur gesproken", true)   \
	X(OORDEEL_GEGEVEN, 34, "oordeel-gegeven", "het oordeel is gegeven", true)                  \
	X(WEER_NAAR_SCHOOL, 35, "weer-naar-school", "de leerling gaat weer naar school", false)    \
	X(PROGRAMMA_VASTGESTELD, 36, "programma-vastgesteld",                                      \
	  "het programma is met de ouders vastgesteld", false)                                     \
	X(PLEK_GEVONDEN, 37, "plek-gevonden", "er is een plek", false)                             \
	X(SCHORSING_GEMELD, 38, "schorsing-gemeld", "de schorsing is gemeld", false)               \
	X(TIJDELIJK_ELDERS, 39, "tijdelijk-elders",                                                \
	  "de leerling volgt tijdelijk elders onderwijs", false)                                   \
	X(VOLGENDE_GEVRAAGD, 40, "volgende-gevraagd",                                              \
	  "gevraagd is wie de regio na de herinnering noemt", true)

#define KB_FACT_BIT(name) (1ull << KB_FACT_NR_##name)

enum kb_fact_nr {

#define KB_ROW(name, bit, word, label, people) KB_FACT_NR_##name = (bit),
	KB_FACT_TABLE(KB_ROW)
#undef KB_ROW
};
#define KB_FACT_COUNT 41

const char *kb_fact_word(enum kb_fact_nr fact);
const char *kb_fact_label(enum kb_fact_nr fact);
bool kb_fact_wants_people(enum kb_fact_nr fact);
/* Returns false for a word that is no fact. */
bool kb_fact_parse(struct kb_span word, enum kb_fact_nr *out);

/*
 * Guards (needs of a step): X(NAME, bit number, word, Dutch: what must be done, rule). Beside these every fact is a guard of its
 * own name. Only the agent of the author knows whether these hold (its consent register, its letters, its register of
 * places, its documents); a recipient judges those it can know for its own admission.
 */
#define KB_GUARD_TABLE(X)                                                                          \
	X(TOESTEMMING, 0, "toestemming", "een geldige toestemming voor dit doel", "R01")           \
	X(AANGEMELD, 1, "aangemeld", "het kind is bij de ontvangende school aangemeld",            \
	  "R09, facts D2")                                                                         \
	X(DOSSIER_VOLLEDIG, 2, "dossier-volledig", "alle stukken die de regio vraagt zijn er",     \
	  "R05")                                                                                   \
	X(BRIEF_GEDAAN, 3, "brief-gedaan",                                                         \
	  "de brief aan de ouders is gegeven: dag en wijze staan vast", "design 7")                \
	X(MANDAAT, 4, "mandaat", "een geldig mandaat voor deze tafel", "R31")                      \
	X(ONAFHANKELIJK, 5, "onafhankelijk", "iemand die bij geen partij in de zaak hoort",        \
	  "R25, R31")                                                                              \
	X(TWEE_PERSONEN, 6, "twee-personen", "twee verschillende personen", "R25, R26")            \
	X(AANWEZIGHEID_OUDERS, 7, "aanwezigheid-ouders", "vastgelegd of de ouders er waren",       \
	  "R02, R24")                                                                              \
	X(WARM_NODIG, 8, "warm-nodig", "voor deze leerling hoort een gesprek bij de overdracht",   \
	  "R40, facts D2")                                                                         \
	X(KOUD_MAG, 9, "koud-mag", "voor deze leerling is het dossier genoeg", "R40, facts D2")    \
	X(EXTRA_ONDERSTEUNING, 10, "extra-ondersteuning",                                          \
	  "een leerling die extra ondersteuning nodig heeft", "D01")

enum kb_guard {

#define KB_ROW(name, bit, word, label, rule) KB_GUARD_##name = 1 << (bit),
	KB_GUARD_TABLE(KB_ROW)
#undef KB_ROW
};
#define KB_GUARD_COUNT 11
/* Judged by the engine from the facts of the case itself; the others come in from outside. */
#define KB_GUARDS_OF_CASE ((uint32_t)(KB_GUARD_TWEE_PERSONEN | KB_GUARD_AANWEZIGHEID_OUDERS))

const char *kb_guard_word(uint32_t guard);
const char *kb_guard_label(uint32_t guard);
const char *kb_guard_rule(uint32_t guard);
uint32_t kb_guard_parse(struct kb_span word);

/* Length of a clock: X(NAME, word in a profile). Weeks are 7 calendar days; months end on the same day of the month. */
#define KB_TERM_UNIT_TABLE(X)                                                                      \
	X(NONE, "")                                                                                \
	X(KALENDERDAGEN, "kalenderdagen")                                                          \
	X(WERKDAGEN, "werkdagen")                                                                  \
	X(WEKEN, "weken")                                                                          \
	X(SCHOOLWEKEN, "schoolweken")                                                              \
	X(MAANDEN, "maanden")

enum kb_term_unit {

#define KB_ROW(name, word) KB_TERM_##name,
	KB_TERM_UNIT_TABLE(KB_ROW)
#undef KB_ROW
		KB_TERM_UNIT_COUNT,
};

const char *kb_term_unit_word(enum kb_term_unit unit);
enum kb_term_unit kb_term_unit_parse(struct kb_span word);

/* How binding a term is (design 7): the words and numbers of enum kb_profile_kind and enum kb_clock_kind. */
#define KB_ROUTE_STATES_MAX 32
#define KB_ROUTE_STEPS_MAX 160
#define KB_ROUTE_CLOCKS_MAX 24
#define KB_ROUTE_NAME_MAX 40
#define KB_ROUTE_ANY_STATE 0xffu
#define KB_ROUTE_STEP_NONE 0xffffu

struct kb_term {
	bool vastgelegd; /* false: the region agreed nothing; no clock is started then */
	uint32_t length;
	enum kb_term_unit unit;
	uint32_t kind; /* enum kb_clock_kind; 0 when not vastgelegd */
	const char *source;
};

struct kb_route_clock {
	const char *name;  /* "terugkoppeling" */
	const char *label; /* Dutch: what must have been done by then */
	struct kb_term term;
	uint32_t task; /* role (one bit) for which the next step is due when it has run out */
	uint32_t
		vangnet; /* role (one bit) that may take the regie when the regievoerder does nothing then; 0: none */
	struct kb_term grace; /* after which; WERKDAGEN 1 by default */
	bool escalation;      /* a clock of the escalation: must have a vangnet */
	unsigned line;
};

struct kb_route_state {
	const char *name; /* "ingebracht" */
	const char *label;
	bool end;	 /* closed */
	bool stays_open; /* no step leads to an end by itself and that is meant: "blijft zichtbaar" */
	bool excused; /* what a pupil misses on days in this state is no ongeoorloofd verzuim (C14, E12) */
	unsigned line;
};

struct kb_route_step {
	uint8_t from; /* state, or KB_ROUTE_ANY_STATE: any that is no end */
	uint8_t to;   /* state; KB_ROUTE_ANY_STATE only together with from: stays where it is */
	const char *event; /* "uitnodigen"; "klok:terugkoppeling" */
	const char *label; /* Dutch: what one does */
	uint8_t clock;	   /* place of the clock of a klok: event + 1; 0: no such event */
	uint32_t by;	   /* roles */
	uint32_t
		kind; /* enum kb_kind that goes with it to the roles of to_roles; 0: only the line of the case */
	uint32_t to_roles;
	uint32_t guards;  /* kb_guard bits */
	uint64_t facts;	  /* KB_FACT_BIT of the facts that must stand */
	uint64_t records; /* facts that the step writes down; each needs a day (and people) */
	uint32_t starts;  /* clocks, 1 << place */
	uint32_t stops;
	uint32_t regie; /* role (one bit) to which the regie is offered; 0: it stays */
	uint32_t
		letter; /* enum kb_letter_kind of the letter to the parents that belongs to it; 0: none */
	const char *function; /* of the person who acts, as the profile names it; NULL: any */
	const char *rule;     /* "R02": what a refusal names; never NULL */
	const char *source;   /* seed line */
	unsigned line;
};

/* Everything is borrowed from the profile that holds it. */
struct kb_route {
	const char *id; /* "doa"; unique in the profile */
	const char *label;
	const char *rows; /* requirement rows: "C01, C02" */
	const char *source;
	enum kb_purpose purpose;
	enum kb_ground ground;
	uint32_t openers; /* roles that may open it */
	bool automatic;	  /* opened by the agent itself too (verzuim) */
	uint8_t begin;
	const struct kb_route_state *states;
	size_t state_count;
	const struct kb_route_step *steps;
	size_t step_count;
	const struct kb_route_clock *clocks;
	size_t clock_count;
	const char *file; /* for faults */
};

/* KB_ROUTE_ANY_STATE when there is none of that name. */
uint8_t kb_route_state_find(const struct kb_route *route, struct kb_span name);
/* Its place + 1; 0: none. */
uint8_t kb_route_clock_find(const struct kb_route *route, struct kb_span name);
/* The step for event in that state: one written for the state before one for any. KB_ROUTE_STEP_NONE. More than one step can have
 * the same state and event when their roles differ: by is the roles of who asks, 0 any. */
uint16_t kb_route_step_find(const struct kb_route *route, uint8_t state, struct kb_span event,
			    uint32_t by);

#endif
