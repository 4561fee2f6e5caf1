/* SPDX-License-Identifier: EUPL-1.2 */
/* The one ZeroMQ context of a process. */
#ifndef KB_NET_CONTEXT_H
#define KB_NET_CONTEXT_H

#include "common/base/error.h"

/* Opaque types. */
struct kb_net_context;

/*
 * One per process (libzmq 4.3.4 may crash in randombytes_close with several; reliability.md 1.4); the second is refused
 * with KB_ERR_EXISTS. KB_ERR_NO_MEMORY, KB_ERR_CONFIG when this libzmq was built without CURVE.
 *
 * Fork: the context has a thread of its own and does not survive fork(2). A child process of ours either calls exec, or
 * does its work and ends with _exit() without touching anything of common/net; it never frees what the parent made.
 * Every descriptor of this folder is close-on-exec.
 */
KB_MUST_CHECK enum kb_err kb_net_context_new(struct kb_net_context **out);
/* After every link and server is closed; LINGER is 0 everywhere, so it does not block. NULL is allowed. */
void kb_net_context_free(struct kb_net_context *context);

/* A fresh CURVE key pair, raw bytes; public_key from secret as X25519. For tests and self-tests. */
#define KB_CURVE_KEY_BYTES 32
void kb_curve_keypair(uint8_t public_key[KB_CURVE_KEY_BYTES],
		      uint8_t secret_key[KB_CURVE_KEY_BYTES]);

/* KB_OK for tcp://host:port and ipc://path of at most KB_ENDPOINT_MAX - 1 characters. KB_ERR_CONFIG for anything else:
 * pgm, norm, udp and gssapi code is linked into libzmq and must never be reached (reliability.md 1.4). */
#define KB_ENDPOINT_MAX 256
KB_MUST_CHECK enum kb_err kb_endpoint_check(const char *endpoint);

#endif
