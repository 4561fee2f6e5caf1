/* SPDX-License-Identifier: EUPL-1.2 */
/* The one ZeroMQ context of a process, and the options all its sockets share. */
#include "common/net/context.h"

#include <errno.h>
#include <stdlib.h>
#include <zmq.h>

#include "common/base/text.h"
#include "common/net/net_internal.h"

/* A link takes three sockets; the simulation of two hundred agents in one process is the largest user. */
#define SOCKETS_MAX 1023
#define Z85_KEY_TEXT 41

struct kb_net_context {
	void *zmq;
};

/* Process-wide on purpose: libzmq 4.3.4 is unsafe with two. */
static bool context_exists;

enum kb_err
kb_net_error(int error_number)
{
	static const struct {
		int number;
		enum kb_err err;
	} table[] = {
		{ EAGAIN, KB_ERR_BUSY },	 { EHOSTUNREACH, KB_ERR_OFFLINE },
		{ ENOMEM, KB_ERR_NO_MEMORY },	 { EMFILE, KB_ERR_BUSY },
		{ EADDRINUSE, KB_ERR_CONFIG },	 { EADDRNOTAVAIL, KB_ERR_CONFIG },
		{ EINVAL, KB_ERR_CONFIG },	 { EPROTONOSUPPORT, KB_ERR_CONFIG },
		{ ENODEV, KB_ERR_CONFIG },	 { EACCES, KB_ERR_PERMISSION },
		{ ENAMETOOLONG, KB_ERR_CONFIG },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (table[i].number == error_number) {
			return table[i].err;
		}
	}
	return KB_ERR_IO;
}

enum kb_err
kb_net_context_new(struct kb_net_context **out)
{
	if (context_exists) {
		return KB_ERR_EXISTS;
	}
	if (zmq_has("curve") != 1) {
		return KB_ERR_CONFIG;
	}
	struct kb_net_context *context = calloc(1, sizeof(*context));

	if (context == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	context->zmq = zmq_ctx_new();
	if (context->zmq == NULL || zmq_ctx_set(context->zmq, ZMQ_IO_THREADS, 1) != 0 ||
	    zmq_ctx_set(context->zmq, ZMQ_MAX_SOCKETS, SOCKETS_MAX) != 0) {
		if (context->zmq != NULL) {
			(void)zmq_ctx_term(context->zmq);
		}
		free(context);
		return KB_ERR_NO_MEMORY;
	}
	context_exists = true;
	*out = context;
	return KB_OK;
}

void
kb_net_context_free(struct kb_net_context *context)
{
	if (context == NULL) {
		return;
	}
	while (zmq_ctx_term(context->zmq) != 0 && errno == EINTR) {
	}
	free(context);
	context_exists = false;
}

void *
kb_net_context_zmq(struct kb_net_context *context)
{
	return context->zmq;
}

void
kb_curve_keypair(uint8_t public_key[KB_CURVE_KEY_BYTES], uint8_t secret_key[KB_CURVE_KEY_BYTES])
{
	char public_text[Z85_KEY_TEXT] = "";
	char secret_text[Z85_KEY_TEXT] = "";

	KB_INVARIANT(zmq_curve_keypair(public_text, secret_text) == 0);
	KB_INVARIANT(zmq_z85_decode(public_key, public_text) != NULL);
	KB_INVARIANT(zmq_z85_decode(secret_key, secret_text) != NULL);
	kb_wipe(secret_text, sizeof(secret_text));
}

/* The port: digits 1..65535, or "*" for one that the system chooses. */
static bool
port_ok(const char *text)
{
	uint64_t port = 0;

	if (strcmp(text, "*") == 0) {
		return true;
	}
	return kb_text_to_u64(kb_span_text(text), 65535, &port) == KB_OK && port > 0;
}

enum kb_err
kb_endpoint_check(const char *endpoint)
{
	if (endpoint == NULL || strlen(endpoint) >= KB_ENDPOINT_MAX) {
		return KB_ERR_CONFIG;
	}
	if (!kb_text_ok(kb_span_text(endpoint), false) || strchr(endpoint, ' ') != NULL) {
		return KB_ERR_CONFIG;
	}
	if (strncmp(endpoint, "ipc://", 6) == 0) {
		/* Only a path in the file system: its folder's mode decides who may connect at all (threat 29). */
		return endpoint[6] == '/' && endpoint[7] != '\0' ? KB_OK : KB_ERR_CONFIG;
	}
	if (strncmp(endpoint, "tcp://", 6) != 0 || strchr(endpoint + 6, ';') != NULL) {
		return KB_ERR_CONFIG;
	}
	const char *colon = strrchr(endpoint + 6, ':');

	return colon != NULL && colon != endpoint + 6 && port_ok(colon + 1) ? KB_OK : KB_ERR_CONFIG;
}

enum kb_err
kb_net_set_int(void *socket, int option, int value)
{
	return zmq_setsockopt(socket, option, &value, sizeof(value)) == 0 ? KB_OK
									  : kb_net_error(errno);
}

enum kb_err
kb_net_socket_limits(void *socket, size_t frame_max_bytes, int hwm, int handshake_ms)
{
	const struct {
		int option;
		int value;
	} table[] = {
		{ ZMQ_LINGER, 0 },
		{ ZMQ_SNDHWM, hwm },
		{ ZMQ_RCVHWM, hwm },
		{ ZMQ_HANDSHAKE_IVL, handshake_ms },
		{ ZMQ_HEARTBEAT_IVL, KB_NET_HEARTBEAT_MS },
		{ ZMQ_HEARTBEAT_TIMEOUT, KB_NET_HEARTBEAT_TIMEOUT_MS },
		{ ZMQ_HEARTBEAT_TTL, KB_NET_HEARTBEAT_TIMEOUT_MS },
	};

	int64_t message_max = (int64_t)frame_max_bytes;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		enum kb_err err = kb_net_set_int(socket, table[i].option, table[i].value);

		if (err != KB_OK) {
			return err;
		}
	}
	return zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &message_max, sizeof(message_max)) == 0
		       ? KB_OK
		       : kb_net_error(errno);
}

enum kb_err
kb_net_curve_client(void *socket, struct kb_span secret_key,
		    const uint8_t server_key[KB_CURVE_KEY_BYTES])
{
	char secret_text[Z85_KEY_TEXT] = "";
	char public_text[Z85_KEY_TEXT] = "";
	uint8_t public_key[KB_CURVE_KEY_BYTES] = { 0 };
	enum kb_err err = KB_ERR_BAD_KEY;

	if (secret_key.len == KB_CURVE_KEY_BYTES &&
	    zmq_z85_encode(secret_text, secret_key.at, KB_CURVE_KEY_BYTES) != NULL &&
	    zmq_curve_public(public_text, secret_text) == 0 &&
	    zmq_z85_decode(public_key, public_text) != NULL &&
	    zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, server_key, KB_CURVE_KEY_BYTES) == 0 &&
	    zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, public_key, KB_CURVE_KEY_BYTES) == 0 &&
	    zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, secret_key.at, KB_CURVE_KEY_BYTES) == 0) {
		err = KB_OK;
	}
	kb_wipe(secret_text, sizeof(secret_text));
	return err;
}
