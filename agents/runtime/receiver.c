/* SPDX-License-Identifier: EUPL-1.2 */
/* Deliveries of the broker: taken over, run in the group commit, confirmed after it. */
#include "agents/runtime/receiver.h"

#include <stdlib.h>

#include "agents/runtime/agent_internal.h"
#include "common/base/log.h"

enum kb_err
kb_receiver_open(struct kb_agent *agent)
{
	agent->receiver.slots = calloc(KB_RECEIVER_SLOTS, sizeof(*agent->receiver.slots));
	return agent->receiver.slots != NULL ? KB_OK : KB_ERR_NO_MEMORY;
}

static void
free_slot(struct kb_deliver_slot *slot)
{
	kb_arena_release(&slot->arena);
	*slot = (struct kb_deliver_slot){ 0 };
}

void
kb_receiver_release(struct kb_agent *agent)
{
	for (size_t i = 0; agent->receiver.slots != NULL && i < KB_RECEIVER_SLOTS; i++) {
		kb_arena_release(&agent->receiver.slots[i].arena);
	}
	free(agent->receiver.slots);
	agent->receiver = (struct kb_receiver){ 0 };
}

void
kb_receiver_group_begin(struct kb_agent *agent)
{
	struct kb_receiver *receiver = &agent->receiver;

	receiver->lists = NULL;
	receiver->incoming = NULL;
	receiver->held_known = false;
	receiver->group_messages = 0;
	receiver->group_refused = 0;
	receiver->group_receipts = 0;
	receiver->group_equivocations = 0;
	receiver->group_parked = 0;
}

enum kb_err
kb_receiver_group_end(struct kb_act *act)
{
	return kb_receipts_flush(act);
}

void
kb_receiver_group_committed(struct kb_agent *agent)
{
	struct kb_receiver *receiver = &agent->receiver;

	agent->counts.messages_in += receiver->group_messages;
	agent->counts.refused_in += receiver->group_refused;
	agent->counts.receipts_in += receiver->group_receipts;
	agent->counts.equivocations += receiver->group_equivocations;
	agent->counts.parked += receiver->group_parked;
}

/* Senders that are not known here yet: their entries are asked for before the messages are looked at. */
static bool
senders_known(struct kb_agent *agent, const struct kb_deliver_slot *slot)
{
	struct kb_arena arena = { 0 };
	bool known = true;

	for (size_t i = 0; i < slot->count; i++) {
		struct kb_header header;
		struct kb_wire_seal seal;
		const struct kb_entry *entry = NULL;

		if (slot->split[i] == KB_OK &&
		    kb_header_decode(slot->envelopes[i].header, &arena, &header) == KB_OK &&
		    kb_wire_seal_decode(slot->envelopes[i].seal, &arena, &seal) == KB_OK &&
		    kb_directory_version(agent->directory, &header.sender, seal.key_version,
					 &entry) == KB_ERR_OFFLINE) {
			known = false;
		}
	}
	kb_arena_release(&arena);
	return known;
}

static enum kb_err
slot_act(struct kb_act *act, void *arg)
{
	struct kb_deliver_slot *slot = arg;
	enum kb_err err = KB_OK;

	for (size_t i = 0; err == KB_OK && i < slot->count; i++) {
		struct kb_incoming *incoming;

		if (slot->split[i] != KB_OK) {
			act->agent->counts.dropped_in++;
			act->agent->counts.last_drop = slot->split[i];
			continue;
		}
		incoming = kb_arena_alloc(act->arena, sizeof(*incoming));
		if (incoming == NULL) {
			return KB_ERR_NO_MEMORY;
		}
		incoming->envelope = slot->envelopes[i];
		if (slot->tries[i] > KB_RECEIVER_TRIES) {
			act->agent->receiver.group_parked++;
			continue; /* not even a refusal could be stored: left to the sender */
		}
		err = kb_receive_one(act, incoming, slot->tries[i]);
		if (err != KB_OK && !kb_err_is_store_trouble(err)) {
			/* The whole group runs again; after some tries without this one. */
			slot->tries[i]++;
			kb_commit_rerun(act->agent);
		}
	}
	return err;
}

/* On disk, or refused there: the broker may forget them, and send as many more. */
static void
confirm(struct kb_agent *agent, const struct kb_deliver_slot *slot)
{
	struct kb_frame frame = { .wire_version = KB_WIRE_VERSION, .kind = KB_FRAME_CONFIRM };
	struct kb_frame credit = { .wire_version = KB_WIRE_VERSION, .kind = KB_FRAME_CREDIT };

	if (agent->session.state != KB_SESSION_UP ||
	    !kb_id_equal(&slot->session, &agent->session.id)) {
		return; /* delivered again in the new session; then answered as a duplicate */
	}
	frame.content.confirm.batch = slot->batch;
	frame.content.confirm.has_checkpoint =
		kb_agent_checkpoint(agent, NULL, &frame.content.confirm.checkpoint) == KB_OK;
	credit.content.credit.messages = (uint32_t)slot->count;
	kb_ignore(kb_agent_send_frame(agent, &frame), "a lost confirm is only a delivery again");
	kb_ignore(kb_agent_send_frame(agent, &credit), "the next session gives credit anew");
}

static void
slot_done(struct kb_agent *agent, enum kb_err err, void *arg)
{
	struct kb_deliver_slot *slot = arg;

	slot->queued = false;
	if (err == KB_OK) {
		confirm(agent, slot);
		free_slot(slot);
		return;
	}
	if (err == KB_ERR_OFFLINE || !slot->used) {
		free_slot(slot); /* the agent ends, or the session has gone */
		return;
	}
	kb_log(KB_LOG_ERROR, "delivery-not-stored", "reason=%s messages=%zu", kb_err_name(err),
	       slot->count);
	slot->retry_mono_ms = kb_clock_mono_ms(&agent->clock) + KB_RECEIVER_STORE_WAIT_MS;
}

static void
queue_slot(struct kb_agent *agent, struct kb_deliver_slot *slot)
{
	if (kb_agent_run(agent, 0, slot_act, slot_done, slot) == KB_OK) {
		slot->queued = true;
		slot->retry_mono_ms = 0;
	} else {
		slot->retry_mono_ms =
			kb_clock_mono_ms(&agent->clock) + KB_RECEIVER_STORE_WAIT_MS;
	}
}

void
kb_receiver_deliver(struct kb_agent *agent, const struct kb_deliver *deliver)
{
	struct kb_deliver_slot *slot = NULL;

	for (size_t i = 0; slot == NULL && i < KB_RECEIVER_SLOTS; i++) {
		if (!agent->receiver.slots[i].used) {
			slot = &agent->receiver.slots[i];
		}
	}
	if (slot == NULL || deliver->envelope_count > KB_WIRE_BATCH_MAX) {
		/* Not confirmed, so it comes again in the next session. */
		kb_log(KB_LOG_WARNING, "delivery-left", "messages=%zu", deliver->envelope_count);
		return;
	}
	slot->used = true;
	slot->agent = agent;
	slot->batch = deliver->batch;
	slot->session = agent->session.id;
	slot->arrived_mono_ms = kb_clock_mono_ms(&agent->clock);
	for (size_t i = 0; i < deliver->envelope_count; i++) {
		struct kb_span copy = kb_arena_copy(&slot->arena, deliver->envelopes[i]);

		slot->split[i] = kb_envelope_split(copy, &slot->envelopes[i]);
	}
	slot->count = deliver->envelope_count;
	if (senders_known(agent, slot)) {
		queue_slot(agent, slot);
	} else {
		slot->retry_mono_ms = slot->arrived_mono_ms + KB_RECEIVER_ENTRY_WAIT_MS;
	}
}

void
kb_receiver_session_down(struct kb_agent *agent)
{
	for (size_t i = 0; i < KB_RECEIVER_SLOTS; i++) {
		struct kb_deliver_slot *slot = &agent->receiver.slots[i];

		if (slot->used && !slot->queued) {
			free_slot(slot); /* not confirmed: it comes again */
		}
	}
}

void
kb_receiver_tick(struct kb_agent *agent, int64_t now_mono_ms)
{
	for (size_t i = 0; i < KB_RECEIVER_SLOTS; i++) {
		struct kb_deliver_slot *slot = &agent->receiver.slots[i];

		if (!slot->used || slot->queued) {
			continue;
		}
		if (slot->retry_mono_ms <= now_mono_ms || senders_known(agent, slot)) {
			queue_slot(agent, slot);
		}
	}
}

int64_t
kb_receiver_due_mono_ms(const struct kb_agent *agent)
{
	int64_t due = INT64_MAX;

	for (size_t i = 0; i < KB_RECEIVER_SLOTS; i++) {
		const struct kb_deliver_slot *slot = &agent->receiver.slots[i];

		if (slot->used && !slot->queued && slot->retry_mono_ms < due) {
			due = slot->retry_mono_ms;
		}
	}
	return due;
}
