/* SPDX-License-Identifier: EUPL-1.2 */
/* `case act` at a school: what a person does in a dossier of verzuim, from one table of handelingen. */
#include "agents/intake/case_act.h"
#include "agents/intake/school_melding.h"
#include "agents/intake/school_verbs.h"
#include "agents/intake/steps_taken.h"
#include "common/exchange/date.h"
#include "common/store/pupils.h"
#include "common/wire/absence.h"

static enum kb_err
send_aanvulling(struct kb_case_doing *doing, const struct kb_verzuim_aanvulling *aanvulling)
{
	struct kb_buf content = { 0 };
	enum kb_err err = kb_verzuim_aanvulling_encode(aanvulling, &content);

	if (err == KB_OK) {
		err = kb_case_act_send(doing, KB_KIND_VERZUIM_AANVULLING, &content);
	}
	kb_buf_wipe(&content);
	return err;
}

static enum kb_err
do_stap(struct kb_case_doing *doing)
{
	struct kb_melding_stap stap = { .datum = kb_date_number(kb_case_act_day(doing)) };
	struct kb_verzuim_aanvulling aanvulling = { .stappen = &stap, .stap_count = 1 };
	enum kb_err err = kb_case_act_text(doing, KB_WIRE_STAP_BYTES_MAX, &stap.tekst);

	if (err == KB_OK) {
		err = kb_steps_taken_add(kb_desk_step(doing->call), doing->row->case_no, &stap,
					 KB_PARTY_NO_SELF, kb_desk_user_no(doing->call),
					 kb_desk_now_utc_ms(doing->call));
	}
	return err == KB_OK ? send_aanvulling(doing, &aanvulling) : err;
}

/* Every melding of the dossier that stands, or the one that was named. */
static enum kb_err
each_melding(struct kb_case_doing *doing,
	     void (*change)(struct kb_case_doing *doing, struct kb_melding_row *row))
{
	struct kb_melding_row row = kb_dossier_start(doing->row, doing->pupil_no);
	enum kb_err err = KB_OK;

	while (err == KB_OK) {
		err = kb_dossier_melding_next(kb_desk_step(doing->call), doing->row->case_no,
					      kb_desk_arena(doing->call), &row);
		if (err == KB_OK && (row.flags & KB_MELDING_INGETROKKEN) == 0 &&
		    (!doing->has_melding || row.melding_no == doing->melding.melding_no)) {
			change(doing, &row);
			err = kb_melding_put(kb_desk_step(doing->call), &row);
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

static void
set_parents_told(struct kb_case_doing *doing, struct kb_melding_row *row)
{
	row->ouders_ingelicht_day = kb_case_act_day(doing);
}

static enum kb_err
do_ouders(struct kb_case_doing *doing)
{
	struct kb_verzuim_aanvulling aanvulling = { .ouders_ingelicht_op = kb_date_number(
							    kb_case_act_day(doing)) };
	enum kb_err err = each_melding(doing, set_parents_told);

	if (doing->has_melding) {
		aanvulling.melding_id = doing->melding.melding_id;
	}
	return err == KB_OK ? send_aanvulling(doing, &aanvulling) : err;
}

static enum kb_err
do_kenmerk(struct kb_case_doing *doing)
{
	struct kb_verzuim_aanvulling aanvulling = { .melding_id = doing->melding.melding_id };
	enum kb_err err = kb_case_act_kenmerk(doing, &aanvulling.duo_kenmerk);

	if (err == KB_OK) {
		doing->melding.duo_kenmerk = aanvulling.duo_kenmerk;
		err = kb_melding_put(kb_desk_step(doing->call), &doing->melding);
	}
	return err == KB_OK ? send_aanvulling(doing, &aanvulling) : err;
}

/* The end is a step taken too, so that both sides show it with its date. */
static enum kb_err
send_einde(struct kb_case_doing *doing, enum kb_einde soort)
{
	struct kb_verzuim_einde einde = { .soort = soort,
					  .datum = kb_date_number(kb_case_act_day(doing)) };
	struct kb_melding_stap stap = { .datum = einde.datum,
					.tekst = kb_span_text(kb_einde_label(soort)) };
	struct kb_buf content = { 0 };
	enum kb_err err = kb_steps_taken_add(kb_desk_step(doing->call), doing->row->case_no, &stap,
					     KB_PARTY_NO_SELF, kb_desk_user_no(doing->call),
					     kb_desk_now_utc_ms(doing->call));

	if (err == KB_OK) {
		err = kb_verzuim_einde_encode(&einde, &content);
	}
	if (err == KB_OK) {
		err = kb_case_act_send(doing, KB_KIND_VERZUIM_EINDE, &content);
	}
	kb_buf_wipe(&content);
	return err;
}

static enum kb_err
put_uitschrijving(struct kb_case_doing *doing, bool ended, int32_t day)
{
	struct kb_pupil pupil;
	enum kb_err err = kb_pupil_get(kb_desk_step(doing->call), doing->row->schooljaar,
				       doing->pupil_no, kb_desk_arena(doing->call), &pupil);

	if (err == KB_OK && pupil.uitschrijf_day != day) {
		pupil.ended = ended;
		pupil.uitschrijf_day = day;
		err = kb_pupil_put(kb_desk_step(doing->call), &pupil);
	}
	return err;
}

/* Whoever is back is enrolled: an uitschrijving by mistake ends here, or nothing would ever be reported again. */
static enum kb_err
do_weer_op_school(struct kb_case_doing *doing)
{
	enum kb_err err = put_uitschrijving(doing, false, KB_PUPIL_DAY_NONE);

	return err == KB_OK ? send_einde(doing, KB_EINDE_WEER_OP_SCHOOL) : err;
}

/* After uitschrijving nothing is reported any more (facts D1): what still waits to be sent is given up. */
static enum kb_err
give_up_unsent(struct kb_case_doing *doing)
{
	struct kb_melding_row row = kb_dossier_start(doing->row, doing->pupil_no);
	enum kb_err err = KB_OK;

	while (err == KB_OK) {
		err = kb_melding_next(kb_desk_step(doing->call), true, true,
				      kb_desk_arena(doing->call), &row);
		if (err == KB_OK && row.sent.number == 0 &&
		    (row.flags & KB_MELDING_INGETROKKEN) == 0) {
			struct kb_melding_row unsent = row;

			err = kb_school_melding_withdraw(kb_desk_act(doing->call), &unsent);
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

static enum kb_err
do_uitgeschreven(struct kb_case_doing *doing)
{
	enum kb_err err = put_uitschrijving(doing, true, kb_case_act_day(doing));

	if (err == KB_OK) {
		err = give_up_unsent(doing);
	}
	return err == KB_OK ? send_einde(doing, KB_EINDE_UITGESCHREVEN) : err;
}

static enum kb_err
do_antwoord(struct kb_case_doing *doing)
{
	struct kb_verzuim_antwoord antwoord = { .vraag_id = kb_desk_id_arg(doing->call, "vraag") };
	struct kb_buf content = { 0 };
	bool more_open = false;
	enum kb_err err = kb_case_act_text(doing, KB_WIRE_TEXT_BYTES_MAX, &antwoord.tekst);

	if (err == KB_OK) {
		err = kb_dossier_answer_put(kb_desk_step(doing->call), doing->row->case_no,
					    &antwoord.vraag_id, antwoord.tekst,
					    kb_desk_now_utc_ms(doing->call),
					    kb_desk_arena(doing->call), &more_open);
		if (err == KB_ERR_NOT_FOUND) {
			return kb_desk_fail(doing->call, err,
					    "Er is in deze zaak geen open vraag.");
		}
	}
	if (err == KB_OK) {
		err = kb_verzuim_antwoord_encode(&antwoord, &content);
	}
	if (err == KB_OK) {
		err = kb_case_act_send(doing, KB_KIND_VERZUIM_ANTWOORD, &content);
	}
	if (err == KB_OK && !more_open) {
		doing->row->inbox_flags &= ~KB_INBOX_ANSWER_DUE;
	}
	kb_buf_wipe(&content);
	return err;
}

/* Code 10 and on: of the school. */
static const struct kb_case_handeling handelingen[] = {
	{ .name = "gezien",
	  .code = 1,
	  .fn = kb_case_act_gezien,
	  .said = "De zaak is gezien.",
	  .help = "gelezen; uit de lijst van nieuwe zaken" },
	{ .name = "stap",
	  .code = 10,
	  .needs_text = true,
	  .fn = do_stap,
	  .said = "De stap is vastgelegd en gaat naar leerplicht.",
	  .help = "een ondernomen stap vastleggen en doorgeven (--tekst, --datum)" },
	{ .name = "ouders-ingelicht",
	  .code = 11,
	  .needs_date = true,
	  .fn = do_ouders,
	  .said = "De datum is vastgelegd en gaat naar leerplicht.",
	  .help = "wanneer de ouders het hoorden (--datum, --melding)" },
	{ .name = "weer-op-school",
	  .code = 12,
	  .needs_date = true,
	  .fn = do_weer_op_school,
	  .said = "Vastgelegd; leerplicht hoort het.",
	  .help = "de leerling is er weer, of toch niet uitgeschreven (--datum)" },
	{ .name = "uitgeschreven",
	  .code = 13,
	  .needs_date = true,
	  .fn = do_uitgeschreven,
	  .said = "Vastgelegd; leerplicht hoort het. Deze leerling wordt niet meer gemeld.",
	  .help = "de leerling is uitgeschreven (--datum)" },
	{ .name = "antwoord",
	  .code = 14,
	  .needs_text = true,
	  .fn = do_antwoord,
	  .said = "Het antwoord gaat naar leerplicht.",
	  .help = "een vraag van leerplicht beantwoorden (--tekst, --vraag)" },
	{ .name = "kenmerk",
	  .code = 15,
	  .needs_text = true,
	  .needs_melding = true,
	  .fn = do_kenmerk,
	  .said = "Het DUO-kenmerk is vastgelegd en gaat naar leerplicht.",
	  .help = "het DUO-kenmerk van een melding (--melding, --tekst)" },
};

enum kb_err
kb_school_case_act(struct kb_desk_call *call)
{
	static const struct kb_case_acts acts = { .handelingen = handelingen,
						  .count = sizeof(handelingen) /
							   sizeof(handelingen[0]),
						  .pupil_of = kb_school_case_pupil };

	return kb_case_act(call, &acts);
}
