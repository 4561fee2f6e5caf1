/* SPDX-License-Identifier: EUPL-1.2 */
/* A meeting of a table as a case of kind OVERLEG: what its verbs and its screens both read. */
#ifndef KB_RUNTIME_OVERLEG_H
#define KB_RUNTIME_OVERLEG_H

#include "agents/runtime/case_board.h"

/* The overleg of the argument zaak. A sentence when that is another kind of case. */
KB_MUST_CHECK enum kb_err kb_overleg_find(struct kb_desk_call *call, struct kb_case *row,
					  struct kb_overleg_form *form);
/* When the table meets; the mandates must hold on that day. */
KB_MUST_CHECK enum kb_err kb_overleg_utc_ms(struct kb_desk_call *call, const struct kb_case *row,
					    int64_t *utc_ms);
/* The member, the point of the agenda after *item (zeroed: the first); KB_ERR_NOT_FOUND at the end. Spans are in the arena. */
KB_MUST_CHECK enum kb_err kb_overleg_next_lid(struct kb_desk_call *call, const struct kb_case *row,
					      struct kb_case_item *item, struct kb_lid_form *out);
KB_MUST_CHECK enum kb_err kb_overleg_next_point(struct kb_desk_call *call,
						const struct kb_case *row,
						struct kb_case_item *item,
						struct kb_agenda_form *out);

#endif
