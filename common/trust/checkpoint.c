/* SPDX-License-Identifier: EUPL-1.2 */
/* Signed checkpoints of a log. */
#include "common/trust/checkpoint.h"

#include "common/crypto/merkle_proof.h"

enum kb_err
kb_checkpoint_sign(const struct kb_sign_key *key, uint32_t key_version,
		   const struct kb_checkpoint *checkpoint, struct kb_buf *bytes,
		   struct kb_signed_checkpoint *out)
{
	size_t before = bytes->len;
	struct kb_signature signature;
	struct kb_span encoded = KB_SPAN_NONE;
	enum kb_err err = kb_checkpoint_encode(checkpoint, bytes);

	if (err == KB_OK) {
		encoded = kb_span(bytes->at + before, bytes->len - before);
		err = kb_sign(key, KB_SIGN_LABEL_CHECKPOINT, &encoded, 1, &signature);
	}
	if (err == KB_OK) {
		out->checkpoint = encoded;
		out->key_version = key_version;
		memcpy(out->signature, signature.bytes, sizeof(out->signature));
	}
	return err;
}

enum kb_err
kb_checkpoint_trust(const struct kb_signed_checkpoint *signed_checkpoint,
		    const struct kb_verify_key *key, const struct kb_party_id *origin,
		    struct kb_arena *arena, struct kb_checkpoint *out)
{
	struct kb_signature signature;
	struct kb_checkpoint checkpoint;
	enum kb_err err = KB_OK;

	memcpy(signature.bytes, signed_checkpoint->signature, sizeof(signature.bytes));
	err = kb_verify(key, KB_SIGN_LABEL_CHECKPOINT, &signed_checkpoint->checkpoint, 1,
			&signature);
	if (err == KB_OK) {
		err = kb_checkpoint_decode(signed_checkpoint->checkpoint, arena, &checkpoint);
	}
	if (err == KB_OK && !kb_party_id_equal(&checkpoint.origin, origin)) {
		err = KB_ERR_SENDER_MISMATCH;
	}
	if (err == KB_OK) {
		*out = checkpoint;
	}
	return err;
}

enum kb_checkpoint_order
kb_checkpoint_compare(const struct kb_checkpoint *held, const struct kb_checkpoint *newer,
		      struct kb_span path)
{
	bool same_root = kb_hash_equal(&held->root, &newer->root);

	if (memcmp(&held->epoch, &newer->epoch, sizeof(held->epoch)) != 0 ||
	    held->log_year != newer->log_year) {
		return KB_CHECKPOINT_UNRELATED;
	}
	if (newer->size == held->size) {
		return same_root ? KB_CHECKPOINT_SAME : KB_CHECKPOINT_FORKED;
	}
	if (newer->size < held->size) {
		return KB_CHECKPOINT_OLDER;
	}
	if (path.len == 0 && held->size != 0) {
		return KB_CHECKPOINT_UNRELATED;
	}
	return kb_merkle_verify_consistency(held->size, &held->root, newer->size, &newer->root,
					    path) == KB_OK
		       ? KB_CHECKPOINT_GROWN
		       : KB_CHECKPOINT_FORKED;
}
