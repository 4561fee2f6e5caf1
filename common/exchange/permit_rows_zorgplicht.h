/* SPDX-License-Identifier: EUPL-1.2 */
/* Permission rows 20-29: aanmelding, zorgplicht and the ontwikkelingsperspectief (requirements 2A). */
#ifndef KB_EXCHANGE_PERMIT_ROWS_ZORGPLICHT_H
#define KB_EXCHANGE_PERMIT_ROWS_ZORGPLICHT_H

#include "common/exchange/permit_rows.h"

/*
 * Between parents and their school there is no message. Looking for a place at another school is done in overleg with the
 * parents, so on their toestemming; what follows an aanmelding is the task of the schools. A refusal can wait for nobody (R18).
 */
#define KB_PERMIT_AANMELDING                                                                       \
	BY_CONSENT("aanmelding-ontvangen", AANMELDING_ONTVANGEN, ZORGPLICHT, SCHOOLS, SCHOOLS,     \
		   DATA_CONTACT, NO_NEEDS, "A05", "A01, A05; 004:1491, 1507", ALWAYS),             \
		BY_CONSENT("info-verzoek-school", INFO_VERZOEK, ZORGPLICHT, SCHOOLS, SCHOOLS,      \
			   DATA_WHO, NO_NEEDS, "A05", "A02, A05; 004:1482, 1491", ALWAYS),         \
		BY_TASK("info-verzoek-swv", INFO_VERZOEK, TOELAATBAARHEID, SWV, SCHOOLS, DATA_WHO, \
			KB_NEED_AANGEMELD, "R09", "B06; 003:2537-2540", ALWAYS),                   \
		BY_CONSENT("info-verzoek-aan-jeugdhulp", INFO_VERZOEK, JEUGDHULP, SCHOOLS,         \
			   JEUGDHULP, DATA_WHO, NO_NEEDS, "R38", "C17; 004:2299, 001:408",         \
			   REGELING),                                                              \
		BY_CONSENT("info-verzoek-van-jeugdhulp", INFO_VERZOEK, JEUGDHULP, JEUGDHULP,       \
			   SCHOOLS, DATA_WHO, NO_NEEDS, "R38", "C17; 004:2299, 001:408",           \
			   REGELING),                                                              \
		BY_CONSENT("info-antwoord-school", INFO_ANTWOORD, ZORGPLICHT, SCHOOLS, SCHOOLS,    \
			   DATA_SUPPORT, NO_NEEDS, "A05", "A02, A05; 004:1482, 1491", ALWAYS),     \
		BY_TASK("info-antwoord-swv", INFO_ANTWOORD, TOELAATBAARHEID, SCHOOLS, SWV,         \
			DATA_TLV_FILE, NO_NEEDS, "R08", "B06; 003:2537-2540, 004:1456-1460",       \
			ALWAYS),                                                                   \
		BY_CONSENT("info-antwoord-aan-jeugdhulp", INFO_ANTWOORD, JEUGDHULP, SCHOOLS,       \
			   JEUGDHULP, DATA_SUPPORT | (uint32_t)KB_DATA_VERZUIM | DATA_CARE,        \
			   NO_NEEDS, "R38", "C17; 004:2299, 001:408", REGELING),                   \
		BY_CONSENT("info-antwoord-van-jeugdhulp", INFO_ANTWOORD, JEUGDHULP, JEUGDHULP,     \
			   SCHOOLS, DATA_WHO | DATA_CARE, NO_NEEDS, "R38",                         \
			   "C17; 004:2299, 001:408", REGELING),                                    \
		BY_TASK("info-geweigerd-school", INFO_GEWEIGERD, ZORGPLICHT, SCHOOLS, SCHOOLS,     \
			DATA_WHO, KB_NEED_REDEN, "R18", "A02, R18; 004:1480-1482", ALWAYS),        \
		BY_TASK("info-geweigerd-swv", INFO_GEWEIGERD, TOELAATBAARHEID, SCHOOLS, SWV,       \
			DATA_WHO, KB_NEED_REDEN, "R18", "R18, B06; 004:1480-1482", ALWAYS),        \
		BY_CONSENT("info-geweigerd-aan-jeugdhulp", INFO_GEWEIGERD, JEUGDHULP, SCHOOLS,     \
			   JEUGDHULP, DATA_WHO, KB_NEED_REDEN, "R38", "C17, R18; 004:2299",        \
			   REGELING),                                                              \
		BY_CONSENT("info-geweigerd-van-jeugdhulp", INFO_GEWEIGERD, JEUGDHULP, JEUGDHULP,   \
			   SCHOOLS, DATA_WHO, KB_NEED_REDEN, "R38", "C17, R18; 004:2299",          \
			   REGELING)

#define KB_PERMIT_ZORGPLICHT                                                                       \
	BY_CONSENT("zorgplicht-verlenging", ZORGPLICHT_VERLENGING, ZORGPLICHT, SCHOOLS, SCHOOLS,   \
		   DATA_WHO, KB_NEED_REDEN, "A03", "A03, A05; 004:1491, 1717", ALWAYS),            \
		BY_CONSENT("aanbod-gedaan", AANBOD_GEDAAN, ZORGPLICHT, SCHOOLS, SCHOOLS,           \
			   DATA_SUPPORT, NO_NEEDS, "A05", "A05; 004:1491, 1517", ALWAYS),          \
		BY_TASK("plaatsing-bevestigd", PLAATSING_BEVESTIGD, ZORGPLICHT, SCHOOLS, SCHOOLS,  \
			DATA_CAREER, KB_NEED_AANGEMELD, "A05", "A01, A05; 004:1491, 1517",         \
			ALWAYS),                                                                   \
		BY_TASK("tijdelijke-plaatsing", TIJDELIJKE_PLAATSING, ZORGPLICHT, SCHOOLS,         \
			SCHOOLS, DATA_CAREER, KB_NEED_AANGEMELD, "A04", "A04; 004:1503, 1513",     \
			ALWAYS)

/*
 * R21: only the stand "actief" speaks for the parents, so only that one waits for their signature. It says which version it is
 * about (A07) and nothing more of the plan; what is counted of OPP's goes by numbers (K-A1).
 */
#define OPP_STATUS_ROWS(name_, variant_, needs_, rule_)                                            \
	BY_TASK(name_ "-swv", OPP_STATUS, TOEWIJZING, SCHOOLS, SWV, DATA_NEED, needs_, rule_,      \
		"A06, A07; 004:1315-1325", .variant = KB_VARIANT_##variant_, ALWAYS),              \
		BY_CONSENT(name_ "-school", OPP_STATUS, OVERDRACHT, SCHOOL, SCHOOLS, DATA_NEED,    \
			   needs_, rule_, "A07, B12; 004:1317, 2150-2152",                         \
			   .variant = KB_VARIANT_##variant_, ALWAYS),                              \
		BY_CONSENT(name_ "-vo", OPP_STATUS, OVERDRACHT, VO, VO, DATA_NEED, needs_, rule_,  \
			   "A07, D07; 003:861-867", .variant = KB_VARIANT_##variant_, ALWAYS)

#define OPP_NEEDS (KB_NEED_INZAGE | KB_NEED_AANGEMELD)
/* The OPP is in the OKR (facts D2), so it goes by task after inzage; by toestemming before the aanmelding (B12). */
#define KB_PERMIT_OPP                                                                              \
	BY_TASK("opp-versie-swv", OPP_VERSIE, TOELAATBAARHEID, SCHOOLS, SWV, DATA_ADVICE,          \
		NO_NEEDS, "R08", "B02, B06, B11; 003:2514-2515, 004:1456-1460, 2136", ALWAYS),     \
		BY_TASK("opp-versie-okr", OPP_VERSIE, OVERDRACHT, SCHOOL, SCHOOLS, DATA_SUPPORT,   \
			OPP_NEEDS, "facts D5", "B12, D05; facts D2, D5", ALWAYS),                  \
		BY_TASK("opp-versie-okr-vo", OPP_VERSIE, OVERDRACHT, VO, VO, DATA_SUPPORT,         \
			OPP_NEEDS, "facts D5", "D07; facts D2, D5", SINCE_2020),                   \
		BY_CONSENT("opp-versie-school", OPP_VERSIE, OVERDRACHT, SCHOOL, SCHOOLS,           \
			   DATA_SUPPORT, KB_NEED_INZAGE, "facts D5",                               \
			   "B12, D05, D11; 004:2136-2148", ALWAYS),                                \
		BY_CONSENT("opp-versie-vo", OPP_VERSIE, OVERDRACHT, VO, VO, DATA_SUPPORT,          \
			   KB_NEED_INZAGE, "facts D5", "D07; 003:861-867", ALWAYS),                \
		OPP_STATUS_ROWS("opp-actief", ACTIEF, KB_NEED_HANDTEKENING_OUDERS, "R21"),         \
		OPP_STATUS_ROWS("opp-opgesteld", OPGESTELD, NO_NEEDS, "R16"),                      \
		OPP_STATUS_ROWS("opp-gestopt", GESTOPT, NO_NEEDS, "R16")

#endif
