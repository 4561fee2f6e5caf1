/* SPDX-License-Identifier: EUPL-1.2 */
/* Invented data sets in the school year of today, made to measure. */
#ifndef KB_TESTS_TOWN_YEAR_H
#define KB_TESTS_TOWN_YEAR_H

#include "tests/support/town.h"

/*
 * Every pupil is absent for 240 minutes on Monday to Thursday of the week of first_monday, and again every second week: each time
 * one 16-uur melding on the Thursday. Pupil i lives in gemeentecodes[i % gemeente_count] and is called
 * "<prefix><i, 4 digits>", "Zwaluwtje<i>" "Papegaaiduiker<prefix>".
 */
struct town_year {
	const char *prefix;
	unsigned pupil_count;
	unsigned first_pgn; /* PGNs differ between sets whose first_pgn differ by a million */
	const char *const *gemeentecodes;
	unsigned gemeente_count;
	int32_t first_monday;
	unsigned melding_count; /* per pupil */
	unsigned skip_pupil;	/* number + 1 of a pupil that is never absent; 0: none */
	bool without_personen;
};

#define TOWN_YEAR_CANARY_VOORNAAM "Zwaluwtje"
#define TOWN_YEAR_CANARY_ACHTERNAAM "Papegaaiduiker"

/* The Monday that many weeks before this one; the test is skipped by its caller when it lies before the school year (then INT32_MIN). */
int32_t town_year_monday(unsigned weeks_ago);
/* Makes the folder and the four files. */
void town_year_write(struct town *town, const char *folder, const struct town_year *year);
/* Begin and end of melding k as YYYY-MM-DD. */
void town_year_melding(const struct town_year *year, unsigned k, char begin[16], char end[16]);
void town_year_pgn(const struct town_year *year, unsigned pupil, char out[10]);

#endif
