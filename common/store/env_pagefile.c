/* SPDX-License-Identifier: EUPL-1.2 */
/* Start pages and nodes of an LMDB file. */
#include "common/store/env_pagefile.h"

#include "common/store/env.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__ || __SIZEOF_POINTER__ != 8
#error "the file format below is that of 64 bit little endian machines"
#endif

#define NODE_HEADER_BYTES 8
#define META_BYTES 136
#define META_MAGIC 0xbeefc0deu
#define META_VERSION 1
#define PAGE_META 0x08u
#define FREE_DB_FLAGS 0x08u	  /* MDB_INTEGERKEY */
#define ENV_FLAG_NOSUBDIR 0x4000u /* kept in the same field */

uint16_t
env_u16_at(const uint8_t *at)
{
	uint16_t value = 0;

	memcpy(&value, at, sizeof(value));
	return value;
}

uint32_t
env_u32_at(const uint8_t *at)
{
	uint32_t value = 0;

	memcpy(&value, at, sizeof(value));
	return value;
}

uint64_t
env_u64_at(const uint8_t *at)
{
	uint64_t value = 0;

	memcpy(&value, at, sizeof(value));
	return value;
}

enum kb_err
env_pagefile_damaged(const struct env_pagefile *file, const char *format, ...)
{
	char text[160];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	return kb_fail(file->where, KB_ERR_CORRUPT,
		       "the data file %s is damaged: %s; put back a backup of this folder",
		       file->name, text);
}

enum kb_err
env_pagefile_read(const struct env_pagefile *file, uint64_t offset, uint8_t *at, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t got = pread(file->fd, at + done, len - done, (off_t)(offset + done));

		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got < 0) {
			return kb_fail(file->where, kb_err_from_errno(errno),
				       "reading the data file %s failed: %s", file->name,
				       strerror(errno));
		}
		if (got == 0) {
			return kb_fail(
				file->where, KB_ERR_CORRUPT,
				"the data file %s is truncated: it ends at byte %llu; put back "
				"a backup of this folder",
				file->name, (unsigned long long)(offset + done));
		}
		done += (size_t)got;
	}
	return KB_OK;
}

struct db_record
env_db_at(const uint8_t *at)
{
	return (struct db_record){
		.pad = env_u32_at(at),
		.flags = env_u16_at(at + 4),
		.depth = env_u16_at(at + 6),
		.branch_pages = env_u64_at(at + 8),
		.leaf_pages = env_u64_at(at + 16),
		.overflow_pages = env_u64_at(at + 24),
		.entries = env_u64_at(at + 32),
		.root = env_u64_at(at + 40),
	};
}

static enum kb_err
meta_parse(const struct env_pagefile *file, const uint8_t *page, uint64_t number, struct meta *out)
{
	const uint8_t *at = page + PAGE_HEADER_BYTES;

	if (env_u64_at(page) != number || env_u16_at(page + 10) != PAGE_META) {
		return env_pagefile_damaged(file, "page %llu is not a start page",
					    (unsigned long long)number);
	}
	if (env_u32_at(at) != META_MAGIC) {
		return env_pagefile_damaged(file, "start page %llu is not LMDB's",
					    (unsigned long long)number);
	}
	if (env_u32_at(at + 4) != META_VERSION) {
		return kb_fail(file->where, KB_ERR_NEWER_DATA,
			       "the data file %s has format %u of LMDB, not %d", file->name,
			       env_u32_at(at + 4), META_VERSION);
	}
	at += 4 + 4 + 8 + 8;
	out->free_db = env_db_at(at);
	out->main_db = env_db_at(at + DB_RECORD_BYTES);
	out->page_bytes = out->free_db.pad;
	out->flags = out->free_db.flags;
	out->last_page = env_u64_at(at + 2 * (size_t)DB_RECORD_BYTES);
	out->txn_id = env_u64_at(at + 2 * (size_t)DB_RECORD_BYTES + 8);
	if ((out->flags & ~ENV_FLAG_NOSUBDIR) != FREE_DB_FLAGS || out->main_db.flags != 0 ||
	    out->main_db.pad != 0 || out->last_page == 0) {
		return env_pagefile_damaged(file, "start page %llu has impossible values",
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

enum kb_err
env_pagefile_pick(struct env_pagefile *file, uint64_t txn_id)
{
	uint8_t page[PAGE_HEADER_BYTES + META_BYTES] = { 0 };
	struct meta metas[2] = { 0 };
	enum kb_err err = env_pagefile_read(file, 0, page, sizeof(page));

	if (err == KB_OK) {
		err = meta_parse(file, page, 0, &metas[0]);
	}
	if (err != KB_OK) {
		return err;
	}
	if (metas[0].page_bytes < 4096 || metas[0].page_bytes > 65536 ||
	    (metas[0].page_bytes & (metas[0].page_bytes - 1)) != 0) {
		return env_pagefile_damaged(file, "start page 0 names an impossible page size");
	}
	err = env_pagefile_read(file, metas[0].page_bytes, page, sizeof(page));
	if (err == KB_OK) {
		err = meta_parse(file, page, 1, &metas[1]);
	}
	if (err != KB_OK) {
		return err;
	}
	if (txn_id != 0) {
		/* A writer goes on beside us: its next commit may be half visible in the other start page. */
		for (size_t i = 0; i < 2; i++) {
			if (metas[i].txn_id == txn_id) {
				file->meta = metas[i];
				return KB_OK;
			}
		}
		return KB_ERR_BUSY;
	}
	if (metas[0].page_bytes != metas[1].page_bytes || !meta_pair_ok(metas)) {
		return env_pagefile_damaged(file, "its two start pages do not belong together");
	}
	file->meta = metas[metas[1].txn_id > metas[0].txn_id ? 1 : 0];
	return KB_OK;
}

size_t
env_node_count(const uint8_t *page)
{
	return (size_t)(env_u16_at(page + 12) - PAGE_HEADER_BYTES) / 2;
}

enum kb_err
env_node_at(const struct env_pagefile *file, const char *table, const uint8_t *page, size_t index,
	    struct node *out)
{
	size_t page_bytes = file->meta.page_bytes;
	size_t offset = env_u16_at(page + PAGE_HEADER_BYTES + 2 * index);
	size_t key_len = 0;

	if (offset < env_u16_at(page + 14) || offset + NODE_HEADER_BYTES > page_bytes) {
		return env_pagefile_damaged(file, "page %llu (table %s) has a row outside it",
					    (unsigned long long)env_u64_at(page), table);
	}
	out->at = page + offset;
	out->flags = env_u16_at(out->at + 4);
	key_len = env_u16_at(out->at + 6);
	if (key_len > KB_KEY_MAX || offset + NODE_HEADER_BYTES + key_len > page_bytes) {
		return env_pagefile_damaged(file, "page %llu (table %s) has an impossible key",
					    (unsigned long long)env_u64_at(page), table);
	}
	out->key = kb_span(out->at + NODE_HEADER_BYTES, key_len);
	out->data = out->at + NODE_HEADER_BYTES + key_len;
	out->data_room = page_bytes - offset - NODE_HEADER_BYTES - key_len;
	out->data_len = (size_t)env_u16_at(out->at) | (size_t)env_u16_at(out->at + 2) << 16;
	out->child = (uint64_t)out->data_len | (uint64_t)out->flags << 32;
	return KB_OK;
}
