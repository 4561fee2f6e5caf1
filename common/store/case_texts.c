/* SPDX-License-Identifier: EUPL-1.2 */
/* Titles of cases, encrypted; and which case is the dossier of a pupil. */
#include "common/store/cases.h"
#include "common/store/step_internal.h"

#define CASE_TEXT_VERSION 1
#define DOSSIER_VERSION 1

enum kb_err
kb_case_text_put(struct kb_step *step, uint64_t case_no, const struct kb_case_text *text)
{
	struct kb_row_key key = kb_row_key_of_u64(case_no);
	struct kb_case row;
	struct kb_pack clear;
	struct kb_pack hidden;
	enum kb_err err = kb_case_get(step, case_no, &row);

	if (err != KB_OK) {
		return err;
	}
	kb_sealed_begin(step, &clear, &hidden, CASE_TEXT_VERSION);
	kb_pack_u64(&clear, row.data_key_no);
	kb_pack_bytes(&hidden, text->title);
	kb_pack_bytes(&hidden, text->summary);
	return kb_sealed_put(step, KB_TABLE_CASE_TEXTS, &key, row.data_key_no, &clear, &hidden);
}

enum kb_err
kb_case_text_get(struct kb_step *step, uint64_t case_no, struct kb_arena *arena,
		 struct kb_case_text *out)
{
	struct kb_row_key key = kb_row_key_of_u64(case_no);
	struct kb_span value = KB_SPAN_NONE;
	struct kb_span plain = KB_SPAN_NONE;
	struct kb_case_text text;
	struct kb_unpack unpack;
	enum kb_err err = kb_row_get(step, KB_TABLE_CASE_TEXTS, &key, &value);

	if (err != KB_OK) {
		return err;
	}
	(void)kb_unpack_begin(&unpack, value, CASE_TEXT_VERSION);
	uint64_t key_no = kb_unpack_u64(&unpack);
	struct kb_span sealed = kb_unpack_bytes(&unpack);

	err = kb_unpack_end(&unpack);
	if (err == KB_OK) {
		err = kb_sealed_open(step, KB_TABLE_CASE_TEXTS, kb_row_key_span(&key), key_no,
				     sealed, arena, &plain);
	}
	if (err != KB_OK) {
		return err;
	}
	(void)kb_unpack_begin(&unpack, plain, CASE_TEXT_VERSION);
	text.title = kb_unpack_bytes(&unpack);
	text.summary = kb_unpack_bytes(&unpack);
	err = kb_unpack_end(&unpack);
	if (err == KB_OK) {
		*out = text;
	}
	return err;
}

static struct kb_row_key
dossier_key(uint16_t schooljaar, uint64_t pupil_no, uint32_t counterparty_no)
{
	struct kb_row_key key = { 0 };

	kb_row_key_u16(&key, schooljaar);
	kb_row_key_u64(&key, pupil_no);
	kb_row_key_u32(&key, counterparty_no);
	return key;
}

enum kb_err
kb_dossier_put(struct kb_step *step, uint16_t schooljaar, uint64_t pupil_no,
	       uint32_t counterparty_no, uint64_t case_no)
{
	struct kb_row_key key = dossier_key(schooljaar, pupil_no, counterparty_no);
	struct kb_pack pack;

	kb_buf_clear(&step->row);
	kb_pack_begin(&pack, &step->row, DOSSIER_VERSION);
	kb_pack_u64(&pack, case_no);
	return kb_row_put(step, KB_TABLE_DOSSIERS, &key, &pack, KB_PUT_REPLACE);
}

enum kb_err
kb_dossier_find(struct kb_step *step, uint16_t schooljaar, uint64_t pupil_no,
		uint32_t counterparty_no, uint64_t *case_no)
{
	struct kb_row_key key = dossier_key(schooljaar, pupil_no, counterparty_no);
	struct kb_span value = KB_SPAN_NONE;
	struct kb_unpack unpack;
	enum kb_err err = kb_row_get(step, KB_TABLE_DOSSIERS, &key, &value);

	if (err != KB_OK) {
		return err;
	}
	(void)kb_unpack_begin(&unpack, value, DOSSIER_VERSION);
	uint64_t found = kb_unpack_u64(&unpack);

	err = kb_unpack_end(&unpack);
	if (err == KB_OK) {
		*case_no = found;
	}
	return err;
}
