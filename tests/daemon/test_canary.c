/* SPDX-License-Identifier: EUPL-1.2 */
/* Who is not meant to know, does not: the broker's disk and memory, everybody's logs, temporary files and environments. */
#include "tests/daemon/exchange.h"
#include "tests/support/town_year.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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

/* ---- messages of fields, toestemming, letters, persons ---- */

/* What identifies a child or says something about it, once per field; in no other text of the project. */
#define C_NAAM "Klapekster"
#define C_GEBOORTE "2014-11-23"
#define C_POSTCODE "9876ZX"
#define C_PGN "999000056"
#define C_PSEUDONIEM "5a17c0ffee5a17c0ffee5a17c0ffee5a"
#define C_ADRES "Roerdomplaan"
#define C_TELEFOON "0987-123406"
#define C_EMAIL "wielewaal@voorbeeld.invalid"
#define C_ONDERWERP "Steenuiltje"
#define C_TOELICHTING "Bosrietzanger"
#define C_ONDERWIJS "Kruisbekje"
#define C_BEHOEFTE "Draaihals"
#define C_GEZONDHEID "Nachtegaaltje"
#define C_JEUGDHULP "Oeverloper"
#define C_THUIS "Grasmusje"
#define C_VEILIGHEID "Slechtvalk"
#define C_VERZUIM "Kwartelkoning"
#define C_ADVIES "Dodaars"
#define C_TLV "TLV-0x9J7"
#define C_REDEN "Tureluur"
#define C_PERSONEN "Zwartkopje"
/* Of parents, of people who work there, of papers. */
#define C_TITEL "Appelvink"
#define C_OUDER "Putter-Sijs"
#define C_HOE "Houtsnippe"
#define C_BEWIJS_NAAM "Baardmannetje"
#define C_BEWIJS "Watersnippe"
#define C_MEDEWERKER "Staartmeesje"
#define C_NOODKNOP "Velduiltje in gevaar"
#define C_BRIEF_AAN "Goudvinkje"
#define C_BRIEF_ADRES "Patrijsweg 12"
#define C_BRIEF_NAAM "Boomvalkje"
#define C_BRIEF_TEKST "Zomertaling"
#define C_FOUT "Paapjestapuit"
#define C_VASTGELEGD "Rietgorsje"
#define C_INTREKKER "Kneu-Vink"

static const char *const personal[] = {
	C_NAAM,	       C_GEBOORTE,    C_POSTCODE,   C_PGN,	   C_PSEUDONIEM, C_ADRES,
	C_TELEFOON,    C_EMAIL,	      C_ONDERWERP,  C_TOELICHTING, C_ONDERWIJS,	 C_BEHOEFTE,
	C_GEZONDHEID,  C_JEUGDHULP,   C_THUIS,	    C_VEILIGHEID,  C_VERZUIM,	 C_ADVIES,
	C_TLV,	       C_REDEN,	      C_PERSONEN,   C_TITEL,	   C_OUDER,	 C_HOE,
	C_BEWIJS_NAAM, C_BEWIJS,      C_MEDEWERKER, C_NOODKNOP,	   C_BRIEF_AAN,	 C_BRIEF_ADRES,
	C_BRIEF_NAAM,  C_BRIEF_TEKST, C_FOUT,	    C_VASTGELEGD,  C_INTREKKER
};
#define PERSONAL_COUNT (sizeof(personal) / sizeof(personal[0]))

#define WHO                                                                                        \
	"leerling_naam=" C_NAAM "\ngeboortedatum=" C_GEBOORTE "\npostcode=" C_POSTCODE             \
	"\npseudoniem=" C_PSEUDONIEM "\n"
#define REACH "adres=" C_ADRES " 3\ntelefoon_ouders=" C_TELEFOON "\nemail_ouders=" C_EMAIL "\n"
#define CAREER "schooladvies=" C_ADVIES "\nleerjaar=6\nonderwijsbeeld=" C_ONDERWIJS "\n"
#define SUPPORT CAREER "ondersteuningsbehoefte=" C_BEHOEFTE "\n"
#define HOME "jeugdhulp=" C_JEUGDHULP "\nthuissituatie=" C_THUIS "\n"
#define STEP "personen=" C_PERSONEN "\ntoelichting=" C_TOELICHTING "\n en verder\n"
#define TALK "onderwerp=" C_ONDERWERP "\n" STEP

/* Who takes part, in the order in which they start. */
static const char *const members[] = { "broker", "school", "swv", "emmen", "jeugdhulp" };
#define MEMBER_COUNT (sizeof(members) / sizeof(members[0]))

struct table {
	struct town *town;
	struct town_party *school;
	struct town_party *swv;
	struct town_party *gemeente;
	struct town_party *jeugdhulp;
	const char *papers; /* what people themselves keep: evidence in, letters out */
	const char *evidence;
	const char *letter;
	char consent[40];
};

/* As the member of staff whose name must not show either. The exit code must be this one. */
static struct town_said
by_staff(struct town_party *party, int exit_code, const char *verb, const char *const *pairs)
{
	struct town_said said = town_desk_pairs(party, C_MEDEWERKER, verb, pairs);

	cr_assert_eq(said.exit_code, exit_code, "%s at %s: %d %s", verb, party->spec->name,
		     said.exit_code, said.out);
	return said;
}

static void
tell(struct town_party *party, int exit_code, const char *verb, const char *const *pairs)
{
	struct town_said said = by_staff(party, exit_code, verb, pairs);

	town_said_clear(&said);
}

#define TELL(party, exit_code, verb, ...)                                                          \
	tell((party), (exit_code), (verb), (const char *const[]){ __VA_ARGS__, NULL })
#define ADD_USER(party, name, desk)                                                                \
	do {                                                                                       \
		struct town_said added = town_desk((party), "user add", "naam", (name), "functie", \
						   "medewerker", "loket", (desk));                 \
		cr_assert_eq(added.exit_code, 0, "%s", added.out);                                 \
		town_said_clear(&added);                                                           \
	} while (0)

static void
table_open(struct table *table)
{
	struct town *town = town_new();

	*table = (struct table){ .town = town };
	(void)town_add(town, &town_broker);
	table->school = town_add(town, &town_school);
	table->swv = town_add(town, &town_swv);
	table->gemeente = town_add(town, town_gemeente_of("0114"));
	table->jeugdhulp = town_add(town, &town_jeugdhulp);
	town_admit(town);
	for (size_t i = 0; i < MEMBER_COUNT; i++) {
		town_start(town_find(town, members[i]));
	}
	for (size_t i = 1; i < MEMBER_COUNT; i++) {
		exchange_wait_session(town_find(town, members[i]));
	}
	ADD_USER(table->school, C_MEDEWERKER, "school");
	ADD_USER(table->swv, C_MEDEWERKER, "swv");
	ADD_USER(table->gemeente, C_MEDEWERKER, "leerplicht");
	ADD_USER(table->gemeente, "Jeugd", "jeugd");
	ADD_USER(table->jeugdhulp, C_MEDEWERKER, "jeugdhulp");
	table->papers = town_path(town_folder(town), "stukken");
	table->evidence = town_path(table->papers, C_BEWIJS_NAAM ".pdf");
	table->letter = town_path(table->papers, "afschrift.html");
	cr_assert_eq(mkdir(table->papers, 0700), 0);
	town_write(town, table->evidence, "getekend: " C_BEWIJS, strlen("getekend: " C_BEWIJS));
}

static void
give_consent(struct table *table)
{
	struct town_said said;

	TELL(table->school, 0, "case open", "titel", C_TITEL, "pgn", C_PGN);
	TELL(table->school, 0, "case place", "zaak", "1", "stand", "ingeschreven");
	TELL(table->school, 0, "consent give", "zaak", "1", "doel", "doa", "partijen",
	     table->swv->spec->party, "gegevens",
	     "identiteit,contact,onderwijs,ondersteuning,verzuim,jeugdhulp,gezin,proces",
	     "leeftijd", "onder-12", "gezag", "1", "ouders", "1", "bewijs", table->evidence, "naam",
	     C_OUDER, "hoe", C_HOE);
	said = by_staff(table->school, 0, "consent show",
			(const char *const[]){ "zaak", "1", NULL });
	(void)snprintf(table->consent, sizeof(table->consent), "%s",
		       town_cell(&said, "toestemming", 0, "kenmerk"));
	cr_assert_str_neq(table->consent, "");
	town_said_clear(&said);
}

static void
speak(struct table *table)
{
	TELL(table->school, 0, "parties lookup", "partij", table->swv->spec->party);
	TELL(table->school, 0, "parties lookup", "partij", table->gemeente->spec->party);
	TELL(table->school, 0, "parties lookup", "partij", table->jeugdhulp->spec->party);
	TELL(table->school, 0, "message send", "zaak", "1", "soort", "doa-hulpvraag", "aan",
	     table->swv->spec->party, "toestemming", table->consent, "velden",
	     (WHO REACH SUPPORT HOME "verzuimbeeld=" C_VERZUIM "\n" STEP));
	TELL(table->school, 0, "message send", "zaak", "1", "soort", "bericht", "aan",
	     table->swv->spec->party, "doel", "toelaatbaarheid", "velden",
	     (TALK "gezondheid=" C_GEZONDHEID "\ntlv_nummer=" C_TLV "\n" WHO REACH SUPPORT));
	TELL(table->school, 0, "message send", "zaak", "1", "soort", "bericht", "aan",
	     table->gemeente->spec->party, "doel", "leerplicht", "velden",
	     (TALK WHO REACH "pgn=" C_PGN "\nverzuimbeeld=" C_VERZUIM "\n"));
	TELL(table->school, 0, "message send", "zaak", "1", "soort", "bericht", "aan",
	     table->jeugdhulp->spec->party, "doel", "veiligheid", "velden",
	     (TALK WHO REACH HOME "veiligheid=" C_VEILIGHEID "\ngezondheid=" C_GEZONDHEID
				  "\nreden=" C_REDEN "\n"));
	/* What is refused leaves no more behind: an unknown field, one that may not be there, one without its form. */
	TELL(table->school, 65, "message send", "zaak", "1", "soort", "bericht", "aan",
	     table->swv->spec->party, "velden", (C_FOUT "=" C_FOUT "\n"));
	TELL(table->school, 77, "message send", "zaak", "1", "soort", "bericht", "aan",
	     table->swv->spec->party, "doel", "advies", "velden",
	     ("onderwerp=" C_FOUT "\nveiligheid=" C_FOUT "\n"));
	TELL(table->school, 65, "message send", "zaak", "1", "soort", "bericht", "aan",
	     table->swv->spec->party, "doel", "advies", "velden",
	     ("onderwerp=" C_FOUT "\nleerjaar=" C_FOUT "\n"));
	town_wait_quiet(table->school, 20000);
}

static void
write_papers(struct table *table)
{
	struct town_said said;

	TELL(table->school, 0, "case record", "zaak", "1", "soort", "info-geweigerd", "velden",
	     ("datum=2026-03-02\nreden=" C_VASTGELEGD "\n"));
	TELL(table->school, 0, "brief make", "zaak", "1", "soort", "afschrift", "aan", C_BRIEF_AAN,
	     "adres", (C_BRIEF_ADRES "\n1234 AB Voorbeeld"), "uit", table->letter, "veld",
	     ("leerling=" C_BRIEF_NAAM "\nbereikbaar=bel 000\nadvies_van=CvA\n"
	      "advies_datum=2026-03-02\nadvies=" C_BRIEF_TEKST));
	TELL(table->school, 0, "consent withdraw", "toestemming", "1", "naam", C_INTREKKER, "hoe",
	     C_HOE);
	said = town_desk_pairs(
		table->gemeente, "Jeugd", "case show",
		(const char *const[]){ "zaak", "1", "noodgeval", "ja", "reden", C_NOODKNOP, NULL });
	cr_assert_eq(said.exit_code, 0, "%s", said.out);
	town_said_clear(&said);
	town_wait_quiet(table->school, 20000);
	town_wait_quiet(table->swv, 20000);
}

static void
run_table(struct table *table)
{
	table_open(table);
	give_consent(table);
	speak(table);
	write_papers(table);
}

/* All of texts (NULL-ended) stand in the first case of party, as its desk sees it. */
static void
assert_shown(struct town_party *party, const char *verb, const char *const *texts)
{
	struct town_said said =
		by_staff(party, 0, verb, (const char *const[]){ "zaak", "1", NULL });

	for (size_t i = 0; texts[i] != NULL; i++) {
		cr_expect_not_null(strstr(said.out, texts[i]), "%s is not in %s of %s", texts[i],
				   verb, party->spec->name);
	}
	town_said_clear(&said);
}

#define SHOWN(party, verb, ...)                                                                    \
	assert_shown((party), (verb), (const char *const[]){ __VA_ARGS__, NULL })

Test(canary, what_was_sent_stands_in_the_opened_case_of_its_recipient)
{
	struct table table;

	run_table(&table);
	SHOWN(table.swv, "case show", C_NAAM, C_GEBOORTE, C_POSTCODE, C_PSEUDONIEM, C_ADRES,
	      C_TELEFOON, C_EMAIL, C_ONDERWERP, (C_TOELICHTING "\\n en verder"), C_ONDERWIJS,
	      C_BEHOEFTE, C_GEZONDHEID, C_JEUGDHULP, C_THUIS, C_VERZUIM, C_ADVIES, C_TLV,
	      C_PERSONEN, C_MEDEWERKER);
	SHOWN(table.gemeente, "case show", C_NAAM, C_GEBOORTE, C_POSTCODE, C_PSEUDONIEM, C_PGN,
	      C_ADRES, C_TELEFOON, C_EMAIL, C_ONDERWERP, C_TOELICHTING, C_VERZUIM, C_PERSONEN,
	      C_MEDEWERKER);
	SHOWN(table.jeugdhulp, "case show", C_NAAM, C_GEBOORTE, C_POSTCODE, C_PSEUDONIEM, C_ADRES,
	      C_TELEFOON, C_EMAIL, C_ONDERWERP, C_TOELICHTING, C_GEZONDHEID, C_JEUGDHULP, C_THUIS,
	      C_VEILIGHEID, C_REDEN, C_PERSONEN, C_MEDEWERKER);
	SHOWN(table.school, "case show", C_TITEL, C_NAAM, C_VEILIGHEID, C_TLV, C_PGN);
	SHOWN(table.school, "consent show", C_INTREKKER, C_HOE);
	SHOWN(table.school, "brief list", C_BRIEF_AAN);
	/* Not what was for another: each got its own part. */
	{
		struct town_said said = by_staff(table.gemeente, 0, "case show",
						 (const char *const[]){ "zaak", "1", NULL });

		cr_expect_null(strstr(said.out, C_GEZONDHEID));
		cr_expect_null(strstr(said.out, C_TITEL), "a title is of the own desk");
		cr_expect_null(strstr(said.out, C_OUDER));
		town_said_clear(&said);
	}
	town_free(table.town);
}

Test(canary, no_log_store_temporary_file_name_or_environment_holds_a_person)
{
	struct table table;

	run_table(&table);
	for (size_t i = 0; i < MEMBER_COUNT; i++) {
		struct town_party *party = town_find(table.town, members[i]);

		cr_expect_eq(town_search_folder(table.town, party->log, personal, PERSONAL_COUNT),
			     0, "log of %s", members[i]);
		/* Everything of the party: store, data keys, witness, spool, configuration. */
		cr_expect_eq(
			town_search_folder(table.town, party->folder, personal, PERSONAL_COUNT), 0,
			"folder of %s", members[i]);
		cr_expect_eq(town_search_environment(party, personal, PERSONAL_COUNT), 0,
			     "environment of %s", members[i]);
	}
	cr_expect_eq(town_search_memory(town_find(table.town, "broker"), personal, PERSONAL_COUNT),
		     0);
	/* Nowhere in the town but in the papers that people made and asked for. */
	cr_expect_eq(town_search_folder(table.town, town_path(town_folder(table.town), "tmp"),
					personal, PERSONAL_COUNT),
		     0);
	cr_expect_eq(
		town_search_folder(table.town, town_folder(table.town), personal, PERSONAL_COUNT),
		town_search_folder(table.town, table.papers, personal, PERSONAL_COUNT));
	/* After an orderly end too. */
	for (size_t i = 1; i < MEMBER_COUNT; i++) {
		town_stop(town_find(table.town, members[i]));
		cr_expect_eq(town_search_folder(table.town,
						town_find(table.town, members[i])->folder, personal,
						PERSONAL_COUNT),
			     0, "folder of %s when it has ended", members[i]);
	}
	town_free(table.town);
}

Test(canary, the_search_finds_persons_where_they_may_be)
{
	static const char *const evidence[] = { C_BEWIJS };
	static const char *const evidence_name[] = { C_BEWIJS_NAAM };
	static const char *const in_memory[] = { "00000099000000003000" };
	static const char *const letter[] = { C_BRIEF_AAN, C_BRIEF_ADRES, C_BRIEF_NAAM,
					      C_BRIEF_TEKST };
	struct table table;

	run_table(&table);
	cr_assert_eq(town_search_folder(table.town, table.papers, evidence, 1), 1);
	cr_assert_geq(town_search_folder(table.town, table.papers, evidence_name, 1), 1);
	for (size_t i = 0; i < sizeof(letter) / sizeof(letter[0]); i++) {
		cr_assert_geq(town_search_folder(table.town, table.letter, &letter[i], 1), 1,
			      "%s is not in the letter", letter[i]);
	}
	/* And what a broker does know, the same search of its memory finds. */
	cr_assert_gt(town_search_memory(town_find(table.town, "broker"), in_memory, 1), 0);
	town_free(table.town);
}
