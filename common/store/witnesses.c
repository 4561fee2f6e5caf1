/* SPDX-License-Identifier: EUPL-1.2 */
/* Checkpoints that others showed us or gave back to us, the register's head, and the broker's. */
#include "common/store/parties.h"
#include "common/store/step_internal.h"

#define WITNESS_VERSION 1
#define STATE_VERSION 1
#define CHECKPOINT_BYTES_MAX ((size_t)4096)
#define REGISTER_BYTES_MAX ((size_t)900 * 1024)

static const char register_key[] = "store/register";
static const char broker_key[] = "store/broker";

enum witness_side {
	SIDE_NONE = 0,
	SIDE_THEIRS = 1, /* a party's own log, as it told us */
	SIDE_OURS = 2,	 /* our log, as the party gave it back */
};

static struct kb_row_key
witness_key(enum witness_side side, uint32_t party_no)
{
	struct kb_row_key key = { 0 };

	kb_row_key_u8(&key, (uint8_t)side);
	kb_row_key_u32(&key, party_no);
	return key;
}

static enum kb_err
witness_load(struct kb_step *step, enum witness_side side, uint32_t party_no,
	     struct kb_witness *out)
{
	struct kb_row_key key = witness_key(side, party_no);
	struct kb_witness row = { .party_no = side == SIDE_OURS ? KB_PARTY_NO_SELF : party_no };
	struct kb_span value = KB_SPAN_NONE;
	struct kb_unpack unpack;
	enum kb_err err = kb_row_get(step, KB_TABLE_WITNESSES, &key, &value);

	if (err != KB_OK) {
		return err;
	}
	(void)kb_unpack_begin(&unpack, value, WITNESS_VERSION);
	row.year = kb_unpack_u32(&unpack);
	row.size = kb_unpack_u64(&unpack);
	kb_unpack_fixed(&unpack, row.root.bytes, sizeof(row.root.bytes));
	row.time_utc_ms = kb_unpack_i64(&unpack);
	row.received_utc_ms = kb_unpack_i64(&unpack);
	row.checkpoint = kb_unpack_bytes(&unpack);
	err = kb_unpack_end(&unpack);
	if (err == KB_OK) {
		*out = row;
	}
	return err;
}

static enum kb_err
witness_store(struct kb_step *step, enum witness_side side, uint32_t party_no,
	      const struct kb_witness *witness)
{
	struct kb_row_key key = witness_key(side, party_no);
	struct kb_witness before;
	struct kb_pack pack;
	enum kb_err err = witness->checkpoint.len > CHECKPOINT_BYTES_MAX
				  ? KB_ERR_OVERSIZE
				  : witness_load(step, side, party_no, &before);

	if (err == KB_OK && before.year == witness->year && before.size == witness->size) {
		return kb_hash_equal(&before.root, &witness->root) ? KB_OK : KB_ERR_EQUIVOCATION;
	}
	if (err == KB_OK && (witness->year < before.year ||
			     (witness->year == before.year && witness->size < before.size))) {
		return KB_OK; /* messages overtake each other */
	}
	if (err != KB_OK && err != KB_ERR_NOT_FOUND) {
		return err;
	}
	kb_buf_clear(&step->row);
	kb_pack_begin(&pack, &step->row, WITNESS_VERSION);
	kb_pack_u32(&pack, witness->year);
	kb_pack_u64(&pack, witness->size);
	kb_pack_fixed(&pack, witness->root.bytes, sizeof(witness->root.bytes));
	kb_pack_i64(&pack, witness->time_utc_ms);
	kb_pack_i64(&pack, witness->received_utc_ms);
	kb_pack_bytes(&pack, witness->checkpoint);
	return kb_row_put(step, KB_TABLE_WITNESSES, &key, &pack, KB_PUT_REPLACE);
}

enum kb_err
kb_witness_put(struct kb_step *step, const struct kb_witness *witness)
{
	return witness_store(step, SIDE_THEIRS, witness->party_no, witness);
}

enum kb_err
kb_witness_get(struct kb_step *step, uint32_t party_no, struct kb_witness *out)
{
	return witness_load(step, SIDE_THEIRS, party_no, out);
}

enum kb_err
kb_witnessed_put(struct kb_step *step, uint32_t party_no, const struct kb_witness *witness)
{
	return witness_store(step, SIDE_OURS, party_no, witness);
}

enum kb_err
kb_witnessed_get(struct kb_step *step, uint32_t party_no, struct kb_witness *out)
{
	return witness_load(step, SIDE_OURS, party_no, out);
}

/* ---- the register ---- */

/* Copies what stands in the store to arena: it must outlive the next put. */
static struct kb_span
span_keep(struct kb_arena *arena, struct kb_span bytes, enum kb_err *err)
{
	struct kb_span copy = kb_arena_copy(arena, bytes);

	if (bytes.len > 0 && copy.at == NULL && *err == KB_OK) {
		*err = KB_ERR_NO_MEMORY;
	}
	return copy;
}

enum kb_err
kb_register_state_get(struct kb_step *step, struct kb_arena *arena, struct kb_register_state *out)
{
	struct kb_register_state state = { 0 };
	struct kb_span value = KB_SPAN_NONE;
	struct kb_unpack unpack;
	enum kb_err err = kb_get(step->txn, KB_TABLE_META, kb_span_text(register_key), &value);

	if (err == KB_ERR_NOT_FOUND) {
		*out = state;
		return KB_OK;
	}
	if (err != KB_OK) {
		return err;
	}
	(void)kb_unpack_begin(&unpack, value, STATE_VERSION);
	state.version = kb_unpack_u64(&unpack);
	state.expires_utc_ms = kb_unpack_i64(&unpack);
	struct kb_span head = kb_unpack_bytes(&unpack);
	struct kb_span revocations = kb_unpack_bytes(&unpack);
	struct kb_span crl = kb_unpack_bytes(&unpack);
	struct kb_span crl_number = kb_unpack_bytes(&unpack);

	err = kb_unpack_end(&unpack);
	if (err == KB_OK) {
		state.signed_head = span_keep(arena, head, &err);
		state.revocations = span_keep(arena, revocations, &err);
		state.crl = span_keep(arena, crl, &err);
		state.crl_number = span_keep(arena, crl_number, &err);
	}
	if (err == KB_OK) {
		*out = state;
	}
	return err;
}

/* Numbers without leading zeros: the longer one is the larger. */
static int
number_compare(struct kb_span a, struct kb_span b)
{
	if (a.len != b.len) {
		return a.len < b.len ? -1 : 1;
	}
	return kb_span_compare(a, b);
}

enum kb_err
kb_register_state_put(struct kb_step *step, const struct kb_register_state *state)
{
	struct kb_arena arena = { 0 };
	struct kb_register_state before = { 0 };
	struct kb_pack pack;
	enum kb_err err = KB_ERR_BAD_VALUE;

	if (state->crl_number.len > 0 && state->crl_number.at[0] == 0) {
		return err;
	}
	if (state->signed_head.len + state->revocations.len + state->crl.len +
		    state->crl_number.len >
	    REGISTER_BYTES_MAX) {
		return KB_ERR_OVERSIZE;
	}
	err = kb_register_state_get(step, &arena, &before);
	if (err == KB_OK && (state->version < before.version ||
			     number_compare(state->crl_number, before.crl_number) < 0)) {
		err = KB_ERR_STATE;
	}
	kb_arena_release(&arena);
	if (err != KB_OK) {
		return err;
	}
	kb_buf_clear(&step->row);
	kb_pack_begin(&pack, &step->row, STATE_VERSION);
	kb_pack_u64(&pack, state->version);
	kb_pack_i64(&pack, state->expires_utc_ms);
	kb_pack_bytes(&pack, state->signed_head);
	kb_pack_bytes(&pack, state->revocations);
	kb_pack_bytes(&pack, state->crl);
	kb_pack_bytes(&pack, state->crl_number);
	err = kb_pack_end(&pack);
	if (err == KB_OK) {
		err = kb_put(step->txn, KB_TABLE_META, kb_span_text(register_key),
			     kb_buf_span(&step->row), KB_PUT_REPLACE);
	}
	return err;
}

/* ---- the broker ---- */

enum kb_err
kb_broker_state_get(struct kb_step *step, struct kb_arena *arena, struct kb_broker_state *out)
{
	struct kb_broker_state state = { 0 };
	struct kb_span value = KB_SPAN_NONE;
	struct kb_unpack unpack;
	enum kb_err err = kb_get(step->txn, KB_TABLE_META, kb_span_text(broker_key), &value);

	if (err == KB_ERR_NOT_FOUND) {
		*out = state;
		return KB_OK;
	}
	if (err != KB_OK) {
		return err;
	}
	(void)kb_unpack_begin(&unpack, value, STATE_VERSION);
	kb_unpack_fixed(&unpack, state.store_id.bytes, sizeof(state.store_id.bytes));
	state.log_year = kb_unpack_u32(&unpack);
	state.log_size = kb_unpack_u64(&unpack);
	kb_unpack_fixed(&unpack, state.log_root.bytes, sizeof(state.log_root.bytes));
	struct kb_span checkpoint = kb_unpack_bytes(&unpack);

	err = kb_unpack_end(&unpack);
	if (err == KB_OK) {
		state.checkpoint = span_keep(arena, checkpoint, &err);
	}
	if (err == KB_OK) {
		*out = state;
	}
	return err;
}

enum kb_err
kb_broker_state_put(struct kb_step *step, const struct kb_broker_state *state)
{
	struct kb_pack pack;
	enum kb_err err = KB_ERR_OVERSIZE;

	if (state->checkpoint.len > CHECKPOINT_BYTES_MAX) {
		return err;
	}
	kb_buf_clear(&step->row);
	kb_pack_begin(&pack, &step->row, STATE_VERSION);
	kb_pack_fixed(&pack, state->store_id.bytes, sizeof(state->store_id.bytes));
	kb_pack_u32(&pack, state->log_year);
	kb_pack_u64(&pack, state->log_size);
	kb_pack_fixed(&pack, state->log_root.bytes, sizeof(state->log_root.bytes));
	kb_pack_bytes(&pack, state->checkpoint);
	err = kb_pack_end(&pack);
	if (err == KB_OK) {
		err = kb_put(step->txn, KB_TABLE_META, kb_span_text(broker_key),
			     kb_buf_span(&step->row), KB_PUT_REPLACE);
	}
	return err;
}
