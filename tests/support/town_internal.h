/* SPDX-License-Identifier: EUPL-1.2 */
/* The inside of a town, shared by its files. */
#ifndef KB_TESTS_TOWN_INTERNAL_H
#define KB_TESTS_TOWN_INTERNAL_H

#include "tests/support/town.h"

struct town {
	char folder[PATH_MAX];
	char registrar[PATH_MAX];
	char joins[PATH_MAX];
	char temporary
		[PATH_MAX]; /* TMPDIR of everything that is started: must stay free of personal data */
	char address[64];
	char days[16]; /* "": those of the command line */
	pid_t owner;   /* a fork of a test must not clean up after its parent */
	struct town_party parties[TOWN_PARTIES_MAX];
	size_t party_count;
	struct town *next; /* of the living ones, for the end of the process */
};

/* town_process.c: the child's side of every start. Never returns. */
_Noreturn void town_child(struct town *town, const char *const *argv,
			  const char *const *environment, int out_fd, int err_fd);
/* Whether a log holds a report of a sanitizer. */
bool town_log_is_dirty(struct town_party *party);
void town_kill_all(struct town *town);

#endif
