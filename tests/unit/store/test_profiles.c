/* SPDX-License-Identifier: EUPL-1.2 */
/* Region profiles by their hash. */
#include <criterion/criterion.h>

#include "common/store/profiles.h"
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

TestSuite(profiles, .init = setup, .fini = teardown);

static struct kb_profile_row
profile_of(unsigned number, const char *bytes)
{
	return (struct kb_profile_row){ .hash = fixture_hash(number),
					.from_party_no = 4,
					.at_utc_ms = FIXTURE_NOW_UTC_MS,
					.bytes = kb_span_text(bytes) };
}

Test(profiles, are_found_by_hash_over_a_restart_and_listed)
{
	struct kb_profile_row rows[] = { profile_of(1, "een"), profile_of(2, "twee") };
	struct kb_hash after = { { 0 } };
	struct kb_hash unknown = fixture_hash(3);
	struct kb_profile_row got;
	unsigned seen = 0;

	fixture_write(&f);
	cr_assert_eq(kb_profile_row_put(f.step, &rows[0]), KB_OK);
	cr_assert_eq(kb_profile_row_put(f.step, &rows[1]), KB_OK);
	fixture_commit(&f);
	fixture_restart(&f);
	fixture_read(&f);
	cr_assert_eq(kb_profile_row_get(f.step, &rows[1].hash, &f.arena, &got), KB_OK);
	cr_assert(kb_span_equal(got.bytes, kb_span_text("twee")));
	cr_assert_eq(got.from_party_no, 4);
	cr_assert_eq(got.at_utc_ms, FIXTURE_NOW_UTC_MS);
	cr_assert_eq(kb_profile_row_get(f.step, &unknown, &f.arena, &got), KB_ERR_NOT_FOUND);
	while (kb_profile_row_next(f.step, &after, &f.arena, &got) == KB_OK) {
		cr_assert_lt(memcmp(&after, &got.hash, sizeof(after)), 0);
		cr_assert(kb_hash_equal(&got.hash, &rows[0].hash) ||
			  kb_hash_equal(&got.hash, &rows[1].hash));
		after = got.hash;
		seen++;
	}
	cr_assert_eq(seen, 2);
	fixture_abort(&f);
}

Test(profiles, signed_anew_one_is_replaced_and_the_same_one_is_not_written)
{
	struct kb_profile_row row = profile_of(1, "handtekening 1");
	struct kb_profile_row got;

	fixture_write(&f);
	cr_assert_eq(kb_profile_row_put(f.step, &row), KB_OK);
	row.from_party_no = 5;
	cr_assert_eq(kb_profile_row_put(f.step, &row), KB_ERR_EXISTS);
	cr_assert_eq(kb_profile_row_get(f.step, &row.hash, &f.arena, &got), KB_OK);
	cr_assert_eq(got.from_party_no, 4);
	row.bytes = kb_span_text("handtekening 2");
	cr_assert_eq(kb_profile_row_put(f.step, &row), KB_OK);
	cr_assert_eq(kb_profile_row_get(f.step, &row.hash, &f.arena, &got), KB_OK);
	cr_assert(kb_span_equal(got.bytes, row.bytes));
	cr_assert_eq(got.from_party_no, 5);
	fixture_commit(&f);
}

Test(profiles, without_hash_or_bytes_or_too_large_are_refused)
{
	static uint8_t bytes[KB_PROFILE_ROW_MAX + 1];
	struct kb_profile_row row = profile_of(1, "");

	fixture_write(&f);
	cr_assert_eq(kb_profile_row_put(f.step, &row), KB_ERR_BAD_VALUE);
	row.bytes = kb_span(bytes, sizeof(bytes));
	cr_assert_eq(kb_profile_row_put(f.step, &row), KB_ERR_OVERSIZE);
	row.bytes.len--;
	cr_assert_eq(kb_profile_row_put(f.step, &row), KB_OK);
	memset(&row.hash, 0, sizeof(row.hash));
	cr_assert_eq(kb_profile_row_put(f.step, &row), KB_ERR_BAD_VALUE);
	fixture_commit(&f);
}
