/* SPDX-License-Identifier: EUPL-1.2 */
/* The ROUTER side: frames in by authenticated identity, frames out by route. */
#include "common/net/server.h"

#include <errno.h>
#include <stdlib.h>
#include <zmq.h>

#include "common/base/log.h"
#include "common/base/text.h"
#include "common/net/guard.h"
#include "common/net/net_internal.h"
#include "common/net/strikes.h"

#define SELF_TEST_MS 5000

struct kb_server {
	struct kb_loop *loop;
	struct kb_server_options options;
	struct kb_server_hooks hooks;
	struct kb_guard *guard;
	void *router;
	struct kb_loop_source *router_source;
	struct kb_loop_source *guard_source;
	struct kb_strikes strikes;
	struct kb_server_counts counts;
	char endpoint[KB_ENDPOINT_MAX];
};

static void
fill_defaults(struct kb_server_options *options)
{
	const struct kb_server_options defaults = {
		.frame_max_bytes = KB_NET_FRAME_MAX_BYTES,
		.hwm = KB_NET_HWM_DEFAULT,
		.backlog = 256,
		.handshake_ms = KB_NET_HANDSHAKE_MS,
		.strikes_max = 5,
		.strike_window_ms = 60000,
		.ban_ms = 60000,
		.drain_frames_max = 64,
		.drain_bytes_max = (size_t)8 * 1024 * 1024,
	};
	struct kb_server_options *o = options;

	o->frame_max_bytes = o->frame_max_bytes ? o->frame_max_bytes : defaults.frame_max_bytes;
	o->hwm = o->hwm ? o->hwm : defaults.hwm;
	o->backlog = o->backlog ? o->backlog : defaults.backlog;
	o->handshake_ms = o->handshake_ms ? o->handshake_ms : defaults.handshake_ms;
	o->strikes_max = o->strikes_max ? o->strikes_max : defaults.strikes_max;
	o->strike_window_ms = o->strike_window_ms ? o->strike_window_ms : defaults.strike_window_ms;
	o->ban_ms = o->ban_ms ? o->ban_ms : defaults.ban_ms;
	o->drain_frames_max = o->drain_frames_max ? o->drain_frames_max : defaults.drain_frames_max;
	o->drain_bytes_max = o->drain_bytes_max ? o->drain_bytes_max : defaults.drain_bytes_max;
}

static int64_t
now_ms(const struct kb_server *server)
{
	return kb_clock_mono_ms(kb_loop_clock(server->loop));
}

static enum kb_err
on_admit(void *state, const uint8_t curve_key[KB_CURVE_KEY_BYTES], struct kb_server_user *user)
{
	struct kb_server *server = state;
	enum kb_err err = server->hooks.on_admit(server->hooks.state, curve_key, user);

	if (err == KB_OK && kb_strikes_banned(&server->strikes, user, now_ms(server))) {
		server->counts.banned++;
		err = KB_ERR_BUSY;
	}
	return err;
}

bool
kb_server_strike(struct kb_server *server, const struct kb_server_user *user, enum kb_err why)
{
	bool banned = kb_strikes_add(&server->strikes, user, now_ms(server));

	server->counts.strikes++;
	kb_log(KB_LOG_WARNING, banned ? "net-ban" : "net-strike", "user=%s reason=%s", user->text,
	       kb_err_name(why));
	return banned;
}

bool
kb_server_is_banned(const struct kb_server *server, const struct kb_server_user *user)
{
	return kb_strikes_banned(&server->strikes, user, now_ms(server));
}

/*
 * The routing ids that libzmq makes are 5 bytes and start with 0; a peer that names itself otherwise is not heard. It may
 * name itself in that form too (libzmq does not check), but then it must guess 32 bits, and with HANDOVER 0 an id in use is
 * not given away: all it wins is to be ignored (threat 2). What a frame may do is decided by User-Id alone.
 */
static bool
route_of(zmq_msg_t *part, struct kb_server_route *route)
{
	const uint8_t *bytes = zmq_msg_data(part);

	if (zmq_msg_size(part) != KB_SERVER_ROUTE_BYTES || bytes[0] != 0) {
		return false;
	}
	memcpy(route->bytes, bytes, KB_SERVER_ROUTE_BYTES);
	return true;
}

static bool
user_of(zmq_msg_t *part, struct kb_server_user *user)
{
	const char *text = zmq_msg_gets(part, "User-Id");

	return text != NULL && text[0] != '\0' &&
	       kb_text_copy(user->text, sizeof(user->text), kb_span_text(text)) == KB_OK;
}

/* The rest of a message of too many parts: all of it waits already, libzmq hands on whole messages only. */
static void
skip_parts(struct kb_server *server)
{
	zmq_msg_t part;
	bool more = true;

	while (more) {
		(void)zmq_msg_init(&part);
		more = zmq_msg_recv(&part, server->router, ZMQ_DONTWAIT) >= 0 &&
		       zmq_msg_more(&part) != 0;
		(void)zmq_msg_close(&part);
	}
}

/* One message of two parts, from its authenticated user. */
static void
hand_on(struct kb_server *server, zmq_msg_t *id, zmq_msg_t *data, bool more)
{
	struct kb_server_user user = { "" };
	struct kb_server_route route;

	if (!user_of(data, &user)) {
		server->counts.no_user++;
		kb_log(KB_LOG_ERROR, "net-no-user", "count=%llu",
		       (unsigned long long)server->counts.no_user);
		return;
	}
	if (kb_strikes_banned(&server->strikes, &user, now_ms(server))) {
		server->counts.banned++;
		return;
	}
	if (more) {
		server->counts.wrong_parts++;
		(void)kb_server_strike(server, &user, KB_ERR_MALFORMED);
		return;
	}
	if (!route_of(id, &route)) {
		server->counts.own_routing_id++;
		(void)kb_server_strike(server, &user, KB_ERR_NOT_ALLOWED);
		return;
	}
	if (server->hooks.on_check(server->hooks.state, &user) != KB_OK) {
		server->counts.invalid_now++;
		return;
	}
	server->counts.frames_in++;
	server->hooks.on_frame(server->hooks.state, &user, &route,
			       kb_span(zmq_msg_data(data), zmq_msg_size(data)));
}

/* One message; false when none waits. */
static bool
receive_one(struct kb_server *server, size_t *bytes)
{
	zmq_msg_t id;
	zmq_msg_t data;
	bool got = false;

	(void)zmq_msg_init(&id);
	(void)zmq_msg_init(&data);
	if (zmq_msg_recv(&id, server->router, ZMQ_DONTWAIT) < 0) {
		goto out;
	}
	got = true;
	if (zmq_msg_more(&id) == 0) {
		server->counts.wrong_parts++;
		goto out;
	}
	if (zmq_msg_recv(&data, server->router, ZMQ_DONTWAIT) < 0) {
		goto out;
	}
	bool more = zmq_msg_more(&data) != 0;

	*bytes += zmq_msg_size(&data);
	if (more) {
		skip_parts(server);
	}
	hand_on(server, &id, &data, more);
out:
	(void)zmq_msg_close(&data);
	(void)zmq_msg_close(&id);
	return got;
}

static void
on_router(void *state, unsigned events)
{
	struct kb_server *server = state;
	size_t bytes = 0;

	(void)events;
	for (size_t i = 0;
	     i < server->options.drain_frames_max && bytes < server->options.drain_bytes_max; i++) {
		if (!receive_one(server, &bytes)) {
			break;
		}
	}
}

static void
on_guard(void *state, unsigned events)
{
	struct kb_server *server = state;

	(void)events;
	kb_guard_answer(server->guard);
}

static enum kb_err
open_router(struct kb_server *server, struct kb_net_context *context, struct kb_error_text *where)
{
	const struct kb_server_options *options = &server->options;
	struct kb_guard_settings settings = kb_guard_settings_enforced();
	enum kb_err err = KB_OK;

	server->router = zmq_socket(kb_net_context_zmq(context), ZMQ_ROUTER);
	if (server->router == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	err = kb_net_socket_limits(server->router, options->frame_max_bytes, options->hwm,
				   options->handshake_ms);
	if (err == KB_OK) {
		err = kb_net_set_int(server->router, ZMQ_ROUTER_MANDATORY, 1);
	}
	if (err == KB_OK) {
		err = kb_net_set_int(server->router, ZMQ_ROUTER_HANDOVER, 0);
	}
	if (err == KB_OK) {
		err = kb_net_set_int(server->router, ZMQ_BACKLOG, options->backlog);
	}
	if (err == KB_OK && strchr(options->endpoint, '[') != NULL) {
		err = kb_net_set_int(server->router, ZMQ_IPV6, 1);
	}
	if (err == KB_OK) {
		err = kb_guard_apply(server->router, kb_secret_span(options->secret_key),
				     &settings);
	}
	if (err != KB_OK) {
		return kb_fail(where, err, "the socket of %s cannot be set up (%s)",
			       options->endpoint, kb_err_name(err));
	}
	if (zmq_bind(server->router, options->endpoint) != 0) {
		int number = errno;

		return kb_fail(where, kb_net_error(number), "cannot listen on %s: %s",
			       options->endpoint, zmq_strerror(number));
	}
	size_t size = sizeof(server->endpoint);

	return zmq_getsockopt(server->router, ZMQ_LAST_ENDPOINT, server->endpoint, &size) == 0
		       ? KB_OK
		       : kb_net_error(errno);
}

enum kb_err
kb_server_open(struct kb_net_context *context, struct kb_loop *loop,
	       const struct kb_server_options *options, const struct kb_server_hooks *hooks,
	       struct kb_server **out, struct kb_error_text *where)
{
	struct kb_guard_settings settings = kb_guard_settings_enforced();
	struct kb_server *server = NULL;
	enum kb_err err = kb_endpoint_check(options->endpoint);

	if (err != KB_OK) {
		return kb_fail(where, err,
			       "%s is not an address of the form tcp://address:port "
			       "or ipc:///path",
			       options->endpoint != NULL ? options->endpoint : "(none)");
	}
	server = calloc(1, sizeof(*server));
	if (server == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	server->loop = loop;
	server->options = *options;
	server->hooks = *hooks;
	fill_defaults(&server->options);
	server->strikes.most = server->options.strikes_max;
	server->strikes.window_ms = server->options.strike_window_ms;
	server->strikes.ban_ms = server->options.ban_ms;
	err = kb_guard_open(context, on_admit, server, &server->guard);
	if (err != KB_OK) {
		(void)kb_fail(where, err, "the guard cannot be started (%s)", kb_err_name(err));
		goto out;
	}
	err = kb_guard_self_test(server->guard, &settings, SELF_TEST_MS, where);
	if (err != KB_OK) {
		goto out;
	}
	err = open_router(server, context, where);
	if (err != KB_OK) {
		goto out;
	}
	err = kb_loop_add_socket(loop, kb_guard_socket(server->guard), KB_LOOP_READ, on_guard,
				 server, &server->guard_source);
	if (err != KB_OK) {
		goto out;
	}
	err = kb_loop_add_socket(loop, server->router, KB_LOOP_READ, on_router, server,
				 &server->router_source);
out:
	if (err != KB_OK) {
		kb_server_close(&server);
	} else {
		/* The endpoint text and the secret are borrowed only during open. */
		server->options.endpoint = server->endpoint;
		server->options.secret_key = NULL;
		*out = server;
	}
	return err;
}

void
kb_server_close(struct kb_server **server)
{
	struct kb_server *s = *server;

	if (s == NULL) {
		return;
	}
	kb_loop_remove(s->loop, &s->router_source);
	kb_loop_remove(s->loop, &s->guard_source);
	if (s->router != NULL) {
		(void)zmq_close(s->router);
	}
	kb_guard_close(s->guard);
	free(s);
	*server = NULL;
}

const char *
kb_server_endpoint(const struct kb_server *server)
{
	return server->endpoint;
}

void
kb_server_counts(const struct kb_server *server, struct kb_server_counts *out)
{
	*out = server->counts;
	out->admitted = kb_guard_allowed(server->guard);
	out->denied = kb_guard_denied(server->guard);
}

enum kb_err
kb_server_send(struct kb_server *server, const struct kb_server_route *route, struct kb_span frame)
{
	enum kb_err err = KB_OK;

	if (frame.len > server->options.frame_max_bytes) {
		return KB_ERR_OVERSIZE;
	}
	if (zmq_send(server->router, route->bytes, KB_SERVER_ROUTE_BYTES,
		     ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0) {
		err = kb_net_error(errno);
		server->counts.unreachable += err == KB_ERR_OFFLINE;
		server->counts.full += err == KB_ERR_BUSY;
		return err;
	}
	if (zmq_send(server->router, frame.at, frame.len, ZMQ_DONTWAIT) < 0) {
		return kb_net_error(errno);
	}
	server->counts.frames_out++;
	return KB_OK;
}

void
kb_server_pause(struct kb_server *server, bool paused)
{
	kb_loop_source_want(server->router_source, paused ? KB_LOOP_NONE : KB_LOOP_READ);
}
