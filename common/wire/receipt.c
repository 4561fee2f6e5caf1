/* SPDX-License-Identifier: EUPL-1.2 */
/* Receipts, closed numbers, restore notices, checkpoints. */
#include "common/wire/receipt.h"

#include "common/wire/wire_codec.h"
#include "proto/receipt.pb-c.h"

static const struct {
	const char *name;
	const char *label;
} outcomes[] = {

#define KB_ROW(name, number, text, label) [(number)] = { text, label },
	KB_OUTCOME_TABLE(KB_ROW)
#undef KB_ROW
};
_Static_assert(sizeof(outcomes) / sizeof(outcomes[0]) == KB_OUTCOME_COUNT, "one row each");

const char *
kb_outcome_name(enum kb_outcome outcome)
{
	return (unsigned)outcome < KB_OUTCOME_COUNT ? outcomes[outcome].name : "";
}

const char *
kb_outcome_label(enum kb_outcome outcome)
{
	return (unsigned)outcome < KB_OUTCOME_COUNT ? outcomes[outcome].label : "";
}

static const struct kb_wire_field checkpoint_fields[] = {
	KB_PARTY(checkpoint, 1, origin, true),
	KB_NUMBER(checkpoint, 2, U32, log_year, KB_WIRE_YEAR_MIN, KB_WIRE_YEAR_MAX),
	KB_NUMBER_OPT(checkpoint, 3, U64, size, UINT64_MAX),
	KB_EXACT(checkpoint, 4, FIXED, root, true),
	KB_TIME(checkpoint, 5, time_utc_ms),
	KB_EXACT(checkpoint, 6, ID, epoch, true),
	KB_EXACT(checkpoint, 7, FIXED, previous_root, false),
};
KB_SCHEMA(checkpoint, checkpoint, KB_WIRE_CHECKPOINT_BYTES_MAX, .check = NULL);

static const struct kb_wire_field signed_checkpoint_fields[] = {
	KB_BYTES(signed_checkpoint, 1, SPAN, checkpoint, true, 1, KB_WIRE_CHECKPOINT_BYTES_MAX),
	KB_NUMBER(signed_checkpoint, 2, U32, key_version, 1, UINT32_MAX),
	KB_EXACT(signed_checkpoint, 3, FIXED, signature, true),
};
KB_SCHEMA(signed_checkpoint, signed_checkpoint, KB_WIRE_SIGNED_CHECKPOINT_BYTES_MAX, .check = NULL);

static enum kb_err
consistency_check(const void *message)
{
	const struct kb_consistency_proof *proof = message;
	bool same = proof->from_size == 0 || proof->from_size == proof->to_size;

	if (proof->from_size > proof->to_size) {
		return KB_ERR_BAD_VALUE;
	}
	return same == (proof->path.len == 0) ? KB_OK : KB_ERR_BAD_PATH;
}

static const struct kb_wire_field consistency_proof_fields[] = {
	KB_NUMBER_OPT(consistency_proof, 1, U64, from_size, UINT64_MAX),
	KB_NUMBER_OPT(consistency_proof, 2, U64, to_size, UINT64_MAX),
	KB_BYTES(consistency_proof, 3, HASHES, path, false, KB_HASH_BYTES,
		 KB_WIRE_CONSISTENCY_HASHES_MAX *KB_HASH_BYTES),
};
KB_SCHEMA(consistency_proof, consistency_proof, KB_WIRE_CONSISTENCY_BYTES_MAX,
	  .check = consistency_check);

static enum kb_err
receipt_item_check(const void *message)
{
	const struct kb_receipt_item *item = message;
	bool stored = item->outcome == KB_OUTCOME_STORED;

	return stored == (item->reason == 0) && (!stored || item->stored_at_utc_ms != 0)
		       ? KB_OK
		       : KB_ERR_BAD_VALUE;
}

static const struct kb_wire_field receipt_item_fields[] = {
	KB_EXACT(receipt_item, 1, ID, message_id, true),
	KB_EXACT(receipt_item, 2, ID, epoch, true),
	KB_NUMBER(receipt_item, 3, U64, number, 1, UINT64_MAX),
	KB_NUMBER(receipt_item, 4, U32, attempt, 1, UINT32_MAX),
	KB_EXACT(receipt_item, 5, FIXED, commitment, true),
	KB_ENUM(receipt_item, 6, outcome),
	KB_NUMBER_OPT(receipt_item, 7, U32, reason, KB_WIRE_REASON_MAX),
	KB_NUMBER_OPT(receipt_item, 8, TIME, stored_at_utc_ms, KB_WIRE_TIME_UTC_MS_MAX),
};
KB_SCHEMA(receipt_item, receipt_item, 256, .check = receipt_item_check);

static enum kb_err
epoch_range_check(const void *message)
{
	const struct kb_epoch_range *range = message;

	return range->first <= range->last ? KB_OK : KB_ERR_BAD_VALUE;
}

static const struct kb_wire_field epoch_range_fields[] = {
	KB_EXACT(epoch_range, 1, ID, epoch, true),
	KB_NUMBER(epoch_range, 2, U64, first, 1, UINT64_MAX),
	KB_NUMBER(epoch_range, 3, U64, last, 1, UINT64_MAX),
};
KB_SCHEMA(epoch_range, number_range, 64, .check = epoch_range_check);

static enum kb_err
receipt_check(const void *message)
{
	const struct kb_receipt *receipt = message;

	return receipt->item_count > 0 || receipt->missing_count > 0 || receipt->has_checkpoint
		       ? KB_OK
		       : KB_ERR_BAD_VALUE;
}

static const struct kb_wire_field receipt_fields[] = {
	KB_MESSAGES(receipt, 1, items, item_count, 0, KB_WIRE_RECEIPT_ITEMS_MAX, receipt_item),
	KB_MESSAGES(receipt, 2, missing, missing_count, 0, KB_WIRE_RANGES_MAX, epoch_range),
	KB_MESSAGE_OPT(receipt, 3, checkpoint, has_checkpoint, signed_checkpoint),
};
KB_SCHEMA(receipt, receipt, KB_WIRE_TRAFFIC_BYTES_MAX, .check = receipt_check);

static const struct kb_wire_field vervallen_item_fields[] = {
	KB_EXACT(vervallen_item, 1, ID, epoch, true),
	KB_NUMBER(vervallen_item, 2, U64, number, 1, UINT64_MAX),
	KB_NUMBER(vervallen_item, 3, U32, reason, 1, KB_WIRE_REASON_MAX),
};
KB_SCHEMA(vervallen_item, vervallen__item, 64, .check = NULL);

static const struct kb_wire_field vervallen_fields[] = {
	KB_MESSAGES(vervallen, 1, items, item_count, 1, KB_WIRE_VERVALLEN_ITEMS_MAX,
		    vervallen_item),
};
KB_SCHEMA(vervallen, vervallen, KB_WIRE_TRAFFIC_BYTES_MAX, .check = NULL);

static const struct kb_wire_field hersteld_fields[] = {
	KB_EXACT(hersteld, 1, ID, new_epoch, true),
	KB_MESSAGES(hersteld, 2, held, held_count, 0, KB_WIRE_RANGES_MAX, epoch_range),
};
KB_SCHEMA(hersteld, hersteld, KB_WIRE_TRAFFIC_BYTES_MAX, .check = NULL);

enum kb_err
kb_checkpoint_decode(struct kb_span bytes, struct kb_arena *arena, struct kb_checkpoint *out)
{
	return kb_wire_decode(&kb_schema_checkpoint, bytes, arena, out);
}

enum kb_err
kb_checkpoint_encode(const struct kb_checkpoint *in, struct kb_buf *out)
{
	return kb_wire_encode(&kb_schema_checkpoint, in, out);
}

enum kb_err
kb_signed_checkpoint_decode(struct kb_span bytes, struct kb_arena *arena,
			    struct kb_signed_checkpoint *out)
{
	return kb_wire_decode(&kb_schema_signed_checkpoint, bytes, arena, out);
}

enum kb_err
kb_signed_checkpoint_encode(const struct kb_signed_checkpoint *in, struct kb_buf *out)
{
	return kb_wire_encode(&kb_schema_signed_checkpoint, in, out);
}

enum kb_err
kb_consistency_proof_decode(struct kb_span bytes, struct kb_arena *arena,
			    struct kb_consistency_proof *out)
{
	return kb_wire_decode(&kb_schema_consistency_proof, bytes, arena, out);
}

enum kb_err
kb_consistency_proof_encode(const struct kb_consistency_proof *in, struct kb_buf *out)
{
	return kb_wire_encode(&kb_schema_consistency_proof, in, out);
}

enum kb_err
kb_receipt_decode(struct kb_span bytes, struct kb_arena *arena, struct kb_receipt *out)
{
	return kb_wire_decode(&kb_schema_receipt, bytes, arena, out);
}

enum kb_err
kb_receipt_encode(const struct kb_receipt *in, struct kb_buf *out)
{
	return kb_wire_encode(&kb_schema_receipt, in, out);
}

enum kb_err
kb_vervallen_decode(struct kb_span bytes, struct kb_arena *arena, struct kb_vervallen *out)
{
	return kb_wire_decode(&kb_schema_vervallen, bytes, arena, out);
}

enum kb_err
kb_vervallen_encode(const struct kb_vervallen *in, struct kb_buf *out)
{
	return kb_wire_encode(&kb_schema_vervallen, in, out);
}

enum kb_err
kb_hersteld_decode(struct kb_span bytes, struct kb_arena *arena, struct kb_hersteld *out)
{
	return kb_wire_decode(&kb_schema_hersteld, bytes, arena, out);
}

enum kb_err
kb_hersteld_encode(const struct kb_hersteld *in, struct kb_buf *out)
{
	return kb_wire_encode(&kb_schema_hersteld, in, out);
}
