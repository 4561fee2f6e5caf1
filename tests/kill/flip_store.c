/* SPDX-License-Identifier: EUPL-1.2 */
/* Random single-bit flips in the data file of a real agent: it may refuse, it may say what is wrong, it may never tell wrong things. */
#include "tests/support/town.h"

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define QUESTIONS_MAX 64
/* Every fourth flip hits the file while the agent runs. */
#define WHILE_RUNNING 4

enum outcome {
	OUTCOME_HARMLESS,  /* all answers right, verify content, writes go on */
	OUTCOME_READ_ONLY, /* damage was found: named, no more writes, no wrong answer */
	OUTCOME_REFUSED,   /* does not start, names the file */
	OUTCOME_ENDED, /* damaged while it ran: it ended by itself or by the kernel, having told nothing wrong */
	OUTCOME_WRONG,
	OUTCOME_COUNT,
};

static const char *const outcome_names[OUTCOME_COUNT] = { "harmless", "read-only", "refused",
							  "ended", "wrong" };

struct flips {
	struct town *town;
	struct town_party *agent;
	uint64_t random;
	off_t bits;
	const char *file;
	/* What is asked, and what a sound store answers. */
	char zaken[QUESTIONS_MAX][24];
	char *answers[QUESTIONS_MAX];
	size_t question_count;
	char *export_answer;
	unsigned users;
};

static uint64_t
draw(struct flips *flips)
{
	flips->random = flips->random * 6364136223846793005u + 1442695040888963407u;
	return flips->random >> 11;
}

/* Without the answers that go with an access record or the time. */
static char *
answer_of(struct town_said *said)
{
	char *text = said->json != NULL ? json_dumps(said->json, JSON_SORT_KEYS | JSON_COMPACT)
					: strdup("");

	town_said_clear(said);
	return text;
}

static bool
is_quiet(void *state)
{
	struct town_said said = town_desk(state, "verzuim list");
	bool done = said.exit_code == 0;

	for (size_t i = 0; i < town_rows(&said, "meldingen"); i++) {
		done = done &&
		       strncmp(town_cell(&said, "meldingen", i, "let op"), "het register", 12) != 0;
	}
	town_said_clear(&said);
	return done && town_quiet(state);
}

/* A gemeente with the dossiers of the project's own data set. */
static void
make_store(struct flips *flips)
{
	struct town_party *school = NULL;
	struct town_said said;

	flips->town = town_new();
	(void)town_add(flips->town, &town_broker);
	school = town_add(flips->town, &town_school);
	flips->agent = town_add(flips->town, town_gemeente_of("0114"));
	town_admit(flips->town);
	town_start(town_find(flips->town, "broker"));
	town_start(school);
	town_start(flips->agent);
	said = town_must(school, "verzuim", "import", town_own_dataset());
	town_said_clear(&said);
	town_until(flips->town, "all meldingen have arrived", TOWN_DEADLINE_MS, is_quiet, school);
	said = town_must(flips->agent, "inbox");
	for (size_t i = 0;
	     i < town_rows(&said, "dossiers") && flips->question_count < QUESTIONS_MAX; i++) {
		(void)snprintf(flips->zaken[flips->question_count++], sizeof(flips->zaken[0]), "%s",
			       town_cell(&said, "dossiers", i, "zaak"));
	}
	town_said_clear(&said);
	town_stop(school);
	town_stop(town_find(flips->town, "broker"));
}

static void
ask_sound_store(struct flips *flips)
{
	struct town_said said;
	struct stat info;

	for (size_t i = 0; i < flips->question_count; i++) {
		said = town_desk(flips->agent, "case show", "zaak", flips->zaken[i]);
		flips->answers[i] = answer_of(&said);
	}
	said = town_desk(flips->agent, "verzuim export");
	flips->export_answer = answer_of(&said);
	if (flips->question_count == 0 || strstr(flips->export_answer, "16-uur") == NULL) {
		town_fail(flips->town, "the store of the proof is empty");
	}
	town_stop(flips->agent);
	town_backup(flips->agent, "sound");
	flips->file = strdup(town_path(flips->agent->data, "agent.mdb"));
	if (stat(flips->file, &info) != 0) {
		town_fail(flips->town, "%s is not there", flips->file);
	}
	flips->bits = info.st_size * 8;
}

static off_t
flip(struct flips *flips)
{
	off_t bit = (off_t)(draw(flips) % (uint64_t)flips->bits);
	int fd = open(flips->file, O_RDWR | O_CLOEXEC);
	uint8_t byte = 0;

	if (fd < 0 || pread(fd, &byte, 1, bit / 8) != 1) {
		town_fail(flips->town, "%s cannot be read", flips->file);
	}
	byte ^= (uint8_t)(1u << (bit % 8));
	if (pwrite(fd, &byte, 1, bit / 8) != 1) {
		town_fail(flips->town, "%s cannot be written", flips->file);
	}
	(void)close(fd);
	return bit;
}

/* Whether the last lines of the log name the file or the record. */
static bool
log_names_it(struct flips *flips)
{
	size_t bytes = 0;
	char *text = town_read(flips->town, flips->agent->log, &bytes);
	bool named = strstr(text, flips->agent->data) != NULL || strstr(text, "agent.mdb") != NULL;

	free(text);
	return named;
}

/* What a person got to see: right, refused, or wrong. */
struct seen {
	unsigned right;
	unsigned refused;
	unsigned wrong;
	bool gone;
};

static void
compare(struct seen *seen, struct town_said *said, const char *want)
{
	int exit_code = said->exit_code;
	char *got = answer_of(said);

	if (exit_code == 0) {
		bool same = strcmp(got, want) == 0;

		seen->right += same;
		seen->wrong += !same;
		if (!same) {
			(void)fprintf(stderr, "wrong answer:\n%s\ninstead of\n%s\n", got, want);
		}
	} else {
		seen->refused++;
		seen->gone = seen->gone || exit_code < 0;
	}
	free(got);
}

static struct seen
ask_all(struct flips *flips)
{
	struct seen seen = { 0 };
	struct town_said said = town_desk(flips->agent, "verzuim export");

	compare(&seen, &said, flips->export_answer);
	for (size_t i = 0; i < flips->question_count && !seen.gone; i++) {
		said = town_desk(flips->agent, "case show", "zaak", flips->zaken[i]);
		compare(&seen, &said, flips->answers[i]);
	}
	return seen;
}

static int
write_something(struct flips *flips)
{
	char name[32];
	struct town_said said;
	int exit_code = 0;

	(void)snprintf(name, sizeof(name), "proef %u", flips->users++);
	said = town_desk(flips->agent, "user add", "naam", name, "functie", "proef");
	exit_code = said.exit_code;
	town_said_clear(&said);
	return exit_code;
}

/* doctor must be red and say why; verify, when it found it, must name a record or the file. */
static bool
says_why(struct flips *flips)
{
	struct town_said said =
		town_desk_pairs(flips->agent, NULL, "doctor", (const char *const[]){ NULL });
	bool red = strstr(said.out, "store-damaged") != NULL ||
		   strstr(said.out, "keys-damaged") != NULL;

	if (!red) {
		(void)fprintf(stderr, "the doctor sees nothing: %s\n", said.out);
	}
	town_said_clear(&said);
	return red;
}

static enum outcome
judge_running(struct flips *flips)
{
	struct seen seen = ask_all(flips);
	/* As the timer asks it, without a user: the row of a user may be what is damaged. */
	struct town_said verify =
		town_desk_pairs(flips->agent, NULL, "log verify", (const char *const[]){ NULL });
	bool verified = verify.exit_code == 0;
	bool named = strstr(verify.out, "agent.mdb") != NULL ||
		     strstr(verify.out, "record") != NULL || strstr(verify.out, "regel") != NULL ||
		     strstr(verify.out, flips->agent->data) != NULL;
	bool gone = seen.gone || verify.exit_code < 0;
	int written = 0;

	if (seen.wrong > 0) {
		town_said_clear(&verify);
		return OUTCOME_WRONG;
	}
	if (gone) {
		town_said_clear(&verify);
		return OUTCOME_ENDED;
	}
	if (!verified && !named) {
		(void)fprintf(stderr, "verify names nothing: %s\n", verify.out);
	}
	town_said_clear(&verify);
	written = write_something(flips);
	if (written < 0) {
		return OUTCOME_ENDED;
	}
	if (verified && seen.refused == 0) {
		/* Found at the start although no answer needs the place: also good. */
		return written == 0	 ? OUTCOME_HARMLESS
		       : says_why(flips) ? OUTCOME_READ_ONLY
					 : OUTCOME_WRONG;
	}
	if (written == 0) {
		(void)fprintf(stderr, "damage was found (%s), and a write was still taken\n",
			      verified ? "by an answer" : "by verify");
		return OUTCOME_WRONG;
	}
	return (verified || named) && says_why(flips) ? OUTCOME_READ_ONLY : OUTCOME_WRONG;
}

static bool
start(struct flips *flips, enum outcome *out)
{
	int64_t deadline_ms = town_mono_ms() + TOWN_DEADLINE_MS;

	(void)unlink(flips->agent->log);
	town_launch(flips->agent);
	while (town_mono_ms() < deadline_ms) {
		int exit_code = 0;

		if (town_ready_or_gone(flips->agent, &exit_code)) {
			if (flips->agent->pid != 0) {
				return true;
			}
			*out = exit_code > 0 && log_names_it(flips) ? OUTCOME_REFUSED
								    : OUTCOME_WRONG;
			if (*out == OUTCOME_WRONG) {
				(void)fprintf(
					stderr,
					"ended at its start with %d without naming the file\n",
					exit_code);
			}
			return false;
		}
	}
	town_fail(flips->town, "neither ready nor gone");
}

static enum outcome
one_flip(struct flips *flips, bool while_running, off_t *bit)
{
	enum outcome outcome = OUTCOME_WRONG;

	town_restore(flips->agent, "sound");
	(void)unlink(flips->agent->witness);
	if (!while_running) {
		*bit = flip(flips);
	}
	if (!start(flips, &outcome)) {
		return outcome;
	}
	if (while_running) {
		*bit = flip(flips);
	}
	outcome = judge_running(flips);
	if (outcome == OUTCOME_ENDED && !while_running) {
		(void)fprintf(stderr, "it ended by itself after a start on a damaged file\n");
		outcome = OUTCOME_WRONG;
	}
	town_kill(flips->agent);
	return outcome;
}

int
main(int argc, char **argv)
{
	struct flips flips = { 0 };
	unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 10) : 200;
	unsigned counts[OUTCOME_COUNT] = { 0 };

	flips.random = argc > 2 ? strtoul(argv[2], NULL, 10) : (unsigned long)time(NULL);
	if (count == 0) {
		(void)fprintf(stderr, "usage: flip_store COUNT [SEED]\n");
		return 64;
	}
	(void)printf("seed %" PRIu64 "\n", flips.random);
	make_store(&flips);
	ask_sound_store(&flips);
	for (unsigned long i = 0; i < count; i++) {
		off_t bit = 0;
		enum outcome outcome =
			one_flip(&flips, i % WHILE_RUNNING == WHILE_RUNNING - 1, &bit);

		counts[outcome]++;
		if (outcome == OUTCOME_WRONG) {
			(void)fprintf(stderr,
				      "flip %lu: bit %lld (page %lld) gave wrong data or no word\n",
				      i, (long long)bit, (long long)bit / 8 / 4096);
		}
	}
	(void)printf("%lu flips:", count);
	for (size_t i = 0; i < OUTCOME_COUNT; i++) {
		(void)printf(" %u %s%s", counts[i], outcome_names[i],
			     i + 1 < OUTCOME_COUNT ? "," : "\n");
	}
	for (size_t i = 0; i < flips.question_count; i++) {
		free(flips.answers[i]);
	}
	free(flips.export_answer);
	free((char *)(uintptr_t)flips.file);
	town_free(flips.town);
	return counts[OUTCOME_WRONG] == 0 ? 0 : 1;
}
