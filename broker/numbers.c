/* SPDX-License-Identifier: EUPL-1.2 */
/* Numbers of parties and epochs. */
#include "broker/numbers.h"

#include <stdlib.h>

#include "broker/tables.h"
#include "common/base/bytes.h"

/* The two directions of the table epochs. */
#define BY_EPOCH 0
#define BY_NUMBER 1

/* FNV-1a; the keys are our own register, not an attacker's choice. */
static uint32_t
hash_id(const struct kb_party_id *id)
{
	uint32_t hash = 2166136261U;

	for (const char *c = id->text; *c != '\0'; c++) {
		hash = (hash ^ (uint8_t)*c) * 16777619U;
	}
	return hash;
}

uint32_t
kb_numbers_find(const struct kb_numbers *numbers, const struct kb_party_id *id)
{
	if (numbers->slot_count == 0) {
		return 0;
	}
	uint32_t mask = numbers->slot_count - 1;

	for (uint32_t i = hash_id(id) & mask; numbers->slots[i] != 0; i = (i + 1) & mask) {
		if (kb_party_id_equal(&numbers->ids[numbers->slots[i] - 1], id)) {
			return numbers->slots[i];
		}
	}
	return 0;
}

const struct kb_party_id *
kb_numbers_party(const struct kb_numbers *numbers, uint32_t no)
{
	return no >= 1 && no <= numbers->count ? &numbers->ids[no - 1] : NULL;
}

static void
slot_in(struct kb_numbers *numbers, uint32_t no)
{
	uint32_t mask = numbers->slot_count - 1;
	uint32_t i = hash_id(&numbers->ids[no - 1]) & mask;

	while (numbers->slots[i] != 0) {
		i = (i + 1) & mask;
	}
	numbers->slots[i] = no;
}

/* Room for extra more parties, so that adding them after a commit cannot fail. */
static enum kb_err
reserve(struct kb_numbers *numbers, size_t extra)
{
	uint32_t capacity = numbers->capacity == 0 ? 64 : numbers->capacity;

	while (capacity - numbers->count < extra) {
		if (capacity > UINT32_MAX / 4) {
			return KB_ERR_NO_MEMORY;
		}
		capacity *= 2;
	}
	if (capacity == numbers->capacity) {
		return KB_OK;
	}
	uint32_t *slots = calloc((size_t)capacity * 2, sizeof(*slots));
	struct kb_party_id *ids =
		slots != NULL ? realloc(numbers->ids, capacity * sizeof(*ids)) : NULL;

	if (ids == NULL) {
		free(slots);
		return KB_ERR_NO_MEMORY;
	}
	free(numbers->slots);
	numbers->ids = ids;
	numbers->slots = slots;
	numbers->capacity = capacity;
	numbers->slot_count = capacity * 2;
	for (uint32_t no = 1; no <= numbers->count; no++) {
		slot_in(numbers, no);
	}
	return KB_OK;
}

static void
add(struct kb_numbers *numbers, const struct kb_party_id *id)
{
	numbers->ids[numbers->count++] = *id;
	slot_in(numbers, numbers->count);
}

struct enrolment {
	const struct kb_numbers *numbers;
	const struct kb_party_id **fresh;
	size_t count;
};

static enum kb_err
write_fresh(struct kb_txn *txn, void *arg)
{
	const struct enrolment *enrolment = arg;
	enum kb_err err = KB_OK;

	for (size_t i = 0; i < enrolment->count && err == KB_OK; i++) {
		uint8_t no[4];

		kb_store_u32(no, (uint32_t)(enrolment->numbers->count + 1 + i));
		err = kb_put(txn, KB_BROKER_PARTIES, kb_party_id_span(enrolment->fresh[i]),
			     KB_SPAN_OF(no), KB_PUT_NEW);
	}
	return err;
}

enum kb_err
kb_numbers_enrol(struct kb_numbers *numbers, struct kb_env *env, const struct kb_party_id *ids,
		 size_t count)
{
	struct enrolment enrolment = { .numbers = numbers };
	enum kb_err err = KB_OK;

	enrolment.fresh = calloc(count + 1, sizeof(*enrolment.fresh));
	if (enrolment.fresh == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	for (size_t i = 0; i < count; i++) {
		bool known = kb_numbers_find(numbers, &ids[i]) != 0;

		/* A party has an entry per key version, one after another. */
		for (size_t n = 0; n < enrolment.count && !known; n++) {
			known = kb_party_id_equal(enrolment.fresh[n], &ids[i]);
		}
		if (!known) {
			enrolment.fresh[enrolment.count++] = &ids[i];
		}
	}
	if (enrolment.count > 0) {
		err = reserve(numbers, enrolment.count);
		if (err == KB_OK) {
			err = kb_env_step(env, write_fresh, &enrolment, NULL);
		}
		for (size_t i = 0; i < enrolment.count && err == KB_OK; i++) {
			add(numbers, enrolment.fresh[i]);
		}
	}
	free(enrolment.fresh);
	return err;
}

void
kb_numbers_release(struct kb_numbers *numbers)
{
	free(numbers->ids);
	free(numbers->slots);
	*numbers = (struct kb_numbers){ 0 };
}

/* The rows come in the order of the ids; each goes to its own place. */
static enum kb_err
load_rows(struct kb_txn *txn, struct kb_numbers *numbers, uint64_t total)
{
	struct kb_cursor *cursor = NULL;
	struct kb_row row;
	uint64_t seen = 0;
	enum kb_err err = kb_cursor_open(txn, KB_BROKER_PARTIES, KB_SPAN_NONE, &cursor);

	while (err == KB_OK) {
		err = seen == 0 ? kb_cursor_first(cursor, &row) : kb_cursor_next(cursor, &row);
		if (err != KB_OK) {
			break;
		}
		uint32_t no = row.value.len == 4 ? kb_load_u32(row.value.at) : 0;

		if (no < 1 || no > total || !kb_party_id_empty(&numbers->ids[no - 1]) ||
		    kb_party_id_parse(row.key, &numbers->ids[no - 1]) != KB_OK) {
			err = KB_ERR_CORRUPT;
		}
		seen++;
	}
	kb_cursor_close(cursor);
	if (err == KB_ERR_NOT_FOUND) {
		err = seen == total ? KB_OK : KB_ERR_CORRUPT;
	}
	return err;
}

enum kb_err
kb_numbers_load(struct kb_env *env, struct kb_numbers *out)
{
	struct kb_numbers numbers = { 0 };
	struct kb_txn *txn = NULL;
	enum kb_err err = kb_txn_begin_read(env, &txn);

	if (err != KB_OK) {
		return err;
	}
	uint64_t total = kb_table_count(txn, KB_BROKER_PARTIES);

	err = total < UINT32_MAX / 4 ? reserve(&numbers, (size_t)total) : KB_ERR_CORRUPT;
	if (err == KB_OK && total > 0) {
		memset(numbers.ids, 0, numbers.capacity * sizeof(*numbers.ids));
		err = load_rows(txn, &numbers, total);
	}
	kb_txn_abort(txn);
	if (err != KB_OK) {
		kb_numbers_release(&numbers);
		return err;
	}
	numbers.count = (uint32_t)total;
	for (uint32_t no = 1; no <= numbers.count; no++) {
		slot_in(&numbers, no);
	}
	*out = numbers;
	return KB_OK;
}

static enum kb_err
last_epoch_no(struct kb_txn *txn, uint32_t party_no, uint32_t *last)
{
	struct kb_cursor *cursor = NULL;
	struct kb_row row;
	uint8_t prefix[5] = { BY_NUMBER };

	kb_store_u32(prefix + 1, party_no);
	enum kb_err err = kb_cursor_open(txn, KB_BROKER_EPOCHS, KB_SPAN_OF(prefix), &cursor);

	if (err != KB_OK) {
		return err;
	}
	*last = 0;
	err = kb_cursor_last(cursor, &row);
	if (err == KB_OK) {
		*last = row.key.len == 9 ? kb_load_u32(row.key.at + 5) : 0;
	}
	kb_cursor_close(cursor);
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

static void
forth_key(uint32_t party_no, const struct kb_epoch *epoch, uint8_t key[5 + KB_EPOCH_BYTES])
{
	key[0] = BY_EPOCH;
	kb_store_u32(key + 1, party_no);
	memcpy(key + 5, epoch->bytes, KB_EPOCH_BYTES);
}

enum kb_err
kb_epoch_no_find(struct kb_txn *txn, uint32_t party_no, const struct kb_epoch *epoch,
		 uint32_t *epoch_no)
{
	uint8_t key[5 + KB_EPOCH_BYTES];
	struct kb_span value = KB_SPAN_NONE;

	forth_key(party_no, epoch, key);
	enum kb_err err = kb_get(txn, KB_BROKER_EPOCHS, KB_SPAN_OF(key), &value);

	if (err != KB_OK) {
		return err;
	}
	if (value.len != 4 || kb_load_u32(value.at) == 0) {
		return KB_ERR_CORRUPT;
	}
	*epoch_no = kb_load_u32(value.at);
	return KB_OK;
}

enum kb_err
kb_epoch_no_take(struct kb_txn *txn, uint32_t party_no, const struct kb_epoch *epoch,
		 uint32_t *epoch_no)
{
	uint8_t forth[5 + KB_EPOCH_BYTES];
	uint8_t back[9] = { BY_NUMBER };
	uint8_t no[4];
	uint32_t last = 0;
	enum kb_err err = kb_epoch_no_find(txn, party_no, epoch, epoch_no);

	if (err != KB_ERR_NOT_FOUND) {
		return err;
	}
	err = last_epoch_no(txn, party_no, &last);
	if (err != KB_OK) {
		return err;
	}
	if (last >= KB_EPOCHS_PER_SENDER_MAX) {
		return KB_ERR_BUSY;
	}
	forth_key(party_no, epoch, forth);
	kb_store_u32(back + 1, party_no);
	kb_store_u32(back + 5, last + 1);
	kb_store_u32(no, last + 1);
	err = kb_put(txn, KB_BROKER_EPOCHS, KB_SPAN_OF(forth), KB_SPAN_OF(no), KB_PUT_NEW);
	if (err == KB_OK) {
		err = kb_put(txn, KB_BROKER_EPOCHS, KB_SPAN_OF(back),
			     kb_span(epoch->bytes, KB_EPOCH_BYTES), KB_PUT_NEW);
	}
	if (err == KB_OK) {
		*epoch_no = last + 1;
	}
	return err;
}

enum kb_err
kb_epoch_of_no(struct kb_txn *txn, uint32_t party_no, uint32_t epoch_no, struct kb_epoch *out)
{
	uint8_t back[9] = { BY_NUMBER };
	struct kb_span value = KB_SPAN_NONE;

	kb_store_u32(back + 1, party_no);
	kb_store_u32(back + 5, epoch_no);
	enum kb_err err = kb_get_required(txn, KB_BROKER_EPOCHS, KB_SPAN_OF(back), &value);

	if (err == KB_OK && value.len != KB_EPOCH_BYTES) {
		err = KB_ERR_CORRUPT;
	}
	if (err == KB_OK) {
		memcpy(out->bytes, value.at, KB_EPOCH_BYTES);
	}
	return err;
}
