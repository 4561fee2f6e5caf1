/* SPDX-License-Identifier: EUPL-1.2 */
/* The chain of case records: what a case is, as a pure function of them (design 7). No clock, no disk, no socket. */
#ifndef KB_EXCHANGE_CASE_CHAIN_H
#define KB_EXCHANGE_CASE_CHAIN_H

#include "common/base/arena.h"
#include "common/base/ids.h"
#include "common/exchange/route.h"

#define KB_CHAIN_PARTICIPANTS_MAX 32
#define KB_CHAIN_FACTS_MAX 16	  /* in one record */
#define KB_CHAIN_CLOCKS_MAX 64	  /* that ran in one case, over its whole life */
#define KB_CHAIN_RECORDS_MAX 1024 /* of one case */

/*
 * Events of every route, beside its own: X(NAME, word, Dutch). A clock that ran out is "klok:" and its name. These never change
 * the state, except a klok: event for which the route has a step.
 */
#define KB_CHAIN_EVENT_TABLE(X)                                                                    \
	X(REGIE_AANBIEDEN, "regie-aanbieden", "de regie aanbieden")                                \
	X(REGIE_TERUGNEMEN, "regie-terugnemen", "het aanbod van de regie terugnemen")              \
	X(REGIE_AANVAARDEN, "regie-aanvaarden", "de regie aanvaarden")                             \
	X(REGIE_WEIGEREN, "regie-weigeren", "de regie niet aanvaarden")                            \
	X(REGIE_OVERNEMEN, "regie-overnemen", "de regie overnemen als vangnet")                    \
	X(DEELNEMER_ERBIJ, "deelnemer-erbij", "een deelnemer toevoegen")                           \
	X(DEELNEMER_ERUIT, "deelnemer-eruit", "een deelnemer laten vertrekken")

enum kb_chain_event {
	KB_CHAIN_EVENT_NONE = 0, /* one of the route */

#define KB_ROW(name, word, label) KB_CHAIN_##name,
	KB_CHAIN_EVENT_TABLE(KB_ROW)
#undef KB_ROW
		KB_CHAIN_KLOK,
	KB_CHAIN_EVENT_COUNT,
};

/* The first record of a case. */
#define KB_CHAIN_OPEN_WORD "openen"
#define KB_CHAIN_KLOK_PREFIX "klok:"

enum kb_chain_event kb_chain_event_of(struct kb_span word);
const char *kb_chain_event_label(enum kb_chain_event event); /* "" for NONE and KLOK */
const char *kb_chain_event_word(enum kb_chain_event event);

/* party empty: a guest, whom the regievoerder speaks for. Ended participants stay in the list. */
struct kb_chain_participant {
	struct kb_party_id party;
	uint32_t role; /* one bit of KB_ROUTE_ROLES_HELD */
	struct kb_span
		guest; /* name of the organisation of a guest, by which it is known; empty for a party */
	int64_t from_utc_ms;
	int64_t until_utc_ms; /* 0: takes part */
};

struct kb_chain_fact {
	enum kb_fact_nr fact;
	int32_t day;	       /* local day */
	struct kb_span people; /* "" unless kb_fact_wants_people() */
};

struct kb_chain_clock {
	struct kb_span name;
	int64_t due_utc_ms; /* first moment that is too late */
};

/* One case record, decoded. Spans are borrowed from its bytes. Byte-identical at all participants: hash is over those bytes. */
struct kb_chain_record {
	struct kb_id case_id;
	struct kb_hash profile_hash;
	struct kb_span route;	 /* id */
	uint32_t regie_epoch;	 /* from 1; one more at every takeover by the vangnet */
	uint32_t revision;	 /* from 1 */
	struct kb_hash previous; /* of the record of revision - 1; zero at revision 1 */
	struct kb_id
		proposal_id; /* of the proposal that it came from; zero: the regievoerder's own step */
	struct kb_span event;
	struct kb_span state;	  /* name of the state after it */
	struct kb_party_id actor; /* who did it */
	uint32_t actor_desk;
	struct kb_span person; /* name and function of who did it; empty: the agent itself */
	struct kb_span function;
	int64_t at_utc_ms;
	struct kb_party_id regievoerder;	   /* after this record */
	struct kb_party_id offered_to;		   /* empty: not offered */
	struct kb_chain_participant *participants; /* all, after this record */
	size_t participant_count;
	struct kb_chain_fact *facts; /* written down by this step */
	size_t fact_count;
	struct kb_chain_clock *started;
	size_t started_count;
	struct kb_span
		*stopped; /* names; of each the one that runs or ran out and was started last */
	size_t stopped_count;
	struct kb_hash hash; /* of the encoded record; filled by whoever decoded it */
};

enum kb_chain_clock_state {
	KB_CHAIN_CLOCK_NONE = 0,
	KB_CHAIN_CLOCK_RUNS,
	KB_CHAIN_CLOCK_EXPIRED, /* a klok: record says so */
	KB_CHAIN_CLOCK_STOPPED,
	KB_CHAIN_CLOCK_STOPPED_LATE,
};

struct kb_chain_view_clock {
	uint8_t clock; /* place in the route */
	enum kb_chain_clock_state state;
	uint32_t started_revision;
	uint32_t ended_revision;
	int64_t started_utc_ms;
	int64_t due_utc_ms;
	int64_t ended_utc_ms;
};

struct kb_chain_view_fact {
	bool there;
	int32_t day;
	struct kb_span people;
	struct kb_party_id actor; /* who wrote it down */
	struct kb_span person;
	uint32_t revision;
};

/* What the case is after the records of its surviving chain. Zeroed: before the first. Spans are borrowed from the records. */
struct kb_chain_view {
	const struct kb_route *route;
	struct kb_id case_id;
	struct kb_hash profile_hash;
	uint8_t state;
	uint32_t regie_epoch;
	uint32_t revision; /* 0: no record yet */
	struct kb_hash last;
	int64_t last_utc_ms;
	int64_t moved_utc_ms; /* of the last step by the regievoerder; a klok: record is none */
	struct kb_party_id opener;
	struct kb_party_id regievoerder;
	struct kb_party_id offered_to;
	struct kb_chain_participant participants[KB_CHAIN_PARTICIPANTS_MAX];
	size_t participant_count;
	struct kb_chain_view_fact facts[KB_FACT_COUNT];
	struct kb_chain_view_clock clocks[KB_CHAIN_CLOCKS_MAX];
	size_t clock_count;
	int64_t closed_utc_ms; /* 0: open */
};

/* Why a step was refused. */
struct kb_chain_refusal {
	const char *rule; /* "R02", "design 7"; never NULL when refused */
	char word[KB_ROUTE_NAME_MAX +
		  1];	 /* of the fact, guard, event or role that is missing or wrong */
	uint32_t guards; /* that are missing */
	uint64_t facts;
};

/*
 * A step somebody wants to take. What it needs from outside comes in met: the external guards that hold (kb_guard bits without
 * KB_GUARDS_OF_CASE).
 */
struct kb_chain_request {
	struct kb_span event;
	struct kb_id proposal_id; /* zero: of the regievoerder itself */
	struct kb_party_id actor;
	enum kb_party_kind actor_kind;
	enum kb_desk actor_desk;
	struct kb_span person; /* empty: the agent itself */
	struct kb_span function;
	int64_t now_utc_ms;
	uint32_t met;
	const struct kb_chain_fact *facts;
	size_t fact_count;
	/* REGIE_AANBIEDEN: to whom. DEELNEMER_ERBIJ, DEELNEMER_ERUIT: who. */
	struct kb_chain_participant participant;
	/* What is joining, for DEELNEMER_ERBIJ; UNSPECIFIED (a guest, or not known here): whether the role fits is not judged. */
	enum kb_party_kind participant_kind;
	enum kb_desk participant_desk; /* UNSPECIFIED: any desk of that kind */
};

/* The roles of a party in the case as bits: the one it holds, INBRENGER, REGIEVOERDER, ALLEN. 0: it does not take part (any more). */
uint32_t kb_chain_roles_of(const struct kb_chain_view *view, const struct kb_party_id *party);
/* The participant with that role (one bit; INBRENGER and REGIEVOERDER too) that takes part, the first by order of joining; NULL: none. */
const struct kb_chain_participant *kb_chain_participant_with(const struct kb_chain_view *view,
							     uint32_t role);

/*
 * Whether the step is allowed as the case stands, for author and for regievoerder alike. *step (may be NULL) is its place in the
 * route, KB_ROUTE_STEP_NONE for the events of every route. KB_OK, or refusal filled in (may be NULL) and:
 *   KB_ERR_STATE        the event is not for this state, or the case is closed
 *   KB_ERR_NOT_ALLOWED  the role, the function or the party is not one that may
 *   KB_ERR_INCOMPLETE   a guard or a fact is missing, or a fact that the step must write down lacks its day or people
 *   KB_ERR_NO_CONSENT   the guard toestemming is missing
 *   KB_ERR_BAD_VALUE    a fact that this step does not write down, a day in the future, an unknown event
 */
KB_MUST_CHECK enum kb_err kb_chain_allows(const struct kb_chain_view *view,
					  const struct kb_chain_request *request, uint16_t *step,
					  struct kb_chain_refusal *refusal);

/* Due moments are computed once, by who makes the record; the calendar of holidays may be NULL. */
struct kb_kalender;

/* The first moment that is too late for a term that starts on the local day of start_utc_ms. KB_ERR_INCOMPLETE: school weeks without a
 * calendar that covers them; KB_ERR_STATE: not vastgelegd; KB_ERR_BAD_VALUE: no unit, or longer than KB_TERM_LENGTH_MAX. */
#define KB_TERM_LENGTH_MAX 36525u
KB_MUST_CHECK enum kb_err kb_term_due(const struct kb_term *term, int64_t start_utc_ms,
				      const struct kb_kalender *kalender, int64_t *due_utc_ms);

/*
 * The next record for an allowed step (kb_chain_allows() is asked first). Only the regievoerder makes records; at revision 0 the
 * opener becomes it. For REGIE_OVERNEMEN the vangnet itself does, with regie epoch + 1: allowed once a clock with that vangnet has
 * been due for its grace and the regievoerder has made no record since; it builds on the newest record of view, so on the newest that
 * the vangnet holds. Of another nobody can prove which that was: one that names an older record voids what came after it, and that goes
 * back to its authors to be proposed again (design 7). What is closed is not taken over. Lists are in arena. hash stays zero: the encoder fills it.
 * self: the party that makes the record.
 */
KB_MUST_CHECK enum kb_err kb_chain_next(const struct kb_chain_view *view,
					const struct kb_chain_request *request,
					const struct kb_party_id *self,
					const struct kb_kalender *kalender, struct kb_arena *arena,
					struct kb_chain_record *out,
					struct kb_chain_refusal *refusal);

/* The first record of a case: opened by request->actor in role, at the begin of the route, event "openen". */
KB_MUST_CHECK enum kb_err kb_chain_open(const struct kb_route *route, const struct kb_id *case_id,
					const struct kb_hash *profile_hash,
					const struct kb_chain_request *request, uint32_t role,
					const struct kb_kalender *kalender, struct kb_arena *arena,
					struct kb_chain_record *out,
					struct kb_chain_refusal *refusal);

/*
 * Structure of one record on top of view, for replay: chain (revision, previous, epoch), state and clocks that the route allows for
 * that event, the regie, participants. No guards: those were judged by the author. view->route is set by the caller; the rest is
 * zero before the first record. On KB_OK view is moved, otherwise untouched. KB_ERR_NOT_FOUND (a record before it is not here),
 * KB_ERR_STATE (of the past, or of an epoch that is over; or a takeover that names a record of the past: kb_chain_replay() judges
 * that), KB_ERR_NOT_ALLOWED, KB_ERR_BAD_VALUE.
 */
KB_MUST_CHECK enum kb_err kb_chain_apply(struct kb_chain_view *view,
					 const struct kb_chain_record *record);

enum kb_chain_mark {
	KB_CHAIN_MARK_NONE = 0,
	KB_CHAIN_MARK_STANDS, /* in the surviving chain */
	KB_CHAIN_MARK_VOID,   /* of an epoch that a takeover ended: back to its author as work */
	KB_CHAIN_MARK_WAITS,  /* a record before it is not here yet */
	KB_CHAIN_MARK_WRONG,  /* structure does not hold */
};

/*
 * The case as a pure function of a set of records, in whatever order and however often they came: the same set gives the same view
 * everywhere. The highest regie epoch wins from the record it names on; of two takeovers of one epoch (by vangnets that did not know of
 * each other) the one that names the earlier record; of two of one epoch and revision the one with the smaller hash.
 * Who takes records in one by one with kb_chain_apply() replays all as soon as one is left over that does not wait for its past. marks[i] (may be NULL) is about records[i].
 * KB_ERR_OVERSIZE above KB_CHAIN_RECORDS_MAX.
 */
KB_MUST_CHECK enum kb_err kb_chain_replay(const struct kb_route *route,
					  const struct kb_chain_record *records, size_t count,
					  struct kb_arena *arena, struct kb_chain_view *view,
					  enum kb_chain_mark *marks);

/*
 * Whether records wait, and after which revision one then asks for all (0: from the first). Not the revision of the view: of two takeovers
 * of one epoch one may hold only the one that does not stand, and what is missing then lies before it.
 */
bool kb_chain_missing(const struct kb_chain_record *records, const enum kb_chain_mark *marks,
		      size_t count, uint32_t *after);

/* The clock that is due first and has not been told yet: runs, due <= now. NULL: none. */
const struct kb_chain_view_clock *kb_chain_due(const struct kb_chain_view *view,
					       int64_t now_utc_ms);

#endif
