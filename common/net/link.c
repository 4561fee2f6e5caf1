/* SPDX-License-Identifier: EUPL-1.2 */
/* The DEALER side: connects, notices silence, and comes back with a new socket after a jittered wait. */
#include "common/net/link.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <zmq.h>

#include "common/base/text.h"
#include "common/net/net_internal.h"

#define FRAMES_PER_ROUND 64
#define MONITOR_NAME_MAX 64

/*
 * libzmq's own reconnecting is off (RECONNECT_IVL -1): a connection that comes back by itself would look like the old one
 * to the agent, while the broker sees a stranger who has not said hello; and its waits have no jitter.
 *
 * Invariants: 1. dealer and monitor are NULL in WAITING and open otherwise. 2. Callbacks run only with depth > 0; a close
 * within one frees the link when depth is 0 again. 3. connection counts sockets: a callback that reset the link sees
 * another number after it.
 */
struct kb_link {
	struct kb_net_context *context;
	struct kb_loop *loop;
	struct kb_link_options options;
	struct kb_link_hooks hooks;
	char endpoint[KB_ENDPOINT_MAX];
	struct kb_secret secret_key;
	enum kb_link_state state;
	void *dealer;
	void *monitor;
	struct kb_loop_source *dealer_source;
	struct kb_loop_source *monitor_source;
	struct kb_timer timer; /* WAITING: next try; CONNECTING: given up; UP: silence */
	struct kb_retry retry;
	bool reached;	 /* the other side took the connection, the handshake runs */
	bool handshaken; /* waits for room to send */
	bool proven;	 /* a frame came: the back-off starts anew */
	int64_t heard_mono_ms;
	uint64_t connection;
	uint64_t connects;
	unsigned depth;
	bool closed;
};

static const char *const state_names[] = {

#define KB_LINK_STATE_NAME(name) [KB_LINK_STATE_##name] = #name,
	KB_LINK_STATE_TABLE(KB_LINK_STATE_NAME)
#undef KB_LINK_STATE_NAME
};
_Static_assert(sizeof(state_names) / sizeof(state_names[0]) == KB_LINK_STATE_COUNT,
	       "one name per state");

const char *
kb_link_state_name(enum kb_link_state state)
{
	return (unsigned)state < KB_LINK_STATE_COUNT ? state_names[state] : "?";
}

static void try_connect(struct kb_link *link);

static void
free_link(struct kb_link *link)
{
	kb_secret_release(&link->secret_key);
	free(link);
}

/* After the last use of link in a callback from the loop. */
static void
leave(struct kb_link *link)
{
	link->depth--;
	if (link->depth == 0 && link->closed) {
		free_link(link);
	}
}

static void
close_sockets(struct kb_link *link)
{
	kb_loop_remove(link->loop, &link->dealer_source);
	kb_loop_remove(link->loop, &link->monitor_source);
	if (link->dealer != NULL) {
		(void)zmq_socket_monitor(link->dealer, NULL, 0);
		(void)zmq_close(link->dealer);
		link->dealer = NULL;
	}
	if (link->monitor != NULL) {
		(void)zmq_close(link->monitor);
		link->monitor = NULL;
	}
	kb_timer_cancel(link->loop, &link->timer);
}

static void
enter_state(struct kb_link *link, enum kb_link_state now, enum kb_err why)
{
	if (link->state == now) {
		return;
	}
	link->state = now;
	if (link->hooks.on_state != NULL && !link->closed) {
		link->depth++;
		link->hooks.on_state(link->hooks.state, now, why);
		leave(link);
	}
}

static void
set_timer(struct kb_link *link, int64_t delay_ms)
{
	enum kb_err err = kb_timer_set_in(link->loop, &link->timer, delay_ms);

	/* Only growing the heap of timers can fail; a link without a timer would stay away for ever. */
	KB_INVARIANT(err == KB_OK);
}

/* The caller holds depth. */
static void
give_up(struct kb_link *link, enum kb_err why, bool at_once)
{
	close_sockets(link);
	link->connection++;
	int64_t wait = at_once ? 0
			       : kb_retry_next_ms(&link->retry, &link->options.reconnect,
						  &link->options.random);

	if (!link->closed) {
		set_timer(link, wait);
		enter_state(link, KB_LINK_STATE_WAITING, why);
	}
}

static void
on_timer(void *state)
{
	struct kb_link *link = state;
	int64_t now = kb_clock_mono_ms(kb_loop_clock(link->loop));

	link->depth++;
	switch (link->state) {
	case KB_LINK_STATE_WAITING:
		try_connect(link);
		break;
	case KB_LINK_STATE_CONNECTING:
		give_up(link, link->reached ? KB_ERR_TIMEOUT : KB_ERR_OFFLINE, false);
		break;
	case KB_LINK_STATE_UP:
		if (now - link->heard_mono_ms >= link->options.silence_ms) {
			give_up(link, KB_ERR_TIMEOUT, false);
		} else {
			set_timer(link, link->heard_mono_ms + link->options.silence_ms - now);
		}
		break;
	case KB_LINK_STATE_NONE:
	case KB_LINK_STATE_COUNT:
		break;
	}
	leave(link);
}

/* One event of the monitor; false when none waits. */
static bool
next_event(struct kb_link *link, uint16_t *event, uint32_t *value)
{
	uint8_t head[6] = { 0 };
	uint8_t address[KB_ENDPOINT_MAX];

	if (zmq_recv(link->monitor, head, sizeof(head), ZMQ_DONTWAIT) != (int)sizeof(head)) {
		return false;
	}
	(void)zmq_recv(link->monitor, address, sizeof(address), ZMQ_DONTWAIT);
	/* In the byte order of this machine (zmq_socket_monitor(3)). */
	memcpy(event, head, sizeof(*event));
	memcpy(value, head + 2, sizeof(*value));
	return true;
}

static void
on_monitor(void *state, unsigned events)
{
	struct kb_link *link = state;
	uint64_t connection = link->connection;
	uint16_t event = 0;
	uint32_t value = 0;

	(void)events;
	link->depth++;
	while (!link->closed && link->connection == connection &&
	       next_event(link, &event, &value)) {
		if (event == ZMQ_EVENT_CONNECTED) {
			link->reached = true;
		} else if (event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) {
			link->handshaken = true;
			kb_loop_source_want(link->dealer_source, KB_LOOP_READ | KB_LOOP_WRITE);
		} else if (event == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH) {
			give_up(link, KB_ERR_NOT_ENROLLED, false);
		} else if (link->reached && !link->handshaken) {
			give_up(link, KB_ERR_TIMEOUT, false);
		} else {
			give_up(link, KB_ERR_OFFLINE, false);
		}
	}
	leave(link);
}

static void
take_frames(struct kb_link *link)
{
	uint64_t connection = link->connection;

	for (int i = 0; i < FRAMES_PER_ROUND; i++) {
		zmq_msg_t part;

		if (link->closed || link->connection != connection) {
			return;
		}
		(void)zmq_msg_init(&part);
		if (zmq_msg_recv(&part, link->dealer, ZMQ_DONTWAIT) < 0) {
			(void)zmq_msg_close(&part);
			return;
		}
		bool single = zmq_msg_more(&part) == 0;

		while (!single) {
			(void)zmq_msg_close(&part);
			(void)zmq_msg_init(&part);
			if (zmq_msg_recv(&part, link->dealer, ZMQ_DONTWAIT) < 0 ||
			    zmq_msg_more(&part) == 0) {
				break;
			}
		}
		if (!single) {
			/* The broker never sends more than one part: this is not our broker's behaviour. */
			(void)zmq_msg_close(&part);
			give_up(link, KB_ERR_MALFORMED, false);
			return;
		}
		link->heard_mono_ms = kb_clock_mono_ms(kb_loop_clock(link->loop));
		if (!link->proven) {
			link->proven = true;
			kb_retry_reset(&link->retry);
		}
		link->hooks.on_frame(link->hooks.state,
				     kb_span(zmq_msg_data(&part), zmq_msg_size(&part)));
		(void)zmq_msg_close(&part);
	}
}

static void
on_dealer(void *state, unsigned events)
{
	struct kb_link *link = state;

	link->depth++;
	if (link->state == KB_LINK_STATE_CONNECTING && link->handshaken &&
	    (events & KB_LOOP_WRITE) != 0) {
		/* Only now a hello is sure to find the connection (IMMEDIATE 1). */
		kb_loop_source_want(link->dealer_source, KB_LOOP_READ);
		link->connects++;
		link->heard_mono_ms = kb_clock_mono_ms(kb_loop_clock(link->loop));
		set_timer(link, link->options.silence_ms);
		enter_state(link, KB_LINK_STATE_UP, KB_OK);
	}
	if (!link->closed && link->dealer != NULL && (events & KB_LOOP_READ) != 0) {
		take_frames(link);
	}
	leave(link);
}

static enum kb_err
open_dealer(struct kb_link *link)
{
	void *zmq = kb_net_context_zmq(link->context);
	enum kb_err err = KB_OK;

	link->dealer = zmq_socket(zmq, ZMQ_DEALER);
	link->monitor = zmq_socket(zmq, ZMQ_PAIR);
	if (link->dealer == NULL || link->monitor == NULL) {
		return kb_net_error(errno);
	}
	err = kb_net_socket_limits(link->dealer, link->options.frame_max_bytes, link->options.hwm,
				   KB_NET_HANDSHAKE_MS);
	if (err == KB_OK) {
		err = kb_net_set_int(link->dealer, ZMQ_IMMEDIATE, 1);
	}
	if (err == KB_OK) {
		err = kb_net_set_int(link->dealer, ZMQ_RECONNECT_IVL, -1);
	}
	if (err == KB_OK && strchr(link->endpoint, '[') != NULL) {
		err = kb_net_set_int(link->dealer, ZMQ_IPV6, 1);
	}
	if (err == KB_OK) {
		err = kb_net_set_int(link->monitor, ZMQ_LINGER, 0);
	}
	if (err == KB_OK) {
		err = kb_net_curve_client(link->dealer, kb_secret_span(&link->secret_key),
					  link->options.server_key);
	}
	return err;
}

static enum kb_err
connect_dealer(struct kb_link *link)
{
	const int events = ZMQ_EVENT_CONNECTED | ZMQ_EVENT_CLOSED | ZMQ_EVENT_DISCONNECTED |
			   ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
			   ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
			   ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL;
	char name[MONITOR_NAME_MAX];

	(void)snprintf(name, sizeof(name), "inproc://link-%p-%llu", (void *)link,
		       (unsigned long long)link->connection);
	if (zmq_socket_monitor(link->dealer, name, events) != 0 ||
	    zmq_connect(link->monitor, name) != 0 ||
	    zmq_connect(link->dealer, link->endpoint) != 0) {
		return kb_net_error(errno);
	}
	enum kb_err err = kb_loop_add_socket(link->loop, link->monitor, KB_LOOP_READ, on_monitor,
					     link, &link->monitor_source);

	return err != KB_OK ? err
			    : kb_loop_add_socket(link->loop, link->dealer, KB_LOOP_READ, on_dealer,
						 link, &link->dealer_source);
}

/* The caller holds depth. */
static void
try_connect(struct kb_link *link)
{
	link->reached = false;
	link->handshaken = false;
	link->proven = false;
	enum kb_err err = open_dealer(link);

	if (err == KB_OK) {
		err = connect_dealer(link);
	}
	if (err != KB_OK) {
		give_up(link, err, false);
		return;
	}
	set_timer(link, link->options.connect_ms);
	enter_state(link, KB_LINK_STATE_CONNECTING, KB_OK);
}

static void
fill_defaults(struct kb_link_options *options)
{
	struct kb_link_options *o = options;

	o->reconnect.first_ms = o->reconnect.first_ms > 0 ? o->reconnect.first_ms : 500;
	o->reconnect.most_ms = o->reconnect.most_ms > 0 ? o->reconnect.most_ms : 60000;
	o->silence_ms = o->silence_ms > 0 ? o->silence_ms : 30000;
	o->connect_ms = o->connect_ms > 0 ? o->connect_ms : 10000;
	o->hwm = o->hwm > 0 ? o->hwm : KB_NET_HWM_DEFAULT;
	o->frame_max_bytes = o->frame_max_bytes > 0 ? o->frame_max_bytes : KB_NET_FRAME_MAX_BYTES;
}

enum kb_err
kb_link_open(struct kb_net_context *context, struct kb_loop *loop,
	     const struct kb_link_options *options, const struct kb_link_hooks *hooks,
	     struct kb_link **out)
{
	enum kb_err err = kb_endpoint_check(options->endpoint);

	if (err != KB_OK) {
		return err;
	}
	if (options->secret_key->len != KB_CURVE_KEY_BYTES) {
		return KB_ERR_BAD_KEY;
	}
	struct kb_link *link = calloc(1, sizeof(*link));

	if (link == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	link->context = context;
	link->loop = loop;
	link->options = *options;
	link->hooks = *hooks;
	link->timer = (struct kb_timer){ .on_due = on_timer, .state = link };
	fill_defaults(&link->options);
	link->options.secret_key = NULL;
	link->options.endpoint = link->endpoint;
	err = kb_text_copy(link->endpoint, sizeof(link->endpoint), kb_span_text(options->endpoint));
	if (err == KB_OK) {
		err = kb_secret_init(&link->secret_key, KB_CURVE_KEY_BYTES);
	}
	if (err == KB_OK) {
		memcpy(link->secret_key.at, options->secret_key->at, KB_CURVE_KEY_BYTES);
		/* The first try runs in the first round: on_state is never called inside open. */
		link->state = KB_LINK_STATE_WAITING;
		err = kb_timer_set_in(loop, &link->timer, 0);
	}
	if (err != KB_OK) {
		free_link(link);
		return err;
	}
	*out = link;
	return KB_OK;
}

void
kb_link_close(struct kb_link **link)
{
	struct kb_link *l = *link;

	if (l == NULL) {
		return;
	}
	*link = NULL;
	l->closed = true;
	close_sockets(l);
	l->connection++;
	if (l->depth == 0) {
		free_link(l);
	}
}

enum kb_err
kb_link_send(struct kb_link *link, struct kb_span frame)
{
	if (link->state != KB_LINK_STATE_UP) {
		return KB_ERR_OFFLINE;
	}
	if (frame.len > link->options.frame_max_bytes) {
		return KB_ERR_OVERSIZE;
	}
	if (zmq_send(link->dealer, frame.at, frame.len, ZMQ_DONTWAIT) < 0) {
		return kb_net_error(errno);
	}
	return KB_OK;
}

void
kb_link_reset(struct kb_link *link, bool at_once)
{
	link->depth++;
	give_up(link, KB_ERR_OFFLINE, at_once);
	leave(link);
}

enum kb_err
kb_link_redirect(struct kb_link *link, const char *endpoint,
		 const uint8_t server_key[KB_CURVE_KEY_BYTES])
{
	enum kb_err err = kb_endpoint_check(endpoint);

	if (err != KB_OK) {
		return err;
	}
	memmove(link->endpoint, endpoint, strlen(endpoint) + 1);
	memmove(link->options.server_key, server_key, KB_CURVE_KEY_BYTES);
	kb_link_reset(link, true);
	return KB_OK;
}

enum kb_link_state
kb_link_state(const struct kb_link *link)
{
	return link->state;
}

uint64_t
kb_link_connects(const struct kb_link *link)
{
	return link->connects;
}
