/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Every (state, event, role) of every route of every shipped region, asked of the engine: what a route lists moves when all it needs is
 * there and is refused when one thing is missing; everything else is refused, and each refusal names a rule. What a route lists is
 * looked up here by other code than that of the engine.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "common/daemon/profile.h"
#include "common/exchange/case_chain.h"
#include "common/exchange/date.h"

#define NOW_UTC_MS 1800000000000 /* January 2027 */

/* Who holds each of the roles, in the order of their bits. */
static const struct {
	uint32_t role;
	enum kb_party_kind kind;
	enum kb_desk desk;
} holders[] = {
	{ KB_ROUTE_SCHOOL, KB_PARTY_SCHOOL, KB_DESK_SCHOOL },
	{ KB_ROUTE_ONTVANGEND, KB_PARTY_VO, KB_DESK_SCHOOL },
	{ KB_ROUTE_SWV, KB_PARTY_SWV, KB_DESK_SWV },
	{ KB_ROUTE_SWV_ONTVANGEND, KB_PARTY_SWV, KB_DESK_SWV },
	{ KB_ROUTE_LEERPLICHT, KB_PARTY_GEMEENTE, KB_DESK_LEERPLICHT },
	{ KB_ROUTE_JEUGD, KB_PARTY_GEMEENTE, KB_DESK_JEUGD },
	{ KB_ROUTE_DOORSTROOMPUNT, KB_PARTY_GEMEENTE, KB_DESK_DOORSTROOMPUNT },
	{ KB_ROUTE_JEUGDHULP, KB_PARTY_JEUGDHULP, KB_DESK_JEUGDHULP },
	{ KB_ROUTE_PARTNER, KB_PARTY_JEUGDHULP, KB_DESK_JEUGDHULP },
};

#define HOLDER_COUNT (sizeof(holders) / sizeof(holders[0]))
/* In no role that may do much, to hold the regie or have opened it when the actor did not. */
#define BYSTANDER HOLDER_COUNT

static struct kb_chain_view view;
static struct kb_chain_fact written[KB_CHAIN_FACTS_MAX];
static struct kb_chain_request request;
static struct kb_chain_refusal refusal;
static size_t listed;
static size_t refused;

static struct kb_party_id
party(size_t place)
{
	struct kb_party_id id = { { 0 } };

	id.text[0] = (char)('a' + place);
	return id;
}

/* Two readers of different names; every other people are the same ones. */
static struct kb_span
people_of(enum kb_fact_nr fact)
{
	if (!kb_fact_wants_people(fact)) {
		return KB_SPAN_NONE;
	}
	return fact == KB_FACT_NR_EERSTE_LEZER ? kb_span_text("B. Bakker")
					       : kb_span_text("J. Jansen");
}

/* A case in that state in which everything stands that a step could need. */
static void
stand(const struct kb_route *route, uint8_t state, size_t regievoerder, size_t opener)
{
	view = (struct kb_chain_view){ .route = route,
				       .state = state,
				       .regie_epoch = 1,
				       .revision = 7,
				       .opener = party(opener),
				       .regievoerder = party(regievoerder),
				       .participant_count = HOLDER_COUNT + 1 };
	view.closed_utc_ms = route->states[state].end ? NOW_UTC_MS : 0;
	for (size_t i = 0; i <= HOLDER_COUNT; i++) {
		view.participants[i] = (struct kb_chain_participant){
			.party = party(i),
			.role = i < HOLDER_COUNT ? holders[i].role : KB_ROUTE_DOORSTROOMPUNT,
			.from_utc_ms = NOW_UTC_MS - 1000
		};
	}
	for (size_t i = 0; i < KB_FACT_COUNT; i++) {
		view.facts[i] =
			(struct kb_chain_view_fact){ .there = true,
						     .day = kb_date_local_day(NOW_UTC_MS),
						     .people = people_of((enum kb_fact_nr)i),
						     .actor = party(2) };
	}
}

/* What somebody asks who knows all about step; NULL: an event that is not for them. */
static void
ask(size_t actor, const char *event, const struct kb_route_step *step)
{
	request = (struct kb_chain_request){ .event = kb_span_text(event),
					     .actor = party(actor),
					     .actor_kind = holders[actor].kind,
					     .actor_desk = holders[actor].desk,
					     .person = kb_span_text("J. Jansen"),
					     .now_utc_ms = NOW_UTC_MS,
					     .met = UINT32_MAX,
					     .facts = written };
	if (step == NULL) {
		return;
	}
	request.function = step->function != NULL ? kb_span_text(step->function) : KB_SPAN_NONE;
	for (size_t i = 0; i < KB_FACT_COUNT; i++) {
		if ((step->records & 1ull << i) != 0) {
			written[request.fact_count++] =
				(struct kb_chain_fact){ .fact = (enum kb_fact_nr)i,
							.day = kb_date_local_day(NOW_UTC_MS),
							.people = people_of((enum kb_fact_nr)i) };
		}
	}
}

static const struct kb_route_step *
listed_from(const struct kb_route *route, uint8_t from, const char *event, uint32_t roles)
{
	for (size_t i = 0; i < route->step_count; i++) {
		const struct kb_route_step *step = &route->steps[i];

		if (step->from == from && strcmp(step->event, event) == 0 &&
		    (step->by & roles) != 0) {
			return step;
		}
	}
	return NULL;
}

/* What the route lists: a step of this state before one of any; none from an end. */
static const struct kb_route_step *
listed_step(const struct kb_route *route, uint8_t state, const char *event, uint32_t roles)
{
	const struct kb_route_step *step = listed_from(route, state, event, roles);

	if (route->states[state].end) {
		return NULL;
	}
	return step != NULL ? step : listed_from(route, KB_ROUTE_ANY_STATE, event, roles);
}

static void
must_refuse(const struct kb_route_step *step, const char *what)
{
	enum kb_err err = kb_chain_allows(&view, &request, NULL, &refusal);

	cr_assert_neq(err, KB_OK, "%s %s -> %s without %s", view.route->id,
		      view.route->states[view.state].name, step != NULL ? step->event : "", what);
	cr_assert_not_null(refusal.rule);
	cr_assert_gt(strlen(refusal.rule), 0);
	refused++;
}

/* ---- one thing missing ---- */

static void
without_guards(size_t actor, const struct kb_route_step *step)
{
	uint32_t wanted = step->guards | (step->letter != 0 ? (uint32_t)KB_GUARD_BRIEF_GEDAAN : 0);

	for (uint32_t guard = 1; guard < 1u << KB_GUARD_COUNT; guard <<= 1) {
		if ((wanted & guard & ~KB_GUARDS_OF_CASE) != 0) {
			ask(actor, step->event, step);
			request.met &= ~guard;
			must_refuse(step, kb_guard_word(guard));
			cr_assert_eq(refusal.guards & guard, guard);
		}
	}
	ask(actor, step->event, step);
	if ((step->guards & (uint32_t)KB_GUARD_TWEE_PERSONEN) != 0) {
		struct kb_span people = view.facts[KB_FACT_NR_EERSTE_LEZER].people;

		view.facts[KB_FACT_NR_EERSTE_LEZER].people = kb_span_text("j jansen");
		must_refuse(step, "twee-personen");
		view.facts[KB_FACT_NR_EERSTE_LEZER].people = people;
	}
	if ((step->guards & (uint32_t)KB_GUARD_AANWEZIGHEID_OUDERS) != 0) {
		view.facts[KB_FACT_NR_OUDERS_AANWEZIG].there = false;
		cr_assert_eq(kb_chain_allows(&view, &request, NULL, &refusal), KB_OK);
		view.facts[KB_FACT_NR_OUDERS_AFWEZIG].there = false;
		must_refuse(step, "aanwezigheid-ouders");
		cr_assert_str_eq(refusal.rule, step->rule);
		view.facts[KB_FACT_NR_OUDERS_AANWEZIG].there = true;
		view.facts[KB_FACT_NR_OUDERS_AFWEZIG].there = true;
	}
}

static void
without_facts(size_t actor, const struct kb_route_step *step)
{
	for (size_t i = 0; i < KB_FACT_COUNT; i++) {
		if ((step->facts & 1ull << i) != 0) {
			ask(actor, step->event, step);
			view.facts[i].there = false;
			must_refuse(step, kb_fact_word((enum kb_fact_nr)i));
			cr_assert_str_eq(refusal.rule, step->rule);
			view.facts[i].there = true;
		}
	}
	for (size_t i = 0; i < KB_FACT_COUNT; i++) {
		if ((step->records & 1ull << i) != 0) {
			ask(actor, step->event, step);
			written[0] = written[--request.fact_count];
			must_refuse(step, "what it writes down");
		}
	}
}

static void
must_move(size_t actor, const struct kb_route_step *step)
{
	uint16_t place = KB_ROUTE_STEP_NONE;

	ask(actor, step->event, step);
	cr_assert_eq(kb_chain_allows(&view, &request, &place, &refusal), KB_OK, "%s %s -> %s: %s",
		     view.route->id, view.route->states[view.state].name, step->event,
		     refusal.word);
	cr_assert_eq(&view.route->steps[place], step);
	listed++;
	if (step->function != NULL) {
		request.function = kb_span_text("administratie");
		must_refuse(step, "function");
		cr_assert_str_eq(refusal.rule, step->rule);
	}
	without_guards(actor, step);
	without_facts(actor, step);
}

/* ---- all of them ---- */

static void
try_event(const struct kb_route *route, uint8_t state, const char *event)
{
	for (size_t actor = 0; actor < HOLDER_COUNT; actor++) {
		for (unsigned as = 0; as < 4; as++) {
			bool regie = (as & 1u) != 0;
			bool opened = (as & 2u) != 0;
			uint32_t roles = holders[actor].role | KB_ROUTE_ALLEN |
					 (regie ? KB_ROUTE_REGIEVOERDER : 0u) |
					 (opened ? KB_ROUTE_INBRENGER : 0u);
			const struct kb_route_step *step = NULL;

			stand(route, state, regie ? actor : BYSTANDER, opened ? actor : BYSTANDER);
			step = listed_step(route, state, event, roles);
			if (step != NULL) {
				must_move(actor, step);
			} else {
				ask(actor, event, NULL);
				must_refuse(NULL, event);
			}
		}
	}
}

static void
try_route(const struct kb_route *route)
{
	for (uint8_t state = 0; state < route->state_count; state++) {
		for (size_t i = 0; i < route->step_count; i++) {
			/* A klok: event is the agent's own and needs a clock: test_case_chain.c. */
			if (route->steps[i].clock == 0) {
				try_event(route, state, route->steps[i].event);
			}
		}
		try_event(route, state, "bestaat-niet");
	}
}

static void
try_region(const char *region)
{
	struct kb_profile profile = { 0 };
	struct kb_faults faults = { 0 };
	char path[512];

	(void)snprintf(path, sizeof(path), "%s/deploy/profiles/%s", KB_SOURCE_DIR, region);
	cr_assert_eq(kb_profile_open(path, &faults, &profile), KB_OK, "%s",
		     kb_faults_text(&faults));
	listed = 0;
	refused = 0;
	for (size_t i = 0; i < profile.route_count; i++) {
		try_route(&profile.routes[i]);
	}
	cr_log_info("%s: %zu routes, %zu steps moved, %zu refused", region, profile.route_count,
		    listed, refused);
	cr_assert_gt(listed, 100);
	cr_assert_gt(refused, listed);
	kb_profile_release(&profile);
	kb_faults_release(&faults);
}

Test(region_steps, demo)
{
	try_region("demo");
}

Test(region_steps, po2202)
{
	try_region("po2202");
}

Test(region_steps, po2301)
{
	try_region("po2301");
}

Test(region_steps, po2302)
{
	try_region("po2302");
}

Test(region_steps, vo3102)
{
	try_region("vo3102");
}
