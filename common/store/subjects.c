/* SPDX-License-Identifier: EUPL-1.2 */
/* Children as numbers, with the cases of each. */
#include "common/store/subjects.h"

#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/store/cases.h"
#include "common/store/subject_links.h"

#define SUBJECT_VERSION 1

/* identity: the key under which its PGN is looked up, so that the row leads to what an erasure has to remove. */
struct subject_row {
	struct kb_subject subject;
	uint8_t identity[KB_HASH_BYTES + 1];
};

static enum kb_err
subject_store(struct kb_step *step, const struct subject_row *row)
{
	struct kb_row_key key = kb_row_key_of_u64(row->subject.subject_no);
	struct kb_pack pack;

	kb_buf_clear(&step->row);
	kb_pack_begin(&pack, &step->row, SUBJECT_VERSION);
	kb_pack_u64(&pack, row->subject.joined_into);
	kb_pack_i64(&pack, row->subject.created_utc_ms);
	kb_pack_u32(&pack, row->subject.case_count);
	kb_pack_fixed(&pack, row->identity, sizeof(row->identity));
	return kb_row_put(step, KB_TABLE_SUBJECTS, &key, &pack, KB_PUT_REPLACE);
}

static enum kb_err
subject_load(struct kb_step *step, uint64_t subject_no, struct subject_row *out)
{
	struct kb_row_key key = kb_row_key_of_u64(subject_no);
	struct subject_row row = { .subject = { .subject_no = subject_no } };
	struct kb_span value = KB_SPAN_NONE;
	struct kb_unpack unpack;
	enum kb_err err = kb_row_get(step, KB_TABLE_SUBJECTS, &key, &value);

	if (err != KB_OK) {
		return err;
	}
	(void)kb_unpack_begin(&unpack, value, SUBJECT_VERSION);
	row.subject.joined_into = kb_unpack_u64(&unpack);
	row.subject.created_utc_ms = kb_unpack_i64(&unpack);
	row.subject.case_count = kb_unpack_u32(&unpack);
	kb_unpack_fixed(&unpack, row.identity, sizeof(row.identity));
	err = kb_unpack_end(&unpack);
	if (err == KB_OK) {
		*out = row;
	}
	return err;
}

enum kb_err
kb_subject_get(struct kb_step *step, uint64_t subject_no, struct kb_subject *out)
{
	struct subject_row row;
	enum kb_err err = subject_load(step, subject_no, &row);

	if (err == KB_OK) {
		*out = row.subject;
	}
	return err;
}

enum kb_err
kb_subject_find(struct kb_step *step, struct kb_span pgn, uint64_t *subject_no)
{
	struct kb_row_key key = kb_lookup_identity(step->store, KB_LOOKUP_PGN, pgn);
	struct subject_row row;
	uint64_t found = 0;
	enum kb_err err = kb_lookup_get(step, &key, &found);

	if (err != KB_OK) {
		return err;
	}
	err = subject_load(step, found, &row);
	if (err == KB_ERR_NOT_FOUND) {
		err = KB_ERR_CORRUPT;
	}
	if (err == KB_OK) {
		*subject_no = row.subject.joined_into != 0 ? row.subject.joined_into : found;
	}
	return err;
}

static enum kb_err
subject_make(struct kb_step *step, const struct kb_row_key *identity, uint64_t *subject_no)
{
	struct subject_row row = { .subject = { .created_utc_ms = step->now_utc_ms } };
	enum kb_err err = kb_step_need_write(step);

	if (err != KB_OK) {
		return err;
	}
	row.subject.subject_no = kb_step_count_up(step, KB_COUNTER_SUBJECT);
	if (identity != NULL) {
		KB_INVARIANT(identity->len == sizeof(row.identity));
		memcpy(row.identity, identity->at, identity->len);
		err = kb_lookup_put(step, identity, row.subject.subject_no);
	}
	if (err == KB_OK) {
		err = subject_store(step, &row);
	}
	if (err == KB_OK) {
		*subject_no = row.subject.subject_no;
	}
	return err;
}

enum kb_err
kb_subject_create(struct kb_step *step, uint64_t *subject_no)
{
	return subject_make(step, NULL, subject_no);
}

enum kb_err
kb_subject_take(struct kb_step *step, struct kb_span pgn, uint64_t *subject_no)
{
	struct kb_row_key key = kb_lookup_identity(step->store, KB_LOOKUP_PGN, pgn);
	enum kb_err err = kb_subject_find(step, pgn, subject_no);

	return err == KB_ERR_NOT_FOUND ? subject_make(step, &key, subject_no) : err;
}

/* ---- cases of a subject ---- */

static enum kb_err
case_count_change(struct kb_step *step, uint64_t subject_no, int by)
{
	struct subject_row row;
	enum kb_err err = subject_load(step, subject_no, &row);

	if (err == KB_OK) {
		row.subject.case_count =
			by > 0 ? row.subject.case_count + 1 : row.subject.case_count - 1;
		err = subject_store(step, &row);
	}
	return err;
}

enum kb_err
kb_subject_case_add(struct kb_step *step, uint64_t subject_no, uint64_t case_no)
{
	struct subject_row row;
	bool added = false;
	enum kb_err err = subject_load(step, subject_no, &row);

	if (err == KB_OK) {
		err = kb_subject_link_put(step, subject_no, KB_SUBJECT_LINK_CASE, case_no, &added);
	}
	if (err == KB_OK && added) {
		err = case_count_change(step, subject_no, 1);
	}
	return err;
}

enum kb_err
kb_subject_case_remove(struct kb_step *step, uint64_t subject_no, uint64_t case_no)
{
	enum kb_err err = kb_subject_link_delete(step, subject_no, KB_SUBJECT_LINK_CASE, case_no);

	return err == KB_OK ? case_count_change(step, subject_no, -1) : err;
}

enum kb_err
kb_subject_case_next(struct kb_step *step, uint64_t subject_no, uint64_t after_no,
		     uint64_t *case_no)
{
	return kb_subject_link_next(step, subject_no, KB_SUBJECT_LINK_CASE, after_no, case_no);
}

static enum kb_err
case_move(struct kb_step *step, uint64_t case_no, uint64_t from, uint64_t into)
{
	struct kb_case *row = NULL;
	enum kb_err err = kb_subject_case_remove(step, from, case_no);

	if (err == KB_OK) {
		err = kb_subject_case_add(step, into, case_no);
	}
	if (err == KB_OK) {
		err = kb_case_edit(step, case_no, &row);
	}
	if (err == KB_OK) {
		row->subject_no = into;
	}
	return err;
}

static enum kb_err
joined_into_set(struct kb_step *step, uint64_t subject_no, uint64_t into)
{
	struct subject_row row;
	enum kb_err err = subject_load(step, subject_no, &row);

	if (err == KB_OK) {
		row.subject.joined_into = into;
		err = subject_store(step, &row);
	}
	return err;
}

enum kb_err
kb_subject_join(struct kb_step *step, uint64_t from, uint64_t into)
{
	struct subject_row first;
	struct subject_row second;
	uint64_t case_no = 0;
	enum kb_err err = subject_load(step, from, &first);

	if (err == KB_OK) {
		err = subject_load(step, into, &second);
	}
	if (err == KB_OK &&
	    (from == into || first.subject.joined_into != 0 || second.subject.joined_into != 0)) {
		err = KB_ERR_STATE;
	}
	while (err == KB_OK) {
		err = kb_subject_case_next(step, from, 0, &case_no);
		if (err == KB_OK) {
			err = case_move(step, case_no, from, into);
		}
	}
	if (err == KB_ERR_NOT_FOUND) {
		err = joined_into_set(step, from, into);
	}
	return err;
}

enum kb_err
kb_subject_split(struct kb_step *step, uint64_t from, const uint64_t *case_nos, size_t count)
{
	struct subject_row row;
	enum kb_err err = subject_load(step, from, &row);
	uint64_t into = 0;

	if (err == KB_OK && row.subject.joined_into == 0) {
		err = KB_ERR_STATE;
	}
	if (err == KB_OK) {
		into = row.subject.joined_into;
		err = joined_into_set(step, from, 0);
	}
	for (size_t i = 0; err == KB_OK && i < count; i++) {
		err = case_move(step, case_nos[i], into, from);
	}
	return err;
}

void
kb_subject_pseudonym(struct kb_step *step, uint64_t subject_no, const struct kb_party_id *party,
		     struct kb_id *out)
{
	static const char label[] =
		"pseudoniem"; /* its NUL is hashed too: no key of a table is made so */
	uint8_t number[8];
	struct kb_hash hash;

	kb_store_u64(number, subject_no);
	const struct kb_span parts[] = { KB_SPAN_OF(label), KB_SPAN_OF(number),
					 kb_span_text(party->text) };

	kb_hmac_sha256_parts(kb_secret_span(&step->store->lookup_key), parts,
			     sizeof(parts) / sizeof(parts[0]), &hash);
	memcpy(out->bytes, hash.bytes, sizeof(out->bytes));
}
