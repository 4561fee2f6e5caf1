/* SPDX-License-Identifier: EUPL-1.2 */
/* The note outside the data folder: equal and behind are normal, ahead and another history mean restored. */
#include "common/store/codec.h"
#include "common/store/failpoint.h"
#include "common/store/marker.h"
#include "tests/unit/store/scratch.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define UTC_2026 1767225600000 /* 2026-01-01 */
#define YEAR_MS (366 * 86400000LL)

enum marker_table {
	TABLE_META,
	TABLE_TREE,
	TABLE_LOG,
	TABLE_COUNT,
};

static const char *const tables[TABLE_COUNT] = { "meta", "tree", "log" };
static const struct kb_ledger_config ledger_config = {
	.table_log = TABLE_LOG,
	.table_tree = TABLE_TREE,
	.table_meta = TABLE_META,
};
static const struct kb_epoch epoch = { { 1, 2, 3, 4, 5, 6, 7, 8 } };
static struct scratch data;
static struct scratch outside;
static struct kb_env *env;
static struct kb_ledger *ledger;
static struct kb_marker *marker;

static void
open_store(void)
{
	struct kb_env_config config = { .path = data.path,
					.name = "test",
					.tables = tables,
					.table_count = TABLE_COUNT,
					.schema = 1 };

	cr_assert_eq(kb_env_open(&config, &env, NULL), KB_OK);
	cr_assert_eq(kb_ledger_open(env, &ledger_config, &ledger, NULL), KB_OK);
}

static void
close_store(void)
{
	kb_ledger_close(ledger);
	kb_env_close(env);
	ledger = NULL;
	env = NULL;
}

static void
set_up(void)
{
	struct kb_error_text where = { "" };

	scratch_make(&data);
	scratch_make(&outside);
	open_store();
	cr_assert_eq(kb_marker_open(scratch_file(&outside, "marker"), &marker, &where), KB_OK, "%s",
		     where.text);
}

static void
tear_down(void)
{
	cr_assert_eq(kb_failpoint_set(NULL), KB_OK);
	kb_marker_close(marker);
	close_store();
	scratch_remove(&data);
	scratch_remove(&outside);
}

TestSuite(marker, .init = set_up, .fini = tear_down, .timeout = 60);

static void
log_some(unsigned count, const char *text, int64_t utc_ms)
{
	struct kb_txn *txn = NULL;
	struct kb_span record = kb_span_text(text);
	struct kb_ledger_head head;

	cr_assert_eq(kb_txn_begin_write(env, &txn), KB_OK);
	for (unsigned i = 0; i < count; i++) {
		cr_assert_eq(kb_ledger_append(ledger, txn, utc_ms, &record, 1, NULL), KB_OK);
	}
	cr_assert_eq(kb_txn_commit(txn), KB_OK);
	kb_ledger_committed_head(ledger, &head);
	kb_marker_set(marker, &epoch, &head);
}

static enum kb_err
read_note(struct kb_marker_note *note)
{
	return kb_marker_read(scratch_file(&outside, "marker"), note, NULL);
}

static enum kb_marker_verdict
verdict(void)
{
	struct kb_marker_note note;
	struct kb_txn *txn = NULL;
	enum kb_marker_verdict found = KB_MARKER_UNKNOWN;
	enum kb_err err = read_note(&note);

	cr_assert_eq(kb_txn_begin_read(env, &txn), KB_OK);
	cr_assert_eq(kb_marker_compare(err == KB_OK ? &note : NULL, ledger, txn, &found), KB_OK);
	kb_txn_abort(txn);
	return found;
}

Test(marker, is_written_at_most_once_a_second_and_read_back)
{
	struct kb_marker_note note;

	cr_assert_eq(read_note(&note), KB_ERR_NOT_FOUND);
	log_some(3, "a", UTC_2026);
	cr_assert_eq(kb_marker_tick(marker, 5000), KB_OK);
	cr_assert_eq(read_note(&note), KB_OK);
	cr_assert_eq(note.size, 3);
	cr_assert_eq(note.year, 2026);
	cr_assert_arr_eq(note.epoch.bytes, epoch.bytes, 8);
	log_some(1, "b", UTC_2026);
	cr_assert_eq(kb_marker_tick(marker, 5999), KB_OK);
	cr_assert_eq(read_note(&note), KB_OK);
	cr_assert_eq(note.size, 3);
	cr_assert_eq(kb_marker_tick(marker, 6000), KB_OK);
	cr_assert_eq(read_note(&note), KB_OK);
	cr_assert_eq(note.size, 4);
	log_some(1, "c", UTC_2026);
	cr_assert_eq(kb_marker_flush(marker), KB_OK);
	cr_assert_eq(read_note(&note), KB_OK);
	cr_assert_eq(note.size, 5);
}

Test(marker, tells_equal_behind_and_unknown_from_restored)
{
	struct scratch backup;
	struct scratch live;

	cr_assert_eq(verdict(), KB_MARKER_UNKNOWN);
	log_some(300, "a", UTC_2026);
	cr_assert_eq(kb_marker_flush(marker), KB_OK);
	cr_assert_eq(verdict(), KB_MARKER_EQUAL);
	log_some(10, "b", UTC_2026);
	cr_assert_eq(verdict(), KB_MARKER_BEHIND);
	/* Over a new year it is still behind. */
	log_some(1, "c", UTC_2026 + YEAR_MS);
	cr_assert_eq(verdict(), KB_MARKER_BEHIND);
	scratch_make(&backup);
	close_store();
	folder_copy(data.path, backup.path);
	open_store();
	log_some(5, "d", UTC_2026 + YEAR_MS);
	cr_assert_eq(kb_marker_flush(marker), KB_OK);
	cr_assert_eq(verdict(), KB_MARKER_EQUAL);
	close_store();
	live = data;
	data = backup;
	open_store();
	cr_assert_eq(verdict(), KB_MARKER_RESTORED);
	/* As long, but with another content: restored and gone on. */
	log_some(5, "e", UTC_2026 + YEAR_MS);
	cr_assert_eq(verdict(), KB_MARKER_RESTORED);
	log_some(5, "e", UTC_2026 + YEAR_MS);
	cr_assert_eq(verdict(), KB_MARKER_RESTORED);
	close_store();
	scratch_remove(&backup);
	data = live;
	open_store();
}

Test(marker, a_year_that_the_store_does_not_know_means_restored)
{
	struct scratch backup;
	struct scratch live;

	log_some(2, "a", UTC_2026);
	scratch_make(&backup);
	close_store();
	folder_copy(data.path, backup.path);
	open_store();
	log_some(1, "b", UTC_2026 + YEAR_MS);
	cr_assert_eq(kb_marker_flush(marker), KB_OK);
	close_store();
	live = data;
	data = backup;
	open_store();
	cr_assert_eq(verdict(), KB_MARKER_RESTORED);
	close_store();
	scratch_remove(&backup);
	data = live;
	open_store();
}

Test(marker, a_damaged_note_is_said_to_be_so_and_counts_as_none)
{
	struct kb_marker_note note;
	struct kb_error_text where = { "" };
	const char *path = scratch_file(&outside, "marker");
	int64_t size = 0;

	log_some(3, "a", UTC_2026);
	cr_assert_eq(kb_marker_flush(marker), KB_OK);
	size = file_bytes(path);
	for (int64_t bit = 0; bit < size * 8; bit++) {
		file_flip_bit(path, (uint64_t)bit);
		cr_assert_eq(kb_marker_read(path, &note, &where), KB_ERR_CORRUPT, "bit %lld",
			     (long long)bit);
		file_flip_bit(path, (uint64_t)bit);
	}
	cr_assert_eq(read_note(&note), KB_OK);
	for (int64_t cut = size - 1; cut >= 0; cut--) {
		cr_assert_eq(truncate(path, (off_t)cut), 0);
		cr_assert_eq(kb_marker_read(path, &note, &where), KB_ERR_CORRUPT, "cut %lld",
			     (long long)cut);
	}
	cr_assert_not_null(strstr(where.text, "damaged"), "%s", where.text);
	cr_assert_eq(verdict(), KB_MARKER_UNKNOWN);
}

Test(marker, a_write_that_fails_leaves_the_old_note_and_is_tried_again)
{
	struct kb_marker_note note;

	log_some(1, "a", UTC_2026);
	cr_assert_eq(kb_marker_flush(marker), KB_OK);
	log_some(1, "b", UTC_2026);
	cr_assert_eq(kb_failpoint_set("marker-before:error"), KB_OK);
	cr_assert_eq(kb_marker_tick(marker, 1000), KB_ERR_IO);
	cr_assert_eq(read_note(&note), KB_OK);
	cr_assert_eq(note.size, 1);
	cr_assert_eq(kb_marker_tick(marker, 2000), KB_OK);
	cr_assert_eq(read_note(&note), KB_OK);
	cr_assert_eq(note.size, 2);
}

Test(marker, verdicts_have_words)
{
	cr_assert_str_eq(kb_marker_verdict_name(KB_MARKER_UNKNOWN), "unknown");
	cr_assert_str_eq(kb_marker_verdict_name(KB_MARKER_RESTORED), "restored");
}
