/* SPDX-License-Identifier: EUPL-1.2 */
/* A data file with damage of any kind: the input is a list of patches (page, offset, length, bytes) on a sound file, or a place to
 * cut it off. It must be refused, or open read-only, or hold exactly what was stored; LMDB must not crash on it. */
#include "common/base/bytes.h"
#include "common/base/log.h"
#include "common/store/codec.h"
#include "common/store/env.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PAGE_BYTES 4096
#define ROWS 120
#define IMAGE_MAX ((size_t)1 << 20)

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const tables[] = { "meta", "rows" };
static char folder[64];
static char file[80];
static uint8_t image[IMAGE_MAX];
static uint8_t patched[IMAGE_MAX];
static size_t image_bytes;

static void
silent(enum kb_log_level level, const char *event, const char *line, void *state)
{
	(void)level;
	(void)event;
	(void)line;
	(void)state;
}

static struct kb_env *
store_open(enum kb_err *err)
{
	struct kb_env_config config = { .path = folder,
					.name = "fuzz",
					.tables = tables,
					.table_count = 2,
					.schema = 1,
					.map_bytes = IMAGE_MAX,
					.check_budget_ms = 60000 };
	struct kb_error_text where = { "" };
	struct kb_env *env = NULL;

	*err = kb_env_open(&config, &env, &where);
	KB_INVARIANT(*err == KB_OK || strstr(where.text, folder) != NULL);
	return env;
}

static struct kb_span
row_value(uint64_t number)
{
	static uint8_t value[9000];
	size_t len = number == 50 ? sizeof(value) : 10 + number * 29 % 800;

	for (size_t i = 0; i < len; i++) {
		value[i] = (uint8_t)(number * 17 + i * 3);
	}
	return kb_span(value, len);
}

static void
rows_put(struct kb_env *env, uint64_t first, uint64_t step)
{
	struct kb_txn *txn = NULL;

	KB_INVARIANT(kb_txn_begin_write(env, &txn) == KB_OK);
	for (uint64_t i = first; i <= ROWS; i += step) {
		struct kb_key64 key = kb_key64(i);

		KB_INVARIANT(kb_put(txn, 1, KB_KEY64_SPAN(key), row_value(i), KB_PUT_REPLACE) ==
			     KB_OK);
	}
	KB_INVARIANT(kb_txn_commit(txn) == KB_OK);
}

static void
file_write(const uint8_t *bytes, size_t len)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	KB_INVARIANT(fd >= 0 && write(fd, bytes, len) == (ssize_t)len);
	(void)close(fd);
}

static void
tidy_up(void)
{
	static const char *const suffixes[] = { "mdb", "mdb-lock", "lock", "open" };
	char name[96];

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		(void)snprintf(name, sizeof(name), "%s/fuzz.%s", folder, suffixes[i]);
		(void)unlink(name);
	}
	(void)rmdir(folder);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	enum kb_err err = KB_OK;
	struct kb_env *env = NULL;
	ssize_t got = 0;
	int fd = -1;

	(void)argc;
	(void)argv;
	kb_log_init(KB_LOG_NONE, silent, NULL);
	(void)snprintf(folder, sizeof(folder), "%s/kb-fuzz-XXXXXX",
		       access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	KB_INVARIANT(mkdtemp(folder) != NULL && atexit(tidy_up) == 0);
	(void)snprintf(file, sizeof(file), "%s/fuzz.mdb", folder);
	env = store_open(&err);
	KB_INVARIANT(err == KB_OK);
	for (uint64_t i = 1; i <= 6; i++) {
		rows_put(env, i, i < 4 ? 3 : 7);
	}
	kb_env_close(env);
	fd = open(file, O_RDONLY);
	got = read(fd, image, sizeof(image));
	(void)close(fd);
	KB_INVARIANT(got > 0 && (size_t)got < sizeof(image));
	image_bytes = (size_t)got;
	return 0;
}

static size_t
patch(const uint8_t *data, size_t size)
{
	size_t len = image_bytes;

	memcpy(patched, image, image_bytes);
	for (size_t i = 0; i + 5 <= size;) {
		size_t page = data[i] % (image_bytes / PAGE_BYTES);
		size_t offset = kb_load_u16(data + i + 1) % PAGE_BYTES;
		size_t count = data[i + 3] % 16;

		i += 4;
		if (count == 0) {
			/* Cut off here. */
			len = page * PAGE_BYTES + offset;
			continue;
		}
		for (size_t j = 0; j < count && i < size && offset + j < PAGE_BYTES; j++, i++) {
			patched[page * PAGE_BYTES + offset + j] = data[i];
		}
	}
	return len;
}

/* KB_OK: all rows, and only they, as they were stored. */
static enum kb_err
read_all(struct kb_env *env)
{
	struct kb_cursor *cursor = NULL;
	struct kb_txn *txn = NULL;
	struct kb_row row;
	uint64_t number = 0;
	enum kb_err err = kb_txn_begin_read(env, &txn);

	KB_INVARIANT(err == KB_OK);
	err = kb_cursor_open(txn, 1, KB_SPAN_NONE, &cursor);
	while (err == KB_OK && (err = kb_cursor_next(cursor, &row)) == KB_OK) {
		struct kb_key64 key = kb_key64(++number);

		KB_INVARIANT(kb_span_equal(row.key, KB_KEY64_SPAN(key)));
		KB_INVARIANT(kb_span_equal(row.value, row_value(number)));
	}
	kb_cursor_close(cursor);
	kb_txn_abort(txn);
	KB_INVARIANT(err != KB_ERR_NOT_FOUND || number == ROWS);
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kb_env_health health;
	enum kb_err err = KB_OK;
	struct kb_env *env = NULL;

	file_write(patched, patch(data, size));
	env = store_open(&err);
	if (err != KB_OK) {
		return 0;
	}
	kb_env_health(env, &health);
	if (health.state == KB_OK) {
		KB_INVARIANT(read_all(env) == KB_OK);
		rows_put(env, 1, 2);
		rows_put(env, 1, 1);
		KB_INVARIANT(read_all(env) == KB_OK);
	}
	kb_env_close(env);
	return 0;
}
