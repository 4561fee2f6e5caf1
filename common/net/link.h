/* SPDX-License-Identifier: EUPL-1.2 */
/* The agent's side of a connection: a CURVE client with the broker's key pinned, that comes back by itself. */
#ifndef KB_NET_LINK_H
#define KB_NET_LINK_H

#include "common/base/random.h"
#include "common/base/secret.h"
#include "common/net/context.h"
#include "common/net/loop.h"
#include "common/net/retry.h"

/* Opaque types. */
struct kb_link;

/* X(name): WAITING: no socket, until the next try; CONNECTING: handshake under way; UP: the broker proved its key and let
 * ours in, frames can be sent. */
#define KB_LINK_STATE_TABLE(X)                                                                     \
	X(NONE)                                                                                    \
	X(WAITING)                                                                                 \
	X(CONNECTING)                                                                              \
	X(UP)

enum kb_link_state {

#define KB_LINK_STATE_ENUM(name) KB_LINK_STATE_##name,
	KB_LINK_STATE_TABLE(KB_LINK_STATE_ENUM)
#undef KB_LINK_STATE_ENUM
		KB_LINK_STATE_COUNT,
};
const char *kb_link_state_name(enum kb_link_state state);

/* Zero fields take the default in brackets. */
struct kb_link_options {
	const char *endpoint;			/* tcp://host:port or ipc://path */
	uint8_t server_key[KB_CURVE_KEY_BYTES]; /* of the broker, pinned (threat 5) */
	const struct kb_secret *secret_key;	/* own CURVE key, 32 bytes; only read at open */
	struct kb_random random;		/* for the jitter */
	struct kb_retry_rule reconnect;		/* [500 ms .. 60 s] */
	int64_t silence_ms;	/* [30000] without any frame from the broker: a new connection */
	int64_t connect_ms;	/* [10000] for connecting and handshake together */
	int hwm;		/* [128] frames queued in this process */
	size_t frame_max_bytes; /* [1 MiB] */
};

struct kb_link_hooks {
	/* why: KB_OK on the way up; KB_ERR_NOT_ENROLLED when the broker refused our key, KB_ERR_TIMEOUT for silence or a
	 * handshake that does not end (a wrong broker key looks like that), KB_ERR_OFFLINE otherwise. Every UP is a new
	 * connection: a hello is due. */
	void (*on_state)(void *state, enum kb_link_state now, enum kb_err why);
	/* One frame, borrowed until return. Not called after kb_link_close() or kb_link_reset() within it. */
	void (*on_frame)(void *state, struct kb_span frame);
	void *state;
};

/* Starts connecting; never blocks. context and loop must live longer. KB_ERR_CONFIG (endpoint), KB_ERR_BAD_KEY,
 * KB_ERR_NO_MEMORY, KB_ERR_IO. */
KB_MUST_CHECK enum kb_err kb_link_open(struct kb_net_context *context, struct kb_loop *loop,
				       const struct kb_link_options *options,
				       const struct kb_link_hooks *hooks, struct kb_link **out);
void kb_link_close(struct kb_link **link); /* allowed on NULL and inside its callbacks */

/* Hands one frame to the connection. KB_OK says only that it is queued in this process. KB_ERR_OFFLINE when not UP,
 * KB_ERR_BUSY when hwm frames wait, KB_ERR_OVERSIZE. Never blocks. */
KB_MUST_CHECK enum kb_err kb_link_send(struct kb_link *link, struct kb_span frame);

/* Drops this connection and makes a new one after the back-off (or at once when at_once). */
void kb_link_reset(struct kb_link *link, bool at_once);
/* Another broker address or key (from a new descriptor); resets. KB_ERR_CONFIG. */
KB_MUST_CHECK enum kb_err kb_link_redirect(struct kb_link *link, const char *endpoint,
					   const uint8_t server_key[KB_CURVE_KEY_BYTES]);
enum kb_link_state kb_link_state(const struct kb_link *link);
/* Connections that reached UP since open. */
uint64_t kb_link_connects(const struct kb_link *link);

#endif
