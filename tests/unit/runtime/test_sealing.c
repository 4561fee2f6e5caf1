/* SPDX-License-Identifier: EUPL-1.2 */
/* Sealing and opening without any store: batches, indexes, and every part of the header bound. */
#include <criterion/criterion.h>

#include "agents/runtime/sealing.h"
#include "tests/support/loopback_broker.h"

static struct lb_world world;
static struct lb_party *school;
static struct lb_party *gemeente;
static struct lb_party *other;
static struct kb_sealer sealer;
static struct kb_arena arena;
static struct kb_hpke_cache *cache;

static void
open_world(void)
{
	lb_open(&world);
	school = lb_add(&world, KB_PARTY_SCHOOL, NULL);
	gemeente = lb_add(&world, KB_PARTY_GEMEENTE, "0344");
	other = lb_add(&world, KB_PARTY_GEMEENTE, "0518");
	LB_OK(kb_hpke_cache_new(4, &cache));
}

static void
close_world(void)
{
	kb_hpke_cache_free(cache);
	kb_sealer_release(&sealer);
	kb_arena_release(&arena);
	lb_close(&world);
}

TestSuite(sealing, .init = open_world, .fini = close_world);

static void
write_letter(struct kb_letter *letter, const struct lb_party *to, uint64_t number)
{
	struct kb_random random = kb_random_system();
	struct kb_body body = { .kind = KB_KIND_VERZUIM_AANVULLING,
				.purpose = KB_PURPOSE_LEERPLICHT,
				.ground = KB_GROUND_WETTELIJKE_TAAK,
				.desk = KB_DESK_LEERPLICHT,
				.case_id = kb_id_random(&random),
				.content = kb_span_text("inhoud") };

	*letter = (struct kb_letter){ .message_id = kb_id_random(&random),
				      .recipient = to->identity.self,
				      .recipient_key = *kb_x25519_key_public(to->identity.seal),
				      .epoch = { { 1, 2, 3, 4, 5, 6, 7, 8 } },
				      .number = number,
				      .attempt = 1,
				      .expires_at_utc_ms = world.fake.utc_ms + 1000 };
	LB_OK(kb_letter_write(letter, &body, &sealer, &arena));
}

static enum kb_err
open_letter(const struct lb_party *by, const struct kb_letter *letter, struct kb_opened *opened)
{
	struct kb_envelope envelope;
	struct kb_header header;

	LB_OK(kb_envelope_split(letter->envelope, &envelope));
	LB_OK(kb_header_decode(envelope.header, &arena, &header));
	return kb_letter_open(&by->identity, cache, &sealer, &header, envelope.sealed, &arena,
			      opened);
}

Test(sealing, a_mixed_batch_opens_at_each_recipient_in_any_order)
{
	struct kb_letter letters[12];
	struct kb_letter *batch[12];
	struct kb_opened opened;

	for (size_t i = 0; i < 12; i++) {
		write_letter(&letters[i], i % 3 == 0 ? other : gemeente, i + 1);
		batch[i] = &letters[i];
	}
	LB_OK(kb_letters_seal(&school->identity, &sealer, batch, 12, world.fake.utc_ms, &arena));
	for (size_t i = 12; i-- > 0;) {
		const struct lb_party *to = i % 3 == 0 ? other : gemeente;

		cr_assert_eq(open_letter(to, &letters[i], &opened), KB_OK);
		cr_assert(kb_span_equal(opened.body.content, kb_span_text("inhoud")));
		cr_assert_eq(open_letter(to == other ? gemeente : other, &letters[i], &opened),
			     KB_ERR_CANNOT_OPEN);
	}
}

Test(sealing, every_header_of_a_batch_is_proven_by_one_signature)
{
	struct kb_letter letters[7];
	struct kb_letter *batch[7];
	struct kb_seal_cache *seals = NULL;

	LB_OK(kb_seal_cache_new(8, &seals));
	for (size_t i = 0; i < 7; i++) {
		write_letter(&letters[i], gemeente, i + 1);
		batch[i] = &letters[i];
	}
	LB_OK(kb_letters_seal(&school->identity, &sealer, batch, 7, world.fake.utc_ms, &arena));
	for (size_t i = 0; i < 7; i++) {
		struct kb_envelope envelope;
		struct kb_wire_seal seal;

		LB_OK(kb_envelope_split(letters[i].envelope, &envelope));
		LB_OK(kb_wire_seal_decode(envelope.seal, &arena, &seal));
		struct kb_seal_claim claim = { .sender = school->identity.self,
					       .key_version = seal.key_version,
					       .size = seal.tree_size,
					       .index = seal.leaf_index,
					       .path = seal.path,
					       .signature = KB_SPAN_OF(seal.signature),
					       .header = envelope.header };

		cr_assert_eq(kb_seal_verify(seals, school->identity.verify, &claim), KB_OK);
		claim.sender = gemeente->identity.self;
		cr_assert_neq(kb_seal_verify(seals, school->identity.verify, &claim), KB_OK);
	}
	cr_assert_leq(kb_seal_cache_misses(seals), 8, "one true check, and one per false claim");
	kb_seal_cache_free(seals);
}

Test(sealing, no_part_of_the_bound_header_can_be_changed)
{
	struct kb_letter letter;
	struct kb_letter *batch[1] = { &letter };
	struct kb_envelope envelope;
	struct kb_header header;
	struct kb_opened opened;

	write_letter(&letter, gemeente, 5);
	LB_OK(kb_letters_seal(&school->identity, &sealer, batch, 1, world.fake.utc_ms, &arena));
	LB_OK(kb_envelope_split(letter.envelope, &envelope));
	LB_OK(kb_header_decode(envelope.header, &arena, &header));
	struct kb_header changed[7];

	for (size_t i = 0; i < 7; i++) {
		changed[i] = header;
	}
	changed[0].number++;
	changed[1].expires_at_utc_ms++;
	changed[2].message_id.bytes[0] ^= 1;
	changed[3].epoch.bytes[7] ^= 1;
	changed[4].sender = other->identity.self;
	changed[5].hpke_index++;
	changed[6].hpke_enc[0] ^= 1;
	for (size_t i = 0; i < 7; i++) {
		cr_assert_eq(kb_letter_open(&gemeente->identity, cache, &sealer, &changed[i],
					    envelope.sealed, &arena, &opened),
			     KB_ERR_CANNOT_OPEN, "change %zu", i);
	}
	header.commitment.bytes[3] ^= 1;
	cr_assert_eq(kb_letter_open(&gemeente->identity, cache, &sealer, &header, envelope.sealed,
				    &arena, &opened),
		     KB_ERR_COMMITMENT_MISMATCH);
}

Test(sealing, a_batch_above_the_limit_and_an_empty_one_are_refused)
{
	struct kb_letter letter;
	struct kb_letter *batch[KB_WIRE_BATCH_MAX + 1];

	write_letter(&letter, gemeente, 1);
	for (size_t i = 0; i <= KB_WIRE_BATCH_MAX; i++) {
		batch[i] = &letter;
	}
	cr_assert_eq(kb_letters_seal(&school->identity, &sealer, batch, KB_WIRE_BATCH_MAX + 1,
				     world.fake.utc_ms, &arena),
		     KB_ERR_OVERSIZE);
	cr_assert_eq(
		kb_letters_seal(&school->identity, &sealer, batch, 0, world.fake.utc_ms, &arena),
		KB_ERR_OVERSIZE);
}

Test(sealing, two_sealings_of_one_letter_share_the_commitment_and_nothing_else)
{
	struct kb_letter letter;
	struct kb_letter again;
	struct kb_letter *batch[1] = { &letter };
	struct kb_opened first;
	struct kb_opened second;

	write_letter(&letter, gemeente, 1);
	again = letter;
	again.attempt = 2;
	LB_OK(kb_letters_seal(&school->identity, &sealer, batch, 1, world.fake.utc_ms, &arena));
	batch[0] = &again;
	LB_OK(kb_letters_seal(&school->identity, &sealer, batch, 1, world.fake.utc_ms, &arena));
	cr_assert_not(kb_span_equal(letter.envelope, again.envelope));
	cr_assert_eq(open_letter(gemeente, &letter, &first), KB_OK);
	cr_assert_eq(open_letter(gemeente, &again, &second), KB_OK);
	cr_assert(kb_span_equal(first.body_bytes, second.body_bytes));
	cr_assert_arr_eq(first.salt.bytes, second.salt.bytes, KB_SALT_BYTES);
}
