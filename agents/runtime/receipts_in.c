/* SPDX-License-Identifier: EUPL-1.2 */
/* What another party says of messages of ours. Its seal was verified: the envelope's seal is the signature of the receipt. */
#include "agents/runtime/agent_internal.h"
#include "agents/runtime/flow.h"
#include "common/base/log.h"
#include "common/store/parties.h"
#include "common/store/record.h"
#include "common/wire/receipt.h"

enum kb_err
kb_act_fate(struct kb_act *act, const struct kb_sent_row *sent, const struct kb_party_id *recipient,
	    int fate, uint32_t reason, int64_t stored_utc_ms)
{
	struct kb_sent_fate told = { .ref = { .message_id = sent->message_id, .key = sent->key },
				     .recipient = *recipient,
				     .kind = (enum kb_kind)sent->kind,
				     .case_no = sent->case_no,
				     .fate = (enum kb_fate)fate,
				     .reason = reason != 0 ? kb_err_from_reason(reason) : KB_OK,
				     .stored_utc_ms = stored_utc_ms };

	enum kb_err err = sent->case_no != 0 ? kb_flow_fate(act, &told) : KB_OK;

	if (err == KB_OK && sent->case_no != 0) {
		err = kb_attachment_fate(act, &told);
	}
	if (err == KB_OK && act->agent->role->on_fate != NULL && sent->case_no != 0) {
		err = act->agent->role->on_fate(act, &told);
	}
	if (err != KB_OK && !kb_err_is_store_trouble(err)) {
		/* The receipt itself must be kept, whatever the role makes of it. */
		kb_log(KB_LOG_ERROR, "fate-not-handled", "reason=%s", kb_err_name(err));
		err = KB_OK;
	}
	return err;
}

static enum kb_err
find_key(struct kb_act *act, const struct kb_incoming *incoming, const struct kb_epoch *epoch,
	 uint64_t number, struct kb_number_key *key)
{
	key->party_no = incoming->sender_no;
	key->number = number;
	if (memcmp(epoch->bytes, act->agent->own_epoch.epoch.bytes, KB_EPOCH_BYTES) == 0) {
		key->epoch_no = act->agent->own_epoch.epoch_no;
		return KB_OK;
	}
	return kb_epoch_find(act->step, KB_PARTY_NO_SELF, epoch, &key->epoch_no);
}

/* A refusal that is not the end: the row stays, and the message goes again when the reason asks for it. */
static enum kb_err
take_soft_refusal(struct kb_act *act, const struct kb_incoming *incoming,
		  const struct kb_receipt_item *item, const struct kb_number_key *key,
		  enum kb_reaction reaction)
{
	struct kb_sent_row sent;
	enum kb_err err = kb_sent_get(act->step, key, &sent);

	if (err != KB_OK || sent.state == KB_SENT_OPGESLAGEN || sent.state == KB_SENT_GEWEIGERD ||
	    sent.state == KB_SENT_VERVALLEN || item->attempt < sent.attempt) {
		return err; /* about an older sealing, or settled meanwhile */
	}
	if (!kb_hash_equal(&sent.commitment, &item->commitment)) {
		return KB_ERR_COMMITMENT_MISMATCH;
	}
	struct kb_record record = { .type = KB_RECORD_REFUSED_OUT,
				    .at_utc_ms = act->now_utc_ms,
				    .party_no = incoming->sender_no,
				    .case_no = sent.case_no,
				    .ref_seq = sent.ledger_seq,
				    .code = item->reason };
	uint64_t seq = 0;

	err = kb_record_append(act->step, &record, KB_SPAN_NONE, &seq);
	if (err == KB_OK && reaction == KB_REACTION_RESEAL) {
		kb_directory_ask_again(act->directory, &incoming->header.sender);
	}
	return err == KB_OK ? kb_sender_again(act, &sent, reaction) : err;
}

/* One line of the receipt; ledger_seq: the record of the whole receipt. */
static enum kb_err
take_item(struct kb_act *act, const struct kb_incoming *incoming,
	  const struct kb_receipt_item *item, uint64_t ledger_seq)
{
	struct kb_outbox_receipt receipt = { .stored = item->outcome == KB_OUTCOME_STORED,
					     .reason = item->reason,
					     .stored_at_utc_ms = item->stored_at_utc_ms,
					     .receipt_seq = ledger_seq,
					     .attempt = item->attempt,
					     .commitment = item->commitment };
	enum kb_reaction reaction =
		receipt.stored ? KB_REACTION_NONE : kb_reaction_to(item->reason);
	struct kb_number_key key;
	struct kb_sent_row sent;
	enum kb_err err = find_key(act, incoming, &item->epoch, item->number, &key);

	if (err == KB_OK && !receipt.stored && reaction != KB_REACTION_FINAL) {
		return reaction == KB_REACTION_ACCEPTED
			       ? KB_OK
			       : take_soft_refusal(act, incoming, item, &key, reaction);
	}
	if (err == KB_OK) {
		err = kb_outbox_receipt(act->step, &key, &receipt);
	}
	if (err == KB_OK) {
		err = kb_sent_get(act->step, &key, &sent);
	}
	if (err == KB_OK && !receipt.stored && kb_act_is_forked(act, &sent, item->reason)) {
		enum kb_err anew = kb_act_send_anew(act, &sent, &incoming->header.sender);

		if (anew == KB_OK || kb_err_is_store_trouble(anew)) {
			return anew;
		}
	}
	if (err == KB_OK) {
		err = kb_act_fate(act, &sent, &incoming->header.sender,
				  receipt.stored ? KB_FATE_STORED : KB_FATE_REFUSED, item->reason,
				  item->stored_at_utc_ms);
	}
	return err;
}

/* Numbers that the recipient has not got although this store counts them as settled: they go again, or are closed again. */
static enum kb_err
take_missing(struct kb_act *act, const struct kb_incoming *incoming,
	     const struct kb_epoch_range *range, size_t *budget)
{
	struct kb_number_key key;
	enum kb_err err = find_key(act, incoming, &range->epoch, range->first, &key);

	for (uint64_t number = range->first; err == KB_OK && number <= range->last && *budget > 0;
	     number++) {
		struct kb_sent_row sent;

		key.number = number;
		err = kb_sent_get(act->step, &key, &sent);
		if (err != KB_OK) {
			break;
		}
		(*budget)--;
		if (sent.state == KB_SENT_OPGESLAGEN) {
			err = kb_outbox_reopen(act->step, &key);
			act->agent->sender.seal_wanted = true;
		} else if (sent.state == KB_SENT_VERVALLEN && sent.receipt_seq == 0) {
			/* Closed before: only the word about it may have been lost with a restored store. It is numbered and
			 * sent until it is receipted, so it arrives; nothing to do. */
			continue;
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

/* The sender's checkpoint: kept as a witness; the same size with another root is a forked log. */
static enum kb_err
take_checkpoint(struct kb_act *act, const struct kb_incoming *incoming,
		const struct kb_signed_checkpoint *signed_checkpoint)
{
	struct kb_checkpoint checkpoint;
	struct kb_buf encoded = { 0 };
	enum kb_err err = kb_session_verify_checkpoint(act->agent, &incoming->header.sender,
						       signed_checkpoint, act->arena, &checkpoint);

	if (err == KB_OK) {
		err = kb_signed_checkpoint_encode(signed_checkpoint, &encoded);
	}
	if (err == KB_OK) {
		struct kb_witness witness = { .party_no = incoming->sender_no,
					      .year = checkpoint.log_year,
					      .size = checkpoint.size,
					      .root = checkpoint.root,
					      .time_utc_ms = checkpoint.time_utc_ms,
					      .received_utc_ms = act->now_utc_ms,
					      .checkpoint = kb_buf_span(&encoded) };

		err = kb_witness_put(act->step, &witness);
		if (err == KB_ERR_EQUIVOCATION) {
			act->agent->counts.witness_forks++;
			kb_log(KB_LOG_ERROR, "log-forked", "party=%u", incoming->sender_no);
			err = KB_OK;
		}
	} else if (kb_err_category(err) == KB_CATEGORY_PROTOCOL || err == KB_ERR_SENDER_MISMATCH ||
		   err == KB_ERR_OFFLINE) {
		err = KB_OK; /* a receipt without a good checkpoint is still a receipt */
	}
	kb_buf_release(&encoded);
	return err;
}

/* How the lines of a receipt end that change nothing here. */
static bool
line_is_void(struct kb_agent *agent, enum kb_err err)
{
	if (err == KB_ERR_NOT_FOUND) {
		/* Numbers that others saw and this store does not know: it was restored (R11). Recorded with the receipt. */
		agent->counts.unknown_receipts++;
		return true;
	}
	if (err == KB_ERR_COMMITMENT_MISMATCH) {
		kb_log(KB_LOG_ERROR, "receipt-mismatch", "reason=%s", kb_err_name(err));
		return true;
	}
	return err == KB_ERR_DUPLICATE;
}

enum kb_err
kb_receipts_take(struct kb_act *act, struct kb_incoming *incoming)
{
	struct kb_agent *agent = act->agent;
	struct kb_receipt receipt;
	uint64_t ledger_seq = 0;
	size_t budget = 4096;
	enum kb_err err = kb_incoming_open(act, incoming);

	if (err == KB_OK && incoming->opened.body.kind != KB_KIND_RECEIPT) {
		err = KB_ERR_NOT_ALLOWED;
	}
	if (err == KB_OK) {
		err = kb_receipt_decode(incoming->opened.body.content, act->arena, &receipt);
	}
	if (err != KB_OK) {
		return err;
	}
	struct kb_record record = { .type = KB_RECORD_RECEIPT_IN,
				    .at_utc_ms = act->now_utc_ms,
				    .party_no = incoming->sender_no,
				    .count = receipt.item_count,
				    .header = incoming->envelope.header,
				    .seal = incoming->envelope.seal };

	/* Salt and body stay, so that the receipt can be proven to others; it names no person. */
	err = kb_step_year_key(act->step, &record.data_key_no);
	if (err == KB_OK) {
		err = kb_record_append_message(act->step, &record,
					       KB_SPAN_OF(incoming->opened.salt.bytes),
					       incoming->opened.body_bytes, &ledger_seq);
	}
	for (size_t i = 0; err == KB_OK && i < receipt.item_count; i++) {
		err = take_item(act, incoming, &receipt.items[i], ledger_seq);
		if (line_is_void(agent, err)) {
			err = KB_OK;
		}
	}
	for (size_t i = 0; err == KB_OK && i < receipt.missing_count; i++) {
		err = take_missing(act, incoming, &receipt.missing[i], &budget);
	}
	if (err == KB_OK && receipt.has_checkpoint) {
		err = take_checkpoint(act, incoming, &receipt.checkpoint);
	}
	agent->receiver.group_receipts += receipt.item_count;
	return err;
}
