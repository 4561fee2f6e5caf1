/* SPDX-License-Identifier: EUPL-1.2 */
/* What has been sent under a toestemming, and what becomes of it when that is limited, withdrawn or over. */
#include "agents/runtime/agent_internal.h"
#include "agents/runtime/consent.h"
#include "agents/runtime/permission.h"
#include "common/base/log.h"
#include "common/store/parties.h"
#include "common/store/record.h"

/* ---- the messages of a case that have to do with it ---- */

/* The toestemming that a message about one is about. */
static enum kb_err
subject_of(struct kb_act *act, const struct kb_body *body, struct kb_id *id)
{
	struct kb_toestemming_bevestiging confirmation;
	struct kb_toestemming_bericht message;
	struct kb_signed_toestemming by;
	struct kb_toestemming toestemming;
	enum kb_err err;

	if (body->kind == KB_KIND_TOESTEMMING_BEVESTIGING) {
		err = kb_toestemming_bevestiging_decode(body->content, act->arena, &confirmation);
		*id = confirmation.toestemming_id;
		return err;
	}
	err = kb_toestemming_bericht_decode(body->content, act->arena, &message);
	if (err == KB_OK) {
		err = kb_signed_toestemming_decode(message.ondertekend, act->arena, &by);
	}
	if (err == KB_OK) {
		err = kb_toestemming_decode(by.toestemming, act->arena, &toestemming);
	}
	if (err == KB_OK) {
		*id = toestemming.toestemming_id;
	}
	return err;
}

static enum kb_consent_about
about_of_kind(uint32_t kind)
{
	switch (kind) {
	case KB_KIND_TOESTEMMING_VERLEEND:
		return KB_CONSENT_STATEMENT;
	case KB_KIND_TOESTEMMING_INGETROKKEN:
		return KB_CONSENT_WITHDRAWAL;
	case KB_KIND_TOESTEMMING_BEVESTIGING:
		return KB_CONSENT_CONFIRMATION;
	default:
		return KB_CONSENT_ABOUT_NONE;
	}
}

static enum kb_err
look_at(struct kb_act *act, struct kb_span body_bytes, const struct kb_id *consent_id,
	struct kb_consent_message *message, kb_consent_message_fn fn, void *state)
{
	struct kb_body body;
	struct kb_id id;
	enum kb_err err = kb_body_decode(body_bytes, act->arena, &body);

	if (err != KB_OK) {
		return err;
	}
	message->body = &body;
	message->about = about_of_kind(body.kind);
	if (message->about != KB_CONSENT_ABOUT_NONE) {
		err = subject_of(act, &body, &id);
	} else {
		message->about = KB_CONSENT_UNDER;
		id = body.consent_ref;
	}
	return err == KB_OK && kb_id_equal(&id, consent_id) ? fn(act, message, state) : err;
}

/* Salt and body of a record; KB_ERR_NOT_FOUND after erasure. */
static enum kb_err
read_body(struct kb_act *act, uint64_t ledger_seq, struct kb_span *body_bytes)
{
	struct kb_record_read record;
	struct kb_span salt;
	enum kb_err err = kb_record_get(act->step, ledger_seq, &record);

	return err == KB_OK
		       ? kb_record_open_message(act->step, &record, act->arena, &salt, body_bytes)
		       : err;
}

static enum kb_err
look_at_line(struct kb_act *act, const struct kb_case_record *line, const struct kb_id *consent_id,
	     kb_consent_message_fn fn, void *state)
{
	struct kb_sent_row sent;
	struct kb_consent_message message = { .direction = line->direction,
					      .party_no = line->party_no,
					      .at_utc_ms = line->at_utc_ms };
	struct kb_span body_bytes = KB_SPAN_NONE;
	enum kb_err err = KB_OK;

	if (line->direction == KB_DIRECTION_OUT) {
		err = kb_sent_get(act->step, &line->number, &sent);
		message.sent = &sent;
		if (err == KB_OK && !sent.consent &&
		    about_of_kind(line->kind) == KB_CONSENT_ABOUT_NONE) {
			return KB_OK;
		}
	}
	if (err == KB_OK) {
		err = read_body(act, line->ledger_seq, &body_bytes);
		if (err == KB_ERR_NOT_FOUND) {
			return KB_OK;
		}
	}
	return err == KB_OK ? look_at(act, body_bytes, consent_id, &message, fn, state) : err;
}

/* Letters of this group are not in the store yet. fn may add letters at the end; those are not looked at. */
static enum kb_err
each_of_group(struct kb_act *act, uint64_t case_no, const struct kb_id *consent_id,
	      kb_consent_message_fn fn, void *state)
{
	struct kb_outgoing_letter *last = act->agent->sender.last;
	struct kb_outgoing_letter *at = act->agent->sender.first;
	enum kb_err err = KB_OK;

	for (bool more = at != NULL; err == KB_OK && more; at = at->next) {
		struct kb_consent_message message = { .direction = KB_DIRECTION_OUT,
						      .party_no = at->key.party_no,
						      .at_utc_ms = act->now_utc_ms,
						      .letter = at };

		more = at != last;
		if (at->mode == KB_OUTGOING_NEW && at->case_no == case_no &&
		    (at->consent || about_of_kind((uint32_t)at->kind) != KB_CONSENT_ABOUT_NONE)) {
			err = look_at(act, at->letter.body, consent_id, &message, fn, state);
		}
	}
	return err;
}

enum kb_err
kb_consent_each(struct kb_act *act, uint64_t case_no, const struct kb_id *consent_id,
		kb_consent_message_fn fn, void *state)
{
	struct kb_case_record *lines = NULL;
	size_t count = 0;
	enum kb_err err = kb_case_records(act->step, case_no, 0, act->arena, &lines, &count);

	for (size_t i = 0; err == KB_OK && i < count; i++) {
		if (lines[i].direction == KB_DIRECTION_OUT ||
		    lines[i].direction == KB_DIRECTION_IN) {
			err = look_at_line(act, &lines[i], consent_id, fn, state);
		}
	}
	return err == KB_OK ? each_of_group(act, case_no, consent_id, fn, state) : err;
}

/* ---- ending one message ---- */

static bool
waits(const struct kb_sent_row *sent)
{
	return sent->state == KB_SENT_WACHTRIJ || sent->state == KB_SENT_VERZONDEN ||
	       sent->state == KB_SENT_BIJ_BROKER || sent->state == KB_SENT_NIET_BEZORGD;
}

/* Wherever it is: not sealed, sealed, or at the broker, where it may still be delivered; the recipient is told. */
static enum kb_err
recall(struct kb_act *act, const struct kb_sent_row *sent, enum kb_err why)
{
	struct kb_party party;
	enum kb_err err = kb_party_get(act->step, sent->key.party_no, &party);

	if (err == KB_OK) {
		err = kb_outbox_close(act->step, &sent->key, kb_err_reason(why));
	}
	if (err == KB_OK) {
		kb_sender_recall(&act->agent->sender, &sent->key, kb_err_reason(why));
		err = kb_vervallen_add(act, &sent->key, kb_err_reason(why));
	}
	if (err == KB_OK) {
		err = kb_act_fate(act, sent, &party.id, KB_FATE_REFUSED, kb_err_reason(why), 0);
	}
	kb_log(KB_LOG_NOTICE, "message-recalled", "reason=%s party=%u number=%llu",
	       kb_err_name(why), sent->key.party_no, (unsigned long long)sent->key.number);
	return err;
}

/* A message made in this very group: it gets its number and its place in the log, and is closed there. */
static enum kb_err
recall_letter(struct kb_act *act, const struct kb_outgoing_letter *letter, enum kb_err why)
{
	struct kb_sent_row sent = { .key = letter->key,
				    .kind = (uint32_t)letter->kind,
				    .case_no = letter->case_no,
				    .message_id = letter->letter.message_id };
	enum kb_err err = KB_OK;

	kb_sender_recall(&act->agent->sender, &letter->key, kb_err_reason(why));
	err = kb_vervallen_add(act, &letter->key, kb_err_reason(why));
	return err == KB_OK ? kb_act_fate(act, &sent, &letter->letter.recipient, KB_FATE_REFUSED,
					  kb_err_reason(why), 0)
			    : err;
}

/*
 * The question of the sending, asked again. A recipient whose entry is not at hand is judged without the categories of the content:
 * that a toestemming is over or withdrawn shows all the same.
 */
static enum kb_err
ask_again(struct kb_act *act, const struct kb_body *body, uint64_t case_no, uint32_t party_no)
{
	struct kb_permission permission = {
		.body = body, .case_no = case_no, .numbered = true, .sending = true
	};
	struct kb_party party;
	enum kb_err err = kb_party_get(act->step, party_no, &party);

	if (err == KB_OK && kb_directory_find(act->directory, &party.id, act->now_utc_ms,
					      &permission.to) == KB_OK) {
		err = kb_permission_self(act, &permission.from);
		return err == KB_OK ? kb_permission_check(act, &permission) : err;
	}
	if (err == KB_OK) {
		struct kb_consent_query query = { .case_no = case_no,
						  .case_id = body->case_id,
						  .consent_ref = body->consent_ref,
						  .purpose = body->purpose,
						  .from = act->agent->identity->self,
						  .to = party.id,
						  .day = kb_date_local_day(act->now_utc_ms) };

		err = kb_consent_judge(act, &query);
		/* Only what rests on it ends with it. */
		err = err != KB_OK && body->ground != KB_GROUND_TOESTEMMING ? KB_OK : err;
	}
	return err;
}

static bool
is_over(enum kb_err err)
{
	return err == KB_ERR_NO_CONSENT || err == KB_ERR_CONSENT_WITHDRAWN;
}

enum kb_err
kb_consent_may_send(struct kb_act *act, const struct kb_sent_row *sent, bool *may)
{
	struct kb_span body_bytes = KB_SPAN_NONE;
	struct kb_body body;
	enum kb_err asked = KB_OK;
	enum kb_err err = KB_OK;

	*may = true;
	if (!sent->consent) {
		return KB_OK;
	}
	err = read_body(act, sent->ledger_seq, &body_bytes);
	if (err == KB_OK) {
		err = kb_body_decode(body_bytes, act->arena, &body);
	}
	if (err == KB_OK) {
		asked = ask_again(act, &body, sent->case_no, sent->key.party_no);
	} else if (err == KB_ERR_NOT_FOUND) {
		/* Erased: nobody can say any more what it rests on. */
		asked = KB_ERR_NO_CONSENT;
		err = KB_OK;
	}
	if (err == KB_OK && kb_err_is_store_trouble(asked)) {
		err = asked;
	}
	if (err == KB_OK && is_over(asked)) {
		*may = false;
		err = recall(act, sent, asked);
	}
	return err;
}

/* ---- who has to hear of it ---- */

struct party_list {
	uint32_t *at; /* in the arena of the act */
	size_t count;
	size_t capacity;
};

static bool
has_party(const struct party_list *list, uint32_t party_no)
{
	for (size_t i = 0; i < list->count; i++) {
		if (list->at[i] == party_no) {
			return true;
		}
	}
	return false;
}

static enum kb_err
add_party(struct kb_act *act, struct party_list *list, uint32_t party_no)
{
	if (party_no == KB_PARTY_NO_SELF || has_party(list, party_no)) {
		return KB_OK;
	}
	if (list->count == list->capacity) {
		size_t capacity = list->capacity == 0 ? 8 : 2 * list->capacity;
		uint32_t *grown = kb_arena_alloc(act->arena, capacity * sizeof(*grown));

		if (grown == NULL) {
			return KB_ERR_NO_MEMORY;
		}
		if (list->count > 0) {
			memcpy(grown, list->at, list->count * sizeof(*grown));
		}
		list->at = grown;
		list->capacity = capacity;
	}
	list->at[list->count++] = party_no;
	return KB_OK;
}

/* ---- the end of a toestemming ---- */

struct ending {
	const struct kb_consent_held *held;
	bool withdrawn; /* everything under it goes; else what is not covered any more */
	struct party_list parties;
	struct party_list told; /* of the withdrawal, before */
	struct kb_consent_counts *counts;
};

static enum kb_err
end_message(struct kb_act *act, const struct kb_consent_message *message, struct ending *ending)
{
	bool open = message->sent != NULL ? waits(message->sent) : !message->letter->recalled;
	enum kb_err why = KB_ERR_CONSENT_WITHDRAWN;

	if (!open) {
		return KB_OK;
	}
	if (!ending->withdrawn) {
		why = ask_again(act, message->body, ending->held->row.case_no, message->party_no);
		if (!is_over(why)) {
			return kb_err_is_store_trouble(why) ? why : KB_OK;
		}
	}
	ending->counts->recalled++;
	return message->sent != NULL ? recall(act, message->sent, why)
				     : recall_letter(act, message->letter, why);
}

static enum kb_err
on_message(struct kb_act *act, const struct kb_consent_message *message, void *state)
{
	struct ending *ending = state;
	enum kb_err err = KB_OK;

	if (message->about == KB_CONSENT_CONFIRMATION) {
		return KB_OK;
	}
	/* Told by us, or who told us. */
	if (message->about == KB_CONSENT_WITHDRAWAL) {
		return add_party(act, &ending->told, message->party_no);
	}
	err = add_party(act, &ending->parties, message->party_no);
	if (err == KB_OK && message->about == KB_CONSENT_UNDER) {
		if (message->direction == KB_DIRECTION_OUT) {
			err = end_message(act, message, ending);
		} else {
			ending->counts->received++;
		}
	}
	return err;
}

enum kb_err
kb_consent_tell(struct kb_act *act, const struct kb_consent *row, struct kb_span ondertekend,
		enum kb_kind kind, uint32_t party_no, bool *owed)
{
	bool withdrawn = kind == KB_KIND_TOESTEMMING_INGETROKKEN;
	struct kb_toestemming_bericht message = { .ondertekend = ondertekend };
	struct kb_outgoing outgoing = { .kind = kind,
					.case_no = row->case_no,
					.urgent = withdrawn ||
						  row->status == KB_TOESTEMMING_BEPERKT };
	struct kb_buf content = { 0 };
	struct kb_party party;
	enum kb_err err = kb_party_get(act->step, party_no, &party);

	*owed = false;
	if (err == KB_OK) {
		outgoing.recipient = party.id;
		err = kb_toestemming_bericht_encode(&message, &content);
	}
	if (err == KB_OK) {
		outgoing.content = kb_buf_span(&content);
		/* What is ended travels along: the recipient may have missed the version that names who ends it. */
		if (withdrawn && row->statement.len > 0) {
			outgoing.consent_ref = KB_SPAN_OF(row->consent_id.bytes);
		}
		err = kb_act_send(act, &outgoing, NULL);
		*owed = err == KB_ERR_UNKNOWN_RECIPIENT || err == KB_ERR_REVOKED ||
			err == KB_ERR_NOT_VALID_NOW;
		err = *owed ? KB_OK : err;
	}
	kb_buf_release(&content);
	return err;
}

/* Who recorded it, even when nothing passed between us. */
static enum kb_err
add_recorder(struct kb_act *act, const struct kb_consent_held *held, struct party_list *list)
{
	uint32_t party_no = 0;
	enum kb_err err = KB_OK;

	if (!held->has_statement ||
	    kb_party_id_equal(&held->statement.recorder, &act->agent->identity->self)) {
		return KB_OK;
	}
	err = kb_party_take(act->step, &held->statement.recorder, &party_no);
	return err == KB_OK ? add_party(act, list, party_no) : err;
}

static enum kb_err
tell_all(struct kb_act *act, const struct ending *ending, struct kb_span ondertekend,
	 enum kb_kind kind, uint32_t but_no)
{
	enum kb_err err = KB_OK;

	for (size_t i = 0; err == KB_OK && i < ending->parties.count; i++) {
		uint32_t party_no = ending->parties.at[i];
		bool owed = false;

		if ((but_no != KB_PARTY_NO_SELF && party_no == but_no) ||
		    (ending->withdrawn && has_party(&ending->told, party_no))) {
			continue;
		}
		err = kb_consent_tell(act, &ending->held->row, ondertekend, kind, party_no, &owed);
		ending->counts->told += owed ? 0 : 1;
		ending->counts->owed += owed ? 1 : 0;
	}
	return err;
}

/* Looks at every message under it, then tells who has to know. */
static enum kb_err
carry_out(struct kb_act *act, struct ending *ending, struct kb_span ondertekend, enum kb_kind kind,
	  uint32_t but_no)
{
	const struct kb_consent *row = &ending->held->row;
	enum kb_err err = kb_consent_each(act, row->case_no, &row->consent_id, on_message, ending);

	if (err == KB_OK) {
		err = add_recorder(act, ending->held, &ending->parties);
	}
	return err == KB_OK ? tell_all(act, ending, ondertekend, kind, but_no) : err;
}

enum kb_err
kb_consent_changed(struct kb_act *act, const struct kb_consent_held *held, bool tell,
		   struct kb_consent_counts *counts)
{
	struct ending ending = { .held = held, .counts = counts };

	*counts = (struct kb_consent_counts){ 0 };
	return tell ? carry_out(act, &ending, held->row.statement, KB_KIND_TOESTEMMING_VERLEEND,
				KB_PARTY_NO_SELF)
		    : kb_consent_each(act, held->row.case_no, &held->row.consent_id, on_message,
				      &ending);
}

enum kb_err
kb_consent_end(struct kb_act *act, struct kb_consent_held *held,
	       const struct kb_toestemming *withdrawal, struct kb_span ondertekend,
	       uint32_t from_no, struct kb_consent_counts *counts)
{
	struct ending ending = { .held = held, .withdrawn = true, .counts = counts };
	struct kb_consent *row = &held->row;
	enum kb_err err = row->consent_no == 0 ? kb_consent_start(act, withdrawal, row) : KB_OK;

	*counts = (struct kb_consent_counts){ 0 };
	if (err == KB_OK && !held->has_withdrawal) {
		row->withdrawal = ondertekend;
		row->status = KB_TOESTEMMING_INGETROKKEN;
		row->withdrawn_utc_ms = act->now_utc_ms;
		row->withdrawn_by_no = act->user_no;
		row->versie = row->versie > withdrawal->versie ? row->versie : withdrawal->versie;
		held->withdrawal = *withdrawal;
		held->has_withdrawal = true;
		err = kb_consent_log(act, row, KB_RECORD_CONSENT_WITHDRAWN, withdrawal, ondertekend,
				     from_no, &row->withdrawn_seq);
	}
	if (err == KB_OK) {
		err = kb_attachment_consent_ended(act, row->case_no, &row->consent_id);
	}
	if (err == KB_OK) {
		err = carry_out(act, &ending, row->withdrawal, KB_KIND_TOESTEMMING_INGETROKKEN,
				from_no);
	}
	if (err == KB_OK) {
		row->owes = counts->owed > 0;
		act->agent->consent_settled = act->agent->consent_settled && !row->owes;
		err = kb_consent_put(act->step, row);
	}
	return err;
}

/* ---- withdrawals that somebody has not heard of ---- */

static enum kb_err
tell_owed(struct kb_act *act, void *arg)
{
	struct kb_consent clear = { 0 };
	struct kb_consent_counts counts;
	struct kb_consent_held held;
	bool settled = true;
	enum kb_err err = kb_consent_next_clear(act->step, 0, &clear);

	(void)arg;
	while (err == KB_OK) {
		uint64_t consent_no = clear.consent_no;

		if (clear.owes) {
			err = kb_consent_load(act, &clear.consent_id, &held);
			if (err == KB_OK) {
				err = kb_consent_end(act, &held, &held.withdrawal,
						     held.row.withdrawal, KB_PARTY_NO_SELF,
						     &counts);
				settled = settled && counts.owed == 0;
			}
			err = err == KB_ERR_NOT_FOUND ? KB_OK : err;
		}
		err = err == KB_OK ? kb_consent_next_clear(act->step, consent_no, &clear) : err;
	}
	if (err == KB_ERR_NOT_FOUND) {
		act->agent->consent_settled = settled;
		err = KB_OK;
	}
	return err;
}

static void
told(struct kb_agent *agent, enum kb_err err, void *arg)
{
	(void)arg;
	agent->consent_running = false;
	if (err != KB_OK) {
		agent->consent_settled = false;
		kb_log(KB_LOG_WARNING, "withdrawal-not-told", "reason=%s", kb_err_name(err));
	}
}

void
kb_consent_register_changed(struct kb_agent *agent)
{
	if (!agent->consent_settled && !agent->consent_running &&
	    kb_agent_run(agent, 0, tell_owed, told, NULL) == KB_OK) {
		agent->consent_running = true;
	}
}
