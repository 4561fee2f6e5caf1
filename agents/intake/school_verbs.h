/* SPDX-License-Identifier: EUPL-1.2 */
/* The desk verbs of a school, one function each; the table of them is kb_school_verbs (school_role.h). */
#ifndef KB_INTAKE_SCHOOL_VERBS_H
#define KB_INTAKE_SCHOOL_VERBS_H

#include "agents/runtime/desk.h"

/* README and screens say it wherever a melding is made or shown. */
#define KB_SCHOOL_DUO_SENTENCE                                                                     \
	"Een melding hier vervangt de melding van de school aan het verzuimregister van DUO niet."

/* `verzuim import`: map, van, tot, bevestig. A job: the set is read, then one act takes it in. */
enum kb_err kb_school_import(struct kb_desk_call *call);
/* `verzuim meld`: leerling, soort, begin, eind, minuten, ouders-ingelicht. By hand, what the rule does not see. */
enum kb_err kb_school_meld(struct kb_desk_call *call);
/* `verzuim list`: schooljaar. */
enum kb_err kb_school_list(struct kb_desk_call *call);
/* `case act`. */
enum kb_err kb_school_case_act(struct kb_desk_call *call);

#endif
