/* SPDX-License-Identifier: EUPL-1.2 */
/* A route out of any bytes: refused with a fault, or one that can be walked without looking where one steps. */
#include "common/exchange/letters.h"
#include "tests/support/small_profile.h"

static void
check_step(const struct kb_route *route, const struct kb_route_step *step)
{
	bool anywhere = step->from == KB_ROUTE_ANY_STATE;
	uint32_t clocks = route->clock_count == 0 ? 0 : UINT32_MAX >> (32 - route->clock_count);

	KB_INVARIANT(anywhere || step->from < route->state_count);
	KB_INVARIANT(step->to < route->state_count || (step->to == KB_ROUTE_ANY_STATE && anywhere));
	KB_INVARIANT(anywhere || !route->states[step->from].end);
	KB_INVARIANT(step->to == KB_ROUTE_ANY_STATE || !route->states[step->to].end ||
		     (step->by == KB_ROUTE_REGIEVOERDER && step->clock == 0));
	KB_INVARIANT(step->by != 0 && step->clock <= route->clock_count);
	KB_INVARIANT(((step->starts | step->stops) & ~clocks) == 0);
	KB_INVARIANT((step->kind == 0) == (step->to_roles == 0));
	KB_INVARIANT(step->kind == 0 || kb_kind_find(step->kind) != NULL);
	KB_INVARIANT(step->letter < KB_LETTER_KIND_COUNT);
	KB_INVARIANT(step->event[0] != '\0' && step->label[0] != '\0' && step->rule[0] != '\0' &&
		     step->source[0] != '\0');
	/* Whoever may take it finds it, or one that is written for the state itself. */
	for (uint8_t state = 0; state < route->state_count; state++) {
		if (step->from == state) {
			uint16_t place = kb_route_step_find(route, state, kb_span_text(step->event),
							    step->by);

			KB_INVARIANT(place < route->step_count && &route->steps[place] == step);
		}
	}
}

static void
check_route(const struct kb_route *route)
{
	KB_INVARIANT(route->begin < route->state_count && route->openers != 0);
	KB_INVARIANT((route->openers & ~KB_ROUTE_ROLES_HELD) == 0);
	KB_INVARIANT(route->state_count <= KB_ROUTE_STATES_MAX &&
		     route->step_count <= KB_ROUTE_STEPS_MAX &&
		     route->clock_count <= KB_ROUTE_CLOCKS_MAX);
	for (size_t i = 0; i < route->state_count; i++) {
		KB_INVARIANT(kb_route_state_find(route, kb_span_text(route->states[i].name)) == i);
	}
	for (size_t i = 0; i < route->clock_count; i++) {
		const struct kb_route_clock *clock = &route->clocks[i];

		KB_INVARIANT(kb_route_clock_find(route, kb_span_text(clock->name)) == i + 1);
		KB_INVARIANT(clock->term.vastgelegd == (clock->term.unit != KB_TERM_NONE) &&
			     clock->term.vastgelegd == (clock->term.kind != 0));
		KB_INVARIANT(clock->term.source[0] != '\0' && clock->grace.vastgelegd);
		KB_INVARIANT(!clock->escalation || clock->vangnet != 0);
	}
	for (size_t i = 0; i < route->step_count; i++) {
		check_step(route, &route->steps[i]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char values[KB_SMALL_PROFILE_BYTES];

	if (values[0] == '\0') {
		kb_small_profile(KB_SMALL_PROFILE, values);
	}
	const struct kb_profile_file files[] = { { "profile.ini", kb_span_text(values) },
						 { "tafel.route", kb_span(data, size) } };
	struct kb_faults faults = { 0 };
	struct kb_profile profile = { 0 };
	enum kb_err err = kb_profile_parse(files, 2, "f", &faults, &profile);

	KB_INVARIANT((err == KB_OK) == (faults.count == 0));
	KB_INVARIANT(err == KB_OK || kb_faults_text(&faults)[0] != '\0');
	if (err == KB_OK) {
		KB_INVARIANT(profile.route_count == 1);
		check_route(&profile.routes[0]);
	}
	kb_profile_release(&profile);
	kb_faults_release(&faults);
	return 0;
}
