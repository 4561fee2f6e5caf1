/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A dossier of verzuim along its route (deploy/profiles, verzuim.route): the school's agent opens it with the first melding, the
 * leerplicht desk takes the steps, and the meldingen follow the state. The states are DUO's words for the stand of a melding (facts
 * D1). What is reported never waits for the route.
 */
#ifndef KB_INTAKE_DOSSIER_ROUTE_H
#define KB_INTAKE_DOSSIER_ROUTE_H

#include "agents/intake/dossier.h"
#include "agents/runtime/directory.h"
#include "agents/runtime/flow.h"

/* At the school, after the melding is on its way: the route begins, unless the case follows one already or the region has none. */
KB_MUST_CHECK enum kb_err kb_dossier_begin(struct kb_act *act, uint64_t case_no,
					   const struct kb_entry *gemeente);

/* kb_role.on_move at both sides: the meldingen that stand get the stand of the state. One that was finished by itself stays so, and a
 * dossier that only begins changes none. Only who reported withdraws, and only leerplicht finishes: of a dossier that ended otherwise a
 * melding keeps its stand, and the case is new in the inbox. Cases of another kind are left alone. pupil_no: under which its meldingen
 * stand. leerplicht: it has the regie. */
KB_MUST_CHECK enum kb_err kb_dossier_follow(struct kb_act *act, const struct kb_case *row,
					    uint64_t pupil_no, const char *state, bool leerplicht);

/* Closes the dossier when every melding of it was withdrawn and the regie is ours; the other side does the same when it has it. */
KB_MUST_CHECK enum kb_err kb_dossier_end_if_empty(struct kb_act *act, uint64_t case_no,
						  uint64_t pupil_no);

/* A step of the dossier by the user of the act, or with user_no 0 by the agent. stand names the step. *doing says what became of it. */
KB_MUST_CHECK enum kb_err kb_dossier_step(struct kb_act *act, uint64_t case_no, const char *event,
					  struct kb_flow_doing *doing);

/* The same by the agent itself, which names nobody. What it may not do is left for people: KB_OK. */
KB_MUST_CHECK enum kb_err kb_dossier_step_alone(struct kb_act *act, uint64_t case_no,
						const char *event);

#endif
