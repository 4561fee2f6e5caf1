/* SPDX-License-Identifier: EUPL-1.2 */
/* The vocabulary of routes, and looking things up in one. */
#include "common/exchange/route.h"

struct role_row {
	const char *word;
	const char *label;
	uint32_t kinds;
	enum kb_desk desk;
};

#define KB_ROW(name, bit, word, label, kinds, desk) [(bit)] = { (word), (label), (kinds), (desk) },
static const struct role_row roles[KB_ROUTE_ROLE_COUNT] = { KB_ROUTE_ROLE_TABLE(KB_ROW) };
#undef KB_ROW

/* The place of the only bit of set, count when it is not exactly one of them. */
static size_t
place_of(uint32_t set, size_t count)
{
	size_t place = 0;

	while (place < count && set != 1u << place) {
		place++;
	}
	return place;
}

const char *
kb_route_role_word(uint32_t role)
{
	size_t place = place_of(role, KB_ROUTE_ROLE_COUNT);

	return place < KB_ROUTE_ROLE_COUNT ? roles[place].word : "";
}

const char *
kb_route_role_label(uint32_t role)
{
	size_t place = place_of(role, KB_ROUTE_ROLE_COUNT);

	return place < KB_ROUTE_ROLE_COUNT ? roles[place].label : "";
}

uint32_t
kb_route_role_parse(struct kb_span word)
{
	for (size_t i = 0; i < KB_ROUTE_ROLE_COUNT; i++) {
		if (kb_span_equal(word, kb_span_text(roles[i].word))) {
			return 1u << i;
		}
	}
	return 0;
}

bool
kb_route_role_fits(uint32_t role, enum kb_party_kind kind, enum kb_desk desk)
{
	size_t place = place_of(role, KB_ROUTE_ROLE_COUNT);

	return place < KB_ROUTE_ROLE_COUNT && (roles[place].kinds & KB_PARTY_BIT(kind)) != 0 &&
	       (roles[place].desk == KB_DESK_UNSPECIFIED || roles[place].desk == desk);
}

enum kb_desk
kb_route_role_desk(uint32_t role)
{
	size_t place = place_of(role, KB_ROUTE_ROLE_COUNT);

	return place < KB_ROUTE_ROLE_COUNT ? roles[place].desk : KB_DESK_UNSPECIFIED;
}

struct fact_row {
	const char *word;
	const char *label;
	bool people;
};

#define KB_ROW(name, bit, word, label, people) [(bit)] = { (word), (label), (people) },
static const struct fact_row facts[KB_FACT_COUNT] = { KB_FACT_TABLE(KB_ROW) };
#undef KB_ROW

const char *
kb_fact_word(enum kb_fact_nr fact)
{
	return (size_t)fact < KB_FACT_COUNT ? facts[fact].word : "";
}

const char *
kb_fact_label(enum kb_fact_nr fact)
{
	return (size_t)fact < KB_FACT_COUNT ? facts[fact].label : "";
}

bool
kb_fact_wants_people(enum kb_fact_nr fact)
{
	return (size_t)fact < KB_FACT_COUNT && facts[fact].people;
}

bool
kb_fact_parse(struct kb_span word, enum kb_fact_nr *out)
{
	for (size_t i = 0; i < KB_FACT_COUNT; i++) {
		if (kb_span_equal(word, kb_span_text(facts[i].word))) {
			*out = (enum kb_fact_nr)i;
			return true;
		}
	}
	return false;
}

struct guard_row {
	const char *word;
	const char *label;
	const char *rule;
};

#define KB_ROW(name, bit, word, label, rule) [(bit)] = { (word), (label), (rule) },
static const struct guard_row guards[KB_GUARD_COUNT] = { KB_GUARD_TABLE(KB_ROW) };
#undef KB_ROW

const char *
kb_guard_word(uint32_t guard)
{
	size_t place = place_of(guard, KB_GUARD_COUNT);

	return place < KB_GUARD_COUNT ? guards[place].word : "";
}

const char *
kb_guard_label(uint32_t guard)
{
	size_t place = place_of(guard, KB_GUARD_COUNT);

	return place < KB_GUARD_COUNT ? guards[place].label : "";
}

const char *
kb_guard_rule(uint32_t guard)
{
	size_t place = place_of(guard, KB_GUARD_COUNT);

	return place < KB_GUARD_COUNT ? guards[place].rule : "";
}

uint32_t
kb_guard_parse(struct kb_span word)
{
	for (size_t i = 0; i < KB_GUARD_COUNT; i++) {
		if (kb_span_equal(word, kb_span_text(guards[i].word))) {
			return 1u << i;
		}
	}
	return 0;
}

static const char *const unit_words[KB_TERM_UNIT_COUNT] = {

#define KB_ROW(name, word) [KB_TERM_##name] = (word),
	KB_TERM_UNIT_TABLE(KB_ROW)
#undef KB_ROW
};

const char *
kb_term_unit_word(enum kb_term_unit unit)
{
	return (size_t)unit < KB_TERM_UNIT_COUNT ? unit_words[unit] : "";
}

enum kb_term_unit
kb_term_unit_parse(struct kb_span word)
{
	for (size_t i = KB_TERM_NONE + 1; i < KB_TERM_UNIT_COUNT; i++) {
		if (kb_span_equal(word, kb_span_text(unit_words[i]))) {
			return (enum kb_term_unit)i;
		}
	}
	return KB_TERM_NONE;
}

uint8_t
kb_route_state_find(const struct kb_route *route, struct kb_span name)
{
	for (size_t i = 0; i < route->state_count; i++) {
		if (kb_span_equal(name, kb_span_text(route->states[i].name))) {
			return (uint8_t)i;
		}
	}
	return KB_ROUTE_ANY_STATE;
}

uint8_t
kb_route_clock_find(const struct kb_route *route, struct kb_span name)
{
	for (size_t i = 0; i < route->clock_count; i++) {
		if (kb_span_equal(name, kb_span_text(route->clocks[i].name))) {
			return (uint8_t)(i + 1);
		}
	}
	return 0;
}

static uint16_t
step_of(const struct kb_route *route, uint8_t from, struct kb_span event, uint32_t by)
{
	for (size_t i = 0; i < route->step_count; i++) {
		const struct kb_route_step *step = &route->steps[i];

		if (step->from == from && kb_span_equal(event, kb_span_text(step->event)) &&
		    (by == 0 || (step->by & by) != 0)) {
			return (uint16_t)i;
		}
	}
	return KB_ROUTE_STEP_NONE;
}

uint16_t
kb_route_step_find(const struct kb_route *route, uint8_t state, struct kb_span event, uint32_t by)
{
	uint16_t found = step_of(route, state, event, by);

	if (found == KB_ROUTE_STEP_NONE && state < route->state_count &&
	    !route->states[state].end) {
		found = step_of(route, KB_ROUTE_ANY_STATE, event, by);
	}
	return found;
}
