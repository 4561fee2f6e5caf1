/* SPDX-License-Identifier: EUPL-1.2 */
/* What an import sends: pairing old with new meldingen. */
#include <criterion/criterion.h>

#include "common/exchange/verzuim_pairing.h"

#define NONE KB_PAIR_INDEX_NONE

static struct kb_arena arena;

static void
drop(void)
{
	kb_arena_release(&arena);
}

static struct kb_melding
melding(uint64_t leerling, int32_t begin, int32_t eind, uint32_t minuten)
{
	return (struct kb_melding){ .leerling = leerling,
				    .soort = KB_MELDING_ZESTIEN_UUR,
				    .begin_day = begin,
				    .eind_day = eind,
				    .minuten = minuten,
				    .gemeentecode = "0114",
				    .vastgesteld_day = eind,
				    .uiterste_melddag = eind + 7 };
}

static struct kb_pair_list
pair(const struct kb_melding *old, size_t old_count, const struct kb_melding *fresh,
     size_t fresh_count)
{
	struct kb_pair_list list = { 0 };

	cr_assert_eq(kb_verzuim_pair(old, old_count, fresh, fresh_count, &arena, &list), KB_OK);
	return list;
}

static void
is_pair(const struct kb_pair_list *list, size_t place, enum kb_pair_action action, size_t old,
	size_t fresh)
{
	cr_assert_lt(place, list->count);
	cr_assert_eq(list->at[place].action, action, "place %zu: %s", place,
		     kb_pair_action_name(list->at[place].action));
	cr_assert_eq(list->at[place].old_index, old);
	cr_assert_eq(list->at[place].new_index, fresh);
}

Test(verzuim_pairing, the_same_import_twice_sends_nothing, .fini = drop)
{
	const struct kb_melding both[] = { melding(2, 10, 20, 960), melding(1, 10, 20, 960),
					   melding(1, 30, 40, 970) };
	struct kb_pair_list list = pair(both, 3, both, 3);

	cr_assert_eq(list.count, 3);
	cr_assert_eq(list.counts[KB_PAIR_SAME], 3);
	is_pair(&list, 0, KB_PAIR_SAME, 1, 1);
	is_pair(&list, 1, KB_PAIR_SAME, 2, 2);
	is_pair(&list, 2, KB_PAIR_SAME, 0, 0);
}

Test(verzuim_pairing, overlapping_but_different_is_a_correction, .fini = drop)
{
	const struct kb_melding old = melding(1, 10, 20, 960);
	const struct kb_melding changed[] = {
		melding(1, 10, 20, 961),
		melding(1, 11, 20, 960),
		melding(1, 10, 21, 960),
		melding(1, 20, 30, 960),
	};

	for (size_t i = 0; i < 4; i++) {
		struct kb_pair_list list = pair(&old, 1, &changed[i], 1);

		cr_assert_eq(list.count, 1);
		is_pair(&list, 0, KB_PAIR_CORRECT, 0, 0);
	}
}

Test(verzuim_pairing, another_last_day_to_report_is_a_correction_but_another_gemeente_is_not,
     .fini = drop)
{
	const struct kb_melding old = melding(1, 10, 20, 960);
	struct kb_melding fresh = old;
	struct kb_pair_list list;

	memcpy(fresh.gemeentecode, "0957", 5);
	fresh.vastgesteld_day++;
	list = pair(&old, 1, &fresh, 1);
	is_pair(&list, 0, KB_PAIR_SAME, 0, 0);
	fresh.uiterste_melddag++;
	list = pair(&old, 1, &fresh, 1);
	is_pair(&list, 0, KB_PAIR_CORRECT, 0, 0);
}

Test(verzuim_pairing, without_overlap_the_old_one_is_withdrawn_and_the_new_one_sent, .fini = drop)
{
	const struct kb_melding old = melding(1, 10, 20, 960);
	const struct kb_melding fresh = melding(1, 21, 30, 960);
	struct kb_pair_list list = pair(&old, 1, &fresh, 1);

	cr_assert_eq(list.count, 2);
	is_pair(&list, 0, KB_PAIR_WITHDRAW, 0, NONE);
	is_pair(&list, 1, KB_PAIR_SEND, NONE, 0);
}

Test(verzuim_pairing, another_pupil_or_another_soort_is_never_paired, .fini = drop)
{
	const struct kb_melding old = melding(1, 10, 20, 960);
	struct kb_melding fresh[] = { melding(2, 10, 20, 960), melding(1, 10, 20, 960) };
	struct kb_pair_list list;

	fresh[1].soort = KB_MELDING_LANGDURIG;
	list = pair(&old, 1, fresh, 2);
	cr_assert_eq(list.counts[KB_PAIR_WITHDRAW], 1);
	cr_assert_eq(list.counts[KB_PAIR_SEND], 2);
	cr_assert_eq(list.count, 3);
}

Test(verzuim_pairing, one_old_that_falls_apart_in_two_corrects_the_first_and_sends_the_second,
     .fini = drop)
{
	const struct kb_melding old = melding(1, 10, 30, 960);
	const struct kb_melding fresh[] = { melding(1, 21, 30, 960), melding(1, 10, 20, 960) };
	struct kb_pair_list list = pair(&old, 1, fresh, 2);

	cr_assert_eq(list.count, 2);
	is_pair(&list, 0, KB_PAIR_CORRECT, 0, 1);
	is_pair(&list, 1, KB_PAIR_SEND, NONE, 0);
}

Test(verzuim_pairing, two_old_that_melt_into_one_correct_the_first_and_withdraw_the_second,
     .fini = drop)
{
	const struct kb_melding old[] = { melding(1, 21, 30, 960), melding(1, 10, 20, 960) };
	const struct kb_melding fresh = melding(1, 12, 25, 960);
	struct kb_pair_list list = pair(old, 2, &fresh, 1);

	cr_assert_eq(list.count, 2);
	is_pair(&list, 0, KB_PAIR_CORRECT, 1, 0);
	is_pair(&list, 1, KB_PAIR_WITHDRAW, 0, NONE);
}

Test(verzuim_pairing, a_chain_of_shifted_periods_is_paired_in_order_of_end, .fini = drop)
{
	const struct kb_melding old[] = { melding(1, 10, 20, 960), melding(1, 21, 30, 960),
					  melding(1, 31, 40, 960) };
	const struct kb_melding fresh[] = { melding(1, 15, 25, 960), melding(1, 26, 35, 960),
					    melding(1, 50, 60, 960) };
	struct kb_pair_list list = pair(old, 3, fresh, 3);

	cr_assert_eq(list.count, 4);
	is_pair(&list, 0, KB_PAIR_CORRECT, 0, 0);
	is_pair(&list, 1, KB_PAIR_CORRECT, 1, 1);
	is_pair(&list, 2, KB_PAIR_WITHDRAW, 2, NONE);
	is_pair(&list, 3, KB_PAIR_SEND, NONE, 2);
}

Test(verzuim_pairing, after_a_move_abroad_what_was_sent_stays_and_nothing_new_goes_out,
     .fini = drop)
{
	const struct kb_melding old = melding(1, 10, 20, 960);
	struct kb_melding fresh[] = { melding(1, 10, 20, 960), melding(1, 30, 40, 960) };
	struct kb_pair_list list;

	memcpy(fresh[0].gemeentecode, "0000", 5);
	memcpy(fresh[1].gemeentecode, "0000", 5);
	list = pair(&old, 1, fresh, 2);
	cr_assert_eq(list.count, 2);
	is_pair(&list, 0, KB_PAIR_SAME, 0, 0);
	is_pair(&list, 1, KB_PAIR_ABROAD, NONE, 1);
}

/* Every old and every new one is in exactly one pair, whatever comes in. */
Test(verzuim_pairing, nothing_is_lost_or_used_twice_in_random_sets, .fini = drop)
{
	uint64_t state = 88172645463325252u;

	for (int round = 0; round < 2000; round++) {
		struct kb_melding all[24];
		size_t seen[24] = { 0 };
		size_t old_count = 0;
		struct kb_pair_list list;

		for (size_t i = 0; i < 24; i++) {
			state ^= state << 13;
			state ^= state >> 7;
			state ^= state << 17;
			all[i] = melding(state % 3, (int32_t)(state >> 8 & 31), 0,
					 960 + (uint32_t)(state >> 20 & 1));
			all[i].eind_day = all[i].begin_day + (int32_t)(state >> 16 & 7);
			all[i].uiterste_melddag = 100;
			all[i].soort = (state >> 30 & 1) != 0 ? KB_MELDING_LANGDURIG
							      : KB_MELDING_ZESTIEN_UUR;
		}
		old_count = (size_t)(state % 25);
		list = pair(all, old_count, all + old_count, 24 - old_count);
		for (size_t i = 0; i < list.count; i++) {
			const struct kb_pair *p = &list.at[i];

			if (p->old_index != NONE) {
				cr_assert_lt(p->old_index, old_count);
				seen[p->old_index]++;
			}
			if (p->new_index != NONE) {
				cr_assert_lt(p->new_index, 24 - old_count);
				seen[old_count + p->new_index]++;
			}
			if (p->old_index != NONE && p->new_index != NONE) {
				const struct kb_melding *a = &all[p->old_index];
				const struct kb_melding *b = &all[old_count + p->new_index];

				cr_assert(a->leerling == b->leerling && a->soort == b->soort &&
					  a->begin_day <= b->eind_day &&
					  b->begin_day <= a->eind_day);
				cr_assert_eq(p->action == KB_PAIR_SAME, kb_melding_same(a, b));
			}
		}
		for (size_t i = 0; i < 24; i++) {
			cr_assert_eq(seen[i], 1);
		}
		kb_arena_clear(&arena);
	}
}

Test(verzuim_pairing, more_than_five_and_more_than_a_tenth_needs_a_confirmation)
{
	static const struct {
		size_t correct;
		size_t withdraw;
		size_t sent;
		bool large;
	} rows[] = {
		{ 0, 0, 0, false },    { 5, 0, 5, false },     { 3, 2, 10, false },
		{ 6, 0, 59, true },    { 6, 0, 60, false },    { 3, 3, 59, true },
		{ 0, 6, 6, true },     { 10, 10, 200, false }, { 10, 11, 200, true },
		{ 11, 10, 209, true }, { 11, 10, 210, false }, { 0, 6, 0, true },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kb_pair_list list = { 0 };

		list.counts[KB_PAIR_CORRECT] = rows[i].correct;
		list.counts[KB_PAIR_WITHDRAW] = rows[i].withdraw;
		list.counts[KB_PAIR_SEND] = 100;
		cr_assert_eq(kb_verzuim_pairing_is_large(&list, rows[i].sent), rows[i].large,
			     "row %zu", i);
	}
}

Test(verzuim_pairing, every_word_of_melding_and_action_is_its_own)
{
	for (size_t i = 1; i < KB_MELDING_SOORT_COUNT; i++) {
		enum kb_melding_soort soort = (enum kb_melding_soort)i;

		cr_assert_eq(kb_melding_soort_of(kb_span_text(kb_melding_soort_name(soort))),
			     soort);
		cr_assert_eq(kb_melding_soort_computed(soort),
			     soort == KB_MELDING_ZESTIEN_UUR || soort == KB_MELDING_LANGDURIG);
	}
	cr_assert_eq(kb_melding_soort_of(kb_span_text("ziek")), KB_MELDING_SOORT_NONE);
	for (size_t i = 1; i < KB_PAIR_ACTION_COUNT; i++) {
		cr_assert_str_not_empty(kb_pair_action_name((enum kb_pair_action)i));
	}
}
