/* SPDX-License-Identifier: EUPL-1.2 */
/* Folders, damage and children for the tests of the store. */
#include "tests/unit/store/scratch.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

void
scratch_make(struct scratch *scratch)
{
	(void)snprintf(scratch->path, sizeof(scratch->path), "/tmp/kb-store-XXXXXX");
	cr_assert_not_null(mkdtemp(scratch->path));
}

static void
remove_tree(const char *path)
{
	DIR *folder = opendir(path);
	struct dirent *entry = NULL;
	char name[512];

	if (folder == NULL) {
		(void)unlink(path);
		return;
	}
	while ((entry = readdir(folder)) != NULL) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
			(void)snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
			remove_tree(name);
		}
	}
	(void)closedir(folder);
	(void)rmdir(path);
}

void
scratch_remove(struct scratch *scratch)
{
	remove_tree(scratch->path);
}

const char *
scratch_file(const struct scratch *scratch, const char *name)
{
	static char paths[4][SCRATCH_PATH_MAX + 64];
	static unsigned next;
	char *path = paths[next++ % 4];

	(void)snprintf(path, sizeof(paths[0]), "%s/%s", scratch->path, name);
	return path;
}

struct kb_env_config
scratch_config(const char *path)
{
	static const char *const tables[SCRATCH_TABLE_COUNT] = { "meta", "rows", "tree" };

	return (struct kb_env_config){
		.path = path,
		.name = "test",
		.tables = tables,
		.table_count = SCRATCH_TABLE_COUNT,
		.schema = 1,
	};
}

void
file_copy(const char *from, const char *to)
{
	static char block[65536];
	int in = open(from, O_RDONLY);
	int out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	ssize_t got = 0;

	cr_assert(in >= 0 && out >= 0, "copy %s to %s", from, to);
	while ((got = read(in, block, sizeof(block))) > 0) {
		cr_assert_eq(write(out, block, (size_t)got), got);
	}
	(void)close(in);
	(void)close(out);
}

void
folder_copy(const char *from, const char *to)
{
	DIR *folder = opendir(from);
	struct dirent *entry = NULL;
	char a[512];
	char b[512];

	cr_assert_not_null(folder);
	(void)mkdir(to, 0700);
	while ((entry = readdir(folder)) != NULL) {
		struct stat st;

		(void)snprintf(a, sizeof(a), "%s/%s", from, entry->d_name);
		(void)snprintf(b, sizeof(b), "%s/%s", to, entry->d_name);
		if (stat(a, &st) == 0 && S_ISREG(st.st_mode)) {
			file_copy(a, b);
		}
	}
	(void)closedir(folder);
}

void
file_flip_bit(const char *path, uint64_t bit)
{
	uint8_t byte = 0;
	int fd = open(path, O_RDWR);

	cr_assert(fd >= 0);
	cr_assert_eq(pread(fd, &byte, 1, (off_t)(bit / 8)), 1);
	byte = (uint8_t)(byte ^ (1u << (bit % 8)));
	cr_assert_eq(pwrite(fd, &byte, 1, (off_t)(bit / 8)), 1);
	(void)close(fd);
}

int64_t
file_bytes(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? (int64_t)st.st_size : -1;
}

size_t
file_find(const char *path, struct kb_span needle)
{
	int64_t size = file_bytes(path);
	uint8_t *all = malloc((size_t)size + 1);
	int fd = open(path, O_RDONLY);
	size_t found = 0;

	cr_assert(fd >= 0 && all != NULL);
	cr_assert_eq(read(fd, all, (size_t)size), size);
	for (size_t i = 0; i + needle.len <= (size_t)size; i++) {
		found += memcmp(all + i, needle.at, needle.len) == 0 ? 1 : 0;
	}
	(void)close(fd);
	free(all);
	return found;
}

int
in_child(int (*fn)(void *arg), void *arg)
{
	static const int signals[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL };
	int status = 0;
	pid_t pid = 0;

	(void)fflush(NULL);
	pid = fork();
	cr_assert(pid >= 0);
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
			(void)signal(signals[i], SIG_DFL);
		}
		(void)dup2(null, 2);
		_exit(fn(arg));
	}
	while (waitpid(pid, &status, 0) != pid) {
	}
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}
