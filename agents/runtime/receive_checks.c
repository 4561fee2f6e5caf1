/* SPDX-License-Identifier: EUPL-1.2 */
/* The checks of a message, from the outside inwards: header, sender, seal, bytes, body, tables. */
#include "agents/runtime/agent_internal.h"
#include "agents/runtime/permission.h"
#include "common/crypto/hash.h"
#include "common/store/case_records.h"

/* The version of the sender's keys that sealed it. */
static enum kb_err
check_sender(struct kb_act *act, struct kb_incoming *incoming, uint32_t key_version)
{
	const struct kb_header *header = &incoming->header;
	enum kb_err err = kb_directory_version(act->directory, &header->sender, key_version,
					       &incoming->entry);

	if (err == KB_ERR_NOT_FOUND) {
		return KB_ERR_UNKNOWN_SENDER;
	}
	return err;
}

/*
 * sent_at is the claim of whoever holds the key. It may say under which term of validity a message was sealed; a revoked key
 * may be a stolen one, which can claim any time, so then only our own clock counts (reliability.md 1.6). Nothing is lost:
 * the party itself seals what it has no receipt for again, under its new key.
 */
static enum kb_err
check_trust(const struct kb_act *act, const struct kb_incoming *incoming)
{
	const struct kb_entry *entry = incoming->entry;
	int64_t at = incoming->header.sent_at_utc_ms;
	int64_t latest = at > act->now_utc_ms ? at : act->now_utc_ms;

	if (entry->untrusted_since_utc_ms != 0 && latest >= entry->untrusted_since_utc_ms) {
		return KB_ERR_REVOKED;
	}
	return at >= entry->descriptor.valid_from_utc_ms &&
			       at < entry->descriptor.valid_until_utc_ms
		       ? KB_OK
		       : KB_ERR_NOT_VALID_NOW;
}

static enum kb_err
check_seal(struct kb_act *act, const struct kb_incoming *incoming, const struct kb_wire_seal *seal)
{
	struct kb_seal_claim claim = { .sender = incoming->header.sender,
				       .key_version = seal->key_version,
				       .size = seal->tree_size,
				       .index = seal->leaf_index,
				       .path = seal->path,
				       .signature = KB_SPAN_OF(seal->signature),
				       .header = incoming->envelope.header };

	return kb_seal_verify(act->agent->seals, incoming->entry->verify_key, &claim);
}

enum kb_err
kb_incoming_check(struct kb_act *act, struct kb_incoming *incoming, bool *proven)
{
	struct kb_agent *agent = act->agent;
	struct kb_wire_seal seal;
	struct kb_hash hash;
	enum kb_err err =
		kb_header_decode(incoming->envelope.header, act->arena, &incoming->header);

	*proven = false;
	if (err == KB_OK) {
		err = kb_wire_seal_decode(incoming->envelope.seal, act->arena, &seal);
	}
	if (err == KB_OK &&
	    !kb_party_id_equal(&incoming->header.recipient, &agent->identity->self)) {
		err = KB_ERR_WRONG_RECIPIENT;
	}
	if (err == KB_OK) {
		err = check_sender(act, incoming, seal.key_version);
	}
	if (err == KB_OK) {
		err = check_seal(act, incoming, &seal);
	}
	if (err == KB_OK) {
		err = kb_act_party_no(act, &incoming->header.sender, &incoming->sender_no);
	}
	if (err != KB_OK) {
		return err;
	}
	*proven = true;
	incoming->key = (struct kb_number_key){ .party_no = incoming->sender_no,
						.number = incoming->header.number };
	err = kb_epoch_take(act->step, incoming->sender_no, &incoming->header.epoch,
			    &incoming->key.epoch_no);
	if (err == KB_OK) {
		err = check_trust(act, incoming);
	}
	if (err == KB_OK) {
		kb_sha256(incoming->envelope.sealed, &hash);
		err = kb_hash_equal(&hash, &incoming->header.sealed_sha256) ? KB_OK
									    : KB_ERR_SEALED_HASH;
	}
	return err;
}

void
kb_incoming_fill(struct kb_act *act, struct kb_incoming *incoming)
{
	const struct kb_header *header = &incoming->header;
	const struct kb_body *body = &incoming->opened.body;
	struct kb_received *received = &incoming->received;

	*received = (struct kb_received){
		.sender = header->sender,
		.sender_kind = incoming->entry->kind,
		.sender_no = incoming->sender_no,
		.message_id = header->message_id,
		.epoch = header->epoch,
		.number = header->number,
		.attempt = header->attempt,
		.kind = (enum kb_kind)body->kind,
		.desk = body->desk,
		.ground = body->ground,
		.case_id = body->case_id,
		.case_no = incoming->case_no,
		.has_reply_to = !kb_id_empty(&body->in_reply_to),
		.in_reply_to = body->in_reply_to,
		.author_person = body->author.person,
		.author_function = body->author.function,
		.content = body->content,
		.sent_utc_ms = header->sent_at_utc_ms,
		.stored_utc_ms = act->now_utc_ms,
	};
	if (!kb_id_empty(&body->subject_pseudonym)) {
		received->subject_pseudonym = KB_SPAN_OF(body->subject_pseudonym.bytes);
	}
	if (!kb_id_empty(&body->consent_ref)) {
		received->consent_ref = KB_SPAN_OF(body->consent_ref.bytes);
	}
	received->profile_hash = KB_SPAN_OF(body->profile_hash.bytes);
}

/* Whether this agent answers for that desk; the agent itself (UNSPECIFIED) always does. */
static bool
own_desk(const struct kb_role *role, enum kb_desk desk)
{
	if (desk == KB_DESK_UNSPECIFIED) {
		return true;
	}
	for (size_t i = 0; i < KB_DESK_COUNT && role->desks[i] != KB_DESK_UNSPECIFIED; i++) {
		if (role->desks[i] == desk) {
			return true;
		}
	}
	return false;
}

/* Nobody works in it yet: only statements about toestemming came, of which the purpose alone said whose work it would be. */
static enum kb_err
is_unclaimed(struct kb_act *act, uint64_t case_no, bool *unclaimed)
{
	struct kb_case_record line;
	uint64_t position = 0;
	enum kb_err err = kb_case_record_back(act->step, case_no, &position, &line);

	*unclaimed = true;
	while (err == KB_OK && *unclaimed) {
		const struct kb_kind_row *kind =
			line.direction == KB_DIRECTION_LOCAL ? NULL : kb_kind_find(line.kind);

		*unclaimed =
			line.user_no == 0 && (kind == NULL || kind->form == KB_CONTENT_CONSENT);
		err = kb_case_record_back(act->step, case_no, &position, &line);
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

/* The desk of the case reads it: what is for another desk belongs in a case of that desk. */
static enum kb_err
check_case_desk(struct kb_act *act, uint64_t case_no, enum kb_desk desk)
{
	struct kb_case row;
	bool unclaimed = true;
	enum kb_err err = kb_case_get(act->step, case_no, &row);

	if (err == KB_OK && desk != KB_DESK_UNSPECIFIED && row.desk != KB_DESK_UNSPECIFIED &&
	    row.desk != (uint32_t)desk) {
		err = is_unclaimed(act, case_no, &unclaimed);
	}
	return err == KB_OK && !unclaimed ? KB_ERR_NOT_ALLOWED : err;
}

enum kb_err
kb_incoming_open(struct kb_act *act, struct kb_incoming *incoming)
{
	struct kb_agent *agent = act->agent;
	const struct kb_body *body = &incoming->opened.body;
	enum kb_err err =
		kb_letter_open(agent->identity, agent->contexts, &agent->sealer, &incoming->header,
			       incoming->envelope.sealed, act->arena, &incoming->opened);

	if (err != KB_OK) {
		return err;
	}
	struct kb_permission permission = { .from = incoming->entry,
					    .body = body,
					    .numbered = incoming->header.number != 0 };

	if (kb_kind_find(body->kind) != NULL && !kb_id_empty(&body->case_id)) {
		err = kb_case_find(act->step, &body->case_id, &incoming->case_no);
		err = err == KB_ERR_NOT_FOUND ? KB_OK : err;
	}
	if (err == KB_OK) {
		err = kb_permission_self(act, &permission.to);
	}
	if (err == KB_OK) {
		permission.case_no = incoming->case_no;
		err = kb_permission_check(act, &permission);
	}
	if (err == KB_OK && !own_desk(agent->role, body->desk)) {
		err = KB_ERR_NOT_ALLOWED;
	}
	if (err == KB_OK && incoming->case_no != 0) {
		err = check_case_desk(act, incoming->case_no, body->desk);
	}
	if (err == KB_OK) {
		incoming->row = kb_kind_find(body->kind);
		kb_incoming_fill(act, incoming);
	}
	return err;
}
