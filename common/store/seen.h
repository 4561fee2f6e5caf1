/* SPDX-License-Identifier: EUPL-1.2 */
/* Every number this agent ever received, for dedupe, equivocation and the list of missing numbers; kept for life. */
#ifndef KB_STORE_SEEN_H
#define KB_STORE_SEEN_H

#include "common/store/step.h"

/* X(name, number in the store, stable name) */
#define KB_SEEN_OUTCOME_TABLE(X)                                                                   \
	X(NONE, 0, "")                                                                             \
	X(STORED, 1, "opgeslagen")                                                                 \
	X(REFUSED, 2, "geweigerd")                                                                 \
	X(VERVALLEN, 3, "vervallen") /* closed by the sender before it arrived */                  \
	X(HELD, 4, "wacht") /* stored, but waits for an earlier message of its case (held.h) */

enum kb_seen_outcome {

#define KB_ROW(name, number, text) KB_SEEN_##name = (number),
	KB_SEEN_OUTCOME_TABLE(KB_ROW)
#undef KB_ROW
};
#define KB_SEEN_OUTCOME_COUNT 5

const char *kb_seen_outcome_name(enum kb_seen_outcome outcome);

/* Key: sender, the sender's epoch, number. */
struct kb_seen_row {
	struct kb_number_key key;
	enum kb_seen_outcome outcome;
	uint32_t reason; /* wire reason; 0 when stored */
	uint32_t attempt;
	int64_t stored_at_utc_ms;
	struct kb_hash commitment;
	struct kb_id message_id;
	uint64_t ledger_seq;
	bool folded; /* retention left only that it was stored: commitment, id and times are zero */
};

/* Numbers from first to last, both included. */
struct kb_number_range {
	uint64_t first;
	uint64_t last;
};

/* Gaps kept per edge. A sender that makes more of them in this many pieces is refused for the time being. */
#define KB_SEEN_GAPS_MAX 4096

/* Per (sender, epoch). */
struct kb_edge_in {
	uint32_t sender_no;
	uint32_t epoch_no;
	uint64_t highest; /* number seen */
	uint64_t seen_count;
	uint64_t refused_count;
	uint64_t missing_count; /* numbers below highest that never arrived */
	uint32_t gap_count;	/* ranges they form */
	uint64_t folded_below;
	int64_t last_utc_ms;
};

/*
 * Whether the number is new. KB_OK: new, out untouched. KB_ERR_DUPLICATE: same content, out holds what the receipt said.
 * KB_ERR_EQUIVOCATION: the same number with another commitment, out holds the first. KB_ERR_RECALLED: the sender had closed
 * it. A refused number that may come again (re-sealing after cannot-open) is a duplicate here; the caller looks at reason and
 * attempt. KB_ERR_BUSY: would make more than KB_SEEN_GAPS_MAX gaps. KB_ERR_BAD_VALUE: number 0 or the highest possible.
 */
KB_MUST_CHECK enum kb_err kb_seen_check(struct kb_step *step, const struct kb_number_key *key,
					const struct kb_hash *commitment, struct kb_seen_row *out);
/* Writes the row (new, or over an older one after a re-sealing) and keeps highest and gaps. Errors as kb_seen_check(). */
KB_MUST_CHECK enum kb_err kb_seen_put(struct kb_step *step, const struct kb_seen_row *row);
KB_MUST_CHECK enum kb_err kb_seen_get(struct kb_step *step, const struct kb_number_key *key,
				      struct kb_seen_row *out);
/* The first row after key with the same party and epoch (zeroed epoch and number: the first of the party). */
KB_MUST_CHECK enum kb_err kb_seen_next(struct kb_step *step, const struct kb_number_key *after,
				       struct kb_seen_row *out);

KB_MUST_CHECK enum kb_err kb_edge_in_get(struct kb_step *step, uint32_t sender_no,
					 uint32_t epoch_no, struct kb_edge_in *out);
/* The edge after (sender, epoch) of *out (zeroed: the first); KB_ERR_NOT_FOUND at the end. */
KB_MUST_CHECK enum kb_err kb_edge_in_next(struct kb_step *step, struct kb_edge_in *out);

/* The lowest gaps, at most max, ascending. */
KB_MUST_CHECK enum kb_err kb_seen_missing(struct kb_step *step, uint32_t sender_no,
					  uint32_t epoch_no, struct kb_number_range *out,
					  size_t max, size_t *count);
/* What was received, as ranges (the complement of the gaps up to highest); for a restored party's hersteld message. */
KB_MUST_CHECK enum kb_err kb_seen_held_ranges(struct kb_step *step, uint32_t sender_no,
					      uint32_t epoch_no, struct kb_number_range *out,
					      size_t max, size_t *count);
/* Retention: forgets the rows of stored numbers below number; they stay known as seen. At most limit rows are dropped in
 * one call; *done tells whether all were. Refused and closed numbers keep their rows. */
KB_MUST_CHECK enum kb_err kb_seen_fold(struct kb_step *step, uint32_t sender_no, uint32_t epoch_no,
				       uint64_t below, size_t limit, bool *done);

#endif
