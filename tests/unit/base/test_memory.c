/* SPDX-License-Identifier: EUPL-1.2 */
/* Arenas, secrets and clocks. */
#include "common/base/arena.h"
#include "common/base/clock.h"
#include "common/base/secret.h"

#include <criterion/criterion.h>
#include <stdio.h>

Test(arena, pieces_are_zeroed_aligned_and_apart)
{
	struct kb_arena arena = { 0 };
	uint8_t *last = NULL;

	for (size_t i = 1; i < 3000; i += 7) {
		uint8_t *at = kb_arena_alloc(&arena, i);

		cr_assert_not_null(at);
		cr_assert_eq((uintptr_t)at % _Alignof(max_align_t), 0u);
		for (size_t j = 0; j < i; j++) {
			cr_assert_eq(at[j], 0);
		}
		memset(at, 0xaa, i);
		cr_assert_neq(at, last);
		last = at;
	}
	kb_arena_clear(&arena);
	cr_assert_eq(arena.used_bytes, 0u);
	cr_assert_eq(((uint8_t *)kb_arena_alloc(&arena, 100))[99], 0);
	kb_arena_release(&arena);
}

Test(arena, the_ceiling_holds_for_all_pieces_together)
{
	struct kb_arena arena = { .ceiling = 1024 };

	cr_assert_not_null(kb_arena_alloc(&arena, 512));
	cr_assert_null(kb_arena_alloc(&arena, 600));
	cr_assert_null(kb_arena_alloc(&arena, SIZE_MAX));
	cr_assert_not_null(kb_arena_alloc(&arena, 512));
	kb_arena_release(&arena);
}

Test(arena, text_gets_its_nul)
{
	struct kb_arena arena = { 0 };

	cr_assert_str_eq(kb_arena_text(&arena, kb_span_text("abc")), "abc");
	cr_assert_str_eq(kb_arena_text(&arena, KB_SPAN_NONE), "");
	cr_assert(kb_span_equal(kb_arena_copy(&arena, kb_span_text("abc")), kb_span_text("abc")));
	kb_arena_release(&arena);
}

static bool
dumped(const void *at)
{
	FILE *maps = fopen("/proc/self/smaps", "r");
	char line[512];
	bool inside = false;
	bool result = true;

	cr_assert_not_null(maps);
	while (fgets(line, sizeof(line), maps) != NULL) {
		unsigned long from = 0;
		unsigned long to = 0;

		if (sscanf(line, "%lx-%lx ", &from, &to) == 2) {
			inside = (uintptr_t)at >= from && (uintptr_t)at < to;
		} else if (inside && strncmp(line, "VmFlags:", 8) == 0) {
			result = strstr(line, " dd") == NULL;
		}
	}
	(void)fclose(maps);
	return result;
}

Test(secret, is_left_out_of_core_files_and_can_be_released_twice)
{
	struct kb_secret secret = { 0 };

	cr_assert_eq(kb_secret_init(&secret, 32), KB_OK);
	cr_assert_eq(secret.at[31], 0);
	cr_assert_not(dumped(secret.at));
	kb_secret_release(&secret);
	cr_assert_null(secret.at);
	kb_secret_release(&secret);
}

Test(secret, comparison_tells_any_difference)
{
	cr_assert(kb_secret_equal(kb_span_text("abcd"), kb_span_text("abcd")));
	cr_assert_not(kb_secret_equal(kb_span_text("abcd"), kb_span_text("abce")));
	cr_assert_not(kb_secret_equal(kb_span_text("abcd"), kb_span_text("abc")));
	cr_assert(kb_secret_equal(KB_SPAN_NONE, KB_SPAN_NONE));
}

Test(clock, the_fake_one_stands_still_until_moved_and_the_system_one_goes_on)
{
	struct kb_clock_fake fake = { .utc_ms = 1000, .mono_ms = 5 };
	struct kb_clock clock = kb_clock_of_fake(&fake);
	struct kb_clock real = kb_clock_system();
	int64_t before = kb_clock_mono_ms(&real);

	cr_assert_eq(kb_clock_utc_ms(&clock), 1000);
	fake.utc_ms += 86400000;
	cr_assert_eq(kb_clock_utc_ms(&clock), 86401000);
	cr_assert_eq(kb_clock_mono_ms(&clock), 5);
	cr_assert_geq(kb_clock_mono_ms(&real), before);
	cr_assert_gt(kb_clock_utc_ms(&real), INT64_C(1700000000000));
}
