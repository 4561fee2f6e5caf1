/* SPDX-License-Identifier: EUPL-1.2 */
/* Cases, their texts, records and items. */
#include <criterion/criterion.h>

#include "common/store/case_items.h"
#include "common/store/case_records.h"
#include "common/store/cases.h"
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

TestSuite(cases, .init = setup, .fini = teardown);

Test(cases, a_case_is_found_by_its_id_and_keeps_every_field)
{
	struct kb_case row = { .case_id = fixture_id(1),
			       .kind = KB_CASE_KIND_VERZUIM,
			       .route_no = 3,
			       .status = KB_CASE_OPEN,
			       .route_state = 4,
			       .desk = 1,
			       .subject_no = 5,
			       .counterparty_no = 6,
			       .profile_hash = fixture_hash(7),
			       .schooljaar = 2025,
			       .opened_utc_ms = 8,
			       .last_activity_utc_ms = 9,
			       .closed_utc_ms = 10,
			       .inbox_flags = KB_INBOX_NEW | KB_INBOX_LATE,
			       .new_since_utc_ms = 11,
			       .raised_count = 12,
			       .waiting_since_utc_ms = 13,
			       .last_out_epoch_no = 14,
			       .last_out_number = 15,
			       .last_in_epoch_no = 16,
			       .last_in_number = 17,
			       .regievoerder_no = 18,
			       .regie_aangeboden_no = 19,
			       .regie_epoch = 20,
			       .revision = 21,
			       .last_record_hash = fixture_hash(22),
			       .behandelaar_no = 23,
			       .waarnemer_no = 24,
			       .created_seq = 25 };
	struct kb_case got;
	uint64_t case_no = 0;

	fixture_write(&f);
	cr_assert_eq(kb_case_create(f.step, &row), KB_OK);
	cr_assert_neq(row.case_no, 0);
	cr_assert_neq(row.data_key_no, 0);
	struct kb_case again = { .case_id = row.case_id };

	cr_assert_eq(kb_case_create(f.step, &again), KB_ERR_EXISTS);
	fixture_commit(&f);
	fixture_restart(&f);
	fixture_read(&f);
	cr_assert_eq(kb_case_find(f.step, &row.case_id, &case_no), KB_OK);
	cr_assert_eq(kb_case_get(f.step, case_no, &got), KB_OK);
	/* Both were zeroed before: also the padding is equal. */
	cr_assert_eq(memcmp(&row.profile_hash, &got.profile_hash, 32), 0);
	cr_assert_eq(memcmp(&row.last_record_hash, &got.last_record_hash, 32), 0);
	cr_assert(kb_id_equal(&row.case_id, &got.case_id));
#define SAME(field) cr_assert_eq(got.field, row.field, #field)
	SAME(case_no);
	SAME(kind);
	SAME(route_no);
	SAME(status);
	SAME(route_state);
	SAME(desk);
	SAME(subject_no);
	SAME(counterparty_no);
	SAME(schooljaar);
	SAME(data_key_no);
	SAME(opened_utc_ms);
	SAME(last_activity_utc_ms);
	SAME(closed_utc_ms);
	SAME(inbox_flags);
	SAME(new_since_utc_ms);
	SAME(raised_count);
	SAME(waiting_since_utc_ms);
	SAME(last_out_epoch_no);
	SAME(last_out_number);
	SAME(last_in_epoch_no);
	SAME(last_in_number);
	SAME(regievoerder_no);
	SAME(regie_aangeboden_no);
	SAME(regie_epoch);
	SAME(revision);
	SAME(behandelaar_no);
	SAME(waarnemer_no);
	SAME(created_seq);
#undef SAME
	fixture_abort(&f);
}

Test(cases, changes_are_seen_in_the_step_and_stored_at_the_commit)
{
	struct kb_case *edit = NULL;
	struct kb_case *first_edit = NULL;
	struct kb_case got;
	uint64_t last = 0;

	fixture_write(&f);
	uint64_t first = fixture_case(&f, 1, 1);

	for (unsigned i = 2; i <= 300; i++) {
		last = fixture_case(&f, i, 1);
	}
	fixture_commit(&f);
	fixture_write(&f);
	cr_assert_eq(kb_case_edit(f.step, first, &first_edit), KB_OK);
	for (uint64_t no = last; no > first; no--) {
		cr_assert_eq(kb_case_edit(f.step, no, &edit), KB_OK);
		edit->raised_count = (uint32_t)no;
	}
	first_edit->raised_count = 777; /* still the same place after 299 others */
	cr_assert_eq(kb_case_get(f.step, first, &got), KB_OK);
	cr_assert_eq(got.raised_count, 777);
	cr_assert_eq(kb_case_next(f.step, first, &got), KB_OK);
	cr_assert_eq(got.raised_count, first + 1, "a walk sees the row in memory");
	fixture_commit(&f);
	fixture_restart(&f);
	fixture_write(&f);
	cr_assert_eq(kb_case_get(f.step, first, &got), KB_OK);
	cr_assert_eq(got.raised_count, 777);
	cr_assert_eq(kb_case_get(f.step, last, &got), KB_OK);
	cr_assert_eq(got.raised_count, last);
	cr_assert_eq(kb_case_edit(f.step, first, &edit), KB_OK);
	edit->raised_count = 1;
	fixture_abort(&f);
	fixture_read(&f);
	cr_assert_eq(kb_case_get(f.step, first, &got), KB_OK);
	cr_assert_eq(got.raised_count, 777, "an aborted change leaves nothing");
	cr_assert_eq(kb_case_edit(f.step, first, &edit), KB_ERR_STATE);
	fixture_abort(&f);
}

Test(cases, an_aborted_case_leaves_no_id_and_no_number)
{
	struct kb_id id = fixture_id(1);
	uint64_t case_no = 0;

	fixture_write(&f);
	uint64_t taken = fixture_case(&f, 1, 1);

	fixture_abort(&f);
	fixture_write(&f);
	cr_assert_eq(kb_case_find(f.step, &id, &case_no), KB_ERR_NOT_FOUND);
	cr_assert_eq(fixture_case(&f, 1, 1), taken);
	fixture_commit(&f);
}

Test(cases, titles_are_encrypted_and_go_with_the_data_key)
{
	struct kb_case_text text = { .title = kb_span_text("KANARIE-TITEL"),
				     .summary = kb_span_text("KANARIE-TEKST") };
	struct kb_case_text got;
	struct kb_case row;

	fixture_write(&f);
	uint64_t case_no = fixture_case(&f, 1, 1);

	cr_assert_eq(kb_case_text_put(f.step, case_no, &text), KB_OK);
	fixture_commit(&f);
	fixture_restart(&f);
	cr_assert_not(fixture_disk_holds(&f, "KANARIE"));
	fixture_read(&f);
	cr_assert_eq(kb_case_text_get(f.step, case_no, &f.arena, &got), KB_OK);
	cr_assert(kb_span_equal(got.title, text.title));
	cr_assert(kb_span_equal(got.summary, text.summary));
	cr_assert_eq(kb_case_get(f.step, case_no, &row), KB_OK);
	fixture_abort(&f);
	cr_assert_eq(kb_keyring_destroy(kb_store_keyring(f.store), &row.data_key_no, 1, NULL),
		     KB_OK);
	fixture_read(&f);
	cr_assert_eq(kb_case_text_get(f.step, case_no, &f.arena, &got), KB_ERR_NOT_FOUND);
	fixture_abort(&f);
}

Test(cases, a_dossier_belongs_to_pupil_year_and_counterparty)
{
	uint64_t case_no = 0;

	fixture_write(&f);
	cr_assert_eq(kb_dossier_put(f.step, 2025, 7, 1, 11), KB_OK);
	cr_assert_eq(kb_dossier_put(f.step, 2025, 7, 2, 12), KB_OK);
	cr_assert_eq(kb_dossier_put(f.step, 2026, 7, 1, 13), KB_OK);
	fixture_commit(&f);
	fixture_restart(&f);
	fixture_read(&f);
	cr_assert_eq(kb_dossier_find(f.step, 2025, 7, 1, &case_no), KB_OK);
	cr_assert_eq(case_no, 11);
	cr_assert_eq(kb_dossier_find(f.step, 2025, 7, 2, &case_no), KB_OK);
	cr_assert_eq(case_no, 12);
	cr_assert_eq(kb_dossier_find(f.step, 2026, 7, 1, &case_no), KB_OK);
	cr_assert_eq(case_no, 13);
	cr_assert_eq(kb_dossier_find(f.step, 2025, 8, 1, &case_no), KB_ERR_NOT_FOUND);
	fixture_abort(&f);
}

static void
record_put(uint64_t case_no, uint64_t seq)
{
	struct kb_case_record record = { .case_no = case_no,
					 .direction = KB_DIRECTION_IN,
					 .kind = 10,
					 .party_no = 3,
					 .user_no = 2,
					 .at_utc_ms = FIXTURE_NOW_UTC_MS + (int64_t)seq,
					 .ledger_seq = seq,
					 .number = { 3, 1, seq } };

	cr_assert_eq(kb_case_record_put(f.step, &record), KB_OK);
}

Test(cases, records_of_each_case_stand_in_order_whatever_came_between)
{
	struct kb_case_record *records = NULL;
	size_t count = 0;
	struct kb_case row;

	fixture_write(&f);
	uint64_t a = fixture_case(&f, 1, 3);
	uint64_t b = fixture_case(&f, 2, 3);
	uint64_t empty = fixture_case(&f, 3, 3);

	for (uint64_t i = 1; i <= 60; i++) {
		record_put(i % 3 == 0 ? b : a, i);
		if (i % 10 == 0) {
			fixture_commit(&f);
			fixture_write(&f);
		}
	}
	fixture_commit(&f);
	fixture_restart(&f);
	fixture_read(&f);
	cr_assert_eq(kb_case_records(f.step, b, 0, &f.arena, &records, &count), KB_OK);
	cr_assert_eq(count, 20);
	for (size_t i = 0; i < count; i++) {
		cr_assert_eq(records[i].record_no, i + 1);
		cr_assert_eq(records[i].ledger_seq, 3 * (i + 1));
		cr_assert_eq(records[i].number.number, 3 * (i + 1));
		cr_assert_eq(records[i].direction, KB_DIRECTION_IN);
	}
	cr_assert_eq(kb_case_records(f.step, a, 5, &f.arena, &records, &count), KB_OK);
	cr_assert_eq(count, 5);
	cr_assert_eq(records[4].ledger_seq, 59);
	cr_assert_eq(records[0].record_no, 36);
	cr_assert_eq(kb_case_records(f.step, empty, 0, &f.arena, &records, &count), KB_OK);
	cr_assert_eq(count, 0);
	cr_assert_eq(kb_case_get(f.step, a, &row), KB_OK);
	cr_assert_eq(row.last_activity_utc_ms, FIXTURE_NOW_UTC_MS + 59);
	fixture_abort(&f);
	struct kb_error_text where = { 0 };

	cr_assert_eq(kb_store_check(f.store, NULL, NULL, &where), KB_OK, "%s", where.text);
}

Test(cases, a_record_needs_its_case)
{
	struct kb_case_record record = { .case_no = 99, .ledger_seq = 1 };

	fixture_write(&f);
	cr_assert_eq(kb_case_record_put(f.step, &record), KB_ERR_NOT_FOUND);
	fixture_abort(&f);
}

Test(cases, items_of_every_type_are_kept_encrypted_with_author_time_and_visibility)
{
	struct kb_case_item got;

	fixture_write(&f);
	uint64_t case_no = fixture_case(&f, 1, 3);

	for (unsigned type = 1; type < KB_CASE_ITEM_TYPE_COUNT; type++) {
		for (unsigned i = 1; i <= 2; i++) {
			struct kb_case_item item = { .case_no = case_no,
						     .type = (enum kb_case_item_type)type,
						     .author_party_no = 3,
						     .author_user_no = 4,
						     .at_utc_ms = 5,
						     .due_utc_ms = 6,
						     .visibility = KB_VISIBILITY_DESK,
						     .ledger_seq = 7,
						     .payload = kb_span_text("KANARIE-NOTITIE") };

			cr_assert_eq(kb_case_item_put(f.step, &item), KB_OK);
			cr_assert_eq(item.item_no, i);
			cr_assert_eq(item.revision, 1);
			cr_assert_neq(kb_case_item_type_name(item.type)[0], 0);
		}
	}
	fixture_commit(&f);
	fixture_restart(&f);
	cr_assert_not(fixture_disk_holds(&f, "KANARIE"));
	fixture_write(&f);
	cr_assert_eq(kb_case_item_get(f.step, case_no, KB_ITEM_TASK, 2, &f.arena, &got), KB_OK);
	cr_assert_eq(got.author_user_no, 4);
	cr_assert_eq(got.due_utc_ms, 6);
	cr_assert_eq(got.visibility, KB_VISIBILITY_DESK);
	cr_assert(kb_span_equal(got.payload, kb_span_text("KANARIE-NOTITIE")));
	got.done_utc_ms = 99;
	got.payload = kb_span_text("klaar");
	cr_assert_eq(kb_case_item_put(f.step, &got), KB_OK);
	cr_assert_eq(kb_case_item_get(f.step, case_no, KB_ITEM_TASK, 2, &f.arena, &got), KB_OK);
	cr_assert_eq(got.revision, 2);
	cr_assert_eq(got.done_utc_ms, 99);
	cr_assert(kb_span_equal(got.payload, kb_span_text("klaar")));
	cr_assert_eq(kb_case_item_next(f.step, case_no, KB_ITEM_TASK, 0, &f.arena, &got), KB_OK);
	cr_assert_eq(got.item_no, 1);
	cr_assert_eq(kb_case_item_next(f.step, case_no, KB_ITEM_TASK, 2, &f.arena, &got),
		     KB_ERR_NOT_FOUND, "the next type is another list");
	cr_assert_eq(kb_case_item_delete(f.step, case_no, KB_ITEM_TASK, 1), KB_OK);
	cr_assert_eq(kb_case_item_get(f.step, case_no, KB_ITEM_TASK, 1, &f.arena, &got),
		     KB_ERR_NOT_FOUND);
	struct kb_case_item bad = { .case_no = 99,
				    .type = KB_ITEM_NOTE,
				    .visibility = KB_VISIBILITY_DESK };

	cr_assert_eq(kb_case_item_put(f.step, &bad), KB_ERR_NOT_FOUND);
	bad.case_no = case_no;
	bad.visibility = KB_VISIBILITY_NONE;
	cr_assert_eq(kb_case_item_put(f.step, &bad), KB_ERR_BAD_VALUE);
	fixture_commit(&f);
}
