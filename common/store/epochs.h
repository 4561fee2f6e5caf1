/* SPDX-License-Identifier: EUPL-1.2 */
/* Epochs: the 8 random bytes of a store, as small numbers for use in keys. */
#ifndef KB_STORE_EPOCHS_H
#define KB_STORE_EPOCHS_H

#include "common/store/step.h"

/* Own epochs stand under KB_PARTY_NO_SELF. */

/* A store that is restored again and again would be a fault or an attack. */
#define KB_EPOCHS_PER_PARTY_MAX 1024

struct kb_epoch_row {
	uint32_t party_no; /* KB_PARTY_NO_SELF: ours */
	uint32_t epoch_no; /* 1, 2, 3 ... per party in the order in which they were first seen */
	struct kb_epoch epoch;
	int64_t since_utc_ms;
};

/* The epoch in which this store numbers now. */
KB_MUST_CHECK enum kb_err kb_epoch_own(struct kb_step *step, struct kb_epoch_row *out);
/* Draws a new own epoch: numbering starts at 1 again for every recipient; the old ones stay listed. After a detected
 * restore (design 6). */
KB_MUST_CHECK enum kb_err kb_store_new_epoch(struct kb_step *step, struct kb_epoch_row *out);

/* The number of an epoch of party_no. KB_ERR_NOT_FOUND when it was never seen. */
KB_MUST_CHECK enum kb_err kb_epoch_find(struct kb_step *step, uint32_t party_no,
					const struct kb_epoch *epoch, uint32_t *epoch_no);
/* The same, and a new number at first sight. KB_ERR_BUSY above KB_EPOCHS_PER_PARTY_MAX. */
KB_MUST_CHECK enum kb_err kb_epoch_take(struct kb_step *step, uint32_t party_no,
					const struct kb_epoch *epoch, uint32_t *epoch_no);
KB_MUST_CHECK enum kb_err kb_epoch_get(struct kb_step *step, uint32_t party_no, uint32_t epoch_no,
				       struct kb_epoch_row *out);
/* The epoch after after_no of party_no (0: the first); KB_ERR_NOT_FOUND at the end. */
KB_MUST_CHECK enum kb_err kb_epoch_next(struct kb_step *step, uint32_t party_no, uint32_t after_no,
					struct kb_epoch_row *out);

#endif
