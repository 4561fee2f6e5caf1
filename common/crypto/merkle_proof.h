/* SPDX-License-Identifier: EUPL-1.2 */
/* Proofs out of a stored RFC 9162 tree, and the check of consistency proofs. */
#ifndef KB_CRYPTO_MERKLE_PROOF_H
#define KB_CRYPTO_MERKLE_PROOF_H

#include "common/base/buf.h"
#include "common/crypto/merkle.h"

/*
 * Gives the hash of the perfect subtree number index of level: leaves index * 2^level up to (index + 1) * 2^level. Level 0
 * are the leaf hashes. For a level above 0 KB_ERR_NOT_FOUND means "not kept": it is then computed from level - 1. Any
 * other error ends the proof and is handed on.
 */
typedef enum kb_err (*kb_merkle_fetch_fn)(void *state, unsigned level, uint64_t index,
					  struct kb_hash *out);

struct kb_merkle_source {
	kb_merkle_fetch_fn fetch;
	void *state;
};

/* Root of the first size leaves; for size 0 kb_merkle_empty(). */
KB_MUST_CHECK enum kb_err kb_merkle_root_at(const struct kb_merkle_source *source, uint64_t size,
					    struct kb_hash *root);

/* Appends the path of leaf index in the tree of the first size leaves (RFC 9162 2.1.3.1). KB_ERR_BAD_VALUE when index >=
 * size. On an error path is as before. */
KB_MUST_CHECK enum kb_err kb_merkle_prove_inclusion(const struct kb_merkle_source *source,
						    uint64_t index, uint64_t size,
						    struct kb_buf *path);

/* Appends the proof that the tree of new_size leaves begins with the tree of old_size (RFC 9162 2.1.4.1); empty when
 * old_size is 0 or new_size. KB_ERR_BAD_VALUE when old_size > new_size. On an error path is as before. */
KB_MUST_CHECK enum kb_err kb_merkle_prove_consistency(const struct kb_merkle_source *source,
						      uint64_t old_size, uint64_t new_size,
						      struct kb_buf *path);

/* KB_OK when path proves it (RFC 9162 2.1.4.2), else KB_ERR_BAD_PATH. Sizes equal: roots equal and path empty. old_size 0:
 * old_root is the root of the empty tree and path empty. */
KB_MUST_CHECK enum kb_err
kb_merkle_verify_consistency(uint64_t old_size, const struct kb_hash *old_root, uint64_t new_size,
			     const struct kb_hash *new_root, struct kb_span path);

#endif
