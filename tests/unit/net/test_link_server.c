/* SPDX-License-Identifier: EUPL-1.2 */
/* Both ends of a connection together, and the intruders of the threat table (rows 1, 2, 5, 23, 24). */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

#include "common/net/link.h"
#include "common/net/net_internal.h"
#include "common/net/server.h"

#define PARTIES 3

struct party {
	uint8_t public_key[KB_CURVE_KEY_BYTES];
	struct kb_secret secret;
	bool enrolled;
	bool revoked;
	unsigned frames; /* the server got from it */
	size_t last_bytes;
	struct kb_server_route route;
	/* its link */
	struct kb_link *link;
	enum kb_link_state state;
	enum kb_err why;
	unsigned ups;
	unsigned heard;
	bool close_in_callback;
	bool reset_in_callback;
};

static struct kb_net_context *context;
static struct kb_loop *loop;
static struct kb_server *server;
static struct kb_secret server_secret;
static uint8_t server_public[KB_CURVE_KEY_BYTES];
static struct party parties[PARTIES];
static bool echo;

static enum kb_err
on_admit(void *state, const uint8_t curve_key[KB_CURVE_KEY_BYTES], struct kb_server_user *user)
{
	(void)state;
	for (int i = 0; i < PARTIES; i++) {
		if (parties[i].enrolled &&
		    memcmp(parties[i].public_key, curve_key, KB_CURVE_KEY_BYTES) == 0) {
			(void)snprintf(user->text, sizeof(user->text), "party-%d", i);
			return KB_OK;
		}
	}
	return KB_ERR_NOT_ENROLLED;
}

static struct party *
party_of(const struct kb_server_user *user)
{
	cr_assert_eq(strncmp(user->text, "party-", 6), 0, "%s", user->text);
	return &parties[user->text[6] - '0'];
}

static enum kb_err
on_check(void *state, const struct kb_server_user *user)
{
	(void)state;
	return party_of(user)->revoked ? KB_ERR_REVOKED : KB_OK;
}

static void
on_server_frame(void *state, const struct kb_server_user *user, const struct kb_server_route *route,
		struct kb_span frame)
{
	struct party *party = party_of(user);

	(void)state;
	party->frames++;
	party->last_bytes = frame.len;
	party->route = *route;
	if (echo) {
		kb_ignore(kb_server_send(server, route, frame), "the peer may be gone");
	}
}

static void
on_state(void *state, enum kb_link_state now, enum kb_err why)
{
	struct party *party = state;

	party->state = now;
	if (why != KB_OK) {
		party->why = why;
	}
	party->ups += now == KB_LINK_STATE_UP;
}

static void
on_link_frame(void *state, struct kb_span frame)
{
	struct party *party = state;

	(void)frame;
	party->heard++;
	if (party->close_in_callback) {
		kb_link_close(&party->link);
	} else if (party->reset_in_callback) {
		party->reset_in_callback = false;
		kb_link_reset(party->link, true);
	}
}

static void
open_server_at(const char *endpoint, struct kb_server_options options)
{
	struct kb_server_hooks hooks = { on_admit, on_check, on_server_frame, NULL };
	struct kb_error_text where = { "" };

	options.endpoint = endpoint;
	options.secret_key = &server_secret;
	cr_assert_eq(kb_server_open(context, loop, &options, &hooks, &server, &where), KB_OK, "%s",
		     where.text);
}

static void
new_key(uint8_t public_key[KB_CURVE_KEY_BYTES], struct kb_secret *secret)
{
	cr_assert_eq(kb_secret_init(secret, KB_CURVE_KEY_BYTES), KB_OK);
	kb_curve_keypair(public_key, secret->at);
}

static void
setup(void)
{
	struct kb_clock clock = kb_clock_system();

	cr_assert_eq(kb_net_context_new(&context), KB_OK);
	cr_assert_eq(kb_loop_new(&clock, &loop), KB_OK);
	new_key(server_public, &server_secret);
	for (int i = 0; i < PARTIES; i++) {
		new_key(parties[i].public_key, &parties[i].secret);
		parties[i].enrolled = true;
	}
}

static void
teardown(void)
{
	for (int i = 0; i < PARTIES; i++) {
		kb_link_close(&parties[i].link);
		kb_secret_release(&parties[i].secret);
	}
	kb_server_close(&server);
	kb_secret_release(&server_secret);
	kb_loop_free(loop);
	kb_net_context_free(context);
}

TestSuite(link_server, .init = setup, .fini = teardown, .timeout = 60);

static void
open_link_to(struct party *party, const char *endpoint, struct kb_link_options options)
{
	struct kb_link_hooks hooks = { on_state, on_link_frame, party };

	options.endpoint = endpoint;
	options.secret_key = &party->secret;
	options.random = kb_random_system();
	memcpy(options.server_key, server_public, KB_CURVE_KEY_BYTES);
	if (options.reconnect.first_ms == 0) {
		options.reconnect = (struct kb_retry_rule){ 20, 100 };
	}
	cr_assert_eq(kb_link_open(context, loop, &options, &hooks, &party->link), KB_OK);
}

static void
open_link(struct party *party)
{
	open_link_to(party, kb_server_endpoint(server), (struct kb_link_options){ 0 });
}

/* Runs the loop until the condition holds; fails after ten seconds. */
#define UNTIL(condition)                                                                           \
	do {                                                                                       \
		struct kb_clock clock_ = kb_clock_system();                                        \
		int64_t deadline_ = kb_clock_mono_ms(&clock_) + 10000;                             \
		while (!(condition)) {                                                             \
			cr_assert_lt(kb_clock_mono_ms(&clock_), deadline_, "never: %s",            \
				     #condition);                                                  \
			cr_assert_eq(kb_loop_step(loop, 20), KB_OK);                               \
		}                                                                                  \
	} while (0)

static struct kb_server_counts
counts(void)
{
	struct kb_server_counts out;

	kb_server_counts(server, &out);
	return out;
}

/* A raw client with this key; routing id NULL: none. */
static void *
raw_client(const struct kb_secret *secret, const char *routing_id)
{
	void *socket = zmq_socket(kb_net_context_zmq(context), ZMQ_DEALER);

	cr_assert_eq(kb_net_set_int(socket, ZMQ_LINGER, 0), KB_OK);
	cr_assert_eq(kb_net_curve_client(socket, kb_secret_span(secret), server_public), KB_OK);
	if (routing_id != NULL) {
		cr_assert_eq(zmq_setsockopt(socket, ZMQ_ROUTING_ID, routing_id, strlen(routing_id)),
			     0);
	}
	cr_assert_eq(zmq_connect(socket, kb_server_endpoint(server)), 0);
	return socket;
}

Test(link_server, an_enrolled_party_comes_up_and_frames_go_both_ways)
{
	char endpoint[96];
	uint8_t large[100000] = { 1 };

	(void)snprintf(endpoint, sizeof(endpoint), "ipc:///tmp/kb-net-%d.sock", (int)getpid());
	echo = true;
	open_server_at(endpoint, (struct kb_server_options){ 0 });
	open_link(&parties[0]);
	cr_assert_eq(kb_link_send(parties[0].link, kb_span_text("early")), KB_ERR_OFFLINE);
	UNTIL(parties[0].state == KB_LINK_STATE_UP);
	cr_assert_eq(kb_link_send(parties[0].link, KB_SPAN_OF(large)), KB_OK);
	UNTIL(parties[0].heard == 1);
	cr_assert_eq(parties[0].frames, 1);
	cr_assert_eq(parties[0].last_bytes, sizeof(large));
	cr_assert_eq(counts().admitted, 1);
	cr_assert_eq(counts().denied, 0);
	cr_assert_eq(kb_link_connects(parties[0].link), 1);
	(void)unlink(endpoint + 6);
}

Test(link_server, an_unknown_key_is_refused_and_told_so)
{
	open_server_at("tcp://127.0.0.1:*", (struct kb_server_options){ 0 });
	parties[1].enrolled = false;
	open_link(&parties[0]);
	open_link(&parties[1]);
	UNTIL(parties[1].why == KB_ERR_NOT_ENROLLED && parties[0].state == KB_LINK_STATE_UP);
	cr_assert_eq(parties[1].ups, 0);
	cr_assert_geq(counts().denied, 1);
	/* Enrolled later, it comes in by itself. */
	parties[1].enrolled = true;
	UNTIL(parties[1].state == KB_LINK_STATE_UP);
}

Test(link_server, a_client_without_curve_gets_nothing_through)
{
	open_server_at("tcp://127.0.0.1:*", (struct kb_server_options){ 0 });
	void *plain = zmq_socket(kb_net_context_zmq(context), ZMQ_DEALER);

	cr_assert_eq(kb_net_set_int(plain, ZMQ_LINGER, 0), KB_OK);
	cr_assert_eq(zmq_connect(plain, kb_server_endpoint(server)), 0);
	cr_assert_geq(zmq_send(plain, "hello", 5, ZMQ_DONTWAIT), 0);
	open_link(&parties[0]);
	UNTIL(parties[0].state == KB_LINK_STATE_UP);
	cr_assert_eq(kb_link_send(parties[0].link, kb_span_text("x")), KB_OK);
	UNTIL(parties[0].frames == 1);
	cr_assert_eq(counts().frames_in, 1);
	(void)zmq_close(plain);
}

Test(link_server, a_broker_with_another_key_is_not_believed)
{
	open_server_at("tcp://127.0.0.1:*", (struct kb_server_options){ 0 });
	server_public[5] ^= 1;
	open_link(&parties[0]);
	UNTIL(parties[0].why != KB_OK);
	cr_assert_eq(parties[0].ups, 0);
	cr_assert_eq(parties[0].why, KB_ERR_TIMEOUT);
	server_public[5] ^= 1;
	cr_assert_eq(kb_link_redirect(parties[0].link, kb_server_endpoint(server), server_public),
		     KB_OK);
	UNTIL(parties[0].state == KB_LINK_STATE_UP);
}

Test(link_server, a_key_revoked_while_connected_is_not_heard_any_more)
{
	open_server_at("tcp://127.0.0.1:*", (struct kb_server_options){ 0 });
	open_link(&parties[0]);
	open_link(&parties[1]);
	UNTIL(parties[0].state == KB_LINK_STATE_UP && parties[1].state == KB_LINK_STATE_UP);
	cr_assert_eq(kb_link_send(parties[0].link, kb_span_text("before")), KB_OK);
	UNTIL(parties[0].frames == 1);
	parties[0].revoked = true;
	for (int i = 0; i < 5; i++) {
		cr_assert_eq(kb_link_send(parties[0].link, kb_span_text("after")), KB_OK);
	}
	UNTIL(counts().invalid_now == 5);
	cr_assert_eq(parties[0].frames, 1);
	cr_assert_eq(kb_link_send(parties[1].link, kb_span_text("other")), KB_OK);
	UNTIL(parties[1].frames == 1);
}

Test(link_server, a_peer_that_chooses_its_routing_id_is_not_heard_and_its_victim_is)
{
	char stolen[KB_SERVER_ROUTE_BYTES + 1] = { 0 };

	echo = true;
	open_server_at("tcp://127.0.0.1:*", (struct kb_server_options){ 0 });
	open_link(&parties[0]);
	UNTIL(parties[0].state == KB_LINK_STATE_UP);
	cr_assert_eq(kb_link_send(parties[0].link, kb_span_text("mine")), KB_OK);
	UNTIL(parties[0].heard == 1);
	memcpy(stolen, parties[0].route.bytes, KB_SERVER_ROUTE_BYTES);
	void *named = raw_client(&parties[1].secret, "party-0");

	cr_assert_geq(zmq_send(named, "hello", 5, 0), 0);
	UNTIL(counts().own_routing_id == 1);
	cr_assert_eq(parties[1].frames, 0);
	/* The very id of a connection that lives: ignored, while its owner goes on. */
	void *thief = zmq_socket(kb_net_context_zmq(context), ZMQ_DEALER);

	cr_assert_eq(kb_net_set_int(thief, ZMQ_LINGER, 0), KB_OK);
	cr_assert_eq(zmq_setsockopt(thief, ZMQ_ROUTING_ID, stolen, KB_SERVER_ROUTE_BYTES), 0);
	cr_assert_eq(kb_net_curve_client(thief, kb_secret_span(&parties[2].secret), server_public),
		     KB_OK);
	cr_assert_eq(zmq_connect(thief, kb_server_endpoint(server)), 0);
	cr_assert_geq(zmq_send(thief, "hello", 5, 0), 0);
	UNTIL(counts().admitted == 3);
	for (unsigned i = 2; i < 20; i++) {
		cr_assert_eq(kb_link_send(parties[0].link, kb_span_text("still")), KB_OK);
		UNTIL(parties[0].heard == i);
	}
	cr_assert_eq(parties[2].frames, 0);
	cr_assert_eq(zmq_recv(thief, stolen, sizeof(stolen), ZMQ_DONTWAIT), -1);
	(void)zmq_close(thief);
	(void)zmq_close(named);
}

Test(link_server, messages_of_several_parts_are_dropped_and_lead_to_a_ban_of_that_party_alone)
{
	open_server_at("tcp://127.0.0.1:*",
		       (struct kb_server_options){ .strikes_max = 3, .ban_ms = 600 });
	open_link(&parties[0]);
	UNTIL(parties[0].state == KB_LINK_STATE_UP);
	void *bad = raw_client(&parties[1].secret, NULL);

	for (int i = 0; i < 3; i++) {
		for (int part = 0; part < 20; part++) {
			cr_assert_geq(zmq_send(bad, "x", 1, ZMQ_SNDMORE), 0);
		}
		cr_assert_geq(zmq_send(bad, "x", 1, 0), 0);
	}
	UNTIL(counts().wrong_parts == 3);
	cr_assert_eq(counts().strikes, 3);
	cr_assert_geq(zmq_send(bad, "well formed", 11, 0), 0);
	UNTIL(counts().banned == 1);
	cr_assert_eq(parties[1].frames, 0);
	cr_assert_eq(kb_link_send(parties[0].link, kb_span_text("x")), KB_OK);
	UNTIL(parties[0].frames == 1);
	struct kb_server_user user = { "party-1" };

	UNTIL(!kb_server_is_banned(server, &user));
	cr_assert_geq(zmq_send(bad, "again", 5, 0), 0);
	UNTIL(parties[1].frames == 1);
	(void)zmq_close(bad);
}

Test(link_server, a_frame_above_the_limit_cuts_the_connection_and_never_arrives)
{
	static uint8_t large[70000];

	open_server_at("tcp://127.0.0.1:*", (struct kb_server_options){ .frame_max_bytes = 65536 });
	open_link(&parties[0]);
	UNTIL(parties[0].state == KB_LINK_STATE_UP);
	unsigned ups = parties[0].ups;

	cr_assert_eq(kb_link_send(parties[0].link, KB_SPAN_OF(large)), KB_OK);
	UNTIL(parties[0].ups == ups + 1);
	cr_assert_eq(parties[0].frames, 0);
	cr_assert_eq(kb_server_send(server, &parties[0].route, KB_SPAN_OF(large)), KB_ERR_OVERSIZE);
}

static long
anonymous_kib(void)
{
	char line[128];
	long kib = -1;
	FILE *file = fopen("/proc/self/status", "r");

	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		if (sscanf(line, "RssAnon: %ld", &kib) == 1) {
			break;
		}
	}
	(void)fclose(file);
	return kib;
}

static int
raw_tcp(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	const char *port = strrchr(kb_server_endpoint(server), ':') + 1;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	address.sin_port = htons((uint16_t)strtoul(port, NULL, 10));
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	cr_assert_eq(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

/* P4: before any authentication, a greeting and then the promise of a 2 GiB frame. */
Test(link_server, a_giant_frame_before_the_handshake_costs_no_memory)
{
	uint8_t greeting[64] = { 0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 1 };
	uint8_t promise[9] = { 6, 0, 0, 0, 0, 0x7f, 0, 0, 0 };
	static uint8_t chunk[65536];

	memcpy(greeting + 12, "CURVE", 5);
	open_server_at("tcp://127.0.0.1:*", (struct kb_server_options){ 0 });
	long before = anonymous_kib();
	int fd = raw_tcp();

	cr_assert_eq(send(fd, greeting, sizeof(greeting), MSG_NOSIGNAL), 64);
	cr_assert_eq(send(fd, promise, sizeof(promise), MSG_NOSIGNAL), 9);
	bool cut = false;

	for (int i = 0; i < 2000 && !cut; i++) {
		ssize_t sent = send(fd, chunk, sizeof(chunk), MSG_NOSIGNAL | MSG_DONTWAIT);

		cut = sent < 0 && errno != EAGAIN;
		cr_assert_eq(kb_loop_step(loop, 1), KB_OK);
	}
	cr_assert(cut, "the connection stayed open");
	cr_assert_lt(anonymous_kib() - before, 8192);
	(void)close(fd);
}

/* Threat 23: slow handshakes do not keep a true client out. */
Test(link_server, connections_that_never_shake_hands_time_out_and_others_get_in)
{
	int fds[100];

	open_server_at("tcp://127.0.0.1:*", (struct kb_server_options){ .handshake_ms = 300 });
	for (size_t i = 0; i < 100; i++) {
		fds[i] = raw_tcp();
	}
	open_link(&parties[0]);
	UNTIL(parties[0].state == KB_LINK_STATE_UP);
	size_t closed = 0;
	struct kb_clock clock = kb_clock_system();
	int64_t deadline = kb_clock_mono_ms(&clock) + 10000;

	while (closed < 100 && kb_clock_mono_ms(&clock) < deadline) {
		cr_assert_eq(kb_loop_step(loop, 20), KB_OK);
		closed = 0;
		for (size_t i = 0; i < 100; i++) {
			uint8_t bytes[256];
			ssize_t got = recv(fds[i], bytes, sizeof(bytes), MSG_DONTWAIT);

			closed += got == 0 || (got < 0 && errno != EAGAIN);
		}
	}
	cr_assert_eq(closed, 100);
	for (size_t i = 0; i < 100; i++) {
		(void)close(fds[i]);
	}
}

Test(link_server, a_flood_of_one_party_does_not_hold_up_another)
{
	unsigned sent = 0;

	open_server_at("tcp://127.0.0.1:*", (struct kb_server_options){ .drain_frames_max = 16 });
	void *flood = raw_client(&parties[1].secret, NULL);

	open_link(&parties[0]);
	UNTIL(parties[0].state == KB_LINK_STATE_UP);
	for (int i = 0; i < 20000; i++) {
		(void)zmq_send(flood, "flood", 5, ZMQ_DONTWAIT);
	}
	for (sent = 0; sent < 50; sent++) {
		unsigned others = parties[1].frames;

		cr_assert_eq(kb_link_send(parties[0].link, kb_span_text("x")), KB_OK);
		UNTIL(parties[0].frames == sent + 1);
		/* Fair queueing: some frames of the other for each of ours, not all that wait. */
		cr_assert_leq(parties[1].frames - others, 2000);
	}
	(void)zmq_close(flood);
}

Test(link_server, a_peer_that_does_not_read_is_reported_full_and_others_are_not)
{
	static uint8_t frame[200000];
	enum kb_err err = KB_OK;
	int queued = 0;

	open_server_at("tcp://127.0.0.1:*", (struct kb_server_options){ .hwm = 64 });
	void *slow = raw_client(&parties[1].secret, NULL);
	int small = 4096;
	int hwm = 2;

	(void)zmq_setsockopt(slow, ZMQ_RCVBUF, &small, sizeof(small));
	(void)zmq_setsockopt(slow, ZMQ_RCVHWM, &hwm, sizeof(hwm));
	cr_assert_geq(zmq_send(slow, "hello", 5, 0), 0);
	open_link(&parties[0]);
	UNTIL(parties[1].frames == 1 && parties[0].state == KB_LINK_STATE_UP);
	cr_assert_eq(kb_link_send(parties[0].link, kb_span_text("hello")), KB_OK);
	UNTIL(parties[0].frames == 1);
	while (err == KB_OK && queued < 2000) {
		err = kb_server_send(server, &parties[1].route, KB_SPAN_OF(frame));
		queued++;
	}
	cr_assert_eq(err, KB_ERR_BUSY, "after %d", queued);
	cr_assert_eq(kb_server_send(server, &parties[0].route, kb_span_text("hi")), KB_OK);
	UNTIL(parties[0].heard == 1);
	(void)zmq_close(slow);
}

Test(link_server, a_send_to_a_connection_that_is_gone_says_so)
{
	struct kb_server_route nobody = { { 0, 1, 2, 3, 4 } };

	open_server_at("tcp://127.0.0.1:*", (struct kb_server_options){ 0 });
	cr_assert_eq(kb_server_send(server, &nobody, kb_span_text("x")), KB_ERR_OFFLINE);
	cr_assert_eq(counts().unreachable, 1);
}

Test(link_server, the_link_waits_for_a_broker_that_is_not_there_and_finds_it)
{
	char endpoint[64];

	open_server_at("tcp://127.0.0.1:*", (struct kb_server_options){ 0 });
	(void)snprintf(endpoint, sizeof(endpoint), "%s", kb_server_endpoint(server));
	kb_server_close(&server);
	open_link_to(&parties[0], endpoint, (struct kb_link_options){ .connect_ms = 300 });
	UNTIL(parties[0].state == KB_LINK_STATE_WAITING && parties[0].why == KB_ERR_OFFLINE);
	cr_assert_eq(parties[0].ups, 0);
	open_server_at(endpoint, (struct kb_server_options){ 0 });
	UNTIL(parties[0].state == KB_LINK_STATE_UP);
	/* And again after a restart of the broker. */
	kb_server_close(&server);
	UNTIL(parties[0].state != KB_LINK_STATE_UP);
	open_server_at(endpoint, (struct kb_server_options){ 0 });
	UNTIL(parties[0].ups == 2);
}

Test(link_server, silence_makes_a_new_connection)
{
	open_server_at("tcp://127.0.0.1:*", (struct kb_server_options){ 0 });
	open_link_to(&parties[0], kb_server_endpoint(server),
		     (struct kb_link_options){ .silence_ms = 200 });
	UNTIL(parties[0].ups == 3);
	cr_assert_eq(parties[0].why, KB_ERR_TIMEOUT);
	cr_assert_eq(kb_link_connects(parties[0].link), 3);
}

Test(link_server, a_link_may_be_reset_and_closed_inside_its_own_callback)
{
	echo = true;
	open_server_at("tcp://127.0.0.1:*", (struct kb_server_options){ 0 });
	open_link(&parties[0]);
	UNTIL(parties[0].state == KB_LINK_STATE_UP);
	parties[0].reset_in_callback = true;
	for (int i = 0; i < 5; i++) {
		cr_assert_eq(kb_link_send(parties[0].link, kb_span_text("x")), KB_OK);
	}
	UNTIL(parties[0].ups == 2);
	cr_assert_eq(parties[0].heard, 1, "frames of the old connection are not handed on");
	parties[0].close_in_callback = true;
	cr_assert_eq(kb_link_send(parties[0].link, kb_span_text("x")), KB_OK);
	cr_assert_eq(kb_link_send(parties[0].link, kb_span_text("x")), KB_OK);
	UNTIL(parties[0].link == NULL);
	cr_assert_eq(parties[0].heard, 2);
}

Test(link_server, a_paused_server_takes_nothing_in_and_loses_nothing)
{
	open_server_at("tcp://127.0.0.1:*", (struct kb_server_options){ 0 });
	open_link(&parties[0]);
	UNTIL(parties[0].state == KB_LINK_STATE_UP);
	kb_server_pause(server, true);
	for (int i = 0; i < 10; i++) {
		cr_assert_eq(kb_link_send(parties[0].link, kb_span_text("x")), KB_OK);
	}
	open_link(&parties[1]);
	UNTIL(parties[1].state == KB_LINK_STATE_UP);
	cr_assert_eq(parties[0].frames, 0);
	kb_server_pause(server, false);
	UNTIL(parties[0].frames == 10);
}

Test(link_server, what_is_wrong_with_the_options_is_said)
{
	struct kb_server_hooks hooks = { on_admit, on_check, on_server_frame, NULL };
	struct kb_server_options options = { .endpoint = "pgm://x:1",
					     .secret_key = &server_secret };
	struct kb_error_text where = { "" };
	struct kb_link_options link_options = { .endpoint = "udp://127.0.0.1:5",
						.secret_key = &server_secret };
	struct kb_link_hooks link_hooks = { on_state, on_link_frame, &parties[0] };
	struct kb_server *second = NULL;

	cr_assert_eq(kb_server_open(context, loop, &options, &hooks, &second, &where),
		     KB_ERR_CONFIG);
	cr_assert_not_null(strstr(where.text, "pgm://x:1"));
	cr_assert_eq(kb_link_open(context, loop, &link_options, &link_hooks, &parties[0].link),
		     KB_ERR_CONFIG);
	open_server_at("tcp://127.0.0.1:*", (struct kb_server_options){ 0 });
	options.endpoint = "tcp://127.0.0.1:*";
	cr_assert_eq(kb_server_open(context, loop, &options, &hooks, &second, &where),
		     KB_ERR_EXISTS);
	cr_assert_null(second);
}

Test(link_server, an_address_in_use_is_a_sentence_and_nothing_stays_open)
{
	char endpoint[64];
	struct kb_server_hooks hooks = { on_admit, on_check, on_server_frame, NULL };
	struct kb_error_text where = { "" };
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	cr_assert_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	cr_assert_eq(listen(fd, 1), 0);
	cr_assert_eq(getsockname(fd, (struct sockaddr *)&address, &size), 0);
	(void)snprintf(endpoint, sizeof(endpoint), "tcp://127.0.0.1:%u", ntohs(address.sin_port));
	struct kb_server_options options = { .endpoint = endpoint, .secret_key = &server_secret };

	cr_assert_eq(kb_server_open(context, loop, &options, &hooks, &server, &where),
		     KB_ERR_CONFIG);
	cr_assert_not_null(strstr(where.text, endpoint), "%s", where.text);
	cr_assert_null(server);
	(void)close(fd);
}
