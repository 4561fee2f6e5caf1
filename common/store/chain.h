/* SPDX-License-Identifier: EUPL-1.2 */
/* The steps of a case (zaakregels) as they came, byte for byte, in the order in which they came. What they make of the case is for
 * common/exchange (case_chain.h). */
#ifndef KB_STORE_CHAIN_H
#define KB_STORE_CHAIN_H

#include "common/store/cases.h"

#define KB_CHAIN_ROW_MAX ((size_t)32 * 1024)

struct kb_chain_row {
	uint64_t case_no;
	uint32_t arrival_no;	/* per case: 1, 2, 3 ...; filled by _put */
	uint32_t from_party_no; /* who sent it first; KB_PARTY_NO_SELF: made here */
	int64_t at_utc_ms;	/* when it came or was made */
	uint64_t ledger_seq;	/* of the message that brought it; 0: made here */
	/* encrypted under the data key of the case */
	struct kb_span bytes; /* an encoded ZaakRegel, 1 to KB_CHAIN_ROW_MAX bytes */
};

/*
 * Adds a record to the case. KB_ERR_EXISTS: the same bytes stand there already, arrival_no says where, nothing was written;
 * KB_ERR_NOT_FOUND: no such case; KB_ERR_BAD_VALUE: no bytes; KB_ERR_OVERSIZE. Records are never changed and never deleted.
 */
KB_MUST_CHECK enum kb_err kb_chain_row_put(struct kb_step *step, struct kb_chain_row *row);
/* The record after after_no (0: the first) of that case, bytes in arena. KB_ERR_NOT_FOUND at the end, and after erasure of the case. */
KB_MUST_CHECK enum kb_err kb_chain_row_next(struct kb_step *step, uint64_t case_no,
					    uint32_t after_no, struct kb_arena *arena,
					    struct kb_chain_row *out);
/* How many the case has, erased or not. KB_ERR_CORRUPT: a number is missing. */
KB_MUST_CHECK enum kb_err kb_chain_row_count(struct kb_step *step, uint64_t case_no,
					     uint32_t *count);

#endif
