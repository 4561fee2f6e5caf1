/* SPDX-License-Identifier: EUPL-1.2 */
/* The log: numbers, roots, proofs, tiles, years, checkpoints, and that an abort takes everything back. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memmem(3) */
#endif
#include "common/base/bytes.h"
#include "common/base/clock.h"
#include "common/crypto/merkle.h"
#include "common/crypto/merkle_proof.h"
#include "common/store/codec.h"
#include "common/store/failpoint.h"
#include "common/store/ledger.h"
#include "tests/unit/store/scratch.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define UTC_2026 1767225600000 /* 2026-01-01 00:00:00.000 */
#define DAY_MS 86400000LL

enum ledger_table {
	TABLE_META,
	TABLE_ROWS,
	TABLE_TREE,
	TABLE_LOG,
	TABLE_COUNT,
};

static const char *const tables[TABLE_COUNT] = { "meta", "rows", "tree", "log" };
static struct scratch scratch;
static struct kb_env *env;
static struct kb_ledger *ledger;
static struct kb_ledger_config config = {
	.table_log = TABLE_LOG,
	.table_tree = TABLE_TREE,
	.table_meta = TABLE_META,
};

static struct kb_env_config
env_config(void)
{
	return (struct kb_env_config){ .path = scratch.path,
				       .name = "test",
				       .tables = tables,
				       .table_count = TABLE_COUNT,
				       .map_bytes = 8 << 20,
				       .schema = 1 };
}

static void
open_all(void)
{
	struct kb_env_config want = env_config();
	struct kb_error_text where = { "" };

	cr_assert_eq(kb_env_open(&want, &env, &where), KB_OK, "%s", where.text);
	cr_assert_eq(kb_ledger_open(env, &config, &ledger, &where), KB_OK, "%s", where.text);
}

static void
close_all(void)
{
	kb_ledger_close(ledger);
	kb_env_close(env);
	ledger = NULL;
	env = NULL;
}

static void
set_up(void)
{
	scratch_make(&scratch);
	open_all();
}

static void
tear_down(void)
{
	cr_assert_eq(kb_failpoint_set(NULL), KB_OK);
	close_all();
	scratch_remove(&scratch);
}

TestSuite(ledger, .init = set_up, .fini = tear_down, .timeout = 300);

static struct kb_txn *
begin(void)
{
	struct kb_txn *txn = NULL;

	cr_assert_eq(kb_txn_begin_write(env, &txn), KB_OK);
	return txn;
}

static struct kb_txn *
begin_read(void)
{
	struct kb_txn *txn = NULL;

	cr_assert_eq(kb_txn_begin_read(env, &txn), KB_OK);
	return txn;
}

/* Record i of a test is the number i as text, in two parts. */
static struct kb_hash
append(struct kb_txn *txn, uint64_t i, int64_t utc_ms)
{
	char text[40];
	int len = snprintf(text, sizeof(text), "record %llu", (unsigned long long)i);
	struct kb_span parts[] = { kb_span(text, 3), kb_span(text + 3, (size_t)len - 3) };
	struct kb_hash leaf;
	uint64_t number = 0;

	cr_assert_eq(kb_ledger_append(ledger, txn, utc_ms, parts, 2, &number), KB_OK);
	cr_assert_eq(number, i);
	kb_merkle_leaf(kb_span(text, (size_t)len), &leaf);
	return leaf;
}

static void
fill(uint64_t first, uint64_t last, int64_t utc_ms)
{
	struct kb_txn *txn = begin();

	for (uint64_t i = first; i <= last; i++) {
		(void)append(txn, i, utc_ms);
	}
	cr_assert_eq(kb_txn_commit(txn), KB_OK);
}

static struct kb_error_text said;

static enum kb_err
verify(void)
{
	struct kb_env_config want = env_config();

	said.text[0] = 0;
	return kb_env_check_in_child(&want, kb_ledger_verify, &config, NULL, NULL, &said);
}

/* The root by the definition of RFC 9162 2.1.1, to compare with. */
static struct kb_hash
root_of(const struct kb_hash *leaves, size_t count)
{
	struct kb_hash left;
	struct kb_hash right;
	size_t split = 1;

	if (count == 1) {
		return leaves[0];
	}
	while (split * 2 < count) {
		split *= 2;
	}
	left = root_of(leaves, split);
	right = root_of(leaves + split, count - split);
	kb_merkle_node(&left, &right, &left);
	return left;
}

Test(ledger, has_the_root_of_the_rfc_at_every_size_and_proofs_that_verify)
{
	static struct kb_hash leaves[600];
	struct kb_buf path = { 0 };
	struct kb_txn *txn = begin();
	struct kb_hash roots[601];

	kb_merkle_empty(&roots[0]);
	for (size_t size = 1; size <= 600; size++) {
		struct kb_ledger_head head;

		leaves[size - 1] = append(txn, size, UTC_2026);
		roots[size] = root_of(leaves, size);
		kb_ledger_head(ledger, &head);
		cr_assert_eq(head.size, size);
		cr_assert(kb_hash_equal(&head.root, &roots[size]), "size %zu", size);
		for (uint64_t index = size % 7; index < size; index += 1 + size / 9) {
			kb_buf_clear(&path);
			cr_assert_eq(
				kb_ledger_prove_inclusion(ledger, txn, 2026, index, size, &path),
				KB_OK);
			cr_assert_eq(kb_merkle_verify_inclusion(&leaves[index], index, size,
								kb_buf_span(&path), &head.root),
				     KB_OK, "leaf %llu of %zu", (unsigned long long)index, size);
		}
	}
	cr_assert_eq(kb_txn_commit(txn), KB_OK);
	txn = begin_read();
	for (size_t size = 1; size <= 600; size++) {
		struct kb_hash root;

		cr_assert_eq(kb_ledger_root_at(ledger, txn, 2026, size, &root), KB_OK);
		cr_assert(kb_hash_equal(&root, &roots[size]), "size %zu", size);
		for (size_t old = 0; old <= size; old += 1 + size / 11) {
			kb_buf_clear(&path);
			cr_assert_eq(
				kb_ledger_prove_consistency(ledger, txn, 2026, old, size, &path),
				KB_OK);
			cr_assert_eq(kb_merkle_verify_consistency(old, &roots[old], size,
								  &roots[size], kb_buf_span(&path)),
				     KB_OK, "%zu to %zu", old, size);
		}
	}
	cr_assert_eq(kb_ledger_root_at(ledger, txn, 2026, 601, &leaves[0]), KB_ERR_NOT_FOUND);
	cr_assert_eq(kb_ledger_root_at(ledger, txn, 2025, 1, &leaves[0]), KB_ERR_NOT_FOUND);
	kb_txn_abort(txn);
	kb_buf_release(&path);
}

Test(ledger, is_the_same_after_opening_again_at_every_kind_of_size)
{
	static const uint64_t sizes[] = { 1, 2, 255, 256, 257, 511, 512, 513, 1000 };
	uint64_t last = 0;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct kb_ledger_head before;
		struct kb_ledger_head after;

		fill(last + 1, sizes[i], UTC_2026);
		last = sizes[i];
		kb_ledger_head(ledger, &before);
		close_all();
		open_all();
		kb_ledger_head(ledger, &after);
		cr_assert_eq(after.size, last);
		cr_assert_eq(after.year, 2026);
		cr_assert_eq(after.first_number, 1);
		cr_assert(kb_hash_equal(&before.root, &after.root), "size %llu",
			  (unsigned long long)last);
		cr_assert_eq(verify(), KB_OK, "%s", said.text);
	}
}

Test(ledger, goes_over_the_edge_of_a_tile_of_the_second_level)
{
	struct kb_ledger_head before;
	struct kb_ledger_head after;
	struct kb_hash leaf;
	struct kb_buf path = { 0 };
	struct kb_txn *txn = NULL;

	for (uint64_t i = 0; i < 65535; i += 4095) {
		fill(i + 1, i + 4095 < 65535 ? i + 4095 : 65535, UTC_2026);
	}
	for (uint64_t size = 65535; size <= 65537; size++) {
		if (size > 65535) {
			fill(size, size, UTC_2026);
		}
		kb_ledger_head(ledger, &before);
		close_all();
		open_all();
		kb_ledger_head(ledger, &after);
		cr_assert_eq(after.size, size);
		cr_assert(kb_hash_equal(&before.root, &after.root), "size %llu",
			  (unsigned long long)size);
		txn = begin_read();
		kb_merkle_leaf(kb_span_text("record 12346"), &leaf);
		kb_buf_clear(&path);
		cr_assert_eq(kb_ledger_prove_inclusion(ledger, txn, 2026, 12345, size, &path),
			     KB_OK);
		cr_assert_eq(kb_merkle_verify_inclusion(&leaf, 12345, size, kb_buf_span(&path),
							&after.root),
			     KB_OK);
		kb_txn_abort(txn);
	}
	cr_assert_eq(verify(), KB_OK, "%s", said.text);
	kb_buf_release(&path);
}

Test(ledger, an_abort_brings_back_the_state_also_over_tile_and_year_edges)
{
	static const uint64_t sizes[] = { 0, 1, 200, 255, 256, 300, 512 };
	uint64_t last = 0;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct kb_ledger_head before;
		struct kb_ledger_head committed;
		struct kb_ledger_head after;
		struct kb_txn *txn = NULL;

		if (sizes[i] > last) {
			fill(last + 1, sizes[i], UTC_2026);
		}
		last = sizes[i];
		kb_ledger_head(ledger, &before);
		txn = begin();
		for (uint64_t j = 1; j <= 300; j++) {
			(void)append(txn, last + j, UTC_2026);
		}
		cr_assert_eq(kb_ledger_checkpoint(ledger, txn, UTC_2026, NULL), KB_OK);
		if (last > 0) {
			struct kb_span text = kb_span_text("volgend jaar");
			uint64_t number = 0;

			cr_assert_eq(kb_ledger_append(ledger, txn, UTC_2026 + 366 * DAY_MS, &text,
						      1, &number),
				     KB_OK);
			cr_assert_eq(number, last + 302);
		}
		kb_ledger_committed_head(ledger, &committed);
		cr_assert_eq(committed.size, before.size);
		cr_assert(kb_hash_equal(&committed.root, &before.root));
		kb_txn_abort(txn);
		kb_ledger_head(ledger, &after);
		cr_assert_eq(after.size, before.size);
		cr_assert_eq(after.year, before.year);
		cr_assert_eq(after.first_number, before.first_number);
		cr_assert(kb_hash_equal(&after.root, &before.root), "size %llu",
			  (unsigned long long)last);
	}
	fill(513, 700, UTC_2026);
	cr_assert_eq(verify(), KB_OK, "%s", said.text);
}

struct append_many {
	uint64_t first;
	uint64_t count;
	unsigned runs;
};

static enum kb_err
append_step(struct kb_txn *txn, void *arg)
{
	struct append_many *many = arg;
	static uint8_t big[20000];
	enum kb_err err = KB_OK;

	many->runs++;
	for (uint64_t i = 0; i < many->count && err == KB_OK; i++) {
		struct kb_span record = kb_span(big, 200 + i);

		err = kb_ledger_append(ledger, txn, UTC_2026, &record, 1, NULL);
	}
	return err == KB_OK ? kb_ledger_checkpoint(ledger, txn, UTC_2026, NULL) : err;
}

Test(ledger, a_step_that_runs_again_because_the_map_was_full_logs_once)
{
	for (unsigned n = 1; n < 320; n += 29) {
		struct append_many many = { 1, 300, 0 };
		struct kb_ledger_head before;
		struct kb_ledger_head after;
		char spec[40];

		kb_ledger_head(ledger, &before);
		(void)snprintf(spec, sizeof(spec), "env-map-full:error:%u", n);
		cr_assert_eq(kb_failpoint_set(spec), KB_OK);
		cr_assert_eq(kb_env_step(env, append_step, &many, NULL), KB_OK);
		kb_ledger_head(ledger, &after);
		cr_assert_eq(after.size, before.size + 300);
	}
	cr_assert_eq(verify(), KB_OK, "%s", said.text);
}

Test(ledger, a_record_that_cannot_be_stored_spoils_the_step_not_the_log)
{
	struct kb_ledger_head before;
	struct kb_ledger_head after;
	struct kb_txn *txn = NULL;
	struct kb_span text = kb_span_text("x");

	fill(1, 255, UTC_2026);
	kb_ledger_head(ledger, &before);
	txn = begin();
	cr_assert_eq(kb_failpoint_set("ledger-tile:error"), KB_OK);
	cr_assert_eq(kb_ledger_append(ledger, txn, UTC_2026, &text, 1, NULL), KB_ERR_IO);
	/* Even a caller that overlooks it cannot commit the half. */
	cr_assert_eq(kb_txn_commit(txn), KB_ERR_IO);
	kb_ledger_head(ledger, &after);
	cr_assert(kb_hash_equal(&before.root, &after.root));
	fill(256, 256, UTC_2026);
	cr_assert_eq(verify(), KB_OK, "%s", said.text);
}

/* ---- years and checkpoints ---- */

static enum kb_err
sign(void *state, const struct kb_ledger_head *head, int64_t utc_ms, struct kb_buf *out)
{
	unsigned *calls = state;

	(*calls)++;
	return kb_buf_putf(out, "signed %u %llu %lld", head->year, (unsigned long long)head->size,
			   (long long)utc_ms);
}

static enum kb_err
check_sign(void *state, const struct kb_ledger_head *head, struct kb_span checkpoint)
{
	char want[64];

	(void)state;
	(void)snprintf(want, sizeof(want), "signed %u %llu ", head->year,
		       (unsigned long long)head->size);
	return checkpoint.len > strlen(want) && memcmp(checkpoint.at, want, strlen(want)) == 0
		       ? KB_OK
		       : KB_ERR_BAD_SEAL;
}

static void
with_hooks(unsigned *calls)
{
	config.hooks = (struct kb_ledger_hooks){ .sign = sign,
						 .check_checkpoint = check_sign,
						 .state = calls };
	close_all();
	open_all();
}

Test(ledger, stores_a_signed_checkpoint_with_the_step_and_signs_each_size_once)
{
	unsigned calls = 0;
	struct kb_buf first = { 0 };
	struct kb_buf again = { 0 };
	struct kb_ledger_head head;
	struct kb_ledger_head now;
	struct kb_txn *txn = NULL;

	with_hooks(&calls);
	txn = begin();
	cr_assert_eq(kb_ledger_checkpoint(ledger, txn, UTC_2026, &first), KB_ERR_NOT_FOUND);
	cr_assert_eq(kb_ledger_last_checkpoint(ledger, txn, 0, &head, NULL), KB_ERR_NOT_FOUND);
	(void)append(txn, 1, UTC_2026);
	cr_assert_eq(kb_ledger_checkpoint(ledger, txn, UTC_2026 + 5, &first), KB_OK);
	cr_assert_eq(kb_ledger_checkpoint(ledger, txn, UTC_2026 + 9, &again), KB_OK);
	cr_assert_eq(calls, 1);
	cr_assert(kb_span_equal(kb_buf_span(&first), kb_buf_span(&again)));
	cr_assert_eq(kb_txn_commit(txn), KB_OK);
	close_all();
	open_all();
	fill(2, 300, UTC_2026);
	txn = begin_read();
	kb_buf_clear(&again);
	cr_assert_eq(kb_ledger_last_checkpoint(ledger, txn, 2026, &head, &again), KB_OK);
	cr_assert_eq(head.size, 1);
	cr_assert(kb_span_equal(kb_buf_span(&first), kb_buf_span(&again)));
	kb_txn_abort(txn);
	kb_ledger_head(ledger, &now);
	cr_assert_eq(now.size, 300);
	cr_assert_eq(verify(), KB_OK, "%s", said.text);
	kb_buf_release(&first);
	kb_buf_release(&again);
}

Test(ledger, closes_a_year_and_begins_the_next_with_its_last_root)
{
	unsigned calls = 0;
	struct kb_ledger_head old;
	struct kb_ledger_head head;
	struct kb_ledger_head found;
	struct kb_hash leaf;
	struct kb_buf path = { 0 };
	struct kb_txn *txn = NULL;
	struct kb_span record;
	uint16_t year = 0;
	uint64_t index = 0;
	uint64_t number = 0;
	struct kb_span text = kb_span_text("na nieuwjaar");

	with_hooks(&calls);
	fill(1, 700, UTC_2026 + 365 * DAY_MS - 1);
	kb_ledger_head(ledger, &old);
	cr_assert_eq(old.year, 2026);
	txn = begin();
	/* A leap over 2027 too: an agent that was away for a year. */
	cr_assert_eq(kb_ledger_append(ledger, txn, UTC_2026 + 731 * DAY_MS, &text, 1, &number),
		     KB_OK);
	cr_assert_eq(number, 702);
	/* A clock that goes back stays in the open year. */
	cr_assert_eq(kb_ledger_append(ledger, txn, UTC_2026, &text, 1, &number), KB_OK);
	cr_assert_eq(number, 703);
	cr_assert_eq(kb_txn_commit(txn), KB_OK);
	cr_assert_eq(calls, 1);
	for (unsigned round = 0; round < 2; round++) {
		kb_ledger_head(ledger, &head);
		cr_assert_eq(head.year, 2028);
		cr_assert_eq(head.first_number, 701);
		cr_assert_eq(head.size, 3);
		txn = begin_read();
		cr_assert_eq(kb_ledger_year(ledger, txn, 2026, &found), KB_OK);
		cr_assert_eq(found.size, 700);
		cr_assert(kb_hash_equal(&found.root, &old.root));
		cr_assert_eq(kb_ledger_get(ledger, txn, 701, &record), KB_OK);
		cr_assert(record.len > 32);
		cr_assert_not_null(memmem(record.at, record.len, old.root.bytes, 32));
		cr_assert_eq(kb_ledger_locate(ledger, txn, 700, &year, &index), KB_OK);
		cr_assert(year == 2026 && index == 699);
		cr_assert_eq(kb_ledger_locate(ledger, txn, 703, &year, &index), KB_OK);
		cr_assert(year == 2028 && index == 2);
		cr_assert_eq(kb_ledger_locate(ledger, txn, 704, &year, &index), KB_ERR_NOT_FOUND);
		/* Proofs in the closed year still hold. */
		kb_merkle_leaf(kb_span_text("record 600"), &leaf);
		kb_buf_clear(&path);
		cr_assert_eq(kb_ledger_prove_inclusion(ledger, txn, 2026, 599, 700, &path), KB_OK);
		cr_assert_eq(
			kb_merkle_verify_inclusion(&leaf, 599, 700, kb_buf_span(&path), &old.root),
			KB_OK);
		kb_txn_abort(txn);
		cr_assert_eq(verify(), KB_OK, "%s", said.text);
		close_all();
		open_all();
	}
	kb_buf_release(&path);
}

/* ---- reading ---- */

Test(ledger, walks_records_from_any_number)
{
	struct kb_cursor *cursor = NULL;
	struct kb_txn *txn = NULL;
	struct kb_span record;
	uint64_t number = 290;
	char want[40];

	fill(1, 300, UTC_2026);
	txn = begin_read();
	for (uint64_t i = 290; i <= 300; i++) {
		cr_assert_eq(kb_ledger_next(ledger, txn, &cursor, &number, &record), KB_OK);
		cr_assert_eq(number, i);
		(void)snprintf(want, sizeof(want), "record %llu", (unsigned long long)i);
		cr_assert(kb_span_equal(record, kb_span_text(want)));
	}
	cr_assert_eq(kb_ledger_next(ledger, txn, &cursor, &number, &record), KB_ERR_NOT_FOUND);
	kb_cursor_close(cursor);
	cr_assert_eq(kb_ledger_get(ledger, txn, 0, &record), KB_ERR_NOT_FOUND);
	cr_assert_eq(kb_ledger_get(ledger, txn, 301, &record), KB_ERR_NOT_FOUND);
	kb_txn_abort(txn);
}

Test(ledger, drops_old_records_and_keeps_roots_and_proofs)
{
	struct kb_ledger_head head;
	struct kb_ledger_head after;
	struct kb_buf path = { 0 };
	struct kb_hash leaf;
	struct kb_span record;
	struct kb_txn *txn = NULL;
	struct kb_span text = kb_span_text("2027");
	size_t dropped = 0;

	fill(1, 700, UTC_2026);
	txn = begin();
	for (unsigned i = 0; i < 601; i++) {
		cr_assert_eq(kb_ledger_append(ledger, txn, UTC_2026 + 400 * DAY_MS, &text, 1, NULL),
			     KB_OK);
	}
	cr_assert_eq(kb_txn_commit(txn), KB_OK);
	kb_ledger_head(ledger, &head);
	txn = begin();
	cr_assert_eq(kb_ledger_drop(ledger, txn, 300, 100, &dropped), KB_OK);
	cr_assert_eq(dropped, 100);
	kb_txn_abort(txn);
	txn = begin();
	cr_assert_eq(kb_ledger_drop(ledger, txn, 300, 1000, &dropped), KB_OK);
	cr_assert_eq(dropped, 299);
	cr_assert_eq(kb_txn_commit(txn), KB_OK);
	cr_assert_eq(verify(), KB_OK, "%s", said.text);
	txn = begin();
	cr_assert_eq(kb_ledger_drop(ledger, txn, UINT64_MAX, 100000, &dropped), KB_OK);
	cr_assert_eq(dropped, 700 + 512 - 299);
	cr_assert_eq(kb_txn_commit(txn), KB_OK);
	close_all();
	open_all();
	kb_ledger_head(ledger, &after);
	cr_assert_eq(after.size, head.size);
	cr_assert(kb_hash_equal(&after.root, &head.root));
	cr_assert_eq(verify(), KB_OK, "%s", said.text);
	txn = begin_read();
	cr_assert_eq(kb_ledger_get(ledger, txn, 700, &record), KB_ERR_NOT_FOUND);
	kb_merkle_leaf(kb_span_text("record 100"), &leaf);
	cr_assert_eq(kb_ledger_prove_inclusion(ledger, txn, 2026, 99, 700, &path), KB_OK);
	cr_assert_eq(kb_ledger_year(ledger, txn, 2026, &head), KB_OK);
	cr_assert_eq(kb_merkle_verify_inclusion(&leaf, 99, 700, kb_buf_span(&path), &head.root),
		     KB_OK);
	kb_txn_abort(txn);
	kb_buf_release(&path);
}

#define LARGE_RECORDS 100000
#define READY_MS 1000
#define ANON_MAX_KIB (30 * 1024)

static int64_t
anon_kib(pid_t pid)
{
	char path[64];
	char line[256];
	int64_t kib = -1;
	FILE *file = NULL;

	(void)snprintf(path, sizeof(path), "/proc/%ld/status", (long)pid);
	file = fopen(path, "r");
	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		if (strncmp(line, "RssAnon:", 8) == 0) {
			kib = strtoll(line + 8, NULL, 10);
		}
	}
	if (file != NULL) {
		(void)fclose(file);
	}
	return kib;
}

/* A sanitizer's own memory says nothing. */
static bool
too_heavy(void)
{
#ifdef __SANITIZE_ADDRESS__
	return false;
#else
	return anon_kib(getpid()) > ANON_MAX_KIB;
#endif
}

static enum kb_err
verify_and_weigh(struct kb_txn *txn, void *arg, kb_progress_fn progress, void *progress_state,
		 struct kb_error_text *where)
{
	enum kb_err err = kb_ledger_verify(txn, arg, progress, progress_state, where);

	return err == KB_OK && too_heavy()
		       ? kb_fail(where, KB_ERR_NO_MEMORY, "%lld KiB", (long long)anon_kib(getpid()))
		       : err;
}

Test(ledger, is_ready_within_a_second_on_100000_records_and_verifies_in_bounded_memory)
{
	static uint8_t bytes[700];
	struct kb_env_config want = env_config();
	struct kb_clock clock = kb_clock_system();
	struct kb_span record = kb_span(bytes, sizeof(bytes));
	struct kb_env_health health;
	struct kb_ledger_head head;
	int64_t start = 0;
	int64_t ready = 0;

	for (unsigned i = 0; i < LARGE_RECORDS; i += 500) {
		struct kb_txn *txn = begin();

		for (unsigned j = 0; j < 500; j++) {
			memcpy(bytes, &(unsigned){ i + j }, sizeof(unsigned));
			cr_assert_eq(kb_ledger_append(ledger, txn, UTC_2026, &record, 1, NULL),
				     KB_OK);
		}
		cr_assert_eq(kb_txn_commit(txn), KB_OK);
	}
	close_all();
	start = kb_clock_mono_ms(&clock);
	open_all();
	ready = kb_clock_mono_ms(&clock) - start;
	kb_ledger_head(ledger, &head);
	kb_env_health(env, &health);
	cr_assert_eq(head.size, LARGE_RECORDS);
	cr_assert_eq(kb_env_check_in_child(&want, verify_and_weigh, &config, NULL, NULL, &said),
		     KB_OK, "%s", said.text);
#ifndef __SANITIZE_ADDRESS__
	cr_assert_lt(ready, READY_MS, "%lld ms", (long long)ready);
	cr_assert(health.checked_whole);
	cr_assert_lt(anon_kib(getpid()), ANON_MAX_KIB);
#else
	cr_assert_gt(ready, 0);
#endif
}

/* ---- tampering: with good row hashes, as by someone who has the program ---- */

static void
put_row(unsigned table, struct kb_span key, struct kb_span value)
{
	struct kb_txn *txn = begin();

	cr_assert_eq(kb_put(txn, table, key, value, KB_PUT_REPLACE), KB_OK);
	cr_assert_eq(kb_txn_commit(txn), KB_OK);
}

static void
del_row(unsigned table, struct kb_span key)
{
	struct kb_txn *txn = begin();

	cr_assert_eq(kb_del(txn, table, key), KB_OK);
	cr_assert_eq(kb_txn_commit(txn), KB_OK);
}

Test(ledger, verify_names_the_record_that_was_changed_removed_or_added)
{
	unsigned calls = 0;
	struct kb_key64 key;
	struct kb_txn *txn = NULL;

	with_hooks(&calls);
	fill(1, 600, UTC_2026);
	txn = begin();
	cr_assert_eq(kb_ledger_checkpoint(ledger, txn, UTC_2026, NULL), KB_OK);
	cr_assert_eq(kb_txn_commit(txn), KB_OK);
	cr_assert_eq(verify(), KB_OK, "%s", said.text);
	key = kb_key64(300);
	put_row(TABLE_LOG, KB_KEY64_SPAN(key), kb_span_text("vervalst"));
	cr_assert_eq(verify(), KB_ERR_CORRUPT);
	cr_assert_not_null(strstr(said.text, "record 300 was changed"), "%s", said.text);
	put_row(TABLE_LOG, KB_KEY64_SPAN(key), kb_span_text("record 300"));
	cr_assert_eq(verify(), KB_OK, "%s", said.text);
	/* Behind the last full tile only the checkpoint knows. */
	key = kb_key64(600);
	put_row(TABLE_LOG, KB_KEY64_SPAN(key), kb_span_text("vervalst"));
	cr_assert_eq(verify(), KB_ERR_CORRUPT);
	cr_assert_not_null(strstr(said.text, "do not give the root of the checkpoint of 2026"),
			   "%s", said.text);
	del_row(TABLE_LOG, KB_KEY64_SPAN(key));
	cr_assert_eq(verify(), KB_ERR_CORRUPT);
	cr_assert_not_null(strstr(said.text, "not intact"), "%s", said.text);
	put_row(TABLE_LOG, KB_KEY64_SPAN(key), kb_span_text("record 600"));
	key = kb_key64(17);
	del_row(TABLE_LOG, KB_KEY64_SPAN(key));
	cr_assert_eq(verify(), KB_ERR_CORRUPT);
	cr_assert_not_null(strstr(said.text, "missing"), "%s", said.text);
	put_row(TABLE_LOG, KB_KEY64_SPAN(key), kb_span_text("record 17"));
	key = kb_key64(602);
	put_row(TABLE_LOG, KB_KEY64_SPAN(key), kb_span_text("erbij"));
	cr_assert_eq(verify(), KB_ERR_CORRUPT);
	cr_assert_not_null(strstr(said.text, "missing"), "%s", said.text);
	del_row(TABLE_LOG, KB_KEY64_SPAN(key));
	cr_assert_eq(verify(), KB_OK, "%s", said.text);
}

Test(ledger, verify_sees_changed_tiles_checkpoints_and_years)
{
	unsigned calls = 0;
	struct kb_txn *txn = NULL;
	struct kb_span value;
	struct kb_buf row = { 0 };
	uint8_t tile_key[11] = { 2026 >> 8, 2026 & 255, 0 };
	uint8_t year_key[] = "ledger/year/\x07\xea";
	struct kb_span text = kb_span_text("nieuw jaar");
	struct kb_key64 key = kb_key64(601);

	with_hooks(&calls);
	fill(1, 600, UTC_2026);
	txn = begin();
	cr_assert_eq(kb_ledger_append(ledger, txn, UTC_2026 + 400 * DAY_MS, &text, 1, NULL), KB_OK);
	cr_assert_eq(kb_txn_commit(txn), KB_OK);
	cr_assert_eq(verify(), KB_OK, "%s", said.text);
	/* A tile. */
	txn = begin_read();
	cr_assert_eq(kb_get(txn, TABLE_TREE, kb_span(tile_key, 11), &value), KB_OK);
	cr_assert_eq(kb_buf_put(&row, value), KB_OK);
	kb_txn_abort(txn);
	row.at[40 * 32]++;
	put_row(TABLE_TREE, kb_span(tile_key, 11), kb_buf_span(&row));
	cr_assert_eq(verify(), KB_ERR_CORRUPT);
	cr_assert_not_null(strstr(said.text, "record 41 "), "%s", said.text);
	row.at[40 * 32]--;
	put_row(TABLE_TREE, kb_span(tile_key, 11), kb_buf_span(&row));
	tile_key[10] = 9;
	put_row(TABLE_TREE, kb_span(tile_key, 11), kb_buf_span(&row));
	cr_assert_eq(verify(), KB_ERR_CORRUPT);
	cr_assert_not_null(strstr(said.text, "tiles that belong to no record"), "%s", said.text);
	del_row(TABLE_TREE, kb_span(tile_key, 11));
	/* The signature of a closed year. */
	kb_buf_clear(&row);
	txn = begin_read();
	cr_assert_eq(kb_get(txn, TABLE_META, kb_span(year_key, 14), &value), KB_OK);
	cr_assert_eq(kb_buf_put(&row, value), KB_OK);
	kb_txn_abort(txn);
	row.at[row.len - 30]++;
	put_row(TABLE_META, kb_span(year_key, 14), kb_buf_span(&row));
	cr_assert_eq(verify(), KB_ERR_CORRUPT);
	row.at[row.len - 30]--;
	put_row(TABLE_META, kb_span(year_key, 14), kb_buf_span(&row));
	cr_assert_eq(verify(), KB_OK, "%s", said.text);
	/* The first record of a year names the end of the year before. */
	put_row(TABLE_LOG, KB_KEY64_SPAN(key), kb_span_text("een ander begin"));
	cr_assert_eq(verify(), KB_ERR_CORRUPT);
	cr_assert_not_null(strstr(said.text, "record 601 does not name the end of 2026"), "%s",
			   said.text);
	kb_buf_release(&row);
}

Test(ledger, opening_refuses_a_log_that_lost_its_end)
{
	struct kb_error_text where = { "" };
	struct kb_env_health health;
	struct kb_env_config want = env_config();
	struct kb_txn *txn = NULL;
	struct kb_key64 key = kb_key64(300);

	fill(1, 300, UTC_2026);
	txn = begin();
	cr_assert_eq(kb_ledger_checkpoint(ledger, txn, UTC_2026, NULL), KB_OK);
	cr_assert_eq(kb_txn_commit(txn), KB_OK);
	del_row(TABLE_LOG, KB_KEY64_SPAN(key));
	close_all();
	cr_assert_eq(kb_env_open(&want, &env, NULL), KB_OK);
	cr_assert_eq(kb_ledger_open(env, &config, &ledger, &where), KB_ERR_CORRUPT);
	cr_assert_not_null(strstr(where.text, "records are missing"), "%s", where.text);
	kb_env_health(env, &health);
	cr_assert_eq(health.state, KB_ERR_READ_ONLY);
	ledger = NULL;
}
