/* SPDX-License-Identifier: EUPL-1.2 */
/* Toestemmingen: who, when and until in clear; for what and by whom encrypted. */
#include "common/store/consent.h"

#include "common/store/subject_links.h"

#define CONSENT_VERSION 1
#define CONSENT_BYTES_MAX ((size_t)64 * 1024)

static const char *const giver_names[KB_CONSENT_GIVER_COUNT] = {
#define KB_ROW(name, number, text) [number] = (text),
	KB_CONSENT_GIVER_TABLE(KB_ROW)
#undef KB_ROW
};

const char *
kb_consent_giver_name(enum kb_consent_giver giver)
{
	return (unsigned)giver < KB_CONSENT_GIVER_COUNT ? giver_names[giver] : "";
}

static void
consent_pack_clear(struct kb_pack *pack, const struct kb_consent *row)
{
	kb_pack_fixed(pack, row->consent_id.bytes, sizeof(row->consent_id.bytes));
	kb_pack_u64(pack, row->subject_no);
	kb_pack_u64(pack, row->data_key_no);
	kb_pack_i64(pack, row->recorded_utc_ms);
	kb_pack_u64(pack, row->recorded_by_no);
	kb_pack_i64(pack, row->valid_from_utc_ms);
	kb_pack_i64(pack, row->valid_until_utc_ms);
	kb_pack_i64(pack, row->withdrawn_utc_ms);
	kb_pack_u64(pack, row->withdrawn_by_no);
	kb_pack_u64(pack, row->given_seq);
	kb_pack_u64(pack, row->withdrawn_seq);
}

static void
consent_pack_hidden(struct kb_pack *pack, const struct kb_consent *row)
{
	kb_pack_u32(pack, row->purpose);
	kb_pack_u32(pack, row->categories);
	kb_pack_u8(pack, (uint8_t)row->giver);
	kb_pack_u8(pack, (uint8_t)row->age_class);
	kb_pack_bytes(pack, row->parties);
	kb_pack_bytes(pack, row->giver_name);
	kb_pack_bytes(pack, row->how);
	kb_pack_fixed(pack, row->evidence_hash.bytes, sizeof(row->evidence_hash.bytes));
	kb_pack_fixed(pack, row->evidence_salt, sizeof(row->evidence_salt));
	kb_pack_bytes(pack, row->remark);
}

static enum kb_err
consent_decode_clear(struct kb_span value, struct kb_consent *row, struct kb_span *sealed)
{
	struct kb_unpack unpack;

	(void)kb_unpack_begin(&unpack, value, CONSENT_VERSION);
	kb_unpack_fixed(&unpack, row->consent_id.bytes, sizeof(row->consent_id.bytes));
	row->subject_no = kb_unpack_u64(&unpack);
	row->data_key_no = kb_unpack_u64(&unpack);
	row->recorded_utc_ms = kb_unpack_i64(&unpack);
	row->recorded_by_no = kb_unpack_u64(&unpack);
	row->valid_from_utc_ms = kb_unpack_i64(&unpack);
	row->valid_until_utc_ms = kb_unpack_i64(&unpack);
	row->withdrawn_utc_ms = kb_unpack_i64(&unpack);
	row->withdrawn_by_no = kb_unpack_u64(&unpack);
	row->given_seq = kb_unpack_u64(&unpack);
	row->withdrawn_seq = kb_unpack_u64(&unpack);
	*sealed = kb_unpack_bytes(&unpack);
	return kb_unpack_end(&unpack);
}

static enum kb_err
consent_decode_hidden(struct kb_span plain, struct kb_consent *row)
{
	struct kb_unpack unpack;

	(void)kb_unpack_begin(&unpack, plain, CONSENT_VERSION);
	row->purpose = kb_unpack_u32(&unpack);
	row->categories = kb_unpack_u32(&unpack);
	row->giver = (enum kb_consent_giver)kb_unpack_u8(&unpack);
	row->age_class = (enum kb_age_class)kb_unpack_u8(&unpack);
	row->parties = kb_unpack_bytes(&unpack);
	row->giver_name = kb_unpack_bytes(&unpack);
	row->how = kb_unpack_bytes(&unpack);
	kb_unpack_fixed(&unpack, row->evidence_hash.bytes, sizeof(row->evidence_hash.bytes));
	kb_unpack_fixed(&unpack, row->evidence_salt, sizeof(row->evidence_salt));
	row->remark = kb_unpack_bytes(&unpack);
	return kb_unpack_end(&unpack);
}

enum kb_err
kb_consent_put(struct kb_step *step, struct kb_consent *consent)
{
	struct kb_consent row = *consent;
	struct kb_row_key id_key = kb_lookup_id(KB_LOOKUP_CONSENT, &row.consent_id);
	struct kb_row_key key = { 0 };
	struct kb_pack clear;
	struct kb_pack hidden;
	bool added = false;
	uint64_t known = 0;
	enum kb_err err = kb_step_need_write(step);

	if (err == KB_OK && (row.data_key_no == 0 || row.subject_no == 0)) {
		err = KB_ERR_BAD_VALUE;
	}
	if (err == KB_OK && row.parties.len + row.giver_name.len + row.how.len + row.remark.len >
				    CONSENT_BYTES_MAX) {
		err = KB_ERR_OVERSIZE;
	}
	if (err != KB_OK) {
		return err;
	}
	err = kb_lookup_get(step, &id_key, &known);
	if (err == KB_OK && known != row.consent_no) {
		return KB_ERR_EXISTS;
	}
	if (err != KB_OK && err != KB_ERR_NOT_FOUND) {
		return err;
	}
	if (row.consent_no == 0) {
		row.consent_no = kb_step_count_up(step, KB_COUNTER_CONSENT);
	}
	err = kb_lookup_put(step, &id_key, row.consent_no);
	if (err == KB_OK) {
		err = kb_subject_link_put(step, row.subject_no, KB_SUBJECT_LINK_CONSENT,
					  row.consent_no, &added);
	}
	if (err == KB_OK) {
		key = kb_row_key_of_u64(row.consent_no);
		kb_sealed_begin(step, &clear, &hidden, CONSENT_VERSION);
		consent_pack_clear(&clear, &row);
		consent_pack_hidden(&hidden, &row);
		err = kb_sealed_put(step, KB_TABLE_CONSENT, &key, row.data_key_no, &clear, &hidden);
	}
	if (err == KB_OK) {
		*consent = row;
	}
	return err;
}

enum kb_err
kb_consent_get(struct kb_step *step, uint64_t consent_no, struct kb_arena *arena,
	       struct kb_consent *out)
{
	struct kb_row_key key = kb_row_key_of_u64(consent_no);
	struct kb_consent row = { .consent_no = consent_no };
	struct kb_span value = KB_SPAN_NONE;
	struct kb_span sealed = KB_SPAN_NONE;
	struct kb_span plain = KB_SPAN_NONE;
	enum kb_err err = kb_row_get(step, KB_TABLE_CONSENT, &key, &value);

	if (err == KB_OK) {
		err = consent_decode_clear(value, &row, &sealed);
	}
	if (err == KB_OK) {
		err = kb_sealed_open(step, KB_TABLE_CONSENT, kb_row_key_span(&key), row.data_key_no,
				     sealed, arena, &plain);
	}
	if (err == KB_OK) {
		err = consent_decode_hidden(plain, &row);
	}
	if (err == KB_OK) {
		*out = row;
	}
	return err;
}

enum kb_err
kb_consent_find(struct kb_step *step, const struct kb_id *consent_id, uint64_t *consent_no)
{
	struct kb_row_key key = kb_lookup_id(KB_LOOKUP_CONSENT, consent_id);

	return kb_lookup_get(step, &key, consent_no);
}

enum kb_err
kb_consent_next(struct kb_step *step, uint64_t subject_no, uint64_t after_no,
		struct kb_arena *arena, struct kb_consent *out)
{
	uint64_t consent_no = after_no;
	enum kb_err err = KB_OK;

	/* A row whose key was destroyed is passed over. */
	do {
		err = kb_subject_link_next(step, subject_no, KB_SUBJECT_LINK_CONSENT, consent_no,
					   &consent_no);
		if (err != KB_OK) {
			return err;
		}
		err = kb_consent_get(step, consent_no, arena, out);
	} while (err == KB_ERR_NOT_FOUND);
	return err;
}

enum kb_err
kb_consent_withdraw(struct kb_step *step, uint64_t consent_no, int64_t at_utc_ms, uint64_t user_no,
		    uint64_t seq)
{
	struct kb_row_key key = kb_row_key_of_u64(consent_no);
	struct kb_consent row = { .consent_no = consent_no };
	struct kb_span value = KB_SPAN_NONE;
	struct kb_span sealed = KB_SPAN_NONE;
	struct kb_span copy = KB_SPAN_NONE;
	struct kb_pack pack;
	enum kb_err err = kb_row_get(step, KB_TABLE_CONSENT, &key, &value);

	if (err == KB_OK) {
		err = consent_decode_clear(value, &row, &sealed);
	}
	if (err == KB_OK && row.withdrawn_utc_ms != 0) {
		err = KB_ERR_STATE;
	}
	if (err != KB_OK) {
		return err;
	}
	row.withdrawn_utc_ms = at_utc_ms;
	row.withdrawn_by_no = user_no;
	row.withdrawn_seq = seq;
	/* The encrypted part stays byte for byte; withdrawing needs no key. */
	copy = kb_arena_copy(&step->kept, sealed);
	if (copy.at == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	kb_buf_clear(&step->row);
	kb_pack_begin(&pack, &step->row, CONSENT_VERSION);
	consent_pack_clear(&pack, &row);
	kb_pack_bytes(&pack, copy);
	return kb_row_put(step, KB_TABLE_CONSENT, &key, &pack, KB_PUT_REPLACE);
}
