/* SPDX-License-Identifier: EUPL-1.2 */
/* Which dossier a melding belongs to: all meldingen of one leerling by one school in one school year are one. */
#ifndef KB_GEMEENTE_LEERPLICHT_DOSSIER_H
#define KB_GEMEENTE_LEERPLICHT_DOSSIER_H

#include "agents/intake/dossier.h"
#include "common/wire/absence.h"

/*
 * After kb_act_accept: makes dossier (the case in which the message came) the dossier of this leerling, school and year. When an
 * older case was it (a school whose store went back in time opens new case ids for children that it reported before), its meldingen,
 * steps, questions, stand and behandelaar move to the new one, the school is told the stand again, and the older is closed.
 */
KB_MUST_CHECK enum kb_err kb_leerplicht_dossier_take(struct kb_act *act,
						     const struct kb_received *received,
						     const struct kb_verzuim_melding *message,
						     struct kb_case *dossier);

/* The child of a case, for struct kb_case_acts. */
enum kb_err kb_leerplicht_case_pupil(struct kb_step *step, const struct kb_case *row,
				     struct kb_arena *arena, uint64_t *pupil_no);

#endif
