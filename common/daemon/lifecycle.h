/* SPDX-License-Identifier: EUPL-1.2 */
/* Start and stop of a daemon: the same order in every program, stop in reverse, one exit code. */
#ifndef KB_DAEMON_LIFECYCLE_H
#define KB_DAEMON_LIFECYCLE_H

#include "common/base/clock.h"
#include "common/daemon/config.h"

/* What a daemon's own functions get. Everything but state is owned by kb_daemon_run. */
struct kb_daemon {
	const struct kb_program *program;
	const struct kb_config *config;
	struct kb_clock clock; /* the system's, moved by --test-clock-offset in a test build */
	int signal_fd;	       /* readable when a signal came: kb_signals_read() */
	bool check_only;       /* --check: load and verify, write nothing, open no socket */
	void *state;	       /* the program's own struct */
};

/*
 * One step of the start, in the order keys, store, sockets (style: the list stands in the program's main.c). start leaves
 * nothing behind when it fails. stop may be NULL; it runs for every step whose start returned KB_OK, last one first.
 */
struct kb_stage {
	const char *name; /* for the log: "keys" */
	enum kb_err (*start)(struct kb_daemon *daemon, struct kb_error_text *where);
	void (*stop)(struct kb_daemon *daemon);
	bool in_check; /* also runs under --check */
};

struct kb_program {
	const char *name;	 /* "ketenbode-broker" */
	const char *summary;	 /* one line for --help */
	const char *config_path; /* without --config */
	const struct kb_config_table *config;
	size_t log_level_key; /* row of an ENUM with kb_log_level_choices; KB_NO_KEY for none */
	const struct kb_stage *steps;
	size_t step_count;
	/* Runs until a stop signal (KB_OK) or a fault. Calls kb_notify_watchdog() about every kb_notify_watchdog_ms() / 2. */
	enum kb_err (*loop)(struct kb_daemon *daemon, struct kb_error_text *where);
};

#define KB_NO_KEY ((size_t)-1)

/* error, warning, notice, info, debug, NULL: for the ENUM row of the log level. */
extern const char *const kb_log_level_choices[];

/*
 * The whole life of a daemon: options, log, config, (--check, --print-config, --config-reference, --help, --version end
 * here), signals, limits, the steps, READY=1, loop, STOPPING=1, stops in reverse. Returns the exit code for main().
 * What is wrong goes to the log and, before the log is ready, to stderr.
 */
int kb_daemon_run(const struct kb_program *program, void *state, int argc, char **argv);

/* The part of it that a test can drive: starts steps in order until one fails (which then is *failed; its predecessors are
 * stopped again in reverse) or all run. Under check_only only the rows with in_check. */
KB_MUST_CHECK enum kb_err kb_stages_start(const struct kb_stage *steps, size_t count,
					  struct kb_daemon *daemon, struct kb_error_text *where,
					  size_t *failed);
/* Stops all, last first. */
void kb_stages_stop(const struct kb_stage *steps, size_t count, struct kb_daemon *daemon);

#endif
