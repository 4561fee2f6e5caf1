/* SPDX-License-Identifier: EUPL-1.2 */
/* Mandates and deputies. */
#include <criterion/criterion.h>

#include "common/store/mandates.h"
#include "common/store/users.h"
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

TestSuite(mandates, .init = setup, .fini = teardown);

#define TODAY 20468

static uint64_t
user(const char *name)
{
	struct kb_user row = { .roles = KB_USER_DESK,
			       .valid_until_day = INT32_MAX,
			       .name = kb_span_text(name),
			       .function = kb_span_text("proef") };

	cr_assert_eq(kb_user_put(f.step, &row), KB_OK);
	return row.user_no;
}

static struct kb_mandate
mandate(enum kb_mandate_kind kind, uint64_t user_no)
{
	return (struct kb_mandate){ .kind = kind,
				    .user_no = user_no,
				    .valid_from_day = TODAY - 1,
				    .valid_until_day = TODAY + 1,
				    .created_by_no = 9,
				    .given_by = kb_span_text("KANARIE-BESTUUR") };
}

Test(mandates, are_read_by_user_and_who_gave_them_is_nowhere_on_disk)
{
	struct kb_mandate got;
	struct kb_mandate seat;
	struct kb_mandate expert;
	struct kb_mandate other;

	fixture_write(&f);
	uint64_t first = user("A");
	uint64_t second = user("B");

	seat = mandate(KB_MANDATE_ACTIETAFEL, second);
	expert = mandate(KB_MANDATE_DESKUNDIGE, second);
	other = mandate(KB_MANDATE_DOA, first);
	expert.case_no = 7;
	cr_assert_eq(kb_mandate_add(f.step, &seat), KB_OK);
	cr_assert_eq(kb_mandate_add(f.step, &other), KB_OK);
	cr_assert_eq(kb_mandate_add(f.step, &expert), KB_OK);
	fixture_commit(&f);
	fixture_restart(&f);
	cr_assert_not(fixture_disk_holds(&f, "KANARIE"));
	fixture_read(&f);
	cr_assert_eq(kb_mandate_of_user(f.step, second, 0, &got), KB_OK);
	cr_assert_eq(got.mandate_no, seat.mandate_no);
	cr_assert_eq(got.kind, KB_MANDATE_ACTIETAFEL);
	cr_assert_eq(got.case_no, 0);
	cr_assert_eq(got.created_utc_ms, FIXTURE_NOW_UTC_MS);
	cr_assert_eq(got.created_by_no, 9);
	cr_assert_eq(kb_mandate_of_user(f.step, second, got.mandate_no, &got), KB_OK);
	cr_assert_eq(got.mandate_no, expert.mandate_no);
	cr_assert_eq(got.case_no, 7);
	cr_assert_eq(kb_mandate_of_user(f.step, second, got.mandate_no, &got), KB_ERR_NOT_FOUND);
	got = (struct kb_mandate){ .kind = KB_MANDATE_NONE };
	cr_assert_eq(kb_mandate_next(f.step, &f.arena, &got), KB_OK);
	cr_assert_eq(got.mandate_no, other.mandate_no, "in the order of users");
	cr_assert(kb_span_equal(got.given_by, kb_span_text("KANARIE-BESTUUR")));
	fixture_abort(&f);
}

Test(mandates, count_from_their_first_day_to_their_last_and_not_after_their_end)
{
	struct kb_mandate row;
	struct kb_mandate got;

	fixture_write(&f);
	row = mandate(KB_MANDATE_VOORZITTER, user("A"));
	cr_assert_eq(kb_mandate_add(f.step, &row), KB_OK);
	cr_assert_not(kb_mandate_valid(&row, FIXTURE_NOW_UTC_MS, TODAY - 2));
	cr_assert(kb_mandate_valid(&row, FIXTURE_NOW_UTC_MS, TODAY - 1));
	cr_assert(kb_mandate_valid(&row, FIXTURE_NOW_UTC_MS, TODAY + 1));
	cr_assert_not(kb_mandate_valid(&row, FIXTURE_NOW_UTC_MS, TODAY + 2));
	cr_assert_eq(kb_mandate_end(f.step, row.mandate_no + 1, FIXTURE_NOW_UTC_MS, 3, NULL),
		     KB_ERR_NOT_FOUND);
	cr_assert_eq(kb_mandate_end(f.step, row.mandate_no, FIXTURE_NOW_UTC_MS + 10, 3, &got),
		     KB_OK);
	cr_assert_eq(got.user_no, row.user_no);
	cr_assert_eq(kb_mandate_end(f.step, row.mandate_no, FIXTURE_NOW_UTC_MS + 20, 3, NULL),
		     KB_ERR_STATE);
	fixture_commit(&f);
	fixture_restart(&f);
	fixture_read(&f);
	cr_assert_eq(kb_mandate_of_user(f.step, row.user_no, 0, &got), KB_OK);
	cr_assert_eq(got.ended_by_no, 3);
	cr_assert(kb_mandate_valid(&got, FIXTURE_NOW_UTC_MS + 9, TODAY));
	cr_assert_not(kb_mandate_valid(&got, FIXTURE_NOW_UTC_MS + 10, TODAY));
	got = (struct kb_mandate){ .kind = KB_MANDATE_NONE };
	cr_assert_eq(kb_mandate_next(f.step, &f.arena, &got), KB_OK);
	cr_assert(kb_span_equal(got.given_by, kb_span_text("KANARIE-BESTUUR")),
		  "who gave it stays readable after the end");
	fixture_abort(&f);
}

Test(mandates, what_makes_no_sense_is_refused)
{
	char long_text[KB_MANDATE_TEXT_MAX + 1];
	struct kb_mandate row;

	memset(long_text, 'x', sizeof(long_text));
	fixture_write(&f);
	uint64_t one = user("A");
	uint64_t two = user("B");

	row = mandate(KB_MANDATE_WAARNEMING, one);
	cr_assert_eq(kb_mandate_add(f.step, &row), KB_ERR_BAD_VALUE, "for nobody");
	row.absent_user_no = one;
	cr_assert_eq(kb_mandate_add(f.step, &row), KB_ERR_BAD_VALUE, "for oneself");
	row.absent_user_no = two + 1;
	cr_assert_eq(kb_mandate_add(f.step, &row), KB_ERR_NOT_FOUND, "for a stranger");
	row.absent_user_no = two;
	cr_assert_eq(kb_mandate_add(f.step, &row), KB_OK);
	row = mandate(KB_MANDATE_DOA, one);
	row.absent_user_no = two;
	cr_assert_eq(kb_mandate_add(f.step, &row), KB_ERR_BAD_VALUE);
	row = mandate(KB_MANDATE_DESKUNDIGE, one);
	cr_assert_eq(kb_mandate_add(f.step, &row), KB_ERR_BAD_VALUE, "in no case");
	row = mandate(KB_MANDATE_NONE, one);
	cr_assert_eq(kb_mandate_add(f.step, &row), KB_ERR_BAD_VALUE);
	row = mandate(KB_MANDATE_DOA, two + 1);
	cr_assert_eq(kb_mandate_add(f.step, &row), KB_ERR_NOT_FOUND);
	row = mandate(KB_MANDATE_DOA, one);
	row.valid_until_day = row.valid_from_day - 1;
	cr_assert_eq(kb_mandate_add(f.step, &row), KB_ERR_BAD_VALUE);
	row = mandate(KB_MANDATE_DOA, one);
	row.given_by = KB_SPAN_NONE;
	cr_assert_eq(kb_mandate_add(f.step, &row), KB_ERR_BAD_VALUE);
	row.given_by = kb_span(long_text, sizeof(long_text));
	cr_assert_eq(kb_mandate_add(f.step, &row), KB_ERR_OVERSIZE);
	fixture_commit(&f);
}

Test(mandates, after_erasure_of_the_year_the_mandate_stays_without_who_gave_it)
{
	struct kb_mandate row;
	struct kb_mandate got = { .kind = KB_MANDATE_NONE };

	fixture_write(&f);
	row = mandate(KB_MANDATE_DOA, user("A"));
	cr_assert_eq(kb_mandate_add(f.step, &row), KB_OK);
	fixture_commit(&f);
	cr_assert_eq(kb_keyring_destroy(kb_store_keyring(f.store), &row.data_key_no, 1, NULL),
		     KB_OK);
	fixture_read(&f);
	cr_assert_eq(kb_mandate_next(f.step, &f.arena, &got), KB_OK);
	cr_assert_eq(got.mandate_no, row.mandate_no);
	cr_assert_eq(got.given_by.len, 0);
	fixture_abort(&f);
}
