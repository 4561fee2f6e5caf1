/* SPDX-License-Identifier: EUPL-1.2 */
/* A disk that is full: a clean refusal that says why, reading goes on, and it recovers by itself. */
#include "tests/daemon/exchange.h"
#include "tests/support/town_year.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const codes[] = { "0114", NULL };

/* Takes all the room that is left. */
static void
fill_disk(const char *folder)
{
	static const char block[65536];
	const char *path = town_path(folder, "filler");
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	size_t size = sizeof(block);

	cr_assert_geq(fd, 0);
	while (size > 0) {
		if (write(fd, block, size) <= 0) {
			size /= 2;
		}
	}
	(void)close(fd);
}

static bool
can_act(void *state)
{
	struct town_said said =
		town_desk(state, "user add", "naam", "na de volle schijf", "functie", "proef");
	bool done = said.exit_code == 0;

	town_said_clear(&said);
	return done;
}

Test(disk, full_is_refused_said_and_recovered_from)
{
	struct town *town = exchange_laid_out(codes);
	struct town_party *school = town_find(town, "school");
	const char *small = town_path(town_folder(town), "small");
	struct town_said said;
	unsigned refused = 0;

	cr_assert_eq(mkdir(small, 0700), 0);
	/* In a mount namespace of its own: it goes with this process, however the test ends. */
	if (geteuid() != 0 || unshare(CLONE_NEWNS) != 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("tmpfs", small, "tmpfs", 0, "size=48m,mode=0700") != 0) {
		town_free(town);
		cr_skip_test("a small disk can be made by root alone");
	}
	(void)snprintf(school->data, sizeof(school->data), "%s/data", small);
	(void)snprintf(school->data_keys, sizeof(school->data_keys), "%s/data-keys", small);
	town_start(town_find(town, "broker"));
	town_start(school);
	fill_disk(small);
	for (unsigned i = 0; i < 2000 && refused == 0; i++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "gebruiker %u", i);
		said = town_desk(school, "user add", "naam", name, "functie", "proef");
		refused = (unsigned)said.exit_code;
		cr_assert_geq(said.exit_code, 0, "the daemon lives");
		town_said_clear(&said);
	}
	cr_assert_neq(refused, 0, "a full disk takes nothing in");
	said = town_desk(school, "doctor");
	cr_assert_geq(said.exit_code, 0, "reading goes on: %s", said.out);
	cr_assert_not_null(strstr(said.out, "disk-full"), "%s", said.out);
	town_said_clear(&said);
	cr_assert_eq(unlink(town_path(small, "filler")), 0);
	town_until(town, "it recovers by itself", 20000, can_act, school);
	said = town_desk(school, "log verify");
	cr_assert_eq(said.exit_code, 0, "%s", said.out);
	town_said_clear(&said);
	town_stop(school);
	cr_assert_eq(umount(small), 0);
	town_free(town);
}
