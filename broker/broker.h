/* SPDX-License-Identifier: EUPL-1.2 */
/* The broker: takes sealed messages in, keeps them until their recipients have them, and can read none. */
#ifndef KB_BROKER_BROKER_H
#define KB_BROKER_BROKER_H

#include "broker/mailbox.h"
#include "common/crypto/sign.h"
#include "common/net/server.h"
#include "common/trust/register_trust.h"

/* Opaque types. */
struct kb_broker;

/* Batches an agent may have unanswered (Welcome.publish_window). */
#define KB_BROKER_PUBLISH_WINDOW 4

/* Everything is borrowed for the life of the broker. Zero fields take the default in brackets. */
struct kb_broker_options {
	struct kb_party_id party; /* its own register entry gives kind broker and key version */
	const struct kb_sign_key *sign_key;
	const struct kb_secret *transport_key;
	struct kb_trust_anchor anchor;
	const char *register_path; /* RegisterFile of the registrar; read again when it changes */
	const char *store_folder;
	const char *marker_path; /* note outside the store that shows a restored one; NULL: none */
	uint64_t store_ceiling_bytes;
	uint64_t store_reserve_bytes;
	struct kb_mailbox_limits limits;
	struct kb_server_options net; /* endpoint; secret_key is filled in */
	int64_t heartbeat_ms;	      /* [10000] */
	int64_t silence_ms;	      /* [30000] a session that says nothing ends */
	const struct kb_clock *clock;
	struct kb_random random;
};

struct kb_broker_counts {
	uint64_t frames_refused; /* broken or not allowed in this state */
	uint64_t accepted;	 /* messages, on disk */
	uint64_t duplicates;	 /* answered as accepted before */
	uint64_t refused;	 /* messages */
	uint64_t equivocations;
	uint64_t delivered; /* messages handed to connections, repeats included */
	uint64_t confirmed;
	uint64_t expired;
	uint64_t commits;
	uint64_t waiting; /* messages in all mailboxes at the last commit, by the index */
	size_t sessions;
	uint64_t register_version;
};

/*
 * Opens store, register and address (in this order; the self-test of the guard comes before the bind). context and loop must live
 * longer. where says in a sentence what is wrong. Commits to disk.
 */
KB_MUST_CHECK enum kb_err kb_broker_open(struct kb_net_context *context, struct kb_loop *loop,
					 const struct kb_broker_options *options,
					 struct kb_broker **out, struct kb_error_text *where);
/* NULL is allowed. Not inside its callbacks. What was answered "accepted" is on disk; nothing else is kept. */
void kb_broker_close(struct kb_broker *broker);

/* Loads and checks keys, register and store settings without opening a socket or writing: for --check. */
KB_MUST_CHECK enum kb_err kb_broker_check(const struct kb_broker_options *options,
					  struct kb_error_text *where);

const char *kb_broker_endpoint(const struct kb_broker *broker);
void kb_broker_counts(const struct kb_broker *broker, struct kb_broker_counts *out);
struct kb_server *kb_broker_server(struct kb_broker *broker);
/* Random id of the store as told in every welcome. */
struct kb_id kb_broker_store_id(const struct kb_broker *broker);

/* Reads the register again (SIGHUP). On an error the old one stays in use; where says why. */
KB_MUST_CHECK enum kb_err kb_broker_reload(struct kb_broker *broker, struct kb_error_text *where);
/* Takes nothing more in, commits and answers what is there, and says goodbye to all. */
void kb_broker_drain(struct kb_broker *broker);

#endif
