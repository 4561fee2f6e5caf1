/* SPDX-License-Identifier: EUPL-1.2 */
/* Whether the tables of an agent agree with each other. */
#ifndef KB_STORE_STORE_CHECK_H
#define KB_STORE_STORE_CHECK_H

#include "common/store/step.h"

/*
 * Checks, within one snapshot: every outbox row has a sent row in a waiting state and the other way round for the counters of
 * each edge; the records of every case form one chain of the counted length; running clocks and the list by due time name
 * each other; held messages were seen. KB_ERR_CORRUPT with a sentence naming table and row numbers (never content).
 */
KB_MUST_CHECK enum kb_err kb_tables_check(struct kb_step *step, struct kb_error_text *where);

#endif
