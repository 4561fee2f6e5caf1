/* SPDX-License-Identifier: EUPL-1.2 */
/* The spring at a VO school: what two schools hand over to it, in lists, and the lists given to `act` again (D01, R40). */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "agents/runtime/agent_internal.h"
#include "agents/school/school.h"
#include "agents/vo/vo.h"
#include "common/base/file.h"
#include "common/daemon/profile.h"
#include "common/store/cases.h"
#include "common/store/pupils.h"
#include "common/store/record.h"
#include "tests/support/loopback_broker.h"

#define TODAY "2026-03-02"
#define TALKS "2026-03-10"
#define WARM "ondersteuningsbehoefte=vaste stappen\n"
#define COLD ""
#define FIRST 0
#define SECOND 1
#define ASK_AS(party, user, verb, ...)                                                             \
	(kb_buf_clear(&said),                                                                      \
	 lb_ask((party), (user), (verb), (const char *const[]){ __VA_ARGS__, NULL }, &said))
#define ASK(party, verb, ...) ASK_AS(party, "anna", verb, __VA_ARGS__)
#define MUST(party, verb, ...)                                                                     \
	cr_assert_eq(ASK(party, verb, __VA_ARGS__), 0, "%s: %s", (verb), (const char *)said.at)

static struct lb_world world;
static struct lb_party *schools[2];
static struct lb_party *vo;
static struct kb_profile profile;
static struct kb_buf said;
static unsigned case_count[2]; /* of each school; at vo they come one after another */
static unsigned letter_count;

static const char *
name_of(const struct lb_party *party)
{
	return party->identity.self.text;
}

static void
start(struct lb_party *party, const struct kb_role *role)
{
	party->role = *role;
	party->profile = &profile;
	lb_start(party);
	party->agent->settings.letters = KB_SOURCE_DIR "/deploy/brieven";
	cr_assert_eq(lb_ask(party, "", "user add",
			    (const char *const[]){ "naam", "anna", "functie", "mentor", NULL },
			    NULL),
		     0);
}

static void
setup(void)
{
	struct kb_faults faults = { 0 };

	cr_assert_eq(kb_profile_open(KB_SOURCE_DIR "/deploy/profiles/demo", &faults, &profile),
		     KB_OK, "%s", kb_faults_text(&faults));
	kb_faults_release(&faults);
	lb_open(&world);
	schools[FIRST] = lb_add(&world, KB_PARTY_SCHOOL, NULL);
	schools[SECOND] = lb_add(&world, KB_PARTY_SCHOOL, NULL);
	vo = lb_add(&world, KB_PARTY_VO, NULL);
	lb_publish_register(&world);
	start(schools[FIRST], &kb_role_school);
	start(schools[SECOND], &kb_role_school);
	start(vo, &kb_role_vo);
	lb_settle(&world);
	lb_introduce(schools[FIRST]);
	lb_introduce(schools[SECOND]);
	lb_introduce(vo);
}

static void
teardown(void)
{
	kb_buf_release(&said);
	lb_close(&world);
	kb_profile_release(&profile);
}

TestSuite(overdracht, .init = setup, .fini = teardown);

static bool
heard(const char *text)
{
	return strstr(kb_buf_text(&said), text) != NULL;
}

/* Where text stands in what was said; the end when it does not. */
static size_t
place(const char *text)
{
	const char *at = strstr(kb_buf_text(&said), text);

	return at != NULL ? (size_t)(at - (const char *)said.at) : said.len;
}

/* ---- pupils who go to the VO school ---- */

static void
step(struct lb_party *party, const char *number, const char *name, const char *facts,
     const char *fields)
{
	MUST(party, "act", "zaak", number, "stap", name, "feiten", facts, "velden", fields);
	lb_settle(&world);
}

/* Announced: the VO school knows of it. */
static const char *
announce(unsigned from, const char *title)
{
	static char number[2][16];
	struct lb_party *school = schools[from];
	char at_vo[16];
	char child[128];

	(void)snprintf(number[from], sizeof(number[from]), "%u", ++case_count[from]);
	(void)snprintf(at_vo, sizeof(at_vo), "%u", case_count[FIRST] + case_count[SECOND]);
	MUST(school, "case open", "titel", title);
	MUST(school, "route start", "zaak", number[from], "route", "overdracht", "rol", "school");
	MUST(school, "case place", "zaak", number[from], "stand", "aangemeld", "partij",
	     name_of(vo));
	MUST(school, "participant add", "zaak", number[from], "rol", "ontvangende-school", "partij",
	     name_of(vo));
	(void)snprintf(child, sizeof(child), "leerling_naam=%s\ngeboortedatum=2014-05-04\n", title);
	step(school, number[from], "aankondigen", "", child);
	MUST(vo, "case place", "zaak", at_vo, "stand", "aangemeld");
	MUST(vo, "case place", "zaak", at_vo, "stand", "ingeschreven", "partij", name_of(school));
	return number[from];
}

/* And the dossier sent after inzage; need is what makes it warm. */
static void
hand_over(unsigned from, const char *title, const char *need)
{
	struct lb_party *school = schools[from];
	const char *number = announce(from, title);
	char page[LB_PATH];
	char fields[256];

	(void)snprintf(page, sizeof(page), "%.90s/brief-%u.html", world.folder, ++letter_count);
	MUST(school, "brief make", "zaak", number, "soort", "overdracht", "aan", "Mw. Test",
	     "adres", "Dorpsstraat 1\n", "uit", page, "veld",
	     "leerling=Noor\nbereikbaar=bel 000\nnieuwe_school=Lyceum\ngegevens=het dossier\n"
	     "reactie_voor=2026-04-01\ngesprek=met de mentor\n");
	MUST(school, "brief gegeven", "zaak", number, "brief", "1", "datum", TODAY, "wijze",
	     "aan tafel", "ontvanger", "moeder");
	step(school, number, "inzage-geven", "inzage-gegeven", "");
	(void)snprintf(fields, sizeof(fields),
		       "leerling_naam=%s\ngeboortedatum=2014-05-04\nschooladvies=havo\n"
		       "inzage_op=" TODAY "\n%s",
		       title, need);
	step(school, number, "dossier-sturen", "dossier-verzonden", fields);
}

/* At the VO school: 1 Noor (warm), 2 Bas (warm), 3 Eva (cold) of the first school; 4 Finn (warm) of the second, 5 Gijs announced. */
static void
spring(void)
{
	hand_over(FIRST, "Noor", WARM);
	hand_over(FIRST, "Bas", WARM);
	hand_over(FIRST, "Eva", COLD);
	hand_over(SECOND, "Finn", WARM);
	(void)announce(SECOND, "Gijs");
	MUST(vo, "overdracht list", "koud", "nee");
}

static int
rooster(const char *from, const char *until, const char *length)
{
	return ASK(vo, "overdracht rooster", "datum", TALKS, "van", from, "tot", until, "duur",
		   length, "plaats", "lokaal 3");
}

/* ---- the list ---- */

Test(overdracht, the_receiving_school_sees_them_by_school_with_what_belongs_to_each)
{
	char row[256];

	spring();
	(void)snprintf(row, sizeof(row), "|%s|3|2|0|1", name_of(schools[FIRST]));
	cr_assert(heard(row), "%s", (const char *)said.at);
	(void)snprintf(row, sizeof(row), "|%s|2|1|0|0", name_of(schools[SECOND]));
	cr_assert(heard(row), "%s", (const char *)said.at);
	(void)snprintf(row, sizeof(row),
		       "|%s|1|Noor|Alleen het dossier is overgedragen|nodig||gesprek-plannen",
		       name_of(schools[FIRST]));
	cr_assert(heard(row), "%s", (const char *)said.at);
	cr_assert(heard("|3|Eva|Alleen het dossier is overgedragen|niet nodig||gesprek-plannen; "
			"koud-aanvaarden"),
		  "%s", (const char *)said.at);
	cr_assert(heard("|5|Gijs|Aangemeld en aangekondigd|nog niet te zeggen||"));
	(void)snprintf(row, sizeof(row), "|%s|4|", name_of(schools[SECOND]));
	cr_assert_gt(place(row), place("koud-aanvaarden"), "the schools are mixed up: %s",
		     (const char *)said.at);
	MUST(vo, "overdracht list", "school", name_of(schools[SECOND]));
	cr_assert_not(heard(name_of(schools[FIRST])));
	cr_assert(heard(row));
}

Test(overdracht, the_sending_school_sees_where_its_own_go)
{
	char row[256];

	spring();
	MUST(schools[FIRST], "case open", "titel", "Hans");
	MUST(schools[FIRST], "route start", "zaak", "4", "route", "overdracht", "rol", "school");
	/* Another purpose is another list. */
	MUST(schools[FIRST], "case open", "titel", "Ies");
	MUST(schools[FIRST], "route start", "zaak", "5", "route", "deeltijd", "rol", "school");
	MUST(schools[FIRST], "overdracht list", "koud", "nee");
	(void)snprintf(row, sizeof(row), "|%s|2|Bas|", name_of(vo));
	cr_assert(heard(row), "%s", (const char *)said.at);
	cr_assert_lt(place("|Bas|"), place("|Eva|"));
	cr_assert_lt(place("|Noor|"), place("|Hans|"), "without another school comes last");
	cr_assert_not(heard("|Ies|"));
	cr_assert_not(heard("|koud-aanvaarden"), "that is for the other school");
	/* What is closed is not open. */
	MUST(schools[FIRST], "act", "zaak", "4", "stap", "vervallen", "feiten", "", "velden", "");
	MUST(schools[FIRST], "overdracht list", "koud", "nee");
	cr_assert_not(heard("|Hans|"), "%s", (const char *)said.at);
}

static void
put_pupil(struct lb_party *school, uint64_t case_no, const char *number, uint8_t leerjaar)
{
	struct kb_step *writing = NULL;
	struct kb_pupil pupil = { .schooljaar = 2025,
				  .leerling = kb_span_text(number),
				  .leerjaar = leerjaar,
				  .inschrijf_day = KB_PUPIL_DAY_NONE,
				  .uitschrijf_day = KB_PUPIL_DAY_NONE };
	struct kb_case row;

	LB_OK(kb_step_begin(kb_agent_store(school->agent), KB_STEP_WRITE, &writing));
	LB_OK(kb_case_get(writing, case_no, &row));
	pupil.subject_no = row.subject_no;
	LB_OK(kb_pupil_put(writing, &pupil));
	LB_OK(kb_step_commit(&writing));
}

/* D01: in the demo it begins in groep 7 (as 001:428). */
Test(overdracht, of_a_pupil_younger_than_the_region_begins_the_list_says_so)
{
	static const char early[] = "|groep 5; naar het vo begint de regio in groep 7";

	spring();
	put_pupil(schools[FIRST], 1, "L-1", 5);
	put_pupil(schools[FIRST], 2, "L-2", 7);
	MUST(schools[FIRST], "overdracht list", "koud", "nee");
	cr_assert(heard(early), "%s", (const char *)said.at);
	cr_assert_not(heard("|groep 7;"), "%s", (const char *)said.at);
	cr_assert_gt(place(early), place("|Noor|"));
	MUST(vo, "overdracht list", "koud", "nee");
	cr_assert_not(heard("|groep 5;"), "%s", (const char *)said.at);
}

/* D01: whom the region names is asked after the reminder, by the school that sent the dossier. */
Test(overdracht, after_the_reminder_the_list_says_whom_the_region_names)
{
	static const char named[] = "|zorgcoordinator van de nieuwe school, samenwerkingsverband";

	spring();
	MUST(schools[FIRST], "overdracht list", "koud", "nee");
	cr_assert_not(heard(named), "%s", (const char *)said.at);
	step(schools[FIRST], "1", "herinneren", "", "");
	MUST(schools[FIRST], "overdracht list", "koud", "nee");
	cr_assert(heard("|Noor|Herinnerd: nog alleen het dossier is overgedragen|nodig||"), "%s",
		  (const char *)said.at);
	cr_assert(heard(named), "%s", (const char *)said.at);
	cr_assert_gt(place(named), place("|Noor|"));
	/* The new school may ask the samenwerkingsverband too, but for nobody without extra support. */
	MUST(vo, "overdracht list", "koud", "nee");
	cr_assert(heard(named), "%s", (const char *)said.at);
	step(schools[FIRST], "3", "herinneren", "", "");
	MUST(vo, "overdracht list", "koud", "nee");
	cr_assert_not(heard("koud-aanvaarden|zorgcoordinator"), "%s", (const char *)said.at);
	step(schools[FIRST], "1", "naar-volgende", "volgende-gevraagd; Zus Zorg", "");
	step(schools[FIRST], "3", "naar-volgende", "volgende-gevraagd; Zus Zorg", "");
	MUST(schools[FIRST], "overdracht list", "koud", "nee");
	cr_assert_not(heard(named), "%s", (const char *)said.at);
}

/* The desk of the case is the one of the school; somebody of another desk sees no row, and nothing of it is counted. */
Test(overdracht, of_a_case_that_a_user_may_not_see_there_is_no_row)
{
	spring();
	cr_assert_eq(lb_ask(vo, "", "user add",
			    (const char *const[]){ "naam", "bert", "functie", "zorg", "loket",
						   "jeugd", NULL },
			    NULL),
		     0);
	cr_assert_eq(ASK_AS(vo, "bert", "overdracht list", "koud", "nee"), 0);
	cr_assert_str_eq(kb_buf_text(&said), "Er zijn geen open overdrachten die u mag zien.");
	cr_assert_eq(ASK_AS(vo, "bert", "overdracht list", "koud", "ja"), 0);
	cr_assert_not(heard("|koud-aanvaarden|"));
	cr_assert_eq(ASK_AS(vo, "bert", "overdracht rooster", "datum", TALKS, "van", "13:00", "tot",
			    "14:00", "duur", "20"),
		     0);
	cr_assert(heard("0 gesprekken ingedeeld, 0 niet"), "%s", (const char *)said.at);
	cr_assert_neq(ASK_AS(vo, "niemand", "overdracht list", "koud", "nee"), 0);
	cr_assert_not(heard("dossier"));
}

static unsigned
views(struct lb_party *party)
{
	struct kb_step *reading = NULL;
	struct kb_record_read record;
	unsigned count = 0;

	LB_OK(kb_step_begin(kb_agent_store(party->agent), KB_STEP_READ, &reading));
	for (uint64_t seq = 1; kb_record_get(reading, seq, &record) == KB_OK; seq++) {
		count += record.clear.type == KB_RECORD_VIEW;
	}
	kb_step_abort(&reading);
	return count;
}

Test(overdracht, that_somebody_looked_is_written_down)
{
	unsigned before = 0;

	spring();
	before = views(vo);
	MUST(vo, "overdracht list", "koud", "nee");
	MUST(vo, "overdracht list", "koud", "ja");
	cr_assert_eq(rooster("13:00", "14:00", "20"), 0);
	cr_assert_eq(views(vo), before + 3);
}

/* ---- cold ---- */

Test(overdracht, what_the_cold_list_says_can_be_accepted_and_the_rest_not_R40)
{
	char row[256];

	spring();
	MUST(vo, "overdracht list", "koud", "ja");
	(void)snprintf(row, sizeof(row), "\n|3|koud-aanvaarden|%s|", name_of(schools[FIRST]));
	cr_assert(heard(row), "%s", (const char *)said.at);
	cr_assert_eq(place("\n|1|"), said.len);
	cr_assert_eq(place("\n|4|"), said.len);
	step(vo, "3", "koud-aanvaarden", "ontvangst-aanvaard; Anna", "datum=" TODAY);
	cr_assert_neq(ASK(vo, "act", "zaak", "1", "stap", "koud-aanvaarden", "feiten",
			  "ontvangst-aanvaard; Anna", "velden", "datum=" TODAY),
		      0);
	MUST(vo, "overdracht list", "koud", "ja");
	cr_assert_eq(place("\n|3|"), said.len);
}

/* ---- talks ---- */

Test(overdracht, talks_get_times_one_after_another_school_by_school)
{
	char row[256];

	spring();
	cr_assert_eq(rooster("13:00", "14:00", "20"), 0, "%s", (const char *)said.at);
	(void)snprintf(row, sizeof(row),
		       "|gesprek-plannen|gesprek-gepland=" TALKS "|gesprek_op=" TALKS
		       "\\ntoelichting=13:00-13:20, lokaal 3|%s|",
		       name_of(schools[FIRST]));
	cr_assert(heard(row), "%s", (const char *)said.at);
	cr_assert_lt(place("|13:00|13:20"), place("|13:20|13:40"));
	(void)snprintf(row, sizeof(row), "\n|4|gesprek-plannen|gesprek-gepland=" TALKS);
	cr_assert(heard(row), "%s", (const char *)said.at);
	cr_assert_gt(place("|13:40|14:00"), place(row), "the second school comes after the first");
	/* Neither who needs none nor of whom nobody can say. */
	cr_assert_eq(place("\n|3|"), said.len);
	cr_assert_eq(place("\n|5|"), said.len);
	cr_assert(heard("3 gesprekken ingedeeld, 0 niet"));
}

Test(overdracht, nothing_is_planned_until_the_list_is_given_to_act)
{
	spring();
	cr_assert_eq(rooster("13:00", "14:00", "20"), 0);
	MUST(vo, "overdracht list", "koud", "nee");
	cr_assert_not(heard(TALKS));
	step(vo, "1", "gesprek-plannen", "gesprek-gepland=" TALKS,
	     "gesprek_op=" TALKS "\ntoelichting=13:00-13:20, lokaal 3");
	MUST(vo, "overdracht list", "koud", "nee");
	cr_assert(heard("|Gesprek gepland|nodig|" TALKS "|"), "%s", (const char *)said.at);
	MUST(schools[FIRST], "case show", "zaak", "1");
	cr_assert(heard("13:00-13:20, lokaal 3"), "%s", (const char *)said.at);
	/* Who has a day keeps it. */
	cr_assert_eq(rooster("13:00", "14:00", "20"), 0);
	cr_assert_eq(place("\n|1|"), said.len);
	cr_assert(heard("2 gesprekken ingedeeld, 0 niet"));
}

Test(overdracht, who_has_no_time_is_named_with_the_reason)
{
	spring();
	cr_assert_eq(rooster("13:00", "13:50", "20"), 0);
	cr_assert(heard("2 gesprekken ingedeeld, 1 niet"), "%s", (const char *)said.at);
	cr_assert(heard("geen tijd meer over tussen van en tot"));
	/* Who does not come after all: nothing goes out about the child (R09). */
	MUST(vo, "case place", "zaak", "4", "stand", "uitgeschreven");
	cr_assert_eq(rooster("13:00", "14:00", "20"), 0);
	cr_assert(heard("eerst nodig: het kind is bij de ontvangende school aangemeld"), "%s",
		  (const char *)said.at);
}

Test(overdracht, times_that_make_no_rooster_are_refused_by_name)
{
	static const struct {
		const char *day;
		const char *from;
		const char *until;
		const char *length;
		const char *place;
		const char *says;
	} rows[] = {
		{ TALKS, "13.00", "14:00", "20", "x", "'van'" },
		{ TALKS, "13:00", "24:00", "20", "x", "'tot'" },
		{ TALKS, "14:00", "13:00", "20", "x", "'tot'" },
		{ TALKS, "13:00", "13:19", "20", "x", "'tot'" },
		{ TALKS, "13:00", "14:00", "4", "x", "'duur'" },
		{ TALKS, "13:00", "14:00", "241", "x", "'duur'" },
		{ "2026-03-01", "13:00", "14:00", "20", "x", "'datum'" },
		{ TALKS, "13:00", "14:00", "20", "x;y", "'plaats'" },
		{ TALKS, "13:00", "14:00", "20", "x\\ny", "'plaats'" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cr_assert_eq(ASK(vo, "overdracht rooster", "datum", rows[i].day, "van",
				 rows[i].from, "tot", rows[i].until, "duur", rows[i].length,
				 "plaats", rows[i].place),
			     65, "row %zu", i);
		cr_assert(heard(rows[i].says), "row %zu: %s", i, (const char *)said.at);
	}
}
