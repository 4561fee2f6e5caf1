/* SPDX-License-Identifier: EUPL-1.2 */
/* The store that is damaged, and the look at it. */
#include "tests/unit/store/flips.h"

#include "common/store/codec.h"
#include "common/store/ledger.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <unistd.h>

#define ROWS 700
#define RECORDS 600
#define UTC_MS 1767225600000 /* 2026-01-01 */

enum flip_result {
	FLIP_HARMLESS = 0,
	FLIP_READ_ONLY = 10,
	FLIP_REFUSED = 11,
	FLIP_WRONG = 12,
};

enum flip_table {
	FLIP_META,
	FLIP_ROWS,
	FLIP_TREE,
	FLIP_LOG,
	FLIP_TABLE_COUNT,
};

static const char *const tables[FLIP_TABLE_COUNT] = { "meta", "rows", "tree", "log" };
static const struct kb_ledger_config ledger_config = {
	.table_log = FLIP_LOG,
	.table_tree = FLIP_TREE,
	.table_meta = FLIP_META,
};

static struct kb_env_config
config_of(const char *path)
{
	return (struct kb_env_config){ .path = path,
				       .name = "test",
				       .tables = tables,
				       .table_count = FLIP_TABLE_COUNT,
				       .schema = 1 };
}

/* Every third row does not exist; some values need pages of their own. */
static bool
row_expected(uint64_t number, uint8_t *value, size_t *len)
{
	*len = number % 97 == 0 ? 9000 : 20 + number * 37 % 600;
	for (size_t i = 0; i < *len; i++) {
		value[i] = (uint8_t)(number * 131 + i * 7 + (i >> 8));
	}
	return number % 3 != 0;
}

static void
fill(struct kb_env *env)
{
	static uint8_t value[10000];
	struct kb_ledger *ledger = NULL;
	struct kb_error_text where = { "" };

	cr_assert_eq(kb_ledger_open(env, &ledger_config, &ledger, &where), KB_OK, "%s", where.text);
	for (unsigned round = 0; round < 10; round++) {
		struct kb_txn *txn = NULL;

		cr_assert_eq(kb_txn_begin_write(env, &txn), KB_OK);
		for (uint64_t i = round + 1; i <= ROWS; i += 10) {
			struct kb_key64 key = kb_key64(i);
			size_t len = 0;
			bool is = row_expected(i, value, &len);

			/* First a longer value, later the right one: pages are freed and used again. */
			cr_assert_eq(kb_put(txn, FLIP_ROWS, KB_KEY64_SPAN(key),
					    kb_span(value, is ? len : len / 2), KB_PUT_REPLACE),
				     KB_OK);
		}
		for (unsigned i = 0; i < RECORDS / 10; i++) {
			struct kb_span record = kb_span(value, 100 + i);

			cr_assert_eq(kb_ledger_append(ledger, txn, UTC_MS, &record, 1, NULL),
				     KB_OK);
		}
		cr_assert_eq(kb_ledger_checkpoint(ledger, txn, UTC_MS, NULL), KB_OK);
		cr_assert_eq(kb_txn_commit(txn), KB_OK);
	}
	for (uint64_t i = 3; i <= ROWS; i += 3) {
		struct kb_key64 key = kb_key64(i);
		struct kb_txn *txn = NULL;

		if (i % 60 == 3) {
			cr_assert_eq(kb_txn_begin_write(env, &txn), KB_OK);
			for (uint64_t j = i; j < i + 60 && j <= ROWS; j += 3) {
				key = kb_key64(j);
				cr_assert_eq(kb_del(txn, FLIP_ROWS, KB_KEY64_SPAN(key)), KB_OK);
			}
			cr_assert_eq(kb_txn_commit(txn), KB_OK);
		}
	}
	kb_ledger_close(ledger);
}

/* KB_OK: everything as it should be. KB_ERR_INTERNAL: wrong data. Else: damage was noticed. */
static enum kb_err
look_rows(struct kb_txn *txn)
{
	static uint8_t want[10000];
	struct kb_span value;
	enum kb_err err = KB_OK;

	for (uint64_t i = 1; i <= ROWS + 20 && err == KB_OK; i++) {
		struct kb_key64 key = kb_key64(i);
		size_t len = 0;
		bool is = row_expected(i, want, &len) && i <= ROWS;

		err = kb_get(txn, FLIP_ROWS, KB_KEY64_SPAN(key), &value);
		if (err == KB_ERR_NOT_FOUND) {
			err = is ? KB_ERR_INTERNAL : KB_OK;
		} else if (err == KB_OK && (!is || !kb_span_equal(value, kb_span(want, len)))) {
			err = KB_ERR_INTERNAL;
		}
	}
	return err;
}

static enum kb_err
look_walk(struct kb_txn *txn)
{
	static uint8_t want[10000];
	struct kb_cursor *cursor = NULL;
	struct kb_row row;
	size_t len = 0;
	uint64_t i = 1;
	enum kb_err err = kb_cursor_open(txn, FLIP_ROWS, KB_SPAN_NONE, &cursor);

	while (err == KB_OK && (err = kb_cursor_next(cursor, &row)) == KB_OK) {
		struct kb_key64 key;

		while (i <= ROWS && !row_expected(i, want, &len)) {
			i++;
		}
		key = kb_key64(i++);
		if (!kb_span_equal(row.key, KB_KEY64_SPAN(key)) ||
		    !kb_span_equal(row.value, kb_span(want, len))) {
			err = KB_ERR_INTERNAL;
		}
	}
	kb_cursor_close(cursor);
	if (err == KB_ERR_NOT_FOUND) {
		/* A walk that ends early would be wrong data too. */
		err = i > ROWS ? KB_OK : KB_ERR_INTERNAL;
	}
	return err;
}

static enum kb_err
look_log(struct kb_env *env)
{
	struct kb_ledger *ledger = NULL;
	struct kb_ledger_head head;
	struct kb_txn *txn = NULL;
	enum kb_err err = kb_ledger_open(env, &ledger_config, &ledger, NULL);

	if (err != KB_OK) {
		return err;
	}
	kb_ledger_head(ledger, &head);
	if (head.size != RECORDS) {
		err = KB_ERR_INTERNAL;
	}
	if (err == KB_OK) {
		err = kb_txn_begin_read(env, &txn);
	}
	if (err == KB_OK) {
		err = kb_ledger_verify(txn, (void *)(uintptr_t)&ledger_config, NULL, NULL, NULL);
		kb_txn_abort(txn);
	}
	kb_ledger_close(ledger);
	return err;
}

static enum kb_err
look(struct kb_env *env)
{
	struct kb_txn *txn = NULL;
	enum kb_err err = kb_txn_begin_read(env, &txn);

	if (err == KB_OK) {
		err = look_rows(txn);
		kb_txn_abort(txn);
	}
	if (err == KB_OK && (err = kb_txn_begin_read(env, &txn)) == KB_OK) {
		err = look_walk(txn);
		kb_txn_abort(txn);
	}
	return err == KB_OK ? look_log(env) : err;
}

static enum kb_err
write_some(struct kb_txn *txn, void *arg)
{
	static uint8_t value[10000];
	enum kb_err err = KB_OK;

	(void)arg;
	for (uint64_t i = 1; i <= ROWS && err == KB_OK; i++) {
		struct kb_key64 key = kb_key64(i);
		size_t len = 0;

		if (row_expected(i, value, &len) && i % 5 != 0) {
			err = kb_put(txn, FLIP_ROWS, KB_KEY64_SPAN(key), kb_span(value, len),
				     KB_PUT_REPLACE);
		}
	}
	return err;
}

struct flip_job {
	const char *path;
	int64_t budget_ms;
};

static int
look_in_child(void *arg)
{
	const struct flip_job *job = arg;
	struct kb_env_config config = config_of(job->path);
	struct kb_error_text where = { "" };
	struct kb_env_health health;
	struct kb_env *env = NULL;
	enum kb_err err = KB_OK;

	config.check_budget_ms = job->budget_ms;
	err = kb_env_open(&config, &env, &where);
	if (err != KB_OK) {
		return strstr(where.text, "test.mdb") != NULL ||
				       strstr(where.text, job->path) != NULL
			       ? FLIP_REFUSED
			       : FLIP_WRONG;
	}
	err = look(env);
	if (err == KB_ERR_INTERNAL) {
		return FLIP_WRONG;
	}
	if (err == KB_OK) {
		/* What was written on a damaged list of free pages would show now. */
		err = kb_env_step(env, write_some, NULL, NULL);
		if (err == KB_OK) {
			err = kb_env_step(env, write_some, NULL, NULL);
		}
		if (err == KB_OK) {
			err = look(env);
		}
		if (err == KB_ERR_INTERNAL) {
			return FLIP_WRONG;
		}
	}
	kb_env_health(env, &health);
	if (health.state == KB_OK) {
		return err == KB_OK ? FLIP_HARMLESS : FLIP_WRONG;
	}
	/* Damage: no more writes, and a reason that names table or file. */
	return kb_env_step(env, write_some, NULL, NULL) != KB_OK &&
			       strstr(health.reason, job->path) != NULL
		       ? FLIP_READ_ONLY
		       : FLIP_WRONG;
}

static void
count_result(int result, uint64_t bit, struct flip_counts *out)
{
	if (result < 0) {
		out->crashed++;
	} else if (result == FLIP_HARMLESS) {
		out->harmless++;
	} else if (result == FLIP_READ_ONLY) {
		out->read_only++;
	} else if (result == FLIP_REFUSED) {
		out->refused++;
	} else {
		out->wrong++;
		fprintf(stderr, "wrong data after flipping bit %llu (page %llu)\n",
			(unsigned long long)bit, (unsigned long long)bit / 8 / 4096);
	}
}

void
flips_run(unsigned count, int64_t budget_ms, struct flip_counts *out)
{
	uint64_t state = 20260101;
	struct scratch good;
	struct scratch bad;
	struct kb_env_config config;
	struct kb_env *env = NULL;
	uint64_t bits = 0;
	struct flip_job job = { bad.path, budget_ms };

	*out = (struct flip_counts){ 0 };
	scratch_make(&good);
	scratch_make(&bad);
	config = config_of(good.path);
	cr_assert_eq(kb_env_open(&config, &env, NULL), KB_OK);
	fill(env);
	cr_assert_eq(look(env), KB_OK);
	kb_env_close(env);
	bits = (uint64_t)file_bytes(scratch_file(&good, "test.mdb")) * 8;
	for (unsigned i = 0; i < count; i++) {
		uint64_t bit = 0;

		state = state * 6364136223846793005u + 1442695040888963407u;
		bit = (state >> 11) % bits;
		file_copy(scratch_file(&good, "test.mdb"), scratch_file(&bad, "test.mdb"));
		(void)unlink(scratch_file(&bad, "test.mdb-lock"));
		file_flip_bit(scratch_file(&bad, "test.mdb"), bit);
		count_result(in_child(look_in_child, &job), bit, out);
	}
	fprintf(stderr,
		"%u flips in %llu pages: %u harmless, %u read-only, %u refused, %u crashed, %u "
		"wrong\n",
		count, (unsigned long long)bits / 8 / 4096, out->harmless, out->read_only,
		out->refused, out->crashed, out->wrong);
	scratch_remove(&good);
	scratch_remove(&bad);
}
