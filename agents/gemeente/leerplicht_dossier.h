/* SPDX-License-Identifier: EUPL-1.2 */
/* Which dossier a melding belongs to: all meldingen of one leerling by one school in one school year are one. */
#ifndef KB_GEMEENTE_LEERPLICHT_DOSSIER_H
#define KB_GEMEENTE_LEERPLICHT_DOSSIER_H

#include "agents/intake/dossier_route.h"
#include "common/wire/absence.h"

/*
 * After kb_act_accept: makes dossier (the case in which the message came) the dossier of this leerling, school and year. When an
 * older one was that and is still open (a school whose store went back in time opens new case ids for children that it reported
 * before), its meldingen, steps, questions and behandelaar move to the new one, and the older is closed here.
 */
KB_MUST_CHECK enum kb_err kb_leerplicht_dossier_take(struct kb_act *act,
						     const struct kb_received *received,
						     const struct kb_verzuim_melding *message,
						     struct kb_case *dossier);

/* Tells the school how a melding stands that it reported before, under its new id. That it cannot be reached now is no error. */
KB_MUST_CHECK enum kb_err kb_leerplicht_tell_stand(struct kb_act *act,
						   const struct kb_received *received,
						   const struct kb_melding_row *row,
						   const struct kb_case *dossier);

/* kb_role.on_move: the meldingen follow the dossier. The regie of one that begins is accepted; once it is ours, what was done before with
 * all its meldingen is done again (a school whose store went back in time). Both by the agent, which names nobody. */
enum kb_err kb_leerplicht_move(struct kb_act *act, struct kb_case *row,
			       const struct kb_case_move *move);

/* The child of a case, for struct kb_case_acts. */
enum kb_err kb_leerplicht_case_pupil(struct kb_step *step, const struct kb_case *row,
				     struct kb_arena *arena, uint64_t *pupil_no);

#endif
