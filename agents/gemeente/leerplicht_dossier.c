/* SPDX-License-Identifier: EUPL-1.2 */
/* Which dossier a melding belongs to. */
#include "agents/gemeente/leerplicht_dossier.h"

#include "common/store/case_items.h"
#include "common/store/subjects.h"

enum kb_err
kb_leerplicht_case_pupil(struct kb_step *step, const struct kb_case *row, struct kb_arena *arena,
			 uint64_t *pupil_no)
{
	(void)step;
	(void)arena;
	*pupil_no = row->subject_no;
	return KB_OK;
}

static enum kb_err
put_title(struct kb_act *act, uint64_t case_no, const struct kb_verzuim_melding *message)
{
	struct kb_dossier_name name = { .voornaam = message->leerling.voornaam,
					.tussenvoegsel = message->leerling.tussenvoegsel,
					.achternaam = message->leerling.achternaam };

	return kb_dossier_title_put(act->step, case_no, &name, message->school.name);
}

/* ---- an older dossier of the same child, school and year ---- */

static enum kb_err
move_meldingen(struct kb_act *act, const struct kb_case *older, const struct kb_case *dossier)
{
	struct kb_melding_row row = kb_dossier_start(older, older->subject_no);
	enum kb_err err = KB_OK;

	while (err == KB_OK) {
		err = kb_dossier_melding_next(act->step, older->case_no, act->arena, &row);
		if (err == KB_OK) {
			row.case_no = dossier->case_no;
			err = kb_melding_put(act->step, &row);
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

static enum kb_err
copy_items(struct kb_act *act, const struct kb_case *older, const struct kb_case *dossier,
	   enum kb_case_item_type type)
{
	struct kb_case_item item = { 0 };
	enum kb_err err = KB_OK;

	while (err == KB_OK) {
		err = kb_case_item_next(act->step, older->case_no, type, item.item_no, act->arena,
					&item);
		if (err == KB_OK) {
			struct kb_case_item copy = item;

			copy.case_no = dossier->case_no;
			copy.item_no = 0;
			err = kb_case_item_put(act->step, &copy);
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

enum kb_err
kb_leerplicht_tell_stand(struct kb_act *act, const struct kb_received *received,
			 const struct kb_melding_row *row, const struct kb_case *dossier)
{
	struct kb_outgoing outgoing = { .recipient = received->sender,
					.kind = KB_KIND_VERZUIM_STAND,
					.case_no = dossier->case_no };
	struct kb_verzuim_stand message = { .melding_id = row->melding_id,
					    .stand = (enum kb_melding_stand)row->stand };
	struct kb_buf content = { 0 };
	enum kb_err err = KB_OK;

	if (row->stand == KB_MELDING_STAND_GEREGISTREERD) {
		return KB_OK;
	}
	err = kb_verzuim_stand_encode(&message, &content);
	if (err == KB_OK) {
		outgoing.content = kb_buf_span(&content);
		err = kb_act_send(act, &outgoing, NULL);
		err = kb_err_category(err) == KB_CATEGORY_REFUSED ? KB_OK : err;
	}
	kb_buf_release(&content);
	return err;
}

/* The school has lost the older case: it ends here alone. */
static enum kb_err
take_over(struct kb_act *act, uint64_t older_no, struct kb_case *dossier)
{
	static const enum kb_case_item_type types[] = { KB_ITEM_STEP_TAKEN,  KB_ITEM_QUESTION,
							KB_ITEM_NOTE,	     KB_ITEM_DESK_NOTE,
							KB_ITEM_APPOINTMENT, KB_ITEM_CONTACT };
	struct kb_case *older = NULL;
	enum kb_err err = kb_case_edit(act->step, older_no, &older);

	/* Whose route has ended stays as it is; a melding of it that comes again is found one by one. */
	if (err != KB_OK || older->closed_utc_ms != 0) {
		return err;
	}
	err = move_meldingen(act, older, dossier);
	for (size_t i = 0; err == KB_OK && i < sizeof(types) / sizeof(types[0]); i++) {
		err = copy_items(act, older, dossier, types[i]);
	}
	if (err != KB_OK) {
		return err;
	}
	dossier->behandelaar_no = older->behandelaar_no;
	dossier->waarnemer_no = older->waarnemer_no;
	dossier->inbox_flags |= older->inbox_flags;
	older->inbox_flags = 0;
	older->status = KB_CASE_AFGESLOTEN;
	older->closed_utc_ms = act->now_utc_ms;
	return KB_OK;
}

/* ---- along the route ---- */

/* The stand that all meldingen of the dossier have; NONE when they differ or none stands. */
static enum kb_err
common_stand(struct kb_act *act, const struct kb_case *row, enum kb_melding_stand *out)
{
	struct kb_melding_row melding = kb_dossier_start(row, row->subject_no);
	bool differ = false;
	enum kb_err err = KB_OK;

	*out = KB_MELDING_STAND_NONE;
	while (err == KB_OK) {
		err = kb_dossier_melding_next(act->step, row->case_no, act->arena, &melding);
		if (err == KB_OK && (melding.flags & KB_MELDING_INGETROKKEN) == 0) {
			differ = differ || (*out != KB_MELDING_STAND_NONE && *out != melding.stand);
			*out = (enum kb_melding_stand)melding.stand;
		}
	}
	*out = differ ? KB_MELDING_STAND_NONE : *out;
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

/* What somebody here did before the school's store went back in time is done again in the case that the school knows now. */
static enum kb_err
repeat(struct kb_act *act, const struct kb_case *row)
{
	enum kb_melding_stand stand = KB_MELDING_STAND_NONE;
	enum kb_err err = common_stand(act, row, &stand);

	return err == KB_OK && stand != KB_MELDING_STAND_NONE &&
			       stand != KB_MELDING_STAND_GEREGISTREERD
		       ? kb_dossier_step_alone(act, row->case_no, kb_melding_stand_name(stand))
		       : err;
}

/* What this agent does by itself and could not while steps came back. */
static enum kb_err
go_on(struct kb_act *act, const struct kb_case *row, bool begins)
{
	const char *accept = kb_chain_event_word(KB_CHAIN_REGIE_AANVAARDEN);
	bool proposed = false;
	enum kb_err err = KB_OK;

	if (begins && row->regievoerder_no == KB_PARTY_NO_SELF) {
		err = repeat(act, row);
	} else if (begins) {
		err = kb_flow_is_proposed(act, row->case_no, kb_span_text(accept), &proposed);
		err = err == KB_OK && !proposed ? kb_dossier_step_alone(act, row->case_no, accept)
						: err;
	}
	return err == KB_OK ? kb_dossier_end_if_empty(act, row->case_no, row->subject_no) : err;
}

enum kb_err
kb_leerplicht_move(struct kb_act *act, struct kb_case *row, const struct kb_case_move *move)
{
	enum kb_melding_stand stand = kb_melding_stand_parse(kb_span_text(move->state));
	bool begins = stand == KB_MELDING_STAND_GEREGISTREERD;

	if (row->kind != KB_CASE_KIND_VERZUIM) {
		return KB_OK;
	}
	if (move->goes_on) {
		return go_on(act, row, begins);
	}
	if (begins && move->state_changed) {
		return kb_dossier_step_alone(act, row->case_no,
					     kb_chain_event_word(KB_CHAIN_REGIE_AANVAARDEN));
	}
	if (begins && move->regie_came) {
		return repeat(act, row);
	}
	return move->state_changed ? kb_dossier_follow(act, row, row->subject_no, move->state,
						       row->regievoerder_no == KB_PARTY_NO_SELF)
				   : KB_OK;
}

enum kb_err
kb_leerplicht_dossier_take(struct kb_act *act, const struct kb_received *received,
			   const struct kb_verzuim_melding *message, struct kb_case *dossier)
{
	uint64_t older_no = 0;
	enum kb_err err = KB_OK;

	if (dossier->subject_no != 0) {
		return put_title(act, dossier->case_no, message);
	}
	err = kb_subject_take(act->step, kb_span_text(message->leerling.pgn), &dossier->subject_no);
	dossier->schooljaar = (uint16_t)message->schooljaar;
	if (err == KB_OK) {
		err = kb_subject_case_add(act->step, dossier->subject_no, dossier->case_no);
	}
	if (err == KB_OK) {
		err = put_title(act, dossier->case_no, message);
	}
	if (err == KB_OK) {
		err = kb_dossier_find(act->step, dossier->schooljaar, dossier->subject_no,
				      received->sender_no, &older_no);
		if (err == KB_OK && older_no != dossier->case_no) {
			err = take_over(act, older_no, dossier);
		}
		err = err == KB_ERR_NOT_FOUND ? KB_OK : err;
	}
	return err == KB_OK ? kb_dossier_put(act->step, dossier->schooljaar, dossier->subject_no,
					     received->sender_no, dossier->case_no)
			    : err;
}
