/* SPDX-License-Identifier: EUPL-1.2 */
/* Merkle trees against golden vectors, and against each other for all sizes up to 130. */
#include "common/crypto/hash.h"
#include "common/crypto/init.h"
#include "common/crypto/merkle_frontier.h"
#include "common/crypto/merkle_proof.h"
#include "tests/unit/crypto/vectors.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#define SIZE_MAX_TESTED 130
#define LEVELS_TESTED 8

/* A store: the leaves and the perfect subtrees that appends reported, or the leaves alone. */
struct tree {
	struct kb_hash nodes[LEVELS_TESTED + 1][SIZE_MAX_TESTED];
	bool has[LEVELS_TESTED + 1][SIZE_MAX_TESTED];
	struct kb_hash roots[SIZE_MAX_TESTED + 1];
	bool leaves_only;
	uint64_t fetch_count;
	uint64_t broken_after; /* fetches until errors begin; 0: never */
};

static struct tree tree;

static enum kb_err
keep_node(void *state, unsigned level, uint64_t index, const struct kb_hash *hash)
{
	struct tree *kept = state;

	kept->nodes[level][index] = *hash;
	kept->has[level][index] = true;
	return KB_OK;
}

static enum kb_err
fetch_node(void *state, unsigned level, uint64_t index, struct kb_hash *out)
{
	struct tree *kept = state;

	kept->fetch_count++;
	if (kept->broken_after > 0 && kept->fetch_count >= kept->broken_after) {
		return KB_ERR_CORRUPT;
	}
	if (level > LEVELS_TESTED || index >= SIZE_MAX_TESTED || !kept->has[level][index] ||
	    (kept->leaves_only && level > 0)) {
		return KB_ERR_NOT_FOUND;
	}
	*out = kept->nodes[level][index];
	return KB_OK;
}

static struct kb_merkle_source
tree_source(bool leaves_only)
{
	tree.leaves_only = leaves_only;
	tree.fetch_count = 0;
	tree.broken_after = 0;
	return (struct kb_merkle_source){ .fetch = fetch_node, .state = &tree };
}

static void
tree_fill(void)
{
	struct kb_merkle_frontier frontier = { 0 };

	memset(&tree, 0, sizeof(tree));
	kb_merkle_frontier_root(&frontier, &tree.roots[0]);
	for (uint64_t i = 0; i < SIZE_MAX_TESTED; i++) {
		kb_merkle_leaf(KB_SPAN_OF(i), &tree.nodes[0][i]);
		tree.has[0][i] = true;
		cr_assert_eq(
			kb_merkle_frontier_append(&frontier, &tree.nodes[0][i], keep_node, &tree),
			KB_OK);
		kb_merkle_frontier_root(&frontier, &tree.roots[i + 1]);
	}
}

TestSuite(merkle, .fini = kb_crypto_release);

struct golden {
	struct kb_hash leaves[8];
	size_t count;
};

static void
check_golden_line(struct golden *golden, const char *line)
{
	char hex[4 * 64 * 4 + 1];
	unsigned a = 0;
	unsigned b = 0;
	struct kb_buf bytes = { 0 };
	struct kb_buf path = { 0 };
	struct kb_hash root;
	struct kb_merkle_source source = tree_source(true);

	if (sscanf(line, "leaf %1024s", hex) == 1) {
		put_hex(&bytes, hex);
		kb_merkle_leaf(kb_buf_span(&bytes), &tree.nodes[0][golden->count]);
		tree.has[0][golden->count++] = true;
	} else if (sscanf(line, "root %u %1024s", &a, hex) == 2) {
		put_hex(&bytes, hex);
		cr_assert_eq(kb_merkle_root_at(&source, a, &root), KB_OK);
		cr_assert(kb_span_equal(kb_buf_span(&bytes), KB_SPAN_OF(root)), "%s", line);
		tree.roots[a] = root;
	} else if (sscanf(line, "path %u %u %1024s", &a, &b, hex) == 3) {
		put_hex(&bytes, hex);
		cr_assert_eq(kb_merkle_prove_inclusion(&source, a, b, &path), KB_OK);
		cr_assert(kb_span_equal(kb_buf_span(&bytes), kb_buf_span(&path)), "%s", line);
		cr_assert_eq(kb_merkle_verify_inclusion(&tree.nodes[0][a], a, b,
							kb_buf_span(&bytes), &tree.roots[b]),
			     KB_OK);
	} else if (sscanf(line, "consistency %u %u %1024s", &a, &b, hex) == 3) {
		put_hex(&bytes, hex);
		cr_assert_eq(kb_merkle_prove_consistency(&source, a, b, &path), KB_OK);
		cr_assert(kb_span_equal(kb_buf_span(&bytes), kb_buf_span(&path)), "%s", line);
		cr_assert_eq(kb_merkle_verify_consistency(a, &tree.roots[a], b, &tree.roots[b],
							  kb_buf_span(&bytes)),
			     KB_OK);
	} else {
		cr_assert_fail("unknown line: %s", line);
	}
	kb_buf_release(&bytes);
	kb_buf_release(&path);
}

Test(merkle, golden_roots_paths_and_consistency_proofs_hold)
{
	struct golden golden = { 0 };
	struct kb_buf text = { 0 };
	size_t lines = 0;

	memset(&tree, 0, sizeof(tree));
	cr_assert(file_text(GOLDEN "merkle.txt", &text));
	for (char *line = strtok_r((char *)text.at, "\n", &(char *){ NULL }); line != NULL;) {
		char *next = line + strlen(line) + 1;

		check_golden_line(&golden, line);
		lines++;
		line = next < (char *)text.at + text.len ? next : NULL;
		if (line != NULL) {
			line[strcspn(line, "\n")] = '\0';
		}
	}
	cr_assert_eq(lines, 81);
	kb_buf_release(&text);
}

/* Flips every bit of path, and tries every wrong length: nothing but the path itself may hold. */
static void
check_path_changes(uint64_t index, uint64_t size, struct kb_buf *path)
{
	const struct kb_hash *leaf = &tree.nodes[0][index];
	uint8_t *padded = calloc(1, path->len + 2 * KB_HASH_BYTES);

	cr_assert_not_null(padded);
	if (path->len > 0) {
		memcpy(padded, path->at, path->len);
	}
	for (size_t len = 0; len <= path->len + 2 * KB_HASH_BYTES; len++) {
		enum kb_err err = kb_merkle_verify_inclusion(
			leaf, index, size, kb_span(padded, len), &tree.roots[size]);

		cr_assert_eq(err, len == path->len ? KB_OK : KB_ERR_BAD_PATH);
	}
	free(padded);
	for (size_t bit = 0; bit < path->len * 8; bit++) {
		path->at[bit / 8] ^= (uint8_t)(1u << (bit % 8));
		cr_assert_eq(kb_merkle_verify_inclusion(leaf, index, size, kb_buf_span(path),
							&tree.roots[size]),
			     KB_ERR_BAD_PATH);
		path->at[bit / 8] ^= (uint8_t)(1u << (bit % 8));
	}
}

Test(merkle, every_inclusion_path_up_to_130_holds_and_only_for_its_place)
{
	tree_fill();
	for (uint64_t size = 1; size <= SIZE_MAX_TESTED; size++) {
		for (uint64_t index = 0; index < size; index++) {
			struct kb_merkle_source source = tree_source((size + index) % 2 == 0);
			struct kb_buf path = { 0 };
			struct kb_span span;

			cr_assert_eq(kb_merkle_prove_inclusion(&source, index, size, &path), KB_OK);
			span = kb_buf_span(&path);
			cr_assert_eq(span.len, kb_merkle_path_count(index, size) * KB_HASH_BYTES);
			cr_assert_eq(kb_merkle_verify_inclusion(&tree.nodes[0][index], index, size,
								span, &tree.roots[size]),
				     KB_OK);
			/* Another place, another leaf, another size with the same root: no. */
			for (uint64_t wrong = 0; wrong < size; wrong++) {
				cr_assert(wrong == index ||
					  kb_merkle_verify_inclusion(&tree.nodes[0][index], wrong,
								     size, span,
								     &tree.roots[size]) != KB_OK);
			}
			cr_assert_neq(kb_merkle_verify_inclusion(
					      &tree.nodes[0][(index + 1) % SIZE_MAX_TESTED], index,
					      size, span, &tree.roots[size]),
				      KB_OK);
			/* All bits of all sizes would take minutes: the sizes around the powers of two. */
			if (size <= 9 || size == 31 || size == 64 || size == 129) {
				check_path_changes(index, size, &path);
			}
			kb_buf_release(&path);
		}
	}
}

static void
check_consistency_changes(uint64_t old_size, uint64_t new_size, struct kb_buf *path)
{
	const struct kb_hash *old_root = &tree.roots[old_size];
	const struct kb_hash *new_root = &tree.roots[new_size];
	uint8_t *padded = calloc(1, path->len + 2 * KB_HASH_BYTES);

	cr_assert_not_null(padded);
	if (path->len > 0) {
		memcpy(padded, path->at, path->len);
	}
	for (size_t len = 0; len <= path->len + 2 * KB_HASH_BYTES; len++) {
		enum kb_err err = kb_merkle_verify_consistency(old_size, old_root, new_size,
							       new_root, kb_span(padded, len));

		cr_assert_eq(err, len == path->len ? KB_OK : KB_ERR_BAD_PATH);
	}
	free(padded);
	for (size_t bit = 0; bit<path->len * 8; bit += new_size> 16 ? 7 : 1) {
		path->at[bit / 8] ^= (uint8_t)(1u << (bit % 8));
		cr_assert_eq(kb_merkle_verify_consistency(old_size, old_root, new_size, new_root,
							  kb_buf_span(path)),
			     KB_ERR_BAD_PATH);
		path->at[bit / 8] ^= (uint8_t)(1u << (bit % 8));
	}
}

Test(merkle, every_consistency_proof_up_to_130_holds_and_every_change_fails)
{
	tree_fill();
	for (uint64_t new_size = 0; new_size <= SIZE_MAX_TESTED; new_size++) {
		for (uint64_t old_size = 0; old_size <= new_size; old_size++) {
			struct kb_merkle_source source = tree_source(old_size % 2 == 0);
			struct kb_buf path = { 0 };
			struct kb_hash wrong = tree.roots[old_size];

			cr_assert_eq(
				kb_merkle_prove_consistency(&source, old_size, new_size, &path),
				KB_OK);
			cr_assert_eq(kb_merkle_verify_consistency(old_size, &tree.roots[old_size],
								  new_size, &tree.roots[new_size],
								  kb_buf_span(&path)),
				     KB_OK, "%d %d", (int)old_size, (int)new_size);
			wrong.bytes[31] ^= 1;
			cr_assert_eq(kb_merkle_verify_consistency(old_size, &wrong, new_size,
								  &tree.roots[new_size],
								  kb_buf_span(&path)),
				     KB_ERR_BAD_PATH);
			wrong = tree.roots[new_size];
			wrong.bytes[0] ^= 0x80;
			cr_assert(old_size == 0 ||
				  kb_merkle_verify_consistency(
					  old_size, &tree.roots[old_size], new_size, &wrong,
					  kb_buf_span(&path)) == KB_ERR_BAD_PATH);
			if (new_size <= 17 || new_size == 64 || new_size == 127) {
				check_consistency_changes(old_size, new_size, &path);
			}
			kb_buf_release(&path);
		}
	}
}

Test(merkle, a_shorter_tree_never_follows_a_longer_one)
{
	struct kb_merkle_source source = tree_source(false);
	struct kb_buf path = { 0 };

	tree_fill();
	cr_assert_eq(kb_merkle_prove_consistency(&source, 5, 4, &path), KB_ERR_BAD_VALUE);
	cr_assert_eq(
		kb_merkle_verify_consistency(5, &tree.roots[5], 4, &tree.roots[4], KB_SPAN_NONE),
		KB_ERR_BAD_PATH);
	cr_assert_eq(kb_merkle_prove_inclusion(&source, 4, 4, &path), KB_ERR_BAD_VALUE);
	cr_assert_eq(
		kb_merkle_verify_inclusion(&tree.nodes[0][0], 0, 0, KB_SPAN_NONE, &tree.roots[0]),
		KB_ERR_BAD_PATH);
	cr_assert_eq(path.len, 0);
	kb_buf_release(&path);
}

Test(merkle, an_error_of_the_store_ends_a_proof_and_leaves_the_path_as_it_was)
{
	struct kb_buf path = { 0 };

	tree_fill();
	cr_assert_eq(kb_buf_put_text(&path, "before"), KB_OK);
	for (uint64_t broken = 1; broken <= 5; broken++) {
		struct kb_merkle_source source = tree_source(false);
		struct kb_hash root = tree.roots[3];

		tree.broken_after = broken;
		cr_assert_eq(kb_merkle_prove_inclusion(&source, 77, 126, &path), KB_ERR_CORRUPT);
		tree.fetch_count = 0;
		cr_assert_eq(kb_merkle_prove_consistency(&source, 77, 126, &path), KB_ERR_CORRUPT);
		tree.fetch_count = 0;
		cr_assert_eq(kb_merkle_root_at(&source, 127, &root), KB_ERR_CORRUPT);
		cr_assert(kb_hash_equal(&root, &tree.roots[3]));
		cr_assert_eq(path.len, 6);
	}
	kb_buf_release(&path);
}

Test(merkle, a_proof_over_kept_subtrees_takes_few_fetches)
{
	struct kb_merkle_source source = tree_source(false);
	struct kb_buf path = { 0 };

	tree_fill();
	tree.fetch_count = 0;
	cr_assert_eq(kb_merkle_prove_inclusion(&source, 3, 128, &path), KB_OK);
	cr_assert_eq(tree.fetch_count, 7);
	kb_buf_release(&path);
}

Test(merkle, a_batch_gives_the_same_root_and_paths_as_the_growing_tree)
{
	struct kb_span paths[SIZE_MAX_TESTED];
	struct kb_arena arena = { 0 };

	tree_fill();
	for (uint64_t size = 1; size <= SIZE_MAX_TESTED; size++) {
		struct kb_hash root;

		cr_assert_eq(kb_merkle_batch(tree.nodes[0], size, &arena, &root, paths), KB_OK);
		cr_assert(kb_hash_equal(&root, &tree.roots[size]));
		for (uint64_t i = 0; i < size; i++) {
			struct kb_merkle_source source = tree_source(false);
			struct kb_buf path = { 0 };

			cr_assert_eq(kb_merkle_prove_inclusion(&source, i, size, &path), KB_OK);
			cr_assert(kb_span_equal(paths[i], kb_buf_span(&path)));
			kb_buf_release(&path);
		}
		kb_arena_clear(&arena);
	}
	kb_arena_release(&arena);
}

Test(merkle, the_largest_batch_works_and_one_more_is_refused)
{
	struct kb_hash *leaves = calloc(KB_MERKLE_BATCH_MAX + 1, sizeof(*leaves));
	struct kb_span *paths = calloc(KB_MERKLE_BATCH_MAX + 1, sizeof(*paths));
	struct kb_arena arena = { 0 };
	struct kb_arena small = { .ceiling = 1000 };
	struct kb_hash root;

	cr_assert_not_null(leaves);
	cr_assert_not_null(paths);
	for (uint64_t i = 0; i <= KB_MERKLE_BATCH_MAX; i++) {
		kb_merkle_leaf(KB_SPAN_OF(i), &leaves[i]);
	}
	cr_assert_eq(kb_merkle_batch(leaves, KB_MERKLE_BATCH_MAX, &arena, &root, paths), KB_OK);
	for (uint64_t i = 0; i < KB_MERKLE_BATCH_MAX; i++) {
		cr_assert_eq(paths[i].len, KB_MERKLE_BATCH_PATH_MAX);
		cr_assert_eq(kb_merkle_verify_inclusion(&leaves[i], i, KB_MERKLE_BATCH_MAX,
							paths[i], &root),
			     KB_OK);
	}
	cr_assert_eq(kb_merkle_batch(leaves, KB_MERKLE_BATCH_MAX + 1, &arena, &root, paths),
		     KB_ERR_OVERSIZE);
	cr_assert_eq(kb_merkle_batch(leaves, 0, &arena, &root, paths), KB_ERR_OVERSIZE);
	cr_assert_eq(kb_merkle_batch(leaves, 100, &small, &root, paths), KB_ERR_NO_MEMORY);
	kb_arena_release(&arena);
	kb_arena_release(&small);
	free(leaves);
	free(paths);
}

Test(merkle, paths_of_the_largest_trees_have_the_implied_length)
{
	cr_assert_eq(kb_merkle_path_count(0, 1), 0);
	cr_assert_eq(kb_merkle_path_count(1, 1), 0);
	cr_assert_eq(kb_merkle_path_count(6, 7), 2);
	cr_assert_eq(kb_merkle_path_count(0, UINT64_MAX), 64);
	cr_assert_eq(kb_merkle_path_count(((uint64_t)1 << 63), ((uint64_t)1 << 63) + 1), 1);
	cr_assert_eq(kb_merkle_path_count(0, ((uint64_t)1 << 63) + 1), 64);
}

Test(merkle, a_frontier_survives_encoding_at_every_size_and_goes_on_the_same)
{
	struct kb_merkle_frontier frontier = { 0 };

	tree_fill();
	for (uint64_t size = 0; size < SIZE_MAX_TESTED; size++) {
		struct kb_merkle_frontier decoded;
		struct kb_buf bytes = { 0 };
		struct kb_hash root;

		cr_assert_eq(kb_merkle_frontier_encode(&frontier, &bytes), KB_OK);
		cr_assert_eq(bytes.len,
			     8 + 32 * (size_t)__builtin_popcountll((unsigned long long)size));
		cr_assert_eq(kb_merkle_frontier_decode(kb_buf_span(&bytes), &decoded), KB_OK);
		cr_assert_eq(decoded.size, size);
		kb_merkle_frontier_root(&decoded, &root);
		cr_assert(kb_hash_equal(&root, &tree.roots[size]));
		for (size_t len = 0; len < bytes.len; len++) {
			cr_assert_eq(kb_merkle_frontier_decode(kb_span(bytes.at, len), &decoded),
				     KB_ERR_CORRUPT);
		}
		cr_assert_eq(kb_buf_put_u8(&bytes, 0), KB_OK);
		cr_assert_eq(kb_merkle_frontier_decode(kb_buf_span(&bytes), &decoded),
			     KB_ERR_CORRUPT);
		cr_assert_eq(kb_merkle_frontier_append(&decoded, &tree.nodes[0][size], NULL, NULL),
			     KB_OK);
		kb_merkle_frontier_root(&decoded, &root);
		cr_assert(kb_hash_equal(&root, &tree.roots[size + 1]));
		frontier = decoded;
		kb_buf_release(&bytes);
	}
}

static enum kb_err
refuse_node(void *state, unsigned level, uint64_t index, const struct kb_hash *hash)
{
	(void)state;
	(void)index;
	(void)hash;
	return level == 2 ? KB_ERR_STORE_FULL : KB_OK;
}

Test(merkle, an_append_that_cannot_keep_its_subtrees_changes_nothing)
{
	struct kb_merkle_frontier frontier = { 0 };
	struct kb_merkle_frontier before;
	struct kb_hash root;

	tree_fill();
	for (size_t i = 0; i < 3; i++) {
		cr_assert_eq(
			kb_merkle_frontier_append(&frontier, &tree.nodes[0][i], refuse_node, NULL),
			KB_OK);
	}
	before = frontier;
	cr_assert_eq(kb_merkle_frontier_append(&frontier, &tree.nodes[0][3], refuse_node, NULL),
		     KB_ERR_STORE_FULL);
	cr_assert_arr_eq(&before, &frontier, sizeof(before));
	kb_merkle_frontier_root(&frontier, &root);
	cr_assert(kb_hash_equal(&root, &tree.roots[3]));
}

Test(merkle, leaf_and_node_hashes_are_kept_apart)
{
	struct kb_hash left = tree.nodes[0][0];
	uint8_t both[64] = { 0 };
	struct kb_span parts[] = { kb_span(both, 10), kb_span(both + 10, 54) };
	struct kb_hash node;
	struct kb_hash leaf;
	struct kb_hash leaf_of_parts;

	memset(&left, 0, sizeof(left));
	kb_merkle_node(&left, &left, &node);
	kb_merkle_leaf(KB_SPAN_OF(both), &leaf);
	kb_merkle_leaf_parts(parts, 2, &leaf_of_parts);
	cr_assert(!kb_hash_equal(&node, &leaf));
	cr_assert(kb_hash_equal(&leaf, &leaf_of_parts));
}
