/* SPDX-License-Identifier: EUPL-1.2 */
/* The desk verb `verzuim export`, the same at school and gemeente: new and changed meldingen since a counter. */
#ifndef KB_INTAKE_EXPORT_VERB_H
#define KB_INTAKE_EXPORT_VERB_H

#include "agents/runtime/desk.h"

/*
 * Argument: vanaf. Section "meldingen" with the columns of export.h, and section "export" with the counter to give next time as
 * --vanaf. The one who takes the rows keeps the counter: a lost file can always be asked for again. Meldingen that never left the
 * school are not in it. Writes one access record of type EXPORT.
 */
enum kb_err kb_export_verb(struct kb_desk_call *call);
#define KB_EXPORT_VERB_ARG_COUNT 1
extern const struct kb_desk_arg kb_export_verb_args[KB_EXPORT_VERB_ARG_COUNT];

#endif
