/* SPDX-License-Identifier: EUPL-1.2 */
/* A reader of LMDB's file format that trusts nothing: finds a damaged page before LMDB would crash on it. */
#ifndef KB_STORE_ENV_PAGES_H
#define KB_STORE_ENV_PAGES_H

#include "common/store/check.h"
#include "common/store/env_internal.h"

struct env_pages_job {
	int fd;		  /* of the data file, open for reading */
	const char *file; /* for sentences */
	const char (*tables)[ENV_TABLE_NAME_MAX];
	unsigned table_count;
	/* 0: the newest snapshot (the file is at rest). Else this one: KB_ERR_BUSY when it is no longer in a meta page. */
	uint64_t txn_id;
	int64_t deadline_mono_ms; /* 0: none; not kept to when the file is shorter than its last page */
	kb_progress_fn progress; /* may be NULL; counts pages */
	void *progress_state;
};

struct env_pages_report {
	bool complete; /* false: the deadline came first, what was seen is sound */
	uint64_t txn_id;
	uint64_t page_count; /* pages in use or once used, the two meta pages included */
	uint64_t want_bytes; /* size that LMDB expects of the file */
	bool has_tally;
	struct env_tally tally; /* as stored */
	bool row_damage; /* a row with a bad hash, or rows that do not add up to the tally; see reason */
	char reason[KB_ENV_REASON_MAX];
};

/*
 * Walks every page of one snapshot: the header, bounds and order of each, the counts of each table, no page used twice or both
 * used and free; checks the hash of every row and compares count and sum per table with the tally. KB_ERR_CORRUPT with a sentence
 * for damage that would make LMDB crash or go astray; damage of rows alone is KB_OK and in the report. KB_ERR_NEWER_DATA: another
 * format of LMDB. Reads with pread(2) only: a short or unreadable file gives an error, never a signal.
 */
KB_MUST_CHECK enum kb_err env_pages_check(const struct env_pages_job *job,
					  struct env_pages_report *report,
					  struct kb_error_text *where);

#endif
