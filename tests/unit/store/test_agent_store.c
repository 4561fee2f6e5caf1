/* SPDX-License-Identifier: EUPL-1.2 */
/* The store as a whole: one step over all tables, restarts, damage, restore, the ledger beside the tables. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/store/agent_tables.h"
#include "common/store/case_records.h"
#include "common/store/epochs.h"
#include "common/store/failpoint.h"
#include "common/store/outbox.h"
#include "common/store/parties.h"
#include "common/store/record.h"
#include "common/store/seen.h"
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

TestSuite(agent_store, .init = setup, .fini = teardown);

/* Everything that one received message does, in one step. */
static enum kb_err
receive_one(struct kb_step *step, void *state)
{
	unsigned number = *(unsigned *)state;
	struct kb_party_id party = fixture_party(5);
	struct kb_id case_id = fixture_id(7);
	struct kb_case opened = { .case_id = case_id, .status = KB_CASE_OPEN };
	struct kb_seen_row seen = { .outcome = KB_SEEN_STORED,
				    .key = { .epoch_no = 1, .number = number },
				    .commitment = fixture_hash(number),
				    .message_id = fixture_id(number) };
	struct kb_record record = { .type = KB_RECORD_MESSAGE_IN,
				    .at_utc_ms = FIXTURE_NOW_UTC_MS,
				    .header = kb_span_text("header"),
				    .seal = kb_span_text("seal") };
	struct kb_case_record event = { .direction = KB_DIRECTION_IN, .kind = 10 };
	struct kb_receipt_out receipt = { .envelope = kb_span_text("receipt") };
	enum kb_err err = kb_party_take(step, &party, &seen.key.party_no);

	if (err == KB_OK) {
		err = kb_case_find(step, &case_id, &event.case_no);
	}
	if (err == KB_ERR_NOT_FOUND) {
		err = kb_case_create(step, &opened);
		event.case_no = opened.case_no;
	}
	if (err == KB_OK) {
		err = kb_case_get(step, event.case_no, &opened);
	}
	if (err == KB_OK) {
		record.data_key_no = opened.data_key_no;
		record.case_no = event.case_no;
		err = kb_record_append(step, &record, kb_span_text("body"), &seen.ledger_seq);
	}
	if (err == KB_OK) {
		err = kb_seen_put(step, &seen);
	}
	if (err == KB_OK) {
		event.ledger_seq = seen.ledger_seq;
		event.number = seen.key;
		err = kb_case_record_put(step, &event);
	}
	if (err == KB_OK) {
		receipt.recipient_no = seen.key.party_no;
		err = kb_receipt_out_put(step, &receipt);
	}
	return err;
}

static uint64_t
rows_in_all_tables(void)
{
	uint64_t rows = 0;

	fixture_read(&f);
	for (size_t i = 0; i < kb_store_table_count(); i++) {
		rows += kb_store_table_rows(f.step, i);
	}
	fixture_abort(&f);
	return rows;
}

Test(agent_store, a_step_is_whole_or_not_there)
{
	unsigned number = 1;
	uint64_t before = rows_in_all_tables();
	struct kb_ledger_head head;

	kb_ledger_committed_head(kb_store_ledger(f.store), &head);
	uint64_t size = head.size;

	fixture_write(&f);
	cr_assert_eq(receive_one(f.step, &number), KB_OK);
	fixture_abort(&f);
	cr_assert_eq(rows_in_all_tables(), before);
	kb_ledger_committed_head(kb_store_ledger(f.store), &head);
	cr_assert_eq(head.size, size);
	cr_assert_eq(kb_step_run(f.store, receive_one, &number, NULL), KB_OK);
	cr_assert_gt(rows_in_all_tables(), before);
	uint64_t after = rows_in_all_tables();

	/* A duplicate makes the whole step fail, what came before it included. */
	cr_assert_eq(kb_step_run(f.store, receive_one, &number, NULL), KB_ERR_DUPLICATE);
	cr_assert_eq(rows_in_all_tables(), after);
	fixture_restart(&f);
	cr_assert_eq(rows_in_all_tables(), after);
	struct kb_error_text where = { 0 };

	cr_assert_eq(kb_store_check(f.store, NULL, NULL, &where), KB_OK, "%s", where.text);
}

Test(agent_store, a_map_that_is_full_grows_and_the_step_runs_again_once)
{
	unsigned number = 1;

	cr_assert_eq(kb_failpoint_set("env-map-full:error:4"), KB_OK);
	cr_assert_eq(kb_step_run(f.store, receive_one, &number, NULL), KB_OK);
	cr_assert_eq(kb_failpoint_set(NULL), KB_OK);
	fixture_read(&f);
	struct kb_edge_in edge;

	cr_assert_eq(kb_edge_in_get(f.step, 1, 1, &edge), KB_OK);
	cr_assert_eq(edge.seen_count, 1);
	cr_assert_eq(edge.highest, 1);
	fixture_abort(&f);
	struct kb_error_text where = { 0 };

	cr_assert_eq(kb_store_check(f.store, NULL, NULL, &where), KB_OK, "%s", where.text);
}

Test(agent_store, a_full_disk_loses_the_step_and_nothing_else)
{
	unsigned number = 1;

	cr_assert_eq(kb_step_run(f.store, receive_one, &number, NULL), KB_OK);
	number = 2;
	cr_assert_eq(kb_failpoint_set("env-commit-no-space:error"), KB_OK);
	cr_assert_eq(kb_step_run(f.store, receive_one, &number, NULL), KB_ERR_NO_SPACE);
	cr_assert_eq(kb_failpoint_set(NULL), KB_OK);
	cr_assert_eq(kb_step_run(f.store, receive_one, &number, NULL), KB_OK);
	struct kb_error_text where = { 0 };

	cr_assert_eq(kb_store_check(f.store, NULL, NULL, &where), KB_OK, "%s", where.text);
}

Test(agent_store, only_one_step_is_open_and_a_read_step_changes_nothing)
{
	struct kb_step *second = NULL;
	struct kb_number_key key;
	struct kb_case row = { .case_id = fixture_id(1) };
	uint64_t key_no = 0;

	fixture_read(&f);
	cr_assert_eq(kb_step_begin(f.store, KB_STEP_WRITE, &second), KB_ERR_STATE);
	cr_assert_eq(kb_step_run(f.store, receive_one, &key_no, NULL), KB_ERR_STATE);
	cr_assert_eq(kb_outbox_number(f.step, 1, &key), KB_ERR_STATE);
	cr_assert_eq(kb_case_create(f.step, &row), KB_ERR_STATE);
	cr_assert_eq(kb_step_key_assign(f.step, &key_no), KB_ERR_STATE);
	cr_assert_not(kb_step_writes(f.step));
	fixture_abort(&f);
}

Test(agent_store, data_keys_are_never_given_twice)
{
	uint64_t first = 0;
	uint64_t second = 0;

	fixture_write(&f);
	cr_assert_eq(kb_step_key_assign(f.step, &first), KB_OK);
	fixture_commit(&f);
	fixture_restart(&f);
	fixture_write(&f);
	cr_assert_eq(kb_step_key_assign(f.step, &second), KB_OK);
	cr_assert_gt(second, first);
	fixture_commit(&f);
}

Test(agent_store, another_party_a_second_process_and_another_master_are_refused)
{
	struct kb_clock clock = kb_clock_of_fake(&f.clock);
	struct kb_random random = kb_random_of_seed(&f.seed);
	struct kb_error_text where = { 0 };
	struct kb_store *other = NULL;
	struct kb_store_options options = { .path = f.data,
					    .master = &f.master,
					    .self = fixture_party(0),
					    .clock = &clock,
					    .random = &random };

	cr_assert_eq(kb_store_open(&options, &other, &where), KB_ERR_LOCKED);
	cr_assert_neq(where.text[0], 0);
	kb_store_close(f.store);
	f.store = NULL;
	options.self = fixture_party(9);
	cr_assert_eq(kb_store_open(&options, &other, &where), KB_ERR_CONFIG);
	cr_assert_not_null(strstr(where.text, "00000099000000000009"));
	options.self = fixture_party(0);
	f.master.at[0] ^= 1;
	cr_assert_eq(kb_store_open(&options, &other, &where), KB_ERR_KEY_FILE, "%s", where.text);
	f.master.at[0] ^= 1;
	cr_assert_eq(kb_store_open(&options, &f.store, &where), KB_OK, "%s", where.text);
}

Test(agent_store, the_marker_tells_a_restored_store)
{
	unsigned number = 1;
	char copy[FIXTURE_PATH_MAX + 16];
	char command[3 * FIXTURE_PATH_MAX];

	cr_assert_eq(kb_step_run(f.store, receive_one, &number, NULL), KB_OK);
	fixture_restart(&f);
	cr_assert_eq(kb_store_marker_verdict(f.store), KB_MARKER_EQUAL);
	(void)snprintf(copy, sizeof(copy), "%.200s/copy.mdb", f.folder);
	cr_assert_eq(kb_env_copy(kb_store_env(f.store), copy, NULL), KB_OK);
	number = 2;
	cr_assert_eq(kb_step_run(f.store, receive_one, &number, NULL), KB_OK);
	kb_store_close(f.store);
	f.store = NULL;
	(void)snprintf(command, sizeof(command), "%.200s", f.data_file);
	cr_assert_eq(rename(copy, command), 0);
	fixture_restart(&f);
	cr_assert_eq(kb_store_marker_verdict(f.store), KB_MARKER_RESTORED);
}

Test(agent_store, a_marker_without_a_store_means_restored)
{
	char gone[FIXTURE_PATH_MAX + 16];
	unsigned number = 1;

	cr_assert_eq(kb_step_run(f.store, receive_one, &number, NULL), KB_OK);
	kb_store_close(f.store);
	f.store = NULL;
	(void)snprintf(gone, sizeof(gone), "%.200s/gone", f.folder);
	cr_assert_eq(rename(f.data, gone), 0);
	fixture_restart(&f);
	cr_assert_eq(kb_store_marker_verdict(f.store), KB_MARKER_RESTORED);
	/* As long as nothing was committed the note stays. */
	fixture_restart(&f);
	cr_assert_eq(kb_store_marker_verdict(f.store), KB_MARKER_RESTORED);
	cr_assert_eq(kb_step_run(f.store, receive_one, &number, NULL), KB_OK);
	fixture_restart(&f);
	cr_assert_eq(kb_store_marker_verdict(f.store), KB_MARKER_EQUAL);
}

/* Takes a row away behind the back of the tables: only a check across tables can see it. */
static enum kb_err
lose_outbox_row(struct kb_step *step, void *state)
{
	size_t count = 0;

	(void)state;
	return kb_del_range(kb_step_txn(step), KB_TABLE_OUTBOX, kb_span("", 1), KB_SPAN_NONE, 1,
			    &count);
}

static enum kb_err
send_one(struct kb_step *step, void *state)
{
	struct kb_number_key key = { 0 };
	struct kb_sent_row sent = { .attempt = 1 };
	enum kb_err err = kb_outbox_number(step, 1, &key);

	(void)state;
	return err == KB_OK ? kb_outbox_put(step, &key, &sent, kb_span_text("x")) : err;
}

Test(agent_store, a_row_that_is_missing_in_one_table_is_found_by_verification)
{
	struct kb_error_text where = { 0 };
	struct kb_store_health health;
	unsigned number = 1;

	cr_assert_eq(kb_step_run(f.store, send_one, NULL, NULL), KB_OK);
	cr_assert_eq(kb_store_check(f.store, NULL, NULL, &where), KB_OK, "%s", where.text);
	cr_assert_eq(kb_step_run(f.store, lose_outbox_row, NULL, NULL), KB_OK);
	cr_assert_eq(kb_store_check(f.store, NULL, NULL, &where), KB_ERR_CORRUPT);
	cr_assert_not_null(strstr(where.text, "outbox"), "%s", where.text);
	kb_store_health(f.store, &health);
	cr_assert_eq(health.env.state, KB_ERR_READ_ONLY);
	cr_assert_eq(kb_step_run(f.store, receive_one, &number, NULL), KB_ERR_READ_ONLY);
}

Test(agent_store, no_flipped_bit_gives_wrong_data)
{
	struct kb_random_seeded seeded = { .state = 5 };
	struct kb_random random = kb_random_of_seed(&seeded);
	unsigned detected = 0;

	for (unsigned i = 1; i <= 40; i++) {
		cr_assert_eq(kb_step_run(f.store, receive_one, &i, NULL), KB_OK);
	}
	kb_store_close(f.store);
	f.store = NULL;
	FILE *file = fopen(f.data_file, "r+b");

	cr_assert_not_null(file);
	cr_assert_eq(fseek(file, 0, SEEK_END), 0);
	long size = ftell(file);

	for (unsigned round = 0; round < 150; round++) {
		uint32_t drawn[2];
		struct kb_store *store = NULL;
		struct kb_clock clock = kb_clock_of_fake(&f.clock);
		struct kb_error_text where = { 0 };
		struct kb_store_options options = { .path = f.data,
						    .master = &f.master,
						    .self = fixture_party(0),
						    .clock = &clock,
						    .random = &random };

		kb_random_fill(&random, drawn, sizeof(drawn));
		long at = (long)(drawn[0] % (uint32_t)size);

		cr_assert_eq(fseek(file, at, SEEK_SET), 0);
		int byte = fgetc(file);

		cr_assert_eq(fseek(file, at, SEEK_SET), 0);
		cr_assert_neq(fputc(byte ^ (1 << drawn[1] % 8), file), EOF);
		cr_assert_eq(fflush(file), 0);
		enum kb_err err = kb_store_open(&options, &store, &where);

		if (err != KB_OK) {
			detected++;
			cr_assert_neq(where.text[0], 0);
		} else {
			struct kb_step *step = NULL;
			struct kb_store_health health;

			kb_store_health(store, &health);
			bool bad = health.env.state != KB_OK;

			cr_assert_eq(kb_step_begin(store, KB_STEP_READ, &step), KB_OK);
			for (unsigned n = 1; n <= 40; n++) {
				struct kb_number_key key = { 1, 1, n };
				struct kb_seen_row row;
				struct kb_record_read read;
				struct kb_hash hash = fixture_hash(n);

				err = kb_seen_get(step, &key, &row);
				bad = bad || err != KB_OK;
				if (err == KB_OK) {
					cr_assert(kb_hash_equal(&row.commitment, &hash));
					err = kb_record_get(step, row.ledger_seq, &read);
					bad = bad || err != KB_OK;
				}
				if (err == KB_OK) {
					cr_assert(kb_span_equal(read.clear.header,
								kb_span_text("header")));
				}
				cr_assert(err == KB_OK || err == KB_ERR_CORRUPT, "%s",
					  kb_err_name(err));
			}
			kb_step_abort(&step);
			detected += bad ? 1 : 0;
			kb_store_close(store);
		}
		cr_assert_eq(fseek(file, at, SEEK_SET), 0);
		cr_assert_neq(fputc(byte, file), EOF);
		cr_assert_eq(fflush(file), 0);
	}
	(void)fclose(file);
	cr_assert_gt(detected, 10);
	fixture_restart(&f);
}

Test(agent_store, the_wall_time_of_commits_never_falls)
{
	struct kb_store_health health;
	unsigned number = 1;

	cr_assert_eq(kb_step_run(f.store, receive_one, &number, NULL), KB_OK);
	f.clock.utc_ms -= 3600 * 1000;
	number = 2;
	cr_assert_eq(kb_step_run(f.store, receive_one, &number, NULL), KB_OK);
	kb_store_health(f.store, &health);
	cr_assert_eq(health.last_commit_utc_ms, FIXTURE_NOW_UTC_MS);
	cr_assert_eq(health.created_utc_ms, FIXTURE_NOW_UTC_MS);
	cr_assert_eq(health.schema, KB_STORE_SCHEMA);
	fixture_restart(&f);
	kb_store_health(f.store, &health);
	cr_assert_eq(health.last_commit_utc_ms, FIXTURE_NOW_UTC_MS);
}

Test(agent_store, table_numbers_are_fixed)
{
	/* The number is part of every stored hash: this list may only grow at its end. */
	static const char *const expected[] = {
		"meta",		"log",		"tree",		 "lookups",	  "epochs",
		"epoch_ids",	"parties",	"party_ids",	 "party_entries", "party_gemeenten",
		"witnesses",	"edges",	"outbox",	 "sent",	  "receipts_out",
		"seen",		"held",		"cases",	 "case_ids",	  "case_texts",
		"case_records", "case_items",	"dossiers",	 "deadlines",	  "case_clocks",
		"consent",	"subjects",	"subject_links", "pupils",	  "attendance",
		"meldingen",	"school_years", "users",	 "access",	  "mandates",
		"reviews",	"chain",	"profiles",
	};

	cr_assert_eq(kb_store_table_count(), sizeof(expected) / sizeof(expected[0]));
	for (size_t i = 0; i < kb_store_table_count(); i++) {
		cr_assert_str_eq(kb_store_table_name(i), expected[i]);
	}
	cr_assert_str_eq(kb_store_table_name(99), "");
}
