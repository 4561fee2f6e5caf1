/* SPDX-License-Identifier: EUPL-1.2 */
/* The gemeente as a role of the agent: the leerplicht desk works, the others receive nothing yet. */
#include "agents/gemeente/gemeente.h"

#include "agents/gemeente/leerplicht.h"
#include "agents/gemeente/leerplicht_dossier.h"

const struct kb_role kb_role_gemeente = {
	.kind = KB_PARTY_GEMEENTE,
	.program = "ketenbode-gemeente",
	.inbox_title = "leerplicht",
	.desks = { KB_DESK_LEERPLICHT, KB_DESK_JEUGD, KB_DESK_DOORSTROOMPUNT },
	.handlers = kb_leerplicht_handlers,
	.handler_count = KB_LEERPLICHT_HANDLER_COUNT,
	.verbs = kb_leerplicht_verbs,
	.verb_count = KB_LEERPLICHT_VERB_COUNT,
	.on_fate = kb_leerplicht_fate,
	.on_move = kb_leerplicht_move,
	.on_inbox = kb_leerplicht_inbox,
	.on_case = kb_leerplicht_case,
};
