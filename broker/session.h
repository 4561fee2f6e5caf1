/* SPDX-License-Identifier: EUPL-1.2 */
/* Who is connected: one live session per party, found by connection or by party. In memory only. */
#ifndef KB_BROKER_SESSION_H
#define KB_BROKER_SESSION_H

#include "broker/mailbox.h"
#include "common/net/server.h"
#include "common/wire/session.h"

/* Batches on their way to one agent; with KB_WIRE_FRAME_BYTES_MAX this bounds memory per slow agent. */
#define KB_IN_FLIGHT_MAX 4

/* A batch is one stretch of each lane: confirming it removes what is still there of these. */
struct kb_in_flight {
	uint64_t batch;		       /* 0: free */
	uint64_t first[KB_LANE_COUNT]; /* 0: nothing of this lane */
	uint64_t last[KB_LANE_COUNT];
};

/*
 * Invariants: 1. Every live session is in the list, in its slot by route and in by_party, and is the only one of its party.
 * 2. A session taken out stays readable until kb_sessions_bury(): work of this round may still refer to it.
 */
struct kb_broker_session {
	struct kb_broker_session *next;	     /* of all live ones, or of the dead ones */
	struct kb_broker_session *next_slot; /* same slot by route */
	struct kb_server_user user;
	struct kb_server_route route;
	struct kb_party_id party;
	uint32_t key_version;
	uint32_t party_no;
	struct kb_id id; /* the agent's, of its hello */
	bool dead;
	bool welcomed;	      /* nothing else is sent before the welcome */
	bool mail_pending;    /* there may be something to deliver */
	bool returns_pending; /* there may be something undeliverable to tell */
	bool blocked;	      /* its queue was full; tried again in the next second */
	uint32_t credit;      /* messages the agent has room for */
	uint64_t next_batch;
	uint64_t next_seq[KB_LANE_COUNT]; /* delivered below it, in this session */
	struct kb_in_flight in_flight[KB_IN_FLIGHT_MAX];
	uint64_t returns_told; /* highest seq told and not yet forgotten; 0: none */
	uint32_t log_year;     /* the broker checkpoint this agent has */
	uint64_t log_size;
	uint64_t register_told; /* version */
	int64_t skew_ms;	/* its clock minus ours, when it said so */
	int64_t skew_base_ms;	/* our wall minus monotonic time at that moment */
	int64_t heard_mono_ms;
	int64_t told_mono_ms; /* last frame to it */
};

#define KB_SESSION_SLOTS 1024

struct kb_sessions {
	struct kb_broker_session *live;
	struct kb_broker_session *dead;
	size_t count;
	struct kb_broker_session *slots[KB_SESSION_SLOTS];
	struct kb_broker_session **by_party; /* by party no */
	uint32_t by_party_count;
};

/* Room for party numbers below count. KB_ERR_NO_MEMORY. */
KB_MUST_CHECK enum kb_err kb_sessions_reserve(struct kb_sessions *sessions, uint32_t count);
void kb_sessions_release(struct kb_sessions *sessions);

/*
 * A new session of party_no on this connection. The old one of the same party or connection is taken out and handed back
 * in *replaced (NULL: there was none), to be told goodbye: the newest hello wins (design 5).
 */
KB_MUST_CHECK enum kb_err kb_sessions_open(struct kb_sessions *sessions,
					   const struct kb_server_user *user,
					   const struct kb_server_route *route, uint32_t party_no,
					   struct kb_broker_session **out,
					   struct kb_broker_session **replaced);
/* Takes it out. */
void kb_sessions_end(struct kb_sessions *sessions, struct kb_broker_session *session);
/* Frees what was taken out; at the end of a round. */
void kb_sessions_bury(struct kb_sessions *sessions);

/* NULL: none. The user must match too: a route alone is no identity. */
struct kb_broker_session *kb_sessions_by_route(const struct kb_sessions *sessions,
					       const struct kb_server_route *route,
					       const struct kb_server_user *user);
struct kb_broker_session *kb_sessions_by_party(const struct kb_sessions *sessions,
					       uint32_t party_no);

/* The wire version to speak with an agent that speaks these; 0: none in common. */
uint32_t kb_session_version(uint32_t oldest, uint32_t newest);

/* "party#key version", the ZAP User-Id, and back. KB_ERR_BAD_VALUE. */
void kb_session_user(const struct kb_party_id *party, uint32_t key_version,
		     struct kb_server_user *out);
KB_MUST_CHECK enum kb_err kb_session_user_parse(const struct kb_server_user *user,
						struct kb_party_id *party, uint32_t *key_version);

#endif
