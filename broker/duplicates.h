/* SPDX-License-Identifier: EUPL-1.2 */
/* Every number that was accepted, to recognise it when it comes again. Gaps mean nothing here (design 4). */
#ifndef KB_BROKER_DUPLICATES_H
#define KB_BROKER_DUPLICATES_H

#include "broker/mailbox.h"

struct kb_duplicate_key {
	uint32_t sender_no;
	uint32_t epoch_no;
	uint32_t recipient_no;
	uint64_t number;
};

struct kb_duplicate {
	uint32_t attempt;	    /* highest accepted */
	struct kb_mail_place place; /* of that attempt; it may have left the mailbox since */
	int64_t accepted_at_utc_ms;
	struct kb_hash commitment;
};

/* KB_ERR_NOT_FOUND: new. */
KB_MUST_CHECK enum kb_err kb_duplicate_get(struct kb_txn *txn, const struct kb_duplicate_key *key,
					   struct kb_duplicate *out);
KB_MUST_CHECK enum kb_err kb_duplicate_put(struct kb_txn *txn, const struct kb_duplicate_key *key,
					   const struct kb_duplicate *row);

/*
 * Forgets rows of one edge, from the number in *key on, that were accepted before the time before_utc_ms; stops at the first younger
 * one and after max rows. key->number becomes the last number forgotten (unchanged when none was). *done: nothing of
 * that age is left. Recipients remember for ever, so forgetting costs at most one needless delivery.
 */
KB_MUST_CHECK enum kb_err kb_duplicate_forget(struct kb_txn *txn, struct kb_duplicate_key *key,
					      int64_t before_utc_ms, size_t max, bool *done);

#endif
