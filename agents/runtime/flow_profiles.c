/* SPDX-License-Identifier: EUPL-1.2 */
/* Profiles of other regions: a case is bound to the one it was opened under, wherever it goes. */
#include "agents/runtime/agent_internal.h"
#include "agents/runtime/flow_internal.h"

enum kb_err
kb_flow_profile(struct kb_agent *agent, struct kb_step *step, const struct kb_hash *hash,
		const struct kb_profile **out)
{
	(void)step;
	if (agent->profile != NULL &&
	    memcmp(agent->profile->hash.bytes, hash->bytes, KB_HASH_BYTES) == 0) {
		*out = agent->profile;
		return KB_OK;
	}
	return KB_ERR_NOT_FOUND;
}

enum kb_err
kb_flow_profile_send(struct kb_act *act, const struct kb_hash *hash,
		     const struct kb_party_id *party)
{
	(void)act;
	(void)hash;
	(void)party;
	return KB_ERR_NOT_FOUND;
}
