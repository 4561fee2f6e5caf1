/* SPDX-License-Identifier: EUPL-1.2 */
/* One melding at the school: from a stored row to a message to the gemeente where the leerling lives. */
#ifndef KB_INTAKE_SCHOOL_MELDING_H
#define KB_INTAKE_SCHOOL_MELDING_H

#include "agents/runtime/act.h"
#include "common/exchange/melding.h"
#include "common/store/meldingen.h"

/* Clocks of the school (kb_deadline.rule) and where they come from (source_id). Numbers are never reused. */
#define KB_SCHOOL_CLOCK_MELDEN 1u /* five working days to report (facts D1) */
#define KB_SCHOOL_SOURCE_LEERPLICHTWET 1u

/*
 * Sends what row now says: a melding when it was never sent, else a correctie to where the melding went (a correction does
 * not follow a move), an intrekking when row carries that flag. Opens or finds the dossier of this pupil, gemeente and school
 * year, starts the clock with the first message. Nothing to send with (no person, no gemeente with a leerplicht desk, register
 * too old): row->hold says why, KB_OK, and kb_school_held_retry() tries again. row is stored either way; its spans must live until
 * the act ends.
 */
KB_MUST_CHECK enum kb_err kb_school_melding_send(struct kb_act *act, struct kb_melding_row *row);

/* Withdraws it: a message when it was sent, only the flag when it never left. */
KB_MUST_CHECK enum kb_err kb_school_melding_withdraw(struct kb_act *act,
						     struct kb_melding_row *row);

/* Tries every held melding again. *sent_count (may be NULL) is how many went. */
KB_MUST_CHECK enum kb_err kb_school_held_retry(struct kb_act *act, uint32_t *sent_count);

/* Which pupil a case of this school is about. KB_ERR_NOT_FOUND. */
KB_MUST_CHECK enum kb_err kb_school_case_pupil(struct kb_step *step, const struct kb_case *row,
					       struct kb_arena *arena, uint64_t *pupil_no);

/* The case is late as long as a clock of it has run out and was not stopped. */
KB_MUST_CHECK enum kb_err kb_school_case_late(struct kb_act *act, uint64_t case_no);

/* The row as the rule sees it; leerling is pupil_no. */
struct kb_melding kb_school_melding_of(const struct kb_melding_row *row);
/* Copies what the rule made into the row. */
void kb_school_melding_set(struct kb_melding_row *row, const struct kb_melding *melding);

/* What the school sees of how a melding stands: "op weg", "gemeld", "te laat gemeld" and so on. Dutch. */
const char *kb_school_melding_state(const struct kb_melding_row *row);

#endif
