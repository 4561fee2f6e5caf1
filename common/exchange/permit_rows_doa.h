/* SPDX-License-Identifier: EUPL-1.2 */
/* Permission rows 50-59: the overlegtafel, placement and support in and around the school (requirements 2C). */
#ifndef KB_EXCHANGE_PERMIT_ROWS_DOA_H
#define KB_EXCHANGE_PERMIT_ROWS_DOA_H

#include "common/exchange/permit_rows.h"

#define DOA_SOURCE "C01, C02; 001:602-610, facts D3"

/* R01: whoever it is that speaks at the table, and to whom: with the toestemming of the parents for this table. */
#define DOA_TO_SWV(name_, kind_, categories_)                                                      \
	BY_CONSENT(name_ "-school-swv", kind_, DOA, SCHOOLS, SWV, categories_, NO_NEEDS, "R01",    \
		   DOA_SOURCE, ALWAYS),                                                            \
		BY_CONSENT(name_ "-jeugd-swv", kind_, DOA, JEUGD, SWV, categories_, NO_NEEDS,      \
			   "R01", DOA_SOURCE, ALWAYS),                                             \
		BY_CONSENT(name_ "-leerplicht-swv", kind_, DOA, LEERPLICHT, SWV, categories_,      \
			   NO_NEEDS, "R01", DOA_SOURCE, ALWAYS),                                   \
		BY_CONSENT(name_ "-jeugdhulp-swv", kind_, DOA, JEUGDHULP, SWV, categories_,        \
			   NO_NEEDS, "R01", DOA_SOURCE, ALWAYS)
#define DOA_OF_SWV(name_, kind_, categories_)                                                      \
	BY_CONSENT(name_ "-swv-school", kind_, DOA, SWV, SCHOOLS, categories_, NO_NEEDS, "R01",    \
		   DOA_SOURCE, ALWAYS),                                                            \
		BY_CONSENT(name_ "-swv-jeugd", kind_, DOA, SWV, JEUGD, categories_, NO_NEEDS,      \
			   "R01", DOA_SOURCE, ALWAYS),                                             \
		BY_CONSENT(name_ "-swv-leerplicht", kind_, DOA, SWV, LEERPLICHT, categories_,      \
			   NO_NEEDS, "R01", DOA_SOURCE, ALWAYS),                                   \
		BY_CONSENT(name_ "-swv-jeugdhulp", kind_, DOA, SWV, JEUGDHULP, categories_,        \
			   NO_NEEDS, "R01", DOA_SOURCE, ALWAYS)
/* Members of the table among each other; R38 holds for school and jeugdhulp here too. */
#define DOA_MEMBERS(name_, kind_, categories_)                                                     \
	BY_CONSENT(name_ "-school-jeugd", kind_, DOA, SCHOOLS, JEUGD, categories_, NO_NEEDS,       \
		   "R01", DOA_SOURCE, ALWAYS),                                                     \
		BY_CONSENT(name_ "-jeugd-school", kind_, DOA, JEUGD, SCHOOLS, categories_,         \
			   NO_NEEDS, "R01", DOA_SOURCE, ALWAYS),                                   \
		BY_CONSENT(name_ "-school-leerplicht", kind_, DOA, SCHOOLS, LEERPLICHT,            \
			   categories_, NO_NEEDS, "R01", DOA_SOURCE, ALWAYS),                      \
		BY_CONSENT(name_ "-leerplicht-school", kind_, DOA, LEERPLICHT, SCHOOLS,            \
			   categories_, NO_NEEDS, "R01", DOA_SOURCE, ALWAYS),                      \
		BY_CONSENT(name_ "-jeugd-jeugdhulp", kind_, DOA, JEUGD, JEUGDHULP, categories_,    \
			   NO_NEEDS, "R01", DOA_SOURCE, ALWAYS),                                   \
		BY_CONSENT(name_ "-jeugdhulp-jeugd", kind_, DOA, JEUGDHULP, JEUGD, categories_,    \
			   NO_NEEDS, "R01", DOA_SOURCE, ALWAYS),                                   \
		BY_CONSENT(name_ "-leerplicht-jeugdhulp", kind_, DOA, LEERPLICHT, JEUGDHULP,       \
			   categories_, NO_NEEDS, "R01", DOA_SOURCE, ALWAYS),                      \
		BY_CONSENT(name_ "-jeugdhulp-leerplicht", kind_, DOA, JEUGDHULP, LEERPLICHT,       \
			   categories_, NO_NEEDS, "R01", DOA_SOURCE, ALWAYS),                      \
		BY_CONSENT(name_ "-school-jeugdhulp", kind_, DOA, SCHOOLS, JEUGDHULP, categories_, \
			   NO_NEEDS, "R01, R38", DOA_SOURCE ", 004:2299", REGELING),               \
		BY_CONSENT(name_ "-jeugdhulp-school", kind_, DOA, JEUGDHULP, SCHOOLS, categories_, \
			   NO_NEEDS, "R01, R38", DOA_SOURCE ", 004:2299", REGELING)

/* Regie in an overdracht and at the actietafel: its steps only, nothing new about the child. */
#define REGIE_ROWS                                                                                 \
	BY_CONSENT("regie-overdracht-school", REGIE_OVERDRACHT, OVERDRACHT, SCHOOLS, SCHOOLS,      \
		   DATA_WHO, NO_NEEDS, "facts D5", "design 7; 004:751-773", ALWAYS),               \
		BY_TASK("regie-school-leerplicht", REGIE_OVERDRACHT, THUISZITTERS, SCHOOLS,        \
			LEERPLICHT, DATA_WHO, NO_NEEDS, "facts D5", "E06, E07; 003:899-900",       \
			ALWAYS),                                                                   \
		BY_TASK("regie-leerplicht-school", REGIE_OVERDRACHT, THUISZITTERS, LEERPLICHT,     \
			SCHOOLS, DATA_WHO, NO_NEEDS, "facts D5", "E06, E07; 003:899-900", ALWAYS), \
		BY_CONSENT("regie-school-swv", REGIE_OVERDRACHT, THUISZITTERS, SCHOOLS, SWV,       \
			   DATA_WHO, NO_NEEDS, "facts D5", "E06, E07; 003:899-900", ALWAYS),       \
		BY_CONSENT("regie-swv-school", REGIE_OVERDRACHT, THUISZITTERS, SWV, SCHOOLS,       \
			   DATA_WHO, NO_NEEDS, "facts D5", "E06, E07; 003:899-900", ALWAYS),       \
		BY_CONSENT("regie-leerplicht-swv", REGIE_OVERDRACHT, THUISZITTERS, LEERPLICHT,     \
			   SWV, DATA_WHO, NO_NEEDS, "facts D5", "E06, E07; 003:899-900", ALWAYS),  \
		BY_CONSENT("regie-swv-leerplicht", REGIE_OVERDRACHT, THUISZITTERS, SWV,            \
			   LEERPLICHT, DATA_WHO, NO_NEEDS, "facts D5", "E06, E07; 003:899-900",    \
			   ALWAYS)

#define KB_PERMIT_DOA                                                                              \
	DOA_TO_SWV("doa-hulpvraag", DOA_HULPVRAAG, DATA_TABLE),                                    \
		DOA_OF_SWV("doa-hulpvraag", DOA_HULPVRAAG, DATA_TABLE),                            \
		DOA_OF_SWV("doa-uitnodiging", DOA_UITNODIGING, DATA_CONTACT),                      \
		DOA_OF_SWV("doa-advies", DOA_ADVIES, DATA_OUTCOME),                                \
		DOA_TO_SWV("doa-terugkoppeling", DOA_TERUGKOPPELING, DATA_OUTCOME),                \
		DOA_OF_SWV("doa-terugkoppeling", DOA_TERUGKOPPELING, DATA_OUTCOME),                \
		DOA_OF_SWV("regie-doa", REGIE_OVERDRACHT, DATA_WHO),                               \
		DOA_TO_SWV("regie-doa", REGIE_OVERDRACHT, DATA_WHO),                               \
		DOA_MEMBERS("regie-doa", REGIE_OVERDRACHT, DATA_WHO), REGIE_ROWS

/* An OST works with a team, not with a child; a place that is missing is told to other schools without a child (R09). */
#define KB_PERMIT_SUPPORT                                                                          \
	BY_CONSENT("knelpunt-swv", KNELPUNT_PLAATSING, ZORGPLICHT, SCHOOLS, SWV, DATA_SUPPORT,     \
		   NO_NEEDS, "A05", "C03; 001:336-346", ALWAYS),                                   \
		BY_TASK("knelpunt-besturen", KNELPUNT_PLAATSING, ZORGPLICHT, SWV, SCHOOLS,         \
			DATA_PROCESS, NO_NEEDS, "R09", "C03; 001:336-346", ALWAYS),                \
		BY_TASK("ost-aanvraag", OST_AANVRAAG, TOEWIJZING, SCHOOLS, SWV, DATA_PROCESS,      \
			NO_NEEDS, "R16", "C04; 001:309, 907", ALWAYS),                             \
		BY_TASK("ost-school", OST_AANVRAAG, TOEWIJZING, SWV, SCHOOLS, DATA_PROCESS,        \
			NO_NEEDS, "R16", "C04; 001:309, 907", ALWAYS),                             \
		BY_TASK("arrangement-aanvraag", ARRANGEMENT_AANVRAAG, TOEWIJZING, SCHOOLS, SWV,    \
			DATA_ADVICE, NO_NEEDS, "R08",                                              \
			"C06, C11; WPO 18a lid 6 b, 004:1460, 002:43-53", ALWAYS),                 \
		BY_TASK("arrangement-besluit", ARRANGEMENT_BESLUIT, TOEWIJZING, SWV, SCHOOLS,      \
			DATA_NEED, KB_NEED_AANGEMELD, "R09", "C06, C11; 000:1655, 004:1460",       \
			ALWAYS),                                                                   \
		BY_CONSENT("oza-besluit-gemeente", ARRANGEMENT_BESLUIT, JEUGDHULP, JEUGD, SCHOOLS, \
			   DATA_NEED | (uint32_t)KB_DATA_JEUGDHULP, NO_NEEDS, "facts D5",          \
			   "C07; 002:55-60, 003:1977-1978", ALWAYS),                               \
		BY_TASK("oza-aanvraag-swv", OZA_AANVRAAG, TOEWIJZING, SCHOOLS, SWV, DATA_ADVICE,   \
			NO_NEEDS, "R08", "C07; WPO 18a lid 6 b, 004:1460, 002:55-60", ALWAYS),     \
		BY_CONSENT("oza-aanvraag-gemeente", OZA_AANVRAAG, JEUGDHULP, SCHOOLS, JEUGD,       \
			   DATA_SUPPORT | DATA_CONTACT | DATA_CARE, NO_NEEDS, "facts D5",          \
			   "C07; 002:55-60", ALWAYS)

#endif
