/* SPDX-License-Identifier: EUPL-1.2 */
/* Damage that is larger than a bit, and damage while the environment is open. */
#include "common/store/check.h"
#include "common/store/codec.h"
#include "tests/unit/store/scratch.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE 4096

static struct scratch scratch;

static void
set_up(void)
{
	struct kb_env_config config;
	struct kb_env *env = NULL;
	static uint8_t value[3000];

	scratch_make(&scratch);
	config = scratch_config(scratch.path);
	cr_assert_eq(kb_env_open(&config, &env, NULL), KB_OK);
	for (uint64_t round = 0; round < 10; round++) {
		struct kb_txn *txn = NULL;

		cr_assert_eq(kb_txn_begin_write(env, &txn), KB_OK);
		for (uint64_t i = 0; i < 20; i++) {
			struct kb_key64 key = kb_key64(round * 20 + i);

			memset(value, (int)(round * 20 + i), sizeof(value));
			cr_assert_eq(kb_put(txn, SCRATCH_ROWS, KB_KEY64_SPAN(key),
					    kb_span(value, 100 + 140 * i), KB_PUT_APPEND),
				     KB_OK);
		}
		cr_assert_eq(kb_txn_commit(txn), KB_OK);
	}
	kb_env_close(env);
}

static void
tear_down(void)
{
	scratch_remove(&scratch);
}

TestSuite(env_damage, .init = set_up, .fini = tear_down, .timeout = 120);

/* 0: refused with a sentence naming the file. 1: opened. 2: refused without naming it. */
static int
try_open(void *arg)
{
	struct kb_env_config config = scratch_config(scratch.path);
	struct kb_env *env = NULL;
	struct kb_error_text where = { "" };
	enum kb_err err = KB_OK;

	if (arg != NULL) {
		config.check_budget_ms = *(const int64_t *)arg;
	}
	err = kb_env_open(&config, &env, &where);
	if (err == KB_OK) {
		kb_env_close(env);
		return 1;
	}
	return err == KB_ERR_CORRUPT && strstr(where.text, "test.mdb") != NULL &&
			       strstr(where.text, "backup") != NULL
		       ? 0
		       : 2;
}

Test(env_damage, a_file_cut_off_anywhere_is_refused_with_a_sentence_and_no_signal)
{
	const char *file = scratch_file(&scratch, "test.mdb");
	const char *good = scratch_file(&scratch, "good");
	int64_t size = file_bytes(file);
	int64_t no_check = -1;

	file_copy(file, good);
	cr_assert_eq(try_open(NULL), 1);
	for (int64_t cut = 0; cut < size; cut += cut < 3 * PAGE ? 128 : PAGE / 2) {
		for (unsigned way = 0; way < 2; way++) {
			file_copy(good, file);
			cr_assert_eq(truncate(file, (off_t)cut), 0);
			cr_assert_eq(in_child(try_open, way == 0 ? NULL : &no_check), 0,
				     "cut at %lld", (long long)cut);
		}
	}
	file_copy(good, file);
	cr_assert_eq(in_child(try_open, NULL), 1);
}

Test(env_damage, a_zeroed_or_foreign_page_anywhere_is_noticed)
{
	static const uint8_t zeros[PAGE];
	static uint8_t other[PAGE];
	const char *file = scratch_file(&scratch, "test.mdb");
	const char *good = scratch_file(&scratch, "good");
	int64_t pages = file_bytes(file) / PAGE;
	unsigned refused = 0;

	file_copy(file, good);
	for (int64_t page = 0; page < pages; page++) {
		for (unsigned way = 0; way < 2; way++) {
			int fd = -1;
			int result = 0;

			file_copy(good, file);
			fd = open(file, O_RDWR);
			cr_assert_eq(pread(fd, other, PAGE, (pages - 1 - page) * PAGE), PAGE);
			cr_assert_eq(pwrite(fd, way == 0 ? zeros : other, PAGE, page * PAGE), PAGE);
			(void)close(fd);
			result = in_child(try_open, NULL);
			cr_assert(result == 0 || result == 1, "page %lld: %d", (long long)page,
				  result);
			refused += result == 0 ? 1 : 0;
		}
	}
	/* Free pages may hold anything. */
	cr_assert_gt(refused, pages);
}

Test(env_damage, a_file_that_is_no_data_file_is_refused)
{
	const char *file = scratch_file(&scratch, "test.mdb");
	int fd = -1;

	cr_assert_eq(truncate(file, 0), 0);
	cr_assert_eq(in_child(try_open, NULL), 0);
	fd = open(file, O_WRONLY);
	for (unsigned i = 0; i < 2000; i++) {
		cr_assert_eq(write(fd, "geen LMDB\n", 10), 10);
	}
	(void)close(fd);
	cr_assert_eq(in_child(try_open, NULL), 0);
}

Test(env_damage, a_tail_that_was_given_up_before_it_was_written_is_no_damage)
{
	/* mm_last_pg of a start page: after page header, magic, version, address, size and two table records. */
	const off_t last_page_at = 16 + 4 + 4 + 8 + 8 + 2 * 48;
	const char *file = scratch_file(&scratch, "test.mdb");
	int64_t size = file_bytes(file);
	uint64_t last = 0;
	int fd = open(file, O_RDWR);

	for (off_t page = 0; page < 2; page++) {
		cr_assert_eq(pread(fd, &last, 8, page * PAGE + last_page_at), 8);
		last += 7;
		cr_assert_eq(pwrite(fd, &last, 8, page * PAGE + last_page_at), 8);
	}
	(void)close(fd);
	cr_assert_eq(in_child(try_open, NULL), 1);
	cr_assert_gt(file_bytes(file), size);
	cr_assert_eq(in_child(try_open, NULL), 1);
	/* But no more than a transaction can leave. */
	fd = open(file, O_RDWR);
	for (off_t page = 0; page < 2; page++) {
		last = (uint64_t)1 << 40;
		cr_assert_eq(pwrite(fd, &last, 8, page * PAGE + last_page_at), 8);
	}
	(void)close(fd);
	cr_assert_eq(in_child(try_open, NULL), 0);
}

/* The flipped byte is on a page that LMDB has mapped: as if the disk had changed it. */
static void
spoil_value(uint64_t number)
{
	const char *file = scratch_file(&scratch, "test.mdb");
	static uint8_t want[3000];
	static uint8_t page[PAGE];
	int fd = open(file, O_RDWR);
	uint8_t byte = (uint8_t)(number + 1);

	memset(want, (int)number, 60);
	for (off_t at = 0; pread(fd, page, PAGE, at) == PAGE; at += PAGE) {
		for (size_t i = 0; i + 60 <= PAGE; i++) {
			if (memcmp(page + i, want, 60) == 0) {
				cr_assert_eq(pwrite(fd, &byte, 1, at + (off_t)i + 30), 1);
				i += 59;
			}
		}
	}
	(void)close(fd);
}

Test(env_damage, a_damaged_value_is_never_read_and_makes_the_store_read_only)
{
	struct kb_env_config config = scratch_config(scratch.path);
	struct kb_env_health health;
	struct kb_env *env = NULL;
	struct kb_txn *txn = NULL;
	struct kb_key64 key = kb_key64(77);
	struct kb_key64 next = kb_key64(78);
	struct kb_error_text where = { "" };
	struct kb_span value;

	spoil_value(77);
	cr_assert_eq(kb_env_open(&config, &env, NULL), KB_OK);
	kb_env_health(env, &health);
	cr_assert_eq(health.state, KB_ERR_READ_ONLY);
	cr_assert_not_null(strstr(health.reason, "table rows, row 77"), "%s", health.reason);
	cr_assert_not_null(strstr(health.reason, "test.mdb"), "%s", health.reason);
	cr_assert_eq(kb_txn_begin_write(env, &txn), KB_ERR_READ_ONLY);
	cr_assert_eq(kb_txn_begin_read(env, &txn), KB_OK);
	cr_assert_eq(kb_get(txn, SCRATCH_ROWS, KB_KEY64_SPAN(next), &value), KB_OK);
	cr_assert_eq(kb_get(txn, SCRATCH_ROWS, KB_KEY64_SPAN(key), &value), KB_ERR_CORRUPT);
	kb_txn_abort(txn);
	cr_assert_eq(kb_env_check_in_child(&config, NULL, NULL, NULL, NULL, &where),
		     KB_ERR_CORRUPT);
	cr_assert_not_null(strstr(where.text, "row 77"), "%s", where.text);
	kb_env_close(env);
}

Test(env_damage, damage_met_in_a_write_transaction_stops_its_commit)
{
	struct kb_env_config config = scratch_config(scratch.path);
	struct kb_env_health health;
	struct kb_env *env = NULL;
	struct kb_txn *txn = NULL;
	struct kb_key64 key = kb_key64(78);
	struct kb_key64 other = kb_key64(1000);
	struct kb_span value;

	config.check_budget_ms = -1;
	spoil_value(78);
	cr_assert_eq(kb_env_open(&config, &env, NULL), KB_OK);
	cr_assert_eq(kb_txn_begin_write(env, &txn), KB_OK);
	cr_assert_eq(kb_put(txn, SCRATCH_ROWS, KB_KEY64_SPAN(other), kb_span_text("x"), 0), KB_OK);
	/* Over a damaged row nothing is written either: that would hide it. */
	cr_assert_eq(kb_put(txn, SCRATCH_ROWS, KB_KEY64_SPAN(key), kb_span_text("x"), 0),
		     KB_ERR_CORRUPT);
	cr_assert_eq(kb_txn_commit(txn), KB_ERR_CORRUPT);
	cr_assert_eq(kb_txn_begin_write(env, &txn), KB_ERR_READ_ONLY);
	kb_env_health(env, &health);
	cr_assert_not_null(strstr(health.reason, "row 78"), "%s", health.reason);
	cr_assert_eq(kb_txn_begin_read(env, &txn), KB_OK);
	cr_assert_eq(kb_get(txn, SCRATCH_ROWS, KB_KEY64_SPAN(other), &value), KB_ERR_NOT_FOUND);
	kb_txn_abort(txn);
	kb_env_close(env);
}

Test(env_damage, a_row_that_must_be_there_and_is_not_is_damage)
{
	struct kb_env_config config = scratch_config(scratch.path);
	struct kb_env_health health;
	struct kb_env *env = NULL;
	struct kb_txn *txn = NULL;
	struct kb_key64 key = kb_key64(5000);
	struct kb_span value;

	cr_assert_eq(kb_env_open(&config, &env, NULL), KB_OK);
	cr_assert_eq(kb_txn_begin_read(env, &txn), KB_OK);
	cr_assert_eq(kb_get(txn, SCRATCH_ROWS, KB_KEY64_SPAN(key), &value), KB_ERR_NOT_FOUND);
	cr_assert_eq(kb_get_required(txn, SCRATCH_ROWS, KB_KEY64_SPAN(key), &value),
		     KB_ERR_CORRUPT);
	kb_txn_abort(txn);
	kb_env_health(env, &health);
	cr_assert_eq(health.state, KB_ERR_READ_ONLY);
	cr_assert_not_null(strstr(health.reason, "row 5000 is missing"), "%s", health.reason);
	kb_env_close(env);
}
