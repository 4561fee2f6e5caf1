/* SPDX-License-Identifier: EUPL-1.2 */
/* The growing tree of a year: right edge and unfinished tiles. */
#include "common/base/bytes.h"
#include "common/store/ledger_internal.h"

struct append_state {
	struct ledger_tree *tree;
	ledger_tile_fn on_tile;
	void *state;
};

/* Adds the hash of a complete subtree of 256^level leaves to the tail of that level. */
static enum kb_err
tail_add(struct append_state *append, unsigned level, uint64_t index, const struct kb_hash *hash)
{
	struct ledger_tree *tree = append->tree;
	enum kb_err err = KB_OK;

	if (level >= TILE_LEVELS) {
		return KB_ERR_OVERSIZE;
	}
	tree->tail[level][tree->tail_count[level]++] = *hash;
	if (tree->tail_count[level] == TILE_WIDTH) {
		err = append->on_tile(append->state, level, index >> TILE_BITS, tree->tail[level],
				      TILE_WIDTH);
		tree->tail_count[level] = 0;
	}
	return err;
}

static enum kb_err
on_node(void *state, unsigned level, uint64_t index, const struct kb_hash *hash)
{
	return level % TILE_BITS == 0 ? tail_add(state, level / TILE_BITS, index, hash) : KB_OK;
}

enum kb_err
ledger_tree_append(struct ledger_tree *tree, const struct kb_hash *leaf, ledger_tile_fn on_tile,
		   void *state)
{
	struct append_state append = { tree, on_tile, state };
	enum kb_err err = tail_add(&append, 0, tree->frontier.size, leaf);

	return err == KB_OK ? kb_merkle_frontier_append(&tree->frontier, leaf, on_node, &append)
			    : err;
}

void
ledger_subtree_root(const struct kb_hash *hashes, unsigned bits, struct kb_hash *root)
{
	struct kb_hash level[TILE_WIDTH / 2];
	size_t count = (size_t)1 << bits;

	if (bits == 0) {
		*root = hashes[0];
		return;
	}
	for (count /= 2; count > 0; count /= 2) {
		for (size_t i = 0; i < count; i++) {
			kb_merkle_node(&hashes[2 * i], &hashes[2 * i + 1], &level[i]);
		}
		hashes = level;
	}
	*root = level[0];
}

void
ledger_tree_frontier(struct ledger_tree *tree)
{
	for (unsigned level = 0; level < TILE_LEVELS * TILE_BITS; level++) {
		unsigned bit = level % TILE_BITS;
		unsigned count = tree->tail_count[level / TILE_BITS];
		/* Within a tail the larger subtrees stand first. */
		unsigned start = count & ~((2u << bit) - 1);

		if ((count >> bit & 1) != 0) {
			ledger_subtree_root(&tree->tail[level / TILE_BITS][start], bit,
					    &tree->frontier.nodes[level]);
		}
	}
}

void
ledger_tree_clear(struct ledger_tree *tree)
{
	tree->frontier.size = 0;
	memset(tree->tail_count, 0, sizeof(tree->tail_count));
}

void
ledger_tree_copy(struct ledger_tree *to, const struct ledger_tree *from)
{
	to->frontier = from->frontier;
	memcpy(to->tail_count, from->tail_count, sizeof(to->tail_count));
	for (unsigned k = 0; k < TILE_LEVELS; k++) {
		memcpy(to->tail[k], from->tail[k], from->tail_count[k] * sizeof(from->tail[k][0]));
	}
}

struct tile_key
ledger_tile_key(uint16_t year, unsigned level, uint64_t index)
{
	struct tile_key key;

	kb_store_u16(key.bytes, year);
	key.bytes[2] = (uint8_t)level;
	kb_store_u64(key.bytes + 3, index);
	return key;
}
