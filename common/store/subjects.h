/* SPDX-License-Identifier: EUPL-1.2 */
/* Children as numbers: found by a keyed hash of their PGN, each joining the cases of one child. */
#ifndef KB_STORE_SUBJECTS_H
#define KB_STORE_SUBJECTS_H

#include "common/store/step.h"

struct kb_subject {
	uint64_t subject_no;
	uint64_t joined_into; /* 0, or the subject that now stands for this one */
	int64_t created_utc_ms;
	uint32_t case_count;
};

/* The subject of a PGN (9 digits, checked by the caller); nothing but its HMAC under a key of this store is kept.
 * KB_ERR_NOT_FOUND. A joined subject gives the one it was joined into. */
KB_MUST_CHECK enum kb_err kb_subject_find(struct kb_step *step, struct kb_span pgn,
					  uint64_t *subject_no);
/* The same, and a new subject at first sight. */
KB_MUST_CHECK enum kb_err kb_subject_take(struct kb_step *step, struct kb_span pgn,
					  uint64_t *subject_no);
/* A subject without a PGN (identity not known yet). */
KB_MUST_CHECK enum kb_err kb_subject_create(struct kb_step *step, uint64_t *subject_no);
KB_MUST_CHECK enum kb_err kb_subject_get(struct kb_step *step, uint64_t subject_no,
					 struct kb_subject *out);

/*
 * The pairwise pseudonym of a child towards one party: 16 bytes of HMAC-SHA256 under a key of this store over the number and the
 * party id. The same for every case of the child, another for every other party; says nothing without the key.
 */
void kb_subject_pseudonym(struct kb_step *step, uint64_t subject_no,
			  const struct kb_party_id *party, struct kb_id *out);

/* Cases of a subject. Adding twice is KB_OK. */
KB_MUST_CHECK enum kb_err kb_subject_case_add(struct kb_step *step, uint64_t subject_no,
					      uint64_t case_no);
KB_MUST_CHECK enum kb_err kb_subject_case_remove(struct kb_step *step, uint64_t subject_no,
						 uint64_t case_no);
/* The case after after_no; KB_ERR_NOT_FOUND at the end. */
KB_MUST_CHECK enum kb_err kb_subject_case_next(struct kb_step *step, uint64_t subject_no,
					       uint64_t after_no, uint64_t *case_no);

/* from turns out to be the same child as into: its cases move, its number leads to into. Case rows get the new subject. The
 * caller logs it (SUBJECT_JOINED). KB_ERR_STATE when either was joined already or both are the same. */
KB_MUST_CHECK enum kb_err kb_subject_join(struct kb_step *step, uint64_t from, uint64_t into);
/* Undoes a join: the cases in case_nos go back to from. The caller logs it (SUBJECT_SPLIT). KB_ERR_STATE: not joined. */
KB_MUST_CHECK enum kb_err kb_subject_split(struct kb_step *step, uint64_t from,
					   const uint64_t *case_nos, size_t count);

#endif
