/* SPDX-License-Identifier: EUPL-1.2 */
/* One record on top of what a case is: its structure against what the route makes of that event. */
#include "common/exchange/chain_internal.h"
#include "common/exchange/date.h"

/* ---- the chain ---- */

static enum kb_err
check_place(const struct kb_chain_view *view, const struct kb_chain_record *record)
{
	bool takeover = kb_chain_event_of(record->event) == KB_CHAIN_REGIE_OVERNEMEN;
	uint32_t epoch = view->regie_epoch + (takeover ? 1 : 0);

	if (record->regie_epoch < epoch || record->revision <= view->revision) {
		return record->regie_epoch > epoch ? KB_ERR_NOT_FOUND : KB_ERR_STATE;
	}
	if (record->regie_epoch > epoch || record->revision != view->revision + 1 ||
	    !kb_hash_equal(&record->previous, &view->last)) {
		return KB_ERR_NOT_FOUND;
	}
	return kb_id_equal(&record->case_id, &view->case_id) &&
			       kb_hash_equal(&record->profile_hash, &view->profile_hash)
		       ? KB_OK
		       : KB_ERR_BAD_VALUE;
}

/* ---- who takes part ---- */

static bool
same_participant(const struct kb_chain_participant *a, const struct kb_chain_participant *b)
{
	return kb_party_id_equal(&a->party, &b->party) && a->role == b->role &&
	       kb_span_equal(a->guest, b->guest) && a->from_utc_ms == b->from_utc_ms;
}

/* Exactly those of before, except that one may have left: its place in *left, else count. */
static bool
same_but_one_left(const struct kb_chain_view *view, const struct kb_chain_record *record,
		  size_t *left)
{
	*left = view->participant_count;
	if (record->participant_count < view->participant_count) {
		return false;
	}
	for (size_t i = 0; i < view->participant_count; i++) {
		const struct kb_chain_participant *was = &view->participants[i];
		const struct kb_chain_participant *is = &record->participants[i];
		bool ended = was->until_utc_ms != is->until_utc_ms;

		if (!same_participant(was, is) ||
		    (ended && (*left != view->participant_count || was->until_utc_ms != 0 ||
			       is->until_utc_ms != record->at_utc_ms))) {
			return false;
		}
		*left = ended ? i : *left;
	}
	return true;
}

static bool
participants_hold(const struct kb_chain_view *view, const struct kb_chain_record *record,
		  enum kb_chain_event event, size_t *left)
{
	size_t count = view->participant_count;
	bool joins = event == KB_CHAIN_DEELNEMER_ERBIJ;

	if (record->participant_count != count + (joins ? 1 : 0) ||
	    record->participant_count > KB_CHAIN_PARTICIPANTS_MAX ||
	    !same_but_one_left(view, record, left) ||
	    (*left != count) != (event == KB_CHAIN_DEELNEMER_ERUIT)) {
		return false;
	}
	if (*left != count &&
	    kb_party_id_equal(&view->participants[*left].party, &view->regievoerder)) {
		return false;
	}
	const struct kb_chain_participant *last = &record->participants[count];

	return !joins ||
	       (kb_chain_joins_well(last) && last->until_utc_ms == 0 &&
		last->from_utc_ms == record->at_utc_ms && kb_chain_named(view, last) == NULL);
}

/* ---- who may, and to which effect ---- */

static bool
regie_holds(const struct kb_chain_view *view, const struct kb_chain_record *record,
	    enum kb_chain_event event)
{
	const struct kb_party_id *offered = &view->offered_to;
	bool is_offered = !kb_party_id_empty(offered);
	bool regievoerder = kb_party_id_equal(&record->actor, &view->regievoerder);
	bool to_me = is_offered && kb_party_id_equal(offered, &record->actor);
	bool to_other = kb_chain_taking_part(view, &record->offered_to) != NULL &&
			!kb_party_id_equal(&record->offered_to, &view->regievoerder);
	const bool holds[KB_CHAIN_EVENT_COUNT] = {
		[KB_CHAIN_EVENT_NONE] = true,
		[KB_CHAIN_REGIE_AANBIEDEN] = regievoerder && !is_offered && to_other,
		[KB_CHAIN_REGIE_TERUGNEMEN] = regievoerder && is_offered,
		[KB_CHAIN_REGIE_AANVAARDEN] = to_me,
		[KB_CHAIN_REGIE_WEIGEREN] = to_me,
		[KB_CHAIN_REGIE_OVERNEMEN] =
			event == KB_CHAIN_REGIE_OVERNEMEN &&
			kb_chain_vangnet(view, &record->actor, record->at_utc_ms, NULL, NULL) ==
				KB_OK,
		[KB_CHAIN_DEELNEMER_ERBIJ] = regievoerder,
		[KB_CHAIN_DEELNEMER_ERUIT] = regievoerder,
		[KB_CHAIN_KLOK] = regievoerder && record->person.len == 0,
	};

	return holds[event];
}

/* The clock of a klok: record runs and is due; *step is the step that goes with it, if any. */
static bool
klok_holds(const struct kb_chain_view *view, const struct kb_chain_record *record, uint16_t *step)
{
	uint8_t clock = kb_chain_klok_of(view->route, record->event);
	size_t live = clock != 0 ? kb_chain_live(view, (uint8_t)(clock - 1)) : view->clock_count;
	uint16_t found = kb_route_step_find(view->route, view->state, record->event, 0);

	if (found != KB_ROUTE_STEP_NONE &&
	    !kb_chain_closes(view->route, &view->route->steps[found])) {
		*step = found;
	}
	return live < view->clock_count && view->clocks[live].state == KB_CHAIN_CLOCK_RUNS &&
	       view->clocks[live].due_utc_ms <= record->at_utc_ms;
}

static enum kb_err
check_event(const struct kb_chain_view *view, const struct kb_chain_record *record,
	    enum kb_chain_event event, uint16_t *step)
{
	const struct kb_route *route = view->route;
	uint32_t roles = kb_chain_roles_of(view, &record->actor);

	if (roles == 0 ||
	    (record->person.len == 0 && event != KB_CHAIN_KLOK && !route->automatic) ||
	    !regie_holds(view, record, event)) {
		return KB_ERR_NOT_ALLOWED;
	}
	if (event == KB_CHAIN_KLOK) {
		return klok_holds(view, record, step) ? KB_OK : KB_ERR_NOT_ALLOWED;
	}
	if (event != KB_CHAIN_EVENT_NONE) {
		return KB_OK;
	}
	*step = kb_route_step_find(route, view->state, record->event, roles);
	if (*step == KB_ROUTE_STEP_NONE) {
		return KB_ERR_NOT_ALLOWED;
	}
	const struct kb_route_step *taken = &route->steps[*step];

	return (taken->function == NULL ||
		kb_span_equal(record->function, kb_span_text(taken->function))) &&
			       (!kb_chain_closes(route, taken) ||
				(roles & KB_ROUTE_REGIEVOERDER) != 0)
		       ? KB_OK
		       : KB_ERR_NOT_ALLOWED;
}

/* The names in order of the route, so that there is one form of a record. */
static bool
clocks_hold(const struct kb_route *route, const struct kb_chain_record *record,
	    const struct kb_chain_effect *effect)
{
	size_t started = 0;
	size_t stopped = 0;

	for (size_t i = 0; i < route->clock_count; i++) {
		struct kb_span name = kb_span_text(route->clocks[i].name);

		if ((effect->stops & 1u << i) != 0 &&
		    (stopped == record->stopped_count ||
		     !kb_span_equal(record->stopped[stopped++], name))) {
			return false;
		}
		if ((effect->starts & 1u << i) == 0) {
			continue;
		}
		if (started == record->started_count ||
		    !kb_span_equal(record->started[started].name, name) ||
		    record->started[started].due_utc_ms <= record->at_utc_ms) {
			return false;
		}
		started++;
	}
	return started == record->started_count && stopped == record->stopped_count;
}

/* Whether the record says what that step (or none) does. */
static bool
says(const struct kb_chain_view *view, const struct kb_chain_record *record, uint16_t step,
     const struct kb_party_id *target, struct kb_chain_effect *effect)
{
	const struct kb_route *route = view->route;
	uint64_t records = step != KB_ROUTE_STEP_NONE ? route->steps[step].records : 0;

	*effect = kb_chain_effect_of(view, kb_chain_event_of(record->event), record->event, step,
				     &record->actor, target);
	return kb_span_equal(record->state, kb_span_text(route->states[effect->state].name)) &&
	       kb_party_id_equal(&record->regievoerder, &effect->regievoerder) &&
	       kb_party_id_equal(&record->offered_to, &effect->offered_to) &&
	       clocks_hold(route, record, effect) &&
	       kb_chain_check_facts(record->facts, record->fact_count, records, record->at_utc_ms,
				    KB_CHAIN_RULE, NULL) == KB_OK;
}

/* ---- moving the view ---- */

static void
end_clock(const struct kb_chain_record *record, struct kb_chain_view_clock *clock)
{
	clock->state = clock->due_utc_ms <= record->at_utc_ms ? KB_CHAIN_CLOCK_STOPPED_LATE
							      : KB_CHAIN_CLOCK_STOPPED;
	clock->ended_revision = record->revision;
	clock->ended_utc_ms = record->at_utc_ms;
}

/* Room for one more: when all places are taken the one that ended and is oldest goes; at most one of each name runs. */
static struct kb_chain_view_clock *
room_for_clock(struct kb_chain_view *view)
{
	size_t at = 0;

	if (view->clock_count < KB_CHAIN_CLOCKS_MAX) {
		return &view->clocks[view->clock_count++];
	}
	while (view->clocks[at].state < KB_CHAIN_CLOCK_STOPPED) {
		at++;
		KB_INVARIANT(at < KB_CHAIN_CLOCKS_MAX);
	}
	memmove(&view->clocks[at], &view->clocks[at + 1],
		(view->clock_count - at - 1) * sizeof(view->clocks[0]));
	return &view->clocks[view->clock_count - 1];
}

static void
move_clocks(struct kb_chain_view *view, const struct kb_chain_record *record,
	    const struct kb_chain_effect *effect)
{
	size_t started = 0;

	if (effect->expired != 0) {
		size_t live = kb_chain_live(view, (uint8_t)(effect->expired - 1));

		view->clocks[live].state = KB_CHAIN_CLOCK_EXPIRED;
		view->clocks[live].ended_revision = record->revision;
		view->clocks[live].ended_utc_ms = record->at_utc_ms;
	}
	for (size_t i = 0; i < view->route->clock_count; i++) {
		if ((effect->stops & 1u << i) != 0) {
			end_clock(record, &view->clocks[kb_chain_live(view, (uint8_t)i)]);
		}
		if ((effect->starts & 1u << i) != 0) {
			*room_for_clock(view) = (struct kb_chain_view_clock){
				.clock = (uint8_t)i,
				.state = KB_CHAIN_CLOCK_RUNS,
				.started_revision = record->revision,
				.started_utc_ms = record->at_utc_ms,
				.due_utc_ms = record->started[started++].due_utc_ms,
			};
		}
	}
}

static void
move_facts(struct kb_chain_view *view, const struct kb_chain_record *record)
{
	for (size_t i = 0; i < record->fact_count; i++) {
		view->facts[record->facts[i].fact] = (struct kb_chain_view_fact){
			.there = true,
			.day = record->facts[i].day,
			.people = record->facts[i].people,
			.actor = record->actor,
			.person = record->person,
			.revision = record->revision,
		};
	}
}

static void
move_rest(struct kb_chain_view *view, const struct kb_chain_record *record, uint8_t state)
{
	view->state = state;
	view->regie_epoch = record->regie_epoch;
	view->revision = record->revision;
	view->last = record->hash;
	view->last_utc_ms = record->at_utc_ms;
	view->regievoerder = record->regievoerder;
	view->offered_to = record->offered_to;
	view->participant_count = record->participant_count;
	for (size_t i = 0; i < record->participant_count; i++) {
		view->participants[i] = record->participants[i];
	}
	if (view->route->states[state].end) {
		view->closed_utc_ms = record->at_utc_ms;
	}
}

/* ---- the two kinds of record ---- */

static enum kb_err
apply_first(struct kb_chain_view *view, const struct kb_chain_record *record)
{
	const struct kb_route *route = view->route;
	const struct kb_chain_participant *opener = record->participants;

	if (record->revision != 1) {
		return record->revision > 1 ? KB_ERR_NOT_FOUND : KB_ERR_BAD_VALUE;
	}
	if (record->regie_epoch != 1 || !kb_hash_empty(&record->previous) ||
	    !kb_span_equal(record->event, kb_span_text(KB_CHAIN_OPEN_WORD)) ||
	    !kb_span_equal(record->state, kb_span_text(route->states[route->begin].name)) ||
	    record->participant_count != 1 || record->fact_count + record->started_count > 0 ||
	    record->stopped_count > 0) {
		return KB_ERR_BAD_VALUE;
	}
	if (!kb_chain_joins_well(opener) || (opener->role & route->openers) == 0 ||
	    !kb_party_id_equal(&opener->party, &record->actor) ||
	    !kb_party_id_equal(&record->regievoerder, &record->actor) ||
	    !kb_party_id_empty(&record->offered_to) || opener->until_utc_ms != 0 ||
	    opener->from_utc_ms != record->at_utc_ms ||
	    (record->person.len == 0 && !route->automatic)) {
		return KB_ERR_NOT_ALLOWED;
	}
	view->case_id = record->case_id;
	view->profile_hash = record->profile_hash;
	view->opener = record->actor;
	view->moved_utc_ms = record->at_utc_ms;
	move_rest(view, record, route->begin);
	return KB_OK;
}

static enum kb_err
apply_next(struct kb_chain_view *view, const struct kb_chain_record *record)
{
	enum kb_chain_event event = kb_chain_event_of(record->event);
	uint16_t step = KB_ROUTE_STEP_NONE;
	size_t left = view->participant_count;
	enum kb_err err = check_place(view, record);

	if (err == KB_OK && view->closed_utc_ms != 0) {
		err = KB_ERR_NOT_ALLOWED;
	}
	if (err == KB_OK) {
		err = check_event(view, record, event, &step);
	}
	if (err == KB_OK && !participants_hold(view, record, event, &left)) {
		err = KB_ERR_BAD_VALUE;
	}
	if (err != KB_OK) {
		return err;
	}
	const struct kb_party_id *target = left < view->participant_count
						   ? &view->participants[left].party
						   : &record->offered_to;
	struct kb_chain_effect effect;

	/* Whether the step of a clock is taken is its author's to judge (guards): what the record says shows which. */
	if (!says(view, record, step, target, &effect) &&
	    (event != KB_CHAIN_KLOK || !says(view, record, KB_ROUTE_STEP_NONE, target, &effect))) {
		return KB_ERR_BAD_VALUE;
	}
	/* A new regievoerder moves by becoming it. */
	if (event != KB_CHAIN_KLOK &&
	    (kb_party_id_equal(&record->actor, &view->regievoerder) ||
	     kb_party_id_equal(&record->actor, &record->regievoerder)) &&
	    view->moved_utc_ms < record->at_utc_ms) {
		view->moved_utc_ms = record->at_utc_ms;
	}
	move_clocks(view, record, &effect);
	move_facts(view, record);
	move_rest(view, record, effect.state);
	return KB_OK;
}

enum kb_err
kb_chain_apply(struct kb_chain_view *view, const struct kb_chain_record *record)
{
	if (!kb_span_equal(record->route, kb_span_text(view->route->id))) {
		return KB_ERR_BAD_VALUE;
	}
	return view->revision == 0 ? apply_first(view, record) : apply_next(view, record);
}
