/* SPDX-License-Identifier: EUPL-1.2 */
/* What one can ask of a case as it stands: its events, who takes part, its clocks, and what an event does. */
#include "common/exchange/chain_internal.h"
#include "common/exchange/date.h"

static const struct {
	const char *word;
	const char *label;
} events[KB_CHAIN_EVENT_COUNT] = {

#define KB_ROW(name, word, label) [KB_CHAIN_##name] = { (word), (label) },
	KB_CHAIN_EVENT_TABLE(KB_ROW)
#undef KB_ROW
};

enum kb_chain_event
kb_chain_event_of(struct kb_span word)
{
	struct kb_span prefix = kb_span_text(KB_CHAIN_KLOK_PREFIX);

	if (word.len > prefix.len && kb_span_equal(kb_span_part(word, 0, prefix.len), prefix)) {
		return KB_CHAIN_KLOK;
	}
	for (size_t i = 1; i < KB_CHAIN_EVENT_COUNT; i++) {
		if (events[i].word != NULL && kb_span_equal(word, kb_span_text(events[i].word))) {
			return (enum kb_chain_event)i;
		}
	}
	return KB_CHAIN_EVENT_NONE;
}

const char *
kb_chain_event_label(enum kb_chain_event event)
{
	return (size_t)event < KB_CHAIN_EVENT_COUNT && events[event].label != NULL
		       ? events[event].label
		       : "";
}

const char *
kb_chain_event_word(enum kb_chain_event event)
{
	return (size_t)event < KB_CHAIN_EVENT_COUNT && events[event].word != NULL
		       ? events[event].word
		       : "";
}

const struct kb_chain_participant *
kb_chain_taking_part(const struct kb_chain_view *view, const struct kb_party_id *party)
{
	for (size_t i = 0; i < view->participant_count && !kb_party_id_empty(party); i++) {
		const struct kb_chain_participant *one = &view->participants[i];

		if (one->until_utc_ms == 0 && kb_party_id_equal(&one->party, party)) {
			return one;
		}
	}
	return NULL;
}

const struct kb_chain_participant *
kb_chain_named(const struct kb_chain_view *view, const struct kb_chain_participant *participant)
{
	if (!kb_party_id_empty(&participant->party)) {
		return kb_chain_taking_part(view, &participant->party);
	}
	for (size_t i = 0; i < view->participant_count; i++) {
		const struct kb_chain_participant *one = &view->participants[i];

		if (one->until_utc_ms == 0 && kb_party_id_empty(&one->party) &&
		    kb_span_equal(one->guest, participant->guest)) {
			return one;
		}
	}
	return NULL;
}

bool
kb_chain_joins_well(const struct kb_chain_participant *participant)
{
	uint32_t role = participant->role;

	return role != 0 && (role & KB_ROUTE_ROLES_HELD) == role && (role & (role - 1)) == 0 &&
	       kb_party_id_empty(&participant->party) != (participant->guest.len == 0);
}

/* The roles of an entry, whoever asks. */
static uint32_t
roles_of(const struct kb_chain_view *view, const struct kb_chain_participant *one)
{
	uint32_t roles = one->role | KB_ROUTE_ALLEN;

	if (kb_party_id_empty(&one->party)) {
		return roles;
	}
	roles |= kb_party_id_equal(&one->party, &view->opener) ? KB_ROUTE_INBRENGER : 0u;
	roles |= kb_party_id_equal(&one->party, &view->regievoerder) ? KB_ROUTE_REGIEVOERDER : 0u;
	return roles;
}

uint32_t
kb_chain_roles_of(const struct kb_chain_view *view, const struct kb_party_id *party)
{
	const struct kb_chain_participant *one = kb_chain_taking_part(view, party);

	return one != NULL ? roles_of(view, one) : 0;
}

static const struct kb_chain_participant *
first_with(const struct kb_chain_view *view, uint32_t role, bool guests)
{
	for (size_t i = 0; i < view->participant_count; i++) {
		const struct kb_chain_participant *one = &view->participants[i];

		if (one->until_utc_ms == 0 && (guests || !kb_party_id_empty(&one->party)) &&
		    (roles_of(view, one) & role) != 0) {
			return one;
		}
	}
	return NULL;
}

const struct kb_chain_participant *
kb_chain_participant_with(const struct kb_chain_view *view, uint32_t role)
{
	return first_with(view, role, true);
}

const struct kb_chain_participant *
kb_chain_party_with(const struct kb_chain_view *view, uint32_t role)
{
	return first_with(view, role, false);
}

const struct kb_chain_view_clock *
kb_chain_due(const struct kb_chain_view *view, int64_t now_utc_ms)
{
	const struct kb_chain_view_clock *first = NULL;

	for (size_t i = 0; i < view->clock_count; i++) {
		const struct kb_chain_view_clock *clock = &view->clocks[i];

		if (clock->state == KB_CHAIN_CLOCK_RUNS && clock->due_utc_ms <= now_utc_ms &&
		    (first == NULL || clock->due_utc_ms < first->due_utc_ms)) {
			first = clock;
		}
	}
	return first;
}

size_t
kb_chain_live(const struct kb_chain_view *view, uint8_t clock)
{
	for (size_t i = view->clock_count; i > 0; i--) {
		const struct kb_chain_view_clock *one = &view->clocks[i - 1];

		if (one->clock == clock &&
		    (one->state == KB_CHAIN_CLOCK_RUNS || one->state == KB_CHAIN_CLOCK_EXPIRED)) {
			return i - 1;
		}
	}
	return view->clock_count;
}

uint8_t
kb_chain_klok_of(const struct kb_route *route, struct kb_span event)
{
	size_t skip = sizeof(KB_CHAIN_KLOK_PREFIX) - 1;

	return kb_route_clock_find(route, kb_span_part(event, skip, event.len));
}

/* Of the clocks in set those that run or ran out. */
static uint32_t
live_of(const struct kb_chain_view *view, uint32_t set)
{
	uint32_t live = 0;

	for (size_t i = 0; i < view->route->clock_count; i++) {
		if ((set & 1u << i) != 0 && kb_chain_live(view, (uint8_t)i) < view->clock_count) {
			live |= 1u << i;
		}
	}
	return live;
}

/* A clock without a term is not started (requirements section 6: the region agreed nothing). */
static uint32_t
agreed_of(const struct kb_route *route, uint32_t set)
{
	uint32_t agreed = 0;

	for (size_t i = 0; i < route->clock_count; i++) {
		agreed |= (set & 1u << i) != 0 && route->clocks[i].term.vastgelegd ? 1u << i : 0u;
	}
	return agreed;
}

static void
effect_of_step(const struct kb_chain_view *view, const struct kb_route_step *step,
	       struct kb_chain_effect *effect)
{
	const struct kb_route *route = view->route;

	effect->state = step->to == KB_ROUTE_ANY_STATE ? view->state : step->to;
	if (route->states[effect->state].end) {
		effect->stops = live_of(view, UINT32_MAX);
		effect->offered_to = (struct kb_party_id){ { 0 } };
		return;
	}
	effect->starts = agreed_of(route, step->starts);
	/* A clock that is started again begins anew: one of a name runs at a time. */
	effect->stops = live_of(view, step->stops | effect->starts);
	const struct kb_chain_participant *next = kb_chain_party_with(view, step->regie);

	if (next != NULL && !kb_party_id_equal(&next->party, &view->regievoerder)) {
		effect->offered_to = next->party;
	}
}

struct kb_chain_effect
kb_chain_effect_of(const struct kb_chain_view *view, enum kb_chain_event event, struct kb_span word,
		   uint16_t step, const struct kb_party_id *actor, const struct kb_party_id *target)
{
	static const struct kb_party_id nobody;
	struct kb_chain_effect effect = {
		.state = view->state,
		.regie_epoch = view->regie_epoch,
		.regievoerder = view->regievoerder,
		.offered_to = view->offered_to,
	};

	if (event == KB_CHAIN_KLOK) {
		effect.expired = kb_chain_klok_of(view->route, word);
	}
	if (step != KB_ROUTE_STEP_NONE) {
		effect_of_step(view, &view->route->steps[step], &effect);
	}
	if (event == KB_CHAIN_REGIE_AANBIEDEN) {
		effect.offered_to = *target;
	}
	if (event == KB_CHAIN_REGIE_TERUGNEMEN || event == KB_CHAIN_REGIE_WEIGEREN ||
	    (event == KB_CHAIN_DEELNEMER_ERUIT && kb_party_id_equal(target, &view->offered_to))) {
		effect.offered_to = nobody;
	}
	if (event == KB_CHAIN_REGIE_AANVAARDEN || event == KB_CHAIN_REGIE_OVERNEMEN) {
		effect.regievoerder = *actor;
		effect.offered_to = nobody;
	}
	effect.regie_epoch += event == KB_CHAIN_REGIE_OVERNEMEN ? 1 : 0;
	return effect;
}
