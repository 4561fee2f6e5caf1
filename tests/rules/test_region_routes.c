/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The rules of requirements section 4 on the routes of the shipped regions, over every way through them: a route is walked with all
 * sets of facts that can stand in each state, whatever the order of the steps. So a step that goes round a rule is found too.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "common/daemon/profile.h"
#include "common/exchange/letters.h"

#define FACTS_WALKED_MAX 12
#define EVERYBODY (~0u)

static struct kb_profile profile;

static const struct kb_route *
open_route(const char *region, const char *id)
{
	struct kb_faults faults = { 0 };
	char path[512];
	const struct kb_route *route = NULL;

	kb_profile_release(&profile);
	profile = (struct kb_profile){ 0 };
	(void)snprintf(path, sizeof(path), "%s/deploy/profiles/%s", KB_SOURCE_DIR, region);
	cr_assert_eq(kb_profile_open(path, &faults, &profile), KB_OK, "%s",
		     kb_faults_text(&faults));
	kb_faults_release(&faults);
	route = kb_profile_route(&profile, kb_span_text(id));
	cr_assert_not_null(route, "%s has no route %s", region, id);
	return route;
}

static void
close_profile(void)
{
	kb_profile_release(&profile);
	profile = (struct kb_profile){ 0 };
}

TestSuite(region_routes, .fini = close_profile);

/* ---- walking ---- */

/* What can be: seen[state][set of facts, by its place in bits]. */
struct walk {
	const struct kb_route *route;
	uint32_t guards; /* that hold */
	uint64_t bits[FACTS_WALKED_MAX];
	size_t bit_count;
	bool seen[KB_ROUTE_STATES_MAX][1u << FACTS_WALKED_MAX];
	bool again;
};

static struct walk walk;

static uint64_t
facts_of(uint32_t set)
{
	uint64_t facts = 0;

	for (size_t i = 0; i < walk.bit_count; i++) {
		facts |= (set >> i & 1u) != 0 ? walk.bits[i] : 0;
	}
	return facts;
}

static uint32_t
set_of(uint64_t facts)
{
	uint32_t set = 0;

	for (size_t i = 0; i < walk.bit_count; i++) {
		set |= (facts & walk.bits[i]) != 0 ? 1u << i : 0;
	}
	return set;
}

/* The guards of the case itself: two readers stand for twee-personen, one of both facts for the presence of the parents. */
static uint32_t
guards_of_case(uint64_t facts)
{
	const uint64_t readers = KB_FACT_BIT(EERSTE_LEZER) | KB_FACT_BIT(TWEEDE_LEZER);
	const uint64_t presence = KB_FACT_BIT(OUDERS_AANWEZIG) | KB_FACT_BIT(OUDERS_AFWEZIG);
	uint32_t guards = 0;

	guards |= (facts & readers) == readers ? (uint32_t)KB_GUARD_TWEE_PERSONEN : 0;
	guards |= (facts & presence) != 0 ? (uint32_t)KB_GUARD_AANWEZIGHEID_OUDERS : 0;
	return guards;
}

static bool
can(const struct kb_route_step *step, uint8_t state, uint64_t facts)
{
	uint32_t met = (walk.guards & ~KB_GUARDS_OF_CASE) | guards_of_case(facts);
	bool from = step->from == KB_ROUTE_ANY_STATE ? !walk.route->states[state].end
						     : step->from == state;

	return from && (step->facts & ~facts) == 0 && (step->guards & ~met) == 0;
}

static void
take_steps(uint8_t state, uint32_t set)
{
	for (size_t i = 0; i < walk.route->step_count; i++) {
		const struct kb_route_step *step = &walk.route->steps[i];
		uint64_t facts = facts_of(set);

		if (can(step, state, facts)) {
			uint8_t to = step->to == KB_ROUTE_ANY_STATE ? state : step->to;
			bool *there = &walk.seen[to][set_of(facts | step->records)];

			walk.again = walk.again || !*there;
			*there = true;
		}
	}
}

/* All that can be when these guards of outside hold. */
static void
walk_route(const struct kb_route *route, uint32_t guards)
{
	uint64_t walked = KB_FACT_BIT(OUDERS_AANWEZIG) | KB_FACT_BIT(OUDERS_AFWEZIG);

	memset(&walk, 0, sizeof(walk));
	walk.route = route;
	walk.guards = guards;
	for (size_t i = 0; i < route->step_count; i++) {
		walked |= route->steps[i].facts;
	}
	for (uint64_t bit = 1; bit != 0; bit <<= 1) {
		if ((walked & bit) != 0) {
			cr_assert_lt(walk.bit_count, FACTS_WALKED_MAX);
			walk.bits[walk.bit_count++] = bit;
		}
	}
	walk.seen[route->begin][0] = true;
	do {
		walk.again = false;
		for (uint8_t state = 0; state < route->state_count; state++) {
			for (uint32_t set = 0; set < 1u << walk.bit_count; set++) {
				if (walk.seen[state][set]) {
					take_steps(state, set);
				}
			}
		}
	} while (walk.again);
}

static uint8_t
state_of(const char *name)
{
	uint8_t state = kb_route_state_find(walk.route, kb_span_text(name));

	cr_assert_neq(state, KB_ROUTE_ANY_STATE, "%s: no state %s", walk.route->id, name);
	return state;
}

static bool
reached(const char *name)
{
	uint8_t state = state_of(name);

	for (uint32_t set = 0; set < 1u << walk.bit_count; set++) {
		if (walk.seen[state][set]) {
			return true;
		}
	}
	return false;
}

/* Whether in that state the facts always stand. The state must be one that can be reached. */
static bool
always(const char *name, uint64_t facts)
{
	uint8_t state = state_of(name);

	cr_assert(reached(name), "%s: %s cannot be reached", walk.route->id, name);
	for (uint32_t set = 0; set < 1u << walk.bit_count; set++) {
		if (walk.seen[state][set] && (facts & ~facts_of(set)) != 0) {
			return false;
		}
	}
	return true;
}

/* Whether the fact never stands, in whatever state, without those before it. */
static bool
only_after(uint64_t fact, uint64_t before)
{
	for (uint8_t state = 0; state < walk.route->state_count; state++) {
		for (uint32_t set = 0; set < 1u << walk.bit_count; set++) {
			uint64_t facts = facts_of(set);

			if (walk.seen[state][set] && (facts & fact) != 0 &&
			    (before & ~facts) != 0) {
				return false;
			}
		}
	}
	return true;
}

/* The step with that event, the last one of its kind. */
static const struct kb_route_step *
step_of(const struct kb_route *route, const char *event)
{
	const struct kb_route_step *found = NULL;

	for (size_t i = 0; i < route->step_count; i++) {
		found = strcmp(route->steps[i].event, event) == 0 ? &route->steps[i] : found;
	}
	cr_assert_not_null(found, "%s: no event %s", route->id, event);
	return found;
}

#define FACT(name) KB_FACT_BIT(name)
#define ALL_BUT(guard) (EVERYBODY & ~(uint32_t)KB_GUARD_##guard)

/* ---- the rules by number ---- */

static const char *const every_region[] = { "demo", "po2202", "po2301", "po2302", "vo3102" };
#define EVERY_REGION_COUNT (sizeof(every_region) / sizeof(every_region[0]))

Test(region_routes, R01_without_toestemming_nothing_leaves_and_it_can_be_closed)
{
	size_t found = 0;

	for (size_t i = 0; i < EVERY_REGION_COUNT; i++) {
		(void)open_route(every_region[i], "verzuim");
		for (size_t r = 0; r < profile.route_count; r++) {
			const struct kb_route *route = &profile.routes[r];

			if (route->ground != KB_GROUND_TOESTEMMING) {
				continue;
			}
			for (size_t j = 0; j < route->step_count; j++) {
				cr_assert(route->steps[j].kind == 0 ||
						  (route->steps[j].guards &
						   (uint32_t)KB_GUARD_TOESTEMMING) != 0,
					  "%s %s: %s", every_region[i], route->id,
					  route->steps[j].event);
			}
			walk_route(route, ALL_BUT(TOESTEMMING));
			cr_assert(reached("gestopt"), "%s %s", every_region[i], route->id);
			found++;
		}
	}
	cr_assert_geq(found, 15);
	walk_route(open_route("po2202", "doa"), ALL_BUT(TOESTEMMING));
	cr_assert_not(reached("ingediend"));
}

Test(region_routes, R02_no_advice_without_invitation_and_presence)
{
	static const char *const regions[] = { "demo", "po2202" };

	for (size_t i = 0; i < 2; i++) {
		walk_route(open_route(regions[i], "doa"), EVERYBODY);
		cr_assert(always("advies", FACT(OUDERS_UITGENODIGD) | FACT(OVERLEG_GEHOUDEN)));
		cr_assert(always("afgesloten", FACT(TERUGKOPPELING_GEDAAN)));
		for (uint32_t set = 0; set < 1u << walk.bit_count; set++) {
			cr_assert(!walk.seen[state_of("advies")][set] ||
				  (guards_of_case(facts_of(set)) &
				   (uint32_t)KB_GUARD_AANWEZIGHEID_OUDERS) != 0);
		}
		cr_assert_str_eq(step_of(walk.route, "adviseren")->rule, "R02");
	}
}

Test(region_routes, R20_tijdelijk_elders_is_a_state_of_its_own)
{
	static const char *const regions[] = { "demo", "po2302" };

	for (size_t i = 0; i < 2; i++) {
		const struct kb_route *route = open_route(regions[i], "thuiszitter");

		walk_route(route, EVERYBODY);
		cr_assert(reached("tijdelijk"));
		cr_assert_neq(step_of(route, "tijdelijk-elders")->records & FACT(TIJDELIJK_ELDERS),
			      0);
		cr_assert_neq(state_of("tijdelijk"), state_of("absoluut"));
	}
}

Test(region_routes, R22_nobody_is_returned_by_force)
{
	static const char *const regions[] = { "demo", "po2202", "po2301", "po2302" };
	const uint64_t agreed =
		FACT(INSTEMMING_OUDERS) | FACT(INSTEMMING_SCHOOL) | FACT(INSTEMMING_ONTVANGEND);

	for (size_t i = 0; i < 4; i++) {
		walk_route(open_route(regions[i], "terugplaatsing"), EVERYBODY);
		cr_assert(always("gepland", agreed));
		cr_assert(always("terug", agreed));
		cr_assert_eq(step_of(walk.route, "school-stemt-in")->by, KB_ROUTE_SCHOOL);
		cr_assert_eq(step_of(walk.route, "basisschool-stemt-in")->by, KB_ROUTE_ONTVANGEND);
	}
}

Test(region_routes, R24_HIA_outcome_with_the_presence_of_the_parents)
{
	walk_route(open_route("po2301", "ondersteuning"), EVERYBODY);
	for (uint32_t set = 0; set < 1u << walk.bit_count; set++) {
		cr_assert(!walk.seen[state_of("uitkomst")][set] ||
			  guards_of_case(facts_of(set)) != 0);
	}
	cr_assert_str_eq(step_of(walk.route, "hia-uitkomst")->rule, "R24");
	cr_assert_str_eq(step_of(walk.route, "hia-uitkomst")->function, "trajectbegeleider");
}

Test(region_routes, R25_BTO_judges_after_two_independent_readers)
{
	static const char *const routes[] = { "thuiszitter", "escalatie" };
	const uint64_t readers = FACT(EERSTE_LEZER) | FACT(TWEEDE_LEZER);

	for (size_t i = 0; i < 2; i++) {
		const struct kb_route *route = open_route("vo3102", routes[i]);

		walk_route(route, EVERYBODY);
		cr_assert(always("oordeel", readers));
		cr_assert_neq(step_of(route, "oordelen")->guards & KB_GUARD_TWEE_PERSONEN, 0);
		cr_assert_neq(step_of(route, "eerste-lezing")->guards & KB_GUARD_ONAFHANKELIJK, 0);
		cr_assert_neq(step_of(route, "tweede-lezing")->guards & KB_GUARD_ONAFHANKELIJK, 0);
		cr_assert_str_eq(step_of(route, "oordelen")->function, "bto");
		walk_route(route, ALL_BUT(ONAFHANKELIJK));
		cr_assert_not(reached("oordeel"));
	}
}

Test(region_routes, R27_vrijstelling_after_consult_and_answer_where_the_region_says_so)
{
	static const char *const regions[] = { "demo", "vo3102" };
	const uint64_t consult = FACT(CONSULT_GEVRAAGD) | FACT(CONSULT_BEANTWOORD);

	for (size_t i = 0; i < 2; i++) {
		walk_route(open_route(regions[i], "vrijstelling"), EVERYBODY);
		cr_assert(always("afgegeven", consult));
		cr_assert_eq(step_of(walk.route, "antwoorden")->by, KB_ROUTE_SWV);
	}
	walk_route(open_route("po2202", "vrijstelling"), EVERYBODY);
	cr_assert_not(always("afgegeven", FACT(VRIJSTELLING_AFGEGEVEN) | consult));
}

Test(region_routes, R30_leerplicht_only_after_an_offer)
{
	static const char *const regions[] = { "demo", "po2302" };

	for (size_t i = 0; i < 2; i++) {
		walk_route(open_route(regions[i], "leerplicht-aanbod"), EVERYBODY);
		cr_assert(always("gemeld", FACT(AANBOD_GEDAAN) | FACT(AANBOD_GEWEIGERD)));
		cr_assert(always("in-behandeling", FACT(AANBOD_GEDAAN)));
	}
}

Test(region_routes, R31_actietafel_with_mandate_and_independent_chair)
{
	static const char *const regions[] = { "demo", "vo3102" };

	for (size_t i = 0; i < 2; i++) {
		const struct kb_route *route = open_route(regions[i], "thuiszitter");

		walk_route(route, EVERYBODY);
		cr_assert(always("besproken", FACT(VOORZITTER)));
		walk_route(route, ALL_BUT(MANDAAT));
		cr_assert_not(reached("besproken"));
		walk_route(route, ALL_BUT(ONAFHANKELIJK));
		cr_assert_not(reached("besproken"));
		walk_route(route, ALL_BUT(TOESTEMMING));
		cr_assert_not(reached("tafel"));
		cr_assert(reached("opgelost"));
	}
}

Test(region_routes, R32_doorzettingsmacht_by_three_in_order)
{
	static const struct {
		const char *region;
		const char *route;
	} all[] = { { "demo", "thuiszitter" },
		    { "demo", "escalatie" },
		    { "po2302", "thuiszitter" },
		    { "po2302", "escalatie" } };

	for (size_t i = 0; i < 4; i++) {
		const struct kb_route *route = open_route(all[i].region, all[i].route);

		walk_route(route, EVERYBODY);
		cr_assert(always("besluit", FACT(GESPREK_BESTUUR) | FACT(CVA_GERAADPLEEGD) |
						    FACT(BESTUUR_AKKOORD)));
		cr_assert(only_after(FACT(CVA_GERAADPLEEGD), FACT(GESPREK_BESTUUR)));
		cr_assert(only_after(FACT(BESTUUR_AKKOORD), FACT(CVA_GERAADPLEEGD)));
		cr_assert_str_eq(step_of(route, "cva-raadplegen")->function, "cva");
		cr_assert_str_eq(step_of(route, "goedkeuren")->function, "bestuur");
		cr_assert_str_eq(step_of(route, "doorzetten")->function, "coordinator");
		cr_assert_neq(step_of(route, "doorzetten")->records & FACT(COORDINATOR_BESLUIT), 0);
		cr_assert_eq(step_of(route, "doorzetten")->by, KB_ROUTE_SWV);
	}
}

Test(region_routes, R40_a_dossier_alone_is_no_warme_overdracht)
{
	static const struct {
		const char *region;
		const char *route;
		const char *end;
	} all[] = {
		{ "demo", "overdracht", "afgesloten" },
		{ "po2202", "overdracht", "afgesloten" },
		{ "po2301", "overdracht", "afgesloten" },
		{ "po2302", "overdracht", "afgesloten" },
		{ "vo3102", "overdracht", "afgesloten" },
		{ "vo3102", "vso-vo", "overgeplaatst" },
		{ "demo", "terugplaatsing", "terug" },
		{ "po2202", "terugplaatsing", "terug" },
		{ "po2302", "terugplaatsing", "terug" },
		{ "po2302", "so-plaatsing", "afgesloten" },
	};

	const uint64_t talk = FACT(GESPREK_GEHOUDEN) | FACT(GESPREK_BEVESTIGD);

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		walk_route(open_route(all[i].region, all[i].route), ALL_BUT(KOUD_MAG));
		cr_assert(always(all[i].end, talk), "%s %s", all[i].region, all[i].route);
	}
}

Test(region_routes, R40_the_cold_end_only_where_the_dossier_is_enough)
{
	const uint64_t accepted = FACT(DOSSIER_VERZONDEN) | FACT(ONTVANGST_AANVAARD);

	for (size_t i = 0; i < EVERY_REGION_COUNT; i++) {
		const struct kb_route *route = open_route(every_region[i], "overdracht");

		walk_route(route, EVERYBODY);
		cr_assert(reached("koud"));
		cr_assert(always("koud", accepted | FACT(INZAGE_GEGEVEN)));
		cr_assert(always("aanvaard", FACT(GESPREK_GEHOUDEN) | FACT(GESPREK_BEVESTIGD)));
		walk_route(route, ALL_BUT(KOUD_MAG));
		cr_assert_not(reached("koud"));
		walk_route(route, ALL_BUT(AANGEMELD));
		cr_assert_not(reached("aangekondigd"));
		cr_assert_not(reached("dossier"));
	}
}

/* D01: only the dossier, then a reminder, in every region; and then whom the region names, to a samenwerkingsverband only for extra
 * support. */
Test(region_routes, after_the_dossier_a_reminder_and_then_whom_the_region_names)
{
	for (size_t i = 0; i < EVERY_REGION_COUNT; i++) {
		const struct kb_route *route = open_route(every_region[i], "overdracht");
		const struct kb_profile_rule *named = &profile.rules[KB_PROFILE_POVO_VOLGENDE];
		uint8_t reminded = kb_route_state_find(route, kb_span_text("herinnerd"));
		uint16_t by_hand = kb_route_step_find(
			route, kb_route_state_find(route, kb_span_text("dossier")),
			kb_span_text("herinneren"), KB_ROUTE_SCHOOL);
		bool asks = false;

		cr_assert_neq(by_hand, KB_ROUTE_STEP_NONE, "%s", every_region[i]);
		cr_assert_eq(route->steps[by_hand].to, reminded, "%s", every_region[i]);
		for (size_t j = 0; j < route->step_count; j++) {
			const struct kb_route_step *step = &route->steps[j];

			if ((step->records & FACT(VOLGENDE_GEVRAAGD)) == 0) {
				continue;
			}
			asks = true;
			cr_assert_eq(step->from, reminded, "%s: %s", every_region[i], step->event);
			cr_assert(strcmp(step->event, "naar-swv") != 0 ||
					  (step->guards & KB_GUARD_EXTRA_ONDERSTEUNING) != 0,
				  "%s", every_region[i]);
		}
		cr_assert_eq(asks, named->vastgelegd, "%s", every_region[i]);
	}
}

/* ---- nothing about the child before it is aangemeld (facts D2, D5) ---- */

Test(region_routes, overdracht_sends_nothing_to_the_other_school_before_aanmelding)
{
	for (size_t i = 0; i < EVERY_REGION_COUNT; i++) {
		const struct kb_route *route = open_route(every_region[i], "overdracht");

		walk_route(route, ALL_BUT(AANGEMELD));
		for (size_t j = 0; j < route->step_count; j++) {
			const struct kb_route_step *step = &route->steps[j];

			cr_assert(step->kind == 0 || step->from != KB_ROUTE_ANY_STATE, "%s: %s",
				  every_region[i], step->event);
			for (uint32_t set = 0; step->kind != 0 && set < 1u << walk.bit_count;
			     set++) {
				cr_assert(!walk.seen[step->from][set] ||
						  !can(step, step->from, facts_of(set)),
					  "%s: %s", every_region[i], step->event);
			}
		}
	}
}

/* ---- the parents (design 7: a step towards them makes a letter) ---- */

Test(region_routes, every_route_has_a_letter_and_a_withdrawal_is_confirmed_by_one)
{
	for (size_t i = 0; i < EVERY_REGION_COUNT; i++) {
		(void)open_route(every_region[i], "overdracht");
		for (size_t j = 0; j < profile.route_count; j++) {
			const struct kb_route *route = &profile.routes[j];
			bool letter = false;

			for (size_t k = 0; k < route->step_count; k++) {
				const struct kb_route_step *step = &route->steps[k];

				letter = letter || step->letter != 0;
				cr_expect(strcmp(step->event, "toestemming-ingetrokken") != 0 ||
						  step->letter == KB_LETTER_INTREKKING,
					  "%s/%s:%u", every_region[i], route->id, step->line);
			}
			cr_expect(letter, "%s/%s", every_region[i], route->id);
		}
	}
}

/* ---- where the regions differ ---- */

static bool
steps_differ(const struct kb_route_step *a, const struct kb_route_step *b)
{
	return a->from != b->from || a->to != b->to || strcmp(a->event, b->event) != 0 ||
	       a->by != b->by || a->kind != b->kind || a->guards != b->guards ||
	       a->facts != b->facts || a->records != b->records || a->starts != b->starts ||
	       a->stops != b->stops;
}

static bool
clocks_differ(const struct kb_term *a, const struct kb_term *b)
{
	return a->vastgelegd != b->vastgelegd || a->length != b->length || a->unit != b->unit;
}

static bool
routes_differ(const struct kb_route *a, const struct kb_route *b)
{
	bool differ = a->step_count != b->step_count || a->clock_count != b->clock_count;

	for (size_t i = 0; !differ && i < a->step_count; i++) {
		differ = steps_differ(&a->steps[i], &b->steps[i]);
	}
	for (size_t i = 0; !differ && i < a->clock_count; i++) {
		differ = clocks_differ(&a->clocks[i].term, &b->clocks[i].term);
	}
	return differ;
}

/* A play in two regions that say the same shows no more than a play in one. verzuim is the duty to report of the law (facts D1). */
Test(region_routes, each_route_is_there_in_two_regions_that_differ)
{
	static struct kb_profile all[EVERY_REGION_COUNT];
	size_t seen = 0;

	for (size_t i = 0; i < EVERY_REGION_COUNT; i++) {
		(void)open_route(every_region[i], "overdracht");
		all[i] = profile;
		profile = (struct kb_profile){ .region = 0 };
	}
	/* The demo has each of them. */
	for (size_t r = 0; r < all[0].route_count; r++) {
		const struct kb_route *route = &all[0].routes[r];
		bool differ = false;

		for (size_t i = 1; i < EVERY_REGION_COUNT; i++) {
			const struct kb_route *other =
				kb_profile_route(&all[i], kb_span_text(route->id));

			differ = differ || (other != NULL && routes_differ(route, other));
		}
		cr_expect(differ || strcmp(route->id, "verzuim") == 0, "%s", route->id);
		seen++;
	}
	cr_expect_eq(seen, 19);
	for (size_t i = 0; i < EVERY_REGION_COUNT; i++) {
		kb_profile_release(&all[i]);
	}
}

Test(region_routes, the_end_of_the_escalation_per_region)
{
	static const struct {
		const char *region;
		const char *state;
		bool stays_open;
	} ends[] = {
		{ "po2301", "onopgelost", true }, { "po2202", "onopgelost", true },
		{ "vo3102", "oordeel", false },	  { "po2302", "besluit", false },
		{ "demo", "besluit", false },
	};

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		const struct kb_route *route = open_route(ends[i].region, "thuiszitter");

		walk_route(route, EVERYBODY);
		cr_assert(reached(ends[i].state));
		cr_assert_eq(route->states[state_of(ends[i].state)].stays_open, ends[i].stays_open);
		cr_assert(always("opgelost", 0));
	}
}

/* The terms of requirements 2J whose route is here; what no plan says has no term (0). */
Test(region_routes, the_clocks_of_requirements_2J)
{
	static const struct {
		const char *region;
		const char *route;
		const char *clock;
		uint32_t length;
		enum kb_term_unit unit;
		enum kb_profile_kind kind;
	} terms[] = {
		{ "po2202", "doa", "terugkoppeling", 4, KB_TERM_WEKEN, KB_PROFILE_KIND_REGEL },
		{ "po2202", "thuiszitter", "streven", 4, KB_TERM_WEKEN, KB_PROFILE_KIND_STREVEN },
		{ "po2202", "thuiszitter", "grens", 3, KB_TERM_MAANDEN, KB_PROFILE_KIND_WETTELIJK },
		{ "po2302", "thuiszitter", "grens", 4, KB_TERM_WEKEN, KB_PROFILE_KIND_REGEL },
		{ "po2302", "thuiszitter", "elders", 6, KB_TERM_WEKEN, KB_PROFILE_KIND_WETTELIJK },
		{ "po2301", "thuiszitter", "grens", 0, KB_TERM_NONE, KB_PROFILE_KIND_NONE },
		{ "vo3102", "thuiszitter", "grens", 0, KB_TERM_NONE, KB_PROFILE_KIND_NONE },
		{ "vo3102", "vso-vo", "orientatie", 5, KB_TERM_MAANDEN, KB_PROFILE_KIND_STREVEN },
		{ "po2302", "so-plaatsing", "contact", 12, KB_TERM_MAANDEN, KB_PROFILE_KIND_NORM },
		{ "po2202", "overdracht", "herinnering", 0, KB_TERM_NONE, KB_PROFILE_KIND_NONE },
		{ "vo3102", "overdracht", "herinnering", 0, KB_TERM_NONE, KB_PROFILE_KIND_NONE },
		{ "vo3102", "syntheseklas", "schakelen", 24, KB_TERM_MAANDEN,
		  KB_PROFILE_KIND_STREVEN },
		{ "po2302", "escalatie", "gesprek", 0, KB_TERM_NONE, KB_PROFILE_KIND_NONE },
	};

	for (size_t i = 0; i < sizeof(terms) / sizeof(terms[0]); i++) {
		const struct kb_route *route = open_route(terms[i].region, terms[i].route);
		uint8_t clock = kb_route_clock_find(route, kb_span_text(terms[i].clock));

		cr_assert_neq(clock, 0, "%s %s: no clock %s", terms[i].region, terms[i].route,
			      terms[i].clock);
		const struct kb_term *term = &route->clocks[clock - 1].term;

		cr_assert_eq(term->vastgelegd, terms[i].length != 0, "%s %s", terms[i].region,
			     terms[i].clock);
		cr_assert_eq(term->length, terms[i].length);
		cr_assert_eq(term->unit, terms[i].unit);
		cr_assert_eq(term->kind, (uint32_t)terms[i].kind);
		cr_assert_gt(strlen(term->source), 0);
	}
}

/* Every step, term and value that names a plan names the one of its own region; only the demonstration follows others. */
Test(region_routes, a_region_cites_its_own_plan)
{
	static const char *const plans[] = { "PO 23-01", "PO 22-02", "VO 31-02", "PO 23-02" };
	static const char *const regions[] = { "po2301", "po2202", "vo3102", "po2302" };

	for (size_t i = 0; i < 4; i++) {
		(void)open_route(regions[i], "verzuim");
		for (size_t r = 0; r < profile.route_count; r++) {
			const struct kb_route *route = &profile.routes[r];

			for (size_t s = 0; s < route->step_count; s++) {
				const char *source = route->steps[s].source;

				for (size_t p = 0; p < 4; p++) {
					char plan[32];

					(void)snprintf(plan, sizeof(plan), "plan %s,", plans[p]);
					cr_assert(p == i || strstr(source, plan) == NULL,
						  "%s %s %s: %s", regions[i], route->id,
						  route->steps[s].event, source);
				}
			}
		}
	}
}
