/* SPDX-License-Identifier: EUPL-1.2 */
/* Deliveries of the broker: taken over, run in the group commit, confirmed after it. */
#include "agents/runtime/receiver.h"

#include <stdlib.h>

#include "agents/runtime/agent_internal.h"
#include "common/base/log.h"

void
kb_receiver_release(struct kb_agent *agent)
{
	struct kb_receiver *receiver = &agent->receiver;

	while (receiver->first != NULL || receiver->idle != NULL) {
		struct kb_delivery **from =
			receiver->first != NULL ? &receiver->first : &receiver->idle;
		struct kb_delivery *delivery = *from;

		*from = delivery->next;
		kb_arena_release(&delivery->arena);
		free(delivery);
	}
	*receiver = (struct kb_receiver){ 0 };
}

static struct kb_delivery *
take_idle(struct kb_receiver *receiver)
{
	struct kb_delivery *delivery = receiver->idle;

	if (delivery == NULL) {
		return calloc(1, sizeof(*delivery));
	}
	receiver->idle = delivery->next;
	receiver->idle_count--;
	delivery->next = NULL;
	return delivery;
}

/* Its memory is used again; the content is overwritten by the arena. */
static void
put_idle(struct kb_receiver *receiver, struct kb_delivery *delivery)
{
	struct kb_arena arena = delivery->arena;

	kb_arena_clear(&arena);
	*delivery = (struct kb_delivery){ .arena = arena };
	if (receiver->idle_count == KB_RECEIVER_IDLE_MAX) {
		kb_arena_release(&delivery->arena);
		free(delivery);
		return;
	}
	delivery->next = receiver->idle;
	receiver->idle = delivery;
	receiver->idle_count++;
}

static void
end_delivery(struct kb_agent *agent, struct kb_delivery *delivery)
{
	struct kb_receiver *receiver = &agent->receiver;
	struct kb_delivery **at = &receiver->first;
	struct kb_delivery *before = NULL;

	while (*at != delivery) {
		before = *at;
		at = &(*at)->next;
	}
	*at = delivery->next;
	if (receiver->last == delivery) {
		receiver->last = before;
	}
	receiver->open_messages -= delivery->count;
	put_idle(receiver, delivery);
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
#ifdef KB_TEST_SWITCHES
	kb_bench_committed(agent, receiver->group_messages);
#endif
}

/* Senders that are not known here yet: their entries are asked for before the messages are looked at. */
static bool
senders_known(struct kb_agent *agent, const struct kb_delivery *delivery)
{
	struct kb_arena arena = { 0 };
	bool known = true;

	for (size_t i = 0; i < delivery->count; i++) {
		struct kb_header header;
		struct kb_wire_seal seal;
		const struct kb_entry *entry = NULL;

		if (delivery->split[i] == KB_OK &&
		    kb_header_decode(delivery->envelopes[i].header, &arena, &header) == KB_OK &&
		    kb_wire_seal_decode(delivery->envelopes[i].seal, &arena, &seal) == KB_OK &&
		    kb_directory_version(agent->directory, &header.sender, seal.key_version,
					 &entry) == KB_ERR_OFFLINE) {
			known = false;
		}
	}
	kb_arena_release(&arena);
	return known;
}

static enum kb_err
delivery_act(struct kb_act *act, void *arg)
{
	struct kb_delivery *delivery = arg;
	enum kb_err err = KB_OK;

	for (size_t i = 0; err == KB_OK && i < delivery->count; i++) {
		struct kb_incoming *incoming;

		if (delivery->split[i] != KB_OK) {
			act->agent->counts.dropped_in++;
			act->agent->counts.last_drop = delivery->split[i];
			continue;
		}
		incoming = kb_arena_alloc(act->arena, sizeof(*incoming));
		if (incoming == NULL) {
			return KB_ERR_NO_MEMORY;
		}
		incoming->envelope = delivery->envelopes[i];
		if (delivery->tries[i] > KB_RECEIVER_TRIES) {
			act->agent->receiver.group_parked++;
			continue; /* not even a refusal could be stored: left to the sender */
		}
		err = kb_receive_one(act, incoming, delivery->tries[i]);
		if (err != KB_OK && !kb_err_is_store_trouble(err)) {
			/* The whole group runs again; after some tries without this one. */
			delivery->tries[i]++;
			kb_commit_rerun(act->agent);
		}
	}
	return err;
}

/* On disk, or refused there: the broker may forget them, and send as many more. */
static void
confirm(struct kb_agent *agent, const struct kb_delivery *delivery)
{
	struct kb_frame frame = { .wire_version = KB_WIRE_VERSION, .kind = KB_FRAME_CONFIRM };
	struct kb_frame credit = { .wire_version = KB_WIRE_VERSION, .kind = KB_FRAME_CREDIT };

	if (agent->session.state != KB_SESSION_UP ||
	    !kb_id_equal(&delivery->session, &agent->session.id)) {
		return; /* delivered again in the new session; then answered as a duplicate */
	}
	frame.content.confirm.batch = delivery->batch;
	frame.content.confirm.has_checkpoint =
		kb_agent_checkpoint(agent, NULL, &frame.content.confirm.checkpoint) == KB_OK;
	credit.content.credit.messages = (uint32_t)delivery->count;
	kb_ignore(kb_agent_send_frame(agent, &frame), "a lost confirm is only a delivery again");
	kb_ignore(kb_agent_send_frame(agent, &credit), "the next session gives credit anew");
}

static void
delivery_done(struct kb_agent *agent, enum kb_err err, void *arg)
{
	struct kb_delivery *delivery = arg;

	delivery->queued = false;
	if (err == KB_OK) {
		confirm(agent, delivery);
		end_delivery(agent, delivery);
		return;
	}
	if (err == KB_ERR_OFFLINE || !kb_id_equal(&delivery->session, &agent->session.id)) {
		end_delivery(agent, delivery); /* the agent ends, or the broker delivers it again */
		return;
	}
	kb_log(KB_LOG_ERROR, "delivery-not-stored", "reason=%s messages=%zu", kb_err_name(err),
	       delivery->count);
	delivery->retry_mono_ms = kb_clock_mono_ms(&agent->clock) + KB_RECEIVER_STORE_WAIT_MS;
}

static void
queue_delivery(struct kb_agent *agent, struct kb_delivery *delivery)
{
	if (kb_commit_add(agent, delivery_act, delivery_done, delivery,
			  delivery->arena.used_bytes) == KB_OK) {
		delivery->queued = true;
		delivery->retry_mono_ms = 0;
	} else {
		delivery->retry_mono_ms =
			kb_clock_mono_ms(&agent->clock) + KB_RECEIVER_STORE_WAIT_MS;
	}
}

static enum kb_err
copy_delivery(struct kb_delivery *delivery, const struct kb_deliver *deliver)
{
	size_t count = deliver->envelope_count;

	delivery->envelopes =
		kb_arena_alloc(&delivery->arena, count * sizeof(*delivery->envelopes));
	delivery->split = kb_arena_alloc(&delivery->arena, count * sizeof(*delivery->split));
	delivery->tries = kb_arena_alloc(&delivery->arena, count * sizeof(*delivery->tries));
	if (delivery->envelopes == NULL || delivery->split == NULL || delivery->tries == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	for (size_t i = 0; i < count; i++) {
		struct kb_span copy = kb_arena_copy(&delivery->arena, deliver->envelopes[i]);

		if (copy.at == NULL) {
			return KB_ERR_NO_MEMORY;
		}
		delivery->split[i] = kb_envelope_split(copy, &delivery->envelopes[i]);
	}
	delivery->count = count;
	return KB_OK;
}

void
kb_receiver_deliver(struct kb_agent *agent, const struct kb_deliver *deliver)
{
	struct kb_receiver *receiver = &agent->receiver;
	struct kb_delivery *delivery = NULL;

	/* The credit is what may be under way, once more for what an older session left in the group commit. A broker that
	 * sends more has lost count, and starts anew. */
	if (receiver->open_messages + deliver->envelope_count <=
	    2 * (size_t)agent->settings.credit) {
		delivery = take_idle(receiver);
	}
	if (delivery == NULL || copy_delivery(delivery, deliver) != KB_OK) {
		kb_log(KB_LOG_WARNING, "delivery-refused", "messages=%zu open=%zu",
		       deliver->envelope_count, receiver->open_messages);
		if (delivery != NULL) {
			put_idle(receiver, delivery);
		}
		kb_session_link_down(agent, KB_ERR_BUSY);
		agent->transport.reset(agent->transport.state);
		return;
	}
	delivery->batch = deliver->batch;
	delivery->session = agent->session.id;
	delivery->arrived_mono_ms = kb_clock_mono_ms(&agent->clock);
	if (receiver->last != NULL) {
		receiver->last->next = delivery;
	} else {
		receiver->first = delivery;
	}
	receiver->last = delivery;
	receiver->open_messages += delivery->count;
	if (senders_known(agent, delivery)) {
		queue_delivery(agent, delivery);
	} else {
		delivery->wants_entries = true;
		delivery->retry_mono_ms = delivery->arrived_mono_ms + KB_RECEIVER_ENTRY_WAIT_MS;
	}
}

void
kb_receiver_session_down(struct kb_agent *agent)
{
	struct kb_delivery *next = NULL;

	for (struct kb_delivery *at = agent->receiver.first; at != NULL; at = next) {
		next = at->next;
		if (!at->queued) {
			end_delivery(agent, at); /* not confirmed: it comes again */
		}
	}
}

void
kb_receiver_tick(struct kb_agent *agent, int64_t now_mono_ms)
{
	for (struct kb_delivery *at = agent->receiver.first; at != NULL; at = at->next) {
		if (!at->queued && (at->retry_mono_ms <= now_mono_ms ||
				    (at->wants_entries && senders_known(agent, at)))) {
			at->wants_entries = false;
			queue_delivery(agent, at);
		}
	}
}

int64_t
kb_receiver_due_mono_ms(const struct kb_agent *agent)
{
	int64_t due = INT64_MAX;

	for (const struct kb_delivery *at = agent->receiver.first; at != NULL; at = at->next) {
		if (!at->queued && at->retry_mono_ms < due) {
			due = at->retry_mono_ms;
		}
	}
	return due;
}
