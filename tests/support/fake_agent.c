/* SPDX-License-Identifier: EUPL-1.2 */
/* The agent of the broker's tests. */
#include "tests/support/fake_agent.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/crypto/hash.h"
#include "common/crypto/seal.h"
#include "common/trust/checkpoint.h"

#define DAY_MS ((int64_t)24 * 60 * 60 * 1000)

enum kb_err
kb_fake_agent_send(struct kb_fake_agent *agent, struct kb_frame *frame)
{
	struct kb_buf bytes = { 0 };

	frame->wire_version = KB_WIRE_VERSION;
	KB_FAKE_OK(kb_frame_encode(frame, &bytes));
	enum kb_err err = kb_link_send(agent->link, kb_buf_span(&bytes));

	kb_buf_release(&bytes);
	return err;
}

void
kb_fake_agent_hello(struct kb_fake_agent *agent)
{
	struct kb_frame frame = { .kind = KB_FRAME_HELLO, .content.hello = agent->hello };
	struct kb_hello *hello = &frame.content.hello;
	struct kb_random random = kb_random_system();

	agent->session = kb_id_random(&random);
	hello->oldest_version = hello->oldest_version != 0 ? hello->oldest_version : 1;
	hello->newest_version = hello->newest_version != 0 ? hello->newest_version : 1;
	hello->party = kb_party_id_empty(&hello->party) ? agent->party->id : hello->party;
	hello->session = agent->session;
	hello->epoch = agent->epoch;
	hello->time_utc_ms = hello->time_utc_ms != 0 ? hello->time_utc_ms
						     : kb_clock_utc_ms(&agent->world->clock);
	kb_ignore(kb_fake_agent_send(agent, &frame), "the test sees that no welcome comes");
}

void
kb_fake_agent_credit(struct kb_fake_agent *agent, uint32_t messages)
{
	struct kb_frame frame = { .kind = KB_FRAME_CREDIT, .content.credit.messages = messages };

	kb_ignore(kb_fake_agent_send(agent, &frame), "the test sees that nothing comes");
}

void
kb_fake_agent_confirm(struct kb_fake_agent *agent, uint64_t batch)
{
	struct kb_frame frame = { .kind = KB_FRAME_CONFIRM, .content.confirm.batch = batch };

	kb_ignore(kb_fake_agent_send(agent, &frame), "delivered again then");
}

static void
hear_welcome(struct kb_fake_agent *agent, const struct kb_frame *frame)
{
	agent->welcome = frame->content.welcome;
	if (agent->credit > 0) {
		kb_fake_agent_credit(agent, agent->credit);
	}
}

static void
hear_result(struct kb_fake_agent *agent, const struct kb_frame *frame)
{
	const struct kb_publish_result *result = &frame->content.publish_result;
	size_t count = agent->batch_sizes[result->batch % 64];

	agent->result = *result;
	agent->results++;
	agent->refused += result->refused_count;
	agent->accepted += count - result->refused_count;
	if (result->refused_count > 0) {
		agent->last_reason = result->refused[0].reason;
	}
}

static void
keep_mail(struct kb_fake_agent *agent, struct kb_span bytes)
{
	struct kb_envelope parts;
	struct kb_arena arena = { 0 };

	if (agent->mail_count == agent->mail_cap) {
		agent->mail_cap = agent->mail_cap == 0 ? 64 : agent->mail_cap * 2;
		agent->mail = realloc(agent->mail, agent->mail_cap * sizeof(*agent->mail));
		if (agent->mail == NULL) {
			abort();
		}
	}
	struct kb_fake_mail *mail = &agent->mail[agent->mail_count++];

	KB_FAKE_OK(kb_envelope_split(bytes, &parts));
	KB_FAKE_OK(kb_header_decode(parts.header, &arena, &mail->header));
	kb_sha256(bytes, &mail->envelope_sha256);
	kb_arena_release(&arena);
}

static void
hear_deliver(struct kb_fake_agent *agent, const struct kb_frame *frame)
{
	const struct kb_deliver *deliver = &frame->content.deliver;

	agent->last_batch = deliver->batch;
	for (size_t i = 0; i < deliver->envelope_count; i++) {
		if (agent->count_only) {
			agent->mail_count++;
		} else {
			keep_mail(agent, deliver->envelopes[i]);
		}
	}
	if (!agent->no_confirm) {
		kb_fake_agent_confirm(agent, deliver->batch);
		kb_fake_agent_credit(agent, (uint32_t)deliver->envelope_count);
	}
}

static void
hear_goodbye(struct kb_fake_agent *agent, const struct kb_frame *frame)
{
	agent->goodbye_reason = frame->content.goodbye.reason;
}

static void
hear_register(struct kb_fake_agent *agent, const struct kb_frame *frame)
{
	agent->register_answer = frame->content.register_answer;
}

static void
hear_edges(struct kb_fake_agent *agent, const struct kb_frame *frame)
{
	agent->edge_answer = frame->content.edge_answer;
}

static void
hear_heartbeat(struct kb_fake_agent *agent, const struct kb_frame *frame)
{
	agent->heartbeat = frame->content.heartbeat;
}

static void
hear_undeliverable(struct kb_fake_agent *agent, const struct kb_frame *frame)
{
	agent->undeliverable = frame->content.undeliverable;
}

static void (*const hearers[KB_FRAME_KIND_COUNT])(struct kb_fake_agent *agent,
						  const struct kb_frame *frame) = {
	[KB_FRAME_WELCOME] = hear_welcome,	    [KB_FRAME_PUBLISH_RESULT] = hear_result,
	[KB_FRAME_DELIVER] = hear_deliver,	    [KB_FRAME_GOODBYE] = hear_goodbye,
	[KB_FRAME_REGISTER_ANSWER] = hear_register, [KB_FRAME_EDGE_ANSWER] = hear_edges,
	[KB_FRAME_HEARTBEAT] = hear_heartbeat,	    [KB_FRAME_UNDELIVERABLE] = hear_undeliverable,
};

static void
on_frame(void *state, struct kb_span bytes)
{
	struct kb_fake_agent *agent = state;
	struct kb_arena scratch = { 0 };
	struct kb_frame frame;
	/* Deliveries are copied out at once, the others stay for the test to look at. */
	bool large = bytes.len > 16384;

	KB_FAKE_OK(kb_frame_decode(bytes, large ? &scratch : &agent->arena, &frame));
	agent->heard[frame.kind]++;
	if (hearers[frame.kind] == NULL) {
		abort();
	}
	hearers[frame.kind](agent, &frame);
	if (large && frame.kind != KB_FRAME_DELIVER) {
		KB_FAKE_OK(kb_frame_decode(bytes, &agent->arena, &frame));
		hearers[frame.kind](agent, &frame);
	}
	kb_arena_release(&scratch);
}

static void
on_state(void *state, enum kb_link_state now, enum kb_err why)
{
	struct kb_fake_agent *agent = state;

	agent->state = now;
	if (why != KB_OK) {
		agent->why = why;
	}
	if (now == KB_LINK_STATE_UP && !agent->no_hello) {
		kb_fake_agent_hello(agent);
	}
}

void
kb_fake_agent_open(struct kb_fake_agent *agent, struct kb_fake_world *world,
		   struct kb_fake_party *party, struct kb_net_context *context,
		   struct kb_loop *loop)
{
	struct kb_link_options options = {
		.endpoint = world->endpoint,
		.secret_key = &party->transport_secret,
		.random = kb_random_system(),
		.reconnect = { 20, 200 },
	};
	struct kb_link_hooks hooks = { on_state, on_frame, agent };
	struct kb_random random = kb_random_system();

	agent->world = world;
	agent->party = party;
	agent->loop = loop;
	agent->next_batch = 1;
	agent->arena.ceiling = (size_t)1 << 30;
	kb_random_fill(&random, agent->epoch.bytes, KB_EPOCH_BYTES);
	memcpy(options.server_key, world->broker.transport_public, KB_CURVE_KEY_BYTES);
	KB_FAKE_OK(kb_link_open(context, loop, &options, &hooks, &agent->link));
}

void
kb_fake_agent_close(struct kb_fake_agent *agent)
{
	kb_link_close(&agent->link);
	kb_arena_release(&agent->arena);
	free(agent->mail);
	agent->mail = NULL;
	agent->mail_count = 0;
	agent->mail_cap = 0;
}

static void
fill_header(struct kb_fake_agent *agent, const struct kb_fake_message *message,
	    struct kb_span sealed, size_t index, struct kb_header *header)
{
	int64_t now = kb_clock_utc_ms(&agent->world->clock);
	uint8_t seed[sizeof(message->content) + sizeof(message->number)];
	struct kb_hash id;

	*header = (struct kb_header){
		.wire_version = KB_WIRE_VERSION,
		.suite = KB_WIRE_SUITE,
		.sender = message->sender != NULL ? *message->sender : agent->party->id,
		.recipient = *message->recipient,
		.epoch = agent->epoch,
		.number = message->number,
		.attempt = message->attempt != 0 ? message->attempt : 1,
		.sent_at_utc_ms = now + message->sent_in_ms,
		.expires_at_utc_ms =
			now + (message->expires_in_ms != 0 ? message->expires_in_ms : 30 * DAY_MS),
		.priority = message->urgent ? KB_PRIORITY_URGENT : KB_PRIORITY_NORMAL,
		.hpke_enc = { 9 },
		.hpke_index = (uint32_t)index,
	};
	memcpy(seed, &message->content, sizeof(message->content));
	memcpy(seed + sizeof(message->content), &message->number, sizeof(message->number));
	kb_sha256(KB_SPAN_OF(seed), &header->commitment);
	kb_sha256(kb_span(header->commitment.bytes, 16), &id);
	memcpy(header->message_id.bytes, id.bytes, KB_ID_BYTES);
	kb_sha256(sealed, &header->sealed_sha256);
}

/* The headers of the batch, one after another; lengths[i] bytes each. */
static void
encode_headers(struct kb_fake_agent *agent, const struct kb_fake_message *messages, size_t count,
	       const uint8_t *sealed, struct kb_buf *headers, struct kb_span *spans)
{
	static size_t ends[KB_WIRE_BATCH_MAX];
	size_t start = 0;

	for (size_t i = 0; i < count; i++) {
		struct kb_header header;
		size_t bytes = messages[i].sealed_bytes != 0 ? messages[i].sealed_bytes : 528;

		fill_header(agent, &messages[i], kb_span(sealed, bytes), i, &header);
		KB_FAKE_OK(kb_header_encode(&header, headers));
		ends[i] = headers->len;
	}
	for (size_t i = 0; i < count; i++) {
		spans[i] = kb_span(headers->at + start, ends[i] - start);
		start = ends[i];
	}
}

static void
encode_envelope(const struct kb_fake_message *message, struct kb_span header,
		const struct kb_wire_seal *like, const uint8_t *sealed, struct kb_buf *out)
{
	struct kb_wire_seal seal = *like;
	struct kb_buf seal_bytes = { 0 };
	struct kb_buf header_bytes = { 0 };
	struct kb_buf sealed_bytes = { 0 };
	uint8_t path[KB_MERKLE_BATCH_PATH_MAX] = { 0 };
	size_t bytes = message->sealed_bytes != 0 ? message->sealed_bytes : 528;

	KB_FAKE_OK(kb_buf_put(&header_bytes, header));
	KB_FAKE_OK(kb_buf_put(&sealed_bytes, kb_span(sealed, bytes)));
	if (message->bad_header) {
		/* The commitment is the last field. */
		header_bytes.at[header_bytes.len - 1] ^= 1;
	}
	if (message->bad_sealed) {
		sealed_bytes.at[bytes / 2] ^= 1;
	}
	if (message->bad_signature) {
		seal.signature[7] ^= 1;
	}
	if (message->bad_path && seal.path.len > 0) {
		seal.path = kb_span(path, seal.path.len);
	}
	KB_FAKE_OK(kb_wire_seal_encode(&seal, &seal_bytes));
	struct kb_envelope envelope = { kb_buf_span(&header_bytes), kb_buf_span(&seal_bytes),
					kb_buf_span(&sealed_bytes) };

	KB_FAKE_OK(kb_envelope_encode(&envelope, out));
	if (message->cut) {
		out->len--;
	}
	kb_buf_release(&seal_bytes);
	kb_buf_release(&header_bytes);
	kb_buf_release(&sealed_bytes);
}

void
kb_fake_agent_make(struct kb_fake_agent *agent, const struct kb_fake_message *messages,
		   size_t count, struct kb_buf *bytes, struct kb_span *spans)
{
	static uint8_t sealed[KB_WIRE_SEALED_BYTES_MAX];
	static struct kb_span headers[KB_WIRE_BATCH_MAX];
	static size_t ends[KB_WIRE_BATCH_MAX];
	struct kb_buf header_bytes = { 0 };
	struct kb_arena arena = { 0 };
	struct kb_seal batch;
	uint32_t version =
		messages[0].key_version != 0 ? messages[0].key_version : agent->party->key_version;

	/* Any bytes do: the broker cannot read them. */
	for (size_t i = 0; i < sizeof(sealed); i++) {
		sealed[i] = (uint8_t)(i * 31 + messages[0].content);
	}
	encode_headers(agent, messages, count, sealed, &header_bytes, headers);
	KB_FAKE_OK(kb_seal_batch(agent->party->sign_key, &agent->party->id, version, headers, count,
				 &arena, &batch));
	size_t start = bytes->len;

	for (size_t i = 0; i < count; i++) {
		struct kb_wire_seal seal = { .key_version = version,
					     .tree_size = (uint32_t)count,
					     .leaf_index = (uint32_t)i,
					     .path = batch.paths[i] };

		memcpy(seal.signature, batch.signature.bytes, sizeof(seal.signature));
		encode_envelope(&messages[i], headers[i], &seal, sealed, bytes);
		ends[i] = bytes->len;
	}
	for (size_t i = 0; i < count; i++) {
		spans[i] = kb_span(bytes->at + start, ends[i] - start);
		start = ends[i];
	}
	kb_buf_release(&header_bytes);
	kb_arena_release(&arena);
}

enum kb_err
kb_fake_agent_publish_raw(struct kb_fake_agent *agent, struct kb_span *envelopes, size_t count)
{
	struct kb_frame frame = { .kind = KB_FRAME_PUBLISH };

	frame.content.publish = (struct kb_publish){
		.batch = agent->next_batch,
		.envelopes = envelopes,
		.envelope_count = count,
	};
	agent->batch_sizes[agent->next_batch % 64] = count;
	enum kb_err err = kb_fake_agent_send(agent, &frame);

	if (err == KB_OK) {
		agent->next_batch++;
	}
	return err;
}

uint64_t
kb_fake_agent_publish(struct kb_fake_agent *agent, const struct kb_fake_message *messages,
		      size_t count)
{
	struct kb_buf bytes = { 0 };
	struct kb_span spans[KB_WIRE_BATCH_MAX];

	kb_fake_agent_make(agent, messages, count, &bytes, spans);
	KB_FAKE_OK(kb_fake_agent_publish_raw(agent, spans, count));
	kb_buf_release(&bytes);
	return agent->next_batch - 1;
}

void
kb_fake_agent_checkpoint(struct kb_fake_agent *agent, uint64_t size, uint8_t root,
			 struct kb_buf *bytes, struct kb_signed_checkpoint *out)
{
	struct kb_checkpoint checkpoint = {
		.origin = agent->party->id,
		.log_year = 2026,
		.size = size,
		.root = { { root } },
		.time_utc_ms = kb_clock_utc_ms(&agent->world->clock),
		.epoch = agent->epoch,
	};

	KB_FAKE_OK(kb_checkpoint_sign(agent->party->sign_key, agent->party->key_version,
				      &checkpoint, bytes, out));
}

const struct kb_fake_mail *
kb_fake_agent_find(const struct kb_fake_agent *agent, const struct kb_party_id *sender,
		   uint64_t number)
{
	for (size_t i = 0; i < agent->mail_count; i++) {
		if (agent->mail[i].header.number == number &&
		    kb_party_id_equal(&agent->mail[i].header.sender, sender)) {
			return &agent->mail[i];
		}
	}
	return NULL;
}
