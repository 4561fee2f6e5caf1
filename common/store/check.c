/* SPDX-License-Identifier: EUPL-1.2 */
/* The checking child and the pipe it reports through. */
#include "common/store/check.h"

#include "common/base/bytes.h"
#include "common/base/clock.h"
#include "common/store/env_pages.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define SNAPSHOT_TRIES 200
#define PROGRESS_EVERY_MS 100
#define CHILD_PIPE_FD 3

/* A report is one write below PIPE_BUF: it arrives whole. */
enum report_kind {
	REPORT_NONE = 0,
	REPORT_PROGRESS,
	REPORT_RESULT,
};

struct report {
	enum report_kind kind;
	enum kb_err err;
	uint64_t done;
	uint64_t total;
	struct kb_error_text text;
};

struct kb_check {
	pid_t pid; /* 0: waited for */
	int fd;
	char file[ENV_PATH_MAX];
	bool finished;
	struct report last;
};

/* ---- in the child ---- */

struct child {
	int fd;
	int64_t told_mono_ms;
};

static void
child_send(const struct child *child, const struct report *report)
{
	/* A parent that is gone is no reason to go on. */
	if (write(child->fd, report, sizeof(*report)) != (ssize_t)sizeof(*report)) {
		_exit(1);
	}
}

static void
child_progress(void *state, uint64_t done, uint64_t total)
{
	struct child *child = state;
	struct kb_clock clock = kb_clock_system();
	struct report report = { .kind = REPORT_PROGRESS, .done = done, .total = total };

	if (kb_clock_mono_ms(&clock) - child->told_mono_ms >= PROGRESS_EVERY_MS) {
		child->told_mono_ms = kb_clock_mono_ms(&clock);
		child_send(child, &report);
	}
}

/* Reading pages past LMDB needs the start page of exactly the snapshot that the read transaction holds; a busy writer may have
 * replaced both in between. */
static enum kb_err
child_pages(const struct kb_env *env, int fd, const char *file, uint64_t txn_id,
	    struct child *child, struct kb_error_text *where)
{
	struct env_pages_report report;
	struct env_pages_job job = {
		.fd = fd,
		.file = file,
		.tables = (const char(*)[ENV_TABLE_NAME_MAX])env->table_names,
		.table_count = env->table_count,
		.txn_id = txn_id,
		.progress = child_progress,
		.progress_state = child,
	};
	enum kb_err err = env_pages_check(&job, &report, where);

	if (err == KB_OK && report.row_damage) {
		return kb_fail(where, KB_ERR_CORRUPT, "%s", report.reason);
	}
	return err;
}

static enum kb_err
child_tables(struct kb_env *env, uint32_t schema, struct kb_txn *txn, struct kb_error_text *where)
{
	enum kb_err err = KB_OK;
	int rc = mdb_dbi_open(txn->mdb, ENV_OWN_NAME, 0, &env->own_dbi);

	if (rc == 0) {
		err = env_tally_get(txn->mdb, env->own_dbi, &env->tally);
	}
	if (rc != 0 || err != KB_OK) {
		return kb_fail(where, err == KB_ERR_NEWER_DATA ? err : KB_ERR_CORRUPT,
			       "the counts of the tables in %s cannot be read", env->path);
	}
	if (env->tally.schema != schema) {
		return kb_fail(where, KB_ERR_NEWER_DATA, "the data in %s is of schema %u, not %u",
			       env->path, env->tally.schema, schema);
	}
	err = env_tables_open(env, txn->mdb, false, where);
	if (err == KB_OK) {
		err = env_counts_check(env, txn->mdb, where);
	}
	txn->tally = env->tally;
	return err;
}

static enum kb_err
child_begin(struct kb_env *env, int fd, const char *file, struct child *child, struct kb_txn **txn,
	    struct kb_error_text *where)
{
	enum kb_err err = KB_ERR_BUSY;

	for (unsigned i = 0; i < SNAPSHOT_TRIES && err == KB_ERR_BUSY; i++) {
		err = kb_txn_begin_read(env, txn);
		if (err != KB_OK) {
			return kb_fail(where, err, "cannot read %s", file);
		}
		uint64_t id = mdb_txn_id((*txn)->mdb);

		/* A store without any commit has id 0, which stands for "the newest" too: the same then. */
		err = child_pages(env, fd, file, id, child, where);
		if (err != KB_OK) {
			kb_txn_abort(*txn);
			*txn = NULL;
		}
	}
	return err;
}

static enum kb_err
child_check(const struct kb_env_config *config, kb_check_fn fn, void *arg, const char *file,
	    struct child *child, struct kb_error_text *where)
{
	struct kb_env *env = NULL;
	struct kb_txn *txn = NULL;
	enum kb_err err = KB_OK;
	int fd = open(file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0) {
		return kb_fail(where, kb_err_from_errno(errno), "cannot open %s: %s", file,
			       strerror(errno));
	}
	err = env_snapshot_open(config, &env, where);
	if (err == KB_OK) {
		err = child_begin(env, fd, file, child, &txn, where);
	}
	if (err == KB_OK) {
		err = child_tables(env, config->schema, txn, where);
	}
	if (err == KB_OK && fn != NULL) {
		err = fn(txn, arg, child_progress, child, where);
	}
	/* No tidying up: the process ends here, and what is damaged is better left alone. */
	return err;
}

static void
child_signals(void)
{
	static const int crashes[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGTERM, SIGINT };
	struct sigaction plain = { .sa_handler = SIG_DFL };
	struct sigaction ignored = { .sa_handler = SIG_IGN };
	sigset_t none;

	/* A crash must end this process by its signal, without the handlers of a daemon or a sanitizer. */
	for (size_t i = 0; i < sizeof(crashes) / sizeof(crashes[0]); i++) {
		(void)sigaction(crashes[i], &plain, NULL);
	}
	(void)sigaction(SIGPIPE, &ignored, NULL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void
child_main(const struct kb_env_config *config, kb_check_fn fn, void *arg, const char *file,
	   int pipe_fd)
{
	struct child child = { .fd = CHILD_PIPE_FD };
	struct report report = { .kind = REPORT_RESULT };
	int null_fd = -1;

	child_signals();
	/* Sockets of the daemon must not stay open here after it closed them. LMDB's assertions write to stderr. */
	if (dup2(pipe_fd, CHILD_PIPE_FD) < 0) {
		_exit(1);
	}
	closefrom(CHILD_PIPE_FD + 1);
	null_fd = open("/dev/null", O_RDWR);
	if (null_fd >= 0) {
		for (int fd = 0; fd < CHILD_PIPE_FD; fd++) {
			(void)dup2(null_fd, fd);
		}
	}
	report.err = child_check(config, fn, arg, file, &child, &report.text);
	child_send(&child, &report);
	_exit(0);
}

/* ---- in the parent ---- */

enum kb_err
kb_check_start(const struct kb_env_config *config, kb_check_fn fn, void *arg, struct kb_check **out)
{
	struct kb_error_text text;
	struct kb_check *check = NULL;
	int fds[2] = { -1, -1 };
	enum kb_err err = env_config_check(config, &text);

	if (err != KB_OK) {
		return err;
	}
	check = calloc(1, sizeof(*check));
	if (check == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	(void)snprintf(check->file, sizeof(check->file), "%s/%s.mdb", config->path, config->name);
	if (pipe(fds) != 0 || fcntl(fds[0], F_SETFD, FD_CLOEXEC) != 0 ||
	    fcntl(fds[0], F_SETFL, O_NONBLOCK) != 0) {
		err = kb_err_from_errno(errno);
		goto out;
	}
	check->pid = fork();
	if (check->pid == 0) {
		child_main(config, fn, arg, check->file, fds[1]);
	}
	if (check->pid < 0) {
		err = kb_err_from_errno(errno);
		goto out;
	}
	check->fd = fds[0];
	fds[0] = -1;
	*out = check;
	check = NULL;
out:
	for (size_t i = 0; i < 2; i++) {
		if (fds[i] >= 0) {
			(void)close(fds[i]);
		}
	}
	free(check);
	return err;
}

int
kb_check_fd(const struct kb_check *check)
{
	return check->fd;
}

static int
wait_for(struct kb_check *check)
{
	int status = 0;

	while (check->pid > 0 && waitpid(check->pid, &status, 0) < 0 && errno == EINTR) {
	}
	check->pid = 0;
	return status;
}

/* The pipe ended without a result: the child crashed. */
static void
crashed(struct kb_check *check)
{
	int status = wait_for(check);

	check->finished = true;
	check->last.err = KB_ERR_CORRUPT;
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) {
		/* Out of memory, or an administrator: says nothing of the data. */
		check->last.err =
			kb_fail(&check->last.text, KB_ERR_IO,
				"the check of %s was killed before it was done", check->file);
		return;
	}
	kb_ignore(kb_fail(&check->last.text, KB_ERR_CORRUPT,
			  "the data file %s is damaged: reading it crashed the check (signal %d); "
			  "put back a backup of this folder",
			  check->file, WIFSIGNALED(status) ? WTERMSIG(status) : 0),
		  "kept in last");
}

static void
take_reports(struct kb_check *check)
{
	struct report report;

	while (!check->finished) {
		ssize_t got = read(check->fd, &report, sizeof(report));

		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got < 0 && errno == EAGAIN) {
			return;
		}
		if (got != (ssize_t)sizeof(report)) {
			crashed(check);
			return;
		}
		if (report.kind == REPORT_RESULT) {
			check->last.err = report.err;
			check->last.text = report.text;
			check->finished = true;
			(void)wait_for(check);
		} else {
			check->last.done = report.done;
			check->last.total = report.total;
		}
	}
}

enum kb_err
kb_check_poll(struct kb_check *check, uint64_t *done, uint64_t *total, struct kb_error_text *where)
{
	take_reports(check);
	if (done != NULL) {
		*done = check->last.done;
	}
	if (total != NULL) {
		*total = check->last.total;
	}
	if (!check->finished) {
		return KB_ERR_BUSY;
	}
	if (check->last.err != KB_OK && where != NULL) {
		*where = check->last.text;
	}
	return check->last.err;
}

void
kb_check_free(struct kb_check *check)
{
	if (check == NULL) {
		return;
	}
	if (check->pid > 0) {
		(void)kill(check->pid, SIGKILL);
		(void)wait_for(check);
	}
	(void)close(check->fd);
	free(check);
}

enum kb_err
kb_env_check_in_child(const struct kb_env_config *config, kb_check_fn fn, void *arg,
		      kb_progress_fn progress, void *progress_state, struct kb_error_text *where)
{
	struct kb_check *check = NULL;
	uint64_t done = 0;
	uint64_t total = 0;
	enum kb_err err = kb_check_start(config, fn, arg, &check);

	if (err != KB_OK) {
		return kb_fail(where, err, "the check could not be started: %s", kb_err_text(err));
	}
	do {
		struct pollfd ready = { .fd = check->fd, .events = POLLIN };

		(void)poll(&ready, 1, -1);
		err = kb_check_poll(check, &done, &total, where);
		if (err == KB_ERR_BUSY && progress != NULL) {
			progress(progress_state, done, total);
		}
	} while (err == KB_ERR_BUSY && !check->finished);
	kb_check_free(check);
	return err;
}
