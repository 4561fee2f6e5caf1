/* SPDX-License-Identifier: EUPL-1.2 */
/* What partners send each other about a child stands nowhere in the open: only in the case that its desk opens. */
#include "tests/daemon/exchange.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define QUIET_MS 60000

/* One word per personal field, each of its own, so that a leak names its place. */
static const char *const sent[] = {
	"Zilverplevier",	 /* leerling_naam */
	"Kraanvogelsingel",	 /* adres */
	"0699887766",		 /* telefoon_ouders */
	"roerdomp@voorbeeld.nl", /* email_ouders */
	"tapuitonderwijs",	 /* onderwijsbeeld */
	"woudaapsteun",		 /* ondersteuningsbehoefte */
	"ijsduikerhulp",	 /* jeugdhulp */
	"zanglijsterthuis",	 /* thuissituatie */
	"kluutverzuim",		 /* verzuimbeeld */
	"Grutto de Vries",	 /* personen */
	"steltkluuttoelichting", /* toelichting */
};
#define SENT_COUNT (sizeof(sent) / sizeof(sent[0]))

#define VELDEN                                                                                     \
	"leerling_naam=Zilverplevier\ngeboortedatum=2017-05-04\nadres=Kraanvogelsingel 3\n"        \
	"telefoon_ouders=0699887766\nemail_ouders=roerdomp@voorbeeld.nl\n"                         \
	"onderwijsbeeld=tapuitonderwijs\nondersteuningsbehoefte=woudaapsteun\n"                    \
	"jeugdhulp=ijsduikerhulp\nthuissituatie=zanglijsterthuis\n"                                \
	"verzuimbeeld=kluutverzuim\npersonen=Grutto de Vries\n"                                    \
	"toelichting=steltkluuttoelichting"

/* What is written at the own desk only. */
static const char *const kept[] = {
	"Scholekstertitel",  "Wielewaalouder", "op kwartelpapier",   "bewijsnachtegaal",
	"Kemphaannoodgeval", "Fuutstraat",     "Bergeendmedewerker",
};
#define KEPT_COUNT (sizeof(kept) / sizeof(kept[0]))

struct place {
	struct town *town;
	struct town_party *broker;
	struct town_party *school;
	struct town_party *swv;
	char zaak[24];
};

static void
start(struct town_party *party)
{
	town_start(party);
	if (strcmp(party->spec->kind, "broker") != 0) {
		exchange_wait_session(party);
	}
}

static void
must(struct town_said said)
{
	cr_assert_eq(said.exit_code, 0, "%s%s", said.out, said.err != NULL ? said.err : "");
	town_said_clear(&said);
}

static void
consent_and_message(struct place *place)
{
	const char *evidence = town_path(town_folder(place->town), "bewijs");
	char kenmerk[40];
	struct town_said said;

	town_write(place->town, evidence, "bewijsnachtegaal", 16);
	must(town_ask(place->school, "consent", "give", place->zaak, "--doel", "doa", "--partijen",
		      place->swv->spec->party, "--gegevens",
		      "identiteit,contact,onderwijs,ondersteuning,jeugdhulp,gezin,verzuim,proces",
		      "--leeftijd", "onder-12", "--gezag", "1", "--ouders", "1", "--bewijs",
		      evidence, "--naam", "Wielewaalouder", "--hoe", "op kwartelpapier"));
	said = town_must(place->school, "consent", "show", place->zaak);
	(void)snprintf(kenmerk, sizeof(kenmerk), "%s",
		       town_cell(&said, "toestemming", 0, "kenmerk"));
	town_said_clear(&said);
	must(town_ask(place->school, "parties", "lookup", "--partij", place->swv->spec->party));
	must(town_ask(place->school, "message", "send", "doa-hulpvraag", "--aan",
		      place->swv->spec->party, "--zaak", place->zaak, "--toestemming", kenmerk,
		      "--velden", VELDEN));
}

static void
place_open(struct place *place)
{
	struct town_said said;

	*place = (struct place){ .town = town_new() };
	place->broker = town_add(place->town, &town_broker);
	place->school = town_add(place->town, &town_school);
	place->swv = town_add(place->town, &town_swv);
	town_admit(place->town);
	start(place->broker);
	start(place->school);
	start(place->swv);
	must(town_ask_words(place->school, NULL,
			    (const char *const[]){ "user", "add", "Bergeendmedewerker", "--functie",
						   "ib'er", NULL }));
	said = town_must(place->school, "case", "open", "--titel", "Scholekstertitel");
	(void)snprintf(place->zaak, sizeof(place->zaak), "%s", town_cell(&said, "zaak", 0, "zaak"));
	town_said_clear(&said);
	consent_and_message(place);
	must(town_ask(place->school, "case", "place", place->zaak, "aangemeld", "--partij",
		      place->school->spec->party));
	must(town_ask(place->school, "case", "show", place->zaak, "--noodgeval", "--reden",
		      "Kemphaannoodgeval: gevaar thuis"));
	must(town_ask(place->school, "brief", "make", place->zaak, "afschrift", "--aan",
		      "Wielewaalouder", "--adres", "Fuutstraat 9", "--veld",
		      "leerling=Zilverplevier", "--veld", "bereikbaar=bel 000", "--veld",
		      "advies_van=CvA", "--veld", "advies_datum=2026-03-02", "--veld",
		      "advies=woudaapsteun", "--uit",
		      town_path(town_folder(place->town), "brief.html")));
	town_wait_quiet(place->school, QUIET_MS);
	town_wait_quiet(place->swv, QUIET_MS);
}

static size_t
search_all(struct place *place, const char *folder)
{
	return town_search_folder(place->town, folder, sent, SENT_COUNT) +
	       town_search_folder(place->town, folder, kept, KEPT_COUNT);
}

Test(partner_canary, no_disk_log_or_environment_shows_what_was_sent_or_written)
{
	struct place place;

	place_open(&place);
	struct town_party *const parties[] = { place.broker, place.school, place.swv };

	for (size_t i = 0; i < sizeof(parties) / sizeof(parties[0]); i++) {
		/* Logs, stores, keys, witness, configuration: all of its folder. */
		cr_expect_eq(search_all(&place, parties[i]->folder), 0u, "folder of %s",
			     parties[i]->spec->name);
		cr_expect_eq(town_search_environment(parties[i], sent, SENT_COUNT), 0u);
		cr_expect_eq(town_search_environment(parties[i], kept, KEPT_COUNT), 0u);
	}
	cr_expect_eq(search_all(&place, town_path(town_folder(place.town), "tmp")), 0u);
	/* What is on paper is where it was asked for, and the search sees it there. */
	cr_expect_gt(town_search_folder(place.town,
					town_path(town_folder(place.town), "brief.html"), kept,
					KEPT_COUNT),
		     0u);
	cr_expect_gt(town_search_folder(place.town, town_path(town_folder(place.town), "bewijs"),
					kept, KEPT_COUNT),
		     0u);
	town_free(place.town);
}

/* The second toestemming is the last that is shown; its message lies at the broker. */
static bool
is_sent_twice(void *state)
{
	struct place *place = state;
	struct town_said said = town_must(place->school, "case", "show", place->zaak);
	unsigned out = 0;

	for (size_t i = 0; i < town_rows(&said, "tijdlijn"); i++) {
		out += strcmp(town_cell(&said, "tijdlijn", i, "richting"), "out") == 0 &&
		       town_cell(&said, "tijdlijn", i, "verzonden")[0] != '\0';
	}
	town_said_clear(&said);
	return out >= 2;
}

Test(partner_canary, the_broker_has_none_of_it_in_memory_with_mail_waiting_too)
{
	struct place place;

	place_open(&place);
	town_stop(place.swv);
	consent_and_message(&place);
	town_until(place.town, "the message is at the broker", QUIET_MS, is_sent_twice, &place);
	cr_assert_eq(town_search_memory(place.broker, sent, SENT_COUNT), 0u);
	cr_assert_eq(town_search_memory(place.broker, kept, KEPT_COUNT), 0u);
	town_free(place.town);
}

Test(partner_canary, the_desk_that_opens_its_case_sees_all_that_was_sent)
{
	struct place place;
	struct town_said inbox;
	struct town_said said;

	place_open(&place);
	inbox = town_must(place.swv, "inbox");
	said = town_must(place.swv, "case", "show", town_cell(&inbox, "inbox", 0, "zaak"));
	for (size_t i = 0; i < SENT_COUNT; i++) {
		cr_expect_not_null(strstr(said.out, sent[i]), "%s is not shown", sent[i]);
	}
	for (size_t i = 0; i < KEPT_COUNT; i++) {
		cr_expect_null(strstr(said.out, kept[i]), "%s was not sent", kept[i]);
	}
	town_said_clear(&said);
	town_said_clear(&inbox);
	town_free(place.town);
}
