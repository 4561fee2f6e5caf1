/* SPDX-License-Identifier: EUPL-1.2 */
/* Toestemmingen: who, when and until in clear; for what and by whom encrypted. */
#include "common/store/consent.h"

#include "common/store/subject_links.h"

/* 2: the signed statements instead of their content. */
#define CONSENT_VERSION 2
#define CONSENT_BYTES_MAX ((size_t)64 * 1024)
#define FLAG_DIFFERS 1u
#define FLAG_OWES 2u

static void
consent_pack_clear(struct kb_pack *pack, const struct kb_consent *row)
{
	kb_pack_fixed(pack, row->consent_id.bytes, sizeof(row->consent_id.bytes));
	kb_pack_u64(pack, row->case_no);
	kb_pack_u64(pack, row->subject_no);
	kb_pack_u64(pack, row->data_key_no);
	kb_pack_u32(pack, row->versie);
	kb_pack_u8(pack, (uint8_t)row->status);
	kb_pack_u8(pack,
		   (uint8_t)((row->differs ? FLAG_DIFFERS : 0) | (row->owes ? FLAG_OWES : 0)));
	kb_pack_i64(pack, row->recorded_utc_ms);
	kb_pack_u64(pack, row->recorded_by_no);
	kb_pack_i64(pack, row->withdrawn_utc_ms);
	kb_pack_u64(pack, row->withdrawn_by_no);
	kb_pack_u64(pack, row->given_seq);
	kb_pack_u64(pack, row->withdrawn_seq);
}

static void
consent_pack_hidden(struct kb_pack *pack, const struct kb_consent *row)
{
	kb_pack_bytes(pack, row->statement);
	kb_pack_bytes(pack, row->other);
	kb_pack_bytes(pack, row->withdrawal);
	kb_pack_bytes(pack, row->giver_name);
	kb_pack_bytes(pack, row->how);
	kb_pack_fixed(pack, row->evidence_salt, sizeof(row->evidence_salt));
	kb_pack_bytes(pack, row->remark);
}

static enum kb_err
consent_decode_clear(struct kb_span value, struct kb_consent *row, struct kb_span *sealed)
{
	struct kb_unpack unpack;

	(void)kb_unpack_begin(&unpack, value, CONSENT_VERSION);
	kb_unpack_fixed(&unpack, row->consent_id.bytes, sizeof(row->consent_id.bytes));
	row->case_no = kb_unpack_u64(&unpack);
	row->subject_no = kb_unpack_u64(&unpack);
	row->data_key_no = kb_unpack_u64(&unpack);
	row->versie = kb_unpack_u32(&unpack);
	row->status = kb_unpack_u8(&unpack);
	uint8_t flags = kb_unpack_u8(&unpack);

	row->differs = (flags & FLAG_DIFFERS) != 0;
	row->owes = (flags & FLAG_OWES) != 0;
	row->recorded_utc_ms = kb_unpack_i64(&unpack);
	row->recorded_by_no = kb_unpack_u64(&unpack);
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
	row->statement = kb_unpack_bytes(&unpack);
	row->other = kb_unpack_bytes(&unpack);
	row->withdrawal = kb_unpack_bytes(&unpack);
	row->giver_name = kb_unpack_bytes(&unpack);
	row->how = kb_unpack_bytes(&unpack);
	kb_unpack_fixed(&unpack, row->evidence_salt, sizeof(row->evidence_salt));
	row->remark = kb_unpack_bytes(&unpack);
	return kb_unpack_end(&unpack);
}

static enum kb_err
consent_check(const struct kb_consent *row)
{
	if (row->data_key_no == 0 || row->case_no == 0 ||
	    row->statement.len + row->withdrawal.len == 0) {
		return KB_ERR_BAD_VALUE;
	}
	return row->statement.len + row->other.len + row->withdrawal.len + row->giver_name.len +
				       row->how.len + row->remark.len <=
			       CONSENT_BYTES_MAX
		       ? KB_OK
		       : KB_ERR_OVERSIZE;
}

/* The ways that lead to the row. */
static enum kb_err
consent_link(struct kb_step *step, const struct kb_consent *row, const struct kb_row_key *id_key)
{
	bool added = false;
	enum kb_err err = kb_lookup_put(step, id_key, row->consent_no);

	if (err == KB_OK) {
		err = kb_subject_link_put(step, row->case_no, KB_CASE_LINK_CONSENT, row->consent_no,
					  &added);
	}
	if (err == KB_OK && row->subject_no != 0) {
		err = kb_subject_link_put(step, row->subject_no, KB_SUBJECT_LINK_CONSENT,
					  row->consent_no, &added);
	}
	return err;
}

enum kb_err
kb_consent_put(struct kb_step *step, struct kb_consent *consent)
{
	struct kb_consent row = *consent;
	struct kb_row_key id_key = kb_lookup_id(KB_LOOKUP_CONSENT, &row.consent_id);
	struct kb_row_key key = { 0 };
	struct kb_pack clear;
	struct kb_pack hidden;
	uint64_t known = 0;
	enum kb_err err = kb_step_need_write(step);

	if (err == KB_OK) {
		err = consent_check(&row);
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
	err = consent_link(step, &row, &id_key);
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

/* A row whose key was destroyed is passed over. */
static enum kb_err
next_of(struct kb_step *step, uint64_t owner_no, enum kb_subject_link kind, uint64_t after_no,
	struct kb_arena *arena, struct kb_consent *out)
{
	uint64_t consent_no = after_no;
	enum kb_err err = KB_OK;

	do {
		err = kb_subject_link_next(step, owner_no, kind, consent_no, &consent_no);
		if (err != KB_OK) {
			return err;
		}
		err = kb_consent_get(step, consent_no, arena, out);
	} while (err == KB_ERR_NOT_FOUND);
	return err;
}

enum kb_err
kb_consent_next(struct kb_step *step, uint64_t subject_no, uint64_t after_no,
		struct kb_arena *arena, struct kb_consent *out)
{
	return next_of(step, subject_no, KB_SUBJECT_LINK_CONSENT, after_no, arena, out);
}

enum kb_err
kb_consent_next_of_case(struct kb_step *step, uint64_t case_no, uint64_t after_no,
			struct kb_arena *arena, struct kb_consent *out)
{
	return next_of(step, case_no, KB_CASE_LINK_CONSENT, after_no, arena, out);
}

enum kb_err
kb_consent_next_clear(struct kb_step *step, uint64_t after_no, struct kb_consent *out)
{
	struct kb_row_key key = kb_row_key_of_u64(after_no);
	struct kb_consent found = { 0 };
	struct kb_span sealed = KB_SPAN_NONE;
	struct kb_unpack unpack;
	struct kb_row row;
	enum kb_err err = kb_row_after(step, KB_TABLE_CONSENT, &key, 0, &row);

	if (err != KB_OK) {
		return err;
	}
	kb_unpack_begin_key(&unpack, row.key);
	found.consent_no = kb_unpack_u64(&unpack);
	err = kb_unpack_end(&unpack);
	if (err == KB_OK) {
		err = consent_decode_clear(row.value, &found, &sealed);
	}
	if (err == KB_OK) {
		*out = found;
	}
	return err;
}
