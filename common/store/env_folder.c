/* SPDX-License-Identifier: EUPL-1.2 */
/* The folder of an environment: its permissions, its lock against a second process, and the small files beside the data. */
#include "common/base/log.h"
#include "common/store/env_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#define BEYOND_LEAST_BYTES ((uint64_t)1 << 20)
#define PROBE_BYTES ((off_t)256 << 10)

enum kb_err
env_file_name(const struct kb_env *env, const char *suffix, char *out, size_t size)
{
	int len = snprintf(out, size, "%s%s", env->name, suffix);

	return len > 0 && (size_t)len < size ? KB_OK : KB_ERR_OVERSIZE;
}

enum kb_err
env_file_path(const struct kb_env *env, const char *suffix, char *out, size_t size)
{
	int len = snprintf(out, size, "%s/%s%s", env->path, env->name, suffix);

	return len > 0 && (size_t)len < size ? KB_OK : KB_ERR_OVERSIZE;
}

/* mmap, fcntl locks and the order of writes hold only on a local file system (reliability.md 1.3). */
static void
warn_file_system(const struct kb_env *env)
{
	static const struct {
		unsigned long type;
		const char *name;
	} kinds[] = {
		{ 0x6969, "nfs" },	 { 0x517b, "smb" },	 { 0xfe534d42, "smb2" },
		{ 0xff534d42, "cifs" },	 { 0x65735546, "fuse" }, { 0x01021994, "tmpfs" },
		{ 0x858458f6, "ramfs" }, { 0x00c36400, "ceph" },
	};
	struct statfs fs;

	if (fstatfs(env->folder_fd, &fs) != 0) {
		return;
	}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if ((unsigned long)fs.f_type == kinds[i].type) {
			kb_log(KB_LOG_WARNING, "store-file-system", "store=%s type=%s durable=no",
			       env->name, kinds[i].name);
		}
	}
}

static enum kb_err
folder_make(const struct kb_env *env, struct kb_error_text *where)
{
	if (mkdir(env->path, 0700) != 0 && errno != EEXIST) {
		return kb_fail(where, kb_err_from_errno(errno),
			       "cannot make the data folder %s: %s", env->path, strerror(errno));
	}
	return KB_OK;
}

static enum kb_err
folder_check(const struct kb_env *env, struct kb_error_text *where)
{
	struct stat st;

	if (fstat(env->folder_fd, &st) != 0) {
		return kb_fail(where, KB_ERR_IO, "cannot read the data folder %s", env->path);
	}
	if (st.st_uid != geteuid()) {
		return kb_fail(
			where, KB_ERR_PERMISSION,
			"the data folder %s belongs to user %u, not to the user that runs this "
			"program (%u)",
			env->path, (unsigned)st.st_uid, (unsigned)geteuid());
	}
	if ((st.st_mode & 077) != 0) {
		return kb_fail(where, KB_ERR_PERMISSION,
			       "the data folder %s is open to others (mode %04o): chmod 0700 it",
			       env->path, (unsigned)(st.st_mode & 07777));
	}
	return KB_OK;
}

/* Two locks, on the folder and on a file in it: removing the file does not let a second process in. */
static enum kb_err
folder_lock(struct kb_env *env, struct kb_error_text *where)
{
	char name[ENV_TABLE_NAME_MAX + 16];
	char pid[24] = "";
	enum kb_err err = env_file_name(env, ".lock", name, sizeof(name));
	ssize_t len = 0;

	if (err != KB_OK) {
		return err;
	}
	env->lock_fd =
		openat(env->folder_fd, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (env->lock_fd < 0) {
		return kb_fail(where, kb_err_from_errno(errno), "cannot open %s/%s: %s", env->path,
			       name, strerror(errno));
	}
	if (flock(env->folder_fd, LOCK_EX | LOCK_NB) != 0 ||
	    flock(env->lock_fd, LOCK_EX | LOCK_NB) != 0) {
		len = pread(env->lock_fd, pid, sizeof(pid) - 1, 0);
		while (len > 0 && (pid[len - 1] < '0' || pid[len - 1] > '9')) {
			len--;
		}
		pid[len > 0 ? len : 0] = 0;
		return kb_fail(
			where, KB_ERR_LOCKED,
			"the data folder %s is in use by another process (%s): stop that one "
			"first",
			env->path, pid[0] != 0 ? pid : "unknown");
	}
	len = snprintf(pid, sizeof(pid), "%ld\n", (long)getpid());
	if (ftruncate(env->lock_fd, 0) != 0 || pwrite(env->lock_fd, pid, (size_t)len, 0) != len) {
		/* Only the sentence of a second process would be poorer. */
		kb_log(KB_LOG_WARNING, "store-lock-note", "store=%s errno=%d", env->name, errno);
	}
	return KB_OK;
}

enum kb_err
env_folder_open(struct kb_env *env, struct kb_error_text *where)
{
	enum kb_err err = folder_make(env, where);

	if (err != KB_OK) {
		return err;
	}
	env->folder_fd = open(env->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (env->folder_fd < 0) {
		return kb_fail(
			where,
			errno == ELOOP || errno == ENOTDIR ? KB_ERR_CONFIG
							   : kb_err_from_errno(errno),
			"%s is not a folder that can be used for data (no symbolic links): %s",
			env->path, strerror(errno));
	}
	err = folder_check(env, where);
	if (err == KB_OK) {
		err = folder_lock(env, where);
	}
	if (err == KB_OK) {
		warn_file_system(env);
	}
	return err;
}

void
env_folder_close(struct kb_env *env)
{
	if (env->lock_fd >= 0) {
		(void)close(env->lock_fd);
	}
	if (env->folder_fd >= 0) {
		(void)close(env->folder_fd);
	}
	env->lock_fd = -1;
	env->folder_fd = -1;
}

enum kb_err
env_folder_sync(const struct kb_env *env)
{
	return fsync(env->folder_fd) == 0 ? KB_OK : kb_err_from_errno(errno);
}

bool
env_mark_open(struct kb_env *env)
{
	char name[ENV_TABLE_NAME_MAX + 16];
	int fd = -1;

	if (env_file_name(env, ".open", name, sizeof(name)) != KB_OK) {
		return true;
	}
	fd = openat(env->folder_fd, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		return errno == EEXIST;
	}
	(void)close(fd);
	return false;
}

void
env_mark_closed(struct kb_env *env)
{
	char name[ENV_TABLE_NAME_MAX + 16];

	if (env_file_name(env, ".open", name, sizeof(name)) == KB_OK) {
		(void)unlinkat(env->folder_fd, name, 0);
	}
}

/* ---- the reserve ---- */

enum kb_err
kb_env_take_reserve(struct kb_env *env)
{
	char name[ENV_TABLE_NAME_MAX + 16];
	enum kb_err err = env_file_name(env, ".reserve", name, sizeof(name));
	int fd = -1;
	int rc = 0;

	if (err != KB_OK || env->reserve_bytes == 0 || env->health.reserve_held) {
		env->beyond_bytes = 0;
		return err;
	}
	fd = openat(env->folder_fd, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		return kb_err_from_errno(errno);
	}
	rc = posix_fallocate(fd, 0, (off_t)env->reserve_bytes);
	(void)close(fd);
	if (rc != 0) {
		/* What it got before the disk was full must not stay taken. */
		(void)unlinkat(env->folder_fd, name, 0);
		return kb_err_from_errno(rc);
	}
	env->health.reserve_held = true;
	env->beyond_bytes = 0;
	return KB_OK;
}

void
kb_env_release_reserve(struct kb_env *env)
{
	char name[ENV_TABLE_NAME_MAX + 16];
	uint64_t above =
		env->map_bytes > env->ceiling_bytes ? env->map_bytes - env->ceiling_bytes : 0;

	/* Deleting needs new pages before it frees old ones. */
	env->beyond_bytes = above + (env->reserve_bytes > BEYOND_LEAST_BYTES ? env->reserve_bytes
									     : BEYOND_LEAST_BYTES);
	if (env->health.reserve_held &&
	    env_file_name(env, ".reserve", name, sizeof(name)) == KB_OK) {
		(void)unlinkat(env->folder_fd, name, 0);
		env->health.reserve_held = false;
		kb_log(KB_LOG_WARNING, "store-reserve-released", "store=%s", env->name);
	}
}

bool
env_disk_is_full(const struct kb_env *env)
{
	char name[ENV_TABLE_NAME_MAX + 16];
	int fd = -1;
	int rc = 0;

	if (env_file_name(env, ".probe", name, sizeof(name)) != KB_OK) {
		return false;
	}
	fd = openat(env->folder_fd, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	rc = fd >= 0 ? posix_fallocate(fd, 0, PROBE_BYTES) : errno;
	if (fd >= 0) {
		(void)close(fd);
		(void)unlinkat(env->folder_fd, name, 0);
	}
	return rc != 0 && kb_err_from_errno(rc) == KB_ERR_NO_SPACE;
}

void
env_reserve_open(struct kb_env *env)
{
	enum kb_err err = kb_env_take_reserve(env);

	if (err != KB_OK) {
		kb_log(KB_LOG_WARNING, "store-reserve-missing", "store=%s bytes=%llu reason=%s",
		       env->name, (unsigned long long)env->reserve_bytes, kb_err_name(err));
	}
}
