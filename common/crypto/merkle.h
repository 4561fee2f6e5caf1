/* SPDX-License-Identifier: EUPL-1.2 */
/* Merkle trees of RFC 9162 section 2.1: hashes, inclusion paths, and whole small trees at once. */
#ifndef KB_CRYPTO_MERKLE_H
#define KB_CRYPTO_MERKLE_H

#include "common/base/arena.h"
#include "common/base/ids.h"

/* Leaves of a tree made at once: the most messages one seal covers. */
#define KB_MERKLE_BATCH_MAX 1024
/* Longest path in such a tree, and in any tree. A path is its hashes of 32 bytes one after another, leaf side first. */
#define KB_MERKLE_BATCH_PATH_MAX (10 * KB_HASH_BYTES)
#define KB_MERKLE_PATH_MAX (64 * KB_HASH_BYTES)

/* SHA-256(0x00 || data) */
void kb_merkle_leaf(struct kb_span data, struct kb_hash *out);
/* SHA-256(0x00 || parts one after another) */
void kb_merkle_leaf_parts(const struct kb_span *parts, size_t count, struct kb_hash *out);
/* SHA-256(0x01 || left || right); out may be left or right. */
void kb_merkle_node(const struct kb_hash *left, const struct kb_hash *right, struct kb_hash *out);
/* Root of the tree without leaves: SHA-256 of nothing. */
void kb_merkle_empty(struct kb_hash *out);

/* Number of hashes that the path of leaf index in a tree of size leaves has; 0 when index >= size. */
size_t kb_merkle_path_count(uint64_t index, uint64_t size);

/* The root that leaf, standing at index of a tree of size leaves, leads to along path. KB_ERR_BAD_PATH when index >= size
 * or path is not of exactly the length that index and size imply. Says nothing about the root: compare or verify it. */
KB_MUST_CHECK enum kb_err kb_merkle_root_from_path(const struct kb_hash *leaf, uint64_t index,
						   uint64_t size, struct kb_span path,
						   struct kb_hash *root);

/* KB_OK when leaf is at index of the tree with that size and root (RFC 9162 2.1.3.2), else KB_ERR_BAD_PATH. */
KB_MUST_CHECK enum kb_err kb_merkle_verify_inclusion(const struct kb_hash *leaf, uint64_t index,
						     uint64_t size, struct kb_span path,
						     const struct kb_hash *root);

/*
 * The tree over count leaf hashes (1..KB_MERKLE_BATCH_MAX, else KB_ERR_OVERSIZE), with the paths of all leaves. paths is
 * the caller's array of count spans; their bytes are in arena. KB_ERR_NO_MEMORY when arena is full.
 */
KB_MUST_CHECK enum kb_err kb_merkle_batch(const struct kb_hash *leaves, size_t count,
					  struct kb_arena *arena, struct kb_hash *root,
					  struct kb_span *paths);

#endif
