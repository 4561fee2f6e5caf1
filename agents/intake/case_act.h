/* SPDX-License-Identifier: EUPL-1.2 */
/* `case act`, the frame that school and gemeente share: find the case and the melding, look the handeling up, send. */
#ifndef KB_INTAKE_CASE_ACT_H
#define KB_INTAKE_CASE_ACT_H

#include "agents/intake/dossier.h"
#include "common/base/buf.h"

/* What a handeling works with. */
struct kb_case_doing {
	struct kb_desk_call *call;
	struct kb_case *row; /* for change */
	uint64_t pupil_no;   /* under which the meldingen of the case stand */
	bool has_melding;    /* --melding was given */
	struct kb_melding_row melding;
	bool sent; /* something went out */
};

struct kb_case_handeling {
	const char *name;
	uint32_t code; /* in the log (kb_act_note); never reused */
	bool needs_text;
	bool needs_date;
	bool needs_melding;
	enum kb_err (*fn)(struct kb_case_doing *doing);
	const char *said; /* what is told when it is done */
	const char *help;
};

struct kb_case_acts {
	const struct kb_case_handeling *handelingen;
	size_t count;
	/* The number under which the meldingen of the case stand: the pupil at a school, the subject at a gemeente. */
	enum kb_err (*pupil_of)(struct kb_step *step, const struct kb_case *row,
				struct kb_arena *arena, uint64_t *pupil_no);
};

/* Arguments of `case act`: the first KB_CASE_ACT_ARG_COUNT at every role, "vraag" behind them where questions are answered. */
#define KB_CASE_ACT_ARG_COUNT 5
extern const struct kb_desk_arg kb_case_act_args[KB_CASE_ACT_ARG_COUNT + 1];

/*
 * An unknown handeling is answered with the list of them. Whoever acts has seen what was new. The message that goes out names the
 * user in the timeline; of an act that sends nothing a record of type CASE_ACT does. Safe to run again: all it changes is in the
 * step.
 */
enum kb_err kb_case_act(struct kb_desk_call *call, const struct kb_case_acts *acts);

/* Sends content of that kind in the case to its counterparty; a sentence in Dutch when that cannot be. */
KB_MUST_CHECK enum kb_err kb_case_act_send(struct kb_case_doing *doing, enum kb_kind kind,
					   const struct kb_buf *content);

/* Today, or the day given with --datum. */
int32_t kb_case_act_day(const struct kb_case_doing *doing);
/* The user who acts, now. */
struct kb_dossier_author kb_case_act_author(const struct kb_case_doing *doing);
/* --tekst, when it is no longer than max bytes; else a sentence and KB_ERR_DATA. */
KB_MUST_CHECK enum kb_err kb_case_act_text(struct kb_case_doing *doing, size_t max,
					   struct kb_span *text);
/* The DUO-kenmerk in --tekst: one line of bounded length. */
KB_MUST_CHECK enum kb_err kb_case_act_kenmerk(struct kb_case_doing *doing, struct kb_span *kenmerk);
/* Handeling "gezien": only what is new or went wrong is taken out of the inbox. */
enum kb_err kb_case_act_gezien(struct kb_case_doing *doing);

#endif
