/* SPDX-License-Identifier: EUPL-1.2 */
/* What the files of this folder share and no other folder sees: ZeroMQ sockets as untyped pointers. */
#ifndef KB_NET_INTERNAL_H
#define KB_NET_INTERNAL_H

#include "common/base/secret.h"
#include "common/net/context.h"
#include "common/net/loop.h"

#define KB_NET_FRAME_MAX_BYTES ((size_t)1024 * 1024)
#define KB_NET_HWM_DEFAULT 128
#define KB_NET_HWM_MIN 64
#define KB_NET_HWM_MAX 256
#define KB_NET_HANDSHAKE_MS 5000
/* ZMTP heartbeats, for connections that are half open (reliability.md 1.4). */
#define KB_NET_HEARTBEAT_MS 10000
#define KB_NET_HEARTBEAT_TIMEOUT_MS 30000

void *kb_net_context_zmq(struct kb_net_context *context);

/* As kb_loop_add_fd(), for a ZeroMQ socket. */
KB_MUST_CHECK enum kb_err kb_loop_add_socket(struct kb_loop *loop, void *socket, unsigned events,
					     kb_loop_io_fn on_ready, void *state,
					     struct kb_loop_source **out);

/* The options that every CURVE socket of ours has: limits, no linger, heartbeats. */
KB_MUST_CHECK enum kb_err kb_net_socket_limits(void *socket, size_t frame_max_bytes, int hwm,
					       int handshake_ms);
KB_MUST_CHECK enum kb_err kb_net_set_int(void *socket, int option, int value);

/* Makes socket a CURVE client of server_key with the own key (32 raw bytes). */
KB_MUST_CHECK enum kb_err kb_net_curve_client(void *socket, struct kb_span secret_key,
					      const uint8_t server_key[KB_CURVE_KEY_BYTES]);

/* errno of a failed zmq call as an error of ours. */
enum kb_err kb_net_error(int error_number);

#endif
