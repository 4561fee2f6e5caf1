/* SPDX-License-Identifier: EUPL-1.2 */
/* Files that only their owner may read. */
#ifndef KB_CRYPTO_PRIVATE_FILE_INTERNAL_H
#define KB_CRYPTO_PRIVATE_FILE_INTERNAL_H

#include "common/base/buf.h"
#include "common/base/secret.h"

/* Makes path new with mode 0600, synced, its folder synced. KB_ERR_EXISTS; on any error no file of ours is left. */
KB_MUST_CHECK enum kb_err kb_private_file_write(const char *path, struct kb_span content,
						struct kb_error_text *where);

/* The whole file into content (must be empty). KB_ERR_KEY_FILE under the rules of keys.h or above most bytes. */
KB_MUST_CHECK enum kb_err kb_private_file_load(const char *path, size_t most,
					       struct kb_secret *content,
					       struct kb_error_text *where);

#endif
