/* SPDX-License-Identifier: EUPL-1.2 */
/* Mailboxes in memory, for tests and simulations: the same behaviour without a disk. */
#ifndef KB_BROKER_MAILBOX_MEMORY_H
#define KB_BROKER_MAILBOX_MEMORY_H

#include "broker/mailbox.h"

/* KB_ERR_NO_MEMORY. Freed with kb_mailbox_free(). */
KB_MUST_CHECK enum kb_err kb_mailbox_memory_new(const struct kb_mailbox_limits *limits,
						struct kb_mailbox **out);

#endif
