/* SPDX-License-Identifier: EUPL-1.2 */
/* A dossier that is too large for one message: cut into several, and put together again. */
#include "agents/intake/oso/parts.h"

#include <stdio.h>
#include <string.h>

#include "common/base/bytes.h"
#include "common/base/text.h"
#include "common/crypto/hash.h"
#include "common/exchange/kinds.h"

/* Tag, length and number of a field in a content. */
#define FIELD_HEAD_BYTES 16
/* Fields of a dossier and the three words about parts. */
#define PART_FIELDS_MAX (KB_OSO_FIELDS_MAX + 3)

_Static_assert(KB_OSO_PARTS_MAX < 1000, "a number of a part has three digits");

void
kb_oso_fields_hash(const struct kb_field *fields, size_t count, struct kb_hash *out)
{
	uint8_t heads[KB_OSO_FIELDS_MAX][8];
	struct kb_span spans[2 * KB_OSO_FIELDS_MAX];

	KB_INVARIANT(count <= KB_OSO_FIELDS_MAX);
	for (size_t i = 0; i < count; i++) {
		kb_store_u32(heads[i], fields[i].number);
		kb_store_u32(heads[i] + 4, (uint32_t)fields[i].value.len);
		spans[2 * i] = KB_SPAN_OF(heads[i]);
		spans[2 * i + 1] = fields[i].value;
	}
	kb_sha256_parts(spans, 2 * count, out);
}

/* ---- which fields are which ---- */

static bool
is_required(uint32_t number)
{
	size_t required = 0;
	const uint32_t *list = kb_kind_fields(KB_KIND_OVERDRACHTSDOSSIER, &required);

	for (size_t i = 0; i < required; i++) {
		if (list[i] == number) {
			return true;
		}
	}
	return false;
}

static bool
is_about_parts(uint32_t number)
{
	return number == KB_VELD_DOSSIER_DEEL || number == KB_VELD_DOSSIER_DELEN ||
	       number == KB_VELD_DOSSIER_HASH;
}

static size_t
most_bytes(uint32_t number)
{
	const struct kb_field_row *row = kb_field_find(number);

	return row != NULL ? row->bytes_max : KB_OSO_PART_BYTES;
}

static size_t
cost(const struct kb_field *field)
{
	return field->value.len + FIELD_HEAD_BYTES;
}

static bool
fits_in_one(const struct kb_field *fields, size_t count)
{
	size_t bytes = 0;

	for (size_t i = 0; i < count; i++) {
		bytes += cost(&fields[i]);
		if (fields[i].value.len > most_bytes(fields[i].number)) {
			return false;
		}
	}
	return bytes <= KB_OSO_PART_BYTES;
}

/* ---- cutting ---- */

struct cutter {
	struct kb_arena *arena;
	const struct kb_field *fields;
	size_t count;
	struct kb_oso_part *parts;
	struct kb_field *own[KB_OSO_PARTS_MAX]; /* the fields of the parts, to write in */
	size_t part_count;
	struct kb_field open[PART_FIELDS_MAX]; /* the part that is being filled, in any order */
	size_t open_count;
	size_t room; /* bytes of values that still fit in it */
	bool fresh;  /* nothing but what every part says */
	enum kb_err err;
};

static void
add(struct cutter *cutter, uint32_t number, struct kb_span value)
{
	struct kb_field field = { .number = number, .value = value };
	size_t at = cutter->open_count;

	if (at == PART_FIELDS_MAX || cost(&field) > cutter->room) {
		cutter->err = KB_ERR_OVERSIZE;
		return;
	}
	while (at > 0 && cutter->open[at - 1].number > number) {
		cutter->open[at] = cutter->open[at - 1];
		at--;
	}
	cutter->open[at] = field;
	cutter->open_count++;
	cutter->room -= cost(&field);
}

/* A text of at most three digits, or the hash. */
static void
add_text(struct cutter *cutter, uint32_t number, const char *text)
{
	struct kb_span value = kb_arena_copy(cutter->arena, kb_span_text(text));

	if (value.at == NULL) {
		cutter->err = KB_ERR_NO_MEMORY;
	} else {
		add(cutter, number, value);
	}
}

static void
open_part(struct cutter *cutter)
{
	cutter->open_count = 0;
	/* The words about parts are added last, when it is known how many there are. */
	cutter->room = KB_OSO_PART_BYTES - 128;
	cutter->fresh = true;
	for (size_t i = 0; cutter->err == KB_OK && i < cutter->count; i++) {
		if (is_required(cutter->fields[i].number)) {
			add(cutter, cutter->fields[i].number, cutter->fields[i].value);
		}
	}
}

static void
close_part(struct cutter *cutter)
{
	struct kb_field *fields = NULL;

	if (cutter->err != KB_OK) {
		return;
	}
	if (cutter->part_count == KB_OSO_PARTS_MAX) {
		cutter->err = KB_ERR_OVERSIZE;
		return;
	}
	fields = kb_arena_alloc(cutter->arena, PART_FIELDS_MAX * sizeof(*fields));
	if (fields == NULL) {
		cutter->err = KB_ERR_NO_MEMORY;
		return;
	}
	memcpy(fields, cutter->open, cutter->open_count * sizeof(*fields));
	cutter->own[cutter->part_count] = fields;
	cutter->parts[cutter->part_count++] =
		(struct kb_oso_part){ .fields = fields, .count = cutter->open_count };
	open_part(cutter);
}

/*
 * Where to cut a value that is longer than most: between two elements when there is such a place, so that who looks for a leaf in a
 * piece finds it whole (contactnodig in overstapadvies); else between two characters.
 */
static size_t
place_to_cut(const struct kb_field *field, struct kb_span value, size_t most)
{
	/* Of the others nobody looks into a piece: there a short piece would only be one more. */
	size_t least = field->number == KB_VELD_OSO_OVERSTAPADVIES ? 1 : most / 2;
	size_t at = most;

	for (size_t i = most; i > least; i--) {
		if (value.at[i - 1] == '>' && value.at[i] == '<') {
			return i;
		}
	}
	while (at > 0 && (value.at[at] & 0xc0) == 0x80) {
		at--;
	}
	return at;
}

/* What fits whole in a part is never cut. */
static void
put_field(struct cutter *cutter, const struct kb_field *field)
{
	struct kb_span rest = field->value;
	size_t most = most_bytes(field->number);

	while (cutter->err == KB_OK && rest.len > 0) {
		size_t room = cutter->room > FIELD_HEAD_BYTES ? cutter->room - FIELD_HEAD_BYTES : 0;
		size_t here = rest.len;

		room = room < most ? room : most;
		if (rest.len > room && !cutter->fresh) {
			close_part(cutter);
			continue;
		}
		if (rest.len > room) {
			here = place_to_cut(field, rest, room);
			cutter->err = here > 0 ? KB_OK : KB_ERR_OVERSIZE;
		}
		if (cutter->err == KB_OK) {
			add(cutter, field->number, kb_span_part(rest, 0, here));
			cutter->fresh = false;
			rest = kb_span_part(rest, here, rest.len);
		}
		/* A number stands once in a message. */
		if (rest.len > 0) {
			close_part(cutter);
		}
	}
}

/* Which part of how many, and of what: in every part, behind all other fields. */
static void
sign_parts(struct cutter *cutter)
{
	struct kb_hash hash;
	char hex[2 * sizeof(hash.bytes) + 1];
	char text[24];

	kb_oso_fields_hash(cutter->fields, cutter->count, &hash);
	kb_hex_encode(KB_SPAN_OF(hash.bytes), hex);
	for (size_t i = 0; cutter->err == KB_OK && i < cutter->part_count; i++) {
		struct kb_oso_part *part = &cutter->parts[i];

		memcpy(cutter->open, cutter->own[i], part->count * sizeof(*cutter->open));
		cutter->open_count = part->count;
		cutter->room = KB_OSO_PART_BYTES;
		(void)snprintf(text, sizeof(text), "%zu", i + 1);
		add_text(cutter, KB_VELD_DOSSIER_DEEL, text);
		(void)snprintf(text, sizeof(text), "%zu", cutter->part_count);
		add_text(cutter, KB_VELD_DOSSIER_DELEN, text);
		add_text(cutter, KB_VELD_DOSSIER_HASH, hex);
		/* Room for them was kept when the part was filled. */
		memcpy(cutter->own[i], cutter->open, cutter->open_count * sizeof(*cutter->open));
		part->count = cutter->open_count;
	}
}

static enum kb_err
cut(struct cutter *cutter)
{
	open_part(cutter);
	for (size_t i = 0; cutter->err == KB_OK && i < cutter->count; i++) {
		if (!is_required(cutter->fields[i].number)) {
			put_field(cutter, &cutter->fields[i]);
		}
	}
	if (!cutter->fresh) {
		close_part(cutter);
	}
	/* Nothing but what every part says, and that does not fit. */
	if (cutter->err == KB_OK && cutter->part_count == 0) {
		cutter->err = KB_ERR_OVERSIZE;
	}
	if (cutter->err == KB_OK) {
		sign_parts(cutter);
	}
	return cutter->err;
}

enum kb_err
kb_oso_parts_cut(const struct kb_field *fields, size_t count, struct kb_arena *arena,
		 struct kb_oso_part **parts, size_t *part_count)
{
	struct cutter *cutter = kb_arena_alloc(arena, sizeof(*cutter));
	size_t bytes = 0;
	enum kb_err err = KB_OK;

	*parts = kb_arena_alloc(arena, KB_OSO_PARTS_MAX * sizeof(**parts));
	*part_count = 0;
	if (cutter == NULL || *parts == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	if (count > KB_OSO_FIELDS_MAX) {
		return KB_ERR_OVERSIZE;
	}
	if (fits_in_one(fields, count)) {
		(*parts)[0] = (struct kb_oso_part){ .fields = fields, .count = count };
		*part_count = 1;
		return KB_OK;
	}
	for (size_t i = 0; i < count; i++) {
		/* No field is empty (fields.h); one that was would be in the hash and in no part. */
		if (fields[i].value.len == 0) {
			return KB_ERR_BAD_VALUE;
		}
		bytes += cost(&fields[i]);
		/* The helper of who receives it would not read it back. */
		if (fields[i].value.len > KB_OSO_FILE_BYTES_MAX ||
		    bytes > KB_OSO_FIELDS_BYTES_MAX) {
			return KB_ERR_OVERSIZE;
		}
	}
	*cutter = (struct cutter){
		.arena = arena, .fields = fields, .count = count, .parts = *parts
	};
	err = cut(cutter);
	*part_count = cutter->part_count;
	return err;
}

/* ---- together again ---- */

enum kb_err
kb_oso_part_words(const struct kb_field *fields, size_t count, struct kb_oso_part_words *out)
{
	uint64_t part = 1;
	uint64_t wanted = 1;
	struct kb_span part_text = kb_fields_get(fields, count, KB_VELD_DOSSIER_DEEL);
	struct kb_span wanted_text = kb_fields_get(fields, count, KB_VELD_DOSSIER_DELEN);
	struct kb_span hash_text = kb_fields_get(fields, count, KB_VELD_DOSSIER_HASH);

	/* Whole in itself; no hash is all zero. */
	*out = (struct kb_oso_part_words){ .part = 1, .wanted = 1 };
	if (part_text.len == 0 && wanted_text.len == 0 && hash_text.len == 0) {
		return kb_fields_get(fields, count, KB_VELD_OSO_METADATA).len > 0
			       ? KB_OK
			       : KB_ERR_NOT_FOUND;
	}
	if (kb_text_to_u64(part_text, KB_OSO_PARTS_MAX, &part) != KB_OK ||
	    kb_text_to_u64(wanted_text, KB_OSO_PARTS_MAX, &wanted) != KB_OK ||
	    kb_hex_decode(hash_text, out->hash.bytes, sizeof(out->hash.bytes)) != KB_OK ||
	    part == 0 || part > wanted || wanted < 2) {
		return KB_ERR_DATA;
	}
	out->part = (uint32_t)part;
	out->wanted = (uint32_t)wanted;
	return KB_OK;
}

enum kb_err
kb_oso_whole_add(struct kb_oso_whole *whole, const struct kb_field *fields, size_t count,
		 bool *taken)
{
	struct kb_oso_part_words words;
	enum kb_err err = kb_oso_part_words(fields, count, &words);

	*taken = false;
	if (err != KB_OK) {
		return err;
	}
	if (whole->wanted == 0) {
		whole->wanted = words.wanted;
		whole->hash = words.hash;
	}
	if (words.wanted != whole->wanted || !kb_hash_equal(&words.hash, &whole->hash) ||
	    whole->parts[words.part - 1].fields != NULL) {
		return KB_OK;
	}
	whole->parts[words.part - 1] = (struct kb_oso_part){ .fields = fields, .count = count };
	whole->have++;
	*taken = true;
	return KB_OK;
}

bool
kb_oso_whole_is_complete(const struct kb_oso_whole *whole)
{
	return whole->wanted > 0 && whole->have == whole->wanted;
}

/* All pieces of a field in the order of the parts; a required one is the same in each. */
static enum kb_err
join_field(const struct kb_oso_whole *whole, struct kb_arena *arena, struct kb_field *field)
{
	struct kb_span first = KB_SPAN_NONE;
	bool required = is_required(field->number);
	size_t len = 0;
	uint8_t *at = NULL;

	for (size_t i = 0; i < whole->wanted; i++) {
		struct kb_span piece =
			kb_fields_get(whole->parts[i].fields, whole->parts[i].count, field->number);

		if (required && i > 0 && !kb_span_equal(piece, first)) {
			return KB_ERR_DATA;
		}
		first = first.len == 0 ? piece : first;
		len += piece.len;
	}
	if (required || len == first.len) {
		field->value = first;
		return KB_OK;
	}
	at = kb_arena_alloc(arena, len);
	if (at == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	field->value = (struct kb_span){ .at = at, .len = len };
	for (size_t i = 0; i < whole->wanted; i++) {
		struct kb_span piece =
			kb_fields_get(whole->parts[i].fields, whole->parts[i].count, field->number);

		if (piece.len > 0) {
			memcpy(at, piece.at, piece.len);
			at += piece.len;
		}
	}
	return KB_OK;
}

/* The numbers that occur, ascending. */
static enum kb_err
list_fields(const struct kb_oso_whole *whole, struct kb_field *fields, size_t *count)
{
	*count = 0;
	for (size_t i = 0; i < whole->wanted; i++) {
		for (size_t j = 0; j < whole->parts[i].count; j++) {
			uint32_t number = whole->parts[i].fields[j].number;
			size_t at = *count;

			while (at > 0 && fields[at - 1].number > number) {
				at--;
			}
			if (is_about_parts(number) || (at > 0 && fields[at - 1].number == number)) {
				continue;
			}
			if (*count == KB_OSO_FIELDS_MAX) {
				return KB_ERR_OVERSIZE;
			}
			memmove(fields + at + 1, fields + at, (*count - at) * sizeof(*fields));
			fields[at] = (struct kb_field){ .number = number };
			(*count)++;
		}
	}
	return KB_OK;
}

enum kb_err
kb_oso_whole_join(const struct kb_oso_whole *whole, struct kb_arena *arena,
		  struct kb_field **fields, size_t *count)
{
	struct kb_hash hash;
	size_t bytes = 0;
	enum kb_err err = kb_oso_whole_is_complete(whole) ? KB_OK : KB_ERR_INCOMPLETE;

	*count = 0;
	*fields = kb_arena_alloc(arena, KB_OSO_FIELDS_MAX * sizeof(**fields));
	if (*fields == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	if (err == KB_OK) {
		err = list_fields(whole, *fields, count);
	}
	for (size_t i = 0; err == KB_OK && i < *count; i++) {
		err = join_field(whole, arena, &(*fields)[i]);
		bytes += cost(&(*fields)[i]);
	}
	if (err == KB_OK && bytes > KB_OSO_FIELDS_BYTES_MAX) {
		err = KB_ERR_OVERSIZE;
	}
	if (err == KB_OK && whole->wanted > 1) {
		kb_oso_fields_hash(*fields, *count, &hash);
		err = kb_hash_equal(&hash, &whole->hash) ? KB_OK : KB_ERR_DATA;
	}
	return err;
}
