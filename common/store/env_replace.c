/* SPDX-License-Identifier: EUPL-1.2 */
/* Putting a compacted copy in place of the data file: the only way that deleted bytes leave it (reliability.md finding 7). */
#include "common/store/env_internal.h"
#include "common/store/failpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define WIPE_BYTES 65536

/* Best effort: a file system or disk that writes elsewhere keeps the old blocks. */
static void
overwrite(int fd)
{
	static const uint8_t zeros[WIPE_BYTES];
	struct stat st;

	if (fstat(fd, &st) != 0) {
		return;
	}
	for (off_t at = 0; at < st.st_size; at += WIPE_BYTES) {
		off_t rest = st.st_size - at;

		if (pwrite(fd, zeros, rest < WIPE_BYTES ? (size_t)rest : WIPE_BYTES, at) < 0) {
			return;
		}
	}
	(void)fsync(fd);
}

static enum kb_err
swap_files(struct kb_env *env, struct kb_error_text *where)
{
	char from[ENV_TABLE_NAME_MAX + 24];
	char to[ENV_TABLE_NAME_MAX + 24];
	char lock[ENV_TABLE_NAME_MAX + 24];
	enum kb_err err = env_file_name(env, ENV_SUFFIX_COPY, from, sizeof(from));
	int fd = -1;

	if (err == KB_OK) {
		err = env_file_name(env, ENV_SUFFIX_DATA, to, sizeof(to));
	}
	if (err == KB_OK) {
		err = env_file_name(env, ENV_SUFFIX_DATA "-lock", lock, sizeof(lock));
	}
	if (err != KB_OK) {
		return err;
	}
	fd = openat(env->folder_fd, to, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	if (renameat(env->folder_fd, from, env->folder_fd, to) != 0) {
		err = kb_fail(where, kb_err_from_errno(errno), "cannot replace %s/%s: %s",
			      env->path, to, strerror(errno));
	}
	/* The lock file holds the commit number of the old file, and readers of it. */
	(void)unlinkat(env->folder_fd, lock, 0);
	if (err == KB_OK) {
		err = kb_failpoint(KB_FAILPOINT_KEYRING_RENAMED);
	}
	if (err == KB_OK) {
		err = env_folder_sync(env);
	}
	if (fd >= 0) {
		if (err == KB_OK) {
			overwrite(fd);
		}
		(void)close(fd);
	}
	return err;
}

static enum kb_err
open_again(struct kb_env *env, struct kb_error_text *where)
{
	MDB_txn *txn = NULL;
	enum kb_err err = env_mdb_open(env, ENV_SUFFIX_DATA, 0, where);
	int rc = 0;

	if (err != KB_OK) {
		return err;
	}
	rc = mdb_txn_begin(env->mdb, NULL, MDB_RDONLY, &txn);
	if (rc == 0) {
		rc = mdb_dbi_open(txn, ENV_OWN_NAME, 0, &env->own_dbi);
	}
	err = rc == 0 ? env_tables_open(env, txn, false, where) : KB_ERR_IO;
	if (err == KB_OK) {
		err = env_counts_check(env, txn, where);
	}
	if (err == KB_OK) {
		rc = mdb_txn_commit(txn);
		return rc == 0 ? KB_OK : KB_ERR_IO;
	}
	if (txn != NULL) {
		mdb_txn_abort(txn);
	}
	return err;
}

enum kb_err
env_replace_by_copy(struct kb_env *env, struct kb_error_text *where)
{
	char path[ENV_PATH_MAX];
	enum kb_err err = env_file_path(env, ENV_SUFFIX_COPY, path, sizeof(path));

	if (err == KB_OK && env->health.state != KB_OK) {
		err = kb_fail(where, env->health.state, "%s", env->health.reason);
	}
	if (err != KB_OK) {
		return err;
	}
	(void)unlink(path);
	err = kb_env_copy(env, path, where);
	if (err == KB_OK) {
		err = kb_failpoint(KB_FAILPOINT_KEYRING_COPIED);
	}
	if (err != KB_OK) {
		return err;
	}
	mdb_env_close(env->mdb);
	env->mdb = NULL;
	err = swap_files(env, where);
	if (err == KB_OK) {
		err = open_again(env, where);
	}
	if (err != KB_OK) {
		env_fail_stop(env, "its data file could not be replaced", EIO);
		return KB_ERR_IO;
	}
	return KB_OK;
}
