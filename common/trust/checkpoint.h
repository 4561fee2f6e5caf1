/* SPDX-License-Identifier: EUPL-1.2 */
/* Signed checkpoints of a log: made by its owner, checked and kept by everybody else. */
#ifndef KB_TRUST_CHECKPOINT_H
#define KB_TRUST_CHECKPOINT_H

#include "common/crypto/sign.h"
#include "common/wire/receipt.h"

/* Encodes checkpoint into bytes (appended; out borrows from it) and signs it with key of that version. */
KB_MUST_CHECK enum kb_err kb_checkpoint_sign(const struct kb_sign_key *key, uint32_t key_version,
					     const struct kb_checkpoint *checkpoint,
					     struct kb_buf *bytes,
					     struct kb_signed_checkpoint *out);

/* KB_OK when origin signed it with key; out is what it says. KB_ERR_BAD_SEAL, KB_ERR_SENDER_MISMATCH when it names another
 * origin, or what decoding says. */
KB_MUST_CHECK enum kb_err kb_checkpoint_trust(const struct kb_signed_checkpoint *signed_checkpoint,
					      const struct kb_verify_key *key,
					      const struct kb_party_id *origin,
					      struct kb_arena *arena, struct kb_checkpoint *out);

/* What a newer checkpoint of the same log says beside one that is held. */
enum kb_checkpoint_order {
	KB_CHECKPOINT_UNRELATED = 0, /* other epoch, or a proof is needed and none was given */
	KB_CHECKPOINT_SAME,
	KB_CHECKPOINT_GROWN, /* the newer one contains the held one: proven */
	KB_CHECKPOINT_OLDER, /* it is behind the held one: the store went back in time, or old news */
	KB_CHECKPOINT_FORKED, /* same size with another root, or a proof that fails: two histories */
};

/* Compares within one log year and epoch; of another year the caller compares previous_root. path: the consistency proof
 * from held->size to newer->size, empty when there is none. */
enum kb_checkpoint_order kb_checkpoint_compare(const struct kb_checkpoint *held,
					       const struct kb_checkpoint *newer,
					       struct kb_span path);

#endif
