/* SPDX-License-Identifier: EUPL-1.2 */
/* Frames over the unix socket, from both sides. */
#include "common/net/stream.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/base/bytes.h"

static char folder[64];
static char path[96];
static struct kb_loop *loop;
static struct kb_stream_server *server;
static unsigned opened;
static unsigned closed;
static unsigned frames;
static size_t last_bytes;
static size_t answer_bytes; /* 0: echo */
static bool end_after;
static struct kb_stream_peer last_peer;

static enum kb_err
on_open(void *state, struct kb_stream_client *client)
{
	(void)state;
	opened++;
	last_peer = *kb_stream_client_peer(client);
	kb_stream_client_tag(client, &opened);
	return KB_OK;
}

static void
on_frame(void *state, struct kb_stream_client *client, struct kb_span frame)
{
	(void)state;
	cr_assert_eq(kb_stream_client_tagged(client), &opened);
	frames++;
	last_bytes = frame.len;
	if (answer_bytes == 0) {
		kb_ignore(kb_stream_send(client, frame), "the client may be gone");
	} else {
		uint8_t *answer = calloc(1, answer_bytes);

		kb_ignore(kb_stream_send(client, kb_span(answer, answer_bytes)),
			  "too slow is what is tested");
		free(answer);
	}
	if (end_after) {
		kb_stream_client_end(client);
	}
}

static void
on_close(void *state, struct kb_stream_client *client)
{
	(void)state;
	(void)client;
	closed++;
}

static struct kb_clock_fake fake;

static enum kb_err
open_server(struct kb_stream_options options, struct kb_error_text *where)
{
	struct kb_stream_hooks hooks = { on_open, on_frame, on_close, NULL };

	if (options.path == NULL) {
		options.path = path;
	}
	return kb_stream_server_open(loop, &options, &hooks, &server, where);
}

static void
setup(void)
{
	struct kb_clock clock = kb_clock_of_fake(&fake);

	(void)snprintf(folder, sizeof(folder), "/tmp/kb-stream-XXXXXX");
	cr_assert_not_null(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/desk.sock", folder);
	cr_assert_eq(kb_loop_new(&clock, &loop), KB_OK);
}

static void
teardown(void)
{
	kb_stream_server_close(&server);
	kb_loop_free(loop);
	(void)unlink(path);
	(void)rmdir(folder);
}

TestSuite(stream, .init = setup, .fini = teardown);

static int
connect_now(void)
{
	int fd = -1;

	cr_assert_eq(kb_stream_connect(path, &fd), KB_OK);
	return fd;
}

static void
rounds(int count)
{
	for (int i = 0; i < count; i++) {
		cr_assert_eq(kb_loop_step(loop, 1), KB_OK);
	}
}

static bool
at_end(int fd)
{
	char byte;

	return recv(fd, &byte, 1, MSG_DONTWAIT) == 0;
}

Test(stream, a_frame_comes_back_whole_and_the_peer_is_the_kernel_s_word)
{
	struct kb_buf got = { 0 };
	struct stat info;

	cr_assert_eq(open_server((struct kb_stream_options){ 0 }, NULL), KB_OK);
	cr_assert_eq(stat(path, &info), 0);
	cr_assert_eq(info.st_mode & 0777, 0600);
	int fd = connect_now();

	cr_assert_eq(kb_stream_write_frame(fd, kb_span_text("vraag"), 1000), KB_OK);
	rounds(4);
	cr_assert_eq(kb_stream_read_frame(fd, 100, 1000, &got), KB_OK);
	cr_assert(kb_span_equal(kb_buf_span(&got), kb_span_text("vraag")));
	cr_assert_eq(last_peer.uid, getuid());
	cr_assert_eq(last_peer.pid, getpid());
	(void)close(fd);
	rounds(4);
	cr_assert_eq(closed, 1);
	cr_assert_eq(kb_stream_server_clients(server), 0);
	kb_buf_release(&got);
}

Test(stream, mode_0660_is_set_and_other_modes_are_refused)
{
	struct stat info;

	cr_assert_eq(open_server((struct kb_stream_options){ .mode = 0666 }, NULL), KB_ERR_CONFIG);
	cr_assert_eq(open_server((struct kb_stream_options){ .path = "relative" }, NULL),
		     KB_ERR_CONFIG);
	(void)umask(0);
	cr_assert_eq(open_server((struct kb_stream_options){ .mode = 0660 }, NULL), KB_OK);
	cr_assert_eq(stat(path, &info), 0);
	cr_assert_eq(info.st_mode & 0777, 0660);
	kb_stream_server_close(&server);
	cr_assert_eq(stat(path, &info), -1, "the socket is removed at close");
}

Test(stream, a_dead_socket_is_replaced_and_a_living_one_or_another_file_is_not)
{
	struct kb_stream_server *first = NULL;
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int dead = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	cr_assert_eq(bind(dead, (struct sockaddr *)&address, sizeof(address)), 0);
	(void)close(dead);
	cr_assert_eq(open_server((struct kb_stream_options){ 0 }, NULL), KB_OK);
	first = server;
	server = NULL;
	cr_assert_eq(open_server((struct kb_stream_options){ 0 }, NULL), KB_ERR_LOCKED);
	kb_stream_server_close(&first);
	int fd = open(path, O_CREAT | O_WRONLY, 0600);

	(void)close(fd);
	cr_assert_eq(open_server((struct kb_stream_options){ 0 }, NULL), KB_ERR_EXISTS);
}

Test(stream, a_frame_in_single_bytes_arrives_and_two_in_one_piece_are_two)
{
	uint8_t bytes[] = { 0, 0, 0, 3, 'a', 'b', 'c', 0, 0, 0, 1, 'x', 0, 0, 0, 2, 'y', 'z' };

	cr_assert_eq(open_server((struct kb_stream_options){ 0 }, NULL), KB_OK);
	int fd = connect_now();

	for (size_t i = 0; i < 7; i++) {
		cr_assert_eq(frames, 0);
		cr_assert_eq(send(fd, bytes + i, 1, 0), 1);
		rounds(3);
	}
	cr_assert_eq(frames, 1);
	cr_assert_eq(send(fd, bytes + 7, sizeof(bytes) - 7, 0), (ssize_t)sizeof(bytes) - 7);
	rounds(3);
	cr_assert_eq(frames, 3);
	cr_assert_eq(last_bytes, 2);
	(void)close(fd);
}

Test(stream, an_oversize_an_empty_and_a_cut_frame_end_only_that_client)
{
	uint8_t length[4];

	cr_assert_eq(open_server((struct kb_stream_options){ .frame_max_bytes = 1000 }, NULL),
		     KB_OK);
	int good = connect_now();
	int large = connect_now();
	int empty = connect_now();
	int cut = connect_now();

	kb_store_u32(length, 1001);
	cr_assert_eq(send(large, length, 4, 0), 4);
	kb_store_u32(length, 0);
	cr_assert_eq(send(empty, length, 4, 0), 4);
	kb_store_u32(length, 10);
	cr_assert_eq(send(cut, length, 4, 0), 4);
	(void)shutdown(cut, SHUT_WR);
	rounds(8);
	cr_assert(at_end(large));
	cr_assert(at_end(empty));
	cr_assert(at_end(cut));
	cr_assert_eq(frames, 0);
	cr_assert_eq(kb_stream_server_clients(server), 1);
	cr_assert_eq(kb_stream_write_frame(good, kb_span_text("ok"), 100), KB_OK);
	rounds(3);
	cr_assert_eq(frames, 1);
	(void)close(good);
	(void)close(large);
	(void)close(empty);
	(void)close(cut);
}

Test(stream, a_client_that_does_not_read_is_dropped_and_others_are_served)
{
	struct kb_buf got = { 0 };

	answer_bytes = 200000;
	cr_assert_eq(open_server((struct kb_stream_options){ .output_max_bytes = 1000000 }, NULL),
		     KB_OK);
	int slow = connect_now();
	int quick = connect_now();

	for (int i = 0; i < 20; i++) {
		(void)send(slow, "\0\0\0\1x", 5, MSG_NOSIGNAL);
	}
	for (int i = 0; i < 10; i++) {
		cr_assert_eq(kb_stream_write_frame(quick, kb_span_text("q"), 100), KB_OK);
		rounds(2);
		kb_buf_clear(&got);
		/* The answer is larger than a socket buffer: both sides take turns. */
		for (enum kb_err err = KB_ERR_TIMEOUT; got.len < 200004;) {
			uint8_t *at = NULL;

			cr_assert_eq(kb_buf_extend(&got, 65536, &at), KB_OK);
			ssize_t n = recv(quick, at, 65536, MSG_DONTWAIT);

			got.len -= 65536 - (size_t)(n > 0 ? n : 0);
			rounds(1);
			(void)err;
		}
		cr_assert_eq(got.len, 200004);
	}
	cr_assert_eq(closed, 1);
	cr_assert_eq(kb_stream_server_clients(server), 1);
	(void)close(slow);
	(void)close(quick);
	kb_buf_release(&got);
}

Test(stream, half_a_request_is_dropped_after_a_while_and_an_idle_client_is_not)
{
	cr_assert_eq(open_server((struct kb_stream_options){ .idle_ms = 1000 }, NULL), KB_OK);
	int half = connect_now();
	int idle = connect_now();

	cr_assert_eq(send(half, "\0\0\0\5ab", 6, 0), 6);
	rounds(4);
	for (int i = 0; i < 10; i++) {
		fake.mono_ms += 260;
		rounds(2);
	}
	cr_assert(at_end(half));
	cr_assert_eq(kb_stream_server_clients(server), 1);
	(void)close(half);
	(void)close(idle);
}

Test(stream, more_clients_than_allowed_are_turned_away)
{
	cr_assert_eq(open_server((struct kb_stream_options){ .clients_max = 2 }, NULL), KB_OK);
	int fds[3];

	for (size_t i = 0; i < 3; i++) {
		fds[i] = connect_now();
	}
	rounds(4);
	cr_assert_eq(kb_stream_server_clients(server), 2);
	cr_assert_eq(opened, 2);
	(void)close(fds[0]);
	rounds(4);
	int again = connect_now();

	rounds(4);
	cr_assert_eq(opened, 3);
	(void)close(again);
	(void)close(fds[1]);
	(void)close(fds[2]);
}

Test(stream, an_ended_client_gets_its_last_answer_first)
{
	struct kb_buf got = { 0 };

	answer_bytes = 500000;
	end_after = true;
	cr_assert_eq(open_server((struct kb_stream_options){ 0 }, NULL), KB_OK);
	int fd = connect_now();

	cr_assert_eq(kb_stream_write_frame(fd, kb_span_text("q"), 100), KB_OK);
	while (got.len < 500004) {
		uint8_t *at = NULL;

		rounds(1);
		cr_assert_eq(kb_buf_extend(&got, 65536, &at), KB_OK);
		ssize_t n = recv(fd, at, 65536, MSG_DONTWAIT);

		cr_assert(n != 0, "ended after %zu bytes", got.len);
		got.len -= 65536 - (size_t)(n > 0 ? n : 0);
	}
	rounds(3);
	cr_assert(at_end(fd));
	(void)close(fd);
	kb_buf_release(&got);
}

Test(stream, the_blocking_side_keeps_its_deadline_and_says_what_went_wrong)
{
	struct kb_buf got = { 0 };
	int fd = -1;

	cr_assert_eq(kb_stream_connect(path, &fd), KB_ERR_OFFLINE);
	cr_assert_eq(open_server((struct kb_stream_options){ 0 }, NULL), KB_OK);
	fd = connect_now();
	cr_assert_eq(kb_stream_read_frame(fd, 100, 30, &got), KB_ERR_TIMEOUT);
	cr_assert_eq(kb_stream_write_frame(fd, KB_SPAN_NONE, 30), KB_ERR_OVERSIZE);
	cr_assert_eq(kb_stream_write_frame(fd, kb_span_text("0123456789"), 30), KB_OK);
	rounds(4);
	cr_assert_eq(kb_stream_read_frame(fd, 9, 100, &got), KB_ERR_OVERSIZE);
	cr_assert_eq(got.len, 0);
	kb_stream_server_close(&server);
	(void)close(fd);
	int pair[2];

	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	cr_assert_eq(send(pair[0], "\0\0\0\5ab", 6, 0), 6);
	(void)close(pair[0]);
	cr_assert_eq(kb_stream_read_frame(pair[1], 100, 100, &got), KB_ERR_TRUNCATED);
	cr_assert_eq(got.len, 0);
	cr_assert_eq(kb_stream_read_frame(pair[1], 100, 100, &got), KB_ERR_OFFLINE);
	(void)close(pair[1]);
	kb_buf_release(&got);
}
