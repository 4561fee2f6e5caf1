/* SPDX-License-Identifier: EUPL-1.2 */
/* Receipts, closed numbers, restore notices, and the checkpoints that ride on them (proto/receipt.proto). */
#ifndef KB_WIRE_RECEIPT_H
#define KB_WIRE_RECEIPT_H

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/base/ids.h"
#include "common/wire/wire_limits.h"

/* Rules of all _decode and _encode: envelope.h. */

struct kb_checkpoint {
	struct kb_party_id origin;
	uint32_t log_year;
	uint64_t size;
	struct kb_hash root;
	int64_t time_utc_ms;
	struct kb_epoch epoch;
	struct kb_hash previous_root; /* absent for the first log of a store */
};

KB_MUST_CHECK enum kb_err kb_checkpoint_decode(struct kb_span bytes, struct kb_arena *arena,
					       struct kb_checkpoint *out);
KB_MUST_CHECK enum kb_err kb_checkpoint_encode(const struct kb_checkpoint *in, struct kb_buf *out);

struct kb_signed_checkpoint {
	struct kb_span
		checkpoint; /* an encoded Checkpoint, checked on its own after the signature */
	uint32_t key_version;
	uint8_t signature[KB_WIRE_SIGNATURE_BYTES];
};

KB_MUST_CHECK enum kb_err kb_signed_checkpoint_decode(struct kb_span bytes, struct kb_arena *arena,
						      struct kb_signed_checkpoint *out);
KB_MUST_CHECK enum kb_err kb_signed_checkpoint_encode(const struct kb_signed_checkpoint *in,
						      struct kb_buf *out);

struct kb_consistency_proof {
	uint64_t from_size; /* at most to_size */
	uint64_t to_size;
	struct kb_span path; /* whole hashes; empty when from_size is 0 or to_size */
};

KB_MUST_CHECK enum kb_err kb_consistency_proof_decode(struct kb_span bytes, struct kb_arena *arena,
						      struct kb_consistency_proof *out);
KB_MUST_CHECK enum kb_err kb_consistency_proof_encode(const struct kb_consistency_proof *in,
						      struct kb_buf *out);

#define KB_OUTCOME_TABLE(X)                                                                        \
	X(NONE, 0, "", "")                                                                         \
	X(STORED, 1, "stored", "opgeslagen")                                                       \
	X(REFUSED, 2, "refused", "geweigerd")

enum kb_outcome {

#define KB_ROW(name, number, text, label) KB_OUTCOME_##name = (number),
	KB_OUTCOME_TABLE(KB_ROW)
#undef KB_ROW
};
#define KB_OUTCOME_COUNT 3

/* "" for NONE and numbers outside the table. */
const char *kb_outcome_name(enum kb_outcome outcome);
const char *kb_outcome_label(enum kb_outcome outcome); /* Dutch, for people */

struct kb_receipt_item {
	struct kb_id message_id;
	struct kb_epoch epoch;
	uint64_t number;  /* from 1 */
	uint32_t attempt; /* from 1 */
	struct kb_hash commitment;
	enum kb_outcome outcome;
	uint32_t
		reason; /* 0 if and only if stored. A number that is not known here decodes: a newer party may have more */
	int64_t stored_at_utc_ms; /* of the recipient's clock; 0 (not said) only when refused */
};

struct kb_epoch_range {
	struct kb_epoch epoch;
	uint64_t first; /* from 1 */
	uint64_t last;	/* included, not below first */
};

/* Not empty: at least one item, range or checkpoint. */
struct kb_receipt {
	struct kb_receipt_item *items;
	size_t item_count;
	struct kb_epoch_range *missing;
	size_t missing_count;
	bool has_checkpoint;
	struct kb_signed_checkpoint checkpoint;
};

KB_MUST_CHECK enum kb_err kb_receipt_decode(struct kb_span bytes, struct kb_arena *arena,
					    struct kb_receipt *out);
KB_MUST_CHECK enum kb_err kb_receipt_encode(const struct kb_receipt *in, struct kb_buf *out);

struct kb_vervallen_item {
	struct kb_epoch epoch;
	uint64_t number; /* from 1 */
	uint32_t reason; /* not 0 */
};

/* At least one item. */
struct kb_vervallen {
	struct kb_vervallen_item *items;
	size_t item_count;
};

KB_MUST_CHECK enum kb_err kb_vervallen_decode(struct kb_span bytes, struct kb_arena *arena,
					      struct kb_vervallen *out);
KB_MUST_CHECK enum kb_err kb_vervallen_encode(const struct kb_vervallen *in, struct kb_buf *out);

struct kb_hersteld {
	struct kb_epoch new_epoch;
	struct kb_epoch_range *held;
	size_t held_count;
};

KB_MUST_CHECK enum kb_err kb_hersteld_decode(struct kb_span bytes, struct kb_arena *arena,
					     struct kb_hersteld *out);
KB_MUST_CHECK enum kb_err kb_hersteld_encode(const struct kb_hersteld *in, struct kb_buf *out);

#endif
