/* SPDX-License-Identifier: EUPL-1.2 */
/* The page of a letter on disk: complete and synced before it has a name, and never over another file. */
#ifndef KB_RUNTIME_LETTER_FILE_H
#define KB_RUNTIME_LETTER_FILE_H

#include <limits.h>

#include "common/base/buf.h"

/*
 * In this order, so that there is never a page that the log does not know: _write puts it in a file without a name, which vanishes
 * when the process ends; the store commits; _place gives it its name. A crash between the last two leaves an open letter in the
 * log and no page: it is seen in `brief list`, declared void and made again.
 */
struct kb_letter_file {
	int folder; /* descriptors; -1: none */
	int file;
	char name[NAME_MAX + 1];
};

#define KB_LETTER_FILE_NONE ((struct kb_letter_file){ .folder = -1, .file = -1 })

/*
 * path is absolute, its last part ends in ".html" and does not begin with a dot: nothing of the agent's own is called so. Mode
 * 0600. KB_ERR_DATA (name), KB_ERR_EXISTS, KB_ERR_NOT_FOUND (folder), KB_ERR_PERMISSION, KB_ERR_NO_SPACE, KB_ERR_IO, with a Dutch
 * sentence in where; out is then NONE.
 */
KB_MUST_CHECK enum kb_err kb_letter_file_write(const char *path, struct kb_span page,
					       struct kb_letter_file *out,
					       struct kb_error_text *where);
/* KB_ERR_EXISTS when somebody was first, otherwise as above. */
KB_MUST_CHECK enum kb_err kb_letter_file_place(struct kb_letter_file *file,
					       struct kb_error_text *where);
/* Closes both; a page without a name is gone. */
void kb_letter_file_release(struct kb_letter_file *file);

#endif
