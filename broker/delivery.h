/* SPDX-License-Identifier: EUPL-1.2 */
/* What goes to an agent next: urgent before normal, as much as it has room for, and again after a reconnect. */
#ifndef KB_BROKER_DELIVERY_H
#define KB_BROKER_DELIVERY_H

#include "broker/session.h"

/* Envelopes of one batch together; the rest of a frame is for lengths and the frame's own fields. */
#define KB_DELIVERY_BYTES_MAX (KB_WIRE_FRAME_BYTES_MAX - 8192u)

struct kb_delivery {
	struct kb_span envelopes[KB_WIRE_BATCH_MAX]; /* borrowed from the mailbox */
	size_t count;
	size_t bytes;
	struct kb_in_flight batch;
	bool more;	  /* there is more than fitted */
	bool met_expired; /* stopped at a message that has expired: it has to be taken out first */
};

/*
 * Fills delivery with what session may get now; count 0: nothing (no credit, too much in flight, or an empty mailbox, and then more is
 * false). expire_at_utc_ms: messages that expired before it are not delivered; 0: the clock is not believed, deliver all.
 */
KB_MUST_CHECK enum kb_err kb_delivery_collect(const struct kb_broker_session *session,
					      struct kb_mailbox *mailbox, int64_t expire_at_utc_ms,
					      struct kb_delivery *delivery);
/* It was handed to the connection. */
void kb_delivery_sent(struct kb_broker_session *session, const struct kb_delivery *delivery);
/* Whether session may get anything at all now. */
bool kb_delivery_possible(const struct kb_broker_session *session);
/* The batch the agent confirms; NULL when there is no such batch (confirmed before, or of an older session). */
struct kb_in_flight *kb_delivery_find(struct kb_broker_session *session, uint64_t batch);

#endif
