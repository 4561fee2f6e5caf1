/* SPDX-License-Identifier: EUPL-1.2 */
/* What an environment tells about itself, and its upkeep between transactions. */
#include "common/store/env.h"

#include "common/base/log.h"
#include "common/store/env_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define TICK_EVERY_MS 60000

void
kb_env_health(const struct kb_env *env, struct kb_env_health *out)
{
	*out = env->health;
	out->used_bytes = env->used_bytes;
	out->map_bytes = env->map_bytes;
	out->ceiling_bytes = env->ceiling_bytes;
}

void
kb_env_set_read_only(struct kb_env *env, const char *reason)
{
	if (env->health.state != KB_OK) {
		return;
	}
	env->health.state = KB_ERR_READ_ONLY;
	(void)snprintf(env->health.reason, sizeof(env->health.reason), "%s", reason);
	kb_log(KB_LOG_ERROR, "store-read-only", "store=%s reason=\"%s\"", env->name,
	       env->health.reason);
}

const char *
kb_env_path(const struct kb_env *env)
{
	return env->path;
}

const char *
kb_env_table_name(const struct kb_env *env, unsigned table)
{
	return table < env->table_count ? env->table_names[table] : ENV_OWN_NAME;
}

/* With room for as much again beside it: else the reserve would take back what was just freed for others. */
static void
reserve_retake(struct kb_env *env)
{
	struct statvfs fs;

	if (env->reserve_bytes == 0) {
		env->beyond_bytes = 0;
	}
	if (env->reserve_bytes == 0 || env->health.reserve_held ||
	    fstatvfs(env->folder_fd, &fs) != 0 ||
	    (uint64_t)fs.f_bavail * fs.f_frsize / 2 < env->reserve_bytes) {
		return;
	}
	if (kb_env_take_reserve(env) == KB_OK) {
		kb_log(KB_LOG_NOTICE, "store-reserve-taken", "store=%s", env->name);
	}
}

void
kb_env_tick(struct kb_env *env, int64_t mono_ms)
{
	int dead = 0;

	if (env->txn_write != NULL || env->read_count > 0 || env->health.state != KB_OK ||
	    (env->ticked && mono_ms - env->tick_mono_ms < TICK_EVERY_MS)) {
		return;
	}
	env->ticked = true;
	env->tick_mono_ms = mono_ms;
	(void)mdb_reader_check(env->mdb, &dead);
	if (dead > 0) {
		kb_log(KB_LOG_NOTICE, "store-dead-readers", "store=%s count=%d", env->name, dead);
	}
	reserve_retake(env);
	env_used_refresh(env);
	if (env->map_bytes < env->ceiling_bytes && env->used_bytes * 100 >= env->map_bytes * 80) {
		kb_ignore(env_grow(env), "a step grows it when it must");
	}
}

static enum kb_err
sync_folder_of(const char *path)
{
	char folder[ENV_PATH_MAX];
	const char *slash = strrchr(path, '/');
	size_t len = slash != NULL ? (size_t)(slash - path) : 0;
	enum kb_err err = KB_OK;
	int fd = -1;

	if (len >= sizeof(folder)) {
		return KB_ERR_OVERSIZE;
	}
	memcpy(folder, path, len);
	folder[len] = 0;
	fd = open(slash == NULL ? "."
		  : len == 0	? "/"
				: folder,
		  O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		return kb_err_from_errno(errno);
	}
	err = fsync(fd) == 0 ? KB_OK : kb_err_from_errno(errno);
	(void)close(fd);
	return err;
}

enum kb_err
kb_env_copy(struct kb_env *env, const char *path, struct kb_error_text *where)
{
	enum kb_err err = KB_OK;
	int fd = -1;
	int rc = 0;

	if (env->txn_write != NULL || env->read_count > 0) {
		return kb_fail(where, KB_ERR_STATE, "a transaction is open");
	}
	if (env->mdb == NULL) {
		return kb_fail(where, KB_ERR_IO, "%s", env->health.reason);
	}
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0) {
		return kb_fail(where, errno == EEXIST ? KB_ERR_EXISTS : kb_err_from_errno(errno),
			       "cannot make the copy %s: %s", path, strerror(errno));
	}
	rc = mdb_env_copyfd2(env->mdb, fd, MDB_CP_COMPACT);
	if (rc == 0 && fsync(fd) != 0) {
		rc = errno;
	}
	(void)close(fd);
	if (rc != 0) {
		(void)unlink(path);
		return kb_fail(where, rc > 0 ? kb_err_from_errno(rc) : KB_ERR_CORRUPT,
			       "cannot write the copy %s: %s", path, mdb_strerror(rc));
	}
	err = sync_folder_of(path);
	return err == KB_OK ? KB_OK : kb_fail(where, err, "cannot sync the folder of %s", path);
}
