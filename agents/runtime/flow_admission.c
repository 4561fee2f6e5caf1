/* SPDX-License-Identifier: EUPL-1.2 */
/* Whether records of a case that came in are taken in: from whom each is believed, and how many of them. */
#include "agents/runtime/agent_internal.h"
#include "agents/runtime/flow_internal.h"
#include "common/wire/zaak.h"

/* Whether we take, or took, part, in a role that a party of our kind can have. */
static bool
fits_us(const struct kb_act *act, const struct kb_chain_record *record)
{
	for (size_t i = 0; i < record->participant_count; i++) {
		uint32_t role = record->participants[i].role;

		if (kb_party_id_equal(&record->participants[i].party, kb_agent_self(act->agent))) {
			return kb_route_role_fits(role, act->own_kind, kb_route_role_desk(role));
		}
	}
	return false;
}

static bool
is_end_state(const struct kb_route *route, struct kb_span state)
{
	uint8_t place = kb_route_state_find(route, state);

	return place < route->state_count && route->states[place].end;
}

/* Records of one case that have no place in it (yet): more of them is somebody who wants to fill our store. */
#define UNPLACED_MAX 128

/* Nobody writes down what has still to happen: a term that has not run out yet cannot be made to have run out. */
static enum kb_err
check_times(const struct kb_act *act, const struct kb_flow_incoming *records)
{
	for (size_t i = 0; i < records->message.regel_count; i++) {
		if (records->at[i].at_utc_ms > act->now_utc_ms + KB_RECEIVER_SKEW_MS) {
			return KB_ERR_CLOCK;
		}
	}
	return KB_OK;
}

static enum kb_err
check_room(const struct kb_flow *flow, size_t more, bool relay)
{
	size_t unplaced = 0;

	for (size_t i = 0; flow->view != NULL && i < flow->count; i++) {
		unplaced += flow->marks[i] == KB_CHAIN_MARK_WRONG ||
			    flow->marks[i] == KB_CHAIN_MARK_WAITS;
	}
	return flow->count + more > KB_CHAIN_RECORDS_MAX ||
			       (!relay && unplaced + more > UNPLACED_MAX)
		       ? KB_ERR_OVERSIZE
		       : KB_OK;
}

/* The record with that hash: of the message, or held here. NULL: neither. */
static const struct kb_chain_record *
find_record(const struct kb_flow *flow, const struct kb_flow_incoming *records,
	    const struct kb_hash *hash)
{
	for (size_t i = 0; i < records->message.regel_count; i++) {
		if (kb_hash_equal(&records->at[i].hash, hash)) {
			return &records->at[i];
		}
	}
	for (size_t i = 0; i < flow->count; i++) {
		if (kb_hash_equal(&flow->records[i].hash, hash)) {
			return &flow->records[i];
		}
	}
	return NULL;
}

/*
 * Whether the sender made that record: who has the regie after it, or, when the regie was accepted with it, who had it before. A record
 * carries no signature of its own; the message that brings it does. KB_ERR_BUSY: who had the regie before is not known here yet.
 */
static enum kb_err
check_maker(const struct kb_flow *flow, const struct kb_flow_incoming *records,
	    const struct kb_chain_record *record, const struct kb_party_id *sender)
{
	const struct kb_chain_record *before = NULL;

	if (kb_chain_event_of(record->event) != KB_CHAIN_REGIE_AANVAARDEN) {
		return kb_party_id_equal(sender, &record->regievoerder) ? KB_OK
									: KB_ERR_NOT_ALLOWED;
	}
	before = find_record(flow, records, &record->previous);
	if (before == NULL) {
		return KB_ERR_BUSY;
	}
	return kb_party_id_equal(sender, &before->regievoerder) ? KB_OK : KB_ERR_NOT_ALLOWED;
}

/* Who may bring records of others: who has the regie as we know it, and who may take it over now, for the old one may be silent. */
static bool
may_relay(const struct kb_flow *flow, const struct kb_party_id *sender)
{
	uint32_t roles = flow->view != NULL ? kb_chain_roles_of(flow->view, sender) : 0;
	bool may = (roles & KB_ROUTE_REGIEVOERDER) != 0;

	for (size_t i = 0; flow->view != NULL && i < flow->view->clock_count; i++) {
		const struct kb_chain_view_clock *clock = &flow->view->clocks[i];

		may = may || ((clock->state == KB_CHAIN_CLOCK_RUNS ||
			       clock->state == KB_CHAIN_CLOCK_EXPIRED) &&
			      clock->due_utc_ms <= flow->act->now_utc_ms &&
			      (flow->route->clocks[clock->clock].vangnet & roles) != 0);
	}
	return may;
}

/* One sequencer makes one record after another: two after the same one are two stories (a takeover is of another sequencer). */
bool
kb_flow_contradicts(const struct kb_flow *flow, const struct kb_chain_record *record)
{
	bool takeover = kb_chain_event_of(record->event) == KB_CHAIN_REGIE_OVERNEMEN;

	for (size_t i = 0; i < flow->count && !takeover; i++) {
		const struct kb_chain_record *held = &flow->records[i];

		if (held->regie_epoch == record->regie_epoch &&
		    held->revision == record->revision &&
		    kb_chain_event_of(held->event) != KB_CHAIN_REGIE_OVERNEMEN &&
		    kb_hash_equal(&held->previous, &record->previous) &&
		    !kb_hash_equal(&held->hash, &record->hash)) {
			return true;
		}
	}
	return false;
}

/* Of the message and of what is held here: it says who takes part and who has the regie by now. */
static const struct kb_chain_record *
newest_of(const struct kb_flow *flow, const struct kb_flow_incoming *records)
{
	const struct kb_chain_record *newest = &records->at[records->message.regel_count - 1];

	for (size_t i = 0; i < flow->count; i++) {
		const struct kb_chain_record *held = &flow->records[i];

		if (held->regie_epoch > newest->regie_epoch ||
		    (held->regie_epoch == newest->regie_epoch &&
		     held->revision > newest->revision)) {
			newest = held;
		}
	}
	return newest;
}

static enum kb_err
check_each(const struct kb_flow *flow, const struct kb_received *received,
	   const struct kb_flow_incoming *records)
{
	const struct kb_chain_record *last = &records->at[records->message.regel_count - 1];
	bool relay = may_relay(flow, &received->sender);
	enum kb_err err = relay || kb_chain_roles_of(flow->view, &received->sender) != 0
				  ? KB_OK
				  : KB_ERR_NOT_ALLOWED;

	for (size_t i = 0; err == KB_OK && i < records->message.regel_count; i++) {
		const struct kb_chain_record *record = &records->at[i];

		if (kb_flow_holds(flow, &record->hash)) {
			continue;
		}
		err = relay ? KB_OK : check_maker(flow, records, record, &received->sender);
		if (err == KB_OK && kb_flow_contradicts(flow, record)) {
			err = KB_ERR_EQUIVOCATION;
		}
		/* What is closed is not taken over any more. */
		if (err == KB_OK && flow->view->closed_utc_ms != 0 &&
		    kb_chain_event_of(record->event) == KB_CHAIN_REGIE_OVERNEMEN) {
			err = KB_ERR_STATE;
		}
	}
	/* Who says that it has the regie may have joined, or got it, by a record that is still on the way: then it waits. */
	return err == KB_ERR_NOT_ALLOWED &&
			       kb_party_id_equal(&received->sender, &last->regievoerder)
		       ? KB_ERR_BUSY
		       : err;
}

/* The first of a case, and what comes while the profile is on its way: one story, from who has the regie by what it says or, of a chain
 * that comes in several messages, by the newest of it. */
static enum kb_err
check_beginning(const struct kb_flow *flow, const struct kb_received *received,
		const struct kb_flow_incoming *records)
{
	const struct kb_chain_record *last = &records->at[records->message.regel_count - 1];

	for (size_t i = 0; i < records->message.regel_count; i++) {
		if (!kb_flow_holds(flow, &records->at[i].hash) &&
		    kb_flow_contradicts(flow, &records->at[i])) {
			return KB_ERR_EQUIVOCATION;
		}
	}
	return kb_party_id_equal(&received->sender, &last->regievoerder) ||
			       kb_party_id_equal(&received->sender,
						 &newest_of(flow, records)->regievoerder)
		       ? KB_OK
		       : check_maker(flow, records, last, &received->sender);
}

/* As the route says; while it cannot be read, as the record does: only in such a route an agent takes a step by itself. */
static bool
is_automatic(struct kb_act *act, const struct kb_chain_record *record)
{
	const struct kb_profile *profile = NULL;
	const struct kb_route *route = NULL;

	if (kb_flow_profile(act->agent, act->step, &record->profile_hash, &profile) != KB_OK) {
		return record->person.len == 0 && kb_chain_event_of(record->event) != KB_CHAIN_KLOK;
	}
	route = kb_profile_route(profile, record->route);
	return route != NULL && route->automatic;
}

/* What an agent opens by itself (verzuim) follows the message that it is about, between the two parties of that case; in a case between
 * partners nothing does. row: NULL when the case is not known here. */
static bool
is_place_for(struct kb_act *act, const struct kb_received *received, const struct kb_case *row,
	     const struct kb_chain_record *record)
{
	return row != NULL && row->kind == KB_CASE_KIND_VERZUIM
		       ? row->counterparty_no == received->sender_no
		       : !is_automatic(act, record);
}

/* Of a case that is known here. One that we opened ourselves does not follow a route of somebody else. */
static enum kb_err
check_known(const struct kb_flow *flow, const struct kb_received *received,
	    const struct kb_flow_incoming *records)
{
	const struct kb_chain_record *last = &records->at[records->message.regel_count - 1];
	enum kb_err err =
		check_room(flow, records->message.regel_count, may_relay(flow, &received->sender));

	if (err != KB_OK) {
		return err;
	}
	if (!is_place_for(flow->act, received, flow->row, last) ||
	    (flow->count == 0 && flow->row->regievoerder_no == KB_PARTY_NO_SELF)) {
		return KB_ERR_NOT_ALLOWED;
	}
	/* What needs no toestemming can only be the end. */
	if (received->kind == KB_KIND_ZAAK_EINDE &&
	    (records->message.regel_count != 1 || flow->route == NULL ||
	     !is_end_state(flow->route, last->state))) {
		return KB_ERR_NOT_ALLOWED;
	}
	/* The first of it, and what comes while the profile is still on its way: from who has the regie by what it says. */
	if (flow->view == NULL || flow->view->revision == 0) {
		return check_beginning(flow, received, records);
	}
	return check_each(flow, received, records);
}

enum kb_err
kb_flow_admit(struct kb_act *act, const struct kb_received *received,
	      const struct kb_flow_incoming *records)
{
	const struct kb_chain_record *last = &records->at[records->message.regel_count - 1];
	struct kb_flow flow = { .act = act };
	enum kb_err err = check_times(act, records);

	if (err == KB_OK && received->case_no != 0) {
		err = kb_flow_load(act, received->case_no, &flow);
	}
	if (err == KB_OK && !fits_us(act, newest_of(&flow, records))) {
		err = KB_ERR_NOT_ALLOWED;
	}
	if (err != KB_OK) {
		return err;
	}
	if (received->case_no != 0) {
		return check_known(&flow, received, records);
	}
	return received->kind != KB_KIND_ZAAK_EINDE && is_place_for(act, received, NULL, last)
		       ? check_beginning(&flow, received, records)
		       : KB_ERR_NOT_ALLOWED;
}
