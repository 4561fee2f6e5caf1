/* SPDX-License-Identifier: EUPL-1.2 */
/* Files that only their owner may read. */
#include "common/crypto/private_file_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

static enum kb_err
system_failed(struct kb_error_text *where, const char *path, const char *act)
{
	int number = errno;

	return kb_fail(where, kb_err_from_errno(number), "%s: %s: %s", path, act, strerror(number));
}

static bool
write_all(int fd, struct kb_span content)
{
	while (content.len > 0) {
		ssize_t done = write(fd, content.at, content.len);

		if (done < 0 && errno == EINTR) {
			continue;
		}
		if (done <= 0) {
			return false;
		}
		content = kb_span_part(content, (size_t)done, content.len);
	}
	return true;
}

/* Without this a file may be on disk and its name not. */
static bool
sync_folder(const char *path)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(path, '/');
	size_t len = slash == NULL ? 0 : (size_t)(slash - path);
	int fd = -1;
	bool ok = false;

	if (len >= sizeof(folder)) {
		errno = ENAMETOOLONG;
		return false;
	}
	memcpy(folder, path, len);
	folder[len] = '\0';
	fd = open(slash == NULL ? "." : (len == 0 ? "/" : folder),
		  O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		return false;
	}
	ok = fsync(fd) == 0;
	(void)close(fd);
	return ok;
}

/* Makes path new with content, synced; removes it again when that fails. */
static enum kb_err
make_file(const char *path, struct kb_span content, struct kb_error_text *where)
{
	enum kb_err err = KB_OK;
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0 && errno == EEXIST) {
		return kb_fail(where, KB_ERR_EXISTS,
			       "%s: exists already and is never overwritten; move it away or "
			       "choose another name",
			       path);
	}
	if (fd < 0) {
		return system_failed(where, path, "cannot be made");
	}
	/* Not left to the umask: it may have taken away the owner's own rights. */
	if (fchmod(fd, 0600) != 0 || !write_all(fd, content) || fsync(fd) != 0) {
		err = system_failed(where, path, "cannot be written");
	}
	if (close(fd) != 0 && err == KB_OK) {
		err = system_failed(where, path, "cannot be written");
	}
	if (err != KB_OK) {
		(void)unlink(path);
	}
	return err;
}

enum kb_err
kb_private_file_write(const char *path, struct kb_span content, struct kb_error_text *where)
{
	enum kb_err err = make_file(path, content, where);

	if (err == KB_OK && !sync_folder(path)) {
		err = system_failed(where, path, "its folder cannot be synced");
		(void)unlink(path);
	}
	return err;
}

/* Everything about the open file but its content. */
static enum kb_err
check_private(int fd, const char *path, size_t most, size_t *size, struct kb_error_text *where)
{
	struct stat info;

	if (fstat(fd, &info) != 0) {
		return system_failed(where, path, "cannot be read");
	}
	if (!S_ISREG(info.st_mode)) {
		return kb_fail(where, KB_ERR_KEY_FILE,
			       "%s: is not a plain file; put the key file itself here", path);
	}
	if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
		return kb_fail(where, KB_ERR_KEY_FILE,
			       "%s: group or others have access to this key file (mode %04o); do "
			       "chmod 600, and replace the key if anyone may have read it",
			       path, (unsigned)(info.st_mode & 07777));
	}
	if (info.st_uid != geteuid() && info.st_uid != 0) {
		return kb_fail(where, KB_ERR_KEY_FILE,
			       "%s: this key file belongs to another user (uid %u); make the user "
			       "of this program its owner",
			       path, (unsigned)info.st_uid);
	}
	if (info.st_size <= 0 || (uintmax_t)info.st_size > most) {
		return kb_fail(where, KB_ERR_KEY_FILE,
			       "%s: does not have the size of a key file; put back a good copy",
			       path);
	}
	*size = (size_t)info.st_size;
	return KB_OK;
}

/* Fills at with exactly len bytes; false at an earlier end. */
static bool
read_all(int fd, uint8_t *at, size_t len)
{
	while (len > 0) {
		ssize_t done = read(fd, at, len);

		if (done < 0 && errno == EINTR) {
			continue;
		}
		if (done <= 0) {
			return false;
		}
		at += done;
		len -= (size_t)done;
	}
	return true;
}

static enum kb_err
open_failed(const char *path, struct kb_error_text *where)
{
	if (errno == ENOENT) {
		return kb_fail(where, KB_ERR_KEY_FILE,
			       "%s: this key file is missing; make the key with ketenbode pki, or "
			       "put back a copy",
			       path);
	}
	if (errno == ELOOP) {
		return kb_fail(where, KB_ERR_KEY_FILE,
			       "%s: is a symbolic link; put the key file itself here", path);
	}
	(void)system_failed(where, path, "cannot be opened");
	return KB_ERR_KEY_FILE;
}

enum kb_err
kb_private_file_load(const char *path, size_t most, struct kb_secret *content,
		     struct kb_error_text *where)
{
	/* NONBLOCK: a fifo in this place must not hang the start. */
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct kb_secret loaded = { 0 };
	size_t size = 0;
	enum kb_err err = KB_OK;

	if (fd < 0) {
		return open_failed(path, where);
	}
	err = check_private(fd, path, most, &size, where);
	if (err == KB_OK) {
		err = kb_secret_init(&loaded, size);
	}
	if (err != KB_OK) {
		goto out;
	}
	if (!read_all(fd, loaded.at, loaded.len)) {
		err = kb_fail(where, KB_ERR_KEY_FILE, "%s: cannot be read", path);
		goto out;
	}
	*content = loaded;
	loaded = (struct kb_secret){ 0 };
out:
	kb_secret_release(&loaded);
	(void)close(fd);
	return err;
}
