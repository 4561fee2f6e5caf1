/* SPDX-License-Identifier: EUPL-1.2 */
/* A route as a whole: what no section of it can see alone. */
#include "common/base/text.h"
#include "common/daemon/profile_internal.h"

_Static_assert(KB_ROUTE_STATES_MAX <= 32, "a set of states is 32 bits, 1 << place");
_Static_assert(KB_ROUTE_CLOCKS_MAX <= 32, "a set of clocks is 32 bits");

struct check {
	const struct kb_route *route;
	uint32_t region;
	struct kb_faults *faults;
	uint32_t ends;
	uint32_t reachable; /* from the begin */
	uint32_t started;   /* clocks */
};

static bool
has(uint32_t set, uint8_t state)
{
	return (set >> state & 1u) != 0;
}

static uint32_t
all_states(const struct kb_route *route)
{
	return route->state_count == 32 ? UINT32_MAX : (1u << route->state_count) - 1;
}

/* The states from which the step can be taken. "*": any that is no end. */
static uint32_t
from_of(const struct check *check, const struct kb_route_step *step)
{
	return step->from == KB_ROUTE_ANY_STATE ? all_states(check->route) & ~check->ends
						: 1u << step->from;
}

/* "* -> *" leads nowhere new. */
static uint32_t
to_of(const struct kb_route_step *step)
{
	return step->to == KB_ROUTE_ANY_STATE ? 0 : 1u << step->to;
}

/* All states that can be reached from set. */
static uint32_t
forward(const struct check *check, uint32_t set)
{
	uint32_t before = 0;

	while (before != set) {
		before = set;
		for (size_t i = 0; i < check->route->step_count; i++) {
			const struct kb_route_step *step = &check->route->steps[i];

			if ((from_of(check, step) & set) != 0) {
				set |= to_of(step);
			}
		}
	}
	return set;
}

static bool
any_step(const struct kb_route_step *step)
{
	(void)step;
	return true;
}

/* One that stays possible when the toestemming was withdrawn. */
static bool
without_consent(const struct kb_route_step *step)
{
	return (step->guards & (uint32_t)KB_GUARD_TOESTEMMING) == 0 && step->kind == 0;
}

/* All states from which set can be reached over steps that may. */
static uint32_t
backward(const struct check *check, uint32_t set, bool (*may)(const struct kb_route_step *))
{
	uint32_t before = 0;

	while (before != set) {
		before = set;
		for (size_t i = 0; i < check->route->step_count; i++) {
			const struct kb_route_step *step = &check->route->steps[i];

			if (may(step) && (to_of(step) & set) != 0) {
				set |= from_of(check, step);
			}
		}
	}
	return set;
}

#define FAULT(check, line, ...)                                                                    \
	kb_faults_add((check)->faults, (check)->route->file, (line), __VA_ARGS__)

/* ---- states ---- */

static void
check_states(const struct check *check)
{
	const struct kb_route *route = check->route;
	uint32_t rest = 0;
	uint32_t closable = 0;
	uint32_t closable_alone = 0;

	for (uint8_t i = 0; i < route->state_count; i++) {
		rest |= route->states[i].end || route->states[i].stays_open ? 1u << i : 0;
	}
	closable = backward(check, rest, any_step);
	closable_alone = backward(check, check->ends, without_consent);
	for (uint8_t i = 0; i < route->state_count; i++) {
		const struct kb_route_state *state = &route->states[i];

		if (!has(check->reachable, i)) {
			FAULT(check, state->line,
			      "state %s cannot be reached from begin = %s; write a step to it or "
			      "take it out",
			      state->name, route->states[route->begin].name);
		} else if (!has(closable, i)) {
			FAULT(check, state->line,
			      "state %s is a dead end: no steps lead from it to an end; write one, "
			      "or "
			      "einde = ja, or blijft_open = ja",
			      state->name);
		} else if (route->ground == KB_GROUND_TOESTEMMING && !has(closable_alone, i)) {
			FAULT(check, state->line,
			      "state %s has no way to an end once the toestemming is withdrawn; "
			      "write "
			      "a step [%s: * -> END] without needs = toestemming and without "
			      "bericht",
			      state->name, route->id);
		}
	}
}

/* ---- steps ---- */

/* Whether one party can have a role of a and a role of b at once: who opened it and who has the regie also hold another role. */
static bool
can_be_one(uint32_t a, uint32_t b)
{
	uint32_t held = KB_ROUTE_ROLES_HELD;

	return (a & b) != 0 || (a & ~held) != 0 || (b & ~held) != 0;
}

static void
check_twice(const struct check *check, size_t place)
{
	const struct kb_route_step *step = &check->route->steps[place];

	for (size_t i = 0; i < place; i++) {
		const struct kb_route_step *before = &check->route->steps[i];

		if (before->from == step->from && strcmp(before->event, step->event) == 0 &&
		    can_be_one(before->by, step->by)) {
			FAULT(check, step->line,
			      "event %s from this state stands already in line %u for roles that "
			      "one party can have; use another word or other roles",
			      step->event, before->line);
			return;
		}
	}
}

/* Whether one of the events of the section in that line is a clock. */
static bool
has_clock_event(const struct kb_route *route, unsigned line)
{
	for (size_t i = 0; i < route->step_count; i++) {
		if (route->steps[i].line == line && route->steps[i].clock != 0) {
			return true;
		}
	}
	return false;
}

static void
check_ends(const struct check *check, const struct kb_route_step *step)
{
	if (step->from != KB_ROUTE_ANY_STATE && check->route->states[step->from].end) {
		FAULT(check, step->line, "no step leads out of the end %s; open a new case instead",
		      check->route->states[step->from].name);
	}
	if (step->to == KB_ROUTE_ANY_STATE || !check->route->states[step->to].end) {
		return;
	}
	if (has_clock_event(check->route, step->line)) {
		FAULT(check, step->line,
		      "a clock leads to the end %s, but closes no case; lead it to a state in "
		      "which "
		      "the regievoerder closes it",
		      check->route->states[step->to].name);
	} else if (step->by != KB_ROUTE_REGIEVOERDER) {
		FAULT(check, step->line,
		      "only the regievoerder closes a case: must be by = regievoerder for a step "
		      "to the end %s",
		      check->route->states[step->to].name);
	}
}

static void
check_facts(const struct check *check, const struct kb_route_step *step)
{
	const struct kb_route *route = check->route;
	const uint64_t presence = KB_FACT_BIT(OUDERS_AANWEZIG) | KB_FACT_BIT(OUDERS_AFWEZIG);
	uint64_t others = 0;

	for (size_t i = 0; i < route->step_count; i++) {
		/* What a step itself writes down was not there before it. */
		others |= route->steps[i].line != step->line ? route->steps[i].records : 0;
	}
	for (size_t fact = 0; fact < KB_FACT_COUNT; fact++) {
		if ((step->facts & ~others & 1ull << fact) != 0) {
			FAULT(check, step->line,
			      "needs %s, which no other step writes down; add legt_vast = %s to a "
			      "step before it",
			      kb_fact_word((enum kb_fact_nr)fact),
			      kb_fact_word((enum kb_fact_nr)fact));
		}
	}
	if ((step->guards & (uint32_t)KB_GUARD_AANWEZIGHEID_OUDERS) != 0 &&
	    ((others | step->records) & presence) == 0) {
		FAULT(check, step->line,
		      "needs %s, but no step writes down %s or %s; add legt_vast to a step before "
		      "it",
		      kb_guard_word(KB_GUARD_AANWEZIGHEID_OUDERS),
		      kb_fact_word(KB_FACT_NR_OUDERS_AANWEZIG),
		      kb_fact_word(KB_FACT_NR_OUDERS_AFWEZIG));
	}
}

static void
check_steps(const struct check *check)
{
	for (size_t i = 0; i < check->route->step_count; i++) {
		const struct kb_route_step *step = &check->route->steps[i];

		/* A section with several events is several steps, but one place to repair. */
		bool first = i == 0 || check->route->steps[i - 1].line != step->line;

		check_twice(check, i);
		if (first) {
			check_ends(check, step);
			check_facts(check, step);
			kb_profile_check_message(check->route, step, check->region, check->faults);
		}
		if (step->clock != 0 && (check->started >> (step->clock - 1) & 1u) == 0) {
			FAULT(check, step->line,
			      "no step starts the clock of %s; add starts = %s to the step after "
			      "which it runs",
			      step->event, check->route->clocks[step->clock - 1].name);
		}
	}
}

/* ---- clocks ---- */

/* The states in which the case is after the step. */
static uint32_t
after(const struct check *check, const struct kb_route_step *step)
{
	return step->to != KB_ROUTE_ANY_STATE ? to_of(step) : from_of(check, step);
}

/* Whether the step stops the clock of itself: running out is no stop, and starting anew is none. */
static bool
stops(const struct kb_route_step *step, uint8_t clock)
{
	return (step->stops >> clock & 1u) != 0 && (step->starts >> clock & 1u) == 0 &&
	       step->clock != clock + 1;
}

static bool
written_for_a_state(const struct kb_route_step *step)
{
	return step->from != KB_ROUTE_ANY_STATE;
}

/*
 * A clock of a least time ("contact for at least a year") is waited for: from the state no other step leads on than that it has run
 * out, and from there steps lead to an end.
 */
static bool
is_waited_for(const struct check *check, uint8_t state, uint8_t clock)
{
	uint32_t closable = backward(check, check->ends, written_for_a_state);
	bool goes_on = false;

	for (size_t i = 0; i < check->route->step_count; i++) {
		const struct kb_route_step *step = &check->route->steps[i];

		if (step->from != state || step->to == state) {
			continue;
		}
		if (step->clock != clock + 1 || !has(closable, step->to)) {
			return false;
		}
		goes_on = true;
	}
	return goes_on;
}

/*
 * Whether a clock that runs in that state is stopped. Closing a case stops all its clocks too, but a case can always be closed for
 * another reason (moved away, toestemming withdrawn), so that alone says nothing of what had to be done in time.
 */
static bool
is_stopped(const struct check *check, uint8_t state, uint8_t clock)
{
	uint32_t ahead = forward(check, 1u << state);

	for (size_t i = 0; i < check->route->step_count; i++) {
		const struct kb_route_step *step = &check->route->steps[i];

		if (stops(step, clock) && (from_of(check, step) & ahead) != 0) {
			return true;
		}
	}
	return is_waited_for(check, state, clock);
}

/* The first step after which the clock runs and nothing stops it; NULL when there is none. */
static const struct kb_route_step *
never_stopped(const struct check *check, uint8_t clock)
{
	for (size_t i = 0; i < check->route->step_count; i++) {
		const struct kb_route_step *step = &check->route->steps[i];
		uint32_t running = (step->starts >> clock & 1u) != 0
					   ? after(check, step) & check->reachable & ~check->ends
					   : 0;

		for (uint8_t state = 0; state < check->route->state_count; state++) {
			if (has(running, state) && !is_stopped(check, state, clock)) {
				return step;
			}
		}
	}
	return NULL;
}

static bool
has_event(const struct kb_route *route, uint8_t clock)
{
	for (size_t i = 0; i < route->step_count; i++) {
		if (route->steps[i].clock == clock + 1) {
			return true;
		}
	}
	return false;
}

static void
check_clocks(const struct check *check)
{
	const struct kb_route *route = check->route;

	for (uint8_t i = 0; i < route->clock_count; i++) {
		const struct kb_route_clock *clock = &route->clocks[i];
		const struct kb_route_step *start = never_stopped(check, i);

		if ((check->started >> i & 1u) == 0 &&
		    !has_event(route, i)) { /* else its event says it */
			FAULT(check, clock->line,
			      "no step starts clock %s; add starts = %s to a step or take it out",
			      clock->name, clock->name);
		}
		if (start != NULL) {
			FAULT(check, clock->line,
			      "nothing stops clock %s that %s in line %u starts: add stops = %s to "
			      "the step "
			      "that had to be taken in time",
			      clock->name, start->event, start->line, clock->name);
		}
		if (clock->escalation && clock->vangnet == 0) {
			FAULT(check, clock->line,
			      "clock %s is one of the escalation: vangnet must name the role that "
			      "takes over when nobody acts",
			      clock->name);
		}
		if (clock->vangnet == KB_ROUTE_REGIEVOERDER) {
			FAULT(check, clock->line,
			      "clock %s: the regievoerder cannot be its own vangnet; name another "
			      "role",
			      clock->name);
		}
	}
}

void
kb_profile_check_route(const struct kb_route *route, uint32_t region, struct kb_faults *faults)
{
	struct check check = { .route = route, .region = region, .faults = faults };

	for (uint8_t i = 0; i < route->state_count; i++) {
		check.ends |= route->states[i].end ? 1u << i : 0;
	}
	for (size_t i = 0; i < route->step_count; i++) {
		check.started |= route->steps[i].starts;
	}
	check.reachable = forward(&check, 1u << route->begin);
	check_states(&check);
	check_steps(&check);
	check_clocks(&check);
}
