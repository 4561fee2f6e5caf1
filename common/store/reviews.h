/* SPDX-License-Identifier: EUPL-1.2 */
/* Views with the noodknop: each is reviewed afterwards by the functionaris gegevensbescherming, and none is forgotten. */
#ifndef KB_STORE_REVIEWS_H
#define KB_STORE_REVIEWS_H

#include "common/store/step.h"

/* X(name, number in the store, stable name) */
#define KB_JUDGEMENT_TABLE(X)                                                                      \
	X(NONE, 0, "")                                                                             \
	X(TERECHT, 1, "terecht")                                                                   \
	X(ONTERECHT, 2, "onterecht")

enum kb_judgement {

#define KB_ROW(name, number, text) KB_JUDGEMENT_##name = (number),
	KB_JUDGEMENT_TABLE(KB_ROW)
#undef KB_ROW
};
#define KB_JUDGEMENT_COUNT 3

const char *kb_judgement_name(enum kb_judgement judgement);
/* NONE when name is not in the table. */
enum kb_judgement kb_judgement_parse(struct kb_span name);

#define KB_REVIEW_TEXT_MAX 2000

struct kb_review {
	uint64_t
		ledger_seq; /* of the access record (access.h), which holds the reason: the number of the review */
	uint64_t data_key_no; /* filled by the store */
	uint64_t case_no;
	uint64_t user_no; /* who looked */
	int64_t at_utc_ms;
	enum kb_judgement judgement; /* NONE: open */
	int64_t judged_utc_ms;
	uint64_t judged_by_no;
	/* encrypted under the key of the calendar year in which the row was written */
	struct kb_span explanation; /* at most KB_REVIEW_TEXT_MAX bytes */
};

/* From ledger_seq, case_no, user_no and at_utc_ms. KB_ERR_EXISTS. */
KB_MUST_CHECK enum kb_err kb_review_open(struct kb_step *step, const struct kb_review *review);
/* The review after after_seq (0: the first); KB_ERR_NOT_FOUND at the end. explanation is in arena, empty after erasure of its key. */
KB_MUST_CHECK enum kb_err kb_review_next(struct kb_step *step, uint64_t after_seq,
					 struct kb_arena *arena, struct kb_review *out);
/* Once and for good. KB_ERR_NOT_FOUND; KB_ERR_STATE: judged before; KB_ERR_BAD_VALUE: no judgement; KB_ERR_OVERSIZE. */
KB_MUST_CHECK enum kb_err kb_review_judge(struct kb_step *step, uint64_t ledger_seq,
					  enum kb_judgement judgement, struct kb_span explanation,
					  int64_t at_utc_ms, uint64_t by_no);

#endif
