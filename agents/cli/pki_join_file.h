/* SPDX-License-Identifier: EUPL-1.2 */
/* A join file as it lies on disk: what the registrar gave a party at its admission. */
#ifndef KB_CLI_PKI_JOIN_FILE_H
#define KB_CLI_PKI_JOIN_FILE_H

#include "agents/cli/pki_folder.h"

/* Zeroed: empty. Spans live in arena. */
struct kb_pki_join_file {
	struct kb_arena arena;
	struct kb_buf bytes;
	struct kb_join_file join;
	struct kb_descriptor descriptor; /* of the party itself */
};

/* Only its form: whether the registrar signed it was judged when the party joined. KB_ERR_DATA, or why it cannot be read, with a
 * Dutch sentence. Release in every case. */
KB_MUST_CHECK enum kb_err kb_pki_join_file_read(struct kb_pki_join_file *file, const char *path,
						struct kb_error_text *where);
void kb_pki_join_file_release(struct kb_pki_join_file *file);

#endif
