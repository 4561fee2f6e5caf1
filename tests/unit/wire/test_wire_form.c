/* SPDX-License-Identifier: EUPL-1.2 */
/* One form for every message: what the pre-scanner and decode take, for all messages of the contract at once. */
#include "common/base/random.h"
#include "common/wire/envelope.h"
#include "common/wire/prescan.h"
#include "common/wire/wire_codec.h"
#include "tests/golden/wire_samples.h"
#include "tests/unit/wire/wire_walk.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#define SEEDS 60
#define SHORT_BYTES 700 /* every byte and bit of messages up to this length is tried */
#define PLACES_MAX 4096

struct sample {
	struct kb_arena arena;
	struct kb_buf bytes;
	void *message;
};

static void
sample_init(struct sample *sample, const struct kb_wire_schema *schema, uint64_t seed)
{
	*sample = (struct sample){ 0 };
	sample->message = kb_sample_make(schema, seed, &sample->arena);
	enum kb_err err = kb_wire_encode(schema, sample->message, &sample->bytes);

	cr_assert_eq(err, KB_OK, "%s seed %llu: %s", schema->descriptor->name,
		     (unsigned long long)seed, kb_err_name(err));
}

static void
sample_release(struct sample *sample)
{
	kb_buf_release(&sample->bytes);
	kb_arena_release(&sample->arena);
}

/* The first sample of schema that is not too long and not without bytes. */
static void
sample_short(struct sample *sample, const struct kb_wire_schema *schema, uint64_t seed)
{
	sample_init(sample, schema, seed);
	while (sample->bytes.len == 0 || sample->bytes.len > SHORT_BYTES) {
		sample_release(sample);
		sample_init(sample, schema, ++seed + 1000);
	}
}

static enum kb_err
decode(const struct kb_wire_schema *schema, struct kb_span bytes)
{
	struct kb_arena arena = { 0 };
	void *out = malloc(schema->struct_bytes);
	void *before = malloc(schema->struct_bytes);

	memset(out, 0xa5, schema->struct_bytes);
	memset(before, 0xa5, schema->struct_bytes);
	enum kb_err err = kb_wire_decode(schema, bytes, &arena, out);

	if (err != KB_OK) {
		cr_assert_eq(memcmp(out, before, schema->struct_bytes), 0, "changed on failure");
	}
	free(out);
	free(before);
	kb_arena_release(&arena);
	return err;
}

static void
expect(const struct kb_wire_schema *schema, struct kb_span bytes, enum kb_err expected,
       const char *what)
{
	enum kb_err err = decode(schema, bytes);

	/* A change can push a short message over its own limit. */
	if (bytes.len > schema->bytes_max) {
		expected = KB_ERR_OVERSIZE;
	}
	cr_assert_eq(err, expected, "%s of %s: %s instead of %s", what, schema->descriptor->name,
		     kb_err_name(err), kb_err_name(expected));
}

static bool
sound(const struct kb_wire_schema *schema, struct kb_span bytes)
{
	bool accepted = false;
	const char *found = kb_sample_contradiction(schema, bytes, &accepted);

	cr_assert_null(found, "%s: %s", schema->descriptor->name, found);
	return accepted;
}

/* out = bytes with the part from at on, cut bytes long, replaced. */
static void
splice(struct kb_buf *out, struct kb_span bytes, size_t at, size_t cut, struct kb_span replacement)
{
	kb_buf_clear(out);
	cr_assert_eq(kb_buf_put(out, kb_span(bytes.at, at)), KB_OK);
	cr_assert_eq(kb_buf_put(out, replacement), KB_OK);
	cr_assert_eq(kb_buf_put(out, kb_span(bytes.at + at + cut, bytes.len - at - cut)), KB_OK);
}

Test(wire_form, decode_of_encode_is_the_same_message)
{
	for (size_t k = 0; k < kb_sample_kind_count; k++) {
		const struct kb_wire_schema *schema = kb_sample_kinds[k].schema;

		for (uint64_t seed = 0; seed < SEEDS; seed++) {
			struct sample sample;
			void *again = malloc(schema->struct_bytes);

			sample_init(&sample, schema, seed);
			enum kb_err err = kb_wire_decode(schema, kb_buf_span(&sample.bytes),
							 &sample.arena, again);

			cr_assert_eq(err, KB_OK, "%s seed %llu: %s", kb_sample_kinds[k].name,
				     (unsigned long long)seed, kb_err_name(err));
			cr_assert(kb_sample_equal(schema, sample.message, again), "%s seed %llu",
				  kb_sample_kinds[k].name, (unsigned long long)seed);
			cr_assert(sound(schema, kb_buf_span(&sample.bytes)));
			free(again);
			sample_release(&sample);
		}
	}
}

Test(wire_form, cut_at_any_byte_is_refused_or_a_shorter_message)
{
	for (size_t k = 0; k < kb_sample_kind_count; k++) {
		const struct kb_wire_schema *schema = kb_sample_kinds[k].schema;
		struct sample sample;
		struct wire_place places[64];

		sample_short(&sample, schema, 1);
		size_t count = wire_walk(schema, kb_buf_span(&sample.bytes), places, 64);

		for (size_t len = 0; len < sample.bytes.len; len++) {
			struct kb_span part = kb_span(sample.bytes.at, len);
			bool between = len == 0;

			for (size_t i = 0; i < count; i++) {
				between = between || (places[i].depth == 0 && places[i].end == len);
			}
			bool accepted = sound(schema, part);

			cr_assert(!accepted || between, "%s cut at %zu", kb_sample_kinds[k].name,
				  len);
			if (!between && count < 64) {
				expect(schema, part, KB_ERR_TRUNCATED, "a message cut in a field");
			}
		}
		sample_release(&sample);
	}
}

Test(wire_form, any_flipped_bit_is_refused_or_another_canonical_message)
{
	for (size_t k = 0; k < kb_sample_kind_count; k++) {
		const struct kb_wire_schema *schema = kb_sample_kinds[k].schema;
		struct sample sample;

		sample_short(&sample, schema, 2);
		for (size_t i = 0; i < sample.bytes.len * 8; i++) {
			uint8_t *byte = sample.bytes.at + i / 8;

			*byte ^= (uint8_t)(1u << (i % 8));
			(void)sound(schema, kb_buf_span(&sample.bytes));
			*byte ^= (uint8_t)(1u << (i % 8));
		}
		sample_release(&sample);
	}
}

Test(wire_form, random_changes_of_many_bytes_contradict_nothing)
{
	struct kb_random_seeded seeded = { .state = 7 };
	struct kb_random random = kb_random_of_seed(&seeded);

	for (size_t k = 0; k < kb_sample_kind_count; k++) {
		const struct kb_wire_schema *schema = kb_sample_kinds[k].schema;

		for (uint64_t round = 0; round < 300; round++) {
			struct sample sample;
			uint32_t draw[8];

			sample_short(&sample, schema, 10 + round % 10);
			kb_random_fill(&random, draw, sizeof(draw));
			for (size_t i = 0; i + 1 < 2 + 2 * (round % 4); i += 2) {
				sample.bytes.at[draw[i] % sample.bytes.len] = (uint8_t)draw[i + 1];
			}
			(void)sound(schema, kb_buf_span(&sample.bytes));
			sample_release(&sample);
		}
	}
}

Test(wire_form, trailing_bytes_and_unknown_fields_are_refused)
{
	/* Field 2000, varint 1; field 2000, one byte; a key of field 0. */
	static const uint8_t varint[] = { 0x80, 0x7d, 0x01 };
	static const uint8_t bytes[] = { 0x82, 0x7d, 0x01, 0x00 };
	static const uint8_t zero[] = { 0x00 };

	for (size_t k = 0; k < kb_sample_kind_count; k++) {
		const struct kb_wire_schema *schema = kb_sample_kinds[k].schema;
		struct kb_buf changed = { 0 };
		struct sample sample;

		sample_short(&sample, schema, 3);
		struct kb_span whole = kb_buf_span(&sample.bytes);

		splice(&changed, whole, whole.len, 0, KB_SPAN_OF(varint));
		expect(schema, kb_buf_span(&changed), KB_ERR_UNKNOWN_FIELD, "an unknown varint");
		splice(&changed, whole, whole.len, 0, KB_SPAN_OF(bytes));
		expect(schema, kb_buf_span(&changed), KB_ERR_UNKNOWN_FIELD, "unknown bytes");
		splice(&changed, whole, whole.len, 0, KB_SPAN_OF(zero));
		expect(schema, kb_buf_span(&changed), KB_ERR_MALFORMED, "a trailing zero byte");
		kb_buf_release(&changed);
		sample_release(&sample);
	}
}

/* Calls each with every field of the message itself of a short sample. */
static void
each_place(void (*each)(const struct kb_wire_schema *schema, struct kb_span bytes,
			const struct wire_place *place))
{
	static struct wire_place places[PLACES_MAX];

	for (size_t k = 0; k < kb_sample_kind_count; k++) {
		for (uint64_t seed = 20; seed < 30; seed++) {
			struct sample sample;

			sample_short(&sample, kb_sample_kinds[k].schema, seed);
			size_t count = wire_walk(kb_sample_kinds[k].schema,
						 kb_buf_span(&sample.bytes), places, PLACES_MAX);

			for (size_t i = 0; i < count; i++) {
				if (places[i].depth == 0) {
					each(kb_sample_kinds[k].schema, kb_buf_span(&sample.bytes),
					     &places[i]);
				}
			}
			sample_release(&sample);
		}
	}
}

static void
duplicate(const struct kb_wire_schema *schema, struct kb_span bytes, const struct wire_place *place)
{
	struct kb_buf changed = { 0 };

	splice(&changed, bytes, place->end, 0,
	       kb_span(bytes.at + place->start, place->end - place->start));
	if (place->field->count_max == 0 || place->field->form == KB_FORM_ENUM) {
		expect(schema, kb_buf_span(&changed), KB_ERR_NOT_CANONICAL, "a field twice");
	}
	(void)sound(schema, kb_buf_span(&changed));
	kb_buf_release(&changed);
}

Test(wire_form, a_field_twice_is_refused)
{
	each_place(duplicate);
}

static void
move_to_end(const struct kb_wire_schema *schema, struct kb_span bytes,
	    const struct wire_place *place)
{
	struct kb_buf changed = { 0 };
	struct kb_span field = kb_span(bytes.at + place->start, place->end - place->start);
	struct wire_place last[PLACES_MAX / 8];
	size_t count = wire_walk(schema, bytes, last, PLACES_MAX / 8);
	uint32_t last_tag = 0;

	for (size_t i = 0; i < count; i++) {
		last_tag = last[i].depth == 0 ? last[i].field->tag : last_tag;
	}
	splice(&changed, bytes, place->start, field.len, KB_SPAN_NONE);
	cr_assert_eq(kb_buf_put(&changed, field), KB_OK);
	if (place->field->tag != last_tag) {
		expect(schema, kb_buf_span(&changed), KB_ERR_NOT_CANONICAL, "a field too late");
	}
	kb_buf_release(&changed);
}

Test(wire_form, fields_out_of_order_are_refused)
{
	each_place(move_to_end);
}

static void
other_wire_types(const struct kb_wire_schema *schema, struct kb_span bytes,
		 const struct wire_place *place)
{
	struct kb_buf changed = { 0 };

	for (uint8_t type = 0; type < 8; type++) {
		uint8_t key[2] = { bytes.at[place->start], 0 };
		uint8_t right = key[0] & 7;

		if (type == right) {
			continue;
		}
		key[0] = (uint8_t)((key[0] & ~7) | type);
		splice(&changed, bytes, place->start, 1, kb_span(key, 1));
		expect(schema, kb_buf_span(&changed), KB_ERR_MALFORMED, "another wire type");
	}
	kb_buf_release(&changed);
}

Test(wire_form, a_field_with_another_wire_type_is_refused)
{
	each_place(other_wire_types);
}

/* The varint from start to end made one byte longer without changing its value. */
static void
lengthen(struct kb_buf *changed, struct kb_span bytes, size_t start, size_t end)
{
	uint8_t longer[12];
	size_t len = end - start;

	memcpy(longer, bytes.at + start, len);
	longer[len - 1] |= 0x80;
	longer[len] = 0;
	splice(changed, bytes, start, len, kb_span(longer, len + 1));
}

static void
non_minimal(const struct kb_wire_schema *schema, struct kb_span bytes,
	    const struct wire_place *place)
{
	struct kb_buf changed = { 0 };
	bool by_length = (bytes.at[place->start] & 7) == 2;
	size_t value_end = by_length ? place->content : place->end;
	bool full = value_end - place->after_key == 10;

	lengthen(&changed, bytes, place->start, place->after_key);
	expect(schema, kb_buf_span(&changed), KB_ERR_NOT_CANONICAL, "a key that is too long");
	lengthen(&changed, bytes, place->after_key, value_end);
	expect(schema, kb_buf_span(&changed), full ? KB_ERR_MALFORMED : KB_ERR_NOT_CANONICAL,
	       "a value or length that is too long");
	kb_buf_release(&changed);
}

Test(wire_form, varints_that_are_not_minimal_are_refused)
{
	each_place(non_minimal);
}

static void
empty_value(const struct kb_wire_schema *schema, struct kb_span bytes,
	    const struct wire_place *place)
{
	struct kb_buf changed = { 0 };
	static const uint8_t zero = 0;
	bool may_be_empty = place->field->form == KB_FORM_MESSAGE ||
			    (place->field->count_max != 0 && place->field->form != KB_FORM_ENUM);

	splice(&changed, bytes, place->after_key, place->end - place->after_key, KB_SPAN_OF(zero));
	if (!may_be_empty) {
		/* A version of 0 is named as what it is. */
		enum kb_err expected = place->field->range_err != KB_OK ? place->field->range_err
									: KB_ERR_NOT_CANONICAL;

		expect(schema, kb_buf_span(&changed), expected, "a default value written out");
	}
	(void)sound(schema, kb_buf_span(&changed));
	kb_buf_release(&changed);
}

Test(wire_form, default_values_written_out_are_refused)
{
	each_place(empty_value);
}

static void
too_long(const struct kb_wire_schema *schema, struct kb_span bytes, const struct wire_place *place)
{
	/* A length of 2^35-1: far above every limit, and more than any 32-bit size holds. */
	static const uint8_t huge[] = { 0xff, 0xff, 0xff, 0xff, 0x7f };
	struct kb_buf changed = { 0 };

	if ((bytes.at[place->start] & 7) == 2) {
		splice(&changed, bytes, place->after_key, place->content - place->after_key,
		       KB_SPAN_OF(huge));
		expect(schema, kb_buf_span(&changed), KB_ERR_OVERSIZE, "a length above its limit");
	}
	kb_buf_release(&changed);
}

Test(wire_form, lengths_above_their_limit_are_refused_before_the_bytes_come)
{
	each_place(too_long);
}

Test(wire_form, a_message_above_its_size_is_refused_unread)
{
	for (size_t k = 0; k < kb_sample_kind_count; k++) {
		const struct kb_wire_schema *schema = kb_sample_kinds[k].schema;
		/* Not even the first byte may be looked at. */
		struct kb_span claimed = kb_span((const uint8_t *)1, schema->bytes_max + 1);

		cr_assert_eq(kb_prescan(schema, claimed), KB_ERR_OVERSIZE, "%s",
			     kb_sample_kinds[k].name);
	}
}

Test(wire_form, bad_text_is_refused_in_every_text_field)
{
	/* NUL, a control character, a continuation byte alone, overlong, a byte that UTF-8 never has, DEL. */
	static const uint8_t bad[] = { 0x00, 0x07, 0x80, 0xc0, 0xff, 0x7f };
	static struct wire_place places[PLACES_MAX];
	size_t tried = 0;

	for (size_t k = 0; k < kb_sample_kind_count; k++) {
		const struct kb_wire_schema *schema = kb_sample_kinds[k].schema;

		for (uint64_t seed = 0; seed < 40; seed++) {
			struct sample sample;

			sample_init(&sample, schema, seed);
			size_t count =
				wire_walk(schema, kb_buf_span(&sample.bytes), places, PLACES_MAX);

			for (size_t i = 0; i < count; i++) {
				enum kb_form form = places[i].field->form;
				uint8_t *first = sample.bytes.at + places[i].content;
				uint8_t kept = *first;

				if ((form != KB_FORM_TEXT && form != KB_FORM_LINES) ||
				    places[i].content == places[i].end) {
					continue;
				}
				for (size_t j = 0; j < sizeof(bad); j++) {
					*first = bad[j];
					expect(schema, kb_buf_span(&sample.bytes), KB_ERR_BAD_TEXT,
					       "bad text");
					tried++;
				}
				*first = '\n';
				if (form == KB_FORM_TEXT) {
					expect(schema, kb_buf_span(&sample.bytes), KB_ERR_BAD_TEXT,
					       "a newline");
				}
				*first = kept;
			}
			sample_release(&sample);
		}
	}
	cr_assert_gt(tried, 3000, "%zu", tried);
}

Test(wire_form, deep_nesting_is_refused_without_recursion)
{
	enum { BYTES = 30000 };

	static uint8_t nested[BYTES];

	for (size_t k = 0; k < kb_sample_kind_count; k++) {
		const struct kb_wire_schema *schema = kb_sample_kinds[k].schema;

		for (size_t j = 0; j < schema->field_count; j++) {
			struct kb_arena arena = { 0 };
			uint8_t key = (uint8_t)(schema->fields[j].tag << 3 | 2);
			void *out = kb_arena_alloc(&arena, schema->struct_bytes);
			size_t used = arena.used_bytes;

			if (schema->fields[j].tag > 15) {
				kb_arena_release(&arena);
				continue;
			}
			/* Every level: the key and the length of all that follows, in three bytes. */
			for (size_t i = 0; i + 4 <= BYTES; i += 4) {
				size_t rest = BYTES - i - 4;

				nested[i] = key;
				nested[i + 1] = (uint8_t)(0x80 | (rest & 0x7f));
				nested[i + 2] = (uint8_t)(0x80 | (rest >> 7 & 0x7f));
				nested[i + 3] = (uint8_t)(rest >> 14);
			}
			enum kb_err err =
				kb_wire_decode(schema, kb_span(nested, BYTES), &arena, out);

			/* Bytes that nobody looks into here may hold anything. */
			cr_assert(err != KB_OK || schema->fields[j].form == KB_FORM_SPAN, "%s.%s",
				  kb_sample_kinds[k].name, schema->descriptor->fields[j].name);
			cr_assert_leq(arena.used_bytes - used,
				      BYTES * KB_WIRE_BUDGET_FACTOR + KB_WIRE_BUDGET_EXTRA_BYTES);
			kb_arena_release(&arena);
		}
	}
}

Test(wire_form, the_depth_limit_is_counted)
{
	struct sample sample;

	sample_init(&sample, &kb_schema_header, 1);
	cr_assert_eq(kb_prescan_at_depth(&kb_schema_header, kb_buf_span(&sample.bytes),
					 KB_WIRE_DEPTH_MAX - 1),
		     KB_OK);
	cr_assert_eq(kb_prescan_at_depth(&kb_schema_header, kb_buf_span(&sample.bytes),
					 KB_WIRE_DEPTH_MAX),
		     KB_ERR_TOO_DEEP);
	sample_release(&sample);
	/* A body stands one level above its author. */
	sample_init(&sample, &kb_schema_body, 1);
	cr_assert_eq(kb_prescan_at_depth(&kb_schema_body, kb_buf_span(&sample.bytes),
					 KB_WIRE_DEPTH_MAX - 1),
		     KB_ERR_TOO_DEEP);
	sample_release(&sample);
}

Test(wire_form, a_mebibyte_of_unknown_fields_takes_no_memory)
{
	enum { BYTES = 1024 * 1024 };

	uint8_t *bytes = malloc(BYTES);

	/* Field 15, varint 0: two bytes each, what grew 28-fold in protobuf-c (reliability.md P13). */
	for (size_t i = 0; i < BYTES; i += 2) {
		bytes[i] = 0x78;
		bytes[i + 1] = 0x01;
	}
	for (size_t k = 0; k < kb_sample_kind_count; k++) {
		const struct kb_wire_schema *schema = kb_sample_kinds[k].schema;
		struct kb_arena arena = { 0 };

		cr_assert_neq(kb_wire_decode(schema, kb_span(bytes, BYTES), &arena, NULL), KB_OK);
		cr_assert_eq(arena.used_bytes, 0, "%s", kb_sample_kinds[k].name);
		kb_arena_release(&arena);
	}
	free(bytes);
}

Test(wire_form, memory_that_runs_out_is_a_refusal_at_every_allocation)
{
	for (size_t k = 0; k < kb_sample_kind_count; k++) {
		const struct kb_wire_schema *schema = kb_sample_kinds[k].schema;
		struct sample sample;
		enum kb_err err = KB_ERR_OVERSIZE;
		size_t refused = 0;
		void *out = malloc(schema->struct_bytes);

		sample_init(&sample, schema, 5);
		for (size_t budget = 0; err == KB_ERR_OVERSIZE && budget < 10000000; budget += 24) {
			struct kb_arena arena = { 0 };

			err = kb_wire_decode_within(schema, kb_buf_span(&sample.bytes), &arena,
						    budget, out);
			cr_assert(err == KB_OK || err == KB_ERR_OVERSIZE, "%s", kb_err_name(err));
			refused += err != KB_OK ? 1 : 0;
			kb_arena_release(&arena);
		}
		cr_assert_eq(err, KB_OK, "%s", kb_sample_kinds[k].name);
		cr_assert_gt(refused, 0);
		struct kb_arena full = { .ceiling = 16 };

		cr_assert_eq(kb_wire_decode(schema, kb_buf_span(&sample.bytes), &full, out),
			     KB_ERR_NO_MEMORY);
		kb_arena_release(&full);
		free(out);
		sample_release(&sample);
	}
}

Test(wire_form, encode_leaves_out_as_it_was_when_it_fails)
{
	struct kb_buf out = { 0 };
	struct sample sample;

	cr_assert_eq(kb_buf_put_text(&out, "kept"), KB_OK);
	sample_init(&sample, &kb_schema_header, 1);
	struct kb_header *header = sample.message;
	uint32_t attempt = header->attempt;

	header->attempt = 0;
	cr_assert_eq(kb_header_encode(header, &out), KB_ERR_BAD_VALUE);
	cr_assert_eq(out.len, 4);
	header->attempt = attempt;
	out.ceiling = 50;
	cr_assert_eq(kb_header_encode(header, &out), KB_ERR_OVERSIZE, "no room");
	cr_assert_eq(out.len, 4);
	out.ceiling = 0;
	cr_assert_eq(kb_header_encode(header, &out), KB_OK);
	cr_assert_eq(out.len, 4 + sample.bytes.len, "appended");
	cr_assert_eq(memcmp(out.at + 4, sample.bytes.at, sample.bytes.len), 0);
	kb_buf_release(&out);
	sample_release(&sample);
}

Test(wire_form, splitting_an_envelope_takes_exactly_what_decoding_takes)
{
	for (uint64_t seed = 0; seed < 20; seed++) {
		struct sample sample;
		struct kb_envelope parts;
		struct kb_span bytes = KB_SPAN_NONE;

		sample_init(&sample, &kb_schema_envelope, seed);
		bytes = kb_buf_span(&sample.bytes);
		cr_assert_eq(kb_envelope_split(bytes, &parts), KB_OK);
		cr_assert(kb_sample_equal(&kb_schema_envelope, &parts, sample.message));
		cr_assert(parts.sealed.at > bytes.at && parts.sealed.at < bytes.at + bytes.len,
			  "borrowed, not copied");
		for (size_t i = 0; i < 200 * 8; i++) {
			uint8_t *byte = sample.bytes.at + (i / 8) % sample.bytes.len;

			*byte ^= (uint8_t)(1u << (i % 8));
			cr_assert_eq(kb_envelope_split(bytes, &parts),
				     decode(&kb_schema_envelope, bytes), "bit %zu", i);
			*byte ^= (uint8_t)(1u << (i % 8));
		}
		for (size_t len = 0; len < bytes.len; len += 7) {
			cr_assert_eq(kb_envelope_split(kb_span(bytes.at, len), &parts),
				     decode(&kb_schema_envelope, kb_span(bytes.at, len)));
		}
		sample_release(&sample);
	}
}
