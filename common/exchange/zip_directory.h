/* SPDX-License-Identifier: EUPL-1.2 */
/* The central directory of a zip container, read with strict bounds; nothing is ever unpacked. */
#ifndef KB_EXCHANGE_ZIP_DIRECTORY_H
#define KB_EXCHANGE_ZIP_DIRECTORY_H

#include "common/exchange/attachment_type.h"

/* What a text document needs is far below these; what is above them was made to fill a disk or to slow down who opens it. */
#define KB_ZIP_ENTRIES_MAX 4096u
#define KB_ZIP_NAME_BYTES_MAX 1024u
#define KB_ZIP_EXTRA_BYTES_MAX 4096u
#define KB_ZIP_UNPACKED_BYTES_MAX ((uint64_t)512 * 1024 * 1024)
/* Unpacked against packed of one entry, beyond a first part that compresses to nothing. */
#define KB_ZIP_RATIO_MAX 200u
#define KB_ZIP_RATIO_FREE_BYTES (64u * 1024u)

struct kb_zip_facts {
	enum kb_attachment_rule rule; /* OK, or the first that it breaks */
	uint32_t entry_count;
	uint64_t unpacked_bytes; /* as declared */
	bool has_content_types;	 /* "[Content_Types].xml" */
	bool has_word_document;	 /* "word/document.xml" */
	bool has_odf_content;	 /* "content.xml" */
};

/*
 * Reads end record and directory (APPNOTE 6.3: 4.3.12, 4.3.16). The end record must be the last 22 bytes (no comment), the directory must
 * fill exactly what lies between its offset and that record, and the parts that it names must fit in front of it without lying over each
 * other: what a zip bomb with overlapping parts cannot do. At most KB_ZIP_ENTRIES_MAX reads of some KiB; no allocation. Only errors of
 * source->read come back.
 */
KB_MUST_CHECK enum kb_err kb_zip_directory_read(const struct kb_attachment_source *source,
						struct kb_zip_facts *out);

#endif
