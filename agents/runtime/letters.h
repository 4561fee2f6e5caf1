/* SPDX-License-Identifier: EUPL-1.2 */
/* Letters to parents in a case: what was made, and whether and how it was handed over. */
#ifndef KB_RUNTIME_LETTERS_H
#define KB_RUNTIME_LETTERS_H

#include "agents/runtime/act.h"
#include "common/exchange/letters.h"
#include "common/store/case_items.h"

/* A letter that is open longer than this is told by doctor. */
#define KB_LETTER_OPEN_MAX_MS ((int64_t)7 * 24 * 3600 * 1000)

#define KB_LETTER_NAME_BYTES_MAX 200u
#define KB_LETTER_ADDRESS_LINES_MAX 6u
#define KB_LETTER_LANGUAGE_BYTES_MAX 40u
#define KB_LETTER_TEXT_BYTES_MAX 500u /* who received it, or why it is void */

/* X(name, number in the store, Dutch for people) */
#define KB_LETTER_STATE_TABLE(X)                                                                   \
	X(OPEN, 1, "nog niet gegeven")                                                             \
	X(GEGEVEN, 2, "gegeven")                                                                   \
	X(VERVALLEN, 3, "vervallen")

enum kb_letter_state {

#define KB_ROW(name, number, label) KB_LETTER_##name = (number),
	KB_LETTER_STATE_TABLE(KB_ROW)
#undef KB_ROW
};
#define KB_LETTER_STATE_COUNT 4

const char *kb_letter_state_label(enum kb_letter_state state);

/* Codes of the CASE_ACT records, above those of the roles. The number of the letter is the hidden part (u32 BE). */
#define KB_LETTER_ACT_MADE 200u
#define KB_LETTER_ACT_GEGEVEN 201u
#define KB_LETTER_ACT_VERVALLEN 202u

/* Stored as KB_ITEM_LETTER: the payload holds what names a person, so it goes with the key of the case. */
struct kb_letter_row {
	uint64_t case_no;
	uint32_t letter_no; /* within the case, from 1 */
	enum kb_letter_kind kind;
	struct kb_span name;	 /* of the addressee */
	struct kb_span address;	 /* its lines, LF between them */
	struct kb_span language; /* "" for Dutch */
	struct kb_hash page;	 /* SHA-256 of the page that was written */
	int64_t made_utc_ms;
	uint64_t made_by_no;
	enum kb_letter_state state;
	/* From here on only when the state is not open. */
	int64_t closed_utc_ms; /* when this was logged */
	uint64_t closed_by_no;
	int32_t handed_day; /* GEGEVEN: on which day */
	enum kb_letter_way way;
	struct kb_span text; /* GEGEVEN: who received it. VERVALLEN: why */
};

/* The payload. Encoding appends; decoding borrows from payload and leaves the fields of the item itself alone.
 * KB_ERR_CORRUPT. */
KB_MUST_CHECK enum kb_err kb_letter_encode(const struct kb_letter_row *letter, struct kb_buf *out);
KB_MUST_CHECK enum kb_err kb_letter_decode(struct kb_span payload, struct kb_letter_row *out);

/* Spans are in arena. KB_ERR_NOT_FOUND; _next gives the letter after after_no (0: the first). */
KB_MUST_CHECK enum kb_err kb_letter_get(struct kb_step *step, uint64_t case_no, uint32_t letter_no,
					struct kb_arena *arena, struct kb_letter_row *out);
KB_MUST_CHECK enum kb_err kb_letter_next(struct kb_step *step, uint64_t case_no, uint32_t after_no,
					 struct kb_arena *arena, struct kb_letter_row *out);

/* The number that the next letter of the case gets. KB_ERR_NOT_FOUND: no such case. */
KB_MUST_CHECK enum kb_err kb_letter_next_number(struct kb_step *step, uint64_t case_no,
						struct kb_arena *arena, uint32_t *number);

/* Stores a new, open letter with its CASE_ACT record and the PRINT record of NEN 7513. letter_no, made and state are
 * filled in. */
KB_MUST_CHECK enum kb_err kb_letter_add(struct kb_act *act, struct kb_letter_row *letter);
/* Closes an open letter as its state, day, way and text say, with its CASE_ACT record. KB_ERR_STATE: it is not open. */
KB_MUST_CHECK enum kb_err kb_letter_close(struct kb_act *act, const struct kb_letter_row *letter);

/*
 * The guard of a route (R02, R13): whether the step towards the parents is done. True when a letter of that kind was handed over
 * in this case and none of that kind is still open: with two parents, or a second advice, each has its own letter.
 */
KB_MUST_CHECK enum kb_err kb_letter_is_handed(struct kb_act *act, uint64_t case_no,
					      enum kb_letter_kind kind, bool *handed);

/*
 * Which letters are open, so that doctor need not look into every case: read once at the start, then told of every new letter.
 * An entry is only a hint; what is counted is looked up.
 */
struct kb_letter_watch {
	struct kb_letter_hint *at;
	size_t count;
	size_t capacity;
};

KB_MUST_CHECK enum kb_err kb_letter_watch_load(struct kb_letter_watch *watch, struct kb_step *step);
void kb_letter_watch_release(struct kb_letter_watch *watch);
/* Letters that are open since before before_utc_ms. Forgets the hints that are not open any more. */
KB_MUST_CHECK enum kb_err kb_letter_watch_count(struct kb_letter_watch *watch, struct kb_step *step,
						int64_t before_utc_ms, uint64_t *count);

#endif
