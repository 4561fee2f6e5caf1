/* SPDX-License-Identifier: EUPL-1.2 */
/* Baseline: one message of 1,536 bytes over CURVE between two sockets on loopback, and a batch frame of 256 of them. */
#include "tests/bench/bench.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

static void
must(int rc, const char *what)
{
	if (rc < 0) {
		(void)fprintf(stderr, "curve: %s: %s\n", what, zmq_strerror(zmq_errno()));
		exit(70);
	}
}

static double
run(void *from, void *to, size_t bytes, size_t count)
{
	uint8_t *data = calloc(1, bytes);
	double started = bench_seconds();
	size_t sent = 0;
	size_t got = 0;

	if (data == NULL) {
		exit(70);
	}
	while (got < count) {
		zmq_msg_t in;

		while (sent < count && sent - got < 64) {
			must(zmq_send(from, data, bytes, 0), "send");
			sent++;
		}
		must(zmq_msg_init(&in), "init");
		must(zmq_msg_recv(&in, to, 0), "receive");
		must(zmq_msg_close(&in), "close");
		got++;
	}
	free(data);
	return bench_seconds() - started;
}

int
main(void)
{
	void *context = zmq_ctx_new();
	void *server = zmq_socket(context, ZMQ_PULL);
	void *client = zmq_socket(context, ZMQ_PUSH);
	char server_public[41];
	char server_secret[41];
	char client_public[41];
	char client_secret[41];
	char address[128];
	size_t address_bytes = sizeof(address);
	int on = 1;

	must(zmq_curve_keypair(server_public, server_secret), "key");
	must(zmq_curve_keypair(client_public, client_secret), "key");
	must(zmq_setsockopt(server, ZMQ_CURVE_SERVER, &on, sizeof(on)), "server");
	must(zmq_setsockopt(server, ZMQ_CURVE_SECRETKEY, server_secret, 40), "secret");
	must(zmq_setsockopt(client, ZMQ_CURVE_SERVERKEY, server_public, 40), "server key");
	must(zmq_setsockopt(client, ZMQ_CURVE_PUBLICKEY, client_public, 40), "public");
	must(zmq_setsockopt(client, ZMQ_CURVE_SECRETKEY, client_secret, 40), "secret");
	must(zmq_bind(server, "tcp://127.0.0.1:*"), "bind");
	must(zmq_getsockopt(server, ZMQ_LAST_ENDPOINT, address, &address_bytes), "endpoint");
	must(zmq_connect(client, address), "connect");
	(void)run(client, server, 1536, 1000);
	bench_print("curve_send_per_s", 50000 / run(client, server, 1536, 50000));
	bench_print("curve_batch256_msgs_per_s",
		    256.0 * 400 / run(client, server, (size_t)256 * 1536, 400));
	(void)zmq_close(client);
	(void)zmq_close(server);
	(void)zmq_ctx_term(context);
	return 0;
}
