/* SPDX-License-Identifier: EUPL-1.2 */
/* Taking in a data set: from the days to the meldingen that are sent. */
#include "agents/intake/school_import.h"

#include <malloc.h>

#include "agents/intake/import_roll.h"
#include "agents/intake/school_melding.h"
#include "agents/runtime/directory.h"
#include "agents/runtime/role.h"
#include "common/base/random.h"
#include "common/store/pupils.h"
#include "common/store/record.h"
#include "common/store/school_years.h"
#include "common/wire/absence.h"

/* What an act works with. */
struct work {
	struct kb_act *act;
	struct kb_import *import;
	struct kb_import_roll roll;
	int32_t van_day;
	int32_t tot_day; /* KB_DAY_NONE: no days are replaced */
	struct kb_melding_row *old_rows;
	struct kb_melding *olds;
	size_t old_count;
	size_t old_cap;
	struct kb_melding_list fresh;
	struct kb_pair_list pairs;
};

enum kb_err
kb_import_open(struct kb_import *import, int dir_fd, const struct kb_verzuim_settings *settings,
	       struct kb_error_text *where)
{
	enum kb_err err = KB_OK;

	import->arena.ceiling = KB_DATASET_ARENA_BYTES;
	import->work.ceiling = KB_DATASET_ARENA_BYTES;
	import->settings = *settings;
	err = kb_dataset_load(dir_fd, &import->arena, &import->dataset, &import->problems, where);
	if (err == KB_OK) {
		/* The middle of the year: the first row of a calendar may be a summer holiday that began in July. */
		int32_t middle =
			import->dataset.kalender.first_day +
			(import->dataset.kalender.last_day - import->dataset.kalender.first_day) /
				2;

		import->schooljaar = (uint16_t)kb_date_school_year(middle);
	}
	return err;
}

void
kb_import_release(struct kb_import *import)
{
	kb_arena_release(&import->arena);
	kb_arena_release(&import->work);
	/* A year of a large school is some 50 MiB; an idle agent must not keep them. */
	(void)malloc_trim(0);
	*import = (struct kb_import){ .van_day = KB_DAY_NONE, .tot_day = KB_DAY_NONE };
}

#define GEMEENTECODES 10000

bool
kb_import_register_known(struct kb_agent *agent, const struct kb_import *import)
{
	int32_t today = kb_date_local_day(kb_agent_now_utc_ms(agent));
	const struct kb_dataset *dataset = &import->dataset;
	bool seen[GEMEENTECODES] = { false };
	bool known = true;

	for (size_t i = 0; i < dataset->leerling_count; i++) {
		const char *code = dataset->leerlingen[i].gemeentecode;
		const struct kb_entry *entry = NULL;
		uint64_t number = 0;

		for (size_t j = 0; j < KB_GEMEENTECODE_CHARS; j++) {
			number = number * 10 + (uint64_t)(code[j] - '0');
		}
		if (kb_gemeentecode_is_abroad(code) || number >= GEMEENTECODES || seen[number]) {
			continue;
		}
		seen[number] = true;
		known = kb_directory_gemeente(kb_agent_directory(agent), code, today, &entry) !=
				KB_ERR_OFFLINE &&
			known;
	}
	return known;
}

static void
set_period(struct work *work, const struct kb_school_year *year)
{
	struct kb_import *import = work->import;

	work->van_day = import->van_day != KB_DAY_NONE ? import->van_day
						       : import->dataset.kalender.first_day;
	work->tot_day =
		import->tot_day != KB_DAY_NONE ? import->tot_day : import->dataset.latest_day;
	/* Days that an earlier import brought stay known: the rule looks as far as any of them. */
	import->effective_tot_day = year->tot_day != KB_DAY_NONE && (work->tot_day == KB_DAY_NONE ||
								     year->tot_day > work->tot_day)
					    ? year->tot_day
					    : work->tot_day;
}

/* ---- old and new ---- */

static enum kb_err
old_add(struct work *work, const struct kb_melding_row *row)
{
	if (work->old_count == work->old_cap) {
		size_t cap = work->old_cap != 0 ? work->old_cap * 2 : 128;
		struct kb_melding_row *rows =
			kb_arena_alloc(&work->import->work, cap * sizeof(*rows));
		struct kb_melding *olds = kb_arena_alloc(&work->import->work, cap * sizeof(*olds));

		if (rows == NULL || olds == NULL) {
			return KB_ERR_NO_MEMORY;
		}
		if (work->old_count > 0) {
			memcpy(rows, work->old_rows, work->old_count * sizeof(*rows));
			memcpy(olds, work->olds, work->old_count * sizeof(*olds));
		}
		work->old_rows = rows;
		work->olds = olds;
		work->old_cap = cap;
	}
	work->old_rows[work->old_count] = *row;
	work->olds[work->old_count] = kb_school_melding_of(row);
	work->old_count++;
	work->import->sent_before_count += row->sent.number != 0;
	return KB_OK;
}

/* Only what an import may change: not withdrawn, made by the rule. */
static enum kb_err
load_old(struct work *work)
{
	struct kb_melding_row row = { .schooljaar = work->import->schooljaar };
	enum kb_err err = KB_OK;

	while (err == KB_OK) {
		err = kb_melding_next(work->act->step, true, false, &work->import->work, &row);
		if (err == KB_OK && (row.flags & KB_MELDING_INGETROKKEN) == 0 &&
		    kb_melding_soort_computed((enum kb_melding_soort)row.soort)) {
			err = old_add(work, &row);
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

static enum kb_err
compute(struct work *work)
{
	struct kb_verzuim_input input = { .kalender = &work->import->dataset.kalender,
					  .leerlingen = work->roll.leerlingen,
					  .leerling_count = work->roll.count,
					  .rijen = work->roll.rijen,
					  .rij_count = work->roll.rij_count,
					  .tot_day = work->import->effective_tot_day,
					  .with_abroad = true };
	enum kb_err err = KB_OK;

	/* Without a single day ever taken in there is nothing to look at; the whole year would be wrong. */
	if (input.tot_day != KB_DAY_NONE) {
		err = kb_verzuim_compute(&input, &work->import->settings, &work->import->work,
					 &work->fresh);
	}
	/* The rule counts by place in the list; rows in the store by pupil number. */
	for (size_t i = 0; err == KB_OK && i < work->fresh.count; i++) {
		work->fresh.at[i].leerling = work->roll.pupil_nos[work->fresh.at[i].leerling];
	}
	return err == KB_OK ? kb_verzuim_pair(work->olds, work->old_count, work->fresh.at,
					      work->fresh.count, &work->import->work, &work->pairs)
			    : err;
}

/* ---- the guard ---- */

static struct kb_span
number_of(const struct work *work, uint64_t pupil_no)
{
	for (size_t i = 0; i < work->roll.count; i++) {
		if (work->roll.pupil_nos[i] == pupil_no) {
			return work->roll.leerlingen[i].leerling;
		}
	}
	return KB_SPAN_NONE;
}

/* Something that leerplicht has is changed: what never left may change without asking anyone. */
static bool
changes_sent(const struct work *work, const struct kb_pair *pair)
{
	return (pair->action == KB_PAIR_CORRECT || pair->action == KB_PAIR_WITHDRAW) &&
	       work->old_rows[pair->old_index].sent.number != 0;
}

/* The list for a person; kept in the arena of the import, since the one of this run ends with it. */
static enum kb_err
note_changes(struct work *work)
{
	struct kb_import *import = work->import;
	size_t count = 0;

	for (size_t i = 0; i < work->pairs.count; i++) {
		count += changes_sent(work, &work->pairs.at[i]);
	}
	import->changes = kb_arena_alloc(&import->arena, (count + 1) * sizeof(*import->changes));
	if (import->changes == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	for (size_t i = 0; i < work->pairs.count; i++) {
		const struct kb_pair *pair = &work->pairs.at[i];

		if (changes_sent(work, pair)) {
			const struct kb_melding *old = &work->olds[pair->old_index];

			import->changes[import->change_count++] = (struct kb_import_change){
				.action = pair->action,
				.melding = *old,
				.leerling = kb_arena_copy(&import->arena,
							  number_of(work, old->leerling)),
			};
			import->correct_count += pair->action == KB_PAIR_CORRECT;
			import->withdraw_count += pair->action == KB_PAIR_WITHDRAW;
		}
	}
	return KB_OK;
}

static enum kb_err
guard(const struct work *work)
{
	struct kb_pair_list changed = { .counts = { [KB_PAIR_CORRECT] = work->import->correct_count,
						    [KB_PAIR_WITHDRAW] =
							    work->import->withdraw_count } };

	return !work->import->bevestig && kb_verzuim_pairing_is_large(
						  &changed, work->import->sent_before_count)
		       ? KB_ERR_NEEDS_CONFIRMATION
		       : KB_OK;
}

/* ---- doing it ---- */

static void
count_fate(struct work *work, const struct kb_melding_row *row, size_t *done)
{
	struct kb_spool_counts *counts = &work->import->counts;
	size_t *const by_hold[KB_MELDING_HOLD_COUNT] = {
		[KB_HOLD_NONE] = done,
		[KB_HOLD_GEEN_PERSOON] = &counts->zonder_identificatie,
		[KB_HOLD_GEEN_GEMEENTE] = &counts->zonder_gemeente,
		[KB_HOLD_GEEN_REGISTER] = &counts->wacht_op_register,
		[KB_HOLD_BEVESTIGING] = done,
	};

	(*by_hold[row->hold])++;
}

/* Never sent, and the leerling lives abroad now: nobody is to get it any more. */
static bool
moved_abroad_unsent(const struct kb_melding_row *row, const struct kb_melding *fresh)
{
	return row->sent.number == 0 && kb_gemeentecode_is_abroad(fresh->gemeentecode);
}

static enum kb_err
pair_correct(struct work *work, const struct kb_pair *pair)
{
	struct kb_melding_row *row = &work->old_rows[pair->old_index];
	struct kb_melding fresh = work->fresh.at[pair->new_index];
	enum kb_err err = KB_OK;

	if (moved_abroad_unsent(row, &fresh)) {
		return kb_school_melding_withdraw(work->act, row);
	}
	if (row->sent.number != 0) {
		/* It stays where it is. */
		memcpy(fresh.gemeentecode, row->gemeentecode, sizeof(fresh.gemeentecode));
	}
	kb_school_melding_set(row, &fresh);
	row->revision++;
	err = kb_school_melding_send(work->act, row);
	count_fate(work, row, &work->import->counts.gecorrigeerd);
	return err;
}

static enum kb_err
pair_withdraw(struct work *work, const struct kb_pair *pair)
{
	work->import->counts.ingetrokken++;
	return kb_school_melding_withdraw(work->act, &work->old_rows[pair->old_index]);
}

static enum kb_err
pair_send(struct work *work, const struct kb_pair *pair)
{
	const struct kb_melding *fresh = &work->fresh.at[pair->new_index];
	const struct kb_random random = kb_random_system();
	struct kb_melding_row row = { .schooljaar = work->import->schooljaar,
				      .pupil_no = fresh->leerling,
				      .melding_id = kb_id_random(&random),
				      .revision = 1,
				      .stand = KB_MELDING_STAND_GEREGISTREERD,
				      .ouders_ingelicht_day = KB_DAY_NONE,
				      .made_utc_ms = work->act->now_utc_ms };
	struct kb_pupil pupil;
	enum kb_err err = kb_pupil_clear(work->act->step, row.schooljaar, row.pupil_no, &pupil);

	if (err != KB_OK) {
		return err;
	}
	if (pupil.ended) {
		work->import->ended_count++;
		return KB_OK; /* only enrolled leerlingen can be reported (facts D1) */
	}
	row.data_key_no = pupil.data_key_no;
	kb_school_melding_set(&row, fresh);
	if (kb_date_is_historisch(row.eind_day, kb_date_local_day(work->act->now_utc_ms))) {
		row.flags |= KB_MELDING_HISTORISCH;
	}
	err = kb_school_melding_send(work->act, &row);
	count_fate(work, &row, &work->import->counts.verstuurd);
	return err;
}

static enum kb_err
pair_same(struct work *work, const struct kb_pair *pair)
{
	struct kb_melding_row *row = &work->old_rows[pair->old_index];
	const struct kb_melding *fresh = &work->fresh.at[pair->new_index];

	work->import->counts.ongewijzigd++;
	if ((row->flags & KB_MELDING_VASTGEHOUDEN) == 0) {
		return KB_OK;
	}
	if (moved_abroad_unsent(row, fresh)) {
		return kb_school_melding_withdraw(work->act, row);
	}
	/* What held it may be solved by this very set: personen.csv, or a move. */
	if (row->sent.number == 0) {
		memcpy(row->gemeentecode, fresh->gemeentecode, sizeof(row->gemeentecode));
	}
	return kb_school_melding_send(work->act, row);
}

static enum kb_err
pair_abroad(struct work *work, const struct kb_pair *pair)
{
	(void)work;
	(void)pair;
	return KB_OK;
}

static enum kb_err
apply_pairs(struct work *work)
{
	static enum kb_err (*const actions[KB_PAIR_ACTION_COUNT])(struct work * work,
								  const struct kb_pair *pair) = {
		[KB_PAIR_SAME] = pair_same,	    [KB_PAIR_CORRECT] = pair_correct,
		[KB_PAIR_WITHDRAW] = pair_withdraw, [KB_PAIR_SEND] = pair_send,
		[KB_PAIR_ABROAD] = pair_abroad,
	};
	enum kb_err err = KB_OK;

	/* Withdrawals last: a dossier of which nothing stands is closed, and what comes in its place must not find it so. */
	for (size_t pass = 0; pass < 2; pass++) {
		for (size_t i = 0; err == KB_OK && i < work->pairs.count; i++) {
			const struct kb_pair *pair = &work->pairs.at[i];

			if ((pair->action == KB_PAIR_WITHDRAW) == (pass == 1)) {
				err = actions[pair->action](work, pair);
			}
		}
	}
	return err;
}

static enum kb_err
put_year(struct work *work, struct kb_school_year *year)
{
	const struct kb_import *import = work->import;
	struct kb_record record = { .type = KB_RECORD_IMPORT,
				    .at_utc_ms = work->act->now_utc_ms,
				    .user_no = work->act->user_no,
				    .code = import->schooljaar,
				    .count = import->counts.rijen };
	uint64_t seq = 0;
	enum kb_err err = kb_record_append(work->act->step, &record, KB_SPAN_NONE, &seq);

	year->schooljaar = import->schooljaar;
	year->lesson_minutes = (uint16_t)import->settings.lesson_minutes;
	year->tot_day = import->effective_tot_day;
	year->imported_utc_ms = work->act->now_utc_ms;
	year->imported_seq = seq;
	year->import_count++;
	year->kalender = import->dataset.kalender_rijen;
	year->kalender_count = import->dataset.kalender_rij_count;
	return err == KB_OK ? kb_school_year_put(work->act->step, year) : err;
}

/* An act may run again after a roll-back of its neighbours: what an earlier run counted must not stay. */
static void
forget_earlier_run(struct kb_import *import)
{
	kb_arena_clear(&import->work);
	import->counts = (struct kb_spool_counts){ 0 };
	import->correct_count = 0;
	import->withdraw_count = 0;
	import->sent_before_count = 0;
	import->change_count = 0;
	import->ended_count = 0;
	import->excused_count = 0;
}

enum kb_err
kb_import_act(struct kb_act *act, void *arg)
{
	static enum kb_err (*const steps[])(struct work * work) = { load_old, compute,
								    note_changes };
	struct kb_import *import = arg;
	struct work work = { .act = act, .import = import };
	struct kb_school_year year = { .tot_day = KB_DAY_NONE };
	enum kb_err err = KB_OK;

	forget_earlier_run(import);
	err = kb_school_year_get(act->step, import->schooljaar, &import->work, &year);
	if (err == KB_OK || err == KB_ERR_NOT_FOUND) {
		set_period(&work, &year);
		err = kb_import_roll_take(act, import, work.van_day, work.tot_day, &work.roll);
	}
	for (size_t i = 0; err == KB_OK && i < sizeof(steps) / sizeof(steps[0]); i++) {
		err = steps[i](&work);
	}
	if (err == KB_OK) {
		err = guard(&work);
	}
	if (err == KB_OK) {
		err = apply_pairs(&work);
	}
	return err == KB_OK ? put_year(&work, &year) : err;
}
