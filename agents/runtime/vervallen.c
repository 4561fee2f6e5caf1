/* SPDX-License-Identifier: EUPL-1.2 */
/* Numbers that end without arriving: the recipient is told, so that it does not wait for them (design 4). */
#include "agents/runtime/agent_internal.h"
#include "common/store/parties.h"
#include "common/store/record.h"
#include "common/wire/receipt.h"

struct kb_vervallen_note {
	struct kb_number_key key;
	uint32_t reason;
	bool told;
	struct kb_vervallen_note *next;
};

enum kb_err
kb_vervallen_add(struct kb_act *act, const struct kb_number_key *key, uint32_t reason)
{
	struct kb_vervallen_note *note = kb_arena_alloc(act->arena, sizeof(*note));
	struct kb_record record = { .type = KB_RECORD_CLOSED,
				    .at_utc_ms = act->now_utc_ms,
				    .party_no = key->party_no,
				    .code = reason,
				    .count = key->number };
	uint64_t seq = 0;

	if (note == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	note->key = *key;
	note->reason = reason != 0 ? reason : kb_err_reason(KB_ERR_RECALLED);
	note->next = act->agent->sender.vervallen;
	act->agent->sender.vervallen = note;
	return kb_record_append(act->step, &record, KB_SPAN_NONE, &seq);
}

/* All notes for the recipient of first in one message (as many as it takes). */
static enum kb_err
tell(struct kb_act *act, struct kb_vervallen_note *first)
{
	struct kb_vervallen_item *items =
		kb_arena_alloc(act->arena, KB_WIRE_VERVALLEN_ITEMS_MAX * sizeof(*items));
	struct kb_vervallen message = { .items = items };
	struct kb_outgoing outgoing = { .kind = KB_KIND_VERVALLEN };
	struct kb_buf content = { 0 };
	struct kb_party party;
	enum kb_err err = items != NULL ? KB_OK : KB_ERR_NO_MEMORY;

	for (struct kb_vervallen_note *at = first; err == KB_OK && at != NULL; at = at->next) {
		struct kb_epoch_row epoch;

		if (at->told || at->key.party_no != first->key.party_no ||
		    message.item_count == KB_WIRE_VERVALLEN_ITEMS_MAX) {
			continue;
		}
		err = kb_epoch_get(act->step, KB_PARTY_NO_SELF, at->key.epoch_no, &epoch);
		if (err == KB_OK) {
			items[message.item_count++] = (struct kb_vervallen_item){
				.epoch = epoch.epoch, .number = at->key.number, .reason = at->reason
			};
			at->told = true;
		}
	}
	if (err == KB_OK) {
		err = kb_party_get(act->step, first->key.party_no, &party);
	}
	if (err == KB_OK) {
		outgoing.recipient = party.id;
		err = kb_vervallen_encode(&message, &content);
	}
	if (err == KB_OK) {
		outgoing.content = kb_buf_span(&content);
		/* A recipient that left the register cannot be told, and waits for nothing. */
		err = kb_act_send_if_there(act, &outgoing);
	}
	kb_buf_release(&content);
	return err;
}

enum kb_err
kb_vervallen_flush(struct kb_act *act)
{
	enum kb_err err = KB_OK;

	for (struct kb_vervallen_note *at = act->agent->sender.vervallen;
	     err == KB_OK && at != NULL; at = at->next) {
		if (!at->told) {
			err = tell(act, at);
		}
	}
	return err;
}

/* ---- at the recipient ---- */

enum kb_err
kb_vervallen_handle(struct kb_act *act, const struct kb_received *received)
{
	struct kb_vervallen message;
	uint64_t ledger_seq = 0;
	enum kb_err err = kb_vervallen_decode(received->content, act->arena, &message);

	if (err == KB_OK) {
		err = kb_act_accept(act, received, KB_CASE_KIND_NONE, NULL, &ledger_seq);
	}
	for (size_t i = 0; err == KB_OK && i < message.item_count; i++) {
		struct kb_number_key key = { .party_no = received->sender_no,
					     .number = message.items[i].number };

		err = kb_epoch_take(act->step, received->sender_no, &message.items[i].epoch,
				    &key.epoch_no);
		if (err == KB_OK) {
			err = kb_receive_close(act, &key, message.items[i].reason, ledger_seq);
		}
	}
	return err;
}
