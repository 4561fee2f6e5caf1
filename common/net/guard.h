/* SPDX-License-Identifier: EUPL-1.2 */
/* The ZAP guard: who may connect at all, and the proof at every start that it guards. Internal to common/net. */
#ifndef KB_NET_GUARD_H
#define KB_NET_GUARD_H

#include "common/net/context.h"
#include "common/net/server.h"

/* Opaque types. */
struct kb_guard;

/* KB_OK and user filled in, or the reason to refuse. */
typedef enum kb_err (*kb_guard_admit_fn)(void *state, const uint8_t curve_key[KB_CURVE_KEY_BYTES],
					 struct kb_server_user *user);

/*
 * What makes CURVE refuse a key (reliability.md finding 1): all three, or everybody is let in. Production uses
 * kb_guard_settings_enforced(); the tests take one away and expect the self-test to notice.
 */
struct kb_guard_settings {
	bool domain;  /* ZMQ_ZAP_DOMAIN set */
	bool enforce; /* option 93: no handler means no connection */
	bool handler; /* requests are answered */
};
struct kb_guard_settings kb_guard_settings_enforced(void);

/* Binds the ZAP endpoint of this context. KB_ERR_EXISTS when another server of this context has it. */
KB_MUST_CHECK enum kb_err kb_guard_open(struct kb_net_context *context, kb_guard_admit_fn admit,
					void *state, struct kb_guard **out);
void kb_guard_close(struct kb_guard *guard); /* NULL is allowed */

/* The ZeroMQ socket to wait on; readable means kb_guard_answer() has work. */
void *kb_guard_socket(struct kb_guard *guard);
/* Answers the requests that wait, at most 256. */
void kb_guard_answer(struct kb_guard *guard);
uint64_t kb_guard_allowed(const struct kb_guard *guard);
uint64_t kb_guard_denied(const struct kb_guard *guard);

/* Makes socket (not yet bound) a CURVE server behind this guard. */
KB_MUST_CHECK enum kb_err kb_guard_apply(void *socket, struct kb_span secret_key,
					 const struct kb_guard_settings *settings);

/*
 * Opens a private ipc endpoint with these settings and knocks with two fresh keys: one that nobody admitted, one admitted
 * for this test only. KB_OK when the first was refused and the second let in under its own name. KB_ERR_NOT_ALLOWED when
 * anything else happened within wait_ms; where says what.
 */
KB_MUST_CHECK enum kb_err kb_guard_self_test(struct kb_guard *guard,
					     const struct kb_guard_settings *settings, int wait_ms,
					     struct kb_error_text *where);

#endif
