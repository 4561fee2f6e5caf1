/* SPDX-License-Identifier: EUPL-1.2 */
/* Routes of regions played through by running agents: a case from its opening to the regie that comes back. */
#include "tests/daemon/exchange.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CANARY "Zwaluw Kwikstaart"
#define QUIET_MS 20000

/* A DOA: jeugdhulp brings a child in, the swv leads the table, the school takes part. */
struct doa {
	struct town *town;
	struct town_party *party[3]; /* jeugdhulp, swv, school */
	char today[16];
};

enum { JEUGDHULP, SWV, SCHOOL };

static void
settle(struct doa *doa)
{
	/* An answer to what came last may itself have made a message. */
	for (unsigned i = 0; i < 3; i++) {
		for (unsigned j = 0; j < 3; j++) {
			town_wait_quiet(doa->party[j], QUIET_MS);
		}
	}
}

/* A question that must succeed. */
#define MUST(doa, who, ...) must((doa), (who), (const char *const[]){ __VA_ARGS__, NULL })

static void
must(struct doa *doa, unsigned who, const char *const *words)
{
	struct town_said said = town_desk_words(doa->party[who], words);

	cr_assert_eq(said.exit_code, 0, "%s %s %s: %s", doa->party[who]->spec->name, words[0],
		     words[4], said.out);
	town_said_clear(&said);
	settle(doa);
}

/* The value "name=today" or "name=today; who". */
static const char *
fact(const struct doa *doa, const char *name, const char *who)
{
	static char text[160];

	(void)snprintf(text, sizeof(text), "%s=%s%s%s", name, doa->today, who[0] != 0 ? "; " : "",
		       who);
	return text;
}

static void
give_consent(struct doa *doa)
{
	const char *evidence = town_path(town_folder(doa->town), "bewijs.pdf");
	char parties[128];
	struct town_said said;

	town_write(doa->town, evidence, "getekend", 8);
	(void)snprintf(parties, sizeof(parties), "%s,%s", doa->party[SWV]->spec->party,
		       doa->party[SCHOOL]->spec->party);
	said = town_must(doa->party[JEUGDHULP], "consent", "give", "1", "--doel", "doa",
			 "--partijen", parties, "--gegevens", "identiteit,ondersteuning,proces",
			 "--leeftijd", "onder-12", "--gezag", "1", "--ouders", "1", "--bewijs",
			 evidence);
	town_said_clear(&said);
}

static void
doa_open(struct doa *doa, const char *profile)
{
	const struct town_spec *const specs[] = { &town_jeugdhulp, &town_swv, &town_school };
	time_t now = time(NULL);
	struct tm day;
	struct town_said said;

	*doa = (struct doa){ .town = town_new() };
	cr_assert_not_null(localtime_r(&now, &day));
	cr_assert_gt(strftime(doa->today, sizeof(doa->today), "%Y-%m-%d", &day), 0);
	(void)town_add(doa->town, &town_broker);
	for (size_t i = 0; i < 3; i++) {
		doa->party[i] = town_add(doa->town, specs[i]);
		doa->party[i]->profile = profile;
	}
	town_admit(doa->town);
	town_start(town_find(doa->town, "broker"));
	for (size_t i = 0; i < 3; i++) {
		town_start(doa->party[i]);
		exchange_wait_session(doa->party[i]);
	}
	for (size_t i = 0; i < 9; i++) {
		/* Who a partner is, is asked of the register at first sight. */
		said = town_must(doa->party[i / 3], "parties", "lookup", "--partij",
				 specs[i % 3]->party);
		town_said_clear(&said);
	}
}

static void
letter_to_parents(struct doa *doa)
{
	char made[16];
	struct town_said said = town_must(
		doa->party[SWV], "brief", "make", "1", "uitnodiging", "--aan", "Mw. Test",
		"--adres", "Dorpsstraat 1", "--veld", "leerling=Noor", "--veld",
		"bereikbaar=bel 000", "--veld", "onderwerp=hulp", "--veld", "overleg=DOA", "--veld",
		"plaats=school", "--veld", "wanneer=maandag", "--veld", "deelnemers=school",
		"--uit", town_path(town_folder(doa->town), "uitnodiging.html"));

	town_said_clear(&said);
	/* The day as the agent knows it, whatever the time zone of this machine. */
	said = town_must(doa->party[SWV], "brief", "list", "1");
	(void)snprintf(made, sizeof(made), "%.10s", town_cell(&said, "brieven", 0, "gemaakt"));
	town_said_clear(&said);
	said = town_must(doa->party[SWV], "brief", "gegeven", "1", "1", "--datum", made, "--wijze",
			 "aan tafel", "--ontvanger", "moeder");
	town_said_clear(&said);
}

static void
refused(struct doa *doa, const char *step, const char *rule, const char *fields)
{
	struct town_said said =
		town_desk(doa->party[SWV], "act", "zaak", "1", "stap", step, "velden", fields);

	cr_assert_neq(said.exit_code, 0, "%s", said.out);
	cr_assert_not_null(strstr(said.out, rule), "%s: %s", step, said.out);
	town_said_clear(&said);
}

/* The case as an agent shows it must be in that state. */
static void
assert_state(struct doa *doa, unsigned who, const char *state)
{
	struct town_said said = town_must(doa->party[who], "case", "show", "1");

	cr_assert_not_null(strstr(said.out, state), "%s at %s: %s", state,
			   doa->party[who]->spec->name, said.out);
	town_said_clear(&said);
}

static void
bring_in(struct doa *doa)
{
	MUST(doa, JEUGDHULP, "case open", "titel", CANARY);
	MUST(doa, JEUGDHULP, "route start", "zaak", "1", "route", "doa", "rol", "jeugdhulp");
	give_consent(doa);
	MUST(doa, JEUGDHULP, "participant add", "zaak", "1", "rol", "swv", "partij",
	     doa->party[SWV]->spec->party);
	MUST(doa, JEUGDHULP, "participant add", "zaak", "1", "rol", "school", "partij",
	     doa->party[SCHOOL]->spec->party);
	MUST(doa, JEUGDHULP, "act", "zaak", "1", "stap", "indienen", "feiten",
	     fact(doa, "ouders-op-de-hoogte", ""), "velden",
	     "leerling_naam=" CANARY
	     "\ngeboortedatum=2017-05-04\nondersteuningsbehoefte=rust in de klas\n");
	MUST(doa, SWV, "regie", "zaak", "1", "stap", "aanvaarden");
}

static void
hold_the_table(struct doa *doa)
{
	char when[64];
	char told[64];

	(void)snprintf(when, sizeof(when), "gesprek_op=%s\n", doa->today);
	(void)snprintf(told, sizeof(told), "datum=%s\n", doa->today);
	MUST(doa, SWV, "act", "zaak", "1", "stap", "naar-doa-6plus");
	MUST(doa, SWV, "act", "zaak", "1", "stap", "partners-bepalen", "feiten",
	     fact(doa, "partners-bepaald", ""));
	letter_to_parents(doa);
	MUST(doa, SWV, "act", "zaak", "1", "stap", "uitnodigen", "feiten",
	     fact(doa, "ouders-uitgenodigd", ""), "velden", when);
	MUST(doa, SWV, "act", "zaak", "1", "stap", "houden", "feiten",
	     fact(doa, "overleg-gehouden", "Anna, Bert"));
	refused(doa, "adviseren", "R02", told);
	MUST(doa, SWV, "act", "zaak", "1", "stap", "ouders-aanwezig", "feiten",
	     fact(doa, "ouders-aanwezig", ""));
	MUST(doa, SWV, "act", "zaak", "1", "stap", "adviseren", "velden", told);
	assert_state(doa, JEUGDHULP, "Advies of afspraken");
}

static void
give_back(struct doa *doa)
{
	char told[64];

	(void)snprintf(told, sizeof(told), "datum=%s\n", doa->today);
	MUST(doa, JEUGDHULP, "act", "zaak", "1", "stap", "terugkoppelen", "feiten",
	     fact(doa, "terugkoppeling-gedaan", ""), "velden", told);
	assert_state(doa, SWV, "Eerste terugkoppeling gedaan");
	MUST(doa, SWV, "act", "zaak", "1", "stap", "regie-naar-jeugdhulp", "velden",
	     "regie=aangeboden\n");
	MUST(doa, JEUGDHULP, "regie", "zaak", "1", "stap", "aanvaarden");
	MUST(doa, JEUGDHULP, "act", "zaak", "1", "stap", "afsluiten");
	for (unsigned i = 0; i < 3; i++) {
		assert_state(doa, i, "Afgesloten");
	}
}

static void
doa_in(const char *profile)
{
	struct doa doa;

	doa_open(&doa, profile);
	bring_in(&doa);
	hold_the_table(&doa);
	give_back(&doa);
	town_free(doa.town);
}

Test(routes, a_doa_of_jeugdhulp_comes_back_to_jeugdhulp_in_demo)
{
	doa_in("demo");
}
