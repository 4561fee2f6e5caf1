/* SPDX-License-Identifier: EUPL-1.2 */
/* The end of a group commit for what goes out: sealing in batches, log records, outbox rows. */
#include "agents/runtime/agent_internal.h"
#include "agents/runtime/consent.h"
#include "common/base/log.h"
#include "common/store/case_records.h"
#include "common/store/parties.h"
#include "common/store/record.h"

void
kb_sender_add(struct kb_sender *sender, struct kb_outgoing_letter *letter)
{
	letter->next = NULL;
	if (sender->last != NULL) {
		sender->last->next = letter;
	} else {
		sender->first = letter;
	}
	sender->last = letter;
	sender->letter_count++;
}

void
kb_sender_recall(struct kb_sender *sender, const struct kb_number_key *key, uint32_t reason)
{
	for (struct kb_outgoing_letter *at = sender->first; at != NULL; at = at->next) {
		if (at->key.party_no != key->party_no || at->key.epoch_no != key->epoch_no ||
		    at->key.number != key->number) {
			continue;
		}
		at->recalled = true;
		at->recall_reason = reason;
		if (at->mode != KB_OUTGOING_NEW) {
			at->mode = KB_OUTGOING_NONE;
		}
	}
}

void
kb_sender_group_begin(struct kb_agent *agent)
{
	agent->sender.first = NULL;
	agent->sender.last = NULL;
	agent->sender.letter_count = 0;
	agent->sender.vervallen = NULL;
}

bool
kb_sender_may_seal(const struct kb_agent *agent, const struct kb_entry *entry, int64_t now_utc_ms)
{
	const struct kb_entry *own = NULL;

	if (entry == NULL || agent->session.state != KB_SESSION_UP ||
	    kb_directory_fresh(agent->directory, now_utc_ms) != KB_OK ||
	    kb_directory_usable(agent->directory, entry, now_utc_ms) != KB_OK) {
		return false;
	}
	if (kb_directory_version(agent->directory, &agent->identity->self,
				 agent->identity->key_version, &own) != KB_OK) {
		return false;
	}
	enum kb_err err = kb_directory_usable(agent->directory, own, now_utc_ms);

	return err == KB_OK || err == KB_ERR_OFFLINE;
}

enum kb_err
kb_sender_add_receipt(struct kb_act *act, const struct kb_party_id *recipient, uint32_t party_no,
		      struct kb_span content, uint64_t count)
{
	struct kb_agent *agent = act->agent;
	struct kb_outgoing_letter *letter = kb_arena_alloc(act->arena, sizeof(*letter));
	struct kb_body body = { .kind = KB_KIND_RECEIPT,
				.purpose = KB_PURPOSE_BERICHTENVERKEER,
				.ground = KB_GROUND_WETTELIJKE_TAAK,
				.content = content };
	enum kb_err err = letter != NULL ? KB_OK : KB_ERR_NO_MEMORY;

	if (err != KB_OK) {
		return err;
	}
	letter->mode = KB_OUTGOING_RECEIPT;
	letter->kind = KB_KIND_RECEIPT;
	letter->key.party_no = party_no;
	letter->count = count;
	letter->letter.message_id = kb_id_random(&agent->random);
	letter->letter.recipient = *recipient;
	letter->letter.epoch = agent->own_epoch.epoch;
	letter->letter.attempt = 1;
	letter->letter.expires_at_utc_ms = act->now_utc_ms + agent->settings.life_ms;
	if (kb_directory_find(agent->directory, recipient, act->now_utc_ms, &letter->entry) !=
	    KB_OK) {
		letter->entry = NULL;
	}
	err = kb_letter_write(&letter->letter, &body, &agent->sealer, act->arena);
	if (err == KB_OK) {
		err = kb_step_year_key(act->step, &letter->data_key_no);
	}
	if (err == KB_OK) {
		kb_sender_add(&agent->sender, letter);
	}
	return err;
}

/* Seals what may be sealed, at most KB_WIRE_BATCH_MAX under one signature. */
static enum kb_err
seal_letters(struct kb_act *act)
{
	struct kb_agent *agent = act->agent;
	struct kb_letter *batch[KB_WIRE_BATCH_MAX];
	struct kb_outgoing_letter *at = agent->sender.first;
	enum kb_err err = KB_OK;

	while (err == KB_OK && at != NULL) {
		size_t count = 0;

		for (; at != NULL && count < KB_WIRE_BATCH_MAX; at = at->next) {
			if (at->mode == KB_OUTGOING_RESEND || at->recalled ||
			    !kb_sender_may_seal(agent, at->entry, act->now_utc_ms)) {
				continue;
			}
			at->letter.recipient_key = at->entry->sealing_key;
			at->sealed = true;
			batch[count++] = &at->letter;
		}
		if (count > 0) {
			err = kb_letters_seal(agent->identity, &agent->sealer, batch, count,
					      act->now_utc_ms, act->arena);
		}
	}
	return err;
}

static struct kb_record
record_of(const struct kb_act *act, const struct kb_outgoing_letter *letter,
	  enum kb_record_type type)
{
	return (struct kb_record){ .type = type,
				   .at_utc_ms = act->now_utc_ms,
				   .user_no = letter->user_no,
				   .party_no = letter->key.party_no,
				   .case_no = letter->case_no,
				   .data_key_no = letter->data_key_no,
				   .count = letter->count,
				   .header = letter->letter.header,
				   .seal = letter->letter.seal };
}

static enum kb_err
write_new(struct kb_act *act, struct kb_outgoing_letter *letter)
{
	struct kb_record record = record_of(act, letter, KB_RECORD_MESSAGE_OUT);
	struct kb_sent_row sent = { .key = letter->key,
				    .state = KB_SENT_WACHTRIJ,
				    .kind = (uint32_t)letter->kind,
				    .attempt = letter->sealed ? letter->letter.attempt : 0,
				    .case_no = letter->case_no,
				    .message_id = letter->letter.message_id,
				    .commitment = letter->letter.commitment,
				    .created_utc_ms = act->now_utc_ms,
				    .sent_at_utc_ms = letter->sealed ? act->now_utc_ms : 0,
				    .expires_at_utc_ms = letter->letter.expires_at_utc_ms,
				    .urgent = letter->letter.urgent,
				    .statutory = letter->statutory,
				    .consent = letter->consent };
	struct kb_span kept = KB_SPAN_NONE;
	enum kb_err err = kb_attachment_log_body((uint32_t)letter->kind, letter->letter.body,
						 act->arena, &kept);

	if (err == KB_OK) {
		err = kb_record_append_message(act->step, &record,
					       KB_SPAN_OF(letter->letter.salt.bytes), kept,
					       &letter->ledger_seq);
	}
	if (err == KB_OK) {
		sent.ledger_seq = letter->ledger_seq;
		err = kb_outbox_put(act->step, &letter->key, &sent, letter->letter.envelope);
	}
	if (err == KB_OK && letter->recalled) {
		err = kb_outbox_close(act->step, &letter->key, letter->recall_reason);
	}
	if (err == KB_OK && letter->case_no != 0) {
		struct kb_case_record line = { .case_no = letter->case_no,
					       .direction = KB_DIRECTION_OUT,
					       .kind = (uint32_t)letter->kind,
					       .party_no = letter->key.party_no,
					       .user_no = letter->user_no,
					       .at_utc_ms = act->now_utc_ms,
					       .ledger_seq = letter->ledger_seq,
					       .number = letter->key };

		err = kb_case_record_put(act->step, &line);
	}
	return err;
}

/* Header and seal of a later sealing get a record of their own that names the first. */
static enum kb_err
write_sealed_record(struct kb_act *act, struct kb_outgoing_letter *letter)
{
	struct kb_record record = record_of(act, letter, KB_RECORD_MESSAGE_SEALED);
	uint64_t seq = 0;

	record.data_key_no = 0;
	record.ref_seq = letter->ledger_seq;
	record.code = letter->letter.attempt;
	return kb_record_append(act->step, &record, KB_SPAN_NONE, &seq);
}

static enum kb_err
write_reseal(struct kb_act *act, struct kb_outgoing_letter *letter)
{
	enum kb_err err;

	if (!letter->sealed) {
		return KB_OK;
	}
	err = kb_outbox_seal(act->step, &letter->key, letter->letter.attempt, act->now_utc_ms,
			     letter->letter.expires_at_utc_ms, letter->letter.envelope);
	return err == KB_OK ? write_sealed_record(act, letter) : err;
}

static enum kb_err
write_receipt(struct kb_act *act, struct kb_outgoing_letter *letter)
{
	struct kb_record record = record_of(act, letter, KB_RECORD_RECEIPT_OUT);
	struct kb_receipt_out row = { .recipient_no = letter->key.party_no,
				      .message_id = letter->letter.message_id,
				      .created_utc_ms = act->now_utc_ms,
				      .envelope = letter->letter.envelope };
	enum kb_err err =
		kb_record_append_message(act->step, &record, KB_SPAN_OF(letter->letter.salt.bytes),
					 letter->letter.body, &letter->ledger_seq);

	if (err == KB_OK) {
		row.ledger_seq = letter->ledger_seq;
		err = kb_receipt_out_put(act->step, &row);
		letter->receipt_no = row.receipt_no;
	}
	return err;
}

static enum kb_err
write_receipt_reseal(struct kb_act *act, struct kb_outgoing_letter *letter)
{
	enum kb_err err;

	if (!letter->sealed) {
		return KB_OK;
	}
	err = kb_receipt_out_seal(act->step, letter->receipt_no, letter->letter.envelope);
	return err == KB_OK ? write_sealed_record(act, letter) : err;
}

static enum kb_err
write_nothing(struct kb_act *act, struct kb_outgoing_letter *letter)
{
	(void)act;
	(void)letter;
	return KB_OK;
}

static enum kb_err (*const writers[])(struct kb_act *, struct kb_outgoing_letter *) = {
	[KB_OUTGOING_NONE] = write_nothing,
	[KB_OUTGOING_NEW] = write_new,
	[KB_OUTGOING_RESEAL] = write_reseal,
	[KB_OUTGOING_RECEIPT] = write_receipt,
	[KB_OUTGOING_RECEIPT_RESEAL] = write_receipt_reseal,
	[KB_OUTGOING_RESEND] = write_nothing,
};

enum kb_err
kb_sender_group_end(struct kb_act *act)
{
	enum kb_err err = kb_vervallen_flush(act);

	if (err == KB_OK) {
		err = seal_letters(act);
	}
	for (struct kb_outgoing_letter *at = act->agent->sender.first; err == KB_OK && at != NULL;
	     at = at->next) {
		err = writers[at->mode](act, at);
	}
	return err;
}

/* Salt and body back out of the log: the same content, so the same commitment. */
static enum kb_err
read_letter(struct kb_act *act, uint64_t ledger_seq, struct kb_outgoing_letter *letter)
{
	struct kb_record_read record;
	struct kb_span salt;
	enum kb_err err = kb_record_get(act->step, ledger_seq, &record);

	if (err == KB_OK) {
		err = kb_record_open_message(act->step, &record, act->arena, &salt,
					     &letter->letter.body);
	}
	if (err == KB_OK) {
		memcpy(letter->letter.salt.bytes, salt.at, KB_SALT_BYTES);
		letter->ledger_seq = ledger_seq;
		letter->data_key_no = record.clear.data_key_no;
		letter->case_no = record.clear.case_no;
	}
	return err;
}

enum kb_err
kb_sender_reseal(struct kb_act *act, const struct kb_sent_row *sent)
{
	struct kb_agent *agent = act->agent;
	struct kb_outgoing_letter *letter = kb_arena_alloc(act->arena, sizeof(*letter));
	struct kb_epoch_row epoch;
	struct kb_party party;
	bool may = true;
	enum kb_err err = letter != NULL ? kb_consent_may_send(act, sent, &may) : KB_ERR_NO_MEMORY;

	if (err != KB_OK || !may) {
		return err;
	}
	err = kb_party_get(act->step, sent->key.party_no, &party);
	if (err == KB_OK) {
		err = kb_epoch_get(act->step, KB_PARTY_NO_SELF, sent->key.epoch_no, &epoch);
	}
	if (err == KB_OK && kb_directory_find(act->directory, &party.id, act->now_utc_ms,
					      &letter->entry) != KB_OK) {
		letter->entry = NULL;
	}
	if (err != KB_OK || !kb_sender_may_seal(agent, letter->entry, act->now_utc_ms)) {
		return err; /* it waits; the next look or a change of the register takes it up again */
	}
	err = read_letter(act, sent->ledger_seq, letter);
	if (err == KB_OK) {
		err = kb_attachment_whole_body(act, sent->kind, sent->case_no, letter->letter.body,
					       &letter->letter.body);
	}
	if (err == KB_ERR_NOT_FOUND) {
		/* Its content was erased: nothing can be sent any more, and the recipient must not wait for it. */
		err = kb_outbox_close(act->step, &sent->key, kb_err_reason(KB_ERR_RECALLED));
		return err == KB_OK
			       ? kb_vervallen_add(act, &sent->key, kb_err_reason(KB_ERR_RECALLED))
			       : err;
	}
	if (err == KB_OK) {
		letter->mode = KB_OUTGOING_RESEAL;
		letter->key = sent->key;
		letter->kind = (enum kb_kind)sent->kind;
		letter->statutory = sent->statutory;
		letter->consent = sent->consent;
		letter->letter.message_id = sent->message_id;
		letter->letter.recipient = party.id;
		letter->letter.epoch = epoch.epoch;
		letter->letter.number = sent->key.number;
		letter->letter.attempt = sent->attempt + 1;
		letter->letter.urgent = sent->urgent;
		letter->letter.commitment = sent->commitment;
		letter->letter.expires_at_utc_ms = act->now_utc_ms + agent->settings.life_ms;
		kb_sender_add(&agent->sender, letter);
	}
	return err;
}

/* A stored receipt that waits without a seal. */
static enum kb_err
reseal_receipt(struct kb_act *act, const struct kb_receipt_out *row)
{
	struct kb_agent *agent = act->agent;
	struct kb_outgoing_letter *letter = kb_arena_alloc(act->arena, sizeof(*letter));
	struct kb_party party;
	enum kb_err err = letter != NULL ? KB_OK : KB_ERR_NO_MEMORY;

	if (err == KB_OK) {
		err = kb_party_get(act->step, row->recipient_no, &party);
	}
	if (err == KB_OK && kb_directory_find(act->directory, &party.id, act->now_utc_ms,
					      &letter->entry) != KB_OK) {
		letter->entry = NULL;
	}
	if (err != KB_OK || !kb_sender_may_seal(agent, letter->entry, act->now_utc_ms)) {
		return err;
	}
	err = read_letter(act, row->ledger_seq, letter);
	if (err == KB_OK) {
		letter->mode = KB_OUTGOING_RECEIPT_RESEAL;
		letter->kind = KB_KIND_RECEIPT;
		letter->key = (struct kb_number_key){ .party_no = row->recipient_no };
		letter->receipt_no = row->receipt_no;
		letter->letter.message_id = row->message_id;
		letter->letter.recipient = party.id;
		letter->letter.epoch = agent->own_epoch.epoch;
		letter->letter.attempt = 1;
		letter->letter.expires_at_utc_ms = act->now_utc_ms + agent->settings.life_ms;
		kb_commitment(&letter->letter.salt, letter->letter.body,
			      &letter->letter.commitment);
		kb_sender_add(&agent->sender, letter);
	}
	return err;
}

enum kb_err
kb_sender_seal_waiting(struct kb_act *act, void *arg)
{
	struct kb_sender *sender = &act->agent->sender;
	struct kb_outbox_filter filter = { .which = KB_OUTBOX_UNSEALED, .examine_max = 4096 };
	struct kb_outbox_row row;
	struct kb_receipt_out receipt;
	enum kb_err err = KB_OK;
	size_t count = 0;

	(void)arg;
	sender->seal_next = sender->seal_cursor;
	sender->seal_receipt_next = sender->seal_receipt_cursor;
	while (count < KB_WIRE_BATCH_MAX) {
		err = kb_outbox_next(act->step, &filter, &sender->seal_next, &row);
		if (err != KB_OK) {
			break;
		}
		count++;
		err = kb_sender_reseal(act, &row.sent);
		if (err != KB_OK) {
			return err;
		}
	}
	sender->seal_more = err != KB_ERR_NOT_FOUND;
	if (err != KB_OK && err != KB_ERR_NOT_FOUND && err != KB_ERR_BUSY) {
		return err;
	}
	for (size_t i = 0; !sender->seal_more && i < KB_WIRE_BATCH_MAX; i++) {
		err = kb_receipt_out_next(act->step, sender->seal_receipt_next, &receipt);
		if (err != KB_OK) {
			break;
		}
		sender->seal_receipt_next = receipt.receipt_no;
		if (receipt.envelope.len == 0) {
			err = reseal_receipt(act, &receipt);
			if (err != KB_OK) {
				return err;
			}
		}
		sender->seal_more = i + 1 == KB_WIRE_BATCH_MAX;
	}
	return err == KB_ERR_NOT_FOUND || err == KB_ERR_BUSY ? KB_OK : err;
}
