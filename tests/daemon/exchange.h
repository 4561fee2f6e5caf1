/* SPDX-License-Identifier: EUPL-1.2 */
/* What the tests of running daemons share: towns that are up, and what meldingen stand where. */
#ifndef KB_TESTS_DAEMON_EXCHANGE_H
#define KB_TESTS_DAEMON_EXCHANGE_H

#include "tests/support/town.h"

/* A broker, the school and vo school, and gemeenten for the codes (NULL-ended); all started, all sessions up. */
struct town *exchange_new(const char *const *gemeentecodes);
/* The same in the region of that profile; NULL: demo. */
struct town *exchange_new_in(const char *const *gemeentecodes, const char *profile);
/* The same parties with keys and admission, nothing started. */
struct town *exchange_laid_out(const char *const *gemeentecodes);
void exchange_wait_session(struct town_party *party);
struct town_party *exchange_gemeente(struct town *town, const char *code);

/* Lines "leerling;soort;begin;eind;minuten;gemeentecode;uiterste melddatum", sorted. */
struct lines {
	char **at;
	size_t count;
};

void lines_add(struct lines *lines, const char *line);
void lines_sort(struct lines *lines);
void lines_release(struct lines *lines);
/* Says on stderr what is only in one of both; true when equal. */
bool lines_equal(const struct lines *want, const struct lines *got);

/* verwacht.csv of a data set, without those leerlingen (NULL-ended; NULL: all). */
void expected_lines(struct town *town, const char *dataset, const char *const *without,
		    struct lines *out);
/* Every melding of school that stands at a gemeente of the town, withdrawn ones left out; PGNs become leerlingen by personen.csv of
 * dataset. */
void delivered_lines(struct town_party *school, const char *dataset, struct lines *out);
/* Meldingen and dossiers at one gemeente. */
size_t meldingen_at(struct town_party *gemeente);
size_t dossiers_at(struct town_party *gemeente);
/* The dossier (case number as text) whose melding is of the pupil with this PGN; "" when there is none. */
void dossier_of(struct town_party *gemeente, const char *pgn, char out[24]);

/* Imports, must succeed, and waits until everything has arrived. */
void import_set(struct town_party *school, const char *dataset);
/* Waits until no melding of the school waits for the register, and the outbox is empty. */
void wait_delivered(struct town_party *school);
/* Counts of the import's answer. */
int import_count(const struct town_said *said, const char *what);

#endif
