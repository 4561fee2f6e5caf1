/* SPDX-License-Identifier: EUPL-1.2 */
/* kill -9 at random, a lost disk, and restores, while two schools and two gemeenten work: is every act in effect exactly once? */
#include "tests/kill/ledger_of_acts.h"
#include "tests/support/town_year.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define QUIET_MS 120000
#define QUESTION_PERCENT 30
#define PARTIES 5

static const char *const codes[] = { "0114", "0957" };
static const char *const names[PARTIES] = { "broker", "school", "vo", "emmen", "roermond" };

struct run {
	struct town *town;
	struct acts acts;
	struct town_year years[2]; /* of school and vo */
	uint64_t random;
	unsigned kills;
	unsigned long rounds;
	unsigned long messages;
	bool sabotage;
};

static uint64_t
draw(struct run *run, uint64_t below)
{
	run->random = run->random * 6364136223846793005u + 1442695040888963407u;
	return (run->random >> 33) % below;
}

/* ---- laying out ---- */

static bool
is_connected(void *state)
{
	struct town_said said = town_desk(state, "status");
	int row = town_row_of(&said, "status", "wat", "sessie");
	bool up = row >= 0 && strcmp(town_cell(&said, "status", (size_t)row, "waarde"),
				     "verbonden met de broker") == 0;

	town_said_clear(&said);
	return up;
}

static bool nothing_is_held(void *state);

static void
wait_quiet(struct run *run)
{
	for (size_t i = 1; i <= 2; i++) {
		town_until(run->town, "no melding is held", QUIET_MS, nothing_is_held,
			   town_find(run->town, names[i]));
	}
	for (size_t i = 1; i < PARTIES; i++) {
		town_wait_quiet(town_find(run->town, names[i]), QUIET_MS);
	}
	/* An answer to what came last may still have made a message. */
	for (size_t i = 1; i < PARTIES; i++) {
		town_wait_quiet(town_find(run->town, names[i]), QUIET_MS);
	}
}

/* Who serves a gemeentecode is asked of the register at first sight: until then the meldingen are in no outbox. */
static bool
nothing_is_held(void *state)
{
	struct town_said said = town_desk(state, "verzuim list");
	bool held = said.exit_code != 0;

	for (size_t i = 0; !held && i < town_rows(&said, "meldingen"); i++) {
		held = town_cell(&said, "meldingen", i, "zaak")[0] == '0';
	}
	town_said_clear(&said);
	return !held;
}

static const char *
set_path(struct run *run, size_t school, unsigned meldingen)
{
	char name[32];

	(void)snprintf(name, sizeof(name), "set-%zu-%u", school, meldingen);
	return town_path(town_folder(run->town), name);
}

static void
import(struct run *run, size_t school)
{
	struct town_year *year = &run->years[school];
	const char *set = set_path(run, school, year->melding_count);
	struct town_said said;

	if (!town_exists(set)) {
		town_year_write(run->town, set, year);
	}
	said = town_must(town_find(run->town, names[1 + school]), "verzuim", "import", set);
	town_said_clear(&said);
}

static void
open_town(struct run *run)
{
	int32_t monday = town_year_monday(12);
	unsigned pupils = (unsigned)(run->messages / 60 + 10);

	run->town = town_new();
	(void)town_add(run->town, &town_broker);
	(void)town_add(run->town, &town_school);
	(void)town_add(run->town, &town_vo);
	(void)town_add(run->town, town_gemeente_of(codes[0]));
	(void)town_add(run->town, town_gemeente_of(codes[1]));
	town_admit(run->town);
	for (size_t i = 0; i < PARTIES; i++) {
		town_start(town_find(run->town, names[i]));
	}
	for (size_t i = 1; i < PARTIES; i++) {
		town_until(run->town, "connected", 20000, is_connected,
			   town_find(run->town, names[i]));
	}
	for (size_t i = 0; i < 2; i++) {
		run->years[i] = (struct town_year){ .prefix = i == 0 ? "S" : "W",
						    .pupil_count = pupils,
						    .first_pgn = (unsigned)i * 500000,
						    .gemeentecodes = codes,
						    .gemeente_count = 2,
						    .first_monday = monday != INT32_MIN
									    ? monday
									    : town_year_monday(0),
						    .melding_count = 1 };
		import(run, i);
	}
	wait_quiet(run);
	acts_init(&run->acts, run->town);
	for (size_t i = 0; i < 2; i++) {
		acts_find_dossiers(&run->acts, town_find(run->town, names[1 + i]));
	}
}

/* ---- what goes wrong ---- */

/* Kills party a random moment from now: in the middle of a commit, of a batch, of nothing. */
static pid_t
kill_soon(struct run *run, struct town_party *party)
{
	uint64_t ns = draw(run, 8000000);
	pid_t target = party->pid;
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == 0) {
		struct timespec wait = { .tv_nsec = (long)ns };

		if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent) {
			(void)nanosleep(&wait, NULL);
			(void)kill(target, SIGKILL);
		}
		_exit(0);
	}
	run->kills++;
	return child;
}

/*
 * Waits until the killer has done its work and the killed one is gone. A signal that is sent is no process that ended:
 * who asks right after the signal whether it still runs hears yes, and would not start it again.
 */
static void
see_it_die(pid_t killer, struct town_party *party)
{
	(void)waitpid(killer, NULL, 0);
	town_kill(party);
}

static void
restart_dead(struct run *run)
{
	for (size_t i = 0; i < PARTIES; i++) {
		struct town_party *party = town_find(run->town, names[i]);

		if (!town_running(party)) {
			town_start(party);
		}
	}
}

static void
one_act(struct run *run)
{
	unsigned dossier = (unsigned)draw(run, run->acts.dossier_count);
	bool is_question = draw(run, 100) < QUESTION_PERCENT;

	/* When the one at this end is down or the dossier is full, another does it. */
	for (unsigned i = 0; i < 2 * run->acts.dossier_count; i++) {
		if (acts_do(&run->acts, (dossier + i) % run->acts.dossier_count,
			    i < run->acts.dossier_count ? is_question : !is_question)) {
			return;
		}
	}
}

static void
work(struct run *run, unsigned long count, bool with_kills)
{
	struct town_party *victim = NULL;
	pid_t killer = 0;
	unsigned long restart_at = 0;

	for (unsigned long i = 0; i < count; i++) {
		if (with_kills && killer == 0 && draw(run, 20) == 0) {
			victim = town_find(run->town, names[draw(run, PARTIES)]);
			if (town_running(victim)) {
				killer = kill_soon(run, victim);
				restart_at = i + draw(run, 25);
			}
		}
		one_act(run);
		if (killer != 0 && i >= restart_at) {
			see_it_die(killer, victim);
			killer = 0;
			restart_dead(run);
		}
	}
	if (killer != 0) {
		see_it_die(killer, victim);
	}
	restart_dead(run);
}

/* ---- judging ---- */

static bool
verify_all(struct run *run)
{
	bool all = true;

	for (size_t i = 1; i < PARTIES; i++) {
		struct town_said said = town_ask(town_find(run->town, names[i]), "log", "verify");

		if (said.exit_code != 0) {
			(void)fprintf(stderr, "log verify of %s: exit %d %s\n", names[i],
				      said.exit_code, said.out);
			all = false;
		}
		town_said_clear(&said);
	}
	return all;
}

/* Every melding of the data sets at its gemeente once, none elsewhere. */
static bool
meldingen_ok(struct run *run)
{
	bool ok = true;

	for (size_t i = 0; i < 2; i++) {
		struct town_said said =
			town_desk(town_find(run->town, names[3 + i]), "verzuim export");
		unsigned want = 0;
		size_t got = 0;

		for (size_t school = 0; school < 2; school++) {
			const struct town_year *year = &run->years[school];

			want += (year->pupil_count + (i == 0)) / 2 * year->melding_count;
		}
		for (size_t j = 0; j < town_rows(&said, "meldingen"); j++) {
			got += strcmp(town_cell(&said, "meldingen", j, "wijziging"),
				      "ingetrokken") != 0;
		}
		if (said.exit_code != 0 || got != want) {
			(void)fprintf(stderr, "%s has %zu meldingen, expected %u\n", names[3 + i],
				      got, want);
			ok = false;
		}
		town_said_clear(&said);
	}
	return ok;
}

static bool
judge(struct run *run, const char *what)
{
	bool acts_ok = false;
	bool logs_ok = false;
	bool all_meldingen = false;

	wait_quiet(run);
	acts_ok = acts_check(&run->acts, run->sabotage);
	all_meldingen = meldingen_ok(run);
	logs_ok = verify_all(run);
	(void)printf("%-34s %6zu acts, %6zu acknowledged, %3zu unanswered, %3u kills: %zu lost, "
		     "%zu doubled, %zu strange, "
		     "meldingen %s, logs %s\n",
		     what, run->acts.count, run->acts.acknowledged, run->acts.unanswered,
		     run->kills, run->acts.lost, run->acts.doubled, run->acts.strange,
		     all_meldingen ? "right" : "WRONG", logs_ok ? "verify" : "BAD");
	(void)fflush(stdout);
	return acts_ok && logs_ok && all_meldingen;
}

static bool
kill_phase(struct run *run)
{
	bool ok = true;

	for (unsigned long round = 1; round <= run->rounds && ok; round++) {
		char what[32];

		work(run, run->messages / run->rounds, true);
		(void)snprintf(what, sizeof(what), "round %lu", round);
		ok = judge(run, what);
	}
	return ok;
}

static bool
lost_disk_phase(struct run *run)
{
	struct town_party *broker = town_find(run->town, "broker");

	/* A gemeente is away, so that mail lies at the broker when its disk goes. */
	town_kill(town_find(run->town, "emmen"));
	for (unsigned i = 0; i < 60; i++) {
		one_act(run);
	}
	town_kill(broker);
	town_remove(run->town, broker->data);
	restart_dead(run);
	return judge(run, "broker's disk lost");
}

static long
epoch_of(struct town_party *party)
{
	struct town_said said = town_desk(party, "status");
	int row = town_row_of(&said, "status", "wat", "tijdvak");
	long epoch =
		row >= 0 ? strtol(town_cell(&said, "status", (size_t)row, "waarde"), NULL, 10) : -1;

	town_said_clear(&said);
	return epoch;
}

static bool
new_epoch(struct run *run, struct town_party *party, long before)
{
	long after = 0;

	town_until(run->town, "connected", 20000, is_connected, party);
	after = epoch_of(party);
	if (after == before || after < 0) {
		(void)fprintf(stderr,
			      "%s was restored and did not notice: epoch %ld before, %ld after\n",
			      party->spec->name, before, after);
		return false;
	}
	return true;
}

/* Steps of the schools between the copy and the restore: the gemeente must get them again. */
static bool
gemeente_restore_phase(struct run *run)
{
	struct town_party *gemeente = town_find(run->town, "emmen");
	long before = 0;
	bool noticed = false;

	for (unsigned i = 0; i < 20; i++) {
		one_act(run);
	}
	town_backup(gemeente, "copy");
	before = epoch_of(gemeente);
	for (unsigned i = 0; i < 60; i++) {
		unsigned dossier = (unsigned)draw(run, run->acts.dossier_count);

		(void)acts_do(&run->acts, dossier,
			      run->acts.dossiers[dossier].gemeente != gemeente);
	}
	wait_quiet(run);
	town_kill(gemeente);
	town_restore(gemeente, "copy");
	town_start(gemeente);
	noticed = new_epoch(run, gemeente, before);
	return judge(run, "gemeente restored") && noticed;
}

/* Questions of the gemeenten and new meldingen of the school between the copy and the restore; then the import again. */
static bool
school_restore_phase(struct run *run)
{
	struct town_party *school = town_find(run->town, "school");
	long before = 0;
	bool noticed = false;

	for (unsigned i = 0; i < 20; i++) {
		one_act(run);
	}
	town_backup(school, "copy");
	before = epoch_of(school);
	for (unsigned i = 0; i < 60; i++) {
		unsigned dossier = (unsigned)draw(run, run->acts.dossier_count);

		(void)acts_do(&run->acts, dossier, run->acts.dossiers[dossier].school == school);
	}
	run->years[0].melding_count++;
	import(run, 0);
	wait_quiet(run);
	town_kill(school);
	town_restore(school, "copy");
	town_start(school);
	noticed = new_epoch(run, school, before);
	import(run, 0);
	return judge(run, "school restored, import again") && noticed;
}

static unsigned long
number_after(int argc, char **argv, const char *option, unsigned long fallback)
{
	for (int i = 1; i + 1 < argc; i++) {
		if (strcmp(argv[i], option) == 0) {
			return strtoul(argv[i + 1], NULL, 10);
		}
	}
	return fallback;
}

int
main(int argc, char **argv)
{
	struct run run = { 0 };
	bool ok = false;

	run.rounds = number_after(argc, argv, "--rounds", 2);
	run.messages = number_after(argc, argv, "--messages", 500);
	run.random = number_after(argc, argv, "--seed", (unsigned long)time(NULL));
	for (int i = 1; i < argc; i++) {
		run.sabotage = run.sabotage || strcmp(argv[i], "--sabotage") == 0;
	}
	if (run.rounds == 0 || run.messages / run.rounds == 0 || run.messages > 20000) {
		(void)fprintf(
			stderr,
			"usage: kill_rounds [--rounds N] [--messages M] [--seed S] [--sabotage]\n");
		return 64;
	}
	(void)printf("seed %" PRIu64 "\n", run.random);
	open_town(&run);
	ok = kill_phase(&run) && lost_disk_phase(&run) && gemeente_restore_phase(&run) &&
	     school_restore_phase(&run);
	acts_release(&run.acts);
	town_free(run.town);
	(void)printf("%s\n", ok ? "every act is in effect exactly once" : "FAILED");
	return ok ? 0 : 1;
}
