/* SPDX-License-Identifier: EUPL-1.2 */
/* Parties, their register entries, and which one serves a gemeentecode. */
#include "common/store/parties.h"

#include "common/store/step_internal.h"

#define PARTY_VERSION 1
#define ENTRY_VERSION 1
#define GEMEENTE_VERSION 1
#define ENTRY_BYTES_MAX ((size_t)256 * 1024)
#define CODE_BYTES 4

/* ---- numbers ---- */

enum kb_err
kb_party_find(struct kb_step *step, const struct kb_party_id *id, uint32_t *party_no)
{
	struct kb_span value = KB_SPAN_NONE;
	struct kb_unpack unpack;
	enum kb_err err = KB_OK;

	if (kb_party_id_equal(id, &step->store->self)) {
		*party_no = KB_PARTY_NO_SELF;
		return KB_OK;
	}
	if (kb_party_id_empty(id)) {
		return KB_ERR_NOT_FOUND;
	}
	err = kb_get(step->txn, KB_TABLE_PARTY_IDS, kb_party_id_span(id), &value);
	if (err != KB_OK) {
		return err;
	}
	(void)kb_unpack_begin(&unpack, value, PARTY_VERSION);
	uint32_t found = kb_unpack_u32(&unpack);

	err = kb_unpack_end(&unpack);
	if (err == KB_OK) {
		*party_no = found;
	}
	return err;
}

static enum kb_err
party_store(struct kb_step *step, const struct kb_party *party, enum kb_put_mode mode)
{
	struct kb_row_key key = { 0 };
	struct kb_pack pack;

	kb_row_key_u32(&key, party->party_no);
	kb_buf_clear(&step->row);
	kb_pack_begin(&pack, &step->row, PARTY_VERSION);
	kb_pack_party(&pack, &party->id);
	kb_pack_u32(&pack, party->kind);
	kb_pack_u32(&pack, party->key_version);
	kb_pack_i64(&pack, party->first_seen_utc_ms);
	kb_pack_i64(&pack, party->checked_utc_ms);
	kb_pack_u64(&pack, party->register_version);
	kb_pack_bool(&pack, party->gone);
	return kb_row_put(step, KB_TABLE_PARTIES, &key, &pack, mode);
}

static enum kb_err
party_decode(struct kb_span row_key, struct kb_span value, struct kb_party *out)
{
	struct kb_party party = { 0 };
	struct kb_unpack unpack;
	enum kb_err err = KB_OK;

	kb_unpack_begin_key(&unpack, row_key);
	party.party_no = kb_unpack_u32(&unpack);
	err = kb_unpack_end(&unpack);
	if (err != KB_OK) {
		return err;
	}
	(void)kb_unpack_begin(&unpack, value, PARTY_VERSION);
	kb_unpack_party(&unpack, &party.id);
	party.kind = kb_unpack_u32(&unpack);
	party.key_version = kb_unpack_u32(&unpack);
	party.first_seen_utc_ms = kb_unpack_i64(&unpack);
	party.checked_utc_ms = kb_unpack_i64(&unpack);
	party.register_version = kb_unpack_u64(&unpack);
	party.gone = kb_unpack_bool(&unpack);
	err = kb_unpack_end(&unpack);
	if (err == KB_OK) {
		*out = party;
	}
	return err;
}

enum kb_err
kb_party_take(struct kb_step *step, const struct kb_party_id *id, uint32_t *party_no)
{
	struct kb_party party = { .id = *id, .first_seen_utc_ms = step->now_utc_ms };
	struct kb_pack pack;
	enum kb_err err = kb_party_find(step, id, party_no);

	if (err != KB_ERR_NOT_FOUND) {
		return err;
	}
	if (kb_party_id_empty(id)) {
		return KB_ERR_BAD_VALUE;
	}
	err = kb_step_need_write(step);
	if (err == KB_OK && step->counters.last[KB_COUNTER_PARTY] >= UINT32_MAX - 1) {
		err = KB_ERR_OVERSIZE;
	}
	if (err != KB_OK) {
		return err;
	}
	party.party_no = (uint32_t)kb_step_count_up(step, KB_COUNTER_PARTY);
	kb_buf_clear(&step->row);
	kb_pack_begin(&pack, &step->row, PARTY_VERSION);
	kb_pack_u32(&pack, party.party_no);
	err = kb_pack_end(&pack);
	if (err == KB_OK) {
		err = kb_put(step->txn, KB_TABLE_PARTY_IDS, kb_party_id_span(id),
			     kb_buf_span(&step->row), KB_PUT_NEW);
	}
	if (err == KB_OK) {
		err = party_store(step, &party, KB_PUT_NEW);
	}
	if (err == KB_OK) {
		*party_no = party.party_no;
	}
	return err;
}

enum kb_err
kb_party_get(struct kb_step *step, uint32_t party_no, struct kb_party *out)
{
	struct kb_row_key key = { 0 };
	struct kb_span value = KB_SPAN_NONE;
	enum kb_err err = KB_OK;

	if (party_no == KB_PARTY_NO_SELF) {
		*out = (struct kb_party){ .id = step->store->self };
		return KB_OK;
	}
	kb_row_key_u32(&key, party_no);
	err = kb_row_get(step, KB_TABLE_PARTIES, &key, &value);
	return err == KB_OK ? party_decode(kb_row_key_span(&key), value, out) : err;
}

enum kb_err
kb_party_put(struct kb_step *step, const struct kb_party *party)
{
	struct kb_party before;
	enum kb_err err = party->party_no == KB_PARTY_NO_SELF ? KB_ERR_NOT_FOUND : KB_OK;

	if (err == KB_OK) {
		err = kb_party_get(step, party->party_no, &before);
	}
	if (err == KB_OK && !kb_party_id_equal(&before.id, &party->id)) {
		err = KB_ERR_STATE; /* a number names one party for life */
	}
	return err == KB_OK ? party_store(step, party, KB_PUT_REPLACE) : err;
}

enum kb_err
kb_party_next(struct kb_step *step, uint32_t after_no, struct kb_party *out)
{
	struct kb_row_key after = { 0 };
	struct kb_row row;
	enum kb_err err = KB_OK;

	kb_row_key_u32(&after, after_no);
	err = kb_row_after(step, KB_TABLE_PARTIES, &after, 0, &row);
	return err == KB_OK ? party_decode(row.key, row.value, out) : err;
}

/* ---- entries ---- */

static struct kb_row_key
entry_key(uint32_t party_no, uint32_t key_version)
{
	struct kb_row_key key = { 0 };

	kb_row_key_u32(&key, party_no);
	kb_row_key_u32(&key, key_version);
	return key;
}

enum kb_err
kb_party_entry_put(struct kb_step *step, const struct kb_party_entry *entry)
{
	struct kb_row_key key = entry_key(entry->party_no, entry->key_version);
	struct kb_pack pack;

	if (entry->entry.len > ENTRY_BYTES_MAX) {
		return KB_ERR_OVERSIZE;
	}
	kb_buf_clear(&step->row);
	kb_pack_begin(&pack, &step->row, ENTRY_VERSION);
	kb_pack_i64(&pack, entry->valid_from_utc_ms);
	kb_pack_i64(&pack, entry->valid_until_utc_ms);
	kb_pack_i64(&pack, entry->revoked_since_utc_ms);
	kb_pack_i64(&pack, entry->taken_utc_ms);
	kb_pack_u64(&pack, entry->register_version);
	kb_pack_bytes(&pack, entry->entry);
	return kb_row_put(step, KB_TABLE_PARTY_ENTRIES, &key, &pack, KB_PUT_REPLACE);
}

static enum kb_err
entry_decode(struct kb_span row_key, struct kb_span value, struct kb_party_entry *out)
{
	struct kb_party_entry entry = { 0 };
	struct kb_unpack unpack;
	enum kb_err err = KB_OK;

	kb_unpack_begin_key(&unpack, row_key);
	entry.party_no = kb_unpack_u32(&unpack);
	entry.key_version = kb_unpack_u32(&unpack);
	err = kb_unpack_end(&unpack);
	if (err != KB_OK) {
		return err;
	}
	(void)kb_unpack_begin(&unpack, value, ENTRY_VERSION);
	entry.valid_from_utc_ms = kb_unpack_i64(&unpack);
	entry.valid_until_utc_ms = kb_unpack_i64(&unpack);
	entry.revoked_since_utc_ms = kb_unpack_i64(&unpack);
	entry.taken_utc_ms = kb_unpack_i64(&unpack);
	entry.register_version = kb_unpack_u64(&unpack);
	entry.entry = kb_unpack_bytes(&unpack);
	err = kb_unpack_end(&unpack);
	if (err == KB_OK) {
		*out = entry;
	}
	return err;
}

enum kb_err
kb_party_entry_get(struct kb_step *step, uint32_t party_no, uint32_t key_version,
		   struct kb_party_entry *out)
{
	struct kb_row_key key = entry_key(party_no, key_version);
	struct kb_span value = KB_SPAN_NONE;
	enum kb_err err = kb_row_get(step, KB_TABLE_PARTY_ENTRIES, &key, &value);

	return err == KB_OK ? entry_decode(kb_row_key_span(&key), value, out) : err;
}

enum kb_err
kb_party_entry_next(struct kb_step *step, uint32_t party_no, uint32_t after_version,
		    struct kb_party_entry *out)
{
	struct kb_row_key after = entry_key(party_no, after_version);
	struct kb_row row;
	enum kb_err err = kb_row_after(step, KB_TABLE_PARTY_ENTRIES, &after, 4, &row);

	return err == KB_OK ? entry_decode(row.key, row.value, out) : err;
}

/* ---- gemeentecodes ---- */

static struct kb_row_key
gemeente_key(const char *code, uint32_t valid_from)
{
	struct kb_row_key key = { 0 };

	kb_row_key_bytes(&key, code, CODE_BYTES);
	kb_row_key_u32(&key, valid_from);
	return key;
}

static enum kb_err
gemeente_decode(struct kb_span row_key, struct kb_span value, struct kb_party_gemeente *out)
{
	struct kb_party_gemeente row = { 0 };
	struct kb_unpack unpack;
	enum kb_err err = KB_OK;

	kb_unpack_begin_key(&unpack, row_key);
	kb_unpack_fixed(&unpack, row.code, CODE_BYTES);
	row.valid_from = kb_unpack_u32(&unpack);
	err = kb_unpack_end(&unpack);
	if (err != KB_OK) {
		return err;
	}
	(void)kb_unpack_begin(&unpack, value, GEMEENTE_VERSION);
	row.party_no = kb_unpack_u32(&unpack);
	row.valid_until = kb_unpack_u32(&unpack);
	row.register_version = kb_unpack_u64(&unpack);
	err = kb_unpack_end(&unpack);
	if (err == KB_OK) {
		*out = row;
	}
	return err;
}

enum kb_err
kb_party_gemeente_put(struct kb_step *step, const struct kb_party_gemeente *row)
{
	struct kb_row_key key = { 0 };
	struct kb_pack pack;

	if (strlen(row->code) != CODE_BYTES) {
		return KB_ERR_BAD_VALUE;
	}
	key = gemeente_key(row->code, row->valid_from);
	kb_buf_clear(&step->row);
	kb_pack_begin(&pack, &step->row, GEMEENTE_VERSION);
	kb_pack_u32(&pack, row->party_no);
	kb_pack_u32(&pack, row->valid_until);
	kb_pack_u64(&pack, row->register_version);
	return kb_row_put(step, KB_TABLE_PARTY_GEMEENTEN, &key, &pack, KB_PUT_REPLACE);
}

enum kb_err
kb_party_gemeente_find(struct kb_step *step, const char *code, uint32_t on_yyyymmdd,
		       struct kb_party_gemeente *out)
{
	struct kb_party_gemeente row = { 0 };
	struct kb_row_key after = { 0 };
	struct kb_row found;
	enum kb_err err = strlen(code) == CODE_BYTES ? KB_OK : KB_ERR_NOT_FOUND;

	if (err != KB_OK) {
		return err;
	}
	/* From the first row of this code on; the key without a date stands before all of them. */
	kb_row_key_bytes(&after, code, CODE_BYTES);
	for (;;) {
		err = kb_row_after(step, KB_TABLE_PARTY_GEMEENTEN, &after, CODE_BYTES, &found);
		if (err == KB_OK) {
			err = gemeente_decode(found.key, found.value, &row);
		}
		if (err != KB_OK) {
			return err;
		}
		if (row.valid_from <= on_yyyymmdd &&
		    (row.valid_until == 0 || on_yyyymmdd <= row.valid_until)) {
			*out = row;
			return KB_OK;
		}
		after = gemeente_key(row.code, row.valid_from);
	}
}

enum kb_err
kb_party_gemeente_clear(struct kb_step *step, uint32_t party_no)
{
	struct kb_party_gemeente row = { 0 };
	struct kb_row_key after = { 0 };
	struct kb_row found;
	enum kb_err err = KB_OK;

	/* A few hundred rows in the whole country; off the message path. */
	for (;;) {
		err = kb_row_after(step, KB_TABLE_PARTY_GEMEENTEN, &after, 0, &found);
		if (err == KB_OK) {
			err = gemeente_decode(found.key, found.value, &row);
		}
		if (err != KB_OK) {
			return err == KB_ERR_NOT_FOUND ? KB_OK : err;
		}
		after = gemeente_key(row.code, row.valid_from);
		if (row.party_no == party_no) {
			err = kb_row_del(step, KB_TABLE_PARTY_GEMEENTEN, &after);
			if (err != KB_OK) {
				return err;
			}
		}
	}
}
