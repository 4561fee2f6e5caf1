/* SPDX-License-Identifier: EUPL-1.2 */
/* Taking a register in, and looking parties up. */
#include "broker/register.h"

#include <stdlib.h>

#include "broker/register_internal.h"
#include "common/crypto/hash.h"
#include "common/crypto/merkle_frontier.h"

/* The bytes of a file of the largest size, decoded, and the indexes. */
#define ARENA_CEILING ((size_t)128 * 1024 * 1024)

static int
entry_order(const void *a, const void *b)
{
	const struct kb_broker_entry *x = a;
	const struct kb_broker_entry *y = b;
	int order = strcmp(x->party.text, y->party.text);

	return order != 0 ? order
			  : (x->key_version > y->key_version) - (x->key_version < y->key_version);
}

static int
gemeente_order(const void *a, const void *b)
{
	const struct kb_register_gemeente *x = a;
	const struct kb_register_gemeente *y = b;
	int order = strcmp(x->code, y->code);

	return order != 0 ? order : (x->place > y->place) - (x->place < y->place);
}

/* qsort has no argument: transport keys are sorted as pairs. */
struct transport_row {
	uint8_t key[KB_WIRE_KEY_BYTES];
	size_t place;
};

static int
transport_order(const void *a, const void *b)
{
	return memcmp(((const struct transport_row *)a)->key,
		      ((const struct transport_row *)b)->key, KB_WIRE_KEY_BYTES);
}

/* Root and leaves of all entries. */
static enum kb_err
check_root(struct kb_broker_register *reg, struct kb_error_text *where)
{
	struct kb_merkle_frontier frontier = { 0 };
	struct kb_hash root;

	if (reg->head.tree_size != reg->file.entry_count) {
		return kb_fail(where, KB_ERR_BAD_PATH,
			       "the register's head names %llu entries, the file has %zu",
			       (unsigned long long)reg->head.tree_size, reg->file.entry_count);
	}
	for (size_t i = 0; i < reg->file.entry_count; i++) {
		kb_merkle_leaf(reg->file.entries[i], &reg->leaves[i]);
		enum kb_err err = kb_merkle_frontier_append(&frontier, &reg->leaves[i], NULL, NULL);

		if (err != KB_OK) {
			return err;
		}
	}
	kb_merkle_frontier_root(&frontier, &root);
	if (!kb_hash_equal(&root, &reg->head.root)) {
		return kb_fail(where, KB_ERR_BAD_PATH,
			       "the entries of the register are not the ones its head names");
	}
	return KB_OK;
}

static void
keep_entry(struct kb_broker_register *reg, size_t place, const struct kb_descriptor *descriptor,
	   const struct kb_revocation_list *revocations)
{
	struct kb_broker_entry *out = &reg->entries[place];

	*out = (struct kb_broker_entry){
		.party = descriptor->party,
		.key_version = descriptor->version,
		.kind = descriptor->kind,
		.valid_from_utc_ms = descriptor->valid_from_utc_ms,
		.valid_until_utc_ms = descriptor->valid_until_utc_ms,
		.untrusted_since_utc_ms =
			kb_revocation_since(revocations, &descriptor->party, descriptor->version),
		.leaf_index = place,
	};
	memcpy(out->transport_key, descriptor->transport_key, KB_WIRE_KEY_BYTES);
	memcpy(out->signing_key.bytes, descriptor->signing_key, KB_WIRE_KEY_BYTES);
	reg->gemeente_count += descriptor->gemeente_count;
}

/* After sorting, when every entry has its place. */
static void
keep_gemeenten(struct kb_broker_register *reg, const struct kb_descriptor *descriptor)
{
	const struct kb_broker_entry *entry =
		kb_broker_register_find(reg, &descriptor->party, descriptor->version);

	for (size_t i = 0; i < descriptor->gemeente_count && entry != NULL; i++) {
		const struct kb_served_gemeente *served = &descriptor->gemeenten[i];
		struct kb_register_gemeente *row = &reg->gemeenten[reg->gemeente_count++];

		memcpy(row->code, served->code, sizeof(row->code));
		row->valid_from = served->valid_from;
		row->valid_until = served->valid_until;
		row->place = (size_t)(entry - reg->entries);
	}
}

/* Decodes every descriptor. First (revocations given) for the entries themselves, then for the gemeenten they serve: in
 * between they are sorted and counted. */
static enum kb_err
read_entries(struct kb_broker_register *reg, const struct kb_revocation_list *revocations,
	     struct kb_error_text *where)
{
	struct kb_arena scratch = { 0 };
	enum kb_err err = KB_OK;

	reg->gemeente_count = 0;
	for (size_t i = 0; i < reg->file.entry_count && err == KB_OK; i++) {
		struct kb_register_entry entry;
		struct kb_descriptor descriptor;

		kb_arena_clear(&scratch);
		err = kb_register_entry_decode(reg->file.entries[i], &scratch, &entry);
		if (err == KB_OK) {
			err = kb_descriptor_decode(entry.descriptor, &scratch, &descriptor);
		}
		if (err != KB_OK) {
			(void)kb_fail(where, err, "entry %zu of the register: %s", i,
				      kb_err_text(err));
		} else if (revocations != NULL) {
			keep_entry(reg, i, &descriptor, revocations);
		} else {
			keep_gemeenten(reg, &descriptor);
		}
	}
	kb_arena_release(&scratch);
	return err;
}

static enum kb_err
index_transport(struct kb_broker_register *reg, struct kb_error_text *where)
{
	struct transport_row *rows = calloc(reg->count + 1, sizeof(*rows));
	enum kb_err err = KB_OK;

	if (rows == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	for (size_t i = 0; i < reg->count; i++) {
		memcpy(rows[i].key, reg->entries[i].transport_key, KB_WIRE_KEY_BYTES);
		rows[i].place = i;
	}
	qsort(rows, reg->count, sizeof(*rows), transport_order);
	for (size_t i = 0; i < reg->count && err == KB_OK; i++) {
		reg->by_transport[i] = rows[i].place;
		if (i > 0 && transport_order(&rows[i - 1], &rows[i]) == 0) {
			err = kb_fail(where, KB_ERR_BAD_KEY,
				      "the register gives one transport key to %s and to %s",
				      reg->entries[rows[i - 1].place].party.text,
				      reg->entries[rows[i].place].party.text);
		}
	}
	free(rows);
	return err;
}

static enum kb_err
make_indexes(struct kb_broker_register *reg, const struct kb_revocation_list *revocations,
	     struct kb_error_text *where)
{
	enum kb_err err = read_entries(reg, revocations, where);

	if (err != KB_OK) {
		return err;
	}
	reg->count = reg->file.entry_count;
	qsort(reg->entries, reg->count, sizeof(*reg->entries), entry_order);
	for (size_t i = 1; i < reg->count; i++) {
		if (entry_order(&reg->entries[i - 1], &reg->entries[i]) == 0) {
			return kb_fail(where, KB_ERR_EXISTS,
				       "the register has key version %u of %s twice",
				       reg->entries[i].key_version, reg->entries[i].party.text);
		}
	}
	reg->gemeenten =
		kb_arena_alloc(&reg->arena, (reg->gemeente_count + 1) * sizeof(*reg->gemeenten));
	if (reg->gemeenten == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	err = read_entries(reg, NULL, where);
	if (err != KB_OK) {
		return err;
	}
	qsort(reg->gemeenten, reg->gemeente_count, sizeof(*reg->gemeenten), gemeente_order);
	return index_transport(reg, where);
}

enum kb_err
kb_broker_register_load(struct kb_span file, const struct kb_trust_anchor *anchor,
			struct kb_broker_register **out, struct kb_error_text *where)
{
	struct kb_broker_register *reg = calloc(1, sizeof(*reg));
	struct kb_revocation_list revocations = { 0 };
	enum kb_err err = KB_OK;

	if (reg == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	reg->arena.ceiling = ARENA_CEILING;
	err = kb_register_file_decode(file, &reg->arena, &reg->file);
	if (err != KB_OK) {
		(void)kb_fail(where, err, "this is not a register file (%s)", kb_err_text(err));
		goto out;
	}
	err = kb_register_head_trust(&reg->file.head, anchor, &reg->arena, &reg->head);
	if (err != KB_OK) {
		(void)kb_fail(where, err, "the head of the register is not signed by %s (%s)",
			      anchor->registrar.text, kb_err_text(err));
		goto out;
	}
	err = kb_register_lists_trust(&reg->head, reg->file.revocations, reg->file.crl);
	if (err == KB_OK) {
		err = kb_revocation_list_decode(reg->file.revocations, &reg->arena, &revocations);
	}
	if (err != KB_OK) {
		(void)kb_fail(where, err, "the revocations are not the ones the head names (%s)",
			      kb_err_text(err));
		goto out;
	}
	size_t count = reg->file.entry_count;

	kb_sha256(reg->file.head.head, &reg->hash);
	reg->entries = kb_arena_alloc(&reg->arena, (count + 1) * sizeof(*reg->entries));
	reg->by_transport = kb_arena_alloc(&reg->arena, (count + 1) * sizeof(*reg->by_transport));
	reg->leaves = kb_arena_alloc(&reg->arena, (count + 1) * sizeof(*reg->leaves));
	reg->keys = calloc(count + 1, sizeof(struct kb_verify_key *));
	if (reg->entries == NULL || reg->by_transport == NULL || reg->leaves == NULL ||
	    reg->keys == NULL) {
		err = KB_ERR_NO_MEMORY;
		goto out;
	}
	err = check_root(reg, where);
	if (err == KB_OK) {
		err = make_indexes(reg, &revocations, where);
	}
out:
	if (err != KB_OK) {
		kb_broker_register_free(reg);
	} else {
		*out = reg;
	}
	return err;
}

void
kb_broker_register_free(struct kb_broker_register *reg)
{
	if (reg == NULL) {
		return;
	}
	for (size_t i = 0; reg->keys != NULL && i < reg->count; i++) {
		kb_verify_key_free(reg->keys[i]);
	}
	free(reg->keys);
	kb_arena_release(&reg->arena);
	free(reg);
}

const struct kb_register_head *
kb_broker_register_head(const struct kb_broker_register *reg)
{
	return &reg->head;
}

const struct kb_signed_register_head *
kb_broker_register_signed_head(const struct kb_broker_register *reg)
{
	return &reg->file.head;
}

struct kb_span
kb_broker_register_revocations(const struct kb_broker_register *reg)
{
	return reg->file.revocations;
}

struct kb_span
kb_broker_register_crl(const struct kb_broker_register *reg)
{
	return reg->file.crl;
}

const struct kb_hash *
kb_broker_register_hash(const struct kb_broker_register *reg)
{
	return &reg->hash;
}

size_t
kb_broker_register_count(const struct kb_broker_register *reg)
{
	return reg->count;
}

const struct kb_broker_entry *
kb_broker_register_at(const struct kb_broker_register *reg, size_t place)
{
	return &reg->entries[place];
}

const struct kb_broker_entry *
kb_broker_register_by_transport(const struct kb_broker_register *reg,
				const uint8_t key[KB_WIRE_KEY_BYTES])
{
	size_t low = 0;
	size_t high = reg->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct kb_broker_entry *entry = &reg->entries[reg->by_transport[middle]];
		int order = memcmp(entry->transport_key, key, KB_WIRE_KEY_BYTES);

		if (order == 0) {
			return entry;
		}
		if (order < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return NULL;
}

const struct kb_broker_entry *
kb_broker_register_find(const struct kb_broker_register *reg, const struct kb_party_id *party,
			uint32_t key_version)
{
	struct kb_broker_entry wanted = { .party = *party, .key_version = key_version };

	return reg->count == 0
		       ? NULL
		       : bsearch(&wanted, reg->entries, reg->count, sizeof(wanted), entry_order);
}

/* The place of the first entry that is not below (party, version). */
static size_t
lower_bound(const struct kb_broker_register *reg, const struct kb_broker_entry *wanted)
{
	size_t low = 0;
	size_t high = reg->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (entry_order(&reg->entries[middle], wanted) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

bool
kb_broker_register_is_agent(const struct kb_broker_register *reg, const struct kb_party_id *party)
{
	struct kb_broker_entry wanted = { .party = *party };

	for (size_t i = lower_bound(reg, &wanted);
	     i < reg->count && kb_party_id_equal(&reg->entries[i].party, party); i++) {
		if (reg->entries[i].untrusted_since_utc_ms == 0) {
			return reg->entries[i].kind != KB_PARTY_BROKER &&
			       reg->entries[i].kind != KB_PARTY_REGISTRAR;
		}
	}
	return false;
}

enum kb_err
kb_broker_entry_check(const struct kb_broker_entry *entry, int64_t now_utc_ms)
{
	if (entry->untrusted_since_utc_ms != 0) {
		return KB_ERR_REVOKED;
	}
	return now_utc_ms >= entry->valid_from_utc_ms && now_utc_ms < entry->valid_until_utc_ms
		       ? KB_OK
		       : KB_ERR_NOT_VALID_NOW;
}

enum kb_err
kb_broker_register_key(struct kb_broker_register *reg, const struct kb_broker_entry *entry,
		       const struct kb_verify_key **out)
{
	size_t place = (size_t)(entry - reg->entries);

	if (reg->keys[place] == NULL) {
		enum kb_err err = kb_verify_key_new(&entry->signing_key, &reg->keys[place]);

		if (err != KB_OK) {
			return err;
		}
	}
	*out = reg->keys[place];
	return KB_OK;
}
