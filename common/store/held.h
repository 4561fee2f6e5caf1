/* SPDX-License-Identifier: EUPL-1.2 */
/* Messages of a case that are stored and wait for an earlier one of the same sender. */
#ifndef KB_STORE_HELD_H
#define KB_STORE_HELD_H

#include "common/store/step.h"

struct kb_held_row {
	struct kb_number_key awaited; /* sender, epoch and number that must be handled first */
	uint32_t epoch_no;	      /* of the waiting message */
	uint64_t number;
	uint64_t ledger_seq; /* its message-in record: header and encrypted body */
	uint64_t case_no;
	int64_t since_utc_ms;
};

KB_MUST_CHECK enum kb_err kb_held_put(struct kb_step *step, const struct kb_held_row *row);
/* Takes one message that waits for awaited out of the table; KB_ERR_NOT_FOUND when none does. Handling it may set free the
 * next: call again with its own number. */
KB_MUST_CHECK enum kb_err kb_held_take(struct kb_step *step, const struct kb_number_key *awaited,
				       struct kb_held_row *out);
/* All, in key order, after *out (zeroed: the first); KB_ERR_NOT_FOUND at the end. */
KB_MUST_CHECK enum kb_err kb_held_next(struct kb_step *step, struct kb_held_row *out);
KB_MUST_CHECK enum kb_err kb_held_count(struct kb_step *step, uint64_t *count);

#endif
