/* SPDX-License-Identifier: EUPL-1.2 */
/* A broker that only routes: it trusts everybody, keeps mail in memory, and makes the faults that a test asks for. */
#include "tests/support/loopback_broker.h"

#include <stdio.h>
#include <stdlib.h>

#include "agents/runtime/directory.h"
#include "common/crypto/merkle.h"
#include "common/wire/desk.h"
#include "common/wire/envelope.h"

/* Of the envelopes in one frame, like the broker. */
#define DELIVER_BYTES_MAX ((size_t)900 * 1024)
#define ROUNDS_MAX 4000

/* ---- frames ---- */

static void
push_frame(struct lb_world *world, size_t party, bool to_agent, struct kb_span bytes)
{
	if (world->frame_count == world->frame_capacity) {
		world->frame_capacity = world->frame_capacity == 0 ? 64 : 2 * world->frame_capacity;
		world->frames =
			realloc(world->frames, world->frame_capacity * sizeof(*world->frames));
		if (world->frames == NULL) {
			abort();
		}
	}
	struct lb_frame *frame = &world->frames[world->frame_count++];

	*frame = (struct lb_frame){ .party = party, .to_agent = to_agent };
	LB_OK(kb_buf_put(&frame->bytes, bytes));
}

static void
say(struct lb_world *world, size_t party, const struct kb_frame *frame)
{
	struct kb_buf bytes = { 0 };

	LB_OK(kb_frame_encode(frame, &bytes));
	push_frame(world, party, true, kb_buf_span(&bytes));
	kb_buf_release(&bytes);
}

static enum kb_err
agent_send(void *state, struct kb_span frame)
{
	struct lb_party *party = state;

	if (!party->link_up) {
		return KB_ERR_OFFLINE;
	}
	push_frame(party->world, party->index, false, frame);
	return KB_OK;
}

static void
agent_reset(void *state)
{
	struct lb_party *party = state;

	party->link_up = false;
	party->session = (struct kb_id){ { 0 } };
}

/* ---- the register ---- */

static void
add_proof(struct lb_world *world, size_t leaf, struct kb_register_answer *answer,
	  struct kb_arena *arena)
{
	struct kb_span *paths = kb_arena_alloc(arena, (LB_PARTIES_MAX + 1) * sizeof(*paths));
	struct kb_hash root;

	LB_OK(kb_merkle_batch(world->leaves, world->leaf_count, arena, &root, paths));
	answer->entries[answer->entry_count++] = (struct kb_register_proof){
		.entry = kb_buf_span(&world->parties[world->leaf_of[leaf]].entry),
		.leaf_index = leaf,
		.path = world->leaf_count > 1 ? paths[leaf] : KB_SPAN_NONE
	};
}

static void
describe(const struct lb_party *party, struct kb_arena *arena, struct kb_descriptor *out)
{
	struct kb_register_entry entry;

	LB_OK(kb_register_entry_decode(kb_buf_span(&party->entry), arena, &entry));
	LB_OK(kb_descriptor_decode(entry.descriptor, arena, out));
}

static void
on_query(struct lb_world *world, size_t party, const struct kb_register_query *query)
{
	struct kb_arena arena = { 0 };
	struct kb_register_proof entries[LB_PARTIES_MAX + 1];
	struct kb_frame frame = { .wire_version = 1, .kind = KB_FRAME_REGISTER_ANSWER };
	struct kb_register_answer *answer = &frame.content.register_answer;

	*answer = (struct kb_register_answer){ .query = query->query, .entries = entries };
	answer->has_head = true;
	LB_OK(kb_signed_register_head_decode(kb_buf_span(&world->signed_head), &arena,
					     &answer->head));
	answer->revocations = kb_buf_span(&world->revocations);
	answer->crl = kb_buf_span(&world->crl);
	for (size_t leaf = 0; leaf < world->leaf_count; leaf++) {
		const struct lb_party *other = &world->parties[world->leaf_of[leaf]];
		struct kb_descriptor descriptor;
		bool wanted;

		describe(other, &arena, &descriptor);
		wanted = kb_party_id_equal(&query->party, &other->identity.self) &&
			 (query->key_version == 0 || query->key_version == descriptor.version);
		if (query->gemeente[0] != '\0') {
			wanted = kb_descriptor_serves(&descriptor, query->gemeente, query->on_date);
		}
		if (wanted) {
			add_proof(world, leaf, answer, &arena);
		}
	}
	say(world, party, &frame);
	kb_arena_release(&arena);
}

/* ---- sessions ---- */

static void
witness(struct lb_party *party, bool has, const struct kb_signed_checkpoint *signed_checkpoint)
{
	struct kb_arena arena = { 0 };
	struct kb_checkpoint checkpoint;

	if (has) {
		LB_OK(kb_checkpoint_decode(signed_checkpoint->checkpoint, &arena, &checkpoint));
		if (checkpoint.size >= party->witnessed_size) {
			party->witnessed_size = checkpoint.size;
			kb_buf_clear(&party->witnessed);
			LB_OK(kb_signed_checkpoint_encode(signed_checkpoint, &party->witnessed));
		}
	}
	kb_arena_release(&arena);
}

static void
on_hello(struct lb_world *world, size_t index, const struct kb_hello *hello)
{
	struct lb_party *party = &world->parties[index];
	struct kb_frame frame = { .wire_version = 1, .kind = KB_FRAME_WELCOME };
	struct kb_welcome *welcome = &frame.content.welcome;
	struct kb_arena arena = { 0 };

	party->session = hello->session;
	party->credit = 0;
	*welcome = (struct kb_welcome){ .wire_version = 1,
					.session = hello->session,
					.broker_store = world->store_id,
					.revocations = kb_buf_span(&world->revocations),
					.crl = kb_buf_span(&world->crl),
					.time_utc_ms = world->fake.utc_ms,
					.publish_window = 4 };
	LB_OK(kb_signed_register_head_decode(kb_buf_span(&world->signed_head), &arena,
					     &welcome->register_head));
	if (party->witnessed.len > 0) {
		welcome->has_witnessed = true;
		LB_OK(kb_signed_checkpoint_decode(kb_buf_span(&party->witnessed), &arena,
						  &welcome->witnessed));
	}
	if (!hello->restored) {
		witness(party, hello->has_checkpoint, &hello->checkpoint);
	}
	for (size_t i = 0; i < world->mail_count; i++) {
		if (world->mail[i].recipient == index) {
			world->mail[i].delivered = false;
		}
	}
	say(world, index, &frame);
	kb_arena_release(&arena);
}

static size_t
find_party(const struct lb_world *world, const struct kb_party_id *id)
{
	for (size_t i = 0; i < world->party_count; i++) {
		if (kb_party_id_equal(&world->parties[i].identity.self, id)) {
			return i;
		}
	}
	return SIZE_MAX;
}

static void
put_mail(struct lb_world *world, size_t sender, size_t recipient, const struct kb_header *header,
	 struct kb_span envelope, bool held)
{
	if (world->mail_count == world->mail_capacity) {
		world->mail_capacity = world->mail_capacity == 0 ? 64 : 2 * world->mail_capacity;
		world->mail = realloc(world->mail, world->mail_capacity * sizeof(*world->mail));
		if (world->mail == NULL) {
			abort();
		}
	}
	struct lb_mail *mail = &world->mail[world->mail_count++];

	*mail = (struct lb_mail){ .sender = sender,
				  .recipient = recipient,
				  .epoch = header->epoch,
				  .number = header->number,
				  .held = held };
	LB_OK(kb_buf_put(&mail->bytes, envelope));
}

/* The reason of a refusal, 0 when it was taken. */
static uint32_t
take_envelope(struct lb_world *world, size_t sender, struct kb_span bytes)
{
	struct kb_arena arena = { 0 };
	struct kb_envelope envelope;
	struct kb_header header;
	size_t recipient;
	enum lb_fate fate = LB_PASS;
	uint32_t reason = 0;

	LB_OK(kb_envelope_split(bytes, &envelope));
	LB_OK(kb_header_decode(envelope.header, &arena, &header));
	kb_arena_release(&arena);
	recipient = find_party(world, &header.recipient);
	if (recipient == SIZE_MAX || !world->parties[recipient].enrolled) {
		return kb_err_reason(KB_ERR_UNKNOWN_RECIPIENT);
	}
	if (world->on_publish != NULL) {
		reason = world->on_publish(world, &header, world->fault_state);
	}
	if (reason != 0) {
		return reason;
	}
	if (world->on_accept != NULL) {
		fate = world->on_accept(world, &header, world->fault_state);
	}
	world->accepted_count++;
	if (header.number == 0 && world->lose_receipts) {
		world->receipts_dropped++;
		return 0;
	}
	if (fate != LB_DROP) {
		put_mail(world, sender, recipient, &header, bytes, fate == LB_HOLD);
	}
	if (fate == LB_TWICE) {
		put_mail(world, sender, recipient, &header, bytes, false);
	}
	return 0;
}

static void
on_publish_frame(struct lb_world *world, size_t index, const struct kb_publish *publish)
{
	struct kb_publish_refusal refused[KB_WIRE_BATCH_MAX];
	struct kb_frame frame = { .wire_version = 1, .kind = KB_FRAME_PUBLISH_RESULT };
	struct kb_publish_result *result = &frame.content.publish_result;

	*result = (struct kb_publish_result){ .batch = publish->batch, .refused = refused };
	for (size_t i = 0; i < publish->envelope_count; i++) {
		uint32_t reason = take_envelope(world, index, publish->envelopes[i]);

		if (reason != 0) {
			refused[result->refused_count++] =
				(struct kb_publish_refusal){ .index = (uint32_t)i,
							     .reason = reason };
		}
	}
	witness(&world->parties[index], publish->has_checkpoint, &publish->checkpoint);
	say(world, index, &frame);
}

static void
on_edges(struct lb_world *world, size_t index, const struct kb_edge_query *query)
{
	struct kb_edge items[LB_PARTIES_MAX];
	struct kb_frame frame = { .wire_version = 1, .kind = KB_FRAME_EDGE_ANSWER };
	struct kb_edge_answer *answer = &frame.content.edge_answer;

	*answer = (struct kb_edge_answer){ .query = query->query, .items = items };
	for (size_t sender = 0; sender < world->party_count; sender++) {
		uint64_t highest = 0;
		struct kb_epoch epoch = { { 0 } };

		for (size_t i = 0; i < world->mail_count; i++) {
			const struct lb_mail *mail = &world->mail[i];

			if (mail->sender == sender && mail->recipient == index &&
			    mail->number > highest) {
				highest = mail->number;
				epoch = mail->epoch;
			}
		}
		if (highest > 0) {
			items[answer->item_count++] =
				(struct kb_edge){ .sender = world->parties[sender].identity.self,
						  .epoch = epoch,
						  .highest = highest };
		}
	}
	say(world, index, &frame);
}

static void
on_confirm(struct lb_world *world, size_t index, const struct kb_confirm *confirm)
{
	for (size_t i = 0; i < world->mail_count; i++) {
		if (world->mail[i].recipient == index && world->mail[i].delivered &&
		    world->mail[i].batch == confirm->batch) {
			world->mail[i].gone = true;
		}
	}
	witness(&world->parties[index], confirm->has_checkpoint, &confirm->checkpoint);
}

static void
handle(struct lb_world *world, size_t index, struct kb_span bytes)
{
	struct kb_arena arena = { 0 };
	struct kb_frame frame;

	LB_OK(kb_frame_decode(bytes, &arena, &frame));
	if (frame.kind == KB_FRAME_HELLO) {
		on_hello(world, index, &frame.content.hello);
	} else if (frame.kind == KB_FRAME_PUBLISH) {
		on_publish_frame(world, index, &frame.content.publish);
	} else if (frame.kind == KB_FRAME_CREDIT) {
		world->parties[index].credit += frame.content.credit.messages;
	} else if (frame.kind == KB_FRAME_CONFIRM) {
		on_confirm(world, index, &frame.content.confirm);
	} else if (frame.kind == KB_FRAME_REGISTER_QUERY) {
		on_query(world, index, &frame.content.register_query);
	} else if (frame.kind == KB_FRAME_EDGE_QUERY) {
		on_edges(world, index, &frame.content.edge_query);
	}
	kb_arena_release(&arena);
}

/* ---- delivery ---- */

static bool
deliver_to(struct lb_world *world, size_t index)
{
	struct lb_party *party = &world->parties[index];
	struct kb_span envelopes[KB_WIRE_BATCH_MAX];
	struct kb_frame frame = { .wire_version = 1, .kind = KB_FRAME_DELIVER };
	struct kb_deliver *deliver = &frame.content.deliver;
	struct kb_arena arena = { 0 };
	size_t bytes = 0;

	*deliver = (struct kb_deliver){ .batch = party->next_batch + 1, .envelopes = envelopes };
	for (size_t i = 0; i < world->mail_count && deliver->envelope_count < KB_WIRE_BATCH_MAX &&
			   party->credit > 0;
	     i++) {
		struct lb_mail *mail = &world->mail[i];
		struct kb_envelope envelope;
		struct kb_header header;

		if (mail->recipient != index || mail->delivered || mail->gone || mail->held) {
			continue;
		}
		bytes += mail->bytes.len;
		if (deliver->envelope_count > 0 && bytes > DELIVER_BYTES_MAX) {
			break;
		}
		if (world->on_deliver != NULL &&
		    kb_envelope_split(kb_buf_span(&mail->bytes), &envelope) == KB_OK &&
		    kb_header_decode(envelope.header, &arena, &header) == KB_OK) {
			world->on_deliver(world, &header, &mail->bytes, world->fault_state);
		}
		mail->delivered = true;
		mail->batch = deliver->batch;
		envelopes[deliver->envelope_count++] = kb_buf_span(&mail->bytes);
		party->credit--;
	}
	if (deliver->envelope_count > 0) {
		party->next_batch++;
		say(world, index, &frame);
	}
	kb_arena_release(&arena);
	return deliver->envelope_count > 0;
}

static bool
move_frames(struct lb_world *world)
{
	struct lb_frame *frames = world->frames;
	size_t count = world->frame_count;

	world->frames = NULL;
	world->frame_count = 0;
	world->frame_capacity = 0;
	for (size_t i = 0; i < count; i++) {
		struct lb_party *party = &world->parties[frames[i].party];

		if (!frames[i].to_agent) {
			handle(world, frames[i].party, kb_buf_span(&frames[i].bytes));
		} else if (party->agent != NULL && party->link_up) {
			kb_agent_frame(party->agent, kb_buf_span(&frames[i].bytes));
		}
		kb_buf_release(&frames[i].bytes);
	}
	free(frames);
	return count > 0;
}

static bool
move_links(struct lb_world *world)
{
	bool moved = false;

	for (size_t i = 0; i < world->party_count; i++) {
		struct lb_party *party = &world->parties[i];
		bool wanted = party->connected && party->agent != NULL;

		if (party->link_up != wanted) {
			party->link_up = wanted;
			moved = true;
			if (wanted) {
				kb_agent_link_up(party->agent);
			} else if (party->agent != NULL) {
				kb_agent_link_down(party->agent, KB_ERR_OFFLINE);
			}
		}
	}
	return moved;
}

void
lb_settle(struct lb_world *world)
{
	unsigned quiet = 0;

	for (unsigned round = 0; round < ROUNDS_MAX && quiet < 4; round++) {
		bool moved = move_links(world);

		for (size_t i = 0; i < world->party_count; i++) {
			struct lb_party *party = &world->parties[i];

			if (party->agent != NULL) {
				moved = kb_agent_round(party->agent) || moved;
			}
			if (party->link_up) {
				moved = deliver_to(world, i) || moved;
			}
		}
		moved = move_frames(world) || moved;
		quiet = moved ? 0 : quiet + 1;
	}
	if (quiet < 4) {
		(void)fprintf(stderr, "lb_settle: the world does not come to rest\n");
		abort();
	}
}

void
lb_wait(struct lb_world *world, int64_t ms)
{
	world->fake.utc_ms += ms;
	world->fake.mono_ms += ms;
	lb_settle(world);
}

void
lb_introduce(struct lb_party *party)
{
	struct lb_world *world = party->world;

	for (unsigned i = 0; i < 3; i++) {
		for (size_t j = 0; j < world->party_count; j++) {
			const struct kb_entry *entry = NULL;

			kb_ignore(kb_directory_find(kb_agent_directory(party->agent),
						    &world->parties[j].identity.self,
						    world->fake.utc_ms, &entry),
				  "the first time it is only asked for");
		}
		lb_settle(world);
	}
}

void
lb_release(struct lb_world *world, bool reverse)
{
	if (reverse) {
		for (size_t low = 0, high = world->mail_count; low + 1 < high; low++) {
			struct lb_mail swap = world->mail[low];

			high--;
			world->mail[low] = world->mail[high];
			world->mail[high] = swap;
		}
	}
	for (size_t i = 0; i < world->mail_count; i++) {
		world->mail[i].held = false;
	}
	lb_settle(world);
}

void
lb_lose_store(struct lb_world *world)
{
	struct kb_random random = kb_random_system();

	world->store_id = kb_id_random(&random);
	for (size_t i = 0; i < world->mail_count; i++) {
		kb_buf_release(&world->mail[i].bytes);
	}
	world->mail_count = 0;
	for (size_t i = 0; i < world->party_count; i++) {
		struct lb_party *party = &world->parties[i];

		kb_buf_clear(&party->witnessed);
		party->witnessed_size = 0;
		if (party->link_up) {
			party->link_up = false;
			kb_agent_link_down(party->agent, KB_ERR_OFFLINE);
		}
	}
}

void
lb_expire_all(struct lb_world *world)
{
	for (size_t i = 0; i < world->mail_count; i++) {
		struct lb_mail *mail = &world->mail[i];
		struct kb_frame frame = { .wire_version = 1, .kind = KB_FRAME_UNDELIVERABLE };
		struct kb_undeliverable_item item;

		if (mail->gone || mail->number == 0) {
			continue;
		}
		item = (struct kb_undeliverable_item){
			.recipient = world->parties[mail->recipient].identity.self,
			.epoch = mail->epoch,
			.number = mail->number,
			.attempt = 1,
			.reason = kb_err_reason(KB_ERR_EXPIRED)
		};
		frame.content.undeliverable.items = &item;
		frame.content.undeliverable.item_count = 1;
		mail->gone = true;
		say(world, mail->sender, &frame);
	}
	lb_settle(world);
}

void
lb_inject(struct lb_world *world, size_t recipient, struct kb_span envelope)
{
	struct lb_party *party = &world->parties[recipient];
	struct kb_frame frame = { .wire_version = 1, .kind = KB_FRAME_DELIVER };

	frame.content.deliver = (struct kb_deliver){ .batch = ++party->next_batch,
						     .envelopes = &envelope,
						     .envelope_count = 1 };
	say(world, recipient, &frame);
}

/* ---- agents ---- */

void
lb_start(struct lb_party *party)
{
	struct lb_world *world = party->world;
	struct kb_error_text where = { "" };
	struct kb_agent_options options = {
		.role = &party->role,
		.identity = &party->identity,
		.config = party->config,
		.profile = party->profile,
		.clock = world->clock,
		.random = kb_random_system(),
		.transport = { .send = agent_send, .reset = agent_reset, .state = party },
		.settings = { .data = party->data,
			      .data_keys = party->data_keys,
			      .witness = party->witness,
			      .resend_first_ms = 30000,
			      .resend_most_ms = 3600000,
			      .life_ms = (int64_t)30 * 24 * 3600000,
			      .head_grace_ms = (int64_t)72 * 3600000,
			      .credit = 512 }
	};
	struct kb_arena arena = { 0 };
	enum kb_err err;

	party->identity.own_entry.len = 0;
	party->identity.signed_head.len = 0;
	LB_OK(kb_buf_put(&party->identity.own_entry, kb_buf_span(&party->entry)));
	LB_OK(kb_buf_put(&party->identity.signed_head, kb_buf_span(&world->signed_head)));
	err = kb_agent_open(&options, &party->agent, &where);
	if (err != KB_OK) {
		(void)fprintf(stderr, "lb_start: %s: %s\n", kb_err_name(err), where.text);
		abort();
	}
	party->connected = true;
	kb_arena_release(&arena);
}

void
lb_start_all(struct lb_world *world)
{
	static const char *const anna[] = { "naam", "anna", "functie", "medewerker", NULL };
	static const char *const jeugd[] = { "naam",  "anna",  "functie", "consulent",
					     "loket", "jeugd", NULL };

	for (size_t i = 1; i < world->party_count; i++) {
		lb_start(&world->parties[i]);
	}
	lb_settle(world);
	for (size_t i = 1; i < world->party_count; i++) {
		struct lb_party *party = &world->parties[i];

		lb_introduce(party);
		if (lb_ask(party, "", "user add",
			   party->role.kind == KB_PARTY_GEMEENTE ? jeugd : anna, NULL) != 0) {
			(void)fprintf(stderr, "lb_start_all: no user anna\n");
			abort();
		}
	}
}

void
lb_stop(struct lb_party *party)
{
	kb_agent_close(party->agent);
	party->agent = NULL;
	party->link_up = false;
}

struct answers {
	struct kb_arena arena;
	struct kb_buf text;
	struct kb_buf *content;
	int exit_code;
	bool done;
};

static void
take_answer(void *state, struct kb_span bytes, bool last)
{
	struct answers *answers = state;
	struct kb_desk_answer answer;

	LB_OK(kb_desk_answer_decode(bytes, &answers->arena, &answer));
	LB_OK(kb_buf_put(&answers->text, answer.text));
	if (answers->content != NULL) {
		LB_OK(kb_buf_put(answers->content, answer.content));
	}
	for (size_t i = 0; i < answer.section_count; i++) {
		for (size_t j = 0; j < answer.sections[i].row_count; j++) {
			LB_OK(kb_buf_put_text(&answers->text, "\n"));
			for (size_t k = 0; k < answer.sections[i].rows[j].cell_count; k++) {
				LB_OK(kb_buf_put_text(&answers->text, "|"));
				LB_OK(kb_buf_put(&answers->text,
						 answer.sections[i].rows[j].cells[k]));
			}
		}
	}
	answers->exit_code = (int)answer.exit_code;
	answers->done = last;
}

int
lb_ask(struct lb_party *party, const char *user, const char *verb, const char *const *arguments,
       struct kb_buf *text)
{
	return lb_ask_with(party, user, verb, arguments, KB_SPAN_NONE, text, NULL);
}

int
lb_ask_with(struct lb_party *party, const char *user, const char *verb,
	    const char *const *arguments, struct kb_span content, struct kb_buf *text,
	    struct kb_buf *answered)
{
	struct answers answers = { .exit_code = -1, .content = answered };
	struct kb_desk_client client = { .uid = 0, .answer = take_answer, .state = &answers };
	struct kb_desk_field fields[16];
	struct kb_desk_request request = { .version = 1,
					   .user = kb_span_text(user),
					   .verb = kb_span_text(verb),
					   .arguments = fields,
					   .content = content };
	struct kb_buf bytes = { 0 };

	for (size_t i = 0; arguments != NULL && arguments[i] != NULL; i += 2) {
		fields[request.argument_count++] =
			(struct kb_desk_field){ .name = kb_span_text(arguments[i]),
						.value = kb_span_text(arguments[i + 1]) };
	}
	LB_OK(kb_desk_request_encode(&request, &bytes));
	kb_agent_desk_request(party->agent, &client, kb_buf_span(&bytes));
	for (unsigned i = 0; i < 20000 && !answers.done; i++) {
		party->world->fake.mono_ms += 1;
		(void)kb_agent_round(party->agent);
		if (!answers.done && i % 4 == 3) {
			lb_settle(party->world);
		}
	}
	kb_buf_release(&bytes);
	if (text != NULL) {
		LB_OK(kb_buf_put(text, kb_buf_span(&answers.text)));
		LB_OK(kb_buf_put_u8(text, 0));
	}
	kb_buf_release(&answers.text);
	kb_arena_release(&answers.arena);
	return answers.done ? answers.exit_code : -1;
}
