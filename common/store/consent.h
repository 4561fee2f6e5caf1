/* SPDX-License-Identifier: EUPL-1.2 */
/* The register of toestemmingen (design 8); the rules over it are in common/exchange. */
#ifndef KB_STORE_CONSENT_H
#define KB_STORE_CONSENT_H

#include "common/store/step.h"

/* X(name, number in the store, Dutch) */
#define KB_CONSENT_GIVER_TABLE(X)                                                                  \
	X(NONE, 0, "")                                                                             \
	X(OUDER, 1, "ouder")                                                                       \
	X(BEIDE_OUDERS, 2, "beide ouders")                                                         \
	X(VOOGD, 3, "voogd")                                                                       \
	X(JONGERE, 4, "jongere")                                                                   \
	X(OUDERS_EN_JONGERE, 5, "ouders en jongere")

enum kb_consent_giver {

#define KB_ROW(name, number, text) KB_CONSENT_##name = (number),
	KB_CONSENT_GIVER_TABLE(KB_ROW)
#undef KB_ROW
};
#define KB_CONSENT_GIVER_COUNT 6

const char *kb_consent_giver_name(enum kb_consent_giver giver);

/* Under 12, 12 to 15, 16 and over, at the moment of giving. */
enum kb_age_class {
	KB_AGE_NONE = 0,
	KB_AGE_UNDER_12 = 1,
	KB_AGE_12_15 = 2,
	KB_AGE_16_PLUS = 3,
};

struct kb_consent {
	uint64_t consent_no;	 /* local; filled by _put when 0 */
	struct kb_id consent_id; /* the reference in messages */
	uint64_t subject_no;
	uint64_t data_key_no; /* of the subject's case or pupil */
	int64_t recorded_utc_ms;
	uint64_t recorded_by_no; /* user */
	int64_t valid_from_utc_ms;
	int64_t valid_until_utc_ms; /* 0: open */
	int64_t withdrawn_utc_ms;   /* 0: not */
	uint64_t withdrawn_by_no;   /* user */
	uint64_t given_seq;	    /* log records */
	uint64_t withdrawn_seq;
	/* encrypted from here on */
	uint32_t purpose;    /* numbers of common/exchange */
	uint32_t categories; /* data categories as bits */
	enum kb_consent_giver giver;
	enum kb_age_class age_class;
	struct kb_span parties;	      /* party ids, each followed by LF */
	struct kb_span giver_name;    /* of the person or persons */
	struct kb_span how;	      /* written, in a talk ... */
	struct kb_hash evidence_hash; /* SHA-256(salt || document) */
	uint8_t evidence_salt[32];
	struct kb_span remark;
};

/* Adds (consent_no 0) or replaces. data_key_no must be set. KB_ERR_EXISTS: another row has this consent_id. */
KB_MUST_CHECK enum kb_err kb_consent_put(struct kb_step *step, struct kb_consent *consent);
/* Spans are in arena. KB_ERR_NOT_FOUND also after erasure of the key. */
KB_MUST_CHECK enum kb_err kb_consent_get(struct kb_step *step, uint64_t consent_no,
					 struct kb_arena *arena, struct kb_consent *out);
KB_MUST_CHECK enum kb_err kb_consent_find(struct kb_step *step, const struct kb_id *consent_id,
					  uint64_t *consent_no);
/* The consent of subject_no after after_no; KB_ERR_NOT_FOUND at the end. */
KB_MUST_CHECK enum kb_err kb_consent_next(struct kb_step *step, uint64_t subject_no,
					  uint64_t after_no, struct kb_arena *arena,
					  struct kb_consent *out);
/* KB_ERR_STATE: withdrawn before. */
KB_MUST_CHECK enum kb_err kb_consent_withdraw(struct kb_step *step, uint64_t consent_no,
					      int64_t at_utc_ms, uint64_t user_no, uint64_t seq);

#endif
