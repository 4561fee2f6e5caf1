/* SPDX-License-Identifier: EUPL-1.2 */
/* The rows of the overview for parents (R17): what of a case went where, and who looked into it. */
#ifndef KB_RUNTIME_LETTER_ROWS_H
#define KB_RUNTIME_LETTER_ROWS_H

#include "agents/runtime/act.h"
#include "common/base/template.h"

/* Messages of the case, oldest first: date, kind, direction, party, how far it came. In arena. */
KB_MUST_CHECK enum kb_err kb_letter_rows_shared(struct kb_agent *agent, struct kb_step *step,
						uint64_t case_no, int64_t now_utc_ms,
						struct kb_arena *arena,
						struct kb_template_value *out);
/* Access records of the case, oldest first: date, name, function, what. Those of a year whose key was destroyed are left out. */
KB_MUST_CHECK enum kb_err kb_letter_rows_seen(struct kb_step *step, uint64_t case_no,
					      struct kb_arena *arena,
					      struct kb_template_value *out);

#endif
