/* SPDX-License-Identifier: EUPL-1.2 */
/* A dossier that is too large for one message: cut into several, and put together again. */
#ifndef KB_INTAKE_OSO_PARTS_H
#define KB_INTAKE_OSO_PARTS_H

#include "agents/intake/oso/result.h"
#include "common/base/arena.h"
#include "common/base/ids.h"
#include "common/exchange/field_table.h"

/*
 * Every part is an overdrachtsdossier of its own, judged like any other: the permission table sees the categories of its fields, so
 * nothing can travel in a part that could not travel in a dossier of one message. What a dossier must always say (the fields that the
 * kind requires) stands in each part; of the others each stands once, or is cut when it is too long for one part: the values of a
 * field, in the order of the parts, are its value. dossier_deel and dossier_delen say which part of how many, dossier_hash that they
 * are of one dossier (proto/README.md section 8, "A dossier in parts").
 */

/* A file of KB_OSO_FILE_BYTES_MAX takes some 35, or 130 when all of it is in a field that may not be longer than 32 KiB in a message. */
#define KB_OSO_PARTS_MAX 200u
/* Values of one part: with the words around them well below the 256 KiB of a message. */
#define KB_OSO_PART_BYTES ((size_t)240 * 1024)

struct kb_oso_part {
	const struct kb_field *fields; /* ascending by number */
	size_t count;
};

/*
 * One part, without a word about parts, when the fields fit in one message. Values point into those of fields, and all else is in arena.
 * KB_ERR_OVERSIZE: more than KB_OSO_PARTS_MAX, or the required fields alone fill a part; KB_ERR_BAD_VALUE: an empty field; KB_ERR_NO_MEMORY.
 */
KB_MUST_CHECK enum kb_err kb_oso_parts_cut(const struct kb_field *fields, size_t count,
					   struct kb_arena *arena, struct kb_oso_part **parts,
					   size_t *part_count);

/* What a message says of itself: the whole of a dossier (part 1 of 1, no hash), or which part of how many. */
struct kb_oso_part_words {
	uint32_t part;
	uint32_t wanted;
	struct kb_hash hash;
};

/* KB_ERR_NOT_FOUND: no OSO dossier (nor a part of one); KB_ERR_DATA: the words about parts make no sense. */
KB_MUST_CHECK enum kb_err kb_oso_part_words(const struct kb_field *fields, size_t count,
					    struct kb_oso_part_words *out);

/* Parts that come together. Zeroed: none yet. */
struct kb_oso_whole {
	struct kb_hash hash;
	size_t wanted; /* 1: a dossier in one message; 0: none yet */
	size_t have;
	struct kb_oso_part parts[KB_OSO_PARTS_MAX];
};

/* Takes a message: the first sets which dossier it is. *taken: it belongs to that, and is no double. Spans and fields must outlive whole.
 * Errors of kb_oso_part_words(). */
KB_MUST_CHECK enum kb_err kb_oso_whole_add(struct kb_oso_whole *whole,
					   const struct kb_field *fields, size_t count,
					   bool *taken);
bool kb_oso_whole_is_complete(const struct kb_oso_whole *whole);
/*
 * The fields of a complete one, in arena. KB_ERR_DATA: the hash is not that of the parts, so somebody mixed them; KB_ERR_OVERSIZE: more
 * than a helper takes; KB_ERR_INCOMPLETE.
 */
KB_MUST_CHECK enum kb_err kb_oso_whole_join(const struct kb_oso_whole *whole,
					    struct kb_arena *arena, struct kb_field **fields,
					    size_t *count);

/* count at most KB_OSO_FIELDS_MAX. SHA-256 over number (four bytes, big-endian), length (the same) and value of every field. */
void kb_oso_fields_hash(const struct kb_field *fields, size_t count, struct kb_hash *out);

#endif
