/* SPDX-License-Identifier: EUPL-1.2 */
/* Starting the helper, and reading its answer. */
#define _GNU_SOURCE
#include "agents/intake/oso/run.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/clock.h"

#define WHOLE_MS 10000
#define SCHEMA_FD 3
#define PIECE_BYTES ((size_t)64 * 1024)

static const char *const task_words[] = {
	[KB_OSO_TASK_NONE] = "",
	[KB_OSO_TASK_CHECK] = "check",
	[KB_OSO_TASK_SPLIT] = "split",
	[KB_OSO_TASK_JOIN] = "join",
};

/* Beside the program that runs: installed below libexec, or where it was built. */
static bool
find_helper(char path[PATH_MAX])
{
	static const char *const places[] = { "/../libexec/ketenbode/ketenbode-oso",
					      "/../intake/oso/ketenbode-oso" };
	char self[PATH_MAX / 2];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

	while (len > 0 && self[len - 1] != '/') {
		len--;
	}
	for (size_t i = 0; len > 0 && i < sizeof(places) / sizeof(places[0]); i++) {
		(void)snprintf(path, PATH_MAX, "%.*s%s", (int)len - 1, self, places[i]);
		if (access(path, X_OK) == 0) {
			return true;
		}
	}
	(void)snprintf(path, PATH_MAX, "%s", KB_OSO_BUILT);
	return path[0] != 0 && access(path, X_OK) == 0;
}

/* In the child: descriptors 0, 1 and 3 and no other. Only what may be called after fork. */
static _Noreturn void
become_helper(const char *path, const char *word, int input_fd, int schema_fd, int answer_fd)
{
	char *const words[] = { (char *)"ketenbode-oso", (char *)word, NULL };
	char *const nothing[] = { NULL };
	int input = fcntl(input_fd, F_DUPFD, 10);
	int answer = fcntl(answer_fd, F_DUPFD, 10);
	int schema = schema_fd >= 0 ? fcntl(schema_fd, F_DUPFD, 10) : -1;
	bool done = input >= 0 && answer >= 0 && dup2(input, STDIN_FILENO) >= 0 &&
		    dup2(answer, STDOUT_FILENO) >= 0 &&
		    (schema_fd < 0 || dup2(schema, SCHEMA_FD) >= 0);

	(void)close(STDERR_FILENO);
	done = done && close_range(schema_fd < 0 ? SCHEMA_FD : SCHEMA_FD + 1, ~0U, 0) == 0;
	if (done) {
		(void)execve(path, words, nothing);
	}
	_exit(127);
}

enum kb_err
kb_oso_run_start(struct kb_oso_run *run, enum kb_oso_task task, int input_fd, int schema_fd)
{
	char path[PATH_MAX];
	int ends[2] = { -1, -1 };

	*run = (struct kb_oso_run){ .answer_fd = -1,
				    .answer = { .ceiling = KB_OSO_ANSWER_BYTES_MAX } };
	if (!find_helper(path)) {
		return KB_ERR_CONFIG;
	}
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
		return kb_err_from_errno(errno);
	}
	/* The helper writes without looking; only this end must not wait. */
	(void)fcntl(ends[1], F_SETFL, 0);
	run->pid = fork();
	if (run->pid == 0) {
		become_helper(path, task_words[task], input_fd, schema_fd, ends[1]);
	}
	(void)close(ends[1]);
	run->answer_fd = ends[0];
	if (run->pid < 0) {
		run->pid = 0;
		kb_oso_run_release(run);
		return KB_ERR_NO_MEMORY;
	}
	return KB_OK;
}

static enum kb_err
take_piece(struct kb_oso_run *run)
{
	uint8_t *at = NULL;
	enum kb_err err = kb_buf_extend(&run->answer, PIECE_BYTES, &at);
	ssize_t got = 0;

	if (err != KB_OK) {
		return err;
	}
	got = read(run->answer_fd, at, PIECE_BYTES);
	run->answer.len -= PIECE_BYTES - (got > 0 ? (size_t)got : 0);
	if (got > 0) {
		return KB_OK;
	}
	if (got < 0) {
		return errno == EAGAIN || errno == EINTR ? KB_ERR_BUSY : kb_err_from_errno(errno);
	}
	run->ended = true;
	return KB_OK;
}

enum kb_err
kb_oso_run_read(struct kb_oso_run *run, int wait_ms)
{
	struct pollfd wait = { .fd = run->answer_fd, .events = POLLIN };
	enum kb_err err = poll(&wait, 1, wait_ms) > 0 ? KB_OK : KB_ERR_BUSY;

	while (err == KB_OK && !run->ended) {
		err = take_piece(run);
	}
	return err;
}

void
kb_oso_run_release(struct kb_oso_run *run)
{
	if (run->pid > 0) {
		(void)kill(run->pid, SIGKILL);
		while (waitpid(run->pid, NULL, 0) < 0 && errno == EINTR) {
		}
		(void)close(run->answer_fd);
	} else if (run->answer_fd > 0) {
		(void)close(run->answer_fd);
	}
	kb_buf_wipe(&run->answer);
	*run = (struct kb_oso_run){ .answer_fd = -1 };
}

enum kb_err
kb_oso_run_whole(struct kb_oso_run *run, enum kb_oso_task task, int input_fd, int schema_fd,
		 struct kb_oso_result *result)
{
	struct kb_clock clock = kb_clock_system();
	int64_t end_ms = kb_clock_mono_ms(&clock) + WHOLE_MS;
	enum kb_err err = kb_oso_run_start(run, task, input_fd, schema_fd);

	while (err == KB_OK && !run->ended) {
		int64_t left_ms = end_ms - kb_clock_mono_ms(&clock);

		err = left_ms > 0 ? kb_oso_run_read(run, (int)left_ms) : KB_ERR_TIMEOUT;
		err = err == KB_ERR_BUSY ? KB_OK : err;
	}
	if (err == KB_OK) {
		err = kb_oso_result_read(kb_buf_span(&run->answer), result);
	}
	return err == KB_ERR_TRUNCATED ? KB_ERR_DATA : err;
}

int
kb_oso_frames_file(const struct kb_field *fields, size_t count)
{
	struct kb_buf frames = { 0 };
	enum kb_err err = KB_OK;
	int fd = memfd_create("oso", MFD_CLOEXEC);

	for (size_t i = 0; err == KB_OK && i < count; i++) {
		err = kb_oso_put_field(&frames, fields[i].number, fields[i].value);
	}
	if (err == KB_OK) {
		err = kb_oso_put_frame(&frames, KB_OSO_FRAME_END, KB_SPAN_NONE);
	}
	if (fd >= 0 && (err != KB_OK || write(fd, frames.at, frames.len) != (ssize_t)frames.len ||
			lseek(fd, 0, SEEK_SET) != 0)) {
		(void)close(fd);
		fd = -1;
	}
	kb_buf_wipe(&frames);
	return fd;
}
