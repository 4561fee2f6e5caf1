/* SPDX-License-Identifier: EUPL-1.2 */
/* The tables of proto/README.md, written from the tables in the code. */
#ifndef KB_TESTS_GOLDEN_REGISTRY_H
#define KB_TESTS_GOLDEN_REGISTRY_H

#include "common/base/buf.h"

/* In the README a block stands between "<!-- NAME -->" and "<!-- end -->", each on a line of its own. */
extern const char *const kb_registry_blocks[];
extern const size_t kb_registry_block_count;

/* The lines of that block. */
void kb_registry_write(const char *block, struct kb_buf *out);

/* out = readme with every block written anew. False when a block is missing; *missing says which. */
bool kb_registry_renew(struct kb_span readme, struct kb_buf *out, const char **missing);

#endif
