/* SPDX-License-Identifier: EUPL-1.2 */
/* kill -9 at random moments and at every failpoint: what was said to be stored is there, nothing is half there. */
#include "common/base/bytes.h"
#include "common/store/codec.h"
#include "common/store/failpoint.h"
#include "common/store/ledger.h"
#include "tests/unit/store/scratch.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define UTC_MS 1767225600000 /* 2026-01-01 */
#define ROUNDS 40

enum kill_table {
	KILL_META,
	KILL_ROWS,
	KILL_TREE,
	KILL_LOG,
	KILL_TABLE_COUNT,
};

static const char *const tables[KILL_TABLE_COUNT] = { "meta", "rows", "tree", "log" };
static struct kb_ledger_config ledger_config = {
	.table_log = KILL_LOG,
	.table_tree = KILL_TREE,
	.table_meta = KILL_META,
};
static struct scratch scratch;

static void
set_up(void)
{
	scratch_make(&scratch);
}

static void
tear_down(void)
{
	scratch_remove(&scratch);
}

TestSuite(env_kill, .init = set_up, .fini = tear_down, .timeout = 300);

static struct kb_env_config
config_of(void)
{
	return (struct kb_env_config){ .path = scratch.path,
				       .name = "test",
				       .tables = tables,
				       .table_count = KILL_TABLE_COUNT,
				       .schema = 1,
				       .map_bytes = 512 << 10 };
}

struct work {
	struct kb_ledger *ledger;
	uint64_t next;
	uint64_t count;
};

/* A row and a log record for each number: they must never come apart. */
static enum kb_err
work_step(struct kb_txn *txn, void *arg)
{
	struct work *work = arg;
	enum kb_err err = KB_OK;

	for (uint64_t i = 0; i < work->count && err == KB_OK; i++) {
		struct kb_key64 key = kb_key64(work->next + i);
		struct kb_span record = KB_KEY64_SPAN(key);

		err = kb_put(txn, KILL_ROWS, record, record, KB_PUT_APPEND);
		if (err == KB_OK) {
			err = kb_ledger_append(work->ledger, txn, UTC_MS, &record, 1, NULL);
		}
	}
	return err == KB_OK ? kb_ledger_checkpoint(work->ledger, txn, UTC_MS, NULL) : err;
}

/* Writes until it is killed; after each commit the last stored number goes through the pipe. */
static void
write_for_ever(int pipe_fd, uint64_t seed, const char *failpoint)
{
	struct kb_env_config config = config_of();
	struct kb_env *env = NULL;
	struct work work = { NULL, 1, 0 };
	struct kb_ledger_head head;

	if (kb_failpoint_set(failpoint) != KB_OK || kb_env_open(&config, &env, NULL) != KB_OK ||
	    kb_ledger_open(env, &ledger_config, &work.ledger, NULL) != KB_OK) {
		_exit(2);
	}
	kb_ledger_head(work.ledger, &head);
	work.next = head.size + 1;
	for (;;) {
		uint64_t last = 0;

		seed = seed * 6364136223846793005u + 1442695040888963407u;
		work.count = 1 + (seed >> 40) % 30;
		if (kb_env_step(env, work_step, &work, NULL) != KB_OK) {
			_exit(3);
		}
		work.next += work.count;
		last = work.next - 1;
		if (write(pipe_fd, &last, sizeof(last)) != sizeof(last)) {
			_exit(4);
		}
	}
}

/* Kills it after some commits (0: waits for it to kill itself). The last number that was said to be stored; at least floor. */
static uint64_t
run_and_kill(uint64_t floor, unsigned commits, uint64_t seed, const char *failpoint)
{
	int fds[2];
	int status = 0;
	uint64_t acked = floor;
	uint64_t got = 0;
	pid_t pid = 0;

	cr_assert_eq(pipe(fds), 0);
	pid = fork();
	if (pid == 0) {
		(void)close(fds[0]);
		write_for_ever(fds[1], seed, failpoint);
	}
	(void)close(fds[1]);
	for (unsigned i = 0; commits == 0 || i < commits; i++) {
		if (read(fds[0], &got, sizeof(got)) != sizeof(got)) {
			break;
		}
		acked = got;
	}
	if (commits > 0) {
		(void)kill(pid, SIGKILL);
	}
	while (read(fds[0], &got, sizeof(got)) == sizeof(got)) {
		acked = got;
	}
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "status %x",
		  (unsigned)status);
	(void)close(fds[0]);
	return acked;
}

/* All rows up to the last are there, the log has as many, and it verifies. */
static uint64_t
check_all(uint64_t acked)
{
	struct kb_env_config config = config_of();
	struct kb_error_text where = { "" };
	struct kb_env *env = NULL;
	struct kb_ledger *ledger = NULL;
	struct kb_ledger_head head;
	struct kb_txn *txn = NULL;
	struct kb_span found;

	cr_assert_eq(kb_env_open(&config, &env, &where), KB_OK, "%s", where.text);
	cr_assert_eq(kb_ledger_open(env, &ledger_config, &ledger, &where), KB_OK, "%s", where.text);
	kb_ledger_head(ledger, &head);
	cr_assert_geq(head.size, acked);
	cr_assert_eq(kb_txn_begin_read(env, &txn), KB_OK);
	cr_assert_eq(kb_table_count(txn, KILL_ROWS), head.size);
	for (uint64_t i = 1; i <= head.size; i++) {
		struct kb_key64 key = kb_key64(i);

		cr_assert_eq(kb_get(txn, KILL_ROWS, KB_KEY64_SPAN(key), &found), KB_OK);
		cr_assert_eq(kb_ledger_get(ledger, txn, i, &found), KB_OK);
		cr_assert(kb_span_equal(found, KB_KEY64_SPAN(key)));
	}
	kb_txn_abort(txn);
	cr_assert_eq(kb_env_check_in_child(&config, kb_ledger_verify, &ledger_config, NULL, NULL,
					   &where),
		     KB_OK, "%s", where.text);
	kb_ledger_close(ledger);
	kb_env_close(env);
	return head.size;
}

Test(env_kill, at_random_moments_loses_nothing_that_was_stored_and_leaves_no_gap)
{
	uint64_t stored = 0;

	for (unsigned round = 0; round < ROUNDS; round++) {
		uint64_t acked = run_and_kill(stored, 1 + round * 7 % 13, round + 1, NULL);

		stored = check_all(acked);
	}
	cr_assert_gt(stored, ROUNDS * 10);
}

Test(env_kill, at_every_failpoint_of_a_commit_leaves_the_old_or_the_new_state)
{
	static const char *const points[] = {
		"env-create-before-rename:kill", "env-put:kill:40",    "env-map-full:kill:100",
		"env-before-commit:kill:3",	 "env-commit:kill:4",  "env-commit-no-space:kill:5",
		"env-after-commit:kill:6",	 "ledger-tile:kill:1", "env-put:kill:900"
	};
	uint64_t stored = 0;

	for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++) {
		uint64_t acked = run_and_kill(stored, 0, i + 100, points[i]);

		stored = check_all(acked);
	}
	cr_assert_gt(stored, 100);
}
