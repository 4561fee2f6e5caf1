/* SPDX-License-Identifier: EUPL-1.2 */
/* Route files: what is read, and every fault with its line. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/daemon/profile.h"
#include "common/exchange/letters.h"
#include "tests/support/small_profile.h"

/* Line by line, so that a fault's line can be seen here. */
static const char *const good[] = {
	/* 1 */ "[route]",
	/* 2 */ "id = tafel",
	/* 3 */ "naam = De proeftafel",
	/* 4 */ "rijen = C01, C02",
	/* 5 */ "doel = doa",
	/* 6 */ "grond = toestemming",
	/* 7 */ "opener = school, jeugd",
	/* 8 */ "begin = ingebracht",
	/* 9 */ "bron = proef, regel 1",
	/* 10 */ "[toestand: ingebracht]",
	/* 11 */ "naam = Hulpvraag ingebracht",
	/* 12 */ "[toestand: uitgenodigd]",
	/* 13 */ "naam = Uitgenodigd",
	/* 14 */ "[toestand: gesloten]",
	/* 15 */ "naam = Afgesloten",
	/* 16 */ "einde = ja",
	/* 17 */ "[klok: terug]",
	/* 18 */ "naam = Eerste terugkoppeling",
	/* 19 */ "termijn = 4 weken",
	/* 20 */ "termijn.soort = regel",
	/* 21 */ "termijn.bron = proef, regel 2",
	/* 22 */ "taak = swv",
	/* 23 */ "vangnet = jeugd",
	/* 24 */ "gratie = 2 werkdagen",
	/* 25 */ "escalatie = ja",
	/* 26 */ "[tafel: ingebracht -> uitgenodigd]",
	/* 27 */ "on = uitnodigen, aanzeggen",
	/* 28 */ "naam = De partners uitnodigen",
	/* 29 */ "by = swv",
	/* 30 */ "to = school, leerplicht",
	/* 31 */ "bericht = doa-uitnodiging",
	/* 32 */ "needs = toestemming",
	/* 33 */ "legt_vast = ouders-uitgenodigd, overleg-gehouden",
	/* 34 */ "starts = terug",
	/* 35 */ "regie = swv",
	/* 36 */ "brief = uitnodiging",
	/* 37 */ "functie = coordinator",
	/* 38 */ "regel = R02",
	/* 39 */ "bron = proef, regel 3",
	/* 40 */ "[tafel: uitgenodigd -> uitgenodigd]",
	/* 41 */ "on = klok:terug",
	/* 42 */ "naam = De termijn is voorbij",
	/* 43 */ "by = regievoerder",
	/* 44 */ "bron = proef, regel 4",
	/* 45 */ "[tafel: uitgenodigd -> gesloten]",
	/* 46 */ "on = afsluiten",
	/* 47 */ "naam = Afsluiten",
	/* 48 */ "by = regievoerder",
	/* 49 */ "needs = ouders-uitgenodigd",
	/* 50 */ "stops = terug",
	/* 51 */ "bron = proef, regel 5",
	/* 52 */ "[tafel: * -> gesloten]",
	/* 53 */ "on = toestemming-ingetrokken",
	/* 54 */ "naam = De ouders trekken de toestemming in",
	/* 55 */ "by = regievoerder",
	/* 56 */ "bron = proef, regel 6",
};

#define GOOD_LINES (sizeof(good) / sizeof(good[0]))

/* Lines line..until are replaced. line 0: none. */
struct edit {
	unsigned line;
	unsigned until;
	const char *instead;
};

#define EDITS_MAX 4

static const struct edit *
edit_at(const struct edit *edits, unsigned line)
{
	for (size_t i = 0; i < EDITS_MAX; i++) {
		if (edits[i].line != 0 && line >= edits[i].line && line <= edits[i].until) {
			return &edits[i];
		}
	}
	return NULL;
}

static void
edited(char *out, size_t size, const struct edit *edits)
{
	size_t len = 0;

	for (unsigned i = 1; i <= GOOD_LINES; i++) {
		const struct edit *edit = edit_at(edits, i);

		if (edit == NULL || edit->line == i) {
			len += (size_t)snprintf(out + len, size - len, "%s\n",
						edit != NULL ? edit->instead : good[i - 1]);
			cr_assert_lt(len, size);
		}
	}
}

static enum kb_err
parse(const char *route, struct kb_faults *faults, struct kb_profile *out)
{
	static char values[KB_SMALL_PROFILE_BYTES];

	kb_small_profile(KB_SMALL_PROFILE, values);
	const struct kb_profile_file files[] = { { "tafel.route", kb_span_text(route) },
						 { "profile.ini", kb_span_text(values) } };

	return kb_profile_parse(files, 2, "p", faults, out);
}

struct broken {
	struct edit edits[EDITS_MAX];
	unsigned fault_line;
	const char *fault;
};

static void
expect_all(const struct broken *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char text[8192];
		char expected[1024];
		struct kb_faults faults = { 0 };
		struct kb_profile profile = { .id = "untouched" };

		edited(text, sizeof(text), rows[i].edits);
		(void)snprintf(expected, sizeof(expected), "p/tafel.route:%u: %s\n",
			       rows[i].fault_line, rows[i].fault);
		cr_assert_eq(parse(text, &faults, &profile), KB_ERR_CONFIG,
			     "row %zu was accepted: %s", i, rows[i].fault);
		cr_assert_str_eq(kb_faults_text(&faults), expected, "row %zu", i);
		cr_assert_eq(faults.count, 1);
		cr_assert_str_eq(profile.id, "untouched");
		kb_faults_release(&faults);
	}
}

#define EXPECT_ALL(rows) expect_all(rows, sizeof(rows) / sizeof((rows)[0]))

static struct kb_profile
good_profile(void)
{
	char text[8192];
	struct kb_faults faults = { 0 };
	struct kb_profile profile = { 0 };

	static const struct edit none[EDITS_MAX] = { { 0, 0, NULL } };

	edited(text, sizeof(text), none);
	cr_assert_eq(parse(text, &faults, &profile), KB_OK, "%s", kb_faults_text(&faults));
	return profile;
}

Test(profile_route, gives_the_route_as_it_is_written)
{
	struct kb_profile profile = good_profile();
	const struct kb_route *route = kb_profile_route(&profile, kb_span_text("tafel"));

	cr_assert_not_null(route);
	cr_assert_null(kb_profile_route(&profile, kb_span_text("tafe")));
	cr_assert_eq(profile.route_count, 1);
	cr_assert_str_eq(route->label, "De proeftafel");
	cr_assert_str_eq(route->rows, "C01, C02");
	cr_assert_str_eq(route->source, "proef, regel 1");
	cr_assert_str_eq(route->file, "p/tafel.route");
	cr_assert_eq(route->purpose, KB_PURPOSE_DOA);
	cr_assert_eq(route->ground, KB_GROUND_TOESTEMMING);
	cr_assert_eq(route->openers, (uint32_t)(KB_ROUTE_SCHOOL | KB_ROUTE_JEUGD));
	cr_assert_not(route->automatic);
	cr_assert_eq(route->begin, 0);
	cr_assert_eq(route->state_count, 3);
	cr_assert_str_eq(route->states[1].name, "uitgenodigd");
	cr_assert_not(route->states[1].end);
	cr_assert(route->states[2].end);
	cr_assert_eq(route->states[2].line, 14);
	kb_profile_release(&profile);
}

Test(profile_route, gives_its_clocks)
{
	struct kb_profile profile = good_profile();
	const struct kb_route_clock *clock = &profile.routes[0].clocks[0];

	cr_assert_eq(profile.routes[0].clock_count, 1);
	cr_assert_str_eq(clock->name, "terug");
	cr_assert(clock->term.vastgelegd);
	cr_assert_eq(clock->term.length, 4);
	cr_assert_eq(clock->term.unit, KB_TERM_WEKEN);
	cr_assert_eq(clock->term.kind, KB_PROFILE_KIND_REGEL);
	cr_assert_str_eq(clock->term.source, "proef, regel 2");
	cr_assert_eq(clock->task, KB_ROUTE_SWV);
	cr_assert_eq(clock->vangnet, KB_ROUTE_JEUGD);
	cr_assert_eq(clock->grace.length, 2);
	cr_assert_eq(clock->grace.unit, KB_TERM_WERKDAGEN);
	cr_assert_str_eq(clock->grace.source, "proef, regel 2");
	cr_assert(clock->escalation);
	cr_assert_eq(clock->line, 17);
	kb_profile_release(&profile);
}

Test(profile_route, gives_a_step_for_each_event)
{
	struct kb_profile profile = good_profile();
	const struct kb_route *route = &profile.routes[0];
	const struct kb_route_step *step = &route->steps[1];

	cr_assert_eq(route->step_count, 5);
	cr_assert_str_eq(route->steps[0].event, "uitnodigen");
	cr_assert_str_eq(step->event, "aanzeggen");
	cr_assert_eq(step->from, 0);
	cr_assert_eq(step->to, 1);
	cr_assert_eq(step->by, KB_ROUTE_SWV);
	cr_assert_eq(step->to_roles, (uint32_t)(KB_ROUTE_SCHOOL | KB_ROUTE_LEERPLICHT));
	cr_assert_eq(step->kind, KB_KIND_DOA_UITNODIGING);
	cr_assert_eq(step->guards, (uint32_t)(KB_GUARD_TOESTEMMING | KB_GUARD_BRIEF_GEDAAN));
	cr_assert_eq(step->records,
		     KB_FACT_BIT(OUDERS_UITGENODIGD) | KB_FACT_BIT(OVERLEG_GEHOUDEN));
	cr_assert_eq(step->starts, 1);
	cr_assert_eq(step->regie, KB_ROUTE_SWV);
	cr_assert_eq(step->letter, KB_LETTER_UITNODIGING);
	cr_assert_str_eq(step->function, "coordinator");
	cr_assert_str_eq(step->rule, "R02");
	cr_assert_eq(step->line, 26);
	step = &route->steps[2];
	cr_assert_eq(step->clock, 1);
	cr_assert_str_eq(step->event, "klok:terug");
	cr_assert_str_eq(step->rule, "C01, C02");
	cr_assert_null(step->function);
	cr_assert_eq(route->steps[3].facts, KB_FACT_BIT(OUDERS_UITGENODIGD));
	cr_assert_eq(route->steps[3].stops, 1);
	cr_assert_eq(route->steps[4].from, KB_ROUTE_ANY_STATE);
	kb_profile_release(&profile);
}

Test(profile_route, keeps_the_exact_files)
{
	struct kb_profile profile = good_profile();
	struct kb_profile again = { 0 };
	struct kb_faults faults = { 0 };

	cr_assert_eq(profile.file_count, 2);
	cr_assert_str_eq(profile.files[0].name, "profile.ini");
	cr_assert_str_eq(profile.files[1].name, "tafel.route");
	cr_assert_eq(kb_profile_parse(profile.files, profile.file_count, "q", &faults, &again),
		     KB_OK);
	cr_assert(kb_hash_equal(&profile.hash, &again.hash));
	kb_profile_release(&again);
	kb_profile_release(&profile);
}

Test(profile_route, refuses_words_it_does_not_know)
{
#define NO_WORD(word, what) word " is no " what "; ketenbode-profile(5) lists them"
	static const struct broken rows[] = {
		{ { { 5, 5, "doel = dao" } }, 5, "doel: " NO_WORD("dao", "purpose") },
		{ { { 6, 6, "grond = grondje" } }, 6, "grond: " NO_WORD("grondje", "ground") },
		{ { { 7, 7, "opener = school, juf" } }, 7, "opener: " NO_WORD("juf", "role") },
		{ { { 7, 7, "opener = school," } },
		  7,
		  "opener: nothing stands between two commas" },
		{ { { 8, 8, "begin = nergens" } },
		  8,
		  "begin = nergens: there is no section [toestand: nergens]" },
		{ { { 19, 19, "termijn = 4 eeuwen" } },
		  19,
		  "termijn = 4 eeuwen: must be 1 to 1000 kalenderdagen, werkdagen, weken, "
		  "schoolweken or maanden, such as \"4 weken\"" },
		{ { { 20, 20, "termijn.soort = wens" } },
		  20,
		  "termijn.soort = wens: must be wettelijk, regel, norm or streven" },
		{ { { 22, 22, "taak = iemand" } }, 22, "taak: " NO_WORD("iemand", "role") },
		{ { { 22, 22, "taak = allen" } }, 22, "taak = allen: must be one role" },
		{ { { 22, 22, "taak = swv, school" } },
		  22,
		  "taak = swv, school: must be one role" },
		{ { { 24, 24, "gratie = even" } },
		  24,
		  "gratie = even: must be 1 to 1000 kalenderdagen, werkdagen, weken, "
		  "schoolweken or maanden, such as \"4 weken\"" },
		{ { { 25, 25, "escalatie = soms" } }, 25, "escalatie = soms: must be ja or nee" },
		{ { { 26, 26, "[tafel: ingebracht -> weg]" } },
		  26,
		  "[tafel: ingebracht -> weg]: there is no section [toestand: weg]" },
		{ { { 26, 26, "[tafel: ingebracht]" } },
		  26,
		  "[tafel: ingebracht]: a step is written as FROM -> TO" },
		{ { { 26, 26, "[tafel: ingebracht -> *]" } },
		  26,
		  "[tafel: ingebracht -> *]: \"* -> *\" stays where it is; a step from one state "
		  "names the state after it" },
		{ { { 26, 26, "[stoel: ingebracht -> gesloten]" } },
		  26,
		  "unknown section [stoel: ingebracht -> gesloten]: must be [route], [toestand: "
		  "NAME], [klok: NAME] or [tafel: FROM -> TO]" },
		{ { { 27, 27, "on = Uitnodigen" } },
		  27,
		  "on: Uitnodigen: an event has 1 to 40 of a-z, 0-9 and -" },
		{ { { 27, 27, "on = regie-weigeren" } },
		  27,
		  "on: regie-weigeren is an event of every route; choose another word" },
		{ { { 27, 27, "on = openen" } },
		  27,
		  "on: openen is an event of every route; choose another word" },
		{ { { 29, 29, "by = baas" } }, 29, "by: " NO_WORD("baas", "role") },
		{ { { 31, 31, "bericht = brief" } },
		  31,
		  "bericht: " NO_WORD("brief", "kind of message") },
		{ { { 32, 32, "needs = zin" } },
		  32,
		  "needs: zin is no guard and no fact; ketenbode-profile(5) lists them" },
		{ { { 33, 33, "legt_vast = iets" } }, 33, "legt_vast: " NO_WORD("iets", "fact") },
		{ { { 34, 34, "starts = tik" } }, 34, "starts: there is no section [klok: tik]" },
		{ { { 50, 50, "stops = tik" } }, 50, "stops: there is no section [klok: tik]" },
		{ { { 36, 36, "brief = liefdesbrief" } },
		  36,
		  "brief: " NO_WORD("liefdesbrief", "letter") },
		{ { { 4, 4, "rijen = Z99" } },
		  4,
		  "rijen: " NO_WORD("Z99", "row of the requirements") },
		{ { { 4, 4, "rijen = C01, A09" } },
		  4,
		  "rijen: " NO_WORD("A09", "row of the requirements") },
		{ { { 4, 4, "rijen = C00" } },
		  4,
		  "rijen: " NO_WORD("C00", "row of the requirements") },
		{ { { 4, 4, "rijen = C1" } },
		  4,
		  "rijen: " NO_WORD("C1", "row of the requirements") },
		{ { { 4, 4, "rijen = C01," } }, 4, "rijen: nothing stands between two commas" },
		{ { { 37, 37, "functie = cvaa" } }, 37, "functie: " NO_WORD("cvaa", "function") },
		{ { { 37, 37, "functie = cva, bto" } },
		  37,
		  "functie: " NO_WORD("cva, bto", "function") },
		{ { { 38, 38, "regel = R99" } },
		  38,
		  "regel: " NO_WORD("R99", "rule of the requirements") },
		{ { { 38, 38, "regel = R41" } },
		  38,
		  "regel: " NO_WORD("R41", "rule of the requirements") },
		{ { { 38, 38, "regel = R00" } },
		  38,
		  "regel: " NO_WORD("R00", "rule of the requirements") },
		{ { { 35, 35, "regie = wij" } }, 35, "regie: " NO_WORD("wij", "role") },
		{ { { 41, 41, "on = klok:tik" } }, 41, "on: there is no section [klok: tik]" },
		{ { { 43, 43, "by = regievoerder\nbij = school" } },
		  44,
		  "unknown key bij in [tafel: uitgenodigd -> uitgenodigd]; ketenbode-profile(5) "
		  "lists them" },
		{ { { 16, 16, "einde = ja\nslot = ja" } },
		  17,
		  "unknown key slot in [toestand: gesloten]; ketenbode-profile(5) lists them" },
	};

	EXPECT_ALL(rows);
}

#define NO_SOURCE "must be a document and the place in it, such as \"plan PO 22-02, regel 483\""

Test(profile_route, needs_what_every_section_must_say)
{
	static const struct broken rows[] = {
		{ { { 2, 2, "" } }, 1, "[route] id is missing" },
		{ { { 2, 2, "id = stoel" } },
		  2,
		  "id = stoel: must be the name of the file without .route" },
		{ { { 3, 3, "naam =" } }, 3, "naam: must say something" },
		{ { { 8, 8, "" } }, 1, "[route] begin is missing" },
		{ { { 9, 9, "" } }, 1, "[route] bron is missing" },
		{ { { 11, 11, "" } }, 10, "[toestand: ingebracht] naam is missing" },
		{ { { 19, 19, "" } }, 17, "[klok: terug] termijn is missing" },
		{ { { 20, 20, "" } }, 19, "[klok: terug] termijn.soort is missing" },
		{ { { 21, 21, "" } }, 19, "[klok: terug] termijn.bron is missing" },
		{ { { 21, 21, "termijn.bron =" } },
		  21,
		  "termijn.bron: must name document and line in 1 to 192 bytes" },
		{ { { 19, 19, "termijn = niet vastgelegd" } },
		  20,
		  "termijn.soort: a term that is niet vastgelegd has no soort" },
		{ { { 22, 22, "" } }, 17, "[klok: terug] taak is missing" },
		{ { { 27, 27, "" } }, 26, "[tafel: ingebracht -> uitgenodigd] on is missing" },
		{ { { 43, 43, "" } }, 40, "[tafel: uitgenodigd -> uitgenodigd] by is missing" },
		{ { { 44, 44, "" } }, 40, "[tafel: uitgenodigd -> uitgenodigd] bron is missing" },
		{ { { 44, 44, "bron =" } }, 44, "bron: must say something" },
		{ { { 44, 44, "bron = x" } }, 44, "bron = x: " NO_SOURCE },
		{ { { 44, 44, "bron = het plan" } }, 44, "bron = het plan: " NO_SOURCE },
		{ { { 44, 44, "bron = het plan, ja" } }, 44, "bron = het plan, ja: " NO_SOURCE },
		{ { { 44, 44, "bron = , regel 4" } }, 44, "bron = , regel 4: " NO_SOURCE },
		{ { { 21, 21, "termijn.bron = x" } }, 21, "termijn.bron = x: " NO_SOURCE },
	};

	EXPECT_ALL(rows);
}

Test(profile_route, refuses_what_stands_twice)
{
	static const struct broken rows[] = {
		{ { { 12, 12,
		      "[toestand: ingebracht]\nnaam = Nog eens\n[toestand: uitgenodigd]" } },
		  12,
		  "[toestand: ingebracht] stands already in line 10" },
		{ { { 26, 26,
		      "[klok: terug]\nnaam = x\ntermijn = niet vastgelegd\ntermijn.bron = proef, "
		      "regel 9\ntaak "
		      "= "
		      "swv\n[tafel: ingebracht -> uitgenodigd]" } },
		  26,
		  "[klok: terug] stands already in line 17" },
		{ { { 10, 10, "[route]\n[toestand: ingebracht]" } },
		  10,
		  "section [route] stands already in line 1" },
		{ { { 23, 23, "taak = jeugd" } }, 23, "key taak stands already in line 22" },
		{ { { 12, 12, "[toestand: Groot]\nnaam = x\n[toestand: uitgenodigd]" } },
		  12,
		  "[toestand: Groot]: a name has 1 to 40 of a-z, 0-9 and -" },
		{ { { 7, 7, "opener = school, regievoerder" } },
		  7,
		  "opener: regievoerder is no role that a party can hold; name those that may open "
		  "it" },
	};

	EXPECT_ALL(rows);
}

#define STEP(title, on, by)                                                                        \
	"[tafel: " title "]\non = " on "\nnaam = x\nby = " by "\nbron = proef, regel 9"
#define AFTER(more)                                                                                \
	{                                                                                          \
		56, 56, "bron = proef, regel 6\n" more                                             \
	}
/* The route without the parents' consent, in which a state can stay open. */
#define BY_LAW                                                                                     \
	{ 5, 6, "doel = thuiszitters\ngrond = wettelijke-taak" },                                  \
	{                                                                                          \
		30, 31, ""                                                                         \
	}

Test(profile_route, whole_every_state_is_reached_and_leads_to_an_end)
{
	static const struct broken rows[] = {
		{ { { 14, 14, "[toestand: zoek]\nnaam = x\n[toestand: gesloten]" } },
		  14,
		  "state zoek cannot be reached from begin = ingebracht; write a step to it or "
		  "take "
		  "it out" },
		{ { { 44, 56,
		      "bron = proef, regel 9\n" STEP(
			      "uitgenodigd -> uitgenodigd", "klaar",
			      "swv") "\nstops = terug\n" STEP("ingebracht -> gesloten", "stoppen",
							      "regievoerder") } },
		  12,
		  "state uitgenodigd is a dead end: no steps lead from it to an end; write one, or "
		  "einde = ja, or blijft_open = ja" },
		{ { { 52, 56, "" } },
		  10,
		  "state ingebracht has no way to an end once the toestemming is withdrawn; write "
		  "a "
		  "step [tafel: * -> END] without needs = toestemming and without bericht" },
		{ { { 55, 55, "by = regievoerder\nto = school\nbericht = doa-advies" } },
		  10,
		  "state ingebracht has no way to an end once the toestemming is withdrawn; write "
		  "a "
		  "step [tafel: * -> END] without needs = toestemming and without bericht" },
		{ { AFTER(STEP("gesloten -> uitgenodigd", "heropenen", "swv")) },
		  57,
		  "no step leads out of the end gesloten; open a new case instead" },
	};

	EXPECT_ALL(rows);
}

Test(profile_route, whole_only_the_regievoerder_closes_a_case)
{
	static const char fault[] =
		"only the regievoerder closes a case: must be by = regievoerder "
		"for a step to the end gesloten";
	static const struct broken rows[] = {
		{ { { 48, 48, "by = swv" } }, 45, fault },
		{ { { 48, 48, "by = regievoerder, swv" } }, 45, fault },
		{ { { 55, 55, "by = allen" } }, 52, fault },
		{ { { 40, 40, "[tafel: uitgenodigd -> gesloten]" } },
		  40,
		  "a clock leads to the end gesloten, but closes no case; lead it to a state in "
		  "which the regievoerder closes it" },
	};

	EXPECT_ALL(rows);
}

Test(profile_route, whole_an_event_means_one_thing_to_one_party)
{
#define TWICE(line)                                                                                \
	"event afsluiten from this state stands already in line " line                             \
	" for roles that one party can have; use another word or other roles"
	static const struct broken rows[] = {
		{ { AFTER(STEP("uitgenodigd -> gesloten", "afsluiten", "regievoerder")) },
		  57,
		  TWICE("45") },
		{ { AFTER(STEP("uitgenodigd -> uitgenodigd", "afsluiten", "school")) },
		  57,
		  TWICE("45") },
	};

	EXPECT_ALL(rows);
}

#define NOTHING_STOPS                                                                              \
	"nothing stops clock terug that uitnodigen in line 26 starts: add stops = terug to the "   \
	"step that had to be taken in time"

Test(profile_route, whole_a_clock_is_started_stopped_and_has_its_vangnet)
{
	static const struct broken rows[] = {
		{ { { 34, 34, "" } },
		  40,
		  "no step starts the clock of klok:terug; add starts = terug to the step after "
		  "which "
		  "it runs" },
		{ { { 26, 26,
		      "[klok: los]\nnaam = x\ntermijn = niet vastgelegd\ntermijn.bron = proef, "
		      "regel 9\ntaak = "
		      "swv\n"
		      "[tafel: ingebracht -> uitgenodigd]" } },
		  26,
		  "no step starts clock los; add starts = los to a step or take it out" },
		{ { BY_LAW,
		    { 13, 13, "naam = x\nblijft_open = ja" },
		    { 45, 56, STEP("ingebracht -> gesloten", "stoppen", "regievoerder") } },
		  18,
		  "nothing stops clock terug that uitnodigen in line 27 starts: add stops = terug "
		  "to the step "
		  "that had to be taken in time" },
		/* An end for another reason, running out and starting anew are no stops. */
		{ { { 50, 50, "" } }, 17, NOTHING_STOPS },
		{ { { 44, 44, "stops = terug\nbron = proef, regel 9" }, { 50, 50, "" } },
		  17,
		  NOTHING_STOPS },
		{ { { 50, 50, "stops = terug\nstarts = terug" } }, 17, NOTHING_STOPS },
		/* One before it starts does not help. */
		{ { { 50, 50, "" },
		    AFTER(STEP("ingebracht -> ingebracht", "uitstellen",
			       "swv") "\nstops = terug") },
		  17,
		  NOTHING_STOPS },
		/* What is waited for must lead to an end, and nothing else may lead on. */
		{ { { 40, 40, "[tafel: uitgenodigd -> wacht]" },
		    { 45, 51, "[toestand: wacht]\nnaam = x\nblijft_open = ja" } },
		  17,
		  NOTHING_STOPS },
		{ { { 23, 23, "" } },
		  17,
		  "clock terug is one of the escalation: vangnet must name the role that takes "
		  "over "
		  "when nobody acts" },
		{ { { 23, 23, "vangnet = regievoerder" } },
		  17,
		  "clock terug: the regievoerder cannot be its own vangnet; name another role" },
	};

	EXPECT_ALL(rows);
}

Test(profile_route, whole_a_fact_that_is_needed_is_written_down_by_another_step)
{
	static const char fault[] = "needs plek-gevonden, which no other step writes down; add "
				    "legt_vast = plek-gevonden to a step before it";
	static const struct broken rows[] = {
		{ { { 49, 49, "needs = plek-gevonden" } }, 45, fault },
		{ { { 49, 49, "needs = plek-gevonden\nlegt_vast = plek-gevonden" } }, 45, fault },
		{ { { 27, 27, "on = uitnodigen" },
		    { 32, 32, "needs = toestemming, plek-gevonden" } },
		  26,
		  fault },
		{ { { 49, 49, "needs = aanwezigheid-ouders" } },
		  45,
		  "needs aanwezigheid-ouders, but no step writes down ouders-aanwezig or "
		  "ouders-afwezig; add legt_vast to a step before it" },
	};

	EXPECT_ALL(rows);
}

Test(profile_route, whole_a_message_is_within_the_permission_table)
{
	static const struct broken rows[] = {
		{ { { 31, 31, "" } },
		  26,
		  "to without bericht: nobody would get anything; name the kind of message or take "
		  "to out" },
		{ { { 30, 30, "" } },
		  26,
		  "bericht = doa-uitnodiging without to: name the roles that get it" },
		{ { { 30, 30, "to = school, swv" } },
		  26,
		  "beyond the permission table: swv may not get from any of by the message "
		  "doa-uitnodiging for doel doa on grond toestemming; ketenbode explain shows who "
		  "may" },
		{ { { 29, 29, "by = swv, leerplicht" } },
		  26,
		  "beyond the permission table: leerplicht may not send to any of to the message "
		  "doa-uitnodiging for doel doa on grond toestemming; ketenbode explain shows who "
		  "may" },
		{ { { 5, 5, "doel = thuiszitters" }, { 30, 30, "to = school" } },
		  26,
		  "beyond the permission table: school may not get from any of by the message "
		  "doa-uitnodiging for doel thuiszitters on grond toestemming; ketenbode explain "
		  "shows who may" },
		{ { { 6, 6, "grond = wettelijke-taak" }, { 30, 30, "to = school" } },
		  26,
		  "beyond the permission table: school may not get from any of by the message "
		  "doa-uitnodiging for doel doa on grond wettelijke-taak; ketenbode explain shows "
		  "who may" },
		/* Between a school and jeugdhulp only where the region has a regeling: here it has none. */
		{ { { 29, 31, "by = school\nto = jeugdhulp\nbericht = regie-overdracht" } },
		  26,
		  "beyond the permission table: jeugdhulp may not get from any of by the message "
		  "regie-overdracht for doel doa on grond toestemming; ketenbode explain shows who "
		  "may" },
	};

	EXPECT_ALL(rows);
}

/* R13 is law, so no region can leave it out. */
Test(profile_route, R13_whole_an_advice_goes_with_the_afschrift_to_the_parents)
{
#define ADVICE(letter)                                                                             \
	{ 5, 6, "doel = advies\ngrond = wettelijke-taak" },                                        \
	{                                                                                          \
		30, 36,                                                                            \
			"to = school\nbericht = cva-advies\nlegt_vast = ouders-uitgenodigd\n"      \
			"starts = terug\n" letter                                                  \
	}
	static const char fault[] =
		"bericht = cva-advies without brief = afschrift: the parents get a "
		"copy of every advice (R13)";
	static const struct broken rows[] = {
		{ { ADVICE("") }, 26, fault },
		{ { ADVICE("brief = uitnodiging\n") }, 26, fault },
	};
	static const struct edit right[EDITS_MAX] = { ADVICE("brief = afschrift\n") };
	char text[8192];
	struct kb_faults faults = { 0 };
	struct kb_profile profile = { 0 };

	EXPECT_ALL(rows);
	edited(text, sizeof(text), right);
	cr_assert_eq(parse(text, &faults, &profile), KB_OK, "%s", kb_faults_text(&faults));
	kb_profile_release(&profile);
}

Test(profile_route, whole_takes_what_is_meant_so)
{
	static const struct edit edits[][EDITS_MAX] = {
		/* A state that stays open. */
		{ BY_LAW,
		  { 13, 13, "naam = x\nblijft_open = ja" },
		  { 44, 56,
		    "bron = proef, regel 9\n" STEP(
			    "uitgenodigd -> uitgenodigd", "klaar",
			    "swv") "\nstops = terug\n" STEP("ingebracht -> gesloten", "stoppen",
							    "regievoerder") } },
		/* A least time: nothing else leads on than that it is over, and then to an end. */
		{ { 40, 40, "[tafel: uitgenodigd -> over]" },
		  { 45, 51,
		    "[toestand: over]\nnaam = x\n" STEP("over -> gesloten", "afsluiten",
							"regievoerder") } },
		/* One event, two roles that no party has both. */
		{ AFTER(STEP("ingebracht -> uitgenodigd", "melden", "school") "\n" STEP(
			"ingebracht -> gesloten", "stoppen",
			"regievoerder") "\n" STEP("ingebracht -> uitgenodigd", "melden",
						  "leerplicht")) },
		/* The inbrenger is one of the roles that may open: a jeugd desk may. */
		{ { 29, 31, "by = inbrenger\nto = swv\nbericht = doa-hulpvraag" } },
		{ { 29, 31, "by = regievoerder\nto = allen\nbericht = doa-advies" } },
		/* Several steps between the same two states. */
		{ AFTER(STEP("uitgenodigd -> uitgenodigd", "noteren",
			     "allen") "\n" STEP("* -> *", "bellen", "swv")) },
		/* No term was agreed. */
		{ { 19, 20, "termijn = niet vastgelegd" }, { 24, 24, "" } },
	};

	for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		char text[8192];
		struct kb_faults faults = { 0 };
		struct kb_profile profile = { 0 };

		edited(text, sizeof(text), edits[i]);
		cr_assert_eq(parse(text, &faults, &profile), KB_OK, "%zu: %s", i,
			     kb_faults_text(&faults));
		kb_profile_release(&profile);
	}
}

Test(profile_route, shows_all_faults_of_a_file_in_one_run)
{
	static const struct edit edits[EDITS_MAX] = { { 5, 5, "doel = dao" },
						      { 29, 29, "by = baas" },
						      { 44, 44, "" } };
	char text[8192];
	struct kb_faults faults = { 0 };
	struct kb_profile profile = { 0 };

	edited(text, sizeof(text), edits);
	cr_assert_eq(parse(text, &faults, &profile), KB_ERR_CONFIG);
	cr_assert_eq(faults.count, 3, "%s", kb_faults_text(&faults));
	kb_faults_release(&faults);
}

Test(profile_route, a_clock_without_grace_has_that_of_the_region_or_one_working_day)
{
	static const char with_rules[] = KB_SOURCE_DIR "/tests/data/profiles/heel";
	static const struct edit edits[EDITS_MAX] = { { 24, 24, "" } };
	char text[8192];
	struct kb_faults faults = { 0 };
	struct kb_profile profile = { 0 };
	struct kb_profile whole = { 0 };

	edited(text, sizeof(text), edits);
	cr_assert_eq(parse(text, &faults, &profile), KB_OK, "%s", kb_faults_text(&faults));
	cr_assert_eq(profile.routes[0].clocks[0].grace.length, 1);
	cr_assert_eq(profile.routes[0].clocks[0].grace.unit, KB_TERM_WERKDAGEN);
	kb_profile_release(&profile);
	cr_assert_eq(kb_profile_open(with_rules, &faults, &whole), KB_OK);
	const struct kb_profile_file files[] = { { "tafel.route", kb_span_text(text) },
						 whole.files[0] };

	cr_assert_str_eq(files[1].name, "profile.ini");
	cr_assert_eq(kb_profile_parse(files, 2, "p", &faults, &profile), KB_OK);
	cr_assert_eq(profile.routes[0].clocks[0].grace.length, 2);
	cr_assert_str_eq(profile.routes[0].clocks[0].grace.source,
			 profile.rules[KB_PROFILE_REGIE_GRATIE].source);
	kb_profile_release(&profile);
	kb_profile_release(&whole);
}

/* The route with so many more of these sections; %zu is their number. */
static const char *
with_many(const char *form, size_t count, struct kb_faults *faults)
{
	static const struct edit none[EDITS_MAX] = { { 0, 0, NULL } };
	static char text[65536];
	struct kb_profile profile = { 0 };
	size_t len = 0;

	edited(text, sizeof(text), none);
	len = strlen(text);
	for (size_t i = 0; i < count; i++) {
		const char *number = strchr(form, '#');

		len += (size_t)snprintf(text + len, sizeof(text) - len, "%.*s%zu%s",
					(int)(number - form), form, i, number + 1);
		cr_assert_lt(len, sizeof(text));
	}
	cr_assert_eq(parse(text, faults, &profile), KB_ERR_CONFIG);
	return kb_faults_text(faults);
}

Test(profile_route, refuses_more_than_there_is_room_for)
{
	struct kb_faults states = { 0 };
	struct kb_faults clocks = { 0 };
	struct kb_faults steps = { 0 };

	cr_assert_not_null(strstr(
		with_many("[toestand: t#]\nnaam = x\n", KB_ROUTE_STATES_MAX - 3 + 1, &states),
		"[toestand: t29]: a route has at most 32 of these"));
	cr_assert_eq(states.count, 1);
	cr_assert_not_null(strstr(with_many("[klok: k#]\nnaam = x\ntermijn = niet vastgelegd\n"
					    "termijn.bron = proef, regel 9\ntaak = swv\n",
					    KB_ROUTE_CLOCKS_MAX - 1 + 1, &clocks),
				  "[klok: k23]: a route has at most 24 of these"));
	cr_assert_eq(clocks.count, 1);
	cr_assert_not_null(strstr(with_many("[tafel: * -> *]\non = e#\nnaam = x\nby = swv\n"
					    "bron = proef, regel 9\n",
					    KB_ROUTE_STEPS_MAX - 5 + 1, &steps),
				  "a route has at most 160 steps"));
	cr_assert_eq(steps.count, 1);
	kb_faults_release(&states);
	kb_faults_release(&clocks);
	kb_faults_release(&steps);
}

Test(profile_route, refuses_a_name_that_is_no_id_and_a_file_that_comes_twice)
{
	char values[KB_SMALL_PROFILE_BYTES];
	struct kb_faults faults = { 0 };
	struct kb_profile profile = { 0 };

	kb_small_profile(KB_SMALL_PROFILE, values);
	const struct kb_profile_file files[] = { { "profile.ini", kb_span_text(values) },
						 { "profile.ini", kb_span_text(values) },
						 { "Doa.route", kb_span_text("[route]\n") } };

	cr_assert_eq(kb_profile_parse(files, 3, "p", &faults, &profile), KB_ERR_CONFIG);
	cr_assert_not_null(strstr(kb_faults_text(&faults), "p/profile.ini: stands there twice\n"));
	cr_assert_not_null(strstr(kb_faults_text(&faults),
				  "p/Doa.route: the name of a route has 1 to 40 of a-z, 0-9 and -, "
				  "then .route\n"));
	kb_faults_release(&faults);
}

/* Every row of requirements section 2 and every rule of section 4, and none beside them. */
Test(profile_route, knows_the_rows_and_rules_of_the_requirements)
{
	static const struct {
		char letter;
		unsigned last;
	} rows[] = { { 'A', 8 },  { 'B', 20 }, { 'C', 18 }, { 'D', 13 },
		     { 'E', 13 }, { 'F', 6 },  { 'H', 8 },  { 'G', 0 } };

	char text[8192];
	char key[64];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (unsigned number = 0; number <= 99; number++) {
			struct edit edits[EDITS_MAX] = { { 4, 4, key } };
			struct kb_faults faults = { 0 };
			struct kb_profile profile = { 0 };
			bool known = number >= 1 && number <= rows[i].last;

			(void)snprintf(key, sizeof(key), "rijen = %c%02u", rows[i].letter, number);
			edited(text, sizeof(text), edits);
			cr_assert_eq(parse(text, &faults, &profile), known ? KB_OK : KB_ERR_CONFIG,
				     "%s", key);
			kb_profile_release(&profile);
			kb_faults_release(&faults);
		}
	}
	for (unsigned number = 0; number <= 99; number++) {
		struct edit edits[EDITS_MAX] = { { 38, 38, key } };
		struct kb_faults faults = { 0 };
		struct kb_profile profile = { 0 };
		bool known = number >= 1 && number <= 40;

		(void)snprintf(key, sizeof(key), "regel = R25, R%02u", number);
		edited(text, sizeof(text), edits);
		cr_assert_eq(parse(text, &faults, &profile), known ? KB_OK : KB_ERR_CONFIG, "%s",
			     key);
		kb_profile_release(&profile);
		kb_faults_release(&faults);
	}
}

Test(profile_route, a_route_file_without_a_route_names_its_last_line)
{
	struct kb_faults faults = { 0 };
	struct kb_profile profile = { 0 };

	cr_assert_eq(parse("# nothing\n\n# yet\n", &faults, &profile), KB_ERR_CONFIG);
	cr_assert_str_eq(kb_faults_text(&faults), "p/tafel.route:3: section [route] is missing\n");
	kb_faults_release(&faults);
}

/* A route without its lines "stops = "; false when it had none. */
static bool
without_stops(struct kb_span text, struct kb_buf *out)
{
	static const char key[] = "\nstops = ";
	const char *at = (const char *)text.at;
	const char *end = at + text.len;
	bool found = false;

	while (at < end) {
		const char *next = memchr(at + 1, '\n', (size_t)(end - at - 1));
		size_t len = next != NULL ? (size_t)(next - at) : (size_t)(end - at);

		if (len >= sizeof(key) - 1 && memcmp(at, key, sizeof(key) - 1) == 0) {
			found = true;
		} else {
			cr_assert_eq(kb_buf_put(out, kb_span(at, len)), KB_OK);
		}
		at += len;
	}
	return found;
}

/* Each clock of a shipped route has something that had to be done in time, so taking its stops out is seen. */
Test(profile_route, whole_no_shipped_route_does_without_its_stops)
{
	static const char *const regions[] = { "demo", "po2202", "po2301", "po2302", "vo3102" };
	size_t tried = 0;

	for (size_t i = 0; i < sizeof(regions) / sizeof(regions[0]); i++) {
		char path[512];
		struct kb_faults faults = { 0 };
		struct kb_profile shipped = { 0 };

		(void)snprintf(path, sizeof(path), "%s/deploy/profiles/%s", KB_SOURCE_DIR,
			       regions[i]);
		cr_assert_eq(kb_profile_open(path, &faults, &shipped), KB_OK, "%s",
			     kb_faults_text(&faults));
		for (size_t f = 0; f < shipped.file_count; f++) {
			struct kb_profile_file files[KB_PROFILE_FILES_MAX];
			struct kb_profile profile = { 0 };
			struct kb_buf text = { 0 };

			memcpy(files, shipped.files, shipped.file_count * sizeof(files[0]));
			if (strcmp(files[f].name, "profile.ini") != 0 &&
			    without_stops(files[f].bytes, &text)) {
				files[f].bytes = kb_buf_span(&text);
				cr_assert_eq(kb_profile_parse(files, shipped.file_count, "p",
							      &faults, &profile),
					     KB_ERR_CONFIG, "%s %s", regions[i], files[f].name);
				cr_assert_not_null(
					strstr(kb_faults_text(&faults), "nothing stops clock "),
					"%s %s", regions[i], files[f].name);
				tried++;
			}
			kb_faults_release(&faults);
			kb_buf_release(&text);
		}
		kb_profile_release(&shipped);
	}
	cr_assert_geq(tried, 40);
}
