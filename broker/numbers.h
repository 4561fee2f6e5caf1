/* SPDX-License-Identifier: EUPL-1.2 */
/* Small numbers for parties and epochs: keys with them are short and in order. */
#ifndef KB_BROKER_NUMBERS_H
#define KB_BROKER_NUMBERS_H

#include "common/base/ids.h"
#include "common/store/env.h"

/* Epochs of one party; more are refused with KB_ERR_BUSY (a store that is restored so often is a fault or an attack). */
#define KB_EPOCHS_PER_SENDER_MAX 1024

/* Every party that was ever in the register, in memory; numbers start at 1 and are for life. */
struct kb_numbers {
	struct kb_party_id *ids; /* ids[no - 1] */
	uint32_t count;
	uint32_t capacity;
	uint32_t *slots; /* open addressing, 0: free */
	uint32_t slot_count;
};

KB_MUST_CHECK enum kb_err kb_numbers_load(struct kb_env *env, struct kb_numbers *out);
void kb_numbers_release(struct kb_numbers *numbers);

/* Gives a number to those of the ids that have none; commits when there are any. On an error no number was given. */
KB_MUST_CHECK enum kb_err kb_numbers_enrol(struct kb_numbers *numbers, struct kb_env *env,
					   const struct kb_party_id *ids, size_t count);
/* 0: never enrolled. */
uint32_t kb_numbers_find(const struct kb_numbers *numbers, const struct kb_party_id *id);
/* NULL: no such number. */
const struct kb_party_id *kb_numbers_party(const struct kb_numbers *numbers, uint32_t no);

/* The number of an epoch of a party, a new one at first sight (in a write transaction). KB_ERR_BUSY. */
KB_MUST_CHECK enum kb_err kb_epoch_no_take(struct kb_txn *txn, uint32_t party_no,
					   const struct kb_epoch *epoch, uint32_t *epoch_no);
/* The same without making one: KB_ERR_NOT_FOUND. */
KB_MUST_CHECK enum kb_err kb_epoch_no_find(struct kb_txn *txn, uint32_t party_no,
					   const struct kb_epoch *epoch, uint32_t *epoch_no);
KB_MUST_CHECK enum kb_err kb_epoch_of_no(struct kb_txn *txn, uint32_t party_no, uint32_t epoch_no,
					 struct kb_epoch *out);

#endif
