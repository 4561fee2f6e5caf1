/* SPDX-License-Identifier: EUPL-1.2 */
/* Start and stop of a daemon: order, exit codes, what it prints. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/buf.h"
#include "common/daemon/lifecycle.h"
#include "common/daemon/signals.h"

/* What happened, as one letter each: capitals start, small letters stop, '*' the loop. */
struct trace {
	char text[32];
	size_t len;
	char fails; /* the step with this letter fails */
	int64_t wall_utc_ms;
};

static void
mark(const struct kb_daemon *daemon, char letter)
{
	struct trace *trace = (struct trace *)daemon->state;

	trace->text[trace->len++] = letter;
}

static enum kb_err
start(struct kb_daemon *daemon, char letter, struct kb_error_text *where)
{
	const struct trace *trace = (const struct trace *)daemon->state;

	if (trace->fails == letter) {
		return kb_fail(where, KB_ERR_KEY_FILE, "step %c broke", letter);
	}
	mark(daemon, letter);
	return KB_OK;
}

static enum kb_err
start_a(struct kb_daemon *daemon, struct kb_error_text *where)
{
	return start(daemon, 'A', where);
}

static enum kb_err
start_b(struct kb_daemon *daemon, struct kb_error_text *where)
{
	return start(daemon, 'B', where);
}

static enum kb_err
start_c(struct kb_daemon *daemon, struct kb_error_text *where)
{
	return start(daemon, 'C', where);
}

static void
stop_a(struct kb_daemon *daemon)
{
	mark(daemon, 'a');
}

static void
stop_c(struct kb_daemon *daemon)
{
	mark(daemon, 'c');
}

static const struct kb_stage steps[] = {
	{ "keys", start_a, stop_a, true },
	{ "store", start_b, NULL, false },
	{ "sockets", start_c, stop_c, false },
};

static enum kb_err
loop(struct kb_daemon *daemon, struct kb_error_text *where)
{
	struct trace *trace = (struct trace *)daemon->state;
	struct pollfd fd = { .fd = daemon->signal_fd, .events = POLLIN };

	mark(daemon, '*');
	trace->wall_utc_ms = kb_clock_utc_ms(&daemon->clock);
	if (trace->fails == '*') {
		return kb_fail(where, KB_ERR_NO_SPACE, "disk of the test");
	}
	cr_assert_eq(kill(getpid(), SIGTERM), 0);
	cr_assert_eq(poll(&fd, 1, 10000), 1);
	cr_assert_eq(kb_signals_read(daemon->signal_fd), KB_SIGNAL_STOP);
	return KB_OK;
}

static const struct kb_config_key keys[] = {
	{ .section = "log",
	  .key = "level",
	  .type = KB_CONFIG_ENUM,
	  .choices = kb_log_level_choices,
	  .fallback = "info",
	  .help = "Least important lines." },
};

static const struct kb_config_table table = { "ketenbode-test", keys, 1 };

static const struct kb_program program = {
	.name = "ketenbode-test",
	.summary = "a daemon that does nothing",
	.config_path = "/nonexistent/ketenbode-test.conf",
	.config = &table,
	.log_level_key = 0,
	.steps = steps,
	.step_count = sizeof(steps) / sizeof(steps[0]),
	.loop = loop,
};

/* One run of the program with its outputs. */
struct run {
	struct trace trace;
	int exit_code;
	char out[8192];
	char err[8192];
};

static void
read_back(int fd, char *out, size_t size)
{
	ssize_t got = pread(fd, out, size - 1, 0);

	cr_assert_geq(got, 0);
	out[got] = '\0';
}

static int
temporary(void)
{
	char path[] = "/tmp/kb-life-XXXXXX";
	int fd = mkstemp(path);

	cr_assert_geq(fd, 0);
	cr_assert_eq(unlink(path), 0);
	return fd;
}

/* Every test has a process of its own, so what the daemon does to it stays in it. */
static void
run(struct run *run, const char *config, const char *const *words)
{
	char path[] = "/tmp/kb-life-conf-XXXXXX";
	char option[64];
	char copies[4][64];
	char *argv[6] = { copies[3] };
	int argc = 1;
	int saved_out = dup(STDOUT_FILENO);
	int saved_err = dup(STDERR_FILENO);
	int out = temporary();
	int err = temporary();
	int fd = mkstemp(path);

	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, config, strlen(config)), (ssize_t)strlen(config));
	cr_assert_eq(close(fd), 0);
	(void)snprintf(option, sizeof(option), "--config=%s", path);
	(void)snprintf(copies[3], sizeof(copies[3]), "ketenbode-test");
	argv[argc++] = option;
	for (size_t i = 0; words != NULL && words[i] != NULL; i++) {
		(void)snprintf(copies[i], sizeof(copies[i]), "%s", words[i]);
		argv[argc++] = copies[i];
	}
	argv[argc] = NULL;
	(void)fflush(NULL);
	cr_assert_geq(dup2(out, STDOUT_FILENO), 0);
	cr_assert_geq(dup2(err, STDERR_FILENO), 0);
	run->exit_code = kb_daemon_run(&program, &run->trace, argc, argv);
	(void)fflush(NULL);
	cr_assert_geq(dup2(saved_out, STDOUT_FILENO), 0);
	cr_assert_geq(dup2(saved_err, STDERR_FILENO), 0);
	read_back(out, run->out, sizeof(run->out));
	read_back(err, run->err, sizeof(run->err));
	(void)close(out);
	(void)close(err);
	(void)unlink(path);
}

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

Test(lifecycle, starts_in_order_and_stops_in_reverse)
{
	struct run life = { 0 };

	run(&life, "", NULL);
	cr_assert_eq(life.exit_code, 0, "%s", life.err);
	cr_assert_str_eq(life.trace.text, "ABC*ca");
	cr_assert_not_null(strstr(life.err, "daemon-ready program=ketenbode-test version="));
	cr_assert_not_null(strstr(life.err, "daemon-stopping program=ketenbode-test result=OK"));
}

Test(lifecycle, failing_step_stops_only_what_was_started)
{
	struct run life = { .trace.fails = 'C' };

	run(&life, "", NULL);
	cr_assert_eq(life.exit_code, 78);
	cr_assert_str_eq(life.trace.text, "ABa");
	cr_assert_not_null(
		strstr(life.err, "daemon-start-failed program=ketenbode-test step=sockets"));
	cr_assert_not_null(strstr(life.err, "error=KEY_FILE exit=78 reason=\"step C broke\""));
	cr_assert_null(strstr(life.err, "daemon-ready"));
}

Test(lifecycle, failing_first_step_stops_nothing)
{
	struct run life = { .trace.fails = 'A' };

	run(&life, "", NULL);
	cr_assert_eq(life.exit_code, 78);
	cr_assert_str_eq(life.trace.text, "");
}

Test(lifecycle, failing_loop_still_stops_in_reverse)
{
	struct run life = { .trace.fails = '*' };

	run(&life, "", NULL);
	cr_assert_eq(life.exit_code, kb_err_exit_code(KB_ERR_NO_SPACE));
	cr_assert_str_eq(life.trace.text, "ABC*ca");
}

Test(lifecycle, check_runs_only_the_steps_that_change_nothing)
{
	struct run life = { 0 };

	run(&life, "", WORDS("--check"));
	cr_assert_eq(life.exit_code, 0);
	cr_assert_str_eq(life.trace.text, "Aa");
	cr_assert_not_null(strstr(life.out, ": configuration OK\n"));
}

Test(lifecycle, check_with_a_failing_step_says_so)
{
	struct run life = { .trace.fails = 'A' };

	run(&life, "", WORDS("--check"));
	cr_assert_eq(life.exit_code, 78);
	cr_assert_null(strstr(life.out, "configuration OK"));
}

Test(lifecycle, wrong_configuration_ends_with_78_and_the_line)
{
	struct run life = { 0 };

	run(&life, "[log]\nlevel = loud\n", NULL);
	cr_assert_eq(life.exit_code, 78);
	cr_assert_str_eq(life.trace.text, "");
	cr_assert_not_null(strstr(life.err, ":2: [log] level = loud: must be error, warning"));
}

Test(lifecycle, log_level_of_the_configuration_holds)
{
	struct run life = { 0 };

	run(&life, "[log]\nlevel = error\n", NULL);
	cr_assert_eq(life.exit_code, 0);
	cr_assert_null(strstr(life.err, "daemon-ready"));
}

Test(lifecycle, print_config_shows_the_effective_values_and_starts_nothing)
{
	struct run life = { 0 };

	run(&life, "", WORDS("--print-config"));
	cr_assert_eq(life.exit_code, 0);
	cr_assert_str_eq(life.out, "[log]\nlevel = info\n");
	cr_assert_str_eq(life.trace.text, "");
}

Test(lifecycle, help_version_and_reference_need_no_valid_configuration)
{
	static const struct {
		const char *option;
		const char *part;
	} cases[] = {
		{ "--help", "--print-config" },
		{ "--version", "ketenbode-test " KB_VERSION "\n" },
		{ "--config-reference", "# level = info\n" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct run life = { 0 };

		run(&life, "broken", WORDS(cases[i].option));
		cr_assert_eq(life.exit_code, 0);
		cr_assert_not_null(strstr(life.out, cases[i].part), "%s", life.out);
		cr_assert_str_eq(life.trace.text, "");
	}
}

Test(lifecycle, unknown_option_and_operand_end_with_64)
{
	struct run first = { 0 };
	struct run second = { 0 };

	run(&first, "", WORDS("--nope"));
	cr_assert_eq(first.exit_code, 64);
	cr_assert_not_null(strstr(first.err, "option --nope is not known"));
	run(&second, "", WORDS("start"));
	cr_assert_eq(second.exit_code, 64);
	cr_assert_not_null(strstr(second.err, "takes only options"));
}

#ifdef KB_TEST_SWITCHES
Test(lifecycle, test_clock_moves_the_clock_of_the_daemon)
{
	struct run life = { 0 };
	struct kb_clock system = kb_clock_system();
	int64_t before = kb_clock_utc_ms(&system);

	run(&life, "", WORDS("--test-clock-offset=+100d"));
	cr_assert_eq(life.exit_code, 0);
	cr_assert_geq(life.trace.wall_utc_ms, before + INT64_C(8640000000));
	cr_assert_lt(life.trace.wall_utc_ms, before + INT64_C(8640000000) + 60000);
}
#endif

Test(lifecycle, process_can_write_no_core_and_makes_private_files)
{
	struct run life = { 0 };
	char path[] = "/tmp/kb-umask-XXXXXX/x";
	struct stat info;
	int fd = -1;

	path[strlen(path) - 2] = '\0';
	cr_assert_not_null(mkdtemp(path));
	path[strlen(path)] = '/';
	run(&life, "", NULL);
	fd = open(path, O_CREAT | O_WRONLY, 0666);
	cr_assert_geq(fd, 0);
	cr_assert_eq(fstat(fd, &info), 0);
	cr_assert_eq(info.st_mode & 0777, 0600);
	(void)close(fd);
	(void)unlink(path);
	path[strlen(path) - 2] = '\0';
	(void)rmdir(path);
}
