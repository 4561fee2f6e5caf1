/* SPDX-License-Identifier: EUPL-1.2 */
/* What the files about numbered messages share. */
#ifndef KB_STORE_OUTBOX_INTERNAL_H
#define KB_STORE_OUTBOX_INTERNAL_H

#include "common/store/outbox.h"
#include "common/store/step_internal.h"

struct kb_row_key kb_number_row_key(const struct kb_number_key *number);
KB_MUST_CHECK enum kb_err kb_number_row_key_read(struct kb_span row_key, struct kb_number_key *out);

KB_MUST_CHECK enum kb_err kb_sent_put(struct kb_step *step, const struct kb_sent_row *row,
				      enum kb_put_mode mode);

/* The bytes to send out of a value of the outbox; borrowed from value. */
KB_MUST_CHECK enum kb_err kb_envelope_decode(struct kb_span value, struct kb_span *envelope);

/* Whether a message in this state has a row in the outbox. */
static inline bool
kb_sent_state_waits(enum kb_sent_state state)
{
	return state == KB_SENT_WACHTRIJ || state == KB_SENT_VERZONDEN ||
	       state == KB_SENT_BIJ_BROKER || state == KB_SENT_NIET_BEZORGD;
}

/* The counters of an edge, for change within the step; made when they are not there yet. Stays where it is till the end. */
KB_MUST_CHECK enum kb_err kb_edge_out_edit(struct kb_step *step, uint32_t recipient_no,
					   uint32_t epoch_no, struct kb_edge_out **out);
/* Takes row into the counters (sign 1) or out of them (sign -1). */
void kb_edge_out_count(struct kb_edge_out *edge, const struct kb_sent_row *row, int sign);
/* As stored, without the step's cache: for the check of the tables. */
KB_MUST_CHECK enum kb_err kb_edge_out_load(struct kb_step *step, uint32_t recipient_no,
					   uint32_t epoch_no, struct kb_edge_out *out);

#endif
