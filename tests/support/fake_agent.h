/* SPDX-License-Identifier: EUPL-1.2 */
/* An agent without a store, in the process of the test: shakes hands, publishes hand-made envelopes, keeps what it hears. */
#ifndef KB_TESTS_SUPPORT_FAKE_AGENT_H
#define KB_TESTS_SUPPORT_FAKE_AGENT_H

#include "common/net/link.h"
#include "common/wire/envelope.h"
#include "common/wire/session.h"
#include "tests/support/fake_world.h"

/* One envelope to make. Zero fields take the value in brackets. */
struct kb_fake_message {
	const struct kb_party_id *recipient;
	const struct kb_party_id *sender; /* [the agent's own] */
	uint64_t number;		  /* 0: a receipt */
	uint32_t attempt;		  /* [1] */
	bool urgent;
	int64_t sent_in_ms;    /* sent-at, from now */
	int64_t expires_in_ms; /* [30 days] from now */
	uint32_t content;      /* other content, other commitment */
	size_t sealed_bytes;   /* [528] */
	uint32_t key_version;  /* [of the party] */
	/* What is broken on purpose. */
	bool bad_sealed;    /* one bit of the sealed bytes flipped after hashing */
	bool bad_header;    /* one bit of the commitment in the header flipped after sealing */
	bool bad_signature; /* one bit of the signature */
	bool bad_path;	    /* a wrong path of the right length */
	bool cut;	    /* the last byte of the envelope is missing */
};

/* What came in a deliver. */
struct kb_fake_mail {
	struct kb_header header;
	struct kb_hash envelope_sha256;
};

struct kb_fake_agent {
	struct kb_fake_world *world;
	struct kb_fake_party *party;
	struct kb_loop *loop;
	struct kb_link *link;
	struct kb_epoch epoch;
	struct kb_id session;
	enum kb_link_state state;
	enum kb_err why;
	/* How it behaves. */
	bool no_hello;	       /* no hello at UP */
	bool no_confirm;       /* deliveries are kept, not confirmed */
	bool count_only;       /* deliveries are counted, not looked into */
	uint32_t credit;       /* given after the welcome, and as much again as was confirmed */
	struct kb_hello hello; /* the next hello, but party, session, epoch, times */
	/* What it heard. */
	unsigned heard[KB_FRAME_KIND_COUNT];
	uint32_t goodbye_reason;
	struct kb_arena arena; /* of the frames below */
	struct kb_welcome welcome;
	struct kb_publish_result result; /* the newest */
	struct kb_register_answer register_answer;
	struct kb_edge_answer edge_answer;
	struct kb_heartbeat heartbeat;
	struct kb_undeliverable undeliverable;
	uint64_t accepted; /* messages of all results */
	uint64_t refused;
	uint32_t last_reason;
	uint64_t results;
	struct kb_fake_mail *mail;
	size_t mail_count;
	size_t mail_cap;
	uint64_t last_batch;	/* of a deliver */
	uint64_t next_batch;	/* of a publish */
	size_t batch_sizes[64]; /* of the publishes under way, by batch modulo 64 */
};

/* Connects to world->endpoint. */
void kb_fake_agent_open(struct kb_fake_agent *agent, struct kb_fake_world *world,
			struct kb_fake_party *party, struct kb_net_context *context,
			struct kb_loop *loop);
void kb_fake_agent_close(struct kb_fake_agent *agent);

/* Any frame; KB_ERR_OFFLINE and so on are handed back. */
enum kb_err kb_fake_agent_send(struct kb_fake_agent *agent, struct kb_frame *frame);
void kb_fake_agent_hello(struct kb_fake_agent *agent);
void kb_fake_agent_credit(struct kb_fake_agent *agent, uint32_t messages);
void kb_fake_agent_confirm(struct kb_fake_agent *agent, uint64_t batch);
/* Makes one envelope per message, sealed together as one batch; appended to bytes, spans point into it once all are made. */
void kb_fake_agent_make(struct kb_fake_agent *agent, const struct kb_fake_message *messages,
			size_t count, struct kb_buf *bytes, struct kb_span *spans);
/* Makes and publishes them in one frame; returns the batch number. */
uint64_t kb_fake_agent_publish(struct kb_fake_agent *agent, const struct kb_fake_message *messages,
			       size_t count);
/* Publishes ready-made envelopes. */
enum kb_err kb_fake_agent_publish_raw(struct kb_fake_agent *agent, struct kb_span *envelopes,
				      size_t count);
/* A checkpoint of this agent's (invented) log, signed. */
void kb_fake_agent_checkpoint(struct kb_fake_agent *agent, uint64_t size, uint8_t root,
			      struct kb_buf *bytes, struct kb_signed_checkpoint *out);
/* The mail with that number from sender; NULL when it did not come. */
const struct kb_fake_mail *kb_fake_agent_find(const struct kb_fake_agent *agent,
					      const struct kb_party_id *sender, uint64_t number);

#endif
