/* SPDX-License-Identifier: EUPL-1.2 */
/* Proofs out of a stored RFC 9162 tree, and the check of consistency proofs. */
#include "common/crypto/merkle_proof.h"

/* All subtrees of RFC 9162 2.1.1 start at a multiple of the power of two that holds them, so start and count name one. */
struct range {
	uint64_t start;
	uint64_t count;
};

/* The largest power of two smaller than count (RFC 9162 2.1.1: k < n <= 2k); count >= 2. */
static uint64_t
split_of(uint64_t count)
{
	return (uint64_t)1 << (63 - __builtin_clzll(count - 1));
}

static enum kb_err
perfect_hash(const struct kb_merkle_source *source, unsigned level, uint64_t index,
	     struct kb_hash *out)
{
	struct kb_hash left;
	struct kb_hash right;
	enum kb_err err = source->fetch(source->state, level, index, out);

	if (err != KB_ERR_NOT_FOUND || level == 0) {
		return err;
	}
	err = perfect_hash(source, level - 1, 2 * index, &left);
	if (err == KB_OK) {
		err = perfect_hash(source, level - 1, 2 * index + 1, &right);
	}
	if (err == KB_OK) {
		kb_merkle_node(&left, &right, out);
	}
	return err;
}

/* MTH of RFC 9162 2.1.1 over range; depth of the recursion is at most 64. */
static enum kb_err
range_hash(const struct kb_merkle_source *source, struct range range, struct kb_hash *out)
{
	struct kb_hash left;
	struct kb_hash right;
	enum kb_err err = KB_OK;
	uint64_t split = 0;

	if ((range.count & (range.count - 1)) == 0) {
		unsigned level = (unsigned)__builtin_ctzll(range.count);

		return perfect_hash(source, level, range.start >> level, out);
	}
	split = split_of(range.count);
	err = range_hash(source, (struct range){ range.start, split }, &left);
	if (err == KB_OK) {
		err = range_hash(source, (struct range){ range.start + split, range.count - split },
				 &right);
	}
	if (err == KB_OK) {
		kb_merkle_node(&left, &right, out);
	}
	return err;
}

static enum kb_err
put_range(const struct kb_merkle_source *source, struct range range, struct kb_buf *path)
{
	struct kb_hash hash;
	enum kb_err err = range_hash(source, range, &hash);

	return err == KB_OK ? kb_buf_put(path, KB_SPAN_OF(hash)) : err;
}

enum kb_err
kb_merkle_root_at(const struct kb_merkle_source *source, uint64_t size, struct kb_hash *root)
{
	struct kb_hash computed;
	enum kb_err err = KB_OK;

	if (size == 0) {
		kb_merkle_empty(root);
		return KB_OK;
	}
	err = range_hash(source, (struct range){ 0, size }, &computed);
	if (err == KB_OK) {
		*root = computed;
	}
	return err;
}

/* PATH of RFC 9162 2.1.3.1; index counts from the start of range. */
static enum kb_err
inclusion_path(const struct kb_merkle_source *source, uint64_t index, struct range range,
	       struct kb_buf *path)
{
	enum kb_err err = KB_OK;
	uint64_t split = 0;

	if (range.count == 1) {
		return KB_OK;
	}
	split = split_of(range.count);
	struct range left = { range.start, split };
	struct range right = { range.start + split, range.count - split };

	if (index < split) {
		err = inclusion_path(source, index, left, path);
		return err == KB_OK ? put_range(source, right, path) : err;
	}
	err = inclusion_path(source, index - split, right, path);
	return err == KB_OK ? put_range(source, left, path) : err;
}

enum kb_err
kb_merkle_prove_inclusion(const struct kb_merkle_source *source, uint64_t index, uint64_t size,
			  struct kb_buf *path)
{
	size_t before = path->len;
	enum kb_err err = KB_ERR_BAD_VALUE;

	if (index < size) {
		err = inclusion_path(source, index, (struct range){ 0, size }, path);
	}
	if (err != KB_OK) {
		path->len = before;
	}
	return err;
}

/* SUBPROOF of RFC 9162 2.1.4.1; whole says that the first old leaves of range are a complete old tree. */
static enum kb_err
consistency_path(const struct kb_merkle_source *source, uint64_t old, struct range range,
		 bool whole, struct kb_buf *path)
{
	enum kb_err err = KB_OK;
	uint64_t split = 0;

	if (old == range.count) {
		return whole ? KB_OK : put_range(source, range, path);
	}
	split = split_of(range.count);
	struct range left = { range.start, split };
	struct range right = { range.start + split, range.count - split };

	if (old <= split) {
		err = consistency_path(source, old, left, whole, path);
		return err == KB_OK ? put_range(source, right, path) : err;
	}
	err = consistency_path(source, old - split, right, false, path);
	return err == KB_OK ? put_range(source, left, path) : err;
}

enum kb_err
kb_merkle_prove_consistency(const struct kb_merkle_source *source, uint64_t old_size,
			    uint64_t new_size, struct kb_buf *path)
{
	size_t before = path->len;
	enum kb_err err = KB_OK;

	if (old_size > new_size) {
		return KB_ERR_BAD_VALUE;
	}
	if (old_size == 0 || old_size == new_size) {
		return KB_OK;
	}
	err = consistency_path(source, old_size, (struct range){ 0, new_size }, true, path);
	if (err != KB_OK) {
		path->len = before;
	}
	return err;
}

static bool
take_hash(struct kb_span *path, struct kb_hash *out)
{
	if (path->len < KB_HASH_BYTES) {
		return false;
	}
	memcpy(out->bytes, path->at, KB_HASH_BYTES);
	*path = kb_span_part(*path, KB_HASH_BYTES, path->len);
	return true;
}

/* RFC 9162 2.1.4.2 steps 3 to 6; 0 < old_size < new_size. */
static enum kb_err
replay_consistency(uint64_t old_size, uint64_t new_size, const struct kb_hash *old_root,
		   struct kb_span path, struct kb_hash *old_out, struct kb_hash *new_out)
{
	uint64_t first = old_size - 1;
	uint64_t last = new_size - 1;
	struct kb_hash next;

	while ((first & 1) == 1) {
		first >>= 1;
		last >>= 1;
	}
	if ((old_size & (old_size - 1)) == 0) {
		/* The old tree is a perfect subtree: its root is the start and is left out of the proof. */
		*old_out = *old_root;
	} else if (!take_hash(&path, old_out)) {
		return KB_ERR_BAD_PATH;
	}
	*new_out = *old_out;
	while (path.len > 0) {
		if (last == 0 || !take_hash(&path, &next)) {
			return KB_ERR_BAD_PATH;
		}
		if ((first & 1) == 1 || first == last) {
			kb_merkle_node(&next, old_out, old_out);
			kb_merkle_node(&next, new_out, new_out);
			while ((first & 1) == 0 && first != 0) {
				first >>= 1;
				last >>= 1;
			}
		} else {
			kb_merkle_node(new_out, &next, new_out);
		}
		first >>= 1;
		last >>= 1;
	}
	return last == 0 ? KB_OK : KB_ERR_BAD_PATH;
}

enum kb_err
kb_merkle_verify_consistency(uint64_t old_size, const struct kb_hash *old_root, uint64_t new_size,
			     const struct kb_hash *new_root, struct kb_span path)
{
	struct kb_hash old_computed;
	struct kb_hash new_computed;
	enum kb_err err = KB_OK;

	if (old_size > new_size) {
		return KB_ERR_BAD_PATH;
	}
	if (old_size == new_size) {
		return path.len == 0 && kb_hash_equal(old_root, new_root) ? KB_OK : KB_ERR_BAD_PATH;
	}
	if (old_size == 0) {
		kb_merkle_empty(&old_computed);
		return path.len == 0 && kb_hash_equal(old_root, &old_computed) ? KB_OK
									       : KB_ERR_BAD_PATH;
	}
	err = replay_consistency(old_size, new_size, old_root, path, &old_computed, &new_computed);
	if (err == KB_OK &&
	    (!kb_hash_equal(&old_computed, old_root) || !kb_hash_equal(&new_computed, new_root))) {
		err = KB_ERR_BAD_PATH;
	}
	return err;
}
