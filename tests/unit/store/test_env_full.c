/* SPDX-License-Identifier: EUPL-1.2 */
/* A full map and a full disk: nothing lost, nothing half done, and a way on. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* unshare(2) */
#endif
#include "common/store/check.h"
#include "common/store/codec.h"
#include "common/store/failpoint.h"
#include "tests/unit/store/scratch.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static struct scratch scratch;
static struct kb_env *env;
static uint8_t value[1500];

static void
set_up(void)
{
	scratch_make(&scratch);
}

static void
tear_down(void)
{
	kb_env_close(env);
	env = NULL;
	scratch_remove(&scratch);
}

TestSuite(env_full, .init = set_up, .fini = tear_down, .timeout = 120);

struct batch {
	uint64_t first;
	uint64_t count;
	unsigned runs;
};

static enum kb_err
put_batch(struct kb_txn *txn, void *arg)
{
	struct batch *batch = arg;
	enum kb_err err = KB_OK;

	batch->runs++;
	for (uint64_t i = 0; i < batch->count && err == KB_OK; i++) {
		struct kb_key64 key = kb_key64(batch->first + i);

		memset(value, (int)(batch->first + i), sizeof(value));
		err = kb_put(txn, SCRATCH_ROWS, KB_KEY64_SPAN(key), kb_span(value, sizeof(value)),
			     KB_PUT_APPEND);
	}
	return err;
}

static void
check_rows(uint64_t last)
{
	struct kb_txn *txn = NULL;
	struct kb_span found;

	cr_assert_eq(kb_txn_begin_read(env, &txn), KB_OK);
	cr_assert_eq(kb_table_count(txn, SCRATCH_ROWS), last);
	for (uint64_t i = 1; i <= last; i++) {
		struct kb_key64 key = kb_key64(i);

		cr_assert_eq(kb_get(txn, SCRATCH_ROWS, KB_KEY64_SPAN(key), &found), KB_OK);
		cr_assert_eq(found.len, sizeof(value));
		cr_assert_eq(found.at[7], (uint8_t)i);
	}
	kb_txn_abort(txn);
}

static void
open_env(uint64_t map_bytes, uint64_t ceiling_bytes, uint64_t reserve_bytes)
{
	struct kb_env_config config = scratch_config(scratch.path);
	struct kb_error_text where = { "" };

	config.map_bytes = map_bytes;
	config.ceiling_bytes = ceiling_bytes;
	config.reserve_bytes = reserve_bytes;
	cr_assert_eq(kb_env_open(&config, &env, &where), KB_OK, "%s", where.text);
}

Test(env_full, grows_in_the_middle_of_a_step_that_is_larger_than_the_map)
{
	struct batch batch = { 1, 2000, 0 };
	struct kb_env_health health;

	open_env(256 << 10, 64 << 20, 0);
	cr_assert_eq(kb_env_step(env, put_batch, &batch, NULL), KB_OK);
	cr_assert_gt(batch.runs, 3);
	check_rows(2000);
	kb_env_health(env, &health);
	cr_assert_gt(health.map_bytes, 3 << 20);
	cr_assert_geq(health.used_bytes, 2000 * 1500);
}

Test(env_full, grows_beforehand_so_that_ordinary_steps_run_once)
{
	struct batch batch = { 1, 10, 0 };

	open_env(1 << 20, 64 << 20, 0);
	for (unsigned i = 0; i < 300; i++, batch.first += 10) {
		cr_assert_eq(kb_env_step(env, put_batch, &batch, NULL), KB_OK);
	}
	cr_assert_eq(batch.runs, 300);
	check_rows(3000);
}

static enum kb_err
delete_half(struct kb_txn *txn, void *arg)
{
	const uint64_t *last = arg;

	return kb_del_range(txn, SCRATCH_ROWS, KB_SPAN_NONE, KB_SPAN_NONE, *last / 2, NULL);
}

Test(env_full, refuses_at_the_ceiling_and_goes_on_after_a_delete)
{
	struct batch batch = { 1, 20, 0 };
	struct kb_error_text where = { "" };
	struct kb_env_health health;
	enum kb_err err = KB_OK;
	uint64_t last = 0;

	open_env(1 << 20, 2 << 20, 0);
	while ((err = kb_env_step(env, put_batch, &batch, &where)) == KB_OK) {
		last = batch.first + 19;
		batch.first += 20;
	}
	cr_assert_eq(err, KB_ERR_STORE_FULL, "%s", kb_err_name(err));
	cr_assert_not_null(strstr(where.text, "configured size of 2 MiB"), "%s", where.text);
	cr_assert_gt(last, 800);
	check_rows(last);
	kb_env_health(env, &health);
	cr_assert_eq(health.state, KB_OK);
	kb_env_release_reserve(env);
	cr_assert_eq(kb_env_step(env, delete_half, &last, NULL), KB_OK);
	cr_assert_eq(kb_env_take_reserve(env), KB_OK);
	/* Pages of a commit are free from the second one after it. */
	batch.count = 0;
	cr_assert_eq(kb_env_step(env, put_batch, &batch, NULL), KB_OK);
	batch.count = 1;
	cr_assert_eq(kb_env_step(env, put_batch, &batch, NULL), KB_OK);
	batch.count = 20;
	cr_assert_eq(kb_env_step(env, put_batch, &batch, NULL), KB_OK);
}

Test(env_full, does_not_grow_under_an_open_read)
{
	struct batch batch = { 1, 2000, 0 };
	struct kb_txn *read = NULL;

	open_env(256 << 10, 64 << 20, 0);
	cr_assert_eq(kb_txn_begin_read(env, &read), KB_OK);
	cr_assert_eq(kb_env_step(env, put_batch, &batch, NULL), KB_ERR_BUSY);
	kb_txn_abort(read);
	cr_assert_eq(kb_env_step(env, put_batch, &batch, NULL), KB_OK);
}

#ifdef KB_TEST_SWITCHES
Test(env_full, runs_a_step_again_whenever_a_put_says_that_the_map_is_full)
{
	for (unsigned n = 1; n <= 5; n++) {
		struct batch batch = { 1 + (n - 1) * 5, 5, 0 };
		char spec[32];

		if (n == 1) {
			open_env(1 << 20, 64 << 20, 0);
		}
		(void)snprintf(spec, sizeof(spec), "env-map-full:error:%u", n);
		cr_assert_eq(kb_failpoint_set(spec), KB_OK);
		cr_assert_eq(kb_env_step(env, put_batch, &batch, NULL), KB_OK);
		cr_assert_eq(batch.runs, 2);
	}
	check_rows(25);
}
#endif

/* ---- a full disk ---- */

static bool
small_disk(const char *size)
{
	char options[64];

	/* A mount of this process alone: it goes when the process goes. */
	(void)snprintf(options, sizeof(options), "size=%s,mode=0700", size);
	if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("tmpfs", scratch.path, "tmpfs", 0, options) != 0) {
		fprintf(stderr,
			"SKIPPED: no small disk can be mounted here (%s); the full disk is NOT "
			"tested\n",
			strerror(errno));
		return false;
	}
	return true;
}

static void
fill_disk(const char *name)
{
	static const char zeros[4096];
	int fd = open(scratch_file(&scratch, name), O_WRONLY | O_CREAT, 0600);

	while (write(fd, zeros, sizeof(zeros)) > 0) {
	}
	while (write(fd, zeros, 1) > 0) {
	}
	(void)close(fd);
}

Test(env_full, a_full_disk_loses_nothing_and_the_reserve_lets_receipts_and_erasure_through)
{
	struct batch batch = { 1, 20, 0 };
	struct kb_error_text where = { "" };
	struct kb_env_health health;
	struct kb_txn *txn = NULL;
	enum kb_err err = KB_OK;
	uint64_t last = 0;
	size_t count = 0;

	if (!small_disk("4m")) {
		cr_skip_test("no small disk");
	}
	open_env(64 << 20, 0, 512 << 10);
	kb_env_health(env, &health);
	cr_assert(health.reserve_held);
	while ((err = kb_env_step(env, put_batch, &batch, &where)) == KB_OK) {
		last = batch.first + 19;
		batch.first += 20;
	}
	cr_assert_eq(err, KB_ERR_NO_SPACE, "%s", kb_err_name(err));
	cr_assert_not_null(strstr(where.text, "full"), "%s", where.text);
	cr_assert_gt(last, 1000);
	check_rows(last);
	fill_disk("filler");
	/* Even one row does not fit; with the reserve given back it does. */
	batch.count = 40;
	cr_assert_eq(kb_env_step(env, put_batch, &batch, NULL), KB_ERR_NO_SPACE);
	kb_env_release_reserve(env);
	kb_env_health(env, &health);
	cr_assert_not(health.reserve_held);
	cr_assert_eq(health.state, KB_OK);
	batch.count = 20;
	cr_assert_eq(kb_env_step(env, put_batch, &batch, NULL), KB_OK);
	last += 20;
	check_rows(last);
	fill_disk("filler2");
	cr_assert_eq(kb_env_take_reserve(env), KB_ERR_NO_SPACE);
	kb_env_tick(env, 1000);
	cr_assert_eq(unlink(scratch_file(&scratch, "filler")), 0);
	cr_assert_eq(unlink(scratch_file(&scratch, "filler2")), 0);
	/* Erasure. */
	cr_assert_eq(kb_txn_begin_write(env, &txn), KB_OK);
	cr_assert_eq(kb_del_range(txn, SCRATCH_ROWS, KB_SPAN_NONE, KB_SPAN_NONE, last, &count),
		     KB_OK);
	cr_assert_eq(count, last);
	cr_assert_eq(kb_txn_commit(txn), KB_OK);
	kb_env_close(env);
	open_env(64 << 20, 0, 128 << 10);
	check_rows(0);
	kb_env_health(env, &health);
	cr_assert_eq(health.state, KB_OK, "%s", health.reason);
}

Test(env_full, takes_the_reserve_back_by_itself_when_there_is_room)
{
	struct kb_env_health health;

	open_env(0, 0, 64 << 10);
	kb_env_release_reserve(env);
	cr_assert_eq(file_bytes(scratch_file(&scratch, "test.reserve")), -1);
	kb_env_tick(env, 1000);
	kb_env_health(env, &health);
	cr_assert(health.reserve_held);
	cr_assert_eq(file_bytes(scratch_file(&scratch, "test.reserve")), 64 << 10);
}

Test(env_full, opens_without_its_reserve_on_a_disk_that_is_full)
{
	struct batch batch = { 1, 5, 0 };
	struct kb_env_health health;

	if (!small_disk("1m")) {
		cr_skip_test("no small disk");
	}
	open_env(0, 0, 0);
	cr_assert_eq(kb_env_step(env, put_batch, &batch, NULL), KB_OK);
	kb_env_close(env);
	fill_disk("filler");
	open_env(0, 0, 256 << 10);
	kb_env_health(env, &health);
	cr_assert_not(health.reserve_held);
	check_rows(5);
}
