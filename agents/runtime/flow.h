/* SPDX-License-Identifier: EUPL-1.2 */
/* A case that follows a route: its chain of records, who is told, who may take which step now (design 7). */
#ifndef KB_RUNTIME_FLOW_H
#define KB_RUNTIME_FLOW_H

#include "agents/runtime/role.h"
#include "common/base/buf.h"
#include "common/daemon/profile.h"
#include "common/exchange/case_chain.h"
#include "common/exchange/fields.h"

/* A case with its records, replayed. Everything lives in the arena of the act. */
struct kb_flow {
	struct kb_act *act;
	struct kb_case *row; /* for change */
	const struct kb_profile
		*profile; /* NULL: the profile that the case is bound to is not here (yet) */
	const struct kb_route *route; /* NULL likewise */
	struct kb_span *bytes;	      /* of each record, as it came */
	struct kb_chain_record *records;
	enum kb_chain_mark *marks;
	size_t count;		    /* 0: this case follows no route */
	struct kb_chain_view *view; /* NULL when route is NULL or count is 0 */
	/* of flow_guards.c, while it judges */
	bool signs_read;
	uint32_t signs;
};

/* ---- flow_load.c ---- */

/* Reads and replays the case, once in a group of acts. Nobody changes what flow points to: kb_flow_add() makes lists and a view of its
 * own. KB_ERR_NOT_FOUND: no such case. */
KB_MUST_CHECK enum kb_err kb_flow_load(struct kb_act *act, uint64_t case_no, struct kb_flow *flow);
/* Adds encoded records of the message in hand (KB_OK too when they were here already), replays, and brings the case row, its clocks and our own proposals in
 * step with what stands. *fresh: how many were new. */
KB_MUST_CHECK enum kb_err kb_flow_add(struct kb_flow *flow, const struct kb_span *records,
				      size_t count, size_t *fresh);
/* The route of a case, by its row alone: reads no record. NULL when it follows none or its profile is not here. Borrowed as long as
 * the agent lives. */
const struct kb_route *kb_flow_route_of(struct kb_act *act, const struct kb_case *row);
/* What people read of how far a case is: the state of its route in Dutch, "open" or "afgesloten" when it follows none or its profile is
 * not here. Reads no record. Borrowed as long as the agent lives. */
const char *kb_flow_state_label(struct kb_act *act, const struct kb_case *row);
/* A group of acts begins, with an empty arena: what an earlier one read is forgotten. */
void kb_flow_group_begin(struct kb_agent *agent);
/* The place in flow->records of the record of that revision that stands; flow->count: none does. */
size_t kb_flow_standing(const struct kb_flow *flow, uint32_t revision);
/* The participant that we are; NULL: we take no part (any more). */
const struct kb_chain_participant *kb_flow_self(const struct kb_flow *flow);
bool kb_flow_has_regie(const struct kb_flow *flow);
/* Whether the organisation of party has, or had, a side in the case (R25, R31): it takes part in it and is no samenwerkingsverband. */
bool kb_flow_has_side(const struct kb_flow *flow, const struct kb_party_id *party);

/*
 * What the records of the case say about the needs of KB_NEED_LOCAL, added to *met: a party that takes part as the school of the
 * pupil is where the child is ingeschreven. For the records themselves, which hold nothing about the child; for what is about it,
 * places.h decides alone (R09).
 */
KB_MUST_CHECK enum kb_err kb_flow_needs(struct kb_act *act, uint64_t case_no,
					const struct kb_party_id *party, uint32_t *met);

/* ---- flow_profiles.c: profiles of other regions ---- */

/* Parsed profiles that came in, kept by the agent. */
struct kb_flow_profiles;
void kb_flow_profiles_free(struct kb_flow_profiles *profiles); /* NULL is allowed */
/* Our own, or one that was taken in before. KB_ERR_NOT_FOUND: neither. Borrowed as long as the agent lives. */
KB_MUST_CHECK enum kb_err kb_flow_profile(struct kb_agent *agent, struct kb_step *step,
					  const struct kb_hash *hash,
					  const struct kb_profile **out);
/* Sends our own profile, or one that came in with its seal, to party. KB_ERR_NOT_FOUND: not here, or never signed. */
KB_MUST_CHECK enum kb_err kb_flow_profile_send(struct kb_act *act, const struct kb_hash *hash,
					       const struct kb_party_id *party);
KB_MUST_CHECK enum kb_err kb_flow_handle_profile(struct kb_act *act,
						 const struct kb_received *received);

/* ---- flow_guards.c: what only we can know ---- */

/* The kb_guard bits that hold here and now for a step of this case by user of the act; letter: that belongs to it (0: none). */
KB_MUST_CHECK enum kb_err kb_flow_guards(struct kb_flow *flow, uint32_t letter, uint32_t *met);

/* ---- flow_options.c: what can be done now ---- */

/* A step that the user of the act could take from where the case stands. */
struct kb_flow_option {
	const struct kb_route_step *step;
	enum kb_err
		err; /* KB_OK: now; KB_ERR_INCOMPLETE, KB_ERR_NO_CONSENT: refusal names what comes first */
	struct kb_chain_refusal refusal;
};

typedef enum kb_err (*kb_flow_option_fn)(void *to, const struct kb_flow_option *option);

/* Calls fn for each of them in the order of the route, until it returns an error. What a step itself writes down is asked with it and
 * never missing; what belongs to another party or person is left out. flow has a view. */
KB_MUST_CHECK enum kb_err kb_flow_each_option(struct kb_flow *flow, kb_flow_option_fn fn, void *to);
/* Puts what refusal names into text, in Dutch with "; " between; nothing when it names nothing. */
void kb_flow_put_missing(struct kb_buf *text, const struct kb_chain_refusal *refusal);

/* ---- flow_tell.c: to the other participants ---- */

/* The newest record of the chain to everybody who takes part or just left. Whom it cannot reach is noted: niet op de hoogte. */
KB_MUST_CHECK enum kb_err kb_flow_tell_newest(struct kb_flow *flow);
/* All records that stand, to one party: who joins, or who missed something. after: only those behind that revision. */
KB_MUST_CHECK enum kb_err kb_flow_tell_chain(struct kb_flow *flow, const struct kb_party_id *party,
					     uint32_t role, uint32_t after);
/* A message of the case itself (kinds 131 to 133) to one participant. */
KB_MUST_CHECK enum kb_err kb_flow_send(struct kb_flow *flow, const struct kb_party_id *party,
				       uint32_t role, enum kb_kind kind, struct kb_span content);
/* A recipient said no to a record, or never got it: work for the regievoerder. Also when it was stored after all. */
KB_MUST_CHECK enum kb_err kb_flow_fate(struct kb_act *act, const struct kb_sent_fate *fate);

/* ---- flow_step.c ---- */

/* Why we make no record in a case now (flow_recover.c). */
enum kb_flow_wait {
	KB_FLOW_WAIT_NONE = 0,
	KB_FLOW_WAIT_WITNESS,  /* nobody said yet whether the store was put back */
	KB_FLOW_WAIT_PARTNERS, /* it was, and the others have not handed back everything */
};

/* What somebody at the desk wants to do. */
struct kb_flow_doing {
	struct kb_span event;
	const struct kb_chain_fact *facts;
	size_t fact_count;
	const struct kb_field *fields; /* of the message that goes with the step */
	size_t field_count;
	struct kb_span
		consent_ref; /* 16 bytes, or empty: the toestemming of the case for the purpose of the route is found */
	struct kb_chain_participant participant; /* events about one */
	enum kb_party_kind participant_kind;	 /* as the register has it; UNSPECIFIED: a guest */
	/* out */
	struct kb_chain_refusal refusal;
	uint32_t field;		       /* that does not fit, 0: none */
	enum kb_flow_wait wait;	       /* not NONE: nothing was done */
	struct kb_party_id refused_by; /* recipient to whom it may not go, empty: none */
	bool proposed;		       /* it is with the regievoerder now; else it stands */
};

/* Takes the step: as regievoerder a record is made and told, else it is proposed to the regievoerder; the message that belongs to it
 * goes to whom the route says. Errors of kb_chain_allows(), kb_message_send(). */
KB_MUST_CHECK enum kb_err kb_flow_do(struct kb_flow *flow, struct kb_flow_doing *doing);
/* Opens the route in a case of ours that follows none yet, in that role. */
KB_MUST_CHECK enum kb_err kb_flow_open(struct kb_flow *flow, const struct kb_profile *profile,
				       const struct kb_route *route, uint32_t role,
				       struct kb_chain_refusal *refusal);

/*
 * An automatic route (verzuim), opened by the agent itself in a case of ours that follows none yet: who joins it, and the first step.
 * No person is named. What the first step lacks leaves the case where it begins, as something to look at: a report to a partner never
 * waits for its route.
 */
struct kb_flow_beginning {
	const struct kb_profile *profile;
	const struct kb_route *route;
	uint32_t role; /* ours: one bit of KB_ROUTE_ROLES_HELD */
	struct kb_chain_participant partner;
	enum kb_party_kind partner_kind; /* as the register has it */
	struct kb_span event;
};

/* All records are told together. KB_ERR_STATE when the case follows a route already; what is refused is shown, not returned. */
KB_MUST_CHECK enum kb_err kb_flow_begin(struct kb_act *act, uint64_t case_no,
					const struct kb_flow_beginning *beginning);
/*
 * A step of a role's own verb: as kb_flow_do(), with today for every fact that the step writes down and that asks for no people.
 * KB_ERR_STATE with an empty refusal when the case follows no route or its profile is not here (yet).
 */
KB_MUST_CHECK enum kb_err kb_flow_do_today(struct kb_act *act, uint64_t case_no,
					   struct kb_flow_doing *doing);
/* Makes the record for an allowed request, adds and tells it. */
KB_MUST_CHECK enum kb_err kb_flow_record(struct kb_flow *flow,
					 const struct kb_chain_request *request,
					 struct kb_chain_refusal *refusal);
/* Proposals of ours that were made to somebody who has the regie no more go to who has it now; one whose record stands is done. */
KB_MUST_CHECK enum kb_err kb_flow_proposals(struct kb_flow *flow);

/* Whether a step of ours with that event waits for the regievoerder. */
KB_MUST_CHECK enum kb_err kb_flow_is_proposed(struct kb_act *act, uint64_t case_no,
					      struct kb_span event, bool *proposed);

/* ---- flow_messages.c: kinds 130 to 133 ---- */

KB_MUST_CHECK enum kb_err kb_flow_handle_records(struct kb_act *act,
						 const struct kb_received *received);
KB_MUST_CHECK enum kb_err kb_flow_handle_proposal(struct kb_act *act,
						  const struct kb_received *received);
KB_MUST_CHECK enum kb_err kb_flow_handle_refusal(struct kb_act *act,
						 const struct kb_received *received);
KB_MUST_CHECK enum kb_err kb_flow_handle_request(struct kb_act *act,
						 const struct kb_received *received);

/* ---- flow_hand_back.c: kind 141, of a party that was put back ---- */

KB_MUST_CHECK enum kb_err kb_flow_handle_recovery(struct kb_act *act,
						  const struct kb_received *received);

/* ---- flow_recover.c: kind 140, after a restore of our own ---- */

KB_MUST_CHECK enum kb_err kb_flow_handle_proof(struct kb_act *act,
					       const struct kb_received *received);
/*
 * Some open cases in one act, from the one after *case_no on; *case_no moves. *more: not all cases yet.
 * _recover: asks the participants for our own steps behind the backup, once in an epoch. KB_ERR_OFFLINE: an entry has still to be fetched.
 * _late: those that waited long enough go on. _none: there was no restore, and what waited for that word goes on.
 */
KB_MUST_CHECK enum kb_err kb_flow_recover(struct kb_act *act, uint64_t *case_no, bool *more);
KB_MUST_CHECK enum kb_err kb_flow_recover_late(struct kb_act *act, uint64_t *case_no, bool *more);
KB_MUST_CHECK enum kb_err kb_flow_recover_none(struct kb_act *act, uint64_t *case_no, bool *more);

/* ---- flow_clocks.c ---- */

/* kb_deadline.rule of a clock of a route: this and its place in the route. Those of fixed rules are below (effects.h). */
#define KB_FLOW_CLOCK_RULE 3000u
#define KB_FLOW_CLOCK_RULE_END 4000u

/* Whether a clock of that rule belongs to a route. */
bool kb_flow_is_clock(uint32_t rule);
/* Starts, stops and moves the clocks of the case so that they are those of the view. */
KB_MUST_CHECK enum kb_err kb_flow_clocks(struct kb_flow *flow);
/* One of them ran out here: the regievoerder's agent tells all with a record; at others it is shown. */
KB_MUST_CHECK enum kb_err kb_flow_clock_expired(struct kb_act *act, const struct kb_deadline *due);

/* ---- flow_screens.c ---- */

/* Sections of 'case show': route, deelnemers, stappen, what can be done now. Nothing when the case follows no route. */
KB_MUST_CHECK enum kb_err kb_flow_show(struct kb_desk_call *call, uint64_t case_no);
/* Why a step was refused, as the sentence of the failure. */
enum kb_err kb_flow_say_refused(struct kb_desk_call *call, const struct kb_flow_doing *doing,
				enum kb_err err);

#endif
