/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A school year of cases in one process, on the pure engine: every participant holds its own records, and a network between them
 * loses, doubles and reorders. No wire, no store, no crypto: a message names a record that stands in one place in memory, and the hash of a
 * record is the mix of tests/support/chain_case.h.
 */
#ifndef KB_TESTS_SIM_H
#define KB_TESTS_SIM_H

#include "tests/sim/sim_dates.h"
#include "tests/support/chain_case.h"

#define SIM_TICKS_PER_DAY 4
#define SIM_NOBODY CHAIN_WHO_COUNT
#define SIM_ACT_NONE UINT32_MAX
#define SIM_ABSENCES 2
/* Nobody does more in one case. */
#define SIM_ACTS_MAX 96

struct sim_record {
	struct kb_chain_record at;
	uint32_t act; /* bookkeeping of the test: which act it came from */
	uint32_t number;
};

/* Of what somebody wants, until it stands or comes back. */
enum sim_act_state {
	SIM_ACT_OPEN = 0, /* not yet seen in the chain by its author */
	SIM_ACT_DONE,	  /* its author sees it in the chain that survives */
	SIM_ACT_REFUSED,  /* the regievoerder said no */
	SIM_ACT_BACK,	  /* its author sees that it cannot be any more: work for a person */
};

struct sim_act {
	struct kb_chain_request request;
	uint32_t case_nr;
	enum chain_who who;
	enum sim_act_state state;
	uint32_t was_void;   /* times that a record of it was */
	uint32_t next_tick;  /* proposed again from then on */
	uint32_t refused_by; /* bits of who: refusals are remembered */
	uint32_t standing;   /* at the end */
};

/* What one party holds of one case. */
struct sim_replica {
	struct sim_record **records;
	size_t count;
	size_t capacity;
	bool waits;	    /* a record is here whose past is not */
	uint32_t ask_after; /* revision */
	int regie_from_day; /* since when it knows that it has the regie; SIM_DAY_NONE: it has not */
	enum chain_who ask_whom; /* the regievoerder that the waiting record names */
	struct kb_chain_view view;
};

struct sim_case {
	const struct kb_route *route;
	uint32_t opens_at; /* tick */
	uint32_t
		silent_from; /* tick from which the person who has the regie does nothing for a while */
	struct sim_replica *replicas[CHAIN_WHO_COUNT];
	uint32_t acts[SIM_ACTS_MAX];
	size_t act_count;
};

enum sim_kind {
	SIM_RECORD = 0,
	SIM_PROPOSAL,
	SIM_REFUSAL,
	SIM_ASK, /* opvraag: what is after epoch and revision */
};

struct sim_message {
	enum sim_kind kind;
	enum chain_who from;
	enum chain_who to;
	uint32_t case_nr;
	uint32_t act;
	uint32_t epoch;
	uint32_t revision;
	struct sim_record *record;
};

struct sim_queue {
	struct sim_message *at;
	size_t count;
	size_t capacity;
};

struct sim_counts {
	size_t records;
	size_t sent;
	size_t lost;
	size_t doubled;
	size_t asked;
	size_t fired;
	size_t fired_late; /* with an excuse: who had the regie was away or did not have it yet */
	size_t takeovers;
	size_t voided;
	size_t proposed_again;
	size_t closed;
	size_t replays;
};

struct sim {
	struct sim_dates dates;
	struct kb_kalender kalender;
	struct kb_arena arena;	 /* for all that stays */
	struct kb_arena scratch; /* for one replay */
	uint64_t random;
	struct sim_case *cases;
	uint32_t case_count;
	struct sim_act *acts;
	uint32_t act_count;
	uint32_t act_capacity;
	struct sim_queue *ticks; /* what arrives when */
	uint32_t tick_count;
	uint32_t tick;
	int64_t now_utc_ms;
	int first_day;
	int last_day; /* of the school year; after it nothing new begins */
	int away_from[CHAIN_WHO_COUNT][SIM_ABSENCES];
	int away_to[CHAIN_WHO_COUNT][SIM_ABSENCES];
	struct sim_counts counts;
};

/* Deterministic. */
uint32_t sim_random(struct sim *sim, uint32_t below);
bool sim_away(const struct sim *sim, enum chain_who who, int day);
int sim_today(const struct sim *sim);

/* routes are borrowed and must stay. The same seed (not 0) gives the same year. */
void sim_init(struct sim *sim, const struct kb_route *const *routes, size_t route_count,
	      uint32_t case_count, uint64_t seed);
void sim_release(struct sim *sim);
/* The whole year and the weeks after it in which what is under way comes in. */
void sim_run(struct sim *sim);
/* All participants agree, nothing is lost, every act stands at most once. */
void sim_check_end(struct sim *sim);

/* ---- network ---- */
void sim_send(struct sim *sim, struct sim_message message);
/* To everybody who takes part according to view, and to who left with this record. */
void sim_send_record(struct sim *sim, uint32_t case_nr, enum chain_who from,
		     struct sim_record *record);

/* ---- replica ---- */
struct sim_replica *sim_replica_get(struct sim *sim, uint32_t case_nr, enum chain_who who);
void sim_replica_take(struct sim *sim, uint32_t case_nr, enum chain_who who,
		      struct sim_record *record);
/* The view out of all records that are here, in a random order. */
struct kb_chain_view sim_replica_replay(struct sim *sim, const struct sim_replica *replica,
					const struct kb_route *route, enum kb_chain_mark *marks);
bool sim_same_view(const struct kb_chain_view *a, const struct kb_chain_view *b);

/* ---- agents ---- */
void sim_agent_receive(struct sim *sim, const struct sim_message *message);
/* What the agents do by themselves in this tick: clocks, proposals again, asking; and what people do. */
void sim_agents_tick(struct sim *sim);
/* A record out of an act (or SIM_ACT_NONE: of the agent itself); KB_OK when it was made. */
enum kb_err sim_make_record(struct sim *sim, uint32_t case_nr, enum chain_who who, uint32_t act,
			    const struct kb_chain_request *request);
void sim_people_tick(struct sim *sim, uint32_t case_nr);

#endif
