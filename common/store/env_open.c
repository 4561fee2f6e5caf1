/* SPDX-License-Identifier: EUPL-1.2 */
/* The way from a folder to a usable environment: look first, map later, refuse what is damaged or newer. */
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/store/env_internal.h"
#include "common/store/env_pages.h"
#include "common/store/failpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAP_DEFAULT_BYTES ((uint64_t)64 << 20)
#define CEILING_DEFAULT_BYTES ((uint64_t)64 << 30)
#define PAGE_BYTES ((uint64_t)4096)
#define READERS_MAX 32
#define SUFFIX_DATA ENV_SUFFIX_DATA
#define SUFFIX_NEW ".mdb.new"

static bool
name_ok(const char *name, const char *also)
{
	size_t len = name != NULL ? strlen(name) : 0;

	if (len == 0 || len >= ENV_TABLE_NAME_MAX) {
		return false;
	}
	for (size_t i = 0; i < len; i++) {
		char c = name[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && strchr(also, c) == NULL) {
			return false;
		}
	}
	return true;
}

enum kb_err
env_config_check(const struct kb_env_config *config, struct kb_error_text *where)
{
	bool ok = config->path != NULL && config->path[0] != 0 &&
		  strlen(config->path) < ENV_PATH_MAX - ENV_TABLE_NAME_MAX - 16 &&
		  name_ok(config->name, "_-") && config->tables != NULL &&
		  config->table_count <= KB_ENV_TABLES_MAX && config->schema != 0;

	for (size_t i = 0; ok && i < config->table_count; i++) {
		ok = name_ok(config->tables[i], "_") &&
		     strcmp(config->tables[i], ENV_OWN_NAME) != 0;
	}
	return ok ? KB_OK
		  : kb_fail(where, KB_ERR_CONFIG,
			    "the data folder or its tables have a name "
			    "that cannot be used, or are too many");
}

enum kb_err
env_new(const struct kb_env_config *config, struct kb_env **out, struct kb_error_text *where)
{
	struct kb_env *env = NULL;
	enum kb_err err = env_config_check(config, where);

	if (err != KB_OK) {
		return err;
	}
	env = calloc(1, sizeof(*env));
	if (env == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	env->folder_fd = -1;
	env->lock_fd = -1;
	memcpy(env->path, config->path, strlen(config->path) + 1);
	memcpy(env->name, config->name, strlen(config->name) + 1);
	env->table_count = (unsigned)config->table_count;
	for (size_t i = 0; i < config->table_count; i++) {
		memcpy(env->table_names[i], config->tables[i], strlen(config->tables[i]) + 1);
	}
	env->map_bytes = config->map_bytes != 0 ? config->map_bytes : MAP_DEFAULT_BYTES;
	env->ceiling_bytes =
		config->ceiling_bytes != 0 ? config->ceiling_bytes : CEILING_DEFAULT_BYTES;
	env->map_bytes = (env->map_bytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
	env->ceiling_bytes = env->ceiling_bytes / PAGE_BYTES * PAGE_BYTES;
	if (env->map_bytes > env->ceiling_bytes) {
		env->map_bytes = env->ceiling_bytes;
	}
	env->reserve_bytes = config->reserve_bytes;
	*out = env;
	return KB_OK;
}

void
env_free(struct kb_env *env)
{
	if (env->mdb != NULL) {
		mdb_env_close(env->mdb);
	}
	env_folder_close(env);
	free(env->spare);
	free(env);
}

static enum kb_err
mdb_failed(const struct kb_env *env, const char *suffix, int rc, struct kb_error_text *where)
{
	enum kb_err err = rc > 0 ? kb_err_from_errno(rc) : KB_ERR_CORRUPT;

	return kb_fail(where, err, "cannot open the data file %s/%s%s: %s", env->path, env->name,
		       suffix, mdb_strerror(rc));
}

enum kb_err
env_mdb_open(struct kb_env *env, const char *suffix, unsigned flags, struct kb_error_text *where)
{
	char path[ENV_PATH_MAX];
	enum kb_err err = env_file_path(env, suffix, path, sizeof(path));
	int rc = 0;

	if (err != KB_OK) {
		return err;
	}
	rc = mdb_env_create(&env->mdb);
	if (rc == 0) {
		rc = mdb_env_set_maxdbs(env->mdb, KB_ENV_TABLES_MAX + 1);
	}
	if (rc == 0) {
		rc = mdb_env_set_maxreaders(env->mdb, READERS_MAX);
	}
	if (rc == 0 && (flags & MDB_RDONLY) == 0) {
		rc = mdb_env_set_mapsize(env->mdb, (size_t)env->map_bytes);
	}
	if (rc == 0) {
		/* Never NOSYNC, NOMETASYNC, MAPASYNC, WRITEMAP or NOMEMINIT (reliability.md finding 8 and 1.3). */
		rc = mdb_env_open(env->mdb, path, MDB_NOSUBDIR | MDB_NOTLS | flags, 0600);
	}
	if (rc != 0) {
		if (env->mdb != NULL) {
			mdb_env_close(env->mdb);
			env->mdb = NULL;
		}
		return mdb_failed(env, suffix, rc, where);
	}
	env_used_refresh(env);
	return KB_OK;
}

/* ---- tables ---- */

static enum kb_err
table_open(struct kb_env *env, MDB_txn *txn, const char *name, bool create, MDB_dbi *out,
	   struct kb_error_text *where)
{
	int rc = mdb_dbi_open(txn, name, create ? MDB_CREATE : 0, out);

	if (rc == MDB_NOTFOUND) {
		return kb_fail(where, KB_ERR_CORRUPT,
			       "the data file %s/%s" SUFFIX_DATA
			       " is damaged: table %s is missing; put back a backup of this folder",
			       env->path, env->name, name);
	}
	return rc == 0 ? KB_OK : mdb_failed(env, SUFFIX_DATA, rc, where);
}

enum kb_err
env_tables_open(struct kb_env *env, MDB_txn *txn, bool create, struct kb_error_text *where)
{
	enum kb_err err = KB_OK;

	for (unsigned i = 0; i < env->table_count && err == KB_OK; i++) {
		if (create || i < env->tally.table_count) {
			err = table_open(env, txn, env->table_names[i],
					 create && i >= env->tally.table_count, &env->dbi[i],
					 where);
		}
	}
	return err;
}

/* Schema number and counts, before anything else is believed. */
static enum kb_err
tally_load(struct kb_env *env, MDB_txn *txn, uint32_t schema, struct kb_error_text *where)
{
	enum kb_err err = table_open(env, txn, ENV_OWN_NAME, false, &env->own_dbi, where);

	if (err != KB_OK) {
		return err;
	}
	err = env_tally_get(txn, env->own_dbi, &env->tally);
	if (err == KB_ERR_NEWER_DATA ||
	    (err == KB_OK &&
	     (env->tally.schema > schema || env->tally.table_count > env->table_count))) {
		return kb_fail(
			where, KB_ERR_NEWER_DATA,
			"the data in %s was written by a newer version (schema %u; this version "
			"knows %u): install that version again",
			env->path, env->tally.schema, schema);
	}
	if (err != KB_OK) {
		return kb_fail(where, KB_ERR_CORRUPT,
			       "the data file %s/%s" SUFFIX_DATA
			       " is damaged: the counts of its tables cannot be read; put back a "
			       "backup of this folder",
			       env->path, env->name);
	}
	return KB_OK;
}

enum kb_err
env_counts_check(struct kb_env *env, MDB_txn *txn, struct kb_error_text *where)
{
	uint64_t id = mdb_txn_id(txn);

	if (env->tally.txn_id != id && id != 1) {
		return kb_fail(
			where, KB_ERR_CORRUPT,
			"the data file %s/%s" SUFFIX_DATA
			" is damaged: its counts are of commit %llu, its data of %llu; put back "
			"a backup of this folder",
			env->path, env->name, (unsigned long long)env->tally.txn_id,
			(unsigned long long)id);
	}
	for (unsigned i = 0; i < env->tally.table_count; i++) {
		MDB_stat stat;
		int rc = mdb_stat(txn, env->dbi[i], &stat);

		if (rc != 0) {
			return mdb_failed(env, SUFFIX_DATA, rc, where);
		}
		if (stat.ms_entries != env->tally.tables[i].count) {
			return kb_fail(
				where, KB_ERR_CORRUPT,
				"the data file %s/%s" SUFFIX_DATA
				" is damaged: table %s has %llu rows where %llu were stored; "
				"put back a backup of this folder",
				env->path, env->name, env->table_names[i],
				(unsigned long long)stat.ms_entries,
				(unsigned long long)env->tally.tables[i].count);
		}
	}
	return KB_OK;
}

static enum kb_err
tables_read(struct kb_env *env, uint32_t schema, struct kb_error_text *where)
{
	MDB_txn *txn = NULL;
	enum kb_err err = KB_OK;
	int rc = mdb_txn_begin(env->mdb, NULL, MDB_RDONLY, &txn);

	if (rc != 0) {
		return mdb_failed(env, SUFFIX_DATA, rc, where);
	}
	err = tally_load(env, txn, schema, where);
	if (err == KB_OK) {
		err = env_tables_open(env, txn, false, where);
	}
	if (err == KB_OK) {
		err = env_counts_check(env, txn, where);
	}
	if (err != KB_OK) {
		mdb_txn_abort(txn);
		return err;
	}
	/* Only a commit keeps the table handles. */
	rc = mdb_txn_commit(txn);
	return rc == 0 ? KB_OK : mdb_failed(env, SUFFIX_DATA, rc, where);
}

/* Makes the tables that are not there yet: all of a new store, or those that a newer version added. */
static enum kb_err
tables_make(struct kb_env *env, uint32_t schema, const char *suffix, struct kb_error_text *where)
{
	MDB_txn *txn = NULL;
	struct env_tally tally = env->tally;
	enum kb_err err = KB_OK;
	int rc = mdb_txn_begin(env->mdb, NULL, 0, &txn);

	if (rc != 0) {
		return mdb_failed(env, suffix, rc, where);
	}
	rc = mdb_dbi_open(txn, ENV_OWN_NAME, MDB_CREATE, &env->own_dbi);
	err = rc == 0 ? env_tables_open(env, txn, true, where) : mdb_failed(env, suffix, rc, where);
	if (err == KB_OK) {
		tally.schema = tally.schema != 0 ? tally.schema : schema;
		tally.table_count = env->table_count;
		tally.txn_id = mdb_txn_id(txn);
		rc = env_tally_put(txn, env->own_dbi, &tally);
		err = rc == 0 ? KB_OK : mdb_failed(env, suffix, rc, where);
	}
	if (err != KB_OK) {
		mdb_txn_abort(txn);
		return err;
	}
	rc = mdb_txn_commit(txn);
	if (rc != 0) {
		return mdb_failed(env, suffix, rc, where);
	}
	env->tally = tally;
	env_used_refresh(env);
	return KB_OK;
}

/* ---- a new store ---- */

static void
remove_beside(const struct kb_env *env, const char *suffix)
{
	char name[ENV_TABLE_NAME_MAX + 24];

	if (env_file_name(env, suffix, name, sizeof(name)) == KB_OK) {
		(void)unlinkat(env->folder_fd, name, 0);
	}
}

/* Made under another name: a data file that is there but has no content is damage, never a new store. */
static enum kb_err
store_make(struct kb_env *env, uint32_t schema, struct kb_error_text *where)
{
	char from[ENV_TABLE_NAME_MAX + 24];
	char to[ENV_TABLE_NAME_MAX + 24];
	enum kb_err err = env_mdb_open(env, SUFFIX_NEW, 0, where);

	if (err == KB_OK) {
		err = tables_make(env, schema, SUFFIX_NEW, where);
	}
	if (env->mdb != NULL) {
		mdb_env_close(env->mdb);
		env->mdb = NULL;
	}
	remove_beside(env, SUFFIX_NEW "-lock");
	if (err == KB_OK) {
		err = kb_failpoint(KB_FAILPOINT_ENV_CREATE_BEFORE_RENAME);
	}
	if (err == KB_OK) {
		err = env_file_name(env, SUFFIX_NEW, from, sizeof(from));
	}
	if (err == KB_OK) {
		err = env_file_name(env, SUFFIX_DATA, to, sizeof(to));
	}
	if (err != KB_OK) {
		return err;
	}
	if (renameat(env->folder_fd, from, env->folder_fd, to) != 0 ||
	    env_folder_sync(env) != KB_OK) {
		return kb_fail(where, kb_err_from_errno(errno), "cannot make the data file %s/%s",
			       env->path, to);
	}
	env->health.is_new = true;
	return KB_OK;
}

/* ---- an existing store ---- */

static enum kb_err
file_check(const struct kb_env *env, int fd, const char *file, struct kb_error_text *where)
{
	struct stat st;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		return kb_fail(where, KB_ERR_CORRUPT, "%s is not a plain file", file);
	}
	if (st.st_uid != geteuid()) {
		return kb_fail(where, KB_ERR_PERMISSION,
			       "%s belongs to user %u, not to the user that runs this program (%u)",
			       file, (unsigned)st.st_uid, (unsigned)geteuid());
	}
	if ((st.st_mode & 077) != 0) {
		return kb_fail(where, KB_ERR_PERMISSION,
			       "%s can be read by others (mode %04o): chmod 0600 it", file,
			       (unsigned)(st.st_mode & 07777));
	}
	(void)env;
	return KB_OK;
}

static enum kb_err
pages_check(struct kb_env *env, int fd, const char *file, int64_t budget_ms,
	    struct kb_error_text *where)
{
	struct kb_clock clock = kb_clock_system();
	struct env_pages_report report;
	struct env_pages_job job = {
		.fd = fd,
		.file = file,
		.tables = (const char(*)[ENV_TABLE_NAME_MAX])env->table_names,
		.table_count = env->table_count,
	};
	struct stat st;
	enum kb_err err = KB_OK;

	if (budget_ms == 0) {
		budget_ms = KB_ENV_CHECK_DEFAULT_MS;
	}
	job.deadline_mono_ms = kb_clock_mono_ms(&clock) + (budget_ms > 0 ? budget_ms : 0);
	err = env_pages_check(&job, &report, where);
	if (err != KB_OK) {
		return err;
	}
	env->health.checked_whole = report.complete;
	if (report.row_damage) {
		env->health.state = KB_ERR_READ_ONLY;
		memcpy(env->health.reason, report.reason, sizeof(report.reason));
	}
	/* Pages at the end that were given up before they were written: LMDB will map them all the same. */
	if (fstat(fd, &st) == 0 && (uint64_t)st.st_size < report.want_bytes &&
	    ftruncate(fd, (off_t)report.want_bytes) != 0) {
		return kb_fail(where, kb_err_from_errno(errno), "cannot make %s longer", file);
	}
	return KB_OK;
}

/* The file is read and closed again before LMDB opens it: two openings in one process would break LMDB's locks. */
static enum kb_err
store_check(struct kb_env *env, int64_t budget_ms, bool *found, struct kb_error_text *where)
{
	char file[ENV_PATH_MAX];
	char name[ENV_TABLE_NAME_MAX + 24];
	enum kb_err err = env_file_path(env, SUFFIX_DATA, file, sizeof(file));
	int fd = -1;

	if (err == KB_OK) {
		err = env_file_name(env, SUFFIX_DATA, name, sizeof(name));
	}
	if (err != KB_OK) {
		return err;
	}
	fd = openat(env->folder_fd, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT) {
		*found = false;
		return KB_OK;
	}
	if (fd < 0) {
		return kb_fail(where, errno == ELOOP ? KB_ERR_CORRUPT : kb_err_from_errno(errno),
			       "cannot open the data file %s: %s", file, strerror(errno));
	}
	*found = true;
	err = file_check(env, fd, file, where);
	if (err == KB_OK) {
		err = pages_check(env, fd, file, budget_ms, where);
	}
	(void)close(fd);
	return err;
}

/* ---- open and close ---- */

static enum kb_err
store_open(struct kb_env *env, const struct kb_env_config *config, struct kb_error_text *where)
{
	bool found = false;
	enum kb_err err = KB_OK;

	remove_beside(env, SUFFIX_NEW);
	remove_beside(env, ENV_SUFFIX_COPY);
	remove_beside(env, SUFFIX_NEW "-lock");
	err = store_check(env, config->check_budget_ms, &found, where);
	if (err == KB_OK && !found) {
		err = store_make(env, config->schema, where);
		env->health.checked_whole = true;
	}
	if (err == KB_OK) {
		env->tally = (struct env_tally){ 0 };
		err = env_mdb_open(env, SUFFIX_DATA, 0, where);
	}
	if (err == KB_OK) {
		err = tables_read(env, config->schema, where);
	}
	if (err != KB_OK || env->health.state != KB_OK) {
		return err;
	}
	if (env->tally.table_count < env->table_count) {
		err = tables_make(env, config->schema, SUFFIX_DATA, where);
	}
	return err == KB_OK ? env_migrate(env, config, where) : err;
}

enum kb_err
kb_env_open(const struct kb_env_config *config, struct kb_env **out, struct kb_error_text *where)
{
	struct kb_env *env = NULL;
	struct kb_error_text text = { "" };
	enum kb_err err = env_new(config, &env, &text);
	int dead = 0;

	if (err == KB_OK) {
		err = env_folder_open(env, &text);
	}
	if (err == KB_OK) {
		env->health.was_unclean = env_mark_open(env);
		err = store_open(env, config, &text);
	}
	if (err != KB_OK) {
		if (env != NULL) {
			env_free(env);
		}
		return kb_fail(where, err, "%s", text.text[0] != 0 ? text.text : kb_err_text(err));
	}
	(void)mdb_reader_check(env->mdb, &dead);
	env_reserve_open(env);
	if (env->health.state != KB_OK) {
		kb_log(KB_LOG_ERROR, "store-read-only", "store=%s reason=\"%s\"", env->name,
		       env->health.reason);
	} else if (!env->health.checked_whole) {
		kb_log(KB_LOG_NOTICE, "store-partly-checked", "store=%s bytes=%llu", env->name,
		       (unsigned long long)env->used_bytes);
	}
	*out = env;
	return KB_OK;
}

void
kb_env_close(struct kb_env *env)
{
	if (env == NULL) {
		return;
	}
	kb_txn_abort(env->txn_write);
	KB_INVARIANT(env->read_count == 0);
	if (!env->snapshot && env->health.state != KB_ERR_IO) {
		env_mark_closed(env);
	}
	env_free(env);
}

enum kb_err
env_snapshot_open(const struct kb_env_config *config, struct kb_env **out,
		  struct kb_error_text *where)
{
	struct kb_env *env = NULL;
	enum kb_err err = env_new(config, &env, where);

	if (err != KB_OK) {
		return err;
	}
	env->snapshot = true;
	err = env_mdb_open(env, SUFFIX_DATA, MDB_RDONLY, where);
	if (err != KB_OK) {
		env_free(env);
		return err;
	}
	*out = env;
	return KB_OK;
}
