/* SPDX-License-Identifier: EUPL-1.2 */
/* Where the fields of an encoded message stand. */
#include "tests/unit/wire/wire_walk.h"

#include "common/wire/prescan.h"

struct walk {
	const uint8_t *origin;
	struct wire_place *places;
	size_t most;
	size_t count;
};

static uint64_t
varint(struct kb_wire_reader *reader)
{
	uint64_t value = 0;

	KB_INVARIANT(kb_wire_read_varint(reader, &value) == KB_OK);
	return value;
}

static void
walk_message(struct walk *walk, const struct kb_wire_schema *schema, struct kb_wire_reader reader,
	     unsigned depth)
{
	while (reader.at < reader.end && walk->count < walk->most) {
		struct wire_place place = { .schema = schema, .depth = depth };

		place.start = (size_t)(reader.at - walk->origin);
		uint64_t key = varint(&reader);

		place.after_key = (size_t)(reader.at - walk->origin);
		for (size_t i = 0; i < schema->field_count; i++) {
			if (schema->fields[i].tag == key >> 3) {
				place.field = &schema->fields[i];
			}
		}
		KB_INVARIANT(place.field != NULL);
		place.content = place.after_key;
		if ((key & 7) == 2) {
			uint64_t len = varint(&reader);

			place.content = (size_t)(reader.at - walk->origin);
			reader.at += len;
		} else {
			(void)varint(&reader);
		}
		place.end = (size_t)(reader.at - walk->origin);
		walk->places[walk->count++] = place;
		if (place.field->form == KB_FORM_MESSAGE) {
			struct kb_wire_reader inner = { walk->origin + place.content, reader.at };

			walk_message(walk, place.field->schema, inner, depth + 1);
		}
	}
}

size_t
wire_walk(const struct kb_wire_schema *schema, struct kb_span bytes, struct wire_place *places,
	  size_t most)
{
	struct walk walk = { .origin = bytes.at, .places = places, .most = most };
	struct kb_wire_reader reader = { bytes.at, bytes.at };

	if (bytes.len > 0) {
		reader.end = bytes.at + bytes.len;
		walk_message(&walk, schema, reader, 0);
	}
	return walk.count;
}
