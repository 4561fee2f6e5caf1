/* SPDX-License-Identifier: EUPL-1.2 */
/* The desk verb `verzuim meld`: luxeverzuim, overig verzuim and 18+ are made by a person (facts D1). */
#include "agents/intake/school_days.h"
#include "agents/intake/school_melding.h"
#include "agents/intake/school_verbs.h"
#include "common/base/random.h"
#include "common/store/pupils.h"
#include "common/wire/absence.h"

/* How far ahead a holiday without leave may be reported. */
#define AHEAD_DAYS_MAX 366

static enum kb_err
find_pupil(struct kb_desk_call *call, struct kb_pupil *out)
{
	uint16_t year = (uint16_t)kb_date_school_year(kb_desk_date_arg(call, "begin"));
	uint64_t pupil_no = 0;
	enum kb_err err =
		kb_pupil_find(kb_desk_step(call), kb_desk_text_arg(call, "leerling"), &pupil_no);

	if (err == KB_OK) {
		err = kb_pupil_get(kb_desk_step(call), year, pupil_no, kb_desk_arena(call), out);
	}
	if (err == KB_ERR_NOT_FOUND) {
		return kb_desk_fail(call, err,
				    "Deze leerling is in schooljaar %u/%u niet ingelezen.", year,
				    year + 1u);
	}
	if (err == KB_OK && out->uitschrijf_day != KB_PUPIL_DAY_NONE) {
		/* Only enrolled leerlingen can be reported (facts D1). */
		return kb_desk_fail(call, KB_ERR_STATE,
				    "Deze leerling is uitgeschreven; melden kan niet meer.");
	}
	return err;
}

/* Minutes that were given, or the unauthorised ones that were taken in for the period. */
static enum kb_err
minutes_of(struct kb_desk_call *call, uint64_t subject_no, struct kb_melding_row *row)
{
	struct kb_attendance_day *days = NULL;
	size_t count = 0;
	enum kb_err err = kb_school_days(kb_desk_act(call), row->schooljaar, row->pupil_no,
					 subject_no, kb_desk_arena(call), &days, &count, NULL);

	row->minuten = (uint32_t)kb_desk_number_arg(call, "minuten");
	for (size_t i = 0; err == KB_OK && !kb_desk_has(call, "minuten") && i < count; i++) {
		if (days[i].day >= row->begin_day && days[i].day <= row->eind_day) {
			row->minuten += days[i].minuten_ongeoorloofd;
		}
	}
	return err;
}

static enum kb_err
check(struct kb_desk_call *call, int32_t today)
{
	enum kb_melding_soort soort = kb_melding_soort_of(kb_desk_text_arg(call, "soort"));
	int32_t begin = kb_desk_date_arg(call, "begin");

	if (soort == KB_MELDING_SOORT_NONE || kb_melding_soort_computed(soort)) {
		return kb_desk_fail(call, KB_ERR_DATA,
				    "De soort is luxeverzuim, overig of 18-plus; 16-uur en "
				    "langdurig rekent de agent zelf uit.");
	}
	if (begin > today + AHEAD_DAYS_MAX ||
	    (kb_desk_has(call, "eind") && kb_desk_date_arg(call, "eind") < begin)) {
		return kb_desk_fail(call, KB_ERR_DATA,
				    "--eind ligt niet voor --begin, en --begin niet meer dan een "
				    "jaar vooruit.");
	}
	if (kb_desk_number_arg(call, "minuten") > KB_WIRE_MINUTES_MAX) {
		return kb_desk_fail(call, KB_ERR_DATA, "--minuten is te groot.");
	}
	return KB_OK;
}

static void
row_fill(struct kb_desk_call *call, const struct kb_pupil *pupil, int32_t today,
	 struct kb_melding_row *row)
{
	const struct kb_random random = kb_random_system();

	*row = (struct kb_melding_row){
		.schooljaar = pupil->schooljaar,
		.pupil_no = pupil->pupil_no,
		.melding_id = kb_id_random(&random),
		.data_key_no = pupil->data_key_no,
		.revision = 1,
		.stand = KB_MELDING_STAND_GEREGISTREERD,
		.flags = KB_MELDING_HAND,
		.vastgesteld_day = today,
		.made_utc_ms = kb_desk_now_utc_ms(call),
		.soort = kb_melding_soort_of(kb_desk_text_arg(call, "soort")),
		.begin_day = kb_desk_date_arg(call, "begin"),
		.ouders_ingelicht_day = kb_desk_date_arg(call, "ouders-ingelicht"),
	};
	row->eind_day = kb_desk_has(call, "eind") ? kb_desk_date_arg(call, "eind") : row->begin_day;
	/* Luxeverzuim is reported at once (facts D1): the clock ends with the day. The other kinds are not mandatory. */
	row->uiterste_melddag = row->soort == KB_MELDING_LUXE ? today : KB_DAY_NONE;
	memcpy(row->gemeentecode, pupil->gemeentecode, sizeof(row->gemeentecode));
	if (kb_date_is_historisch(row->eind_day, today)) {
		row->flags |= KB_MELDING_HISTORISCH;
	}
}

enum kb_err
kb_school_meld(struct kb_desk_call *call)
{
	int32_t today = kb_date_local_day(kb_desk_now_utc_ms(call));
	struct kb_melding_row row;
	struct kb_pupil pupil;
	enum kb_err err = check(call, today);

	if (err == KB_OK) {
		err = find_pupil(call, &pupil);
	}
	if (err == KB_OK && kb_gemeentecode_is_abroad(pupil.gemeentecode)) {
		err = kb_desk_fail(call, KB_ERR_STATE,
				   "Deze leerling woont in het buitenland; er is geen gemeente om "
				   "aan te melden.");
	}
	if (err == KB_OK) {
		row_fill(call, &pupil, today, &row);
		err = minutes_of(call, pupil.subject_no, &row);
	}
	if (err == KB_OK) {
		err = kb_school_melding_send(kb_desk_act(call), &row);
	}
	if (err != KB_OK) {
		return err;
	}
	if (row.hold == KB_HOLD_NONE) {
		kb_desk_say(call, "De melding is op weg, in zaak %llu.",
			    (unsigned long long)row.case_no);
	} else {
		kb_desk_say(call, "De melding is vastgehouden: %s.",
			    kb_melding_hold_text(row.hold));
	}
	kb_desk_say(call, KB_SCHOOL_DUO_SENTENCE);
	return KB_OK;
}
