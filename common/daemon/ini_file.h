/* SPDX-License-Identifier: EUPL-1.2 */
/* One INI file as a checked list of sections and keys with their line numbers; knows no meaning of any key. */
#ifndef KB_DAEMON_INI_FILE_H
#define KB_DAEMON_INI_FILE_H

#include "common/base/arena.h"
#include "common/daemon/faults.h"

/* libinih cuts longer lines and keys silently; so longer is a fault here. Bytes without the line end. */
#define KB_INI_LINE_MAX 1000
#define KB_INI_NAME_MAX 48
#define KB_INI_SECTION_MAX 160
#define KB_INI_FILE_MAX ((size_t)256 * 1024)

/* key NULL: the section's own heading. Texts are NUL-terminated, valid UTF-8 without control characters. */
struct kb_ini_entry {
	const char *section;
	const char *key;
	const char *value;
	uint32_t line;
	uint32_t heading; /* line of its heading; tells sections with one title apart */
};

/* In the order of the file. A zeroed struct is empty. */
struct kb_ini {
	struct kb_arena arena;
	struct kb_ini_entry *entries;
	size_t count;
};

void kb_ini_release(struct kb_ini *ini);

/*
 * Parses text; file is only its name in faults. A '#' or ';' at the start of a line, or a ';' after a space, begins a
 * comment. Faults of form (bad UTF-8, control characters, a line that is too long, neither a section nor "key = value", a
 * key before the first section, a repeated section or key) go to faults and KB_ERR_CONFIG is returned. What could be
 * read stands in out all the same, so that the caller can report the faults of meaning in the same run; out must be
 * released in every case. KB_ERR_NO_MEMORY. Not reentrant (libinih has process-wide settings).
 */
KB_MUST_CHECK enum kb_err kb_ini_parse(struct kb_span text, const char *file,
				       struct kb_faults *faults, struct kb_ini *out);
/* The same for a file in which sections are a list: a title may stand again, and is then a section of its own; a key is
 * refused twice in one section only. Which titles may occur once is for the caller to say. */
KB_MUST_CHECK enum kb_err kb_ini_parse_list(struct kb_span text, const char *file,
					    struct kb_faults *faults, struct kb_ini *out);

/*
 * Appends the bytes of path to out: a regular file of at most KB_INI_FILE_MAX bytes that not everybody may write. On
 * failure a fault with line 0 is added: KB_ERR_CONFIG, KB_ERR_IO or KB_ERR_NO_MEMORY.
 */
KB_MUST_CHECK enum kb_err kb_ini_read_bytes(const char *path, struct kb_faults *faults,
					    struct kb_buf *out);

#endif
