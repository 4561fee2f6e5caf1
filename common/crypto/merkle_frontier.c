/* SPDX-License-Identifier: EUPL-1.2 */
/* The right edge of a growing RFC 9162 tree. */
#include "common/crypto/merkle_frontier.h"

#include "common/base/bytes.h"

enum kb_err
kb_merkle_frontier_append(struct kb_merkle_frontier *frontier, const struct kb_hash *leaf,
			  kb_merkle_node_fn on_node, void *state)
{
	struct kb_hash node = *leaf;
	unsigned level = 0;

	KB_INVARIANT(frontier->size < UINT64_MAX);
	/* As a binary counter: every 1 bit at the low end carries, and a carry joins two subtrees of one level. */
	for (; ((frontier->size >> level) & 1) == 1; level++) {
		kb_merkle_node(&frontier->nodes[level], &node, &node);
		if (on_node != NULL) {
			enum kb_err err =
				on_node(state, level + 1, frontier->size >> (level + 1), &node);

			if (err != KB_OK) {
				return err;
			}
		}
	}
	frontier->nodes[level] = node;
	frontier->size++;
	return KB_OK;
}

void
kb_merkle_frontier_root(const struct kb_merkle_frontier *frontier, struct kb_hash *root)
{
	bool any = false;

	kb_merkle_empty(root);
	for (unsigned level = 0; level < KB_MERKLE_LEVELS; level++) {
		if (((frontier->size >> level) & 1) == 0) {
			continue;
		}
		if (any) {
			kb_merkle_node(&frontier->nodes[level], root, root);
		} else {
			*root = frontier->nodes[level];
			any = true;
		}
	}
}

enum kb_err
kb_merkle_frontier_encode(const struct kb_merkle_frontier *frontier, struct kb_buf *out)
{
	size_t count = (size_t)__builtin_popcountll(frontier->size);
	enum kb_err err = kb_buf_reserve(out, sizeof(uint64_t) + count * KB_HASH_BYTES);

	if (err == KB_OK) {
		err = kb_buf_put_u64(out, frontier->size);
	}
	for (unsigned level = KB_MERKLE_LEVELS; err == KB_OK && level-- > 0;) {
		if (((frontier->size >> level) & 1) == 1) {
			err = kb_buf_put(out, KB_SPAN_OF(frontier->nodes[level]));
		}
	}
	return err;
}

enum kb_err
kb_merkle_frontier_decode(struct kb_span bytes, struct kb_merkle_frontier *out)
{
	struct kb_merkle_frontier frontier = { 0 };
	const uint8_t *at = bytes.at;

	if (bytes.len < sizeof(uint64_t)) {
		return KB_ERR_CORRUPT;
	}
	frontier.size = kb_load_u64(at);
	at += sizeof(uint64_t);
	if (bytes.len !=
	    sizeof(uint64_t) + (size_t)__builtin_popcountll(frontier.size) * KB_HASH_BYTES) {
		return KB_ERR_CORRUPT;
	}
	for (unsigned level = KB_MERKLE_LEVELS; level-- > 0;) {
		if (((frontier.size >> level) & 1) == 1) {
			memcpy(frontier.nodes[level].bytes, at, KB_HASH_BYTES);
			at += KB_HASH_BYTES;
		}
	}
	*out = frontier;
	return KB_OK;
}
