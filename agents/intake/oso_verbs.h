/* SPDX-License-Identifier: EUPL-1.2 */
/* What people at a school do with OSO dossiers: send one into a case, and write one for the own administration. */
#ifndef KB_INTAKE_OSO_VERBS_H
#define KB_INTAKE_OSO_VERBS_H

#include "agents/runtime/desk.h"

#define KB_OSO_SEND_ARG_COUNT 4
extern const struct kb_desk_arg kb_oso_send_args[KB_OSO_SEND_ARG_COUNT];
#define KB_OSO_EXPORT_ARG_COUNT 2
extern const struct kb_desk_arg kb_oso_export_args[KB_OSO_EXPORT_ARG_COUNT];

#define KB_OSO_NEW_ARG_COUNT 1
extern const struct kb_desk_arg kb_oso_new_args[KB_OSO_NEW_ARG_COUNT];

/* `oso new`: a job; a case about the child that the dossier names. Nothing else of the dossier is kept. */
enum kb_err kb_oso_new(struct kb_desk_call *call);
/* `oso send`: a job; the helper reads the dossier, then one act sends it as overdrachtsdossier. Nothing is sent of a dossier in
 * which a rule is broken. */
enum kb_err kb_oso_send(struct kb_desk_call *call);
/* `oso export`: a job; the newest overdrachtsdossier of the case as a file of 0600 that was not there yet. */
enum kb_err kb_oso_export(struct kb_desk_call *call);

/* The helper had no whole answer: why, in a sentence. Returns err. */
enum kb_err kb_oso_say_failed(struct kb_desk_call *call, enum kb_err err);

#endif
