/* SPDX-License-Identifier: EUPL-1.2 */
/* Programs that run to their end, what they said, and how to look things up in it. */
#include "tests/support/town_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A command may import a year under a sanitizer. */
#define RUN_DEADLINE_MS 300000

struct gathered {
	char *at;
	size_t len;
	size_t cap;
};

static bool
gather(struct town *town, int fd, struct gathered *out)
{
	ssize_t got = 0;

	if (out->cap - out->len < 4096) {
		out->cap = out->cap * 2 + 8192;
		out->at = realloc(out->at, out->cap);
		if (out->at == NULL) {
			town_fail(town, "no memory");
		}
	}
	got = read(fd, out->at + out->len, out->cap - out->len - 1);
	if (got > 0) {
		out->len += (size_t)got;
	}
	out->at[out->len] = 0;
	return got > 0 || (got < 0 && (errno == EINTR || errno == EAGAIN));
}

/* Reads both until both are closed. */
static void
gather_both(struct town *town, pid_t child, const int fds[2], struct gathered *out)
{
	int64_t until_ms = town_mono_ms() + RUN_DEADLINE_MS;
	bool open[2] = { true, true };

	while (open[0] || open[1]) {
		struct pollfd wait[2] = { { .fd = open[0] ? fds[0] : -1, .events = POLLIN },
					  { .fd = open[1] ? fds[1] : -1, .events = POLLIN } };

		(void)poll(wait, 2, 100);
		for (size_t i = 0; i < 2; i++) {
			if (open[i] && wait[i].revents != 0) {
				open[i] = gather(town, fds[i], &out[i]);
			}
		}
		if (town_mono_ms() > until_ms) {
			(void)kill(child, 9);
			town_fail(town, "a command did not end within %d ms", RUN_DEADLINE_MS);
		}
	}
}

struct town_said
town_run(struct town *town, const char *const *argv)
{
	struct town_said said = { 0 };
	struct gathered got[2] = { { 0 }, { 0 } };
	int out[2];
	int err[2];
	int status = 0;
	pid_t child = 0;

	if (pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0) {
		town_fail(town, "pipe: %s", strerror(errno));
	}
	child = fork();
	if (child == 0) {
		town_child(town, argv, NULL, out[1], err[1]);
	}
	(void)close(out[1]);
	(void)close(err[1]);
	gather_both(town, child, (int[2]){ out[0], err[0] }, got);
	(void)close(out[0]);
	(void)close(err[0]);
	if (waitpid(child, &status, 0) != child) {
		town_fail(town, "%s: no exit code", argv[0]);
	}
	said.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
	said.out = got[0].at;
	said.out_bytes = got[0].len;
	said.err = got[1].at;
	if (got[0].len > 0 && got[0].at[0] == '{') {
		said.json = json_loadb(got[0].at, got[0].len, 0, NULL);
	}
	if (strstr(said.err, "Sanitizer") != NULL || strstr(said.err, "runtime error:") != NULL) {
		town_fail(town, "a sanitizer reported on %s %s:\n%s", argv[0], argv[1], said.err);
	}
	return said;
}

void
town_said_clear(struct town_said *said)
{
	free(said->out);
	free(said->err);
	json_decref(said->json);
	*said = (struct town_said){ 0 };
}

struct town_said
town_ask_words(struct town_party *party, const char *user, const char *const *words)
{
	const char *argv[48] = { KB_BINARY_DIR "/agents/cli/ketenbode", "--json", "--socket",
				 party->socket };
	size_t count = 4;

	if (user != NULL) {
		argv[count++] = "--user";
		argv[count++] = user;
	}
	for (size_t i = 0; words[i] != NULL && count < 47; i++) {
		argv[count++] = words[i];
	}
	return town_run(party->town, argv);
}

struct town_said
town_must_words(struct town_party *party, const char *const *words)
{
	struct town_said said = town_ask_words(party, "tester", words);

	if (said.exit_code != 0) {
		town_fail(party->town, "%s at %s: exit %d\n%s%s", words[0], party->spec->name,
			  said.exit_code, said.out, said.err);
	}
	return said;
}

const json_t *
town_section(const struct town_said *said, const char *section)
{
	return json_object_get(said->json, section);
}

size_t
town_rows(const struct town_said *said, const char *section)
{
	return json_array_size(town_section(said, section));
}

static const char *
text_of(const json_t *row, const char *column)
{
	const char *text = json_string_value(json_object_get(row, column));

	return text != NULL ? text : "";
}

const char *
town_cell(const struct town_said *said, const char *section, size_t row, const char *column)
{
	return text_of(json_array_get(town_section(said, section), row), column);
}

int
town_row_of(const struct town_said *said, const char *section, const char *column,
	    const char *value)
{
	for (size_t i = 0; i < town_rows(said, section); i++) {
		if (strcmp(town_cell(said, section, i, column), value) == 0) {
			return (int)i;
		}
	}
	return -1;
}

const char *
town_field(const struct town_said *said, const char *section, const char *field)
{
	int row = town_row_of(said, section, "veld", field);

	return row >= 0 ? town_cell(said, section, (size_t)row, "waarde") : "";
}

bool
town_quiet(struct town_party *party)
{
	struct town_said said = town_ask(party, "outbox");
	bool quiet = said.exit_code == 0 && town_section(&said, "uitbak") != NULL &&
		     town_rows(&said, "uitbak") == 0;

	town_said_clear(&said);
	return quiet;
}

static bool
is_quiet(void *state)
{
	return town_quiet(state);
}

void
town_wait_quiet(struct town_party *party, int64_t deadline_ms)
{
	town_until(party->town, "the outbox is empty", deadline_ms, is_quiet, party);
}
