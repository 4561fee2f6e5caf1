/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Rules of requirements section 4 by number, on the shipped regions: what their profiles say of them, and what the engine does with a
 * case on their routes. test_region_routes.c walks every way; here a case is taken along one.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "common/daemon/profile.h"
#include "common/exchange/date.h"
#include "common/exchange/fields.h"
#include "common/exchange/letters.h"
#include "tests/support/chain_case.h"

static const char *const regions[] = { "demo", "po2202", "po2301", "po2302", "vo3102" };
#define REGION_COUNT (sizeof(regions) / sizeof(regions[0]))

static struct kb_profile profile;

static void
close_profile(void)
{
	kb_profile_release(&profile);
	profile = (struct kb_profile){ 0 };
}

static void
open_profile(const char *region)
{
	struct kb_faults faults = { 0 };
	char path[512];

	close_profile();
	(void)snprintf(path, sizeof(path), "%s/deploy/profiles/%s", KB_SOURCE_DIR, region);
	cr_assert_eq(kb_profile_open(path, &faults, &profile), KB_OK, "%s",
		     kb_faults_text(&faults));
	kb_faults_release(&faults);
}

static const struct kb_route *
open_route(const char *region, const char *id)
{
	const struct kb_route *route = NULL;

	open_profile(region);
	route = kb_profile_route(&profile, kb_span_text(id));
	cr_assert_not_null(route, "%s has no route %s", region, id);
	return route;
}

TestSuite(route_rules, .fini = close_profile);

/* ---- a case ---- */

#define ALL_MET UINT32_MAX
#define ALL_BUT(guard) (ALL_MET & ~(uint32_t)KB_GUARD_##guard)

/* The step with everything that it writes down, by somebody with the function that it asks for. */
static enum kb_err
act(struct chain_case *one, enum chain_who who, const char *event, uint32_t met)
{
	struct kb_chain_request request = chain_request(who, event, one->now_utc_ms);
	struct kb_chain_fact facts[KB_FACT_COUNT];
	uint16_t place = kb_route_step_find(one->view.route, one->view.state, kb_span_text(event),
					    1u << who);

	request.met = met;
	if (place != KB_ROUTE_STEP_NONE) {
		const struct kb_route_step *step = &one->view.route->steps[place];

		request.function = kb_span_text(step->function != NULL ? step->function : "");
		for (unsigned i = 0; i < KB_FACT_COUNT; i++) {
			enum kb_fact_nr fact = (enum kb_fact_nr)i;

			if ((step->records >> i & 1u) != 0) {
				facts[request.fact_count++] = (struct kb_chain_fact){
					.fact = fact,
					.day = kb_date_local_day(one->now_utc_ms),
					.people = kb_fact_wants_people(fact)
							  ? kb_span_text("A. de Vries")
							  : KB_SPAN_NONE,
				};
			}
		}
		request.facts = facts;
	}
	return chain_case_do(one, &request);
}

static void
must_act(struct chain_case *one, enum chain_who who, const char *event)
{
	cr_assert_eq(act(one, who, event, ALL_MET), KB_OK, "%s: %s %s", event, one->refusal.rule,
		     one->refusal.word);
}

static const char *
state_of(const struct chain_case *one)
{
	return one->view.route->states[one->view.state].name;
}

/* ---- what a region says of a rule ---- */

static bool
has_item(const struct kb_profile_rule *rule, const char *item)
{
	for (size_t i = 0; i < rule->item_count; i++) {
		if (strcmp(rule->items[i], item) == 0) {
			return true;
		}
	}
	return false;
}

/* 003:2512-2516: each part alone makes a file onvolledig when it is missing. */
Test(route_rules, R05_the_file_of_a_tlv_vso_has_all_its_parts)
{
	static const char *const parts[] = { "handtekeningen", "deskundigenadvies",
					     "OPP of handelingsplan", "toestemmingsverklaring",
					     "zienswijze ouders" };
	const struct kb_profile_rule *rule = &profile.rules[KB_PROFILE_DOCUMENTEN_TLV];

	open_profile("vo3102");
	cr_assert(rule->vastgelegd);
	cr_assert_eq(rule->item_count, sizeof(parts) / sizeof(parts[0]));
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		cr_assert(has_item(rule, parts[i]), "%s", parts[i]);
	}
	cr_assert_str_eq(kb_guard_rule(KB_GUARD_DOSSIER_VOLLEDIG), "R05");
}

/* The file of a pupil, seen by the parents, with the samenwerkingsverband of the vo. */
static void
submit_overgangsdossier(struct chain_case *one, const char *where)
{
	chain_case_open_on(one, open_route(where, "overdracht-vso-pro"), "2027-03-01");
	cr_assert_eq(chain_case_about(one, CHAIN_SCHOOL, KB_CHAIN_DEELNEMER_ERBIJ, CHAIN_SWV_VO),
		     KB_OK);
	must_act(one, CHAIN_SCHOOL, "inzage-geven");
	must_act(one, CHAIN_SCHOOL, "indienen");
}

/* On the one route here that ends in a TLV: an onvolledig file goes back, nothing is decided on it and its clock does not run. */
Test(route_rules, R05_nothing_is_decided_on_a_file_that_went_back)
{
	static const char *const where[] = { "demo", "po2202" };

	for (size_t i = 0; i < 2; i++) {
		struct chain_case one = { 0 };

		submit_overgangsdossier(&one, where[i]);
		must_act(&one, CHAIN_SWV_VO, "onvolledig");
		cr_assert_str_eq(state_of(&one), "voorbereid");
		cr_assert_eq(act(&one, CHAIN_SWV_VO, "beoordelen", ALL_MET), KB_ERR_STATE);
		cr_assert_eq(act(&one, CHAIN_SWV_VO, "besluiten", ALL_MET), KB_ERR_STATE);
		for (size_t c = 0; c < one.view.clock_count; c++) {
			cr_assert_neq(one.view.clocks[c].state, KB_CHAIN_CLOCK_RUNS);
		}
		chain_case_drop(&one);
	}
}

/* 004:2051-2053. That fewer than three ask for a check of the content comes with the route of the aanvraag (B02). */
Test(route_rules, R06_three_signatures_stand_in_the_file_of_po2302)
{
	const struct kb_profile_rule *rule = &profile.rules[KB_PROFILE_DOCUMENTEN_TLV];
	size_t signatures = 0;

	open_profile("po2302");
	for (size_t i = 0; i < rule->item_count; i++) {
		signatures += strncmp(rule->items[i], "handtekening ", 13) == 0;
	}
	cr_assert_eq(signatures, 3);
	cr_assert(has_item(rule, "handtekening ouders"));
	cr_assert(has_item(rule, "handtekening school van herkomst"));
	cr_assert(has_item(rule, "handtekening SBO of SO"));
	cr_assert_not(profile.rules[KB_PROFILE_DOCUMENTEN_TLV].term.vastgelegd);
}

static int32_t
day_of(const char *text)
{
	int32_t day = 0;

	cr_assert_eq(kb_date_parse(kb_span_text(text), &day), KB_OK, "%s", text);
	return day;
}

/* 004:1460-1464: from the end of the assessment, the advice or the allocation; a region may not keep longer. */
Test(route_rules, R11_a_samenwerkingsverband_keeps_until_three_years_after_the_end)
{
	static const struct {
		const char *end;
		const char *gone; /* the day before it can still be read */
	} rows[] = {
		{ "2026-06-30", "2029-06-30" },
		{ "2028-02-29", "2031-02-28" },
		{ "2026-12-31", "2029-12-31" },
	};

	for (size_t i = 0; i < REGION_COUNT; i++) {
		const struct kb_term *term = &profile.rules[KB_PROFILE_BEWAREN_SWV].term;

		open_profile(regions[i]);
		cr_assert(term->vastgelegd, "%s", regions[i]);
		cr_assert_eq(term->unit, KB_TERM_MAANDEN);
		cr_assert_eq(term->kind, (uint32_t)KB_PROFILE_KIND_WETTELIJK);
		for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
			cr_assert_eq(kb_date_add_months(day_of(rows[r].end), (int32_t)term->length),
				     day_of(rows[r].gone), "%s %s", regions[i], rows[r].end);
		}
	}
}

/* ---- the decision and the advice ---- */

/* 004:1466. That a number is given once within a samenwerkingsverband only its agent can see. */
Test(route_rules, R12_a_tlv_besluit_has_its_volgnummer_and_comes_from_a_samenwerkingsverband)
{
	const struct kb_field whole[] = {
		{ KB_VELD_TLV_NUMMER, kb_span_text("2202-2027-14") },
		{ KB_VELD_DATUM, kb_span_text("2027-03-01") },
		{ KB_VELD_BESLUIT, kb_span_text("toegekend") },
	};
	const struct kb_field without[] = { whole[1], whole[2] };
	const struct kb_field empty[] = { { KB_VELD_TLV_NUMMER, KB_SPAN_NONE },
					  whole[1],
					  whole[2] };
	const uint32_t of_swv = (uint32_t)KB_ROUTE_SWV | KB_ROUTE_SWV_ONTVANGEND;
	uint32_t at = 0;
	size_t steps = 0;

	cr_assert_eq(kb_fields_check(KB_KIND_TLV_BESLUIT, whole, 3, &at), KB_OK, "field %u", at);
	cr_assert_eq(kb_fields_check(KB_KIND_TLV_BESLUIT, without, 2, &at), KB_ERR_INCOMPLETE);
	cr_assert_neq(kb_fields_check(KB_KIND_TLV_BESLUIT, empty, 3, &at), KB_OK);
	for (size_t i = 0; i < REGION_COUNT; i++) {
		open_profile(regions[i]);
		for (size_t r = 0; r < profile.route_count; r++) {
			const struct kb_route *route = &profile.routes[r];

			for (size_t s = 0; s < route->step_count; s++) {
				if (route->steps[s].kind == (uint32_t)KB_KIND_TLV_BESLUIT) {
					cr_assert_eq(route->steps[s].by & ~of_swv, 0, "%s %s",
						     regions[i], route->id);
					steps++;
				}
			}
		}
	}
	cr_assert_geq(steps, 2);
}

/* 004:1466: an advice is not verzonden until an afschrift to the parents is logged. */
Test(route_rules, R13_no_advice_is_sent_without_the_afschrift_to_the_parents)
{
	static const char *const where[] = { "demo", "vo3102" };

	for (size_t i = 0; i < 2; i++) {
		const struct kb_route *route = open_route(where[i], "overdracht-bto");
		struct chain_case one = { 0 };

		chain_case_open_on(&one, route, "2027-03-01");
		must_act(&one, CHAIN_SCHOOL, "indienen");
		must_act(&one, CHAIN_SWV, "adviseren");
		cr_assert_eq(act(&one, CHAIN_SWV, "advies-sturen", ALL_BUT(BRIEF_GEDAAN)),
			     KB_ERR_INCOMPLETE);
		cr_assert_eq(one.refusal.guards, KB_GUARD_BRIEF_GEDAAN);
		cr_assert_str_eq(state_of(&one), "geadviseerd");
		cr_assert_eq(act(&one, CHAIN_SCHOOL, "afsluiten", ALL_MET), KB_ERR_STATE);
		must_act(&one, CHAIN_SWV, "advies-sturen");
		cr_assert_str_eq(state_of(&one), "verzonden");
		chain_case_drop(&one);
	}
}

/* Whatever route sends the advice of a samenwerkingsverband: with the letter that R13 asks for, and under its number. */
Test(route_rules, R13_holds_for_every_step_that_sends_an_advice)
{
	size_t found = 0;

	for (size_t i = 0; i < REGION_COUNT; i++) {
		open_profile(regions[i]);
		for (size_t r = 0; r < profile.route_count; r++) {
			const struct kb_route *route = &profile.routes[r];

			for (size_t s = 0; s < route->step_count; s++) {
				const struct kb_route_step *step = &route->steps[s];

				if (step->kind != (uint32_t)KB_KIND_CVA_ADVIES) {
					continue;
				}
				cr_assert_eq(step->letter, (uint32_t)KB_LETTER_AFSCHRIFT, "%s %s",
					     regions[i], route->id);
				cr_assert_neq(step->guards & (uint32_t)KB_GUARD_BRIEF_GEDAAN, 0);
				cr_assert_str_eq(step->rule, "R13");
				found++;
			}
		}
	}
	cr_assert_geq(found, 2);
}

/* ---- who counts ---- */

/* What leerplicht and the boards are asked for (004:1327), by where the cases of a region stand. */
struct count {
	size_t absoluut;
	size_t thuiszitters;
	size_t tijdelijk;
};

#define PUPILS 12

static struct count
count_cases(const struct chain_case *cases)
{
	struct count count = { 0 };

	for (size_t i = 0; i < PUPILS; i++) {
		const char *state = state_of(&cases[i]);

		count.absoluut += strcmp(state, "absoluut") == 0;
		count.thuiszitters += strcmp(state, "thuiszitter") == 0;
		count.tijdelijk += strcmp(state, "tijdelijk") == 0;
	}
	return count;
}

static void
expect_count(const struct chain_case *cases, size_t absoluut, size_t thuiszitters, size_t tijdelijk)
{
	struct count count = count_cases(cases);

	cr_assert_eq(count.absoluut, absoluut, "%zu absoluut", count.absoluut);
	cr_assert_eq(count.thuiszitters, thuiszitters, "%zu thuiszitters", count.thuiszitters);
	cr_assert_eq(count.tijdelijk, tijdelijk, "%zu tijdelijk", count.tijdelijk);
}

/* 004:1503, 1513: in tijdelijke plaatsing a pupil is not enrolled yet, and no absoluut verzuim either. */
Test(route_rules, R20_a_pupil_in_tijdelijke_plaatsing_is_in_no_count)
{
	static const char *const where[] = { "demo", "po2302" };

	for (size_t i = 0; i < 2; i++) {
		const struct kb_route *route = open_route(where[i], "thuiszitter");
		struct chain_case cases[PUPILS] = { 0 };

		/* 0-3 on no school, 4-7 at home, 8-11 straight to another school while it is looked into. */
		for (size_t p = 0; p < PUPILS; p++) {
			chain_case_open_on(&cases[p], route, "2027-09-01");
			must_act(&cases[p], p < 4 ? CHAIN_LEERPLICHT : CHAIN_SCHOOL,
				 p < 4	 ? "absoluut-verzuim"
				 : p < 8 ? "vaststellen"
					 : "tijdelijk-elders");
		}
		expect_count(cases, 4, 4, 4);
		/* Two of those on no school get a place for the time being: they leave that count and enter none. */
		must_act(&cases[0], CHAIN_LEERPLICHT, "tijdelijk-elders");
		must_act(&cases[1], CHAIN_SCHOOL, "tijdelijk-elders");
		expect_count(cases, 2, 4, 6);
		for (size_t p = 0; p < PUPILS; p++) {
			const struct kb_chain_view_clock *elders =
				chain_case_clock(&cases[p].view, "elders");

			if (strcmp(state_of(&cases[p]), "tijdelijk") != 0) {
				cr_assert_null(elders);
				continue;
			}
			/* Nobody can count the pupil as absoluut after all, and six weeks run. */
			cr_assert_eq(act(&cases[p], CHAIN_LEERPLICHT, "absoluut-verzuim", ALL_MET),
				     KB_ERR_STATE);
			cr_assert_not_null(elders);
			cr_assert_eq(elders->state, KB_CHAIN_CLOCK_RUNS);
			cr_assert_eq(elders->due_utc_ms, chain_at("2027-10-14", 0));
		}
		/* Only a melding of the school that has the pupil by then counts it again. */
		must_act(&cases[0], CHAIN_SCHOOL, "vaststellen");
		must_act(&cases[8], CHAIN_SCHOOL, "vaststellen");
		expect_count(cases, 2, 6, 4);
		for (size_t p = 0; p < PUPILS; p++) {
			chain_case_drop(&cases[p]);
		}
	}
}

/* The step into it tells nobody a number: no message of verzuim or of a thuiszitter goes with it. */
Test(route_rules, R20_tijdelijke_plaatsing_is_told_to_nobody_as_verzuim)
{
	static const char *const where[] = { "demo", "po2302" };

	for (size_t i = 0; i < 2; i++) {
		const struct kb_route *route = open_route(where[i], "thuiszitter");
		uint8_t tijdelijk = kb_route_state_find(route, kb_span_text("tijdelijk"));
		size_t found = 0;

		cr_assert_neq(tijdelijk, KB_ROUTE_ANY_STATE);
		for (size_t s = 0; s < route->step_count; s++) {
			const struct kb_route_step *step = &route->steps[s];

			if (step->to == tijdelijk) {
				cr_assert_eq(step->kind, 0, "%s", step->event);
				cr_assert_str_eq(step->rule, "R20");
				found++;
			}
		}
		cr_assert_geq(found, 2);
	}
}

/* ---- the experts ---- */

/* 003:876-879, 004:551 and 1022, 001:903: the professions, and in which place, are those of the region itself. */
Test(route_rules, R26_each_region_has_its_own_pair_of_deskundigen)
{
	static const struct {
		const char *region;
		const char *profession;
		bool first;
		bool second;
	} rows[] = {
		{ "vo3102", "orthopedagoog", true, true },
		{ "vo3102", "jeugdarts", true, false },
		{ "vo3102", "maatschappelijk werker", true, false },
		{ "po2302", "orthopedagoog", true, false },
		{ "po2302", "kinderpsycholoog", true, false },
		{ "po2302", "maatschappelijk werker", false, true },
		{ "po2302", "arts", false, true },
		{ "po2302", "psychiater", false, true },
	};
	const struct kb_profile_rule *first = &profile.rules[KB_PROFILE_DESKUNDIGEN_EERSTE];
	const struct kb_profile_rule *second = &profile.rules[KB_PROFILE_DESKUNDIGEN_TWEEDE];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		open_profile(rows[i].region);
		cr_assert_eq(has_item(first, rows[i].profession), rows[i].first, "%s %s",
			     rows[i].region, rows[i].profession);
		cr_assert_eq(has_item(second, rows[i].profession), rows[i].second, "%s %s",
			     rows[i].region, rows[i].profession);
	}
	open_profile("vo3102");
	cr_assert_eq(second->item_count, 1, "the second is always an orthopedagoog");
	open_profile("po2202");
	cr_assert_not(first->vastgelegd);
	cr_assert_not(second->vastgelegd);
}

/* 001:875: one independent expert judges the overgangsdossier before it is decided on. */
Test(route_rules, R26_no_decision_on_an_overgangsdossier_without_an_independent_deskundige)
{
	static const char *const where[] = { "demo", "po2202" };

	for (size_t i = 0; i < 2; i++) {
		struct chain_case one = { 0 };

		submit_overgangsdossier(&one, where[i]);
		cr_assert_eq(act(&one, CHAIN_SWV_VO, "besluiten", ALL_MET), KB_ERR_STATE);
		cr_assert_eq(act(&one, CHAIN_SWV_VO, "beoordelen", ALL_BUT(ONAFHANKELIJK)),
			     KB_ERR_INCOMPLETE);
		cr_assert_eq(one.refusal.guards, KB_GUARD_ONAFHANKELIJK);
		cr_assert_str_eq(state_of(&one), "ingediend");
		must_act(&one, CHAIN_SWV_VO, "beoordelen");
		must_act(&one, CHAIN_SWV_VO, "besluiten");
		cr_assert_str_eq(state_of(&one), "besloten");
		chain_case_drop(&one);
	}
}

/* [derived]: the same person may not sign twice. Where two read, the engine compares who did. */
Test(route_rules, R26_one_person_does_not_stand_for_two)
{
	const struct kb_route *route = open_route("vo3102", "escalatie");
	struct chain_case one = { 0 };

	chain_case_open_on(&one, route, "2027-03-01");
	for (size_t i = 0; i < route->step_count; i++) {
		if (route->steps[i].from == route->begin && route->steps[i].clock == 0 &&
		    route->steps[i].to == kb_route_state_find(route, kb_span_text("impasse"))) {
			must_act(&one, CHAIN_SCHOOL, route->steps[i].event);
			break;
		}
	}
	must_act(&one, CHAIN_SWV, "eerste-lezing");
	must_act(&one, CHAIN_SWV, "tweede-lezing"); /* by the same A. de Vries */
	cr_assert_eq(act(&one, CHAIN_SWV, "oordelen", ALL_MET), KB_ERR_INCOMPLETE);
	cr_assert_eq(one.refusal.guards, KB_GUARD_TWEE_PERSONEN);
	chain_case_drop(&one);
}
