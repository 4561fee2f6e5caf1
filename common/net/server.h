/* SPDX-License-Identifier: EUPL-1.2 */
/* The broker's side of all connections: CURVE with an enforced ZAP guard, frames in and out by authenticated identity. */
#ifndef KB_NET_SERVER_H
#define KB_NET_SERVER_H

#include "common/base/random.h"
#include "common/base/secret.h"
#include "common/net/context.h"
#include "common/net/loop.h"

/* Opaque types. */
struct kb_server;

/*
 * Who a connection is: chosen by on_admit from the CURVE key, carried by libzmq as the ZAP User-Id of every message.
 * Never the routing id, which the other side can choose (reliability.md finding 2). Printable ASCII without spaces.
 */
#define KB_SERVER_USER_MAX 63

struct kb_server_user {
	char text[KB_SERVER_USER_MAX + 1];
};

/* One connection, for answers. Made by this side; a peer that picks its own routing id is not heard at all. */
#define KB_SERVER_ROUTE_BYTES 5

struct kb_server_route {
	uint8_t bytes[KB_SERVER_ROUTE_BYTES];
};

static inline bool
kb_server_route_equal(const struct kb_server_route *a, const struct kb_server_route *b)
{
	return memcmp(a->bytes, b->bytes, KB_SERVER_ROUTE_BYTES) == 0;
}

/* Zero fields take the default in brackets. */
struct kb_server_options {
	const char *endpoint;		    /* tcp://address:port (port may be *) or ipc://path */
	const struct kb_secret *secret_key; /* own CURVE key, 32 bytes; only read at open */
	size_t frame_max_bytes;		    /* [1 MiB] checked by libzmq before the handshake too */
	int hwm;			    /* [128] frames queued per connection and direction */
	int backlog;			    /* [256] */
	int handshake_ms;		    /* [5000] */
	uint32_t strikes_max;	  /* [5] broken messages within strike_window_ms before a ban */
	int64_t strike_window_ms; /* [60000] */
	int64_t ban_ms;		  /* [60000] */
	size_t drain_frames_max;  /* [64] frames handed on per round of the loop */
	size_t drain_bytes_max;	  /* [8 MiB] */
};

struct kb_server_hooks {
	/* KB_OK and user filled in: this CURVE key is enrolled. Anything else refuses the connection. Must not block. */
	enum kb_err (*on_admit)(void *state, const uint8_t curve_key[KB_CURVE_KEY_BYTES],
				struct kb_server_user *user);
	/* Asked for every frame: ZAP is asked only at the handshake, and a key may be revoked since (P21). */
	enum kb_err (*on_check)(void *state, const struct kb_server_user *user);
	/* One frame of an enrolled, valid connection; borrowed until return. */
	void (*on_frame)(void *state, const struct kb_server_user *user,
			 const struct kb_server_route *route, struct kb_span frame);
	void *state;
};

/* What was dropped and why, since open. */
struct kb_server_counts {
	uint64_t frames_in;
	uint64_t frames_out;
	uint64_t admitted;	 /* handshakes allowed */
	uint64_t denied;	 /* handshakes refused: unknown, revoked or banned key */
	uint64_t no_user;	 /* frames without User-Id */
	uint64_t own_routing_id; /* frames of a peer that set a routing id */
	uint64_t wrong_parts;	 /* messages of other than two parts */
	uint64_t invalid_now;	 /* on_check said no */
	uint64_t banned;	 /* frames and handshakes of a banned user */
	uint64_t strikes;
	uint64_t unreachable; /* sends to a connection that is gone */
	uint64_t full;	      /* sends to a connection that does not read */
};

/*
 * Starts the ZAP guard, proves over a private ipc endpoint with the same settings that a fresh random key is refused and
 * an allowed one accepted (in every start; reliability.md finding 1), and only then binds the endpoint. Blocks for at most
 * 5 s in the self-test, some milliseconds as a rule. One server per context. KB_ERR_CONFIG (endpoint, or the address is
 * in use), KB_ERR_BAD_KEY, KB_ERR_NOT_ALLOWED when the guard does not guard, KB_ERR_IO, KB_ERR_NO_MEMORY; where says
 * which in a sentence.
 */
KB_MUST_CHECK enum kb_err kb_server_open(struct kb_net_context *context, struct kb_loop *loop,
					 const struct kb_server_options *options,
					 const struct kb_server_hooks *hooks,
					 struct kb_server **out, struct kb_error_text *where);
void kb_server_close(struct kb_server **server); /* allowed on NULL, not inside its callbacks */

/* The address bound, with the real port. Borrowed. */
const char *kb_server_endpoint(const struct kb_server *server);
void kb_server_counts(const struct kb_server *server, struct kb_server_counts *out);

/*
 * Queues one frame for a connection. KB_ERR_OFFLINE when it is gone, KB_ERR_BUSY when its queue is full (a slow consumer:
 * others are not affected), KB_ERR_OVERSIZE. Never blocks.
 */
KB_MUST_CHECK enum kb_err kb_server_send(struct kb_server *server,
					 const struct kb_server_route *route, struct kb_span frame);

/* The frame just handled broke the protocol: one strike for that user. Returns true when this bans it. */
bool kb_server_strike(struct kb_server *server, const struct kb_server_user *user, enum kb_err why);
bool kb_server_is_banned(const struct kb_server *server, const struct kb_server_user *user);

/* Stops and starts taking frames in (back-pressure, drain at shutdown). Handshakes go on being answered. */
void kb_server_pause(struct kb_server *server, bool paused);

#endif
