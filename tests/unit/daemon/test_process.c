/* SPDX-License-Identifier: EUPL-1.2 */
/* What the daemon does to its own process: signals, limits, messages to the service manager, journal. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/daemon/journal.h"
#include "common/daemon/limits.h"
#include "common/daemon/notify.h"
#include "common/daemon/signals.h"

static enum kb_signal
next_signal(int fd)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };

	cr_assert_eq(poll(&wait, 1, 10000), 1);
	return kb_signals_read(fd);
}

Test(signals, arrive_through_the_descriptor)
{
	int fd = -1;

	cr_assert_eq(kb_signals_open(&fd), KB_OK);
	cr_assert_eq(kb_signals_read(fd), KB_SIGNAL_NONE, "must not block");
	cr_assert_eq(kill(getpid(), SIGHUP), 0);
	cr_assert_eq(next_signal(fd), KB_SIGNAL_RELOAD);
	cr_assert_eq(kill(getpid(), SIGINT), 0);
	cr_assert_eq(next_signal(fd), KB_SIGNAL_STOP);
	cr_assert_eq(kill(getpid(), SIGTERM), 0);
	cr_assert_eq(next_signal(fd), KB_SIGNAL_STOP);
	cr_assert_eq(kb_signals_read(fd), KB_SIGNAL_NONE);
	kb_signals_close(fd);
}

Test(signals, tell_of_an_ended_child_and_let_a_broken_pipe_pass)
{
	int fd = -1;
	int ends[2];
	pid_t child = 0;

	cr_assert_eq(kb_signals_open(&fd), KB_OK);
	child = fork();
	if (child == 0) {
		_exit(0);
	}
	cr_assert_eq(next_signal(fd), KB_SIGNAL_CHILD);
	cr_assert_eq(waitpid(child, NULL, 0), child);
	cr_assert_eq(pipe(ends), 0);
	cr_assert_eq(close(ends[0]), 0);
	cr_assert_eq(write(ends[1], "x", 1), -1);
	kb_signals_close(fd);
}

Test(signals, are_unblocked_again_in_a_child)
{
	int fd = -1;
	int status = 0;
	pid_t child = 0;

	cr_assert_eq(kb_signals_open(&fd), KB_OK);
	child = fork();
	if (child == 0) {
		kb_signals_restore();
		(void)raise(SIGTERM);
		_exit(0);
	}
	cr_assert_eq(waitpid(child, &status, 0), child);
	cr_assert(WIFSIGNALED(status));
	cr_assert_eq(WTERMSIG(status), SIGTERM);
	kb_signals_close(fd);
}

Test(limits, forbid_core_files_dumps_and_new_privileges)
{
	struct kb_error_text where = { "" };
	struct rlimit limit;

	cr_assert_eq(kb_limits_apply(&where), KB_OK, "%s", where.text);
	cr_assert_eq(getrlimit(RLIMIT_CORE, &limit), 0);
	cr_assert_eq(limit.rlim_cur, 0);
	cr_assert_eq(limit.rlim_max, 0);
	cr_assert_eq(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 0);
	cr_assert_eq(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1);
	cr_assert_eq(umask(0), 077);
}

Test(limits, raise_the_number_of_open_files_as_far_as_allowed)
{
	struct rlimit limit = { 64, 128 };

	cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	cr_assert_eq(kb_limits_apply(NULL), KB_OK);
	cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	cr_assert_eq(limit.rlim_cur, 128);
}

/* A service manager of the test: receives what the daemon says. */
static int
manager_open(char *folder, struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	cr_assert_geq(fd, 0);
	cr_assert_not_null(mkdtemp(folder));
	address->sun_family = AF_UNIX;
	(void)snprintf(address->sun_path, sizeof(address->sun_path), "%s/notify", folder);
	cr_assert_eq(bind(fd, (struct sockaddr *)address, sizeof(*address)), 0);
	cr_assert_eq(setenv("NOTIFY_SOCKET", address->sun_path, 1), 0);
	return fd;
}

static void
expect_message(int fd, const char *expected)
{
	char text[256];
	ssize_t got = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);

	cr_assert_geq(got, 0, "no message, expected %s", expected);
	text[got] = '\0';
	cr_assert_str_eq(text, expected);
}

Test(notify, tells_the_service_manager)
{
	char folder[] = "/tmp/kb-notify-XXXXXX";
	struct sockaddr_un address = { 0 };
	int fd = manager_open(folder, &address);

	kb_notify_ready();
	expect_message(fd, "READY=1");
	kb_notify_status("%d waiting", 3);
	expect_message(fd, "STATUS=3 waiting");
	kb_notify_extend(2500);
	expect_message(fd, "EXTEND_TIMEOUT_USEC=2500000");
	kb_notify_watchdog();
	expect_message(fd, "WATCHDOG=1");
	kb_notify_stopping();
	expect_message(fd, "STOPPING=1");
	(void)close(fd);
	(void)unlink(address.sun_path);
	(void)rmdir(folder);
}

Test(notify, is_silent_when_nobody_listens)
{
	cr_assert_eq(unsetenv("NOTIFY_SOCKET"), 0);
	cr_assert_eq(unsetenv("WATCHDOG_USEC"), 0);
	kb_notify_ready();
	kb_notify_status("%s", "x");
	cr_assert_eq(kb_notify_watchdog_ms(), 0);
}

Test(notify, knows_how_often_the_watchdog_wants_to_hear)
{
	char pid[16];

	(void)snprintf(pid, sizeof(pid), "%d", (int)getpid());
	cr_assert_eq(setenv("WATCHDOG_USEC", "30000000", 1), 0);
	cr_assert_eq(setenv("WATCHDOG_PID", pid, 1), 0);
	cr_assert_eq(kb_notify_watchdog_ms(), 30000);
}

Test(journal, is_used_only_when_stderr_is_the_journal)
{
	struct stat info;
	char stream[64];

	cr_assert_eq(unsetenv("JOURNAL_STREAM"), 0);
	cr_assert_not(kb_journal_connected());
	cr_assert_eq(fstat(STDERR_FILENO, &info), 0);
	(void)snprintf(stream, sizeof(stream), "%ju:%ju", (uintmax_t)info.st_dev,
		       (uintmax_t)info.st_ino);
	cr_assert_eq(setenv("JOURNAL_STREAM", stream, 1), 0);
	cr_assert(kb_journal_connected());
	(void)snprintf(stream, sizeof(stream), "%ju:%ju", (uintmax_t)info.st_dev,
		       (uintmax_t)info.st_ino + 1);
	cr_assert_eq(setenv("JOURNAL_STREAM", stream, 1), 0);
	cr_assert_not(kb_journal_connected(), "stderr was redirected elsewhere");
	cr_assert_eq(setenv("JOURNAL_STREAM", "nonsense", 1), 0);
	cr_assert_not(kb_journal_connected());
}
