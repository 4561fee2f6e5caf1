/* SPDX-License-Identifier: EUPL-1.2 */
/* The environment: rows, walks, transactions, opening and refusing. */
#include "common/base/bytes.h"
#include "common/store/check.h"
#include "common/store/codec.h"
#include "common/store/failpoint.h"
#include "tests/unit/store/scratch.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static struct scratch scratch;
static struct kb_env *env;

static void
open_env(void)
{
	struct kb_env_config config = scratch_config(scratch.path);
	struct kb_error_text where = { "" };

	cr_assert_eq(kb_env_open(&config, &env, &where), KB_OK, "%s", where.text);
}

static void
set_up(void)
{
	scratch_make(&scratch);
	open_env();
}

static void
tear_down(void)
{
	cr_assert_eq(kb_failpoint_set(NULL), KB_OK);
	kb_env_close(env);
	env = NULL;
	scratch_remove(&scratch);
}

TestSuite(env, .init = set_up, .fini = tear_down, .timeout = 60);

static void
put(struct kb_txn *txn, uint64_t number, const char *text, enum kb_put_mode mode, enum kb_err want)
{
	struct kb_key64 key = kb_key64(number);

	cr_assert_eq(kb_put(txn, SCRATCH_ROWS, KB_KEY64_SPAN(key), kb_span_text(text), mode), want,
		     "put %llu", (unsigned long long)number);
}

static void
want(struct kb_txn *txn, uint64_t number, const char *text)
{
	struct kb_key64 key = kb_key64(number);
	struct kb_span value = KB_SPAN_NONE;
	enum kb_err err = kb_get(txn, SCRATCH_ROWS, KB_KEY64_SPAN(key), &value);

	if (text == NULL) {
		cr_assert_eq(err, KB_ERR_NOT_FOUND, "row %llu is there",
			     (unsigned long long)number);
		return;
	}
	cr_assert_eq(err, KB_OK, "row %llu: %s", (unsigned long long)number, kb_err_name(err));
	cr_assert(kb_span_equal(value, kb_span_text(text)));
}

static struct kb_txn *
begin(void)
{
	struct kb_txn *txn = NULL;

	cr_assert_eq(kb_txn_begin_write(env, &txn), KB_OK);
	return txn;
}

Test(env, keeps_what_was_committed_and_forgets_what_was_aborted)
{
	struct kb_txn *txn = begin();

	put(txn, 1, "een", KB_PUT_NEW, KB_OK);
	put(txn, 2, "twee", KB_PUT_APPEND, KB_OK);
	want(txn, 1, "een");
	cr_assert_eq(kb_txn_commit(txn), KB_OK);
	txn = begin();
	put(txn, 3, "drie", KB_PUT_NEW, KB_OK);
	put(txn, 1, "anders", KB_PUT_REPLACE, KB_OK);
	cr_assert_eq(kb_table_count(txn, SCRATCH_ROWS), 3);
	kb_txn_abort(txn);
	kb_env_close(env);
	open_env();
	cr_assert_eq(kb_txn_begin_read(env, &txn), KB_OK);
	want(txn, 1, "een");
	want(txn, 2, "twee");
	want(txn, 3, NULL);
	cr_assert_eq(kb_table_count(txn, SCRATCH_ROWS), 2);
	kb_txn_abort(txn);
}

Test(env, puts_in_each_mode_over_below_and_after_the_last_key)
{
	struct kb_txn *txn = begin();
	struct kb_span parts[] = { kb_span_text("a"), KB_SPAN_NONE, kb_span_text("bc") };
	struct kb_key64 key = kb_key64(9);
	struct kb_span value;

	put(txn, 5, "vijf", KB_PUT_APPEND, KB_OK);
	put(txn, 3, "drie", KB_PUT_APPEND, KB_OK);
	put(txn, 5, "vijf!", KB_PUT_APPEND, KB_OK);
	put(txn, 5, "x", KB_PUT_NEW, KB_ERR_EXISTS);
	put(txn, 4, "", KB_PUT_NEW, KB_OK);
	want(txn, 3, "drie");
	want(txn, 4, "");
	want(txn, 5, "vijf!");
	cr_assert_eq(kb_table_count(txn, SCRATCH_ROWS), 3);
	cr_assert_eq(kb_put_parts(txn, SCRATCH_ROWS, KB_KEY64_SPAN(key), parts, 3, KB_PUT_APPEND),
		     KB_OK);
	want(txn, 9, "abc");
	cr_assert_eq(kb_put(txn, SCRATCH_ROWS, KB_SPAN_NONE, kb_span_text("x"), KB_PUT_NEW),
		     KB_ERR_OVERSIZE);
	/* The same key in another table is another row. */
	cr_assert_eq(kb_get(txn, SCRATCH_META, KB_KEY64_SPAN(key), &value), KB_ERR_NOT_FOUND);
	cr_assert_eq(kb_txn_commit(txn), KB_OK);
}

Test(env, writes_a_value_in_place)
{
	struct kb_txn *txn = begin();
	struct kb_key64 key = kb_key64(1);
	struct kb_span value;
	uint8_t *at = NULL;

	cr_assert_eq(
		kb_put_reserve(txn, SCRATCH_ROWS, KB_KEY64_SPAN(key), 5000, KB_PUT_APPEND, &at),
		KB_OK);
	memset(at, 0x5a, 5000);
	kb_put_finish(txn);
	cr_assert_eq(kb_get(txn, SCRATCH_ROWS, KB_KEY64_SPAN(key), &value), KB_OK);
	cr_assert_eq(value.len, 5000);
	cr_assert_eq(value.at[4999], 0x5a);
	cr_assert_eq(kb_txn_commit(txn), KB_OK);
}

Test(env, refuses_keys_and_values_that_are_too_long)
{
	static uint8_t big[KB_VALUE_MAX + 1];
	struct kb_txn *txn = begin();
	struct kb_key64 key = kb_key64(1);

	cr_assert_eq(kb_put(txn, SCRATCH_ROWS, kb_span(big, KB_KEY_MAX + 1), KB_SPAN_NONE, 0),
		     KB_ERR_OVERSIZE);
	cr_assert_eq(kb_put(txn, SCRATCH_ROWS, KB_KEY64_SPAN(key), kb_span(big, sizeof(big)), 0),
		     KB_ERR_OVERSIZE);
	cr_assert_eq(
		kb_put(txn, SCRATCH_ROWS, kb_span(big, KB_KEY_MAX), kb_span(big, KB_VALUE_MAX), 0),
		KB_OK);
	cr_assert_eq(kb_txn_commit(txn), KB_OK);
}

Test(env, walks_in_order_within_a_prefix_from_both_ends)
{
	static const char *const keys[] = { "a1", "a2", "b1", "b2", "b3", "c1" };
	struct kb_txn *txn = begin();
	struct kb_cursor *cursor = NULL;
	struct kb_row row;

	for (size_t i = 0; i < 6; i++) {
		cr_assert_eq(kb_put(txn, SCRATCH_ROWS, kb_span_text(keys[i]), kb_span_text(keys[i]),
				    KB_PUT_APPEND),
			     KB_OK);
	}
	cr_assert_eq(kb_cursor_open(txn, SCRATCH_ROWS, kb_span_text("b"), &cursor), KB_OK);
	for (size_t i = 2; i < 5; i++) {
		cr_assert_eq(kb_cursor_next(cursor, &row), KB_OK);
		cr_assert(kb_span_equal(row.key, kb_span_text(keys[i])));
	}
	cr_assert_eq(kb_cursor_next(cursor, &row), KB_ERR_NOT_FOUND);
	cr_assert_eq(kb_cursor_last(cursor, &row), KB_OK);
	cr_assert(kb_span_equal(row.key, kb_span_text("b3")));
	cr_assert_eq(kb_cursor_prev(cursor, &row), KB_OK);
	cr_assert_eq(kb_cursor_prev(cursor, &row), KB_OK);
	cr_assert(kb_span_equal(row.key, kb_span_text("b1")));
	cr_assert_eq(kb_cursor_prev(cursor, &row), KB_ERR_NOT_FOUND);
	cr_assert_eq(kb_cursor_seek(cursor, kb_span_text("b11"), &row), KB_OK);
	cr_assert(kb_span_equal(row.key, kb_span_text("b2")));
	cr_assert_eq(kb_cursor_seek(cursor, kb_span_text("b4"), &row), KB_ERR_NOT_FOUND);
	kb_cursor_close(cursor);
	cr_assert_eq(kb_cursor_open(txn, SCRATCH_ROWS, kb_span_text("d"), &cursor), KB_OK);
	cr_assert_eq(kb_cursor_first(cursor, &row), KB_ERR_NOT_FOUND);
	cr_assert_eq(kb_cursor_last(cursor, &row), KB_ERR_NOT_FOUND);
	kb_cursor_close(cursor);
	cr_assert_eq(kb_cursor_open(txn, SCRATCH_TREE, KB_SPAN_NONE, &cursor), KB_OK);
	cr_assert_eq(kb_cursor_next(cursor, &row), KB_ERR_NOT_FOUND);
	kb_cursor_close(cursor);
	cr_assert_eq(kb_txn_commit(txn), KB_OK);
}

Test(env, deletes_one_row_and_a_range)
{
	struct kb_txn *txn = begin();
	struct kb_key64 key = kb_key64(500);
	struct kb_key64 first = kb_key64(100);
	struct kb_key64 end = kb_key64(400);
	struct kb_env_config config = scratch_config(scratch.path);
	size_t count = 0;

	for (uint64_t i = 1; i <= 1000; i++) {
		put(txn, i, "x", KB_PUT_APPEND, KB_OK);
	}
	cr_assert_eq(kb_del(txn, SCRATCH_ROWS, KB_KEY64_SPAN(key)), KB_OK);
	cr_assert_eq(kb_del(txn, SCRATCH_ROWS, KB_KEY64_SPAN(key)), KB_ERR_NOT_FOUND);
	cr_assert_eq(kb_del_range(txn, SCRATCH_ROWS, KB_KEY64_SPAN(first), KB_KEY64_SPAN(end), 250,
				  &count),
		     KB_OK);
	cr_assert_eq(count, 250);
	cr_assert_eq(kb_del_range(txn, SCRATCH_ROWS, KB_KEY64_SPAN(first), KB_KEY64_SPAN(end), 1000,
				  &count),
		     KB_OK);
	cr_assert_eq(count, 50);
	cr_assert_eq(kb_table_count(txn, SCRATCH_ROWS), 699);
	want(txn, 99, "x");
	want(txn, 100, NULL);
	want(txn, 399, NULL);
	want(txn, 400, "x");
	cr_assert_eq(kb_del_range(txn, SCRATCH_ROWS, KB_SPAN_NONE, KB_SPAN_NONE, SIZE_MAX, &count),
		     KB_OK);
	cr_assert_eq(count, 699);
	cr_assert_eq(kb_txn_commit(txn), KB_OK);
	cr_assert_eq(kb_env_check_in_child(&config, NULL, NULL, NULL, NULL, NULL), KB_OK);
}

Test(env, allows_one_writer_and_reads_of_the_last_commit_beside_it)
{
	struct kb_txn *txn = begin();
	struct kb_txn *second = NULL;
	struct kb_txn *read = NULL;

	put(txn, 1, "een", KB_PUT_NEW, KB_OK);
	cr_assert_eq(kb_txn_begin_write(env, &second), KB_ERR_STATE);
	cr_assert_eq(kb_txn_begin_read(env, &read), KB_OK);
	want(read, 1, NULL);
	cr_assert_eq(kb_txn_commit(txn), KB_OK);
	want(read, 1, NULL);
	kb_txn_abort(read);
	cr_assert_eq(kb_txn_begin_read(env, &read), KB_OK);
	want(read, 1, "een");
	kb_txn_abort(read);
}

struct seen_ends {
	unsigned commits;
	unsigned aborts;
};

static void
count_end(void *state, bool committed)
{
	struct seen_ends *ends = state;

	ends->commits += committed ? 1 : 0;
	ends->aborts += committed ? 0 : 1;
}

static enum kb_err
step_ok(struct kb_txn *txn, void *arg)
{
	(void)arg;
	put(txn, 7, "zeven", KB_PUT_REPLACE, KB_OK);
	return KB_OK;
}

static enum kb_err
step_refuses(struct kb_txn *txn, void *arg)
{
	(void)arg;
	put(txn, 8, "acht", KB_PUT_REPLACE, KB_OK);
	return KB_ERR_NOT_ALLOWED;
}

Test(env, runs_a_step_whole_or_not_at_all_and_tells_observers)
{
	struct seen_ends ends = { 0, 0 };
	struct kb_txn *txn = NULL;
	struct kb_error_text where;

	kb_env_observe(env, count_end, &ends);
	cr_assert_eq(kb_env_step(env, step_ok, NULL, &where), KB_OK);
	cr_assert_eq(kb_env_step(env, step_refuses, NULL, &where), KB_ERR_NOT_ALLOWED);
	kb_env_unobserve(env, count_end, &ends);
	cr_assert_eq(kb_env_step(env, step_ok, NULL, NULL), KB_OK);
	cr_assert_eq(ends.commits, 1);
	cr_assert_eq(ends.aborts, 1);
	cr_assert_eq(kb_txn_begin_read(env, &txn), KB_OK);
	want(txn, 7, "zeven");
	want(txn, 8, NULL);
	kb_txn_abort(txn);
}

Test(env, stops_for_good_after_a_commit_that_failed)
{
	struct kb_error_text where;
	struct kb_env_health health;
	struct kb_txn *txn = NULL;

	cr_assert_eq(kb_failpoint_set("env-commit:error"), KB_OK);
	cr_assert_eq(kb_env_step(env, step_ok, NULL, &where), KB_ERR_IO);
	cr_assert_not_null(strstr(where.text, "restarted"), "%s", where.text);
	cr_assert_eq(kb_env_step(env, step_ok, NULL, NULL), KB_ERR_IO);
	kb_env_health(env, &health);
	cr_assert_eq(health.state, KB_ERR_IO);
	cr_assert_eq(kb_txn_begin_read(env, &txn), KB_OK);
	want(txn, 7, NULL);
	kb_txn_abort(txn);
	kb_env_close(env);
	open_env();
	kb_env_health(env, &health);
	cr_assert(health.was_unclean);
	cr_assert_eq(kb_env_step(env, step_ok, NULL, NULL), KB_OK);
}

Test(env, goes_on_after_a_commit_without_space)
{
	cr_assert_eq(kb_failpoint_set("env-commit-no-space:error"), KB_OK);
	cr_assert_eq(kb_env_step(env, step_ok, NULL, NULL), KB_ERR_NO_SPACE);
	cr_assert_eq(kb_env_step(env, step_ok, NULL, NULL), KB_OK);
}

Test(env, a_failed_put_cannot_be_committed)
{
	struct kb_txn *txn = begin();

	put(txn, 1, "een", KB_PUT_NEW, KB_OK);
	cr_assert_eq(kb_failpoint_set("env-put:error"), KB_OK);
	put(txn, 2, "twee", KB_PUT_NEW, KB_ERR_IO);
	put(txn, 3, "drie", KB_PUT_NEW, KB_ERR_IO);
	cr_assert_eq(kb_txn_commit(txn), KB_ERR_IO);
	cr_assert_eq(kb_txn_begin_read(env, &txn), KB_OK);
	want(txn, 1, NULL);
	kb_txn_abort(txn);
}

static int
open_other(void *arg)
{
	struct kb_env_config config = scratch_config(scratch.path);
	struct kb_env *other = NULL;
	struct kb_error_text where = { "" };
	enum kb_err err = kb_env_open(&config, &other, &where);

	(void)arg;
	return err == KB_ERR_LOCKED && strstr(where.text, scratch.path) != NULL &&
			       strstr(where.text, "in use") != NULL
		       ? 0
		       : 1;
}

Test(env, refuses_a_second_process_also_when_the_lock_file_is_gone)
{
	cr_assert_eq(in_child(open_other, NULL), 0);
	cr_assert_eq(open_other(NULL), 0);
	cr_assert_eq(unlink(scratch_file(&scratch, "test.lock")), 0);
	cr_assert_eq(in_child(open_other, NULL), 0);
}

Test(env, makes_folder_and_files_for_its_own_user_only)
{
	struct stat st;
	static const char *const names[] = { "test.mdb", "test.mdb-lock", "test.lock",
					     "test.open" };

	cr_assert_eq(stat(scratch.path, &st), 0);
	cr_assert_eq(st.st_mode & 0777, 0700);
	for (size_t i = 0; i < 4; i++) {
		cr_assert_eq(stat(scratch_file(&scratch, names[i]), &st), 0, "%s", names[i]);
		cr_assert_eq(st.st_mode & 0777, 0600, "%s", names[i]);
	}
	kb_env_close(env);
	env = NULL;
	cr_assert_neq(stat(scratch_file(&scratch, "test.open"), &st), 0);
}

static void
refused(const struct kb_env_config *config, enum kb_err want_err, const char *word)
{
	struct kb_env *other = NULL;
	struct kb_error_text where = { "" };

	cr_assert_eq(kb_env_open(config, &other, &where), want_err, "%s", where.text);
	cr_assert_not_null(strstr(where.text, word), "%s", where.text);
}

Test(env, refuses_folders_and_files_that_others_can_read_and_links)
{
	struct kb_env_config config = scratch_config(scratch.path);

	kb_env_close(env);
	env = NULL;
	cr_assert_eq(chmod(scratch.path, 0750), 0);
	refused(&config, KB_ERR_PERMISSION, "chmod");
	cr_assert_eq(chmod(scratch.path, 0700), 0);
	cr_assert_eq(chmod(scratch_file(&scratch, "test.mdb"), 0640), 0);
	refused(&config, KB_ERR_PERMISSION, "test.mdb");
	cr_assert_eq(chmod(scratch_file(&scratch, "test.mdb"), 0600), 0);
	cr_assert_eq(symlink(scratch.path, scratch_file(&scratch, "link")), 0);
	config.path = scratch_file(&scratch, "link");
	refused(&config, KB_ERR_CONFIG, "symbolic");
	config.path = scratch_file(&scratch, "no/such");
	refused(&config, KB_ERR_IO, "no/such");
}

static enum kb_err
to_two(struct kb_txn *txn, void *arg, struct kb_error_text *where)
{
	(void)where;
	*(unsigned *)arg += 1;
	put(txn, 1, "gemigreerd", KB_PUT_REPLACE, KB_OK);
	return KB_OK;
}

static enum kb_err
to_three(struct kb_txn *txn, void *arg, struct kb_error_text *where)
{
	*(unsigned *)arg += 10;
	want(txn, 1, "gemigreerd");
	return kb_fail(where, KB_ERR_DATA, "row 1 cannot be brought over");
}

Test(env, migrates_older_data_step_by_step_and_refuses_newer)
{
	static const char *const tables[] = { "meta", "rows", "tree", "extra" };
	struct kb_env_config old = scratch_config(scratch.path);
	struct kb_env_config config = old;
	unsigned runs = 0;
	const struct kb_migration migrations[] = { { 2, to_three }, { 1, to_two } };
	struct kb_txn *txn = NULL;

	kb_env_close(env);
	env = NULL;
	config.tables = tables;
	config.table_count = 4;
	config.schema = 2;
	refused(&config, KB_ERR_CONFIG, "schema 1");
	config.migrations = migrations;
	config.migration_count = 2;
	config.migration_arg = &runs;
	cr_assert_eq(kb_env_open(&config, &env, NULL), KB_OK);
	cr_assert_eq(runs, 1);
	cr_assert_eq(kb_txn_begin_read(env, &txn), KB_OK);
	want(txn, 1, "gemigreerd");
	kb_txn_abort(txn);
	kb_env_close(env);
	env = NULL;
	refused(&old, KB_ERR_NEWER_DATA, "newer version");
	config.schema = 3;
	refused(&config, KB_ERR_DATA, "row 1 cannot be brought over");
	cr_assert_eq(runs, 11);
	/* The failed migration left no trace: schema 2 still opens. */
	config.schema = 2;
	cr_assert_eq(kb_env_open(&config, &env, NULL), KB_OK);
}

Test(env, a_kill_while_it_is_made_leaves_nothing_that_blocks)
{
	struct kb_env_config config = scratch_config(scratch_file(&scratch, "new"));
	struct kb_env *made = NULL;

	cr_assert_eq(kb_failpoint_set("env-create-before-rename:error"), KB_OK);
	cr_assert_eq(kb_env_open(&config, &made, NULL), KB_ERR_IO);
	cr_assert_eq(kb_failpoint_set(NULL), KB_OK);
	cr_assert_eq(kb_env_open(&config, &made, NULL), KB_OK);
	kb_env_close(made);
}

Test(env, copies_itself_without_deleted_bytes)
{
	static const char secret[] = "dit moet helemaal weg zijn";
	struct kb_txn *txn = begin();
	struct kb_key64 key = kb_key64(1);
	const char *copy = scratch_file(&scratch, "backup/test.mdb");
	struct kb_env_config config = scratch_config(scratch_file(&scratch, "backup"));
	struct kb_env *other = NULL;

	put(txn, 1, secret, KB_PUT_NEW, KB_OK);
	put(txn, 2, "blijft", KB_PUT_NEW, KB_OK);
	cr_assert_eq(kb_txn_commit(txn), KB_OK);
	txn = begin();
	cr_assert_eq(kb_del(txn, SCRATCH_ROWS, KB_KEY64_SPAN(key)), KB_OK);
	cr_assert_eq(kb_txn_commit(txn), KB_OK);
	cr_assert(file_find(scratch_file(&scratch, "test.mdb"), kb_span_text(secret)) > 0);
	cr_assert_eq(mkdir(config.path, 0700), 0);
	cr_assert_eq(kb_env_copy(env, copy, NULL), KB_OK);
	cr_assert_eq(kb_env_copy(env, copy, NULL), KB_ERR_EXISTS);
	cr_assert_eq(file_find(copy, kb_span_text(secret)), 0);
	cr_assert_eq(kb_env_open(&config, &other, NULL), KB_OK);
	cr_assert_eq(kb_txn_begin_write(other, &txn), KB_OK);
	want(txn, 1, NULL);
	want(txn, 2, "blijft");
	put(txn, 3, "verder", KB_PUT_NEW, KB_OK);
	cr_assert_eq(kb_txn_commit(txn), KB_OK);
	kb_env_close(other);
	cr_assert_eq(kb_env_open(&config, &other, NULL), KB_OK);
	kb_env_close(other);
}

static enum kb_err
check_rows(struct kb_txn *txn, void *arg, kb_progress_fn progress, void *state,
	   struct kb_error_text *where)
{
	const int *how = arg;

	progress(state, 1, 2);
	want(txn, 7, "zeven");
	if (*how == 1) {
		return kb_fail(where, KB_ERR_DATA, "de reden");
	}
	if (*how == 2) {
		*(volatile int *)0 = 1;
	}
	return KB_OK;
}

Test(env, checks_in_a_child_beside_a_running_writer)
{
	struct kb_env_config config = scratch_config(scratch.path);
	struct kb_error_text where = { "" };
	struct kb_check *check = NULL;
	int how = 0;
	enum kb_err err = KB_ERR_BUSY;

	cr_assert_eq(kb_env_step(env, step_ok, NULL, NULL), KB_OK);
	cr_assert_eq(kb_env_check_in_child(&config, check_rows, &how, NULL, NULL, &where), KB_OK,
		     "%s", where.text);
	how = 1;
	cr_assert_eq(kb_env_check_in_child(&config, check_rows, &how, NULL, NULL, &where),
		     KB_ERR_DATA);
	cr_assert_str_eq(where.text, "de reden");
	how = 2;
	cr_assert_eq(kb_env_check_in_child(&config, check_rows, &how, NULL, NULL, &where),
		     KB_ERR_CORRUPT);
	cr_assert_not_null(strstr(where.text, "test.mdb"), "%s", where.text);
	cr_assert_not_null(strstr(where.text, "signal"), "%s", where.text);
	how = 0;
	for (unsigned round = 0; round < 20; round++) {
		cr_assert_eq(kb_check_start(&config, check_rows, &how, &check), KB_OK);
		do {
			struct kb_txn *txn = begin();

			for (uint64_t i = 100; i < 150; i++) {
				put(txn, i, round % 2 == 0 ? "oud" : "nieuw en langer",
				    KB_PUT_REPLACE, KB_OK);
			}
			cr_assert_eq(kb_txn_commit(txn), KB_OK);
			err = kb_check_poll(check, NULL, NULL, &where);
		} while (err == KB_ERR_BUSY);
		cr_assert_eq(err, KB_OK, "%s", where.text);
		kb_check_free(check);
	}
}

static enum kb_err
die_reading(struct kb_txn *txn, void *arg, kb_progress_fn progress, void *state,
	    struct kb_error_text *where)
{
	(void)txn;
	(void)arg;
	(void)progress;
	(void)state;
	(void)where;
	(void)kill(getpid(), SIGKILL);
	return KB_OK;
}

static uint64_t
overwrite_many(void)
{
	static uint8_t value[3000];
	struct kb_env_health health;

	for (unsigned round = 0; round < 300; round++) {
		struct kb_txn *txn = begin();

		for (uint64_t i = 0; i < 10; i++) {
			struct kb_key64 key = kb_key64(i);

			value[0] = (uint8_t)round;
			cr_assert_eq(kb_put(txn, SCRATCH_ROWS, KB_KEY64_SPAN(key),
					    kb_span(value, sizeof(value)), KB_PUT_REPLACE),
				     KB_OK);
		}
		cr_assert_eq(kb_txn_commit(txn), KB_OK);
	}
	kb_env_health(env, &health);
	return health.used_bytes;
}

Test(env, does_not_grow_for_ever_because_of_a_reader_that_was_killed)
{
	struct kb_env_config config = scratch_config(scratch.path);
	struct kb_error_text where = { "" };
	uint64_t before = 0;
	uint64_t held = 0;
	uint64_t after = 0;

	before = overwrite_many();
	cr_assert_eq(kb_env_check_in_child(&config, die_reading, NULL, NULL, NULL, &where),
		     KB_ERR_IO, "%s", where.text);
	held = overwrite_many();
	/* The dead reader holds every page: otherwise this test would show nothing. */
	cr_assert_gt(held, 4 * before);
	kb_env_tick(env, 1000);
	(void)overwrite_many();
	after = overwrite_many();
	cr_assert_leq(after, held + held / 20);
}

Test(env, stays_sound_page_by_page_under_churn)
{
	struct kb_env_config config = scratch_config(scratch.path);
	struct kb_error_text where = { "" };
	static uint8_t value[20000];
	uint64_t seed = 1;

	config.check_budget_ms = 60000;
	for (unsigned round = 0; round < 60; round++) {
		struct kb_txn *txn = begin();
		struct kb_env_health health;

		for (unsigned i = 0; i < 200; i++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			struct kb_key64 key = kb_key64(seed >> 33 & 1023);
			size_t len = seed >> 20 & 15 ? seed >> 40 & 2047 : seed >> 40 & 16383;

			if ((seed >> 60 & 3) == 0) {
				enum kb_err err = kb_del(txn, SCRATCH_ROWS, KB_KEY64_SPAN(key));

				cr_assert(err == KB_OK || err == KB_ERR_NOT_FOUND);
			} else {
				memset(value, (int)i, len);
				cr_assert_eq(kb_put(txn,
						    seed >> 59 & 1 ? SCRATCH_ROWS : SCRATCH_TREE,
						    KB_KEY64_SPAN(key), kb_span(value, len),
						    KB_PUT_REPLACE),
					     KB_OK);
			}
		}
		if (round % 7 == 3) {
			kb_txn_abort(txn);
		} else {
			cr_assert_eq(kb_txn_commit(txn), KB_OK);
		}
		if (round % 5 == 0) {
			kb_env_close(env);
			cr_assert_eq(kb_env_open(&config, &env, &where), KB_OK, "%s", where.text);
			kb_env_health(env, &health);
			cr_assert(health.checked_whole);
			cr_assert_eq(health.state, KB_OK, "%s", health.reason);
		}
	}
}

Test(env, the_failpoint_table_has_a_word_for_each_point)
{
	char spec[64];

	for (unsigned i = 1; i < KB_FAILPOINT_COUNT; i++) {
		(void)snprintf(spec, sizeof(spec), "%s:error:3",
			       kb_failpoint_name((enum kb_failpoint)i));
		cr_assert_eq(kb_failpoint_set(spec), KB_OK, "%s", spec);
		cr_assert_eq(kb_failpoint((enum kb_failpoint)i), KB_OK);
		cr_assert_eq(kb_failpoint((enum kb_failpoint)i), KB_OK);
		cr_assert_eq(kb_failpoint((enum kb_failpoint)i), KB_ERR_IO);
		cr_assert_eq(kb_failpoint((enum kb_failpoint)i), KB_OK);
	}
	cr_assert_eq(kb_failpoint_set("env-put:explode"), KB_ERR_USAGE);
	cr_assert_eq(kb_failpoint_set("nothing:kill"), KB_ERR_USAGE);
	cr_assert_eq(kb_failpoint_set("env-put:kill:0"), KB_ERR_USAGE);
}
