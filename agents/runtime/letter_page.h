/* SPDX-License-Identifier: EUPL-1.2 */
/* A letter as a page: what the agent knows and what the user gave, in the template of the region. */
#ifndef KB_RUNTIME_LETTER_PAGE_H
#define KB_RUNTIME_LETTER_PAGE_H

#include "agents/runtime/letters.h"

/* Of every text that a user gives, and rows of one list. */
#define KB_LETTER_VALUE_BYTES_MAX 8192u
#define KB_LETTER_ROWS_MAX 64u

struct kb_letter_order {
	struct kb_letter_row letter; /* case_no, letter_no, kind, name, address and language */
	struct kb_span given;	     /* lines "naam=waarde" of the user */
	uint32_t user_no;
	int64_t now_utc_ms;
};

/*
 * Appends the page to out. step is any step, arena lives as long as the caller wants; faults in the template go to faults with
 * file:line. KB_ERR_USAGE or KB_ERR_DATA with a sentence in where (a field that is missing, unknown or of the wrong form),
 * KB_ERR_CONFIG (no region profile, or no folder of templates), KB_ERR_NOT_FOUND (case, frame or letter of the template), KB_ERR_OVERSIZE.
 */
KB_MUST_CHECK enum kb_err kb_letter_page(struct kb_agent *agent, struct kb_step *step,
					 struct kb_arena *arena,
					 const struct kb_letter_order *order, struct kb_buf *out,
					 struct kb_error_text *where);

#endif
