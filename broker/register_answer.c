/* SPDX-License-Identifier: EUPL-1.2 */
/* Answers to register queries, each entry with its inclusion proof. */
#include "broker/register_internal.h"
#include "common/crypto/merkle_proof.h"

/* What an entry takes in an answer beside its own bytes: index, path, lengths. */
#define PROOF_BYTES (KB_MERKLE_PATH_MAX / 2 + 32)

static enum kb_err
fetch_leaf(void *state, unsigned level, uint64_t index, struct kb_hash *out)
{
	const struct kb_broker_register *reg = state;

	if (level > 0 || index >= reg->count) {
		return KB_ERR_NOT_FOUND;
	}
	*out = reg->leaves[index];
	return KB_OK;
}

static enum kb_err
add_entry(const struct kb_broker_register *reg, uint64_t leaf_index, struct kb_arena *arena,
	  struct kb_register_answer *out)
{
	struct kb_register_proof *proof = &out->entries[out->entry_count];
	struct kb_buf path = { 0 };
	/* Only read through state. */
	struct kb_merkle_source source = { .fetch = fetch_leaf, .state = (void *)(uintptr_t)reg };
	enum kb_err err = kb_merkle_prove_inclusion(&source, leaf_index, reg->count, &path);

	if (err == KB_OK) {
		proof->entry = reg->file.entries[leaf_index];
		proof->leaf_index = leaf_index;
		proof->path = kb_arena_copy(arena, kb_buf_span(&path));
		err = proof->path.at == NULL && path.len > 0 ? KB_ERR_NO_MEMORY : KB_OK;
	}
	if (err == KB_OK) {
		out->entry_count++;
	}
	kb_buf_release(&path);
	return err;
}

/* The newest version of party, or the one asked for. */
static const struct kb_broker_entry *
entry_of_party(const struct kb_broker_register *reg, const struct kb_party_id *party,
	       uint32_t key_version)
{
	const struct kb_broker_entry *newest = NULL;

	if (key_version != 0) {
		return kb_broker_register_find(reg, party, key_version);
	}
	for (size_t i = 0; i < reg->count; i++) {
		if (kb_party_id_equal(&reg->entries[i].party, party)) {
			newest = &reg->entries[i];
		} else if (newest != NULL) {
			break;
		}
	}
	return newest;
}

static const struct kb_broker_entry *
entry_of_gemeente(const struct kb_broker_register *reg, const char *code, uint32_t on_date)
{
	const struct kb_broker_entry *best = NULL;

	for (size_t i = 0; i < reg->gemeente_count; i++) {
		const struct kb_register_gemeente *row = &reg->gemeenten[i];
		const struct kb_broker_entry *entry = &reg->entries[row->place];

		if (strcmp(row->code, code) != 0 || on_date < row->valid_from ||
		    (row->valid_until != 0 && on_date > row->valid_until) ||
		    entry->untrusted_since_utc_ms != 0) {
			continue;
		}
		/* A code belongs to one party at a time; of its key versions the newest counts. */
		if (best == NULL || (kb_party_id_equal(&best->party, &entry->party) &&
				     entry->key_version > best->key_version)) {
			best = entry;
		}
	}
	return best;
}

static enum kb_err
answer_all(const struct kb_broker_register *reg, uint64_t first, size_t max_bytes,
	   struct kb_arena *arena, struct kb_register_answer *out)
{
	size_t bytes = 0;
	uint64_t i = first;

	for (; i < reg->count && out->entry_count < KB_WIRE_REGISTER_PAGE_MAX; i++) {
		bytes += reg->file.entries[i].len + PROOF_BYTES;
		if (bytes > max_bytes && out->entry_count > 0) {
			break;
		}
		enum kb_err err = add_entry(reg, i, arena, out);

		if (err != KB_OK) {
			return err;
		}
	}
	out->next = i < reg->count ? i : 0;
	return KB_OK;
}

enum kb_err
kb_broker_register_answer(const struct kb_broker_register *reg,
			  const struct kb_register_query *query, size_t max_bytes,
			  struct kb_arena *arena, struct kb_register_answer *out)
{
	const struct kb_broker_entry *entry = NULL;
	bool by_party = !kb_party_id_empty(&query->party);
	bool by_gemeente = query->gemeente[0] != '\0';

	*out = (struct kb_register_answer){ .query = query->query };
	out->has_head = true;
	out->head = reg->file.head;
	if (!by_party && !by_gemeente && !query->all) {
		out->revocations = reg->file.revocations;
		out->crl = reg->file.crl;
		return KB_OK;
	}
	out->entries = kb_arena_alloc(arena, KB_WIRE_REGISTER_PAGE_MAX * sizeof(*out->entries));
	if (out->entries == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	if (query->all) {
		return answer_all(reg, query->first, max_bytes, arena, out);
	}
	entry = by_party ? entry_of_party(reg, &query->party, query->key_version)
			 : entry_of_gemeente(reg, query->gemeente, query->on_date);
	return entry != NULL ? add_entry(reg, entry->leaf_index, arena, out) : KB_OK;
}
