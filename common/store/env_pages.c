/* SPDX-License-Identifier: EUPL-1.2 */
/* The walk over the pages of an LMDB file, without LMDB. */
#include "common/store/env_pages.h"

#include "common/base/clock.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__ || __SIZEOF_POINTER__ != 8
#error "the file format below is that of 64 bit little endian machines"
#endif

#define PAGE_HEADER_BYTES 16
#define NODE_HEADER_BYTES 8
#define DB_RECORD_BYTES 48
#define META_BYTES 136
#define META_MAGIC 0xbeefc0deu
#define META_VERSION 1
#define PAGE_BRANCH 0x01u
#define PAGE_LEAF 0x02u
#define PAGE_OVERFLOW 0x04u
#define PAGE_META 0x08u
#define NODE_BIG 0x01u
#define NODE_SUBDB 0x02u
#define FREE_DB_FLAGS 0x08u	  /* MDB_INTEGERKEY */
#define ENV_FLAG_NOSUBDIR 0x4000u /* kept in the same field */
#define PAGE_NONE UINT64_MAX
#define DEPTH_MAX 32
#define SUBDB_MAX (KB_ENV_TABLES_MAX + 8)
#define CLOCK_EVERY_PAGES 64
/* The last pages of a transaction may be given up before they were ever written, so LMDB's file may lack a tail; it cannot be
 * longer than the largest transaction (MDB_IDL_UM_MAX pages). */
#define TAIL_PAGES_MAX 131072u

struct db_record {
	uint32_t pad;
	uint16_t flags;
	uint16_t depth;
	uint64_t branch_pages;
	uint64_t leaf_pages;
	uint64_t overflow_pages;
	uint64_t entries;
	uint64_t root;
};

struct meta {
	uint32_t page_bytes;
	uint16_t flags;
	uint64_t last_page;
	uint64_t txn_id;
	struct db_record free_db;
	struct db_record main_db;
};

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
	struct kb_error_text *where;
	struct meta meta;
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

static uint16_t
u16_at(const uint8_t *at)
{
	uint16_t value = 0;

	memcpy(&value, at, sizeof(value));
	return value;
}

static uint32_t
u32_at(const uint8_t *at)
{
	uint32_t value = 0;

	memcpy(&value, at, sizeof(value));
	return value;
}

static uint64_t
u64_at(const uint8_t *at)
{
	uint64_t value = 0;

	memcpy(&value, at, sizeof(value));
	return value;
}

__attribute__((format(printf, 2, 3))) static enum kb_err
damaged(const struct walk *walk, const char *format, ...)
{
	char text[160];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	return kb_fail(walk->where, KB_ERR_CORRUPT,
		       "the data file %s is damaged: %s; put back a backup of this folder",
		       walk->job->file, text);
}

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

static enum kb_err
read_at(const struct walk *walk, uint64_t offset, uint8_t *at, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t got = pread(walk->job->fd, at + done, len - done, (off_t)(offset + done));

		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got < 0) {
			return kb_fail(walk->where, kb_err_from_errno(errno),
				       "reading the data file %s failed: %s", walk->job->file,
				       strerror(errno));
		}
		if (got == 0) {
			return kb_fail(
				walk->where, KB_ERR_CORRUPT,
				"the data file %s is truncated: it ends at byte %llu; put back "
				"a backup of this folder",
				walk->job->file, (unsigned long long)(offset + done));
		}
		done += (size_t)got;
	}
	return KB_OK;
}

static struct db_record
db_at(const uint8_t *at)
{
	return (struct db_record){
		.pad = u32_at(at),
		.flags = u16_at(at + 4),
		.depth = u16_at(at + 6),
		.branch_pages = u64_at(at + 8),
		.leaf_pages = u64_at(at + 16),
		.overflow_pages = u64_at(at + 24),
		.entries = u64_at(at + 32),
		.root = u64_at(at + 40),
	};
}

/* ---- meta pages ---- */

static enum kb_err
meta_parse(const struct walk *walk, const uint8_t *page, uint64_t number, struct meta *out)
{
	const uint8_t *at = page + PAGE_HEADER_BYTES;

	if (u64_at(page) != number || u16_at(page + 10) != PAGE_META) {
		return damaged(walk, "page %llu is not a start page", (unsigned long long)number);
	}
	if (u32_at(at) != META_MAGIC) {
		return damaged(walk, "start page %llu is not LMDB's", (unsigned long long)number);
	}
	if (u32_at(at + 4) != META_VERSION) {
		return kb_fail(walk->where, KB_ERR_NEWER_DATA,
			       "the data file %s has format %u of LMDB, not %d", walk->job->file,
			       u32_at(at + 4), META_VERSION);
	}
	at += 4 + 4 + 8 + 8;
	out->free_db = db_at(at);
	out->main_db = db_at(at + DB_RECORD_BYTES);
	out->page_bytes = out->free_db.pad;
	out->flags = out->free_db.flags;
	out->last_page = u64_at(at + 2 * (size_t)DB_RECORD_BYTES);
	out->txn_id = u64_at(at + 2 * (size_t)DB_RECORD_BYTES + 8);
	if ((out->flags & ~ENV_FLAG_NOSUBDIR) != FREE_DB_FLAGS || out->main_db.flags != 0 ||
	    out->main_db.pad != 0 || out->last_page == 0) {
		return damaged(walk, "start page %llu has impossible values",
			       (unsigned long long)number);
	}
	return KB_OK;
}

/* LMDB writes its start pages in turn, so their numbers are neighbours and tell which page they stand on. A number that was
 * hit by damage would make LMDB fall back, silently, to the state before. */
static bool
meta_pair_ok(const struct meta metas[2])
{
	uint64_t a = metas[0].txn_id;
	uint64_t b = metas[1].txn_id;

	if (a == 0 && b == 0) {
		return true;
	}
	return (a & 1) == 0 && (b & 1) == 1 && (a + 1 == b || b + 1 == a);
}

static enum kb_err
meta_pick(struct walk *walk)
{
	uint8_t page[PAGE_HEADER_BYTES + META_BYTES];
	struct meta metas[2];
	enum kb_err err = read_at(walk, 0, page, sizeof(page));

	if (err == KB_OK) {
		err = meta_parse(walk, page, 0, &metas[0]);
	}
	if (err != KB_OK) {
		return err;
	}
	if (metas[0].page_bytes < 4096 || metas[0].page_bytes > 65536 ||
	    (metas[0].page_bytes & (metas[0].page_bytes - 1)) != 0) {
		return damaged(walk, "start page 0 names an impossible page size");
	}
	err = read_at(walk, metas[0].page_bytes, page, sizeof(page));
	if (err == KB_OK) {
		err = meta_parse(walk, page, 1, &metas[1]);
	}
	if (err != KB_OK) {
		return err;
	}
	if (walk->job->txn_id != 0) {
		/* A writer goes on beside us: its next commit may be half visible in the other start page. */
		for (size_t i = 0; i < 2; i++) {
			if (metas[i].txn_id == walk->job->txn_id) {
				walk->meta = metas[i];
				return KB_OK;
			}
		}
		return KB_ERR_BUSY;
	}
	if (metas[0].page_bytes != metas[1].page_bytes || !meta_pair_ok(metas)) {
		return damaged(walk, "its two start pages do not belong together");
	}
	walk->meta = metas[metas[1].txn_id > metas[0].txn_id ? 1 : 0];
	return KB_OK;
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

	if (page < 2 || page > walk->meta.last_page) {
		return damaged(walk, "table %s points at page %llu, which does not exist",
			       walk->tree_name, (unsigned long long)page);
	}
	if ((walk->seen[page >> 3] & bit) != 0) {
		return damaged(walk, "page %llu is used twice", (unsigned long long)page);
	}
	walk->seen[page >> 3] |= bit;
	walk->seen_pages++;
	if (walk->seen_pages % CLOCK_EVERY_PAGES == 0) {
		look_at_clock(walk);
		if (walk->job->progress != NULL) {
			walk->job->progress(walk->job->progress_state, walk->seen_pages,
					    walk->meta.last_page + 1);
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
		err = read_at(walk, number * walk->meta.page_bytes, page, walk->meta.page_bytes);
	}
	if (err != KB_OK) {
		return err;
	}
	flags = u16_at(page + 10);
	lower = u16_at(page + 12);
	upper = u16_at(page + 14);
	if (u64_at(page) != number || (flags != PAGE_BRANCH && flags != PAGE_LEAF) ||
	    lower <= PAGE_HEADER_BYTES || (lower & 1) != 0 || lower > upper ||
	    upper > walk->meta.page_bytes) {
		return damaged(walk, "page %llu (table %s) has an impossible header",
			       (unsigned long long)number, walk->tree_name);
	}
	return KB_OK;
}

struct node {
	const uint8_t *at;
	uint16_t flags;
	struct kb_span key;
	const uint8_t *data; /* after the key */
	size_t data_room;    /* bytes of the page from data on */
	size_t data_len;     /* as the node says */
	uint64_t child;
};

static size_t
node_count(const uint8_t *page)
{
	return (size_t)(u16_at(page + 12) - PAGE_HEADER_BYTES) / 2;
}

static enum kb_err
node_at(const struct walk *walk, const uint8_t *page, size_t index, struct node *out)
{
	size_t page_bytes = walk->meta.page_bytes;
	size_t offset = u16_at(page + PAGE_HEADER_BYTES + 2 * index);
	size_t key_len = 0;

	if (offset < u16_at(page + 14) || offset + NODE_HEADER_BYTES > page_bytes) {
		return damaged(walk, "page %llu (table %s) has a row outside it",
			       (unsigned long long)u64_at(page), walk->tree_name);
	}
	out->at = page + offset;
	out->flags = u16_at(out->at + 4);
	key_len = u16_at(out->at + 6);
	if (key_len > KB_KEY_MAX || offset + NODE_HEADER_BYTES + key_len > page_bytes) {
		return damaged(walk, "page %llu (table %s) has an impossible key",
			       (unsigned long long)u64_at(page), walk->tree_name);
	}
	out->key = kb_span(out->at + NODE_HEADER_BYTES, key_len);
	out->data = out->at + NODE_HEADER_BYTES + key_len;
	out->data_room = page_bytes - offset - NODE_HEADER_BYTES - key_len;
	out->data_len = (size_t)u16_at(out->at) | (size_t)u16_at(out->at + 2) << 16;
	out->child = (uint64_t)out->data_len | (uint64_t)out->flags << 32;
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
			uint64_t a = key.len == 8 ? u64_at(key.at) : 0;
			uint64_t b = floor.len == 8 ? u64_at(floor.at) : 0;

			order = (a > b) - (a < b);
		} else {
			order = kb_span_compare(key, floor);
		}
	}
	if (order < 0 || (order == 0 && !walk->floor_inclusive) ||
	    (walk->kind == TREE_FREE && key.len != 8)) {
		return damaged(walk, "table %s is out of order", walk->tree_name);
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
	size_t page_bytes = walk->meta.page_bytes;
	uint64_t first = 0;
	uint64_t pages = (PAGE_HEADER_BYTES - 1 + (uint64_t)node->data_len) / page_bytes + 1;
	uint64_t stored = 0;
	size_t bytes = (size_t)pages * page_bytes;
	enum kb_err err = KB_OK;

	if (node->data_room < 8) {
		return damaged(walk, "table %s has a row that is cut off", walk->tree_name);
	}
	first = u64_at(node->data);
	if (first > walk->meta.last_page || pages > walk->meta.last_page) {
		return damaged(walk, "table %s points at page %llu, which does not exist",
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
	err = read_at(walk, first * page_bytes, walk->big, bytes);
	if (err != KB_OK) {
		return err;
	}
	stored = u32_at(walk->big + 12);
	if (u64_at(walk->big) != first || u16_at(walk->big + 10) != PAGE_OVERFLOW ||
	    stored < pages || stored > walk->meta.last_page) {
		return damaged(walk, "page %llu (table %s) has an impossible header",
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
	uint64_t count = value.len >= 8 ? u64_at(value.at) : UINT64_MAX;
	uint64_t above = walk->meta.last_page + 1;
	enum kb_err err = KB_OK;

	if (value.len < 8 || count > value.len / 8 - 1 || u64_at(walk->floor) > walk->meta.txn_id) {
		return damaged(walk, "its list of free pages is damaged");
	}
	for (uint64_t i = 0; i < count && err == KB_OK; i++) {
		uint64_t page = u64_at(value.at + 8 * (i + 1));

		if (page >= above) {
			return damaged(walk, "its list of free pages is damaged");
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
		return damaged(walk, "its list of tables is damaged");
	}
	memcpy(subdb->name, node->key.at, node->key.len);
	subdb->name[node->key.len] = 0;
	subdb->db = db_at(value.at);
	if (subdb->db.flags != 0 || subdb->db.pad != 0) {
		return damaged(walk, "its list of tables is damaged");
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
		return damaged(walk, "table %s has a row of an unknown form", walk->tree_name);
	}
	walk->count.entries++;
	if ((node->flags & NODE_BIG) != 0) {
		err = big_value(walk, node, &value);
	} else if (node->data_len > node->data_room) {
		err = damaged(walk, "table %s has a row that is cut off", walk->tree_name);
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

	for (size_t i = 0; i < node_count(page) && err == KB_OK; i++) {
		struct node node;

		err = node_at(walk, page, i, &node);
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
		uint8_t *page = walk->frames + level * walk->meta.page_bytes;
		bool is_leaf = u16_at(page + 10) == PAGE_LEAF;
		struct node node;

		if (is_leaf != (level + 1 == db->depth)) {
			return damaged(walk, "table %s has branches of unequal length",
				       walk->tree_name);
		}
		if (is_leaf) {
			err = leaf(walk, page);
		} else if (next[level] < node_count(page)) {
			err = node_at(walk, page, next[level], &node);
			if (err == KB_OK && next[level] > 0) {
				err = key_order(walk, node.key, true);
			}
			if (err == KB_OK) {
				next[level]++;
				level++;
				next[level] = 0;
				err = page_read(walk, node.child, page + walk->meta.page_bytes);
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
			return damaged(walk, "table %s has lost its rows", name);
		}
		return KB_OK;
	}
	if (db->depth == 0 || db->depth > DEPTH_MAX) {
		return damaged(walk, "table %s has an impossible depth", name);
	}
	err = tree_pages(walk, db);
	if (err != KB_OK || walk->out_of_time) {
		return err;
	}
	if (walk->count.entries != db->entries || walk->count.branch_pages != db->branch_pages ||
	    walk->count.leaf_pages != db->leaf_pages ||
	    walk->count.overflow_pages != db->overflow_pages) {
		return damaged(walk, "table %s does not have the pages and rows it should have",
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
	if (tally->txn_id != walk->meta.txn_id && walk->meta.txn_id != 1) {
		row_damage(walk, "the counts are those of commit %llu, the data those of %llu",
			   (unsigned long long)tally->txn_id,
			   (unsigned long long)walk->meta.txn_id);
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
		err = tree(walk, &walk->meta.free_db, TREE_FREE, "free pages", 0);
	}
	if (err == KB_OK && !walk->out_of_time) {
		err = tree(walk, &walk->meta.main_db, TREE_MAIN, "tables", 0);
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
		return kb_fail(walk->where, kb_err_from_errno(errno), "cannot look at %s",
			       walk->job->file);
	}
	if (st.st_size == 0) {
		return kb_fail(walk->where, KB_ERR_CORRUPT,
			       "the data file %s is empty; put back a backup of this folder",
			       walk->job->file);
	}
	err = meta_pick(walk);
	if (err != KB_OK) {
		return err;
	}
	walk->file_pages = (uint64_t)st.st_size / walk->meta.page_bytes;
	walk->report->txn_id = walk->meta.txn_id;
	walk->report->page_count = walk->meta.last_page + 1;
	if (walk->meta.last_page >= walk->file_pages) {
		short_by = walk->meta.last_page + 1 - walk->file_pages;
		walk->deadline_mono_ms = 0;
	}
	if (short_by > TAIL_PAGES_MAX) {
		return kb_fail(
			walk->where, KB_ERR_CORRUPT,
			"the data file %s is truncated or damaged: it has %llu pages of %llu; "
			"put back a backup of this folder",
			walk->job->file, (unsigned long long)walk->file_pages,
			(unsigned long long)walk->meta.last_page + 1);
	}
	walk->report->want_bytes = (walk->meta.last_page + 1) * walk->meta.page_bytes;
	walk->seen = calloc(1, (size_t)(walk->meta.last_page / 8 + 1));
	walk->frames = malloc((size_t)DEPTH_MAX * walk->meta.page_bytes);
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
	walk->where = where;
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
