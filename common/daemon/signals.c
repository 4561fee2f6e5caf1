/* SPDX-License-Identifier: EUPL-1.2 */
/* Signals as a file descriptor. */
#include "common/daemon/signals.h"

#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

static const struct {
	int number;
	enum kb_signal meaning;
} watched[] = {
	{ SIGTERM, KB_SIGNAL_STOP },
	{ SIGINT, KB_SIGNAL_STOP },
	{ SIGHUP, KB_SIGNAL_RELOAD },
	{ SIGCHLD, KB_SIGNAL_CHILD },
};

#define WATCHED_COUNT (sizeof(watched) / sizeof(watched[0]))

static void
watched_set(sigset_t *set)
{
	(void)sigemptyset(set);
	for (size_t i = 0; i < WATCHED_COUNT; i++) {
		(void)sigaddset(set, watched[i].number);
	}
}

enum kb_err
kb_signals_open(int *fd)
{
	sigset_t set;
	int opened = -1;
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	watched_set(&set);
	if (sigprocmask(SIG_BLOCK, &set, NULL) != 0 || sigaction(SIGPIPE, &ignore, NULL) != 0) {
		return kb_err_from_errno(errno);
	}
	opened = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (opened < 0) {
		return kb_err_from_errno(errno);
	}
	*fd = opened;
	return KB_OK;
}

enum kb_signal
kb_signals_read(int fd)
{
	struct signalfd_siginfo info;
	ssize_t got = 0;

	do {
		got = read(fd, &info, sizeof(info));
	} while (got < 0 && errno == EINTR);
	if (got != (ssize_t)sizeof(info)) {
		return KB_SIGNAL_NONE;
	}
	for (size_t i = 0; i < WATCHED_COUNT; i++) {
		if ((uint32_t)watched[i].number == info.ssi_signo) {
			return watched[i].meaning;
		}
	}
	return KB_SIGNAL_NONE;
}

void
kb_signals_close(int fd)
{
	if (fd >= 0) {
		(void)close(fd);
	}
}

void
kb_signals_restore(void)
{
	sigset_t set;
	struct sigaction standard = { .sa_handler = SIG_DFL };

	watched_set(&set);
	(void)sigaction(SIGPIPE, &standard, NULL);
	(void)sigprocmask(SIG_UNBLOCK, &set, NULL);
}
