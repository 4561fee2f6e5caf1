/* SPDX-License-Identifier: EUPL-1.2 */
/* A full disk, a map that must grow, a commit that fails, and what is forgotten after 400 days. */
#include <stdio.h>

#include "broker/broker_config.h"
#include "broker/broker_log.h"
#include "broker/broker_store.h"
#include "broker/duplicates.h"
#include "broker/numbers.h"
#include "common/base/file.h"
#include "common/store/failpoint.h"
#include "tests/unit/broker/broker_fixture.h"

TestSuite(faults, .init = fixture_init, .fini = fixture_release, .timeout = 100);

#define DAY_MS ((int64_t)24 * 60 * 60 * 1000)

static struct kb_fake_message
to(size_t i, uint64_t number)
{
	return (struct kb_fake_message){ .recipient = &fixture.world.parties[i].id,
					 .number = number };
}

Test(faults, a_full_disk_refuses_publishes_and_goes_on_when_there_is_room)
{
	fixture_open_broker();
	(void)fixture_agent(0);
	cr_assert_eq(fixture_publish(&fixture.agents[0], to(1, 1)), 0);
	KB_FAKE_OK(kb_failpoint_set("env-commit-no-space:error:1"));
	cr_assert_eq(fixture_publish(&fixture.agents[0], to(1, 2)),
		     kb_err_reason(KB_ERR_STORE_FULL));
	cr_assert_eq(fixture_counts().waiting, 1);
	cr_assert_eq(fixture_publish(&fixture.agents[0], to(1, 2)), 0);
	/* The confirmation that meets a full disk is not lost. */
	KB_FAKE_OK(kb_failpoint_set("env-commit-no-space:error:1"));
	fixture.agents[1].credit = 100;
	(void)fixture_agent(1);
	UNTIL(fixture.agents[1].mail_count == 2 && fixture_counts().waiting == 0);
	KB_FAKE_OK(kb_failpoint_set(NULL));
}

Test(faults, a_map_that_must_grow_in_the_middle_of_a_step_loses_and_doubles_nothing)
{
	uint64_t number = 0;
	uint64_t accepted = 0;

	fixture_open_broker();
	fixture.agents[1].credit = 1000;
	(void)fixture_agent(0);
	(void)fixture_agent(1);
	/* The n-th write of a step finds the map full, for every n there is. */
	for (unsigned n = 1; n <= 40; n++) {
		struct kb_fake_message messages[3] = { to(1, number + 1), to(1, number + 2),
						       to(3, number + 1) };
		char failpoint[64];
		uint64_t results = fixture.agents[0].results;

		if (n % 8 == 0) {
			/* Every time doubles the map: a new start takes it back to what it needs. */
			fixture_close_broker();
			fixture_open_broker();
			accepted += n == 8 ? 21 : 24;
			UNTIL(fixture.agents[0].heard[KB_FRAME_WELCOME] == 1 + n / 8);
		}
		(void)snprintf(failpoint, sizeof(failpoint), "env-map-full:error:%u", n);
		KB_FAKE_OK(kb_failpoint_set(failpoint));
		(void)kb_fake_agent_publish(&fixture.agents[0], messages, 3);
		UNTIL(fixture.agents[0].results == results + 1);
		cr_assert_eq(fixture.agents[0].result.refused_count, 0, "n %u: %u", n,
			     fixture.agents[0].last_reason);
		number += 2;
	}
	KB_FAKE_OK(kb_failpoint_set(NULL));
	UNTIL(fixture.agents[1].mail_count >= 80 && fixture_counts().waiting == 40);
	cr_assert_eq(accepted + fixture_counts().accepted, 120);
	for (uint64_t i = 1; i <= 80; i++) {
		cr_assert_not_null(
			kb_fake_agent_find(&fixture.agents[1], &fixture.world.parties[0].id, i));
	}
}

Test(faults, a_commit_that_fails_stops_the_broker_and_nobody_hears_accepted)
{
	struct kb_fake_message message = to(1, 1);

	fixture_open_broker();
	(void)fixture_agent(0);
	KB_FAKE_OK(kb_failpoint_set("env-commit:error:1"));
	(void)kb_fake_agent_publish(&fixture.agents[0], &message, 1);
	while (!kb_loop_stopping(fixture.loop)) {
		cr_assert_eq(kb_loop_step(fixture.loop, 20), KB_OK);
	}
	cr_assert_eq(kb_loop_run(fixture.loop), KB_ERR_IO);
	cr_assert_eq(fixture.agents[0].results, 0);
	KB_FAKE_OK(kb_failpoint_set(NULL));
}

Test(faults, duplicates_and_headers_are_forgotten_by_age_and_roots_stay)
{
	struct kb_broker_store_options options = { .folder = fixture.world.store_path };
	struct kb_random random = kb_random_system();
	struct kb_broker_store store;
	struct kb_broker_log log;
	struct kb_broker_identity identity = { .party = fixture.world.broker.id,
					       .sign_key = fixture.world.broker.sign_key,
					       .key_version = 1 };
	struct kb_duplicate_key key = { 1, 1, 2, 0 };
	struct kb_txn *txn = NULL;
	struct kb_ledger_head before;
	struct kb_ledger_head after;
	const int64_t start = INT64_C(1767225600000); /* 2026-01-01 */
	size_t dropped = 0;
	bool done = false;

	KB_FAKE_OK(kb_broker_store_open(&options, &random, &store, NULL));
	identity.epoch = store.epoch;
	KB_FAKE_OK(kb_broker_log_open(store.env, &identity, &log, NULL));
	KB_FAKE_OK(kb_txn_begin_write(store.env, &txn));
	for (uint64_t number = 1; number <= 1000; number++) {
		struct kb_duplicate row = {
			.attempt = 1,
			.place = { 2, KB_LANE_NORMAL, number },
			.accepted_at_utc_ms = start + (int64_t)number * 1000,
		};

		key.number = number;
		KB_FAKE_OK(kb_duplicate_put(txn, &key, &row));
		KB_FAKE_OK(
			kb_broker_log_append(&log, txn, row.accepted_at_utc_ms, KB_SPAN_OF(row)));
	}
	KB_FAKE_OK(kb_broker_log_sign(&log, txn, start + 2000000));
	KB_FAKE_OK(kb_txn_commit(txn));
	kb_ledger_committed_head(log.ledger, &before);
	cr_assert_eq(before.size, 1000);
	KB_FAKE_OK(kb_txn_begin_write(store.env, &txn));
	key.number = 0;
	KB_FAKE_OK(kb_duplicate_forget(txn, &key, start + 700500, 300, &done));
	cr_assert_eq(key.number, 300);
	cr_assert_not(done);
	KB_FAKE_OK(kb_duplicate_forget(txn, &key, start + 700500, 1000, &done));
	cr_assert_eq(key.number, 700);
	cr_assert(done);
	KB_FAKE_OK(kb_broker_log_drop(&log, txn, start + 700500, 4096, &dropped));
	cr_assert_gt(dropped, 0);
	cr_assert_leq(dropped, 700);
	KB_FAKE_OK(kb_txn_commit(txn));
	KB_FAKE_OK(kb_txn_begin_read(store.env, &txn));
	struct kb_duplicate row;
	struct kb_buf path = { 0 };
	struct kb_consistency_proof proof;

	key.number = 700;
	cr_assert_eq(kb_duplicate_get(txn, &key, &row), KB_ERR_NOT_FOUND);
	key.number = 701;
	KB_FAKE_OK(kb_duplicate_get(txn, &key, &row));
	kb_ledger_committed_head(log.ledger, &after);
	cr_assert(kb_hash_equal(&before.root, &after.root));
	cr_assert_eq(after.size, 1000);
	/* A partner that saw the first ten records still gets its proof. */
	KB_FAKE_OK(kb_broker_log_prove(&log, txn, before.year, 10, &path, &proof));
	cr_assert_eq(kb_broker_log_prove(&log, txn, before.year, 1001, &path, &proof),
		     KB_ERR_NOT_FOUND);
	cr_assert_eq(kb_broker_log_prove(&log, txn, (uint32_t)before.year - 1, 1, &path, &proof),
		     KB_ERR_NOT_FOUND);
	kb_txn_abort(txn);
	kb_buf_release(&path);
	kb_broker_log_close(&log);
	kb_broker_store_close(&store);
}

Test(faults, a_party_may_draw_only_so_many_epochs)
{
	struct kb_broker_store_options options = { .folder = fixture.world.store_path };
	struct kb_random random = kb_random_system();
	struct kb_broker_store store;
	struct kb_txn *txn = NULL;
	struct kb_epoch epoch = { { 0 } };
	struct kb_epoch back;
	uint32_t no = 0;

	KB_FAKE_OK(kb_broker_store_open(&options, &random, &store, NULL));
	KB_FAKE_OK(kb_txn_begin_write(store.env, &txn));
	for (uint32_t i = 1; i <= KB_EPOCHS_PER_SENDER_MAX; i++) {
		kb_random_fill(&random, epoch.bytes, sizeof(epoch.bytes));
		KB_FAKE_OK(kb_epoch_no_take(txn, 5, &epoch, &no));
		cr_assert_eq(no, i);
	}
	KB_FAKE_OK(kb_epoch_no_take(txn, 5, &epoch, &no));
	cr_assert_eq(no, KB_EPOCHS_PER_SENDER_MAX);
	KB_FAKE_OK(kb_epoch_of_no(txn, 5, no, &back));
	cr_assert_arr_eq(back.bytes, epoch.bytes, sizeof(back.bytes));
	epoch.bytes[0] ^= 1;
	cr_assert_eq(kb_epoch_no_take(txn, 5, &epoch, &no), KB_ERR_BUSY);
	KB_FAKE_OK(kb_epoch_no_take(txn, 6, &epoch, &no));
	cr_assert_eq(no, 1);
	cr_assert_eq(kb_epoch_no_find(txn, 7, &epoch, &no), KB_ERR_NOT_FOUND);
	kb_txn_abort(txn);
	kb_broker_store_close(&store);
}

Test(faults, a_store_that_is_older_than_its_note_gets_a_new_id)
{
	struct kb_id first;
	struct kb_id second;
	char copy[160];

	fixture.options.marker_path = fixture.world.marker_path;
	fixture_open_broker();
	(void)fixture_agent(0);
	cr_assert_eq(fixture_publish(&fixture.agents[0], to(1, 1)), 0);
	first = kb_broker_store_id(fixture.broker);
	fixture_close_broker();
	(void)snprintf(copy, sizeof(copy), "%s/broker.mdb", fixture.world.store_path);
	struct kb_buf old = { .ceiling = (size_t)1 << 30 };

	KB_FAKE_OK(kb_file_read(copy, (size_t)1 << 29, &old, NULL));
	fixture_open_broker();
	second = kb_broker_store_id(fixture.broker);
	cr_assert(kb_id_equal(&first, &second), "a restart is no restore");
	UNTIL(fixture.agents[0].heard[KB_FRAME_WELCOME] == 2);
	cr_assert_eq(fixture_publish(&fixture.agents[0], to(1, 2)), 0);
	fixture_close_broker();
	/* Yesterday's copy is put back. */
	KB_FAKE_OK(kb_file_replace(copy, 0600, kb_buf_span(&old), NULL));
	fixture_open_broker();
	second = kb_broker_store_id(fixture.broker);
	cr_assert_not(kb_id_equal(&first, &second));
	kb_buf_release(&old);
}

Test(config, the_table_of_the_broker_is_sound)
{
	struct kb_error_text where = { "" };

	cr_assert_eq(kb_config_table_check(&kb_broker_config_table, &where), KB_OK, "%s",
		     where.text);
}
