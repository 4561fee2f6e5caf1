/* SPDX-License-Identifier: EUPL-1.2 */
/* Zip containers made by hand: each field of the directory can be made wrong. For tests of who reads one. */
#ifndef KB_TESTS_SUPPORT_SMALL_ZIP_H
#define KB_TESTS_SUPPORT_SMALL_ZIP_H

#include "common/base/buf.h"
#include "common/exchange/attachment_type.h"

#define SMALL_ZIP_ENTRIES_MAX 5000

/* One entry; the content is stored as it is, whatever the directory says of it. */
struct small_zip_entry {
	const char *name;
	const char *content;
	/* What the directory says; 0: the truth (method stored). */
	uint32_t method;
	uint32_t flags;
	uint32_t packed;
	uint32_t unpacked;
	uint32_t made_by;
	uint32_t attributes;
	uint32_t disk;
	uint32_t comment_len; /* bytes of a comment that follow it */
	bool wrong_offset;    /* offset 0 whatever its place */
};

struct small_zip {
	struct kb_buf bytes;
	struct kb_buf directory;
	uint32_t count;
};

void small_zip_add(struct small_zip *zip, const struct small_zip_entry *entry);
/* Puts directory and end record behind what was added. count 0: as many as there are. */
void small_zip_end(struct small_zip *zip, uint32_t count, struct kb_span comment);
void small_zip_release(struct small_zip *zip);

/* What a real ODT and a real DOCX consist of, at least. */
void small_zip_odt(struct small_zip *zip);
void small_zip_docx(struct small_zip *zip);

/* For kb_attachment_source: state is a struct kb_span. */
enum kb_err small_zip_read(void *state, uint64_t offset, uint8_t *out, size_t len);

#endif
