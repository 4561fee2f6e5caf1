/* SPDX-License-Identifier: EUPL-1.2 */
/* The year: who is away when, tick after tick, and what must hold at its end. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "tests/sim/sim.h"

#define HOUR_MS (3600 * (int64_t)1000)
/* After the year: forty days in which acts are settled, sixty in which only records travel. */
#define AFTER_DAYS 100
#define ARENA_BYTES ((size_t)3 << 30)
#define OPEN_WITHIN_DAYS 200
#define ACTS_PER_CASE 96

static void
absences(struct sim *sim)
{
	for (size_t who = 0; who < CHAIN_WHO_COUNT; who++) {
		for (int i = 0; i < SIM_ABSENCES; i++) {
			int half = (sim->last_day - sim->first_day) / SIM_ABSENCES;
			int from = sim->first_day + i * half + 30 + (int)sim_random(sim, 90);

			sim->away_from[who][i] = from;
			sim->away_to[who][i] = from + 14 + (int)sim_random(sim, 14);
		}
	}
}

void
sim_init(struct sim *sim, const struct kb_route *const *routes, size_t route_count,
	 uint32_t case_count, uint64_t seed)
{
	struct kb_kalender_rij rows[SIM_ROWS_MAX];
	size_t row_count = 0;

	memset(sim, 0, sizeof(*sim));
	sim->arena.ceiling = ARENA_BYTES;
	row_count = sim_dates_make(&sim->dates, rows);
	cr_assert_eq(kb_kalender_init(&sim->kalender, &sim->arena, rows, row_count), KB_OK);
	sim->random = seed;
	sim->first_day = sim_dates_find(&sim->dates, 2027, 8, 1);
	sim->last_day = sim_dates_find(&sim->dates, 2028, 7, 31);
	sim->tick_count =
		(uint32_t)(sim->last_day - sim->first_day + 1 + AFTER_DAYS) * SIM_TICKS_PER_DAY;
	sim->ticks = calloc(sim->tick_count, sizeof(*sim->ticks));
	sim->cases = calloc(case_count, sizeof(*sim->cases));
	sim->case_count = case_count;
	sim->act_capacity = case_count * ACTS_PER_CASE;
	sim->acts = calloc(sim->act_capacity, sizeof(*sim->acts));
	cr_assert(sim->ticks != NULL && sim->cases != NULL && sim->acts != NULL);
	absences(sim);
	for (uint32_t i = 0; i < case_count; i++) {
		sim->cases[i].route = routes[i % route_count];
		sim->cases[i].opens_at = sim_random(sim, OPEN_WITHIN_DAYS * SIM_TICKS_PER_DAY);
		sim->cases[i].silent_from = sim->cases[i].opens_at + SIM_TICKS_PER_DAY +
					    sim_random(sim, 100 * SIM_TICKS_PER_DAY);
	}
}

void
sim_release(struct sim *sim)
{
	for (uint32_t i = 0; i < sim->case_count; i++) {
		for (size_t who = 0; who < CHAIN_WHO_COUNT; who++) {
			if (sim->cases[i].replicas[who] != NULL) {
				free(sim->cases[i].replicas[who]->records);
				free(sim->cases[i].replicas[who]);
			}
		}
	}
	for (uint32_t i = 0; i < sim->tick_count; i++) {
		free(sim->ticks[i].at);
	}
	free(sim->ticks);
	free(sim->cases);
	free(sim->acts);
	kb_arena_release(&sim->arena);
	kb_arena_release(&sim->scratch);
}

void
sim_run(struct sim *sim)
{
	for (sim->tick = 0; sim->tick < sim->tick_count; sim->tick++) {
		struct sim_queue *queue = &sim->ticks[sim->tick];

		/* The first tick of a day is its very first moment, also when the day has 23 or 25 hours. */
		sim->now_utc_ms = sim->dates.days[sim_today(sim)].start_utc_ms +
				  (int64_t)(sim->tick % SIM_TICKS_PER_DAY) * 5 * HOUR_MS;
		for (size_t i = 0; i < queue->count; i++) {
			struct sim_message message = queue->at[i];

			sim_agent_receive(sim, &message);
		}
		free(queue->at);
		*queue = (struct sim_queue){ 0 };
		sim_agents_tick(sim);
	}
}

/* ---- the end ---- */

/* The view that most is known of: of the regievoerder of the highest epoch that anybody holds. */
static const struct sim_replica *
furthest(const struct sim_case *one)
{
	const struct sim_replica *found = NULL;

	for (size_t i = 0; i < CHAIN_WHO_COUNT; i++) {
		const struct sim_replica *replica = one->replicas[i];

		if (replica != NULL &&
		    (found == NULL || replica->view.regie_epoch > found->view.regie_epoch ||
		     (replica->view.regie_epoch == found->view.regie_epoch &&
		      replica->view.revision > found->view.revision))) {
			found = replica;
		}
	}
	return found;
}

static void
check_case(struct sim *sim, uint32_t case_nr)
{
	struct sim_case *one = &sim->cases[case_nr];
	const struct sim_replica *best = furthest(one);
	enum kb_chain_mark marks[KB_CHAIN_RECORDS_MAX];

	for (size_t i = 0; i < best->view.participant_count; i++) {
		const struct kb_chain_participant *participant = &best->view.participants[i];
		enum chain_who who = chain_who_of(&participant->party);
		const struct sim_replica *replica = one->replicas[who];

		if (participant->until_utc_ms != 0) {
			continue;
		}
		cr_assert_not_null(replica, "%s: somebody takes part and knows nothing",
				   one->route->id);
		struct kb_chain_view again = sim_replica_replay(sim, replica, one->route, NULL);

		cr_assert(sim_same_view(&replica->view, &best->view), "case %u (%s): %s differs",
			  case_nr, one->route->id, kb_route_role_word(participant->role));
		cr_assert(sim_same_view(&again, &best->view), "case %u (%s): replay of %s", case_nr,
			  one->route->id, kb_route_role_word(participant->role));
	}
	sim_replica_replay(sim, best, one->route, marks);
	for (size_t i = 0; i < best->count; i++) {
		cr_assert(marks[i] == KB_CHAIN_MARK_STANDS || marks[i] == KB_CHAIN_MARK_VOID);
		if (marks[i] == KB_CHAIN_MARK_STANDS && best->records[i]->act != SIM_ACT_NONE) {
			sim->acts[best->records[i]->act].standing++;
		}
	}
}

void
sim_check_end(struct sim *sim)
{
	size_t done = 0;

	for (uint32_t i = 0; i < sim->case_count; i++) {
		check_case(sim, i);
	}
	for (uint32_t i = 0; i < sim->act_count; i++) {
		const struct sim_act *act = &sim->acts[i];
		const char *route = sim->cases[act->case_nr].route->id;

		cr_assert_leq(act->standing, 1, "act %u of %s stands twice", i, route);
		cr_assert_neq(act->state, SIM_ACT_OPEN, "act %u of %s is lost", i, route);
		cr_assert_eq(act->state == SIM_ACT_DONE, act->standing == 1,
			     "act %u of %s: its author knows something else (%d, %u)", i, route,
			     (int)act->state, act->standing);
		done += act->standing;
	}
	cr_assert_gt(done * 2, sim->act_count, "most of what people did stands");
}
