/* SPDX-License-Identifier: EUPL-1.2 */
/* Messages whose content is a closed list of fields: the same for all kinds and all roles. */
#ifndef KB_RUNTIME_MESSAGES_H
#define KB_RUNTIME_MESSAGES_H

#include "agents/runtime/role.h"
#include "common/exchange/fields.h"
#include "common/store/case_records.h"
#include "common/wire/content.h"

/* Takes such a message in: case, inbox, what it does to the clocks. The checks have been done. For the table of handlers. */
KB_MUST_CHECK enum kb_err kb_message_handle(struct kb_act *act, const struct kb_received *received);

/* One to send. Zero fields as in struct kb_outgoing. */
struct kb_message {
	struct kb_outgoing outgoing; /* without content */
	const struct kb_field *fields;
	size_t field_count;
};

/* Encodes and sends; at (may be NULL) names the field that is wrong. Errors of kb_inhoud_encode() and kb_act_send(). */
KB_MUST_CHECK enum kb_err kb_message_send(struct kb_act *act, const struct kb_message *message,
					  struct kb_sent_ref *ref, uint32_t *at);

/*
 * The same content, but nobody else has an agent: what parents were asked, answered, signed or refused. A record and a line in the
 * timeline of the case, and what the kind does to its clocks (R18). Errors of kb_inhoud_encode(); KB_ERR_NOT_FOUND.
 */
KB_MUST_CHECK enum kb_err kb_message_record(struct kb_act *act, uint64_t case_no, enum kb_kind kind,
					    const struct kb_field *fields, size_t count,
					    uint32_t *at);

/* Whether a line is one of many that people are not shown one by one (kinds.h). */
bool kb_message_is_quiet(const struct kb_case_record *line);

/* Whether a line of the timeline is a message that went out or was taken in: not one that waits to be, or was refused after that. */
KB_MUST_CHECK enum kb_err kb_message_counts(struct kb_step *step, const struct kb_case_record *line,
					    bool *counts);

/* The fields of a message of the timeline, in or out, in arena. KB_ERR_NOT_FOUND: erased. */
KB_MUST_CHECK enum kb_err kb_message_fields(struct kb_step *step, const struct kb_case_record *line,
					    struct kb_arena *arena, struct kb_inhoud *out);

/* Every message with fields of the case that counts, oldest first. */
typedef enum kb_err (*kb_message_line_fn)(void *to, const struct kb_case_record *line);
KB_MUST_CHECK enum kb_err kb_message_each(struct kb_step *step, uint64_t case_no,
					  struct kb_arena *arena, kb_message_line_fn fn, void *to);

/* For 'case show': a section with the fields of every such message of the case, in and out. */
KB_MUST_CHECK enum kb_err kb_message_sections(struct kb_desk_call *call, uint64_t case_no);

#endif
