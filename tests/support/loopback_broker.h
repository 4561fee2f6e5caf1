/* SPDX-License-Identifier: EUPL-1.2 */
/* Agents of the runtime in one process, a registrar that knows them, and a broker that only routes. For tests of the runtime. */
#ifndef KB_TESTS_SUPPORT_LOOPBACK_BROKER_H
#define KB_TESTS_SUPPORT_LOOPBACK_BROKER_H

#include "agents/runtime/agent.h"
#include "common/wire/envelope.h"
#include "common/wire/session.h"

#define LB_PARTIES_MAX 8
#define LB_PATH 128

struct lb_world;

/* What happens to an envelope on its way from a sender to a mailbox, or from a mailbox to its owner. */
enum lb_fate {
	LB_PASS = 0,
	LB_DROP,  /* the broker says accepted and loses it */
	LB_TWICE, /* delivered twice */
	LB_HOLD,  /* stays in the mailbox until lb_release() */
};

struct lb_party {
	struct lb_world *world;
	size_t index;
	struct kb_identity identity;
	struct kb_role role; /* a copy of what the test gave; change it before lb_start() */
	char folder[LB_PATH];
	char data[LB_PATH];
	char data_keys[LB_PATH];
	char witness[LB_PATH];
	const struct kb_config *config;	  /* for the role; NULL: none */
	const struct kb_profile *profile; /* of its region; NULL: none */
	struct kb_agent *agent;		  /* NULL: stopped */

	/* in the register */
	struct kb_buf entry;
	bool enrolled;
	int64_t untrusted_since_utc_ms;

	/* at the broker */
	bool connected; /* the test's switch; lb_round() brings the link up and down */
	bool link_up;
	struct kb_id session;
	uint64_t credit;
	uint64_t next_batch;
	uint64_t open_batch_messages;
	struct kb_buf witnessed; /* newest checkpoint of this party */
	uint64_t witnessed_size;
};

struct lb_mail {
	size_t sender;
	size_t recipient;
	struct kb_buf bytes;
	struct kb_epoch epoch;
	uint64_t number;
	bool delivered; /* in the session of now, not confirmed */
	bool held;
	bool gone;
	uint64_t batch;
};

struct lb_frame {
	size_t party;
	bool to_agent;
	struct kb_buf bytes;
};

struct lb_world {
	char folder[LB_PATH];
	struct kb_clock_fake fake;
	struct kb_clock clock;
	struct lb_party parties[LB_PARTIES_MAX];
	size_t party_count;

	struct kb_sign_key *registrar_sign;
	struct kb_verify_key *registrar_verify;
	struct kb_x509_key *authority_key;
	struct kb_buf authority;
	struct kb_buf crl;
	struct kb_buf revocations;
	struct kb_party_id registrar;
	uint64_t register_version;
	int64_t register_life_ms;
	struct kb_buf signed_head;
	struct kb_hash leaves[LB_PARTIES_MAX + 1];
	size_t leaf_of[LB_PARTIES_MAX + 1]; /* party index per leaf */
	size_t leaf_count;

	struct kb_id store_id;
	struct lb_mail *mail;
	size_t mail_count;
	size_t mail_capacity;
	struct lb_frame *frames;
	size_t frame_count;
	size_t frame_capacity;

	/* Faults, set by a test; NULL: none. */
	enum lb_fate (*on_accept)(struct lb_world *world, const struct kb_header *header,
				  void *state);
	/* Changes the bytes just before delivery. */
	void (*on_deliver)(struct lb_world *world, const struct kb_header *header,
			   struct kb_buf *envelope, void *state);
	/* Not 0: the publish result refuses it with this reason. */
	uint32_t (*on_publish)(struct lb_world *world, const struct kb_header *header, void *state);
	void *fault_state;
	uint64_t accepted_count; /* envelopes in mailboxes, ever */
	uint64_t receipts_dropped;
	bool lose_receipts;
};

/* Makes folder, registrar, authority, broker entry. Everything of this file ends the test when it fails. */
void lb_open(struct lb_world *world);
void lb_close(struct lb_world *world);

/* One more party with keys, certificate and entry. gemeente may be NULL. */
struct lb_party *lb_add(struct lb_world *world, enum kb_party_kind kind, const char *gemeente);
/* A new register of everybody enrolled, version + 1. */
void lb_publish_register(struct lb_world *world);
/* New sealing key for party (same version of the descriptor does not change: a new version is made); the agent must be
 * stopped. With forget, the old key is lost. */
void lb_rotate(struct lb_party *party, bool forget);

void lb_start(struct lb_party *party);
void lb_stop(struct lb_party *party);
/* Copies the data folder of a stopped agent aside, or back. */
void lb_backup(struct lb_party *party);
void lb_restore(struct lb_party *party);

/* Rounds of all agents and the broker until nothing moves any more. The clock stands still. */
void lb_settle(struct lb_world *world);
/* Moves the clocks, then settles. */
void lb_wait(struct lb_world *world, int64_t ms);
/* party gets to know the entry of everybody in the register; an entry is asked for at its first look-up. */
void lb_introduce(struct lb_party *party);
/* Starts every party of the world and settles; then each knows the others and has a user "anna": at the desk jeugd of a gemeente, elsewhere
 * at the only desk. Aborts when one of it fails. */
void lb_start_all(struct lb_world *world);
/* Mail that was held is delivered from now on, in the order given by reverse. */
void lb_release(struct lb_world *world, bool reverse);
/* The broker's disk is gone: a new store, no mail, no witnesses. */
void lb_lose_store(struct lb_world *world);
/* The broker says that this mail expired. */
void lb_expire_all(struct lb_world *world);
/* Puts raw bytes in front of recipient as if the broker delivered them. */
void lb_inject(struct lb_world *world, size_t recipient, struct kb_span envelope);

/* Calls a desk verb; arguments are pairs of name and value, ended by NULL. The exit code; *text (may be NULL) what it said. */
int lb_ask(struct lb_party *party, const char *user, const char *verb, const char *const *arguments,
	   struct kb_buf *text);

/* The same with a piece of a file; what comes back is appended to answered (may be NULL). */
int lb_ask_with(struct lb_party *party, const char *user, const char *verb,
		const char *const *arguments, struct kb_span content, struct kb_buf *text,
		struct kb_buf *answered);

#define LB_OK(expression) lb_ok((expression), #expression, __FILE__, __LINE__)
void lb_ok(enum kb_err err, const char *expression, const char *file, int line);

#endif
