/* SPDX-License-Identifier: EUPL-1.2 */
/* Frames over a unix socket: the daemon's side for desks, and a blocking client for the command line. */
#ifndef KB_NET_STREAM_H
#define KB_NET_STREAM_H

#include <sys/types.h>

#include "common/base/buf.h"
#include "common/net/loop.h"

/* A frame on this socket is its length (u32 BE) and its bytes. A request is never empty; an answer may be: protobuf
 * writes a message without set fields as no bytes at all. */

/* Opaque types. */
struct kb_stream_server;
struct kb_stream_client; /* as the server sees it */

/* Zero fields take the default in brackets. */
struct kb_stream_options {
	const char *path;	/* absolute, at most 107 characters */
	mode_t mode;		/* [0600]; 0600 or 0660 */
	size_t clients_max;	/* [32] more are closed at once */
	size_t frame_max_bytes; /* [1 MiB] of one request; a larger one closes that client */
	size_t output_max_bytes; /* [8 MiB] unread answers; above it the client is dropped as too slow */
	int64_t idle_ms; /* [60000] a request begun but not finished, or answers not read: dropped */
};

/* Who is on the other side, as the kernel saw it at connect (SO_PEERCRED). */
struct kb_stream_peer {
	pid_t pid;
	uid_t uid;
	gid_t gid;
};

struct kb_stream_hooks {
	/* A new client; tag what belongs to it with kb_stream_client_tag(). Anything but KB_OK closes it. May be NULL. */
	enum kb_err (*on_open)(void *state, struct kb_stream_client *client);
	/* One whole frame, borrowed until return. */
	void (*on_frame)(void *state, struct kb_stream_client *client, struct kb_span frame);
	/* The client is gone; not to be used after return. May be NULL. */
	void (*on_close)(void *state, struct kb_stream_client *client);
	void *state;
};

/*
 * Listens on path. A socket left by a dead process is replaced; one that answers is another daemon: KB_ERR_LOCKED; any
 * other kind of file there: KB_ERR_EXISTS. KB_ERR_CONFIG (path, mode), KB_ERR_PERMISSION, KB_ERR_IO; where says which.
 * The file has its final mode from the first moment on (umask is set around bind).
 */
KB_MUST_CHECK enum kb_err kb_stream_server_open(struct kb_loop *loop,
						const struct kb_stream_options *options,
						const struct kb_stream_hooks *hooks,
						struct kb_stream_server **out,
						struct kb_error_text *where);
/* Closes all clients (on_close is called) and removes the file if it is still ours. NULL is allowed. */
void kb_stream_server_close(struct kb_stream_server **server);
size_t kb_stream_server_clients(const struct kb_stream_server *server);

const struct kb_stream_peer *kb_stream_client_peer(const struct kb_stream_client *client);
void kb_stream_client_tag(struct kb_stream_client *client, void *tag);
void *kb_stream_client_tagged(const struct kb_stream_client *client);

/* Queues one frame. KB_ERR_OVERSIZE (above output_max_bytes: a slow client is then dropped, on_close follows in
 * the next round), KB_ERR_OFFLINE when it is gone, KB_ERR_NO_MEMORY. */
KB_MUST_CHECK enum kb_err kb_stream_send(struct kb_stream_client *client, struct kb_span frame);
/* Bytes queued and not yet taken by the kernel. */
size_t kb_stream_client_waiting(const struct kb_stream_client *client);
/* Ends this client after what is queued has gone out; no more frames of it are read. */
void kb_stream_client_end(struct kb_stream_client *client);

/* The blocking side, for programs that ask one thing and wait. */

/* KB_ERR_OFFLINE when nothing listens there, KB_ERR_PERMISSION, KB_ERR_CONFIG (path too long), KB_ERR_IO. */
KB_MUST_CHECK enum kb_err kb_stream_connect(const char *path, int *fd);
/* Both wait at most timeout_ms in total (negative: for ever). KB_ERR_TIMEOUT, KB_ERR_OFFLINE when the other side closed,
 * KB_ERR_OVERSIZE above max_bytes, KB_ERR_TRUNCATED when it closed in the middle of a frame, KB_ERR_IO. */
KB_MUST_CHECK enum kb_err kb_stream_write_frame(int fd, struct kb_span frame, int timeout_ms);
KB_MUST_CHECK enum kb_err kb_stream_read_frame(int fd, size_t max_bytes, int timeout_ms,
					       struct kb_buf *out);

#endif
