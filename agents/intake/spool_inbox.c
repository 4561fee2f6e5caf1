/* SPDX-License-Identifier: EUPL-1.2 */
/* Which refused sets a person still has to look at. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agents/intake/spool.h"

#define SUCCESS_NAME ".ingelezen"
#define SUCCESS_MODE 0640
#define REPORT_NAME "rapport.txt"

enum kb_err
kb_spool_note_success(const struct kb_spool *spool)
{
	int fd = openat(spool->dir_fd, SUCCESS_NAME,
			O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, SUCCESS_MODE);
	enum kb_err err = KB_OK;

	if (fd < 0) {
		return kb_err_from_errno(errno);
	}
	/* The times of files are compared with each other only: all come from the clock of this file system. */
	if (futimens(fd, NULL) != 0 || fsync(fd) != 0) {
		err = kb_err_from_errno(errno);
	}
	(void)close(fd);
	return err;
}

static bool
is_after(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec > b->tv_sec : a->tv_nsec > b->tv_nsec;
}

static bool
refused_after(int folder_fd, const char *name, const struct timespec *success)
{
	int fd = openat(folder_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat report;
	bool after = fd >= 0 && fstatat(fd, REPORT_NAME, &report, AT_SYMLINK_NOFOLLOW) == 0 &&
		     is_after(&report.st_mtim, success);

	if (fd >= 0) {
		(void)close(fd);
	}
	return after;
}

enum kb_err
kb_spool_refused_count(const struct kb_spool *spool, size_t *count)
{
	int folder_fd = spool->result_fd[KB_SPOOL_GEWEIGERD];
	int list_fd = openat(folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = list_fd >= 0 ? fdopendir(list_fd) : NULL;
	const struct dirent *entry = NULL;
	struct timespec success = { 0 };
	struct stat mark;

	*count = 0;
	if (list == NULL) {
		enum kb_err err = kb_err_from_errno(errno);

		if (list_fd >= 0) {
			(void)close(list_fd);
		}
		return err;
	}
	if (fstatat(spool->dir_fd, SUCCESS_NAME, &mark, AT_SYMLINK_NOFOLLOW) == 0) {
		success = mark.st_mtim;
	}
	while ((entry = readdir(list)) != NULL) {
		*count += entry->d_name[0] != '.' &&
			  refused_after(folder_fd, entry->d_name, &success);
	}
	(void)closedir(list);
	return KB_OK;
}
