/* SPDX-License-Identifier: EUPL-1.2 */
/* Messages that could not be delivered, kept until their sender was told in a session. */
#ifndef KB_BROKER_RETURNS_H
#define KB_BROKER_RETURNS_H

#include "common/base/ids.h"
#include "common/store/env.h"

struct kb_return {
	uint32_t sender_no;
	uint64_t seq; /* per sender, rising */
	uint32_t recipient_no;
	uint32_t epoch_no; /* of the sender */
	uint64_t number;
	uint32_t attempt;
	uint32_t reason;
};

/* Adds row and fills in seq. */
KB_MUST_CHECK enum kb_err kb_return_put(struct kb_txn *txn, struct kb_return *row);
/* The next row of sender_no after seq of *out (0: the first). KB_ERR_NOT_FOUND at the end. */
KB_MUST_CHECK enum kb_err kb_return_next(struct kb_txn *txn, uint32_t sender_no,
					 struct kb_return *out);
/* Told: forgets what sender_no has up to and with seq. */
KB_MUST_CHECK enum kb_err kb_return_forget(struct kb_txn *txn, uint32_t sender_no, uint64_t seq);

#endif
