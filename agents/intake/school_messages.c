/* SPDX-License-Identifier: EUPL-1.2 */
/* What comes back to a school: receipts, the stand at leerplicht, questions. */
#include "agents/intake/dossier.h"
#include "agents/intake/school_melding.h"
#include "agents/intake/school_role.h"
#include "common/wire/absence.h"

/* ---- messages of the gemeente ---- */

static enum kb_err
melding_of(struct kb_act *act, const struct kb_id *melding_id, struct kb_melding_row *row)
{
	uint16_t schooljaar = 0;
	uint64_t pupil_no = 0;
	uint32_t melding_no = 0;
	enum kb_err err =
		kb_melding_find(act->step, melding_id, &schooljaar, &pupil_no, &melding_no);

	return err == KB_OK ? kb_melding_get(act->step, schooljaar, pupil_no, melding_no,
					     act->arena, row)
			    : err;
}

static enum kb_err
set_stand(struct kb_act *act, const struct kb_verzuim_stand *stand, struct kb_melding_row *row)
{
	if (stand->stand != KB_MELDING_STAND_NONE) {
		row->stand = stand->stand;
	}
	if (stand->duo_kenmerk.len > 0) {
		row->duo_kenmerk = stand->duo_kenmerk;
	}
	return kb_melding_put(act->step, row);
}

static enum kb_err
store_stand(struct kb_act *act, const struct kb_received *received,
	    const struct kb_verzuim_stand *stand, struct kb_melding_row *row,
	    const struct kb_case *dossier)
{
	struct kb_dossier_author author = kb_dossier_sender(received);
	/* Of the whole dossier it only explains: where that stands say the steps of its route. */
	enum kb_err err = !kb_id_empty(&stand->melding_id) ? set_stand(act, stand, row) : KB_OK;

	if (err == KB_OK) {
		err = kb_dossier_note_put(act->step, dossier->case_no, stand->toelichting, &author);
	}
	return err == KB_OK ? kb_dossier_raise(act->step, dossier->case_no, 0, act->now_utc_ms)
			    : err;
}

static enum kb_err
on_stand(struct kb_act *act, const struct kb_received *received)
{
	struct kb_verzuim_stand stand;
	struct kb_melding_row row = { 0 };
	struct kb_case *dossier = NULL;
	enum kb_err err = kb_verzuim_stand_decode(received->content, act->arena, &stand);

	if (err == KB_OK) {
		err = kb_dossier_check(act, received);
	}
	if (err == KB_OK && !kb_id_empty(&stand.melding_id)) {
		err = melding_of(act, &stand.melding_id, &row);
		if (err == KB_OK && row.case_no != received->case_no) {
			err = KB_ERR_NOT_FOUND; /* a melding of another dossier, perhaps of another gemeente */
		}
	}
	if (err == KB_OK) {
		err = kb_act_accept(act, received, KB_CASE_KIND_VERZUIM, &dossier, NULL);
	}
	return err == KB_OK ? store_stand(act, received, &stand, &row, dossier) : err;
}

static enum kb_err
on_vraag(struct kb_act *act, const struct kb_received *received)
{
	struct kb_dossier_author author = kb_dossier_sender(received);
	struct kb_verzuim_vraag vraag;
	enum kb_err err = kb_verzuim_vraag_decode(received->content, act->arena, &vraag);

	if (err == KB_OK) {
		err = kb_dossier_check(act, received);
	}
	if (err == KB_OK) {
		err = kb_act_accept(act, received, KB_CASE_KIND_VERZUIM, NULL, NULL);
	}
	if (err == KB_OK) {
		err = kb_dossier_question_put(act->step, received->case_no, &vraag.vraag_id,
					      vraag.tekst, &author);
	}
	return err == KB_OK ? kb_dossier_raise(act->step, received->case_no, KB_INBOX_ANSWER_DUE,
					       act->now_utc_ms)
			    : err;
}

const struct kb_role_handler kb_school_handlers[KB_SCHOOL_HANDLER_COUNT] = {
	{ KB_KIND_VERZUIM_STAND, on_stand },
	{ KB_KIND_VERZUIM_VRAAG, on_vraag },
};

/* ---- receipts ---- */

/* The melding that a message was about; KB_ERR_NOT_FOUND for messages about a whole dossier, and after erasure. */
static enum kb_err
melding_of_sent(struct kb_act *act, const struct kb_sent_fate *fate, struct kb_melding_row *row)
{
	struct kb_verzuim_melding message;
	struct kb_span content = KB_SPAN_NONE;
	enum kb_err err = KB_OK;

	if (fate->kind != KB_KIND_VERZUIM_MELDING && fate->kind != KB_KIND_VERZUIM_CORRECTIE) {
		return KB_ERR_NOT_FOUND;
	}
	err = kb_act_sent_content(act, &fate->ref, &content);
	if (err == KB_OK) {
		err = kb_verzuim_melding_decode(content, act->arena, &message);
	}
	return err == KB_OK ? melding_of(act, &message.melding_id, row) : err;
}

/* The five working days stop at the moment the gemeente stored the first message about it, by its clock. */
static enum kb_err
melding_stored(struct kb_act *act, const struct kb_sent_fate *fate, struct kb_melding_row *row)
{
	enum kb_err err = KB_OK;

	if (row->stored_utc_ms != 0) {
		return KB_OK;
	}
	row->stored_utc_ms = fate->stored_utc_ms;
	if (row->uiterste_melddag != KB_DAY_NONE &&
	    kb_date_local_day(fate->stored_utc_ms) > row->uiterste_melddag) {
		row->flags |= KB_MELDING_TE_LAAT;
	}
	if (row->clock_id != 0) {
		err = kb_act_clock_stop(act, row->case_no, row->clock_id, fate->stored_utc_ms,
					NULL);
		err = err == KB_OK || err == KB_ERR_STATE ? kb_school_case_late(act, row->case_no)
							  : err;
	}
	return err == KB_OK ? kb_melding_put(act->step, row) : err;
}

enum kb_err
kb_school_fate(struct kb_act *act, const struct kb_sent_fate *fate)
{
	struct kb_melding_row row;
	enum kb_err err = KB_OK;

	if (fate->case_no == 0) {
		return KB_OK;
	}
	if (fate->fate != KB_FATE_STORED) {
		return kb_dossier_raise(act->step, fate->case_no, KB_INBOX_PROBLEM,
					act->now_utc_ms);
	}
	err = melding_of_sent(act, fate, &row);
	if (err == KB_OK) {
		return melding_stored(act, fate, &row);
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

/* A clock that ran out is shown; a past school year is no alarm. */
enum kb_err
kb_school_clock(struct kb_act *act, const struct kb_deadline *due)
{
	return due->historisch
		       ? KB_OK
		       : kb_dossier_raise(act->step, due->case_no, KB_INBOX_LATE, act->now_utc_ms);
}
