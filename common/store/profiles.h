/* SPDX-License-Identifier: EUPL-1.2 */
/* Region profiles by their hash, as they were signed. A case is bound to one and keeps it to the end, so none is ever deleted. They name
 * nobody and lie in the clear. */
#ifndef KB_STORE_PROFILES_H
#define KB_STORE_PROFILES_H

#include "common/base/arena.h"
#include "common/store/step.h"

struct kb_profile_row {
	struct kb_hash hash;	/* of its files; not all zero */
	uint32_t from_party_no; /* who sent it; KB_PARTY_NO_SELF: read here */
	int64_t at_utc_ms;
	struct kb_span bytes; /* an encoded Profiel, 1 to KB_PROFILE_ROW_MAX bytes */
};

#define KB_PROFILE_ROW_MAX ((size_t)512 * 1024)

/*
 * Keeps a profile whose hash and signature the caller has checked; one of the same hash that was signed anew is replaced.
 * KB_ERR_EXISTS: the same bytes stand there, nothing was written; KB_ERR_BAD_VALUE: no hash or no bytes; KB_ERR_OVERSIZE.
 */
KB_MUST_CHECK enum kb_err kb_profile_row_put(struct kb_step *step,
					     const struct kb_profile_row *row);
/* bytes in arena. KB_ERR_NOT_FOUND. */
KB_MUST_CHECK enum kb_err kb_profile_row_get(struct kb_step *step, const struct kb_hash *hash,
					     struct kb_arena *arena, struct kb_profile_row *out);
/* The profile after that hash (all zero: the first), in the order of the hashes. KB_ERR_NOT_FOUND at the end. */
KB_MUST_CHECK enum kb_err kb_profile_row_next(struct kb_step *step, const struct kb_hash *after,
					      struct kb_arena *arena, struct kb_profile_row *out);

#endif
