/* SPDX-License-Identifier: EUPL-1.2 */
/* Small files, read whole and replaced whole. */
#ifndef KB_BASE_FILE_H
#define KB_BASE_FILE_H

#include <sys/types.h>

#include "common/base/buf.h"

/* Appends the content of a plain file (no symbolic link in its last part) of at most max_bytes. KB_ERR_NOT_FOUND,
 * KB_ERR_OVERSIZE, KB_ERR_PERMISSION, KB_ERR_IO, KB_ERR_NO_MEMORY; where (may be NULL) names the file and the cause. */
KB_MUST_CHECK enum kb_err kb_file_read(const char *path, size_t max_bytes, struct kb_buf *out,
				       struct kb_error_text *where);

/* Writes it beside its place, syncs, renames and syncs the folder: a reader, and a machine that loses power, see the old or
 * the new one whole. On an error nothing is left behind. */
KB_MUST_CHECK enum kb_err kb_file_replace(const char *path, mode_t mode, struct kb_span content,
					  struct kb_error_text *where);

/* Makes it, where nothing stands yet, and syncs it. KB_ERR_EXISTS: something does (a link too), and stays as it is; else as
 * kb_file_replace(). On an error nothing is left behind. */
KB_MUST_CHECK enum kb_err kb_file_create(const char *path, mode_t mode, struct kb_span content,
					 struct kb_error_text *where);

#endif
