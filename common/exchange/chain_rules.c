/* SPDX-License-Identifier: EUPL-1.2 */
/* Whether a step is allowed as a case stands: by whom and in which state. */
#include "common/exchange/chain_internal.h"

/* A term that starts just before a moment too late starts on the last day in time. */
#define MS_BEFORE 1

static enum kb_err
no(const struct kb_chain_ask *ask, enum kb_err err, const char *word)
{
	return kb_chain_refuse(ask->refusal, err, KB_CHAIN_RULE, kb_span_text(word));
}

/* ---- events of the route ---- */

/* Any step of the route with that event. */
static const struct kb_route_step *
step_named(const struct kb_route *route, struct kb_span event)
{
	for (size_t i = 0; i < route->step_count; i++) {
		if (kb_span_equal(event, kb_span_text(route->steps[i].event))) {
			return &route->steps[i];
		}
	}
	return NULL;
}

static enum kb_err
allows_route(const struct kb_chain_ask *ask, uint16_t *step)
{
	const struct kb_route *route = ask->view->route;
	struct kb_span event = ask->request->event;
	uint16_t found = kb_route_step_find(route, ask->view->state, event, ask->roles);

	if (found == KB_ROUTE_STEP_NONE) {
		uint16_t other = kb_route_step_find(route, ask->view->state, event, 0);
		const struct kb_route_step *named = step_named(route, event);

		if (other != KB_ROUTE_STEP_NONE) {
			return kb_chain_refuse(ask->refusal, KB_ERR_NOT_ALLOWED,
					       route->steps[other].rule, event);
		}
		return named != NULL
			       ? kb_chain_refuse(ask->refusal, KB_ERR_STATE, named->rule, event)
			       : kb_chain_refuse(ask->refusal, KB_ERR_BAD_VALUE, KB_CHAIN_RULE,
						 event);
	}
	*step = found;
	return kb_chain_check_step(ask, &route->steps[found]);
}

static enum kb_err
allows_klok(const struct kb_chain_ask *ask, uint16_t *step)
{
	const struct kb_chain_view *view = ask->view;
	struct kb_span event = ask->request->event;
	uint8_t clock = kb_chain_klok_of(view->route, event);

	if (clock == 0) {
		return kb_chain_refuse(ask->refusal, KB_ERR_BAD_VALUE, KB_CHAIN_RULE, event);
	}
	if ((ask->roles & KB_ROUTE_REGIEVOERDER) == 0) {
		return no(ask, KB_ERR_NOT_ALLOWED, "regievoerder");
	}
	if (ask->request->person.len > 0) {
		return no(ask, KB_ERR_NOT_ALLOWED, "persoon");
	}
	size_t live = kb_chain_live(view, (uint8_t)(clock - 1));

	if (live == view->clock_count || view->clocks[live].state != KB_CHAIN_CLOCK_RUNS ||
	    view->clocks[live].due_utc_ms > ask->request->now_utc_ms) {
		return kb_chain_refuse(ask->refusal, KB_ERR_STATE, KB_CHAIN_RULE, event);
	}
	uint16_t found = kb_route_step_find(view->route, view->state, event, 0);
	struct kb_chain_ask quiet = *ask;

	/* That the clock ran out is told in any case; the step that goes with it is taken only when what it needs is there. */
	quiet.refusal = NULL;
	if (found != KB_ROUTE_STEP_NONE &&
	    !kb_chain_closes(view->route, &view->route->steps[found]) &&
	    kb_chain_check_step(&quiet, &view->route->steps[found]) == KB_OK) {
		*step = found;
		return KB_OK;
	}
	return ask->request->fact_count == 0 ? KB_OK : no(ask, KB_ERR_BAD_VALUE, "feit");
}

/* ---- events of every route ---- */

static enum kb_err
allows_offer(const struct kb_chain_ask *ask)
{
	const struct kb_party_id *to = &ask->request->participant.party;

	if (!kb_party_id_empty(&ask->view->offered_to)) {
		return no(ask, KB_ERR_STATE, "regie");
	}
	return kb_chain_taking_part(ask->view, to) != NULL &&
			       !kb_party_id_equal(to, &ask->view->regievoerder)
		       ? KB_OK
		       : no(ask, KB_ERR_NOT_ALLOWED, "deelnemer");
}

static enum kb_err
allows_take_back(const struct kb_chain_ask *ask)
{
	return !kb_party_id_empty(&ask->view->offered_to) ? KB_OK : no(ask, KB_ERR_STATE, "regie");
}

static enum kb_err
allows_answer(const struct kb_chain_ask *ask)
{
	if (kb_party_id_empty(&ask->view->offered_to)) {
		return no(ask, KB_ERR_STATE, "regie");
	}
	return kb_party_id_equal(&ask->view->offered_to, &ask->request->actor)
		       ? KB_OK
		       : no(ask, KB_ERR_NOT_ALLOWED, "regie");
}

/* Over the working days of the grace, of which the first is the one on which the clock is too late. */
static bool
grace_over(const struct kb_route_clock *clock, int64_t due_utc_ms, int64_t now_utc_ms,
	   const struct kb_kalender *kalender)
{
	struct kb_term grace = clock->grace;
	int64_t end = 0;

	if (!grace.vastgelegd || grace.unit == KB_TERM_NONE) {
		grace = (struct kb_term){ true, 1, KB_TERM_WERKDAGEN, 0, NULL };
	}
	if (grace.unit == KB_TERM_SCHOOLWEKEN && kalender == NULL) {
		grace.unit = KB_TERM_WEKEN;
	}
	return kb_term_due(&grace, due_utc_ms - MS_BEFORE, kalender, &end) == KB_OK &&
	       end <= now_utc_ms;
}

enum kb_err
kb_chain_vangnet(const struct kb_chain_view *view, const struct kb_party_id *party,
		 int64_t now_utc_ms, const struct kb_kalender *kalender,
		 struct kb_chain_refusal *refusal)
{
	enum kb_err err = KB_ERR_NOT_ALLOWED;

	if (kb_party_id_equal(party, &view->regievoerder)) {
		return kb_chain_refuse(refusal, KB_ERR_STATE, KB_CHAIN_RULE,
				       kb_span_text("regievoerder"));
	}
	for (size_t i = 0; i < view->clock_count; i++) {
		const struct kb_chain_view_clock *one = &view->clocks[i];
		const struct kb_route_clock *clock = &view->route->clocks[one->clock];
		const struct kb_chain_participant *vangnet =
			kb_chain_party_with(view, clock->vangnet);

		if (kb_chain_live(view, one->clock) != i || vangnet == NULL ||
		    !kb_party_id_equal(&vangnet->party, party)) {
			continue;
		}
		if (view->moved_utc_ms < one->due_utc_ms &&
		    grace_over(clock, one->due_utc_ms, now_utc_ms, kalender)) {
			return KB_OK;
		}
		err = KB_ERR_STATE;
	}
	return kb_chain_refuse(refusal, err, KB_CHAIN_RULE, kb_span_text("vangnet"));
}

static enum kb_err
allows_takeover(const struct kb_chain_ask *ask)
{
	return kb_chain_vangnet(ask->view, &ask->request->actor, ask->request->now_utc_ms, NULL,
				ask->refusal);
}

bool
kb_chain_role_fits(uint32_t role, enum kb_party_kind kind, enum kb_desk desk, bool any_desk)
{
	bool fits = kind == KB_PARTY_UNSPECIFIED || kb_route_role_fits(role, kind, desk);

	for (uint32_t i = 0; i < KB_DESK_COUNT && !fits && any_desk; i++) {
		fits = kb_route_role_fits(role, kind, (enum kb_desk)i);
	}
	return fits;
}

static enum kb_err
allows_join(const struct kb_chain_ask *ask)
{
	const struct kb_chain_request *request = ask->request;
	const struct kb_chain_participant *one = &request->participant;

	if (!kb_chain_joins_well(one)) {
		return no(ask, KB_ERR_BAD_VALUE, "deelnemer");
	}
	if (!kb_party_id_empty(&one->party) &&
	    !kb_chain_role_fits(one->role, request->participant_kind, request->participant_desk,
				request->participant_desk == KB_DESK_UNSPECIFIED)) {
		return no(ask, KB_ERR_NOT_ALLOWED, kb_route_role_word(one->role));
	}
	return kb_chain_named(ask->view, one) == NULL &&
			       ask->view->participant_count < KB_CHAIN_PARTICIPANTS_MAX
		       ? KB_OK
		       : no(ask, KB_ERR_STATE, "deelnemer");
}

static enum kb_err
allows_leave(const struct kb_chain_ask *ask)
{
	const struct kb_chain_participant *one =
		kb_chain_named(ask->view, &ask->request->participant);

	if (one == NULL) {
		return no(ask, KB_ERR_STATE, "deelnemer");
	}
	return !kb_party_id_empty(&one->party) &&
			       kb_party_id_equal(&one->party, &ask->view->regievoerder)
		       ? no(ask, KB_ERR_NOT_ALLOWED, "regievoerder")
		       : KB_OK;
}

static const struct {
	enum kb_err (*allows)(const struct kb_chain_ask *ask);
	bool regievoerder; /* only by it */
} common[KB_CHAIN_EVENT_COUNT] = {
	[KB_CHAIN_REGIE_AANBIEDEN] = { allows_offer, true },
	[KB_CHAIN_REGIE_TERUGNEMEN] = { allows_take_back, true },
	[KB_CHAIN_REGIE_AANVAARDEN] = { allows_answer, false },
	[KB_CHAIN_REGIE_WEIGEREN] = { allows_answer, false },
	[KB_CHAIN_REGIE_OVERNEMEN] = { allows_takeover, false },
	[KB_CHAIN_DEELNEMER_ERBIJ] = { allows_join, true },
	[KB_CHAIN_DEELNEMER_ERUIT] = { allows_leave, true },
};

static enum kb_err
allows_common(const struct kb_chain_ask *ask, enum kb_chain_event event)
{
	if (common[event].regievoerder && (ask->roles & KB_ROUTE_REGIEVOERDER) == 0) {
		return no(ask, KB_ERR_NOT_ALLOWED, "regievoerder");
	}
	return ask->request->fact_count == 0 ? common[event].allows(ask)
					     : no(ask, KB_ERR_BAD_VALUE, "feit");
}

/* The person acts at the desk of the role; what the agent does by itself is at none. */
static enum kb_err
check_actor(const struct kb_chain_ask *ask, enum kb_chain_event event)
{
	const struct kb_chain_request *request = ask->request;
	bool agent = request->person.len == 0;

	if (ask->roles == 0) {
		return no(ask, KB_ERR_NOT_ALLOWED, "deelnemer");
	}
	if (agent && event != KB_CHAIN_KLOK && !ask->view->route->automatic) {
		return no(ask, KB_ERR_NOT_ALLOWED, "persoon");
	}
	uint32_t role = ask->roles & KB_ROUTE_ROLES_HELD;

	return kb_chain_role_fits(role, request->actor_kind, request->actor_desk, agent)
		       ? KB_OK
		       : no(ask, KB_ERR_NOT_ALLOWED, kb_route_role_word(role));
}

enum kb_err
kb_chain_allows(const struct kb_chain_view *view, const struct kb_chain_request *request,
		uint16_t *step, struct kb_chain_refusal *refusal)
{
	enum kb_chain_event event = kb_chain_event_of(request->event);
	struct kb_chain_ask ask = { view, request, kb_chain_roles_of(view, &request->actor),
				    refusal };
	uint16_t found = KB_ROUTE_STEP_NONE;
	enum kb_err err = KB_OK;

	if (refusal != NULL) {
		*refusal = (struct kb_chain_refusal){ 0 };
	}
	if (view->revision == 0 || view->closed_utc_ms != 0 ||
	    view->revision >= KB_CHAIN_RECORDS_MAX) {
		return kb_chain_refuse(refusal, KB_ERR_STATE, KB_CHAIN_RULE, request->event);
	}
	err = check_actor(&ask, event);
	if (err == KB_OK) {
		err = event == KB_CHAIN_EVENT_NONE ? allows_route(&ask, &found)
		      : event == KB_CHAIN_KLOK	   ? allows_klok(&ask, &found)
						   : allows_common(&ask, event);
	}
	if (err == KB_OK && step != NULL) {
		*step = found;
	}
	return err;
}
