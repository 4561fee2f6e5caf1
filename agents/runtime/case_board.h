/* SPDX-License-Identifier: EUPL-1.2 */
/* What the verbs about a case have in common: its desk, its people, and the keeping of items. */
#ifndef KB_RUNTIME_CASE_BOARD_H
#define KB_RUNTIME_CASE_BOARD_H

#include "agents/runtime/case_forms.h"
#include "agents/runtime/desk.h"
#include "agents/runtime/notes.h"
#include "common/store/case_items.h"

/* Bytes of one line (a name, a place) and of a text; a request holds no longer values than the second. */
#define KB_BOARD_LINE_MAX 200
#define KB_BOARD_TEXT_MAX 8192

/* The case of the argument zaak. */
KB_MUST_CHECK enum kb_err kb_board_case(struct kb_desk_call *call, struct kb_case *out);

/*
 * Whether who asks may see this item of a case that they may see: what is of the own desk only at the desk of the case, so not by the
 * noodknop or a mandate from another desk; its author always.
 */
bool kb_board_sees(struct kb_desk_call *call, const struct kb_case *row,
		   const struct kb_case_item *item);

/* The item of that number, as the argument of that name gives it. One that is not there or not to be seen is refused in the same
 * words. */
KB_MUST_CHECK enum kb_err kb_board_item(struct kb_desk_call *call, const struct kb_case *row,
					enum kb_case_item_type type, const char *argument,
					struct kb_case_item *out);

/* The next item after item->item_no (0: the first) that may be seen; KB_ERR_NOT_FOUND at the end. */
KB_MUST_CHECK enum kb_err kb_board_next(struct kb_desk_call *call, const struct kb_case *row,
					enum kb_case_item_type type, struct kb_case_item *item);

/* A new item of the user of the act. */
struct kb_case_item kb_board_new_item(struct kb_desk_call *call, uint64_t case_no,
				      enum kb_case_item_type type, enum kb_visibility visibility);

/* Stores the item with that payload, a record of it and a line in the timeline; item is filled. */
KB_MUST_CHECK enum kb_err kb_board_keep(struct kb_act *act, struct kb_case_item *item,
					enum kb_note code, struct kb_span payload);

/* The user of that name: one who works at the desk of the case today. A sentence when there is none. */
KB_MUST_CHECK enum kb_err kb_board_colleague(struct kb_desk_call *call, const struct kb_case *row,
					     const char *argument, uint64_t *user_no);

/* The text of an argument without spaces around it, of 1 (or, not required, 0) to max bytes. */
KB_MUST_CHECK enum kb_err kb_board_text(struct kb_desk_call *call, const char *argument,
					bool required, size_t max, struct kb_span *out);

/* A time of the day as "14:05", in minutes; false for anything else. */
bool kb_board_minute(struct kb_span text, int32_t *minute);
/* The arguments datum and tijd as a moment. A sentence when the time is none, or not there that night. */
KB_MUST_CHECK enum kb_err kb_board_moment(struct kb_desk_call *call, int64_t *utc_ms);

/* The task of a case ran out: the case is late. */
KB_MUST_CHECK enum kb_err kb_task_ran_out(struct kb_act *act, uint64_t case_no);

/* Sections of 'case show' and of the lists. */
KB_MUST_CHECK enum kb_err kb_show_people(struct kb_desk_call *call, const struct kb_case *row);
KB_MUST_CHECK enum kb_err kb_show_parties(struct kb_desk_call *call, const struct kb_case *row);
KB_MUST_CHECK enum kb_err kb_show_persons(struct kb_desk_call *call, const struct kb_case *row);
KB_MUST_CHECK enum kb_err kb_show_notes(struct kb_desk_call *call, const struct kb_case *row);
KB_MUST_CHECK enum kb_err kb_show_tasks(struct kb_desk_call *call, const struct kb_case *row);
KB_MUST_CHECK enum kb_err kb_show_appointments(struct kb_desk_call *call,
					       const struct kb_case *row);
/* Members and agenda of an overleg; nothing for another kind of case. */
KB_MUST_CHECK enum kb_err kb_show_overleg(struct kb_desk_call *call, const struct kb_case *row);

#endif
