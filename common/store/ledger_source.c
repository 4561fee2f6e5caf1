/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading the tree: tiles, roots at any size, proofs. */
#include "common/store/env_internal.h"
#include "common/store/ledger_internal.h"

/* The hashes of a stored tile; *count as the row has them. */
static enum kb_err
tile_read(struct ledger_source *source, unsigned level, uint64_t index,
	  const struct kb_hash **hashes, size_t *count)
{
	struct tile_cache *cache = &source->ledger->cache[level];
	struct tile_key key = ledger_tile_key(source->year, level, index);
	struct kb_span value;
	enum kb_err err = KB_OK;

	if (!cache->valid || memcmp(&cache->key, &key, sizeof(key)) != 0) {
		err = kb_get_required(source->txn, source->ledger->config.table_tree,
				      KB_SPAN_OF(key), &value);
		if (err != KB_OK) {
			return err;
		}
		if (value.len == 0 || value.len > TILE_BYTES || value.len % KB_HASH_BYTES != 0) {
			return env_damage(source->txn, "%s: a tile of the log of %u is damaged",
					  kb_env_path(source->ledger->env), source->year);
		}
		cache->key = key;
		cache->count = value.len / KB_HASH_BYTES;
		memcpy(cache->hashes, value.at, value.len);
		cache->valid = true;
	}
	*hashes = cache->hashes;
	*count = cache->count;
	return KB_OK;
}

static enum kb_err
fetch(void *state, unsigned level, uint64_t index, struct kb_hash *out)
{
	struct ledger_source *source = state;
	const struct ledger_state *open = &source->ledger->state;
	unsigned tile_level = level / TILE_BITS;
	unsigned bits = level % TILE_BITS;
	uint64_t start = index << bits; /* in hashes of tile_level */
	uint64_t total = source->size >> (tile_level * TILE_BITS);
	const struct kb_hash *hashes = NULL;
	size_t count = 0;
	enum kb_err err = KB_OK;

	if (tile_level >= TILE_LEVELS || start + ((uint64_t)1 << bits) > total) {
		return KB_ERR_NOT_FOUND;
	}
	if (source->year == open->year && start >> TILE_BITS == total >> TILE_BITS) {
		hashes = open->tree.tail[tile_level];
		count = open->tree.tail_count[tile_level];
	} else {
		err = tile_read(source, tile_level, start >> TILE_BITS, &hashes, &count);
	}
	if (err != KB_OK) {
		return err;
	}
	start &= TILE_WIDTH - 1;
	if (start + ((size_t)1 << bits) > count) {
		return env_damage(source->txn, "%s: a tile of the log of %u is too short",
				  kb_env_path(source->ledger->env), source->year);
	}
	ledger_subtree_root(hashes + start, bits, out);
	return KB_OK;
}

struct kb_merkle_source
ledger_source_of(struct ledger_source *source)
{
	return (struct kb_merkle_source){ fetch, source };
}

enum kb_err
ledger_source_init(struct ledger_source *source, struct kb_ledger *ledger, struct kb_txn *txn,
		   uint16_t year)
{
	struct kb_ledger_head head;
	enum kb_err err = kb_ledger_year(ledger, txn, year, &head);

	if (err != KB_OK) {
		return err;
	}
	*source = (struct ledger_source){ ledger, txn, year, head.size };
	return KB_OK;
}

enum kb_err
kb_ledger_year(struct kb_ledger *ledger, struct kb_txn *txn, uint16_t year,
	       struct kb_ledger_head *out)
{
	struct ledger_year_row row;
	enum kb_err err = KB_OK;

	if (year == 0) {
		return KB_ERR_NOT_FOUND;
	}
	if (year == ledger->state.year) {
		kb_ledger_head(ledger, out);
		return KB_OK;
	}
	err = ledger_year_get(txn, ledger->config.table_meta, year, &row);
	if (err == KB_OK) {
		*out = (struct kb_ledger_head){ row.year, row.first_number, row.size, row.root };
	}
	return err;
}

enum kb_err
kb_ledger_root_at(struct kb_ledger *ledger, struct kb_txn *txn, uint16_t year, uint64_t size,
		  struct kb_hash *root)
{
	struct ledger_source state;
	enum kb_err err = ledger_source_init(&state, ledger, txn, year);
	struct kb_merkle_source source = ledger_source_of(&state);

	if (err != KB_OK || size > state.size) {
		return err != KB_OK ? err : KB_ERR_NOT_FOUND;
	}
	return kb_merkle_root_at(&source, size, root);
}

enum kb_err
kb_ledger_prove_inclusion(struct kb_ledger *ledger, struct kb_txn *txn, uint16_t year,
			  uint64_t index, uint64_t size, struct kb_buf *path)
{
	struct ledger_source state;
	enum kb_err err = ledger_source_init(&state, ledger, txn, year);
	struct kb_merkle_source source = ledger_source_of(&state);

	if (err != KB_OK || size > state.size) {
		return err != KB_OK ? err : KB_ERR_NOT_FOUND;
	}
	return kb_merkle_prove_inclusion(&source, index, size, path);
}

enum kb_err
kb_ledger_prove_consistency(struct kb_ledger *ledger, struct kb_txn *txn, uint16_t year,
			    uint64_t old_size, uint64_t new_size, struct kb_buf *path)
{
	struct ledger_source state;
	enum kb_err err = ledger_source_init(&state, ledger, txn, year);
	struct kb_merkle_source source = ledger_source_of(&state);

	if (err != KB_OK || new_size > state.size) {
		return err != KB_OK ? err : KB_ERR_NOT_FOUND;
	}
	return kb_merkle_prove_consistency(&source, old_size, new_size, path);
}
