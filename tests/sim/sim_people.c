/* SPDX-License-Identifier: EUPL-1.2 */
/* What people do: open cases, take steps that their own view of the case allows, pass the regie on, take it over, be silent. */
#include <criterion/criterion.h>

#include "common/exchange/date.h"
#include "tests/sim/sim.h"

/* One act in a case about every so many ticks (two weeks). */
#define ACT_EVERY 56
#define CLOSE_PER_CENT 4
#define REGIE_PER_CENT 12
#define SILENT_TICKS (70 * SIM_TICKS_PER_DAY)
#define CHOICES_MAX 160

/* ---- acts ---- */

static uint32_t
act_new(struct sim *sim, uint32_t case_nr, enum chain_who who,
	const struct kb_chain_request *request)
{
	struct sim_case *one = &sim->cases[case_nr];
	uint32_t nr = sim->act_count;

	if (one->act_count == SIM_ACTS_MAX || nr == sim->act_capacity) {
		return SIM_ACT_NONE;
	}
	sim->acts[nr] = (struct sim_act){
		.request = *request,
		.case_nr = case_nr,
		.who = who,
		.next_tick = sim->tick,
	};
	memcpy(sim->acts[nr].request.proposal_id.bytes, &nr, sizeof(nr));
	sim->acts[nr].request.proposal_id.bytes[KB_ID_BYTES - 1] = 1;
	sim->act_count++;
	one->acts[one->act_count++] = nr;
	return nr;
}

/* Everything that a step asks from outside and from its author. */
static void
fill(struct sim *sim, const struct kb_route_step *step, struct kb_chain_request *request)
{
	struct kb_chain_fact *facts =
		kb_arena_alloc(&sim->arena, KB_CHAIN_FACTS_MAX * sizeof(*facts));

	cr_assert_not_null(facts);
	request->met = UINT32_MAX;
	request->function = kb_span_text(step->function);
	request->facts = facts;
	for (size_t i = 0; i < KB_FACT_COUNT; i++) {
		enum kb_fact_nr fact = (enum kb_fact_nr)i;

		if ((step->records & 1ull << i) != 0) {
			facts[request->fact_count++] =
				(struct kb_chain_fact){ fact, kb_date_local_day(sim->now_utc_ms),
							kb_fact_wants_people(fact)
								? kb_span_text(kb_fact_word(fact))
								: KB_SPAN_NONE };
		}
	}
}

static void
take_step(struct sim *sim, uint32_t case_nr, enum chain_who who, const struct kb_chain_view *view)
{
	const struct kb_route *route = view->route;
	struct kb_party_id self = chain_party(who);
	uint32_t roles = kb_chain_roles_of(view, &self);
	const struct kb_route_step *choices[CHOICES_MAX];
	uint32_t count = 0;

	for (size_t i = 0; i < route->step_count; i++) {
		const struct kb_route_step *step = &route->steps[i];
		bool closes = step->to != KB_ROUTE_ANY_STATE && route->states[step->to].end;

		if ((step->from == view->state || step->from == KB_ROUTE_ANY_STATE) &&
		    (step->by & roles) != 0 && step->clock == 0 && count < CHOICES_MAX &&
		    (!closes || sim_random(sim, 100) < CLOSE_PER_CENT)) {
			choices[count++] = step;
		}
	}
	if (count == 0) {
		return;
	}
	for (int tries = 0; tries < 3; tries++) {
		const struct kb_route_step *step = choices[sim_random(sim, count)];
		struct kb_chain_request request = chain_request(who, step->event, sim->now_utc_ms);

		fill(sim, step, &request);
		if (kb_chain_allows(view, &request, NULL, NULL) == KB_OK) {
			(void)act_new(sim, case_nr, who, &request);
			return;
		}
	}
}

/* ---- regie and participants ---- */

static void
regie_act(struct sim *sim, uint32_t case_nr, enum chain_who who, enum kb_chain_event event,
	  enum chain_who target)
{
	struct kb_chain_request request =
		chain_request(who, kb_chain_event_word(event), sim->now_utc_ms);

	if (target != SIM_NOBODY) {
		request.participant.party = chain_party(target);
		request.participant.role = 1u << target;
		request.participant_kind = chain_kind(target);
		request.participant_desk = chain_desk(target);
	}
	(void)act_new(sim, case_nr, who, &request);
}

static void
pass_regie(struct sim *sim, uint32_t case_nr, enum chain_who who, const struct kb_chain_view *view)
{
	enum chain_who target = (enum chain_who)sim_random(sim, CHAIN_WHO_COUNT);
	struct kb_party_id party = chain_party(target);
	bool takes_part = kb_chain_roles_of(view, &party) != 0;
	uint32_t dice = sim_random(sim, 10);

	if (kb_party_id_empty(&view->offered_to) && takes_part) {
		regie_act(sim, case_nr, who, KB_CHAIN_REGIE_AANBIEDEN, target);
	} else if (!takes_part) {
		regie_act(sim, case_nr, who, KB_CHAIN_DEELNEMER_ERBIJ, target);
	} else if (dice < 3) {
		regie_act(sim, case_nr, who, KB_CHAIN_REGIE_TERUGNEMEN, SIM_NOBODY);
	}
}

/* Accepts, sometimes twice over, refuses, or never answers. */
static void
answer_offer(struct sim *sim, uint32_t case_nr, enum chain_who who)
{
	uint32_t dice = sim_random(sim, 10);

	if (dice < 5) {
		regie_act(sim, case_nr, who, KB_CHAIN_REGIE_AANVAARDEN, SIM_NOBODY);
	}
	if (dice < 2) {
		regie_act(sim, case_nr, who, KB_CHAIN_REGIE_AANVAARDEN, SIM_NOBODY);
	}
	if (dice == 5) {
		regie_act(sim, case_nr, who, KB_CHAIN_REGIE_WEIGEREN, SIM_NOBODY);
	}
}

/* The vangnet looks once a day, with what it knows itself. */
static void
look_as_vangnet(struct sim *sim, uint32_t case_nr, enum chain_who who,
		const struct kb_chain_view *view)
{
	struct kb_chain_request request =
		chain_request(who, kb_chain_event_word(KB_CHAIN_REGIE_OVERNEMEN), sim->now_utc_ms);

	if (kb_chain_allows(view, &request, NULL, NULL) == KB_OK && sim_random(sim, 3) == 0 &&
	    sim_make_record(sim, case_nr, who, SIM_ACT_NONE, &request) == KB_OK) {
		sim->counts.takeovers++;
	}
}

/* ---- opening ---- */

/* The roles that a route speaks of. */
static uint32_t
roles_in(const struct kb_route *route)
{
	uint32_t roles = 0;

	for (size_t i = 0; i < route->step_count; i++) {
		roles |= route->steps[i].by | route->steps[i].to_roles | route->steps[i].regie;
	}
	for (size_t i = 0; i < route->clock_count; i++) {
		roles |= route->clocks[i].vangnet | route->clocks[i].task;
	}
	return roles & KB_ROUTE_ROLES_HELD;
}

static void
open_case(struct sim *sim, uint32_t case_nr)
{
	struct sim_case *one = &sim->cases[case_nr];
	uint32_t who = sim_random(sim, CHAIN_WHO_COUNT);
	struct kb_id id = { { 0 } };
	struct kb_hash profile = { { 1 } };

	while ((one->route->openers & 1u << who) == 0) {
		who = (who + 1) % CHAIN_WHO_COUNT;
	}
	enum chain_who opener = (enum chain_who)who;

	memcpy(id.bytes, &case_nr, sizeof(case_nr));
	id.bytes[KB_ID_BYTES - 1] = 1;
	struct kb_chain_request request = chain_request(opener, "openen", sim->now_utc_ms);
	struct sim_record *record = kb_arena_alloc(&sim->arena, sizeof(*record));

	cr_assert_not_null(record);
	cr_assert_eq(kb_chain_open(one->route, &id, &profile, &request, 1u << opener,
				   &sim->kalender, &sim->arena, &record->at, NULL),
		     KB_OK);
	chain_hash(&record->at);
	record->act = SIM_ACT_NONE;
	record->number = (uint32_t)sim->counts.records++;
	sim_replica_take(sim, case_nr, opener, record);
	for (size_t i = 0; i < CHAIN_WHO_COUNT; i++) {
		if (i != opener && (roles_in(one->route) & 1u << i) != 0) {
			regie_act(sim, case_nr, opener, KB_CHAIN_DEELNEMER_ERBIJ,
				  (enum chain_who)i);
		}
	}
}

/* ---- a tick ---- */

static void
person(struct sim *sim, uint32_t case_nr, enum chain_who who, const struct sim_replica *replica)
{
	const struct sim_case *one = &sim->cases[case_nr];
	const struct kb_chain_view *view = &replica->view;
	bool regie = chain_who_of(&view->regievoerder) == who;
	bool offered = chain_who_of(&view->offered_to) == who;

	if (regie && sim->tick >= one->silent_from && sim->tick < one->silent_from + SILENT_TICKS) {
		return;
	}
	if (offered && sim_random(sim, 4) == 0) {
		answer_offer(sim, case_nr, who);
	} else if (regie && sim_random(sim, 100) < REGIE_PER_CENT) {
		pass_regie(sim, case_nr, who, view);
	} else {
		take_step(sim, case_nr, who, view);
	}
}

void
sim_people_tick(struct sim *sim, uint32_t case_nr)
{
	struct sim_case *one = &sim->cases[case_nr];
	enum chain_who who = (enum chain_who)sim_random(sim, CHAIN_WHO_COUNT);
	struct sim_replica *replica = one->replicas[who];

	if (sim->tick == one->opens_at) {
		open_case(sim, case_nr);
		return;
	}
	for (size_t i = 0; i < CHAIN_WHO_COUNT && sim->tick % SIM_TICKS_PER_DAY == 2; i++) {
		if (one->replicas[i] != NULL && one->replicas[i]->view.revision > 0 &&
		    one->replicas[i]->view.closed_utc_ms == 0 &&
		    !sim_away(sim, (enum chain_who)i, sim_today(sim))) {
			look_as_vangnet(sim, case_nr, (enum chain_who)i, &one->replicas[i]->view);
		}
	}
	/* Every party is as likely as another; most of the draws fall on one that has no part in the case. */
	if (replica != NULL && replica->view.revision > 0 && replica->view.closed_utc_ms == 0 &&
	    !sim_away(sim, who, sim_today(sim)) &&
	    sim_random(sim, ACT_EVERY / CHAIN_WHO_COUNT * 2) == 0) {
		person(sim, case_nr, who, replica);
	}
}
