/* SPDX-License-Identifier: EUPL-1.2 */
/* Who sent to whom, in which epoch, up to which number: for a restored agent that asks (EdgeQuery). */
#ifndef KB_BROKER_EDGES_H
#define KB_BROKER_EDGES_H

#include "common/base/arena.h"
#include "common/base/ids.h"
#include "common/store/env.h"
#include "common/store/row_cache.h"

struct kb_mail_edge {
	uint32_t recipient_no;
	uint32_t sender_no;
	uint32_t epoch_no;
	uint64_t highest;   /* number accepted; 0: none yet */
	uint64_t forgotten; /* duplicates up to and with this number were dropped */
	bool changed;
};

/* The rows of one transaction, written by flush and forgotten by end. A zeroed struct is ready. */
struct kb_mail_edges {
	struct kb_txn *txn;
	struct kb_arena arena;
	struct kb_row_cache cache;
};

void kb_mail_edges_begin(struct kb_mail_edges *edges, struct kb_txn *txn);
KB_MUST_CHECK enum kb_err kb_mail_edges_flush(struct kb_mail_edges *edges);
void kb_mail_edges_end(struct kb_mail_edges *edges);
void kb_mail_edges_release(struct kb_mail_edges *edges);

/* The row, read or new; the caller changes highest and sets changed. Valid until _end. */
KB_MUST_CHECK enum kb_err kb_mail_edge_of(struct kb_mail_edges *edges, uint32_t recipient_no,
					  uint32_t sender_no, uint32_t epoch_no,
					  struct kb_mail_edge **out);

/* The stored edge after *out in key order; of one recipient when one_recipient, else of all. Starts with epoch_no and sender_no 0.
 * KB_ERR_NOT_FOUND at the end. Rows of the open transaction that are not flushed are not seen. */
KB_MUST_CHECK enum kb_err kb_mail_edge_next(struct kb_txn *txn, bool one_recipient,
					    struct kb_mail_edge *out);

#endif
