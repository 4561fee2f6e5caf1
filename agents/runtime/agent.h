/* SPDX-License-Identifier: EUPL-1.2 */
/* The agent without sockets: events go in, frames and answers come out. program.c gives it a loop, tests give it a fake. */
#ifndef KB_RUNTIME_AGENT_H
#define KB_RUNTIME_AGENT_H

#include "agents/runtime/identity.h"
#include "agents/runtime/role.h"
#include "common/base/clock.h"
#include "common/base/random.h"

/* The way to the broker. send: KB_OK says only "queued here"; KB_ERR_BUSY: later; KB_ERR_OFFLINE. */
struct kb_transport {
	enum kb_err (*send)(void *state, struct kb_span frame);
	/* This connection is of no use (replaced, or out of step): make a new one after the back-off. */
	void (*reset)(void *state);
	void *state;
};

struct kb_agent_settings {
	const char *data;	/* folder of the store */
	const char *data_keys;	/* folder of the data keys; NULL: in data */
	const char *witness;	/* checkpoint file outside the backup; NULL: none */
	const char *letters;	/* folder with the templates of letters; NULL: none */
	uint64_t map_bytes_max; /* 0: the default of the store */
	uint64_t reserve_bytes;
	uint64_t attachment_bytes_max; /* of one case; 0: the usual number */
	int64_t resend_first_ms;
	int64_t resend_most_ms;
	int64_t life_ms;
	uint32_t
		reopen_max; /* numbers that one step sends a restored party again; 0: the usual number */
	int64_t head_grace_ms;
	uint32_t credit;
	int64_t heartbeat_ms; /* 0: 10 s */
#ifdef KB_TEST_SWITCHES
	bool skip_consent; /* a sender that does not look at its register: its recipients must */
#endif
};

/* Everything is borrowed for the life of the agent. */
struct kb_agent_options {
	const struct kb_role *role;
	const struct kb_identity *identity;
	const struct kb_config *config;	  /* NULL in tests of the runtime */
	const struct kb_profile *profile; /* may be NULL */
	struct kb_clock clock;
	struct kb_random random;
	struct kb_transport transport;
	struct kb_agent_settings settings;
};

/* Opens store and directory, starts the role. Blocks; commits. where says what is wrong and what to do. */
KB_MUST_CHECK enum kb_err kb_agent_open(const struct kb_agent_options *options,
					struct kb_agent **out, struct kb_error_text *where);
/* Says goodbye when a session is up, closes the store. Acts that were queued get KB_ERR_OFFLINE. NULL is allowed. */
void kb_agent_close(struct kb_agent *agent);

void kb_agent_link_up(struct kb_agent *agent);
void kb_agent_link_down(struct kb_agent *agent, enum kb_err why);
/* One frame of the broker; borrowed until return. */
void kb_agent_frame(struct kb_agent *agent, struct kb_span frame);

/*
 * The end of a round of the loop: timers that are due, one slice of every job, the group commit of everything queued, then what it
 * allows (publishing, confirming, answering). true: there is work left, come back at once.
 */
bool kb_agent_round(struct kb_agent *agent);
/* When the next timer is due; the loop comes back then at the latest. */
int64_t kb_agent_due_mono_ms(const struct kb_agent *agent);
/* KB_OK, or why the process has to end (a commit failed, reliability.md 1.3). */
enum kb_err kb_agent_fault(const struct kb_agent *agent);

/* A request of the local socket. Who asks is as the kernel saw it. */
struct kb_desk_client {
	uint32_t uid;
	/* One encoded DeskAnswer; borrowed until return. */
	void (*answer)(void *state, struct kb_span bytes, bool last);
	void *state;
};

/* Answers now or in a later round, zero or more times with more and once without, until kb_agent_desk_gone(). */
void kb_agent_desk_request(struct kb_agent *agent, const struct kb_desk_client *client,
			   struct kb_span request);
/* The client that has this state is gone. */
void kb_agent_desk_gone(struct kb_agent *agent, const void *client_state);
/* Descriptor of a running child (log verify) for the loop, -1 when there is none. */
int kb_agent_child_fd(const struct kb_agent *agent);

#endif
