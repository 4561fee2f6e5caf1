/* SPDX-License-Identifier: EUPL-1.2 */
/* What this agent says of the messages of one group: one receipt per sender, with what is missing and the own checkpoint. */
#include "agents/runtime/agent_internal.h"
#include "common/wire/receipt.h"

/* Missing ranges named in one receipt; the rest follows with a later one. */
#define MISSING_MAX 64

struct kb_receipt_note {
	struct kb_receipt_item item;
	struct kb_receipt_note *next;
};

struct kb_receipt_list {
	struct kb_party_id sender;
	uint32_t sender_no;
	struct kb_receipt_note *first;
	struct kb_receipt_note *last;
	size_t count;
	struct kb_receipt_list *next;
};

static struct kb_receipt_list *
list_of(struct kb_act *act, const struct kb_incoming *incoming)
{
	struct kb_receiver *receiver = &act->agent->receiver;
	struct kb_receipt_list *list = receiver->lists;

	while (list != NULL && list->sender_no != incoming->sender_no) {
		list = list->next;
	}
	if (list == NULL) {
		list = kb_arena_alloc(act->arena, sizeof(*list));
		if (list != NULL) {
			list->sender = incoming->header.sender;
			list->sender_no = incoming->sender_no;
			list->next = receiver->lists;
			receiver->lists = list;
		}
	}
	return list;
}

enum kb_err
kb_receipts_note(struct kb_act *act, const struct kb_incoming *incoming, enum kb_err outcome,
		 int64_t stored_at_utc_ms)
{
	struct kb_receipt_list *list = list_of(act, incoming);
	struct kb_receipt_note *note = kb_arena_alloc(act->arena, sizeof(*note));

	if (list == NULL || note == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	note->item = (struct kb_receipt_item){
		.message_id = incoming->header.message_id,
		.epoch = incoming->header.epoch,
		.number = incoming->header.number,
		.attempt = incoming->header.attempt,
		.commitment = incoming->header.commitment,
		.outcome = outcome == KB_OK ? KB_OUTCOME_STORED : KB_OUTCOME_REFUSED,
		.reason = kb_err_reason(outcome),
		.stored_at_utc_ms = outcome == KB_OK ? stored_at_utc_ms : 0,
	};
	if (list->last != NULL) {
		list->last->next = note;
	} else {
		list->first = note;
	}
	list->last = note;
	list->count++;
	return KB_OK;
}

static enum kb_err
fill_missing(struct kb_act *act, const struct kb_receipt_list *list, struct kb_receipt *receipt)
{
	struct kb_gap *gaps = NULL;
	size_t count = 0;
	enum kb_err err = kb_gaps_missing(act, list->sender_no, MISSING_MAX, &gaps, &count);

	if (err != KB_OK || count == 0) {
		return err;
	}
	receipt->missing = kb_arena_alloc(act->arena, count * sizeof(*receipt->missing));
	if (receipt->missing == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	for (size_t i = 0; i < count; i++) {
		receipt->missing[i] = (struct kb_epoch_range){ .epoch = gaps[i].epoch,
							       .first = gaps[i].first,
							       .last = gaps[i].last };
	}
	receipt->missing_count = count;
	return KB_OK;
}

/* One receipt about the next notes of the list, as many as fit. */
static enum kb_err
write_receipt(struct kb_act *act, const struct kb_receipt_list *list, struct kb_receipt_note **note)
{
	struct kb_receipt_item *items =
		kb_arena_alloc(act->arena, KB_WIRE_RECEIPT_ITEMS_MAX * sizeof(*items));
	struct kb_receipt receipt = { .items = items };
	struct kb_buf content = { 0 };
	enum kb_err err = items != NULL ? KB_OK : KB_ERR_NO_MEMORY;

	for (; err == KB_OK && *note != NULL && receipt.item_count < KB_WIRE_RECEIPT_ITEMS_MAX;
	     *note = (*note)->next) {
		items[receipt.item_count++] = (*note)->item;
	}
	if (err == KB_OK) {
		err = fill_missing(act, list, &receipt);
	}
	if (err == KB_OK) {
		err = kb_agent_checkpoint(act->agent, act->step, &receipt.checkpoint);
		receipt.has_checkpoint = err == KB_OK;
	}
	if (err == KB_OK) {
		err = kb_receipt_encode(&receipt, &content);
	}
	if (err == KB_OK) {
		err = kb_sender_add_receipt(act, &list->sender, list->sender_no,
					    kb_buf_span(&content), receipt.item_count);
	}
	kb_buf_release(&content);
	return err;
}

enum kb_err
kb_receipts_flush(struct kb_act *act)
{
	enum kb_err err = KB_OK;

	for (struct kb_receipt_list *list = act->agent->receiver.lists;
	     err == KB_OK && list != NULL; list = list->next) {
		struct kb_receipt_note *note = list->first;

		while (err == KB_OK && note != NULL) {
			err = write_receipt(act, list, &note);
		}
	}
	return err;
}
