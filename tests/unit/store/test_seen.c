/* SPDX-License-Identifier: EUPL-1.2 */
/* Received numbers: dedupe, equivocation, missing ranges, folding, waiting messages. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "common/store/epochs.h"
#include "common/store/gaps.h"
#include "common/store/held.h"
#include "common/store/seen.h"
#include "tests/unit/store/store_fixture.h"

static struct fixture f;

static void
setup(void)
{
	fixture_open(&f);
}

static void
teardown(void)
{
	fixture_close(&f);
}

TestSuite(seen, .init = setup, .fini = teardown);

static struct kb_seen_row
row_of(uint64_t number, unsigned content)
{
	return (struct kb_seen_row){ .key = { .party_no = 4, .epoch_no = 2, .number = number },
				     .outcome = KB_SEEN_STORED,
				     .attempt = 1,
				     .stored_at_utc_ms = 1000 + (int64_t)number,
				     .commitment = fixture_hash(content),
				     .message_id = fixture_id(content),
				     .ledger_seq = 50 + number };
}

static enum kb_err
take(uint64_t number)
{
	struct kb_seen_row row = row_of(number, (unsigned)number);

	return kb_seen_put(f.step, &row);
}

Test(seen, a_duplicate_gets_the_stored_receipt_data_back)
{
	struct kb_seen_row row = row_of(1, 1);
	struct kb_seen_row again;

	fixture_write(&f);
	cr_assert_eq(kb_seen_check(f.step, &row.key, &row.commitment, &again), KB_OK);
	cr_assert_eq(kb_seen_put(f.step, &row), KB_OK);
	fixture_commit(&f);
	fixture_restart(&f);
	fixture_write(&f);
	cr_assert_eq(kb_seen_check(f.step, &row.key, &row.commitment, &again), KB_ERR_DUPLICATE);
	cr_assert_eq(again.outcome, KB_SEEN_STORED);
	cr_assert_eq(again.stored_at_utc_ms, 1001);
	cr_assert_eq(again.attempt, 1);
	cr_assert_eq(again.ledger_seq, 51);
	cr_assert(kb_id_equal(&again.message_id, &row.message_id));
	cr_assert_eq(kb_seen_put(f.step, &row), KB_ERR_DUPLICATE);
	fixture_commit(&f);
}

Test(seen, the_same_number_with_another_content_is_equivocation)
{
	struct kb_seen_row row = row_of(1, 1);
	struct kb_seen_row other = row_of(1, 2);
	struct kb_seen_row first;

	fixture_write(&f);
	row.outcome = KB_SEEN_REFUSED;
	row.reason = 24;
	cr_assert_eq(kb_seen_put(f.step, &row), KB_OK);
	cr_assert_eq(kb_seen_check(f.step, &other.key, &other.commitment, &first),
		     KB_ERR_EQUIVOCATION);
	cr_assert(kb_hash_equal(&first.commitment, &row.commitment));
	cr_assert_eq(kb_seen_put(f.step, &other), KB_ERR_EQUIVOCATION);
	/* Only the last byte of the commitment differs. */
	other = row;
	other.commitment.bytes[31] ^= 1;
	cr_assert_eq(kb_seen_check(f.step, &other.key, &other.commitment, &first),
		     KB_ERR_EQUIVOCATION);
	fixture_commit(&f);
}

Test(seen, a_refused_number_can_be_stored_after_resealing)
{
	struct kb_seen_row row = row_of(1, 1);
	struct kb_seen_row known;
	struct kb_edge_in edge;

	fixture_write(&f);
	row.outcome = KB_SEEN_REFUSED;
	row.reason = 24;
	cr_assert_eq(kb_seen_put(f.step, &row), KB_OK);
	cr_assert_eq(kb_edge_in_get(f.step, 4, 2, &edge), KB_OK);
	cr_assert_eq(edge.refused_count, 1);
	row.outcome = KB_SEEN_STORED;
	row.reason = 0;
	row.attempt = 2;
	cr_assert_eq(kb_seen_put(f.step, &row), KB_OK);
	cr_assert_eq(kb_seen_get(f.step, &row.key, &known), KB_OK);
	cr_assert_eq(known.outcome, KB_SEEN_STORED);
	cr_assert_eq(known.attempt, 2);
	cr_assert_eq(kb_edge_in_get(f.step, 4, 2, &edge), KB_OK);
	cr_assert_eq(edge.refused_count, 0);
	cr_assert_eq(edge.seen_count, 1);
	fixture_commit(&f);
}

Test(seen, a_closed_number_is_not_missing_and_is_recalled_when_it_comes)
{
	struct kb_seen_row closed = row_of(2, 0);
	struct kb_seen_row late = row_of(2, 2);
	struct kb_seen_row known;
	struct kb_edge_in edge;

	fixture_write(&f);
	cr_assert_eq(take(3), KB_OK);
	closed.outcome = KB_SEEN_VERVALLEN;
	closed.reason = 36;
	cr_assert_eq(kb_seen_put(f.step, &closed), KB_OK);
	cr_assert_eq(kb_edge_in_get(f.step, 4, 2, &edge), KB_OK);
	cr_assert_eq(edge.missing_count, 1);
	cr_assert_eq(kb_seen_check(f.step, &late.key, &late.commitment, &known), KB_ERR_RECALLED);
	cr_assert_eq(kb_seen_put(f.step, &late), KB_ERR_RECALLED);
	fixture_commit(&f);
}

Test(seen, the_impossible_numbers_are_refused)
{
	struct kb_seen_row row = row_of(0, 1);
	struct kb_seen_row out;

	fixture_write(&f);
	cr_assert_eq(kb_seen_check(f.step, &row.key, &row.commitment, &out), KB_ERR_BAD_VALUE);
	cr_assert_eq(take(0), KB_ERR_BAD_VALUE);
	cr_assert_eq(take(UINT64_MAX), KB_ERR_BAD_VALUE);
	cr_assert_eq(take(UINT64_MAX - 1), KB_OK);
	struct kb_edge_in edge;

	cr_assert_eq(kb_edge_in_get(f.step, 4, 2, &edge), KB_OK);
	cr_assert_eq(edge.missing_count, UINT64_MAX - 2);
	fixture_commit(&f);
}

#define MODEL_MAX 400

/* The missing ranges of the plainest possible model. */
static size_t
model_missing(const bool *have, unsigned highest, struct kb_number_range *out)
{
	size_t count = 0;

	for (unsigned n = 1; n < highest; n++) {
		if (!have[n] && (n == 1 || have[n - 1])) {
			out[count++] = (struct kb_number_range){ n, n };
		} else if (!have[n]) {
			out[count - 1].last = n;
		}
	}
	return count;
}

static void
compare_with_model(const bool *have, unsigned highest)
{
	struct kb_number_range expected[MODEL_MAX];
	struct kb_number_range got[MODEL_MAX];
	struct kb_number_range held[MODEL_MAX];
	size_t expected_count = model_missing(have, highest, expected);
	size_t count = 0;
	size_t held_count = 0;
	uint64_t held_numbers = 0;
	uint64_t model_numbers = 0;

	cr_assert_eq(kb_seen_missing(f.step, 4, 2, got, MODEL_MAX, &count), KB_OK);
	cr_assert_eq(count, expected_count);
	for (size_t i = 0; i < count; i++) {
		cr_assert_eq(got[i].first, expected[i].first);
		cr_assert_eq(got[i].last, expected[i].last);
	}
	cr_assert_eq(kb_seen_held_ranges(f.step, 4, 2, held, MODEL_MAX, &held_count), KB_OK);
	for (size_t i = 0; i < held_count; i++) {
		for (uint64_t n = held[i].first; n <= held[i].last; n++) {
			cr_assert(have[n]);
			held_numbers++;
		}
	}
	for (unsigned n = 1; n <= highest; n++) {
		model_numbers += have[n] ? 1 : 0;
	}
	cr_assert_eq(held_numbers, model_numbers);
}

Test(seen, missing_ranges_equal_a_naive_model_under_random_arrival)
{
	struct kb_random_seeded seeded = { .state = 2026 };
	struct kb_random random = kb_random_of_seed(&seeded);

	for (unsigned round = 0; round < 30; round++) {
		bool have[MODEL_MAX + 1] = { false };
		unsigned highest = 0;
		unsigned span = 10 + round * 12;

		fixture_close(&f);
		fixture_open(&f);
		fixture_write(&f);
		for (unsigned i = 0; i < span; i++) {
			uint32_t drawn = 0;

			kb_random_fill(&random, &drawn, sizeof(drawn));
			unsigned number = 1 + drawn % span;
			struct kb_seen_row row = row_of(number, number);
			struct kb_seen_row out;
			enum kb_err err = kb_seen_check(f.step, &row.key, &row.commitment, &out);

			cr_assert_eq(err, have[number] ? KB_ERR_DUPLICATE : KB_OK);
			if (err == KB_OK) {
				cr_assert_eq(kb_seen_put(f.step, &row), KB_OK);
				have[number] = true;
				highest = number > highest ? number : highest;
			}
			if (i % 17 == 16) {
				fixture_commit(&f);
				if (i % 34 == 33) {
					fixture_restart(&f);
				}
				fixture_write(&f);
			}
		}
		compare_with_model(have, highest);
		fixture_commit(&f);
	}
}

Test(seen, an_aborted_step_leaves_no_number_and_no_gap)
{
	struct kb_edge_in edge;

	fixture_write(&f);
	cr_assert_eq(take(1), KB_OK);
	fixture_commit(&f);
	fixture_write(&f);
	cr_assert_eq(take(9), KB_OK);
	fixture_abort(&f);
	fixture_write(&f);
	cr_assert_eq(kb_edge_in_get(f.step, 4, 2, &edge), KB_OK);
	cr_assert_eq(edge.highest, 1);
	cr_assert_eq(edge.missing_count, 0);
	cr_assert_eq(take(9), KB_OK);
	cr_assert_eq(kb_edge_in_get(f.step, 4, 2, &edge), KB_OK);
	cr_assert_eq(edge.missing_count, 7);
	fixture_commit(&f);
}

Test(seen, a_sender_cannot_make_more_gaps_than_the_bound)
{
	struct kb_seen_row row;
	struct kb_seen_row out;
	struct kb_edge_in edge;

	fixture_write(&f);
	for (uint64_t i = 1; i <= KB_SEEN_GAPS_MAX; i++) {
		cr_assert_eq(take(2 * i), KB_OK);
	}
	cr_assert_eq(kb_edge_in_get(f.step, 4, 2, &edge), KB_OK);
	cr_assert_eq(edge.gap_count, KB_SEEN_GAPS_MAX);
	row = row_of(2 * KB_SEEN_GAPS_MAX + 2, 1);
	cr_assert_eq(kb_seen_check(f.step, &row.key, &row.commitment, &out), KB_ERR_BUSY);
	cr_assert_eq(kb_seen_put(f.step, &row), KB_ERR_BUSY);
	/* What fills a gap or follows directly is welcome. */
	cr_assert_eq(take(2 * KB_SEEN_GAPS_MAX + 1), KB_OK);
	cr_assert_eq(take(1), KB_OK);
	cr_assert_eq(take(2 * KB_SEEN_GAPS_MAX + 3), KB_OK);
	fixture_commit(&f);
	fixture_restart(&f);
	fixture_read(&f);
	cr_assert_eq(kb_edge_in_get(f.step, 4, 2, &edge), KB_OK);
	cr_assert_eq(edge.gap_count, KB_SEEN_GAPS_MAX);
	fixture_abort(&f);
}

Test(seen, a_full_list_of_gaps_can_still_be_split_only_where_none_is_added)
{
	struct kb_arena arena = { 0 };
	struct kb_gaps gaps = { 0 };

	for (uint64_t i = 1; i <= KB_SEEN_GAPS_MAX; i++) {
		cr_assert_eq(kb_gaps_take(&gaps, &arena, 10 * i), KB_OK);
	}
	cr_assert_eq(kb_gaps_take(&gaps, &arena, 5), KB_ERR_BUSY, "would cut a gap in two");
	cr_assert_eq(kb_gaps_take(&gaps, &arena, 1), KB_OK);
	cr_assert_eq(kb_gaps_take(&gaps, &arena, 9), KB_OK);
	cr_assert_eq(gaps.at[0].first, 2);
	cr_assert_eq(gaps.at[0].last, 8);
	kb_arena_release(&arena);
}

Test(seen, folding_forgets_rows_but_not_that_they_were_seen)
{
	struct kb_seen_row refused = row_of(5, 5);
	struct kb_seen_row known;
	struct kb_hash any = fixture_hash(9);
	struct kb_number_key key = row_of(3, 3).key;
	struct kb_edge_in edge;
	bool done = false;
	unsigned calls = 0;

	fixture_write(&f);
	for (uint64_t n = 1; n <= 20; n++) {
		if (n != 5 && n != 8) {
			cr_assert_eq(take(n), KB_OK);
		}
	}
	refused.outcome = KB_SEEN_REFUSED;
	refused.reason = 40;
	cr_assert_eq(kb_seen_put(f.step, &refused), KB_OK);
	while (!done) {
		cr_assert_eq(kb_seen_fold(f.step, 4, 2, 11, 3, &done), KB_OK);
		calls++;
	}
	cr_assert_geq(calls, 3);
	fixture_commit(&f);
	fixture_restart(&f);
	fixture_write(&f);
	cr_assert_eq(kb_seen_check(f.step, &key, &any, &known), KB_ERR_DUPLICATE);
	cr_assert(known.folded);
	cr_assert_eq(kb_seen_get(f.step, &refused.key, &known), KB_OK);
	cr_assert_eq(known.outcome, KB_SEEN_REFUSED);
	cr_assert_not(known.folded);
	key.number = 8;
	cr_assert_eq(kb_seen_get(f.step, &key, &known), KB_ERR_NOT_FOUND, "still missing");
	cr_assert_eq(take(8), KB_OK);
	key.number = 12;
	cr_assert_eq(kb_seen_get(f.step, &key, &known), KB_OK);
	cr_assert_not(known.folded);
	cr_assert_eq(kb_edge_in_get(f.step, 4, 2, &edge), KB_OK);
	cr_assert_eq(edge.missing_count, 0);
	fixture_commit(&f);
	struct kb_error_text where = { 0 };

	cr_assert_eq(kb_store_check(f.store, NULL, NULL, &where), KB_OK, "%s", where.text);
}

Test(seen, waiting_messages_are_taken_in_order_when_what_they_wait_for_comes)
{
	struct kb_number_key awaited = { .party_no = 4, .epoch_no = 2, .number = 7 };
	struct kb_number_key other = { .party_no = 4, .epoch_no = 2, .number = 77 };
	struct kb_held_row out;
	uint64_t count = 0;

	fixture_write(&f);
	cr_assert_eq(kb_held_take(f.step, &awaited, &out), KB_ERR_NOT_FOUND);
	for (uint64_t n = 9; n >= 8; n--) {
		struct kb_held_row row = { .awaited = awaited,
					   .epoch_no = 2,
					   .number = n,
					   .ledger_seq = 100 + n,
					   .case_no = 3,
					   .since_utc_ms = 5 };

		cr_assert_eq(take(n), KB_OK);
		cr_assert_eq(kb_held_put(f.step, &row), KB_OK);
	}
	fixture_commit(&f);
	fixture_restart(&f);
	fixture_write(&f);
	cr_assert_eq(kb_held_take(f.step, &other, &out), KB_ERR_NOT_FOUND);
	cr_assert_eq(kb_held_take(f.step, &awaited, &out), KB_OK);
	cr_assert_eq(out.number, 8);
	cr_assert_eq(out.ledger_seq, 108);
	cr_assert_eq(out.case_no, 3);
	cr_assert_eq(kb_held_take(f.step, &awaited, &out), KB_OK);
	cr_assert_eq(out.number, 9);
	cr_assert_eq(kb_held_take(f.step, &awaited, &out), KB_ERR_NOT_FOUND);
	cr_assert_eq(kb_held_count(f.step, &count), KB_OK);
	cr_assert_eq(count, 0);
	fixture_commit(&f);
}

Test(seen, epochs_of_a_party_get_numbers_in_order_of_appearance)
{
	struct kb_epoch first = { { 1, 2, 3 } };
	struct kb_epoch second = { { 9 } };
	struct kb_epoch_row row;
	uint32_t no = 0;

	fixture_write(&f);
	cr_assert_eq(kb_epoch_find(f.step, 4, &first, &no), KB_ERR_NOT_FOUND);
	cr_assert_eq(kb_epoch_take(f.step, 4, &first, &no), KB_OK);
	cr_assert_eq(no, 1);
	cr_assert_eq(kb_epoch_take(f.step, 4, &second, &no), KB_OK);
	cr_assert_eq(no, 2);
	cr_assert_eq(kb_epoch_take(f.step, 5, &second, &no), KB_OK);
	cr_assert_eq(no, 1, "per party");
	fixture_commit(&f);
	fixture_restart(&f);
	fixture_write(&f);
	cr_assert_eq(kb_epoch_find(f.step, 4, &second, &no), KB_OK);
	cr_assert_eq(no, 2);
	cr_assert_eq(kb_epoch_get(f.step, 4, 1, &row), KB_OK);
	cr_assert_eq(memcmp(&row.epoch, &first, sizeof(first)), 0);
	cr_assert_eq(kb_epoch_take(f.step, KB_PARTY_NO_SELF, &second, &no), KB_ERR_STATE);
	for (unsigned i = 3; i <= KB_EPOCHS_PER_PARTY_MAX; i++) {
		struct kb_epoch many = { { 7, (uint8_t)(i >> 8), (uint8_t)i } };

		cr_assert_eq(kb_epoch_take(f.step, 4, &many, &no), KB_OK);
	}
	struct kb_epoch last = { { 8 } };

	cr_assert_eq(kb_epoch_take(f.step, 4, &last, &no), KB_ERR_BUSY);
	fixture_commit(&f);
}
