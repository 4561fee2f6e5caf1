/* SPDX-License-Identifier: EUPL-1.2 */
/* Reviews of views with the noodknop. */
#include <criterion/criterion.h>

#include "common/store/reviews.h"
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

TestSuite(reviews, .init = setup, .fini = teardown);

static const struct kb_review view = {
	.ledger_seq = 41, .case_no = 5, .user_no = 3, .at_utc_ms = FIXTURE_NOW_UTC_MS
};

Test(reviews, stay_open_over_a_restart_until_they_are_judged_once)
{
	struct kb_review got;

	fixture_write(&f);
	cr_assert_eq(kb_review_open(f.step, &view), KB_OK);
	cr_assert_eq(kb_review_open(f.step, &view), KB_ERR_EXISTS);
	fixture_commit(&f);
	fixture_restart(&f);
	fixture_write(&f);
	cr_assert_eq(kb_review_next(f.step, 0, &f.arena, &got), KB_OK);
	cr_assert_eq(got.ledger_seq, 41);
	cr_assert_eq(got.case_no, 5);
	cr_assert_eq(got.user_no, 3);
	cr_assert_eq(got.at_utc_ms, FIXTURE_NOW_UTC_MS);
	cr_assert_eq(got.judgement, KB_JUDGEMENT_NONE);
	cr_assert_eq(kb_review_next(f.step, 41, &f.arena, &got), KB_ERR_NOT_FOUND);
	cr_assert_eq(kb_review_judge(f.step, 42, KB_JUDGEMENT_TERECHT, kb_span_text("x"), 9, 2),
		     KB_ERR_NOT_FOUND);
	cr_assert_eq(kb_review_judge(f.step, 41, KB_JUDGEMENT_NONE, kb_span_text("x"), 9, 2),
		     KB_ERR_BAD_VALUE);
	cr_assert_eq(kb_review_judge(f.step, 41, KB_JUDGEMENT_ONTERECHT,
				     kb_span_text("KANARIE: geen gevaar"), 9, 2),
		     KB_OK);
	cr_assert_eq(kb_review_judge(f.step, 41, KB_JUDGEMENT_TERECHT, kb_span_text("x"), 10, 2),
		     KB_ERR_STATE);
	fixture_commit(&f);
	fixture_restart(&f);
	cr_assert_not(fixture_disk_holds(&f, "KANARIE"));
	fixture_read(&f);
	cr_assert_eq(kb_review_next(f.step, 0, &f.arena, &got), KB_OK);
	cr_assert_eq(got.judgement, KB_JUDGEMENT_ONTERECHT);
	cr_assert_eq(got.judged_utc_ms, 9);
	cr_assert_eq(got.judged_by_no, 2);
	cr_assert(kb_span_equal(got.explanation, kb_span_text("KANARIE: geen gevaar")));
	fixture_abort(&f);
}

Test(reviews, after_erasure_of_the_year_the_judgement_stays_without_its_words)
{
	struct kb_review got;

	fixture_write(&f);
	cr_assert_eq(kb_review_open(f.step, &view), KB_OK);
	cr_assert_eq(kb_review_judge(f.step, 41, KB_JUDGEMENT_TERECHT, kb_span_text("x"), 9, 2),
		     KB_OK);
	cr_assert_eq(kb_review_next(f.step, 0, &f.arena, &got), KB_OK);
	fixture_commit(&f);
	cr_assert_eq(kb_keyring_destroy(kb_store_keyring(f.store), &got.data_key_no, 1, NULL),
		     KB_OK);
	fixture_read(&f);
	cr_assert_eq(kb_review_next(f.step, 0, &f.arena, &got), KB_OK);
	cr_assert_eq(got.judgement, KB_JUDGEMENT_TERECHT);
	cr_assert_eq(got.explanation.len, 0);
	fixture_abort(&f);
}

Test(reviews, words_that_are_too_long_are_refused)
{
	char text[KB_REVIEW_TEXT_MAX + 1];

	memset(text, 'x', sizeof(text));
	fixture_write(&f);
	cr_assert_eq(kb_review_open(f.step, &view), KB_OK);
	cr_assert_eq(kb_review_judge(f.step, 41, KB_JUDGEMENT_TERECHT, kb_span(text, sizeof(text)),
				     9, 2),
		     KB_ERR_OVERSIZE);
	fixture_commit(&f);
	cr_assert_eq(kb_judgement_parse(kb_span_text("onterecht")), KB_JUDGEMENT_ONTERECHT);
	cr_assert_eq(kb_judgement_parse(kb_span_text("")), KB_JUDGEMENT_NONE);
}
