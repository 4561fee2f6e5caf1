/* SPDX-License-Identifier: EUPL-1.2 */
/* Which identifier may stand in a message on which edge: a table, and pseudonyms where it is silent. */
#include "common/exchange/identifier_policy.h"

#include "common/exchange/date.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SCHOOLS (KB_PARTY_BIT(KB_PARTY_SCHOOL) | KB_PARTY_BIT(KB_PARTY_VO))
#define SWV KB_PARTY_BIT(KB_PARTY_SWV)
#define GEMEENTE KB_PARTY_BIT(KB_PARTY_GEMEENTE)
#define JEUGDHULP KB_PARTY_BIT(KB_PARTY_JEUGDHULP)
#define AGENTS (SCHOOLS | SWV | GEMEENTE | JEUGDHULP)

#define ALWAYS .valid_from_day = KB_DAY_NONE, .valid_until_day = KB_DAY_NONE
#define KINDS(first, last) .kinds_from = KB_KIND_##first, .kinds_to = KB_KIND_##last
/* All that speak about a child. The steps of a case (zaak.proto) name none: on every edge the pseudonym, whatever the edge allows. */
#define ABOUT_A_CHILD KINDS(VERZUIM_MELDING, BERICHT)

/* ---- PGN ---- */

/* The numbers of the articles changed on 1 August 2022 (facts D4); what they allow did not. Days since 1970. */
#define DAY_2022_07_31 19204
#define DAY_2022_08_01 19205
#define OLD_LAW .valid_from_day = KB_DAY_NONE, .valid_until_day = DAY_2022_07_31
#define NEW_LAW .valid_from_day = DAY_2022_08_01, .valid_until_day = KB_DAY_NONE

#define AT_OVERSTAP(name_, source_, ...)                                                           \
	{                                                                                          \
		.name = (name_), .from = { .kinds = SCHOOLS },                                     \
		.to = { .kinds = SCHOOLS, .desk = KB_DESK_SCHOOL },                                \
		KINDS(OVERDRACHT_AANKONDIGING, OVERDRACHT_GEACCEPTEERD),                           \
		.purposes = KB_PURPOSE_BIT(KB_PURPOSE_OVERDRACHT), .allowed = KB_IDENTIFIER_PGN,   \
		.source = (source_), __VA_ARGS__                                                   \
	}
#define LEERPLICHT_PURPOSES                                                                        \
	(KB_PURPOSE_BIT(KB_PURPOSE_LEERPLICHT) | KB_PURPOSE_BIT(KB_PURPOSE_THUISZITTERS))
#define TO_LEERPLICHT(name_, source_, ...)                                                         \
	{                                                                                          \
		.name = (name_), .from = { .kinds = SCHOOLS },                                     \
		.to = { .kinds = GEMEENTE, .desk = KB_DESK_LEERPLICHT }, ABOUT_A_CHILD,            \
		.purposes = LEERPLICHT_PURPOSES, .allowed = KB_IDENTIFIER_PGN,                     \
		.source = (source_), __VA_ARGS__                                                   \
	}
#define OF_LEERPLICHT(name_, source_, ...)                                                         \
	{                                                                                          \
		.name = (name_), .from = { .kinds = GEMEENTE, .desk = KB_DESK_LEERPLICHT },        \
		.to = { .kinds = SCHOOLS, .desk = KB_DESK_SCHOOL }, ABOUT_A_CHILD,                 \
		.purposes = LEERPLICHT_PURPOSES, .allowed = KB_IDENTIFIER_PGN,                     \
		.source = (source_), __VA_ARGS__                                                   \
	}

/* ---- name, birth date and postcode: where people must recognise a child ---- */

/* Kinds whose permission rows may hold IDENTITEIT; which of their edges may, those rows say. */
#define BY_NAME(name_, first_, last_, source_)                                                     \
	{                                                                                          \
		.name = (name_), .from = { .kinds = AGENTS }, .to = { .kinds = AGENTS },           \
		KINDS(first_, last_), .allowed = KB_IDENTIFIER_NAAM, ALWAYS, .source = (source_)   \
	}

static const struct kb_identifier_row rows[] = {
	AT_OVERSTAP("pgn-overstap-2022", "facts D4: WPO 178a, WVO 103b", OLD_LAW),
	AT_OVERSTAP("pgn-overstap", "facts D4: WPO 182, WVO 2020 8.17", NEW_LAW),
	TO_LEERPLICHT("pgn-aan-leerplicht-2022", "facts D4: WPO 178a, WVO 103b", OLD_LAW),
	TO_LEERPLICHT("pgn-aan-leerplicht", "facts D4: WPO 182, WVO 2020 8.17", NEW_LAW),
	OF_LEERPLICHT("pgn-van-leerplicht-2022", "facts D4: WPO 178a, WVO 103b", OLD_LAW),
	OF_LEERPLICHT("pgn-van-leerplicht", "facts D4: WPO 182, WVO 2020 8.17", NEW_LAW),
	{ .name = "pgn-jeugd-jeugdhulp",
	  .from = { .kinds = GEMEENTE, .desk = KB_DESK_JEUGD },
	  .to = { .kinds = JEUGDHULP, .desk = KB_DESK_JEUGDHULP },
	  ABOUT_A_CHILD,
	  .allowed = KB_IDENTIFIER_PGN,
	  ALWAYS,
	  .source = "facts D4: Jeugdwet" },
	{ .name = "pgn-jeugdhulp-jeugd",
	  .from = { .kinds = JEUGDHULP },
	  .to = { .kinds = GEMEENTE, .desk = KB_DESK_JEUGD },
	  ABOUT_A_CHILD,
	  .allowed = KB_IDENTIFIER_PGN,
	  ALWAYS,
	  .source = "facts D4: Jeugdwet" },
	BY_NAME("naam-verzuim", VERZUIM_MELDING, VERZUIM_AANVULLING, "facts D1"),
	BY_NAME("naam-zorgplicht", AANMELDING_ONTVANGEN, TERUGPLAATSING_VOORSTEL, "2A, 2B"),
	BY_NAME("naam-crisis", CRISISPLAATSING, CLUSTER1_MELDING, "B13, C09"),
	BY_NAME("naam-overlegtafel", DOA_HULPVRAAG, KNELPUNT_PLAATSING, "C01-C03"),
	BY_NAME("naam-arrangement", ARRANGEMENT_AANVRAAG, VSO_VO_ORIENTATIE, "C06-C07, 2D"),
	BY_NAME("naam-thuiszitter", VERZUIM_SIGNAAL, LEERPLICHT_INSCHAKELING, "2E"),
	BY_NAME("naam-escalatie", ESCALATIE_STAP, BEZWAAR, "2H"),
	BY_NAME("naam-toestemming", TOESTEMMING_VERLEEND, TOESTEMMING_BEVESTIGING, "design 8"),
	BY_NAME("naam-gesprek", VRAAG, BERICHT, "design 7"),
	BY_NAME("naam-bijlage", BIJLAGE, BIJLAGE, "design 7"),
	BY_NAME("naam-bijlage-deel", BIJLAGE_DEEL, BIJLAGE_DEEL, "design 7"),
	{ .name = "volgnummer-monitor",
	  .from = { .kinds = SCHOOLS },
	  .to = { .kinds = SWV, .desk = KB_DESK_SWV },
	  KINDS(MONITOR_LIJST, MONITOR_LIJST),
	  .purposes = KB_PURPOSE_BIT(KB_PURPOSE_MONITOR),
	  .allowed = KB_IDENTIFIER_VOLGNUMMER,
	  ALWAYS,
	  .source = "R29; 004:1811-1816" },
};

const struct kb_identifier_row *
kb_identifier_rows(size_t *count)
{
	*count = COUNT(rows);
	return rows;
}

/* ---- words ---- */

#define KB_ROW(name, bit, text, label) [(bit)] = text,
static const char *const names[] = { KB_IDENTIFIER_TABLE(KB_ROW) };
#undef KB_ROW
_Static_assert(COUNT(names) == KB_IDENTIFIER_COUNT, "one word per identifier");

const char *
kb_identifier_name(uint32_t identifier)
{
	for (size_t i = 0; i < COUNT(names); i++) {
		if (identifier == 1u << i) {
			return names[i];
		}
	}
	return "";
}

/* ---- the decision ---- */

/* Desk 0 is any desk, on both sides: which desk a message may go to is for the permission table to say. */
static bool
is_side(const struct kb_permit_side *side, const struct kb_permit_party *party)
{
	return (unsigned)party->kind < 32 && (side->kinds & KB_PARTY_BIT(party->kind)) != 0 &&
	       (side->sectors == 0 || (side->sectors & party->sectors) != 0) &&
	       (side->desk == 0 || side->desk == party->desk);
}

static bool
is_about(const struct kb_identifier_row *row, const struct kb_permit_question *question)
{
	return (row->kinds_from == 0 || question->kind >= row->kinds_from) &&
	       (row->kinds_to == 0 || question->kind <= row->kinds_to) &&
	       (row->purposes == 0 || (question->purpose < KB_PURPOSE_COUNT &&
				       (row->purposes & KB_PURPOSE_BIT(question->purpose)) != 0)) &&
	       (row->valid_from_day == KB_DAY_NONE || question->day >= row->valid_from_day) &&
	       (row->valid_until_day == KB_DAY_NONE || question->day <= row->valid_until_day);
}

static unsigned
bit_count(uint32_t set)
{
	unsigned count = 0;

	for (; set != 0; set &= set - 1) {
		count++;
	}
	return count;
}

uint32_t
kb_identifiers_allowed(const struct kb_permit_question *question,
		       const struct kb_identifier_row **row)
{
	uint32_t allowed = KB_IDENTIFIER_PSEUDONIEM;
	const struct kb_identifier_row *most = NULL;

	for (size_t i = 0; i < COUNT(rows); i++) {
		if (!is_side(&rows[i].from, &question->from) ||
		    !is_side(&rows[i].to, &question->to) || !is_about(&rows[i], question)) {
			continue;
		}
		allowed |= rows[i].allowed;
		if (most == NULL || bit_count(rows[i].allowed) > bit_count(most->allowed)) {
			most = &rows[i];
		}
	}
	if (row != NULL) {
		*row = most;
	}
	return allowed;
}

enum kb_err
kb_identifiers_check(const struct kb_permit_question *question, uint32_t identifiers)
{
	return (identifiers & ~kb_identifiers_allowed(question, NULL)) == 0
		       ? KB_OK
		       : KB_ERR_FIELD_NOT_ALLOWED;
}
