/* SPDX-License-Identifier: EUPL-1.2 */
/* The town itself: its folder, its registrar, its parties and how they are admitted. */
#include "tests/support/town_internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define REGISTRAR_OIN "00000099000000001000"
#define LOG_SHOWN 2000

const struct town_spec town_broker = { .name = "broker",
				       .kind = "broker",
				       .party = "00000099000000002000",
				       .label = "Broker van de proef" };
const struct town_spec town_school = { .name = "school",
				       .kind = "school",
				       .party = "00000099000000003000/12AB00",
				       .label = "Basisschool De Proef",
				       .swv = "PO2202",
				       .vestiging = "12AB00:bao:Basisschool De Proef",
				       .desk = "school" };
const struct town_spec town_vo = { .name = "vo",
				   .kind = "vo",
				   .party = "00000099000000004000/34CD00",
				   .label = "Proefcollege",
				   .swv = "VO3102",
				   .vestiging = "34CD00:vo:Proefcollege",
				   .desk = "school" };
const struct town_spec town_swv = { .name = "swv",
				    .kind = "swv",
				    .party = "00000099000000005000",
				    .label = "SWV De Proef",
				    .swv = "PO2202",
				    .desk = "swv" };
const struct town_spec town_jeugdhulp = { .name = "jeugdhulp",
					  .kind = "jeugdhulp",
					  .party = "00000099000000006000",
					  .label = "Jeugdhulp De Proef",
					  .desk = "jeugdhulp" };

#define GEMEENTE(n, code, word)                                                                    \
	{                                                                                          \
		.name = word, .kind = "gemeente", .party = "0000009900000000" n,                   \
		.label = "Gemeente " word, .gemeente = code,                                       \
		.desk = "leerplicht,jeugd,doorstroompunt"                                          \
	}

const struct town_spec town_gemeenten[8] = {
	GEMEENTE("7001", "0114", "emmen"),	  GEMEENTE("7002", "0889", "beesel"),
	GEMEENTE("7003", "0957", "roermond"),	  GEMEENTE("7004", "1640", "leudal"),
	GEMEENTE("7005", "1641", "maasgouw"),	  GEMEENTE("7006", "1669", "roerdalen"),
	GEMEENTE("7007", "1681", "borgerodoorn"), GEMEENTE("7008", "1711", "echtsusteren"),
};

static struct town *living;
static bool exit_hook_set;

int64_t
town_mono_ms(void)
{
	struct timespec now = { 0, 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

const struct town_spec *
town_gemeente_of(const char *code)
{
	for (size_t i = 0; i < sizeof(town_gemeenten) / sizeof(town_gemeenten[0]); i++) {
		if (strcmp(town_gemeenten[i].gemeente, code) == 0) {
			return &town_gemeenten[i];
		}
	}
	return NULL;
}

static void
show_log(const struct town_party *party)
{
	FILE *file = fopen(party->log, "r");
	char text[LOG_SHOWN + 1];
	size_t got = 0;

	if (file == NULL) {
		return;
	}
	if (fseek(file, -LOG_SHOWN, SEEK_END) != 0) {
		rewind(file);
	}
	got = fread(text, 1, LOG_SHOWN, file);
	text[got] = 0;
	(void)fclose(file);
	if (got > 0) {
		(void)fprintf(stderr, "--- log of %s (pid %d)\n%s\n", party->spec->name,
			      (int)party->pid, text);
	}
}

void
town_fail(struct town *town, const char *format, ...)
{
	va_list arguments;

	(void)fprintf(stderr, "town: ");
	va_start(arguments, format);
	(void)vfprintf(stderr, format, arguments);
	va_end(arguments);
	(void)fputc('\n', stderr);
	if (town != NULL) {
		for (size_t i = 0; i < town->party_count; i++) {
			show_log(&town->parties[i]);
		}
		town_kill_all(town);
		if (getenv("KB_KEEP") != NULL) {
			(void)fprintf(stderr, "town: kept %s\n", town->folder);
		} else {
			struct town *dead = town;
			const char *argv[] = { "/bin/rm", "-rf", dead->folder, NULL };
			pid_t child = fork();

			/* Not town_run(): that may be what failed. */
			if (child == 0) {
				execv(argv[0], (char *const *)(uintptr_t)argv);
				_exit(127);
			}
		}
	}
	abort();
}

static void
at_exit(void)
{
	for (struct town *town = living; town != NULL; town = town->next) {
		if (town->owner == getpid()) {
			town_kill_all(town);
		}
	}
}

/* An address of our own in 127/8: two processes that ask for a free port at the same time cannot take each other's. */
static void
find_address(struct town *town)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t len = sizeof(address);
	uint32_t pid = (uint32_t)getpid();
	char text[32];
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(text, sizeof(text), "127.%u.%u.%u", 10 + (pid >> 16 & 0x7f), pid >> 8 & 0xff,
		       (pid & 0xff) | 1u);
	if (fd < 0 || inet_pton(AF_INET, text, &address.sin_addr) != 1 ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &len) != 0) {
		town_fail(town, "no free port on %s: %s", text, strerror(errno));
	}
	(void)close(fd);
	(void)snprintf(town->address, sizeof(town->address), "tcp://%s:%u", text,
		       ntohs(address.sin_port));
}

static void
make_folder(struct town *town, const char *path)
{
	if (mkdir(path, 0700) != 0) {
		town_fail(town, "%s: %s", path, strerror(errno));
	}
}

static void
must_run(struct town *town, const char *const *argv)
{
	struct town_said said = town_run(town, argv);

	if (said.exit_code != 0) {
		town_fail(town, "%s %s %s: exit %d\n%s%s", argv[0], argv[1], argv[2],
			  said.exit_code, said.out, said.err);
	}
	town_said_clear(&said);
}

struct town *
town_new(void)
{
	const char *base = getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp";
	struct town *town = calloc(1, sizeof(*town));
	char folder[PATH_MAX];
	const char *init[] = { KB_BINARY_DIR "/agents/cli/ketenbode",
			       "pki",
			       "init",
			       "--dir",
			       NULL,
			       "--oin",
			       REGISTRAR_OIN,
			       "--name",
			       "Registerhouder van de proef",
			       NULL };

	if (town == NULL) {
		abort();
	}
	town->owner = getpid();
	(void)snprintf(folder, sizeof(folder), "%.3000s/kb-XXXXXX", base);
	if (mkdtemp(folder) == NULL) {
		town_fail(NULL, "%s: %s", folder, strerror(errno));
	}
	(void)snprintf(town->folder, sizeof(town->folder), "%s", folder);
	(void)snprintf(town->registrar, sizeof(town->registrar), "%.4000s/registrar", folder);
	(void)snprintf(town->joins, sizeof(town->joins), "%.4000s/joins", folder);
	(void)snprintf(town->temporary, sizeof(town->temporary), "%.4000s/tmp", folder);
	make_folder(town, town->joins);
	make_folder(town, town->temporary);
	find_address(town);
	town->next = living;
	living = town;
	if (!exit_hook_set) {
		exit_hook_set = true;
		(void)atexit(at_exit);
	}
	init[4] = town->registrar;
	must_run(town, init);
	return town;
}

void
town_free(struct town *town)
{
	struct town **at = &living;

	/* The broker last: agents say goodbye to it. */
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < town->party_count; i++) {
			struct town_party *party = &town->parties[i];

			if (party->pid != 0 && (party->spec != &town_broker) == (round == 0)) {
				town_stop(party);
			}
		}
	}
	for (size_t i = 0; i < town->party_count; i++) {
		if (town_log_is_dirty(&town->parties[i])) {
			town_fail(town, "a sanitizer reported on %s", town->parties[i].spec->name);
		}
	}
	while (*at != NULL && *at != town) {
		at = &(*at)->next;
	}
	if (*at == town) {
		*at = town->next;
	}
	if (getenv("KB_KEEP") != NULL) {
		(void)fprintf(stderr, "town: kept %s\n", town->folder);
	} else {
		town_remove(town, town->folder);
	}
	free(town);
}

void
town_valid_days(struct town *town, unsigned days)
{
	(void)snprintf(town->days, sizeof(town->days), "%u", days);
}

const char *
town_folder(const struct town *town)
{
	return town->folder;
}

const char *
town_address(const struct town *town)
{
	return town->address;
}

struct town_party *
town_find_if(struct town *town, const char *name)
{
	for (size_t i = 0; i < town->party_count; i++) {
		if (strcmp(town->parties[i].spec->name, name) == 0) {
			return &town->parties[i];
		}
	}
	return NULL;
}

struct town_party *
town_find(struct town *town, const char *name)
{
	struct town_party *found = town_find_if(town, name);

	if (found == NULL) {
		town_fail(town, "there is no %s in this town", name);
	}
	return found;
}

static void
request(struct town_party *party)
{
	const struct town_spec *spec = party->spec;

	const struct {
		const char *option;
		const char *value;
	} options[] = { { "--swv", spec->swv },
			{ "--vestiging", spec->vestiging },
			{ "--gemeente", spec->gemeente },
			{ "--desk", spec->desk },
			{ "--days", party->town->days[0] != 0 ? party->town->days : NULL } };

	const char *argv[32] = { KB_BINARY_DIR "/agents/cli/ketenbode",
				 "pki",
				 "request",
				 "--keys",
				 party->keys,
				 "--party",
				 spec->party,
				 "--kind",
				 spec->kind,
				 "--name",
				 spec->label,
				 "--out" };
	size_t count = 12;

	argv[count++] = town_path(party->folder, "request");
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (options[i].value != NULL) {
			argv[count++] = options[i].option;
			argv[count++] = options[i].value;
		}
	}
	must_run(party->town, argv);
}

struct town_party *
town_add(struct town *town, const struct town_spec *spec)
{
	struct town_party *party = &town->parties[town->party_count];
	char folder[PATH_MAX];

	const struct {
		char *to;
		const char *name;
	} paths[] = { { party->keys, "keys" },
		      { party->data, "data" },
		      { party->data_keys, "data-keys" },
		      { party->witness, "witness" },
		      { party->socket, "socket" },
		      { party->spool, "spool" },
		      { party->log, "log" },
		      { party->conf, "conf" } };

	if (town->party_count == TOWN_PARTIES_MAX) {
		town_fail(town, "too many parties");
	}
	party->town = town;
	party->spec = spec;
	party->notify_fd = -1;
	(void)snprintf(folder, sizeof(folder), "%s", town_path(town->folder, spec->name));
	(void)snprintf(party->folder, sizeof(party->folder), "%s", folder);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		(void)snprintf(paths[i].to, PATH_MAX, "%s", town_path(folder, paths[i].name));
	}
	town->party_count++;
	make_folder(town, party->folder);
	make_folder(town, party->spool);
	request(party);
	return party;
}

/* The file of a party among the joins: '/' became '-'. */
static void
join(struct town_party *party)
{
	char name[64];
	const char *argv[] = { KB_BINARY_DIR "/agents/cli/ketenbode",
			       "pki",
			       "join",
			       "--keys",
			       party->keys,
			       "--yes",
			       NULL,
			       NULL };

	(void)snprintf(name, sizeof(name), "%s.join", party->spec->party);
	if (strchr(name, '/') != NULL) {
		*strchr(name, '/') = '-';
	}
	argv[6] = town_path(party->town->joins, name);
	must_run(party->town, argv);
}

void
town_admit(struct town *town)
{
	const char *argv[TOWN_PARTIES_MAX + 16] = { KB_BINARY_DIR "/agents/cli/ketenbode",
						    "pki",
						    "admit",
						    "--dir",
						    town->registrar,
						    "--broker-address",
						    town->address,
						    "--out",
						    town->joins,
						    "--yes" };
	char requests[TOWN_PARTIES_MAX][PATH_MAX];
	size_t count = 10;
	struct town_party *broker = NULL;

	if (town->days[0] != 0) {
		argv[count++] = "--days";
		argv[count++] = town->days;
	}
	for (size_t i = 0; i < town->party_count; i++) {
		if (!town->parties[i].admitted) {
			(void)snprintf(requests[i], PATH_MAX, "%.4000s/request",
				       town->parties[i].folder);
			argv[count++] = requests[i];
		}
		if (town->parties[i].spec == &town_broker) {
			broker = &town->parties[i];
		}
	}
	must_run(town, argv);
	for (size_t i = 0; i < town->party_count; i++) {
		if (!town->parties[i].admitted) {
			town->parties[i].admitted = true;
			join(&town->parties[i]);
		}
	}
	if (broker != NULL && broker->pid != 0) {
		town_signal(broker, SIGHUP);
	}
}
