/* SPDX-License-Identifier: EUPL-1.2 */
/* What is sealed goes to the broker: straight from the group commit, or out of the outbox where something was left behind. */
#include <stdlib.h>

#include "agents/runtime/agent_internal.h"
#include "common/base/log.h"

/* Rows of the outbox looked at in one go while searching what is ready. */
#define EXAMINE_MAX 1024

enum kb_err
kb_sender_open(struct kb_agent *agent)
{
	struct kb_sender *sender = &agent->sender;

	sender->batches = calloc(KB_SENDER_WINDOW_MAX, sizeof(*sender->batches));
	sender->settle = malloc(KB_SENDER_SETTLE_MAX * sizeof(*sender->settle));
	sender->again = malloc(KB_SENDER_AGAIN_MAX * sizeof(*sender->again));
	return sender->batches != NULL && sender->settle != NULL && sender->again != NULL
		       ? KB_OK
		       : KB_ERR_NO_MEMORY;
}

void
kb_sender_release(struct kb_agent *agent)
{
	struct kb_sender *sender = &agent->sender;

	free(sender->batches);
	free(sender->settle);
	free(sender->again);
	free(sender->edges);
	*sender = (struct kb_sender){ 0 };
}

static struct kb_edge_cursor *
find_edge(struct kb_sender *sender, uint32_t party_no, uint32_t epoch_no)
{
	for (size_t i = 0; i < sender->edge_count; i++) {
		if (sender->edges[i].party_no == party_no &&
		    sender->edges[i].epoch_no == epoch_no) {
			return &sender->edges[i];
		}
	}
	return NULL;
}

static struct kb_edge_cursor *
add_edge(struct kb_sender *sender, uint32_t party_no, uint32_t epoch_no)
{
	if (sender->edge_count == sender->edge_capacity) {
		size_t capacity = sender->edge_capacity == 0 ? 16 : 2 * sender->edge_capacity;
		struct kb_edge_cursor *grown = realloc(sender->edges, capacity * sizeof(*grown));

		if (grown == NULL) {
			return NULL;
		}
		sender->edges = grown;
		sender->edge_capacity = capacity;
	}
	struct kb_edge_cursor *edge = &sender->edges[sender->edge_count++];

	*edge = (struct kb_edge_cursor){ .party_no = party_no, .epoch_no = epoch_no };
	return edge;
}

/* Everything sealed of this edge is published again from the start: the broker answers for what it has. */
static void
restart_edge(struct kb_edge_cursor *edge)
{
	edge->urgent =
		(struct kb_number_key){ .party_no = edge->party_no, .epoch_no = edge->epoch_no };
	edge->normal = edge->urgent;
	edge->urgent_done = false;
	edge->normal_done = false;
}

static enum kb_err
load_edges(struct kb_agent *agent)
{
	struct kb_step *step = NULL;
	struct kb_edge_out row = { 0 };
	enum kb_err err = kb_step_begin(agent->store, KB_STEP_READ, &step);

	if (err != KB_OK) {
		return err;
	}
	agent->sender.edge_count = 0;
	err = kb_edge_out_next(step, &row);
	while (err == KB_OK) {
		struct kb_edge_cursor *edge =
			add_edge(&agent->sender, row.recipient_no, row.epoch_no);

		if (edge == NULL) {
			err = KB_ERR_NO_MEMORY;
			break;
		}
		restart_edge(edge);
		edge->urgent_done = row.ready_urgent_count == 0;
		edge->normal_done = row.ready_count == row.ready_urgent_count;
		err = kb_edge_out_next(step, &row);
	}
	kb_step_abort(&step);
	agent->sender.edges_loaded = err == KB_ERR_NOT_FOUND;
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

void
kb_sender_session_up(struct kb_agent *agent, size_t window, bool broker_is_new)
{
	struct kb_sender *sender = &agent->sender;

	sender->window = window < KB_SENDER_WINDOW_MAX ? window : KB_SENDER_WINDOW_MAX;
	sender->open_batches = 0;
	sender->edges_loaded = false;
	sender->receipts_done = false;
	sender->receipt_cursor = 0;
	sender->blocked = false;
	sender->seal_wanted = true;
	sender->seal_cursor = (struct kb_number_key){ 0 };
	sender->seal_receipt_cursor = 0;
	if (broker_is_new) {
		sender->republish_wanted = true;
	}
	for (size_t i = 0; i < KB_SENDER_WINDOW_MAX; i++) {
		sender->batches[i].batch = 0;
	}
}

void
kb_sender_session_down(struct kb_agent *agent)
{
	agent->sender.window = 0;
	agent->sender.open_batches = 0;
	for (size_t i = 0; i < KB_SENDER_WINDOW_MAX; i++) {
		agent->sender.batches[i].batch = 0;
	}
}

void
kb_sender_register_changed(struct kb_agent *agent)
{
	struct kb_sender *sender = &agent->sender;

	sender->seal_wanted = true;
	sender->seal_cursor = (struct kb_number_key){ 0 };
	sender->seal_receipt_cursor = 0;
	for (size_t i = 0; i < sender->again_count; i++) {
		if (sender->again[i].reseal) {
			sender->again[i].due_utc_ms = 0;
		}
	}
}

/* ---- building a publish frame ---- */

/* A batch being filled. The envelopes are borrowed until it is sent. */
struct filling {
	struct kb_publish_batch *batch;
	struct kb_span envelopes[KB_WIRE_BATCH_MAX];
	size_t bytes;
};

static bool
has_room(const struct kb_agent *agent)
{
	const struct kb_sender *sender = &agent->sender;

	return agent->session.state == KB_SESSION_UP && !sender->blocked &&
	       sender->open_batches < sender->window;
}

static struct kb_publish_batch *
free_batch(struct kb_sender *sender)
{
	for (size_t i = 0; i < KB_SENDER_WINDOW_MAX; i++) {
		if (sender->batches[i].batch == 0) {
			return &sender->batches[i];
		}
	}
	return NULL;
}

static bool
fits(const struct filling *filling, struct kb_span envelope)
{
	return filling->batch != NULL && filling->batch->count < KB_WIRE_BATCH_MAX &&
	       (filling->batch->count == 0 ||
		filling->bytes + envelope.len <= KB_SENDER_BATCH_BYTES);
}

static void
put(struct filling *filling, struct kb_published what, struct kb_span envelope)
{
	filling->envelopes[filling->batch->count] = envelope;
	filling->batch->items[filling->batch->count] = what;
	filling->batch->count++;
	filling->bytes += envelope.len + 16;
}

static void
start_batch(struct kb_sender *sender, struct filling *filling)
{
	filling->batch = free_batch(sender);
	filling->bytes = 0;
	if (filling->batch != NULL) {
		filling->batch->count = 0;
	}
}

/* true: sent, or nothing to send. false: the transport is full; cursors that moved must be taken back by the caller. */
static bool
send_batch(struct kb_agent *agent, struct filling *filling)
{
	struct kb_sender *sender = &agent->sender;
	struct kb_frame frame = { .wire_version = KB_WIRE_VERSION, .kind = KB_FRAME_PUBLISH };
	struct kb_publish *publish = &frame.content.publish;
	enum kb_err err;

	if (filling->batch == NULL || filling->batch->count == 0) {
		return true;
	}
	publish->batch = sender->last_batch + 1;
	publish->envelopes = filling->envelopes;
	publish->envelope_count = filling->batch->count;
	publish->has_checkpoint = kb_agent_checkpoint(agent, NULL, &publish->checkpoint) == KB_OK;
	err = kb_agent_send_frame(agent, &frame);
	if (err != KB_OK) {
		sender->blocked = true;
		return false;
	}
	filling->batch->batch = ++sender->last_batch;
	sender->open_batches++;
	filling->batch = NULL;
	return true;
}

/* ---- straight after the commit ---- */

/* The letter was not published now: the outbox scan of its edge has to come by. */
static void
leave_behind(struct kb_sender *sender, const struct kb_outgoing_letter *letter)
{
	struct kb_edge_cursor *edge;

	if (letter->key.number == 0) {
		if (sender->receipts_done || letter->receipt_no <= sender->receipt_cursor) {
			sender->receipt_cursor = letter->receipt_no - 1;
		}
		sender->receipts_done = false;
		return;
	}
	edge = find_edge(sender, letter->key.party_no, letter->key.epoch_no);
	if (edge == NULL) {
		sender->edges_loaded = false;
		return;
	}
	struct kb_number_key *cursor = letter->letter.urgent ? &edge->urgent : &edge->normal;
	bool *done = letter->letter.urgent ? &edge->urgent_done : &edge->normal_done;

	if (*done || letter->key.number <= cursor->number) {
		cursor->number = letter->key.number - 1;
	}
	*done = false;
}

static bool
edge_is_done(struct kb_sender *sender, const struct kb_outgoing_letter *letter)
{
	struct kb_edge_cursor *edge;

	if (letter->key.number == 0) {
		return sender->receipts_done;
	}
	edge = find_edge(sender, letter->key.party_no, letter->key.epoch_no);
	if (edge == NULL) {
		edge = add_edge(sender, letter->key.party_no, letter->key.epoch_no);
		if (edge == NULL) {
			return false;
		}
		restart_edge(edge);
		edge->urgent_done = true;
		edge->normal_done = true;
	}
	return letter->letter.urgent ? edge->urgent_done : edge->normal_done;
}

static bool
ready(const struct kb_outgoing_letter *letter)
{
	return letter->sealed || letter->mode == KB_OUTGOING_RESEND;
}

/* Letters of this group with this priority. Those that find no place are left to the scan. */
static void
publish_fresh(struct kb_agent *agent, bool urgent)
{
	struct kb_sender *sender = &agent->sender;
	struct filling filling = { 0 };
	struct kb_outgoing_letter *first = NULL; /* of the batch being filled */

	for (struct kb_outgoing_letter *at = sender->first; at != NULL; at = at->next) {
		if (!ready(at) || at->letter.urgent != urgent) {
			continue;
		}
		/* A repeat, or a sealing again, has its place before the cursor: the scan would not come by any more. */
		bool repeat = at->mode == KB_OUTGOING_RESEND || at->mode == KB_OUTGOING_RESEAL ||
			      at->mode == KB_OUTGOING_RECEIPT_RESEAL;

		if (!repeat && !edge_is_done(sender, at)) {
			continue;
		}
		if (filling.batch != NULL && !fits(&filling, at->letter.envelope)) {
			(void)send_batch(agent, &filling);
			filling.batch = NULL;
		}
		if (filling.batch == NULL && has_room(agent)) {
			start_batch(sender, &filling);
			first = at;
		}
		if (filling.batch == NULL) {
			leave_behind(sender, at);
			continue;
		}
		put(&filling, (struct kb_published){ .key = at->key, .receipt_no = at->receipt_no },
		    at->letter.envelope);
	}
	if (!send_batch(agent, &filling)) {
		for (struct kb_outgoing_letter *at = first; at != NULL; at = at->next) {
			if (ready(at) && at->letter.urgent == urgent) {
				leave_behind(sender, at);
			}
		}
	}
}

void
kb_sender_group_committed(struct kb_agent *agent)
{
	struct kb_sender *sender = &agent->sender;

	for (struct kb_outgoing_letter *at = sender->first; at != NULL; at = at->next) {
		agent->counts.messages_out += at->mode == KB_OUTGOING_NEW ? 1 : 0;
		agent->counts.receipts_out += at->mode == KB_OUTGOING_RECEIPT ? 1 : 0;
		if (!ready(at) && at->mode != KB_OUTGOING_RESEND) {
			/* Made without a session: the next one seals it. */
			sender->seal_wanted = sender->seal_wanted || at->entry == NULL;
		}
	}
	if (sender->first != NULL) {
		publish_fresh(agent, true);
		publish_fresh(agent, false);
	}
	sender->first = NULL;
	sender->last = NULL;
}

/* ---- out of the outbox ---- */

/* Fills from one edge. KB_ERR_NOT_FOUND: nothing more there; KB_OK: the batch is full; KB_ERR_BUSY: looked long enough. */
static enum kb_err
fill_from_edge(struct kb_agent *agent, struct kb_step *step, struct kb_edge_cursor *edge,
	       bool urgent, struct kb_number_key *cursor, struct filling *filling)
{
	struct kb_outbox_filter filter = { .which = KB_OUTBOX_READY,
					   .recipient_no = edge->party_no,
					   .epoch_no = edge->epoch_no,
					   .urgent_only = urgent,
					   .normal_only = !urgent,
					   .examine_max = EXAMINE_MAX };
	struct kb_outbox_row row;
	enum kb_err err = KB_OK;

	for (;;) {
		struct kb_number_key before = *cursor;

		err = kb_outbox_next(step, &filter, cursor, &row);
		if (err != KB_OK) {
			return err;
		}
		if (row.sent.consent) {
			kb_sender_ask_first(agent, &row.key);
			continue;
		}
		if (!fits(filling, row.envelope)) {
			*cursor = before;
			return KB_OK;
		}
		struct kb_span copy = kb_arena_copy(&agent->arena, row.envelope);

		if (copy.at == NULL) {
			*cursor = before;
			return KB_ERR_NO_MEMORY;
		}
		put(filling, (struct kb_published){ .key = row.key }, copy);
	}
}

/* One batch of one edge and priority. true: something was sent or the edge got shorter. */
static bool
publish_edge(struct kb_agent *agent, struct kb_edge_cursor *edge, bool urgent)
{
	struct kb_number_key *cursor = urgent ? &edge->urgent : &edge->normal;
	bool *done = urgent ? &edge->urgent_done : &edge->normal_done;
	struct kb_number_key at = *cursor;
	struct filling filling = { 0 };
	struct kb_step *step = NULL;
	enum kb_err err;

	start_batch(&agent->sender, &filling);
	err = kb_step_begin(agent->store, KB_STEP_READ, &step);
	if (err == KB_OK) {
		err = fill_from_edge(agent, step, edge, urgent, &at, &filling);
	}
	kb_step_abort(&step);
	if (err != KB_OK && err != KB_ERR_NOT_FOUND && err != KB_ERR_BUSY) {
		kb_log(KB_LOG_ERROR, "outbox-unreadable", "reason=%s", kb_err_name(err));
		agent->sender.blocked = true;
		return false;
	}
	if (!send_batch(agent, &filling)) {
		return false;
	}
	*cursor = at;
	*done = err == KB_ERR_NOT_FOUND;
	kb_arena_clear(&agent->arena);
	return true;
}

static bool
publish_receipts(struct kb_agent *agent)
{
	struct kb_sender *sender = &agent->sender;
	struct kb_receipt_out row;
	struct filling filling = { 0 };
	struct kb_step *step = NULL;
	uint64_t at = sender->receipt_cursor;
	enum kb_err err;

	start_batch(sender, &filling);
	err = kb_step_begin(agent->store, KB_STEP_READ, &step);
	while (err == KB_OK) {
		err = kb_receipt_out_next(step, at, &row);
		if (err == KB_OK && row.envelope.len > 0) {
			if (!fits(&filling, row.envelope)) {
				break;
			}
			struct kb_span copy = kb_arena_copy(&agent->arena, row.envelope);

			err = copy.at != NULL ? KB_OK : KB_ERR_NO_MEMORY;
			if (err == KB_OK) {
				put(&filling,
				    (struct kb_published){ .key = { .party_no = row.recipient_no },
							   .receipt_no = row.receipt_no },
				    copy);
			}
		}
		at = err == KB_OK ? row.receipt_no : at;
	}
	kb_step_abort(&step);
	if (!send_batch(agent, &filling)) {
		return false;
	}
	sender->receipt_cursor = at;
	sender->receipts_done = err == KB_ERR_NOT_FOUND;
	kb_arena_clear(&agent->arena);
	return err == KB_OK || err == KB_ERR_NOT_FOUND;
}

/* The next edge with something of this priority to publish, in turn. */
static struct kb_edge_cursor *
next_edge(struct kb_sender *sender, bool urgent)
{
	for (size_t i = 0; i < sender->edge_count; i++) {
		size_t at = (sender->edge_turn + i) % sender->edge_count;
		struct kb_edge_cursor *edge = &sender->edges[at];

		if (!(urgent ? edge->urgent_done : edge->normal_done)) {
			sender->edge_turn = at + 1;
			return edge;
		}
	}
	return NULL;
}

bool
kb_sender_publish(struct kb_agent *agent)
{
	struct kb_sender *sender = &agent->sender;
	bool moved = false;

	if (!has_room(agent) || sender->republish_wanted) {
		return false;
	}
	if (!sender->edges_loaded && load_edges(agent) != KB_OK) {
		return false;
	}
	for (unsigned turns = 0; turns < KB_SENDER_WINDOW_MAX && has_room(agent); turns++) {
		struct kb_edge_cursor *edge = next_edge(sender, true);

		if (edge != NULL) {
			moved = publish_edge(agent, edge, true);
		} else if (!sender->receipts_done) {
			moved = publish_receipts(agent);
		} else {
			edge = next_edge(sender, false);
			moved = edge != NULL && publish_edge(agent, edge, false);
		}
		if (!moved) {
			break;
		}
	}
	return moved && has_room(agent);
}
