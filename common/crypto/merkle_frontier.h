/* SPDX-License-Identifier: EUPL-1.2 */
/* The right edge of a growing RFC 9162 tree: all that appending and the root need. */
#ifndef KB_CRYPTO_MERKLE_FRONTIER_H
#define KB_CRYPTO_MERKLE_FRONTIER_H

#include "common/base/buf.h"
#include "common/crypto/merkle.h"

#define KB_MERKLE_LEVELS 64

/*
 * A zeroed struct is the empty tree. Invariant: nodes[l] is the hash of a perfect subtree of 2^l leaves if and only if
 * bit l of size is 1; together these subtrees, from the highest level down, are the leaves in order.
 */
struct kb_merkle_frontier {
	uint64_t size;
	struct kb_hash nodes[KB_MERKLE_LEVELS];
};

/* Told of every perfect subtree that an append completed: its level (1 = two leaves), its place among the subtrees of that
 * level, its hash. For a store that keeps them, so that proofs cost O(log n). An error stops the append. */
typedef enum kb_err (*kb_merkle_node_fn)(void *state, unsigned level, uint64_t index,
					 const struct kb_hash *hash);

/* Adds a leaf hash as leaf number size. on_node may be NULL. Fails only with what on_node returns, frontier unchanged
 * then. */
KB_MUST_CHECK enum kb_err kb_merkle_frontier_append(struct kb_merkle_frontier *frontier,
						    const struct kb_hash *leaf,
						    kb_merkle_node_fn on_node, void *state);

void kb_merkle_frontier_root(const struct kb_merkle_frontier *frontier, struct kb_hash *root);

/* size (u64 BE), then the subtree hashes, highest level first. */
KB_MUST_CHECK enum kb_err kb_merkle_frontier_encode(const struct kb_merkle_frontier *frontier,
						    struct kb_buf *out);
/* The inverse; KB_ERR_CORRUPT when bytes does not have exactly the length its size implies. */
KB_MUST_CHECK enum kb_err kb_merkle_frontier_decode(struct kb_span bytes,
						    struct kb_merkle_frontier *out);

#endif
