/* SPDX-License-Identifier: EUPL-1.2 */
/* What schools send to the leerplicht desk. */
#include "agents/gemeente/leerplicht.h"

#include "agents/gemeente/leerplicht_dossier.h"
#include "agents/intake/dossier_route.h"
#include "agents/intake/steps_taken.h"
#include "agents/runtime/directory.h"
#include "common/exchange/date.h"
#include "common/store/epochs.h"
#include "common/trust/register_trust.h"

static int32_t
day_of(uint32_t number)
{
	int32_t day = KB_DAY_NONE;

	/* The decoder lets only 0 and dates that exist through. */
	kb_ignore(kb_date_of_number(number, &day), "0 is no date");
	return day;
}

/* ---- checks before a message leaves a trace ---- */

static enum kb_err
melding_of(struct kb_act *act, const struct kb_received *received, const struct kb_id *melding_id,
	   struct kb_melding_row *out)
{
	uint16_t schooljaar = 0;
	uint64_t pupil_no = 0;
	uint32_t melding_no = 0;
	enum kb_err err =
		kb_melding_find(act->step, melding_id, &schooljaar, &pupil_no, &melding_no);

	if (err == KB_OK) {
		err = kb_melding_get(act->step, schooljaar, pupil_no, melding_no, act->arena, out);
	}
	return err == KB_OK && out->counterparty_no != received->sender_no ? KB_ERR_NOT_ALLOWED
									   : err;
}

/* To refuse with: of another school and not there are one answer. */
static enum kb_err
known_melding_of(struct kb_act *act, const struct kb_received *received,
		 const struct kb_id *melding_id, struct kb_melding_row *out)
{
	enum kb_err err = melding_of(act, received, melding_id, out);

	return err == KB_ERR_NOT_ALLOWED ? KB_ERR_NOT_FOUND : err;
}

/* A melding of a child that lives elsewhere is not ours to have. A correction stays where the melding went. */
static enum kb_err
check_gemeente(struct kb_act *act, const struct kb_received *received,
	       const struct kb_verzuim_melding *message)
{
	const struct kb_entry *own = NULL;
	int32_t today = kb_date_local_day(received->stored_utc_ms);
	enum kb_err err = KB_OK;

	if (received->kind != KB_KIND_VERZUIM_MELDING) {
		return KB_OK;
	}
	err = kb_directory_find(act->directory, kb_agent_self(act->agent), act->now_utc_ms, &own);
	if (err != KB_OK) {
		return KB_OK; /* our own entry is old or gone: that is for doctor to say, not for the school */
	}
	return kb_descriptor_serves(&own->descriptor, message->gemeentecode, kb_date_number(today))
		       ? KB_OK
		       : KB_ERR_WRONG_RECIPIENT;
}

/* A case that is new here, or of this sender and this school year. */
static enum kb_err
check_melding(struct kb_act *act, const struct kb_received *received,
	      const struct kb_verzuim_melding *message)
{
	struct kb_case row;
	enum kb_err err = KB_OK;

	if (received->case_no == 0) {
		return check_gemeente(act, received, message);
	}
	err = kb_dossier_check(act, received);
	if (err == KB_OK) {
		err = kb_case_get(act->step, received->case_no, &row);
	}
	if (err == KB_OK && row.subject_no != 0 && row.schooljaar != message->schooljaar) {
		err = KB_ERR_NOT_ALLOWED; /* one dossier is about one school year */
	}
	return err == KB_OK ? check_gemeente(act, received, message) : err;
}

/* ---- meldingen ---- */

static bool
overlaps(const struct kb_melding_row *row, const struct kb_verzuim_melding *message)
{
	int32_t begin = day_of(message->begindatum);
	int32_t end = day_of(message->einddatum);

	/* What the rule makes never overlaps; by hand the same days may be reported twice on purpose. */
	return kb_melding_soort_computed(message->soort)
		       ? row->begin_day <= end && begin <= row->eind_day
		       : row->begin_day == begin && row->eind_day == end;
}

/*
 * A school whose store went back in time numbers in a new epoch and makes new ids for what it reported before: the row of the
 * earlier epoch is that melding, under its new id.
 */
static enum kb_err
adopt(struct kb_act *act, const struct kb_received *received, const struct kb_case *dossier,
      const struct kb_verzuim_melding *message, uint32_t epoch_no, struct kb_melding_row *out)
{
	struct kb_melding_row row = kb_dossier_start(dossier, dossier->subject_no);
	enum kb_err err = KB_OK;

	while (err == KB_OK) {
		err = kb_melding_next(act->step, true, true, act->arena, &row);
		if (err == KB_OK && row.counterparty_no == received->sender_no &&
		    row.sent.epoch_no < epoch_no && row.soort == (uint32_t)message->soort &&
		    (row.flags & KB_MELDING_INGETROKKEN) == 0 && overlaps(&row, message)) {
			*out = row;
			err = kb_melding_rename(act->step, out, &message->melding_id);
			return err == KB_OK ? kb_leerplicht_tell_stand(act, received, out, dossier)
					    : err;
		}
	}
	return err;
}

static void
row_new(const struct kb_received *received, const struct kb_case *dossier,
	const struct kb_verzuim_melding *message, struct kb_melding_row *row)
{
	int32_t today = kb_date_local_day(received->stored_utc_ms);

	*row = (struct kb_melding_row){ .schooljaar = dossier->schooljaar,
					.pupil_no = dossier->subject_no,
					.melding_id = message->melding_id,
					.data_key_no = dossier->data_key_no,
					.counterparty_no = received->sender_no,
					.stand = KB_MELDING_STAND_GEREGISTREERD,
					.made_utc_ms = received->sent_utc_ms,
					.stored_utc_ms = received->stored_utc_ms };
	/* The same two times as at the school: its last day to report, and our stored time. */
	if (message->uiterste_melddatum != 0 && today > day_of(message->uiterste_melddatum)) {
		row->flags |= KB_MELDING_TE_LAAT;
	}
	if (kb_date_is_historisch(day_of(message->einddatum), today)) {
		row->flags |= KB_MELDING_HISTORISCH;
	}
}

static void
row_set(struct kb_melding_row *row, const struct kb_received *received,
	const struct kb_verzuim_melding *message)
{
	row->revision = message->revision;
	row->soort = message->soort;
	row->begin_day = day_of(message->begindatum);
	row->eind_day = day_of(message->einddatum);
	row->minuten = message->minuten;
	row->uiterste_melddag = day_of(message->uiterste_melddatum);
	row->vastgesteld_day = day_of(message->vastgesteld_op);
	row->ouders_ingelicht_day = day_of(message->ouders_ingelicht_op);
	row->content = received->content;
	row->sent_utc_ms = received->stored_utc_ms;
	if (message->duo_kenmerk.len > 0) {
		row->duo_kenmerk = message->duo_kenmerk;
	}
	memcpy(row->gemeentecode, message->gemeentecode, sizeof(row->gemeentecode));
}

/* Steps come again with every correction: only those that are not there yet are added. */
static enum kb_err
put_steps(struct kb_act *act, const struct kb_received *received,
	  const struct kb_melding_stap *stappen, size_t count)
{
	struct kb_melding_stap *known = NULL;
	size_t known_count = 0;
	enum kb_err err = KB_OK;

	if (count > 0) {
		err = kb_steps_taken_list(act->step, received->case_no, act->arena, &known,
					  &known_count);
	}
	for (size_t i = 0; err == KB_OK && i < count; i++) {
		bool there = false;

		for (size_t j = 0; j < known_count && !there; j++) {
			there = known[j].datum == stappen[i].datum &&
				kb_span_equal(known[j].tekst, stappen[i].tekst);
		}
		if (!there) {
			err = kb_steps_taken_add(act->step, received->case_no, &stappen[i],
						 received->sender_no, 0, received->stored_utc_ms);
		}
	}
	return err;
}

/* The row of this melding, made when it is new here. *overtaken: what the message says is older than what stands there. */
static enum kb_err
take_row(struct kb_act *act, const struct kb_received *received, struct kb_case *dossier,
	 const struct kb_verzuim_melding *message, struct kb_melding_row *row, bool *overtaken)
{
	uint32_t epoch_no = 0;
	enum kb_err err =
		kb_epoch_take(act->step, received->sender_no, &received->epoch, &epoch_no);

	if (err == KB_OK) {
		err = melding_of(act, received, &message->melding_id, row);
	}
	if (err == KB_OK) {
		*overtaken = epoch_no < row->sent.epoch_no ||
			     (epoch_no == row->sent.epoch_no && message->revision < row->revision);
	} else if (err == KB_ERR_NOT_FOUND) {
		err = adopt(act, received, dossier, message, epoch_no, row);
		if (err == KB_ERR_NOT_FOUND) {
			row_new(received, dossier, message, row);
			err = KB_OK;
		}
	}
	row->sent = (struct kb_number_key){ .party_no = received->sender_no,
					    .epoch_no = epoch_no,
					    .number = received->number };
	return err;
}

/* Kind 10 and 11: the whole melding as it stands now. A correction of one that we never got counts as one, and a correction does
 * not change where melding and dossier stand. A melding that crossed the end of its dossier stands in it and is shown as new. */
static enum kb_err
on_melding(struct kb_act *act, const struct kb_received *received)
{
	struct kb_received in_case = *received;
	struct kb_verzuim_melding message;
	struct kb_melding_row row = { 0 };
	struct kb_case *dossier = NULL;
	bool overtaken = false;
	enum kb_err err = kb_verzuim_melding_decode(received->content, act->arena, &message);

	if (err == KB_OK) {
		err = check_melding(act, received, &message);
	}
	if (err == KB_OK) {
		err = melding_of(act, received, &message.melding_id, &row);
		err = err == KB_ERR_NOT_FOUND ? KB_OK
					      : err; /* it is new; of another school: refused */
	}
	if (err == KB_OK) {
		err = kb_act_accept(act, received, KB_CASE_KIND_VERZUIM, &dossier, NULL);
	}
	if (err == KB_OK) {
		in_case.case_no = dossier->case_no;
		err = kb_leerplicht_dossier_take(act, &in_case, &message, dossier);
	}
	if (err == KB_OK) {
		err = take_row(act, &in_case, dossier, &message, &row, &overtaken);
	}
	if (err != KB_OK || overtaken) {
		return err;
	}
	row.case_no = dossier->case_no;
	row_set(&row, received, &message);
	err = kb_melding_put(act->step, &row);
	if (err == KB_OK) {
		err = put_steps(act, &in_case, message.stappen, message.stap_count);
	}
	return err == KB_OK
		       ? kb_dossier_raise(
				 act->step, dossier->case_no,
				 (row.flags & KB_MELDING_HISTORISCH) != 0 ? KB_INBOX_HISTORISCH : 0,
				 act->now_utc_ms)
		       : err;
}

/* ---- the other kinds: all of a dossier that is known here ---- */

static enum kb_err
accept_known(struct kb_act *act, const struct kb_received *received, struct kb_case **dossier)
{
	enum kb_err err = kb_dossier_check(act, received);

	return err == KB_OK ? kb_act_accept(act, received, KB_CASE_KIND_VERZUIM, dossier, NULL)
			    : err;
}

static enum kb_err
raise(struct kb_act *act, const struct kb_received *received)
{
	return kb_dossier_raise(act->step, received->case_no, 0, act->now_utc_ms);
}

/* A withdrawal does not undo what the desk finished: an afgesloten melding stays afgesloten, and is marked. */
static enum kb_err
on_intrekking(struct kb_act *act, const struct kb_received *received)
{
	struct kb_dossier_author author = kb_dossier_sender(received);
	struct kb_verzuim_intrekking message;
	struct kb_melding_row row;
	struct kb_case *dossier = NULL;
	enum kb_err err = kb_verzuim_intrekking_decode(received->content, act->arena, &message);

	if (err == KB_OK) {
		err = known_melding_of(act, received, &message.melding_id, &row);
	}
	if (err == KB_OK) {
		err = accept_known(act, received, &dossier);
	}
	if (err != KB_OK) {
		return err;
	}
	row.flags |= KB_MELDING_INGETROKKEN;
	row.revision = message.revision;
	row.sent_utc_ms = received->stored_utc_ms;
	if (row.stand != KB_MELDING_STAND_AFGESLOTEN) {
		row.stand = KB_MELDING_STAND_INGETROKKEN;
	}
	err = kb_melding_put(act->step, &row);
	if (err == KB_OK) {
		err = kb_dossier_end_if_empty(act, dossier->case_no, dossier->subject_no);
	}
	if (err == KB_OK) {
		err = kb_dossier_note_put(act->step, received->case_no, message.reden, &author);
	}
	return err == KB_OK ? raise(act, received) : err;
}

static enum kb_err
on_antwoord(struct kb_act *act, const struct kb_received *received)
{
	struct kb_dossier_author author = kb_dossier_sender(received);
	struct kb_verzuim_antwoord message;
	struct kb_case *dossier = NULL;
	bool more_open = false;
	enum kb_err err = kb_verzuim_antwoord_decode(received->content, act->arena, &message);

	if (err == KB_OK) {
		err = accept_known(act, received, &dossier);
	}
	if (err == KB_OK) {
		err = kb_dossier_answer_put(act->step, received->case_no, &message.vraag_id,
					    message.tekst, received->stored_utc_ms, act->arena,
					    &more_open);
		if (err == KB_ERR_NOT_FOUND) {
			/* An answer to what we no longer ask is still read. */
			err = kb_dossier_note_put(act->step, received->case_no, message.tekst,
						  &author);
		}
	}
	if (err == KB_OK && !more_open) {
		dossier->inbox_flags &= ~KB_INBOX_WAITING;
		dossier->waiting_since_utc_ms = 0;
	}
	return err == KB_OK ? raise(act, received) : err;
}

static enum kb_err
on_einde(struct kb_act *act, const struct kb_received *received)
{
	struct kb_verzuim_einde message;
	struct kb_melding_stap stap = { 0 };
	enum kb_err err = kb_verzuim_einde_decode(received->content, act->arena, &message);

	if (err == KB_OK) {
		err = accept_known(act, received, NULL);
	}
	if (err == KB_OK) {
		stap = (struct kb_melding_stap){
			.datum = message.datum, .tekst = kb_span_text(kb_einde_label(message.soort))
		};
		err = put_steps(act, received, &stap, 1);
	}
	return err == KB_OK ? raise(act, received) : err;
}

static enum kb_err
supplement_row(struct kb_act *act, const struct kb_received *received,
	       const struct kb_verzuim_aanvulling *message, struct kb_melding_row *row)
{
	if (message->ouders_ingelicht_op != 0) {
		row->ouders_ingelicht_day = day_of(message->ouders_ingelicht_op);
	}
	if (message->duo_kenmerk.len > 0) {
		row->duo_kenmerk = message->duo_kenmerk;
	}
	row->sent_utc_ms = received->stored_utc_ms;
	return kb_melding_put(act->step, row);
}

static enum kb_err
supplement_all(struct kb_act *act, const struct kb_received *received,
	       const struct kb_verzuim_aanvulling *message, const struct kb_case *dossier)
{
	struct kb_melding_row row = kb_dossier_start(dossier, dossier->subject_no);
	enum kb_err err = KB_OK;

	while (err == KB_OK) {
		err = kb_dossier_melding_next(act->step, dossier->case_no, act->arena, &row);
		if (err == KB_OK && (row.flags & KB_MELDING_INGETROKKEN) == 0) {
			err = supplement_row(act, received, message, &row);
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

static enum kb_err
on_aanvulling(struct kb_act *act, const struct kb_received *received)
{
	struct kb_verzuim_aanvulling message;
	struct kb_melding_row row;
	struct kb_case *dossier = NULL;
	bool about_one = false;
	enum kb_err err = kb_verzuim_aanvulling_decode(received->content, act->arena, &message);

	if (err == KB_OK && !kb_id_empty(&message.melding_id)) {
		about_one = true;
		err = known_melding_of(act, received, &message.melding_id, &row);
	}
	if (err == KB_OK) {
		err = accept_known(act, received, &dossier);
	}
	if (err == KB_OK) {
		err = put_steps(act, received, message.stappen, message.stap_count);
	}
	if (err == KB_OK && (message.ouders_ingelicht_op != 0 || message.duo_kenmerk.len > 0)) {
		err = about_one ? supplement_row(act, received, &message, &row)
				: supplement_all(act, received, &message, dossier);
	}
	return err == KB_OK ? raise(act, received) : err;
}

const struct kb_role_handler kb_leerplicht_handlers[KB_LEERPLICHT_HANDLER_COUNT] = {
	{ KB_KIND_VERZUIM_MELDING, on_melding },
	{ KB_KIND_VERZUIM_CORRECTIE, on_melding },
	{ KB_KIND_VERZUIM_INTREKKING, on_intrekking },
	{ KB_KIND_VERZUIM_ANTWOORD, on_antwoord },
	{ KB_KIND_VERZUIM_EINDE, on_einde },
	{ KB_KIND_VERZUIM_AANVULLING, on_aanvulling },
};

enum kb_err
kb_leerplicht_fate(struct kb_act *act, const struct kb_sent_fate *fate)
{
	return fate->case_no != 0 && fate->fate != KB_FATE_STORED
		       ? kb_dossier_raise(act->step, fate->case_no, KB_INBOX_PROBLEM,
					  act->now_utc_ms)
		       : KB_OK;
}
