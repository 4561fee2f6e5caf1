/* SPDX-License-Identifier: EUPL-1.2 */
/* Small files, read whole and replaced whole. */
#include "common/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static enum kb_err
fail_errno(struct kb_error_text *where, const char *path, const char *what)
{
	int error_number = errno;
	enum kb_err err =
		error_number == ENOENT ? KB_ERR_NOT_FOUND : kb_err_from_errno(error_number);

	return kb_fail(where, err, "%s: %s: %s", path, what, strerror(error_number));
}

static enum kb_err
read_all(int fd, const char *path, size_t max_bytes, struct kb_buf *out,
	 struct kb_error_text *where)
{
	size_t before = out->len;
	enum kb_err err = KB_OK;

	for (;;) {
		ssize_t got = 0;

		err = kb_buf_reserve(out, 16384);
		if (err != KB_OK) {
			break;
		}
		got = read(fd, out->at + out->len, 16384);
		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got < 0) {
			err = fail_errno(where, path, "cannot be read");
			break;
		}
		if (got == 0) {
			return KB_OK;
		}
		out->len += (size_t)got;
		if (out->len - before > max_bytes) {
			err = kb_fail(where, KB_ERR_OVERSIZE, "%s: larger than %zu bytes", path,
				      max_bytes);
			break;
		}
	}
	out->len = before;
	return err;
}

enum kb_err
kb_file_read(const char *path, size_t max_bytes, struct kb_buf *out, struct kb_error_text *where)
{
	struct stat facts;
	enum kb_err err = KB_OK;
	/* O_NONBLOCK: a pipe in the place of the file must not hold us up. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd < 0) {
		return fail_errno(where, path, "cannot be opened");
	}
	if (fstat(fd, &facts) != 0) {
		err = fail_errno(where, path, "cannot be read");
	} else if (!S_ISREG(facts.st_mode)) {
		err = kb_fail(where, KB_ERR_DATA, "%s: is not a plain file", path);
	} else {
		err = read_all(fd, path, max_bytes, out, where);
	}
	(void)close(fd);
	return err;
}

static enum kb_err
write_synced(int fd, const char *path, struct kb_span content, struct kb_error_text *where)
{
	while (content.len > 0) {
		ssize_t put = write(fd, content.at, content.len);

		if (put < 0 && errno == EINTR) {
			continue;
		}
		if (put < 0) {
			return fail_errno(where, path, "cannot be written");
		}
		content.at += put;
		content.len -= (size_t)put;
	}
	return fsync(fd) == 0 ? KB_OK : fail_errno(where, path, "cannot be synced");
}

static enum kb_err
sync_folder_of(const char *path, struct kb_error_text *where)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(path, '/');
	int fd = -1;
	int rc = 0;

	(void)snprintf(folder, sizeof(folder), "%.*s", slash != NULL ? (int)(slash - path) + 1 : 1,
		       slash != NULL ? path : ".");
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		return fail_errno(where, folder, "cannot be opened");
	}
	rc = fsync(fd);
	(void)close(fd);
	return rc == 0 ? KB_OK : fail_errno(where, folder, "cannot be synced");
}

enum kb_err
kb_file_replace(const char *path, mode_t mode, struct kb_span content, struct kb_error_text *where)
{
	char beside[PATH_MAX];
	int fd = -1;
	enum kb_err err = KB_OK;

	if ((size_t)snprintf(beside, sizeof(beside), "%s.new-%ld", path, (long)getpid()) >=
	    sizeof(beside)) {
		return kb_fail(where, KB_ERR_OVERSIZE, "%s: the name is too long", path);
	}
	fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	if (fd < 0) {
		return fail_errno(where, beside, "cannot be made");
	}
	/* The mode that was asked for, whatever the umask. */
	err = fchmod(fd, mode) == 0 ? write_synced(fd, beside, content, where)
				    : fail_errno(where, beside, "cannot get its mode");
	(void)close(fd);
	if (err == KB_OK && rename(beside, path) != 0) {
		err = fail_errno(where, path, "cannot be replaced");
	}
	if (err != KB_OK) {
		(void)unlink(beside);
		return err;
	}
	return sync_folder_of(path, where);
}

enum kb_err
kb_file_create(const char *path, mode_t mode, struct kb_span content, struct kb_error_text *where)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	enum kb_err err = KB_OK;

	if (fd < 0) {
		return errno == EEXIST ? kb_fail(where, KB_ERR_EXISTS, "%s: is there already", path)
				       : fail_errno(where, path, "cannot be made");
	}
	err = fchmod(fd, mode) == 0 ? write_synced(fd, path, content, where)
				    : fail_errno(where, path, "cannot get its mode");
	(void)close(fd);
	if (err == KB_OK) {
		err = sync_folder_of(path, where);
	}
	if (err != KB_OK) {
		(void)unlink(path);
	}
	return err;
}
