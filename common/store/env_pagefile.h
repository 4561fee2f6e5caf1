/* SPDX-License-Identifier: EUPL-1.2 */
/* LMDB's file format, read piece by piece with no trust in any of it. */
#ifndef KB_STORE_ENV_PAGEFILE_H
#define KB_STORE_ENV_PAGEFILE_H

#include "common/base/error.h"
#include "common/base/span.h"

/*
 * Format: LMDB 0.9, MDB_DATA_VERSION 1 (mdb.c: MDB_page, MDB_node, MDB_db, MDB_meta), 64 bit, little endian.
 */
#define PAGE_HEADER_BYTES 16
#define DB_RECORD_BYTES 48
#define PAGE_BRANCH 0x01u
#define PAGE_LEAF 0x02u
#define PAGE_OVERFLOW 0x04u
#define NODE_BIG 0x01u
#define NODE_SUBDB 0x02u
#define PAGE_NONE UINT64_MAX

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

struct env_pagefile {
	int fd;
	const char *name; /* for sentences */
	struct kb_error_text *where;
	struct meta meta; /* the start page in force, after env_pagefile_pick() */
};

struct node {
	const uint8_t *at;
	uint16_t flags;
	struct kb_span key;
	const uint8_t *data; /* after the key */
	size_t data_room;    /* bytes of the page from data on */
	size_t data_len;     /* as the node says */
	uint64_t child;
};

/* Integers of the file, at any alignment. */
uint16_t env_u16_at(const uint8_t *at);
uint32_t env_u32_at(const uint8_t *at);
uint64_t env_u64_at(const uint8_t *at);
struct db_record env_db_at(const uint8_t *at);

/* A sentence about damage in file->where. Returns KB_ERR_CORRUPT. */
__attribute__((format(printf, 2, 3))) enum kb_err
env_pagefile_damaged(const struct env_pagefile *file, const char *format, ...);
/* KB_ERR_CORRUPT where the file ends too early. */
KB_MUST_CHECK enum kb_err env_pagefile_read(const struct env_pagefile *file, uint64_t offset,
					    uint8_t *at, size_t len);
/* Reads both start pages and takes the newer one, or the one with that commit number (KB_ERR_BUSY: neither). */
KB_MUST_CHECK enum kb_err env_pagefile_pick(struct env_pagefile *file, uint64_t txn_id);
/* Number of nodes of a page whose header is sound. */
size_t env_node_count(const uint8_t *page);
/* Node number index; every bound is checked but that of the data (data_len against data_room). table is for sentences. */
KB_MUST_CHECK enum kb_err env_node_at(const struct env_pagefile *file, const char *table,
				      const uint8_t *page, size_t index, struct node *out);

#endif
