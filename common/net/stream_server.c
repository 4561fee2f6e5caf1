/* SPDX-License-Identifier: EUPL-1.2 */
/* The daemon's side of the local socket: several clients, none of which can hold up the others. */
#define _GNU_SOURCE /* accept4, struct ucred */
#include "common/net/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/base/bytes.h"
#include "common/base/log.h"
#include "common/base/text.h"

#define LENGTH_BYTES 4
#define READ_BYTES ((size_t)64 * 1024)
/* What an idle client keeps of its buffers. */
#define KEEP_BYTES ((size_t)16 * 1024)
#define BACKLOG 64
#define ACCEPTS_PER_ROUND 16

/*
 * Invariants: 1. in[0..] begins at a frame boundary. 2. out holds whole frames of which out_sent bytes are gone. 3. A dead
 * client has no source and no descriptor; it is freed by the reaper only, never inside a callback.
 */
struct kb_stream_client {
	struct kb_stream_client *next;
	struct kb_stream_server *server;
	struct kb_loop_source *source;
	int fd;
	struct kb_stream_peer peer;
	struct kb_buf in;
	struct kb_buf out;
	size_t out_sent;
	int64_t moved_mono_ms; /* last progress of a pending request or answer */
	void *tag;
	bool opened; /* on_open said yes: on_close is due */
	bool ending;
	bool dead;
};

struct kb_stream_server {
	struct kb_loop *loop;
	struct kb_stream_options options;
	struct kb_stream_hooks hooks;
	struct kb_loop_source *source;
	int fd;
	dev_t device;
	ino_t inode;
	struct kb_stream_client *clients;
	size_t client_count;
	struct kb_timer reaper;
	struct kb_timer sweeper;
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
};

static int64_t
now_ms(const struct kb_stream_server *server)
{
	return kb_clock_mono_ms(kb_loop_clock(server->loop));
}

/* The connection ends now; memory and on_close follow in the next round. */
static void
kill_client(struct kb_stream_client *client, enum kb_err why)
{
	struct kb_stream_server *server = client->server;

	if (client->dead) {
		return;
	}
	client->dead = true;
	kb_loop_remove(server->loop, &client->source);
	(void)close(client->fd);
	client->fd = -1;
	if (why != KB_OK) {
		kb_log(KB_LOG_INFO, "stream-drop", "pid=%ld uid=%ld reason=%s",
		       (long)client->peer.pid, (long)client->peer.uid, kb_err_name(why));
	}
	enum kb_err err = kb_timer_set_in(server->loop, &server->reaper, 0);

	KB_INVARIANT(err == KB_OK);
}

static void
free_client(struct kb_stream_client *client)
{
	struct kb_stream_server *server = client->server;

	if (client->opened && server->hooks.on_close != NULL) {
		server->hooks.on_close(server->hooks.state, client);
	}
	server->client_count--;
	/* Requests and answers hold data of persons. */
	kb_buf_wipe(&client->in);
	kb_buf_wipe(&client->out);
	free(client);
}

static void
on_reap(void *state)
{
	struct kb_stream_server *server = state;
	struct kb_stream_client **at = &server->clients;

	while (*at != NULL) {
		struct kb_stream_client *client = *at;

		if (client->dead) {
			*at = client->next;
			free_client(client);
		} else {
			at = &client->next;
		}
	}
}

static void
on_sweep(void *state)
{
	struct kb_stream_server *server = state;
	int64_t oldest = now_ms(server) - server->options.idle_ms;

	for (struct kb_stream_client *c = server->clients; c != NULL; c = c->next) {
		bool pending = c->in.len > 0 || c->out.len > 0;

		if (!c->dead && pending && c->moved_mono_ms <= oldest) {
			kill_client(c, KB_ERR_TIMEOUT);
		}
	}
	enum kb_err err =
		kb_timer_set_in(server->loop, &server->sweeper, server->options.idle_ms / 4 + 1);

	KB_INVARIANT(err == KB_OK);
}

static void
give_back(struct kb_buf *buf)
{
	if (buf->len == 0 && buf->cap > KEEP_BYTES) {
		kb_buf_wipe(buf);
	}
}

/* Writes what the kernel takes. */
static void
flush_client(struct kb_stream_client *client)
{
	while (client->out_sent < client->out.len) {
		ssize_t sent =
			send(client->fd, client->out.at + client->out_sent,
			     client->out.len - client->out_sent, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (sent < 0 && errno == EINTR) {
			continue;
		}
		if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
			break;
		}
		if (sent <= 0) {
			kill_client(client, KB_OK);
			return;
		}
		client->out_sent += (size_t)sent;
		client->moved_mono_ms = now_ms(client->server);
	}
	if (client->out_sent == client->out.len) {
		kb_buf_clear(&client->out);
		client->out_sent = 0;
		give_back(&client->out);
		if (client->ending) {
			kill_client(client, KB_OK);
			return;
		}
	}
	unsigned want = client->ending ? (unsigned)KB_LOOP_NONE : (unsigned)KB_LOOP_READ;

	want |= client->out.len > 0 ? (unsigned)KB_LOOP_WRITE : 0U;
	kb_loop_source_want(client->source, want);
}

/* Hands on the whole frames in the buffer. */
static void
take_frames(struct kb_stream_client *client)
{
	struct kb_stream_server *server = client->server;
	size_t done = 0;

	while (!client->dead && !client->ending && client->in.len - done >= LENGTH_BYTES) {
		size_t len = kb_load_u32(client->in.at + done);

		if (len == 0 || len > server->options.frame_max_bytes) {
			kill_client(client, KB_ERR_OVERSIZE);
			return;
		}
		if (client->in.len - done - LENGTH_BYTES < len) {
			break;
		}
		server->hooks.on_frame(server->hooks.state, client,
				       kb_span(client->in.at + done + LENGTH_BYTES, len));
		done += LENGTH_BYTES + len;
	}
	if (done > 0) {
		memmove(client->in.at, client->in.at + done, client->in.len - done);
		client->in.len -= done;
		give_back(&client->in);
	}
}

static void
read_client(struct kb_stream_client *client)
{
	size_t before = client->in.len;
	uint8_t *at = NULL;

	if (kb_buf_extend(&client->in, READ_BYTES, &at) != KB_OK) {
		kill_client(client, KB_ERR_NO_MEMORY);
		return;
	}
	ssize_t got = recv(client->fd, at, READ_BYTES, MSG_DONTWAIT);
	int number = errno;

	client->in.len = before + (got > 0 ? (size_t)got : 0);
	if (got < 0 && (number == EAGAIN || number == EWOULDBLOCK || number == EINTR)) {
		return;
	}
	if (got <= 0) {
		kill_client(client, before > 0 ? KB_ERR_TRUNCATED : KB_OK);
		return;
	}
	client->moved_mono_ms = now_ms(client->server);
	take_frames(client);
}

static void
on_client(void *state, unsigned events)
{
	struct kb_stream_client *client = state;

	if ((events & KB_LOOP_WRITE) != 0) {
		flush_client(client);
	}
	if (!client->dead && !client->ending && (events & KB_LOOP_READ) != 0) {
		read_client(client);
	}
	if (!client->dead && (events & (KB_LOOP_ERROR | KB_LOOP_READ)) == KB_LOOP_ERROR) {
		kill_client(client, KB_OK);
	}
}

static enum kb_err
adopt(struct kb_stream_server *server, int fd)
{
	struct ucred cred = { 0 };
	socklen_t size = sizeof(cred);

	if (server->client_count >= server->options.clients_max) {
		return KB_ERR_BUSY;
	}
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &size) != 0) {
		return KB_ERR_IO;
	}
	struct kb_stream_client *client = calloc(1, sizeof(*client));

	if (client == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	client->server = server;
	client->fd = fd;
	client->peer = (struct kb_stream_peer){ .pid = cred.pid, .uid = cred.uid, .gid = cred.gid };
	client->in.ceiling = server->options.frame_max_bytes + LENGTH_BYTES + 2 * READ_BYTES;
	client->out.ceiling = server->options.output_max_bytes;
	client->moved_mono_ms = now_ms(server);
	enum kb_err err =
		kb_loop_add_fd(server->loop, fd, KB_LOOP_READ, on_client, client, &client->source);

	if (err != KB_OK) {
		free(client);
		return err;
	}
	client->next = server->clients;
	server->clients = client;
	server->client_count++;
	err = server->hooks.on_open != NULL ? server->hooks.on_open(server->hooks.state, client)
					    : KB_OK;
	client->opened = err == KB_OK;
	if (err != KB_OK) {
		kill_client(client, err);
	}
	return KB_OK;
}

static void
on_listen(void *state, unsigned events)
{
	struct kb_stream_server *server = state;

	(void)events;
	for (int i = 0; i < ACCEPTS_PER_ROUND; i++) {
		int fd = accept4(server->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd < 0) {
			return;
		}
		enum kb_err err = adopt(server, fd);

		if (err != KB_OK) {
			kb_log(KB_LOG_WARNING, "stream-refuse", "reason=%s", kb_err_name(err));
			(void)close(fd);
		}
	}
}

/* Removes a socket that nobody listens on. */
static enum kb_err
clear_path(const struct sockaddr_un *address, struct kb_error_text *where)
{
	struct stat info;

	if (lstat(address->sun_path, &info) != 0) {
		return errno == ENOENT ? KB_OK
				       : kb_fail(where, kb_err_from_errno(errno),
						 "%s cannot be looked at", address->sun_path);
	}
	if (!S_ISSOCK(info.st_mode)) {
		return kb_fail(where, KB_ERR_EXISTS, "%s exists and is not a socket",
			       address->sun_path);
	}
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0) {
		return kb_err_from_errno(errno);
	}
	int rc = connect(fd, (const struct sockaddr *)address, sizeof(*address));
	int number = rc != 0 ? errno : 0;

	(void)close(fd);
	if (number != ECONNREFUSED) {
		return kb_fail(where, KB_ERR_LOCKED, "%s is in use by another process",
			       address->sun_path);
	}
	return unlink(address->sun_path) == 0 || errno == ENOENT
		       ? KB_OK
		       : kb_fail(where, kb_err_from_errno(errno),
				 "the old socket %s cannot be removed", address->sun_path);
}

static enum kb_err
listen_on(struct kb_stream_server *server, struct kb_error_text *where)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct stat info;
	enum kb_err err = kb_text_copy(address.sun_path, sizeof(address.sun_path),
				       kb_span_text(server->path));

	if (err == KB_OK) {
		err = clear_path(&address, where);
	}
	if (err != KB_OK) {
		return err;
	}
	server->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (server->fd < 0) {
		return kb_err_from_errno(errno);
	}
	mode_t before = umask((mode_t)(0777 & ~server->options.mode));
	int rc = bind(server->fd, (const struct sockaddr *)&address, sizeof(address));
	int number = errno;

	(void)umask(before);
	if (rc != 0) {
		return kb_fail(where, kb_err_from_errno(number), "cannot make the socket %s",
			       server->path);
	}
	if (lstat(server->path, &info) == 0) {
		server->device = info.st_dev;
		server->inode = info.st_ino;
	}
	return listen(server->fd, BACKLOG) == 0 ? KB_OK : kb_err_from_errno(errno);
}

static enum kb_err
check_options(struct kb_stream_server *server, const struct kb_stream_options *options,
	      struct kb_error_text *where)
{
	struct kb_stream_options *o = &server->options;

	*o = *options;
	o->mode = o->mode != 0 ? o->mode : 0600;
	o->clients_max = o->clients_max != 0 ? o->clients_max : 32;
	o->frame_max_bytes = o->frame_max_bytes != 0 ? o->frame_max_bytes : (size_t)1024 * 1024;
	o->output_max_bytes =
		o->output_max_bytes != 0 ? o->output_max_bytes : (size_t)8 * 1024 * 1024;
	o->idle_ms = o->idle_ms != 0 ? o->idle_ms : 60000;
	if (o->mode != 0600 && o->mode != 0660) {
		return kb_fail(where, KB_ERR_CONFIG, "the mode of the socket must be 0600 or 0660");
	}
	if (o->path == NULL || o->path[0] != '/' ||
	    kb_text_copy(server->path, sizeof(server->path), kb_span_text(o->path)) != KB_OK) {
		return kb_fail(where, KB_ERR_CONFIG,
			       "the path of the socket must be absolute and shorter than %zu",
			       sizeof(server->path));
	}
	o->path = server->path;
	return KB_OK;
}

enum kb_err
kb_stream_server_open(struct kb_loop *loop, const struct kb_stream_options *options,
		      const struct kb_stream_hooks *hooks, struct kb_stream_server **out,
		      struct kb_error_text *where)
{
	struct kb_stream_server *server = calloc(1, sizeof(*server));
	enum kb_err err = KB_OK;

	if (server == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	server->loop = loop;
	server->hooks = *hooks;
	server->fd = -1;
	server->reaper = (struct kb_timer){ .on_due = on_reap, .state = server };
	server->sweeper = (struct kb_timer){ .on_due = on_sweep, .state = server };
	err = check_options(server, options, where);
	if (err != KB_OK) {
		goto out;
	}
	err = listen_on(server, where);
	if (err != KB_OK) {
		goto out;
	}
	err = kb_loop_add_fd(loop, server->fd, KB_LOOP_READ, on_listen, server, &server->source);
	if (err != KB_OK) {
		goto out;
	}
	err = kb_timer_set_in(loop, &server->sweeper, server->options.idle_ms / 4 + 1);
out:
	if (err != KB_OK) {
		kb_stream_server_close(&server);
	} else {
		*out = server;
	}
	return err;
}

void
kb_stream_server_close(struct kb_stream_server **server)
{
	struct kb_stream_server *s = *server;
	struct stat info;

	if (s == NULL) {
		return;
	}
	for (struct kb_stream_client *c = s->clients; c != NULL; c = c->next) {
		kill_client(c, KB_OK);
	}
	on_reap(s);
	kb_timer_cancel(s->loop, &s->reaper);
	kb_timer_cancel(s->loop, &s->sweeper);
	kb_loop_remove(s->loop, &s->source);
	if (s->fd >= 0) {
		(void)close(s->fd);
	}
	if (s->inode != 0 && lstat(s->path, &info) == 0 && info.st_ino == s->inode &&
	    info.st_dev == s->device) {
		(void)unlink(s->path);
	}
	free(s);
	*server = NULL;
}

size_t
kb_stream_server_clients(const struct kb_stream_server *server)
{
	return server->client_count;
}

const struct kb_stream_peer *
kb_stream_client_peer(const struct kb_stream_client *client)
{
	return &client->peer;
}

void
kb_stream_client_tag(struct kb_stream_client *client, void *tag)
{
	client->tag = tag;
}

void *
kb_stream_client_tagged(const struct kb_stream_client *client)
{
	return client->tag;
}

size_t
kb_stream_client_waiting(const struct kb_stream_client *client)
{
	return client->out.len - client->out_sent;
}

enum kb_err
kb_stream_send(struct kb_stream_client *client, struct kb_span frame)
{
	if (client->dead || client->ending) {
		return KB_ERR_OFFLINE;
	}
	if (frame.len > UINT32_MAX) {
		return KB_ERR_OVERSIZE;
	}
	if (client->out.len == 0) {
		client->moved_mono_ms = now_ms(client->server);
	}
	if (client->out_sent > 0) {
		memmove(client->out.at, client->out.at + client->out_sent,
			client->out.len - client->out_sent);
		client->out.len -= client->out_sent;
		client->out_sent = 0;
	}
	enum kb_err err = kb_buf_reserve(&client->out, LENGTH_BYTES + frame.len);

	if (err == KB_OK) {
		err = kb_buf_put_u32(&client->out, (uint32_t)frame.len);
	}
	if (err == KB_OK) {
		err = kb_buf_put(&client->out, frame);
	}
	if (err != KB_OK) {
		kill_client(client, err == KB_ERR_OVERSIZE ? KB_ERR_BUSY : err);
		return err;
	}
	flush_client(client);
	return KB_OK;
}

void
kb_stream_client_end(struct kb_stream_client *client)
{
	if (client->dead) {
		return;
	}
	client->ending = true;
	flush_client(client);
}
