/* SPDX-License-Identifier: EUPL-1.2 */
/* A message of a role or of the runtime on its way into the group commit. */
#include "agents/runtime/agent_internal.h"
#include "agents/runtime/authorise.h"
#include "agents/runtime/consent.h"
#include "agents/runtime/permission.h"
#include "common/exchange/date.h"
#include "common/exchange/fields.h"
#include "common/store/parties.h"
#include "common/store/record.h"
#include "common/store/subjects.h"
#include "common/store/users.h"
#include "common/wire/content.h"

/* Absent, or exactly the size of the field. */
static enum kb_err
copy_field(struct kb_span from, uint8_t *to, size_t len)
{
	if (from.len == 0) {
		return KB_OK;
	}
	if (from.len != len) {
		return KB_ERR_BAD_VALUE;
	}
	memcpy(to, from.at, len);
	return KB_OK;
}

/* Who acts, as the recipient will read it. */
static enum kb_err
fill_author(struct kb_act *act, struct kb_body *body)
{
	struct kb_user user;
	enum kb_err err;

	if (act->user_no == 0) {
		return KB_OK;
	}
	err = kb_user_get(act->step, act->user_no, act->arena, &user);
	if (err == KB_OK) {
		body->author.person = user.name;
		body->author.function = user.function;
		body->reglement = kb_agent_reglement(act->agent);
	}
	return err;
}

static bool
is_statement(const struct kb_body *body)
{
	const struct kb_kind_row *row = kb_kind_find(body->kind);

	return row == NULL || row->form == KB_CONTENT_CONSENT;
}

/*
 * Statements about a toestemming carry their own order (versie) and must not wait for what they end. Parts of an attachment have their
 * number in it, and no step of the case has to wait until a hundred of them are there.
 */
static bool
keeps_order(const struct kb_body *body)
{
	return !is_statement(body) && !kb_kind_find(body->kind)->quiet;
}

/* The case of the message and its key. */
static enum kb_err
fill_case(struct kb_act *act, const struct kb_outgoing *outgoing, struct kb_body *body,
	  struct kb_outgoing_letter *letter)
{
	struct kb_case row;
	enum kb_err err = kb_case_get(act->step, outgoing->case_no, &row);

	if (err != KB_OK) {
		return err;
	}
	body->case_id = row.case_id;
	/* Partners may have no number of the child in common (facts D4): towards each it has one of its own. */
	if (row.subject_no != 0 && kb_id_empty(&body->subject_pseudonym) &&
	    kb_kind_find(body->kind)->form == KB_CONTENT_FIELDS) {
		kb_subject_pseudonym(act->step, row.subject_no, &outgoing->recipient,
				     &body->subject_pseudonym);
	}
	letter->case_no = outgoing->case_no;
	letter->data_key_no = row.data_key_no;
	return KB_OK;
}

/* The message before it on the same edge: only messages of one case wait for each other (design 4). */
static enum kb_err
fill_order(struct kb_act *act, const struct kb_number_key *key, struct kb_body *body,
	   uint64_t case_no)
{
	struct kb_case *row = NULL;
	struct kb_epoch_row epoch;
	enum kb_err err = kb_case_edit(act->step, case_no, &row);

	if (err != KB_OK || row->counterparty_no != key->party_no || !keeps_order(body)) {
		return err;
	}
	if (row->last_out_number != 0) {
		if (row->last_out_epoch_no == act->agent->own_epoch.epoch_no) {
			epoch = act->agent->own_epoch;
		} else {
			err = kb_epoch_get(act->step, KB_PARTY_NO_SELF, row->last_out_epoch_no,
					   &epoch);
		}
		body->after_epoch = epoch.epoch;
		body->after_number = row->last_out_number;
	}
	row->last_out_epoch_no = key->epoch_no;
	row->last_out_number = key->number;
	return err;
}

/*
 * The statement travels with what rests on it, so that the recipient can judge by itself. It says who is around the child: it goes
 * to nobody whom it does not name, whatever ground the message has. What ends it goes to those whom it once named.
 */
static enum kb_err
fill_consent(struct kb_act *act, const struct kb_outgoing *outgoing, struct kb_body *body)
{
	return kb_id_empty(&body->consent_ref)
		       ? KB_OK
		       : kb_consent_carry(act, &body->consent_ref, outgoing->case_no,
					  !is_statement(body) ? &outgoing->recipient : NULL,
					  &body->toestemming);
}

static enum kb_err
fill_body(const struct kb_outgoing *outgoing, struct kb_body *body)
{
	enum kb_err err;

	body->kind = (uint32_t)outgoing->kind;
	body->content = outgoing->content;
	if (outgoing->in_reply_to != NULL) {
		body->in_reply_to = *outgoing->in_reply_to;
	}
	err = copy_field(outgoing->subject_pseudonym, body->subject_pseudonym.bytes, KB_ID_BYTES);
	if (err == KB_OK) {
		err = copy_field(outgoing->consent_ref, body->consent_ref.bytes, KB_ID_BYTES);
	}
	if (err == KB_OK) {
		err = copy_field(outgoing->profile_hash, body->profile_hash.bytes, KB_HASH_BYTES);
	}
	return err;
}

/* The desk for which this act speaks: that of the user (a deputy: of the one who is absent); 0: the agent itself. */
static enum kb_err
own_desk(struct kb_act *act, enum kb_desk *desk)
{
	struct kb_user user;
	enum kb_err err = KB_OK;

	*desk = KB_DESK_UNSPECIFIED;
	if (act->user_no == 0) {
		return KB_OK;
	}
	if (act->authority != NULL && act->authority->desk != 0) {
		*desk = (enum kb_desk)act->authority->desk;
		return KB_OK;
	}
	err = kb_user_get(act->step, act->user_no, act->arena, &user);
	if (err == KB_OK) {
		*desk = (enum kb_desk)user.desk;
	}
	return err;
}

/*
 * Purpose, ground and the two desks: what the caller named, else what the first row that fits has. A person speaks for no other
 * desk than the own one; what the agent itself sends, it sends for the desk of the row.
 */
static enum kb_err
fill_ground(struct kb_act *act, const struct kb_outgoing *outgoing, const struct kb_entry *self,
	    const struct kb_entry *entry, struct kb_body *body)
{
	const struct kb_permit_party to = kb_permission_party(entry, outgoing->desk);
	struct kb_permit_party from;
	const struct kb_permit_row *row = NULL;
	enum kb_desk desk = KB_DESK_UNSPECIFIED;
	enum kb_err err = own_desk(act, &desk);

	if (err != KB_OK) {
		return err;
	}
	if (kb_kind_find((uint32_t)outgoing->kind) == NULL) {
		return KB_ERR_UNKNOWN_KIND;
	}
	from = kb_permission_party(self, desk);
	row = kb_permit_default(outgoing->kind, outgoing->variant, &from, &to, outgoing->purpose,
				outgoing->ground, kb_permission_region(act->agent),
				kb_date_local_day(act->now_utc_ms));
	if (row == NULL) {
		return outgoing->ground != KB_GROUND_UNSPECIFIED ||
				       outgoing->purpose != KB_PURPOSE_UNSPECIFIED
			       ? KB_ERR_NO_GROUND
			       : KB_ERR_NOT_ALLOWED;
	}
	body->purpose = row->purpose;
	body->ground = row->ground;
	body->desk = (enum kb_desk)row->to.desk;
	body->from_desk = desk != KB_DESK_UNSPECIFIED ? desk : (enum kb_desk)row->from.desk;
	return KB_OK;
}

/* Who it is from and to, what it rests on, and whether it may go. Changes nothing. */
static enum kb_err
judge(struct kb_act *act, const struct kb_outgoing *outgoing, const struct kb_entry *entry,
      struct kb_body *body, struct kb_outgoing_letter *letter)
{
	struct kb_permission permission = { .to = entry,
					    .body = body,
					    .case_no = outgoing->case_no,
					    .numbered = kb_kind_find(body->kind)->numbered,
					    .sending = true };
	enum kb_err err = outgoing->case_no != 0
				  ? fill_case(act, outgoing, body, letter)
				  : kb_step_year_key(act->step, &letter->data_key_no);

	if (err == KB_OK) {
		err = fill_author(act, body);
	}
	if (err == KB_OK) {
		err = kb_permission_self(act, &permission.from);
	}
	if (err == KB_OK) {
		err = kb_permission_check(act, &permission);
		act->refused =
			err != KB_OK ? permission.answer : (struct kb_permit_answer){ .row = NULL };
	}
	if (outgoing->field != NULL) {
		*outgoing->field = permission.field;
	}
	return err;
}

/* Its number, and its place in the order of the case. */
static enum kb_err
write_letter(struct kb_act *act, const struct kb_outgoing *outgoing, uint32_t party_no,
	     struct kb_body *body, struct kb_outgoing_letter *letter)
{
	struct kb_agent *agent = act->agent;
	const struct kb_kind_row *row = kb_kind_find(body->kind);
	enum kb_err err = kb_outbox_number(act->step, party_no, &letter->key);

	letter->mode = KB_OUTGOING_NEW;
	letter->kind = row->kind;
	letter->user_no = act->user_no;
	letter->statutory = row->statutory;
	letter->consent = !kb_id_empty(&body->consent_ref);
	letter->letter.message_id = kb_id_random(&agent->random);
	letter->letter.recipient = outgoing->recipient;
	letter->letter.epoch = agent->own_epoch.epoch;
	letter->letter.number = letter->key.number;
	letter->letter.attempt = 1;
	letter->letter.urgent = outgoing->urgent;
	letter->letter.expires_at_utc_ms = outgoing->expires_utc_ms != 0
						   ? outgoing->expires_utc_ms
						   : act->now_utc_ms + agent->settings.life_ms;
	if (err == KB_OK && outgoing->case_no != 0) {
		err = fill_order(act, &letter->key, body, outgoing->case_no);
	}
	return err == KB_OK ? kb_letter_write(&letter->letter, body, &agent->sealer, act->arena)
			    : err;
}

/* The body and everything that can refuse it, before anything is changed. */
static enum kb_err
prepare(struct kb_act *act, const struct kb_outgoing *outgoing, struct kb_body *body,
	struct kb_outgoing_letter *letter)
{
	const struct kb_entry *self = NULL;
	enum kb_err err = kb_permission_self(act, &self);

	if (err == KB_OK) {
		err = kb_directory_find(act->directory, &outgoing->recipient, act->now_utc_ms,
					&letter->entry);
		err = err == KB_ERR_NOT_FOUND || err == KB_ERR_OFFLINE ? KB_ERR_UNKNOWN_RECIPIENT
								       : err;
	}
	if (err == KB_OK) {
		err = fill_ground(act, outgoing, self, letter->entry, body);
	}
	if (err == KB_OK) {
		err = fill_body(outgoing, body);
	}
	if (err == KB_OK) {
		err = fill_consent(act, outgoing, body);
	}
	return err == KB_OK ? judge(act, outgoing, letter->entry, body, letter) : err;
}

enum kb_err
kb_act_send(struct kb_act *act, const struct kb_outgoing *outgoing, struct kb_sent_ref *ref)
{
	struct kb_outgoing_letter *letter = kb_arena_alloc(act->arena, sizeof(*letter));
	struct kb_body body = { 0 };
	uint32_t party_no = 0;
	enum kb_err err = letter != NULL ? prepare(act, outgoing, &body, letter) : KB_ERR_NO_MEMORY;

	if (err == KB_OK) {
		err = kb_act_party_no(act, &outgoing->recipient, &party_no);
	}
	if (err == KB_OK) {
		err = write_letter(act, outgoing, party_no, &body, letter);
	}
	if (err != KB_OK) {
		return err;
	}
	kb_sender_add(&act->agent->sender, letter);
	if (ref != NULL) {
		ref->message_id = letter->letter.message_id;
		ref->key = letter->key;
	}
	return KB_OK;
}

enum kb_err
kb_act_may_send(struct kb_act *act, const struct kb_outgoing *outgoing)
{
	struct kb_outgoing_letter letter = { .case_no = 0 };
	struct kb_body body = { 0 };

	return prepare(act, outgoing, &body, &letter);
}

/* The body of a message that was sent, or of one that never could be; whole: with what the log keeps elsewhere. */
static enum kb_err
sent_body(struct kb_act *act, const struct kb_sent_row *sent, bool whole,
	  struct kb_record_read *record, struct kb_body *body)
{
	struct kb_span salt;
	struct kb_span bytes;
	enum kb_err err = kb_record_get(act->step, sent->ledger_seq, record);

	if (err == KB_OK) {
		err = kb_record_open_message(act->step, record, act->arena, &salt, &bytes);
	}
	if (err == KB_OK && whole) {
		err = kb_attachment_whole_body(act, sent->kind, sent->case_no, bytes, &bytes);
	}
	return err == KB_OK ? kb_body_decode(bytes, act->arena, body) : err;
}

enum kb_err
kb_act_send_if_there(struct kb_act *act, const struct kb_outgoing *outgoing)
{
	enum kb_err err = kb_act_send(act, outgoing, NULL);

	return err == KB_ERR_UNKNOWN_RECIPIENT || err == KB_ERR_REVOKED ||
			       err == KB_ERR_NOT_VALID_NOW
		       ? KB_OK
		       : err;
}

enum kb_err
kb_act_sent_content(struct kb_act *act, const struct kb_sent_ref *ref, struct kb_span *content)
{
	struct kb_sent_row sent;
	struct kb_record_read record;
	struct kb_body body;
	enum kb_err err = kb_sent_get(act->step, &ref->key, &sent);

	if (err == KB_OK) {
		err = sent_body(act, &sent, false, &record, &body);
	}
	if (err == KB_OK) {
		*content = body.content;
	}
	return err;
}

static struct kb_span
field_of(const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] != 0) {
			return kb_span(bytes, len);
		}
	}
	return KB_SPAN_NONE;
}

/* The sort within the kind, which names the row of the permission table. */
static enum kb_err
variant_of(struct kb_act *act, const struct kb_body *body, enum kb_variant *variant)
{
	const struct kb_kind_row *row = kb_kind_find(body->kind);
	struct kb_inhoud inhoud;
	enum kb_err err = KB_OK;

	*variant = KB_VARIANT_NONE;
	if (row != NULL && row->form == KB_CONTENT_FIELDS) {
		err = kb_inhoud_decode(body->content, act->arena, &inhoud);
	}
	if (err == KB_OK && row != NULL && row->form == KB_CONTENT_FIELDS) {
		*variant = kb_fields_variant(inhoud.fields, inhoud.field_count);
	}
	return err;
}

/* The same message of the same desk to the same desk for the same purpose: a new number changes nothing of who may read it. */
enum kb_err
kb_act_send_anew(struct kb_act *act, const struct kb_sent_row *sent,
		 const struct kb_party_id *recipient)
{
	struct kb_record_read record;
	struct kb_body body;
	enum kb_variant variant = KB_VARIANT_NONE;
	struct kb_authority *authority = act->authority;
	uint32_t user_no = act->user_no;
	enum kb_err err = sent_body(act, sent, true, &record, &body);

	if (err == KB_OK) {
		err = variant_of(act, &body, &variant);
	}
	if (err != KB_OK) {
		return err;
	}
	struct kb_authority of_author = { .desk = (uint32_t)body.from_desk };
	struct kb_outgoing outgoing = {
		.recipient = *recipient,
		.kind = (enum kb_kind)body.kind,
		.case_no = sent->case_no,
		.content = body.content,
		.in_reply_to = kb_id_empty(&body.in_reply_to) ? NULL : &body.in_reply_to,
		.subject_pseudonym = field_of(body.subject_pseudonym.bytes, KB_ID_BYTES),
		.consent_ref = field_of(body.consent_ref.bytes, KB_ID_BYTES),
		.profile_hash = field_of(body.profile_hash.bytes, KB_HASH_BYTES),
		.variant = variant,
		.ground = body.ground,
		.purpose = body.purpose,
		.desk = body.desk,
		.urgent = sent->urgent
	};

	act->user_no = (uint32_t)record.clear.user_no; /* its author stays */
	act->authority = &of_author;
	err = kb_act_send(act, &outgoing, NULL);
	act->user_no = user_no;
	act->authority = authority;
	return err;
}

bool
kb_act_is_forked(const struct kb_act *act, const struct kb_sent_row *sent, uint32_t reason)
{
	return reason == kb_err_reason(KB_ERR_EQUIVOCATION) &&
	       sent->key.epoch_no != act->agent->own_epoch.epoch_no;
}
