/* SPDX-License-Identifier: EUPL-1.2 */
/* One message to its end: duplicate, refused, held for an earlier one of its case, handled, or parked. */
#include "agents/runtime/agent_internal.h"
#include "agents/runtime/attachments.h"
#include "agents/runtime/consent.h"
#include "agents/runtime/flow.h"
#include "agents/runtime/messages.h"
#include "common/base/log.h"
#include "common/store/case_records.h"
#include "common/store/held.h"
#include "common/store/record.h"
#include "common/store/seen.h"

/* What a handler may answer to refuse a message; everything else is trouble of ours. */
bool
kb_receive_is_refusal(enum kb_err err)
{
	enum kb_err_category category = kb_err_category(err);

	return kb_err_reason(err) != 0 &&
	       (category == KB_CATEGORY_PROTOCOL || category == KB_CATEGORY_REFUSED ||
		category == KB_CATEGORY_CONFLICT || category == KB_CATEGORY_DATA ||
		err == KB_ERR_BUSY);
}

/* A number refused for one of these reasons may come again and is then looked at anew. */
static bool
may_come_again(uint32_t reason)
{
	enum kb_reaction reaction = kb_reaction_to(reason);

	return reaction == KB_REACTION_RETRY || reaction == KB_REACTION_RESEAL ||
	       reaction == KB_REACTION_WAIT;
}

/* Refused for its sealing or its age alone: what follows it in its case waits for it as for a number that is still missing.
 * BUSY is a handler that cannot cope; the rest of the case does not wait for that. */
static bool
is_awaited(uint32_t reason)
{
	return may_come_again(reason) && reason != kb_err_reason(KB_ERR_BUSY);
}

static struct kb_record
record_of(const struct kb_act *act, const struct kb_incoming *incoming, enum kb_record_type type)
{
	return (struct kb_record){ .type = type,
				   .at_utc_ms = act->now_utc_ms,
				   .party_no = incoming->sender_no,
				   .case_no = incoming->case_no,
				   .header = incoming->envelope.header,
				   .seal = incoming->envelope.seal };
}

static enum kb_err
put_seen(struct kb_act *act, const struct kb_incoming *incoming, enum kb_seen_outcome outcome,
	 enum kb_err reason, uint64_t ledger_seq, int64_t stored_utc_ms)
{
	struct kb_seen_row row = { .key = incoming->key,
				   .outcome = outcome,
				   .reason = kb_err_reason(reason),
				   .attempt = incoming->header.attempt,
				   .stored_at_utc_ms = stored_utc_ms,
				   .commitment = incoming->header.commitment,
				   .message_id = incoming->header.message_id,
				   .ledger_seq = ledger_seq };

	return kb_seen_put(act->step, &row);
}

/* The record of the first refusal for this reason: a message that comes again in parts is known by it (restore.c). */
static uint64_t
first_refusal(struct kb_act *act, const struct kb_incoming *incoming, enum kb_err reason,
	      uint64_t ledger_seq)
{
	struct kb_seen_row seen;

	return kb_seen_get(act->step, &incoming->key, &seen) == KB_OK &&
			       seen.outcome == KB_SEEN_REFUSED &&
			       seen.reason == kb_err_reason(reason) && seen.ledger_seq != 0
		       ? seen.ledger_seq
		       : ledger_seq;
}

/* Header and reason stay, nothing of the body (design 6). */
enum kb_err
kb_receive_refuse(struct kb_act *act, struct kb_incoming *incoming, enum kb_err reason)
{
	struct kb_record record = record_of(act, incoming, KB_RECORD_REFUSED_IN);
	uint64_t seq = 0;
	enum kb_err err;

	record.code = kb_err_reason(reason);
	err = kb_record_append(act->step, &record, KB_SPAN_NONE, &seq);
	if (err == KB_OK && incoming->header.number != 0) {
		err = put_seen(act, incoming, KB_SEEN_REFUSED, reason,
			       first_refusal(act, incoming, reason, seq), act->now_utc_ms);
	}
	if (err == KB_OK && incoming->header.number != 0) {
		err = kb_receipts_note(act, incoming, reason, 0);
	}
	incoming->comes_again = is_awaited(kb_err_reason(reason));
	act->agent->receiver.group_refused++;
	kb_log(KB_LOG_NOTICE, "message-refused", "reason=%s party=%u", kb_err_name(reason),
	       incoming->sender_no);
	return err;
}

static enum kb_err
alarm_equivocation(struct kb_act *act, struct kb_incoming *incoming)
{
	struct kb_record record = record_of(act, incoming, KB_RECORD_EQUIVOCATION);
	uint64_t seq = 0;
	enum kb_err err = kb_record_append(act->step, &record, KB_SPAN_NONE, &seq);

	/* The first content stands; its row in the table of numbers is not touched. */
	if (err == KB_OK) {
		err = kb_receipts_note(act, incoming, KB_ERR_EQUIVOCATION, 0);
	}
	act->agent->receiver.group_equivocations++;
	kb_log(KB_LOG_ERROR, "equivocation", "party=%u number=%llu", incoming->sender_no,
	       (unsigned long long)incoming->key.number);
	return err;
}

/* *again: the number was refused before in a way that lets it be looked at anew. */
static enum kb_err
known_number(struct kb_act *act, struct kb_incoming *incoming, enum kb_err what,
	     const struct kb_seen_row *seen, bool *again)
{
	*again = false;
	if (what == KB_ERR_EQUIVOCATION) {
		return alarm_equivocation(act, incoming);
	}
	if (what == KB_ERR_RECALLED) {
		return kb_receipts_note(act, incoming, KB_ERR_RECALLED, 0);
	}
	if (what != KB_ERR_DUPLICATE) {
		return what;
	}
	if (seen->outcome == KB_SEEN_HELD) {
		return KB_OK; /* its receipt follows when it has been handled */
	}
	if (seen->outcome == KB_SEEN_REFUSED && may_come_again(seen->reason)) {
		*again = true;
		return KB_OK;
	}
	return kb_receipts_note(act, incoming,
				seen->outcome == KB_SEEN_REFUSED ? kb_err_from_reason(seen->reason)
								 : KB_OK,
				seen->stored_at_utc_ms);
}

static bool
is_unsettled(const struct kb_seen_row *seen)
{
	return seen->outcome == KB_SEEN_HELD ||
	       (seen->outcome == KB_SEEN_REFUSED && is_awaited(seen->reason));
}

/* Whether the message of this case that must go first has been handled. */
static enum kb_err
must_wait(struct kb_act *act, const struct kb_incoming *incoming, struct kb_number_key *awaited,
	  bool *wait)
{
	const struct kb_body *body = &incoming->opened.body;
	struct kb_seen_row seen;
	enum kb_err err;

	*wait = false;
	/* What is not in the order of the case waits for nothing, whatever it names. */
	if (body->after_number == 0 || incoming->row->quiet) {
		return KB_OK;
	}
	*awaited = (struct kb_number_key){ .party_no = incoming->sender_no,
					   .number = body->after_number };
	err = kb_epoch_take(act->step, incoming->sender_no, &body->after_epoch, &awaited->epoch_no);
	if (err == KB_OK) {
		err = kb_seen_get(act->step, awaited, &seen);
		*wait = err == KB_ERR_NOT_FOUND || (err == KB_OK && is_unsettled(&seen));
		err = err == KB_ERR_NOT_FOUND ? KB_OK : err;
	}
	return err;
}

/* The case row of a message of a case; made when it is new. */
static enum kb_err
take_case(struct kb_act *act, struct kb_incoming *incoming, enum kb_case_kind kind)
{
	struct kb_case *row = NULL;
	enum kb_err err = KB_OK;

	if (!incoming->row->has_case) {
		return KB_OK;
	}
	if (incoming->case_no == 0) {
		struct kb_case fresh = { .case_id = incoming->opened.body.case_id,
					 .kind = (uint16_t)kind,
					 .status = KB_CASE_OPEN,
					 .desk = (uint32_t)incoming->opened.body.desk,
					 .counterparty_no = incoming->sender_no,
					 .regievoerder_no = incoming->sender_no,
					 .profile_hash = incoming->opened.body.profile_hash,
					 .opened_utc_ms = act->now_utc_ms,
					 .last_activity_utc_ms = act->now_utc_ms };

		err = kb_case_create(act->step, &fresh);
		incoming->case_no = fresh.case_no;
	}
	if (err == KB_OK) {
		err = kb_case_edit(act->step, incoming->case_no, &row);
	}
	if (err == KB_OK) {
		if (row->kind == KB_CASE_KIND_NONE) {
			row->kind = (uint16_t)kind;
		}
		/* That no other desk works in it was asked when the message came (receive_checks.c). */
		if (row->desk == KB_DESK_UNSPECIFIED ||
		    (incoming->ledger_seq == 0 &&
		     incoming->opened.body.desk != KB_DESK_UNSPECIFIED)) {
			row->desk = (uint32_t)incoming->opened.body.desk;
		}
		incoming->case_row = row;
	}
	return err;
}

/* The MESSAGE_IN record with the body under the key of the case (or of the year), and the line in the timeline. */
static enum kb_err
write_in(struct kb_act *act, struct kb_incoming *incoming)
{
	struct kb_record record = record_of(act, incoming, KB_RECORD_MESSAGE_IN);
	struct kb_span kept = KB_SPAN_NONE;
	enum kb_err err = kb_attachment_log_body(incoming->opened.body.kind,
						 incoming->opened.body_bytes, act->arena, &kept);

	if (err != KB_OK) {
		return err;
	}
	if (incoming->case_row != NULL) {
		record.data_key_no = incoming->case_row->data_key_no;
	} else {
		err = kb_step_year_key(act->step, &record.data_key_no);
	}
	if (err == KB_OK) {
		err = kb_record_append_message(act->step, &record,
					       KB_SPAN_OF(incoming->opened.salt.bytes), kept,
					       &incoming->ledger_seq);
	}
	if (err == KB_OK && incoming->case_row != NULL) {
		struct kb_case_record line = { .case_no = incoming->case_no,
					       .direction = KB_DIRECTION_IN,
					       .kind = incoming->opened.body.kind,
					       .party_no = incoming->sender_no,
					       .at_utc_ms = act->now_utc_ms,
					       .ledger_seq = incoming->ledger_seq,
					       .number = incoming->key };

		err = kb_case_record_put(act->step, &line);
	}
	return err;
}

enum kb_err
kb_act_accept(struct kb_act *act, const struct kb_received *received, enum kb_case_kind kind,
	      struct kb_case **row, uint64_t *ledger_seq)
{
	struct kb_incoming *incoming = act->agent->receiver.incoming;
	enum kb_err err;

	if (incoming == NULL || received != &incoming->received || incoming->accepted) {
		return KB_ERR_INTERNAL;
	}
	err = take_case(act, incoming, kind);
	if (err == KB_OK && incoming->ledger_seq == 0) {
		err = write_in(act, incoming);
	}
	if (err != KB_OK) {
		return err;
	}
	if (incoming->case_no != 0 && incoming->opened.body.toestemming.len > 0) {
		err = kb_consent_take(act, incoming->case_no, incoming->opened.body.toestemming,
				      incoming->sender_no);
		if (err != KB_OK) {
			return err;
		}
	}
	incoming->accepted = true;
	if (incoming->case_row != NULL &&
	    incoming->case_row->counterparty_no == incoming->sender_no) {
		incoming->case_row->last_in_epoch_no = incoming->key.epoch_no;
		incoming->case_row->last_in_number = incoming->key.number;
	}
	if (row != NULL) {
		*row = incoming->case_row;
	}
	if (ledger_seq != NULL) {
		*ledger_seq = incoming->ledger_seq;
	}
	return KB_OK;
}

static const struct kb_role_handler own_handlers[] = {
	{ .kind = KB_KIND_VERVALLEN, .on_message = kb_vervallen_handle },
	{ .kind = KB_KIND_HERSTELD, .on_message = kb_hersteld_handle },
	{ .kind = KB_KIND_TOESTEMMING_VERLEEND, .on_message = kb_consent_handle_statement },
	{ .kind = KB_KIND_TOESTEMMING_INGETROKKEN, .on_message = kb_consent_handle_statement },
	{ .kind = KB_KIND_TOESTEMMING_BEVESTIGING, .on_message = kb_consent_handle_confirmation },
	{ .kind = KB_KIND_ZAAK_REGEL, .on_message = kb_flow_handle_records },
	{ .kind = KB_KIND_ZAAK_VOORSTEL, .on_message = kb_flow_handle_proposal },
	{ .kind = KB_KIND_ZAAK_WEIGERING, .on_message = kb_flow_handle_refusal },
	{ .kind = KB_KIND_ZAAK_OPVRAAG, .on_message = kb_flow_handle_request },
	{ .kind = KB_KIND_ZAAK_EINDE, .on_message = kb_flow_handle_records },
	{ .kind = KB_KIND_ZAAK_BEWIJS, .on_message = kb_flow_handle_proof },
	{ .kind = KB_KIND_ZAAK_HERSTEL, .on_message = kb_flow_handle_recovery },
	{ .kind = KB_KIND_PROFIEL, .on_message = kb_flow_handle_profile },
	{ .kind = KB_KIND_BIJLAGE, .on_message = kb_attachment_handle_announcement },
	{ .kind = KB_KIND_BIJLAGE_OPVRAAG, .on_message = kb_attachment_handle_request },
	{ .kind = KB_KIND_BIJLAGE_DEEL, .on_message = kb_attachment_handle_part },
	{ .kind = KB_KIND_BIJLAGE_UITKOMST, .on_message = kb_attachment_handle_outcome },
};

static kb_message_fn
find_handler(const struct kb_role *role, enum kb_kind kind)
{
	for (size_t i = 0; i < sizeof(own_handlers) / sizeof(own_handlers[0]); i++) {
		if (own_handlers[i].kind == kind) {
			return own_handlers[i].on_message;
		}
	}
	for (size_t i = 0; i < role->handler_count; i++) {
		if (role->handlers[i].kind == kind) {
			return role->handlers[i].on_message;
		}
	}
	/* Every role takes these in: whether this one may have the kind was asked of the permission table before. */
	return kb_kind_find((uint32_t)kind)->form == KB_CONTENT_FIELDS ? kb_message_handle : NULL;
}

/* KB_OK: handled and accepted. A refusal: nothing was accepted. Anything else: the message is to be tried again or parked. */
enum kb_err
kb_receive_handle(struct kb_act *act, struct kb_incoming *incoming)
{
	kb_message_fn handler = find_handler(act->agent->role, incoming->received.kind);
	enum kb_err err;

	if (handler == NULL) {
		return KB_ERR_UNKNOWN_KIND;
	}
	act->agent->receiver.incoming = incoming;
	err = handler(act, &incoming->received);
	if (err == KB_OK && !incoming->accepted) {
		err = incoming->case_no != 0 || !incoming->row->has_case
			      ? kb_act_accept(act, &incoming->received, KB_CASE_KIND_NONE, NULL,
					      NULL)
			      : KB_ERR_INTERNAL;
	} else if (err != KB_OK && incoming->accepted && kb_receive_is_refusal(err)) {
		err = KB_ERR_INTERNAL; /* too late to refuse: rows of it are written */
	}
	act->agent->receiver.incoming = NULL;
	return err;
}

static enum kb_err
hold(struct kb_act *act, struct kb_incoming *incoming, const struct kb_number_key *awaited)
{
	struct kb_held_row row = { .awaited = *awaited,
				   .epoch_no = incoming->key.epoch_no,
				   .number = incoming->key.number,
				   .since_utc_ms = act->now_utc_ms };
	enum kb_err err = take_case(act, incoming, KB_CASE_KIND_NONE);

	if (err == KB_OK) {
		err = write_in(act, incoming);
	}
	if (err == KB_OK) {
		row.case_no = incoming->case_no;
		row.ledger_seq = incoming->ledger_seq;
		err = kb_held_put(act->step, &row);
	}
	if (err == KB_OK) {
		err = put_seen(act, incoming, KB_SEEN_HELD, KB_OK, incoming->ledger_seq,
			       act->now_utc_ms);
	}
	act->agent->receiver.held_count++;
	incoming->held = true;
	return err;
}

/* Stored: number, receipt, and whoever waited for it. */
enum kb_err
kb_receive_finish(struct kb_act *act, struct kb_incoming *incoming, int64_t stored_utc_ms)
{
	enum kb_err err =
		put_seen(act, incoming, KB_SEEN_STORED, KB_OK, incoming->ledger_seq, stored_utc_ms);

	if (err == KB_OK) {
		err = kb_receipts_note(act, incoming, KB_OK, stored_utc_ms);
	}
	act->agent->receiver.group_messages++;
	return err;
}

/* Trouble of the handler: the whole group is run again without what it left behind; after some tries it is parked. */
static enum kb_err
poisoned(struct kb_act *act, struct kb_incoming *incoming, enum kb_err err, uint8_t tries)
{
	(void)act;
	if (!kb_err_is_store_trouble(err)) {
		kb_log(KB_LOG_ERROR, "handler-failed", "reason=%s party=%u number=%llu try=%u",
		       kb_err_name(err), incoming->sender_no,
		       (unsigned long long)incoming->key.number, tries + 1u);
	}
	return kb_err_reason(err) != 0 ? KB_ERR_INTERNAL : err;
}

static enum kb_err
process(struct kb_act *act, struct kb_incoming *incoming, uint8_t tries)
{
	struct kb_number_key awaited;
	bool wait = false;
	enum kb_err err = kb_incoming_open(act, incoming);

	if (err == KB_OK) {
		err = must_wait(act, incoming, &awaited, &wait);
	}
	if (err == KB_OK && wait) {
		return hold(act, incoming, &awaited);
	}
	if (err == KB_OK) {
		err = kb_receive_handle(act, incoming);
		if (err != KB_OK && !kb_receive_is_refusal(err)) {
			return poisoned(act, incoming, err, tries);
		}
	}
	if (err == KB_OK) {
		return kb_receive_finish(act, incoming, act->now_utc_ms);
	}
	return kb_receive_is_refusal(err) ? kb_receive_refuse(act, incoming, err) : err;
}

static enum kb_err
receive_numbered(struct kb_act *act, struct kb_incoming *incoming, uint8_t tries)
{
	struct kb_seen_row seen;
	bool again = true;
	enum kb_err err =
		kb_seen_check(act->step, &incoming->key, &incoming->header.commitment, &seen);

	if (err == KB_ERR_BUSY || err == KB_ERR_BAD_VALUE) {
		/* No row can be written for such a number; the answer alone has to do. */
		return kb_receipts_note(act, incoming, err, 0);
	}
	if (err != KB_OK) {
		err = known_number(act, incoming, err, &seen, &again);
		if (err != KB_OK || !again) {
			return err;
		}
	}
	if (tries >= KB_RECEIVER_TRIES) {
		act->agent->receiver.group_parked++;
		kb_log(KB_LOG_ERROR, "message-parked", "party=%u number=%llu", incoming->sender_no,
		       (unsigned long long)incoming->key.number);
		return kb_receive_refuse(act, incoming, KB_ERR_BUSY);
	}
	err = process(act, incoming, tries);
	return err == KB_OK && !incoming->held && !incoming->comes_again
		       ? kb_receive_release(act, &incoming->key)
		       : err;
}

enum kb_err
kb_receive_one(struct kb_act *act, struct kb_incoming *incoming, uint8_t tries)
{
	bool proven = false;
	enum kb_err err = kb_incoming_check(act, incoming, &proven);

	if (err == KB_OK && incoming->header.number == 0) {
		err = kb_receipts_take(act, incoming);
		proven = false; /* a receipt is never receipted */
	} else if (err == KB_OK &&
		   act->now_utc_ms > incoming->header.expires_at_utc_ms + KB_RECEIVER_SKEW_MS) {
		err = KB_ERR_EXPIRED;
	} else if (err == KB_OK) {
		return receive_numbered(act, incoming, tries);
	}
	if (err == KB_OK) {
		return KB_OK;
	}
	if (kb_err_is_store_trouble(err) || !kb_receive_is_refusal(err)) {
		return err == KB_ERR_OFFLINE ? KB_OK : err;
	}
	if (proven && incoming->header.number != 0) {
		struct kb_seen_row seen;
		enum kb_err known = kb_seen_check(act->step, &incoming->key,
						  &incoming->header.commitment, &seen);
		bool again = true;

		if (known == KB_ERR_BUSY || known == KB_ERR_BAD_VALUE) {
			return kb_receipts_note(act, incoming, err, 0);
		}
		if (known != KB_OK) {
			enum kb_err told = known_number(act, incoming, known, &seen, &again);

			if (told != KB_OK || !again) {
				return told;
			}
		}
		err = kb_receive_refuse(act, incoming, err);
		return err == KB_OK && !incoming->comes_again
			       ? kb_receive_release(act, &incoming->key)
			       : err;
	}
	/* Not proven to be anybody's: a receipt would let strangers end messages of others. The sender sends it again. */
	act->agent->counts.dropped_in++;
	act->agent->counts.last_drop = err;
	kb_log(KB_LOG_WARNING, "message-dropped", "reason=%s", kb_err_name(err));
	return KB_OK;
}

enum kb_err
kb_receive_close(struct kb_act *act, const struct kb_number_key *key, uint32_t reason,
		 uint64_t ledger_seq)
{
	struct kb_incoming *in_hand = act->agent->receiver.incoming;
	struct kb_seen_row seen;
	enum kb_err err = kb_seen_get(act->step, key, &seen);

	if (err != KB_ERR_NOT_FOUND &&
	    !(err == KB_OK && seen.outcome == KB_SEEN_REFUSED && is_awaited(seen.reason))) {
		return err; /* it arrived before it was closed: what was done stays done */
	}
	seen = (struct kb_seen_row){ .key = *key,
				     .outcome = KB_SEEN_VERVALLEN,
				     .reason = reason,
				     .stored_at_utc_ms = act->now_utc_ms,
				     .ledger_seq = ledger_seq };
	err = kb_seen_put(act->step, &seen);
	if (err == KB_OK) {
		err = kb_receive_release(act, key);
	}
	act->agent->receiver.incoming = in_hand;
	return err == KB_ERR_BUSY || err == KB_ERR_BAD_VALUE ? KB_OK : err;
}
