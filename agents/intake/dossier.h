/* SPDX-License-Identifier: EUPL-1.2 */
/* What school and gemeente keep of a dossier of verzuim in the same way: its meldingen, questions and explanations. */
#ifndef KB_INTAKE_DOSSIER_H
#define KB_INTAKE_DOSSIER_H

#include "agents/runtime/role.h"
#include "common/store/cases.h"
#include "common/store/meldingen.h"

/* A dossier that is known here and is with this sender; else KB_ERR_NOT_FOUND, to refuse a message with before it leaves a trace. */
KB_MUST_CHECK enum kb_err kb_dossier_check(struct kb_act *act, const struct kb_received *received);

/*
 * Meldingen stand in the store by school year and pupil (at a gemeente: subject), so that those of one dossier are read without
 * looking at others. *row starts as kb_dossier_start(); KB_ERR_NOT_FOUND at the end. Spans are in arena.
 */
struct kb_melding_row kb_dossier_start(const struct kb_case *dossier, uint64_t pupil_no);
KB_MUST_CHECK enum kb_err kb_dossier_melding_next(struct kb_step *step, uint64_t case_no,
						  struct kb_arena *arena,
						  struct kb_melding_row *row);

/* "Voornaam tussenvoegsel Achternaam" as title of the case; summary may be empty. */
struct kb_dossier_name {
	struct kb_span voornaam;
	struct kb_span tussenvoegsel;
	struct kb_span achternaam;
};
KB_MUST_CHECK enum kb_err kb_dossier_title_put(struct kb_step *step, uint64_t case_no,
					       const struct kb_dossier_name *name,
					       struct kb_span summary);

/* Something came from the other side: the case comes (back) into the inbox. flags: KB_INBOX_..., beside NEW. */
KB_MUST_CHECK enum kb_err kb_dossier_raise(struct kb_step *step, uint64_t case_no, uint32_t flags,
					   int64_t now_utc_ms);

/* Who wrote something: the other side (party_no, user_no 0) or a user of ours (party_no KB_PARTY_NO_SELF). */
struct kb_dossier_author {
	uint32_t party_no;
	uint64_t user_no;
	int64_t at_utc_ms;
};

/* The sender of a message. */
struct kb_dossier_author kb_dossier_sender(const struct kb_received *received);

/* An explanation that goes with a stand, a withdrawal and the like; nothing is kept of an empty one. */
KB_MUST_CHECK enum kb_err kb_dossier_note_put(struct kb_step *step, uint64_t case_no,
					      struct kb_span text,
					      const struct kb_dossier_author *author);

/* A question, from the other side or our own. */
KB_MUST_CHECK enum kb_err kb_dossier_question_put(struct kb_step *step, uint64_t case_no,
						  const struct kb_id *vraag_id, struct kb_span text,
						  const struct kb_dossier_author *author);
/*
 * The answer to the open question with that id (zero: the oldest open one); *vraag_id is filled, *more_open says whether others
 * wait. KB_ERR_NOT_FOUND: no such open question.
 */
KB_MUST_CHECK enum kb_err kb_dossier_answer_put(struct kb_step *step, uint64_t case_no,
						struct kb_id *vraag_id, struct kb_span answer,
						int64_t at_utc_ms, struct kb_arena *arena,
						bool *more_open);

/* Sections "ondernomen" (what the school did), "vragen" and "toelichting" of case show. */
KB_MUST_CHECK enum kb_err kb_dossier_show(struct kb_desk_call *call, uint64_t case_no);

#endif
