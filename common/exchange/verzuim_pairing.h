/* SPDX-License-Identifier: EUPL-1.2 */
/* What has to be sent when meldingen are computed again: nothing, a correction, a withdrawal or a new melding. */
#ifndef KB_EXCHANGE_VERZUIM_PAIRING_H
#define KB_EXCHANGE_VERZUIM_PAIRING_H

#include "common/base/arena.h"
#include "common/exchange/melding.h"

enum kb_pair_action {
	KB_PAIR_NONE = 0,
	KB_PAIR_SAME, /* old and new say the same: nothing is sent */
	KB_PAIR_CORRECT, /* old is replaced by new; goes where old went, and does not reopen what is afgesloten */
	KB_PAIR_WITHDRAW, /* old has no counterpart any more */
	KB_PAIR_SEND,	  /* new has no counterpart yet */
	KB_PAIR_ABROAD,	  /* new, but the pupil lives abroad: nothing is sent */
	KB_PAIR_ACTION_COUNT,
};

/* "same", "correct", "withdraw", "send", "abroad"; "" otherwise. */
const char *kb_pair_action_name(enum kb_pair_action action);

#define KB_PAIR_INDEX_NONE SIZE_MAX

struct kb_pair {
	enum kb_pair_action action;
	size_t old_index; /* in the array of old meldingen, or KB_PAIR_INDEX_NONE */
	size_t new_index; /* in the array of new meldingen, or KB_PAIR_INDEX_NONE */
};

/* Borrowed from the arena. counts is per action. */
struct kb_pair_list {
	struct kb_pair *at;
	size_t count;
	size_t counts[KB_PAIR_ACTION_COUNT];
};

/*
 * The same in begin, end, minutes and last day to report. Not compared: the gemeente (after a move a melding stays where it
 * is) and vastgesteld_day (it shows only in the last day to report).
 */
bool kb_melding_same(const struct kb_melding *a, const struct kb_melding *b);

/*
 * Old and new meldingen of the same pupil and soort whose periods overlap are paired in order of eind_day. Every old and
 * every new melding is in exactly one pair. Give only what an import may change: not withdrawn, of a computed soort, of the
 * school year of the data. The arrays may stand in any order; the result is ordered by pupil and soort. KB_ERR_NO_MEMORY.
 */
KB_MUST_CHECK enum kb_err kb_verzuim_pair(const struct kb_melding *old, size_t old_count,
					  const struct kb_melding *fresh, size_t fresh_count,
					  struct kb_arena *arena, struct kb_pair_list *out);

/* True when the import would withdraw or correct more than 5 meldingen and more than 10 % of the sent_count sent: it then
 * needs a confirmation (KB_ERR_NEEDS_CONFIRMATION). */
bool kb_verzuim_pairing_is_large(const struct kb_pair_list *pairs, size_t sent_count);

#endif
