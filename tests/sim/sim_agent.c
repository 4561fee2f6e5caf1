/* SPDX-License-Identifier: EUPL-1.2 */
/* What the agent of a party does: sequence proposals, tell clocks, propose again, ask for what is missing. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "common/exchange/date.h"
#include "tests/sim/sim.h"

/* A proposal that got no answer goes again after three days. */
#define AGAIN_TICKS (3 * SIM_TICKS_PER_DAY)
/* What may have been lost at the end of the chain shows in no gap: once a week one asks. */
#define ASK_TICKS (7 * SIM_TICKS_PER_DAY)
/* Days after the year in which acts are still settled; after them only records travel. */
#define SETTLE_DAYS 40

static bool
has_regie(const struct sim_replica *replica, enum chain_who who)
{
	return replica->view.revision > 0 && chain_who_of(&replica->view.regievoerder) == who;
}

/* ---- making records ---- */

/* The clocks that a record starts end on the day that the test itself counts. */
static void
check_started(struct sim *sim, const struct kb_route *route, const struct kb_chain_record *record)
{
	for (size_t i = 0; i < record->started_count; i++) {
		uint8_t place = kb_route_clock_find(route, record->started[i].name);
		const struct kb_term *term = &route->clocks[place - 1].term;
		int due = sim_dates_due(&sim->dates, term,
					sim_dates_of(&sim->dates, record->at_utc_ms));

		cr_assert_neq(due, SIM_DAY_NONE, "%s %s", route->id, route->clocks[place - 1].name);
		cr_assert_eq(record->started[i].due_utc_ms, sim->dates.days[due].start_utc_ms,
			     "%s %s", route->id, route->clocks[place - 1].name);
	}
}

enum kb_err
sim_make_record(struct sim *sim, uint32_t case_nr, enum chain_who who, uint32_t act,
		const struct kb_chain_request *request)
{
	struct sim_replica *replica = sim_replica_get(sim, case_nr, who);
	struct kb_party_id self = chain_party(who);
	struct kb_chain_refusal refusal = { 0 };
	struct sim_record *record = kb_arena_alloc(&sim->arena, sizeof(*record));

	cr_assert_not_null(record);
	enum kb_err err = kb_chain_next(&replica->view, request, &self, &sim->kalender, &sim->arena,
					&record->at, &refusal);

	if (err != KB_OK) {
		cr_assert_not_null(refusal.rule);
		return err;
	}
	chain_hash(&record->at);
	record->act = act;
	record->number = (uint32_t)sim->counts.records++;
	check_started(sim, sim->cases[case_nr].route, &record->at);
	sim_replica_take(sim, case_nr, who, record);
	cr_assert(kb_hash_equal(&replica->view.last, &record->at.hash));
	sim_send_record(sim, case_nr, who, record);
	sim->counts.closed += replica->view.closed_utc_ms != 0 ? 1 : 0;
	return KB_OK;
}

/* ---- receiving ---- */

/* The record of an act in the chain that survives here; NULL: none. */
static struct sim_record *
standing(struct sim *sim, const struct sim_replica *replica, uint32_t act)
{
	enum kb_chain_mark marks[KB_CHAIN_RECORDS_MAX];
	struct sim_record *found = NULL;
	bool here = false;

	for (size_t i = 0; i < replica->count; i++) {
		here = here || replica->records[i]->act == act;
	}
	if (!here) {
		return NULL;
	}
	sim_replica_replay(sim, replica, replica->view.route, marks);
	for (size_t i = 0; i < replica->count; i++) {
		if (replica->records[i]->act == act && marks[i] == KB_CHAIN_MARK_STANDS) {
			found = replica->records[i];
		}
	}
	return found;
}

static void
on_proposal(struct sim *sim, const struct sim_message *message)
{
	struct sim_replica *replica = sim_replica_get(sim, message->case_nr, message->to);
	struct sim_act *act = &sim->acts[message->act];
	struct sim_message answer = { .kind = SIM_REFUSAL,
				      .from = message->to,
				      .to = message->from,
				      .case_nr = message->case_nr,
				      .act = message->act };
	struct kb_chain_request request = act->request;

	if (!has_regie(replica, message->to)) {
		return;
	}
	answer.record = standing(sim, replica, message->act);
	if (answer.record != NULL) {
		answer.kind = SIM_RECORD;
		sim_send(sim, answer);
		return;
	}
	request.now_utc_ms = sim->now_utc_ms;
	if ((act->refused_by & 1u << message->to) != 0 ||
	    sim_make_record(sim, message->case_nr, message->to, message->act, &request) != KB_OK) {
		act->refused_by |= 1u << message->to;
		sim_send(sim, answer);
	}
}

static void
on_refusal(struct sim *sim, const struct sim_message *message)
{
	struct sim_act *act = &sim->acts[message->act];

	if (act->state == SIM_ACT_OPEN) {
		act->state = SIM_ACT_REFUSED;
	}
}

/* Who asks gets what it does not have; who is asked and knows less asks back. */
static void
on_ask(struct sim *sim, const struct sim_message *message)
{
	struct sim_replica *replica = sim_replica_get(sim, message->case_nr, message->to);
	const struct kb_chain_view *view = &replica->view;
	struct kb_party_id asker = chain_party(message->from);
	bool behind = message->epoch < view->regie_epoch ||
		      (message->epoch == view->regie_epoch && message->revision < view->revision);

	if (behind && kb_chain_roles_of(view, &asker) != 0) {
		for (size_t i = 0; i < replica->count; i++) {
			struct sim_record *record = replica->records[i];

			if (message->epoch == view->regie_epoch &&
			    record->at.revision <= message->revision) {
				continue;
			}
			sim_send(sim, (struct sim_message){ .kind = SIM_RECORD,
							    .from = message->to,
							    .to = message->from,
							    .case_nr = message->case_nr,
							    .act = SIM_ACT_NONE,
							    .record = record });
		}
	} else if (message->epoch > view->regie_epoch || message->revision > view->revision) {
		sim_send(sim, (struct sim_message){ .kind = SIM_ASK,
						    .from = message->to,
						    .to = message->from,
						    .case_nr = message->case_nr,
						    .epoch = view->regie_epoch,
						    .revision = view->revision });
	}
}

void
sim_agent_receive(struct sim *sim, const struct sim_message *message)
{
	if (message->kind == SIM_RECORD) {
		sim_replica_take(sim, message->case_nr, message->to, message->record);
	} else if (message->kind == SIM_PROPOSAL) {
		on_proposal(sim, message);
	} else if (message->kind == SIM_REFUSAL) {
		on_refusal(sim, message);
	} else {
		on_ask(sim, message);
	}
}

/* ---- by itself ---- */

/* On its day; later only when whoever has the regie could not know or was away that day. */
static void
check_fired(struct sim *sim, const struct sim_replica *replica, enum chain_who who,
	    const struct kb_chain_view_clock *clock)
{
	int due = sim_dates_of(&sim->dates, clock->due_utc_ms);
	int today = sim_today(sim);

	cr_assert_eq(sim->dates.days[due].start_utc_ms, clock->due_utc_ms);
	cr_assert_geq(today, due, "before its day");
	if (today == due) {
		sim->counts.fired++;
		return;
	}
	cr_assert(sim_away(sim, who, today - 1) || replica->regie_from_day > due,
		  "%s: clock %s fired %d days late", replica->view.route->id,
		  replica->view.route->clocks[clock->clock].name, today - due);
	sim->counts.fired_late++;
}

static void
tell_clocks(struct sim *sim, uint32_t case_nr, enum chain_who who, struct sim_replica *replica)
{
	const struct kb_chain_view_clock *due = NULL;
	static const struct kb_chain_request none;

	while (has_regie(replica, who) && replica->view.closed_utc_ms == 0 &&
	       (due = kb_chain_due(&replica->view, sim->now_utc_ms)) != NULL) {
		char word[KB_ROUTE_NAME_MAX + 8] = { 0 };
		int len = snprintf(word, sizeof(word), "klok:%s",
				   replica->view.route->clocks[due->clock].name);
		struct kb_chain_request request = none;

		request = chain_request(who, "", sim->now_utc_ms);
		request.event = kb_arena_copy(&sim->arena, kb_span(word, (size_t)len));
		request.person = KB_SPAN_NONE;
		check_fired(sim, replica, who, due);
		cr_assert_eq(sim_make_record(sim, case_nr, who, SIM_ACT_NONE, &request), KB_OK);
	}
}

static void
ask(struct sim *sim, uint32_t case_nr, enum chain_who who, const struct sim_replica *replica)
{
	const struct kb_chain_view *view = &replica->view;
	enum chain_who whom = replica->ask_whom;

	if (!replica->waits) {
		/* Somebody who takes part, the regievoerder as often as all others together. */
		whom = chain_who_of(&view->regievoerder);
		if (view->participant_count > 0 && (whom == who || sim_random(sim, 2) == 0)) {
			uint32_t at = sim_random(sim, (uint32_t)view->participant_count);

			whom = chain_who_of(&view->participants[at].party);
		}
	}
	if (whom != who && whom != SIM_NOBODY) {
		sim->counts.asked++;
		sim_send(sim, (struct sim_message){ .kind = SIM_ASK,
						    .from = who,
						    .to = whom,
						    .case_nr = case_nr,
						    .epoch = view->regie_epoch,
						    .revision = replica->ask_after });
	}
}

/* An act that its author has not seen in the chain: again, by itself when it has the regie, or back to a person. */
static void
pursue(struct sim *sim, uint32_t case_nr, uint32_t nr)
{
	struct sim_act *act = &sim->acts[nr];
	struct sim_replica *replica = sim_replica_get(sim, case_nr, act->who);
	struct kb_chain_request request = act->request;

	if (act->state != SIM_ACT_OPEN || act->next_tick > sim->tick ||
	    sim_away(sim, act->who, sim_today(sim))) {
		return;
	}
	act->next_tick = sim->tick + AGAIN_TICKS;
	request.now_utc_ms = sim->now_utc_ms;
	if (kb_chain_allows(&replica->view, &request, NULL, NULL) != KB_OK) {
		act->state = SIM_ACT_BACK;
		return;
	}
	sim->counts.proposed_again += act->was_void > 0 ? 1 : 0;
	if (has_regie(replica, act->who)) {
		if (sim_make_record(sim, case_nr, act->who, nr, &request) != KB_OK) {
			act->state = SIM_ACT_BACK;
		}
		return;
	}
	sim_send(sim, (struct sim_message){ .kind = SIM_PROPOSAL,
					    .from = act->who,
					    .to = chain_who_of(&replica->view.regievoerder),
					    .case_nr = case_nr,
					    .act = nr });
}

static void
case_tick(struct sim *sim, uint32_t case_nr)
{
	struct sim_case *one = &sim->cases[case_nr];
	int today = sim_today(sim);

	for (size_t i = 0; i < CHAIN_WHO_COUNT; i++) {
		enum chain_who who = (enum chain_who)i;
		struct sim_replica *replica = one->replicas[i];

		if (replica == NULL || sim_away(sim, who, today)) {
			continue;
		}
		if (!has_regie(replica, who)) {
			replica->regie_from_day = SIM_DAY_NONE;
		} else if (replica->regie_from_day == SIM_DAY_NONE) {
			replica->regie_from_day = today;
		}
		if (today <= sim->last_day) {
			tell_clocks(sim, case_nr, who, replica);
		}
		if ((replica->waits && sim->tick % SIM_TICKS_PER_DAY == 1) ||
		    (sim->tick + case_nr + i) % ASK_TICKS == 0 ||
		    (today > sim->last_day && sim->tick % SIM_TICKS_PER_DAY == 0)) {
			ask(sim, case_nr, who, replica);
		}
	}
	for (size_t i = 0; i < one->act_count && today <= sim->last_day + SETTLE_DAYS; i++) {
		pursue(sim, case_nr, one->acts[i]);
	}
}

void
sim_agents_tick(struct sim *sim)
{
	for (uint32_t i = 0; i < sim->case_count; i++) {
		if (sim->cases[i].opens_at <= sim->tick) {
			case_tick(sim, i);
			if (sim_today(sim) <= sim->last_day) {
				sim_people_tick(sim, i);
			}
		}
	}
}
