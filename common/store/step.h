/* SPDX-License-Identifier: EUPL-1.2 */
/* A step: one transaction over all tables of an agent, with the rows that a batch touches again and again kept in memory. */
#ifndef KB_STORE_STEP_H
#define KB_STORE_STEP_H

#include "common/base/arena.h"
#include "common/base/ids.h"

/* Opaque types. */
struct kb_store;
struct kb_step;
struct kb_txn;

enum kb_step_mode {
	KB_STEP_NONE = 0,
	KB_STEP_READ,  /* a snapshot; keep it short, it holds back pages of the file */
	KB_STEP_WRITE, /* at most one at a time */
};

/*
 * Begins a step. Design rule 2: the received message, the case, the deadlines, the answers and the log record belong in one
 * step. Edge, case and counter rows are kept in memory and written once, at the commit; reads inside the step see them.
 * KB_ERR_STATE when a write step is open already; KB_ERR_READ_ONLY for a write step after damage was found.
 */
KB_MUST_CHECK enum kb_err kb_step_begin(struct kb_store *store, enum kb_step_mode mode,
					struct kb_step **out);
/* Writes the kept rows and commits, synced to disk (a read step just ends). *step becomes NULL. On an error nothing of
 * the step is on disk. KB_ERR_STORE_FULL and KB_ERR_NO_SPACE leave the store usable. Design rule 1: say "accepted" only
 * after KB_OK. */
KB_MUST_CHECK enum kb_err kb_step_commit(struct kb_step **step);
/* Ends the step; nothing of it stays. Allowed on NULL. */
void kb_step_abort(struct kb_step **step);

/* Runs fn in a write step and commits; any error of fn or of the commit aborts and is returned. When the map was too small it
 * is made larger and fn runs again from the start: it changes what state points to only in a way that a second run overwrites.
 * The normal way for a daemon; where (may be NULL) gets a sentence. */
typedef enum kb_err (*kb_store_step_fn)(struct kb_step *step, void *state);
KB_MUST_CHECK enum kb_err kb_step_run(struct kb_store *store, kb_store_step_fn fn, void *state,
				      struct kb_error_text *where);

/* The transaction of the core, for the ledger and key ring. Borrowed. */
struct kb_txn *kb_step_txn(struct kb_step *step);
struct kb_store *kb_step_store(struct kb_step *step);
bool kb_step_writes(const struct kb_step *step);
/* Wall time, taken once at the begin, so that all rows of a step agree. */
int64_t kb_step_now_utc_ms(const struct kb_step *step);
/* Memory for the caller's pieces; it lives as long as the step and is overwritten at its end. */
struct kb_arena *kb_step_arena(struct kb_step *step);

/* Our own party number in every table; others start at 1 (parties.h). */
#define KB_PARTY_NO_SELF 0

/* (party, epoch, number): names one message for life. Sender or recipient, as the table says. */
struct kb_number_key {
	uint32_t party_no;
	uint32_t epoch_no; /* see epochs.h */
	uint64_t number;
};

#endif
