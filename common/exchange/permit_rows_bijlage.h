/* SPDX-License-Identifier: EUPL-1.2 */
/* Permission rows 136 and 138: attachments of a case, where the talk in it goes (design 7), and stricter in an overdracht. */
#ifndef KB_EXCHANGE_PERMIT_ROWS_BIJLAGE_H
#define KB_EXCHANGE_PERMIT_ROWS_BIJLAGE_H

#include "common/exchange/permit_rows.h"
#include "common/exchange/permit_rows_gesprek.h"
#include "common/exchange/permit_rows_overdracht.h"

/*
 * What is asked of an attachment is asked of its announcement and of every part alike. A request for parts and the outcome say nothing
 * about a child: they are traffic, like a receipt, and so still possible after a withdrawal, when they are answered with its reason.
 * There is no row for danger: what may go then is said in a message with its reason (R08, facts D5).
 */

/* To an SWV on its task: not out of the middle of a trial (R39); back to the own school alone (R09). */
#define BIJLAGE_SWV(name_, kind_, purpose_, categories_, needs_, rule_)                            \
	BY_TASK(name_ "-aan", kind_, purpose_, SCHOOLS, SWV, categories_, needs_, rule_,           \
		"design 7; WPO 18a lid 6 and 13, 004:1456-1460", ALWAYS),                          \
		BY_TASK(name_ "-van", kind_, purpose_, SWV, SCHOOLS, categories_,                  \
			KB_NEED_AANGEMELD, "R09", "design 7; WPO 18a lid 13, 004:1460", ALWAYS)

#define BIJLAGE_AT_TASK(name_, kind_)                                                              \
	TALK_TASK(name_ "-leerplicht", kind_, LEERPLICHT, SCHOOLS, LEERPLICHT, DATA_ABSENCE,       \
		  "facts D1, D5"),                                                                 \
		BIJLAGE_SWV(name_ "-advies", kind_, ADVIES, DATA_ADVICE, NO_NEEDS, "R08"),         \
		BIJLAGE_SWV(name_ "-tlv", kind_, TOELAATBAARHEID, DATA_TLV_FILE,                   \
			    KB_NEED_GEEN_PROEFPLAATSING, "R08, R39"),                              \
		TALK_TASK(name_ "-vsv", kind_, VSV, VO, DOORSTROOMPUNT,                            \
			  DATA_ABSENCE | DATA_CAREER, "E10; 003:913-918")

/*
 * An overdracht: the OKR part by task after inzage, what is attached beyond it by toestemming, and neither before the child is aangemeld
 * at the receiving school (facts D2, D5), which a message of the talk may be.
 */
#define BIJLAGE_AT_OVERDRACHT(name_, kind_)                                                        \
	BY_TASK(name_ "-okr", kind_, OVERDRACHT, SCHOOL, SCHOOLS, DATA_OKR, DOSSIER_NEEDS,         \
		"facts D5", OKR_SOURCE, ALWAYS),                                                   \
		BY_TASK(name_ "-okr-vo", kind_, OVERDRACHT, VO, VO, DATA_OKR, DOSSIER_NEEDS,       \
			"facts D5", OKR_SOURCE, SINCE_2020),                                       \
		BY_CONSENT(name_ "-overdracht", kind_, OVERDRACHT, SCHOOLS, SCHOOLS,               \
			   DATA_OKR | DATA_CARE, DOSSIER_NEEDS, "facts D5", BEYOND_SOURCE,         \
			   ALWAYS),                                                                \
		BY_CONSENT(name_ "-overdracht-jeugdhulp", kind_, OVERDRACHT, JEUGDHULP, SCHOOL,    \
			   DATA_SUPPORT | DATA_CONTACT | DATA_CARE, DOSSIER_NEEDS, "R38",          \
			   "D08; 001:416-419, 002:240-242", REGELING),                             \
		BY_CONSENT(name_ "-overdracht-swv", kind_, OVERDRACHT, SWV, SWV,                   \
			   DATA_CAREER | DATA_CONTACT, NO_NEEDS, "R09",                            \
			   "design 7; D02, 001:423, 875", ALWAYS)

#define BIJLAGE_AT_PLACE(name_, kind_)                                                             \
	BY_CONSENT(name_ "-zorgplicht", kind_, ZORGPLICHT, SCHOOLS, SCHOOLS, DATA_SUPPORT,         \
		   NO_NEEDS, "A05", "design 7; A05, 004:1491, 1517", ALWAYS),                      \
		TALK_CONSENT(name_ "-jeugdhulp", kind_, JEUGDHULP, SCHOOLS, JEUGDHULP,             \
			     DATA_TABLE_CARE, "R38", "C17; 004:2299", REGELING),                   \
		TALK_CONSENT(name_ "-zorg", kind_, JEUGDHULP, JEUGD, JEUGDHULP, DATA_TABLE_CARE,   \
			     "facts D5", "C07, C17; facts D4", ALWAYS)

#define BIJLAGE_ROWS(name_, kind_)                                                                 \
	BIJLAGE_AT_TASK(name_, kind_), TALK_AT_TABLE(name_, kind_),                                \
		TALK_AT_ACTIETAFEL(name_, kind_), BIJLAGE_AT_OVERDRACHT(name_, kind_),             \
		BIJLAGE_AT_PLACE(name_, kind_)

#endif
