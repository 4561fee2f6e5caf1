/* SPDX-License-Identifier: EUPL-1.2 */
/* What happened in a case, in order: one short row per event, which names the log record that holds it. */
#ifndef KB_STORE_CASE_RECORDS_H
#define KB_STORE_CASE_RECORDS_H

#include "common/store/cases.h"

enum kb_direction {
	KB_DIRECTION_NONE = 0,
	KB_DIRECTION_OUT = 1,
	KB_DIRECTION_IN = 2,
	KB_DIRECTION_LOCAL = 3,
};

/* "out", "in", "local" */
const char *kb_direction_name(enum kb_direction direction);

struct kb_case_record {
	uint64_t case_no;
	uint32_t record_no; /* within the case: 1, 2, 3 ...; filled by _put */
	enum kb_direction direction;
	uint32_t kind;	   /* message kind; for LOCAL the record type (record.h) */
	uint32_t party_no; /* the other side */
	uint64_t user_no;  /* who acted here; 0: the agent itself */
	int64_t at_utc_ms;
	uint64_t ledger_seq;	     /* header, seal and encrypted body */
	struct kb_number_key number; /* of the message; zero for LOCAL: leads to sent or seen */
};

/*
 * Adds the next record of the case and moves its last activity. Rows stand in the order in which they were made, chained per
 * case, because a key that starts with the case number would touch another page for every message of a batch.
 */
KB_MUST_CHECK enum kb_err kb_case_record_put(struct kb_step *step, struct kb_case_record *record);

/* Newest first: *position 0 starts; it is moved to the next older one. KB_ERR_NOT_FOUND at the end. */
KB_MUST_CHECK enum kb_err kb_case_record_back(struct kb_step *step, uint64_t case_no,
					      uint64_t *position, struct kb_case_record *out);
/* The last max records (all when max is 0), oldest first, in arena. */
KB_MUST_CHECK enum kb_err kb_case_records(struct kb_step *step, uint64_t case_no, size_t max,
					  struct kb_arena *arena, struct kb_case_record **out,
					  size_t *count);

#endif
