/* SPDX-License-Identifier: EUPL-1.2 */
/* What agents showed of their own logs: the newest checkpoint of each, so that a restored one notices (design 6). */
#ifndef KB_BROKER_WITNESS_H
#define KB_BROKER_WITNESS_H

#include "common/crypto/sign.h"
#include "common/store/env.h"
#include "common/wire/receipt.h"

/* X(name, word): what became of a checkpoint that came in. */
#define KB_WITNESS_VERDICT_TABLE(X)                                                                \
	X(NONE, "")                                                                                \
	X(KEPT, "kept") /* larger, of a later year, or of a new epoch: it is the newest now */     \
	X(SAME, "same")                                                                            \
	X(BEHIND, "behind")   /* smaller in the same epoch: the agent's store went back in time */ \
	X(FORKED, "forked")   /* same size, another root: two histories */                         \
	X(INVALID, "invalid") /* not signed by that agent */

enum kb_witness_verdict {

#define KB_WITNESS_ENUM(name, word) KB_WITNESS_##name,
	KB_WITNESS_VERDICT_TABLE(KB_WITNESS_ENUM)
#undef KB_WITNESS_ENUM
		KB_WITNESS_VERDICT_COUNT,
};
const char *kb_broker_witness_verdict_name(enum kb_witness_verdict verdict);

struct kb_witness_claim {
	uint32_t party_no;
	const struct kb_party_id *party;
	const struct kb_verify_key
		*key; /* of key_version of the checkpoint; NULL: that version is unknown */
	const struct kb_signed_checkpoint *checkpoint;
};

/* Checks the signature, compares with what is kept and keeps the newer, as part of txn. An agent is asked for no proof: whether a
 * larger tree contains the kept one is for the agent to notice from Welcome.witnessed. */
KB_MUST_CHECK enum kb_err kb_broker_witness_take(struct kb_txn *txn,
						 const struct kb_witness_claim *claim,
						 enum kb_witness_verdict *verdict);

/* The newest kept of party_no, in arena. KB_ERR_NOT_FOUND. */
KB_MUST_CHECK enum kb_err kb_broker_witness_get(struct kb_txn *txn, uint32_t party_no,
						struct kb_arena *arena,
						struct kb_signed_checkpoint *out);

#endif
