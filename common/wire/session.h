/* SPDX-License-Identifier: EUPL-1.2 */
/* What agent and broker say to each other: one frame is one ZeroMQ message of one part (proto/session.proto). */
#ifndef KB_WIRE_SESSION_H
#define KB_WIRE_SESSION_H

#include "common/wire/receipt.h"
#include "common/wire/register.h"

/* Rules of all _decode and _encode: envelope.h. */

/* X(name, tag in Frame, stable name). */
#define KB_FRAME_KIND_TABLE(X)                                                                     \
	X(NONE, 0, "")                                                                             \
	X(HELLO, 2, "hello")                                                                       \
	X(WELCOME, 3, "welcome")                                                                   \
	X(PUBLISH, 4, "publish")                                                                   \
	X(PUBLISH_RESULT, 5, "publish-result")                                                     \
	X(CREDIT, 6, "credit")                                                                     \
	X(DELIVER, 7, "deliver")                                                                   \
	X(CONFIRM, 8, "confirm")                                                                   \
	X(HEARTBEAT, 9, "heartbeat")                                                               \
	X(GOODBYE, 10, "goodbye")                                                                  \
	X(REGISTER_QUERY, 11, "register-query")                                                    \
	X(REGISTER_ANSWER, 12, "register-answer")                                                  \
	X(UNDELIVERABLE, 13, "undeliverable")                                                      \
	X(EDGE_QUERY, 14, "edge-query")                                                            \
	X(EDGE_ANSWER, 15, "edge-answer")

enum kb_frame_kind {

#define KB_ROW(name, number, text) KB_FRAME_##name = (number),
	KB_FRAME_KIND_TABLE(KB_ROW)
#undef KB_ROW
};
#define KB_FRAME_KIND_COUNT 16 /* one above the highest */

/* "" for NONE and numbers outside the table. */
const char *kb_frame_kind_name(enum kb_frame_kind kind);

struct kb_hello {
	uint32_t oldest_version; /* from 1, not above newest_version */
	uint32_t newest_version;
	struct kb_party_id party;
	struct kb_id session;
	struct kb_epoch epoch;
	bool has_checkpoint;
	struct kb_signed_checkpoint checkpoint;
	struct kb_id broker_store; /* or absent */
	uint64_t broker_log_size;
	uint32_t broker_log_year; /* or 0 */
	uint64_t register_version;
	int64_t time_utc_ms;
	bool restored;
};

struct kb_welcome {
	uint32_t wire_version;
	struct kb_id session;
	struct kb_id broker_store;
	struct kb_signed_register_head register_head;
	struct kb_span revocations; /* an encoded RevocationList; empty when nothing is revoked */
	struct kb_span crl;
	bool has_broker_checkpoint;
	struct kb_signed_checkpoint broker_checkpoint;
	bool has_consistency;
	struct kb_consistency_proof consistency;
	bool has_witnessed;
	struct kb_signed_checkpoint witnessed;
	int64_t time_utc_ms;
	uint32_t publish_window; /* 1..KB_WIRE_WINDOW_MAX */
};

struct kb_publish {
	uint64_t batch; /* from 1 */
	struct kb_span *
		envelopes; /* 1..KB_WIRE_BATCH_MAX, each an encoded Envelope for kb_envelope_split() */
	size_t envelope_count;
	bool has_checkpoint;
	struct kb_signed_checkpoint checkpoint;
};

struct kb_publish_refusal {
	uint32_t index;	 /* within the batch; rising */
	uint32_t reason; /* not 0; may be a number that is not known here */
};

struct kb_publish_result {
	uint64_t batch;
	struct kb_publish_refusal *refused;
	size_t refused_count;
	bool has_broker_checkpoint;
	struct kb_signed_checkpoint broker_checkpoint;
	bool has_consistency;
	struct kb_consistency_proof consistency;
};

struct kb_credit {
	uint32_t messages; /* 1..KB_WIRE_CREDIT_MAX */
};

struct kb_deliver {
	uint64_t batch;		   /* from 1 */
	struct kb_span *envelopes; /* 1..KB_WIRE_BATCH_MAX */
	size_t envelope_count;
};

struct kb_confirm {
	uint64_t batch; /* from 1 */
	bool has_checkpoint;
	struct kb_signed_checkpoint checkpoint;
};

struct kb_heartbeat {
	int64_t time_utc_ms;
	bool has_register_head;
	struct kb_signed_register_head register_head;
	bool has_checkpoint;
	struct kb_signed_checkpoint checkpoint;
};

struct kb_goodbye {
	uint32_t reason; /* 0: a normal end */
};

/* At most one of party, gemeente and all. */
struct kb_register_query {
	uint64_t query;				       /* from 1 */
	struct kb_party_id party;		       /* or empty */
	char gemeente[KB_WIRE_GEMEENTECODE_CHARS + 1]; /* or "" */
	uint32_t on_date;			       /* there if and only if gemeente is */
	bool all;
	uint64_t first;	      /* with all */
	uint32_t key_version; /* with party; 0: the newest */
};

struct kb_register_answer {
	uint64_t query;
	bool has_head;
	struct kb_signed_register_head head;
	struct kb_span revocations;
	struct kb_span crl;
	struct kb_register_proof *entries;
	size_t entry_count;
	uint64_t next;
};

struct kb_undeliverable_item {
	struct kb_party_id recipient;
	struct kb_epoch epoch;
	uint64_t number; /* 0: a receipt */
	uint32_t attempt;
	uint32_t reason;
};

struct kb_undeliverable {
	struct kb_undeliverable_item *items; /* at least one */
	size_t item_count;
};

struct kb_edge_query {
	uint64_t query; /* from 1 */
};

struct kb_edge {
	struct kb_party_id sender;
	struct kb_epoch epoch;
	uint64_t highest; /* from 1 */
};

struct kb_edge_answer {
	uint64_t query;
	struct kb_edge *items;
	size_t item_count;
};

struct kb_frame {
	uint32_t
		wire_version; /* KB_WIRE_VERSION_OLDEST..KB_WIRE_VERSION, else KB_ERR_BAD_VERSION */
	enum kb_frame_kind kind; /* which member of content holds */

	union {
		struct kb_hello hello;
		struct kb_welcome welcome;
		struct kb_publish publish;
		struct kb_publish_result publish_result;
		struct kb_credit credit;
		struct kb_deliver deliver;
		struct kb_confirm confirm;
		struct kb_heartbeat heartbeat;
		struct kb_goodbye goodbye;
		struct kb_register_query register_query;
		struct kb_register_answer register_answer;
		struct kb_undeliverable undeliverable;
		struct kb_edge_query edge_query;
		struct kb_edge_answer edge_answer;
	} content;
};

KB_MUST_CHECK enum kb_err kb_frame_decode(struct kb_span bytes, struct kb_arena *arena,
					  struct kb_frame *out);
KB_MUST_CHECK enum kb_err kb_frame_encode(const struct kb_frame *in, struct kb_buf *out);

#endif
