/* SPDX-License-Identifier: EUPL-1.2 */
/* Permission rows 10-17 and 70-80: verzuim, thuiszitters, vrijstelling, vsv and inventory (requirements 2E). */
#ifndef KB_EXCHANGE_PERMIT_ROWS_VERZUIM_H
#define KB_EXCHANGE_PERMIT_ROWS_VERZUIM_H

#include "common/exchange/permit_rows.h"

#define TO_LEERPLICHT_ROW(name_, kind_, source_)                                                   \
	BY_TASK(name_, kind_, LEERPLICHT, SCHOOLS, LEERPLICHT, DATA_ABSENCE, NO_NEEDS,             \
		"facts D1, D5", source_, ALWAYS)
#define OF_LEERPLICHT_ROW(name_, kind_, source_)                                                   \
	BY_TASK(name_, kind_, LEERPLICHT, LEERPLICHT, SCHOOLS, DATA_ABSENCE, NO_NEEDS,             \
		"facts D1, D5", source_, ALWAYS)

#define KB_PERMIT_VERZUIM                                                                          \
	TO_LEERPLICHT_ROW("melding", VERZUIM_MELDING,                                              \
			  "facts D1: duty to report 16 hours in 4 weeks"),                         \
		TO_LEERPLICHT_ROW("correctie", VERZUIM_CORRECTIE,                                  \
				  "facts D1: a report must be true"),                              \
		TO_LEERPLICHT_ROW("intrekking", VERZUIM_INTREKKING,                                \
				  "facts D1: status Ingetrokken"),                                 \
		OF_LEERPLICHT_ROW("stand", VERZUIM_STAND, "facts D1: status words of DUO"),        \
		OF_LEERPLICHT_ROW("leerplicht-vraagt", VERZUIM_VRAAG,                              \
				  "facts D5: the gemeente has the task"),                          \
		TO_LEERPLICHT_ROW("school-antwoordt", VERZUIM_ANTWOORD,                            \
				  "facts D5: the school must answer the leerplichtambtenaar"),     \
		TO_LEERPLICHT_ROW("einde", VERZUIM_EINDE, "facts D1: end date"),                   \
		TO_LEERPLICHT_ROW("aanvulling", VERZUIM_AANVULLING, "facts D5")

/* That it is over needs no address. */
#define DATA_OVER (DATA_WHO | (uint32_t)KB_DATA_VERZUIM)
/* School and leerplicht do their statutory task; towards an SWV the same news rests on the toestemming. */
#define KB_PERMIT_THUISZITTER                                                                      \
	BY_TASK("verzuim-signaal", VERZUIM_SIGNAAL, THUISZITTERS, SCHOOLS, LEERPLICHT,             \
		DATA_ABSENCE, NO_NEEDS, "facts D5", "E02, E03; 001:284", ALWAYS),                  \
		BY_CONSENT("verzuim-signaal-swv", VERZUIM_SIGNAAL, THUISZITTERS, SCHOOLS, SWV,     \
			   DATA_ABSENCE, NO_NEEDS, "R08", "E02; 001:279-291", ALWAYS),             \
		BY_TASK("thuiszitter-melding", THUISZITTER_MELDING, THUISZITTERS, SCHOOLS,         \
			LEERPLICHT, DATA_ABSENCE, NO_NEEDS, "facts D5",                            \
			"E01; facts D1, 004:442, 001:283", ALWAYS),                                \
		BY_CONSENT("thuiszitter-melding-swv", THUISZITTER_MELDING, THUISZITTERS, SCHOOLS,  \
			   SWV, DATA_ABSENCE, NO_NEEDS, "R08", "E01; 004:442, 001:283", ALWAYS),   \
		BY_CONSENT("thuiszitter-melding-leerplicht", THUISZITTER_MELDING, THUISZITTERS,    \
			   LEERPLICHT, SWV, DATA_ABSENCE, NO_NEEDS, "R08",                         \
			   "E11, E13; 004:433, 003:904-906", ALWAYS),                              \
		BY_TASK("thuiszitter-opgelost", THUISZITTER_OPGELOST, THUISZITTERS, SCHOOLS,       \
			LEERPLICHT, DATA_OVER, NO_NEEDS, "facts D5", "E01; 003:558-559", ALWAYS),  \
		BY_CONSENT("thuiszitter-opgelost-swv", THUISZITTER_OPGELOST, THUISZITTERS,         \
			   SCHOOLS, SWV, DATA_OVER, NO_NEEDS, "R08", "E01; 003:546-559", ALWAYS),  \
		BY_CONSENT("thuiszitter-opgelost-leerplicht-swv", THUISZITTER_OPGELOST,            \
			   THUISZITTERS, LEERPLICHT, SWV, DATA_OVER, NO_NEEDS, "R08",              \
			   "E13; 004:433", ALWAYS)

#define ACTIETAFEL_SOURCE "E06, E07; 003:552-559, 889-903"
/* The table where onderwijs, leerplicht and jeugdhulp meet, without health (R08, R09); with jeugdhulp R38 holds. */
#define ACTIETAFEL_ROWS(name_, kind_)                                                              \
	BY_TASK(name_ "-school-leerplicht", kind_, THUISZITTERS, SCHOOLS, LEERPLICHT,              \
		DATA_ABSENCE, NO_NEEDS, "facts D5", ACTIETAFEL_SOURCE, ALWAYS),                    \
		BY_TASK(name_ "-leerplicht-school", kind_, THUISZITTERS, LEERPLICHT, SCHOOLS,      \
			DATA_ABSENCE, NO_NEEDS, "facts D5", ACTIETAFEL_SOURCE, ALWAYS),            \
		BY_CONSENT(name_ "-school-swv", kind_, THUISZITTERS, SCHOOLS, SWV, DATA_TABLE,     \
			   NO_NEEDS, "R08", ACTIETAFEL_SOURCE, ALWAYS),                            \
		BY_CONSENT(name_ "-swv-school", kind_, THUISZITTERS, SWV, SCHOOLS, DATA_TABLE,     \
			   KB_NEED_AANGEMELD, "R09", ACTIETAFEL_SOURCE, ALWAYS),                   \
		BY_CONSENT(name_ "-leerplicht-swv", kind_, THUISZITTERS, LEERPLICHT, SWV,          \
			   DATA_TABLE, NO_NEEDS, "R08", ACTIETAFEL_SOURCE, ALWAYS),                \
		BY_CONSENT(name_ "-swv-leerplicht", kind_, THUISZITTERS, SWV, LEERPLICHT,          \
			   DATA_TABLE, NO_NEEDS, "R09", ACTIETAFEL_SOURCE, ALWAYS),                \
		BY_CONSENT(name_ "-jeugdhulp-swv", kind_, THUISZITTERS, JEUGDHULP, SWV,            \
			   DATA_TABLE, NO_NEEDS, "R08", ACTIETAFEL_SOURCE, ALWAYS),                \
		BY_CONSENT(name_ "-swv-jeugdhulp", kind_, THUISZITTERS, SWV, JEUGDHULP,            \
			   DATA_TABLE, NO_NEEDS, "R09", ACTIETAFEL_SOURCE, ALWAYS),                \
		BY_CONSENT(name_ "-leerplicht-jeugdhulp", kind_, THUISZITTERS, LEERPLICHT,         \
			   JEUGDHULP, DATA_TABLE, NO_NEEDS, "facts D5", ACTIETAFEL_SOURCE,         \
			   ALWAYS),                                                                \
		BY_CONSENT(name_ "-jeugdhulp-leerplicht", kind_, THUISZITTERS, JEUGDHULP,          \
			   LEERPLICHT, DATA_TABLE, NO_NEEDS, "facts D5", ACTIETAFEL_SOURCE,        \
			   ALWAYS),                                                                \
		BY_CONSENT(name_ "-school-jeugdhulp", kind_, THUISZITTERS, SCHOOLS, JEUGDHULP,     \
			   DATA_TABLE, NO_NEEDS, "R38", ACTIETAFEL_SOURCE ", 004:2299", REGELING), \
		BY_CONSENT(name_ "-jeugdhulp-school", kind_, THUISZITTERS, JEUGDHULP, SCHOOLS,     \
			   DATA_TABLE, NO_NEEDS, "R38", ACTIETAFEL_SOURCE ", 004:2299", REGELING)

/* The answer of the SWV holds yes or no and when they spoke, never what it knows from its own tasks (R09). */
#define KB_PERMIT_LEERPLICHT                                                                       \
	BY_TASK("vrijstelling-consult", VRIJSTELLING_CONSULT, VRIJSTELLING, LEERPLICHT, SWV,       \
		DATA_WHO, NO_NEEDS, "R27", "E09; Leerplichtwet art. 5 sub a, 003:906-911",         \
		ALWAYS),                                                                           \
		BY_TASK("vrijstelling-antwoord", VRIJSTELLING_ANTWOORD, VRIJSTELLING, SWV,         \
			LEERPLICHT, DATA_WHO, NO_NEEDS, "R09", "E09, R27; 003:906-911", ALWAYS),   \
		BY_TASK("vsv-signaal", VSV_SIGNAAL, VSV, VO, DOORSTROOMPUNT,                       \
			DATA_ABSENCE | DATA_CAREER, NO_NEEDS, "facts D1",                          \
			"E10; facts D1: RMC, 003:913-918", ALWAYS),                                \
		BY_TASK("leerplicht-na-aanbod", LEERPLICHT_INSCHAKELING, LEERPLICHT, SCHOOLS,      \
			LEERPLICHT, DATA_ABSENCE, KB_NEED_AANBOD, "R30", "E08; 004:1528-1532",     \
			.variant = KB_VARIANT_AANBOD_GEWEIGERD, ALWAYS),                           \
		BY_TASK("leerplicht-vroeg", LEERPLICHT_INSCHAKELING, LEERPLICHT, SCHOOLS,          \
			LEERPLICHT, DATA_ABSENCE, NO_NEEDS, "facts D5", "E02; 001:284",            \
			.variant = KB_VARIANT_VROEG, ALWAYS)

#define KB_PERMIT_INVENTARISATIE                                                                   \
	BY_TASK("inventarisatie-verzoek-school", INVENTARISATIE_VERZOEK, MONITOR, SWV, SCHOOLS,    \
		DATA_PROCESS, NO_NEEDS, "R28", "E04, E05; 004:1327", ALWAYS),                      \
		BY_TASK("inventarisatie-verzoek-leerplicht", INVENTARISATIE_VERZOEK, MONITOR, SWV, \
			LEERPLICHT, DATA_PROCESS, NO_NEEDS, "R28", "E04, E05; 004:1327", ALWAYS),  \
		BY_TASK("inventarisatie-antwoord-school", INVENTARISATIE_ANTWOORD, MONITOR,        \
			SCHOOLS, SWV, DATA_COUNTS, NO_NEEDS, "R28", "E04, E05; 004:1327", ALWAYS), \
		BY_TASK("inventarisatie-antwoord-leerplicht", INVENTARISATIE_ANTWOORD, MONITOR,    \
			LEERPLICHT, SWV, DATA_COUNTS, NO_NEEDS, "R28", "E04, E05; 004:1327",       \
			ALWAYS)

#endif
