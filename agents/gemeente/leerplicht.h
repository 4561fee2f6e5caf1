/* SPDX-License-Identifier: EUPL-1.2 */
/* The leerplicht desk of a gemeente: dossiers of verzuim that schools fill, and what the desk answers. */
#ifndef KB_GEMEENTE_LEERPLICHT_H
#define KB_GEMEENTE_LEERPLICHT_H

#include "agents/runtime/role.h"

#define KB_LEERPLICHT_HANDLER_COUNT 6
extern const struct kb_role_handler kb_leerplicht_handlers[KB_LEERPLICHT_HANDLER_COUNT];
#define KB_LEERPLICHT_VERB_COUNT 2
extern const struct kb_desk_verb kb_leerplicht_verbs[KB_LEERPLICHT_VERB_COUNT];

enum kb_err kb_leerplicht_fate(struct kb_act *act, const struct kb_sent_fate *fate);
enum kb_err kb_leerplicht_inbox(struct kb_desk_call *call);
enum kb_err kb_leerplicht_case(struct kb_desk_call *call, uint64_t case_no);

/* `case act` of this desk. */
enum kb_err kb_leerplicht_act(struct kb_desk_call *call);

#endif
