/* SPDX-License-Identifier: EUPL-1.2 */
/* Signed checkpoints: who made them, and growth told from a fork. */
#include <criterion/criterion.h>

#include "common/crypto/init.h"
#include "common/crypto/keys.h"
#include "common/crypto/merkle.h"
#include "common/crypto/merkle_frontier.h"
#include "common/crypto/merkle_proof.h"
#include "common/trust/checkpoint.h"

#define LEAVES 9

static struct kb_sign_key *key;
static struct kb_verify_key *verify;
static struct kb_verify_key *stranger;
static struct kb_party_id origin;
static struct kb_arena arena;
static struct kb_hash leaves[LEAVES];

static struct kb_sign_key *
fresh(struct kb_verify_key **public_half)
{
	struct kb_secret seed = { 0 };
	struct kb_sign_key *made = NULL;
	struct kb_sign_public public_key;

	cr_assert_eq(kb_key_fresh(&seed), KB_OK);
	cr_assert_eq(kb_sign_key_new(&seed, &made), KB_OK);
	kb_sign_key_public(made, &public_key);
	cr_assert_eq(kb_verify_key_new(&public_key, public_half), KB_OK);
	kb_secret_release(&seed);
	return made;
}

static void
open_all(void)
{
	cr_assert_eq(kb_crypto_init(), KB_OK);
	key = fresh(&verify);
	kb_sign_key_free(fresh(&stranger));
	cr_assert_eq(kb_party_id_parse(kb_span_text("00000099000000001000"), &origin), KB_OK);
	for (uint8_t i = 0; i < LEAVES; i++) {
		kb_merkle_leaf(kb_span(&i, 1), &leaves[i]);
	}
}

static void
close_all(void)
{
	kb_sign_key_free(key);
	kb_verify_key_free(verify);
	kb_verify_key_free(stranger);
	kb_arena_release(&arena);
	kb_crypto_release();
}

TestSuite(checkpoint, .init = open_all, .fini = close_all);

static enum kb_err
fetch(void *state, unsigned level, uint64_t index, struct kb_hash *out)
{
	(void)state;
	if (level != 0 || index >= LEAVES) {
		return KB_ERR_NOT_FOUND;
	}
	*out = leaves[index];
	return KB_OK;
}

static struct kb_checkpoint
checkpoint_at(uint64_t size)
{
	struct kb_merkle_source source = { .fetch = fetch };
	struct kb_checkpoint made = {
		.origin = origin, .log_year = 2026, .size = size, .time_utc_ms = 1772445600000
	};

	memset(made.epoch.bytes, 5, sizeof(made.epoch.bytes));
	cr_assert_eq(kb_merkle_root_at(&source, size, &made.root), KB_OK);
	return made;
}

Test(checkpoint, holds_for_its_origin_and_key_only)
{
	struct kb_checkpoint made = checkpoint_at(5);
	struct kb_checkpoint read;
	struct kb_signed_checkpoint signed_checkpoint;
	struct kb_party_id other;
	struct kb_buf bytes = { 0 };

	cr_assert_eq(kb_checkpoint_sign(key, 3, &made, &bytes, &signed_checkpoint), KB_OK);
	cr_assert_eq(signed_checkpoint.key_version, 3);
	cr_assert_eq(kb_checkpoint_trust(&signed_checkpoint, verify, &origin, &arena, &read),
		     KB_OK);
	cr_assert_eq(read.size, 5);
	cr_assert(kb_hash_equal(&read.root, &made.root));
	cr_assert_eq(kb_checkpoint_trust(&signed_checkpoint, stranger, &origin, &arena, &read),
		     KB_ERR_BAD_SEAL);
	cr_assert_eq(kb_party_id_parse(kb_span_text("00000099000000001001"), &other), KB_OK);
	cr_assert_eq(kb_checkpoint_trust(&signed_checkpoint, verify, &other, &arena, &read),
		     KB_ERR_SENDER_MISMATCH);
	for (size_t i = 0; i < bytes.len; i++) {
		bytes.at[i] ^= 1;
		cr_assert_eq(
			kb_checkpoint_trust(&signed_checkpoint, verify, &origin, &arena, &read),
			KB_ERR_BAD_SEAL, "byte %zu", i);
		bytes.at[i] ^= 1;
	}
	kb_buf_release(&bytes);
}

Test(checkpoint, growth_is_proven_and_a_fork_is_seen)
{
	struct kb_merkle_source source = { .fetch = fetch };

	for (uint64_t held_size = 0; held_size <= LEAVES; held_size++) {
		for (uint64_t size = 0; size <= LEAVES; size++) {
			struct kb_checkpoint held = checkpoint_at(held_size);
			struct kb_checkpoint newer = checkpoint_at(size);
			struct kb_buf path = { 0 };

			if (size == held_size) {
				cr_assert_eq(kb_checkpoint_compare(&held, &newer, KB_SPAN_NONE),
					     KB_CHECKPOINT_SAME);
				newer.root.bytes[0] ^= 1;
				cr_assert_eq(kb_checkpoint_compare(&held, &newer, KB_SPAN_NONE),
					     KB_CHECKPOINT_FORKED);
				continue;
			}
			if (size < held_size) {
				cr_assert_eq(kb_checkpoint_compare(&held, &newer, KB_SPAN_NONE),
					     KB_CHECKPOINT_OLDER);
				continue;
			}
			cr_assert_eq(kb_merkle_prove_consistency(&source, held_size, size, &path),
				     KB_OK);
			cr_assert_eq(kb_checkpoint_compare(&held, &newer, kb_buf_span(&path)),
				     KB_CHECKPOINT_GROWN, "%d to %d", (int)held_size, (int)size);
			if (held_size > 0) {
				cr_assert_eq(kb_checkpoint_compare(&held, &newer, KB_SPAN_NONE),
					     KB_CHECKPOINT_UNRELATED, "nothing is proven");
				held.root.bytes[9] ^= 1;
				cr_assert_eq(
					kb_checkpoint_compare(&held, &newer, kb_buf_span(&path)),
					KB_CHECKPOINT_FORKED);
			}
			kb_buf_release(&path);
		}
	}
}

Test(checkpoint, another_year_or_epoch_is_not_compared)
{
	struct kb_checkpoint held = checkpoint_at(4);
	struct kb_checkpoint newer = checkpoint_at(4);

	newer.log_year++;
	cr_assert_eq(kb_checkpoint_compare(&held, &newer, KB_SPAN_NONE), KB_CHECKPOINT_UNRELATED);
	newer.log_year--;
	newer.epoch.bytes[7] ^= 1;
	cr_assert_eq(kb_checkpoint_compare(&held, &newer, KB_SPAN_NONE), KB_CHECKPOINT_UNRELATED);
}
