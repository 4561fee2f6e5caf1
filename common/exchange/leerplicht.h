/* SPDX-License-Identifier: EUPL-1.2 */
/* On which days a pupil is leerplichtig (with kwalificatieplicht, Leerplichtwet 1969 art. 3 and 4a). */
#ifndef KB_EXCHANGE_LEERPLICHT_H
#define KB_EXCHANGE_LEERPLICHT_H

#include "common/exchange/date.h"

struct kb_leerplicht {
	int32_t from_day;  /* first day */
	int32_t until_day; /* first day that no longer counts */
};

/*
 * From the first day of the month after the month of birthday number from_years, until birthday number until_years (not
 * included). Born on 29 February: from 1 March, and a birthday in a common year falls on 1 March.
 */
struct kb_leerplicht kb_leerplicht_of(int32_t birth_day, uint32_t from_years, uint32_t until_years);

static inline bool
kb_leerplicht_on(const struct kb_leerplicht *leerplicht, int32_t day)
{
	return day >= leerplicht->from_day && day < leerplicht->until_day;
}

#endif
