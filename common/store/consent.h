/* SPDX-License-Identifier: EUPL-1.2 */
/* The register of toestemmingen (design 8): the signed statements as they were seen; the rules over them are in common/exchange. */
#ifndef KB_STORE_CONSENT_H
#define KB_STORE_CONSENT_H

#include "common/store/step.h"

#define KB_CONSENT_SALT_BYTES 32

/*
 * One toestemming, whoever recorded it. For whom, for what and who gave it stands in the statements alone, so that nothing here can
 * say something else than what was signed.
 */
struct kb_consent {
	uint64_t consent_no;	 /* local; filled by _put when 0 */
	struct kb_id consent_id; /* the reference in messages */
	uint64_t case_no;	 /* local */
	uint64_t subject_no;	 /* 0: not known here */
	uint64_t data_key_no;	 /* of the case */
	uint32_t versie;	 /* of the statement that stands */
	uint32_t status;	 /* enum kb_toestemming_status, as it stands */
	bool owes;		 /* a party has not been told yet that it was withdrawn */
	bool differs; /* a statement of the same version that says something else was seen */
	int64_t recorded_utc_ms;  /* first seen here */
	uint64_t recorded_by_no;  /* user; 0: another party recorded it */
	int64_t withdrawn_utc_ms; /* 0: not */
	uint64_t withdrawn_by_no; /* user; 0: another party */
	uint64_t given_seq;	  /* log records */
	uint64_t withdrawn_seq;
	/* encrypted from here on; encoded OndertekendeToestemming, empty: not seen */
	struct kb_span statement;  /* newest that is no withdrawal */
	struct kb_span other;	   /* of the same version, while they differ */
	struct kb_span withdrawal; /* the first one */
	struct kb_span giver_name; /* of the person or persons; only where it was recorded */
	struct kb_span how;	   /* written, in a talk ... */
	uint8_t evidence_salt[KB_CONSENT_SALT_BYTES];
	struct kb_span remark;
};

/* Adds (consent_no 0) or replaces. data_key_no and case_no must be set. KB_ERR_EXISTS: another row has this consent_id;
 * KB_ERR_OVERSIZE. */
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
/* The same by case. */
KB_MUST_CHECK enum kb_err kb_consent_next_of_case(struct kb_step *step, uint64_t case_no,
						  uint64_t after_no, struct kb_arena *arena,
						  struct kb_consent *out);
/* Every one after after_no, its clear part only: needs no key. */
KB_MUST_CHECK enum kb_err kb_consent_next_clear(struct kb_step *step, uint64_t after_no,
						struct kb_consent *out);

#endif
