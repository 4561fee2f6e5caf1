/* SPDX-License-Identifier: EUPL-1.2 */
/* The blocking side of the local socket, with a deadline. */
#include "common/net/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/base/bytes.h"
#include "common/base/clock.h"
#include "common/base/text.h"

#define LENGTH_BYTES 4

enum kb_err
kb_stream_connect(const char *path, int *fd)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (kb_text_copy(address.sun_path, sizeof(address.sun_path), kb_span_text(path)) != KB_OK) {
		return KB_ERR_CONFIG;
	}
	int made = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (made < 0) {
		return kb_err_from_errno(errno);
	}
	if (connect(made, (const struct sockaddr *)&address, sizeof(address)) != 0) {
		int number = errno;

		(void)close(made);
		return number == ENOENT || number == ECONNREFUSED ? KB_ERR_OFFLINE
								  : kb_err_from_errno(number);
	}
	*fd = made;
	return KB_OK;
}

/* -1: for ever. */
static int64_t
deadline_of(int timeout_ms)
{
	struct kb_clock clock = kb_clock_system();

	return timeout_ms < 0 ? -1 : kb_clock_mono_ms(&clock) + timeout_ms;
}

static enum kb_err
wait_for(int fd, short events, int64_t deadline)
{
	struct kb_clock clock = kb_clock_system();

	for (;;) {
		struct pollfd item = { .fd = fd, .events = events };
		int64_t left = deadline < 0 ? -1 : deadline - kb_clock_mono_ms(&clock);

		if (deadline >= 0 && left < 0) {
			return KB_ERR_TIMEOUT;
		}
		int ready = poll(&item, 1, (int)left);

		if (ready > 0) {
			return KB_OK;
		}
		if (ready == 0) {
			return KB_ERR_TIMEOUT;
		}
		if (errno != EINTR) {
			return KB_ERR_IO;
		}
	}
}

static enum kb_err
write_all(int fd, struct kb_span bytes, int64_t deadline)
{
	while (bytes.len > 0) {
		ssize_t sent = send(fd, bytes.at, bytes.len, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (sent > 0) {
			bytes = kb_span(bytes.at + sent, bytes.len - (size_t)sent);
			continue;
		}
		if (errno == EPIPE || errno == ECONNRESET) {
			return KB_ERR_OFFLINE;
		}
		if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
			return KB_ERR_IO;
		}
		enum kb_err err = wait_for(fd, POLLOUT, deadline);

		if (err != KB_OK) {
			return err;
		}
	}
	return KB_OK;
}

/* *got tells how much came before an error. */
static enum kb_err
read_all(int fd, uint8_t *at, size_t len, int64_t deadline, size_t *got)
{
	*got = 0;
	while (*got < len) {
		ssize_t n = recv(fd, at + *got, len - *got, MSG_DONTWAIT);

		if (n > 0) {
			*got += (size_t)n;
			continue;
		}
		if (n == 0 || errno == ECONNRESET) {
			return KB_ERR_OFFLINE;
		}
		if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
			return KB_ERR_IO;
		}
		enum kb_err err = wait_for(fd, POLLIN, deadline);

		if (err != KB_OK) {
			return err;
		}
	}
	return KB_OK;
}

enum kb_err
kb_stream_write_frame(int fd, struct kb_span frame, int timeout_ms)
{
	uint8_t length[LENGTH_BYTES];
	int64_t deadline = deadline_of(timeout_ms);

	if (frame.len == 0 || frame.len > UINT32_MAX) {
		return KB_ERR_OVERSIZE;
	}
	kb_store_u32(length, (uint32_t)frame.len);
	enum kb_err err = write_all(fd, KB_SPAN_OF(length), deadline);

	return err != KB_OK ? err : write_all(fd, frame, deadline);
}

enum kb_err
kb_stream_read_frame(int fd, size_t max_bytes, int timeout_ms, struct kb_buf *out)
{
	uint8_t length[LENGTH_BYTES];
	int64_t deadline = deadline_of(timeout_ms);
	size_t got = 0;
	uint8_t *at = NULL;
	enum kb_err err = read_all(fd, length, sizeof(length), deadline, &got);

	if (err != KB_OK) {
		return err == KB_ERR_OFFLINE && got > 0 ? KB_ERR_TRUNCATED : err;
	}
	size_t len = kb_load_u32(length);
	size_t before = out->len;

	if (len > max_bytes) {
		return KB_ERR_OVERSIZE;
	}
	err = kb_buf_extend(out, len, &at);
	if (err != KB_OK) {
		return err;
	}
	err = read_all(fd, at, len, deadline, &got);
	if (err != KB_OK) {
		out->len = before;
	}
	return err == KB_ERR_OFFLINE ? KB_ERR_TRUNCATED : err;
}
