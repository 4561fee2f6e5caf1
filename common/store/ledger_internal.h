/* SPDX-License-Identifier: EUPL-1.2 */
/* What the files of the ledger share: the growing tree, the rows, where a tile stands. */
#ifndef KB_STORE_LEDGER_INTERNAL_H
#define KB_STORE_LEDGER_INTERNAL_H

#include "common/crypto/merkle_frontier.h"
#include "common/crypto/merkle_proof.h"
#include "common/store/codec.h"
#include "common/store/ledger.h"

#define TILE_WIDTH 256u
#define TILE_BITS 8u
#define TILE_BYTES ((size_t)TILE_WIDTH * KB_HASH_BYTES)
/* Tiles of level k hold the roots of tiles of level k - 1; 256^5 records are more than a year has. */
#define TILE_LEVELS 5u

/*
 * The tree of one year in memory. Invariants, with size = frontier.size: 1. tail[k][i] for i < tail_count[k] are the hashes of the
 * complete subtrees of 256^k leaves that are in no full tile of level k yet. 2. tail_count[k] = (size >> 8k) & 255.
 */
struct ledger_tree {
	struct kb_merkle_frontier frontier;
	unsigned tail_count[TILE_LEVELS];
	struct kb_hash tail[TILE_LEVELS][TILE_WIDTH];
};

/* Told of every tile that became full. */
typedef enum kb_err (*ledger_tile_fn)(void *state, unsigned level, uint64_t index,
				      const struct kb_hash *hashes, size_t count);

KB_MUST_CHECK enum kb_err ledger_tree_append(struct ledger_tree *tree, const struct kb_hash *leaf,
					     ledger_tile_fn on_tile, void *state);
/* Fills frontier.nodes out of the tails; frontier.size is set. */
void ledger_tree_frontier(struct ledger_tree *tree);
void ledger_tree_clear(struct ledger_tree *tree);
/* Copies what counts, not the whole arrays. */
void ledger_tree_copy(struct ledger_tree *to, const struct ledger_tree *from);
/* Root of 2^bits hashes. */
void ledger_subtree_root(const struct kb_hash *hashes, unsigned bits, struct kb_hash *root);

struct tile_key {
	uint8_t bytes[2 + 1 + 8];
};
struct tile_key ledger_tile_key(uint16_t year, unsigned level, uint64_t index);

/* One row per year in table meta. */
struct ledger_year_row {
	uint16_t year;
	uint64_t first_number;
	uint64_t size; /* of the checkpoint; of a closed year: final */
	struct kb_hash root;
	int64_t utc_ms;
	struct kb_span checkpoint; /* points into the stored row */
	bool closed;
};

#define YEAR_KEY_PREFIX "ledger/year/"
#define KEPT_KEY "ledger/kept"

struct year_key {
	uint8_t bytes[sizeof(YEAR_KEY_PREFIX) - 1 + 2];
};
struct year_key ledger_year_key(uint16_t year);
KB_MUST_CHECK enum kb_err ledger_year_decode(const struct kb_row *row, struct ledger_year_row *out);
KB_MUST_CHECK enum kb_err ledger_year_get(struct kb_txn *txn, unsigned table_meta, uint16_t year,
					  struct ledger_year_row *out);
KB_MUST_CHECK enum kb_err ledger_year_put(struct kb_txn *txn, unsigned table_meta,
					  const struct ledger_year_row *row);
/* Lowest record number that is kept; 1 when nothing was dropped. */
KB_MUST_CHECK enum kb_err ledger_kept_get(struct kb_txn *txn, unsigned table_meta, uint64_t *out);
uint16_t ledger_year_of(int64_t utc_ms);
/* The plain form of a year's first record. */
KB_MUST_CHECK enum kb_err ledger_plain_open_year(const struct kb_ledger_head *previous,
						 struct kb_span checkpoint, uint16_t year,
						 struct kb_buf *record);

struct ledger_state {
	uint16_t year;
	uint64_t first_number;
	uint64_t checkpoint_size;
	bool has_checkpoint;
	uint64_t kept;
	struct ledger_tree tree;
};

struct tile_cache {
	bool valid;
	struct tile_key key;
	size_t count;
	struct kb_hash hashes[TILE_WIDTH];
};

/* Invariant: saved holds the state of the last commit if and only if changed. */
struct kb_ledger {
	struct kb_env *env;
	struct kb_ledger_config config;
	struct ledger_state state;
	bool changed;
	struct ledger_state saved;
	struct tile_cache cache[TILE_LEVELS];
};

/* Hashes of perfect subtrees of one year, out of tiles and, for the open year, the tails. */
struct ledger_source {
	struct kb_ledger *ledger;
	struct kb_txn *txn;
	uint16_t year;
	uint64_t size; /* of the year, as it is now */
};
struct kb_merkle_source ledger_source_of(struct ledger_source *source);
/* KB_ERR_NOT_FOUND for a year that is not there. */
KB_MUST_CHECK enum kb_err ledger_source_init(struct ledger_source *source, struct kb_ledger *ledger,
					     struct kb_txn *txn, uint16_t year);

/* Makes txn impossible to commit: the state in memory has gone ahead of it. Returns err. */
enum kb_err ledger_fail(struct kb_txn *txn, enum kb_err err);

#endif
