/* SPDX-License-Identifier: EUPL-1.2 */
/* Keys in memory: locked, left out of core files, wiped. */
#ifndef KB_BASE_SECRET_H
#define KB_BASE_SECRET_H

#include "common/base/error.h"
#include "common/base/span.h"

/* Owned bytes on pages of their own. A zeroed struct is empty. Never copied by assignment. */
struct kb_secret {
	uint8_t *at;
	size_t len;
	size_t mapped_bytes;
};

/* len zeroed bytes, mlock'ed (when the limit allows) and MADV_DONTDUMP. KB_ERR_NO_MEMORY. secret must be empty. */
KB_MUST_CHECK enum kb_err kb_secret_init(struct kb_secret *secret, size_t len);
/* Wipes and unmaps; allowed on an empty one. */
void kb_secret_release(struct kb_secret *secret);

static inline struct kb_span
kb_secret_span(const struct kb_secret *secret)
{
	return kb_span(secret->at, secret->len);
}

/* Same time for every content of the same length. */
bool kb_secret_equal(struct kb_span a, struct kb_span b);
/* Overwrites in a way that the compiler may not leave out. */
void kb_wipe(void *at, size_t len);

#endif
