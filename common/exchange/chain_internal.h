/* SPDX-License-Identifier: EUPL-1.2 */
/* What making a record and replaying it share: the effect of an event, so that both say the same. */
#ifndef KB_EXCHANGE_CHAIN_INTERNAL_H
#define KB_EXCHANGE_CHAIN_INTERNAL_H

#include "common/exchange/case_chain.h"

/* The rule that a refusal names when it is the engine's own. */
#define KB_CHAIN_RULE "design 7"

/* What a record changes. stops and starts are clocks of the route as bits; stops only those that run or ran out. */
struct kb_chain_effect {
	uint8_t state;
	uint32_t regie_epoch;
	uint32_t stops;
	uint32_t starts;
	uint8_t expired; /* clock + 1 that ran out; 0: none */
	struct kb_party_id regievoerder;
	struct kb_party_id offered_to;
};

/* One question to the rules. */
struct kb_chain_ask {
	const struct kb_chain_view *view;
	const struct kb_chain_request *request;
	uint32_t roles; /* of the actor */
	struct kb_chain_refusal *refusal;
};

/* Fills refusal when it is there, and returns err. */
enum kb_err kb_chain_refuse(struct kb_chain_refusal *refusal, enum kb_err err, const char *rule,
			    struct kb_span word);

/* The entry of who takes part; NULL: none. */
const struct kb_chain_participant *kb_chain_taking_part(const struct kb_chain_view *view,
							const struct kb_party_id *party);
/* The same for a participant as a request names it: a party by its id, a guest by its name. */
const struct kb_chain_participant *kb_chain_named(const struct kb_chain_view *view,
						  const struct kb_chain_participant *participant);
/* The first party (no guest) with that role; NULL: none. */
const struct kb_chain_participant *kb_chain_party_with(const struct kb_chain_view *view,
						       uint32_t role);
/* Whether who joins has a role that can be held, and is a party or a guest and not both. */
bool kb_chain_joins_well(const struct kb_chain_participant *participant);

/* Whether a party of that kind can have role; any_desk: at one of its desks. UNSPECIFIED kind: not judged. */
bool kb_chain_role_fits(uint32_t role, enum kb_party_kind kind, enum kb_desk desk, bool any_desk);

/* Place in view of the one of that clock (place in the route) that runs or ran out; view->clock_count: none. */
size_t kb_chain_live(const struct kb_chain_view *view, uint8_t clock);
/* The clock that a klok: event names + 1; 0: none of the route. */
uint8_t kb_chain_klok_of(const struct kb_route *route, struct kb_span event);

/*
 * Whether party may take the regie as vangnet at now. KB_ERR_NOT_ALLOWED: it is the vangnet of no clock that runs or ran out;
 * KB_ERR_STATE: not yet, or the regievoerder did something. Without a calendar feestdagen count as working days: a record that was made
 * with one is always right without.
 */
enum kb_err kb_chain_vangnet(const struct kb_chain_view *view, const struct kb_party_id *party,
			     int64_t now_utc_ms, const struct kb_kalender *kalender,
			     struct kb_chain_refusal *refusal);

/* Facts of a step against what it writes down; at_utc_ms is when it is taken. */
enum kb_err kb_chain_check_facts(const struct kb_chain_fact *facts, size_t count, uint64_t records,
				 int64_t at_utc_ms, const char *rule,
				 struct kb_chain_refusal *refusal);

static inline bool
kb_chain_closes(const struct kb_route *route, const struct kb_route_step *step)
{
	return step->to != KB_ROUTE_ANY_STATE && route->states[step->to].end;
}

/* Guards and facts of step, for an actor that may take it. As kb_chain_allows(). */
enum kb_err kb_chain_check_step(const struct kb_chain_ask *ask, const struct kb_route_step *step);

/* step: place in the route or KB_ROUTE_STEP_NONE; target: to whom the regie is offered (REGIE_AANBIEDEN) or who leaves. */
struct kb_chain_effect kb_chain_effect_of(const struct kb_chain_view *view,
					  enum kb_chain_event event, struct kb_span word,
					  uint16_t step, const struct kb_party_id *actor,
					  const struct kb_party_id *target);

#endif
