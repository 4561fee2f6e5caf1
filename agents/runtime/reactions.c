/* SPDX-License-Identifier: EUPL-1.2 */
/* What a refusal asks of the sender, in one table. */
#include "agents/runtime/sender.h"

struct reaction_row {
	enum kb_err err;
	enum kb_reaction reaction;
};

/* Anything that is not here ends the message: it would be refused for ever, and the user must see it. */
static const struct reaction_row reactions[] = {
	{ KB_ERR_DUPLICATE, KB_REACTION_ACCEPTED },
	{ KB_ERR_BUSY, KB_REACTION_RETRY },
	{ KB_ERR_MAILBOX_FULL, KB_REACTION_RETRY },
	{ KB_ERR_STORE_FULL, KB_REACTION_RETRY },
	/* Changed on the way: the copy in the outbox is good. */
	{ KB_ERR_SEALED_HASH, KB_REACTION_RETRY },
	{ KB_ERR_TRUNCATED, KB_REACTION_RETRY },
	{ KB_ERR_CLOCK, KB_REACTION_RETRY },
	{ KB_ERR_UNKNOWN_SENDER, KB_REACTION_RETRY },
	/* Lost or rotated key at the recipient, or the message grew too old. */
	{ KB_ERR_CANNOT_OPEN, KB_REACTION_RESEAL },
	{ KB_ERR_EXPIRED, KB_REACTION_RESEAL },
	/* Only a newer register helps. */
	{ KB_ERR_UNKNOWN_RECIPIENT, KB_REACTION_WAIT },
	{ KB_ERR_REVOKED, KB_REACTION_WAIT },
	{ KB_ERR_NOT_VALID_NOW, KB_REACTION_WAIT },
	{ KB_ERR_REGISTER_EXPIRED, KB_REACTION_WAIT },
};

enum kb_reaction
kb_reaction_to(uint32_t reason)
{
	if (reason == 0) {
		return KB_REACTION_NONE;
	}
	for (size_t i = 0; i < sizeof(reactions) / sizeof(reactions[0]); i++) {
		if (kb_err_reason(reactions[i].err) == reason) {
			return reactions[i].reaction;
		}
	}
	return KB_REACTION_FINAL;
}
