/* SPDX-License-Identifier: EUPL-1.2 */
/* One LMDB environment: a folder of tables, one writer, a hash on every value, and a clear refusal of damage. */
#ifndef KB_STORE_ENV_H
#define KB_STORE_ENV_H

#include "common/base/buf.h"
#include "common/base/error.h"
#include "common/base/span.h"

/* Opaque types. LMDB's own never leave this folder. */
struct kb_env;
struct kb_txn;
struct kb_cursor;

#define KB_ENV_TABLES_MAX 40
/* Longest key LMDB takes. */
#define KB_KEY_MAX 511
/* Values stay below 1 MiB (reliability.md 1.3), our hash and LMDB's page header included. */
#define KB_VALUE_MAX ((size_t)1024 * 1024 - 64)
#define KB_PREFIX_MAX 64
#define KB_ENV_REASON_MAX 320

/* Brings data of schema number from to from + 1, in one transaction together with the new number. */
struct kb_migration {
	uint32_t from;
	enum kb_err (*run)(struct kb_txn *txn, void *arg, struct kb_error_text *where);
};

struct kb_env_config {
	const char *path; /* folder of this environment alone; made with mode 0700 when absent */
	const char *
		name; /* [a-z0-9_-]: the files are NAME.mdb, NAME.mdb-lock, NAME.lock, NAME.reserve, NAME.open */
	/* Index = table number. The number is part of every stored hash: add at the end, never reorder. At most
	 * KB_ENV_TABLES_MAX; names [a-z0-9_]. */
	const char *const *tables;
	size_t table_count;
	uint32_t schema; /* of the data this program writes; 1 or more */
	const struct kb_migration *migrations;
	size_t migration_count;
	void *migration_arg;
	uint64_t map_bytes;	/* first size of the map; 0: 64 MiB. Address space, not memory */
	uint64_t ceiling_bytes; /* the map never grows above; 0: 64 GiB */
	uint64_t reserve_bytes; /* disk kept free for receipts and erasure; 0: none */
	/* Time that kb_env_open() may spend on checking pages and hashes; 0: KB_ENV_CHECK_DEFAULT_MS, < 0: no check. */
	int64_t check_budget_ms;
};

#define KB_ENV_CHECK_DEFAULT_MS 500

/*
 * Opens or makes the environment. Call after any fork, once per process and folder. In this order:
 *  - the folder must be a real folder of the own user, mode 0700 (KB_ERR_PERMISSION otherwise); symbolic links are refused;
 *  - a second open of the folder, by whatever process: KB_ERR_LOCKED;
 *  - the data file is read before it is mapped (a short or damaged file would be SIGBUS or SIGSEGV inside LMDB): truncated or
 *    structurally damaged: KB_ERR_CORRUPT. A missing file is a new store; an empty one is damage;
 *  - values whose hash does not fit: the environment opens, but read-only (kb_env_health());
 *  - schema newer than config->schema: KB_ERR_NEWER_DATA; older: the migrations run.
 * A network or FUSE file system and tmpfs are warned of in the log. Every error has its sentence in where, naming the file.
 * Commits to disk when the environment is new or is migrated.
 */
KB_MUST_CHECK enum kb_err kb_env_open(const struct kb_env_config *config, struct kb_env **out,
				      struct kb_error_text *where);
/* Aborts an open transaction, gives the lock back. NULL is allowed. */
void kb_env_close(struct kb_env *env);

/* Once per loop round or so: frees slots of dead readers, grows the map, takes the reserve back. At most every minute it does
 * anything that costs. Not while a transaction is open (does nothing then). */
void kb_env_tick(struct kb_env *env, int64_t mono_ms);

struct kb_env_health {
	/* KB_OK; KB_ERR_READ_ONLY: damage was found, see reason; KB_ERR_IO: a commit failed, the process must end. */
	enum kb_err state;
	char reason[KB_ENV_REASON_MAX]; /* a sentence, "" for KB_OK; table and row, never content */
	bool is_new;			/* made by this open */
	bool was_unclean;		/* the last process did not close it */
	bool checked_whole;		/* the check at open came to the end within its budget */
	bool reserve_held;
	uint64_t used_bytes; /* pages in use or once used */
	uint64_t map_bytes;
	uint64_t ceiling_bytes;
};

/* Also right while a transaction is open. */
void kb_env_health(const struct kb_env *env, struct kb_env_health *out);
/* For other parts of the store that find damage (a log that does not verify): no writes from here on. The first reason
 * stays. */
void kb_env_set_read_only(struct kb_env *env, const char *reason);

/* Folder and name as given at open; borrowed. */
const char *kb_env_path(const struct kb_env *env);
const char *kb_env_table_name(const struct kb_env *env, unsigned table);

/* Disk kept back. Release it when a commit gave KB_ERR_NO_SPACE or KB_ERR_STORE_FULL and receipts or an erasure must still be
 * written: frees the reserve file, and lets the map grow above its ceiling by as much (1 MiB at least), for deleting needs room
 * too. Taking it back gives KB_ERR_NO_SPACE as long as the disk is too full; kb_env_tick() takes it back by itself. */
void kb_env_release_reserve(struct kb_env *env);
KB_MUST_CHECK enum kb_err kb_env_take_reserve(struct kb_env *env);

/*
 * A compacted copy (no deleted bytes; reliability.md finding 7) to the new file path, mode 0600, synced. For backups: it opens
 * as a store of its own. Blocks while it writes. KB_ERR_EXISTS, KB_ERR_NO_SPACE, KB_ERR_IO: no file is left then. No
 * transaction may be open.
 */
KB_MUST_CHECK enum kb_err kb_env_copy(struct kb_env *env, const char *path,
				      struct kb_error_text *where);

/* ---- transactions ---- */

#define KB_ENV_READS_MAX 8

/*
 * One write transaction at a time (KB_ERR_STATE), beside at most KB_ENV_READS_MAX read transactions (KB_ERR_BUSY). Write:
 * KB_ERR_READ_ONLY after damage, KB_ERR_IO after a failed commit. Reads see the last commit and keep its pages from being used
 * again, and the map cannot grow meanwhile: end them within the same round of the loop where possible, always within 5 s. A
 * write transaction sees its own writes.
 */
KB_MUST_CHECK enum kb_err kb_txn_begin_write(struct kb_env *env, struct kb_txn **out);
KB_MUST_CHECK enum kb_err kb_txn_begin_read(struct kb_env *env, struct kb_txn **out);
/*
 * Synced: on KB_OK it is on disk (design rule 1). On any error nothing is stored. KB_ERR_NO_SPACE: the environment can be used
 * further. KB_ERR_STORE_FULL: the map is full; kb_env_step() would have grown it. KB_ERR_CORRUPT: a read in this transaction
 * met damage. Anything else: the environment has failed, every later write is KB_ERR_IO and the process must end (an fsync that
 * failed may claim success the next time). txn is gone in every case.
 */
KB_MUST_CHECK enum kb_err kb_txn_commit(struct kb_txn *txn);
/* Ends a read or throws a write away. NULL is allowed. */
void kb_txn_abort(struct kb_txn *txn);
struct kb_env *kb_txn_env(const struct kb_txn *txn);
/* Bytes of values put so far. Keep a step under some MiB: LMDB keeps the memory of its largest transaction. */
size_t kb_txn_put_bytes(const struct kb_txn *txn);

/* The work of one step. May be run twice in one kb_env_step(): it changes what arg points to only in a way that a second run
 * overwrites. */
typedef enum kb_err (*kb_step_fn)(struct kb_txn *txn, void *arg);

/*
 * Runs fn in a write transaction and commits. An error of fn aborts and is returned. When the map is full it aborts, doubles
 * the map (up to the ceiling, then KB_ERR_STORE_FULL; KB_ERR_BUSY when a read transaction is open) and runs fn again. Errors as kb_txn_begin_write() and kb_txn_commit(); where
 * (may be NULL) gets a sentence.
 */
KB_MUST_CHECK enum kb_err kb_env_step(struct kb_env *env, kb_step_fn fn, void *arg,
				      struct kb_error_text *where);

/* Told after every write transaction, before the call that ended it returns: for state in memory that mirrors the tables. At
 * most KB_ENV_OBSERVERS_MAX. It may not begin a transaction. */
#define KB_ENV_OBSERVERS_MAX 8
typedef void (*kb_txn_ended_fn)(void *state, bool committed);
void kb_env_observe(struct kb_env *env, kb_txn_ended_fn ended, void *state);
void kb_env_unobserve(struct kb_env *env, kb_txn_ended_fn ended, void *state);

/* ---- rows ----
 * Every value is stored behind the first 16 bytes of SHA-256(table number, key length, key, value) and checked on every read:
 * KB_ERR_CORRUPT, health becomes read-only. Keys: 1..KB_KEY_MAX bytes, ordered as bytes (numbers big endian), never personal
 * data. Spans that come back are valid until the transaction ends or, in a write transaction, until its next put or del: copy
 * what is to be put again.
 */

enum kb_put_mode {
	KB_PUT_REPLACE = 0, /* new or over the old value */
	KB_PUT_NEW, /* KB_ERR_EXISTS when the key is there; nothing changed, the transaction goes on */
	KB_PUT_APPEND, /* as REPLACE; a hint that the key is most likely above all others: fast, fills pages */
};

/* The value is the parts one after another. KB_ERR_STORE_FULL: hand it on, kb_env_step() grows and runs again.
 * KB_ERR_OVERSIZE: key or value too long. */
KB_MUST_CHECK enum kb_err kb_put_parts(struct kb_txn *txn, unsigned table, struct kb_span key,
				       const struct kb_span *parts, size_t part_count,
				       enum kb_put_mode mode);

KB_MUST_CHECK static inline enum kb_err
kb_put(struct kb_txn *txn, unsigned table, struct kb_span key, struct kb_span value,
       enum kb_put_mode mode)
{
	return kb_put_parts(txn, table, key, &value, 1, mode);
}

/* Writes a value in place: *at are len bytes to fill before kb_put_finish(), which must be the next call on txn. key stays
 * the caller's, unchanged until then. */
KB_MUST_CHECK enum kb_err kb_put_reserve(struct kb_txn *txn, unsigned table, struct kb_span key,
					 size_t len, enum kb_put_mode mode, uint8_t **at);
void kb_put_finish(struct kb_txn *txn);

/* KB_ERR_NOT_FOUND only when the rows on both sides are sound and in order: a damaged key or page is not taken for a missing
 * row. */
KB_MUST_CHECK enum kb_err kb_get(struct kb_txn *txn, unsigned table, struct kb_span key,
				 struct kb_span *value);
/* For a row that another row says is there: missing is KB_ERR_CORRUPT. */
KB_MUST_CHECK enum kb_err kb_get_required(struct kb_txn *txn, unsigned table, struct kb_span key,
					  struct kb_span *value);
/* KB_ERR_NOT_FOUND as kb_get(). */
KB_MUST_CHECK enum kb_err kb_del(struct kb_txn *txn, unsigned table, struct kb_span key);
/* Deletes at most max rows with first <= key < end (end empty: to the end of the table); *count (may be NULL) says how many. */
KB_MUST_CHECK enum kb_err kb_del_range(struct kb_txn *txn, unsigned table, struct kb_span first,
				       struct kb_span end, size_t max, size_t *count);
/* Rows in table, as kept beside the tables in every commit. */
uint64_t kb_table_count(const struct kb_txn *txn, unsigned table);

struct kb_row {
	struct kb_span key;
	struct kb_span value;
};

/*
 * Walks the rows whose key starts with prefix (at most KB_PREFIX_MAX bytes; empty: the whole table). Every _first, _seek ...
 * returns KB_ERR_NOT_FOUND where there is no such row. In a write transaction other rows may be put and deleted during the
 * walk; after deleting the row it stands on, use _seek. Close it before the transaction ends.
 */
KB_MUST_CHECK enum kb_err kb_cursor_open(struct kb_txn *txn, unsigned table, struct kb_span prefix,
					 struct kb_cursor **out);
void kb_cursor_close(struct kb_cursor *cursor); /* NULL is allowed */
KB_MUST_CHECK enum kb_err kb_cursor_first(struct kb_cursor *cursor, struct kb_row *row);
KB_MUST_CHECK enum kb_err kb_cursor_last(struct kb_cursor *cursor, struct kb_row *row);
/* The first row with a key >= key (which includes the prefix). */
KB_MUST_CHECK enum kb_err kb_cursor_seek(struct kb_cursor *cursor, struct kb_span key,
					 struct kb_row *row);
/* After _first, _seek or _last; without one of these they act as _first and _last. Keys that are not in order are damage:
 * KB_ERR_CORRUPT. */
KB_MUST_CHECK enum kb_err kb_cursor_next(struct kb_cursor *cursor, struct kb_row *row);
KB_MUST_CHECK enum kb_err kb_cursor_prev(struct kb_cursor *cursor, struct kb_row *row);

#endif
