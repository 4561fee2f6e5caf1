/* SPDX-License-Identifier: EUPL-1.2 */
/* Data keys: assigned once, found again, destroyed so that no byte of them is left, also when killed on the way. */
#include "common/crypto/datakey.h"
#include "common/store/failpoint.h"
#include "common/store/keyring.h"
#include "tests/unit/store/scratch.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct scratch scratch;
static struct kb_secret master;
static struct kb_keyring *keyring;

static enum kb_err
try_open(uint64_t next_number, struct kb_error_text *where)
{
	struct kb_keyring_config config = { .path = scratch.path,
					    .master = &master,
					    .next_number = next_number };

	return kb_keyring_open(&config, &keyring, where);
}

static void
open_keyring(uint64_t next_number)
{
	struct kb_error_text where = { "" };

	cr_assert_eq(try_open(next_number, &where), KB_OK, "%s", where.text);
}

static void
close_keyring(void)
{
	kb_keyring_close(keyring);
	keyring = NULL;
}

static void
set_up(void)
{
	scratch_make(&scratch);
	cr_assert_eq(kb_secret_init(&master, 32), KB_OK);
	memset(master.at, 0x42, 32);
	open_keyring(0);
}

static void
tear_down(void)
{
	cr_assert_eq(kb_failpoint_set(NULL), KB_OK);
	close_keyring();
	kb_secret_release(&master);
	scratch_remove(&scratch);
}

TestSuite(keyring, .init = set_up, .fini = tear_down, .timeout = 120);

static struct kb_datakey
get(uint64_t number)
{
	struct kb_datakey key;

	cr_assert_eq(kb_keyring_get(keyring, number, &key), KB_OK, "key %llu",
		     (unsigned long long)number);
	return key;
}

static bool
equal(const struct kb_datakey *a, const struct kb_datakey *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

Test(keyring, hands_out_each_number_once_and_finds_its_key_again)
{
	static struct kb_datakey keys[700];
	struct kb_datakey found;
	uint64_t number = 0;

	for (uint64_t i = 1; i < 700; i++) {
		cr_assert_eq(kb_keyring_assign(keyring, &number, &keys[i]), KB_OK);
		cr_assert_eq(number, i);
		cr_assert_eq(kb_keyring_tick(keyring), KB_OK);
	}
	cr_assert_eq(kb_keyring_count(keyring) % KB_KEYRING_BLOCK, 0);
	close_keyring();
	open_keyring(700);
	for (uint64_t i = 1; i < 700; i++) {
		found = get(i);
		cr_assert(equal(&found, &keys[i]));
		cr_assert(i == 1 || !equal(&keys[i], &keys[i - 1]));
	}
	cr_assert_eq(kb_keyring_assign(keyring, &number, &found), KB_OK);
	cr_assert_eq(number, 700);
	cr_assert_eq(kb_keyring_get(keyring, KB_KEY_NONE, &found), KB_ERR_NOT_FOUND);
	cr_assert_eq(kb_keyring_get(keyring, 100000, &found), KB_ERR_NOT_FOUND);
}

Test(keyring, makes_a_block_itself_when_nobody_did_beforehand)
{
	struct kb_datakey key;
	uint64_t number = 0;

	for (uint64_t i = 1; i <= 3 * KB_KEYRING_BLOCK; i++) {
		cr_assert_eq(kb_keyring_assign(keyring, &number, &key), KB_OK);
		cr_assert_eq(number, i);
	}
	cr_assert_eq(kb_keyring_count(keyring), 3 * KB_KEYRING_BLOCK);
}

Test(keyring, refuses_another_master_key)
{
	struct kb_error_text where = { "" };

	close_keyring();
	master.at[0]++;
	cr_assert_eq(try_open(1, &where), KB_ERR_KEY_FILE);
	cr_assert_not_null(strstr(where.text, "master key"), "%s", where.text);
	master.at[0]--;
	open_keyring(1);
}

Test(keyring, refuses_to_begin_anew_under_a_store_that_used_keys)
{
	struct scratch other;
	struct kb_error_text where = { "" };

	close_keyring();
	scratch_make(&other);
	for (unsigned round = 0; round < 2; round++) {
		struct kb_keyring_config config = { .path = other.path,
						    .master = &master,
						    .next_number = 5 };

		/* Also the second time, when the folder made by the first is there. */
		cr_assert_eq(kb_keyring_open(&config, &keyring, &where), KB_ERR_CORRUPT);
		cr_assert_not_null(strstr(where.text, "missing or older"), "%s", where.text);
	}
	scratch_remove(&other);
	open_keyring(1);
}

/* How often a row with that number stands in the file, on whatever page, in use or not. */
static size_t
rows_with(uint64_t number)
{
	uint8_t pattern[4 + 8];

	/* In LMDB's leaf: flags (0) and key length (8), little endian, before the key. */
	memset(pattern, 0, sizeof(pattern));
	pattern[2] = 8;
	for (unsigned i = 0; i < 8; i++) {
		pattern[4 + i] = (uint8_t)(number >> (56 - 8 * i));
	}
	return file_find(scratch_file(&scratch, "keys.mdb"), kb_span(pattern, sizeof(pattern)));
}

Test(keyring, destroys_keys_so_that_no_byte_of_them_is_left_in_the_file)
{
	static uint8_t before[1 << 20];
	struct kb_datakey others[20];
	struct kb_datakey key;
	uint64_t number = 0;
	const uint64_t doomed[] = { 7, 8, 19 };
	uint8_t wrapped[60];
	FILE *file = NULL;
	size_t size = 0;
	size_t at = 0;

	for (uint64_t i = 1; i < 20; i++) {
		cr_assert_eq(kb_keyring_assign(keyring, &number, &others[i]), KB_OK);
	}
	/* The wrapped bytes of key 7, out of its row: key, tag of 16, value of 60. */
	file = fopen(scratch_file(&scratch, "keys.mdb"), "rb");
	size = fread(before, 1, sizeof(before), file);
	cr_assert_eq(fclose(file), 0);
	for (at = 0; at + 96 < size; at++) {
		static const uint8_t row[] = { 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 7 };

		if (memcmp(before + at, row, sizeof(row)) == 0) {
			break;
		}
	}
	cr_assert_lt(at + 96, size);
	memcpy(wrapped, before + at + 12 + 16, sizeof(wrapped));
	cr_assert_gt(file_find(scratch_file(&scratch, "keys.mdb"), kb_span(wrapped, 60)), 0);
	cr_assert_eq(kb_keyring_destroy(keyring, doomed, 3, NULL), KB_OK);
	for (unsigned round = 0; round < 2; round++) {
		cr_assert_eq(file_find(scratch_file(&scratch, "keys.mdb"), kb_span(wrapped, 60)),
			     0);
		cr_assert_eq(file_find(scratch_file(&scratch, "keys.mdb"), kb_span(wrapped, 16)),
			     0);
		cr_assert_eq(rows_with(7) + rows_with(8) + rows_with(19), 0);
		cr_assert_eq(kb_keyring_get(keyring, 7, &key), KB_ERR_NOT_FOUND);
		cr_assert_eq(kb_keyring_get(keyring, 19, &key), KB_ERR_NOT_FOUND);
		key = get(9);
		cr_assert(equal(&key, &others[9]));
		cr_assert_eq(kb_keyring_count(keyring), KB_KEYRING_BLOCK - 3);
		/* Again is no error. */
		cr_assert_eq(kb_keyring_destroy(keyring, doomed, 3, NULL), KB_OK);
		close_keyring();
		open_keyring(20);
	}
	cr_assert_eq(kb_keyring_assign(keyring, &number, &key), KB_OK);
	cr_assert_eq(number, 20);
	cr_assert_eq(file_bytes(scratch_file(&scratch, "keys.mdb.copy")), -1);
}

Test(keyring, never_gives_a_destroyed_number_again)
{
	struct kb_datakey key;
	const uint64_t doomed[] = { 1, 2, 4, KB_KEYRING_BLOCK };
	const uint64_t never[] = { 100000 };
	uint64_t number = 0;

	cr_assert_eq(kb_keyring_destroy(keyring, doomed, 4, NULL), KB_OK);
	cr_assert_eq(kb_keyring_destroy(keyring, never, 1, NULL), KB_ERR_NOT_FOUND);
	cr_assert_eq(kb_keyring_assign(keyring, &number, &key), KB_OK);
	cr_assert_eq(number, 3);
	cr_assert_eq(kb_keyring_assign(keyring, &number, &key), KB_OK);
	cr_assert_eq(number, 5);
	for (uint64_t i = 6; i <= KB_KEYRING_BLOCK; i++) {
		cr_assert_eq(kb_keyring_assign(keyring, &number, &key), KB_OK);
	}
	/* The highest of the first block was destroyed: its number is passed over, not made again. */
	cr_assert_eq(number, KB_KEYRING_BLOCK + 1);
}

static int
destroy_and_die(void *arg)
{
	const uint64_t doomed[] = { 3 };

	if (kb_failpoint_set(arg) != KB_OK || try_open(10, NULL) != KB_OK) {
		return 2;
	}
	return kb_keyring_destroy(keyring, doomed, 1, NULL) == KB_OK ? 0 : 1;
}

Test(keyring, a_kill_anywhere_in_a_destruction_is_made_good_by_doing_it_again)
{
	static const char *const points[] = {
		"keyring-deleted:kill",	  "keyring-copied:kill",    "keyring-renamed:kill",
		"env-commit:kill",	  "env-before-commit:kill", "env-after-commit:kill",
		"keyring-destroyed:kill",
	};
	const uint64_t doomed[] = { 3 };

	close_keyring();
	for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++) {
		struct scratch kept = scratch;
		struct kb_datakey key;
		struct kb_datakey other;

		scratch_make(&scratch);
		open_keyring(0);
		other = get(4);
		close_keyring();
		cr_assert_eq(in_child(destroy_and_die, (void *)(uintptr_t)points[i]), -SIGKILL,
			     "%s", points[i]);
		open_keyring(10);
		cr_assert_eq(file_bytes(scratch_file(&scratch, "keys.mdb.copy")), -1);
		cr_assert_eq(kb_keyring_destroy(keyring, doomed, 1, NULL), KB_OK, "%s", points[i]);
		cr_assert_eq(kb_keyring_get(keyring, 3, &key), KB_ERR_NOT_FOUND);
		cr_assert_eq(rows_with(3), 0, "%s", points[i]);
		key = get(4);
		cr_assert(equal(&key, &other));
		close_keyring();
		scratch_remove(&scratch);
		scratch = kept;
	}
	open_keyring(10);
}

Test(keyring, a_failed_replacement_stops_it_and_a_new_start_goes_on)
{
	struct kb_env_health health;
	struct kb_datakey key;
	const uint64_t doomed[] = { 3 };

	cr_assert_eq(kb_failpoint_set("keyring-renamed:error"), KB_OK);
	cr_assert_eq(kb_keyring_destroy(keyring, doomed, 1, NULL), KB_ERR_IO);
	kb_keyring_health(keyring, &health);
	cr_assert_eq(health.state, KB_ERR_IO);
	cr_assert_eq(kb_keyring_get(keyring, 5, &key), KB_ERR_IO);
	close_keyring();
	open_keyring(10);
	cr_assert_eq(kb_keyring_destroy(keyring, doomed, 1, NULL), KB_OK);
	(void)get(5);
}
