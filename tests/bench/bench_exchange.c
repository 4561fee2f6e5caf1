/* SPDX-License-Identifier: EUPL-1.2 */
/* Our own figures, with the real programs: throughput, a lone message, start and memory. */
#include "tests/bench/bench.h"
#include "tests/support/town.h"
#include "tests/support/town_year.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LONE_COUNT 200
#define LONE_CASES 10
#define STRACE_MESSAGES "5000"

static const char *const codes[] = { "0114" };
static const char *const names[] = { "broker", "school", "emmen", "swv", "jeugdhulp", "vo" };

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

static void
start_agent(struct town_party *party)
{
	town_start(party);
	town_until(party->town, "connected", 20000, is_connected, party);
}

static double
number_of(const struct town_said *said, const char *section, const char *column)
{
	return strtod(town_cell(said, section, 0, column), NULL);
}

static struct town_said
must_desk(struct town_party *party, const char *const *words)
{
	struct town_said said = town_desk_words(party, words);

	if (said.exit_code != 0) {
		town_fail(party->town, "%s at %s: exit %d\n%s", words[0], party->spec->name,
			  said.exit_code, said.out);
	}
	return said;
}

static double
fill(struct town_party *school, const char *count, const char *cases)
{
	const char *words[] = { "bench fill", "ontvanger", town_gemeenten[0].party,
				"aantal",     count,	   "bytes",
				"1024",	      "zaken",	   cases,
				NULL };
	struct town_said said = must_desk(school, words);
	double ms = number_of(&said, "meting", "milliseconden");
	double messages = number_of(&said, "meting", "berichten");

	town_said_clear(&said);
	return ms > 0 ? messages * 1000 / ms : 0;
}

static void
print_rss(struct town *town, const char *when)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct town_party *party = town_find(town, names[i]);
		char name[64];

		(void)snprintf(name, sizeof(name), "rss_anon_kib%s.ketenbode-%s", when,
			       party->spec->kind);
		if (town_running(party)) {
			bench_print(name, (double)town_rss_anon_kib(party));
		}
	}
}

/* Seconds of processor time that a daemon has used. */
static double
cpu_seconds(const struct town_party *party)
{
	char path[64];
	char text[1024];
	unsigned long user = 0;
	unsigned long system = 0;
	const char *at = NULL;
	FILE *file = NULL;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)party->pid);
	file = fopen(path, "r");
	if (file == NULL) {
		return 0;
	}
	text[fread(text, 1, sizeof(text) - 1, file)] = 0;
	(void)fclose(file);
	/* Behind the name, which may hold anything: proc(5), fields 14 and 15. */
	at = strrchr(text, ')');
	if (at == NULL || sscanf(at + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
				 &user, &system) != 2) {
		return 0;
	}
	return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

/* Throughput, and how much processor time each hop spends on a message: where the time goes. */
static void
measure_fill(struct town *town, const char *messages, const char *cases)
{
	double before[3];

	for (size_t i = 0; i < 3; i++) {
		before[i] = cpu_seconds(town_find(town, names[i]));
	}
	bench_print("end_to_end_per_s", fill(town_find(town, "school"), messages, cases));
	for (size_t i = 0; i < 3; i++) {
		struct town_party *party = town_find(town, names[i]);
		char name[64];

		(void)snprintf(name, sizeof(name), "cpu_us_a_message.ketenbode-%s",
			       party->spec->kind);
		bench_print(name, (cpu_seconds(party) - before[i]) * 1e6 / strtod(messages, NULL));
	}
}

static int
compare(const void *a, const void *b)
{
	double left = *(const double *)a;
	double right = *(const double *)b;

	return (left > right) - (left < right);
}

/* Machine-wide microseconds (CLOCK_MONOTONIC), so that two processes can be compared. */
static double
last_in_us(struct town_party *party, double *count)
{
	struct town_said said = must_desk(party, (const char *const[]){ "bench times", NULL });
	double us = number_of(&said, "tijden", "binnen_us");

	*count = number_of(&said, "tijden", "berichten_in");
	town_said_clear(&said);
	return us;
}

/* A step of the school in an existing case, until the commit at the gemeente is done. */
static double
lone_ms(struct town_party *school, struct town_party *gemeente, const char *zaak)
{
	double before = 0;
	double count = 0;
	double started = 0;
	double done = 0;
	int64_t deadline_ms = town_mono_ms() + TOWN_DEADLINE_MS;
	struct town_said said;

	(void)last_in_us(gemeente, &before);
	started = bench_seconds() * 1e6;
	said = must_desk(school,
			 (const char *const[]){ "case act", "zaak", zaak, "handeling", "stap",
						"tekst", "gebeld met de ouders", NULL });
	town_said_clear(&said);
	do {
		if (town_mono_ms() > deadline_ms) {
			town_fail(school->town, "a lone message did not arrive");
		}
		/* Long after the message has arrived: asking must not be part of what is measured. */
		(void)poll(NULL, 0, 25);
		done = last_in_us(gemeente, &count);
	} while (count <= before);
	return (done - started) / 1e3;
}

static void
measure_lone(struct town *town)
{
	struct town_party *school = town_find(town, "school");
	struct town_year year = { .prefix = "B",
				  .pupil_count = LONE_CASES,
				  .gemeentecodes = codes,
				  .gemeente_count = 1,
				  .first_monday = town_year_monday(3),
				  .melding_count = 1 };
	const char *set = town_path(town_folder(town), "set");
	char cases[LONE_CASES][24];
	double took[LONE_COUNT];
	struct town_said said;

	if (year.first_monday == INT32_MIN) {
		year.first_monday = town_year_monday(0);
	}
	town_year_write(town, set, &year);
	said = town_must(school, "verzuim", "import", set);
	town_said_clear(&said);
	town_wait_quiet(school, TOWN_DEADLINE_MS);
	said = town_must(school, "verzuim", "list");
	for (size_t i = 0; i < LONE_CASES; i++) {
		(void)snprintf(cases[i], sizeof(cases[i]), "%s",
			       town_cell(&said, "meldingen", i, "zaak"));
	}
	town_said_clear(&said);
	for (size_t i = 0; i < LONE_COUNT; i++) {
		took[i] = lone_ms(school, town_find(town, "emmen"), cases[i % LONE_CASES]);
	}
	qsort(took, LONE_COUNT, sizeof(took[0]), compare);
	bench_print("lone_ms", took[LONE_COUNT / 2]);
	bench_print("lone_p99_ms", took[LONE_COUNT * 99 / 100]);
}

/* From the fork to READY=1, with everything that lies in the store. */
static void
measure_ready(struct town_party *school)
{
	struct town_said said;
	double started = 0;
	int row = 0;

	town_stop(school);
	started = bench_seconds();
	town_launch(school);
	town_wait_ready(school);
	bench_print("ready_100k_s", bench_seconds() - started);
	town_until(school->town, "connected", 20000, is_connected, school);
	said = must_desk(school, (const char *const[]){ "status", NULL });
	row = town_row_of(&said, "status", "wat", "logboek regels");
	bench_print(
		"log_records",
		strtod(row >= 0 ? town_cell(&said, "status", (size_t)row, "waarde") : "0", NULL));
	town_said_clear(&said);
}

static void
measure_verify(struct town_party *school)
{
	double started = bench_seconds();
	struct town_said said = must_desk(school, (const char *const[]){ "log verify", NULL });

	bench_print("log_verify_s", bench_seconds() - started);
	bench_print("rss_anon_kib_after_verify.ketenbode-school",
		    (double)town_rss_anon_kib(school));
	town_said_clear(&said);
}

static struct town *
open_town(void)
{
	struct town *town = town_new();

	(void)town_add(town, &town_broker);
	(void)town_add(town, &town_school);
	(void)town_add(town, &town_gemeenten[0]);
	(void)town_add(town, &town_swv);
	(void)town_add(town, &town_jeugdhulp);
	(void)town_add(town, &town_vo);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		town_find(town, names[i])->plain = true;
	}
	town_admit(town);
	return town;
}

static void
run_whole(const char *messages, const char *cases)
{
	struct town *town = open_town();
	struct town_party *school = town_find(town, "school");

	town_start(town_find(town, "broker"));
	for (size_t i = 1; i < sizeof(names) / sizeof(names[0]); i++) {
		start_agent(town_find(town, names[i]));
	}
	print_rss(town, "");
	for (size_t i = 3; i < sizeof(names) / sizeof(names[0]); i++) {
		town_stop(town_find(town, names[i]));
	}
	measure_lone(town);
	/* The cases are made and used once before anything is measured. */
	(void)fill(school, cases, cases);
	measure_fill(town, messages, cases);
	print_rss(town, "_after");
	measure_verify(school);
	measure_ready(school);
	town_free(town);
}

/* fdatasync calls beside the commits that the agent itself counts. */
static void
run_strace(void)
{
	struct town *town = open_town();
	struct town_party *school = town_find(town, "school");
	const char *report = town_path(town_folder(town), "strace");
	size_t bytes = 0;
	char *text = NULL;
	struct town_said said;
	int row = 0;
	const char *wrapper[] = { "strace", "-D",   "-c",
				  "-f",	    "-e",   "trace=fdatasync,fsync,pwrite64,pwritev",
				  "-o",	    report, NULL };

	memcpy(school->wrapper, wrapper, sizeof(wrapper));
	town_start(town_find(town, "broker"));
	start_agent(town_find(town, "emmen"));
	start_agent(school);
	bench_print("strace_messages_per_s", fill(school, STRACE_MESSAGES, "100"));
	said = must_desk(school, (const char *const[]){ "status", NULL });
	row = town_row_of(&said, "status", "wat", "vastleggingen sinds start");
	bench_print(
		"strace_commits",
		strtod(row >= 0 ? town_cell(&said, "status", (size_t)row, "waarde") : "0", NULL));
	town_said_clear(&said);
	town_stop(school);
	text = town_read(town, report, &bytes);
	for (char *rest = text, *line = NULL; (line = strsep(&rest, "\n")) != NULL;) {
		unsigned long long calls = 0;
		char name[32] = "";

		if (sscanf(line, "%*f %*f %*u %llu %31s", &calls, name) == 2 &&
		    strcmp(name, "fdatasync") == 0) {
			bench_print("strace_fdatasync", (double)calls);
		}
		(void)fprintf(stderr, "%s\n", line);
	}
	free(text);
	town_free(town);
}

int
main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "strace") == 0) {
		run_strace();
	} else if (argc == 3) {
		run_whole(argv[1], argv[2]);
	} else {
		(void)fprintf(stderr, "usage: bench_exchange MESSAGES CASES | strace\n");
		return 64;
	}
	return 0;
}
