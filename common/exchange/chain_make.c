/* SPDX-License-Identifier: EUPL-1.2 */
/* Making the next case record, and the first one. */
#include "common/exchange/chain_internal.h"

/* Whether who makes the record may: the sequencer, or the vangnet that becomes it. */
static bool
may_make(const struct kb_chain_view *view, enum kb_chain_event event,
	 const struct kb_chain_request *request, const struct kb_party_id *self)
{
	return kb_party_id_equal(self, event == KB_CHAIN_REGIE_OVERNEMEN ? &request->actor
									 : &view->regievoerder);
}

static enum kb_err
copy_participants(const struct kb_chain_view *view, const struct kb_chain_request *request,
		  enum kb_chain_event event, struct kb_arena *arena, struct kb_chain_record *out)
{
	size_t count = view->participant_count;
	struct kb_chain_participant *all =
		kb_arena_alloc(arena, (count + 1) * sizeof(*out->participants));

	if (all == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	memcpy(all, view->participants, count * sizeof(*all));
	if (event == KB_CHAIN_DEELNEMER_ERBIJ) {
		all[count] = request->participant;
		all[count].from_utc_ms = request->now_utc_ms;
		all[count].until_utc_ms = 0;
		count++;
	}
	if (event == KB_CHAIN_DEELNEMER_ERUIT) {
		const struct kb_chain_participant *one =
			kb_chain_named(view, &request->participant);

		all[one - view->participants].until_utc_ms = request->now_utc_ms;
	}
	out->participants = all;
	out->participant_count = count;
	return KB_OK;
}

static enum kb_err
copy_facts(const struct kb_chain_request *request, struct kb_arena *arena,
	   struct kb_chain_record *out)
{
	if (request->fact_count == 0) {
		return KB_OK;
	}
	out->facts = kb_arena_alloc(arena, request->fact_count * sizeof(*out->facts));
	if (out->facts == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	memcpy(out->facts, request->facts, request->fact_count * sizeof(*out->facts));
	out->fact_count = request->fact_count;
	return KB_OK;
}

static enum kb_err
write_clocks(const struct kb_route *route, const struct kb_chain_effect *effect,
	     const struct kb_kalender *kalender, struct kb_arena *arena,
	     struct kb_chain_record *out, struct kb_chain_refusal *refusal)
{
	out->started = kb_arena_alloc(arena, KB_ROUTE_CLOCKS_MAX * sizeof(*out->started));
	out->stopped = kb_arena_alloc(arena, KB_ROUTE_CLOCKS_MAX * sizeof(*out->stopped));
	if (out->started == NULL || out->stopped == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	for (size_t i = 0; i < route->clock_count; i++) {
		const struct kb_route_clock *clock = &route->clocks[i];

		if ((effect->stops & 1u << i) != 0) {
			out->stopped[out->stopped_count++] = kb_span_text(clock->name);
		}
		if ((effect->starts & 1u << i) != 0) {
			struct kb_chain_clock *one = &out->started[out->started_count++];
			enum kb_err err = kb_term_due(&clock->term, out->at_utc_ms, kalender,
						      &one->due_utc_ms);

			if (err != KB_OK) {
				return kb_chain_refuse(refusal, err, KB_CHAIN_RULE,
						       kb_span_text(clock->name));
			}
			one->name = kb_span_text(clock->name);
		}
	}
	return KB_OK;
}

/* The lists of the record; what is in it already is left as it is. */
static enum kb_err
write_lists(const struct kb_chain_view *view, const struct kb_chain_request *request,
	    const struct kb_chain_effect *effect, const struct kb_kalender *kalender,
	    struct kb_arena *arena, struct kb_chain_record *out, struct kb_chain_refusal *refusal)
{
	enum kb_err err =
		copy_participants(view, request, kb_chain_event_of(request->event), arena, out);

	if (err == KB_OK) {
		err = copy_facts(request, arena, out);
	}
	if (err == KB_OK) {
		err = write_clocks(view->route, effect, kalender, arena, out, refusal);
	}
	return err;
}

enum kb_err
kb_chain_next(const struct kb_chain_view *view, const struct kb_chain_request *request,
	      const struct kb_party_id *self, const struct kb_kalender *kalender,
	      struct kb_arena *arena, struct kb_chain_record *out, struct kb_chain_refusal *refusal)
{
	enum kb_chain_event event = kb_chain_event_of(request->event);
	uint16_t step = KB_ROUTE_STEP_NONE;
	enum kb_err err = kb_chain_allows(view, request, &step, refusal);

	if (err == KB_OK && !may_make(view, event, request, self)) {
		err = kb_chain_refuse(refusal, KB_ERR_NOT_ALLOWED, KB_CHAIN_RULE,
				      kb_span_text("regievoerder"));
	}
	if (err == KB_OK && event == KB_CHAIN_REGIE_OVERNEMEN) {
		err = kb_chain_vangnet(view, self, request->now_utc_ms, kalender, refusal);
	}
	if (err != KB_OK) {
		return err;
	}
	struct kb_chain_effect effect = kb_chain_effect_of(
		view, event, request->event, step, &request->actor, &request->participant.party);
	struct kb_chain_record made = {
		.case_id = view->case_id,
		.profile_hash = view->profile_hash,
		.route = kb_span_text(view->route->id),
		.regie_epoch = effect.regie_epoch,
		.revision = view->revision + 1,
		.previous = view->last,
		.proposal_id = request->proposal_id,
		.event = request->event,
		.state = kb_span_text(view->route->states[effect.state].name),
		.actor = request->actor,
		.actor_desk = request->person.len > 0 ? (uint32_t)request->actor_desk : 0,
		.person = request->person,
		.function = request->function,
		.at_utc_ms = request->now_utc_ms,
		.regievoerder = effect.regievoerder,
		.offered_to = effect.offered_to,
	};

	err = write_lists(view, request, &effect, kalender, arena, &made, refusal);
	if (err == KB_OK) {
		*out = made;
	}
	return err;
}

static enum kb_err
may_open(const struct kb_route *route, const struct kb_chain_request *request, uint32_t role,
	 struct kb_chain_refusal *refusal)
{
	bool agent = request->person.len == 0;
	struct kb_chain_participant opener = { .party = request->actor, .role = role };
	struct kb_span event = request->event;

	if (!kb_chain_joins_well(&opener) || request->fact_count > 0 ||
	    (event.len > 0 && !kb_span_equal(event, kb_span_text(KB_CHAIN_OPEN_WORD)))) {
		return kb_chain_refuse(refusal, KB_ERR_BAD_VALUE, KB_CHAIN_RULE, event);
	}
	if ((route->openers & role) == 0 ||
	    !kb_chain_role_fits(role, request->actor_kind, request->actor_desk, agent)) {
		return kb_chain_refuse(refusal, KB_ERR_NOT_ALLOWED, KB_CHAIN_RULE,
				       kb_span_text(kb_route_role_word(role)));
	}
	return agent && !route->automatic ? kb_chain_refuse(refusal, KB_ERR_NOT_ALLOWED,
							    KB_CHAIN_RULE, kb_span_text("persoon"))
					  : KB_OK;
}

enum kb_err
kb_chain_open(const struct kb_route *route, const struct kb_id *case_id,
	      const struct kb_hash *profile_hash, const struct kb_chain_request *request,
	      uint32_t role, const struct kb_kalender *kalender, struct kb_arena *arena,
	      struct kb_chain_record *out, struct kb_chain_refusal *refusal)
{
	enum kb_err err = KB_OK;
	struct kb_chain_participant *opener = NULL;

	(void)kalender; /* opening starts no clock: the steps do */
	if (refusal != NULL) {
		*refusal = (struct kb_chain_refusal){ 0 };
	}
	err = may_open(route, request, role, refusal);
	if (err != KB_OK) {
		return err;
	}
	opener = kb_arena_alloc(arena, sizeof(*opener));
	if (opener == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	*opener = (struct kb_chain_participant){
		.party = request->actor,
		.role = role,
		.from_utc_ms = request->now_utc_ms,
	};
	*out = (struct kb_chain_record){
		.case_id = *case_id,
		.profile_hash = *profile_hash,
		.route = kb_span_text(route->id),
		.regie_epoch = 1,
		.revision = 1,
		.proposal_id = request->proposal_id,
		.event = kb_span_text(KB_CHAIN_OPEN_WORD),
		.state = kb_span_text(route->states[route->begin].name),
		.actor = request->actor,
		.actor_desk = request->person.len > 0 ? (uint32_t)request->actor_desk : 0,
		.person = request->person,
		.function = request->function,
		.at_utc_ms = request->now_utc_ms,
		.regievoerder = request->actor,
		.participants = opener,
		.participant_count = 1,
	};
	return KB_OK;
}
