/* SPDX-License-Identifier: EUPL-1.2 */
/* Permission rows 130-134: the steps of a case between those who take part in it, and region profiles (design 7). */
#ifndef KB_EXCHANGE_PERMIT_ROWS_ZAAK_H
#define KB_EXCHANGE_PERMIT_ROWS_ZAAK_H

#include "common/exchange/permit_rows.h"

/*
 * A case record says which step was taken, by which professional, and which terms run: PROCES, nothing about the child. Still it tells
 * that there is a case. So it goes only where a message of the same purpose and ground already goes, one way or the other: between
 * two parties that may not speak to each other about it, no record goes either (two schools at one overlegtafel: through the SWV).
 * For a purpose without any such message (ondersteuning) there is no row.
 */
#define ZAAK_TASK(name_, kind_, purpose_, from_, to_, needs_, rule_, source_, ...)                 \
	BY_TASK(name_, kind_, purpose_, from_, to_, DATA_PROCESS, needs_, rule_,                   \
		"design 7; " source_, __VA_ARGS__)
#define ZAAK_CONSENT(name_, kind_, purpose_, from_, to_, needs_, rule_, source_, ...)              \
	BY_CONSENT(name_, kind_, purpose_, from_, to_, DATA_PROCESS, needs_, rule_,                \
		   "design 7; " source_, __VA_ARGS__)
#define ZAAK_BOTH_TASK(name_, kind_, purpose_, a_, b_, rule_, source_)                             \
	ZAAK_TASK(name_ "-aan", kind_, purpose_, a_, b_, NO_NEEDS, rule_, source_, ALWAYS),        \
		ZAAK_TASK(name_ "-van", kind_, purpose_, b_, a_, NO_NEEDS, rule_, source_, ALWAYS)
#define ZAAK_BOTH_CONSENT(name_, kind_, purpose_, a_, b_, rule_, source_, ...)                     \
	ZAAK_CONSENT(name_ "-aan", kind_, purpose_, a_, b_, NO_NEEDS, rule_, source_,              \
		     __VA_ARGS__),                                                                 \
		ZAAK_CONSENT(name_ "-van", kind_, purpose_, b_, a_, NO_NEEDS, rule_, source_,      \
			     __VA_ARGS__)
/* What comes back from an SWV goes to the own school of the child (R09). */
#define ZAAK_SWV_TASK(name_, kind_, purpose_, source_)                                             \
	ZAAK_TASK(name_ "-aan", kind_, purpose_, SCHOOLS, SWV, NO_NEEDS, "R08", source_, ALWAYS),  \
		ZAAK_TASK(name_ "-van", kind_, purpose_, SWV, SCHOOLS, KB_NEED_AANGEMELD, "R09",   \
			  source_, ALWAYS)
#define ZAAK_SWV_CONSENT(name_, kind_, purpose_, of_, back_, source_)                              \
	ZAAK_CONSENT(name_ "-aan", kind_, purpose_, of_, SWV, NO_NEEDS, "R08", source_, ALWAYS),   \
		ZAAK_CONSENT(name_ "-van", kind_, purpose_, SWV, back_, KB_NEED_AANGEMELD, "R09",  \
			     source_, ALWAYS)

/* R01: at the overlegtafel with the toestemming of the parents for this table; R38 for school and jeugdhulp. */
#define ZAAK_AT_TABLE(name_, kind_)                                                                \
	ZAAK_BOTH_CONSENT(name_ "-doa-school", kind_, DOA, SCHOOLS, SWV, "R01",                    \
			  "C01, C02; 001:602-610", ALWAYS),                                        \
		ZAAK_BOTH_CONSENT(name_ "-doa-jeugd", kind_, DOA, JEUGD, SWV, "R01",               \
				  "C01, C02; 001:602-610", ALWAYS),                                \
		ZAAK_BOTH_CONSENT(name_ "-doa-leerplicht", kind_, DOA, LEERPLICHT, SWV, "R01",     \
				  "C01, C02; 001:602-610, facts D3", ALWAYS),                      \
		ZAAK_BOTH_CONSENT(name_ "-doa-jeugdhulp", kind_, DOA, JEUGDHULP, SWV, "R01",       \
				  "C01, C02; 001:602-610", ALWAYS),                                \
		ZAAK_BOTH_CONSENT(name_ "-doa-school-jeugd", kind_, DOA, SCHOOLS, JEUGD, "R01",    \
				  "C01; 001:602-610", ALWAYS),                                     \
		ZAAK_BOTH_CONSENT(name_ "-doa-school-leerplicht", kind_, DOA, SCHOOLS, LEERPLICHT, \
				  "R01", "C01; 001:602-610, facts D3", ALWAYS),                    \
		ZAAK_BOTH_CONSENT(name_ "-doa-jeugd-jeugdhulp", kind_, DOA, JEUGD, JEUGDHULP,      \
				  "R01", "C01; 001:602-610", ALWAYS),                              \
		ZAAK_BOTH_CONSENT(name_ "-doa-leerplicht-jeugdhulp", kind_, DOA, LEERPLICHT,       \
				  JEUGDHULP, "R01", "C01; 001:602-610, facts D3", ALWAYS),         \
		ZAAK_BOTH_CONSENT(name_ "-doa-school-jeugdhulp", kind_, DOA, SCHOOLS, JEUGDHULP,   \
				  "R01, R38", "C01; 001:602-610, 004:2299", REGELING)

/* Verzuim and thuiszitters: school and leerplicht by task, with the other members of the actietafel by toestemming (E06). */
#define ZAAK_AT_ACTIETAFEL(name_, kind_)                                                           \
	ZAAK_BOTH_TASK(name_ "-leerplicht", kind_, LEERPLICHT, SCHOOLS, LEERPLICHT, "facts D5",    \
		       "E02, E03, E08; facts D1, D5"),                                             \
		ZAAK_BOTH_TASK(name_ "-thuiszitter-leerplicht", kind_, THUISZITTERS, SCHOOLS,      \
			       LEERPLICHT, "facts D5", "E01, E02, E06; 003:889-903"),              \
		ZAAK_SWV_CONSENT(name_ "-thuiszitter-swv", kind_, THUISZITTERS, SCHOOLS, SCHOOLS,  \
				 "E01, E06; 003:889-903"),                                         \
		ZAAK_BOTH_CONSENT(name_ "-thuiszitter-leerplicht-swv", kind_, THUISZITTERS,        \
				  LEERPLICHT, SWV, "R08", "E06; 003:889-903", ALWAYS),             \
		ZAAK_BOTH_CONSENT(name_ "-thuiszitter-jeugdhulp-swv", kind_, THUISZITTERS,         \
				  JEUGDHULP, SWV, "R08", "E06; 003:889-903", ALWAYS),              \
		ZAAK_BOTH_CONSENT(name_ "-thuiszitter-zorg", kind_, THUISZITTERS, LEERPLICHT,      \
				  JEUGDHULP, "facts D5", "E06; 003:889-903", ALWAYS),              \
		ZAAK_BOTH_CONSENT(name_ "-thuiszitter-school-jeugdhulp", kind_, THUISZITTERS,      \
				  SCHOOLS, JEUGDHULP, "R38", "E06; 003:889-903, 004:2299",         \
				  REGELING),                                                       \
		ZAAK_BOTH_TASK(name_ "-vrijstelling", kind_, VRIJSTELLING, LEERPLICHT, SWV, "R27", \
			       "E09; Leerplichtwet art. 5 sub a, 003:906-911")

/*
 * The move to another school. By task only with a school where the child is aangemeld or, on the way back, still ingeschreven (facts
 * D2, D5); before that by toestemming.
 */
#define ZAAK_AT_OVERSTAP(name_, kind_)                                                             \
	ZAAK_TASK(name_ "-overdracht-po", kind_, OVERDRACHT, SCHOOL, SCHOOLS, KB_NEED_AANGEMELD,   \
		  "facts D5", "D01, D05; facts D2, D5", ALWAYS),                                   \
		ZAAK_TASK(name_ "-overdracht-terug", kind_, OVERDRACHT, VO, SCHOOL,                \
			  KB_NEED_AANGEMELD, "facts D5", "D01; R40, 004:751-773", ALWAYS),         \
		ZAAK_TASK(name_ "-overdracht-vo", kind_, OVERDRACHT, VO, VO, KB_NEED_AANGEMELD,    \
			  "facts D5", "D07; facts D5", SINCE_2020),                                \
		ZAAK_CONSENT(name_ "-overdracht", kind_, OVERDRACHT, SCHOOLS, SCHOOLS, NO_NEEDS,   \
			     "facts D5", "D01, D11, B12; 004:751-773", ALWAYS),                    \
		ZAAK_BOTH_CONSENT(name_ "-overdracht-jeugdhulp", kind_, OVERDRACHT, JEUGDHULP,     \
				  SCHOOL, "R38", "D08; 004:2299", REGELING),                       \
		ZAAK_SWV_CONSENT(name_ "-overdracht-swv", kind_, OVERDRACHT, SCHOOL, SCHOOL,       \
				 "D02, D03; 001:423, 875"),                                        \
		ZAAK_CONSENT(name_ "-overdracht-swv-swv", kind_, OVERDRACHT, SWV, SWV, NO_NEEDS,   \
			     "R09", "D02; 001:423, 875", ALWAYS),                                  \
		ZAAK_SWV_TASK(name_ "-advies", kind_, ADVIES, "D04, D07, B16; 003:861-867"),       \
		ZAAK_SWV_TASK(name_ "-tlv", kind_, TOELAATBAARHEID,                                \
			      "B01-B07; WPO 18a lid 6 and 13, 004:1456-1460"),                     \
		ZAAK_SWV_TASK(name_ "-toewijzing", kind_, TOEWIJZING,                              \
			      "C06, C11; WPO 18a lid 6 and 13, 004:1460")

/* A place for a child, and help beside school. */
#define ZAAK_AT_PLACE(name_, kind_)                                                                \
	ZAAK_TASK(name_ "-zorgplicht-geplaatst", kind_, ZORGPLICHT, SCHOOLS, SCHOOLS,              \
		  KB_NEED_AANGEMELD, "A05", "A01, A04, A05; 004:1503, 1513, 1517", ALWAYS),        \
		ZAAK_CONSENT(name_ "-zorgplicht", kind_, ZORGPLICHT, SCHOOLS, SCHOOLS, NO_NEEDS,   \
			     "A05", "A05; 004:1491, 1517", ALWAYS),                                \
		ZAAK_SWV_TASK(name_ "-escalatie", kind_, ZORGPLICHT, "H01, H03, R32"),             \
		ZAAK_SWV_CONSENT(name_ "-knelpunt", kind_, ZORGPLICHT, SCHOOLS, SCHOOLS,           \
				 "C03; 001:336-346"),                                              \
		ZAAK_BOTH_CONSENT(name_ "-jeugdhulp", kind_, JEUGDHULP, SCHOOLS, JEUGDHULP, "R38", \
				  "C17; 004:2299, 001:408", REGELING),                             \
		ZAAK_BOTH_CONSENT(name_ "-zorg", kind_, JEUGDHULP, JEUGD, JEUGDHULP, "facts D5",   \
				  "C07, C17; facts D4", ALWAYS),                                   \
		ZAAK_BOTH_CONSENT(name_ "-oza", kind_, JEUGDHULP, SCHOOLS, JEUGD, "facts D5",      \
				  "C07; 002:55-60", ALWAYS)

#define ZAAK_ROWS(name_, kind_)                                                                    \
	ZAAK_AT_TABLE(name_, kind_), ZAAK_AT_ACTIETAFEL(name_, kind_),                             \
		ZAAK_AT_OVERSTAP(name_, kind_), ZAAK_AT_PLACE(name_, kind_)

#define KB_PERMIT_ZAAK                                                                             \
	ZAAK_ROWS("zaak-regel", ZAAK_REGEL), ZAAK_ROWS("zaak-voorstel", ZAAK_VOORSTEL),            \
		ZAAK_ROWS("zaak-weigering", ZAAK_WEIGERING),                                       \
		ZAAK_ROWS("zaak-opvraag", ZAAK_OPVRAAG)

/*
 * The record that ends a case, to those who took part, when nothing of it may be told under its toestemming any more: like the
 * withdrawal itself it needs none (AVG 7), and names nobody.
 */
#define KB_PERMIT_EINDE                                                                            \
	BY_TASK("zaak-einde", ZAAK_EINDE, TOESTEMMING, AGENTS, AGENTS, DATA_PROCESS, NO_NEEDS,     \
		"design 8", "AVG art. 7; design 7 and 8", ALWAYS)

/* A party whose store went back in time asks for its own steps, and gets them (AVG art. 32: being able to restore). */
#define KB_PERMIT_HERSTEL                                                                          \
	BY_TASK("zaak-bewijs", ZAAK_BEWIJS, BERICHTENVERKEER, AGENTS, AGENTS, DATA_PROCESS,        \
		NO_NEEDS, "design 6", "AVG art. 32 lid 1; design 6 and 7", ALWAYS),                \
		BY_TASK("zaak-herstel", ZAAK_HERSTEL, BERICHTENVERKEER, AGENTS, AGENTS,            \
			DATA_PROCESS, NO_NEEDS, "design 6", "AVG art. 32 lid 1; design 6 and 7",   \
			ALWAYS)

#endif
