/* SPDX-License-Identifier: EUPL-1.2 */
/* The question that a message puts to the permission table. */
#include "agents/runtime/permission.h"

#include "agents/runtime/agent_internal.h"
#include "common/daemon/profile.h"
#include "common/exchange/date.h"

struct kb_permit_party
kb_permission_party(const struct kb_entry *entry, enum kb_desk desk)
{
	struct kb_permit_party party = { .kind = entry->kind, .desk = (uint32_t)desk };

	for (size_t i = 0; i < entry->descriptor.vestiging_count; i++) {
		party.sectors |= 1u << entry->descriptor.vestigingen[i].sector;
	}
	return party;
}

uint32_t
kb_permission_region(const struct kb_agent *agent)
{
	return agent->profile != NULL ? agent->profile->region : 0;
}

enum kb_err
kb_permission_self(struct kb_act *act, const struct kb_entry **out)
{
	const struct kb_identity *identity = act->agent->identity;

	return kb_directory_version(act->directory, &identity->self, identity->key_version, out);
}

/* A desk that speaks must be one that the register knows of that party; the agent itself (0) always may. */
static bool
has_desk(const struct kb_entry *entry, enum kb_desk desk)
{
	if (desk == KB_DESK_UNSPECIFIED) {
		return true;
	}
	for (size_t i = 0; i < entry->descriptor.desk_count; i++) {
		if (entry->descriptor.desks[i] == desk) {
			return true;
		}
	}
	return false;
}

enum kb_err
kb_permission_check(struct kb_act *act, struct kb_permission *permission)
{
	const struct kb_body *body = permission->body;
	const struct kb_kind_row *row = kb_kind_find(body->kind);
	struct kb_permit_question question = {
		.kind = body->kind,
		.purpose = (uint32_t)body->purpose,
		.ground = (uint32_t)body->ground,
		.from = kb_permission_party(permission->from, body->from_desk),
		.to = kb_permission_party(permission->to, body->desk),
		.region = kb_permission_region(act->agent),
		.day = kb_date_local_day(act->now_utc_ms),
	};
	enum kb_err err = KB_OK;

	permission->answer = (struct kb_permit_answer){ .err = KB_ERR_UNKNOWN_KIND };
	if (row == NULL) {
		return KB_ERR_UNKNOWN_KIND;
	}
	err = kb_kind_shape(row, !kb_id_empty(&body->case_id), permission->numbered,
			    body->author.person.len > 0, body->content.len);
	if (err == KB_OK && !has_desk(permission->from, body->from_desk)) {
		err = KB_ERR_NOT_ALLOWED;
	}
	question.categories = row->categories;
	return err == KB_OK ? kb_permit_decide(&question, &permission->answer) : err;
}
