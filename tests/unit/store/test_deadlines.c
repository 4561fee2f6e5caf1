/* SPDX-License-Identifier: EUPL-1.2 */
/* Clocks of cases. */
#include <criterion/criterion.h>

#include "common/store/deadlines.h"
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

TestSuite(deadlines, .init = setup, .fini = teardown);

static uint16_t
start(uint64_t case_no, int64_t due_utc_ms, uint64_t about)
{
	struct kb_deadline row = { .case_no = case_no,
				   .kind = KB_CLOCK_WETTELIJK,
				   .rule = 1,
				   .source_id = 2,
				   .about = about,
				   .started_utc_ms = 3,
				   .due_utc_ms = due_utc_ms,
				   .started_seq = 4,
				   .started_by_user_no = 5 };

	cr_assert_eq(kb_deadline_start(f.step, &row), KB_OK);
	cr_assert_eq(row.state, KB_CLOCK_STATE_RUNNING);
	return row.clock_id;
}

static void
check_store(void)
{
	struct kb_error_text where = { 0 };

	cr_assert_eq(kb_store_check(f.store, NULL, NULL, &where), KB_OK, "%s", where.text);
}

Test(deadlines, are_found_in_order_of_due_time_up_to_a_moment)
{
	static const int64_t dues[] = { 500, 100, INT64_MAX, -7, 300, INT64_MIN, 0, 300 };
	static const int64_t sorted[] = { INT64_MIN, -7, 0, 100, 300, 300 };
	struct kb_deadline at = { 0 };

	fixture_write(&f);
	uint64_t a = fixture_case(&f, 1, 1);
	uint64_t b = fixture_case(&f, 2, 1);

	for (size_t i = 0; i < sizeof(dues) / sizeof(dues[0]); i++) {
		(void)start(i % 2 == 0 ? a : b, dues[i], 0);
	}
	fixture_commit(&f);
	fixture_restart(&f);
	fixture_read(&f);
	for (size_t i = 0; i < sizeof(sorted) / sizeof(sorted[0]); i++) {
		cr_assert_eq(kb_deadline_due_next(f.step, 499, &at), KB_OK, "%zu", i);
		cr_assert_eq(at.due_utc_ms, sorted[i]);
	}
	cr_assert_eq(kb_deadline_due_next(f.step, 499, &at), KB_ERR_NOT_FOUND);
	cr_assert_eq(kb_deadline_due_next(f.step, 500, &at), KB_OK);
	fixture_abort(&f);
	check_store();
}

Test(deadlines, stopping_in_time_or_late_depends_on_the_time_of_the_event)
{
	struct kb_deadline row;

	fixture_write(&f);
	uint64_t case_no = fixture_case(&f, 1, 1);
	uint16_t in_time = start(case_no, 1000, 1);
	uint16_t late = start(case_no, 1000, 2);
	uint16_t expired = start(case_no, 1000, 3);

	cr_assert_eq(kb_deadline_stop(f.step, case_no, in_time, 999, 44, &row), KB_OK);
	cr_assert_eq(row.state, KB_CLOCK_STATE_STOPPED);
	cr_assert_eq(kb_deadline_stop(f.step, case_no, late, 1000, 44, &row), KB_OK);
	cr_assert_eq(row.state, KB_CLOCK_STATE_STOPPED_LATE);
	cr_assert_eq(kb_deadline_expire(f.step, case_no, expired, &row), KB_OK);
	cr_assert_eq(row.state, KB_CLOCK_STATE_EXPIRED);
	cr_assert_eq(kb_deadline_expire(f.step, case_no, expired, &row), KB_ERR_STATE);
	/* The receipt was under way: the gemeente had stored it before the clock ran out. */
	cr_assert_eq(kb_deadline_stop(f.step, case_no, expired, 998, 45, NULL), KB_OK);
	cr_assert_eq(kb_deadline_stop(f.step, case_no, in_time, 999, 44, NULL), KB_ERR_STATE);
	fixture_commit(&f);
	fixture_restart(&f);
	fixture_read(&f);
	cr_assert_eq(kb_deadline_get(f.step, case_no, expired, &row), KB_OK);
	cr_assert_eq(row.state, KB_CLOCK_STATE_STOPPED);
	cr_assert_eq(row.stopped_utc_ms, 998);
	cr_assert_eq(row.stopped_seq, 45);
	cr_assert_eq(row.kind, KB_CLOCK_WETTELIJK);
	cr_assert_eq(row.source_id, 2);
	cr_assert_eq(row.started_seq, 4);
	cr_assert_eq(row.started_by_user_no, 5);
	struct kb_deadline at = { 0 };

	cr_assert_eq(kb_deadline_due_next(f.step, INT64_MAX, &at), KB_ERR_NOT_FOUND);
	fixture_abort(&f);
	check_store();
}

Test(deadlines, the_case_names_the_clock_that_is_due_first)
{
	struct kb_case row;

	fixture_write(&f);
	uint64_t case_no = fixture_case(&f, 1, 1);
	uint16_t a = start(case_no, 300, 1);
	uint16_t b = start(case_no, 100, 2);
	uint16_t c = start(case_no, 200, 3);

	cr_assert_eq(kb_case_get(f.step, case_no, &row), KB_OK);
	cr_assert_eq(row.next_due_clock, b);
	cr_assert_eq(kb_deadline_stop(f.step, case_no, b, 50, 1, NULL), KB_OK);
	cr_assert_eq(kb_case_get(f.step, case_no, &row), KB_OK);
	cr_assert_eq(row.next_due_clock, c);
	cr_assert_eq(row.next_due_utc_ms, 200);
	cr_assert_eq(kb_deadline_move(f.step, case_no, a, 150), KB_OK);
	cr_assert_eq(kb_case_get(f.step, case_no, &row), KB_OK);
	cr_assert_eq(row.next_due_clock, a);
	cr_assert_eq(kb_deadline_expire(f.step, case_no, a, NULL), KB_OK);
	cr_assert_eq(kb_deadline_expire(f.step, case_no, c, NULL), KB_OK);
	cr_assert_eq(kb_case_get(f.step, case_no, &row), KB_OK);
	cr_assert_eq(row.next_due_clock, 0);
	cr_assert_eq(row.next_due_utc_ms, 0);
	cr_assert_eq(kb_deadline_move(f.step, case_no, a, 150), KB_ERR_STATE);
	fixture_commit(&f);
	check_store();
}

Test(deadlines, a_clock_is_found_by_what_it_is_about_and_the_last_one_counts)
{
	struct kb_deadline row;

	fixture_write(&f);
	uint64_t case_no = fixture_case(&f, 1, 1);

	(void)start(case_no, 300, 7);
	uint16_t second = start(case_no, 400, 7);

	(void)start(case_no, 500, 8);
	cr_assert_eq(kb_deadline_find(f.step, case_no, 1, 7, &row), KB_OK);
	cr_assert_eq(row.clock_id, second);
	cr_assert_eq(kb_deadline_find(f.step, case_no, 1, 9, &row), KB_ERR_NOT_FOUND);
	cr_assert_eq(kb_deadline_find(f.step, case_no, 2, 7, &row), KB_ERR_NOT_FOUND);
	fixture_commit(&f);
}

Test(deadlines, an_aborted_start_leaves_nothing)
{
	struct kb_deadline at = { 0 };
	struct kb_case row;

	fixture_write(&f);
	uint64_t case_no = fixture_case(&f, 1, 1);

	fixture_commit(&f);
	fixture_write(&f);
	(void)start(case_no, 300, 7);
	fixture_abort(&f);
	fixture_read(&f);
	cr_assert_eq(kb_deadline_due_next(f.step, INT64_MAX, &at), KB_ERR_NOT_FOUND);
	cr_assert_eq(kb_deadline_of_case(f.step, case_no, 0, &at), KB_ERR_NOT_FOUND);
	cr_assert_eq(kb_case_get(f.step, case_no, &row), KB_OK);
	cr_assert_eq(row.last_clock_id, 0);
	fixture_abort(&f);
	fixture_write(&f);
	struct kb_deadline orphan = { .case_no = 99 };

	cr_assert_eq(kb_deadline_start(f.step, &orphan), KB_ERR_NOT_FOUND);
	fixture_abort(&f);
}
