/* SPDX-License-Identifier: EUPL-1.2 */
/* A whole exchange in a temporary folder: real keys, real daemons, the real command line. For tests and the bench. */
#ifndef KB_TESTS_TOWN_H
#define KB_TESTS_TOWN_H

#include <jansson.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Everything here either succeeds or ends the test: town_fail() says what went wrong, shows the ends of the daemons' logs, kills
 * what was started and aborts. Nothing sleeps: waiting is for a condition, with a deadline. Several towns at once do not meet:
 * each has its own folder and its own loopback address. A daemon dies with the process that started it.
 */

/* Opaque types. */
struct town;

#define TOWN_PARTIES_MAX 48
/* Until a daemon must be ready, a condition must hold, a command must have answered. */
#define TOWN_DEADLINE_MS 30000

/* Who takes part. Borrowed for the life of the town; NULL: not given. */
struct town_spec {
	const char *name; /* folder in the town, and how the test calls it */
	const char *kind; /* as in pki request --kind; the program is ketenbode-<kind> */
	const char *party;
	const char *label;
	const char *swv;
	const char *vestiging;
	const char *gemeente;
	const char *desk;
};

/* The parties of both data sets: a broker, a school, a vo school, a swv, a jeugdhulp party and eight gemeenten. */
extern const struct town_spec town_broker;
extern const struct town_spec town_school;
extern const struct town_spec town_vo;
extern const struct town_spec town_swv;
extern const struct town_spec town_jeugdhulp;
extern const struct town_spec town_gemeenten[8];
/* The gemeente of a gemeentecode. */
const struct town_spec *town_gemeente_of(const char *code);

struct town_party {
	struct town *town;
	const struct town_spec *spec;
	char folder[PATH_MAX]; /* keys/ data/ data-keys/ witness conf log spool/ */
	char keys[PATH_MAX];
	char data[PATH_MAX];
	char data_keys[PATH_MAX];
	char witness[PATH_MAX];
	char socket[PATH_MAX];
	char spool[PATH_MAX];
	char log[PATH_MAX]; /* stderr of all its runs, one after another */
	char conf[PATH_MAX];
	bool plain;	       /* default times and log level, as in the field */
	const char *reglement; /* of [party]; set it before the start */
	const char *settings;  /* lines put behind the configuration; set it before the start */
	const char *letters;   /* folder with the templates of letters; NULL: that of the tree */
	const char *
		profile; /* id of the region profile of the tree, or a folder (with a /); NULL: demo */
	const char *arguments[8];   /* of the daemon, behind --config; ended by NULL */
	const char *environment[8]; /* NAME=value, ended by NULL */
	const char *wrapper
		[12]; /* program and arguments that start the daemon (strace ...); ended by NULL */
	pid_t pid;    /* 0: not running */
	bool admitted;
	int notify_fd;
};

/* The folder, the registrar, its register. */
struct town *town_new(void);
/* Stops what runs (exit code 0 and no sanitizer report, else town_fail), removes the folder unless KB_KEEP is set. */
void town_free(struct town *town);
/* Keys, register and certificates of whoever is added or admitted from now on hold for so many days: for tests that move the clock. */
void town_valid_days(struct town *town, unsigned days);
const char *town_folder(const struct town *town);
const char *town_address(const struct town *town); /* of the broker */

/* Makes keys and request. */
struct town_party *town_add(struct town *town, const struct town_spec *spec);
struct town_party *town_find(struct town *town, const char *name);
/* The same, or NULL. */
struct town_party *town_find_if(struct town *town, const char *name);
/* pki admit of everybody who asked and is not in yet, pki join by each of them. A running broker is told to read the register. */
void town_admit(struct town *town);

/* Starts and waits for READY=1. A user "tester" with every right is added at the first start of an agent. */
void town_start(struct town_party *party);
/* Starts without waiting: for daemons that are expected to refuse. */
void town_launch(struct town_party *party);
void town_wait_ready(struct town_party *party);
/* For a daemon that may refuse: true when it is ready (pid is not 0) or gone (pid is 0, *exit_code is set); waits 20 ms at most. */
bool town_ready_or_gone(struct town_party *party, int *exit_code);
/* Waits until it is gone; its exit code, or -signal. */
int town_wait_exit(struct town_party *party, int64_t deadline_ms);
/* SIGTERM, and it must be gone with 0 within 5 s (reliability.md 1.10). */
void town_stop(struct town_party *party);
void town_kill(struct town_party *party); /* SIGKILL, reaped */
void town_signal(struct town_party *party, int signal_number);
bool town_running(struct town_party *party);

/* What a program said. */
struct town_said {
	int exit_code; /* -signal when it was killed */
	char *out;
	size_t out_bytes;
	char *err;
	json_t *json; /* of out, when it is one */
};

void town_said_clear(struct town_said *said);

/* Runs a program to its end; argv ends with NULL. */
struct town_said town_run(struct town *town, const char *const *argv);
/* ketenbode --json --socket ... --user tester WORDS; words end with NULL. The variadic form takes them as arguments. */
struct town_said town_ask_words(struct town_party *party, const char *user,
				const char *const *words);
#define town_ask(party, ...)                                                                       \
	town_ask_words(party, "tester", (const char *const[]){ __VA_ARGS__, NULL })
/* The same, and the exit code must be 0. The caller clears it. */
struct town_said town_must_words(struct town_party *party, const char *const *words);
#define town_must(party, ...) town_must_words(party, (const char *const[]){ __VA_ARGS__, NULL })

/*
 * The same question without the command line: straight over the agent's socket, for many questions and for verbs that only
 * programs use. Pairs are name, value, name, value, NULL. exit_code -1: the agent went away before it had answered.
 */
struct town_said town_desk_pairs(struct town_party *party, const char *user, const char *verb,
				 const char *const *pairs);
#define town_desk(party, ...) town_desk_words(party, (const char *const[]){ __VA_ARGS__, NULL })
/* The verb, then the pairs, NULL; as user "tester". */
struct town_said town_desk_words(struct town_party *party, const char *const *verb_and_pairs);

/* Data of an answer: rows of a section, and a cell of a row ("" when there is none). */
const json_t *town_section(const struct town_said *said, const char *section);
size_t town_rows(const struct town_said *said, const char *section);
const char *town_cell(const struct town_said *said, const char *section, size_t row,
		      const char *column);
/* Value of a field in a section "veld|waarde". */
const char *town_field(const struct town_said *said, const char *section, const char *field);
/* First row whose column is value; -1 when none is. */
int town_row_of(const struct town_said *said, const char *section, const char *column,
		const char *value);

/* Waits until done(state) says so; otherwise town_fail with what. */
void town_until(struct town *town, const char *what, int64_t deadline_ms, bool (*done)(void *state),
		void *state);
/* Nothing under way at this agent any more: its outbox is empty. */
bool town_quiet(struct town_party *party);
void town_wait_quiet(struct town_party *party, int64_t deadline_ms);

/* Files. */
void town_copy(struct town *town, const char *from,
	       const char *to); /* whole folders too; to must not exist */
void town_remove(struct town *town, const char *path);
bool town_exists(const char *path);
void town_write(struct town *town, const char *path, const char *text, size_t bytes);
/* The whole file, ended by 0; the caller frees it. */
char *town_read(struct town *town, const char *path, size_t *bytes);
/* A backup as an administrator makes it: data and data keys, with the agent stopped for a moment when it runs. */
void town_backup(struct town_party *party, const char *name);
void town_restore(struct town_party *party, const char *name);
/* Joins its parts with '/'; the text lives until the 1,024th next call. */
const char *town_path(const char *folder, const char *name);

/* A data set: a copy of from under the town, to be changed. Returns its path. */
const char *town_dataset(struct town *town, const char *from, const char *name);
/* Folder of the project's own data set, and those beside the checkout (NULL when they are not there). */
const char *town_own_dataset(void);
const char *town_shared_dataset(const char *name);

/* Looks for texts where they must never be: returns how often, and names the place on stderr. */
size_t town_search_folder(struct town *town, const char *folder, const char *const *texts,
			  size_t count);
size_t town_search_memory(struct town_party *party, const char *const *texts, size_t count);
size_t town_search_environment(struct town_party *party, const char *const *texts, size_t count);

/* RssAnon of a running daemon. */
uint64_t town_rss_anon_kib(const struct town_party *party);
int64_t town_mono_ms(void);

_Noreturn __attribute__((format(printf, 2, 3))) void town_fail(struct town *town,
							       const char *format, ...);

#endif
