/* SPDX-License-Identifier: EUPL-1.2 */
/* Files of a town: copies, backups, data sets, and the search for what must not be there. */
#include "tests/support/town_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATHS_KEPT 1024
#define FOUND_SHOWN 10

const char *
town_path(const char *folder, const char *name)
{
	static _Thread_local char kept[PATHS_KEPT][PATH_MAX];
	static _Thread_local unsigned next;
	char *out = kept[next++ % PATHS_KEPT];

	(void)snprintf(out, PATH_MAX, "%.3900s/%.190s", folder, name);
	return out;
}

bool
town_exists(const char *path)
{
	struct stat info;

	return lstat(path, &info) == 0;
}

void
town_copy(struct town *town, const char *from, const char *to)
{
	const char *argv[] = { "/bin/cp", "-a", "--reflink=auto", from, to, NULL };
	struct town_said said;

	if (town_exists(to)) {
		town_fail(town, "%s is already there", to);
	}
	said = town_run(town, argv);
	if (said.exit_code != 0) {
		town_fail(town, "cp %s %s: %s", from, to, said.err);
	}
	town_said_clear(&said);
}

static int
remove_one(const char *path, const struct stat *info, int type, struct FTW *walk)
{
	(void)info;
	(void)type;
	(void)walk;
	return remove(path);
}

void
town_remove(struct town *town, const char *path)
{
	if (town_exists(path) && nftw(path, remove_one, 32, FTW_DEPTH | FTW_PHYS) != 0) {
		town_fail(town, "%s cannot be removed: %s", path, strerror(errno));
	}
}

void
town_write(struct town *town, const char *path, const char *text, size_t bytes)
{
	FILE *file = fopen(path, "w");

	if (file == NULL || fwrite(text, 1, bytes, file) != bytes || fclose(file) != 0) {
		town_fail(town, "%s: %s", path, strerror(errno));
	}
}

char *
town_read(struct town *town, const char *path, size_t *bytes)
{
	FILE *file = fopen(path, "r");
	struct stat info;
	char *text = NULL;

	if (file == NULL || fstat(fileno(file), &info) != 0) {
		town_fail(town, "%s: %s", path, strerror(errno));
	}
	text = malloc((size_t)info.st_size + 1);
	if (text == NULL) {
		town_fail(town, "no memory");
	}
	*bytes = fread(text, 1, (size_t)info.st_size, file);
	text[*bytes] = 0;
	(void)fclose(file);
	return text;
}

void
town_backup(struct town_party *party, const char *name)
{
	const char *to = town_path(party->folder, name);
	int status = 0;

	if (party->pid != 0) {
		town_signal(party, SIGSTOP);
		/* Stopped for good before the first byte is read. */
		if (waitpid(party->pid, &status, WUNTRACED) != party->pid || !WIFSTOPPED(status)) {
			party->pid = 0;
			town_fail(party->town, "%s did not stop", party->spec->name);
		}
	}
	town_remove(party->town, to);
	if (mkdir(to, 0700) != 0) {
		town_fail(party->town, "%s: %s", to, strerror(errno));
	}
	town_copy(party->town, party->data, town_path(to, "data"));
	town_copy(party->town, party->data_keys, town_path(to, "data-keys"));
	if (party->pid != 0) {
		town_signal(party, SIGCONT);
	}
}

void
town_restore(struct town_party *party, const char *name)
{
	const char *from = town_path(party->folder, name);

	if (party->pid != 0) {
		town_fail(party->town, "%s runs", party->spec->name);
	}
	town_remove(party->town, party->data);
	town_remove(party->town, party->data_keys);
	town_copy(party->town, town_path(from, "data"), party->data);
	town_copy(party->town, town_path(from, "data-keys"), party->data_keys);
}

const char *
town_dataset(struct town *town, const char *from, const char *name)
{
	const char *to = town_path(town->folder, name);

	town_copy(town, from, to);
	return to;
}

const char *
town_own_dataset(void)
{
	return KB_SOURCE_DIR "/tests/data/verzuim";
}

const char *
town_shared_dataset(const char *name)
{
	const char *path = town_path(KB_SOURCE_DIR "/../shared/verzuim", name);

	return town_exists(path) ? path : NULL;
}

static size_t
search_bytes(const char *where, const char *bytes, size_t len, const char *const *texts,
	     size_t count)
{
	size_t found = 0;

	for (size_t i = 0; i < count; i++) {
		const char *at = bytes;
		size_t rest = len;
		const char *hit = NULL;

		while ((hit = memmem(at, rest, texts[i], strlen(texts[i]))) != NULL) {
			if (found++ < FOUND_SHOWN) {
				(void)fprintf(stderr, "found text %zu at byte %zu of %s\n", i,
					      (size_t)(hit - bytes), where);
			}
			rest = len - (size_t)(hit + 1 - bytes);
			at = hit + 1;
		}
	}
	return found;
}

/* nftw has no argument for the caller. */
static struct {
	struct town *town;
	const char *const *texts;
	size_t count;
	size_t found;
} search;

static int
search_file(const char *path, const struct stat *info, int type, struct FTW *walk)
{
	size_t bytes = 0;
	char *text = NULL;

	(void)walk;
	/* Names of files too. */
	search.found += search_bytes("a file name", path, strlen(path), search.texts, search.count);
	if (type == FTW_F && S_ISREG(info->st_mode)) {
		text = town_read(search.town, path, &bytes);
		search.found += search_bytes(path, text, bytes, search.texts, search.count);
		free(text);
	}
	return 0;
}

size_t
town_search_folder(struct town *town, const char *folder, const char *const *texts, size_t count)
{
	search.town = town;
	search.texts = texts;
	search.count = count;
	search.found = 0;
	if (nftw(folder, search_file, 32, FTW_PHYS) != 0) {
		town_fail(town, "%s cannot be searched: %s", folder, strerror(errno));
	}
	return search.found;
}

static size_t
search_region(int memory, unsigned long long from, unsigned long long to, const char *line,
	      const char *const *texts, size_t count)
{
	size_t len = (size_t)(to - from);
	char *bytes = malloc(len);
	size_t done = 0;
	size_t found = 0;

	while (bytes != NULL && done < len) {
		ssize_t got = pread(memory, bytes + done, len - done, (off_t)(from + done));

		if (got <= 0) {
			break;
		}
		done += (size_t)got;
	}
	if (bytes != NULL) {
		found = search_bytes(line, bytes, done, texts, count);
	}
	free(bytes);
	return found;
}

size_t
town_search_memory(struct town_party *party, const char *const *texts, size_t count)
{
	char path[64];
	char line[PATH_MAX + 128];
	size_t found = 0;
	size_t regions = 0;
	FILE *maps = NULL;
	int memory = -1;

	(void)snprintf(path, sizeof(path), "/proc/%d/maps", (int)party->pid);
	maps = fopen(path, "r");
	(void)snprintf(path, sizeof(path), "/proc/%d/mem", (int)party->pid);
	memory = open(path, O_RDONLY | O_CLOEXEC);
	if (maps == NULL || memory < 0) {
		town_fail(party->town, "the memory of %s cannot be read: %s", party->spec->name,
			  strerror(errno));
	}
	while (fgets(line, sizeof(line), maps) != NULL) {
		unsigned long long from = 0;
		unsigned long long to = 0;
		char mode[8] = "";

		/* Shared mappings of the store are searched as files; code holds no data. */
		if (sscanf(line, "%llx-%llx %7s", &from, &to, mode) == 3 && mode[0] == 'r' &&
		    mode[1] == 'w' && to - from < (1ull << 31)) {
			found += search_region(memory, from, to, line, texts, count);
			regions++;
		}
	}
	(void)fclose(maps);
	(void)close(memory);
	if (regions == 0) {
		town_fail(party->town, "no memory of %s was read", party->spec->name);
	}
	return found;
}

size_t
town_search_environment(struct town_party *party, const char *const *texts, size_t count)
{
	char path[64];
	char bytes[65536];
	size_t len = 0;
	FILE *file = NULL;

	(void)snprintf(path, sizeof(path), "/proc/%d/environ", (int)party->pid);
	file = fopen(path, "r");
	if (file == NULL) {
		town_fail(party->town, "the environment of %s cannot be read", party->spec->name);
	}
	len = fread(bytes, 1, sizeof(bytes), file);
	(void)fclose(file);
	return search_bytes(path, bytes, len, texts, count);
}
