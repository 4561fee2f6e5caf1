/* SPDX-License-Identifier: EUPL-1.2 */
/* The page of a letter on disk. */
#define _GNU_SOURCE /* O_TMPFILE */
#include "agents/runtime/letter_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUFFIX ".html"
#define FILE_MODE 0600

static enum kb_err
say_errno(struct kb_error_text *where, int error_number)
{
	switch (error_number) {
	case ENOENT:
	case ENOTDIR:
		return kb_fail(
			where, KB_ERR_NOT_FOUND,
			"de map van het bestand in 'uit' is er niet; kies een map die er is");
	case EACCES:
	case EPERM:
	case EROFS:
		return kb_fail(where, KB_ERR_PERMISSION,
			       "dit programma mag niet schrijven in de map van 'uit'; kies een "
			       "andere map of geef het account van het programma toegang");
	case EEXIST:
		return kb_fail(where, KB_ERR_EXISTS,
			       "het bestand in 'uit' bestaat al en blijft zoals het is; kies een "
			       "andere naam");
	case EOPNOTSUPP:
	case EISDIR:
		return kb_fail(
			where, KB_ERR_IO,
			"de schijf van de map in 'uit' kan geen naamloos bestand bewaren; kies "
			"een map op een schijf van deze machine");
	case ENOSPC:
	case EDQUOT:
		return kb_fail(where, KB_ERR_NO_SPACE, "de schijf van de map in 'uit' is vol");
	default:
		return kb_fail(where, KB_ERR_IO, "de brief kon niet worden geschreven (%s)",
			       kb_err_text(kb_err_from_errno(error_number)));
	}
}

/* The folder in folder (PATH_MAX), the name in out. */
static enum kb_err
split(const char *path, char *folder, struct kb_letter_file *out, struct kb_error_text *where)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : "";
	size_t len = strlen(name);
	size_t folder_len = slash != NULL ? (size_t)(slash - path) : 0;

	if (path[0] != '/' || len <= strlen(SUFFIX) || len > NAME_MAX || name[0] == '.' ||
	    strcmp(name + len - strlen(SUFFIX), SUFFIX) != 0 || folder_len >= PATH_MAX - 1) {
		return kb_fail(where, KB_ERR_DATA,
			       "'uit' is een volledig pad van een bestand dat op " SUFFIX
			       " eindigt en niet met een punt begint");
	}
	memcpy(out->name, name, len + 1);
	memcpy(folder, path, folder_len);
	folder[folder_len] = '\0';
	if (folder_len == 0) {
		memcpy(folder, "/", 2);
	}
	return KB_OK;
}

static int
write_all(int file, struct kb_span page)
{
	size_t done = 0;

	while (done < page.len) {
		ssize_t count = write(file, page.at + done, page.len - done);

		if (count < 0 && errno != EINTR) {
			return errno;
		}
		done += count > 0 ? (size_t)count : 0;
	}
	return fsync(file) == 0 ? 0 : errno;
}

enum kb_err
kb_letter_file_write(const char *path, struct kb_span page, struct kb_letter_file *out,
		     struct kb_error_text *where)
{
	struct kb_letter_file made = KB_LETTER_FILE_NONE;
	char folder[PATH_MAX];
	struct stat info;
	int failed = 0;
	enum kb_err err = split(path, folder, &made, where);

	*out = KB_LETTER_FILE_NONE;
	if (err != KB_OK) {
		return err;
	}
	made.folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (made.folder < 0) {
		failed = errno;
	} else if (fstatat(made.folder, made.name, &info, AT_SYMLINK_NOFOLLOW) == 0) {
		failed = EEXIST; /* known before anything is logged; _place asks again */
	} else {
		made.file = openat(made.folder, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, FILE_MODE);
		failed = made.file < 0 ? errno : 0;
	}
	if (failed == 0 && fchmod(made.file, FILE_MODE) != 0) {
		failed = errno;
	}
	if (failed == 0) {
		failed = write_all(made.file, page);
	}
	if (failed != 0) {
		kb_letter_file_release(&made);
		return say_errno(where, failed);
	}
	*out = made;
	return KB_OK;
}

enum kb_err
kb_letter_file_place(struct kb_letter_file *file, struct kb_error_text *where)
{
	char open_file[64];

	(void)snprintf(open_file, sizeof(open_file), "/proc/self/fd/%d", file->file);
	if (linkat(AT_FDCWD, open_file, file->folder, file->name, AT_SYMLINK_FOLLOW) != 0) {
		return say_errno(where, errno == ENOENT ? EIO : errno);
	}
	return fsync(file->folder) == 0 ? KB_OK : say_errno(where, errno);
}

void
kb_letter_file_release(struct kb_letter_file *file)
{
	if (file->file >= 0) {
		(void)close(file->file);
	}
	if (file->folder >= 0) {
		(void)close(file->folder);
	}
	*file = KB_LETTER_FILE_NONE;
}
