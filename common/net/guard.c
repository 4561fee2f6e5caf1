/* SPDX-License-Identifier: EUPL-1.2 */
/* ZAP (ZeroMQ RFC 27) in our own loop, and its self-test. */
#include "common/net/guard.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <zmq.h>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/random.h"
#include "common/base/text.h"
#include "common/net/net_internal.h"

#define ZAP_ENDPOINT "inproc://zeromq.zap.01"
#define ZAP_DOMAIN "ketenbode"
/* ZMQ_ZAP_ENFORCE_DOMAIN: hidden behind the draft switch in Debian's header, accepted by its library [P1]. */
#define ZAP_ENFORCE_DOMAIN_OPTION 93
#define ZAP_FRAMES 7
#define ZAP_FRAME_MAX 256
#define ANSWERS_PER_ROUND 256
#define SELF_TEST_USER "self-test"

struct kb_guard {
	struct kb_net_context *context;
	void *zap; /* REP */
	kb_guard_admit_fn admit;
	void *state;
	bool testing;
	bool mute; /* self-test without a handler */
	uint8_t test_key[KB_CURVE_KEY_BYTES];
	uint8_t stranger_key[KB_CURVE_KEY_BYTES];
	bool stranger_denied;
	uint64_t allowed;
	uint64_t denied;
};

struct kb_guard_settings
kb_guard_settings_enforced(void)
{
	return (struct kb_guard_settings){ .domain = true, .enforce = true, .handler = true };
}

enum kb_err
kb_guard_open(struct kb_net_context *context, kb_guard_admit_fn admit, void *state,
	      struct kb_guard **out)
{
	struct kb_guard *guard = calloc(1, sizeof(*guard));
	enum kb_err err = KB_OK;

	if (guard == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	guard->context = context;
	guard->admit = admit;
	guard->state = state;
	guard->zap = zmq_socket(kb_net_context_zmq(context), ZMQ_REP);
	if (guard->zap == NULL) {
		err = KB_ERR_NO_MEMORY;
		goto out;
	}
	err = kb_net_set_int(guard->zap, ZMQ_LINGER, 0);
	if (err != KB_OK) {
		goto out;
	}
	if (zmq_bind(guard->zap, ZAP_ENDPOINT) != 0) {
		err = errno == EADDRINUSE ? KB_ERR_EXISTS : kb_net_error(errno);
	}
out:
	if (err != KB_OK) {
		kb_guard_close(guard);
	} else {
		*out = guard;
	}
	return err;
}

void
kb_guard_close(struct kb_guard *guard)
{
	if (guard == NULL) {
		return;
	}
	if (guard->zap != NULL) {
		/* Closing is done by another thread later; the next guard of this context must find the name free now. */
		(void)zmq_unbind(guard->zap, ZAP_ENDPOINT);
		(void)zmq_close(guard->zap);
	}
	free(guard);
}

void *
kb_guard_socket(struct kb_guard *guard)
{
	return guard->zap;
}

uint64_t
kb_guard_allowed(const struct kb_guard *guard)
{
	return guard->allowed;
}

uint64_t
kb_guard_denied(const struct kb_guard *guard)
{
	return guard->denied;
}

static bool
user_ok(const struct kb_server_user *user)
{
	size_t len = strnlen(user->text, sizeof(user->text));

	if (len == 0 || len > KB_SERVER_USER_MAX) {
		return false;
	}
	for (size_t i = 0; i < len; i++) {
		if (user->text[i] <= ' ' || user->text[i] > '~') {
			return false;
		}
	}
	return true;
}

static enum kb_err
decide(struct kb_guard *guard, const uint8_t key[KB_CURVE_KEY_BYTES], struct kb_server_user *user)
{
	if (guard->testing && memcmp(key, guard->test_key, KB_CURVE_KEY_BYTES) == 0) {
		return kb_text_copy(user->text, sizeof(user->text), kb_span_text(SELF_TEST_USER));
	}
	enum kb_err err = guard->admit(guard->state, key, user);

	if (err == KB_OK && (!user_ok(user) || strcmp(user->text, SELF_TEST_USER) == 0)) {
		err = KB_ERR_INTERNAL;
	}
	if (guard->testing && err != KB_OK &&
	    memcmp(key, guard->stranger_key, KB_CURVE_KEY_BYTES) == 0) {
		guard->stranger_denied = true;
	}
	return err;
}

struct zap_request {
	char version[ZAP_FRAME_MAX];
	uint8_t id[ZAP_FRAME_MAX];
	size_t id_bytes;
	char domain[ZAP_FRAME_MAX];
	char mechanism[ZAP_FRAME_MAX];
	uint8_t key[KB_CURVE_KEY_BYTES];
	bool complete;
};

static bool
more_parts(void *socket)
{
	int more = 0;
	size_t size = sizeof(more);

	return zmq_getsockopt(socket, ZMQ_RCVMORE, &more, &size) == 0 && more != 0;
}

/* Reads one whole request; false when none waits. A request of another form is read to its end and left incomplete. */
static bool
zap_receive(void *zap, struct zap_request *request)
{
	size_t frame = 0;
	bool fits = true;

	memset(request, 0, sizeof(*request));
	do {
		uint8_t bytes[ZAP_FRAME_MAX] = { 0 };
		int got = zmq_recv(zap, bytes, sizeof(bytes) - 1, ZMQ_DONTWAIT);

		if (got < 0) {
			return false;
		}
		size_t len = (size_t)got < sizeof(bytes) ? (size_t)got : sizeof(bytes);

		fits = fits && (size_t)got < sizeof(bytes);
		switch (frame) {
		case 0:
			memcpy(request->version, bytes, sizeof(bytes));
			break;
		case 1:
			memcpy(request->id, bytes, len);
			request->id_bytes = len;
			break;
		case 2:
			memcpy(request->domain, bytes, sizeof(bytes));
			break;
		case 5:
			memcpy(request->mechanism, bytes, sizeof(bytes));
			break;
		case 6:
			fits = fits && len == KB_CURVE_KEY_BYTES;
			memcpy(request->key, bytes, KB_CURVE_KEY_BYTES);
			break;
		default:
			break;
		}
		frame++;
	} while (more_parts(zap));
	request->complete = fits && frame == ZAP_FRAMES && strcmp(request->version, "1.0") == 0 &&
			    strcmp(request->mechanism, "CURVE") == 0;
	return true;
}

static void
zap_reply(void *zap, const struct zap_request *request, const struct kb_server_user *user)
{
	bool allowed = user != NULL;
	const struct kb_span parts[] = {
		kb_span_text("1.0"),
		kb_span(request->id, request->id_bytes),
		kb_span_text(allowed ? "200" : "400"),
		kb_span_text(allowed ? "OK" : "refused"),
		allowed ? kb_span_text(user->text) : KB_SPAN_NONE,
		KB_SPAN_NONE,
	};
	size_t count = sizeof(parts) / sizeof(parts[0]);

	for (size_t i = 0; i < count; i++) {
		int flags = ZMQ_DONTWAIT | (i + 1 < count ? ZMQ_SNDMORE : 0);

		/* Fails only when the connection is gone meanwhile; then nobody waits for it. */
		(void)zmq_send(zap, parts[i].at, parts[i].len, flags);
	}
}

void
kb_guard_answer(struct kb_guard *guard)
{
	struct zap_request request;

	for (int i = 0; i < ANSWERS_PER_ROUND && zap_receive(guard->zap, &request); i++) {
		struct kb_server_user user = { "" };
		bool known = request.complete && decide(guard, request.key, &user) == KB_OK;

		if (known) {
			guard->allowed++;
		} else {
			guard->denied++;
		}
		zap_reply(guard->zap, &request, known ? &user : NULL);
	}
}

enum kb_err
kb_guard_apply(void *socket, struct kb_span secret_key, const struct kb_guard_settings *settings)
{
	enum kb_err err = kb_net_set_int(socket, ZMQ_CURVE_SERVER, 1);

	if (err != KB_OK) {
		return err;
	}
	if (secret_key.len != KB_CURVE_KEY_BYTES ||
	    zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, secret_key.at, secret_key.len) != 0) {
		return KB_ERR_BAD_KEY;
	}
	if (settings->domain &&
	    zmq_setsockopt(socket, ZMQ_ZAP_DOMAIN, ZAP_DOMAIN, strlen(ZAP_DOMAIN)) != 0) {
		return kb_net_error(errno);
	}
	return settings->enforce ? kb_net_set_int(socket, ZAP_ENFORCE_DOMAIN_OPTION, 1) : KB_OK;
}

/* One self-test: a server with the settings, a client that must be let in and one that must not. */
struct trial {
	void *server;
	void *friend;
	void *stranger;
	void *events; /* of the stranger's connection */
	bool friend_heard;
	bool stranger_heard;
	bool stranger_told; /* its handshake ended with a refusal */
	uint8_t server_public[KB_CURVE_KEY_BYTES];
	char endpoint[96];
	char monitor[96];
};

static enum kb_err
trial_server(struct kb_guard *guard, const struct kb_guard_settings *settings, struct trial *trial)
{
	uint8_t secret[KB_CURVE_KEY_BYTES];
	struct kb_random random = kb_random_system();
	struct kb_id id = kb_id_random(&random);
	char id_text[KB_ID_TEXT];

	kb_id_text(&id, id_text);
	/* Abstract, so that nothing stays in the file system; the name cannot be guessed. */
	(void)snprintf(trial->endpoint, sizeof(trial->endpoint), "ipc://@ketenbode-%s", id_text);
	(void)snprintf(trial->monitor, sizeof(trial->monitor), "inproc://self-test-%s", id_text);
	kb_curve_keypair(trial->server_public, secret);
	trial->server = zmq_socket(kb_net_context_zmq(guard->context), ZMQ_ROUTER);
	if (trial->server == NULL) {
		kb_wipe(secret, sizeof(secret));
		return KB_ERR_NO_MEMORY;
	}
	enum kb_err err = kb_net_socket_limits(trial->server, KB_NET_FRAME_MAX_BYTES,
					       KB_NET_HWM_DEFAULT, KB_NET_HANDSHAKE_MS);

	if (err == KB_OK) {
		err = kb_guard_apply(trial->server, KB_SPAN_OF(secret), settings);
	}
	kb_wipe(secret, sizeof(secret));
	if (err == KB_OK && zmq_bind(trial->server, trial->endpoint) != 0) {
		err = kb_net_error(errno);
	}
	return err;
}

static enum kb_err
trial_client(struct kb_guard *guard, struct trial *trial, uint8_t public_key[KB_CURVE_KEY_BYTES],
	     void **client, const char *word)
{
	uint8_t secret[KB_CURVE_KEY_BYTES];

	kb_curve_keypair(public_key, secret);
	*client = zmq_socket(kb_net_context_zmq(guard->context), ZMQ_DEALER);
	if (*client == NULL) {
		kb_wipe(secret, sizeof(secret));
		return KB_ERR_NO_MEMORY;
	}
	enum kb_err err = kb_net_socket_limits(*client, KB_NET_FRAME_MAX_BYTES, KB_NET_HWM_DEFAULT,
					       KB_NET_HANDSHAKE_MS);

	if (err == KB_OK) {
		err = kb_net_set_int(*client, ZMQ_RECONNECT_IVL, -1);
	}
	if (err == KB_OK) {
		err = kb_net_curve_client(*client, KB_SPAN_OF(secret), trial->server_public);
	}
	kb_wipe(secret, sizeof(secret));
	if (err != KB_OK) {
		return err;
	}
	if (strcmp(word, "stranger") == 0) {
		trial->events = zmq_socket(kb_net_context_zmq(guard->context), ZMQ_PAIR);
		if (trial->events == NULL ||
		    zmq_socket_monitor(*client, trial->monitor, ZMQ_EVENT_HANDSHAKE_FAILED_AUTH) !=
			    0 ||
		    zmq_connect(trial->events, trial->monitor) != 0) {
			return KB_ERR_IO;
		}
	}
	if (zmq_connect(*client, trial->endpoint) != 0 ||
	    zmq_send(*client, word, strlen(word), ZMQ_DONTWAIT) < 0) {
		return kb_net_error(errno);
	}
	return KB_OK;
}

/* Takes in what arrived at the trial's server. */
static void
trial_listen(struct trial *trial)
{
	for (;;) {
		zmq_msg_t part;

		(void)zmq_msg_init(&part);
		if (zmq_msg_recv(&part, trial->server, ZMQ_DONTWAIT) < 0) {
			(void)zmq_msg_close(&part);
			return;
		}
		struct kb_span word = kb_span(zmq_msg_data(&part), zmq_msg_size(&part));
		const char *user = zmq_msg_gets(&part, "User-Id");

		if (kb_span_equal(word, kb_span_text("stranger"))) {
			trial->stranger_heard = true;
		}
		if (kb_span_equal(word, kb_span_text("friend"))) {
			trial->friend_heard = user != NULL && strcmp(user, SELF_TEST_USER) == 0;
		}
		(void)zmq_msg_close(&part);
	}
}

static void
trial_run(struct kb_guard *guard, struct trial *trial, int wait_ms)
{
	struct kb_clock clock = kb_clock_system();
	int64_t deadline = kb_clock_mono_ms(&clock) + wait_ms;

	while (!trial->stranger_heard && !(trial->friend_heard && trial->stranger_told)) {
		int64_t left = deadline - kb_clock_mono_ms(&clock);
		zmq_pollitem_t items[] = {
			{ .socket = trial->server, .events = ZMQ_POLLIN },
			{ .socket = trial->events, .events = ZMQ_POLLIN },
			{ .socket = guard->zap, .events = guard->mute ? 0 : ZMQ_POLLIN },
		};

		if (left <= 0) {
			return;
		}
		if (zmq_poll(items, 3, (long)left) < 0 && errno != EINTR) {
			return;
		}
		if ((items[2].revents & ZMQ_POLLIN) != 0) {
			kb_guard_answer(guard);
		}
		if ((items[1].revents & ZMQ_POLLIN) != 0) {
			uint8_t event[16];

			trial->stranger_told =
				zmq_recv(trial->events, event, sizeof(event), ZMQ_DONTWAIT) >= 0;
			(void)zmq_recv(trial->events, event, sizeof(event), ZMQ_DONTWAIT);
		}
		trial_listen(trial);
	}
	trial_listen(trial);
}

static void
trial_close(struct trial *trial)
{
	void *sockets[] = { trial->stranger, trial->friend, trial->events, trial->server };

	if (trial->stranger != NULL) {
		(void)zmq_socket_monitor(trial->stranger, NULL, 0);
	}
	for (size_t i = 0; i < sizeof(sockets) / sizeof(sockets[0]); i++) {
		if (sockets[i] != NULL) {
			kb_ignore(kb_net_set_int(sockets[i], ZMQ_LINGER, 0),
				  "closing without it only takes longer");
			(void)zmq_close(sockets[i]);
		}
	}
}

static enum kb_err
trial_judge(const struct kb_guard *guard, const struct trial *trial, struct kb_error_text *where)
{
	if (trial->stranger_heard) {
		return kb_fail(where, KB_ERR_NOT_ALLOWED,
			       "self-test: a key that nobody enrolled was let in; "
			       "this libzmq does not enforce the guard, so nothing is opened");
	}
	if (!trial->friend_heard) {
		return kb_fail(where, KB_ERR_NOT_ALLOWED,
			       "self-test: the guard did not let an enrolled key in; "
			       "nobody could connect, so nothing is opened");
	}
	if (!guard->stranger_denied || !trial->stranger_told) {
		return kb_fail(where, KB_ERR_NOT_ALLOWED,
			       "self-test: the guard never refused a key that nobody enrolled; "
			       "nothing is opened");
	}
	return KB_OK;
}

enum kb_err
kb_guard_self_test(struct kb_guard *guard, const struct kb_guard_settings *settings, int wait_ms,
		   struct kb_error_text *where)
{
	struct trial trial = { 0 };
	uint64_t allowed = guard->allowed;
	uint64_t denied = guard->denied;

	guard->testing = true;
	guard->mute = !settings->handler;
	guard->stranger_denied = false;
	enum kb_err err = trial_server(guard, settings, &trial);

	if (err == KB_OK) {
		err = trial_client(guard, &trial, guard->stranger_key, &trial.stranger, "stranger");
	}
	if (err == KB_OK) {
		err = trial_client(guard, &trial, guard->test_key, &trial.friend, "friend");
	}
	if (err != KB_OK) {
		(void)kb_fail(where, err, "self-test: the private endpoint cannot be opened (%s)",
			      kb_err_name(err));
	} else {
		trial_run(guard, &trial, wait_ms);
		err = trial_judge(guard, &trial, where);
	}
	trial_close(&trial);
	guard->testing = false;
	guard->mute = false;
	guard->allowed = allowed;
	guard->denied = denied;
	kb_wipe(guard->test_key, sizeof(guard->test_key));
	return err;
}
