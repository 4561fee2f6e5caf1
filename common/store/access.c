/* SPDX-License-Identifier: EUPL-1.2 */
/* Access records: encrypted under the key of their year in the log, and a row per case. */
#include "common/store/access.h"

#include "common/store/step_internal.h"

#define ACCESS_VERSION 1
#define ACCESS_TEXT_MAX ((size_t)4096)

static struct kb_row_key
access_key(uint64_t case_no, uint64_t ledger_seq)
{
	struct kb_row_key key = kb_row_key_of_u64(case_no);

	kb_row_key_u64(&key, ledger_seq);
	return key;
}

static enum kb_err
access_index(struct kb_step *step, const struct kb_access *access, uint64_t ledger_seq)
{
	struct kb_row_key key = access_key(access->case_no, ledger_seq);
	struct kb_pack pack;

	kb_buf_clear(&step->row);
	kb_pack_begin(&pack, &step->row, ACCESS_VERSION);
	kb_pack_u8(&pack, (uint8_t)access->event);
	return kb_row_put(step, KB_TABLE_ACCESS, &key, &pack, KB_PUT_NEW);
}

enum kb_err
kb_access_log(struct kb_step *step, const struct kb_access *access, uint64_t *ledger_seq)
{
	struct kb_record record = { .type = access->event,
				    .at_utc_ms = access->at_utc_ms,
				    .user_no = access->user_no,
				    .case_no = access->case_no };
	struct kb_buf plain = { 0 };
	struct kb_pack pack;
	uint64_t seq = 0;
	enum kb_err err = kb_record_type_is_access(access->event) && access->user_no != 0
				  ? KB_OK
				  : KB_ERR_BAD_VALUE;

	if (err == KB_OK && access->what.len + access->reason.len > ACCESS_TEXT_MAX) {
		err = KB_ERR_OVERSIZE;
	}
	if (err == KB_OK) {
		err = kb_step_year_key(step, &record.data_key_no);
	}
	if (err == KB_OK) {
		kb_pack_begin(&pack, &plain, ACCESS_VERSION);
		kb_pack_u64(&pack,
			    access->responsible_no != 0 ? access->responsible_no : access->user_no);
		kb_pack_u32(&pack, access->desk);
		kb_pack_u32(&pack, access->ground);
		kb_pack_bool(&pack, access->emergency);
		kb_pack_u32(&pack, access->count);
		kb_pack_bytes(&pack, access->what);
		kb_pack_bytes(&pack, access->reason);
		err = kb_pack_end(&pack);
	}
	if (err == KB_OK) {
		err = kb_record_append(step, &record, kb_buf_span(&plain), &seq);
	}
	if (err == KB_OK && access->case_no != 0) {
		err = access_index(step, access, seq);
	}
	if (err == KB_OK && ledger_seq != NULL) {
		*ledger_seq = seq;
	}
	kb_buf_wipe(&plain);
	return err;
}

enum kb_err
kb_access_get(struct kb_step *step, uint64_t ledger_seq, struct kb_arena *arena,
	      struct kb_access *out)
{
	struct kb_record_read record;
	struct kb_access access = { 0 };
	struct kb_span plain = KB_SPAN_NONE;
	struct kb_unpack unpack;
	enum kb_err err = kb_record_get(step, ledger_seq, &record);

	if (err == KB_OK && !kb_record_type_is_access(record.clear.type)) {
		err = KB_ERR_NOT_FOUND;
	}
	if (err == KB_OK) {
		err = kb_record_open(step, &record, arena, &plain);
	}
	if (err != KB_OK) {
		return err;
	}
	access.event = record.clear.type;
	access.at_utc_ms = record.clear.at_utc_ms;
	access.user_no = record.clear.user_no;
	access.case_no = record.clear.case_no;
	(void)kb_unpack_begin(&unpack, plain, ACCESS_VERSION);
	access.responsible_no = kb_unpack_u64(&unpack);
	access.desk = kb_unpack_u32(&unpack);
	access.ground = kb_unpack_u32(&unpack);
	access.emergency = kb_unpack_bool(&unpack);
	access.count = kb_unpack_u32(&unpack);
	access.what = kb_unpack_bytes(&unpack);
	access.reason = kb_unpack_bytes(&unpack);
	err = kb_unpack_end(&unpack);
	if (err == KB_OK) {
		*out = access;
	}
	return err;
}

enum kb_err
kb_access_next(struct kb_step *step, uint64_t case_no, uint64_t after_seq, uint64_t *ledger_seq)
{
	struct kb_row_key after = access_key(case_no, after_seq);
	struct kb_unpack unpack;
	struct kb_row row;
	enum kb_err err = kb_row_after(step, KB_TABLE_ACCESS, &after, 8, &row);

	if (err != KB_OK) {
		return err;
	}
	kb_unpack_begin_key(&unpack, row.key);
	(void)kb_unpack_u64(&unpack);
	uint64_t found = kb_unpack_u64(&unpack);

	err = kb_unpack_end(&unpack);
	if (err == KB_OK) {
		*ledger_seq = found;
	}
	return err;
}
