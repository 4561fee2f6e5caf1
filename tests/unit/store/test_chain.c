/* SPDX-License-Identifier: EUPL-1.2 */
/* The steps of cases, as they came. */
#include <criterion/criterion.h>

#include "common/store/chain.h"
#include "common/store/step_internal.h"
#include "common/store/store_check.h"
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

TestSuite(chain, .init = setup, .fini = teardown);

static struct kb_chain_row
record_of(uint64_t case_no, const char *bytes)
{
	return (struct kb_chain_row){ .case_no = case_no,
				      .from_party_no = 3,
				      .at_utc_ms = FIXTURE_NOW_UTC_MS,
				      .ledger_seq = 9,
				      .bytes = kb_span_text(bytes) };
}

static void
put(uint64_t case_no, const char *bytes, uint32_t expected_no)
{
	struct kb_chain_row row = record_of(case_no, bytes);

	cr_assert_eq(kb_chain_row_put(f.step, &row), KB_OK);
	cr_assert_eq(row.arrival_no, expected_no);
}

Test(chain, records_stand_per_case_in_the_order_in_which_they_came)
{
	static const char *const texts[] = { "derde", "KANARIE-STAP", "tweede" };
	struct kb_chain_row got = { .arrival_no = 0 };

	fixture_write(&f);
	uint64_t case_no = fixture_case(&f, 1, 3);
	uint64_t other = fixture_case(&f, 2, 3);

	put(case_no, texts[0], 1);
	put(other, "van een andere zaak", 1);
	put(case_no, texts[1], 2);
	put(case_no, texts[2], 3);
	fixture_commit(&f);
	fixture_restart(&f);
	cr_assert_not(fixture_disk_holds(&f, "KANARIE"));
	fixture_read(&f);
	for (uint32_t i = 0; i < 3; i++) {
		cr_assert_eq(kb_chain_row_next(f.step, case_no, i, &f.arena, &got), KB_OK);
		cr_assert_eq(got.case_no, case_no);
		cr_assert_eq(got.arrival_no, i + 1);
		cr_assert_eq(got.from_party_no, 3);
		cr_assert_eq(got.at_utc_ms, FIXTURE_NOW_UTC_MS);
		cr_assert_eq(got.ledger_seq, 9);
		cr_assert(kb_span_equal(got.bytes, kb_span_text(texts[i])));
	}
	cr_assert_eq(kb_chain_row_next(f.step, case_no, 3, &f.arena, &got), KB_ERR_NOT_FOUND);
	cr_assert_eq(kb_chain_row_next(f.step, other, 1, &f.arena, &got), KB_ERR_NOT_FOUND);
	fixture_abort(&f);
	struct kb_error_text where = { 0 };

	cr_assert_eq(kb_store_check(f.store, NULL, NULL, &where), KB_OK, "%s", where.text);
}

Test(chain, the_same_bytes_again_are_not_written_and_say_where_they_stand)
{
	uint32_t count = 0;

	fixture_write(&f);
	uint64_t case_no = fixture_case(&f, 1, 3);
	uint64_t other = fixture_case(&f, 2, 3);

	put(case_no, "een", 1);
	put(case_no, "twee", 2);
	put(case_no, "drie", 3);
	fixture_commit(&f);
	fixture_write(&f);
	struct kb_chain_row row = record_of(case_no, "twee");

	cr_assert_eq(kb_chain_row_put(f.step, &row), KB_ERR_EXISTS);
	cr_assert_eq(row.arrival_no, 2);
	cr_assert_eq(kb_chain_row_count(f.step, case_no, &count), KB_OK);
	cr_assert_eq(count, 3);
	/* One byte more is another record, and another case has records of its own. */
	put(case_no, "twee ", 4);
	put(other, "twee", 1);
	fixture_commit(&f);
}

Test(chain, what_is_no_record_is_refused)
{
	static uint8_t bytes[KB_CHAIN_ROW_MAX + 1];
	struct kb_chain_row row;

	fixture_write(&f);
	uint64_t case_no = fixture_case(&f, 1, 3);

	row = record_of(case_no, "");
	cr_assert_eq(kb_chain_row_put(f.step, &row), KB_ERR_BAD_VALUE);
	row.bytes = kb_span(bytes, sizeof(bytes));
	cr_assert_eq(kb_chain_row_put(f.step, &row), KB_ERR_OVERSIZE);
	row.bytes.len--;
	cr_assert_eq(kb_chain_row_put(f.step, &row), KB_OK);
	row = record_of(case_no + 1, "een");
	cr_assert_eq(kb_chain_row_put(f.step, &row), KB_ERR_NOT_FOUND);
	fixture_commit(&f);
	fixture_read(&f);
	row = record_of(case_no, "een");
	cr_assert_eq(kb_chain_row_put(f.step, &row), KB_ERR_STATE);
	fixture_abort(&f);
}

Test(chain, after_erasure_of_the_case_its_records_cannot_be_read_and_none_comes_back)
{
	struct kb_case owner;
	struct kb_chain_row row;

	fixture_write(&f);
	uint64_t case_no = fixture_case(&f, 1, 3);

	put(case_no, "een", 1);
	cr_assert_eq(kb_case_get(f.step, case_no, &owner), KB_OK);
	fixture_commit(&f);
	cr_assert_eq(kb_keyring_destroy(kb_store_keyring(f.store), &owner.data_key_no, 1, NULL),
		     KB_OK);
	fixture_write(&f);
	cr_assert_eq(kb_chain_row_next(f.step, case_no, 0, &f.arena, &row), KB_ERR_NOT_FOUND);
	row = record_of(case_no, "een");
	cr_assert_eq(kb_chain_row_put(f.step, &row), KB_ERR_NOT_FOUND);
	row = record_of(case_no, "twee");
	cr_assert_eq(kb_chain_row_put(f.step, &row), KB_ERR_NOT_FOUND);
	fixture_abort(&f);
}

static enum kb_err
three_steps(struct kb_step *step, void *context)
{
	uint64_t *case_no = context;
	enum kb_err err = KB_OK;
	static const char *const texts[] = { "een", "twee", "drie" };

	for (size_t i = 0; err == KB_OK && i < 3; i++) {
		struct kb_chain_row row = record_of(*case_no, texts[i]);

		err = kb_chain_row_put(step, &row);
	}
	return err;
}

static enum kb_err
lose_the_second(struct kb_step *step, void *context)
{
	struct kb_row_key key = kb_row_key_of_u64(*(uint64_t *)context);

	kb_row_key_u32(&key, 2);
	return kb_row_del(step, KB_TABLE_CHAIN, &key);
}

Test(chain, a_step_that_is_missing_is_found_by_verification)
{
	struct kb_error_text where = { 0 };

	fixture_write(&f);
	uint64_t case_no = fixture_case(&f, 1, 3);

	fixture_commit(&f);
	cr_assert_eq(kb_step_run(f.store, three_steps, &case_no, NULL), KB_OK);
	cr_assert_eq(kb_store_check(f.store, NULL, NULL, &where), KB_OK, "%s", where.text);
	cr_assert_eq(kb_step_run(f.store, lose_the_second, &case_no, NULL), KB_OK);
	cr_assert_eq(kb_store_check(f.store, NULL, NULL, &where), KB_ERR_CORRUPT);
	cr_assert_not_null(strstr(where.text, "chain"), "%s", where.text);
}
