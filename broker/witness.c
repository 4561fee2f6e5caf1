/* SPDX-License-Identifier: EUPL-1.2 */
/* The table witness. */
#include "broker/witness.h"

#include "broker/tables.h"
#include "common/base/bytes.h"
#include "common/trust/checkpoint.h"

static const char *const names[] = {

#define KB_WITNESS_NAME(name, word) [KB_WITNESS_##name] = (word),
	KB_WITNESS_VERDICT_TABLE(KB_WITNESS_NAME)
#undef KB_WITNESS_NAME
};

const char *
kb_broker_witness_verdict_name(enum kb_witness_verdict verdict)
{
	return (unsigned)verdict < KB_WITNESS_VERDICT_COUNT ? names[verdict] : "?";
}

enum kb_err
kb_broker_witness_get(struct kb_txn *txn, uint32_t party_no, struct kb_arena *arena,
		      struct kb_signed_checkpoint *out)
{
	uint8_t key[4];
	struct kb_span value = KB_SPAN_NONE;

	kb_store_u32(key, party_no);
	enum kb_err err = kb_get(txn, KB_BROKER_WITNESS, KB_SPAN_OF(key), &value);

	if (err == KB_OK && kb_signed_checkpoint_decode(value, arena, out) != KB_OK) {
		err = KB_ERR_CORRUPT;
	}
	return err;
}

static enum kb_witness_verdict
compare(const struct kb_checkpoint *held, const struct kb_checkpoint *newer)
{
	if (memcmp(held->epoch.bytes, newer->epoch.bytes, KB_EPOCH_BYTES) != 0) {
		/* A new epoch is drawn forward in time; an older one that comes back is a store from before the restore. */
		return newer->time_utc_ms >= held->time_utc_ms ? KB_WITNESS_KEPT
							       : KB_WITNESS_BEHIND;
	}
	if (newer->log_year != held->log_year) {
		return newer->log_year > held->log_year ? KB_WITNESS_KEPT : KB_WITNESS_BEHIND;
	}
	if (newer->size != held->size) {
		return newer->size > held->size ? KB_WITNESS_KEPT : KB_WITNESS_BEHIND;
	}
	return kb_hash_equal(&newer->root, &held->root) ? KB_WITNESS_SAME : KB_WITNESS_FORKED;
}

static enum kb_err
keep(struct kb_txn *txn, uint32_t party_no, const struct kb_signed_checkpoint *checkpoint)
{
	uint8_t key[4];
	struct kb_buf bytes = { 0 };

	kb_store_u32(key, party_no);
	enum kb_err err = kb_signed_checkpoint_encode(checkpoint, &bytes);

	if (err == KB_OK) {
		err = kb_put(txn, KB_BROKER_WITNESS, KB_SPAN_OF(key), kb_buf_span(&bytes),
			     KB_PUT_REPLACE);
	}
	kb_buf_release(&bytes);
	return err;
}

enum kb_err
kb_broker_witness_take(struct kb_txn *txn, const struct kb_witness_claim *claim,
		       enum kb_witness_verdict *verdict)
{
	struct kb_arena arena = { 0 };
	struct kb_signed_checkpoint held;
	struct kb_checkpoint old;
	struct kb_checkpoint newer;
	enum kb_err err = kb_broker_witness_get(txn, claim->party_no, &arena, &held);
	bool known = err == KB_OK;

	*verdict = KB_WITNESS_SAME;
	if (err != KB_OK && err != KB_ERR_NOT_FOUND) {
		goto out;
	}
	err = KB_OK;
	/* The same bytes again cost no signature check: an idle agent repeats its checkpoint with every heartbeat. */
	if (known && kb_span_equal(held.checkpoint, claim->checkpoint->checkpoint)) {
		goto out;
	}
	*verdict = KB_WITNESS_INVALID;
	if (claim->key == NULL || kb_checkpoint_trust(claim->checkpoint, claim->key, claim->party,
						      &arena, &newer) != KB_OK) {
		goto out;
	}
	*verdict = KB_WITNESS_KEPT;
	if (known) {
		err = kb_checkpoint_decode(held.checkpoint, &arena, &old);
		if (err != KB_OK) {
			err = KB_ERR_CORRUPT;
			goto out;
		}
		*verdict = compare(&old, &newer);
	}
	if (*verdict == KB_WITNESS_KEPT) {
		err = keep(txn, claim->party_no, claim->checkpoint);
	}
out:
	kb_arena_release(&arena);
	return err;
}
