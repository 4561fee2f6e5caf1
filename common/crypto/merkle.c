/* SPDX-License-Identifier: EUPL-1.2 */
/* Merkle trees of RFC 9162 section 2.1: hashes, inclusion paths, and whole small trees at once. */
#include "common/crypto/merkle.h"

#include "common/crypto/crypto_internal.h"
#include "common/crypto/hash.h"

static const uint8_t leaf_prefix[1] = { 0x00 };
static const uint8_t node_prefix[1] = { 0x01 };

void
kb_merkle_leaf_parts(const struct kb_span *parts, size_t count, struct kb_hash *out)
{
	kb_sha256_prefixed(KB_SPAN_OF(leaf_prefix), parts, count, out);
}

void
kb_merkle_leaf(struct kb_span data, struct kb_hash *out)
{
	kb_merkle_leaf_parts(&data, 1, out);
}

void
kb_merkle_node(const struct kb_hash *left, const struct kb_hash *right, struct kb_hash *out)
{
	/* One span of 65 bytes instead of three: this is the most frequent hash of all. */
	uint8_t text[1 + 2 * KB_HASH_BYTES];

	text[0] = node_prefix[0];
	memcpy(text + 1, left->bytes, KB_HASH_BYTES);
	memcpy(text + 1 + KB_HASH_BYTES, right->bytes, KB_HASH_BYTES);
	kb_sha256(KB_SPAN_OF(text), out);
}

void
kb_merkle_empty(struct kb_hash *out)
{
	kb_sha256(KB_SPAN_NONE, out);
}

size_t
kb_merkle_path_count(uint64_t index, uint64_t size)
{
	size_t count = 0;

	if (index >= size) {
		return 0;
	}
	/* last is the index of the last node of the level; a node without a sibling takes no hash on that level. */
	for (uint64_t last = size - 1; last > 0; last >>= 1, index >>= 1) {
		count += (index & 1) == 1 || index < last;
	}
	return count;
}

enum kb_err
kb_merkle_root_from_path(const struct kb_hash *leaf, uint64_t index, uint64_t size,
			 struct kb_span path, struct kb_hash *root)
{
	struct kb_hash node = *leaf;
	const uint8_t *at = path.at;

	if (index >= size || path.len != kb_merkle_path_count(index, size) * KB_HASH_BYTES) {
		return KB_ERR_BAD_PATH;
	}
	for (uint64_t last = size - 1; last > 0; last >>= 1, index >>= 1) {
		struct kb_hash sibling;

		if ((index & 1) == 0 && index == last) {
			continue;
		}
		memcpy(sibling.bytes, at, KB_HASH_BYTES);
		at += KB_HASH_BYTES;
		if ((index & 1) == 1) {
			kb_merkle_node(&sibling, &node, &node);
		} else {
			kb_merkle_node(&node, &sibling, &node);
		}
	}
	*root = node;
	return KB_OK;
}

enum kb_err
kb_merkle_verify_inclusion(const struct kb_hash *leaf, uint64_t index, uint64_t size,
			   struct kb_span path, const struct kb_hash *root)
{
	struct kb_hash computed;
	enum kb_err err = kb_merkle_root_from_path(leaf, index, size, path, &computed);

	if (err == KB_OK && !kb_hash_equal(&computed, root)) {
		err = KB_ERR_BAD_PATH;
	}
	return err;
}

/* Fills next with the level above: pairs are joined, a last node without a sibling moves up as it is. */
static size_t
level_above(const struct kb_hash *level, size_t count, struct kb_hash *next)
{
	size_t pairs = count / 2;

	for (size_t i = 0; i < pairs; i++) {
		kb_merkle_node(&level[2 * i], &level[2 * i + 1], &next[i]);
	}
	if (count % 2 == 1) {
		next[pairs] = level[count - 1];
	}
	return pairs + count % 2;
}

/* Writes the sibling of every leaf's ancestor on this level behind its path. ends[i] is where path i goes on. */
static void
add_siblings(const struct kb_hash *level, size_t count, unsigned height, uint8_t **ends,
	     size_t leaf_count)
{
	for (size_t i = 0; i < leaf_count; i++) {
		size_t sibling = (i >> height) ^ 1;

		if (sibling < count) {
			memcpy(ends[i], level[sibling].bytes, KB_HASH_BYTES);
			ends[i] += KB_HASH_BYTES;
		}
	}
}

enum kb_err
kb_merkle_batch(const struct kb_hash *leaves, size_t count, struct kb_arena *arena,
		struct kb_hash *root, struct kb_span *paths)
{
	struct kb_hash levels[2][KB_MERKLE_BATCH_MAX / 2 + 1];
	uint8_t *ends[KB_MERKLE_BATCH_MAX];
	const struct kb_hash *level = leaves;
	size_t level_count = count;
	size_t path_bytes = 0;
	uint8_t *bytes = NULL;

	if (count == 0 || count > KB_MERKLE_BATCH_MAX) {
		return KB_ERR_OVERSIZE;
	}
	for (size_t i = 0; i < count; i++) {
		path_bytes += kb_merkle_path_count(i, count) * KB_HASH_BYTES;
	}
	if (path_bytes > 0) {
		bytes = kb_arena_alloc(arena, path_bytes);
		if (bytes == NULL) {
			return KB_ERR_NO_MEMORY;
		}
	}
	for (size_t i = 0; i < count; i++) {
		size_t len = kb_merkle_path_count(i, count) * KB_HASH_BYTES;

		paths[i] = len > 0 ? kb_span(bytes, len) : KB_SPAN_NONE;
		ends[i] = bytes;
		bytes = len > 0 ? bytes + len : bytes;
	}
	for (unsigned height = 0; level_count > 1; height++) {
		struct kb_hash *next = levels[height % 2];

		add_siblings(level, level_count, height, ends, count);
		level_count = level_above(level, level_count, next);
		level = next;
	}
	*root = level[0];
	return KB_OK;
}
