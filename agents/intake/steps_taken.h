/* SPDX-License-Identifier: EUPL-1.2 */
/* What a school already did for a leerling: items of the case, a date and a text each. */
#ifndef KB_INTAKE_STEPS_TAKEN_H
#define KB_INTAKE_STEPS_TAKEN_H

#include "common/store/case_items.h"
#include "common/wire/absence.h"

/* Adds one to the case. author_user_no 0: it came from the other party. KB_ERR_OVERSIZE above KB_WIRE_STAP_BYTES_MAX. */
KB_MUST_CHECK enum kb_err kb_steps_taken_add(struct kb_step *step, uint64_t case_no,
					     const struct kb_melding_stap *stap,
					     uint32_t author_party_no, uint64_t author_user_no,
					     int64_t at_utc_ms);

/* All of the case, oldest first, at most KB_WIRE_STAPPEN_MAX (the newest of them), in arena. */
KB_MUST_CHECK enum kb_err kb_steps_taken_list(struct kb_step *step, uint64_t case_no,
					      struct kb_arena *arena, struct kb_melding_stap **out,
					      size_t *count);

#endif
