/* SPDX-License-Identifier: EUPL-1.2 */
/* A second note of the log's head, outside the folder that is backed up: it shows that a store was restored. */
#ifndef KB_STORE_MARKER_H
#define KB_STORE_MARKER_H

#include "common/store/ledger.h"

struct kb_marker;

struct kb_marker_note {
	struct kb_epoch epoch;
	uint16_t year;
	uint64_t size;
	struct kb_hash root;
};

/* Reads the note at path. KB_ERR_NOT_FOUND: none there; KB_ERR_CORRUPT: not a note (treat as unknown, and say so). */
KB_MUST_CHECK enum kb_err kb_marker_read(const char *path, struct kb_marker_note *out,
					 struct kb_error_text *where);

/* X(name, word) */
#define KB_MARKER_VERDICT_TABLE(X)                                                                 \
	X(UNKNOWN, "unknown")	/* no note, or an unreadable one */                                \
	X(EQUAL, "equal")	/* the note is the store's head */                                 \
	X(BEHIND, "behind")	/* normal: the process ended before it wrote the last note */      \
	X(RESTORED, "restored") /* the note is ahead of the store, or of another history */

enum kb_marker_verdict {

#define KB_MARKER_VERDICT_ENUM(name, word) KB_MARKER_##name,
	KB_MARKER_VERDICT_TABLE(KB_MARKER_VERDICT_ENUM)
#undef KB_MARKER_VERDICT_ENUM
		KB_MARKER_VERDICT_COUNT,
};
const char *kb_marker_verdict_name(enum kb_marker_verdict verdict);

/* Compares note (NULL: none) with the log, by root and not only by size. The epoch is not compared: a process may end between
 * drawing a new one and noting it. Errors of reading the log. */
KB_MUST_CHECK enum kb_err kb_marker_compare(const struct kb_marker_note *note,
					    struct kb_ledger *ledger, struct kb_txn *txn,
					    enum kb_marker_verdict *verdict);

/* Writer. path: a file in a folder outside the data folder. */
KB_MUST_CHECK enum kb_err kb_marker_open(const char *path, struct kb_marker **out,
					 struct kb_error_text *where);
/* Remembers the head of the last commit. No disk. */
void kb_marker_set(struct kb_marker *marker, const struct kb_epoch *epoch,
		   const struct kb_ledger_head *head);
/* Writes what was set, at most once a second by mono_ms: new file, fsync, rename, folder fsync. KB_OK too when there was nothing to
 * do. A failure is no reason to stop: it is only the fast hint (design 6). */
KB_MUST_CHECK enum kb_err kb_marker_tick(struct kb_marker *marker, int64_t mono_ms);
/* Writes at once what is still unwritten: at a clean end. */
KB_MUST_CHECK enum kb_err kb_marker_flush(struct kb_marker *marker);
void kb_marker_close(struct kb_marker *marker); /* without writing; NULL is allowed */

#endif
