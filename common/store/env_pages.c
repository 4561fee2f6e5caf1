/* SPDX-License-Identifier: EUPL-1.2 */
/* The walk over the pages of an LMDB file, without LMDB. */
#include "common/store/env_pages.h"

#include "common/base/clock.h"
#include "common/store/env_pagefile.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define DEPTH_MAX 32
#define SUBDB_MAX (KB_ENV_TABLES_MAX + 8)
#define CLOCK_EVERY_PAGES 64
/* The last pages of a transaction may be given up before they were ever written, so LMDB's file may lack a tail; it cannot be
 * longer than the largest transaction (MDB_IDL_UM_MAX pages). */
#define TAIL_PAGES_MAX 131072u

enum tree_kind {
	TREE_NONE = 0,
	TREE_FREE,
	TREE_MAIN,
	TREE_TABLE,
	TREE_OWN,
	TREE_UNKNOWN, /* a table of another program version: pages are checked, rows are not */
};

struct subdb {
	char name[ENV_TABLE_NAME_MAX];
	struct db_record db;
};

struct walk {
	const struct env_pages_job *job;
	struct env_pages_report *report;
	struct env_pagefile file;
	uint64_t file_pages;
	uint64_t seen_pages;
	uint8_t *seen;	 /* one bit per page */
	uint8_t *frames; /* DEPTH_MAX pages */
	uint8_t *big;
	size_t big_cap;
	struct subdb subdbs[SUBDB_MAX];
	size_t subdb_count;
	int64_t deadline_mono_ms;
	bool out_of_time;
	struct env_tally found;
	/* of the tree in hand */
	enum tree_kind kind;
	const char *tree_name;
	unsigned table;
	struct db_record count;
	bool floor_set;
	bool floor_inclusive;
	size_t floor_len;
	uint8_t floor[KB_KEY_MAX];
};

__attribute__((format(printf, 2, 3))) static void
row_damage(struct walk *walk, const char *format, ...)
{
	char text[200];
	va_list arguments;

	if (walk->report->row_damage) {
		return;
	}
	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	walk->report->row_damage = true;
	(void)snprintf(walk->report->reason, sizeof(walk->report->reason), "%s: %s",
		       walk->job->file, text);
}

/* ---- pages ---- */

static void
look_at_clock(struct walk *walk)
{
	struct kb_clock clock = kb_clock_system();

	walk->out_of_time =
		walk->deadline_mono_ms != 0 && kb_clock_mono_ms(&clock) >= walk->deadline_mono_ms;
}

static enum kb_err
mark(struct walk *walk, uint64_t page)
{
	uint8_t bit = (uint8_t)(1u << (page & 7));

	if (page < 2 || page > walk->file.meta.last_page) {
		return env_pagefile_damaged(&walk->file,
					    "table %s points at page %llu, which does not exist",
					    walk->tree_name, (unsigned long long)page);
	}
	if ((walk->seen[page >> 3] & bit) != 0) {
		return env_pagefile_damaged(&walk->file, "page %llu is used twice",
					    (unsigned long long)page);
	}
	walk->seen[page >> 3] |= bit;
	walk->seen_pages++;
	if (walk->seen_pages % CLOCK_EVERY_PAGES == 0) {
		look_at_clock(walk);
		if (walk->job->progress != NULL) {
			walk->job->progress(walk->job->progress_state, walk->seen_pages,
					    walk->file.meta.last_page + 1);
		}
	}
	return KB_OK;
}

static enum kb_err
page_read(struct walk *walk, uint64_t number, uint8_t *page)
{
	uint16_t lower = 0;
	uint16_t upper = 0;
	uint16_t flags = 0;
	enum kb_err err = mark(walk, number);

	if (err == KB_OK) {
		err = env_pagefile_read(&walk->file, number * walk->file.meta.page_bytes, page,
					walk->file.meta.page_bytes);
	}
	if (err != KB_OK) {
		return err;
	}
	flags = env_u16_at(page + 10);
	lower = env_u16_at(page + 12);
	upper = env_u16_at(page + 14);
	if (env_u64_at(page) != number || (flags != PAGE_BRANCH && flags != PAGE_LEAF) ||
	    lower <= PAGE_HEADER_BYTES || (lower & 1) != 0 || lower > upper ||
	    upper > walk->file.meta.page_bytes) {
		return env_pagefile_damaged(&walk->file,
					    "page %llu (table %s) has an impossible header",
					    (unsigned long long)number, walk->tree_name);
	}
	return KB_OK;
}

/* Keys must rise over the whole table; the key of a branch is at or below all that is under it. */
static enum kb_err
key_order(struct walk *walk, struct kb_span key, bool inclusive)
{
	struct kb_span floor = kb_span(walk->floor, walk->floor_len);
	int order = 1;

	if (walk->floor_set) {
		if (walk->kind == TREE_FREE) {
			uint64_t a = key.len == 8 ? env_u64_at(key.at) : 0;
			uint64_t b = floor.len == 8 ? env_u64_at(floor.at) : 0;

			order = (a > b) - (a < b);
		} else {
			order = kb_span_compare(key, floor);
		}
	}
	if (order < 0 || (order == 0 && !walk->floor_inclusive) ||
	    (walk->kind == TREE_FREE && key.len != 8)) {
		return env_pagefile_damaged(&walk->file, "table %s is out of order",
					    walk->tree_name);
	}
	memcpy(walk->floor, key.at, key.len);
	walk->floor_len = key.len;
	walk->floor_set = true;
	walk->floor_inclusive = inclusive;
	return KB_OK;
}

static enum kb_err
big_value(struct walk *walk, const struct node *node, struct kb_span *value)
{
	size_t page_bytes = walk->file.meta.page_bytes;
	uint64_t first = 0;
	uint64_t pages = (PAGE_HEADER_BYTES - 1 + (uint64_t)node->data_len) / page_bytes + 1;
	uint64_t stored = 0;
	size_t bytes = (size_t)pages * page_bytes;
	enum kb_err err = KB_OK;

	if (node->data_room < 8) {
		return env_pagefile_damaged(&walk->file, "table %s has a row that is cut off",
					    walk->tree_name);
	}
	first = env_u64_at(node->data);
	if (first > walk->file.meta.last_page || pages > walk->file.meta.last_page) {
		return env_pagefile_damaged(&walk->file,
					    "table %s points at page %llu, which does not exist",
					    walk->tree_name, (unsigned long long)first);
	}
	if (bytes > walk->big_cap) {
		uint8_t *grown = realloc(walk->big, bytes);

		if (grown == NULL) {
			return KB_ERR_NO_MEMORY;
		}
		walk->big = grown;
		walk->big_cap = bytes;
	}
	err = env_pagefile_read(&walk->file, first * page_bytes, walk->big, bytes);
	if (err != KB_OK) {
		return err;
	}
	stored = env_u32_at(walk->big + 12);
	if (env_u64_at(walk->big) != first || env_u16_at(walk->big + 10) != PAGE_OVERFLOW ||
	    stored < pages || stored > walk->file.meta.last_page) {
		return env_pagefile_damaged(&walk->file,
					    "page %llu (table %s) has an impossible header",
					    (unsigned long long)first, walk->tree_name);
	}
	for (uint64_t i = 0; i < stored && err == KB_OK; i++) {
		err = mark(walk, first + i);
	}
	walk->count.overflow_pages += stored;
	*value = kb_span(walk->big + PAGE_HEADER_BYTES, node->data_len);
	return err;
}

/* ---- rows ---- */

static enum kb_err
row_free(struct walk *walk, struct kb_span value)
{
	uint64_t count = value.len >= 8 ? env_u64_at(value.at) : UINT64_MAX;
	uint64_t above = walk->file.meta.last_page + 1;
	enum kb_err err = KB_OK;

	if (value.len < 8 || count > value.len / 8 - 1 ||
	    env_u64_at(walk->floor) > walk->file.meta.txn_id) {
		return env_pagefile_damaged(&walk->file, "its list of free pages is damaged");
	}
	for (uint64_t i = 0; i < count && err == KB_OK; i++) {
		uint64_t page = env_u64_at(value.at + 8 * (i + 1));

		if (page >= above) {
			return env_pagefile_damaged(&walk->file,
						    "its list of free pages is damaged");
		}
		above = page;
		err = mark(walk, page);
	}
	return err;
}

static enum kb_err
row_main(struct walk *walk, const struct node *node, struct kb_span value)
{
	struct subdb *subdb = &walk->subdbs[walk->subdb_count];

	if (node->flags != NODE_SUBDB || value.len != DB_RECORD_BYTES ||
	    node->key.len >= sizeof(subdb->name) || walk->subdb_count >= SUBDB_MAX) {
		return env_pagefile_damaged(&walk->file, "its list of tables is damaged");
	}
	memcpy(subdb->name, node->key.at, node->key.len);
	subdb->name[node->key.len] = 0;
	subdb->db = env_db_at(value.at);
	if (subdb->db.flags != 0 || subdb->db.pad != 0) {
		return env_pagefile_damaged(&walk->file, "its list of tables is damaged");
	}
	walk->subdb_count++;
	return KB_OK;
}

static void
row_table(struct walk *walk, struct kb_span key, struct kb_span stored)
{
	uint8_t tag[ENV_ROW_TAG_BYTES];
	char name[160];
	struct kb_span value;

	if (stored.len >= ENV_ROW_TAG_BYTES) {
		value = kb_span(stored.at + ENV_ROW_TAG_BYTES, stored.len - ENV_ROW_TAG_BYTES);
		env_row_tag(walk->table, key, value, tag);
		if (memcmp(tag, stored.at, sizeof(tag)) == 0) {
			if (walk->kind == TREE_TABLE) {
				env_tally_add(&walk->found.tables[walk->table], tag);
			} else if (kb_span_equal(key, kb_span_text(ENV_TALLY_KEY))) {
				walk->report->has_tally =
					env_tally_decode(value, &walk->report->tally) == KB_OK;
			}
			return;
		}
	}
	env_row_name(walk->tree_name, key, name, sizeof(name));
	row_damage(walk, "%s is damaged: its hash does not fit", name);
}

static enum kb_err
row(struct walk *walk, const struct node *node)
{
	struct kb_span value = kb_span(node->data, node->data_len);
	enum kb_err err = key_order(walk, node->key, false);

	if (err != KB_OK) {
		return err;
	}
	if (node->key.len == 0 || (node->flags & ~(NODE_BIG | NODE_SUBDB)) != 0 ||
	    ((node->flags & NODE_SUBDB) != 0) != (walk->kind == TREE_MAIN)) {
		return env_pagefile_damaged(&walk->file, "table %s has a row of an unknown form",
					    walk->tree_name);
	}
	walk->count.entries++;
	if ((node->flags & NODE_BIG) != 0) {
		err = big_value(walk, node, &value);
	} else if (node->data_len > node->data_room) {
		err = env_pagefile_damaged(&walk->file, "table %s has a row that is cut off",
					   walk->tree_name);
	}
	if (err != KB_OK) {
		return err;
	}
	if (walk->kind == TREE_FREE) {
		return row_free(walk, value);
	}
	if (walk->kind == TREE_MAIN) {
		return row_main(walk, node, value);
	}
	if (walk->kind != TREE_UNKNOWN) {
		row_table(walk, node->key, value);
	}
	return KB_OK;
}

/* ---- trees ---- */

static enum kb_err
leaf(struct walk *walk, const uint8_t *page)
{
	enum kb_err err = KB_OK;

	for (size_t i = 0; i < env_node_count(page) && err == KB_OK; i++) {
		struct node node = { 0 };

		err = env_node_at(&walk->file, walk->tree_name, page, i, &node);
		if (err == KB_OK) {
			err = row(walk, &node);
		}
	}
	walk->count.leaf_pages++;
	return err;
}

static enum kb_err
tree_pages(struct walk *walk, const struct db_record *db)
{
	size_t next[DEPTH_MAX] = { 0 };
	size_t level = 0;
	enum kb_err err = page_read(walk, db->root, walk->frames);

	while (err == KB_OK && !walk->out_of_time) {
		uint8_t *page = walk->frames + level * walk->file.meta.page_bytes;
		bool is_leaf = env_u16_at(page + 10) == PAGE_LEAF;
		struct node node = { 0 };

		if (is_leaf != (level + 1 == db->depth)) {
			return env_pagefile_damaged(&walk->file,
						    "table %s has branches of unequal length",
						    walk->tree_name);
		}
		if (is_leaf) {
			err = leaf(walk, page);
		} else if (next[level] < env_node_count(page)) {
			err = env_node_at(&walk->file, walk->tree_name, page, next[level], &node);
			if (err == KB_OK && next[level] > 0) {
				err = key_order(walk, node.key, true);
			}
			if (err == KB_OK) {
				next[level]++;
				level++;
				next[level] = 0;
				err = page_read(walk, node.child,
						page + walk->file.meta.page_bytes);
			}
			continue;
		} else {
			walk->count.branch_pages++;
		}
		if (err != KB_OK || level == 0) {
			break;
		}
		level--;
	}
	return err;
}

static enum kb_err
tree(struct walk *walk, const struct db_record *db, enum tree_kind kind, const char *name,
     unsigned table)
{
	enum kb_err err = KB_OK;

	walk->kind = kind;
	walk->tree_name = name;
	walk->table = table;
	walk->count = (struct db_record){ 0 };
	walk->floor_set = false;
	walk->floor_inclusive = false;
	if (db->root == PAGE_NONE) {
		if (db->entries != 0 || db->depth != 0 || db->leaf_pages != 0) {
			return env_pagefile_damaged(&walk->file, "table %s has lost its rows",
						    name);
		}
		return KB_OK;
	}
	if (db->depth == 0 || db->depth > DEPTH_MAX) {
		return env_pagefile_damaged(&walk->file, "table %s has an impossible depth", name);
	}
	err = tree_pages(walk, db);
	if (err != KB_OK || walk->out_of_time) {
		return err;
	}
	if (walk->count.entries != db->entries || walk->count.branch_pages != db->branch_pages ||
	    walk->count.leaf_pages != db->leaf_pages ||
	    walk->count.overflow_pages != db->overflow_pages) {
		return env_pagefile_damaged(
			&walk->file, "table %s does not have the pages and rows it should have",
			name);
	}
	return KB_OK;
}

static enum kb_err
subdb_walk(struct walk *walk, const struct subdb *subdb)
{
	if (strcmp(subdb->name, ENV_OWN_NAME) == 0) {
		return tree(walk, &subdb->db, TREE_OWN, subdb->name, ENV_OWN_TABLE);
	}
	for (unsigned i = 0; i < walk->job->table_count; i++) {
		if (strcmp(subdb->name, walk->job->tables[i]) == 0) {
			return tree(walk, &subdb->db, TREE_TABLE, subdb->name, i);
		}
	}
	return tree(walk, &subdb->db, TREE_UNKNOWN, subdb->name, 0);
}

static void
compare_tally(struct walk *walk)
{
	const struct env_tally *tally = &walk->report->tally;

	if (!walk->report->has_tally) {
		row_damage(walk, "the row with the counts of all tables is missing or damaged");
		return;
	}
	/* A compacted copy begins counting anew with 1. */
	if (tally->txn_id != walk->file.meta.txn_id && walk->file.meta.txn_id != 1) {
		row_damage(walk, "the counts are those of commit %llu, the data those of %llu",
			   (unsigned long long)tally->txn_id,
			   (unsigned long long)walk->file.meta.txn_id);
	}
	for (unsigned i = 0; i < walk->job->table_count && i < tally->table_count; i++) {
		const struct env_tally_table *want = &tally->tables[i];
		const struct env_tally_table *have = &walk->found.tables[i];

		if (memcmp(want, have, sizeof(*want)) != 0) {
			row_damage(
				walk,
				"table %s has %llu sound rows where %llu were stored, or rows of "
				"an older state",
				walk->job->tables[i], (unsigned long long)have->count,
				(unsigned long long)want->count);
		}
	}
}

static enum kb_err
all_trees(struct walk *walk)
{
	enum kb_err err = KB_OK;

	look_at_clock(walk);
	if (!walk->out_of_time) {
		err = tree(walk, &walk->file.meta.free_db, TREE_FREE, "free pages", 0);
	}
	if (err == KB_OK && !walk->out_of_time) {
		err = tree(walk, &walk->file.meta.main_db, TREE_MAIN, "tables", 0);
	}
	for (size_t i = 0; i < walk->subdb_count && err == KB_OK && !walk->out_of_time; i++) {
		err = subdb_walk(walk, &walk->subdbs[i]);
	}
	if (err != KB_OK || walk->out_of_time) {
		return err;
	}
	walk->report->complete = true;
	compare_tally(walk);
	return KB_OK;
}

static enum kb_err
prepare(struct walk *walk)
{
	struct stat st;
	uint64_t short_by = 0;
	enum kb_err err = KB_OK;

	if (fstat(walk->job->fd, &st) != 0) {
		return kb_fail(walk->file.where, kb_err_from_errno(errno), "cannot look at %s",
			       walk->job->file);
	}
	if (st.st_size == 0) {
		return kb_fail(walk->file.where, KB_ERR_CORRUPT,
			       "the data file %s is empty; put back a backup of this folder",
			       walk->job->file);
	}
	err = env_pagefile_pick(&walk->file, walk->job->txn_id);
	if (err != KB_OK) {
		return err;
	}
	walk->file_pages = (uint64_t)st.st_size / walk->file.meta.page_bytes;
	walk->report->txn_id = walk->file.meta.txn_id;
	walk->report->page_count = walk->file.meta.last_page + 1;
	if (walk->file.meta.last_page >= walk->file_pages) {
		short_by = walk->file.meta.last_page + 1 - walk->file_pages;
		walk->deadline_mono_ms = 0;
	}
	if (short_by > TAIL_PAGES_MAX) {
		return kb_fail(
			walk->file.where, KB_ERR_CORRUPT,
			"the data file %s is truncated or damaged: it has %llu pages of %llu; "
			"put back a backup of this folder",
			walk->job->file, (unsigned long long)walk->file_pages,
			(unsigned long long)walk->file.meta.last_page + 1);
	}
	walk->report->want_bytes = (walk->file.meta.last_page + 1) * walk->file.meta.page_bytes;
	walk->seen = calloc(1, (size_t)(walk->file.meta.last_page / 8 + 1));
	walk->frames = malloc((size_t)DEPTH_MAX * walk->file.meta.page_bytes);
	return walk->seen != NULL && walk->frames != NULL ? KB_OK : KB_ERR_NO_MEMORY;
}

enum kb_err
env_pages_check(const struct env_pages_job *job, struct env_pages_report *report,
		struct kb_error_text *where)
{
	struct walk *walk = calloc(1, sizeof(*walk));
	enum kb_err err = KB_ERR_NO_MEMORY;

	*report = (struct env_pages_report){ 0 };
	if (walk == NULL) {
		return err;
	}
	walk->job = job;
	walk->report = report;
	walk->file = (struct env_pagefile){ .fd = job->fd, .name = job->file, .where = where };
	walk->tree_name = "";
	walk->deadline_mono_ms = job->deadline_mono_ms;
	err = prepare(walk);
	if (err == KB_OK) {
		err = all_trees(walk);
	}
	free(walk->big);
	free(walk->frames);
	free(walk->seen);
	free(walk);
	return err;
}
