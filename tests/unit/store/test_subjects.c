/* SPDX-License-Identifier: EUPL-1.2 */
/* Subjects and the consents about them. */
#include <criterion/criterion.h>

#include "common/store/cases.h"
#include "common/store/consent.h"
#include "common/store/subjects.h"
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

TestSuite(subjects, .init = setup, .fini = teardown);

#define PGN_A "999580735"
#define PGN_B "999642625"

Test(subjects, one_pgn_is_one_subject_and_is_nowhere_on_disk)
{
	uint64_t first = 0;
	uint64_t second = 0;
	uint64_t again = 0;

	fixture_write(&f);
	cr_assert_eq(kb_subject_find(f.step, kb_span_text(PGN_A), &first), KB_ERR_NOT_FOUND);
	cr_assert_eq(kb_subject_take(f.step, kb_span_text(PGN_A), &first), KB_OK);
	cr_assert_eq(kb_subject_take(f.step, kb_span_text(PGN_B), &second), KB_OK);
	cr_assert_neq(first, second);
	fixture_commit(&f);
	fixture_restart(&f);
	fixture_write(&f);
	cr_assert_eq(kb_subject_take(f.step, kb_span_text(PGN_A), &again), KB_OK);
	cr_assert_eq(again, first);
	fixture_commit(&f);
	cr_assert_not(fixture_disk_holds(&f, PGN_A));
	cr_assert_not(fixture_disk_holds(&f, PGN_B));
}

Test(subjects, joining_moves_the_cases_and_splitting_gives_them_back)
{
	struct kb_subject row;
	struct kb_case owner;
	uint64_t from = 0;
	uint64_t into = 0;
	uint64_t found = 0;
	uint64_t at = 0;

	fixture_write(&f);
	cr_assert_eq(kb_subject_take(f.step, kb_span_text(PGN_A), &from), KB_OK);
	cr_assert_eq(kb_subject_create(f.step, &into), KB_OK);
	uint64_t a = fixture_case(&f, 1, 1);
	uint64_t b = fixture_case(&f, 2, 1);
	uint64_t c = fixture_case(&f, 3, 1);

	cr_assert_eq(kb_subject_case_add(f.step, from, a), KB_OK);
	cr_assert_eq(kb_subject_case_add(f.step, from, b), KB_OK);
	cr_assert_eq(kb_subject_case_add(f.step, from, b), KB_OK);
	cr_assert_eq(kb_subject_case_add(f.step, into, c), KB_OK);
	cr_assert_eq(kb_subject_get(f.step, from, &row), KB_OK);
	cr_assert_eq(row.case_count, 2);
	cr_assert_eq(kb_subject_join(f.step, from, from), KB_ERR_STATE);
	cr_assert_eq(kb_subject_join(f.step, from, into), KB_OK);
	cr_assert_eq(kb_subject_join(f.step, from, into), KB_ERR_STATE);
	fixture_commit(&f);
	fixture_restart(&f);
	fixture_write(&f);
	cr_assert_eq(kb_subject_find(f.step, kb_span_text(PGN_A), &found), KB_OK);
	cr_assert_eq(found, into);
	cr_assert_eq(kb_subject_get(f.step, into, &row), KB_OK);
	cr_assert_eq(row.case_count, 3);
	cr_assert_eq(kb_case_get(f.step, b, &owner), KB_OK);
	cr_assert_eq(owner.subject_no, into);
	cr_assert_eq(kb_subject_case_next(f.step, into, 0, &at), KB_OK);
	cr_assert_eq(at, a);
	cr_assert_eq(kb_subject_case_next(f.step, from, 0, &at), KB_ERR_NOT_FOUND);
	cr_assert_eq(kb_subject_split(f.step, from, (uint64_t[]){ b }, 1), KB_OK);
	cr_assert_eq(kb_subject_split(f.step, from, NULL, 0), KB_ERR_STATE);
	cr_assert_eq(kb_subject_find(f.step, kb_span_text(PGN_A), &found), KB_OK);
	cr_assert_eq(found, from);
	cr_assert_eq(kb_case_get(f.step, b, &owner), KB_OK);
	cr_assert_eq(owner.subject_no, from);
	cr_assert_eq(kb_subject_get(f.step, into, &row), KB_OK);
	cr_assert_eq(row.case_count, 2);
	fixture_commit(&f);
}

static struct kb_consent
consent_of(uint64_t subject_no, uint64_t case_no, unsigned number, uint64_t key_no)
{
	struct kb_consent row = { .consent_id = fixture_id(number),
				  .case_no = case_no,
				  .subject_no = subject_no,
				  .data_key_no = key_no,
				  .versie = 2,
				  .status = 1,
				  .recorded_utc_ms = 3,
				  .recorded_by_no = 4,
				  .given_seq = 5,
				  .statement = kb_span_text("KANARIE-VERKLARING"),
				  .giver_name = kb_span_text("KANARIE-OUDER"),
				  .how = kb_span_text("op papier"),
				  .remark = kb_span_text("KANARIE-OPMERKING") };

	memset(row.evidence_salt, 9, sizeof(row.evidence_salt));
	return row;
}

Test(subjects, a_consent_is_stored_encrypted_with_all_its_fields)
{
	struct kb_consent got;
	uint64_t subject_no = 0;
	uint64_t key_no = 0;
	uint64_t consent_no = 0;

	fixture_write(&f);
	cr_assert_eq(kb_subject_create(f.step, &subject_no), KB_OK);
	cr_assert_eq(kb_step_key_assign(f.step, &key_no), KB_OK);
	struct kb_consent first = consent_of(subject_no, 8, 1, key_no);
	struct kb_consent second = consent_of(subject_no, 8, 2, key_no);
	struct kb_consent copy = consent_of(subject_no, 8, 1, key_no);

	cr_assert_eq(kb_consent_put(f.step, &first), KB_OK);
	cr_assert_eq(kb_consent_put(f.step, &second), KB_OK);
	cr_assert_eq(kb_consent_put(f.step, &copy), KB_ERR_EXISTS);
	copy.consent_id = fixture_id(3);
	copy.data_key_no = 0;
	cr_assert_eq(kb_consent_put(f.step, &copy), KB_ERR_BAD_VALUE);
	copy = consent_of(subject_no, 0, 3, key_no);
	cr_assert_eq(kb_consent_put(f.step, &copy), KB_ERR_BAD_VALUE, "it is of a case");
	copy = consent_of(subject_no, 8, 3, key_no);
	copy.statement = KB_SPAN_NONE;
	cr_assert_eq(kb_consent_put(f.step, &copy), KB_ERR_BAD_VALUE, "nothing was signed");
	fixture_commit(&f);
	fixture_restart(&f);
	cr_assert_not(fixture_disk_holds(&f, "KANARIE"));
	fixture_read(&f);
	cr_assert_eq(kb_consent_find(f.step, &first.consent_id, &consent_no), KB_OK);
	cr_assert_eq(kb_consent_get(f.step, consent_no, &f.arena, &got), KB_OK);
	cr_assert_eq(got.case_no, 8);
	cr_assert_eq(got.versie, 2);
	cr_assert_eq(got.status, 1);
	cr_assert_eq(got.recorded_utc_ms, 3);
	cr_assert_eq(got.recorded_by_no, 4);
	cr_assert_eq(got.given_seq, 5);
	cr_assert(!got.differs);
	cr_assert(kb_span_equal(got.statement, first.statement));
	cr_assert_eq(got.other.len + got.withdrawal.len, 0);
	cr_assert(kb_span_equal(got.giver_name, first.giver_name));
	cr_assert(kb_span_equal(got.how, first.how));
	cr_assert(kb_span_equal(got.remark, first.remark));
	cr_assert_eq(memcmp(got.evidence_salt, first.evidence_salt, 32), 0);
	cr_assert_eq(kb_consent_next(f.step, subject_no, consent_no, &f.arena, &got), KB_OK);
	cr_assert_eq(got.consent_no, second.consent_no);
	cr_assert_eq(kb_consent_next(f.step, subject_no, got.consent_no, &f.arena, &got),
		     KB_ERR_NOT_FOUND);
	fixture_abort(&f);
}

Test(subjects, a_consent_without_a_known_child_is_found_by_its_case)
{
	struct kb_consent got;
	uint64_t key_no = 0;

	fixture_write(&f);
	cr_assert_eq(kb_step_key_assign(f.step, &key_no), KB_OK);
	struct kb_consent mine = consent_of(0, 8, 1, key_no);
	struct kb_consent other = consent_of(0, 9, 2, key_no);
	struct kb_consent last = consent_of(0, 8, 3, key_no);

	cr_assert_eq(kb_consent_put(f.step, &mine), KB_OK);
	cr_assert_eq(kb_consent_put(f.step, &other), KB_OK);
	cr_assert_eq(kb_consent_put(f.step, &last), KB_OK);
	cr_assert_eq(kb_consent_next_of_case(f.step, 8, 0, &f.arena, &got), KB_OK);
	cr_assert_eq(got.consent_no, mine.consent_no);
	cr_assert_eq(kb_consent_next_of_case(f.step, 8, got.consent_no, &f.arena, &got), KB_OK);
	cr_assert_eq(got.consent_no, last.consent_no);
	cr_assert_eq(kb_consent_next_of_case(f.step, 8, got.consent_no, &f.arena, &got),
		     KB_ERR_NOT_FOUND);
	cr_assert_eq(kb_consent_next(f.step, 0, 0, &f.arena, &got), KB_ERR_NOT_FOUND);
	fixture_commit(&f);
}

Test(subjects, both_statements_that_differ_and_the_withdrawal_are_kept)
{
	struct kb_consent got;
	struct kb_consent clear;
	uint64_t keys[2] = { 0 };

	fixture_write(&f);
	cr_assert_eq(kb_step_key_assign(f.step, &keys[0]), KB_OK);
	cr_assert_eq(kb_step_key_assign(f.step, &keys[1]), KB_OK);
	struct kb_consent kept = consent_of(0, 8, 1, keys[0]);
	struct kb_consent erased = consent_of(0, 8, 2, keys[1]);
	struct kb_consent last = consent_of(0, 8, 3, keys[0]);

	cr_assert_eq(kb_consent_put(f.step, &kept), KB_OK);
	cr_assert_eq(kb_consent_put(f.step, &erased), KB_OK);
	cr_assert_eq(kb_consent_put(f.step, &last), KB_OK);
	kept.other = kb_span_text("KANARIE-ANDERS");
	kept.withdrawal = kb_span_text("KANARIE-INTREKKING");
	kept.differs = true;
	kept.owes = true;
	kept.status = 3;
	kept.withdrawn_utc_ms = 70;
	kept.withdrawn_by_no = 71;
	kept.withdrawn_seq = 72;
	cr_assert_eq(kb_consent_put(f.step, &kept), KB_OK);
	fixture_commit(&f);
	cr_assert_eq(kb_keyring_destroy(kb_store_keyring(f.store), &keys[1], 1, NULL), KB_OK);
	fixture_restart(&f);
	cr_assert_not(fixture_disk_holds(&f, "KANARIE"));
	fixture_read(&f);
	cr_assert_eq(kb_consent_get(f.step, kept.consent_no, &f.arena, &got), KB_OK);
	cr_assert(kb_span_equal(got.statement, kept.statement));
	cr_assert(kb_span_equal(got.other, kept.other));
	cr_assert(kb_span_equal(got.withdrawal, kept.withdrawal));
	cr_assert_eq(got.withdrawn_utc_ms, 70);
	cr_assert_eq(got.withdrawn_by_no, 71);
	cr_assert_eq(got.withdrawn_seq, 72);
	cr_assert_eq(kb_consent_get(f.step, erased.consent_no, &f.arena, &got), KB_ERR_NOT_FOUND);
	cr_assert_eq(kb_consent_next_of_case(f.step, 8, kept.consent_no, &f.arena, &got), KB_OK);
	cr_assert_eq(got.consent_no, last.consent_no, "a list passes over what was erased");
	/* That they differ is to be seen without any key. */
	cr_assert_eq(kb_consent_next_clear(f.step, 0, &clear), KB_OK);
	cr_assert(clear.differs);
	cr_assert(clear.owes);
	cr_assert_eq(clear.status, 3);
	cr_assert_eq(clear.statement.len, 0);
	cr_assert_eq(kb_consent_next_clear(f.step, clear.consent_no, &clear), KB_OK);
	cr_assert_eq(clear.consent_no, erased.consent_no);
	cr_assert(!clear.differs);
	cr_assert(!clear.owes);
	cr_assert_eq(kb_consent_next_clear(f.step, last.consent_no, &clear), KB_ERR_NOT_FOUND);
	fixture_abort(&f);
}
