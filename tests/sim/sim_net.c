/* SPDX-License-Identifier: EUPL-1.2 */
/* A network that loses one message in ten, doubles one in ten and lets them overtake each other; who is away gets them on return. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "tests/sim/sim.h"

#define LOST_PER_CENT 10
#define DOUBLED_PER_CENT 10
/* Longest way: five days. */
#define DELAY_TICKS 20

uint32_t
sim_random(struct sim *sim, uint32_t below)
{
	sim->random ^= sim->random >> 12;
	sim->random ^= sim->random << 25;
	sim->random ^= sim->random >> 27;
	return (uint32_t)((sim->random * 0x2545f4914f6cdd1du) >> 33) % below;
}

int
sim_today(const struct sim *sim)
{
	return sim->first_day + (int)(sim->tick / SIM_TICKS_PER_DAY);
}

bool
sim_away(const struct sim *sim, enum chain_who who, int day)
{
	for (int i = 0; i < SIM_ABSENCES; i++) {
		if (day >= sim->away_from[who][i] && day < sim->away_to[who][i]) {
			return true;
		}
	}
	return false;
}

static void
deliver_at(struct sim *sim, uint32_t tick, const struct sim_message *message)
{
	while (tick < sim->tick_count &&
	       sim_away(sim, message->to, sim->first_day + (int)(tick / SIM_TICKS_PER_DAY))) {
		tick++;
	}
	if (tick >= sim->tick_count) {
		return;
	}
	struct sim_queue *queue = &sim->ticks[tick];

	if (queue->count == queue->capacity) {
		queue->capacity = queue->capacity == 0 ? 64 : queue->capacity * 2;
		queue->at = realloc(queue->at, queue->capacity * sizeof(*queue->at));
		cr_assert_not_null(queue->at);
	}
	queue->at[queue->count++] = *message;
}

void
sim_send(struct sim *sim, struct sim_message message)
{
	bool twice = sim_random(sim, 100) < DOUBLED_PER_CENT;

	if (message.to == message.from || message.to == SIM_NOBODY) {
		return;
	}
	sim->counts.sent++;
	if (sim_random(sim, 100) < LOST_PER_CENT) {
		sim->counts.lost++;
		return;
	}
	deliver_at(sim, sim->tick + 1 + sim_random(sim, DELAY_TICKS), &message);
	if (twice) {
		sim->counts.doubled++;
		deliver_at(sim, sim->tick + 1 + sim_random(sim, DELAY_TICKS), &message);
	}
}

void
sim_send_record(struct sim *sim, uint32_t case_nr, enum chain_who from, struct sim_record *record)
{
	for (size_t i = 0; i < record->at.participant_count; i++) {
		const struct kb_chain_participant *one = &record->at.participants[i];

		if (one->until_utc_ms == 0 || one->until_utc_ms == record->at.at_utc_ms) {
			sim_send(sim, (struct sim_message){ .kind = SIM_RECORD,
							    .from = from,
							    .to = chain_who_of(&one->party),
							    .case_nr = case_nr,
							    .act = SIM_ACT_NONE,
							    .record = record });
		}
	}
}
