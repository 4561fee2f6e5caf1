/* SPDX-License-Identifier: EUPL-1.2 */
/* Messages of a case that waited in the store for an earlier one. */
#include "agents/runtime/agent_internal.h"
#include "agents/runtime/permission.h"
#include "common/base/log.h"
#include "common/store/held.h"
#include "common/store/record.h"
#include "common/store/seen.h"

/* Header, seal and body back out of the log. */
static enum kb_err
load_held(struct kb_act *act, const struct kb_held_row *held, struct kb_incoming *incoming)
{
	struct kb_record_read record;
	struct kb_span salt;
	struct kb_span header;
	enum kb_err err = kb_record_get(act->step, held->ledger_seq, &record);

	if (err == KB_OK) {
		header = kb_arena_copy(act->arena, record.clear.header);
		incoming->envelope.header = header;
		incoming->envelope.seal = kb_arena_copy(act->arena, record.clear.seal);
		err = kb_record_open_message(act->step, &record, act->arena, &salt,
					     &incoming->opened.body_bytes);
	}
	if (err == KB_OK) {
		memcpy(incoming->opened.salt.bytes, salt.at, KB_SALT_BYTES);
		err = kb_header_decode(incoming->envelope.header, act->arena, &incoming->header);
	}
	if (err == KB_OK) {
		err = kb_body_decode(incoming->opened.body_bytes, act->arena,
				     &incoming->opened.body);
	}
	return err;
}

/* A message from the store whose handler failed: the group runs again without it. */
static bool
is_poisonous(const struct kb_agent *agent, uint64_t ledger_seq)
{
	for (size_t i = 0; i < KB_RECEIVER_POISON; i++) {
		if (agent->receiver.poison[i] == ledger_seq) {
			return true;
		}
	}
	return false;
}

static void
remember_poison(struct kb_agent *agent, uint64_t ledger_seq)
{
	agent->receiver.poison[agent->receiver.poison_next] = ledger_seq;
	agent->receiver.poison_next = (agent->receiver.poison_next + 1) % KB_RECEIVER_POISON;
	kb_log(KB_LOG_ERROR, "held-handler-failed", "record=%llu", (unsigned long long)ledger_seq);
}

/* While it waited its toestemming may have been withdrawn or run out. */
static enum kb_err
ask_again(struct kb_act *act, const struct kb_incoming *incoming)
{
	struct kb_permission permission = { .from = incoming->entry,
					    .body = &incoming->opened.body,
					    .case_no = incoming->case_no,
					    .numbered = true };
	enum kb_err err = KB_OK;

	if (kb_id_empty(&incoming->opened.body.consent_ref)) {
		return KB_OK;
	}
	err = kb_permission_self(act, &permission.to);
	return err == KB_OK ? kb_permission_check(act, &permission) : err;
}

static enum kb_err
release_one(struct kb_act *act, const struct kb_held_row *held)
{
	struct kb_incoming *incoming = kb_arena_alloc(act->arena, sizeof(*incoming));
	struct kb_wire_seal seal;
	struct kb_seen_row seen;
	enum kb_err err = incoming != NULL ? load_held(act, held, incoming) : KB_ERR_NO_MEMORY;

	if (err == KB_ERR_NOT_FOUND) {
		return KB_OK; /* erased meanwhile: nothing is left to handle */
	}
	if (err == KB_OK) {
		incoming->sender_no = held->awaited.party_no;
		incoming->key = (struct kb_number_key){ .party_no = held->awaited.party_no,
							.epoch_no = held->epoch_no,
							.number = held->number };
		incoming->ledger_seq = held->ledger_seq;
		incoming->case_no = held->case_no;
		incoming->row = kb_kind_find(incoming->opened.body.kind);
		err = kb_seen_get(act->step, &incoming->key, &seen);
	}
	if (err == KB_OK) {
		err = kb_wire_seal_decode(incoming->envelope.seal, act->arena, &seal);
	}
	if (err == KB_OK) {
		err = kb_directory_version(act->directory, &incoming->header.sender,
					   seal.key_version, &incoming->entry);
	}
	if (err != KB_OK) {
		return err == KB_ERR_OFFLINE ? KB_ERR_INTERNAL : err;
	}
	kb_incoming_fill(act, incoming);
	incoming->received.stored_utc_ms = seen.stored_at_utc_ms;
	if (is_poisonous(act->agent, held->ledger_seq)) {
		return kb_receive_refuse(act, incoming,
					 KB_ERR_BUSY); /* parked: it may come again later */
	}
	err = ask_again(act, incoming);
	if (err == KB_OK) {
		err = kb_receive_handle(act, incoming);
	}
	if (err == KB_OK) {
		return kb_receive_finish(act, incoming, seen.stored_at_utc_ms);
	}
	if (!kb_receive_is_refusal(err) && !kb_err_is_store_trouble(err)) {
		remember_poison(act->agent, held->ledger_seq);
		kb_commit_rerun(act->agent);
	}
	return kb_receive_is_refusal(err) ? kb_receive_refuse(act, incoming, err) : err;
}

/* A number that is settled now: others may have waited for it. */
struct settled {
	struct kb_number_key key;
	struct settled *next;
};

static enum kb_err
push(struct kb_act *act, struct settled **top, const struct kb_number_key *key)
{
	struct settled *settled = kb_arena_alloc(act->arena, sizeof(*settled));

	if (settled == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	settled->key = *key;
	settled->next = *top;
	*top = settled;
	return KB_OK;
}

enum kb_err
kb_receive_release(struct kb_act *act, const struct kb_number_key *key)
{
	struct kb_receiver *receiver = &act->agent->receiver;
	struct settled *top = NULL;
	struct kb_held_row held;
	enum kb_err err = KB_OK;

	if (!receiver->held_known) {
		err = kb_held_count(act->step, &receiver->held_count);
		receiver->held_known = err == KB_OK;
	}
	if (err != KB_OK || receiver->held_count == 0) {
		return err;
	}
	err = push(act, &top, key);
	while (err == KB_OK && top != NULL && receiver->held_count > 0) {
		err = kb_held_take(act->step, &top->key, &held);
		if (err == KB_ERR_NOT_FOUND) {
			top = top->next;
			err = KB_OK;
			continue;
		}
		if (err == KB_OK) {
			receiver->held_count--;
			err = release_one(act, &held);
		}
		if (err == KB_OK) {
			struct kb_number_key freed = { .party_no = held.awaited.party_no,
						       .epoch_no = held.epoch_no,
						       .number = held.number };

			err = push(act, &top, &freed);
		}
	}
	return err;
}
