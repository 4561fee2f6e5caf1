/* SPDX-License-Identifier: EUPL-1.2 */
/* Permission rows 90-101: escalation, disputes, payments and the monitor (requirements 2F, 2H and 3). */
#ifndef KB_EXCHANGE_PERMIT_ROWS_GESCHIL_H
#define KB_EXCHANGE_PERMIT_ROWS_GESCHIL_H

#include "common/exchange/permit_rows.h"

/*
 * A school that is ordered to take a child has it not yet aangemeld, and must know whom to expect and what it needs: no more, for
 * what an SWV knows from its tasks goes to the own bevoegd gezag (R09).
 */
#define KB_PERMIT_ESCALATIE                                                                        \
	BY_TASK("escalatie-swv", ESCALATIE_STAP, ZORGPLICHT, SCHOOLS, SWV, DATA_WHO, NO_NEEDS,     \
		"R16", "H01; 004:419, 971-973", ALWAYS),                                           \
		BY_TASK("escalatie-bestuur", ESCALATIE_STAP, ZORGPLICHT, SWV, SCHOOLS, DATA_WHO,   \
			KB_NEED_AANGEMELD, "R09", "H01; 004:419, 440, 971-973", ALWAYS),           \
		BY_TASK("doorzetting", DOORZETTING_BESLUIT, ZORGPLICHT, SWV, SCHOOLS, DATA_PLACE,  \
			NO_NEEDS, "R32", "H01, R32; 004:440, 981-986", ALWAYS),                    \
		BY_TASK("bto-impasse", BTO_IMPASSE, ZORGPLICHT, SCHOOLS, SWV, DATA_SUPPORT,        \
			NO_NEEDS, "R08", "H03; 003:1856-1858", ALWAYS),                            \
		BY_TASK("bto-bindend", BTO_BINDEND, ZORGPLICHT, SWV, SCHOOLS, DATA_PLACE,          \
			NO_NEEDS, "R09", "H03; 003:1858", ALWAYS)

#define KB_PERMIT_GESCHIL                                                                          \
	BY_TASK("bezwaar", BEZWAAR, GESCHIL, SCHOOLS, SWV, DATA_TLV_STATE, KB_NEED_REDEN, "H05",   \
		"H05; Awb 7:13, WPO 18a lid 12, 004:2075-2077", ALWAYS),                           \
		BY_TASK("bezwaar-besluit", BEZWAAR, GESCHIL, SWV, SCHOOLS, DATA_TLV_STATE,         \
			KB_NEED_AANGEMELD, "R09", "H05; 004:559, 1455", ALWAYS),                   \
		BY_TASK("geschil", GESCHIL, GESCHIL, SCHOOLS, SWV, DATA_PROCESS, NO_NEEDS, "R16",  \
			"H06, K-A3; 004:1341-1342, 2079", ALWAYS),                                 \
		BY_TASK("klacht-swv", KLACHT, GESCHIL, SCHOOLS, SWV, DATA_PROCESS, NO_NEEDS,       \
			"R16", "H08; 001:980-984", ALWAYS),                                        \
		BY_TASK("klacht-school", KLACHT, GESCHIL, SCHOOLS, SCHOOLS, DATA_PROCESS,          \
			NO_NEEDS, "R16", "H08; 001:980-984", ALWAYS),                              \
		BY_TASK("betaling-stop", BETALING_STOP, BEKOSTIGING, SWV, SCHOOLS, DATA_PROCESS,   \
			KB_NEED_REDEN | KB_NEED_AANKONDIGING, "R33", "H01, H02; 004:983", ALWAYS)

/* R37: a gemeente gets counts alone; R29: the list has ordinals and no child, and goes to the SWV only. */
#define KB_PERMIT_MONITOR                                                                          \
	BY_TASK("monitor-rapport-swv", MONITOR_RAPPORT, MONITOR, SCHOOLS, SWV,                     \
		DATA_COUNTS | DATA_PROCESS, NO_NEEDS, "R16",                                       \
		"K-A1, K-A3, K-D1; 001:532, 004:1341", ALWAYS),                                    \
		BY_TASK("monitor-rapport-besturen", MONITOR_RAPPORT, MONITOR, SWV, SCHOOLS,        \
			DATA_COUNTS | DATA_PROCESS, NO_NEEDS, "R16", "K-D1, K-D9; 001:547",        \
			ALWAYS),                                                                   \
		BY_TASK("monitor-rapport-jeugd", MONITOR_RAPPORT, MONITOR, SWV, JEUGD,             \
			DATA_COUNTS, NO_NEEDS, "R37", "K-D1; 001:547", ALWAYS),                    \
		BY_TASK("monitor-rapport-leerplicht", MONITOR_RAPPORT, MONITOR, SWV, LEERPLICHT,   \
			DATA_COUNTS, NO_NEEDS, "R37", "K-E4; 003:900-903", ALWAYS),                \
		BY_TASK("monitor-lijst", MONITOR_LIJST, MONITOR, SCHOOLS, SWV,                     \
			DATA_PROCESS | DATA_COUNTS | (uint32_t)KB_DATA_ONDERSTEUNING, NO_NEEDS,    \
			"R29", "K-A4; 004:1807-1816", ALWAYS)

#endif
