/* SPDX-License-Identifier: EUPL-1.2 */
/* Running and finished clocks of cases, found by due time. */
#ifndef KB_STORE_DEADLINES_H
#define KB_STORE_DEADLINES_H

#include "common/store/cases.h"

/* X(name, number in the store, Dutch): design 7, kinds of clocks. */
#define KB_CLOCK_KIND_TABLE(X)                                                                     \
	X(NONE, 0, "")                                                                             \
	X(WETTELIJK, 1, "wettelijk")                                                               \
	X(REGEL, 2, "regel")                                                                       \
	X(NORM, 3, "norm")                                                                         \
	X(STREVEN, 4, "streven")                                                                   \
	X(TAAK, 5, "taak") /* what people of this party agreed with each other: binds nobody else */

enum kb_clock_kind {

#define KB_ROW(name, number, text) KB_CLOCK_##name = (number),
	KB_CLOCK_KIND_TABLE(KB_ROW)
#undef KB_ROW
};
#define KB_CLOCK_KIND_COUNT 6

const char *kb_clock_kind_name(enum kb_clock_kind kind);

#define KB_CLOCK_STATE_TABLE(X)                                                                    \
	X(NONE, 0, "")                                                                             \
	X(RUNNING, 1, "loopt")                                                                     \
	X(STOPPED, 2, "gestopt")                                                                   \
	X(EXPIRED, 3, "verlopen") /* ran out; it can still be stopped, late */                     \
	X(STOPPED_LATE, 4, "te laat gestopt")

enum kb_clock_state {

#define KB_ROW(name, number, text) KB_CLOCK_STATE_##name = (number),
	KB_CLOCK_STATE_TABLE(KB_ROW)
#undef KB_ROW
};
#define KB_CLOCK_STATE_COUNT 5

const char *kb_clock_state_name(enum kb_clock_state state);

struct kb_deadline {
	uint64_t case_no;
	uint16_t clock_id; /* within the case; filled by _start */
	enum kb_clock_state state;
	enum kb_clock_kind kind;
	uint32_t rule; /* which clock of the profile or of the fixed table; the owner's numbers */
	uint32_t source_id; /* text of the source line, e.g. law; the owner's numbers */
	uint64_t about;	    /* melding number or 0: lets a case have many clocks of one rule */
	int64_t started_utc_ms;
	int64_t due_utc_ms;	/* end of the last day: the first moment that is too late */
	int64_t stopped_utc_ms; /* 0: not */
	uint64_t started_seq;	/* log records */
	uint64_t stopped_seq;
	uint32_t started_by_party_no;
	uint64_t started_by_user_no; /* 0: the agent */
	bool historisch;	     /* past school year: shown, no alarm */
};

/* Starts a clock: assigns clock_id, sets RUNNING and keeps the summary in the case row. KB_ERR_NOT_FOUND: no such case. */
KB_MUST_CHECK enum kb_err kb_deadline_start(struct kb_step *step, struct kb_deadline *deadline);
/* Stops it at stopped_utc_ms (the counterparty's stored time, for the school's five working days): STOPPED or, when that is
 * not before due, STOPPED_LATE. *out (may be NULL) gets the row. KB_ERR_STATE: stopped before. */
KB_MUST_CHECK enum kb_err kb_deadline_stop(struct kb_step *step, uint64_t case_no,
					   uint16_t clock_id, int64_t stopped_utc_ms,
					   uint64_t stopped_seq, struct kb_deadline *out);
/* The running clock that is due first, not later than until_utc_ms, after *out (zeroed: the first). KB_ERR_NOT_FOUND: none. */
KB_MUST_CHECK enum kb_err kb_deadline_due_next(struct kb_step *step, int64_t until_utc_ms,
					       struct kb_deadline *out);
/* Marks a running clock as EXPIRED: it leaves the list by due time and stays in the case. */
KB_MUST_CHECK enum kb_err kb_deadline_expire(struct kb_step *step, uint64_t case_no,
					     uint16_t clock_id, struct kb_deadline *out);
/* A running clock gets another due time (a correction of what started it). */
KB_MUST_CHECK enum kb_err kb_deadline_move(struct kb_step *step, uint64_t case_no,
					   uint16_t clock_id, int64_t due_utc_ms);
KB_MUST_CHECK enum kb_err kb_deadline_get(struct kb_step *step, uint64_t case_no, uint16_t clock_id,
					  struct kb_deadline *out);
/* The clock of the case after after_id, whatever its state; KB_ERR_NOT_FOUND at the end. */
KB_MUST_CHECK enum kb_err kb_deadline_of_case(struct kb_step *step, uint64_t case_no,
					      uint16_t after_id, struct kb_deadline *out);
/* The clock of this case with that rule and about that was started last; KB_ERR_NOT_FOUND. */
KB_MUST_CHECK enum kb_err kb_deadline_find(struct kb_step *step, uint64_t case_no, uint32_t rule,
					   uint64_t about, struct kb_deadline *out);

#endif
