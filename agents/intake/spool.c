/* SPDX-License-Identifier: EUPL-1.2 */
/* The spool folder. */
#include "agents/intake/spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define REPORT_NAME "rapport.txt"
#define REPORT_MODE 0640
#define FOLDER_MODE 0750
#define SUFFIX_MAX 10000
#define OPEN_FOLDER (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

static const char *const result_names[KB_SPOOL_RESULT_COUNT] = {
	[KB_SPOOL_RESULT_NONE] = "",
	[KB_SPOOL_KLAAR] = "klaar",
	[KB_SPOOL_GEWEIGERD] = "geweigerd",
};

const char *
kb_spool_result_name(enum kb_spool_result result)
{
	return (size_t)result < KB_SPOOL_RESULT_COUNT ? result_names[result] : "";
}

enum kb_err
kb_spool_open(struct kb_spool *spool, const char *path, struct kb_error_text *where)
{
	enum kb_err err = KB_OK;

	*spool = (struct kb_spool){ .dir_fd = -1, .result_fd = { -1, -1, -1 }, .open = true };
	spool->dir_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (spool->dir_fd < 0) {
		err = kb_fail(where, kb_err_from_errno(errno),
			      "%s: de spoolmap kan niet geopend worden", path);
		goto out;
	}
	for (size_t i = 1; i < KB_SPOOL_RESULT_COUNT; i++) {
		if (mkdirat(spool->dir_fd, result_names[i], FOLDER_MODE) == 0 || errno == EEXIST) {
			spool->result_fd[i] = openat(spool->dir_fd, result_names[i], OPEN_FOLDER);
		}
		if (spool->result_fd[i] < 0) {
			err = kb_fail(where, kb_err_from_errno(errno),
				      "%s/%s: de map kan niet gemaakt of geopend worden", path,
				      result_names[i]);
			goto out;
		}
	}
out:
	if (err != KB_OK) {
		kb_spool_close(spool);
	}
	return err;
}

void
kb_spool_close(struct kb_spool *spool)
{
	if (!spool->open) {
		return;
	}
	if (spool->dir_fd >= 0) {
		(void)close(spool->dir_fd);
	}
	for (size_t i = 1; i < KB_SPOOL_RESULT_COUNT; i++) {
		if (spool->result_fd[i] >= 0) {
			(void)close(spool->result_fd[i]);
		}
	}
	*spool = (struct kb_spool){ .dir_fd = -1, .result_fd = { -1, -1, -1 } };
}

/* A name that may be a set: not hidden, not one of our own folders, short enough to get a suffix. */
static bool
name_is_candidate(const char *name)
{
	if (name[0] == '.' || strlen(name) > KB_SPOOL_NAME_MAX) {
		return false;
	}
	for (size_t i = 1; i < KB_SPOOL_RESULT_COUNT; i++) {
		if (strcmp(name, result_names[i]) == 0) {
			return false;
		}
	}
	return true;
}

/* The fd of the folder, or -1 when it is no folder or lacks a required file. */
static int
open_complete(int dir_fd, const char *name, bool *is_folder)
{
	int fd = openat(dir_fd, name, OPEN_FOLDER);

	*is_folder = fd >= 0;
	for (size_t i = 0; i < KB_DATASET_PERSONEN && fd >= 0; i++) {
		struct stat status;

		if (fstatat(fd, kb_dataset_file_name((enum kb_dataset_file)i), &status,
			    AT_SYMLINK_NOFOLLOW) != 0) {
			(void)close(fd);
			fd = -1;
		}
	}
	return fd;
}

enum kb_err
kb_spool_next(const struct kb_spool *spool, const char *after, struct kb_spool_set *set,
	      size_t *incomplete_count)
{
	/* A description of its own: reading moves its offset. */
	int list_fd = openat(spool->dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = list_fd >= 0 ? fdopendir(list_fd) : NULL;
	struct kb_spool_set best = { .name = "", .set_fd = -1 };
	size_t incomplete = 0;
	const struct dirent *entry = NULL;

	if (list == NULL) {
		enum kb_err err = kb_err_from_errno(errno);

		if (list_fd >= 0) {
			(void)close(list_fd);
		}
		return err;
	}
	while ((entry = readdir(list)) != NULL) {
		bool is_folder = false;
		int fd = -1;

		if (!name_is_candidate(entry->d_name)) {
			continue;
		}
		fd = open_complete(spool->dir_fd, entry->d_name, &is_folder);
		if (fd < 0) {
			incomplete += is_folder ? 1 : 0;
		} else if (strcmp(entry->d_name, after) > 0 &&
			   (best.set_fd < 0 || strcmp(entry->d_name, best.name) < 0)) {
			kb_spool_set_close(&best);
			best.set_fd = fd;
			memcpy(best.name, entry->d_name, strlen(entry->d_name) + 1);
		} else {
			(void)close(fd);
		}
	}
	(void)closedir(list);
	if (incomplete_count != NULL) {
		*incomplete_count = incomplete;
	}
	if (best.set_fd < 0) {
		return KB_ERR_NOT_FOUND;
	}
	*set = best;
	return KB_OK;
}

void
kb_spool_set_close(struct kb_spool_set *set)
{
	if (set->set_fd >= 0) {
		(void)close(set->set_fd);
	}
	set->set_fd = -1;
}

static enum kb_err
write_whole(int fd, struct kb_span bytes)
{
	while (bytes.len > 0) {
		ssize_t put = write(fd, bytes.at, bytes.len);

		if (put < 0 && errno != EINTR) {
			return kb_err_from_errno(errno);
		}
		if (put > 0) {
			bytes = kb_span_part(bytes, (size_t)put, bytes.len);
		}
	}
	return fsync(fd) == 0 ? KB_OK : kb_err_from_errno(errno);
}

/* A rapport.txt that came with the set, or of an earlier try, is replaced; a link of that name is removed, not followed. */
static enum kb_err
write_report(int set_fd, struct kb_span report)
{
	enum kb_err err = KB_OK;
	int fd = -1;

	if (unlinkat(set_fd, REPORT_NAME, 0) != 0 && errno != ENOENT) {
		return kb_err_from_errno(errno);
	}
	fd = openat(set_fd, REPORT_NAME, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    REPORT_MODE);
	if (fd < 0) {
		return kb_err_from_errno(errno);
	}
	err = write_whole(fd, report);
	if (close(fd) != 0 && err == KB_OK) {
		err = kb_err_from_errno(errno);
	}
	if (err == KB_OK && fsync(set_fd) != 0) {
		err = kb_err_from_errno(errno);
	}
	return err;
}

/* rename(2) replaces an empty folder and nothing else, and no set is empty: nothing that was kept is ever overwritten. */
static enum kb_err
move_away(const struct kb_spool *spool, const char *name, int to_fd)
{
	char target[KB_SPOOL_NAME_MAX + 16];

	for (unsigned suffix = 1; suffix < SUFFIX_MAX; suffix++) {
		if (suffix == 1) {
			(void)snprintf(target, sizeof(target), "%s", name);
		} else {
			(void)snprintf(target, sizeof(target), "%s-%u", name, suffix);
		}
		if (renameat(spool->dir_fd, name, to_fd, target) == 0) {
			return fsync(to_fd) == 0 && fsync(spool->dir_fd) == 0
				       ? KB_OK
				       : kb_err_from_errno(errno);
		}
		if (errno != ENOTEMPTY && errno != EEXIST && errno != ENOTDIR) {
			return kb_err_from_errno(errno);
		}
	}
	return KB_ERR_EXISTS;
}

enum kb_err
kb_spool_finish(const struct kb_spool *spool, const struct kb_spool_set *set,
		enum kb_spool_result result, struct kb_span report)
{
	enum kb_err err = KB_OK;

	if (result <= KB_SPOOL_RESULT_NONE || result >= KB_SPOOL_RESULT_COUNT) {
		return KB_ERR_INTERNAL;
	}
	err = write_report(set->set_fd, report);
	return err == KB_OK ? move_away(spool, set->name, spool->result_fd[result]) : err;
}
