/* SPDX-License-Identifier: EUPL-1.2 */
/* What the tests of the store share: a folder that goes away, damage on purpose, work in a child. */
#ifndef KB_TESTS_STORE_SCRATCH_H
#define KB_TESTS_STORE_SCRATCH_H

#include "common/store/env.h"

#define SCRATCH_PATH_MAX 128

struct scratch {
	char path[SCRATCH_PATH_MAX]; /* a folder of mode 0700, empty */
};

void scratch_make(struct scratch *scratch);
void scratch_remove(struct scratch *scratch);
/* path/name; valid until the fourth next call. */
const char *scratch_file(const struct scratch *scratch, const char *name);

/* Three tables: meta, rows, tree; schema 1. path is borrowed. */
struct kb_env_config scratch_config(const char *path);

enum scratch_table {
	SCRATCH_META,
	SCRATCH_ROWS,
	SCRATCH_TREE,
	SCRATCH_TABLE_COUNT,
};

void file_copy(const char *from, const char *to);
void file_flip_bit(const char *path, uint64_t bit);
int64_t file_bytes(const char *path);
/* How often needle stands in the file. */
size_t file_find(const char *path, struct kb_span needle);
void folder_copy(const char *from, const char *to);

/* Runs fn in a forked child with default signals and a silent stderr. The exit code, or -signal. */
int in_child(int (*fn)(void *arg), void *arg);

#endif
