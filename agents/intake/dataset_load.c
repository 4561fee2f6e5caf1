/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading the files of a data set from a folder. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agents/intake/dataset.h"

/* Reads a regular file whole. The size is asked once: a file that grows meanwhile is read up to that size. */
static enum kb_err
read_whole(int fd, struct kb_arena *arena, size_t size, struct kb_span *out)
{
	uint8_t *at = kb_arena_alloc(arena, size);
	size_t have = 0;

	if (at == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	while (have < size) {
		ssize_t got = read(fd, at + have, size - have);

		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got < 0) {
			return kb_err_from_errno(errno);
		}
		if (got == 0) {
			break;
		}
		have += (size_t)got;
	}
	*out = kb_span(at, have);
	return KB_OK;
}

static enum kb_err
load_file(int dir_fd, const char *name, struct kb_arena *arena, struct kb_span *bytes,
	  enum kb_dataset_presence *presence)
{
	struct stat status;
	enum kb_err err = KB_OK;
	/* O_NONBLOCK: opening a pipe that somebody put there must not wait for a writer. */
	int fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 && (errno == ENOENT || errno == ELOOP || errno == ENXIO)) {
		*presence = errno == ENOENT ? KB_DATASET_ABSENT : KB_DATASET_NOT_REGULAR;
		return KB_OK;
	}
	if (fd < 0) {
		return kb_err_from_errno(errno);
	}
	if (fstat(fd, &status) != 0) {
		err = kb_err_from_errno(errno);
	} else if (!S_ISREG(status.st_mode)) {
		*presence = KB_DATASET_NOT_REGULAR;
	} else if ((uint64_t)status.st_size > KB_DATASET_FILE_BYTES_MAX) {
		*presence = KB_DATASET_TOO_LARGE;
	} else {
		*presence = KB_DATASET_PRESENT;
		err = read_whole(fd, arena, (size_t)status.st_size, bytes);
	}
	(void)close(fd);
	return err;
}

enum kb_err
kb_dataset_load(int dir_fd, struct kb_arena *arena, struct kb_dataset *out,
		struct kb_dataset_problems *problems, struct kb_error_text *where)
{
	struct kb_dataset_bytes bytes = { 0 };

	memset(problems, 0, sizeof(*problems));
	for (size_t i = 0; i < KB_DATASET_FILE_COUNT; i++) {
		const char *name = kb_dataset_file_name((enum kb_dataset_file)i);
		enum kb_err err =
			load_file(dir_fd, name, arena, &bytes.bytes[i], &bytes.presence[i]);

		if (err != KB_OK) {
			return kb_fail(where, err, "%s: het bestand kan niet gelezen worden", name);
		}
	}
	return kb_dataset_parse(&bytes, arena, out, problems);
}
