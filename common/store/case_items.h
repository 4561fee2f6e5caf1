/* SPDX-License-Identifier: EUPL-1.2 */
/* What a case holds beside its messages (design 7): participants, notes, tasks, appointments, documents, drafts, read marks,
 * and what waits for the regievoerder. */
#ifndef KB_STORE_CASE_ITEMS_H
#define KB_STORE_CASE_ITEMS_H

#include "common/store/cases.h"

/* X(name, number in the store, stable name). NOTE and PERSON are those of the verzuim dossier: the toelichting of a melding, its pupil. */
#define KB_CASE_ITEM_TABLE(X)                                                                      \
	X(NONE, 0, "")                                                                             \
	X(PARTICIPANT, 1, "deelnemer")                                                             \
	X(NOTE, 2, "notitie")                                                                      \
	X(TASK, 3, "taak")                                                                         \
	X(APPOINTMENT, 4, "afspraak")                                                              \
	X(DOCUMENT, 5, "document")                                                                 \
	X(DRAFT, 6, "concept")                                                                     \
	X(READ_MARK, 7, "leesteken")                                                               \
	X(STEP_TAKEN, 8, "ondernomen-stap")                                                        \
	X(QUESTION, 9, "vraag")                                                                    \
	X(LETTER, 10, "brief")                                                                     \
	X(PERSON, 11, "persoon")                                                                   \
	X(PLACE, 12, "plaats")                                                                     \
	X(VOORSTEL, 13, "voorstel")                                                                \
	X(UNINFORMED, 14, "niet-op-de-hoogte")                                                     \
	X(DESK_NOTE, 15, "loketnotitie")                                                           \
	X(CONTACT, 16, "contact")                                                                  \
	X(OVERLEG, 17, "overleg")                                                                  \
	X(LID, 18, "lid")                                                                          \
	X(AGENDAPUNT, 19, "agendapunt")                                                            \
	X(BIJLAGE, 20, "bijlage")                                                                  \
	X(HERSTEL, 21, "herstel")

enum kb_case_item_type {

#define KB_ROW(name, number, text) KB_ITEM_##name = (number),
	KB_CASE_ITEM_TABLE(KB_ROW)
#undef KB_ROW
};
#define KB_CASE_ITEM_TYPE_COUNT 22

const char *kb_case_item_type_name(enum kb_case_item_type type);

enum kb_visibility {
	KB_VISIBILITY_NONE = 0,
	KB_VISIBILITY_DESK = 1,	 /* own desk */
	KB_VISIBILITY_NAMED = 2, /* the participants named in the payload */
	KB_VISIBILITY_ALL = 3,	 /* all participants of the case */
	KB_VISIBILITY_USER = 4,	 /* only its author (drafts, read marks) */
};

/* payload is whatever the owner of the type encodes; it is encrypted under the data key of the case. */
struct kb_case_item {
	uint64_t case_no;
	enum kb_case_item_type type;
	uint32_t item_no; /* per case and type, from 1; 0 in _put: the next */
	uint32_t author_party_no;
	uint64_t author_user_no;
	int64_t at_utc_ms;
	int64_t due_utc_ms;  /* tasks and appointments; 0: none */
	int64_t done_utc_ms; /* 0: open */
	enum kb_visibility visibility;
	uint32_t revision; /* rises with every _put over an existing item */
	uint64_t ledger_seq;
	struct kb_span payload; /* at most KB_CASE_ITEM_MAX */
};

#define KB_CASE_ITEM_MAX ((size_t)512 * 1024)

/* Adds (item_no 0, filled) or replaces. KB_ERR_NOT_FOUND: no such case. */
KB_MUST_CHECK enum kb_err kb_case_item_put(struct kb_step *step, struct kb_case_item *item);
/* payload is in arena. */
KB_MUST_CHECK enum kb_err kb_case_item_get(struct kb_step *step, uint64_t case_no,
					   enum kb_case_item_type type, uint32_t item_no,
					   struct kb_arena *arena, struct kb_case_item *out);
/* The item after after_no of that type; KB_ERR_NOT_FOUND at the end. */
KB_MUST_CHECK enum kb_err kb_case_item_next(struct kb_step *step, uint64_t case_no,
					    enum kb_case_item_type type, uint32_t after_no,
					    struct kb_arena *arena, struct kb_case_item *out);
KB_MUST_CHECK enum kb_err kb_case_item_delete(struct kb_step *step, uint64_t case_no,
					      enum kb_case_item_type type, uint32_t item_no);

#endif
