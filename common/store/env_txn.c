/* SPDX-License-Identifier: EUPL-1.2 */
/* Transactions and steps: one writer, a clean answer to a full map and a full disk, fail-stop on anything else. */
#include "common/base/log.h"
#include "common/store/env_internal.h"
#include "common/store/failpoint.h"

#include <errno.h>
#include <stdlib.h>

#define GROW_AT_PERCENT 80

void
env_fail_stop(struct kb_env *env, const char *what, int rc)
{
	struct kb_error_text text = { "" };

	env->health.state =
		kb_fail(&text, KB_ERR_IO, "%s/%s.mdb: %s (%s); the process must be restarted",
			env->path, env->name, what, mdb_strerror(rc));
	memcpy(env->health.reason, text.text, sizeof(env->health.reason));
	env->health.reason[sizeof(env->health.reason) - 1] = 0;
}

void
env_used_refresh(struct kb_env *env)
{
	MDB_envinfo info;
	MDB_stat stat;

	if (env->mdb != NULL && mdb_env_info(env->mdb, &info) == 0 &&
	    mdb_env_stat(env->mdb, &stat) == 0) {
		env->used_bytes = ((uint64_t)info.me_last_pgno + 1) * stat.ms_psize;
		env->map_bytes = info.me_mapsize;
	}
}

enum kb_err
env_grow(struct kb_env *env)
{
	uint64_t ceiling = env->ceiling_bytes + env->beyond_bytes;
	uint64_t want = env->map_bytes * 2;
	int rc = 0;

	if (want > env->ceiling_bytes) {
		want = env->map_bytes < env->ceiling_bytes ? env->ceiling_bytes : ceiling;
	}
	if (want <= env->map_bytes) {
		return KB_ERR_STORE_FULL;
	}
	if (env->txn_write != NULL || env->read_count > 0) {
		return KB_ERR_BUSY;
	}
	rc = mdb_env_set_mapsize(env->mdb, (size_t)want);
	if (rc != 0) {
		/* LMDB has unmapped the old map by then. */
		mdb_env_close(env->mdb);
		env->mdb = NULL;
		env_fail_stop(env, "the map could not grow", rc);
		kb_log(KB_LOG_ERROR, "store-grow-failed", "store=%s bytes=%llu", env->name,
		       (unsigned long long)want);
		return KB_ERR_IO;
	}
	env_used_refresh(env);
	kb_log(KB_LOG_INFO, "store-grown", "store=%s map_bytes=%llu", env->name,
	       (unsigned long long)env->map_bytes);
	return KB_OK;
}

static struct kb_txn *
txn_take(struct kb_env *env)
{
	struct kb_txn *txn = env->spare;

	env->spare = NULL;
	if (txn == NULL) {
		txn = calloc(1, sizeof(*txn));
	}
	if (txn != NULL) {
		txn->env = env;
		txn->mdb = NULL;
		txn->write = false;
		txn->changed = false;
		txn->err = KB_OK;
		txn->put_bytes = 0;
		txn->cursor_count = 0;
		txn->pending.open = false;
		txn->tally = env->tally;
	}
	return txn;
}

static void
txn_give_back(struct kb_txn *txn)
{
	struct kb_env *env = txn->env;

	if (txn->write) {
		env->txn_write = NULL;
	} else {
		env->read_count--;
	}
	if (env->spare == NULL) {
		env->spare = txn;
	} else {
		free(txn);
	}
}

static void
tell_observers(struct kb_env *env, bool committed)
{
	for (size_t i = 0; i < KB_ENV_OBSERVERS_MAX; i++) {
		if (env->observers[i].ended != NULL) {
			env->observers[i].ended(env->observers[i].state, committed);
		}
	}
}

static enum kb_err
begin(struct kb_env *env, bool write, struct kb_txn **out)
{
	struct kb_txn *txn = NULL;
	enum kb_err err = KB_OK;
	int rc = 0;

	if (env->mdb == NULL) {
		return KB_ERR_IO;
	}
	txn = txn_take(env);
	if (txn == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	txn->write = write;
	if (write) {
		env->txn_write = txn;
	} else {
		env->read_count++;
	}
	rc = mdb_txn_begin(env->mdb, NULL, write ? 0 : MDB_RDONLY, &txn->mdb);
	if (rc != 0) {
		err = rc == MDB_READERS_FULL ? KB_ERR_BUSY : env_mdb_error(txn, rc);
		txn_give_back(txn);
		return err;
	}
	*out = txn;
	return KB_OK;
}

enum kb_err
kb_txn_begin_write(struct kb_env *env, struct kb_txn **out)
{
	if (env->snapshot) {
		return KB_ERR_READ_ONLY;
	}
	if (env->health.state != KB_OK) {
		return env->health.state;
	}
	if (env->txn_write != NULL) {
		return KB_ERR_STATE;
	}
	env->map_full = false;
	if (env->read_count == 0 && env->map_bytes < env->ceiling_bytes &&
	    env->used_bytes * 100 >= env->map_bytes * GROW_AT_PERCENT) {
		enum kb_err err = env_grow(env);

		if (err != KB_OK) {
			return err;
		}
	}
	return begin(env, true, out);
}

enum kb_err
kb_txn_begin_read(struct kb_env *env, struct kb_txn **out)
{
	return env->read_count < KB_ENV_READS_MAX ? begin(env, false, out) : KB_ERR_BUSY;
}

void
kb_txn_abort(struct kb_txn *txn)
{
	struct kb_env *env = NULL;
	bool write = false;

	if (txn == NULL) {
		return;
	}
	env = txn->env;
	write = txn->write;
	KB_INVARIANT(txn->cursor_count == 0);
	mdb_txn_abort(txn->mdb);
	txn_give_back(txn);
	if (write) {
		tell_observers(env, false);
	}
}

/* The commit of LMDB, or what a test wants to see instead. */
static int
mdb_commit(struct kb_txn *txn)
{
	int rc = 0;

	if (kb_failpoint(KB_FAILPOINT_ENV_COMMIT) != KB_OK) {
		rc = EIO;
	} else if (kb_failpoint(KB_FAILPOINT_ENV_COMMIT_NO_SPACE) != KB_OK) {
		rc = ENOSPC;
	}
	if (rc != 0) {
		mdb_txn_abort(txn->mdb);
		return rc;
	}
	return mdb_txn_commit(txn->mdb);
}

static enum kb_err
commit_failed(struct kb_txn *txn, int rc)
{
	struct kb_env *env = txn->env;
	/* LMDB calls a write that the disk took only in part EIO (mdb_page_flush). */
	enum kb_err err = env_mdb_error(txn, rc == EIO && env_disk_is_full(env) ? ENOSPC : rc);

	if (err == KB_ERR_NO_SPACE || err == KB_ERR_STORE_FULL || err == KB_ERR_CORRUPT) {
		return err;
	}
	env_fail_stop(env, "a commit failed", rc);
	kb_log(KB_LOG_ERROR, "store-commit-failed", "store=%s rc=%d", env->name, rc);
	return KB_ERR_IO;
}

enum kb_err
kb_txn_commit(struct kb_txn *txn)
{
	struct kb_env *env = txn->env;
	enum kb_err err = txn->err;
	int rc = 0;

	KB_INVARIANT(txn->write && !txn->pending.open && txn->cursor_count == 0);
	if (err == KB_OK) {
		err = kb_failpoint(KB_FAILPOINT_ENV_BEFORE_COMMIT);
	}
	if (err == KB_OK && txn->changed) {
		txn->tally.txn_id = mdb_txn_id(txn->mdb);
		rc = env_tally_put(txn->mdb, env->own_dbi, &txn->tally);
		err = rc == 0 ? KB_OK : env_mdb_error(txn, rc);
	}
	if (err != KB_OK) {
		kb_txn_abort(txn);
		return err;
	}
	if (txn->changed) {
		rc = mdb_commit(txn);
	} else {
		/* LMDB must not count a commit that the tally does not know of. */
		mdb_txn_abort(txn->mdb);
	}
	if (rc != 0) {
		err = commit_failed(txn, rc);
	} else {
		env->tally = txn->tally;
		env_used_refresh(env);
	}
	txn_give_back(txn);
	tell_observers(env, rc == 0);
	if (rc == 0) {
		kb_ignore(kb_failpoint(KB_FAILPOINT_ENV_AFTER_COMMIT), "only kill is of use here");
	}
	return err;
}

struct kb_env *
kb_txn_env(const struct kb_txn *txn)
{
	return txn->env;
}

size_t
kb_txn_put_bytes(const struct kb_txn *txn)
{
	return txn->put_bytes;
}

static enum kb_err
step_once(struct kb_env *env, kb_step_fn fn, void *arg)
{
	struct kb_txn *txn = NULL;
	enum kb_err err = kb_txn_begin_write(env, &txn);

	if (err != KB_OK) {
		return err;
	}
	err = fn(txn, arg);
	if (err == KB_OK) {
		return kb_txn_commit(txn);
	}
	kb_txn_abort(txn);
	return err;
}

static enum kb_err
step_sentence(const struct kb_env *env, enum kb_err err, struct kb_error_text *where)
{
	if (err == KB_OK || where == NULL || where->text[0] != 0) {
		return err;
	}
	if (env->health.state != KB_OK && env->health.reason[0] != 0) {
		return kb_fail(where, err, "%s", env->health.reason);
	}
	if (err == KB_ERR_NO_SPACE) {
		return kb_fail(where, err, "the disk of %s is full: make room; nothing was lost",
			       env->path);
	}
	if (err == KB_ERR_STORE_FULL && env->map_full) {
		return kb_fail(where, err,
			       "%s/%s.mdb has reached its configured size of %llu MiB: configure a "
			       "larger one",
			       env->path, env->name,
			       (unsigned long long)(env->ceiling_bytes >> 20));
	}
	return kb_fail(where, err, "%s: %s", env->path, kb_err_text(err));
}

enum kb_err
kb_env_step(struct kb_env *env, kb_step_fn fn, void *arg, struct kb_error_text *where)
{
	enum kb_err err = KB_OK;

	if (where != NULL) {
		where->text[0] = 0;
	}
	do {
		err = step_once(env, fn, arg);
	} while (err == KB_ERR_STORE_FULL && env->map_full && (err = env_grow(env)) == KB_OK);
	return step_sentence(env, err, where);
}

void
kb_env_observe(struct kb_env *env, kb_txn_ended_fn ended, void *state)
{
	size_t free_place = 0;

	while (free_place < KB_ENV_OBSERVERS_MAX && env->observers[free_place].ended != NULL) {
		free_place++;
	}
	KB_INVARIANT(free_place < KB_ENV_OBSERVERS_MAX);
	env->observers[free_place] = (struct env_observer){ ended, state };
}

void
kb_env_unobserve(struct kb_env *env, kb_txn_ended_fn ended, void *state)
{
	for (size_t i = 0; i < KB_ENV_OBSERVERS_MAX; i++) {
		if (env->observers[i].ended == ended && env->observers[i].state == state) {
			env->observers[i] = (struct env_observer){ 0 };
		}
	}
}
