/* SPDX-License-Identifier: EUPL-1.2 */
/* The records that one party holds of one case, and what they say. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "tests/sim/sim.h"

struct sim_replica *
sim_replica_get(struct sim *sim, uint32_t case_nr, enum chain_who who)
{
	struct sim_case *one = &sim->cases[case_nr];

	if (one->replicas[who] == NULL) {
		one->replicas[who] = calloc(1, sizeof(*one->replicas[who]));
		cr_assert_not_null(one->replicas[who]);
		one->replicas[who]->view.route = one->route;
		one->replicas[who]->ask_whom = SIM_NOBODY;
		one->replicas[who]->regie_from_day = SIM_DAY_NONE;
	}
	return one->replicas[who];
}

struct kb_chain_view
sim_replica_replay(struct sim *sim, const struct sim_replica *replica, const struct kb_route *route,
		   enum kb_chain_mark *marks)
{
	struct kb_chain_record *records =
		kb_arena_alloc(&sim->scratch, (replica->count + 1) * sizeof(*records));
	size_t *order = kb_arena_alloc(&sim->scratch, (replica->count + 1) * sizeof(*order));
	enum kb_chain_mark *found =
		kb_arena_alloc(&sim->scratch, (replica->count + 1) * sizeof(*found));
	struct kb_chain_view view;

	cr_assert(records != NULL && order != NULL && found != NULL);
	for (size_t i = 0; i < replica->count; i++) {
		size_t at = sim_random(sim, (uint32_t)i + 1);

		order[i] = order[at];
		order[at] = i;
	}
	for (size_t i = 0; i < replica->count; i++) {
		records[i] = replica->records[order[i]]->at;
	}
	cr_assert_eq(kb_chain_replay(route, records, replica->count, &sim->scratch, &view, found),
		     KB_OK);
	for (size_t i = 0; i < replica->count && marks != NULL; i++) {
		marks[order[i]] = found[i];
	}
	kb_arena_clear(&sim->scratch);
	sim->counts.replays++;
	return view;
}

bool
sim_same_view(const struct kb_chain_view *a, const struct kb_chain_view *b)
{
	bool same = a->state == b->state && a->regie_epoch == b->regie_epoch &&
		    a->revision == b->revision && kb_hash_equal(&a->last, &b->last) &&
		    kb_party_id_equal(&a->regievoerder, &b->regievoerder) &&
		    kb_party_id_equal(&a->offered_to, &b->offered_to) &&
		    a->participant_count == b->participant_count &&
		    a->clock_count == b->clock_count && a->closed_utc_ms == b->closed_utc_ms &&
		    a->moved_utc_ms == b->moved_utc_ms;

	for (size_t i = 0; same && i < a->clock_count; i++) {
		same = memcmp(&a->clocks[i], &b->clocks[i], sizeof(a->clocks[i])) == 0;
	}
	for (size_t i = 0; same && i < KB_FACT_COUNT; i++) {
		same = a->facts[i].there == b->facts[i].there &&
		       a->facts[i].day == b->facts[i].day &&
		       a->facts[i].revision == b->facts[i].revision &&
		       kb_span_equal(a->facts[i].people, b->facts[i].people);
	}
	return same;
}

/* What the marks say about the acts of who: done, or void and therefore back as work. */
static void
judge_acts(struct sim *sim, const struct sim_replica *replica, enum chain_who who,
	   const enum kb_chain_mark *marks)
{
	for (size_t i = 0; i < replica->count; i++) {
		uint32_t nr = replica->records[i]->act;
		bool stands = false;

		if (nr == SIM_ACT_NONE || sim->acts[nr].who != who ||
		    marks[i] != KB_CHAIN_MARK_VOID || sim->acts[nr].state != SIM_ACT_DONE) {
			continue;
		}
		for (size_t j = 0; j < replica->count; j++) {
			stands = stands || (replica->records[j]->act == nr &&
					    marks[j] == KB_CHAIN_MARK_STANDS);
		}
		if (!stands) {
			sim->acts[nr].state = SIM_ACT_OPEN;
			sim->acts[nr].was_void++;
			sim->acts[nr].next_tick = sim->tick;
			sim->counts.voided++;
		}
	}
	for (size_t i = 0; i < replica->count; i++) {
		uint32_t nr = replica->records[i]->act;

		if (nr != SIM_ACT_NONE && sim->acts[nr].who == who &&
		    marks[i] == KB_CHAIN_MARK_STANDS) {
			sim->acts[nr].state = SIM_ACT_DONE;
		}
	}
}

/*
 * Takes in all that fits on the view as it is. False when a record is left over that should have stood in a place that another has taken
 * (two of one revision), or that is of a later epoch: then only a replay of all knows.
 */
static bool
grow(struct sim *sim, struct sim_replica *replica, enum chain_who who)
{
	bool moved = true;
	size_t past = 0;
	bool later = false;

	while (moved) {
		moved = false;
		past = 0;
		later = false;
		for (size_t i = 0; i < replica->count; i++) {
			struct sim_record *record = replica->records[i];

			if (record->at.revision == replica->view.revision + 1 &&
			    kb_chain_apply(&replica->view, &record->at) == KB_OK) {
				moved = true;
				if (record->act != SIM_ACT_NONE &&
				    sim->acts[record->act].who == who) {
					sim->acts[record->act].state = SIM_ACT_DONE;
				}
			}
			past += record->at.revision <= replica->view.revision ? 1 : 0;
			later = later || record->at.regie_epoch > replica->view.regie_epoch;
		}
	}
	return replica->view.revision == 0 || (past == replica->view.revision && !later);
}

static bool
past_is_here(const struct sim_replica *replica, const struct kb_chain_record *record)
{
	bool here = record->revision == 1;

	for (size_t i = 0; i < replica->count && !here; i++) {
		here = kb_hash_equal(&replica->records[i]->at.hash, &record->previous);
	}
	return here;
}

/*
 * What is missing is the record before the lowest one that waits. That can lie before the revision that one has oneself: of two takeovers of
 * one epoch this party may know only the one that does not stand.
 */
static void
look_for_gap(struct sim_replica *replica)
{
	replica->waits = false;
	replica->ask_after = replica->view.revision;
	for (size_t i = 0; i < replica->count; i++) {
		const struct kb_chain_record *record = &replica->records[i]->at;

		if (record->regie_epoch < replica->view.regie_epoch ||
		    past_is_here(replica, record)) {
			continue;
		}
		if (!replica->waits || record->revision < replica->ask_after + 2) {
			replica->ask_after = record->revision - 2;
		}
		replica->waits = true;
		replica->ask_whom = chain_who_of(&record->regievoerder);
	}
}

void
sim_replica_take(struct sim *sim, uint32_t case_nr, enum chain_who who, struct sim_record *record)
{
	struct sim_replica *replica = sim_replica_get(sim, case_nr, who);

	for (size_t i = 0; i < replica->count; i++) {
		if (replica->records[i] == record) {
			return;
		}
	}
	if (replica->count == replica->capacity) {
		replica->capacity = replica->capacity == 0 ? 16 : replica->capacity * 2;
		replica->records =
			realloc(replica->records, replica->capacity * sizeof(struct sim_record *));
		cr_assert_not_null(replica->records);
	}
	replica->records[replica->count++] = record;
	if (!grow(sim, replica, who)) {
		enum kb_chain_mark marks[KB_CHAIN_RECORDS_MAX];

		cr_assert_leq(replica->count, KB_CHAIN_RECORDS_MAX);
		replica->view = sim_replica_replay(sim, replica, replica->view.route, marks);
		judge_acts(sim, replica, who, marks);
		for (size_t i = 0; i < replica->count; i++) {
			cr_assert_neq(marks[i], KB_CHAIN_MARK_WRONG,
				      "an honest record is judged wrong: %s, event %.*s",
				      replica->view.route->id,
				      (int)replica->records[i]->at.event.len,
				      (const char *)replica->records[i]->at.event.at);
		}
	}
	look_for_gap(replica);
}
