/* SPDX-License-Identifier: EUPL-1.2 */
/* Daemons of a town: configuration, start, readiness, signals, end. */
#include "tests/support/town_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* A daemon ends within 5 s of SIGTERM; under AddressSanitizer, which frees slowly and checks for leaks, in four times that. */
#ifdef __SANITIZE_ADDRESS__
#define STOP_MS 20000
#else
#define STOP_MS 5000
#endif

#define POLL_MS 3

/* Not the environment of the test: a daemon of ours takes nothing from it, and a look at it must show no more than this. */
void
town_child(struct town *town, const char *const *argv, const char *const *environment, int out_fd,
	   int err_fd)
{
	char temporary[PATH_MAX + 8];
	const char *asan = getenv("ASAN_OPTIONS");
	const char *ubsan = getenv("UBSAN_OPTIONS");

	/* A test that crashes must not leave daemons behind; the parent may have died before this line. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != town->owner) {
		_exit(126);
	}
	(void)snprintf(temporary, sizeof(temporary), "TMPDIR=%s", town->temporary);
	if (dup2(out_fd, STDOUT_FILENO) < 0 || dup2(err_fd, STDERR_FILENO) < 0 || chdir("/") != 0) {
		_exit(126);
	}
	(void)clearenv();
	(void)putenv(temporary);
	(void)setenv("PATH", "/usr/bin:/bin", 1);
	(void)setenv("TZ", "Europe/Amsterdam", 1);
	if (asan != NULL) {
		(void)setenv("ASAN_OPTIONS", asan, 1);
	}
	if (ubsan != NULL) {
		(void)setenv("UBSAN_OPTIONS", ubsan, 1);
	}
	for (size_t i = 0; environment != NULL && environment[i] != NULL; i++) {
		(void)putenv((char *)(uintptr_t)environment[i]);
	}
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

static void
program_of(const struct town_party *party, char out[PATH_MAX])
{
	bool is_broker = strcmp(party->spec->kind, "broker") == 0;

	(void)snprintf(out, PATH_MAX, "%s/%s%s/ketenbode-%s", KB_BINARY_DIR,
		       is_broker ? "" : "agents/", party->spec->kind, party->spec->kind);
}

static void
write_broker_config(const struct town_party *party, FILE *file)
{
	(void)fprintf(file,
		      "[party]\njoin = %s/join\nkeys = %s\nregister = %s/register.kb\n\n"
		      "[store]\ndata = %s\nwitness = %s\nreserve = 1\n\n[net]\nlisten = %s\n\n"
		      "[log]\nlevel = info\n",
		      party->keys, party->keys, party->town->registrar, party->data, party->witness,
		      party->town->address);
}

static void
write_agent_config(const struct town_party *party, FILE *file)
{
	bool is_school =
		strcmp(party->spec->kind, "school") == 0 || strcmp(party->spec->kind, "vo") == 0;
	const char *profile = party->profile != NULL ? party->profile : "demo";

	(void)fprintf(file,
		      "[party]\njoin = %s/join\nkeys = %s\n%s%s\n\n[store]\ndata = %s\ndata_keys = "
		      "%s\nwitness = %s\n\n"
		      "[desk]\nsocket = %s\nbrieven = %s\n\n[region]\nprofile = "
		      "%s%s\n\n",
		      party->keys, party->keys, party->reglement != NULL ? "reglement = " : "",
		      party->reglement != NULL ? party->reglement : "", party->data,
		      party->data_keys, party->witness, party->socket,
		      party->letters != NULL ? party->letters : KB_SOURCE_DIR "/deploy/brieven",
		      strchr(profile, '/') != NULL ? "" : KB_SOURCE_DIR "/deploy/profiles/",
		      profile);
	if (!party->plain) {
		/* Tests do not wait half a minute for a second try. */
		(void)fprintf(file, "[exchange]\nresend_first = 1000\nresend_most = "
				    "4000\n\n[log]\nlevel = info\n");
	}
	if (is_school) {
		(void)fprintf(file, "\n[verzuim]\nspool = %s\n", party->spool);
	}
}

static void
write_config(const struct town_party *party)
{
	FILE *file = fopen(party->conf, "w");

	if (file == NULL) {
		town_fail(party->town, "%s: %s", party->conf, strerror(errno));
	}
	if (strcmp(party->spec->kind, "broker") == 0) {
		write_broker_config(party, file);
	} else {
		write_agent_config(party, file);
	}
	if (party->settings != NULL) {
		(void)fprintf(file, "\n%s\n", party->settings);
	}
	if (fclose(file) != 0) {
		town_fail(party->town, "%s: %s", party->conf, strerror(errno));
	}
}

/* The socket on which the daemon says READY=1, as to a service manager. */
static void
open_notify(struct town_party *party, char out[PATH_MAX])
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	(void)snprintf(out, PATH_MAX, "%.4000s/notify", party->folder);
	if (strlen(out) >= sizeof(address.sun_path)) {
		town_fail(party->town, "TMPDIR is too long for unix sockets");
	}
	memcpy(address.sun_path, out, strlen(out) + 1);
	(void)unlink(out);
	if (party->notify_fd >= 0) {
		(void)close(party->notify_fd);
	}
	party->notify_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (party->notify_fd < 0 ||
	    bind(party->notify_fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
		town_fail(party->town, "%s: %s", out, strerror(errno));
	}
}

void
town_launch(struct town_party *party)
{
	char program[PATH_MAX];
	char config[PATH_MAX + 16];
	char notify_path[PATH_MAX];
	char notify[PATH_MAX + 16];
	const char *argv[32] = { NULL };
	const char *environment[10] = { notify };
	size_t count = 0;
	int log_fd = -1;

	if (party->pid != 0) {
		town_fail(party->town, "%s runs already", party->spec->name);
	}
	write_config(party);
	open_notify(party, notify_path);
	program_of(party, program);
	(void)snprintf(config, sizeof(config), "--config=%s", party->conf);
	(void)snprintf(notify, sizeof(notify), "NOTIFY_SOCKET=%s", notify_path);
	for (size_t i = 0; party->wrapper[i] != NULL; i++) {
		argv[count++] = party->wrapper[i];
	}
	argv[count++] = program;
	argv[count++] = config;
	for (size_t i = 0; party->arguments[i] != NULL; i++) {
		argv[count++] = party->arguments[i];
	}
	for (size_t i = 0; i < 8 && party->environment[i] != NULL; i++) {
		environment[i + 1] = party->environment[i];
	}
	log_fd = open(party->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (log_fd < 0) {
		town_fail(party->town, "%s: %s", party->log, strerror(errno));
	}
	party->pid = fork();
	if (party->pid == 0) {
		town_child(party->town, argv, environment, log_fd, log_fd);
	}
	(void)close(log_fd);
	if (party->pid < 0) {
		party->pid = 0;
		town_fail(party->town, "fork: %s", strerror(errno));
	}
}

/* The exit code when it is gone. */
static bool
reap(struct town_party *party, int *exit_code)
{
	int status = 0;
	pid_t got = party->pid != 0 ? waitpid(party->pid, &status, WNOHANG) : 0;

	if (got != party->pid || got == 0) {
		return false;
	}
	party->pid = 0;
	*exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
	return true;
}

bool
town_running(struct town_party *party)
{
	int exit_code = 0;

	return party->pid != 0 && !reap(party, &exit_code);
}

bool
town_ready_or_gone(struct town_party *party, int *exit_code)
{
	struct pollfd wait = { .fd = party->notify_fd, .events = POLLIN };
	char text[512];
	ssize_t got = 0;

	if (poll(&wait, 1, 20) <= 0) {
		return reap(party, exit_code);
	}
	got = recv(party->notify_fd, text, sizeof(text) - 1, MSG_DONTWAIT);
	text[got > 0 ? got : 0] = 0;
	if (strstr(text, "READY=1") == NULL) {
		return false;
	}
	/* Nobody listens from here on: a daemon whose messages to the manager are not read would wait for room. */
	(void)close(party->notify_fd);
	party->notify_fd = -1;
	return true;
}

void
town_wait_ready(struct town_party *party)
{
	int64_t deadline_ms = town_mono_ms() + TOWN_DEADLINE_MS;
	int exit_code = 0;

	while (!town_ready_or_gone(party, &exit_code)) {
		if (town_mono_ms() > deadline_ms) {
			town_fail(party->town, "%s is not ready after %d ms", party->spec->name,
				  TOWN_DEADLINE_MS);
		}
	}
	if (party->pid == 0) {
		town_fail(party->town, "%s ended at its start with %d", party->spec->name,
			  exit_code);
	}
}

/* Who runs the tests is a user of every agent; the first one is added by the account of the daemon itself. */
static void
add_user(struct town_party *party)
{
	struct town_said said =
		town_ask_words(party, NULL,
			       (const char *const[]){ "user", "add", "tester", "--functie", "proef",
						      "--tot", "2099-12-31", NULL });

	if (said.exit_code != 0) {
		town_fail(party->town, "user add at %s: exit %d\n%s%s", party->spec->name,
			  said.exit_code, said.out, said.err);
	}
	town_said_clear(&said);
}

void
town_start(struct town_party *party)
{
	bool is_first = strcmp(party->spec->kind, "broker") != 0 && !town_exists(party->data);

	town_launch(party);
	town_wait_ready(party);
	if (is_first) {
		add_user(party);
	}
}

int
town_wait_exit(struct town_party *party, int64_t deadline_ms)
{
	int64_t until_ms = town_mono_ms() + deadline_ms;
	int exit_code = 0;

	if (party->pid == 0) {
		town_fail(party->town, "%s does not run", party->spec->name);
	}
	while (!reap(party, &exit_code)) {
		if (town_mono_ms() > until_ms) {
			town_fail(party->town, "%s did not end within %lld ms", party->spec->name,
				  (long long)deadline_ms);
		}
		(void)poll(NULL, 0, POLL_MS);
	}
	return exit_code;
}

void
town_stop(struct town_party *party)
{
	int exit_code = 0;

	town_signal(party, SIGTERM);
	exit_code = town_wait_exit(party, STOP_MS);
	if (exit_code != 0) {
		town_fail(party->town, "%s ended with %d after SIGTERM", party->spec->name,
			  exit_code);
	}
}

void
town_kill(struct town_party *party)
{
	int status = 0;

	if (party->pid != 0) {
		(void)kill(party->pid, SIGKILL);
		(void)waitpid(party->pid, &status, 0);
		party->pid = 0;
	}
}

void
town_signal(struct town_party *party, int signal_number)
{
	if (party->pid == 0 || kill(party->pid, signal_number) != 0) {
		town_fail(party->town, "%s does not run", party->spec->name);
	}
}

void
town_kill_all(struct town *town)
{
	for (size_t i = 0; i < town->party_count; i++) {
		town_kill(&town->parties[i]);
	}
}

bool
town_log_is_dirty(struct town_party *party)
{
	static const char *const reports[] = { "AddressSanitizer", "LeakSanitizer",
					       "runtime error:" };
	size_t bytes = 0;
	char *text = town_exists(party->log) ? town_read(party->town, party->log, &bytes) : NULL;
	bool dirty = false;

	for (size_t i = 0; text != NULL && i < sizeof(reports) / sizeof(reports[0]); i++) {
		dirty = dirty || strstr(text, reports[i]) != NULL;
	}
	free(text);
	return dirty;
}

void
town_until(struct town *town, const char *what, int64_t deadline_ms, bool (*done)(void *state),
	   void *state)
{
	int64_t until_ms = town_mono_ms() + deadline_ms;

	while (!done(state)) {
		if (town_mono_ms() > until_ms) {
			town_fail(town, "not after %lld ms: %s", (long long)deadline_ms, what);
		}
		(void)poll(NULL, 0, POLL_MS);
	}
}

uint64_t
town_rss_anon_kib(const struct town_party *party)
{
	char path[64];
	char line[256];
	unsigned long long kib = 0;
	FILE *file = NULL;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)party->pid);
	file = fopen(path, "r");
	if (file == NULL) {
		town_fail(party->town, "%s does not run", party->spec->name);
	}
	while (fgets(line, sizeof(line), file) != NULL &&
	       sscanf(line, "RssAnon: %llu kB", &kib) != 1) {
	}
	(void)fclose(file);
	return kib;
}
