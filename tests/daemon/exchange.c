/* SPDX-License-Identifier: EUPL-1.2 */
/* What the tests of running daemons share. */
#include "tests/daemon/exchange.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SESSION_MS 20000
#define QUIET_MS 60000
#define REGISTER_HOLD "het register is nog niet bekend of te oud"

struct town *
exchange_laid_out(const char *const *gemeentecodes)
{
	struct town *town = town_new();

	(void)town_add(town, &town_broker);
	(void)town_add(town, &town_school);
	(void)town_add(town, &town_vo);
	for (size_t i = 0; gemeentecodes[i] != NULL; i++) {
		(void)town_add(town, town_gemeente_of(gemeentecodes[i]));
	}
	town_admit(town);
	return town;
}

static bool
session_is_up(void *state)
{
	struct town_said said = town_desk(state, "status");
	int row = town_row_of(&said, "status", "wat", "sessie");
	bool up = row >= 0 && strcmp(town_cell(&said, "status", (size_t)row, "waarde"),
				     "verbonden met de broker") == 0;

	town_said_clear(&said);
	return up;
}

void
exchange_wait_session(struct town_party *party)
{
	town_until(party->town, "the session with the broker is up", SESSION_MS, session_is_up,
		   party);
}

struct town *
exchange_new(const char *const *gemeentecodes)
{
	return exchange_new_in(gemeentecodes, NULL);
}

struct town *
exchange_new_in(const char *const *gemeentecodes, const char *profile)
{
	struct town *town = exchange_laid_out(gemeentecodes);
	struct town_party *parties[TOWN_PARTIES_MAX];
	size_t count = 0;

	town_start(town_find(town, "broker"));
	parties[count++] = town_find(town, "school");
	parties[count++] = town_find(town, "vo");
	for (size_t i = 0; gemeentecodes[i] != NULL; i++) {
		parties[count++] = exchange_gemeente(town, gemeentecodes[i]);
	}
	for (size_t i = 0; i < count; i++) {
		parties[i]->profile = profile;
		town_start(parties[i]);
	}
	for (size_t i = 0; i < count; i++) {
		exchange_wait_session(parties[i]);
	}
	return town;
}

struct town_party *
exchange_gemeente(struct town *town, const char *code)
{
	return town_find(town, town_gemeente_of(code)->name);
}

void
lines_add(struct lines *lines, const char *line)
{
	char **more = realloc(lines->at, (lines->count + 1) * sizeof(*more));

	if (more == NULL) {
		abort();
	}
	lines->at = more;
	lines->at[lines->count++] = strdup(line);
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void
lines_sort(struct lines *lines)
{
	if (lines->count > 0) {
		qsort(lines->at, lines->count, sizeof(*lines->at), compare);
	}
}

void
lines_release(struct lines *lines)
{
	for (size_t i = 0; i < lines->count; i++) {
		free(lines->at[i]);
	}
	free(lines->at);
	*lines = (struct lines){ 0 };
}

bool
lines_equal(const struct lines *want, const struct lines *got)
{
	size_t i = 0;
	size_t j = 0;
	bool equal = true;

	while (i < want->count || j < got->count) {
		int order = i == want->count  ? 1
			    : j == got->count ? -1
					      : strcmp(want->at[i], got->at[j]);

		if (order != 0) {
			equal = false;
			(void)fprintf(stderr, "%s %s\n", order < 0 ? "missing:" : "too much:",
				      order < 0 ? want->at[i] : got->at[j]);
		}
		i += order <= 0;
		j += order >= 0;
	}
	return equal;
}

static bool
is_one_of(const char *line, const char *const *names)
{
	for (size_t i = 0; names != NULL && names[i] != NULL; i++) {
		if (strncmp(line, names[i], strlen(names[i])) == 0 &&
		    line[strlen(names[i])] == ';') {
			return true;
		}
	}
	return false;
}

void
expected_lines(struct town *town, const char *dataset, const char *const *without,
	       struct lines *out)
{
	size_t bytes = 0;
	char *text = town_read(town, town_path(dataset, "verwacht.csv"), &bytes);
	char *rest = text;
	char *line = NULL;
	bool header = true;

	while ((line = strsep(&rest, "\n")) != NULL) {
		if (!header && line[0] != 0 && !is_one_of(line, without)) {
			lines_add(out, line);
		}
		header = false;
	}
	free(text);
	lines_sort(out);
}

/* "leerling;pgn;" of personen.csv, as a map from pgn to leerling. */
static json_t *
leerlingen_by_pgn(struct town *town, const char *dataset)
{
	json_t *map = json_object();
	size_t bytes = 0;
	char *text = town_read(town, town_path(dataset, "personen.csv"), &bytes);
	char *rest = text;
	char *line = NULL;

	while ((line = strsep(&rest, "\n")) != NULL) {
		char *leerling = strsep(&line, ";");
		char *pgn = strsep(&line, ";");

		if (pgn != NULL) {
			(void)json_object_set_new(map, pgn, json_string(leerling));
		}
	}
	free(text);
	return map;
}

static void
lines_of_gemeente(struct town_party *gemeente, const json_t *leerlingen, const char *vestiging,
		  struct lines *out)
{
	struct town_said said = town_desk(gemeente, "verzuim export");

	if (said.exit_code != 0) {
		town_fail(gemeente->town, "verzuim export at %s: %s", gemeente->spec->name,
			  said.out);
	}
	for (size_t i = 0; i < town_rows(&said, "meldingen"); i++) {
		const char *leerling = json_string_value(
			json_object_get(leerlingen, town_cell(&said, "meldingen", i, "pgn")));
		char line[512];

		if (strcmp(town_cell(&said, "meldingen", i, "wijziging"), "ingetrokken") == 0 ||
		    strcmp(town_cell(&said, "meldingen", i, "vestigingsnummer"), vestiging) != 0) {
			continue;
		}
		(void)snprintf(line, sizeof(line), "%s;%s;%s;%s;%s;%s;%s",
			       leerling != NULL ? leerling : "?",
			       town_cell(&said, "meldingen", i, "soort"),
			       town_cell(&said, "meldingen", i, "begindatum"),
			       town_cell(&said, "meldingen", i, "einddatum"),
			       town_cell(&said, "meldingen", i, "minuten"),
			       town_cell(&said, "meldingen", i, "gemeentecode"),
			       town_cell(&said, "meldingen", i, "uiterste_melddatum"));
		if (strcmp(town_cell(&said, "meldingen", i, "gemeentecode"),
			   gemeente->spec->gemeente) != 0) {
			(void)fprintf(stderr, "at the wrong gemeente %s: %s\n",
				      gemeente->spec->name, line);
			lines_add(out, "at the wrong gemeente");
		}
		lines_add(out, line);
	}
	town_said_clear(&said);
}

void
delivered_lines(struct town_party *school, const char *dataset, struct lines *out)
{
	struct town *town = school->town;
	json_t *leerlingen = leerlingen_by_pgn(town, dataset);
	/* The unit behind the OIN is BRIN and vestiging. */
	const char *vestiging = strchr(school->spec->party, '/') + 1;

	for (size_t i = 0; i < sizeof(town_gemeenten) / sizeof(town_gemeenten[0]); i++) {
		struct town_party *gemeente = town_find_if(town, town_gemeenten[i].name);

		if (gemeente != NULL && town_running(gemeente)) {
			lines_of_gemeente(gemeente, leerlingen, vestiging, out);
		}
	}
	json_decref(leerlingen);
	lines_sort(out);
}

size_t
meldingen_at(struct town_party *gemeente)
{
	struct town_said said = town_desk(gemeente, "verzuim export");
	size_t count = 0;

	for (size_t i = 0; i < town_rows(&said, "meldingen"); i++) {
		count += strcmp(town_cell(&said, "meldingen", i, "wijziging"), "ingetrokken") != 0;
	}
	town_said_clear(&said);
	return count;
}

size_t
dossiers_at(struct town_party *gemeente)
{
	struct town_said said = town_desk(gemeente, "inbox");
	size_t count = town_rows(&said, "dossiers");

	town_said_clear(&said);
	return count;
}

void
dossier_of(struct town_party *gemeente, const char *pgn, char out[24])
{
	struct town_said inbox = town_desk(gemeente, "inbox");

	out[0] = 0;
	for (size_t i = 0; i < town_rows(&inbox, "dossiers") && out[0] == 0; i++) {
		const char *zaak = town_cell(&inbox, "dossiers", i, "zaak");
		struct town_said said = town_desk(gemeente, "case show", "zaak", zaak);

		if (strcmp(town_field(&said, "leerling", "PGN"), pgn) == 0) {
			(void)snprintf(out, 24, "%s", zaak);
		}
		town_said_clear(&said);
	}
	town_said_clear(&inbox);
}

/* Who serves a gemeentecode is asked of the register at first sight: until the answer is there the meldingen wait. */
static bool
nothing_waits_for_the_register(void *state)
{
	struct town_said said = town_desk(state, "verzuim list");
	bool waits = said.exit_code != 0 ||
		     town_row_of(&said, "meldingen", "let op", REGISTER_HOLD) >= 0;

	town_said_clear(&said);
	return !waits;
}

void
wait_delivered(struct town_party *school)
{
	town_until(school->town, "the register has answered", QUIET_MS,
		   nothing_waits_for_the_register, school);
	town_wait_quiet(school, QUIET_MS);
}

void
import_set(struct town_party *school, const char *dataset)
{
	struct town_said said = town_must(school, "verzuim", "import", dataset);

	town_said_clear(&said);
	wait_delivered(school);
}

int
import_count(const struct town_said *said, const char *what)
{
	const char *text = town_field(said, "ingelezen", what);

	return text[0] != 0 ? (int)strtol(text, NULL, 10) : -1;
}
