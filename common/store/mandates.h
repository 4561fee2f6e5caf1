/* SPDX-License-Identifier: EUPL-1.2 */
/* What a user may do beside a role, from a day until a day: a seat at a table, an expertise in one case, the place of a colleague. */
#ifndef KB_STORE_MANDATES_H
#define KB_STORE_MANDATES_H

#include "common/exchange/access_rules.h"
#include "common/store/step.h"

#define KB_MANDATE_TEXT_MAX 200

/* Rows stand by user, so that one user's are read without looking at others. They are never deleted: old acts rest on them. */
struct kb_mandate {
	uint64_t mandate_no;  /* filled by _add */
	uint64_t data_key_no; /* filled by _add */
	enum kb_mandate_kind kind;
	uint64_t user_no;	 /* who may act */
	uint64_t absent_user_no; /* WAARNEMING: for whom; else 0 */
	uint64_t case_no;	 /* only for this case; 0: for every case */
	int32_t valid_from_day;	 /* local dates, both included */
	int32_t valid_until_day;
	int64_t created_utc_ms; /* filled by _add */
	uint64_t created_by_no; /* user; 0: the administrator's account */
	int64_t ended_utc_ms;	/* 0: not */
	uint64_t ended_by_no;
	/* encrypted under the key of the calendar year in which the row was written */
	struct kb_span given_by; /* who gave it, at most KB_MANDATE_TEXT_MAX bytes */
};

/*
 * KB_ERR_NOT_FOUND: no such user, or none that is deputised for; KB_ERR_BAD_VALUE: ends before it begins, a WAARNEMING for nobody or
 * for oneself, another kind for somebody, a DESKUNDIGE without a case, nobody gave it; KB_ERR_OVERSIZE.
 */
KB_MUST_CHECK enum kb_err kb_mandate_add(struct kb_step *step, struct kb_mandate *mandate);
/* The mandate of that user after after_no (0: the first), given_by left empty; KB_ERR_NOT_FOUND at the end. */
KB_MUST_CHECK enum kb_err kb_mandate_of_user(struct kb_step *step, uint64_t user_no,
					     uint64_t after_no, struct kb_mandate *out);
/* Those that the user holds at that moment for every case or for that one, as bits (KB_MANDATE_BIT). */
KB_MUST_CHECK enum kb_err kb_mandates_held(struct kb_step *step, uint64_t user_no, uint64_t case_no,
					   int64_t at_utc_ms, uint32_t *mandates);
/*
 * The row behind *at (user_no and mandate_no 0: the first), of all users; given_by is in arena, empty after erasure of the year key.
 * KB_ERR_NOT_FOUND at the end.
 */
KB_MUST_CHECK enum kb_err kb_mandate_next(struct kb_step *step, struct kb_arena *arena,
					  struct kb_mandate *at);
/* Ends it from now on. KB_ERR_NOT_FOUND; KB_ERR_STATE: ended before. out (may be NULL) is the row, given_by empty. */
KB_MUST_CHECK enum kb_err kb_mandate_end(struct kb_step *step, uint64_t mandate_no,
					 int64_t at_utc_ms, uint64_t by_no, struct kb_mandate *out);

/* Whether it counts at that moment. */
bool kb_mandate_valid(const struct kb_mandate *mandate, int64_t at_utc_ms, int32_t local_day);

#endif
