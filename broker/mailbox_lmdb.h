/* SPDX-License-Identifier: EUPL-1.2 */
/* Mailboxes in the broker's store. */
#ifndef KB_BROKER_MAILBOX_LMDB_H
#define KB_BROKER_MAILBOX_LMDB_H

#include "broker/mailbox.h"

/* KB_ERR_NO_MEMORY. Freed with kb_mailbox_free(). */
KB_MUST_CHECK enum kb_err kb_mailbox_lmdb_new(const struct kb_mailbox_limits *limits,
					      struct kb_mailbox **out);

#endif
