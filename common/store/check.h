/* SPDX-License-Identifier: EUPL-1.2 */
/* Checks of a whole environment in a child process, so that a crash inside LMDB becomes a sentence naming the file. */
#ifndef KB_STORE_CHECK_H
#define KB_STORE_CHECK_H

#include "common/store/env.h"

struct kb_check; /* a running child */

/* From the child to its parent; done counts up to total (0: not known). */
typedef void (*kb_progress_fn)(void *state, uint64_t done, uint64_t total);

/* What the child does after pages and hashes were found sound: it reads in txn and may report progress. It runs in a copy of
 * the caller's memory; nothing it changes comes back but its error and where. NULL: only pages and hashes. */
typedef enum kb_err (*kb_check_fn)(struct kb_txn *txn, void *arg, kb_progress_fn progress,
				   void *progress_state, struct kb_error_text *where);

/*
 * Forks a child that opens the environment of config read-only (the daemon may have it open and go on writing; only path,
 * name, tables, table_count and schema are used) and checks one snapshot: every page, every hash, the counts, then fn. The
 * child touches nothing of the parent's environment, sockets or files.
 */
KB_MUST_CHECK enum kb_err kb_check_start(const struct kb_env_config *config, kb_check_fn fn,
					 void *arg, struct kb_check **out);
/* Readable when there is news: for the loop. */
int kb_check_fd(const struct kb_check *check);
/*
 * Takes the news without blocking. KB_ERR_BUSY: still running; *done and *total (may be NULL) as last reported. Otherwise the
 * result: KB_OK, KB_ERR_CORRUPT and so on, where holds the sentence. A child that died of a signal is KB_ERR_CORRUPT, naming the
 * data file.
 */
KB_MUST_CHECK enum kb_err kb_check_poll(struct kb_check *check, uint64_t *done, uint64_t *total,
					struct kb_error_text *where);
/* Kills the child if it still runs. NULL is allowed. */
void kb_check_free(struct kb_check *check);

/* Start, wait, free. progress (may be NULL) is called in this process. */
KB_MUST_CHECK enum kb_err kb_env_check_in_child(const struct kb_env_config *config, kb_check_fn fn,
						void *arg, kb_progress_fn progress,
						void *progress_state, struct kb_error_text *where);

#endif
