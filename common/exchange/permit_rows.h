/* SPDX-License-Identifier: EUPL-1.2 */
/* The words in which the rows of the permission table are written. Only for permit_table.c and its permit_rows_*.h. */
#ifndef KB_EXCHANGE_PERMIT_ROWS_H
#define KB_EXCHANGE_PERMIT_ROWS_H

#include "common/exchange/date.h"
#include "common/exchange/permit.h"

/* ---- sides: OF_ who sends, TO_ who receives; rows name them without the prefix ---- */

#define PARTY_SCHOOL KB_PARTY_BIT(KB_PARTY_SCHOOL)
#define PARTY_VO KB_PARTY_BIT(KB_PARTY_VO)
#define PARTY_SCHOOLS (PARTY_SCHOOL | PARTY_VO)
#define PARTY_SWV KB_PARTY_BIT(KB_PARTY_SWV)
#define PARTY_GEMEENTE KB_PARTY_BIT(KB_PARTY_GEMEENTE)
#define PARTY_JEUGDHULP KB_PARTY_BIT(KB_PARTY_JEUGDHULP)
#define PARTY_AGENTS (PARTY_SCHOOLS | PARTY_SWV | PARTY_GEMEENTE | PARTY_JEUGDHULP)
#define SECTOR(name) (1u << KB_SECTOR_##name)

#define OF_AGENTS                                                                                  \
	{                                                                                          \
		.kinds = PARTY_AGENTS                                                              \
	}
#define OF_SCHOOLS_JEUGDHULP                                                                       \
	{                                                                                          \
		.kinds = PARTY_SCHOOLS | PARTY_JEUGDHULP                                           \
	}
#define OF_SCHOOLS                                                                                 \
	{                                                                                          \
		.kinds = PARTY_SCHOOLS                                                             \
	}
#define OF_SCHOOL                                                                                  \
	{                                                                                          \
		.kinds = PARTY_SCHOOL                                                              \
	}
#define OF_SBO_SO                                                                                  \
	{                                                                                          \
		.kinds = PARTY_SCHOOL, .sectors = SECTOR(SBO) | SECTOR(SO)                         \
	}
#define OF_SO                                                                                      \
	{                                                                                          \
		.kinds = PARTY_SCHOOL, .sectors = SECTOR(SO)                                       \
	}
#define OF_VO                                                                                      \
	{                                                                                          \
		.kinds = PARTY_VO                                                                  \
	}
#define OF_PRO                                                                                     \
	{                                                                                          \
		.kinds = PARTY_VO, .sectors = SECTOR(PRO)                                          \
	}
#define OF_VSO                                                                                     \
	{                                                                                          \
		.kinds = PARTY_SCHOOLS, .sectors = SECTOR(VSO)                                     \
	}
#define OF_SWV                                                                                     \
	{                                                                                          \
		.kinds = PARTY_SWV                                                                 \
	}
#define OF_JEUGDHULP                                                                               \
	{                                                                                          \
		.kinds = PARTY_JEUGDHULP                                                           \
	}
#define OF_LEERPLICHT                                                                              \
	{                                                                                          \
		.kinds = PARTY_GEMEENTE, .desk = KB_DESK_LEERPLICHT                                \
	}
#define OF_JEUGD                                                                                   \
	{                                                                                          \
		.kinds = PARTY_GEMEENTE, .desk = KB_DESK_JEUGD                                     \
	}
#define OF_DOORSTROOMPUNT                                                                          \
	{                                                                                          \
		.kinds = PARTY_GEMEENTE, .desk = KB_DESK_DOORSTROOMPUNT                            \
	}

#define TO_AGENTS                                                                                  \
	{                                                                                          \
		.kinds = PARTY_AGENTS                                                              \
	}
#define TO_SCHOOLS                                                                                 \
	{                                                                                          \
		.kinds = PARTY_SCHOOLS, .desk = KB_DESK_SCHOOL                                     \
	}
#define TO_SCHOOL                                                                                  \
	{                                                                                          \
		.kinds = PARTY_SCHOOL, .desk = KB_DESK_SCHOOL                                      \
	}
#define TO_BAO                                                                                     \
	{                                                                                          \
		.kinds = PARTY_SCHOOL, .sectors = SECTOR(BAO), .desk = KB_DESK_SCHOOL              \
	}
#define TO_SBO                                                                                     \
	{                                                                                          \
		.kinds = PARTY_SCHOOL, .sectors = SECTOR(SBO), .desk = KB_DESK_SCHOOL              \
	}
#define TO_VO                                                                                      \
	{                                                                                          \
		.kinds = PARTY_VO, .desk = KB_DESK_SCHOOL                                          \
	}
#define TO_VO_PRO                                                                                  \
	{                                                                                          \
		.kinds = PARTY_VO, .sectors = SECTOR(VO) | SECTOR(PRO), .desk = KB_DESK_SCHOOL     \
	}
#define TO_SWV                                                                                     \
	{                                                                                          \
		.kinds = PARTY_SWV, .desk = KB_DESK_SWV                                            \
	}
#define TO_JEUGDHULP                                                                               \
	{                                                                                          \
		.kinds = PARTY_JEUGDHULP, .desk = KB_DESK_JEUGDHULP                                \
	}
#define TO_LEERPLICHT OF_LEERPLICHT
#define TO_JEUGD OF_JEUGD
#define TO_DOORSTROOMPUNT OF_DOORSTROOMPUNT

/* ---- what may be in it ---- */

#define DATA_PROCESS ((uint32_t)KB_DATA_PROCES)
#define DATA_COUNTS ((uint32_t)KB_DATA_AANTALLEN)
#define DATA_WHO ((uint32_t)(KB_DATA_IDENTITEIT | KB_DATA_PROCES))
#define DATA_CONTACT (DATA_WHO | (uint32_t)KB_DATA_CONTACT)
#define DATA_ABSENCE (DATA_CONTACT | (uint32_t)KB_DATA_VERZUIM)
#define DATA_CAREER (DATA_WHO | (uint32_t)KB_DATA_ONDERWIJS)
#define DATA_SUPPORT (DATA_CAREER | (uint32_t)KB_DATA_ONDERSTEUNING)
/* What a decision about a child tells, and what a school needs that must take a child. */
#define DATA_NEED (DATA_WHO | (uint32_t)KB_DATA_ONDERSTEUNING)
#define DATA_PLACE (DATA_NEED | DATA_CONTACT)
#define DATA_CARE ((uint32_t)(KB_DATA_GEZONDHEID | KB_DATA_JEUGDHULP | KB_DATA_GEZIN))
/*
 * What an SWV may hold for advies and toewijzing, and for a TLV: about it, with the file, and for VSO with care and family too
 * (003:2518-2523), which no other TLV asks.
 */
#define DATA_ADVICE (DATA_SUPPORT | (uint32_t)KB_DATA_GEZONDHEID)
#define DATA_TLV (DATA_ADVICE | (uint32_t)KB_DATA_TOELAATBAARHEID)
#define DATA_TLV_FILE (DATA_TLV | DATA_CONTACT)
#define DATA_TLV_VSO (DATA_TLV_FILE | (uint32_t)(KB_DATA_JEUGDHULP | KB_DATA_GEZIN))
#define DATA_TLV_STATE (DATA_WHO | (uint32_t)KB_DATA_TOELAATBAARHEID)
/* What several parties may know of a child at one table, with its SWV among them: no health (R08), no TLV (R09). */
#define DATA_TABLE (DATA_SUPPORT | DATA_ABSENCE | (uint32_t)(KB_DATA_JEUGDHULP | KB_DATA_GEZIN))
/* What comes out of the table: its members hold the address already. */
#define DATA_OUTCOME (DATA_TABLE & ~(uint32_t)KB_DATA_CONTACT)
#define DATA_TABLE_CARE (DATA_TABLE | (uint32_t)KB_DATA_GEZONDHEID)

/* ---- rows: name, kind, purpose, from, to, categories, needs, rule, source, then what else the row says ---- */

#define ALWAYS .valid_from_day = KB_DAY_NONE, .valid_until_day = KB_DAY_NONE
/* Wet Sterk beroepsonderwijs: between VO schools the toestemming ended with 31 July 2020 (facts D5). Days since 1970. */
#define DAY_2020_07_31 18474
#define DAY_2020_08_01 18475
#define UNTIL_2020 .valid_from_day = KB_DAY_NONE, .valid_until_day = DAY_2020_07_31
#define SINCE_2020 .valid_from_day = DAY_2020_08_01, .valid_until_day = KB_DAY_NONE

#define ON(flag) .region_on = KB_REGION_##flag
#define OFF(flag) .region_off = KB_REGION_##flag
#define REGELING ON(JEUGDHULP_REGELING), ALWAYS
#define NO_NEEDS 0

#define ROW_OF(name_, kind_, purpose_, ground_, from_, to_, categories_, needs_, rule_, source_)   \
	.name = (name_), .kind = KB_KIND_##kind_, .purpose = KB_PURPOSE_##purpose_,                \
	.ground = KB_GROUND_##ground_, .from = OF_##from_, .to = TO_##to_,                         \
	.categories = (categories_), .needs = (uint32_t)(needs_), .rule = (rule_),                 \
	.source = (source_)
#define BY_TASK(name_, kind_, purpose_, from_, to_, categories_, needs_, rule_, source_, ...)      \
	{                                                                                          \
		ROW_OF(name_, kind_, purpose_, WETTELIJKE_TAAK, from_, to_, categories_, needs_,   \
		       rule_, source_),                                                            \
			__VA_ARGS__                                                                \
	}
/* A row that rests on a toestemming asks for it. */
#define BY_CONSENT(name_, kind_, purpose_, from_, to_, categories_, needs_, rule_, source_, ...)   \
	{                                                                                          \
		ROW_OF(name_, kind_, purpose_, TOESTEMMING, from_, to_, categories_,               \
		       (needs_) | KB_NEED_TOESTEMMING, rule_, source_),                            \
			__VA_ARGS__                                                                \
	}
/* Danger to a child: without toestemming, always with the reason (facts D5). */
#define BY_DANGER(name_, kind_, from_, to_, categories_)                                           \
	{                                                                                          \
		ROW_OF(name_, kind_, VEILIGHEID, VITAAL_BELANG, from_, to_, categories_,           \
		       KB_NEED_REDEN, "facts D5",                                                  \
		       "facts D5: without consent when there is danger, the reason logged"),       \
			ALWAYS                                                                     \
	}

#endif
