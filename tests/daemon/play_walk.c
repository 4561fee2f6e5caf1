/* SPDX-License-Identifier: EUPL-1.2 */
/* A play on paper: whether its steps are those of the route, which of them it takes, and which can be taken at all. */
#include "tests/daemon/play.h"

#include <string.h>

#include "common/exchange/case_chain.h"

/* Who has which role so far. */
struct walk {
	const struct play *play;
	const struct kb_route *route;
	struct play_cover *cover;
	struct kb_faults *faults;
	uint8_t state;

	struct {
		const char *who;
		uint32_t role;
	} cast[KB_CHAIN_PARTICIPANTS_MAX];

	size_t cast_count;
};

static void
fault(struct walk *walk, const struct play_line *line, const char *what, const char *text)
{
	kb_faults_add(walk->faults, walk->play->file, line != NULL ? line->line : walk->play->line,
		      "%s: %s", what, text);
}

static uint32_t
roles_of(const struct walk *walk, const char *who)
{
	uint32_t roles = KB_ROUTE_REGIEVOERDER | KB_ROUTE_ALLEN;

	for (size_t i = 0; i < walk->cast_count; i++) {
		if (strcmp(walk->cast[i].who, who) == 0) {
			roles |= walk->cast[i].role;
			roles |= i == 0 ? (uint32_t)KB_ROUTE_INBRENGER : 0;
		}
	}
	return roles;
}

static void
join(struct walk *walk, const struct play_line *line)
{
	uint32_t role = kb_route_role_parse(kb_span_text(line->object));

	if ((role & KB_ROUTE_ROLES_HELD) == 0) {
		fault(walk, line, "deze rol is er niet", line->object);
	} else if (walk->cast_count < KB_CHAIN_PARTICIPANTS_MAX) {
		walk->cast[walk->cast_count].who = line->who;
		walk->cast[walk->cast_count++].role = role;
	}
}

static void
take(struct walk *walk, const struct play_line *line, const char *event, uint32_t roles)
{
	uint16_t place = kb_route_step_find(walk->route, walk->state, kb_span_text(event), roles);
	const struct kb_route_step *step = NULL;
	uint8_t to = 0;

	if (place == KB_ROUTE_STEP_NONE) {
		fault(walk, line, "deze stap is hier niet van deze partij", event);
		return;
	}
	step = &walk->route->steps[place];
	to = step->to == KB_ROUTE_ANY_STATE ? walk->state : step->to;
	walk->cover->taken[place] = true;
	if (strcmp(walk->route->states[to].name, line->state) != 0) {
		fault(walk, line, "deze stap leidt naar", walk->route->states[to].name);
	}
	walk->state = to;
}

static void
walk_line(struct walk *walk, const struct play_line *line)
{
	char event[PLAY_TEXT_MAX + 8];

	if (line->verb == PLAY_OPENT || line->verb == PLAY_ERBIJ) {
		join(walk, line);
	} else if (line->verb == PLAY_DOET) {
		take(walk, line, line->object, roles_of(walk, line->who));
	} else if (line->verb == PLAY_MAG_NIET) {
		uint16_t place =
			kb_route_step_find(walk->route, walk->state, kb_span_text(line->object),
					   roles_of(walk, line->who));

		if (place != KB_ROUTE_STEP_NONE) {
			walk->cover->refused[place] = true;
		}
	} else if (line->verb == PLAY_KLOK &&
		   kb_route_clock_find(walk->route, kb_span_text(line->object)) == 0) {
		fault(walk, line, "deze klok is er niet", line->object);
	} else if (line->verb == PLAY_KLOK && line->state[0] != 0) {
		(void)snprintf(event, sizeof(event), KB_CHAIN_KLOK_PREFIX "%s", line->object);
		take(walk, line, event, KB_ROUTE_REGIEVOERDER);
	}
}

void
play_walk(const struct play *play, const struct kb_profile *profile, struct play_cover *cover,
	  struct kb_faults *faults)
{
	struct walk walk = { .play = play, .cover = cover, .faults = faults };

	walk.route = kb_profile_route(profile, kb_span_text(play->route));
	if (walk.route == NULL) {
		fault(&walk, NULL, "deze route is er niet in", profile->id);
		return;
	}
	if (play->line_count == 0 || play->lines[0].verb != PLAY_OPENT) {
		fault(&walk, NULL, "een spel begint met: PARTIJ opent als ROL", play->name);
		return;
	}
	cover->route = walk.route;
	cover->plays++;
	walk.state = walk.route->begin;
	for (size_t i = 0; i < play->line_count; i++) {
		walk_line(&walk, &play->lines[i]);
	}
}

/* ---- what can be reached ---- */

/* Per state: whether it can be reached, and every fact that can stand there. Facts stay, so this only grows; it may be too much where two
 * facts never stand together, never too little. */
struct reach {
	bool there[KB_ROUTE_STATES_MAX];
	uint64_t facts[KB_ROUTE_STATES_MAX];
};

/* What a step needs stands before it. */
static bool
can_be_taken(const struct kb_route *route, const struct kb_route_step *step, uint8_t state,
	     uint64_t facts)
{
	bool here = step->from == state ||
		    (step->from == KB_ROUTE_ANY_STATE && !route->states[state].end);
	bool parents = (facts & (KB_FACT_BIT(OUDERS_AANWEZIG) | KB_FACT_BIT(OUDERS_AFWEZIG))) != 0;

	return here && (step->facts & ~facts) == 0 &&
	       (parents || (step->guards & (uint32_t)KB_GUARD_AANWEZIGHEID_OUDERS) == 0) &&
	       (step->clock == 0 || route->clocks[step->clock - 1].term.vastgelegd);
}

static bool
spread(const struct kb_route_step *step, uint8_t state, struct reach *reach)
{
	uint8_t to = step->to == KB_ROUTE_ANY_STATE ? state : step->to;
	uint64_t facts = reach->facts[state] | step->records | reach->facts[to];
	bool more = !reach->there[to] || facts != reach->facts[to];

	reach->there[to] = true;
	reach->facts[to] = facts;
	return more;
}

void
play_reachable(const struct kb_route *route, bool reachable[KB_ROUTE_STEPS_MAX])
{
	struct reach reach = { .there = { false } };
	bool more = true;

	memset(reachable, 0, KB_ROUTE_STEPS_MAX * sizeof(*reachable));
	reach.there[route->begin] = true;
	while (more) {
		more = false;
		for (size_t i = 0; i < route->step_count * route->state_count; i++) {
			const struct kb_route_step *step = &route->steps[i / route->state_count];
			uint8_t state = (uint8_t)(i % route->state_count);

			if (reach.there[state] &&
			    can_be_taken(route, step, state, reach.facts[state])) {
				reachable[i / route->state_count] = true;
				more = spread(step, state, &reach) || more;
			}
		}
	}
}
