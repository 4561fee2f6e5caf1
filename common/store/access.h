/* SPDX-License-Identifier: EUPL-1.2 */
/* Who looked at what: access records with the fields of NEN 7513, in the log and per case. */
#ifndef KB_STORE_ACCESS_H
#define KB_STORE_ACCESS_H

#include "common/store/record.h"

/*
 * The record is encrypted under the key of its calendar year and holds user and case number, not the child. "Client" of NEN
 * 7513 is the case (through it the subject); "responsible" is the user on whose behalf somebody acts, else the user.
 */
struct kb_access {
	enum kb_record_type event; /* VIEW, PRINT, EXPORT, SEARCH or ACCESS_DENIED */
	int64_t at_utc_ms;
	uint64_t user_no;
	uint64_t responsible_no; /* 0: the user */
	uint32_t desk;
	uint64_t case_no;      /* 0: a list or search over more than one */
	uint32_t ground;       /* enum kb_ground */
	bool emergency;	       /* noodknop */
	uint32_t count;	       /* cases shown, for lists and exports */
	struct kb_span what;   /* verb or screen, e.g. "case show" */
	struct kb_span reason; /* given by the user, may be empty */
};

/* Writes the log record and, for one case, its row in the table per case. *ledger_seq may be NULL. */
KB_MUST_CHECK enum kb_err kb_access_log(struct kb_step *step, const struct kb_access *access,
					uint64_t *ledger_seq);
/* One access record of the log. KB_ERR_NOT_FOUND: its year's key was destroyed. Spans are in arena. */
KB_MUST_CHECK enum kb_err kb_access_get(struct kb_step *step, uint64_t ledger_seq,
					struct kb_arena *arena, struct kb_access *out);
/* Who has seen a case: the log record after after_seq (0: the first); KB_ERR_NOT_FOUND at the end. */
KB_MUST_CHECK enum kb_err kb_access_next(struct kb_step *step, uint64_t case_no, uint64_t after_seq,
					 uint64_t *ledger_seq);

#endif
