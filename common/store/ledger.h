/* SPDX-License-Identifier: EUPL-1.2 */
/* The tamper-evident log: per calendar year an RFC 9162 tree over the stored records, chained year to year. */
#ifndef KB_STORE_LEDGER_H
#define KB_STORE_LEDGER_H

#include "common/base/ids.h"
#include "common/store/check.h"
#include "common/store/env.h"

struct kb_ledger;

/*
 * Records have one running number for life, from 1. The log of a year is the records first_number .. first_number + size - 1;
 * the leaf with index i is record first_number + i, its hash the RFC 9162 leaf hash of the record's bytes.
 */
struct kb_ledger_head {
	uint16_t year; /* UTC; 0: no record yet */
	uint64_t first_number;
	uint64_t size;
	struct kb_hash root;
};

static inline uint64_t
kb_ledger_next_number(const struct kb_ledger_head *head)
{
	return head->first_number + head->size;
}

/* What the caller's wire and keys add. state is handed to each. */
struct kb_ledger_hooks {
	/* Appends the signed checkpoint of head, made at utc_ms. NULL: checkpoints are stored unsigned (empty bytes). */
	enum kb_err (*sign)(void *state, const struct kb_ledger_head *head, int64_t utc_ms,
			    struct kb_buf *checkpoint);
	/* Appends the first record of a new year, which names the last root of the year before and its signed checkpoint.
	 * NULL: a plain form of this folder is written ("ketenbode/v1/jaar" NUL, year, size, root, checkpoint). */
	enum kb_err (*open_year)(void *state, const struct kb_ledger_head *previous,
				 struct kb_span checkpoint, uint16_t year, int64_t utc_ms,
				 struct kb_buf *record);
	/* For verify: KB_OK when checkpoint is what sign made of head. NULL: not looked at. */
	enum kb_err (*check_checkpoint)(void *state, const struct kb_ledger_head *head,
					struct kb_span checkpoint);
	/* For verify: KB_OK when record is what open_year made of previous. NULL with open_year NULL: the plain form. */
	enum kb_err (*check_open_year)(void *state, const struct kb_ledger_head *previous,
				       struct kb_span checkpoint, uint16_t year,
				       struct kb_span record);
	void *state;
};

struct kb_ledger_config {
	unsigned table_log;
	unsigned table_tree;
	unsigned table_meta; /* keys that begin with "ledger/" are the ledger's */
	struct kb_ledger_hooks hooks;
};

/* Reads what appending needs (the last unfinished tiles: some milliseconds however long the log is). KB_ERR_CORRUPT when the log
 * does not fit its tiles or is shorter than its last checkpoint; the environment is then read-only. Close it before env. */
KB_MUST_CHECK enum kb_err kb_ledger_open(struct kb_env *env, const struct kb_ledger_config *config,
					 struct kb_ledger **out, struct kb_error_text *where);
void kb_ledger_close(struct kb_ledger *ledger); /* NULL is allowed */

/*
 * Appends the parts as one record. In the first append of a later year (by utc_ms) the old year is closed first: its final
 * checkpoint is signed and stored, and becomes the first record of the new year. A clock that went back stays in the open year.
 * An abort of txn takes everything back. *number may be NULL. Errors of the hooks and of kb_put().
 */
KB_MUST_CHECK enum kb_err kb_ledger_append(struct kb_ledger *ledger, struct kb_txn *txn,
					   int64_t utc_ms, const struct kb_span *parts,
					   size_t part_count, uint64_t *number);

/* The open year, what the transaction in progress appended included. */
void kb_ledger_head(const struct kb_ledger *ledger, struct kb_ledger_head *out);
/* The same as of the last commit: what may be told to others. */
void kb_ledger_committed_head(const struct kb_ledger *ledger, struct kb_ledger_head *out);
/* The head of any year, its latest known size and root. KB_ERR_NOT_FOUND. */
KB_MUST_CHECK enum kb_err kb_ledger_year(struct kb_ledger *ledger, struct kb_txn *txn,
					 uint16_t year, struct kb_ledger_head *out);

/* Signs the present head and stores it in the same transaction; the signed bytes are appended to checkpoint (may be NULL).
 * With the size unchanged since the last one, that one is given again. */
KB_MUST_CHECK enum kb_err kb_ledger_checkpoint(struct kb_ledger *ledger, struct kb_txn *txn,
					       int64_t utc_ms, struct kb_buf *checkpoint);
/* The last stored checkpoint of year (0: of the open year): the head it is about and its signed bytes (may be NULL). KB_ERR_NOT_FOUND. */
KB_MUST_CHECK enum kb_err kb_ledger_last_checkpoint(struct kb_ledger *ledger, struct kb_txn *txn,
						    uint16_t year, struct kb_ledger_head *head,
						    struct kb_buf *checkpoint);

/* Root of the first size leaves of year. KB_ERR_NOT_FOUND: no such year or shorter. */
KB_MUST_CHECK enum kb_err kb_ledger_root_at(struct kb_ledger *ledger, struct kb_txn *txn,
					    uint16_t year, uint64_t size, struct kb_hash *root);
/* Append the RFC 9162 path to path (hashes one after another). KB_ERR_NOT_FOUND as above, KB_ERR_BAD_VALUE as
 * kb_merkle_prove_...(). */
KB_MUST_CHECK enum kb_err kb_ledger_prove_inclusion(struct kb_ledger *ledger, struct kb_txn *txn,
						    uint16_t year, uint64_t index, uint64_t size,
						    struct kb_buf *path);
KB_MUST_CHECK enum kb_err kb_ledger_prove_consistency(struct kb_ledger *ledger, struct kb_txn *txn,
						      uint16_t year, uint64_t old_size,
						      uint64_t new_size, struct kb_buf *path);

/* Where record number stands. KB_ERR_NOT_FOUND. */
KB_MUST_CHECK enum kb_err kb_ledger_locate(struct kb_ledger *ledger, struct kb_txn *txn,
					   uint64_t number, uint16_t *year, uint64_t *index);
/* The record's bytes. KB_ERR_NOT_FOUND: not written yet, or dropped; a gap is KB_ERR_CORRUPT. */
KB_MUST_CHECK enum kb_err kb_ledger_get(struct kb_ledger *ledger, struct kb_txn *txn,
					uint64_t number, struct kb_span *record);

/* Walk: records with number >= *number in order. The first call's *cursor is NULL; it sets number and record, KB_ERR_NOT_FOUND at
 * the end. Close *cursor with kb_cursor_close() before the transaction ends. A gap is KB_ERR_CORRUPT. */
KB_MUST_CHECK enum kb_err kb_ledger_next(struct kb_ledger *ledger, struct kb_txn *txn,
					 struct kb_cursor **cursor, uint64_t *number,
					 struct kb_span *record);

/* Drops at most max records below before (rounded down to whole tiles, so that every root and proof stays possible; never the
 * last 256 of a year's log that is open). *dropped may be NULL. For the broker's 400 days (design 5). */
KB_MUST_CHECK enum kb_err kb_ledger_drop(struct kb_ledger *ledger, struct kb_txn *txn,
					 uint64_t before, size_t max, size_t *dropped);

/*
 * Recomputes every leaf, tile and root of every year from the records, and compares with the stored tiles, checkpoints, the
 * chain of years and the counts. where names the first bad record by number. arg is a const struct kb_ledger_config *; made to be run by
 * kb_env_check_in_child() or kb_check_start().
 */
KB_MUST_CHECK enum kb_err kb_ledger_verify(struct kb_txn *txn, void *config,
					   kb_progress_fn progress, void *progress_state,
					   struct kb_error_text *where);

#endif
