/* SPDX-License-Identifier: EUPL-1.2 */
/* Permission rows 30-42: toelaatbaarheid, return, trial and crisis (requirements 2B, C09). */
#ifndef KB_EXCHANGE_PERMIT_ROWS_TLV_H
#define KB_EXCHANGE_PERMIT_ROWS_TLV_H

#include "common/exchange/permit_rows.h"

/*
 * One kind of TLV by one applicant, under the three agreements that regions have: with instemming (R04), with the signatures
 * of the parents, and (R07) without toestemming but with the reason. Never from the middle of a trial (R39).
 */
#define TLV_ROWS(name_, variant_, from_, categories_, needs_, source_)                             \
	BY_TASK(name_, TLV_AANVRAAG, TOELAATBAARHEID, from_, SWV, categories_,                     \
		KB_NEED_HANDTEKENING_OUDERS | KB_NEED_GEEN_PROEFPLAATSING | (needs_),              \
		"004:2051-2053, 003:2512-2516", source_, .variant = KB_VARIANT_##variant_,         \
		OFF(TLV_INSTEMMING), ALWAYS),                                                      \
		BY_TASK(name_ "-instemming", TLV_AANVRAAG, TOELAATBAARHEID, from_, SWV,            \
			categories_, KB_NEED_INSTEMMING | KB_NEED_GEEN_PROEFPLAATSING | (needs_),  \
			"R04", source_ "; 001:903", .variant = KB_VARIANT_##variant_,              \
			ON(TLV_INSTEMMING), ALWAYS),                                               \
		BY_TASK(name_ "-zonder-toestemming", TLV_AANVRAAG, TOELAATBAARHEID, from_, SWV,    \
			categories_, KB_NEED_REDEN | KB_NEED_GEEN_PROEFPLAATSING | (needs_),       \
			"R07", source_ "; 004:2071", .variant = KB_VARIANT_##variant_,             \
			ON(TLV_ZONDER_TOESTEMMING), ALWAYS)

#define KB_PERMIT_TLV_AANVRAAG                                                                     \
	TLV_ROWS("tlv-sbo", SBO, SCHOOL, DATA_TLV_FILE, NO_NEEDS,                                  \
		 "B01, B02, R14; 001:598, WPO 18a lid 6 c"),                                       \
		TLV_ROWS("tlv-so", SO, SCHOOL, DATA_TLV_FILE, NO_NEEDS,                            \
			 "B01, B02, R14; 001:598, WPO 18a lid 6 c"),                               \
		TLV_ROWS("tlv-pro", PRO, PRO, DATA_TLV_FILE, NO_NEEDS, "B07, R15; 003:2490-2491"), \
		TLV_ROWS("tlv-vso", VSO, VO, DATA_TLV_VSO, KB_NEED_BETROKKEN,                      \
			 "B06, R23; 003:830-831"),                                                 \
		TLV_ROWS("tlv-vso-van-so", VSO, SO, DATA_TLV_VSO, KB_NEED_BETROKKEN,               \
			 "D04, R23; 003:830-831")

/* R09: what the SWV holds on its tasks goes to the bevoegd gezag of the pupil alone. */
#define KB_PERMIT_TLV                                                                              \
	BY_TASK("tlv-onvolledig", TLV_ONVOLLEDIG, TOELAATBAARHEID, SWV, SCHOOLS, DATA_TLV_STATE,   \
		KB_NEED_AANGEMELD, "R09", "B01, B06; 001:483, 903, 003:2512-2516", ALWAYS),        \
		BY_TASK("tlv-volledig", TLV_VOLLEDIG, TOELAATBAARHEID, SWV, SCHOOLS,               \
			DATA_TLV_STATE, KB_NEED_AANGEMELD, "R09",                                  \
			"B01, B06; 001:483, 003:2512-2516", ALWAYS),                               \
		BY_TASK("deskundigenadvies", DESKUNDIGENADVIES, TOELAATBAARHEID, SCHOOLS, SWV,     \
			DATA_TLV, NO_NEEDS, "R08",                                                 \
			"B01, B02, B06; WPO 18a lid 11, 004:551, 003:876-879", ALWAYS),            \
		BY_TASK("cva-advies-tlv", CVA_ADVIES, TOELAATBAARHEID, SWV, SCHOOLS, DATA_TLV,     \
			KB_NEED_AANGEMELD, "R09", "B02; 004:1625, WPO 18a lid 13", ALWAYS),        \
		BY_TASK("cva-advies", CVA_ADVIES, ADVIES, SWV, SCHOOLS, DATA_ADVICE,               \
			KB_NEED_AANGEMELD, "R09", "B16; WPO 18a lid 6 d, 004:1433, 1460", ALWAYS), \
		BY_TASK("zienswijze-swv", ZIENSWIJZE, TOELAATBAARHEID, SCHOOLS, SWV, DATA_TLV,     \
			NO_NEEDS, "R08", "B06; 003:2513-2516", ALWAYS),                            \
		BY_TASK("zienswijze-deskundige", ZIENSWIJZE, TOELAATBAARHEID, SWV, SCHOOLS,        \
			DATA_TLV, KB_NEED_AANGEMELD, "R09", "B01; 001:903", ALWAYS),               \
		BY_TASK("tlv-besluit", TLV_BESLUIT, TOELAATBAARHEID, SWV, SCHOOLS, DATA_TLV_STATE, \
			KB_NEED_AANGEMELD, "R09", "B01, B02, B06, R12; WPO 18a lid 14, 004:1466",  \
			ALWAYS),                                                                   \
		BY_TASK("advies-afschrift", ADVIES_AFSCHRIFT, ADVIES, SWV, SCHOOLS, DATA_WHO,      \
			KB_NEED_AANGEMELD, "R09", "B16, R13; 004:1466", ALWAYS),                   \
		BY_TASK("herindicatie-school", HERINDICATIE_SIGNAAL, TOELAATBAARHEID, SCHOOLS,     \
			SWV, DATA_TLV_STATE, NO_NEEDS, "R16", "B11; 004:1024-1026, 2136", ALWAYS)

#define KB_PERMIT_RETURN                                                                           \
	BY_CONSENT("terugplaatsing-voorstel", TERUGPLAATSING_VOORSTEL, OVERDRACHT, SBO_SO, BAO,    \
		   DATA_SUPPORT, KB_NEED_GEEN_PROEFPLAATSING, "R22, R39",                          \
		   "B12; 004:2128-2152, 001:364-378", ALWAYS),                                     \
		BY_TASK("proefplaatsing-uitkomst", PROEFPLAATSING_JA_NEE, ZORGPLICHT, SCHOOL,      \
			SCHOOL, DATA_PROCESS, NO_NEEDS, "R39", "B18; 004:742-744", ALWAYS),        \
		BY_CONSENT("crisisplaatsing-sbo", CRISISPLAATSING, ZORGPLICHT, SCHOOL, SBO,        \
			   DATA_SUPPORT | DATA_CONTACT, KB_NEED_GEEN_PROEFPLAATSING, "R39",        \
			   "B13; 004:2158-2160", ALWAYS),                                          \
		BY_TASK("crisisplaatsing-swv", CRISISPLAATSING, TOELAATBAARHEID, SCHOOL, SWV,      \
			DATA_NEED, KB_NEED_GEEN_PROEFPLAATSING, "R39",                             \
			"B13, E12; 004:251, 2158-2160, 001:284", ALWAYS),                          \
		BY_TASK("cluster1-melding", CLUSTER1_MELDING, TOEWIJZING, SCHOOLS, SWV, DATA_NEED, \
			KB_NEED_INSTEMMING, "R03", "C09; 001:614", ALWAYS)

#endif
