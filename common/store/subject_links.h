/* SPDX-License-Identifier: EUPL-1.2 */
/* Which rows of other tables belong to a subject, or to a case. */
#ifndef KB_STORE_SUBJECT_LINKS_H
#define KB_STORE_SUBJECT_LINKS_H

#include "common/store/step_internal.h"

enum kb_subject_link {
	KB_SUBJECT_LINK_NONE = 0,
	KB_SUBJECT_LINK_CASE = 1,
	KB_SUBJECT_LINK_CONSENT = 2,
	KB_CASE_LINK_CONSENT = 3, /* of a case: its number stands in the place of the subject */
};

/* *added: it was not there yet. */
KB_MUST_CHECK enum kb_err kb_subject_link_put(struct kb_step *step, uint64_t subject_no,
					      enum kb_subject_link kind, uint64_t number,
					      bool *added);
KB_MUST_CHECK enum kb_err kb_subject_link_delete(struct kb_step *step, uint64_t subject_no,
						 enum kb_subject_link kind, uint64_t number);
KB_MUST_CHECK enum kb_err kb_subject_link_next(struct kb_step *step, uint64_t subject_no,
					       enum kb_subject_link kind, uint64_t after,
					       uint64_t *number);

#endif
