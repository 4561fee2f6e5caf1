/* SPDX-License-Identifier: EUPL-1.2 */
/* Taking in a data set: pupils, days, and the meldingen that follow from them, in one act or not at all. */
#ifndef KB_INTAKE_SCHOOL_IMPORT_H
#define KB_INTAKE_SCHOOL_IMPORT_H

#include "agents/intake/dataset.h"
#include "agents/intake/spool.h"
#include "agents/runtime/act.h"
#include "common/exchange/verzuim_pairing.h"

/* A melding that changes, for the list that a person confirms. Spans live in the arena of the import. */
struct kb_import_change {
	enum kb_pair_action action;
	struct kb_span leerling;
	struct kb_melding melding; /* the old one */
};

/*
 * One import. Zeroed, then: kb_import_open (check problems), run kb_import_act as an act. Afterwards counts says what happened.
 * Memory: everything lives in the two arenas; release wipes them (personal data).
 */
struct kb_import {
	struct kb_arena arena; /* the set, and changes */
	struct kb_arena work;  /* of one run of the act */
	struct kb_dataset dataset;
	struct kb_dataset_problems problems;
	struct kb_verzuim_settings settings;
	int32_t van_day; /* KB_DAY_NONE: the first day of the school year */
	int32_t tot_day; /* KB_DAY_NONE: the latest date in verzuim.csv */
	bool bevestig;	 /* a large change was confirmed */
	uint16_t schooljaar;
	/* What the act found. */
	struct kb_spool_counts counts;
	size_t correct_count; /* of meldingen that were sent; also when the import was stopped for confirmation */
	size_t withdraw_count;
	size_t sent_before_count;
	struct kb_import_change *changes; /* corrections and withdrawals of what was sent */
	size_t change_count;
	size_t ended_count; /* new meldingen of leerlingen who are uitgeschreven: not made */
	size_t excused_count; /* days on which a case made what was missed geoorloofd (school_days.h) */
	int32_t effective_tot_day;
};

/* Reads and checks the set in dir_fd. KB_ERR_DATA: see problems. settings: from the region profile. */
KB_MUST_CHECK enum kb_err kb_import_open(struct kb_import *import, int dir_fd,
					 const struct kb_verzuim_settings *settings,
					 struct kb_error_text *where);
void kb_import_release(struct kb_import *import);

/*
 * Whether the register has said of every gemeentecode in the set who serves it; asks what is not known. An act that comes after
 * that sends what it finds by itself and names its user; one that comes before holds it until the answer is there.
 */
bool kb_import_register_known(struct kb_agent *agent, const struct kb_import *import);

/*
 * The act (kb_act_fn; arg is the struct kb_import). Replaces the rows between van and tot, keeps the others, computes again, pairs
 * old and new (verzuim_pairing.h) and sends. KB_ERR_NEEDS_CONFIRMATION: more would be corrected or withdrawn than the
 * guard lets through; changes is filled, nothing else happened. Any error: nothing happened. Safe to run again.
 * Pupils that are not in the set keep what they have and are marked as gone: a set of one class must not withdraw the
 * meldingen of all others.
 */
KB_MUST_CHECK enum kb_err kb_import_act(struct kb_act *act, void *arg);

#endif
