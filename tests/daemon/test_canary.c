/* SPDX-License-Identifier: EUPL-1.2 */
/* Who is not meant to know, does not: the broker's disk and memory, everybody's logs, temporary files and environments. */
#include "tests/daemon/exchange.h"
#include "tests/support/town_year.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const codes[] = { "0114", NULL };

/* Names, PGN, pupil number, place, text of an act, and the names of message kinds and of what is in them. */
static const char *const canaries[] = { TOWN_YEAR_CANARY_VOORNAAM,
					TOWN_YEAR_CANARY_ACHTERNAAM,
					"999000",
					"ZKP0000",
					"Kwikstaartlaan",
					"Vogelenzang",
					"Fazant",
					"boomklever" };
#define CANARY_COUNT (sizeof(canaries) / sizeof(canaries[0]))
/* A broker must not know them as words either. */
static const char *const kinds[] = { "verzuim-melding", "verzuim_melding", "luxeverzuim", "16-uur",
				     "langdurig" };
#define KIND_COUNT (sizeof(kinds) / sizeof(kinds[0]))

static struct town *
busy_town(void)
{
	struct town *town = exchange_new(codes);
	struct town_party *school = town_find(town, "school");
	const char *set = town_path(town_folder(town), "set");
	struct town_year year = { .prefix = "ZKP",
				  .pupil_count = 40,
				  .gemeentecodes = codes,
				  .gemeente_count = 1,
				  .first_monday = town_year_monday(4),
				  .melding_count = 1 };
	struct town_said said;
	char pgn[10];
	char zaak[24];

	if (year.first_monday == INT32_MIN) {
		year.first_monday = town_year_monday(0);
	}
	town_year_write(town, set, &year);
	import_set(school, set);
	town_year_pgn(&year, 3, pgn);
	dossier_of(exchange_gemeente(town, "0114"), pgn, zaak);
	said = town_must(exchange_gemeente(town, "0114"), "case", "act", zaak, "vraag", "--tekst",
			 "een boomklever?");
	town_said_clear(&said);
	town_wait_quiet(exchange_gemeente(town, "0114"), 20000);
	return town;
}

Test(canary, the_broker_holds_none_of_it_on_disk_in_memory_in_its_log_or_environment)
{
	struct town *town = busy_town();
	struct town_party *broker = town_find(town, "broker");
	struct town_party *gemeente = exchange_gemeente(town, "0114");

	/* With mail waiting too: the gemeente is away. */
	town_stop(gemeente);
	{
		struct town_said said = town_must(town_find(town, "school"), "verzuim", "list");
		char zaak[24];

		(void)snprintf(zaak, sizeof(zaak), "%s", town_cell(&said, "meldingen", 0, "zaak"));
		town_said_clear(&said);
		said = town_must(town_find(town, "school"), "case", "act", zaak, "stap", "--tekst",
				 "boomklever gezien");
		town_said_clear(&said);
	}
	cr_assert_eq(town_search_folder(town, broker->folder, canaries, CANARY_COUNT), 0);
	cr_assert_eq(town_search_folder(town, broker->folder, kinds, KIND_COUNT), 0);
	cr_assert_eq(town_search_memory(broker, canaries, CANARY_COUNT), 0);
	cr_assert_eq(town_search_environment(broker, canaries, CANARY_COUNT), 0);
	town_free(town);
}

Test(canary, no_log_no_temporary_file_and_no_store_of_anybody_shows_it)
{
	struct town *town = busy_town();
	const char *const names[] = { "broker", "school", "vo", "emmen" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct town_party *party = town_find(town, names[i]);

		cr_assert_eq(town_search_folder(town, party->log, canaries, CANARY_COUNT), 0,
			     "log of %s", names[i]);
		cr_assert_eq(town_search_environment(party, canaries, CANARY_COUNT), 0,
			     "environment of %s", names[i]);
		/* Encrypted at rest (design 6): an agent's own disk does not show it either. */
		cr_assert_eq(town_search_folder(town, party->data, canaries, CANARY_COUNT), 0,
			     "store of %s", names[i]);
	}
	cr_assert_eq(town_search_folder(town, town_path(town_folder(town), "tmp"), canaries,
					CANARY_COUNT),
		     0);
	town_free(town);
}

Test(canary, the_search_itself_finds_what_is_there)
{
	struct town *town = busy_town();
	struct town_party *gemeente = exchange_gemeente(town, "0114");
	static const char *const seen[] = { "NOTIFY_SOCKET=" };
	static const char *const program[] = { "ketenbode" };

	cr_assert_gt(town_search_folder(town, town_path(town_folder(town), "set"), canaries,
					CANARY_COUNT),
		     40);
	cr_assert_gt(town_search_environment(gemeente, seen, 1), 0);
	cr_assert_gt(town_search_memory(gemeente, program, 1), 0);
	town_free(town);
}
