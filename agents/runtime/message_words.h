/* SPDX-License-Identifier: EUPL-1.2 */
/* The words of a request that becomes a message of fields: the same for every verb that sends one. */
#ifndef KB_RUNTIME_MESSAGE_WORDS_H
#define KB_RUNTIME_MESSAGE_WORDS_H

#include "agents/runtime/desk.h"
#include "agents/runtime/messages.h"
#include "common/wire/content.h"
#include "common/wire/wire_limits.h"

/* Sorted by number. Zeroed: empty. */
struct kb_field_list {
	struct kb_field at[KB_WIRE_VELDEN_MAX];
	size_t count;
};

/* Puts a field in its place by number; value is borrowed. KB_ERR_EXISTS, KB_ERR_OVERSIZE. */
KB_MUST_CHECK enum kb_err kb_words_insert(struct kb_field_list *list, uint32_t number,
					  struct kb_span value);
/* The fields of the argument velden, added to list. A sentence when a line is none, or stands twice. */
KB_MUST_CHECK enum kb_err kb_words_fields(struct kb_desk_call *call, struct kb_field_list *list);
/* The argument soort. */
KB_MUST_CHECK enum kb_err kb_words_kind(struct kb_desk_call *call, enum kb_kind *kind);
/* The arguments zaak, doel, grond, loket and spoed, into the fields of out that they name. */
KB_MUST_CHECK enum kb_err kb_words_read(struct kb_desk_call *call, struct kb_outgoing *out);
/* Why it was not sent, as the sentence of the failure; at: the field for which, 0: none. */
KB_MUST_CHECK enum kb_err kb_words_refused(struct kb_desk_call *call, enum kb_err err, uint32_t at);
/* Sends it, with the argument toestemming and the profile of this agent; answers with its id, or says why not. */
KB_MUST_CHECK enum kb_err kb_words_post(struct kb_desk_call *call, struct kb_message *message,
					const struct kb_field_list *list);

#endif
