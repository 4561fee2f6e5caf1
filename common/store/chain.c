/* SPDX-License-Identifier: EUPL-1.2 */
/* Steps of cases: rows by case and arrival, the bytes encrypted. */
#include "common/store/chain.h"

#include "common/crypto/hash.h"
#include "common/store/step_internal.h"

#define CHAIN_VERSION 1

/* The clear part of a row. */
struct stored {
	struct kb_chain_row row;
	uint64_t key_no;
	uint64_t mark;
	struct kb_span sealed;
};

static struct kb_row_key
chain_key(uint64_t case_no, uint32_t arrival_no)
{
	struct kb_row_key key = kb_row_key_of_u64(case_no);

	kb_row_key_u32(&key, arrival_no);
	return key;
}

/* Tells nearly all other records apart without opening them. Keyed, so that it proves nothing once the case is erased. */
static uint64_t
mark_of(const struct kb_store *store, struct kb_span bytes)
{
	struct kb_hash hash;

	kb_hmac_sha256(kb_secret_span(&store->lookup_key), bytes, &hash);
	return kb_load_u64(hash.bytes);
}

static enum kb_err
chain_decode(const struct kb_row *from, struct stored *out)
{
	struct stored stored = { .key_no = 0 };
	struct kb_unpack unpack;
	enum kb_err err = KB_OK;

	kb_unpack_begin_key(&unpack, from->key);
	stored.row.case_no = kb_unpack_u64(&unpack);
	stored.row.arrival_no = kb_unpack_u32(&unpack);
	err = kb_unpack_end(&unpack);
	if (err != KB_OK) {
		return err;
	}
	(void)kb_unpack_begin(&unpack, from->value, CHAIN_VERSION);
	stored.key_no = kb_unpack_u64(&unpack);
	stored.mark = kb_unpack_u64(&unpack);
	stored.row.from_party_no = kb_unpack_u32(&unpack);
	stored.row.at_utc_ms = kb_unpack_i64(&unpack);
	stored.row.ledger_seq = kb_unpack_u64(&unpack);
	stored.sealed = kb_unpack_bytes(&unpack);
	err = kb_unpack_end(&unpack);
	if (err == KB_OK) {
		*out = stored;
	}
	return err;
}

static enum kb_err
stored_after(struct kb_step *step, uint64_t case_no, uint32_t after_no, struct kb_row *row,
	     struct stored *out)
{
	struct kb_row_key after = chain_key(case_no, after_no);
	enum kb_err err = kb_row_after(step, KB_TABLE_CHAIN, &after, 8, row);

	return err == KB_OK ? chain_decode(row, out) : err;
}

static enum kb_err
is_same(struct kb_step *step, const struct kb_row *row, const struct stored *stored,
	struct kb_span bytes, bool *same)
{
	struct kb_span plain = KB_SPAN_NONE;
	enum kb_err err = kb_sealed_open(step, KB_TABLE_CHAIN, row->key, stored->key_no,
					 stored->sealed, &step->kept, &plain);

	*same = err == KB_OK && kb_span_equal(plain, bytes);
	return err;
}

/* The number of the row with these bytes (KB_ERR_EXISTS), or of the last one. */
static enum kb_err
look_for(struct kb_step *step, uint64_t case_no, struct kb_span bytes, uint32_t *arrival_no)
{
	uint64_t mark = mark_of(step->store, bytes);
	struct stored stored;
	struct kb_row row;
	bool same = false;
	enum kb_err err = KB_OK;

	*arrival_no = 0;
	while (err == KB_OK) {
		err = stored_after(step, case_no, *arrival_no, &row, &stored);
		if (err == KB_ERR_NOT_FOUND) {
			return KB_OK;
		}
		if (err == KB_OK && stored.mark == mark) {
			err = is_same(step, &row, &stored, bytes, &same);
		}
		if (err == KB_OK) {
			*arrival_no = stored.row.arrival_no;
			err = same ? KB_ERR_EXISTS : KB_OK;
		}
	}
	return err;
}

enum kb_err
kb_chain_row_put(struct kb_step *step, struct kb_chain_row *row)
{
	struct kb_row_key key = { 0 };
	struct kb_case owner;
	struct kb_pack clear;
	struct kb_pack hidden;
	uint32_t last_no = 0;
	enum kb_err err = kb_step_need_write(step);

	if (err == KB_OK && row->bytes.len == 0) {
		err = KB_ERR_BAD_VALUE;
	}
	if (err == KB_OK && row->bytes.len > KB_CHAIN_ROW_MAX) {
		err = KB_ERR_OVERSIZE;
	}
	if (err == KB_OK) {
		err = kb_case_get(step, row->case_no, &owner);
	}
	if (err == KB_OK) {
		err = look_for(step, row->case_no, row->bytes, &last_no);
	}
	if (err == KB_ERR_EXISTS) {
		row->arrival_no = last_no;
	}
	if (err == KB_OK && last_no == UINT32_MAX) {
		err = KB_ERR_OVERSIZE;
	}
	if (err != KB_OK) {
		return err;
	}
	key = chain_key(row->case_no, last_no + 1);
	kb_sealed_begin(step, &clear, &hidden, CHAIN_VERSION);
	kb_pack_u64(&clear, owner.data_key_no);
	kb_pack_u64(&clear, mark_of(step->store, row->bytes));
	kb_pack_u32(&clear, row->from_party_no);
	kb_pack_i64(&clear, row->at_utc_ms);
	kb_pack_u64(&clear, row->ledger_seq);
	/* The record is the hidden part as it is: it has a version of its own. */
	kb_buf_clear(&step->plain);
	kb_pack_begin_key(&hidden, &step->plain);
	kb_pack_fixed(&hidden, row->bytes.at, row->bytes.len);
	err = kb_sealed_put(step, KB_TABLE_CHAIN, &key, owner.data_key_no, &clear, &hidden);
	if (err == KB_OK) {
		row->arrival_no = last_no + 1;
	}
	return err;
}

enum kb_err
kb_chain_row_next(struct kb_step *step, uint64_t case_no, uint32_t after_no, struct kb_arena *arena,
		  struct kb_chain_row *out)
{
	struct stored stored;
	struct kb_row row;
	enum kb_err err = stored_after(step, case_no, after_no, &row, &stored);

	if (err == KB_OK) {
		err = kb_sealed_open(step, KB_TABLE_CHAIN, row.key, stored.key_no, stored.sealed,
				     arena, &stored.row.bytes);
	}
	if (err == KB_OK) {
		*out = stored.row;
	}
	return err;
}

enum kb_err
kb_chain_row_count(struct kb_step *step, uint64_t case_no, uint32_t *count)
{
	struct stored stored;
	struct kb_row row;
	uint32_t last_no = 0;
	enum kb_err err = KB_OK;

	while (err == KB_OK) {
		err = stored_after(step, case_no, last_no, &row, &stored);
		if (err == KB_OK && stored.row.arrival_no != last_no + 1) {
			err = KB_ERR_CORRUPT;
		}
		if (err == KB_OK) {
			last_no++;
		}
	}
	if (err == KB_ERR_NOT_FOUND) {
		*count = last_no;
		err = KB_OK;
	}
	return err;
}
