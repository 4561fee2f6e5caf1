/* SPDX-License-Identifier: EUPL-1.2 */
/* Routes of regions played through by running agents, from the opening of a case to its end. */
#include "tests/daemon/exchange.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHILD "leerling_naam=Zwaluw Kwikstaart\ngeboortedatum=2014-05-04\n"
#define QUIET_MS 20000
#define PARTIES_MAX 3

/* One case, number 1 everywhere: the agents start empty. */
struct play {
	struct town *town;
	struct town_party *party[PARTIES_MAX];
	size_t count;
	char today[16]; /* as the agents know it */
};

/* An answer to what came last may itself have made a message. */
static void
settle(struct play *play)
{
	for (size_t i = 0; i < play->count * play->count; i++) {
		town_wait_quiet(play->party[i % play->count], QUIET_MS);
	}
}

/* A question that must succeed. */
#define MUST(play, who, ...) must((play), (who), (const char *const[]){ __VA_ARGS__, NULL })
#define ACT(play, who, ...) MUST((play), (who), "act", "zaak", "1", "stap", __VA_ARGS__)

static void
must(struct play *play, size_t who, const char *const *words)
{
	struct town_said said = town_desk_words(play->party[who], words);

	cr_assert_eq(said.exit_code, 0, "%s %s %s: %s", play->party[who]->spec->name, words[0],
		     words[4], said.out);
	town_said_clear(&said);
	settle(play);
}

/* The step cannot be taken yet, and the answer names the rule. */
static void
refused(struct play *play, size_t who, const char *step, const char *rule, const char *facts,
	const char *fields)
{
	struct town_said said = town_desk(play->party[who], "act", "zaak", "1", "stap", step,
					  "feiten", facts, "velden", fields);

	cr_assert_neq(said.exit_code, 0, "%s: %s", step, said.out);
	cr_assert_not_null(strstr(said.out, rule), "%s: %s", step, said.out);
	town_said_clear(&said);
	settle(play);
}

/* What the agent shows as the state of the case, and the hash of what it rests on: the same at everybody. */
static void
assert_state(struct play *play, const char *state)
{
	for (size_t i = 0; i < play->count; i++) {
		struct town_said said = town_must(play->party[i], "case", "show", "1");

		cr_assert_str_eq(town_cell(&said, "route", 0, "toestand"), state, "%s: %s",
				 play->party[i]->spec->name, said.out);
		town_said_clear(&said);
	}
}

static const char *
dated(const struct play *play, const char *field)
{
	static char text[64];

	(void)snprintf(text, sizeof(text), "%s=%s\n", field, play->today);
	return text;
}

static void
open_play(struct play *play, const char *profile, const struct town_spec *const *specs,
	  size_t count)
{
	struct town_said said;

	*play = (struct play){ .town = town_new(), .count = count };
	(void)town_add(play->town, &town_broker);
	for (size_t i = 0; i < count; i++) {
		play->party[i] = town_add(play->town, specs[i]);
		play->party[i]->profile = profile;
	}
	town_admit(play->town);
	town_start(town_find(play->town, "broker"));
	for (size_t i = 0; i < count; i++) {
		town_start(play->party[i]);
		exchange_wait_session(play->party[i]);
	}
	/* Who a partner is, is asked of the register at first sight. */
	for (size_t i = 0; i < count * count; i++) {
		said = town_must(play->party[i / count], "parties", "lookup", "--partij",
				 specs[i % count]->party);
		town_said_clear(&said);
	}
}

/* Made by that agent and handed over; the day is the one that the agent wrote under it. */
static void
hand_letter(struct play *play, size_t who, const char *kind, const char *const *fields)
{
	const char *words[32] = { "brief", "make",     "1",	  kind,
				  "--aan", "Mw. Test", "--adres", "Dorpsstraat 1" };
	size_t count = 8;
	struct town_said said;

	for (size_t i = 0; fields[i] != NULL; i++) {
		words[count++] = "--veld";
		words[count++] = fields[i];
	}
	words[count++] = "--uit";
	words[count++] = town_path(town_folder(play->town), "brief.html");
	said = town_ask_words(play->party[who], "tester", words);
	cr_assert_eq(said.exit_code, 0, "%s%s", said.out, said.err);
	town_said_clear(&said);
	said = town_must(play->party[who], "brief", "list", "1");
	(void)snprintf(play->today, sizeof(play->today), "%.10s",
		       town_cell(&said, "brieven", 0, "gemaakt"));
	town_said_clear(&said);
	said = town_must(play->party[who], "brief", "gegeven", "1", "1", "--datum", play->today,
			 "--wijze", "aan tafel", "--ontvanger", "moeder");
	town_said_clear(&said);
}

/* ---- DOA: jeugdhulp brings a child in, the swv leads the table (C01, R01, R02) ---- */

enum { JEUGDHULP, SWV };

static const char *const invitation[] = { "leerling=Noor",    "bereikbaar=bel 000",
					  "onderwerp=hulp",   "overleg=DOA",
					  "plaats=school",    "wanneer=maandag",
					  "deelnemers=allen", NULL };

static void
give_consent(struct play *play)
{
	const char *evidence = town_path(town_folder(play->town), "bewijs.pdf");
	struct town_said said;

	town_write(play->town, evidence, "getekend", 8);
	said = town_must(play->party[JEUGDHULP], "consent", "give", "1", "--doel", "doa",
			 "--partijen", play->party[SWV]->spec->party, "--gegevens",
			 "identiteit,ondersteuning,proces", "--leeftijd", "onder-12", "--gezag",
			 "1", "--ouders", "1", "--bewijs", evidence);
	town_said_clear(&said);
}

static void
bring_in(struct play *play)
{
	MUST(play, JEUGDHULP, "case open", "titel", "Zwaluw Kwikstaart");
	MUST(play, JEUGDHULP, "route start", "zaak", "1", "route", "doa", "rol", "jeugdhulp");
	refused(play, JEUGDHULP, "indienen", "R01", "ouders-op-de-hoogte",
		CHILD "ondersteuningsbehoefte=rust\n");
	give_consent(play);
	MUST(play, JEUGDHULP, "participant add", "zaak", "1", "rol", "swv", "partij",
	     play->party[SWV]->spec->party);
	ACT(play, JEUGDHULP, "indienen", "feiten", "ouders-op-de-hoogte", "velden",
	    CHILD "ondersteuningsbehoefte=rust\n");
	MUST(play, SWV, "regie", "zaak", "1", "stap", "aanvaarden");
	assert_state(play, "ingediend");
}

static void
hold_the_table(struct play *play)
{
	ACT(play, SWV, "naar-doa-6plus");
	ACT(play, SWV, "partners-bepalen", "feiten", "partners-bepaald");
	refused(play, SWV, "uitnodigen", "brief aan de ouders", "ouders-uitgenodigd",
		"gesprek_op=2026-09-01\n");
	hand_letter(play, SWV, "uitnodiging", invitation);
	ACT(play, SWV, "uitnodigen", "feiten", "ouders-uitgenodigd", "velden",
	    dated(play, "gesprek_op"));
	ACT(play, SWV, "houden", "feiten", "overleg-gehouden; Anna, Bert");
	refused(play, SWV, "adviseren", "R02", "", dated(play, "datum"));
	ACT(play, SWV, "ouders-aanwezig", "feiten", "ouders-aanwezig");
	ACT(play, SWV, "adviseren", "velden", dated(play, "datum"));
	assert_state(play, "advies");
}

static void
give_back(struct play *play)
{
	ACT(play, JEUGDHULP, "terugkoppelen", "feiten", "terugkoppeling-gedaan", "velden",
	    dated(play, "datum"));
	assert_state(play, "teruggekoppeld");
	ACT(play, SWV, "regie-naar-jeugdhulp", "velden", "regie=aangeboden\n");
	MUST(play, JEUGDHULP, "regie", "zaak", "1", "stap", "aanvaarden");
	ACT(play, JEUGDHULP, "afsluiten");
	assert_state(play, "afgesloten");
}

static void
play_doa(const char *profile)
{
	static const struct town_spec *const specs[] = { &town_jeugdhulp, &town_swv };
	struct play play;

	open_play(&play, profile, specs, 2);
	bring_in(&play);
	hold_the_table(&play);
	give_back(&play);
	town_free(play.town);
}

Test(routes, a_doa_of_jeugdhulp_comes_back_to_jeugdhulp_in_demo_R02)
{
	play_doa("demo");
}

Test(routes, a_doa_of_jeugdhulp_comes_back_to_jeugdhulp_in_po2202_R02)
{
	play_doa("po2202");
}

/* ---- overdracht: warm only after a talk that both schools know of (D01, R40) ---- */

enum { SCHOOL, VO };

static const char *const inspection[] = { "leerling=Noor",
					  "bereikbaar=bel 000",
					  "nieuwe_school=Lyceum",
					  "gegevens=het dossier",
					  "reactie_voor=2030-01-01",
					  "gesprek=met de mentor",
					  NULL };

static void
send_file(struct play *play, const char *need)
{
	char fields[256];

	MUST(play, SCHOOL, "case open", "titel", "Zwaluw Kwikstaart");
	MUST(play, SCHOOL, "route start", "zaak", "1", "route", "overdracht", "rol", "school");
	refused(play, SCHOOL, "aankondigen", "aangemeld", "", CHILD);
	MUST(play, SCHOOL, "case place", "zaak", "1", "stand", "aangemeld", "partij",
	     play->party[VO]->spec->party);
	MUST(play, SCHOOL, "participant add", "zaak", "1", "rol", "ontvangende-school", "partij",
	     play->party[VO]->spec->party);
	ACT(play, SCHOOL, "aankondigen", "velden", CHILD);
	MUST(play, VO, "case place", "zaak", "1", "stand", "ingeschreven", "partij",
	     play->party[SCHOOL]->spec->party);
	hand_letter(play, SCHOOL, "overdracht", inspection);
	ACT(play, SCHOOL, "inzage-geven", "feiten", "inzage-gegeven");
	(void)snprintf(fields, sizeof(fields), CHILD "schooladvies=havo\n%s%s",
		       dated(play, "inzage_op"), need);
	ACT(play, SCHOOL, "dossier-sturen", "feiten", "dossier-verzonden", "velden", fields);
	assert_state(play, "dossier");
}

static void
talk(struct play *play)
{
	char held[128];

	(void)snprintf(held, sizeof(held), "gesprek_op=%s\npersonen=Anna, Bert\n", play->today);
	ACT(play, SCHOOL, "gesprek-plannen", "feiten", "gesprek-gepland", "velden",
	    dated(play, "gesprek_op"));
	ACT(play, SCHOOL, "gesprek-gehouden", "feiten", "gesprek-gehouden; Anna, Bert", "velden",
	    held);
	refused(play, VO, "aanvaarden", "kan hier nu niet", "ontvangst-aanvaard; Bert",
		dated(play, "datum"));
	ACT(play, VO, "bevestigen", "feiten", "gesprek-bevestigd; Bert");
	ACT(play, VO, "aanvaarden", "feiten", "ontvangst-aanvaard; Bert", "velden",
	    dated(play, "datum"));
	assert_state(play, "aanvaard");
}

static void
play_overdracht(const char *profile, bool warm)
{
	static const struct town_spec *const specs[] = { &town_school, &town_vo };
	struct play play;

	open_play(&play, profile, specs, 2);
	send_file(&play, warm ? "ondersteuningsbehoefte=vaste stappen\n" : "");
	refused(&play, VO, "aanvaarden", "R40", "ontvangst-aanvaard; Bert", dated(&play, "datum"));
	if (warm) {
		refused(&play, VO, "koud-aanvaarden", "R40", "ontvangst-aanvaard; Bert",
			dated(&play, "datum"));
		talk(&play);
		ACT(&play, SCHOOL, "evalueren", "feiten", "evaluatie-gehouden");
	} else {
		ACT(&play, VO, "koud-aanvaarden", "feiten", "ontvangst-aanvaard; Bert", "velden",
		    dated(&play, "datum"));
		assert_state(&play, "koud");
	}
	ACT(&play, SCHOOL, "afsluiten");
	assert_state(&play, "afgesloten");
	town_free(play.town);
}

Test(routes, an_overdracht_with_a_need_ends_only_after_the_talk_in_demo_R40)
{
	play_overdracht("demo", true);
}

Test(routes, an_overdracht_with_a_need_ends_only_after_the_talk_in_po2202_R40)
{
	play_overdracht("po2202", true);
}

Test(routes, without_a_need_the_dossier_is_enough_in_po2202_R40)
{
	play_overdracht("po2202", false);
}
