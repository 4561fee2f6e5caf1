/* SPDX-License-Identifier: EUPL-1.2 */
/* The question that a message puts to the permission table. */
#include "agents/runtime/permission.h"

#include "agents/runtime/agent_internal.h"
#include "agents/runtime/attachments.h"
#include "agents/runtime/consent.h"
#include "agents/runtime/flow.h"
#include "agents/runtime/places.h"
#include "common/daemon/profile.h"
#include "common/exchange/date.h"
#include "common/exchange/fields.h"
#include "common/exchange/identifier_policy.h"
#include "common/wire/content.h"

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

/* A desk that speaks or is spoken to must be one that the register knows of that party; the agent itself (0) always may. */
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

/* What the fields of the content say: categories, the sort within the kind, the needs they meet. */
static enum kb_err
read_fields(struct kb_act *act, struct kb_permission *permission,
	    struct kb_permit_question *question, struct kb_inhoud *inhoud)
{
	const struct kb_body *body = permission->body;
	enum kb_err err = kb_inhoud_decode(body->content, act->arena, inhoud);

	if (err == KB_OK) {
		err = kb_fields_check((enum kb_kind)body->kind, inhoud->fields, inhoud->field_count,
				      &permission->field);
	}
	if (err == KB_OK) {
		question->categories = kb_fields_categories(inhoud->fields, inhoud->field_count);
		question->variant =
			(uint32_t)kb_fields_variant(inhoud->fields, inhoud->field_count);
		question->met |= kb_fields_needs(inhoud->fields, inhoud->field_count);
	}
	return err;
}

/* A file is not looked into: what its announcement says of it is judged, and that is the same in every part. */
static enum kb_err
read_attachment(struct kb_act *act, const struct kb_body *body, struct kb_permit_question *question)
{
	bool seen = false;
	enum kb_err err = kb_attachment_nature(body->kind, body->content, act->arena,
					       &question->categories, &seen);

	question->met |= seen ? (uint32_t)KB_NEED_INZAGE : 0;
	return err;
}

/* The first field of one of those categories, or that is one of those identifiers. */
static uint32_t
first_field(const struct kb_inhoud *inhoud, uint32_t categories, uint32_t identifiers)
{
	for (size_t i = 0; i < inhoud->field_count; i++) {
		const struct kb_field_row *row = kb_field_find(inhoud->fields[i].number);

		if (row != NULL &&
		    ((row->category & categories) != 0 || (row->identifier & identifiers) != 0)) {
			return row->number;
		}
	}
	return 0;
}

/* Who the fields name, and of a refusal for what may not be in it: which field that is. */
static enum kb_err
judge_fields(struct kb_permission *permission, const struct kb_permit_question *question,
	     const struct kb_inhoud *inhoud, enum kb_err decided)
{
	uint32_t identifiers = kb_fields_identifiers(inhoud->fields, inhoud->field_count);
	enum kb_err err = decided == KB_OK ? kb_identifiers_check(question, identifiers) : decided;

	if (permission->answer.err == KB_ERR_FIELD_NOT_ALLOWED) {
		permission->field = first_field(inhoud, permission->answer.categories, 0);
	} else if (err == KB_ERR_FIELD_NOT_ALLOWED) {
		permission->field = first_field(inhoud, 0, ~kb_identifiers_allowed(question, NULL));
	}
	return err;
}

/* What only the sender can know; the recipient takes it as met. */
static enum kb_err
read_local(struct kb_act *act, const struct kb_permission *permission,
	   struct kb_permit_question *question)
{
	uint32_t met = KB_NEED_LOCAL;
	enum kb_err err = KB_OK;

	if (permission->sending) {
		err = kb_place_needs(act, permission->case_no, &permission->to->party,
				     question->day, &met);
	}
	if (err == KB_OK && permission->sending && permission->case_no != 0 &&
	    kb_kind_find(permission->body->kind)->form == KB_CONTENT_CASE) {
		err = kb_flow_needs(act, permission->case_no, &permission->to->party, &met);
	}
	question->met |= met;
	return err;
}

/*
 * The toestemming that the message names, asked of the own register and, at the recipient, of the statement that came along. KB_OK:
 * *judged is the answer; KB_ERR_BUSY: it cannot be said yet.
 */
static enum kb_err
ask_consent(struct kb_act *act, const struct kb_permission *permission, uint32_t categories,
	    int32_t day, enum kb_err *judged)
{
	const struct kb_body *body = permission->body;
	struct kb_consent_query query = {
		.case_no = permission->case_no,
		.case_id = body->case_id,
		.consent_ref = body->consent_ref,
		.carried = permission->sending ? KB_SPAN_NONE : body->toestemming,
		.purpose = body->purpose,
		.from = permission->from->party,
		.to = permission->to->party,
		.categories = categories,
		.day = day,
	};
	enum kb_err err = KB_OK;

	*judged = KB_ERR_NO_CONSENT;
	if (kb_id_empty(&body->consent_ref)) {
		return KB_OK;
	}
	err = kb_consent_judge(act, &query);
	if (err != KB_OK && err != KB_ERR_NO_CONSENT && err != KB_ERR_CONSENT_WITHDRAWN) {
		return err;
	}
	*judged = err;
	return KB_OK;
}

/* What the table says; a toestemming that it misses because it was withdrawn is named so. */
static enum kb_err
decide(struct kb_act *act, struct kb_permission *permission, struct kb_permit_question *question)
{
	enum kb_err judged = KB_OK;
	enum kb_err err =
		ask_consent(act, permission, question->categories, question->day, &judged);

	if (err != KB_OK) {
		return err;
	}
#ifdef KB_TEST_SWITCHES
	if (permission->sending && act->agent->settings.skip_consent) {
		judged = KB_OK;
	}
#endif
	question->met |= judged == KB_OK ? (uint32_t)KB_NEED_TOESTEMMING : 0;
	err = kb_permit_decide(question, &permission->answer);
	return err == KB_ERR_NO_CONSENT ? judged : err;
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
	struct kb_inhoud inhoud = { 0 };
	enum kb_err err = KB_OK;

	permission->field = 0;
	permission->answer = (struct kb_permit_answer){ .err = KB_ERR_UNKNOWN_KIND };
	if (row == NULL) {
		return KB_ERR_UNKNOWN_KIND;
	}
	err = kb_kind_shape(row, !kb_id_empty(&body->case_id), permission->numbered,
			    body->author.person.len > 0, body->content.len);
	/* Neither side has a desk that its entry does not name: what is for no desk there would be stored where nobody looks. */
	if (err == KB_OK && (!has_desk(permission->from, body->from_desk) ||
			     !has_desk(permission->to, body->desk))) {
		err = KB_ERR_NOT_ALLOWED;
	}
	question.categories = row->categories;
	if (err == KB_OK && row->form == KB_CONTENT_FIELDS) {
		err = read_fields(act, permission, &question, &inhoud);
	}
	if (err == KB_OK && row->form == KB_CONTENT_ATTACHMENT) {
		err = read_attachment(act, body, &question);
	}
	if (err == KB_OK && row->has_case) {
		err = read_local(act, permission, &question);
	}
	if (err == KB_OK) {
		err = decide(act, permission, &question);
	}
	return inhoud.field_count > 0 ? judge_fields(permission, &question, &inhoud, err) : err;
}
