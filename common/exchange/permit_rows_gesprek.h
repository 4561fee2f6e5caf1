/* SPDX-License-Identifier: EUPL-1.2 */
/* Permission rows 110-122: toestemming between all, and the talk inside a case (design 7 and 8). */
#ifndef KB_EXCHANGE_PERMIT_ROWS_GESPREK_H
#define KB_EXCHANGE_PERMIT_ROWS_GESPREK_H

#include "common/exchange/permit_rows.h"

/* To give and to take back a toestemming needs none: the sender must be able to show it (AVG 7). */
#define TOESTEMMING_ROW(name_, kind_)                                                              \
	BY_TASK(name_, kind_, TOESTEMMING, AGENTS, AGENTS, DATA_WHO, NO_NEEDS, "design 8",         \
		"AVG art. 7; design 8", ALWAYS)

#define KB_PERMIT_TOESTEMMING                                                                      \
	TOESTEMMING_ROW("toestemming-verleend", TOESTEMMING_VERLEEND),                             \
		TOESTEMMING_ROW("toestemming-ingetrokken", TOESTEMMING_INGETROKKEN),               \
		TOESTEMMING_ROW("toestemming-bevestiging", TOESTEMMING_BEVESTIGING)

/* Both ways between two roles that have a case with this purpose, on the ground that the case has. */
#define TALK_TASK(name_, kind_, purpose_, a_, b_, categories_, source_)                            \
	BY_TASK(name_ "-aan", kind_, purpose_, a_, b_, categories_, NO_NEEDS, "facts D5",          \
		"design 7; " source_, ALWAYS),                                                     \
		BY_TASK(name_ "-van", kind_, purpose_, b_, a_, categories_, NO_NEEDS, "facts D5",  \
			"design 7; " source_, ALWAYS)
#define TALK_CONSENT(name_, kind_, purpose_, a_, b_, categories_, rule_, source_, ...)             \
	BY_CONSENT(name_ "-aan", kind_, purpose_, a_, b_, categories_, NO_NEEDS, rule_,            \
		   "design 7; " source_, __VA_ARGS__),                                             \
		BY_CONSENT(name_ "-van", kind_, purpose_, b_, a_, categories_, NO_NEEDS, rule_,    \
			   "design 7; " source_, __VA_ARGS__)
/* School and SWV on a task of the SWV: health may go in (R08), and comes back to the own bevoegd gezag alone (R09). */
#define TALK_SWV(name_, kind_, purpose_, categories_)                                              \
	BY_TASK(name_ "-aan", kind_, purpose_, SCHOOLS, SWV, categories_, NO_NEEDS, "R08",         \
		"design 7; WPO 18a lid 6 and 13, 004:1456-1460", ALWAYS),                          \
		BY_TASK(name_ "-van", kind_, purpose_, SWV, SCHOOLS, categories_,                  \
			KB_NEED_AANGEMELD, "R09", "design 7; WPO 18a lid 13, 004:1460", ALWAYS)

#define TALK_AT_TASK(name_, kind_)                                                                 \
	TALK_TASK(name_ "-leerplicht", kind_, LEERPLICHT, SCHOOLS, LEERPLICHT, DATA_ABSENCE,       \
		  "facts D1, D5"),                                                                 \
		TALK_SWV(name_ "-advies", kind_, ADVIES, DATA_ADVICE),                             \
		TALK_SWV(name_ "-tlv", kind_, TOELAATBAARHEID, DATA_TLV_FILE),                     \
		TALK_TASK(name_ "-vsv", kind_, VSV, VO, DOORSTROOMPUNT,                            \
			  DATA_ABSENCE | DATA_CAREER, "E10; 003:913-918")

#define TALK_AT_TABLE(name_, kind_)                                                                \
	TALK_CONSENT(name_ "-doa-school", kind_, DOA, SCHOOLS, SWV, DATA_TABLE, "R01", "001:608",  \
		     ALWAYS),                                                                      \
		TALK_CONSENT(name_ "-doa-jeugd", kind_, DOA, JEUGD, SWV, DATA_TABLE, "R01",        \
			     "001:608", ALWAYS),                                                   \
		TALK_CONSENT(name_ "-doa-leerplicht", kind_, DOA, LEERPLICHT, SWV, DATA_TABLE,     \
			     "R01", "001:608, facts D3", ALWAYS),                                  \
		TALK_CONSENT(name_ "-doa-jeugdhulp", kind_, DOA, JEUGDHULP, SWV, DATA_TABLE,       \
			     "R01", "001:608", ALWAYS),                                            \
		TALK_CONSENT(name_ "-doa-school-jeugd", kind_, DOA, SCHOOLS, JEUGD, DATA_TABLE,    \
			     "R01", "001:608", ALWAYS),                                            \
		TALK_CONSENT(name_ "-doa-school-leerplicht", kind_, DOA, SCHOOLS, LEERPLICHT,      \
			     DATA_TABLE, "R01", "001:608, facts D3", ALWAYS),                      \
		TALK_CONSENT(name_ "-doa-jeugd-jeugdhulp", kind_, DOA, JEUGD, JEUGDHULP,           \
			     DATA_TABLE_CARE, "R01", "001:608", ALWAYS),                           \
		TALK_CONSENT(name_ "-doa-leerplicht-jeugdhulp", kind_, DOA, LEERPLICHT, JEUGDHULP, \
			     DATA_TABLE, "R01", "001:608, facts D3", ALWAYS),                      \
		TALK_CONSENT(name_ "-doa-school-jeugdhulp", kind_, DOA, SCHOOLS, JEUGDHULP,        \
			     DATA_TABLE_CARE, "R01, R38", "001:608, 004:2299", REGELING)

/* What the SWV tells a school of the actietafel goes to the own school of the child (R09). */
#define TALK_AT_ACTIETAFEL(name_, kind_)                                                           \
	BY_CONSENT(name_ "-thuiszitter-swv-aan", kind_, THUISZITTERS, SCHOOLS, SWV, DATA_TABLE,    \
		   NO_NEEDS, "R08", "design 7; E06; 003:889-903", ALWAYS),                         \
		BY_CONSENT(name_ "-thuiszitter-swv-van", kind_, THUISZITTERS, SWV, SCHOOLS,        \
			   DATA_TABLE, KB_NEED_AANGEMELD, "R09", "design 7; E06; 003:901-902",     \
			   ALWAYS),                                                                \
		TALK_CONSENT(name_ "-thuiszitter-leerplicht", kind_, THUISZITTERS, LEERPLICHT,     \
			     SWV, DATA_TABLE, "R08", "E06; 003:889-903", ALWAYS),                  \
		TALK_CONSENT(name_ "-thuiszitter-jeugdhulp", kind_, THUISZITTERS, JEUGDHULP, SWV,  \
			     DATA_TABLE, "R08", "E06; 003:889-903", ALWAYS),                       \
		TALK_CONSENT(name_ "-thuiszitter-zorg", kind_, THUISZITTERS, LEERPLICHT,           \
			     JEUGDHULP, DATA_TABLE, "facts D5", "E06; 003:889-903", ALWAYS)

/* Two schools, and so both ways, in one row. */
#define TALK_AT_SCHOOL(name_, kind_)                                                               \
	BY_CONSENT(name_ "-overdracht", kind_, OVERDRACHT, SCHOOLS, SCHOOLS, DATA_SUPPORT,         \
		   NO_NEEDS, "facts D5", "design 7; D01, D11", ALWAYS),                            \
		BY_CONSENT(name_ "-overdracht-swv", kind_, OVERDRACHT, SWV, SWV,                   \
			   DATA_CAREER | DATA_CONTACT, NO_NEEDS, "R09",                            \
			   "design 7; D02, 001:423, 875", ALWAYS),                                 \
		BY_CONSENT(name_ "-zorgplicht", kind_, ZORGPLICHT, SCHOOLS, SCHOOLS, DATA_SUPPORT, \
			   NO_NEEDS, "A05", "design 7; A05, 004:1491, 1517", ALWAYS),              \
		TALK_CONSENT(name_ "-jeugdhulp", kind_, JEUGDHULP, SCHOOLS, JEUGDHULP,             \
			     DATA_TABLE_CARE, "R38", "C17; 004:2299", REGELING),                   \
		TALK_CONSENT(name_ "-zorg", kind_, JEUGDHULP, JEUGD, JEUGDHULP, DATA_TABLE_CARE,   \
			     "facts D5", "C07, C17; facts D4", ALWAYS)

#define DATA_DANGER                                                                                \
	(DATA_CONTACT | (uint32_t)(KB_DATA_VEILIGHEID | KB_DATA_JEUGDHULP | KB_DATA_GEZIN))
#define DATA_DANGER_CARE (DATA_DANGER | (uint32_t)KB_DATA_GEZONDHEID)
/* From one sort of sender to all desks that can act; health goes neither to an SWV (R08) nor away from it (R09), here too. */
#define DANGER_OF(name_, kind_, from_, categories_)                                                \
	BY_DANGER(name_ "-school", kind_, from_, SCHOOLS, categories_),                            \
		BY_DANGER(name_ "-jeugdhulp", kind_, from_, JEUGDHULP, categories_),               \
		BY_DANGER(name_ "-leerplicht", kind_, from_, LEERPLICHT, categories_),             \
		BY_DANGER(name_ "-jeugd", kind_, from_, JEUGD, categories_),                       \
		BY_DANGER(name_ "-swv", kind_, from_, SWV, (categories_)&DATA_DANGER)
/* A gemeente always speaks by one of its desks. */
#define TALK_OF_DANGER(name_, kind_)                                                               \
	DANGER_OF(name_ "-veiligheid", kind_, SCHOOLS_JEUGDHULP, DATA_DANGER_CARE),                \
		DANGER_OF(name_ "-veiligheid-van-leerplicht", kind_, LEERPLICHT,                   \
			  DATA_DANGER_CARE),                                                       \
		DANGER_OF(name_ "-veiligheid-van-jeugd", kind_, JEUGD, DATA_DANGER_CARE),          \
		DANGER_OF(name_ "-veiligheid-van-doorstroompunt", kind_, DOORSTROOMPUNT,           \
			  DATA_DANGER_CARE),                                                       \
		DANGER_OF(name_ "-veiligheid-van-swv", kind_, SWV, DATA_DANGER)

#define TALK_ROWS(name_, kind_)                                                                    \
	TALK_AT_TASK(name_, kind_), TALK_AT_TABLE(name_, kind_), TALK_AT_ACTIETAFEL(name_, kind_), \
		TALK_AT_SCHOOL(name_, kind_), TALK_OF_DANGER(name_, kind_)

#define KB_PERMIT_GESPREKKEN                                                                       \
	TALK_ROWS("vraag", VRAAG), TALK_ROWS("antwoord", ANTWOORD), TALK_ROWS("bericht", BERICHT)

#endif
