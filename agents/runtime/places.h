/* SPDX-License-Identifier: EUPL-1.2 */
/* Where the child of a case stands with a school: aangemeld, ingeschreven, on trial. What only the sender can know (KB_NEED_LOCAL). */
#ifndef KB_RUNTIME_PLACES_H
#define KB_RUNTIME_PLACES_H

#include "agents/runtime/act.h"

/* X(NAME, number in the store, word, Dutch) */
#define KB_PLACE_TABLE(X)                                                                          \
	X(NONE, 0, "", "")                                                                         \
	X(AANGEMELD, 1, "aangemeld", "aangemeld")                                                  \
	X(INGESCHREVEN, 2, "ingeschreven", "ingeschreven")                                         \
	X(PROEFPLAATSING, 3, "proefplaatsing", "op proef geplaatst")                               \
	X(UITGESCHREVEN, 4, "uitgeschreven", "uitgeschreven")

enum kb_place {

#define KB_ROW(name, number, text, label) KB_PLACE_##name = (number),
	KB_PLACE_TABLE(KB_ROW)
#undef KB_ROW
};
#define KB_PLACE_COUNT 5

const char *kb_place_name(enum kb_place place);
enum kb_place kb_place_parse(struct kb_span word);

/* Writes that from day on the child stands so with that party (may be ourselves). An item of the case, a record and a line in its
 * timeline. KB_ERR_NOT_FOUND: no such case. */
KB_MUST_CHECK enum kb_err kb_place_put(struct kb_act *act, uint64_t case_no,
				       const struct kb_party_id *party, enum kb_place place,
				       int32_t day);
/* The last one that began on or before day; NONE when there is none. */
KB_MUST_CHECK enum kb_err kb_place_on(struct kb_act *act, uint64_t case_no,
				      const struct kb_party_id *party, int32_t day,
				      enum kb_place *out);

/*
 * The needs of KB_NEED_LOCAL that hold for a message of this case to that party: AANGEMELD when the child is aangemeld,
 * ingeschreven or on trial there (R09, checked at send time), GEEN_PROEFPLAATSING unless the child is on trial here in any case
 * of the same child (R39).
 */
KB_MUST_CHECK enum kb_err kb_place_needs(struct kb_act *act, uint64_t case_no,
					 const struct kb_party_id *recipient, int32_t day,
					 uint32_t *met);

#endif
