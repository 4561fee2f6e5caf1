/* SPDX-License-Identifier: EUPL-1.2 */
/* Log records: a fixed clear part, clear bytes, and a hidden part under a data key. */
#include "common/store/record.h"

#include "common/crypto/commitment.h"
#include "common/store/crypt.h"
#include "common/store/step_internal.h"

#define RECORD_VERSION 1
/* version, type, time, user, party, case, key, ref, code, count */
#define FIXED_BYTES (1 + 1 + 8 + 8 + 4 + 8 + 8 + 8 + 4 + 8)

static const struct {
	uint32_t number;
	const char *name;
} types[] = {

#define KB_ROW(name, number, text) { (number), (text) },
	KB_RECORD_TYPE_TABLE(KB_ROW)
#undef KB_ROW
};
#define TYPE_COUNT (sizeof(types) / sizeof(types[0]))

const char *
kb_record_type_name(enum kb_record_type type)
{
	for (size_t i = 0; i < TYPE_COUNT; i++) {
		if (types[i].number == (uint32_t)type) {
			return types[i].name;
		}
	}
	return "";
}

bool
kb_record_type_known(uint32_t number)
{
	for (size_t i = 0; i < TYPE_COUNT; i++) {
		if (types[i].number == number) {
			return number != KB_RECORD_NONE;
		}
	}
	return false;
}

bool
kb_record_type_is_access(enum kb_record_type type)
{
	return type >= KB_RECORD_VIEW && type <= KB_RECORD_ACCESS_DENIED;
}

/* A record that the log itself makes (the first of a year) does not begin with our version byte: its text is
 * "ketenbode/...". */
static void
fixed_pack(const struct kb_record *record, uint8_t at[FIXED_BYTES])
{
	uint8_t *p = at;

	*p++ = RECORD_VERSION;
	*p++ = (uint8_t)record->type;
	kb_store_u64(p, (uint64_t)record->at_utc_ms);
	p += 8;
	kb_store_u64(p, record->user_no);
	p += 8;
	kb_store_u32(p, record->party_no);
	p += 4;
	kb_store_u64(p, record->case_no);
	p += 8;
	kb_store_u64(p, record->data_key_no);
	p += 8;
	kb_store_u64(p, record->ref_seq);
	p += 8;
	kb_store_u32(p, record->code);
	p += 4;
	kb_store_u64(p, record->count);
	p += 8;
	KB_INVARIANT(p == at + FIXED_BYTES);
}

/* step->plain holds the hidden part; it is sealed into step->sealed and wiped. */
static enum kb_err
hidden_seal(struct kb_step *step, uint64_t key_no, const uint8_t fixed[FIXED_BYTES])
{
	struct kb_datakey key = { 0 };
	enum kb_err err = kb_keyring_get(step->store->keyring, key_no, &key);

	kb_buf_clear(&step->sealed);
	if (err == KB_OK) {
		/* Bound to the clear part, not to the record's number: that is known only when it is appended. */
		err = kb_value_seal(&key, KB_TABLE_LOG, kb_span(fixed, FIXED_BYTES),
				    kb_buf_span(&step->plain), &step->sealed);
	}
	kb_datakey_wipe(&key);
	kb_step_wipe_plain(step);
	return err;
}

static enum kb_err
record_append(struct kb_step *step, const struct kb_record *record, struct kb_span first,
	      struct kb_span second, uint64_t *ledger_seq)
{
	uint8_t fixed[FIXED_BYTES] = { 0 };
	uint8_t lengths[4][4] = { { 0 } };
	bool hides = first.len + second.len > 0;
	struct kb_span clear[3] = { record->header, record->seal, record->note };
	struct kb_span parts[9] = { kb_span(fixed, FIXED_BYTES) };
	enum kb_err err = kb_step_need_write(step);

	if (err == KB_OK && (!kb_record_type_known((uint32_t)record->type) ||
			     (hides && record->data_key_no == 0))) {
		err = KB_ERR_BAD_VALUE;
	}
	if (err == KB_OK &&
	    (record->header.len > KB_RECORD_CLEAR_MAX || record->seal.len > KB_RECORD_CLEAR_MAX ||
	     record->note.len > KB_RECORD_CLEAR_MAX ||
	     record->header.len + record->seal.len + record->note.len > KB_RECORD_CLEAR_MAX ||
	     first.len > KB_RECORD_HIDDEN_MAX || second.len > KB_RECORD_HIDDEN_MAX - first.len)) {
		err = KB_ERR_OVERSIZE;
	}
	if (err != KB_OK) {
		return err;
	}
	fixed_pack(record, fixed);
	kb_buf_clear(&step->sealed);
	if (hides) {
		kb_buf_clear(&step->plain);
		err = kb_buf_put(&step->plain, first);
		if (err == KB_OK) {
			err = kb_buf_put(&step->plain, second);
		}
		if (err == KB_OK) {
			err = hidden_seal(step, record->data_key_no, fixed);
		}
	}
	for (size_t i = 0; i < 4; i++) {
		struct kb_span bytes = i < 3 ? clear[i] : kb_buf_span(&step->sealed);

		kb_store_u32(lengths[i], (uint32_t)bytes.len);
		parts[1 + 2 * i] = kb_span(lengths[i], 4);
		parts[2 + 2 * i] = bytes;
	}
	if (err == KB_OK) {
		err = kb_ledger_append(step->store->ledger, step->txn, record->at_utc_ms, parts, 9,
				       ledger_seq);
	}
	return err;
}

enum kb_err
kb_record_append(struct kb_step *step, const struct kb_record *record, struct kb_span hidden,
		 uint64_t *ledger_seq)
{
	return record_append(step, record, hidden, KB_SPAN_NONE, ledger_seq);
}

enum kb_err
kb_record_append_message(struct kb_step *step, const struct kb_record *record, struct kb_span salt,
			 struct kb_span body, uint64_t *ledger_seq)
{
	return record_append(step, record, salt, body, ledger_seq);
}

enum kb_err
kb_record_decode(struct kb_span bytes, struct kb_record_read *out)
{
	struct kb_record_read read = { 0 };
	struct kb_record *clear = &read.clear;
	struct kb_unpack unpack;
	enum kb_err err = KB_OK;

	(void)kb_unpack_begin(&unpack, bytes, RECORD_VERSION);
	uint8_t type = kb_unpack_u8(&unpack);

	clear->type = (enum kb_record_type)type;
	clear->at_utc_ms = kb_unpack_i64(&unpack);
	clear->user_no = kb_unpack_u64(&unpack);
	clear->party_no = kb_unpack_u32(&unpack);
	clear->case_no = kb_unpack_u64(&unpack);
	clear->data_key_no = kb_unpack_u64(&unpack);
	clear->ref_seq = kb_unpack_u64(&unpack);
	clear->code = kb_unpack_u32(&unpack);
	clear->count = kb_unpack_u64(&unpack);
	clear->header = kb_unpack_bytes(&unpack);
	clear->seal = kb_unpack_bytes(&unpack);
	clear->note = kb_unpack_bytes(&unpack);
	read.sealed_hidden = kb_unpack_bytes(&unpack);
	err = kb_unpack_end(&unpack);
	if (err == KB_OK && !kb_record_type_known(type)) {
		err = KB_ERR_CORRUPT;
	}
	if (err == KB_OK) {
		*out = read;
	}
	return err;
}

/* The first record of a year is made by the log, in its own form. */
static bool
is_year_record(struct kb_span bytes)
{
	return bytes.len > 0 && bytes.at[0] != RECORD_VERSION;
}

enum kb_err
kb_record_get(struct kb_step *step, uint64_t ledger_seq, struct kb_record_read *out)
{
	struct kb_record_read read = { 0 };
	struct kb_span bytes = KB_SPAN_NONE;
	enum kb_err err = kb_ledger_get(step->store->ledger, step->txn, ledger_seq, &bytes);

	if (err != KB_OK) {
		return err;
	}
	if (is_year_record(bytes)) {
		read.clear.type = KB_RECORD_YEAR;
		read.clear.note = bytes;
	} else {
		err = kb_record_decode(bytes, &read);
	}
	if (err == KB_OK) {
		read.ledger_seq = ledger_seq;
		*out = read;
	}
	return err;
}

enum kb_err
kb_record_open(struct kb_step *step, const struct kb_record_read *record, struct kb_arena *arena,
	       struct kb_span *hidden)
{
	uint8_t fixed[FIXED_BYTES];

	if (record->sealed_hidden.len == 0) {
		return KB_ERR_NOT_FOUND;
	}
	fixed_pack(&record->clear, fixed);
	return kb_sealed_open(step, KB_TABLE_LOG, kb_span(fixed, FIXED_BYTES),
			      record->clear.data_key_no, record->sealed_hidden, arena, hidden);
}

enum kb_err
kb_record_open_message(struct kb_step *step, const struct kb_record_read *record,
		       struct kb_arena *arena, struct kb_span *salt, struct kb_span *body)
{
	struct kb_span hidden = KB_SPAN_NONE;
	enum kb_err err = kb_record_open(step, record, arena, &hidden);

	if (err == KB_OK && hidden.len < KB_SALT_BYTES) {
		err = KB_ERR_CORRUPT;
	}
	if (err == KB_OK) {
		*salt = kb_span_part(hidden, 0, KB_SALT_BYTES);
		*body = kb_span_part(hidden, KB_SALT_BYTES, hidden.len);
	}
	return err;
}
