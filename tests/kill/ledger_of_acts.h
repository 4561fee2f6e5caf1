/* SPDX-License-Identifier: EUPL-1.2 */
/* What was asked of the agents, and the comparison with what stands at both ends of every dossier. */
#ifndef KB_TESTS_KILL_LEDGER_OF_ACTS_H
#define KB_TESTS_KILL_LEDGER_OF_ACTS_H

#include "tests/support/town.h"

#define ACTS_DOSSIERS_MAX 512
/* More steps than a dossier shows would hide some from the comparison. */
#define ACTS_STEPS_MAX 45

/* One dossier, known at both ends by its own number. */
struct acts_dossier {
	struct town_party *school;
	struct town_party *gemeente;
	char at_school[24];
	char at_gemeente[24];
	unsigned steps;
};

/* One act with its own text. Acknowledged: its agent answered 0. Without an answer it may or may not have been done. */
struct acts_act {
	unsigned dossier;
	bool is_question; /* from the gemeente; else a step of the school */
	bool acknowledged;
	char text[40];
};

struct acts {
	struct town *town;
	struct acts_dossier dossiers[ACTS_DOSSIERS_MAX];
	unsigned dossier_count;
	struct acts_act *at;
	size_t count;
	size_t acknowledged;
	size_t unanswered;
	/* Results of the last check. */
	size_t lost;
	size_t doubled;
	size_t strange; /* at an end where nobody put it */
};

void acts_init(struct acts *acts, struct town *town);
void acts_release(struct acts *acts);
/* Finds the dossiers of all meldingen of school. */
void acts_find_dossiers(struct acts *acts, struct town_party *school);
/* Does one act; false when the agent that would do it does not run, or the dossier is full. */
bool acts_do(struct acts *acts, unsigned dossier, bool is_question);

/*
 * Reads every dossier at both ends. Lost: acknowledged and not at its own end, or at its own end and not at the other. Doubled:
 * twice at one end. Strange: at the other end but not at its own, or a text that was never asked for. sabotage: one text of the
 * other end is not looked at, so that the check must fail. true: nothing of all that.
 */
bool acts_check(struct acts *acts, bool sabotage);

#endif
