/* SPDX-License-Identifier: EUPL-1.2 */
/* What a message may say: every rule of the contract broken by one change, at encode and, written all the same, at decode. */
#include "common/wire/absence.h"
#include "common/wire/consent.h"
#include "common/wire/desk.h"
#include "common/wire/envelope.h"
#include "common/wire/session.h"
#include "common/wire/wire_codec.h"
#include "tests/golden/wire_samples.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static void
both_refuse(const struct kb_wire_schema *schema, const void *message, enum kb_err expected,
	    const char *what)
{
	struct kb_buf bytes = { 0 };
	struct kb_arena arena = { 0 };
	void *out = malloc(schema->struct_bytes);
	enum kb_err err = kb_wire_encode(schema, message, &bytes);

	cr_assert_eq(err, expected, "encode: %s: %s", what, kb_err_name(err));
	cr_assert_eq(bytes.len, 0, "%s", what);
	/* Written without a look at the values, as a careless party would. */
	err = kb_wire_write(schema, message, &bytes);
	if (err == KB_OK) {
		err = kb_wire_decode(schema, kb_buf_span(&bytes), &arena, out);
		cr_assert_neq(err, KB_OK, "decode: %s", what);
		/* The pre-scanner sees some faults before the rule does, under its own name. */
		cr_assert(err == expected || err == KB_ERR_BAD_VALUE ||
				  err == KB_ERR_NOT_CANONICAL || err == KB_ERR_OVERSIZE,
			  "decode: %s: %s", what, kb_err_name(err));
	} else {
		cr_assert_eq(err, KB_ERR_OVERSIZE, "%s", what);
	}
	free(out);
	kb_arena_release(&arena);
	kb_buf_release(&bytes);
}

static void
both_take(const struct kb_wire_schema *schema, const void *message, const char *what)
{
	struct kb_buf bytes = { 0 };
	struct kb_arena arena = { 0 };
	void *out = malloc(schema->struct_bytes);
	enum kb_err err = kb_wire_encode(schema, message, &bytes);

	cr_assert_eq(err, KB_OK, "encode: %s: %s", what, kb_err_name(err));
	err = kb_wire_decode(schema, kb_buf_span(&bytes), &arena, out);
	cr_assert_eq(err, KB_OK, "decode: %s: %s", what, kb_err_name(err));
	cr_assert(kb_sample_equal(schema, message, out), "%s", what);
	free(out);
	kb_arena_release(&arena);
	kb_buf_release(&bytes);
}

/* statement changes a fresh sample m of T; both sides then refuse with err. */
#define REFUSE(T, seed, expected, statement)                                                       \
	do {                                                                                       \
		struct kb_arena arena_ = { 0 };                                                    \
		struct kb_##T *m = kb_sample_make(&kb_schema_##T, (seed), &arena_);                \
		statement;                                                                         \
		both_refuse(&kb_schema_##T, m, (expected), #T ": " #statement);                    \
		kb_arena_release(&arena_);                                                         \
	} while (0)
#define TAKE(T, seed, statement)                                                                   \
	do {                                                                                       \
		struct kb_arena arena_ = { 0 };                                                    \
		struct kb_##T *m = kb_sample_make(&kb_schema_##T, (seed), &arena_);                \
		statement;                                                                         \
		both_take(&kb_schema_##T, m, #T ": " #statement);                                  \
		kb_arena_release(&arena_);                                                         \
	} while (0)
#define CLEAR(member) memset(&(member), 0, sizeof(member))

static uint8_t filler[1024 * 1024];

static struct kb_span
text_of(size_t len)
{
	memset(filler, 'x', sizeof(filler));
	return kb_span(filler, len);
}

Test(wire_rules, header)
{
	TAKE(header, 1, m->number = 0);
	TAKE(header, 1, m->hpke_index = 0);
	TAKE(header, 1, m->number = UINT64_MAX);
	TAKE(header, 1, CLEAR(m->sealed_sha256));
	REFUSE(header, 1, KB_ERR_BAD_VERSION, m->wire_version = 0);
	REFUSE(header, 1, KB_ERR_BAD_SUITE, m->suite = 2);
	REFUSE(header, 1, KB_ERR_BAD_VALUE, CLEAR(m->message_id));
	REFUSE(header, 1, KB_ERR_BAD_VALUE, CLEAR(m->sender));
	REFUSE(header, 1, KB_ERR_BAD_VALUE, m->sender.text[3] = 'x');
	REFUSE(header, 1, KB_ERR_BAD_VALUE, m->recipient.text[0] = 0);
	REFUSE(header, 1, KB_ERR_BAD_VALUE, m->recipient = m->sender);
	REFUSE(header, 1, KB_ERR_BAD_VALUE, CLEAR(m->epoch));
	REFUSE(header, 1, KB_ERR_BAD_VALUE, m->attempt = 0);
	REFUSE(header, 1, KB_ERR_BAD_VALUE, m->sent_at_utc_ms = 0);
	REFUSE(header, 1, KB_ERR_BAD_VALUE, m->sent_at_utc_ms = -1);
	REFUSE(header, 1, KB_ERR_BAD_VALUE, m->expires_at_utc_ms = KB_WIRE_TIME_UTC_MS_MAX + 1);
	REFUSE(header, 1, KB_ERR_BAD_VALUE, m->expires_at_utc_ms = m->sent_at_utc_ms);
	REFUSE(header, 1, KB_ERR_BAD_VALUE, m->priority = KB_PRIORITY_NONE);
	REFUSE(header, 1, KB_ERR_BAD_VALUE, m->priority = (enum kb_priority)3);
	REFUSE(header, 1, KB_ERR_BAD_VALUE, CLEAR(m->hpke_enc));
	REFUSE(header, 1, KB_ERR_BAD_VALUE, m->hpke_index = KB_WIRE_TREE_SIZE_MAX);
}

Test(wire_rules, a_party_id_with_bytes_behind_its_end_is_not_written)
{
	struct kb_arena arena = { 0 };
	struct kb_buf out = { 0 };
	struct kb_header *header = kb_sample_make(&kb_schema_header, 1, &arena);

	memcpy(header->sender.text, "00000099100000000000\0junk", 25);
	cr_assert_eq(kb_header_encode(header, &out), KB_ERR_BAD_VALUE);
	memset(header->sender.text, '0', sizeof(header->sender.text));
	cr_assert_eq(kb_header_encode(header, &out), KB_ERR_BAD_VALUE, "no NUL anywhere");
	kb_arena_release(&arena);
	kb_buf_release(&out);
}

Test(wire_rules, a_later_version_is_named_before_what_it_brings)
{
	/* wire_version 2, then a field that nobody knows. */
	static const uint8_t later[] = { 0x08, 0x02, 0x82, 0x7d, 0x01, 0x00 };
	static const uint8_t suite[] = { 0x08, 0x01, 0x10, 0x07, 0x82, 0x7d, 0x01, 0x00 };
	struct kb_arena arena = { 0 };
	struct kb_header header;
	struct kb_frame frame;
	struct kb_desk_request request;

	cr_assert_eq(kb_header_decode(KB_SPAN_OF(later), &arena, &header), KB_ERR_BAD_VERSION);
	cr_assert_eq(kb_frame_decode(KB_SPAN_OF(later), &arena, &frame), KB_ERR_BAD_VERSION);
	cr_assert_eq(kb_desk_request_decode(KB_SPAN_OF(later), &arena, &request),
		     KB_ERR_BAD_VERSION);
	cr_assert_eq(kb_header_decode(KB_SPAN_OF(suite), &arena, &header), KB_ERR_BAD_SUITE);
	kb_arena_release(&arena);
}

Test(wire_rules, seal)
{
	TAKE(wire_seal, 1, (m->tree_size = 1, m->leaf_index = 0, m->path = KB_SPAN_NONE));
	TAKE(wire_seal, 1, (m->tree_size = 7, m->leaf_index = 6, m->path = text_of(64)));
	REFUSE(wire_seal, 1, KB_ERR_BAD_PATH,
	       (m->tree_size = 7, m->leaf_index = 6, m->path = text_of(96)));
	REFUSE(wire_seal, 1, KB_ERR_BAD_PATH,
	       (m->tree_size = 7, m->leaf_index = 5, m->path = text_of(64)));
	REFUSE(wire_seal, 1, KB_ERR_BAD_PATH,
	       (m->tree_size = 1, m->leaf_index = 0, m->path = text_of(32)));
	REFUSE(wire_seal, 1, KB_ERR_BAD_PATH,
	       (m->tree_size = 7, m->leaf_index = 6, m->path = text_of(65)));
	REFUSE(wire_seal, 1, KB_ERR_BAD_PATH, m->leaf_index = m->tree_size);
	REFUSE(wire_seal, 1, KB_ERR_BAD_PATH,
	       (m->tree_size = 1, m->leaf_index = 1, m->path = KB_SPAN_NONE));
	REFUSE(wire_seal, 1, KB_ERR_BAD_VALUE, m->tree_size = 0);
	REFUSE(wire_seal, 1, KB_ERR_BAD_VALUE, m->tree_size = KB_WIRE_TREE_SIZE_MAX + 1);
	REFUSE(wire_seal, 1, KB_ERR_BAD_VALUE, m->key_version = 0);
}

Test(wire_rules, envelope)
{
	TAKE(envelope, 1, m->sealed = text_of(KB_WIRE_SEALED_BYTES_MIN));
	TAKE(envelope, 1, m->sealed = text_of(KB_WIRE_SEALED_BYTES_MAX));
	REFUSE(envelope, 1, KB_ERR_BAD_VALUE, m->sealed = text_of(KB_WIRE_SEALED_BYTES_MIN - 1));
	REFUSE(envelope, 1, KB_ERR_BAD_VALUE, m->sealed = text_of(KB_WIRE_SEALED_BYTES_MIN + 1));
	REFUSE(envelope, 1, KB_ERR_OVERSIZE, m->sealed = text_of(KB_WIRE_SEALED_BYTES_MAX + 1));
	REFUSE(envelope, 1, KB_ERR_BAD_VALUE, m->header = KB_SPAN_NONE);
	REFUSE(envelope, 1, KB_ERR_BAD_VALUE, m->seal = KB_SPAN_NONE);
	REFUSE(envelope, 1, KB_ERR_OVERSIZE, m->header = text_of(KB_WIRE_HEADER_BYTES_MAX + 1));
}

Test(wire_rules, sealed_lengths_are_the_steps_of_the_padding)
{
	size_t count = 0;
	size_t step = 512;

	for (size_t len = 0; len <= KB_WIRE_SEALED_BYTES_MAX + 1000; len++) {
		count += kb_sealed_bytes_ok(len) ? 1 : 0;
	}
	/* 512, 768, 1024 ... 768 KiB: two for every power of two from 512 to 512 KiB. */
	cr_assert_eq(count, 22);
	while (step <= 512 * 1024) {
		cr_assert(kb_sealed_bytes_ok(step + KB_WIRE_TAG_BYTES), "%zu", step);
		cr_assert(kb_sealed_bytes_ok(step / 2 * 3 + KB_WIRE_TAG_BYTES), "%zu", step);
		step *= 2;
	}
	cr_assert_not(kb_sealed_bytes_ok(SIZE_MAX));
}

Test(wire_rules, body)
{
	TAKE(body, 1, (CLEAR(m->after_epoch), m->after_number = 0));
	TAKE(body, 1, CLEAR(m->case_id));
	TAKE(body, 1, m->kind = 4711);
	TAKE(body, 1, (CLEAR(m->author)));
	TAKE(body, 1, m->desk = KB_DESK_UNSPECIFIED);
	REFUSE(body, 1, KB_ERR_BAD_VALUE, m->kind = 0);
	REFUSE(body, 1, KB_ERR_BAD_VALUE, m->kind = KB_WIRE_KIND_MAX + 1);
	REFUSE(body, 1, KB_ERR_BAD_VALUE, m->purpose = KB_PURPOSE_UNSPECIFIED);
	REFUSE(body, 1, KB_ERR_BAD_VALUE, m->ground = (enum kb_ground)4);
	REFUSE(body, 1, KB_ERR_BAD_VALUE, m->desk = (enum kb_desk)KB_DESK_COUNT);
	REFUSE(body, 1, KB_ERR_BAD_VALUE, (CLEAR(m->after_epoch), m->after_number = 3));
	REFUSE(body, 1, KB_ERR_BAD_VALUE,
	       (memset(&m->after_epoch, 1, sizeof(m->after_epoch)), m->after_number = 0));
	REFUSE(body, 1, KB_ERR_BAD_VALUE,
	       (m->author.person = text_of(3), m->author.function = KB_SPAN_NONE));
	REFUSE(body, 1, KB_ERR_OVERSIZE,
	       (m->author.person = text_of(KB_WIRE_PERSON_BYTES_MAX + 1),
		m->author.function = text_of(1)));
	REFUSE(body, 1, KB_ERR_BAD_VALUE, m->content = KB_SPAN_NONE);
	REFUSE(body, 1, KB_ERR_OVERSIZE, m->content = text_of(KB_WIRE_CONTENT_BYTES_MAX + 1));
	REFUSE(body, 1, KB_ERR_BAD_VALUE,
	       (m->ground = KB_GROUND_TOESTEMMING, CLEAR(m->consent_ref)));
}

Test(wire_rules, a_body_names_its_author_even_when_it_is_the_agent)
{
	struct kb_arena arena = { 0 };
	struct kb_buf bytes = { 0 };
	struct kb_body body;
	struct kb_body *sample = kb_sample_make(&kb_schema_body, 1, &arena);

	CLEAR(sample->author);
	cr_assert_eq(kb_body_encode(sample, &bytes), KB_OK);
	/* Tag 9, length 0: taken out, the message is canonical but has no author. */
	uint8_t *at = bytes.at;

	while (at + 2 < bytes.at + bytes.len && (at[0] != 0x4a || at[1] != 0)) {
		at++;
	}
	cr_assert_eq(at[0], 0x4a);
	memmove(at, at + 2, (size_t)(bytes.at + bytes.len - at - 2));
	bytes.len -= 2;
	cr_assert_eq(kb_body_decode(kb_buf_span(&bytes), &arena, &body), KB_ERR_BAD_VALUE);
	kb_buf_release(&bytes);
	kb_arena_release(&arena);
}

Test(wire_rules, an_absent_id_is_never_sixteen_zeros)
{
	static const uint8_t zeros[18] = { 0x12, 0x10 };
	struct kb_arena arena = { 0 };
	struct kb_buf bytes = { 0 };
	struct kb_body *sample = kb_sample_make(&kb_schema_body, 1, &arena);
	struct kb_body body;

	CLEAR(sample->case_id);
	sample->kind = 10;
	cr_assert_eq(kb_body_encode(sample, &bytes), KB_OK);
	uint8_t *at = NULL;

	/* Behind the two bytes of kind, as field 2. */
	cr_assert_eq(kb_buf_extend(&bytes, sizeof(zeros), &at), KB_OK);
	memmove(bytes.at + 2 + sizeof(zeros), bytes.at + 2, bytes.len - 2 - sizeof(zeros));
	memcpy(bytes.at + 2, zeros, sizeof(zeros));
	cr_assert_eq(kb_body_decode(kb_buf_span(&bytes), &arena, &body), KB_ERR_BAD_VALUE);
	bytes.at[10] = 1;
	cr_assert_eq(kb_body_decode(kb_buf_span(&bytes), &arena, &body), KB_OK);
	kb_buf_release(&bytes);
	kb_arena_release(&arena);
}

Test(wire_rules, receipts_and_checkpoints)
{
	TAKE(checkpoint, 1, (m->size = 0, CLEAR(m->previous_root)));
	REFUSE(checkpoint, 1, KB_ERR_BAD_VALUE, m->log_year = 1899);
	REFUSE(checkpoint, 1, KB_ERR_BAD_VALUE, m->time_utc_ms = 0);
	REFUSE(checkpoint, 1, KB_ERR_BAD_VALUE, CLEAR(m->epoch));
	REFUSE(signed_checkpoint, 1, KB_ERR_BAD_VALUE, m->checkpoint = KB_SPAN_NONE);
	REFUSE(signed_checkpoint, 1, KB_ERR_BAD_VALUE, m->key_version = 0);
	TAKE(consistency_proof, 1, (m->from_size = 0, m->to_size = 0, m->path = KB_SPAN_NONE));
	REFUSE(consistency_proof, 1, KB_ERR_BAD_VALUE, (m->from_size = 9, m->to_size = 8));
	REFUSE(consistency_proof, 1, KB_ERR_BAD_PATH,
	       (m->from_size = 3, m->to_size = 8, m->path = KB_SPAN_NONE));
	REFUSE(consistency_proof, 1, KB_ERR_BAD_PATH,
	       (m->from_size = 8, m->to_size = 8, m->path = text_of(32)));
	REFUSE(consistency_proof, 1, KB_ERR_BAD_PATH,
	       (m->from_size = 3, m->to_size = 8, m->path = text_of(33)));
	TAKE(receipt_item, 1, (m->outcome = KB_OUTCOME_STORED, m->reason = 0));
	TAKE(receipt_item, 1,
	     (m->outcome = KB_OUTCOME_REFUSED, m->reason = 65535, m->stored_at_utc_ms = 0));
	REFUSE(receipt_item, 1, KB_ERR_BAD_VALUE, (m->outcome = KB_OUTCOME_STORED, m->reason = 24));
	REFUSE(receipt_item, 1, KB_ERR_BAD_VALUE, (m->outcome = KB_OUTCOME_REFUSED, m->reason = 0));
	REFUSE(receipt_item, 1, KB_ERR_BAD_VALUE,
	       (m->outcome = KB_OUTCOME_STORED, m->reason = 0, m->stored_at_utc_ms = 0));
	REFUSE(receipt_item, 1, KB_ERR_BAD_VALUE, m->number = 0);
	REFUSE(epoch_range, 1, KB_ERR_BAD_VALUE, (m->first = 5, m->last = 4));
	REFUSE(epoch_range, 1, KB_ERR_BAD_VALUE, (m->first = 0, m->last = 4));
	REFUSE(receipt, 1, KB_ERR_BAD_VALUE,
	       (m->item_count = 0, m->missing_count = 0, m->has_checkpoint = false));
	REFUSE(vervallen, 1, KB_ERR_BAD_VALUE, m->item_count = 0);
	REFUSE(hersteld, 1, KB_ERR_BAD_VALUE, CLEAR(m->new_epoch));
	TAKE(hersteld, 1, m->held_count = 0);
}

Test(wire_rules, lists_have_their_limits)
{
	struct kb_arena arena = { 0 };
	struct kb_receipt_item *item = kb_sample_make(&kb_schema_receipt_item, 1, &arena);
	struct kb_receipt_item *items =
		kb_arena_alloc(&arena, (KB_WIRE_RECEIPT_ITEMS_MAX + 1) * sizeof(*items));
	static struct kb_span envelopes[KB_WIRE_BATCH_MAX + 1];

	for (size_t i = 0; i <= KB_WIRE_RECEIPT_ITEMS_MAX; i++) {
		items[i] = *item;
	}
	for (size_t i = 0; i <= KB_WIRE_BATCH_MAX; i++) {
		envelopes[i] = text_of(3);
	}
	TAKE(receipt, 1, (m->items = items, m->item_count = KB_WIRE_RECEIPT_ITEMS_MAX));
	REFUSE(receipt, 1, KB_ERR_OVERSIZE,
	       (m->items = items, m->item_count = KB_WIRE_RECEIPT_ITEMS_MAX + 1));
	TAKE(publish, 1, (m->envelopes = envelopes, m->envelope_count = KB_WIRE_BATCH_MAX));
	REFUSE(publish, 1, KB_ERR_OVERSIZE,
	       (m->envelopes = envelopes, m->envelope_count = KB_WIRE_BATCH_MAX + 1));
	REFUSE(publish, 1, KB_ERR_BAD_VALUE, m->envelope_count = 0);
	/* An element has its least length too; the cells of an answer may be empty. */
	envelopes[1] = KB_SPAN_NONE;
	REFUSE(publish, 1, KB_ERR_BAD_VALUE, (m->envelopes = envelopes, m->envelope_count = 2));
	kb_arena_release(&arena);
}

Test(wire_rules, too_many_elements_are_refused_before_memory_is_taken)
{
	struct kb_arena arena = { 0 };
	struct kb_buf bytes = { 0 };
	struct kb_receipt receipt;

	/* 513 empty items: two bytes each. */
	for (size_t i = 0; i <= KB_WIRE_RECEIPT_ITEMS_MAX; i++) {
		cr_assert_eq(kb_buf_put(&bytes, kb_span("\x0a\x00", 2)), KB_OK);
	}
	cr_assert_eq(kb_receipt_decode(kb_buf_span(&bytes), &arena, &receipt), KB_ERR_OVERSIZE);
	cr_assert_eq(arena.used_bytes, 0);
	kb_buf_release(&bytes);
	kb_arena_release(&arena);
}

Test(wire_rules, a_frame_has_one_content)
{
	/* Version 1, credit of 1, goodbye. */
	static const uint8_t two[] = { 0x08, 0x01, 0x32, 0x02, 0x08, 0x01, 0x52, 0x00 };
	struct kb_arena arena = { 0 };
	struct kb_frame frame;

	cr_assert_eq(kb_frame_decode(KB_SPAN_OF(two), &arena, &frame), KB_ERR_NOT_CANONICAL);
	cr_assert_eq(kb_frame_decode(kb_span(two, 6), &arena, &frame), KB_OK);
	cr_assert_eq(frame.kind, KB_FRAME_CREDIT);
	cr_assert_eq(kb_frame_decode(kb_span(two, 2), &arena, &frame), KB_ERR_BAD_VALUE, "none");
	kb_arena_release(&arena);
}

Test(wire_rules, register)
{
	static enum kb_desk twice[] = { KB_DESK_JEUGD, KB_DESK_JEUGD };

	static enum kb_desk wrong[] = { KB_DESK_UNSPECIFIED };
	static struct kb_span swv[] = { { (const uint8_t *)"XX2301", 6 } };
	static struct kb_span letters[] = { { (const uint8_t *)"PO23a1", 6 } };

	REFUSE(descriptor, 1, KB_ERR_BAD_VERSION, m->wire_version = 9);
	REFUSE(descriptor, 1, KB_ERR_BAD_VALUE, m->kind = KB_PARTY_UNSPECIFIED);
	REFUSE(descriptor, 1, KB_ERR_BAD_VALUE, m->kind = (enum kb_party_kind)KB_PARTY_KIND_COUNT);
	REFUSE(descriptor, 1, KB_ERR_BAD_VALUE, m->version = 0);
	REFUSE(descriptor, 1, KB_ERR_BAD_VALUE, m->name = KB_SPAN_NONE);
	REFUSE(descriptor, 1, KB_ERR_BAD_TEXT, m->name = kb_span("a\0b", 3));
	REFUSE(descriptor, 1, KB_ERR_BAD_VALUE, (m->desks = twice, m->desk_count = 2));
	REFUSE(descriptor, 1, KB_ERR_BAD_VALUE, (m->desks = wrong, m->desk_count = 1));
	REFUSE(descriptor, 1, KB_ERR_BAD_VALUE, (m->swv = swv, m->swv_count = 1));
	REFUSE(descriptor, 1, KB_ERR_BAD_VALUE, (m->swv = letters, m->swv_count = 1));
	REFUSE(descriptor, 1, KB_ERR_BAD_VALUE, CLEAR(m->sealing_key));
	REFUSE(descriptor, 1, KB_ERR_BAD_VALUE, m->valid_until_utc_ms = m->valid_from_utc_ms);
	TAKE(served_gemeente, 1, m->valid_until = m->valid_from);
	REFUSE(served_gemeente, 1, KB_ERR_BAD_VALUE,
	       (m->valid_from = 20260102, m->valid_until = 20260101));
	REFUSE(served_gemeente, 1, KB_ERR_BAD_VALUE, m->valid_from = 20260230);
	REFUSE(served_gemeente, 1, KB_ERR_BAD_VALUE, m->valid_from = 0);
	REFUSE(served_gemeente, 1, KB_ERR_BAD_VALUE, m->code[2] = 'x');
	REFUSE(vestiging, 1, KB_ERR_BAD_VALUE, m->code[2] = '9');
	REFUSE(vestiging, 1, KB_ERR_BAD_VALUE, m->code[5] = 0);
	REFUSE(register_entry, 1, KB_ERR_BAD_VALUE, m->certificate = KB_SPAN_NONE);
	REFUSE(register_entry, 1, KB_ERR_BAD_VALUE, m->previous_signature = text_of(63));
	TAKE(register_entry, 1, m->previous_signature = KB_SPAN_NONE);
	TAKE(register_head, 1, m->tree_size = 0);
	REFUSE(register_head, 1, KB_ERR_BAD_VALUE, m->version = 0);
	REFUSE(register_head, 1, KB_ERR_BAD_VALUE, m->expires_at_utc_ms = m->issued_at_utc_ms);
	TAKE(join_request, 1, (m->csr = text_of(9), m->certificate = KB_SPAN_NONE));
	REFUSE(join_request, 1, KB_ERR_BAD_VALUE, (m->csr = text_of(9), m->certificate = m->csr));
	REFUSE(join_request, 1, KB_ERR_BAD_VALUE,
	       (m->csr = KB_SPAN_NONE, m->certificate = KB_SPAN_NONE));
	REFUSE(join_file, 1, KB_ERR_BAD_VALUE, m->broker_address = kb_span_text("udp://x:1"));
	REFUSE(join_file, 1, KB_ERR_BAD_VALUE, m->broker_address = kb_span_text("tcp://"));
}

Test(wire_rules, revocations_stand_in_order_and_once)
{
	struct kb_arena arena = { 0 };
	struct kb_revocation *one = kb_sample_make(&kb_schema_revocation, 1, &arena);
	struct kb_revocation items[2] = { *one, *one };
	struct kb_revocation_list list = { items, 2 };

	items[0].key_version = 1;
	items[1].key_version = 2;
	both_take(&kb_schema_revocation_list, &list, "in order");
	items[1].key_version = 1;
	both_refuse(&kb_schema_revocation_list, &list, KB_ERR_BAD_VALUE, "twice");
	items[1].party.text[8] = 'A';
	items[0].party.text[8] = 'B';
	items[1].key_version = 2;
	both_refuse(&kb_schema_revocation_list, &list, KB_ERR_BAD_VALUE, "parties out of order");
	list.item_count = 0;
	both_take(&kb_schema_revocation_list, &list, "none");
	kb_arena_release(&arena);
}

Test(wire_rules, session)
{
	static struct kb_publish_refusal refusals[] = { { 3, 24 }, { 3, 24 } };

	REFUSE(frame, 1, KB_ERR_BAD_VERSION, m->wire_version = 2);
	REFUSE(frame, 1, KB_ERR_BAD_VALUE, m->kind = KB_FRAME_NONE);
	REFUSE(frame, 1, KB_ERR_BAD_VALUE, m->kind = (enum kb_frame_kind)16);
	TAKE(hello, 1, (CLEAR(m->broker_store), m->broker_log_year = 0, m->newest_version = 77));
	REFUSE(hello, 1, KB_ERR_BAD_VALUE, (m->oldest_version = 3, m->newest_version = 2));
	REFUSE(hello, 1, KB_ERR_BAD_VALUE, CLEAR(m->session));
	REFUSE(welcome, 1, KB_ERR_BAD_VALUE, m->publish_window = 0);
	REFUSE(welcome, 1, KB_ERR_BAD_VALUE, CLEAR(m->broker_store));
	REFUSE(publish, 1, KB_ERR_BAD_VALUE, m->batch = 0);
	REFUSE(publish_result, 1, KB_ERR_BAD_VALUE, (m->refused = refusals, m->refused_count = 2));
	REFUSE(publish_refusal, 1, KB_ERR_BAD_VALUE, m->reason = 0);
	REFUSE(publish_refusal, 1, KB_ERR_BAD_VALUE, m->index = KB_WIRE_BATCH_MAX);
	REFUSE(credit, 1, KB_ERR_BAD_VALUE, m->messages = 0);
	REFUSE(credit, 1, KB_ERR_BAD_VALUE, m->messages = KB_WIRE_CREDIT_MAX + 1);
	REFUSE(deliver, 1, KB_ERR_BAD_VALUE, m->envelope_count = 0);
	REFUSE(confirm, 1, KB_ERR_BAD_VALUE, m->batch = 0);
	TAKE(goodbye, 1, m->reason = 0);
	REFUSE(undeliverable, 1, KB_ERR_BAD_VALUE, m->item_count = 0);
	REFUSE(undeliverable_item, 1, KB_ERR_BAD_VALUE, m->reason = 0);
	REFUSE(edge, 1, KB_ERR_BAD_VALUE, m->highest = 0);
	REFUSE(edge_query, 1, KB_ERR_BAD_VALUE, m->query = 0);
	TAKE(edge_answer, 1, m->item_count = 0);
}

Test(wire_rules, a_register_query_asks_one_thing)
{
	struct kb_register_query query = { .query = 1 };

	both_take(&kb_schema_register_query, &query, "the head only");
	query.all = true;
	query.first = 128;
	both_take(&kb_schema_register_query, &query, "a page");
	memcpy(query.gemeente, "0363", 4);
	query.on_date = 20260901;
	both_refuse(&kb_schema_register_query, &query, KB_ERR_BAD_VALUE, "a page and a gemeente");
	query.all = false;
	both_refuse(&kb_schema_register_query, &query, KB_ERR_BAD_VALUE, "first without all");
	query.first = 0;
	both_take(&kb_schema_register_query, &query, "a gemeente on a date");
	query.on_date = 0;
	both_refuse(&kb_schema_register_query, &query, KB_ERR_BAD_VALUE, "no date");
	query = (struct kb_register_query){ .query = 1, .key_version = 2 };
	both_refuse(&kb_schema_register_query, &query, KB_ERR_BAD_VALUE, "a version of nobody");
	memcpy(query.party.text, "00000099000000001000", KB_OIN_CHARS);
	both_take(&kb_schema_register_query, &query, "a version of a party");
}

Test(wire_rules, verzuim)
{
	static struct kb_melding_dag days[] = { { 20260303, 60 }, { 20260303, 60 } };
	static struct kb_melding_dag outside[] = { { 20260403, 60 } };
	static struct kb_melding_stap stap = { 20260303,
					       { (const uint8_t *)"gebeld\nen gemaild", 17 } };

	REFUSE(verzuim_melding, 1, KB_ERR_BAD_VALUE, m->soort = KB_MELDING_SOORT_NONE);
	REFUSE(verzuim_melding, 1, KB_ERR_BAD_VALUE, m->soort = (enum kb_melding_soort)6);
	REFUSE(verzuim_melding, 1, KB_ERR_BAD_VALUE, m->revision = 0);
	REFUSE(verzuim_melding, 1, KB_ERR_BAD_VALUE, m->begindatum = 20260229);
	REFUSE(verzuim_melding, 1, KB_ERR_BAD_VALUE,
	       (m->dag_count = 0, m->begindatum = 20260302, m->einddatum = 20260301));
	REFUSE(verzuim_melding, 1, KB_ERR_BAD_VALUE,
	       (m->begindatum = 20260301, m->einddatum = 20260331, m->dagen = days,
		m->dag_count = 2));
	REFUSE(verzuim_melding, 1, KB_ERR_BAD_VALUE,
	       (m->begindatum = 20260301, m->einddatum = 20260331, m->dagen = outside,
		m->dag_count = 1));
	TAKE(verzuim_melding, 1,
	     (m->begindatum = 20260301, m->einddatum = 20260331, m->dagen = days, m->dag_count = 1,
	      m->stappen = &stap, m->stap_count = 1));
	REFUSE(verzuim_melding, 1, KB_ERR_BAD_VALUE, m->gemeentecode[0] = 0);
	REFUSE(verzuim_melding, 1, KB_ERR_BAD_VALUE, m->vastgesteld_op = 0);
	TAKE(verzuim_melding, 1, (m->uiterste_melddatum = 0, m->ouders_ingelicht_op = 0));
	REFUSE(melding_dag, 1, KB_ERR_BAD_VALUE, m->minuten = 0);
	REFUSE(melding_dag, 1, KB_ERR_BAD_VALUE, m->minuten = 1441);
	REFUSE(melding_stap, 1, KB_ERR_BAD_VALUE, m->tekst = KB_SPAN_NONE);
	REFUSE(melding_stap, 1, KB_ERR_OVERSIZE, m->tekst = text_of(KB_WIRE_STAP_BYTES_MAX + 1));
	REFUSE(melding_leerling, 1, KB_ERR_BAD_VALUE,
	       (m->has_adres = true, m->adres_geheim = true));
	TAKE(melding_leerling, 1, (m->has_adres = false, m->adres_geheim = false));
	REFUSE(melding_leerling, 1, KB_ERR_BAD_VALUE, m->pgn[8] = 0);
	REFUSE(melding_leerling, 1, KB_ERR_BAD_VALUE, m->pgn[0] = 'x');
	REFUSE(melding_leerling, 1, KB_ERR_BAD_VALUE, m->achternaam = KB_SPAN_NONE);
	REFUSE(melding_leerling, 1, KB_ERR_BAD_TEXT, m->voornaam = kb_span("\xc3", 1));
	REFUSE(melding_leerling, 1, KB_ERR_BAD_VALUE, m->geboortedatum = 18991231);
	REFUSE(melding_contact, 1, KB_ERR_BAD_VALUE, m->naam = KB_SPAN_NONE);
	TAKE(verzuim_stand, 1, CLEAR(m->melding_id));
	REFUSE(verzuim_stand, 1, KB_ERR_BAD_VALUE, m->stand = (enum kb_melding_stand)0);
	REFUSE(verzuim_vraag, 1, KB_ERR_BAD_VALUE, m->tekst = KB_SPAN_NONE);
	REFUSE(verzuim_antwoord, 1, KB_ERR_BAD_VALUE, CLEAR(m->vraag_id));
	REFUSE(verzuim_einde, 1, KB_ERR_BAD_VALUE, m->soort = (enum kb_einde)3);
	REFUSE(verzuim_einde, 1, KB_ERR_BAD_VALUE, m->datum = 0);
	REFUSE(verzuim_aanvulling, 1, KB_ERR_BAD_VALUE,
	       (m->stap_count = 0, m->ouders_ingelicht_op = 0, m->duo_kenmerk = KB_SPAN_NONE));
}

/* The largest melding that the limits of its parts allow also fits the limit of the whole. */
Test(wire_rules, the_largest_melding_fits)
{
	struct kb_arena arena = { 0 };
	struct kb_verzuim_melding *m = kb_sample_make(&kb_schema_verzuim_melding, 1, &arena);
	struct kb_melding_stap *stappen =
		kb_arena_alloc(&arena, KB_WIRE_STAPPEN_MAX * sizeof(*stappen));
	struct kb_melding_dag *dagen = kb_arena_alloc(&arena, KB_WIRE_DAGEN_MAX * sizeof(*dagen));

	for (size_t i = 0; i < KB_WIRE_STAPPEN_MAX; i++) {
		stappen[i] = (struct kb_melding_stap){ 20260303, text_of(KB_WIRE_STAP_BYTES_MAX) };
	}
	for (uint32_t i = 0; i < KB_WIRE_DAGEN_MAX; i++) {
		dagen[i] = (struct kb_melding_dag){
			(2020 + i / 300) * 10000 + (1 + i / 28 % 10) * 100 + 1 + i % 28, 1440
		};
		cr_assert(i == 0 || dagen[i].datum != dagen[i - 1].datum);
	}
	m->dagen = dagen;
	m->dag_count = 280;
	m->begindatum = 20200101;
	m->einddatum = 20251231;
	m->stappen = stappen;
	m->stap_count = KB_WIRE_STAPPEN_MAX;
	m->leerling.voornaam = text_of(KB_WIRE_NAME_BYTES_MAX);
	m->leerling.achternaam = text_of(KB_WIRE_NAME_BYTES_MAX);
	m->has_contact = true;
	m->contact.naam = text_of(KB_WIRE_NAME_BYTES_MAX);
	m->contact.telefoon = text_of(KB_WIRE_PHONE_BYTES_MAX);
	both_take(&kb_schema_verzuim_melding, m, "the largest melding");
	kb_arena_release(&arena);
}

Test(wire_rules, desk)
{
	static struct kb_span cells[] = { { NULL, 0 }, { (const uint8_t *)"a\nb", 3 } };
	static struct kb_desk_row rows[] = { { cells, 2 } };
	static struct kb_span columns[] = { { (const uint8_t *)"naam", 4 },
					    { (const uint8_t *)"tekst", 5 } };

	REFUSE(desk_request, 1, KB_ERR_BAD_VERSION, m->version = 2);
	REFUSE(desk_request, 1, KB_ERR_BAD_VALUE, m->verb = KB_SPAN_NONE);
	TAKE(desk_request, 1, m->user = KB_SPAN_NONE);
	REFUSE(desk_request, 1, KB_ERR_BAD_TEXT, m->verb = kb_span_text("in\nbox"));
	TAKE(desk_section, 1,
	     (m->columns = columns, m->column_count = 2, m->rows = rows, m->row_count = 1));
	REFUSE(desk_section, 1, KB_ERR_BAD_VALUE,
	       (m->columns = columns, m->column_count = 1, m->rows = rows, m->row_count = 1));
	REFUSE(desk_section, 1, KB_ERR_BAD_VALUE, m->name = KB_SPAN_NONE);
	REFUSE(desk_answer, 1, KB_ERR_BAD_VALUE, m->exit_code = 256);
	REFUSE(desk_answer, 1, KB_ERR_OVERSIZE, m->text = text_of(KB_WIRE_DESK_TEXT_BYTES_MAX + 1));
}

Test(wire_rules, an_answer_that_says_nothing_has_no_bytes)
{
	struct kb_desk_answer answer = { 0 };
	struct kb_desk_answer again = { .more = true };
	struct kb_arena arena = { 0 };
	struct kb_buf out = { 0 };

	cr_assert_eq(kb_desk_answer_encode(&answer, &out), KB_OK);
	cr_assert_eq(out.len, 0);
	cr_assert_eq(kb_desk_answer_decode(KB_SPAN_NONE, &arena, &again), KB_OK);
	cr_assert_not(again.more);
	kb_arena_release(&arena);
}

Test(wire_rules, the_associated_data_has_the_documented_layout)
{
	struct kb_arena arena = { 0 };
	struct kb_buf out = { 0 };
	struct kb_header *header = kb_sample_make(&kb_schema_header, 1, &arena);
	static const char expected[] = "ketenbode/v1/aad\0"
				       "\0\0\0\1\0\0\0\1"
				       "ABCDEFGHIJKLMNOP"
				       "\x14"
				       "00000099000000001000"
				       "\x1b"
				       "00000099000000002000/12AB00"
				       "epochxyz"
				       "\x01\x02\x03\x04\x05\x06\x07\x08"
				       "\0\0\x01\x02\x03\x04\x05\x06";

	memcpy(header->message_id.bytes, "ABCDEFGHIJKLMNOP", KB_ID_BYTES);
	cr_assert_eq(kb_party_id_parse(kb_span_text("00000099000000001000"), &header->sender),
		     KB_OK);
	cr_assert_eq(
		kb_party_id_parse(kb_span_text("00000099000000002000/12AB00"), &header->recipient),
		KB_OK);
	memcpy(header->epoch.bytes, "epochxyz", KB_EPOCH_BYTES);
	header->number = 0x0102030405060708u;
	header->expires_at_utc_ms = 0x010203040506;
	cr_assert_eq(kb_aad_encode(header, &out), KB_OK);
	cr_assert(kb_span_equal(kb_buf_span(&out), kb_span(expected, sizeof(expected) - 1)));
	kb_buf_clear(&out);
	cr_assert_eq(kb_hpke_info_encode(&header->sender, &header->recipient, &out), KB_OK);
	cr_assert(kb_span_equal(kb_buf_span(&out), kb_span("ketenbode/v1/hpke\0"
							   "\x14"
							   "00000099000000001000"
							   "\x1b"
							   "00000099000000002000/12AB00",
							   18 + 21 + 28)));
	kb_buf_release(&out);
	kb_arena_release(&arena);
}

Test(wire_rules, every_word_has_a_name_and_a_label)
{
	for (int i = 1; i < KB_PRIORITY_COUNT; i++) {
		cr_assert_neq(kb_priority_name((enum kb_priority)i)[0], 0);
		cr_assert_neq(kb_priority_label((enum kb_priority)i)[0], 0);
	}
	for (int i = 1; i < KB_OUTCOME_COUNT; i++) {
		cr_assert_neq(kb_outcome_name((enum kb_outcome)i)[0], 0);
		cr_assert_neq(kb_outcome_label((enum kb_outcome)i)[0], 0);
	}
	for (int i = 1; i < KB_MELDING_STAND_COUNT; i++) {
		const char *name = kb_melding_stand_name((enum kb_melding_stand)i);

		cr_assert_eq((int)kb_melding_stand_parse(kb_span_text(name)), i);
		cr_assert_neq(kb_melding_stand_label((enum kb_melding_stand)i)[0], 0);
	}
	for (int i = 1; i < KB_EINDE_COUNT; i++) {
		const char *name = kb_einde_name((enum kb_einde)i);

		cr_assert_eq((int)kb_einde_parse(kb_span_text(name)), i);
		cr_assert_neq(kb_einde_label((enum kb_einde)i)[0], 0);
	}
	for (int i = 2; i < KB_FRAME_KIND_COUNT; i++) {
		cr_assert_neq(kb_frame_kind_name((enum kb_frame_kind)i)[0], 0);
	}
	cr_assert_str_eq(kb_frame_kind_name((enum kb_frame_kind)1), "");
	cr_assert_str_eq(kb_frame_kind_name((enum kb_frame_kind)99), "");
	cr_assert_str_eq(kb_priority_name((enum kb_priority)99), "");
	cr_assert_str_eq(kb_einde_label((enum kb_einde)99), "");
	cr_assert_eq((int)kb_einde_parse(kb_span_text("")), KB_EINDE_NONE);
	cr_assert_eq((int)kb_melding_stand_parse(kb_span_text("weg")), KB_MELDING_STAND_NONE);
}

/* Found by fuzzing: four bytes that begin with NUL were read as "no gemeente", which has another encoding. */
Test(wire_rules, a_code_that_starts_with_nul_is_refused_and_not_read_as_absent)
{
	static const uint8_t bytes[] = { 0x08, 0x01, 0x5a, 0x0d, 0x08, 0xef, 0x9c, 0x87, 0xbd,
					 0xae, 0x16, 0x1a, 0x04, 0x00, 0x0e, 0x36, 0x33 };
	struct kb_arena arena = { 0 };
	struct kb_frame frame;

	cr_assert_eq(kb_frame_decode(kb_span(bytes, sizeof(bytes)), &arena, &frame),
		     KB_ERR_BAD_VALUE);
	kb_arena_release(&arena);
}

/* Two parties of which the first is the recorder, so that one change breaks one rule. */
static void
two_parties(struct kb_toestemming *m)
{
	static struct kb_party_id parties[2];

	cr_assert_eq(kb_party_id_parse(kb_span_text("00000099000000001000"), &parties[0]), KB_OK);
	cr_assert_eq(kb_party_id_parse(kb_span_text("00000099000000001000/12AB03"), &parties[1]),
		     KB_OK);
	m->parties = parties;
	m->party_count = 2;
	m->recorder = parties[0];
	m->gezag = 1;
	m->ouders = 1;
	m->valid_from = 20261123;
	m->valid_until = 20261123;
}

Test(wire_rules, toestemmingen)
{
	TAKE(toestemming, 1, two_parties(m));
	TAKE(toestemming, 1, (two_parties(m), m->valid_until = 0, m->ouders = 0));
	TAKE(toestemming, 1, (two_parties(m), m->party_count = 1));
	REFUSE(toestemming, 1, KB_ERR_BAD_VALUE, (two_parties(m), m->valid_until = 20261122));
	REFUSE(toestemming, 1, KB_ERR_BAD_VALUE, (two_parties(m), m->valid_from = 20261131));
	REFUSE(toestemming, 1, KB_ERR_BAD_VALUE, (two_parties(m), m->ouders = 2));
	REFUSE(toestemming, 1, KB_ERR_BAD_VALUE, (two_parties(m), m->gezag = 0, m->ouders = 0));
	REFUSE(toestemming, 1, KB_ERR_BAD_VALUE, (two_parties(m), m->gezag = 3));
	REFUSE(toestemming, 1, KB_ERR_BAD_VALUE,
	       (two_parties(m), m->parties[1] = m->parties[0], m->recorder = m->parties[0]));
	REFUSE(toestemming, 1, KB_ERR_BAD_VALUE,
	       (two_parties(m), m->recorder = m->parties[1], m->parties[1] = m->parties[0],
		m->parties[0] = m->recorder));
	REFUSE(toestemming, 1, KB_ERR_BAD_VALUE,
	       (two_parties(m), m->parties += 1, m->party_count = 1));
	REFUSE(toestemming, 1, KB_ERR_BAD_VALUE, (two_parties(m), m->party_count = 0));
	REFUSE(toestemming, 1, KB_ERR_BAD_VALUE,
	       (two_parties(m), CLEAR(m->parties[0]), m->recorder = m->parties[1]));
	REFUSE(toestemming, 1, KB_ERR_BAD_VALUE, (two_parties(m), m->categories = 0));
	REFUSE(toestemming, 1, KB_ERR_BAD_VALUE, (two_parties(m), m->categories = KB_DATA_ALL + 1));
	REFUSE(toestemming, 1, KB_ERR_BAD_VALUE, (two_parties(m), m->versie = 0));
	REFUSE(toestemming, 1, KB_ERR_BAD_VALUE, (two_parties(m), m->key_version = 0));
	REFUSE(toestemming, 1, KB_ERR_BAD_VALUE, (two_parties(m), CLEAR(m->toestemming_id)));
	REFUSE(toestemming, 1, KB_ERR_BAD_VALUE, (two_parties(m), CLEAR(m->case_id)));
	REFUSE(toestemming, 1, KB_ERR_BAD_VALUE,
	       (two_parties(m), m->status = (enum kb_toestemming_status)4));
	REFUSE(toestemming, 1, KB_ERR_BAD_VALUE,
	       (two_parties(m), m->leeftijd = (enum kb_leeftijd)4));
	REFUSE(signed_toestemming, 1, KB_ERR_BAD_VALUE, m->toestemming = KB_SPAN_NONE);
	REFUSE(toestemming_bericht, 1, KB_ERR_BAD_VALUE, m->ondertekend = KB_SPAN_NONE);
	TAKE(toestemming_bevestiging, 1, (m->recalled_count = 0, m->received_count = 0));
	REFUSE(toestemming_bevestiging, 1, KB_ERR_BAD_VALUE, CLEAR(m->toestemming_id));
	REFUSE(toestemming_bevestiging, 1, KB_ERR_BAD_VALUE, m->versie = 0);
	REFUSE(toestemming_bevestiging, 1, KB_ERR_BAD_VALUE, m->at_utc_ms = 0);
}
