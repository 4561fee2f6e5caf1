/* SPDX-License-Identifier: EUPL-1.2 */
/* Permission rows 60-66: the overdracht (requirements 2D). */
#ifndef KB_EXCHANGE_PERMIT_ROWS_OVERDRACHT_H
#define KB_EXCHANGE_PERMIT_ROWS_OVERDRACHT_H

#include "common/exchange/permit_rows.h"

/* What an OKR holds (facts D2): its diagnosis and medicine are health, so beyond the part that needs no toestemming. */
#define DATA_OKR (DATA_SUPPORT | DATA_ABSENCE | (uint32_t)KB_DATA_TOELAATBAARHEID)
#define DOSSIER_NEEDS (KB_NEED_INZAGE | KB_NEED_AANGEMELD)
#define OKR_SOURCE "D01, D09; facts D5: OKR without consent, after inzage"
#define BEYOND_SOURCE "D01, D09; facts D5: what is not in the OKR"

#define KB_PERMIT_AANKONDIGING                                                                     \
	BY_TASK("overdracht-aankondiging", OVERDRACHT_AANKONDIGING, OVERDRACHT, SCHOOL, SCHOOLS,   \
		DATA_CONTACT, KB_NEED_AANGEMELD, "facts D5", "D01; facts D2, 003:1693", ALWAYS),   \
		BY_TASK("overdracht-aankondiging-vo", OVERDRACHT_AANKONDIGING, OVERDRACHT, VO, VO, \
			DATA_CONTACT, KB_NEED_AANGEMELD, "facts D5", "D06; facts D2, D5",          \
			SINCE_2020),                                                               \
		BY_CONSENT("overdracht-aankondiging-vo-2020", OVERDRACHT_AANKONDIGING, OVERDRACHT, \
			   VO, VO, DATA_CONTACT, KB_NEED_AANGEMELD, "facts D5",                    \
			   "D06; facts D2, D5", UNTIL_2020),                                       \
		BY_CONSENT("overdracht-aankondiging-vroeg", OVERDRACHT_AANKONDIGING, OVERDRACHT,   \
			   SCHOOL, SCHOOLS, DATA_CONTACT, NO_NEEDS, "facts D5",                    \
			   "D01: before the aanmelding; 001:428, 003:1738-1741", ALWAYS),          \
		BY_CONSENT("overdracht-aankondiging-swv", OVERDRACHT_AANKONDIGING, OVERDRACHT,     \
			   SCHOOL, SWV, DATA_CAREER | DATA_CONTACT, NO_NEEDS, "facts D5",          \
			   "D01, D02; 003:1728-1729, 001:423", ALWAYS),                            \
		BY_TASK("overdracht-aankondiging-bto", OVERDRACHT_AANKONDIGING, ADVIES, SBO_SO,    \
			SWV, DATA_SUPPORT, NO_NEEDS, "R08", "D04; 003:1693-1696, 1862-1864",       \
			ALWAYS),                                                                   \
		BY_CONSENT("overdracht-aankondiging-swv-swv", OVERDRACHT_AANKONDIGING, OVERDRACHT, \
			   SWV, SWV, DATA_CAREER | DATA_CONTACT, NO_NEEDS, "R09",                  \
			   "D02; 001:423, 432, 875", ALWAYS),                                      \
		BY_CONSENT("overdracht-aankondiging-jeugdhulp", OVERDRACHT_AANKONDIGING,           \
			   OVERDRACHT, JEUGDHULP, SCHOOL, DATA_CONTACT, NO_NEEDS, "R38",           \
			   "D08; 001:416-419", REGELING)

#define KB_PERMIT_DOSSIER                                                                          \
	BY_TASK("okr", OVERDRACHTSDOSSIER, OVERDRACHT, SCHOOL, SCHOOLS, DATA_OKR, DOSSIER_NEEDS,   \
		"facts D5", OKR_SOURCE, ALWAYS),                                                   \
		BY_TASK("okr-vo", OVERDRACHTSDOSSIER, OVERDRACHT, VO, VO, DATA_OKR, DOSSIER_NEEDS, \
			"facts D5", OKR_SOURCE, SINCE_2020),                                       \
		BY_CONSENT("okr-vo-2020", OVERDRACHTSDOSSIER, OVERDRACHT, VO, VO,                  \
			   DATA_OKR | DATA_CARE, DOSSIER_NEEDS, "facts D5",                        \
			   "facts D5: VO-VO with consent up to 31 July 2020", UNTIL_2020),         \
		BY_CONSENT("dossier", OVERDRACHTSDOSSIER, OVERDRACHT, SCHOOL, SCHOOLS,             \
			   DATA_OKR | DATA_CARE, DOSSIER_NEEDS, "facts D5", BEYOND_SOURCE,         \
			   ALWAYS),                                                                \
		BY_CONSENT("dossier-vo", OVERDRACHTSDOSSIER, OVERDRACHT, VO, VO,                   \
			   DATA_OKR | DATA_CARE, DOSSIER_NEEDS, "facts D5", BEYOND_SOURCE,         \
			   SINCE_2020),                                                            \
		BY_TASK("overgangsdossier", OVERDRACHTSDOSSIER, TOELAATBAARHEID, SCHOOL, SWV,      \
			DATA_TLV_FILE, KB_NEED_INZAGE | KB_NEED_GEEN_PROEFPLAATSING, "R08, R39",   \
			"D02, D03; 001:875", ALWAYS),                                              \
		BY_CONSENT("dossier-jeugdhulp", OVERDRACHTSDOSSIER, OVERDRACHT, JEUGDHULP, SCHOOL, \
			   DATA_SUPPORT | DATA_CONTACT | DATA_CARE, DOSSIER_NEEDS, "R38",          \
			   "D08; 001:416-419, 002:240-242", REGELING)

/* R40: the talk and its two sides. Planned and held once the child is aangemeld at the other (facts D2), accepted when it moves. */
#define KB_PERMIT_GESPREK                                                                          \
	BY_TASK("overdrachtsgesprek-gepland", OVERDRACHTSGESPREK_GEPLAND, OVERDRACHT, SCHOOL,      \
		SCHOOLS, DATA_WHO, KB_NEED_AANGEMELD, "R40", "D01, D11; 004:1993-1997", ALWAYS),   \
		BY_TASK("overdrachtsgesprek-gepland-van-vo", OVERDRACHTSGESPREK_GEPLAND,           \
			OVERDRACHT, VO, SCHOOL, DATA_WHO, KB_NEED_AANGEMELD, "R40",                \
			"D01, D11; 004:1993-1997", ALWAYS),                                        \
		BY_TASK("overdrachtsgesprek-gepland-vo", OVERDRACHTSGESPREK_GEPLAND, OVERDRACHT,   \
			VO, VO, DATA_WHO, KB_NEED_AANGEMELD, "R40",                                \
			"D07; facts D5, 004:1993-1997", SINCE_2020),                               \
		BY_CONSENT("overdrachtsgesprek-gepland-van-jeugdhulp", OVERDRACHTSGESPREK_GEPLAND, \
			   OVERDRACHT, JEUGDHULP, SCHOOL, DATA_WHO, NO_NEEDS, "R38",               \
			   "D08; 001:416-419", REGELING),                                          \
		BY_CONSENT("overdrachtsgesprek-gepland-aan-jeugdhulp", OVERDRACHTSGESPREK_GEPLAND, \
			   OVERDRACHT, SCHOOL, JEUGDHULP, DATA_WHO, NO_NEEDS, "R38",               \
			   "D08; 001:416-419", REGELING),                                          \
		BY_TASK("overdrachtsgesprek-gehouden", OVERDRACHTSGESPREK_GEHOUDEN, OVERDRACHT,    \
			SCHOOL, SCHOOLS, DATA_WHO, KB_NEED_AANGEMELD, "R40",                       \
			"D01, D11; 004:1993-1997", ALWAYS),                                        \
		BY_TASK("overdrachtsgesprek-gehouden-van-vo", OVERDRACHTSGESPREK_GEHOUDEN,         \
			OVERDRACHT, VO, SCHOOL, DATA_WHO, KB_NEED_AANGEMELD, "R40",                \
			"D01, D11; 004:1993-1997", ALWAYS),                                        \
		BY_TASK("overdrachtsgesprek-gehouden-vo", OVERDRACHTSGESPREK_GEHOUDEN, OVERDRACHT, \
			VO, VO, DATA_WHO, KB_NEED_AANGEMELD, "R40",                                \
			"D07; facts D5, 004:1993-1997", SINCE_2020),                               \
		BY_CONSENT("overdrachtsgesprek-gehouden-van-jeugdhulp",                            \
			   OVERDRACHTSGESPREK_GEHOUDEN, OVERDRACHT, JEUGDHULP, SCHOOL, DATA_WHO,   \
			   NO_NEEDS, "R38", "D08; 001:416-419", REGELING),                         \
		BY_CONSENT("overdrachtsgesprek-gehouden-aan-jeugdhulp",                            \
			   OVERDRACHTSGESPREK_GEHOUDEN, OVERDRACHT, SCHOOL, JEUGDHULP, DATA_WHO,   \
			   NO_NEEDS, "R38", "D08; 001:416-419", REGELING),                         \
		BY_TASK("overdracht-geaccepteerd", OVERDRACHT_GEACCEPTEERD, OVERDRACHT, SCHOOLS,   \
			SCHOOL, DATA_WHO, KB_NEED_AANGEMELD, "facts D5",                           \
			"D01, D11; 003:1730-1732, 004:751-773", ALWAYS),                           \
		BY_TASK("overdracht-geaccepteerd-vo", OVERDRACHT_GEACCEPTEERD, OVERDRACHT, VO, VO, \
			DATA_WHO, KB_NEED_AANGEMELD, "facts D5", "D07; facts D5, 003:861-867",     \
			SINCE_2020),                                                               \
		BY_CONSENT("overdracht-geaccepteerd-toestemming", OVERDRACHT_GEACCEPTEERD,         \
			   OVERDRACHT, SCHOOLS, SCHOOL, DATA_WHO, NO_NEEDS, "facts D5",            \
			   "D11; 004:1995-1997", ALWAYS),                                          \
		BY_CONSENT("overdracht-geaccepteerd-vo-toestemming", OVERDRACHT_GEACCEPTEERD,      \
			   OVERDRACHT, VO, VO, DATA_WHO, NO_NEEDS, "facts D5", "D07; 003:861-867", \
			   ALWAYS),                                                                \
		BY_CONSENT("overdracht-geaccepteerd-jeugdhulp", OVERDRACHT_GEACCEPTEERD,           \
			   OVERDRACHT, SCHOOL, JEUGDHULP, DATA_WHO, NO_NEEDS, "R38",               \
			   "D08; 001:416-419", REGELING),                                          \
		BY_CONSENT("overstap-evaluatie", OVERSTAP_EVALUATIE, OVERDRACHT, SCHOOLS, SCHOOLS, \
			   DATA_SUPPORT, NO_NEEDS, "facts D5",                                     \
			   "D01, D11; 003:1730-1732, 004:2025", ALWAYS),                           \
		BY_CONSENT("vso-vo-orientatie", VSO_VO_ORIENTATIE, OVERDRACHT, VSO, VO_PRO,        \
			   DATA_SUPPORT, NO_NEEDS, "facts D5", "D07; 003:861-872", ALWAYS),        \
		BY_TASK("vso-vo-orientatie-bto", VSO_VO_ORIENTATIE, ADVIES, VSO, SWV,              \
			DATA_SUPPORT, NO_NEEDS, "R08", "D07; 003:861-867", ALWAYS),                \
		BY_TASK("vso-vo-orientatie-swv", VSO_VO_ORIENTATIE, ADVIES, SWV, VO_PRO,           \
			DATA_SUPPORT, KB_NEED_AANGEMELD, "R09", "D07; 003:861-867", ALWAYS)

#endif
