/* SPDX-License-Identifier: EUPL-1.2 */
/* Log records and access records. */
#include <criterion/criterion.h>

#include "common/store/access.h"
#include "common/store/record.h"
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

TestSuite(record, .init = setup, .fini = teardown);

static struct kb_record
message_in(uint64_t key_no)
{
	return (struct kb_record){ .type = KB_RECORD_MESSAGE_IN,
				   .at_utc_ms = FIXTURE_NOW_UTC_MS,
				   .user_no = 1,
				   .party_no = 2,
				   .case_no = 3,
				   .data_key_no = key_no,
				   .ref_seq = 4,
				   .code = 5,
				   .count = 6,
				   .header = kb_span_text("HEADER-AS-RECEIVED"),
				   .seal = kb_span_text("SEAL-AS-RECEIVED"),
				   .note = kb_span_text("NOTE") };
}

Test(record, comes_back_as_it_was_and_its_body_only_with_the_key)
{
	struct kb_record_read read;
	struct kb_span hidden;
	uint64_t key_no = 0;
	uint64_t seq = 0;

	fixture_write(&f);
	cr_assert_eq(kb_step_key_assign(f.step, &key_no), KB_OK);
	struct kb_record record = message_in(key_no);

	cr_assert_eq(kb_record_append_message(f.step, &record, kb_span_text("ZOUT"),
					      kb_span_text("KANARIE-BERICHT"), &seq),
		     KB_OK);
	fixture_commit(&f);
	fixture_restart(&f);
	cr_assert(fixture_disk_holds(&f, "HEADER-AS-RECEIVED"), "the search does find clear bytes");
	cr_assert_not(fixture_disk_holds(&f, "KANARIE"));
	fixture_read(&f);
	cr_assert_eq(kb_record_get(f.step, seq, &read), KB_OK);
	cr_assert_eq(read.clear.type, KB_RECORD_MESSAGE_IN);
	cr_assert_eq(read.clear.at_utc_ms, FIXTURE_NOW_UTC_MS);
	cr_assert_eq(read.clear.user_no, 1);
	cr_assert_eq(read.clear.party_no, 2);
	cr_assert_eq(read.clear.case_no, 3);
	cr_assert_eq(read.clear.data_key_no, key_no);
	cr_assert_eq(read.clear.ref_seq, 4);
	cr_assert_eq(read.clear.code, 5);
	cr_assert_eq(read.clear.count, 6);
	cr_assert(kb_span_equal(read.clear.header, record.header));
	cr_assert(kb_span_equal(read.clear.seal, record.seal));
	cr_assert(kb_span_equal(read.clear.note, record.note));
	cr_assert_eq(kb_record_open(f.step, &read, &f.arena, &hidden), KB_OK);
	cr_assert(kb_span_equal(hidden, kb_span_text("ZOUTKANARIE-BERICHT")));
	fixture_abort(&f);
}

Test(record, erasing_the_key_leaves_the_log_verifiable)
{
	struct kb_record_read read;
	struct kb_span hidden;
	struct kb_error_text where = { 0 };
	uint64_t key_no = 0;
	uint64_t seq = 0;

	fixture_write(&f);
	cr_assert_eq(kb_step_key_assign(f.step, &key_no), KB_OK);
	struct kb_record record = message_in(key_no);

	cr_assert_eq(kb_record_append(f.step, &record, kb_span_text("geheim"), &seq), KB_OK);
	fixture_commit(&f);
	cr_assert_eq(kb_keyring_destroy(kb_store_keyring(f.store), &key_no, 1, &where), KB_OK, "%s",
		     where.text);
	fixture_read(&f);
	cr_assert_eq(kb_record_get(f.step, seq, &read), KB_OK);
	cr_assert_eq(kb_record_open(f.step, &read, &f.arena, &hidden), KB_ERR_NOT_FOUND);
	cr_assert(kb_span_equal(read.clear.header, record.header));
	fixture_abort(&f);
	cr_assert_eq(kb_store_check(f.store, NULL, NULL, &where), KB_OK, "%s", where.text);
	fixture_restart(&f);
}

Test(record, a_refused_message_has_header_and_reason_only)
{
	struct kb_record refusal = { .type = KB_RECORD_REFUSED_IN,
				     .at_utc_ms = FIXTURE_NOW_UTC_MS,
				     .party_no = 2,
				     .code = 40,
				     .header = kb_span_text("header") };
	struct kb_record_read read;
	struct kb_span hidden;
	uint64_t seq = 0;

	fixture_write(&f);
	cr_assert_eq(kb_record_append(f.step, &refusal, KB_SPAN_NONE, &seq), KB_OK);
	cr_assert_eq(kb_record_append(f.step, &refusal, kb_span_text("body"), &seq),
		     KB_ERR_BAD_VALUE, "a hidden part needs a key");
	cr_assert_eq(kb_record_get(f.step, seq, &read), KB_OK);
	cr_assert_eq(read.sealed_hidden.len, 0);
	cr_assert_eq(kb_record_open(f.step, &read, &f.arena, &hidden), KB_ERR_NOT_FOUND);
	fixture_commit(&f);
}

Test(record, refuses_what_is_too_large_or_of_no_known_type)
{
	static uint8_t large[KB_RECORD_HIDDEN_MAX + 1];
	struct kb_record record = { .type = (enum kb_record_type)99 };
	uint64_t key_no = 0;
	uint64_t seq = 0;

	fixture_write(&f);
	cr_assert_eq(kb_step_key_assign(f.step, &key_no), KB_OK);
	cr_assert_eq(kb_record_append(f.step, &record, KB_SPAN_NONE, &seq), KB_ERR_BAD_VALUE);
	record = message_in(key_no);
	cr_assert_eq(kb_record_append(f.step, &record, kb_span(large, sizeof(large)), &seq),
		     KB_ERR_OVERSIZE);
	cr_assert_eq(kb_record_append(f.step, &record, kb_span(large, KB_RECORD_HIDDEN_MAX), &seq),
		     KB_OK);
	record.header = kb_span(large, KB_RECORD_CLEAR_MAX + 1);
	cr_assert_eq(kb_record_append(f.step, &record, KB_SPAN_NONE, &seq), KB_ERR_OVERSIZE);
	fixture_commit(&f);
}

Test(record, every_truncation_and_tail_is_refused)
{
	static const uint8_t bytes[] = {
		1,   KB_RECORD_VIEW,
		0,   0,
		0,   0,
		0,   0,
		0,   1, /* time */
		0,   0,
		0,   0,
		0,   0,
		0,   2, /* user */
		0,   0,
		0,   3, /* party */
		0,   0,
		0,   0,
		0,   0,
		0,   4, /* case */
		0,   0,
		0,   0,
		0,   0,
		0,   5, /* key */
		0,   0,
		0,   0,
		0,   0,
		0,   6, /* ref */
		0,   0,
		0,   7, /* code */
		0,   0,
		0,   0,
		0,   0,
		0,   8, /* count */
		0,   0,
		0,   1,
		'h', /* header */
		0,   0,
		0,   1,
		's', /* seal */
		0,   0,
		0,   0, /* note */
		0,   0,
		0,   2,
		'x', 'y', /* hidden */
		99,	  /* too much */
	};
	struct kb_record_read read;

	for (size_t len = 0; len + 1 < sizeof(bytes); len++) {
		cr_assert_eq(kb_record_decode(kb_span(bytes, len), &read), KB_ERR_CORRUPT, "%zu",
			     len);
	}
	cr_assert_eq(kb_record_decode(kb_span(bytes, sizeof(bytes) - 1), &read), KB_OK);
	cr_assert_eq(read.clear.count, 8);
	cr_assert_eq(read.sealed_hidden.len, 2);
	cr_assert_eq(kb_record_decode(kb_span(bytes, sizeof(bytes)), &read), KB_ERR_CORRUPT);
}

Test(record, the_first_record_of_a_year_reads_as_such)
{
	struct kb_record record = { .type = KB_RECORD_STARTED, .at_utc_ms = FIXTURE_NOW_UTC_MS };
	struct kb_record_read read;
	uint64_t first = 0;
	uint64_t second = 0;

	fixture_write(&f);
	cr_assert_eq(kb_record_append(f.step, &record, KB_SPAN_NONE, &first), KB_OK);
	record.at_utc_ms += (int64_t)366 * 24 * 3600 * 1000;
	cr_assert_eq(kb_record_append(f.step, &record, KB_SPAN_NONE, &second), KB_OK);
	cr_assert_eq(second, first + 2);
	cr_assert_eq(kb_record_get(f.step, first + 1, &read), KB_OK);
	cr_assert_eq(read.clear.type, KB_RECORD_YEAR);
	cr_assert_gt(read.clear.note.len, 0);
	fixture_commit(&f);
}

Test(record, type_names_are_there_and_numbers_are_known)
{
	unsigned known = 0;

	for (uint32_t number = 0; number < 256; number++) {
		bool named = kb_record_type_name((enum kb_record_type)number)[0] != 0;

		cr_assert_eq(kb_record_type_known(number), named, "%u", number);
		known += named ? 1 : 0;
	}
	cr_assert_geq(known, 30);
	cr_assert(kb_record_type_is_access(KB_RECORD_EXPORT));
	cr_assert_not(kb_record_type_is_access(KB_RECORD_MESSAGE_IN));
	cr_assert_not(kb_record_type_is_access(KB_RECORD_ADMINISTRATION));
}

Test(record, access_is_logged_under_the_key_of_its_year_and_listed_per_case)
{
	struct kb_access access = { .event = KB_RECORD_VIEW,
				    .at_utc_ms = FIXTURE_NOW_UTC_MS,
				    .user_no = 7,
				    .desk = 1,
				    .case_no = 3,
				    .ground = 1,
				    .emergency = true,
				    .count = 1,
				    .what = kb_span_text("case show"),
				    .reason = kb_span_text("KANARIE-REDEN") };
	struct kb_access got;
	uint64_t first = 0;
	uint64_t other = 0;
	uint64_t second = 0;
	uint64_t at = 0;
	uint64_t year_key = 0;

	fixture_write(&f);
	cr_assert_eq(kb_access_log(f.step, &access, &first), KB_OK);
	access.case_no = 4;
	cr_assert_eq(kb_access_log(f.step, &access, &other), KB_OK);
	access.case_no = 3;
	access.event = KB_RECORD_PRINT;
	access.responsible_no = 8;
	cr_assert_eq(kb_access_log(f.step, &access, &second), KB_OK);
	access.event = KB_RECORD_MESSAGE_IN;
	cr_assert_eq(kb_access_log(f.step, &access, NULL), KB_ERR_BAD_VALUE);
	access.event = KB_RECORD_VIEW;
	access.user_no = 0;
	cr_assert_eq(kb_access_log(f.step, &access, NULL), KB_ERR_BAD_VALUE, "somebody looked");
	fixture_commit(&f);
	fixture_restart(&f);
	cr_assert_not(fixture_disk_holds(&f, "KANARIE"));
	fixture_read(&f);
	cr_assert_eq(kb_access_next(f.step, 3, 0, &at), KB_OK);
	cr_assert_eq(at, first);
	cr_assert_eq(kb_access_next(f.step, 3, at, &at), KB_OK);
	cr_assert_eq(at, second);
	cr_assert_eq(kb_access_next(f.step, 3, at, &at), KB_ERR_NOT_FOUND);
	cr_assert_eq(kb_access_get(f.step, second, &f.arena, &got), KB_OK);
	cr_assert_eq(got.event, KB_RECORD_PRINT);
	cr_assert_eq(got.user_no, 7);
	cr_assert_eq(got.responsible_no, 8);
	cr_assert_eq(got.case_no, 3);
	cr_assert_eq(got.ground, 1);
	cr_assert(got.emergency);
	cr_assert(kb_span_equal(got.what, kb_span_text("case show")));
	cr_assert(kb_span_equal(got.reason, kb_span_text("KANARIE-REDEN")));
	cr_assert_eq(kb_step_year_key_find(f.step, 2026, &year_key), KB_OK);
	fixture_abort(&f);
	cr_assert_eq(kb_keyring_destroy(kb_store_keyring(f.store), &year_key, 1, NULL), KB_OK);
	fixture_read(&f);
	cr_assert_eq(kb_access_get(f.step, second, &f.arena, &got), KB_ERR_NOT_FOUND);
	fixture_abort(&f);
}

Test(record, each_calendar_year_has_its_own_key)
{
	uint64_t first = 0;
	uint64_t again = 0;
	uint64_t next = 0;

	fixture_write(&f);
	cr_assert_eq(kb_step_year_key(f.step, &first), KB_OK);
	cr_assert_eq(kb_step_year_key(f.step, &again), KB_OK);
	cr_assert_eq(first, again);
	fixture_commit(&f);
	f.clock.utc_ms += (int64_t)365 * 24 * 3600 * 1000;
	fixture_write(&f);
	cr_assert_eq(kb_step_year_key(f.step, &next), KB_OK);
	cr_assert_neq(next, first);
	cr_assert_eq(kb_step_year_key_find(f.step, 2027, &again), KB_OK);
	cr_assert_eq(again, next);
	cr_assert_eq(kb_step_year_key_find(f.step, 2028, &again), KB_ERR_NOT_FOUND);
	fixture_commit(&f);
}
