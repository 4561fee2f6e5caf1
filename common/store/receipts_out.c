/* SPDX-License-Identifier: EUPL-1.2 */
/* Receipts of ours until the broker has them. */
#include "common/store/outbox.h"
#include "common/store/step_internal.h"

#define RECEIPT_OUT_VERSION 1

static enum kb_err
receipt_put(struct kb_step *step, const struct kb_receipt_out *receipt, enum kb_put_mode mode)
{
	struct kb_row_key key = kb_row_key_of_u64(receipt->receipt_no);
	struct kb_pack pack;

	if (receipt->envelope.len > KB_OUTBOX_ENVELOPE_MAX) {
		return KB_ERR_OVERSIZE;
	}
	kb_buf_clear(&step->row);
	kb_pack_begin(&pack, &step->row, RECEIPT_OUT_VERSION);
	kb_pack_u32(&pack, receipt->recipient_no);
	kb_pack_fixed(&pack, receipt->message_id.bytes, sizeof(receipt->message_id.bytes));
	kb_pack_u64(&pack, receipt->ledger_seq);
	kb_pack_i64(&pack, receipt->created_utc_ms);
	kb_pack_bytes(&pack, receipt->envelope);
	return kb_row_put(step, KB_TABLE_RECEIPTS_OUT, &key, &pack, mode);
}

static enum kb_err
receipt_decode(struct kb_span row_key, struct kb_span value, struct kb_receipt_out *out)
{
	struct kb_receipt_out row = { 0 };
	struct kb_unpack unpack;
	enum kb_err err = KB_OK;

	kb_unpack_begin_key(&unpack, row_key);
	row.receipt_no = kb_unpack_u64(&unpack);
	err = kb_unpack_end(&unpack);
	if (err != KB_OK) {
		return err;
	}
	(void)kb_unpack_begin(&unpack, value, RECEIPT_OUT_VERSION);
	row.recipient_no = kb_unpack_u32(&unpack);
	kb_unpack_fixed(&unpack, row.message_id.bytes, sizeof(row.message_id.bytes));
	row.ledger_seq = kb_unpack_u64(&unpack);
	row.created_utc_ms = kb_unpack_i64(&unpack);
	row.envelope = kb_unpack_bytes(&unpack);
	err = kb_unpack_end(&unpack);
	if (err == KB_OK) {
		*out = row;
	}
	return err;
}

enum kb_err
kb_receipt_out_put(struct kb_step *step, struct kb_receipt_out *receipt)
{
	struct kb_receipt_out row = *receipt;
	enum kb_err err = kb_step_need_write(step);

	if (err != KB_OK) {
		return err;
	}
	row.receipt_no = kb_step_count_up(step, KB_COUNTER_RECEIPT_OUT);
	err = receipt_put(step, &row, KB_PUT_APPEND);
	if (err == KB_OK) {
		receipt->receipt_no = row.receipt_no;
	}
	return err;
}

enum kb_err
kb_receipt_out_seal(struct kb_step *step, uint64_t receipt_no, struct kb_span envelope)
{
	struct kb_row_key key = kb_row_key_of_u64(receipt_no);
	struct kb_span value = KB_SPAN_NONE;
	struct kb_receipt_out row;
	enum kb_err err = kb_row_get(step, KB_TABLE_RECEIPTS_OUT, &key, &value);

	if (err == KB_OK) {
		err = receipt_decode(kb_row_key_span(&key), value, &row);
	}
	if (err == KB_OK) {
		row.envelope = envelope;
		err = receipt_put(step, &row, KB_PUT_REPLACE);
	}
	return err;
}

enum kb_err
kb_receipt_out_next(struct kb_step *step, uint64_t after_no, struct kb_receipt_out *out)
{
	struct kb_row_key after = kb_row_key_of_u64(after_no);
	struct kb_row row;
	enum kb_err err = kb_row_after(step, KB_TABLE_RECEIPTS_OUT, &after, 0, &row);

	return err == KB_OK ? receipt_decode(row.key, row.value, out) : err;
}

enum kb_err
kb_receipt_out_delete(struct kb_step *step, uint64_t receipt_no)
{
	struct kb_row_key key = kb_row_key_of_u64(receipt_no);
	enum kb_err err = kb_row_del(step, KB_TABLE_RECEIPTS_OUT, &key);

	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

enum kb_err
kb_receipt_out_count(struct kb_step *step, uint64_t *count)
{
	*count = kb_table_count(step->txn, KB_TABLE_RECEIPTS_OUT);
	return KB_OK;
}
