/* SPDX-License-Identifier: EUPL-1.2 */
/* The first half of an import. */
#include "agents/intake/import_roll.h"

#include <stdlib.h>

#include "agents/intake/school_days.h"
#include "common/base/checked_math.h"
#include "common/store/pupils.h"
#include "common/store/subjects.h"

/* What the functions below hand to each other. */
struct intake {
	struct kb_act *act;
	struct kb_import *import;
	struct kb_import_roll *roll;
	int32_t van_day;
	int32_t tot_day;
};

/* ---- pupils ---- */

static void
person_of(const struct kb_persoon *from, struct kb_pupil_person *to)
{
	*to = (struct kb_pupil_person){ .present = from->known,
					.adres_geheim = from->adresgeheim,
					.pgn = kb_span_text(from->pgn),
					.voornaam = from->voornaam,
					.tussenvoegsel = from->tussenvoegsel,
					.achternaam = from->achternaam,
					.adres = from->adres,
					.postcode = from->postcode,
					.woonplaats = from->woonplaats,
					.contactpersoon = from->contactpersoon,
					.telefoon = from->telefoon };
}

static bool
person_same(const struct kb_pupil_person *a, const struct kb_pupil_person *b)
{
	return a->present == b->present && a->adres_geheim == b->adres_geheim &&
	       kb_span_equal(a->pgn, b->pgn) && kb_span_equal(a->voornaam, b->voornaam) &&
	       kb_span_equal(a->tussenvoegsel, b->tussenvoegsel) &&
	       kb_span_equal(a->achternaam, b->achternaam) && kb_span_equal(a->adres, b->adres) &&
	       kb_span_equal(a->postcode, b->postcode) &&
	       kb_span_equal(a->woonplaats, b->woonplaats) &&
	       kb_span_equal(a->contactpersoon, b->contactpersoon) &&
	       kb_span_equal(a->telefoon, b->telefoon);
}

static bool
pupil_same(const struct kb_pupil *a, const struct kb_pupil *b)
{
	return a->subject_no == b->subject_no && a->ended == b->ended &&
	       a->geboorte_day == b->geboorte_day && a->leerjaar == b->leerjaar &&
	       strcmp(a->gemeentecode, b->gemeentecode) == 0 && person_same(&a->person, &b->person);
}

/* The row as it is stored; pupil_no alone when the pupil is known from another year; empty when not known. */
static enum kb_err
pupil_before(struct intake *intake, struct kb_span leerling, struct kb_pupil *out, bool *stored)
{
	struct kb_pupil pupil = { .inschrijf_day = KB_PUPIL_DAY_NONE,
				  .uitschrijf_day = KB_PUPIL_DAY_NONE };
	uint64_t pupil_no = 0;
	enum kb_err err = kb_pupil_find(intake->act->step, leerling, &pupil_no);

	*stored = false;
	if (err == KB_OK) {
		err = kb_pupil_get(intake->act->step, intake->import->schooljaar, pupil_no,
				   &intake->import->work, &pupil);
		*stored = err == KB_OK;
	}
	if (err == KB_OK || err == KB_ERR_NOT_FOUND) {
		pupil.pupil_no = pupil_no;
		*out = pupil;
		err = KB_OK;
	}
	return err;
}

/* Without personen.csv in this set, what an earlier one said stays. */
static enum kb_err
put_pupil(struct intake *intake, size_t index, uint64_t *pupil_no, uint64_t *subject_no)
{
	const struct kb_dataset *dataset = &intake->import->dataset;
	const struct kb_verzuim_leerling *leerling = &dataset->leerlingen[index];
	struct kb_pupil before;
	struct kb_pupil pupil;
	bool stored = false;
	enum kb_err err = pupil_before(intake, leerling->leerling, &before, &stored);

	if (err != KB_OK) {
		return err;
	}
	pupil = before;
	pupil.schooljaar = intake->import->schooljaar;
	pupil.leerling = leerling->leerling;
	pupil.geboorte_day = leerling->geboorte_day;
	pupil.leerjaar = leerling->leerjaar;
	memcpy(pupil.gemeentecode, leerling->gemeentecode, sizeof(pupil.gemeentecode));
	pupil.ended = pupil.uitschrijf_day != KB_PUPIL_DAY_NONE;
	if (dataset->has_personen && dataset->personen[index].known) {
		person_of(&dataset->personen[index], &pupil.person);
		err = kb_subject_take(intake->act->step, pupil.person.pgn, &pupil.subject_no);
	}
	if (err == KB_OK && !(stored && pupil_same(&before, &pupil))) {
		err = kb_pupil_put(intake->act->step, &pupil);
	}
	*pupil_no = pupil.pupil_no;
	*subject_no = pupil.subject_no;
	return err;
}

/* ---- days ---- */

/* The days of one pupil inside the period; rows outside it are not this import's. */
static enum kb_err
put_days(struct intake *intake, uint64_t pupil_no, const struct kb_verzuim_rij *rijen, size_t count)
{
	struct kb_attendance_day *days = NULL;
	size_t used = 0;

	if (intake->tot_day == KB_DAY_NONE || intake->tot_day < intake->van_day) {
		return KB_OK;
	}
	days = kb_arena_alloc(&intake->import->work, (count + 1) * sizeof(*days));
	if (days == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	for (size_t i = 0; i < count; i++) {
		if (rijen[i].day >= intake->van_day && rijen[i].day <= intake->tot_day) {
			days[used++] = (struct kb_attendance_day){
				.day = rijen[i].day,
				.minuten_rooster = rijen[i].minuten_rooster,
				.minuten_geoorloofd = rijen[i].minuten_geoorloofd,
				.minuten_ongeoorloofd = rijen[i].minuten_ongeoorloofd
			};
		}
	}
	intake->import->counts.rijen += used;
	return kb_attendance_replace(intake->act->step, intake->import->schooljaar, pupil_no,
				     intake->van_day, intake->tot_day, days, used, NULL);
}

/* ---- what the rule looks at ---- */

/* A larger copy of used elements of size bytes; NULL without memory. */
static void *
grown(struct kb_arena *arena, const void *old, size_t size, size_t used, size_t cap)
{
	size_t bytes = 0;
	void *more = kb_size_mul(cap, size, &bytes) == KB_OK ? kb_arena_alloc(arena, bytes) : NULL;

	if (more != NULL && used > 0) {
		memcpy(more, old, used * size);
	}
	return more;
}

/* Room for one more pupil with day_count days. */
static enum kb_err
roll_room(struct intake *intake, size_t day_count)
{
	struct kb_arena *arena = &intake->import->work;
	struct kb_import_roll *roll = intake->roll;

	if (roll->count == roll->cap) {
		roll->cap = roll->cap * 2 + 256;
		roll->leerlingen = grown(arena, roll->leerlingen, sizeof(*roll->leerlingen),
					 roll->count, roll->cap);
		roll->pupil_nos = grown(arena, roll->pupil_nos, sizeof(*roll->pupil_nos),
					roll->count, roll->cap);
	}
	if (roll->rij_cap - roll->rij_count < day_count) {
		roll->rij_cap = (roll->rij_cap + day_count) * 2;
		roll->rijen = grown(arena, roll->rijen, sizeof(*roll->rijen), roll->rij_count,
				    roll->rij_cap);
	}
	return roll->leerlingen != NULL && roll->pupil_nos != NULL &&
			       (roll->rijen != NULL || roll->rij_cap == 0)
		       ? KB_OK
		       : KB_ERR_NO_MEMORY;
}

static enum kb_err
roll_add(struct intake *intake, const struct kb_verzuim_leerling *leerling, uint64_t pupil_no,
	 uint64_t subject_no)
{
	struct kb_import_roll *roll = intake->roll;
	struct kb_attendance_day *days = NULL;
	size_t count = 0;
	enum kb_err err = kb_school_days(intake->act, intake->import->schooljaar, pupil_no,
					 subject_no, &intake->import->work, &days, &count,
					 &intake->import->excused_count);

	if (err == KB_OK) {
		err = roll_room(intake, count);
	}
	if (err != KB_OK) {
		return err;
	}
	for (size_t i = 0; i < count; i++) {
		/* A new calendar may have made an old day free: such a day counts for nothing. */
		if (kb_kalender_is_schooldag(&intake->import->dataset.kalender, days[i].day)) {
			roll->rijen[roll->rij_count++] = (struct kb_verzuim_rij){
				.leerling = (uint32_t)roll->count,
				.day = days[i].day,
				.minuten_rooster = days[i].minuten_rooster,
				.minuten_geoorloofd = days[i].minuten_geoorloofd,
				.minuten_ongeoorloofd = days[i].minuten_ongeoorloofd
			};
		}
	}
	roll->leerlingen[roll->count] = *leerling;
	roll->pupil_nos[roll->count] = pupil_no;
	roll->count++;
	return KB_OK;
}

static enum kb_err
take_in_named(struct intake *intake)
{
	const struct kb_dataset *dataset = &intake->import->dataset;
	size_t rij = 0;
	enum kb_err err = KB_OK;

	intake->import->counts.leerlingen = dataset->leerling_count;
	intake->import->counts.buitenland = dataset->abroad_count;
	for (size_t i = 0; err == KB_OK && i < dataset->leerling_count; i++) {
		size_t first = rij;
		uint64_t pupil_no = 0;
		uint64_t subject_no = 0;

		while (rij < dataset->rij_count && dataset->rijen[rij].leerling == i) {
			rij++;
		}
		err = put_pupil(intake, i, &pupil_no, &subject_no);
		if (err == KB_OK) {
			err = put_days(intake, pupil_no, dataset->rijen + first, rij - first);
		}
		if (err == KB_OK) {
			err = roll_add(intake, &dataset->leerlingen[i], pupil_no, subject_no);
		}
	}
	return err;
}

static int
compare_numbers(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a;
	uint64_t y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static enum kb_err
gone_one(struct intake *intake, struct kb_pupil *pupil)
{
	struct kb_verzuim_leerling leerling = { .leerling = pupil->leerling,
						.geboorte_day = pupil->geboorte_day,
						.leerjaar = pupil->leerjaar };
	enum kb_err err = KB_OK;

	memcpy(leerling.gemeentecode, pupil->gemeentecode, sizeof(leerling.gemeentecode));
	err = roll_add(intake, &leerling, pupil->pupil_no, pupil->subject_no);
	if (err == KB_OK && !pupil->ended) {
		pupil->ended = true;
		err = kb_pupil_put(intake->act->step, pupil);
	}
	return err;
}

/* Pupils of this year that the set does not name. */
static enum kb_err
take_in_gone(struct intake *intake)
{
	size_t named = intake->roll->count;
	uint64_t *known = kb_arena_alloc(&intake->import->work, (named + 1) * sizeof(*known));
	struct kb_pupil pupil = { .pupil_no = 0 };
	enum kb_err err = known != NULL ? KB_OK : KB_ERR_NO_MEMORY;

	if (err == KB_OK && named > 0) {
		memcpy(known, intake->roll->pupil_nos, named * sizeof(*known));
		qsort(known, named, sizeof(*known), compare_numbers);
	}
	while (err == KB_OK) {
		err = kb_pupil_next(intake->act->step, intake->import->schooljaar, pupil.pupil_no,
				    &intake->import->work, &pupil);
		if (err == KB_OK && bsearch(&pupil.pupil_no, known, named, sizeof(*known),
					    compare_numbers) == NULL) {
			err = gone_one(intake, &pupil);
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

enum kb_err
kb_import_roll_take(struct kb_act *act, struct kb_import *import, int32_t van_day, int32_t tot_day,
		    struct kb_import_roll *roll)
{
	struct intake intake = {
		.act = act, .import = import, .roll = roll, .van_day = van_day, .tot_day = tot_day
	};
	enum kb_err err = KB_OK;

	*roll = (struct kb_import_roll){ .count = 0 };
	err = take_in_named(&intake);
	return err == KB_OK ? take_in_gone(&intake) : err;
}
