/* SPDX-License-Identifier: EUPL-1.2 */
/* Links from a subject to its cases and consents. */
#include "common/store/subject_links.h"

#define LINK_VERSION 1
#define LINK_PREFIX_BYTES 9 /* subject and kind */

static struct kb_row_key
link_key(uint64_t subject_no, enum kb_subject_link kind, uint64_t number)
{
	struct kb_row_key key = kb_row_key_of_u64(subject_no);

	kb_row_key_u8(&key, (uint8_t)kind);
	kb_row_key_u64(&key, number);
	return key;
}

enum kb_err
kb_subject_link_put(struct kb_step *step, uint64_t subject_no, enum kb_subject_link kind,
		    uint64_t number, bool *added)
{
	struct kb_row_key key = link_key(subject_no, kind, number);
	struct kb_pack pack;
	enum kb_err err = KB_OK;

	kb_buf_clear(&step->row);
	kb_pack_begin(&pack, &step->row, LINK_VERSION);
	kb_pack_i64(&pack, step->now_utc_ms);
	err = kb_row_put(step, KB_TABLE_SUBJECT_LINKS, &key, &pack, KB_PUT_NEW);
	*added = err == KB_OK;
	return err == KB_ERR_EXISTS ? KB_OK : err;
}

enum kb_err
kb_subject_link_delete(struct kb_step *step, uint64_t subject_no, enum kb_subject_link kind,
		       uint64_t number)
{
	struct kb_row_key key = link_key(subject_no, kind, number);

	return kb_row_del(step, KB_TABLE_SUBJECT_LINKS, &key);
}

enum kb_err
kb_subject_link_next(struct kb_step *step, uint64_t subject_no, enum kb_subject_link kind,
		     uint64_t after, uint64_t *number)
{
	struct kb_row_key from = link_key(subject_no, kind, after);
	struct kb_unpack unpack;
	struct kb_row row;
	enum kb_err err =
		kb_row_after(step, KB_TABLE_SUBJECT_LINKS, &from, LINK_PREFIX_BYTES, &row);

	if (err != KB_OK) {
		return err;
	}
	kb_unpack_begin_key(&unpack, row.key);
	(void)kb_unpack_u64(&unpack);
	(void)kb_unpack_u8(&unpack);
	uint64_t found = kb_unpack_u64(&unpack);

	err = kb_unpack_end(&unpack);
	if (err == KB_OK) {
		*number = found;
	}
	return err;
}
