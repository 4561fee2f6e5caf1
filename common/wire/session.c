/* SPDX-License-Identifier: EUPL-1.2 */
/* What agent and broker say to each other. */
#include "common/wire/session.h"

#include "common/wire/wire_codec.h"
#include "proto/session.pb-c.h"

static const char *const frame_kinds[] = {
#define KB_ROW(name, number, text) [(number)] = (text),
	KB_FRAME_KIND_TABLE(KB_ROW)
#undef KB_ROW
};
_Static_assert(sizeof(frame_kinds) / sizeof(frame_kinds[0]) == KB_FRAME_KIND_COUNT,
	       "one above the highest");

const char *
kb_frame_kind_name(enum kb_frame_kind kind)
{
	const char *name = (unsigned)kind < KB_FRAME_KIND_COUNT ? frame_kinds[kind] : NULL;

	return name != NULL ? name : "";
}

static enum kb_err
hello_check(const void *message)
{
	const struct kb_hello *hello = message;

	return hello->oldest_version <= hello->newest_version ? KB_OK : KB_ERR_BAD_VALUE;
}

/* A hello says which versions are spoken: the window is the broker's to judge, so that it can answer with a reason. */
static const struct kb_wire_field hello_fields[] = {
	KB_NUMBER(hello, 1, U32, oldest_version, 1, UINT32_MAX),
	KB_NUMBER(hello, 2, U32, newest_version, 1, UINT32_MAX),
	KB_PARTY(hello, 3, party, true),
	KB_EXACT(hello, 4, ID, session, true),
	KB_EXACT(hello, 5, ID, epoch, true),
	KB_MESSAGE_OPT(hello, 6, checkpoint, has_checkpoint, signed_checkpoint),
	KB_EXACT(hello, 7, ID, broker_store, false),
	KB_NUMBER_OPT(hello, 8, U64, broker_log_size, UINT64_MAX),
	KB_NUMBER_OPT(hello, 9, U32, broker_log_year, KB_WIRE_YEAR_MAX),
	KB_NUMBER_OPT(hello, 10, U64, register_version, UINT64_MAX),
	KB_TIME(hello, 11, time_utc_ms),
	KB_BOOL(hello, 12, restored),
};
KB_SCHEMA(hello, hello, 2048, .check = hello_check);

static const struct kb_wire_field welcome_fields[] = {
	KB_WIRE_VERSION_FIELD(welcome, 1, wire_version),
	KB_EXACT(welcome, 2, ID, session, true),
	KB_EXACT(welcome, 3, ID, broker_store, true),
	KB_MESSAGE(welcome, 4, register_head, signed_register_head),
	KB_BYTES(welcome, 5, SPAN, revocations, false, 1, KB_WIRE_REVOCATIONS_BYTES_MAX),
	KB_BYTES(welcome, 6, SPAN, crl, false, 1, KB_WIRE_CRL_BYTES_MAX),
	KB_MESSAGE_OPT(welcome, 7, broker_checkpoint, has_broker_checkpoint, signed_checkpoint),
	KB_MESSAGE_OPT(welcome, 8, consistency, has_consistency, consistency_proof),
	KB_MESSAGE_OPT(welcome, 9, witnessed, has_witnessed, signed_checkpoint),
	KB_TIME(welcome, 10, time_utc_ms),
	KB_NUMBER(welcome, 11, U32, publish_window, 1, KB_WIRE_WINDOW_MAX),
};
KB_SCHEMA(welcome, welcome, KB_WIRE_FRAME_BYTES_MAX, .check = NULL);

static const struct kb_wire_field publish_fields[] = {
	KB_NUMBER(publish, 1, U64, batch, 1, UINT64_MAX),
	KB_BYTES_LIST(publish, 2, SPAN, envelopes, envelope_count, 1, KB_WIRE_BATCH_MAX, 1,
		      KB_WIRE_ENVELOPE_BYTES_MAX),
	KB_MESSAGE_OPT(publish, 3, checkpoint, has_checkpoint, signed_checkpoint),
};
KB_SCHEMA(publish, publish, KB_WIRE_FRAME_BYTES_MAX, .check = NULL);

static const struct kb_wire_field publish_refusal_fields[] = {
	KB_NUMBER_OPT(publish_refusal, 1, U32, index, KB_WIRE_BATCH_MAX - 1),
	KB_NUMBER(publish_refusal, 2, U32, reason, 1, KB_WIRE_REASON_MAX),
};
KB_SCHEMA(publish_refusal, publish_result__item, 16, .check = NULL);

static enum kb_err
publish_result_check(const void *message)
{
	const struct kb_publish_result *result = message;

	for (size_t i = 1; i < result->refused_count; i++) {
		if (result->refused[i - 1].index >= result->refused[i].index) {
			return KB_ERR_BAD_VALUE;
		}
	}
	return KB_OK;
}

static const struct kb_wire_field publish_result_fields[] = {
	KB_NUMBER(publish_result, 1, U64, batch, 1, UINT64_MAX),
	KB_MESSAGES(publish_result, 2, refused, refused_count, 0, KB_WIRE_BATCH_MAX,
		    publish_refusal),
	KB_MESSAGE_OPT(publish_result, 3, broker_checkpoint, has_broker_checkpoint,
		       signed_checkpoint),
	KB_MESSAGE_OPT(publish_result, 4, consistency, has_consistency, consistency_proof),
};
KB_SCHEMA(publish_result, publish_result, KB_WIRE_FRAME_BYTES_MAX, .check = publish_result_check);

static const struct kb_wire_field credit_fields[] = {
	KB_NUMBER(credit, 1, U32, messages, 1, KB_WIRE_CREDIT_MAX),
};
KB_SCHEMA(credit, credit, 16, .check = NULL);

static const struct kb_wire_field deliver_fields[] = {
	KB_NUMBER(deliver, 1, U64, batch, 1, UINT64_MAX),
	KB_BYTES_LIST(deliver, 2, SPAN, envelopes, envelope_count, 1, KB_WIRE_BATCH_MAX, 1,
		      KB_WIRE_ENVELOPE_BYTES_MAX),
};
KB_SCHEMA(deliver, deliver, KB_WIRE_FRAME_BYTES_MAX, .check = NULL);

static const struct kb_wire_field confirm_fields[] = {
	KB_NUMBER(confirm, 1, U64, batch, 1, UINT64_MAX),
	KB_MESSAGE_OPT(confirm, 2, checkpoint, has_checkpoint, signed_checkpoint),
};
KB_SCHEMA(confirm, confirm, 1024, .check = NULL);

static const struct kb_wire_field heartbeat_fields[] = {
	KB_TIME(heartbeat, 1, time_utc_ms),
	KB_MESSAGE_OPT(heartbeat, 2, register_head, has_register_head, signed_register_head),
	KB_MESSAGE_OPT(heartbeat, 3, checkpoint, has_checkpoint, signed_checkpoint),
};
KB_SCHEMA(heartbeat, heartbeat, 2048, .check = NULL);

static const struct kb_wire_field goodbye_fields[] = {
	KB_NUMBER_OPT(goodbye, 1, U32, reason, KB_WIRE_REASON_MAX),
};
KB_SCHEMA(goodbye, goodbye, 16, .check = NULL);

static enum kb_err
register_query_check(const void *message)
{
	const struct kb_register_query *query = message;
	bool party = !kb_party_id_empty(&query->party);
	bool gemeente = query->gemeente[0] != 0;
	int asked = (party ? 1 : 0) + (gemeente ? 1 : 0) + (query->all ? 1 : 0);
	bool ok = asked <= 1 && gemeente == (query->on_date != 0) &&
		  (query->all || query->first == 0) && (party || query->key_version == 0);

	return ok ? KB_OK : KB_ERR_BAD_VALUE;
}

static const struct kb_wire_field register_query_fields[] = {
	KB_NUMBER(register_query, 1, U64, query, 1, UINT64_MAX),
	KB_PARTY(register_query, 2, party, false),
	KB_CODE(register_query, 3, gemeente, false, "9999"),
	KB_DATE_OPT(register_query, 4, on_date),
	KB_BOOL(register_query, 5, all),
	KB_NUMBER_OPT(register_query, 6, U64, first, UINT64_MAX),
	KB_NUMBER_OPT(register_query, 7, U32, key_version, UINT32_MAX),
};
KB_SCHEMA(register_query, register_query, 128, .check = register_query_check);

static const struct kb_wire_field register_answer_fields[] = {
	KB_NUMBER(register_answer, 1, U64, query, 1, UINT64_MAX),
	KB_MESSAGE_OPT(register_answer, 2, head, has_head, signed_register_head),
	KB_BYTES(register_answer, 3, SPAN, revocations, false, 1, KB_WIRE_REVOCATIONS_BYTES_MAX),
	KB_BYTES(register_answer, 4, SPAN, crl, false, 1, KB_WIRE_CRL_BYTES_MAX),
	KB_MESSAGES(register_answer, 5, entries, entry_count, 0, KB_WIRE_REGISTER_PAGE_MAX,
		    register_proof),
	KB_NUMBER_OPT(register_answer, 6, U64, next, UINT64_MAX),
};
KB_SCHEMA(register_answer, register_answer, KB_WIRE_FRAME_BYTES_MAX, .check = NULL);

static const struct kb_wire_field undeliverable_item_fields[] = {
	KB_PARTY(undeliverable_item, 1, recipient, true),
	KB_EXACT(undeliverable_item, 2, ID, epoch, true),
	KB_NUMBER_OPT(undeliverable_item, 3, U64, number, UINT64_MAX),
	KB_NUMBER(undeliverable_item, 4, U32, attempt, 1, UINT32_MAX),
	KB_NUMBER(undeliverable_item, 5, U32, reason, 1, KB_WIRE_REASON_MAX),
};
KB_SCHEMA(undeliverable_item, undeliverable__item, 128, .check = NULL);

static const struct kb_wire_field undeliverable_fields[] = {
	KB_MESSAGES(undeliverable, 1, items, item_count, 1, KB_WIRE_UNDELIVERABLE_ITEMS_MAX,
		    undeliverable_item),
};
KB_SCHEMA(undeliverable, undeliverable, KB_WIRE_FRAME_BYTES_MAX, .check = NULL);

static const struct kb_wire_field edge_query_fields[] = {
	KB_NUMBER(edge_query, 1, U64, query, 1, UINT64_MAX),
};
KB_SCHEMA(edge_query, edge_query, 16, .check = NULL);

static const struct kb_wire_field edge_fields[] = {
	KB_PARTY(edge, 1, sender, true),
	KB_EXACT(edge, 2, ID, epoch, true),
	KB_NUMBER(edge, 3, U64, highest, 1, UINT64_MAX),
};
KB_SCHEMA(edge, edge_answer__item, 128, .check = NULL);

static const struct kb_wire_field edge_answer_fields[] = {
	KB_NUMBER(edge_answer, 1, U64, query, 1, UINT64_MAX),
	KB_MESSAGES(edge_answer, 2, items, item_count, 0, KB_WIRE_EDGES_MAX, edge),
};
KB_SCHEMA(edge_answer, edge_answer, KB_WIRE_FRAME_BYTES_MAX, .check = NULL);

/* The oneof: present is the one whose tag is kind. */
#define KB_CONTENT(number, member) KB_MESSAGE(frame, number, content.member, member)

static const struct kb_wire_field frame_fields[] = {
	KB_WIRE_VERSION_FIELD(frame, 1, wire_version),
	KB_CONTENT(KB_FRAME_HELLO, hello),
	KB_CONTENT(KB_FRAME_WELCOME, welcome),
	KB_CONTENT(KB_FRAME_PUBLISH, publish),
	KB_CONTENT(KB_FRAME_PUBLISH_RESULT, publish_result),
	KB_CONTENT(KB_FRAME_CREDIT, credit),
	KB_CONTENT(KB_FRAME_DELIVER, deliver),
	KB_CONTENT(KB_FRAME_CONFIRM, confirm),
	KB_CONTENT(KB_FRAME_HEARTBEAT, heartbeat),
	KB_CONTENT(KB_FRAME_GOODBYE, goodbye),
	KB_CONTENT(KB_FRAME_REGISTER_QUERY, register_query),
	KB_CONTENT(KB_FRAME_REGISTER_ANSWER, register_answer),
	KB_CONTENT(KB_FRAME_UNDELIVERABLE, undeliverable),
	KB_CONTENT(KB_FRAME_EDGE_QUERY, edge_query),
	KB_CONTENT(KB_FRAME_EDGE_ANSWER, edge_answer),
};
KB_SCHEMA(frame, frame, KB_WIRE_FRAME_BYTES_MAX, .oneof = true,
	  .kind_offset = offsetof(struct kb_frame, kind));

enum kb_err
kb_frame_decode(struct kb_span bytes, struct kb_arena *arena, struct kb_frame *out)
{
	return kb_wire_decode(&kb_schema_frame, bytes, arena, out);
}

enum kb_err
kb_frame_encode(const struct kb_frame *in, struct kb_buf *out)
{
	return kb_wire_encode(&kb_schema_frame, in, out);
}
