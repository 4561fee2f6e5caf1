/* SPDX-License-Identifier: EUPL-1.2 */
/* What the files of the environment share: LMDB handles, the tally, the hash of a row. */
#ifndef KB_STORE_ENV_INTERNAL_H
#define KB_STORE_ENV_INTERNAL_H

#include "common/store/env.h"

#include <lmdb.h>

#define ENV_PATH_MAX 512
#define ENV_TABLE_NAME_MAX 32
#define ENV_ROW_TAG_BYTES 16
/* The environment's own table; its number never meets a caller's. */
#define ENV_OWN_TABLE 255u
#define ENV_OWN_NAME "env"
#define ENV_TALLY_KEY "tally"

/* Per table the number of rows and the sum of all row tags modulo 2^128: a page that is missing, double or of an older state
 * changes it, though every row on it has a good hash. */
struct env_tally_table {
	uint64_t count;
	uint64_t sum[2]; /* low word first */
};

struct env_tally {
	uint32_t schema;
	uint64_t txn_id; /* LMDB's number of the commit that wrote this row */
	unsigned table_count;
	struct env_tally_table tables[KB_ENV_TABLES_MAX];
};

struct env_pending {
	bool open;
	bool is_new;
	unsigned table;
	struct kb_span key;
	size_t len;
	uint8_t *at; /* tag, then value, in LMDB's page */
	uint8_t old_tag[ENV_ROW_TAG_BYTES];
};

struct kb_txn {
	struct kb_env *env;
	MDB_txn *mdb;
	bool write;
	bool changed;
	enum kb_err err; /* first error that makes the transaction worthless */
	size_t put_bytes;
	unsigned
		cursor_count; /* LMDB frees cursors of a write transaction at its end: none may be left then */
	struct env_tally tally;
	struct env_pending pending;
};

struct env_observer {
	kb_txn_ended_fn ended;
	void *state;
};

/*
 * Invariants: 1. txn_write is NULL or the only write transaction. 2. tally is the one of the last commit. 3. state only goes from
 * KB_OK to KB_ERR_READ_ONLY to KB_ERR_IO.
 */
struct kb_env {
	MDB_env *mdb;
	MDB_dbi own_dbi;
	MDB_dbi dbi[KB_ENV_TABLES_MAX];
	unsigned table_count;
	char table_names[KB_ENV_TABLES_MAX][ENV_TABLE_NAME_MAX];
	char path[ENV_PATH_MAX];
	char name[ENV_TABLE_NAME_MAX];
	int folder_fd;
	int lock_fd;
	bool snapshot; /* read-only, in a checking child */
	bool map_full;
	struct kb_txn *txn_write;
	unsigned read_count;
	struct kb_txn *spare; /* of the last transaction, so that none is allocated per step */
	struct env_tally tally;
	struct env_observer observers[KB_ENV_OBSERVERS_MAX];
	uint64_t map_bytes;
	uint64_t ceiling_bytes;
	uint64_t
		beyond_bytes; /* how far the map may go above ceiling_bytes while the reserve is given back */
	uint64_t reserve_bytes;
	uint64_t used_bytes;
	int64_t tick_mono_ms;
	bool ticked;
	struct kb_env_health health;
};

/* env_row.c */
void env_row_tag(unsigned table, struct kb_span key, struct kb_span value,
		 uint8_t tag[ENV_ROW_TAG_BYTES]);
/* "table log, row 12": a number key in decimal, others in hex; keys hold no personal data (design rule 8). */
void env_row_name(const char *table, struct kb_span key, char *out, size_t size);
MDB_dbi env_dbi(const struct kb_env *env, unsigned table);
/* Notes damage: the environment becomes read-only and txn worthless. Returns KB_ERR_CORRUPT. */
__attribute__((format(printf, 2, 3))) enum kb_err env_damage(struct kb_txn *txn, const char *format,
							     ...);
/* Checks the stored bytes of a row and gives its value without the tag. */
KB_MUST_CHECK enum kb_err env_row_check(struct kb_txn *txn, unsigned table, struct kb_span key,
					const MDB_val *stored, struct kb_span *value);
/* Maps what LMDB returned; damage and a full map are noted in txn and env. */
KB_MUST_CHECK enum kb_err env_mdb_error(struct kb_txn *txn, int rc);
/* KB_ERR_NOT_FOUND when the rows around key are sound and in order; else KB_ERR_CORRUPT. */
KB_MUST_CHECK enum kb_err env_row_missing(struct kb_txn *txn, unsigned table, struct kb_span key);
/* Deletes a row whose stored tag is known. */
KB_MUST_CHECK enum kb_err env_row_del(struct kb_txn *txn, unsigned table, struct kb_span key,
				      const uint8_t tag[ENV_ROW_TAG_BYTES]);

/* env_tally.c */
void env_tally_add(struct env_tally_table *table, const uint8_t tag[ENV_ROW_TAG_BYTES]);
void env_tally_sub(struct env_tally_table *table, const uint8_t tag[ENV_ROW_TAG_BYTES]);
size_t env_tally_bytes(const struct env_tally *tally);
void env_tally_encode(const struct env_tally *tally, uint8_t *at);
KB_MUST_CHECK enum kb_err env_tally_decode(struct kb_span value, struct env_tally *out);
/* Writes tally as the row of the environment's own table in txn. An LMDB return code. */
KB_MUST_CHECK int env_tally_put(MDB_txn *txn, MDB_dbi own_dbi, const struct env_tally *tally);
/* KB_ERR_NOT_FOUND, KB_ERR_CORRUPT. */
KB_MUST_CHECK enum kb_err env_tally_get(MDB_txn *txn, MDB_dbi own_dbi, struct env_tally *out);

/* env_folder.c: the folder, its locks, the note of an unclean end, the reserve. */
KB_MUST_CHECK enum kb_err env_folder_open(struct kb_env *env, struct kb_error_text *where);
void env_folder_close(struct kb_env *env);
KB_MUST_CHECK enum kb_err env_file_name(const struct kb_env *env, const char *suffix, char *out,
					size_t size);
KB_MUST_CHECK enum kb_err env_file_path(const struct kb_env *env, const char *suffix, char *out,
					size_t size);
KB_MUST_CHECK enum kb_err env_folder_sync(const struct kb_env *env);
bool env_mark_open(struct kb_env *env); /* true: the mark was there already */
void env_mark_closed(struct kb_env *env);
void env_reserve_open(struct kb_env *env);
/* Asks the file system for some room and gives it back at once. */
bool env_disk_is_full(const struct kb_env *env);

/* env_open.c; schema of what is stored is left in env->tally. */
KB_MUST_CHECK enum kb_err env_mdb_open(struct kb_env *env, const char *suffix, unsigned flags,
				       struct kb_error_text *where);
KB_MUST_CHECK enum kb_err env_config_check(const struct kb_env_config *config,
					   struct kb_error_text *where);
KB_MUST_CHECK enum kb_err env_new(const struct kb_env_config *config, struct kb_env **out,
				  struct kb_error_text *where);
void env_free(struct kb_env *env);
/* Opens all tables in one LMDB transaction and compares their sizes with the tally. */
KB_MUST_CHECK enum kb_err env_tables_open(struct kb_env *env, MDB_txn *txn, bool create,
					  struct kb_error_text *where);
KB_MUST_CHECK enum kb_err env_counts_check(struct kb_env *env, MDB_txn *txn,
					   struct kb_error_text *where);
/* A read-only environment beside a daemon that may be running: for the checking child only. */
KB_MUST_CHECK enum kb_err env_snapshot_open(const struct kb_env_config *config, struct kb_env **out,
					    struct kb_error_text *where);

/* env_migrate.c: runs the migrations of config, each in a step of its own. */
KB_MUST_CHECK enum kb_err env_migrate(struct kb_env *env, const struct kb_env_config *config,
				      struct kb_error_text *where);

/* env_replace.c: rewrites the data file compacted and puts it in place of the old one, which is overwritten first to last. KB_ERR_IO
 * after the old file was given up: the environment has failed, the process must end; a later open finds a sound file. */
KB_MUST_CHECK enum kb_err env_replace_by_copy(struct kb_env *env, struct kb_error_text *where);
#define ENV_SUFFIX_DATA ".mdb"
#define ENV_SUFFIX_COPY ".mdb.copy"

/* env_txn.c */
void env_fail_stop(struct kb_env *env, const char *what, int rc);
KB_MUST_CHECK enum kb_err env_grow(struct kb_env *env);
void env_used_refresh(struct kb_env *env);

#endif
