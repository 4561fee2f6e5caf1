/* SPDX-License-Identifier: EUPL-1.2 */
/* What a refusal asks of the sender, for every reason that can travel. */
#include <criterion/criterion.h>

#include "agents/runtime/sender.h"

struct expected {
	enum kb_err err;
	enum kb_reaction reaction;
};

/* Written apart from the table under test: what is not named here must end the message. */
static const struct expected expected[] = {
	{ KB_ERR_DUPLICATE, KB_REACTION_ACCEPTED },
	{ KB_ERR_BUSY, KB_REACTION_RETRY },
	{ KB_ERR_MAILBOX_FULL, KB_REACTION_RETRY },
	{ KB_ERR_STORE_FULL, KB_REACTION_RETRY },
	{ KB_ERR_SEALED_HASH, KB_REACTION_RETRY },
	{ KB_ERR_TRUNCATED, KB_REACTION_RETRY },
	{ KB_ERR_CLOCK, KB_REACTION_RETRY },
	{ KB_ERR_UNKNOWN_SENDER, KB_REACTION_RETRY },
	{ KB_ERR_CANNOT_OPEN, KB_REACTION_RESEAL },
	{ KB_ERR_EXPIRED, KB_REACTION_RESEAL },
	{ KB_ERR_UNKNOWN_RECIPIENT, KB_REACTION_WAIT },
	{ KB_ERR_REVOKED, KB_REACTION_WAIT },
	{ KB_ERR_NOT_VALID_NOW, KB_REACTION_WAIT },
	{ KB_ERR_REGISTER_EXPIRED, KB_REACTION_WAIT },
};

static enum kb_reaction
expected_for(enum kb_err err)
{
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		if (expected[i].err == err) {
			return expected[i].reaction;
		}
	}
	return KB_REACTION_FINAL;
}

Test(reactions, every_reason_on_the_wire_has_the_reaction_that_was_decided)
{
	unsigned seen = 0;

	for (int err = KB_OK + 1; err < KB_ERR_COUNT; err++) {
		uint32_t reason = kb_err_reason((enum kb_err)err);

		if (reason != 0) {
			cr_assert_eq(kb_reaction_to(reason), expected_for((enum kb_err)err), "%s",
				     kb_err_name((enum kb_err)err));
			seen++;
		}
	}
	cr_assert_gt(seen, 30);
}

Test(reactions, an_unknown_reason_of_a_newer_party_ends_the_message_visibly)
{
	cr_assert_eq(kb_reaction_to(60000), KB_REACTION_FINAL);
	cr_assert_eq(kb_reaction_to(0), KB_REACTION_NONE);
}
