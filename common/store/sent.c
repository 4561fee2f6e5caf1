/* SPDX-License-Identifier: EUPL-1.2 */
/* The rows of sent messages: their packing, and reading them. They are written by outbox.c. */
#include "common/store/sent.h"

#include "common/store/outbox_internal.h"

#define SENT_VERSION 1
#define FLAG_URGENT 1u
#define FLAG_STATUTORY 2u
#define FLAG_REOPENED 4u
#define FLAG_CONSENT 8u

static const char *const state_names[KB_SENT_STATE_COUNT] = {
#define KB_ROW(name, number, text, label) [number] = (text),
	KB_SENT_STATE_TABLE(KB_ROW)
#undef KB_ROW
};

static const char *const state_labels[KB_SENT_STATE_COUNT] = {
#define KB_ROW(name, number, text, label) [number] = (label),
	KB_SENT_STATE_TABLE(KB_ROW)
#undef KB_ROW
};

const char *
kb_sent_state_name(enum kb_sent_state state)
{
	return (unsigned)state < KB_SENT_STATE_COUNT ? state_names[state] : "";
}

const char *
kb_sent_state_label(enum kb_sent_state state)
{
	return (unsigned)state < KB_SENT_STATE_COUNT ? state_labels[state] : "";
}

struct kb_row_key
kb_number_row_key(const struct kb_number_key *number)
{
	struct kb_row_key key = { 0 };

	kb_row_key_u32(&key, number->party_no);
	kb_row_key_u32(&key, number->epoch_no);
	kb_row_key_u64(&key, number->number);
	return key;
}

enum kb_err
kb_number_row_key_read(struct kb_span row_key, struct kb_number_key *out)
{
	struct kb_number_key number = { 0 };
	struct kb_unpack unpack;
	enum kb_err err = KB_OK;

	kb_unpack_begin_key(&unpack, row_key);
	number.party_no = kb_unpack_u32(&unpack);
	number.epoch_no = kb_unpack_u32(&unpack);
	number.number = kb_unpack_u64(&unpack);
	err = kb_unpack_end(&unpack);
	if (err == KB_OK) {
		*out = number;
	}
	return err;
}

enum kb_err
kb_sent_put(struct kb_step *step, const struct kb_sent_row *row, enum kb_put_mode mode)
{
	struct kb_row_key key = kb_number_row_key(&row->key);
	struct kb_pack pack;

	kb_buf_clear(&step->row);
	kb_pack_begin(&pack, &step->row, SENT_VERSION);
	kb_pack_u8(&pack, (uint8_t)row->state);
	kb_pack_u8(
		&pack,
		(uint8_t)((row->urgent ? FLAG_URGENT : 0) | (row->statutory ? FLAG_STATUTORY : 0) |
			  (row->reopened ? FLAG_REOPENED : 0) | (row->consent ? FLAG_CONSENT : 0)));
	kb_pack_u32(&pack, row->reason);
	kb_pack_u32(&pack, row->kind);
	kb_pack_u32(&pack, row->attempt);
	kb_pack_u32(&pack, row->resend_count);
	kb_pack_u32(&pack, row->sealed_bytes);
	kb_pack_u64(&pack, row->case_no);
	kb_pack_u64(&pack, row->ledger_seq);
	kb_pack_u64(&pack, row->receipt_seq);
	kb_pack_fixed(&pack, row->message_id.bytes, sizeof(row->message_id.bytes));
	kb_pack_fixed(&pack, row->commitment.bytes, sizeof(row->commitment.bytes));
	kb_pack_i64(&pack, row->created_utc_ms);
	kb_pack_i64(&pack, row->sent_at_utc_ms);
	kb_pack_i64(&pack, row->expires_at_utc_ms);
	kb_pack_i64(&pack, row->accepted_at_utc_ms);
	kb_pack_i64(&pack, row->stored_at_utc_ms);
	kb_pack_i64(&pack, row->next_retry_utc_ms);
	return kb_row_put(step, KB_TABLE_SENT, &key, &pack, mode);
}

static enum kb_err
sent_decode(struct kb_span row_key, struct kb_span value, struct kb_sent_row *out)
{
	struct kb_sent_row row = { 0 };
	struct kb_unpack unpack;
	enum kb_err err = kb_number_row_key_read(row_key, &row.key);

	if (err != KB_OK) {
		return err;
	}
	(void)kb_unpack_begin(&unpack, value, SENT_VERSION);
	row.state = (enum kb_sent_state)kb_unpack_u8(&unpack);
	uint8_t flags = kb_unpack_u8(&unpack);

	row.urgent = (flags & FLAG_URGENT) != 0;
	row.statutory = (flags & FLAG_STATUTORY) != 0;
	row.reopened = (flags & FLAG_REOPENED) != 0;
	row.consent = (flags & FLAG_CONSENT) != 0;
	row.reason = kb_unpack_u32(&unpack);
	row.kind = kb_unpack_u32(&unpack);
	row.attempt = kb_unpack_u32(&unpack);
	row.resend_count = kb_unpack_u32(&unpack);
	row.sealed_bytes = kb_unpack_u32(&unpack);
	row.case_no = kb_unpack_u64(&unpack);
	row.ledger_seq = kb_unpack_u64(&unpack);
	row.receipt_seq = kb_unpack_u64(&unpack);
	kb_unpack_fixed(&unpack, row.message_id.bytes, sizeof(row.message_id.bytes));
	kb_unpack_fixed(&unpack, row.commitment.bytes, sizeof(row.commitment.bytes));
	row.created_utc_ms = kb_unpack_i64(&unpack);
	row.sent_at_utc_ms = kb_unpack_i64(&unpack);
	row.expires_at_utc_ms = kb_unpack_i64(&unpack);
	row.accepted_at_utc_ms = kb_unpack_i64(&unpack);
	row.stored_at_utc_ms = kb_unpack_i64(&unpack);
	row.next_retry_utc_ms = kb_unpack_i64(&unpack);
	err = kb_unpack_end(&unpack);
	if (err == KB_OK &&
	    (row.state == KB_SENT_NONE || (unsigned)row.state >= KB_SENT_STATE_COUNT)) {
		err = KB_ERR_CORRUPT;
	}
	if (err == KB_OK) {
		*out = row;
	}
	return err;
}

enum kb_err
kb_sent_get(struct kb_step *step, const struct kb_number_key *number, struct kb_sent_row *out)
{
	struct kb_row_key key = kb_number_row_key(number);
	struct kb_span value = KB_SPAN_NONE;
	enum kb_err err = kb_row_get(step, KB_TABLE_SENT, &key, &value);

	return err == KB_OK ? sent_decode(kb_row_key_span(&key), value, out) : err;
}

enum kb_err
kb_sent_next(struct kb_step *step, const struct kb_number_key *after, bool one_party,
	     struct kb_sent_row *out)
{
	struct kb_row_key key = kb_number_row_key(after);
	struct kb_row row;
	enum kb_err err = kb_row_after(step, KB_TABLE_SENT, &key, one_party ? 4 : 0, &row);

	return err == KB_OK ? sent_decode(row.key, row.value, out) : err;
}
